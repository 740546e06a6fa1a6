//! The matcher proper: runs nodes forward, and on failure goes back to the last choice.
//!
//! Going forward needs no stack. Whatever has to happen when the way taken fails is a frame: the next alternative, a
//! shorter repeat, or just the undoing of a change. Failing pops frames until one says where to go on. A body that
//! runs to its end on its own (assertion, atomic group, round of a possessive repeat) is a frame too, the *barrier*:
//! when the body succeeds, all frames above it are dropped, and with them the choices made inside.
//!
//! Fields of a frame, besides the last mark and group index to go back to where a choice resumes:
//!
//! | kind | id | ptr | a | b |
//! |---|---|---|---|---|
//! | Branch | branch | where | place in the list of alternatives | |
//! | Opt, LazyOpt | opt | where | | |
//! | One | one | end tried last | least end | |
//! | LazyOne | one | end tried last | greatest end | |
//! | Repeat (drop the round) | | | | |
//! | Count (round below the minimum) | round | | | count to restore |
//! | MaxBody (then the rest) | round | where | last to restore | count to restore |
//! | MinTail (then another round) | round | where | | count |
//! | MinBody | round | | last to restore | count to restore |
//! | Leave (re-enter the round) | round | | | |
//! | Restore (marks, then fail on) | first mark | | | |
//! | bodies | body or possessive | where it began | outer barrier | place in `saved` |
//!
//! A body keeps three words in `saved`: the round to go back to, how many rounds there were, and for a possessive
//! repeat the rounds done; then come the marks, if any.

use crate::chars::Fold;
use crate::decode::more;
use crate::matcher::{Frame, Kind, MatchError, Matcher, Resume, Round, UNSET};
use crate::program::{At, NONE, Node, One, Program, Seen};
use crate::set::Single;
use crate::unit::{Unit, admits, last_chance, next_chance, run};

/// A run over one text.
pub(crate) struct Exec<'a, U> {
    pub(crate) program: &'a Program,
    /// The whole text, for looking behind.
    pub(crate) full: &'a [U],
    /// The text up to where matching ends.
    pub(crate) text: &'a [U],
    pub(crate) fullmatch: bool,
    /// A match that ends here does not count.
    pub(crate) advance_from: usize,
}

/// How a try from one position ended.
pub(crate) enum Step {
    Match(usize),
    Fail,
    /// The matcher remembers where to go on.
    Interrupted,
}

/// Where to go on. Two words, so that they travel in registers.
#[derive(Clone, Copy)]
struct Next {
    node: usize,
    ptr: usize,
}

/// Nowhere: the way taken fails.
const FAIL: Next = Next { node: usize::MAX, ptr: 0 };

#[inline(always)]
fn to(node: usize, ptr: usize) -> Next {
    Next { node, ptr }
}

#[inline(always)]
fn go(node: u32, ptr: usize) -> Next {
    to(node as usize, ptr)
}

/// A stack could not grow: the run is over, since nothing is left to go back to.
#[cold]
fn out_of_memory(m: &mut Matcher) -> Next {
    m.exhausted = true;
    m.clear();
    FAIL
}

/// Leaves the function with a failure if a stack cannot grow.
macro_rules! room {
    ($m:expr, $grown:expr) => {
        if $grown.is_err() {
            return out_of_memory($m);
        }
    };
}

