//! `_sysconfig`: what `sysconfig` asks of the interpreter about how it was built.

use taipan_macros::module;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_sysconfig`.
pub struct SysConfigModule;

/// A helper for the sysconfig module.
#[module(name = "_sysconfig")]
impl SysConfigModule {
    /// A dict of the variables of the build that sysconfig shows.
    #[function("($module, /)")]
    fn config_vars(vm: &mut Vm) -> Result {
        let all = vm.new_dict()?;
        for key in ["Py_GIL_DISABLED", "Py_DEBUG"] {
            let key = vm.intern_utf8(key)?;
            vm.dict_set(&all, key.as_value(), Value::from_i32(0))?;
        }
        Ok(Ref::into_value(all))
    }
}
