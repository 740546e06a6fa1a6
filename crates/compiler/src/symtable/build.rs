//! The first pass: opens the blocks of a tree and records how each of them uses each name.
//!
//! The order of visits is CPython's: it decides the order of symbols and which of several errors is reported.
//! Chains (`a + b + ...`, `a.b.c`, `f()()`, `not not a`, `elif`) are walked in a loop, not by recursion.

use std::borrow::Cow;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Block, BlockId, BlockKind, Error, ErrorKind, Flags, Key, Options, SymbolTable, Symbols, mangle};
use crate::ast::{Expr, ExprContext, Ident, Mod, Stmt, StmtKind};
use crate::ir::Loc;
use crate::stack::StackGuard;

pub(super) type Visit = Result<(), Error>;

pub(super) fn syntax_error<T>(msg: impl Into<String>, loc: Loc) -> Result<T, Error> {
    Err(Error { kind: ErrorKind::Syntax, msg: msg.into(), loc })
}

pub(super) fn too_deep<T>() -> Result<T, Error> {
    let msg = "maximum recursion depth exceeded during compilation".to_owned();
    Err(Error { kind: ErrorKind::Recursion, msg, loc: Loc::NONE })
}

/// Where the `global` and `nonlocal` declarations of a block stand, by mangled name; the first of each.
pub(super) type Directives = FxHashMap<(BlockId, Ident), Loc>;

/// What only this pass knows of a block.
#[derive(Default)]
pub(super) struct Progress {
    /// Visiting the target of a loop of a comprehension.
    pub(super) comp_iter_target: bool,
    /// How many iterables of comprehensions lie around what is visited.
    pub(super) comp_iter_expr: u32,
    pub(super) in_conditional_block: bool,
    /// Annotations of local variables are checked but never run.
    pub(super) in_unevaluated_annotation: bool,
    /// Of a type variable block, for error messages: "a TypeVar bound", ...
    pub(super) scope_info: Option<&'static str>,
    /// Has been entered once.
    attached: bool,
}

/// Names that the pass adds on its own.
pub(super) struct Names {
    pub(super) annotate: Ident,
    pub(super) class: Ident,
    pub(super) classdict: Ident,
    pub(super) conditional_annotations: Ident,
    pub(super) defaults: Ident,
    pub(super) dict_comp: Ident,
    pub(super) first_argument: Ident,
    pub(super) format: Ident,
    pub(super) generator: Ident,
    pub(super) generic_base: Ident,
    pub(super) kwdefaults: Ident,
    pub(super) lambda: Ident,
    pub(super) list_comp: Ident,
    pub(super) set_comp: Ident,
    pub(super) dunder_type_params: Ident,
    pub(super) type_params: Ident,
}

impl Names {
    fn new() -> Names {
        Names {
            annotate: "__annotate__".into(),
            class: "__class__".into(),
            classdict: "__classdict__".into(),
            conditional_annotations: "__conditional_annotations__".into(),
            defaults: ".defaults".into(),
            dict_comp: "dictcomp".into(),
            first_argument: ".0".into(),
            format: ".format".into(),
            generator: "genexpr".into(),
            generic_base: ".generic_base".into(),
            kwdefaults: ".kwdefaults".into(),
            lambda: "lambda".into(),
            list_comp: "listcomp".into(),
            set_comp: "setcomp".into(),
            dunder_type_params: "__type_params__".into(),
            type_params: ".type_params".into(),
        }
    }
}

pub(super) struct Builder<'a> {
    pub(super) table: SymbolTable,
    pub(super) directives: Directives,
    progress: Vec<Progress>,
    /// Open blocks, the innermost last.
    pub(super) stack: Vec<BlockId>,
    pub(super) current: BlockId,
    /// The innermost class, for the mangling of private names.
    pub(super) private: Option<Ident>,
    pub(super) options: &'a Options,
    guard: StackGuard,
    /// Expressions of which the first part is being visited.
    pub(super) pending: Vec<&'a Expr>,
    pub(super) names: Names,
}

