//! Checks the certificate of the other side as a context wants it, and says in OpenSSL's words what is wrong with it.

use crate::der;
use crate::x509::Certificate;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, RootCertStore, SignatureScheme};
use std::sync::{Arc, Mutex};

/// Certificates that are trusted.
#[derive(Clone, Debug)]
pub struct Trusted {
    pub roots: RootCertStore,
    pub certificates: Vec<CertificateDer<'static>>,
    /// Lists of revoked certificates.
    pub revocations: Vec<CertificateRevocationListDer<'static>>,
}

/// Which certificates must not be revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revocation {
    Unchecked,
    /// That of the other side.
    Leaf,
    /// Those of its chain.
    Chain,
}

impl Revocation {
    /// What `VERIFY_CRL_CHECK_LEAF` and `VERIFY_CRL_CHECK_CHAIN` say.
    pub fn of(flags: i64) -> Revocation {
        match flags & 12 {
            0 => Revocation::Unchecked,
            12 => Revocation::Chain,
            _ => Revocation::Leaf,
        }
    }
}

/// What a check found, as OpenSSL numbers and words it.
#[derive(Clone, Debug)]
pub struct Verdict {
    pub code: i32,
    pub message: String,
}

/// Where a connection leaves what its check found, for the exception.
pub type Finding = Arc<Mutex<Option<Verdict>>>;

