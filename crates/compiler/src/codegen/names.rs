//! Where names live and how they are reached.

use taipan_bytecode::Text;

use super::scope::{Scope, ScopeKind};
use super::{Access, Codegen, Failure, Result, text};
use crate::ast::{Expr, ExprContext, ExprKind, Ident};
use crate::ir::{AssembleError, Loc, Op};
use crate::symtable::{BlockKind, Flags, Scope as NameScope};

impl From<ExprContext> for Access {
    fn from(context: ExprContext) -> Access {
        match context {
            ExprContext::Load => Access::Load,
            ExprContext::Store => Access::Store,
            ExprContext::Del => Access::Delete,
        }
    }
}

impl<'a> Codegen<'a> {
    pub(super) fn mangle(&self, name: &Ident) -> Ident {
        let scope = self.scope();
        self.table.mangle(scope.private.as_ref(), scope.block, name)
    }

    /// What the current block, or an inlined comprehension open in it, says about a mangled name.
    pub(super) fn name_flags(&self, name: &str) -> Flags {
        self.flags_in(self.scope(), name)
    }

    /// The same for the module.
    pub(super) fn module_flags(&self, name: &str) -> Flags {
        self.flags_in(&self.scopes[0], name)
    }

    fn flags_in(&self, scope: &Scope<'a>, name: &str) -> Flags {
        match scope.overrides.iter().rev().find(|(known, _)| known.as_str() == name) {
            Some((_, flags)) => *flags,
            None => self.table[scope.block].flags(name),
        }
    }

    /// Loads, stores or deletes one of the compiler's own names.
    pub(super) fn name(&mut self, loc: Loc, name: &str, access: Access) -> Result {
        self.variable(loc, &Ident::from(name), access)
    }

    /// Loads, stores or deletes a variable.
    pub(super) fn variable(&mut self, loc: Loc, name: &Ident, access: Access) -> Result {
        let name = self.mangle(name);
        // An identifier that becomes one of these when it is normalised.
        if matches!(name.as_str(), "None" | "True" | "False") {
            return Err(Failure::Constant(name));
        }
        let key = text(&name);
        let block = self.block();
        let in_class = block.kind == BlockKind::Class;
        let inlined = self.scope().inlined_depth > 0;
        let scope = self.name_flags(&name).scope();
        match scope {
            Some(NameScope::Free | NameScope::Cell) => {
                let index = self.cell_index(&key, scope == Some(NameScope::Cell))?;
                let op = match access {
                    Access::Load if in_class && !inlined => {
                        self.op(loc, Op::LOAD_LOCALS);
                        Op::LOAD_FROM_DICT_OR_DEREF
                    }
                    Access::Load if block.can_see_class_scope => {
                        self.load_class_dict(loc)?;
                        Op::LOAD_FROM_DICT_OR_DEREF
                    }
                    Access::Load => Op::LOAD_DEREF,
                    Access::Store => Op::STORE_DEREF,
                    Access::Delete => Op::DELETE_DEREF,
                };
                self.op_i(loc, op, index);
            }
            Some(NameScope::Local) if block.is_function_like() || self.scope().hidden.contains(&name) => {
                let op = match access {
                    Access::Load => Op::LOAD_FAST,
                    Access::Store => Op::STORE_FAST,
                    Access::Delete => Op::DELETE_FAST,
                };
                self.fast(loc, op, &key);
            }
            Some(NameScope::GlobalExplicit) => self.global(loc, &key, access, false)?,
            Some(NameScope::GlobalImplicit) if block.is_function_like() => {
                self.global(loc, &key, access, block.can_see_class_scope)?;
            }
            _ => {
                let index = self.unit().names.add(&key);
                match access {
                    Access::Load if in_class && inlined => self.op_i(loc, Op::LOAD_GLOBAL, index << 1),
                    Access::Load => self.op_i(loc, Op::LOAD_NAME, index),
                    Access::Store => self.op_i(loc, Op::STORE_NAME, index),
                    Access::Delete => self.op_i(loc, Op::DELETE_NAME, index),
                }
            }
        }
        Ok(())
    }

    fn global(&mut self, loc: Loc, name: &Text, access: Access, through_class: bool) -> Result {
        let index = self.unit().names.add(name);
        match access {
            Access::Load if through_class => {
                self.load_class_dict(loc)?;
                self.op_i(loc, Op::LOAD_FROM_DICT_OR_GLOBALS, index);
            }
            Access::Load => self.op_i(loc, Op::LOAD_GLOBAL, index << 1),
            Access::Store => self.op_i(loc, Op::STORE_GLOBAL, index),
            Access::Delete => self.op_i(loc, Op::DELETE_GLOBAL, index),
        }
        Ok(())
    }

    fn load_class_dict(&mut self, loc: Loc) -> Result {
        let index = self.cell_index(&Text::from("__classdict__"), false)?;
        self.op_i(loc, Op::LOAD_DEREF, index);
        Ok(())
    }

    /// The index of a cell or free variable, cells first.
    pub(super) fn cell_index(&mut self, name: &Text, cell: bool) -> Result<u32> {
        let unit = self.unit();
        let cells = unit.cellvars.len() as u32;
        let found = match cell {
            true => unit.cellvars.get(name),
            false => unit.freevars.get(name).map(|index| cells + index),
        };
        match found {
            Some(index) => Ok(index),
            None => Err(Failure::Assemble(AssembleError::Internal(format!("no cell '{name}' in '{}'", unit.qualname)))),
        }
    }

    /// An access to a fast local by its mangled name.
    pub(super) fn fast(&mut self, loc: Loc, op: Op, name: &Text) {
        let index = self.unit().varnames.add(name);
        self.op_i(loc, op, index);
    }

    /// An instruction whose argument is an index of a (mangled) name.
    pub(super) fn op_name(&mut self, loc: Loc, op: Op, name: &Ident) {
        self.op_name_flags(loc, op, name, 0, 0);
    }

    /// The same, with flag bits below the index.
    pub(super) fn op_name_flags(&mut self, loc: Loc, op: Op, name: &Ident, shift: u32, flags: u32) {
        let name = text(&self.mangle(name));
        let index = self.unit().names.add(&name);
        self.op_i(loc, op, index << shift | flags);
    }

    /// Records `self.attr = ...` with the class around.
    pub(super) fn note_static_attribute(&mut self, value: &Expr, attr: &Ident) {
        if !matches!(&value.kind, ExprKind::Name { id, .. } if *id == "self") {
            return;
        }
        let around = self.scopes.len() - 1;
        let class = self.scopes[..around].iter_mut().rev().find(|scope| scope.kind == ScopeKind::Class);
        if let Some(class) = class
            && !class.static_attributes.contains(attr)
        {
            class.static_attributes.push(attr.clone());
        }
    }
}
