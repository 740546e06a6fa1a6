//! `_symtable`: the compiler's symbol table, block by block, as Python objects.

use taipan_compiler::symtable::{BlockId, BlockKind, Flags, Scope, SymbolTable};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_vm::modules::compile::Mode;
use taipan_vm::types::module::Module;
use taipan_vm::{ModuleRef, Ref, Result, Str, Value, Vm};

/// `symtable entry`.
pub static ENTRY: TypeCell<Entry> = TypeCell::new("symtable entry");

/// One block.
#[derive(Trace, Payload)]
#[payload(class = ENTRY)]
#[repr(C)]
pub struct Entry {
    id: Value,
    name: Value,
    symbols: Value,
    varnames: Value,
    children: Value,
    nested: bool,
    kind: i32,
    line: i32,
}

/// Methods of `symtable entry`.
pub struct EntryClass;

#[class(cell = ENTRY, base = OBJECT)]
impl EntryClass {
    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Entry>) -> Result {
        let (id, name, line) = {
            let entry = this.get(vm);
            (entry.id.clone(), entry.name.clone(), entry.line)
        };
        let (id, name) = (vm.str(&id)?.to_string_lossy(), vm.str(&name)?.to_string_lossy());
        vm.new_str(&format!("<symtable entry {name}({id}), line {line}>")).map(Ref::into_value)
    }

    #[getter(member)]
    fn id(vm: &mut Vm, this: &Ref<Entry>) -> Result {
        Ok(this.get(vm).id.clone())
    }

    #[getter(member)]
    fn name(vm: &mut Vm, this: &Ref<Entry>) -> Result {
        Ok(this.get(vm).name.clone())
    }

    #[getter(member)]
    fn symbols(vm: &mut Vm, this: &Ref<Entry>) -> Result {
        Ok(this.get(vm).symbols.clone())
    }

    #[getter(member)]
    fn varnames(vm: &mut Vm, this: &Ref<Entry>) -> Result {
        Ok(this.get(vm).varnames.clone())
    }

    #[getter(member)]
    fn children(vm: &mut Vm, this: &Ref<Entry>) -> Result {
        Ok(this.get(vm).children.clone())
    }

    #[getter(member)]
    fn nested(vm: &mut Vm, this: &Ref<Entry>) -> Result {
        Ok(Value::from_i32(i32::from(this.get(vm).nested)))
    }

    #[getter(member, name = "type")]
    fn kind(vm: &mut Vm, this: &Ref<Entry>) -> Result {
        Ok(Value::from_i32(this.get(vm).kind))
    }

    #[getter(member)]
    fn lineno(vm: &mut Vm, this: &Ref<Entry>) -> Result {
        Ok(Value::from_i32(this.get(vm).line))
    }
}

/// The objects of a block and those inside.
fn convert(vm: &mut Vm, table: &SymbolTable, id: BlockId) -> Result {
    vm.check_stack(" during compilation")?;
    let block = &table[id];
    let symbols = vm.new_dict()?;
    for (name, flags) in block.symbols.iter() {
        let name = vm.intern_utf8(name)?;
        vm.dict_set(&symbols, name.as_value(), Value::from_i32(flags.bits() as i32))?;
    }
    let mut varnames = Vec::with_capacity(block.varnames.len());
    for name in &block.varnames {
        varnames.push(vm.intern_utf8(name)?.into_value());
    }
    let mut children = Vec::with_capacity(block.children.len());
    for &child in &block.children {
        children.push(convert(vm, table, child)?);
    }
    let entry = Entry {
        // Blocks lie where they stay as long as the table lives: their addresses tell them apart, as in CPython.
        id: vm.new_int(std::ptr::from_ref(block) as i64)?,
        name: vm.intern_utf8(&block.name)?.into_value(),
        symbols: symbols.into_value(),
        varnames: vm.new_list(varnames)?.into_value(),
        children: vm.new_list(children)?.into_value(),
        nested: block.nested,
        kind: block.kind as i32,
        line: block.loc.line,
    };
    Ref::new_in(vm, ENTRY.as_type(), entry).map(Ref::into_value)
}

/// `_symtable`.
pub struct SymtableModule;

#[module(name = "_symtable")]
impl SymtableModule {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&EntryClass::class_def())?;
        let constants = [
            ("USE", Flags::USE.bits()),
            ("DEF_GLOBAL", Flags::DEF_GLOBAL.bits()),
            ("DEF_NONLOCAL", Flags::DEF_NONLOCAL.bits()),
            ("DEF_LOCAL", Flags::DEF_LOCAL.bits()),
            ("DEF_PARAM", Flags::DEF_PARAM.bits()),
            ("DEF_TYPE_PARAM", Flags::DEF_TYPE_PARAM.bits()),
            ("DEF_FREE_CLASS", Flags::DEF_FREE_CLASS.bits()),
            ("DEF_IMPORT", Flags::DEF_IMPORT.bits()),
            // What binds a name, besides being a type parameter.
            ("DEF_BOUND", Flags::DEF_BOUND.bits() & !Flags::DEF_TYPE_PARAM.bits()),
            ("DEF_ANNOT", Flags::DEF_ANNOT.bits()),
            ("DEF_COMP_ITER", Flags::DEF_COMP_ITER.bits()),
            ("DEF_COMP_CELL", Flags::DEF_COMP_CELL.bits()),
            ("TYPE_FUNCTION", BlockKind::Function as u32),
            ("TYPE_CLASS", BlockKind::Class as u32),
            ("TYPE_MODULE", BlockKind::Module as u32),
            ("TYPE_ANNOTATION", BlockKind::Annotation as u32),
            ("TYPE_TYPE_ALIAS", BlockKind::TypeAlias as u32),
            ("TYPE_TYPE_PARAMETERS", BlockKind::TypeParameters as u32),
            ("TYPE_TYPE_VARIABLE", BlockKind::TypeVariable as u32),
            ("LOCAL", Scope::Local as u32),
            ("GLOBAL_EXPLICIT", Scope::GlobalExplicit as u32),
            ("GLOBAL_IMPLICIT", Scope::GlobalImplicit as u32),
            ("FREE", Scope::Free as u32),
            ("CELL", Scope::Cell as u32),
            ("SCOPE_OFF", Flags::SCOPE_OFFSET),
            ("SCOPE_MASK", Flags::SCOPE_MASK.bits()),
        ];
        for (name, value) in constants {
            module.set(vm, name, Value::from_i32(value as i32))?;
        }
        Ok(())
    }

    /// Return symbol and scope dictionaries used internally by compiler.
    #[function("($module, source, filename, startstr, /)")]
    fn symtable(vm: &mut Vm, source: &Value, filename: &Value, startstr: &Ref<Str>) -> Result {
        let filename = vm.fs_decode(filename)?;
        let mode = match startstr.to_utf8() {
            Some("exec") => Mode::Exec,
            Some("eval") => Mode::Eval,
            Some("single") => Mode::Single,
            _ => return Err(vm.raise_value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'")),
        };
        let table = vm.symbol_table(source, &filename, mode)?;
        convert(vm, &table, SymbolTable::TOP)
    }
}
