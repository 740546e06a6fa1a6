//! What can be known of a pattern before it meets a text.
//!
//! For each node: the characters that can come first if the pattern is to succeed from there on, or "anything, even
//! nothing". From that follow the places a search need not try, the alternatives an alternation need not try, the
//! lengths a greedy repeat need not give back. All of these are attempts that CPython makes, sees fail at once and
//! undoes. With [`Program::exact`] a mark counts as "anything": failing after a mark leaves a trace.
//!
//! Nodes lead forward but for the loops, so that one pass from the last node to the first sees what it needs. What
//! follows the end of a round (another round, or the rest) takes a second pass.

use std::collections::HashMap;

use memchr::memmem::Finder;

use crate::constants::MAXREPEAT;
use crate::program::{At, Branch, Filter, FirstSet, Look, NONE, Node, Program, Seen, Start};
use crate::set::{High, Single};

/// Characters that can come first: a bitmap of those below 256, and whether any other can.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
struct First {
    low: [u64; 4],
    high: bool,
}

impl First {
    fn new(low: &[bool; 256], high: bool) -> First {
        let mut first = First { low: [0; 4], high };
        for (ch, _) in low.iter().enumerate().filter(|(_, present)| **present) {
            first.low[ch / 64] |= 1 << (ch % 64);
        }
        first
    }

    fn has(&self, ch: usize) -> bool {
        self.low[ch / 64] >> (ch % 64) & 1 != 0
    }

    fn union(self, other: First) -> First {
        let mut low = self.low;
        low.iter_mut().zip(other.low).for_each(|(a, b)| *a |= b);
        First { low, high: self.high || other.high }
    }

    fn meets_low(&self, other: &First) -> bool {
        self.low.iter().zip(other.low).any(|(a, b)| a & b != 0)
    }

    fn chars(&self) -> impl Iterator<Item = u8> {
        (0..=255u8).filter(|&ch| self.has(usize::from(ch)))
    }

    fn to_set(self) -> FirstSet {
        FirstSet { low: std::array::from_fn(|ch| self.has(ch)), high: self.high }
    }
}

/// `None`: anything, even nothing.
type Firsts = Vec<Option<First>>;

fn union(a: Option<First>, b: Option<First>) -> Option<First> {
    Some(a?.union(b?))
}

/// Fills in all filters, lists and the start of a decoded program.
pub(crate) fn analyse(program: &mut Program) {
    let firsts = firsts(program, program.exact);

    let mut filters = Filters { known: HashMap::new(), sets: Vec::new() };
    repeats_of_one(program, &firsts, &mut filters);
    for repeat in &mut program.repeats {
        repeat.first = filters.set(firsts[repeat.body as usize]);
    }
    for opt in &mut program.opts {
        opt.first = filters.set(firsts[opt.body as usize]);
    }
    let mut lists = std::mem::take(&mut program.lists);
    for branch in &mut program.branches {
        alternatives(branch, &firsts, &mut lists);
    }
    program.lists = lists;
    // Every try of a search starts without marks, so that the traces of the one before do not matter.
    let firsts = if program.exact { self::firsts(program, false) } else { firsts };
    start(program, &firsts, &mut filters);
    program.hint = program.hint.filter(|&hint| !implied(program, hint, firsts[0]));
    program.filters = filters.sets;
}

/// What can come first at each node; with `exact`, unknown where there is a mark.
fn firsts(program: &Program, exact: bool) -> Firsts {
    let mut hints: Firsts = vec![None; program.nodes.len()];
    let firsts = pass(program, &hints, exact);
    for repeat in &program.repeats {
        let (body, until) = (repeat.body as usize, repeat.until as usize);
        hints[until] = union(firsts[body], firsts[until + 1]);
    }
    pass(program, &hints, exact)
}

