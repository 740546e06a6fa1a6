//! Functions of `posix` about files by path.

use super::path::{DirFd, FsText, Gid, Path, PathOrFd, PathOrFdOrNone, Target, Uid};
use super::results;
use crate::common::{BytesArg, Rounding, timespec};
use taipan_host::fs::{self, CWD, SetTime};
use taipan_host::stat::Timestamp;
use taipan_host::{stat, xattr};
use taipan_macros::module;
use taipan_object::IntRef;
use taipan_vm::{Ref, Result, Tuple, Value, Vm};

/// Functions about files by path.
pub struct Files;

fn audit_path(vm: &mut Vm, event: &str, path: &Value, rest: &[i64]) -> Result<()> {
    let mut args = vec![path.clone()];
    for n in rest {
        args.push(vm.new_int(*n)?);
    }
    vm.audit(event, &args)
}

/// A directory descriptor as audit events show it.
fn shown(dir: i32) -> i64 {
    if dir == CWD { -1 } else { i64::from(dir) }
}

fn dir_of(dir: Option<DirFd>) -> i32 {
    dir.map_or(CWD, |d| d.0)
}

fn stat_path(vm: &mut Vm, path: &PathOrFd, dir: i32, follow: bool) -> Result {
    path.without_dir_fd(vm, dir)?;
    path.without_nofollow(vm, follow)?;
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let found = match &path.target {
        Target::Fd(fd) => {
            let fd = *fd;
            vm.detach(move || stat::fstat(fd))
        }
        _ => {
            let bytes = path.bytes();
            vm.detach(|| stat::fstatat(dir, bytes, flags))
        }
    };
    let found = path.check(vm, found)?;
    results::stat_result(vm, &found)
}

/// The two sides of a rename or link.
fn fail2(vm: &mut Vm, e: taipan_host::Errno, src: &Path, dst: &Path) -> taipan_object::Raised {
    vm.raise_os_error2(e.0, Some(src.object.clone()), Some(dst.object.clone()))
}

fn rename(vm: &mut Vm, src: &Path, dst: &Path, from: Option<DirFd>, to: Option<DirFd>) -> Result<()> {
    let (from, to) = (dir_of(from), dir_of(to));
    let numbers = [vm.new_int(shown(from))?, vm.new_int(shown(to))?];
    let [a, b] = numbers;
    vm.audit("os.rename", &[src.object.clone(), dst.object.clone(), a, b])?;
    let (source, target) = (src.bytes(), dst.bytes());
    match vm.detach(|| fs::rename(from, source, to, target)) {
        Ok(()) => Ok(()),
        Err(e) => Err(fail2(vm, e, src, dst)),
    }
}

fn unlink(vm: &mut Vm, path: &Path, dir: Option<DirFd>) -> Result<()> {
    let dir = dir_of(dir);
    audit_path(vm, "os.remove", &path.object, &[shown(dir)])?;
    let bytes = path.bytes();
    let done = vm.detach(|| fs::unlink(dir, bytes));
    path.check(vm, done)
}

/// Nanoseconds as an int of any size, split at the second.
fn split_ns(vm: &mut Vm, v: &Value) -> Result<Timestamp> {
    let billion = vm.new_int(1_000_000_000)?;
    let parts = vm.binary(taipan_vm::slots::BinaryOp::DIVMOD, v, &billion)?;
    let (whole, part) = match parts.downcast::<Tuple>().map(|t| t.items().to_vec()).as_deref() {
        Some([whole, part]) => (whole.clone(), part.clone()),
        _ => return Err(vm.raise_type_error("divmod() did not return a pair")),
    };
    let sec = crate::common::time_t(vm, &whole)?;
    Ok(Timestamp { sec, nsec: part.small_int().unwrap_or(0) })
}

fn pair(v: &Value) -> Option<&[Value]> {
    v.downcast::<Tuple>().map(|t| t.items()).filter(|items| items.len() == 2)
}

