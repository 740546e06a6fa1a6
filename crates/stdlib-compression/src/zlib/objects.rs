//! `zlib.Compress`, `zlib.Decompress` and `zlib._ZlibDecompressor`.
//!
//! The library cannot copy a stream, so a stream remembers what it was given, up to a bound, and a copy is made by
//! doing it again.

use super::codec::{Deflater, Inflater, ZlibError};
use super::{DEF_BUF_SIZE, raise, raise_fail};
use crate::common::{Drained, Fail, Puller, check_bytes, drain, length_limit, raise_in_use};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Raised, TypeCell};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Type, Value, Vm};
use zlib_rs::{DeflateConfig, DeflateFlush, InflateFlush};

/// The most that a stream remembers for its copies.
const HISTORY_BOUND: usize = 4 << 20;

/// What a stream was given: the bytes, and where each call ended, with its flush.
#[derive(Clone, Default)]
struct History<F> {
    bytes: Vec<u8>,
    calls: Vec<(usize, F)>,
    beyond: bool,
}

impl<F: Copy> History<F> {
    fn add(&mut self, data: &[u8], flush: F) {
        let room = HISTORY_BOUND.saturating_sub(self.bytes.len() + self.calls.len() * 16);
        if self.beyond || data.len() + 16 > room {
            *self = History { bytes: Vec::new(), calls: Vec::new(), beyond: true };
            return;
        }
        self.bytes.extend_from_slice(data);
        self.calls.push((self.bytes.len(), flush));
    }

    fn calls(&self) -> impl Iterator<Item = (&[u8], F)> {
        let mut start = 0;
        self.calls.iter().map(move |&(end, flush)| {
            let data = &self.bytes[start..end];
            start = end;
            (data, flush)
        })
    }
}

fn too_long(vm: &mut Vm) -> Raised {
    vm.raise_not_implemented_error("copy() of a stream that was given more than 4 MiB")
}

/// `zlib.Compress`.
pub static COMPRESS: TypeCell<Compress> = TypeCell::new("zlib.Compress");
/// `zlib.Decompress`.
pub static DECOMPRESS: TypeCell<Decompress> = TypeCell::new("zlib.Decompress");
/// `zlib._ZlibDecompressor`.
pub static ZLIB_DECOMPRESSOR: TypeCell<ZlibDecompressor> = TypeCell::new("zlib._ZlibDecompressor");

/// A compressor object.
#[derive(Trace, Payload)]
#[payload(class = COMPRESS)]
#[repr(C)]
pub struct Compress {
    state: Opaque<Option<Box<Compressing>>>,
}

struct Compressing {
    /// None once the stream has ended: its state takes a quarter of a megabyte.
    deflater: Option<Deflater>,
    config: DeflateConfig,
    dictionary: Vec<u8>,
    history: History<DeflateFlush>,
}

impl Compressing {
    fn run(&mut self, data: &[u8], flush: DeflateFlush) -> std::result::Result<Drained, Fail<ZlibError>> {
        let Some(deflater) = &mut self.deflater else { return Err(Fail::Codec(ZlibError::STREAM)) };
        deflater.flush = flush;
        let drained = drain(deflater, data, DEF_BUF_SIZE, None)?;
        if drained.end {
            if let Some(deflater) = self.deflater.take() {
                deflater.retire();
            }
            self.history = History::default();
        } else {
            self.history.add(data, flush);
        }
        Ok(drained)
    }
}

/// A compressor object around a stream.
pub fn new_compress(vm: &mut Vm, config: DeflateConfig, deflater: Deflater, dictionary: Vec<u8>) -> Result {
    let state = Compressing { deflater: Some(deflater), config, dictionary, history: History::default() };
    Ref::new(vm, Compress { state: Opaque(Some(Box::new(state))) }).map(Ref::into_value)
}

/// Methods of `zlib.Compress`.
pub struct CompressClass;

impl CompressClass {
    fn run(
        vm: &mut Vm,
        this: &Ref<Compress>,
        data: Option<&Value>,
        flush: DeflateFlush,
        doing: &str,
    ) -> Result<Ref<Bytes>> {
        let Some(mut state) = this.get_mut(vm).state.take() else { return Err(raise_in_use(vm)) };
        let made = match data {
            _ if state.deflater.is_none() => Ok(Err(Fail::Codec(ZlibError::STREAM))),
            Some(data) => vm.with_bytes(data, |data| state.run(data, flush)),
            None => Ok(state.run(&[], flush)),
        };
        this.get_mut(vm).state = Opaque(Some(state));
        match made? {
            Ok(drained) => vm.new_bytes(&drained.out),
            Err(f) => Err(raise_fail(vm, f, doing)),
        }
    }
}

