//! Refuses trees that no parser makes, before they are compiled: `ValueError` and `TypeError` with CPython's words.
//!
//! What is checked is what code generation relies on (contexts, lists that go together, bodies that are not empty), the
//! order of places, and the names that only a constant can have.

use super::*;
use crate::Const;
use crate::error::{ErrorKind, SyntaxError};
use crate::stack::StackGuard;

type Check = Result<(), SyntaxError>;

/// Checks a whole tree, using at most `stack` bytes of native stack.
pub fn validate(tree: &Mod, stack: usize) -> Check {
    let check = Validator { guard: StackGuard::new(stack) };
    match tree {
        Mod::Module { body, .. } | Mod::Interactive { body } => check.stmts(body),
        Mod::Expression { body } => check.load(body),
        Mod::FunctionType { argtypes, returns } => {
            check.all(argtypes, ExprContext::Load)?;
            check.load(returns)
        }
    }
}

struct Validator {
    guard: StackGuard,
}

fn value_error(msg: impl Into<std::borrow::Cow<'static, str>>) -> Check {
    Err(SyntaxError::bare(ErrorKind::Value, msg))
}

fn type_error(msg: &'static str) -> Check {
    Err(SyntaxError::bare(ErrorKind::Type, msg))
}

/// Names that stand for constants cannot be bound or looked up.
fn name(name: &Ident) -> Check {
    match name.as_str() {
        "None" | "True" | "False" => value_error(crate::codegen::constant_name(name.as_str())),
        _ => Ok(()),
    }
}

/// What a pattern binds.
fn capture(bound: &Ident) -> Check {
    if bound == "_" {
        return value_error("can't capture name '_' in patterns");
    }
    name(bound)
}

fn place(loc: Loc) -> Check {
    let Loc { line, col, end_line, end_col } = loc;
    if line > end_line {
        return value_error(format!("AST node line range ({line}, {end_line}) is not valid"));
    }
    if (line < 0 && end_line != line) || (col < 0 && col != end_col) {
        return value_error(format!(
            "AST node column range ({col}, {end_col}) for line range ({line}, {end_line}) is not valid"
        ));
    }
    if line == end_line && col > end_col {
        return value_error(format!("line {line}, column {col}-{end_col} is not a valid range"));
    }
    Ok(())
}

fn filled<T>(list: &[T], what: &str, owner: &str) -> Check {
    if list.is_empty() { value_error(format!("empty {what} on {owner}")) } else { Ok(()) }
}

fn context_name(ctx: ExprContext) -> &'static str {
    match ctx {
        ExprContext::Load => "Load",
        ExprContext::Store => "Store",
        ExprContext::Del => "Del",
    }
}

impl Validator {
    fn deeper(&self) -> Check {
        if self.guard.exhausted() { Err(crate::codegen::recursion_error()) } else { Ok(()) }
    }

    fn load(&self, e: &Expr) -> Check {
        self.expr(e, ExprContext::Load)
    }

    fn load_opt(&self, e: &Option<Box<Expr>>) -> Check {
        e.as_ref().map_or(Ok(()), |e| self.load(e))
    }

    fn all(&self, list: &[Expr], ctx: ExprContext) -> Check {
        list.iter().try_for_each(|e| self.expr(e, ctx))
    }

    fn all_opt(&self, list: &[Option<Expr>]) -> Check {
        list.iter().flatten().try_for_each(|e| self.load(e))
    }

    fn stmts(&self, body: &[Stmt]) -> Check {
        body.iter().try_for_each(|s| self.stmt(s))
    }

    fn body(&self, body: &[Stmt], owner: &str) -> Check {
        filled(body, "body", owner)?;
        self.stmts(body)
    }

