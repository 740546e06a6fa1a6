//! What the codecs share: growing output, and decompressors that keep what they were given too much of.

use std::cell::Cell;
use taipan_vm::{Result, Value, Vm};

/// What can go wrong in [`drain`].
pub enum Fail<E> {
    /// No memory for the output.
    Memory,
    /// The codec's own complaint.
    Codec(E),
}

/// What one step did.
pub struct Step {
    /// Bytes taken from the input.
    pub taken: usize,
    /// Bytes written to the output.
    pub written: usize,
    /// Whether the stream has ended.
    pub end: bool,
}

/// Something that turns input into output.
pub trait Codec {
    /// Its complaints.
    type Error;
    /// Takes from `input` and writes to `out` as far as it gets.
    fn step(&mut self, input: &[u8], out: &mut [u8]) -> std::result::Result<Step, Self::Error>;
}

/// What came out of a codec.
pub struct Drained {
    /// The output.
    pub out: Vec<u8>,
    /// Bytes of input that were taken.
    pub taken: usize,
    /// Whether the stream has ended.
    pub end: bool,
    /// Whether the output ends where its limit is.
    pub full: bool,
}

/// Bytes of the room that codecs write to.
const ROOM: usize = 64 << 10;

thread_local! {
    /// Where codecs write to: made once, as a fresh one would have to be cleared each time.
    static OUTPUT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Runs a codec until the input is used up and nothing more comes, the stream ends, or `limit` bytes are out. About `first`
/// bytes are expected.
pub fn drain<C: Codec>(
    codec: &mut C,
    input: &[u8],
    first: usize,
    limit: Option<usize>,
) -> std::result::Result<Drained, Fail<C::Error>> {
    let mut room = OUTPUT.take();
    let wanted = first.clamp(64, ROOM);
    if room.len() < wanted {
        if room.try_reserve_exact(wanted - room.len()).is_err() {
            return Err(Fail::Memory);
        }
        room.resize(wanted, 0);
    }
    let result = drain_by(codec, input, limit, &mut room);
    OUTPUT.set(room);
    result
}

fn drain_by<C: Codec>(
    codec: &mut C,
    input: &[u8],
    limit: Option<usize>,
    room: &mut Vec<u8>,
) -> std::result::Result<Drained, Fail<C::Error>> {
    let mut out: Vec<u8> = Vec::new();
    let (mut taken, mut end) = (0, false);
    let limit = limit.unwrap_or(usize::MAX);
    // Once even without room: what gives no output may be taken.
    let mut begun = false;
    while out.len() < limit || !begun {
        begun = true;
        let window = room.len().min(limit - out.len());
        let step = codec.step(&input[taken..], &mut room[..window]).map_err(Fail::Codec)?;
        taken += step.taken;
        end = step.end;
        out.try_reserve(step.written).map_err(|_| Fail::Memory)?;
        out.extend_from_slice(&room[..step.written]);
        let idle = step.taken == 0 && step.written == 0;
        if end || step.written < window && (taken == input.len() || idle) {
            break;
        }
        if step.written == window && room.len() < ROOM && room.try_reserve_exact(ROOM - room.len()).is_ok() {
            room.resize(ROOM, 0);
        }
    }
    let full = out.len() == limit;
    Ok(Drained { out, taken, end, full })
}

/// A decompressor that is asked for at most so many bytes at a time.
pub struct Puller<C> {
    /// The codec.
    pub codec: C,
    pending: Vec<u8>,
    /// Whether the stream has ended.
    pub eof: bool,
    /// Whether nothing comes without more input.
    pub needs_input: bool,
    /// What followed the stream.
    pub unused: Vec<u8>,
    /// Whether a full output means that there is more to come.
    full_is_more: bool,
}

impl<C: Codec> Puller<C> {
    /// At the beginning of a stream.
    pub fn new(codec: C, full_is_more: bool) -> Puller<C> {
        Puller { codec, pending: Vec::new(), eof: false, needs_input: true, unused: Vec::new(), full_is_more }
    }

    /// Output of what is kept and of `data`.
    pub fn pull(&mut self, data: &[u8], limit: Option<usize>) -> std::result::Result<Vec<u8>, Fail<C::Error>> {
        let mut joined = std::mem::take(&mut self.pending);
        let input = if joined.is_empty() {
            data
        } else {
            joined.try_reserve(data.len()).map_err(|_| Fail::Memory)?;
            joined.extend_from_slice(data);
            &joined
        };
        let drained = match drain(&mut self.codec, input, 16 * 1024, limit) {
            Ok(drained) => drained,
            Err(fail) => {
                self.needs_input = false;
                return Err(fail);
            }
        };
        let rest = input[drained.taken..].to_vec();
        if drained.end {
            self.eof = true;
            self.needs_input = false;
            self.unused = rest;
        } else {
            self.needs_input = rest.is_empty() && !(self.full_is_more && drained.full);
            self.pending = rest;
        }
        Ok(drained.out)
    }
}

/// `max_length`: negative is no limit.
pub fn length_limit(max_length: Option<isize>) -> Option<usize> {
    max_length.and_then(|n| usize::try_from(n).ok())
}

/// Whether `v` shows bytes; raises what `y*` arguments raise.
pub fn check_bytes(vm: &mut Vm, v: &Value) -> Result<()> {
    match taipan_vm::slots::of(v.ty()).buffer {
        Some(_) => Ok(()),
        None => Err(vm.raise_not_bytes_like(v)),
    }
}

/// The state of an object is with another call (a buffer's own code, say).
pub fn raise_in_use(vm: &mut Vm) -> taipan_object::Raised {
    vm.raise_runtime_error("the object is in use by another call")
}
