//! Expressions.

use super::core::{P, Parser, Start, Stop};
use crate::Const;
use crate::ast::{BoolOp, CmpOp, Comprehension, Expr, ExprContext, ExprKind, Keyword, Operator, UnaryOp};
use crate::tokenizer::Tok;

/// How many of CPython's rules nest for a bracket.
const BRACKET: u32 = 4;

/// What waits for its right operand.
enum Waiting {
    Unary(UnaryOp, Start),
    Power(Box<Expr>, Start),
}

/// How tightly a binary operator binds.
fn binary(kind: Tok) -> Option<(u8, Operator)> {
    Some(match kind {
        Tok::VBar => (1, Operator::BitOr),
        Tok::Circumflex => (2, Operator::BitXor),
        Tok::Amper => (3, Operator::BitAnd),
        Tok::LeftShift => (4, Operator::LShift),
        Tok::RightShift => (4, Operator::RShift),
        Tok::Plus => (5, Operator::Add),
        Tok::Minus => (5, Operator::Sub),
        Tok::Star => (6, Operator::Mult),
        Tok::Slash => (6, Operator::Div),
        Tok::DoubleSlash => (6, Operator::FloorDiv),
        Tok::Percent => (6, Operator::Mod),
        Tok::At => (6, Operator::MatMult),
        _ => return None,
    })
}

/// Whether an expression may begin with this token.
pub(super) fn starts_expression(kind: Tok) -> bool {
    matches!(
        kind,
        Tok::Name
            | Tok::Number
            | Tok::String
            | Tok::FStringStart
            | Tok::TStringStart
            | Tok::LPar
            | Tok::LSqb
            | Tok::LBrace
            | Tok::Minus
            | Tok::Plus
            | Tok::Tilde
            | Tok::Ellipsis
            | Tok::None
            | Tok::True
            | Tok::False
            | Tok::Not
            | Tok::Await
            | Tok::Lambda
    )
}

/// Makes the expression the target of an assignment, or of `del`.
pub(super) fn set_context(expr: &mut Expr, to: ExprContext) -> P<()> {
    match &mut expr.kind {
        ExprKind::Name { ctx, .. } | ExprKind::Attribute { ctx, .. } | ExprKind::Subscript { ctx, .. } => *ctx = to,
        ExprKind::Starred { value, ctx } if to == ExprContext::Store => {
            *ctx = to;
            set_context(value, to)?;
        }
        ExprKind::Tuple { elts, ctx } | ExprKind::List { elts, ctx } => {
            *ctx = to;
            for elt in elts {
                set_context(elt, to)?;
            }
        }
        _ => return Err(Stop),
    }
    Ok(())
}

