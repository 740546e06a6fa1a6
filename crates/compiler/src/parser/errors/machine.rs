//! The machine of the second parser: tokens, backtracking, memory, errors.

use std::borrow::Cow;
use std::collections::HashMap;

use super::super::core::is_constant;
use super::super::literal::{BadLiteral, Undecodable, intermediate};
use super::{Mode, Options, SyntaxError, Warning};
use crate::codegen::constant_name;
use crate::error::{Around, ErrorKind};
use crate::tokenizer::{Config, Done, Tok, Token, Tokenizer, normalize};

/// Why a rule gave nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Fail {
    /// It does not match.
    No,
    /// It does not match, and neither may the alternatives after it.
    Cut,
    /// An error is raised.
    Raised,
}

pub(super) type R<T> = Result<T, Fail>;

/// A node of the tree, by number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Id(pub u32);

/// The node of everything that needs none.
pub(super) const UNIT: Id = Id(0);

/// What an expression is, as far as messages tell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum K {
    Unit,
    Name,
    Attribute,
    Subscript,
    Starred,
    List,
    Tuple,
    Lambda,
    Call,
    Operation,
    GeneratorExp,
    Yield,
    Await,
    ListComp,
    SetComp,
    DictComp,
    Dict,
    Set,
    JoinedStr,
    TemplateStr,
    None,
    False,
    True,
    Ellipsis,
    Literal,
    Bytes,
    Imaginary,
    Compare,
    /// A comparison whose first operator is `in`.
    CompareIn,
    IfExp,
    NamedExpr,
    /// `kids`: target and last expression.
    Comprehension,
    /// `kids`: positional arguments.
    Arguments,
    /// Arguments with a `**`.
    ArgumentsUnpacking,
    Keyword,
    KeywordUnpacking,
    Pattern,
}

/// The words for it.
pub(super) fn name_of(kind: K) -> &'static str {
    match kind {
        K::Attribute => "attribute",
        K::Subscript => "subscript",
        K::Starred => "starred",
        K::Name => "name",
        K::List => "list",
        K::Tuple => "tuple",
        K::Lambda => "lambda",
        K::Call => "function call",
        K::Operation => "expression",
        K::GeneratorExp => "generator expression",
        K::Yield => "yield expression",
        K::Await => "await expression",
        K::ListComp => "list comprehension",
        K::SetComp => "set comprehension",
        K::DictComp => "dict comprehension",
        K::Dict => "dict literal",
        K::Set => "set display",
        K::JoinedStr => "f-string expression",
        K::TemplateStr => "t-string expression",
        K::None => "None",
        K::False => "False",
        K::True => "True",
        K::Ellipsis => "ellipsis",
        K::Compare | K::CompareIn => "comparison",
        K::IfExp => "conditional expression",
        K::NamedExpr => "named expression",
        _ => "literal",
    }
}

/// A range: lines from 1, columns in bytes from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub line: i32,
    pub col: i32,
    pub end_line: i32,
    pub end_col: i32,
}

pub(super) trait Spanned {
    fn span(self, peg: &Peg) -> Span;
}

impl Spanned for Span {
    fn span(self, _: &Peg) -> Span {
        self
    }
}

impl Spanned for Token {
    fn span(self, _: &Peg) -> Span {
        Span { line: self.lineno, col: self.col, end_line: self.end_lineno, end_col: self.end_col }
    }
}

impl Spanned for Id {
    fn span(self, peg: &Peg) -> Span {
        peg.nodes[self.0 as usize].span
    }
}

#[derive(Debug)]
pub(super) struct Node {
    pub kind: K,
    pub span: Span,
    pub kids: Vec<Id>,
}

/// Rules whose results CPython remembers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Rule {
    SimpleStmt,
    Block,
    Expression,
    StarExpression,
    Disjunction,
    Conjunction,
    Inversion,
    BitwiseOr,
    BitwiseXor,
    BitwiseAnd,
    Shift,
    Sum,
    Term,
    Factor,
    AwaitPrimary,
    Primary,
    TPrimary,
    Strings,
    Arguments,
    StarTarget,
    TargetWithStarAtom,
    DelTarget,
    InvalidNamedExpression,
    TypeParam,
    ClosedPattern,
    StarPattern,
    DottedName,
    NameOrAttr,
}

