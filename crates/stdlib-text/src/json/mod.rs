//! `_json`: reading and writing JSON.

mod encoder;
mod quote;
mod scanner;

use taipan_macros::module;
use taipan_object::{Raised, Str};
use taipan_text::TextBuf;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::module::Module;
use taipan_vm::types::str::units;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm, name};

/// How deep arrays and objects may be nested: deeper is a `RecursionError`, as it is in CPython somewhere near.
const DEPTH: usize = 75_000;

/// Raises `json.JSONDecodeError`.
#[cold]
fn raise_decode_error(vm: &mut Vm, words: &str, string: &Ref<Str>, at: isize) -> Raised {
    let made = vm.import("json.decoder").and_then(|module| {
        let class = vm.get_attr(&module, name!("JSONDecodeError"))?;
        let words = vm.new_str(words)?.into_value();
        let at = vm.new_int(at as i64)?;
        vm.call(&class, &[words, string.to_value(), at])
    });
    match made {
        Ok(exception) => vm.raise_chained(exception),
        Err(raised) => raised,
    }
}

fn text<'a>(vm: &mut Vm, v: &'a Value) -> Result<&'a Ref<Str>> {
    match v.downcast::<Str>() {
        Some(s) => Ok(s),
        None => Err(vm.raise_type_error(&format!("first argument must be a string, not {}", v.ty().name()))),
    }
}

fn quoted(vm: &mut Vm, string: &Value, ascii: bool) -> Result<Ref<Str>> {
    let string = text(vm, string)?;
    let mut out = TextBuf::new();
    if out.reserve(string.len() + 2).is_err() || quote::quote(units(string), ascii, &mut out).is_err() {
        return Err(vm.raise_memory_error());
    }
    vm.str_from_buf(out)
}

/// `_json`.
pub struct JsonModule;

/// json speedups
#[module(name = "_json")]
impl JsonModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        for (name, def) in
            [("make_scanner", scanner::ScannerClass::class_def()), ("make_encoder", encoder::EncoderClass::class_def())]
        {
            vm.set_up_class(&def)?;
            module.set(vm, name, def.ty.to_value())?;
        }
        Ok(())
    }

    /// encode_basestring_ascii(string) -> string
    ///
    /// Return an ASCII-only JSON representation of a Python string
    #[function("($self, object, /)")]
    fn encode_basestring_ascii(vm: &mut Vm, string: &Value) -> Result<Ref<Str>> {
        quoted(vm, string, true)
    }

    /// encode_basestring(string) -> string
    ///
    /// Return a JSON representation of a Python string
    #[function("($self, object, /)")]
    fn encode_basestring(vm: &mut Vm, string: &Value) -> Result<Ref<Str>> {
        quoted(vm, string, false)
    }

    /// scanstring(string, end, strict=True) -> (string, end)
    ///
    /// Reads the JSON string whose first character behind the quote is at end, and answers it with
    /// the index behind its closing quote. Escapes are replaced; what is not valid raises a ValueError.
    /// With strict False, control characters may stand in it.
    #[function]
    fn scanstring(vm: &mut Vm, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "scanstring",
            params: &["string", "end", "strict"],
            required: &[true, true, false],
            required_count: 2,
            positional_only: 3,
            positional: 3,
        };
        let given = args.all().len();
        if args.names().is_empty() && !(2..=3).contains(&given) {
            let (bound, n) = if given < 2 { ("least", 2) } else { ("most", 3) };
            let text = format!("scanstring() takes at {bound} {n} arguments ({given} given)");
            return Err(vm.raise_type_error(&text));
        }
        let [string, end, strict] = bind::<3>(vm, &SIGNATURE, args)?;
        let (Some(string), Some(end)) = (string, end) else { return Ok(Value::none()) };
        let end = vm.to_index_i64(end, "ssize_t")? as isize;
        let strict = match strict {
            Some(strict) => vm.is_truthy(strict)?,
            None => true,
        };
        let string = text(vm, string)?;
        scanner::scan_string(vm, string, end, strict)
    }
}
