//! `_bz2`.

use crate::common::{Codec, Fail, Puller, Step, check_bytes, drain, length_limit, raise_in_use};
use bzip2::{Action, Compress, Compression, Decompress, Status};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Raised, TypeCell, room};
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Type, Value, Vm};

/// `_bz2.BZ2Compressor`.
pub static COMPRESSOR: TypeCell<Compressor> = TypeCell::new("_bz2.BZ2Compressor");
/// `_bz2.BZ2Decompressor`.
pub static DECOMPRESSOR: TypeCell<Decompressor> = TypeCell::new("_bz2.BZ2Decompressor");

/// A compressor.
#[derive(Trace, Payload)]
#[payload(class = COMPRESSOR)]
#[repr(C)]
pub struct Compressor {
    encoder: Opaque<Option<Box<Encoder>>>,
    flushed: bool,
}

/// A decompressor.
#[derive(Trace, Payload)]
#[payload(class = DECOMPRESSOR)]
#[repr(C)]
pub struct Decompressor {
    puller: Opaque<Option<Box<Puller<Decoder>>>>,
    failed: bool,
}

struct Encoder {
    stream: Compress,
    action: Action,
}

impl Codec for Encoder {
    type Error = bzip2::Error;
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> std::result::Result<Step, bzip2::Error> {
        let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
        if input.is_empty() && self.action == Action::Run {
            return Ok(Step { taken: 0, written: 0, end: false });
        }
        let status = self.stream.compress(input, out, self.action)?;
        Ok(Step {
            taken: (self.stream.total_in() - before_in) as usize,
            written: (self.stream.total_out() - before_out) as usize,
            end: status == Status::StreamEnd,
        })
    }
}

struct Decoder {
    stream: Decompress,
}

impl Codec for Decoder {
    type Error = bzip2::Error;
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> std::result::Result<Step, bzip2::Error> {
        let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
        let status = self.stream.decompress(input, out)?;
        Ok(Step {
            taken: (self.stream.total_in() - before_in) as usize,
            written: (self.stream.total_out() - before_out) as usize,
            end: status == Status::StreamEnd,
        })
    }
}

fn fail(vm: &mut Vm, fail: Fail<bzip2::Error>) -> Raised {
    match fail {
        Fail::Memory => vm.raise_memory_error(),
        Fail::Codec(bzip2::Error::Data | bzip2::Error::DataMagic) => {
            vm.raise_class(taipan_vm::errors::OS_ERROR.as_type(), "Invalid data stream")
        }
        Fail::Codec(bzip2::Error::Param) => {
            vm.raise_value_error("Internal error - invalid parameters passed to libbzip2")
        }
        Fail::Codec(bzip2::Error::Sequence) => {
            vm.raise_runtime_error("Internal error - Invalid sequence of commands sent to libbzip2")
        }
    }
}

/// `_bz2`.
pub struct Bz2Module;

#[module(name = "_bz2")]
impl Bz2Module {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &CompressorClass::class_def())?;
        vm.add_class(module, &DecompressorClass::class_def())
    }
}

/// Methods of `BZ2Compressor`.
pub struct CompressorClass;

impl CompressorClass {
    fn run(vm: &mut Vm, this: &Ref<Compressor>, data: Option<&Value>) -> Result<Ref<Bytes>> {
        let Some(mut encoder) = this.get_mut(vm).encoder.take() else { return Err(raise_in_use(vm)) };
        let made = match data {
            Some(data) => vm.with_bytes(data, |data| drain(&mut *encoder, data, 8192, None)),
            None => Ok(drain(&mut *encoder, &[], 8192, None)),
        };
        this.get_mut(vm).encoder = Opaque(Some(encoder));
        match made? {
            Ok(drained) => vm.new_bytes(&drained.out),
            Err(f) => Err(fail(vm, f)),
        }
    }
}

