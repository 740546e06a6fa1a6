//! `os.scandir` and its entries.

use super::path::{PathOrFdOrNone, Target};
use super::results;
use taipan_host::dir::Scan;
use taipan_host::fs::CWD;
use taipan_host::stat::{self, Stat};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Tuple, Value, Vm};

/// `posix.ScandirIterator`.
pub static SCANDIR_ITERATOR: TypeCell<ScandirIterator> = TypeCell::new("posix.ScandirIterator");
/// `posix.DirEntry`.
pub static DIR_ENTRY: TypeCell<DirEntry> = TypeCell::new("posix.DirEntry");

/// An open directory that is being listed.
#[derive(Trace, Payload)]
#[payload(class = SCANDIR_ITERATOR)]
#[repr(C)]
pub struct ScandirIterator {
    /// `None` once it is closed or exhausted.
    scan: Opaque<Option<Scan>>,
    path: Value,
    /// What precedes names in `DirEntry.path`.
    prefix: Opaque<Vec<u8>>,
    is_bytes: bool,
    /// The descriptor that was listed, or -1.
    fd: i32,
}

/// An entry of a directory.
#[derive(Trace, Payload)]
#[payload(class = DIR_ENTRY)]
#[repr(C)]
pub struct DirEntry {
    name: Value,
    path: Value,
    /// Path as bytes to look at the file by.
    location: Opaque<Vec<u8>>,
    /// The directory to start from, or `CWD`.
    dir: i32,
    kind: u8,
    inode: u64,
    stat: Option<Value>,
    lstat: Option<Value>,
}

/// Methods of `ScandirIterator`.
pub struct ScandirIteratorClass;
/// Methods of `DirEntry`.
pub struct DirEntryClass;

fn close(vm: &mut Vm, this: &Ref<ScandirIterator>) {
    if let Some(mut scan) = this.get_mut(vm).scan.0.take() {
        vm.detach(move || scan.close());
    }
}

#[class(cell = SCANDIR_ITERATOR, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl ScandirIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<ScandirIterator>) -> Result<Option<Value>> {
        let Some(mut scan) = this.get_mut(vm).scan.0.take() else { return Ok(None) };
        let (scan, found) = if scan.has_ready() {
            let found = scan.next();
            (scan, found)
        } else {
            vm.detach(move || {
                let found = scan.next();
                (scan, found)
            })
        };
        let entry = match found {
            None => return Ok(None),
            Some(Err(e)) => {
                let path = this.get(vm).path.clone();
                return Err(vm.raise_os_error(e.0, (!path.is_none()).then_some(path)));
            }
            Some(Ok(entry)) => entry,
        };
        this.get_mut(vm).scan.0 = Some(scan);
        let it = this.get(vm);
        let (fd, is_bytes) = (it.fd, it.is_bytes);
        let mut location = it.prefix.0.clone();
        location.extend_from_slice(&entry.name);
        let text = |vm: &mut Vm, bytes: &[u8]| {
            if is_bytes { vm.new_bytes(bytes).map(Ref::into_value) } else { vm.new_fs_str(bytes) }
        };
        let name = text(vm, &entry.name)?;
        let path = text(vm, &location)?;
        let entry = DirEntry {
            name,
            path,
            location: Opaque(location),
            dir: if fd >= 0 { fd } else { CWD },
            kind: entry.kind,
            inode: entry.ino,
            stat: None,
            lstat: None,
        };
        Ref::new(vm, entry).map(|e| Some(e.into_value()))
    }

    /// Close the directory.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<ScandirIterator>) -> Result<()> {
        close(vm, this);
        Ok(())
    }

    #[method("($self, /)")]
    fn __enter__(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[method("($self, *args)")]
    fn __exit__(vm: &mut Vm, this: &Ref<ScandirIterator>, _args: Args<'_>) -> Result<()> {
        close(vm, this);
        Ok(())
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        let Some(it) = this.downcast::<ScandirIterator>() else { return };
        if it.get(vm).scan.0.is_none() {
            return;
        }
        close(vm, it);
        let shown = vm.repr(this).map_or_else(|_| String::new(), |s| s.to_string_lossy());
        let class = taipan_vm::errors::RESOURCE_WARNING.as_type();
        if let Err(raised) = vm.warn_about(class, &format!("unclosed scandir iterator {shown}"), 1, this) {
            // A warning made an error cannot leave a finaliser.
            if vm.raised_is(taipan_vm::errors::WARNING.as_type()) {
                vm.report_unraisable(raised, this);
            } else {
                drop(vm.take_raised(raised));
            }
        }
    }
}

fn look(vm: &mut Vm, this: &Ref<DirEntry>, follow: bool) -> Result<taipan_host::Result<Stat>> {
    let entry = this.get(vm);
    let (dir, location) = (entry.dir, entry.location.0.clone());
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    Ok(vm.detach(|| stat::fstatat(dir, &location, flags)))
}

fn is_symlink(vm: &mut Vm, this: &Ref<DirEntry>) -> Result<bool> {
    match this.get(vm).kind {
        libc::DT_UNKNOWN => is_kind(vm, this, false, libc::S_IFLNK, libc::DT_LNK),
        kind => Ok(kind == libc::DT_LNK),
    }
}

fn entry_stat(vm: &mut Vm, this: &Ref<DirEntry>, follow: bool) -> Result<taipan_host::Result<Value>> {
    let follow = follow && is_symlink(vm, this)?;
    let kept = if follow { &this.get(vm).stat } else { &this.get(vm).lstat };
    if let Some(found) = kept {
        return Ok(Ok(found.clone()));
    }
    let found = match look(vm, this, follow)? {
        Ok(found) => results::stat_result(vm, &found)?,
        Err(e) => return Ok(Err(e)),
    };
    let entry = this.get_mut(vm);
    *(if follow { &mut entry.stat } else { &mut entry.lstat }) = Some(found.clone());
    Ok(Ok(found))
}

