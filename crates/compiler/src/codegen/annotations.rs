//! Annotations: functions that evaluate them when asked (PEP 649), or text under `from __future__ import annotations`.

use taipan_bytecode::oparg::{CommonConstant, CompareOp, compare, function_attribute as attribute};
use taipan_bytecode::{Const, Text};

use super::scope::{Entry, Parameters, ScopeKind};
use super::unparse::unparse;
use super::{Access, Codegen, Result, missing_block};
use crate::ast::{Arg, Arguments, Expr, ExprKind, Ident, Stmt, StmtKind};
use crate::ir::{InstrSequence, Loc, Op};
use crate::symtable::{BlockId, BlockKind, Key};

/// `annotationlib.Format.VALUE_WITH_FAKE_GLOBALS`: the highest format that such a function understands.
const FAKE_GLOBALS: i64 = 2;

impl<'a> Codegen<'a> {
    /// Enters a function of one parameter, the format of the annotations wanted.
    pub(super) fn enter_annotations(&mut self, loc: Loc, key: Key, name: &Ident) -> Result {
        let block = self.find_block(key)?;
        self.enter_annotation_block(loc, block, name)
    }

    fn enter_annotation_block(&mut self, loc: Loc, block: BlockId, name: &Ident) -> Result {
        self.enter(Entry {
            name: name.clone(),
            kind: ScopeKind::Annotations,
            block,
            line: loc.line,
            private: None,
            parameters: Parameters { positional_only: 1, ..Parameters::default() },
        })?;
        let body = self.label();
        self.op_i(loc, Op::LOAD_FAST, 0);
        self.load_const(loc, Const::Int(FAKE_GLOBALS));
        self.op_i(loc, Op::COMPARE_OP, compare::arg(CompareOp::GT));
        self.jump(loc, Op::POP_JUMP_IF_FALSE, body);
        self.op_i(loc, Op::LOAD_COMMON_CONSTANT, CommonConstant::NOT_IMPLEMENTED_ERROR as u32);
        self.op_i(loc, Op::RAISE_VARARGS, 1);
        self.bind(body);
        Ok(())
    }

    /// Completes an `__annotate__` function. Its parameter is shown as `format`, though an annotation that mentions
    /// this name must not find it.
    fn leave_annotations(&mut self, loc: Loc) -> Result {
        self.op(loc, Op::RETURN_VALUE);
        let mut code = self.leave(true)?;
        if let Some(first) = code.localsplusnames.first_mut() {
            *first = Text::from("format");
        }
        self.make_function(loc, code, 0)
    }

    /// The annotations of a function: what has been left on the stack, as bits of its attributes.
    pub(super) fn function_annotations(
        &mut self,
        loc: Loc,
        args: &'a Arguments,
        returns: Option<&'a Expr>,
    ) -> Result<u32> {
        let id = self.find_block(Key::annotations(args))?;
        if !self.table[id].annotations_used {
            return Ok(0);
        }
        self.enter_annotation_block(loc, id, &Ident::from("__annotate__"))?;
        let count = self.argument_annotations(loc, args, returns)?;
        self.op_i(loc, Op::BUILD_MAP, count);
        self.leave_annotations(loc)?;
        Ok(attribute::ANNOTATE)
    }

