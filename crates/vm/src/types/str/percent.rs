//! `%` formatting, of `str` and of `bytes`.

use super::{enough, units};
use crate::types::int::view;
use crate::{Dict, Raised, Ref, Result, Str, Tuple, Value, Vm, errors, name, slots};
use taipan_num::format::{Directive as Layout, Field, printf_float, printf_int, printf_text};
use taipan_num::int::{SMALL_DECIMAL, small_decimal};
use taipan_object::{Bytes, IntRef};
use taipan_text::percent::{Directive, Number, Piece, Pieces, Plain, pieces, plain, unsupported};
use taipan_text::{TextBuf, Units};

/// `format % args` of a `str`.
pub fn format_str(vm: &mut Vm, format: &Ref<Str>, args: &Value) -> Result {
    let mut formatter = Formatter::new(args, false);
    let text = formatter.run(vm, units(format))?;
    if formatter.literal {
        return Ok(format.to_value());
    }
    vm.str_from_buf(text).map(Ref::into_value)
}

/// `format % args` of `bytes` and `bytearray`.
pub fn format_bytes(vm: &mut Vm, format: &[u8], args: &Value) -> Result<Vec<u8>> {
    // Bytes are bytes: whether they are all ASCII matters to nobody.
    let text = Formatter::new(args, true).run(vm, Units::Latin1(format))?;
    match text {
        TextBuf::Ascii(bytes) | TextBuf::Latin1(bytes) => Ok(bytes),
        _ => Err(Raised),
    }
}

/// What the right operand gives.
struct Formatter<'a> {
    bytes: bool,
    /// The operand, if it can be asked for keys.
    mapping: Option<&'a Value>,
    /// The items of a tuple; the operand itself, which counts once; or the value of a key.
    items: Option<&'a [Value]>,
    single: Option<Value>,
    next: usize,
    /// No directive has been met.
    literal: bool,
    /// The letter of the directive stands right behind the digits of its width or precision.
    behind_digits: bool,
}

/// What is shown for a directive, before padding.
enum Shown {
    Text(Ref<Str>),
    Bytes(Vec<u8>),
    Field(Field),
}

