//! String literals, and the text parts of f- and t-strings.

use super::{Done, EOF, FMode, Lexed, MAX_FSTRING_LEVEL, MAX_FSTRING_NESTING, NoToken, Tok, Tokenizer, i};

impl Tokenizer<'_> {
    /// A string whose first quote has been read.
    pub(super) fn string(&mut self, quote: u8) -> Lexed {
        let quote = i(quote);
        let (mut size, mut end) = (1, 0);
        let mut escaped_quote = false;
        self.first_lineno = self.lineno;
        self.multi_line_start = self.line_start;
        let mut c = self.next_char();
        if c == quote {
            c = self.next_char();
            if c == quote {
                size = 3;
            } else {
                end = 1;
            }
        }
        if c != quote {
            self.back(c);
        }
        while end != size {
            c = self.next_char();
            if c == EOF || (size == 1 && c == i(b'\n')) {
                return self.unterminated(c, quote as u8, size, escaped_quote);
            }
            if c == quote {
                end += 1;
                continue;
            }
            end = 0;
            if c == i(b'\\') {
                c = self.next_char();
                escaped_quote |= c == quote;
            }
        }
        self.token(Tok::String)
    }

    #[cold]
    fn unterminated(&mut self, c: i32, quote: u8, size: u8, escaped_quote: bool) -> Lexed {
        self.cur = self.start.unwrap_or(self.cur) + 1;
        self.line_start = self.multi_line_start;
        let detected = self.lineno;
        self.lineno = self.first_lineno;
        if let Some(mode) = self.modes.last()
            && mode.quote == quote
            && mode.quote_size == size
        {
            let letter = if mode.is_t { 't' } else { 'f' };
            return self.error(format!("{letter}-string: expecting '}}'"));
        }
        if size == 3 {
            self.done = Done::No;
            let _: Lexed =
                self.error(format!("unterminated triple-quoted string literal (detected at line {detected})"));
            if c != i(b'\n') {
                self.done = Done::EofInString;
            }
            return Err(NoToken);
        }
        self.done = Done::No;
        let hint = if escaped_quote { "; perhaps you escaped the end quote?" } else { "" };
        let lexed = self.error(format!("unterminated string literal (detected at line {detected}){hint}"));
        if c != i(b'\n') {
            self.done = Done::EofInString;
        }
        lexed
    }

    pub(super) fn fstring_start(&mut self, quote: u8, raw: bool, is_t: bool) -> Lexed {
        self.first_lineno = self.lineno;
        self.multi_line_start = self.line_start;
        let mut size = 1;
        let after = self.next_char();
        if after == i(quote) {
            let second = self.next_char();
            if second == i(quote) {
                size = 3;
            } else {
                self.back(second);
                self.back(after);
            }
        } else {
            self.back(after);
        }
        if self.modes.len() + 1 >= MAX_FSTRING_LEVEL {
            return self.error("too many nested f-strings or t-strings");
        }
        self.modes.push(FMode {
            in_text: true,
            is_t,
            raw,
            quote,
            quote_size: size,
            in_format_spec: false,
            depth: 0,
            expr_start_depth: -1,
            start: self.start.unwrap_or(self.cur),
            multi_line_start: self.line_start,
            first_line: self.lineno,
        });
        self.token(if is_t { Tok::TStringStart } else { Tok::FStringStart })
    }

    fn enter_expression(&mut self) -> Result<(), NoToken> {
        let mode = self.modes.last_mut().expect("inside an f-string");
        mode.expr_start_depth += 1;
        if mode.expr_start_depth >= MAX_FSTRING_NESTING {
            let letter = if mode.is_t { 't' } else { 'f' };
            return self.error(format!("{letter}-string: expressions nested too deeply"));
        }
        mode.in_text = false;
        Ok(())
    }

    /// A piece of text in an f-string, its end, or (at a brace) the first token of an expression.
    pub(super) fn fstring_text(&mut self) -> Lexed {
        let mode = *self.modes.last().expect("inside an f-string");
        let letter = if mode.is_t { 't' } else { 'f' };
        let (middle_kind, end_kind) =
            if mode.is_t { (Tok::TStringMiddle, Tok::TStringEnd) } else { (Tok::FStringMiddle, Tok::FStringEnd) };
        let (quote, size) = (i(mode.quote), mode.quote_size);
        self.start = Some(self.cur);
        self.first_lineno = self.lineno;
        let begin = self.cur;

        let c = self.next_char();
        if c == i(b'{') {
            let peek = self.next_char();
            self.back(peek);
            self.back(c);
            if peek != i(b'{') {
                self.enter_expression()?;
                return self.regular();
            }
        } else {
            self.back(c);
        }
        let mut quotes = 0;
        while quotes < size {
            let c = self.next_char();
            if c != quote {
                self.back(c);
                break;
            }
            quotes += 1;
        }
        if quotes == size {
            self.multi_line_start = self.line_start;
            self.modes.pop();
            return self.token(end_kind);
        }
        // The quotes that were read count towards the end of the string only if it ends here, which it does not.
        self.multi_line_start = self.line_start;
        let mut end_quotes = 0;
        let mut unicode_escape = false;
        while end_quotes != size {
            let c = self.next_char();
            let in_spec = mode.in_format_spec && mode.expr_start_depth >= 0;
            if c == EOF || (size == 1 && c == i(b'\n')) {
                if in_spec && c == i(b'\n') {
                    return self.error(format!(
                        "{letter}-string: newlines are not allowed in format specifiers for single quoted {letter}-strings"
                    ));
                }
                self.cur = mode.start + 1;
                self.line_start = mode.multi_line_start;
                let detected = self.lineno;
                self.lineno = mode.first_line;
                self.done = Done::No;
                if size == 3 {
                    let _: Lexed = self.error(format!(
                        "unterminated triple-quoted {letter}-string literal (detected at line {detected})"
                    ));
                    if c != i(b'\n') {
                        self.done = Done::EofInString;
                    }
                    return Err(NoToken);
                }
                return self.error(format!("unterminated {letter}-string literal (detected at line {detected})"));
            }
            if c == quote {
                end_quotes += 1;
                continue;
            }
            end_quotes = 0;
            if c == i(b'{') {
                let peek = self.next_char();
                if peek != i(b'{') || in_spec {
                    self.back(peek);
                    self.back(c);
                    self.enter_expression()?;
                    return Ok(self.make(middle_kind, Some((begin, self.cur))));
                }
                return Ok(self.doubled_brace(middle_kind, begin));
            }
            if c == i(b'}') {
                if unicode_escape {
                    return Ok(self.make(middle_kind, Some((begin, self.cur))));
                }
                let peek = self.next_char();
                if peek == i(b'}') && !in_spec && mode.depth == 0 {
                    return Ok(self.doubled_brace(middle_kind, begin));
                }
                self.back(peek);
                self.back(c);
                self.modes.last_mut().expect("inside an f-string").in_text = false;
                return Ok(self.make(middle_kind, Some((begin, self.cur))));
            }
            if c == i(b'\\') {
                let peek = self.next_char();
                if peek == i(b'{') || peek == i(b'}') {
                    if !mode.raw {
                        self.warn_escape(peek as u8);
                    }
                    self.back(peek);
                    continue;
                }
                if !mode.raw && peek == i(b'N') {
                    let after = self.next_char();
                    if after == i(b'{') {
                        unicode_escape = true;
                    } else {
                        self.back(after);
                    }
                }
            }
        }
        self.cur -= size as usize;
        Ok(self.make(middle_kind, Some((begin, self.cur))))
    }

    /// Text up to the first of two braces; its end, as far as columns go, is behind the second.
    fn doubled_brace(&self, kind: Tok, begin: usize) -> super::Token {
        let mut token = self.make(kind, Some((begin, self.cur - 1)));
        token.end_col += 1;
        token
    }

    #[cold]
    fn warn_escape(&mut self, c: u8) {
        let c = c as char;
        self.warn(
            format!(
                "\"\\{c}\" is an invalid escape sequence. Such sequences will not work in the future. \
                 Did you mean \"\\\\{c}\"? A raw string is also an option."
            ),
            format!(
                "\"\\{c}\" is an invalid escape sequence. Did you mean \"\\\\{c}\"? A raw string is also an option."
            ),
        );
    }
}
