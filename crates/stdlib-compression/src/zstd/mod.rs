//! `_zstd`, over the zstd library.
//!
//! Dictionaries are always loaded by the context itself: the library's other two ways (digested, as a prefix) keep a
//! borrow of them. A prefix is dropped after its frame.

mod parameters;

use crate::common::{Codec, Drained, Fail, Puller, Step, check_bytes, drain, length_limit, raise_in_use};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Dict, Raised, Tuple, TypeCell};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::int::view;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Type, Value, Vm};
use zstd_safe::zstd_sys::ZSTD_EndDirective;
use zstd_safe::{CCtx, CDict, DCtx, DDict, InBuffer, OutBuffer, ResetDirective};

const ERROR: &str = "compression.zstd.ZstdError";

fn raise(vm: &mut Vm, text: &str) -> Raised {
    vm.raise_added(ERROR, text)
}

fn raise_code(vm: &mut Vm, doing: &str, code: usize) -> Raised {
    let text = format!("{doing}: {}", zstd_safe::get_error_name(code));
    raise(vm, &text)
}

fn raise_fail(vm: &mut Vm, fail: Fail<usize>, doing: &str) -> Raised {
    match fail {
        Fail::Memory => vm.raise_memory_error(),
        Fail::Codec(code) => raise_code(vm, doing, code),
    }
}

/// `compression.zstd.ZstdDict`.
pub static DICT: TypeCell<ZstdDict> = TypeCell::new("compression.zstd.ZstdDict");
/// `compression.zstd.ZstdCompressor`.
pub static COMPRESSOR: TypeCell<Compressor> = TypeCell::new("compression.zstd.ZstdCompressor");
/// `compression.zstd.ZstdDecompressor`.
pub static DECOMPRESSOR: TypeCell<Decompressor> = TypeCell::new("compression.zstd.ZstdDecompressor");

/// A dictionary.
#[derive(Trace, Payload)]
#[payload(class = DICT, frozen)]
#[repr(C)]
pub struct ZstdDict {
    content: Ref<Bytes>,
    id: u32,
}

/// How a dictionary is to be used, as the second item of a pair.
const DIGESTED: i64 = 0;
const UNDIGESTED: i64 = 1;
const AS_PREFIX: i64 = 2;

fn corrupted(vm: &mut Vm, kind: &str) -> Raised {
    raise(vm, &format!("Failed to create a {kind} instance from Zstandard dictionary content."))
}

/// The dictionary of an argument: one, or a pair of one and how to use it.
fn dictionary(vm: &mut Vm, v: Option<&Value>, default: i64) -> Result<Option<(Ref<Bytes>, i64)>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    if let Some(dict) = v.downcast::<ZstdDict>() {
        return Ok(Some((dict.content.clone(), default)));
    }
    if let Some(pair) = v.downcast::<Tuple>()
        && let [dict, how] = pair.items()
        && let (Some(dict), Some(_)) = (dict.downcast::<ZstdDict>(), how.as_int())
    {
        match how.small_int() {
            Some(how @ 0..=2) => return Ok(Some((dict.content.clone(), how))),
            None => return Err(vm.raise_overflow_error("Python int too large to convert to C int")),
            Some(_) => {}
        }
    }
    Err(vm.raise_type_error("zstd_dict argument should be a ZstdDict object."))
}

fn options<'a>(vm: &mut Vm, v: Option<&'a Value>, function: &str) -> Result<Option<&'a Ref<Dict>>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    match v.downcast::<Dict>() {
        Some(dict) => Ok(Some(dict)),
        None => {
            let given = v.ty().name();
            Err(vm.raise_type_error(&format!("{function}() argument 'options' must be dict, not {given}")))
        }
    }
}

/// Methods of `ZstdDict`.
pub struct ZstdDictClass;

