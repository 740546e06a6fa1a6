//! Files, directories and attributes on a temporary directory.

use std::os::unix::ffi::OsStrExt;
use taipan_host::fs::{self, CWD, SetTime};
use taipan_host::stat::Timestamp;
use taipan_host::{Errno, dir, fcntl, fd, stat, xattr};

struct Temporary(Vec<u8>);

impl Temporary {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("taipan-host-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        let path = path.as_os_str().as_bytes().to_vec();
        fs::mkdir(CWD, &path, 0o700).unwrap();
        Self(path)
    }

    fn join(&self, name: &str) -> Vec<u8> {
        [&self.0, name.as_bytes()].join(&b'/')
    }

    fn file(&self, name: &str, content: &[u8]) -> Vec<u8> {
        let path = self.join(name);
        let file =
            fs::open(CWD, &path, libc::O_CREAT | libc::O_WRONLY | libc::O_TRUNC | libc::O_CLOEXEC, 0o644).unwrap();
        taipan_host::stdio::write_all(file, content).unwrap();
        fd::close(file).unwrap();
        path
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(std::ffi::OsStr::from_bytes(&self.0));
    }
}

#[test]
fn create_stat_rename_remove() {
    let t = Temporary::new("basic");
    let a = t.file("a", b"hello");
    let s = stat::stat(&a).unwrap();
    assert!(s.is_file() && s.size == 5 && s.nlink == 1);
    assert_eq!(fs::read_file(&a).unwrap(), b"hello");
    let b = t.join("b");
    fs::link(CWD, &a, CWD, &b, false).unwrap();
    assert_eq!(stat::stat(&b).unwrap().ino, s.ino);
    fs::symlink(b"a", CWD, &t.join("l")).unwrap();
    assert_eq!(fs::readlink(CWD, &t.join("l")).unwrap(), b"a");
    assert!(stat::lstat(&t.join("l")).unwrap().is_symlink());
    assert_eq!(stat::stat(&t.join("l")).unwrap().ino, s.ino);
    let long = "x".repeat(1000);
    fs::symlink(long.as_bytes(), CWD, &t.join("long")).unwrap();
    assert_eq!(fs::readlink(CWD, &t.join("long")).unwrap(), long.as_bytes());
    fs::rename(CWD, &b, CWD, &t.join("c")).unwrap();
    assert_eq!(stat::stat(&b), Err(Errno::ENOENT));
    fs::chmod(CWD, &a, 0o600, true).unwrap();
    assert_eq!(stat::stat(&a).unwrap().mode & 0o777, 0o600);
    let (old, new) = (Timestamp { sec: -5, nsec: 7 }, Timestamp { sec: 1_700_000_000, nsec: 123_456_789 });
    fs::utime(CWD, &a, SetTime::At(old), SetTime::At(new), true).unwrap();
    let s = stat::stat(&a).unwrap();
    assert_eq!((s.atime, s.mtime), (old, new));
    assert_eq!(s.mtime.as_ns(), 1_700_000_000_123_456_789);
    fs::truncate(&a, 2).unwrap();
    assert_eq!(fs::read_file(&a).unwrap(), b"he");
    fs::access(CWD, &a, libc::R_OK, 0).unwrap();
    assert_eq!(fs::access(CWD, b"/nowhere", libc::F_OK, 0), Err(Errno::ENOENT));
    fs::unlink(CWD, &a).unwrap();
    assert_eq!(fs::unlink(CWD, &a), Err(Errno::ENOENT));
    assert_eq!(fs::unlink(CWD, b"a\0b"), Err(Errno::EINVAL));
    assert_eq!(fs::rmdir(CWD, &t.0), Err(Errno(libc::ENOTEMPTY)));
    assert!(stat::statvfs(&t.0).unwrap().namemax >= 255);
    assert_eq!(fs::pathconf(&t.0, libc::_PC_NAME_MAX).unwrap(), Some(255));
}

#[test]
fn relative_to_a_directory() {
    let t = Temporary::new("at");
    t.file("x", b"1");
    let d = fs::open(CWD, &t.0, libc::O_DIRECTORY | libc::O_CLOEXEC, 0).unwrap();
    assert_eq!(stat::fstatat(d, b"x", 0).unwrap().size, 1);
    fs::mkdir(d, b"sub", 0o755).unwrap();
    fs::rename(d, b"x", d, b"sub/y").unwrap();
    let file = fs::open(d, b"sub/y", libc::O_RDONLY | libc::O_CLOEXEC, 0).unwrap();
    assert_eq!(fd::read_vec(file, 10).unwrap(), b"1");
    fd::close(file).unwrap();
    fs::mkfifo(d, b"pipe", 0o600).unwrap();
    let mut names = dir::listdir_fd(d).unwrap();
    names.sort();
    assert_eq!(names, [&b"pipe"[..], b"sub"]);
    assert_eq!(dir::listdir_fd(d).unwrap().len(), 2);
    fs::unlink(d, b"sub/y").unwrap();
    fs::rmdir(d, b"sub").unwrap();
    fd::close(d).unwrap();
    assert_eq!(stat::fstatat(d.max(900), b"x", 0), Err(Errno::EBADF));
}

