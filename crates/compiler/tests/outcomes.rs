//! Errors and warnings of the compiler, and the text of annotations, as CPython 3.14 has them.
//! `python3.14 crates/compiler/tests/record_outcomes.py` renews the records.

use taipan_bytecode::{Code, Const, Text};
use taipan_compiler::parser::Mode;
use taipan_compiler::{Options, compile_source, compile_source_with};

const FUTURE: &str = "from __future__ import annotations\n";

fn outcome(source: &str) -> Vec<String> {
    let mut warnings = Vec::new();
    let result = compile_source_with(source, &Text::from("a.py"), Mode::Exec, &Options::default(), &mut warnings);
    let mut lines: Vec<String> = warnings.iter().map(|w| format!("warning {}: {}", w.lineno, w.msg)).collect();
    if let Err(e) = result {
        let place = [e.lineno, e.offset, e.end_lineno, e.end_offset];
        let place = place.map(|n| n.map_or("None".to_owned(), |n| n.to_string())).join(",");
        lines.push(format!("{}: {} @ {place}", e.kind.class_name(), e.msg));
    }
    lines
}

#[test]
fn errors_and_warnings() {
    for block in include_str!("outcomes.txt").split("====\n") {
        let Some((source, wanted)) = block.split_once("----\n") else { panic!("no outcome in {block:?}") };
        assert_eq!(outcome(source), wanted.lines().collect::<Vec<_>>(), "{source}");
    }
}

/// The last text among the constants: that of the only annotation.
fn last_text(code: &Code) -> Option<Text> {
    code.consts.iter().rev().find_map(|value| match value {
        Const::Str(text) => Some(text.clone()),
        _ => None,
    })
}

#[test]
fn annotations_as_text() {
    for line in include_str!("annotations.txt").lines() {
        let Some((source, wanted)) = line.split_once(" => ") else { panic!("no annotation in {line:?}") };
        // What is wanted is itself a literal, so it is compiled too.
        let text = |program: String| match compile_source(&program, &Text::from("a"), Mode::Exec, &Options::default()) {
            Ok((code, _)) => code,
            Err(e) => panic!("{program}: {e}"),
        };
        let code = text(format!("{FUTURE}def f(x: {source}): pass"));
        let got = code.children().find(|inner| inner.name == "__annotate__").and_then(|inner| last_text(inner));
        let wanted = last_text(&text(format!("x = {wanted}")));
        assert!(wanted.is_some());
        assert_eq!(got, wanted, "{source}");
    }
}

#[test]
fn deep_trees_end_in_an_error() {
    for source in [format!("a{}", ".b".repeat(100_000)), format!("1{}", "+1".repeat(100_000))] {
        let wanted = "RecursionError: maximum recursion depth exceeded during compilation @ None,None,None,None";
        let run = move || outcome(&source);
        let got = std::thread::Builder::new().stack_size(16 << 20).spawn(run).map(|thread| thread.join());
        assert!(matches!(got, Ok(Ok(lines)) if lines == [wanted]));
    }
}
