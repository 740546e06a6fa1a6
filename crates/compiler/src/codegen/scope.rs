//! The stack of code objects under construction.

use taipan_bytecode::{Code, CodeFlags, Const, Text};

use super::{Codegen, Failure, Result, missing_block, text};
use crate::ast::{Ident, Stmt};
use crate::ir::{Loc, NameTable, Op, Unit};
use crate::symtable::{Block, BlockId, Flags, Key, Scope as NameScope, mangle};

use super::blocks::Frame;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    Module,
    Class,
    Function,
    AsyncFunction,
    Lambda,
    Comprehension,
    /// Annotations, type parameters and aliases.
    Annotations,
}

#[derive(Clone, Copy, Default, Debug)]
pub struct Parameters {
    pub positional_only: u32,
    pub positional: u32,
    pub keyword_only: u32,
}

/// What opens a scope.
pub struct Entry {
    pub name: Ident,
    pub kind: ScopeKind,
    pub block: BlockId,
    pub line: i32,
    /// The class whose private names are mangled, if it is not that of the scope around.
    pub private: Option<Ident>,
    pub parameters: Parameters,
}

pub struct Scope<'a> {
    pub kind: ScopeKind,
    pub block: BlockId,
    pub private: Option<Ident>,
    pub unit: Unit,
    /// Names assigned through `self` in methods of this class, sorted when the class is complete.
    pub static_attributes: Vec<Ident>,
    /// Annotated assignments, and the number by which the program tells that it passed one, if it has to.
    pub deferred_annotations: Vec<(&'a Stmt, Option<i64>)>,
    pub next_conditional_annotation: i64,
    /// How many statements around this one may be skipped or repeated.
    pub conditional_depth: u32,
    pub frames: Vec<Frame<'a>>,
    /// How many inlined comprehensions are open.
    pub inlined_depth: u32,
    /// Symbols of open inlined comprehensions that differ from those of the block, the innermost last.
    pub overrides: Vec<(Ident, Flags)>,
    /// Names that are fast locals now, in a scope whose own names are not.
    pub hidden: Vec<Ident>,
}

