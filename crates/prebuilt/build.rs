//! Says where `taipan-pylib` has put what it laid out.

fn main() {
    let path = std::env::var("DEP_TAIPAN_PYLIB_PREBUILT").expect("taipan-pylib lays the code objects out");
    println!("cargo::rerun-if-env-changed=DEP_TAIPAN_PYLIB_PREBUILT");
    println!("cargo::rerun-if-changed={path}");
    println!("cargo::rustc-env=PREBUILT={path}");
}
