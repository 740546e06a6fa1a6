//! `try` in all its forms, and `with`.

use taipan_bytecode::oparg::{Intrinsic2, SpecialMethod, resume};

use super::blocks::FrameKind;
use super::{Access, Codegen, Result};
use crate::ast::{ExceptHandler, Ident, Stmt, WithItem};
use crate::ir::{Label, Loc, Op};

impl<'a> Codegen<'a> {
    pub(super) fn try_stmt(
        &mut self,
        loc: Loc,
        body: &'a [Stmt],
        handlers: &'a [ExceptHandler],
        orelse: &'a [Stmt],
        finalbody: &'a [Stmt],
        star: bool,
    ) -> Result {
        if finalbody.is_empty() {
            return self.handled(loc, body, handlers, orelse, star);
        }
        let (end, exit, cleanup) = (self.label(), self.label(), self.label());
        self.jump(loc, Op::SETUP_FINALLY, end);
        self.push_frame(loc, FrameKind::FinallyTry(finalbody))?;
        if handlers.is_empty() {
            self.stmts(body)?;
        } else {
            self.handled(loc, body, handlers, orelse, star)?;
        }
        self.op(Loc::NONE, Op::POP_BLOCK);
        self.pop_frame();
        self.stmts(finalbody)?;
        self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, exit);
        self.bind(end);
        self.push_frame(loc, FrameKind::FinallyEnd)?;
        self.jump(Loc::NONE, Op::SETUP_CLEANUP, cleanup);
        self.op(Loc::NONE, Op::PUSH_EXC_INFO);
        self.quiet += 1;
        self.stmts(finalbody)?;
        self.quiet -= 1;
        self.pop_frame();
        self.op_i(Loc::NONE, Op::RERAISE, 0);
        self.bind(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.bind(exit);
        Ok(())
    }

    fn handled(
        &mut self,
        loc: Loc,
        body: &'a [Stmt],
        handlers: &'a [ExceptHandler],
        orelse: &'a [Stmt],
        star: bool,
    ) -> Result {
        if star { self.try_star(loc, body, handlers, orelse) } else { self.try_except(loc, body, handlers, orelse) }
    }

    fn guarded_body(&mut self, loc: Loc, body: &'a [Stmt], except: Label) -> Result {
        self.jump(loc, Op::SETUP_FINALLY, except);
        self.push_frame(loc, FrameKind::TryExcept)?;
        self.stmts(body)?;
        self.pop_frame();
        self.op(Loc::NONE, Op::POP_BLOCK);
        Ok(())
    }

    fn begin_handlers(&mut self, except: Label, cleanup: Label) {
        self.bind(except);
        self.jump(Loc::NONE, Op::SETUP_CLEANUP, cleanup);
        self.op(Loc::NONE, Op::PUSH_EXC_INFO);
    }

