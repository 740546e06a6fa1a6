//! Checks the certificate of the other side as a context wants it, and says in OpenSSL's words what is wrong with it.

use crate::der;
use crate::x509::Certificate;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
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
            C::InvalidPurpose | C::InvalidPurposeContext { .. } => (26, "unsuitable certificate purpose"),
            C::UnhandledCriticalExtension => (34, "unhandled critical extension"),
            C::BadEncoding => (6, "unable to decode issuer public key"),
            C::NotValidForName | C::NotValidForNameContext { .. } => (62, "hostname mismatch"),
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
    /// Whether lists of revoked certificates are asked for, of which there are none.
    pub wants_revocation: bool,
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
        if self.wants_revocation {
            return Err(Verdict::of(&CertificateError::UnknownRevocationStatus, None));
        }
        if self.check_name {
            let parsed = ParsedCertificate::try_from(end_entity).map_err(|e| of(&e))?;
            verify_server_name(&parsed, name).map_err(|_| Verdict::wrong_name(name))?;
        }
        Ok(())
    }
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
    required: bool,
    finding: Finding,
}

impl ClientCheck {
    /// A check by these certificates.
    pub fn new(
        provider: &Arc<CryptoProvider>,
        trusted: &Arc<Trusted>,
        required: bool,
        finding: Finding,
    ) -> Result<ClientCheck, String> {
        let roots = Arc::new(trusted.roots.clone());
        let builder = WebPkiClientVerifier::builder_with_provider(roots, provider.clone());
        let inner = builder.build().map_err(|e| e.to_string())?;
        Ok(ClientCheck { inner, required, finding })
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
        self.inner.verify_client_cert(end_entity, intermediates, now).inspect_err(|error| {
            if let Error::InvalidCertificate(error) = error {
                let mut chain = vec![end_entity.clone()];
                chain.extend(intermediates.iter().cloned());
                leave(&self.finding, Verdict::of(error, Some(&chain)));
            }
        })
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
