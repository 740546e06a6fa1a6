//! `ast.AST`, the base of all nodes.

use taipan_macros::{Payload, Trace, class};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::errors::DEPRECATION_WARNING;
use taipan_vm::native::Args;
use taipan_vm::types::generic_alias::GENERIC_ALIAS;
use taipan_vm::types::union::UNION;
use taipan_vm::{Dict, List, Ref, Result, Str, Tuple, Type, Value, Vm, name};

/// `ast.AST`.
pub static AST: TypeCell<Node> = TypeCell::new("ast.AST");

/// A node: everything is in its attributes.
#[derive(Trace, Payload)]
#[payload(class = AST, frozen)]
#[repr(C)]
pub struct Node {
    nothing: (),
}

/// Makes a node without attributes.
pub fn new_node(vm: &mut Vm, class: &Type) -> Result {
    Ref::new_in(vm, class, Node { nothing: () }).map(Ref::into_value)
}

/// The names of a class's fields.
fn fields_of(vm: &mut Vm, this: &Value) -> Result<Vec<Value>> {
    let class = this.ty().to_value();
    match vm.get_attr_opt(&class, name!("_fields"))? {
        Some(fields) => vm.collect(&fields),
        None => Ok(Vec::new()),
    }
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

fn text_of(vm: &mut Vm, field: &Value) -> Result<Ref<Str>> {
    match field.downcast::<Str>() {
        Some(field) => Ok(field.clone()),
        None => Err(vm.raise_type_error("attribute name must be string")),
    }
}

/// Nodes nested deeper than this are not shown.
const SHOWN_DEPTH: usize = 3;

fn show(vm: &mut Vm, value: &Value, depth: usize) -> Result<String> {
    if let Some(node) = value.downcast::<Node>() {
        return show_node(vm, node.as_value(), depth);
    }
    let items = match (value.downcast_exact::<List>(), value.downcast_exact::<Tuple>()) {
        (Some(list), _) => taipan_object::room::copied(list.items(vm))?,
        (_, Some(tuple)) => taipan_object::room::copied(tuple.items())?,
        _ => return Ok(vm.repr(value)?.to_string_lossy()),
    };
    let (open, close) = if value.downcast_exact::<List>().is_some() { ("[", "]") } else { ("(", ")") };
    let mut shown = Vec::new();
    let ends = match items.len() {
        0 => Vec::new(),
        1 => vec![&items[0]],
        n => vec![&items[0], &items[n - 1]],
    };
    for item in ends {
        shown.push(match item.downcast::<Node>() {
            Some(node) => show_node(vm, node.as_value(), depth.saturating_sub(1))?,
            None => vm.repr(item)?.to_string_lossy(),
        });
    }
    let between = if items.len() > 2 { ", ..., " } else { ", " };
    Ok(format!("{open}{}{close}", shown.join(between)))
}

fn show_node(vm: &mut Vm, node: &Value, depth: usize) -> Result<String> {
    vm.check_stack(" while getting the repr of an object")?;
    let class = node.ty().name();
    if depth == 0 {
        return Ok(format!("{class}(...)"));
    }
    let shown = vm.guard_repr(node, |vm| {
        let mut parts = Vec::new();
        for field in fields_of(vm, node)? {
            let field = text_of(vm, &field)?;
            let value = vm.get_attr(node, &field)?;
            let shown = match value.downcast::<Node>() {
                Some(inner) => show_node(vm, inner.as_value(), depth - 1)?,
                None => show(vm, &value, depth)?,
            };
            parts.push(format!("{}={shown}", field.to_string_lossy()));
        }
        Ok(parts.join(", "))
    })?;
    Ok(match shown {
        Some(parts) => format!("{class}({parts})"),
        None => format!("{class}(...)"),
    })
}

/// The instance's attributes.
fn attributes(vm: &mut Vm, this: &Value) -> Result<Option<Ref<Dict>>> {
    vm.instance_dict(this)
}

fn contains(vm: &mut Vm, all: &[Value], wanted: &Value) -> Result<bool> {
    for item in all {
        if vm.equal(item, wanted)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives fields that were left out what belongs there.
fn set_defaults(vm: &mut Vm, this: &Value, missing: Vec<Value>) -> Result<()> {
    if missing.is_empty() {
        return Ok(());
    }
    let class = this.ty().to_value();
    let Some(types) = vm.get_attr_opt(&class, name!("_field_types"))? else { return Ok(()) };
    let Some(types) = types.downcast::<Dict>().cloned() else { return Ok(()) };
    for field in missing {
        let class_name = this.ty().name();
        let shown = vm.repr(&field)?.to_string_lossy();
        let Some(ty) = vm.dict_get(&types, &field)? else {
            let text = format!(
                "Field {shown} is missing from {class_name}._field_types. This will become an error in Python 3.15."
            );
            vm.warn(DEPRECATION_WARNING.as_type(), &text, 1)?;
            continue;
        };
        if ty.ty().is(UNION.as_type()) {
            continue;
        }
        let field = text_of(vm, &field)?;
        if ty.ty().is(GENERIC_ALIAS.as_type()) {
            let empty = vm.new_list(Vec::new())?.into_value();
            vm.set_attr(this, &field, Some(empty))?;
        } else if ty.as_type().is_some_and(|t| t.name() == "expr_context") {
            let module = vm.import("_ast")?;
            let load = vm.call_method(&module, name!("Load"), &[])?;
            vm.set_attr(this, &field, Some(load))?;
        } else {
            let text = format!(
                "{class_name}.__init__ missing 1 required positional argument: {shown}. This will become an error in Python 3.15."
            );
            vm.warn(DEPRECATION_WARNING.as_type(), &text, 1)?;
        }
    }
    Ok(())
}

/// Refuses to replace a node that lacks fields which may not be left out.
fn refuse_missing(vm: &mut Vm, this: &Value, fields: &[Value], payload: &Ref<Dict>) -> Result<()> {
    let class = this.ty().to_value();
    let types = vm.get_attr_opt(&class, name!("_field_types"))?.and_then(|t| t.downcast::<Dict>().cloned());
    let mut missing = Vec::new();
    for field in fields {
        let ty = match &types {
            Some(types) => vm.dict_get(types, field)?,
            None => None,
        };
        let optional = ty.is_some_and(|ty| ty.ty().is(UNION.as_type()));
        if !optional && vm.dict_get(payload, field)?.is_none() {
            missing.push(vm.repr(field)?.to_string_lossy());
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort();
    let (class, n, s) = (this.ty().name(), missing.len(), plural(missing.len()));
    let text = format!("{class}.__replace__ missing {n} keyword argument{s}: {}.", missing.join(", "));
    Err(vm.raise_type_error(&text))
}

/// Methods of nodes.
pub struct AstClass;

#[class(cell = AST, base = OBJECT, flags = BASETYPE | HAVE_GC | MANAGED_DICT)]
impl AstClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        new_node(vm, class)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        let fields = vm.get_attr(&this.ty().to_value(), name!("_fields"))?;
        let fields = vm.collect(&fields)?;
        let class = this.ty().name();
        let given = args.positional();
        if given.len() > fields.len() {
            let n = fields.len();
            let text = format!("{class} constructor takes at most {n} positional argument{}", plural(n));
            return Err(vm.raise_type_error(&text));
        }
        for (field, value) in fields.iter().zip(given) {
            let field = text_of(vm, field)?;
            vm.set_attr(this, &field, Some(value.clone()))?;
        }
        let mut missing: Vec<Value> = fields[given.len()..].to_vec();
        for (key, value) in args.keywords() {
            let mut at = None;
            for (i, field) in missing.iter().enumerate() {
                if vm.equal(field, key)? {
                    at = Some(i);
                    break;
                }
            }
            match at {
                Some(i) => drop(missing.remove(i)),
                None if contains(vm, &fields, key)? => {
                    let shown = vm.repr(key)?.to_string_lossy();
                    return Err(vm.raise_type_error(&format!("{class} got multiple values for argument {shown}")));
                }
                None => {
                    let own = vm.get_attr(&this.ty().to_value(), name!("_attributes"))?;
                    let own = vm.collect(&own)?;
                    if !contains(vm, &own, key)? {
                        let shown = vm.repr(key)?.to_string_lossy();
                        let text = format!(
                            "{class}.__init__ got an unexpected keyword argument {shown}. Support for arbitrary keyword arguments is deprecated and will be removed in Python 3.15."
                        );
                        vm.warn(DEPRECATION_WARNING.as_type(), &text, 1)?;
                    }
                }
            }
            let key = text_of(vm, key)?;
            vm.set_attr(this, &key, Some(value.clone()))?;
        }
        set_defaults(vm, this, missing)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Value) -> Result {
        let text = show_node(vm, this, SHOWN_DEPTH)?;
        vm.new_str(&text).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn __reduce__(vm: &mut Vm, this: &Value) -> Result {
        let class = this.ty().to_value();
        let Some(dict) = attributes(vm, this)? else {
            let none = vm.new_tuple(Vec::new())?.into_value();
            return vm.new_tuple(vec![class, none]).map(Ref::into_value);
        };
        // The state holds everything; the arguments only keep the constructor from giving defaults or warning.
        let copy = dict.get(vm).copy()?;
        let state = Ref::new(vm, copy)?;
        let mut positional = Vec::new();
        for field in fields_of(vm, this)? {
            if vm.dict_get(&state, &field)?.is_none() {
                break;
            }
            positional.push(Value::none());
        }
        let positional = vm.new_tuple(positional)?.into_value();
        vm.new_tuple(vec![class, positional, state.into_value()]).map(Ref::into_value)
    }

    /// Return a copy of the AST node with new values for the specified fields.
    #[method("($self, /, **fields)")]
    fn __replace__(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result {
        if !args.positional().is_empty() {
            return Err(vm.raise_type_error("__replace__() takes no positional arguments"));
        }
        let class = this.ty().name();
        let fields = fields_of(vm, this)?;
        let mut known = fields.clone();
        if let Some(own) = vm.get_attr_opt(&this.ty().to_value(), name!("_attributes"))? {
            known.extend(vm.collect(&own)?);
        }
        let payload = vm.new_dict()?;
        if let Some(dict) = attributes(vm, this)? {
            let all: Vec<(Value, Value)> = taipan_object::room::gathered(
                dict.get(vm).len(),
                dict.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())),
            )?;
            for (key, value) in all {
                if contains(vm, &known, &key)? {
                    vm.dict_set(&payload, &key, value)?;
                }
            }
        }
        for (key, value) in args.keywords() {
            if !contains(vm, &known, key)? {
                let shown = vm.repr(key)?.to_string_lossy();
                let text = format!("{class}.__replace__ got an unexpected keyword argument {shown}.");
                return Err(vm.raise_type_error(&text));
            }
            vm.dict_set(&payload, key, value.clone())?;
        }
        refuse_missing(vm, this, &fields, &payload)?;
        let (names, values): (Vec<Value>, Vec<Value>) =
            payload.get(vm).iter().map(|(k, v)| (k.clone(), v.clone())).unzip();
        let class = this.ty().to_value();
        vm.call_args(&class, Args::new(&values, &names))
    }

    #[getter]
    fn __dict__(vm: &mut Vm, this: &Value) -> Result {
        match attributes(vm, this)? {
            Some(dict) => Ok(dict.into_value()),
            None => vm.new_dict().map(Ref::into_value),
        }
    }
}
