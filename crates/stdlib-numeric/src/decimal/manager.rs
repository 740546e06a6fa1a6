//! What `localcontext` returns.

use super::context::{PyContext, new_context, set, settings};
use super::{current, install, set_current};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Str, TypeCell};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Vm};

/// `decimal.ContextManager`.
pub static CONTEXT_MANAGER: TypeCell<ContextManager> = TypeCell::new("decimal.ContextManager");

/// A context for a while, and the one to return to.
#[derive(Trace, Payload)]
#[payload(class = CONTEXT_MANAGER)]
#[repr(C)]
pub struct ContextManager {
    local: Ref<PyContext>,
    global: Ref<PyContext>,
}

/// `localcontext(ctx=None, **changes)`.
pub fn local_context(vm: &mut Vm, args: Args<'_>) -> Result {
    let positional = args.positional();
    if positional.len() > 1 {
        let text = format!("localcontext() takes at most 1 positional argument ({} given)", positional.len());
        return Err(vm.raise_type_error(&text));
    }
    let global = current(vm)?;
    let given = positional.first().or_else(|| args.keyword("ctx")).filter(|c| !c.is_none());
    let source = match given {
        None => global.clone(),
        Some(v) => match v.downcast::<PyContext>() {
            Some(context) => context.clone(),
            None => return Err(vm.raise_type_error("optional argument must be a context")),
        },
    };
    let s = settings(vm, &source);
    let local = new_context(vm, s)?;
    for (key, v) in args.keywords() {
        let key = key.downcast::<Str>().map(|k| k.to_string_lossy()).unwrap_or_default();
        let known = key == "ctx" && positional.is_empty() || {
            if v.is_none() && key != "ctx" { is_setting(&key) } else { set(vm, &local, &key, v)? }
        };
        if !known {
            let text = format!("this function got an unexpected keyword argument '{key}'");
            return Err(vm.raise_type_error(&text));
        }
    }
    Ref::new(vm, ContextManager { local, global }).map(Ref::into_value)
}

fn is_setting(key: &str) -> bool {
    matches!(key, "prec" | "rounding" | "Emin" | "Emax" | "capitals" | "clamp" | "flags" | "traps")
}

/// Methods of `decimal.ContextManager`.
pub struct ContextManagerClass;

#[class(cell = CONTEXT_MANAGER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl ContextManagerClass {
    #[method("($self, /)")]
    fn __enter__(vm: &mut Vm, this: &Ref<ContextManager>) -> Result {
        let local = this.get(vm).local.to_value();
        set_current(vm, &local)?;
        Ok(local)
    }

    #[method("($self, /, *args)")]
    fn __exit__(vm: &mut Vm, this: &Ref<ContextManager>, _args: Args<'_>) -> Result<()> {
        let global = this.get(vm).global.clone();
        install(vm, &global)
    }
}