fn xattr_target<'a, const N: bool>(
    vm: &mut Vm,
    path: &'a super::path::PathArg<N, true>,
    follow: bool,
) -> Result<xattr::Target<'a>> {
    path.without_nofollow(vm, follow)?;
    Ok(match (&path.target, follow) {
        (Target::Fd(fd), _) => xattr::Target::Fd(*fd),
        (_, true) => xattr::Target::Path(path.bytes()),
        (_, false) => xattr::Target::Link(path.bytes()),
    })
}

#[module(name = "posix")]
impl Files {
    /// Tell what the system knows of a file.
    #[function("($module, /, path, *, dir_fd=None, follow_symlinks=True)")]
    fn stat(vm: &mut Vm, path: PathOrFd, dir_fd: Option<DirFd>, follow_symlinks: Option<bool>) -> Result {
        stat_path(vm, &path, dir_of(dir_fd), follow_symlinks.unwrap_or(true))
    }

    /// Tell what the system knows of a file, a symbolic link itself where it is one.
    #[function("($module, /, path, *, dir_fd=None)")]
    fn lstat(vm: &mut Vm, path: Path, dir_fd: Option<DirFd>) -> Result {
        let (dir, bytes) = (dir_of(dir_fd), path.bytes());
        let found = vm.detach(|| stat::fstatat(dir, bytes, libc::AT_SYMLINK_NOFOLLOW));
        let found = path.check(vm, found)?;
        results::stat_result(vm, &found)
    }

    /// Whether the user may use a path in a way.
    #[function("($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       follow_symlinks=True)")]
    fn access(
        vm: &mut Vm,
        path: Path,
        mode: i32,
        dir_fd: Option<DirFd>,
        effective_ids: Option<bool>,
        follow_symlinks: Option<bool>,
    ) -> Result<bool> {
        let mut flags = if effective_ids == Some(true) { libc::AT_EACCESS } else { 0 };
        if follow_symlinks == Some(false) {
            flags |= libc::AT_SYMLINK_NOFOLLOW;
        }
        let (dir, bytes) = (dir_of(dir_fd), path.bytes());
        Ok(vm.detach(|| fs::access(dir, bytes, mode, flags)).is_ok())
    }

    /// Change the working directory.
    #[function("($module, /, path)")]
    fn chdir(vm: &mut Vm, path: PathOrFd) -> Result<()> {
        audit_path(vm, "os.chdir", &path.object, &[])?;
        let target = &path.target;
        let done = vm.detach(|| match target {
            Target::Fd(fd) => fs::fchdir(*fd),
            Target::Path(path) => fs::chdir(path),
            Target::Absent => Ok(()),
        });
        path.check(vm, done)
    }

    /// Change the permissions of a file.
    #[function("($module, /, path, mode, *, dir_fd=None,\n      follow_symlinks=(os.name != 'nt'))")]
    fn chmod(
        vm: &mut Vm,
        path: PathOrFd,
        mode: i32,
        dir_fd: Option<DirFd>,
        follow_symlinks: Option<bool>,
    ) -> Result<()> {
        let (dir, follow) = (dir_of(dir_fd), follow_symlinks.unwrap_or(true));
        audit_path(vm, "os.chmod", &path.object, &[i64::from(mode), shown(dir)])?;
        let target = &path.target;
        let done = vm.detach(|| match target {
            Target::Fd(fd) => fs::fchmod(*fd, mode as u32),
            Target::Path(path) => fs::chmod(dir, path, mode as u32, follow),
            Target::Absent => Ok(()),
        });
        if done == Err(taipan_host::Errno(libc::EOPNOTSUPP)) && !follow {
            if dir != CWD {
                return Err(vm.raise_value_error("chmod: cannot use dir_fd and follow_symlinks together"));
            }
            return Err(vm.raise_not_implemented_error("chmod: follow_symlinks unavailable on this platform"));
        }
        path.check(vm, done)
    }

