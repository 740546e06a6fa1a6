//! `FrameLocalsProxy`: `f_locals` of a function's frame, a view that writes through (PEP 667).

use super::frame::{FRAME, FrameObject};
use crate::native::Args;
use crate::{Dict, Ref, Result, Type, Value, Vm};
use taipan_bytecode::code::local_kind;
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `FrameLocalsProxy`.
pub static FRAME_LOCALS: TypeCell<FrameLocals> = TypeCell::new("FrameLocalsProxy");

/// The variables of a frame as a mapping.
#[derive(Trace, Payload)]
#[payload(class = FRAME_LOCALS, frozen)]
#[repr(C)]
pub struct FrameLocals {
    frame: Ref<FrameObject>,
}

/// The mapping for a frame.
pub fn new_proxy(vm: &mut Vm, frame: &Ref<FrameObject>) -> Result {
    Ref::new(vm, FrameLocals { frame: frame.clone() }).map(Ref::into_value)
}

impl Vm {
    /// The index of the variable that a key names; hidden ones, of comprehensions, have none unless they are bound.
    fn variable_index(&mut self, frame: &Ref<FrameObject>, key: &Value, bound: bool) -> Result<Option<usize>> {
        let Some(code) = frame.get(self).code() else { return Ok(None) };
        let hash = self.hash(key)?;
        for (i, name) in code.localsplusnames.items().iter().enumerate() {
            if code.kinds[i] & local_kind::HIDDEN != 0 && !bound {
                continue;
            }
            if !name.is(key) && (self.hash(name)? != hash || !self.equal(name, key)?) {
                continue;
            }
            if !bound || frame.get(self).variable(i).is_some() {
                return Ok(Some(i));
            }
        }
        Ok(None)
    }

    fn frame_variable(&mut self, frame: &Ref<FrameObject>, key: &Value) -> Result<Option<Value>> {
        if let Some(i) = self.variable_index(frame, key, true)? {
            return Ok(frame.get(self).variable(i));
        }
        match frame.get(self).extra.clone() {
            Some(extra) => self.dict_get(&extra, key),
            None => Ok(None),
        }
    }

    fn set_frame_variable(&mut self, frame: &Ref<FrameObject>, key: &Value, value: Value) -> Result<()> {
        if let Some(i) = self.variable_index(frame, key, false)? {
            let old = frame.get(self).set_variable(i, Some(value));
            drop(old);
            return Ok(());
        }
        let extra = match frame.get(self).extra.clone() {
            Some(e) => e,
            None => {
                let e = self.new_dict()?;
                frame.get_mut(self).extra = Some(e.clone());
                e
            }
        };
        self.dict_set(&extra, key, value)
    }

    fn frame_items(&mut self, frame: &Ref<FrameObject>) -> Vec<(Value, Value)> {
        let f = frame.get(self);
        let mut items = Vec::new();
        if let Some(code) = f.code() {
            for (i, name) in code.localsplusnames.items().iter().enumerate() {
                if let Some(v) = f.variable(i) {
                    items.push((name.clone(), v));
                }
            }
        }
        if let Some(extra) = &f.extra {
            items.extend(extra.get(self).iter().map(|(k, v)| (k.clone(), v.clone())));
        }
        items
    }

    fn frame_dict(&mut self, frame: &Ref<FrameObject>) -> Result<Ref<Dict>> {
        let dict = self.new_dict()?;
        for (k, v) in self.frame_items(frame) {
            self.dict_set(&dict, &k, v)?;
        }
        Ok(dict)
    }

    fn update_frame(&mut self, frame: &Ref<FrameObject>, from: &Value) -> Result<()> {
        let dict = self.new_dict()?.into_value();
        self.call_method(&dict, crate::name!("update"), std::slice::from_ref(from))?;
        let Some(dict) = dict.downcast::<Dict>() else { return Ok(()) };
        let items: Vec<(Value, Value)> = taipan_object::room::gathered(
            dict.get(self).len(),
            dict.get(self).iter().map(|(k, v)| (k.clone(), v.clone())),
        )?;
        for (k, v) in items {
            self.set_frame_variable(frame, &k, v)?;
        }
        Ok(())
    }
}

