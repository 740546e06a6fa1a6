//! Reading through the buffer.

use super::*;
use taipan_object::Bytes;
use taipan_vm::protocol::buffer::Buffer;

/// Takes `n` bytes of what has been read, as an object.
fn take(vm: &mut Vm, this: &Ref<Buffered>, n: usize) -> Result {
    let made = vm.new_bytes(&this.get(vm).ahead_bytes()[..n])?;
    this.get_mut(vm).pos += n;
    Ok(made.into_value())
}

/// Appends `n` bytes of what has been read.
fn take_into(vm: &mut Vm, this: &Ref<Buffered>, n: usize, out: &mut Vec<u8>) -> Result<()> {
    out.try_reserve(n).map_err(|_| Raised)?;
    out.extend_from_slice(&this.get(vm).ahead_bytes()[..n]);
    this.get_mut(vm).pos += n;
    Ok(())
}

/// Nobody works on the buffer, so that it can be looked at without owning it.
fn is_free(vm: &Vm, this: &Ref<Buffered>) -> bool {
    this.get(vm).owner == 0
}

/// `read(n)` for `n >= 0`.
pub fn read_some(vm: &mut Vm, this: &Ref<Buffered>, n: usize) -> Result {
    if n <= this.get(vm).ahead() && is_free(vm, this) {
        return take(vm, this, n);
    }
    locked(vm, this, |vm| {
        if n <= this.get(vm).ahead() {
            return take(vm, this, n);
        }
        let mut out = Vec::new();
        out.try_reserve_exact(n).map_err(|_| Raised)?;
        match read_up_to(vm, this, n, &mut out)? {
            true => common::bytes(vm, &out),
            false => Ok(Value::none()),
        }
    })
}

/// Reads `n` bytes, fewer only at the end or where going on would block. False: it would block before the first.
fn read_up_to(vm: &mut Vm, this: &Ref<Buffered>, n: usize, out: &mut Vec<u8>) -> Result<bool> {
    let held = this.get(vm).ahead();
    take_into(vm, this, held, out)?;
    start_reading(vm, this)?;
    let size = this.get(vm).size;
    // Whole blocks go past the buffer.
    loop {
        let left = n - out.len();
        let whole = left - left % size;
        if whole == 0 {
            break;
        }
        match raw_append(vm, this, out, whole)? {
            Some(0) => return Ok(true),
            None => return Ok(!out.is_empty()),
            Some(_) => {}
        }
    }
    let b = this.get_mut(vm);
    b.pos = 0;
    b.raw_pos = 0;
    b.read_end = Some(0);
    while out.len() < n && this.get(vm).read_end.unwrap_or(0) < size {
        match fill(vm, this)? {
            Some(0) => return Ok(true),
            None => return Ok(!out.is_empty()),
            Some(got) => take_into(vm, this, got.min(n - out.len()), out)?,
        }
    }
    Ok(true)
}

/// What goes before reading: what is to be written is written, and what has been read is forgotten.
fn start_reading(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
    if this.get(vm).writable {
        flush_and_rewind(vm, this)?;
    }
    this.get_mut(vm).forget_read();
    Ok(())
}

/// All there is of a stream.
pub enum Rest {
    /// Its bytes.
    Bytes(Vec<u8>),
    /// What a raw stream has answered, or `None` where there is nothing at present.
    Object(Value),
}

/// `read()`: all there is.
pub fn read_rest(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
    match take_rest(vm, this)? {
        Rest::Bytes(bytes) => common::bytes(vm, &bytes),
        Rest::Object(object) => Ok(object),
    }
}

