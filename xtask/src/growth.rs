//! `cargo xtask bench --growth`: what an element costs in each data structure at sizes from 10 to 10 million, under
//! Taipan and the first other interpreter, by `benches/growth.py`: one structure after the other, in turns, each in a process
//! of its own and within a limit of time.
//!
//! A structure fails when its curve is worse than the other interpreter's: the ratio of the two at some great size is
//! more than twice what it is at a thousand elements, and we are the slower one there.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value as Json;

use crate::common::{self, Error, Outcome};

/// Below this size a structure fits the cache and the cost of calls shows: ratios are compared with the one here.
const BASE: u64 = 1_000;
/// How much worse a ratio may become from there on: twice is what neighbours on the machine can do.
const ALLOWED: f64 = 2.0;

type Costs = BTreeMap<u64, f64>;

pub fn run(interpreters: &[(String, String)], filters: &[String]) -> Outcome {
    let [(ours, our_path), (theirs, their_path), ..] = interpreters else {
        return Err("--against names no interpreter".into());
    };
    let names = output(their_path, &[])?;
    let names: Vec<&str> =
        names.lines().filter(|name| filters.is_empty() || filters.iter().any(|f| name.contains(f.as_str()))).collect();
    println!("nanoseconds an element of {ours}, and how many times as fast as {theirs}");
    let mut good = true;
    for (i, structure) in names.iter().enumerate() {
        eprintln!("[{} of {}] {structure}", i + 1, names.len());
        let (costs, other) = (measure(our_path, structure)?, measure(their_path, structure)?);
        let mut line = format!("{structure:22}");
        let ratio = |n: u64| Some(other.get(&n)? / costs.get(&n)?);
        let base = ratio(BASE).unwrap_or(1.0);
        let mut worse = false;
        for (&n, cost) in &costs {
            let Some(now) = ratio(n) else { continue };
            line += &format!(" {:>14}", format!("{cost:.1} ({now:.2})"));
            worse |= n > BASE && now < 1.0 && now * ALLOWED < base;
        }
        println!("{line}{}", if worse { "   grows faster" } else { "" });
        good &= !worse;
    }
    Ok(good)
}

fn output(path: &str, arguments: &[&str]) -> Result<String, Error> {
    let script = common::root().join("benches/growth.py");
    let output = Command::new(path).arg(script).args(arguments).output().map_err(|e| format!("{path}: {e}"))?;
    if !output.status.success() {
        return Err(format!("{path}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(String::from_utf8(output.stdout)?)
}

fn measure(path: &str, structure: &str) -> Result<Costs, Error> {
    output(path, &[structure])?.lines().map(row).collect()
}

fn row(line: &str) -> Result<(u64, f64), Error> {
    let row: Json = serde_json::from_str(line)?;
    Ok((row["size"].as_u64().ok_or("a row without a size")?, row["cost"].as_f64().ok_or("a row without a cost")?))
}
