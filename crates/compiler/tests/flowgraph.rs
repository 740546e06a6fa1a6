//! The optimiser and assembler against CPython's, on the instructions that CPython's own code generator made.
//!
//! `record_flowgraph.py` writes the recordings. The one in the tree is small; `TAIPAN_FLOWGRAPH=FILE` names a larger one.
#![forbid(unsafe_code)]

use std::collections::HashMap;

use taipan_bytecode::marshal::{self, Object};
use taipan_bytecode::{Code, Const, dis};
use taipan_compiler::ir::{self, InstrSequence, Label, Loc, NameTable, Op, Unit};

fn list(object: Object) -> Vec<Object> {
    match object {
        Object::List(items) | Object::Tuple(items) => items,
        Object::Const(Const::Tuple(items)) => items.iter().cloned().map(Object::Const).collect(),
        other => panic!("not a sequence: {other:?}"),
    }
}

fn int(object: &Object) -> i64 {
    match object {
        Object::Const(Const::Int(n)) => *n,
        other => panic!("not an int: {other:?}"),
    }
}

fn names(object: Object) -> NameTable {
    list(object)
        .into_iter()
        .map(|name| match name {
            Object::Const(Const::Str(text)) => text,
            other => panic!("not a name: {other:?}"),
        })
        .collect()
}

fn sequence(instrs: Vec<Object>) -> InstrSequence {
    let rows: Vec<Vec<i64>> = instrs.into_iter().map(|row| list(row).iter().map(int).collect()).collect();
    let op = |row: &[i64]| Op::from_number(row[0] as u16).expect("known opcode");
    let mut sequence = InstrSequence::new();
    let mut labels: HashMap<i64, Label> = HashMap::new();
    for row in rows.iter().filter(|row| op(row).has_target()) {
        labels.entry(row[1]).or_insert_with(|| sequence.new_label());
    }
    for (place, row) in rows.iter().enumerate() {
        if let Some(label) = labels.get(&(place as i64)) {
            sequence.use_label(*label);
        }
        let loc = Loc::new(row[2] as i32, row[3] as i32, row[4] as i32, row[5] as i32);
        match op(row) {
            op if op.has_target() => sequence.emit(op, labels[&row[1]], loc),
            op => sequence.emit(op, row[1] as u32, loc),
        }
    }
    sequence
}

fn unit(fields: Vec<Object>) -> (Unit, Code) {
    let [code, cells, hidden, consts, instrs] = <[Object; 5]>::try_from(fields).expect("five fields");
    let Object::Const(Const::Code(code)) = code else { panic!("not a code object") };
    let mut unit = Unit {
        name: code.name.clone(),
        qualname: code.qualname.clone(),
        filename: code.filename.clone(),
        argcount: code.argcount,
        posonlyargcount: code.posonlyargcount,
        kwonlyargcount: code.kwonlyargcount,
        firstlineno: code.firstlineno,
        flags: code.flags,
        names: code.names.iter().cloned().collect(),
        varnames: code.varnames().cloned().collect(),
        cellvars: names(cells),
        freevars: code.freevars().cloned().collect(),
        fast_hidden: names(hidden).iter().cloned().collect(),
        code: sequence(list(instrs)),
        ..Unit::default()
    };
    for value in list(consts) {
        unit.consts.add(value.into_const().expect("constant"));
    }
    (unit, Code::clone(&code))
}

fn check(recording: &[u8]) {
    let (mut good, mut bad) = (0, 0);
    let mut kinds: HashMap<&str, usize> = HashMap::new();
    for fields in list(marshal::read_object(recording).expect("recording")) {
        let (unit, expected) = unit(list(fields));
        let got = ir::finish(unit).expect("unit is sound");
        if got == expected {
            good += 1;
            continue;
        }
        let kind = [
            ("stacksize", got.stacksize != expected.stacksize),
            ("localspluskinds", got.localspluskinds != expected.localspluskinds),
            ("localsplusnames", got.localsplusnames != expected.localsplusnames),
            ("code", got.code != expected.code),
            ("consts", got.consts != expected.consts),
            ("linetable", got.linetable != expected.linetable),
            ("exceptiontable", got.exceptiontable != expected.exceptiontable),
        ]
        .into_iter()
        .find(|(_, differs)| *differs)
        .map_or("other", |(kind, _)| kind);
        let seen = kinds.entry(kind).or_default();
        *seen += 1;
        if *seen <= 3 {
            println!("--- {kind}: {}:{} {}", got.filename, got.firstlineno, got.qualname);
            println!("{}", dis::diff(&expected, &got));
        }
        bad += 1;
    }
    println!("{good} units agree, {bad} differ: {kinds:?}");
    assert_eq!(bad, 0);
}

#[test]
fn recorded_units_agree() {
    check(include_bytes!("flowgraph.bin"));
}

#[test]
fn large_recording_agrees() {
    if let Some(path) = std::env::var_os("TAIPAN_FLOWGRAPH") {
        check(&std::fs::read(path).expect("readable recording"));
    }
}
