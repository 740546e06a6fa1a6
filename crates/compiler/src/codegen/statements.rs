//! Statements, except definitions, `try`, `with` and `match`.

use taipan_bytecode::Const;
use taipan_bytecode::oparg::{CommonConstant, Intrinsic1, resume};

use super::blocks::FrameKind;
use super::scope::ScopeKind;
use super::{Access, Codegen, Failure, Result, constant, text};
use crate::ast::{Alias, Expr, ExprKind, Ident, Operator, Stmt, StmtKind};
use crate::ir::{AssembleError, Loc, Op};

/// `finally` blocks are copied to every way out of them, which nested in each other can grow without measure.
const MAX_INSTRUCTIONS: usize = 1 << 24;

impl<'a> Codegen<'a> {
    pub(super) fn stmts(&mut self, body: &'a [Stmt]) -> Result {
        body.iter().try_for_each(|stmt| self.stmt(stmt))
    }

    /// Statements that may be skipped or repeated.
    fn conditional(&mut self, generate: impl FnOnce(&mut Self) -> Result) -> Result {
        self.scope_mut().conditional_depth += 1;
        generate(self)?;
        self.scope_mut().conditional_depth -= 1;
        Ok(())
    }

    fn stmt(&mut self, s: &'a Stmt) -> Result {
        self.check_stack()?;
        if self.unit().code.instrs().len() > MAX_INSTRUCTIONS {
            return Err(Failure::Assemble(AssembleError::TooLarge));
        }
        let loc = s.loc;
        match &s.kind {
            StmtKind::FunctionDef { .. } | StmtKind::AsyncFunctionDef { .. } => self.function(s),
            StmtKind::ClassDef { .. } => self.class(s),
            StmtKind::TypeAlias { name, type_params, value } => self.type_alias(s, name, type_params, value),
            StmtKind::Return { value } => self.return_stmt(loc, value.as_deref()),
            StmtKind::Delete { targets } => targets.iter().try_for_each(|target| self.expr(target)),
            StmtKind::Assign { targets, value, .. } => {
                self.expr(value)?;
                for (i, target) in targets.iter().enumerate() {
                    if i + 1 < targets.len() {
                        self.op_i(loc, Op::COPY, 1);
                    }
                    self.expr(target)?;
                }
                Ok(())
            }
            StmtKind::AugAssign { target, op, value } => self.augmented_assignment(loc, target, *op, value),
            StmtKind::AnnAssign { .. } => self.annotated_assignment(s),
            StmtKind::For { target, iter, body, orelse, .. } => {
                self.conditional(|g| g.for_loop(loc, target, iter, body, orelse))
            }
            StmtKind::AsyncFor { target, iter, body, orelse, .. } => {
                self.conditional(|g| g.async_for(loc, target, iter, body, orelse))
            }
            StmtKind::While { test, body, orelse } => self.conditional(|g| g.while_loop(loc, test, body, orelse)),
            StmtKind::If { test, body, orelse } => self.conditional(|g| g.if_stmt(test, body, orelse)),
            StmtKind::With { items, body, .. } => self.conditional(|g| g.with(items, body)),
            StmtKind::AsyncWith { items, body, .. } => self.conditional(|g| g.async_with(items, body)),
            StmtKind::Match { subject, cases } => self.conditional(|g| g.match_stmt(subject, cases)),
            StmtKind::Raise { exc, cause } => {
                let mut parts = 0;
                for part in exc.iter().chain(cause.iter().filter(|_| exc.is_some())) {
                    self.expr(part)?;
                    parts += 1;
                }
                self.op_i(loc, Op::RAISE_VARARGS, parts);
                Ok(())
            }
            StmtKind::Try { body, handlers, orelse, finalbody } => {
                self.conditional(|g| g.try_stmt(loc, body, handlers, orelse, finalbody, false))
            }
            StmtKind::TryStar { body, handlers, orelse, finalbody } => {
                self.conditional(|g| g.try_stmt(loc, body, handlers, orelse, finalbody, true))
            }
            StmtKind::Assert { test, msg } => self.assert(loc, test, msg.as_deref()),
            StmtKind::Import { names } => names.iter().try_for_each(|alias| self.import(loc, alias)),
            StmtKind::ImportFrom { module, names, level } => {
                self.import_from(loc, module.as_ref(), names, level.unwrap_or(0))
            }
            StmtKind::Global { .. } | StmtKind::Nonlocal { .. } => Ok(()),
            StmtKind::Expr { value } => self.expression_statement(loc, value),
            StmtKind::Pass {} => {
                self.op(loc, Op::NOP);
                Ok(())
            }
            StmtKind::Break {} => self.leave_loop(loc, true),
            StmtKind::Continue {} => self.leave_loop(loc, false),
        }
    }

