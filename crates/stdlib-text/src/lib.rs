//! Regular expressions, codecs, JSON, struct, Unicode data.
#![forbid(unsafe_code)]

use taipan_vm::native::ModuleDef;

/// The native modules of this crate, by name.
pub fn modules() -> Vec<(&'static str, fn() -> ModuleDef)> {
    vec![]
}
