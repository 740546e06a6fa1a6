//! `_ssl.MemoryBIO`: bytes on their way to or from a connection that has no socket.

use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Bytes, TypeCell};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// `_ssl.MemoryBIO`.
pub static MEMORY_BIO: TypeCell<MemoryBio> = TypeCell::new("_ssl.MemoryBIO");

/// Bytes that have been written and not read.
#[derive(Trace, Payload)]
#[payload(class = MEMORY_BIO)]
#[repr(C)]
pub struct MemoryBio {
    pub bytes: Vec<u8>,
    /// How many of them have been read.
    pub at: usize,
    pub ended: bool,
}

impl MemoryBio {
    /// What has not been read.
    pub fn left(&self) -> &[u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Takes away what has been read now.
    pub fn advance(&mut self, n: usize) {
        self.at += n;
        if self.at >= self.bytes.len() {
            self.bytes.clear();
            self.at = 0;
        }
    }
}

/// Methods of `MemoryBIO`.
pub struct MemoryBioClass;

#[class(cell = MEMORY_BIO, base = OBJECT)]
impl MemoryBioClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        args.expect(vm, "MemoryBIO", 0, 0)?;
        Ref::new_in(vm, class, MemoryBio { bytes: Vec::new(), at: 0, ended: false }).map(Ref::into_value)
    }

    /// Read up to size bytes from the memory BIO.
    ///
    /// If size is not specified, read the entire buffer.
    /// If the return value is an empty bytes instance, this means either
    /// EOF or that no data is available. Use the "eof" property to
    /// distinguish between the two.
    #[method("($self, size=-1, /)")]
    fn read(vm: &mut Vm, this: &Ref<MemoryBio>, size: Option<i32>) -> Result<Ref<Bytes>> {
        let left = this.get(vm).left();
        let n = size.and_then(|n| usize::try_from(n).ok()).map_or(left.len(), |n| n.min(left.len()));
        let bytes = vm.new_bytes(&left[..n])?;
        this.get_mut(vm).advance(n);
        Ok(bytes)
    }

    /// Writes the bytes b into the memory BIO.
    ///
    /// Returns the number of bytes written.
    #[method("($self, b, /)")]
    fn write(vm: &mut Vm, this: &Ref<MemoryBio>, b: &Value) -> Result<usize> {
        vm.check_in_one_piece(b)?;
        let bytes = vm.bytes_of(b)?;
        if this.get(vm).ended {
            return Err(crate::errors::raise_plain(vm, "cannot write() after write_eof()"));
        }
        let me = this.get_mut(vm);
        if me.bytes.try_reserve(bytes.len()).is_err() {
            return Err(vm.raise_memory_error());
        }
        me.bytes.extend_from_slice(&bytes);
        Ok(bytes.len())
    }

    /// Write an EOF marker to the memory BIO.
    ///
    /// When all data has been read, the "eof" property will be True.
    #[method("($self, /)")]
    fn write_eof(vm: &mut Vm, this: &Ref<MemoryBio>) -> Result<()> {
        this.get_mut(vm).ended = true;
        Ok(())
    }

    /// The number of bytes pending in the memory BIO.
    #[getter]
    fn pending(vm: &mut Vm, this: &Ref<MemoryBio>) -> Result<usize> {
        Ok(this.get(vm).left().len())
    }

    /// Whether the memory BIO is at EOF.
    #[getter]
    fn eof(vm: &mut Vm, this: &Ref<MemoryBio>) -> Result<bool> {
        let me = this.get(vm);
        Ok(me.ended && me.left().is_empty())
    }
}
