//! `zlib`.

mod codec;
mod objects;

pub use objects::{CompressClass, DecompressClass, ZlibDecompressorClass};

use crate::common::{Fail, check_bytes, drain};
use codec::{Deflater, Inflater, ZlibError};
use taipan_macros::module;
use taipan_object::{Bytes, Raised};
use taipan_vm::types::int::view;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

const ERROR: &str = "zlib.error";
const DEF_BUF_SIZE: usize = 16 * 1024;

/// What zlib calls version 1.3.1 and what this is compatible with.
const VERSION: &str = "1.3.1";

/// Raises `zlib.error`: `Error -3 while decompressing data: incorrect header check`.
fn raise(vm: &mut Vm, error: ZlibError, doing: &str) -> Raised {
    let code = error.code;
    let text = match error.message.or(match code {
        -5 => Some("incomplete or truncated stream"),
        -2 => Some("inconsistent stream state"),
        -3 => Some("invalid input data"),
        _ => None,
    }) {
        Some(message) => format!("Error {code} {doing}: {message}"),
        None => format!("Error {code} {doing}"),
    };
    vm.raise_added(ERROR, &text)
}

fn raise_fail(vm: &mut Vm, fail: Fail<ZlibError>, doing: &str) -> Raised {
    match fail {
        Fail::Memory => vm.raise_memory_error(),
        Fail::Codec(e) => raise(vm, e, doing),
    }
}

/// A checksum to go on from: the low 32 bits of any int.
fn start_value(vm: &mut Vm, v: Option<&Value>, default: u32) -> Result<u32> {
    let Some(v) = v else { return Ok(default) };
    if let Some(n) = v.small_int() {
        return Ok(n as u32);
    }
    let n = vm.index(v)?;
    let Some(n) = view(&n) else { return Ok(default) };
    let low = taipan_num::int::and(n, taipan_num::IntView::Small(0xffff_ffff));
    let low = vm.int_result(low)?;
    Ok(low.small_int().unwrap_or(0) as u32)
}

/// `zlib`.
pub struct ZlibModule;

