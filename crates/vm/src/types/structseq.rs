//! Struct sequences: tuples whose items have names, as `sys.version_info`, `time.struct_time` and `os.stat_result`.
//!
//! A type of this kind is a class made at run time that derives from `tuple`. The visible fields are the tuple's items.
//! Fields behind them, which only their names reach, lie in the dict of the instance, which Python code cannot see.

use super::descriptor::{MethodDescriptor, SlotWrapper};
use super::native_function::NativeFunction;
use crate::errors::ATTRIBUTE_ERROR;
use crate::native::{Args, FnDef, FnKind, Signature, bind};
use crate::{Dict, Ref, Result, Str, Tuple, Type, Value, Vm, dunder, name, slots};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{OBJECT, TUPLE, TYPE};
use taipan_object::trace::Opaque;
use taipan_object::{TypeCell, TypeFlags};

/// `member_descriptor` of struct sequences.
pub static STRUCT_MEMBER: TypeCell<StructMember> = TypeCell::new("member_descriptor");

/// A named field of a struct sequence.
#[derive(Trace, Payload)]
#[payload(class = STRUCT_MEMBER, frozen)]
#[repr(C)]
pub struct StructMember {
    /// Its name.
    pub name: Ref<Str>,
    /// `__doc__`; `None` if empty.
    pub doc: Opaque<&'static str>,
    /// Its place among all fields.
    pub index: usize,
    /// Whether it is behind the items of the tuple.
    pub hidden: bool,
    /// The class that declares it.
    pub owner: Ref<Type>,
}

/// Methods of `member_descriptor`.
pub struct StructMemberClass;

#[class(cell = STRUCT_MEMBER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl StructMemberClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<StructMember>) -> Result {
        let owner = vm.dotted_name(&this.owner);
        let text = format!("<member '{}' of '{owner}' objects>", this.name.to_string_lossy());
        vm.new_str(&text).map(Ref::into_value)
    }

    #[getter(member)]
    fn __name__(_vm: &mut Vm, this: &Ref<StructMember>) -> Result {
        Ok(this.name.to_value())
    }

    #[getter]
    fn __qualname__(vm: &mut Vm, this: &Ref<StructMember>) -> Result {
        let owner = vm.qualified_name(&this.owner);
        vm.new_str(&format!("{owner}.{}", this.name.to_string_lossy())).map(Ref::into_value)
    }

    #[getter(member)]
    fn __objclass__(_vm: &mut Vm, this: &Ref<StructMember>) -> Result {
        Ok(this.owner.to_value())
    }

    #[getter]
    fn __doc__(vm: &mut Vm, this: &Ref<StructMember>) -> Result {
        if this.doc.is_empty() { Ok(Value::none()) } else { vm.new_str(&this.doc).map(Ref::into_value) }
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Ref<StructMember>) -> Result {
        let getattr = vm.builtin("getattr")?;
        let args = vm.new_tuple(vec![this.owner.to_value(), this.name.to_value()])?.into_value();
        vm.new_tuple(vec![getattr, args]).map(Ref::into_value)
    }

    #[slot]
    fn get(vm: &mut Vm, this: &Ref<StructMember>, object: Option<&Value>, _class: Option<&Value>) -> Result {
        let Some(object) = object else { return Ok(this.to_value()) };
        match object.downcast::<Tuple>() {
            Some(tuple) if object.ty().is_subtype(&this.owner) => Ok(field_value(vm, tuple, this)),
            _ => {
                let (owner, given) = (vm.dotted_name(&this.owner), vm.dotted_name(object.ty()));
                let name = this.name.to_string_lossy();
                let text = format!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{given}' object");
                Err(vm.raise_type_error(&text))
            }
        }
    }

    #[slot]
    fn set(vm: &mut Vm, _this: &Value, _object: &Value, _value: Option<Value>) -> Result<()> {
        Err(vm.raise_class(ATTRIBUTE_ERROR.as_type(), "readonly attribute"))
    }
}

/// What a struct sequence type is made from.
pub struct StructSeqDef<'a> {
    /// Module and name: `time.struct_time`.
    pub name: &'static str,
    /// `__doc__`.
    pub doc: &'a str,
    /// Names and docs of the fields. An empty name is an item that only its index reaches.
    pub fields: &'static [(&'static str, &'static str)],
    /// How many fields are items of the tuple.
    pub visible: usize,
}

