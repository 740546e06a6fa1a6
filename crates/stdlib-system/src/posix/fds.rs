//! Functions of `posix` about descriptors.

use super::path::{File, Gid, Uid};
use super::results;
use crate::common::{BytesArg, Destination, Rounding, int_tuple, is_sequence, ns_from_seconds, seconds_of_ns, zeros};
use std::io::{IoSlice, IoSliceMut};
use taipan_host::poll::TimerSetting;
use taipan_host::{Errno, fcntl, fd as host, fs, poll, stat, terminal};
use taipan_macros::module;
use taipan_vm::{Ref, Result, Value, Vm};

/// Functions about descriptors.
pub struct Descriptors;

/// A count of bytes, which the system would refuse when it is negative.
fn count(vm: &mut Vm, n: isize) -> Result<usize> {
    match usize::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) => Err(vm.raise_os_error(libc::EINVAL, None)),
    }
}

fn bytes_result(vm: &mut Vm, read: Vec<u8>) -> Result {
    vm.bytes_from_vec(read).map(Ref::into_value)
}

/// The objects of a sequence of buffers.
fn buffers(vm: &mut Vm, v: &Value, function: &str) -> Result<Vec<Value>> {
    if !is_sequence(v) {
        return Err(vm.raise_type_error(&format!("{function}() arg 2 must be a sequence")));
    }
    vm.collect(v)
}

