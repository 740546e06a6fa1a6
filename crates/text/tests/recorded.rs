//! Replays what `tools/record.py` saw in Python 3.14. `TAIPAN_TEXT_CASES` names another file of cases to replay.

use std::ops::Range;

use taipan_text::codecs::{self, CodecError, DecodeFix, EncodeFix, Errors, Fail, Handler, Replacement};
use taipan_text::codecs::{escape, single, utf7, utf8, utf16, utf16::ByteOrder};
use taipan_text::normalize::Form;
use taipan_text::ops::Translated;
use taipan_text::split::Side;
use taipan_text::ucd::Version;
use taipan_text::units::{OutOfMemory, clip};
use taipan_text::*;

#[derive(Debug)]
enum Arg {
    Text(TextBuf),
    Bytes(Vec<u8>),
    Int(i64),
}

fn unescape(s: &str) -> Vec<u32> {
    let mut out = Vec::new();
    let mut chars = s.chars();
    while let Some(c) = chars.next() {
        if c == '\\' {
            let hex: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
            out.push(u32::from_str_radix(&hex, 16).unwrap());
        } else {
            out.push(c as u32);
        }
    }
    out
}

fn make(codes: &[u32]) -> TextBuf {
    let mut t = TextBuf::new();
    codes.iter().try_for_each(|&c| t.push(c)).unwrap();
    t
}

impl Arg {
    fn parse(s: &str) -> Arg {
        let (kind, rest) = s.split_at(2);
        match kind {
            "s:" => Arg::Text(make(&unescape(rest))),
            "b:" => Arg::Bytes(unescape(rest).iter().map(|&c| c as u8).collect()),
            _ => Arg::Int(rest.parse().unwrap()),
        }
    }

    fn units(&self) -> Units<'_> {
        match self {
            Arg::Text(t) => t.units(),
            Arg::Bytes(b) => Units::Latin1(b),
            Arg::Int(_) => panic!("an int"),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Arg::Bytes(b) => b,
            other => panic!("not bytes: {other:?}"),
        }
    }

    fn is_bytes(&self) -> bool {
        matches!(self, Arg::Bytes(_))
    }

    fn int(&self) -> i64 {
        match self {
            Arg::Int(i) => *i,
            other => panic!("not an int: {other:?}"),
        }
    }

    fn limit(&self) -> usize {
        usize::try_from(self.int()).unwrap_or(usize::MAX)
    }
}

fn visible(prefix: &str, codes: impl Iterator<Item = u32>) -> String {
    let mut out = prefix.to_owned();
    for c in codes {
        match c {
            0x21..=0x7E if c != 0x5C => out.push(char::from(c as u8)),
            _ => out += &format!("\\{{{c:x}}}"),
        }
    }
    out
}

fn text(t: &TextBuf) -> String {
    assert_eq!(t.width(), t.units().narrowest(), "not at its narrowest: {t:?}");
    visible("s:", t.units().iter())
}

fn bytes(b: &[u8]) -> String {
    visible("b:", b.iter().map(|&b| b.into()))
}

fn int(i: impl TryInto<i64>) -> String {
    format!("i:{}", i.try_into().ok().unwrap())
}

fn index(found: Option<usize>) -> String {
    found.map_or("i:-1".to_owned(), int)
}

/// A part of an argument, as text or as bytes.
fn part(a: &Arg, r: Range<usize>) -> String {
    match a {
        Arg::Bytes(b) => bytes(&b[r]),
        _ => text(&TextBuf::from_units(a.units().slice(r)).unwrap()),
    }
}

fn collect(a: &Arg, reversed: bool, run: impl FnOnce(&mut dyn FnMut(Range<usize>) -> Result<(), ()>)) -> String {
    let mut parts = Vec::new();
    run(&mut |r| {
        parts.push(part(a, r));
        Ok(())
    });
    if reversed {
        parts.reverse();
    }
    parts.join(" ")
}

fn made(t: Result<TextBuf, OutOfMemory>) -> String {
    text(&t.unwrap())
}

