//! Times of common operations, in nanoseconds: `cargo run --release -p taipan-text --example speed`, beside
//! `python3.14 tools/speed.py`.

use std::hint::black_box;
use std::time::Instant;

use taipan_text::codecs::{BuiltIn, Errors, utf8};
use taipan_text::normalize::{Form, normalize};
use taipan_text::ucd::Version;
use taipan_text::{TextBuf, Units, base64, case, names, ops, props, repr, search, split};

fn time<T>(name: &str, mut f: impl FnMut() -> T) {
    let mut best = f64::MAX;
    for _ in 0..7 {
        let (mut n, start) = (0u32, Instant::now());
        while start.elapsed().as_millis() < 20 {
            black_box(f());
            n += 1;
        }
        best = best.min(start.elapsed().as_nanos() as f64 / f64::from(n));
    }
    println!("{name:24}{best:12.0}");
}

fn main() {
    let ascii = "The quick brown fox jumps over the lazy dog. ".repeat(2000);
    let mixed = "Übergrößenträger føle ñandú œuvre 日本語 привет ".repeat(2000);
    let emoji = "Hello 😀 world é ".repeat(2000);
    let [a, m, e] = [&ascii, &mixed, &emoji].map(|s| TextBuf::from_str(s).unwrap());
    let [a, m, e] = [a.units(), m.units(), e.units()];
    for (name, s) in [("ascii", &ascii), ("mixed", &mixed), ("emoji", &emoji)] {
        time(&format!("utf-8 decode {name}"), || {
            utf8::decode(s.as_bytes(), Errors::Strict, true, &mut BuiltIn).unwrap()
        });
    }
    for (name, u) in [("ascii", a), ("mixed", m), ("emoji", e)] {
        time(&format!("utf-8 encode {name}"), || utf8::encode(u, Errors::Strict, &mut BuiltIn).unwrap());
        time(&format!("lower {name}"), || case::lower(u).unwrap());
        time(&format!("repr {name}"), || repr::repr(u).unwrap());
        time(&format!("replace {name}"), || {
            ops::replace(u, Units::Ascii(b"o"), Units::Ascii(b"00"), usize::MAX).unwrap()
        });
        time(&format!("find missing {name}"), || search::find(u, Units::Ascii(b"xyzzy"), 0, u.len()));
        time(&format!("split {name}"), || {
            let mut parts = 0usize;
            split::split_space(u, usize::MAX, props::is_space, |r| {
                parts += r.len();
                Ok::<(), ()>(())
            })
            .unwrap();
            parts
        });
        time(&format!("NFD {name}"), || normalize(Form::Nfd, u, Version::V16).unwrap());
    }
    time("name", || names::name(0x1F600).unwrap());
    time("lookup", || names::lookup_char(Units::Ascii(b"GRINNING FACE")).unwrap());
    let encoded = base64::encode(ascii.as_bytes(), false).unwrap();
    time("base64 encode", || base64::encode(ascii.as_bytes(), false).unwrap());
    time("base64 decode", || base64::decode(&encoded, false).unwrap());
}
