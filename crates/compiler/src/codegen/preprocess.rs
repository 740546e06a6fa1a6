//! What is done to the tree before the symbol table: `__debug__`, `%` formatting, the constants of patterns, docstrings
//! under `-OO`, and the warnings about leaving a `finally` block (PEP 765). All other folding belongs to the flow graph.

use taipan_bytecode::{Const, Text};

use super::{Failure, StackGuard, docstring, syntax_error};
use crate::ast::{
    Arguments, Comprehension, Expr, ExprContext, ExprKind, Keyword, Loc, Mod, Operator, Pattern, PatternKind, Stmt,
    StmtKind, TypeParam, TypeParamKind, UnaryOp,
};
use crate::error::Warning;

/// What encloses a statement, as far as leaving a `finally` block is concerned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Around {
    Other,
    Finally,
    Function,
    Loop,
}

struct Preprocessor<'g> {
    optimize: u8,
    /// Annotations become text, so they must stay as they are.
    future_annotations: bool,
    guard: &'g StackGuard,
    around: Around,
    warnings: &'g mut Vec<Warning>,
}

type Result<T = ()> = std::result::Result<T, Failure>;

/// Rewrites the tree in place.
pub fn preprocess(
    tree: &mut Mod,
    optimize: u8,
    future_annotations: bool,
    guard: &StackGuard,
    warnings: &mut Vec<Warning>,
) -> Result {
    let mut p = Preprocessor { optimize, future_annotations, guard, around: Around::Other, warnings };
    match tree {
        Mod::Module { body, .. } => p.body(body),
        Mod::Interactive { body } => p.stmts(body),
        Mod::Expression { body } => p.expr(body),
        Mod::FunctionType { .. } => Ok(()),
    }
}