#[class(cell = COMPRESS, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl CompressClass {
    /// Returns a bytes object containing compressed data.
    ///
    /// Some of it may stay inside until flush() is called.
    #[method("($self, data, /)")]
    fn compress(vm: &mut Vm, this: &Ref<Compress>, data: &Value) -> Result<Ref<Bytes>> {
        check_bytes(vm, data)?;
        Self::run(vm, this, Some(data), DeflateFlush::NoFlush, "while compressing data")
    }

    /// Return a bytes object containing any remaining compressed data.
    ///
    ///   mode
    ///     One of the constants Z_SYNC_FLUSH, Z_FULL_FLUSH, Z_FINISH. With Z_FINISH, the default, the object cannot be
    ///     used afterwards.
    #[method("($self, mode=zlib.Z_FINISH, /)")]
    fn flush(vm: &mut Vm, this: &Ref<Compress>, mode: Option<i32>) -> Result<Ref<Bytes>> {
        let mode = mode.unwrap_or(4);
        if mode == 0 {
            return vm.new_bytes(&[]);
        }
        let Ok(flush) = DeflateFlush::try_from(mode) else {
            return Err(raise(vm, ZlibError::STREAM, "while flushing"));
        };
        Self::run(vm, this, None, flush, "while flushing")
    }

    /// Return a copy of the compression object.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<Compress>) -> Result {
        let Some(state) = this.get_mut(vm).state.take() else { return Err(raise_in_use(vm)) };
        let (finished, beyond) = (state.deflater.is_none(), state.history.beyond);
        let mut deflater = Deflater::new(state.config);
        let dictionary = state.dictionary.clone();
        let mut made = dictionary.is_empty() || deflater.set_dictionary(&dictionary);
        let (config, history) = (state.config, History::default());
        let mut copy = Compressing { deflater: Some(deflater), config, dictionary, history };
        if !finished && !beyond {
            made &= state.history.calls().all(|(data, flush)| copy.run(data, flush).is_ok());
        }
        this.get_mut(vm).state = Opaque(Some(state));
        if beyond && !finished {
            return Err(too_long(vm));
        }
        if finished || !made {
            return Err(vm.raise_value_error("Inconsistent stream state"));
        }
        Ref::new(vm, Compress { state: Opaque(Some(Box::new(copy))) }).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __copy__(vm: &mut Vm, this: &Ref<Compress>) -> Result {
        Self::copy(vm, this)
    }

    #[method("($self, memo, /)")]
    fn __deepcopy__(vm: &mut Vm, this: &Ref<Compress>, _memo: &Value) -> Result {
        Self::copy(vm, this)
    }
}

/// A decompressor object.
#[derive(Trace, Payload)]
#[payload(class = DECOMPRESS)]
#[repr(C)]
pub struct Decompress {
    state: Opaque<Option<Box<Decompressing>>>,
}

struct Decompressing {
    inflater: Inflater,
    wbits: i32,
    dictionary: Vec<u8>,
    history: History<()>,
    unused: Vec<u8>,
    tail: Vec<u8>,
    eof: bool,
    /// `flush` has met the end of the stream.
    ended: bool,
}

impl Decompressing {
    fn new(wbits: i32, dictionary: Vec<u8>) -> Option<Decompressing> {
        Some(Decompressing {
            inflater: Inflater::new(wbits, dictionary.clone())?,
            wbits,
            dictionary,
            history: History::default(),
            unused: Vec::new(),
            tail: Vec::new(),
            eof: false,
            ended: false,
        })
    }

    fn run(
        &mut self,
        data: &[u8],
        first: usize,
        limit: Option<usize>,
    ) -> std::result::Result<Vec<u8>, Fail<ZlibError>> {
        if self.eof {
            // The stream is over: all of it is unused.
            self.unused.extend_from_slice(data);
            self.tail.clear();
            return Ok(Vec::new());
        }
        let drained = drain(&mut self.inflater, data, first, limit)?;
        self.history.add(&data[..drained.taken], ());
        let rest = &data[drained.taken..];
        if drained.end {
            self.eof = true;
            self.unused.extend_from_slice(rest);
            self.tail.clear();
        } else {
            self.tail = rest.to_vec();
        }
        Ok(drained.out)
    }