/// Compression and decompression compatible with the zlib library, which is based on GNU zip.
///
/// adler32(string[, start]) -- Compute an Adler-32 checksum.
/// compress(data[, level]) -- Compress data, with compression level 0-9 or -1.
/// compressobj([level[, ...]]) -- Return a compressor object.
/// crc32(string[, start]) -- Compute a CRC-32 checksum.
/// decompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.
/// decompressobj([wbits[, zdict]]) -- Return a decompressor object.
///
/// 'wbits' is window buffer size and container format.
/// Compressor objects support compress() and flush() methods; decompressor
/// objects support decompress() and flush().
#[module(name = "zlib")]
impl ZlibModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&CompressClass::class_def())?;
        vm.set_up_class(&DecompressClass::class_def())?;
        vm.add_class(module, &ZlibDecompressorClass::class_def())?;
        vm.add_exception_class(module, ERROR, taipan_vm::errors::EXCEPTION.as_type(), "")?;
        let constants = [
            ("MAX_WBITS", 15),
            ("DEFLATED", 8),
            ("DEF_MEM_LEVEL", 8),
            ("DEF_BUF_SIZE", DEF_BUF_SIZE as i32),
            ("Z_NO_COMPRESSION", 0),
            ("Z_BEST_SPEED", 1),
            ("Z_BEST_COMPRESSION", 9),
            ("Z_DEFAULT_COMPRESSION", -1),
            ("Z_FILTERED", 1),
            ("Z_HUFFMAN_ONLY", 2),
            ("Z_RLE", 3),
            ("Z_FIXED", 4),
            ("Z_DEFAULT_STRATEGY", 0),
            ("Z_NO_FLUSH", 0),
            ("Z_PARTIAL_FLUSH", 1),
            ("Z_SYNC_FLUSH", 2),
            ("Z_FULL_FLUSH", 3),
            ("Z_FINISH", 4),
            ("Z_BLOCK", 5),
            ("Z_TREES", 6),
        ];
        for (name, n) in constants {
            module.set(vm, name, Value::from_i32(n))?;
        }
        for name in ["ZLIB_VERSION", "ZLIB_RUNTIME_VERSION"] {
            let version = vm.new_str(VERSION)?.into_value();
            module.set(vm, name, version)?;
        }
        Ok(())
    }

    /// Compute an Adler-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    #[function("($module, data, value=1, /)")]
    fn adler32(vm: &mut Vm, data: &Value, value: Option<&Value>) -> Result<i64> {
        check_bytes(vm, data)?;
        let start = start_value(vm, value, 1)?;
        vm.with_bytes(data, |data| i64::from(zlib_rs::adler32::adler32(start, data)))
    }

    /// Compute a CRC-32 checksum of data.
    ///
    ///   value
    ///     Starting value of the checksum.
    #[function("($module, data, value=0, /)")]
    fn crc32(vm: &mut Vm, data: &Value, value: Option<&Value>) -> Result<i64> {
        check_bytes(vm, data)?;
        let start = start_value(vm, value, 0)?;
        vm.with_bytes(data, |data| i64::from(zlib_rs::crc32::crc32(start, data)))
    }

    /// Returns a bytes object containing compressed data.
    ///
    ///   data
    ///     Binary data to be compressed.
    ///   level
    ///     Compression level, in 0-9 or -1.
    ///   wbits
    ///     The window buffer size and container format.
    #[function("($module, data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)")]
    fn compress(vm: &mut Vm, data: &Value, level: Option<i32>, wbits: Option<i32>) -> Result<Ref<Bytes>> {
        check_bytes(vm, data)?;
        let config = codec::config(level.unwrap_or(-1), 8, wbits.unwrap_or(15), 8, 0);
        let Some(mut deflater) = config.map(Deflater::new) else {
            return Err(vm.raise_added(ERROR, "Bad compression level"));
        };
        deflater.flush = zlib_rs::DeflateFlush::Finish;
        let made = vm.with_bytes(data, |data| drain(&mut deflater, data, DEF_BUF_SIZE, None))?;
        match made {
            Ok(drained) => {
                deflater.retire();
                vm.new_bytes(&drained.out)
            }
            Err(f) => Err(raise_fail(vm, f, "while compressing data")),
        }
    }

    /// Returns a bytes object containing the uncompressed data.
    ///
    ///   data
    ///     Compressed data.
    ///   wbits
    ///     The window buffer size and container format.
    ///   bufsize
    ///     The initial output buffer size.
    #[function("($module, data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)")]
    fn decompress(vm: &mut Vm, data: &Value, wbits: Option<i32>, bufsize: Option<isize>) -> Result<Ref<Bytes>> {
        check_bytes(vm, data)?;
        let bufsize = bufsize.unwrap_or(DEF_BUF_SIZE as isize);
        let Ok(first) = usize::try_from(bufsize) else {
            return Err(vm.raise_value_error("bufsize must be non-negative"));
        };
        let Some(mut inflater) = Inflater::new(wbits.unwrap_or(15), Vec::new()) else {
            return Err(raise(vm, ZlibError::STREAM, "while preparing to decompress data"));
        };
        let made = vm.with_bytes(data, |data| drain(&mut inflater, data, first, None))?;
        match made {
            Ok(drained) if drained.end => vm.new_bytes(&drained.out),
            Ok(_) => {
                Err(raise(vm, ZlibError { code: -5, message: None, about_dict: false }, "while decompressing data"))
            }
            Err(f) => Err(raise_fail(vm, f, "while decompressing data")),
        }
    }

    /// Return a compressor object.
    ///
    ///   level
    ///     The compression level (an integer in the range 0-9 or -1).
    ///   method
    ///     The compression algorithm; must be DEFLATED.
    ///   wbits
    ///     +9 to +15: window sizes with a zlib header, +25 to +31: with a gzip header, -9 to -15: without header.
    ///   memLevel
    ///     How much memory the state takes, from 1 to 9.
    ///   strategy
    ///     Tunes the algorithm: Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE or Z_FIXED.
    ///   zdict
    ///     The predefined compression dictionary.
    #[function(
        "($module, /, level=Z_DEFAULT_COMPRESSION, method=DEFLATED,\n            wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL,\n            strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)"
    )]
    fn compressobj(
        vm: &mut Vm,
        level: Option<i32>,
        method: Option<i32>,
        wbits: Option<i32>,
        memory: Option<i32>,
        strategy: Option<i32>,
        zdict: Option<&Value>,
    ) -> Result {
        let dictionary = match zdict {
            Some(v) => {
                check_bytes(vm, v)?;
                vm.bytes_of(v)?
            }
            None => Vec::new(),
        };
        let config = codec::config(
            level.unwrap_or(-1),
            method.unwrap_or(8),
            wbits.unwrap_or(15),
            memory.unwrap_or(8),
            strategy.unwrap_or(0),
        );
        let Some(config) = config else { return Err(vm.raise_value_error("Invalid initialization option")) };
        let mut deflater = Deflater::new(config);
        if !dictionary.is_empty() && !deflater.set_dictionary(&dictionary) {
            return Err(vm.raise_value_error("Invalid dictionary"));
        }
        objects::new_compress(vm, config, deflater, dictionary)
    }

    /// Return a decompressor object.
    ///
    ///   wbits
    ///     The window buffer size and container format.
    ///   zdict
    ///     The predefined compression dictionary, the same that the compressor had.
    #[function("($module, /, wbits=MAX_WBITS, zdict=b'')")]
    fn decompressobj(vm: &mut Vm, wbits: Option<i32>, zdict: Option<&Value>) -> Result {
        let dictionary = match zdict {
            Some(v) if taipan_vm::slots::of(v.ty()).buffer.is_none() => {
                return Err(vm.raise_type_error("zdict argument must support the buffer protocol"));
            }
            Some(v) => vm.bytes_of(v)?,
            None => Vec::new(),
        };
        objects::new_decompress(vm, wbits.unwrap_or(15), dictionary)
    }
}