    fn arguments(&self, args: &Arguments) -> Check {
        let params = args.posonlyargs.iter().chain(&args.args);
        for arg in params.chain(args.vararg.as_deref()).chain(&args.kwonlyargs).chain(args.kwarg.as_deref()) {
            place(arg.loc)?;
            self.load_opt(&arg.annotation)?;
        }
        if args.defaults.len() > args.posonlyargs.len() + args.args.len() {
            return value_error("more positional defaults than args on arguments");
        }
        if args.kw_defaults.len() != args.kwonlyargs.len() {
            return value_error("length of kwonlyargs is not the same as kw_defaults on arguments");
        }
        self.all(&args.defaults, ExprContext::Load)?;
        self.all_opt(&args.kw_defaults)
    }

    fn keywords(&self, keywords: &[Keyword]) -> Check {
        keywords.iter().try_for_each(|k| self.load(&k.value))
    }

    fn generators(&self, generators: &[Comprehension]) -> Check {
        if generators.is_empty() {
            return value_error("comprehension with no generators");
        }
        for generator in generators {
            self.expr(&generator.target, ExprContext::Store)?;
            self.load(&generator.iter)?;
            self.all(&generator.ifs, ExprContext::Load)?;
        }
        Ok(())
    }

    fn type_params(&self, params: &[TypeParam]) -> Check {
        for param in params {
            place(param.loc)?;
            match &param.kind {
                TypeParamKind::TypeVar { name: n, bound, default_value } => {
                    name(n)?;
                    self.load_opt(bound)?;
                    self.load_opt(default_value)?;
                }
                TypeParamKind::ParamSpec { name: n, default_value }
                | TypeParamKind::TypeVarTuple { name: n, default_value } => {
                    name(n)?;
                    self.load_opt(default_value)?;
                }
            }
        }
        Ok(())
    }

    fn expr(&self, e: &Expr, wanted: ExprContext) -> Check {
        self.deeper()?;
        place(e.loc)?;
        let ctx = match &e.kind {
            ExprKind::Attribute { ctx, .. }
            | ExprKind::Subscript { ctx, .. }
            | ExprKind::Starred { ctx, .. }
            | ExprKind::List { ctx, .. }
            | ExprKind::Tuple { ctx, .. } => *ctx,
            ExprKind::Name { id, ctx } => {
                name(id)?;
                *ctx
            }
            _ if wanted == ExprContext::Load => wanted,
            _ => {
                let wanted = context_name(wanted);
                return value_error(format!("expression which can't be assigned to in {wanted} context"));
            }
        };
        if ctx != wanted {
            let (wanted, has) = (context_name(wanted), context_name(ctx));
            return value_error(format!("expression must have {wanted} context but has {has} instead"));
        }
        self.operands(e, ctx)
    }

