//! Finds the library's files and decides which of them are part of the product.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of the library.
pub struct File {
    /// Path below the library folder, with forward slashes.
    pub path: String,
    pub text: Vec<u8>,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Origin {
    /// `rustpython-pylib`: the list of exclusions applies.
    Crate,
    /// `own/`: everything is wanted.
    Own,
}

/// Folders and files that are not embedded, with the reason.
const EXCLUDED: &[(&str, &str)] = &[
    ("idlelib", "needs Tk"),
    ("tkinter", "needs Tk"),
    ("turtledemo", "needs Tk"),
    ("turtle.py", "needs Tk"),
    ("test", "CPython's tests"),
    ("_dummy_os.py", "stand-in of RustPython, unknown to CPython 3.14"),
    ("_dummy_thread.py", "stand-in of RustPython, unknown to CPython 3.14"),
    ("dummy_threading.py", "stand-in of RustPython, unknown to CPython 3.14"),
    ("_pycodecs.py", "codecs of RustPython in Python; ours are native"),
    ("README.md", "describes the crate, not the library"),
];

/// Files that are not Python but that the library opens at run time.
const DATA: &[&str] =
    &["PSF-LICENSE", "ensurepip/_bundled/", "pydoc_data/_pydoc.css", "venv/scripts/common/", "venv/scripts/posix/"];

/// Every wanted file below `root`.
pub fn collect(root: &Path, origin: Origin) -> Vec<File> {
    let mut files = Vec::new();
    walk(root, root, origin, &mut files);
    files
}

fn walk(root: &Path, folder: &Path, origin: Origin, files: &mut Vec<File>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    for entry in entries {
        let full: PathBuf = entry.expect("a readable folder").path();
        let relative = full.strip_prefix(root).expect("found below the root");
        let path = relative.to_str().expect("library paths are ASCII").replace('\\', "/");
        if origin == Origin::Crate && EXCLUDED.iter().any(|(name, _)| *name == path) {
            continue;
        }
        if full.is_dir() {
            if !path.ends_with("__pycache__") {
                walk(root, &full, origin, files);
            }
        } else if path.ends_with(".py") || DATA.iter().any(|data| path.starts_with(data)) {
            let text = fs::read(&full).unwrap_or_else(|e| panic!("{}: {e}", full.display()));
            files.push(File { path, text });
        }
    }
}
