//! The rules for invalid code, in CPython's order: each raises what it is about, or comes to nothing.

use super::machine::{Fail, Id, K, Peg, R, alt, name_of};
use super::targets::Purpose;
use crate::tokenizer::{Tok, Token};

const FORGOT_COMPARISON: &str = "invalid syntax. Maybe you meant '==' or ':=' instead of '='?";

impl Peg<'_> {
    fn is_legacy(&self, id: Id) -> Option<&'static str> {
        if self.kind(id) != K::Name {
            return None;
        }
        let span = self.nodes[id.0 as usize].span;
        let start = self.tokens.iter().find(|t| t.lineno == span.line && t.col == span.col && t.kind == Tok::Name)?;
        match self.text(start) {
            "print" => Some("print"),
            "exec" => Some("exec"),
            _ => None,
        }
    }

    fn soft_keyword(&mut self) -> R<Token> {
        let token = self.eat(Tok::Name)?;
        match self.text(&token) {
            "_" | "case" | "match" | "type" => Ok(token),
            _ => Err(Fail::No),
        }
    }

    /// Raises because of what comes after the colon of a compound statement.
    fn no_block(&mut self, word: Token, after: &str) -> R<()> {
        self.eat(Tok::Newline)?;
        self.not_at(&[Tok::Indent])?;
        Err(self.raise_indentation(&format!("expected an indented block after {after} on line {}", word.lineno)))
    }

    fn expected_colon(&mut self) -> R<()> {
        self.eat(Tok::Newline)?;
        Err(self.raise("expected ':'"))
    }

    // Expressions.

    pub(super) fn invalid_expression(&mut self) -> R<()> {
        alt!(self, p, {
            p.eat(Tok::String)?;
            let between = p.some(|p| {
                p.not_at(&[Tok::String])?;
                p.expression_without_invalid()
            })?;
            p.eat(Tok::String)?;
            let last = between[between.len() - 1];
            Err(p.raise_range(between[0], last, "invalid syntax. Is this intended to be part of the string?"))
        });
        alt!(self, p, {
            p.unless(|p| {
                if p.opt(|p| {
                    p.eat(Tok::Name)?;
                    p.eat(Tok::String)
                })?
                .is_none()
                {
                    p.soft_keyword()?;
                }
                Ok(())
            })?;
            let a = p.disjunction()?;
            let b = p.expression_without_invalid()?;
            if p.is_legacy(a).is_some() || p.last_token().level == 0 {
                return Ok(());
            }
            Err(p.raise_range(a, b, "invalid syntax. Perhaps you forgot a comma?"))
        });
        alt!(self, p, {
            let a = p.disjunction()?;
            p.eat(Tok::If)?;
            let b = p.disjunction()?;
            p.not_at(&[Tok::Else, Tok::Colon])?;
            Err(p.raise_range(a, b, "expected 'else' after 'if' expression"))
        });
        alt!(self, p, {
            p.disjunction()?;
            p.eat(Tok::If)?;
            p.disjunction()?;
            p.eat(Tok::Else)?;
            p.unless(Self::expression)?;
            Err(p.raise_next("expected expression after 'else', but statement is given"))
        });
        alt!(self, p, {
            let word = p.eat_any(&[Tok::Pass, Tok::Break, Tok::Continue])?;
            p.eat(Tok::If)?;
            p.disjunction()?;
            p.eat(Tok::Else)?;
            p.simple_stmt()?;
            Err(p.raise_at(word, "expected expression before 'if', but statement is given"))
        });
        let word = self.eat(Tok::Lambda)?;
        self.opt(Self::lambda_params)?;
        let colon = self.eat(Tok::Colon)?;
        self.ahead(&[Tok::FStringMiddle, Tok::TStringMiddle])?;
        let letter = self.string_letter();
        Err(self.raise_range(
            word,
            colon,
            &format!("{letter}-string: lambda expressions are not allowed without parentheses"),
        ))
    }

    pub(super) fn invalid_legacy_expression(&mut self) -> R<()> {
        let a = self.name()?;
        self.not_at(&[Tok::LPar])?;
        let b = self.star_expressions()?;
        match self.is_legacy(a) {
            Some(name) => Err(self.raise_range(
                a,
                b,
                &format!("Missing parentheses in call to '{name}'. Did you mean {name}(...)?"),
            )),
            None => Ok(()),
        }
    }

    pub(super) fn invalid_named_expression(&mut self) -> R<Id> {
        alt!(self, p, {
            let a = p.expression()?;
            p.eat(Tok::ColonEqual)?;
            p.expression()?;
            let what = name_of(p.kind(a));
            Err(p.raise_at(a, &format!("cannot use assignment expressions with {what}")))
        });
        alt!(self, p, {
            let a = p.name()?;
            p.eat(Tok::Equal)?;
            let b = p.bitwise_or()?;
            p.not_at(&[Tok::Equal, Tok::ColonEqual])?;
            Err(p.raise_range(a, b, FORGOT_COMPARISON))
        });
        self.unless(|p| {
            alt!(p, p, { p.list() });
            alt!(p, p, { p.tuple() });
            alt!(p, p, { p.genexp() });
            p.eat_any(&[Tok::True, Tok::None, Tok::False])?;
            Ok(super::machine::UNIT)
        })?;
        let a = self.bitwise_or()?;
        self.eat(Tok::Equal)?;
        self.bitwise_or()?;
        self.not_at(&[Tok::Equal, Tok::ColonEqual])?;
        let what = name_of(self.kind(a));
        Err(self.raise_at(a, &format!("cannot assign to {what} here. Maybe you meant '==' instead of '='?")))
    }

    pub(super) fn invalid_arithmetic(&mut self) -> R<()> {
        self.sum()?;
        self.eat_any(&[Tok::Plus, Tok::Minus, Tok::Star, Tok::Slash, Tok::Percent, Tok::DoubleSlash, Tok::At])?;
        let a = self.eat(Tok::Not)?;
        let b = self.inversion()?;
        Err(self.raise_range(a, b, "'not' after an operator must be parenthesized"))
    }

    pub(super) fn invalid_factor(&mut self) -> R<()> {
        self.eat_any(&[Tok::Plus, Tok::Minus, Tok::Tilde])?;
        let a = self.eat(Tok::Not)?;
        let b = self.factor()?;
        Err(self.raise_range(a, b, "'not' after an operator must be parenthesized"))
    }

    pub(super) fn invalid_starred_expression_unpacking(&mut self) -> R<()> {
        let a = self.eat(Tok::Star)?;
        self.expression()?;
        self.eat(Tok::Equal)?;
        let b = self.expression()?;
        Err(self.raise_range(a, b, "cannot assign to iterable argument unpacking"))
    }

    pub(super) fn invalid_starred_expression(&mut self) -> R<()> {
        self.eat(Tok::Star)?;
        Err(self.raise("Invalid star expression"))
    }

    pub(super) fn invalid_group(&mut self) -> R<()> {
        alt!(self, p, {
            p.eat(Tok::LPar)?;
            let a = p.starred_expression()?;
            p.eat(Tok::RPar)?;
            Err(p.raise_at(a, "cannot use starred expression here"))
        });
        self.eat(Tok::LPar)?;
        let a = self.eat(Tok::DoubleStar)?;
        self.expression()?;
        self.eat(Tok::RPar)?;
        Err(self.raise_at(a, "cannot use double starred expression here"))
    }

    pub(super) fn invalid_comprehension(&mut self) -> R<()> {
        alt!(self, p, {
            p.eat_any(&[Tok::LSqb, Tok::LPar, Tok::LBrace])?;
            let a = p.starred_expression()?;
            p.for_if_clauses()?;
            Err(p.raise_at(a, "iterable unpacking cannot be used in comprehension"))
        });
        alt!(self, p, {
            p.eat_any(&[Tok::LSqb, Tok::LBrace])?;
            let a = p.star_named_expression()?;
            p.eat(Tok::Comma)?;
            let b = p.star_named_expressions()?;
            p.for_if_clauses()?;
            let last = b.last().copied().unwrap_or(a);
            Err(p.raise_range(a, last, "did you forget parentheses around the comprehension target?"))
        });
        self.eat_any(&[Tok::LSqb, Tok::LBrace])?;
        let a = self.star_named_expression()?;
        let b = self.eat(Tok::Comma)?;
        self.for_if_clauses()?;
        Err(self.raise_range(a, b, "did you forget parentheses around the comprehension target?"))
    }

    pub(super) fn invalid_dict_comprehension(&mut self) -> R<()> {
        self.eat(Tok::LBrace)?;
        let a = self.eat(Tok::DoubleStar)?;
        self.bitwise_or()?;
        self.for_if_clauses()?;
        self.eat(Tok::RBrace)?;
        Err(self.raise_at(a, "dict unpacking cannot be used in dict comprehension"))
    }

    pub(super) fn invalid_for_if_clause(&mut self) -> R<()> {
        self.maybe(Tok::Async)?;
        self.eat(Tok::For)?;
        self.bitwise_or()?;
        self.many(|p| {
            p.eat(Tok::Comma)?;
            p.bitwise_or()
        })?;
        self.maybe(Tok::Comma)?;
        self.not_at(&[Tok::In])?;
        Err(self.raise("'in' expected after for-loop variables"))
    }

    pub(super) fn invalid_for_target(&mut self) -> R<()> {
        self.maybe(Tok::Async)?;
        self.eat(Tok::For)?;
        let a = self.star_expressions()?;
        self.check_target(a, Purpose::Loop)
    }

    pub(super) fn invalid_double_starred_kvpairs(&mut self) -> R<()> {
        alt!(self, p, {
            p.gather(Tok::Comma, Self::double_starred_kvpair)?;
            p.eat(Tok::Comma)?;
            p.invalid_kvpair()
        });
        self.invalid_value()
    }

    fn invalid_value(&mut self) -> R<()> {
        alt!(self, p, {
            p.expression()?;
            p.eat(Tok::Colon)?;
            let a = p.eat(Tok::Star)?;
            p.bitwise_or()?;
            Err(p.raise_from(a, "cannot use a starred expression in a dictionary value"))
        });
        self.expression()?;
        let a = self.eat(Tok::Colon)?;
        self.ahead(&[Tok::RBrace, Tok::Comma])?;
        Err(self.raise_at(a, "expression expected after dictionary key and ':'"))
    }

    fn invalid_kvpair(&mut self) -> R<()> {
        alt!(self, p, {
            let a = p.expression()?;
            p.not_at(&[Tok::Colon])?;
            let mut span = p.nodes[a.0 as usize].span;
            span.col = span.end_col - 1;
            span.end_col = -1;
            Err(p.raise_at(span, "':' expected after dictionary key"))
        });
        self.invalid_value()
    }

    // Arguments.

    /// The last condition of a comprehension, or what it runs over.
    fn last_of_comprehension(&self, clauses: &[Id]) -> Id {
        clauses.last().map(|&last| self.kids(last)[1]).unwrap_or(super::machine::UNIT)
    }

    pub(super) fn invalid_arguments(&mut self) -> R<()> {
        const PARENTHESIZE: &str = "Generator expression must be parenthesized";
        alt!(self, p, {
            let plain = p.opt(|p| {
                p.gather(Tok::Comma, Self::positional)?;
                p.eat(Tok::Comma)?;
                p.kwargs()
            })?;
            if plain.is_none() {
                p.kwargs()?;
            }
            let a = p.eat(Tok::Comma)?;
            p.gather(Tok::Comma, |p| {
                p.starred_expression()?;
                p.not_at(&[Tok::Equal])
            })?;
            Err(p.raise_from(a, "iterable argument unpacking follows keyword argument unpacking"))
        });
        alt!(self, p, {
            let a = p.expression()?;
            let clauses = p.for_if_clauses()?;
            p.eat(Tok::Comma)?;
            p.opt(|p| {
                alt!(p, p, { p.args() });
                p.expression()?;
                p.for_if_clauses()?;
                Ok(super::machine::UNIT)
            })?;
            let b = p.last_of_comprehension(&clauses);
            Err(p.raise_range(a, b, PARENTHESIZE))
        });
        alt!(self, p, {
            let a = p.name()?;
            let b = p.eat(Tok::Equal)?;
            p.expression()?;
            p.for_if_clauses()?;
            Err(p.raise_range(a, b, FORGOT_COMPARISON))
        });
        alt!(self, p, {
            p.opt(|p| {
                p.args()?;
                p.eat(Tok::Comma)
            })?;
            let a = p.name()?;
            let b = p.eat(Tok::Equal)?;
            p.ahead(&[Tok::Comma, Tok::RPar])?;
            Err(p.raise_range(a, b, "expected argument value expression"))
        });
        alt!(self, p, {
            let args = p.args()?;
            let clauses = p.for_if_clauses()?;
            let positional = p.kids(args);
            if positional.len() <= 1 {
                return Ok(());
            }
            let b = p.last_of_comprehension(&clauses);
            Err(p.raise_range(positional[positional.len() - 1], b, PARENTHESIZE))
        });
        alt!(self, p, {
            p.args()?;
            p.eat(Tok::Comma)?;
            let a = p.expression()?;
            let clauses = p.for_if_clauses()?;
            let b = p.last_of_comprehension(&clauses);
            Err(p.raise_range(a, b, PARENTHESIZE))
        });
        let a = self.args()?;
        self.eat(Tok::Comma)?;
        self.args()?;
        let unpacking = if self.kind(a) == K::ArgumentsUnpacking { " unpacking" } else { "" };
        Err(self.raise(&format!("positional argument follows keyword argument{unpacking}")))
    }

    pub(super) fn invalid_kwarg(&mut self) -> R<()> {
        alt!(self, p, {
            let a = p.eat_any(&[Tok::True, Tok::False, Tok::None])?;
            let b = p.eat(Tok::Equal)?;
            Err(p.raise_range(a, b, &format!("cannot assign to {}", a.kind.text())))
        });
        alt!(self, p, {
            let a = p.name()?;
            let b = p.eat(Tok::Equal)?;
            p.expression()?;
            p.for_if_clauses()?;
            Err(p.raise_range(a, b, FORGOT_COMPARISON))
        });
        alt!(self, p, {
            p.unless(|p| {
                p.eat(Tok::Name)?;
                p.eat(Tok::Equal)
            })?;
            let a = p.expression()?;
            let b = p.eat(Tok::Equal)?;
            Err(p.raise_range(a, b, "expression cannot contain assignment, perhaps you meant \"==\"?"))
        });
        let a = self.eat(Tok::DoubleStar)?;
        self.expression()?;
        self.eat(Tok::Equal)?;
        let b = self.expression()?;
        Err(self.raise_range(a, b, "cannot assign to keyword argument unpacking"))
    }

    // Strings.

    pub(super) fn invalid_string_tstring_concat(&mut self) -> R<()> {
        const MIXED: &str = "cannot mix t-string literals with string or bytes literals";
        alt!(self, p, {
            let a = p.some(Self::string_or_fstring)?;
            let b = p.tstring()?;
            Err(p.raise_range(a[a.len() - 1], b, MIXED))
        });
        let a = self.some(Self::tstring)?;
        let b = self.string_or_fstring()?;
        Err(self.raise_range(a[a.len() - 1], b, MIXED))
    }

    pub(super) fn invalid_replacement_field(&mut self, letter: char) -> R<()> {
        const ENDS: &[Tok] = &[Tok::Exclamation, Tok::Colon, Tok::RBrace];
        for kind in [Tok::Equal, Tok::Exclamation, Tok::Colon, Tok::RBrace] {
            alt!(self, p, {
                p.eat(Tok::LBrace)?;
                let a = p.eat(kind)?;
                Err(p.raise_at(a, &format!("{letter}-string: valid expression required before '{}'", kind.text())))
            });
        }
        alt!(self, p, {
            p.eat(Tok::LBrace)?;
            p.unless(Self::annotated_rhs)?;
            Err(p.raise_next(&format!("{letter}-string: expecting a valid expression after '{{'")))
        });
        alt!(self, p, {
            p.eat(Tok::LBrace)?;
            p.annotated_rhs()?;
            p.not_at(&[Tok::Equal, Tok::Exclamation, Tok::Colon, Tok::RBrace])?;
            Err(p.raise_next(&format!("{letter}-string: expecting '=', or '!', or ':', or '}}'")))
        });
        alt!(self, p, {
            p.eat(Tok::LBrace)?;
            p.annotated_rhs()?;
            p.eat(Tok::Equal)?;
            p.not_at(ENDS)?;
            Err(p.raise_next(&format!("{letter}-string: expecting '!', or ':', or '}}'")))
        });
        alt!(self, p, {
            p.field_value()?;
            p.eat(Tok::Exclamation)?;
            let token = p.token()?;
            match token.kind {
                Tok::Colon | Tok::RBrace => {
                    Err(p.raise_next(&format!("{letter}-string: missing conversion character")))
                }
                Tok::Name => Err(Fail::No),
                _ => Err(p.raise_next(&format!("{letter}-string: invalid conversion character"))),
            }
        });
        alt!(self, p, {
            p.field_value()?;
            p.field_conversion()?;
            p.not_at(&[Tok::Colon, Tok::RBrace])?;
            Err(p.raise_next(&format!("{letter}-string: expecting ':' or '}}'")))
        });
        alt!(self, p, {
            p.field_value()?;
            p.field_conversion()?;
            p.eat(Tok::Colon)?;
            // CPython's rule is that of f-strings for template strings, too, whose texts are other tokens.
            p.many(|p| match letter {
                't' => p.rule(Self::field),
                _ => p.format_spec_part(Self::field),
            })?;
            p.not_at(&[Tok::RBrace])?;
            Err(p.raise_next(&format!("{letter}-string: expecting '}}', or format specs")))
        });
        self.field_value()?;
        self.field_conversion()?;
        self.not_at(&[Tok::RBrace])?;
        Err(self.raise_next(&format!("{letter}-string: expecting '}}'")))
    }

    fn field_value(&mut self) -> R<()> {
        self.eat(Tok::LBrace)?;
        self.annotated_rhs()?;
        self.maybe(Tok::Equal)?;
        Ok(())
    }

    fn field_conversion(&mut self) -> R<()> {
        self.opt(|p| {
            p.eat(Tok::Exclamation)?;
            p.eat(Tok::Name)
        })?;
        Ok(())
    }

    // Simple statements.

    fn invalid_ann_assign_target(&mut self) -> R<Id> {
        alt!(self, p, { p.list() });
        alt!(self, p, { p.tuple() });
        self.eat(Tok::LPar)?;
        let a = self.invalid_ann_assign_target()?;
        self.eat(Tok::RPar)?;
        Ok(a)
    }

    pub(super) fn invalid_assignment(&mut self) -> R<()> {
        alt!(self, p, {
            let a = p.invalid_ann_assign_target()?;
            p.eat(Tok::Colon)?;
            p.expression()?;
            let what = name_of(p.kind(a));
            Err(p.raise_at(a, &format!("only single target (not {what}) can be annotated")))
        });
        alt!(self, p, {
            let a = p.star_named_expression()?;
            p.eat(Tok::Comma)?;
            p.many(Self::star_named_expressions)?;
            p.eat(Tok::Colon)?;
            p.expression()?;
            Err(p.raise_at(a, "only single target (not tuple) can be annotated"))
        });
        alt!(self, p, {
            let a = p.expression()?;
            p.eat(Tok::Colon)?;
            p.expression()?;
            Err(p.raise_at(a, "illegal target for annotation"))
        });
        alt!(self, p, {
            p.assigned()?;
            let a = p.star_expressions()?;
            p.eat(Tok::Equal)?;
            p.check_target(a, Purpose::Assign)
        });
        alt!(self, p, {
            p.assigned()?;
            let a = p.yield_expr()?;
            p.eat(Tok::Equal)?;
            Err(p.raise_at(a, "assignment to yield expression not possible"))
        });
        let a = self.star_expressions()?;
        self.augassign()?;
        self.annotated_rhs()?;
        let what = name_of(self.kind(a));
        Err(self.raise_at(a, &format!("'{what}' is an illegal expression for augmented assignment")))
    }

    fn assigned(&mut self) -> R<()> {
        self.many(|p| {
            p.star_targets()?;
            p.eat(Tok::Equal)
        })?;
        Ok(())
    }

    pub(super) fn invalid_del_stmt(&mut self) -> R<()> {
        self.eat(Tok::Del)?;
        let a = self.star_expressions()?;
        self.check_target(a, Purpose::Delete)
    }

    pub(super) fn invalid_import(&mut self) -> R<()> {
        alt!(self, p, {
            let a = p.eat(Tok::Import)?;
            p.gather(Tok::Comma, Self::dotted_name)?;
            p.eat(Tok::From)?;
            p.dotted_name()?;
            Err(p.raise_from(a, "Did you mean to use 'from ... import ...' instead?"))
        });
        self.eat(Tok::Import)?;
        let token = self.eat(Tok::Newline)?;
        Err(self.raise_from(token, "Expected one or more names after 'import'"))
    }

    fn invalid_alias(&mut self) -> R<()> {
        self.eat(Tok::As)?;
        self.unless(|p| {
            p.eat(Tok::Name)?;
            p.eat_any(&[Tok::Comma, Tok::RPar, Tok::Semi, Tok::Newline])
        })?;
        let a = self.expression()?;
        let what = name_of(self.kind(a));
        Err(self.raise_at(a, &format!("cannot use {what} as import target")))
    }

    pub(super) fn invalid_dotted_as_name(&mut self) -> R<()> {
        self.dotted_name()?;
        self.invalid_alias()
    }

    pub(super) fn invalid_import_from_as_name(&mut self) -> R<()> {
        self.eat(Tok::Name)?;
        self.invalid_alias()
    }

    pub(super) fn invalid_import_from_targets(&mut self) -> R<()> {
        alt!(self, p, {
            p.import_from_as_names()?;
            p.eat(Tok::Comma)?;
            p.eat(Tok::Newline)?;
            Err(p.raise("trailing comma not allowed without surrounding parentheses"))
        });
        let token = self.eat(Tok::Newline)?;
        Err(self.raise_from(token, "Expected one or more names after 'import'"))
    }

    pub(super) fn invalid_type_param(&mut self) -> R<()> {
        for (star, what) in [(Tok::Star, "TypeVarTuple"), (Tok::DoubleStar, "ParamSpec")] {
            alt!(self, p, {
                p.eat(star)?;
                p.eat(Tok::Name)?;
                let colon = p.eat(Tok::Colon)?;
                let bound = p.expression()?;
                let kind = if p.kind(bound) == K::Tuple { "constraints" } else { "bound" };
                Err(p.raise_from(colon, &format!("cannot use {kind} with {what}")))
            });
        }
        Err(Fail::No)
    }

    // Compound statements.

    pub(super) fn invalid_block(&mut self) -> R<()> {
        self.eat(Tok::Newline)?;
        self.not_at(&[Tok::Indent])?;
        Err(self.raise_indentation("expected an indented block"))
    }

    fn with_items(&mut self, parenthesized: bool) -> R<()> {
        if parenthesized {
            self.eat(Tok::LPar)?;
        }
        self.gather(Tok::Comma, |p| {
            if parenthesized {
                p.expressions()?;
            } else {
                p.expression()?;
            }
            p.opt(|p| {
                p.eat(Tok::As)?;
                p.star_target()
            })
        })?;
        if parenthesized {
            self.maybe(Tok::Comma)?;
            self.eat(Tok::RPar)?;
        }
        Ok(())
    }

    pub(super) fn invalid_with_stmt(&mut self) -> R<()> {
        for parenthesized in [false, true] {
            alt!(self, p, {
                p.maybe(Tok::Async)?;
                p.eat(Tok::With)?;
                p.with_items(parenthesized)?;
                p.expected_colon()
            });
        }
        Err(Fail::No)
    }

    pub(super) fn invalid_with_stmt_indent(&mut self) -> R<()> {
        for parenthesized in [false, true] {
            alt!(self, p, {
                p.maybe(Tok::Async)?;
                let word = p.eat(Tok::With)?;
                p.with_items(parenthesized)?;
                p.eat(Tok::Colon)?;
                p.no_block(word, "'with' statement")
            });
        }
        Err(Fail::No)
    }

    pub(super) fn invalid_with_item(&mut self) -> R<()> {
        self.expression()?;
        self.eat(Tok::As)?;
        let a = self.expression()?;
        self.ahead(&[Tok::Comma, Tok::RPar, Tok::Colon])?;
        self.check_target(a, Purpose::Assign)
    }

    pub(super) fn invalid_try_stmt(&mut self) -> R<()> {
        const BOTH: &str = "cannot have both 'except' and 'except*' on the same 'try'";
        alt!(self, p, {
            let word = p.eat(Tok::Try)?;
            p.eat(Tok::Colon)?;
            p.no_block(word, "'try' statement")
        });
        alt!(self, p, {
            p.eat(Tok::Try)?;
            p.eat(Tok::Colon)?;
            p.block()?;
            p.not_at(&[Tok::Except, Tok::Finally])?;
            Err(p.raise("expected 'except' or 'finally' block"))
        });
        alt!(self, p, {
            p.eat(Tok::Try)?;
            p.eat(Tok::Colon)?;
            p.many(Self::block)?;
            p.some(Self::except_block)?;
            let a = p.eat(Tok::Except)?;
            let b = p.eat(Tok::Star)?;
            p.expression()?;
            p.as_name()?;
            p.eat(Tok::Colon)?;
            Err(p.raise_range(a, b, BOTH))
        });
        self.eat(Tok::Try)?;
        self.eat(Tok::Colon)?;
        self.many(Self::block)?;
        self.some(Self::except_star_block)?;
        let a = self.eat(Tok::Except)?;
        self.opt(|p| {
            p.expression()?;
            p.as_name()
        })?;
        self.eat(Tok::Colon)?;
        Err(self.raise_at(a, BOTH))
    }

    fn as_name(&mut self) -> R<()> {
        self.opt(|p| {
            p.eat(Tok::As)?;
            p.eat(Tok::Name)
        })?;
        Ok(())
    }

    fn except(&mut self, star: bool) -> R<()> {
        self.eat(Tok::Except)?;
        if star {
            self.eat(Tok::Star)?;
        }
        Ok(())
    }

    pub(super) fn invalid_except_stmt(&mut self, star: bool) -> R<()> {
        alt!(self, p, {
            p.except(star)?;
            let a = p.expression()?;
            p.eat(Tok::Comma)?;
            p.expressions()?;
            p.eat(Tok::As)?;
            p.eat(Tok::Name)?;
            p.eat(Tok::Colon)?;
            Err(p.raise_from(a, "multiple exception types must be parenthesized when using 'as'"))
        });
        alt!(self, p, {
            p.except(star)?;
            p.expression()?;
            p.as_name()?;
            p.expected_colon()
        });
        alt!(self, p, {
            p.except(star)?;
            if !star {
                return p.expected_colon();
            }
            p.eat_any(&[Tok::Newline, Tok::Colon])?;
            Err(p.raise("expected one or more exception types"))
        });
        self.except(star)?;
        self.expression()?;
        self.eat(Tok::As)?;
        let a = self.expression()?;
        self.eat(Tok::Colon)?;
        self.block()?;
        let what = name_of(self.kind(a));
        let word = if star { "except*" } else { "except" };
        Err(self.raise_at(a, &format!("cannot use {word} statement with {what}")))
    }

    pub(super) fn invalid_except_stmt_indent(&mut self) -> R<()> {
        alt!(self, p, {
            let word = p.eat(Tok::Except)?;
            p.expression()?;
            p.as_name()?;
            p.eat(Tok::Colon)?;
            p.no_block(word, "'except' statement")
        });
        let word = self.eat(Tok::Except)?;
        self.eat(Tok::Colon)?;
        self.no_block(word, "'except' statement")
    }

    pub(super) fn invalid_except_star_stmt_indent(&mut self) -> R<()> {
        let word = self.eat(Tok::Except)?;
        self.eat(Tok::Star)?;
        self.expression()?;
        self.as_name()?;
        self.eat(Tok::Colon)?;
        self.no_block(word, "'except*' statement")
    }

    pub(super) fn invalid_finally_stmt(&mut self) -> R<()> {
        let word = self.eat(Tok::Finally)?;
        self.eat(Tok::Colon)?;
        self.no_block(word, "'finally' statement")
    }

    /// A head made of a keyword and an expression, without its colon or without its block.
    fn invalid_head(&mut self, kind: Tok) -> R<()> {
        alt!(self, p, {
            p.eat(kind)?;
            p.named_expression()?;
            p.expected_colon()
        });
        let word = self.eat(kind)?;
        self.named_expression()?;
        self.eat(Tok::Colon)?;
        self.no_block(word, &format!("'{}' statement", kind.text()))
    }

    pub(super) fn invalid_if_stmt(&mut self) -> R<()> {
        self.invalid_head(Tok::If)
    }

    pub(super) fn invalid_elif_stmt(&mut self) -> R<()> {
        self.invalid_head(Tok::Elif)
    }

    pub(super) fn invalid_while_stmt(&mut self) -> R<()> {
        self.invalid_head(Tok::While)
    }

    pub(super) fn invalid_else_stmt(&mut self) -> R<()> {
        alt!(self, p, {
            let word = p.eat(Tok::Else)?;
            p.eat(Tok::Colon)?;
            p.no_block(word, "'else' statement")
        });
        self.eat(Tok::Else)?;
        self.eat(Tok::Colon)?;
        self.block()?;
        self.eat(Tok::Elif)?;
        Err(self.raise("'elif' block follows an 'else' block"))
    }

    pub(super) fn invalid_for_stmt(&mut self) -> R<()> {
        alt!(self, p, {
            p.maybe(Tok::Async)?;
            p.eat(Tok::For)?;
            p.star_targets()?;
            p.eat(Tok::In)?;
            p.star_expressions()?;
            p.expected_colon()
        });
        self.maybe(Tok::Async)?;
        let word = self.eat(Tok::For)?;
        self.star_targets()?;
        self.eat(Tok::In)?;
        self.star_expressions()?;
        self.eat(Tok::Colon)?;
        self.no_block(word, "'for' statement")
    }

    pub(super) fn invalid_def_raw(&mut self) -> R<()> {
        self.maybe(Tok::Async)?;
        let word = self.eat(Tok::Def)?;
        self.eat(Tok::Name)?;
        self.opt(Self::type_params)?;
        self.eat(Tok::LPar)?;
        self.opt(Self::params)?;
        self.eat(Tok::RPar)?;
        self.opt(|p| {
            p.eat(Tok::RArrow)?;
            p.expression()
        })?;
        self.eat(Tok::Colon)?;
        self.no_block(word, "function definition")
    }

    pub(super) fn invalid_class_def_raw(&mut self) -> R<()> {
        alt!(self, p, {
            p.eat(Tok::Class)?;
            p.class_head()?;
            p.expected_colon()
        });
        let word = self.eat(Tok::Class)?;
        self.class_head()?;
        self.eat(Tok::Colon)?;
        self.no_block(word, "class definition")
    }

    // Patterns.

    pub(super) fn invalid_match_stmt(&mut self) -> R<()> {
        alt!(self, p, {
            p.soft("match")?;
            p.subject_expr()?;
            p.expected_colon()
        });
        let word = self.soft("match")?;
        self.subject_expr()?;
        self.eat(Tok::Colon)?;
        self.no_block(word, "'match' statement")
    }

    pub(super) fn invalid_case_block(&mut self) -> R<()> {
        alt!(self, p, {
            p.soft("case")?;
            p.patterns()?;
            p.opt(Self::guard)?;
            p.expected_colon()
        });
        let word = self.soft("case")?;
        self.patterns()?;
        self.opt(Self::guard)?;
        self.eat(Tok::Colon)?;
        self.no_block(word, "'case' statement")
    }

    pub(super) fn invalid_as_pattern(&mut self) -> R<()> {
        alt!(self, p, {
            p.or_pattern()?;
            p.eat(Tok::As)?;
            let a = p.soft("_")?;
            Err(p.raise_at(a, "cannot use '_' as a target"))
        });
        self.or_pattern()?;
        self.eat(Tok::As)?;
        let a = self.expression()?;
        let what = name_of(self.kind(a));
        Err(self.raise_at(a, &format!("cannot use {what} as pattern target")))
    }

    pub(super) fn invalid_class_pattern(&mut self) -> R<()> {
        self.name_or_attr()?;
        self.eat(Tok::LPar)?;
        self.opt(|p| {
            p.positional_patterns()?;
            p.eat(Tok::Comma)
        })?;
        self.keyword_patterns()?;
        self.eat(Tok::Comma)?;
        let start = self.mark;
        self.positional_patterns()?;
        let all = self.pattern_node(start);
        Err(self.raise_at(all, "positional patterns follow keyword patterns"))
    }
}