    /// Change the owner and the group of a file.
    #[function("($module, /, path, uid, gid, *, dir_fd=None, follow_symlinks=True)")]
    fn chown(
        vm: &mut Vm,
        path: PathOrFd,
        uid: Uid,
        gid: Gid,
        dir_fd: Option<DirFd>,
        follow_symlinks: Option<bool>,
    ) -> Result<()> {
        let (dir, follow) = (dir_of(dir_fd), follow_symlinks.unwrap_or(true));
        path.without_dir_fd(vm, dir)?;
        path.without_nofollow(vm, follow)?;
        audit_path(vm, "os.chown", &path.object, &[i64::from(uid.0), i64::from(gid.0), shown(dir)])?;
        let target = &path.target;
        let done = vm.detach(|| match target {
            Target::Fd(fd) => fs::fchown(*fd, uid.0, gid.0),
            Target::Path(path) => fs::chown(dir, path, uid.0, gid.0, follow),
            Target::Absent => Ok(()),
        });
        path.check(vm, done)
    }

    /// Change the owner and the group of a file, of a symbolic link itself where it is one.
    #[function("($module, /, path, uid, gid)")]
    fn lchown(vm: &mut Vm, path: Path, uid: Uid, gid: Gid) -> Result<()> {
        audit_path(vm, "os.chown", &path.object, &[i64::from(uid.0), i64::from(gid.0), -1])?;
        let bytes = path.bytes();
        let done = vm.detach(|| fs::chown(CWD, bytes, uid.0, gid.0, false));
        path.check(vm, done)
    }

    /// Change the root directory.
    #[function("($module, /, path)")]
    fn chroot(vm: &mut Vm, path: Path) -> Result<()> {
        let bytes = path.bytes();
        let done = vm.detach(|| fs::chroot(bytes));
        path.check(vm, done)
    }

    /// The working directory as a string.
    #[function("($module, /)")]
    fn getcwd(vm: &mut Vm) -> Result {
        let found = vm.detach(fs::getcwd);
        let found = vm.system(found)?;
        vm.new_fs_str(&found)
    }

    /// The working directory as bytes.
    #[function("($module, /)")]
    fn getcwdb(vm: &mut Vm) -> Result {
        let found = vm.detach(fs::getcwd);
        let found = vm.system(found)?;
        vm.new_bytes(&found).map(Ref::into_value)
    }

    /// Make a hard link.
    #[function("($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     follow_symlinks=(os.name != 'nt'))")]
    fn link(
        vm: &mut Vm,
        src: Path,
        dst: Path,
        src_dir_fd: Option<DirFd>,
        dst_dir_fd: Option<DirFd>,
        follow_symlinks: Option<bool>,
    ) -> Result<()> {
        let (from, to) = (dir_of(src_dir_fd), dir_of(dst_dir_fd));
        let (a, b) = (vm.new_int(shown(from))?, vm.new_int(shown(to))?);
        vm.audit("os.link", &[src.object.clone(), dst.object.clone(), a, b])?;
        let follow = follow_symlinks.unwrap_or(true);
        let (source, target) = (src.bytes(), dst.bytes());
        match vm.detach(|| fs::link(from, source, to, target, follow)) {
            Ok(()) => Ok(()),
            Err(e) => Err(fail2(vm, e, &src, &dst)),
        }
    }

    /// The names in a directory.
    #[function("($module, /, path=None)")]
    fn listdir(vm: &mut Vm, path: PathOrFdOrNone) -> Result {
        audit_path(vm, "os.listdir", &path.object, &[])?;
        let target = &path.target;
        let names = vm.detach(|| match target {
            Target::Fd(fd) => taipan_host::dir::listdir_fd(*fd),
            Target::Path(path) => taipan_host::dir::listdir(path),
            Target::Absent => taipan_host::dir::listdir(b"."),
        });
        let names = path.check(vm, names)?;
        let mut items = Vec::with_capacity(names.len());
        for name in &names {
            items.push(path.like(vm, name)?);
        }
        vm.new_list(items).map(Ref::into_value)
    }