fn undefined(vm: &mut Vm, key: &Value) -> Result {
    let shown = vm.repr(key)?.to_string_lossy();
    let text = vm.new_str(&format!("local variable '{shown}' is not defined"))?.into_value();
    Err(vm.raise_key_error(&text))
}

const CANNOT_REMOVE: &str = "cannot remove local variables from FrameLocalsProxy";

/// Methods of `FrameLocalsProxy`.
pub struct FrameLocalsClass;

/// Create a write-through view of the locals dictionary for a frame.
///
///   frame
///     the frame object to wrap.
#[class(cell = FRAME_LOCALS, base = OBJECT, flags = HAVE_GC | MAPPING, signature = "(frame, /)")]
impl FrameLocalsClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<Type>, args: Args<'_>) -> Result {
        args.no_keywords(vm, "FrameLocalsProxy")?;
        let [frame] = args.all() else {
            let text = format!("FrameLocalsProxy expected 1 argument, got {}", args.all().len());
            return Err(vm.raise_type_error(&text));
        };
        match frame.downcast::<FrameObject>() {
            Some(f) if FRAME.is_exact(frame) => new_proxy(vm, f),
            _ => {
                let text = format!("expect frame, not {}", frame.ty().name());
                Err(vm.raise_type_error(&text))
            }
        }
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<FrameLocals>) -> Result {
        let this = this.clone();
        let text = vm.guard_repr(this.as_value(), |vm| {
            let dict = vm.frame_dict(&this.frame)?.into_value();
            vm.repr(&dict)
        })?;
        match text {
            Some(t) => Ok(t.into_value()),
            None => vm.new_str("{...}").map(Ref::into_value),
        }
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: crate::slots::CompareOp) -> Result {
        use crate::slots::CompareOp::{Eq, Ne};
        let (Some(x), true) = (a.downcast::<FrameLocals>(), matches!(op, Eq | Ne)) else {
            return Ok(Value::not_implemented());
        };
        if let Some(y) = b.downcast::<FrameLocals>() {
            return Ok(Value::bool(x.frame.is(&y.frame) == (op == Eq)));
        }
        if b.downcast::<Dict>().is_none() {
            return Ok(Value::not_implemented());
        }
        let dict = vm.frame_dict(&x.frame)?.into_value();
        vm.compare(&dict, b, op)
    }

    #[slot]
    fn len(vm: &mut Vm, this: &Ref<FrameLocals>) -> Result<usize> {
        Ok(vm.frame_items(&this.frame).len())
    }

    #[slot]
    fn contains(vm: &mut Vm, this: &Ref<FrameLocals>, key: &Value) -> Result<bool> {
        Ok(vm.frame_variable(&this.frame, key)?.is_some())
    }

    #[slot]
    fn getitem(vm: &mut Vm, this: &Value, key: &Value) -> Result {
        let Some(this) = this.downcast::<FrameLocals>() else {
            return Err(vm.raise_wrong_receiver("__getitem__", this));
        };
        match vm.frame_variable(&this.frame, key)? {
            Some(v) => Ok(v),
            None => undefined(vm, key),
        }
    }

    #[slot]
    fn setitem(vm: &mut Vm, this: &Ref<FrameLocals>, key: &Value, value: Option<Value>) -> Result<()> {
        match value {
            Some(v) => vm.set_frame_variable(&this.frame, key, v),
            None => {
                if vm.variable_index(&this.frame, key, true)?.is_some() {
                    return Err(vm.raise_value_error(CANNOT_REMOVE));
                }
                let extra = this.frame.get(vm).extra.clone();
                let removed = match extra {
                    Some(extra) => vm.dict_del(&extra, key)?,
                    None => None,
                };
                match removed {
                    Some(_) => Ok(()),
                    None => Err(vm.raise_key_error(key)),
                }
            }
        }
    }

    #[slot]
    fn iter(vm: &mut Vm, this: &Ref<FrameLocals>) -> Result {
        let keys = vm.frame_items(&this.frame).into_iter().map(|(k, _)| k).collect();
        let list = vm.new_list(keys)?.into_value();
        vm.iter(&list)
    }

    #[slot]
    fn op_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let as_dict = |vm: &mut Vm, v: &Value| match v.downcast::<FrameLocals>() {
            Some(p) => vm.frame_dict(&p.frame).map(|d| Some(d.into_value())),
            None => Ok(v.downcast::<Dict>().map(|_| v.clone())),
        };
        let (Some(x), Some(y)) = (as_dict(vm, a)?, as_dict(vm, b)?) else { return Ok(Value::not_implemented()) };
        vm.binary(crate::slots::BinaryOp::OR, &x, &y)
    }

    #[slot]
    fn op_inplace_or(vm: &mut Vm, a: &Value, b: &Value) -> Result {
        let Some(this) = a.downcast::<FrameLocals>() else { return Ok(Value::not_implemented()) };
        vm.update_frame(&this.frame, b)?;
        Ok(a.clone())
    }

    #[method("($self, key, default=None, /)")]
    fn get(vm: &mut Vm, this: &Ref<FrameLocals>, key: &Value, default: Option<&Value>) -> Result {
        Ok(match vm.frame_variable(&this.frame, key)? {
            Some(v) => v,
            None => default.cloned().unwrap_or_else(Value::none),
        })
    }

    #[method("($self, /)")]
    fn copy(vm: &mut Vm, this: &Ref<FrameLocals>) -> Result {
        vm.frame_dict(&this.frame).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn keys(vm: &mut Vm, this: &Ref<FrameLocals>) -> Result {
        let keys = vm.frame_items(&this.frame).into_iter().map(|(k, _)| k).collect();
        vm.new_list(keys).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn values(vm: &mut Vm, this: &Ref<FrameLocals>) -> Result {
        let values = vm.frame_items(&this.frame).into_iter().map(|(_, v)| v).collect();
        vm.new_list(values).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn items(vm: &mut Vm, this: &Ref<FrameLocals>) -> Result {
        let mut items = Vec::new();
        for (k, v) in vm.frame_items(&this.frame) {
            items.push(vm.new_tuple(vec![k, v])?.into_value());
        }
        vm.new_list(items).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __reversed__(vm: &mut Vm, this: &Ref<FrameLocals>) -> Result {
        let keys = vm.frame_items(&this.frame).into_iter().rev().map(|(k, _)| k).collect();
        vm.new_list(keys).map(Ref::into_value)
    }

    #[method("($self, other, /)")]
    fn update(vm: &mut Vm, this: &Ref<FrameLocals>, other: &Value) -> Result<()> {
        vm.update_frame(&this.frame, other)
    }

    #[method("($self, key, default=None, /)")]
    fn setdefault(vm: &mut Vm, this: &Ref<FrameLocals>, key: &Value, default: Option<&Value>) -> Result {
        if let Some(v) = vm.frame_variable(&this.frame, key)? {
            return Ok(v);
        }
        let value = default.cloned().unwrap_or_else(Value::none);
        vm.set_frame_variable(&this.frame, key, value.clone())?;
        Ok(value)
    }

    #[method("($self, key, default=None, /)")]
    fn pop(vm: &mut Vm, this: &Ref<FrameLocals>, key: &Value, default: Option<&Value>) -> Result {
        if vm.variable_index(&this.frame, key, false)?.is_some() {
            return Err(vm.raise_value_error(CANNOT_REMOVE));
        }
        let extra = this.frame.get(vm).extra.clone();
        let removed = match extra {
            Some(extra) => vm.dict_del(&extra, key)?,
            None => None,
        };
        match (removed, default) {
            (Some(v), _) => Ok(v),
            (None, Some(d)) => Ok(d.clone()),
            (None, None) => Err(vm.raise_key_error(key)),
        }
    }
}
