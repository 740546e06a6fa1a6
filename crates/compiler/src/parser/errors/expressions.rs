//! Expressions, down to primaries.

use super::machine::{Fail, Id, K, Peg, R, Rule, UNIT, alt};
use crate::tokenizer::Tok;

impl Peg<'_> {
    /// `item (',' item)* [',']`, a tuple if there is a comma.
    fn tuple_of(&mut self, item: fn(&mut Self) -> R<Id>) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            let mut kids = vec![item(p)?];
            kids.extend(p.some(|p| {
                p.eat(Tok::Comma)?;
                item(p)
            })?);
            p.maybe(Tok::Comma)?;
            Ok(p.node(K::Tuple, start, kids))
        });
        alt!(self, p, {
            let first = item(p)?;
            p.eat(Tok::Comma)?;
            Ok(p.node(K::Tuple, start, vec![first]))
        });
        item(self)
    }

    pub(super) fn expressions(&mut self) -> R<Id> {
        self.tuple_of(Self::expression)
    }

    pub(super) fn star_expressions(&mut self) -> R<Id> {
        self.tuple_of(Self::star_expression)
    }

    fn starred(&mut self) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::Star)?;
        let value = self.bitwise_or()?;
        Ok(self.node(K::Starred, start, vec![value]))
    }

    pub(super) fn star_expression(&mut self) -> R<Id> {
        self.memo(Rule::StarExpression, |p| {
            alt!(p, p, { p.starred() });
            p.expression()
        })
    }

    pub(super) fn star_named_expressions(&mut self) -> R<Vec<Id>> {
        let items = self.gather(Tok::Comma, Self::star_named_expression)?;
        self.maybe(Tok::Comma)?;
        Ok(items)
    }

    pub(super) fn star_named_expression(&mut self) -> R<Id> {
        alt!(self, p, { p.starred() });
        self.named_expression()
    }

    pub(super) fn assignment_expression(&mut self) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::Name)?;
        self.eat(Tok::ColonEqual)?;
        self.cut(Self::expression)?;
        Ok(self.node(K::NamedExpr, start, Vec::new()))
    }

    pub(super) fn named_expression(&mut self) -> R<Id> {
        self.rule(|p| {
            if let Some(id) = p.opt_assignment_expression()? {
                return Ok(id);
            }
            p.try_invalid(|p| p.memo(Rule::InvalidNamedExpression, Self::invalid_named_expression).map(|_| ()))?;
            let id = p.expression()?;
            p.not_at(&[Tok::ColonEqual])?;
            Ok(id)
        })
    }

    /// An assignment expression as a rule of its own, so that its cut does not reach further.
    fn opt_assignment_expression(&mut self) -> R<Option<Id>> {
        self.opt(Self::assignment_expression)
    }

    /// `assignment_expression | expression !':='`
    pub(super) fn argument_expression(&mut self) -> R<Id> {
        if let Some(id) = self.opt_assignment_expression()? {
            return Ok(id);
        }
        let id = self.expression()?;
        self.not_at(&[Tok::ColonEqual])?;
        Ok(id)
    }

    pub(super) fn yield_expr(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            p.eat(Tok::Yield)?;
            p.eat(Tok::From)?;
            p.expression()?;
            Ok(p.node(K::Yield, start, Vec::new()))
        });
        self.eat(Tok::Yield)?;
        self.opt(Self::star_expressions)?;
        Ok(self.node(K::Yield, start, Vec::new()))
    }

    pub(super) fn expression(&mut self) -> R<Id> {
        self.memo(Rule::Expression, |p| {
            p.try_invalid(Self::invalid_expression)?;
            p.try_invalid(Self::invalid_legacy_expression)?;
            p.plain_expression()
        })
    }

    fn plain_expression(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            p.disjunction()?;
            p.eat(Tok::If)?;
            p.disjunction()?;
            p.eat(Tok::Else)?;
            p.expression()?;
            Ok(p.node(K::IfExp, start, Vec::new()))
        });
        alt!(self, p, { p.disjunction() });
        self.rule(Self::lambda)
    }

    /// An expression, with the rules for invalid code switched off.
    pub(super) fn expression_without_invalid(&mut self) -> R<Id> {
        let before = std::mem::replace(&mut self.invalid, false);
        let result = self.rule(Self::plain_expression);
        self.invalid = before;
        result
    }

    fn lambda(&mut self) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::Lambda)?;
        self.opt(Self::lambda_params)?;
        self.eat(Tok::Colon)?;
        self.expression()?;
        Ok(self.node(K::Lambda, start, Vec::new()))
    }

    /// `item (word item)+ | item`
    fn chain(&mut self, word: Tok, item: fn(&mut Self) -> R<Id>) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            item(p)?;
            p.some(|p| {
                p.eat(word)?;
                item(p)
            })?;
            Ok(p.node(K::Operation, start, Vec::new()))
        });
        item(self)
    }

    pub(super) fn disjunction(&mut self) -> R<Id> {
        self.memo(Rule::Disjunction, |p| p.chain(Tok::Or, Self::conjunction))
    }

    fn conjunction(&mut self) -> R<Id> {
        self.memo(Rule::Conjunction, |p| p.chain(Tok::And, Self::inversion))
    }

    pub(super) fn inversion(&mut self) -> R<Id> {
        self.memo(Rule::Inversion, |p| {
            let start = p.mark;
            alt!(p, p, {
                p.eat(Tok::Not)?;
                p.inversion()?;
                Ok(p.node(K::Operation, start, Vec::new()))
            });
            p.comparison()
        })
    }

    fn comparison(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            let left = p.bitwise_or()?;
            let operators = p.some(Self::compared)?;
            let kind = if operators[0] == Tok::In { K::CompareIn } else { K::Compare };
            Ok(p.node(kind, start, vec![left]))
        });
        self.bitwise_or()
    }

    /// An operator and its right side.
    fn compared(&mut self) -> R<Tok> {
        let token = self.token()?;
        match token.kind {
            Tok::EqEqual | Tok::LessEqual | Tok::GreaterEqual | Tok::Greater | Tok::In => self.mark += 1,
            Tok::Less => {
                self.mark += 1;
                let next = if self.flufl || self.invalid { self.token()? } else { token };
                if next.kind == Tok::Greater && next.start == token.end {
                    if !self.flufl {
                        return Err(self.raise_range(
                            token,
                            next,
                            "invalid syntax.  Maybe you meant '!=' instead of '<>'?",
                        ));
                    }
                    self.mark += 1;
                }
            }
            Tok::NotEqual => {
                self.mark += 1;
                if self.flufl {
                    return Err(self.raise("with Barry as BDFL, use '<>' instead of '!='"));
                }
            }
            Tok::Not => {
                self.mark += 1;
                self.eat(Tok::In)?;
            }
            Tok::Is => {
                self.mark += 1;
                if self.maybe(Tok::Not)?.is_some() {
                    let operand = self.mark;
                    if self.opt(Self::bitwise_or)?.is_some() {
                        return Ok(Tok::Is);
                    }
                    self.mark = operand - 1;
                }
            }
            _ => return Err(Fail::No),
        }
        self.bitwise_or()?;
        Ok(token.kind)
    }

    /// A level of operators that group to the left.
    fn left(&mut self, operators: &[Tok], operand: fn(&mut Self) -> R<Id>) -> R<Id> {
        let start = self.mark;
        let mut left = operand(self)?;
        while let Some(()) = self.opt(|p| {
            p.eat_any(operators)?;
            operand(p)?;
            Ok(())
        })? {
            left = self.node(K::Operation, start, Vec::new());
        }
        Ok(left)
    }

    pub(super) fn bitwise_or(&mut self) -> R<Id> {
        self.memo(Rule::BitwiseOr, |p| p.left(&[Tok::VBar], Self::bitwise_xor))
    }

    fn bitwise_xor(&mut self) -> R<Id> {
        self.memo(Rule::BitwiseXor, |p| p.left(&[Tok::Circumflex], Self::bitwise_and))
    }

    fn bitwise_and(&mut self) -> R<Id> {
        self.memo(Rule::BitwiseAnd, |p| p.left(&[Tok::Amper], Self::shift))
    }

    fn shift(&mut self) -> R<Id> {
        self.memo(Rule::Shift, |p| {
            let start = p.mark;
            let mut left = p.shift_operand()?;
            while let Some(()) = p.opt(|p| {
                p.eat_any(&[Tok::LeftShift, Tok::RightShift])?;
                p.sum()?;
                Ok(())
            })? {
                left = p.node(K::Operation, start, Vec::new());
            }
            Ok(left)
        })
    }

    fn shift_operand(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_arithmetic)?;
        self.sum()
    }

    pub(super) fn sum(&mut self) -> R<Id> {
        self.memo(Rule::Sum, |p| p.left(&[Tok::Plus, Tok::Minus], Self::term))
    }

    fn term(&mut self) -> R<Id> {
        const OPERATORS: &[Tok] = &[Tok::Star, Tok::Slash, Tok::DoubleSlash, Tok::Percent, Tok::At];
        self.memo(Rule::Term, |p| p.left(OPERATORS, Self::factor))
    }

    pub(super) fn factor(&mut self) -> R<Id> {
        self.memo(Rule::Factor, |p| {
            let start = p.mark;
            alt!(p, p, {
                p.eat_any(&[Tok::Plus, Tok::Minus, Tok::Tilde])?;
                p.factor()?;
                Ok(p.node(K::Operation, start, Vec::new()))
            });
            p.try_invalid(Self::invalid_factor)?;
            alt!(p, p, {
                p.await_primary()?;
                p.eat(Tok::DoubleStar)?;
                p.factor()?;
                Ok(p.node(K::Operation, start, Vec::new()))
            });
            p.await_primary()
        })
    }

    fn await_primary(&mut self) -> R<Id> {
        self.memo(Rule::AwaitPrimary, |p| {
            let start = p.mark;
            alt!(p, p, {
                p.eat(Tok::Await)?;
                p.primary()?;
                Ok(p.node(K::Await, start, Vec::new()))
            });
            p.primary()
        })
    }

    pub(super) fn primary(&mut self) -> R<Id> {
        self.memo(Rule::Primary, |p| {
            let start = p.mark;
            let mut value = p.atom()?;
            while let Some(kind) = p.opt(Self::trailer)? {
                value = p.node(kind, start, Vec::new());
            }
            Ok(value)
        })
    }

    fn attribute(&mut self) -> R<K> {
        self.eat(Tok::Dot)?;
        self.eat(Tok::Name)?;
        Ok(K::Attribute)
    }

    fn call(&mut self) -> R<K> {
        // At any token: what `genexp` says of invalid comprehensions holds for other brackets too.
        alt!(self, p, {
            p.genexp()?;
            Ok(K::Call)
        });
        self.eat(Tok::LPar)?;
        self.opt(Self::arguments)?;
        self.eat(Tok::RPar)?;
        Ok(K::Call)
    }

    fn subscript(&mut self) -> R<K> {
        self.eat(Tok::LSqb)?;
        self.slices()?;
        self.eat(Tok::RSqb)?;
        Ok(K::Subscript)
    }

    fn trailer(&mut self) -> R<K> {
        alt!(self, p, { p.attribute() });
        alt!(self, p, { p.call() });
        self.subscript()
    }

    /// A trailer of a target, which is not its last.
    pub(super) fn target_trailer(&mut self, lookahead: &[Tok]) -> R<K> {
        for form in [Self::attribute, Self::subscript, Self::call] {
            alt!(self, p, {
                let kind = form(p)?;
                p.ahead(lookahead)?;
                Ok(kind)
            });
        }
        Err(Fail::No)
    }

    pub(super) fn slices(&mut self) -> R<Id> {
        alt!(self, p, {
            let id = p.slice()?;
            p.not_at(&[Tok::Comma])?;
            Ok(id)
        });
        self.gather(Tok::Comma, |p| {
            alt!(p, p, { p.slice() });
            p.starred_expression()
        })?;
        self.maybe(Tok::Comma)?;
        Ok(UNIT)
    }

    fn slice(&mut self) -> R<Id> {
        alt!(self, p, {
            p.opt(Self::expression)?;
            p.eat(Tok::Colon)?;
            p.opt(Self::expression)?;
            p.opt(|p| {
                p.eat(Tok::Colon)?;
                p.opt(Self::expression)
            })?;
            Ok(UNIT)
        });
        self.named_expression()
    }

    pub(super) fn starred_expression(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_starred_expression_unpacking)?;
        let start = self.mark;
        alt!(self, p, {
            p.eat(Tok::Star)?;
            let value = p.expression()?;
            Ok(p.node(K::Starred, start, vec![value]))
        });
        self.try_invalid(Self::invalid_starred_expression)?;
        Err(Fail::No)
    }

    // Arguments.

    pub(super) fn arguments(&mut self) -> R<Id> {
        self.memo(Rule::Arguments, |p| {
            alt!(p, p, {
                let args = p.args()?;
                p.maybe(Tok::Comma)?;
                p.ahead(&[Tok::RPar])?;
                Ok(args)
            });
            p.try_invalid(Self::invalid_arguments)?;
            Err(Fail::No)
        })
    }

    fn arguments_node(&mut self, start: usize, kids: Vec<Id>) -> Id {
        let unpacking = kids.iter().any(|&kid| self.kind(kid) == K::KeywordUnpacking);
        let positional =
            kids.into_iter().filter(|&kid| !matches!(self.kind(kid), K::Keyword | K::KeywordUnpacking)).collect();
        self.node(if unpacking { K::ArgumentsUnpacking } else { K::Arguments }, start, positional)
    }

    /// A positional argument, maybe with a star.
    pub(super) fn positional(&mut self) -> R<Id> {
        alt!(self, p, { p.starred_expression() });
        let id = self.argument_expression()?;
        self.not_at(&[Tok::Equal])?;
        Ok(id)
    }

    pub(super) fn args(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            let mut kids = p.gather(Tok::Comma, Self::positional)?;
            let keywords = p.opt(|p| {
                p.eat(Tok::Comma)?;
                p.kwargs()
            })?;
            kids.extend(keywords.unwrap_or_default());
            Ok(p.arguments_node(start, kids))
        });
        let kids = self.kwargs()?;
        Ok(self.arguments_node(start, kids))
    }

    pub(super) fn kwargs(&mut self) -> R<Vec<Id>> {
        alt!(self, p, {
            let mut kids = p.gather(Tok::Comma, Self::kwarg_or_starred)?;
            p.eat(Tok::Comma)?;
            kids.extend(p.gather(Tok::Comma, Self::kwarg_or_double_starred)?);
            Ok(kids)
        });
        alt!(self, p, { p.gather(Tok::Comma, Self::kwarg_or_starred) });
        self.gather(Tok::Comma, Self::kwarg_or_double_starred)
    }

    fn keyword(&mut self) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::Name)?;
        self.eat(Tok::Equal)?;
        self.expression()?;
        Ok(self.node(K::Keyword, start, Vec::new()))
    }

    fn kwarg_or_starred(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_kwarg)?;
        alt!(self, p, { p.keyword() });
        self.starred_expression()
    }

    fn kwarg_or_double_starred(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_kwarg)?;
        alt!(self, p, { p.keyword() });
        let start = self.mark;
        self.eat(Tok::DoubleStar)?;
        self.expression()?;
        Ok(self.node(K::KeywordUnpacking, start, Vec::new()))
    }
}
