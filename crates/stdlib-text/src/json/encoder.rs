//! `make_encoder`: writing JSON.

use super::DEPTH;
use super::quote::quote;
use crate::common::label;
use taipan_macros::{Payload, Trace, class};
use taipan_num::float::ReprBuffer;
use taipan_num::int::IntView;
use taipan_object::statics::OBJECT;
use taipan_object::{List, Raised, Str, Tuple, TypeCell};
use taipan_text::{OutOfMemory, TextBuf};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::int::view;
use taipan_vm::types::native_function::NativeFunction;
use taipan_vm::types::str::units;
use taipan_vm::{Dict, Ref, Result, Type, Value, Vm, name};

/// `_json.Encoder`.
pub static ENCODER: TypeCell<Encoder> = TypeCell::new("_json.Encoder");

/// How strings are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Ascii,
    Any,
    /// By calling the encoder.
    Call,
}

impl taipan_object::Trace for Quoting {
    fn trace(&self, _: &mut taipan_object::Visitor<'_>) {}
}

/// A writer with its options.
#[derive(Trace, Payload)]
#[payload(class = ENCODER, frozen)]
#[repr(C)]
pub struct Encoder {
    markers: Value,
    default: Value,
    encoder: Value,
    indent: Value,
    key_separator: Ref<Str>,
    item_separator: Ref<Str>,
    sorts: bool,
    skips: bool,
    allow_nan: bool,
    quoting: Quoting,
}

struct Writer<'a> {
    options: &'a Ref<Encoder>,
    out: TextBuf,
    depth: usize,
}

fn enough<T>(vm: &mut Vm, made: std::result::Result<T, OutOfMemory>) -> Result<T> {
    made.map_err(|_| vm.raise_memory_error())
}

/// Adds a note to the exception that is on its way.
#[cold]
fn note(vm: &mut Vm, raised: Raised, text: &str) -> Raised {
    let exception = vm.take_raised(raised);
    match vm.add_note(&exception, text) {
        Ok(()) => vm.raise(exception),
        Err(raised) => raised,
    }
}

