//! String literals of all kinds, concatenated.

use std::sync::Arc;

use taipan_bytecode::Text;
use taipan_text::byte_search::find_byte;

use super::core::{P, Parser, Stop};
use super::literal::{BadEscape, bad_escape_messages, place, text, unescape, unescape_bytes};
use super::{ErrorKind, SyntaxError, Warning};
use crate::Const;
use crate::ast::{Expr, ExprKind, Loc, Str};
use crate::tokenizer::{Tok, Token};

/// How a literal is written: prefix and quotes.
pub(super) struct Shape {
    pub raw: bool,
    pub bytes: bool,
    pub unicode: bool,
    /// The range of the body in the token.
    pub body: (usize, usize),
}

/// Takes a STRING token apart.
pub(super) fn shape(token: &[u8]) -> Shape {
    let mut out = Shape { raw: false, bytes: false, unicode: token.first() == Some(&b'u'), body: (0, 0) };
    let mut at = 0;
    while !matches!(token[at], b'"' | b'\'') {
        out.raw |= token[at] | 0x20 == b'r';
        out.bytes |= token[at] | 0x20 == b'b';
        at += 1;
    }
    let quote = token[at];
    let triple = token.len() >= at + 6 && token[at + 1] == quote && token[at + 2] == quote;
    let size = if triple { 3 } else { 1 };
    out.body = (at + size, token.len() - size);
    out
}

fn constant(value: Const, kind: Option<Str>, loc: Loc) -> Expr {
    Expr::new(ExprKind::Constant { value, kind }, loc)
}

fn is_empty_text(expr: &Expr) -> bool {
    matches!(&expr.kind, ExprKind::Constant { value: Const::Str(text), .. } if text.is_empty())
}

/// The warning about a meaningless escape in a body, which CPython places from where `token` begins: the literal itself,
/// a text in a format specifier, or, for the texts of an f-string that is complete, its end.
pub(super) fn escape_warning(src: &[u8], body: &[u8], bad: BadEscape, token: &Token) -> Warning {
    let (msg, error) = bad_escape_messages(body, bad);
    let before = &body[..bad.at];
    let lines = memchr::memchr_iter(b'\n', before).count() as i32;
    let (lineno, col) = match memchr::memrchr(b'\n', before) {
        Some(newline) => (token.lineno + lines, escape_column(body, newline + 1, bad)),
        None => {
            let token_text = &src[token.start as usize..token.end as usize];
            let quotes = match token_text.first() {
                Some(first @ (b'"' | b'\'')) => {
                    let leading = token_text.iter().take_while(|c| matches!(c, b'"' | b'\''));
                    leading.filter(|c| *c == first).count()
                }
                _ => 0,
            };
            (token.lineno, token.col as usize + quotes + escape_column(body, 0, bad))
        }
    };
    // CPython knows lines only up to the one that the token ends in.
    let text = match line(src, lineno.min(token.end_lineno)) {
        complete if lineno < token.end_lineno => complete,
        last => last + "\n",
    };
    let as_error = Box::new(SyntaxError {
        kind: ErrorKind::Syntax,
        msg: error.into(),
        lineno: Some(lineno),
        offset: Some(chars_up_to(&text, col + 1)),
        end_lineno: Some(lineno),
        end_offset: Some(chars_up_to(&text, col + 3)),
        text: Some(text),
        around: None,
        late_place: false,
    });
    Warning { msg, lineno, at: token.end, as_error }
}

/// How far an escape lies behind place `from` of its body, in the form that CPython decodes.
fn escape_column(body: &[u8], from: usize, bad: BadEscape) -> usize {
    if bad.in_bytes { bad.at - from } else { place(body, bad.at) - place(body, from) }
}

/// The line with a number that begins at one, without its end.
fn line(src: &[u8], number: i32) -> String {
    let line = src.split(|&c| c == b'\n').nth(number as usize - 1);
    String::from_utf8_lossy(line.unwrap_or_default()).into_owned()
}

/// The characters that begin in the first `bytes` bytes of a text, or one more than it has.
fn chars_up_to(text: &str, bytes: usize) -> i32 {
    let beyond = if bytes > text.len() { 1 } else { 0 };
    text.char_indices().take_while(|&(at, _)| at < bytes).count() as i32 + beyond
}

impl<'s> Parser<'s> {
    fn warn_escape(&mut self, body: &[u8], bad: BadEscape, token: &Token) {
        self.warnings.push(escape_warning(self.src, body, bad, token));
    }

    /// The text of a body in the source; warnings are placed by `token`.
    fn text_value(&mut self, range: (usize, usize), raw: bool, token: &Token) -> P<Text> {
        let body = &self.src[range.0..range.1];
        if raw || find_byte(b'\\', body).is_none() {
            return Ok(Text::from(std::str::from_utf8(body).map_err(|_| Stop)?));
        }
        let (value, bad) = unescape(body).map_err(|_| Stop)?;
        if let Some(bad) = bad
            && (token.kind == Tok::String || !bad.is_brace(body))
        {
            self.warn_escape(body, bad, token);
        }
        Ok(text(&value))
    }

