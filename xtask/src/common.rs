//! What several commands need: paths, the interpreter under test, options, work in parallel.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub type Error = Box<dyn std::error::Error>;
/// `Ok(false)`: the command worked and found failures.
pub type Outcome = Result<bool, Error>;

/// The project's root folder.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the root folder").to_owned()
}

/// A folder `shared/NAME` beside the project or beside one of the folders that hold it.
pub fn shared(name: &str) -> Option<PathBuf> {
    root().ancestors().map(|folder| folder.join("shared").join(name)).find(|path| path.exists())
}

/// The interpreter under test: the given one, or Taipan built now.
pub fn interpreter(given: Option<PathBuf>, profile: &str) -> Result<PathBuf, Error> {
    if let Some(path) = given {
        return Ok(match path.components().count() {
            1 => path,
            _ => path.canonicalize().map_err(|e| format!("{}: {e}", path.display()))?,
        });
    }
    eprintln!("building taipan ({profile})");
    let status = Command::new(env!("CARGO"))
        .current_dir(root())
        .args(["build", "--quiet", "--package", "taipan-cli", "--profile", profile])
        .status()?;
    if !status.success() {
        return Err("taipan does not build".into());
    }
    let folder = if profile == "dev" { "debug" } else { profile };
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let path = target.join(folder).join("taipan");
    match path.exists() {
        true => Ok(path),
        false => Err(format!("cargo built no {}", path.display()).into()),
    }
}

/// The words of `TAIPAN_STRESS` for `--mode MODE`.
pub fn stress(mode: &str) -> Result<&'static str, Error> {
    match mode {
        "nospec" => Ok("nospec"),
        "eager" => Ok("eager"),
        "gcstress" => Ok("gc:7"),
        "memory" => Ok("check,poison,gc:97"),
        _ => Err(format!("no mode {mode:?}: there are nospec, eager, gcstress and memory").into()),
    }
}

/// The program names of `--against a,b`.
pub fn split_list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// The value of the option just read, as text.
pub fn value(parser: &mut lexopt::Parser) -> Result<String, Error> {
    let value: OsString = parser.value()?;
    value.into_string().map_err(|_| "an option's value is not UTF-8".into())
}

/// Every file below `folder` that `wanted` accepts, as sorted paths relative to `folder`. Files and folders whose name
/// starts with an underscore are what programs need, not programs.
pub fn files_below(folder: &Path, wanted: &dyn Fn(&Path) -> bool) -> Result<Vec<PathBuf>, Error> {
    fn walk(root: &Path, folder: &Path, wanted: &dyn Fn(&Path) -> bool, found: &mut Vec<PathBuf>) -> Result<(), Error> {
        for entry in std::fs::read_dir(folder).map_err(|e| format!("{}: {e}", folder.display()))? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() {
                if !name.starts_with('_') && !name.starts_with('.') {
                    walk(root, &path, wanted, found)?;
                }
            } else if !name.starts_with('_') && wanted(&path) {
                found.push(path.strip_prefix(root)?.to_owned());
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    walk(folder, folder, wanted, &mut found)?;
    found.sort();
    Ok(found)
}

/// Runs `work` on each item with `jobs` threads; the results come back in the order of the items.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], jobs: usize, work: impl Fn(usize, &T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results: Mutex<Vec<Option<R>>> = Mutex::new(items.iter().map(|_| None).collect());
    std::thread::scope(|scope| {
        for _ in 0..jobs.max(1) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(item) = items.get(index) else { return };
                    let result = work(index, item);
                    results.lock().expect("no worker panicked")[index] = Some(result);
                }
            });
        }
    });
    let results = results.into_inner().expect("no worker panicked");
    results.into_iter().map(|r| r.expect("every item was worked on")).collect()
}

/// A fresh, empty folder below `target/`, deleted when dropped.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new(label: &str) -> Result<Scratch, Error> {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("taipan-{label}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Scratch(path))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // A program under test may have made it unreadable; a folder left in the temporary folder harms nobody.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
