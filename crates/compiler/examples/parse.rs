//! Prints the tree, the warnings or the error of programs, for comparison with CPython.
//!
//! `parse dump FILE...`, `parse cases` (lines `MODE HEX` on standard input, a version or `types` for a mode; `check` leaves the trees out), `parse time FILE...`

use std::io::{BufRead, Write};

use taipan_compiler::ast::dump;
use taipan_compiler::parser::{Mode, Options, parse};
use taipan_compiler::source::decode;

fn read(path: &str) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    let text =
        decode(&bytes, None, &mut |name, _| Err(format!("unknown encoding: {name}"))).map_err(|e| e.to_string())?;
    Ok(text.into_owned())
}

fn case(line: &str, show: bool, out: &mut impl Write) -> std::io::Result<()> {
    let (mode, hex) = line.split_once(' ').unwrap_or((line, ""));
    let bytes: Vec<u8> =
        (0..hex.len() / 2).filter_map(|n| u8::from_str_radix(&hex[2 * n..2 * n + 2], 16).ok()).collect();
    let (type_comments, version) = (mode == "types", mode.strip_prefix("3.").and_then(|v| v.parse().ok()));
    let mode = match mode {
        "eval" => Mode::Eval,
        "single" => Mode::Single,
        "func_type" => Mode::FuncType,
        _ => Mode::Exec,
    };
    let text = String::from_utf8_lossy(&bytes);
    let options = Options { feature_version: version.unwrap_or(14), type_comments, ..Options::default() };
    let mut warnings = Vec::new();
    match parse(&text, mode, &options, &mut warnings) {
        Ok(_) if !show => writeln!(out, "ok"),
        Ok(tree) => {
            let warnings: Vec<String> = warnings.iter().map(|w| format!("{}:{}", w.lineno, w.msg)).collect();
            writeln!(out, "ok\t{}\t{}", dump(&tree), warnings.join("|").escape_default())
        }
        Err(e) => {
            let n = |v: Option<i32>| v.map_or("None".to_owned(), |v| v.to_string());
            let place = [e.lineno, e.offset, e.end_lineno, e.end_offset].map(n).join(",");
            let text = e.text.map_or("None".to_owned(), |t| t.escape_default().to_string());
            writeln!(out, "{}\t{}\t{place}\t{text}", e.kind.class_name(), e.msg.escape_default())
        }
    }
}

fn main() -> std::io::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mode = args.first().map(String::as_str);
    match mode {
        Some("dump") => {
            for path in &args[1..] {
                match read(path) {
                    Ok(text) => match parse(&text, Mode::Exec, &Options::default(), &mut Vec::new()) {
                        Ok(tree) => writeln!(out, "{}", dump(&tree))?,
                        Err(e) => writeln!(out, "{e} {e:?}")?,
                    },
                    Err(e) => writeln!(out, "{e}")?,
                }
            }
        }
        Some("time") => {
            let texts: Vec<String> = args[1..].iter().filter_map(|path| read(path).ok()).collect();
            let bytes: usize = texts.iter().map(String::len).sum();
            for _ in 0..5 {
                let start = std::time::Instant::now();
                let options = Options::default();
                let parsed = texts.iter().filter(|t| parse(t, Mode::Exec, &options, &mut Vec::new()).is_ok()).count();
                let seconds = start.elapsed().as_secs_f64();
                writeln!(
                    out,
                    "{parsed} files, {bytes} bytes, {seconds:.3} s, {:.1} MB/s",
                    bytes as f64 / seconds / 1e6
                )?;
            }
        }
        _ => {
            for line in std::io::stdin().lock().lines() {
                case(&line?, mode != Some("check"), &mut out)?;
            }
        }
    }
    Ok(())
}
