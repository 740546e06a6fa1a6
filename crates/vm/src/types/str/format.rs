//! `str.format` and `str.format_map`.

use super::{enough, units};
use crate::native::Args;
use crate::{Ref, Result, Str, Value, Vm};
use std::ops::Range;
use taipan_text::format::{Access, Field, Key, pieces, split_name};
use taipan_text::{TextBuf, Units};

/// Where fields find their objects.
#[derive(Clone, Copy)]
enum Source<'a> {
    Arguments(Args<'a>),
    Mapping(&'a Value),
}

#[derive(Clone, Copy, PartialEq)]
enum Numbering {
    Unknown,
    Automatic(usize),
    Manual,
}

struct Formatter<'a> {
    source: Source<'a>,
    numbering: Numbering,
}

/// Fields may be nested in a specification, but not in one that is nested itself.
const DEPTH: u32 = 2;

/// `template.format(*args, **kwargs)`.
pub fn format(vm: &mut Vm, template: &Ref<Str>, args: Args<'_>) -> Result<Ref<Str>> {
    run(vm, template, Source::Arguments(args))
}

/// `template.format_map(mapping)`.
pub fn format_map(vm: &mut Vm, template: &Ref<Str>, mapping: &Value) -> Result<Ref<Str>> {
    run(vm, template, Source::Mapping(mapping))
}

fn run(vm: &mut Vm, template: &Ref<Str>, source: Source<'_>) -> Result<Ref<Str>> {
    let mut formatter = Formatter { source, numbering: Numbering::Unknown };
    let text = formatter.build(vm, units(template), DEPTH)?;
    let brace = |c| c == u32::from('{') || c == u32::from('}');
    if !template.is_exact() && !template.data().code_points().any(brace) {
        return Ok(template.clone());
    }
    Ok(text)
}

/// The text that has been made so far.
struct Made {
    text: TextBuf,
    /// The only field that has been met, while there is nothing else: its string may be all.
    whole: Option<Ref<Str>>,
}

impl Made {
    /// The text, to append something.
    fn text(&mut self) -> Result<&mut TextBuf> {
        if let Some(whole) = self.whole.take() {
            enough(self.text.push_units(units(&whole)))?;
        }
        Ok(&mut self.text)
    }

    fn push_literal(&mut self, text: Units<'_>) -> Result<()> {
        match text.is_empty() {
            true => Ok(()),
            false => enough(self.text()?.push_units(text)),
        }
    }

    fn push_str(&mut self, shown: Ref<Str>) -> Result<()> {
        if self.text.is_empty() && self.whole.is_none() && shown.is_exact() {
            self.whole = Some(shown);
            return Ok(());
        }
        enough(self.text()?.push_units(units(&shown)))
    }

    fn finish(self, vm: &mut Vm) -> Result<Ref<Str>> {
        match self.whole {
            Some(whole) => Ok(whole),
            None => vm.str_from_buf(self.text),
        }
    }
}

