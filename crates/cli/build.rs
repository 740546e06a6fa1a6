//! How the executable is linked.
//!
//! - At a fixed address: nothing of its tables has to be relocated when it starts.
//! - With the functions that a start runs next to each other (`cargo xtask startup-order` lists them), so that a start
//!   maps little of the code. That needs lld, which is what Rust links with here unless a flag says otherwise.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=startup.order");
    println!("cargo::rustc-link-arg-bins=-no-pie");
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let target = env::var("TARGET").unwrap_or_default();
    if target == "x86_64-unknown-linux-gnu" && !flags.contains("linker") && !flags.contains("fuse-ld") {
        let folder = env::var("CARGO_MANIFEST_DIR").expect("cargo sets it");
        println!("cargo::rustc-link-arg-bins=-Wl,--symbol-ordering-file={folder}/startup.order");
        println!("cargo::rustc-link-arg-bins=-Wl,--no-warn-symbol-ordering");
    }
}
