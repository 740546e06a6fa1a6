//! The first parser: its state, tokens, locations and entry points.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::{Mode, Options, Parsed, Warning};
use crate::ast::{Expr, Ident, Loc, Mod, Stmt, StmtKind, Str, TypeIgnore};
use crate::error::{ErrorKind, SyntaxError};
use crate::tokenizer::{Config, NoToken, Tok, Token, Tokenizer, normalize};

/// The program is not one that this parser takes; why is for the second parser to say.
#[derive(Debug)]
pub(super) struct Stop;

pub(super) type P<T> = Result<T, Stop>;

/// Where the first parser stopped.
#[derive(Debug)]
pub(super) struct GaveUp {
    pub token: Token,
    /// The program nests deeper than CPython's parser goes.
    pub too_deep: bool,
    /// It ran out of native stack.
    pub out_of_stack: bool,
    /// A construct that is newer than the language version asked for.
    pub version: Option<Box<SyntaxError>>,
    pub raised: Option<Box<SyntaxError>>,
    /// What was found before: it is reported all the same.
    pub warnings: Vec<Warning>,
}

impl GaveUp {
    /// The error to report when nothing better is known.
    pub fn error(self, text: &str) -> SyntaxError {
        if self.too_deep || self.out_of_stack {
            return SyntaxError::bare(
                ErrorKind::Memory,
                "Parser stack overflowed - Python source too complex to parse",
            );
        }
        if let Some(raised) = self.raised {
            return *raised;
        }
        let line = text.split('\n').nth(self.token.lineno as usize - 1).unwrap_or_default();
        let column = |col: i32| {
            let bytes = col.max(0) as usize;
            let shown = bytes.min(line.len());
            (String::from_utf8_lossy(&line.as_bytes()[..shown]).chars().count() + bytes - shown) as i32 + 1
        };
        SyntaxError {
            kind: ErrorKind::Syntax,
            msg: "invalid syntax".into(),
            lineno: Some(self.token.lineno),
            offset: Some(column(self.token.col)),
            end_lineno: Some(self.token.end_lineno),
            end_offset: Some(column(self.token.end_col)),
            text: Some(line.to_owned()),
            around: None,
            late_place: false,
        }
    }
}

/// Whether a name is one that only a constant can have: a NAME token never is, but what it stands for can be.
pub(super) fn is_constant(name: &str) -> bool {
    matches!(name, "None" | "True" | "False")
}

/// A start position: line and column.
#[derive(Clone, Copy)]
pub(super) struct Start(pub i32, pub i32);

/// A small multiplicative hash for identifiers.
#[derive(Default)]
pub(super) struct WordHasher(u64);

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        let mut hash = self.0;
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            hash = (hash.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
        self.0 = hash ^ (hash >> 29);
    }
}

pub(super) struct Parser<'s> {
    pub src: &'s [u8],
    pub lex: Tokenizer<'s>,
    pub options: &'s Options,
    mode: Mode,
    tokens: Vec<Token>,
    pos: usize,
    /// The current token, `tokens[pos]`.
    pub tok: Token,
    /// End of the last token that was taken, not counting those of layout.
    end: (i32, i32),
    names: HashMap<&'s [u8], Ident, BuildHasherDefault<WordHasher>>,
    pub warnings: Vec<Warning>,
    /// Warnings of attempts that were given up. What they are about is parsed again, unless there is an error.
    abandoned: Vec<Warning>,
    type_ignores: Vec<TypeIgnore>,
    stack_base: usize,
    /// How many bytes of native stack to use.
    stack: usize,
    /// `<>` in place of `!=`.
    pub flufl: bool,
    too_deep: bool,
    out_of_stack: bool,
    version_error: Option<Box<SyntaxError>>,
    /// A token has been read since the last extra newline.
    started: bool,
    /// Nesting as CPython's parser counts it, roughly.
    depth: u32,
}

/// A place to come back to.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    pos: usize,
    end: (i32, i32),
    warnings: usize,
    depth: u32,
}

/// How deep CPython's parser nests before it gives up.
const MAX_DEPTH: u32 = 5980;

fn stack_pointer() -> usize {
    let here = 0u8;
    std::ptr::from_ref(std::hint::black_box(&here)) as usize
}

