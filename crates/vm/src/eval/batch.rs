//! Several items of a generator at a time, for native code that wants all of them.
//!
//! Whoever asks a generator for one item after the other enters and leaves the handlers for each. Here the frame that
//! stands for the native caller has an instruction of its own behind the one that ends the run: it puts what has been
//! yielded aside and resumes the generator at once. That may only be done with items that the caller can take later
//! without anybody telling: it says which those are.

use super::dispatch::{exit, next, op, start};
use super::generator;
use super::word;
use super::{FALSE_WORD, NONE_WORD, TRUE_WORD};
use crate::types::generator::{Generator, State};
use crate::types::list::ListIterator;
use crate::types::tuple::TupleIterator;
use crate::{List, Ref, Result, Value, Vm};
use std::mem::MaybeUninit;
use taipan_bytecode::Opcode;
use taipan_object::value::FLOAT_OFFSET;

/// Items that are put aside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum Wanted {
    /// All.
    All,
    /// Ints, floats and truth values, as long as they are immediate.
    Numbers,
    /// This truth value, which is dropped.
    Only(bool),
    /// All, which are appended to a list at once.
    Appended,
}

/// What the instruction of the native caller's frame works on.
struct Batch {
    generator: u64,
    /// The list that items are appended to.
    list: u64,
    wanted: Wanted,
    place: *mut u64,
    end: *mut u64,
}

/// What the frame of the native caller executes: where a callee returns to, and behind it where it yields to.
static ENTRY_CODE: [u16; 4] = [
    Opcode::INTERPRETER_EXIT as u16,
    Opcode::INTERPRETER_EXIT as u16,
    Opcode::INTERPRETER_EXIT_BATCH as u16,
    Opcode::INTERPRETER_EXIT as u16,
];

/// Puts an item aside if it may be.
#[inline(always)]
unsafe fn take(batch: *mut Batch, w: u64) -> bool {
    // SAFETY: the batch is the native caller's, who waits; the word is a value, which is given away here.
    unsafe {
        let is_bool = w == TRUE_WORD() || w == FALSE_WORD();
        let wanted = match (*batch).wanted {
            Wanted::All => true,
            Wanted::Numbers => w >= FLOAT_OFFSET || is_bool,
            Wanted::Only(false) => return w == FALSE_WORD(),
            Wanted::Only(true) => return w == TRUE_WORD(),
            Wanted::Appended => return (*word::payload::<List>((*batch).list)).push_in_room(w),
        };
        if wanted && (*batch).place < (*batch).end {
            *(*batch).place = w;
            (*batch).place = (*batch).place.add(1);
            return true;
        }
        false
    }
}

op!(INTERPRETER_EXIT_BATCH, |ip, sp, frame, vm, arg| {
    let batch = (*frame).locals as *mut Batch;
    let w = *sp.sub(1);
    if generator::can_resume((*batch).generator, vm) && take(batch, w) {
        (*frame).sp = sp.sub(1);
        let callee = generator::link((*batch).generator, frame, NONE_WORD(), vm);
        return next((*callee).ip.add(1), (*callee).sp, callee, vm);
    }
    exit(w)
});

/// Resumes a generator until it yields something that is not wanted or that has no more room: that item, or nothing at
/// its end. What is taken meanwhile is written to `places`; how many of them are filled.
fn run(
    vm: &mut Vm,
    g: &Ref<Generator>,
    wanted: Wanted,
    list: u64,
    places: &mut [MaybeUninit<u64>],
) -> (usize, Result<Option<Value>>) {
    if let Err(raised) = vm.check_stack("") {
        return (0, Err(raised));
    }
    // It must live until it is unlinked.
    let generator = g.clone();
    let range = places.as_mut_ptr_range();
    let first = range.start.cast::<u64>();
    let mut batch = Batch { generator: g.as_value().bits(), list, wanted, place: first, end: range.end.cast() };
    let batch: *mut Batch = &raw mut batch;
    // SAFETY: the caller has tested that the generator is suspended; the entry of the run is its caller until it comes
    // back, and what it works on lives as long.
    unsafe {
        let vp: *mut Vm = vm;
        let w = super::run_linked(vp, |entry| {
            (*entry).ip = ENTRY_CODE.as_ptr();
            (*entry).locals = batch as u64;
            let callee = generator::link((*batch).generator, entry, NONE_WORD(), vp);
            start((*callee).ip.add(1), (*callee).sp, callee, vp)
        });
        let count = (*batch).place.offset_from(first) as usize;
        let result = word::result(w).map(|v| match generator.get(vm).state {
            State::Completed => None,
            _ => Some(v),
        });
        (count, result)
    }
}

/// The value as a generator that [`run`] may resume.
fn resumable<'a>(vm: &mut Vm, it: &'a Value) -> Option<&'a Ref<Generator>> {
    // SAFETY: the word of a value.
    if unsafe { generator::can_resume(it.bits(), vm) } { it.downcast_exact::<Generator>() } else { None }
}

