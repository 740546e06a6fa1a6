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
    let mut warnings = Vec::new();
    let code = compile_with(tree, filename, options, &mut warnings, &mut ir::finish)?;
    Ok((code, warnings))
}

/// As [`compile`], but warnings that precede an error are not lost, and the last stage can be another: for tools that
/// want to see the units.
pub fn compile_with(
    mut tree: ast::Mod,
    filename: &Text,
    options: &Options,
    warnings: &mut Vec<Warning>,
    finisher: Finisher<'_>,
) -> Result<Code, SyntaxError> {
    let guard = StackGuard::new(options.stack);
    let future = read_future(&tree)?;
    let settings = Settings {
        filename: filename.clone(),
        optimize: options.optimize,
        future: options.future | future.flags,
        allow_top_level_await: options.allow_top_level_await,
    };
    let future_annotations = settings.future.contains(CodeFlags::FUTURE_ANNOTATIONS);
    codegen::preprocess(&mut tree, options.optimize, future_annotations, &guard, warnings)
        .map_err(codegen::Failure::into_error)?;
    let table = build_table(&tree, settings.future, future.end, options)?;
    Codegen::new(&table, &settings, guard, warnings, finisher).module(&tree).map_err(codegen::Failure::into_error)
}

/// Folds constants in a tree, as is done before it is compiled.
pub fn optimize(tree: &mut ast::Mod, options: &Options, warnings: &mut Vec<Warning>) -> Result<(), SyntaxError> {
    let guard = StackGuard::new(options.stack);
    let future = read_future(tree)?;
    let annotations = (options.future | future.flags).contains(CodeFlags::FUTURE_ANNOTATIONS);
    codegen::preprocess(tree, options.optimize, annotations, &guard, warnings).map_err(codegen::Failure::into_error)
}

/// The symbol table of a tree as it was parsed: what module `symtable` shows.
pub fn symbol_table(tree: &ast::Mod, options: &Options) -> Result<SymbolTable, SyntaxError> {
    let future = read_future(tree)?;
    build_table(tree, options.future | future.flags, future.end, options)
}

fn build_table(
    tree: &ast::Mod,
    future: CodeFlags,
    future_end: (i32, i32),
    options: &Options,
) -> Result<SymbolTable, SyntaxError> {
    let options = symtable::Options {
        future_annotations: future.contains(CodeFlags::FUTURE_ANNOTATIONS),
        future_end,
        allow_top_level_await: options.allow_top_level_await,
        stack_budget: options.stack,
    };
    SymbolTable::build(tree, &options).map_err(symbol_error)
}

fn read_future(tree: &ast::Mod) -> Result<codegen::Future, SyntaxError> {
    codegen::read_future(tree).map_err(|failure| SyntaxError { late_place: true, ..failure.into_error() })
}

fn symbol_error(error: symtable::Error) -> SyntaxError {
    match error.kind {
        symtable::ErrorKind::Syntax => SyntaxError { late_place: true, ..codegen::syntax_error(error.msg, error.loc) },
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
    let mut warnings = Vec::new();
    let code = compile_source_with(text, filename, mode, options, &mut warnings)?;
    Ok((code, warnings))
}

/// As [`compile_source`], but warnings that precede an error are not lost.
pub fn compile_source_with(
    text: &str,
    filename: &Text,
    mode: parser::Mode,
    options: &Options,
    warnings: &mut Vec<Warning>,
) -> Result<Code, SyntaxError> {
    let mut parser_options = options.parser.clone();
    parser_options.barry_as_flufl |= options.future.contains(CodeFlags::FUTURE_BARRY_AS_BDFL);
    let tree = parser::parse(text, mode, &parser_options, warnings)?;
    compile_with(tree, filename, options, warnings, &mut ir::finish)
}