/// One pass; `hints` holds what is known of the ends of rounds.
fn pass(program: &Program, hints: &Firsts, exact: bool) -> Firsts {
    let mut firsts: Firsts = vec![None; program.nodes.len() + 1];
    let of = |what: Single| {
        let (low, high) = program.sets.extent(what);
        First::new(&low, high)
    };
    for at in (0..program.nodes.len()).rev() {
        let next = firsts[at + 1];
        firsts[at] = match program.nodes[at] {
            Node::Fail => Some(First::default()),
            Node::Success | Node::Backref { .. } => None,
            Node::Jump(to) => firsts[to as usize],
            Node::Mark(_) => next.filter(|_| !exact),
            Node::Lit(ch) => Some(of(Single::Lit(ch))),
            Node::Str { start, .. } => Some(of(Single::Lit(program.literals[start as usize]))),
            Node::Single(what) => Some(of(what)),
            Node::At(_) | Node::Look(_) => next,
            Node::Branch(id) => program.branches[id as usize]
                .alternatives
                .iter()
                .try_fold(First::default(), |all, &alternative| Some(all.union(firsts[alternative as usize]?))),
            Node::Opt(id) | Node::LazyOpt(id) => {
                let opt = &program.opts[id as usize];
                union(firsts[opt.body as usize], firsts[opt.next as usize])
            }
            Node::Repeat(id) => {
                let repeat = &program.repeats[id as usize];
                let body = firsts[repeat.body as usize];
                if repeat.min > 0 { body } else { union(body, firsts[repeat.until as usize + 1]) }
            }
            Node::MaxUntil | Node::MinUntil => hints[at],
            Node::One(id) | Node::LazyOne(id) | Node::PossessiveOne(id) => {
                let one = &program.ones[id as usize];
                let what = Some(of(one.what));
                if one.min > 0 { what } else { union(what, firsts[one.next as usize]) }
            }
            Node::PossessiveRepeat(id) => {
                let possessive = &program.possessives[id as usize];
                let body = firsts[possessive.body as usize];
                if possessive.min > 0 { body } else { union(body, firsts[possessive.next as usize]) }
            }
            Node::Atomic(_) => next,
            Node::Assert(id) | Node::AssertNot(id) => {
                firsts[program.bodies[id as usize].next as usize].filter(|_| !exact)
            }
            Node::Conditional { otherwise, .. } => union(next, firsts[otherwise as usize]),
        };
    }
    firsts
}

/// Sets in use, each once.
struct Filters {
    known: HashMap<First, u32>,
    sets: Vec<FirstSet>,
}

impl Filters {
    fn set(&mut self, first: Option<First>) -> Filter {
        let Some(first) = first else { return Filter::Any };
        let id = *self.known.entry(first).or_insert_with(|| {
            self.sets.push(first.to_set());
            (self.sets.len() - 1) as u32
        });
        Filter::Set(id)
    }
}

fn repeats_of_one(program: &mut Program, firsts: &Firsts, filters: &mut Filters) {
    for one in &mut program.ones {
        let next = one.next as usize;
        let first = firsts[next];
        one.last = program.nodes[next] == Node::Success;
        one.tail = match exact_char(&program.nodes, &program.literals, program.exact, next) {
            Some(ch) => Filter::Lit(ch),
            None => filters.set(first),
        };
        if let Some(first) = first {
            let (low, high) = program.sets.extent(one.what);
            let latin1 = !First::new(&low, high).meets_low(&first);
            let distinct = match one.tail {
                Filter::Lit(ch) => !program.sets.accepts(one.what, ch) && !matches!(one.what, Single::Locale(_)),
                _ => latin1 && !(high && first.high),
            };
            one.disjoint = [latin1, distinct];
        }
    }
}

/// The one character that must come next at node `at`, if there is just one.
fn exact_char(nodes: &[Node], literals: &[u32], exact: bool, mut at: usize) -> Option<u32> {
    loop {
        match nodes[at] {
            Node::Lit(ch) => return Some(ch),
            Node::Str { start, .. } => return Some(literals[start as usize]),
            Node::Mark(_) if !exact => at += 1,
            Node::At(_) | Node::Look(_) => at += 1,
            _ => return None,
        }
    }
}

/// Sorts the alternatives of a branch by the next character.
fn alternatives(branch: &mut Branch, firsts: &Firsts, lists: &mut Vec<u32>) {
    let ways = &branch.alternatives;
    let mut known: HashMap<Vec<u32>, u32> = HashMap::new();
    let origin = lists.len();
    let mut intern = |list: Vec<u32>, lists: &mut Vec<u32>| {
        *known.entry(list).or_insert_with_key(|list| {
            let at = lists.len() as u32;
            lists.extend_from_slice(list);
            lists.push(NONE);
            at
        })
    };
    let chosen = |keep: &dyn Fn(&First) -> bool| -> Vec<u32> {
        ways.iter().copied().filter(|&way| firsts[way as usize].as_ref().is_none_or(keep)).collect()
    };
    let all = intern(ways.clone(), lists);
    branch.high = intern(chosen(&|first| first.high), lists);
    branch.at_end = intern(chosen(&|_| false), lists);
    // Odd patterns could make 256 long lists, all different: for those every character tries every alternative.
    let enough = 4096 + 32 * ways.len();
    for ch in 0..256 {
        branch.by_char[ch] =
            if lists.len() - origin > enough { all } else { intern(chosen(&|first| first.has(ch)), lists) };
    }
}

