//! Whether text ends a statement, by the rules of `sqlite3_complete`: a semicolon that is in no string and no comment,
//! and for the definition of a trigger the one after its `END`.

#[derive(Clone, Copy, PartialEq)]
enum State {
    /// Nothing yet but space.
    Empty,
    /// After a semicolon that ends a statement.
    Complete,
    /// Within a statement that any semicolon ends.
    Plain,
    /// After `EXPLAIN`.
    Explain,
    /// After `CREATE`, perhaps with `TEMP`.
    Create,
    /// Within the definition of a trigger.
    Trigger,
    /// After a semicolon in it.
    TriggerSemicolon,
    /// After the `END` that follows such a semicolon.
    TriggerEnd,
}

enum Token {
    Semicolon,
    Space,
    Explain,
    Create,
    Temporary,
    Trigger,
    End,
    Other,
}

/// The first token of some text and its length; `None` is one that does not end.
fn token(text: &[u8]) -> Option<(Token, usize)> {
    let until = |end: u8| text[1..].iter().position(|&b| b == end).map(|i| i + 2);
    match text[0] {
        b';' => Some((Token::Semicolon, 1)),
        b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => Some((Token::Space, 1)),
        b'/' if text.get(1) == Some(&b'*') => {
            let end = text[2..].windows(2).position(|w| w == b"*/")?;
            Some((Token::Space, end + 4))
        }
        b'-' if text.get(1) == Some(&b'-') => Some((Token::Space, until(b'\n').unwrap_or(text.len()))),
        b'[' => until(b']').map(|n| (Token::Other, n)),
        quote @ (b'"' | b'\'' | b'`') => until(quote).map(|n| (Token::Other, n)),
        b if is_word(b) => {
            let n = text.iter().position(|&b| !is_word(b)).unwrap_or(text.len());
            let token = match text[..n].to_ascii_lowercase().as_slice() {
                b"create" => Token::Create,
                b"trigger" => Token::Trigger,
                b"temp" | b"temporary" => Token::Temporary,
                b"end" => Token::End,
                b"explain" => Token::Explain,
                _ => Token::Other,
            };
            Some((token, n))
        }
        _ => Some((Token::Other, 1)),
    }
}

fn is_word(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b == b'_' || b == b'$' || b >= 0x80
}

/// Whether the text ends with the semicolon that ends a statement.
pub fn is_complete(text: &str) -> bool {
    scan(text, |_| false) == Some(State::Complete)
}

/// Where the first statement ends, behind its semicolon.
pub fn first_end(text: &str) -> Option<usize> {
    let mut end = None;
    scan(text, |at| {
        end = Some(at);
        true
    });
    end
}

/// Goes through the text; `done` hears of the end of each statement and may stop. `None`: some token has no end.
fn scan(text: &str, mut done: impl FnMut(usize) -> bool) -> Option<State> {
    let mut rest = text.as_bytes();
    let mut state = State::Empty;
    while !rest.is_empty() {
        let (token, n) = token(rest)?;
        let ends = matches!(token, Token::Semicolon);
        state = match (state, token) {
            (state, Token::Space) => state,
            (State::Trigger | State::TriggerSemicolon, Token::Semicolon) => State::TriggerSemicolon,
            (_, Token::Semicolon) => State::Complete,
            (State::Empty | State::Complete, Token::Explain) => State::Explain,
            (State::Empty | State::Complete | State::Explain, Token::Create) => State::Create,
            (State::Create, Token::Temporary) => State::Create,
            (State::Create, Token::Trigger) => State::Trigger,
            (State::Explain, Token::Other) => State::Explain,
            (State::TriggerSemicolon, Token::End) => State::TriggerEnd,
            (State::Trigger | State::TriggerSemicolon | State::TriggerEnd, _) => State::Trigger,
            _ => State::Plain,
        };
        rest = &rest[n..];
        if ends && state == State::Complete && done(text.len() - rest.len()) {
            break;
        }
    }
    Some(state)
}
