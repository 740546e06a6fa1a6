//! Frames and the data stack they lie on.
//!
//! The data stack of a thread is a list of chunks of raw words that never move. A frame is a header, then the fast
//! locals (locals, cells, free variables), then its value stack; a call puts the callee's frame at the top, large
//! enough for the deepest stack the code can need. A generator's frame lies in a [`Block`] of its own.

use super::word;
use crate::types::code::Code;
use crate::types::frame::FrameObject;
use crate::types::function::Function;
use crate::{Dict, Ref, Value, Vm};
use std::alloc::Layout;
use std::mem::MaybeUninit;
use std::ptr::NonNull;
use taipan_object::{Trace, Visitor};

/// Who owns the memory of a frame.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Owner {
    /// The data stack.
    Thread,
    /// The data stack; the frame is the first in its chunk.
    ThreadFirst,
    /// A generator, coroutine or asynchronous generator.
    Generator,
    /// A frame object that has outlived the call.
    Object,
    /// The native stack: it stands for the native caller of Python code.
    Entry,
}

/// The header of a frame.
#[repr(C)]
pub struct Frame {
    /// The caller's frame; null for the first of a thread, and for a generator that does not run.
    pub prev: *mut Frame,
    /// The instruction that runs, or has called. Up to date whenever anything else can look at the frame.
    pub ip: *const u16,
    /// Behind the topmost word of the value stack, while the frame does not run itself.
    pub sp: *mut u64,
    /// Borrowed from the function. Null for frames without Python code of their own.
    pub code: *const Code,
    /// The function, owned.
    pub function: u64,
    /// The namespace of a class body or module, owned; 0 in functions.
    pub locals: u64,
    /// The frame object, owned, if somebody asked for it.
    pub object: u64,
    /// Code units from `ip` to where a callee that returns goes on.
    pub return_offset: u16,
    /// Who owns the memory.
    pub owner: Owner,
    /// Whether it runs the `__init__` of an object that the caller has on its stack already: then it must return None,
    /// and that object is the result of the call.
    pub init: bool,
    /// While lines are monitored: one more than the code unit of the jump, or of what raised, that led here; 0: nothing
    /// did.
    pub came_from: u32,
}

/// Words of the header.
pub const HEADER_WORDS: usize = size_of::<Frame>() / 8;
/// Words of an ordinary chunk.
const CHUNK_WORDS: usize = 64 * 1024;

/// The address of a fast local.
#[inline(always)]
pub unsafe fn local(frame: *mut Frame, index: usize) -> *mut u64 {
    // SAFETY: the caller knows that the frame has that many locals.
    unsafe { frame.cast::<u64>().add(HEADER_WORDS + index) }
}

/// The bottom of a frame's value stack.
#[inline(always)]
pub unsafe fn stack_base(frame: *mut Frame) -> *mut u64 {
    // SAFETY: the frame has code.
    unsafe { local(frame, (*(*frame).code).localsplus as usize) }
}

/// Whether a frame lies on the data stack behind others and returns what it says it does: nothing about it is special.
#[inline(always)]
pub unsafe fn is_plain(frame: *mut Frame) -> bool {
    // SAFETY: owner and init are two neighbouring bytes, both 0 in a plain frame.
    unsafe {
        let both = (&raw const (*frame).owner).cast::<u16>().read();
        both == 0 && ((*frame).object | (*frame).locals) == 0
    }
}

/// The same for a frame that runs the `__init__` of a class that is called.
#[inline(always)]
pub unsafe fn is_plain_init(frame: *mut Frame) -> bool {
    // SAFETY: as for is_plain.
    unsafe {
        let both = (&raw const (*frame).owner).cast::<u16>().read();
        both == u16::from_le_bytes([0, 1]) && ((*frame).object | (*frame).locals) == 0
    }
}

const _: () = {
    use std::mem::offset_of;
    assert!(offset_of!(Frame, init) == offset_of!(Frame, owner) + 1 && offset_of!(Frame, owner) % 2 == 0);
    assert!(Owner::Thread as u8 == 0);
};

