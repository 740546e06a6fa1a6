//! `Decimal.__format__`.

use super::context::settings;
use super::convert::ask;
use super::current;
use taipan_num::decimal::{Context, Decimal, Kind, Rounding};
use taipan_object::{Bytes, Dict, Str, room};
use taipan_vm::errors::DEPRECATION_WARNING;
use taipan_vm::{Raised, Ref, Result, Value, Vm, name};

/// A specification, as in
/// `[[fill]align][sign]["z"]["#"]["0"][width][grouping]["." precision [grouping]][type]`.
struct Spec {
    fill: char,
    align: char,
    sign: char,
    no_negative_zero: bool,
    alternate: bool,
    zero_padded: bool,
    width: usize,
    thousands: Option<char>,
    precision: Option<usize>,
    fraction: Option<char>,
    code: Option<char>,
}

/// Widths and precisions beyond are refused.
const MOST: usize = i32::MAX as usize;

fn parse(text: &[char]) -> Option<Spec> {
    let mut spec = Spec {
        fill: ' ',
        align: '>',
        sign: '-',
        no_negative_zero: false,
        alternate: false,
        zero_padded: false,
        width: 0,
        thousands: None,
        precision: None,
        fraction: None,
        code: None,
    };
    let is_align = |c: Option<&char>| matches!(c, Some('<' | '>' | '=' | '^'));
    let mut at = 0;
    let mut aligned = true;
    if is_align(text.get(1)) {
        (spec.fill, spec.align) = (text[0], text[1]);
        at = 2;
    } else if is_align(text.first()) {
        spec.align = text[0];
        at = 1;
    } else {
        aligned = false;
    }
    let mut take = |wanted: &[char]| match text.get(at).filter(|c| wanted.contains(c)) {
        Some(&c) => {
            at += 1;
            Some(c)
        }
        None => None,
    };
    spec.sign = take(&['+', '-', ' ']).unwrap_or('-');
    spec.no_negative_zero = take(&['z']).is_some();
    spec.alternate = take(&['#']).is_some();
    if take(&['0']).is_some() {
        if aligned {
            return None;
        }
        (spec.zero_padded, spec.fill, spec.align) = (true, '0', '=');
    }
    const DIGITS: [char; 10] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    let number = |take: &mut dyn FnMut(&[char]) -> Option<char>| -> Option<Option<usize>> {
        let mut n: Option<usize> = None;
        while let Some(c) = take(&DIGITS) {
            n = Some(n.unwrap_or(0) * 10 + c as usize - '0' as usize);
            if n > Some(MOST) {
                return None;
            }
        }
        Some(n)
    };
    spec.width = number(&mut take)?.unwrap_or(0);
    spec.thousands = take(&[',', '_']);
    if take(&['.']).is_some() {
        spec.precision = number(&mut take)?;
        spec.fraction = take(&[',', '_']);
        if spec.precision.is_none() && spec.fraction.is_none() {
            return None;
        }
    }
    spec.code = take(&['e', 'E', 'f', 'F', 'g', 'G', 'n', 'N', '%']);
    if at < text.len() || matches!(spec.code, Some('n' | 'N')) && spec.thousands.is_some() {
        return None;
    }
    Some(spec)
}

/// What separates digits.
struct Marks {
    point: String,
    separator: String,
    /// Sizes of the groups from the right; the last one repeats, and 127 ends the grouping.
    groups: Vec<u8>,
}

/// Text of a mapping of locale settings.
fn setting(vm: &mut Vm, locale: &Ref<Dict>, key: &str) -> Result<Option<Value>> {
    let key = vm.intern_utf8(key)?;
    vm.dict_get_str(locale, &key)
}

fn marks_of(vm: &mut Vm, locale: &Value, marks: &mut Marks) -> Result<()> {
    let Some(locale) = locale.downcast::<Dict>() else {
        return Err(vm.raise_type_error("optional argument must be a dict"));
    };
    for (key, is_point) in [("decimal_point", true), ("thousands_sep", false)] {
        if let Some(v) = setting(vm, locale, key)? {
            let Some(text) = v.downcast::<Str>() else { return Err(vm.raise_type_error("invalid override dict")) };
            let text = text.to_string_lossy();
            if text.len() > 4 {
                return Err(vm.raise_value_error("invalid override dict"));
            }
            if is_point {
                marks.point = text;
            } else {
                marks.separator = text;
            }
        }
    }
    if let Some(v) = setting(vm, locale, "grouping")? {
        marks.groups = if let Some(text) = v.downcast::<Str>() {
            let sizes: Vec<u32> = text.data().code_points().collect();
            if sizes.iter().any(|&n| n > 127) {
                return Err(vm.raise_value_error("invalid override dict"));
            }
            sizes.iter().map(|&n| n as u8).collect()
        } else if let Some(bytes) = v.downcast::<Bytes>() {
            bytes.as_bytes().to_vec()
        } else {
            let sizes = vm.collect(&v)?;
            sizes.iter().map(|n| n.as_int().and_then(|n| n.to_i64()).map_or(127, |n| n.clamp(0, 127) as u8)).collect()
        };
    }
    Ok(())
}