static REDUCE: FnDef = FnDef {
    name: "__reduce__",
    signature: Some("($self, /)"),
    parameters: None,
    doc: "",
    kind: FnKind::Method,
    call: call_reduce,
    positional: |vm, all| call_reduce(vm, Args::positional_only(all)),
};
static REPLACE: FnDef = FnDef {
    name: "__replace__",
    signature: Some("($self, /, **changes)"),
    parameters: None,
    doc: "Make a copy in which some fields have other values.",
    kind: FnKind::Method,
    call: call_replace,
    positional: |vm, all| call_replace(vm, Args::positional_only(all)),
};

impl Vm {
    /// A struct sequence type. `name` has the module in front.
    pub fn new_structseq_type(
        &mut self,
        name: &'static str,
        doc: &str,
        fields: &'static [(&'static str, &'static str)],
        visible: usize,
    ) -> Result<Ref<Type>> {
        self.new_structseq_class(&StructSeqDef { name, doc, fields, visible })
    }

    /// A struct sequence type from its description.
    pub fn new_structseq_class(&mut self, def: &StructSeqDef<'_>) -> Result<Ref<Type>> {
        let (module, short) = def.name.rsplit_once('.').unwrap_or(("builtins", def.name));
        let hides = def.fields.len() > def.visible;
        let namespace = self.new_dict()?;
        if !hides {
            let none = self.new_tuple(Vec::new())?.into_value();
            self.set_entry(&namespace, "__slots__", none)?;
        }
        let module = self.intern_utf8(module)?.into_value();
        self.set_entry(&namespace, "__module__", module)?;
        let doc = self.new_str(def.doc)?.into_value();
        self.set_entry(&namespace, "__doc__", doc)?;
        let short = self.intern_utf8(short)?;
        let bases = [TUPLE.as_ref().into_value()];
        let ty = self.new_class(&TYPE.as_ref(), &short, &bases, &namespace, Args::positional_only(&[]))?;
        let Some(dict) = ty.dict().cloned() else { return Ok(ty) };
        for key in ["__slots__", "__dict__", "__weakref__"] {
            let key = self.intern_utf8(key)?;
            dict.get_mut(self).remove_str(&key);
        }
        self.add_structseq_members(&ty, &dict, def)?;
        slots::update(&ty, |s| {
            s.new = Some(structseq_new);
            s.repr = Some(structseq_repr);
            if hides {
                s.setattr = Some(structseq_setattr);
            }
        });
        ty.declare_name(def.name);
        ty.remove_flags(TypeFlags::BASETYPE);
        // Those of `sys` are made for the interpreter; others are classes like a program's.
        if def.name.starts_with("sys.") {
            ty.add_flags(TypeFlags::IMMUTABLE);
        }
        ty.modified();
        Ok(ty)
    }

    fn set_entry(&mut self, dict: &Ref<Dict>, key: &str, value: Value) -> Result<()> {
        let key = self.intern_utf8(key)?;
        let hash = key.hash();
        dict.get_mut(self).set_str(&key, hash, value)?;
        Ok(())
    }

    fn add_structseq_members(&mut self, ty: &Ref<Type>, dict: &Ref<Dict>, def: &StructSeqDef<'_>) -> Result<()> {
        let new = NativeFunction::new_for_class(self, ty)?.into_value();
        self.set_entry(dict, "__new__", new)?;
        if let Some(repr) = dunder::all().find(|d| d.name == "__repr__") {
            let repr = Ref::new(self, SlotWrapper { def: Opaque(repr), owner: ty.clone() })?.into_value();
            self.set_entry(dict, "__repr__", repr)?;
        }
        for method in [&REDUCE, &REPLACE] {
            let value = Ref::new(self, MethodDescriptor { def: Opaque(method), owner: ty.clone() })?.into_value();
            self.set_entry(dict, method.name, value)?;
        }
        let mut match_args = Vec::new();
        let mut members = Vec::new();
        let mut unnamed = 0;
        for (index, &(name, doc)) in def.fields.iter().enumerate() {
            if name.is_empty() {
                unnamed += 1;
                continue;
            }
            let key = self.intern_utf8(name)?;
            let hidden = index >= def.visible;
            if !hidden {
                match_args.push(key.to_value());
            }
            let member = StructMember { name: key.clone(), doc: Opaque(doc), index, hidden, owner: ty.clone() };
            let member = Ref::new(self, member)?.into_value();
            members.push(member.clone());
            dict.get_mut(self).set_str(&key, key.hash(), member)?;
        }
        let members = self.new_tuple(members)?.into_value();
        ty.keep(members);
        let counts =
            [("n_sequence_fields", def.visible), ("n_fields", def.fields.len()), ("n_unnamed_fields", unnamed)];
        for (key, n) in counts {
            let n = self.new_int(n as i64)?;
            self.set_entry(dict, key, n)?;
        }
        let match_args = self.new_tuple(match_args)?.into_value();
        self.set_entry(dict, "__match_args__", match_args)
    }

