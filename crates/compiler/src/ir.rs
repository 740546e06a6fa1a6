//! What code generation hands to the optimiser: a flat sequence of instructions with labels, and the tables of the unit.
//!
//! The instructions are CPython's, with a few pseudo-instructions that the flow graph resolves: jumps without a direction,
//! block set-up that becomes the exception table, and fast-local accesses that depend on an analysis. Arguments are:
//!
//! * `LOAD_CONST`: index into [`Unit::consts`];
//! * fast locals: index into [`Unit::varnames`];
//! * cells and free variables (`LOAD_DEREF`, `LOAD_CLOSURE`, ...): index into `cellvars` followed by `freevars`;
//! * names: as in the final code, index into [`Unit::names`] with flag bits below it where the opcode has them;
//! * jumps and block set-up: an [`Operand::Target`].

use std::fmt;

use rustc_hash::{FxHashMap, FxHashSet};
use taipan_bytecode::opcode::OpFlags;
use taipan_bytecode::{CodeFlags, Const, Opcode, Text, for_each_opcode, opcode_flag};

/// A range of source text. Lines count from 1, columns from 0 in UTF-8 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Loc {
    pub line: i32,
    pub end_line: i32,
    pub col: i32,
    pub end_col: i32,
}

impl Loc {
    /// An instruction that belongs to no line.
    pub const NONE: Loc = Loc { line: -1, end_line: -1, col: -1, end_col: -1 };
    /// Take the location of the next instruction.
    pub const NEXT: Loc = Loc { line: -2, end_line: -2, col: -2, end_col: -2 };

    pub const fn new(line: i32, end_line: i32, col: i32, end_col: i32) -> Loc {
        Loc { line, end_line, col, end_col }
    }

    /// The start of a line, as used for the entry of a code object.
    pub const fn line_start(line: i32) -> Loc {
        Loc { line, end_line: line, col: 0, end_col: 0 }
    }
}

/// A place in an [`InstrSequence`], bound by [`InstrSequence::use_label`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Label(pub u32);

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "L{}", self.0)
    }
}

macro_rules! define_ops {
    (
        canonical { $(($name:ident, $number:literal, $caches:literal, [$($flag:tt)*], $effect:expr))* }
        specialized { $(($sname:ident, $snumber:literal, $sbase:ident))* }
        instrumented { $(($iname:ident, $inumber:literal, $ibase:ident, [$($iflag:tt)*]))* }
    ) => {
        define_ops! { @enum
            [$(($name, $number))*]
            [
                (ANNOTATIONS_PLACEHOLDER, 256, [], 0, 0)
                (JUMP, 257, [arg jump], 0, 0)
                (JUMP_IF_FALSE, 258, [arg jump], 1, 1)
                (JUMP_IF_TRUE, 259, [arg jump], 1, 1)
                (JUMP_NO_INTERRUPT, 260, [arg jump], 0, 0)
                (LOAD_CLOSURE, 261, [arg local], 0, 1)
                (POP_BLOCK, 262, [], 0, 0)
                (SETUP_CLEANUP, 263, [arg exc], 0, 2)
                (SETUP_FINALLY, 264, [arg exc], 0, 1)
                (SETUP_WITH, 265, [arg exc], 0, 1)
                (STORE_FAST_MAYBE_NULL, 266, [arg local], 1, 0)
            ]
        }
    };
    (@enum [$(($name:ident, $number:literal))*] [$(($pname:ident, $pnumber:literal, [$($pflag:tt)*], $pop:literal, $push:literal))*]) => {
        /// A canonical instruction or a pseudo-instruction of the compiler, numbered as in CPython.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[repr(u16)]
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum Op {
            $($name = $number,)*
            $($pname = $pnumber,)*
        }

        impl Op {
            const ALL: &'static [Op] = &[$(Op::$name,)* $(Op::$pname,)*];

            pub fn name(self) -> &'static str {
                match self {
                    $(Op::$name => stringify!($name),)*
                    $(Op::$pname => stringify!($pname),)*
                }
            }

            /// The real opcode; `None` for a pseudo-instruction.
            pub const fn opcode(self) -> Option<Opcode> {
                match self {
                    $(Op::$name => Some(Opcode::$name),)*
                    $(Op::$pname => None,)*
                }
            }

            pub const fn flags(self) -> OpFlags {
                match self {
                    $(Op::$name => Opcode::$name.flags(),)*
                    $(Op::$pname => OpFlags::NONE$(.union(opcode_flag!($pflag)))*,)*
                }
            }

            /// Values popped and pushed. For block set-up, what is pushed on the way into the handler.
            pub fn pops_and_pushes(self, arg: u32) -> (i32, i32) {
                match self {
                    $(Op::$pname => ($pop, $push),)*
                    _ => match self.opcode() {
                        Some(op) => (op.popped(arg as i32), op.pushed(arg as i32)),
                        None => (0, 0),
                    },
                }
            }
        }
    };
}