/// Where a search has to look.
fn start(program: &mut Program, firsts: &Firsts, filters: &mut Filters) {
    match first_node(program) {
        Some(Node::At(At::Beginning)) => {
            program.start = Start::Beginning;
            return;
        }
        Some(Node::At(At::BeginningLine)) => {
            program.start = Start::Line;
            return;
        }
        _ => {}
    }
    leading(program);
    if let Some(units) = behind(program) {
        program.start = Start::Behind { latin1: finder(&units), units };
        return;
    }
    let prefix = prefix(program);
    program.start = if let [only] = prefix[..] {
        Start::Char(only)
    } else if !prefix.is_empty() {
        Start::Prefix { latin1: finder(&prefix), units: prefix }
    } else if let (Filter::Set(filter), Some(first)) = (filters.set(firsts[0]), firsts[0]) {
        let few: Vec<u8> = first.chars().take(4).collect();
        match first_test(program) {
            _ if !first.high && (2..=3).contains(&few.len()) => Start::Set { filter, few },
            Some(Single::Class(class)) => Start::Class(class),
            _ => Start::Set { filter, few: Vec::new() },
        }
    } else {
        Start::Anywhere
    };
    if matches!(program.start, Start::Char(_) | Start::Prefix { .. }) {
        program.entry = match program.nodes[0] {
            Node::Lit(_) => (1, 1),
            Node::Str { len, .. } => (1, len as usize),
            _ => (0, 0),
        };
    }
}

fn finder(units: &[u32]) -> Option<Box<Finder<'static>>> {
    let bytes: Option<Vec<u8>> = units.iter().map(|&ch| u8::try_from(ch).ok()).collect();
    Some(Box::new(Finder::new(&bytes?).into_owned()))
}

/// The first node that is not a mark.
fn first_node(program: &Program) -> Option<Node> {
    program.nodes.iter().find(|node| !matches!(node, Node::Mark(_))).copied()
}

/// The test of the first character, if the pattern begins with one.
fn first_test(program: &Program) -> Option<Single> {
    match first_node(program)? {
        Node::Single(what) => Some(what),
        Node::One(id) | Node::LazyOne(id) | Node::PossessiveOne(id) => {
            let one = &program.ones[id as usize];
            if one.min > 0 { Some(one.what) } else { None }
        }
        _ => None,
    }
}

/// Notes the unbounded repeat that the pattern begins with. What follows it must not depend on where it began.
fn leading(program: &mut Program) {
    if let Some(Node::One(id) | Node::LazyOne(id) | Node::PossessiveOne(id)) = first_node(program)
        && program.ones[id as usize].max == MAXREPEAT
        && !program.refers
        && !program.exact
    {
        program.leading = id;
    }
}

/// The literal text that the pattern asks to come just before.
fn behind(program: &Program) -> Option<Vec<u32>> {
    let Node::Look(id) = first_node(program)? else { return None };
    match program.looks[id as usize] {
        Look { what: Seen::Text { start, len }, back, negate: false } if len == back => {
            Some(program.literals[start as usize..(start + len) as usize].to_vec())
        }
        _ => None,
    }
}

/// Whether the pattern makes sure that a match begins with a character of `hint`.
fn implied(program: &Program, hint: Single, first: Option<First>) -> bool {
    let (low, high) = program.sets.extent(hint);
    let hint_low = First::new(&low, high);
    let always_high = match hint {
        Single::Any | Single::AnyAll | Single::NotLit(_) => true,
        Single::Class(id) => program.sets.classes[id as usize].high == High::Yes,
        Single::Lit(_) | Single::Locale(_) => false,
    };
    let covers =
        |first: First| first.low.iter().zip(hint_low.low).all(|(a, b)| a & !b == 0) && (!first.high || always_high);
    first_test(program) == Some(hint) || (!matches!(hint, Single::Locale(_)) && first.is_some_and(covers))
}

/// The literal text a match must begin with.
fn prefix(program: &Program) -> Vec<u32> {
    let mut prefix = Vec::new();
    for node in &program.nodes {
        match *node {
            Node::Lit(ch) => prefix.push(ch),
            Node::Str { start, len } => {
                prefix.extend_from_slice(&program.literals[start as usize..(start + len) as usize]);
            }
            Node::Mark(_) | Node::At(_) | Node::Look(_) => {}
            _ => break,
        }
    }
    prefix
}