impl<U: Unit> Exec<'_, U> {
    pub(crate) fn run(&self, m: &mut Matcher, resume: Resume, poll: &mut dyn FnMut() -> bool) -> Step {
        let program = self.program;
        let nodes = &program.nodes[..];
        let text = self.text;
        let Resume { mut pc, mut ptr, mut failing } = resume;
        loop {
            // Forward, until something fails.
            while !failing {
                let next = match nodes[pc] {
                    Node::Lit(c) => match text.get(ptr) {
                        Some(ch) if ch.code() == c => to(pc + 1, ptr + 1),
                        _ => FAIL,
                    },
                    Node::Single(what) => match text.get(ptr) {
                        Some(ch) if program.sets.accepts(what, ch.code()) => to(pc + 1, ptr + 1),
                        _ => FAIL,
                    },
                    Node::Str { start, len } => {
                        if self.has_literal(start, len, text.get(ptr..)) {
                            to(pc + 1, ptr + len as usize)
                        } else {
                            FAIL
                        }
                    }
                    Node::Mark(mark) => {
                        set_mark(m, mark, ptr);
                        to(pc + 1, ptr)
                    }
                    Node::Jump(target) => go(target, ptr),
                    Node::At(at) if self.is_at(at, ptr) => to(pc + 1, ptr),
                    Node::At(_) => FAIL,
                    Node::One(id) => self.one(m, id, ptr),
                    Node::Branch(id) => {
                        let branch = &program.branches[id as usize];
                        let list = match text.get(ptr) {
                            Some(ch) => branch.by_char.get(ch.code() as usize).copied().unwrap_or(branch.high),
                            None => branch.at_end,
                        };
                        self.choose(m, id, branch.save, list as usize, ptr)
                    }
                    Node::Opt(id) => {
                        let opt = &program.opts[id as usize];
                        if admits(program, opt.first, text, ptr) {
                            self.remember(m, Kind::Opt, id, opt.save, to(pc + 1, ptr))
                        } else {
                            go(opt.next, ptr)
                        }
                    }
                    Node::MaxUntil | Node::MinUntil => {
                        m.budget -= 1;
                        if m.budget <= 0 && polled(m, poll) {
                            return stopped(m, Resume { pc, ptr, failing: false });
                        }
                        self.until(m, nodes[pc] == Node::MaxUntil, ptr)
                    }
                    Node::Success if m.barrier == UNSET => {
                        if self.counts(ptr) {
                            return Step::Match(ptr);
                        }
                        FAIL
                    }
                    Node::Success => {
                        m.budget -= 1;
                        if m.budget <= 0 && polled(m, poll) {
                            return stopped(m, Resume { pc, ptr, failing: false });
                        }
                        self.end_of_body(m, ptr)
                    }
                    Node::Fail => FAIL,
                    rarer => self.rarer(m, rarer, pc, ptr),
                };
                if next.node == FAIL.node {
                    failing = true;
                } else {
                    (pc, ptr) = (next.node, next.ptr);
                }
            }
            // Back, until something is left to try.
            m.budget -= 1;
            if m.budget <= 0 && polled(m, poll) {
                return stopped(m, Resume { pc, ptr, failing: true });
            }
            loop {
                let Some(frame) = m.frames.last().copied() else { return Step::Fail };
                let next = self.back(m, frame);
                if next.node != FAIL.node {
                    (pc, ptr) = (next.node, next.ptr);
                    failing = false;
                    break;
                }
            }
        }
    }

    /// The nodes that open a construct or look elsewhere.
    fn rarer(&self, m: &mut Matcher, node: Node, pc: usize, ptr: usize) -> Next {
        let program = self.program;
        match node {
            Node::LazyOpt(id) => {
                let opt = &program.opts[id as usize];
                self.remember(m, Kind::LazyOpt, id, opt.save, go(opt.next, ptr))
            }
            Node::LazyOne(id) => {
                let one = &program.ones[id as usize];
                match self.repeat_range(one, ptr) {
                    Some((low, limit)) if run(program, one.what, &self.text[ptr..low]) == low - ptr => {
                        self.longer(m, id, one, low, limit, None)
                    }
                    _ => FAIL,
                }
            }
            Node::PossessiveOne(id) => {
                let one = &program.ones[id as usize];
                match self.repeat_range(one, ptr) {
                    Some((low, limit)) => {
                        let stop = ptr + run(program, one.what, &self.text[ptr..limit]);
                        m.budget -= ((stop - ptr) >> 6) as isize;
                        if stop < low { FAIL } else { go(one.next, stop) }
                    }
                    None => FAIL,
                }
            }
            Node::Repeat(id) => {
                room!(m, push(m, choice(m, Kind::Repeat, ptr)));
                room!(m, grow(&mut m.rounds, 1));
                m.rounds.push(Round { id, prev: m.round, count: -1, last: UNSET });
                m.round = (m.rounds.len() - 1) as u32;
                go(program.repeats[id as usize].until, ptr)
            }
            Node::PossessiveRepeat(id) => self.possessive(m, id, 0, UNSET, ptr),
            Node::Atomic(id) => self.begin(m, Kind::Atomic, id, 0, NONE, ptr, to(pc + 1, ptr)),
            Node::Assert(id) => match ptr.checked_sub(program.bodies[id as usize].back as usize) {
                Some(from) => self.begin(m, Kind::Assert, id, 0, NONE, ptr, to(pc + 1, from)),
                None => FAIL,
            },
            Node::AssertNot(id) => {
                let body = &program.bodies[id as usize];
                match ptr.checked_sub(body.back as usize) {
                    Some(from) => self.begin(m, Kind::AssertNot, id, 0, body.save, ptr, to(pc + 1, from)),
                    None => go(body.next, ptr),
                }
            }
            Node::Look(id) => {
                let look = &program.looks[id as usize];
                let rest = ptr.checked_sub(look.back as usize).and_then(|at| self.text.get(at..));
                let found = match look.what {
                    Seen::One(what) => {
                        let ch = rest.and_then(<[U]>::first);
                        ch.is_some_and(|ch| program.sets.accepts(what, ch.code()))
                    }
                    Seen::Text { start, len } => self.has_literal(start, len, rest),
                };
                if found != look.negate { to(pc + 1, ptr) } else { FAIL }
            }
            Node::Backref { group, fold } => match self.backref(m, group, fold, ptr) {
                Some(after) => {
                    m.budget -= ((after - ptr) >> 6) as isize;
                    to(pc + 1, after)
                }
                None => FAIL,
            },
            Node::Conditional { group, otherwise } => match group_span(m, group) {
                Some(_) => to(pc + 1, ptr),
                None => go(otherwise, ptr),
            },
            _ => FAIL,
        }
    }

    /// Whether `rest` begins with a part of the program's literals.
    #[inline(always)]
    fn has_literal(&self, start: u32, len: u32, rest: Option<&[U]>) -> bool {
        let wanted = &self.program.literals[start as usize..(start + len) as usize];
        rest.and_then(|rest| rest.get(..wanted.len()))
            .is_some_and(|found| found.iter().zip(wanted).all(|(ch, c)| ch.code() == *c))
    }

    /// A greedy repeat of one character.
    #[inline]
    fn one(&self, m: &mut Matcher, id: u32, ptr: usize) -> Next {
        let program = self.program;
        let one = &program.ones[id as usize];
        let Some((low, limit)) = self.repeat_range(one, ptr) else { return FAIL };
        let stop = ptr + run(program, one.what, &self.text[ptr..limit]);
        m.budget -= ((stop - ptr) >> 6) as isize;
        if stop < low {
            return FAIL;
        }
        if one.last && m.barrier == UNSET {
            // If the longest match does not count, no shorter one does.
            return if self.counts(stop) { go(one.next, stop) } else { FAIL };
        }
        if one.disjoint[usize::from(!U::LATIN1)] {
            if !admits(program, one.tail, self.text, stop) {
                return FAIL;
            }
            if program.exact {
                room!(m, restore_later(m, one.save));
            }
            return go(one.next, stop);
        }
        self.shorter(m, id, one, low, stop)
    }

    /// Goes to `next`, but comes back here if that fails.
    #[inline(always)]
    fn remember(&self, m: &mut Matcher, kind: Kind, id: u32, save: u32, next: Next) -> Next {
        room!(m, push(m, Frame { id, ..choice(m, kind, next.ptr) }));
        room!(m, save_marks(m, save));
        next
    }

    /// Whether a match of the whole pattern that ends at `ptr` counts.
    #[inline(always)]
    fn counts(&self, ptr: usize) -> bool {
        !(self.fullmatch && ptr != self.text.len() || ptr == self.advance_from)
    }

    /// Least and greatest end of a repeat of one character from `ptr` on, by the length of the text.
    #[inline(always)]
    fn repeat_range(&self, one: &One, ptr: usize) -> Option<(usize, usize)> {
        let left = self.text.len().checked_sub(ptr)?;
        if one.min as usize > left {
            return None;
        }
        let limit = if more(left, one.max) { self.text.len() } else { ptr + one.max as usize };
        Some((ptr + one.min as usize, limit))
    }

    /// Goes on after a repeat of one character with the longest end from `high` down to `low` that has a chance.
    #[inline]
    fn shorter(&self, m: &mut Matcher, id: u32, one: &One, low: usize, high: usize) -> Next {
        let Some(stop) = last_chance(self.program, one.tail, self.text, low, high) else { return FAIL };
        if stop > low {
            room!(m, push(m, Frame { id, a: low, ..choice(m, Kind::One, stop) }));
            room!(m, save_marks(m, one.save));
        } else if self.program.exact {
            room!(m, restore_later(m, one.save));
        }
        go(one.next, stop)
    }

    /// Goes on after a lazy repeat of one character with the shortest end from `from` to `limit` that has a chance.
    /// `frame` is the frame of the repeat, once it has one.
    #[inline]
    fn longer(&self, m: &mut Matcher, id: u32, one: &One, from: usize, limit: usize, frame: Option<Frame>) -> Next {
        let stop = next_chance(self.program, one.what, one.tail, self.text, from, limit);
        let Some(stop) = stop else {
            m.budget -= ((limit - from) >> 10) as isize;
            if frame.is_some() {
                m.frames.pop();
                drop_marks(m, one.save);
            }
            return FAIL;
        };
        m.budget -= ((stop - from) >> 6) as isize;
        match frame {
            Some(_) if stop < limit => {
                if let Some(top) = m.frames.last_mut() {
                    top.ptr = stop;
                }
            }
            Some(_) => self.last_way(m, one.save),
            None if stop < limit => {
                room!(m, push(m, Frame { id, a: limit, ..choice(m, Kind::LazyOne, stop) }));
                room!(m, save_marks(m, one.save));
            }
            None if self.program.exact => room!(m, restore_later(m, one.save)),
            None => {}
        }
        go(one.next, stop)
    }

    /// The choice on top of the stack is about to go its last way: it need not come back, except to restore marks.
    fn last_way(&self, m: &mut Matcher, save: u32) {
        if self.program.exact && saved_marks(m, save) > 0 {
            if let Some(top) = m.frames.last_mut() {
                top.kind = Kind::Restore;
                top.id = save;
            }
        } else {
            m.frames.pop();
            drop_marks(m, save);
        }
    }

    /// Takes the first alternative of a list.
    #[inline]
    fn choose(&self, m: &mut Matcher, id: u32, save: u32, list: usize, ptr: usize) -> Next {
        let lists = &self.program.lists;
        let way = lists[list];
        if way == NONE {
            return FAIL;
        }
        if lists[list + 1] != NONE {
            room!(m, push(m, Frame { id, a: list + 1, ..choice(m, Kind::Branch, ptr) }));
            room!(m, save_marks(m, save));
        } else if self.program.exact {
            room!(m, restore_later(m, save));
        }
        go(way, ptr)
    }

    /// The end of a round, and the start of the first: another round or the rest.
    fn until(&self, m: &mut Matcher, greedy: bool, ptr: usize) -> Next {
        let index = m.round;
        let round = m.rounds[index as usize];
        let repeat = &self.program.repeats[round.id as usize];
        let count = round.count + 1;
        let body = go(repeat.body, ptr);
        let tail = go(repeat.until + 1, ptr);
        let frame = |kind| Frame { id: index, a: round.last, b: round.count as usize, ..choice(m, kind, ptr) };
        if (count as usize) < repeat.min as usize {
            room!(m, push(m, frame(Kind::Count)));
            m.rounds[index as usize].count = count;
            return body;
        }
        if !greedy {
            room!(m, push(m, Frame { b: count as usize, ..frame(Kind::MinTail) }));
            room!(m, save_marks(m, repeat.save_tail));
            m.round = round.prev;
            return tail;
        }
        if more(count as usize, repeat.max) && ptr != round.last && admits(self.program, repeat.first, self.text, ptr) {
            room!(m, push(m, frame(Kind::MaxBody)));
            room!(m, save_marks(m, repeat.save_body));
            let round = &mut m.rounds[index as usize];
            round.count = count;
            round.last = ptr;
            return body;
        }
        room!(m, push(m, frame(Kind::Leave)));
        m.round = round.prev;
        tail
    }

    /// Starts a body that runs to its end on its own, at `next`.
    fn begin(&self, m: &mut Matcher, kind: Kind, id: u32, count: usize, save: u32, ptr: usize, next: Next) -> Next {
        let at = m.saved.len();
        room!(m, grow(&mut m.saved, 3));
        m.saved.extend([m.round as usize, m.rounds.len(), count]);
        room!(m, push(m, Frame { id, a: m.barrier, b: at, ..choice(m, kind, ptr) }));
        room!(m, save_marks(m, save));
        m.barrier = m.frames.len() - 1;
        next
    }

    /// The next round of a possessive repeat after `count` of them, or what follows.
    fn possessive(&self, m: &mut Matcher, id: u32, count: usize, last: usize, ptr: usize) -> Next {
        let possessive = &self.program.possessives[id as usize];
        let body = go(possessive.body, ptr);
        if count < possessive.min as usize {
            return self.begin(m, Kind::PossessiveMin, id, count, NONE, ptr, body);
        }
        if more(count, possessive.max) && ptr != last {
            return self.begin(m, Kind::PossessiveMore, id, count, possessive.save, ptr, body);
        }
        go(possessive.next, ptr)
    }

    /// The innermost body has succeeded, ending at `ptr`.
    fn end_of_body(&self, m: &mut Matcher, ptr: usize) -> Next {
        let frame = m.frames[m.barrier];
        m.frames.truncate(m.barrier);
        m.barrier = frame.a;
        let (round, rounds, count) = (m.saved[frame.b], m.saved[frame.b + 1], m.saved[frame.b + 2]);
        m.round = round as u32;
        m.rounds.truncate(rounds);
        m.saved.truncate(frame.b);
        let after = || self.program.bodies[frame.id as usize].next;
        match frame.kind {
            Kind::Assert => go(after(), frame.ptr),
            Kind::Atomic => go(after(), ptr),
            Kind::PossessiveMin => self.possessive(m, frame.id, count + 1, UNSET, ptr),
            Kind::PossessiveMore => self.possessive(m, frame.id, count + 1, frame.ptr, ptr),
            _ => FAIL,
        }
    }

    /// Deals with the top frame after a failure: where to go on, or [`FAIL`] if the failure goes further.
    #[inline]
    fn back(&self, m: &mut Matcher, frame: Frame) -> Next {
        let program = self.program;
        let ptr = frame.ptr;
        match frame.kind {
            Kind::One => {
                let one = &program.ones[frame.id as usize];
                restore(m, &frame, one.save);
                let low = frame.a;
                match last_chance(program, one.tail, self.text, low, ptr - 1) {
                    Some(stop) => {
                        m.budget -= ((ptr - stop) >> 6) as isize;
                        if stop > low {
                            if let Some(top) = m.frames.last_mut() {
                                top.ptr = stop;
                            }
                        } else {
                            self.last_way(m, one.save);
                        }
                        go(one.next, stop)
                    }
                    None => {
                        m.budget -= ((ptr - low) >> 6) as isize;
                        m.frames.pop();
                        drop_marks(m, one.save);
                        FAIL
                    }
                }
            }
            Kind::Branch => {
                let save = program.branches[frame.id as usize].save;
                restore(m, &frame, save);
                let way = program.lists[frame.a];
                if program.lists[frame.a + 1] == NONE {
                    self.last_way(m, save);
                } else if let Some(top) = m.frames.last_mut() {
                    top.a += 1;
                }
                go(way, ptr)
            }
            Kind::LazyOne => {
                let one = &program.ones[frame.id as usize];
                restore(m, &frame, one.save);
                let more = self.text.get(ptr).is_some_and(|ch| program.sets.accepts(one.what, ch.code()));
                if more {
                    self.longer(m, frame.id, one, ptr + 1, frame.a, Some(frame))
                } else {
                    m.frames.pop();
                    drop_marks(m, one.save);
                    FAIL
                }
            }
            Kind::Opt | Kind::LazyOpt => {
                let opt = &program.opts[frame.id as usize];
                restore(m, &frame, opt.save);
                m.frames.pop();
                drop_marks(m, opt.save);
                go(if frame.kind == Kind::Opt { opt.next } else { opt.body }, ptr)
            }
            Kind::Repeat => {
                m.frames.pop();
                if let Some(round) = m.rounds.pop() {
                    m.round = round.prev;
                }
                FAIL
            }
            Kind::Count => {
                m.frames.pop();
                m.rounds[frame.id as usize].count = frame.b as isize;
                FAIL
            }
            Kind::MaxBody => {
                let round = &mut m.rounds[frame.id as usize];
                round.count = frame.b as isize;
                round.last = frame.a;
                let round = *round;
                let repeat = &program.repeats[round.id as usize];
                restore(m, &frame, repeat.save_body);
                drop_marks(m, repeat.save_body);
                // The frame becomes the one that undoes leaving the round.
                if let Some(top) = m.frames.last_mut() {
                    top.kind = Kind::Leave;
                }
                m.round = round.prev;
                go(repeat.until + 1, ptr)
            }
            Kind::MinTail => {
                m.frames.pop();
                m.round = frame.id;
                let round = m.rounds[frame.id as usize];
                let repeat = &program.repeats[round.id as usize];
                restore(m, &frame, repeat.save_tail);
                drop_marks(m, repeat.save_tail);
                if more(frame.b, repeat.max) && ptr != round.last {
                    let before = Frame { id: frame.id, a: round.last, b: round.count as usize, ..frame };
                    room!(m, push(m, Frame { kind: Kind::MinBody, ..before }));
                    let round = &mut m.rounds[frame.id as usize];
                    round.count = frame.b as isize;
                    round.last = ptr;
                    go(repeat.body, ptr)
                } else {
                    FAIL
                }
            }
            Kind::MinBody => {
                m.frames.pop();
                let round = &mut m.rounds[frame.id as usize];
                round.count = frame.b as isize;
                round.last = frame.a;
                FAIL
            }
            Kind::Leave => {
                m.frames.pop();
                m.round = frame.id;
                FAIL
            }
            Kind::Restore => {
                restore(m, &frame, frame.id);
                m.frames.pop();
                drop_marks(m, frame.id);
                FAIL
            }
            Kind::Assert | Kind::AssertNot | Kind::Atomic | Kind::PossessiveMin | Kind::PossessiveMore => {
                self.body_failed(m, &frame)
            }
        }
    }

    /// No way through a body is left.
    fn body_failed(&self, m: &mut Matcher, frame: &Frame) -> Next {
        m.frames.pop();
        m.barrier = frame.a;
        let next = match frame.kind {
            Kind::AssertNot => {
                let body = &self.program.bodies[frame.id as usize];
                restore(m, frame, body.save);
                go(body.next, frame.ptr)
            }
            Kind::PossessiveMore => {
                let possessive = &self.program.possessives[frame.id as usize];
                restore(m, frame, possessive.save);
                go(possessive.next, frame.ptr)
            }
            _ => FAIL,
        };
        m.saved.truncate(frame.b);
        next
    }

    fn is_at(&self, at: At, ptr: usize) -> bool {
        let newline = |at: usize| self.full.get(at).is_some_and(|ch| ch.code() == u32::from(b'\n'));
        let end = self.text.len();
        match at {
            At::Beginning => ptr == 0,
            At::BeginningLine => ptr == 0 || newline(ptr - 1),
            At::End => ptr == end || (ptr + 1 == end && newline(ptr)),
            At::EndLine => ptr == end || (ptr < end && newline(ptr)),
            At::EndString => ptr == end,
            At::Boundary { word } => self.boundary(word, ptr),
            At::NonBoundary { word } => !self.boundary(word, ptr),
        }
    }

    #[inline]
    fn boundary(&self, word: Single, ptr: usize) -> bool {
        let is_word = |ch: Option<&U>| ch.is_some_and(|ch| self.program.sets.accepts(word, ch.code()));
        let before = ptr > 0 && is_word(self.full.get(ptr - 1));
        before != is_word(self.text.get(ptr))
    }

    /// Matches the text of a group again: where that ends.
    fn backref(&self, m: &Matcher, group: u32, fold: Fold, ptr: usize) -> Option<usize> {
        let (from, to) = group_span(m, group)?;
        if from == to {
            // Even beyond the end, where a match may be asked for.
            return Some(ptr);
        }
        let wanted = self.full.get(from..to)?;
        let found = self.text.get(ptr..)?.get(..wanted.len())?;
        let equal = if fold == Fold::None {
            wanted == found
        } else {
            let locale = self.program.sets.locale;
            wanted.iter().zip(found).all(|(a, b)| fold.apply(locale, a.code()) == fold.apply(locale, b.code()))
        };
        if equal { Some(ptr + wanted.len()) } else { None }
    }
}