/// Python says only "undefined character name ..." of all of them.
struct Recorded(&'static str);

impl Handler for Recorded {
    type Error = ();
    fn decode(&mut self, e: &CodecError, input: &[u8]) -> Result<DecodeFix, Fail<()>> {
        let (replacement, resume) = match self.0 {
            "other" => ("<é>", e.end as isize),
            "other-bytes" if e.end < input.len() => ("\u{1F600}", e.end as isize - input.len() as isize),
            "other-bytes" => ("", e.end as isize),
            _ => ("é", e.end as isize),
        };
        Ok(DecodeFix { text: TextBuf::from_str(replacement)?, resume, input: None })
    }
    fn encode(&mut self, e: &CodecError, _: Units<'_>) -> Result<EncodeFix, Fail<()>> {
        let with = match self.0 {
            "other" => Replacement::Text(TextBuf::from_str("<x>")?),
            "other-bytes" => Replacement::Bytes(vec![0xFF, 0xFE]),
            _ => Replacement::Text(TextBuf::from_str("é")?),
        };
        Ok(EncodeFix { with, resume: e.end as isize })
    }
}

fn failed<E: std::fmt::Debug>(fail: Fail<E>) -> String {
    match fail {
        Fail::Codec(e) => format!("!{}:{}:{}:{}", e.encoding, e.start, e.end, e.reason),
        Fail::NotForDecoding => "!don't know how to handle UnicodeDecodeError in error callback".to_owned(),
        Fail::Position(p) => format!("!position {p} from error handler out of bounds"),
        other => format!("{other:?}"),
    }
}

fn handler(errors: &str) -> (Errors, Recorded) {
    let name = ["other", "other-bytes", "other-text"].into_iter().find(|n| *n == errors).unwrap_or("");
    (Errors::from_name(errors), Recorded(name))
}

fn cp1252() -> TextBuf {
    const HIGH: [u32; 32] = [
        0x20AC, 0xFFFE, 0x201A, 0x192, 0x201E, 0x2026, 0x2020, 0x2021, 0x2C6, 0x2030, 0x160, 0x2039, 0x152, 0xFFFE,
        0x17D, 0xFFFE, 0xFFFE, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x2DC, 0x2122, 0x161, 0x203A,
        0x153, 0xFFFE, 0x17E, 0x178,
    ];
    let codes: Vec<u32> = (0..0x80).chain(HIGH).chain(0xA0..0x100).collect();
    make(&codes)
}

fn decode(name: &str, input: &[u8], errors: &str, last: bool) -> String {
    let (errors, mut h) = handler(errors);
    let h = &mut h;
    let wide = |r: utf16::Decoded<()>| r.map(|(t, n, _)| (t, n));
    let result = match name {
        "utf-8" => utf8::decode(input, errors, last, h),
        "utf-7" => utf7::decode(input, errors, last, h),
        "utf-16" => wide(utf16::decode16(input, errors, ByteOrder::Mark, last, h)),
        "utf-16-le" => wide(utf16::decode16(input, errors, ByteOrder::Little, last, h)),
        "utf-16-be" => wide(utf16::decode16(input, errors, ByteOrder::Big, last, h)),
        "utf-32" => wide(utf16::decode32(input, errors, ByteOrder::Mark, last, h)),
        "utf-32-le" => wide(utf16::decode32(input, errors, ByteOrder::Little, last, h)),
        "utf-32-be" => wide(utf16::decode32(input, errors, ByteOrder::Big, last, h)),
        "unicode_escape" => escape::decode_unicode(input, errors, last, h).map(|(t, n, _)| (t, n)),
        "raw_unicode_escape" => escape::decode_raw_unicode(input, errors, last, h),
        "ascii" => single::decode_ascii(input, errors, h),
        "latin-1" => single::decode_latin1(input).map(|t| (t, input.len())).map_err(Fail::from),
        "charmap" => single::decode_charmap(input, cp1252().units(), errors, h),
        _ => panic!("{name}"),
    };
    match result {
        Ok((t, n)) => format!("{} {}", text(&t), int(n)),
        Err(fail) => failed(fail),
    }
}

fn encode(name: &str, u: Units<'_>, errors: &str) -> String {
    let (errors, mut h) = handler(errors);
    let h = &mut h;
    let result = match name {
        "utf-8" => utf8::encode(u, errors, h),
        "utf-7" => utf7::encode::<Recorded>(u),
        "utf-16" => utf16::encode16(u, errors, ByteOrder::Mark, h),
        "utf-16-le" => utf16::encode16(u, errors, ByteOrder::Little, h),
        "utf-16-be" => utf16::encode16(u, errors, ByteOrder::Big, h),
        "utf-32" => utf16::encode32(u, errors, ByteOrder::Mark, h),
        "utf-32-le" => utf16::encode32(u, errors, ByteOrder::Little, h),
        "utf-32-be" => utf16::encode32(u, errors, ByteOrder::Big, h),
        "ascii" => single::encode_ascii(u, errors, h),
        "latin-1" => single::encode_latin1(u, errors, h),
        "unicode_escape" => escape::encode_unicode(u).map_err(Fail::from),
        "raw_unicode_escape" => escape::encode_raw_unicode(u).map_err(Fail::from),
        "charmap" => {
            let map = single::EncodingMap::new(cp1252().units()).unwrap().unwrap();
            single::encode_charmap(u, &map, errors, h)
        }
        _ => panic!("{name}"),
    };
    match result {
        Ok(b) => format!("{} {}", bytes(&b), int(u.len())),
        Err(fail) => failed(fail),
    }
}

fn template(u: Units<'_>) -> String {
    let mut out = Vec::new();
    let sub = |r: Range<usize>| text(&TextBuf::from_units(u.slice(r)).unwrap());
    for piece in format::pieces(u) {
        let piece = match piece {
            Ok(piece) => piece,
            Err(e) => return format!("!{e}"),
        };
        out.push(sub(piece.literal));
        match piece.field {
            None => out.extend(["-".to_owned(), "-".to_owned(), "-".to_owned()]),
            Some(f) => out.extend([sub(f.name), sub(f.spec), f.conversion.map_or("-".into(), |c| text(&make(&[c])))]),
        }
    }
    out.join(" ")
}

fn field_name(u: Units<'_>) -> String {
    let key = |k: format::Key| match k {
        format::Key::Name(r) => text(&TextBuf::from_units(u.slice(r)).unwrap()),
        format::Key::Index(n) => int(n),
    };
    let (first, rest) = match format::split_name(u) {
        Ok(split) => split,
        Err(e) => return format!("!{e}"),
    };
    let mut out = vec![key(first)];
    for access in rest {
        match access {
            Ok(format::Access::Attribute(r)) => out.extend(["i:1".to_owned(), key(format::Key::Name(r))]),
            Ok(format::Access::Item(k)) => out.extend(["i:0".to_owned(), key(k)]),
            Err(e) => return format!("!{e}"),
        }
    }
    out.join(" ")
}

fn words(r: Result<Vec<u8>, Option<&'static str>>) -> String {
    match r {
        Ok(b) => bytes(&b),
        Err(e) => format!("!{}", e.unwrap()),
    }
}

fn predicates_of(a: &Arg) -> String {
    use taipan_text::{bytes as b, predicates as p};
    let flags = match a {
        Arg::Bytes(x) => {
            let all: [fn(&[u8]) -> bool; 7] =
                [b::is_alpha, b::is_digit, b::is_alnum, b::is_space, b::is_lower, b::is_upper, b::is_title];
            all.map(|f| f(x)).to_vec()
        }
        _ => {
            let all: [fn(Units<'_>) -> bool; 11] = [
                p::is_alpha,
                p::is_decimal,
                p::is_digit,
                p::is_numeric,
                p::is_alnum,
                p::is_space,
                p::is_printable,
                p::is_identifier,
                p::is_lower,
                p::is_upper,
                p::is_title,
            ];
            all.map(|f| f(a.units())).to_vec()
        }
    };
    flags.into_iter().map(|f| int(i64::from(f))).collect::<Vec<_>>().join(" ")
}

fn case_of(op: &str, a: &Arg) -> String {
    use taipan_text::{bytes as b, case as c};
    match (op, a) {
        ("lower", Arg::Bytes(x)) => bytes(&b::lower(x).unwrap()),
        ("upper", Arg::Bytes(x)) => bytes(&b::upper(x).unwrap()),
        ("title", Arg::Bytes(x)) => bytes(&b::title(x).unwrap()),
        ("capitalize", Arg::Bytes(x)) => bytes(&b::capitalize(x).unwrap()),
        ("swapcase", Arg::Bytes(x)) => bytes(&b::swapcase(x).unwrap()),
        ("lower", _) => made(c::lower(a.units())),
        ("upper", _) => made(c::upper(a.units())),
        ("title", _) => made(c::title(a.units())),
        ("capitalize", _) => made(c::capitalize(a.units())),
        ("swapcase", _) => made(c::swapcase(a.units())),
        _ => made(c::casefold(a.units())),
    }
}

fn searching(op: &str, a: &[Arg]) -> Option<String> {
    let (t, n) = (a[0].units(), a.get(1).filter(|a| !matches!(a, Arg::Int(_))).map(Arg::units));
    let range = || clip(a[2].int() as isize, a[3].int() as isize, t.len());
    let side = match op.strip_suffix("_space").unwrap_or(op) {
        "lstrip" => Side::Left,
        "rstrip" => Side::Right,
        _ => Side::Both,
    };
    let space: fn(u32) -> bool = if a[0].is_bytes() { split::is_byte_space } else { props::is_space };
    Some(match op {
        "find" => index(search::find(t, n?, range().0, range().1)),
        "rfind" => index(search::rfind(t, n?, range().0, range().1)),
        "count" => int(search::count(t, n?, range().0, range().1)),
        "startswith" => int(i64::from(search::starts_with(t, n?, range().0, range().1))),
        "endswith" => int(i64::from(search::ends_with(t, n?, range().0, range().1))),
        "replace" if a[0].is_bytes() => {
            let made = ops::replace_bytes(a[0].bytes(), a[1].bytes(), a[2].bytes(), a[3].limit()).unwrap();
            bytes(made.as_deref().unwrap_or(a[0].bytes()))
        }
        "replace" => match ops::replace(t, n?, a[2].units(), a[3].limit()).unwrap() {
            Some(made) => text(&made),
            None => part(&a[0], 0..t.len()),
        },
        "split" => collect(&a[0], false, |f| split::split(t, n.unwrap(), a[2].limit(), f).unwrap()),
        "rsplit" => collect(&a[0], true, |f| split::rsplit(t, n.unwrap(), a[2].limit(), f).unwrap()),
        "split_space" => collect(&a[0], false, |f| split::split_space(t, a[1].limit(), space, f).unwrap()),
        "rsplit_space" => collect(&a[0], true, |f| split::rsplit_space(t, a[1].limit(), space, f).unwrap()),
        "splitlines" => collect(&a[0], false, |f| split::split_lines(t, a[1].int() != 0, a[0].is_bytes(), f).unwrap()),
        "partition" | "rpartition" => {
            let found = if op == "partition" { split::partition(t, n?) } else { split::rpartition(t, n?) };
            let (whole, none) = (part(&a[0], 0..t.len()), part(&a[0], 0..0));
            match found {
                Some((x, y)) => format!("{} {} {}", part(&a[0], x), part(&a[1], 0..a[1].units().len()), part(&a[0], y)),
                None if op == "partition" => format!("{whole} {none} {none}"),
                None => format!("{none} {none} {whole}"),
            }
        }
        "strip" | "lstrip" | "rstrip" => part(&a[0], split::strip_chars(t, side, n?)),
        "strip_space" | "lstrip_space" | "rstrip_space" => part(&a[0], split::strip_by(t, side, space)),
        "compare" => int(t.compare(n?) as i64),
        "concat" => made(buf::concat(t, n?)),
        "join" => made(ops::join(t, a[1..].iter().map(Arg::units))),
        "repeat" => made(buf::repeat(t, a[1].limit())),
        _ => return None,
    })
}

fn slice(a: &[Arg]) -> String {
    let (t, start, stop, step) = (a[0].units(), a[1].int(), a[2].int(), a[3].int());
    let len = t.len() as i64;
    let bound = |i: i64| {
        let i = if i < 0 { i + len } else { i };
        if step > 0 { i.clamp(0, len) } else { i.clamp(-1, len - 1) }
    };
    let (start, stop) = (bound(start), bound(stop));
    let count =
        if step > 0 { (stop - start + step - 1).max(0) / step } else { (start - stop - step - 1).max(0) / -step };
    made(buf::extended_slice(t, start.max(0) as usize, step as isize, count as usize))
}

fn padding(op: &str, a: &[Arg]) -> String {
    let width = a[1].limit();
    if let Arg::Bytes(b) = &a[0] {
        let all = width.saturating_sub(b.len());
        let (left, right) = match op {
            "center" => ops::center_margins(b.len(), width),
            "ljust" => (0, all),
            _ => (all, 0),
        };
        return bytes(&taipan_text::bytes::pad(b, left, right, a[2].bytes()[0]).unwrap());
    }
    let (t, fill) = (a[0].units(), a[2].units().at(0));
    made(match op {
        "center" => ops::center(t, width, fill),
        "ljust" => ops::ljust(t, width, fill),
        _ => ops::rjust(t, width, fill),
    })
}

fn building(op: &str, a: &[Arg]) -> Option<String> {
    let first = a.first()?;
    Some(match op {
        "slice" => slice(a),
        "expandtabs" if first.is_bytes() => bytes(&ops::expand_tabs_bytes(first.bytes(), a[1].int() as isize).unwrap()),
        "expandtabs" => made(ops::expand_tabs(first.units(), a[1].int() as isize)),
        "center" | "ljust" | "rjust" => padding(op, a),
        "zfill" if first.is_bytes() => bytes(&taipan_text::bytes::zfill(first.bytes(), a[1].limit()).unwrap()),
        "zfill" => made(ops::zfill(first.units(), a[1].limit())),
        "translate" if first.is_bytes() => {
            let table = std::array::from_fn(|i| 255 - i as u8);
            bytes(&ops::translate_bytes(first.bytes(), Some(&table), a[1].bytes()).unwrap())
        }
        "translate" => made(ops::translate(first.units(), |c| {
            Ok(match c {
                97 => Translated::Delete,
                98 => Translated::Text(TextBuf::from_str("xyz")?),
                32 => Translated::Code(0x1F600),
                0x1F600 => Translated::Text(TextBuf::from_str("q")?),
                _ => Translated::Same,
            })
        })),
        "repr" if first.is_bytes() => made(repr::bytes_repr(first.bytes())),
        "repr" => made(repr::repr(first.units())),
        "ascii" => made(repr::ascii(first.units())),
        "predicates" => predicates_of(first),
        "lower" | "upper" | "title" | "capitalize" | "swapcase" | "casefold" => case_of(op, first),
        "hash" => int(hash::hash(a[1].units(), hash::HashKey::from_seed(first.int() as u32))),
        "normalize" | "old_normalize" => {
            let version = if op == "normalize" { Version::V16 } else { Version::V3_2 };
            let made = normalize::normalize(Form::from_name(first.units())?, a[1].units(), version).unwrap();
            text(&made.unwrap_or(TextBuf::from_units(a[1].units()).unwrap()))
        }
        "is_normalized" => {
            let form = Form::from_name(first.units())?;
            int(i64::from(normalize::is_normalized(form, a[1].units(), Version::V16).unwrap()))
        }
        _ => return None,
    })
}

fn coding(op: &str, a: &[Arg]) -> Option<String> {
    let name = |a: &Arg| a.units().to_owned_string();
    Some(match op {
        "decode" => decode(&name(&a[0]), a[1].bytes(), &name(&a[2]), a[3].int() != 0),
        "encode" => encode(&name(&a[0]), a[1].units(), &name(&a[2])),
        "escape_decode" => match escape::decode_bytes(a[0].bytes(), Errors::from_name(&name(&a[1]))) {
            Ok((b, _)) => bytes(&b),
            Err(escape::BytesEscapeError::Hex(at)) => format!("!invalid \\x escape at position {at}"),
            Err(_) => "!Trailing \\ in string".to_owned(),
        },
        "escape_encode" => bytes(&escape::encode_bytes(a[0].bytes()).unwrap()),
        "template" => template(a[0].units()),
        "field_name" => field_name(a[0].units()),
        "hex" => {
            let sep = hex::separator(a[1].units()).unwrap();
            visible("s:", hex::hex(a[0].bytes(), Some(sep), a[2].int() as isize).unwrap().iter().map(|&b| b.into()))
        }
        "hexlify" => visible("s:", hex::hex(a[0].bytes(), None, 1).unwrap().iter().map(|&b| b.into())),
        "fromhex" => match hex::from_hex(a[0].units()) {
            Ok(b) => bytes(&b),
            Err(e) => format!("!{}", e.message().unwrap()),
        },
        "unhexlify" => words(hex::unhexlify(a[0].bytes())),
        "b2a_base64" => bytes(&base64::encode(a[0].bytes(), a[1].int() != 0).unwrap()),
        "a2b_base64" => match base64::decode(a[0].bytes(), a[1].int() != 0) {
            Ok(b) => bytes(&b),
            Err(e) => format!("!{}", e.message().unwrap()),
        },
        "b2a_uu" => words(ascii_codecs::uu_encode(a[0].bytes(), a[1].int() != 0)),
        "a2b_uu" => words(ascii_codecs::uu_decode(a[0].bytes())),
        "a2b_qp" => bytes(&ascii_codecs::qp_decode(a[0].bytes(), a[1].int() != 0).unwrap()),
        "b2a_qp" => {
            let [q, i, h] = [1, 2, 3].map(|n| a[n].int() != 0);
            bytes(&ascii_codecs::qp_encode(a[0].bytes(), q, i, h).unwrap())
        }
        "crc32" => int(ascii_codecs::crc32(a[0].bytes(), a[1].int() as u32)),
        "crc_hqx" => int(ascii_codecs::crc_hqx(a[0].bytes(), a[1].int() as u32)),
        "lookup" => match names::lookup(a[0].units()) {
            Some(codes) => text(&make(&codes)),
            None => format!("!'undefined character name {}'", name(&a[0])),
        },
        "lookup_char" => names::lookup_char(a[0].units()).map_or("none".to_owned(), |c| text(&make(&[c]))),
        _ => return None,
    })
}

trait ToOwnedString {
    fn to_owned_string(&self) -> String;
}

impl ToOwnedString for Units<'_> {
    fn to_owned_string(&self) -> String {
        self.iter().filter_map(char::from_u32).collect()
    }
}

fn replay(line: &str) -> Result<(), String> {
    let fields: Vec<&str> = line.split('\t').collect();
    let (op, expected) = (fields[0], fields[fields.len() - 1]);
    let args: Vec<Arg> = fields[1..fields.len() - 1].iter().map(|f| Arg::parse(f)).collect();
    let got = building(op, &args).or_else(|| coding(op, &args)).or_else(|| searching(op, &args));
    let got = got.unwrap_or_else(|| panic!("unknown operation: {line}"));
    let same = match op {
        // The message quotes the name; that there is none is all that counts.
        "lookup" => got == expected || (got.starts_with('!') && expected.starts_with('!')),
        "lookup_char" => got == expected || (got == "none" && (expected.starts_with('!') || expected == "-")),
        _ => got == expected,
    };
    if same { Ok(()) } else { Err(format!("{line}\n      got\t{got}")) }
}

#[test]
fn as_recorded() {
    let other = std::env::var("TAIPAN_TEXT_CASES").ok().map(|path| std::fs::read_to_string(path).unwrap());
    let cases = other.as_deref().unwrap_or(include_str!("data/cases.txt"));
    let wrong: Vec<String> = cases.lines().filter_map(|line| replay(line).err()).collect();
    let shown = wrong.iter().take(40).cloned().collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} cases differ:\n{shown}", wrong.len(), cases.lines().count());
}