impl Writer<'_> {
    fn ascii(&mut self, vm: &mut Vm, text: &[u8]) -> Result<()> {
        let made = self.out.push_ascii(text);
        enough(vm, made)
    }

    fn text(&mut self, vm: &mut Vm, text: &Str) -> Result<()> {
        let made = self.out.push_units(units(text));
        enough(vm, made)
    }

    /// A line break and the indentation of a level.
    fn line(&mut self, vm: &mut Vm, level: isize) -> Result<()> {
        let Some(indent) = self.options.indent.downcast::<Str>() else { return Ok(()) };
        self.ascii(vm, b"\n")?;
        for _ in 0..level {
            self.text(vm, indent)?;
        }
        Ok(())
    }

    fn string(&mut self, vm: &mut Vm, s: &Ref<Str>) -> Result<()> {
        match self.options.quoting {
            Quoting::Call => {
                let made = vm.call(&self.options.encoder.clone(), &[s.to_value()])?;
                match made.downcast::<Str>() {
                    Some(made) => self.text(vm, made),
                    None => {
                        let text = format!("encoder() must return a string, not {}", made.ty().name());
                        Err(vm.raise_type_error(&text))
                    }
                }
            }
            quoting => {
                let made = quote(units(s), quoting == Quoting::Ascii, &mut self.out);
                enough(vm, made)
            }
        }
    }

    fn float(&mut self, vm: &mut Vm, v: &Value, x: f64) -> Result<()> {
        if !x.is_finite() {
            if !self.options.allow_nan {
                let shown = vm.repr(v)?.to_string_lossy();
                let text = format!("Out of range float values are not JSON compliant: {shown}");
                return Err(vm.raise_value_error(&text));
            }
            let word: &[u8] = if x.is_nan() {
                b"NaN"
            } else if x > 0.0 {
                b"Infinity"
            } else {
                b"-Infinity"
            };
            return self.ascii(vm, word);
        }
        let mut buffer = ReprBuffer::new();
        let text = taipan_num::float::repr(x, &mut buffer);
        self.ascii(vm, text.as_bytes())
    }

    fn int(&mut self, vm: &mut Vm, v: &Value) -> Result<()> {
        if let Some(IntView::Small(n)) = view(v) {
            let mut buffer = [0; taipan_num::int::SMALL_DECIMAL];
            return self.ascii(vm, taipan_num::int::small_decimal(n, &mut buffer));
        }
        let text = vm.int_to_text(v)?;
        self.ascii(vm, text.as_bytes())
    }

    fn value(&mut self, vm: &mut Vm, v: &Value, level: isize) -> Result<()> {
        if let Some(s) = v.downcast::<Str>() {
            return self.string(vm, s);
        }
        if v.is_none() {
            return self.ascii(vm, b"null");
        }
        if v.is_true() {
            return self.ascii(vm, b"true");
        }
        if v.is_false() {
            return self.ascii(vm, b"false");
        }
        if v.as_int().is_some() {
            return self.int(vm, v);
        }
        if let Some(x) = v.as_float() {
            return self.float(vm, v, x);
        }
        if self.depth >= DEPTH {
            let text = "maximum recursion depth exceeded while encoding a JSON object";
            return Err(vm.raise_recursion_error(text));
        }
        vm.check_stack(" while encoding a JSON object")?;
        self.depth += 1;
        let done = if v.downcast::<List>().is_some() || v.downcast::<Tuple>().is_some() {
            self.list(vm, v, level)
        } else if let Some(d) = v.downcast::<Dict>() {
            self.dict(vm, d, level)
        } else {
            self.other(vm, v, level)
        };
        self.depth -= 1;
        done
    }

    /// Notes that a container is being written; its key among the markers.
    fn enter(&mut self, vm: &mut Vm, v: &Value) -> Result<Option<Value>> {
        let Some(markers) = self.options.markers.downcast::<Dict>() else { return Ok(None) };
        let key = vm.new_uint(v.bits())?;
        if vm.dict_get(markers, &key)?.is_some() {
            return Err(vm.raise_value_error("Circular reference detected"));
        }
        vm.dict_set(markers, &key, v.clone())?;
        Ok(Some(key))
    }

    fn leave(&mut self, vm: &mut Vm, key: Option<Value>) -> Result<()> {
        if let (Some(key), Some(markers)) = (key, self.options.markers.downcast::<Dict>()) {
            let old = vm.dict_del(markers, &key)?;
            drop(old);
        }
        Ok(())
    }

    fn other(&mut self, vm: &mut Vm, v: &Value, level: isize) -> Result<()> {
        let key = self.enter(vm, v)?;
        let made = vm.call(&self.options.default.clone(), std::slice::from_ref(v))?;
        if let Err(raised) = self.value(vm, &made, level) {
            let class = label(vm, v);
            return Err(note(vm, raised, &format!("when serializing {class} object")));
        }
        self.leave(vm, key)
    }

    fn list(&mut self, vm: &mut Vm, v: &Value, level: isize) -> Result<()> {
        let item_at = |vm: &Vm, i: usize| match (v.downcast::<List>(), v.downcast::<Tuple>()) {
            (Some(l), _) => l.items(vm).get(i).cloned(),
            (_, Some(t)) => t.items().get(i).cloned(),
            _ => None,
        };
        if item_at(vm, 0).is_none() {
            return self.ascii(vm, b"[]");
        }
        let key = self.enter(vm, v)?;
        self.ascii(vm, b"[")?;
        self.line(vm, level + 1)?;
        let mut i = 0;
        while let Some(item) = item_at(vm, i) {
            if i > 0 {
                self.text(vm, &self.options.item_separator)?;
                self.line(vm, level + 1)?;
            }
            if let Err(raised) = self.value(vm, &item, level + 1) {
                let class = label(vm, v);
                return Err(note(vm, raised, &format!("when serializing {class} item {i}")));
            }
            i += 1;
        }
        self.leave(vm, key)?;
        self.line(vm, level)?;
        self.ascii(vm, b"]")
    }

    fn dict(&mut self, vm: &mut Vm, d: &Ref<Dict>, level: isize) -> Result<()> {
        if d.get(vm).len() == 0 {
            return self.ascii(vm, b"{}");
        }
        let marker = self.enter(vm, d.as_value())?;
        self.ascii(vm, b"{")?;
        let mut first = true;
        if self.options.sorts || !d.ty().is(taipan_object::statics::DICT.as_type()) {
            let items = vm.call_method(d.as_value(), name!("items"), &[])?;
            let mut items = vm.collect(&items)?;
            if self.options.sorts {
                let (sorted, done) = vm.sort_values(items, None, false);
                items = sorted;
                done?;
            }
            for item in items {
                let pair = match item.downcast::<Tuple>() {
                    Some(pair) if pair.len() == 2 => pair.clone(),
                    _ => return Err(vm.raise_value_error("items must return 2-tuples")),
                };
                self.member(vm, d, &pair.items()[0], &pair.items()[1], level, &mut first)?;
            }
        } else {
            let mut at = 0;
            loop {
                let next = d.get(vm).next_pair(&mut at).map(|(k, v)| (k.clone(), v.clone()));
                let Some((k, v)) = next else { break };
                self.member(vm, d, &k, &v, level, &mut first)?;
            }
        }
        self.leave(vm, marker)?;
        if !first {
            self.line(vm, level)?;
        }
        self.ascii(vm, b"}")
    }

    fn member(
        &mut self,
        vm: &mut Vm,
        d: &Ref<Dict>,
        k: &Value,
        v: &Value,
        level: isize,
        first: &mut bool,
    ) -> Result<()> {
        let made_key = self.key(vm, k)?;
        let key = match (k.downcast::<Str>(), &made_key) {
            (Some(s), _) => s,
            (None, Some(made)) => made,
            (None, None) => return Ok(()),
        };
        if *first {
            *first = false;
        } else {
            self.text(vm, &self.options.item_separator)?;
        }
        self.line(vm, level + 1)?;
        self.string(vm, key)?;
        self.text(vm, &self.options.key_separator)?;
        if let Err(raised) = self.value(vm, v, level + 1) {
            let exception = vm.take_raised(raised);
            let class = label(vm, d.as_value());
            let shown = vm.repr(k)?.to_string_lossy();
            let raised = vm.raise(exception);
            return Err(note(vm, raised, &format!("when serializing {class} item {shown}")));
        }
        Ok(())
    }

    /// The text of a key that is not a string; nothing if it is one, or if it is to be skipped.
    fn key(&mut self, vm: &mut Vm, k: &Value) -> Result<Option<Ref<Str>>> {
        if k.downcast::<Str>().is_some() {
            return Ok(None);
        }
        if k.is_none() || k.is_true() || k.is_false() {
            let word = if k.is_none() {
                "null"
            } else if k.is_true() {
                "true"
            } else {
                "false"
            };
            return vm.new_str(word).map(Some);
        }
        if k.as_int().is_some() || k.as_float().is_some() {
            // It is written as any number is, and taken off again.
            let before = std::mem::take(&mut self.out);
            let done = match k.as_float() {
                Some(x) if k.as_int().is_none() => self.float(vm, k, x),
                _ => self.int(vm, k),
            };
            let text = std::mem::replace(&mut self.out, before);
            done?;
            return vm.str_from_buf(text).map(Some);
        }
        if self.options.skips {
            return Ok(None);
        }
        let text = format!("keys must be str, int, float, bool or None, not {}", k.ty().name());
        Err(vm.raise_type_error(&text))
    }
}