    /// Takes away the constructor of a struct sequence type: `cannot create 'sys.flags' instances`.
    pub fn forbid_structseq_instances(&mut self, ty: &Ref<Type>) {
        ty.add_flags(TypeFlags::DISALLOW_INSTANTIATION);
        slots::update(ty, |s| s.new = Some(structseq_new_forbidden));
        if let Some(dict) = ty.dict().cloned() {
            dict.get_mut(self).remove_str(name!("__new__"));
        }
        ty.modified();
    }

    /// An instance from the values of all its fields; hidden ones that are left out are `None`.
    pub fn new_structseq(&mut self, ty: &Ref<Type>, values: Vec<Value>) -> Result {
        let visible = count(self, ty, name!("n_sequence_fields"));
        let mut values = values;
        while values.len() < visible {
            values.push(Value::none());
        }
        let hidden = values.split_off(visible);
        let made = self.new_tuple_in(ty, visible, values.into_iter())?.into_value();
        // A field that is not there is `None`.
        if hidden.iter().all(Value::is_none) {
            return Ok(made);
        }
        for m in members(ty).iter().filter(|m| m.hidden) {
            if let Some(value) = hidden.get(m.index - visible).filter(|v| !v.is_none()) {
                self.set_instance_attr(&made, &m.name, value.clone())?;
            }
        }
        Ok(made)
    }
}

/// The named fields of a type, in order.
fn members(ty: &Type) -> Vec<Ref<StructMember>> {
    let kept = ty.first_kept();
    let members = kept.as_ref().and_then(|v| v.downcast::<Tuple>()).map_or(&[][..], |t| t.items());
    members.iter().filter_map(|v| v.downcast::<StructMember>().cloned()).collect()
}

/// One of the numbers that the type has as attributes.
fn count(vm: &Vm, ty: &Type, key: &Ref<Str>) -> usize {
    let found = ty.dict().and_then(|d| d.get(vm).get_str(key)).and_then(Value::small_int);
    found.and_then(|n| usize::try_from(n).ok()).unwrap_or(0)
}

fn field_value(vm: &Vm, tuple: &Ref<Tuple>, m: &StructMember) -> Value {
    let found =
        if m.hidden { vm.instance_attr(tuple.as_value(), &m.name) } else { tuple.items().get(m.index).cloned() };
    found.unwrap_or_else(Value::none)
}

/// `__new__` of struct sequences: a sequence, and a dict of the fields behind it.
pub fn structseq_new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
    static SIGNATURE: Signature = Signature {
        name: "structseq",
        params: &["sequence", "dict"],
        required: &[true, false],
        required_count: 1,
        positional_only: 0,
        positional: 2,
    };
    let [sequence, dict] = bind::<2>(vm, &SIGNATURE, args)?;
    let Some(sequence) = sequence else { return Err(vm.raise_type_error("constructor requires a sequence")) };
    let mut values = match vm.collect(sequence) {
        Ok(values) => values,
        Err(raised) if vm.raised_is(crate::errors::TYPE_ERROR.as_type()) => {
            drop(vm.take_raised(raised));
            return Err(vm.raise_type_error("constructor requires a sequence"));
        }
        Err(raised) => return Err(raised),
    };
    let dict = match dict {
        None => None,
        Some(d) => match d.downcast::<Dict>() {
            Some(d) => Some(d.clone()),
            None => {
                let name = vm.dotted_name(class);
                return Err(vm.raise_type_error(&format!("{name}() takes a dict as second arg, if any")));
            }
        },
    };
    let (least, most) = (count(vm, class, name!("n_sequence_fields")), count(vm, class, name!("n_fields")));
    let n = values.len();
    let bound = match (least == most, n < least, n > most) {
        (true, true, _) | (true, _, true) => Some(format!("a {least}")),
        (false, true, _) => Some(format!("an at least {least}")),
        (false, _, true) => Some(format!("an at most {most}")),
        _ => None,
    };
    if let Some(bound) = bound {
        let name = vm.dotted_name(class);
        return Err(vm.raise_type_error(&format!("{name}() takes {bound}-sequence ({n}-sequence given)")));
    }
    let mut used = 0;
    let left_out = match &dict {
        Some(_) if n < most => members(class),
        _ => Vec::new(),
    };
    for m in left_out.iter().filter(|m| m.index >= n) {
        let given = match &dict {
            Some(d) => vm.dict_get(d, m.name.as_value())?,
            None => None,
        };
        used += given.is_some() as usize;
        values.push(given.unwrap_or_else(Value::none));
    }
    if dict.is_some_and(|d| d.get(vm).len() > used) {
        let name = vm.dotted_name(class);
        return Err(vm.raise_type_error(&format!("{name}() got duplicate or unexpected field name(s)")));
    }
    vm.new_structseq(class, values)
}