    /// Make a directory.
    #[function("($module, /, path, mode=511, *, dir_fd=None)")]
    fn mkdir(vm: &mut Vm, path: Path, mode: Option<i32>, dir_fd: Option<DirFd>) -> Result<()> {
        let (dir, mode) = (dir_of(dir_fd), mode.unwrap_or(0o777));
        audit_path(vm, "os.mkdir", &path.object, &[i64::from(mode), shown(dir)])?;
        let bytes = path.bytes();
        let done = vm.detach(|| fs::mkdir(dir, bytes, mode as u32));
        path.check(vm, done)
    }

    /// Remove an empty directory.
    #[function("($module, /, path, *, dir_fd=None)")]
    fn rmdir(vm: &mut Vm, path: Path, dir_fd: Option<DirFd>) -> Result<()> {
        let dir = dir_of(dir_fd);
        audit_path(vm, "os.rmdir", &path.object, &[shown(dir)])?;
        let bytes = path.bytes();
        let done = vm.detach(|| fs::rmdir(dir, bytes));
        path.check(vm, done)
    }

    /// Remove a file.
    #[function("($module, /, path, *, dir_fd=None)")]
    fn unlink(vm: &mut Vm, path: Path, dir_fd: Option<DirFd>) -> Result<()> {
        unlink(vm, &path, dir_fd)
    }

    /// Remove a file.
    #[function("($module, /, path, *, dir_fd=None)")]
    fn remove(vm: &mut Vm, path: Path, dir_fd: Option<DirFd>) -> Result<()> {
        unlink(vm, &path, dir_fd)
    }

