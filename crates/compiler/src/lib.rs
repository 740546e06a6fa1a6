//! From source text to code objects: parser, syntax tree, symbol table, instruction sequence, flow graph, assembler.
#![forbid(unsafe_code)]

pub mod ast;

/// A constant of the tree. Gives way to the bytecode crate's `Const` as soon as that exists.
#[derive(Debug)]
pub enum Const {
    None,
}
