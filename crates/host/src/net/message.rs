//! Messages with ancillary data.

use super::address::{Address, to_any};
use crate::fd::with_fd;
use crate::{Errno, Result};
use rustix::net::{SendAncillaryBuffer, SendFlags};
use std::io::{IoSlice, IoSliceMut};
use uapi::{Msghdr, MsghdrMut};

/// A piece of ancillary data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ancillary {
    /// `SOL_*`.
    pub level: i32,
    /// `SCM_*`.
    pub kind: i32,
    pub data: Vec<u8>,
}

const ALIGN: usize = size_of::<usize>();
/// The header of a piece: its length in a word, level and kind.
const HEADER: usize = (size_of::<usize>() + 8).next_multiple_of(ALIGN);

/// The length of a piece with so much data (`CMSG_LEN`); none when it overflows.
pub fn ancillary_length(data: usize) -> Option<usize> {
    data.checked_add(HEADER)
}

/// The room it takes (`CMSG_SPACE`).
pub fn ancillary_space(data: usize) -> Option<usize> {
    data.checked_next_multiple_of(ALIGN)?.checked_add(HEADER)
}

fn encode(pieces: &[Ancillary]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for piece in pieces {
        let length = ancillary_length(piece.data.len()).ok_or(Errno::EINVAL)?;
        out.extend_from_slice(&length.to_ne_bytes());
        out.extend_from_slice(&piece.level.to_ne_bytes());
        out.extend_from_slice(&piece.kind.to_ne_bytes());
        out.extend_from_slice(&piece.data);
        out.resize(out.len().next_multiple_of(ALIGN), 0);
    }
    Ok(out)
}

fn decode(mut bytes: &[u8]) -> Vec<Ancillary> {
    let mut pieces = Vec::new();
    while let Some((header, _)) = bytes.split_at_checked(HEADER) {
        let word = |at: usize| i32::from_ne_bytes(header[at..at + 4].try_into().unwrap_or_default());
        let length = usize::from_ne_bytes(header[..ALIGN].try_into().unwrap_or_default());
        if length < HEADER {
            break;
        }
        let data = bytes[HEADER..length.min(bytes.len())].to_vec();
        pieces.push(Ancillary { level: word(ALIGN), kind: word(ALIGN + 4), data });
        bytes = bytes.get(length.next_multiple_of(ALIGN)..).unwrap_or_default();
    }
    pieces
}

/// Sends buffers with ancillary data.
pub fn sendmsg(
    fd: i32,
    buffers: &[IoSlice<'_>],
    ancillary: &[Ancillary],
    flags: i32,
    to: Option<&Address>,
) -> Result<usize> {
    if ancillary.is_empty()
        && let Some(to) = to
    {
        let (to, flags) = (to_any(to)?, SendFlags::from_bits_retain(flags as u32));
        let mut none = SendAncillaryBuffer::default();
        return with_fd(fd, |fd| Ok(rustix::net::sendmsg_addr(fd, &to, buffers, &mut none, flags)?));
    }
    let control = encode(ancillary)?;
    let control = (!control.is_empty()).then_some(&control[..]);
    match to {
        None => Ok(uapi::sendmsg(fd, &Msghdr { iov: buffers, control, name: uapi::sockaddr_none_ref() }, flags)?),
        Some(Address::V4(to)) => {
            let name = libc::sockaddr_in {
                sin_family: libc::AF_INET as u16,
                sin_port: to.port().to_be(),
                sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(to.ip().octets()) },
                sin_zero: [0; 8],
            };
            Ok(uapi::sendmsg(fd, &Msghdr { iov: buffers, control, name: Some(&name) }, flags)?)
        }
        Some(Address::V6(to)) => {
            let name = libc::sockaddr_in6 {
                sin6_family: libc::AF_INET6 as u16,
                sin6_port: to.port().to_be(),
                sin6_flowinfo: to.flowinfo(),
                sin6_addr: libc::in6_addr { s6_addr: to.ip().octets() },
                sin6_scope_id: to.scope_id(),
            };
            Ok(uapi::sendmsg(fd, &Msghdr { iov: buffers, control, name: Some(&name) }, flags)?)
        }
        // The name goes with its full size: good for a path, which ends at its zero byte, wrong for an abstract name.
        Some(Address::Unix(path)) if !path.is_empty() && path[0] != 0 => {
            let mut name = libc::sockaddr_un { sun_family: libc::AF_UNIX as u16, sun_path: [0; 108] };
            if path.len() >= name.sun_path.len() {
                return Err(Errno(libc::ENAMETOOLONG));
            }
            for (to, from) in name.sun_path.iter_mut().zip(path) {
                *to = *from as libc::c_char;
            }
            Ok(uapi::sendmsg(fd, &Msghdr { iov: buffers, control, name: Some(&name) }, flags)?)
        }
        Some(_) => Err(Errno(libc::EAFNOSUPPORT)),
    }
}

/// What came with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Received {
    pub length: usize,
    pub ancillary: Vec<Ancillary>,
    /// `MSG_*`.
    pub flags: i32,
    /// None from a connected stream.
    pub from: Option<Address>,
}

/// Receives into buffers, with room for so many bytes of ancillary data.
pub fn recvmsg(fd: i32, buffers: &mut [IoSliceMut<'_>], ancillary_room: usize, flags: i32) -> Result<Received> {
    let mut control = Vec::new();
    control.try_reserve_exact(ancillary_room).map_err(|_| Errno::ENOMEM)?;
    control.resize(ancillary_room, 0u8);
    // Large enough for every address, and made of plain fields.
    let mut name = libc::sockaddr_un { sun_family: 0, sun_path: [0; 108] };
    let mut header = MsghdrMut { iov: buffers, control: Some(&mut control[..]), name: Some(&mut name), flags: 0 };
    let (data, name_length, pieces) = uapi::recvmsg(fd, &mut header, flags)?;
    let (length, ancillary, flags) = (data.len(), decode(pieces), header.flags);
    let from = (2..=110).contains(&name_length).then(|| {
        let data = name.sun_path.map(|byte| byte as u8);
        Address::from_raw(name.sun_family, &data[..name_length - 2])
    });
    Ok(Received { length, ancillary, flags, from })
}
