//! Prints the units of programs as code generation leaves them, for comparison with
//! `_testinternalcapi.compiler_codegen`: number, instruction, argument, location; nested units after what holds them.
//! Before them the warnings, or instead of them the error.
//!
//! `units FILE [MODE [OPTIMIZE]]`; lines of `####` separate the programs in the file.

use taipan_bytecode::{Code, Const, Text};
use taipan_compiler::error::{SyntaxError, Warning};
use taipan_compiler::ir::{InstrSequence, Operand, Unit, finish};
use taipan_compiler::parser::{self, Mode};
use taipan_compiler::{Options, compile_with};

/// A unit, its code object, and the units inside.
struct Tree {
    unit: Unit,
    code: Option<Code>,
    inside: Vec<Tree>,
}

fn print(sequence: &InstrSequence, indent: &str) {
    for (n, instr) in sequence.instrs().iter().enumerate() {
        let arg = match instr.arg {
            _ if !instr.op.has_arg() => String::new(),
            Operand::Arg(arg) => arg.to_string(),
            Operand::Target(label) => sequence.position(label).map_or(String::new(), |at| at.to_string()),
        };
        let (op, loc) = (instr.op.name(), instr.loc);
        println!("{indent}{n:3} {op:<24} {arg:<6} {},{},{},{}", loc.line, loc.end_line, loc.col, loc.end_col);
    }
}

fn print_tree(tree: &Tree, indent: &str) {
    print(&tree.unit.code, indent);
    let inner = format!("{indent}    ");
    for part in &tree.inside {
        println!("{indent}  --");
        print_tree(part, &inner);
    }
}

/// The parameter of an annotation function gets its name when the unit is complete.
fn is_same(a: &Code, b: &Code) -> bool {
    (&a.qualname, a.firstlineno, &a.code, &a.consts, &a.linetable)
        == (&b.qualname, b.firstlineno, &b.code, &b.consts, &b.linetable)
}

fn program(text: &str, mode: Mode, options: &Options) -> Result<(Tree, Vec<Warning>), SyntaxError> {
    let mut warnings = Vec::new();
    let tree = parser::parse(text, mode, &options.parser, &mut warnings)?;
    // A unit is complete before the one around it, which holds its code object as a constant.
    let mut done: Vec<Tree> = Vec::new();
    compile_with(tree, &Text::from("a.py"), options, &mut warnings, &mut |unit| {
        let is_inside = |tree: &Tree| match &tree.code {
            Some(code) => unit.consts.as_slice().iter().any(|c| matches!(c, Const::Code(held) if is_same(held, code))),
            None => false,
        };
        let first = done.iter().rposition(|tree| !is_inside(tree)).map_or(0, |at| at + 1);
        let inside = done.split_off(first);
        let result = finish(unit.clone());
        done.push(Tree { unit, code: result.as_ref().ok().cloned(), inside });
        result
    })?;
    match done.pop() {
        Some(tree) => Ok((tree, warnings)),
        None => Err(SyntaxError::bare(parser::ErrorKind::System, "no unit")),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let path = args.first().ok_or("no file")?;
    let mode = match args.get(1).map(String::as_str) {
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        _ => Mode::Exec,
    };
    let optimize = args.get(2).map_or(Ok(0), |level| level.parse())?;
    let options = Options { optimize, ..Options::default() };
    for text in std::fs::read_to_string(path)?.split("####\n") {
        println!("=====\n{text}");
        match program(text, mode, &options) {
            Ok((tree, warnings)) => {
                for warning in warnings {
                    println!("warning {} {}", warning.lineno, warning.msg);
                }
                print_tree(&tree, "");
            }
            Err(e) => {
                let place = [e.lineno, e.offset, e.end_lineno, e.end_offset];
                let place = place.map(|n| n.map_or("None".to_owned(), |n| n.to_string())).join(",");
                println!("{}: {} @ {place}", e.kind.class_name(), e.msg);
            }
        }
    }
    Ok(())
}