/// The most rules that may nest.
const MAX_LEVEL: u32 = 6000;

pub(super) struct Peg<'s> {
    pub src: &'s [u8],
    pub lex: Tokenizer<'s>,
    pub options: &'s Options,
    pub mode: Mode,
    pub tokens: Vec<Token>,
    pub mark: usize,
    /// Whether the `invalid_` rules are tried.
    pub invalid: bool,
    /// Whether this is the second pass. Where it goes on without the `invalid_` rules, literals give warnings again.
    pub second: bool,
    /// The warnings of the second pass, each with the number of those that the tokenizer had by then.
    pub warnings: Vec<(usize, Warning)>,
    /// How many warnings the tokenizer had when the second pass began.
    pub before_second: usize,
    /// Whether the f- or t-string around is raw.
    pub raw: bool,
    pub nodes: Vec<Node>,
    raised: Option<Box<SyntaxError>>,
    /// Line and column of the last compound statement that was whole, other than a function.
    statement: (i32, i32),
    level: u32,
    started: bool,
    /// `<>` in place of `!=`.
    pub flufl: bool,
    memo: HashMap<(Rule, u32), Option<(Id, u32)>>,
}

/// Tries an alternative: if it matches, the rule returns its value.
macro_rules! alt {
    ($me:ident, $p:ident, $body:block) => {
        if let Some(value) = $me.alt(|$p: &mut Self| -> R<_> { $body })? {
            return Ok(value);
        }
    };
}
pub(super) use alt;

impl<'s> Peg<'s> {
    pub fn new(src: &'s [u8], mode: Mode, options: &'s Options) -> Self {
        let config = Config { type_comments: options.type_comments, ..Config::default() };
        let span = Span { line: 1, col: 0, end_line: 1, end_col: 0 };
        Peg {
            src,
            lex: Tokenizer::new(src, config),
            options,
            mode,
            tokens: Vec::new(),
            mark: 0,
            invalid: false,
            second: false,
            warnings: Vec::new(),
            before_second: 0,
            raw: false,
            nodes: vec![Node { kind: K::Unit, span, kids: Vec::new() }],
            raised: None,
            statement: (0, 0),
            level: 0,
            started: false,
            flufl: options.barry_as_flufl,
            memo: HashMap::new(),
        }
    }

    /// The error in the program; nothing if there is none.
    pub fn explain(&mut self) -> Option<SyntaxError> {
        let first = self.start_rule();
        match first {
            Ok(()) => {
                if self.mode == Mode::Single && self.more_statements() {
                    self.raise("multiple statements found while compiling a single statement");
                    return self.take();
                }
                return None;
            }
            Err(Fail::Raised) => {
                if self.is_incomplete() {
                    return self.take();
                }
                self.settle();
                return self.take();
            }
            Err(_) => {}
        }
        if self.is_incomplete() {
            return self.take();
        }
        let last = *self.tokens.last()?;
        self.memo.clear();
        self.mark = 0;
        self.level = 0;
        self.invalid = true;
        self.second = true;
        self.before_second = self.lex.warnings.len();
        if self.start_rule() == Err(Fail::Raised) {
            self.settle();
            return self.take();
        }
        match last.kind {
            Tok::ErrorToken if self.lex.done == Done::Eof => {
                if self.lex.level() > 0 {
                    self.raise_unclosed();
                } else {
                    self.raise("unexpected EOF while parsing");
                }
            }
            Tok::Indent => {
                self.raise_indentation("unexpected indent");
            }
            Tok::Dedent => {
                self.raise_indentation("unexpected unindent");
            }
            _ => {
                self.raise_at(last, "invalid syntax");
                self.check_rest();
            }
        }
        self.take()
    }

    fn take(&mut self) -> Option<SyntaxError> {
        let mut error = *self.raised.take()?;
        let source = Some(String::from_utf8_lossy(self.src).into_owned());
        error.around = Some(Box::new(Around { statement: self.statement, source }));
        Some(error)
    }

    /// Notes a compound statement that begins with `first`.
    pub fn note_statement(&mut self, first: Token) {
        if first.lineno >= self.statement.0 {
            self.statement = (first.lineno, first.col);
        }
    }

    fn is_incomplete(&mut self) -> bool {
        if !self.options.allow_incomplete_input || !matches!(self.lex.done, Done::Eof | Done::EofInString) {
            return false;
        }
        self.raised = None;
        self.raise_kind(ErrorKind::IncompleteInput, "incomplete input");
        true
    }