    fn plain(&mut self) -> P<Expr> {
        let token = self.tok;
        let start = token.start as usize;
        let shape = shape(&self.src[start..token.end as usize]);
        let range = (start + shape.body.0, start + shape.body.1);
        let value = if shape.bytes {
            let body = &self.src[range.0..range.1];
            if !body.is_ascii() {
                return Err(Stop);
            }
            if shape.raw {
                Const::Bytes(Arc::from(body))
            } else {
                let (value, bad) = unescape_bytes(body).map_err(|_| Stop)?;
                if let Some(bad) = bad {
                    self.warn_escape(body, bad, &token);
                }
                Const::Bytes(value.into())
            }
        } else {
            Const::Str(self.text_value(range, shape.raw, &token)?)
        };
        self.advance()?;
        let kind = if shape.unicode { Some(Str::from("u")) } else { None };
        Ok(constant(value, kind, Self::token_loc(&token)))
    }

    /// Adjacent literals.
    pub(super) fn strings(&mut self) -> P<Expr> {
        let start = self.start();
        if self.at(Tok::String) {
            let first = self.plain()?;
            match self.tok.kind {
                Tok::String | Tok::FStringStart => return self.concatenated(start, vec![first]),
                Tok::TStringStart => return Err(Stop),
                _ => return Ok(first),
            }
        }
        if self.at(Tok::TStringStart) {
            let mut parts = Vec::new();
            while self.at(Tok::TStringStart) {
                parts.extend(self.interpolated(Tok::TStringMiddle, Tok::TStringEnd)?);
            }
            if self.at(Tok::String) || self.at(Tok::FStringStart) {
                return Err(Stop);
            }
            let values = Self::fold(parts);
            return Ok(Expr::new(ExprKind::TemplateStr { values }, self.loc(start)));
        }
        self.concatenated(start, Vec::new())
    }

    fn concatenated(&mut self, start: super::core::Start, mut parts: Vec<Expr>) -> P<Expr> {
        let mut formatted = false;
        loop {
            match self.tok.kind {
                Tok::String => parts.push(self.plain()?),
                Tok::FStringStart => {
                    formatted = true;
                    parts.extend(self.interpolated(Tok::FStringMiddle, Tok::FStringEnd)?);
                }
                Tok::TStringStart => return Err(Stop),
                _ => break,
            }
        }
        let is_bytes = |e: &Expr| matches!(&e.kind, ExprKind::Constant { value: Const::Bytes(_), .. });
        let bytes = parts.iter().filter(|e| is_bytes(e)).count();
        if bytes > 0 && (bytes < parts.len() || formatted) {
            return Err(Stop);
        }
        let loc = self.loc(start);
        if bytes > 0 {
            let mut all = Vec::new();
            for part in &parts {
                if let ExprKind::Constant { value: Const::Bytes(value), .. } = &part.kind {
                    all.extend_from_slice(value);
                }
            }
            return Ok(constant(Const::Bytes(all.into()), None, loc));
        }
        if !formatted {
            let mut all = Self::merge(parts);
            all.loc = loc;
            return Ok(all);
        }
        Ok(Expr::new(ExprKind::JoinedStr { values: Self::fold(parts) }, loc))
    }

