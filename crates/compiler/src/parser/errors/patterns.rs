//! The `match` statement.

use super::machine::{Fail, Id, K, Peg, R, Rule, UNIT, alt};
use crate::tokenizer::Tok;

impl Peg<'_> {
    pub(super) fn match_stmt(&mut self) -> R<Id> {
        alt!(self, p, {
            p.soft("match")?;
            p.subject_expr()?;
            p.eat(Tok::Colon)?;
            p.eat(Tok::Newline)?;
            p.eat(Tok::Indent)?;
            p.some(|p| p.rule(Self::case_block))?;
            p.eat(Tok::Dedent)?;
            Ok(UNIT)
        });
        self.try_invalid(Self::invalid_match_stmt)?;
        Err(Fail::No)
    }

    pub(super) fn subject_expr(&mut self) -> R<Id> {
        alt!(self, p, {
            p.star_named_expression()?;
            p.eat(Tok::Comma)?;
            p.opt(Self::star_named_expressions)?;
            Ok(UNIT)
        });
        self.named_expression()
    }

    fn case_block(&mut self) -> R<Id> {
        self.try_invalid(Self::invalid_case_block)?;
        self.soft("case")?;
        self.patterns()?;
        self.opt(Self::guard)?;
        self.eat(Tok::Colon)?;
        self.block()
    }

    pub(super) fn guard(&mut self) -> R<Id> {
        self.eat(Tok::If)?;
        self.named_expression()
    }

    pub(super) fn patterns(&mut self) -> R<Id> {
        alt!(self, p, { p.open_sequence_pattern() });
        self.pattern()
    }

    pub(super) fn pattern(&mut self) -> R<Id> {
        self.rule(|p| {
            alt!(p, p, {
                let start = p.mark;
                p.or_pattern()?;
                p.eat(Tok::As)?;
                p.capture_target()?;
                Ok(p.pattern_node(start))
            });
            p.try_invalid(Self::invalid_as_pattern)?;
            p.or_pattern()
        })
    }

    pub(super) fn or_pattern(&mut self) -> R<Id> {
        let start = self.mark;
        self.gather(Tok::VBar, |p| p.memo(Rule::ClosedPattern, Self::closed_pattern))?;
        Ok(self.pattern_node(start))
    }

    fn closed_pattern(&mut self) -> R<Id> {
        alt!(self, p, { p.literal_pattern() });
        alt!(self, p, { p.capture_target() });
        alt!(self, p, {
            p.soft("_")?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.attr()?;
            p.not_at(&[Tok::Dot, Tok::LPar, Tok::Equal])?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.eat(Tok::LPar)?;
            let id = p.pattern()?;
            p.eat(Tok::RPar)?;
            Ok(id)
        });
        alt!(self, p, {
            p.eat(Tok::LSqb)?;
            p.opt(Self::maybe_sequence_pattern)?;
            p.eat(Tok::RSqb)?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.eat(Tok::LPar)?;
            p.opt(Self::open_sequence_pattern)?;
            p.eat(Tok::RPar)?;
            Ok(UNIT)
        });
        alt!(self, p, { p.mapping_pattern() });
        self.class_pattern()
    }

    fn signed_number(&mut self) -> R<Id> {
        self.maybe(Tok::Minus)?;
        self.number()
    }

    /// A literal, as a pattern or a key.
    fn literal_pattern(&mut self) -> R<Id> {
        alt!(self, p, {
            let id = p.signed_number()?;
            p.not_at(&[Tok::Plus, Tok::Minus])?;
            Ok(id)
        });
        alt!(self, p, {
            let real = p.signed_number()?;
            if p.kind(real) == K::Imaginary {
                return Err(p.raise_at(real, "real number required in complex literal"));
            }
            p.eat_any(&[Tok::Plus, Tok::Minus])?;
            let imaginary = p.number()?;
            if p.kind(imaginary) != K::Imaginary {
                return Err(p.raise_at(imaginary, "imaginary number required in complex literal"));
            }
            Ok(imaginary)
        });
        alt!(self, p, { p.strings() });
        self.eat_any(&[Tok::None, Tok::True, Tok::False])?;
        Ok(UNIT)
    }

    fn capture_target(&mut self) -> R<Id> {
        self.unless(|p| p.soft("_"))?;
        self.eat(Tok::Name)?;
        self.not_at(&[Tok::Dot, Tok::LPar, Tok::Equal])?;
        Ok(UNIT)
    }

    fn attr(&mut self) -> R<Id> {
        self.eat(Tok::Name)?;
        self.some(|p| {
            p.eat(Tok::Dot)?;
            p.eat(Tok::Name)
        })?;
        Ok(UNIT)
    }

    pub(super) fn name_or_attr(&mut self) -> R<Id> {
        self.memo(Rule::NameOrAttr, |p| {
            alt!(p, p, { p.attr() });
            p.eat(Tok::Name)?;
            Ok(UNIT)
        })
    }

    fn open_sequence_pattern(&mut self) -> R<Id> {
        self.maybe_star_pattern()?;
        self.eat(Tok::Comma)?;
        self.opt(Self::maybe_sequence_pattern)?;
        Ok(UNIT)
    }

    fn maybe_sequence_pattern(&mut self) -> R<Id> {
        self.gather(Tok::Comma, Self::maybe_star_pattern)?;
        self.maybe(Tok::Comma)?;
        Ok(UNIT)
    }

    fn maybe_star_pattern(&mut self) -> R<Id> {
        alt!(self, p, {
            p.memo(Rule::StarPattern, |p| {
                p.eat(Tok::Star)?;
                alt!(p, p, { p.capture_target() });
                p.soft("_")?;
                Ok(UNIT)
            })
        });
        self.pattern()
    }

    fn mapping_pattern(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::LBrace)?;
            p.eat(Tok::RBrace)?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.eat(Tok::LBrace)?;
            p.double_star_pattern()?;
            p.maybe(Tok::Comma)?;
            p.eat(Tok::RBrace)?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.eat(Tok::LBrace)?;
            p.items_pattern()?;
            p.eat(Tok::Comma)?;
            p.double_star_pattern()?;
            p.maybe(Tok::Comma)?;
            p.eat(Tok::RBrace)?;
            Ok(UNIT)
        });
        self.eat(Tok::LBrace)?;
        self.items_pattern()?;
        self.maybe(Tok::Comma)?;
        self.eat(Tok::RBrace)?;
        Ok(UNIT)
    }

    fn items_pattern(&mut self) -> R<Id> {
        self.gather(Tok::Comma, |p| {
            if p.opt(Self::literal_pattern)?.is_none() {
                p.attr()?;
            }
            p.eat(Tok::Colon)?;
            p.pattern()
        })?;
        Ok(UNIT)
    }

    fn double_star_pattern(&mut self) -> R<Id> {
        self.eat(Tok::DoubleStar)?;
        self.capture_target()
    }

    pub(super) fn positional_patterns(&mut self) -> R<Vec<Id>> {
        self.gather(Tok::Comma, Self::pattern)
    }

    pub(super) fn keyword_patterns(&mut self) -> R<Vec<Id>> {
        self.gather(Tok::Comma, |p| {
            p.eat(Tok::Name)?;
            p.eat(Tok::Equal)?;
            p.pattern()
        })
    }

    fn class_pattern(&mut self) -> R<Id> {
        alt!(self, p, {
            p.name_or_attr()?;
            p.eat(Tok::LPar)?;
            p.eat(Tok::RPar)?;
            Ok(UNIT)
        });
        for form in 0..3 {
            alt!(self, p, {
                p.name_or_attr()?;
                p.eat(Tok::LPar)?;
                if form != 1 {
                    p.positional_patterns()?;
                }
                if form == 2 {
                    p.eat(Tok::Comma)?;
                }
                if form != 0 {
                    p.keyword_patterns()?;
                }
                p.maybe(Tok::Comma)?;
                p.eat(Tok::RPar)?;
                Ok(UNIT)
            });
        }
        self.try_invalid(Self::invalid_class_pattern)?;
        Err(Fail::No)
    }
}
