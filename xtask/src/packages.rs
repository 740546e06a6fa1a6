//! `cargo xtask packages`: unmodified pure-Python packages from PyPI do a representative job each.
//!
//! `pip` fetches them once into `target/packages`. Each script of `tests/packages` uses one package; its output was
//! recorded under CPython 3.14 from the same files. Recording and comparing is done by `programs`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::common::{self, Error, Outcome};
use crate::programs;

/// Packages with wheels that hold only Python.
const WHEELS: &[&str] = &[
    "attrs==25.4.0",
    "click==8.3.0",
    "jinja2==3.1.6",
    "markdown-it-py==4.0.0",
    "mdurl==0.1.2",
    "more-itertools==10.8.0",
    "packaging==25.0",
    "pygments==2.19.2",
    "rich==14.2.0",
    "sortedcontainers==2.4.0",
];

/// Packages whose wheels hold machine code but whose sources work without it.
const SOURCES: &[&str] = &["markupsafe==3.0.3"];

pub fn run(mut words: Vec<String>) -> Outcome {
    if words.iter().any(|word| word == "--help") {
        println!("cargo xtask packages [FILTER...] [OPTIONS]\n\nOptions are those of `programs`.");
        return Ok(true);
    }
    let site = fetch()?;
    // The interpreter under test may see the packages by this path only.
    words.push("--folder".into());
    words.push(common::root().join("tests/packages").to_string_lossy().into_owned());
    words.push("--path".into());
    words.push(site.to_string_lossy().into_owned());
    programs::run(words)
}

/// How to call `pip` here.
pub fn pip() -> Option<&'static [&'static str]> {
    const CALLS: &[&[&str]] = &[&["pip"], &["pip3"], &["python3", "-m", "pip"]];
    let works = |call: &[&str]| {
        let output = Command::new(call[0]).args(&call[1..]).arg("--version").output();
        output.is_ok_and(|o| o.status.success())
    };
    CALLS.iter().copied().find(|call| works(call))
}

/// The folder that holds the packages, filled when a version is not there yet.
fn fetch() -> Result<PathBuf, Error> {
    let site = common::root().join("target/packages/site");
    let stamp = site.join(".versions");
    let versions = [WHEELS, SOURCES].concat().join("\n");
    if fs::read_to_string(&stamp).is_ok_and(|text| text == versions) {
        return Ok(site);
    }
    if site.exists() {
        fs::remove_dir_all(&site)?;
    }
    eprintln!("fetching {} packages", WHEELS.len() + SOURCES.len());
    let common = ["install", "--quiet", "--no-deps", "--no-compile", "--disable-pip-version-check", "--target"];
    let pure = ["--only-binary=:all:", "--platform=any", "--implementation=py", "--abi=none", "--python-version=3.14"];
    let call = pip().ok_or("pip, which fetches the packages, is not installed")?;
    let pip = |options: &[&str], packages: &[&str]| -> Result<(), Error> {
        let status =
            Command::new(call[0]).args(&call[1..]).args(common).arg(&site).args(options).args(packages).status()?;
        match status.success() {
            true => Ok(()),
            false => Err("pip fetches no packages".into()),
        }
    };
    pip(&pure, WHEELS)?;
    pip(&["--no-binary=:all:", "--upgrade"], SOURCES)?;
    for file in common::files_below(&site, &|path| path.extension().is_some_and(|e| e == "so"))? {
        fs::remove_file(site.join(file))?;
    }
    fs::write(&stamp, versions)?;
    Ok(site)
}