impl Preprocessor<'_> {
    fn check_stack(&self) -> Result {
        if self.guard.exhausted() { Err(Failure::Recursion) } else { Ok(()) }
    }

    /// A body that may begin with a docstring.
    fn body(&mut self, body: &mut Vec<Stmt>) -> Result {
        let mut documented = docstring(body).is_some();
        if documented && self.optimize >= 2 {
            if body.len() == 1 {
                let loc = body[0].loc;
                let pass = Loc::new(loc.line, loc.line, loc.col, loc.col + 4);
                body[0] = Stmt::new(StmtKind::Pass {}, pass);
            } else {
                body.remove(0);
            }
            documented = false;
        }
        self.stmts(body)?;
        // What was no docstring must not become one.
        if !documented
            && docstring(body).is_some()
            && let Some(Stmt { kind: StmtKind::Expr { value }, .. }) = body.first_mut()
        {
            let loc = value.loc;
            let text = value.take();
            **value = Expr::new(ExprKind::JoinedStr { values: vec![text] }, loc);
        }
        Ok(())
    }

    fn stmts(&mut self, stmts: &mut [Stmt]) -> Result {
        stmts.iter_mut().try_for_each(|stmt| self.stmt(stmt))
    }

    fn within(&mut self, around: Around, work: impl FnOnce(&mut Self) -> Result) -> Result {
        let outer = std::mem::replace(&mut self.around, around);
        work(self)?;
        self.around = outer;
        Ok(())
    }

    fn leaves_finally(&mut self, loc: Loc, word: &str) {
        if self.around == Around::Finally {
            let msg = format!("'{word}' in a 'finally' block");
            let as_error = Box::new(syntax_error(msg.clone(), loc));
            self.warnings.push(Warning { msg, lineno: loc.line, at: u32::MAX, as_error });
        }
    }

    fn stmt(&mut self, s: &mut Stmt) -> Result {
        self.check_stack()?;
        match &mut s.kind {
            StmtKind::FunctionDef { args, body, decorator_list, returns, type_params, .. }
            | StmtKind::AsyncFunctionDef { args, body, decorator_list, returns, type_params, .. } => {
                self.type_params(type_params)?;
                self.arguments(args)?;
                self.within(Around::Function, |p| p.body(body))?;
                self.exprs(decorator_list)?;
                if !self.future_annotations {
                    self.optional(returns)?;
                }
            }
            StmtKind::ClassDef { bases, keywords, body, decorator_list, type_params, .. } => {
                self.type_params(type_params)?;
                self.exprs(bases)?;
                self.keywords(keywords)?;
                self.body(body)?;
                self.exprs(decorator_list)?;
            }
            StmtKind::Return { value } => {
                self.leaves_finally(s.loc, "return");
                self.optional(value)?;
            }
            StmtKind::Delete { targets } => self.exprs(targets)?,
            StmtKind::Assign { targets, value, .. } => {
                self.exprs(targets)?;
                self.expr(value)?;
            }
            StmtKind::TypeAlias { name, type_params, value } => {
                self.expr(name)?;
                self.type_params(type_params)?;
                self.expr(value)?;
            }
            StmtKind::AugAssign { target, value, .. } => {
                self.expr(target)?;
                self.expr(value)?;
            }
            StmtKind::AnnAssign { target, annotation, value, .. } => {
                self.expr(target)?;
                if !self.future_annotations {
                    self.expr(annotation)?;
                }
                self.optional(value)?;
            }
            StmtKind::For { target, iter, body, orelse, .. }
            | StmtKind::AsyncFor { target, iter, body, orelse, .. } => {
                self.expr(target)?;
                self.expr(iter)?;
                self.within(Around::Loop, |p| p.stmts(body))?;
                self.stmts(orelse)?;
            }
            StmtKind::While { test, body, orelse } => {
                self.expr(test)?;
                self.within(Around::Loop, |p| p.stmts(body))?;
                self.stmts(orelse)?;
            }
            StmtKind::If { .. } => self.if_chain(s)?,
            StmtKind::With { items, body, .. } | StmtKind::AsyncWith { items, body, .. } => {
                for item in items {
                    self.expr(&mut item.context_expr)?;
                    self.optional(&mut item.optional_vars)?;
                }
                self.stmts(body)?;
            }
            StmtKind::Match { subject, cases } => {
                self.expr(subject)?;
                for case in cases {
                    self.pattern(&mut case.pattern)?;
                    self.optional(&mut case.guard)?;
                    self.stmts(&mut case.body)?;
                }
            }
            StmtKind::Raise { exc, cause } => {
                self.optional(exc)?;
                self.optional(cause)?;
            }
            StmtKind::Try { body, handlers, orelse, finalbody }
            | StmtKind::TryStar { body, handlers, orelse, finalbody } => {
                self.stmts(body)?;
                for handler in handlers {
                    self.optional(&mut handler.r#type)?;
                    self.stmts(&mut handler.body)?;
                }
                self.stmts(orelse)?;
                self.within(Around::Finally, |p| p.stmts(finalbody))?;
            }
            StmtKind::Assert { test, msg } => {
                self.expr(test)?;
                self.optional(msg)?;
            }
            StmtKind::Expr { value } => self.expr(value)?,
            StmtKind::Break {} => self.leaves_finally(s.loc, "break"),
            StmtKind::Continue {} => self.leaves_finally(s.loc, "continue"),
            StmtKind::Import { .. }
            | StmtKind::ImportFrom { .. }
            | StmtKind::Global { .. }
            | StmtKind::Nonlocal { .. }
            | StmtKind::Pass {} => {}
        }
        Ok(())
    }

    /// An `elif` is a statement inside a statement: a long chain must not use native stack.
    fn if_chain(&mut self, s: &mut Stmt) -> Result {
        let mut rest = std::slice::from_mut(s);
        loop {
            match rest {
                [Stmt { kind: StmtKind::If { test, body, orelse }, .. }] => {
                    self.expr(test)?;
                    self.stmts(body)?;
                    rest = orelse;
                }
                _ => return self.stmts(rest),
            }
        }
    }

    fn type_params(&mut self, params: &mut [TypeParam]) -> Result {
        for param in params {
            match &mut param.kind {
                TypeParamKind::TypeVar { bound, default_value, .. } => {
                    self.optional(bound)?;
                    self.optional(default_value)?;
                }
                TypeParamKind::ParamSpec { default_value, .. } | TypeParamKind::TypeVarTuple { default_value, .. } => {
                    self.optional(default_value)?;
                }
            }
        }
        Ok(())
    }

    fn arguments(&mut self, args: &mut Arguments) -> Result {
        let Arguments { posonlyargs, args, vararg, kwonlyargs, kw_defaults, kwarg, defaults } = args;
        if !self.future_annotations {
            let groups = posonlyargs.iter_mut().chain(args).chain(vararg.as_deref_mut());
            for arg in groups.chain(kwonlyargs).chain(kwarg.as_deref_mut()) {
                self.optional(&mut arg.annotation)?;
            }
        }
        for default in kw_defaults.iter_mut().flatten() {
            self.expr(default)?;
        }
        self.exprs(defaults)
    }

    fn keywords(&mut self, keywords: &mut [Keyword]) -> Result {
        keywords.iter_mut().try_for_each(|keyword| self.expr(&mut keyword.value))
    }

    fn optional(&mut self, e: &mut Option<Box<Expr>>) -> Result {
        match e {
            Some(e) => self.expr(e),
            None => Ok(()),
        }
    }

    fn exprs(&mut self, exprs: &mut [Expr]) -> Result {
        exprs.iter_mut().try_for_each(|e| self.expr(e))
    }

    fn comprehension(&mut self, generators: &mut [Comprehension]) -> Result {
        for generator in generators {
            self.expr(&mut generator.target)?;
            self.expr(&mut generator.iter)?;
            self.exprs(&mut generator.ifs)?;
        }
        Ok(())
    }

    fn expr(&mut self, e: &mut Expr) -> Result {
        self.check_stack()?;
        match &mut e.kind {
            ExprKind::BoolOp { values, .. } => self.exprs(values),
            ExprKind::NamedExpr { target, value } => {
                self.expr(target)?;
                self.expr(value)
            }
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                if *op == Operator::Mod
                    && let Some(values) = format_values(left, right)
                {
                    e.kind = ExprKind::JoinedStr { values };
                }
                Ok(())
            }
            ExprKind::UnaryOp { operand, .. } => self.expr(operand),
            ExprKind::Lambda { args, body } => {
                self.arguments(args)?;
                self.expr(body)
            }
            ExprKind::IfExp { test, body, orelse } => {
                self.expr(test)?;
                self.expr(body)?;
                self.expr(orelse)
            }
            ExprKind::Dict { keys, values } => {
                keys.iter_mut().flatten().try_for_each(|key| self.expr(key))?;
                self.exprs(values)
            }
            ExprKind::Set { elts } | ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. } => self.exprs(elts),
            ExprKind::ListComp { elt, generators }
            | ExprKind::SetComp { elt, generators }
            | ExprKind::GeneratorExp { elt, generators } => {
                self.expr(elt)?;
                self.comprehension(generators)
            }
            ExprKind::DictComp { key, value, generators } => {
                self.expr(key)?;
                self.expr(value)?;
                self.comprehension(generators)
            }
            ExprKind::Await { value }
            | ExprKind::YieldFrom { value }
            | ExprKind::Attribute { value, .. }
            | ExprKind::Starred { value, .. } => self.expr(value),
            ExprKind::Yield { value } => self.optional(value),
            ExprKind::Compare { left, comparators, .. } => {
                self.expr(left)?;
                self.exprs(comparators)
            }
            ExprKind::Call { func, args, keywords } => {
                self.expr(func)?;
                self.exprs(args)?;
                self.keywords(keywords)
            }
            ExprKind::FormattedValue { value, format_spec, .. }
            | ExprKind::Interpolation { value, format_spec, .. } => {
                self.expr(value)?;
                self.optional(format_spec)
            }
            ExprKind::JoinedStr { values } | ExprKind::TemplateStr { values } => self.exprs(values),
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value)?;
                self.expr(slice)
            }
            ExprKind::Slice { lower, upper, step } => {
                self.optional(lower)?;
                self.optional(upper)?;
                self.optional(step)
            }
            ExprKind::Name { id, ctx: ExprContext::Load } if *id == "__debug__" => {
                e.kind = constant(Const::bool(self.optimize == 0));
                Ok(())
            }
            ExprKind::Name { .. } | ExprKind::Constant { .. } => Ok(()),
        }
    }

    fn pattern(&mut self, p: &mut Pattern) -> Result {
        self.check_stack()?;
        match &mut p.kind {
            PatternKind::MatchValue { value } => fold_literal(value),
            PatternKind::MatchSingleton { .. } | PatternKind::MatchStar { .. } => {}
            PatternKind::MatchSequence { patterns } | PatternKind::MatchOr { patterns } => {
                return patterns.iter_mut().try_for_each(|p| self.pattern(p));
            }
            PatternKind::MatchMapping { keys, patterns, .. } => {
                keys.iter_mut().for_each(fold_literal);
                return patterns.iter_mut().try_for_each(|p| self.pattern(p));
            }
            PatternKind::MatchClass { cls, patterns, kwd_patterns, .. } => {
                self.expr(cls)?;
                return patterns.iter_mut().chain(kwd_patterns).try_for_each(|p| self.pattern(p));
            }
            PatternKind::MatchAs { pattern, .. } => {
                if let Some(pattern) = pattern {
                    return self.pattern(pattern);
                }
            }
        }
        Ok(())
    }
}