/// Represents a Zstandard dictionary.
///
///   dict_content
///     The content of a Zstandard dictionary as a bytes-like object.
///   is_raw
///     If true, perform no checks on *dict_content*, useful for some
///     advanced cases. Otherwise, check that the content represents
///     a Zstandard dictionary created by the zstd library or CLI.
#[class(cell = DICT, base = OBJECT, signature = "(dict_content, /, *, is_raw=False)")]
impl ZstdDictClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "ZstdDict",
            params: &["dict_content", "is_raw"],
            required: &[true, false],
            required_count: 1,
            positional_only: 1,
            positional: 1,
        };
        let [Some(content), is_raw] = bind::<2>(vm, &S, args)? else {
            return Err(vm.raise_type_error("ZstdDict() misses an argument"));
        };
        check_bytes(vm, content)?;
        let bytes = vm.bytes_of(content)?;
        let is_raw = match is_raw {
            Some(v) => vm.is_truthy(v)?,
            None => false,
        };
        if bytes.len() < 8 {
            let text = "Zstandard dictionary content too short (must have at least eight bytes)";
            return Err(vm.raise_value_error(text));
        }
        let id = zstd_safe::get_dict_id_from_dict(&bytes).map_or(0, u32::from);
        if !is_raw && id == 0 {
            return Err(vm.raise_value_error("invalid Zstandard dictionary"));
        }
        let content = vm.new_bytes(&bytes)?;
        Ref::new_in(vm, class, ZstdDict { content, id }).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<ZstdDict>) -> Result {
        let text = format!("<ZstdDict dict_id={} dict_size={}>", this.id, this.content.len());
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn len(_vm: &mut Vm, this: &Ref<ZstdDict>) -> Result<usize> {
        Ok(this.content.len())
    }

    /// The content of a Zstandard dictionary, as a bytes object.
    #[getter]
    fn dict_content(_vm: &mut Vm, this: &Ref<ZstdDict>) -> Result<Ref<Bytes>> {
        Ok(this.content.clone())
    }

    /// The Zstandard dictionary, an int between 0 and 2**32.
    ///
    /// A non-zero value represents an ordinary Zstandard dictionary; 0 one of raw content.
    #[getter]
    fn dict_id(_vm: &mut Vm, this: &Ref<ZstdDict>) -> Result<u32> {
        Ok(this.id)
    }

    /// Load as a digested dictionary to compressor.
    #[getter]
    fn as_digested_dict(vm: &mut Vm, this: &Ref<ZstdDict>) -> Result<Ref<Tuple>> {
        vm.new_tuple_from(&[this.to_value(), Value::from_i32(0)])
    }

    /// Load as an undigested dictionary to compressor.
    #[getter]
    fn as_undigested_dict(vm: &mut Vm, this: &Ref<ZstdDict>) -> Result<Ref<Tuple>> {
        vm.new_tuple_from(&[this.to_value(), Value::from_i32(1)])
    }

    /// Load as a prefix to compressor/decompressor.
    #[getter]
    fn as_prefix(vm: &mut Vm, this: &Ref<ZstdDict>) -> Result<Ref<Tuple>> {
        vm.new_tuple_from(&[this.to_value(), Value::from_i32(2)])
    }
}

struct Encoder {
    context: CCtx<'static>,
    mode: ZSTD_EndDirective,
    /// The dictionary is for one frame only.
    prefix: bool,
}

impl Codec for Encoder {
    type Error = usize;
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> std::result::Result<Step, usize> {
        let mut from = InBuffer::around(input);
        let mut to = OutBuffer::around(out);
        let left = self.context.compress_stream2(&mut to, &mut from, self.mode)?;
        let end = left == 0 && self.mode != ZSTD_EndDirective::ZSTD_e_continue;
        Ok(Step { taken: from.pos(), written: to.pos(), end })
    }
}

/// A compressor.
#[derive(Trace, Payload)]
#[payload(class = COMPRESSOR)]
#[repr(C)]
pub struct Compressor {
    encoder: Opaque<Option<Box<Encoder>>>,
    last_mode: i32,
}

const FLUSH_FRAME: i32 = 2;

fn direction(mode: i32) -> Option<ZSTD_EndDirective> {
    match mode {
        0 => Some(ZSTD_EndDirective::ZSTD_e_continue),
        1 => Some(ZSTD_EndDirective::ZSTD_e_flush),
        2 => Some(ZSTD_EndDirective::ZSTD_e_end),
        _ => None,
    }
}

/// Methods of `ZstdCompressor`.
pub struct CompressorClass;

