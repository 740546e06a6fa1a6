//! The hash functions behind one face: which there are, a running state of any of them, and HMAC and PBKDF2 over it.

use sha2::digest::{ExtendableOutput, FixedOutput, Update, XofReader};

/// Longest digest of a fixed length.
pub const MAX_DIGEST: usize = 64;

/// A digest.
#[derive(Clone, Copy)]
pub struct Digest {
    bytes: [u8; MAX_DIGEST],
    len: usize,
}

impl Digest {
    fn from_slice(from: &[u8]) -> Digest {
        let mut bytes = [0; MAX_DIGEST];
        bytes[..from.len()].copy_from_slice(from);
        Digest { bytes, len: from.len() }
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

macro_rules! engines {
    ($($name:ident $state:ty, $python:literal, $digest:literal, $block:literal;)*) => {
        /// A hash function.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub enum Algorithm { $($name,)* Blake2b, Blake2s, Md5Sha1 }

        /// A running state.
        #[derive(Clone, Default)]
        pub enum Engine {
            /// The state is in use elsewhere.
            #[default]
            Absent,
            $($name($state),)*
            Blake2b(Box<blake2b_simd::State>),
            Blake2s(Box<blake2s_simd::State>),
            Md5Sha1(md5::Md5, sha1::Sha1),
        }

        impl Algorithm {
            /// The name that hashlib gives it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Algorithm::$name => $python,)*
                    Algorithm::Blake2b => "blake2b",
                    Algorithm::Blake2s => "blake2s",
                    Algorithm::Md5Sha1 => "md5-sha1",
                }
            }

            /// Bytes of a digest; 0 where the caller chooses.
            pub fn digest_size(self) -> usize {
                match self {
                    $(Algorithm::$name => $digest,)*
                    Algorithm::Blake2b => 64,
                    Algorithm::Blake2s => 32,
                    Algorithm::Md5Sha1 => 36,
                }
            }

            /// Bytes of a block.
            pub fn block_size(self) -> usize {
                match self {
                    $(Algorithm::$name => $block,)*
                    Algorithm::Blake2b => 128,
                    Algorithm::Blake2s | Algorithm::Md5Sha1 => 64,
                }
            }

            /// A fresh state.
            pub fn start(self) -> Engine {
                match self {
                    $(Algorithm::$name => Engine::$name(Default::default()),)*
                    Algorithm::Blake2b => Engine::Blake2b(Box::new(blake2b_simd::State::new())),
                    Algorithm::Blake2s => Engine::Blake2s(Box::new(blake2s_simd::State::new())),
                    Algorithm::Md5Sha1 => Engine::Md5Sha1(Default::default(), Default::default()),
                }
            }
        }

        impl Engine {
            /// Hashes more data.
            pub fn update(&mut self, data: &[u8]) {
                match self {
                    Engine::Absent => {}
                    $(Engine::$name(s) => s.update(data),)*
                    Engine::Blake2b(s) => {
                        s.update(data);
                    }
                    Engine::Blake2s(s) => {
                        s.update(data);
                    }
                    Engine::Md5Sha1(a, b) => {
                        a.update(data);
                        b.update(data);
                    }
                }
            }
        }
    };
}

engines! {
    Md5 md5::Md5, "md5", 16, 64;
    Sha1 sha1::Sha1, "sha1", 20, 64;
    Sha224 sha2::Sha224, "sha224", 28, 64;
    Sha256 sha2::Sha256, "sha256", 32, 64;
    Sha384 sha2::Sha384, "sha384", 48, 128;
    Sha512 sha2::Sha512, "sha512", 64, 128;
    Sha512_224 sha2::Sha512_224, "sha512_224", 28, 128;
    Sha512_256 sha2::Sha512_256, "sha512_256", 32, 128;
    Sha3_224 sha3::Sha3_224, "sha3_224", 28, 144;
    Sha3_256 sha3::Sha3_256, "sha3_256", 32, 136;
    Sha3_384 sha3::Sha3_384, "sha3_384", 48, 104;
    Sha3_512 sha3::Sha3_512, "sha3_512", 64, 72;
    Shake128 sha3::Shake128, "shake_128", 0, 168;
    Shake256 sha3::Shake256, "shake_256", 0, 136;
    Ripemd160 ripemd::Ripemd160, "ripemd160", 20, 64;
    Sm3 sm3::Sm3, "sm3", 32, 64;
}

impl Algorithm {
    /// Those that OpenSSL has, under hashlib's names.
    pub const OPENSSL: [Algorithm; 19] = {
        use Algorithm::*;
        [
            Md5, Sha1, Sha224, Sha256, Sha384, Sha512, Sha512_224, Sha512_256, Sha3_224, Sha3_256, Sha3_384, Sha3_512,
            Shake128, Shake256, Blake2b, Blake2s, Ripemd160, Sm3, Md5Sha1,
        ]
    };

    /// Whether the caller chooses the length of a digest.
    pub fn is_xof(self) -> bool {
        matches!(self, Algorithm::Shake128 | Algorithm::Shake256)
    }