#[test]
fn handlers_are_told_where_they_may_resume() {
    struct Far;
    impl Handler for Far {
        type Error = ();
        fn decode(&mut self, _: &CodecError, _: &[u8]) -> Result<DecodeFix, Fail<()>> {
            Ok(DecodeFix { text: TextBuf::new(), resume: 9, input: None })
        }
        fn encode(&mut self, _: &CodecError, _: Units<'_>) -> Result<EncodeFix, Fail<()>> {
            Ok(EncodeFix { with: Replacement::Bytes(Vec::new()), resume: -9 })
        }
    }
    assert_eq!(utf8::decode(b"a\xff", Errors::Other, true, &mut Far).unwrap_err(), Fail::Position(9));
    let text = make(&[0xD800]);
    assert_eq!(utf8::encode(text.units(), Errors::Other, &mut Far).unwrap_err(), Fail::Position(-8));
}

#[test]
fn a_handler_may_replace_the_input() {
    struct Swap;
    impl Handler for Swap {
        type Error = ();
        fn decode(&mut self, _: &CodecError, _: &[u8]) -> Result<DecodeFix, Fail<()>> {
            Ok(DecodeFix { text: TextBuf::from_str("?")?, resume: 0, input: Some(b"new".to_vec()) })
        }
        fn encode(&mut self, e: &CodecError, text: Units<'_>) -> Result<EncodeFix, Fail<()>> {
            codecs::builtin_encode(Errors::Replace, e, text)
        }
    }
    let (t, _) = single::decode_ascii(b"old\xff", Errors::Other, &mut Swap).unwrap();
    assert!(t.units().equals_str("old?new"));
}
