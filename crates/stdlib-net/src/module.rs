//! The module `_socket`.

use crate::address::c_int;
use crate::resolve::{self, GAIERROR, HERROR};
use crate::socket::{DEFAULT_TIMEOUT, SOCKET, Socket, SocketClass, default_timeout, timeout_from, timeout_value};
use crate::{address, constants};
use std::net::{Ipv4Addr, Ipv6Addr};
use taipan_host::net::{self, message, names};
use taipan_host::{Errno, fd as host_fd, system};
use taipan_macros::module;
use taipan_object::IntRef;
use taipan_stdlib_system::common::{exception_class, set_constants};
use taipan_vm::errors::{OS_ERROR, TIMEOUT_ERROR};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Str, Value, Vm};

/// `_socket`.
pub struct SocketModule;

/// An unsigned number of some bits.
fn unsigned(vm: &mut Vm, v: &Value, bits: u32, c_type: &str) -> Result<u32> {
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(n)) if n < 0 => Err(vm.raise_value_error("Cannot convert negative int")),
        Some(IntRef::Big { negative: true, .. }) => Err(vm.raise_value_error("Cannot convert negative int")),
        Some(IntRef::Small(n)) if n >> bits == 0 => Ok(n as u32),
        _ => Err(vm.raise_overflow_error(&format!("Python int too large for C {c_type}"))),
    }
}

/// A `str` argument of a function that counts its arguments itself.
fn text(vm: &mut Vm, v: &Value, function: &str, number: usize) -> Result<String> {
    match v.downcast::<Str>() {
        Some(s) => match s.to_utf8() {
            Some(utf8) => {
                taipan_object::room::probe(utf8.len().saturating_mul(3))?;
                Ok(utf8.to_owned())
            }
            None => Err(vm.raise_surrogates_not_allowed(s)),
        },
        None => {
            let given = v.ty().name();
            Err(vm.raise_type_error(&format!("{function}() argument {number} must be str, not {given}")))
        }
    }
}

fn os_error(vm: &mut Vm, words: &str) -> taipan_vm::Raised {
    vm.raise_class(OS_ERROR.as_type(), words)
}

/// Dotted notation as old programs write it: one to four parts, decimal, octal or hexadecimal, the last filling what is
/// left.
fn parse_aton(text: &str) -> Option<Ipv4Addr> {
    let text = text.split(char::is_whitespace).next()?;
    let mut parts = Vec::new();
    for part in text.split('.') {
        let n = match part.as_bytes() {
            [b'0', b'x' | b'X', ..] => u32::from_str_radix(&part[2..], 16).ok()?,
            [b'0', _, ..] => u32::from_str_radix(part, 8).ok()?,
            [b'0'..=b'9', ..] => part.parse().ok()?,
            _ => return None,
        };
        parts.push(n);
    }
    let (last, first) = parts.split_last()?;
    if first.len() > 3 || first.iter().any(|n| *n > 255) {
        return None;
    }
    let room = 32 - 8 * first.len() as u32;
    if u64::from(*last) >> room != 0 {
        return None;
    }
    let high = first.iter().enumerate().fold(0u32, |n, (i, part)| n | part << (24 - 8 * i as u32));
    Some(Ipv4Addr::from(high | last))
}

fn wrong_family(vm: &mut Vm) -> taipan_vm::Raised {
    vm.raise_os_error(libc::EAFNOSUPPORT, None)
}

/// What `CMSG_LEN` and `CMSG_SPACE` compute.
fn ancillary(vm: &mut Vm, args: Args<'_>, name: &str, most: usize, f: fn(usize) -> Option<usize>) -> Result<usize> {
    let args = args.parsed(vm, name, 1, 1)?;
    let n = vm.to_index_i64(&args[0], "ssize_t")?;
    match usize::try_from(n).ok().filter(|n| *n <= most).and_then(f).filter(|n| *n <= i32::MAX as usize) {
        Some(n) => Ok(n),
        None => Err(vm.raise_overflow_error(&format!("{name}() argument out of range"))),
    }
}

