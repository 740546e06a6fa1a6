//! Comprehensions and generator expressions: inlined where the symbol table says so, otherwise functions.

use taipan_bytecode::Text;
use taipan_bytecode::oparg::resume;

use super::blocks::FrameKind;
use super::scope::{Entry, Parameters, ScopeKind};
use super::{Codegen, Result, text};
use crate::ast::{Comprehension, Expr, ExprKind, Ident};
use crate::ir::{Label, Loc, Op};
use crate::symtable::{BlockId, BlockKind, Flags, Key, Scope as NameScope};

/// What a comprehension makes of each element.
#[derive(Clone, Copy)]
enum Element<'a> {
    List(&'a Expr),
    Set(&'a Expr),
    Dict(&'a Expr, &'a Expr),
    Yield(&'a Expr),
}

/// Where the iterator of a loop comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Iterator {
    OnStack,
    /// The argument of the comprehension's own function.
    Argument,
    Computed,
}

/// What has to be undone when an inlined comprehension ends.
struct Inlined {
    /// Names saved on the stack.
    saved: Vec<Text>,
    /// The handler that restores them, and the way around it.
    labels: Option<(Label, Label)>,
    overrides: usize,
    hidden: usize,
}

impl<'a> Codegen<'a> {
    pub(super) fn comprehension(&mut self, e: &'a Expr) -> Result {
        let loc = e.loc;
        let (element, generators, name) = match &e.kind {
            ExprKind::ListComp { elt, generators } => (Element::List(elt), generators, "<listcomp>"),
            ExprKind::SetComp { elt, generators } => (Element::Set(elt), generators, "<setcomp>"),
            ExprKind::DictComp { key, value, generators } => (Element::Dict(key, value), generators, "<dictcomp>"),
            ExprKind::GeneratorExp { elt, generators } => (Element::Yield(elt), generators, "<genexpr>"),
            _ => return Ok(()),
        };
        let Some(outermost) = generators.first() else { return Ok(()) };
        let id = self.find_block(Key::expr(e))?;
        let build = match element {
            Element::List(_) => Some(Op::BUILD_LIST),
            Element::Set(_) => Some(Op::BUILD_SET),
            Element::Dict(..) => Some(Op::BUILD_MAP),
            Element::Yield(_) => None,
        };
        let table = self.table;
        if table[id].comp_inlined {
            self.iterate(outermost)?;
            let state = self.begin_inlined(loc, id)?;
            if let Some(build) = build {
                self.op_i(loc, build, 0);
                self.op_i(loc, Op::SWAP, 2);
            }
            self.generators(loc, generators, 0, element, Iterator::OnStack)?;
            self.end_inlined(loc, state);
            return Ok(());
        }
        self.enter(Entry {
            name: Ident::from(name),
            kind: ScopeKind::Comprehension,
            block: id,
            line: loc.line,
            private: None,
            parameters: Parameters { positional: 1, ..Parameters::default() },
        })?;
        if build.is_none() {
            self.push_frame(Loc::NONE, FrameKind::StopIteration)?;
        }
        if let Some(build) = build {
            self.op_i(loc, build, 0);
        }
        self.generators(loc, generators, 0, element, Iterator::Argument)?;
        if build.is_some() {
            self.op(loc, Op::RETURN_VALUE);
        } else {
            self.wrap_stop_iteration();
            self.pop_frame();
        }
        self.leave_as_function(loc, true, 0)?;
        self.iterate(outermost)?;
        self.op_i(loc, Op::CALL, 0);
        if table[id].coroutine && build.is_some() {
            self.op_i(loc, Op::GET_AWAITABLE, 0);
            self.load_none(loc);
            self.send_loop(loc, resume::AFTER_AWAIT);
        }
        Ok(())
    }

    fn iterate(&mut self, generator: &'a Comprehension) -> Result {
        self.expr(&generator.iter)?;
        self.op(generator.iter.loc, if generator.is_async != 0 { Op::GET_AITER } else { Op::GET_ITER });
        Ok(())
    }

    /// The loops from the first of `generators` inwards. `depth` is the number of iterators on the stack above the
    /// collection.
    fn generators(
        &mut self,
        loc: Loc,
        generators: &'a [Comprehension],
        depth: u32,
        element: Element<'a>,
        from: Iterator,
    ) -> Result {
        self.check_stack()?;
        let Some((generator, inner)) = generators.split_first() else { return Ok(()) };
        let mut looping = true;
        match from {
            Iterator::OnStack => {}
            Iterator::Argument => self.op_i(loc, Op::LOAD_FAST, 0),
            Iterator::Computed => match &generator.iter.kind {
                // `for y in [value]` is an assignment.
                ExprKind::List { elts, .. } | ExprKind::Tuple { elts, .. }
                    if generator.is_async == 0
                        && matches!(&elts[..], [one] if !matches!(one.kind, ExprKind::Starred { .. })) =>
                {
                    self.exprs(elts)?;
                    looping = false;
                }
                _ => self.iterate(generator)?,
            },
        }
        if generator.is_async != 0 {
            return self.async_generator(loc, generator, inner, depth, element);
        }
        let (start, skip, anchor) = (self.label(), self.label(), self.label());
        if looping {
            self.bind(start);
            self.jump(generator.iter.loc, Op::FOR_ITER, anchor);
        }
        let depth = depth + looping as u32;
        self.expr(&generator.target)?;
        for condition in &generator.ifs {
            self.jump_if(condition, skip, false)?;
        }
        let place = self.innermost(loc, inner, depth, element)?;
        self.bind(skip);
        if looping {
            self.jump(place, Op::JUMP, start);
            self.bind(anchor);
            self.op(Loc::NONE, Op::END_FOR);
            self.op(Loc::NONE, Op::POP_ITER);
        }
        Ok(())
    }

    fn async_generator(
        &mut self,
        loc: Loc,
        generator: &'a Comprehension,
        inner: &'a [Comprehension],
        depth: u32,
        element: Element<'a>,
    ) -> Result {
        let (start, send, except, skip) = (self.label(), self.label(), self.label(), self.label());
        self.bind(start);
        self.push_frame(loc, FrameKind::AsyncComprehension)?;
        self.jump(loc, Op::SETUP_FINALLY, except);
        self.op(loc, Op::GET_ANEXT);
        self.load_none(loc);
        self.bind(send);
        self.send_loop_at(loc, resume::AFTER_AWAIT, send);
        self.op(loc, Op::POP_BLOCK);
        self.expr(&generator.target)?;
        for condition in &generator.ifs {
            self.jump_if(condition, skip, false)?;
        }
        let place = self.innermost(loc, inner, depth + 1, element)?;
        self.bind(skip);
        self.jump(place, Op::JUMP, start);
        self.pop_frame();
        self.bind(except);
        self.jump(loc, Op::END_ASYNC_FOR, send);
        Ok(())
    }

    /// The loops inside, or the element. Returns the place of the element.
    fn innermost(&mut self, loc: Loc, inner: &'a [Comprehension], depth: u32, element: Element<'a>) -> Result<Loc> {
        let (Element::List(elt) | Element::Set(elt) | Element::Dict(elt, _) | Element::Yield(elt)) = element;
        let mut place = elt.loc;
        if !inner.is_empty() {
            self.generators(loc, inner, depth, element, Iterator::Computed)?;
            return Ok(place);
        }
        self.expr(elt)?;
        match element {
            Element::List(_) => self.op_i(place, Op::LIST_APPEND, depth + 1),
            Element::Set(_) => self.op_i(place, Op::SET_ADD, depth + 1),
            Element::Dict(key, value) => {
                self.expr(value)?;
                place = Loc::new(key.loc.line, value.loc.end_line, key.loc.col, value.loc.end_col);
                self.op_i(place, Op::MAP_ADD, depth + 1);
            }
            Element::Yield(_) => {
                self.yield_value(place);
                self.op(place, Op::POP_TOP);
            }
        }
        Ok(place)
    }

    /// Makes the names of an inlined comprehension mean what they mean inside, and saves the locals they hide.
    fn begin_inlined(&mut self, loc: Loc, id: BlockId) -> Result<Inlined> {
        let table = self.table;
        let outer = self.block();
        let in_class = outer.kind == BlockKind::Class && self.scope().inlined_depth == 0;
        let mut state = Inlined {
            saved: Vec::new(),
            labels: None,
            overrides: self.scope().overrides.len(),
            hidden: self.scope().hidden.len(),
        };
        self.scope_mut().inlined_depth += 1;
        let mut cells = Vec::new();
        for (name, flags) in table[id].symbols.iter() {
            let bound = flags.has(Flags::DEF_LOCAL) && !flags.has(Flags::DEF_NONLOCAL);
            let (scope, outside) = (flags.scope(), self.name_flags(name).scope());
            let differs = scope != outside
                && scope != Some(NameScope::Free)
                && !(scope == Some(NameScope::Cell) && outside == Some(NameScope::Free));
            if differs || in_class {
                self.scope_mut().overrides.push((name.clone(), flags));
            }
            if bound {
                if !outer.is_function_like() && !self.scope().hidden.contains(name) {
                    self.scope_mut().hidden.push(name.clone());
                    self.unit().fast_hidden.insert(text(name));
                }
                let cell = match (scope, outside) {
                    (Some(NameScope::Cell), Some(NameScope::Free)) => Some(false),
                    (Some(NameScope::Cell), _) => Some(true),
                    _ => None,
                };
                cells.push((name.clone(), cell));
            }
        }
        for (name, cell) in cells {
            // Mangled once more: a type parameter of that name may have come after the comprehension was analysed.
            let saved = text(&self.mangle(&name));
            self.fast(loc, Op::LOAD_FAST_AND_CLEAR, &saved);
            if let Some(own) = cell {
                let index = self.cell_index(&text(&name), own)?;
                self.op_i(loc, Op::MAKE_CELL, index);
            }
            state.saved.push(saved);
        }
        if !state.saved.is_empty() {
            // The iterator back to the top.
            self.op_i(loc, Op::SWAP, state.saved.len() as u32 + 1);
            let (cleanup, end) = (self.label(), self.label());
            self.jump(loc, Op::SETUP_FINALLY, cleanup);
            self.push_frame(loc, FrameKind::InlinedComprehension)?;
            state.labels = Some((cleanup, end));
        }
        Ok(state)
    }

    fn end_inlined(&mut self, loc: Loc, state: Inlined) {
        if let Some((cleanup, end)) = state.labels {
            self.pop_frame();
            self.op(Loc::NONE, Op::POP_BLOCK);
            self.jump(Loc::NONE, Op::JUMP_NO_INTERRUPT, end);
            self.bind(cleanup);
            // The incomplete collection lies below the exception.
            self.op_i(Loc::NONE, Op::SWAP, 2);
            self.op(Loc::NONE, Op::POP_TOP);
            self.restore(loc, &state.saved);
            self.op_i(Loc::NONE, Op::RERAISE, 0);
            self.bind(end);
            self.restore(loc, &state.saved);
        }
        let scope = self.scope_mut();
        scope.overrides.truncate(state.overrides);
        scope.hidden.truncate(state.hidden);
        scope.inlined_depth -= 1;
    }

    fn restore(&mut self, loc: Loc, saved: &[Text]) {
        self.op_i(loc, Op::SWAP, saved.len() as u32 + 1);
        for name in saved.iter().rev() {
            self.fast(loc, Op::STORE_FAST_MAYBE_NULL, name);
        }
    }
}
