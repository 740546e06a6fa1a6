//! Deflate and inflate streams as codecs.

use crate::common::{Codec, Step};
use std::cell::Cell;
use zlib_rs::{Deflate, DeflateConfig, DeflateFlush, Inflate, InflateError, InflateFlush, Method, Status, Strategy};

/// An error in zlib's numbers and words.
pub struct ZlibError {
    pub code: i32,
    pub message: Option<&'static str>,
    /// The dictionary was refused, not the data.
    pub about_dict: bool,
}

impl ZlibError {
    /// A stream that was used in the wrong order, or with parameters that there are not.
    pub const STREAM: ZlibError = ZlibError { code: -2, message: None, about_dict: false };
}

/// Checks the parameters of a compressor.
pub fn config(level: i32, method: i32, wbits: i32, memory: i32, strategy: i32) -> Option<DeflateConfig> {
    if !matches!(wbits, -15..=-9 | 8..=15 | 25..=31)
        || method != 8
        || !(-1..=9).contains(&level)
        || !(1..=9).contains(&memory)
    {
        return None;
    }
    let strategy = match strategy {
        0 => Strategy::Default,
        1 => Strategy::Filtered,
        2 => Strategy::HuffmanOnly,
        3 => Strategy::Rle,
        4 => Strategy::Fixed,
        _ => return None,
    };
    Some(DeflateConfig { level, method: Method::Deflated, window_bits: wbits, mem_level: memory, strategy })
}

thread_local! {
    /// The state of a compressor that has ended, and its parameters. It takes a quarter of a megabyte, and making another
    /// one as long as compressing a few hundred bytes.
    static IDLE: Cell<Option<(DeflateConfig, Deflate)>> = const { Cell::new(None) };
}

/// A compressor.
pub struct Deflater {
    stream: Deflate,
    config: DeflateConfig,
    /// What to do with what is pending.
    pub flush: DeflateFlush,
}

impl Deflater {
    /// With parameters that [`config`] has checked.
    pub fn new(config: DeflateConfig) -> Deflater {
        let stream = match IDLE.take() {
            Some((same, mut stream)) if same == config => {
                stream.reset();
                stream
            }
            _ => Deflate::new_with_config(config),
        };
        Deflater { stream, config, flush: DeflateFlush::NoFlush }
    }

    /// To be called when the stream has come to its end: the next compressor can be made of its state.
    pub fn retire(self) {
        IDLE.set(Some((self.config, self.stream)));
    }

    /// Sets the dictionary; false if it is refused.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> bool {
        self.stream.set_dictionary(dictionary).is_ok()
    }
}

impl Codec for Deflater {
    type Error = ZlibError;
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, ZlibError> {
        let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
        match self.stream.compress(input, out, self.flush) {
            Ok(status) => Ok(Step {
                taken: (self.stream.total_in() - before_in) as usize,
                written: (self.stream.total_out() - before_out) as usize,
                end: status == Status::StreamEnd,
            }),
            Err(e) => Err(ZlibError { code: e as i32, message: self.stream.error_message(), about_dict: false }),
        }
    }
}

/// A decompressor.
pub struct Inflater {
    stream: Inflate,
    dictionary: Vec<u8>,
    /// What to do at the end of the input.
    pub flush: InflateFlush,
}

impl Inflater {
    /// `None` for a window size that there is not.
    pub fn new(wbits: i32, dictionary: Vec<u8>) -> Option<Inflater> {
        let stream = match wbits {
            -15..=-8 => Inflate::new(false, wbits.unsigned_abs() as u8),
            0 | 8..=16 | 24..=32 | 40..=47 => Inflate::new(true, wbits as u8),
            _ => return None,
        };
        let mut inflater = Inflater { stream, dictionary, flush: InflateFlush::SyncFlush };
        // Data without a header cannot ask for it.
        if wbits < 0 && !inflater.dictionary.is_empty() && inflater.stream.set_dictionary(&inflater.dictionary).is_err()
        {
            return None;
        }
        Some(inflater)
    }
}

impl Codec for Inflater {
    type Error = ZlibError;
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> Result<Step, ZlibError> {
        let (before_in, before_out) = (self.stream.total_in(), self.stream.total_out());
        let end = match self.stream.decompress(input, out, self.flush) {
            Ok(status) => status == Status::StreamEnd,
            Err(InflateError::NeedDict { .. }) if !self.dictionary.is_empty() => {
                if self.stream.set_dictionary(&self.dictionary).is_err() {
                    return Err(ZlibError { code: -3, message: None, about_dict: true });
                }
                let taken = (self.stream.total_in() - before_in) as usize;
                let written = (self.stream.total_out() - before_out) as usize;
                let more = self.step(&input[taken..], &mut out[written..])?;
                return Ok(Step { taken: taken + more.taken, written: written + more.written, end: more.end });
            }
            Err(e) => {
                let code = match e {
                    InflateError::NeedDict { .. } => 2,
                    InflateError::StreamError => -2,
                    InflateError::DataError => -3,
                    InflateError::MemError => -4,
                };
                return Err(ZlibError { code, message: self.stream.error_message(), about_dict: false });
            }
        };
        Ok(Step {
            taken: (self.stream.total_in() - before_in) as usize,
            written: (self.stream.total_out() - before_out) as usize,
            end,
        })
    }
}