    /// An error of the tokenizer further on goes before one of the parser.
    fn settle(&mut self) {
        let parser_error = matches!(self.lex.done, Done::No)
            && self
                .raised
                .as_ref()
                .is_some_and(|e| matches!(e.kind, ErrorKind::Syntax | ErrorKind::Indentation | ErrorKind::Tab));
        if parser_error {
            self.check_rest();
        }
    }

    /// Reads the rest of the program for an error of the tokenizer.
    fn check_rest(&mut self) {
        let Some(current) = self.tokens.last().map(|t| t.lineno) else { return };
        loop {
            match self.lex.next_token() {
                Ok(token) if token.kind == Tok::EndMarker => return,
                Ok(_) => {}
                Err(_) => break,
            }
        }
        // An error in the field of an f-string is worth more than what it does to the rest of that string.
        if self.lex.in_fstring() {
            return;
        }
        if let Some(raised) = self.lex.raised.take() {
            self.raised = Some(raised);
            return;
        }
        if let Some((_, line, _)) = self.lex.open_bracket()
            && current > line
        {
            self.raised = None;
            self.raise_unclosed();
        }
    }

    fn more_statements(&self) -> bool {
        let mut rest = &self.src[self.lex.cur.min(self.src.len())..];
        loop {
            let skip = rest.iter().take_while(|c| matches!(c, b' ' | b'\t' | b'\n' | 0x0c)).count();
            rest = &rest[skip..];
            match rest.first() {
                None => return false,
                Some(b'#') => {
                    let line = rest.iter().position(|&c| c == b'\n').unwrap_or(rest.len());
                    rest = &rest[line..];
                }
                Some(_) => return true,
            }
        }
    }

    // Tokens.

    /// The token at the mark.
    pub fn token(&mut self) -> R<Token> {
        while self.mark >= self.tokens.len() {
            self.read()?;
        }
        Ok(self.tokens[self.mark])
    }

    fn read(&mut self) -> R<()> {
        let mut token = match self.lex.next_token() {
            Ok(token) => token,
            Err(_) => {
                let token = self.lex.error_token();
                self.tokens.push(token);
                return Err(self.raise_tokenizer());
            }
        };
        if token.kind == Tok::TypeIgnore {
            return Ok(());
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
        Ok(())
    }

    #[cold]
    fn raise_tokenizer(&mut self) -> Fail {
        if let Some(raised) = self.lex.raised.take() {
            self.raised = Some(raised);
            return Fail::Raised;
        }
        match self.lex.done {
            Done::Eof => {
                if self.lex.level() > 0 {
                    self.raise_unclosed()
                } else {
                    self.raise("unexpected EOF while parsing")
                }
            }
            Done::Dedent => self.raise_indentation("unindent does not match any outer indentation level"),
            Done::TabSpace => self.raise_plain(ErrorKind::Tab, 0, "inconsistent use of tabs and spaces in indentation"),
            Done::TooDeep => self.raise_plain(ErrorKind::Indentation, 0, "too many levels of indentation"),
            _ => {
                let col = self.lex.cur as i32 - self.lex.buf as i32 - 1;
                self.raise_plain(ErrorKind::Syntax, col, "unexpected character after line continuation character")
            }
        }
    }

    pub fn eat(&mut self, kind: Tok) -> R<Token> {
        let token = self.token()?;
        if token.kind != kind {
            return Err(Fail::No);
        }
        if kind == Tok::Name {
            self.check_name(&token)?;
        }
        self.mark += 1;
        Ok(token)
    }

    /// A name that stands for a constant is refused as soon as it is read, wherever it is.
    fn check_name(&mut self, token: &Token) -> R<()> {
        let text = self.text(token);
        if text.is_ascii() {
            return Ok(());
        }
        let name = normalize(text);
        if !is_constant(&name) {
            return Ok(());
        }
        let text = constant_name(&name);
        Err(self.raise_bare(ErrorKind::Value, text))
    }

    pub fn eat_any(&mut self, kinds: &[Tok]) -> R<Token> {
        let token = self.token()?;
        if !kinds.contains(&token.kind) {
            return Err(Fail::No);
        }
        self.mark += 1;
        Ok(token)
    }

    pub fn not_at(&mut self, kinds: &[Tok]) -> R<()> {
        let token = self.token()?;
        if kinds.contains(&token.kind) { Err(Fail::No) } else { Ok(()) }
    }

    pub fn ahead(&mut self, kinds: &[Tok]) -> R<()> {
        let token = self.token()?;
        if kinds.contains(&token.kind) { Ok(()) } else { Err(Fail::No) }
    }

    pub fn maybe(&mut self, kind: Tok) -> R<Option<Token>> {
        let token = self.token()?;
        if token.kind != kind {
            return Ok(None);
        }
        self.mark += 1;
        Ok(Some(token))
    }

    /// A token that has to be there, says the second pass.
    pub fn force_later(&mut self, kind: Tok) -> R<Token> {
        if self.invalid { self.force(kind) } else { self.eat(kind) }
    }

    /// A token that has to be there.
    pub fn force(&mut self, kind: Tok) -> R<Token> {
        let token = self.token()?;
        if token.kind != kind {
            return Err(self.raise_at(token, &format!("expected '{}'", kind.text())));
        }
        self.mark += 1;
        Ok(token)
    }

    pub fn text(&self, token: &Token) -> &'s str {
        std::str::from_utf8(&self.src[token.start as usize..token.end as usize]).unwrap_or_default()
    }

