//! `_stat`: what the bits of a file's mode mean.

use crate::constants;
use taipan_macros::module;
use taipan_object::IntRef;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_stat`.
pub struct StatModule;

fn mode_of(vm: &mut Vm, v: &Value) -> Result<u32> {
    let n = vm.index(v)?;
    match n.as_int() {
        Some(IntRef::Small(n)) if n < 0 => Err(vm.raise_overflow_error("can't convert negative value to unsigned int")),
        Some(IntRef::Small(n)) => match u32::try_from(n) {
            Ok(mode) => Ok(mode),
            Err(_) => Err(vm.raise_overflow_error("mode out of range")),
        },
        Some(IntRef::Big { negative: true, .. }) => {
            Err(vm.raise_overflow_error("can't convert negative value to unsigned int"))
        }
        _ => Err(vm.raise_overflow_error("Python int too large to convert to C unsigned long")),
    }
}

fn is_kind(vm: &mut Vm, v: &Value, kind: u32) -> Result<bool> {
    Ok(mode_of(vm, v)? & libc::S_IFMT == kind)
}

/// Ten characters as `ls -l` shows them.
fn filemode(mode: u32) -> String {
    let kind = match mode & libc::S_IFMT {
        libc::S_IFREG => '-',
        libc::S_IFDIR => 'd',
        libc::S_IFLNK => 'l',
        libc::S_IFBLK => 'b',
        libc::S_IFCHR => 'c',
        libc::S_IFIFO => 'p',
        libc::S_IFSOCK => 's',
        _ => '?',
    };
    let mut text = String::with_capacity(10);
    text.push(kind);
    for (shift, special, letter) in [(6, libc::S_ISUID, 's'), (3, libc::S_ISGID, 's'), (0, libc::S_ISVTX, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (mode & special != 0, bits & 1 != 0) {
            (true, true) => letter,
            (true, false) => letter.to_ascii_uppercase(),
            (false, true) => 'x',
            (false, false) => '-',
        });
    }
    text
}

#[module(name = "_stat")]
impl StatModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        constants::set_all(vm, module, constants::stat::ALL)
    }

    /// The bits of permissions.
    #[function("($self, object, /)")]
    fn S_IMODE(vm: &mut Vm, object: &Value) -> Result<u32> {
        Ok(mode_of(vm, object)? & 0o7777)
    }

    /// The bits of the file type.
    #[function("($self, object, /)")]
    fn S_IFMT(vm: &mut Vm, object: &Value) -> Result<u32> {
        Ok(mode_of(vm, object)? & libc::S_IFMT)
    }

    /// Whether it is a directory.
    #[function("($self, object, /)")]
    fn S_ISDIR(vm: &mut Vm, object: &Value) -> Result<bool> {
        is_kind(vm, object, libc::S_IFDIR)
    }

    /// Whether it is a character device.
    #[function("($self, object, /)")]
    fn S_ISCHR(vm: &mut Vm, object: &Value) -> Result<bool> {
        is_kind(vm, object, libc::S_IFCHR)
    }

    /// Whether it is a block device.
    #[function("($self, object, /)")]
    fn S_ISBLK(vm: &mut Vm, object: &Value) -> Result<bool> {
        is_kind(vm, object, libc::S_IFBLK)
    }

    /// Whether it is a regular file.
    #[function("($self, object, /)")]
    fn S_ISREG(vm: &mut Vm, object: &Value) -> Result<bool> {
        is_kind(vm, object, libc::S_IFREG)
    }

    /// Whether it is a fifo.
    #[function("($self, object, /)")]
    fn S_ISFIFO(vm: &mut Vm, object: &Value) -> Result<bool> {
        is_kind(vm, object, libc::S_IFIFO)
    }

    /// Whether it is a symbolic link.
    #[function("($self, object, /)")]
    fn S_ISLNK(vm: &mut Vm, object: &Value) -> Result<bool> {
        is_kind(vm, object, libc::S_IFLNK)
    }

    /// Whether it is a socket.
    #[function("($self, object, /)")]
    fn S_ISSOCK(vm: &mut Vm, object: &Value) -> Result<bool> {
        is_kind(vm, object, libc::S_IFSOCK)
    }

    /// Whether it is a door; this system has none.
    #[function("($self, object, /)")]
    fn S_ISDOOR(vm: &mut Vm, object: &Value) -> Result<bool> {
        mode_of(vm, object).map(|_| false)
    }

    /// Whether it is an event port; this system has none.
    #[function("($self, object, /)")]
    fn S_ISPORT(vm: &mut Vm, object: &Value) -> Result<bool> {
        mode_of(vm, object).map(|_| false)
    }

    /// Whether it is a whiteout; this system has none.
    #[function("($self, object, /)")]
    fn S_ISWHT(vm: &mut Vm, object: &Value) -> Result<bool> {
        mode_of(vm, object).map(|_| false)
    }

    /// A mode as ls -l shows it.
    #[function("($self, object, /)")]
    fn filemode(vm: &mut Vm, object: &Value) -> Result<String> {
        Ok(filemode(mode_of(vm, object)?))
    }
}