for_each_opcode!(define_ops);

impl Op {
    /// The instruction with this number, canonical or pseudo; slow, for tests and tools.
    pub fn from_number(number: u16) -> Option<Op> {
        Op::ALL.iter().copied().find(|op| *op as u16 == number)
    }

    pub const fn has_arg(self) -> bool {
        self.flags().contains(OpFlags::ARG)
    }

    pub const fn has_const(self) -> bool {
        self.flags().contains(OpFlags::CONST)
    }

    pub const fn has_jump(self) -> bool {
        self.flags().contains(OpFlags::JUMP)
    }

    /// Enters the range of an exception handler.
    pub const fn is_block_push(self) -> bool {
        self.flags().contains(OpFlags::EXC)
    }

    /// The operand is a label: a jump or a handler.
    pub const fn has_target(self) -> bool {
        self.has_jump() || self.is_block_push()
    }

    pub const fn is_pseudo(self) -> bool {
        self as u16 >= 256
    }

    pub const fn is_unconditional_jump(self) -> bool {
        matches!(
            self,
            Op::JUMP | Op::JUMP_NO_INTERRUPT | Op::JUMP_FORWARD | Op::JUMP_BACKWARD | Op::JUMP_BACKWARD_NO_INTERRUPT
        )
    }

    pub const fn is_conditional_jump(self) -> bool {
        matches!(self, Op::POP_JUMP_IF_FALSE | Op::POP_JUMP_IF_TRUE | Op::POP_JUMP_IF_NONE | Op::POP_JUMP_IF_NOT_NONE)
    }

    /// Leaves the frame: nothing follows.
    pub const fn is_scope_exit(self) -> bool {
        matches!(self, Op::RETURN_VALUE | Op::RAISE_VARARGS | Op::RERAISE)
    }

    /// Ends a basic block.
    pub const fn is_terminator(self) -> bool {
        self.has_jump() || self.is_scope_exit()
    }

    /// The change of the stack's depth, if the jump is taken or the handler entered, or not.
    pub fn stack_effect(self, arg: u32, jump: bool) -> i32 {
        if self.is_block_push() && !jump {
            return 0;
        }
        let (popped, pushed) = self.pops_and_pushes(arg);
        pushed - popped
    }
}

