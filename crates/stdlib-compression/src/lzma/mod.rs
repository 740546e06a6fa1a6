//! `_lzma`, over XZ Utils' library.

mod filters;

use crate::common::{Codec, Fail, Puller, Step, check_bytes, drain, length_limit, raise_in_use};
use filters::{Filter, unsigned};
use liblzma::stream::{Action, Check, Error, LzmaOptions, Status, Stream};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Dict, Raised, TypeCell};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Type, Value, Vm};

const ERROR: &str = "_lzma.LZMAError";

const FORMAT_AUTO: i64 = 0;
const FORMAT_XZ: i64 = 1;
const FORMAT_ALONE: i64 = 2;
const FORMAT_RAW: i64 = 3;
/// What `check` is before the header has been read.
const CHECK_UNKNOWN: u8 = 16;

fn raise(vm: &mut Vm, text: &str) -> Raised {
    vm.raise_added(ERROR, text)
}

fn raise_error(vm: &mut Vm, e: Error) -> Raised {
    let text = match e {
        Error::Mem => return vm.raise_memory_error(),
        Error::UnsupportedCheck | Error::NoCheck => "Unsupported integrity check",
        Error::MemLimit => "Memory usage limit exceeded",
        Error::Format => "Input format not supported by decoder",
        Error::Options => "Invalid or unsupported options",
        Error::Data => "Corrupt input data",
        Error::Program => "Internal error",
    };
    raise(vm, text)
}

fn raise_fail(vm: &mut Vm, fail: Fail<Error>) -> Raised {
    match fail {
        Fail::Memory => vm.raise_memory_error(),
        Fail::Codec(e) => raise_error(vm, e),
    }
}

fn opened(vm: &mut Vm, made: std::result::Result<Stream, Error>) -> Result<Stream> {
    match made {
        Ok(stream) => Ok(stream),
        Err(e) => Err(raise_error(vm, e)),
    }
}

struct Encoder {
    stream: Stream,
    action: Action,
}

impl Codec for Encoder {
    type Error = Error;
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> std::result::Result<Step, Error> {
        let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
        let status = self.stream.process(input, out, self.action)?;
        Ok(Step {
            taken: (self.stream.total_in() - before_in) as usize,
            written: (self.stream.total_out() - before_out) as usize,
            end: status == Status::StreamEnd,
        })
    }
}

struct Decoder {
    stream: Stream,
    /// The first bytes, until they tell the check.
    head: Vec<u8>,
    check: u8,
}

impl Codec for Decoder {
    type Error = Error;
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> std::result::Result<Step, Error> {
        let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
        let status = self.stream.process(input, out, Action::Run)?;
        let taken = (self.stream.total_in() - before_in) as usize;
        if self.check == CHECK_UNKNOWN {
            self.head.extend_from_slice(&input[..taken.min(8)]);
            match self.head[..] {
                [0xfd, _, _, _, _, _, _, flags, ..] => self.check = flags & 15,
                [0xfd, ..] | [] => {}
                // The older container has none.
                _ => self.check = 0,
            }
        }
        let written = (self.stream.total_out() - before_out) as usize;
        Ok(Step { taken, written, end: status == Status::StreamEnd })
    }
}

/// `_lzma.LZMACompressor`.
pub static COMPRESSOR: TypeCell<Compressor> = TypeCell::new("_lzma.LZMACompressor");
/// `_lzma.LZMADecompressor`.
pub static DECOMPRESSOR: TypeCell<Decompressor> = TypeCell::new("_lzma.LZMADecompressor");

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
}

fn integer(vm: &mut Vm, v: Option<&Value>, default: i64) -> Result<i64> {
    match v {
        Some(v) => vm.to_index_i64(v, "int"),
        None => Ok(default),
    }
}

fn xz_check(vm: &mut Vm, check: i64) -> Result<Check> {
    Ok(match check {
        0 => Check::None,
        1 => Check::Crc32,
        -1 | 4 => Check::Crc64,
        10 => Check::Sha256,
        2 | 3 | 5..=9 | 11..=15 => return Err(raise_error(vm, Error::UnsupportedCheck)),
        _ => return Err(raise_error(vm, Error::Program)),
    })
}

/// Methods of `LZMACompressor`.
pub struct CompressorClass;

