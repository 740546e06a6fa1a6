//! Code generation: a tree and its symbol table to instruction sequences, one [`Unit`] for each code object.
//!
//! The instructions, their locations and the order of constants and names are those of CPython 3.14 before its
//! optimiser, so that any difference in the final code can be traced to one stage. A unit is handed to the finisher
//! (flow graph and assembler) as soon as it is complete, since the code around it needs the code object as a constant.
//!
//! * `scope`: the stack of units under construction; `names`: where a name lives and how it is reached;
//! * `blocks`: the stack of loops, handlers and `with` blocks that a `return` or `break` has to leave;
//! * `preprocess` rewrites the tree before the symbol table is built; it must not change afterwards.

mod annotations;
mod blocks;
mod calls;
mod checks;
mod comprehension;
mod conditions;
mod constants;
mod definitions;
mod expressions;
mod future;
mod generics;
mod names;
mod patterns;
mod preprocess;
mod scope;
mod statements;
mod strings;
mod tries;
mod unparse;

use taipan_bytecode::{Code, CodeFlags, Const, Text};

use crate::ast::{Expr, Ident, Mod, Stmt, StmtKind};
use crate::error::{ErrorKind, SyntaxError, Warning};
use crate::ir::{AssembleError, Label, Loc, Op, Unit};
pub use crate::stack::StackGuard;
use crate::symtable::{BlockId, SymbolTable};

pub use future::{Future, read as read_future};
pub use preprocess::preprocess;
pub use unparse::unparse;

use scope::Scope;

/// Displays and calls with more parts than this build their collections step by step, to keep the value stack small.
const STACK_USE_GUIDELINE: usize = 30;

/// Why code generation stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    Syntax {
        msg: String,
        loc: Loc,
    },
    /// A name that only a constant can have: `ValueError`.
    Constant(Ident),
    Recursion,
    Assemble(AssembleError),
}

impl From<AssembleError> for Failure {
    fn from(error: AssembleError) -> Failure {
        Failure::Assemble(error)
    }
}

impl Failure {
    /// The exception; the caller knows whether it can find the line of source for it.
    pub fn into_error(self) -> SyntaxError {
        match self {
            Failure::Syntax { msg, loc } => syntax_error(msg, loc),
            Failure::Constant(name) => SyntaxError::bare(ErrorKind::Value, constant_name(name.as_str())),
            Failure::Recursion => recursion_error(),
            Failure::Assemble(AssembleError::TooLarge) => {
                SyntaxError::bare(ErrorKind::Overflow, AssembleError::TooLarge.to_string())
            }
            Failure::Assemble(error @ AssembleError::Stack(_)) => {
                SyntaxError::bare(ErrorKind::Value, error.to_string())
            }
            Failure::Assemble(AssembleError::Internal(msg)) => SyntaxError::bare(ErrorKind::System, msg),
        }
    }
}

/// A `SyntaxError` of the compiler: its offsets are byte columns plus one, and its line of source is not at hand.
pub fn syntax_error(msg: String, loc: Loc) -> SyntaxError {
    SyntaxError {
        lineno: Some(loc.line),
        offset: Some(loc.col + 1),
        end_lineno: Some(loc.end_line),
        end_offset: Some(loc.end_col + 1),
        ..SyntaxError::bare(ErrorKind::Syntax, msg)
    }
}

/// What is said of a name that only a constant can have.
pub fn constant_name(name: &str) -> String {
    format!("identifier field can't represent '{name}' constant")
}

pub fn recursion_error() -> SyntaxError {
    SyntaxError::bare(ErrorKind::Recursion, "maximum recursion depth exceeded during compilation")
}

type Result<T = ()> = std::result::Result<T, Failure>;

/// Turns a complete unit into a code object.
pub type Finisher<'a> = &'a mut dyn FnMut(Unit) -> std::result::Result<Code, AssembleError>;

/// What code generation must know beyond the tree.
#[derive(Clone, Debug)]
pub struct Settings {
    pub filename: Text,
    /// `-O` and `-OO`.
    pub optimize: u8,
    /// Future features in force, as flags of the code object.
    pub future: CodeFlags,
    pub allow_top_level_await: bool,
}

/// Code generation for one tree.
pub struct Codegen<'a> {
    table: &'a SymbolTable,
    settings: &'a Settings,
    guard: StackGuard,
    finisher: Finisher<'a>,
    /// Units under construction, the innermost last.
    scopes: Vec<Scope<'a>>,
    interactive: bool,
    /// Above zero while code is generated a second time from the same statements.
    quiet: u32,
    warnings: &'a mut Vec<Warning>,
}

impl<'a> Codegen<'a> {
    pub fn new(
        table: &'a SymbolTable,
        settings: &'a Settings,
        guard: StackGuard,
        warnings: &'a mut Vec<Warning>,
        finisher: Finisher<'a>,
    ) -> Self {
        Codegen { table, settings, guard, finisher, scopes: Vec::new(), interactive: false, quiet: 0, warnings }
    }

