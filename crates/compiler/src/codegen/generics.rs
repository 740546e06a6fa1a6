//! Type parameters and type aliases (PEP 695, 696).

use taipan_bytecode::Const;
use taipan_bytecode::oparg::{Intrinsic1, Intrinsic2, function_attribute as attribute};

use super::scope::{Entry, Parameters, ScopeKind};
use super::{Access, Codegen, Result};
use crate::ast::{Expr, ExprKind, Ident, Stmt, TypeParam, TypeParamKind};
use crate::ir::Op;
use crate::symtable::Key;

impl<'a> Codegen<'a> {
    pub(super) fn enter_type_params(
        &mut self,
        name: &Ident,
        params: &[TypeParam],
        line: i32,
        private: Option<Ident>,
        parameters: Parameters,
    ) -> Result {
        self.enter(Entry {
            name: Ident::from(format!("<generic parameters of {name}>")),
            kind: ScopeKind::Annotations,
            block: self.find_block(Key::type_params(params))?,
            line,
            private,
            parameters,
        })
    }

    /// Binds the type parameters and leaves a tuple of them.
    pub(super) fn type_params(&mut self, params: &'a [TypeParam]) -> Result {
        let mut seen_default = false;
        for param in params {
            let loc = param.loc;
            let (name, default) = match &param.kind {
                TypeParamKind::TypeVar { name, bound, default_value } => {
                    self.load_text(loc, name);
                    match bound {
                        Some(bound) => {
                            self.lazy_value(bound, name, Key::type_param_bound(param), false)?;
                            let make = match bound.kind {
                                ExprKind::Tuple { .. } => Intrinsic2::TYPEVAR_WITH_CONSTRAINTS,
                                _ => Intrinsic2::TYPEVAR_WITH_BOUND,
                            };
                            self.op_i(loc, Op::CALL_INTRINSIC_2, make as u32);
                        }
                        None => self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::TYPEVAR as u32),
                    }
                    (name, default_value)
                }
                TypeParamKind::TypeVarTuple { name, default_value } => {
                    self.load_text(loc, name);
                    self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::TYPEVARTUPLE as u32);
                    (name, default_value)
                }
                TypeParamKind::ParamSpec { name, default_value } => {
                    self.load_text(loc, name);
                    self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::PARAMSPEC as u32);
                    (name, default_value)
                }
            };
            if let Some(default) = default {
                seen_default = true;
                let may_star = matches!(param.kind, TypeParamKind::TypeVarTuple { .. });
                self.lazy_value(default, name, Key::type_param_default(param), may_star)?;
                self.op_i(loc, Op::CALL_INTRINSIC_2, Intrinsic2::SET_TYPEPARAM_DEFAULT as u32);
            } else if seen_default {
                return self.error(loc, format!("non-default type parameter '{name}' follows default type parameter"));
            }
            self.op_i(loc, Op::COPY, 1);
            self.variable(loc, name, Access::Store)?;
        }
        if let Some(first) = params.first() {
            self.op_i(first.loc, Op::BUILD_TUPLE, params.len() as u32);
        }
        Ok(())
    }

    /// A function that evaluates a bound or default when it is asked for.
    fn lazy_value(&mut self, e: &'a Expr, name: &Ident, key: Key, may_star: bool) -> Result {
        let loc = e.loc;
        self.load_const(loc, Const::tuple(vec![Const::Int(1)]));
        self.enter_annotations(loc, key, name)?;
        match &e.kind {
            ExprKind::Starred { value, .. } if may_star => {
                self.expr(value)?;
                self.op_i(loc, Op::UNPACK_SEQUENCE, 1);
            }
            _ => self.expr(e)?,
        }
        self.op(loc, Op::RETURN_VALUE);
        self.leave_as_function(loc, true, attribute::DEFAULTS)
    }

    pub(super) fn type_alias(
        &mut self,
        s: &'a Stmt,
        target: &'a Expr,
        params: &'a [TypeParam],
        value: &'a Expr,
    ) -> Result {
        let ExprKind::Name { id: name, .. } = &target.kind else { return Ok(()) };
        let loc = s.loc;
        let generic = !params.is_empty();
        if generic {
            self.enter_type_params(name, params, loc.line, None, Parameters::default())?;
            self.load_text(loc, name);
            self.type_params(params)?;
        } else {
            self.load_text(loc, name);
            self.load_none(loc);
        }
        self.load_const(loc, Const::tuple(vec![Const::Int(1)]));
        self.enter_annotations(loc, Key::stmt(s), name)?;
        self.expr(value)?;
        self.op(loc, Op::RETURN_VALUE);
        self.leave_as_function(loc, false, attribute::DEFAULTS)?;
        self.op_i(loc, Op::BUILD_TUPLE, 3);
        self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::TYPEALIAS as u32);
        if generic {
            self.leave_as_function(loc, false, 0)?;
            self.op(loc, Op::PUSH_NULL);
            self.op_i(loc, Op::CALL, 0);
        }
        self.variable(loc, name, Access::Store)
    }
}