    /// A soft keyword.
    pub fn soft(&mut self, word: &str) -> R<Token> {
        let token = self.token()?;
        if token.kind != Tok::Name || self.text(&token) != word {
            return Err(Fail::No);
        }
        self.mark += 1;
        Ok(token)
    }

    pub fn last_token(&self) -> Token {
        self.tokens[self.mark.max(1) - 1]
    }

    // Matching.

    pub fn alt<T>(&mut self, body: impl FnOnce(&mut Self) -> R<T>) -> R<Option<T>> {
        let mark = self.mark;
        match body(self) {
            Ok(value) => Ok(Some(value)),
            Err(Fail::No) => {
                self.mark = mark;
                Ok(None)
            }
            Err(Fail::Cut) => {
                self.mark = mark;
                Err(Fail::No)
            }
            Err(Fail::Raised) => Err(Fail::Raised),
        }
    }

    /// An optional part.
    pub fn opt<T>(&mut self, body: impl FnOnce(&mut Self) -> R<T>) -> R<Option<T>> {
        let mark = self.mark;
        match body(self) {
            Ok(value) => Ok(Some(value)),
            Err(Fail::Raised) => Err(Fail::Raised),
            Err(_) => {
                self.mark = mark;
                Ok(None)
            }
        }
    }

    pub fn look<T>(&mut self, body: impl FnOnce(&mut Self) -> R<T>) -> R<bool> {
        let mark = self.mark;
        let found = self.opt(body)?.is_some();
        self.mark = mark;
        Ok(found)
    }

    /// Succeeds if `body` does not match.
    pub fn unless<T>(&mut self, body: impl FnOnce(&mut Self) -> R<T>) -> R<()> {
        if self.look(body)? { Err(Fail::No) } else { Ok(()) }
    }

    pub fn many<T>(&mut self, mut body: impl FnMut(&mut Self) -> R<T>) -> R<Vec<T>> {
        let mut out = Vec::new();
        while let Some(value) = self.opt(&mut body)? {
            out.push(value);
        }
        Ok(out)
    }

    pub fn some<T>(&mut self, body: impl FnMut(&mut Self) -> R<T>) -> R<Vec<T>> {
        let out = self.many(body)?;
        if out.is_empty() { Err(Fail::No) } else { Ok(out) }
    }

    /// One or more, with commas (or another token) between.
    pub fn gather<T>(&mut self, separator: Tok, mut body: impl FnMut(&mut Self) -> R<T>) -> R<Vec<T>> {
        let mut out = vec![body(self)?];
        while let Some(value) = self.opt(|p| {
            p.eat(separator)?;
            body(p)
        })? {
            out.push(value);
        }
        Ok(out)
    }

    /// Turns a failure after a cut into one of the whole rule.
    pub fn cut<T>(&mut self, body: impl FnOnce(&mut Self) -> R<T>) -> R<T> {
        body(self).map_err(|fail| if fail == Fail::No { Fail::Cut } else { fail })
    }

