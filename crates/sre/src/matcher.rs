//! Running a program over a text.

use std::error::Error;
use std::fmt;

use crate::exec::{Exec, Step};
use crate::program::{NONE, Program, Start};
use crate::unit::{Unit, find_class, run};

/// The text to match, by the width of its characters; Latin-1 text and bytes are both `U8`.
#[derive(Clone, Copy, Debug)]
pub enum Text<'a> {
    U8(&'a [u8]),
    U16(&'a [u16]),
    U32(&'a [u32]),
}

impl Text<'_> {
    pub fn len(&self) -> usize {
        match self {
            Text::U8(text) => text.len(),
            Text::U16(text) => text.len(),
            Text::U32(text) => text.len(),
        }
    }
}

/// Which matches count.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mode {
    /// At `pos` only.
    Match,
    /// At `pos` only, and up to `endpos`.
    FullMatch,
    /// The first from `pos` on.
    Search,
}

/// What to match. `pos` and `endpos` are cut to the text; text before `pos` is seen by `^`, `\b` and lookbehind, text
/// from `endpos` on by nothing.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    pub text: Text<'a>,
    pub pos: usize,
    pub endpos: usize,
    /// Whether an empty match at `pos` does not count, as after an empty match there.
    pub must_advance: bool,
    pub mode: Mode,
}

impl<'a> Request<'a> {
    /// The whole of `text`.
    pub fn new(text: Text<'a>, mode: Mode) -> Request<'a> {
        Request { text, pos: 0, endpos: text.len(), must_advance: false, mode }
    }
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// [`Matcher::spans`] and [`Matcher::lastindex`] hold the match.
    Match,
    NoMatch,
    /// The poll asked to stop. [`Matcher::resume`] goes on.
    Interrupted,
}

/// Why a run failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MatchError {
    OutOfMemory,
    /// A group ends before it starts; CPython raises `SystemError` for it.
    Span,
}

impl fmt::Display for MatchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            MatchError::OutOfMemory => "out of memory",
            MatchError::Span => "The span of capturing group is wrong, please report a bug for the re module.",
        })
    }
}

impl Error for MatchError {}

/// A position or mark that is not set.
pub(crate) const UNSET: usize = usize::MAX;

/// What to do when an attempt fails. The meaning of the fields depends on the kind; see `exec`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Kind {
    Branch,
    Opt,
    LazyOpt,
    One,
    LazyOne,
    Repeat,
    Count,
    MaxBody,
    MinTail,
    MinBody,
    Leave,
    Restore,
    // The kinds from here on end a body that runs on its own.
    Assert,
    AssertNot,
    Atomic,
    PossessiveMin,
    PossessiveMore,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub(crate) kind: Kind,
    pub(crate) id: u32,
    pub(crate) lastmark: i32,
    pub(crate) lastindex: i32,
    pub(crate) ptr: usize,
    pub(crate) a: usize,
    pub(crate) b: usize,
}

/// A repeat under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub(crate) id: u32,
    /// The repeat around it, by index, or [`NONE`].
    pub(crate) prev: u32,
    /// Rounds begun, less one.
    pub(crate) count: isize,
    /// Where the last round began, to stop after an empty one.
    pub(crate) last: usize,
}

/// Where an interrupted run stands.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Resume {
    pub(crate) pc: usize,
    pub(crate) ptr: usize,
    pub(crate) failing: bool,
}

/// The working memory of a match. It is kept from one run to the next, so that a loop over matches allocates nothing.
pub struct Matcher {
    pub(crate) frames: Vec<Frame>,
    pub(crate) rounds: Vec<Round>,
    /// Saved marks, and what the frames of bodies need beyond their fields.
    pub(crate) saved: Vec<usize>,
    pub(crate) marks: Vec<usize>,
    pub(crate) lastmark: i32,
    pub(crate) lastindex: i32,
    /// Innermost repeat under way, index into `rounds`, or [`NONE`].
    pub(crate) round: u32,
    /// Innermost body that runs on its own, index into `frames`, or [`UNSET`].
    pub(crate) barrier: usize,
    /// Steps left before the next poll, and steps between two.
    pub(crate) budget: isize,
    pub(crate) interval: isize,
    start: usize,
    pub(crate) resume: Option<Resume>,
    /// A stack could not grow.
    pub(crate) exhausted: bool,
    spans: Vec<isize>,
}