    /// One constant from several.
    fn merge(mut parts: Vec<Expr>) -> Expr {
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            return only;
        }
        let mut all = Vec::new();
        let mut first_kind = None;
        let mut loc: Option<Loc> = None;
        for mut part in parts {
            let here = part.loc;
            match &mut loc {
                None => loc = Some(here),
                Some(loc) => (loc.end_line, loc.end_col) = (here.end_line, here.end_col),
            }
            if let ExprKind::Constant { value: Const::Str(text), kind } = &mut part.kind {
                if all.is_empty() && first_kind.is_none() {
                    first_kind = Some(kind.take());
                }
                all.extend_from_slice(text.as_bytes());
            }
        }
        constant(Const::Str(text(&all)), first_kind.flatten(), loc.unwrap_or(Loc::NONE))
    }

    /// Neighbouring texts made one, empty ones dropped.
    fn fold(parts: Vec<Expr>) -> Vec<Expr> {
        let mut out = Vec::new();
        let mut run: Vec<Expr> = Vec::new();
        for part in parts {
            if matches!(part.kind, ExprKind::Constant { .. }) {
                run.push(part);
                continue;
            }
            if !run.is_empty() {
                out.push(Self::merge(std::mem::take(&mut run)));
            }
            out.push(part);
        }
        if !run.is_empty() {
            out.push(Self::merge(run));
        }
        out.retain(|part| !is_empty_text(part));
        out
    }

    /// The parts of one f- or t-string. Its own texts are decoded when it is complete.
    fn interpolated(&mut self, middle: Tok, end: Tok) -> P<Vec<Expr>> {
        let raw = self.word().iter().any(|c| c | 0x20 == b'r');
        self.advance()?;
        self.enter(4)?;
        let mut parts = Vec::new();
        let mut texts = Vec::new();
        loop {
            if self.at(middle) {
                let token = self.tok;
                self.advance()?;
                texts.push((parts.len(), token));
                parts.push(constant(Const::str(""), None, Self::token_loc(&token)));
            } else if self.at(end) {
                if end == Tok::TStringEnd {
                    self.since(14, "t-strings are")?;
                }
                let end = self.tok;
                for (at, token) in texts {
                    let decoded = self.text_value((token.start as usize, token.end as usize), raw, &end)?;
                    if let ExprKind::Constant { value, .. } = &mut parts[at].kind {
                        *value = Const::Str(decoded);
                    }
                }
                parts.retain(|part| !is_empty_text(part));
                break;
            } else {
                self.replacement(middle, raw, middle == Tok::TStringMiddle, &mut parts)?;
            }
        }
        self.advance()?;
        self.leave(4);
        Ok(parts)
    }

    /// A replacement field, with the text before it if it has an `=`.
    fn replacement(&mut self, middle: Tok, raw: bool, template: bool, parts: &mut Vec<Expr>) -> P<()> {
        let start = self.start();
        let text_start = self.tok.end as usize;
        self.expect(Tok::LBrace)?;
        let value = Box::new(self.annotated_rhs()?);
        let value_end = self.tok.start as usize;
        let debug = self.eat(Tok::Equal)?;
        // Where the text of the expression, with an equals sign, ends.
        let text_end = self.tok.start as usize;
        let mut text_stop = None;
        let mut conversion = -1;
        if self.at(Tok::Exclamation) {
            let mark = self.tok;
            self.advance()?;
            let name = self.tok;
            if name.kind != Tok::Name || name.lineno != mark.lineno || name.col != mark.end_col {
                return Err(Stop);
            }
            conversion = match self.word() {
                b"s" => 115,
                b"r" => 114,
                b"a" => 97,
                _ => return Err(Stop),
            };
            text_stop = Some((name.lineno, name.col));
            self.advance()?;
        }
        let mut format_spec = None;
        if self.at(Tok::Colon) {
            let spec = self.format_spec(middle, raw)?;
            text_stop.get_or_insert((spec.loc.line, spec.loc.col + 1));
            format_spec = Some(Box::new(spec));
        }
        if debug && conversion == -1 && format_spec.is_none() {
            conversion = 114;
        }
        self.expect(Tok::RBrace)?;
        let loc = self.loc(start);
        if debug {
            let (line, col) = text_stop.unwrap_or((loc.end_line, loc.end_col));
            let text = self.expression_text(text_start, text_end);
            let at = Loc { line: loc.line, col: loc.col + 1, end_line: line, end_col: col - 1 };
            parts.push(constant(Const::str(&text), None, at));
        }
        let kind = if template {
            let str = Const::str(&self.expression_text(text_start, value_end));
            ExprKind::Interpolation { value, str, conversion, format_spec }
        } else {
            ExprKind::FormattedValue { value, conversion, format_spec }
        };
        parts.push(Expr::new(kind, loc));
        Ok(())
    }

    /// Source text without its comments.
    fn expression_text(&self, start: usize, end: usize) -> String {
        let source = std::str::from_utf8(&self.src[start..end]).unwrap_or_default();
        if !source.contains('#') {
            return source.to_owned();
        }
        let mut out = String::with_capacity(source.len());
        let mut quote: Option<char> = None;
        let (mut comment, mut escaped) = (false, false);
        for c in source.chars() {
            match quote {
                Some(_) if escaped || c == '\\' => escaped = !escaped,
                _ if comment => {
                    comment = c != '\n';
                    if !comment {
                        out.push(c);
                    }
                    continue;
                }
                Some(q) if c == q => quote = None,
                None if c == '"' || c == '\'' => quote = Some(c),
                None if c == '#' => {
                    comment = true;
                    continue;
                }
                _ => {}
            }
            out.push(c);
        }
        out
    }

    fn format_spec(&mut self, middle: Tok, raw: bool) -> P<Expr> {
        let start = self.start();
        self.advance()?;
        self.enter(3)?;
        let mut parts = Vec::new();
        loop {
            if self.at(middle) {
                let token = self.tok;
                let value = self.text_value((token.start as usize, token.end as usize), raw, &token)?;
                self.advance()?;
                parts.push(constant(Const::Str(value), None, Self::token_loc(&token)));
            } else if self.at(Tok::LBrace) {
                self.replacement(middle, raw, false, &mut parts)?;
            } else {
                break;
            }
        }
        self.leave(3);
        Ok(Expr::new(ExprKind::JoinedStr { values: Self::fold(parts) }, self.loc(start)))
    }
}
