//! `cargo xtask ci`: everything that has to pass before a change lands, in the order of its cost.

use std::process::Command;

use crate::common::{self, Outcome};

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
    Ok(true)
}
