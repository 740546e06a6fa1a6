//! The functions of `_sqlite3`.

use crate::adapt::{self, PREPARE_PROTOCOL, PrepareProtocolClass};
use crate::blob::BlobClass;
use crate::connection::{CONNECTION, ConnectionClass, warn_positional};
use crate::cursor::CursorClass;
use crate::row::{RowClass, StatementClass};
use crate::{callbacks, complete, constants, convert, errors};
use taipan_macros::module;
use taipan_object::Str;
use taipan_vm::native::Args;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Value, Vm};

/// `_sqlite3`.
pub struct SqliteModule;

#[module(name = "_sqlite3")]
impl SqliteModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &ConnectionClass::class_def())?;
        vm.add_class(module, &CursorClass::class_def())?;
        vm.add_class(module, &PrepareProtocolClass::class_def())?;
        vm.add_class(module, &RowClass::class_def())?;
        vm.add_class(module, &BlobClass::class_def())?;
        vm.set_up_class(&StatementClass::class_def())?;
        errors::add_classes(vm, module)?;
        constants::add(vm, module)?;
        let version = vm.new_str(rusqlite::version())?.into_value();
        module.set(vm, "sqlite_version", version)?;
        // SQLite is built for use by several threads at a time.
        module.set(vm, "threadsafety", Value::from_i32(3))?;
        for (name, key) in [("adapters", adapt::ADAPTERS), ("converters", adapt::CONVERTERS)] {
            let table = match vm.state().registry.get(key).cloned() {
                Some(table) => table,
                None => vm.new_dict()?.into_value(),
            };
            vm.state_mut().registry.insert(key, table.clone());
            module.set(vm, name, table)?;
        }
        Ok(())
    }

    /// Open a connection to the SQLite database file 'database'.
    ///
    /// You can use ":memory:" to open a database connection to a database that
    /// resides in RAM instead of on disk.
    ///
    /// Note: Passing more than 1 positional argument to _sqlite3.connect() is
    /// deprecated. Parameters 'timeout', 'detect_types', 'isolation_level',
    /// 'check_same_thread', 'factory', 'cached_statements' and 'uri' will
    /// become keyword-only parameters in Python 3.15.
    #[function]
    fn connect(vm: &mut Vm, args: Args<'_>) -> Result {
        warn_positional(vm, args, "sqlite3.connect")?;
        let factory = args.positional().get(5).or_else(|| args.keyword("factory")).cloned();
        let factory = factory.unwrap_or_else(|| CONNECTION.as_type().to_value());
        vm.call_args(&factory, args)
    }

    /// Adapt given object to given protocol.
    #[function]
    fn adapt(vm: &mut Vm, args: Args<'_>) -> Result {
        let args = args.expect(vm, "adapt", 1, 3)?;
        let protocol = args.get(1).cloned().unwrap_or_else(|| PREPARE_PROTOCOL.as_type().to_value());
        adapt::adapt(vm, &args[0], &protocol, args.get(2))
    }

    /// Register a function to adapt Python objects to SQLite values.
    #[function("($module, type, adapter, /)")]
    fn register_adapter(vm: &mut Vm, class: &Value, adapter: &Value) -> Result<()> {
        adapt::register_adapter(vm, class, adapter)
    }

    /// Register a function to convert SQLite values to Python objects.
    #[function("($module, typename, converter, /)")]
    fn register_converter(vm: &mut Vm, typename: &Ref<Str>, converter: &Value) -> Result<()> {
        adapt::register_converter(vm, typename, converter)
    }

    /// Enable or disable callback functions throwing errors to stderr.
    #[function("($module, enable, /)")]
    fn enable_callback_tracebacks(vm: &mut Vm, enable: bool) -> Result<()> {
        callbacks::show_exceptions(vm, enable);
        Ok(())
    }

    /// Checks if a string contains a complete SQL statement.
    #[function("($module, /, statement)")]
    fn complete_statement(vm: &mut Vm, statement: &Ref<Str>) -> Result<bool> {
        let text = convert::c_name(vm, statement)?;
        Ok(complete::is_complete(text))
    }
}