/// Start and end of a group that has taken part.
fn group_span(m: &Matcher, group: u32) -> Option<(usize, usize)> {
    let start = group as usize * 2;
    if start as i64 >= i64::from(m.lastmark) {
        return None;
    }
    let (from, to) = (m.marks[start], m.marks[start + 1]);
    if from == UNSET || to == UNSET || to < from { None } else { Some((from, to)) }
}

#[inline]
fn set_mark(m: &mut Matcher, mark: u32, ptr: usize) {
    if mark & 1 != 0 {
        m.lastindex = (mark / 2 + 1) as i32;
    }
    if mark as i32 > m.lastmark {
        // Marks passed over belong to groups that take no part.
        m.marks[(m.lastmark + 1) as usize..mark as usize].fill(UNSET);
        m.lastmark = mark as i32;
    }
    m.marks[mark as usize] = ptr;
}

/// A frame of this kind that remembers where things stand.
#[inline(always)]
fn choice(m: &Matcher, kind: Kind, ptr: usize) -> Frame {
    Frame { kind, id: 0, lastmark: m.lastmark, lastindex: m.lastindex, ptr, a: 0, b: 0 }
}

#[cold]
fn make_room<T>(stack: &mut Vec<T>, more: usize) -> Result<(), MatchError> {
    stack.try_reserve(more).map_err(|_| MatchError::OutOfMemory)
}

