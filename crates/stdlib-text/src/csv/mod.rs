//! `_csv`.

mod dialect;
mod reader;
mod writer;

use crate::common::{add_error, raise_kept};
use dialect::Quoting;
use taipan_macros::module;
use taipan_object::{IntRef, Str};
use taipan_vm::errors::EXCEPTION;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{List, ModuleRef, Ref, Result, Value, Vm};

/// Name of `_csv.Error` in the interpreter's registry.
const ERROR: &str = "_csv.Error";
const LIMIT: &str = "_csv.field_limit";
/// The longest field, as it starts.
const DEFAULT_LIMIT: i64 = 128 * 1024;

/// The longest field that may be read.
fn field_limit(vm: &Vm) -> usize {
    let set = vm.state().registry.get(LIMIT).and_then(Value::small_int);
    usize::try_from(set.unwrap_or(DEFAULT_LIMIT)).unwrap_or(0)
}

/// The first argument, the dialect, and the keywords of a call.
fn split<'a>(vm: &mut Vm, args: Args<'a>, function: &str) -> Result<(&'a Value, Option<&'a Value>)> {
    match *args.positional() {
        [ref first] => Ok((first, None)),
        [ref first, ref dialect] => Ok((first, Some(dialect))),
        [] => Err(vm.raise_type_error(&format!("{function} expected at least 1 argument, got 0"))),
        ref more => {
            let text = format!("{function} expected at most 2 arguments, got {}", more.len());
            Err(vm.raise_type_error(&text))
        }
    }
}

/// The keywords alone, without `dialect`, which may come as one.
fn dialect_of(vm: &mut Vm, args: Args<'_>, positional: Option<&Value>) -> Result<Ref<dialect::Dialect>> {
    dialect::from_args(vm, positional, Args::new(args.keyword_values(), args.names()))
}

/// `_csv`.
pub struct CsvModule;

/// CSV parsing and writing.
#[module(name = "_csv")]
impl CsvModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &dialect::DialectClass::class_def())?;
        for (name, def) in [("Reader", reader::ReaderClass::class_def()), ("Writer", writer::WriterClass::class_def())]
        {
            vm.set_up_class(&def)?;
            module.set(vm, name, def.ty.to_value())?;
        }
        for (name, quoting) in Quoting::NAMES {
            module.set(vm, name, Value::from_i32(quoting as i32))?;
        }
        let dialects = dialect::registered(vm)?.into_value();
        module.set(vm, "_dialects", dialects)?;
        add_error(vm, module, ERROR, EXCEPTION.as_type(), None)
    }

    /// Return a reader object that goes through the records of an iterable of lines.
    ///
    /// The optional "dialect" argument defines a CSV dialect. Keyword arguments override its settings.
    #[function]
    fn reader(vm: &mut Vm, args: Args<'_>) -> Result {
        let (lines, dialect) = split(vm, args, "reader")?;
        let dialect = dialect_of(vm, args, dialect)?;
        reader::new_reader(vm, lines, dialect)
    }

    /// Return a writer object that writes records to a file-like object.
    ///
    /// The optional "dialect" argument defines a CSV dialect. Keyword arguments override its settings.
    #[function]
    fn writer(vm: &mut Vm, args: Args<'_>) -> Result {
        let (file, dialect) = split(vm, args, "writer")?;
        let dialect = dialect_of(vm, args, dialect)?;
        writer::new_writer(vm, file, dialect)
    }

    /// Gives a dialect a name.
    ///
    /// The "dialect" argument is the dialect or the name of another; keyword arguments override its settings.
    #[function("($module, name, /, dialect='excel', **fmtparams)")]
    fn register_dialect(vm: &mut Vm, args: Args<'_>) -> Result<()> {
        let (name, dialect) = split(vm, args, "register_dialect")?;
        if name.downcast::<Str>().is_none() {
            return Err(vm.raise_type_error("dialect name must be a string"));
        }
        let dialect = dialect_of(vm, args, dialect)?;
        let dialects = dialect::registered(vm)?;
        vm.dict_set(&dialects, name, dialect.into_value())
    }

    /// Forgets a dialect.
    #[function("($module, /, name)")]
    fn unregister_dialect(vm: &mut Vm, name: &Value) -> Result<()> {
        let dialects = dialect::registered(vm)?;
        match vm.dict_del(&dialects, name)? {
            Some(_) => Ok(()),
            None => Err(raise_kept(vm, ERROR, "unknown dialect")),
        }
    }

    /// Return the dialect of a name.
    #[function("($module, /, name)")]
    fn get_dialect(vm: &mut Vm, name: &Value) -> Result {
        dialect::find(vm, name)
    }

    /// Return a list of the names of all dialects.
    #[function("($module, /)")]
    fn list_dialects(vm: &mut Vm) -> Result<Ref<List>> {
        let dialects = dialect::registered(vm)?;
        let names = dialects.get(vm).iter().map(|(k, _)| k.clone()).collect();
        vm.new_list(names)
    }

    /// Sets the longest field that may be read, if one is given.
    ///
    /// Returns the limit as it was.
    #[function("($module, /, new_limit=<unrepresentable>)")]
    fn field_size_limit(vm: &mut Vm, new_limit: Option<&Value>) -> Result<usize> {
        let old = field_limit(vm);
        if let Some(new) = new_limit {
            match new.as_int() {
                Some(IntRef::Small(_)) if new.is_exact_int() => {
                    vm.state_mut().registry.insert(LIMIT, new.clone());
                }
                Some(_) if new.is_exact_int() => {
                    return Err(vm.raise_overflow_error("Python int too large to convert to C long"));
                }
                _ => return Err(vm.raise_type_error("limit must be an integer")),
            }
        }
        Ok(old)
    }
}
