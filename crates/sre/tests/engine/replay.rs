//! Replays what `tools/record.py` recorded.

use taipan_sre::{Locale, MatchError, Matcher, Mode, Outcome, Program, Request, Text};

enum Units {
    U8(Vec<u8>),
    U16(Vec<u16>),
    U32(Vec<u32>),
}

impl Units {
    fn text(&self) -> Text<'_> {
        match self {
            Units::U8(units) => Text::U8(units),
            Units::U16(units) => Text::U16(units),
            Units::U32(units) => Text::U32(units),
        }
    }
}

fn hex(words: &str) -> Vec<u32> {
    words.split_ascii_whitespace().map(|w| u32::from_str_radix(w, 16).unwrap()).collect()
}

fn units(width: &str, chars: &[u32]) -> Units {
    match width {
        "1" => Units::U8(chars.iter().map(|&c| u8::try_from(c).unwrap()).collect()),
        "2" => Units::U16(chars.iter().map(|&c| u16::try_from(c).unwrap()).collect()),
        _ => Units::U32(chars.to_vec()),
    }
}

fn answer(matcher: &Matcher, outcome: Result<Outcome, MatchError>) -> String {
    match outcome {
        Ok(Outcome::Match) => {
            let mut parts: Vec<String> = matcher.spans().iter().map(ToString::to_string).collect();
            parts.push(matcher.lastindex().unwrap_or(0).to_string());
            parts.join(" ")
        }
        Ok(Outcome::NoMatch) => "-".to_owned(),
        Ok(Outcome::Interrupted) => "interrupted".to_owned(),
        Err(_) => "!".to_owned(),
    }
}

/// Runs to the end; with `step`, interrupts at every poll and resumes.
fn run(matcher: &mut Matcher, program: &Program, request: &Request<'_>, step: bool) -> Result<Outcome, MatchError> {
    matcher.set_poll_interval(if step { 1 } else { 1000 });
    let mut outcome = matcher.run(program, request, &mut || step)?;
    while outcome == Outcome::Interrupted {
        outcome = matcher.resume(program, request, &mut || step)?;
    }
    Ok(outcome)
}

/// All matches, as `finditer` and `scanner().match` find them.
fn iterate(matcher: &mut Matcher, program: &Program, text: Text<'_>, mode: Mode) -> String {
    let mut request = Request::new(text, mode);
    let mut found = Vec::new();
    loop {
        let outcome = run(matcher, program, &request, false);
        if outcome != Ok(Outcome::Match) {
            break;
        }
        found.push(answer(matcher, outcome));
        let (start, end) = (matcher.spans()[0] as usize, matcher.spans()[1] as usize);
        request.must_advance = start == end;
        request.pos = end;
    }
    if found.is_empty() { "-".to_owned() } else { found.join(";") }
}

/// Replays a recording: number of cases, and the differences.
pub fn replay(recording: &str) -> (usize, Vec<String>) {
    let mut matcher = Matcher::new();
    let mut program: Option<Program> = None;
    let mut source = "";
    let mut text_line = "";
    let mut text = Units::U8(Vec::new());
    let mut cases = 0;
    let mut differences = Vec::new();
    for line in recording.lines() {
        let (kind, rest) = line.split_once(' ').unwrap_or((line, ""));
        match kind {
            "P" => {
                let (words, comment) = rest.split_once('#').unwrap();
                let (groups, code) = words.split_once(' ').unwrap();
                source = comment;
                program = Program::new(&hex(code), groups.parse().unwrap(), &Locale::C).ok();
                if program.is_none() {
                    differences.push(format!("{source}: not accepted"));
                }
            }
            "T" => {
                let (width, chars) = rest.split_once(' ').unwrap_or((rest, ""));
                text_line = chars;
                text = units(width, &hex(chars));
            }
            _ => {
                let Some(program) = &program else { continue };
                let (question, expected) = rest.split_once(" = ").unwrap();
                let (pos, endpos) = question.split_once(' ').unwrap();
                let mode = match kind {
                    "m" | "n" => Mode::Match,
                    "f" => Mode::FullMatch,
                    _ => Mode::Search,
                };
                let got = if kind == "i" || kind == "n" {
                    iterate(&mut matcher, program, text.text(), mode)
                } else {
                    let (pos, endpos) = (pos.parse().unwrap(), endpos.parse().unwrap());
                    let request = Request { pos, endpos, ..Request::new(text.text(), mode) };
                    let outcome = run(&mut matcher, program, &request, cases % 2 == 1);
                    answer(&matcher, outcome)
                };
                cases += 1;
                if got != expected {
                    differences.push(format!(
                        "{source}\n  on {text_line:?}, {kind} {question}\n  expected {expected}\n  got      {got}\n{}",
                        program.dump()
                    ));
                }
            }
        }
    }
    (cases, differences)
}