/// Methods of `_json.Encoder`.
pub struct EncoderClass;

/// Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)
#[class(cell = ENCODER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl EncoderClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "make_encoder",
            params: &[
                "markers",
                "default",
                "encoder",
                "indent",
                "key_separator",
                "item_separator",
                "sort_keys",
                "skipkeys",
                "allow_nan",
            ],
            required: &[true; 9],
            required_count: 9,
            positional_only: 0,
            positional: 9,
        };
        let bound = bind::<9>(vm, &SIGNATURE, args)?;
        let none = Value::none();
        let get = |i: usize| bound[i].unwrap_or(&none);
        let markers = get(0);
        if !markers.is_none() && markers.downcast::<Dict>().is_none() {
            let text = format!("make_encoder() argument 1 must be dict or None, not {}", markers.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let mut separator = |i: usize| match get(i).downcast::<Str>() {
            Some(s) => Ok(s.clone()),
            None => {
                let given = if get(i).is_none() { "None".to_owned() } else { get(i).ty().name() };
                Err(vm.raise_type_error(&format!("make_encoder() argument {} must be str, not {given}", i + 1)))
            }
        };
        let (key_separator, item_separator) = (separator(4)?, separator(5)?);
        let indent = get(3);
        if !indent.is_none() && indent.downcast::<Str>().is_none() {
            let text = format!("make_encoder() argument 4 must be str or None, not {}", indent.ty().name());
            return Err(vm.raise_type_error(&text));
        }
        let quoting = match get(2).downcast_exact::<NativeFunction>() {
            Some(f) => {
                let ours =
                    f.module.as_ref().and_then(|m| m.downcast::<Str>()).is_some_and(|m| m.as_ascii() == Some("_json"));
                match f.def.name {
                    "encode_basestring_ascii" if ours => Quoting::Ascii,
                    "encode_basestring" if ours => Quoting::Any,
                    _ => Quoting::Call,
                }
            }
            None => Quoting::Call,
        };
        let made = Encoder {
            markers: markers.clone(),
            default: get(1).clone(),
            encoder: get(2).clone(),
            indent: indent.clone(),
            key_separator,
            item_separator,
            sorts: vm.is_truthy(get(6))?,
            skips: vm.is_truthy(get(7))?,
            allow_nan: vm.is_truthy(get(8))?,
            quoting,
        };
        Ref::new_in(vm, class, made).map(Ref::into_value)
    }

    #[slot]
    fn call(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "_iterencode",
            params: &["obj", "_current_indent_level"],
            required: &[true, true],
            required_count: 2,
            positional_only: 0,
            positional: 2,
        };
        let Some(this) = this.downcast::<Encoder>() else { return Err(vm.raise_wrong_receiver("__call__", this)) };
        let [obj, level] = bind::<2>(vm, &SIGNATURE, args)?;
        let (Some(obj), Some(level)) = (obj, level) else { return Ok(Value::none()) };
        let level = vm.to_index_i64(level, "ssize_t")? as isize;
        let mut writer = Writer { options: this, out: TextBuf::new(), depth: 0 };
        writer.value(vm, obj, level.max(0))?;
        let text = vm.str_from_buf(writer.out)?;
        vm.new_tuple(vec![text.into_value()]).map(Ref::into_value)
    }

    /// markers
    #[getter]
    fn markers(_vm: &mut Vm, this: &Ref<Encoder>) -> Result {
        Ok(this.markers.clone())
    }

    /// default
    #[getter]
    fn default(_vm: &mut Vm, this: &Ref<Encoder>) -> Result {
        Ok(this.default.clone())
    }

    /// encoder
    #[getter]
    fn encoder(_vm: &mut Vm, this: &Ref<Encoder>) -> Result {
        Ok(this.encoder.clone())
    }

    /// indent
    #[getter]
    fn indent(_vm: &mut Vm, this: &Ref<Encoder>) -> Result {
        Ok(this.indent.clone())
    }

    /// key_separator
    #[getter]
    fn key_separator(_vm: &mut Vm, this: &Ref<Encoder>) -> Result<Ref<Str>> {
        Ok(this.key_separator.clone())
    }

    /// item_separator
    #[getter]
    fn item_separator(_vm: &mut Vm, this: &Ref<Encoder>) -> Result<Ref<Str>> {
        Ok(this.item_separator.clone())
    }

    /// sort_keys
    #[getter]
    fn sort_keys(_vm: &mut Vm, this: &Ref<Encoder>) -> Result<bool> {
        Ok(this.sorts)
    }

    /// skipkeys
    #[getter]
    fn skipkeys(_vm: &mut Vm, this: &Ref<Encoder>) -> Result<bool> {
        Ok(this.skips)
    }
}
