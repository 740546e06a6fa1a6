//! Parameters of functions and lambdas, and type parameters.

use super::core::{P, Parser, Stop};
use crate::ast::{Arg, Arguments, Expr, ExprKind, TypeParam, TypeParamKind};
use crate::tokenizer::Tok;

impl Parser<'_> {
    fn parameter(&mut self, annotated: bool, star_annotation: bool) -> P<Arg> {
        let start = self.start();
        let arg = self.ident()?;
        let annotation = if annotated && self.eat(Tok::Colon)? {
            let star = star_annotation && self.at(Tok::Star);
            Some(Box::new(if star { self.starred_expression()? } else { self.expression()? }))
        } else {
            None
        };
        Ok(Arg { arg, annotation, type_comment: None, loc: self.loc(start) })
    }

    /// The comma after a parameter, if any, and its type comment. False at the end of the list.
    fn after_parameter(&mut self, arg: Option<&mut Arg>, close: Tok) -> P<bool> {
        let more = self.eat(Tok::Comma)?;
        if let Some(comment) = self.type_comment()? {
            arg.ok_or(Stop)?.type_comment = Some(comment);
        }
        if !more && !self.at(close) {
            return Err(Stop);
        }
        Ok(more && !self.at(close))
    }

    /// Parameters up to `close`, which is not taken.
    pub(super) fn parameters(&mut self, close: Tok, annotated: bool) -> P<Arguments> {
        let mut out = Arguments {
            posonlyargs: Vec::new(),
            args: Vec::new(),
            vararg: None,
            kwonlyargs: Vec::new(),
            kw_defaults: Vec::new(),
            kwarg: None,
            defaults: Vec::new(),
        };
        let mut star = false;
        let mut slash = false;
        let mut more = !self.at(close);
        while more {
            match self.tok.kind {
                Tok::Slash => {
                    if star || slash || out.args.is_empty() {
                        return Err(Stop);
                    }
                    self.advance()?;
                    self.since(8, "Positional-only parameters are")?;
                    slash = true;
                    out.posonlyargs = std::mem::take(&mut out.args);
                    more = self.after_parameter(None, close)?;
                }
                Tok::Star => {
                    if star {
                        return Err(Stop);
                    }
                    star = true;
                    self.advance()?;
                    if self.at(Tok::Comma) {
                        self.advance()?;
                        if self.at(Tok::TypeComment) || !self.at(Tok::Name) {
                            return Err(Stop);
                        }
                        continue;
                    }
                    let mut arg = self.parameter(annotated, true)?;
                    if self.at(Tok::Equal) {
                        return Err(Stop);
                    }
                    more = self.after_parameter(Some(&mut arg), close)?;
                    out.vararg = Some(Box::new(arg));
                }
                Tok::DoubleStar => {
                    self.advance()?;
                    let mut arg = self.parameter(annotated, false)?;
                    if self.at(Tok::Equal) || self.after_parameter(Some(&mut arg), close)? {
                        return Err(Stop);
                    }
                    out.kwarg = Some(Box::new(arg));
                    more = false;
                }
                _ => {
                    let mut arg = self.parameter(annotated, false)?;
                    let default: Option<Expr> = if self.eat(Tok::Equal)? { Some(self.expression()?) } else { None };
                    more = self.after_parameter(Some(&mut arg), close)?;
                    if star {
                        out.kwonlyargs.push(arg);
                        out.kw_defaults.push(default);
                    } else {
                        out.args.push(arg);
                        match default {
                            Some(default) => out.defaults.push(default),
                            None if out.defaults.is_empty() => {}
                            None => return Err(Stop),
                        }
                    }
                }
            }
        }
        Ok(out)
    }

    /// `[T, *Ts, **P]`, if there is one here.
    pub(super) fn type_params(&mut self) -> P<Vec<TypeParam>> {
        let mut params = Vec::new();
        if !self.at(Tok::LSqb) {
            return Ok(params);
        }
        self.advance()?;
        loop {
            params.push(self.type_param()?);
            if !self.eat(Tok::Comma)? || self.at(Tok::RSqb) {
                break;
            }
        }
        if self.at(Tok::RSqb) {
            self.since(12, "Type parameter lists are")?;
        }
        self.expect(Tok::RSqb)?;
        Ok(params)
    }

    fn type_param(&mut self) -> P<TypeParam> {
        let start = self.start();
        let stars = match self.tok.kind {
            Tok::Star => 1,
            Tok::DoubleStar => 2,
            _ => 0,
        };
        if stars > 0 {
            self.advance()?;
        }
        let name = self.ident()?;
        let bound = if stars == 0 && self.eat(Tok::Colon)? { Some(Box::new(self.expression()?)) } else { None };
        let mut default_value: Option<Box<Expr>> = None;
        if self.at(Tok::Equal) {
            self.advance()?;
            default_value = Some(Box::new(if stars == 1 { self.star_expression()? } else { self.expression()? }));
            self.since(13, "Type parameter defaults are")?;
        }
        let kind = match stars {
            0 => TypeParamKind::TypeVar { name, bound, default_value },
            1 => TypeParamKind::TypeVarTuple { name, default_value },
            _ => TypeParamKind::ParamSpec { name, default_value },
        };
        Ok(TypeParam { kind, loc: self.loc(start) })
    }

    /// Whether the expression is a tuple that stood without parentheses, judged by its start.
    pub(super) fn is_name(expr: &Expr) -> bool {
        matches!(expr.kind, ExprKind::Name { .. })
    }
}
