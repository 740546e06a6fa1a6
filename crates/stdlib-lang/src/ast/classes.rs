//! The node classes, made from the compiler's table.

use super::node::{AST, AstClass};
use taipan_compiler::ast::{FAMILIES, Family, Field, FieldType, Occurs};
use taipan_object::statics::{INT, LIST, NONE_TYPE, OBJECT, STR, TYPE};
use taipan_object::{TypeFlags, shared};
use taipan_vm::slots::BinaryOp;
use taipan_vm::types::generic_alias::new_alias;
use taipan_vm::{Dict, Ref, Result, Tuple, Type, Value, Vm, name};

/// Key under which the classes are kept: a tuple for each family of its base or `None`, and its classes.
const CLASSES: &str = "_ast.classes";
/// Key under which the nodes without fields are kept: parsed trees share them.
const SINGLETONS: &str = "_ast.singletons";
/// The attributes of nodes with a place.
pub const PLACE: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// The classes of one family.
pub struct FamilyClasses {
    /// The abstract base, unless the family is one class.
    pub base: Option<Ref<Type>>,
    pub classes: Vec<Ref<Type>>,
}

/// All classes, in the order of the table.
pub struct Classes {
    pub families: Vec<FamilyClasses>,
}

/// The place of a family in the table.
pub fn family_index(family: &Family) -> usize {
    FAMILIES.iter().position(|f| f.name == family.name).unwrap_or(0)
}

fn class_of(value: &Value) -> Option<Ref<Type>> {
    value.as_type_ref().cloned()
}

/// The classes, made if need be.
pub fn all(vm: &mut Vm) -> Result<Classes> {
    let kept = match vm.state().registry.get(CLASSES).and_then(|c| c.downcast::<Tuple>()) {
        Some(kept) => kept.clone(),
        None => {
            vm.set_up_class(&AstClass::class_def())?;
            open_base(vm)?;
            let made = make_all(vm)?;
            vm.state_mut().registry.insert(CLASSES, made.to_value());
            made
        }
    };
    let families = kept.items().iter().filter_map(|f| f.downcast::<Tuple>()).map(|family| {
        let mut items = family.items().iter();
        let base = items.next().and_then(class_of);
        FamilyClasses { base, classes: items.filter_map(class_of).collect() }
    });
    Ok(Classes { families: families.collect() })
}

/// The one node of each class without fields of a family of such classes.
pub fn singletons(vm: &mut Vm, classes: &Classes) -> Result<Ref<Tuple>> {
    if let Some(kept) = vm.state().registry.get(SINGLETONS).and_then(|s| s.downcast::<Tuple>()) {
        return Ok(kept.clone());
    }
    let mut families = Vec::new();
    for (family, classes) in FAMILIES.iter().zip(&classes.families) {
        let mut nodes = Vec::new();
        if is_names(family) {
            for class in &classes.classes {
                nodes.push(vm.call(class.as_value(), &[])?);
            }
        }
        families.push(vm.new_tuple(nodes)?.into_value());
    }
    let families = vm.new_tuple(families)?;
    vm.state_mut().registry.insert(SINGLETONS, families.to_value());
    Ok(families)
}

/// Whether the family is a mere choice of names.
pub fn is_names(family: &Family) -> bool {
    !family.is_product && !family.located && family.classes.iter().all(|c| c.fields.is_empty())
}

/// The base of all nodes has no fields; like the others, and unlike most native classes, it can be given attributes.
fn open_base(vm: &mut Vm) -> Result<()> {
    for key in ["_fields", "__match_args__", "_attributes"] {
        let none = texts(vm, &[])?;
        vm.set_class_constant(AST.as_type(), key, none)?;
    }
    shared::set_up(|| AST.as_type().remove_flags(TypeFlags::IMMUTABLE));
    Ok(())
}

fn texts(vm: &mut Vm, all: &[&str]) -> Result {
    let mut items = Vec::with_capacity(all.len());
    for text in all {
        items.push(vm.intern_utf8(text)?.into_value());
    }
    vm.new_tuple(items).map(Ref::into_value)
}

fn set(vm: &mut Vm, dict: &Ref<Dict>, key: &str, value: Value) -> Result<()> {
    let key = vm.intern_utf8(key)?;
    vm.dict_set(dict, key.as_value(), value)
}

fn make_class(vm: &mut Vm, class: &str, base: &Type, namespace: &Ref<Dict>) -> Result<Ref<Type>> {
    let module = vm.intern_utf8("ast")?.into_value();
    set(vm, namespace, "__module__", module)?;
    let class = vm.intern_utf8(class)?.into_value();
    let bases = vm.new_tuple(vec![base.to_value()])?.into_value();
    let made = vm.call(&TYPE.as_type().to_value(), &[class, bases, namespace.to_value()])?;
    match made.as_type_ref() {
        Some(made) => Ok(made.clone()),
        None => Err(vm.raise_system_error("a node class is no class")),
    }
}