impl From<Opcode> for Op {
    fn from(op: Opcode) -> Op {
        let number = op.base() as u16;
        Op::from_number(number).unwrap_or(Op::NOP)
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The argument of an instruction before the flow graph is built.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Operand {
    Arg(u32),
    Target(Label),
}

impl From<u32> for Operand {
    fn from(arg: u32) -> Operand {
        Operand::Arg(arg)
    }
}

impl From<Label> for Operand {
    fn from(label: Label) -> Operand {
        Operand::Target(label)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Instr {
    pub op: Op,
    /// A target exactly when `op.has_target()`; zero when the instruction takes no argument.
    pub arg: Operand,
    pub loc: Loc,
}

/// A growing list of instructions with labels between them.
#[derive(Clone, Default, Debug)]
pub struct InstrSequence {
    instrs: Vec<Instr>,
    /// Position of each label, once it is bound.
    labels: Vec<Option<u32>>,
    annotations: Option<Box<InstrSequence>>,
}

impl InstrSequence {
    pub fn new() -> InstrSequence {
        InstrSequence::default()
    }

    pub fn new_label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() as u32 - 1)
    }

    /// Whether any label is bound.
    pub fn has_places(&self) -> bool {
        self.labels.iter().any(Option::is_some)
    }

    /// How many labels there are.
    pub fn label_count(&self) -> u32 {
        self.labels.len() as u32
    }

    /// Binds the label to the place before the next instruction.
    pub fn use_label(&mut self, label: Label) {
        self.labels[label.0 as usize] = Some(self.instrs.len() as u32);
    }

    /// Appends an instruction; `arg` is a number or a [`Label`].
    pub fn emit(&mut self, op: Op, arg: impl Into<Operand>, loc: Loc) {
        let arg = arg.into();
        debug_assert_eq!(op.has_target(), matches!(arg, Operand::Target(_)), "{op}");
        debug_assert!(op.has_arg() || arg == Operand::Arg(0), "{op}");
        self.instrs.push(Instr { op, arg, loc });
    }

    /// Appends an instruction that takes no argument.
    pub fn emit_plain(&mut self, op: Op, loc: Loc) {
        self.emit(op, 0, loc);
    }

    /// Inserts an instruction. Labels at or behind the place move with the instructions there.
    pub fn insert_at(&mut self, place: usize, op: Op, arg: impl Into<Operand>, loc: Loc) {
        self.instrs.insert(place, Instr { op, arg: arg.into(), loc });
        for position in self.labels.iter_mut().flatten() {
            if *position >= place as u32 {
                *position += 1;
            }
        }
    }

    /// Sets the code that replaces `ANNOTATIONS_PLACEHOLDER` (a module's deferred annotations). It must not jump.
    /// Without it, the placeholder vanishes.
    pub fn set_annotations(&mut self, annotations: InstrSequence) {
        self.annotations = Some(Box::new(annotations));
    }

    pub fn annotations(&self) -> Option<&InstrSequence> {
        self.annotations.as_deref()
    }

    pub fn instrs(&self) -> &[Instr] {
        &self.instrs
    }

    pub fn last(&self) -> Option<&Instr> {
        self.instrs.last()
    }

    /// Where a label is bound.
    pub fn position(&self, label: Label) -> Option<u32> {
        self.labels.get(label.0 as usize).copied().flatten()
    }
}

/// Names in order of first use.
#[derive(Clone, Default, Debug)]
pub struct NameTable {
    order: Vec<Text>,
    index: FxHashMap<Text, u32>,
}

impl NameTable {
    pub fn new() -> NameTable {
        NameTable::default()
    }

    /// The index of the name, which is appended if it is new.
    pub fn add(&mut self, name: &Text) -> u32 {
        if let Some(index) = self.index.get(name) {
            return *index;
        }
        let index = self.order.len() as u32;
        self.order.push(name.clone());
        self.index.insert(name.clone(), index);
        index
    }

    pub fn get(&self, name: &Text) -> Option<u32> {
        self.index.get(name).copied()
    }

    pub fn contains(&self, name: &Text) -> bool {
        self.index.contains_key(name)
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Text> {
        self.order.iter()
    }

    pub fn as_slice(&self) -> &[Text] {
        &self.order
    }
}

impl FromIterator<Text> for NameTable {
    fn from_iter<I: IntoIterator<Item = Text>>(names: I) -> NameTable {
        let mut table = NameTable::new();
        for name in names {
            table.add(&name);
        }
        table
    }
}

/// Constants in order of first use, equal ones merged (see [`Const`] for what is equal). A NaN is merged with nothing.
#[derive(Clone, Default, Debug)]
pub struct ConstTable {
    order: Vec<Const>,
    index: FxHashMap<Const, u32>,
}

impl ConstTable {
    pub fn new() -> ConstTable {
        ConstTable::default()
    }

    /// The index of the constant, which is appended if it is new.
    pub fn add(&mut self, value: Const) -> u32 {
        if let Some(index) = self.index.get(&value) {
            return *index;
        }
        let index = self.order.len() as u32;
        if !holds_nan(&value) {
            self.index.insert(value.clone(), index);
        }
        self.order.push(value);
        index
    }

    /// From constants that keep their places, even if some are equal.
    pub(crate) fn from_places(values: Vec<Const>) -> ConstTable {
        let mut table = ConstTable::new();
        for (index, value) in (0..).zip(&values) {
            if !holds_nan(value) {
                table.index.entry(value.clone()).or_insert(index);
            }
        }
        table.order = values;
        table
    }

    /// From constants that are known to differ.
    pub(crate) fn from_distinct(values: Vec<Const>) -> ConstTable {
        let mut table = ConstTable::new();
        for value in values {
            table.add(value);
        }
        table
    }

    pub fn get(&self, index: u32) -> Option<&Const> {
        self.order.get(index as usize)
    }

    pub fn len(&self) -> usize {
        self.order.len()
    }

    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub fn as_slice(&self) -> &[Const] {
        &self.order
    }

    pub fn into_vec(self) -> Vec<Const> {
        self.order
    }
}

fn holds_nan(value: &Const) -> bool {
    match value {
        Const::Float(x) => x.is_nan(),
        Const::Complex { real, imag } => real.is_nan() || imag.is_nan(),
        Const::Tuple(items) | Const::FrozenSet(items) => items.iter().any(holds_nan),
        Const::Slice(parts) => parts.iter().any(holds_nan),
        _ => false,
    }
}

/// Everything code generation knows about one code object.
#[derive(Clone, Default, Debug)]
pub struct Unit {
    pub name: Text,
    pub qualname: Text,
    pub filename: Text,
    /// Positional parameters, positional-only ones included (`co_argcount`).
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub firstlineno: i32,
    pub flags: CodeFlags,
    pub names: NameTable,
    /// Parameters (in the order of `co_varnames`), then other fast locals.
    pub varnames: NameTable,
    pub cellvars: NameTable,
    pub freevars: NameTable,
    /// Locals of inlined comprehensions in a scope whose own variables are not fast.
    pub fast_hidden: FxHashSet<Text>,
    pub consts: ConstTable,
    pub code: InstrSequence,
}

impl Unit {
    /// All parameters, `*args` and `**kwargs` included.
    pub fn parameter_count(&self) -> u32 {
        self.argcount
            + self.kwonlyargcount
            + self.flags.contains(CodeFlags::VARARGS) as u32
            + self.flags.contains(CodeFlags::VARKEYWORDS) as u32
    }
}

/// Why a unit cannot become a code object. None of these can be caused by source text of sensible size.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum AssembleError {
    /// A table or a distance exceeds what the format can hold: `OverflowError`.
    TooLarge,
    /// The instructions are inconsistent: `SystemError` with this message.
    Internal(String),
    /// The stack is not the same on every path, or runs empty, as only odd trees bring about: `ValueError`.
    Stack(&'static str),
}

impl fmt::Display for AssembleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AssembleError::TooLarge => f.write_str("code object is too large"),
            AssembleError::Internal(message) => f.write_str(message),
            AssembleError::Stack(what) => write!(f, "Invalid CFG, {what}"),
        }
    }
}

impl std::error::Error for AssembleError {}

pub use crate::flowgraph::{finish, optimize_sequence};
