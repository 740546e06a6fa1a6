//! Scanning XML text: names, references, tags, and where a piece of markup ends.
//!
//! Text arrives in pieces, so each scanner says one of three things: it is here, more is needed, or it is wrong, and
//! where.

/// Why a scanner gives nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stop {
    /// The text ends too early.
    More,
    /// The character at this offset cannot stand there.
    Bad(usize),
}

/// What a scanner gives.
pub type Scan<T> = Result<T, Stop>;

/// Whether a name can begin with the character.
pub fn begins_name(c: char) -> bool {
    matches!(c, 'a'..='z' | 'A'..='Z' | '_' | ':'
        | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}' | '\u{370}'..='\u{37d}'
        | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// Whether a name can go on with the character.
pub fn goes_on_name(c: char) -> bool {
    begins_name(c) || matches!(c, '0'..='9' | '-' | '.' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// Whether the character may stand in a document.
pub fn is_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..='\u{10ffff}')
}

/// White space.
pub fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r')
}

/// The character at `at`.
#[inline]
pub fn peek(text: &str, at: usize) -> Scan<char> {
    text[at..].chars().next().ok_or(Stop::More)
}

/// For each byte, in which places it stands for itself: as a character of a name behind the first, in text, in the value
/// of an attribute.
static PLACES: [u8; 256] = {
    let mut places = [0; 256];
    let mut b = 0;
    while b < 0x80 {
        let c = b as u8;
        if c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.') {
            places[b] |= IN_NAME;
        }
        if c == b'\t' || c >= b' ' && !matches!(c, b'<' | b'&' | b']') {
            places[b] |= IN_TEXT;
        }
        if c >= b' ' && !matches!(c, b'<' | b'&' | b'"' | b'\'') {
            places[b] |= IN_VALUE;
        }
        b += 1;
    }
    places
};
const IN_NAME: u8 = 1;
const IN_TEXT: u8 = 2;
const IN_VALUE: u8 = 4;

#[inline(always)]
fn skip(bytes: &[u8], mut at: usize, place: u8) -> usize {
    while let Some(b) = bytes.get(at)
        && PLACES[usize::from(*b)] & place != 0
    {
        at += 1;
    }
    at
}

/// Where ASCII text ends that stands for itself.
#[inline]
pub fn plain_text(bytes: &[u8], at: usize) -> usize {
    skip(bytes, at, IN_TEXT)
}

/// The same in the value of an attribute, where quotes end it.
#[inline]
fn plain_value(bytes: &[u8], at: usize) -> usize {
    skip(bytes, at, IN_VALUE)
}

/// Whether the value of an attribute is what it is written as.
#[inline]
pub fn is_plain_value(value: &str) -> bool {
    plain_value(value.as_bytes(), 0) == value.len()
}

/// Where white space ends.
pub fn skip_space(text: &str, at: usize) -> usize {
    at + text[at..].bytes().take_while(|b| matches!(b, b' ' | b'\t' | b'\n' | b'\r')).count()
}

/// Where the name at `at` ends. With `colons` of `Some(n)`, at most `n` colons, none of them first.
pub fn name(text: &str, at: usize, colons: Option<usize>) -> Scan<usize> {
    // Most names are ASCII letters and digits.
    let bytes = text.as_bytes();
    if bytes.get(at).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_') {
        let end = skip(bytes, at + 1, IN_NAME);
        match bytes.get(end) {
            None => return Err(Stop::More),
            Some(b) if b.is_ascii() && *b != b':' => return Ok(end),
            Some(_) => {}
        }
    }
    let mut left = colons;
    let mut first = true;
    for (i, c) in text[at..].char_indices() {
        let good = if first { begins_name(c) } else { goes_on_name(c) };
        if !good {
            return if first { Err(Stop::Bad(at + i)) } else { Ok(at + i) };
        }
        if c == ':' {
            match &mut left {
                Some(0) => return Err(Stop::Bad(at + i)),
                Some(_) if first => return Err(Stop::Bad(at + i)),
                Some(n) => *n -= 1,
                None => {}
            }
        }
        first = false;
    }
    Err(Stop::More)
}

/// The name token (a name whose first character is like the others) at `at`.
pub fn name_token(text: &str, at: usize) -> Scan<usize> {
    for (i, c) in text[at..].char_indices() {
        if !goes_on_name(c) {
            return if i == 0 { Err(Stop::Bad(at)) } else { Ok(at + i) };
        }
    }
    Err(Stop::More)
}