    /// Pushes name and annotation of each annotated parameter and of the result; returns how many there are.
    fn argument_annotations(&mut self, loc: Loc, args: &'a Arguments, returns: Option<&'a Expr>) -> Result<u32> {
        let mut count = 0;
        let groups: [&'a [Arg]; 2] = [&args.args, &args.posonlyargs];
        let parameters = groups
            .into_iter()
            .flatten()
            .chain(args.vararg.as_deref())
            .chain(&args.kwonlyargs)
            .chain(args.kwarg.as_deref());
        for arg in parameters {
            if let Some(annotation) = &arg.annotation {
                self.argument_annotation(loc, &arg.arg, annotation)?;
                count += 1;
            }
        }
        if let Some(returns) = returns {
            self.argument_annotation(loc, &Ident::from("return"), returns)?;
            count += 1;
        }
        Ok(count)
    }

    fn argument_annotation(&mut self, loc: Loc, name: &Ident, annotation: &'a Expr) -> Result {
        let name = self.mangle(name);
        self.load_text(loc, &name);
        if self.future_annotations() {
            return self.annotation_text(annotation);
        }
        match &annotation.kind {
            // `*args: *Ts`
            ExprKind::Starred { value, .. } => {
                self.expr(value)?;
                self.op_i(loc, Op::UNPACK_SEQUENCE, 1);
                Ok(())
            }
            _ => self.expr(annotation),
        }
    }

    fn annotation_text(&mut self, annotation: &Expr) -> Result {
        self.check_stack()?;
        let Some(text) = unparse(annotation, &self.guard) else { return Err(super::Failure::Recursion) };
        self.load_const(annotation.loc, Const::Str(text));
        Ok(())
    }

    /// An annotated name in a module or class.
    pub(super) fn record_annotation(&mut self, s: &'a Stmt, name: &Ident, annotation: &'a Expr) -> Result {
        let loc = s.loc;
        if self.future_annotations() {
            self.annotation_text(annotation)?;
            let index = self.unit().names.add(&Text::from("__annotations__"));
            self.op_i(loc, Op::LOAD_NAME, index);
            let name = self.mangle(name);
            self.load_text(loc, &name);
            self.op(loc, Op::STORE_SUBSCR);
            return Ok(());
        }
        let scope = self.scope_mut();
        let module = scope.kind == ScopeKind::Module;
        if !module && scope.conditional_depth == 0 {
            scope.deferred_annotations.push((s, None));
            return Ok(());
        }
        let number = scope.next_conditional_annotation;
        scope.next_conditional_annotation += 1;
        scope.deferred_annotations.push((s, Some(number)));
        if module {
            let index = self.unit().names.add(&Text::from("__conditional_annotations__"));
            self.op_i(loc, Op::LOAD_NAME, index);
        } else {
            self.class_cell(loc, Op::LOAD_DEREF, "__conditional_annotations__")?;
        }
        self.load_const(loc, Const::Int(number));
        self.op_i(loc, Op::SET_ADD, 1);
        self.op(loc, Op::POP_TOP);
        Ok(())
    }

    /// The function that evaluates the annotated assignments of the module or class just compiled.
    pub(super) fn deferred_annotations(&mut self, loc: Loc) -> Result {
        let deferred = std::mem::take(&mut self.scope_mut().deferred_annotations);
        if deferred.is_empty() {
            return Ok(());
        }
        // The code for a module stands at its beginning.
        let module = self.scope().kind == ScopeKind::Module;
        let outer = module.then(|| std::mem::replace(&mut self.unit().code, InstrSequence::new()));
        let block = self.block();
        let Some(id) = block.annotation_block else { return missing_block(Some(self.scope().block)) };
        self.enter_annotation_block(loc, id, &Ident::from("__annotate__"))?;
        self.op_i(loc, Op::BUILD_MAP, 0);
        for (s, number) in deferred {
            self.deferred_annotation(loc, s, number, module)?;
        }
        self.leave_annotations(loc)?;
        let name = if block.kind == BlockKind::Class { "__annotate_func__" } else { "__annotate__" };
        self.name(loc, name, Access::Store)?;
        if let Some(outer) = outer {
            let annotations = std::mem::replace(&mut self.unit().code, outer);
            self.unit().code.set_annotations(annotations);
        }
        Ok(())
    }

    fn deferred_annotation(&mut self, loc: Loc, s: &'a Stmt, number: Option<i64>, module: bool) -> Result {
        let StmtKind::AnnAssign { target, annotation, .. } = &s.kind else { return Ok(()) };
        let ExprKind::Name { id, .. } = &target.kind else { return Ok(()) };
        let not_set = self.label();
        if let Some(number) = number {
            let passed = Text::from("__conditional_annotations__");
            self.load_const(s.loc, Const::Int(number));
            if module {
                let index = self.unit().names.add(&passed);
                self.op_i(s.loc, Op::LOAD_GLOBAL, index << 1);
            } else {
                // The symbol table does not know of this use.
                let unit = self.unit();
                let index = unit.cellvars.len() as u32 + unit.freevars.add(&passed);
                self.op_i(s.loc, Op::LOAD_DEREF, index);
            }
            self.op_i(s.loc, Op::CONTAINS_OP, 0);
            self.jump(s.loc, Op::POP_JUMP_IF_FALSE, not_set);
        }
        self.expr(annotation)?;
        self.op_i(s.loc, Op::COPY, 2);
        let name = self.mangle(id);
        self.load_text(s.loc, &name);
        self.op(loc, Op::STORE_SUBSCR);
        self.bind(not_set);
        Ok(())
    }
}