    fn copied(&self) -> Option<Decompressing> {
        let mut copy = Decompressing::new(self.wbits, self.dictionary.clone())?;
        for (data, ()) in self.history.calls() {
            // The output is dropped; its end may be inside what a call took.
            copy.run(data, DEF_BUF_SIZE, None).ok()?;
        }
        copy.unused = self.unused.clone();
        copy.tail = self.tail.clone();
        (copy.eof, copy.ended) = (self.eof, self.ended);
        Some(copy)
    }
}

/// A decompressor object at the beginning of a stream.
pub fn new_decompress(vm: &mut Vm, wbits: i32, dictionary: Vec<u8>) -> Result {
    match Decompressing::new(wbits, dictionary) {
        Some(state) => Ref::new(vm, Decompress { state: Opaque(Some(Box::new(state))) }).map(Ref::into_value),
        None => Err(vm.raise_value_error("Invalid initialization option")),
    }
}

fn raise_inflating(vm: &mut Vm, fail: Fail<ZlibError>) -> Raised {
    let about_dict = matches!(&fail, Fail::Codec(e) if e.about_dict);
    raise_fail(vm, fail, if about_dict { "while setting zdict" } else { "while decompressing data" })
}

/// Methods of `zlib.Decompress`.
pub struct DecompressClass;

#[class(cell = DECOMPRESS, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl DecompressClass {
    /// Return a bytes object containing the decompressed version of the data.
    ///
    ///   max_length
    ///     The most that is returned; input that was not needed for it is in the attribute unconsumed_tail. 0 is no
    ///     limit.
    #[method("($self, data, /, max_length=0)")]
    fn decompress(vm: &mut Vm, this: &Ref<Decompress>, data: &Value, max_length: Option<isize>) -> Result<Ref<Bytes>> {
        check_bytes(vm, data)?;
        let limit = match max_length.unwrap_or(0) {
            0 => None,
            n if n < 0 => return Err(vm.raise_value_error("max_length must be non-negative")),
            n => Some(n as usize),
        };
        let Some(mut state) = this.get_mut(vm).state.take() else { return Err(raise_in_use(vm)) };
        let made = if state.ended {
            Ok(Err(Fail::Codec(ZlibError::STREAM)))
        } else {
            vm.with_bytes(data, |data| state.run(data, DEF_BUF_SIZE, limit))
        };
        this.get_mut(vm).state = Opaque(Some(state));
        match made? {
            Ok(out) => vm.bytes_from_vec(out),
            Err(f) => Err(raise_inflating(vm, f)),
        }
    }

    /// Return a bytes object containing any remaining decompressed data.
    ///
    ///   length
    ///     the initial size of the output buffer.
    #[method("($self, length=zlib.DEF_BUF_SIZE, /)")]
    fn flush(vm: &mut Vm, this: &Ref<Decompress>, length: Option<isize>) -> Result<Ref<Bytes>> {
        let length = length.unwrap_or(DEF_BUF_SIZE as isize);
        if length <= 0 {
            return Err(vm.raise_value_error("length must be greater than zero"));
        }
        let Some(mut state) = this.get_mut(vm).state.take() else { return Err(raise_in_use(vm)) };
        let tail = std::mem::take(&mut state.tail);
        state.inflater.flush = InflateFlush::Finish;
        let made = if state.ended { Ok(Vec::new()) } else { state.run(&tail, (length as usize).min(1 << 20), None) };
        state.inflater.flush = InflateFlush::SyncFlush;
        state.ended |= state.eof;
        if state.ended {
            state.history = History::default();
        }
        this.get_mut(vm).state = Opaque(Some(state));
        match made {
            Ok(out) => vm.bytes_from_vec(out),
            Err(f) => Err(raise_inflating(vm, f)),
        }
    }

    /// Return a copy of the decompression object.
    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<Decompress>) -> Result {
        let Some(state) = this.get_mut(vm).state.take() else { return Err(raise_in_use(vm)) };
        let beyond = state.history.beyond && !state.ended;
        let copy = if beyond || state.ended { None } else { state.copied() };
        this.get_mut(vm).state = Opaque(Some(state));
        match copy {
            Some(copy) => Ref::new(vm, Decompress { state: Opaque(Some(Box::new(copy))) }).map(Ref::into_value),
            None if beyond => Err(too_long(vm)),
            None => Err(vm.raise_value_error("Inconsistent stream state")),
        }
    }

    #[method("($self, /)")]
    fn __copy__(vm: &mut Vm, this: &Ref<Decompress>) -> Result {
        Self::copy(vm, this)
    }

    #[method("($self, memo, /)")]
    fn __deepcopy__(vm: &mut Vm, this: &Ref<Decompress>, _memo: &Value) -> Result {
        Self::copy(vm, this)
    }

    #[getter]
    fn unused_data(vm: &mut Vm, this: &Ref<Decompress>) -> Result<Ref<Bytes>> {
        let unused = this.get(vm).state.as_ref().map_or(&[][..], |s| &s.unused);
        vm.new_bytes(unused)
    }

    #[getter]
    fn unconsumed_tail(vm: &mut Vm, this: &Ref<Decompress>) -> Result<Ref<Bytes>> {
        let tail = this.get(vm).state.as_ref().map_or(&[][..], |s| &s.tail);
        vm.new_bytes(tail)
    }

    #[getter]
    fn eof(vm: &mut Vm, this: &Ref<Decompress>) -> Result<bool> {
        Ok(this.get(vm).state.as_ref().is_some_and(|s| s.eof))
    }
}