impl<'s> Parser<'s> {
    pub fn new(src: &'s [u8], mode: Mode, options: &'s Options, stack: usize) -> Self {
        let config = Config { type_comments: options.type_comments, ..Config::default() };
        let nothing = Token { kind: Tok::Nl, level: 0, start: 0, end: 0, lineno: 1, col: 0, end_lineno: 1, end_col: 0 };
        Parser {
            src,
            lex: Tokenizer::new(src, config),
            options,
            mode,
            tokens: Vec::with_capacity((src.len() / 5).min(1 << 13)),
            pos: 0,
            tok: nothing,
            end: (1, 0),
            names: HashMap::default(),
            warnings: Vec::new(),
            abandoned: Vec::new(),
            type_ignores: Vec::new(),
            stack_base: stack_pointer(),
            stack,
            flufl: options.barry_as_flufl,
            too_deep: false,
            out_of_stack: false,
            version_error: None,
            started: false,
            depth: 0,
        }
    }

    pub fn run(mut self) -> Result<Parsed, GaveUp> {
        let tree = self.fill().and_then(|()| match self.mode {
            Mode::Exec => self.file(),
            Mode::Eval => self.eval(),
            Mode::Single => self.interactive(),
            Mode::FuncType => self.func_type(),
        });
        let mut warnings = self.lex.warnings;
        warnings.append(&mut self.warnings);
        warnings.sort_by_key(|w| w.at);
        match tree {
            Ok(tree) => Ok(Parsed { tree, warnings }),
            Err(Stop) => Err(GaveUp {
                token: self.tok,
                too_deep: self.too_deep,
                out_of_stack: self.out_of_stack,
                version: self.version_error,
                raised: self.lex.raised,
                warnings: {
                    warnings.append(&mut self.abandoned);
                    super::distinct(warnings)
                },
            }),
        }
    }

    /// Makes `tok` the token at `pos`, reading it if need be.
    #[inline]
    fn fill(&mut self) -> P<()> {
        if self.pos < self.tokens.len() {
            self.tok = self.tokens[self.pos];
            return Ok(());
        }
        self.read()
    }

    fn read(&mut self) -> P<()> {
        loop {
            let mut token = match self.lex.next_token() {
                Ok(token) => token,
                Err(NoToken) => {
                    self.tok = self.lex.error_token();
                    return Err(Stop);
                }
            };
            if token.kind == Tok::TypeIgnore {
                let tag = Str::from(self.text_of(&token));
                self.type_ignores.push(TypeIgnore { lineno: token.lineno, tag });
                continue;
            }
            // Interactive input ends as if with one more newline.
            if self.mode == Mode::Single && token.kind == Tok::EndMarker && self.started {
                token.kind = Tok::Newline;
                self.started = false;
                if !self.options.dont_imply_dedent {
                    self.lex.imply_dedents();
                }
            } else {
                self.started = true;
            }
            self.tokens.push(token);
            self.tok = token;
            return Ok(());
        }
    }

    #[inline]
    pub fn advance(&mut self) -> P<()> {
        if !matches!(self.tok.kind, Tok::Newline | Tok::Indent | Tok::Dedent | Tok::EndMarker) {
            self.end = (self.tok.end_lineno, self.tok.end_col);
        }
        self.pos += 1;
        self.fill()
    }

    /// The token after the current one.
    pub fn peek(&mut self) -> P<Token> {
        self.peek_at(1)
    }

    pub fn peek_at(&mut self, distance: usize) -> P<Token> {
        let saved = self.tok;
        while self.tokens.len() <= self.pos + distance {
            if self.tokens.last().is_some_and(|t| t.kind == Tok::EndMarker) {
                return Ok(self.tokens[self.tokens.len() - 1]);
            }
            self.read()?;
            self.tok = saved;
        }
        Ok(self.tokens[self.pos + distance])
    }

    #[inline]
    pub fn at(&self, kind: Tok) -> bool {
        self.tok.kind == kind
    }

    /// Takes the token if it is of this kind.
    #[inline]
    pub fn eat(&mut self, kind: Tok) -> P<bool> {
        if self.tok.kind == kind {
            self.advance()?;
            return Ok(true);
        }
        Ok(false)
    }

