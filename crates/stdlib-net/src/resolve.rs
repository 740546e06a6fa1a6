//! Names of hosts and services, and what cannot be resolved.

use crate::address::{c_int, ipv6_text, to_python};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use taipan_host::net::resolve::{self, Failure, Found};
use taipan_object::Bytes;
use taipan_vm::errors::OS_ERROR;
use taipan_vm::{Raised, Ref, Result, Str, Value, Vm, name};

/// Keys of the exceptions of this module.
pub const GAIERROR: &str = "socket.gaierror";
/// See [`GAIERROR`].
pub const HERROR: &str = "socket.herror";

/// Raises `gaierror`, or the `OSError` behind it.
pub fn fail(vm: &mut Vm, failure: Failure) -> Raised {
    match failure {
        Failure::System(e) => vm.raise_os_error(e.0, None),
        Failure::Resolver(code) => raise_pair(vm, GAIERROR, code, &failure.message()),
    }
}

/// Raises one of this module's exceptions with a number and a text.
pub fn raise_pair(vm: &mut Vm, key: &'static str, code: i32, text: &str) -> Raised {
    let class = match taipan_stdlib_system::common::result_type(vm, key) {
        Ok(class) => class,
        Err(raised) => return raised,
    };
    match vm.new_str(text) {
        Ok(text) => vm.raise_args(&class, vec![Value::from_i32(code), text.into_value()]),
        Err(raised) => raised,
    }
}

/// The name of a host for the system: ASCII as it is, anything else by `idna`.
pub fn host_bytes(vm: &mut Vm, v: &Value) -> Result<Vec<u8>> {
    let bytes = if let Some(text) = v.downcast::<Str>() {
        match text.as_ascii() {
            Some(ascii) => host_copy(ascii)?,
            None => idna(vm, v)?,
        }
    } else if v.downcast::<Bytes>().is_some() || taipan_vm::slots::of(v.ty()).buffer.is_some() {
        vm.bytes_of(v)?
    } else {
        let given = v.ty().name();
        return Err(vm.raise_type_error(&format!("str, bytes or bytearray expected, not {given}")));
    };
    if bytes.contains(&0) {
        return Err(vm.raise_type_error("host name must not contain null character"));
    }
    Ok(bytes)
}

/// A copy, where there is room for those that the system needs besides.
fn host_copy(name: &str) -> Result<Vec<u8>> {
    taipan_object::room::probe(name.len().saturating_mul(4))?;
    Ok(name.as_bytes().to_vec())
}

fn idna(vm: &mut Vm, text: &Value) -> Result<Vec<u8>> {
    let encoding = vm.new_str("idna")?.into_value();
    let encoded = vm.call_method(text, name!("encode"), &[encoding])?;
    vm.bytes_of(&encoded)
}

/// What a program's host argument stands for in `getaddrinfo`.
fn optional_host(vm: &mut Vm, v: &Value) -> Result<Option<String>> {
    let bytes = if v.is_none() {
        return Ok(None);
    } else if let Some(text) = v.downcast::<Str>() {
        match text.as_ascii() {
            Some(ascii) => host_copy(ascii)?,
            None => idna(vm, v)?,
        }
    } else if v.downcast::<Bytes>().is_some() {
        vm.bytes_of(v)?
    } else {
        return Err(vm.raise_type_error("getaddrinfo() argument 1 must be string or None"));
    };
    Ok(Some(c_text(&bytes)))
}

/// Text up to the first zero, as C reads it.
fn c_text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|c| *c == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}

fn optional_service(vm: &mut Vm, v: &Value) -> Result<Option<String>> {
    if v.is_none() {
        return Ok(None);
    }
    if v.as_int().is_some() {
        return vm.str(v).map(|s| Some(s.to_string_lossy()));
    }
    if let Some(text) = v.downcast::<Str>() {
        return match text.to_utf8() {
            Some(utf8) => Ok(Some(c_text(utf8.as_bytes()))),
            None => Err(vm.raise_surrogates_not_allowed(text)),
        };
    }
    if v.downcast::<Bytes>().is_some() {
        let bytes = vm.bytes_of(v)?;
        return Ok(Some(c_text(&bytes)));
    }
    Err(vm.raise_class(OS_ERROR.as_type(), "Int or String expected"))
}

