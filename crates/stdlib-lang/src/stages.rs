//! `_compiler`: the compiler's stages one by one, for tests of them: code generation and the optimiser of the
//! control-flow graph. No module of Python's library; CPython shows the same in a module of its test build.

use crate::ast::{const_of, tree_of};
use taipan_bytecode::{Code, Const, Text};
use taipan_compiler::ir::{self, Instr, InstrSequence, Label, Loc, Op, Operand, Unit};
use taipan_compiler::{Options, ast};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::TypeCell;
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_vm::modules::compile::Mode;
use taipan_vm::types::module::Module;
use taipan_vm::types::slice::new_slice;
use taipan_vm::{List, Ref, Result, Str, Value, Vm};

/// `InstructionSequence`.
static SEQUENCE: TypeCell<Sequence> = TypeCell::new("InstructionSequence");

/// Instructions with labels between them, and the sequences of the functions and classes inside.
#[derive(Trace, Payload)]
#[payload(class = SEQUENCE)]
#[repr(C)]
struct Sequence {
    code: Opaque<InstrSequence>,
    nested: Vec<Value>,
}

/// More labels than this are a mistake.
const MAX_LABEL: i32 = 1 << 20;

fn new_sequence(vm: &mut Vm, code: InstrSequence, nested: Vec<Value>) -> Result {
    Ref::new_in(vm, SEQUENCE.as_type(), Sequence { code: Opaque(code), nested }).map(Ref::into_value)
}

fn sequence<'v>(vm: &mut Vm, value: &'v Value) -> Result<&'v Ref<Sequence>> {
    match value.downcast::<Sequence>() {
        Some(sequence) => Ok(sequence),
        None => Err(vm.raise_value_error("expected an instruction sequence")),
    }
}

fn label(vm: &mut Vm, number: i32) -> Result<Label> {
    match u32::try_from(number) {
        Ok(n) if number < MAX_LABEL => Ok(Label(n)),
        _ => Err(vm.raise_value_error("invalid label")),
    }
}

struct SequenceClass;

#[class(cell = SEQUENCE, base = OBJECT, flags = HAVE_GC)]
impl SequenceClass {
    /// Place label at current location.
    #[method("($self, /, label)")]
    fn use_label(vm: &mut Vm, this: &Ref<Sequence>, label: i32) -> Result<()> {
        let label = self::label(vm, label)?;
        let code = &mut this.get_mut(vm).code;
        while code.label_count() <= label.0 {
            code.new_label();
        }
        code.use_label(label);
        Ok(())
    }

    /// Return a new label.
    #[method("($self, /)")]
    fn new_label(vm: &mut Vm, this: &Ref<Sequence>) -> Result<i32> {
        Ok(this.get_mut(vm).code.new_label().0 as i32)
    }

    /// Append an instruction.
    #[method("($self, /, opcode, oparg, lineno, col_offset, end_lineno, end_col_offset)")]
    fn addop(
        vm: &mut Vm,
        this: &Ref<Sequence>,
        opcode: i32,
        oparg: i32,
        lineno: i32,
        col_offset: i32,
        end_lineno: i32,
        end_col_offset: i32,
    ) -> Result<()> {
        let Some(op) = u16::try_from(opcode).ok().and_then(Op::from_number) else {
            return Err(vm.raise_value_error("invalid opcode"));
        };
        let arg = if op.has_target() {
            Operand::Target(label(vm, oparg)?)
        } else if !op.has_arg() {
            Operand::Arg(0)
        } else {
            match u32::try_from(oparg) {
                Ok(arg) => Operand::Arg(arg),
                Err(_) => return Err(vm.raise_value_error("invalid oparg")),
            }
        };
        // The four numbers keep their order, whatever they mean.
        let loc = Loc { line: lineno, end_line: col_offset, col: end_lineno, end_col: end_col_offset };
        this.get_mut(vm).code.emit(op, arg, loc);
        Ok(())
    }

    /// Add a nested sequence.
    #[method("($self, /, nested)")]
    fn add_nested(vm: &mut Vm, this: &Ref<Sequence>, nested: &Value) -> Result<()> {
        sequence(vm, nested)?;
        this.get_mut(vm).nested.push(nested.clone());
        Ok(())
    }

    /// Return the nested sequences.
    #[method("($self, /)")]
    fn get_nested(vm: &mut Vm, this: &Ref<Sequence>) -> Result {
        let nested = this.get(vm).nested.clone();
        vm.new_list(nested).map(Ref::into_value)
    }

    /// Return the instructions as a list of tuples.
    #[method("($self, /)")]
    fn get_instructions(vm: &mut Vm, this: &Ref<Sequence>) -> Result {
        let instrs: Vec<Instr> = this.get(vm).code.instrs().to_vec();
        let mut all = Vec::with_capacity(instrs.len());
        for Instr { op, arg, loc } in instrs {
            let arg = match arg {
                Operand::Arg(_) if !op.has_arg() => Value::none(),
                Operand::Arg(arg) => vm.new_int(i64::from(arg))?,
                Operand::Target(label) => match this.get(vm).code.position(label) {
                    Some(place) => vm.new_int(i64::from(place))?,
                    // Without any place, numbers are places themselves.
                    None if !this.get(vm).code.has_places() => vm.new_int(i64::from(label.0))?,
                    None => return Err(vm.raise_value_error("a label has no place")),
                },
            };
            let mut items = vec![Value::from_i32(i32::from(op as u16)), arg];
            items.extend([loc.line, loc.end_line, loc.col, loc.end_col].map(Value::from_i32));
            all.push(vm.new_tuple(items)?.into_value());
        }
        vm.new_list(all).map(Ref::into_value)
    }
}

