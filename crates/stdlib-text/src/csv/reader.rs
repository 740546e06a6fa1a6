//! `csv.reader`.

use super::dialect::{Dialect, Quoting};
use super::{ERROR, field_limit};
use crate::common::raise_kept;
use taipan_macros::{Payload, Trace, class};
use taipan_object::room;
use taipan_object::statics::{FLOAT, OBJECT};
use taipan_object::{Str, TypeCell};
use taipan_text::{TextBuf, Units};
use taipan_vm::types::str::units;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_csv.reader`.
pub static READER: TypeCell<Reader> = TypeCell::new("_csv.reader");

/// Goes through the records of an iterable of lines.
#[derive(Trace, Payload)]
#[payload(class = READER)]
#[repr(C)]
pub struct Reader {
    input: Value,
    dialect: Ref<Dialect>,
    line_num: u64,
    /// Records begun, to notice an iterator that reads through its own reader.
    begun: u64,
}

/// A reader over lines.
pub fn new_reader(vm: &mut Vm, lines: &Value, dialect: Ref<Dialect>) -> Result {
    let input = vm.iter(lines)?;
    Ref::new(vm, Reader { input, dialect, line_num: 0, begun: 0 }).map(Ref::into_value)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapedInQuoted,
    QuoteInQuoted,
    EatNewline,
    AfterEscapedNewline,
}

/// A record that is being read.
struct Record<'a> {
    dialect: &'a Dialect,
    state: State,
    fields: Vec<Value>,
    field: TextBuf,
    unquoted: bool,
    limit: usize,
}

fn is_newline(c: Option<u32>) -> bool {
    matches!(c, Some(10 | 13))
}

impl Record<'_> {
    fn save(&mut self, vm: &mut Vm) -> Result<()> {
        let mut text = std::mem::take(&mut self.field);
        let saved = self.save_text(vm, text.units());
        // The memory is the next field's.
        if let TextBuf::Ascii(units) = &mut text {
            units.clear();
            self.field = text;
        }
        saved
    }

    /// Saves a field of this text.
    fn save_text(&mut self, vm: &mut Vm, text: Units<'_>) -> Result<()> {
        let quoting = self.dialect.quoting;
        let unquoted = std::mem::replace(&mut self.unquoted, true);
        if unquoted && text.is_empty() && matches!(quoting, Quoting::NotNull | Quoting::Strings) {
            room::push(&mut self.fields, Value::none())?;
            return Ok(());
        }
        let is_number = unquoted && !text.is_empty() && matches!(quoting, Quoting::NonNumeric | Quoting::Strings);
        let mut value = vm.str_from_units(text)?.into_value();
        if is_number {
            value = vm.call(&FLOAT.as_type().to_value(), &[value])?;
        }
        room::push(&mut self.fields, value)?;
        Ok(())
    }

    fn too_long(&self, vm: &mut Vm) -> Result<()> {
        Err(raise_kept(vm, ERROR, &format!("field larger than field limit ({})", self.limit)))
    }

    fn add(&mut self, vm: &mut Vm, c: u32) -> Result<()> {
        if self.field.len() >= self.limit {
            return self.too_long(vm);
        }
        self.field.push(c).map_err(|_| vm.raise_memory_error())
    }

    fn add_all(&mut self, vm: &mut Vm, part: Units<'_>) -> Result<()> {
        if self.field.len() + part.len() > self.limit {
            return self.too_long(vm);
        }
        self.field.push_units(part).map_err(|_| vm.raise_memory_error())
    }

    fn end_of_field(&mut self, vm: &mut Vm, c: Option<u32>) -> Result<()> {
        self.save(vm)?;
        self.state = if c.is_none() { State::StartRecord } else { State::EatNewline };
        Ok(())
    }

    /// Reads a line, and its end.
    fn line(&mut self, vm: &mut Vm, text: Units<'_>) -> Result<()> {
        let d = self.dialect;
        let mut at = 0;
        while at < text.len() {
            // A field that lies in the line as it is needs no memory of its own.
            if self.field.is_empty()
                && let Some(next) = self.whole_field(vm, text, at)?
            {
                at = next;
                continue;
            }
            // Stretches of plain characters go as a whole.
            let stop = match self.state {
                State::InField => Some(d.plain_end(text, at, false)),
                State::InQuoted => Some(d.plain_end(text, at, true)),
                _ => None,
            };
            if let Some(stop) = stop
                && stop > at
            {
                self.add_all(vm, text.slice(at..stop))?;
                at = stop;
                continue;
            }
            self.step(vm, Some(text.at(at)))?;
            at += 1;
        }
        self.step(vm, None)
    }

    /// Saves the field at `at` if it is followed by a delimiter and has no quotes, or has just been opened by one; where
    /// the next one begins. Nothing has been read where it is another one.
    fn whole_field(&mut self, vm: &mut Vm, text: Units<'_>, at: usize) -> Result<Option<usize>> {
        let d = self.dialect;
        let quoted = match self.state {
            State::StartRecord | State::StartField if d.begins_plain(text.at(at)) => false,
            State::InQuoted if d.doublequote => true,
            _ => return Ok(None),
        };
        let end = d.plain_end(text, at, quoted);
        let delimiter = if quoted { end + 1 } else { end };
        if text.get(delimiter) != Some(d.delimiter) || quoted && text.get(end) != d.quotechar {
            return Ok(None);
        }
        if end - at > self.limit {
            return self.too_long(vm).map(|()| None);
        }
        self.save_text(vm, text.slice(at..end))?;
        self.state = State::StartField;
        Ok(Some(delimiter + 1))
    }

    /// Goes on by a character, or by the end of the line.
    fn step(&mut self, vm: &mut Vm, c: Option<u32>) -> Result<()> {
        let d = self.dialect;
        let is_end = c.is_none() || is_newline(c);
        match self.state {
            State::StartRecord => match c {
                None => Ok(()),
                Some(10 | 13) => {
                    self.state = State::EatNewline;
                    Ok(())
                }
                Some(_) => self.start_field(vm, c),
            },
            State::StartField => self.start_field(vm, c),
            State::Escaped => match c {
                Some(c @ (10 | 13)) => {
                    self.state = State::AfterEscapedNewline;
                    self.add(vm, c)
                }
                _ => {
                    self.state = State::InField;
                    self.add(vm, c.unwrap_or(10))
                }
            },
            State::AfterEscapedNewline if c.is_none() => Ok(()),
            State::AfterEscapedNewline | State::InField => match c {
                _ if is_end => self.end_of_field(vm, c),
                Some(x) if Some(x) == d.escapechar => {
                    self.state = State::Escaped;
                    Ok(())
                }
                Some(x) if x == d.delimiter => {
                    self.state = State::StartField;
                    self.save(vm)
                }
                // The state stays, so that a line that ends without a newline goes on after an escaped one.
                Some(x) => self.add(vm, x),
                None => Ok(()),
            },
            State::InQuoted => match c {
                None => Ok(()),
                Some(x) if Some(x) == d.escapechar => {
                    self.state = State::EscapedInQuoted;
                    Ok(())
                }
                Some(x) if Some(x) == d.quotechar => {
                    self.state = if d.doublequote { State::QuoteInQuoted } else { State::InField };
                    Ok(())
                }
                Some(x) => self.add(vm, x),
            },
            State::EscapedInQuoted => {
                self.state = State::InQuoted;
                self.add(vm, c.unwrap_or(10))
            }
            State::QuoteInQuoted => match c {
                _ if is_end => self.end_of_field(vm, c),
                Some(x) if Some(x) == d.quotechar => {
                    self.state = State::InQuoted;
                    self.add(vm, x)
                }
                Some(x) if x == d.delimiter => {
                    self.state = State::StartField;
                    self.save(vm)
                }
                Some(x) if !d.strict => {
                    self.state = State::InField;
                    self.add(vm, x)
                }
                _ => {
                    let show = |c: u32| char::from_u32(c).unwrap_or('\u{FFFD}');
                    let (delimiter, quote) = (show(d.delimiter), show(d.quotechar.unwrap_or(0)));
                    Err(raise_kept(vm, ERROR, &format!("'{delimiter}' expected after '{quote}'")))
                }
            },
            State::EatNewline => match c {
                Some(10 | 13) => Ok(()),
                None => {
                    self.state = State::StartRecord;
                    Ok(())
                }
                Some(_) => Err(raise_kept(
                    vm,
                    ERROR,
                    "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                )),
            },
        }
    }

    fn start_field(&mut self, vm: &mut Vm, c: Option<u32>) -> Result<()> {
        let d = self.dialect;
        self.state = State::StartField;
        match c {
            None | Some(10 | 13) => self.end_of_field(vm, c),
            Some(x) if Some(x) == d.quotechar && d.quoting != Quoting::None => {
                self.unquoted = false;
                self.state = State::InQuoted;
                Ok(())
            }
            Some(x) if Some(x) == d.escapechar => {
                self.state = State::Escaped;
                Ok(())
            }
            Some(32) if d.skipinitialspace => Ok(()),
            Some(x) if x == d.delimiter => self.save(vm),
            Some(x) => {
                self.state = State::InField;
                self.add(vm, x)
            }
        }
    }
}

/// Methods of `_csv.reader`.
pub struct ReaderClass;

/// CSV reader
///
/// Reader objects are responsible for reading and parsing tabular data
/// in CSV format.
#[class(cell = READER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl ReaderClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<Reader>) -> Result<Option<Value>> {
        let reader = this.get(vm);
        let (input, dialect) = (reader.input.clone(), reader.dialect.clone());
        let limit = field_limit(vm);
        this.get_mut(vm).begun += 1;
        let begun = this.get(vm).begun;
        let mut record = Record {
            dialect: &dialect,
            state: State::StartRecord,
            fields: Vec::new(),
            field: TextBuf::new(),
            unquoted: true,
            limit,
        };
        loop {
            let line = vm.next(&input)?;
            if this.get(vm).begun != begun {
                return Err(raise_kept(vm, ERROR, "iterator has already advanced the reader"));
            }
            let Some(line) = line else {
                if record.field.is_empty() && record.state != State::InQuoted {
                    return Ok(None);
                }
                if dialect.strict {
                    return Err(raise_kept(vm, ERROR, "unexpected end of data"));
                }
                record.save(vm)?;
                break;
            };
            let Some(text) = line.downcast::<Str>() else {
                let text = format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    line.ty().name()
                );
                return Err(raise_kept(vm, ERROR, &text));
            };
            this.get_mut(vm).line_num += 1;
            record.line(vm, units(text))?;
            if record.state == State::StartRecord {
                break;
            }
        }
        vm.new_list(record.fields).map(|l| Some(l.into_value()))
    }

    #[getter]
    fn dialect(vm: &mut Vm, this: &Ref<Reader>) -> Result<Ref<Dialect>> {
        Ok(this.get(vm).dialect.clone())
    }

    #[getter]
    fn line_num(vm: &mut Vm, this: &Ref<Reader>) -> Result<u64> {
        Ok(this.get(vm).line_num)
    }
}