    /// By the names that OpenSSL knows it under, in any case.
    pub fn by_openssl_name(name: &str) -> Option<Algorithm> {
        // No name is that long.
        let lower = name[..name.floor_char_boundary(64)].to_ascii_lowercase();
        if let Some(a) = Algorithm::OPENSSL.into_iter().find(|a| a.name() == lower) {
            return Some(a);
        }
        Some(match lower.as_str() {
            "sha-1" | "ssl3-sha1" => Algorithm::Sha1,
            "ssl3-md5" => Algorithm::Md5,
            "sha2-224" | "sha-224" => Algorithm::Sha224,
            "sha2-256" | "sha-256" => Algorithm::Sha256,
            "sha2-384" | "sha-384" => Algorithm::Sha384,
            "sha2-512" | "sha-512" => Algorithm::Sha512,
            "sha2-512/224" | "sha512-224" | "sha-512/224" => Algorithm::Sha512_224,
            "sha2-512/256" | "sha512-256" | "sha-512/256" => Algorithm::Sha512_256,
            "sha3-224" => Algorithm::Sha3_224,
            "sha3-256" => Algorithm::Sha3_256,
            "sha3-384" => Algorithm::Sha3_384,
            "sha3-512" => Algorithm::Sha3_512,
            "shake128" | "shake-128" => Algorithm::Shake128,
            "shake256" | "shake-256" => Algorithm::Shake256,
            "blake2b512" | "blake2b-512" => Algorithm::Blake2b,
            "blake2s256" | "blake2s-256" => Algorithm::Blake2s,
            "rmd160" | "ripemd" | "ripemd-160" => Algorithm::Ripemd160,
            _ => return None,
        })
    }
}

impl Engine {
    /// The digest so far. Of functions that have one of any length, see [`Engine::read`].
    pub fn digest(&self) -> Digest {
        macro_rules! fixed {
            ($($name:ident)*) => {
                match self.clone() {
                    $(Engine::$name(s) => Digest::from_slice(&s.finalize_fixed()),)*
                    Engine::Blake2b(s) => Digest::from_slice(s.finalize().as_bytes()),
                    Engine::Blake2s(s) => Digest::from_slice(s.finalize().as_bytes()),
                    Engine::Md5Sha1(a, b) => {
                        let mut both = [0; 36];
                        both[..16].copy_from_slice(&a.finalize_fixed());
                        both[16..].copy_from_slice(&b.finalize_fixed());
                        Digest::from_slice(&both)
                    }
                    Engine::Shake128(_) | Engine::Shake256(_) | Engine::Absent => Digest::from_slice(&[]),
                }
            };
        }
        fixed!(Md5 Sha1 Sha224 Sha256 Sha384 Sha512 Sha512_224 Sha512_256 Sha3_224 Sha3_256 Sha3_384 Sha3_512
            Ripemd160 Sm3)
    }

    /// Fills `out` with the digest of a function that has one of any length.
    pub fn read(&self, out: &mut [u8]) {
        match self.clone() {
            Engine::Shake128(s) => s.finalize_xof().read(out),
            Engine::Shake256(s) => s.finalize_xof().read(out),
            _ => {}
        }
    }
}

/// A running HMAC.
#[derive(Clone)]
pub struct Hmac {
    inner: Engine,
    outer: Engine,
}

impl Hmac {
    /// With a key of any length.
    pub fn new(algorithm: Algorithm, key: &[u8]) -> Hmac {
        let mut block = [0u8; 200];
        let block = &mut block[..algorithm.block_size()];
        if key.len() > block.len() {
            let mut hashed = algorithm.start();
            hashed.update(key);
            let digest = hashed.digest();
            block[..digest.len].copy_from_slice(digest.as_bytes());
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        let mut padded = |pad: u8| {
            block.iter_mut().for_each(|b| *b ^= pad);
            let mut engine = algorithm.start();
            engine.update(block);
            block.iter_mut().for_each(|b| *b ^= pad);
            engine
        };
        Hmac { inner: padded(0x36), outer: padded(0x5c) }
    }

    /// The state that data goes into.
    pub fn inner(&mut self) -> &mut Engine {
        &mut self.inner
    }

    /// Adds to the message.
    pub fn update(&mut self, data: &[u8]) {
        self.inner.update(data);
    }

    /// The code so far.
    pub fn digest(&self) -> Digest {
        let mut outer = self.outer.clone();
        outer.update(self.inner.digest().as_bytes());
        outer.digest()
    }
}

/// PBKDF2 with HMAC (RFC 8018), filling `out`.
pub fn pbkdf2(algorithm: Algorithm, password: &[u8], salt: &[u8], iterations: u32, out: &mut [u8]) {
    let base = Hmac::new(algorithm, password);
    for (i, chunk) in out.chunks_mut(algorithm.digest_size()).enumerate() {
        let mut first = base.clone();
        first.update(salt);
        first.update(&(i as u32).wrapping_add(1).to_be_bytes());
        let mut u = first.digest();
        let mut total = u;
        for _ in 1..iterations {
            let mut next = base.clone();
            next.update(u.as_bytes());
            u = next.digest();
            for (t, b) in total.bytes.iter_mut().zip(u.as_bytes()) {
                *t ^= b;
            }
        }
        chunk.copy_from_slice(&total.bytes[..chunk.len()]);
    }
}