/// The function a frame runs.
#[inline(always)]
pub unsafe fn function<'a>(frame: *mut Frame) -> &'a Function {
    // SAFETY: the frame has code, and owns the function.
    unsafe { &*word::payload::<Function>((*frame).function) }
}

/// The code that a function runs.
#[inline(always)]
pub unsafe fn code_of(function: u64) -> *const Code {
    // SAFETY: the word is a function.
    let function: &Function = unsafe { &*word::payload::<Function>(function) };
    let code: &Code = &function.code;
    code
}

/// The global namespace of a frame.
#[inline(always)]
pub unsafe fn globals<'a>(frame: *mut Frame) -> &'a Ref<Dict> {
    // SAFETY: the frame has code; a function never changes its globals.
    unsafe { &function(frame).globals }
}

/// The built-in namespace of a frame.
#[inline(always)]
pub unsafe fn builtins<'a>(frame: *mut Frame) -> &'a Ref<Dict> {
    // SAFETY: as for globals.
    unsafe { &function(frame).builtins }
}

/// Code units from the start of the code to the instruction that runs.
pub unsafe fn unit_index(frame: *mut Frame) -> usize {
    // SAFETY: the frame has code, and ip points into it.
    unsafe { ((*frame).ip as usize - (*(*frame).code).start() as usize) / 2 }
}

struct Chunk {
    start: *mut u64,
    words: usize,
}

/// A thread's data stack and what belongs to running on it.
pub struct Thread {
    /// The frame that runs.
    pub frame: *mut Frame,
    pub(super) top: *mut u64,
    pub(super) limit: *mut u64,
    chunks: Vec<Chunk>,
    /// `sys.set_asyncgen_hooks`: first iteration, finaliser.
    pub asyncgen_hooks: [Option<Value>; 2],
    /// `sys.set_coroutine_origin_tracking_depth`.
    pub origin_depth: u32,
    /// What attribute access has found lately.
    pub lookups: super::lookup::Lookups,
    /// What calls are specialised for: `len`, `isinstance`, `list.append`. Immortal, or 0.
    pub known: [u64; 3],
    /// The strings of one character below U+0100 that have been asked for.
    pub chars: Box<[Option<&'static Ref<crate::Str>>; 256]>,
    /// Where names were last found in namespaces, see [`super::ops::names`].
    pub places: Box<[u32; super::ops::names::PLACES]>,
    /// What has become of instructions, for `-X stats`.
    pub counts: super::specialize::AllCounts,
    /// How many callbacks of monitoring run: no events are reported meanwhile.
    pub tracing: u32,
    /// `sys.gettrace()`, `sys.getprofile()`.
    pub hooks: [Option<Value>; 2],
    /// Which settings for all threads the hooks have taken part in.
    pub hook_epochs: [u32; 2],
    /// One more than the event that a callback is being told of, which says whether it may set `f_lineno`; 0: none is.
    pub what: u8,
}

impl Thread {
    /// A thread that runs nothing.
    pub fn new() -> Thread {
        Thread {
            frame: std::ptr::null_mut(),
            top: std::ptr::null_mut(),
            limit: std::ptr::null_mut(),
            chunks: Vec::new(),
            asyncgen_hooks: [None, None],
            origin_depth: 0,
            lookups: super::lookup::Lookups::new(),
            known: [0; 3],
            chars: Box::new([None; 256]),
            places: Box::new([0; super::ops::names::PLACES]),
            counts: super::specialize::AllCounts::new(),
            tracing: 0,
            hooks: [None, None],
            hook_epochs: [0; 2],
            what: 0,
        }
    }

