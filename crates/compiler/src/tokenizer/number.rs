//! Numeric literals.

use super::{EOF, Lexed, NoToken, Tok, Tokenizer, i, is_ident_char};

fn is_digit(c: i32) -> bool {
    (i(b'0')..=i(b'9')).contains(&c)
}

impl Tokenizer<'_> {
    /// Digits and single underscores between them; gives the character after.
    fn decimal_tail(&mut self) -> Result<i32, NoToken> {
        loop {
            let mut c = self.next_char();
            while is_digit(c) {
                c = self.next_char();
            }
            if c != i(b'_') {
                return Ok(c);
            }
            c = self.next_char();
            if !is_digit(c) {
                self.back(c);
                return self.error("invalid decimal literal");
            }
        }
    }

    fn next_word_is(&self, rest: &[u8]) -> bool {
        self.src[self.cur..].starts_with(rest)
            && !self.src.get(self.cur + rest.len()).is_some_and(|&c| is_ident_char(c))
    }

    /// Refuses a name that begins right after a number, unless it is a keyword that may follow one.
    fn verify_end(&mut self, c: i32, kind: &str) -> Result<(), NoToken> {
        if self.config.extra_tokens {
            return Ok(());
        }
        let keyword = match u8::try_from(c) {
            Ok(b'a') => self.next_word_is(b"nd"),
            Ok(b'e') => self.next_word_is(b"lse"),
            Ok(b'f') => self.next_word_is(b"or"),
            Ok(b'i') => matches!(self.src.get(self.cur), Some(b'f' | b'n' | b's')),
            Ok(b'o') => self.next_word_is(b"r"),
            Ok(b'n') => self.next_word_is(b"ot"),
            _ => false,
        };
        if keyword {
            self.back(c);
            let msg = format!("invalid {kind} literal");
            self.warn(msg.clone(), msg);
            self.next_char();
            return Ok(());
        }
        if c != EOF && c < 128 && is_ident_char(c as u8) {
            self.back(c);
            return self.error(format!("invalid {kind} literal"));
        }
        Ok(())
    }

    fn end_number(&mut self, c: i32, kind: &str) -> Lexed {
        self.verify_end(c, kind)?;
        self.back(c);
        self.token(Tok::Number)
    }

    fn radix(&mut self, digit: fn(u8) -> bool, kind: &str, decimal_digits_named: bool) -> Lexed {
        let mut c = self.next_char();
        loop {
            if c == i(b'_') {
                c = self.next_char();
            }
            if c == EOF || !digit(c as u8) {
                if is_digit(c) && decimal_digits_named {
                    return self.error(format!("invalid digit '{}' in {kind} literal", c as u8 as char));
                }
                self.back(c);
                return self.error(format!("invalid {kind} literal"));
            }
            while c != EOF && digit(c as u8) {
                c = self.next_char();
            }
            if c != i(b'_') {
                break;
            }
        }
        if is_digit(c) && decimal_digits_named {
            return self.error(format!("invalid digit '{}' in {kind} literal", c as u8 as char));
        }
        self.end_number(c, kind)
    }

    pub(super) fn number(&mut self, first: u8) -> Lexed {
        let mut c;
        if first == b'0' {
            c = self.next_char();
            match u8::try_from(c) {
                Ok(b'x' | b'X') => return self.radix(|c| c.is_ascii_hexdigit(), "hexadecimal", false),
                Ok(b'o' | b'O') => return self.radix(|c| (b'0'..b'8').contains(&c), "octal", true),
                Ok(b'b' | b'B') => return self.radix(|c| c == b'0' || c == b'1', "binary", true),
                _ => {}
            }
            let mut nonzero = false;
            loop {
                if c == i(b'_') {
                    c = self.next_char();
                    if !is_digit(c) {
                        self.back(c);
                        return self.error("invalid decimal literal");
                    }
                }
                if c != i(b'0') {
                    break;
                }
                c = self.next_char();
            }
            let zeros_end = self.cur;
            if is_digit(c) {
                nonzero = true;
                c = self.decimal_tail()?;
            }
            match u8::try_from(c) {
                Ok(b'.') => {
                    let c = self.next_char();
                    return self.fraction(c);
                }
                Ok(b'e' | b'E') => return self.exponent(c),
                Ok(b'j' | b'J') => return self.imaginary(),
                _ if nonzero && !self.config.extra_tokens => {
                    self.back(c);
                    let start = self.start.unwrap_or(self.cur);
                    let from = super::chars(&self.src[self.line_start..start]) as i32 + 1;
                    let to = super::chars(&self.src[self.line_start..zeros_end]) as i32;
                    return self.error_at(
                        "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers",
                        Some((from, to.max(from))),
                    );
                }
                _ => return self.end_number(c, "decimal"),
            }
        }
        c = self.decimal_tail()?;
        match u8::try_from(c) {
            Ok(b'.') => {
                let c = self.next_char();
                self.fraction(c)
            }
            Ok(b'e' | b'E') => self.exponent(c),
            Ok(b'j' | b'J') => self.imaginary(),
            _ => self.end_number(c, "decimal"),
        }
    }

    /// What follows the point, `c` being the first character of it.
    pub(super) fn fraction(&mut self, mut c: i32) -> Lexed {
        if is_digit(c) {
            c = self.decimal_tail()?;
        }
        match u8::try_from(c) {
            Ok(b'e' | b'E') => self.exponent(c),
            Ok(b'j' | b'J') => self.imaginary(),
            _ => self.end_number(c, "decimal"),
        }
    }

    fn exponent(&mut self, e: i32) -> Lexed {
        let mut c = self.next_char();
        if c == i(b'+') || c == i(b'-') {
            c = self.next_char();
            if !is_digit(c) {
                self.back(c);
                return self.error("invalid decimal literal");
            }
        } else if !is_digit(c) {
            self.back(c);
            self.verify_end(e, "decimal")?;
            self.back(e);
            return self.token(Tok::Number);
        }
        c = self.decimal_tail()?;
        if c == i(b'j') || c == i(b'J') {
            return self.imaginary();
        }
        self.end_number(c, "decimal")
    }

    fn imaginary(&mut self) -> Lexed {
        let c = self.next_char();
        self.end_number(c, "imaginary")
    }
}