/// A unit that code generation has made, and what became of it.
struct Made {
    unit: Unit,
    code: Code,
    nested: Vec<Made>,
}

fn to_sequence(vm: &mut Vm, made: Made) -> Result {
    vm.check_stack(" during compilation")?;
    let mut nested = Vec::with_capacity(made.nested.len());
    for inner in made.nested {
        nested.push(to_sequence(vm, inner)?);
    }
    new_sequence(vm, made.unit.code, nested)
}

/// `_compiler`.
pub struct StagesModule;

#[module(name = "_compiler")]
impl StagesModule {
    #[exec]
    fn exec_module(vm: &mut Vm, _module: &Ref<Module>) -> Result<()> {
        vm.set_up_class(&SequenceClass::class_def()).map(drop)
    }

    /// Return a new, empty InstructionSequence.
    #[function("($module, /)")]
    fn new_instruction_sequence(vm: &mut Vm) -> Result {
        let mut code = InstrSequence::new();
        // Numbers that are given out begin with 1.
        code.new_label();
        new_sequence(vm, code, Vec::new())
    }

    /// Apply code generation to an abstract syntax tree; return the instructions and what else is known of the code.
    #[function("($module, /, ast, filename, optimize, compile_mode=0)")]
    fn compiler_codegen(
        vm: &mut Vm,
        ast: &Value,
        filename: &Ref<Str>,
        optimize: i32,
        compile_mode: Option<i32>,
    ) -> Result<Ref<taipan_vm::Tuple>> {
        let mode = match compile_mode.unwrap_or(0) {
            0 => Mode::Exec,
            1 => Mode::Eval,
            _ => Mode::Single,
        };
        let tree = tree_of(vm, ast, mode)?;
        let options = Options { optimize: optimize.clamp(0, 2) as u8, ..Options::default() };
        let name = Text::from(filename.to_string_lossy().as_str());
        let mut done: Vec<Made> = Vec::new();
        let mut finish = |unit: Unit| {
            let code = ir::finish(unit.clone())?;
            let held = |made: &Made| {
                unit.consts.as_slice().iter().any(|c| matches!(c, Const::Code(inner) if **inner == made.code))
            };
            let first = done.iter().rposition(|made| !held(made)).map_or(0, |at| at + 1);
            let nested = done.split_off(first);
            done.push(Made { unit, code: code.clone(), nested });
            Ok(code)
        };
        let mut warnings = Vec::new();
        let made = ast::validate(&tree, options.stack)
            .and_then(|()| taipan_compiler::compile_with(tree, &name, &options, &mut warnings, &mut finish));
        if let Err(e) = made {
            return Err(vm.raise_syntax_error(e, filename));
        }
        let Some(made) = done.pop() else { return Err(vm.raise_system_error("no code was generated")) };
        let metadata = vm.new_dict()?;
        let counts = [
            ("argcount", made.unit.argcount),
            ("posonlyargcount", made.unit.posonlyargcount),
            ("kwonlyargcount", made.unit.kwonlyargcount),
        ];
        for (key, count) in counts {
            let (key, count) = (vm.intern_utf8(key)?, vm.new_int(i64::from(count))?);
            vm.dict_set(&metadata, key.as_value(), count)?;
        }
        let mut consts = Vec::new();
        for value in made.unit.consts.as_slice() {
            consts.push(vm.constant(value)?);
        }
        let (key, consts) = (vm.intern_utf8("consts")?, vm.new_list(consts)?.into_value());
        vm.dict_set(&metadata, key.as_value(), consts)?;
        let sequence = to_sequence(vm, made)?;
        vm.new_tuple(vec![sequence, metadata.into_value()])
    }

    /// Apply the optimizer to instructions; changes the list of constants.
    #[function("($module, /, instructions, consts, nlocals)")]
    fn optimize_cfg(vm: &mut Vm, instructions: &Value, consts: &Value, nlocals: i32) -> Result {
        let code = sequence(vm, instructions)?.get(vm).code.clone();
        let Some(list) = consts.downcast::<List>() else {
            return Err(vm.raise_type_error("consts must be a list"));
        };
        let mut known = Vec::new();
        for value in list.items(vm).to_vec() {
            known.push(const_of(vm, &value)?);
        }
        for Instr { op, arg, .. } in code.instrs() {
            if let Operand::Arg(index) = *arg
                && op.has_const()
                && index as usize >= known.len()
            {
                let text = format!("{} index {index} is out of range for consts (len={})", op.name(), known.len());
                return Err(vm.raise_value_error(&text));
            }
        }
        let locals = usize::try_from(nlocals).unwrap_or(0);
        match ir::optimize_sequence(&code, known, locals) {
            Ok((code, consts)) => {
                let mut values = Vec::with_capacity(consts.len());
                for value in &consts {
                    values.push(vm.constant(value)?);
                }
                let values = vm.new_list(values)?.into_value();
                let whole = new_slice(vm, Value::none(), Value::none(), Value::none())?;
                vm.set_item(list.as_value(), &whole, Some(values))?;
                new_sequence(vm, code, Vec::new())
            }
            Err(e) => Err(vm.raise_value_error(&e.to_string())),
        }
    }
}