fn constant(value: Const) -> ExprKind {
    ExprKind::Constant { value, kind: None }
}

/// The negative and complex numbers of patterns: `-1`, `-1 + 2j`.
fn fold_literal(e: &mut Expr) {
    let folded = match &mut e.kind {
        ExprKind::UnaryOp { op: UnaryOp::USub, operand } => negated(operand),
        ExprKind::BinOp { left, op: op @ (Operator::Add | Operator::Sub), right } => {
            fold_literal(left);
            match (&left.kind, &right.kind) {
                (ExprKind::Constant { value: a, .. }, ExprKind::Constant { value: b, .. }) => {
                    complex_sum(a, b, *op == Operator::Sub)
                }
                _ => None,
            }
        }
        _ => None,
    };
    if let Some(value) = folded {
        e.kind = constant(value);
    }
}

fn negated(e: &Expr) -> Option<Const> {
    let ExprKind::Constant { value, .. } = &e.kind else { return None };
    Some(match value {
        Const::Int(n) => match n.checked_neg() {
            Some(n) => Const::Int(n),
            None => Const::from_digits(false, vec![0, 0, 8]),
        },
        Const::BigInt(n) => Const::from_digits(!n.negative, n.digits.clone()),
        Const::Float(x) => Const::Float(-x),
        Const::Complex { real, imag } => Const::Complex { real: -real, imag: -imag },
        _ => return None,
    })
}