#[test]
fn large_directory() {
    let t = Temporary::new("large");
    for n in 0..3000 {
        t.file(&format!("a-rather-long-file-name-to-fill-the-buffer-{n:05}"), b"");
    }
    fs::mkdir(CWD, &t.join("d"), 0o755).unwrap();
    let names = dir::listdir(&t.0).unwrap();
    assert_eq!(names.len(), 3001);
    assert_eq!(names.iter().collect::<std::collections::HashSet<_>>().len(), 3001);
    let mut scan = dir::Scan::open(&t.0).unwrap();
    let mut directories = 0;
    for entry in scan.by_ref() {
        let entry = entry.unwrap();
        directories += usize::from(entry.is_dir());
        assert!(entry.ino != 0 && (entry.is_dir() || entry.is_file()));
    }
    assert_eq!(directories, 1);
    assert_eq!(scan.next(), None);
    assert_eq!(dir::listdir(b"/nowhere"), Err(Errno::ENOENT));
    assert_eq!(dir::listdir(b"/dev/null"), Err(Errno(libc::ENOTDIR)));
}

#[test]
fn attributes_and_locks() {
    let t = Temporary::new("attr");
    let a = t.file("a", b"x");
    match xattr::set(xattr::Target::Path(&a), b"user.test", b"value", 0) {
        Ok(()) => {
            assert_eq!(xattr::get(xattr::Target::Path(&a), b"user.test").unwrap(), b"value");
            assert_eq!(xattr::list(xattr::Target::Path(&a)).unwrap(), [b"user.test"]);
            xattr::remove(xattr::Target::Path(&a), b"user.test").unwrap();
            assert_eq!(xattr::get(xattr::Target::Path(&a), b"user.test"), Err(Errno(libc::ENODATA)));
        }
        Err(error) => assert_eq!(error, Errno(libc::EOPNOTSUPP)),
    }
    let one = fs::open(CWD, &a, libc::O_RDWR | libc::O_CLOEXEC, 0).unwrap();
    let two = fs::open(CWD, &a, libc::O_RDWR | libc::O_CLOEXEC, 0).unwrap();
    fcntl::flock(one, libc::LOCK_EX).unwrap();
    assert_eq!(fcntl::flock(two, libc::LOCK_EX | libc::LOCK_NB), Err(Errno::EAGAIN));
    fcntl::flock(one, libc::LOCK_UN).unwrap();
    fcntl::lockf(one, libc::LOCK_EX | libc::LOCK_NB, 0, 0, 0).unwrap();
    assert_eq!(fcntl::lockf(one, 0, 0, 0, 0), Err(Errno::EINVAL));
    let lock = fcntl::RecordLock { kind: 1, whence: 0, start: 3, length: 4, pid: 5 };
    assert_eq!(fcntl::RecordLock::from_bytes(&lock.to_bytes()), Some(lock));
    assert_eq!(fcntl::fcntl(one, libc::F_GETFD, 0).unwrap(), libc::FD_CLOEXEC);
    assert_eq!(fcntl::fcntl(one, 99999, 0), Err(Errno::EINVAL));
    fd::close(one).unwrap();
    fd::close(two).unwrap();
}

#[test]
fn copying_in_the_kernel() {
    let t = Temporary::new("copy");
    let a = t.file("a", b"0123456789");
    let input = fs::open(CWD, &a, libc::O_RDONLY | libc::O_CLOEXEC, 0).unwrap();
    let output = fs::open(CWD, &t.join("b"), libc::O_RDWR | libc::O_CREAT | libc::O_CLOEXEC, 0o600).unwrap();
    assert_eq!(fd::sendfile(output, input, Some(2), 3).unwrap(), 3);
    assert_eq!(fd::copy_file_range(input, Some(7), output, None, 10).unwrap(), 3);
    assert_eq!(fs::read_file(&t.join("b")).unwrap(), b"234789");
    fd::close(input).unwrap();
    fd::close(output).unwrap();
}

#[test]
fn pseudo_terminal() {
    use taipan_host::terminal;
    let (master, slave) = fs::openpty().unwrap();
    assert!(terminal::isatty(slave) && !fd::get_inheritable(slave).unwrap());
    assert!(terminal::ttyname(slave).unwrap().starts_with(b"/dev/pts/"));
    terminal::set_size(slave, 100, 40).unwrap();
    assert_eq!(terminal::size(master).unwrap(), (100, 40));
    let mut buffer = [0; 8];
    fcntl::ioctl_buffer(slave, libc::TIOCGWINSZ, &mut buffer).unwrap();
    assert_eq!(buffer[..4], [40, 0, 100, 0]);
    let mut attributes = terminal::get_attributes(slave).unwrap();
    assert_ne!(attributes.local & libc::ECHO, 0);
    attributes.local &= !(libc::ECHO | libc::ICANON);
    attributes.special[libc::VMIN] = 3;
    attributes.output_speed = libc::B9600;
    terminal::set_attributes(slave, libc::TCSANOW, &attributes).unwrap();
    let now = terminal::get_attributes(slave).unwrap();
    assert_eq!((now.local & libc::ECHO, now.special[libc::VMIN], now.output_speed), (0, 3, libc::B9600));
    assert_eq!(terminal::get_attributes(fs::open(CWD, b"/dev/null", libc::O_CLOEXEC, 0).unwrap()), Err(Errno::ENOTTY));
    fd::close(slave).unwrap();
    fd::close(master).unwrap();
}
