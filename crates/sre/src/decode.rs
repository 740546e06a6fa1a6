//! Code array to nodes, with every check that keeps the matcher from going astray.
//!
//! Constructs nest as deep as the array allows, so the decoder keeps its own stack of open constructs instead of
//! recursing. A construct gives the range of words of its body; when the cursor reaches the end of that range, the
//! construct is continued or closed.

use std::collections::HashSet;

use crate::chars::{Fold, Locale};
use crate::constants::{INFO_CHARSET, INFO_PREFIX, MAXGROUPS, MAXREPEAT, at, category, op};
use crate::program::{
    At, Body, Branch, Filter, InvalidCode, Look, NONE, Node, One, Opt, Possessive, Program, Repeat, Seen, Start,
};
use crate::set::{SetBuilder, Single};

/// A construct whose body is being decoded.
enum Open {
    /// `end`: where all alternatives must jump to, once known; `next`: the word with the skip of the next alternative.
    Branch {
        id: u32,
        next: usize,
        end: Option<usize>,
        jumps: Vec<u32>,
    },
    Repeat {
        id: u32,
        lazy: bool,
        end: usize,
    },
    Opt {
        id: u32,
        end: usize,
    },
    Possessive {
        id: u32,
        end: usize,
    },
    Body {
        id: u32,
        node: u32,
        end: usize,
    },
    Then {
        node: u32,
    },
    Else {
        jump: u32,
    },
}

struct Scope {
    open: Open,
    /// Range of the construct around it.
    limit: usize,
    /// Whether it is an outermost loop.
    outermost: bool,
}

struct Decoder<'c> {
    code: &'c [u32],
    /// The next word, and the end of the body it belongs to.
    at: usize,
    limit: usize,
    scopes: Vec<Scope>,
    /// The outermost loop around, and for each of those the lowest mark in it.
    current_loop: u32,
    loops: Vec<u32>,
    /// Nodes before this one may be jumped over or to: a literal does not grow across it.
    label: usize,
    sets: SetBuilder,
    program: Program,
    highest_mark: Option<u32>,
    /// Groups begun and not yet ended.
    unfinished: HashSet<u32>,
}

/// Decodes `code`. Without `exact`, reports through [`Program::exact`] that the pattern needs it.
pub(crate) fn decode(code: &[u32], groups: u32, locale: &'static Locale, exact: bool) -> Result<Program, InvalidCode> {
    // Every group has two marks in the code.
    let too_many = groups > MAXGROUPS || groups as usize > code.len();
    if too_many || u32::try_from(code.len()).is_err() || code.last() != Some(&op::SUCCESS) {
        return Err(InvalidCode);
    }
    let sets = SetBuilder::new(locale);
    let program = Program {
        groups,
        min_width: 0,
        nodes: Vec::new(),
        sets: crate::set::Sets::new(locale),
        literals: Vec::new(),
        ones: Vec::new(),
        repeats: Vec::new(),
        opts: Vec::new(),
        possessives: Vec::new(),
        bodies: Vec::new(),
        looks: Vec::new(),
        branches: Vec::new(),
        lists: Vec::new(),
        filters: Vec::new(),
        start: Start::Anywhere,
        hint: None,
        entry: (0, 0),
        leading: NONE,
        refers: false,
        exact,
    };
    let mut decoder = Decoder {
        code,
        at: 0,
        limit: code.len() - 1,
        scopes: Vec::new(),
        current_loop: NONE,
        loops: Vec::new(),
        label: 0,
        sets,
        program,
        highest_mark: None,
        unfinished: HashSet::new(),
    };
    decoder.info()?;
    decoder.run()?;
    decoder.program.sets = decoder.sets.sets;
    let mut program = decoder.program;
    resolve_saves(&mut program, &decoder.loops);
    resolve_jumps(&mut program);
    Ok(program)
}

