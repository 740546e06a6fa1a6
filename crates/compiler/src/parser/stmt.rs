//! Statements.

use super::core::{P, Parser, Start, Stop};
use super::expr::{set_context, starts_expression};
use crate::ast::{Alias, ExceptHandler, Expr, ExprContext, ExprKind, Ident, Operator, Stmt, StmtKind, Str, WithItem};
use crate::tokenizer::Tok;

fn augmented(kind: Tok) -> Option<Operator> {
    Some(match kind {
        Tok::PlusEqual => Operator::Add,
        Tok::MinEqual => Operator::Sub,
        Tok::StarEqual => Operator::Mult,
        Tok::AtEqual => Operator::MatMult,
        Tok::SlashEqual => Operator::Div,
        Tok::PercentEqual => Operator::Mod,
        Tok::AmperEqual => Operator::BitAnd,
        Tok::VBarEqual => Operator::BitOr,
        Tok::CircumflexEqual => Operator::BitXor,
        Tok::LeftShiftEqual => Operator::LShift,
        Tok::RightShiftEqual => Operator::RShift,
        Tok::DoubleStarEqual => Operator::Pow,
        Tok::DoubleSlashEqual => Operator::FloorDiv,
        _ => return None,
    })
}

/// Weight of a compound statement in CPython's count of nested rules.
const COMPOUND: u32 = 6;

