//! Certificates and keys from files.

use crate::errors;
use crate::verify::Trusted;
use crate::x509::Certificate;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use rustls::{RootCertStore, crypto::ring};
use std::sync::Arc;
use taipan_vm::{Result, Vm};

/// Where OpenSSL looks for trusted certificates: names of environment variables, and places without them.
pub const FILE_VARIABLE: &str = "SSL_CERT_FILE";
pub const DIRECTORY_VARIABLE: &str = "SSL_CERT_DIR";
pub const FILE: &str = "/usr/lib/ssl/cert.pem";
pub const DIRECTORY: &str = "/usr/lib/ssl/certs";
/// Bundles that systems have in other places.
const BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// Reads a file.
pub fn read(vm: &mut Vm, path: &[u8]) -> Result<Vec<u8>> {
    vm.blocking_call(|| taipan_host::fs::read_file(path))
}

/// The certificates of a PEM file; `None` is one that is damaged.
pub fn certificates(pem: &[u8]) -> Option<Vec<CertificateDer<'static>>> {
    CertificateDer::pem_slice_iter(pem).collect::<std::result::Result<Vec<_>, _>>().ok()
}

/// Adds certificates to those that are trusted. The number of those that are new.
pub fn trust(trusted: &mut Arc<Trusted>, new: Vec<CertificateDer<'static>>) -> usize {
    let trusted = Arc::make_mut(trusted);
    let mut count = 0;
    for certificate in new {
        if trusted.certificates.contains(&certificate) {
            continue;
        }
        // What cannot be read as an anchor can still be trusted as it is.
        let _ = trusted.roots.add(certificate.clone());
        trusted.certificates.push(certificate);
        count += 1;
    }
    count
}

/// The lists of revoked certificates of a PEM file; `None` is one that is damaged.
pub fn revocations(pem: &[u8]) -> Option<Vec<CertificateRevocationListDer<'static>>> {
    CertificateRevocationListDer::pem_slice_iter(pem).collect::<std::result::Result<Vec<_>, _>>().ok()
}

/// Nothing is trusted.
pub fn nothing() -> Arc<Trusted> {
    Arc::new(Trusted { roots: RootCertStore::empty(), certificates: Vec::new(), revocations: Vec::new() })
}

/// Whether a certificate may sign others.
pub fn is_authority(certificate: &CertificateDer<'_>) -> bool {
    Certificate::read(certificate).is_some_and(|c| c.is_ca || (c.version < 3 && c.is_self_issued()))
}

/// Trusts what the system trusts.
pub fn trust_defaults(vm: &mut Vm, trusted: &mut Arc<Trusted>, file: Option<Vec<u8>>) {
    let mut files: Vec<Vec<u8>> = Vec::new();
    match file {
        Some(file) => files.push(file),
        None => files.extend([FILE].iter().chain(&BUNDLES).map(|p| p.as_bytes().to_vec())),
    }
    for path in files {
        let Ok(pem) = vm.detach(|| taipan_host::fs::read_file(&path)) else { continue };
        let found: Vec<_> = CertificateDer::pem_slice_iter(&pem).filter_map(std::result::Result::ok).collect();
        if !found.is_empty() {
            trust(trusted, found);
            break;
        }
    }
}

/// Trusts the certificates of a directory.
pub fn trust_directory(vm: &mut Vm, trusted: &mut Arc<Trusted>, directory: &[u8]) {
    let Ok(names) = vm.detach(|| taipan_host::dir::listdir(directory)) else { return };
    for name in names {
        let mut path = directory.to_vec();
        path.push(b'/');
        path.extend_from_slice(&name);
        let Ok(pem) = vm.detach(|| taipan_host::fs::read_file(&path)) else { continue };
        trust(trusted, CertificateDer::pem_slice_iter(&pem).filter_map(std::result::Result::ok).collect());
    }
}

/// The private key of a PEM file that needs no password.
pub fn private_key(vm: &mut Vm, pem: &[u8]) -> Result<PrivateKeyDer<'static>> {
    PrivateKeyDer::from_pem_slice(pem).map_err(|_| raise_pem(vm))
}

/// A chain of certificates and the key of the first.
pub fn certified_key(vm: &mut Vm, chain: &[u8], key: &PrivateKeyDer<'static>) -> Result<Arc<CertifiedKey>> {
    let chain = match certificates(chain) {
        Some(chain) if !chain.is_empty() => chain,
        _ => return Err(raise_pem(vm)),
    };
    let Ok(key) = ring::sign::any_supported_type(key) else { return Err(raise_pem(vm)) };
    let certified = CertifiedKey::new(chain, key);
    match certified.keys_match() {
        Err(rustls::Error::InconsistentKeys(rustls::InconsistentKeys::KeyMismatch)) => {
            Err(errors::raise_reason(vm, "X509", "KEY_VALUES_MISMATCH", "key values mismatch"))
        }
        Err(rustls::Error::InvalidCertificate(_)) => Err(raise_pem(vm)),
        _ => Ok(Arc::new(certified)),
    }
}

/// `[SSL] PEM lib`.
pub fn raise_pem(vm: &mut Vm) -> taipan_vm::Raised {
    errors::raise_library(vm, "SSL", "PEM lib")
}
