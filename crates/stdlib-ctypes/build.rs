//! Compiles libffi from the C sources that the crate `libffi-sys` carries, with a C compiler alone.
//!
//! The crate's own build runs `configure` and `make`. On Linux for x86-64 and AArch64 the answers that `configure` finds
//! are known beforehand, so that it is left out there (feature `check_only`); elsewhere the crate builds itself.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What differs between the processors.
struct Target {
    /// The name that `ffi.h` defines.
    name: &'static str,
    folder: &'static str,
    sources: &'static [&'static str],
    defines: &'static [&'static str],
}

const X86_64: Target = Target {
    name: "X86_64",
    folder: "x86",
    sources: &["ffi64.c", "ffiw64.c", "unix64.S", "win64.S"],
    defines: &["HAVE_AS_X86_64_UNWIND_SECTION_TYPE", "HAVE_AS_X86_PCREL"],
};
const AARCH64: Target = Target { name: "AARCH64", folder: "aarch64", sources: &["ffi.c", "sysv.S"], defines: &[] };

const SOURCES: [&str; 5] = ["closures.c", "prep_cif.c", "raw_api.c", "tramp.c", "types.c"];

/// What `configure` finds with any C library and compiler of today on Linux.
const DEFINES: [&str; 18] = [
    "FFI_EXEC_STATIC_TRAMP",
    "HAVE_ALLOCA_H",
    "HAVE_AS_CFI_PSEUDO_OP",
    "HAVE_DLFCN_H",
    "HAVE_HIDDEN_VISIBILITY_ATTRIBUTE",
    "HAVE_INT128",
    "HAVE_INTTYPES_H",
    "HAVE_LONG_DOUBLE",
    "HAVE_MEMCPY",
    "HAVE_MEMFD_CREATE",
    "HAVE_RO_EH_FRAME",
    "HAVE_STDINT_H",
    "HAVE_STDIO_H",
    "HAVE_STDLIB_H",
    "HAVE_STRING_H",
    "HAVE_SYS_TYPES_H",
    "HAVE_UNISTD_H",
    "STDC_HEADERS",
];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let variable = |name: &str| env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"));
    if variable("CARGO_CFG_TARGET_OS") != "linux" {
        return;
    }
    let target = match variable("CARGO_CFG_TARGET_ARCH").as_str() {
        "x86_64" => &X86_64,
        "aarch64" => &AARCH64,
        _ => return,
    };
    let root = sources_of_crate(&variable("CARGO"), &variable("TARGET")).join("libffi");
    let headers = PathBuf::from(variable("OUT_DIR")).join("include");
    fs::create_dir_all(&headers).expect("the folder for generated headers");
    write_headers(target, &root, &headers);

    let processor = root.join("src").join(target.folder);
    cc::Build::new()
        .includes([&headers, &root.join("include"), &root, &processor])
        .files(SOURCES.iter().map(|name| root.join("src").join(name)))
        .files(target.sources.iter().map(|name| processor.join(name)))
        .flag("-fexceptions")
        .pic(true)
        .warnings(false)
        .compile("ffi");
}

/// The folder of the crate `libffi-sys` that this build uses.
fn sources_of_crate(cargo: &str, target: &str) -> PathBuf {
    let output = Command::new(cargo)
        .args(["metadata", "--format-version", "1", "--filter-platform", target])
        .output()
        .expect("cargo metadata can be run");
    assert!(output.status.success(), "cargo metadata: {}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).expect("cargo metadata writes JSON");
    let package = metadata["packages"]
        .as_array()
        .and_then(|packages| packages.iter().find(|package| package["name"] == "libffi-sys"))
        .expect("libffi-sys is a dependency");
    let manifest = package["manifest_path"].as_str().expect("a package has a manifest");
    Path::new(manifest).parent().expect("a manifest lies in a folder").to_path_buf()
}

/// Writes `ffi.h` from its template, `fficonfig.h`, and a copy of the processor's `ffitarget.h`.
fn write_headers(target: &Target, root: &Path, headers: &Path) {
    let read = |path: PathBuf| fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let write = |name: &str, text: String| {
        fs::write(headers.join(name), text).unwrap_or_else(|error| panic!("{name}: {error}"));
    };
    let configure = read(root.join("configure.ac"));
    let assigned = |name: &str| {
        let line = configure.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
        line.unwrap_or_else(|| panic!("configure.ac assigns {name}")).trim_matches('"')
    };
    let version = assigned("FFI_VERSION_STRING");
    let mut header = read(root.join("include/ffi.h.in"));
    for (key, value) in [
        ("@VERSION@", version),
        ("@FFI_VERSION_STRING@", version),
        ("@FFI_VERSION_NUMBER@", assigned("FFI_VERSION_NUMBER")),
        ("@TARGET@", target.name),
        ("@HAVE_LONG_DOUBLE@", "1"),
        ("@FFI_EXEC_TRAMPOLINE_TABLE@", "0"),
    ] {
        header = header.replace(key, value);
    }
    write("ffi.h", header);

    let mut config = String::from("#define EH_FRAME_FLAGS \"a\"\n#define SIZEOF_DOUBLE 8\n#define SIZEOF_SIZE_T 8\n");
    config.push_str("#define SIZEOF_LONG_DOUBLE 16\n");
    for name in DEFINES.iter().chain(target.defines) {
        config.push_str(&format!("#define {name} 1\n"));
    }
    config.push_str(
        "#ifdef LIBFFI_ASM\n#define FFI_HIDDEN(name) .hidden name\n#else\n\
         #define FFI_HIDDEN __attribute__((visibility(\"hidden\")))\n#endif\n",
    );
    write("fficonfig.h", config);
    write("ffitarget.h", read(root.join("src").join(target.folder).join("ffitarget.h")));
}
