//! Symbol tables, and the errors found while they are made, as CPython 3.14 has them: `symbols.txt`, renewed by
//! `python3.14 crates/compiler/tests/record_symbols.py`.

use taipan_bytecode::{CodeFlags, Text};
use taipan_compiler::ast::{Arguments, Expr, ExprContext, ExprKind, Ident, Mod};
use taipan_compiler::ir::Loc;
use taipan_compiler::parser::{self, Mode};
use taipan_compiler::symtable::{self, BlockId, ErrorKind, Flags, SymbolTable};
use taipan_compiler::{Options, compile_source, symbol_table};

fn lines(table: &SymbolTable, id: BlockId, depth: usize, out: &mut Vec<String>) {
    let block = &table[id];
    let params = block.varnames.iter().map(Ident::as_str).collect::<Vec<_>>().join(" ");
    let (kind, name, line) = (block.kind as u8, &block.name, block.loc.line);
    let mut words = vec![format!("{:depth$}{kind} {name} {} {line} [{params}]", "", block.nested as u8)];
    let own = |flags: Flags| flags.without_scope().bits() & !(Flags::DEF_FREE_CLASS | Flags::DEF_COMP_CELL).bits() != 0;
    let word = |(name, flags): (&Ident, Flags)| format!("{name}={:#x}", flags.bits());
    words.extend(block.symbols.iter().filter(|(_, flags)| own(*flags)).map(word));
    let mut passed: Vec<String> = block.symbols.iter().filter(|(_, flags)| !own(*flags)).map(word).collect();
    if !passed.is_empty() {
        passed.sort();
        words.push("|".to_owned());
        words.append(&mut passed);
    }
    out.push(words.join(" "));
    block.children.iter().for_each(|&child| lines(table, child, depth + 1, out));
}

fn result(source: &str) -> Vec<String> {
    let tree = match parser::parse(source, Mode::Exec, &parser::Options::default(), &mut Vec::new()) {
        Ok(tree) => tree,
        Err(e) => panic!("{source}: {e}"),
    };
    match symbol_table(&tree, &Options::default()) {
        Ok(table) => {
            let mut out = Vec::new();
            lines(&table, SymbolTable::TOP, 0, &mut out);
            out
        }
        Err(e) => {
            let place = [e.lineno, e.offset, e.end_lineno, e.end_offset].map(|n| n.unwrap_or(-1).to_string());
            vec![format!("{} @ {}", e.msg, place.join(","))]
        }
    }
}

#[test]
fn tables_and_errors() {
    for block in include_str!("symbols.txt").split("====\n") {
        let Some((source, wanted)) = block.split_once("----\n") else { panic!("no table in {block:?}") };
        assert_eq!(result(source), wanted.lines().collect::<Vec<_>>(), "{source}");
    }
}

/// A tree of which each node lies in the one before.
fn nested(depth: usize, around: impl Fn(Box<Expr>) -> ExprKind) -> Mod {
    let at = Loc::new(1, 1, 0, 1);
    let mut body = Expr::boxed(ExprKind::Name { id: Ident::from("a"), ctx: ExprContext::Load }, at);
    for _ in 0..depth {
        body = Expr::boxed(around(body), at);
    }
    Mod::Expression { body }
}

fn build(tree: &Mod) -> Result<SymbolTable, symtable::Error> {
    SymbolTable::build(tree, &symtable::Options { stack_budget: 128 << 10, ..symtable::Options::default() })
}

fn lambda(body: Box<Expr>) -> ExprKind {
    let args = Arguments {
        posonlyargs: Vec::new(),
        args: Vec::new(),
        vararg: None,
        kwonlyargs: Vec::new(),
        kw_defaults: Vec::new(),
        kwarg: None,
        defaults: Vec::new(),
    };
    ExprKind::Lambda { args: Box::new(args), body }
}

#[test]
fn deep_blocks_end_in_an_error() {
    let error = build(&nested(100_000, lambda)).map(|_| ()).unwrap_err();
    assert_eq!(error.kind, ErrorKind::Recursion);
    assert_eq!(error.msg, "maximum recursion depth exceeded during compilation");
    assert!(build(&nested(50, lambda)).is_ok());
}

#[test]
fn chains_need_no_stack() {
    let call = |func| ExprKind::Call { func, args: Vec::new(), keywords: Vec::new() };
    assert!(build(&nested(100_000, call)).is_ok());
    let attribute = |value| ExprKind::Attribute { value, attr: Ident::from("b"), ctx: ExprContext::Load };
    assert!(build(&nested(100_000, attribute)).is_ok());
}

#[test]
fn top_level_await() {
    let cases = [
        ("await x", "coroutine"),
        ("[await x for x in y]", "coroutine"),
        ("[x async for x in y]", "coroutine"),
        ("[[x async for x in y] for z in w]", "coroutine"),
        ("async with a: pass", "coroutine"),
        ("async for a in b: pass", "coroutine"),
        ("class A: await x", "'await' outside function"),
        ("def f(): await x", "'await' outside async function"),
        ("lambda: await x", "'await' outside async function"),
        ("class A: [await x for x in y]", "asynchronous comprehension outside of an asynchronous function"),
        ("x: await y", "await expression cannot be used within an annotation"),
        ("(await x for x in y)", "plain"),
        ("[(await x for x in y) for z in w]", "plain"),
        ("def f(): [await x for x in y]", "asynchronous comprehension outside of an asynchronous function"),
        ("class A:\n async with a: pass", "'async with' outside async function"),
        ("type X = await y", "await expression cannot be used within a type alias"),
        ("def f(a=await x): pass", "coroutine"),
        ("type X = [await x for x in y]", "asynchronous comprehension outside of an asynchronous function"),
        ("x: [await x for x in y]", "asynchronous comprehension outside of an asynchronous function"),
    ];
    let options = Options { allow_top_level_await: true, ..Options::default() };
    for (source, wanted) in cases {
        let got = match compile_source(source, &Text::from("a.py"), Mode::Exec, &options) {
            Ok((code, _)) if code.flags.contains(CodeFlags::COROUTINE) => "coroutine".to_owned(),
            Ok(_) => "plain".to_owned(),
            Err(e) => e.msg.into_owned(),
        };
        assert_eq!(got, wanted, "{source}");
    }
}
