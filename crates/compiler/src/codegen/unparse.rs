//! Expressions as source text: what annotations are under `from __future__ import annotations`.

use taipan_bytecode::{Const, Text};

use super::StackGuard;
use super::constants::repr;
use crate::ast::{Arguments, BoolOp, CmpOp, Comprehension, Expr, ExprKind, Keyword, Operator, UnaryOp};

/// How tightly an operator binds; an operand that binds less needs parentheses.
type Level = u8;

const TUPLE: Level = 0;
const TEST: Level = 1;
const OR: Level = 2;
const AND: Level = 3;
const NOT: Level = 4;
const COMPARE: Level = 5;
const EXPR: Level = 6;
const BIT_OR: Level = EXPR;
const BIT_XOR: Level = 7;
const BIT_AND: Level = 8;
const SHIFT: Level = 9;
const ARITH: Level = 10;
const TERM: Level = 11;
const FACTOR: Level = 12;
const POWER: Level = 13;
const AWAIT: Level = 14;
const ATOM: Level = 15;

/// The text of an expression; `None` if it is nested too deeply.
pub fn unparse(e: &Expr, guard: &StackGuard) -> Option<Text> {
    let mut writer = Writer { out: Vec::new(), guard };
    writer.expr(e, TEST)?;
    Some(Text::from_wtf8(&writer.out).unwrap_or_default())
}

struct Writer<'a> {
    out: Vec<u8>,
    guard: &'a StackGuard,
}

