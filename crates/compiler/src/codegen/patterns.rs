//! `match` statements.
//!
//! Each pattern consumes the subject on top of the stack or jumps to where what lies above a failed case is popped. Values
//! to be bound wait on the stack until the whole pattern has matched.

use taipan_bytecode::Const;

use super::constants::{equal, repr};
use super::{Access, Codegen, Result, text};
use crate::ast::{CmpOp, Expr, ExprKind, Ident, MatchCase, Operator, Pattern, PatternKind};
use crate::ir::{Label, Loc, Op};

/// The state of one case.
#[derive(Default)]
struct Context {
    /// Names to bind, their values on the stack in this order.
    stores: Vec<Ident>,
    /// Whether a pattern that always matches may stand here.
    allow_irrefutable: bool,
    /// Where to go to fail, by the number of values to pop.
    fail: Vec<Label>,
    /// Values on the stack above those to be bound, that must stay there.
    on_top: usize,
}

fn is_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchAs { name: None, .. })
}

fn is_star(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { .. })
}

fn is_star_wildcard(pattern: &Pattern) -> bool {
    matches!(pattern.kind, PatternKind::MatchStar { name: None })
}

impl<'a> Codegen<'a> {
    pub(super) fn match_stmt(&mut self, subject: &'a Expr, cases: &'a [MatchCase]) -> Result {
        self.expr(subject)?;
        let end = self.label();
        let Some((last, _)) = cases.split_last() else { return Ok(()) };
        let has_default = cases.len() > 1 && is_wildcard(&last.pattern);
        let tested = &cases[..cases.len() - has_default as usize];
        for (i, case) in tested.iter().enumerate() {
            let loc = case.pattern.loc;
            let more = i + 1 < tested.len();
            if more {
                self.op_i(loc, Op::COPY, 1);
            }
            let mut context =
                Context { allow_irrefutable: case.guard.is_some() || i + 1 == cases.len(), ..Context::default() };
            self.pattern(&case.pattern, &mut context)?;
            for name in &std::mem::take(&mut context.stores) {
                self.variable(loc, name, Access::Store)?;
            }
            if let Some(guard) = &case.guard {
                let fail = self.fail_label(&mut context, 0);
                self.jump_if(guard, fail, false)?;
            }
            if more {
                self.op(Loc::NEXT, Op::POP_TOP);
            }
            self.stmts(&case.body)?;
            self.jump(Loc::NONE, Op::JUMP, end);
            self.bind_failures(loc, &mut context);
        }
        if has_default {
            let loc = last.pattern.loc;
            // For the line of the case; the optimiser removes it if it can.
            self.op(loc, Op::NOP);
            if let Some(guard) = &last.guard {
                self.jump_if(guard, end, false)?;
            }
            self.stmts(&last.body)?;
        }
        self.bind(end);
        Ok(())
    }

    fn fail_label(&mut self, context: &mut Context, pops: usize) -> Label {
        while context.fail.len() <= pops {
            let label = self.label();
            context.fail.push(label);
        }
        context.fail[pops]
    }

    /// Fails, popping what the pattern holds on the stack.
    fn jump_to_failure(&mut self, loc: Loc, context: &mut Context, op: Op) {
        let pops = context.on_top + context.stores.len();
        let label = self.fail_label(context, pops);
        self.jump(loc, op, label);
    }

    /// The landing places of all failures so far, each popping one value more.
    fn bind_failures(&mut self, loc: Loc, context: &mut Context) {
        while let Some(label) = context.fail.pop() {
            self.bind(label);
            if !context.fail.is_empty() {
                self.op(loc, Op::POP_TOP);
            }
        }
    }

    /// Moves the top of the stack below `count - 1` other values.
    fn rotate(&mut self, loc: Loc, count: usize) {
        for distance in (2..=count).rev() {
            self.op_i(loc, Op::SWAP, distance as u32);
        }
    }

    fn store_later(&mut self, loc: Loc, name: Option<&Ident>, context: &mut Context) -> Result {
        let Some(name) = name else {
            self.op(loc, Op::POP_TOP);
            return Ok(());
        };
        self.check_duplicate(loc, name, context)?;
        self.rotate(loc, context.on_top + context.stores.len() + 1);
        context.stores.push(name.clone());
        Ok(())
    }