    #[inline]
    pub fn expect(&mut self, kind: Tok) -> P<()> {
        if self.tok.kind == kind { self.advance() } else { Err(Stop) }
    }

    pub fn mark(&self) -> Mark {
        Mark { pos: self.pos, end: self.end, warnings: self.warnings.len(), depth: self.depth }
    }

    pub fn reset(&mut self, mark: Mark) {
        self.pos = mark.pos;
        self.end = mark.end;
        self.depth = mark.depth;
        self.abandoned.extend(self.warnings.drain(mark.warnings..));
        self.tok = self.tokens[self.pos];
    }

    /// Runs `attempt`; if it stops over the tokens (and not for want of stack or of tokens), comes back to where it began.
    pub fn attempt<T>(&mut self, attempt: impl FnOnce(&mut Self) -> P<T>) -> P<Option<T>> {
        let mark = self.mark();
        match attempt(self) {
            Ok(value) => Ok(Some(value)),
            Err(Stop)
                if self.too_deep || self.out_of_stack || self.version_error.is_some() || self.at(Tok::ErrorToken) =>
            {
                Err(Stop)
            }
            Err(Stop) => {
                self.reset(mark);
                Ok(None)
            }
        }
    }

    #[inline]
    pub fn start(&self) -> Start {
        Start(self.tok.lineno, self.tok.col)
    }

    #[inline]
    pub fn loc(&self, start: Start) -> Loc {
        Loc { line: start.0, end_line: self.end.0, col: start.1, end_col: self.end.1 }
    }

    pub fn token_loc(token: &Token) -> Loc {
        Loc { line: token.lineno, end_line: token.end_lineno, col: token.col, end_col: token.end_col }
    }

