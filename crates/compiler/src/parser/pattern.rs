//! The `match` statement and its patterns.

use super::core::{P, Parser, Start, Stop};
use super::expr::starts_expression;
use crate::Const;
use crate::ast::{
    Expr, ExprContext, ExprKind, Ident, MatchCase, Operator, Pattern, PatternKind, Stmt, StmtKind, UnaryOp,
};
use crate::tokenizer::Tok;

impl Parser<'_> {
    /// A `match` statement, or nothing if `match` turns out to be a name.
    pub(super) fn match_statement(&mut self) -> P<Option<Stmt>> {
        let next = self.peek()?.kind;
        if !starts_expression(next) && next != Tok::Star {
            return Ok(None);
        }
        let start = self.start();
        let head = self.attempt(|p| {
            p.advance()?;
            let subject = p.star_named_expressions()?;
            if matches!(subject.kind, ExprKind::Starred { .. }) {
                return Err(Stop);
            }
            p.expect(Tok::Colon)?;
            p.expect(Tok::Newline)?;
            p.expect(Tok::Indent)?;
            if p.at_word(b"case") { Ok(subject) } else { Err(Stop) }
        })?;
        let Some(subject) = head else { return Ok(None) };
        self.enter(6)?;
        let mut cases = Vec::new();
        while self.at_word(b"case") {
            self.advance()?;
            let pattern = self.patterns()?;
            let guard = if self.eat(Tok::If)? { Some(Box::new(self.named_expression()?)) } else { None };
            self.expect(Tok::Colon)?;
            let body = self.block()?;
            cases.push(MatchCase { pattern, guard, body });
        }
        self.leave(6);
        self.expect(Tok::Dedent)?;
        self.since(10, "Pattern matching is")?;
        Ok(Some(Stmt::new(StmtKind::Match { subject: Box::new(subject), cases }, self.loc(start))))
    }

    fn patterns(&mut self) -> P<Pattern> {
        let start = self.start();
        let first = self.maybe_star_pattern()?;
        if !self.at(Tok::Comma) {
            return if matches!(first.kind, PatternKind::MatchStar { .. }) { Err(Stop) } else { Ok(first) };
        }
        let mut patterns = vec![first];
        while self.eat(Tok::Comma)? {
            if self.at(Tok::Colon) || self.at(Tok::If) {
                break;
            }
            patterns.push(self.maybe_star_pattern()?);
        }
        Ok(Pattern { kind: PatternKind::MatchSequence { patterns }, loc: self.loc(start) })
    }

    fn maybe_star_pattern(&mut self) -> P<Pattern> {
        let start = self.start();
        if !self.eat(Tok::Star)? {
            return self.pattern();
        }
        let name = self.capture_name()?;
        Ok(Pattern { kind: PatternKind::MatchStar { name }, loc: self.loc(start) })
    }

    /// A name to bind; none for `_`.
    fn capture_name(&mut self) -> P<Option<Ident>> {
        let name = self.ident()?;
        if matches!(self.tok.kind, Tok::Dot | Tok::LPar | Tok::Equal) {
            return Err(Stop);
        }
        Ok(if name == "_" { None } else { Some(name) })
    }

    fn pattern(&mut self) -> P<Pattern> {
        let start = self.start();
        self.enter(5)?;
        let first = self.closed_pattern()?;
        let mut result = first;
        if self.at(Tok::VBar) {
            let mut patterns = vec![result];
            while self.eat(Tok::VBar)? {
                patterns.push(self.closed_pattern()?);
            }
            result = Pattern { kind: PatternKind::MatchOr { patterns }, loc: self.loc(start) };
        }
        self.leave(5);
        if self.eat(Tok::As)? {
            let Some(name) = self.capture_name()? else { return Err(Stop) };
            let kind = PatternKind::MatchAs { pattern: Some(Box::new(result)), name: Some(name) };
            result = Pattern { kind, loc: self.loc(start) };
        }
        Ok(result)
    }

    fn closed_pattern(&mut self) -> P<Pattern> {
        let start = self.start();
        let kind = match self.tok.kind {
            Tok::Number | Tok::Minus => {
                let value = Box::new(self.number_pattern()?);
                PatternKind::MatchValue { value }
            }
            Tok::String | Tok::FStringStart => {
                let value = self.strings()?;
                if matches!(value.kind, ExprKind::TemplateStr { .. }) {
                    return Err(Stop);
                }
                PatternKind::MatchValue { value: Box::new(value) }
            }
            Tok::None => self.singleton(Const::None)?,
            Tok::True => self.singleton(Const::True)?,
            Tok::False => self.singleton(Const::False)?,
            Tok::Name => return self.name_pattern(start),
            Tok::LPar => return self.group_pattern(start),
            Tok::LSqb => {
                self.advance()?;
                let patterns = self.sequence(Tok::RSqb)?.0;
                self.advance()?;
                PatternKind::MatchSequence { patterns }
            }
            Tok::LBrace => self.mapping_pattern()?,
            _ => return Err(Stop),
        };
        Ok(Pattern { kind, loc: self.loc(start) })
    }

    fn singleton(&mut self, value: Const) -> P<PatternKind> {
        self.advance()?;
        Ok(PatternKind::MatchSingleton { value })
    }

    /// Patterns between commas up to `close`, which is not taken, and whether a comma came last.
    fn sequence(&mut self, close: Tok) -> P<(Vec<Pattern>, bool)> {
        let mut patterns = Vec::new();
        let mut comma = false;
        while !self.at(close) {
            patterns.push(self.maybe_star_pattern()?);
            comma = self.eat(Tok::Comma)?;
            if !comma && !self.at(close) {
                return Err(Stop);
            }
        }
        Ok((patterns, comma))
    }

    fn group_pattern(&mut self, start: Start) -> P<Pattern> {
        self.advance()?;
        let (mut patterns, comma) = self.sequence(Tok::RPar)?;
        self.advance()?;
        if patterns.len() == 1 && !comma {
            let only = patterns.pop().ok_or(Stop)?;
            return if matches!(only.kind, PatternKind::MatchStar { .. }) { Err(Stop) } else { Ok(only) };
        }
        Ok(Pattern { kind: PatternKind::MatchSequence { patterns }, loc: self.loc(start) })
    }

    /// A number with an optional sign and an optional imaginary part.
    fn number_pattern(&mut self) -> P<Expr> {
        let start = self.start();
        let left = self.signed_number()?;
        let op = match self.tok.kind {
            Tok::Plus => Operator::Add,
            Tok::Minus => Operator::Sub,
            _ => return Ok(left),
        };
        let real = match &left.kind {
            ExprKind::UnaryOp { operand, .. } => operand,
            _ => &left,
        };
        if matches!(real.kind, ExprKind::Constant { value: Const::Complex { .. }, .. }) {
            return Err(Stop);
        }
        self.advance()?;
        if !self.at(Tok::Number) {
            return Err(Stop);
        }
        let right = Box::new(self.number()?);
        if !matches!(right.kind, ExprKind::Constant { value: Const::Complex { .. }, .. }) {
            return Err(Stop);
        }
        Ok(Expr::new(ExprKind::BinOp { left: Box::new(left), op, right }, self.loc(start)))
    }

    fn signed_number(&mut self) -> P<Expr> {
        let start = self.start();
        let minus = self.eat(Tok::Minus)?;
        if !self.at(Tok::Number) {
            return Err(Stop);
        }
        let number = self.number()?;
        if !minus {
            return Ok(number);
        }
        Ok(Expr::new(ExprKind::UnaryOp { op: UnaryOp::USub, operand: Box::new(number) }, self.loc(start)))
    }

    /// `name`, `name.attr`, at least as a value.
    fn dotted_expression(&mut self) -> P<Expr> {
        let start = self.start();
        let id = self.ident()?;
        let mut value = Expr::new(ExprKind::Name { id, ctx: ExprContext::Load }, self.loc(start));
        while self.eat(Tok::Dot)? {
            let attr = self.ident()?;
            let kind = ExprKind::Attribute { value: Box::new(value), attr, ctx: ExprContext::Load };
            value = Expr::new(kind, self.loc(start));
        }
        Ok(value)
    }

    /// A capture, a wildcard, a dotted value or a class.
    fn name_pattern(&mut self, start: Start) -> P<Pattern> {
        let next = self.peek()?.kind;
        if next != Tok::Dot && next != Tok::LPar {
            let name = self.capture_name()?;
            let kind = PatternKind::MatchAs { pattern: None, name };
            return Ok(Pattern { kind, loc: self.loc(start) });
        }
        let value = self.dotted_expression()?;
        let kind = if self.at(Tok::LPar) {
            self.class_pattern(value)?
        } else {
            PatternKind::MatchValue { value: Box::new(value) }
        };
        if self.at(Tok::Equal) && !matches!(kind, PatternKind::MatchClass { .. }) {
            return Err(Stop);
        }
        Ok(Pattern { kind, loc: self.loc(start) })
    }

    fn class_pattern(&mut self, cls: Expr) -> P<PatternKind> {
        self.advance()?;
        let mut patterns = Vec::new();
        let mut kwd_attrs = Vec::new();
        let mut kwd_patterns = Vec::new();
        while !self.at(Tok::RPar) {
            if self.at(Tok::Name) && self.peek()?.kind == Tok::Equal {
                kwd_attrs.push(self.ident()?);
                self.advance()?;
                kwd_patterns.push(self.pattern()?);
            } else if kwd_attrs.is_empty() {
                patterns.push(self.pattern()?);
            } else {
                return Err(Stop);
            }
            if !self.at(Tok::RPar) {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance()?;
        Ok(PatternKind::MatchClass { cls: Box::new(cls), patterns, kwd_attrs, kwd_patterns })
    }

    fn mapping_key(&mut self) -> P<Expr> {
        let start = self.start();
        match self.tok.kind {
            Tok::Number | Tok::Minus => self.number_pattern(),
            Tok::String | Tok::FStringStart => self.strings(),
            Tok::None | Tok::True | Tok::False => {
                let value = match self.tok.kind {
                    Tok::None => Const::None,
                    Tok::True => Const::True,
                    _ => Const::False,
                };
                self.advance()?;
                Ok(Expr::new(ExprKind::Constant { value, kind: None }, self.loc(start)))
            }
            Tok::Name => {
                let value = self.dotted_expression()?;
                if matches!(value.kind, ExprKind::Name { .. }) { Err(Stop) } else { Ok(value) }
            }
            _ => Err(Stop),
        }
    }

    fn mapping_pattern(&mut self) -> P<PatternKind> {
        self.advance()?;
        let mut keys = Vec::new();
        let mut patterns = Vec::new();
        let mut rest = None;
        while !self.at(Tok::RBrace) {
            if rest.is_some() {
                return Err(Stop);
            }
            if self.eat(Tok::DoubleStar)? {
                rest = Some(self.capture_name()?.ok_or(Stop)?);
            } else {
                keys.push(self.mapping_key()?);
                self.expect(Tok::Colon)?;
                patterns.push(self.pattern()?);
            }
            if !self.at(Tok::RBrace) {
                self.expect(Tok::Comma)?;
            }
        }
        self.advance()?;
        Ok(PatternKind::MatchMapping { keys, patterns, rest })
    }
}
