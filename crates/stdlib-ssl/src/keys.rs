//! Private keys that are encrypted by a password: PKCS #8, and PEM's own way, which older tools have.

use aes::{Aes128, Aes192, Aes256};
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, KeyIvInit};
use des::TdesEde3;
use md5::{Digest, Md5};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer};

/// A key that needs a password.
pub enum Locked {
    /// PKCS #8.
    Container(Vec<u8>),
    /// What its label says, the cipher's name, its starting vector, and the encrypted key.
    Pem { label: String, cipher: String, vector: Vec<u8>, data: Vec<u8> },
}

/// The bytes that lines of base64 stand for.
fn decoded(lines: &[&str]) -> Option<Vec<u8>> {
    let text = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    let found = PrivatePkcs8KeyDer::from_pem_slice(text.as_bytes()).ok()?;
    Some(found.secret_pkcs8_der().to_vec())
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.as_bytes();
    let digit = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    digits.chunks(2).map(|pair| Some(digit(pair[0])? << 4 | digit(*pair.get(1)?)?)).collect()
}

/// The first private key of a PEM file if it needs a password; it may be damaged.
pub fn locked(pem: &[u8]) -> Option<Option<Locked>> {
    let text = String::from_utf8_lossy(pem);
    let mut lines = text.lines().map(str::trim_end);
    let label = lines.find_map(|line| {
        let label = line.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
        label.ends_with("PRIVATE KEY").then(|| label.to_owned())
    })?;
    let end = format!("-----END {label}-----");
    let body: Vec<&str> = lines.take_while(|line| *line != end).collect();
    if label == "ENCRYPTED PRIVATE KEY" {
        return Some(decoded(&body).map(Locked::Container));
    }
    let value = |name: &str| body.iter().find_map(|line| line.strip_prefix(name)).map(str::trim);
    if !value("Proc-Type:").is_some_and(|v| v.ends_with("ENCRYPTED")) {
        return None;
    }
    let read = || {
        let (cipher, vector) = value("DEK-Info:")?.split_once(',')?;
        let start = body.iter().position(|line| line.is_empty())?;
        let data = decoded(&body[start..])?;
        Some(Locked::Pem { label: label.clone(), cipher: cipher.to_owned(), vector: from_hex(vector)?, data })
    };
    Some(read())
}

/// The key that the password and the first bytes of the vector give: MD5 sums, each of which goes into the next.
fn derived(password: &[u8], vector: &[u8], count: usize) -> Vec<u8> {
    let salt = &vector[..vector.len().min(8)];
    let mut key: Vec<u8> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    while key.len() < count {
        let mut sum = Md5::new();
        sum.update(&last);
        sum.update(password);
        sum.update(salt);
        last = sum.finalize().to_vec();
        key.extend_from_slice(&last);
    }
    key.truncate(count);
    key
}

fn decrypted<C>(password: &[u8], vector: &[u8], data: &[u8], key_length: usize) -> Option<Vec<u8>>
where
    Decryptor<C>: KeyIvInit + BlockModeDecrypt,
    C: cbc::cipher::BlockCipherDecrypt,
{
    let key = derived(password, vector, key_length);
    let decryptor = Decryptor::<C>::new_from_slices(&key, vector).ok()?;
    decryptor.decrypt_padded_vec::<Pkcs7>(data).ok()
}

/// The key, if the password is right.
pub fn unlock(locked: &Locked, password: &[u8]) -> Option<PrivateKeyDer<'static>> {
    match locked {
        Locked::Container(data) => {
            let container = pkcs8::EncryptedPrivateKeyInfoRef::try_from(data.as_slice()).ok()?;
            let plain = container.decrypt(password).ok()?;
            Some(PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(plain.as_bytes().to_vec())))
        }
        Locked::Pem { label, cipher, vector, data } => {
            let plain = match cipher.as_str() {
                "AES-128-CBC" => decrypted::<Aes128>(password, vector, data, 16),
                "AES-192-CBC" => decrypted::<Aes192>(password, vector, data, 24),
                "AES-256-CBC" => decrypted::<Aes256>(password, vector, data, 32),
                "DES-EDE3-CBC" => decrypted::<TdesEde3>(password, vector, data, 24),
                _ => None,
            }?;
            Some(match label.as_str() {
                "RSA PRIVATE KEY" => PrivateKeyDer::Pkcs1(PrivatePkcs1KeyDer::from(plain)),
                "EC PRIVATE KEY" => PrivateKeyDer::Sec1(PrivateSec1KeyDer::from(plain)),
                _ => return None,
            })
        }
    }
}
