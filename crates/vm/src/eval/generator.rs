//! Running generators, coroutines and asynchronous generators: their frame is linked in as the callee of whoever
//! resumes them, and unlinked when they yield.

use super::dispatch::{Fp, Vp, next, op};
use super::frame::{self, Block, generator_of};
use super::unwind::unwind;
use super::word;
use crate::types::frame::FrameObject;
use crate::types::generator::{ASYNC_GENERATOR, AsyncGenerator, COROUTINE, Coroutine, GENERATOR, Generator, State};
use crate::{Ref, Result, Value, Vm};
use taipan_bytecode::CodeFlags;
use taipan_object::Raised;

/// What resuming a generator gives.
pub enum Outcome {
    /// It is suspended again.
    Yielded(Value),
    /// It has ended.
    Returned(Value),
}

/// A value as a generator, coroutine or asynchronous generator, which have one layout.
pub fn as_generator(v: &Value) -> Option<&Ref<Generator>> {
    let is_one = GENERATOR.is_exact(v) || COROUTINE.is_exact(v) || ASYNC_GENERATOR.is_exact(v);
    // SAFETY: the payloads of the other two are a Generator and nothing else.
    is_one.then(|| unsafe { Ref::from_borrowed_unchecked(v) })
}

/// Whether one more generator can be linked without anything growing or the recursion limit being reached; else native
/// code resumes it.
#[inline(always)]
unsafe fn has_room(vm: Vp) -> bool {
    // SAFETY: the contract of handlers.
    unsafe {
        let handled = &(*vm).handled;
        (*vm).recursion_left > 0 && handled.len() < handled.capacity()
    }
}

/// Whether the instruction that resumes it can link the frame of this object: a generator that is suspended.
#[inline(always)]
pub unsafe fn can_resume(w: u64, vm: Vp) -> bool {
    // SAFETY: a value on the stack; a generator has the layout of one.
    unsafe {
        word::type_address(w) == GENERATOR.as_type().address()
            && (*word::payload::<Generator>(w)).state.is_resumable()
            && has_room(vm)
    }
}

/// The same for what is sent to: a coroutine is possible too, and one that has not begun takes `None` only.
#[inline(always)]
pub unsafe fn can_send(w: u64, value: u64, vm: Vp) -> bool {
    // SAFETY: as above.
    unsafe {
        let ty = word::type_address(w);
        if (ty != GENERATOR.as_type().address() && ty != COROUTINE.as_type().address()) || !has_room(vm) {
            return false;
        }
        let state = (*word::payload::<Generator>(w)).state;
        state.is_suspended() || (state == State::Created && value == super::NONE_WORD())
    }
}

/// Makes a suspended generator's frame the current one, with `caller` to come back to and `value` as what its `yield`
/// gives.
#[inline(always)]
pub unsafe fn link(w: u64, caller: Fp, value: u64, vm: Vp) -> Fp {
    // SAFETY: the caller has tested the state, so the generator has a frame, whose stack has room for the value; it has
    // tested that nothing grows, too, which the compiler does not see.
    unsafe {
        let handled = &mut (*vm).handled;
        let n = handled.len();
        handled.as_mut_ptr().add(n).write((*word::payload::<Generator>(w)).handled.take());
        handled.set_len(n + 1);
        let callee = link_frame(w, caller, vm);
        *(*callee).sp = value;
        (*callee).sp = (*callee).sp.add(1);
        callee
    }
}

#[inline(always)]
unsafe fn link_frame(w: u64, caller: Fp, vm: Vp) -> Fp {
    // SAFETY: as for link.
    unsafe {
        let g = word::payload::<Generator>(w);
        (*g).state = State::Executing;
        let callee = (*g).block.as_ref().unwrap_unchecked().frame();
        (*callee).prev = caller;
        (*vm).recursion_left -= 1;
        (*vm).eval.frame = callee;
        callee
    }
}

/// A generator's frame has ended: what it refers to goes.
pub unsafe fn finish(frame: Fp, sp: *mut u64, vm: Vp) {
    // SAFETY: the frame is a generator's, and not the current one any more.
    unsafe {
        let w = generator_of(frame);
        let g = word::payload::<Generator>(w);
        (*g).state = State::Completed;
        (*vm).recursion_left += 1;
        let handled = (*vm).handled.pop();
        (*frame).sp = sp;
        (*frame).prev = std::ptr::null_mut();
        let block = (*g).block.take();
        // It has nothing left to finalise.
        word::at(&w).header().inspect(|h| h.mark_finalized());
        drop(handled);
        drop(block);
        (*vm).drain();
    }
}

