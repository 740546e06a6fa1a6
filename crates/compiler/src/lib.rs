//! From source text to code objects: parser, syntax tree, symbol table, instruction sequence, flow graph, assembler.
#![forbid(unsafe_code)]

mod assemble;
pub mod ast;
pub mod error;
mod flowgraph;
pub mod ir;
pub mod parser;
pub mod source;
pub mod symtable;
pub mod tokenizer;

pub use taipan_bytecode::Const;
