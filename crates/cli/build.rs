//! Links the executable at a fixed address: nothing of its tables has to be relocated when it starts.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-no-pie");
}
