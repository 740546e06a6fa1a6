//! Arguments of `posix` functions: paths that may also be descriptors, directory descriptors, users and groups.

use taipan_host::fs::CWD;
use taipan_object::{Bytes, IntRef, Raised};
use taipan_vm::native::{FromArg, Place};
use taipan_vm::{Result, Str, Value, Vm};

/// Where a path leads.
#[derive(Debug)]
pub enum Target {
    /// Text for the system, without zero bytes.
    Path(Vec<u8>),
    /// An open file.
    Fd(i32),
    /// The argument was `None` or left out.
    Absent,
}

/// A path argument; `NULLABLE` ones may be `None`, `FD` ones an open file.
pub struct PathArg<const NULLABLE: bool, const FD: bool> {
    /// The argument as it was given, for error messages.
    pub object: Value,
    /// What it stands for.
    pub target: Target,
    /// Whether results are `bytes`.
    pub is_bytes: bool,
    function: &'static str,
}

/// A path and nothing else.
pub type Path = PathArg<false, false>;
/// A path or an open file.
pub type PathOrFd = PathArg<false, true>;
/// A path, an open file or `None`.
pub type PathOrFdOrNone = PathArg<true, true>;

impl<const NULLABLE: bool, const FD: bool> PathArg<NULLABLE, FD> {
    /// The path; the working directory where there is none.
    pub fn bytes(&self) -> &[u8] {
        match &self.target {
            Target::Path(path) => path,
            _ => b".",
        }
    }

    /// The descriptor, if it is one.
    pub fn fd(&self) -> Option<i32> {
        match self.target {
            Target::Fd(fd) => Some(fd),
            _ => None,
        }
    }

    /// The `OSError` of a call about this path.
    #[cold]
    pub fn fail(&self, vm: &mut Vm, e: taipan_host::Errno) -> Raised {
        let name = (!matches!(self.target, Target::Absent)).then(|| self.object.clone());
        vm.raise_os_error(e.0, name)
    }

    /// The result of a call about this path.
    pub fn check<T>(&self, vm: &mut Vm, result: taipan_host::Result<T>) -> Result<T> {
        match result {
            Ok(done) => Ok(done),
            Err(e) => Err(self.fail(vm, e)),
        }
    }

    /// Makes a call about this path that may block.
    pub fn call<T: Send>(&self, vm: &mut Vm, mut f: impl FnMut(&Target) -> taipan_host::Result<T> + Send) -> Result<T> {
        let target = &self.target;
        let result = vm.blocking(|| f(target))?;
        self.check(vm, result)
    }

    /// Text about this path in the type it was given in.
    pub fn like(&self, vm: &mut Vm, text: &[u8]) -> Result {
        if self.is_bytes { vm.new_bytes(text).map(|b| b.into_value()) } else { vm.new_fs_str(text) }
    }

    /// A descriptor goes with no directory to start from.
    pub fn without_dir_fd(&self, vm: &mut Vm, dir: i32) -> Result<()> {
        if dir != CWD && !matches!(self.target, Target::Path(_)) {
            let text = format!("{}: can't specify dir_fd without matching path", self.function);
            return Err(vm.raise_value_error(&text));
        }
        if dir != CWD && self.fd().is_some() {
            return Err(vm.raise_value_error(&format!("{}: can't specify both dir_fd and fd", self.function)));
        }
        Ok(())
    }

    /// A descriptor is no link that could be left unfollowed.
    pub fn without_nofollow(&self, vm: &mut Vm, follow: bool) -> Result<()> {
        if !follow && self.fd().is_some() {
            let text = format!("{}: cannot use fd and follow_symlinks together", self.function);
            return Err(vm.raise_value_error(&text));
        }
        Ok(())
    }
}

/// A descriptor as a C int.
fn descriptor(vm: &mut Vm, v: &Value) -> Result<i32> {
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(n)) if i32::try_from(n).is_ok() => Ok(n as i32),
        Some(IntRef::Small(n)) if n < 0 => Err(vm.raise_overflow_error("fd is less than minimum")),
        Some(IntRef::Big { negative: true, .. }) => Err(vm.raise_overflow_error("fd is less than minimum")),
        _ => Err(vm.raise_overflow_error("fd is greater than maximum")),
    }
}

fn has_index(v: &Value) -> bool {
    v.as_int().is_some() || taipan_vm::slots::of(v.ty()).index.is_some()
}

/// Truth values are no descriptors, though they are ints.
fn warn_about_bool(vm: &mut Vm, v: &Value) -> Result<()> {
    if v.is_true() || v.is_false() {
        let class = taipan_vm::errors::RUNTIME_WARNING.as_type();
        vm.warn(class, "bool is used as a file descriptor", 1)?;
    }
    Ok(())
}

