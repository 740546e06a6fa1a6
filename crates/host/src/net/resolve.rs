//! From names to addresses and back, by the C library.

use super::Address;
use std::net::SocketAddr;

/// Why a name could not be resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// `EAI_*`.
    Resolver(i32),
    System(crate::Errno),
}

impl Failure {
    /// The C library's text for a resolver's failure.
    pub fn message(self) -> String {
        match self {
            Self::System(errno) => errno.message(),
            Self::Resolver(code) => resolver_message(code).to_owned(),
        }
    }
}

/// The C library's text for an `EAI_*` number.
pub fn resolver_message(code: i32) -> &'static str {
    match code {
        libc::EAI_BADFLAGS => "Bad value for ai_flags",
        libc::EAI_NONAME => "Name or service not known",
        libc::EAI_AGAIN => "Temporary failure in name resolution",
        libc::EAI_FAIL => "Non-recoverable failure in name resolution",
        libc::EAI_NODATA => "No address associated with hostname",
        libc::EAI_FAMILY => "ai_family not supported",
        libc::EAI_SOCKTYPE => "ai_socktype not supported",
        libc::EAI_SERVICE => "Servname not supported for ai_socktype",
        -9 => "Address family for hostname not supported",
        libc::EAI_MEMORY => "Memory allocation failure",
        libc::EAI_SYSTEM => "System error",
        libc::EAI_OVERFLOW => "Result too large for supplied buffer",
        _ => "Unknown error",
    }
}

impl From<dns_lookup::LookupError> for Failure {
    fn from(error: dns_lookup::LookupError) -> Self {
        match error.error_num() {
            0 => Self::System(std::io::Error::from(error).into()),
            libc::EAI_SYSTEM => Self::System(std::io::Error::last_os_error().into()),
            code => Self::Resolver(code),
        }
    }
}

/// One way to reach a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub family: i32,
    pub kind: i32,
    pub protocol: i32,
    pub canonical: Option<String>,
    pub address: Address,
}

/// Resolves a host, a service, or both; one must be there. `flags` of `AI_*`.
pub fn getaddrinfo(
    host: Option<&str>,
    service: Option<&str>,
    family: i32,
    kind: i32,
    protocol: i32,
    flags: i32,
) -> Result<Vec<Found>, Failure> {
    if host.is_none() && service.is_none() {
        return Err(Failure::Resolver(libc::EAI_NONAME));
    }
    let hints = dns_lookup::AddrInfoHints { flags, address: family, socktype: kind, protocol };
    let found = dns_lookup::getaddrinfo(host, service, Some(hints))?;
    // Addresses of families other than the internet's come as errors; they are passed over.
    let found = found.filter_map(std::result::Result::ok).map(|one| Found {
        family: one.address,
        kind: one.socktype,
        protocol: one.protocol,
        canonical: one.canonname,
        address: match one.sockaddr {
            SocketAddr::V4(address) => Address::V4(address),
            SocketAddr::V6(address) => Address::V6(address),
        },
    });
    Ok(found.collect())
}

/// The names of a host and a service. `flags` of `NI_*`.
pub fn getnameinfo(address: SocketAddr, flags: i32) -> Result<(String, String), Failure> {
    Ok(dns_lookup::getnameinfo(&address, flags)?)
}
