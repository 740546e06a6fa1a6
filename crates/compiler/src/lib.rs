//! From source text to code objects: parser, syntax tree, symbol table, instruction sequence, flow graph, assembler.
#![forbid(unsafe_code)]

pub mod ast;
pub mod ir;

pub use taipan_bytecode::Const;
