//! The first pass over statements and patterns.

use super::build::{Builder, Visit, has_docstring, syntax_error};
use super::{BlockId, BlockKind, Flags, Key, SymbolTable};
use crate::ast::{
    Alias, Arg, Arguments, ExceptHandler, Expr, ExprContext, ExprKind, Ident, Keyword, MatchCase, Pattern, PatternKind,
    Stmt, StmtKind, TypeParam, TypeParamKind, WithItem,
};
use crate::ir::Loc;

/// The two statements that declare names of other blocks, with the words of their errors.
struct Declaration {
    flag: Flags,
    word: &'static str,
}

const GLOBAL: Declaration = Declaration { flag: Flags::DEF_GLOBAL, word: "global" };
const NONLOCAL: Declaration = Declaration { flag: Flags::DEF_NONLOCAL, word: "nonlocal" };

/// The parts of a function definition, asynchronous or not.
struct Function<'a> {
    name: &'a Ident,
    args: &'a Arguments,
    body: &'a [Stmt],
    decorators: &'a [Expr],
    returns: Option<&'a Expr>,
    type_params: &'a [TypeParam],
    is_async: bool,
}

/// The parts of a class definition.
struct Class<'a> {
    name: &'a Ident,
    bases: &'a [Expr],
    keywords: &'a [Keyword],
    body: &'a [Stmt],
    decorators: &'a [Expr],
    type_params: &'a [TypeParam],
}

