//! Tests of the whole engine, in one program.

mod corpus;
mod replay;
mod robustness;