    /// Tries a rule for invalid code.
    pub fn try_invalid(&mut self, rule: fn(&mut Self) -> R<()>) -> R<()> {
        if !self.invalid {
            return Ok(());
        }
        let mark = self.mark;
        self.deeper()?;
        let result = rule(self);
        self.level -= 1;
        self.mark = mark;
        match result {
            Err(Fail::Raised) => Err(Fail::Raised),
            _ => Ok(()),
        }
    }

    fn deeper(&mut self) -> R<()> {
        self.level += 1;
        if self.level > MAX_LEVEL {
            let text = "Parser stack overflowed - Python source too complex to parse";
            return Err(self.raise_bare(ErrorKind::Memory, text));
        }
        Ok(())
    }

    /// An error without a place.
    fn raise_bare(&mut self, kind: ErrorKind, text: impl Into<Cow<'static, str>>) -> Fail {
        self.raised = Some(Box::new(SyntaxError::bare(kind, text)));
        Fail::Raised
    }

    /// A rule that nests.
    pub fn rule(&mut self, body: fn(&mut Self) -> R<Id>) -> R<Id> {
        self.deeper()?;
        let result = body(self);
        self.level -= 1;
        // A cut inside stays inside.
        result.map_err(|fail| if fail == Fail::Cut { Fail::No } else { fail })
    }

    /// A rule whose result is remembered.
    pub fn memo(&mut self, rule: Rule, body: fn(&mut Self) -> R<Id>) -> R<Id> {
        let key = (rule, self.mark as u32);
        if let Some(known) = self.memo.get(&key) {
            let (id, mark) = known.ok_or(Fail::No)?;
            self.mark = mark as usize;
            return Ok(id);
        }
        let start = self.mark;
        let result = self.rule(body);
        match result {
            Ok(id) => {
                self.memo.insert(key, Some((id, self.mark as u32)));
            }
            Err(Fail::Raised) => {}
            Err(_) => {
                self.mark = start;
                self.memo.insert(key, None);
            }
        }
        result
    }

    // Nodes.

    pub fn kind(&self, id: Id) -> K {
        self.nodes[id.0 as usize].kind
    }

    pub fn kids(&self, id: Id) -> Vec<Id> {
        self.nodes[id.0 as usize].kids.clone()
    }

    /// A node from token number `start` up to the mark.
    pub fn node(&mut self, kind: K, start: usize, kids: Vec<Id>) -> Id {
        let first = self.tokens[start];
        let mut last = self.mark.max(1) - 1;
        while last > 0 && matches!(self.tokens[last].kind, Tok::Newline | Tok::Indent | Tok::Dedent | Tok::EndMarker) {
            last -= 1;
        }
        let last = self.tokens[last];
        let span = Span { line: first.lineno, col: first.col, end_line: last.end_lineno, end_col: last.end_col };
        self.nodes.push(Node { kind, span, kids });
        Id(self.nodes.len() as u32 - 1)
    }

    // Errors.

    /// The line that an error shows.
    fn error_line(&self, lineno: i32) -> String {
        if self.lex.lineno <= lineno && self.lex.inp > self.lex.line_start {
            return String::from_utf8_lossy(&self.src[self.lex.line_start..self.lex.inp]).into_owned();
        }
        let mut rest = self.src;
        for _ in 1..lineno {
            match memchr::memchr(b'\n', rest) {
                Some(n) if self.src.len() - rest.len() + n < self.lex.inp => rest = &rest[n + 1..],
                _ => break,
            }
        }
        let end = memchr::memchr(b'\n', rest).unwrap_or(rest.len());
        String::from_utf8_lossy(&rest[..end]).into_owned()
    }

    /// Raises; `col` and `end_col` count from 1, in bytes.
    fn raise_located(&mut self, kind: ErrorKind, line: i32, col: i32, end_line: i32, end_col: i32, msg: &str) -> Fail {
        if self.raised.is_some() {
            return Fail::Raised;
        }
        let text = self.error_line(line);
        let offset = |bytes: i32| {
            let n = (bytes as usize).min(text.len() + 1);
            let whole = n.min(text.len());
            let shown = String::from_utf8_lossy(&text.as_bytes()[..whole]).chars().count();
            (shown + (n - whole)) as i32
        };
        let end_offset = if end_col > 0 { offset(end_col) } else { end_col };
        let offset = offset(col.max(0));
        self.raised = Some(Box::new(SyntaxError {
            kind,
            msg: msg.to_owned().into(),
            lineno: Some(line),
            offset: Some(offset),
            end_lineno: Some(end_line),
            end_offset: Some(end_offset),
            text: Some(text),
            around: None,
            late_place: false,
        }));
        Fail::Raised
    }

