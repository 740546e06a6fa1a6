//! What any object can be asked: attributes, calls, comparison, iteration, arithmetic, text.
//!
//! An object may pass on what it is asked to one inside of it, of whatever kind, and that to the next: the questions mind
//! the native stack, so that their answers need not.

pub mod attr;
pub mod buffer;
pub mod call;
pub mod classes;
pub mod compare;
pub mod container;
pub mod iter;
pub mod number;
pub mod pinned;
pub mod system;
pub mod text;

use crate::Value;

/// The hash of an object by its identity.
pub fn hash_address(v: &Value) -> i64 {
    // The low bits of an address are always zero: rotate them away.
    let h = v.bits().rotate_right(4) as i64;
    if h == -1 { -2 } else { h }
}
