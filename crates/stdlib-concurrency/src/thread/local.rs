//! `_thread._local`: attributes of which each thread has its own.
//!
//! The object owns the dict of every thread, so that the collector sees cycles through them. A thread knows by weak
//! references which objects have a dict for it, and takes those away when it ends.

use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{OBJECT, WEAKREF};
use taipan_object::weak::Sharing;
use taipan_object::{TypeCell, WeakRef};
use taipan_vm::errors::ATTRIBUTE_ERROR;
use taipan_vm::native::Args;
use taipan_vm::{Dict, Ref, Result, Str, Tuple, Type, Value, Vm, name, slots};

/// `_thread._local`.
pub static LOCAL: TypeCell<Local> = TypeCell::new("_thread._local");

/// The attributes of all threads.
#[derive(Trace, Payload)]
#[payload(class = LOCAL)]
#[repr(C)]
pub struct Local {
    /// What `__init__` is called with in each thread.
    args: Ref<Tuple>,
    kwargs: Option<Ref<Dict>>,
    /// By the threads' serial numbers.
    dicts: std::collections::HashMap<u64, Ref<Dict>>,
}

/// Whether the class has an `__init__` that is to run in each thread.
fn initialises(class: &Type) -> bool {
    match (slots::of(class).init, slots::of(OBJECT.as_type()).init) {
        (Some(own), Some(object)) => own as usize != object as usize,
        (own, _) => own.is_some(),
    }
}

fn add_dict(vm: &mut Vm, this: &Ref<Local>) -> Result<Ref<Dict>> {
    fn forget(vm: &mut Vm, weak: &Value) {
        let serial = vm.thread_serial();
        let object = weak.downcast::<WeakRef>().and_then(|w| w.upgrade());
        if let Some(local) = object.as_ref().and_then(|o| o.downcast::<Local>()) {
            let dict = local.get_mut(vm).dicts.remove(&serial);
            drop(dict);
        }
        drop(object);
        vm.drain();
    }
    let dict = vm.new_dict()?;
    let serial = vm.thread_serial();
    this.get_mut(vm).dicts.insert(serial, dict.clone());
    if let Some(weak) = vm.new_weakref(WEAKREF.as_type(), this.as_value(), None, Sharing::Own)? {
        vm.at_thread_end(weak, forget);
    }
    Ok(dict)
}

/// The dict of this thread. When there is none yet, `__init__` fills one in.
fn own_dict(vm: &mut Vm, this: &Ref<Local>) -> Result<Ref<Dict>> {
    let serial = vm.thread_serial();
    if let Some(dict) = this.get(vm).dicts.get(&serial) {
        return Ok(dict.clone());
    }
    let dict = add_dict(vm, this)?;
    let class = this.ty();
    if !initialises(class) {
        return Ok(dict);
    }
    let Some(init) = slots::of(class).init else { return Ok(dict) };
    let local = this.get(vm);
    let (args, kwargs) = (local.args.clone(), local.kwargs.clone());
    let mut all = args.items().to_vec();
    let mut names = Vec::new();
    if let Some(kwargs) = kwargs {
        for (key, value) in kwargs.get(vm).iter() {
            names.push(key.clone());
            all.push(value.clone());
        }
    }
    if let Err(raised) = init(vm, this.as_value(), Args::new(&all, &names)) {
        let dict = this.get_mut(vm).dicts.remove(&serial);
        drop(dict);
        return Err(raised);
    }
    Ok(dict)
}

/// Methods of `_thread._local`.
pub struct LocalClass;

/// Thread-local data
#[class(cell = LOCAL, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_WEAKREF, signature = "()")]
impl LocalClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        if !args.all().is_empty() && !initialises(class) {
            return Err(vm.raise_type_error("Initialization arguments are not supported"));
        }
        let kwargs = if args.names().is_empty() {
            None
        } else {
            let dict = vm.new_dict()?;
            for (key, value) in args.keywords() {
                vm.dict_set(&dict, key, value.clone())?;
            }
            Some(dict)
        };
        let args = vm.new_tuple_from(args.positional())?;
        let this = Ref::new_in(vm, class, Local { args, kwargs, dicts: Default::default() })?;
        // The thread that makes the object has it initialised by the call of the class.
        add_dict(vm, &this)?;
        Ok(this.into_value())
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, attribute: &Ref<Str>) -> Result {
        let Some(local) = this.downcast::<Local>() else { return vm.generic_get_attr(this, attribute) };
        let dict = own_dict(vm, local)?;
        if **attribute == **name!("__dict__") {
            return Ok(dict.into_value());
        }
        match vm.generic_get_attr_in(this, attribute, &dict)? {
            Some(value) => Ok(value),
            None => Err(vm.raise_no_attribute(this, attribute)),
        }
    }

    #[slot]
    fn setattr(vm: &mut Vm, this: &Value, attribute: &Ref<Str>, value: Option<Value>) -> Result<()> {
        let Some(local) = this.downcast::<Local>() else { return vm.generic_set_attr(this, attribute, value) };
        if **attribute == **name!("__dict__") {
            let text = format!("'{}' object attribute '__dict__' is read-only", this.ty().name());
            return Err(vm.raise_class(ATTRIBUTE_ERROR.as_type(), &text));
        }
        let dict = own_dict(vm, local)?;
        vm.generic_set_attr_in(this, attribute, value, &dict)
    }
}