    /// Give a file another name.
    #[function("($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn rename(vm: &mut Vm, src: Path, dst: Path, src_dir_fd: Option<DirFd>, dst_dir_fd: Option<DirFd>) -> Result<()> {
        rename(vm, &src, &dst, src_dir_fd, dst_dir_fd)
    }

    /// Give a file another name, over whatever has that name.
    #[function("($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)")]
    fn replace(vm: &mut Vm, src: Path, dst: Path, src_dir_fd: Option<DirFd>, dst_dir_fd: Option<DirFd>) -> Result<()> {
        rename(vm, &src, &dst, src_dir_fd, dst_dir_fd)
    }

    /// Make a symbolic link at dst that says src.
    #[function("($module, /, src, dst, target_is_directory=False, *, dir_fd=None)")]
    fn symlink(
        vm: &mut Vm,
        src: Path,
        dst: Path,
        target_is_directory: Option<bool>,
        dir_fd: Option<DirFd>,
    ) -> Result<()> {
        // Only other systems care what kind of thing a link leads to.
        let _ = target_is_directory;
        let dir = dir_of(dir_fd);
        let number = vm.new_int(shown(dir))?;
        vm.audit("os.symlink", &[src.object.clone(), dst.object.clone(), number])?;
        let (source, target) = (src.bytes(), dst.bytes());
        match vm.detach(|| fs::symlink(source, dir, target)) {
            Ok(()) => Ok(()),
            Err(e) => Err(fail2(vm, e, &src, &dst)),
        }
    }

    /// What a symbolic link says.
    #[function("($module, /, path, *, dir_fd=None)")]
    fn readlink(vm: &mut Vm, path: Path, dir_fd: Option<DirFd>) -> Result {
        let (dir, bytes) = (dir_of(dir_fd), path.bytes());
        let found = vm.detach(|| fs::readlink(dir, bytes));
        let found = path.check(vm, found)?;
        path.like(vm, &found)
    }

    /// Set the times of a file.
    #[function("($module, /, path, times=None, *, ns=<unrepresentable>,\n      dir_fd=None, follow_symlinks=True)")]
    fn utime(
        vm: &mut Vm,
        path: PathOrFd,
        times: Option<&Value>,
        ns: Option<&Value>,
        dir_fd: Option<DirFd>,
        follow_symlinks: Option<bool>,
    ) -> Result<()> {
        let (dir, follow) = (dir_of(dir_fd), follow_symlinks.unwrap_or(true));
        let times = times.filter(|t| !t.is_none());
        if times.is_some() && ns.is_some() {
            return Err(vm.raise_value_error("utime: you may specify either 'times' or 'ns' but not both"));
        }
        let at = match (times, ns) {
            (Some(times), _) => {
                let Some([atime, mtime]) = pair(times) else {
                    return Err(vm.raise_type_error("utime: 'times' must be either a tuple of two ints or None"));
                };
                let (a, b) = (timespec(vm, atime, Rounding::Floor)?, timespec(vm, mtime, Rounding::Floor)?);
                Some([a, b].map(|(sec, nsec)| Timestamp { sec, nsec }))
            }
            (None, Some(ns)) => {
                let Some([atime, mtime]) = pair(ns) else {
                    return Err(vm.raise_type_error("utime: 'ns' must be a tuple of two ints"));
                };
                let (atime, mtime) = (vm.index(atime)?, vm.index(mtime)?);
                Some([split_ns(vm, &atime)?, split_ns(vm, &mtime)?])
            }
            (None, None) => None,
        };
        path.without_dir_fd(vm, dir)?;
        path.without_nofollow(vm, follow)?;
        let none = Value::none();
        let number = vm.new_int(shown(dir))?;
        let (t, n) = (times.unwrap_or(&none).clone(), ns.unwrap_or(&none).clone());
        vm.audit("os.utime", &[path.object.clone(), t, n, number])?;
        let [atime, mtime] = at.map_or([SetTime::Now; 2], |times| times.map(SetTime::At));
        let target = &path.target;
        let done = vm.detach(|| match target {
            Target::Fd(fd) => fs::futime(*fd, atime, mtime),
            Target::Path(path) => fs::utime(dir, path, atime, mtime, follow),
            Target::Absent => Ok(()),
        });
        path.check(vm, done)
    }

    /// Make a fifo.
    #[function("($module, /, path, mode=438, *, dir_fd=None)")]
    fn mkfifo(vm: &mut Vm, path: Path, mode: Option<i32>, dir_fd: Option<DirFd>) -> Result<()> {
        let (dir, mode) = (dir_of(dir_fd), mode.unwrap_or(0o666) as u32);
        path.call(vm, |target| match target {
            Target::Path(path) => fs::mkfifo(dir, path, mode),
            _ => Ok(()),
        })
    }

    /// Make a file of any type.
    #[function("($module, /, path, mode=384, device=0, *, dir_fd=None)")]
    fn mknod(vm: &mut Vm, path: Path, mode: Option<i32>, device: Option<&Value>, dir_fd: Option<DirFd>) -> Result<()> {
        let (dir, mode) = (dir_of(dir_fd), mode.unwrap_or(0o600) as u32);
        let device = match device {
            Some(v) => device_number(vm, v)?,
            None => 0,
        };
        path.call(vm, |target| match target {
            Target::Path(path) => fs::mknod(dir, path, mode, device),
            _ => Ok(()),
        })
    }

    /// Cut or extend a file.
    #[function("($module, /, path, length)")]
    fn truncate(vm: &mut Vm, path: PathOrFd, length: i64) -> Result<()> {
        let number = vm.new_int(length)?;
        vm.audit("os.truncate", &[path.object.clone(), number])?;
        path.call(vm, |target| match target {
            Target::Fd(fd) => taipan_host::fd::ftruncate(*fd, length),
            Target::Path(path) => fs::truncate(path, length),
            Target::Absent => Ok(()),
        })
    }

    /// Open a file and give its descriptor.
    #[function("($module, /, path, flags, mode=511, *, dir_fd=None)")]
    fn open(vm: &mut Vm, path: Path, flags: i32, mode: Option<i32>, dir_fd: Option<DirFd>) -> Result<i32> {
        let (dir, mode) = (dir_of(dir_fd), mode.unwrap_or(0o777) as u32);
        let number = vm.new_int(i64::from(flags))?;
        vm.audit("open", &[path.object.clone(), Value::none(), number])?;
        let flags = flags | libc::O_CLOEXEC;
        path.call(vm, |target| match target {
            Target::Path(path) => fs::open(dir, path, flags, mode),
            _ => Err(taipan_host::Errno::EINVAL),
        })
    }

    /// What the system knows of the file system a file is on.
    #[function("($module, /, path)")]
    fn statvfs(vm: &mut Vm, path: PathOrFd) -> Result {
        let target = &path.target;
        let found = vm.detach(|| match target {
            Target::Fd(fd) => stat::fstatvfs(*fd),
            Target::Path(path) => stat::statvfs(path),
            Target::Absent => Err(taipan_host::Errno::EINVAL),
        });
        let found = path.check(vm, found)?;
        results::statvfs_result(vm, &found)
    }

    /// The value of an extended attribute.
    #[function("($module, /, path, attribute, *, follow_symlinks=True)")]
    fn getxattr(vm: &mut Vm, path: PathOrFd, attribute: Path, follow_symlinks: Option<bool>) -> Result {
        let target = xattr_target(vm, &path, follow_symlinks.unwrap_or(true))?;
        vm.audit("os.getxattr", &[path.object.clone(), attribute.object.clone()])?;
        let name = attribute.bytes();
        let found = vm.detach(|| xattr::get(target, name));
        let found = path.check(vm, found)?;
        vm.new_bytes(&found).map(Ref::into_value)
    }

    /// Set an extended attribute.
    #[function("($module, /, path, attribute, value, flags=0, *,\n         follow_symlinks=True)")]
    fn setxattr(
        vm: &mut Vm,
        path: PathOrFd,
        attribute: Path,
        value: BytesArg,
        flags: Option<i32>,
        follow_symlinks: Option<bool>,
    ) -> Result<()> {
        let target = xattr_target(vm, &path, follow_symlinks.unwrap_or(true))?;
        let flags = flags.unwrap_or(0);
        let (data, number) = (vm.new_bytes(&value.0)?.into_value(), vm.new_int(i64::from(flags))?);
        vm.audit("os.setxattr", &[path.object.clone(), attribute.object.clone(), data, number])?;
        let name = attribute.bytes();
        let done = vm.detach(|| xattr::set(target, name, &value.0, flags));
        path.check(vm, done)
    }

    /// Remove an extended attribute.
    #[function("($module, /, path, attribute, *, follow_symlinks=True)")]
    fn removexattr(vm: &mut Vm, path: PathOrFd, attribute: Path, follow_symlinks: Option<bool>) -> Result<()> {
        let target = xattr_target(vm, &path, follow_symlinks.unwrap_or(true))?;
        vm.audit("os.removexattr", &[path.object.clone(), attribute.object.clone()])?;
        let name = attribute.bytes();
        let done = vm.detach(|| xattr::remove(target, name));
        path.check(vm, done)
    }

    /// The names of the extended attributes.
    #[function("($module, /, path=None, *, follow_symlinks=True)")]
    fn listxattr(vm: &mut Vm, path: PathOrFdOrNone, follow_symlinks: Option<bool>) -> Result {
        let target = xattr_target(vm, &path, follow_symlinks.unwrap_or(true))?;
        audit_path(vm, "os.listxattr", &path.object, &[])?;
        let names = vm.detach(|| xattr::list(target));
        let names = path.check(vm, names)?;
        let mut items = Vec::with_capacity(names.len());
        for name in &names {
            items.push(vm.new_fs_str(name)?);
        }
        vm.new_list(items).map(Ref::into_value)
    }

    /// The text of a path: itself, or what its __fspath__() says.
    #[function("($module, /, path)")]
    fn fspath(vm: &mut Vm, path: &Value) -> Result {
        vm.fs_path(path)
    }

    /// Set the mask of permissions withheld from new files, and give the old one.
    #[function("($module, mask, /)")]
    fn umask(_vm: &mut Vm, mask: i32) -> Result<i32> {
        Ok(fs::umask(mask as u32) as i32)
    }

    /// Write everything to the devices.
    #[function("($module, /)")]
    fn sync(vm: &mut Vm) -> Result<()> {
        vm.detach(fs::sync);
        Ok(())
    }

    /// The device number of its parts.
    #[function("($module, major, minor, /)")]
    fn makedev(vm: &mut Vm, major: &Value, minor: &Value) -> Result {
        let major = device_part(vm, major)?;
        let minor = device_part(vm, minor)?;
        let device = fs::makedev(major, minor);
        if device == u64::MAX { vm.new_int(-1) } else { vm.new_uint(device) }
    }

    /// The major part of a device number.
    #[function("($module, device, /)")]
    fn major(vm: &mut Vm, device: &Value) -> Result {
        let device = device_number(vm, device)?;
        let part = fs::major(device);
        if part == u32::MAX { vm.new_int(-1) } else { vm.new_uint(u64::from(part)) }
    }

    /// The minor part of a device number.
    #[function("($module, device, /)")]
    fn minor(vm: &mut Vm, device: &Value) -> Result {
        let device = device_number(vm, device)?;
        let part = fs::minor(device);
        if part == u32::MAX { vm.new_int(-1) } else { vm.new_uint(u64::from(part)) }
    }

    /// Set an environment variable.
    #[function("($module, name, value, /)")]
    fn putenv(vm: &mut Vm, name: FsText, value: FsText) -> Result<()> {
        if name.0.contains(&b'=') {
            return Err(vm.raise_value_error("illegal environment variable name"));
        }
        let (n, v) = (vm.new_bytes(&name.0)?.into_value(), vm.new_bytes(&value.0)?.into_value());
        vm.audit("os.putenv", &[n, v])?;
        taipan_object::room::probe((name.0.len() + value.0.len()).saturating_mul(3))?;
        let done = taipan_host::env::set(&name.0, &value.0);
        vm.system(done)
    }

    /// Remove an environment variable.
    #[function("($module, name, /)")]
    fn unsetenv(vm: &mut Vm, name: FsText) -> Result<()> {
        let n = vm.new_bytes(&name.0)?.into_value();
        vm.audit("os.unsetenv", &[n])?;
        let done = taipan_host::env::unset(&name.0);
        vm.system(done)
    }

    /// The environment as a dict of bytes.
    #[function("($module, /)")]
    fn _create_environ(vm: &mut Vm) -> Result {
        environ(vm)
    }
}

