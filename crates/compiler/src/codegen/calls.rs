//! Calls: of methods, of `super()`'s attributes, with unpacked arguments, and `all`, `any` and `tuple` over generators.

use taipan_bytecode::Const;
use taipan_bytecode::oparg::{CommonConstant, Intrinsic1};

use super::expressions::TUPLE;
use super::statements::attribute_place;
use super::{Access, Codegen, Result, STACK_USE_GUIDELINE, text};
use crate::ast::{CmpOp, Expr, ExprContext, ExprKind, Ident, Keyword};
use crate::ir::{Label, Loc, Op};
use crate::symtable::{Flags, Key, Scope as NameScope};

impl<'a> Codegen<'a> {
    pub(super) fn call(&mut self, e: &'a Expr, func: &'a Expr, args: &'a [Expr], keywords: &'a [Keyword]) -> Result {
        self.validate_keywords(keywords)?;
        if self.method_call(e, func, args, keywords)? {
            return Ok(());
        }
        let skip = self.label();
        self.check_called(func);
        self.expr(func)?;
        self.generator_call(func, args, keywords, skip)?;
        self.op(func.loc, Op::PUSH_NULL);
        self.arguments(e.loc, 0, args, None, keywords)?;
        self.bind(skip);
        Ok(())
    }

    pub(super) fn validate_keywords(&self, keywords: &[Keyword]) -> Result {
        for (i, keyword) in keywords.iter().enumerate() {
            let Some(name) = &keyword.arg else { continue };
            if let Some(again) = keywords[i + 1..].iter().find(|other| other.arg.as_ref() == Some(name)) {
                return self.error(again.loc, format!("keyword argument repeated: {name}"));
            }
        }
        Ok(())
    }

    /// `value.attr(...)` without unpacked arguments; false if the call is anything else.
    fn method_call(&mut self, e: &'a Expr, func: &'a Expr, args: &'a [Expr], keywords: &'a [Keyword]) -> Result<bool> {
        let ExprKind::Attribute { value, attr, ctx: ExprContext::Load } = &func.kind else { return Ok(false) };
        // A function of an imported module is not a method.
        if let ExprKind::Name { id, .. } = &value.kind
            && self.module_flags(id).has(Flags::DEF_IMPORT)
        {
            return Ok(false);
        }
        let count = args.len() + keywords.len();
        if count + !keywords.is_empty() as usize >= STACK_USE_GUIDELINE
            || args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
            || keywords.iter().any(|keyword| keyword.arg.is_none())
        {
            return Ok(false);
        }
        let place = match self.plain_super(value, attr) {
            Some(arguments) => self.super_attribute(func, value, arguments, attr, true)?,
            None => {
                self.expr(value)?;
                let place = attribute_place(func.loc, func, attr);
                self.op_name_flags(place, Op::LOAD_ATTR, attr, 1, 1);
                place
            }
        };
        self.exprs(args)?;
        let op = if keywords.is_empty() {
            Op::CALL
        } else {
            self.keyword_values(place, keywords)?;
            Op::CALL_KW
        };
        self.op_i(attribute_place(e.loc, func, attr), op, count as u32);
        Ok(true)
    }

    fn keyword_values(&mut self, loc: Loc, keywords: &'a [Keyword]) -> Result {
        keywords.iter().try_for_each(|keyword| self.expr(&keyword.value))?;
        let names = keywords.iter().flat_map(|keyword| &keyword.arg).map(|name| Const::Str(text(name))).collect();
        self.load_const(loc, Const::tuple(names));
        Ok(())
    }

