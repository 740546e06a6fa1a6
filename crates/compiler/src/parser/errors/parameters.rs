//! Parameters of functions and lambdas: one grammar with two closing tokens.

use super::machine::{Fail, Id, K, Peg, R, UNIT, alt};
use crate::tokenizer::{Tok, Token};

/// Which of the two: what ends the list, and whether there are annotations.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Flavour {
    close: Tok,
}

const DEF: Flavour = Flavour { close: Tok::RPar };
const LAMBDA: Flavour = Flavour { close: Tok::Colon };

impl Flavour {
    fn is_def(self) -> bool {
        self.close == Tok::RPar
    }
}

impl Peg<'_> {
    pub(super) fn params(&mut self) -> R<Id> {
        self.try_invalid(|p| p.invalid_parameters(DEF))?;
        self.parameters(DEF)
    }

    pub(super) fn lambda_params(&mut self) -> R<Id> {
        self.try_invalid(|p| p.invalid_parameters(LAMBDA))?;
        self.parameters(LAMBDA)
    }

    fn parameters(&mut self, f: Flavour) -> R<Id> {
        alt!(self, p, {
            p.slash_no_default(f)?;
            p.many(|p| p.no_default(f))?;
            p.many(|p| p.with_default(f))?;
            p.opt(|p| p.star_etc(f))?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.slash_with_default(f)?;
            p.many(|p| p.with_default(f))?;
            p.opt(|p| p.star_etc(f))?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.some(|p| p.no_default(f))?;
            p.many(|p| p.with_default(f))?;
            p.opt(|p| p.star_etc(f))?;
            Ok(UNIT)
        });
        alt!(self, p, {
            p.some(|p| p.with_default(f))?;
            p.opt(|p| p.star_etc(f))?;
            Ok(UNIT)
        });
        self.star_etc(f)
    }

    fn slash(&mut self, f: Flavour) -> R<()> {
        self.eat(Tok::Slash)?;
        if self.maybe(Tok::Comma)?.is_none() {
            self.ahead(&[f.close])?;
        }
        Ok(())
    }

    fn slash_no_default(&mut self, f: Flavour) -> R<Id> {
        self.some(|p| p.no_default(f))?;
        self.slash(f)?;
        Ok(UNIT)
    }

    fn slash_with_default(&mut self, f: Flavour) -> R<Id> {
        self.many(|p| p.no_default(f))?;
        self.some(|p| p.with_default(f))?;
        self.slash(f)?;
        Ok(UNIT)
    }

    fn param(&mut self, f: Flavour) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::Name)?;
        if f.is_def() {
            self.opt(|p| {
                p.eat(Tok::Colon)?;
                p.expression()
            })?;
        }
        Ok(self.node(K::Name, start, Vec::new()))
    }

    /// What comes after a parameter.
    fn end_param(&mut self, f: Flavour) -> R<()> {
        if self.maybe(Tok::Comma)?.is_some() {
            if f.is_def() {
                self.maybe(Tok::TypeComment)?;
            }
            return Ok(());
        }
        if f.is_def() {
            self.maybe(Tok::TypeComment)?;
        }
        self.ahead(&[f.close])
    }

    fn no_default(&mut self, f: Flavour) -> R<Id> {
        let id = self.param(f)?;
        self.end_param(f)?;
        Ok(id)
    }

    fn default(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::Equal)?;
            p.expression()
        });
        self.try_invalid(|p| {
            let equal = p.eat(Tok::Equal)?;
            p.ahead(&[Tok::RPar, Tok::Comma])?;
            Err(p.raise_at(equal, "expected default value expression"))
        })?;
        Err(Fail::No)
    }

    fn with_default(&mut self, f: Flavour) -> R<Id> {
        let id = self.param(f)?;
        self.default()?;
        self.end_param(f)?;
        Ok(id)
    }

    fn maybe_default(&mut self, f: Flavour) -> R<Id> {
        let id = self.param(f)?;
        self.opt(|p| p.default())?;
        self.end_param(f)?;
        Ok(id)
    }

    fn star_etc(&mut self, f: Flavour) -> R<Id> {
        self.try_invalid(if f.is_def() { |p| p.invalid_star_etc(DEF) } else { |p| p.invalid_star_etc(LAMBDA) })?;
        alt!(self, p, {
            p.eat(Tok::Star)?;
            p.no_default(f)?;
            p.many(|p| p.maybe_default(f))?;
            p.opt(|p| p.kwds(f))?;
            Ok(UNIT)
        });
        if f.is_def() {
            alt!(self, p, {
                p.eat(Tok::Star)?;
                p.eat(Tok::Name)?;
                p.eat(Tok::Colon)?;
                p.star_expression()?;
                p.end_param(f)?;
                p.many(|p| p.maybe_default(f))?;
                p.opt(|p| p.kwds(f))?;
                Ok(UNIT)
            });
        }
        alt!(self, p, {
            p.eat(Tok::Star)?;
            p.eat(Tok::Comma)?;
            p.some(|p| p.maybe_default(f))?;
            p.opt(|p| p.kwds(f))?;
            Ok(UNIT)
        });
        self.kwds(f)
    }

    fn kwds(&mut self, f: Flavour) -> R<Id> {
        self.try_invalid(if f.is_def() { |p| p.invalid_kwds(DEF) } else { |p| p.invalid_kwds(LAMBDA) })?;
        self.eat(Tok::DoubleStar)?;
        self.no_default(f)
    }

    // Invalid code.

    fn either_slash(&mut self, f: Flavour) -> R<Id> {
        alt!(self, p, { p.slash_no_default(f) });
        self.slash_with_default(f)
    }

    fn invalid_parameters(&mut self, f: Flavour) -> R<()> {
        alt!(self, p, {
            let slash = p.eat(Tok::Slash)?;
            p.eat(Tok::Comma)?;
            Err(p.raise_at(slash, "at least one argument must precede /"))
        });
        alt!(self, p, {
            p.either_slash(f)?;
            p.many(|p| p.maybe_default(f))?;
            let slash = p.eat(Tok::Slash)?;
            Err(p.raise_at(slash, "/ may appear only once"))
        });
        alt!(self, p, {
            p.opt(|p| p.slash_no_default(f))?;
            p.many(|p| p.no_default(f))?;
            if p.opt(|p| p.slash_with_default(f))?.is_none() {
                p.some(|p| p.with_default(f))?;
            }
            let param = p.no_default(f)?;
            Err(p.raise_at(param, "parameter without a default follows parameter with a default"))
        });
        alt!(self, p, {
            p.many(|p| p.no_default(f))?;
            let open = p.eat(Tok::LPar)?;
            if f.is_def() {
                p.some(|p| p.no_default(f))?;
            } else {
                p.gather(Tok::Comma, |p| p.param(f))?;
            }
            p.maybe(Tok::Comma)?;
            let close = p.eat(Tok::RPar)?;
            let what = if f.is_def() { "Function" } else { "Lambda expression" };
            Err(p.raise_range(open, close, &format!("{what} parameters cannot be parenthesized")))
        });
        alt!(self, p, {
            p.opt(|p| p.either_slash(f))?;
            p.many(|p| p.maybe_default(f))?;
            p.eat(Tok::Star)?;
            if p.maybe(Tok::Comma)?.is_none() {
                p.no_default(f)?;
            }
            p.many(|p| p.maybe_default(f))?;
            let slash = p.eat(Tok::Slash)?;
            Err(p.raise_at(slash, "/ must be ahead of *"))
        });
        self.some(|p| p.maybe_default(f))?;
        self.eat(Tok::Slash)?;
        let star = self.eat(Tok::Star)?;
        Err(self.raise_at(star, "expected comma between / and *"))
    }

    fn invalid_star_etc(&mut self, f: Flavour) -> R<()> {
        alt!(self, p, {
            let star = p.eat(Tok::Star)?;
            if p.maybe(f.close)?.is_none() {
                p.eat(Tok::Comma)?;
                p.eat_any(&[f.close, Tok::DoubleStar])?;
            }
            if f.is_def() {
                Err(p.raise_at(star, "named arguments must follow bare *"))
            } else {
                Err(p.raise("named arguments must follow bare *"))
            }
        });
        if f.is_def() {
            alt!(self, p, {
                p.eat(Tok::Star)?;
                p.eat(Tok::Comma)?;
                p.eat(Tok::TypeComment)?;
                Err(p.raise("bare * has associated type comment"))
            });
        }
        alt!(self, p, {
            p.eat(Tok::Star)?;
            p.param(f)?;
            let equal = p.eat(Tok::Equal)?;
            Err(p.raise_at(equal, "var-positional argument cannot have default value"))
        });
        self.eat(Tok::Star)?;
        self.param_or_comma(f)?;
        self.many(|p| p.maybe_default(f))?;
        let star = self.eat(Tok::Star)?;
        self.param_or_comma(f)?;
        Err(self.raise_at(star, "* argument may appear only once"))
    }

    fn param_or_comma(&mut self, f: Flavour) -> R<Option<Token>> {
        if self.opt(|p| p.no_default(f))?.is_some() {
            return Ok(None);
        }
        self.eat(Tok::Comma).map(Some)
    }

    fn invalid_kwds(&mut self, f: Flavour) -> R<()> {
        alt!(self, p, {
            p.eat(Tok::DoubleStar)?;
            p.param(f)?;
            let equal = p.eat(Tok::Equal)?;
            Err(p.raise_at(equal, "var-keyword argument cannot have default value"))
        });
        alt!(self, p, {
            p.eat(Tok::DoubleStar)?;
            p.param(f)?;
            p.eat(Tok::Comma)?;
            let param = p.param(f)?;
            Err(p.raise_at(param, "arguments cannot follow var-keyword argument"))
        });
        self.eat(Tok::DoubleStar)?;
        self.param(f)?;
        self.eat(Tok::Comma)?;
        let token = self.eat_any(&[Tok::Star, Tok::DoubleStar, Tok::Slash])?;
        Err(self.raise_at(token, "arguments cannot follow var-keyword argument"))
    }
}
