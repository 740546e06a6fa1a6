//! Packs the Python half of the standard library into one blob, compiled and compressed.
//!
//! The sources come from the crate `rustpython-pylib`, which exports the folder it was unpacked to; `own/` holds the few
//! modules that it lacks. Nothing of the library is copied into this repository.

mod archive_fixes;
mod collect;
mod edits;
mod fixes;
mod pack;
mod prebuilt;
mod process_fixes;
mod zoneinfo_fixes;

use std::path::PathBuf;
use std::{env, fs};

fn main() {
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=own");
    println!("cargo::rerun-if-changed=start.txt");
    println!("cargo::rerun-if-changed=../object/src/name_hash.rs");
    let own = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it")).join("own");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));

    let mut files = collect::collect(rustpython_pylib::LIB_PATH.as_ref(), collect::Origin::Crate);
    files.extend(collect::collect(&own, collect::Origin::Own));
    edits::apply_all(&mut files);
    let packed = pack::pack(files);
    fs::write(out.join("library.bin"), packed.blob).expect("the output folder is writable");
    let assembly = out.join("prebuilt.s");
    fs::write(&assembly, packed.prebuilt).expect("the output folder is writable");
    // For `crates/prebuilt`, as `DEP_TAIPAN_PYLIB_PREBUILT`.
    println!("cargo::metadata=prebuilt={}", assembly.display());
}