fn structseq_new_forbidden(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
    let name = vm.dotted_name(class);
    Err(vm.raise_type_error(&format!("cannot create '{name}' instances")))
}

fn structseq_repr(vm: &mut Vm, this: &Value) -> Result {
    let Some(tuple) = this.downcast::<Tuple>() else { return Err(vm.raise_wrong_receiver("__repr__", this)) };
    vm.check_stack(" while getting the repr of an object")?;
    let class = this.ty().to_ref();
    let head = vm.dotted_name(&class);
    let mut text = vm.new_str(&format!("{head}("))?;
    // Items without a name are shown under the names that follow.
    for (i, (m, item)) in members(&class).iter().zip(tuple.items()).enumerate() {
        let label = format!("{}{}=", if i == 0 { "" } else { ", " }, m.name.to_string_lossy());
        let label = vm.new_str(&label)?;
        text = vm.concat_str(&text, &label)?;
        let shown = vm.repr(item)?;
        text = vm.concat_str(&text, &shown)?;
    }
    let close = vm.new_str(")")?;
    vm.concat_str(&text, &close).map(Ref::into_value)
}

/// Instances with hidden fields have a dict, which is nobody else's.
fn structseq_setattr(vm: &mut Vm, this: &Value, name: &Ref<Str>, value: Option<Value>) -> Result<()> {
    let found = vm.lookup_type_attr(this.ty(), name);
    if found.as_ref().is_some_and(|f| slots::of(f.ty()).set.is_some()) {
        return vm.generic_set_attr(this, name, value);
    }
    let (class, shown) = (vm.dotted_name(this.ty()), name.to_string_lossy());
    let text = match found {
        Some(_) => format!("'{class}' object attribute '{shown}' is read-only"),
        None => format!("'{class}' object has no attribute '{shown}' and no __dict__ for setting new attributes"),
    };
    Err(vm.raise_attribute_error(this, name, &text))
}

fn receiver<'a>(vm: &mut Vm, args: Args<'a>, name: &str) -> Result<(&'a Ref<Tuple>, Args<'a>)> {
    let (this, rest) = args.split_receiver(vm, name)?;
    match this.downcast::<Tuple>() {
        Some(tuple) => Ok((tuple, rest)),
        None => Err(vm.raise_wrong_receiver(name, this)),
    }
}

fn call_reduce(vm: &mut Vm, args: Args<'_>) -> Result {
    let (this, rest) = receiver(vm, args, "__reduce__")?;
    if !rest.all().is_empty() {
        let class = vm.dotted_name(this.ty());
        let text = format!("{class}.__reduce__() takes no arguments ({} given)", rest.all().len());
        return Err(vm.raise_type_error(&text));
    }
    let class = this.ty().to_ref();
    let hidden = vm.new_dict()?;
    for m in members(&class).iter().filter(|m| m.hidden) {
        let value = field_value(vm, this, m);
        vm.dict_set(&hidden, m.name.as_value(), value)?;
    }
    let plain = vm.new_tuple_from(this.items())?.into_value();
    let args = vm.new_tuple(vec![plain, hidden.into_value()])?.into_value();
    vm.new_tuple(vec![class.into_value(), args]).map(Ref::into_value)
}

fn call_replace(vm: &mut Vm, args: Args<'_>) -> Result {
    let (this, rest) = receiver(vm, args, "__replace__")?;
    if !rest.positional().is_empty() {
        return Err(vm.raise_type_error("__replace__() takes no positional arguments"));
    }
    let class = this.ty().to_ref();
    if count(vm, &class, name!("n_unnamed_fields")) > 0 {
        let name = vm.dotted_name(&class);
        let text = format!("__replace__() is not supported for {name} because it has unnamed field(s)");
        return Err(vm.raise_type_error(&text));
    }
    let fields = members(&class);
    let mut values: Vec<Value> = fields.iter().map(|m| field_value(vm, this, m)).collect();
    let mut unexpected = Vec::new();
    for (key, value) in rest.keywords() {
        let place = fields.iter().position(|m| key.downcast::<Str>().is_some_and(|k| **k == *m.name));
        match place {
            Some(i) => values[i] = value.clone(),
            None => unexpected.push(key.clone()),
        }
    }
    if !unexpected.is_empty() {
        let names = vm.new_list(unexpected)?.into_value();
        let names = vm.repr(&names)?.to_string_lossy();
        return Err(vm.raise_type_error(&format!("Got unexpected field name(s): {names}")));
    }
    vm.new_structseq(&class, values)
}