fn is_kind(vm: &mut Vm, this: &Ref<DirEntry>, follow: bool, mode: u32, kind: u8) -> Result<bool> {
    let known = this.get(vm).kind;
    let through = known == libc::DT_UNKNOWN || (follow && known == libc::DT_LNK);
    if !through {
        return Ok(known == kind);
    }
    let found = if known == libc::DT_UNKNOWN && !follow {
        match look(vm, this, false)? {
            Ok(found) => Ok(i64::from(found.mode)),
            Err(e) => Err(e),
        }
    } else {
        match entry_stat(vm, this, follow)? {
            Ok(found) => Ok(found.downcast::<Tuple>().and_then(|t| t.items().first()?.small_int()).unwrap_or(0)),
            Err(e) => Err(e),
        }
    };
    match found {
        Ok(found) => Ok(found as u32 & libc::S_IFMT == mode),
        Err(taipan_host::Errno::ENOENT) => Ok(false),
        Err(e) => Err(raise_about(vm, this, e)),
    }
}

fn raise_about(vm: &mut Vm, this: &Ref<DirEntry>, e: taipan_host::Errno) -> taipan_object::Raised {
    let path = this.get(vm).path.clone();
    vm.raise_os_error(e.0, Some(path))
}

#[class(cell = DIR_ENTRY, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl DirEntryClass {
    /// the entry's base filename, relative to scandir() "path" argument
    #[getter]
    fn name(vm: &mut Vm, this: &Ref<DirEntry>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    /// the entry's full path name; equivalent to os.path.join(scandir_path, entry.name)
    #[getter]
    fn path(vm: &mut Vm, this: &Ref<DirEntry>) -> Result {
        Ok(this.get(vm).path.clone())
    }

    /// Whether it is a directory.
    #[method("($self, /, *, follow_symlinks=True)")]
    fn is_dir(vm: &mut Vm, this: &Ref<DirEntry>, follow_symlinks: Option<bool>) -> Result<bool> {
        is_kind(vm, this, follow_symlinks.unwrap_or(true), libc::S_IFDIR, libc::DT_DIR)
    }

    /// Whether it is a file.
    #[method("($self, /, *, follow_symlinks=True)")]
    fn is_file(vm: &mut Vm, this: &Ref<DirEntry>, follow_symlinks: Option<bool>) -> Result<bool> {
        is_kind(vm, this, follow_symlinks.unwrap_or(true), libc::S_IFREG, libc::DT_REG)
    }

    /// Whether it is a symbolic link.
    #[method("($self, /)")]
    fn is_symlink(vm: &mut Vm, this: &Ref<DirEntry>) -> Result<bool> {
        is_symlink(vm, this)
    }

    /// Whether it is a junction, which this system does not have.
    #[method("($self, /)")]
    fn is_junction(_vm: &mut Vm, _this: &Ref<DirEntry>) -> Result<bool> {
        Ok(false)
    }

    /// What the system knows of it; remembered.
    #[method("($self, /, *, follow_symlinks=True)")]
    fn stat(vm: &mut Vm, this: &Ref<DirEntry>, follow_symlinks: Option<bool>) -> Result {
        match entry_stat(vm, this, follow_symlinks.unwrap_or(true))? {
            Ok(found) => Ok(found),
            Err(e) => Err(raise_about(vm, this, e)),
        }
    }

    /// Its inode.
    #[method("($self, /)")]
    fn inode(vm: &mut Vm, this: &Ref<DirEntry>) -> Result<u64> {
        Ok(this.get(vm).inode)
    }

    /// Its path.
    #[method("($self, /)")]
    fn __fspath__(vm: &mut Vm, this: &Ref<DirEntry>) -> Result {
        Ok(this.get(vm).path.clone())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<DirEntry>) -> Result {
        let name = this.get(vm).name.clone();
        let name = vm.repr(&name)?;
        let (head, tail) = (vm.new_str("<DirEntry ")?, vm.new_str(">")?);
        let text = vm.concat_str(&head, &name)?;
        vm.concat_str(&text, &tail).map(Ref::into_value)
    }

    /// Entries are generic over the type of their paths.
    #[classmethod("($type, object, /)")]
    fn __class_getitem__(vm: &mut Vm, class: &Value, object: &Value) -> Result {
        taipan_vm::types::generic_alias::new_alias(vm, class.clone(), object.clone())
    }
}

/// Listing of directories.
pub struct Scanning;

#[module(name = "posix")]
impl Scanning {
    /// The entries of a directory, one at a time.
    #[function("($module, /, path=None)")]
    fn scandir(vm: &mut Vm, path: PathOrFdOrNone) -> Result {
        vm.audit("os.scandir", std::slice::from_ref(&path.object))?;
        let target = &path.target;
        let scan = vm.detach(|| match target {
            Target::Fd(fd) => Scan::from_fd(*fd),
            Target::Path(path) => Scan::open(path),
            Target::Absent => Scan::open(b"."),
        });
        let scan = path.check(vm, scan)?;
        let mut prefix = match &path.target {
            Target::Path(path) => path.clone(),
            Target::Absent => b".".to_vec(),
            Target::Fd(_) => Vec::new(),
        };
        if !prefix.is_empty() && !prefix.ends_with(b"/") {
            prefix.push(b'/');
        }
        let it = ScandirIterator {
            scan: Opaque(Some(scan)),
            path: path.object.clone(),
            prefix: Opaque(prefix),
            is_bytes: path.is_bytes,
            fd: path.fd().unwrap_or(-1),
        };
        Ref::new(vm, it).map(Ref::into_value)
    }
}
