//! Running a pattern over a text, again and again.

use super::pattern::Pattern;
use super::subject::Subject;
use std::ops::Range;
use taipan_object::{Trace, Visitor};
use taipan_sre::{MatchError, Matcher, Mode, Outcome, Request};
use taipan_vm::{Ref, Result, Value, Vm};

/// A walk over a text.
pub struct Run {
    pattern: Ref<Pattern>,
    pub subject: Subject,
    matcher: Option<Box<Matcher>>,
    /// Where the walk began, and where it ends.
    pub pos: usize,
    pub endpos: usize,
    /// Where the next match may begin; nothing when the walk is over.
    pub start: Option<usize>,
    must_advance: bool,
}

impl Run {
    pub fn open(vm: &mut Vm, pattern: &Ref<Pattern>, string: &Value, pos: isize, endpos: isize) -> Result<Run> {
        let subject = Subject::open(vm, string)?;
        if let Some(bytes) = pattern.get(vm).is_bytes
            && bytes != subject.is_bytes()
        {
            subject.close(vm);
            let text = if bytes {
                "cannot use a bytes pattern on a string-like object"
            } else {
                "cannot use a string pattern on a bytes-like object"
            };
            return Err(vm.raise_type_error(text));
        }
        let len = subject.len();
        let fit = |at: isize| usize::try_from(at).unwrap_or(0).min(len);
        let (pos, endpos) = (fit(pos), fit(endpos));
        // The pattern keeps a matcher, unless a walk that it is in the middle of has it.
        let matcher = pattern.get_mut(vm).matcher.0.take().unwrap_or_else(|| Box::new(Matcher::new()));
        let pattern = pattern.clone();
        Ok(Run { pattern, subject, matcher: Some(matcher), pos, endpos, start: Some(pos), must_advance: false })
    }

    pub fn close(self, vm: &mut Vm) {
        if let Some(matcher) = self.matcher {
            self.pattern.get_mut(vm).matcher.0 = Some(matcher);
        }
        self.subject.close(vm);
    }

    pub fn pattern(&self) -> &Ref<Pattern> {
        &self.pattern
    }

    /// Looks for the next match.
    pub fn next(&mut self, vm: &mut Vm, mode: Mode) -> Result<Option<Range<usize>>> {
        let Some(start) = self.start else { return Ok(None) };
        if start > self.endpos {
            self.start = None;
            return Ok(None);
        }
        let mut matcher = self.matcher.take().unwrap_or_else(|| Box::new(Matcher::new()));
        let outcome = self.match_from(vm, &mut matcher, start, mode);
        let spans = matcher.spans();
        let found = match outcome {
            Ok(true) => Some(spans[0] as usize..spans[1] as usize),
            _ => None,
        };
        self.matcher = Some(matcher);
        outcome?;
        match &found {
            Some(range) => {
                self.must_advance = range.is_empty();
                self.start = Some(range.end);
            }
            None => self.start = None,
        }
        Ok(found)
    }

    fn match_from(&self, vm: &mut Vm, matcher: &mut Matcher, pos: usize, mode: Mode) -> Result<bool> {
        let mut resumed = false;
        loop {
            let outcome = {
                let heap: &Vm = vm;
                let program = &self.pattern.get(heap).program.0;
                let text = self.subject.text(heap);
                let request = Request { text, pos, endpos: self.endpos, must_advance: self.must_advance, mode };
                let poll = &mut || heap.wants_attention();
                if resumed { matcher.resume(program, &request, poll) } else { matcher.run(program, &request, poll) }
            };
            match outcome {
                Ok(Outcome::Match) => return Ok(true),
                Ok(Outcome::NoMatch) => return Ok(false),
                Ok(Outcome::Interrupted) => {
                    vm.attend()?;
                    resumed = true;
                }
                Err(MatchError::OutOfMemory) => return Err(vm.raise_memory_error()),
                Err(e @ MatchError::Span) => return Err(vm.raise_system_error(&e.to_string())),
            }
        }
    }

    /// Start and end of the last match and of its groups.
    pub fn spans(&self) -> &[isize] {
        self.matcher.as_ref().map_or(&[], |m| m.spans())
    }

    /// The group that was closed last.
    pub fn lastindex(&self) -> Option<usize> {
        self.matcher.as_ref().and_then(|m| m.lastindex())
    }

    /// A group of the last match.
    pub fn group(&self, index: usize) -> Option<Range<usize>> {
        match self.spans().get(2 * index..2 * index + 2) {
            Some(&[start, end]) if start >= 0 => Some(start as usize..end as usize),
            _ => None,
        }
    }

    /// The text of a group of the last match: `missing` where it took no part.
    pub fn group_text(&self, vm: &mut Vm, index: usize, missing: &Value) -> Result {
        match self.group(index) {
            Some(range) => self.subject.slice(vm, range),
            None => Ok(missing.clone()),
        }
    }
}

impl Trace for Run {
    fn trace(&self, visitor: &mut Visitor<'_>) {
        visitor.value(self.pattern.as_value());
        match &self.subject {
            Subject::Str(s) => visitor.value(s.as_value()),
            Subject::Bytes(b) => visitor.value(b.as_value()),
            Subject::Buffer(b) => b.trace(visitor),
        }
    }
}