impl CompressorClass {
    fn run(
        vm: &mut Vm,
        this: &Ref<Compressor>,
        data: Option<&Value>,
        mode: i32,
        direction: ZSTD_EndDirective,
    ) -> Result<Ref<Bytes>> {
        let Some(mut encoder) = this.get_mut(vm).encoder.take() else { return Err(raise_in_use(vm)) };
        encoder.mode = direction;
        let run = |encoder: &mut Encoder, data: &[u8]| -> std::result::Result<Drained, Fail<usize>> {
            let drained = drain(encoder, data, 8192, None)?;
            if mode == FLUSH_FRAME && std::mem::take(&mut encoder.prefix) {
                encoder.context.disable_dictionary().map_err(Fail::Codec)?;
            }
            Ok(drained)
        };
        let made = match data {
            Some(data) => vm.with_bytes(data, |data| run(&mut encoder, data)),
            None => Ok(run(&mut encoder, &[])),
        };
        let failed = !matches!(made, Ok(Ok(_)));
        if failed {
            // A compressor that failed begins anew.
            let _ = encoder.context.reset(ResetDirective::SessionOnly);
        }
        let of = this.get_mut(vm);
        of.encoder = Opaque(Some(encoder));
        of.last_mode = if failed { FLUSH_FRAME } else { mode };
        match made? {
            Ok(drained) => vm.new_bytes(&drained.out),
            Err(f) => Err(raise_fail(vm, f, "Unable to compress Zstandard data")),
        }
    }
}