/// Sockets and the names of hosts.
#[module(name = "_socket")]
impl SocketModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        set_constants(vm, module, constants::ALL)?;
        module.set(vm, "has_ipv6", Value::bool(true))?;
        for (key, text) in [("BDADDR_ANY", "00:00:00:00:00:00"), ("BDADDR_LOCAL", "00:00:00:FF:FF:FF")] {
            let text = vm.new_str(text)?.into_value();
            module.set(vm, key, text)?;
        }
        vm.set_up_class(&SocketClass::class_def())?;
        let class = SOCKET.as_type().to_value();
        module.set(vm, "socket", class.clone())?;
        module.set(vm, "SocketType", class)?;
        module.set(vm, "error", OS_ERROR.as_type().to_value())?;
        module.set(vm, "timeout", TIMEOUT_ERROR.as_type().to_value())?;
        for (key, short) in [(GAIERROR, "gaierror"), (HERROR, "herror")] {
            let class = exception_class(vm, key, OS_ERROR.as_type())?;
            module.set(vm, short, class.into_value())?;
        }
        Ok(())
    }

    /// Close the descriptor of a socket.
    #[function("($self, object, /)")]
    fn close(vm: &mut Vm, object: &Value) -> Result<()> {
        let fd = c_int(vm, object)?;
        match vm.detach(|| host_fd::close(fd)) {
            Err(Errno(libc::ECONNRESET)) => Ok(()),
            other => vm.system(other),
        }
    }

    /// A copy of the descriptor of a socket.
    #[function("($self, object, /)")]
    fn dup(vm: &mut Vm, object: &Value) -> Result<i32> {
        let fd = c_int(vm, object)?;
        let copy = host_fd::dup(fd);
        vm.system(copy)
    }

    /// Two sockets that are connected to each other.
    #[function]
    fn socketpair(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "socketpair", 0, 3)?;
        let mut numbers = [libc::AF_UNIX, libc::SOCK_STREAM, 0];
        for (to, v) in numbers.iter_mut().zip(args) {
            *to = c_int(vm, v)?;
        }
        let [family, kind, protocol] = numbers;
        let ends = net::socketpair(family, kind | libc::SOCK_CLOEXEC, protocol);
        let (a, b) = vm.system(ends)?;
        let mut sockets = Vec::with_capacity(2);
        for fd in [a, b] {
            let state = Socket::opened(vm, fd, family, kind, protocol)?;
            sockets.push(Ref::new(vm, state)?.into_value());
        }
        vm.new_tuple(sockets).map(Ref::into_value)
    }

    /// The ways to reach a service of a host.
    #[function]
    fn getaddrinfo(vm: &mut Vm, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "getaddrinfo",
            params: &["host", "port", "family", "type", "proto", "flags"],
            required: &[true, true, false, false, false, false],
            required_count: 2,
            positional_only: 0,
            positional: 6,
        };
        let bound = bind::<6>(vm, &SIGNATURE, args)?;
        resolve::getaddrinfo(vm, bound)
    }

    /// The names of a host and a service.
    #[function]
    fn getnameinfo(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "getnameinfo", 2, 2)?;
        let flags = c_int(vm, &args[1])?;
        resolve::getnameinfo(vm, &args[0], flags)
    }

    /// The IPv4 address of a host.
    #[function]
    fn gethostbyname(vm: &mut Vm, args: Args<'_>) -> Result<String> {
        let args = args.parsed(vm, "gethostbyname", 1, 1)?;
        resolve::gethostbyname(vm, &args[0])
    }

    /// The names and IPv4 addresses of a host.
    #[function]
    fn gethostbyname_ex(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "gethostbyname_ex", 1, 1)?;
        resolve::gethostbyname_ex(vm, &args[0])
    }

    /// The names of the host with an address.
    #[function]
    fn gethostbyaddr(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "gethostbyaddr", 1, 1)?;
        resolve::gethostbyaddr(vm, &args[0])
    }

    /// The name of this machine.
    #[function("($self, /)")]
    fn gethostname(vm: &mut Vm) -> Result {
        vm.audit("socket.gethostname", &[])?;
        let found = system::gethostname();
        let found = vm.system(found)?;
        vm.new_fs_str(&found)
    }

    /// Name this machine.
    #[function]
    fn sethostname(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        let args = args.parsed(vm, "sethostname", 1, 1)?;
        let name = match args[0].downcast::<Str>() {
            Some(name) => vm.fs_encode(name)?,
            None => vm.bytes_of(&args[0])?,
        };
        vm.audit("socket.sethostname", std::slice::from_ref(&args[0]))?;
        let done = system::sethostname(&name);
        vm.system(done)
    }

    /// The port of a service.
    #[function]
    fn getservbyname(vm: &mut Vm, args: Args<'_>) -> Result<u16> {
        let args = args.parsed(vm, "getservbyname", 1, 2)?;
        let name = text(vm, &args[0], "getservbyname", 1)?;
        let protocol = match args.get(1) {
            Some(v) => Some(text(vm, v, "getservbyname", 2)?),
            None => None,
        };
        let shown = args.get(1).cloned().unwrap_or_else(Value::none);
        vm.audit("socket.getservbyname", &[args[0].clone(), shown])?;
        match vm.detach(|| names::service_port(&name, protocol.as_deref())) {
            Some(port) => Ok(port),
            None => Err(os_error(vm, "service/proto not found")),
        }
    }

    /// The service of a port.
    #[function]
    fn getservbyport(vm: &mut Vm, args: Args<'_>) -> Result<String> {
        let args = args.parsed(vm, "getservbyport", 1, 2)?;
        let port = c_int(vm, &args[0])?;
        let protocol = match args.get(1) {
            Some(v) => Some(text(vm, v, "getservbyport", 2)?),
            None => None,
        };
        let Ok(port) = u16::try_from(port) else {
            return Err(vm.raise_overflow_error("getservbyport: port must be 0-65535."));
        };
        let shown = args.get(1).cloned().unwrap_or_else(Value::none);
        vm.audit("socket.getservbyport", &[args[0].clone(), shown])?;
        match vm.detach(|| names::service_name(port, protocol.as_deref())) {
            Some(name) => Ok(name),
            None => Err(os_error(vm, "port/proto not found")),
        }
    }

    /// The number of a protocol.
    #[function]
    fn getprotobyname(vm: &mut Vm, args: Args<'_>) -> Result<i32> {
        let args = args.parsed(vm, "getprotobyname", 1, 1)?;
        let name = text(vm, &args[0], "getprotobyname", 1)?;
        match vm.detach(|| names::protocol_number(&name)) {
            Some(number) => Ok(number),
            None => Err(os_error(vm, "protocol not found")),
        }
    }

    /// All network interfaces: numbers with names.
    #[function("($self, /)")]
    fn if_nameindex(vm: &mut Vm) -> Result {
        let found = names::interfaces();
        let mut items = Vec::new();
        for (index, name) in vm.system(found)? {
            let values = vec![vm.new_int(i64::from(index))?, vm.new_fs_str(&name)?];
            items.push(vm.new_tuple(values)?.into_value());
        }
        vm.new_list(items).map(Ref::into_value)
    }

    /// The number of a network interface.
    #[function("($module, oname, /)")]
    fn if_nametoindex(vm: &mut Vm, oname: &Value) -> Result<u32> {
        let name = vm.fs_bytes(oname)?;
        let found = names::interfaces();
        match vm.system(found)?.into_iter().find(|(_, n)| *n == name) {
            Some((index, _)) => Ok(index),
            None => Err(vm.raise_os_error(libc::ENODEV, None)),
        }
    }

    /// The name of a network interface.
    #[function("($module, if_index, /)")]
    fn if_indextoname(vm: &mut Vm, if_index: &Value) -> Result {
        let index = unsigned(vm, if_index, 32, "unsigned int")?;
        let found = names::interfaces();
        match vm.system(found)?.into_iter().find(|(i, _)| *i == index) {
            Some((_, name)) => vm.new_fs_str(&name),
            None => Err(vm.raise_os_error(libc::ENXIO, None)),
        }
    }

    /// A 16-bit number in network order as one in host order.
    #[function("($module, integer, /)")]
    fn ntohs(vm: &mut Vm, integer: &Value) -> Result<u16> {
        Ok(u16::from_be(unsigned(vm, integer, 16, "uint16_t")? as u16))
    }

    /// A 32-bit number in network order as one in host order.
    #[function("($module, integer, /)")]
    fn ntohl(vm: &mut Vm, integer: &Value) -> Result<u32> {
        Ok(u32::from_be(unsigned(vm, integer, 32, "uint32_t")?))
    }

    /// A 16-bit number in host order as one in network order.
    #[function("($module, integer, /)")]
    fn htons(vm: &mut Vm, integer: &Value) -> Result<u16> {
        Ok((unsigned(vm, integer, 16, "uint16_t")? as u16).to_be())
    }

    /// A 32-bit number in host order as one in network order.
    #[function("($module, integer, /)")]
    fn htonl(vm: &mut Vm, integer: &Value) -> Result<u32> {
        Ok(unsigned(vm, integer, 32, "uint32_t")?.to_be())
    }

    /// The bytes of an IPv4 address in dotted notation.
    #[function("($module, ip_addr, /)")]
    fn inet_aton(vm: &mut Vm, ip_addr: &str) -> Result {
        match parse_aton(ip_addr) {
            Some(ip) => vm.new_bytes(&ip.octets()).map(Ref::into_value),
            None => Err(os_error(vm, "illegal IP address string passed to inet_aton")),
        }
    }

    /// An IPv4 address in dotted notation.
    #[function("($module, packed_ip, /)")]
    fn inet_ntoa(vm: &mut Vm, packed_ip: &Value) -> Result<String> {
        let bytes = vm.bytes_of(packed_ip)?;
        match <[u8; 4]>::try_from(bytes) {
            Ok(bytes) => Ok(Ipv4Addr::from(bytes).to_string()),
            Err(_) => Err(os_error(vm, "packed IP wrong length for inet_ntoa")),
        }
    }

    /// The bytes of an address of a family.
    #[function]
    fn inet_pton(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "inet_pton", 2, 2)?;
        let family = c_int(vm, &args[0])?;
        let ip = text(vm, &args[1], "inet_pton", 2)?;
        let bytes = match family {
            libc::AF_INET => ip.parse::<Ipv4Addr>().map(|ip| ip.octets().to_vec()).ok(),
            libc::AF_INET6 => ip.parse::<Ipv6Addr>().map(|ip| ip.octets().to_vec()).ok(),
            _ => return Err(wrong_family(vm)),
        };
        match bytes {
            Some(bytes) => vm.new_bytes(&bytes).map(Ref::into_value),
            None => Err(os_error(vm, "illegal IP address string passed to inet_pton")),
        }
    }

    /// The text of an address of a family.
    #[function]
    fn inet_ntop(vm: &mut Vm, args: Args<'_>) -> Result<String> {
        let args = args.parsed(vm, "inet_ntop", 2, 2)?;
        let family = c_int(vm, &args[0])?;
        let bytes = vm.bytes_of(&args[1])?;
        let shown = match family {
            libc::AF_INET => <[u8; 4]>::try_from(bytes).map(|b| Ipv4Addr::from(b).to_string()).ok(),
            libc::AF_INET6 => <[u8; 16]>::try_from(bytes).map(|b| address::ipv6_text(b.into())).ok(),
            _ => return Err(vm.raise_value_error(&format!("unknown address family {family}"))),
        };
        match shown {
            Some(shown) => Ok(shown),
            None => Err(vm.raise_value_error("invalid length of packed IP address string")),
        }
    }

    /// The timeout of new sockets.
    #[function("($self, /)")]
    fn getdefaulttimeout(vm: &mut Vm) -> Result {
        let ns = default_timeout(vm);
        timeout_value(vm, ns)
    }

    /// Set the timeout of new sockets.
    #[function("($self, object, /)")]
    fn setdefaulttimeout(vm: &mut Vm, object: &Value) -> Result<()> {
        let ns = timeout_from(vm, object)?;
        let ns = vm.new_int(ns)?;
        vm.state_mut().registry.insert(DEFAULT_TIMEOUT, ns);
        Ok(())
    }

    /// The length of a piece of ancillary data.
    #[function]
    fn CMSG_LEN(vm: &mut Vm, args: Args<'_>) -> Result<usize> {
        ancillary(vm, args, "CMSG_LEN", i32::MAX as usize, message::ancillary_length)
    }

    /// The room that a piece of ancillary data takes.
    #[function]
    fn CMSG_SPACE(vm: &mut Vm, args: Args<'_>) -> Result<usize> {
        // With room for padding before and after the data.
        let most = message::ancillary_space(1).map_or(0, |n| i32::MAX as usize - n);
        ancillary(vm, args, "CMSG_SPACE", most, message::ancillary_space)
    }
}
