//! Expressions, except calls, comprehensions and strings.

use taipan_bytecode::Const;
use taipan_bytecode::oparg::{BinaryOp, Intrinsic1, resume};

use super::scope::ScopeKind;
use super::statements::attribute_place;
use super::{Access, Codegen, Result, STACK_USE_GUIDELINE, constant};
use crate::ast::{BoolOp, Expr, ExprContext, ExprKind, Ident, Operator, UnaryOp};
use crate::ir::{Loc, Op};

/// The instructions that build one kind of display.
pub struct Display {
    pub build: Op,
    pub add: Op,
    pub extend: Op,
    /// Built as a list and converted.
    pub tuple: bool,
}

pub const TUPLE: Display =
    Display { build: Op::BUILD_LIST, add: Op::LIST_APPEND, extend: Op::LIST_EXTEND, tuple: true };
const LIST: Display = Display { tuple: false, ..TUPLE };
const SET: Display = Display { build: Op::BUILD_SET, add: Op::SET_ADD, extend: Op::SET_UPDATE, tuple: false };

impl<'a> Codegen<'a> {
    pub(super) fn exprs(&mut self, exprs: &'a [Expr]) -> Result {
        exprs.iter().try_for_each(|expr| self.expr(expr))
    }

    pub(super) fn expr(&mut self, e: &'a Expr) -> Result {
        self.check_stack()?;
        let loc = e.loc;
        match &e.kind {
            ExprKind::NamedExpr { target, value } => {
                self.expr(value)?;
                self.op_i(loc, Op::COPY, 1);
                self.expr(target)
            }
            ExprKind::BoolOp { op, values } => self.bool_op(loc, *op, values),
            ExprKind::BinOp { left, op, right } => {
                self.expr(left)?;
                self.expr(right)?;
                self.binary(loc, *op, false);
                Ok(())
            }
            ExprKind::UnaryOp { op, operand } => {
                self.expr(operand)?;
                match op {
                    UnaryOp::Invert => self.op(loc, Op::UNARY_INVERT),
                    UnaryOp::Not => {
                        self.op(loc, Op::TO_BOOL);
                        self.op(loc, Op::UNARY_NOT);
                    }
                    UnaryOp::UAdd => self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::UNARY_POSITIVE as u32),
                    UnaryOp::USub => self.op(loc, Op::UNARY_NEGATIVE),
                }
                Ok(())
            }
            ExprKind::Lambda { args, body } => self.lambda(e, args, body),
            ExprKind::IfExp { test, body, orelse } => {
                let (end, next) = (self.label(), self.label());
                self.jump_if(test, next, false)?;
                self.expr(body)?;
                self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
                self.bind(next);
                self.expr(orelse)?;
                self.bind(end);
                Ok(())
            }
            ExprKind::Dict { keys, values } => self.dict(loc, keys, values),
            ExprKind::Set { elts } => self.display(loc, elts, &SET, 0, None),
            ExprKind::ListComp { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::DictComp { .. }
            | ExprKind::GeneratorExp { .. } => self.comprehension(e),
            ExprKind::Await { value } => {
                self.expr(value)?;
                self.op_i(loc, Op::GET_AWAITABLE, 0);
                self.load_none(loc);
                self.send_loop(loc, resume::AFTER_AWAIT);
                Ok(())
            }
            ExprKind::Yield { value } => {
                if !self.block().is_function_like() {
                    return self.error(loc, "'yield' outside function");
                }
                match value {
                    Some(value) => self.expr(value)?,
                    None => self.load_none(loc),
                }
                self.yield_value(loc);
                Ok(())
            }
            ExprKind::YieldFrom { value } => {
                if !self.block().is_function_like() {
                    return self.error(loc, "'yield from' outside function");
                }
                if self.scope().kind == ScopeKind::AsyncFunction {
                    return self.error(loc, "'yield from' inside async function");
                }
                self.expr(value)?;
                self.op(loc, Op::GET_YIELD_FROM_ITER);
                self.load_none(loc);
                self.send_loop(loc, resume::AFTER_YIELD_FROM);
                Ok(())
            }
            ExprKind::Compare { left, ops, comparators } => self.comparison(e, left, ops, comparators),
            ExprKind::Call { func, args, keywords } => self.call(e, func, args, keywords),
            ExprKind::FormattedValue { value, conversion, format_spec } => {
                self.formatted_value(loc, value, *conversion, format_spec.as_deref())
            }
            ExprKind::Interpolation { value, str, conversion, format_spec } => {
                self.interpolation(loc, value, str, *conversion, format_spec.as_deref())
            }
            ExprKind::JoinedStr { values } => self.joined_str(loc, values),
            ExprKind::TemplateStr { values } => self.template_str(loc, values),
            ExprKind::Constant { value, .. } => {
                self.load_const(loc, value.clone());
                Ok(())
            }
            ExprKind::Attribute { value, attr, ctx } => self.attribute(e, value, attr, *ctx),
            ExprKind::Subscript { value, slice, ctx } => self.subscription(loc, value, slice, *ctx),
            ExprKind::Starred { ctx: ExprContext::Store, .. } => {
                self.error(loc, "starred assignment target must be in a list or tuple")
            }
            ExprKind::Starred { .. } => self.error(loc, "can't use starred expression here"),
            ExprKind::Name { id, ctx } => self.variable(loc, id, (*ctx).into()),
            ExprKind::List { elts, ctx } => self.sequence(loc, elts, *ctx, &LIST),
            ExprKind::Tuple { elts, ctx } => self.sequence(loc, elts, *ctx, &TUPLE),
            ExprKind::Slice { lower, upper, step } => {
                if let Some(value) = constant_slice(e) {
                    self.load_const(loc, value);
                    return Ok(());
                }
                self.slice_bounds(loc, lower.as_deref(), upper.as_deref())?;
                if let Some(step) = step {
                    self.expr(step)?;
                }
                self.op_i(loc, Op::BUILD_SLICE, 2 + step.is_some() as u32);
                Ok(())
            }
        }
    }

