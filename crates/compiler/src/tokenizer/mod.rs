//! The tokenizer: CPython's, state for state.
//!
//! Which error a broken program gets depends on how far the tokenizer had been driven, where its cursor stood and what
//! it thought the current line was, so those (`cur`, `line_start`, `buf`, `inp`, `lineno`, `done`) are kept as CPython
//! keeps them and are readable. Tokens are made on demand. A scanner of another design (over the whole text, without
//! lines) was rejected for that reason: it would be marginally faster and could not place errors.
//!
//! Invariant: the text is shorter than 2 GiB.

mod ident;
mod kinds;
mod number;
mod string;

pub use ident::normalize;
pub use kinds::Tok;
use taipan_text::byte_search::find_byte;

use crate::error::{ErrorKind, SyntaxError, Warning};

pub const MAX_INDENT: usize = 100;
pub const MAX_LEVEL: usize = 200;
const MAX_FSTRING_LEVEL: usize = 150;
const MAX_FSTRING_NESTING: i32 = 3;
const TAB_SIZE: u32 = 8;

/// A token. Lines count from 1, columns from 0 in bytes (-1 where there is none).
#[derive(Clone, Copy, Debug)]
pub struct Token {
    pub kind: Tok,
    /// How many brackets are open after it.
    pub level: u8,
    pub start: u32,
    pub end: u32,
    pub lineno: i32,
    pub col: i32,
    pub end_lineno: i32,
    pub end_col: i32,
}

/// Why no more tokens come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    No,
    Eof,
    /// An error was raised: `Tokenizer::raised`.
    Raised,
    /// An error was raised because the text ended inside a triple-quoted string.
    EofInString,
    Dedent,
    TabSpace,
    TooDeep,
    LineCont,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Config {
    /// Give comments, newlines without meaning and misplaced operators as tokens, as module `tokenize` wants.
    pub extra_tokens: bool,
    pub type_comments: bool,
    /// Source comes from a prompt: an empty line ends a block.
    pub interactive: bool,
}

#[derive(Clone, Copy, Debug)]
struct Bracket {
    open: u8,
    line: i32,
    col: i32,
}

/// An f- or t-string that is being read.
#[derive(Clone, Copy, Debug)]
struct FMode {
    in_text: bool,
    is_t: bool,
    raw: bool,
    quote: u8,
    quote_size: u8,
    in_format_spec: bool,
    depth: i32,
    expr_start_depth: i32,
    start: usize,
    multi_line_start: usize,
    first_line: i32,
}

pub struct Tokenizer<'s> {
    pub src: &'s [u8],
    config: Config,
    pub cur: usize,
    /// End of the line that has been read.
    pub inp: usize,
    /// Where the line of the current token begins.
    pub buf: usize,
    pub line_start: usize,
    pub lineno: i32,
    pub done: Done,
    /// How many bytes a tokenizer that reads line by line still holds at the end of the input: those of the token or
    /// the interpolated string that it is in.
    pub held: usize,
    pub raised: Option<Box<SyntaxError>>,
    pub warnings: Vec<Warning>,
    pub report_warnings: bool,
    start: Option<usize>,
    first_lineno: i32,
    multi_line_start: usize,
    at_bol: bool,
    pending: i32,
    indents: Vec<(u32, u32)>,
    brackets: Vec<Bracket>,
    modes: Vec<FMode>,
    /// The line holds a comment only, so that its end is no statement's (`extra_tokens`).
    comment_newline: bool,
    blank_line: bool,
}

/// The end of input, for `next_char`.
const EOF: i32 = -1;

const fn i(c: u8) -> i32 {
    c as i32
}

const IDENT_START: u8 = 1;
const IDENT: u8 = 2;
static CHARS: [u8; 256] = {
    let mut table = [0; 256];
    let mut c = 0;
    while c < 256 {
        let b = c as u8;
        if b.is_ascii_alphabetic() || b == b'_' || b >= 128 {
            table[c] = IDENT_START | IDENT;
        } else if b.is_ascii_digit() {
            table[c] = IDENT;
        }
        c += 1;
    }
    table
};

pub(crate) fn is_ident_char(c: u8) -> bool {
    CHARS[c as usize] & IDENT != 0
}

/// No token can be made: `Tokenizer::done` says why.
#[derive(Clone, Copy, Debug)]
pub struct NoToken;

type Lexed = Result<Token, NoToken>;