impl Decoder<'_> {
    /// The word `n` after the cursor, which must belong to the body at hand.
    fn word(&self, n: usize) -> Result<u32, InvalidCode> {
        let at = self.at + n;
        if at < self.limit { Ok(self.code[at]) } else { Err(InvalidCode) }
    }

    /// Where the skip in word `n` after the cursor leads: inside the body at hand, or to its end.
    fn skip(&self, n: usize) -> Result<usize, InvalidCode> {
        let target = self.at + n + self.word(n)? as usize;
        if target <= self.limit { Ok(target) } else { Err(InvalidCode) }
    }

    fn emit(&mut self, node: Node) -> u32 {
        self.program.nodes.push(node);
        (self.program.nodes.len() - 1) as u32
    }

    fn here(&self) -> u32 {
        self.program.nodes.len() as u32
    }

    /// The information block, which may only come first. A literal prefix is worked out from the nodes instead.
    fn info(&mut self) -> Result<(), InvalidCode> {
        if self.code[0] != op::INFO {
            return Ok(());
        }
        let end = self.skip(1)?;
        if end < 5 || self.word(3)? > self.word(4)? {
            return Err(InvalidCode);
        }
        self.program.min_width = self.word(3)? as usize;
        if self.word(2)? & (INFO_PREFIX | INFO_CHARSET) == INFO_CHARSET {
            self.program.hint = Some(self.sets.set(&self.code[5..end], Fold::None)?);
        }
        self.at = end;
        Ok(())
    }

    fn run(&mut self) -> Result<(), InvalidCode> {
        loop {
            if self.at < self.limit {
                self.operator()?;
            } else if let Some(scope) = self.scopes.pop() {
                self.close(scope)?;
            } else {
                self.emit(Node::Success);
                return Ok(());
            }
        }
    }

    /// Starts to decode the words `body..end`.
    fn open(&mut self, open: Open, body: usize, end: usize, is_loop: bool) -> Result<(), InvalidCode> {
        if body > end || end > self.limit {
            return Err(InvalidCode);
        }
        let outermost = is_loop && self.current_loop == NONE;
        if outermost {
            self.current_loop = self.loops.len() as u32;
            self.loops.push(NONE);
        }
        self.scopes.push(Scope { open, limit: self.limit, outermost });
        self.at = body;
        self.limit = end;
        self.label = self.program.nodes.len();
        Ok(())
    }

    fn operator(&mut self) -> Result<(), InvalidCode> {
        let word = self.word(0)?;
        match word {
            op::SUCCESS => {
                self.emit(Node::Success);
                self.at += 1;
            }
            op::MARK => {
                let mark = self.word(1)?;
                if mark / 2 >= self.program.groups {
                    return Err(InvalidCode);
                }
                self.mark(mark);
                self.at += 2;
            }
            op::AT => {
                let position = self.position(self.word(1)?)?;
                self.emit(Node::At(position));
                self.at += 2;
            }
            op::LITERAL => {
                let ch = self.word(1)?;
                self.literal(ch);
                self.at += 2;
            }
            op::GROUPREF => self.backref(Fold::None)?,
            op::GROUPREF_IGNORE => self.backref(Fold::Ascii)?,
            op::GROUPREF_LOC_IGNORE => self.backref(Fold::Locale)?,
            op::GROUPREF_UNI_IGNORE => self.backref(Fold::Unicode)?,
            op::BRANCH => self.branch()?,
            op::REPEAT_ONE | op::MIN_REPEAT_ONE | op::POSSESSIVE_REPEAT_ONE => self.repeat_one(word)?,
            op::REPEAT => self.repeat()?,
            op::POSSESSIVE_REPEAT => {
                let end = self.skip(1)?;
                let (min, max) = self.bounds()?;
                self.expect(end, op::SUCCESS)?;
                let id = self.program.possessives.len() as u32;
                self.emit(Node::PossessiveRepeat(id));
                let body = self.here();
                self.program.possessives.push(Possessive { min, max, body, next: NONE, save: NONE });
                self.open(Open::Possessive { id, end: end + 1 }, self.at + 4, end, true)?;
                self.program.possessives[id as usize].save = self.current_loop;
            }
            op::ATOMIC_GROUP => {
                let end = self.skip(1)?;
                let id = self.program.bodies.len() as u32;
                let node = self.emit(Node::Atomic(id));
                self.program.bodies.push(Body { next: NONE, back: 0, save: self.current_loop });
                self.body(id, node, end, self.at + 2, true)?;
            }
            op::ASSERT | op::ASSERT_NOT => {
                let end = self.skip(1)?;
                let back = self.word(2)?;
                let id = self.program.bodies.len() as u32;
                let node = self.emit(if word == op::ASSERT { Node::Assert(id) } else { Node::AssertNot(id) });
                self.program.bodies.push(Body { next: NONE, back, save: self.current_loop });
                self.body(id, node, end, self.at + 3, false)?;
            }
            op::GROUPREF_EXISTS => {
                let group = self.group()?;
                let end = self.at + 1 + self.word(2)? as usize;
                let node = self.emit(Node::Conditional { group, otherwise: NONE });
                self.open(Open::Then { node }, self.at + 3, end, false)?;
            }
            op::JUMP => self.otherwise()?,
            _ => {
                let (single, next) = self.single(self.at)?;
                self.emit(match single {
                    Some(single) => Node::Single(single),
                    None => Node::Fail,
                });
                self.at = next;
            }
        }
        Ok(())
    }

    fn expect(&self, at: usize, word: u32) -> Result<(), InvalidCode> {
        if at < self.limit && self.code[at] == word { Ok(()) } else { Err(InvalidCode) }
    }

    /// Least and greatest count of a repeat at the cursor.
    fn bounds(&self) -> Result<(u32, u32), InvalidCode> {
        let (min, max) = (self.word(2)?, self.word(3)?);
        if min > max { Err(InvalidCode) } else { Ok((min, max)) }
    }

    /// An operator that takes one character, at word `at`: its test (none if it always fails) and the word after it.
    fn single(&mut self, at: usize) -> Result<(Option<Single>, usize), InvalidCode> {
        let (code, limit) = (self.code, self.limit);
        let word = |n: usize| if at + n < limit { Ok(code[at + n]) } else { Err(InvalidCode) };
        let literal = |sets: &mut SetBuilder, negate, fold| Ok((Some(sets.literal(word(1)?, negate, fold)), at + 2));
        let set = |sets: &mut SetBuilder, fold| {
            let end = at + 1 + word(1)? as usize;
            if end > limit {
                return Err(InvalidCode);
            }
            let body = code.get(at + 2..end).ok_or(InvalidCode)?;
            Ok((Some(sets.set(body, fold)?), end))
        };
        let sets = &mut self.sets;
        match word(0)? {
            op::FAILURE => Ok((None, at + 1)),
            op::ANY => Ok((Some(Single::Any), at + 1)),
            op::ANY_ALL => Ok((Some(Single::AnyAll), at + 1)),
            op::CATEGORY => Ok((Some(sets.category(word(1)?)?), at + 2)),
            op::LITERAL => literal(sets, false, Fold::None),
            op::LITERAL_IGNORE => literal(sets, false, Fold::Ascii),
            op::LITERAL_LOC_IGNORE => literal(sets, false, Fold::Locale),
            op::LITERAL_UNI_IGNORE => literal(sets, false, Fold::Unicode),
            op::NOT_LITERAL => literal(sets, true, Fold::None),
            op::NOT_LITERAL_IGNORE => literal(sets, true, Fold::Ascii),
            op::NOT_LITERAL_LOC_IGNORE => literal(sets, true, Fold::Locale),
            op::NOT_LITERAL_UNI_IGNORE => literal(sets, true, Fold::Unicode),
            op::IN => set(sets, Fold::None),
            op::IN_IGNORE => set(sets, Fold::Ascii),
            op::IN_LOC_IGNORE => set(sets, Fold::Locale),
            op::IN_UNI_IGNORE => set(sets, Fold::Unicode),
            _ => Err(InvalidCode),
        }
    }

    fn position(&mut self, code: u32) -> Result<At, InvalidCode> {
        Ok(match code {
            at::BEGINNING | at::BEGINNING_STRING => At::Beginning,
            at::BEGINNING_LINE => At::BeginningLine,
            at::END => At::End,
            at::END_LINE => At::EndLine,
            at::END_STRING => At::EndString,
            at::BOUNDARY => At::Boundary { word: self.sets.category(category::WORD)? },
            at::NON_BOUNDARY => At::NonBoundary { word: self.sets.category(category::WORD)? },
            at::LOC_BOUNDARY => At::Boundary { word: self.sets.category(category::LOC_WORD)? },
            at::LOC_NON_BOUNDARY => At::NonBoundary { word: self.sets.category(category::LOC_WORD)? },
            at::UNI_BOUNDARY => At::Boundary { word: self.sets.category(category::UNI_WORD)? },
            at::UNI_NON_BOUNDARY => At::NonBoundary { word: self.sets.category(category::UNI_WORD)? },
            _ => return Err(InvalidCode),
        })
    }

    fn mark(&mut self, mark: u32) {
        // The parser numbers groups by their opening parenthesis. What is known about marks that need not be saved
        // rests on that; for any other order all are saved.
        if mark.is_multiple_of(2) {
            if self.highest_mark.is_some_and(|highest| mark <= highest) {
                self.program.exact = true;
            }
            self.highest_mark = Some(mark);
            self.unfinished.insert(mark / 2);
        } else if !self.unfinished.remove(&(mark / 2)) {
            self.program.exact = true;
        }
        if let Some(lowest) = self.loops.get_mut(self.current_loop as usize) {
            *lowest = (*lowest).min(mark);
        }
        self.emit(Node::Mark(mark));
    }

    fn literal(&mut self, ch: u32) {
        let last = self.program.nodes.len();
        self.program.literals.push(ch);
        let after = self.program.literals.len() as u32;
        if last > self.label {
            match self.program.nodes[last - 1] {
                Node::Lit(_) => {
                    self.program.nodes[last - 1] = Node::Str { start: after - 2, len: 2 };
                    return;
                }
                Node::Str { start, len } => {
                    self.program.nodes[last - 1] = Node::Str { start, len: len + 1 };
                    return;
                }
                _ => {}
            }
        }
        self.emit(Node::Lit(ch));
    }

    /// The group that the operator at the cursor looks at.
    fn group(&mut self) -> Result<u32, InvalidCode> {
        let group = self.word(1)?;
        if group >= self.program.groups {
            return Err(InvalidCode);
        }
        self.program.refers = true;
        self.program.exact |= self.unfinished.contains(&group);
        Ok(group)
    }

    fn backref(&mut self, fold: Fold) -> Result<(), InvalidCode> {
        let group = self.group()?;
        self.emit(Node::Backref { group, fold });
        self.at += 2;
        Ok(())
    }

    fn branch(&mut self) -> Result<(), InvalidCode> {
        let id = self.program.branches.len() as u32;
        self.program.branches.push(Branch {
            alternatives: Vec::new(),
            save: self.current_loop,
            by_char: Box::new([0; 256]),
            high: 0,
            at_end: 0,
        });
        self.emit(Node::Branch(id));
        self.alternative(id, self.at + 1, None, Vec::new())
    }

    /// The alternative whose skip is word `at`, or the end of the alternation.
    fn alternative(&mut self, id: u32, at: usize, end: Option<usize>, jumps: Vec<u32>) -> Result<(), InvalidCode> {
        self.at = at;
        let skip = self.word(0)? as usize;
        if skip == 0 {
            if end.is_some_and(|end| end != at + 1) {
                return Err(InvalidCode);
            }
            let here = self.here();
            for jump in jumps {
                self.program.nodes[jump as usize] = Node::Jump(here);
            }
            self.at = at + 1;
            self.label = here as usize;
            return Ok(());
        }
        let next = self.skip(0)?;
        if skip < 3 {
            return Err(InvalidCode);
        }
        self.expect(next - 2, op::JUMP)?;
        let target = next - 1 + self.code[next - 1] as usize;
        if end.is_some_and(|end| end != target) {
            return Err(InvalidCode);
        }
        let here = self.here();
        self.program.branches[id as usize].alternatives.push(here);
        self.open(Open::Branch { id, next, end: Some(target), jumps }, at + 1, next - 2, false)
    }

    fn repeat_one(&mut self, word: u32) -> Result<(), InvalidCode> {
        let next = self.skip(1)?;
        let (min, max) = self.bounds()?;
        self.expect(next - 1, op::SUCCESS)?;
        let (what, end) = self.single(self.at + 4)?;
        if end != next - 1 {
            return Err(InvalidCode);
        }
        let what = match what {
            Some(what) => what,
            // A set of no characters.
            None => self.sets.set(&[op::FAILURE], Fold::None)?,
        };
        let id = self.program.ones.len() as u32;
        self.emit(match word {
            op::REPEAT_ONE => Node::One(id),
            op::MIN_REPEAT_ONE => Node::LazyOne(id),
            _ => Node::PossessiveOne(id),
        });
        self.program.ones.push(One {
            what,
            min,
            max,
            next: self.here(),
            save: self.current_loop,
            tail: Filter::Any,
            disjoint: [false; 2],
            last: false,
        });
        self.at = next;
        Ok(())
    }

    fn repeat(&mut self) -> Result<(), InvalidCode> {
        let until = self.skip(1)?;
        let (min, max) = self.bounds()?;
        let lazy = match self.word(until.checked_sub(self.at).ok_or(InvalidCode)?)? {
            op::MAX_UNTIL => false,
            op::MIN_UNTIL => true,
            _ => return Err(InvalidCode),
        };
        let outside = self.current_loop;
        let body = self.here() + 1;
        let (open, id) = if (min, max) == (0, 1) && !(lazy && self.program.exact) {
            let id = self.program.opts.len() as u32;
            self.emit(if lazy { Node::LazyOpt(id) } else { Node::Opt(id) });
            self.program.opts.push(Opt { body, next: NONE, save: outside, first: Filter::Any });
            (Open::Opt { id, end: until + 1 }, id)
        } else {
            let id = self.program.repeats.len() as u32;
            self.emit(Node::Repeat(id));
            let first = Filter::Any;
            self.program.repeats.push(Repeat {
                min,
                max,
                body,
                until: NONE,
                save_body: NONE,
                save_tail: outside,
                first,
            });
            (Open::Repeat { id, lazy, end: until + 1 }, id)
        };
        let generic = matches!(open, Open::Repeat { .. });
        self.open(open, self.at + 4, until, true)?;
        if generic {
            self.program.repeats[id as usize].save_body = self.current_loop;
        } else if !lazy {
            self.program.opts[id as usize].save = self.current_loop;
        }
        Ok(())
    }

    fn body(&mut self, id: u32, node: u32, end: usize, body: usize, is_loop: bool) -> Result<(), InvalidCode> {
        if end <= body {
            return Err(InvalidCode);
        }
        self.expect(end - 1, op::SUCCESS)?;
        self.open(Open::Body { id, node, end }, body, end - 1, is_loop)
    }

    /// A jump: only between the two halves of a conditional.
    fn otherwise(&mut self) -> Result<(), InvalidCode> {
        let skip = self.word(1)? as usize;
        let Some(Scope { open: Open::Then { node }, limit, outermost }) = self.scopes.pop() else {
            return Err(InvalidCode);
        };
        let end = self.at + 1 + skip;
        if self.at + 2 != self.limit || end < self.limit || end > limit {
            return Err(InvalidCode);
        }
        let jump = self.emit(Node::Fail);
        self.set_otherwise(node);
        self.scopes.push(Scope { open: Open::Else { jump }, limit, outermost });
        self.at += 2;
        self.limit = end;
        Ok(())
    }

    fn set_otherwise(&mut self, node: u32) {
        let here = self.here();
        self.label = here as usize;
        if let Node::Conditional { otherwise, .. } = &mut self.program.nodes[node as usize] {
            *otherwise = here;
        }
    }

    fn close(&mut self, scope: Scope) -> Result<(), InvalidCode> {
        self.limit = scope.limit;
        if scope.outermost {
            self.current_loop = NONE;
        }
        match scope.open {
            Open::Branch { id, next, end, mut jumps } => {
                jumps.push(self.emit(Node::Fail));
                return self.alternative(id, next, end, jumps);
            }
            Open::Repeat { id, lazy, end } => {
                let until = self.emit(if lazy { Node::MinUntil } else { Node::MaxUntil });
                self.program.repeats[id as usize].until = until;
                self.at = end;
            }
            Open::Opt { id, end } => {
                self.program.opts[id as usize].next = self.here();
                self.at = end;
            }
            Open::Possessive { id, end } => {
                self.emit(Node::Success);
                self.program.possessives[id as usize].next = self.here();
                self.at = end;
            }
            Open::Body { id, node, end } => {
                self.at = end;
                if !self.look(id, node) {
                    self.emit(Node::Success);
                    self.program.bodies[id as usize].next = self.here();
                }
            }
            Open::Then { node } => self.set_otherwise(node),
            Open::Else { jump } => self.program.nodes[jump as usize] = Node::Jump(self.here()),
        }
        self.label = self.program.nodes.len();
        Ok(())
    }

    /// Makes an assertion about a single character or literal text one node.
    fn look(&mut self, id: u32, node: u32) -> bool {
        let assertion = self.program.nodes[node as usize];
        if self.program.nodes.len() != node as usize + 2 || matches!(assertion, Node::Atomic(_)) {
            return false;
        }
        let what = match self.program.nodes[node as usize + 1] {
            Node::Lit(_) => Seen::Text { start: self.program.literals.len() as u32 - 1, len: 1 },
            Node::Str { start, len } => Seen::Text { start, len },
            Node::Single(what) => Seen::One(what),
            _ => return false,
        };
        let negate = matches!(assertion, Node::AssertNot(_));
        let look = Look { what, back: self.program.bodies[id as usize].back, negate };
        self.program.nodes.pop();
        self.program.nodes[node as usize] = Node::Look(self.program.looks.len() as u32);
        self.program.looks.push(look);
        true
    }
}

