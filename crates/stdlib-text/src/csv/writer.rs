//! `csv.writer`.

use super::ERROR;
use super::dialect::{Dialect, Quoting};
use crate::common::raise_kept;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{COMPLEX, OBJECT};
use taipan_object::{Str, TypeCell};
use taipan_text::{TextBuf, Units};
use taipan_vm::errors::TYPE_ERROR;
use taipan_vm::types::str::units;
use taipan_vm::{Ref, Result, Value, Vm, name};

/// `_csv.writer`.
pub static WRITER: TypeCell<Writer> = TypeCell::new("_csv.writer");

/// Writes records through a `write` method.
#[derive(Trace, Payload)]
#[payload(class = WRITER, frozen)]
#[repr(C)]
pub struct Writer {
    write: Value,
    dialect: Ref<Dialect>,
}

/// A writer to anything with a `write` method.
pub fn new_writer(vm: &mut Vm, file: &Value, dialect: Ref<Dialect>) -> Result {
    let write = vm.get_attr_opt(file, name!("write"))?;
    match write {
        Some(write) if vm.is_callable(&write) => Ref::new(vm, Writer { write, dialect }).map(Ref::into_value),
        _ => Err(vm.raise_type_error("argument 1 must have a \"write\" method")),
    }
}

struct Record<'a> {
    dialect: &'a Dialect,
    out: TextBuf,
    fields: usize,
}

impl Record<'_> {
    fn push(&mut self, vm: &mut Vm, c: u32) -> Result<()> {
        self.out.push(c).map_err(|_| vm.raise_memory_error())
    }

    fn push_units(&mut self, vm: &mut Vm, text: Units<'_>) -> Result<()> {
        self.out.push_units(text).map_err(|_| vm.raise_memory_error())
    }

    /// Adds a field; `null` is one that was `None`.
    fn field(&mut self, vm: &mut Vm, text: Units<'_>, mut quoted: bool, null: bool) -> Result<()> {
        let d = self.dialect;
        if text.is_empty() && d.delimiter == 32 && d.skipinitialspace {
            if d.quoting == Quoting::None || null && matches!(d.quoting, Quoting::Strings | Quoting::NotNull) {
                let text = "empty field must be quoted if delimiter is a space and skipinitialspace is true";
                return Err(raise_kept(vm, ERROR, text));
            }
            quoted = true;
        }
        if self.fields > 0 {
            self.push(vm, d.delimiter)?;
        }
        self.fields += 1;
        if !d.has_special(text) {
            let quote = d.quotechar.filter(|_| quoted && d.quoting != Quoting::None);
            if let Some(q) = quote {
                self.push(vm, q)?;
            }
            self.push_units(vm, text)?;
            return quote.map_or(Ok(()), |q| self.push(vm, q));
        }
        let special = |c: u32| d.is_special(c);
        let escapes = |c: u32| match d.quoting {
            Quoting::None => true,
            _ if Some(c) == d.quotechar => !d.doublequote,
            _ => Some(c) == d.escapechar,
        };
        if d.quoting != Quoting::None {
            quoted = quoted || text.iter().any(|c| special(c) && !escapes(c));
        }
        let quote = d.quotechar.filter(|_| quoted);
        if let Some(q) = quote {
            self.push(vm, q)?;
        }
        let mut from = 0;
        for (i, c) in text.iter().enumerate() {
            if !special(c) {
                continue;
            }
            let before = if escapes(c) {
                match d.escapechar {
                    Some(e) => Some(e),
                    None => return Err(raise_kept(vm, ERROR, "need to escape, but no escapechar set")),
                }
            } else {
                d.quotechar.filter(|q| *q == c)
            };
            if let Some(b) = before {
                self.push_units(vm, text.slice(from..i))?;
                self.push(vm, b)?;
                from = i;
            }
        }
        self.push_units(vm, text.slice(from..text.len()))?;
        if let Some(q) = quote {
            self.push(vm, q)?;
        }
        Ok(())
    }
}

fn is_number(v: &Value) -> bool {
    let s = taipan_vm::slots::of(v.ty());
    s.int.is_some() || s.float.is_some() || s.index.is_some() || v.ty().is_subtype(COMPLEX.as_type())
}

fn write_row(vm: &mut Vm, this: &Ref<Writer>, row: &Value) -> Result {
    let d = this.dialect.clone();
    let rows = match vm.iter(row) {
        Ok(it) => it,
        Err(raised) if vm.raised_is(TYPE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            return Err(raise_kept(vm, ERROR, &format!("iterable expected, not {}", row.ty().name())));
        }
        Err(raised) => return Err(raised),
    };
    let out = TextBuf::with_capacity(100).map_err(|_| vm.raise_memory_error())?;
    let mut record = Record { dialect: &d, out, fields: 0 };
    let mut null = false;
    while let Some(field) = vm.next(&rows)? {
        let quoted = match d.quoting {
            Quoting::NonNumeric => !is_number(&field),
            Quoting::All => true,
            Quoting::Strings => field.downcast::<Str>().is_some(),
            Quoting::NotNull => !field.is_none(),
            Quoting::Minimal | Quoting::None => false,
        };
        null = field.is_none();
        if null {
            record.field(vm, Units::Ascii(b""), quoted, true)?;
        } else if let Some(s) = field.downcast::<Str>() {
            record.field(vm, units(s), quoted, false)?;
        } else {
            let s = vm.str(&field)?;
            record.field(vm, units(&s), quoted, false)?;
        }
    }
    if record.fields > 0 && record.out.is_empty() {
        if d.quoting == Quoting::None || null && matches!(d.quoting, Quoting::Strings | Quoting::NotNull) {
            return Err(raise_kept(vm, ERROR, "single empty field record must be quoted"));
        }
        record.fields -= 1;
        record.field(vm, Units::Ascii(b""), true, null)?;
    }
    record.push_units(vm, units(&d.lineterminator))?;
    let line = vm.str_from_buf(record.out)?.into_value();
    vm.call(&this.write, &[line])
}

/// Methods of `_csv.writer`.
pub struct WriterClass;

/// CSV writer
///
/// Writer objects are responsible for generating tabular data
/// in CSV format from sequence input.
#[class(cell = WRITER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl WriterClass {
    /// Writes a record from an iterable of fields; what is not a string is converted.
    #[method("($self, row, /)")]
    fn writerow(vm: &mut Vm, this: &Ref<Writer>, row: &Value) -> Result {
        write_row(vm, this, row)
    }

    /// Writes a record for each of the iterables of fields; what is not a string is converted.
    #[method("($self, rows, /)")]
    fn writerows(vm: &mut Vm, this: &Ref<Writer>, rows: &Value) -> Result<()> {
        let rows = vm.iter(rows)?;
        while let Some(row) = vm.next(&rows)? {
            write_row(vm, this, &row)?;
        }
        Ok(())
    }

    #[getter]
    fn dialect(_vm: &mut Vm, this: &Ref<Writer>) -> Result<Ref<Dialect>> {
        Ok(this.dialect.clone())
    }
}