/// Services are looked up by their last 16 bits, as the C library does with large numbers.
fn reduced(service: Option<String>) -> Option<String> {
    service.map(|s| match s.parse::<u64>() {
        Ok(n) if n > 0xffff && n <= u64::from(u32::MAX) => (n & 0xffff).to_string(),
        _ => s,
    })
}

fn look_up(
    vm: &mut Vm,
    host: Option<&str>,
    service: Option<&str>,
    hints: [i32; 4],
) -> Result<std::result::Result<Vec<Found>, Failure>> {
    let [family, kind, protocol, flags] = hints;
    Ok(vm.detach(|| resolve::getaddrinfo(host, service, family, kind, protocol, flags)))
}

/// The address of a host for a socket of a family.
pub fn host_ip(vm: &mut Vm, host: &[u8], family: i32) -> Result<IpAddr> {
    let text = c_text(host);
    let any = |family| match family {
        libc::AF_INET6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    };
    if text.is_empty() {
        return Ok(any(family));
    }
    if text == "<broadcast>" || text == "255.255.255.255" {
        if family != libc::AF_INET && family != libc::AF_UNSPEC {
            return Err(vm.raise_class(OS_ERROR.as_type(), "address family mismatched"));
        }
        return Ok(IpAddr::V4(Ipv4Addr::BROADCAST));
    }
    if family != libc::AF_INET6
        && let Ok(ip) = text.parse::<Ipv4Addr>()
    {
        return Ok(ip.into());
    }
    if family != libc::AF_INET
        && let Ok(ip) = text.parse::<Ipv6Addr>()
    {
        return Ok(ip.into());
    }
    match look_up(vm, Some(&text), None, [family, 0, 0, 0])? {
        Err(failure) => Err(fail(vm, failure)),
        Ok(found) => match found.first().and_then(|f| f.address.internet()) {
            Some(address) => Ok(address.ip()),
            None => Err(fail(vm, Failure::Resolver(libc::EAI_NONAME))),
        },
    }
}

/// `getaddrinfo`.
pub fn getaddrinfo(vm: &mut Vm, args: [Option<&Value>; 6]) -> Result {
    let none = Value::none();
    let [host, port, hints @ ..] = args;
    let (host, port) = (host.unwrap_or(&none), port.unwrap_or(&none));
    let mut numbers = [0; 4];
    for (to, v) in numbers.iter_mut().zip(hints) {
        *to = v.map_or(Ok(0), |v| c_int(vm, v))?;
    }
    let name = optional_host(vm, host)?;
    let service = reduced(optional_service(vm, port)?);
    let mut event = vec![host.clone(), port.clone()];
    for n in numbers {
        event.push(vm.new_int(i64::from(n))?);
    }
    event.truncate(5);
    vm.audit("socket.getaddrinfo", &event)?;
    let found = match look_up(vm, name.as_deref(), service.as_deref(), numbers)? {
        Ok(found) => found,
        Err(failure) => return Err(fail(vm, failure)),
    };
    let mut items = Vec::with_capacity(found.len());
    for one in &found {
        let canonical = vm.new_str(one.canonical.as_deref().unwrap_or(""))?.into_value();
        let address = to_python(vm, &one.address)?;
        let values = vec![
            vm.new_int(i64::from(one.family))?,
            vm.new_int(i64::from(one.kind))?,
            vm.new_int(i64::from(one.protocol))?,
            canonical,
            address,
        ];
        items.push(vm.new_tuple(values)?.into_value());
    }
    vm.new_list(items).map(Ref::into_value)
}

fn ip_text(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => ipv6_text(ip),
    }
}

/// `gethostbyname`.
pub fn gethostbyname(vm: &mut Vm, host: &Value) -> Result<String> {
    let bytes = host_bytes(vm, host)?;
    vm.audit("socket.gethostbyname", std::slice::from_ref(host))?;
    host_ip(vm, &bytes, libc::AF_INET).map(ip_text)
}

fn host_entry(vm: &mut Vm, name: &str, addresses: &[String]) -> Result {
    let name = vm.new_str(name)?.into_value();
    let aliases = vm.new_list(Vec::new())?.into_value();
    let mut items = Vec::with_capacity(addresses.len());
    for a in addresses {
        items.push(vm.new_str(a)?.into_value());
    }
    let addresses = vm.new_list(items)?.into_value();
    vm.new_tuple(vec![name, aliases, addresses]).map(Ref::into_value)
}