    fn try_except(&mut self, loc: Loc, body: &'a [Stmt], handlers: &'a [ExceptHandler], orelse: &'a [Stmt]) -> Result {
        let (except, cleanup, end) = (self.label(), self.label(), self.label());
        self.guarded_body(loc, body, except)?;
        self.stmts(orelse)?;
        self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
        self.begin_handlers(except, cleanup);
        self.push_frame(loc, FrameKind::ExceptionHandler)?;
        for (i, handler) in handlers.iter().enumerate() {
            self.handler(handler, i + 1 == handlers.len(), end)?;
        }
        self.pop_frame();
        self.op_i(Loc::NONE, Op::RERAISE, 0);
        self.bind(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.bind(end);
        Ok(())
    }

    fn handler(&mut self, handler: &'a ExceptHandler, last: bool, end: Label) -> Result {
        let loc = handler.loc;
        if handler.r#type.is_none() && !last {
            return self.error(loc, "default 'except:' must be last");
        }
        let next = self.label();
        if let Some(class) = &handler.r#type {
            self.expr(class)?;
            self.op(loc, Op::CHECK_EXC_MATCH);
            self.jump(loc, Op::POP_JUMP_IF_FALSE, next);
        }
        self.bind_exception(loc, handler.name.as_ref())?;
        let cleanup = self.label();
        if handler.name.is_some() {
            self.jump(loc, Op::SETUP_CLEANUP, cleanup);
        }
        self.push_frame(loc, FrameKind::HandlerCleanup(handler.name.as_ref()))?;
        self.stmts(&handler.body)?;
        self.pop_frame();
        self.op(Loc::NONE, Op::POP_BLOCK);
        if let Some(name) = &handler.name {
            self.op(Loc::NONE, Op::POP_BLOCK);
            self.op(Loc::NONE, Op::POP_EXCEPT);
            self.unbind(Loc::NONE, name)?;
            self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
            self.bind(cleanup);
            self.unbind(Loc::NONE, name)?;
            self.op_i(Loc::NONE, Op::RERAISE, 1);
        } else {
            self.op(Loc::NONE, Op::POP_EXCEPT);
            self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
        }
        self.bind(next);
        Ok(())
    }

    fn bind_exception(&mut self, loc: Loc, name: Option<&Ident>) -> Result {
        match name {
            Some(name) => self.variable(loc, name, Access::Store),
            None => {
                self.op(loc, Op::POP_TOP);
                Ok(())
            }
        }
    }

    fn try_star(&mut self, loc: Loc, body: &'a [Stmt], handlers: &'a [ExceptHandler], orelse: &'a [Stmt]) -> Result {
        let (except, cleanup, otherwise, end) = (self.label(), self.label(), self.label(), self.label());
        let finish = self.label();
        self.guarded_body(loc, body, except)?;
        self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, otherwise);
        self.begin_handlers(except, cleanup);
        self.push_frame(loc, FrameKind::ExceptionGroupHandler)?;
        for (i, handler) in handlers.iter().enumerate() {
            if i == 0 {
                // The list of what the handlers raise, above the original exception.
                self.op_i(handler.loc, Op::BUILD_LIST, 0);
                self.op_i(handler.loc, Op::COPY, 2);
            }
            self.group_handler(handler)?;
            if i + 1 == handlers.len() {
                // What nobody handled.
                self.op_i(Loc::NONE, Op::LIST_APPEND, 1);
                self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, finish);
            }
        }
        self.pop_frame();
        let reraise = self.label();
        self.bind(finish);
        self.op_i(Loc::NONE, Op::CALL_INTRINSIC_2, Intrinsic2::PREP_RERAISE_STAR as u32);
        self.op_i(Loc::NONE, Op::COPY, 1);
        self.jump(Loc::NONE, Op::POP_JUMP_IF_NOT_NONE, reraise);
        self.op(Loc::NONE, Op::POP_TOP);
        self.op(Loc::NONE, Op::POP_BLOCK);
        self.op(Loc::NONE, Op::POP_EXCEPT);
        self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
        self.bind(reraise);
        self.op(Loc::NONE, Op::POP_BLOCK);
        self.op_i(Loc::NONE, Op::SWAP, 2);
        self.op(Loc::NONE, Op::POP_EXCEPT);
        self.op_i(Loc::NONE, Op::RERAISE, 0);
        self.bind(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.bind(otherwise);
        self.stmts(orelse)?;
        self.bind(end);
        Ok(())
    }

    fn group_handler(&mut self, handler: &'a ExceptHandler) -> Result {
        let loc = handler.loc;
        let (next, after_error, no_match, cleanup) = (self.label(), self.label(), self.label(), self.label());
        if let Some(class) = &handler.r#type {
            self.expr(class)?;
            self.op(loc, Op::CHECK_EG_MATCH);
            self.op_i(loc, Op::COPY, 1);
            self.jump(loc, Op::POP_JUMP_IF_NONE, no_match);
        }
        self.bind_exception(loc, handler.name.as_ref())?;
        self.jump(loc, Op::SETUP_CLEANUP, cleanup);
        self.push_frame(loc, FrameKind::HandlerCleanup(handler.name.as_ref()))?;
        self.stmts(&handler.body)?;
        self.pop_frame();
        self.op(Loc::NONE, Op::POP_BLOCK);
        if let Some(name) = &handler.name {
            self.unbind(Loc::NONE, name)?;
        }
        self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, next);
        self.bind(cleanup);
        if let Some(name) = &handler.name {
            self.unbind(Loc::NONE, name)?;
        }
        self.op_i(Loc::NONE, Op::LIST_APPEND, 3);
        self.op(Loc::NONE, Op::POP_TOP);
        self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, after_error);
        self.bind(next);
        // Something for a location to be passed on to.
        self.op(Loc::NONE, Op::NOP);
        self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, after_error);
        self.bind(no_match);
        self.op(loc, Op::POP_TOP);
        self.bind(after_error);
        Ok(())
    }

    pub(super) fn with(&mut self, items: &'a [WithItem], body: &'a [Stmt]) -> Result {
        self.with_items(items, body, false)
    }

    pub(super) fn async_with(&mut self, items: &'a [WithItem], body: &'a [Stmt]) -> Result {
        self.with_items(items, body, true)
    }

    fn with_items(&mut self, items: &'a [WithItem], body: &'a [Stmt], is_async: bool) -> Result {
        let Some((item, inner)) = items.split_first() else { return self.stmts(body) };
        self.check_stack()?;
        let loc = item.context_expr.loc;
        let (last, exit, cleanup) = (self.label(), self.label(), self.label());
        self.expr(&item.context_expr)?;
        let (enter_method, exit_method, kind) = match is_async {
            false => (SpecialMethod::ENTER, SpecialMethod::EXIT, FrameKind::With),
            true => (SpecialMethod::AENTER, SpecialMethod::AEXIT, FrameKind::AsyncWith),
        };
        self.op_i(loc, Op::COPY, 1);
        self.op_i(loc, Op::LOAD_SPECIAL, exit_method as u32);
        self.op_i(loc, Op::SWAP, 2);
        self.op_i(loc, Op::SWAP, 3);
        self.op_i(loc, Op::LOAD_SPECIAL, enter_method as u32);
        self.op_i(loc, Op::CALL, 0);
        if is_async {
            self.await_result(loc, 1);
        }
        self.jump(loc, Op::SETUP_WITH, last);
        self.push_frame(loc, kind)?;
        match &item.optional_vars {
            Some(target) => self.expr(target)?,
            None => self.op(loc, Op::POP_TOP),
        }
        self.with_items(inner, body, is_async)?;
        self.pop_frame();
        self.op(if is_async { loc } else { Loc::NONE }, Op::POP_BLOCK);
        self.call_exit_with_nones(loc);
        if is_async {
            self.await_result(loc, 2);
        }
        self.op(loc, Op::POP_TOP);
        self.jump(loc, Op::JUMP, exit);
        self.bind(last);
        self.jump(loc, Op::SETUP_CLEANUP, cleanup);
        self.op(loc, Op::PUSH_EXC_INFO);
        self.op(loc, Op::WITH_EXCEPT_START);
        if is_async {
            self.await_result(loc, 2);
        }
        let suppress = self.label();
        self.op(Loc::NONE, Op::TO_BOOL);
        self.jump(Loc::NONE, Op::POP_JUMP_IF_TRUE, suppress);
        self.op_i(Loc::NONE, Op::RERAISE, 2);
        self.bind(suppress);
        for op in [Op::POP_TOP, Op::POP_BLOCK, Op::POP_EXCEPT, Op::POP_TOP, Op::POP_TOP, Op::POP_TOP] {
            self.op(Loc::NONE, op);
        }
        self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, exit);
        self.bind(cleanup);
        self.pop_except_and_reraise(Loc::NONE);
        self.bind(exit);
        Ok(())
    }

    /// Awaits what a method of the protocol numbered `which` returned.
    fn await_result(&mut self, loc: Loc, which: u32) {
        self.op_i(loc, Op::GET_AWAITABLE, which);
        self.load_none(loc);
        self.send_loop(loc, resume::AFTER_AWAIT);
    }
}
