//! Prints symbol tables, for comparison with CPython's module `_symtable`.
//!
//! `symbols dump FILE...`, `symbols cases` (lines `MODE HEX` on standard input), `symbols time FILE...`

use std::io::{BufRead, Write};

use taipan_compiler::ast::Mod;
use taipan_compiler::error::SyntaxError;
use taipan_compiler::parser::{self, Mode};
use taipan_compiler::source::decode;
use taipan_compiler::symtable::{BlockId, SymbolTable};
use taipan_compiler::{Options, symbol_table};

const STACK: usize = 6 << 20;

fn read(path: &str) -> Result<Mod, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    let text =
        decode(&bytes, None, &mut |name, _| Err(format!("unknown encoding: {name}"))).map_err(|e| e.to_string())?;
    parse(&text, Mode::Exec)
}

fn parse(text: &str, mode: Mode) -> Result<Mod, String> {
    parser::parse(text, mode, &parser::Options::default(), &mut Vec::new()).map_err(|e| e.to_string())
}

fn build(tree: &Mod) -> Result<SymbolTable, SyntaxError> {
    symbol_table(tree, &Options { stack: STACK, ..Options::default() })
}

fn dump(table: &SymbolTable, id: BlockId, depth: usize, out: &mut impl Write) -> std::io::Result<()> {
    let block = &table[id];
    write!(out, "{:depth$}{} {} {} {}", "", block.kind as u8, block.name, block.nested as u8, block.loc.line)?;
    write!(out, " [{}]", block.varnames.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "))?;
    for (name, flags) in block.symbols.iter() {
        write!(out, " {name}={:#x}", flags.bits())?;
    }
    writeln!(out)?;
    block.children.iter().try_for_each(|&child| dump(table, child, depth + 1, out))
}

fn report(tree: Result<Mod, String>, out: &mut impl Write) -> std::io::Result<()> {
    match tree.as_ref().map(build) {
        Err(e) => writeln!(out, "parser: {e}"),
        Ok(Ok(table)) => dump(&table, SymbolTable::TOP, 0, out),
        Ok(Err(SyntaxError { msg, lineno, offset, end_lineno, end_offset, .. })) => {
            let place = [lineno, offset, end_lineno, end_offset].map(|at| at.unwrap_or(-1).to_string());
            writeln!(out, "{msg}|{}", place.join(","))
        }
    }
}

fn case(line: &str, out: &mut impl Write) -> std::io::Result<()> {
    let (mode, hex) = line.split_once(' ').unwrap_or((line, ""));
    let bytes: Vec<u8> =
        (0..hex.len() / 2).filter_map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).ok()).collect();
    let mode = match mode {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        _ => Mode::Exec,
    };
    report(parse(&String::from_utf8_lossy(&bytes), mode), out)?;
    writeln!(out, "end")
}

fn time(paths: &[String]) {
    let trees: Vec<Mod> = paths.iter().filter_map(|path| read(path).ok()).collect();
    for _ in 0..5 {
        let start = std::time::Instant::now();
        let blocks: usize = trees.iter().filter_map(|tree| build(tree).ok()).map(|table| table.len()).sum();
        println!("{} files, {blocks} blocks: {:?}", trees.len(), start.elapsed());
    }
}

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    match args.first().map(String::as_str) {
        Some("dump") => args[1..].iter().try_for_each(|path| {
            writeln!(out, "file {path}")?;
            report(read(path), &mut out)
        }),
        Some("cases") => std::io::stdin().lock().lines().try_for_each(|line| case(&line?, &mut out)),
        Some("time") => {
            time(&args[1..]);
            Ok(())
        }
        _ => writeln!(out, "symbols dump FILE... | symbols cases | symbols time FILE..."),
    }
}