    pub(super) fn yield_value(&mut self, loc: Loc) {
        let block = self.block();
        if block.generator && block.coroutine {
            self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::ASYNC_GEN_WRAP as u32);
        }
        self.op_i(loc, Op::YIELD_VALUE, 0);
        self.op_i(loc, Op::RESUME, resume::AFTER_YIELD);
    }

    fn bool_op(&mut self, loc: Loc, op: BoolOp, values: &'a [Expr]) -> Result {
        let jump = if op == BoolOp::And { Op::JUMP_IF_FALSE } else { Op::JUMP_IF_TRUE };
        let Some((last, first)) = values.split_last() else { return Ok(()) };
        let end = self.label();
        for value in first {
            self.expr(value)?;
            self.jump(loc, jump, end);
            self.op(loc, Op::POP_TOP);
        }
        self.expr(last)?;
        self.bind(end);
        Ok(())
    }

    pub(super) fn binary(&mut self, loc: Loc, op: Operator, in_place: bool) {
        let (plain, augmented) = match op {
            Operator::Add => (BinaryOp::ADD, BinaryOp::INPLACE_ADD),
            Operator::Sub => (BinaryOp::SUBTRACT, BinaryOp::INPLACE_SUBTRACT),
            Operator::Mult => (BinaryOp::MULTIPLY, BinaryOp::INPLACE_MULTIPLY),
            Operator::MatMult => (BinaryOp::MATRIX_MULTIPLY, BinaryOp::INPLACE_MATRIX_MULTIPLY),
            Operator::Div => (BinaryOp::TRUE_DIVIDE, BinaryOp::INPLACE_TRUE_DIVIDE),
            Operator::Mod => (BinaryOp::REMAINDER, BinaryOp::INPLACE_REMAINDER),
            Operator::Pow => (BinaryOp::POWER, BinaryOp::INPLACE_POWER),
            Operator::LShift => (BinaryOp::LSHIFT, BinaryOp::INPLACE_LSHIFT),
            Operator::RShift => (BinaryOp::RSHIFT, BinaryOp::INPLACE_RSHIFT),
            Operator::BitOr => (BinaryOp::OR, BinaryOp::INPLACE_OR),
            Operator::BitXor => (BinaryOp::XOR, BinaryOp::INPLACE_XOR),
            Operator::BitAnd => (BinaryOp::AND, BinaryOp::INPLACE_AND),
            Operator::FloorDiv => (BinaryOp::FLOOR_DIVIDE, BinaryOp::INPLACE_FLOOR_DIVIDE),
        };
        self.op_i(loc, Op::BINARY_OP, if in_place { augmented } else { plain } as u32);
    }

    pub(super) fn subscript(&mut self, loc: Loc) {
        self.op_i(loc, Op::BINARY_OP, BinaryOp::SUBSCR as u32);
    }

    fn dict(&mut self, loc: Loc, keys: &'a [Option<Expr>], values: &'a [Expr]) -> Result {
        let mut started = false;
        let mut pending = 0;
        for (i, key) in keys.iter().enumerate() {
            if key.is_none() {
                if pending > 0 {
                    self.dict_part(loc, &keys[i - pending..i], &values[i - pending..i], &mut started)?;
                    pending = 0;
                }
                if !started {
                    self.op_i(loc, Op::BUILD_MAP, 0);
                    started = true;
                }
                self.expr(&values[i])?;
                self.op_i(loc, Op::DICT_UPDATE, 1);
            } else if pending * 2 > STACK_USE_GUIDELINE {
                self.dict_part(loc, &keys[i - pending..=i], &values[i - pending..=i], &mut started)?;
                pending = 0;
            } else {
                pending += 1;
            }
        }
        if pending > 0 {
            let from = keys.len() - pending;
            self.dict_part(loc, &keys[from..], &values[from..], &mut started)?;
        }
        if !started {
            self.op_i(loc, Op::BUILD_MAP, 0);
        }
        Ok(())
    }

    /// Builds a dict and merges it into the one below, if that was started.
    fn dict_part(&mut self, loc: Loc, keys: &'a [Option<Expr>], values: &'a [Expr], started: &mut bool) -> Result {
        let big = keys.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_i(loc, Op::BUILD_MAP, 0);
        }
        for (key, value) in keys.iter().zip(values) {
            if let Some(key) = key {
                self.expr(key)?;
            }
            self.expr(value)?;
            if big {
                self.op_i(loc, Op::MAP_ADD, 1);
            }
        }
        if !big {
            self.op_i(loc, Op::BUILD_MAP, keys.len() as u32);
        }
        if *started {
            self.op_i(loc, Op::DICT_UPDATE, 1);
        }
        *started = true;
        Ok(())
    }

    /// A list, set or tuple of the `pushed` values on the stack, the elements, and a variable.
    pub(super) fn display(
        &mut self,
        loc: Loc,
        elts: &'a [Expr],
        kind: &Display,
        pushed: u32,
        injected: Option<&Ident>,
    ) -> Result {
        let count = elts.len() as u32 + pushed + injected.is_some() as u32;
        let big = count as usize > STACK_USE_GUIDELINE;
        let starred = elts.iter().any(|elt| matches!(elt.kind, ExprKind::Starred { .. }));
        if !starred && !big {
            self.exprs(elts)?;
            if let Some(name) = injected {
                self.variable(loc, name, Access::Load)?;
            }
            self.op_i(loc, if kind.tuple { Op::BUILD_TUPLE } else { kind.build }, count);
            return Ok(());
        }
        let mut built = false;
        if big {
            self.op_i(loc, kind.build, pushed);
            built = true;
        }
        for (i, elt) in elts.iter().enumerate() {
            if let ExprKind::Starred { value, .. } = &elt.kind {
                if !built {
                    self.op_i(loc, kind.build, i as u32 + pushed);
                    built = true;
                }
                self.expr(value)?;
                self.op_i(loc, kind.extend, 1);
            } else {
                self.expr(elt)?;
                if built {
                    self.op_i(loc, kind.add, 1);
                }
            }
        }
        if let Some(name) = injected {
            self.variable(loc, name, Access::Load)?;
            self.op_i(loc, kind.add, 1);
        }
        if kind.tuple {
            self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::LIST_TO_TUPLE as u32);
        }
        Ok(())
    }

    fn sequence(&mut self, loc: Loc, elts: &'a [Expr], ctx: ExprContext, kind: &Display) -> Result {
        match ctx {
            ExprContext::Load => self.display(loc, elts, kind, 0, None),
            ExprContext::Store => self.unpack_targets(loc, elts),
            ExprContext::Del => self.exprs(elts),
        }
    }

    fn unpack_targets(&mut self, loc: Loc, elts: &'a [Expr]) -> Result {
        let mut starred = false;
        for (i, elt) in elts.iter().enumerate() {
            if !matches!(elt.kind, ExprKind::Starred { .. }) {
                continue;
            }
            if starred {
                return self.error(loc, "multiple starred expressions in assignment");
            }
            starred = true;
            let after = elts.len() - i - 1;
            if i >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                return self.error(loc, "too many expressions in star-unpacking assignment");
            }
            self.op_i(loc, Op::UNPACK_EX, i as u32 + ((after as u32) << 8));
        }
        if !starred {
            self.op_i(loc, Op::UNPACK_SEQUENCE, elts.len() as u32);
        }
        for elt in elts {
            match &elt.kind {
                ExprKind::Starred { value, .. } => self.expr(value)?,
                _ => self.expr(elt)?,
            }
        }
        Ok(())
    }

    fn attribute(&mut self, e: &'a Expr, value: &'a Expr, attr: &'a Ident, ctx: ExprContext) -> Result {
        if ctx == ExprContext::Load
            && let Some(arguments) = self.plain_super(value, attr)
        {
            self.super_attribute(e, value, arguments, attr, false)?;
            return Ok(());
        }
        if ctx == ExprContext::Store {
            self.note_static_attribute(value, attr);
        }
        self.expr(value)?;
        let loc = attribute_place(e.loc, e, attr);
        match ctx {
            ExprContext::Load => self.op_name_flags(loc, Op::LOAD_ATTR, attr, 1, 0),
            ExprContext::Store => self.op_name(loc, Op::STORE_ATTR, attr),
            ExprContext::Del => self.op_name(loc, Op::DELETE_ATTR, attr),
        }
        Ok(())
    }

    fn subscription(&mut self, loc: Loc, value: &'a Expr, slice: &'a Expr, ctx: ExprContext) -> Result {
        if ctx == ExprContext::Load {
            self.check_subscripted(value);
            self.check_index(value, slice);
        }
        self.expr(value)?;
        if ctx != ExprContext::Del && self.two_part_slice(slice)? {
            self.op(loc, if ctx == ExprContext::Load { Op::BINARY_SLICE } else { Op::STORE_SLICE });
            return Ok(());
        }
        self.expr(slice)?;
        match ctx {
            ExprContext::Load => self.subscript(loc),
            ExprContext::Store => self.op(loc, Op::STORE_SUBSCR),
            ExprContext::Del => self.op(loc, Op::DELETE_SUBSCR),
        }
        Ok(())
    }

    /// Loads the bounds of a slice without a step that is not constant; tells whether the expression is one.
    pub(super) fn two_part_slice(&mut self, e: &'a Expr) -> Result<bool> {
        match &e.kind {
            ExprKind::Slice { lower, upper, step: None } if constant_slice(e).is_none() => {
                self.slice_bounds(e.loc, lower.as_deref(), upper.as_deref())?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    fn slice_bounds(&mut self, loc: Loc, lower: Option<&'a Expr>, upper: Option<&'a Expr>) -> Result {
        for bound in [lower, upper] {
            match bound {
                Some(bound) => self.expr(bound)?,
                None => self.load_none(loc),
            }
        }
        Ok(())
    }
}

/// The value of a slice all of whose parts are constants or missing.
fn constant_slice(e: &Expr) -> Option<Const> {
    let ExprKind::Slice { lower, upper, step } = &e.kind else { return None };
    let part = |part: &Option<Box<Expr>>| match part {
        None => Some(Const::None),
        Some(part) => constant(part).cloned(),
    };
    Some(Const::Slice([part(lower)?, part(upper)?, part(step)?].into()))
}