    fn add_chunk(&mut self, words: usize) -> bool {
        let words = words.max(CHUNK_WORDS);
        let Ok(layout) = Layout::array::<u64>(words) else { return false };
        // SAFETY: the layout is not empty.
        let start = unsafe { std::alloc::alloc(layout) }.cast::<u64>();
        if start.is_null() {
            return false;
        }
        self.chunks.push(Chunk { start, words });
        self.top = start;
        // SAFETY: the end of the allocation.
        self.limit = unsafe { start.add(words) };
        true
    }

    /// Gives the topmost chunk back; `top` is where its predecessor was left.
    fn drop_chunk(&mut self, top: *mut u64) {
        if self.chunks.len() > 1
            && let Some(chunk) = self.chunks.pop()
        {
            free_chunk(chunk);
        }
        if let Some(chunk) = self.chunks.last() {
            self.top = top;
            // SAFETY: the end of the allocation.
            self.limit = unsafe { chunk.start.add(chunk.words) };
        }
    }
}

fn free_chunk(chunk: Chunk) {
    // SAFETY: the chunk was allocated with this layout, and nothing points into it any more.
    unsafe {
        let layout = Layout::from_size_align_unchecked(chunk.words * 8, 8);
        std::alloc::dealloc(chunk.start.cast(), layout)
    }
}

impl Drop for Thread {
    fn drop(&mut self) {
        self.chunks.drain(..).for_each(free_chunk);
    }
}

/// Puts a frame for `code` on the data stack and makes it the current one. Takes over `function`. The locals are not
/// initialised. Null when an exception has been raised: then `function` is still the caller's.
#[inline(always)]
pub unsafe fn push(vm: *mut Vm, code: *const Code, function: u64, prev: *mut Frame) -> *mut Frame {
    // SAFETY: the caller has the thread and a live code object; the words between top and limit are free.
    unsafe {
        if !has_room(vm, code) {
            return push_slow(vm, code, function, prev);
        }
        push_in_room(vm, code, function, prev)
    }
}

/// Whether a frame for the code has room where the data stack stands, and the recursion limit allows for it.
#[inline(always)]
pub unsafe fn has_room(vm: *mut Vm, code: *const Code) -> bool {
    // SAFETY: the caller has the thread and a live code object.
    unsafe {
        let thread = &raw const (*vm).eval;
        let room = (*thread).limit as usize - (*thread).top as usize;
        room >= 8 * (*code).frame_words as usize && (*vm).recursion_left > 0
    }
}

/// As [`push`], where [`has_room`] has said that there is: nothing can go wrong.
#[inline(always)]
pub unsafe fn push_in_room(vm: *mut Vm, code: *const Code, function: u64, prev: *mut Frame) -> *mut Frame {
    // SAFETY: the caller's contract; the words between top and limit are free.
    unsafe {
        let thread = &raw mut (*vm).eval;
        let top = (*thread).top;
        (*vm).recursion_left -= 1;
        (*thread).top = top.add((*code).frame_words as usize);
        let frame = top.cast::<Frame>();
        init(frame, code, function, prev, Owner::Thread);
        (*thread).frame = frame;
        frame
    }
}

#[inline(always)]
unsafe fn init(frame: *mut Frame, code: *const Code, function: u64, prev: *mut Frame, owner: Owner) {
    // SAFETY: the caller has room for a frame there.
    unsafe {
        frame.write(Frame {
            prev,
            ip: (*code).start(),
            sp: local(frame, (*code).localsplus as usize),
            code,
            function,
            locals: 0,
            object: 0,
            return_offset: 0,
            owner,
            init: false,
            came_from: 0,
        })
    }
}

#[cold]
#[inline(never)]
unsafe fn push_slow(vm: *mut Vm, code: *const Code, function: u64, prev: *mut Frame) -> *mut Frame {
    // SAFETY: as for push.
    unsafe {
        if (*vm).recursion_left <= 0 {
            let _ = (*vm).raise_recursion_error("maximum recursion depth exceeded");
            return std::ptr::null_mut();
        }
        let words = (*code).frame_words as usize + 1;
        let thread = &mut (*vm).eval;
        let old_top = thread.top;
        if !thread.add_chunk(words) {
            let _ = (*vm).raise_memory_error();
            return std::ptr::null_mut();
        }
        (*vm).recursion_left -= 1;
        // The first word remembers where the chunk before was left.
        let thread = &mut (*vm).eval;
        thread.top.write(old_top as u64);
        let frame = thread.top.add(1).cast::<Frame>();
        thread.top = thread.top.add(words);
        init(frame, code, function, prev, Owner::ThreadFirst);
        thread.frame = frame;
        frame
    }
}

/// Takes the topmost frame, whose words are all gone, off the data stack.
#[inline(always)]
pub unsafe fn pop(vm: *mut Vm, frame: *mut Frame) {
    // SAFETY: the caller's contract.
    unsafe {
        (*vm).recursion_left += 1;
        if (*frame).owner == Owner::ThreadFirst {
            return pop_slow(vm, frame);
        }
        (*vm).eval.top = frame.cast();
    }
}

#[cold]
#[inline(never)]
unsafe fn pop_slow(vm: *mut Vm, frame: *mut Frame) {
    // SAFETY: the frame is the first in its chunk; the word before it was written by push_slow.
    unsafe {
        let old_top = *frame.cast::<u64>().sub(1) as *mut u64;
        if old_top.is_null() {
            // The first chunk of the thread stays.
            (*vm).eval.top = frame.cast::<u64>().sub(1);
        } else {
            (*vm).eval.drop_chunk(old_top);
        }
    }
}

/// Gives back everything a frame that has ended refers to, unless a frame object keeps it: then that takes it over.
/// `sp` is the end of its value stack.
pub unsafe fn clear(vm: *mut Vm, frame: *mut Frame, sp: *mut u64) {
    // SAFETY: the frame has code, and is not the current one any more; each word is given back once.
    unsafe {
        if (*frame).object != 0 {
            (*frame).sp = sp;
            if hand_over(vm, frame) {
                return;
            }
        }
        let (first, mut at) = (local(frame, 0), sp);
        while at > first {
            at = at.sub(1);
            let w = std::mem::replace(&mut *at, 0);
            word::release_any(w, vm);
        }
        word::release_any(std::mem::replace(&mut (*frame).locals, 0), vm);
        word::release_any(std::mem::replace(&mut (*frame).function, 0), vm);
    }
}

/// Gives what a frame refers to to its frame object, if somebody else has that; whether it did.
#[cold]
#[inline(never)]
unsafe fn hand_over(vm: *mut Vm, frame: *mut Frame) -> bool {
    // SAFETY: the frame object is alive, and its payload is reached here only.
    unsafe {
        let object = Value::from_bits(std::mem::replace(&mut (*frame).object, 0));
        let payload = word::payload::<FrameObject>(object.bits());
        if object.header().is_none_or(|h| h.refcount() == 1) {
            (*payload).forget_frame();
            drop(object);
            (*vm).drain();
            return false;
        }
        let back = super::first_complete((*frame).prev);
        if !back.is_null()
            && let Ok(back) = (*vm).frame_object(back)
        {
            (*payload).set_back(back.into_value());
        }
        let words = (*frame).sp as usize - frame as usize;
        match Block::copy_of(frame, words / 8) {
            Some(block) => {
                (*block.frame()).prev = std::ptr::null_mut();
                (*payload).take_block(block);
                true
            }
            None => {
                (*payload).forget_frame();
                false
            }
        }
    }
}

/// A frame in memory of its own: a generator's, or one that a frame object has taken over. The word before the frame
/// is the generator it belongs to, borrowed, which keeps the frame's code, and that says how many words there are. A frame
/// object does not keep the code: of a function that the collector frees together with it, it may be gone by then. There the
/// word is their number.
pub struct Block {
    frame: NonNull<Frame>,
}

impl Block {
    /// A frame with the first `words` words of another, which gives up what it refers to. `None`: no memory.
    pub unsafe fn copy_of(frame: *mut Frame, words: usize) -> Option<Block> {
        // SAFETY: the caller's frame has as many words, and stops using what they refer to.
        unsafe {
            let room = Block::words_of(frame);
            let start = NonNull::new(taipan_object::alloc::take_words(room))?;
            start.write(room as u64);
            let block = Block { frame: start.add(1).cast() };
            let copy = block.frame();
            // Word by word: they have just been stored, and wider loads would wait for the stores. Volatile, lest the loop
            // become a call of `memcpy`.
            let (from, to) = (frame.cast::<MaybeUninit<u64>>(), copy.cast::<MaybeUninit<u64>>());
            for i in 0..words {
                to.add(i).write_volatile(from.add(i).read_volatile());
            }
            (*copy).sp = copy.cast::<u64>().add(words);
            (*copy).owner = Owner::Object;
            Some(block)
        }
    }

