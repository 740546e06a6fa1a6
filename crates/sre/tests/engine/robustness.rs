//! Whatever the code array, the text or the sizes: an error or an answer, never a panic, a hang or deep recursion.

use std::time::{Duration, Instant};

use taipan_sre::{InvalidCode, Locale, MAXREPEAT, Matcher, Mode, Outcome, Program, Request, Text};

/// A small generator of pseudo-random numbers (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

fn programs() -> Vec<(Vec<u32>, u32)> {
    let recording = include_str!("data/corpus.txt");
    let pattern = |line: &str| -> Option<(Vec<u32>, u32)> {
        let (words, _) = line.strip_prefix("P ")?.split_once('#')?;
        let (groups, code) = words.split_once(' ')?;
        let code = code.split_ascii_whitespace().map(|w| u32::from_str_radix(w, 16).unwrap()).collect();
        Some((code, groups.parse().ok()?))
    };
    recording.lines().filter_map(pattern).collect()
}

#[test]
fn damaged_code_is_refused_or_runs() {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let mut matcher = Matcher::new();
    let text = Text::U8(b"aab abc1_- foo\nbar\xe9 xAB");
    let (mut accepted, mut refused) = (0, 0);
    for (code, groups) in programs() {
        for _ in 0..40 {
            let mut code = code.clone();
            for _ in 0..=random.below(3) {
                let at = random.below(code.len());
                match random.below(6) {
                    0 => code[at] = random.below(45) as u32,
                    1 => code[at] = code[at].wrapping_add(1),
                    2 => code[at] = code[at].wrapping_sub(1),
                    3 => code[at] = MAXREPEAT - random.below(2) as u32,
                    4 => code.truncate(at + 1),
                    _ => code.insert(at, random.below(45) as u32),
                }
            }
            match Program::new(&code, groups, &Locale::C) {
                Err(InvalidCode) => refused += 1,
                Ok(program) => {
                    accepted += 1;
                    for mode in [Mode::Search, Mode::Match, Mode::FullMatch] {
                        let mut polls = 0;
                        let mut poll = || {
                            polls += 1;
                            polls > 3
                        };
                        let _ = matcher.run(&program, &Request::new(text, mode), &mut poll);
                    }
                }
            }
        }
    }
    assert!(accepted > 1000 && refused > 1000, "{accepted} accepted, {refused} refused");
}

#[test]
fn empty_and_unfinished_code_is_refused() {
    for code in [&[][..], &[0], &[1, 0], &[24, 5, 0, 1], &[7, 0], &[14, 4, 0, 2, 1, 1]] {
        assert!(Program::new(code, 0, &Locale::C).is_err(), "{code:?}");
    }
    assert!(Program::new(&[1], MAXREPEAT, &Locale::C).is_err());
}

/// Code for a body nested `depth` deep in what `open` and `close` make of the length of a body.
fn nested(depth: usize, open: impl Fn(u32) -> Vec<u32>, close: &[u32], core: &[u32]) -> Vec<u32> {
    let mut heads = Vec::new();
    let mut length = core.len() as u32;
    for _ in 0..depth {
        let head = open(length);
        length += (head.len() + close.len()) as u32;
        heads.push(head);
    }
    let mut code: Vec<u32> = heads.into_iter().rev().flatten().collect();
    code.extend_from_slice(core);
    code.extend((0..depth).flat_map(|_| close.iter().copied()));
    code.push(1);
    code
}

#[test]
fn nesting_uses_no_native_stack() {
    const DEPTH: usize = 100_000;
    let mut matcher = Matcher::new();
    // ATOMIC_GROUP, then REPEAT ... MAX_UNTIL, around a literal.
    let atomic = nested(DEPTH, |body| vec![27, body + 2], &[1], &[16, 97]);
    let repeat = nested(DEPTH, |body| vec![23, body + 3, 1, MAXREPEAT], &[18], &[16, 97]);
    for code in [atomic, repeat] {
        let program = Program::new(&code, 0, &Locale::C).unwrap();
        let outcome = matcher.run(&program, &Request::new(Text::U8(b"a"), Mode::FullMatch), &mut || false);
        assert_eq!(outcome, Ok(Outcome::Match));
    }
}

#[test]
fn backtracking_is_bounded_by_memory_only() {
    // (?:ab|cd)*e over a text without e: a frame or two for every round.
    let code = [23, 19, 0, MAXREPEAT, 7, 7, 16, 97, 16, 98, 15, 9, 7, 16, 99, 16, 100, 15, 2, 0, 18, 16, 101, 1];
    let program = Program::new(&code, 0, &Locale::C).unwrap();
    let text = b"ab".repeat(2_000_000);
    let mut matcher = Matcher::new();
    let outcome = matcher.run(&program, &Request::new(Text::U8(&text), Mode::Match), &mut || false);
    assert_eq!(outcome, Ok(Outcome::NoMatch));
}

#[test]
fn exponential_matching_can_be_stopped() {
    // (?:aa*)*b
    let code = [23, 12, 0, MAXREPEAT, 16, 97, 24, 6, 0, MAXREPEAT, 16, 97, 1, 18, 16, 98, 1];
    let program = Program::new(&code, 0, &Locale::C).unwrap();
    let text = [b'a'; 60];
    let mut matcher = Matcher::new();
    let started = Instant::now();
    let mut stop = || started.elapsed() > Duration::from_millis(20);
    let outcome = matcher.run(&program, &Request::new(Text::U8(&text), Mode::Match), &mut stop);
    assert_eq!(outcome, Ok(Outcome::Interrupted));
    assert!(started.elapsed() < Duration::from_secs(2));
}