impl Vm {
    /// The next items of an iterator: as many as `items` has room for without growing, perhaps, and the one behind
    /// them; nothing at its end. For those who take every item whatever it is, and whom nobody sees doing it.
    pub fn next_many(&mut self, it: &Value, items: &mut Vec<Value>) -> Result<Option<Value>> {
        let Some(g) = resumable(self, it) else { return self.next(it) };
        let room = items.spare_capacity_mut();
        // SAFETY: a value is one word.
        let places =
            unsafe { std::slice::from_raw_parts_mut(room.as_mut_ptr().cast::<MaybeUninit<u64>>(), room.len()) };
        let (count, result) = run(self, g, Wanted::All, 0, places);
        // SAFETY: as many values behind the others have been written.
        unsafe { items.set_len(items.len() + count) }
        result
    }

    /// Appends items of an iterator to a list as they come, as many as it has room for, perhaps: the one behind them;
    /// nothing at its end.
    pub fn append_many(&mut self, it: &Value, list: &Ref<List>) -> Result<Option<Value>> {
        let Some(g) = resumable(self, it) else { return self.next(it) };
        run(self, g, Wanted::Appended, list.as_value().bits(), &mut []).1
    }

    /// The next item of an iterator; nothing at its end. Items that are just this truth value may be left out.
    pub fn next_but(&mut self, it: &Value, skipped: bool) -> Result<Option<Value>> {
        let Some(g) = resumable(self, it) else { return self.next(it) };
        run(self, g, Wanted::Only(skipped), 0, &mut []).1
    }
}

/// Items that are asked for at a time.
const SIZE: usize = 32;

/// The items of an iterator one after the other, of a generator several at a time.
pub struct Items<'a> {
    it: &'a Value,
    wanted: Wanted,
    words: [MaybeUninit<u64>; SIZE],
    at: usize,
    end: usize,
    /// What came behind those words: an item that is not wanted, or the end.
    behind: Option<Option<Value>>,
}

impl<'a> Items<'a> {
    /// Items of which those that are `wanted` can be taken late.
    pub fn new(it: &'a Value, wanted: Wanted) -> Items<'a> {
        Items { it, wanted, words: [const { MaybeUninit::uninit() }; SIZE], at: 0, end: 0, behind: None }
    }

    /// The next item; nothing at the end.
    #[inline]
    pub fn next(&mut self, vm: &mut Vm) -> Result<Option<Value>> {
        if self.at < self.end {
            self.at += 1;
            // SAFETY: words up to `end` are values, and each is given away once.
            return Ok(Some(unsafe { Value::from_bits(self.words[self.at - 1].assume_init()) }));
        }
        self.more(vm)
    }

    #[inline(never)]
    fn more(&mut self, vm: &mut Vm) -> Result<Option<Value>> {
        if let Some(behind) = self.behind.take() {
            return Ok(behind);
        }
        let Some(g) = resumable(vm, self.it) else {
            let count = if self.wanted == Wanted::Numbers { self.take_numbers(vm) } else { 0 };
            if count == 0 {
                return vm.next(self.it);
            }
            (self.at, self.end) = (0, count);
            return self.next(vm);
        };
        let (count, result) = run(vm, g, self.wanted, 0, &mut self.words);
        (self.at, self.end) = (0, count);
        let behind = result?;
        if count == 0 {
            return Ok(behind);
        }
        self.behind = Some(behind);
        self.next(vm)
    }

    /// Takes the numbers that come next from a list or a tuple; how many they are.
    fn take_numbers(&mut self, vm: &mut Vm) -> usize {
        let mut count = 0;
        let mut take = |items: &[Value], index: &mut usize| {
            let next = items.get(*index..).unwrap_or(&[]);
            for (to, item) in self.words.iter_mut().zip(next).take_while(|(_, v)| v.bits() >= FLOAT_OFFSET) {
                to.write(item.bits());
                count += 1;
            }
            *index += count;
        };
        if let Some(it) = self.it.downcast_exact::<ListIterator>() {
            let ListIterator { list: Some(list), index } = it.get(vm) else { return 0 };
            let mut index = *index;
            take(list.items(vm), &mut index);
            it.get_mut(vm).index = index;
        } else if let Some(it) = self.it.downcast_exact::<TupleIterator>() {
            let TupleIterator { tuple: Some(tuple), index } = it.get_mut(vm) else { return 0 };
            take(tuple.items(), index);
        }
        count
    }

    /// The next item, none of those behind it being asked for yet.
    pub fn next_alone(&mut self, vm: &mut Vm) -> Result<Option<Value>> {
        if self.at < self.end || self.behind.is_some() { self.next(vm) } else { vm.next(self.it) }
    }
}

impl Drop for Items<'_> {
    fn drop(&mut self) {
        for word in &self.words[self.at..self.end] {
            // SAFETY: words up to `end` are values that have not been given away.
            drop(unsafe { Value::from_bits(word.assume_init()) })
        }
    }
}