/// Steps between two polls, unless the caller says otherwise.
const INTERVAL: isize = 1 << 13;
/// Frames that may stay allocated between two runs.
const KEEP: usize = 1 << 14;

impl Matcher {
    pub fn new() -> Matcher {
        Matcher {
            frames: Vec::new(),
            rounds: Vec::new(),
            saved: Vec::new(),
            marks: Vec::new(),
            lastmark: -1,
            lastindex: -1,
            round: NONE,
            barrier: UNSET,
            budget: INTERVAL,
            interval: INTERVAL,
            start: 0,
            resume: None,
            exhausted: false,
            spans: Vec::new(),
        }
    }

    /// Polls every so many steps: failures, rounds of loops, long stretches of repeats.
    pub fn set_poll_interval(&mut self, steps: u32) {
        self.interval = steps.max(1) as isize;
    }

    /// Start and end of the match and of each group, -1 where a group took no part.
    pub fn spans(&self) -> &[isize] {
        &self.spans
    }

    /// The group closed last, from 1.
    pub fn lastindex(&self) -> Option<usize> {
        usize::try_from(self.lastindex).ok()
    }

    /// Matches. `poll` is called every so many steps; when it returns true, the run stops.
    ///
    /// # Errors
    /// [`MatchError`].
    pub fn run(
        &mut self,
        program: &Program,
        request: &Request<'_>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<Outcome, MatchError> {
        let marks = program.groups() * 2;
        if self.marks.len() != marks {
            self.marks.clear();
            self.marks.try_reserve(marks).map_err(|_| MatchError::OutOfMemory)?;
            self.marks.resize(marks, UNSET);
        }
        self.resume = None;
        self.start = request.pos.min(request.text.len());
        self.budget = self.interval;
        self.dispatch(program, request, poll)
    }

    /// Goes on where an [`Outcome::Interrupted`] stopped. Program and request must be those of the run; with others
    /// the outcome means nothing.
    ///
    /// # Errors
    /// [`MatchError`].
    pub fn resume(
        &mut self,
        program: &Program,
        request: &Request<'_>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<Outcome, MatchError> {
        if self.resume.is_none() {
            return self.run(program, request, poll);
        }
        // One more, so that a run gets on however often it polls.
        self.budget = self.interval + 1;
        self.dispatch(program, request, poll)
    }

    fn dispatch(
        &mut self,
        program: &Program,
        request: &Request<'_>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<Outcome, MatchError> {
        let outcome = match request.text {
            Text::U8(text) => self.go(program, text, request, poll),
            Text::U16(text) => self.go(program, text, request, poll),
            Text::U32(text) => self.go(program, text, request, poll),
        };
        if !matches!(outcome, Ok(Outcome::Interrupted)) {
            self.clear();
            if self.frames.capacity() > KEEP || self.saved.capacity() > KEEP || self.rounds.capacity() > KEEP {
                self.frames.shrink_to(KEEP);
                self.saved.shrink_to(KEEP);
                self.rounds.shrink_to(KEEP);
            }
        }
        outcome
    }

    /// Drops all that a failure would go back to.
    pub(crate) fn clear(&mut self) {
        self.frames.clear();
        self.rounds.clear();
        self.saved.clear();
        self.round = NONE;
        self.barrier = UNSET;
    }