/// `gethostbyname_ex`: the name, other names, and all addresses. Other names are not told by the resolver.
pub fn gethostbyname_ex(vm: &mut Vm, host: &Value) -> Result {
    let bytes = host_bytes(vm, host)?;
    vm.audit("socket.gethostbyname", std::slice::from_ref(host))?;
    let text = c_text(&bytes);
    let found = look_up(vm, Some(&text), None, [libc::AF_INET, libc::SOCK_STREAM, 0, libc::AI_CANONNAME])?;
    match found {
        Err(failure) => Err(fail(vm, failure)),
        Ok(found) => {
            let name = found.iter().find_map(|f| f.canonical.clone()).unwrap_or(text);
            let all: Vec<String> = found.iter().filter_map(|f| f.address.internet()).map(|a| ip_text(a.ip())).collect();
            host_entry(vm, &name, &all)
        }
    }
}

/// `gethostbyaddr`.
pub fn gethostbyaddr(vm: &mut Vm, host: &Value) -> Result {
    let bytes = host_bytes(vm, host)?;
    vm.audit("socket.gethostbyaddr", std::slice::from_ref(host))?;
    let ip = host_ip(vm, &bytes, libc::AF_UNSPEC)?;
    let named = vm.detach(|| resolve::getnameinfo(SocketAddr::new(ip, 0), libc::NI_NAMEREQD));
    match named {
        Ok((name, _)) => host_entry(vm, &name, &[ip_text(ip)]),
        // The numbers and words of the old interface: HOST_NOT_FOUND.
        Err(_) => Err(raise_pair(vm, HERROR, 1, "Unknown host")),
    }
}

/// `getnameinfo`.
pub fn getnameinfo(vm: &mut Vm, address: &Value, flags: i32) -> Result {
    let Some(tuple) = address.downcast::<taipan_vm::Tuple>() else {
        return Err(vm.raise_type_error("getnameinfo() argument 1 must be a tuple"));
    };
    let items = tuple.items().to_vec();
    if !(2..=4).contains(&items.len()) {
        return Err(vm.raise_type_error("getnameinfo(): illegal sockaddr argument"));
    }
    let Some(host) = items[0].downcast::<Str>().map(|s| s.to_string_lossy()) else {
        return Err(vm.raise_type_error("getnameinfo(): illegal sockaddr argument"));
    };
    let port = c_int(vm, &items[1])?;
    let flow = items.get(2).map_or(Ok(0), |v| crate::address::c_uint(vm, v))?;
    let scope = items.get(3).map_or(Ok(0), |v| crate::address::c_uint(vm, v))?;
    crate::address::check_flow(vm, flow, "getnameinfo")?;
    vm.audit("socket.getnameinfo", std::slice::from_ref(address))?;
    let service = reduced(Some(port.to_string()));
    let hints = [libc::AF_UNSPEC, libc::SOCK_DGRAM, 0, libc::AI_NUMERICHOST];
    let found = match look_up(vm, Some(&host), service.as_deref(), hints)? {
        Ok(found) => found,
        Err(failure) => return Err(fail(vm, failure)),
    };
    let address = match found.as_slice() {
        [one] => one.address.internet(),
        [] => None,
        _ => return Err(vm.raise_class(OS_ERROR.as_type(), "sockaddr resolved to multiple addresses")),
    };
    let mut address = match address {
        Some(address) => address,
        None => return Err(fail(vm, Failure::Resolver(libc::EAI_NONAME))),
    };
    match &mut address {
        SocketAddr::V4(_) if items.len() != 2 => {
            return Err(vm.raise_class(OS_ERROR.as_type(), "IPv4 sockaddr must be 2 tuple"));
        }
        SocketAddr::V4(_) => {}
        SocketAddr::V6(a) => {
            a.set_flowinfo(flow);
            a.set_scope_id(scope);
        }
    }
    match vm.detach(|| resolve::getnameinfo(address, flags)) {
        Ok((host, service)) => {
            let values = vec![vm.new_fs_str(host.as_bytes())?, vm.new_fs_str(service.as_bytes())?];
            vm.new_tuple(values).map(Ref::into_value)
        }
        Err(failure) => Err(fail(vm, failure)),
    }
}