    fn expression_statement(&mut self, loc: Loc, value: &'a Expr) -> Result {
        if self.interactive && self.scopes.len() <= 1 {
            self.expr(value)?;
            self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::PRINT as u32);
        } else if constant(value).is_some() {
            self.op(loc, Op::NOP);
            return Ok(());
        } else {
            self.expr(value)?;
        }
        self.op(Loc::NONE, Op::POP_TOP);
        Ok(())
    }

    fn return_stmt(&mut self, at: Loc, value: Option<&'a Expr>) -> Result {
        let block = self.block();
        if !block.is_function_like() {
            return self.error(at, "'return' outside function");
        }
        if value.is_some() && block.coroutine && block.generator {
            return self.error(at, "'return' with value in async generator");
        }
        let computed = value.filter(|value| constant(value).is_none());
        let mut loc = at;
        if let Some(value) = computed {
            self.expr(value)?;
        } else if let Some(value) = value {
            // Something for the line of the value.
            loc = value.loc;
            self.op(loc, Op::NOP);
        }
        if value.is_none_or(|value| value.loc.line != at.line) {
            loc = at;
            self.op(loc, Op::NOP);
        }
        self.unwind(&mut loc, computed.is_some(), false)?;
        match value {
            None => self.load_none(loc),
            Some(value) => {
                if let Some(value) = constant(value) {
                    self.load_const(loc, value.clone());
                }
            }
        }
        self.op(loc, Op::RETURN_VALUE);
        Ok(())
    }

    fn leave_loop(&mut self, at: Loc, break_out: bool) -> Result {
        let mut loc = at;
        self.op(loc, Op::NOP);
        let frame = self.unwind(&mut loc, false, true)?;
        let Some((frame, (start, end))) = frame.and_then(|frame| Some((frame, frame.targets?))) else {
            let msg = if break_out { "'break' outside loop" } else { "'continue' not properly in loop" };
            return self.error(at, msg);
        };
        if break_out {
            self.unwind_frame(&mut loc, &frame, false)?;
        }
        self.jump(loc, Op::JUMP, if break_out { end } else { start });
        Ok(())
    }

    fn if_stmt(&mut self, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Result {
        // A chain of `elif` is one statement inside another; it must not use native stack.
        let end = self.label();
        let (mut test, mut body, mut orelse) = (test, body, orelse);
        loop {
            if orelse.is_empty() {
                self.jump_if(test, end, false)?;
                self.stmts(body)?;
                break;
            }
            let next = self.label();
            self.jump_if(test, next, false)?;
            self.stmts(body)?;
            self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
            self.bind(next);
            match orelse {
                [Stmt { kind: StmtKind::If { test: t, body: b, orelse: o }, .. }] => {
                    (test, body, orelse) = (t, b, o);
                }
                _ => {
                    self.stmts(orelse)?;
                    break;
                }
            }
        }
        self.bind(end);
        Ok(())
    }

    fn while_loop(&mut self, loc: Loc, test: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Result {
        let (start, end, anchor) = (self.label(), self.label(), self.label());
        self.bind(start);
        self.push_loop(loc, FrameKind::While, start, end)?;
        self.jump_if(test, anchor, false)?;
        self.stmts(body)?;
        self.jump(Loc::NONE, Op::JUMP, start);
        self.pop_frame();
        self.bind(anchor);
        self.stmts(orelse)?;
        self.bind(end);
        Ok(())
    }

    fn for_loop(&mut self, loc: Loc, target: &'a Expr, iter: &'a Expr, body: &'a [Stmt], orelse: &'a [Stmt]) -> Result {
        let (start, cleanup, end) = (self.label(), self.label(), self.label());
        self.push_loop(loc, FrameKind::For, start, end)?;
        self.expr(iter)?;
        self.op(iter.loc, Op::GET_ITER);
        self.bind(start);
        self.jump(iter.loc, Op::FOR_ITER, cleanup);
        // For the tracing of loops over several lines; the optimiser removes it otherwise.
        self.op(target.loc, Op::NOP);
        self.expr(target)?;
        self.stmts(body)?;
        self.jump(Loc::NONE, Op::JUMP, start);
        self.bind(cleanup);
        self.op(Loc::NONE, Op::END_FOR);
        self.op(Loc::NONE, Op::POP_ITER);
        self.pop_frame();
        self.stmts(orelse)?;
        self.bind(end);
        Ok(())
    }

    fn async_for(
        &mut self,
        loc: Loc,
        target: &'a Expr,
        iter: &'a Expr,
        body: &'a [Stmt],
        orelse: &'a [Stmt],
    ) -> Result {
        let (start, send, except, end) = (self.label(), self.label(), self.label(), self.label());
        self.expr(iter)?;
        self.op(iter.loc, Op::GET_AITER);
        self.bind(start);
        self.push_loop(loc, FrameKind::For, start, end)?;
        self.jump(loc, Op::SETUP_FINALLY, except);
        self.op(loc, Op::GET_ANEXT);
        self.load_none(loc);
        self.bind(send);
        self.send_loop_at(loc, resume::AFTER_AWAIT, send);
        self.op(loc, Op::POP_BLOCK);
        self.op(loc, Op::NOT_TAKEN);
        self.expr(target)?;
        self.stmts(body)?;
        self.jump(Loc::NONE, Op::JUMP, start);
        self.pop_frame();
        self.bind(except);
        self.jump(iter.loc, Op::END_ASYNC_FOR, send);
        self.stmts(orelse)?;
        self.bind(end);
        Ok(())
    }

    fn assert(&mut self, loc: Loc, test: &'a Expr, msg: Option<&'a Expr>) -> Result {
        let always = match &test.kind {
            ExprKind::Tuple { elts, .. } => !elts.is_empty(),
            ExprKind::Constant { value: Const::Tuple(items), .. } => !items.is_empty(),
            _ => false,
        };
        if always {
            self.warn(loc, "assertion is always true, perhaps remove parentheses?".to_owned());
        }
        if self.settings.optimize > 0 {
            return Ok(());
        }
        let end = self.label();
        self.jump_if(test, end, true)?;
        self.op_i(loc, Op::LOAD_COMMON_CONSTANT, CommonConstant::ASSERTION_ERROR as u32);
        if let Some(msg) = msg {
            self.expr(msg)?;
            self.op_i(loc, Op::CALL, 0);
        }
        self.op_i(test.loc, Op::RAISE_VARARGS, 1);
        self.bind(end);
        Ok(())
    }

    fn import(&mut self, loc: Loc, alias: &Alias) -> Result {
        self.load_const(loc, Const::Int(0));
        self.load_none(loc);
        self.op_name(loc, Op::IMPORT_NAME, &alias.name);
        let mut parts = alias.name.split('.');
        let first = parts.next().unwrap_or_default();
        let Some(asname) = &alias.asname else {
            return self.name(loc, first, Access::Store);
        };
        // `import a.b.c as d` binds the last part: go down to it.
        let mut dotted = false;
        for part in parts {
            if dotted {
                self.op_i(loc, Op::SWAP, 2);
                self.op(loc, Op::POP_TOP);
            }
            dotted = true;
            let index = self.unit().names.add(&part.into());
            self.op_i(loc, Op::IMPORT_FROM, index);
        }
        self.variable(loc, asname, Access::Store)?;
        if dotted {
            self.op(loc, Op::POP_TOP);
        }
        Ok(())
    }

    fn import_from(&mut self, loc: Loc, module: Option<&Ident>, names: &[Alias], level: i32) -> Result {
        self.load_const(loc, Const::Int(level.into()));
        let wanted = names.iter().map(|alias| Const::Str(text(&alias.name))).collect();
        self.load_const(loc, Const::tuple(wanted));
        match module {
            Some(module) => self.op_name(loc, Op::IMPORT_NAME, module),
            None => self.op_name(loc, Op::IMPORT_NAME, &Ident::from("")),
        }
        if names.first().is_some_and(|alias| alias.name.starts_with('*')) {
            self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::IMPORT_STAR as u32);
            self.op(Loc::NONE, Op::POP_TOP);
            return Ok(());
        }
        for alias in names {
            self.op_name(loc, Op::IMPORT_FROM, &alias.name);
            self.variable(loc, alias.asname.as_ref().unwrap_or(&alias.name), Access::Store)?;
        }
        self.op(loc, Op::POP_TOP);
        Ok(())
    }

    fn augmented_assignment(&mut self, at: Loc, target: &'a Expr, op: Operator, value: &'a Expr) -> Result {
        let loc = target.loc;
        match &target.kind {
            ExprKind::Attribute { value: object, attr, .. } => {
                self.expr(object)?;
                self.op_i(loc, Op::COPY, 1);
                let place = attribute_place(loc, target, attr);
                self.op_name_flags(place, Op::LOAD_ATTR, attr, 1, 0);
                self.in_place(at, op, value)?;
                self.op_i(place, Op::SWAP, 2);
                self.op_name(place, Op::STORE_ATTR, attr);
            }
            ExprKind::Subscript { value: object, slice, .. } => {
                self.expr(object)?;
                let two = self.two_part_slice(slice)?;
                if !two {
                    self.expr(slice)?;
                }
                let parts = if two { 3 } else { 2 };
                for _ in 0..parts {
                    self.op_i(loc, Op::COPY, parts);
                }
                if two {
                    self.op(loc, Op::BINARY_SLICE);
                } else {
                    self.subscript(loc);
                }
                self.in_place(at, op, value)?;
                for distance in (2..=parts + 1).rev() {
                    self.op_i(loc, Op::SWAP, distance);
                }
                self.op(loc, if two { Op::STORE_SLICE } else { Op::STORE_SUBSCR });
            }
            ExprKind::Name { id, .. } => {
                self.variable(loc, id, Access::Load)?;
                self.in_place(at, op, value)?;
                self.variable(loc, id, Access::Store)?;
            }
            _ => {
                return Err(odd_target(target, "augmented"));
            }
        }
        Ok(())
    }

    fn in_place(&mut self, loc: Loc, op: Operator, value: &'a Expr) -> Result {
        self.expr(value)?;
        self.binary(loc, op, true);
        Ok(())
    }

    fn annotated_assignment(&mut self, s: &'a Stmt) -> Result {
        let StmtKind::AnnAssign { target, annotation, value, simple } = &s.kind else { return Ok(()) };
        if let Some(value) = value {
            self.expr(value)?;
            self.expr(target)?;
        }
        match &target.kind {
            ExprKind::Name { id, .. } => {
                if *simple != 0 && matches!(self.scope().kind, ScopeKind::Module | ScopeKind::Class) {
                    self.record_annotation(s, id, annotation)?;
                }
            }
            ExprKind::Attribute { value: object, .. } if value.is_none() => self.evaluate(object)?,
            ExprKind::Subscript { value: object, slice, .. } if value.is_none() => {
                self.evaluate(object)?;
                self.evaluate_index(slice)?;
            }
            ExprKind::Attribute { .. } | ExprKind::Subscript { .. } => {}
            _ => {
                return Err(odd_target(target, "annotated"));
            }
        }
        Ok(())
    }

    /// Evaluates for the effects alone.
    fn evaluate(&mut self, expr: &'a Expr) -> Result {
        self.expr(expr)?;
        self.op(expr.loc, Op::POP_TOP);
        Ok(())
    }

    fn evaluate_index(&mut self, index: &'a Expr) -> Result {
        match &index.kind {
            ExprKind::Slice { lower, upper, step } => {
                [lower, upper, step].into_iter().flatten().try_for_each(|part| self.evaluate(part))
            }
            ExprKind::Tuple { elts, .. } => elts.iter().try_for_each(|elt| match &elt.kind {
                ExprKind::Slice { .. } => self.evaluate_index(elt),
                _ => self.evaluate(elt),
            }),
            _ => self.evaluate(index),
        }
    }
}

/// An access to an attribute belongs to the line that holds its name, the last of the expression.
pub fn attribute_place(loc: Loc, expr: &Expr, attr: &Ident) -> Loc {
    let end = expr.loc;
    if loc.line == end.end_line {
        return loc;
    }
    let length = attr.chars().count() as i32;
    let (col, end_col) = if length <= end.end_col { (end.end_col - length, loc.end_col) } else { (-1, -1) };
    Loc { line: end.end_line, col, end_col, ..loc }
}

/// The target of an assignment that only a tree can have. CPython shows the number of its class.
fn odd_target(target: &Expr, what: &str) -> Failure {
    let class = match target.kind {
        ExprKind::Starred { .. } => "Starred",
        ExprKind::List { .. } => "List",
        _ => "Tuple",
    };
    let number = 1 + Expr::FAMILY.classes.iter().position(|c| c.name == class).unwrap_or(0);
    Failure::Assemble(AssembleError::Internal(format!("invalid node type ({number}) for {what} assignment")))
}