/// A decompressor like those of `bz2` and `lzma`.
#[derive(Trace, Payload)]
#[payload(class = ZLIB_DECOMPRESSOR)]
#[repr(C)]
pub struct ZlibDecompressor {
    puller: Opaque<Option<Box<Puller<Inflater>>>>,
}

/// Methods of `zlib._ZlibDecompressor`.
pub struct ZlibDecompressorClass;

/// Create a decompressor object for decompressing data incrementally.
#[class(cell = ZLIB_DECOMPRESSOR, base = OBJECT, signature = "(wbits=15, zdict=b'')")]
impl ZlibDecompressorClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static S: taipan_vm::native::Signature = taipan_vm::native::Signature {
            name: "_ZlibDecompressor",
            params: &["wbits", "zdict"],
            required: &[false, false],
            required_count: 0,
            positional_only: 0,
            positional: 2,
        };
        let [wbits, zdict] = taipan_vm::native::bind::<2>(vm, &S, args)?;
        let wbits = match wbits {
            Some(v) => vm.to_index_i64(v, "int")?,
            None => 15,
        };
        let dictionary = match zdict {
            Some(v) => {
                check_bytes(vm, v)?;
                vm.bytes_of(v)?
            }
            None => Vec::new(),
        };
        let inflater = i32::try_from(wbits).ok().and_then(|w| Inflater::new(w, dictionary));
        let Some(inflater) = inflater else { return Err(vm.raise_value_error("Invalid initialization option")) };
        let puller = Opaque(Some(Box::new(Puller::new(inflater, false))));
        Ref::new_in(vm, class, ZlibDecompressor { puller }).map(Ref::into_value)
    }

    /// Decompress *data*, returning uncompressed data as bytes.
    ///
    /// At most *max_length* bytes are returned, if that is not negative; what is left of the input is kept for the
    /// next call, and needs_input is false if more output can be had without more input. After the end of the stream,
    /// eof is true and unused_data is what followed it.
    #[method("($self, /, data, max_length=-1)")]
    fn decompress(
        vm: &mut Vm,
        this: &Ref<ZlibDecompressor>,
        data: &Value,
        max_length: Option<isize>,
    ) -> Result<Ref<Bytes>> {
        check_bytes(vm, data)?;
        let Some(mut puller) = this.get_mut(vm).puller.take() else { return Err(raise_in_use(vm)) };
        if puller.eof {
            this.get_mut(vm).puller = Opaque(Some(puller));
            return Err(vm.raise_eof_error("End of stream already reached"));
        }
        let made = vm.with_bytes(data, |data| puller.pull(data, length_limit(max_length)));
        this.get_mut(vm).puller = Opaque(Some(puller));
        match made? {
            Ok(out) => vm.bytes_from_vec(out),
            Err(f) => Err(raise_inflating(vm, f)),
        }
    }

    /// True if the end-of-stream marker has been reached.
    #[getter]
    fn eof(vm: &mut Vm, this: &Ref<ZlibDecompressor>) -> Result<bool> {
        Ok(this.get(vm).puller.as_ref().is_some_and(|p| p.eof))
    }

    /// True if more input is needed before more decompressed data can be produced.
    #[getter]
    fn needs_input(vm: &mut Vm, this: &Ref<ZlibDecompressor>) -> Result<bool> {
        Ok(this.get(vm).puller.as_ref().is_some_and(|p| p.needs_input))
    }

    /// Data found after the end of the compressed stream.
    #[getter]
    fn unused_data(vm: &mut Vm, this: &Ref<ZlibDecompressor>) -> Result<Ref<Bytes>> {
        let unused = this.get(vm).puller.as_ref().map_or(&[][..], |p| &p.unused);
        vm.new_bytes(unused)
    }
}