/// Converts a path argument of `function`.
pub fn convert<const NULLABLE: bool, const FD: bool>(
    vm: &mut Vm,
    v: &Value,
    function: &'static str,
    name: &'static str,
) -> Result<PathArg<NULLABLE, FD>> {
    let made = |object: Value, target, is_bytes| PathArg { object, target, is_bytes, function };
    if NULLABLE && v.is_none() {
        return Ok(made(v.clone(), Target::Absent, false));
    }
    let mut path = v.clone();
    if v.downcast::<Str>().is_none() && v.downcast::<Bytes>().is_none() {
        if FD && has_index(v) {
            warn_about_bool(vm, v)?;
            let fd = descriptor(vm, v)?;
            return Ok(made(v.clone(), Target::Fd(fd), false));
        }
        path = match vm.fs_path_of_object(v)? {
            Some(path) => path,
            None => {
                let wanted = match (FD, NULLABLE) {
                    (true, true) => "string, bytes, os.PathLike, integer or None",
                    (true, false) => "string, bytes, os.PathLike or integer",
                    (false, true) => "string, bytes, os.PathLike or None",
                    (false, false) => "string, bytes or os.PathLike",
                };
                let given = v.ty().name();
                return Err(vm.raise_type_error(&format!("{function}: {name} should be {wanted}, not {given}")));
            }
        };
    }
    let (bytes, is_bytes) = match path.downcast::<Str>() {
        Some(text) => (vm.fs_encode(text)?, false),
        None => (vm.bytes_of(&path)?, true),
    };
    if bytes.contains(&0) {
        return Err(vm.raise_value_error(&format!("{function}: embedded null character in {name}")));
    }
    // Errors show the text that the path stands for.
    Ok(made(path, Target::Path(bytes), is_bytes))
}

impl<'a, const NULLABLE: bool, const FD: bool> FromArg<'a> for PathArg<NULLABLE, FD> {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, place: Place) -> Result<Self> {
        match arg {
            Some(v) => convert(vm, v, place.function, place.name),
            None => {
                Ok(PathArg { object: Value::none(), target: Target::Absent, is_bytes: false, function: place.function })
            }
        }
    }
}

/// The directory that a relative path starts from.
#[derive(Clone, Copy)]
pub struct DirFd(pub i32);

impl<'a> FromArg<'a> for DirFd {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, _place: Place) -> Result<Self> {
        match arg {
            None => Ok(DirFd(CWD)),
            Some(v) if v.is_none() => Ok(DirFd(CWD)),
            Some(v) if has_index(v) => {
                warn_about_bool(vm, v)?;
                descriptor(vm, v).map(DirFd)
            }
            Some(v) => {
                let given = v.ty().name();
                Err(vm.raise_type_error(&format!("argument should be integer or None, not {given}")))
            }
        }
    }
}

/// An open file: an int or an object with `fileno()`.
#[derive(Clone, Copy)]
pub struct File(pub i32);

impl<'a> FromArg<'a> for File {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, _place: Place) -> Result<Self> {
        match arg {
            Some(v) => vm.file_descriptor(v).map(File),
            None => Err(vm.raise_type_error("argument must be an int, or have a fileno() method.")),
        }
    }
}

/// A user's or group's number; -1 is the largest, which leaves things as they are.
fn identity(vm: &mut Vm, v: &Value, what: &str) -> Result<u32> {
    if !has_index(v) {
        let given = v.ty().name();
        return Err(vm.raise_type_error(&format!("{what} should be integer, not {given}")));
    }
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(-1)) => Ok(u32::MAX),
        Some(IntRef::Small(n)) if n >= 0 && n < i64::from(u32::MAX) => Ok(n as u32),
        Some(IntRef::Small(n)) if n > i64::from(u32::MAX) + 1 => {
            Err(vm.raise_overflow_error(&format!("{what} is greater than maximum")))
        }
        Some(IntRef::Small(_)) | Some(IntRef::Big { negative: true, .. }) => {
            Err(vm.raise_overflow_error(&format!("{what} is less than minimum")))
        }
        _ => Err(vm.raise_overflow_error(&format!("{what} is greater than maximum"))),
    }
}

/// A user's number.
#[derive(Clone, Copy)]
pub struct Uid(pub u32);
/// A group's number.
#[derive(Clone, Copy)]
pub struct Gid(pub u32);

impl Uid {
    /// From any value.
    pub fn from_value(vm: &mut Vm, v: &Value) -> Result<Uid> {
        identity(vm, v, "uid").map(Uid)
    }
}

impl Gid {
    /// From any value.
    pub fn from_value(vm: &mut Vm, v: &Value) -> Result<Gid> {
        identity(vm, v, "gid").map(Gid)
    }
}

impl<'a> FromArg<'a> for Uid {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, _place: Place) -> Result<Self> {
        Uid::from_value(vm, arg.unwrap_or(&Value::none()))
    }
}

impl<'a> FromArg<'a> for Gid {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, _place: Place) -> Result<Self> {
        Gid::from_value(vm, arg.unwrap_or(&Value::none()))
    }
}

/// A user's or group's number as Python shows it: -1 for the largest.
pub fn id_value(vm: &mut Vm, id: u32) -> Result {
    vm.new_int(if id == u32::MAX { -1 } else { i64::from(id) })
}

/// Text for the system, or `None` (`os.fsencode` of an argument).
pub struct FsText(pub Vec<u8>);

impl<'a> FromArg<'a> for FsText {
    fn from_arg(vm: &mut Vm, arg: Option<&'a Value>, _place: Place) -> Result<Self> {
        vm.fs_bytes(arg.unwrap_or(&Value::none())).map(FsText)
    }
}