/// Create a compressor object for compressing data incrementally.
///
///   level
///     The compression level to use. Defaults to COMPRESSION_LEVEL_DEFAULT.
///   options
///     A dict object that contains advanced compression parameters.
///   zstd_dict
///     A ZstdDict object, a pre-trained Zstandard dictionary.
///
/// Thread-safe at method level. For one-shot compression, use the compress()
/// function instead.
#[class(cell = COMPRESSOR, base = OBJECT, signature = "(level=None, options=None, zstd_dict=None)")]
impl CompressorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "ZstdCompressor",
            params: &["level", "options", "zstd_dict"],
            required: &[false; 3],
            required_count: 0,
            positional_only: 0,
            positional: 3,
        };
        let [level, given, dict] = bind::<3>(vm, &S, args)?;
        let level = level.filter(|l| !l.is_none());
        let given = options(vm, given, "ZstdCompressor")?;
        if level.is_some() && given.is_some() {
            return Err(vm.raise_type_error("Only one of level or options should be used."));
        }
        let Some(mut context) = CCtx::try_create() else { return Err(vm.raise_memory_error()) };
        if let Some(level) = level {
            if level.as_int().is_none() {
                return Err(vm.raise_type_error("invalid type for level, expected int"));
            }
            let Some(level) = level.small_int().filter(|&l| i32::try_from(l).is_ok()) else {
                let (least, most) = parameters::bounds(vm, 100, true)?;
                let text = format!("illegal compression level; the valid range is [{least}, {most}]");
                return Err(vm.raise_value_error(&text));
            };
            parameters::set_level(vm, &mut context, level)?;
        }
        if let Some(given) = given {
            parameters::set_compression(vm, &mut context, given)?;
        }
        let mut prefix = false;
        if let Some((content, how)) = dictionary(vm, dict, UNDIGESTED)? {
            prefix = how == AS_PREFIX;
            if how == DIGESTED && CDict::try_create(content.as_bytes(), 3).is_none() {
                return Err(corrupted(vm, "ZSTD_CDict"));
            }
            if let Err(code) = context.load_dictionary(content.as_bytes()) {
                return Err(raise_code(vm, "Unable to load Zstandard dictionary or prefix for compression", code));
            }
        }
        let mode = ZSTD_EndDirective::ZSTD_e_continue;
        let encoder = Opaque(Some(Box::new(Encoder { context, mode, prefix })));
        Ref::new_in(vm, class, Compressor { encoder, last_mode: FLUSH_FRAME }).map(Ref::into_value)
    }

    /// Provide data to the compressor object.
    ///
    ///   mode
    ///     Can be these 3 values ZstdCompressor.CONTINUE,
    ///     ZstdCompressor.FLUSH_BLOCK, ZstdCompressor.FLUSH_FRAME
    ///
    /// Return a chunk of compressed data if possible, or b'' otherwise. Finish with flush().
    #[method("($self, /, data, mode=ZstdCompressor.CONTINUE)")]
    fn compress(vm: &mut Vm, this: &Ref<Compressor>, data: &Value, mode: Option<i32>) -> Result<Ref<Bytes>> {
        check_bytes(vm, data)?;
        let mode = mode.unwrap_or(0);
        let Some(direction) = direction(mode) else {
            return Err(vm.raise_value_error(
                "mode argument wrong value, it should be one of ZstdCompressor.CONTINUE, ZstdCompressor.FLUSH_BLOCK, \
                 ZstdCompressor.FLUSH_FRAME.",
            ));
        };
        Self::run(vm, this, Some(data), mode, direction)
    }

    /// Finish the compression process.
    ///
    ///   mode
    ///     Can be these 2 values ZstdCompressor.FLUSH_FRAME,
    ///     ZstdCompressor.FLUSH_BLOCK
    ///
    /// The object can be used afterwards: what follows is another frame, or another block.
    #[method("($self, /, mode=ZstdCompressor.FLUSH_FRAME)")]
    fn flush(vm: &mut Vm, this: &Ref<Compressor>, mode: Option<i32>) -> Result<Ref<Bytes>> {
        let mode = mode.unwrap_or(FLUSH_FRAME);
        let Some(direction) = direction(mode).filter(|_| mode != 0) else {
            return Err(vm.raise_value_error(
                "mode argument wrong value, it should be ZstdCompressor.FLUSH_FRAME or ZstdCompressor.FLUSH_BLOCK.",
            ));
        };
        Self::run(vm, this, None, mode, direction)
    }

    /// Set the uncompressed content size to be written into the frame header.
    ///
    ///   size
    ///     The size of the uncompressed data to be provided to the compressor; None takes it back.
    #[method("($self, size, /)")]
    fn set_pledged_input_size(vm: &mut Vm, this: &Ref<Compressor>, size: &Value) -> Result<()> {
        let size = if size.is_none() {
            None
        } else {
            let n = vm.index(size)?;
            match view(&n).and_then(|n| n.to_u64()).filter(|&n| n < u64::MAX - 1) {
                Some(n) => Some(n),
                None => {
                    let text = format!("size argument should be a positive int less than {}", u64::MAX - 1);
                    return Err(vm.raise_value_error(&text));
                }
            }
        };
        let of = this.get_mut(vm);
        if of.last_mode != FLUSH_FRAME {
            let text = "set_pledged_input_size() method must be called when last_mode == FLUSH_FRAME";
            return Err(vm.raise_value_error(text));
        }
        let Some(encoder) = of.encoder.as_mut() else { return Err(raise_in_use(vm)) };
        match encoder.context.set_pledged_src_size(size) {
            Ok(_) => Ok(()),
            Err(code) => Err(raise_code(vm, "Unable to set pledged uncompressed content size", code)),
        }
    }

    /// The last mode used to this compressor object, its value can be .CONTINUE,
    /// .FLUSH_BLOCK, .FLUSH_FRAME. Initialized to .FLUSH_FRAME.
    #[getter]
    fn last_mode(vm: &mut Vm, this: &Ref<Compressor>) -> Result<i32> {
        Ok(this.get(vm).last_mode)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, _this: &Ref<Compressor>) -> Result<()> {
        Err(vm.raise_type_error("cannot pickle 'compression.zstd.ZstdCompressor' object"))
    }
}

struct Decoder {
    context: DCtx<'static>,
}

impl Codec for Decoder {
    type Error = usize;
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> std::result::Result<Step, usize> {
        let mut from = InBuffer::around(input);
        let mut to = OutBuffer::around(out);
        let left = self.context.decompress_stream(&mut to, &mut from)?;
        Ok(Step { taken: from.pos(), written: to.pos(), end: left == 0 && (from.pos() > 0 || to.pos() > 0) })
    }
}

/// A decompressor.
#[derive(Trace, Payload)]
#[payload(class = DECOMPRESSOR)]
#[repr(C)]
pub struct Decompressor {
    puller: Opaque<Option<Box<Puller<Decoder>>>>,
}

/// Methods of `ZstdDecompressor`.
pub struct DecompressorClass;