#[inline(always)]
fn grow<T>(stack: &mut Vec<T>, more: usize) -> Result<(), MatchError> {
    if stack.capacity() - stack.len() < more { make_room(stack, more) } else { Ok(()) }
}

#[inline(always)]
fn push(m: &mut Matcher, frame: Frame) -> Result<(), MatchError> {
    grow(&mut m.frames, 1)?;
    m.frames.push(frame);
    Ok(())
}

/// How many marks a choice saves now.
#[inline(always)]
fn saved_marks(m: &Matcher, save: u32) -> usize {
    if save == NONE { 0 } else { (i64::from(m.lastmark) + 1 - i64::from(save)).max(0) as usize }
}

#[inline(always)]
fn save_marks(m: &mut Matcher, save: u32) -> Result<(), MatchError> {
    let count = saved_marks(m, save);
    if count > 0 {
        grow(&mut m.saved, count)?;
        m.saved.extend_from_slice(&m.marks[save as usize..save as usize + count]);
    }
    Ok(())
}

/// Puts marks back as they were when `frame` was made. The saved marks stay.
#[inline(always)]
fn restore(m: &mut Matcher, frame: &Frame, save: u32) {
    m.lastmark = frame.lastmark;
    m.lastindex = frame.lastindex;
    let count = saved_marks(m, save);
    if count > 0 {
        let from = m.saved.len() - count;
        m.marks[save as usize..save as usize + count].copy_from_slice(&m.saved[from..]);
    }
}

/// Forgets the marks saved by a choice, after [`restore`].
#[inline(always)]
fn drop_marks(m: &mut Matcher, save: u32) {
    let left = m.saved.len() - saved_marks(m, save);
    m.saved.truncate(left);
}

/// Has the marks put back on failure, where there is no choice to do it.
#[inline]
fn restore_later(m: &mut Matcher, save: u32) -> Result<(), MatchError> {
    if saved_marks(m, save) > 0 {
        push(m, Frame { id: save, ..choice(m, Kind::Restore, 0) })?;
        save_marks(m, save)?;
    }
    Ok(())
}

/// Notes where an interrupted run stands.
#[cold]
fn stopped(m: &mut Matcher, resume: Resume) -> Step {
    m.resume = Some(resume);
    Step::Interrupted
}

/// Polls; true to stop.
#[cold]
fn polled(m: &mut Matcher, poll: &mut dyn FnMut() -> bool) -> bool {
    m.budget = m.interval;
    poll()
}