impl Parser<'_> {
    pub(super) fn tuple(&mut self, first: Expr, start: Start, star: bool, item: fn(&mut Self) -> P<Expr>) -> P<Expr> {
        let mut elts = vec![first];
        while self.eat(Tok::Comma)? {
            if !(starts_expression(self.tok.kind) || star && self.at(Tok::Star)) {
                break;
            }
            elts.push(item(self)?);
        }
        Ok(Expr::new(ExprKind::Tuple { elts, ctx: ExprContext::Load }, self.loc(start)))
    }

    pub(super) fn star_expressions(&mut self) -> P<Expr> {
        let start = self.start();
        let first = self.star_expression()?;
        if self.at(Tok::Comma) { self.tuple(first, start, true, Self::star_expression) } else { Ok(first) }
    }

    pub(super) fn star_named_expressions(&mut self) -> P<Expr> {
        let start = self.start();
        let first = self.star_named_expression()?;
        if self.at(Tok::Comma) { self.tuple(first, start, true, Self::star_named_expression) } else { Ok(first) }
    }

    pub(super) fn expressions(&mut self) -> P<Expr> {
        let start = self.start();
        let first = self.expression()?;
        if self.at(Tok::Comma) { self.tuple(first, start, false, Self::expression) } else { Ok(first) }
    }

    fn starred(&mut self, value: fn(&mut Self) -> P<Expr>) -> P<Expr> {
        let start = self.start();
        self.expect(Tok::Star)?;
        let value = Box::new(value(self)?);
        Ok(Expr::new(ExprKind::Starred { value, ctx: ExprContext::Load }, self.loc(start)))
    }

    /// `*` and an expression, as in arguments, subscripts and annotations.
    pub(super) fn starred_expression(&mut self) -> P<Expr> {
        self.starred(Self::expression)
    }

    pub(super) fn star_expression(&mut self) -> P<Expr> {
        if self.at(Tok::Star) { self.starred(Self::bitwise_or) } else { self.expression() }
    }

    pub(super) fn star_named_expression(&mut self) -> P<Expr> {
        if self.at(Tok::Star) { self.starred(Self::bitwise_or) } else { self.named_expression() }
    }

    pub(super) fn named_expression(&mut self) -> P<Expr> {
        if self.at(Tok::Name) && self.peek()?.kind == Tok::ColonEqual {
            let start = self.start();
            let target_loc = Self::token_loc(&self.tok);
            let id = self.ident()?;
            let target = Expr::boxed(ExprKind::Name { id, ctx: ExprContext::Store }, target_loc);
            self.advance()?;
            let value = Box::new(self.expression()?);
            self.since(8, "Assignment expressions are")?;
            return Ok(Expr::new(ExprKind::NamedExpr { target, value }, self.loc(start)));
        }
        self.expression()
    }

    /// Whether `expr`, which began at `start`, is a `:=` without parentheres around it.
    fn is_bare_named(expr: &Expr, start: Start) -> bool {
        matches!(expr.kind, ExprKind::NamedExpr { .. }) && (expr.loc.line, expr.loc.col) == (start.0, start.1)
    }

    pub(super) fn yield_expression(&mut self) -> P<Expr> {
        let start = self.start();
        self.expect(Tok::Yield)?;
        if self.eat(Tok::From)? {
            let value = Box::new(self.expression()?);
            return Ok(Expr::new(ExprKind::YieldFrom { value }, self.loc(start)));
        }
        let some = starts_expression(self.tok.kind) || self.at(Tok::Star);
        let value = if some { Some(Box::new(self.star_expressions()?)) } else { None };
        Ok(Expr::new(ExprKind::Yield { value }, self.loc(start)))
    }

    /// What may stand right of `=`.
    pub(super) fn annotated_rhs(&mut self) -> P<Expr> {
        if self.at(Tok::Yield) { self.yield_expression() } else { self.star_expressions() }
    }

    pub(super) fn expression(&mut self) -> P<Expr> {
        if self.at(Tok::Lambda) {
            return self.lambda();
        }
        let start = self.start();
        let first = self.disjunction()?;
        if self.at(Tok::If) { self.conditional(start, first) } else { Ok(first) }
    }

    /// A chain of conditionals, which nests to the right.
    fn conditional(&mut self, mut start: Start, mut body: Expr) -> P<Expr> {
        let mut parts: Vec<(Start, Expr, Expr)> = Vec::new();
        let mut result = loop {
            if !self.at(Tok::If) {
                break body;
            }
            self.enter(1)?;
            self.advance()?;
            let test = self.disjunction()?;
            self.expect(Tok::Else)?;
            parts.push((start, test, body));
            start = self.start();
            if self.at(Tok::Lambda) {
                break self.lambda()?;
            }
            body = self.disjunction()?;
        };
        self.leave(parts.len() as u32);
        for (start, test, body) in parts.into_iter().rev() {
            let kind = ExprKind::IfExp { test: Box::new(test), body: Box::new(body), orelse: Box::new(result) };
            result = Expr::new(kind, self.loc(start));
        }
        Ok(result)
    }

    pub(super) fn disjunction(&mut self) -> P<Expr> {
        let start = self.start();
        let first = self.conjunction()?;
        if !self.at(Tok::Or) {
            return Ok(first);
        }
        let mut values = vec![first];
        while self.eat(Tok::Or)? {
            values.push(self.conjunction()?);
        }
        Ok(Expr::new(ExprKind::BoolOp { op: BoolOp::Or, values }, self.loc(start)))
    }

    fn conjunction(&mut self) -> P<Expr> {
        let start = self.start();
        let first = self.inversion()?;
        if !self.at(Tok::And) {
            return Ok(first);
        }
        let mut values = vec![first];
        while self.eat(Tok::And)? {
            values.push(self.inversion()?);
        }
        Ok(Expr::new(ExprKind::BoolOp { op: BoolOp::And, values }, self.loc(start)))
    }

    fn inversion(&mut self) -> P<Expr> {
        if !self.at(Tok::Not) {
            return self.comparison();
        }
        let mut starts = Vec::new();
        while self.at(Tok::Not) {
            starts.push(self.start());
            self.enter(1)?;
            self.advance()?;
        }
        let mut result = self.comparison()?;
        self.leave(starts.len() as u32);
        for start in starts.into_iter().rev() {
            result = Expr::new(ExprKind::UnaryOp { op: UnaryOp::Not, operand: Box::new(result) }, self.loc(start));
        }
        Ok(result)
    }

    fn comparison_operator(&mut self) -> P<Option<CmpOp>> {
        let op = match self.tok.kind {
            Tok::EqEqual => CmpOp::Eq,
            Tok::NotEqual if self.flufl => return Err(Stop),
            Tok::NotEqual => CmpOp::NotEq,
            Tok::Less => {
                let next = self.peek()?;
                if next.kind == Tok::Greater && next.start == self.tok.end {
                    if !self.flufl {
                        return Err(Stop);
                    }
                    self.advance()?;
                    CmpOp::NotEq
                } else {
                    CmpOp::Lt
                }
            }
            Tok::LessEqual => CmpOp::LtE,
            Tok::Greater => CmpOp::Gt,
            Tok::GreaterEqual => CmpOp::GtE,
            Tok::In => CmpOp::In,
            Tok::Is => {
                self.advance()?;
                return Ok(Some(if self.eat(Tok::Not)? { CmpOp::IsNot } else { CmpOp::Is }));
            }
            Tok::Not => {
                if self.peek()?.kind != Tok::In {
                    return Ok(None);
                }
                self.advance()?;
                CmpOp::NotIn
            }
            _ => return Ok(None),
        };
        self.advance()?;
        Ok(Some(op))
    }

    fn comparison(&mut self) -> P<Expr> {
        let start = self.start();
        let left = self.bitwise_or()?;
        let Some(op) = self.comparison_operator()? else { return Ok(left) };
        let mut ops = vec![op];
        let mut comparators = vec![self.bitwise_or()?];
        while let Some(op) = self.comparison_operator()? {
            ops.push(op);
            comparators.push(self.bitwise_or()?);
        }
        Ok(Expr::new(ExprKind::Compare { left: Box::new(left), ops, comparators }, self.loc(start)))
    }

    #[inline]
    pub(super) fn bitwise_or(&mut self) -> P<Expr> {
        self.binary_operators(1)
    }

    fn binary_operators(&mut self, least: u8) -> P<Expr> {
        let start = self.start();
        let mut left = self.factor()?;
        while let Some((level, op)) = binary(self.tok.kind) {
            if level < least {
                break;
            }
            self.advance()?;
            let right = Box::new(self.binary_operators(level + 1)?);
            if op == Operator::MatMult {
                self.since(5, "The '@' operator is")?;
            }
            left = Expr::new(ExprKind::BinOp { left: Box::new(left), op, right }, self.loc(start));
        }
        Ok(left)
    }

    fn factor(&mut self) -> P<Expr> {
        if matches!(self.tok.kind, Tok::Minus | Tok::Plus | Tok::Tilde) {
            return self.factor_chain(Vec::new());
        }
        let start = self.start();
        let primary = self.await_primary()?;
        if !self.at(Tok::DoubleStar) {
            return Ok(primary);
        }
        self.advance()?;
        self.factor_chain(vec![Waiting::Power(Box::new(primary), start)])
    }

    /// Unary operators and `**`, in a loop.
    fn factor_chain(&mut self, mut waiting: Vec<Waiting>) -> P<Expr> {
        let mut depth = 0;
        let mut result = loop {
            let op = match self.tok.kind {
                Tok::Minus => Some(UnaryOp::USub),
                Tok::Plus => Some(UnaryOp::UAdd),
                Tok::Tilde => Some(UnaryOp::Invert),
                _ => None,
            };
            let start = self.start();
            if let Some(op) = op {
                self.enter(1)?;
                depth += 1;
                self.advance()?;
                waiting.push(Waiting::Unary(op, start));
                continue;
            }
            let primary = self.await_primary()?;
            if !self.at(Tok::DoubleStar) {
                break primary;
            }
            self.enter(2)?;
            depth += 2;
            self.advance()?;
            waiting.push(Waiting::Power(Box::new(primary), start));
        };
        self.leave(depth);
        while let Some(wait) = waiting.pop() {
            let (kind, start) = match wait {
                Waiting::Unary(op, start) => (ExprKind::UnaryOp { op, operand: Box::new(result) }, start),
                Waiting::Power(left, start) => {
                    (ExprKind::BinOp { left, op: Operator::Pow, right: Box::new(result) }, start)
                }
            };
            result = Expr::new(kind, self.loc(start));
        }
        Ok(result)
    }

    fn await_primary(&mut self) -> P<Expr> {
        if !self.at(Tok::Await) {
            return self.primary();
        }
        let start = self.start();
        self.advance()?;
        let value = Box::new(self.primary()?);
        self.since(5, "Await expressions are")?;
        Ok(Expr::new(ExprKind::Await { value }, self.loc(start)))
    }

    pub(super) fn primary(&mut self) -> P<Expr> {
        let start = self.start();
        let mut result = self.atom()?;
        loop {
            match self.tok.kind {
                Tok::Dot => {
                    self.advance()?;
                    let attr = self.ident()?;
                    let kind = ExprKind::Attribute { value: Box::new(result), attr, ctx: ExprContext::Load };
                    result = Expr::new(kind, self.loc(start));
                }
                Tok::LPar => {
                    let (args, keywords) = self.arguments()?;
                    result = Expr::new(ExprKind::Call { func: Box::new(result), args, keywords }, self.loc(start));
                }
                Tok::LSqb => {
                    self.advance()?;
                    let slice = Box::new(self.slices()?);
                    self.expect(Tok::RSqb)?;
                    let kind = ExprKind::Subscript { value: Box::new(result), slice, ctx: ExprContext::Load };
                    result = Expr::new(kind, self.loc(start));
                }
                _ => return Ok(result),
            }
        }
    }

    /// The arguments of a call or the bases of a class, with their parentheses.
    pub(super) fn arguments(&mut self) -> P<(Vec<Expr>, Vec<Keyword>)> {
        let open = self.start();
        self.expect(Tok::LPar)?;
        self.enter(BRACKET)?;
        let mut args = Vec::new();
        let mut keywords: Vec<Keyword> = Vec::new();
        let mut unpacked = false;
        while !self.at(Tok::RPar) {
            let start = self.start();
            let named = self.at(Tok::Name) && self.peek()?.kind == Tok::Equal;
            match self.tok.kind {
                Tok::Star if unpacked => return Err(Stop),
                Tok::Star => args.push(self.starred_expression()?),
                Tok::DoubleStar => {
                    self.advance()?;
                    let value = self.expression()?;
                    keywords.push(Keyword { arg: None, value, loc: self.loc(start) });
                    unpacked = true;
                }
                Tok::Name if named => {
                    let arg = Some(self.ident()?);
                    self.advance()?;
                    let value = self.expression()?;
                    keywords.push(Keyword { arg, value, loc: self.loc(start) });
                }
                _ if !keywords.is_empty() => return Err(Stop),
                _ => {
                    let arg = self.named_expression()?;
                    if self.at_for()? {
                        if !args.is_empty() {
                            return Err(Stop);
                        }
                        let generators = self.for_if_clauses()?;
                        self.expect(Tok::RPar)?;
                        self.leave(BRACKET);
                        let kind = ExprKind::GeneratorExp { elt: Box::new(arg), generators };
                        return Ok((vec![Expr::new(kind, self.loc(open))], keywords));
                    }
                    args.push(arg);
                }
            }
            if !self.at(Tok::RPar) {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance()?;
        self.leave(BRACKET);
        Ok((args, keywords))
    }

    fn slice_item(&mut self) -> P<Expr> {
        if self.at(Tok::Star) { self.starred_expression() } else { self.slice() }
    }

    fn slices(&mut self) -> P<Expr> {
        let start = self.start();
        self.enter(BRACKET)?;
        let first = self.slice_item()?;
        let mut elts = Vec::new();
        if !self.at(Tok::Comma) && !matches!(first.kind, ExprKind::Starred { .. }) {
            self.leave(BRACKET);
            return Ok(first);
        }
        elts.push(first);
        while self.eat(Tok::Comma)? {
            if self.at(Tok::RSqb) {
                break;
            }
            elts.push(self.slice_item()?);
        }
        self.leave(BRACKET);
        Ok(Expr::new(ExprKind::Tuple { elts, ctx: ExprContext::Load }, self.loc(start)))
    }

    fn slice_part(&mut self) -> P<Option<Box<Expr>>> {
        Ok(if starts_expression(self.tok.kind) { Some(Box::new(self.expression()?)) } else { None })
    }

    fn slice(&mut self) -> P<Expr> {
        let start = self.start();
        let mut lower = None;
        if !self.at(Tok::Colon) {
            let value = self.named_expression()?;
            if !self.at(Tok::Colon) {
                return Ok(value);
            }
            if Self::is_bare_named(&value, start) {
                return Err(Stop);
            }
            lower = Some(Box::new(value));
        }
        self.expect(Tok::Colon)?;
        let upper = self.slice_part()?;
        let step = if self.eat(Tok::Colon)? { self.slice_part()? } else { None };
        Ok(Expr::new(ExprKind::Slice { lower, upper, step }, self.loc(start)))
    }

    fn constant(&mut self, value: Const) -> P<Expr> {
        let loc = Self::token_loc(&self.tok);
        self.advance()?;
        Ok(Expr::new(ExprKind::Constant { value, kind: None }, loc))
    }

    fn atom(&mut self) -> P<Expr> {
        match self.tok.kind {
            Tok::Name => {
                let loc = Self::token_loc(&self.tok);
                let id = self.ident()?;
                Ok(Expr::new(ExprKind::Name { id, ctx: ExprContext::Load }, loc))
            }
            Tok::Number => self.number(),
            Tok::String | Tok::FStringStart | Tok::TStringStart => self.strings(),
            Tok::LPar => self.parenthesized(),
            Tok::LSqb => self.list(),
            Tok::LBrace => self.braces(),
            Tok::None => self.constant(Const::None),
            Tok::True => self.constant(Const::True),
            Tok::False => self.constant(Const::False),
            Tok::Ellipsis => self.constant(Const::Ellipsis),
            _ => Err(Stop),
        }
    }

    fn parenthesized(&mut self) -> P<Expr> {
        self.enter(BRACKET)?;
        let value = self.parentheses()?;
        self.leave(BRACKET);
        Ok(value)
    }

    fn parentheses(&mut self) -> P<Expr> {
        let start = self.start();
        self.advance()?;
        if self.at(Tok::Yield) {
            let value = self.yield_expression()?;
            self.expect(Tok::RPar)?;
            return Ok(value);
        }
        let mut elts = Vec::new();
        while !self.at(Tok::RPar) {
            let item = self.star_named_expression()?;
            if elts.is_empty() && !self.at(Tok::Comma) {
                if matches!(item.kind, ExprKind::Starred { .. }) {
                    return Err(Stop);
                }
                if self.at_for()? {
                    let generators = self.for_if_clauses()?;
                    self.expect(Tok::RPar)?;
                    let kind = ExprKind::GeneratorExp { elt: Box::new(item), generators };
                    return Ok(Expr::new(kind, self.loc(start)));
                }
                self.expect(Tok::RPar)?;
                return Ok(item);
            }
            elts.push(item);
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.expect(Tok::RPar)?;
        Ok(Expr::new(ExprKind::Tuple { elts, ctx: ExprContext::Load }, self.loc(start)))
    }

    fn list(&mut self) -> P<Expr> {
        let start = self.start();
        self.advance()?;
        self.enter(BRACKET)?;
        let mut elts = Vec::new();
        while !self.at(Tok::RSqb) {
            let item = self.star_named_expression()?;
            if elts.is_empty() && self.at_for()? {
                if matches!(item.kind, ExprKind::Starred { .. }) {
                    return Err(Stop);
                }
                let generators = self.for_if_clauses()?;
                self.expect(Tok::RSqb)?;
                self.leave(BRACKET);
                let kind = ExprKind::ListComp { elt: Box::new(item), generators };
                return Ok(Expr::new(kind, self.loc(start)));
            }
            elts.push(item);
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.expect(Tok::RSqb)?;
        self.leave(BRACKET);
        Ok(Expr::new(ExprKind::List { elts, ctx: ExprContext::Load }, self.loc(start)))
    }

    fn braces(&mut self) -> P<Expr> {
        self.enter(BRACKET)?;
        let value = self.dict_or_set()?;
        self.leave(BRACKET);
        Ok(value)
    }

    /// A dict, a set or a comprehension of either.
    fn dict_or_set(&mut self) -> P<Expr> {
        let start = self.start();
        self.advance()?;
        if self.at(Tok::DoubleStar) || self.at(Tok::RBrace) {
            return self.dict(start, None);
        }
        let first_start = self.start();
        let first = self.star_named_expression()?;
        if self.at(Tok::Colon) {
            if matches!(first.kind, ExprKind::Starred { .. }) || Self::is_bare_named(&first, first_start) {
                return Err(Stop);
            }
            return self.dict(start, Some(first));
        }
        if self.at_for()? {
            if matches!(first.kind, ExprKind::Starred { .. }) {
                return Err(Stop);
            }
            let generators = self.for_if_clauses()?;
            self.expect(Tok::RBrace)?;
            return Ok(Expr::new(ExprKind::SetComp { elt: Box::new(first), generators }, self.loc(start)));
        }
        let mut elts = vec![first];
        while self.eat(Tok::Comma)? {
            if self.at(Tok::RBrace) {
                break;
            }
            elts.push(self.star_named_expression()?);
        }
        self.expect(Tok::RBrace)?;
        Ok(Expr::new(ExprKind::Set { elts }, self.loc(start)))
    }

    fn dict(&mut self, start: Start, mut key: Option<Expr>) -> P<Expr> {
        let mut keys = Vec::new();
        let mut values = Vec::new();
        loop {
            if key.is_none() {
                if self.at(Tok::RBrace) {
                    break;
                }
                if self.eat(Tok::DoubleStar)? {
                    keys.push(None);
                    values.push(self.bitwise_or()?);
                    if !self.eat(Tok::Comma)? {
                        break;
                    }
                    continue;
                }
                key = Some(self.expression()?);
            }
            self.expect(Tok::Colon)?;
            let value = self.expression()?;
            if keys.is_empty() && self.at_for()? {
                let generators = self.for_if_clauses()?;
                self.expect(Tok::RBrace)?;
                let key = Box::new(key.ok_or(Stop)?);
                let kind = ExprKind::DictComp { key, value: Box::new(value), generators };
                return Ok(Expr::new(kind, self.loc(start)));
            }
            keys.push(key.take());
            values.push(value);
            if !self.eat(Tok::Comma)? {
                break;
            }
        }
        self.expect(Tok::RBrace)?;
        Ok(Expr::new(ExprKind::Dict { keys, values }, self.loc(start)))
    }

    fn at_for(&mut self) -> P<bool> {
        Ok(self.at(Tok::For) || self.at(Tok::Async) && self.peek()?.kind == Tok::For)
    }

    fn for_if_clauses(&mut self) -> P<Vec<Comprehension>> {
        let mut clauses = Vec::new();
        while self.at_for()? {
            let is_async = self.eat(Tok::Async)? as i32;
            self.advance()?;
            let target = self.star_targets()?;
            self.expect(Tok::In)?;
            let iter = self.disjunction()?;
            let mut ifs = Vec::new();
            while self.eat(Tok::If)? {
                ifs.push(self.disjunction()?);
            }
            if is_async == 1 {
                self.since(6, "Async comprehensions are")?;
            }
            clauses.push(Comprehension { target, iter, ifs, is_async });
        }
        Ok(clauses)
    }

    pub(super) fn star_target(&mut self) -> P<Expr> {
        let start = self.start();
        let star = self.eat(Tok::Star)?;
        let mut target = self.primary()?;
        set_context(&mut target, ExprContext::Store)?;
        if !star {
            return Ok(target);
        }
        let kind = ExprKind::Starred { value: Box::new(target), ctx: ExprContext::Store };
        Ok(Expr::new(kind, self.loc(start)))
    }

    /// The targets of a `for`.
    pub(super) fn star_targets(&mut self) -> P<Expr> {
        let start = self.start();
        let first = self.star_target()?;
        if !self.at(Tok::Comma) {
            return Ok(first);
        }
        let mut tuple = self.tuple(first, start, true, Self::star_target)?;
        set_context(&mut tuple, ExprContext::Store)?;
        Ok(tuple)
    }

    fn lambda(&mut self) -> P<Expr> {
        let start = self.start();
        self.enter(2)?;
        self.expect(Tok::Lambda)?;
        let args = Box::new(self.parameters(Tok::Colon, false)?);
        self.expect(Tok::Colon)?;
        let body = Box::new(self.expression()?);
        self.leave(2);
        Ok(Expr::new(ExprKind::Lambda { args, body }, self.loc(start)))
    }
}
