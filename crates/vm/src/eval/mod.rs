//! Running bytecode: frames, the instruction handlers, calls, generators, where exceptions go.
//!
//! Goals: a call from Python to Python pushes a frame and goes on, without native recursion; a handler is a guard and
//! straight-line work on raw words; native code calls Python through [`call_function`], which enters the handlers anew.
//!
//! | file | what |
//! |---|---|
//! | `frame` | frames, the data stack, frames that have left it |
//! | `word` | values as raw words |
//! | `dispatch` | from one instruction to the next |
//! | `table` | the handler of each opcode |
//! | `ops/` | the handlers |
//! | `args` | binding arguments to parameters |
//! | `deferred` | code objects that are read when they are first needed |
//! | `unwind` | exception tables and tracebacks |
//! | `generator` | linking the frames of generators |
//! | `batch` | several items of a generator at a time for native code |
//! | `lookup` | what attribute access finds, for sites that meet many classes |
//! | `specialize` | instructions that rewrite themselves (PEP 659) |
//! | `monitor/` | events for tools, tracing and profiling |
//! | `inspect` | what Python sees of frames |
//! | `groups`, `import`, `intrinsics` | what some instructions need |
//!
//! Invariants
//! - `Thread::frame` is the frame that runs; its callers are linked by `prev`. Where native code has called Python
//!   code, a frame of owner `Entry` on the native stack is between them, whose only instruction ends the run.
//! - A frame's `ip` is up to date whenever native code can look at it: handlers store it before they call anything.
//! - What a frame refers to from its words is owned by it; the code it borrows from its function.
#![allow(unsafe_code)]

mod args;
mod batch;
pub mod deferred;
pub(crate) mod dispatch;
pub mod frame;
pub mod generator;
mod groups;
mod import;
pub mod inspect;
pub mod intrinsics;
mod lookup;
pub mod monitor;
mod ops;
pub mod specialize;
mod table;
mod unwind;
pub(crate) mod word;

pub use batch::{Items, Wanted};
pub use frame::Thread;
pub(crate) use lookup::{quick_attr, quick_lookup};
pub use ops::asynchronous::awaitable_iterator;
pub(crate) use ops::names::named_value;

use crate::native::Args;
use crate::types::code::Code;
use crate::types::function::Function;
use crate::{Dict, Ref, Result, Value, Vm};
use frame::{Frame, Owner, local};
use std::sync::atomic::Ordering;
use taipan_bytecode::Opcode;
use taipan_object::heap::breaker;
use taipan_object::statics::{FALSE, NONE, TRUE};

/// The word of `None`, which needs no count.
#[inline(always)]
#[allow(non_snake_case)]
pub(crate) fn NONE_WORD() -> u64 {
    NONE.address()
}

/// The word of `True`.
#[inline(always)]
#[allow(non_snake_case)]
pub(crate) fn TRUE_WORD() -> u64 {
    TRUE.address()
}

/// The word of `False`.
#[inline(always)]
#[allow(non_snake_case)]
pub(crate) fn FALSE_WORD() -> u64 {
    FALSE.address()
}

/// The word of a truth value.
#[inline(always)]
pub(crate) fn bool_word(b: bool) -> u64 {
    if b { TRUE_WORD() } else { FALSE_WORD() }
}

/// What a native entry executes when its callee comes back, wherever that goes on.
static ENTRY_CODE: [u16; 4] = [Opcode::INTERPRETER_EXIT as u16; 4];

/// Runs `f` with a frame that stands for the native caller: Python code that has it as its caller ends the run when it
/// returns. The word of the result.
///
/// # Safety
/// `vm` is the thread. `f` links a frame to the entry, makes it current and starts it.
#[inline(always)]
unsafe fn run_linked(vm: *mut Vm, f: impl FnOnce(*mut Frame) -> u64) -> u64 {
    let mut stack = [0u64; 2];
    // SAFETY: the caller's contract; the entry lives until the run has ended.
    unsafe {
        let mut entry = Frame {
            prev: (*vm).eval.frame,
            ip: ENTRY_CODE.as_ptr(),
            sp: stack.as_mut_ptr(),
            code: std::ptr::null(),
            function: 0,
            locals: 0,
            object: 0,
            return_offset: 0,
            owner: Owner::Entry,
            init: false,
            came_from: 0,
        };
        let result = f(&raw mut entry);
        (*vm).eval.frame = entry.prev;
        result
    }
}

/// Calls a Python function from native code.
pub fn call_function(vm: &mut Vm, function: &Value, args: Args<'_>) -> Result {
    call_function_with(vm, function, None, args)
}

/// Calls a Python function from native code, with `first` in front of the arguments.
#[inline]
pub fn call_function_with(vm: &mut Vm, function: &Value, first: Option<&Value>, args: Args<'_>) -> Result {
    vm.check_stack("")?;
    // SAFETY: the value is a function by its slot; argument words are new references.
    unsafe {
        let code = frame::code_of(function.bits());
        let count = args.all().len() + first.is_some() as usize;
        if args.names().is_empty() && (*code).exact_args as usize == count && frame::has_room(vm, code) {
            return call_exact(vm, code, function, first, args.all());
        }
        call_general(vm, function, first, args)
    }
}