    /// Compiles the tree that the symbol table was built for.
    pub fn module(&mut self, tree: &'a Mod) -> Result<Code> {
        self.enter(scope::Entry {
            name: Ident::from("<module>"),
            kind: scope::ScopeKind::Module,
            block: SymbolTable::TOP,
            line: 1,
            private: None,
            parameters: scope::Parameters::default(),
        })?;
        let mut add_none = true;
        match tree {
            Mod::Module { body, .. } => self.body(start_of(body), body, false)?,
            Mod::Interactive { body } => {
                self.interactive = true;
                self.body(start_of(body), body, true)?;
            }
            Mod::Expression { body } => {
                self.expr(body)?;
                add_none = false;
            }
            Mod::FunctionType { .. } => {
                return Err(Failure::Assemble(AssembleError::Internal("module kind 4 should not be possible".into())));
            }
        }
        self.leave(add_none)
    }

    /// The statements of a module or class, with its docstring and annotations.
    fn body(&mut self, loc: Loc, body: &'a [Stmt], interactive: bool) -> Result {
        let block = self.block();
        let (annotated, conditional) = (block.annotations_used, block.has_conditional_annotations);
        if conditional && self.scope().kind == scope::ScopeKind::Module {
            self.op_i(loc, Op::BUILD_SET, 0);
            // Whatever a `global` statement says of the name.
            self.op_name(loc, Op::STORE_NAME, &Ident::from("__conditional_annotations__"));
        }
        if annotated && self.future_annotations() {
            self.op(loc, Op::SETUP_ANNOTATIONS);
        }
        if body.is_empty() {
            return Ok(());
        }
        let mut rest = body;
        if !interactive
            && self.settings.optimize < 2
            && let Some((text, at)) = docstring(body)
        {
            rest = &body[1..];
            self.load_const(at, Const::Str(strings::clean_doc(text)));
            self.name(Loc::NONE, "__doc__", Access::Store)?;
        }
        self.stmts(rest)?;
        if !self.future_annotations() {
            self.deferred_annotations(loc)?;
        }
        Ok(())
    }

    fn future_annotations(&self) -> bool {
        self.settings.future.contains(CodeFlags::FUTURE_ANNOTATIONS)
    }

    fn check_stack(&self) -> Result {
        if self.guard.exhausted() { Err(Failure::Recursion) } else { Ok(()) }
    }

    fn error<T>(&self, loc: Loc, msg: impl Into<String>) -> Result<T> {
        Err(Failure::Syntax { msg: msg.into(), loc })
    }

    fn warn(&mut self, loc: Loc, msg: String) {
        if self.quiet == 0 {
            let as_error = Box::new(syntax_error(msg.clone(), loc));
            self.warnings.push(Warning { msg, lineno: loc.line, at: u32::MAX, as_error });
        }
    }

    fn op(&mut self, loc: Loc, op: Op) {
        self.unit().code.emit(op, 0, loc);
    }

    fn op_i(&mut self, loc: Loc, op: Op, arg: u32) {
        self.unit().code.emit(op, arg, loc);
    }

    fn jump(&mut self, loc: Loc, op: Op, target: Label) {
        self.unit().code.emit(op, target, loc);
    }

    fn label(&mut self) -> Label {
        self.unit().code.new_label()
    }

    fn bind(&mut self, label: Label) {
        self.unit().code.use_label(label);
    }

    fn load_const(&mut self, loc: Loc, value: Const) {
        let index = self.unit().consts.add(value);
        self.op_i(loc, Op::LOAD_CONST, index);
    }

    fn load_text(&mut self, loc: Loc, name: &Ident) {
        self.load_const(loc, Const::Str(text(name)));
    }

    fn load_none(&mut self, loc: Loc) {
        self.load_const(loc, Const::None);
    }
}

/// What is done with a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Access {
    Load,
    Store,
    Delete,
}

fn text(name: &Ident) -> Text {
    Text::from(name.shared())
}

fn start_of(body: &[Stmt]) -> Loc {
    body.first().map_or(Loc::new(1, 1, 0, 0), |stmt| stmt.loc)
}

/// The docstring of a body and its place.
fn docstring(body: &[Stmt]) -> Option<(&Text, Loc)> {
    match &body.first()?.kind {
        StmtKind::Expr { value } => match &value.kind {
            crate::ast::ExprKind::Constant { value: Const::Str(text), .. } => Some((text, value.loc)),
            _ => None,
        },
        _ => None,
    }
}

fn constant(expr: &Expr) -> Option<&Const> {
    match &expr.kind {
        crate::ast::ExprKind::Constant { value, .. } => Some(value),
        _ => None,
    }
}

fn missing_block<T>(id: Option<BlockId>) -> Result<T> {
    Err(Failure::Assemble(AssembleError::Internal(format!("no symbol table for a block of {id:?}"))))
}