/// The environment as a dict of bytes.
pub fn environ(vm: &mut Vm) -> Result {
    let dict = vm.new_dict()?;
    for (name, value) in taipan_host::env::environ() {
        let (name, value) = (vm.new_bytes(&name)?.into_value(), vm.new_bytes(&value)?.into_value());
        if vm.dict_get(&dict, &name)?.is_none() {
            vm.dict_set(&dict, &name, value)?;
        }
    }
    Ok(dict.into_value())
}

/// A device number; -1 is the one that means none.
fn device_number(vm: &mut Vm, v: &Value) -> Result<u64> {
    let n = vm.index(v)?;
    if n.small_int() == Some(-1) { Ok(u64::MAX) } else { unsigned_long(vm, &n) }
}

/// A number of 64 bits without a sign.
pub fn unsigned_long(vm: &mut Vm, v: &Value) -> Result<u64> {
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(n)) if n >= 0 => Ok(n as u64),
        Some(IntRef::Small(_)) | Some(IntRef::Big { negative: true, .. }) => {
            Err(vm.raise_overflow_error("can't convert negative int to unsigned"))
        }
        Some(IntRef::Big { digits, .. }) if digits.len() <= 3 => {
            let n = digits.iter().rev().fold(0u128, |n, d| n << 30 | u128::from(*d));
            u64::try_from(n).map_err(|_| vm.raise_overflow_error("Python int too large to convert to C unsigned long"))
        }
        _ => Err(vm.raise_overflow_error("Python int too large to convert to C unsigned long")),
    }
}

fn device_part(vm: &mut Vm, v: &Value) -> Result<u32> {
    let n = device_number(vm, v)?;
    if n == u64::MAX {
        return Ok(u32::MAX);
    }
    u32::try_from(n).map_err(|_| vm.raise_overflow_error("Python int too large to convert to C unsigned int"))
}