    fn raise_plain(&mut self, kind: ErrorKind, col: i32, msg: &str) -> Fail {
        let line = self.lex.lineno;
        self.raise_located(kind, line, col.max(0) + 1, line, 0, msg)
    }

    fn raise_token(&mut self, kind: ErrorKind, token: Token, msg: &str) -> Fail {
        let at_end = self.lex.done == Done::Eof && self.tokens.last().is_some_and(|t| t.kind == Tok::ErrorToken);
        if at_end && kind != ErrorKind::IncompleteInput {
            if self.lex.level() > 0 {
                return self.raise_unclosed();
            }
            if msg != "unexpected EOF while parsing" {
                return self.raise("unexpected EOF while parsing");
            }
        }
        let col = if token.col == -1 {
            if self.lex.cur == self.lex.buf { 0 } else { self.lex.cur as i32 - self.lex.line_start as i32 }
        } else {
            token.col + 1
        };
        let end_col = if token.end_col == -1 { -1 } else { token.end_col + 1 };
        self.raise_located(kind, token.lineno, col, token.end_lineno, end_col, msg)
    }

    pub fn raise_kind(&mut self, kind: ErrorKind, msg: &str) -> Fail {
        match self.tokens.last() {
            Some(&token) => self.raise_token(kind, token, msg),
            None => self.raise_located(kind, 0, 0, 0, -1, msg),
        }
    }

    /// Raises at the last token that was read.
    pub fn raise(&mut self, msg: &str) -> Fail {
        self.raise_kind(ErrorKind::Syntax, msg)
    }

    pub fn raise_indentation(&mut self, msg: &str) -> Fail {
        self.raise_kind(ErrorKind::Indentation, msg)
    }

    /// Raises at the token at the mark.
    pub fn raise_next(&mut self, msg: &str) -> Fail {
        match self.token() {
            Ok(token) => self.raise_token(ErrorKind::Syntax, token, msg),
            Err(fail) => fail,
        }
    }

    pub fn raise_at(&mut self, what: impl Spanned, msg: &str) -> Fail {
        let s = what.span(self);
        self.raise_located(ErrorKind::Syntax, s.line, s.col + 1, s.end_line, s.end_col + 1, msg)
    }

    pub fn raise_range(&mut self, from: impl Spanned, to: impl Spanned, msg: &str) -> Fail {
        let (from, to) = (from.span(self), to.span(self));
        self.raise_located(ErrorKind::Syntax, from.line, from.col + 1, to.end_line, to.end_col + 1, msg)
    }

    /// Raises from `what` to where the tokenizer stands.
    pub fn raise_from(&mut self, what: impl Spanned, msg: &str) -> Fail {
        let from = what.span(self);
        let end = self.lex.cur as i32 - self.lex.line_start as i32;
        let line = self.lex.lineno;
        self.raise_located(ErrorKind::Syntax, from.line, from.col + 1, line, end, msg)
    }

    pub fn raise_unclosed(&mut self) -> Fail {
        let Some((open, line, col)) = self.lex.open_bracket() else { return Fail::No };
        self.raise_located(ErrorKind::Syntax, line, col + 1, line, 0, &format!("'{open}' was never closed"))
    }

    /// Raises `UnicodeDecodeError`.
    pub fn raise_undecodable(&mut self, body: &str, why: Undecodable) -> Fail {
        self.raised = Some(Box::new(SyntaxError {
            offset: Some(why.start as i32),
            end_offset: Some(why.end as i32),
            text: Some(intermediate(body)),
            ..SyntaxError::bare(ErrorKind::UnicodeDecode, why.reason)
        }));
        Fail::Raised
    }

    pub fn raise_literal(&mut self, token: Token, bad: BadLiteral) -> Fail {
        match bad {
            BadLiteral::Unicode(why) => self.raise_at(token, &format!("(unicode error) {}", why.message())),
            BadLiteral::Value(why) => self.raise_at(token, &format!("(value error) {why}")),
        }
    }
}
