//! Comparisons, and jumps that depend on an expression.

use taipan_bytecode::oparg::{CompareOp, compare};

use super::{Codegen, Result};
use crate::ast::{BoolOp, CmpOp, Expr, ExprKind, UnaryOp};
use crate::ir::{Label, Loc, Op};

impl<'a> Codegen<'a> {
    pub(super) fn compare_op(&mut self, loc: Loc, op: CmpOp) {
        let order = match op {
            CmpOp::Is => return self.op_i(loc, Op::IS_OP, 0),
            CmpOp::IsNot => return self.op_i(loc, Op::IS_OP, 1),
            CmpOp::In => return self.op_i(loc, Op::CONTAINS_OP, 0),
            CmpOp::NotIn => return self.op_i(loc, Op::CONTAINS_OP, 1),
            CmpOp::Eq => CompareOp::EQ,
            CmpOp::NotEq => CompareOp::NE,
            CmpOp::Lt => CompareOp::LT,
            CmpOp::LtE => CompareOp::LE,
            CmpOp::Gt => CompareOp::GT,
            CmpOp::GtE => CompareOp::GE,
        };
        self.op_i(loc, Op::COMPARE_OP, compare::arg(order));
    }

    pub(super) fn comparison(&mut self, e: &'a Expr, left: &'a Expr, ops: &[CmpOp], rest: &'a [Expr]) -> Result {
        let loc = e.loc;
        self.check_compare(loc, left, ops, rest);
        self.expr(left)?;
        let (Some((last, links)), Some((last_op, _))) = (rest.split_last(), ops.split_last()) else { return Ok(()) };
        if links.is_empty() {
            self.expr(last)?;
            self.compare_op(loc, *last_op);
            return Ok(());
        }
        let cleanup = self.label();
        for (link, op) in links.iter().zip(ops) {
            self.link(loc, link, *op)?;
            self.op_i(loc, Op::COPY, 1);
            self.op(loc, Op::TO_BOOL);
            self.jump(loc, Op::POP_JUMP_IF_FALSE, cleanup);
            self.op(loc, Op::POP_TOP);
        }
        self.expr(last)?;
        self.compare_op(loc, *last_op);
        let end = self.label();
        self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
        self.bind(cleanup);
        self.op_i(loc, Op::SWAP, 2);
        self.op(loc, Op::POP_TOP);
        self.bind(end);
        Ok(())
    }

    /// One comparison of a chain, its right operand staying below the result.
    fn link(&mut self, loc: Loc, right: &'a Expr, op: CmpOp) -> Result {
        self.expr(right)?;
        self.op_i(loc, Op::SWAP, 2);
        self.op_i(loc, Op::COPY, 2);
        self.compare_op(loc, op);
        Ok(())
    }

    /// Jumps to `target` if the truth of the expression is `wanted`.
    pub(super) fn jump_if(&mut self, e: &'a Expr, target: Label, wanted: bool) -> Result {
        self.check_stack()?;
        let jump = if wanted { Op::POP_JUMP_IF_TRUE } else { Op::POP_JUMP_IF_FALSE };
        match &e.kind {
            ExprKind::UnaryOp { op: UnaryOp::Not, operand } => return self.jump_if(operand, target, !wanted),
            ExprKind::BoolOp { op, values } => {
                let Some((last, first)) = values.split_last() else { return Ok(()) };
                let decides = *op == BoolOp::Or;
                let early = if decides == wanted { target } else { self.label() };
                for value in first {
                    self.jump_if(value, early, decides)?;
                }
                self.jump_if(last, target, wanted)?;
                if early != target {
                    self.bind(early);
                }
                return Ok(());
            }
            ExprKind::IfExp { test, body, orelse } => {
                let (end, otherwise) = (self.label(), self.label());
                self.jump_if(test, otherwise, false)?;
                self.jump_if(body, target, wanted)?;
                self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
                self.bind(otherwise);
                self.jump_if(orelse, target, wanted)?;
                self.bind(end);
                return Ok(());
            }
            ExprKind::Compare { left, ops, comparators } if ops.len() > 1 => {
                let loc = e.loc;
                self.check_compare(loc, left, ops, comparators);
                let cleanup = self.label();
                self.expr(left)?;
                let (Some((last, links)), Some((last_op, _))) = (comparators.split_last(), ops.split_last()) else {
                    return Ok(());
                };
                for (right, op) in links.iter().zip(ops) {
                    self.link(loc, right, *op)?;
                    self.op(loc, Op::TO_BOOL);
                    self.jump(loc, Op::POP_JUMP_IF_FALSE, cleanup);
                }
                self.expr(last)?;
                self.compare_op(loc, *last_op);
                self.op(loc, Op::TO_BOOL);
                self.jump(loc, jump, target);
                let end = self.label();
                self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
                self.bind(cleanup);
                self.op(loc, Op::POP_TOP);
                if !wanted {
                    self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, target);
                }
                self.bind(end);
                return Ok(());
            }
            _ => {}
        }
        self.expr(e)?;
        self.op(e.loc, Op::TO_BOOL);
        self.jump(e.loc, jump, target);
        Ok(())
    }
}
