//! The blocks that a `return`, `break` or `continue` has to leave, and the code that leaves them.

use taipan_bytecode::oparg::resume;

use super::{Access, Codegen, Result};
use crate::ast::{Ident, Stmt};
use crate::ir::{Label, Loc, Op};

/// The most blocks that may be open in one code object.
const MAX_BLOCKS: usize = 21;

#[derive(Clone, Copy, Debug)]
pub enum FrameKind<'a> {
    While,
    /// Also `async for`.
    For,
    TryExcept,
    /// The body of a `try` with this `finally` block.
    FinallyTry(&'a [Stmt]),
    FinallyEnd,
    With,
    AsyncWith,
    /// A handler, with the name that it has to unbind.
    HandlerCleanup(Option<&'a Ident>),
    /// A value lies on the stack below.
    PopValue,
    ExceptionHandler,
    ExceptionGroupHandler,
    AsyncComprehension,
    /// A comprehension in place, which restores the names that it hides. No statement can leave it.
    InlinedComprehension,
    /// The whole of a generator.
    StopIteration,
}

#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    pub kind: FrameKind<'a>,
    pub loc: Loc,
    /// Of loops: where `continue` and `break` go.
    pub targets: Option<(Label, Label)>,
}

impl Frame<'_> {
    fn is_loop(&self) -> bool {
        matches!(self.kind, FrameKind::While | FrameKind::For)
    }
}

impl<'a> Codegen<'a> {
    pub(super) fn push_frame(&mut self, loc: Loc, kind: FrameKind<'a>) -> Result {
        self.push(Frame { kind, loc, targets: None })
    }

    pub(super) fn push_loop(&mut self, loc: Loc, kind: FrameKind<'a>, start: Label, end: Label) -> Result {
        self.push(Frame { kind, loc, targets: Some((start, end)) })
    }

    fn push(&mut self, frame: Frame<'a>) -> Result {
        if self.scope().frames.len() >= MAX_BLOCKS {
            return self.error(frame.loc, "too many statically nested blocks");
        }
        self.scope_mut().frames.push(frame);
        Ok(())
    }

    pub(super) fn pop_frame(&mut self) {
        self.scope_mut().frames.pop();
    }