    fn check_duplicate(&self, loc: Loc, name: &Ident, context: &Context) -> Result {
        if context.stores.contains(name) {
            let name = repr(&Const::Str(text(name)));
            return self.error(loc, format!("multiple assignments to name {name} in pattern"));
        }
        Ok(())
    }

    fn pattern(&mut self, p: &'a Pattern, context: &mut Context) -> Result {
        self.check_stack()?;
        let loc = p.loc;
        match &p.kind {
            PatternKind::MatchValue { value } => {
                if !matches!(value.kind, ExprKind::Constant { .. } | ExprKind::Attribute { .. }) {
                    return self.error(loc, "patterns may only match literals and attribute lookups");
                }
                self.expr(value)?;
                self.compare_op(loc, CmpOp::Eq);
                self.op(loc, Op::TO_BOOL);
                self.jump_to_failure(loc, context, Op::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSingleton { value } => {
                self.load_const(loc, value.clone());
                self.compare_op(loc, CmpOp::Is);
                self.jump_to_failure(loc, context, Op::POP_JUMP_IF_FALSE);
                Ok(())
            }
            PatternKind::MatchSequence { patterns } => self.sequence_pattern(loc, patterns, context),
            PatternKind::MatchMapping { keys, patterns, rest } => {
                self.mapping_pattern(loc, keys, patterns, rest.as_ref(), context)
            }
            PatternKind::MatchClass { cls, patterns, kwd_attrs, kwd_patterns } => {
                self.class_pattern(loc, cls, patterns, kwd_attrs, kwd_patterns, context)
            }
            PatternKind::MatchStar { name } => self.store_later(loc, name.as_ref(), context),
            PatternKind::MatchAs { pattern: None, name } => {
                if !context.allow_irrefutable {
                    return match name {
                        Some(name) => {
                            self.error(loc, format!("name capture '{name}' makes remaining patterns unreachable"))
                        }
                        None => self.error(loc, "wildcard makes remaining patterns unreachable"),
                    };
                }
                self.store_later(loc, name.as_ref(), context)
            }
            PatternKind::MatchAs { pattern: Some(pattern), name } => {
                context.on_top += 1;
                self.op_i(loc, Op::COPY, 1);
                self.pattern(pattern, context)?;
                context.on_top -= 1;
                self.store_later(loc, name.as_ref(), context)
            }
            PatternKind::MatchOr { patterns } => self.or_pattern(loc, patterns, context),
        }
    }

    /// A pattern inside another may match always.
    fn subpattern(&mut self, p: &'a Pattern, context: &mut Context) -> Result {
        let allowed = std::mem::replace(&mut context.allow_irrefutable, true);
        self.pattern(p, context)?;
        context.allow_irrefutable = allowed;
        Ok(())
    }

    fn compare_length(&mut self, loc: Loc, size: usize, op: CmpOp) {
        self.op(loc, Op::GET_LEN);
        self.load_const(loc, Const::Int(size as i64));
        self.compare_op(loc, op);
    }

    fn sequence_pattern(&mut self, loc: Loc, patterns: &'a [Pattern], context: &mut Context) -> Result {
        let size = patterns.len();
        let star = patterns.iter().position(is_star);
        if patterns.iter().filter(|pattern| is_star(pattern)).count() > 1 {
            return self.error(loc, "multiple starred names in sequence pattern");
        }
        let star_wildcard = star.is_some_and(|at| is_star_wildcard(&patterns[at]));
        let only_wildcards = patterns.iter().all(|pattern| is_wildcard(pattern) || is_star_wildcard(pattern));
        context.on_top += 1;
        self.op(loc, Op::MATCH_SEQUENCE);
        self.jump_to_failure(loc, context, Op::POP_JUMP_IF_FALSE);
        if star.is_none() {
            self.compare_length(loc, size, CmpOp::Eq);
        } else if size > 1 {
            self.compare_length(loc, size - 1, CmpOp::GtE);
        }
        if star.is_none() || size > 1 {
            self.jump_to_failure(loc, context, Op::POP_JUMP_IF_FALSE);
        }
        context.on_top -= 1;
        match star {
            _ if only_wildcards => {
                self.op(loc, Op::POP_TOP);
                Ok(())
            }
            Some(star) if star_wildcard => self.sequence_items(loc, patterns, star, context),
            _ => self.sequence_unpack(loc, patterns, star, context),
        }
    }

    fn sequence_unpack(
        &mut self,
        loc: Loc,
        patterns: &'a [Pattern],
        star: Option<usize>,
        context: &mut Context,
    ) -> Result {
        let size = patterns.len();
        match star {
            Some(at) => {
                let after = size - at - 1;
                if at >= 1 << 8 || after >= (i32::MAX >> 8) as usize {
                    return self.error(loc, "too many expressions in star-unpacking sequence pattern");
                }
                self.op_i(loc, Op::UNPACK_EX, at as u32 + ((after as u32) << 8));
            }
            None => self.op_i(loc, Op::UNPACK_SEQUENCE, size as u32),
        }
        context.on_top += size;
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        Ok(())
    }

    /// With a `*_` there is no need to unpack: look at the items of interest.
    fn sequence_items(&mut self, loc: Loc, patterns: &'a [Pattern], star: usize, context: &mut Context) -> Result {
        context.on_top += 1;
        for (i, pattern) in patterns.iter().enumerate() {
            if i == star || is_wildcard(pattern) {
                continue;
            }
            self.op_i(loc, Op::COPY, 1);
            if i < star {
                self.load_const(loc, Const::Int(i as i64));
            } else {
                // The subject may not support negative indices.
                self.op(loc, Op::GET_LEN);
                self.load_const(loc, Const::Int((patterns.len() - i) as i64));
                self.binary(loc, Operator::Sub, false);
            }
            self.subscript(loc);
            self.subpattern(pattern, context)?;
        }
        context.on_top -= 1;
        self.op(loc, Op::POP_TOP);
        Ok(())
    }

    fn mapping_pattern(
        &mut self,
        loc: Loc,
        keys: &'a [Expr],
        patterns: &'a [Pattern],
        rest: Option<&Ident>,
        context: &mut Context,
    ) -> Result {
        let size = keys.len();
        if size != patterns.len() {
            let count = patterns.len();
            return self.error(loc, format!("keys ({size}) / patterns ({count}) length mismatch in mapping pattern"));
        }
        context.on_top += 1;
        self.op(loc, Op::MATCH_MAPPING);
        self.jump_to_failure(loc, context, Op::POP_JUMP_IF_FALSE);
        if size == 0 && rest.is_none() {
            context.on_top -= 1;
            self.op(loc, Op::POP_TOP);
            return Ok(());
        }
        if size > 0 {
            self.compare_length(loc, size, CmpOp::GtE);
            self.jump_to_failure(loc, context, Op::POP_JUMP_IF_FALSE);
        }
        let mut seen: Vec<&Const> = Vec::new();
        for key in keys {
            match &key.kind {
                ExprKind::Constant { value, .. } => {
                    if seen.iter().any(|other| equal(other, value)) {
                        return self.error(loc, format!("mapping pattern checks duplicate key ({})", repr(value)));
                    }
                    seen.push(value);
                }
                ExprKind::Attribute { .. } => {}
                _ => return self.error(loc, "mapping pattern keys may only match literals and attribute lookups"),
            }
            self.expr(key)?;
        }
        self.op_i(loc, Op::BUILD_TUPLE, size as u32);
        self.op(loc, Op::MATCH_KEYS);
        // The keys and the values, on top of the subject.
        context.on_top += 2;
        self.op_i(loc, Op::COPY, 1);
        self.load_none(loc);
        self.compare_op(loc, CmpOp::IsNot);
        self.jump_to_failure(loc, context, Op::POP_JUMP_IF_FALSE);
        self.op_i(loc, Op::UNPACK_SEQUENCE, size as u32);
        context.on_top += size;
        context.on_top -= 1;
        for pattern in patterns {
            context.on_top -= 1;
            self.subpattern(pattern, context)?;
        }
        context.on_top -= 2;
        let Some(rest) = rest else {
            self.op(loc, Op::POP_TOP);
            self.op(loc, Op::POP_TOP);
            return Ok(());
        };
        // A copy of the subject without the keys.
        self.op_i(loc, Op::BUILD_MAP, 0);
        self.op_i(loc, Op::SWAP, 3);
        self.op_i(loc, Op::DICT_UPDATE, 2);
        self.op_i(loc, Op::UNPACK_SEQUENCE, size as u32);
        for left in (1..=size as u32).rev() {
            self.op_i(loc, Op::COPY, 1 + left);
            self.op_i(loc, Op::SWAP, 2);
            self.op(loc, Op::DELETE_SUBSCR);
        }
        self.store_later(loc, Some(rest), context)
    }

    fn class_pattern(
        &mut self,
        loc: Loc,
        class: &'a Expr,
        patterns: &'a [Pattern],
        names: &'a [Ident],
        named: &'a [Pattern],
        context: &mut Context,
    ) -> Result {
        if names.len() != named.len() {
            let (attrs, count) = (names.len(), named.len());
            return self
                .error(loc, format!("kwd_attrs ({attrs}) / kwd_patterns ({count}) length mismatch in class pattern"));
        }
        for (i, name) in names.iter().enumerate() {
            if let Some(again) = names[i + 1..].iter().position(|other| other == name) {
                let at = named[i + 1 + again].loc;
                return self.error(at, format!("attribute name repeated in class pattern: {name}"));
            }
        }
        self.expr(class)?;
        let attributes = names.iter().map(|name| Const::Str(text(name))).collect();
        self.load_const(loc, Const::tuple(attributes));
        self.op_i(loc, Op::MATCH_CLASS, patterns.len() as u32);
        self.op_i(loc, Op::COPY, 1);
        self.load_none(loc);
        self.compare_op(loc, CmpOp::IsNot);
        context.on_top += 1;
        self.jump_to_failure(loc, context, Op::POP_JUMP_IF_FALSE);
        let size = patterns.len() + named.len();
        self.op_i(loc, Op::UNPACK_SEQUENCE, size as u32);
        context.on_top += size;
        context.on_top -= 1;
        for pattern in patterns.iter().chain(named) {
            context.on_top -= 1;
            if is_wildcard(pattern) {
                self.op(loc, Op::POP_TOP);
            } else {
                self.subpattern(pattern, context)?;
            }
        }
        Ok(())
    }

    fn or_pattern(&mut self, loc: Loc, patterns: &'a [Pattern], context: &mut Context) -> Result {
        let end = self.label();
        // The names of the first alternative, whose order the others follow.
        let mut control: Vec<Ident> = Vec::new();
        for (i, alternative) in patterns.iter().enumerate() {
            let at = alternative.loc;
            let mut inner = Context {
                allow_irrefutable: i + 1 == patterns.len() && context.allow_irrefutable,
                ..Context::default()
            };
            self.op_i(at, Op::COPY, 1);
            self.pattern(alternative, &mut inner)?;
            if i == 0 {
                control = std::mem::take(&mut inner.stores);
            } else {
                self.reorder(loc, at, &control, &mut inner.stores)?;
            }
            self.jump(at, Op::JUMP, end);
            self.bind_failures(at, &mut inner);
        }
        self.op(loc, Op::POP_TOP);
        self.jump_to_failure(loc, context, Op::JUMP);
        self.bind(end);
        let rotations = control.len() + 1 + context.on_top + context.stores.len();
        for name in control {
            self.rotate(loc, rotations);
            self.check_duplicate(loc, &name, context)?;
            context.stores.push(name);
        }
        self.op(loc, Op::POP_TOP);
        Ok(())
    }

    /// Brings the values of an alternative into the order of the first.
    fn reorder(&mut self, loc: Loc, at: Loc, control: &[Ident], stores: &mut [Ident]) -> Result {
        let differ = "alternative patterns bind different names";
        if stores.len() != control.len() {
            return self.error(loc, differ);
        }
        for wanted in (0..control.len()).rev() {
            let Some(found) = stores.iter().position(|name| *name == control[wanted]) else {
                return self.error(loc, differ);
            };
            if found < wanted {
                stores[..=wanted].rotate_left(found + 1);
                for _ in 0..=found {
                    self.rotate(at, wanted + 1);
                }
            }
        }
        Ok(())
    }
}