impl Verdict {
    /// What an error is in OpenSSL's words; `chain` tells a certificate that signs itself from one of an unknown issuer.
    pub fn of(error: &CertificateError, chain: Option<&[CertificateDer<'_>]>) -> Verdict {
        use CertificateError as C;
        let (code, message) = match error {
            C::UnknownIssuer => return Verdict::unknown_issuer(chain.unwrap_or(&[])),
            C::Expired | C::ExpiredContext { .. } => (10, "certificate has expired"),
            C::NotValidYet | C::NotValidYetContext { .. } => (9, "certificate is not yet valid"),
            C::Revoked => (23, "certificate revoked"),
            C::BadSignature => (7, "certificate signature failure"),
            C::UnhandledCriticalExtension => (34, "unhandled critical extension"),
            C::BadEncoding => (6, "unable to decode issuer public key"),
            C::NotValidForName | C::NotValidForNameContext { .. } => (62, "hostname mismatch"),
            C::ExpiredRevocationList | C::ExpiredRevocationListContext { .. } => (12, "CRL has expired"),
            C::InvalidPurpose | C::InvalidPurposeContext { .. } => (26, "unsuitable certificate purpose"),
            C::UnknownRevocationStatus => (3, "unable to get certificate CRL"),
            other => return Verdict { code: 1, message: other.to_string() },
        };
        Verdict { code, message: message.to_owned() }
    }

    fn unknown_issuer(chain: &[CertificateDer<'_>]) -> Verdict {
        let self_issued = |c: &CertificateDer<'_>| Certificate::read(c).is_some_and(|c| c.is_self_issued());
        let (code, message) = match chain {
            [only] if self_issued(only) => (18, "self-signed certificate"),
            [_, rest @ ..] if rest.iter().any(self_issued) => (19, "self-signed certificate in certificate chain"),
            _ => (20, "unable to get local issuer certificate"),
        };
        Verdict { code, message: message.to_owned() }
    }

    fn wrong_name(name: &ServerName<'_>) -> Verdict {
        match name {
            ServerName::IpAddress(_) => Verdict {
                code: 64,
                message: format!("IP address mismatch, certificate is not valid for '{}'.", name.to_str()),
            },
            _ => Verdict {
                code: 62,
                message: format!("Hostname mismatch, certificate is not valid for '{}'.", name.to_str()),
            },
        }
    }
}

/// Whether a certificate that is itself trusted is valid now.
fn is_current(certificate: &CertificateDer<'_>, now: UnixTime) -> Result<(), CertificateError> {
    let Some(read) = Certificate::read(certificate) else { return Err(CertificateError::BadEncoding) };
    let now = now.as_secs() as i64;
    if now > der::seconds(read.not_after) {
        return Err(CertificateError::Expired);
    }
    if now < der::seconds(read.not_before) {
        return Err(CertificateError::NotValidYet);
    }
    Ok(())
}

/// Checks a server.
#[derive(Debug)]
pub struct ServerCheck {
    pub provider: Arc<CryptoProvider>,
    pub trusted: Arc<Trusted>,
    /// Whether certificates are checked at all.
    pub required: bool,
    pub revocation: Revocation,
    /// Whether certificates must have what RFC 5280 asks for.
    pub strict: bool,
    /// Whether the name is checked.
    pub check_name: bool,
    pub finding: Finding,
}

impl ServerCheck {
    fn check(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Verdict> {
        let mut chain = vec![end_entity.clone()];
        chain.extend(intermediates.iter().cloned());
        let of = |error: &Error| match error {
            Error::InvalidCertificate(error) => Verdict::of(error, Some(&chain)),
            other => Verdict { code: 1, message: other.to_string() },
        };
        if self.trusted.certificates.iter().any(|t| t.as_ref() == end_entity.as_ref()) {
            // It is trusted itself: nobody has to vouch for it.
            is_current(end_entity, now).map_err(|e| Verdict::of(&e, Some(&chain)))?;
        } else {
            let parsed = ParsedCertificate::try_from(end_entity).map_err(|e| of(&e))?;
            let algorithms = self.provider.signature_verification_algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&parsed, &self.trusted.roots, intermediates, now, algorithms)
                .map_err(|e| of(&e))?;
        }
        if self.strict {
            conforms(&chain, &self.trusted)?;
        }
        if self.revocation != Revocation::Unchecked {
            self.check_revocation(end_entity, intermediates, name, now).map_err(|e| of(&e))?;
        }
        if self.check_name {
            let parsed = ParsedCertificate::try_from(end_entity).map_err(|e| of(&e))?;
            verify_server_name(&parsed, name).map_err(|_| Verdict::wrong_name(name))?;
        }
        Ok(())
    }
}

impl ServerCheck {
    fn check_revocation(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let unknown = || Error::InvalidCertificate(CertificateError::UnknownRevocationStatus);
        if self.trusted.revocations.is_empty() {
            return Err(unknown());
        }
        let roots = Arc::new(self.trusted.roots.clone());
        let mut builder = WebPkiServerVerifier::builder_with_provider(roots, self.provider.clone())
            .with_crls(self.trusted.revocations.iter().cloned())
            .enforce_revocation_expiration();
        if self.revocation == Revocation::Leaf {
            builder = builder.only_check_end_entity_revocation();
        }
        let verifier = builder.build().map_err(|_| unknown())?;
        match verifier.verify_server_cert(end_entity, intermediates, name, &[], now) {
            // Names come last, and are checked elsewhere.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            ))
            | Ok(_) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

/// The chain from the other side's certificate to one that is trusted, by the names of the issuers.
fn path<'a>(chain: &'a [CertificateDer<'_>], trusted: &'a Trusted) -> Vec<Certificate<'a>> {
    let mut path: Vec<Certificate<'_>> = chain.first().and_then(|c| Certificate::read(c)).into_iter().collect();
    let others = trusted.certificates.iter().chain(chain.iter().skip(1));
    let others: Vec<Certificate<'_>> = others.filter_map(|c| Certificate::read(c)).collect();
    for other in others.iter().cycle().take(others.len() * others.len()) {
        match path.last() {
            Some(last) if !last.is_self_issued() => {
                if last.names_issuer(other) {
                    path.push(other.clone());
                }
            }
            _ => break,
        }
    }
    path
}

/// What RFC 5280 asks of the certificates of a chain.
fn conforms(chain: &[CertificateDer<'_>], trusted: &Trusted) -> Result<(), Verdict> {
    let path = path(chain, trusted);
    if path.len() < 2 {
        return Ok(());
    }
    for (i, certificate) in path.iter().enumerate() {
        let is_last = i + 1 == path.len();
        let wrong = if certificate.is_ca && !certificate.marks_constraints {
            (89, "Basic Constraints of CA cert not marked critical")
        } else if certificate.is_ca && !certificate.has_key_usage {
            (92, "CA cert does not include key usage extension")
        } else if !is_last && !certificate.names_authority_key {
            (85, "Missing Authority Key Identifier")
        } else if certificate.is_ca && !certificate.names_subject_key {
            (86, "Missing Subject Key Identifier")
        } else {
            continue;
        };
        return Err(Verdict { code: wrong.0, message: wrong.1.to_owned() });
    }
    Ok(())
}

fn leave(finding: &Finding, verdict: Verdict) {
    if let Ok(mut place) = finding.lock() {
        *place = Some(verdict);
    }
}

impl ServerCertVerifier for ServerCheck {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.required
            && let Err(verdict) = self.check(end_entity, intermediates, server_name, now)
        {
            let error = match verdict.code {
                10 => CertificateError::Expired,
                9 => CertificateError::NotValidYet,
                62 | 64 => CertificateError::NotValidForName,
                18..=20 => CertificateError::UnknownIssuer,
                _ => CertificateError::ApplicationVerificationFailure,
            };
            leave(&self.finding, verdict);
            return Err(Error::InvalidCertificate(error));
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Checks a client.
#[derive(Debug)]
pub struct ClientCheck {
    inner: Arc<dyn ClientCertVerifier>,
    trusted: Arc<Trusted>,
    required: bool,
    strict: bool,
    finding: Finding,
}

impl ClientCheck {
    /// A check by these certificates.
    pub fn new(
        provider: &Arc<CryptoProvider>,
        trusted: &Arc<Trusted>,
        required: bool,
        (revocation, strict): (Revocation, bool),
        finding: Finding,
    ) -> Result<ClientCheck, String> {
        let roots = Arc::new(trusted.roots.clone());
        let mut builder = WebPkiClientVerifier::builder_with_provider(roots, provider.clone());
        if revocation != Revocation::Unchecked {
            builder = builder.with_crls(trusted.revocations.iter().cloned()).enforce_revocation_expiration();
        }
        if revocation == Revocation::Leaf {
            builder = builder.only_check_end_entity_revocation();
        }
        let inner = builder.build().map_err(|e| e.to_string())?;
        Ok(ClientCheck { inner, trusted: trusted.clone(), required, strict, finding })
    }
}

impl ClientCertVerifier for ClientCheck {
    fn client_auth_mandatory(&self) -> bool {
        self.required
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.inner.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        let mut chain = vec![end_entity.clone()];
        chain.extend(intermediates.iter().cloned());
        let verified = self.inner.verify_client_cert(end_entity, intermediates, now).inspect_err(|error| {
            if let Error::InvalidCertificate(error) = error {
                leave(&self.finding, Verdict::of(error, Some(&chain)));
            }
        })?;
        if self.strict
            && let Err(verdict) = conforms(&chain, &self.trusted)
        {
            leave(&self.finding, verdict);
            return Err(Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure));
        }
        Ok(verified)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.inner.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.inner.supported_verify_schemes()
    }
}