fn invalid(vm: &mut Vm) -> Raised {
    vm.raise_value_error("invalid format string")
}

fn round_to(d: &Decimal, exp: i64, rounding: Rounding) -> Decimal {
    d.quantize(&Decimal::zero(false, exp), &Context::MAX.with_rounding(rounding), &mut 0)
}

/// So many significant digits.
fn round_digits(d: &Decimal, places: i64, rounding: Rounding) -> Decimal {
    if d.is_zero() {
        return d.clone();
    }
    let exp = d.adjusted() + 1 - places;
    let made = round_to(d, exp, rounding);
    if made.adjusted() == d.adjusted() { made } else { round_to(&made, exp + 1, rounding) }
}

/// `Decimal.__format__`.
pub fn format(vm: &mut Vm, d: &Decimal, spec: &Value, locale: Option<&Value>) -> Result {
    let Some(text) = spec.downcast::<Str>() else {
        return Err(vm.raise_type_error("format arg must be str"));
    };
    if text.to_utf8().is_none() {
        return Err(vm.raise_surrogates_not_allowed(text));
    }
    // Four bytes a character, and the numbers in it.
    room::probe(text.len().saturating_mul(8))?;
    let text: Vec<char> = text.data().code_points().map(|c| char::from_u32(c).unwrap_or('\u{fffd}')).collect();
    let Some(spec) = parse(&text) else { return Err(invalid(vm)) };
    let context = current(vm)?;
    let c = settings(vm, &context).context;
    let mut marks = Marks { point: ".".to_owned(), separator: String::new(), groups: vec![3] };
    if let Some(separator) = spec.thousands {
        marks.separator = separator.to_string();
    }
    if spec.code == Some('N') {
        let text = "Format specifier 'N' is deprecated and slated for removal in Python 3.18";
        vm.warn(DEPRECATION_WARNING.as_type(), text, 1)?;
    }
    if matches!(spec.code, Some('n' | 'N')) || locale.is_some() {
        marks.groups = Vec::new();
        let numbers = match locale {
            Some(locale) => locale.clone(),
            None => {
                let module = vm.import("locale")?;
                vm.call_method(&module, name!("localeconv"), &[])?
            }
        };
        marks_of(vm, &numbers, &mut marks)?;
    }
    let code = match spec.code {
        Some('n') => 'g',
        Some('N') => 'G',
        None => {
            if c.capitals {
                'G'
            } else {
                'g'
            }
        }
        Some(code) => code,
    };
    ask(vm, &[d])?;
    let made = if d.kind == Kind::Finite {
        finite(d, &spec, code, c.rounding, &marks)
    } else {
        let mut body = d.clone().with_sign(false).to_scientific(true);
        if code == '%' {
            body.push('%');
        }
        // Zeros before letters would make no number of them.
        let plain = Spec { fill: ' ', align: '>', zero_padded: false, ..spec };
        let spec = if spec.zero_padded { &plain } else { &plain.with(spec.fill, spec.align) };
        align(sign_text(d.negative, spec.sign), body, spec)
    };
    match made {
        Some(made) => vm.new_str(&made).map(Ref::into_value),
        None => Err(vm.raise_memory_error()),
    }
}

impl Spec {
    fn with(&self, fill: char, align: char) -> Spec {
        Spec { fill, align, ..*self }
    }
}

fn sign_text(negative: bool, sign: char) -> &'static str {
    match (negative, sign) {
        (true, _) => "-",
        (_, '+') => "+",
        (_, ' ') => " ",
        _ => "",
    }
}

/// Zeros that are written out at most.
const MOST_ZEROS: u64 = 1 << 28;

