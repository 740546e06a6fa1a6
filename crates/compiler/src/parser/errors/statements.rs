//! Statements.

use super::Mode;
use super::machine::{Fail, Id, K, Peg, R, Rule, UNIT, alt};
use crate::tokenizer::Tok;

impl Peg<'_> {
    pub(super) fn start_rule(&mut self) -> R<()> {
        match self.mode {
            Mode::Exec => {
                self.opt(Self::statements)?;
                self.eat(Tok::EndMarker)?;
            }
            Mode::Eval => {
                self.expressions()?;
                self.many(|p| p.eat(Tok::Newline))?;
                self.eat(Tok::EndMarker)?;
            }
            Mode::Single => self.statement_newline()?,
            Mode::FuncType => {
                self.eat(Tok::LPar)?;
                self.opt(Self::type_expressions)?;
                self.eat(Tok::RPar)?;
                self.eat(Tok::RArrow)?;
                self.expression()?;
                self.many(|p| p.eat(Tok::Newline))?;
                self.eat(Tok::EndMarker)?;
            }
        }
        Ok(())
    }

    fn type_expressions(&mut self) -> R<Id> {
        alt!(self, p, {
            p.gather(Tok::Comma, Self::expression)?;
            p.eat(Tok::Comma)?;
            p.eat(Tok::Star)?;
            p.expression()?;
            p.eat(Tok::Comma)?;
            p.eat(Tok::DoubleStar)?;
            p.expression()
        });
        for star in [Tok::Star, Tok::DoubleStar] {
            alt!(self, p, {
                p.gather(Tok::Comma, Self::expression)?;
                p.eat(Tok::Comma)?;
                p.eat(star)?;
                p.expression()
            });
        }
        alt!(self, p, {
            p.eat(Tok::Star)?;
            p.expression()?;
            p.eat(Tok::Comma)?;
            p.eat(Tok::DoubleStar)?;
            p.expression()
        });
        alt!(self, p, {
            p.eat(Tok::Star)?;
            p.expression()
        });
        alt!(self, p, {
            p.eat(Tok::DoubleStar)?;
            p.expression()
        });
        self.gather(Tok::Comma, Self::expression)?;
        Ok(UNIT)
    }

    fn statement_newline(&mut self) -> R<()> {
        alt!(self, p, {
            p.compound()?;
            p.eat(Tok::Newline)?;
            Ok(())
        });
        alt!(self, p, {
            p.simple_stmts()?;
            Ok(())
        });
        alt!(self, p, {
            p.eat(Tok::Newline)?;
            Ok(())
        });
        Err(Fail::No)
    }

    pub(super) fn statements(&mut self) -> R<Id> {
        self.some(Self::statement)?;
        Ok(UNIT)
    }

    fn statement(&mut self) -> R<Id> {
        alt!(self, p, { p.compound() });
        self.simple_stmts()
    }

    pub(super) fn simple_stmts(&mut self) -> R<Id> {
        alt!(self, p, {
            p.simple_stmt()?;
            p.not_at(&[Tok::Semi])?;
            p.eat(Tok::Newline)?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.gather(Tok::Semi, Self::simple_stmt)?;
            p.maybe(Tok::Semi)?;
            p.eat(Tok::Newline)?;
            Ok(UNIT)
        });
        Err(Fail::No)
    }

    pub(super) fn simple_stmt(&mut self) -> R<Id> {
        self.memo(Rule::SimpleStmt, Self::simple_stmt_raw)
    }

    fn simple_stmt_raw(&mut self) -> R<Id> {
        alt!(self, p, { p.rule(Self::assignment) });
        alt!(self, p, { p.type_alias() });
        alt!(self, p, { p.star_expressions() });
        match self.token()?.kind {
            Tok::Return => {
                self.mark += 1;
                self.opt(Self::star_expressions)?;
                Ok(UNIT)
            }
            Tok::Import | Tok::From => self.import_stmt(),
            Tok::Raise => self.raise_stmt(),
            Tok::Pass | Tok::Break | Tok::Continue => {
                self.mark += 1;
                Ok(UNIT)
            }
            Tok::Del => self.del_stmt(),
            Tok::Yield => self.yield_expr(),
            Tok::Assert => {
                self.mark += 1;
                self.expression()?;
                self.opt(|p| {
                    p.eat(Tok::Comma)?;
                    p.expression()
                })?;
                Ok(UNIT)
            }
            Tok::Global | Tok::Nonlocal => {
                self.mark += 1;
                self.gather(Tok::Comma, |p| p.eat(Tok::Name))?;
                Ok(UNIT)
            }
            _ => Err(Fail::No),
        }
    }

    fn compound(&mut self) -> R<Id> {
        self.rule(Self::compound_raw)
    }

    fn compound_raw(&mut self) -> R<Id> {
        let first = self.token()?;
        if matches!(first.kind, Tok::Def | Tok::At | Tok::Async) {
            alt!(self, p, { p.function_def() });
        }
        let start = self.mark;
        let id = self.compound_but_function(first.kind)?;
        // Decorators come before the statement.
        let tokens = &self.tokens[start..self.mark];
        let first = match first.kind {
            Tok::At => tokens.iter().find(|t| t.kind == Tok::Class).copied().unwrap_or(first),
            _ => first,
        };
        self.note_statement(first);
        Ok(id)
    }

    fn compound_but_function(&mut self, kind: Tok) -> R<Id> {
        if kind == Tok::If {
            alt!(self, p, { p.rule(Self::if_stmt) });
        }
        if matches!(kind, Tok::Class | Tok::At) {
            alt!(self, p, { p.class_def() });
        }
        if matches!(kind, Tok::With | Tok::Async) {
            alt!(self, p, { p.rule(Self::with_stmt) });
        }
        if matches!(kind, Tok::For | Tok::Async) {
            alt!(self, p, { p.rule(Self::for_stmt) });
        }
        if kind == Tok::Try {
            alt!(self, p, { p.rule(Self::try_stmt) });
        }
        if kind == Tok::While {
            alt!(self, p, { p.rule(Self::while_stmt) });
        }
        self.rule(Self::match_stmt)
    }

    pub(super) fn annotated_rhs(&mut self) -> R<Id> {
        alt!(self, p, { p.yield_expr() });
        self.star_expressions()
    }

    pub(super) fn augassign(&mut self) -> R<()> {
        let kind = self.token()?.kind;
        if matches!(
            kind,
            Tok::PlusEqual
                | Tok::MinEqual
                | Tok::StarEqual
                | Tok::AtEqual
                | Tok::SlashEqual
                | Tok::PercentEqual
                | Tok::AmperEqual
                | Tok::VBarEqual
                | Tok::CircumflexEqual
                | Tok::LeftShiftEqual
                | Tok::RightShiftEqual
                | Tok::DoubleStarEqual
                | Tok::DoubleSlashEqual
        ) {
            self.mark += 1;
            return Ok(());
        }
        Err(Fail::No)
    }

    fn annotation_and_value(&mut self) -> R<Id> {
        self.eat(Tok::Colon)?;
        self.expression()?;
        self.opt(|p| {
            p.eat(Tok::Equal)?;
            p.annotated_rhs()
        })?;
        Ok(UNIT)
    }

    fn assignment(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::Name)?;
            p.annotation_and_value()
        });
        alt!(self, p, {
            let parenthesized = p.opt(|p| {
                p.eat(Tok::LPar)?;
                p.single_target()?;
                p.eat(Tok::RPar)
            })?;
            if parenthesized.is_none() {
                p.single_subscript_attribute_target()?;
            }
            p.annotation_and_value()
        });
        alt!(self, p, {
            p.some(|p| {
                p.star_targets()?;
                p.eat(Tok::Equal)
            })?;
            p.annotated_rhs()?;
            p.not_at(&[Tok::Equal])?;
            p.maybe(Tok::TypeComment)?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.single_target()?;
            p.augassign()?;
            p.cut(Self::annotated_rhs)
        });
        self.try_invalid(Self::invalid_assignment)?;
        Err(Fail::No)
    }

    fn type_alias(&mut self) -> R<Id> {
        self.soft("type")?;
        self.eat(Tok::Name)?;
        self.opt(Self::type_params)?;
        self.eat(Tok::Equal)?;
        self.expression()
    }

    fn raise_stmt(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::Raise)?;
            p.expression()?;
            p.eat(Tok::From)?;
            p.expression()
        });
        alt!(self, p, {
            p.eat(Tok::Raise)?;
            p.expression()
        });
        self.eat(Tok::Raise)?;
        Ok(UNIT)
    }

    fn del_stmt(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::Del)?;
            p.del_targets()?;
            p.ahead(&[Tok::Semi, Tok::Newline])?;
            Ok(UNIT)
        });
        self.try_invalid(Self::invalid_del_stmt)?;
        Err(Fail::No)
    }

    fn import_stmt(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_import)?;
        alt!(self, p, {
            p.eat(Tok::Import)?;
            p.gather(Tok::Comma, Self::dotted_as_name)?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.eat(Tok::From)?;
            p.many(|p| p.eat_any(&[Tok::Dot, Tok::Ellipsis]))?;
            let module = p.token()?;
            p.dotted_name()?;
            p.eat(Tok::Import)?;
            let first = p.mark;
            let found = p.import_from_targets()?;
            if p.text(&module) == "__future__" {
                let names = &p.tokens[first..p.mark];
                p.flufl |= names.iter().any(|name| p.text(name) == "barry_as_FLUFL");
            }
            Ok(found)
        });
        self.eat(Tok::From)?;
        self.some(|p| p.eat_any(&[Tok::Dot, Tok::Ellipsis]))?;
        self.eat(Tok::Import)?;
        self.import_from_targets()
    }

    pub(super) fn dotted_name(&mut self) -> R<Id> {
        self.memo(Rule::DottedName, |p| {
            p.eat(Tok::Name)?;
            p.many(|p| {
                p.eat(Tok::Dot)?;
                p.eat(Tok::Name)
            })?;
            Ok(UNIT)
        })
    }

    fn dotted_as_name(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_dotted_as_name)?;
        self.dotted_name()?;
        self.opt(|p| {
            p.eat(Tok::As)?;
            p.eat(Tok::Name)
        })?;
        Ok(UNIT)
    }

    pub(super) fn import_from_as_names(&mut self) -> R<Id> {
        self.gather(Tok::Comma, |p| {
            p.try_invalid(Self::invalid_import_from_as_name)?;
            p.eat(Tok::Name)?;
            p.opt(|p| {
                p.eat(Tok::As)?;
                p.eat(Tok::Name)
            })?;
            Ok(UNIT)
        })?;
        Ok(UNIT)
    }

    fn import_from_targets(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::LPar)?;
            p.import_from_as_names()?;
            p.maybe(Tok::Comma)?;
            p.eat(Tok::RPar)?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.import_from_as_names()?;
            p.not_at(&[Tok::Comma])?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.eat(Tok::Star)?;
            Ok(UNIT)
        });
        self.try_invalid(Self::invalid_import_from_targets)?;
        Err(Fail::No)
    }

    pub(super) fn block(&mut self) -> R<Id> {
        self.memo(Rule::Block, |p| {
            alt!(p, p, {
                p.eat(Tok::Newline)?;
                p.eat(Tok::Indent)?;
                p.statements()?;
                p.eat(Tok::Dedent)?;
                Ok(UNIT)
            });
            alt!(p, p, { p.simple_stmts() });
            p.try_invalid(Self::invalid_block)?;
            Err(Fail::No)
        })
    }

    fn decorators(&mut self) -> R<()> {
        self.some(|p| {
            p.eat(Tok::At)?;
            p.named_expression()?;
            p.eat(Tok::Newline)
        })?;
        Ok(())
    }

    fn class_def(&mut self) -> R<Id> {
        alt!(self, p, {
            p.decorators()?;
            p.rule(Self::class_def_raw)
        });
        self.rule(Self::class_def_raw)
    }

    pub(super) fn class_head(&mut self) -> R<()> {
        self.eat(Tok::Name)?;
        self.opt(Self::type_params)?;
        self.opt(|p| {
            p.eat(Tok::LPar)?;
            p.opt(Self::arguments)?;
            p.eat(Tok::RPar)
        })?;
        Ok(())
    }

    fn class_def_raw(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_class_def_raw)?;
        self.eat(Tok::Class)?;
        self.class_head()?;
        self.eat(Tok::Colon)?;
        self.block()
    }

    fn function_def(&mut self) -> R<Id> {
        alt!(self, p, {
            p.decorators()?;
            p.rule(Self::function_def_raw)
        });
        self.rule(Self::function_def_raw)
    }

    fn function_def_raw(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_def_raw)?;
        for is_async in [false, true] {
            alt!(self, p, {
                if is_async {
                    p.eat(Tok::Async)?;
                }
                p.eat(Tok::Def)?;
                p.eat(Tok::Name)?;
                p.opt(Self::type_params)?;
                p.force_later(Tok::LPar)?;
                p.opt(Self::params)?;
                p.eat(Tok::RPar)?;
                p.opt(|p| {
                    p.eat(Tok::RArrow)?;
                    p.expression()
                })?;
                p.force_later(Tok::Colon)?;
                p.opt(Self::func_type_comment)?;
                p.block()
            });
        }
        Err(Fail::No)
    }

    fn func_type_comment(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::Newline)?;
            p.eat(Tok::TypeComment)?;
            if !p.look(|p| {
                p.eat(Tok::Newline)?;
                p.eat(Tok::Indent)
            })? {
                return Err(Fail::No);
            }
            Ok(UNIT)
        });
        self.try_invalid(|p| {
            p.eat(Tok::TypeComment)?;
            p.eat(Tok::Newline)?;
            p.eat(Tok::TypeComment)?;
            p.eat(Tok::Newline)?;
            p.eat(Tok::Indent)?;
            Err(p.raise("Cannot have two type comments on def"))
        })?;
        self.eat(Tok::TypeComment)?;
        Ok(UNIT)
    }

    fn if_stmt(&mut self) -> R<Id> {
        self.conditional(Tok::If)
    }

    /// `if` or `elif`.
    fn conditional(&mut self, word: Tok) -> R<Id> {
        self.try_invalid(if word == Tok::If { Self::invalid_if_stmt } else { Self::invalid_elif_stmt })?;
        alt!(self, p, {
            p.eat(word)?;
            p.named_expression()?;
            p.eat(Tok::Colon)?;
            p.block()?;
            p.rule(|p| p.conditional(Tok::Elif))
        });
        self.eat(word)?;
        self.named_expression()?;
        self.eat(Tok::Colon)?;
        self.block()?;
        self.opt(Self::else_block)?;
        Ok(UNIT)
    }

    fn else_block(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_else_stmt)?;
        self.eat(Tok::Else)?;
        self.force(Tok::Colon)?;
        self.block()
    }

    fn while_stmt(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_while_stmt)?;
        self.eat(Tok::While)?;
        self.named_expression()?;
        self.eat(Tok::Colon)?;
        self.block()?;
        self.opt(Self::else_block)?;
        Ok(UNIT)
    }

    fn for_stmt(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_for_stmt)?;
        for is_async in [false, true] {
            alt!(self, p, {
                if is_async {
                    p.eat(Tok::Async)?;
                }
                p.eat(Tok::For)?;
                p.star_targets()?;
                p.eat(Tok::In)?;
                p.cut(|p| {
                    p.star_expressions()?;
                    p.eat(Tok::Colon)?;
                    p.maybe(Tok::TypeComment)?;
                    p.block()?;
                    p.opt(Self::else_block)?;
                    Ok(UNIT)
                })
            });
        }
        self.try_invalid(Self::invalid_for_target)?;
        Err(Fail::No)
    }

    fn with_stmt(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_with_stmt_indent)?;
        for is_async in [false, true] {
            for parenthesized in [true, false] {
                alt!(self, p, {
                    if is_async {
                        p.eat(Tok::Async)?;
                    }
                    p.eat(Tok::With)?;
                    if parenthesized {
                        p.eat(Tok::LPar)?;
                    }
                    p.gather(Tok::Comma, Self::with_item)?;
                    if parenthesized {
                        p.maybe(Tok::Comma)?;
                        p.eat(Tok::RPar)?;
                    }
                    p.eat(Tok::Colon)?;
                    p.maybe(Tok::TypeComment)?;
                    p.block()
                });
            }
        }
        self.try_invalid(Self::invalid_with_stmt)?;
        Err(Fail::No)
    }

    fn with_item(&mut self) -> R<Id> {
        alt!(self, p, {
            p.expression()?;
            p.eat(Tok::As)?;
            p.star_target()?;
            p.ahead(&[Tok::Comma, Tok::RPar, Tok::Colon])?;
            Ok(UNIT)
        });
        self.try_invalid(Self::invalid_with_item)?;
        self.expression()
    }

    fn try_stmt(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_try_stmt)?;
        alt!(self, p, {
            p.try_head()?;
            p.finally_block()
        });
        for star in [false, true] {
            alt!(self, p, {
                p.try_head()?;
                p.some(|p| if star { p.except_star_block() } else { p.except_block() })?;
                p.opt(Self::else_block)?;
                p.opt(Self::finally_block)?;
                Ok(UNIT)
            });
        }
        Err(Fail::No)
    }

    fn try_head(&mut self) -> R<Id> {
        self.eat(Tok::Try)?;
        self.force(Tok::Colon)?;
        self.block()
    }

    pub(super) fn except_block(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_except_stmt_indent)?;
        self.except_clauses(false)?.ok_or(()).or_else(|()| {
            self.try_invalid(|p| p.invalid_except_stmt(false))?;
            Err(Fail::No)
        })
    }

    pub(super) fn except_star_block(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_except_star_stmt_indent)?;
        self.except_clauses(true)?.ok_or(()).or_else(|()| {
            self.try_invalid(|p| p.invalid_except_stmt(true))?;
            Err(Fail::No)
        })
    }

    fn except_clauses(&mut self, star: bool) -> R<Option<Id>> {
        for form in 0..4 {
            if form == 3 && star {
                break;
            }
            let found = self.alt(|p| {
                p.eat(Tok::Except)?;
                if star {
                    p.eat(Tok::Star)?;
                }
                match form {
                    0 => {
                        p.expression()?;
                    }
                    1 => {
                        p.expression()?;
                        p.eat(Tok::As)?;
                        p.eat(Tok::Name)?;
                    }
                    2 => {
                        p.expressions()?;
                    }
                    _ => {}
                }
                p.eat(Tok::Colon)?;
                p.block()
            })?;
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    fn finally_block(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_finally_stmt)?;
        self.eat(Tok::Finally)?;
        self.force(Tok::Colon)?;
        self.block()
    }

    pub(super) fn type_params(&mut self) -> R<Id> {
        self.try_invalid(|p| {
            p.eat(Tok::LSqb)?;
            let close = p.eat(Tok::RSqb)?;
            Err(p.raise_from(close, "Type parameter list cannot be empty"))
        })?;
        self.eat(Tok::LSqb)?;
        self.gather(Tok::Comma, |p| p.memo(Rule::TypeParam, Self::type_param))?;
        self.maybe(Tok::Comma)?;
        self.eat(Tok::RSqb)?;
        Ok(UNIT)
    }

    fn type_param(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::Name)?;
            p.opt(|p| {
                p.eat(Tok::Colon)?;
                p.expression()
            })?;
            p.opt(|p| {
                p.eat(Tok::Equal)?;
                p.expression()
            })?;
            Ok(UNIT)
        });
        // Not one of the rules that can be switched off.
        alt!(self, p, { p.invalid_type_param().map(|()| UNIT) });
        alt!(self, p, {
            p.eat(Tok::Star)?;
            p.eat(Tok::Name)?;
            p.opt(|p| {
                p.eat(Tok::Equal)?;
                p.star_expression()
            })?;
            Ok(UNIT)
        });
        self.eat(Tok::DoubleStar)?;
        self.eat(Tok::Name)?;
        self.opt(|p| {
            p.eat(Tok::Equal)?;
            p.expression()
        })?;
        Ok(UNIT)
    }

    pub(super) fn pattern_node(&mut self, start: usize) -> Id {
        self.node(K::Pattern, start, Vec::new())
    }
}