    /// Words of a block for this frame, whose code is there.
    unsafe fn words_of(frame: *mut Frame) -> usize {
        // SAFETY: the frame has code.
        unsafe { (*(*frame).code).frame_words as usize + 1 }
    }

    /// Words of this block.
    unsafe fn words(&self) -> usize {
        let frame = self.frame();
        // SAFETY: the block begins with that word.
        unsafe {
            match (*frame).owner {
                Owner::Object => *frame.cast::<u64>().sub(1) as usize,
                _ => Block::words_of(frame),
            }
        }
    }

    /// The frame.
    #[inline(always)]
    pub fn frame(&self) -> *mut Frame {
        self.frame.as_ptr()
    }

    /// Says which generator the frame belongs to.
    pub fn set_generator(&mut self, generator: u64) {
        // SAFETY: the block begins with that word.
        unsafe {
            self.frame.cast::<u64>().sub(1).write(generator);
            (*self.frame()).owner = Owner::Generator;
        }
    }
}

/// The generator that a generator's frame belongs to, borrowed.
#[inline(always)]
pub unsafe fn generator_of(frame: *mut Frame) -> u64 {
    // SAFETY: a generator's frame lies in a block, behind that word.
    unsafe { *frame.cast::<u64>().sub(1) }
}

impl Trace for Block {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        // SAFETY: a frame that does not run has its stack pointer saved; its words are owned values or absent, as the
        // locals of one that runs are. What lies on the stack of one that runs counts as referred to from outside.
        unsafe {
            let frame = self.frame();
            let end = if (*frame).prev.is_null() { (*frame).sp } else { stack_base(frame) };
            let mut at = local(frame, 0);
            while at < end {
                (*at.cast::<Option<Value>>()).trace(visitor);
                at = at.add(1);
            }
            for field in [&raw const (*frame).function, &raw const (*frame).locals, &raw const (*frame).object] {
                (*field.cast::<Option<Value>>()).trace(visitor);
            }
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        // SAFETY: the block is dropped once; its words are owned values or absent. The frame object, if another owner
        // keeps it, takes the memory over instead.
        unsafe {
            let frame = self.frame();
            let words = self.words();
            let object = std::mem::replace(&mut (*frame).object, 0);
            if object != 0 {
                let object = Value::from_bits(object);
                let payload = word::payload::<FrameObject>(object.bits());
                if object.header().is_some_and(|h| h.refcount() > 1) {
                    (*frame).owner = Owner::Object;
                    frame.cast::<u64>().sub(1).write(words as u64);
                    (*payload).take_block(Block { frame: self.frame });
                    return;
                }
                (*payload).forget_frame();
            }
            let mut at = local(frame, 0);
            while at < (*frame).sp {
                drop((*at.cast::<Option<Value>>()).take());
                at = at.add(1);
            }
            drop((*(&raw mut (*frame).locals).cast::<Option<Value>>()).take());
            drop((*(&raw mut (*frame).function).cast::<Option<Value>>()).take());
            taipan_object::alloc::give_words(frame.cast::<u64>().sub(1), words);
        }
    }
}