/// Nothing where the text has no room.
fn finite(d: &Decimal, spec: &Spec, code: char, rounding: Rounding, marks: &Marks) -> Option<String> {
    let mut d = d.clone();
    if code == '%' {
        d.exp += 2;
    }
    match spec.precision {
        Some(p) => {
            let p = p as i64;
            d = match code {
                'e' | 'E' => round_digits(&d, p + 1, rounding),
                'f' | 'F' | '%' => round_to(&d, -p, rounding),
                _ if d.digits() > p.max(1) => round_digits(&d, p.max(1), rounding),
                _ => d,
            };
        }
        None if matches!(code, 'f' | 'F' | '%') && d.exp > 0 => d = round_to(&d, 0, rounding),
        None => {}
    }
    if !d.is_finite() {
        return None;
    }
    let negative = d.negative && !(spec.no_negative_zero && d.is_zero());
    let all = d.digit_text();
    let left = d.exp + all.len() as i64;
    let point = match code {
        'e' | 'E' => match spec.precision {
            Some(p) if d.is_zero() => 1 - p as i64,
            _ => 1,
        },
        'f' | 'F' | '%' => left,
        _ if d.exp <= 0 && left > -6 => left,
        _ => 1,
    };
    if point.unsigned_abs() > MOST_ZEROS || spec.zero_padded && spec.width as u64 > MOST_ZEROS {
        return None;
    }
    // Zeros, groups of three digits as texts of their own, and copies.
    let separated = if marks.separator.is_empty() { 8 } else { 32 };
    let length = all.len().saturating_add(point.unsigned_abs() as usize).saturating_add(spec.width);
    taipan_num::int::big::room(length.saturating_mul(separated)).ok()?;
    let (whole, fraction) = if point < 0 {
        ("0".to_owned(), format!("{}{all}", "0".repeat(point.unsigned_abs() as usize)))
    } else if point as usize > all.len() {
        (format!("{all}{}", "0".repeat(point as usize - all.len())), String::new())
    } else {
        let (whole, fraction) = all.split_at(point as usize);
        (if whole.is_empty() { "0" } else { whole }.to_owned(), fraction.to_owned())
    };
    let exponent = left - point;
    let sign = sign_text(negative, spec.sign);
    let mut tail = String::new();
    if !fraction.is_empty() || spec.alternate {
        tail.push_str(&marks.point);
        for (i, digit) in fraction.chars().enumerate() {
            if i > 0
                && i % 3 == 0
                && let Some(separator) = spec.fraction
            {
                tail.push(separator);
            }
            tail.push(digit);
        }
    }
    if exponent != 0 || matches!(code, 'e' | 'E') {
        tail.push(if matches!(code, 'E' | 'G') { 'E' } else { 'e' });
        tail.push_str(&format!("{exponent:+}"));
    }
    if code == '%' {
        tail.push('%');
    }
    let least = if spec.zero_padded { spec.width.saturating_sub(tail.chars().count() + sign.len()) } else { 0 };
    align(sign, group(&whole, marks, least) + &tail, spec)
}

/// Separates groups of digits, with zeros in front up to a width.
fn group(digits: &str, marks: &Marks, least: usize) -> String {
    let separator = marks.separator.chars().count();
    let mut parts: Vec<String> = Vec::new();
    let (mut rest, mut left) = (digits, least as i64);
    if separator > 0 {
        let mut sizes = marks.groups.iter().copied();
        let mut size = 0;
        loop {
            size = match sizes.next() {
                Some(0) => size,
                Some(n) => n,
                None => size,
            };
            if size == 0 || size >= 127 {
                break;
            }
            // At least one digit stands before a separator.
            let longest = (rest.len() as i64).max(left).max(1);
            let size = longest.min(i64::from(size)) as usize;
            let (before, part) = rest.split_at(rest.len().saturating_sub(size));
            parts.push("0".repeat(size - part.len()) + part);
            (rest, left) = (before, left - size as i64);
            if rest.is_empty() && left <= 0 {
                parts.reverse();
                return parts.join(&marks.separator);
            }
            left -= separator as i64;
        }
    }
    let longest = (rest.len() as i64).max(left).max(1) as usize;
    parts.push("0".repeat(longest - rest.len()) + rest);
    parts.reverse();
    parts.join(&marks.separator)
}

fn align(sign: &str, body: String, spec: &Spec) -> Option<String> {
    let room = spec.width.saturating_sub(sign.len() + body.chars().count());
    let (before, inside, after) = match spec.align {
        '<' => (0, 0, room),
        '=' => (0, room, 0),
        '^' => (room / 2, 0, room - room / 2),
        _ => (room, 0, 0),
    };
    let mut out = String::new();
    out.try_reserve_exact(sign.len() + body.len() + room * spec.fill.len_utf8()).ok()?;
    out.extend(std::iter::repeat_n(spec.fill, before));
    out.push_str(sign);
    out.extend(std::iter::repeat_n(spec.fill, inside));
    out.push_str(&body);
    out.extend(std::iter::repeat_n(spec.fill, after));
    Some(out)
}