/// Reads into several objects by way of memory of our own.
fn scatter(
    vm: &mut Vm,
    objects: &Value,
    function: &str,
    mut read: impl FnMut(&mut [IoSliceMut<'_>]) -> taipan_host::Result<usize> + Send,
) -> Result<usize> {
    let objects = buffers(vm, objects, function)?;
    let mut open = Vec::with_capacity(objects.len());
    let mut memory = Vec::with_capacity(objects.len());
    let mut result = Ok(0);
    for v in &objects {
        match Destination::open(vm, v, "a read-write bytes-like object is required").and_then(|d| {
            let space = zeros(vm, d.len);
            open.push(d);
            space
        }) {
            Ok(space) => memory.push(space),
            Err(raised) => {
                result = Err(raised);
                break;
            }
        }
    }
    if result.is_ok() {
        result = vm.blocking_call(|| {
            let mut slices: Vec<IoSliceMut<'_>> = memory.iter_mut().map(|m| IoSliceMut::new(m)).collect();
            read(&mut slices)
        });
    }
    if let Ok(mut left) = result {
        for (to, from) in open.iter().zip(&memory) {
            let n = from.len().min(left);
            to.fill(vm, &from[..n]);
            left -= n;
        }
    }
    for d in open {
        d.close(vm);
    }
    result
}

/// Writes several objects.
fn gather(
    vm: &mut Vm,
    objects: &Value,
    function: &str,
    mut write: impl FnMut(&[IoSlice<'_>]) -> taipan_host::Result<usize> + Send,
) -> Result<usize> {
    let mut memory = Vec::new();
    for v in buffers(vm, objects, function)? {
        memory.push(vm.bytes_of(&v)?);
    }
    vm.blocking_call(|| {
        let slices: Vec<IoSlice<'_>> = memory.iter().map(|m| IoSlice::new(m)).collect();
        write(&slices)
    })
}

/// An offset that may be `None`.
fn offset(vm: &mut Vm, v: Option<&Value>) -> Result<Option<i64>> {
    match v {
        Some(v) if !v.is_none() => vm.to_index_i64(v, "long").map(Some),
        _ => Ok(None),
    }
}

fn timer_tuple(vm: &mut Vm, t: TimerSetting, in_ns: bool) -> Result {
    if in_ns {
        return int_tuple(vm, &[t.value_ns, t.interval_ns]);
    }
    let value = vm.new_float(seconds_of_ns(i128::from(t.value_ns)))?;
    let interval = vm.new_float(seconds_of_ns(i128::from(t.interval_ns)))?;
    vm.new_tuple(vec![value, interval]).map(Ref::into_value)
}

fn set_timer(vm: &mut Vm, fd: i32, flags: i32, initial: i64, interval: i64, in_ns: bool) -> Result {
    let new = TimerSetting { value_ns: initial, interval_ns: interval };
    let old = vm.detach(|| poll::timerfd_settime(fd, flags, new));
    let old = vm.system(old)?;
    timer_tuple(vm, old, in_ns)
}

fn timer_ns(vm: &mut Vm, v: Option<&Value>) -> Result<i64> {
    match v {
        Some(v) => ns_from_seconds(vm, v, Rounding::HalfEven),
        None => Ok(0),
    }
}

#[module(name = "posix")]
impl Descriptors {
    /// Close a descriptor.
    #[function("($module, /, fd)")]
    fn close(vm: &mut Vm, fd: i32) -> Result<()> {
        let done = vm.detach(|| host::close(fd));
        vm.system(done)
    }

    /// Close the descriptors from one on and below another, whatever of them is open.
    #[function("($module, fd_low, fd_high, /)")]
    fn closerange(vm: &mut Vm, fd_low: i32, fd_high: i32) -> Result<()> {
        vm.detach(|| host::close_range(fd_low, fd_high));
        Ok(())
    }

    /// Read at most length bytes.
    #[function("($module, fd, length, /)")]
    fn read(vm: &mut Vm, fd: i32, length: isize) -> Result {
        let length = count(vm, length)?.min(host::MAX_TRANSFER);
        let read = match vm.blocking(|| host::read_vec(fd, length))? {
            Err(Errno::ENOMEM) => return Err(vm.raise_memory_error()),
            other => vm.system(other)?,
        };
        bytes_result(vm, read)
    }

    /// Read into an object, and give the number of bytes.
    #[function("($module, fd, buffer, /)")]
    fn readinto(vm: &mut Vm, fd: i32, buffer: &Value) -> Result<usize> {
        let to = Destination::open(vm, buffer, "readinto() argument 2 must be read-write bytes-like object")?;
        let result = zeros(vm, to.len.min(host::MAX_TRANSFER)).and_then(|mut memory| {
            let n = vm.blocking_call(|| host::read(fd, &mut memory))?;
            to.fill(vm, &memory[..n]);
            Ok(n)
        });
        to.close(vm);
        result
    }

    /// Write bytes, and give how many were taken.
    #[function("($module, fd, data, /)")]
    fn write(vm: &mut Vm, fd: i32, data: BytesArg) -> Result<usize> {
        let n = vm.blocking_call(|| host::write(fd, &data.0))?;
        if n < data.0.len() {
            // It may have been a signal that cut it short.
            vm.check_signals()?;
        }
        Ok(n)
    }

    /// Read at an offset.
    #[function("($module, fd, length, offset, /)")]
    fn pread(vm: &mut Vm, fd: i32, length: isize, offset: i64) -> Result {
        let length = count(vm, length)?.min(host::MAX_TRANSFER);
        let mut memory = zeros(vm, length)?;
        let n = vm.blocking_call(|| host::pread(fd, &mut memory, offset))?;
        memory.truncate(n);
        bytes_result(vm, memory)
    }

    /// Write at an offset.
    #[function("($module, fd, buffer, offset, /)")]
    fn pwrite(vm: &mut Vm, fd: i32, buffer: BytesArg, offset: i64) -> Result<usize> {
        vm.blocking_call(|| host::pwrite(fd, &buffer.0, offset))
    }

    /// Read into several objects.
    #[function("($module, fd, buffers, /)")]
    fn readv(vm: &mut Vm, fd: i32, buffers: &Value) -> Result<usize> {
        scatter(vm, buffers, "readv", |slices| host::readv(fd, slices))
    }

    /// Read into several objects at an offset.
    #[function("($module, fd, buffers, offset, flags=0, /)")]
    fn preadv(vm: &mut Vm, fd: i32, buffers: &Value, offset: i64, flags: Option<i32>) -> Result<usize> {
        let flags = flags.unwrap_or(0);
        scatter(vm, buffers, "preadv", |slices| host::preadv(fd, slices, offset, flags))
    }

    /// Write several objects.
    #[function("($module, fd, buffers, /)")]
    fn writev(vm: &mut Vm, fd: i32, buffers: &Value) -> Result<usize> {
        gather(vm, buffers, "writev", |slices| host::writev(fd, slices))
    }

    /// Write several objects at an offset.
    #[function("($module, fd, buffers, offset, flags=0, /)")]
    fn pwritev(vm: &mut Vm, fd: i32, buffers: &Value, offset: i64, flags: Option<i32>) -> Result<usize> {
        let flags = flags.unwrap_or(0);
        gather(vm, buffers, "pwritev", |slices| host::pwritev(fd, slices, offset, flags))
    }

    /// Move the position of a descriptor.
    #[function("($module, fd, position, whence, /)")]
    fn lseek(vm: &mut Vm, fd: i32, position: i64, whence: i32) -> Result<i64> {
        let done = vm.detach(|| host::lseek(fd, position, whence));
        vm.system(done)
    }

    /// A copy of a descriptor.
    #[function("($module, fd, /)")]
    fn dup(vm: &mut Vm, fd: i32) -> Result<i32> {
        let done = host::dup(fd);
        vm.system(done)
    }

    /// Make fd2 a copy of fd.
    #[function("($module, /, fd, fd2, inheritable=True)")]
    fn dup2(vm: &mut Vm, fd: i32, fd2: i32, inheritable: Option<bool>) -> Result<i32> {
        if fd < 0 || fd2 < 0 {
            return Err(vm.raise_os_error(libc::EBADF, None));
        }
        vm.blocking_call(|| host::dup2(fd, fd2, inheritable.unwrap_or(true)))
    }

    /// A pipe: its reading and its writing end.
    #[function("($module, /)")]
    fn pipe(vm: &mut Vm) -> Result {
        let ends = host::pipe2(libc::O_CLOEXEC);
        let (r, w) = vm.system(ends)?;
        int_tuple(vm, &[i64::from(r), i64::from(w)])
    }

    /// A pipe with flags.
    #[function("($module, flags, /)")]
    fn pipe2(vm: &mut Vm, flags: i32) -> Result {
        let ends = host::pipe2(flags);
        let (r, w) = vm.system(ends)?;
        int_tuple(vm, &[i64::from(r), i64::from(w)])
    }

    /// What the system knows of an open file.
    #[function("($module, /, fd)")]
    fn fstat(vm: &mut Vm, fd: i32) -> Result {
        let found = vm.blocking_call(|| stat::fstat(fd))?;
        results::stat_result(vm, &found)
    }

    /// What the system knows of the file system of an open file.
    #[function("($module, fd, /)")]
    fn fstatvfs(vm: &mut Vm, fd: i32) -> Result {
        let found = vm.blocking_call(|| stat::fstatvfs(fd))?;
        results::statvfs_result(vm, &found)
    }

    /// Make an open directory the working directory.
    #[function("($module, /, fd)")]
    fn fchdir(vm: &mut Vm, fd: File) -> Result<()> {
        let number = vm.new_int(i64::from(fd.0))?;
        vm.audit("os.chdir", &[number])?;
        vm.blocking_call(|| fs::fchdir(fd.0))
    }

    /// Change the permissions of an open file.
    #[function("($module, /, fd, mode)")]
    fn fchmod(vm: &mut Vm, fd: i32, mode: i32) -> Result<()> {
        let args = crate::common::int_values(vm, &[i64::from(fd), i64::from(mode), -1])?;
        vm.audit("os.chmod", &args)?;
        vm.blocking_call(|| fs::fchmod(fd, mode as u32))
    }

    /// Change the owner and the group of an open file.
    #[function("($module, /, fd, uid, gid)")]
    fn fchown(vm: &mut Vm, fd: i32, uid: Uid, gid: Gid) -> Result<()> {
        let args = crate::common::int_values(vm, &[i64::from(fd), i64::from(uid.0), i64::from(gid.0), -1])?;
        vm.audit("os.chown", &args)?;
        vm.blocking_call(|| fs::fchown(fd, uid.0, gid.0))
    }

    /// Write an open file to the device.
    #[function("($module, /, fd)")]
    fn fsync(vm: &mut Vm, fd: File) -> Result<()> {
        vm.blocking_call(|| host::fsync(fd.0))
    }

    /// Write the data of an open file to the device.
    #[function("($module, /, fd)")]
    fn fdatasync(vm: &mut Vm, fd: File) -> Result<()> {
        vm.blocking_call(|| host::fdatasync(fd.0))
    }

    /// Cut or extend an open file.
    #[function("($module, fd, length, /)")]
    fn ftruncate(vm: &mut Vm, fd: i32, length: i64) -> Result<()> {
        let args = crate::common::int_values(vm, &[i64::from(fd), length])?;
        vm.audit("os.truncate", &args)?;
        vm.blocking_call(|| host::ftruncate(fd, length))
    }

    /// Whether calls on a descriptor wait.
    #[function("($module, fd, /)")]
    fn get_blocking(vm: &mut Vm, fd: i32) -> Result<bool> {
        let found = host::get_blocking(fd);
        vm.system(found)
    }

    /// Set whether calls on a descriptor wait.
    #[function("($module, fd, blocking, /)")]
    fn set_blocking(vm: &mut Vm, fd: i32, blocking: bool) -> Result<()> {
        let done = host::set_blocking(fd, blocking);
        vm.system(done)
    }

    /// Whether child processes inherit a descriptor.
    #[function("($module, fd, /)")]
    fn get_inheritable(vm: &mut Vm, fd: i32) -> Result<bool> {
        let found = host::get_inheritable(fd);
        vm.system(found)
    }

    /// Set whether child processes inherit a descriptor.
    #[function("($module, fd, inheritable, /)")]
    fn set_inheritable(vm: &mut Vm, fd: i32, inheritable: i32) -> Result<()> {
        let done = host::set_inheritable(fd, inheritable != 0);
        vm.system(done)
    }

    /// Whether a descriptor is a terminal.
    #[function("($module, fd, /)")]
    fn isatty(vm: &mut Vm, fd: i32) -> Result<bool> {
        Ok(vm.detach(|| terminal::isatty(fd)))
    }

    /// The path of the terminal behind a descriptor.
    #[function("($module, fd, /)")]
    fn ttyname(vm: &mut Vm, fd: i32) -> Result {
        let found = terminal::ttyname(fd);
        let found = vm.system(found)?;
        vm.new_fs_str(&found)
    }

    /// The size of the terminal's window behind a descriptor.
    #[function("($module, fd=<unrepresentable>, /)")]
    fn get_terminal_size(vm: &mut Vm, fd: Option<i32>) -> Result {
        let found = terminal::size(fd.unwrap_or(1));
        let (columns, lines) = vm.system(found)?;
        results::terminal_size(vm, columns, lines)
    }

    /// The process group in the foreground of a terminal.
    #[function("($module, fd, /)")]
    fn tcgetpgrp(vm: &mut Vm, fd: i32) -> Result<i32> {
        let found = terminal::foreground_group(fd);
        vm.system(found)
    }

    /// Put a process group in the foreground of a terminal.
    #[function("($module, fd, pgid, /)")]
    fn tcsetpgrp(vm: &mut Vm, fd: i32, pgid: i32) -> Result<()> {
        let open = host::get_inheritable(fd);
        vm.system(open)?;
        let done = terminal::set_foreground_group(fd, pgid);
        vm.system(done)
    }

    /// The encoding of a terminal, or None for something else.
    #[function("($module, /, fd)")]
    fn device_encoding(vm: &mut Vm, fd: i32) -> Result<Option<&'static str>> {
        Ok(vm.detach(|| terminal::isatty(fd)).then_some("utf-8"))
    }

    /// A new pseudo-terminal: its master and its slave end.
    #[function("($module, /)")]
    fn openpty(vm: &mut Vm) -> Result {
        let ends = fs::openpty();
        let (master, slave) = vm.system(ends)?;
        int_tuple(vm, &[i64::from(master), i64::from(slave)])
    }

    /// Make a descriptor the controlling terminal and the standard streams.
    #[function("($module, fd, /)")]
    fn login_tty(vm: &mut Vm, fd: i32) -> Result<()> {
        let done = taipan_host::process::login_tty(fd);
        vm.system(done)
    }

    /// Open the master end of a new pseudo-terminal.
    #[function("($module, oflag, /)")]
    fn posix_openpt(vm: &mut Vm, oflag: i32) -> Result<i32> {
        let fd = fs::posix_openpt(oflag | libc::O_CLOEXEC);
        vm.system(fd)
    }

    /// Give the slave end its permissions.
    #[function("($module, fd, /)")]
    fn grantpt(vm: &mut Vm, fd: i32) -> Result<()> {
        let done = fs::grantpt(fd);
        vm.system(done)
    }

    /// Let the slave end be opened.
    #[function("($module, fd, /)")]
    fn unlockpt(vm: &mut Vm, fd: i32) -> Result<()> {
        let done = fs::unlockpt(fd);
        vm.system(done)
    }

    /// The path of the slave end.
    #[function("($module, fd, /)")]
    fn ptsname(vm: &mut Vm, fd: i32) -> Result {
        let found = fs::ptsname(fd);
        let found = vm.system(found)?;
        vm.new_fs_str(&found)
    }

    /// Lock, test or unlock a part of an open file.
    #[function("($module, fd, command, length, /)")]
    fn lockf(vm: &mut Vm, fd: i32, command: i32, length: i64) -> Result<()> {
        let args = crate::common::int_values(vm, &[i64::from(fd), i64::from(command), length])?;
        vm.audit("os.lockf", &args)?;
        let done = vm.detach(|| fcntl::posix_lockf(fd, command, length));
        vm.system(done)
    }

    /// Reserve room on the device.
    #[function("($module, fd, offset, length, /)")]
    fn posix_fallocate(vm: &mut Vm, fd: i32, offset: i64, length: i64) -> Result<()> {
        vm.blocking_call(|| host::fallocate(fd, offset, length))
    }

    /// Tell the system how a part of a file will be used.
    #[function("($module, fd, offset, length, advice, /)")]
    fn posix_fadvise(vm: &mut Vm, fd: i32, offset: i64, length: i64, advice: i32) -> Result<()> {
        vm.blocking_call(|| host::fadvise(fd, offset, length, advice))
    }

    /// Copy between descriptors in the system.
    #[function("($module, /, out_fd, in_fd, offset, count)")]
    fn sendfile(vm: &mut Vm, out_fd: i32, in_fd: i32, offset: &Value, count: isize) -> Result<usize> {
        let from = self::offset(vm, Some(offset))?;
        let count = self::count(vm, count)?;
        vm.blocking_call(|| host::sendfile(out_fd, in_fd, from, count))
    }

    /// Copy between files in the system.
    #[function("($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)")]
    fn copy_file_range(
        vm: &mut Vm,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<&Value>,
        offset_dst: Option<&Value>,
    ) -> Result<usize> {
        let Ok(count) = usize::try_from(count) else {
            return Err(vm.raise_value_error("negative value for 'count' not allowed"));
        };
        let (from, to) = (offset(vm, offset_src)?, offset(vm, offset_dst)?);
        vm.blocking_call(|| host::copy_file_range(src, from, dst, to, count))
    }

    /// Move data between a pipe and a descriptor.
    #[function("($module, /, src, dst, count, offset_src=None, offset_dst=None,\n       flags=0)")]
    fn splice(
        vm: &mut Vm,
        src: i32,
        dst: i32,
        count: isize,
        offset_src: Option<&Value>,
        offset_dst: Option<&Value>,
        flags: Option<u32>,
    ) -> Result<usize> {
        let Ok(count) = usize::try_from(count) else {
            return Err(vm.raise_value_error("negative value for 'count' not allowed"));
        };
        let (from, to) = (offset(vm, offset_src)?, offset(vm, offset_dst)?);
        vm.blocking_call(|| host::splice(src, from, dst, to, count, flags.unwrap_or(0)))
    }

    /// A file that lives in memory only.
    #[function("($module, /, name, flags=MFD_CLOEXEC)")]
    fn memfd_create(vm: &mut Vm, name: super::path::FsText, flags: Option<u32>) -> Result<i32> {
        let fd = vm.detach(|| host::memfd_create(&name.0, flags.unwrap_or(libc::MFD_CLOEXEC)));
        vm.system(fd)
    }

    /// A counter one can wait for.
    #[function("($module, /, initval, flags=EFD_CLOEXEC)")]
    fn eventfd(vm: &mut Vm, initval: u32, flags: Option<i32>) -> Result<i32> {
        let fd = host::eventfd(initval, flags.unwrap_or(libc::EFD_CLOEXEC));
        vm.system(fd)
    }

    /// Take the counter of an event descriptor.
    #[function("($module, /, fd)")]
    fn eventfd_read(vm: &mut Vm, fd: File) -> Result<u64> {
        let found = vm.detach(|| host::eventfd_read(fd.0));
        vm.system(found)
    }

    /// Add to the counter of an event descriptor.
    #[function("($module, /, fd, value)")]
    fn eventfd_write(vm: &mut Vm, fd: File, value: &Value) -> Result<()> {
        let value = super::files::unsigned_long(vm, value)?;
        let done = vm.detach(|| host::eventfd_write(fd.0, value));
        vm.system(done)
    }

    /// A timer one can wait for.
    #[function("($module, clockid, /, *, flags=0)")]
    fn timerfd_create(vm: &mut Vm, clockid: i32, flags: Option<i32>) -> Result<i32> {
        let fd = poll::timerfd_create(clockid, flags.unwrap_or(0) | libc::TFD_CLOEXEC);
        vm.system(fd)
    }

    /// What is left of a timer and what it repeats with, in seconds.
    #[function("($module, fd, /)")]
    fn timerfd_gettime(vm: &mut Vm, fd: File) -> Result {
        let found = poll::timerfd_gettime(fd.0);
        let found = vm.system(found)?;
        timer_tuple(vm, found, false)
    }

    /// The same in nanoseconds.
    #[function("($module, fd, /)")]
    fn timerfd_gettime_ns(vm: &mut Vm, fd: File) -> Result {
        let found = poll::timerfd_gettime(fd.0);
        let found = vm.system(found)?;
        timer_tuple(vm, found, true)
    }

    /// Set a timer in seconds, and give the old setting.
    #[function("($module, fd, /, *, flags=0, initial=0.0, interval=0.0)")]
    fn timerfd_settime(
        vm: &mut Vm,
        fd: File,
        flags: Option<i32>,
        initial: Option<&Value>,
        interval: Option<&Value>,
    ) -> Result {
        let (initial, interval) = (timer_ns(vm, initial)?, timer_ns(vm, interval)?);
        set_timer(vm, fd.0, flags.unwrap_or(0), initial, interval, false)
    }

    /// Set a timer in nanoseconds, and give the old setting.
    #[function("($module, fd, /, *, flags=0, initial=0, interval=0)")]
    fn timerfd_settime_ns(
        vm: &mut Vm,
        fd: File,
        flags: Option<i32>,
        initial: Option<i64>,
        interval: Option<i64>,
    ) -> Result {
        set_timer(vm, fd.0, flags.unwrap_or(0), initial.unwrap_or(0), interval.unwrap_or(0), true)
    }
}