/// Turns "the outermost loop around" into "the first mark to save".
///
/// CPython saves every mark set so far whenever a choice is made inside a loop. Only what the loop can set again needs
/// saving, as long as the pattern does not look at a group from inside it: marks before the loop do not change in it,
/// and the closing mark of a group around the loop is set anew before anybody looks.
fn resolve_saves(program: &mut Program, loops: &[u32]) {
    let exact = program.exact;
    let resolve = |save: &mut u32| {
        *save = match loops.get(*save as usize) {
            None => NONE,
            Some(_) if exact => 0,
            Some(&lowest) => lowest,
        };
    };
    program.ones.iter_mut().for_each(|one| resolve(&mut one.save));
    program.opts.iter_mut().for_each(|opt| resolve(&mut opt.save));
    program.possessives.iter_mut().for_each(|possessive| resolve(&mut possessive.save));
    program.bodies.iter_mut().for_each(|body| resolve(&mut body.save));
    program.branches.iter_mut().for_each(|branch| resolve(&mut branch.save));
    for repeat in &mut program.repeats {
        resolve(&mut repeat.save_body);
        resolve(&mut repeat.save_tail);
    }
}

/// Makes every jump lead to something other than a jump. Jumps lead forward, so that one pass from the end will do.
fn resolve_jumps(program: &mut Program) {
    let nodes = &mut program.nodes;
    let target = |nodes: &[Node], at: u32| match nodes[at as usize] {
        Node::Jump(further) => further,
        _ => at,
    };
    for at in (0..nodes.len()).rev() {
        match nodes[at] {
            Node::Jump(to) => nodes[at] = Node::Jump(target(nodes, to)),
            Node::Conditional { group, otherwise } => {
                nodes[at] = Node::Conditional { group, otherwise: target(nodes, otherwise) };
            }
            _ => {}
        }
    }
    for one in &mut program.ones {
        one.next = target(nodes, one.next);
    }
    for opt in &mut program.opts {
        opt.next = target(nodes, opt.next);
    }
    for body in &mut program.bodies {
        if body.next != NONE {
            body.next = target(nodes, body.next);
        }
    }
}

/// Whether a repeat may go on after `count` rounds.
#[inline]
pub(crate) fn more(count: usize, max: u32) -> bool {
    max == MAXREPEAT || count < max as usize
}