impl<'a> Builder<'a> {
    pub(super) fn stmts(&mut self, stmts: &'a [Stmt]) -> Visit {
        stmts.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    fn stmt(&mut self, s: &'a Stmt) -> Visit {
        use StmtKind::*;
        self.check_stack()?;
        match &s.kind {
            FunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                let (decorators, returns) = (decorator_list.as_slice(), returns.as_deref());
                self.function(s, &Function { name, args, body, decorators, returns, type_params, is_async: false })
            }
            AsyncFunctionDef { name, args, body, decorator_list, returns, type_params, .. } => {
                let (decorators, returns) = (decorator_list.as_slice(), returns.as_deref());
                self.function(s, &Function { name, args, body, decorators, returns, type_params, is_async: true })
            }
            ClassDef { name, bases, keywords, body, decorator_list: decorators, type_params } => {
                self.class(s, &Class { name, bases, keywords, body, decorators, type_params })
            }
            TypeAlias { name, type_params, value } => self.type_alias(s, name, type_params, value),
            Return { value } => {
                if let Some(value) = value {
                    self.expr(value)?;
                    self.block_mut().returns_value = true;
                }
                Ok(())
            }
            Delete { targets } => self.exprs(targets),
            Assign { targets, value, .. } => {
                self.exprs(targets)?;
                self.expr(value)
            }
            AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)
            }
            AnnAssign { target, annotation, value, simple } => {
                self.annotated(s, target, annotation, value.as_deref(), *simple != 0)
            }
            Expr { value } => self.expr(value),
            Raise { exc, cause } => {
                self.optional(exc)?;
                self.optional(cause)
            }
            Assert { test, msg } => {
                self.expr(test)?;
                self.optional(msg)
            }
            Import { names } => names.iter().try_for_each(|alias| self.alias(alias)),
            ImportFrom { module, names, level } => {
                names.iter().try_for_each(|alias| self.alias(alias))?;
                let of_future = level.unwrap_or(0) == 0 && module.as_ref().is_some_and(|name| *name == "__future__");
                if of_future && (s.loc.line, s.loc.col) > self.options.future_end {
                    let msg = "from __future__ imports must occur at the beginning of the file";
                    return syntax_error(msg, s.loc);
                }
                Ok(())
            }
            Global { names } => self.declare(s, names, &GLOBAL),
            Nonlocal { names } => self.declare(s, names, &NONLOCAL),
            Pass {} | Break {} | Continue {} => Ok(()),
            If { .. }
            | For { .. }
            | AsyncFor { .. }
            | While { .. }
            | With { .. }
            | AsyncWith { .. }
            | Match { .. }
            | Try { .. }
            | TryStar { .. } => self.compound(s),
        }
    }

    /// A statement whose body may be skipped, repeated or left in the middle.
    fn compound(&mut self, s: &'a Stmt) -> Visit {
        let outer = std::mem::replace(&mut self.progress().in_conditional_block, true);
        self.compound_parts(s)?;
        self.progress().in_conditional_block = outer;
        Ok(())
    }

    fn compound_parts(&mut self, s: &'a Stmt) -> Visit {
        use StmtKind::*;
        match &s.kind {
            If { test, body, orelse } => {
                let (mut test, mut body, mut orelse) = (test, body, orelse);
                loop {
                    self.expr(test)?;
                    self.stmts(body)?;
                    match orelse.as_slice() {
                        [Stmt { kind: If { test: t, body: b, orelse: o }, .. }] => (test, body, orelse) = (t, b, o),
                        rest => return self.stmts(rest),
                    }
                }
            }
            While { test, body, orelse } => {
                self.expr(test)?;
                self.stmts(body)?;
                self.stmts(orelse)
            }
            For { target, iter, body, orelse, .. } => self.for_loop(target, iter, body, orelse),
            AsyncFor { target, iter, body, orelse, .. } => {
                self.require_coroutine("'async for' outside async function", s.loc)?;
                self.for_loop(target, iter, body, orelse)
            }
            With { items, body, .. } => self.with(items, body),
            AsyncWith { items, body, .. } => {
                self.require_coroutine("'async with' outside async function", s.loc)?;
                self.with(items, body)
            }
            Match { subject, cases } => {
                self.expr(subject)?;
                cases.iter().try_for_each(|case| self.match_case(case))
            }
            Try { body, handlers, orelse, finalbody } | TryStar { body, handlers, orelse, finalbody } => {
                self.stmts(body)?;
                handlers.iter().try_for_each(|handler| self.handler(handler))?;
                self.stmts(orelse)?;
                self.stmts(finalbody)
            }
            _ => Ok(()),
        }
    }

    fn for_loop(&mut self, target: &'a Expr, iter: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Visit {
        self.expr(target)?;
        self.expr(iter)?;
        self.stmts(body)?;
        self.stmts(orelse)
    }

    fn with(&mut self, items: &'a [WithItem], body: &'a [Stmt]) -> Visit {
        for item in items {
            self.expr(&item.context_expr)?;
            self.optional(&item.optional_vars)?;
        }
        self.stmts(body)
    }

    fn handler(&mut self, handler: &'a ExceptHandler) -> Visit {
        self.optional(&handler.r#type)?;
        if let Some(name) = &handler.name {
            self.add(name, Flags::DEF_LOCAL, handler.loc)?;
        }
        self.stmts(&handler.body)
    }

    fn match_case(&mut self, case: &'a MatchCase) -> Visit {
        self.pattern(&case.pattern)?;
        self.optional(&case.guard)?;
        self.stmts(&case.body)
    }

    fn pattern(&mut self, p: &'a Pattern) -> Visit {
        use PatternKind::*;
        self.check_stack()?;
        let (patterns, bound) = match &p.kind {
            MatchValue { value } => return self.expr(value),
            MatchSingleton { .. } => return Ok(()),
            MatchSequence { patterns } | MatchOr { patterns } => (patterns.as_slice(), &None),
            MatchStar { name } => (&[][..], name),
            MatchMapping { keys, patterns, rest } => {
                self.exprs(keys)?;
                (patterns.as_slice(), rest)
            }
            MatchAs { pattern, name } => (pattern.as_deref().map_or(&[][..], std::slice::from_ref), name),
            MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.expr(cls)?;
                patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
                for (attr, pattern) in kwd_attrs.iter().zip(kwd_patterns) {
                    self.check_name(attr, pattern.loc, ExprContext::Store)?;
                }
                (kwd_patterns.as_slice(), &None)
            }
        };
        patterns.iter().try_for_each(|pattern| self.pattern(pattern))?;
        match bound {
            Some(name) => self.add(name, Flags::DEF_LOCAL, p.loc),
            None => Ok(()),
        }
    }

    fn alias(&mut self, alias: &'a Alias) -> Visit {
        let name = alias.asname.as_ref().unwrap_or(&alias.name);
        if *name == "*" {
            if self.block().kind != BlockKind::Module {
                return syntax_error("import * only allowed at module level", alias.loc);
            }
            return Ok(());
        }
        match name.split_once('.') {
            Some((first, _)) => self.add(&Ident::from(first), Flags::DEF_IMPORT, alias.loc),
            None => self.add(name, Flags::DEF_IMPORT, alias.loc),
        }
    }

    fn declare(&mut self, s: &'a Stmt, names: &'a [Ident], declaration: &Declaration) -> Visit {
        let word = declaration.word;
        for name in names {
            let known = self.lookup(name);
            let msg = if known.has(Flags::DEF_PARAM) {
                format!("name '{name}' is parameter and {word}")
            } else if known.has(Flags::USE) {
                format!("name '{name}' is used prior to {word} declaration")
            } else if known.has(Flags::DEF_ANNOT) {
                format!("annotated name '{name}' can't be {word}")
            } else if known.has(Flags::DEF_LOCAL) {
                format!("name '{name}' is assigned to before {word} declaration")
            } else {
                self.add(name, declaration.flag, s.loc)?;
                self.record_directive(name, s.loc);
                continue;
            };
            return syntax_error(msg, s.loc);
        }
        Ok(())
    }

    fn annotated(
        &mut self,
        s: &'a Stmt,
        target: &'a Expr,
        annotation: &'a Expr,
        value: Option<&'a Expr>,
        simple: bool,
    ) -> Visit {
        self.block_mut().annotations_used = true;
        if let ExprKind::Name { id, .. } = &target.kind {
            let known = self.lookup(id);
            if simple && self.current != SymbolTable::TOP {
                for declaration in [&GLOBAL, &NONLOCAL] {
                    if known.has(declaration.flag) {
                        return syntax_error(format!("annotated name '{id}' can't be {}", declaration.word), s.loc);
                    }
                }
            }
            if simple {
                self.add(id, Flags::DEF_ANNOT | Flags::DEF_LOCAL, target.loc)?;
            } else if value.is_some() {
                self.add(id, Flags::DEF_LOCAL, target.loc)?;
            }
        } else {
            self.expr(target)?;
        }
        self.annotation(annotation)?;
        match value {
            Some(value) => self.expr(value),
            None => Ok(()),
        }
    }

    /// The annotation of an assignment. All of a block share one annotation block.
    fn annotation(&mut self, annotation: &'a Expr) -> Visit {
        let kind = self.block().kind;
        // Those of a module always count as conditional: the module may be seen half executed.
        let conditional = match kind {
            BlockKind::Module => true,
            BlockKind::Class => self.progress().in_conditional_block,
            _ => false,
        };
        if conditional && !self.block().has_conditional_annotations {
            self.block_mut().has_conditional_annotations = true;
            let name = self.names.conditional_annotations.clone();
            self.add_in_context(&name, Flags::USE, annotation.loc, ExprContext::Load)?;
        }
        let unevaluated = kind == BlockKind::Function;
        match self.block().annotation_block {
            Some(id) => self.enter(id),
            None => {
                let outer = self.current;
                let name = self.names.annotate.clone();
                self.open(&name, BlockKind::Annotation, None, annotation.loc)?;
                self.table[outer].annotation_block = Some(self.current);
                if kind == BlockKind::Class && !self.options.future_annotations {
                    self.see_class_scope(annotation.loc)?;
                }
            }
        }
        self.progress().in_unevaluated_annotation = unevaluated;
        self.expr(annotation)?;
        self.progress().in_unevaluated_annotation = false;
        self.close();
        Ok(())
    }

    /// Lets the current block look names up in the namespace of the class around it.
    fn see_class_scope(&mut self, loc: Loc) -> Visit {
        self.block_mut().can_see_class_scope = true;
        let name = self.names.classdict.clone();
        self.add(&name, Flags::USE, loc)
    }

    fn function(&mut self, s: &'a Stmt, f: &Function<'a>) -> Visit {
        self.add(f.name, Flags::DEF_LOCAL, s.loc)?;
        self.exprs(&f.args.defaults)?;
        self.optionals(&f.args.kw_defaults)?;
        self.exprs(f.decorators)?;
        let generic = !f.type_params.is_empty();
        if generic {
            self.open_type_params(f.name, f.type_params, s.loc)?;
            // Added whether there are defaults or not.
            let name = self.names.defaults.clone();
            self.add(&name, Flags::DEF_PARAM, s.loc)?;
            if f.args.kw_defaults.iter().any(Option::is_some) {
                let name = self.names.kwdefaults.clone();
                self.add(&name, Flags::DEF_PARAM, s.loc)?;
            }
            self.type_params(f.type_params)?;
        }
        let block = self.create(f.name, BlockKind::Function, Some(Key::stmt(s)), s.loc);
        self.table[block].has_docstring = has_docstring(f.body);
        self.function_annotations(s, f, block)?;
        self.enter(block);
        self.block_mut().coroutine = f.is_async;
        self.arguments(f.args)?;
        self.stmts(f.body)?;
        self.close();
        if generic {
            self.close();
        }
        Ok(())
    }

    /// The annotations of parameters and of the return value: a block beside that of the function.
    fn function_annotations(&mut self, s: &'a Stmt, f: &Function<'a>, function: BlockId) -> Visit {
        let in_class = self.block().can_see_class_scope || self.block().kind == BlockKind::Class;
        let name = self.names.annotate.clone();
        self.open(&name, BlockKind::Annotation, Some(Key::annotations(f.args)), s.loc)?;
        self.block_mut().function_name = Some(self.table[function].name.clone());
        if in_class {
            self.see_class_scope(s.loc)?;
        }
        let args = f.args;
        self.parameter_annotations(args.posonlyargs.iter().chain(&args.args))?;
        self.parameter_annotations(args.vararg.as_deref().into_iter().chain(args.kwarg.as_deref()))?;
        self.parameter_annotations(args.kwonlyargs.iter())?;
        if let Some(returns) = f.returns {
            self.block_mut().annotations_used = true;
            self.expr(returns)?;
        }
        self.close();
        Ok(())
    }

    fn parameter_annotations(&mut self, args: impl Iterator<Item = &'a Arg>) -> Visit {
        for annotation in args.filter_map(|arg| arg.annotation.as_deref()) {
            self.block_mut().annotations_used = true;
            self.expr(annotation)?;
        }
        Ok(())
    }

    /// The parameters themselves, in the block of the function.
    pub(super) fn arguments(&mut self, args: &'a Arguments) -> Visit {
        let plain = args.posonlyargs.iter().chain(&args.args).chain(&args.kwonlyargs);
        for arg in plain.chain(args.vararg.as_deref()).chain(args.kwarg.as_deref()) {
            self.add(&arg.arg, Flags::DEF_PARAM, arg.loc)?;
        }
        self.block_mut().varargs = args.vararg.is_some();
        self.block_mut().varkeywords = args.kwarg.is_some();
        Ok(())
    }

    fn class(&mut self, s: &'a Stmt, c: &Class<'a>) -> Visit {
        self.add(c.name, Flags::DEF_LOCAL, s.loc)?;
        self.exprs(c.decorators)?;
        let outer_private = self.private.clone();
        let generic = !c.type_params.is_empty();
        if generic {
            self.open_type_params(c.name, c.type_params, s.loc)?;
            // The tuple of type parameters is stored, then used for the bases; so is the generic base.
            for name in [self.names.type_params.clone(), self.names.generic_base.clone()] {
                self.add(&name, Flags::DEF_LOCAL, s.loc)?;
                self.add(&name, Flags::USE, s.loc)?;
            }
            // Type parameters are mangled as names of the class; other names in the bases are not.
            self.private = Some(c.name.clone());
            self.limit_mangling();
            self.type_params(c.type_params)?;
        }
        self.exprs(c.bases)?;
        self.keywords(c.keywords)?;
        self.open(c.name, BlockKind::Class, Some(Key::stmt(s)), s.loc)?;
        self.private = Some(c.name.clone());
        if generic {
            let (stored, loaded) = (self.names.dunder_type_params.clone(), self.names.type_params.clone());
            self.add(&stored, Flags::DEF_LOCAL, s.loc)?;
            self.add(&loaded, Flags::USE, s.loc)?;
        }
        self.block_mut().has_docstring = has_docstring(c.body);
        self.stmts(c.body)?;
        self.close();
        if generic {
            self.close();
        }
        self.private = outer_private;
        Ok(())
    }

    fn type_alias(&mut self, s: &'a Stmt, name: &'a Expr, type_params: &'a [TypeParam], value: &'a Expr) -> Visit {
        self.expr(name)?;
        let ExprKind::Name { id, .. } = &name.kind else { return Ok(()) };
        let in_class = self.block().kind == BlockKind::Class;
        let generic = !type_params.is_empty();
        if generic {
            self.open_type_params(id, type_params, s.loc)?;
            self.type_params(type_params)?;
        }
        self.open(id, BlockKind::TypeAlias, Some(Key::stmt(s)), s.loc)?;
        if in_class {
            self.see_class_scope(value.loc)?;
        }
        self.expr(value)?;
        self.close();
        if generic {
            self.close();
        }
        Ok(())
    }

    /// Enters the block around something generic. The caller leaves it.
    fn open_type_params(&mut self, name: &'a Ident, params: &'a [TypeParam], loc: Loc) -> Visit {
        let in_class = self.block().kind == BlockKind::Class;
        self.open(name, BlockKind::TypeParameters, Some(Key::type_params(params)), loc)?;
        if in_class { self.see_class_scope(loc) } else { Ok(()) }
    }

    fn type_params(&mut self, params: &'a [TypeParam]) -> Visit {
        params.iter().try_for_each(|param| self.type_param(param))
    }

    fn type_param(&mut self, param: &'a TypeParam) -> Visit {
        let (name, bound, default, default_info) = match &param.kind {
            TypeParamKind::TypeVar { name, bound, default_value } => (name, bound, default_value, "a TypeVar default"),
            TypeParamKind::ParamSpec { name, default_value } => (name, &None, default_value, "a ParamSpec default"),
            TypeParamKind::TypeVarTuple { name, default_value } => {
                (name, &None, default_value, "a TypeVarTuple default")
            }
        };
        self.add(name, Flags::DEF_TYPE_PARAM | Flags::DEF_LOCAL, param.loc)?;
        if *name == "__classdict__" {
            return syntax_error(format!("reserved name '{name}' cannot be used for type parameter"), param.loc);
        }
        if let Some(bound) = bound {
            let is_tuple = matches!(bound.kind, ExprKind::Tuple { .. });
            let info = if is_tuple { "a TypeVar constraint" } else { "a TypeVar bound" };
            self.type_variable(name, bound, Key::type_param_bound(param), info)?;
        }
        if let Some(default) = default {
            self.type_variable(name, default, Key::type_param_default(param), default_info)?;
        }
        Ok(())
    }

    fn type_variable(&mut self, name: &'a Ident, value: &'a Expr, key: Key, info: &'static str) -> Visit {
        let in_class = self.block().can_see_class_scope;
        self.open(name, BlockKind::TypeVariable, Some(key), value.loc)?;
        if in_class {
            self.see_class_scope(value.loc)?;
        }
        self.progress().scope_info = Some(info);
        self.expr(value)?;
        self.close();
        Ok(())
    }
}
