//! Sockets as integers.

pub mod address;
pub mod message;
pub mod names;
pub mod resolve;

pub use address::Address;

use crate::fd::{release, with_fd};
use crate::{Errno, Result};
use rustix::net::{RecvFlags, SendFlags, SocketFlags};

/// Opens a socket; `kind` may carry `SOCK_CLOEXEC` and `SOCK_NONBLOCK`.
pub fn socket(family: i32, kind: i32, protocol: i32) -> Result<i32> {
    Ok(uapi::socket(family, kind, protocol)?.unwrap())
}

/// Two sockets connected to each other.
pub fn socketpair(family: i32, kind: i32, protocol: i32) -> Result<(i32, i32)> {
    let (a, b) = uapi::socketpair(family, kind, protocol)?;
    Ok((a.unwrap(), b.unwrap()))
}

/// Gives a socket its own address.
pub fn bind(fd: i32, address: &Address) -> Result<()> {
    let address = address::to_any(address)?;
    with_fd(fd, |fd| Ok(rustix::net::bind(fd, &address)?))
}

/// Connects. `EINPROGRESS` when that goes on in the background, `EINTR` too when a signal came: then wait until the socket
/// is writable and ask `SO_ERROR`.
pub fn connect(fd: i32, address: &Address) -> Result<()> {
    let address = address::to_any(address)?;
    with_fd(fd, |fd| Ok(rustix::net::connect(fd, &address)?))
}

/// Starts taking connections.
pub fn listen(fd: i32, backlog: i32) -> Result<()> {
    Ok(uapi::listen(fd, backlog)?)
}

/// Takes a connection; `flags` of `SOCK_CLOEXEC`, `SOCK_NONBLOCK`.
pub fn accept(fd: i32, flags: i32) -> Result<(i32, Address)> {
    with_fd(fd, |fd| {
        let (fd, address) = rustix::net::acceptfrom_with(fd, SocketFlags::from_bits_retain(flags as u32))?;
        Ok((release(fd), Address::from_any(address)))
    })
}

/// Ends one or both directions (`SHUT_*`).
pub fn shutdown(fd: i32, how: i32) -> Result<()> {
    Ok(uapi::shutdown(fd, how)?)
}

/// The socket's own address.
pub fn getsockname(fd: i32) -> Result<Address> {
    with_fd(fd, |fd| Ok(Address::from_any(Some(rustix::net::getsockname(fd)?))))
}

/// The address at the other end.
pub fn getpeername(fd: i32) -> Result<Address> {
    with_fd(fd, |fd| Ok(Address::from_any(rustix::net::getpeername(fd)?)))
}

/// Sends (`MSG_*` flags).
pub fn send(fd: i32, bytes: &[u8], flags: i32) -> Result<usize> {
    Ok(uapi::send(fd, bytes, flags)?)
}

/// Sends to an address.
pub fn sendto(fd: i32, bytes: &[u8], flags: i32, address: &Address) -> Result<usize> {
    let flags = SendFlags::from_bits_retain(flags as u32);
    let address = address::to_any(address)?;
    with_fd(fd, |fd| Ok(rustix::net::sendto(fd, bytes, flags, &address)?))
}

/// Receives; 0 at the end.
pub fn recv(fd: i32, buffer: &mut [u8], flags: i32) -> Result<usize> {
    Ok(uapi::recv(fd, buffer, flags)?.len())
}

/// Receives into memory that need not be initialised and gives the part that now is.
pub fn recv_uninit(fd: i32, buffer: &mut [std::mem::MaybeUninit<u8>], flags: i32) -> Result<&mut [u8]> {
    Ok(uapi::recv(fd, buffer, flags)?)
}

/// Receives with the sender's address; none from a connected stream.
pub fn recvfrom(fd: i32, buffer: &mut [u8], flags: i32) -> Result<(usize, Option<Address>)> {
    let flags = RecvFlags::from_bits_retain(flags as u32);
    let room = buffer.len();
    with_fd(fd, |fd| {
        let (read, _, address) = rustix::net::recvfrom(fd, buffer, flags)?;
        Ok((read.min(room), address.map(|address| Address::from_any(Some(address)))))
    })
}

/// An option that is a number.
pub fn getsockopt_int(fd: i32, level: i32, option: i32) -> Result<i32> {
    let mut value = 0i32;
    uapi::getsockopt(fd, level, option, &mut value)?;
    Ok(value)
}

/// An option of some bytes, at most `size`.
pub fn getsockopt(fd: i32, level: i32, option: i32, size: usize) -> Result<Vec<u8>> {
    let mut value = Vec::new();
    value.try_reserve_exact(size).map_err(|_| Errno::ENOMEM)?;
    value.resize(size, 0u8);
    let length = uapi::getsockopt(fd, level, option, &mut value[..])?;
    value.truncate(length);
    Ok(value)
}

/// Sets an option that is a number.
pub fn setsockopt_int(fd: i32, level: i32, option: i32, value: i32) -> Result<()> {
    Ok(uapi::setsockopt(fd, level, option, &value)?)
}

/// Sets an option of some bytes.
pub fn setsockopt(fd: i32, level: i32, option: i32, value: &[u8]) -> Result<()> {
    Ok(uapi::setsockopt(fd, level, option, value)?)
}