    /// The arguments of `value`, if it is a call of the builtin `super` whose attribute can be had without making the
    /// object.
    pub(super) fn plain_super(&self, value: &'a Expr, attr: &Ident) -> Option<&'a [Expr]> {
        let ExprKind::Call { func, args, keywords } = &value.kind else { return None };
        let ExprKind::Name { id, .. } = &func.kind else { return None };
        if *id != "super" || *attr == "__class__" || !keywords.is_empty() {
            return None;
        }
        if self.name_flags("super").scope() != Some(NameScope::GlobalImplicit)
            || self.module_flags("super").scope().is_some()
        {
            return None;
        }
        if args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. })) {
            return None;
        }
        match args.len() {
            2 => Some(args),
            0 => {
                let unit = &self.scope().unit;
                let usable = unit.argcount > 0 && self.name_flags("__class__").scope() == Some(NameScope::Free);
                usable.then_some(args)
            }
            _ => None,
        }
    }

    /// Loads an attribute or method of `super(...)`. Returns the place of what follows.
    pub(super) fn super_attribute(
        &mut self,
        e: &'a Expr,
        call: &'a Expr,
        args: &'a [Expr],
        attr: &Ident,
        method: bool,
    ) -> Result<Loc> {
        if let ExprKind::Call { func, .. } = &call.kind {
            self.expr(func)?;
        }
        if args.is_empty() {
            let class = self.cell_index(&"__class__".into(), false)?;
            self.op_i(call.loc, Op::LOAD_DEREF, class);
            let first = self.unit().varnames.iter().next().and_then(|name| name.as_str()).map(Ident::from);
            if let Some(first) = first {
                self.variable(call.loc, &first, Access::Load)?;
            }
        } else {
            self.exprs(args)?;
        }
        let flags = method as u32 | if args.is_empty() { 0 } else { 2 };
        self.op_name_flags(e.loc, Op::LOAD_SUPER_ATTR, attr, 2, flags);
        let place = attribute_place(e.loc, e, attr);
        self.op(place, Op::NOP);
        Ok(place)
    }

    /// `all(x for ...)`, `any(...)` and `tuple(...)`: if the function on the stack is the builtin, run the loop here
    /// and jump to `done`.
    fn generator_call(&mut self, func: &'a Expr, args: &'a [Expr], keywords: &[Keyword], done: Label) -> Result {
        let (ExprKind::Name { id, .. }, [generator], []) = (&func.kind, args, keywords) else { return Ok(()) };
        if !matches!(generator.kind, ExprKind::GeneratorExp { .. }) {
            return Ok(());
        }
        // An asynchronous generator is no iterator: the builtin complains.
        let block = self.find_block(Key::expr(generator))?;
        if self.table[block].coroutine {
            return Ok(());
        }
        // The function, the jump that continues the loop, the result of a loop that runs to its end.
        let (builtin, decision) = match id.as_str() {
            "all" => (CommonConstant::BUILTIN_ALL, Some((Op::POP_JUMP_IF_TRUE, true))),
            "any" => (CommonConstant::BUILTIN_ANY, Some((Op::POP_JUMP_IF_FALSE, false))),
            "tuple" => (CommonConstant::BUILTIN_TUPLE, None),
            _ => return Ok(()),
        };
        let loc = func.loc;
        let (other, repeat, cleanup) = (self.label(), self.label(), self.label());
        self.op_i(loc, Op::COPY, 1);
        self.op_i(loc, Op::LOAD_COMMON_CONSTANT, builtin as u32);
        self.compare_op(loc, CmpOp::Is);
        self.jump(loc, Op::POP_JUMP_IF_FALSE, other);
        self.op(loc, Op::POP_TOP);
        if decision.is_none() {
            self.op_i(loc, Op::BUILD_LIST, 0);
        }
        self.expr(generator)?;
        self.bind(repeat);
        self.jump(loc, Op::FOR_ITER, cleanup);
        match decision {
            None => {
                self.op_i(loc, Op::LIST_APPEND, 2);
                self.jump(loc, Op::JUMP, repeat);
            }
            Some((again, _)) => {
                self.op(loc, Op::TO_BOOL);
                self.jump(loc, again, repeat);
            }
        }
        self.op(Loc::NONE, Op::POP_ITER);
        if let Some((_, result)) = decision {
            self.load_const(loc, Const::bool(!result));
        }
        self.jump(loc, Op::JUMP, done);
        self.bind(cleanup);
        self.op(Loc::NONE, Op::END_FOR);
        self.op(Loc::NONE, Op::POP_ITER);
        match decision {
            None => self.op_i(loc, Op::CALL_INTRINSIC_1, Intrinsic1::LIST_TO_TUPLE as u32),
            Some((_, result)) => self.load_const(loc, Const::bool(result)),
        }
        self.jump(loc, Op::JUMP, done);
        self.bind(other);
        Ok(())
    }

    /// Arguments and call, with `pushed` arguments on the stack already; `injected` names a variable to pass last.
    pub(super) fn arguments(
        &mut self,
        loc: Loc,
        pushed: u32,
        args: &'a [Expr],
        injected: Option<&Ident>,
        keywords: &'a [Keyword],
    ) -> Result {
        self.validate_keywords(keywords)?;
        let unpacked = args.iter().any(|arg| matches!(arg.kind, ExprKind::Starred { .. }))
            || keywords.iter().any(|keyword| keyword.arg.is_none());
        if unpacked || args.len() + keywords.len() * 2 > STACK_USE_GUIDELINE {
            return self.unpacked_arguments(loc, pushed, args, injected, keywords);
        }
        self.exprs(args)?;
        if let Some(name) = injected {
            self.variable(loc, name, Access::Load)?;
        }
        let count = pushed + (args.len() + keywords.len()) as u32 + injected.is_some() as u32;
        if keywords.is_empty() {
            self.op_i(loc, Op::CALL, count);
        } else {
            self.keyword_values(loc, keywords)?;
            self.op_i(loc, Op::CALL_KW, count);
        }
        Ok(())
    }

    fn unpacked_arguments(
        &mut self,
        loc: Loc,
        pushed: u32,
        args: &'a [Expr],
        injected: Option<&Ident>,
        keywords: &'a [Keyword],
    ) -> Result {
        match args {
            [Expr { kind: ExprKind::Starred { value, .. }, .. }] if pushed == 0 && injected.is_none() => {
                self.expr(value)?;
            }
            _ => self.display(loc, args, &TUPLE, pushed, injected)?,
        }
        if keywords.is_empty() {
            self.op(loc, Op::PUSH_NULL);
        }
        let mut started = false;
        let mut named = 0;
        for (i, keyword) in keywords.iter().enumerate() {
            if keyword.arg.is_some() {
                named += 1;
                continue;
            }
            if named > 0 {
                self.keyword_dict(loc, &keywords[i - named..i], &mut started)?;
                named = 0;
            }
            if !started {
                self.op_i(loc, Op::BUILD_MAP, 0);
                started = true;
            }
            self.expr(&keyword.value)?;
            self.op_i(loc, Op::DICT_MERGE, 1);
        }
        if named > 0 {
            self.keyword_dict(loc, &keywords[keywords.len() - named..], &mut started)?;
        }
        self.op(loc, Op::CALL_FUNCTION_EX);
        Ok(())
    }

    fn keyword_dict(&mut self, loc: Loc, keywords: &'a [Keyword], started: &mut bool) -> Result {
        let big = keywords.len() * 2 > STACK_USE_GUIDELINE;
        if big {
            self.op_i(Loc::NONE, Op::BUILD_MAP, 0);
        }
        for keyword in keywords {
            if let Some(name) = &keyword.arg {
                self.load_text(loc, name);
            }
            self.expr(&keyword.value)?;
            if big {
                self.op_i(Loc::NONE, Op::MAP_ADD, 1);
            }
        }
        if !big {
            self.op_i(loc, Op::BUILD_MAP, keywords.len() as u32);
        }
        if *started {
            self.op_i(loc, Op::DICT_MERGE, 1);
        }
        *started = true;
        Ok(())
    }
}
