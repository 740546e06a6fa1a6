//! Prints the units of a program as code generation leaves them, for comparison with
//! `_testinternalcapi.compiler_codegen`: number, instruction, argument, location; nested units after what holds them.
//!
//! `units FILE [OPTIMIZE]`

use taipan_bytecode::Text;
use taipan_compiler::ir::{InstrSequence, Operand, Unit, finish};
use taipan_compiler::parser::{self, Mode};
use taipan_compiler::{Options, compile_with};

fn print(sequence: &InstrSequence, indent: &str) {
    for (n, instr) in sequence.instrs().iter().enumerate() {
        let arg = match instr.arg {
            _ if !instr.op.has_arg() => String::new(),
            Operand::Arg(arg) => arg.to_string(),
            Operand::Target(label) => sequence.position(label).map_or(String::new(), |at| at.to_string()),
        };
        let loc = instr.loc;
        println!(
            "{indent}{n:3} {:<24} {arg:<6} {},{},{},{}",
            instr.op.name(),
            loc.line,
            loc.end_line,
            loc.col,
            loc.end_col
        );
    }
}

struct Done {
    unit: Unit,
    depth: usize,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let path = args.first().ok_or("no file")?;
    let optimize = args.get(1).map_or(Ok(0), |level| level.parse())?;
    let text = std::fs::read_to_string(path)?;
    for program in text.split("####\n") {
        let parsed = parser::parse(program, Mode::Exec, &parser::Options::default())?;
        let options = Options { optimize, ..Options::default() };
        // A unit is complete before the one around it.
        let mut done: Vec<Done> = Vec::new();
        let result = compile_with(parsed.tree, &Text::from("a.py"), &options, &mut |unit| {
            let code = finish(unit.clone());
            done.push(Done { unit, depth: 0 });
            code
        });
        println!("=====\n{program}");
        match result {
            Ok((_, warnings)) => {
                for warning in warnings {
                    println!("warning {} {}", warning.lineno, warning.msg);
                }
            }
            Err(error) => println!("error {error} {error:?}"),
        }
        for Done { unit, .. } in done.iter().rev() {
            println!("-- {}", unit.qualname);
            print(&unit.code, "");
            if let Some(annotations) = unit.code.annotations() {
                println!("annotations");
                print(annotations, "");
            }
        }
    }
    Ok(())
}
