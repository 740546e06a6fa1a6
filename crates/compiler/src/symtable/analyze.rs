//! The second pass: decides the scope of every symbol, from the module inwards, and makes cells of the locals that blocks
//! inside use.
//!
//! CPython hands sets of names down and copies them for each block. Here one map holds what is visible where the pass
//! stands; what a block changes in it is undone when the block is left. The time taken is in proportion to the symbols.

use std::collections::BTreeSet;

use rustc_hash::{FxHashMap, FxHashSet};

use super::build::{Directives, Visit, syntax_error, too_deep};
use super::{Block, BlockId, BlockKind, ComprehensionKind, Error, Flags, Scope, SymbolTable};
use crate::ast::Ident;
use crate::ir::Loc;
use crate::stack::StackGuard;

/// What the blocks around the one analysed say of a name.
#[derive(Clone, Copy, Default)]
struct Visible {
    /// Some function around binds it, and no block between declares it global.
    bound: bool,
    /// It is a type parameter.
    type_param: bool,
}

/// In order, so that the table does not depend on hashes.
type Free = BTreeSet<Ident>;

pub(super) struct Analyzer<'t> {
    pub(super) table: &'t mut SymbolTable,
    pub(super) directives: &'t Directives,
    pub(super) guard: StackGuard,
    visible: FxHashMap<Ident, Visible>,
    /// Changes to undo in `visible`.
    changes: Vec<(Ident, Visible)>,
}

/// What a class binds of itself for the blocks inside.
const CLASS_CELLS: [&str; 3] = ["__class__", "__classdict__", "__conditional_annotations__"];

