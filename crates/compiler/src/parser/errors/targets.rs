//! Targets of assignments, loops and `del`.

use super::machine::{Fail, Id, K, Peg, R, Rule, alt};
use crate::tokenizer::Tok;

const LOOKAHEAD: &[Tok] = &[Tok::LPar, Tok::LSqb, Tok::Dot];

impl Peg<'_> {
    /// The part of a target before its last trailer.
    fn t_primary(&mut self) -> R<Id> {
        self.memo(Rule::TPrimary, |p| {
            let start = p.mark;
            let mut value = p.atom()?;
            p.ahead(LOOKAHEAD)?;
            while let Some(kind) = p.opt(|p| p.target_trailer(LOOKAHEAD))? {
                value = p.node(kind, start, Vec::new());
            }
            Ok(value)
        })
    }

    /// `x.name` or `x[...]`, as a target.
    fn last_trailer(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            p.t_primary()?;
            p.eat(Tok::Dot)?;
            p.eat(Tok::Name)?;
            p.not_at(LOOKAHEAD)?;
            Ok(p.node(K::Attribute, start, Vec::new()))
        });
        self.t_primary()?;
        self.eat(Tok::LSqb)?;
        self.slices()?;
        self.eat(Tok::RSqb)?;
        self.not_at(LOOKAHEAD)?;
        Ok(self.node(K::Subscript, start, Vec::new()))
    }

    pub(super) fn single_subscript_attribute_target(&mut self) -> R<Id> {
        self.last_trailer()
    }

    pub(super) fn single_target(&mut self) -> R<Id> {
        alt!(self, p, { p.last_trailer() });
        alt!(self, p, { p.name() });
        self.eat(Tok::LPar)?;
        let id = self.rule(Self::single_target)?;
        self.eat(Tok::RPar)?;
        Ok(id)
    }

    pub(super) fn star_targets(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            let id = p.star_target()?;
            p.not_at(&[Tok::Comma])?;
            Ok(id)
        });
        let kids = self.gather(Tok::Comma, Self::star_target)?;
        self.maybe(Tok::Comma)?;
        Ok(self.node(K::Tuple, start, kids))
    }

    pub(super) fn star_target(&mut self) -> R<Id> {
        self.memo(Rule::StarTarget, |p| {
            let start = p.mark;
            alt!(p, p, {
                p.eat(Tok::Star)?;
                p.not_at(&[Tok::Star])?;
                let value = p.star_target()?;
                Ok(p.node(K::Starred, start, vec![value]))
            });
            p.target_with_star_atom()
        })
    }

    fn target_with_star_atom(&mut self) -> R<Id> {
        self.memo(Rule::TargetWithStarAtom, |p| {
            alt!(p, p, { p.last_trailer() });
            p.star_atom()
        })
    }

    fn star_atom(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, { p.name() });
        alt!(self, p, {
            p.eat(Tok::LPar)?;
            let id = p.target_with_star_atom()?;
            p.eat(Tok::RPar)?;
            Ok(id)
        });
        alt!(self, p, {
            p.eat(Tok::LPar)?;
            let kids = p.opt(|p| {
                alt!(p, p, {
                    let mut kids = vec![p.star_target()?];
                    kids.extend(p.some(|p| {
                        p.eat(Tok::Comma)?;
                        p.star_target()
                    })?);
                    p.maybe(Tok::Comma)?;
                    Ok(kids)
                });
                let first = p.star_target()?;
                p.eat(Tok::Comma)?;
                Ok(vec![first])
            })?;
            p.eat(Tok::RPar)?;
            Ok(p.node(K::Tuple, start, kids.unwrap_or_default()))
        });
        self.eat(Tok::LSqb)?;
        let kids = self.opt(|p| {
            let kids = p.gather(Tok::Comma, Self::star_target)?;
            p.maybe(Tok::Comma)?;
            Ok(kids)
        })?;
        self.eat(Tok::RSqb)?;
        Ok(self.node(K::List, start, kids.unwrap_or_default()))
    }

    pub(super) fn del_targets(&mut self) -> R<Id> {
        self.gather(Tok::Comma, Self::del_target)?;
        self.maybe(Tok::Comma)?;
        Ok(super::machine::UNIT)
    }

    fn del_target(&mut self) -> R<Id> {
        self.memo(Rule::DelTarget, |p| {
            alt!(p, p, { p.last_trailer() });
            alt!(p, p, { p.name() });
            alt!(p, p, {
                p.eat(Tok::LPar)?;
                let id = p.del_target()?;
                p.eat(Tok::RPar)?;
                Ok(id)
            });
            for (open, close) in [(Tok::LPar, Tok::RPar), (Tok::LSqb, Tok::RSqb)] {
                alt!(p, p, {
                    p.eat(open)?;
                    p.opt(Self::del_targets)?;
                    p.eat(close)?;
                    Ok(super::machine::UNIT)
                });
            }
            Err(Fail::No)
        })
    }

    /// The first part of `target` that cannot be assigned to, or deleted.
    pub(super) fn invalid_target(&self, target: Id, purpose: Purpose) -> Option<Id> {
        match self.kind(target) {
            K::List | K::Tuple => self.kids(target).into_iter().find_map(|kid| self.invalid_target(kid, purpose)),
            K::Starred if purpose == Purpose::Delete => Some(target),
            K::Starred => self.invalid_target(self.kids(target)[0], purpose),
            K::CompareIn if purpose == Purpose::Loop => self.invalid_target(self.kids(target)[0], purpose),
            K::Compare if purpose == Purpose::Loop => None,
            K::Name | K::Subscript | K::Attribute => None,
            _ => Some(target),
        }
    }

    /// Raises if `target` cannot be one.
    pub(super) fn check_target(&mut self, target: Id, purpose: Purpose) -> R<()> {
        let Some(bad) = self.invalid_target(target, purpose) else { return Ok(()) };
        let what = super::machine::name_of(self.kind(bad));
        let verb = if purpose == Purpose::Delete { "delete" } else { "assign to" };
        Err(self.raise_at(bad, &format!("cannot {verb} {what}")))
    }
}

/// What a target is for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Purpose {
    Assign,
    Loop,
    Delete,
}
