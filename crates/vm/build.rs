//! Chooses how the instruction handlers are dispatched: by tail calls where the compiler turns calls in tail position
//! into jumps, by a loop where it does not, or where `TAIPAN_DISPATCH=loop` asks for that.

fn main() {
    println!("cargo::rustc-check-cfg=cfg(tail_dispatch)");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=TAIPAN_DISPATCH");
    let by_loop = std::env::var("TAIPAN_DISPATCH").is_ok_and(|d| d == "loop");
    let level = std::env::var("OPT_LEVEL").unwrap_or_default();
    let arch = std::env::var("CARGO_CFG_TARGET_ARCH").unwrap_or_default();
    if matches!(level.as_str(), "2" | "3") && arch == "x86_64" && !by_loop {
        println!("cargo::rustc-cfg=tail_dispatch");
    }
}
