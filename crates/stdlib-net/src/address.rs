//! Addresses between Python and the system.

use crate::resolve::{host_bytes, host_ip};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddrV4, SocketAddrV6};
use taipan_host::net::Address;
use taipan_object::Bytes;
use taipan_vm::errors::OS_ERROR;
use taipan_vm::{Raised, Ref, Result, Str, Tuple, Value, Vm};

/// The longest path of a local socket, with its terminator.
const UNIX_PATH: usize = 108;

/// Text of an IPv6 address as the C library writes it.
pub fn ipv6_text(ip: Ipv6Addr) -> String {
    let s = ip.segments();
    // The C library shows the old IPv4-compatible addresses with dots.
    if s[..6] == [0; 6] && s[6] != 0 {
        let [.., a, b, c, d] = ip.octets();
        return format!("::{}", Ipv4Addr::new(a, b, c, d));
    }
    ip.to_string()
}

fn complain(vm: &mut Vm, text: &str) -> Raised {
    vm.raise_type_error(text)
}

fn port(vm: &mut Vm, v: &Value, caller: &str) -> Result<u16> {
    let n = c_int(vm, v)?;
    u16::try_from(n).map_err(|_| vm.raise_overflow_error(&format!("{caller}(): port must be 0-65535.")))
}

/// A C int.
pub fn c_int(vm: &mut Vm, v: &Value) -> Result<i32> {
    let n = vm.to_index_i64(v, "int")?;
    i32::try_from(n).map_err(|_| vm.raise_overflow_error("Python int too large to convert to C int"))
}

/// A C unsigned int, of which only the low bits are looked at.
pub fn c_uint(vm: &mut Vm, v: &Value) -> Result<u32> {
    vm.to_index_i64(v, "unsigned int").map(|n| n as u32)
}

fn tuple_items(vm: &mut Vm, v: &Value, family: &str, caller: &str) -> Result<Vec<Value>> {
    match v.downcast::<Tuple>() {
        Some(tuple) => Ok(tuple.items().to_vec()),
        None => {
            let given = v.ty().name();
            Err(complain(vm, &format!("{caller}(): {family} address must be tuple, not {given}")))
        }
    }
}

/// The address that a program means for a socket of a family.
pub fn from_python(vm: &mut Vm, family: i32, v: &Value, caller: &str) -> Result<Address> {
    match family {
        libc::AF_INET => {
            let items = tuple_items(vm, v, "AF_INET", caller)?;
            let [host, number] = items.as_slice() else {
                return Err(complain(vm, "AF_INET address must be a pair (host, port)"));
            };
            let host = host_bytes(vm, host)?;
            let number = c_int(vm, number)?;
            let IpAddr::V4(ip) = host_ip(vm, &host, libc::AF_INET)? else {
                return Err(vm.raise_class(OS_ERROR.as_type(), "address family mismatched"));
            };
            let number = vm.new_int(i64::from(number))?;
            let port = port(vm, &number, caller)?;
            Ok(Address::V4(SocketAddrV4::new(ip, port)))
        }
        libc::AF_INET6 => {
            let items = tuple_items(vm, v, "AF_INET6", caller)?;
            if !(2..=4).contains(&items.len()) {
                let text = "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])";
                return Err(complain(vm, text));
            }
            let host = host_bytes(vm, &items[0])?;
            let number = c_int(vm, &items[1])?;
            let flow = items.get(2).map_or(Ok(0), |v| c_uint(vm, v))?;
            let scope = items.get(3).map_or(Ok(0), |v| c_uint(vm, v))?;
            let IpAddr::V6(ip) = host_ip(vm, &host, libc::AF_INET6)? else {
                return Err(vm.raise_class(OS_ERROR.as_type(), "address family mismatched"));
            };
            let number = vm.new_int(i64::from(number))?;
            let port = port(vm, &number, caller)?;
            check_flow(vm, flow, caller)?;
            Ok(Address::V6(SocketAddrV6::new(ip, port, flow, scope)))
        }
        libc::AF_UNIX => {
            let path = match v.downcast::<Str>() {
                Some(text) => vm.fs_encode(text)?,
                None => vm.bytes_of(v)?,
            };
            let longest = if path.first() == Some(&0) { UNIX_PATH } else { UNIX_PATH - 1 };
            if path.len() > longest {
                return Err(vm.raise_class(OS_ERROR.as_type(), "AF_UNIX path too long"));
            }
            Ok(Address::Unix(path))
        }
        libc::AF_NETLINK => {
            let items = tuple_items(vm, v, "AF_NETLINK", caller)?;
            let [pid, groups] = items.as_slice() else {
                return Err(complain(vm, "AF_NETLINK address must be a pair (pid, groups)"));
            };
            Ok(Address::Netlink { pid: c_uint(vm, pid)?, groups: c_uint(vm, groups)? })
        }
        _ => Err(vm.raise_class(OS_ERROR.as_type(), &format!("{caller}(): bad family"))),
    }
}

/// Flow labels have 20 bits.
pub fn check_flow(vm: &mut Vm, flow: u32, caller: &str) -> Result<()> {
    if flow > 0xfffff {
        return Err(vm.raise_overflow_error(&format!("{caller}(): flowinfo must be 0-1048575.")));
    }
    Ok(())
}

/// An address as programs see it.
pub fn to_python(vm: &mut Vm, address: &Address) -> Result {
    let values = match address {
        Address::V4(a) => vec![vm.new_str(&a.ip().to_string())?.into_value(), vm.new_int(i64::from(a.port()))?],
        Address::V6(a) => vec![
            vm.new_str(&ipv6_text(*a.ip()))?.into_value(),
            vm.new_int(i64::from(a.port()))?,
            vm.new_uint(u64::from(a.flowinfo()))?,
            vm.new_uint(u64::from(a.scope_id()))?,
        ],
        Address::Unix(name) => {
            return match name.first() {
                Some(0) => vm.new_bytes(name).map(Ref::<Bytes>::into_value),
                _ => vm.new_fs_str(name),
            };
        }
        Address::Netlink { pid, groups } => {
            vec![vm.new_uint(u64::from(*pid))?, vm.new_uint(u64::from(*groups))?]
        }
        Address::Other { family, data } => {
            vec![vm.new_int(i64::from(*family))?, vm.new_bytes(data)?.into_value()]
        }
    };
    vm.new_tuple(values).map(Ref::into_value)
}
