//! Writing through the buffer, and moving.

use super::*;
use taipan_object::Bytes;
use taipan_vm::errors::BLOCKING_IO_ERROR;

const WRITE_CLOSED: &str = "write to closed file";

/// `BlockingIOError`, with the system's number where the system said so.
fn blocked(vm: &mut Vm, this: &Ref<Buffered>, written: usize) -> Raised {
    let is_file = this.get(vm).raw.as_ref().is_some_and(|raw| raw.downcast::<FileIo>().is_some());
    let errno = if is_file { taipan_host::Errno::EAGAIN.0 } else { 0 };
    common::would_block(vm, errno, written)
}

/// Writes what is to be written. `BlockingIOError` where that would block; the rest stays.
pub fn flush(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
    let b = this.get(vm);
    let Some(end) = b.write_end.filter(|&e| e > b.write_pos && b.writable) else {
        this.get_mut(vm).forget_written();
        return Ok(());
    };
    // The raw stream has to be where the bytes begin.
    let ahead = b.raw_offset() + (b.pos as i64 - b.write_pos as i64);
    if ahead != 0 {
        raw_seek(vm, this, -ahead, whence::CUR)?;
        let b = this.get_mut(vm);
        b.raw_pos = (b.raw_pos as i64 - ahead).max(0) as usize;
    }
    let buffer = std::mem::take(&mut this.get_mut(vm).buffer);
    let result = flush_from(vm, this, &buffer[..end]);
    let b = this.get_mut(vm);
    b.buffer = buffer;
    result?;
    b.forget_written();
    Ok(())
}

fn flush_from(vm: &mut Vm, this: &Ref<Buffered>, bytes: &[u8]) -> Result<()> {
    loop {
        let at = this.get(vm).write_pos;
        if at >= bytes.len() {
            return Ok(());
        }
        match raw_write(vm, this, &bytes[at..])? {
            None => return Err(blocked(vm, this, 0)),
            Some(n) => {
                let b = this.get_mut(vm);
                b.write_pos += n;
                b.raw_pos = b.write_pos;
            }
        }
        // A raw stream that takes little at a time must not keep signals from being handled.
        vm.check_signals()?;
    }
}

/// Writes to a stream whose memory is not in use, without owning it. False: it does not fit.
fn write_quickly(vm: &mut Vm, this: &Ref<Buffered>, new: &[u8]) -> bool {
    let b = this.get_mut(vm);
    if b.owner != 0 || b.buffer.capacity() < b.size {
        return false;
    }
    if b.read_end.is_none() && b.write_end.is_none() {
        b.pos = 0;
        b.raw_pos = 0;
    }
    put(b, new)
}

/// Puts bytes in the buffer where they fit.
fn put(b: &mut Buffered, new: &[u8]) -> bool {
    let end = b.pos + new.len();
    if end > b.size {
        return false;
    }
    overwrite(&mut b.buffer, b.pos, new);
    if b.write_end.is_none() || b.write_pos > b.pos {
        b.write_pos = b.pos;
    }
    b.move_to(end);
    if b.write_end.is_none_or(|e| e < end) {
        b.write_end = Some(end);
    }
    true
}

/// `write(bytes)` of an open stream. The slice belongs to no object that could change.
pub fn write_bytes(vm: &mut Vm, this: &Ref<Buffered>, new: &[u8]) -> Result<usize> {
    if write_quickly(vm, this, new) {
        return Ok(new.len());
    }
    locked(vm, this, |vm| {
        // Another thread may have closed it while this one waited.
        check_open(vm, this, WRITE_CLOSED)?;
        need_buffer(vm, this)?;
        let b = this.get_mut(vm);
        if b.read_end.is_none() && b.write_end.is_none() {
            b.pos = 0;
            b.raw_pos = 0;
        }
        if put(b, new) {
            return Ok(new.len());
        }
        if let Err(raised) = flush(vm, this) {
            if !vm.raised_is(BLOCKING_IO_ERROR.as_type()) {
                return Err(raised);
            }
            return keep_what_fits(vm, this, new, raised);
        }
        write_through(vm, this, new)
    })
}

/// The raw stream takes nothing at present: what fits in the buffer is kept.
fn keep_what_fits(vm: &mut Vm, this: &Ref<Buffered>, new: &[u8], raised: Raised) -> Result<usize> {
    let b = this.get_mut(vm);
    if b.readable {
        b.forget_read();
    }
    let (start, end) = (b.write_pos, b.write_end.unwrap_or(b.write_pos));
    b.buffer.copy_within(start..end, 0);
    b.raw_pos = b.raw_pos.saturating_sub(start);
    b.pos = b.pos.saturating_sub(start);
    b.write_pos = 0;
    let end = end - start;
    let n = new.len().min(b.size - end);
    overwrite(&mut b.buffer, end, &new[..n]);
    b.write_end = Some(end + n);
    b.pos += n;
    if n == new.len() {
        drop(vm.take_raised(raised));
        return Ok(n);
    }
    drop(vm.take_raised(raised));
    Err(blocked(vm, this, n))
}