impl<'a> Formatter<'a> {
    fn new(args: &'a Value, bytes: bool) -> Formatter<'a> {
        let tuple = args.downcast::<Tuple>();
        let is_text = args.downcast::<Str>().is_some()
            || bytes
                && (args.downcast::<Bytes>().is_some() || args.downcast::<crate::types::bytes::ByteArray>().is_some());
        let is_mapping = slots::of(args.ty()).getitem.is_some() && tuple.is_none() && !is_text;
        Formatter {
            bytes,
            mapping: is_mapping.then_some(args),
            items: tuple.map(|t| t.items()),
            single: tuple.is_none().then(|| args.clone()),
            next: 0,
            literal: true,
            behind_digits: false,
        }
    }

    fn next(&mut self, vm: &mut Vm) -> Result {
        let found = match self.items {
            Some(items) => {
                self.next += 1;
                items.get(self.next - 1).cloned()
            }
            None => self.single.take(),
        };
        match found {
            Some(v) => Ok(v),
            None => Err(vm.raise_type_error("not enough arguments for format string")),
        }
    }

    fn run(&mut self, vm: &mut Vm, text: Units<'_>) -> Result<TextBuf> {
        let room = text.len() + 16;
        let mut out = if self.bytes { TextBuf::Latin1(Vec::new()) } else { TextBuf::new() };
        enough(out.reserve(room))?;
        let mut pieces = pieces(text);
        while let Some(piece) = self.plain_piece(vm, text, &mut pieces, &mut out)? {
            self.literal &= matches!(piece, Piece::Literal(_));
            match piece {
                Piece::Literal(range) => enough(out.push_units(text.slice(range)))?,
                Piece::Percent => enough(out.push('%'.into()))?,
                Piece::Directive(d) => self.directive(vm, text, &d, &mut out)?,
            }
        }
        let left = match self.items {
            Some(items) => self.next < items.len(),
            None => self.single.is_some(),
        };
        if left && self.mapping.is_none() {
            let what = if self.bytes { "bytes" } else { "string" };
            return Err(vm.raise_type_error(&format!("not all arguments converted during {what} formatting")));
        }
        Ok(out)
    }

    /// The next piece, after those that are directives of the common form have been dealt with.
    fn plain_piece(
        &mut self,
        vm: &mut Vm,
        text: Units<'_>,
        pieces: &mut Pieces<'_>,
        out: &mut TextBuf,
    ) -> Result<Option<Piece>> {
        if let Units::Ascii(bytes) | Units::Latin1(bytes) = text {
            let mut at = pieces.place();
            loop {
                let rest = &bytes[at..];
                let length = rest.iter().position(|b| *b == b'%').unwrap_or(rest.len());
                enough(out.push_units(text.slice(at..at + length)))?;
                at += length;
                if at == bytes.len() {
                    return Ok(None);
                }
                let Some(directive) = plain(bytes, at) else { break };
                self.literal = false;
                self.plain_directive(vm, text, &directive, out)?;
                at = directive.end;
            }
            pieces.go_to(at);
        }
        Ok(pieces.next())
    }

    fn plain_directive(&mut self, vm: &mut Vm, text: Units<'_>, d: &Plain, out: &mut TextBuf) -> Result<()> {
        if let Some(key) = &d.key {
            self.key(vm, text.slice(key.clone()))?;
        }
        let v = self.next(vm)?;
        match d.letter {
            b'd' | b'i' if let Some(n) = v.small_int() => {
                let mut room = [0; SMALL_DECIMAL];
                let (sign, digits) = small_decimal(n, &mut room).split_at(usize::from(n < 0));
                let pad = d.width.saturating_sub(digits.len() + sign.len());
                let (spaces, zeros) = if d.zero { (0, pad) } else { (pad, 0) };
                enough(out.push_fill(' '.into(), spaces))?;
                enough(out.push_ascii(sign))?;
                enough(out.push_fill('0'.into(), zeros))?;
                enough(out.push_ascii(digits))
            }
            b's' if d.width == 0 && !self.bytes => {
                let shown = vm.str(&v)?;
                enough(out.push_units(units(&shown)))
            }
            b's' if d.width == 0
                && let Some(b) = v.downcast_exact::<Bytes>() =>
            {
                enough(out.push_units(Units::Latin1(b.as_bytes())))
            }
            letter => {
                let layout =
                    Layout { zero: d.zero, width: d.width, code: letter.into(), at: d.end - 1, ..Layout::default() };
                self.show(vm, &v, &layout, out)
            }
        }
    }

    fn key(&mut self, vm: &mut Vm, key: Units<'_>) -> Result<()> {
        let Some(mapping) = self.mapping else {
            return Err(vm.raise_type_error("format requires a mapping"));
        };
        if let (false, Units::Ascii(text)) = (self.bytes, key)
            && let Some(dict) = mapping.downcast_exact::<Dict>()
            && let Some(value) = dict.get(vm).get_ascii(text)
        {
            self.single = Some(value.clone());
            self.items = None;
            return Ok(());
        }
        let key = match (self.bytes, key) {
            (true, Units::Ascii(b) | Units::Latin1(b)) => vm.new_bytes(b)?.into_value(),
            _ => vm.str_from_units(key)?.into_value(),
        };
        self.single = Some(vm.get_item(mapping, &key)?);
        self.items = None;
        Ok(())
    }

    /// The argument for `*`.
    fn star(&mut self, vm: &mut Vm, c_type: &str) -> Result<i64> {
        let v = self.next(vm)?;
        let overflow = format!("Python int too large to convert to C {c_type}");
        match v.as_int() {
            Some(n) if let Some(n) = n.to_i64().filter(|&n| c_type != "int" || i32::try_from(n).is_ok()) => Ok(n),
            Some(_) => Err(vm.raise_overflow_error(&overflow)),
            None => Err(vm.raise_type_error("* wants int")),
        }
    }

    fn directive(&mut self, vm: &mut Vm, text: Units<'_>, d: &Directive, out: &mut TextBuf) -> Result<()> {
        match &d.key {
            Some(Ok(range)) => self.key(vm, text.slice(range.clone()))?,
            Some(Err(words)) => {
                if self.mapping.is_none() {
                    return Err(vm.raise_type_error("format requires a mapping"));
                }
                return Err(vm.raise_value_error(words));
            }
            None => {}
        }
        let mut layout = Layout {
            left: d.flags.left,
            plus: d.flags.sign,
            space: d.flags.blank,
            alternate: d.flags.alternate,
            zero: d.flags.zero,
            ..Layout::default()
        };
        match d.width {
            Number::Absent => {}
            Number::Given(n) => layout.width = n,
            Number::Star => {
                let n = self.star(vm, "ssize_t")?;
                if n == i64::MIN {
                    return Err(vm.raise_overflow_error("width too big"));
                }
                layout.left |= n < 0;
                layout.width = n.unsigned_abs() as usize;
            }
            Number::TooBig => return Err(vm.raise_value_error("width too big")),
        }
        match d.precision {
            Number::Absent => {}
            Number::Given(n) => layout.precision = Some(n),
            Number::Star => layout.precision = Some(self.star(vm, "int")?.max(0) as usize),
            Number::TooBig => {
                let words = if self.bytes { "prec too big" } else { "precision too big" };
                return Err(vm.raise_value_error(words));
            }
        }
        let (code, at) = match d.conversion {
            Ok(found) => found,
            Err(words) => return Err(vm.raise_value_error(words)),
        };
        (layout.code, layout.at) = (code, at);
        let is_digit = |at: usize| (u32::from('0')..=u32::from('9')).contains(&text.at(at));
        let has_digits = matches!(d.width, Number::Given(_)) || matches!(d.precision, Number::Given(_));
        self.behind_digits = has_digits && at > 0 && is_digit(at - 1);
        let v = self.next(vm)?;
        self.show(vm, &v, &layout, out)
    }

    /// Appends what a directive shows of its argument.
    fn show(&mut self, vm: &mut Vm, v: &Value, layout: &Layout, out: &mut TextBuf) -> Result<()> {
        let shown = self.convert(vm, v, layout)?;
        let (pieces, fill, body) = match &shown {
            Shown::Field(field) => {
                for (count, part) in field.pieces() {
                    enough(out.push_fill(field.fill, count))?;
                    enough(out.push_str(part))?;
                }
                return Ok(());
            }
            Shown::Text(s) => {
                let (kept, field) = printf_text(s.len(), layout);
                ((field.left, field.right), field.fill, units(s).slice(0..kept))
            }
            Shown::Bytes(b) => {
                let (kept, field) = printf_text(b.len(), layout);
                ((field.left, field.right), field.fill, Units::from_latin1(&b[..kept]))
            }
        };
        enough(out.push_fill(fill, pieces.0))?;
        enough(out.push_units(body))?;
        enough(out.push_fill(fill, pieces.1))
    }

    fn convert(&mut self, vm: &mut Vm, v: &Value, layout: &Layout) -> Result<Shown> {
        let code = char::from_u32(layout.code).unwrap_or('\0');
        match code {
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => integer(vm, v, layout, code),
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => {
                let x = match vm.to_f64(v) {
                    Ok(x) => x,
                    Err(raised) if self.bytes && vm.raised_is(errors::TYPE_ERROR.as_type()) => {
                        drop(vm.take_raised(raised));
                        let text = format!("float argument required, not {}", v.ty().name());
                        return Err(vm.raise_type_error(&text));
                    }
                    Err(raised) => return Err(raised),
                };
                match printf_float(x, layout) {
                    Ok(field) => Ok(Shown::Field(field)),
                    Err(e) => Err(vm.raise_num(e)),
                }
            }
            'a' => vm.ascii(v).map(Shown::Text),
            'r' if self.bytes => vm.ascii(v).map(Shown::Text),
            'r' => vm.repr(v).map(Shown::Text),
            's' | 'b' if self.bytes => bytes_shown(vm, v).map(Shown::Bytes),
            's' => vm.str(v).map(Shown::Text),
            'c' if self.bytes => byte_char(vm, v),
            'c' => text_char(vm, v),
            // As in CPython, where a character of bytes is a signed number unless it was looked for behind digits.
            _ if self.bytes && layout.code >= 0x80 && !self.behind_digits => {
                Err(vm.raise_overflow_error("character argument not in range(0x110000)"))
            }
            _ => Err(vm.raise_value_error(&unsupported(layout.code, layout.at, self.bytes))),
        }
    }
}

fn integer(vm: &mut Vm, v: &Value, layout: &Layout, code: char) -> Result<Shown> {
    let indices = matches!(code, 'o' | 'x' | 'X');
    let wrong = |vm: &mut Vm| {
        let wanted = if indices { "an integer" } else { "a real number" };
        vm.raise_type_error(&format!("%{code} format: {wanted} is required, not {}", v.ty().name()))
    };
    let converted;
    let n = if v.as_int().is_some() {
        v
    } else {
        let s = slots::of(v.ty());
        if s.index.is_none() && s.int.is_none() && s.float.is_none() {
            return Err(wrong(vm));
        }
        converted = match if indices { vm.index(v) } else { vm.to_int(v) } {
            Ok(n) => n,
            Err(raised) if vm.raised_is(errors::TYPE_ERROR.as_type()) => {
                drop(vm.take_raised(raised));
                return Err(wrong(vm));
            }
            Err(raised) => return Err(raised),
        };
        &converted
    };
    let Some(number) = view(n) else { return Err(wrong(vm)) };
    let limit = vm.state().int_max_str_digits;
    match printf_int(number, layout, limit, &mut taipan_num::error::never) {
        Ok(field) => Ok(Shown::Field(field)),
        Err(e) => Err(vm.raise_num(e)),
    }
}

/// The number for `%c`; nothing if it is too large for any.
fn char_code(vm: &mut Vm, v: &Value) -> Result<Option<u32>> {
    let n = vm.index(v)?;
    Ok(match n.as_int() {
        Some(IntRef::Small(n)) => u32::try_from(n).ok(),
        _ => None,
    })
}

fn text_char(vm: &mut Vm, v: &Value) -> Result<Shown> {
    const WORDS: &str = "%c requires an int or a unicode character, not";
    if let Some(s) = v.downcast::<Str>() {
        if s.len() == 1 {
            return Ok(Shown::Text(s.clone()));
        }
        return Err(vm.raise_type_error(&format!("{WORDS} a string of length {}", s.len())));
    }
    let code = match char_code(vm, v) {
        Ok(code) => code,
        Err(raised) if vm.raised_is(errors::TYPE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            let given = vm.full_name(v.ty());
            return Err(vm.raise_type_error(&format!("{WORDS} {given}")));
        }
        Err(raised) => return Err(raised),
    };
    match code.filter(|&c| c < 0x110000) {
        Some(code) => vm.char_str(code).map(Shown::Text),
        None => Err(vm.raise_overflow_error("%c arg not in range(0x110000)")),
    }
}

fn byte_char(vm: &mut Vm, v: &Value) -> Result<Shown> {
    const WORDS: &str = "%c requires an integer in range(256) or a single byte, not";
    let of_bytes = if let Some(b) = v.downcast::<Bytes>() {
        Some(("bytes", b.as_bytes().to_vec()))
    } else {
        v.downcast::<crate::types::bytes::ByteArray>().map(|b| ("bytearray", b.get(vm).as_bytes().to_vec()))
    };
    if let Some((kind, bytes)) = of_bytes {
        if bytes.len() == 1 {
            return Ok(Shown::Bytes(bytes));
        }
        return Err(vm.raise_type_error(&format!("{WORDS} a {kind} object of length {}", bytes.len())));
    }
    let code = match char_code(vm, v) {
        Ok(code) => code,
        Err(raised) if vm.raised_is(errors::TYPE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            let given = vm.full_name(v.ty());
            return Err(vm.raise_type_error(&format!("{WORDS} {given}")));
        }
        Err(raised) => return Err(raised),
    };
    match code.and_then(|c| u8::try_from(c).ok()) {
        Some(byte) => Ok(Shown::Bytes(vec![byte])),
        None => Err(vm.raise_overflow_error("%c arg not in range(256)")),
    }
}

/// `%b`: what has `__bytes__`, or shows its memory.
fn bytes_shown(vm: &mut Vm, v: &Value) -> Result<Vec<u8>> {
    if let Some(b) = v.downcast_exact::<Bytes>() {
        return Ok(b.as_bytes().to_vec());
    }
    if let Some(f) = vm.lookup_special(v, name!("__bytes__"))? {
        let made = vm.call(&f, &[])?;
        return match made.downcast::<Bytes>() {
            Some(b) => Ok(b.as_bytes().to_vec()),
            None => {
                let text = format!("__bytes__ returned non-bytes (type {})", made.ty().name());
                Err(vm.raise_type_error(&text))
            }
        };
    }
    if slots::of(v.ty()).buffer.is_some() {
        return vm.bytes_of(v);
    }
    let given = v.ty().name();
    Err(vm.raise_type_error(&format!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{given}'"
    )))
}