/// Calls a function that takes just these arguments, for whose frame there is room.
unsafe fn call_exact(
    vm: *mut Vm,
    code: *const Code,
    function: &Value,
    first: Option<&Value>,
    args: &[Value],
) -> Result {
    // SAFETY: the caller's contract.
    unsafe {
        let w = run_linked(vm, |entry| {
            let callee = frame::push_in_room(vm, code, function.clone().into_bits(), entry);
            let mut at = local(callee, 0);
            for v in first.into_iter().chain(args) {
                *at = v.clone().into_bits();
                at = at.add(1);
            }
            args::clear_locals(callee, first.is_some() as usize + args.len(), (*code).localsplus as usize);
            dispatch::start((*code).start(), (*callee).sp, callee, vm)
        });
        word::result(w)
    }
}

#[inline(never)]
unsafe fn call_general(vm: *mut Vm, function: &Value, first: Option<&Value>, args: Args<'_>) -> Result {
    let all = args.all();
    let given = first.into_iter().chain(all).map(|v| v.clone().into_bits());
    let mut words: Vec<u64> = taipan_object::room::gathered(all.len() + 1, given)?;
    let positional = words.len() - args.names().len();
    // SAFETY: the caller's contract.
    unsafe {
        let w = run_linked(vm, |entry| {
            let f = function.clone().into_bits();
            let callee = if args.names().is_empty() {
                args::enter(vm, entry, f, words.as_mut_ptr(), positional)
            } else {
                let given = args::Given { at: words.as_mut_ptr(), positional, names: args.names() };
                args::enter_general(vm, entry, f, given)
            };
            if callee.is_null() {
                return 0;
            }
            dispatch::start((*callee).ip, (*callee).sp, callee, vm)
        });
        word::result(w)
    }
}

impl Vm {
    /// Runs a code object in a namespace: a module, a class body, `exec`, `eval`.
    pub fn run_code(
        &mut self,
        code: &Ref<Code>,
        globals: &Ref<Dict>,
        locals: Option<Value>,
        closure: Option<Ref<crate::Tuple>>,
    ) -> Result {
        self.check_stack("")?;
        let function = self.new_function(code, globals)?;
        function.get_mut(self).closure = closure;
        self.run_function_in(&function, locals)
    }

    /// Runs a function without arguments, its names in `locals`.
    pub fn run_function_in(&mut self, function: &Ref<Function>, locals: Option<Value>) -> Result {
        let code = function.get(self).code.clone();
        // SAFETY: the frame's locals are cleared before it runs; the namespace word is owned.
        unsafe {
            let vm: *mut Vm = self;
            let w = run_linked(vm, |entry| {
                let f = function.to_value().into_bits();
                let callee = frame::push(vm, &raw const *code, f, entry);
                if callee.is_null() {
                    word::release(f, vm);
                    return 0;
                }
                for i in 0..code.localsplus as usize {
                    *local(callee, i) = 0;
                }
                (*callee).locals = locals.map_or(0, Value::into_bits);
                dispatch::start((*callee).ip, (*callee).sp, callee, vm)
            });
            word::result(w)
        }
    }

    /// Whether Python code is running in this thread.
    pub fn is_running(&self) -> bool {
        !self.eval.frame.is_null()
    }
}

/// The innermost frame from `frame` on that runs Python code; null if there is none.
pub(crate) unsafe fn first_complete(frame: *mut Frame) -> *mut Frame {
    let mut at = frame;
    // SAFETY: the frames of a thread are linked to its first one.
    unsafe {
        while !at.is_null() && (*at).code.is_null() {
            at = (*at).prev;
        }
    }
    at
}

impl Vm {
    /// Whether something wants the thread's attention: long native work looks at it now and then.
    #[inline]
    pub fn wants_attention(&self) -> bool {
        self.breaker.load(Ordering::Relaxed) != 0
    }

    /// Lets signal handlers, other threads and the collector have their turn in the middle of long native work.
    pub fn attend(&mut self) -> Result<()> {
        if !self.wants_attention() {
            return Ok(());
        }
        // SAFETY: the pointer comes from an exclusive reference.
        if unsafe { answer_breaker(self) } { Ok(()) } else { Err(taipan_object::Raised) }
    }
}

/// Does what the breaker asks for; false when an exception has been raised.
#[cold]
#[inline(never)]
pub(crate) unsafe fn answer_breaker(vm: *mut Vm) -> bool {
    // SAFETY: the contract of handlers.
    let vm = unsafe { &mut *vm };
    let bits = vm.breaker.load(Ordering::Relaxed);
    if bits & breaker::YIELD != 0 {
        vm.yield_lock();
    }
    if bits & breaker::COLLECT != 0 {
        vm.breaker.fetch_and(!breaker::COLLECT, Ordering::Relaxed);
        vm.collect_if_due();
    }
    if bits & breaker::SIGNAL != 0 && vm.check_signals().is_err() {
        return false;
    }
    if bits & breaker::PENDING != 0 {
        vm.breaker.fetch_and(!breaker::PENDING, Ordering::Relaxed);
        if vm.is_main_thread() {
            vm.run_remote_script();
        }
    }
    true
}