/// Writes what does not fit in the buffer, which is empty: all but the last part at once.
fn write_through(vm: &mut Vm, this: &Ref<Buffered>, new: &[u8]) -> Result<usize> {
    let ahead = this.get(vm).raw_offset();
    if ahead != 0 {
        raw_seek(vm, this, -ahead, whence::CUR)?;
        let b = this.get_mut(vm);
        b.raw_pos = (b.raw_pos as i64 - ahead).max(0) as usize;
    }
    let size = this.get(vm).size;
    let mut done = 0;
    while new.len() - done > size {
        match raw_write(vm, this, &new[done..])? {
            Some(n) => done += n,
            None => {
                // All that can be done is to fill the buffer.
                let b = this.get_mut(vm);
                overwrite(&mut b.buffer, 0, &new[done..done + size]);
                b.raw_pos = 0;
                b.write_pos = 0;
                b.move_to(size);
                b.write_end = Some(size);
                return Err(blocked(vm, this, done + size));
            }
        }
        vm.check_signals()?;
    }
    let b = this.get_mut(vm);
    if b.readable {
        b.forget_read();
    }
    let rest = &new[done..];
    overwrite(&mut b.buffer, 0, rest);
    b.write_pos = 0;
    b.write_end = Some(rest.len());
    b.move_to(rest.len());
    b.raw_pos = 0;
    Ok(new.len())
}

/// `write(object)`.
pub fn write(vm: &mut Vm, this: &Ref<Buffered>, object: &Value) -> Result<usize> {
    raw(vm, this)?;
    let copy;
    let new = match object.downcast::<Bytes>() {
        Some(b) => b.as_bytes(),
        None => {
            copy = vm.bytes_of(object)?;
            &copy
        }
    };
    check_open(vm, this, WRITE_CLOSED)?;
    write_bytes(vm, this, new)
}

/// `seek(target, whence)`.
pub fn seek(vm: &mut Vm, this: &Ref<Buffered>, target: &Value, from: i32) -> Result<i64> {
    let raw = raw(vm, this)?;
    if !(0..=4).contains(&from) {
        return Err(vm.raise_value_error(&format!("whence value {from} unsupported")));
    }
    check_open(vm, this, "seek of closed file")?;
    match raw_file(vm, this)? {
        Ok(file) if fileio::seekable(vm, &file)? => {}
        _ => iobase::check_ability(vm, &raw, name!("seekable"), "seekable")?,
    }
    let target = common::offset(vm, target)?;
    // Within what has been read nothing has to be moved.
    if from < 2 && this.get(vm).readable && this.get(vm).owner == 0 {
        let at = raw_position(vm, this)?;
        let b = this.get_mut(vm);
        let held = b.ahead();
        if held > 0 {
            // A device without a position may be read further than it says.
            let here = (at - b.raw_offset()).max(0);
            let by = if from == 0 { target.saturating_sub(here) } else { target };
            if by >= -(b.pos as i64) && by <= held as i64 {
                b.pos = (b.pos as i64 + by) as usize;
                return Ok(here + by);
            }
        }
    }
    locked(vm, this, |vm| {
        if this.get(vm).writable {
            flush(vm, this)?;
        }
        let target = if from == whence::CUR { target - this.get(vm).raw_offset() } else { target };
        let at = raw_seek(vm, this, target, from)?;
        let b = this.get_mut(vm);
        b.raw_pos = 0;
        b.pos = 0;
        if b.readable {
            b.forget_read();
        }
        Ok(at)
    })
}

/// `tell()`.
pub fn tell(vm: &mut Vm, this: &Ref<Buffered>) -> Result<i64> {
    let at = raw_tell(vm, this)?;
    Ok((at - this.get(vm).raw_offset()).max(0))
}

/// `truncate(pos)`.
pub fn truncate(vm: &mut Vm, this: &Ref<Buffered>, pos: &Value) -> Result {
    let raw = raw(vm, this)?;
    check_open(vm, this, "truncate of closed file")?;
    if !this.get(vm).writable {
        return Err(crate::common::unsupported(vm, "truncate"));
    }
    locked(vm, this, |vm| {
        flush_and_rewind(vm, this)?;
        let answer = vm.call_method(&raw, name!("truncate"), std::slice::from_ref(pos))?;
        if let Err(raised) = raw_tell(vm, this) {
            drop(vm.take_raised(raised));
        }
        Ok(answer)
    })
}

/// `flush()` of a stream that can be written.
pub fn flush_method(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
    raw(vm, this)?;
    check_open(vm, this, "flush of closed file")?;
    if this.get(vm).owner == 0 && this.get(vm).write_end.is_none() && this.get(vm).read_end.is_none() {
        return Ok(());
    }
    locked(vm, this, |vm| flush_and_rewind(vm, this))
}

/// `close()`.
pub fn close(vm: &mut Vm, this: &Ref<Buffered>) -> Result<()> {
    let raw = raw(vm, this)?;
    let already = locked(vm, this, |vm| {
        if is_closed(vm, this)? {
            return Ok(true);
        }
        if this.get(vm).finalizing {
            let warned = vm.call_method(&raw, name!("_dealloc_warn"), std::slice::from_ref(this.as_value()));
            vm.ignore(warned);
        }
        Ok(false)
    })?;
    if already {
        return Ok(());
    }
    let flushed = vm.call_method(this.as_value(), name!("flush"), &[]);
    let pending = flushed.map(drop);
    common::both(vm, pending, |vm| {
        // Other threads wait until it is closed, and find it so.
        locked(vm, this, |vm| {
            let closed = vm.call_method(&raw, name!("close"), &[]).map(drop);
            let b = this.get_mut(vm);
            b.buffer = Vec::new();
            b.pos = 0;
            b.raw_pos = 0;
            b.forget_read();
            b.forget_written();
            closed
        })
    })
}