impl Parser<'_> {
    pub(super) fn statement(&mut self, into: &mut Vec<Stmt>) -> P<()> {
        let start = self.start();
        let stmt = match self.tok.kind {
            Tok::If => self.if_statement()?,
            Tok::For => self.for_statement(start, false)?,
            Tok::While => self.while_statement()?,
            Tok::Try => self.try_statement()?,
            Tok::With => self.with_statement(start, false)?,
            Tok::Def => self.function(start, Vec::new(), false)?,
            Tok::Class => self.class(start, Vec::new())?,
            Tok::At => self.decorated()?,
            Tok::Async => self.async_statement()?,
            Tok::Name if self.word() == b"match" => match self.match_statement()? {
                Some(stmt) => stmt,
                None => return self.simple_line(into),
            },
            _ => return self.simple_line(into),
        };
        into.push(stmt);
        Ok(())
    }

    pub(super) fn at_compound(&mut self) -> P<bool> {
        Ok(match self.tok.kind {
            Tok::If | Tok::For | Tok::While | Tok::Try | Tok::With | Tok::Def | Tok::Class | Tok::At | Tok::Async => {
                true
            }
            Tok::Name if self.word() == b"match" => {
                let mark = self.mark();
                let found = self.match_statement()?.is_some();
                self.reset(mark);
                found
            }
            _ => false,
        })
    }

    /// Simple statements up to the end of the line.
    pub(super) fn simple_statements(&mut self, into: &mut Vec<Stmt>) -> P<()> {
        loop {
            into.push(self.simple_statement()?);
            if !self.eat(Tok::Semi)? || self.at(Tok::Newline) {
                return Ok(());
            }
        }
    }

    fn simple_line(&mut self, into: &mut Vec<Stmt>) -> P<()> {
        self.simple_statements(into)?;
        self.expect(Tok::Newline)
    }

    pub(super) fn block(&mut self) -> P<Vec<Stmt>> {
        let mut body = Vec::new();
        if !self.eat(Tok::Newline)? {
            self.simple_line(&mut body)?;
            return Ok(body);
        }
        self.expect(Tok::Indent)?;
        self.enter(COMPOUND)?;
        while !self.at(Tok::Dedent) {
            if self.at(Tok::EndMarker) {
                return Err(Stop);
            }
            self.statement(&mut body)?;
        }
        self.leave(COMPOUND);
        self.advance()?;
        Ok(body)
    }

    fn colon_block(&mut self) -> P<Vec<Stmt>> {
        self.expect(Tok::Colon)?;
        self.block()
    }

    fn simple_statement(&mut self) -> P<Stmt> {
        let start = self.start();
        let kind = match self.tok.kind {
            Tok::Name => {
                if self.word() == b"type" && self.peek()?.kind == Tok::Name {
                    let after = self.peek_at(2)?.kind;
                    if after == Tok::Equal || after == Tok::LSqb {
                        return self.type_alias(start);
                    }
                }
                return self.expression_statement(start);
            }
            Tok::Pass => self.word_statement(StmtKind::Pass {})?,
            Tok::Break => self.word_statement(StmtKind::Break {})?,
            Tok::Continue => self.word_statement(StmtKind::Continue {})?,
            Tok::Return => {
                self.advance()?;
                let some = starts_expression(self.tok.kind) || self.at(Tok::Star);
                StmtKind::Return { value: if some { Some(Box::new(self.star_expressions()?)) } else { None } }
            }
            Tok::Raise => {
                self.advance()?;
                let (mut exc, mut cause) = (None, None);
                if starts_expression(self.tok.kind) {
                    exc = Some(Box::new(self.expression()?));
                    if self.eat(Tok::From)? {
                        cause = Some(Box::new(self.expression()?));
                    }
                }
                StmtKind::Raise { exc, cause }
            }
            Tok::Import => self.import()?,
            Tok::From => self.import_from()?,
            Tok::Global => {
                self.advance()?;
                StmtKind::Global { names: self.names()? }
            }
            Tok::Nonlocal => {
                self.advance()?;
                StmtKind::Nonlocal { names: self.names()? }
            }
            Tok::Del => self.delete()?,
            Tok::Assert => {
                self.advance()?;
                let test = Box::new(self.expression()?);
                let msg = if self.eat(Tok::Comma)? { Some(Box::new(self.expression()?)) } else { None };
                StmtKind::Assert { test, msg }
            }
            Tok::Yield => {
                let value = Box::new(self.yield_expression()?);
                StmtKind::Expr { value }
            }
            _ => return self.expression_statement(start),
        };
        Ok(Stmt::new(kind, self.loc(start)))
    }

    fn word_statement(&mut self, kind: StmtKind) -> P<StmtKind> {
        self.advance()?;
        Ok(kind)
    }

    fn names(&mut self) -> P<Vec<Ident>> {
        let mut names = vec![self.ident()?];
        while self.eat(Tok::Comma)? {
            names.push(self.ident()?);
        }
        Ok(names)
    }

    fn delete(&mut self) -> P<StmtKind> {
        self.advance()?;
        let mut targets = Vec::new();
        loop {
            let mut target = self.primary()?;
            set_context(&mut target, ExprContext::Del)?;
            targets.push(target);
            if !self.eat(Tok::Comma)? || self.at(Tok::Semi) || self.at(Tok::Newline) {
                break;
            }
        }
        if !self.at(Tok::Semi) && !self.at(Tok::Newline) {
            return Err(Stop);
        }
        Ok(StmtKind::Delete { targets })
    }

    fn dotted_name(&mut self) -> P<Ident> {
        let first = self.ident()?;
        if !self.at(Tok::Dot) {
            return Ok(first);
        }
        let mut name = first.as_str().to_owned();
        while self.eat(Tok::Dot)? {
            name.push('.');
            name.push_str(self.ident()?.as_str());
        }
        Ok(Ident::new(&name))
    }

    fn import(&mut self) -> P<StmtKind> {
        self.advance()?;
        let mut names = Vec::new();
        loop {
            let start = self.start();
            let name = self.dotted_name()?;
            let asname = if self.eat(Tok::As)? { Some(self.ident()?) } else { None };
            names.push(Alias { name, asname, loc: self.loc(start) });
            if !self.eat(Tok::Comma)? {
                return Ok(StmtKind::Import { names });
            }
        }
    }

    fn import_from(&mut self) -> P<StmtKind> {
        self.advance()?;
        let mut level = 0;
        loop {
            match self.tok.kind {
                Tok::Dot => level += 1,
                Tok::Ellipsis => level += 3,
                _ => break,
            }
            self.advance()?;
        }
        let module = if level > 0 && self.at(Tok::Import) { None } else { Some(self.dotted_name()?) };
        self.expect(Tok::Import)?;
        let mut names = Vec::new();
        let start = self.start();
        if self.eat(Tok::Star)? {
            names.push(Alias { name: Ident::new("*"), asname: None, loc: self.loc(start) });
        } else {
            let parenthesized = self.eat(Tok::LPar)?;
            loop {
                let start = self.start();
                let name = self.ident()?;
                let asname = if self.eat(Tok::As)? { Some(self.ident()?) } else { None };
                names.push(Alias { name, asname, loc: self.loc(start) });
                if !self.eat(Tok::Comma)? || parenthesized && self.at(Tok::RPar) {
                    break;
                }
            }
            if parenthesized {
                self.expect(Tok::RPar)?;
            }
        }
        if level == 0 && module.as_ref().is_some_and(|m| m == "__future__") {
            self.flufl |= names.iter().any(|alias| alias.name == "barry_as_FLUFL");
        }
        Ok(StmtKind::ImportFrom { module, names, level: Some(level) })
    }

    fn type_alias(&mut self, start: Start) -> P<Stmt> {
        self.advance()?;
        let loc = Self::token_loc(&self.tok);
        let name = Expr::boxed(ExprKind::Name { id: self.ident()?, ctx: ExprContext::Store }, loc);
        let type_params = self.type_params()?;
        self.expect(Tok::Equal)?;
        let value = Box::new(self.expression()?);
        self.since(12, "Type statement is")?;
        Ok(Stmt::new(StmtKind::TypeAlias { name, type_params, value }, self.loc(start)))
    }

    /// An expression, or an assignment of any kind.
    fn expression_statement(&mut self, start: Start) -> P<Stmt> {
        let parenthesized = self.at(Tok::LPar);
        let first = self.star_expressions()?;
        let kind = match self.tok.kind {
            Tok::Equal => return self.assignment(start, first),
            Tok::Colon => {
                let mut target = Box::new(first);
                if !matches!(
                    target.kind,
                    ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
                ) {
                    return Err(Stop);
                }
                set_context(&mut target, ExprContext::Store)?;
                let simple = (Self::is_name(&target) && !parenthesized) as i32;
                self.advance()?;
                let annotation = Box::new(self.expression()?);
                let value = if self.eat(Tok::Equal)? { Some(Box::new(self.annotated_rhs()?)) } else { None };
                self.since(6, "Variable annotation syntax is")?;
                StmtKind::AnnAssign { target, annotation, value, simple }
            }
            kind => match augmented(kind) {
                Some(op) => {
                    let mut target = Box::new(first);
                    if !matches!(
                        target.kind,
                        ExprKind::Name { .. } | ExprKind::Attribute { .. } | ExprKind::Subscript { .. }
                    ) {
                        return Err(Stop);
                    }
                    if op == Operator::MatMult {
                        self.since(5, "The '@' operator is")?;
                    }
                    set_context(&mut target, ExprContext::Store)?;
                    self.advance()?;
                    let value = Box::new(self.annotated_rhs()?);
                    StmtKind::AugAssign { target, op, value }
                }
                None => StmtKind::Expr { value: Box::new(first) },
            },
        };
        Ok(Stmt::new(kind, self.loc(start)))
    }

    fn assignment(&mut self, start: Start, first: Expr) -> P<Stmt> {
        let mut targets = Vec::new();
        let mut value = first;
        while self.eat(Tok::Equal)? {
            set_context(&mut value, ExprContext::Store)?;
            targets.push(value);
            value = self.annotated_rhs()?;
        }
        let type_comment = self.type_comment()?;
        let kind = StmtKind::Assign { targets, value: Box::new(value), type_comment };
        Ok(Stmt::new(kind, self.loc(start)))
    }

    fn if_statement(&mut self) -> P<Stmt> {
        // A chain of `elif` nests to the right.
        let mut arms: Vec<(Start, Expr, Vec<Stmt>)> = Vec::new();
        let mut orelse = Vec::new();
        loop {
            let start = self.start();
            self.enter(1)?;
            self.advance()?;
            let test = self.named_expression()?;
            let body = self.colon_block()?;
            arms.push((start, test, body));
            if self.at(Tok::Elif) {
                continue;
            }
            if self.eat(Tok::Else)? {
                orelse = self.colon_block()?;
            }
            break;
        }
        self.leave(arms.len() as u32);
        let mut result = None;
        for (start, test, body) in arms.into_iter().rev() {
            let kind = StmtKind::If { test: Box::new(test), body, orelse };
            orelse = Vec::new();
            let stmt = Stmt::new(kind, self.loc(start));
            if let Some(inner) = result.replace(stmt) {
                // The statement just made lacks its `elif`.
                if let Some(Stmt { kind: StmtKind::If { orelse, .. }, .. }) = &mut result {
                    orelse.push(inner);
                }
            }
        }
        result.ok_or(Stop)
    }

    fn while_statement(&mut self) -> P<Stmt> {
        let start = self.start();
        self.advance()?;
        let test = Box::new(self.named_expression()?);
        let body = self.colon_block()?;
        let orelse = self.else_block()?;
        Ok(Stmt::new(StmtKind::While { test, body, orelse }, self.loc(start)))
    }

    fn else_block(&mut self) -> P<Vec<Stmt>> {
        if self.eat(Tok::Else)? { self.colon_block() } else { Ok(Vec::new()) }
    }

    fn for_statement(&mut self, start: Start, is_async: bool) -> P<Stmt> {
        self.advance()?;
        let target = Box::new(self.star_targets()?);
        self.expect(Tok::In)?;
        let iter = Box::new(self.star_expressions()?);
        self.expect(Tok::Colon)?;
        let type_comment = self.type_comment()?;
        let body = self.block()?;
        let orelse = self.else_block()?;
        if is_async {
            self.since_seen(5, "Async for loops are")?;
        }
        let kind = if is_async {
            StmtKind::AsyncFor { target, iter, body, orelse, type_comment }
        } else {
            StmtKind::For { target, iter, body, orelse, type_comment }
        };
        Ok(Stmt::new(kind, self.loc(start)))
    }

    fn with_item(&mut self) -> P<WithItem> {
        let context_expr = self.expression()?;
        let mut optional_vars = None;
        if self.eat(Tok::As)? {
            optional_vars = Some(Box::new(self.star_target()?));
            if !matches!(self.tok.kind, Tok::Comma | Tok::RPar | Tok::Colon) {
                return Err(Stop);
            }
        }
        Ok(WithItem { context_expr, optional_vars })
    }

    /// `(item, item)` and the colon after it.
    fn parenthesized_items(&mut self) -> P<Vec<WithItem>> {
        self.expect(Tok::LPar)?;
        let mut items = Vec::new();
        loop {
            items.push(self.with_item()?);
            if !self.eat(Tok::Comma)? || self.at(Tok::RPar) {
                break;
            }
        }
        self.expect(Tok::RPar)?;
        self.expect(Tok::Colon)?;
        Ok(items)
    }

    fn with_statement(&mut self, start: Start, is_async: bool) -> P<Stmt> {
        self.advance()?;
        let mut items = None;
        if self.at(Tok::LPar) {
            items = self.attempt(Self::parenthesized_items)?;
        }
        let items = match items {
            Some(items) => items,
            None => {
                let mut items = vec![self.with_item()?];
                while self.eat(Tok::Comma)? {
                    items.push(self.with_item()?);
                }
                self.expect(Tok::Colon)?;
                items
            }
        };
        let type_comment = self.type_comment()?;
        let body = self.block()?;
        if is_async {
            self.since(5, "Async with statements are")?;
        }
        let kind = if is_async {
            StmtKind::AsyncWith { items, body, type_comment }
        } else {
            StmtKind::With { items, body, type_comment }
        };
        Ok(Stmt::new(kind, self.loc(start)))
    }

    fn try_statement(&mut self) -> P<Stmt> {
        let start = self.start();
        self.advance()?;
        let body = self.colon_block()?;
        let mut handlers = Vec::new();
        let mut star = None;
        while self.at(Tok::Except) {
            let start = self.start();
            self.advance()?;
            let starred = self.eat(Tok::Star)?;
            if *star.get_or_insert(starred) != starred {
                return Err(Stop);
            }
            let (mut r#type, mut name) = (None, None);
            let mut unparenthesized = false;
            if !self.at(Tok::Colon) {
                let start = self.start();
                let mut value = self.expression()?;
                let bare_tuple = self.at(Tok::Comma);
                if bare_tuple {
                    unparenthesized = true;
                    value = self.tuple(value, start, false, Self::expression)?;
                }
                r#type = Some(Box::new(value));
                if !bare_tuple && self.eat(Tok::As)? {
                    name = Some(self.ident()?);
                }
            } else if starred {
                return Err(Stop);
            }
            let body = self.colon_block()?;
            if unparenthesized {
                self.since(14, "except expressions without parentheses are")?;
            }
            handlers.push(ExceptHandler { r#type, name, body, loc: self.loc(start) });
        }
        let orelse = if handlers.is_empty() { Vec::new() } else { self.else_block()? };
        let finalbody = if self.eat(Tok::Finally)? { self.colon_block()? } else { Vec::new() };
        if handlers.is_empty() && finalbody.is_empty() {
            return Err(Stop);
        }
        if star == Some(true) {
            self.since_seen(11, "Exception groups are")?;
        }
        let kind = if star == Some(true) {
            StmtKind::TryStar { body, handlers, orelse, finalbody }
        } else {
            StmtKind::Try { body, handlers, orelse, finalbody }
        };
        Ok(Stmt::new(kind, self.loc(start)))
    }

    fn decorated(&mut self) -> P<Stmt> {
        let mut decorators = Vec::new();
        while self.eat(Tok::At)? {
            decorators.push(self.named_expression()?);
            self.expect(Tok::Newline)?;
        }
        let start = self.start();
        match self.tok.kind {
            Tok::Def => self.function(start, decorators, false),
            Tok::Class => self.class(start, decorators),
            Tok::Async => {
                self.advance()?;
                if !self.at(Tok::Def) {
                    return Err(Stop);
                }
                self.function(start, decorators, true)
            }
            _ => Err(Stop),
        }
    }

    fn async_statement(&mut self) -> P<Stmt> {
        let start = self.start();
        self.advance()?;
        match self.tok.kind {
            Tok::Def => self.function(start, Vec::new(), true),
            Tok::For => self.for_statement(start, true),
            Tok::With => self.with_statement(start, true),
            _ => Err(Stop),
        }
    }

    fn function(&mut self, start: Start, decorator_list: Vec<Expr>, is_async: bool) -> P<Stmt> {
        self.advance()?;
        let name = self.ident()?;
        let type_params = self.type_params()?;
        self.expect(Tok::LPar)?;
        let args = Box::new(self.parameters(Tok::RPar, true)?);
        self.expect(Tok::RPar)?;
        let returns = if self.eat(Tok::RArrow)? { Some(Box::new(self.expression()?)) } else { None };
        self.expect(Tok::Colon)?;
        let type_comment = self.func_type_comment()?;
        let body = self.block()?;
        if is_async {
            self.since(5, "Async functions are")?;
        }
        let kind = if is_async {
            StmtKind::AsyncFunctionDef { name, args, body, decorator_list, returns, type_comment, type_params }
        } else {
            StmtKind::FunctionDef { name, args, body, decorator_list, returns, type_comment, type_params }
        };
        Ok(Stmt::new(kind, self.loc(start)))
    }

    /// A type comment after the colon of a function, or alone on the next line.
    fn func_type_comment(&mut self) -> P<Option<Str>> {
        if self.options.type_comments
            && self.at(Tok::Newline)
            && self.peek()?.kind == Tok::TypeComment
            && self.peek_at(2)?.kind == Tok::Newline
            && self.peek_at(3)?.kind == Tok::Indent
        {
            self.advance()?;
        }
        self.type_comment()
    }

    fn class(&mut self, start: Start, decorator_list: Vec<Expr>) -> P<Stmt> {
        self.advance()?;
        let name = self.ident()?;
        let type_params = self.type_params()?;
        let (bases, keywords) = if self.at(Tok::LPar) { self.class_arguments()? } else { (Vec::new(), Vec::new()) };
        let body = self.colon_block()?;
        let kind = StmtKind::ClassDef { name, bases, keywords, body, decorator_list, type_params };
        Ok(Stmt::new(kind, self.loc(start)))
    }

    fn class_arguments(&mut self) -> P<(Vec<Expr>, Vec<crate::ast::Keyword>)> {
        let (bases, keywords) = self.arguments()?;
        // A generator needs parentheses of its own here.
        if let [Expr { kind: ExprKind::GeneratorExp { .. }, loc }] = bases.as_slice()
            && keywords.is_empty()
            && self.loc(Start(0, 0)).end_col == loc.end_col
            && self.loc(Start(0, 0)).end_line == loc.end_line
        {
            return Err(Stop);
        }
        Ok((bases, keywords))
    }
}
