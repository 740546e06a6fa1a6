//! Programs that are refused, with the message, the range and the line that CPython 3.14 gives: `syntax_errors.txt`,
//! renewed by `python3.14 record_syntax_errors.py`.

use taipan_compiler::ast;
use taipan_compiler::error::SyntaxError;
use taipan_compiler::parser::{Mode, Options, parse};

fn escape(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\n', "\\n").replace('\t', "\\t")
}

fn unescape(text: &str) -> String {
    text.replace("\\\\", "\0").replace("\\n", "\n").replace("\\t", "\t").replace('\0', "\\")
}

fn parsed(source: &str) -> Result<ast::Mod, SyntaxError> {
    parse(source, Mode::Exec, &Options::default(), &mut Vec::new())
}

fn report(source: &str) -> String {
    match parsed(source) {
        Ok(_) => "ok".to_owned(),
        Err(e) => {
            let n = |v: Option<i32>| v.map_or("None".to_owned(), |v| v.to_string());
            let place = [e.lineno, e.offset, e.end_lineno, e.end_offset].map(n).join(",");
            let text = escape(&e.text.unwrap_or_default());
            format!("{}: {} @ {place} {text}", e.kind.class_name(), escape(&e.msg))
        }
    }
}

#[test]
fn errors_are_those_of_cpython() {
    let recorded = include_str!("syntax_errors.txt");
    let lines: Vec<&str> = recorded.lines().collect();
    let mut failures = Vec::new();
    for case in lines.chunks_exact(2) {
        let (expected, got) = (case[1].trim_start(), report(&unescape(case[0])));
        if expected.trim_end() != got.trim_end() {
            failures.push(format!("{}\n  expected {expected}\n  got      {got}", case[0]));
        }
    }
    assert!(lines.len() > 400, "the recording is there");
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), lines.len() / 2, failures.join("\n"));
}

#[test]
fn chains_need_no_native_stack() {
    for source in [
        "+".to_owned() + &"a+".repeat(100_000) + "a",
        "a".to_owned() + &"()".repeat(100_000),
        "a < ".repeat(50_000) + "a",
    ] {
        assert!(parsed(&source).is_ok());
    }
    let nested = [
        "lambda:".repeat(2000) + "1",
        "if a: pass\n".to_owned() + &"elif a: pass\n".repeat(5000),
        "(".repeat(150) + &")".repeat(150),
        "a[".repeat(199) + "1" + &"]".repeat(199),
    ];
    for source in nested {
        assert!(parsed(&source).is_ok());
    }
    for source in ["-".repeat(300_000) + "1", "lambda:".repeat(300_000) + "1", "a**".repeat(300_000) + "1"] {
        let error = parsed(&source).expect_err("too deep");
        assert_eq!(error.kind.class_name(), "MemoryError");
    }
}