    fn operands(&self, e: &Expr, ctx: ExprContext) -> Check {
        match &e.kind {
            ExprKind::BoolOp { values, .. } => {
                if values.len() < 2 {
                    return value_error("BoolOp with less than 2 values");
                }
                self.all(values, ExprContext::Load)
            }
            ExprKind::NamedExpr { target, value } => {
                if !matches!(target.kind, ExprKind::Name { .. }) {
                    return type_error("NamedExpr target must be a Name");
                }
                self.load(value)
            }
            ExprKind::BinOp { left, right, .. } => {
                self.load(left)?;
                self.load(right)
            }
            ExprKind::UnaryOp { operand, .. } => self.load(operand),
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                self.load(body)
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.load(test)?;
                self.load(body)?;
                self.load(orelse)
            }
            ExprKind::Dict { keys, values } => {
                if keys.len() != values.len() {
                    return value_error("Dict doesn't have the same number of keys as values");
                }
                self.all_opt(keys)?;
                self.all(values, ExprContext::Load)
            }
            ExprKind::Set { elts } => self.all(elts, ExprContext::Load),
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.generators(generators)?;
                self.load(elt)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.generators(generators)?;
                self.load(key)?;
                self.load(value)
            }
            ExprKind::Await { value } | ExprKind::YieldFrom { value } => self.load(value),
            ExprKind::Yield { value } => self.load_opt(value),
            ExprKind::Compare { left, ops, comparators } => {
                if comparators.is_empty() {
                    return value_error("Compare with no comparators");
                }
                if comparators.len() != ops.len() {
                    return value_error("Compare has a different number of comparators and operands");
                }
                self.all(comparators, ExprContext::Load)?;
                self.load(left)
            }
            ExprKind::Call { func, args, keywords } => {
                self.load(func)?;
                self.all(args, ExprContext::Load)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.load(value)?;
                self.load_opt(format_spec)
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => self.all(values, ExprContext::Load),
            ExprKind::Attribute { value, .. } => self.load(value),
            ExprKind::Subscript { value, slice, .. } => {
                self.load(slice)?;
                self.load(value)
            }
            ExprKind::Starred { value, .. } => self.expr(value, ctx),
            ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.all(elts, ctx),
            ExprKind::Slice { lower, upper, step } => {
                self.load_opt(lower)?;
                self.load_opt(upper)?;
                self.load_opt(step)
            }
            ExprKind::Constant { .. } | ExprKind::Name { .. } => Ok(()),
        }
    }

    fn patterns(&self, patterns: &[Pattern], star_ok: bool) -> Check {
        patterns.iter().try_for_each(|p| self.pattern(p, star_ok))
    }

    /// `star_ok`: a star may stand here, as in a sequence.
    fn pattern(&self, p: &Pattern, star_ok: bool) -> Check {
        self.deeper()?;
        place(p.loc)?;
        match &p.kind {
            PatternKind::MatchValue { value } => self.pattern_value(value),
            PatternKind::MatchSingleton { value } => match value {
                Const::None | Const::True | Const::False => Ok(()),
                _ => value_error("MatchSingleton can only contain True, False and None"),
            },
            PatternKind::MatchSequence { patterns } => self.patterns(patterns, true),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                if keys.len() != patterns.len() {
                    return value_error("MatchMapping doesn't have the same number of keys as patterns");
                }
                rest.as_ref().map_or(Ok(()), capture)?;
                for key in keys {
                    // None, True and False may be keys, though they are no patterns by value.
                    if !matches!(&key.kind, ExprKind::Constant { value: Const::None | Const::True | Const::False, .. })
                    {
                        self.pattern_value(key)?;
                    }
                }
                self.patterns(patterns, false)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                if kwd_attrs.len() != kwd_patterns.len() {
                    return value_error("MatchClass doesn't have the same number of keyword attributes as patterns");
                }
                self.load(cls)?;
                let mut root: &Expr = cls;
                while let ExprKind::Attribute { value, .. } = &root.kind {
                    root = value;
                }
                if !matches!(root.kind, ExprKind::Name { .. }) {
                    return value_error("MatchClass cls field can only contain Name or Attribute nodes.");
                }
                kwd_attrs.iter().try_for_each(name)?;
                self.patterns(patterns, false)?;
                self.patterns(kwd_patterns, false)
            }
            PatternKind::MatchStar { name } => {
                if !star_ok {
                    return value_error("can't use MatchStar here");
                }
                name.as_ref().map_or(Ok(()), capture)
            }
            PatternKind::MatchAs { pattern, name } => {
                name.as_ref().map_or(Ok(()), capture)?;
                match (pattern, name) {
                    (Some(_), None) => value_error("MatchAs must specify a target name if a pattern is given"),
                    (Some(pattern), _) => self.pattern(pattern, false),
                    (None, _) => Ok(()),
                }
            }
            PatternKind::MatchOr { patterns } => {
                if patterns.len() < 2 {
                    return value_error("MatchOr requires at least 2 patterns");
                }
                self.patterns(patterns, false)
            }
        }
    }

    /// The value of a pattern: a literal, or an attribute.
    fn pattern_value(&self, e: &Expr) -> Check {
        self.load(e)?;
        let literal = match &e.kind {
            ExprKind::Constant { value, .. } => match value {
                Const::Int(_)
                | Const::BigInt(_)
                | Const::Float(_)
                | Const::Complex { .. }
                | Const::Str(_)
                | Const::Bytes(_) => true,
                _ => return value_error("unexpected constant inside of a literal pattern"),
            },
            ExprKind::Attribute { .. } | ExprKind::JoinedStr { .. } | ExprKind::TemplateStr { .. } => true,
            ExprKind::UnaryOp { .. } => is_signed(e, true),
            ExprKind::BinOp { left, op: Operator::Add | Operator::Sub, right } => {
                is_signed(left, false) && matches!(&right.kind, ExprKind::Constant { value: Const::Complex { .. }, .. })
            }
            _ => false,
        };
        if literal { Ok(()) } else { value_error("patterns may only match literals and attribute lookups") }
    }

    fn handlers(&self, handlers: &[ExceptHandler]) -> Check {
        for handler in handlers {
            place(handler.loc)?;
            self.load_opt(&handler.r#type)?;
            handler.name.as_ref().map_or(Ok(()), name)?;
            self.body(&handler.body, "ExceptHandler")?;
        }
        Ok(())
    }

    fn aliases(&self, names: &[Alias], owner: &str) -> Check {
        filled(names, "names", owner)?;
        for alias in names {
            name(&alias.name)?;
            alias.asname.as_ref().map_or(Ok(()), name)?;
        }
        Ok(())
    }

    fn stmt(&self, s: &Stmt) -> Check {
        self.deeper()?;
        place(s.loc)?;
        match &s.kind {
            StmtKind::FunctionDef { .. } | StmtKind::AsyncFunctionDef { .. } | StmtKind::ClassDef { .. } => {
                self.definition(s)
            }
            StmtKind::Return { value } => self.load_opt(value),
            StmtKind::Delete { targets } => {
                filled(targets, "targets", "Delete")?;
                self.all(targets, ExprContext::Del)
            }
            StmtKind::Assign { targets, value, .. } => {
                filled(targets, "targets", "Assign")?;
                self.all(targets, ExprContext::Store)?;
                self.load(value)
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                if !matches!(name.kind, ExprKind::Name { .. }) {
                    return type_error("TypeAlias with non-Name name");
                }
                self.expr(name, ExprContext::Store)?;
                self.type_params(type_params)?;
                self.load(value)
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target, ExprContext::Store)?;
                self.load(value)
            }
            StmtKind::AnnAssign { target, annotation, value, simple } => {
                if *simple != 0 && !matches!(target.kind, ExprKind::Name { .. }) {
                    return type_error("AnnAssign with simple non-Name target");
                }
                self.expr(target, ExprContext::Store)?;
                self.load_opt(value)?;
                self.load(annotation)
            }
            StmtKind::Raise { exc, cause } => {
                if exc.is_none() && cause.is_some() {
                    return value_error("Raise with cause but no exception");
                }
                self.load_opt(exc)?;
                self.load_opt(cause)
            }
            StmtKind::Assert { test, msg } => {
                self.load(test)?;
                self.load_opt(msg)
            }
            StmtKind::Import { names } => self.aliases(names, "Import"),
            StmtKind::ImportFrom { names, level, .. } => {
                if level.is_some_and(|level| level < 0) {
                    return value_error("Negative ImportFrom level");
                }
                self.aliases(names, "ImportFrom")
            }
            StmtKind::Global { names } => filled(names, "names", "Global"),
            StmtKind::Nonlocal { names } => filled(names, "names", "Nonlocal"),
            StmtKind::Expr { value } => self.load(value),
            StmtKind::Pass {} | StmtKind::Break {} | StmtKind::Continue {} => Ok(()),
            _ => self.compound(s),
        }
    }

    fn definition(&self, s: &Stmt) -> Check {
        match &s.kind {
            StmtKind::FunctionDef { name: n, args, body, decorator_list, returns, type_params, .. } => {
                self.function("FunctionDef", n, args, body, decorator_list, returns, type_params)
            }
            StmtKind::AsyncFunctionDef { name: n, args, body, decorator_list, returns, type_params, .. } => {
                self.function("AsyncFunctionDef", n, args, body, decorator_list, returns, type_params)
            }
            StmtKind::ClassDef { name: n, bases, keywords, body, decorator_list, type_params } => {
                self.body(body, "ClassDef")?;
                self.type_params(type_params)?;
                self.all(bases, ExprContext::Load)?;
                self.keywords(keywords)?;
                self.all(decorator_list, ExprContext::Load)?;
                name(n)
            }
            _ => Ok(()),
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn function(
        &self,
        owner: &str,
        n: &Ident,
        args: &Arguments,
        body: &[Stmt],
        decorators: &[Expr],
        returns: &Option<Box<Expr>>,
        type_params: &[TypeParam],
    ) -> Check {
        self.body(body, owner)?;
        self.type_params(type_params)?;
        self.arguments(args)?;
        self.all(decorators, ExprContext::Load)?;
        self.load_opt(returns)?;
        name(n)
    }

    fn compound(&self, s: &Stmt) -> Check {
        match &s.kind {
            StmtKind::For { target, iter, body, orelse, .. }
            | StmtKind::AsyncFor { target, iter, body, orelse, .. } => {
                self.expr(target, ExprContext::Store)?;
                self.load(iter)?;
                self.body(body, if matches!(s.kind, StmtKind::For { .. }) { "For" } else { "AsyncFor" })?;
                self.stmts(orelse)
            }
            StmtKind::While { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "While")?;
                self.stmts(orelse)
            }
            StmtKind::If { test, body, orelse } => {
                self.load(test)?;
                self.body(body, "If")?;
                self.stmts(orelse)
            }
            StmtKind::With { items, body, .. } | StmtKind::AsyncWith { items, body, .. } => {
                let owner = if matches!(s.kind, StmtKind::With { .. }) { "With" } else { "AsyncWith" };
                filled(items, "items", owner)?;
                for item in items {
                    self.load(&item.context_expr)?;
                    if let Some(target) = &item.optional_vars {
                        self.expr(target, ExprContext::Store)?;
                    }
                }
                self.body(body, owner)
            }
            StmtKind::Match { subject, cases } => {
                self.load(subject)?;
                filled(cases, "cases", "Match")?;
                for case in cases {
                    self.pattern(&case.pattern, false)?;
                    self.load_opt(&case.guard)?;
                    self.body(&case.body, "match_case")?;
                }
                Ok(())
            }
            StmtKind::Try { body, handlers, orelse, finalbody } => {
                self.try_stmt("Try", body, handlers, orelse, finalbody)
            }
            StmtKind::TryStar { body, handlers, orelse, finalbody } => {
                self.try_stmt("TryStar", body, handlers, orelse, finalbody)
            }
            _ => Ok(()),
        }
    }

    fn try_stmt(
        &self,
        owner: &str,
        body: &[Stmt],
        handlers: &[ExceptHandler],
        orelse: &[Stmt],
        finalbody: &[Stmt],
    ) -> Check {
        self.body(body, owner)?;
        if handlers.is_empty() && finalbody.is_empty() {
            return value_error(format!("{owner} has neither except handlers nor finalbody"));
        }
        if handlers.is_empty() && !orelse.is_empty() {
            return value_error(format!("{owner} has orelse but no except handlers"));
        }
        self.handlers(handlers)?;
        self.stmts(orelse)?;
        self.stmts(finalbody)
    }
}

/// A real number, or one with a minus before it. A complex number counts only with `complex_ok`.
fn is_signed(e: &Expr, complex_ok: bool) -> bool {
    match &e.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => {
            matches!(operand.kind, ExprKind::Constant { .. }) && is_signed(operand, complex_ok)
        }
        ExprKind::Constant { value, .. } => match value {
            Const::Int(_) | Const::BigInt(_) | Const::Float(_) => true,
            Const::Complex { .. } => complex_ok,
            _ => false,
        },
        _ => false,
    }
}
