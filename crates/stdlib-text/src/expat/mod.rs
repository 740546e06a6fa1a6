//! `pyexpat`: the interface of the Expat parser, over a parser of our own.
//!
//! [`engine`] turns bytes into events and knows nothing of Python; [`parser`] calls the handlers.

pub mod dtd;
pub mod engine;
pub mod error;
pub mod input;
mod parser;
mod scan;
mod subset;

pub use parser::look_up_encoding;

use crate::common::add_error;
use error::CODES;
use taipan_macros::module;
use taipan_object::Str;
use taipan_vm::errors::EXCEPTION;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm, name};

/// Name of the exception class in the interpreter's registry, and in Python.
const ERROR: &str = "xml.parsers.expat.ExpatError";

/// The version of Expat whose behaviour this is.
pub const VERSION: [i32; 3] = [2, 9, 0];

const MODELS: [(&str, i32); 10] = [
    ("XML_CTYPE_EMPTY", 1),
    ("XML_CTYPE_ANY", 2),
    ("XML_CTYPE_MIXED", 3),
    ("XML_CTYPE_NAME", 4),
    ("XML_CTYPE_CHOICE", 5),
    ("XML_CTYPE_SEQ", 6),
    ("XML_CQUANT_NONE", 0),
    ("XML_CQUANT_OPT", 1),
    ("XML_CQUANT_REP", 2),
    ("XML_CQUANT_PLUS", 3),
];

/// `pyexpat`.
pub struct PyexpatModule;

/// Python wrapper for Expat parser.
#[module(name = "pyexpat")]
impl PyexpatModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let class = parser::class_def();
        vm.set_up_class(&class)?;
        parser::add_handlers(vm)?;
        module.set(vm, "XMLParserType", class.ty.to_value())?;
        add_error(vm, module, ERROR, EXCEPTION.as_type(), None)?;
        let error = module.namespace(vm)?.get(vm).get_text("ExpatError").cloned().unwrap_or_else(Value::none);
        module.set(vm, "error", error)?;
        let [major, minor, micro] = VERSION;
        let text = vm.new_str(&format!("expat_{major}.{minor}.{micro}"))?.into_value();
        module.set(vm, "EXPAT_VERSION", text)?;
        let numbers = vm.new_tuple(VERSION.map(Value::from_i32).to_vec())?.into_value();
        module.set(vm, "version_info", numbers)?;
        let text = vm.new_str("UTF-8")?.into_value();
        module.set(vm, "native_encoding", text)?;
        let mut features = Vec::new();
        for (name, number) in [("sizeof(XML_Char)", 1), ("sizeof(XML_LChar)", 1), ("XML_DTD", 0), ("XML_NS", 0)] {
            let name = vm.new_str(name)?.into_value();
            features.push(vm.new_tuple(vec![name, Value::from_i32(number)])?.into_value());
        }
        let features = vm.new_list(features)?.into_value();
        module.set(vm, "features", features)?;
        for (i, name) in ["NEVER", "UNLESS_STANDALONE", "ALWAYS"].into_iter().enumerate() {
            module.set(vm, &format!("XML_PARAM_ENTITY_PARSING_{name}"), Value::from_i32(i as i32))?;
        }
        let errors = vm.new_module("pyexpat.errors", Some("Constants used to describe error conditions."))?;
        let (codes, messages) = (vm.new_dict()?, vm.new_dict()?);
        for (number, name, words) in CODES {
            let words = vm.new_str(words)?.into_value();
            errors.set(vm, &format!("XML_ERROR_{name}"), words.clone())?;
            let number = Value::from_i32(i32::from(*number));
            vm.dict_set(&codes, &words, number.clone())?;
            vm.dict_set(&messages, &number, words)?;
        }
        errors.set(vm, "codes", codes.into_value())?;
        errors.set(vm, "messages", messages.into_value())?;
        let doc = "Constants used to interpret content model information.";
        let model = vm.new_module("pyexpat.model", Some(doc))?;
        for (name, number) in MODELS {
            model.set(vm, name, Value::from_i32(number))?;
        }
        for (short, sub) in [("errors", errors), ("model", model)] {
            if let Some(modules) = vm.state().modules.clone() {
                let key = vm.new_str(&format!("pyexpat.{short}"))?.into_value();
                vm.dict_set(&modules, &key, sub.to_value())?;
            }
            module.set(vm, short, sub.into_value())?;
        }
        Ok(())
    }

    /// Return a new XML parser object.
    #[function("($module, /, encoding=None, namespace_separator=None,\n             intern=<unrepresentable>)")]
    fn ParserCreate(
        vm: &mut Vm,
        encoding: Option<&Value>,
        namespace_separator: Option<&Value>,
        intern: Option<&Value>,
    ) -> Result {
        let encoding = text_or_none(vm, encoding, "encoding")?;
        let separator = text_or_none(vm, namespace_separator, "namespace_separator")?;
        if separator.as_ref().is_some_and(|s| s.chars().count() > 1) {
            let text = "namespace_separator must be at most one character, omitted, or None";
            return Err(vm.raise_value_error(text));
        }
        parser::create(vm, encoding, separator, intern)
    }

    /// Returns string error for given number.
    #[function("($module, code, /)")]
    fn ErrorString(_vm: &mut Vm, code: i64) -> Result<Option<&'static str>> {
        Ok(u8::try_from(code).ok().and_then(error::words))
    }
}

fn text_or_none(vm: &mut Vm, v: Option<&Value>, what: &str) -> Result<Option<String>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(None) };
    match v.downcast::<Str>() {
        Some(text) => Ok(Some(text.to_string_lossy())),
        None => {
            let given = v.ty().name();
            Err(vm.raise_type_error(&format!("ParserCreate() argument '{what}' must be str or None, not {given}")))
        }
    }
}

/// Raises `ExpatError` about a place.
#[cold]
fn raise(vm: &mut Vm, code: error::Code, place: engine::Place) -> taipan_object::Raised {
    match make_error(vm, code, place) {
        Ok(e) => vm.raise_chained(e),
        Err(raised) => raised,
    }
}

fn make_error(vm: &mut Vm, code: error::Code, place: engine::Place) -> Result {
    let Some(class) = vm.state().registry.get(ERROR).cloned() else {
        return Err(vm.raise_value_error(code.words()));
    };
    let text = format!("{}: line {}, column {}", code.words(), place.line, place.column);
    let text = vm.new_str(&text)?.into_value();
    let e = vm.call(&class, &[text])?;
    let numbers = [
        (name!("code"), i64::from(code.0)),
        (name!("offset"), place.column as i64),
        (name!("lineno"), place.line as i64),
    ];
    for (key, n) in numbers {
        let n = vm.new_int(n)?;
        vm.set_attr(&e, key, Some(n))?;
    }
    Ok(e)
}