/// All there is, as it comes.
pub fn take_rest(vm: &mut Vm, this: &Ref<Buffered>) -> Result<Rest> {
    locked(vm, this, |vm| {
        let mut out = Vec::new();
        let held = this.get(vm).ahead();
        take_into(vm, this, held, &mut out)?;
        if this.get(vm).writable {
            flush_and_rewind(vm, this)?;
        }
        this.get_mut(vm).forget_read();
        match raw_file(vm, this)? {
            Ok(file) => {
                let rest = fileio::read_all(vm, &file)?;
                let n = rest.as_ref().map_or(0, Vec::len);
                if let Some(at) = this.get(vm).raw_at {
                    this.get_mut(vm).raw_at = Some(at + n as i64);
                }
                match rest {
                    Some(rest) if out.is_empty() => Ok(Rest::Bytes(rest)),
                    Some(rest) => {
                        out.try_reserve(rest.len()).map_err(|_| Raised)?;
                        out.extend_from_slice(&rest);
                        Ok(Rest::Bytes(out))
                    }
                    None if held == 0 => Ok(Rest::Object(Value::none())),
                    None => Ok(Rest::Bytes(out)),
                }
            }
            Err(raw) => read_rest_by_methods(vm, this, &raw, out).map(Rest::Object),
        }
    })
}

fn read_rest_by_methods(vm: &mut Vm, this: &Ref<Buffered>, raw: &Value, mut out: Vec<u8>) -> Result {
    let readall = vm.get_attr_opt(raw, name!("readall"))?;
    if let Some(readall) = readall.filter(|r| !r.is_none()) {
        let rest = vm.call(&readall, &[])?;
        let Some(data) = rest.downcast::<Bytes>() else {
            if !rest.is_none() {
                return Err(vm.raise_type_error("readall() should return bytes"));
            }
            return if out.is_empty() { Ok(rest) } else { common::bytes(vm, &out) };
        };
        if out.is_empty() {
            return Ok(rest);
        }
        out.try_reserve(data.len()).map_err(|_| Raised)?;
        out.extend_from_slice(data.as_bytes());
        return common::bytes(vm, &out);
    }
    loop {
        let part = call_method(vm, raw, name!("read"), &[])?;
        let data = match part.downcast::<Bytes>() {
            Some(data) => data.as_bytes(),
            None if part.is_none() => &[],
            None => return Err(vm.raise_type_error("read() should return bytes")),
        };
        if data.is_empty() {
            return if out.is_empty() { Ok(part) } else { common::bytes(vm, &out) };
        }
        out.try_reserve(data.len()).map_err(|_| Raised)?;
        out.extend_from_slice(data);
        if let Some(at) = this.get(vm).raw_at {
            this.get_mut(vm).raw_at = Some(at + data.len() as i64);
        }
    }
}

/// `read1(n)`: what is there, or else what one call of the raw stream gives. Negative: as much as the buffer holds.
/// Appends to `out`, which lets the caller keep the memory.
pub fn read_one(vm: &mut Vm, this: &Ref<Buffered>, n: isize, out: &mut Vec<u8>) -> Result<()> {
    check_open(vm, this, "read of closed file")?;
    let n = if n < 0 { this.get(vm).size } else { n as usize };
    if n == 0 {
        return Ok(());
    }
    let held = this.get(vm).ahead();
    if held > 0 && is_free(vm, this) {
        return take_into(vm, this, held.min(n), out);
    }
    locked(vm, this, |vm| {
        let held = this.get(vm).ahead();
        if held > 0 {
            return take_into(vm, this, held.min(n), out);
        }
        if this.get(vm).writable {
            flush_and_rewind(vm, this)?;
        }
        this.get_mut(vm).forget_read();
        out.try_reserve(n).map_err(|_| Raised)?;
        raw_append(vm, this, out, n).map(drop)
    })
}

/// `peek()`: what has been read; reads once where that is nothing.
pub fn peek(vm: &mut Vm, this: &Ref<Buffered>) -> Result {
    locked(vm, this, |vm| {
        if this.get(vm).writable {
            flush_and_rewind(vm, this)?;
        }
        if this.get(vm).ahead() == 0 {
            let b = this.get_mut(vm);
            b.forget_read();
            b.pos = 0;
            fill(vm, this)?;
        }
        let held = this.get(vm).ahead_bytes();
        vm.new_bytes(held).map(Ref::into_value)
    })
}

