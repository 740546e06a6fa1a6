//! Syntax warnings about expressions that cannot be meant.

use taipan_bytecode::Const;

use super::{Codegen, constant};
use crate::ast::{CmpOp, Expr, ExprKind};
use crate::ir::Loc;

/// The type of the value, where the expression itself says it.
fn inferred_type(e: &Expr) -> Option<&'static str> {
    Some(match &e.kind {
        ExprKind::Tuple { .. } => "tuple",
        ExprKind::List { .. } | ExprKind::ListComp { .. } => "list",
        ExprKind::Dict { .. } | ExprKind::DictComp { .. } => "dict",
        ExprKind::Set { .. } | ExprKind::SetComp { .. } => "set",
        ExprKind::GeneratorExp { .. } => "generator",
        ExprKind::Lambda { .. } => "function",
        ExprKind::TemplateStr { .. } => "string.templatelib.Template",
        ExprKind::Interpolation { .. } => "string.templatelib.Interpolation",
        ExprKind::JoinedStr { .. } | ExprKind::FormattedValue { .. } => "str",
        ExprKind::Constant { value, .. } => type_name(value),
        _ => return None,
    })
}

pub fn type_name(value: &Const) -> &'static str {
    match value {
        Const::None => "NoneType",
        Const::True | Const::False => "bool",
        Const::Ellipsis => "ellipsis",
        Const::Int(_) | Const::BigInt(_) => "int",
        Const::Float(_) => "float",
        Const::Complex { .. } => "complex",
        Const::Str(_) => "str",
        Const::Bytes(_) => "bytes",
        Const::Tuple(_) => "tuple",
        Const::FrozenSet(_) => "frozenset",
        Const::Slice(_) => "slice",
        Const::Code(_) => "code",
    }
}

/// Whether identity is a sensible question: not for literals other than the singletons, nor tuples of literals.
fn has_identity(e: &Expr) -> bool {
    match &e.kind {
        ExprKind::Constant { value, .. } => {
            matches!(value, Const::None | Const::True | Const::False | Const::Ellipsis)
        }
        ExprKind::Tuple { elts, .. } => !elts.iter().all(|elt| constant(elt).is_some()),
        _ => true,
    }
}

impl<'a> Codegen<'a> {
    pub(super) fn check_compare(&mut self, loc: Loc, left: &Expr, ops: &[CmpOp], rest: &[Expr]) {
        let mut left = left;
        for (op, right) in ops.iter().zip(rest) {
            if matches!(op, CmpOp::Is | CmpOp::IsNot) && !(has_identity(left) && has_identity(right)) {
                let literal = if has_identity(left) { right } else { left };
                let name = inferred_type(literal).unwrap_or_default();
                let (word, instead) = if *op == CmpOp::Is { ("is", "==") } else { ("is not", "!=") };
                return self.warn(loc, format!("\"{word}\" with '{name}' literal. Did you mean \"{instead}\"?"));
            }
            left = right;
        }
    }

    pub(super) fn check_called(&mut self, e: &Expr) {
        if matches!(e.kind, ExprKind::Lambda { .. }) {
            return;
        }
        if let Some(name) = inferred_type(e) {
            self.warn(e.loc, format!("'{name}' object is not callable; perhaps you missed a comma?"));
        }
    }

    pub(super) fn check_subscripted(&mut self, e: &Expr) {
        let wrong = match &e.kind {
            ExprKind::Constant { value, .. } => matches!(
                value,
                Const::None
                    | Const::True
                    | Const::False
                    | Const::Ellipsis
                    | Const::Int(_)
                    | Const::BigInt(_)
                    | Const::Float(_)
                    | Const::Complex { .. }
                    | Const::FrozenSet(_)
            ),
            ExprKind::Set { .. }
            | ExprKind::SetComp { .. }
            | ExprKind::GeneratorExp { .. }
            | ExprKind::TemplateStr { .. }
            | ExprKind::Interpolation { .. }
            | ExprKind::Lambda { .. } => true,
            _ => false,
        };
        if wrong && let Some(name) = inferred_type(e) {
            self.warn(e.loc, format!("'{name}' object is not subscriptable; perhaps you missed a comma?"));
        }
    }

    pub(super) fn check_index(&mut self, e: &Expr, index: &Expr) {
        let Some(index_type) = inferred_type(index) else { return };
        if matches!(index_type, "int" | "bool" | "slice") {
            return;
        }
        let sequence = match &e.kind {
            ExprKind::Constant { value, .. } => matches!(value, Const::Str(_) | Const::Bytes(_) | Const::Tuple(_)),
            ExprKind::Tuple { .. }
            | ExprKind::List { .. }
            | ExprKind::ListComp { .. }
            | ExprKind::JoinedStr { .. }
            | ExprKind::FormattedValue { .. } => true,
            _ => false,
        };
        if sequence && let Some(name) = inferred_type(e) {
            self.warn(
                e.loc,
                format!("{name} indices must be integers or slices, not {index_type}; perhaps you missed a comma?"),
            );
        }
    }
}
