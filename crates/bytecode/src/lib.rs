//! What a compiler of Python produces and a virtual machine runs: the instruction set, code objects, their tables and
//! their serialised form. Inert data: nothing here executes, and nothing here depends on another crate.
#![forbid(unsafe_code)]

pub mod code;
pub mod dis;
pub mod exception_table;
pub mod linetable;
pub mod marshal;
pub mod oparg;
pub mod opcode;
pub mod pyc;
pub mod text;

pub use code::{BigInt, Code, CodeFlags, Const};
pub use opcode::Opcode;
pub use text::Text;