op!(YIELD_VALUE, |ip, sp, frame, vm, arg| {
    let g = word::payload::<Generator>(generator_of(frame));
    (*g).state = if arg == 0 { State::Suspended } else { State::SuspendedYieldFrom };
    // While it runs there is none, so that nothing is overwritten.
    (&raw mut (*g).handled).write((*vm).handled.pop().flatten());
    (*vm).recursion_left += 1;
    (*frame).ip = ip;
    (*frame).sp = sp.sub(1);
    let prev = std::mem::replace(&mut (*frame).prev, std::ptr::null_mut());
    (*vm).eval.frame = prev;
    let to = (*prev).sp;
    *to = *sp.sub(1);
    // Whoever resumes generators is two units long: FOR_ITER, SEND, and the native entry.
    next((*prev).ip.add(2), to.add(1), prev, vm)
});

#[inline(never)]
unsafe fn new_generator(frame: Fp, ip: *const u16, sp: *mut u64, vm: Vp) -> u64 {
    // SAFETY: the frame has just begun; its words move to the generator.
    unsafe {
        let function = frame::function(frame);
        let code = &function.code;
        (*frame).ip = ip;
        let words = (sp as usize - frame as usize) / 8;
        let base = Generator::new(code.clone(), function.name.clone(), function.qualname.clone());
        let vmr = &mut *vm;
        let made = if code.has(CodeFlags::COROUTINE) {
            Ref::new(vmr, Coroutine { base }).map(Ref::into_value)
        } else if code.has(CodeFlags::ASYNC_GENERATOR) {
            Ref::new(vmr, AsyncGenerator { base }).map(Ref::into_value)
        } else {
            Ref::new(vmr, base).map(Ref::into_value)
        };
        let Ok(made) = made else { return 0 };
        let Some(mut block) = Block::copy_of(frame, words) else { return 0 };
        block.set_generator(made.bits());
        (*block.frame()).prev = std::ptr::null_mut();
        if (*frame).object != 0 {
            (*word::payload::<FrameObject>((*frame).object)).set_frame(block.frame());
        }
        (*word::payload::<Generator>(made.bits())).block = Some(block);
        if vmr.eval.origin_depth > 0 && code.has(CodeFlags::COROUTINE) {
            let prev = (*frame).prev;
            let origin = super::inspect::call_stack(vmr, prev, vmr.eval.origin_depth as usize);
            match origin {
                Ok(origin) => (*word::payload::<Generator>(made.bits())).extra = Some(origin),
                Err(raised) => drop(vmr.take_raised(raised)),
            }
        }
        made.into_bits()
    }
}

op!(RETURN_GENERATOR, |ip, sp, frame, vm, arg| {
    let g = new_generator(frame, ip, sp, vm);
    if g == 0 {
        return unwind(ip, sp, frame, vm, 0);
    }
    let prev = (*frame).prev;
    (*vm).eval.frame = prev;
    frame::pop(vm, frame);
    let to = (*prev).sp;
    *to = g;
    next((*prev).ip.add((*prev).return_offset as usize), to.add(1), prev, vm)
});

/// Resumes a generator from native code: with a value, or without one so that it meets the exception that has been
/// raised. It must be resumable.
pub fn resume(vm: &mut Vm, generator: &Ref<Generator>, value: Option<Value>) -> Result<Outcome> {
    let checked = vm.check_stack("").and_then(|()| match vm.recursion_left > 0 {
        true => Ok(()),
        false => Err(vm.raise_recursion_error("maximum recursion depth exceeded")),
    });
    checked?;
    // It must live until it is unlinked.
    let generator = generator.clone();
    // SAFETY: the state says that the frame is not linked; the entry of the run is its caller until it comes back.
    let w = unsafe {
        let vp: Vp = vm;
        let g = generator.as_value().bits();
        super::run_linked(vp, |entry| {
            (*vp).handled.push((*word::payload::<Generator>(g)).handled.take());
            let callee = link_frame(g, entry, vp);
            match value {
                Some(v) => {
                    *(*callee).sp = v.into_bits();
                    (*callee).sp = (*callee).sp.add(1);
                    super::dispatch::start((*callee).ip.add(1), (*callee).sp, callee, vp)
                }
                None => {
                    // Where the value would be: handlers around `yield from` count it.
                    *(*callee).sp = super::NONE_WORD();
                    (*callee).sp = (*callee).sp.add(1);
                    let exception = (*vp).take_raised(Raised);
                    if let Some(Some(handled)) = (*vp).handled.last().cloned() {
                        (*vp).set_context(&exception, handled);
                    }
                    let _ = (*vp).raise(exception);
                    (*vp).report_exception(callee, super::monitor::event::PY_THROW);
                    super::dispatch::start_raising((*callee).ip, (*callee).sp, callee, vp)
                }
            }
        })
    };
    // SAFETY: the word is what the run has returned.
    let result = unsafe { word::result(w) }?;
    Ok(match generator.get(vm).state {
        State::Completed => Outcome::Returned(result),
        _ => Outcome::Yielded(result),
    })
}

