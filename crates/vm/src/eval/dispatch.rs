//! From one instruction to the next.
//!
//! A handler takes the instruction pointer, the stack pointer, the frame and the thread in registers, and ends by going
//! to the handler of the next instruction: by a tail call where the build turns those into jumps (`tail_dispatch`, see
//! `build.rs`), by returning to a loop otherwise. The bodies are the same. Rejected: a `match` loop for both, 1.2 to
//! 1.6 times slower, since the optimiser spills the four registers at the head of the loop.
//!
//! What a handler must keep to, so that its last call stays a jump: no address of a local variable is given away, and
//! whatever is not a few instructions of straight work is in a function of its own that takes and returns words.

use super::frame::Frame;
use crate::Vm;

/// Points to the code unit of the instruction that runs.
pub type Ip = *const u16;
/// Points behind the topmost word of the stack.
pub type Sp = *mut u64;
/// The frame that runs.
pub type Fp = *mut Frame;
/// The thread.
pub type Vp = *mut Vm;

/// What a handler returns. With tail calls it is the result of the whole run: the word of the value, or 0 when an
/// exception leaves it.
#[cfg(tail_dispatch)]
pub type Flow = u64;

/// What a handler returns to the loop: where to go on, or with an absent `ip` the result in `sp`.
#[cfg(not(tail_dispatch))]
#[repr(C)]
#[derive(Clone, Copy)]
pub struct Flow {
    ip: Ip,
    sp: Sp,
    frame: Fp,
}

/// A handler: executes one instruction whose argument is `arg`.
pub type Handler = unsafe extern "sysv64-unwind" fn(Ip, Sp, Fp, Vp, usize) -> Flow;

/// Defines handlers.
///
/// Their common contract: `ip` points to the instruction in the frame's code, `sp` behind the topmost live word, `frame`
/// is the thread's current frame, `vm` the thread. The compiler of Python code guarantees the depth of the stack and
/// the kinds of what is on it where an instruction relies on them. Words below `sp` are owned by the stack.
macro_rules! op {
    ($(#[$meta:meta])* $name:ident, |$ip:ident, $sp:ident, $frame:ident, $vm:ident, $arg:ident| $body:block) => {
        $(#[$meta])*
        #[allow(non_snake_case, unused_variables)]
        pub unsafe extern "sysv64-unwind" fn $name(
            $ip: $crate::eval::dispatch::Ip,
            $sp: $crate::eval::dispatch::Sp,
            $frame: $crate::eval::dispatch::Fp,
            $vm: $crate::eval::dispatch::Vp,
            $arg: usize,
        ) -> $crate::eval::dispatch::Flow {
            // SAFETY: the contract of handlers, above.
            unsafe { $body }
        }
    };
}
pub(super) use op;

/// Goes to the instruction at `ip`.
#[cfg(tail_dispatch)]
#[inline(always)]
pub unsafe fn next(ip: Ip, sp: Sp, frame: Fp, vm: Vp) -> Flow {
    // SAFETY: the contract of handlers; the table has a handler for each of the 256 numbers.
    unsafe {
        let unit = *ip as usize;
        let handler = super::table::HANDLERS.0[unit & 0xFF];
        handler(ip, sp, frame, vm, unit >> 8)
    }
}

/// Goes to the instruction at `ip`.
#[cfg(not(tail_dispatch))]
#[inline(always)]
pub unsafe fn next(ip: Ip, sp: Sp, frame: Fp, _vm: Vp) -> Flow {
    Flow { ip, sp, frame }
}

/// Executes the instruction at `ip` (anew, after it has been rewritten) with an argument that is known already.
#[inline(always)]
pub unsafe fn again(ip: Ip, sp: Sp, frame: Fp, vm: Vp, arg: usize) -> Flow {
    // SAFETY: the contract of handlers.
    unsafe { super::table::HANDLERS.0[*ip as usize & 0xFF](ip, sp, frame, vm, arg) }
}

/// Ends the run with the word of its value, or 0 when an exception leaves it.
#[cfg(tail_dispatch)]
#[inline(always)]
pub fn exit(word: u64) -> Flow {
    word
}

/// Ends the run with the word of its value, or 0 when an exception leaves it.
#[cfg(not(tail_dispatch))]
#[inline(always)]
pub fn exit(word: u64) -> Flow {
    Flow { ip: std::ptr::null(), sp: word as Sp, frame: std::ptr::null_mut() }
}

/// Runs from `ip` until the run ends.
///
/// # Safety
/// The contract of handlers.
#[cfg(tail_dispatch)]
pub unsafe fn start(ip: Ip, sp: Sp, frame: Fp, vm: Vp) -> u64 {
    // SAFETY: the caller's contract.
    unsafe { next(ip, sp, frame, vm) }
}

/// Runs from `ip` until the run ends.
///
/// # Safety
/// The contract of handlers.
#[cfg(not(tail_dispatch))]
pub unsafe fn start(ip: Ip, sp: Sp, frame: Fp, vm: Vp) -> u64 {
    let mut flow = Flow { ip, sp, frame };
    while !flow.ip.is_null() {
        // SAFETY: the caller's contract; each handler hands on a state that fulfils it.
        flow = unsafe {
            let unit = *flow.ip as usize;
            super::table::HANDLERS.0[unit & 0xFF](flow.ip, flow.sp, flow.frame, vm, unit >> 8)
        };
    }
    flow.sp as u64
}

/// Runs from the handling of an exception that has been raised, at `ip`.
///
/// # Safety
/// The contract of handlers.
pub unsafe fn start_raising(ip: Ip, sp: Sp, frame: Fp, vm: Vp) -> u64 {
    // SAFETY: the caller's contract.
    unsafe {
        let flow = super::unwind::unwind(ip, sp, frame, vm, 0);
        #[cfg(tail_dispatch)]
        return flow;
        #[cfg(not(tail_dispatch))]
        if flow.ip.is_null() { flow.sp as u64 } else { start(flow.ip, flow.sp, flow.frame, vm) }
    }
}