impl CompressorClass {
    fn open(vm: &mut Vm, args: Args<'_>) -> Result<Stream> {
        static S: Signature = Signature {
            name: "LZMACompressor",
            params: &["format", "check", "preset", "filters"],
            required: &[false; 4],
            required_count: 0,
            positional_only: 0,
            positional: 4,
        };
        let [format, check, preset, filters] = bind::<4>(vm, &S, args)?;
        let format = integer(vm, format, FORMAT_XZ)?;
        let check = integer(vm, check, -1)?;
        let preset = preset.filter(|p| !p.is_none());
        let filters = filters.filter(|f| !f.is_none());
        if preset.is_some() && filters.is_some() {
            return Err(vm.raise_value_error("Cannot specify both preset and filter chain"));
        }
        let preset = match preset {
            Some(v) => unsigned(vm, v, u32::MAX.into())? as u32,
            None => 6,
        };
        if format != FORMAT_XZ && check != -1 && check != 0 {
            return Err(vm.raise_value_error("Integrity checks are only supported by FORMAT_XZ"));
        }
        let made = match (format, filters) {
            (FORMAT_XZ, None) => {
                let check = xz_check(vm, check)?;
                Stream::new_easy_encoder(preset, check)
            }
            (FORMAT_XZ, Some(specs)) => {
                let chain = filters::parse_chain(vm, specs)?;
                let check = xz_check(vm, check)?;
                if chain.is_empty() {
                    return Err(raise_error(vm, Error::Program));
                }
                let built = filters::build(vm, &chain)?;
                Stream::new_stream_encoder(&built, check)
            }
            (FORMAT_ALONE, None) => match LzmaOptions::new_preset(preset) {
                Ok(options) => Stream::new_lzma_encoder(&options),
                Err(_) => return Err(raise(vm, &format!("Invalid compression preset: {preset}"))),
            },
            (FORMAT_ALONE, Some(specs)) => {
                let chain = filters::parse_chain(vm, specs)?;
                let [Filter::Lzma { id: filters::LZMA1, options, .. }] = &chain[..] else {
                    return Err(
                        vm.raise_value_error("Invalid filter chain for FORMAT_ALONE - must be a single LZMA1 filter")
                    );
                };
                Stream::new_lzma_encoder(options)
            }
            (FORMAT_RAW, None) => return Err(vm.raise_value_error("Must specify filters for FORMAT_RAW")),
            (FORMAT_RAW, Some(specs)) => {
                let chain = filters::parse_chain(vm, specs)?;
                let built = filters::build(vm, &chain)?;
                Stream::new_raw_encoder(&built)
            }
            _ => return Err(vm.raise_value_error(&format!("Invalid container format: {format}"))),
        };
        opened(vm, made)
    }

    fn run(vm: &mut Vm, this: &Ref<Compressor>, data: Option<&Value>) -> Result<Ref<Bytes>> {
        let Some(mut encoder) = this.get_mut(vm).encoder.take() else { return Err(raise_in_use(vm)) };
        let made = match data {
            Some(data) => vm.with_bytes(data, |data| drain(&mut *encoder, data, 8192, None)),
            None => Ok(drain(&mut *encoder, &[], 8192, None)),
        };
        this.get_mut(vm).encoder = Opaque(Some(encoder));
        match made? {
            Ok(drained) => vm.new_bytes(&drained.out),
            Err(f) => Err(raise_fail(vm, f)),
        }
    }
}

/// LZMACompressor(format=FORMAT_XZ, check=-1, preset=None, filters=None)
///
/// Create a compressor object for compressing data incrementally.
///
/// format is the container: FORMAT_XZ, FORMAT_ALONE or FORMAT_RAW. check is the integrity check of FORMAT_XZ, CRC64
/// unless another is asked for. preset is a level from 0 to 9, with PRESET_EXTREME if wanted; filters is a sequence
/// of dicts, one for each filter, instead.
///
/// For one-shot compression, use the compress() function instead.
#[class(cell = COMPRESSOR, base = OBJECT)]
impl CompressorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        let stream = Self::open(vm, args)?;
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
        Err(vm.raise_type_error("cannot pickle '_lzma.LZMACompressor' object"))
    }
}

/// Methods of `LZMADecompressor`.
pub struct DecompressorClass;

