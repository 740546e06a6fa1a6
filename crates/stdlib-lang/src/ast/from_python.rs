//! From Python's trees to the compiler's. Trees may be wrong in every way; the errors are CPython's.

use super::classes::{self, Classes, family_index};
use taipan_bytecode::Text;
use taipan_compiler::Const;
use taipan_compiler::ast::{Family, Ident, Import, Loc, Mod, Place, Source, Str};
use taipan_compiler::parser::Mode;
use taipan_object::int::Complex;
use taipan_object::{Bytes, ELLIPSIS, FrozenSetRef, IntRef, room};
use taipan_vm::{List, Raised, Result, Tuple, Value, Vm};

struct FromPython<'v> {
    vm: &'v mut Vm,
    classes: Classes,
    /// Nodes and constants so far.
    nodes: usize,
}

/// What compiling takes for each node: two bytes of source, see `Vm::compile`.
const BYTES_PER_NODE: usize = 1024;

/// The tree that the objects describe; it has to be of the kind that `mode` compiles.
pub fn convert(vm: &mut Vm, tree: &Value, mode: Mode) -> Result<Mod> {
    let classes = classes::all(vm)?;
    let wanted = match mode {
        Mode::Exec => 0,
        Mode::Single => 1,
        Mode::Eval => 2,
        Mode::FuncType => 3,
    };
    let class = classes.families[0].classes[wanted].to_value();
    if !vm.is_instance(tree, &class)? {
        let text = format!("expected {} node, got {}", Mod::FAMILY.classes[wanted].name, tree.ty().name());
        return Err(vm.raise_type_error(&text));
    }
    let mut source = FromPython { vm, classes, nodes: 0 };
    let made = Mod::import(&mut source, Some(tree.clone()), None)?;
    room::probe(source.nodes.saturating_mul(BYTES_PER_NODE))?;
    Ok(made)
}

fn text(value: &taipan_vm::Str) -> Result<Text> {
    // Copies for the tree, for the code, and for what the compiler makes of both.
    room::probe(value.len().saturating_mul(16))?;
    match value.to_utf8() {
        Some(utf8) => Ok(Text::from(utf8)),
        None if room::refused() => Err(Raised),
        None => Ok(Text::from_code_points(value.data().code_points())),
    }
}

/// A Python value as a constant of the compiler; `TypeError` for what is none.
pub fn const_of(vm: &mut Vm, value: &Value) -> Result<Const> {
    let classes = classes::all(vm)?;
    FromPython { vm, classes, nodes: 0 }.value_const(value)
}

impl FromPython<'_> {
    fn value_const(&mut self, value: &Value) -> Result<Const> {
        self.enter()?;
        if value.is_none() {
            return Ok(Const::None);
        }
        if value.is_true() || value.is_false() {
            return Ok(Const::bool(value.is_true()));
        }
        if value.is(&ELLIPSIS.value()) {
            return Ok(Const::Ellipsis);
        }
        if value.is_exact_int() {
            match value.as_int() {
                Some(IntRef::Small(n)) => return Ok(Const::Int(n)),
                Some(IntRef::Big { negative, digits }) => {
                    return room::copied(digits).map(|digits| Const::from_digits(negative, digits));
                }
                None => {}
            }
        }
        if let Some(x) = value.as_float().filter(|_| value.is_exact_float()) {
            return Ok(Const::Float(x));
        }
        if let Some(z) = value.downcast_exact::<Complex>() {
            return Ok(Const::Complex { real: z.real, imag: z.imag });
        }
        if let Some(s) = value.downcast_exact::<taipan_vm::Str>() {
            return text(s).map(Const::Str);
        }
        if let Some(b) = value.downcast_exact::<Bytes>() {
            room::probe(b.as_bytes().len().saturating_mul(4))?;
            return Ok(Const::Bytes(b.as_bytes().into()));
        }
        if let Some(items) = value.downcast_exact::<Tuple>() {
            let mut all = room::vec(items.len())?;
            for item in items.items() {
                all.push(self.value_const(item)?);
            }
            return Ok(Const::tuple(all));
        }
        if value.ty().is(taipan_object::statics::FROZENSET.as_type())
            && let Some(set) = FrozenSetRef::of(value)
        {
            let mut items: Vec<Value> = room::vec(set.get(self.vm).len())?;
            items.extend(set.get(self.vm).iter().map(|(item, _)| item.clone()));
            let mut all = room::vec(items.len())?;
            for item in &items {
                all.push(self.value_const(item)?);
            }
            return Ok(Const::frozenset(all));
        }
        let given = value.ty().name();
        Err(self.vm.raise_type_error(&format!("got an invalid type in Constant: {given}")))
    }

    /// A number of a node's place; `None` where it may be left out.
    fn place_number(
        &mut self,
        node: &Value,
        name: &'static str,
        family: &Family,
        required: bool,
    ) -> Result<Option<i32>> {
        let found = self.attribute(node, name)?;
        match found.filter(|v| required || !v.is_none()) {
            Some(value) => self.number(&value).map(Some),
            None if required => {
                let text = format!("required field \"{name}\" missing from {}", family.name);
                Err(self.vm.raise_type_error(&text))
            }
            None => Ok(None),
        }
    }

    fn attribute(&mut self, node: &Value, name: &str) -> Result<Option<Value>> {
        let name = self.vm.intern_utf8(name)?;
        self.vm.get_attr_opt(node, &name)
    }

    fn number(&mut self, value: &Value) -> Result<i32> {
        if value.as_int().is_none() {
            let shown = self.vm.repr(value)?.to_string_lossy();
            return Err(self.vm.raise_value_error(&format!("invalid integer value: {shown}")));
        }
        let n = self.vm.to_index_i64(value, "int")?;
        i32::try_from(n).map_err(|_| self.vm.raise_overflow_error("Python int too large to convert to C int"))
    }
}