/// A real and an imaginary number, added or subtracted.
fn complex_sum(a: &Const, b: &Const, subtract: bool) -> Option<Const> {
    let Const::Complex { real: b_real, imag: b_imag } = *b else { return None };
    let (real, imag) = match a {
        Const::Int(n) => (*n as f64, None),
        Const::BigInt(n) => {
            let magnitude = n.digits.iter().rev().fold(0.0, |sum, digit| sum * 1073741824.0 + *digit as f64);
            (if n.negative { -magnitude } else { magnitude }, None)
        }
        Const::Float(x) => (*x, None),
        Const::Complex { real, imag } => (*real, Some(*imag)),
        _ => return None,
    };
    if !real.is_finite() {
        return None;
    }
    // A real operand has no imaginary part that could change the sign of a zero.
    Some(match (subtract, imag) {
        (false, None) => Const::Complex { real: real + b_real, imag: b_imag },
        (true, None) => Const::Complex { real: real - b_real, imag: -b_imag },
        (false, Some(imag)) => Const::Complex { real: real + b_real, imag: imag + b_imag },
        (true, Some(imag)) => Const::Complex { real: real - b_real, imag: imag - b_imag },
    })
}

/// `'...' % (a, b)` as the parts of an f-string; nothing if the format needs anything but `s`, `r` and `a`.
fn format_values(left: &Expr, right: &mut Expr) -> Option<Vec<Expr>> {
    let ExprKind::Constant { value: Const::Str(format), .. } = &left.kind else { return None };
    let ExprKind::Tuple { elts, .. } = &mut right.kind else { return None };
    if elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. })) {
        return None;
    }
    let parts = parse_format(format)?;
    if parts.iter().filter(|part| matches!(part, Part::Field { .. })).count() != elts.len() {
        return None;
    }
    let mut elts = elts.drain(..);
    let text = |text: &[u8]| {
        let value = Const::Str(Text::from_wtf8(text).unwrap_or_default());
        Expr::new(constant(value), Loc::NONE)
    };
    let mut values = Vec::with_capacity(parts.len());
    for part in parts {
        values.push(match part {
            Part::Literal(literal) => text(&literal),
            Part::Field { conversion, spec } => {
                let value = elts.next()?;
                let loc = value.loc;
                let format_spec = (!spec.is_empty())
                    .then(|| Expr::boxed(ExprKind::JoinedStr { values: vec![text(spec.as_bytes())] }, Loc::NONE));
                let value = Box::new(value);
                Expr::new(ExprKind::FormattedValue { value, conversion: conversion.into(), format_spec }, loc)
            }
        });
    }
    Some(values)
}