    /// Leaves blocks from the inside out: all of them, or with `to_loop` up to the innermost loop, which is returned.
    /// Code that follows takes `loc`.
    pub(super) fn unwind(&mut self, loc: &mut Loc, keep_top: bool, to_loop: bool) -> Result<Option<Frame<'a>>> {
        let mut left = Vec::new();
        let mut found = None;
        while let Some(frame) = self.scope().frames.last().copied() {
            if matches!(frame.kind, FrameKind::ExceptionGroupHandler) {
                return self.error(*loc, "'break', 'continue' and 'return' cannot appear in an except* block");
            }
            if to_loop && frame.is_loop() {
                found = Some(frame);
                break;
            }
            self.pop_frame();
            left.push(frame);
            self.unwind_frame(loc, &frame, keep_top)?;
        }
        for frame in left.into_iter().rev() {
            self.push(frame)?;
        }
        Ok(found)
    }

    /// The code that leaves one block, the value on top of the stack staying there with `keep_top`.
    pub(super) fn unwind_frame(&mut self, loc: &mut Loc, frame: &Frame<'a>, keep_top: bool) -> Result {
        match frame.kind {
            FrameKind::While
            | FrameKind::ExceptionHandler
            | FrameKind::ExceptionGroupHandler
            | FrameKind::AsyncComprehension
            | FrameKind::InlinedComprehension
            | FrameKind::StopIteration => {}
            FrameKind::For | FrameKind::PopValue => {
                self.keep(*loc, keep_top);
                self.op(*loc, Op::POP_TOP);
            }
            FrameKind::TryExcept => self.op(*loc, Op::POP_BLOCK),
            FrameKind::FinallyTry(body) => {
                self.op(*loc, Op::POP_BLOCK);
                if keep_top {
                    self.push_frame(*loc, FrameKind::PopValue)?;
                }
                self.stmts(body)?;
                if keep_top {
                    self.pop_frame();
                }
                // What follows belongs to no line: the `finally` block seems to run after the statement that leaves.
                *loc = Loc::NONE;
            }
            FrameKind::FinallyEnd => {
                self.keep(*loc, keep_top);
                self.op(*loc, Op::POP_TOP);
                self.keep(*loc, keep_top);
                self.op(*loc, Op::POP_BLOCK);
                self.op(*loc, Op::POP_EXCEPT);
            }
            FrameKind::With | FrameKind::AsyncWith => {
                *loc = frame.loc;
                self.op(*loc, Op::POP_BLOCK);
                if keep_top {
                    self.op_i(*loc, Op::SWAP, 3);
                    self.op_i(*loc, Op::SWAP, 2);
                }
                self.call_exit_with_nones(*loc);
                if matches!(frame.kind, FrameKind::AsyncWith) {
                    self.op_i(*loc, Op::GET_AWAITABLE, 2);
                    self.load_none(*loc);
                    self.send_loop(*loc, resume::AFTER_AWAIT);
                }
                self.op(*loc, Op::POP_TOP);
                *loc = Loc::NONE;
            }
            FrameKind::HandlerCleanup(name) => {
                if name.is_some() {
                    self.op(*loc, Op::POP_BLOCK);
                }
                self.keep(*loc, keep_top);
                self.op(*loc, Op::POP_BLOCK);
                self.op(*loc, Op::POP_EXCEPT);
                if let Some(name) = name {
                    self.unbind(*loc, name)?;
                }
            }
        }
        Ok(())
    }

    fn keep(&mut self, loc: Loc, keep_top: bool) {
        if keep_top {
            self.op_i(loc, Op::SWAP, 2);
        }
    }

    /// `name = None; del name`
    pub(super) fn unbind(&mut self, loc: Loc, name: &Ident) -> Result {
        self.load_none(loc);
        self.variable(loc, name, Access::Store)?;
        self.variable(loc, name, Access::Delete)
    }

    pub(super) fn call_exit_with_nones(&mut self, loc: Loc) {
        for _ in 0..3 {
            self.load_none(loc);
        }
        self.op_i(loc, Op::CALL, 3);
    }

    /// Delegates to the iterator below the value on the stack until it is exhausted.
    pub(super) fn send_loop(&mut self, loc: Loc, resume: u32) {
        let send = self.label();
        self.bind(send);
        self.send_loop_at(loc, resume, send);
    }

    /// The same, `send` being bound already.
    pub(super) fn send_loop_at(&mut self, loc: Loc, resume: u32, send: Label) {
        let (fail, exit) = (self.label(), self.label());
        self.jump(loc, Op::SEND, exit);
        // A StopIteration that close() or throw() raises inside is the result.
        self.jump(loc, Op::SETUP_FINALLY, fail);
        self.op_i(loc, Op::YIELD_VALUE, 1);
        self.op(Loc::NONE, Op::POP_BLOCK);
        self.op_i(loc, Op::RESUME, resume);
        self.jump(loc, Op::JUMP_NO_INTERRUPT, send);
        self.bind(fail);
        self.op(loc, Op::CLEANUP_THROW);
        self.bind(exit);
        self.op(loc, Op::END_SEND);
    }

    /// Makes a StopIteration that leaves the generator a RuntimeError.
    pub(super) fn wrap_stop_iteration(&mut self) {
        let handler = self.label();
        self.unit().code.insert_at(0, Op::SETUP_CLEANUP, handler, Loc::NONE);
        self.load_none(Loc::NONE);
        self.op(Loc::NONE, Op::RETURN_VALUE);
        self.bind(handler);
        let wrap = taipan_bytecode::oparg::Intrinsic1::STOPITERATION_ERROR;
        self.op_i(Loc::NONE, Op::CALL_INTRINSIC_1, wrap as u32);
        self.op_i(Loc::NONE, Op::RERAISE, 1);
    }

    /// The end of a handler that was itself left by an exception.
    pub(super) fn pop_except_and_reraise(&mut self, loc: Loc) {
        self.op_i(loc, Op::COPY, 3);
        self.op(loc, Op::POP_EXCEPT);
        self.op_i(loc, Op::RERAISE, 1);
    }
}
