//! Socket addresses.

use crate::{Errno, Result};
use rustix::net::addr::SocketAddrArg;
use rustix::net::netlink::SocketAddrNetlink;
use rustix::net::{AddressFamily, SocketAddrAny, SocketAddrUnix};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

/// An address of a family Taipan knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    V4(SocketAddrV4),
    V6(SocketAddrV6),
    /// A path, or a zero byte and an abstract name, or nothing.
    Unix(Vec<u8>),
    Netlink {
        pid: u32,
        groups: u32,
    },
    /// Of another family, as the kernel gave it; can be shown, not used.
    Other {
        family: i32,
        data: Vec<u8>,
    },
}

impl Address {
    /// `AF_*`.
    pub fn family(&self) -> i32 {
        match self {
            Self::V4(_) => libc::AF_INET,
            Self::V6(_) => libc::AF_INET6,
            Self::Unix(_) => libc::AF_UNIX,
            Self::Netlink { .. } => libc::AF_NETLINK,
            Self::Other { family, .. } => *family,
        }
    }

    /// The internet address, if it is one.
    pub fn internet(&self) -> Option<SocketAddr> {
        match self {
            Self::V4(address) => Some((*address).into()),
            Self::V6(address) => Some((*address).into()),
            _ => None,
        }
    }

    /// No address at all is that of an unnamed local socket.
    pub(crate) fn from_any(any: Option<SocketAddrAny>) -> Self {
        let Some(any) = any else { return Self::Unix(Vec::new()) };
        let family = any.address_family();
        let known = match family {
            AddressFamily::INET => any.try_into().map(Self::V4).ok(),
            AddressFamily::INET6 => any.try_into().map(Self::V6).ok(),
            AddressFamily::UNIX => SocketAddrUnix::try_from(any).map(|unix| Self::Unix(unix_name(&unix))).ok(),
            AddressFamily::NETLINK => SocketAddrNetlink::try_from(any)
                .map(|netlink| Self::Netlink { pid: netlink.pid(), groups: netlink.groups() })
                .ok(),
            _ => None,
        };
        known.unwrap_or(Self::Other { family: i32::from(family.as_raw()), data: Vec::new() })
    }

    /// From the kernel's bytes after the family.
    pub(crate) fn from_raw(family: u16, data: &[u8]) -> Self {
        let port = |data: &[u8]| u16::from_be_bytes([data[0], data[1]]);
        let word = |at: usize| u32::from_ne_bytes([data[at], data[at + 1], data[at + 2], data[at + 3]]);
        match i32::from(family) {
            libc::AF_INET if data.len() >= 6 => {
                Self::V4(SocketAddrV4::new(Ipv4Addr::new(data[2], data[3], data[4], data[5]), port(data)))
            }
            libc::AF_INET6 if data.len() >= 26 => {
                let ip: [u8; 16] = data[6..22].try_into().unwrap_or_default();
                Self::V6(SocketAddrV6::new(Ipv6Addr::from(ip), port(data), word(2), word(22)))
            }
            libc::AF_UNIX => {
                let abstracted = data.first() == Some(&0) && data.len() > 1;
                let end = if abstracted { data.len() } else { data.iter().position(|b| *b == 0).unwrap_or(data.len()) };
                Self::Unix(data[..end].to_vec())
            }
            libc::AF_NETLINK if data.len() >= 10 => Self::Netlink { pid: word(2), groups: word(6) },
            family => Self::Other { family, data: data.to_vec() },
        }
    }
}

fn unix_name(unix: &SocketAddrUnix) -> Vec<u8> {
    match (unix.path_bytes(), unix.abstract_name()) {
        (Some(path), _) => path.to_vec(),
        (None, Some(name)) if !name.is_empty() => [b"\0", name].concat(),
        (None, _) => Vec::new(),
    }
}

/// The form `rustix` takes. Other families are `EAFNOSUPPORT`.
pub(crate) fn to_any(address: &Address) -> Result<SocketAddrAny> {
    match address {
        Address::V4(address) => Ok(address.as_any()),
        Address::V6(address) => Ok(address.as_any()),
        Address::Unix(name) => Ok(unix(name)?.as_any()),
        Address::Netlink { pid, groups } => Ok(SocketAddrNetlink::new(*pid, *groups).as_any()),
        Address::Other { .. } => Err(Errno(libc::EAFNOSUPPORT)),
    }
}

fn unix(name: &[u8]) -> Result<SocketAddrUnix> {
    Ok(match name {
        [] => SocketAddrUnix::new_unnamed(),
        [0, name @ ..] => SocketAddrUnix::new_abstract_name(name)?,
        path => SocketAddrUnix::new(path)?,
    })
}