impl Writer<'_> {
    fn str(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    fn parenthesised(&mut self, wanted: bool, write: impl FnOnce(&mut Self) -> Option<()>) -> Option<()> {
        if wanted {
            self.str("(");
        }
        write(self)?;
        if wanted {
            self.str(")");
        }
        Some(())
    }

    fn list<'e>(&mut self, items: impl IntoIterator<Item = &'e Expr>, level: Level) -> Option<()> {
        for (i, item) in items.into_iter().enumerate() {
            if i > 0 {
                self.str(", ");
            }
            self.expr(item, level)?;
        }
        Some(())
    }

    fn expr(&mut self, e: &Expr, level: Level) -> Option<()> {
        if self.guard.exhausted() {
            return None;
        }
        match &e.kind {
            ExprKind::BoolOp { op, values } => {
                let (word, own) = if *op == BoolOp::And { (" and ", AND) } else { (" or ", OR) };
                self.parenthesised(level > own, |w| {
                    for (i, value) in values.iter().enumerate() {
                        if i > 0 {
                            w.str(word);
                        }
                        w.expr(value, own + 1)?;
                    }
                    Some(())
                })
            }
            ExprKind::BinOp { left, op, right } => {
                let (word, own) = binary(*op);
                let to_right = (own == POWER) as Level;
                self.parenthesised(level > own, |w| {
                    w.expr(left, own + to_right)?;
                    w.str(word);
                    w.expr(right, own + 1 - to_right)
                })
            }
            ExprKind::UnaryOp { op, operand } => {
                let (word, own) = match op {
                    UnaryOp::Invert => ("~", FACTOR),
                    UnaryOp::Not => ("not ", NOT),
                    UnaryOp::UAdd => ("+", FACTOR),
                    UnaryOp::USub => ("-", FACTOR),
                };
                self.parenthesised(level > own, |w| {
                    w.str(word);
                    w.expr(operand, own)
                })
            }
            ExprKind::Lambda { args, body } => self.parenthesised(level > TEST, |w| {
                let positional = args.posonlyargs.len() + args.args.len() > 0;
                w.str(if positional { "lambda " } else { "lambda" });
                w.arguments(args)?;
                w.str(": ");
                w.expr(body, TEST)
            }),
            ExprKind::IfExp { test, body, orelse } => self.parenthesised(level > TEST, |w| {
                w.expr(body, TEST + 1)?;
                w.str(" if ");
                w.expr(test, TEST + 1)?;
                w.str(" else ");
                w.expr(orelse, TEST)
            }),
            ExprKind::Dict { keys, values } => {
                self.str("{");
                for (i, (key, value)) in keys.iter().zip(values).enumerate() {
                    if i > 0 {
                        self.str(", ");
                    }
                    match key {
                        Some(key) => {
                            self.expr(key, TEST)?;
                            self.str(": ");
                            self.expr(value, TEST)?;
                        }
                        None => {
                            self.str("**");
                            self.expr(value, EXPR)?;
                        }
                    }
                }
                self.str("}");
                Some(())
            }
            ExprKind::Set { elts } => {
                self.str("{");
                self.list(elts, TEST)?;
                self.str("}");
                Some(())
            }
            ExprKind::ListComp { elt, generators } => self.comprehension("[", elt, None, generators, "]"),
            ExprKind::SetComp { elt, generators } => self.comprehension("{", elt, None, generators, "}"),
            ExprKind::GeneratorExp { elt, generators } => self.comprehension("(", elt, None, generators, ")"),
            ExprKind::DictComp { key, value, generators } => self.comprehension("{", key, Some(value), generators, "}"),
            ExprKind::Compare { left, ops, comparators } => self.parenthesised(level > COMPARE, |w| {
                w.expr(left, COMPARE + 1)?;
                for (op, right) in ops.iter().zip(comparators) {
                    w.str(comparison(*op));
                    w.expr(right, COMPARE + 1)?;
                }
                Some(())
            }),
            ExprKind::Call { func, args, keywords } => self.call(func, args, keywords),
            ExprKind::JoinedStr { values } => self.interpolated("f", values),
            ExprKind::TemplateStr { values } => self.interpolated("t", values),
            ExprKind::FormattedValue { .. } | ExprKind::Interpolation { .. } => {
                self.interpolated("f", std::slice::from_ref(e))
            }
            ExprKind::Constant { value, kind } => {
                if matches!(value, Const::Ellipsis) {
                    self.str("...");
                    return Some(());
                }
                if let Some(kind) = kind {
                    self.str(&kind.0);
                }
                self.constant(value);
                Some(())
            }
            ExprKind::Attribute { value, attr, .. } => {
                self.expr(value, ATOM)?;
                // `1.real` would be a float.
                let integer = matches!(value.kind, ExprKind::Constant { value: Const::Int(_) | Const::BigInt(_), .. });
                self.str(if integer { " ." } else { "." });
                self.str(attr);
                Some(())
            }
            ExprKind::Subscript { value, slice, .. } => {
                self.expr(value, ATOM)?;
                self.str("[");
                self.expr(slice, TUPLE)?;
                self.str("]");
                Some(())
            }
            ExprKind::Starred { value, .. } => {
                self.str("*");
                self.expr(value, EXPR)
            }
            ExprKind::Name { id, .. } => {
                self.str(id);
                Some(())
            }
            ExprKind::List { elts, .. } => {
                self.str("[");
                self.list(elts, TEST)?;
                self.str("]");
                Some(())
            }
            ExprKind::Tuple { elts, .. } => self.parenthesised(elts.is_empty() || level > TUPLE, |w| {
                w.list(elts, TEST)?;
                if elts.len() == 1 {
                    w.str(",");
                }
                Some(())
            }),
            ExprKind::Slice { lower, upper, step } => {
                for (i, part) in [lower, upper, step].into_iter().enumerate() {
                    if i == 1 || i == 2 && part.is_some() {
                        self.str(":");
                    }
                    if let Some(part) = part {
                        self.expr(part, TEST)?;
                    }
                }
                Some(())
            }
            ExprKind::Await { value } => self.parenthesised(level > AWAIT, |w| {
                w.str("await ");
                w.expr(value, ATOM)
            }),
            ExprKind::Yield { value } => self.parenthesised(true, |w| {
                w.str("yield");
                if let Some(value) = value {
                    w.str(" ");
                    w.expr(value, TEST)?;
                }
                Some(())
            }),
            ExprKind::YieldFrom { value } => self.parenthesised(true, |w| {
                w.str("yield from ");
                w.expr(value, TEST)
            }),
            ExprKind::NamedExpr { target, value } => self.parenthesised(level > TUPLE, |w| {
                w.expr(target, ATOM)?;
                w.str(" := ");
                w.expr(value, ATOM)
            }),
        }
    }

    /// An infinite float is written so that it reads back as one.
    fn constant(&mut self, value: &Const) {
        let text = repr(value);
        let infinite = match value {
            Const::Float(x) => x.is_infinite(),
            Const::Complex { real, imag } => real.is_infinite() || imag.is_infinite(),
            _ => false,
        };
        if infinite {
            let text = text.to_lossy().replace("inf", "1e309");
            self.str(&text);
        } else {
            self.out.extend_from_slice(text.as_bytes());
        }
    }

    fn arguments(&mut self, args: &Arguments) -> Option<()> {
        let mut first = true;
        let mut comma = |w: &mut Self| {
            if !std::mem::take(&mut first) {
                w.str(", ");
            }
        };
        let positional = args.posonlyargs.len() + args.args.len();
        for (i, arg) in args.posonlyargs.iter().chain(&args.args).enumerate() {
            comma(self);
            self.str(&arg.arg);
            if let Some(default) = (i + args.defaults.len()).checked_sub(positional) {
                self.str("=");
                self.expr(args.defaults.get(default)?, TEST)?;
            }
            if i + 1 == args.posonlyargs.len() {
                self.str(", /");
            }
        }
        if args.vararg.is_some() || !args.kwonlyargs.is_empty() {
            comma(self);
            self.str("*");
            if let Some(arg) = &args.vararg {
                self.str(&arg.arg);
            }
        }
        for (arg, default) in args.kwonlyargs.iter().zip(&args.kw_defaults) {
            comma(self);
            self.str(&arg.arg);
            if let Some(default) = default {
                self.str("=");
                self.expr(default, TEST)?;
            }
        }
        if let Some(arg) = &args.kwarg {
            comma(self);
            self.str("**");
            self.str(&arg.arg);
        }
        Some(())
    }

    fn comprehension(
        &mut self,
        open: &str,
        elt: &Expr,
        value: Option<&Expr>,
        generators: &[Comprehension],
        close: &str,
    ) -> Option<()> {
        self.str(open);
        self.expr(elt, TEST)?;
        if let Some(value) = value {
            self.str(": ");
            self.expr(value, TEST)?;
        }
        for generator in generators {
            self.str(if generator.is_async != 0 { " async for " } else { " for " });
            self.expr(&generator.target, TUPLE)?;
            self.str(" in ");
            self.expr(&generator.iter, TEST + 1)?;
            for condition in &generator.ifs {
                self.str(" if ");
                self.expr(condition, TEST + 1)?;
            }
        }
        self.str(close);
        Some(())
    }

    fn call(&mut self, func: &Expr, args: &[Expr], keywords: &[Keyword]) -> Option<()> {
        self.expr(func, ATOM)?;
        // A generator expression brings its own parentheses.
        if let ([Expr { kind: ExprKind::GeneratorExp { .. }, .. }], []) = (args, keywords) {
            return self.expr(&args[0], TEST);
        }
        self.str("(");
        self.list(args, TEST)?;
        for (i, keyword) in keywords.iter().enumerate() {
            if i > 0 || !args.is_empty() {
                self.str(", ");
            }
            match &keyword.arg {
                Some(name) => {
                    self.str(name);
                    self.str("=");
                }
                None => self.str("**"),
            }
            self.expr(&keyword.value, TEST)?;
        }
        self.str(")");
        Some(())
    }

    /// An f-string or t-string: its contents as text, and the `repr` of that.
    fn interpolated(&mut self, prefix: &str, values: &[Expr]) -> Option<()> {
        let mut inner = Writer { out: Vec::new(), guard: self.guard };
        inner.parts(values)?;
        let body = Text::from_wtf8(&inner.out).unwrap_or_default();
        self.str(prefix);
        self.constant(&Const::Str(body));
        Some(())
    }

    fn parts(&mut self, values: &[Expr]) -> Option<()> {
        if self.guard.exhausted() {
            return None;
        }
        for value in values {
            match &value.kind {
                ExprKind::Constant { value: Const::Str(text), .. } => {
                    for &byte in text.as_bytes() {
                        if matches!(byte, b'{' | b'}') {
                            self.out.push(byte);
                        }
                        self.out.push(byte);
                    }
                }
                ExprKind::JoinedStr { values } => self.parts(values)?,
                ExprKind::FormattedValue { value, conversion, format_spec } => {
                    let mut inner = Writer { out: Vec::new(), guard: self.guard };
                    inner.expr(value, TEST + 1)?;
                    self.str(if inner.out.starts_with(b"{") { "{ " } else { "{" });
                    self.out.append(&mut inner.out);
                    self.field_end(*conversion, format_spec.as_deref())?;
                }
                ExprKind::Interpolation { str, conversion, format_spec, .. } => {
                    self.str("{");
                    if let Const::Str(source) = str {
                        self.out.extend_from_slice(source.as_bytes());
                    }
                    self.field_end(*conversion, format_spec.as_deref())?;
                }
                _ => self.expr(value, TEST)?,
            }
        }
        Some(())
    }

    fn field_end(&mut self, conversion: i32, spec: Option<&Expr>) -> Option<()> {
        if let Ok(conversion) = u8::try_from(conversion) {
            self.out.extend_from_slice(&[b'!', conversion]);
        }
        if let Some(spec) = spec {
            self.str(":");
            self.parts(std::slice::from_ref(spec))?;
        }
        self.str("}");
        Some(())
    }
}

fn binary(op: Operator) -> (&'static str, Level) {
    match op {
        Operator::Add => (" + ", ARITH),
        Operator::Sub => (" - ", ARITH),
        Operator::Mult => (" * ", TERM),
        Operator::MatMult => (" @ ", TERM),
        Operator::Div => (" / ", TERM),
        Operator::Mod => (" % ", TERM),
        Operator::LShift => (" << ", SHIFT),
        Operator::RShift => (" >> ", SHIFT),
        Operator::BitOr => (" | ", BIT_OR),
        Operator::BitXor => (" ^ ", BIT_XOR),
        Operator::BitAnd => (" & ", BIT_AND),
        Operator::FloorDiv => (" // ", TERM),
        Operator::Pow => (" ** ", POWER),
    }
}

fn comparison(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Eq => " == ",
        CmpOp::NotEq => " != ",
        CmpOp::Lt => " < ",
        CmpOp::LtE => " <= ",
        CmpOp::Gt => " > ",
        CmpOp::GtE => " >= ",
        CmpOp::Is => " is ",
        CmpOp::IsNot => " is not ",
        CmpOp::In => " in ",
        CmpOp::NotIn => " not in ",
    }
}