impl<'a> Builder<'a> {
    pub(super) fn new(options: &'a Options) -> Builder<'a> {
        Builder {
            table: SymbolTable { blocks: Vec::new(), keys: FxHashMap::default(), mangled_names: Vec::new() },
            directives: Directives::default(),
            progress: Vec::new(),
            stack: Vec::new(),
            current: SymbolTable::TOP,
            private: None,
            options,
            guard: StackGuard::new(options.stack_budget),
            pending: Vec::new(),
            names: Names::new(),
        }
    }

    pub(super) fn module(&mut self, module: &'a Mod) -> Visit {
        let top = self.create(&Ident::from("top"), BlockKind::Module, None, Loc::new(0, 0, 0, 0));
        self.enter(top);
        match module {
            Mod::Module { body, .. } => {
                self.block_mut().has_docstring = has_docstring(body);
                self.stmts(body)?;
            }
            Mod::Interactive { body } => self.stmts(body)?,
            Mod::Expression { body } => self.expr(body)?,
            Mod::FunctionType { .. } => {
                let msg = "this compiler does not handle FunctionTypes".to_owned();
                return Err(Error { kind: ErrorKind::Runtime, msg, loc: Loc::NONE });
            }
        }
        Ok(())
    }

    pub(super) fn check_stack(&self) -> Visit {
        if self.guard.exhausted() { too_deep() } else { Ok(()) }
    }

    pub(super) fn block(&self) -> &Block {
        &self.table[self.current]
    }

    pub(super) fn block_mut(&mut self) -> &mut Block {
        &mut self.table[self.current]
    }

    pub(super) fn progress(&mut self) -> &mut Progress {
        &mut self.progress[self.current.0 as usize]
    }

    /// Makes a block inside the current one without entering it.
    pub(super) fn create(&mut self, name: &Ident, kind: BlockKind, key: Option<Key>, loc: Loc) -> BlockId {
        let id = BlockId(self.table.blocks.len() as u32);
        let outer = self.stack.last().map(|&outer| &self.table[outer]);
        self.table.blocks.push(Block {
            kind,
            name: name.clone(),
            function_name: None,
            loc,
            parent: None,
            children: Vec::new(),
            symbols: Symbols::default(),
            varnames: Vec::new(),
            annotation_block: None,
            comprehension: None,
            comp_inlined: false,
            nested: outer.is_some_and(|outer| outer.nested || outer.is_function_like()),
            coroutine: false,
            generator: false,
            varargs: false,
            varkeywords: false,
            method: kind == BlockKind::Function && outer.is_some_and(|outer| outer.kind == BlockKind::Class),
            has_docstring: false,
            returns_value: false,
            annotations_used: false,
            needs_class_closure: false,
            needs_classdict: false,
            can_see_class_scope: false,
            has_conditional_annotations: false,
            mangled_names: None,
        });
        self.progress.push(Progress::default());
        if let Some(key) = key {
            self.table.keys.insert(key, id);
        }
        id
    }

    /// Makes a block current, and a child of the one around it when this happens first.
    pub(super) fn enter(&mut self, id: BlockId) {
        let outer = self.stack.last().copied();
        self.stack.push(id);
        self.current = id;
        let Some(outer) = outer else { return };
        // No assignment expression may stand in the iterable of a comprehension, however deep (bpo-37757).
        self.progress[id.0 as usize].comp_iter_expr = self.progress[outer.0 as usize].comp_iter_expr;
        let kind = self.table[id].kind;
        if kind != BlockKind::Class && self.table[outer].mangled_names.is_some() {
            self.table[id].mangled_names = self.table[outer].mangled_names;
        }
        if kind == BlockKind::Annotation && self.options.future_annotations {
            return;
        }
        if !std::mem::replace(&mut self.progress[id.0 as usize].attached, true) {
            self.table[id].parent = Some(outer);
            self.table[outer].children.push(id);
        }
    }

    /// Makes and enters a block.
    pub(super) fn open(&mut self, name: &Ident, kind: BlockKind, key: Option<Key>, loc: Loc) -> Visit {
        let id = self.create(name, kind, key, loc);
        self.enter(id);
        if matches!(kind, BlockKind::Annotation | BlockKind::TypeVariable | BlockKind::TypeAlias) {
            // These are functions of one argument.
            let format = self.names.format.clone();
            self.add(&format, Flags::DEF_PARAM, loc)?;
            self.add(&format, Flags::USE, loc)?;
        }
        Ok(())
    }

    pub(super) fn close(&mut self) {
        self.stack.pop();
        self.current = self.stack.last().copied().unwrap_or(SymbolTable::TOP);
    }

    /// Limits the mangling of private names in the current block, and what lies in it, to the names added later.
    pub(super) fn limit_mangling(&mut self) {
        let set = self.table.mangled_names.len() as u32;
        self.table.mangled_names.push(FxHashSet::default());
        self.block_mut().mangled_names = Some(set);
    }

    /// What a name stands for in the current block.
    fn mangled<'n>(&self, name: &'n Ident) -> Cow<'n, Ident> {
        match &self.private {
            Some(private) if name.starts_with("__") => match self.block().mangled_names {
                Some(set) if !self.table.mangled_names[set as usize].contains(name) => Cow::Borrowed(name),
                _ => Cow::Owned(mangle(Some(private), name)),
            },
            _ => Cow::Borrowed(name),
        }
    }

    /// What the current block has done with a name so far.
    pub(super) fn lookup(&self, name: &Ident) -> Flags {
        self.block().flags(&self.mangled(name))
    }

    pub(super) fn check_name(&self, name: &Ident, loc: Loc, context: ExprContext) -> Visit {
        match context {
            ExprContext::Load => Ok(()),
            _ if *name != "__debug__" => Ok(()),
            ExprContext::Store => syntax_error("cannot assign to __debug__", loc),
            ExprContext::Del => syntax_error("cannot delete __debug__", loc),
        }
    }

    /// Records what the current block does with a name.
    pub(super) fn add(&mut self, name: &Ident, flags: Flags, loc: Loc) -> Visit {
        self.add_in_context(name, flags, loc, ExprContext::Store)
    }

    pub(super) fn add_in_context(&mut self, name: &Ident, flags: Flags, loc: Loc, context: ExprContext) -> Visit {
        if flags.has(Flags::DEF_PARAM | Flags::DEF_LOCAL | Flags::DEF_IMPORT) {
            self.check_name(name, loc, context)?;
        }
        if flags.has(Flags::DEF_TYPE_PARAM)
            && let Some(set) = self.block().mangled_names
        {
            self.table.mangled_names[set as usize].insert(name.clone());
        }
        self.add_to(self.current, name, flags, loc)
    }

    /// Records what block `id` does with a name, which is mangled as in the current block.
    pub(super) fn add_to(&mut self, id: BlockId, name: &Ident, flags: Flags, loc: Loc) -> Visit {
        let mangled = self.mangled(name);
        let block = &mut self.table.blocks[id.0 as usize];
        let position = block.symbols.position(&mangled);
        let before = position.map_or(Flags::NONE, |at| block.symbols.at(at).1);
        if flags.has(Flags::DEF_PARAM) && before.has(Flags::DEF_PARAM) {
            return syntax_error(format!("duplicate argument '{name}' in function definition"), loc);
        }
        if flags.has(Flags::DEF_TYPE_PARAM) && before.has(Flags::DEF_TYPE_PARAM) {
            return syntax_error(format!("duplicate type parameter '{name}'"), loc);
        }
        let mut after = before | flags;
        if self.progress[id.0 as usize].comp_iter_target {
            if after.has(Flags::DEF_GLOBAL | Flags::DEF_NONLOCAL) {
                let msg = format!("comprehension inner loop cannot rebind assignment expression target '{name}'");
                return syntax_error(msg, loc);
            }
            after |= Flags::DEF_COMP_ITER;
        }
        match position {
            Some(at) => block.symbols.set_at(at, after),
            None => block.symbols.push(&mangled, after),
        }
        if flags.has(Flags::DEF_PARAM) {
            block.varnames.push(mangled.into_owned());
        } else if flags.has(Flags::DEF_GLOBAL) {
            let top = &mut self.table.blocks[SymbolTable::TOP.0 as usize].symbols;
            let known = top.get(&mangled).unwrap_or(Flags::NONE);
            top.set(&mangled, known | flags);
        }
        Ok(())
    }

    /// Remembers where a name was declared global or nonlocal in the current block, for errors of the second pass.
    pub(super) fn record_directive(&mut self, name: &Ident, loc: Loc) {
        let key = (self.current, self.mangled(name).into_owned());
        self.directives.entry(key).or_insert(loc);
    }
}

pub(super) fn has_docstring(body: &[Stmt]) -> bool {
    use crate::ast::ExprKind::Constant;
    match body.first().map(|stmt| &stmt.kind) {
        Some(StmtKind::Expr { value }) => matches!(value.kind, Constant { value: crate::Const::Str(_), .. }),
        _ => false,
    }
}