/// Create a decompressor object for decompressing data incrementally.
///
///   zstd_dict
///     A ZstdDict object, a pre-trained Zstandard dictionary.
///   options
///     A dict object that contains advanced decompression parameters.
///
/// Thread-safe at method level. For one-shot decompression, use the decompress()
/// function instead.
#[class(cell = DECOMPRESSOR, base = OBJECT, signature = "(zstd_dict=None, options=None)")]
impl DecompressorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static S: Signature = Signature {
            name: "ZstdDecompressor",
            params: &["zstd_dict", "options"],
            required: &[false; 2],
            required_count: 0,
            positional_only: 0,
            positional: 2,
        };
        let [dict, given] = bind::<2>(vm, &S, args)?;
        let given = options(vm, given, "ZstdDecompressor")?;
        let Some(mut context) = DCtx::try_create() else { return Err(vm.raise_memory_error()) };
        if let Some((content, how)) = dictionary(vm, dict, DIGESTED)? {
            if how == DIGESTED && DDict::try_create(content.as_bytes()).is_none() {
                return Err(corrupted(vm, "ZSTD_DDict"));
            }
            if let Err(code) = context.load_dictionary(content.as_bytes()) {
                return Err(raise_code(vm, "Unable to load Zstandard dictionary or prefix for decompression", code));
            }
        }
        if let Some(given) = given {
            parameters::set_decompression(vm, &mut context, given)?;
        }
        let puller = Opaque(Some(Box::new(Puller::new(Decoder { context }, true))));
        Ref::new_in(vm, class, Decompressor { puller }).map(Ref::into_value)
    }

    /// Decompress *data*, returning uncompressed bytes if possible, or b'' otherwise.
    ///
    ///   data
    ///     A bytes-like object, Zstandard data to be decompressed.
    ///   max_length
    ///     Maximum size of returned data. When it is negative, the size of
    ///     output buffer is unlimited. When it is nonnegative, returns at
    ///     most max_length bytes of decompressed data.
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
            return Err(vm.raise_eof_error("Already at the end of a Zstandard frame."));
        }
        let made = vm.with_bytes(data, |data| puller.pull(data, length_limit(max_length)));
        this.get_mut(vm).puller = Opaque(Some(puller));
        match made? {
            Ok(out) => vm.bytes_from_vec(out),
            Err(f) => Err(raise_fail(vm, f, "Unable to decompress Zstandard data")),
        }
    }

    /// True means the end of the first frame has been reached. If decompress data
    /// after that, an EOFError exception will be raised.
    #[getter]
    fn eof(vm: &mut Vm, this: &Ref<Decompressor>) -> Result<bool> {
        Ok(this.get(vm).puller.as_ref().is_some_and(|p| p.eof))
    }

    /// False where the limit of the output has been reached and more can be had without more input.
    #[getter]
    fn needs_input(vm: &mut Vm, this: &Ref<Decompressor>) -> Result<bool> {
        Ok(this.get(vm).puller.as_ref().is_some_and(|p| p.needs_input))
    }

    /// A bytes object of un-consumed input data: what followed the frame.
    #[getter]
    fn unused_data(vm: &mut Vm, this: &Ref<Decompressor>) -> Result<Ref<Bytes>> {
        let unused = this.get(vm).puller.as_ref().map_or(&[][..], |p| &p.unused);
        vm.new_bytes(unused)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, _this: &Ref<Decompressor>) -> Result<()> {
        Err(vm.raise_type_error("cannot pickle 'compression.zstd.ZstdDecompressor' object"))
    }
}

const MISMATCH: &str = "The samples size tuple doesn't match the concatenation's size.";

/// The sizes of samples, which together are `total` bytes.
fn sample_sizes(vm: &mut Vm, function: &str, sizes: &Value, place: usize, total: usize) -> Result<Vec<usize>> {
    let Some(tuple) = sizes.downcast::<Tuple>() else {
        let given = sizes.ty().name();
        return Err(vm.raise_type_error(&format!("{function}() argument {place} must be tuple, not {given}")));
    };
    let mut out = Vec::with_capacity(tuple.len());
    let mut sum = 0usize;
    for v in tuple.items() {
        let Some(n) = view(v) else { return Err(vm.raise_type_error("an integer is required")) };
        let n = n.to_u64().and_then(|n| usize::try_from(n).ok());
        match n.and_then(|n| sum.checked_add(n).map(|s| (n, s))) {
            Some((n, s)) => {
                sum = s;
                out.push(n);
            }
            None => return Err(vm.raise_value_error(MISMATCH)),
        }
    }
    if sum != total {
        return Err(vm.raise_value_error(MISMATCH));
    }
    Ok(out)
}