impl<'t> Analyzer<'t> {
    pub(super) fn new(table: &'t mut SymbolTable, directives: &'t Directives, guard: StackGuard) -> Analyzer<'t> {
        Analyzer { table, directives, guard, visible: FxHashMap::default(), changes: Vec::new() }
    }

    /// Analyses a block and those inside; returns the names that are free in it. `class` is the class whose namespace
    /// the block can see.
    pub(super) fn block(&mut self, id: BlockId, class: Option<BlockId>) -> Result<Free, Error> {
        if self.guard.exhausted() {
            return too_deep();
        }
        let undo_to = self.changes.len();
        let mut free = Free::new();
        let mut scopes = Vec::with_capacity(self.table[id].symbols.len());
        for at in 0..self.table[id].symbols.len() {
            scopes.push(self.symbol(id, at, class, &mut free)?);
        }
        let kind = self.table[id].kind;
        if kind == BlockKind::Class {
            for name in CLASS_CELLS {
                self.change(&Ident::from(name), |visible| visible.bound = true);
            }
        }

        let mut inlined_cells = FxHashSet::default();
        let mut inner_free = Free::new();
        let sees_class = self.table[id].can_see_class_scope;
        let children = std::mem::take(&mut self.table[id].children);
        for &child in &children {
            let block = &self.table[child];
            let inlined = !sees_class && block.comprehension.is_some_and(|kind| kind != ComprehensionKind::Generator);
            let child_class = match (block.can_see_class_scope, kind) {
                (false, _) => None,
                (true, BlockKind::Class) => Some(id),
                (true, _) => class,
            };
            let mut child_free = self.block(child, child_class)?;
            if inlined {
                self.inline(id, child, &mut scopes, &mut child_free, &mut inlined_cells);
            }
            if inner_free.len() < child_free.len() {
                std::mem::swap(&mut inner_free, &mut child_free);
            }
            inner_free.append(&mut child_free);
        }
        self.table[id].children = self.spliced(children);
        self.undo(undo_to);

        let block = &mut self.table[id];
        if block.is_function_like() {
            make_cells(block, &mut scopes, &mut inner_free, &inlined_cells);
        } else if kind == BlockKind::Class {
            block.needs_class_closure |= inner_free.remove(CLASS_CELLS[0]);
            block.needs_classdict |= inner_free.remove(CLASS_CELLS[1]);
            block.has_conditional_annotations |= inner_free.remove(CLASS_CELLS[2]);
        }
        self.record(id, &scopes, &inner_free, &inlined_cells);
        if free.len() < inner_free.len() {
            std::mem::swap(&mut inner_free, &mut free);
        }
        free.append(&mut inner_free);
        Ok(free)
    }

    /// The scope of a symbol, and what it changes for the blocks inside.
    fn symbol(&mut self, id: BlockId, at: usize, class: Option<BlockId>, free: &mut Free) -> Result<Scope, Error> {
        let block = &self.table[id];
        let (name, flags) = block.symbols.at(at);
        let name = name.clone();
        let visible = self.visible.get(&name).copied().unwrap_or_default();
        if flags.has(Flags::DEF_GLOBAL) {
            if flags.has(Flags::DEF_NONLOCAL) {
                self.misdeclared(id, &name, format!("name '{name}' is nonlocal and global"))?;
            }
            if block.kind != BlockKind::Class && visible.bound {
                self.change(&name, |visible| visible.bound = false);
            }
            return Ok(Scope::GlobalExplicit);
        }
        if flags.has(Flags::DEF_NONLOCAL) {
            if id == SymbolTable::TOP {
                self.misdeclared(id, &name, "nonlocal declaration not allowed at module level".to_owned())?;
            }
            if !visible.bound {
                self.misdeclared(id, &name, format!("no binding for nonlocal '{name}' found"))?;
            }
            if visible.type_param {
                self.misdeclared(id, &name, format!("nonlocal binding not allowed for type parameter '{name}'"))?;
            }
            free.insert(name);
            return Ok(Scope::Free);
        }
        if flags.has(Flags::DEF_BOUND) {
            let bound = visible.bound || block.is_function_like();
            let type_param = flags.has(Flags::DEF_TYPE_PARAM);
            if bound != visible.bound || type_param != visible.type_param {
                self.change(&name, |visible| *visible = Visible { bound, type_param });
            }
            return Ok(Scope::Local);
        }
        // The cell of the class's namespace is itself, whatever the class calls so.
        if let Some(class) = class.filter(|_| name.as_str() != CLASS_CELLS[1]) {
            // What the class binds is looked up in its namespace at run time, and then among the globals, even if a
            // function around the class binds it too.
            let of_class = self.table[class].flags(&name);
            if of_class.has(Flags::DEF_GLOBAL) {
                return Ok(Scope::GlobalExplicit);
            }
            if of_class.has(Flags::DEF_BOUND) && !of_class.has(Flags::DEF_NONLOCAL) {
                return Ok(Scope::GlobalImplicit);
            }
        }
        if visible.bound {
            free.insert(name);
            return Ok(Scope::Free);
        }
        Ok(Scope::GlobalImplicit)
    }

    /// An error at the declaration of a name.
    #[cold]
    fn misdeclared(&self, id: BlockId, name: &Ident, msg: String) -> Visit {
        let loc = self.directives.get(&(id, name.clone())).copied().unwrap_or(Loc::NONE);
        syntax_error(msg, loc)
    }

    fn change(&mut self, name: &Ident, change: impl FnOnce(&mut Visible)) {
        let entry = self.visible.entry(name.clone()).or_default();
        self.changes.push((name.clone(), *entry));
        change(entry);
    }

    fn undo(&mut self, to: usize) {
        while self.changes.len() > to {
            if let Some((name, before)) = self.changes.pop() {
                self.visible.insert(name, before);
            }
        }
    }

    /// Merges the symbols of a comprehension into the block around it (PEP 709).
    fn inline(
        &mut self,
        outer: BlockId,
        comprehension: BlockId,
        scopes: &mut Vec<Scope>,
        free: &mut Free,
        inlined_cells: &mut FxHashSet<Ident>,
    ) {
        let in_class = self.table[outer].kind == BlockKind::Class;
        let inner = &mut self.table[comprehension];
        inner.comp_inlined = true;
        let symbols = std::mem::take(&mut inner.symbols);
        let mut moved: Vec<Ident> = Vec::new();
        for (name, flags) in symbols.iter() {
            // Not the argument `.0`.
            if flags.has(Flags::DEF_PARAM) {
                continue;
            }
            let mut scope = flags.scope().unwrap_or(Scope::GlobalImplicit);
            if scope == Scope::Cell || flags.has(Flags::DEF_COMP_CELL) {
                inlined_cells.insert(name.clone());
            }
            if in_class && scope == Scope::Free && CLASS_CELLS.contains(&name.as_str()) {
                // The body of a class does not see these cells of its own.
                scope = Scope::GlobalImplicit;
                moved.push(name.clone());
                if !self.free_in_child(comprehension, name) {
                    free.remove(name);
                }
            }
            match self.table[outer].symbols.get(name) {
                None => {
                    self.table[outer].symbols.push(name, flags.without_scope());
                    scopes.push(scope);
                }
                Some(_) if in_class => {}
                Some(known) => {
                    // What is a local of the outer block is not free any more, unless a block inside uses it.
                    if known.has(Flags::DEF_BOUND) && !self.free_in_child(comprehension, name) {
                        free.remove(name);
                    }
                    if scope == Scope::Free && flags.has(Flags::USE) {
                        self.table[outer].symbols.set(name, known | Flags::USE);
                    }
                }
            }
        }
        let inner = &mut self.table[comprehension];
        inner.symbols = symbols;
        for name in moved {
            inner.symbols.remove(&name);
        }
    }

    fn free_in_child(&self, id: BlockId, name: &str) -> bool {
        self.table[id].children.iter().any(|&child| self.table[child].scope(name) == Some(Scope::Free))
    }

    /// Replaces inlined comprehensions by their children.
    fn spliced(&mut self, children: Vec<BlockId>) -> Vec<BlockId> {
        if !children.iter().any(|&child| self.table[child].comp_inlined) {
            return children;
        }
        let mut spliced = Vec::with_capacity(children.len());
        for child in children {
            if self.table[child].comp_inlined {
                spliced.extend_from_slice(&self.table[child].children);
            } else {
                spliced.push(child);
            }
        }
        spliced
    }

    /// Writes the scopes into the symbols, and adds the names that only blocks inside use.
    fn record(&mut self, id: BlockId, scopes: &[Scope], inner_free: &Free, inlined_cells: &FxHashSet<Ident>) {
        let block = &mut self.table.blocks[id.0 as usize];
        let has_namespace = block.kind == BlockKind::Class || block.can_see_class_scope;
        for (at, &scope) in scopes.iter().enumerate() {
            let (name, mut flags) = block.symbols.at(at);
            if inlined_cells.contains(name) {
                flags |= Flags::DEF_COMP_CELL;
            }
            block.symbols.set_at(at, flags.with_scope(scope));
        }
        for name in inner_free {
            match block.symbols.position(name) {
                Some(at) => {
                    if has_namespace {
                        let flags = block.symbols.at(at).1;
                        block.symbols.set_at(at, flags | Flags::DEF_FREE_CLASS);
                    }
                }
                None => {
                    let bound = self.visible.get(name).is_some_and(|visible| visible.bound);
                    if bound || id == SymbolTable::TOP {
                        block.symbols.push(name, Flags::NONE.with_scope(Scope::Free));
                    }
                }
            }
        }
    }
}

/// Makes cells of the locals that are free in blocks inside; those are free no more.
fn make_cells(block: &Block, scopes: &mut [Scope], inner_free: &mut Free, inlined_cells: &FxHashSet<Ident>) {
    if inner_free.is_empty() && inlined_cells.is_empty() {
        return;
    }
    for (at, scope) in scopes.iter_mut().enumerate() {
        let name = block.symbols.at(at).0;
        if *scope == Scope::Local && (inner_free.remove(name) || inlined_cells.contains(name)) {
            *scope = Scope::Cell;
        }
    }
}
