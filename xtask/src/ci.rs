//! `cargo xtask ci`: everything that has to pass before a change lands, in the order of its cost.

use std::process::Command;

use crate::common::{self, Outcome};
use crate::packages;

const STEPS: &[&[&str]] = &[
    &["fmt", "--all", "--check"],
    &["clippy", "--workspace", "--all-targets", "--quiet", "--", "-D", "warnings"],
    &["test", "--workspace", "--quiet"],
];

pub fn run() -> Outcome {
    for step in STEPS {
        eprintln!("cargo {}", step.join(" "));
        let status = Command::new(env!("CARGO")).current_dir(common::root()).args(*step).status()?;
        if !status.success() {
            return Ok(false);
        }
    }
    Ok(packages()? && conformance()?)
}

/// Real packages, where there is a `pip` to fetch them with.
fn packages() -> Outcome {
    if packages::pip().is_none() {
        eprintln!("packages are left out: there is no pip to fetch them with");
        return Ok(true);
    }
    eprintln!("cargo xtask packages");
    packages::run(vec!["--release".to_owned(), "--quiet".to_owned()])
}

/// CPython's own tests against the expectations. They are installed where `shared` lies beside the project.
fn conformance() -> Outcome {
    let Some(setup) = common::shared("reference/setup") else {
        eprintln!(
            "CPython's tests are left out: shared/reference/setup, which installs them, is not beside the project"
        );
        return Ok(true);
    };
    eprintln!("shared/reference/setup");
    let installed = Command::new("bash").arg(setup).output()?;
    if !installed.status.success() {
        eprint!("{}", String::from_utf8_lossy(&installed.stderr));
        return Ok(false);
    }
    let folder = String::from_utf8_lossy(&installed.stdout).lines().last().unwrap_or_default().to_owned();
    eprintln!("cargo xtask conformance --gate");
    let status = Command::new(std::env::current_exe()?)
        .current_dir(common::root())
        .args(["conformance", "--gate", "--release"])
        .env("TAIPAN_CPYTHON_LIB", folder)
        .status()?;
    Ok(status.success())
}
