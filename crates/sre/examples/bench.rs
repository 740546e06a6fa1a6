//! Times the engine on the cases of `tools/bench.py` and prints how it compares with CPython:
//! `cpython3.14 crates/sre/tools/bench.py OUT && cargo run --release -p taipan-sre --example bench -- OUT`

use std::hint::black_box;
use std::time::{Duration, Instant};

use taipan_sre::{Locale, Matcher, Mode, Outcome, Program, Request, Text};

fn hex(words: &str) -> Vec<u32> {
    words.split_ascii_whitespace().filter_map(|w| u32::from_str_radix(w, 16).ok()).collect()
}

fn count(matcher: &mut Matcher, program: &Program, text: Text<'_>) -> usize {
    let mut request = Request::new(text, Mode::Search);
    let mut found = 0;
    while matcher.run(program, &request, &mut || false) == Ok(Outcome::Match) {
        let spans = black_box(matcher.spans());
        request.must_advance = spans[0] == spans[1];
        request.pos = spans[1] as usize;
        found += 1;
    }
    found
}

fn main() {
    let Some(path) = std::env::args().nth(1) else { return eprintln!("usage: bench FILE") };
    let Ok(cases) = std::fs::read_to_string(&path) else { return eprintln!("cannot read {path}") };
    let mut matcher = Matcher::new();
    let mut lines = cases.lines();
    let mut product = 0.0;
    let mut number = 0;
    println!(
        "{:24} {:>9} {:>12} {:>12} {:>7} {:>10}",
        "case", "matches", "CPython us", "engine us", "ratio", "compile us"
    );
    while let (Some(case), Some(text), Some(result)) = (lines.next(), lines.next(), lines.next()) {
        let mut fields = case[2..].split('\t');
        let (Some(name), Some(groups), Some(code)) = (fields.next(), fields.next(), fields.next()) else { continue };
        let code = hex(code);
        let started = Instant::now();
        let Ok(program) = Program::new(&code, groups.parse().unwrap_or(0), &Locale::C) else { continue };
        let compile = started.elapsed();
        let chars = hex(&text[4..]);
        let latin1: Vec<u8> = chars.iter().map(|&c| c as u8).collect();
        let wide: Vec<u16> = chars.iter().map(|&c| c as u16).collect();
        let text = if text.starts_with("T 1") { Text::U8(&latin1) } else { Text::U16(&wide) };
        let mut best = Duration::MAX;
        let begun = Instant::now();
        let mut rounds = 0;
        let mut found = 0;
        while rounds < 5 || (begun.elapsed() < Duration::from_millis(300) && rounds < 20_000) {
            let started = Instant::now();
            found = count(&mut matcher, &program, text);
            best = best.min(started.elapsed());
            rounds += 1;
        }
        let mut expected = result[2..].split(' ').filter_map(|n| n.parse::<f64>().ok());
        let (matches, nanoseconds) = (expected.next().unwrap_or(-1.0), expected.next().unwrap_or(0.0));
        let wrong = if matches as usize == found { "" } else { "  WRONG COUNT" };
        let ratio = nanoseconds / best.as_nanos() as f64;
        product += ratio.ln();
        number += 1;
        println!(
            "{name:24} {found:9} {:12.1} {:12.1} {ratio:7.2} {:10.1}{wrong}",
            nanoseconds / 1e3,
            best.as_nanos() as f64 / 1e3,
            compile.as_nanos() as f64 / 1e3,
        );
    }
    println!("geometric mean {:.2}", (product / f64::from(number.max(1))).exp());
}
