//! What `rustls` is told of a context.

use crate::context::Context;
use crate::verify::{ClientCheck, Finding, Revocation, ServerCheck, Trusted};
use rustls::client::{ClientSessionMemoryCache, Resumption};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::ServerName;
use rustls::server::{ClientHello, ProducesTickets, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, ServerConfig, SupportedProtocolVersion};
use std::sync::Arc;
use std::sync::Mutex;

const NO_TLS12: i64 = 134_217_728;
const NO_TLS13: i64 = 536_870_912;
const NO_TICKET: i64 = 16_384;
/// `VERIFY_X509_STRICT`.
const X509_STRICT: i64 = 32;
const TLS12: i32 = 771;
const TLS13: i32 = 772;

/// What a later connection can go on from: where the tickets rest, and who has checked the server, as tickets are good
/// only for a connection that is checked by the same.
pub struct Resumable {
    cache: Arc<ClientSessionMemoryCache>,
    check: Arc<ServerCheck>,
    keys: Arc<Keys>,
}

/// The same, shared by connections.
pub type Sessions = Arc<Resumable>;

/// The versions that a context allows.
pub fn versions(context: &Context) -> Vec<&'static SupportedProtocolVersion> {
    // -2 and -1 stand for the ends of the range.
    let least = if context.minimum == -2 { 0 } else { context.minimum };
    let least = if context.minimum == -1 { TLS13 } else { least };
    let most = match context.maximum {
        -1 => i32::MAX,
        -2 => TLS12,
        n => n,
    };
    let mut allowed = Vec::new();
    let plain = |n: i32| least <= n && n <= most;
    // PROTOCOL_TLSv1_2 is that version alone; 3 and 4 are older ones, which there are none of.
    if plain(TLS12) && context.options & NO_TLS12 == 0 && !matches!(context.protocol, 3 | 4) {
        allowed.push(&rustls::version::TLS12);
    }
    if plain(TLS13) && context.options & NO_TLS13 == 0 && !matches!(context.protocol, 3..=5) {
        allowed.push(&rustls::version::TLS13);
    }
    allowed
}

fn provider(context: &Context) -> Arc<CryptoProvider> {
    let mut provider = ring::default_provider();
    provider.cipher_suites = context.suites.0.clone();
    if let Some(group) = *context.group {
        provider.kx_groups.retain(|g| g.name() == group);
    }
    Arc::new(provider)
}

/// The keys of a client or server: the first that the other side can check.
#[derive(Debug)]
struct Keys(Vec<Arc<CertifiedKey>>);

impl Keys {
    fn choose(&self, schemes: &[rustls::SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.iter().find(|k| k.key.choose_scheme(schemes).is_some()).cloned()
    }
}

impl ResolvesServerCert for Keys {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.choose(hello.signature_schemes())
    }
}

impl rustls::client::ResolvesClientCert for Keys {
    fn resolve(&self, _hints: &[&[u8]], schemes: &[rustls::SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.choose(schemes)
    }

    fn has_certs(&self) -> bool {
        !self.0.is_empty()
    }
}

/// A client's end, which goes on from where another was if it can; the error is text.
pub fn client(
    context: &Context,
    trusted: Arc<Trusted>,
    server_name: Option<&str>,
    former: Option<Sessions>,
) -> Result<(ClientConnection, Sessions, Finding), String> {
    let provider = provider(context);
    let sessions = former.unwrap_or_else(|| {
        let check = ServerCheck {
            provider: provider.clone(),
            trusted,
            required: context.verify_mode != 0,
            revocation: Revocation::of(context.verify_flags),
            strict: context.verify_flags & X509_STRICT != 0,
            check_name: context.check_hostname,
            finding: Finding::default(),
        };
        Arc::new(Resumable {
            cache: Arc::new(ClientSessionMemoryCache::new(8)),
            check: Arc::new(check),
            keys: Arc::new(Keys(context.keys.0.clone())),
        })
    });
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&versions(context))
        .map_err(|_| "no protocols available".to_owned())?;
    let builder = builder.dangerous().with_custom_certificate_verifier(sessions.check.clone());
    let mut config = builder.with_client_cert_resolver(sessions.keys.clone());
    config.alpn_protocols = context.protocols.clone();
    if let Some(file) = &*context.keylog {
        config.key_log = file.clone();
    }
    config.resumption = Resumption::store(sessions.cache.clone());
    let name = server_name.and_then(|n| ServerName::try_from(n.to_owned()).ok());
    config.enable_sni = name.is_some();
    // Without a name that can be sent one is needed still, under which the session is kept.
    let name = name.unwrap_or(ServerName::IpAddress(std::net::Ipv4Addr::UNSPECIFIED.into()));
    let finding = sessions.check.finding.clone();
    let connection = ClientConnection::new(Arc::new(config), name).map_err(|e| e.to_string())?;
    Ok((connection, sessions, finding))
}

/// Makes the tickets of a context's servers.
pub type Tickets = Arc<Mutex<Option<Arc<dyn ProducesTickets>>>>;

/// What a server of the context does; `offered` are the application protocols that the client has named.
pub fn server(
    context: &Context,
    trusted: &Arc<Trusted>,
    offered: &[Vec<u8>],
    finding: &Finding,
) -> Result<Arc<ServerConfig>, String> {
    let provider = provider(context);
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&versions(context))
        .map_err(|_| "no protocols available".to_owned())?;
    let builder = if context.verify_mode == 0 {
        builder.with_no_client_auth()
    } else {
        let required = context.verify_mode == 2;
        let revocation = Revocation::of(context.verify_flags);
        let strict = context.verify_flags & X509_STRICT != 0;
        let check = ClientCheck::new(&provider, trusted, required, (revocation, strict), finding.clone())?;
        builder.with_client_cert_verifier(Arc::new(check))
    };
    let mut config = builder.with_cert_resolver(Arc::new(Keys(context.keys.0.clone())));
    // A client whose protocols are all unknown here is served without one.
    config.alpn_protocols =
        if context.protocols.iter().any(|p| offered.contains(p)) { context.protocols.clone() } else { Vec::new() };
    if let Some(file) = &*context.keylog {
        config.key_log = file.clone();
    }
    config.send_tls13_tickets = context.num_tickets;
    if context.options & NO_TICKET == 0
        && let Ok(mut tickets) = context.tickets.lock()
    {
        if tickets.is_none() {
            *tickets = ring::Ticketer::new().ok();
        }
        if let Some(ticketer) = &*tickets {
            config.ticketer = ticketer.clone();
        }
    }
    Ok(Arc::new(config))
}