    pub fn text_of(&self, token: &Token) -> &'s str {
        std::str::from_utf8(&self.src[token.start as usize..token.end as usize]).unwrap_or_default()
    }

    pub fn word(&self) -> &'s [u8] {
        &self.src[self.tok.start as usize..self.tok.end as usize]
    }

    pub fn at_word(&self, word: &[u8]) -> bool {
        self.tok.kind == Tok::Name && self.word() == word
    }

    /// The identifier that a NAME token spells.
    fn ident_of(&mut self, token: &Token) -> P<Ident> {
        let bytes = &self.src[token.start as usize..token.end as usize];
        if let Some(ident) = self.names.get(bytes) {
            return Ok(ident.clone());
        }
        let ident = Ident::new(&normalize(std::str::from_utf8(bytes).unwrap_or_default()));
        if is_constant(ident.as_str()) {
            return Err(Stop);
        }
        self.names.insert(bytes, ident.clone());
        Ok(ident)
    }

    /// Takes a NAME.
    pub fn ident(&mut self) -> P<Ident> {
        if self.tok.kind != Tok::Name {
            return Err(Stop);
        }
        let token = self.tok;
        let ident = self.ident_of(&token)?;
        self.advance()?;
        Ok(ident)
    }

    /// Enters a construct that nests; `weight` is how many of its own rules CPython's parser nests for it.
    #[inline]
    pub fn enter(&mut self, weight: u32) -> P<()> {
        self.depth += weight;
        self.too_deep = self.depth > MAX_DEPTH;
        self.out_of_stack = self.stack_base.abs_diff(stack_pointer()) > self.stack;
        if self.too_deep || self.out_of_stack {
            return Err(Stop);
        }
        Ok(())
    }

    #[inline]
    pub fn leave(&mut self, weight: u32) {
        self.depth -= weight;
    }

    /// Stops unless the language version asked for has the construct that has just been read.
    pub fn since(&mut self, version: u8, what: &str) -> P<()> {
        if self.options.feature_version >= version {
            return Ok(());
        }
        let token = match self.pos.checked_sub(1).map(|n| self.tokens[n]) {
            Some(last) if matches!(last.kind, Tok::Newline | Tok::Dedent) => last,
            _ => self.tok,
        };
        self.too_new(version, what, token)
    }

    /// The same for a construct after which CPython's parser has looked at the next token.
    pub fn since_seen(&mut self, version: u8, what: &str) -> P<()> {
        if self.options.feature_version >= version { Ok(()) } else { self.too_new(version, what, self.tok) }
    }

    #[cold]
    fn too_new(&mut self, version: u8, what: &str, token: Token) -> P<()> {
        let msg = format!("{what} only supported in Python 3.{version} and greater");
        let mut at =
            GaveUp { token, too_deep: false, out_of_stack: false, version: None, raised: None, warnings: Vec::new() };
        let end = (token.end_col == -1).then_some(-1);
        if token.col == -1 {
            at.token.col = self.lex.cur as i32 - self.lex.line_start as i32 - 1;
        }
        let mut error = at.error(std::str::from_utf8(self.src).unwrap_or_default());
        error.end_offset = end.or(error.end_offset);
        error.msg = msg.into();
        self.version_error = Some(Box::new(error));
        Err(Stop)
    }

    pub fn type_comment(&mut self) -> P<Option<Str>> {
        if self.tok.kind != Tok::TypeComment {
            return Ok(None);
        }
        let text = self.text_of(&self.tok);
        self.advance()?;
        Ok(Some(Str::from(text)))
    }

    fn file(&mut self) -> P<Mod> {
        let mut body = Vec::new();
        while self.tok.kind != Tok::EndMarker {
            self.statement(&mut body)?;
            if self.pos > 1 << 12 {
                self.tokens.drain(..self.pos);
                self.pos = 0;
            }
        }
        Ok(Mod::Module { body, type_ignores: std::mem::take(&mut self.type_ignores) })
    }

    fn eval(&mut self) -> P<Mod> {
        let body = self.expressions()?;
        while self.eat(Tok::Newline)? {}
        if self.tok.kind != Tok::EndMarker {
            return Err(Stop);
        }
        Ok(Mod::Expression { body: Box::new(body) })
    }

    fn interactive(&mut self) -> P<Mod> {
        let mut body = Vec::new();
        if self.tok.kind == Tok::Newline {
            let loc = Self::token_loc(&self.tok);
            body.push(Stmt::new(StmtKind::Pass {}, loc));
            return Ok(Mod::Interactive { body });
        }
        if self.at_compound()? {
            self.statement(&mut body)?;
            if self.tok.kind != Tok::Newline {
                return Err(Stop);
            }
        } else {
            self.simple_statements(&mut body)?;
            if self.tok.kind != Tok::Newline {
                return Err(Stop);
            }
        }
        // Nothing has been read past the line.
        self.nothing_more()?;
        Ok(Mod::Interactive { body })
    }

    /// In mode `single` only blank space and comments may follow the statement.
    fn nothing_more(&self) -> P<()> {
        let mut rest = &self.src[self.lex.cur.min(self.src.len())..];
        loop {
            let skip = rest.iter().take_while(|c| matches!(c, b' ' | b'\t' | b'\n' | 0x0c)).count();
            rest = &rest[skip..];
            match rest.first() {
                None => return Ok(()),
                Some(b'#') => {
                    let line = rest.iter().position(|&c| c == b'\n').unwrap_or(rest.len());
                    rest = &rest[line..];
                }
                Some(_) => return Err(Stop),
            }
        }
    }

    fn func_type(&mut self) -> P<Mod> {
        self.expect(Tok::LPar)?;
        let mut argtypes: Vec<Expr> = Vec::new();
        let mut stars = 0;
        while !self.at(Tok::RPar) {
            let before = stars;
            if self.eat(Tok::Star)? {
                stars = 1;
            } else if self.eat(Tok::DoubleStar)? {
                stars = 2;
            }
            if before == 2 || before == 1 && stars != 2 {
                return Err(Stop);
            }
            argtypes.push(self.expression()?);
            if !self.at(Tok::RPar) {
                self.expect(Tok::Comma)?;
                if self.at(Tok::RPar) {
                    return Err(Stop);
                }
            }
        }
        self.advance()?;
        self.expect(Tok::RArrow)?;
        let returns = Box::new(self.expression()?);
        while self.eat(Tok::Newline)? {}
        if self.tok.kind != Tok::EndMarker {
            return Err(Stop);
        }
        Ok(Mod::FunctionType { argtypes, returns })
    }
}