impl Source for FromPython<'_> {
    type Value = Value;
    type Error = Raised;

    fn field(&mut self, node: &Value, name: &'static str) -> Result<Option<Value>> {
        self.attribute(node, name)
    }

    fn is_none(&mut self, value: &Value) -> bool {
        value.is_none()
    }

    fn identifier(&mut self, value: Value) -> Result<Ident> {
        let Some(name) = value.downcast_exact::<taipan_vm::Str>() else {
            return Err(self.vm.raise_type_error("AST identifier must be of type str"));
        };
        room::probe(name.len().saturating_mul(16))?;
        match name.to_utf8() {
            Some(text) => Ok(Ident::new(text)),
            None => Err(self.vm.raise_surrogates_not_allowed(name)),
        }
    }

    fn string(&mut self, value: Value) -> Result<Str> {
        match value.downcast::<taipan_vm::Str>().map(|s| s.to_string_lossy()) {
            Some(text) => Ok(Str::from(text.as_str())),
            None => Err(self.vm.raise_type_error("AST string must be of type str")),
        }
    }

    fn int(&mut self, value: Value) -> Result<i32> {
        self.number(&value)
    }

    fn constant(&mut self, value: Value) -> Result<Const> {
        self.value_const(&value)
    }

    fn items(&mut self, value: Value, place: Place) -> Result<Vec<Value>> {
        match value.downcast::<List>() {
            Some(list) => {
                // What is read has no room of its own either.
                room::probe(list.items(self.vm).len().saturating_mul(BYTES_PER_NODE / 4))?;
                room::copied(list.items(self.vm))
            }
            None => {
                let (class, field) = place.map_or(("AST", ""), |(c, f)| (c.name, f.name));
                let given = value.ty().name();
                let text = format!("{class} field \"{field}\" must be a list, not a {given}");
                Err(self.vm.raise_type_error(&text))
            }
        }
    }

    fn class(&mut self, node: &Value, family: &'static Family) -> Result<usize> {
        let index = family_index(family);
        for at in 0..family.classes.len() {
            let class = self.classes.families[index].classes[at].to_value();
            if self.vm.is_instance(node, &class)? {
                return Ok(at);
            }
        }
        let shown = self.vm.repr(node)?.to_string_lossy();
        let text = format!("expected some sort of {}, but got {shown}", family.name);
        Err(self.vm.raise_type_error(&text))
    }

    fn location(&mut self, node: &Value, family: &'static Family) -> Result<Loc> {
        let line = self.place_number(node, "lineno", family, true)?.unwrap_or(0);
        let col = self.place_number(node, "col_offset", family, true)?.unwrap_or(0);
        let end_line = self.place_number(node, "end_lineno", family, false)?.unwrap_or(line);
        let end_col = self.place_number(node, "end_col_offset", family, false)?.unwrap_or(col);
        Ok(Loc { line, col, end_line, end_col })
    }

    fn missing(&mut self, place: Place) -> Raised {
        let (class, field) = place.map_or(("AST", ""), |(c, f)| (c.name, f.name));
        self.vm.raise_type_error(&format!("required field \"{field}\" missing from {class}"))
    }

    fn required(&mut self, place: Place) -> Raised {
        let (class, field) = place.map_or(("AST", ""), |(c, f)| (c.name, f.name));
        self.vm.raise_value_error(&format!("field '{field}' is required for {class}"))
    }

    fn none_in_list(&mut self, family: &'static Family) -> Raised {
        let what = match family.name {
            "expr" => "expression",
            "stmt" => "statement",
            name => name,
        };
        self.vm.raise_value_error(&format!("None disallowed in {what} list"))
    }

    fn enter(&mut self) -> Result<()> {
        self.nodes += 1;
        room::left()?;
        self.vm.check_stack(" during compilation")
    }

    fn leave(&mut self) {}
}
