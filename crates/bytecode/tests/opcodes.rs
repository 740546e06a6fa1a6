//! The table of opcodes against CPython's; `record.py opcodes` renews the recording.
#![forbid(unsafe_code)]

use taipan_bytecode::Opcode;
use taipan_bytecode::opcode::{ALL, OpFlags};

fn recorded_name(name: &str) -> Option<&str> {
    include_str!("opcodes.txt").lines().filter_map(|line| line.split(' ').next()).find(|recorded| *recorded == name)
}

#[test]
fn every_opcode_agrees() {
    let mut seen = 0;
    for line in include_str!("opcodes.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let [name, number, deopt, caches, flags, effects @ ..] = &words[..] else { panic!("short line {line}") };
        let op = Opcode::from_u8(number.parse().unwrap()).unwrap_or_else(|| panic!("{name} is missing"));
        assert_eq!(op.name(), *name);
        assert_eq!(op.deopt().name(), *deopt, "{name}");
        assert_eq!(Opcode::from_name(name), Some(op));
        if !op.is_instrumented() {
            assert_eq!(op.caches().to_string(), *caches, "{name}");
        }
        let known = [
            ("arg", OpFlags::ARG),
            ("const", OpFlags::CONST),
            ("name", OpFlags::NAME),
            ("jump", OpFlags::JUMP),
            ("free", OpFlags::FREE),
            ("local", OpFlags::LOCAL),
            ("exc", OpFlags::EXC),
        ];
        // A specialised opcode has the flags and the effect of the one it replaces.
        for (word, flag) in known.into_iter().filter(|_| !op.is_specialized()) {
            assert_eq!(op.flags().contains(flag), flags.split(',').any(|found| found == word), "{name} {word}");
        }
        for (arg, effect) in effects.iter().enumerate().filter(|(_, effect)| **effect != "?") {
            assert_eq!(op.stack_effect(arg as i32).to_string(), *effect, "{name} {arg}");
        }
        seen += 1;
    }
    // Specialised instructions of our own stand for one of CPython's, which programs see.
    let own = ALL.iter().filter(|op| recorded_name(op.name()).is_none());
    assert_eq!(seen + own.inspect(|op| assert!(op.is_specialized(), "{}", op.name())).count(), ALL.len());
}
