//! `cargo xtask bench --growth`: what an element costs in each data structure at sizes from 10 to 10 million, under
//! Taipan and the first other interpreter, by `benches/growth.py`.
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
    let mut all = Vec::new();
    for (name, path) in interpreters {
        eprintln!("{name}");
        all.push(measure(path, filters)?);
    }
    let [(ours, _), (theirs, _), ..] = interpreters else { return Err("--against names no interpreter".into()) };
    println!("nanoseconds an element of {ours}, and how many times as fast as {theirs}");
    let mut good = true;
    for (structure, costs) in &all[0] {
        let Some(other) = all[1].iter().find(|(name, _)| name == structure).map(|(_, costs)| costs) else { continue };
        let mut line = format!("{structure:22}");
        let ratio = |n: u64| Some(other.get(&n)? / costs.get(&n)?);
        let base = ratio(BASE).unwrap_or(1.0);
        let mut worse = false;
        for (&n, cost) in costs {
            let Some(now) = ratio(n) else { continue };
            line += &format!(" {:>14}", format!("{cost:.1} ({now:.2})"));
            worse |= n > BASE && now < 1.0 && now * ALLOWED < base;
        }
        println!("{line}{}", if worse { "   grows faster" } else { "" });
        good &= !worse;
    }
    Ok(good)
}

fn measure(path: &str, filters: &[String]) -> Result<Vec<(String, Costs)>, Error> {
    let script = common::root().join("benches/growth.py");
    let output = Command::new(path).arg(script).args(filters).output().map_err(|e| format!("{path}: {e}"))?;
    if !output.status.success() {
        return Err(format!("{path}: {}", String::from_utf8_lossy(&output.stderr)).into());
    }
    String::from_utf8(output.stdout)?.lines().map(row).collect()
}

fn row(line: &str) -> Result<(String, Costs), Error> {
    let row: Json = serde_json::from_str(line)?;
    let costs = row["costs"].as_object().ok_or("a row without costs")?;
    let costs = costs.iter().filter_map(|(n, cost)| Some((n.parse().ok()?, cost.as_f64()?))).collect();
    Ok((row["name"].as_str().unwrap_or("").to_owned(), costs))
}