impl<'s> Tokenizer<'s> {
    pub fn new(src: &'s [u8], config: Config) -> Self {
        Tokenizer {
            src,
            config,
            cur: 0,
            inp: 0,
            buf: 0,
            line_start: 0,
            lineno: 0,
            done: Done::No,
            raised: None,
            warnings: Vec::new(),
            report_warnings: true,
            start: None,
            first_lineno: 0,
            multi_line_start: 0,
            held: 0,
            at_bol: true,
            pending: 0,
            indents: vec![(0, 0)],
            brackets: Vec::new(),
            modes: Vec::new(),
            comment_newline: false,
            blank_line: false,
        }
    }

    /// Closes all blocks, as at the end of interactive input.
    pub fn imply_dedents(&mut self) {
        self.pending = 1 - self.indents.len() as i32;
        self.indents.truncate(1);
    }

    /// Whether an f- or t-string is being read.
    pub fn in_fstring(&self) -> bool {
        !self.modes.is_empty()
    }

    /// How many brackets are open.
    pub fn level(&self) -> usize {
        self.brackets.len()
    }

    /// Whether the innermost string with fields that is being read is a t-string.
    pub fn in_tstring(&self) -> bool {
        self.modes.last().is_some_and(|mode| mode.is_t)
    }

    /// The innermost open bracket: character, line, column.
    pub fn open_bracket(&self) -> Option<(char, i32, i32)> {
        self.brackets.last().map(|b| (b.open as char, b.line, b.col))
    }

    /// The next token. After `Err`, `done` and `raised` say what happened, and the token to record is `error_token()`.
    pub fn next_token(&mut self) -> Lexed {
        match self.modes.last() {
            Some(mode) if mode.in_text => self.fstring_text(),
            _ => self.regular(),
        }
    }

    /// The error token that stands where the tokenizer gave up.
    pub fn error_token(&self) -> Token {
        self.make(Tok::ErrorToken, None)
    }

    #[inline]
    fn next_char(&mut self) -> i32 {
        if self.cur == self.inp && !self.underflow() {
            return EOF;
        }
        let c = self.src[self.cur];
        self.cur += 1;
        c as i32
    }

    fn underflow(&mut self) -> bool {
        if self.done != Done::No {
            return false;
        }
        if self.inp >= self.src.len() {
            self.done = Done::Eof;
            self.held = match self.modes.first() {
                Some(outermost) => self.inp - self.buf.min(outermost.multi_line_start),
                None if self.start.is_some() => self.inp - self.buf,
                None => 0,
            };
            return false;
        }
        if self.start.is_none() {
            self.buf = self.cur;
        }
        self.line_start = self.cur;
        self.lineno += 1;
        self.inp = match find_byte(b'\n', &self.src[self.inp..]) {
            Some(n) => self.inp + n + 1,
            None => self.src.len(),
        };
        true
    }

    #[inline]
    fn back(&mut self, c: i32) {
        if c != EOF {
            self.cur -= 1;
        }
    }

    fn make(&self, kind: Tok, range: Option<(usize, usize)>) -> Token {
        let (line_start, lineno) = if kind.is_string_part() {
            (self.multi_line_start, self.first_lineno)
        } else {
            (self.line_start, self.lineno)
        };
        let (start, end) = range.unwrap_or((self.cur, self.cur));
        let (mut col, mut end_col) = (-1, -1);
        if range.is_some() {
            if start >= line_start {
                col = (start - line_start) as i32;
            }
            if end >= self.line_start {
                end_col = (end - self.line_start) as i32;
            }
        }
        Token {
            kind,
            level: self.brackets.len() as u8,
            start: start as u32,
            end: end as u32,
            lineno,
            col,
            end_lineno: self.lineno,
            end_col,
        }
    }

    /// A token from `self.start` to the cursor.
    #[inline]
    fn token(&self, kind: Tok) -> Lexed {
        Ok(self.make(kind, Some((self.start.unwrap_or(self.cur), self.cur))))
    }

