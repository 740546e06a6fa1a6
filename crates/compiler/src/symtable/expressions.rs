//! The first pass over expressions.

use super::build::{Builder, Visit, syntax_error};
use super::{BlockKind, ComprehensionKind, Flags, Key};
use crate::ast::{Comprehension, Expr, ExprContext, ExprKind, Ident, Keyword};
use crate::ir::Loc;

impl<'a> Builder<'a> {
    pub(super) fn exprs(&mut self, exprs: &'a [Expr]) -> Visit {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn optional(&mut self, expr: &'a Option<Box<Expr>>) -> Visit {
        expr.as_deref().map_or(Ok(()), |expr| self.expr(expr))
    }

    pub(super) fn optionals(&mut self, exprs: &'a [Option<Expr>]) -> Visit {
        exprs.iter().flatten().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn expr(&mut self, e: &'a Expr) -> Visit {
        let base = self.pending.len();
        let mut next = Some(e);
        while let Some(e) = next {
            next = self.descend(e)?;
            while next.is_none() && self.pending.len() > base {
                let Some(waiting) = self.pending.pop() else { break };
                next = self.complete(waiting)?;
            }
        }
        Ok(())
    }

    /// Visits a leaf, or what has to recurse. Of other expressions the first operand comes back, to be visited next; the
    /// rest of them waits in `pending`.
    fn descend(&mut self, e: &'a Expr) -> Result<Option<&'a Expr>, super::Error> {
        use ExprKind::*;
        let first = match &e.kind {
            Name { id, ctx } => {
                self.name(id, *ctx, e.loc)?;
                return Ok(None);
            }
            Constant { .. } => return Ok(None),
            Attribute { value, attr, ctx } => {
                self.check_name(attr, e.loc, *ctx)?;
                return Ok(Some(value));
            }
            UnaryOp { operand: value, .. } | Starred { value, .. } => return Ok(Some(value)),
            BinOp { left, .. } | Compare { left, .. } => left,
            Call { func, .. } => func,
            Subscript { value, .. } => value,
            IfExp { test, .. } => test,
            Await { value } => {
                self.check_await(e.loc)?;
                value
            }
            _ => {
                self.check_stack()?;
                self.nested(e)?;
                return Ok(None);
            }
        };
        self.pending.push(e);
        Ok(Some(first))
    }

    /// Goes on with an expression whose first operand has been visited; what comes back is to be visited next.
    fn complete(&mut self, e: &'a Expr) -> Result<Option<&'a Expr>, super::Error> {
        use ExprKind::*;
        match &e.kind {
            BinOp { right, .. } => return Ok(Some(right)),
            Subscript { slice, .. } => return Ok(Some(slice)),
            Await { .. } => self.block_mut().coroutine = true,
            IfExp { body, orelse, .. } => {
                self.check_stack()?;
                self.expr(body)?;
                return Ok(Some(orelse));
            }
            Compare { comparators, .. } => {
                self.check_stack()?;
                self.exprs(comparators)?;
            }
            Call { args, keywords, .. } => {
                self.check_stack()?;
                self.exprs(args)?;
                self.keywords(keywords)?;
            }
            _ => {}
        }
        Ok(None)
    }

    fn nested(&mut self, e: &'a Expr) -> Visit {
        use ExprKind::*;
        match &e.kind {
            NamedExpr { target, value } => self.named(e, target, value),
            BoolOp { values, .. } | JoinedStr { values } | TemplateStr { values } => self.exprs(values),
            Lambda { args, body } => {
                self.exprs(&args.defaults)?;
                self.optionals(&args.kw_defaults)?;
                let name = self.names.lambda.clone();
                self.open(&name, BlockKind::Function, Some(Key::expr(e)), e.loc)?;
                self.arguments(args)?;
                self.expr(body)?;
                self.close();
                Ok(())
            }
            Dict { keys, values } => {
                self.optionals(keys)?;
                self.exprs(values)
            }
            Set { elts } | List { elts, .. } | Tuple { elts, .. } => self.exprs(elts),
            ListComp { elt, generators } => self.comprehension(e, ComprehensionKind::List, generators, elt, None),
            SetComp { elt, generators } => self.comprehension(e, ComprehensionKind::Set, generators, elt, None),
            DictComp { key, value, generators } => {
                self.comprehension(e, ComprehensionKind::Dict, generators, key, Some(value))
            }
            GeneratorExp { elt, generators } => {
                self.comprehension(e, ComprehensionKind::Generator, generators, elt, None)
            }
            Yield { value } => {
                self.not_in_annotation("yield expression", e.loc)?;
                self.optional(value)?;
                self.yields(e.loc)
            }
            YieldFrom { value } => {
                self.not_in_annotation("yield expression", e.loc)?;
                self.expr(value)?;
                self.yields(e.loc)
            }
            FormattedValue { value, format_spec, .. } | Interpolation { value, format_spec, .. } => {
                self.expr(value)?;
                self.optional(format_spec)
            }
            Slice { lower, upper, step } => {
                self.optional(lower)?;
                self.optional(upper)?;
                self.optional(step)
            }
            BinOp { .. }
            | UnaryOp { .. }
            | IfExp { .. }
            | Await { .. }
            | Compare { .. }
            | Call { .. }
            | Attribute { .. }
            | Subscript { .. }
            | Starred { .. }
            | Name { .. }
            | Constant { .. } => Ok(()),
        }
    }

    pub(super) fn keywords(&mut self, keywords: &'a [Keyword]) -> Visit {
        for keyword in keywords {
            if let Some(name) = &keyword.arg {
                self.check_name(name, keyword.loc, ExprContext::Store)?;
            }
        }
        keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))
    }

    fn name(&mut self, id: &'a Ident, context: ExprContext, loc: Loc) -> Visit {
        if self.progress().in_unevaluated_annotation {
            return Ok(());
        }
        let is_load = context == ExprContext::Load;
        self.add_in_context(id, if is_load { Flags::USE } else { Flags::DEF_LOCAL }, loc, context)?;
        // `super()` reads the class from there.
        if is_load && *id == "super" && self.block().is_function_like() {
            let name = self.names.class.clone();
            self.add(&name, Flags::USE, loc)?;
        }
        Ok(())
    }

    fn yields(&mut self, loc: Loc) -> Visit {
        self.block_mut().generator = true;
        let place = match self.block().comprehension {
            None => return Ok(()),
            Some(ComprehensionKind::List) => "list comprehension",
            Some(ComprehensionKind::Set) => "set comprehension",
            Some(ComprehensionKind::Dict) => "dict comprehension",
            Some(ComprehensionKind::Generator) => "generator expression",
        };
        syntax_error(format!("'yield' inside {place}"), loc)
    }

    fn not_in_annotation(&mut self, what: &str, loc: Loc) -> Visit {
        let place = match self.block().kind {
            BlockKind::Annotation => "an annotation",
            BlockKind::TypeVariable => self.progress().scope_info.unwrap_or("a TypeVar bound"),
            BlockKind::TypeAlias => "a type alias",
            BlockKind::TypeParameters => "the definition of a generic",
            BlockKind::Function | BlockKind::Class | BlockKind::Module => return Ok(()),
        };
        syntax_error(format!("{what} cannot be used within {place}"), loc)
    }

    fn allows_top_level_await(&self) -> bool {
        self.options.allow_top_level_await && self.block().kind == BlockKind::Module
    }

    fn in_async_function(&self) -> bool {
        self.block().kind == BlockKind::Function && self.block().coroutine
    }

    /// For `async for` and `async with`.
    pub(super) fn require_coroutine(&mut self, msg: &str, loc: Loc) -> Visit {
        if self.allows_top_level_await() {
            self.block_mut().coroutine = true;
        }
        if self.block().coroutine { Ok(()) } else { syntax_error(msg, loc) }
    }

    fn check_await(&mut self, loc: Loc) -> Visit {
        self.not_in_annotation("await expression", loc)?;
        if self.allows_top_level_await() {
            return Ok(());
        }
        if !self.block().is_function_like() {
            return syntax_error("'await' outside function", loc);
        }
        if !self.in_async_function() && self.block().comprehension.is_none() {
            return syntax_error("'await' outside async function", loc);
        }
        Ok(())
    }

    fn named(&mut self, e: &'a Expr, target: &'a Expr, value: &'a Expr) -> Visit {
        self.not_in_annotation("named expression", e.loc)?;
        if self.progress().comp_iter_expr > 0 {
            let msg = "assignment expression cannot be used in a comprehension iterable expression";
            return syntax_error(msg, e.loc);
        }
        if self.block().comprehension.is_some()
            && let ExprKind::Name { id, .. } = &target.kind
        {
            self.bind_outside_comprehension(id, target.loc)?;
        }
        self.expr(value)?;
        self.expr(target)
    }

    /// An assignment expression in a comprehension binds in the function or module around it.
    fn bind_outside_comprehension(&mut self, name: &'a Ident, loc: Loc) -> Visit {
        for depth in (0..self.stack.len()).rev() {
            let id = self.stack[depth];
            let block = &self.table[id];
            let known = block.flags(&self.table.mangle(self.private.as_ref(), id, name));
            if block.comprehension.is_some() {
                if known.has(Flags::DEF_COMP_ITER) && known.has(Flags::DEF_LOCAL | Flags::DEF_GLOBAL) {
                    let msg = format!("assignment expression cannot rebind comprehension iteration variable '{name}'");
                    return syntax_error(msg, loc);
                }
                continue;
            }
            let (inside, outside) = match block.kind {
                BlockKind::Function if known.has(Flags::DEF_GLOBAL) => (Flags::DEF_GLOBAL, Flags::DEF_LOCAL),
                BlockKind::Function => (Flags::DEF_NONLOCAL, Flags::DEF_LOCAL),
                BlockKind::Module => (Flags::DEF_GLOBAL, Flags::DEF_GLOBAL),
                BlockKind::Annotation => continue,
                BlockKind::Class | BlockKind::TypeParameters | BlockKind::TypeAlias | BlockKind::TypeVariable => {
                    let place = match block.kind {
                        BlockKind::Class => "in a class body",
                        BlockKind::TypeParameters => "within the definition of a generic",
                        BlockKind::TypeAlias => "in a type alias",
                        _ => "in a TypeVar bound",
                    };
                    let msg = format!("assignment expression within a comprehension cannot be used {place}");
                    return syntax_error(msg, loc);
                }
            };
            self.add(name, inside, loc)?;
            self.record_directive(name, loc);
            return self.add_to(id, name, outside, loc);
        }
        Ok(())
    }

    fn comprehension(
        &mut self,
        e: &'a Expr,
        kind: ComprehensionKind,
        generators: &'a [Comprehension],
        element: &'a Expr,
        value: Option<&'a Expr>,
    ) -> Visit {
        let Some((outermost, inner)) = generators.split_first() else { return Ok(()) };
        // The outermost iterable is evaluated outside, and passed as an argument.
        self.iterable(&outermost.iter)?;
        let name = match kind {
            ComprehensionKind::List => self.names.list_comp.clone(),
            ComprehensionKind::Set => self.names.set_comp.clone(),
            ComprehensionKind::Dict => self.names.dict_comp.clone(),
            ComprehensionKind::Generator => self.names.generator.clone(),
        };
        self.open(&name, BlockKind::Function, Some(Key::expr(e)), e.loc)?;
        self.block_mut().comprehension = Some(kind);
        self.block_mut().coroutine = outermost.is_async != 0;
        let argument = self.names.first_argument.clone();
        self.add(&argument, Flags::DEF_PARAM, e.loc)?;
        self.loop_target(&outermost.target)?;
        self.exprs(&outermost.ifs)?;
        for generator in inner {
            self.loop_target(&generator.target)?;
            self.iterable(&generator.iter)?;
            self.exprs(&generator.ifs)?;
            if generator.is_async != 0 {
                self.block_mut().coroutine = true;
            }
        }
        if let Some(value) = value {
            self.expr(value)?;
        }
        self.expr(element)?;
        let is_generator = kind == ComprehensionKind::Generator;
        self.block_mut().generator = is_generator;
        let is_async = self.block().coroutine && !is_generator;
        self.close();
        if is_async {
            let allowed =
                self.in_async_function() || self.block().comprehension.is_some() || self.allows_top_level_await();
            if !allowed {
                return syntax_error("asynchronous comprehension outside of an asynchronous function", e.loc);
            }
            self.block_mut().coroutine = true;
        }
        Ok(())
    }

    fn iterable(&mut self, iter: &'a Expr) -> Visit {
        self.progress().comp_iter_expr += 1;
        self.expr(iter)?;
        self.progress().comp_iter_expr -= 1;
        Ok(())
    }

    fn loop_target(&mut self, target: &'a Expr) -> Visit {
        self.progress().comp_iter_target = true;
        self.expr(target)?;
        self.progress().comp_iter_target = false;
        Ok(())
    }
}
