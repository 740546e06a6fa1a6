//! Every property of every code point against what `tools/record.py` saw in Python 3.14, by checksums of 0x4000 each.

use taipan_text::codecs::{self, BuiltIn, Errors, utf16::ByteOrder};
use taipan_text::normalize::{Form, is_normalized, normalize};
use taipan_text::ucd::Version;
use taipan_text::units::OutOfMemory;
use taipan_text::{TextBuf, Units, ascii_codecs::crc32, case, names, predicates as p, props, repr, split};

fn text(codes: &[u32]) -> TextBuf {
    let mut t = TextBuf::new();
    codes.iter().try_for_each(|&c| t.push(c)).unwrap();
    t
}

fn put(out: &mut Vec<u8>, t: &TextBuf) {
    for c in t.units() {
        taipan_text::buf::push_utf8(out, c).unwrap();
    }
}

fn flag(b: bool) -> &'static str {
    if b { "True" } else { "False" }
}

fn or_none<T: ToString>(value: Option<T>) -> String {
    value.map_or("None".to_owned(), |v| v.to_string())
}

fn mapped(out: &mut Vec<u8>, codes: &[u32], f: fn(Units<'_>) -> Result<TextBuf, OutOfMemory>) {
    put(out, &f(text(codes).units()).unwrap());
}

fn normal(out: &mut Vec<u8>, form: Form, codes: &[u32], version: Version) {
    let t = text(codes);
    put(out, &normalize(form, t.units(), version).unwrap().unwrap_or(t));
}

fn form(name: &str) -> Form {
    Form::from_name(Units::Ascii(name.as_bytes())).unwrap()
}

fn value(name: &str, c: u32, out: &mut Vec<u8>) {
    let one = text(&[c]);
    let u = one.units();
    let (version, field) = match name.strip_prefix("old_") {
        Some(field) => (Version::V3_2, field),
        None => (Version::V16, name),
    };
    let s = match field {
        "lower" => return mapped(out, &[c], case::lower),
        "upper" => return mapped(out, &[c], case::upper),
        "title" => return mapped(out, &[c], case::title),
        "casefold" => return mapped(out, &[c], case::casefold),
        "swapcase" => return mapped(out, &[c], case::swapcase),
        "capitalize" => return mapped(out, &[c, 0x41], case::capitalize),
        "sigma" => {
            mapped(out, &[0x41, c, 0x3A3], case::lower);
            mapped(out, &[c, 0x3A3], case::lower);
            return mapped(out, &[0x41, 0x3A3, c], case::lower);
        }
        "predicates" => [
            p::is_alpha(u),
            p::is_decimal(u),
            p::is_digit(u),
            p::is_numeric(u),
            p::is_alnum(u),
            p::is_space(u),
            p::is_printable(u),
            p::is_identifier(u),
            p::is_lower(u),
            p::is_upper(u),
            p::is_title(u),
        ]
        .map(|b| if b { '1' } else { '0' })
        .iter()
        .collect(),
        "space" => {
            let around = text(&[0x61, c, 0x62]);
            let (mut words, mut lines) = (0, 0);
            let count = |n: &mut i32| {
                *n += 1;
                Ok::<(), ()>(())
            };
            split::split_space(around.units(), usize::MAX, props::is_space, |_| count(&mut words)).unwrap();
            split::split_lines(around.units(), false, false, |_| count(&mut lines)).unwrap();
            format!("{words}{lines}")
        }
        "identifier" => flag(p::is_identifier(text(&[0x61, c]).units())).to_owned(),
        "repr" => return put(out, &repr::repr(u).unwrap()),
        "ascii" => return put(out, &repr::ascii(u).unwrap()),
        "utf-7" => return out.extend(codecs::utf7::encode::<BuiltIn>(u).unwrap()),
        "utf-16" => {
            let bytes = codecs::utf16::encode16(u, Errors::SurrogatePass, ByteOrder::Big, &mut BuiltIn).unwrap();
            return out.extend(taipan_text::hex::hex(&bytes, None, 0).unwrap());
        }
        "unicode_escape" => return out.extend(codecs::escape::encode_unicode(u).unwrap()),
        "raw_unicode_escape" => {
            let bytes = codecs::escape::encode_raw_unicode(u).unwrap();
            return put(out, &codecs::single::decode_latin1(&bytes).unwrap());
        }
        "namereplace" => {
            return out.extend(codecs::single::encode_ascii(u, Errors::NameReplace, &mut BuiltIn).unwrap());
        }
        "category" => version.category(c).to_owned(),
        "bidirectional" => version.bidirectional(c).to_owned(),
        "combining" => version.combining(c).to_string(),
        "east_asian_width" => version.east_asian_width(c).to_owned(),
        "mirrored" => u8::from(version.mirrored(c)).to_string(),
        "decomposition" => version.decomposition(c),
        "decimal" => or_none(version.decimal(c)),
        "digit" => or_none(version.digit(c)),
        "name" => or_none(version.name(c)),
        "numeric" => format!("{:016x}", version.numeric(c).unwrap_or(-1.0).to_bits()),
        _ => match field.strip_prefix("is_") {
            Some(f) => flag(is_normalized(form(f), u, version).unwrap()).to_owned(),
            None => {
                normal(out, form(field), &[c], version);
                out.push(b'/');
                return normal(out, form(field), &[0x61, 0x301, c, 0x323], version);
            }
        },
    };
    out.extend(s.bytes());
}

#[test]
fn properties() {
    let mut wrong = Vec::new();
    for line in include_str!("data/code_points.txt").lines() {
        let mut fields = line.split(' ');
        let name = fields.next().unwrap();
        for (block, sum) in fields.enumerate() {
            let start = block as u32 * 0x4000;
            let mut out = Vec::new();
            for c in start..start + 0x4000 {
                if c > start {
                    out.push(b'\n');
                }
                value(name, c, &mut out);
            }
            if format!("{:08x}", crc32(&out, 0)) != sum {
                wrong.push(format!("{name} from {start:#x}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_lead_back() {
    let mut named = 0;
    for c in 0..0x110000 {
        if let Some(name) = names::name(c) {
            named += 1;
            assert_eq!(names::lookup_char(Units::Ascii(name.to_lowercase().as_bytes())), Some(c), "{name}");
        }
    }
    assert!(named > 145_000);
    for line in include_str!("../src/tables/name_extra.txt").lines() {
        let fields: Vec<&str> = line.split(';').collect();
        let (name, codes) = (fields[0], fields[1]);
        let codes: Vec<u32> = codes.split(' ').map(|h| u32::from_str_radix(h, 16).unwrap()).collect();
        assert_eq!(names::lookup(Units::Ascii(name.as_bytes())), Some(codes), "{name}");
    }
}
