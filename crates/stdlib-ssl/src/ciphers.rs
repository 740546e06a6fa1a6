//! Cipher suites under OpenSSL's names, and OpenSSL's lists of them.

use rustls::crypto::ring;
use rustls::{CipherSuite, SupportedCipherSuite};

/// What is shown of a suite.
pub struct Shown {
    pub suite: CipherSuite,
    pub name: &'static str,
    pub protocol: &'static str,
    pub exchange: &'static str,
    pub authentication: &'static str,
    pub cipher: &'static str,
    pub symmetric: &'static str,
    pub bits: i32,
}

macro_rules! suites {
    ($($suite:ident $name:literal $protocol:literal $exchange:literal $auth:literal $cipher:literal $symmetric:literal $bits:literal)*) => {
        static SUITES: &[Shown] = &[$(Shown {
            suite: CipherSuite::$suite, name: $name, protocol: $protocol, exchange: $exchange,
            authentication: $auth, cipher: $cipher, symmetric: $symmetric, bits: $bits,
        }),*];
    };
}

suites! {
    TLS13_AES_256_GCM_SHA384 "TLS_AES_256_GCM_SHA384" "TLSv1.3" "any" "any" "AESGCM" "aes-256-gcm" 256
    TLS13_CHACHA20_POLY1305_SHA256 "TLS_CHACHA20_POLY1305_SHA256" "TLSv1.3" "any" "any" "CHACHA20" "chacha20-poly1305" 256
    TLS13_AES_128_GCM_SHA256 "TLS_AES_128_GCM_SHA256" "TLSv1.3" "any" "any" "AESGCM" "aes-128-gcm" 128
    TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 "ECDHE-ECDSA-AES256-GCM-SHA384" "TLSv1.2" "ECDHE" "ECDSA" "AESGCM" "aes-256-gcm" 256
    TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 "ECDHE-RSA-AES256-GCM-SHA384" "TLSv1.2" "ECDHE" "RSA" "AESGCM" "aes-256-gcm" 256
    TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 "ECDHE-ECDSA-CHACHA20-POLY1305" "TLSv1.2" "ECDHE" "ECDSA" "CHACHA20" "chacha20-poly1305" 256
    TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256 "ECDHE-RSA-CHACHA20-POLY1305" "TLSv1.2" "ECDHE" "RSA" "CHACHA20" "chacha20-poly1305" 256
    TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 "ECDHE-ECDSA-AES128-GCM-SHA256" "TLSv1.2" "ECDHE" "ECDSA" "AESGCM" "aes-128-gcm" 128
    TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 "ECDHE-RSA-AES128-GCM-SHA256" "TLSv1.2" "ECDHE" "RSA" "AESGCM" "aes-128-gcm" 128
}

impl Shown {
    /// One line about it.
    pub fn description(&self) -> String {
        format!(
            "{:<30} {} Kx={:<8} Au={:<5} Enc={}({}) Mac=AEAD",
            self.name, self.protocol, self.exchange, self.authentication, self.cipher, self.bits
        )
    }

    fn is(&self, word: &str) -> bool {
        match word {
            "ALL"
            | "DEFAULT"
            | "COMPLEMENTOFDEFAULT"
            | "HIGH"
            | "TLSv1.2"
            | "AEAD"
            | "aRSA"
            | "kEECDH"
            | "EECDH"
            | "ECDHE"
            | "kECDHE" => !(word == "COMPLEMENTOFDEFAULT" || (word == "aRSA" && self.authentication != "RSA")),
            "RSA" => self.authentication == "RSA",
            "ECDSA" | "aECDSA" => self.authentication == "ECDSA",
            "AES" | "AESGCM" => self.cipher == "AESGCM",
            "AES128" => self.cipher == "AESGCM" && self.bits == 128,
            "AES256" => self.cipher == "AESGCM" && self.bits == 256,
            "CHACHA20" => self.cipher == "CHACHA20",
            "SHA256" => self.name.ends_with("SHA256"),
            "SHA384" => self.name.ends_with("SHA384"),
            name => self.name == name,
        }
    }
}

/// What is known of a suite.
pub fn shown(suite: CipherSuite) -> Option<&'static Shown> {
    SUITES.iter().find(|s| s.suite == suite)
}

/// All suites there are, in OpenSSL's order.
pub fn all() -> Vec<SupportedCipherSuite> {
    let known = ring::ALL_CIPHER_SUITES;
    SUITES.iter().filter_map(|s| known.iter().find(|k| k.suite() == s.suite).copied()).collect()
}

/// The suites that a list in OpenSSL's language chooses. Those of TLS 1.3 are always among them. `None`: there is none.
pub fn choose(list: &str) -> Option<Vec<SupportedCipherSuite>> {
    let old: Vec<&Shown> = SUITES.iter().filter(|s| s.protocol == "TLSv1.2").collect();
    let mut chosen: Vec<&Shown> = Vec::new();
    let mut banned: Vec<&str> = Vec::new();
    for item in list.split([':', ',', ' ', ';']).filter(|i| !i.is_empty()) {
        if item.starts_with('@') {
            continue;
        }
        let (mode, rest) = match item.as_bytes()[0] {
            mode @ (b'!' | b'-' | b'+') => (mode, &item[1..]),
            _ => (0, item),
        };
        let fits: Vec<&Shown> = old.iter().copied().filter(|s| rest.split('+').all(|w| s.is(w))).collect();
        let fit = |s: &&Shown| fits.iter().any(|f| std::ptr::eq(*f, *s));
        match mode {
            b'!' => {
                banned.extend(fits.iter().map(|s| s.name));
                chosen.retain(|s| !fit(s));
            }
            b'-' => chosen.retain(|s| !fit(s)),
            b'+' => {
                let (behind, front): (Vec<&Shown>, Vec<&Shown>) = chosen.iter().partition(|s| fit(s));
                chosen = front;
                chosen.extend(behind);
            }
            _ => {
                for s in fits {
                    if !banned.contains(&s.name) && !chosen.iter().any(|c| std::ptr::eq(*c, s)) {
                        chosen.push(s);
                    }
                }
            }
        }
    }
    if chosen.is_empty() {
        return None;
    }
    let mut suites: Vec<SupportedCipherSuite> = all().into_iter().filter(|s| s.tls13().is_some()).collect();
    let known = ring::ALL_CIPHER_SUITES;
    suites.extend(chosen.iter().filter_map(|s| known.iter().find(|k| k.suite() == s.suite).copied()));
    Some(suites)
}