enum Part {
    Literal(Vec<u8>),
    Field { conversion: u8, spec: String },
}

fn parse_format(format: &Text) -> Option<Vec<Part>> {
    let mut rest = format.as_bytes();
    let mut parts = Vec::new();
    loop {
        let mut literal = Vec::new();
        loop {
            match rest {
                [b'%', b'%', tail @ ..] => {
                    literal.push(b'%');
                    rest = tail;
                }
                [] | [b'%', ..] => break,
                [byte, tail @ ..] => {
                    literal.push(*byte);
                    rest = tail;
                }
            }
        }
        if !literal.is_empty() {
            parts.push(Part::Literal(literal));
        }
        let [b'%', tail @ ..] = rest else { return Some(parts) };
        rest = tail;
        parts.push(parse_field(&mut rest)?);
    }
}

fn parse_field(rest: &mut &[u8]) -> Option<Part> {
    let mut to_left = false;
    while let [flag @ (b'-' | b'+' | b' ' | b'#' | b'0'), tail @ ..] = *rest {
        to_left |= *flag == b'-';
        *rest = tail;
    }
    let width = number(rest)?;
    let precision = match *rest {
        [b'.', tail @ ..] => {
            *rest = tail;
            Some(number(rest)?.unwrap_or(0))
        }
        _ => None,
    };
    let [conversion @ (b's' | b'r' | b'a'), tail @ ..] = *rest else { return None };
    *rest = tail;
    let mut spec = String::new();
    if let Some(width) = width {
        if !to_left && width > 0 {
            spec.push('>');
        }
        spec.push_str(&width.to_string());
    }
    if let Some(precision) = precision {
        spec.push_str(&format!(".{precision}"));
    }
    Some(Part::Field { conversion: *conversion, spec })
}

/// The digits ahead; fails for three or more.
fn number(rest: &mut &[u8]) -> Option<Option<u32>> {
    let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if length >= 3 {
        return None;
    }
    let (digits, tail) = rest.split_at(length);
    *rest = tail;
    Some((length > 0).then(|| digits.iter().fold(0, |n, digit| n * 10 + (digit - b'0') as u32)))
}