/// Create a decompressor object for decompressing data incrementally.
///
///   format
///     The container: FORMAT_AUTO, which knows FORMAT_XZ and FORMAT_ALONE apart, one of these, or FORMAT_RAW.
///   memlimit
///     The most memory that may be used; more raises LZMAError.
///   filters
///     The filter chain of FORMAT_RAW.
///
/// For one-shot decompression, use the decompress() function instead.
#[class(cell = DECOMPRESSOR, base = OBJECT, signature = "(format=FORMAT_AUTO, memlimit=None, filters=None)")]
impl DecompressorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "LZMADecompressor",
            params: &["format", "memlimit", "filters"],
            required: &[false; 3],
            required_count: 0,
            positional_only: 0,
            positional: 3,
        };
        let [format, memlimit, specs] = bind::<3>(vm, &S, args)?;
        let format = integer(vm, format, FORMAT_AUTO)?;
        let memlimit = memlimit.filter(|m| !m.is_none());
        let specs = specs.filter(|f| !f.is_none());
        if memlimit.is_some() && format == FORMAT_RAW {
            return Err(vm.raise_value_error("Cannot specify memory limit with FORMAT_RAW"));
        }
        let limit = match memlimit {
            Some(v) => unsigned(vm, v, u64::MAX)?,
            None => u64::MAX,
        };
        if specs.is_none() && format == FORMAT_RAW {
            return Err(vm.raise_value_error("Must specify filters for FORMAT_RAW"));
        }
        if specs.is_some() && format != FORMAT_RAW {
            return Err(vm.raise_value_error("Cannot specify filters except with FORMAT_RAW"));
        }
        let (made, check) = match (format, specs) {
            (FORMAT_AUTO, _) => (Stream::new_auto_decoder(limit, 0), CHECK_UNKNOWN),
            (FORMAT_XZ, _) => (Stream::new_stream_decoder(limit, 0), CHECK_UNKNOWN),
            (FORMAT_ALONE, _) => (Stream::new_lzma_decoder(limit), 0),
            (FORMAT_RAW, Some(specs)) => {
                let chain = filters::parse_chain(vm, specs)?;
                let built = filters::build(vm, &chain)?;
                (Stream::new_raw_decoder(&built), 0)
            }
            _ => return Err(vm.raise_value_error(&format!("Invalid container format: {format}"))),
        };
        let stream = opened(vm, made)?;
        let puller = Puller::new(Decoder { stream, head: Vec::new(), check }, true);
        let puller = Opaque(Some(Box::new(puller)));
        Ref::new_in(vm, class, Decompressor { puller }).map(Ref::into_value)
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
            return Err(vm.raise_eof_error("Already at end of stream"));
        }
        let made = vm.with_bytes(data, |data| puller.pull(data, length_limit(max_length)));
        this.get_mut(vm).puller = Opaque(Some(puller));
        match made? {
            Ok(out) => vm.bytes_from_vec(out),
            Err(f) => Err(raise_fail(vm, f)),
        }
    }

    /// ID of the integrity check used by the input stream.
    #[getter]
    fn check(vm: &mut Vm, this: &Ref<Decompressor>) -> Result<u8> {
        Ok(this.get(vm).puller.as_ref().map_or(CHECK_UNKNOWN, |p| p.codec.check))
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
        Err(vm.raise_type_error("cannot pickle '_lzma.LZMADecompressor' object"))
    }
}

/// `_lzma`.
pub struct LzmaModule;

#[module(name = "_lzma")]
impl LzmaModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &CompressorClass::class_def())?;
        vm.add_class(module, &DecompressorClass::class_def())?;
        vm.add_exception_class(module, ERROR, taipan_vm::errors::EXCEPTION.as_type(), "Call to liblzma failed.")?;
        let constants: [(&str, u64); 28] = [
            ("FORMAT_AUTO", 0),
            ("FORMAT_XZ", 1),
            ("FORMAT_ALONE", 2),
            ("FORMAT_RAW", 3),
            ("CHECK_NONE", 0),
            ("CHECK_CRC32", 1),
            ("CHECK_CRC64", 4),
            ("CHECK_SHA256", 10),
            ("CHECK_ID_MAX", 15),
            ("CHECK_UNKNOWN", 16),
            ("FILTER_LZMA1", filters::LZMA1),
            ("FILTER_LZMA2", filters::LZMA2),
            ("FILTER_DELTA", filters::DELTA),
            ("FILTER_X86", 4),
            ("FILTER_POWERPC", 5),
            ("FILTER_IA64", 6),
            ("FILTER_ARM", 7),
            ("FILTER_ARMTHUMB", 8),
            ("FILTER_SPARC", 9),
            ("MF_HC3", 3),
            ("MF_HC4", 4),
            ("MF_BT2", 0x12),
            ("MF_BT3", 0x13),
            ("MF_BT4", 0x14),
            ("MODE_FAST", 1),
            ("MODE_NORMAL", 2),
            ("PRESET_DEFAULT", 6),
            ("PRESET_EXTREME", 1 << 31),
        ];
        for (name, n) in constants {
            let n = vm.new_uint(n)?;
            module.set(vm, name, n)?;
        }
        Ok(())
    }

    /// Test whether the given integrity check is supported.
    #[function("($module, check_id, /)")]
    fn is_check_supported(_vm: &mut Vm, check_id: i32) -> Result<bool> {
        Ok(matches!(check_id, 0 | 1 | 4 | 10))
    }

    /// Return a bytes object encoding the options (properties) of the filter specified by *filter* (a dict).
    ///
    /// The result does not include the filter ID itself, only the options.
    #[function("($module, filter, /)")]
    fn _encode_filter_properties(vm: &mut Vm, filter: &Value) -> Result<Ref<Bytes>> {
        let filter = Filter::parse(vm, filter)?;
        match filter.properties() {
            Some(properties) => vm.new_bytes(&properties),
            None => Err(raise_error(vm, Error::Options)),
        }
    }

    /// Return a dict of the options that *encoded_props* stands for in the filter with the given ID.
    #[function("($module, filter_id, encoded_props, /)")]
    fn _decode_filter_properties(vm: &mut Vm, filter_id: &Value, encoded_props: &Value) -> Result<Ref<Dict>> {
        let id = unsigned(vm, filter_id, u64::MAX)?;
        check_bytes(vm, encoded_props)?;
        let properties = vm.bytes_of(encoded_props)?;
        filters::decode(vm, id, &properties)
    }
}