/// What a generator waits for in `yield from` or `await`.
pub fn awaited(vm: &Vm, generator: &Ref<Generator>) -> Option<Value> {
    let g = generator.get(vm);
    if g.state != State::SuspendedYieldFrom {
        return None;
    }
    let frame = g.block.as_ref()?.frame();
    // SAFETY: a generator that is suspended there has what it waits for on top of its stack.
    unsafe { Some(word::at((*frame).sp.sub(1)).clone()) }
}

/// Whether a suspended generator stands at a `yield` that no handler of its own code covers, so that closing it need
/// not resume it.
pub fn closes_silently(generator: &Generator) -> bool {
    let Some(block) = generator.block.as_ref() else { return true };
    // SAFETY: the instruction behind the one at which a generator is suspended is in its code; there, events may be
    // reported, so that what it is stands in the canonical code only.
    let unit = unsafe {
        let frame = block.frame();
        let at = super::frame::unit_index(frame) + 1;
        let bytes = &(*(*frame).code).canonical;
        bytes[2 * at] as u16 | (bytes[2 * at + 1] as u16) << 8
    };
    use taipan_bytecode::oparg::resume::DEPTH1_MASK;
    let opcode = (unit & 0xFF) as u8;
    let resumes = [taipan_bytecode::Opcode::RESUME as u8, taipan_bytecode::Opcode::RESUME_CHECK as u8];
    resumes.contains(&opcode) && (unit >> 8) as u32 & DEPTH1_MASK != 0
}

/// Ends a generator that does not run, without resuming it.
pub fn discard(vm: &mut Vm, generator: &Ref<Generator>) {
    let g = generator.get_mut(vm);
    g.state = State::Completed;
    let old = (g.block.take(), g.handled.take());
    generator.header().mark_finalized();
    drop(old);
    vm.drain();
}

/// How a generator was before [`begin_executing`].
pub struct Paused {
    state: State,
    frame: *mut super::frame::Frame,
    previous: *mut super::frame::Frame,
}

/// Marks a suspended generator as running and makes its frame the current one: for what it waits for. [`end_executing`]
/// must follow.
pub fn begin_executing(vm: &mut Vm, generator: &Ref<Generator>) -> Paused {
    let g = generator.get_mut(vm);
    let state = std::mem::replace(&mut g.state, State::Executing);
    let frame = g.block.as_ref().map_or(std::ptr::null_mut(), Block::frame);
    let previous = vm.eval.frame;
    if !frame.is_null() {
        // SAFETY: the frame is suspended, and nothing unlinks it before `end_executing` does.
        unsafe { (*frame).prev = previous };
        vm.eval.frame = frame;
    }
    Paused { state, frame, previous }
}

/// Makes a generator suspended again.
pub fn end_executing(vm: &mut Vm, generator: &Ref<Generator>, paused: Paused) {
    if !paused.frame.is_null() {
        vm.eval.frame = paused.previous;
        // SAFETY: the generator, which was marked as running, still has its frame.
        unsafe { (*paused.frame).prev = std::ptr::null_mut() };
    }
    generator.get_mut(vm).state = paused.state;
}

/// Runs `f` with the generator marked as running and its frame as the current one: for what it waits for.
pub fn while_executing<R>(vm: &mut Vm, generator: &Ref<Generator>, f: impl FnOnce(&mut Vm) -> R) -> R {
    let paused = begin_executing(vm, generator);
    let result = f(vm);
    end_executing(vm, generator, paused);
    result
}

/// The frame object of a generator that has not ended.
pub fn frame_of(vm: &mut Vm, generator: &Ref<Generator>) -> Result<Option<Ref<FrameObject>>> {
    let Some(frame) = generator.get(vm).block.as_ref().map(Block::frame) else { return Ok(None) };
    // SAFETY: the frame lives as long as the generator has it.
    unsafe { vm.frame_object(frame).map(Some) }
}