impl Formatter<'_> {
    fn build(&mut self, vm: &mut Vm, text: Units<'_>, depth: u32) -> Result<Ref<Str>> {
        if depth == 0 {
            return Err(vm.raise_value_error("Max string recursion exceeded"));
        }
        let mut made = Made { text: TextBuf::new(), whole: None };
        for piece in pieces(text) {
            let piece = match piece {
                Ok(piece) => piece,
                Err(words) => return Err(vm.raise_value_error(words)),
            };
            made.push_literal(text.slice(piece.literal))?;
            if let Some(field) = piece.field {
                self.field(vm, text, &field, depth, &mut made)?;
            }
        }
        made.finish(vm)
    }

    fn field(&mut self, vm: &mut Vm, text: Units<'_>, field: &Field, depth: u32, made: &mut Made) -> Result<()> {
        let mut object = self.object(vm, text.slice(field.name.clone()))?;
        if let Some(conversion) = field.conversion {
            object = match char::from_u32(conversion) {
                Some('r') => vm.repr(&object)?,
                Some('s') => vm.str(&object)?,
                Some('a') => vm.ascii(&object)?,
                Some(c @ '!'..='~') => {
                    return Err(vm.raise_value_error(&format!("Unknown conversion specifier {c}")));
                }
                _ => {
                    return Err(vm.raise_value_error(&format!("Unknown conversion specifier \\x{conversion:x}")));
                }
            }
            .into_value();
        }
        let spec = text.slice(field.spec.clone());
        let spec = if field.nested { self.build(vm, spec, depth - 1)? } else { vm.str_from_units(spec)? };
        // A number with its padding is written where it belongs: with a large width, a string of its own would take as
        // much memory again.
        if !spec.is_empty()
            && let Some(field) = crate::types::float::field_of(vm, &object, &spec)?
        {
            return enough(crate::types::float::push_field(made.text()?, &field));
        }
        let shown = vm.format(&object, &spec)?;
        made.push_str(shown)
    }

    /// The object that a field's name leads to.
    fn object(&mut self, vm: &mut Vm, name: Units<'_>) -> Result {
        let (first, accesses) = match split_name(name) {
            Ok(split) => split,
            Err(words) => return Err(vm.raise_value_error(words)),
        };
        let first = self.number(vm, first)?;
        let mut object = self.argument(vm, name, first)?;
        for access in accesses {
            object = match access {
                Ok(Access::Attribute(range)) => {
                    let attribute = vm.str_from_units(name.slice(range))?;
                    let attribute = vm.intern(&attribute);
                    vm.get_attr(&object, &attribute)?
                }
                Ok(Access::Item(Key::Index(i))) => {
                    let key = vm.new_int(i as i64)?;
                    vm.get_item(&object, &key)?
                }
                Ok(Access::Item(Key::Name(range))) => {
                    let key = vm.str_from_units(name.slice(range))?;
                    vm.get_item(&object, key.as_value())?
                }
                Err(words) => return Err(vm.raise_value_error(words)),
            };
        }
        Ok(object)
    }

    /// Gives an empty name its number.
    fn number(&mut self, vm: &mut Vm, key: Key) -> Result<Key> {
        match (&key, self.numbering) {
            (Key::Name(range), Numbering::Unknown) if range.is_empty() => {
                self.numbering = Numbering::Automatic(1);
                Ok(Key::Index(0))
            }
            (Key::Name(range), Numbering::Automatic(n)) if range.is_empty() => {
                self.numbering = Numbering::Automatic(n + 1);
                Ok(Key::Index(n))
            }
            (Key::Name(range), Numbering::Manual) if range.is_empty() => {
                Err(vm.raise_value_error("cannot switch from manual field specification to automatic field numbering"))
            }
            (Key::Index(_), Numbering::Automatic(_)) => {
                Err(vm.raise_value_error("cannot switch from automatic field numbering to manual field specification"))
            }
            (Key::Index(_), _) => {
                self.numbering = Numbering::Manual;
                Ok(key)
            }
            _ => Ok(key),
        }
    }

    fn argument(&self, vm: &mut Vm, name: Units<'_>, key: Key) -> Result {
        match (key, self.source) {
            (Key::Index(_), Source::Mapping(_)) => {
                Err(vm.raise_value_error("Format string contains positional fields"))
            }
            (Key::Index(i), Source::Arguments(args)) => match args.positional().get(i) {
                Some(v) => Ok(v.clone()),
                None => {
                    Err(vm.raise_index_error(&format!("Replacement index {i} out of range for positional args tuple")))
                }
            },
            (Key::Name(range), Source::Mapping(mapping)) => {
                let key = self.key(vm, name, range)?;
                vm.get_item(mapping, key.as_value())
            }
            (Key::Name(range), Source::Arguments(args)) => {
                let key = self.key(vm, name, range)?;
                let found = args.keywords().find(|(k, _)| k.downcast::<Str>().is_some_and(|k| **k == *key));
                match found {
                    Some((_, v)) => Ok(v.clone()),
                    None => Err(vm.raise_key_error(key.as_value())),
                }
            }
        }
    }

    fn key(&self, vm: &mut Vm, name: Units<'_>, range: Range<usize>) -> Result<Ref<Str>> {
        vm.str_from_units(name.slice(range))
    }
}