/// A token that cannot stand outside the document's element.
pub enum Stray {
    Whole,
    /// `%name;`.
    Parameter,
    /// It may go on behind the end of the text.
    Ending,
}

/// The token at `at`, as it would be in a document type.
pub fn stray(text: &str, at: usize) -> Scan<Stray> {
    let first = peek(text, at)?;
    let next = at + first.len_utf8();
    let behind = text[next..].chars().next();
    // What may follow a token directly; anything else is wrong where it stands.
    let followed = |at: usize, by: &str| match text[at..].chars().next() {
        None => Ok(Stray::Ending),
        Some(c) if is_space(c) || by.contains(c) => Ok(Stray::Whole),
        Some(_) => Err(Stop::Bad(at)),
    };
    match first {
        '"' | '\'' => {
            for (i, c) in text[next..].char_indices() {
                if c == first {
                    return followed(next + i + 1, ">%[");
                }
                if !is_char(c) {
                    return Err(Stop::Bad(next + i));
                }
            }
            Err(Stop::More)
        }
        '%' => match behind {
            None => Err(Stop::More),
            Some(c) if is_space(c) || c == '%' => Ok(Stray::Whole),
            Some(_) => {
                let end = name(text, next, None)?;
                if text[end..].starts_with(';') { Ok(Stray::Parameter) } else { Err(Stop::Bad(end)) }
            }
        },
        '#' => match name_end(text, next) {
            end if behind.is_some_and(begins_name) => followed(end, ")>%|"),
            _ if behind.is_none() => Err(Stop::More),
            _ => Err(Stop::Bad(next)),
        },
        ')' if behind.is_some_and(|c| "*?+".contains(c)) => Ok(Stray::Whole),
        ')' => followed(next, ">,|)"),
        ']' if behind.is_none() => Ok(Stray::Ending),
        ']' if &text[next..] == "]" => Err(Stop::More),
        ',' | '|' | '>' | '[' | ']' | '(' => Ok(Stray::Whole),
        c if goes_on_name(c) => {
            let end = name_end(text, next);
            match text[end..].chars().next() {
                Some('*' | '?' | '+') if begins_name(c) => Ok(Stray::Whole),
                _ => followed(end, ">),|[%"),
            }
        }
        _ => Err(Stop::Bad(at)),
    }
}

/// Where the characters of a name end that go on at `at`.
fn name_end(text: &str, at: usize) -> usize {
    text[at..].char_indices().find(|(_, c)| !goes_on_name(*c)).map_or(text.len(), |(i, _)| at + i)
}

/// A reference, from `&` to behind `;`.
pub enum Reference {
    /// `&#65;`; nothing where there is no such character.
    Char(Option<char>),
    /// `&name;`: where the name ends.
    Entity(usize),
}

/// The reference at `at`, and where it ends.
pub fn reference(text: &str, at: usize, namespaces: bool) -> Scan<(Reference, usize)> {
    let c = peek(text, at + 1)?;
    if c != '#' {
        let end = name(text, at + 1, namespaces.then_some(0))?;
        return match peek(text, end)? {
            ';' => Ok((Reference::Entity(end), end + 1)),
            _ => Err(Stop::Bad(end)),
        };
    }
    let hexadecimal = peek(text, at + 2)? == 'x';
    let from = at + 2 + usize::from(hexadecimal);
    let base = if hexadecimal { 16 } else { 10 };
    let mut number = 0u32;
    for (i, c) in text[from..].char_indices() {
        match c.to_digit(base) {
            Some(d) => number = number.saturating_mul(base).saturating_add(d),
            None if c == ';' && i > 0 => {
                let made = char::from_u32(number).filter(|c| is_char(*c));
                return Ok((Reference::Char(made), from + i + 1));
            }
            None => return Err(Stop::Bad(from + i)),
        }
    }
    Err(Stop::More)
}

/// An attribute of a tag: ranges of its name and of its value between the quotes.
pub struct Attribute {
    /// Name.
    pub name: std::ops::Range<usize>,
    /// Value.
    pub value: std::ops::Range<usize>,
}

/// A start tag.
pub struct Tag {
    /// Its name.
    pub name: std::ops::Range<usize>,
    /// Whether it ends with `/>`.
    pub empty: bool,
    /// Behind `>`.
    pub end: usize,
}

