//! `sendmsg`, `recvmsg` and `recvmsg_into`: several buffers, and data beside them.

use crate::address::{c_int, from_python, to_python};
use crate::calls;
use crate::socket::Socket;
use std::io::{IoSlice, IoSliceMut};
use taipan_host::net::message::{self, Ancillary, Received};
use taipan_stdlib_system::common::{Destination, zeros};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Tuple, Value, Vm};

fn pieces(vm: &mut Vm, v: &Value) -> Result<Vec<Ancillary>> {
    if !vm.is_iterable(v) {
        return Err(vm.raise_type_error("sendmsg() argument 2 must be an iterable"));
    }
    let mut all = Vec::new();
    for item in vm.collect(v)? {
        let what = "[sendmsg() ancillary data items]() argument must be";
        let items = match item.downcast::<Tuple>() {
            Some(tuple) => taipan_object::room::copied(tuple.items())?,
            None => {
                let given = item.ty().name();
                return Err(vm.raise_type_error(&format!("{what} 3-item tuple, not {given}")));
            }
        };
        let [level, kind, data] = items.as_slice() else {
            return Err(vm.raise_type_error(&format!("{what} tuple of length 3, not {}", items.len())));
        };
        let (level, kind) = (c_int(vm, level)?, c_int(vm, kind)?);
        all.push(Ancillary { level, kind, data: vm.bytes_of(data)? });
    }
    Ok(all)
}

/// `sendmsg(buffers[, ancdata[, flags[, address]]])`.
pub fn sendmsg(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result<usize> {
    let args = args.parsed(vm, "sendmsg", 1, 4)?;
    if !vm.is_iterable(&args[0]) {
        return Err(vm.raise_type_error("sendmsg() argument 1 must be an iterable"));
    }
    let all = vm.collect(&args[0])?;
    // Each has a slice besides.
    taipan_object::room::probe(all.len().saturating_mul(64))?;
    let mut data = Vec::with_capacity(all.len());
    for v in all {
        taipan_object::room::left()?;
        data.push(vm.bytes_of(&v)?);
    }
    let ancillary = match args.get(1) {
        Some(v) => pieces(vm, v)?,
        None => Vec::new(),
    };
    let flags = args.get(2).map_or(Ok(0), |v| c_int(vm, v))?;
    let none = Value::none();
    let shown = args.get(3).unwrap_or(&none);
    let to = match args.get(3).filter(|v| !v.is_none()) {
        Some(v) => {
            let family = this.get(vm).family;
            Some(from_python(vm, family, v, "sendmsg")?)
        }
        None => None,
    };
    vm.audit("socket.sendmsg", &[this.to_value(), shown.clone()])?;
    calls::call(vm, this, true, |fd| {
        let slices: Vec<IoSlice<'_>> = data.iter().map(|d| IoSlice::new(d)).collect();
        message::sendmsg(fd, &slices, &ancillary, flags, to.as_ref())
    })
}

fn ancillary_room(vm: &mut Vm, v: Option<&Value>) -> Result<usize> {
    let n = v.map_or(Ok(0), |v| vm.to_index_i64(v, "ssize_t"))?;
    match usize::try_from(n) {
        Ok(n) if n <= i32::MAX as usize => Ok(n),
        _ => Err(vm.raise_value_error("invalid ancillary data buffer length")),
    }
}

fn receive(vm: &mut Vm, this: &Ref<Socket>, memory: &mut [Vec<u8>], room: usize, flags: i32) -> Result<Received> {
    calls::call(vm, this, false, |fd| {
        let mut slices: Vec<IoSliceMut<'_>> = memory.iter_mut().map(|m| IoSliceMut::new(m)).collect();
        message::recvmsg(fd, &mut slices, room, flags | libc::MSG_CMSG_CLOEXEC)
    })
}

/// The results that follow the data: pieces, flags, address.
fn rest(vm: &mut Vm, received: &Received, first: Value) -> Result {
    let mut items = Vec::with_capacity(received.ancillary.len());
    for piece in &received.ancillary {
        let values = vec![
            vm.new_int(i64::from(piece.level))?,
            vm.new_int(i64::from(piece.kind))?,
            vm.new_bytes(&piece.data)?.into_value(),
        ];
        items.push(vm.new_tuple(values)?.into_value());
    }
    let ancillary = vm.new_list(items)?.into_value();
    let flags = vm.new_int(i64::from(received.flags & !libc::MSG_CMSG_CLOEXEC))?;
    let from = match &received.from {
        Some(address) => to_python(vm, address)?,
        None => Value::none(),
    };
    vm.new_tuple(vec![first, ancillary, flags, from]).map(Ref::into_value)
}

/// `recvmsg(bufsize[, ancbufsize[, flags]])`.
pub fn recvmsg(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result {
    let args = args.parsed(vm, "recvmsg", 1, 3)?;
    let size = vm.to_index_i64(&args[0], "ssize_t")?;
    let Ok(size) = usize::try_from(size) else {
        return Err(vm.raise_value_error("negative buffer size in recvmsg()"));
    };
    let room = ancillary_room(vm, args.get(1))?;
    let flags = args.get(2).map_or(Ok(0), |v| c_int(vm, v))?;
    let mut memory = [zeros(vm, size)?];
    let received = receive(vm, this, &mut memory, room, flags)?;
    let data = vm.new_bytes(&memory[0][..received.length.min(size)])?.into_value();
    rest(vm, &received, data)
}

/// `recvmsg_into(buffers[, ancbufsize[, flags]])`.
pub fn recvmsg_into(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result {
    let args = args.parsed(vm, "recvmsg_into", 1, 3)?;
    if !vm.is_iterable(&args[0]) {
        return Err(vm.raise_type_error("recvmsg_into() argument 1 must be an iterable"));
    }
    let room = ancillary_room(vm, args.get(1))?;
    let flags = args.get(2).map_or(Ok(0), |v| c_int(vm, v))?;
    taipan_object::room::left()?;
    let mut open = Vec::new();
    let result = receive_into(vm, this, &args[0], room, flags, &mut open);
    for d in open {
        d.close(vm);
    }
    result
}

fn receive_into(
    vm: &mut Vm,
    this: &Ref<Socket>,
    buffers: &Value,
    room: usize,
    flags: i32,
    open: &mut Vec<Destination>,
) -> Result {
    let mut memory = Vec::new();
    for v in vm.collect(buffers)? {
        taipan_object::room::left()?;
        memory.try_reserve(1).and(open.try_reserve(1)).map_err(|_| taipan_vm::Raised)?;
        let to = Destination::open(vm, &v, "a read-write bytes-like object is required")?;
        let len = to.len;
        open.push(to);
        memory.push(zeros(vm, len)?);
    }
    taipan_object::room::probe(memory.len().saturating_mul(32))?;
    let received = receive(vm, this, &mut memory, room, flags)?;
    let mut left = received.length;
    for (to, from) in open.iter().zip(&memory) {
        let n = from.len().min(left);
        to.fill(vm, &from[..n]);
        left -= n;
    }
    let length = vm.new_int(received.length as i64)?;
    rest(vm, &received, length)
}