    fn go<U: Unit>(
        &mut self,
        program: &Program,
        full: &[U],
        request: &Request<'_>,
        poll: &mut dyn FnMut() -> bool,
    ) -> Result<Outcome, MatchError> {
        let end = request.endpos.min(full.len());
        let text = &full[..end];
        let fullmatch = request.mode == Mode::FullMatch;
        let mut exec = Exec { program, full, text, fullmatch, advance_from: UNSET };
        let first = request.pos.min(full.len());
        if let Some(resume) = self.resume.take() {
            if request.must_advance && self.start == first {
                exec.advance_from = first;
            }
            let step = exec.run(self, resume, poll);
            if let Some(outcome) = self.finish(program, step)? {
                return Ok(outcome);
            }
            if request.mode != Mode::Search {
                return Ok(Outcome::NoMatch);
            }
            self.start += 1;
        } else {
            if request.must_advance {
                exec.advance_from = first;
            }
            if request.mode != Mode::Search {
                // Only a match may be asked for beyond the end; an empty one can be found there.
                if end >= first && end - first < program.min_width {
                    return Ok(Outcome::NoMatch);
                }
                let step = self.attempt(&exec, (0, first), poll);
                return Ok(self.finish(program, step)?.unwrap_or(Outcome::NoMatch));
            }
        }
        let Some(last) = end.checked_sub(program.min_width) else { return Ok(Outcome::NoMatch) };
        let (pc, verified) = program.entry;
        while self.start <= last {
            let Some(at) = candidate(program, text, self.start) else { break };
            if at > last {
                break;
            }
            self.start = at;
            let accepts = |what| text.get(at).is_some_and(|ch| program.sets.accepts(what, ch.code()));
            if program.hint.is_some_and(|hint| !accepts(hint)) {
                self.start += 1;
                continue;
            }
            if at != first {
                exec.advance_from = UNSET;
            }
            let step = self.attempt(&exec, (pc, at + verified), poll);
            if let Some(outcome) = self.finish(program, step)? {
                return Ok(outcome);
            }
            if let Some(one) = program.ones.get(program.leading as usize) {
                self.start += run(program, one.what, &text[at..]);
            }
            self.start += 1;
        }
        Ok(Outcome::NoMatch)
    }

    #[inline]
    fn attempt<U: Unit>(
        &mut self,
        exec: &Exec<'_, U>,
        (pc, ptr): (usize, usize),
        poll: &mut dyn FnMut() -> bool,
    ) -> Step {
        self.clear();
        self.lastmark = -1;
        self.lastindex = -1;
        exec.run(self, Resume { pc, ptr, failing: false }, poll)
    }

    /// The outcome of a try, if that settles the run.
    #[inline]
    fn finish(&mut self, program: &Program, step: Step) -> Result<Option<Outcome>, MatchError> {
        match step {
            Step::Fail if self.exhausted => {
                self.exhausted = false;
                Err(MatchError::OutOfMemory)
            }
            Step::Fail => Ok(None),
            Step::Match(end) => {
                self.record(program, end)?;
                Ok(Some(Outcome::Match))
            }
            Step::Interrupted => Ok(Some(Outcome::Interrupted)),
        }
    }

    fn record(&mut self, program: &Program, end: usize) -> Result<(), MatchError> {
        self.spans.clear();
        self.spans.try_reserve(2 + self.marks.len()).map_err(|_| MatchError::OutOfMemory)?;
        // A text has at most isize::MAX bytes.
        self.spans.extend([self.start as isize, end as isize]);
        for group in 0..program.groups() {
            let (from, to) = (self.marks[group * 2], self.marks[group * 2 + 1]);
            let live = ((group * 2) as i64) < i64::from(self.lastmark) && from != UNSET && to != UNSET;
            if live && from > to {
                return Err(MatchError::Span);
            }
            self.spans.extend(if live { [from as isize, to as isize] } else { [-1, -1] });
        }
        Ok(())
    }
}

/// The first place from `from` on where a match may begin; may lie beyond the last possible one.
#[inline]
fn candidate<U: Unit>(program: &Program, text: &[U], from: usize) -> Option<usize> {
    let rest = || text.get(from..);
    match &program.start {
        Start::Anywhere => Some(from),
        Start::Beginning => (from == 0).then_some(0),
        Start::Line => {
            let newline = U::from_code(u32::from(b'\n'))?;
            if from == 0 { Some(0) } else { U::find(text.get(from - 1..)?, newline).map(|at| from + at) }
        }
        Start::Char(ch) => U::find(rest()?, U::from_code(*ch)?).map(|at| from + at),
        Start::Behind { units, latin1 } => {
            let text = text.get(from.saturating_sub(units.len())..)?;
            let at = U::find_prefix(text, units, latin1.as_deref())?;
            Some(from.saturating_sub(units.len()) + at + units.len())
        }
        Start::Class(class) => find_class(program, *class, rest()?).map(|at| from + at),
        Start::Set { filter, few } => {
            if !few.is_empty() {
                return U::find_few(rest()?, few).map(|at| from + at);
            }
            let set = &program.filters[*filter as usize];
            rest()?
                .iter()
                .position(|ch| set.low.get(ch.code() as usize).copied().unwrap_or(set.high))
                .map(|at| from + at)
        }
        Start::Prefix { units, latin1 } => U::find_prefix(rest()?, units, latin1.as_deref()).map(|at| from + at),
    }
}