/// Create a compressor object for compressing data incrementally.
///
///   compresslevel
///     Compression level, as a number between 1 and 9.
///
/// For one-shot compression, use the compress() function instead.
#[class(cell = COMPRESSOR, base = OBJECT, signature = "(compresslevel=9, /)")]
impl CompressorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let level = match args.expect(vm, "BZ2Compressor", 0, 1)? {
            [] => 9,
            [level, ..] => vm.to_index_i64(level, "int")?,
        };
        if !(1..=9).contains(&level) {
            return Err(vm.raise_value_error("compresslevel must be between 1 and 9"));
        }
        // The library takes no refusal: 400 KB, and 800 for each level.
        room::vec::<u8>((1 + 2 * level as usize) * 400_000).map(drop)?;
        let stream = Compress::new(Compression::new(level as u32), 0);
        let encoder = Opaque(Some(Box::new(Encoder { stream, action: Action::Run })));
        Ref::new_in(vm, class, Compressor { encoder, flushed: false }).map(Ref::into_value)
    }

    /// Provide data to the compressor object.
    ///
    /// Returns a chunk of compressed data if there is one, or b'' otherwise. Call flush() at the end.
    #[method("($self, data, /)")]
    fn compress(vm: &mut Vm, this: &Ref<Compressor>, data: &Value) -> Result<Ref<Bytes>> {
        check_bytes(vm, data)?;
        if this.get(vm).flushed {
            return Err(vm.raise_value_error("Compressor has been flushed"));
        }
        Self::run(vm, this, Some(data))
    }

    /// Finish the compression process.
    ///
    /// Returns what is left. The object cannot be used afterwards.
    #[method("($self, /)")]
    fn flush(vm: &mut Vm, this: &Ref<Compressor>) -> Result<Ref<Bytes>> {
        if this.get(vm).flushed {
            return Err(vm.raise_value_error("Repeated call to flush()"));
        }
        let of = this.get_mut(vm);
        of.flushed = true;
        if let Some(encoder) = of.encoder.as_mut() {
            encoder.action = Action::Finish;
        }
        Self::run(vm, this, None)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, _this: &Ref<Compressor>) -> Result<()> {
        Err(vm.raise_type_error("cannot pickle '_bz2.BZ2Compressor' object"))
    }
}

/// Methods of `BZ2Decompressor`.
pub struct DecompressorClass;

/// Create a decompressor object for decompressing data incrementally.
///
/// For one-shot decompression, use the decompress() function instead.
#[class(cell = DECOMPRESSOR, base = OBJECT, signature = "()")]
impl DecompressorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        args.no_keywords(vm, "BZ2Decompressor")?;
        if !args.positional().is_empty() {
            return Err(vm.raise_type_error("BZ2Decompressor() takes no positional arguments"));
        }
        // As above, for blocks of the highest level.
        room::vec::<u8>(4_000_000).map(drop)?;
        let puller = Puller::new(Decoder { stream: Decompress::new(false) }, false);
        let puller = Opaque(Some(Box::new(puller)));
        Ref::new_in(vm, class, Decompressor { puller, failed: false }).map(Ref::into_value)
    }

    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// At most *max_length* bytes are returned, if that is not negative; what is left of the input is kept for the
    /// next call, and needs_input is false if more output can be had without more input. After the end of the stream,
    /// eof is true and unused_data is what followed it.
    #[method("($self, /, data, max_length=-1)")]
    fn decompress(
        vm: &mut Vm,
        this: &Ref<Decompressor>,
        data: &Value,
        max_length: Option<isize>,
    ) -> Result<Ref<Bytes>> {
        check_bytes(vm, data)?;
        let Some(mut puller) = this.get_mut(vm).puller.take() else { return Err(raise_in_use(vm)) };
        if puller.eof {
            this.get_mut(vm).puller = Opaque(Some(puller));
            return Err(vm.raise_eof_error("End of stream already reached"));
        }
        if this.get(vm).failed {
            this.get_mut(vm).puller = Opaque(Some(puller));
            return Err(vm.raise_value_error("Decompressor is unusable after a previous error"));
        }
        let made = vm.with_bytes(data, |data| puller.pull(data, length_limit(max_length)));
        this.get_mut(vm).puller = Opaque(Some(puller));
        match made? {
            Ok(out) => vm.bytes_from_vec(out),
            Err(f) => {
                this.get_mut(vm).failed = matches!(f, Fail::Codec(_));
                Err(fail(vm, f))
            }
        }
    }

    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(vm: &mut Vm, this: &Ref<Decompressor>) -> Result<bool> {
        Ok(this.get(vm).puller.as_ref().is_some_and(|p| p.eof))
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(vm: &mut Vm, this: &Ref<Decompressor>) -> Result<bool> {
        Ok(this.get(vm).puller.as_ref().is_some_and(|p| p.needs_input))
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(vm: &mut Vm, this: &Ref<Decompressor>) -> Result<Ref<Bytes>> {
        let unused = this.get(vm).puller.as_ref().map_or(&[][..], |p| &p.unused);
        vm.new_bytes(unused)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, _this: &Ref<Decompressor>) -> Result<()> {
        Err(vm.raise_type_error("cannot pickle '_bz2.BZ2Decompressor' object"))
    }
}
