//! `_string`: templates of `str.format` taken to pieces, for `string.Formatter`.

use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::{Str, TypeCell};
use taipan_text::Units;
use taipan_text::format::{Access, Accesses, Key, Pieces, split_name};
use taipan_vm::types::module::Module;
use taipan_vm::types::str::units;
use taipan_vm::{Ref, Result, Tuple, Value, Vm};

static FORMATTER_ITERATOR: TypeCell<FormatterIterator> = TypeCell::new("formatteriterator");
static FIELD_NAME_ITERATOR: TypeCell<FieldNameIterator> = TypeCell::new("fieldnameiterator");

/// Goes through the pieces of a template.
#[derive(Trace, Payload)]
#[payload(class = FORMATTER_ITERATOR)]
#[repr(C)]
struct FormatterIterator {
    text: Ref<Str>,
    at: usize,
}

/// Goes through the steps of a field's name.
#[derive(Trace, Payload)]
#[payload(class = FIELD_NAME_ITERATOR)]
#[repr(C)]
struct FieldNameIterator {
    name: Ref<Str>,
    at: usize,
}

fn text_argument<'a>(vm: &mut Vm, v: &'a Value) -> Result<&'a Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(s),
        None => Err(vm.raise_type_error(&format!("expected str, got {}", v.ty().name()))),
    }
}

fn part(vm: &mut Vm, text: Units<'_>, range: std::ops::Range<usize>) -> Result {
    vm.str_from_units(text.slice(range)).map(Ref::into_value)
}

fn key_value(vm: &mut Vm, text: Units<'_>, key: Key) -> Result {
    match key {
        Key::Name(range) => part(vm, text, range),
        Key::Index(n) => vm.new_uint(n as u64),
    }
}

struct FormatterIteratorClass;

#[class(cell = FORMATTER_ITERATOR, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl FormatterIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<FormatterIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (text, at) = (it.text.clone(), it.at);
        let mut pieces = Pieces::resume(units(&text), at);
        let piece = match pieces.next() {
            None => return Ok(None),
            Some(piece) => piece,
        };
        this.get_mut(vm).at = pieces.position();
        let piece = match piece {
            Ok(piece) => piece,
            Err(words) => return Err(vm.raise_value_error(words)),
        };
        let text = units(&text);
        let literal = part(vm, text, piece.literal)?;
        let mut parts = vec![literal, Value::none(), Value::none(), Value::none()];
        if let Some(field) = piece.field {
            parts[1] = part(vm, text, field.name)?;
            parts[2] = part(vm, text, field.spec)?;
            if let Some(c) = field.conversion.filter(|c| *c != 0) {
                parts[3] = vm.char_str(c)?.into_value();
            }
        }
        vm.new_tuple(parts).map(|t| Some(t.into_value()))
    }
}

struct FieldNameIteratorClass;

#[class(cell = FIELD_NAME_ITERATOR, base = OBJECT, flags = DISALLOW_INSTANTIATION)]
impl FieldNameIteratorClass {
    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<FieldNameIterator>) -> Result<Option<Value>> {
        let it = this.get(vm);
        let (name, at) = (it.name.clone(), it.at);
        let mut accesses = Accesses::resume(units(&name), at);
        let access = match accesses.next() {
            None => return Ok(None),
            Some(access) => access,
        };
        this.get_mut(vm).at = accesses.position();
        let name = units(&name);
        let (is_attribute, value) = match access {
            Ok(Access::Attribute(range)) => (true, part(vm, name, range)?),
            Ok(Access::Item(key)) => (false, key_value(vm, name, key)?),
            Err(words) => return Err(vm.raise_value_error(words)),
        };
        vm.new_tuple(vec![Value::bool(is_attribute), value]).map(|t| Some(t.into_value()))
    }
}

/// `_string`.
pub struct StringModule;

/// string helper module
#[module(name = "_string")]
impl StringModule {
    #[exec]
    fn exec(vm: &mut Vm, _module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&FormatterIteratorClass::class_def())?;
        vm.set_up_class(&FieldNameIteratorClass::class_def())
    }

    /// split the argument as a field name
    #[function("($self, object, /)")]
    fn formatter_field_name_split(vm: &mut Vm, name: &Value) -> Result<Ref<Tuple>> {
        let name = text_argument(vm, name)?.clone();
        let (first, at) = match split_name(units(&name)) {
            Ok((key, accesses)) => (key, accesses.position()),
            Err(words) => return Err(vm.raise_value_error(words)),
        };
        let first = key_value(vm, units(&name), first)?;
        let rest = Ref::new(vm, FieldNameIterator { name, at })?.into_value();
        vm.new_tuple(vec![first, rest])
    }

    /// parse the argument as a format string
    #[function("($self, object, /)")]
    fn formatter_parser(vm: &mut Vm, text: &Value) -> Result {
        let text = text_argument(vm, text)?.clone();
        Ref::new(vm, FormatterIterator { text, at: 0 }).map(Ref::into_value)
    }
}
