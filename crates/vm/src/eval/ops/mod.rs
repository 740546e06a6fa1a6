//! The instruction handlers, by what they are about.
#![allow(non_snake_case)]

pub mod arith;
pub mod asynchronous;
pub mod attrs;
pub mod build;
pub mod calls;
pub mod exceptions;
pub mod flow;
pub mod matching;
pub mod names;
pub mod special_calls;
pub mod stack;
