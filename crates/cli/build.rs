//! How the executable is linked.
//!
//! - At a fixed address: nothing of its tables has to be relocated when it starts.
//! - With the unwinder of GCC's archive rather than its shared library, which every start would have to map and relocate.
//! - Optimised builds have the functions that a start runs next to each other (`cargo xtask startup-order` lists them), so
//!   that a start maps little of the code. That needs lld, which is what Rust links with here unless a flag says otherwise.

use std::path::Path;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=startup.order");
    println!("cargo::rustc-link-arg-bins=-no-pie");
    println!("cargo::rustc-check-cfg=cfg(start_code_apart)");
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let target = env::var("TARGET").unwrap_or_default();
    let own_linker = flags.contains("linker") || flags.contains("fuse-ld");
    let out = Path::new(&env::var("OUT_DIR").expect("cargo sets it")).to_owned();
    if target == "x86_64-unknown-linux-gnu" && !own_linker {
        // Rust's library asks for `gcc_s`; the linker looks here first. The C library comes before that of mathematics: it is
        // searched first when names are bound, and nearly all are its.
        fs::write(out.join("libgcc_s.so"), "INPUT(-lc -lgcc_eh)\n").expect("cargo's folder can be written to");
        println!("cargo::rustc-link-search=native={}", out.display());
    }
    if target == "x86_64-unknown-linux-gnu" && !own_linker && env::var("PROFILE").is_ok_and(|p| p == "release") {
        let script = out.join("startup.ld");
        let order = fs::read_to_string("startup.order").expect("it stands beside this file");
        fs::write(&script, linker_script(&order)).expect("cargo's folder can be written to");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
        println!("cargo::rustc-cfg=start_code_apart");
    }
}

/// A section for the listed functions in front of the other code. The names are patterns: Rust's end in a hash that
/// changes with the code. What is marked as cold, and constructors and destructors of C, lie in sections of other names.
/// A line `= name` names the place where it stands.
fn linker_script(order: &str) -> String {
    let line = |name: &str| match name.strip_prefix("= ") {
        Some(symbol) => format!("    {symbol} = .;\n"),
        None => format!("    *(.text.{name} .text.unlikely.{name} .text.startup.{name} .text.exit.{name})\n"),
    };
    let patterns: String = order.lines().map(line).collect();
    format!("SECTIONS {{\n  .text.first : {{\n{patterns}  }}\n}}\nINSERT BEFORE .text;\n")
}