impl<'a> Codegen<'a> {
    pub(super) fn scope(&self) -> &Scope<'a> {
        // A scope is entered before anything is generated.
        &self.scopes[self.scopes.len() - 1]
    }

    pub(super) fn scope_mut(&mut self) -> &mut Scope<'a> {
        let last = self.scopes.len() - 1;
        &mut self.scopes[last]
    }

    pub(super) fn unit(&mut self) -> &mut Unit {
        &mut self.scope_mut().unit
    }

    pub(super) fn block(&self) -> &'a Block {
        &self.table[self.scope().block]
    }

    pub(super) fn find_block(&self, key: Key) -> Result<BlockId> {
        match self.table.find(key) {
            Some(id) => Ok(id),
            None => missing_block(self.scopes.last().map(|scope| scope.block)),
        }
    }

    pub(super) fn enter(&mut self, entry: Entry) -> Result {
        self.check_stack()?;
        let table = self.table;
        let block = &table[entry.block];
        let mut cellvars: NameTable = block.cell_names().iter().map(text).collect();
        for (needed, name) in [
            (block.needs_class_closure, "__class__"),
            (block.needs_classdict, "__classdict__"),
            (block.has_conditional_annotations, "__conditional_annotations__"),
        ] {
            if needed {
                cellvars.add(&Text::from(name));
            }
        }
        let Parameters { positional_only, positional, keyword_only } = entry.parameters;
        let mut unit = Unit {
            name: text(&entry.name),
            filename: self.settings.filename.clone(),
            argcount: positional_only + positional,
            posonlyargcount: positional_only,
            kwonlyargcount: keyword_only,
            firstlineno: entry.line,
            flags: self.flags(block),
            varnames: block.varnames.iter().map(text).collect(),
            cellvars,
            freevars: block.free_names().iter().map(text).collect(),
            ..Unit::default()
        };
        unit.qualname = self.qualname(&entry, &unit.name);
        let private = entry.private.or_else(|| self.scopes.last().and_then(|scope| scope.private.clone()));
        self.scopes.push(Scope {
            kind: entry.kind,
            block: entry.block,
            private,
            unit,
            static_attributes: Vec::new(),
            deferred_annotations: Vec::new(),
            next_conditional_annotation: 0,
            conditional_depth: 0,
            frames: Vec::new(),
            inlined_depth: 0,
            overrides: Vec::new(),
            hidden: Vec::new(),
        });
        let mut loc = Loc::line_start(entry.line);
        if entry.kind == ScopeKind::Module {
            loc.line = 0;
        }
        self.op_i(loc, Op::RESUME, taipan_bytecode::oparg::resume::AT_FUNC_START);
        if entry.kind == ScopeKind::Module {
            self.op(loc, Op::ANNOTATIONS_PLACEHOLDER);
        }
        Ok(())
    }

    fn flags(&self, block: &Block) -> CodeFlags {
        let mut flags = self.settings.future;
        if block.is_function_like() {
            flags.insert(CodeFlags::NEWLOCALS | CodeFlags::OPTIMIZED);
            let kind = match (block.generator, block.coroutine) {
                (true, true) => CodeFlags::ASYNC_GENERATOR,
                (true, false) => CodeFlags::GENERATOR,
                (false, true) => CodeFlags::COROUTINE,
                (false, false) => CodeFlags::NONE,
            };
            flags.insert(kind);
            for (wanted, flag) in [
                (block.nested, CodeFlags::NESTED),
                (block.varargs, CodeFlags::VARARGS),
                (block.varkeywords, CodeFlags::VARKEYWORDS),
                (block.has_docstring, CodeFlags::HAS_DOCSTRING),
                (block.method, CodeFlags::METHOD),
            ] {
                if wanted {
                    flags.insert(flag);
                }
            }
        }
        if self.settings.allow_top_level_await && self.scopes.is_empty() && block.coroutine && !block.generator {
            flags.insert(CodeFlags::COROUTINE);
        }
        flags
    }

    /// The qualified name of a scope about to be entered.
    fn qualname(&self, entry: &Entry, name: &Text) -> Text {
        let (Some(mut parent), depth) = (self.scopes.last(), self.scopes.len()) else { return name.clone() };
        if depth == 1 {
            return name.clone();
        }
        if parent.kind == ScopeKind::Annotations {
            // Scopes of annotations do not show; the scope around does.
            if depth == 2 {
                return name.clone();
            }
            parent = &self.scopes[depth - 2];
        }
        if matches!(entry.kind, ScopeKind::Function | ScopeKind::AsyncFunction | ScopeKind::Class) {
            let mangled = mangle(parent.private.as_ref().map(Ident::as_str), &entry.name);
            if self.table[parent.block].scope(&mangled) == Some(NameScope::GlobalExplicit) {
                return name.clone();
            }
        }
        let middle = match parent.kind {
            ScopeKind::Function | ScopeKind::AsyncFunction | ScopeKind::Lambda => ".<locals>.",
            _ => ".",
        };
        let bytes = [parent.unit.qualname.as_bytes(), middle.as_bytes(), name.as_bytes()].concat();
        Text::from_wtf8(&bytes).unwrap_or_else(|| name.clone())
    }

    /// Completes the innermost unit.
    pub(super) fn leave(&mut self, add_none: bool) -> Result<Code> {
        if add_none {
            self.load_none(Loc::NONE);
        }
        self.op(Loc::NONE, Op::RETURN_VALUE);
        match self.scopes.pop() {
            Some(scope) => (self.finisher)(scope.unit).map_err(Failure::from),
            None => missing_block(None),
        }
    }

    /// Completes the innermost unit and makes a function of it in the scope around.
    pub(super) fn leave_as_function(&mut self, loc: Loc, add_none: bool, attributes: u32) -> Result {
        let code = self.leave(add_none)?;
        self.make_function(loc, code, attributes)
    }

    pub(super) fn make_function(&mut self, loc: Loc, code: Code, attributes: u32) -> Result {
        use taipan_bytecode::oparg::function_attribute as attribute;
        let free: Vec<Text> = code.freevars().cloned().collect();
        for name in &free {
            let index = self.closure_index(name)?;
            self.op_i(loc, Op::LOAD_CLOSURE, index);
        }
        let mut attributes = attributes;
        if !free.is_empty() {
            attributes |= attribute::CLOSURE;
            self.op_i(loc, Op::BUILD_TUPLE, free.len() as u32);
        }
        self.load_const(loc, Const::Code(code.into()));
        self.op(loc, Op::MAKE_FUNCTION);
        for bit in [
            attribute::CLOSURE,
            attribute::ANNOTATIONS,
            attribute::ANNOTATE,
            attribute::KWDEFAULTS,
            attribute::DEFAULTS,
        ] {
            if attributes & bit != 0 {
                self.op_i(loc, Op::SET_FUNCTION_ATTRIBUTE, bit);
            }
        }
        Ok(())
    }

    /// Where a name that is free in a scope inside lives here: among the cells or the free variables.
    fn closure_index(&mut self, name: &Text) -> Result<u32> {
        let mut scope = name.as_str().and_then(|name| self.name_flags(name).scope());
        // These a class has beside its names, whatever these say.
        let special = ["__class__", "__classdict__", "__conditional_annotations__"];
        if self.scope().kind == ScopeKind::Class && name.as_str().is_some_and(|name| special.contains(&name)) {
            scope = Some(NameScope::Cell);
        }
        let unit = self.unit();
        let cells = unit.cellvars.len() as u32;
        let free = unit.freevars.get(name).map(|index| cells + index);
        let found = match scope {
            Some(NameScope::Free) => free,
            _ => unit.cellvars.get(name).or(free),
        };
        match found {
            Some(index) => Ok(index),
            None => Err(Failure::Assemble(crate::ir::AssembleError::Internal(format!(
                "unknown closure variable '{name}' in '{}'",
                unit.qualname
            )))),
        }
    }
}
