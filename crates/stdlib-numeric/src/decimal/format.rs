//! `Decimal.__format__`.

use super::context::settings;
use super::convert::ask;
use super::current;
use taipan_num::decimal::{Context, Decimal, Kind, MAX_PREC, Rounding};
use taipan_num::format::{Digits, Locale, push_grouped};
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

/// Widths and precisions beyond are no numbers for CPython's library.
const MOST: usize = i64::MAX as usize;

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
            n = Some(n.unwrap_or(0).saturating_mul(10).saturating_add(c as usize - '0' as usize));
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

/// A number, and zeros behind its digits that belong to it: rounding to more places than there are adds nothing else.
struct Rounded {
    number: Decimal,
    zeros: usize,
}

impl Rounded {
    /// To an exponent.
    fn to(d: &Decimal, exp: i64, rounding: Rounding) -> Rounded {
        if exp < d.exp && !d.is_zero() {
            return Rounded { number: d.clone(), zeros: (d.exp - exp) as usize };
        }
        let number = d.quantize(&Decimal::zero(false, exp), &Context::MAX.with_rounding(rounding), &mut 0);
        Rounded { number, zeros: 0 }
    }

    /// To so many significant digits.
    fn to_digits(d: &Decimal, places: i64, rounding: Rounding) -> Rounded {
        if d.is_zero() {
            return Rounded { number: d.clone(), zeros: 0 };
        }
        let exp = d.adjusted() + 1 - places;
        let made = Rounded::to(d, exp, rounding);
        if made.number.adjusted() == d.adjusted() { made } else { Rounded::to(&made.number, exp + 1, rounding) }
    }
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
    // As for CPython's library, a null character that is not the fill ends a specification, unless there is something in it
    // that the library leaves to Python.
    let end = text.iter().skip(1).position(|&c| c == '\0').map_or(text.len(), |at| at + 1);
    let cut = |spec: &Spec| {
        let foreign = spec.no_negative_zero || spec.alternate || spec.fraction.is_some() || spec.thousands == Some('_');
        end == text.len() || !foreign
    };
    let Some(spec) = parse(&text[..end]).filter(cut) else { return Err(invalid(vm)) };
    let most = MAX_PREC as usize;
    if spec.width > most || spec.precision.is_some_and(|p| p > most) {
        return Err(vm.raise_value_error("format specification exceeds internal limits of _decimal"));
    }
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
        Some(made) => vm.str_from_string(made).map(Ref::into_value),
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
    // So many digits have no room anywhere.
    if spec.precision.is_some_and(|p| p > i32::MAX as usize && matches!(code, 'e' | 'E' | 'f' | 'F' | '%')) {
        return None;
    }
    let mut d = d.clone();
    if code == '%' {
        d.exp += 2;
    }
    let rounded = match spec.precision {
        Some(p) => {
            let p = p as i64;
            match code {
                'e' | 'E' => Rounded::to_digits(&d, p + 1, rounding),
                'f' | 'F' | '%' => Rounded::to(&d, -p, rounding),
                _ if d.digits() > p.max(1) => Rounded::to_digits(&d, p.max(1), rounding),
                _ => Rounded { number: d, zeros: 0 },
            }
        }
        None if matches!(code, 'f' | 'F' | '%') && d.exp > 0 => Rounded::to(&d, 0, rounding),
        None => Rounded { number: d, zeros: 0 },
    };
    let Rounded { number: d, zeros } = rounded;
    if !d.is_finite() {
        return None;
    }
    let negative = d.negative && !(spec.no_negative_zero && d.is_zero());
    let all = d.digit_text();
    let exp = d.exp - zeros as i64;
    let count = all.len() + zeros;
    let left = exp + count as i64;
    let point = match code {
        'e' | 'E' => match spec.precision {
            Some(p) if d.is_zero() => 1 - p as i64,
            _ => 1,
        },
        'f' | 'F' | '%' => left,
        _ if exp <= 0 && left > -6 => left,
        _ => 1,
    };
    if point.unsigned_abs() > MOST_ZEROS || spec.zero_padded && spec.width as u64 > MOST_ZEROS {
        return None;
    }
    let digits = |text, before: usize, behind: usize| Digits { before, text, behind };
    let (whole, fraction) = match usize::try_from(point) {
        Err(_) => (digits("0", 0, 0), digits(&all, point.unsigned_abs() as usize, zeros)),
        Ok(0) => (digits("0", 0, 0), digits(&all, 0, zeros)),
        Ok(point) if point > count => (digits(&all, 0, point - all.len()), Digits::default()),
        Ok(point) if point > all.len() => (digits(&all, 0, point - all.len()), digits("", 0, count - point)),
        Ok(point) => (digits(&all[..point], 0, 0), digits(&all[point..], 0, zeros)),
    };
    let exponent = left - point;
    let mut end = String::new();
    if exponent != 0 || matches!(code, 'e' | 'E') {
        end.push(if matches!(code, 'E' | 'G') { 'E' } else { 'e' });
        end.push_str(&format!("{exponent:+}"));
    }
    if code == '%' {
        end.push('%');
    }
    let has_point = !fraction.is_empty() || spec.alternate;
    let separators = if spec.fraction.is_some() { fraction.len().saturating_sub(1) / 3 } else { 0 };
    let sign = sign_text(negative, spec.sign);
    let others = if has_point { marks.point.chars().count() + fraction.len() + separators } else { 0 } + end.len();
    let least = if spec.zero_padded { spec.width.saturating_sub(others + sign.len()) } else { 0 };
    let mut body = String::new();
    body.try_reserve_exact(whole.len().max(least) + others + marks.point.len()).ok()?;
    if marks.separator.is_empty() {
        // Zeros in front stand for a width.
        let before = least.saturating_sub(whole.len());
        Digits { before, ..whole }.push_to(&mut body);
    } else {
        let locale = Locale { decimal_point: "", thousands_separator: &marks.separator, grouping: &marks.groups };
        push_grouped(whole, &locale, least, others + marks.point.len(), &mut body).ok()?;
    }
    if has_point {
        body.push_str(&marks.point);
        match spec.fraction {
            None => fraction.push_to(&mut body),
            Some(separator) => {
                let zeros = |n| std::iter::repeat_n('0', n);
                let all = zeros(fraction.before).chain(fraction.text.chars()).chain(zeros(fraction.behind));
                for (i, digit) in all.enumerate() {
                    if i > 0 && i % 3 == 0 {
                        body.push(separator);
                    }
                    body.push(digit);
                }
            }
        }
    }
    body.push_str(&end);
    align(sign, body, spec)
}

fn align(sign: &str, body: String, spec: &Spec) -> Option<String> {
    let room = spec.width.saturating_sub(sign.len() + body.chars().count());
    if room == 0 && sign.is_empty() {
        return Some(body);
    }
    let (before, inside, after) = match spec.align {
        '<' => (0, 0, room),
        '=' => (0, room, 0),
        '^' => (room / 2, 0, room - room / 2),
        _ => (room, 0, 0),
    };
    let mut out = String::new();
    out.try_reserve_exact(room.checked_mul(spec.fill.len_utf8())?.checked_add(sign.len() + body.len())?).ok()?;
    out.extend(std::iter::repeat_n(spec.fill, before));
    out.push_str(sign);
    out.extend(std::iter::repeat_n(spec.fill, inside));
    out.push_str(&body);
    out.extend(std::iter::repeat_n(spec.fill, after));
    Some(out)
}