    fn line_text(&self) -> &'s [u8] {
        let rest = &self.src[self.line_start.min(self.src.len())..];
        &rest[..find_byte(b'\n', rest).unwrap_or(rest.len())]
    }

    #[cold]
    fn error_value(&self, msg: String, range: Option<(i32, i32)>) -> SyntaxError {
        let col = chars(&self.src[self.line_start.min(self.cur)..self.cur]) as i32;
        let (offset, end) = range.unwrap_or((col, col));
        SyntaxError {
            kind: ErrorKind::Syntax,
            msg: msg.into(),
            lineno: Some(self.lineno),
            offset: Some(offset),
            end_lineno: Some(self.lineno),
            end_offset: Some(end),
            text: Some(String::from_utf8_lossy(self.line_text()).into_owned()),
            around: None,
            late_place: false,
        }
    }

    /// Raises a SyntaxError at the cursor.
    #[cold]
    fn error<T>(&mut self, msg: impl Into<String>) -> Result<T, NoToken> {
        self.error_at(msg, None)
    }

    #[cold]
    fn error_at<T>(&mut self, msg: impl Into<String>, range: Option<(i32, i32)>) -> Result<T, NoToken> {
        if self.done != Done::Raised {
            self.raised = Some(Box::new(self.error_value(msg.into(), range)));
            self.done = Done::Raised;
        }
        Err(NoToken)
    }

    #[cold]
    fn warn(&mut self, msg: String, error_msg: String) {
        if self.report_warnings {
            let as_error = Box::new(self.error_value(error_msg, None));
            self.warnings.push(Warning { msg, lineno: self.lineno, at: self.cur as u32, as_error });
        }
    }

    #[cold]
    fn stop<T>(&mut self, why: Done) -> Result<T, NoToken> {
        self.done = why;
        self.cur = self.inp;
        Err(NoToken)
    }

    /// After a backslash: the first character of the next line.
    fn continuation_line(&mut self) -> Result<i32, NoToken> {
        if self.next_char() != i(b'\n') {
            self.done = Done::LineCont;
            return Err(NoToken);
        }
        let c = self.next_char();
        if c == EOF {
            self.done = Done::Eof;
            self.cur = self.inp;
            return Err(NoToken);
        }
        self.back(c);
        Ok(c)
    }

    /// Reads the indentation of a line; true if the line is blank.
    fn indentation(&mut self) -> Result<bool, NoToken> {
        let (mut col, mut alt) = (0u32, 0u32);
        let mut cont_col = 0;
        let mut c;
        self.at_bol = false;
        loop {
            c = self.next_char();
            if c == i(b' ') {
                col += 1;
                alt += 1;
            } else if c == i(b'\t') {
                col = (col / TAB_SIZE + 1) * TAB_SIZE;
                alt += 1;
            } else if c == 0x0c {
                col = 0;
                alt = 0;
            } else if c == i(b'\\') {
                if cont_col == 0 {
                    cont_col = col;
                }
                self.continuation_line()?;
            } else {
                break;
            }
        }
        self.back(c);
        let mut blank = false;
        if c == i(b'#') || c == i(b'\n') {
            if col == 0 && c == i(b'\n') && self.config.interactive {
                blank = false;
            } else if self.config.interactive && self.lineno == 1 {
                blank = false;
                col = 0;
                alt = 0;
            } else {
                blank = true;
            }
        }
        if !blank && self.brackets.is_empty() {
            if cont_col != 0 {
                col = cont_col;
                alt = cont_col;
            }
            let &(top, top_alt) = self.indents.last().expect("the outermost indentation is never popped");
            if col == top {
                if alt != top_alt {
                    return self.stop(Done::TabSpace);
                }
            } else if col > top {
                if self.indents.len() >= MAX_INDENT {
                    return self.stop(Done::TooDeep);
                }
                if alt <= top_alt {
                    return self.stop(Done::TabSpace);
                }
                self.pending += 1;
                self.indents.push((col, alt));
            } else {
                while self.indents.len() > 1 && col < self.indents[self.indents.len() - 1].0 {
                    self.pending -= 1;
                    self.indents.pop();
                }
                let &(top, top_alt) = self.indents.last().expect("the outermost indentation is never popped");
                if col != top {
                    return self.stop(Done::Dedent);
                }
                if alt != top_alt {
                    return self.stop(Done::TabSpace);
                }
            }
        }
        Ok(blank)
    }

    fn regular(&mut self) -> Lexed {
        'nextline: loop {
            self.start = None;
            self.blank_line = false;
            if self.at_bol {
                self.blank_line = self.indentation()?;
            }
            self.start = Some(self.cur);
            if self.pending != 0 {
                let range = self.config.extra_tokens;
                if self.pending < 0 {
                    self.pending += 1;
                    return Ok(self.make(Tok::Dedent, range.then_some((self.cur, self.cur))));
                }
                self.pending -= 1;
                return Ok(self.make(Tok::Indent, range.then_some((self.buf, self.cur))));
            }
            let c = self.next_char();
            self.back(c);
            'again: loop {
                self.start = None;
                let mut c = self.next_char();
                while c == i(b' ') || c == i(b'\t') || c == 0x0c {
                    c = self.next_char();
                }
                self.start = Some(self.cur.saturating_sub(1));
                if c == i(b'#') {
                    self.cur = if self.src[self.inp - 1] == b'\n' { self.inp - 1 } else { self.inp };
                    if self.config.type_comments
                        && let Some(token) = self.type_comment()
                    {
                        return Ok(token);
                    }
                    if self.config.extra_tokens {
                        self.comment_newline = self.blank_line;
                        return self.token(Tok::Comment);
                    }
                    c = self.next_char();
                }
                if c == EOF {
                    if !self.brackets.is_empty() {
                        return Err(NoToken);
                    }
                    return if self.done == Done::Eof { Ok(self.make(Tok::EndMarker, None)) } else { Err(NoToken) };
                }
                let c = c as u8;
                let flags = CHARS[c as usize];
                if flags & IDENT_START != 0 {
                    return self.word(c);
                }
                if c == b'\n' {
                    self.at_bol = true;
                    if self.blank_line || !self.brackets.is_empty() {
                        if self.config.extra_tokens {
                            self.comment_newline = false;
                            return self.newline(Tok::Nl);
                        }
                        continue 'nextline;
                    }
                    if self.comment_newline && self.config.extra_tokens {
                        self.comment_newline = false;
                        return self.newline(Tok::Nl);
                    }
                    return self.newline(Tok::Newline);
                }
                if c == b'.' {
                    let c = self.next_char();
                    if (i(b'0')..=i(b'9')).contains(&c) {
                        return self.fraction(c);
                    }
                    if c == i(b'.') {
                        let c = self.next_char();
                        if c == i(b'.') {
                            return self.token(Tok::Ellipsis);
                        }
                        self.back(c);
                        self.back(i(b'.'));
                    } else {
                        self.back(c);
                    }
                    return self.token(Tok::Dot);
                }
                if flags & IDENT != 0 {
                    return self.number(c);
                }
                if c == b'\'' || c == b'"' {
                    return self.string(c);
                }
                if c == b'\\' {
                    self.continuation_line()?;
                    continue 'again;
                }
                return self.punctuation(c);
            }
        }
    }

    fn newline(&mut self, kind: Tok) -> Lexed {
        let start = self.start.unwrap_or(self.cur);
        Ok(self.make(kind, Some((start, self.cur))))
    }

    fn type_comment(&mut self) -> Option<Token> {
        let start = self.start?;
        let text = &self.src[start..self.cur];
        let skip = |mut at: usize| {
            while matches!(text.get(at), Some(b' ' | b'\t')) {
                at += 1;
            }
            at
        };
        let at = skip(1);
        if !text[at..].starts_with(b"type:") {
            return None;
        }
        let at = skip(at + 5);
        let body = &text[at..];
        let ignored =
            body.starts_with(b"ignore") && !body.get(6).is_some_and(|&c| c >= 128 || c.is_ascii_alphanumeric());
        if ignored {
            let line_end = self.make(Tok::TypeIgnore, Some((start + at + 6, self.cur)));
            if !self.blank_line {
                return Some(line_end);
            }
            // Alone on its line, it takes the line's end too.
            self.next_char();
            self.at_bol = true;
            let token = Token { end: self.cur as u32, ..line_end };
            return Some(token);
        }
        Some(self.make(Tok::TypeComment, Some((start + at, self.cur))))
    }

    /// A word: a name, a keyword, or the prefix of a string.
    fn word(&mut self, first: u8) -> Lexed {
        let (mut b, mut r, mut u, mut f, mut t) = (false, false, false, false, false);
        let mut c = i(first);
        if self.src.get(self.cur).is_some_and(|&c| c == b'"' || c == b'\'' || c | 0x20 < b'v') {
            loop {
                match (c as u8) | 0x20 {
                    b'b' if !b => b = true,
                    b'u' if !u => u = true,
                    b'r' if !r => r = true,
                    b'f' if !f => f = true,
                    b't' if !t => t = true,
                    _ => break,
                }
                c = self.next_char();
                if c == i(b'"') || c == i(b'\'') {
                    self.check_prefixes(b, r, u, f, t)?;
                    if f || t {
                        return self.fstring_start(c as u8, r, t);
                    }
                    return self.string(c as u8);
                }
            }
            self.back(c);
            self.cur -= (c == EOF) as usize;
        } else {
            self.cur -= 1;
        }
        let start = self.start.unwrap_or(self.cur);
        let mut end = self.cur;
        let mut bits = 0;
        while let Some(&c) = self.src.get(end) {
            if !is_ident_char(c) {
                break;
            }
            bits |= c;
            end += 1;
        }
        self.cur = end;
        if bits >= 128 {
            // Who asks for all tokens gets names that are none, too.
            if !self.config.extra_tokens {
                self.verify_identifier(start)?;
            }
            return self.token(Tok::Name);
        }
        self.token(Tok::of_word(&self.src[start..end]))
    }

    fn check_prefixes(&mut self, b: bool, r: bool, u: bool, f: bool, t: bool) -> Result<(), NoToken> {
        let clashes = [
            (u && b, "ub"),
            (u && r, "ur"),
            (u && f, "uf"),
            (u && t, "ut"),
            (b && f, "bf"),
            (b && t, "bt"),
            (f && t, "ft"),
        ];
        for (clash, pair) in clashes {
            if clash {
                let start = (self.start.unwrap_or(self.cur) - self.line_start) as i32 + 1;
                let end = (self.cur - self.line_start) as i32;
                let msg = format!("'{}' and '{}' prefixes are incompatible", &pair[..1], &pair[1..]);
                let prefix_chars = chars(&self.src[self.line_start..self.start.unwrap_or(self.cur)]) as i32;
                let length = end - start;
                return self.error_at(msg, Some((prefix_chars + 1, prefix_chars + 1 + length)));
            }
        }
        Ok(())
    }

    fn punctuation(&mut self, c: u8) -> Lexed {
        if let Some(mode) = self.modes.last()
            && mode.expr_start_depth >= 0
            && c == b':'
            && mode.depth - 1 == mode.expr_start_depth
        {
            let mode = self.modes.last_mut().expect("just seen");
            mode.in_text = true;
            mode.in_format_spec = true;
            return self.token(Tok::Colon);
        }
        let c2 = self.next_char();
        if c2 != EOF
            && let Some(two) = Tok::two_chars(c, c2 as u8)
        {
            let c3 = self.next_char();
            if c3 != EOF
                && let Some(three) = Tok::three_chars(two, c3 as u8)
            {
                return self.token(three);
            }
            self.back(c3);
            return self.token(two);
        }
        self.back(c2);
        match c {
            b'(' | b'[' | b'{' => {
                if self.brackets.len() >= MAX_LEVEL {
                    return self.error("too many nested parentheses");
                }
                let col = (self.start.unwrap_or(self.cur) - self.line_start) as i32;
                self.brackets.push(Bracket { open: c, line: self.lineno, col });
                if let Some(mode) = self.modes.last_mut() {
                    mode.depth += 1;
                }
            }
            b')' | b']' | b'}' => self.close_bracket(c)?,
            _ => {}
        }
        if !(32..127).contains(&c) {
            return self.error(format!("invalid non-printable character U+{:04X}", c));
        }
        self.token(Tok::one_char(c))
    }

    fn close_bracket(&mut self, c: u8) -> Result<(), NoToken> {
        let mode = self.modes.last().copied();
        let letter = if mode.is_some_and(|m| m.is_t) { 't' } else { 'f' };
        if mode.is_some_and(|m| m.depth == 0) && c == b'}' {
            return self.error(format!("{letter}-string: single '}}' is not allowed"));
        }
        let close = c as char;
        if self.brackets.is_empty() && !self.config.extra_tokens {
            return self.error(format!("unmatched '{close}'"));
        }
        if let Some(open) = self.brackets.pop() {
            let matches = matches!((open.open, c), (b'(', b')') | (b'[', b']') | (b'{', b'}'));
            if !self.config.extra_tokens && !matches {
                if let Some(mode) = mode
                    && open.open == b'{'
                    && mode.depth - 1 == mode.expr_start_depth
                {
                    return self.error(format!("{letter}-string: unmatched '{close}'"));
                }
                let opening = open.open as char;
                let mut msg = format!("closing parenthesis '{close}' does not match opening parenthesis '{opening}'");
                if open.line != self.lineno {
                    msg += &format!(" on line {}", open.line);
                }
                return self.error(msg);
            }
        }
        if let Some(mode) = self.modes.last_mut() {
            mode.depth -= 1;
            if mode.depth < 0 {
                return self.error(format!("{letter}-string: unmatched '{close}'"));
            }
            if c == b'}' && mode.depth == mode.expr_start_depth {
                mode.expr_start_depth -= 1;
                mode.in_text = true;
                mode.in_format_spec = false;
            }
        }
        Ok(())
    }
}

/// How many characters `bytes` hold; a broken one counts as one.
pub(crate) fn chars(bytes: &[u8]) -> usize {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.chars().count(),
        Err(_) => String::from_utf8_lossy(bytes).chars().count(),
    }
}