/// The start tag at `at`, which is at `<`; its attributes are what `attributes` holds then.
pub fn start_tag(text: &str, at: usize, namespaces: bool, attributes: &mut Vec<Attribute>) -> Scan<Tag> {
    attributes.clear();
    let colons = namespaces.then_some(1);
    let after_name = name(text, at + 1, colons)?;
    let mut tag = Tag { name: at + 1..after_name, empty: false, end: 0 };
    let mut here = after_name;
    loop {
        let spaced = skip_space(text, here);
        match peek(text, spaced)? {
            '>' => {
                tag.end = spaced + 1;
                return Ok(tag);
            }
            '/' => {
                if peek(text, spaced + 1)? != '>' {
                    return Err(Stop::Bad(spaced + 1));
                }
                tag.empty = true;
                tag.end = spaced + 2;
                return Ok(tag);
            }
            _ if spaced == here => return Err(Stop::Bad(here)),
            _ => {}
        }
        let name_end = name(text, spaced, colons)?;
        let equals = skip_space(text, name_end);
        if peek(text, equals)? != '=' {
            return Err(Stop::Bad(equals));
        }
        let open = skip_space(text, equals + 1);
        let quote = peek(text, open)?;
        if quote != '"' && quote != '\'' {
            return Err(Stop::Bad(open));
        }
        let close = attribute_end(text, open + 1, quote, namespaces)?;
        attributes.push(Attribute { name: spaced..name_end, value: open + 1..close });
        here = close + 1;
    }
}

fn attribute_end(text: &str, from: usize, quote: char, namespaces: bool) -> Scan<usize> {
    let mut at = from;
    loop {
        at = plain_value(text.as_bytes(), at);
        let c = peek(text, at)?;
        match c {
            c if c == quote => return Ok(at),
            '<' => return Err(Stop::Bad(at)),
            '&' => at = reference(text, at, namespaces)?.1,
            c if !is_char(c) => return Err(Stop::Bad(at)),
            c => at += c.len_utf8(),
        }
    }
}

/// The end tag at `at`, which is at `</`: where its name ends, and where it ends.
pub fn end_tag(text: &str, at: usize, namespaces: bool) -> Scan<(usize, usize)> {
    let name_end = name(text, at + 2, namespaces.then_some(1))?;
    let close = skip_space(text, name_end);
    match peek(text, close)? {
        '>' => Ok((name_end, close + 1)),
        _ => Err(Stop::Bad(close)),
    }
}

/// The comment at `at`, which is at `<!--`: where its text ends.
pub fn comment(text: &str, at: usize) -> Scan<usize> {
    let mut here = at + 4;
    loop {
        let c = peek(text, here)?;
        if !is_char(c) {
            return Err(Stop::Bad(here));
        }
        if c == '-' && peek(text, here + 1)? == '-' {
            return match peek(text, here + 2)? {
                '>' => Ok(here),
                _ => Err(Stop::Bad(here + 2)),
            };
        }
        here += c.len_utf8();
    }
}

/// A processing instruction.
pub struct Instruction {
    /// Where its target ends.
    pub target: usize,
    /// Its data.
    pub data: std::ops::Range<usize>,
    /// Where it ends.
    pub end: usize,
}

/// The processing instruction at `at`, which is at `<?`.
pub fn instruction(text: &str, at: usize, namespaces: bool) -> Scan<Instruction> {
    let target = name(text, at + 2, namespaces.then_some(0))?;
    let c = peek(text, target)?;
    if c == '?' {
        return match peek(text, target + 1)? {
            '>' => Ok(Instruction { target, data: target..target, end: target + 2 }),
            _ => Err(Stop::Bad(target + 1)),
        };
    }
    if !is_space(c) {
        return Err(Stop::Bad(target));
    }
    let from = skip_space(text, target);
    let mut here = from;
    loop {
        let c = peek(text, here)?;
        if !is_char(c) {
            return Err(Stop::Bad(here));
        }
        if c == '?' && peek(text, here + 1)? == '>' {
            return Ok(Instruction { target, data: from..here, end: here + 2 });
        }
        here += c.len_utf8();
    }
}

/// Whether `text` at `at` goes on with `word`; more is needed where it is a beginning of it.
pub fn goes_on(text: &str, at: usize, word: &str) -> Scan<bool> {
    let rest = &text.as_bytes()[at..];
    if rest.len() >= word.len() {
        return Ok(rest.starts_with(word.as_bytes()));
    }
    if word.as_bytes().starts_with(rest) { Err(Stop::More) } else { Ok(false) }
}

/// The text of a piece with its line ends made `\n`.
pub fn with_newlines(text: &str) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text.to_owned() }
}