/// `readline(limit)`.
pub fn read_line(vm: &mut Vm, this: &Ref<Buffered>, limit: isize) -> Result {
    let most = |n: usize, taken: usize| if limit < 0 { n } else { n.min(limit as usize - taken) };
    if is_free(vm, this) {
        let held = this.get(vm).ahead_bytes();
        let n = most(held.len(), 0);
        let end = memchr::memchr(b'\n', &held[..n]).map(|i| i + 1).or((n as isize == limit).then_some(n));
        if let Some(end) = end {
            return take(vm, this, end);
        }
    }
    locked(vm, this, |vm| {
        let mut line = Vec::new();
        let mut started = false;
        loop {
            let held = this.get(vm).ahead_bytes();
            let n = most(held.len(), line.len());
            let end = memchr::memchr(b'\n', &held[..n]).map(|i| i + 1);
            take_into(vm, this, end.unwrap_or(n), &mut line)?;
            if end.is_some() || line.len() as isize == limit {
                break;
            }
            if !started && this.get(vm).writable {
                flush_and_rewind(vm, this)?;
            }
            started = true;
            let b = this.get_mut(vm);
            b.forget_read();
            b.pos = 0;
            if fill(vm, this)?.unwrap_or(0) == 0 {
                break;
            }
        }
        common::bytes(vm, &line)
    })
}

/// `readinto` and, with `once`, `readinto1`.
pub fn read_into(vm: &mut Vm, this: &Ref<Buffered>, target: &Value, once: bool) -> Result {
    let buffer = common::writable(vm, target)?;
    let result = match check_open(vm, this, "readinto of closed file") {
        Ok(()) => read_into_window(vm, this, &buffer, once),
        Err(raised) => Err(raised),
    };
    vm.release_buffer(buffer);
    match result? {
        Some(n) => vm.new_uint(n as u64),
        None => Ok(Value::none()),
    }
}

fn take_to_window(vm: &mut Vm, this: &Ref<Buffered>, to: &Buffer, at: usize, n: usize) {
    let part = this.get(vm).ahead_bytes()[..n].to_vec();
    this.get_mut(vm).pos += n;
    common::store(vm, to, at, &part);
}

fn read_into_window(vm: &mut Vm, this: &Ref<Buffered>, to: &Buffer, once: bool) -> Result<Option<usize>> {
    locked(vm, this, |vm| {
        let mut done = this.get(vm).ahead().min(to.len);
        take_to_window(vm, this, to, 0, done);
        if done == to.len {
            return Ok(Some(done));
        }
        if this.get(vm).writable {
            flush_and_rewind(vm, this)?;
        }
        let b = this.get_mut(vm);
        b.forget_read();
        b.pos = 0;
        let size = b.size;
        while done < to.len {
            let left = to.len - done;
            let read = if left > size {
                // What is larger than the buffer goes past it.
                let mut part = Vec::new();
                part.try_reserve_exact(left).map_err(|_| Raised)?;
                part.resize(left, 0);
                let read = raw_read(vm, this, &mut part)?;
                if let Some(n) = read {
                    common::store(vm, to, done, &part[..n]);
                    done += n;
                }
                read
            } else if once && done > 0 {
                Some(0)
            } else {
                let b = this.get_mut(vm);
                b.forget_read();
                b.pos = 0;
                let read = fill(vm, this)?;
                if let Some(n) = read {
                    let n = n.min(left);
                    take_to_window(vm, this, to, done, n);
                    done += n;
                }
                read
            };
            match read {
                None if done == 0 => return Ok(None),
                None | Some(0) => break,
                Some(_) if once => break,
                Some(_) => {}
            }
        }
        Ok(Some(done))
    })
}