fn add_place(vm: &mut Vm, namespace: &Ref<Dict>, located: bool) -> Result<()> {
    let attributes = texts(vm, if located { &PLACE } else { &[] })?;
    set(vm, namespace, "_attributes", attributes)?;
    if located {
        set(vm, namespace, "end_lineno", Value::none())?;
        set(vm, namespace, "end_col_offset", Value::none())?;
    }
    Ok(())
}

/// A class as the grammar writes it.
fn grammar(class: &taipan_compiler::ast::Class) -> String {
    if class.fields.is_empty() {
        return class.name.to_owned();
    }
    let field = |f: &Field| {
        let mark = match f.ty.occurs {
            Occurs::Once => "",
            Occurs::Optional => "?",
            Occurs::Many => "*",
            Occurs::ManyOptional => "?*",
        };
        format!("{}{mark} {}", f.ty.name, f.name)
    };
    format!("{}({})", class.name, class.fields.iter().map(field).collect::<Vec<_>>().join(", "))
}

fn family_grammar(family: &Family) -> String {
    let between =
        if is_names(family) { " | ".to_owned() } else { format!("\n{}| ", " ".repeat(family.name.len() + 1)) };
    let all: Vec<String> = family.classes.iter().map(grammar).collect();
    format!("{} = {}", family.name, all.join(&between))
}

fn make_all(vm: &mut Vm) -> Result<Ref<Tuple>> {
    let mut families: Vec<FamilyClasses> = Vec::new();
    for family in FAMILIES {
        let base = if family.is_product { None } else { Some(make_base(vm, family)?) };
        let mut classes = Vec::new();
        for class in family.classes {
            let namespace = vm.new_dict()?;
            let names: Vec<&str> = class.fields.iter().map(|f| f.name).collect();
            let names = texts(vm, &names)?;
            set(vm, &namespace, "_fields", names.clone())?;
            set(vm, &namespace, "__match_args__", names)?;
            let doc = vm.new_str(&grammar(class))?.into_value();
            set(vm, &namespace, "__doc__", doc)?;
            if family.is_product {
                add_place(vm, &namespace, family.located)?;
            }
            for field in class.fields.iter().filter(|f| f.ty.occurs == Occurs::Optional) {
                set(vm, &namespace, field.name, Value::none())?;
            }
            let base = base.as_deref().map_or(AST.as_type(), |b| b);
            classes.push(make_class(vm, class.name, base, &namespace)?);
        }
        families.push(FamilyClasses { base, classes });
    }
    add_types(vm, &families)?;
    let mut all = Vec::new();
    for family in families {
        let mut items = vec![family.base.map_or_else(Value::none, Ref::into_value)];
        items.extend(family.classes.into_iter().map(Ref::into_value));
        all.push(vm.new_tuple(items)?.into_value());
    }
    vm.new_tuple(all)
}

fn make_base(vm: &mut Vm, family: &Family) -> Result<Ref<Type>> {
    let namespace = vm.new_dict()?;
    let none = texts(vm, &[])?;
    set(vm, &namespace, "_fields", none.clone())?;
    set(vm, &namespace, "__match_args__", none)?;
    let doc = vm.new_str(&family_grammar(family))?.into_value();
    set(vm, &namespace, "__doc__", doc)?;
    add_place(vm, &namespace, family.located)?;
    make_class(vm, family.name, AST.as_type(), &namespace)
}

/// `_field_types` and the annotations, which name classes all over the table.
fn add_types(vm: &mut Vm, families: &[FamilyClasses]) -> Result<()> {
    for (family, made) in FAMILIES.iter().zip(families) {
        for (class, made) in family.classes.iter().zip(&made.classes) {
            let types = vm.new_dict()?;
            for field in class.fields {
                let ty = field_type(vm, field.ty, families)?;
                set(vm, &types, field.name, ty)?;
            }
            for key in [name!("_field_types"), name!("__annotations__")] {
                vm.set_attr(made.as_value(), key, Some(types.to_value()))?;
            }
        }
    }
    Ok(())
}

fn field_type(vm: &mut Vm, ty: FieldType, families: &[FamilyClasses]) -> Result {
    let one = match ty.name {
        "identifier" | "string" => STR.as_type().to_value(),
        "int" => INT.as_type().to_value(),
        "constant" => OBJECT.as_type().to_value(),
        name => match FAMILIES.iter().position(|f| f.name == name).and_then(|i| families.get(i)) {
            Some(FamilyClasses { base: Some(base), .. }) => base.to_value(),
            Some(FamilyClasses { classes, .. }) => classes.first().map_or_else(Value::none, |c| c.to_value()),
            None => Value::none(),
        },
    };
    match ty.occurs {
        Occurs::Once => Ok(one),
        Occurs::Optional => vm.binary(BinaryOp::OR, &one, &NONE_TYPE.as_type().to_value()),
        Occurs::Many | Occurs::ManyOptional => new_alias(vm, LIST.as_type().to_value(), one),
    }
}
