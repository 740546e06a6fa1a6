//! Atoms: names, literals, displays, comprehensions, strings.

use super::super::literal::{self, BadEscape, BadLiteral};
use super::super::strings::{escape_warning, shape};
use super::machine::{Fail, Id, K, Peg, R, Rule, alt};
use crate::tokenizer::{Tok, Token};

impl Peg<'_> {
    pub(super) fn word_node(&mut self, kind: K) -> R<Id> {
        let start = self.mark;
        self.mark += 1;
        Ok(self.node(kind, start, Vec::new()))
    }

    pub(super) fn name(&mut self) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::Name)?;
        Ok(self.node(K::Name, start, Vec::new()))
    }

    pub(super) fn number(&mut self) -> R<Id> {
        let start = self.mark;
        let token = self.eat(Tok::Number)?;
        let text = self.text(&token);
        if let Err(n) = literal::number(text, self.options.int_max_str_digits) {
            return Err(self.raise_at(
                token,
                &format!(
                    "Exceeds the limit ({} digits) for integer string conversion: value has {n} digits; \
                     use sys.set_int_max_str_digits() to increase the limit - Consider hexadecimal for \
                     huge integer literals to avoid decimal conversion limits.",
                    self.options.int_max_str_digits
                ),
            ));
        }
        let imaginary = text.ends_with(['j', 'J']);
        Ok(self.node(if imaginary { K::Imaginary } else { K::Literal }, start, Vec::new()))
    }

    pub(super) fn atom(&mut self) -> R<Id> {
        match self.token()?.kind {
            Tok::Name => self.name(),
            Tok::True => self.word_node(K::True),
            Tok::False => self.word_node(K::False),
            Tok::None => self.word_node(K::None),
            Tok::Ellipsis => self.word_node(K::Ellipsis),
            Tok::Number => self.number(),
            Tok::String | Tok::FStringStart | Tok::TStringStart => self.strings(),
            Tok::LPar => {
                alt!(self, p, { p.rule(Self::tuple) });
                alt!(self, p, { p.rule(Self::group) });
                self.rule(Self::genexp)
            }
            Tok::LSqb => {
                alt!(self, p, { p.rule(Self::list) });
                self.comprehension(Tok::LSqb, Tok::RSqb, K::ListComp)
            }
            Tok::LBrace => {
                alt!(self, p, { p.rule(Self::dict) });
                alt!(self, p, { p.rule(Self::set) });
                alt!(self, p, { p.rule(Self::dictcomp) });
                self.comprehension(Tok::LBrace, Tok::RBrace, K::SetComp)
            }
            _ => Err(Fail::No),
        }
    }

    pub(super) fn tuple(&mut self) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::LPar)?;
        let kids = self.opt(|p| {
            let mut kids = vec![p.star_named_expression()?];
            p.eat(Tok::Comma)?;
            kids.extend(p.opt(Self::star_named_expressions)?.unwrap_or_default());
            Ok(kids)
        })?;
        self.eat(Tok::RPar)?;
        Ok(self.node(K::Tuple, start, kids.unwrap_or_default()))
    }

    fn group(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::LPar)?;
            let yielded = p.opt(Self::yield_expr)?;
            let id = match yielded {
                Some(id) => id,
                None => p.named_expression()?,
            };
            p.eat(Tok::RPar)?;
            Ok(id)
        });
        self.try_invalid(Self::invalid_group)?;
        Err(Fail::No)
    }

    pub(super) fn list(&mut self) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::LSqb)?;
        let kids = self.opt(Self::star_named_expressions)?.unwrap_or_default();
        self.eat(Tok::RSqb)?;
        Ok(self.node(K::List, start, kids))
    }

    fn set(&mut self) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::LBrace)?;
        let kids = self.star_named_expressions()?;
        self.eat(Tok::RBrace)?;
        Ok(self.node(K::Set, start, kids))
    }

    fn dict(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            p.eat(Tok::LBrace)?;
            p.opt(|p| {
                p.gather(Tok::Comma, Self::double_starred_kvpair)?;
                p.maybe(Tok::Comma)
            })?;
            p.eat(Tok::RBrace)?;
            Ok(p.node(K::Dict, start, Vec::new()))
        });
        self.eat(Tok::LBrace)?;
        // Part of a longer alternative, this one is tried whether the rules for invalid code are on or not.
        self.invalid_double_starred_kvpairs()?;
        Err(Fail::No)
    }

    pub(super) fn double_starred_kvpair(&mut self) -> R<Id> {
        alt!(self, p, {
            p.eat(Tok::DoubleStar)?;
            p.bitwise_or()
        });
        self.kvpair()
    }

    fn kvpair(&mut self) -> R<Id> {
        self.expression()?;
        self.eat(Tok::Colon)?;
        self.expression()
    }

    fn comprehension(&mut self, open: Tok, close: Tok, kind: K) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            p.eat(open)?;
            p.named_expression()?;
            p.for_if_clauses()?;
            p.eat(close)?;
            Ok(p.node(kind, start, Vec::new()))
        });
        self.try_invalid(Self::invalid_comprehension)?;
        Err(Fail::No)
    }

    pub(super) fn genexp(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            p.eat(Tok::LPar)?;
            p.argument_expression()?;
            p.for_if_clauses()?;
            p.eat(Tok::RPar)?;
            Ok(p.node(K::GeneratorExp, start, Vec::new()))
        });
        self.try_invalid(Self::invalid_comprehension)?;
        Err(Fail::No)
    }

    fn dictcomp(&mut self) -> R<Id> {
        let start = self.mark;
        alt!(self, p, {
            p.eat(Tok::LBrace)?;
            p.kvpair()?;
            p.for_if_clauses()?;
            p.eat(Tok::RBrace)?;
            Ok(p.node(K::DictComp, start, Vec::new()))
        });
        self.try_invalid(Self::invalid_dict_comprehension)?;
        Err(Fail::No)
    }

    pub(super) fn for_if_clauses(&mut self) -> R<Vec<Id>> {
        self.some(|p| p.rule(Self::for_if_clause))
    }

    fn for_if_clause(&mut self) -> R<Id> {
        let start = self.mark;
        for is_async in [true, false] {
            alt!(self, p, {
                if is_async {
                    p.eat(Tok::Async)?;
                }
                p.eat(Tok::For)?;
                let target = p.star_targets()?;
                p.eat(Tok::In)?;
                p.cut(|p| {
                    let iter = p.disjunction()?;
                    let ifs = p.many(|p| {
                        p.eat(Tok::If)?;
                        p.disjunction()
                    })?;
                    let last = ifs.last().copied().unwrap_or(iter);
                    Ok(p.node(K::Comprehension, start, vec![target, last]))
                })
            });
        }
        self.try_invalid(Self::invalid_for_if_clause)?;
        self.try_invalid(Self::invalid_for_target)?;
        Err(Fail::No)
    }

    // Strings.

    pub(super) fn strings(&mut self) -> R<Id> {
        self.memo(Rule::Strings, |p| {
            p.try_invalid(Self::invalid_string_tstring_concat)?;
            let start = p.mark;
            alt!(p, p, {
                let parts = p.some(Self::string_or_fstring)?;
                let bytes = parts.iter().filter(|&&part| p.kind(part) == K::Bytes).count();
                if bytes > 0 && bytes < parts.len() {
                    return Err(p.raise("cannot mix bytes and nonbytes literals"));
                }
                let formatted = parts.iter().any(|&part| p.kind(part) == K::JoinedStr);
                let kind = if formatted {
                    K::JoinedStr
                } else if bytes > 0 {
                    K::Bytes
                } else {
                    K::Literal
                };
                Ok(p.node(kind, start, Vec::new()))
            });
            p.some(Self::tstring)?;
            Ok(p.node(K::TemplateStr, start, Vec::new()))
        })
    }

    pub(super) fn string_or_fstring(&mut self) -> R<Id> {
        alt!(self, p, { p.rule(Self::fstring) });
        self.string()
    }

    pub(super) fn string(&mut self) -> R<Id> {
        let start = self.mark;
        let token = self.eat(Tok::String)?;
        let source = &self.src[token.start as usize..token.end as usize];
        let shape = shape(source);
        let body = &source[shape.body.0..shape.body.1];
        if shape.bytes && !body.is_ascii() {
            return Err(self.raise_at(token, "bytes can only contain ASCII literal characters"));
        }
        if !shape.raw {
            let checked = if shape.bytes {
                literal::unescape_bytes(body).map(|(_, bad)| bad)
            } else {
                literal::unescape(body).map(|(_, bad)| bad)
            };
            match checked {
                // The place is that of the last token read, which is another if rules for invalid code have looked on.
                Err(BadLiteral::Unicode(why)) => return Err(self.raise(&format!("(unicode error) {}", why.message()))),
                Err(BadLiteral::Value(why)) => return Err(self.raise(&format!("(value error) {why}"))),
                Ok(Some(bad)) => self.warn_escape(body, bad, &token),
                Ok(None) => {}
            }
        }
        Ok(self.node(if shape.bytes { K::Bytes } else { K::Literal }, start, Vec::new()))
    }

    fn fstring(&mut self) -> R<Id> {
        self.interpolated(Tok::FStringStart, Tok::FStringMiddle, Tok::FStringEnd, K::JoinedStr, Self::field)
    }

    pub(super) fn tstring(&mut self) -> R<Id> {
        self.interpolated(Tok::TStringStart, Tok::TStringMiddle, Tok::TStringEnd, K::TemplateStr, Self::template_field)
    }

    fn interpolated(&mut self, open: Tok, middle: Tok, end: Tok, kind: K, field: fn(&mut Self) -> R<Id>) -> R<Id> {
        let start = self.mark;
        let first = self.eat(open)?;
        let raw = self.text(&first).contains(['r', 'R']);
        let outer = std::mem::replace(&mut self.raw, raw);
        let texts = self.many(|p| {
            alt!(p, p, { p.rule(field).map(|_| None) });
            p.eat(middle).map(Some)
        });
        self.raw = outer;
        let texts = texts?;
        let end = self.eat(end)?;
        for text in texts.into_iter().flatten() {
            self.check_text(text, raw, &end)?;
        }
        Ok(self.node(kind, start, Vec::new()))
    }

    /// A text of an f- or t-string; warnings are placed by `place`.
    fn check_text(&mut self, token: Token, raw: bool, place: &Token) -> R<()> {
        let body = &self.src[token.start as usize..token.end as usize];
        if raw || !body.contains(&b'\\') {
            return Ok(());
        }
        let (_, bad) = literal::unescape(body).map_err(|bad| self.raise_literal(token, bad))?;
        if let Some(bad) = bad
            && !bad.is_brace(body)
        {
            self.warn_escape(body, bad, place);
        }
        Ok(())
    }

    /// A text of a format specification. CPython leaves the exception of the codec as it is there.
    fn check_spec_text(&mut self, token: Token) -> R<()> {
        let body = &self.src[token.start as usize..token.end as usize];
        if !self.raw
            && body.contains(&b'\\')
            && let (Err(BadLiteral::Unicode(why)), Ok(body)) = (literal::unescape(body), std::str::from_utf8(body))
        {
            return Err(self.raise_undecodable(body, why));
        }
        self.check_text(token, self.raw, &token)
    }

    /// Warns where CPython's parser does so once more: in the second pass, where that leaves the rules for invalid code out.
    fn warn_escape(&mut self, body: &[u8], bad: BadEscape, token: &Token) {
        if self.second && !self.invalid {
            self.warnings.push((self.lex.warnings.len(), escape_warning(self.src, body, bad, token)));
        }
    }

    /// `f` or `t`, for messages.
    pub(super) fn string_letter(&self) -> char {
        if self.lex.in_tstring() { 't' } else { 'f' }
    }

    pub(super) fn field(&mut self) -> R<Id> {
        alt!(self, p, { p.replacement_field(Self::field) });
        self.try_invalid(|p| p.invalid_replacement_field('f'))?;
        Err(Fail::No)
    }

    pub(super) fn template_field(&mut self) -> R<Id> {
        alt!(self, p, { p.replacement_field(Self::template_field) });
        self.try_invalid(|p| p.invalid_replacement_field('t'))?;
        Err(Fail::No)
    }

    fn replacement_field(&mut self, field: fn(&mut Self) -> R<Id>) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::LBrace)?;
        self.annotated_rhs()?;
        self.maybe(Tok::Equal)?;
        self.opt(Self::conversion)?;
        self.opt(|p| p.full_format_spec(field))?;
        self.eat(Tok::RBrace)?;
        Ok(self.node(K::JoinedStr, start, Vec::new()))
    }

    fn conversion(&mut self) -> R<Id> {
        let mark = self.eat(Tok::Exclamation)?;
        let start = self.mark;
        let name = self.eat(Tok::Name)?;
        let letter = self.string_letter();
        if mark.lineno != name.lineno || mark.end_col != name.col {
            return Err(self.raise_range(
                mark,
                name,
                &format!("{letter}-string: conversion type must come right after the exclamation mark"),
            ));
        }
        let text = self.text(&name);
        if !matches!(text, "s" | "r" | "a") {
            return Err(self.raise_at(
                name,
                &format!("{letter}-string: invalid conversion character '{text}': expected 's', 'r', or 'a'"),
            ));
        }
        Ok(self.node(K::Name, start, Vec::new()))
    }

    fn full_format_spec(&mut self, field: fn(&mut Self) -> R<Id>) -> R<Id> {
        let start = self.mark;
        self.eat(Tok::Colon)?;
        self.many(|p| p.format_spec_part(field))?;
        Ok(self.node(K::JoinedStr, start, Vec::new()))
    }

    pub(super) fn format_spec_part(&mut self, field: fn(&mut Self) -> R<Id>) -> R<Id> {
        if let Some(text) = self.opt(|p| p.eat_any(&[Tok::FStringMiddle, Tok::TStringMiddle]))? {
            self.check_spec_text(text)?;
            return Ok(super::machine::UNIT);
        }
        self.rule(field)
    }
}
