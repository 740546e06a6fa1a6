//! `errno`: the numbers of system errors.

use taipan_macros::module;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Vm};

/// `errno`.
pub struct ErrnoModule;

/// This module makes available standard errno system symbols.
#[module(name = "errno")]
impl ErrnoModule {
    #[exec]
    fn exec(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        let codes = vm.new_dict()?;
        for (name, number) in taipan_host::errno::names().iter().copied() {
            let key = vm.intern_utf8(name)?;
            let number = vm.new_int(i64::from(number))?;
            module.set(vm, name, number.clone())?;
            vm.dict_set(&codes, &number, key.into_value())?;
        }
        module.set(vm, "errorcode", codes.into_value())
    }
}
