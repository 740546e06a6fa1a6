//! From source text to code objects: parser, syntax tree, symbol table, instruction sequence, flow graph, assembler.
#![forbid(unsafe_code)]

mod assemble;
pub mod ast;
pub mod codegen;
pub mod error;
mod flowgraph;
pub mod ir;
pub mod parser;
pub mod source;
mod stack;
pub mod symtable;
pub mod tokenizer;

pub use taipan_bytecode::Const;

use taipan_bytecode::{Code, CodeFlags, Text};

use codegen::{Codegen, Finisher, Settings, StackGuard};
use error::{ErrorKind, SyntaxError, Warning};
use symtable::SymbolTable;

/// How to compile.
#[derive(Clone, Debug)]
pub struct Options {
    /// 0, 1 (`-O`) or 2 (`-OO`).
    pub optimize: u8,
    /// Future features in force before the source says anything, as flags of code objects.
    pub future: CodeFlags,
    /// `PyCF_ALLOW_TOP_LEVEL_AWAIT`
    pub allow_top_level_await: bool,
    /// Bytes of native stack that each pass may use; more is a `RecursionError`.
    pub stack: usize,
    pub parser: parser::Options,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            optimize: 0,
            future: CodeFlags::NONE,
            allow_top_level_await: false,
            stack: 4 << 20,
            parser: parser::Options::default(),
        }
    }
}

/// A code object and the warnings to issue for it, in order.
pub type Compiled = (Code, Vec<Warning>);

/// Compiles a tree. Errors of this stage carry no line of source: the caller may find it in the file of that name.
pub fn compile(tree: ast::Mod, filename: &Text, options: &Options) -> Result<Compiled, SyntaxError> {
    compile_with(tree, filename, options, &mut ir::finish)
}

/// As [`compile`], with another last stage: for tools that want to see the units.
pub fn compile_with(
    mut tree: ast::Mod,
    filename: &Text,
    options: &Options,
    finisher: Finisher<'_>,
) -> Result<Compiled, SyntaxError> {
    let guard = StackGuard::new(options.stack);
    let future = codegen::read_future(&tree).map_err(codegen::Failure::into_error)?;
    let settings = Settings {
        filename: filename.clone(),
        optimize: options.optimize,
        future: options.future | future.flags,
        future_end: future.end,
        allow_top_level_await: options.allow_top_level_await,
    };
    let future_annotations = settings.future.contains(CodeFlags::FUTURE_ANNOTATIONS);
    let mut warnings = codegen::preprocess(&mut tree, options.optimize, future_annotations, &guard)
        .map_err(codegen::Failure::into_error)?;
    let table = SymbolTable::build(
        &tree,
        &symtable::Options {
            future_annotations,
            allow_top_level_await: options.allow_top_level_await,
            stack_budget: options.stack,
        },
    )
    .map_err(symbol_error)?;
    let mut codegen = Codegen::new(&table, &settings, guard, finisher);
    let code = codegen.module(&tree).map_err(codegen::Failure::into_error)?;
    warnings.append(&mut codegen.warnings);
    Ok((code, warnings))
}

fn symbol_error(error: symtable::Error) -> SyntaxError {
    match error.kind {
        symtable::ErrorKind::Syntax => codegen::syntax_error(error.msg, error.loc),
        symtable::ErrorKind::Recursion => codegen::recursion_error(),
        symtable::ErrorKind::Runtime => SyntaxError::bare(ErrorKind::Runtime, error.msg),
    }
}

/// Parses and compiles decoded source text (see [`source::decode`] for bytes).
pub fn compile_source(
    text: &str,
    filename: &Text,
    mode: parser::Mode,
    options: &Options,
) -> Result<Compiled, SyntaxError> {
    let mut parser_options = options.parser.clone();
    parser_options.barry_as_flufl |= options.future.contains(CodeFlags::FUTURE_BARRY_AS_BDFL);
    let parsed = parser::parse(text, mode, &parser_options)?;
    let mut warnings = parsed.warnings;
    let (code, mut more) = compile(parsed.tree, filename, options)?;
    warnings.append(&mut more);
    Ok((code, warnings))
}
