//! File descriptors as integers: reading, writing, seeking, duplicating, flags.

use crate::path::with_c;
use crate::{Errno, Result};
use std::io::{IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd};

/// The largest count Linux transfers in one call.
pub const MAX_TRANSFER: usize = 0x7fff_f000;

/// Calls `run` with the form of `fd` that `rustix` takes; `EBADF` when it cannot be a descriptor.
pub(crate) fn with_fd<T>(fd: i32, run: impl FnOnce(BorrowedFd<'_>) -> Result<T>) -> Result<T> {
    if fd < 0 {
        return Err(Errno::EBADF);
    }
    run(uapi::Fd::new(fd).as_fd())
}

/// An owned descriptor of std as a plain integer, no longer owned.
pub(crate) fn release(fd: std::os::fd::OwnedFd) -> i32 {
    std::os::fd::IntoRawFd::into_raw_fd(fd)
}

/// A descriptor that is closed when it is dropped.
#[derive(Debug)]
pub struct Owned(uapi::OwnedFd);

impl Owned {
    /// Takes a descriptor over.
    pub fn new(fd: i32) -> Result<Self> {
        if fd < 0 { Err(Errno::EBADF) } else { Ok(Self(uapi::OwnedFd::new(fd))) }
    }

    /// The descriptor, which stays this one's.
    pub fn raw(&self) -> i32 {
        self.0.raw()
    }
}

/// Reads into `buffer`; 0 at the end of the file.
pub fn read(fd: i32, buffer: &mut [u8]) -> Result<usize> {
    Ok(uapi::read(fd, buffer)?.len())
}

/// Reads into memory that need not be initialised and gives the part that now is.
pub fn read_uninit(fd: i32, buffer: &mut [MaybeUninit<u8>]) -> Result<&mut [u8]> {
    Ok(uapi::read(fd, buffer)?)
}

/// Reads at most `count` bytes into a new vector, without zeroing it first. `ENOMEM` when there is no memory.
pub fn read_vec(fd: i32, count: usize) -> Result<Vec<u8>> {
    let count = count.min(MAX_TRANSFER);
    let mut out = Vec::new();
    out.try_reserve_exact(count).map_err(|_| Errno::ENOMEM)?;
    if out.capacity() == count && count > 0 {
        with_fd(fd, |fd| Ok(rustix::io::read(fd, rustix::buffer::spare_capacity(&mut out))?))?;
    } else {
        out.resize(count, 0);
        let read = read(fd, &mut out)?;
        out.truncate(read);
    }
    Ok(out)
}

/// Reads at most `most` bytes behind those that a vector has; without zeroing the memory first, if that is all there is room
/// for, otherwise fewer at a time. `ENOMEM` when there is no memory.
pub fn read_append(fd: i32, out: &mut Vec<u8>, most: usize) -> Result<usize> {
    let most = most.min(MAX_TRANSFER);
    out.try_reserve_exact(most).map_err(|_| Errno::ENOMEM)?;
    let start = out.len();
    if out.capacity() - start == most && most > 0 {
        return with_fd(fd, |fd| Ok(rustix::io::read(fd, rustix::buffer::spare_capacity(out))?));
    }
    // What is asked for may be far more than there is to be read.
    const AT_ONCE: usize = 1 << 20;
    out.resize(start + most.min(AT_ONCE), 0);
    let read = read(fd, &mut out[start..]);
    out.truncate(start + read.as_ref().map_or(0, |n| *n));
    read
}

/// Reads at an offset, leaving the position alone.
pub fn pread(fd: i32, buffer: &mut [u8], offset: i64) -> Result<usize> {
    Ok(uapi::pread(fd, buffer, offset)?.len())
}

/// Reads into several buffers.
pub fn readv(fd: i32, buffers: &mut [IoSliceMut<'_>]) -> Result<usize> {
    Ok(uapi::readv(fd, buffers)?.len())
}

/// Reads into several buffers at an offset, with `RWF_*` flags.
pub fn preadv(fd: i32, buffers: &mut [IoSliceMut<'_>], offset: i64, flags: i32) -> Result<usize> {
    if flags == 0 {
        return Ok(uapi::preadv(fd, buffers, offset)?.len());
    }
    Ok(uapi::preadv2(fd, buffers, offset, flags)?.len())
}

/// Writes as much as the kernel takes.
pub fn write(fd: i32, bytes: &[u8]) -> Result<usize> {
    Ok(uapi::write(fd, &bytes[..bytes.len().min(MAX_TRANSFER)])?)
}

/// Writes at an offset, leaving the position alone.
pub fn pwrite(fd: i32, bytes: &[u8], offset: i64) -> Result<usize> {
    Ok(uapi::pwrite(fd, bytes, offset)?)
}

/// Writes several buffers.
pub fn writev(fd: i32, buffers: &[IoSlice<'_>]) -> Result<usize> {
    Ok(uapi::writev(fd, buffers)?)
}

/// Writes several buffers at an offset, with `RWF_*` flags.
pub fn pwritev(fd: i32, buffers: &[IoSlice<'_>], offset: i64, flags: i32) -> Result<usize> {
    if flags == 0 {
        return Ok(uapi::pwritev(fd, buffers, offset)?);
    }
    Ok(uapi::pwritev2(fd, buffers, offset, flags)?)
}

/// Moves the position; `whence` is `SEEK_SET`, `SEEK_CUR`, `SEEK_END`, `SEEK_DATA` or `SEEK_HOLE`.
pub fn lseek(fd: i32, offset: i64, whence: i32) -> Result<i64> {
    Ok(uapi::lseek(fd, offset, whence)?)
}

/// Closes a descriptor. After `EINTR` it is closed too, so that counts as success.
pub fn close(fd: i32) -> Result<()> {
    if fd < 0 {
        return Err(Errno::EBADF);
    }
    match uapi::close(uapi::OwnedFd::new(fd)).map_err(Errno::from) {
        Err(Errno::EINTR) => Ok(()),
        other => other,
    }
}

/// Closes `low <= fd < high`, whatever of them is open.
pub fn close_range(low: i32, high: i32) {
    let low = low.max(0);
    if high <= low {
        return;
    }
    if uapi::close_range(low as u32, high as u32 - 1, 0).is_err() {
        for fd in low..high.min(open_limit()) {
            let _ = close(fd);
        }
    }
}

/// No open descriptor reaches this number.
pub(crate) fn open_limit() -> i32 {
    uapi::sysconf(libc::_SC_OPEN_MAX).map_or(1024, |limit| limit.clamp(256, 1 << 20) as i32)
}

/// A copy with the lowest free number, not inheritable.
pub fn dup(fd: i32) -> Result<i32> {
    Ok(uapi::fcntl_dupfd_cloexec(fd, 0)?.unwrap())
}

/// Makes `new` a copy of `old`. As in Python, equal numbers are left alone but for the inheritable flag.
pub fn dup2(old: i32, new: i32, inheritable: bool) -> Result<i32> {
    if old == new {
        uapi::dup2(old, new)?;
        if !inheritable {
            set_inheritable(new, false)?;
        }
        return Ok(new);
    }
    Ok(uapi::dup3(old, new, if inheritable { 0 } else { libc::O_CLOEXEC })?)
}

/// Whether child processes inherit the descriptor.
pub fn get_inheritable(fd: i32) -> Result<bool> {
    Ok(uapi::fcntl_getfd(fd)? & libc::FD_CLOEXEC == 0)
}

/// Sets whether child processes inherit the descriptor.
pub fn set_inheritable(fd: i32, inheritable: bool) -> Result<()> {
    let old = uapi::fcntl_getfd(fd)?;
    let new = if inheritable { old & !libc::FD_CLOEXEC } else { old | libc::FD_CLOEXEC };
    if new != old {
        uapi::fcntl_setfd(fd, new)?;
    }
    Ok(())
}

/// Whether calls on the descriptor wait.
pub fn get_blocking(fd: i32) -> Result<bool> {
    Ok(uapi::fcntl_getfl(fd)? & libc::O_NONBLOCK == 0)
}

/// Sets whether calls on the descriptor wait.
pub fn set_blocking(fd: i32, blocking: bool) -> Result<()> {
    let old = uapi::fcntl_getfl(fd)?;
    let new = if blocking { old & !libc::O_NONBLOCK } else { old | libc::O_NONBLOCK };
    if new != old {
        uapi::fcntl_setfl(fd, new)?;
    }
    Ok(())
}

/// A pipe, reading end first. `flags` of `O_CLOEXEC`, `O_NONBLOCK`, `O_DIRECT`.
pub fn pipe2(flags: i32) -> Result<(i32, i32)> {
    let (read, write) = uapi::pipe2(flags)?;
    Ok((read.unwrap(), write.unwrap()))
}

/// Writes the file's data and metadata to the device.
pub fn fsync(fd: i32) -> Result<()> {
    Ok(uapi::fsync(fd)?)
}

/// Writes the file's data to the device.
pub fn fdatasync(fd: i32) -> Result<()> {
    Ok(uapi::fdatasync(fd)?)
}

/// Cuts or extends the file.
pub fn ftruncate(fd: i32, length: i64) -> Result<()> {
    Ok(uapi::ftruncate(fd, length)?)
}

/// Tells the kernel how a range will be used (`POSIX_FADV_*`); a length of 0 goes to the end.
pub fn fadvise(fd: i32, offset: i64, length: i64, advice: i32) -> Result<()> {
    use rustix::fs::Advice;
    // Not `uapi`, which looks for the error in errno, where this call does not put it.
    let advice = match advice {
        libc::POSIX_FADV_NORMAL => Advice::Normal,
        libc::POSIX_FADV_SEQUENTIAL => Advice::Sequential,
        libc::POSIX_FADV_RANDOM => Advice::Random,
        libc::POSIX_FADV_NOREUSE => Advice::NoReuse,
        libc::POSIX_FADV_WILLNEED => Advice::WillNeed,
        libc::POSIX_FADV_DONTNEED => Advice::DontNeed,
        _ => return Err(Errno::EINVAL),
    };
    let length = u64::try_from(length).map_err(|_| Errno::EINVAL)?;
    with_fd(fd, |fd| Ok(rustix::fs::fadvise(fd, offset as u64, std::num::NonZeroU64::new(length), advice)?))
}

/// Reserves room on the device, by writing where the file system cannot reserve.
pub fn fallocate(fd: i32, offset: i64, length: i64) -> Result<()> {
    match uapi::fallocate(fd, 0, offset, length) {
        Err(uapi::Errno(libc::EOPNOTSUPP)) => {}
        other => return Ok(other?),
    }
    // This one gives its error where the wrapper does not look; the file's size tells.
    uapi::posix_fallocate(fd, offset, length)?;
    if crate::stat::fstat(fd)?.size < offset.saturating_add(length) {
        return Err(Errno(libc::ENOSPC));
    }
    Ok(())
}

/// Copies from `input` to `output` in the kernel, from `offset` when given, which then stays untouched in the file.
pub fn sendfile(output: i32, input: i32, offset: Option<i64>, count: usize) -> Result<usize> {
    let mut place = offset.unwrap_or(0);
    Ok(uapi::sendfile(output, input, offset.map(|_| &mut place), count)?)
}

/// Copies between two files in the kernel.
pub fn copy_file_range(
    input: i32,
    input_offset: Option<i64>,
    output: i32,
    output_offset: Option<i64>,
    count: usize,
) -> Result<usize> {
    let (mut from, mut to) = (input_offset.unwrap_or(0), output_offset.unwrap_or(0));
    let from = input_offset.map(|_| &mut from);
    let to = output_offset.map(|_| &mut to);
    Ok(uapi::copy_file_range(input, from, output, to, count, 0)?)
}

/// Moves data between a pipe and a descriptor.
pub fn splice(
    input: i32,
    input_offset: Option<i64>,
    output: i32,
    output_offset: Option<i64>,
    count: usize,
    flags: u32,
) -> Result<usize> {
    let (mut from, mut to) = (input_offset.unwrap_or(0), output_offset.unwrap_or(0));
    let from = input_offset.map(|_| &mut from);
    let to = output_offset.map(|_| &mut to);
    Ok(uapi::splice(input, from, output, to, count, flags)?)
}

/// A file that lives in memory only.
pub fn memfd_create(name: &[u8], flags: u32) -> Result<i32> {
    with_c(name, |name| Ok(uapi::memfd_create(name, flags)?.unwrap()))
}

/// A counter one can wait for.
pub fn eventfd(initial: u32, flags: i32) -> Result<i32> {
    Ok(uapi::eventfd(initial, flags)?.unwrap())
}

/// Takes the counter of an event descriptor.
pub fn eventfd_read(fd: i32) -> Result<u64> {
    let mut bytes = [0; 8];
    match read(fd, &mut bytes)? {
        8 => Ok(u64::from_ne_bytes(bytes)),
        _ => Err(Errno::EINVAL),
    }
}

/// Adds to the counter of an event descriptor.
pub fn eventfd_write(fd: i32, value: u64) -> Result<()> {
    write(fd, &value.to_ne_bytes()).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipe_and_flags() {
        let (r, w) = pipe2(libc::O_CLOEXEC).unwrap();
        assert!(!get_inheritable(r).unwrap());
        set_inheritable(r, true).unwrap();
        assert!(get_inheritable(r).unwrap());
        assert!(get_blocking(r).unwrap());
        set_blocking(r, false).unwrap();
        assert_eq!(read(r, &mut [0; 4]), Err(Errno::EAGAIN));
        assert_eq!(write(w, b"hello").unwrap(), 5);
        assert_eq!(read_vec(r, 3).unwrap(), b"hel");
        assert_eq!(read_vec(r, 100).unwrap(), b"lo");
        assert_eq!(lseek(r, 0, libc::SEEK_CUR), Err(Errno(libc::ESPIPE)));
        close(w).unwrap();
        assert_eq!(read_vec(r, 8).unwrap(), b"");
        close(r).unwrap();
        assert_eq!(read_vec(-1, 8), Err(Errno::EBADF));
        assert_eq!(read(-1, &mut [0]), Err(Errno::EBADF));
        assert_eq!(close(-1), Err(Errno::EBADF));
    }

    #[test]
    fn owned() {
        let (r, w) = pipe2(libc::O_CLOEXEC).unwrap();
        let (r, w) = (Owned::new(r).unwrap(), Owned::new(w).unwrap());
        drop(w);
        assert_eq!(read(r.raw(), &mut [0]).unwrap(), 0);
        assert!(Owned::new(-1).is_err());
    }

    #[test]
    fn memory_file() {
        let fd = memfd_create(b"test", libc::MFD_CLOEXEC).unwrap();
        assert_eq!(writev(fd, &[IoSlice::new(b"ab"), IoSlice::new(b"cde")]).unwrap(), 5);
        assert_eq!(lseek(fd, 1, libc::SEEK_SET).unwrap(), 1);
        let (mut a, mut b) = ([0; 2], [0; 9]);
        assert_eq!(readv(fd, &mut [IoSliceMut::new(&mut a), IoSliceMut::new(&mut b)]).unwrap(), 4);
        assert_eq!((&a, &b[..2]), (b"bc", &b"de"[..]));
        assert_eq!(pwrite(fd, b"Z", 0).unwrap(), 1);
        let mut one = [0];
        assert_eq!(pread(fd, &mut one, 0).unwrap(), 1);
        assert_eq!(&one, b"Z");
        ftruncate(fd, 2).unwrap();
        assert_eq!(lseek(fd, 0, libc::SEEK_END).unwrap(), 2);
        fallocate(fd, 0, 4096).unwrap();
        assert_eq!(lseek(fd, 0, libc::SEEK_END).unwrap(), 4096);
        fadvise(fd, 0, 0, libc::POSIX_FADV_RANDOM).unwrap();
        assert_eq!(fadvise(fd, 0, -1, 0), Err(Errno::EINVAL));
        assert_eq!(fadvise(fd, 0, 0, 77), Err(Errno::EINVAL));
        assert_eq!(fallocate(fd, -1, 1), Err(Errno::EINVAL));
        let copy = dup(fd).unwrap();
        assert_eq!(dup2(fd, copy, true).unwrap(), copy);
        assert!(get_inheritable(copy).unwrap());
        close(copy).unwrap();
        close(fd).unwrap();
    }

    #[test]
    fn event_counter() {
        let fd = eventfd(3, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK).unwrap();
        eventfd_write(fd, 4).unwrap();
        assert_eq!(eventfd_read(fd).unwrap(), 7);
        assert_eq!(eventfd_read(fd), Err(Errno::EAGAIN));
        close(fd).unwrap();
    }
}
