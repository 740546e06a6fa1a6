//! `super`.

use crate::native::Args;
use crate::{Ref, Result, Str, Type, Value, Vm, name, slots};
use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;

/// `super`.
pub static SUPER: TypeCell<Super> = TypeCell::new("super");

/// Attribute access that starts behind a class in the MRO of another.
#[derive(Trace, Payload, Default)]
#[payload(class = SUPER)]
#[repr(C)]
pub struct Super {
    this_class: Option<Ref<Type>>,
    object: Option<Value>,
    object_type: Option<Ref<Type>>,
}

/// The attribute that `super(after, object)` finds, bound to `object`; `start` is the class whose MRO is searched.
pub fn lookup(vm: &mut Vm, start: &Type, object: &Value, after: &Type, name: &Ref<Str>) -> Result<Option<Value>> {
    let found = start.mro_types().skip_while(|t| !t.is(after)).skip(1).find_map(|t| t.own(vm, name));
    let Some(value) = found else { return Ok(None) };
    match slots::of(value.ty()).get {
        // `super(C, C)`: the object is the class itself, which is then no instance to bind to.
        Some(get) => {
            let is_class = object.as_type().is_some_and(|t| t.is(start));
            let start = start.to_value();
            get(vm, &value, (!is_class).then_some(object), Some(&start)).map(Some)
        }
        None => Ok(Some(value)),
    }
}

/// The class whose MRO is searched for `super(class, object)`.
pub fn check(vm: &mut Vm, class: &Ref<Type>, object: &Value) -> Result<Ref<Type>> {
    if let Some(t) = object.as_type_ref()
        && t.is_subtype(class)
    {
        return Ok(t.clone());
    }
    if object.ty().is_subtype(class) {
        return Ok(object.ty().to_ref());
    }
    if let Some(c) = vm.get_attr_opt(object, name!("__class__"))?
        && let Some(t) = c.as_type_ref()
        && t.is_subtype(class)
    {
        return Ok(t.clone());
    }
    let (kind, given) = match object.as_type() {
        Some(t) => ("type", t.name()),
        None => ("instance of", object.ty().name()),
    };
    let text =
        format!("super(type, obj): obj ({kind} {given}) is not an instance or subtype of type ({}).", class.name());
    Err(vm.raise_type_error(&text))
}

/// Methods of `super`.
pub struct SuperClass;

/// super() -> same as super(__class__, <first argument>)
/// super(type) -> unbound super object
/// super(type, obj) -> bound super object; requires isinstance(obj, type)
/// super(type, type2) -> bound super object; requires issubclass(type2, type)
/// Typical use to call a cooperative superclass method:
/// class C(B):
///     def meth(self, arg):
///         super().meth(arg)
/// This works for class methods too:
/// class C(B):
///     @classmethod
///     def cmeth(cls, arg):
///         super().cmeth(arg)
#[class(cell = SUPER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl SuperClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, Super::default()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        args.no_keywords(vm, "super")?;
        let args = args.expect(vm, "super()", 0, 2)?;
        let (class, object) = match args {
            [] => {
                let (class, object) = vm.super_arguments()?;
                (class, Some(object))
            }
            _ => {
                let Some(class) = args[0].as_type_ref() else {
                    let text = format!("super() argument 1 must be a type, not {}", args[0].ty().name());
                    return Err(vm.raise_type_error(&text));
                };
                (class.clone(), args.get(1).filter(|o| !o.is_none()).cloned())
            }
        };
        let object_type = match &object {
            Some(o) => Some(check(vm, &class, o)?),
            None => None,
        };
        let Some(this) = this.downcast::<Super>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        *this.get_mut(vm) = Super { this_class: Some(class), object, object_type };
        Ok(())
    }

    #[slot]
    fn getattr(vm: &mut Vm, this: &Value, name: &Ref<Str>) -> Result {
        let Some(s) = this.downcast::<Super>() else { return vm.generic_get_attr(this, name) };
        let s = s.get(vm);
        if name.as_ascii() != Some("__class__")
            && let (Some(after), Some(object), Some(start)) =
                (s.this_class.clone(), s.object.clone(), s.object_type.clone())
            && let Some(value) = lookup(vm, &start, &object, &after, name)?
        {
            return Ok(value);
        }
        vm.generic_get_attr(this, name)
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Ref<Super>, object: Option<&Value>, _class: Option<&Value>) -> Result {
        let s = this.get(vm);
        let (Some(object), None, Some(class)) = (object, &s.object, s.this_class.clone()) else {
            return Ok(this.to_value());
        };
        if !SUPER.is_exact(this.as_value()) {
            let own = this.ty().to_value();
            return vm.call(&own, &[class.into_value(), object.clone()]);
        }
        let object_type = check(vm, &class, object)?;
        let bound = Super { this_class: Some(class), object: Some(object.clone()), object_type: Some(object_type) };
        Ref::new(vm, bound).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Super>) -> Result {
        let s = this.get(vm);
        let class = s.this_class.as_ref().map_or_else(|| "NULL".to_owned(), |c| c.name());
        let text = match &s.object_type {
            Some(t) => format!("<super: <class '{class}'>, <{} object>>", t.name()),
            None => format!("<super: <class '{class}'>, NULL>"),
        };
        vm.new_str(&text).map(Ref::into_value)
    }

    /// the class invoking super()
    #[getter(member)]
    fn __thisclass__(vm: &mut Vm, this: &Ref<Super>) -> Result<Option<Value>> {
        Ok(this.get(vm).this_class.as_ref().map(Ref::to_value))
    }

    /// the instance invoking super(); may be None
    #[getter(member)]
    fn __self__(vm: &mut Vm, this: &Ref<Super>) -> Result<Option<Value>> {
        Ok(this.get(vm).object.clone())
    }

    /// the type of the instance invoking super(); may be None
    #[getter(member)]
    fn __self_class__(vm: &mut Vm, this: &Ref<Super>) -> Result<Option<Value>> {
        Ok(this.get(vm).object_type.as_ref().map(Ref::to_value))
    }
}