const HEADER: &str =
    "Ensure the frame_buffer argument starts from the beginning of a frame, and its length is not less than";

/// `_zstd`.
pub struct ZstdModule;

/// Implementation module for Zstandard compression.
#[module(name = "_zstd")]
impl ZstdModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &ZstdDictClass::class_def())?;
        vm.add_class(module, &CompressorClass::class_def())?;
        vm.add_class(module, &DecompressorClass::class_def())?;
        let base = taipan_vm::errors::EXCEPTION.as_type();
        vm.add_exception_class(module, ERROR, base, "An error occurred in the zstd library.")?;
        for (name, mode) in [("CONTINUE", 0), ("FLUSH_BLOCK", 1), ("FLUSH_FRAME", 2)] {
            vm.set_class_constant(COMPRESSOR.as_type(), name, Value::from_i32(mode))?;
        }
        let constants = [
            ("ZSTD_CLEVEL_DEFAULT", 3),
            ("ZSTD_DStreamOutSize", DCtx::out_size() as i32),
            ("ZSTD_c_compressionLevel", 100),
            ("ZSTD_c_windowLog", 101),
            ("ZSTD_c_hashLog", 102),
            ("ZSTD_c_chainLog", 103),
            ("ZSTD_c_searchLog", 104),
            ("ZSTD_c_minMatch", 105),
            ("ZSTD_c_targetLength", 106),
            ("ZSTD_c_strategy", 107),
            ("ZSTD_c_enableLongDistanceMatching", 160),
            ("ZSTD_c_ldmHashLog", 161),
            ("ZSTD_c_ldmMinMatch", 162),
            ("ZSTD_c_ldmBucketSizeLog", 163),
            ("ZSTD_c_ldmHashRateLog", 164),
            ("ZSTD_c_contentSizeFlag", 200),
            ("ZSTD_c_checksumFlag", 201),
            ("ZSTD_c_dictIDFlag", 202),
            ("ZSTD_c_nbWorkers", 400),
            ("ZSTD_c_jobSize", 401),
            ("ZSTD_c_overlapLog", 402),
            ("ZSTD_d_windowLogMax", 100),
            ("ZSTD_fast", 1),
            ("ZSTD_dfast", 2),
            ("ZSTD_greedy", 3),
            ("ZSTD_lazy", 4),
            ("ZSTD_lazy2", 5),
            ("ZSTD_btlazy2", 6),
            ("ZSTD_btopt", 7),
            ("ZSTD_btultra", 8),
            ("ZSTD_btultra2", 9),
            ("zstd_version_number", zstd_safe::version_number() as i32),
        ];
        for (name, n) in constants {
            module.set(vm, name, Value::from_i32(n))?;
        }
        let version = vm.new_str(zstd_safe::version_string())?.into_value();
        module.set(vm, "zstd_version", version)
    }

    /// Train a Zstandard dictionary on sample data.
    ///
    ///   samples_bytes
    ///     Concatenation of samples.
    ///   samples_sizes
    ///     Tuple of samples' sizes.
    ///   dict_size
    ///     The size of the dictionary.
    #[function("($module, samples_bytes, samples_sizes, dict_size, /)")]
    fn train_dict(vm: &mut Vm, samples: &Value, sizes: &Value, dict_size: isize) -> Result<Ref<Bytes>> {
        let Some(samples) = samples.downcast::<Bytes>().map(|b| b.as_bytes().to_vec()) else {
            let given = samples.ty().name();
            return Err(vm.raise_type_error(&format!("train_dict() argument 1 must be bytes, not {given}")));
        };
        if dict_size <= 0 {
            return Err(vm.raise_value_error("dict_size argument should be positive number."));
        }
        let sizes = sample_sizes(vm, "train_dict", sizes, 2, samples.len())?;
        let mut out = taipan_vm::types::bytes::common::zeros(dict_size as usize)?;
        let made = vm.detach(|| zstd_safe::train_from_buffer(&mut out[..], &samples, &sizes));
        match made {
            Ok(n) => vm.new_bytes(&out[..n]),
            Err(code) => Err(raise_code(vm, "Unable to train the Zstandard dictionary", code)),
        }
    }

    /// Finalize a Zstandard dictionary. This interpreter's library cannot.
    #[function(
        "($module, custom_dict_bytes, samples_bytes, samples_sizes,\n              dict_size, compression_level, /)"
    )]
    fn finalize_dict(
        vm: &mut Vm,
        _custom: &Value,
        _samples: &Value,
        _sizes: &Value,
        _dict_size: &Value,
        _level: &Value,
    ) -> Result<()> {
        Err(vm.raise_not_implemented_error("finalize_dict() is not available"))
    }

    /// Get CompressionParameter/DecompressionParameter bounds.
    ///
    ///   parameter
    ///     The parameter to get bounds.
    ///   is_compress
    ///     True for CompressionParameter, False for DecompressionParameter.
    #[function("($module, /, parameter, is_compress)")]
    fn get_param_bounds(vm: &mut Vm, parameter: i32, is_compress: bool) -> Result<Ref<Tuple>> {
        let (least, most) = parameters::bounds(vm, parameter.into(), is_compress)?;
        let (least, most) = (vm.new_int(least)?, vm.new_int(most)?);
        vm.new_tuple_from(&[least, most])
    }

    /// Get the size of a Zstandard frame, including the header and optional checksum.
    ///
    ///   frame_buffer
    ///     A bytes-like object, it should start from the beginning of a frame,
    ///     and contains at least one complete frame.
    #[function("($module, /, frame_buffer)")]
    fn get_frame_size(vm: &mut Vm, frame_buffer: &Value) -> Result<usize> {
        check_bytes(vm, frame_buffer)?;
        match vm.with_bytes(frame_buffer, zstd_safe::find_frame_compressed_size)? {
            Ok(n) => Ok(n),
            Err(code) => {
                let text = format!(
                    "Error when finding the compressed size of a Zstandard frame. {HEADER} this complete frame. Zstd \
                     error message: {}.",
                    zstd_safe::get_error_name(code)
                );
                Err(raise(vm, &text))
            }
        }
    }

    /// Get Zstandard frame infomation from a frame header.
    ///
    ///   frame_buffer
    ///     A bytes-like object, containing the header of a Zstandard frame.
    #[function("($module, /, frame_buffer)")]
    fn get_frame_info(vm: &mut Vm, frame_buffer: &Value) -> Result<Ref<Tuple>> {
        check_bytes(vm, frame_buffer)?;
        let (size, id) = vm.with_bytes(frame_buffer, |b| {
            (zstd_safe::get_frame_content_size(b), zstd_safe::get_dict_id_from_frame(b))
        })?;
        let Ok(size) = size else {
            let text = format!(
                "Error when getting information from the header of a Zstandard frame. {HEADER} the frame header (6~18 \
                 bytes)."
            );
            return Err(raise(vm, &text));
        };
        let size = match size {
            Some(n) => vm.new_uint(n)?,
            None => Value::none(),
        };
        let id = vm.new_int(id.map_or(0, u32::from).into())?;
        vm.new_tuple_from(&[size, id])
    }

    /// Set CompressionParameter and DecompressionParameter types for validity check.
    ///
    ///   c_parameter_type
    ///     CompressionParameter IntEnum type object
    ///   d_parameter_type
    ///     DecompressionParameter IntEnum type object
    #[function("($module, /, c_parameter_type, d_parameter_type)")]
    fn set_parameter_types(vm: &mut Vm, c_parameter_type: &Value, d_parameter_type: &Value) -> Result<()> {
        for (key, name, v) in [
            (parameters::KEY_TYPES[0], "c_parameter_type", c_parameter_type),
            (parameters::KEY_TYPES[1], "d_parameter_type", d_parameter_type),
        ] {
            if v.as_type().is_none() {
                let given = v.ty().name();
                let text = format!("set_parameter_types() argument '{name}' must be type, not {given}");
                return Err(vm.raise_type_error(&text));
            }
            vm.state_mut().registry.insert(key, v.clone());
        }
        Ok(())
    }
}
