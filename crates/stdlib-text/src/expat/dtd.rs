//! Declarations of a document type: entities, attribute lists, content models, notations.

use super::error::Code;
use super::scan::{self, is_space};
use std::collections::HashMap;

/// An entity.
#[derive(Clone, Debug)]
pub enum Entity {
    /// Stands for a text.
    Internal(String),
    /// Stands for another file.
    External { system: String, public: Option<String> },
    /// Data that is no XML.
    Unparsed,
}

/// An attribute as declared.
#[derive(Clone, Debug)]
pub struct AttributeDecl {
    /// Its name.
    pub name: String,
    /// Whether its value is plain text; the white space of others is normalised.
    pub is_cdata: bool,
    /// Its value where a tag does not give one.
    pub default: Option<String>,
}

/// What a document type declares.
#[derive(Clone, Default, Debug)]
pub struct Dtd {
    /// General entities.
    pub entities: HashMap<String, Entity>,
    /// Parameter entities.
    pub parameters: HashMap<String, Entity>,
    /// Attributes by element.
    pub attributes: HashMap<String, Vec<AttributeDecl>>,
    /// `standalone="yes"`.
    pub standalone: bool,
    /// There are declarations elsewhere, which may not have been read.
    pub elsewhere: bool,
    /// A reference to declarations that were not read: those that follow may mean something else.
    pub unsure: bool,
}

/// A content model.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Model {
    /// `XML_CTYPE_...`.
    pub kind: u8,
    /// `XML_CQUANT_...`.
    pub quantifier: u8,
    /// The element, of a leaf.
    pub name: Option<String>,
    /// The parts.
    pub children: Vec<Model>,
}

/// Kinds of content models.
pub mod kind {
    pub const EMPTY: u8 = 1;
    pub const ANY: u8 = 2;
    pub const MIXED: u8 = 3;
    pub const NAME: u8 = 4;
    pub const CHOICE: u8 = 5;
    pub const SEQUENCE: u8 = 6;
}

/// Nesting of a content model.
const MOST_NESTED: usize = 1000;

/// What a declaration says.
pub enum Decl {
    /// `<!ENTITY`.
    Entity {
        name: String,
        parameter: bool,
        value: Option<String>,
        system: Option<String>,
        public: Option<String>,
        notation: Option<String>,
    },
    /// `<!ELEMENT`.
    Element { name: String, model: Model },
    /// `<!NOTATION`.
    Notation { name: String, system: Option<String>, public: Option<String> },
}

/// An error of a declaration: what, and where.
pub type Fault = (Code, usize);
type Parsed<T> = Result<T, Fault>;

/// Where the declaration at `at` ends: behind its `>`; nothing where more is needed.
pub fn decl_end(text: &str, at: usize) -> Option<usize> {
    let mut quote = None;
    for (i, b) in text.as_bytes()[at..].iter().enumerate() {
        match (quote, b) {
            (Some(q), b) if q == *b => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(*b),
            (None, b'>') => return Some(at + i + 1),
            _ => {}
        }
    }
    None
}

/// Reads one declaration.
pub struct Cursor<'a> {
    text: &'a str,
    at: usize,
    /// Where the last token began.
    pub mark: usize,
}

impl<'a> Cursor<'a> {
    /// Begins at `at`; `text` ends with the declaration.
    pub fn new(text: &'a str, at: usize) -> Cursor<'a> {
        Cursor { text, at, mark: at }
    }

    /// Where it is.
    pub fn at(&self) -> usize {
        self.at
    }

    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn syntax<T>(&self) -> Parsed<T> {
        let code = match self.peek() {
            Some(c) if scan::goes_on_name(c) || "\"'()|,>#[]%?*+".contains(c) => Code::SYNTAX,
            _ => Code::INVALID_TOKEN,
        };
        Err((code, self.at))
    }

    /// Skips white space; whether there was any.
    pub fn space(&mut self) -> bool {
        let from = self.at;
        self.at = scan::skip_space(self.text, self.at);
        self.at > from
    }

    /// White space that has to be there.
    pub fn need_space(&mut self) -> Parsed<()> {
        if self.space() { Ok(()) } else { self.syntax() }
    }

    /// Takes a character if it is there.
    pub fn take(&mut self, c: char) -> bool {
        let here = self.peek() == Some(c);
        if here {
            self.mark = self.at;
            self.at += c.len_utf8();
        }
        here
    }

    /// Takes a character that has to be there.
    pub fn need(&mut self, c: char) -> Parsed<()> {
        if self.take(c) { Ok(()) } else { self.syntax() }
    }

    /// Takes a word if it is there.
    pub fn word(&mut self, word: &str) -> bool {
        let rest = &self.text[self.at..];
        let here = rest.starts_with(word) && !rest[word.len()..].starts_with(scan::goes_on_name);
        if here {
            self.mark = self.at;
            self.at += word.len();
        }
        here
    }

    /// A name.
    pub fn name(&mut self) -> Parsed<&'a str> {
        let text = self.text;
        match scan::name(text, self.at, None) {
            Ok(end) => {
                self.mark = self.at;
                self.at = end;
                Ok(&text[self.mark..end])
            }
            Err(_) => self.syntax(),
        }
    }

    fn name_token(&mut self) -> Parsed<&'a str> {
        let text = self.text;
        match scan::name_token(text, self.at) {
            Ok(end) => {
                self.mark = self.at;
                self.at = end;
                Ok(&text[self.mark..end])
            }
            Err(_) => self.syntax(),
        }
    }

    /// A text in quotes: where it is, without them.
    pub fn literal(&mut self) -> Parsed<std::ops::Range<usize>> {
        let Some(quote) = self.peek().filter(|c| matches!(c, '"' | '\'')) else { return self.syntax() };
        let from = self.at + 1;
        for (i, c) in self.text[from..].char_indices() {
            if c == quote {
                self.mark = self.at;
                self.at = from + i + 1;
                return Ok(from..from + i);
            }
            if !scan::is_char(c) {
                return Err((Code::INVALID_TOKEN, from + i));
            }
        }
        Err((Code::UNCLOSED_TOKEN, self.at))
    }

    /// `SYSTEM "..."` or `PUBLIC "..." "..."`, if it is there: public and system identifier. Notations may have a public
    /// one alone.
    pub fn external_id(&mut self, alone: bool) -> Parsed<Option<(Option<String>, Option<String>)>> {
        if self.word("SYSTEM") {
            self.need_space()?;
            let system = self.literal()?;
            return Ok(Some((None, Some(self.text[system].to_owned()))));
        }
        if !self.word("PUBLIC") {
            return Ok(None);
        }
        self.need_space()?;
        let public = self.literal()?;
        let from = public.start;
        let public = &self.text[public];
        if !public.chars().all(is_public_id) {
            return Err((Code::PUBLICID, from - 1));
        }
        let public = public.split([' ', '\n', '\r']).filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ");
        let spaced = self.space();
        if alone && matches!(self.peek(), Some('>')) {
            return Ok(Some((Some(public), None)));
        }
        if !spaced {
            return self.syntax();
        }
        let system = self.literal()?;
        Ok(Some((Some(public), Some(self.text[system].to_owned()))))
    }

    /// `<!NOTATION`, behind that word.
    pub fn notation(&mut self) -> Parsed<Decl> {
        self.need_space()?;
        let name = self.name()?.to_owned();
        self.need_space()?;
        let Some((public, system)) = self.external_id(true)? else { return self.syntax() };
        let mark = self.mark;
        self.space();
        self.need('>')?;
        self.mark = mark;
        Ok(Decl::Notation { name, system, public })
    }

    /// `<!ELEMENT`, behind that word.
    pub fn element(&mut self) -> Parsed<Decl> {
        self.need_space()?;
        let name = self.name()?.to_owned();
        self.need_space()?;
        let leaf = |kind| Model { kind, quantifier: 0, name: None, children: Vec::new() };
        let model = if self.word("EMPTY") {
            leaf(kind::EMPTY)
        } else if self.word("ANY") {
            leaf(kind::ANY)
        } else {
            self.need('(')?;
            self.space();
            if self.take('#') { self.mixed()? } else { self.group(0)? }
        };
        let mark = self.mark;
        self.space();
        self.need('>')?;
        self.mark = mark;
        Ok(Decl::Element { name, model })
    }

    fn mixed(&mut self) -> Parsed<Model> {
        if !self.word("PCDATA") {
            return self.syntax();
        }
        let mut children = Vec::new();
        loop {
            self.space();
            if self.take(')') {
                break;
            }
            self.need('|')?;
            self.space();
            let name = Some(self.name()?.to_owned());
            children.push(Model { kind: kind::NAME, quantifier: 0, name, children: Vec::new() });
        }
        let starred = self.peek() == Some('*');
        if starred {
            self.at += 1;
        } else if !children.is_empty() {
            return self.syntax();
        }
        Ok(Model { kind: kind::MIXED, quantifier: if starred { 2 } else { 0 }, name: None, children })
    }

    fn quantifier(&mut self) -> u8 {
        let n = match self.peek() {
            Some('?') => 1,
            Some('*') => 2,
            Some('+') => 3,
            _ => return 0,
        };
        self.at += 1;
        n
    }

    /// Behind `(`.
    fn group(&mut self, depth: usize) -> Parsed<Model> {
        if depth > MOST_NESTED {
            return Err((Code::NO_MEMORY, self.at));
        }
        let mut children = Vec::new();
        let mut separator = None;
        loop {
            self.space();
            if self.take('(') {
                children.push(self.group(depth + 1)?);
            } else {
                let name = Some(self.name()?.to_owned());
                let quantifier = self.quantifier();
                children.push(Model { kind: kind::NAME, quantifier, name, children: Vec::new() });
            }
            self.space();
            if self.take(')') {
                break;
            }
            match self.peek() {
                Some(c @ ('|' | ',')) if separator.is_none_or(|s| s == c) => {
                    separator = Some(c);
                    self.at += 1;
                }
                _ => return self.syntax(),
            }
        }
        let quantifier = self.quantifier();
        let kind = if separator == Some('|') { kind::CHOICE } else { kind::SEQUENCE };
        Ok(Model { kind, quantifier, name: None, children })
    }

    /// The element of `<!ATTLIST`, behind that word.
    pub fn attlist_element(&mut self) -> Parsed<String> {
        self.need_space()?;
        self.name().map(str::to_owned)
    }

    /// The next attribute of `<!ATTLIST`: its name, its kind, where its default is and whether it is required; nothing
    /// at the end.
    #[allow(clippy::type_complexity, reason = "the four parts that follow each other")]
    pub fn attribute(&mut self) -> Parsed<Option<(&'a str, String, Option<std::ops::Range<usize>>, bool)>> {
        let spaced = self.space();
        if self.take('>') {
            return Ok(None);
        }
        if !spaced {
            return self.syntax();
        }
        let name = self.name()?;
        self.need_space()?;
        let kind = self.attribute_kind()?;
        self.need_space()?;
        let mark = self.at;
        let (default, required) = if self.take('#') {
            if self.word("IMPLIED") {
                (None, false)
            } else if self.word("REQUIRED") {
                (None, true)
            } else if self.word("FIXED") {
                self.need_space()?;
                let literal = self.literal()?;
                return Ok(Some((name, kind, Some(literal), true)));
            } else {
                self.at = mark;
                return self.syntax();
            }
        } else {
            (Some(self.literal()?), false)
        };
        self.mark = mark;
        Ok(Some((name, kind, default, required)))
    }

    fn attribute_kind(&mut self) -> Parsed<String> {
        const KINDS: [&str; 8] = ["CDATA", "IDREFS", "IDREF", "ID", "ENTITY", "ENTITIES", "NMTOKENS", "NMTOKEN"];
        if let Some(kind) = KINDS.into_iter().find(|k| self.word(k)) {
            return Ok(kind.to_owned());
        }
        let mut kind = String::new();
        let notation = self.word("NOTATION");
        if notation {
            self.need_space()?;
            kind.push_str("NOTATION");
        }
        self.need('(')?;
        kind.push('(');
        loop {
            self.space();
            kind.push_str(if notation { self.name()? } else { self.name_token()? });
            self.space();
            if self.take(')') {
                kind.push(')');
                return Ok(kind);
            }
            self.need('|')?;
            kind.push('|');
        }
    }
}

fn is_public_id(c: char) -> bool {
    matches!(c, ' ' | '\r' | '\n' | 'a'..='z' | 'A'..='Z' | '0'..='9') || "-'()+,./:=?;!*#@$_%".contains(c)
}

/// What an XML or text declaration says.
pub struct XmlDecl {
    pub version: Option<String>,
    pub encoding: Option<String>,
    /// -1: not said.
    pub standalone: i32,
}

/// The XML declaration between `<?xml` and `?>`.
pub fn xml_decl(text: &str, is_entity: bool) -> Parsed<XmlDecl> {
    let bad = if is_entity { Code::TEXT_DECL } else { Code::XML_DECL };
    let mut found = XmlDecl { version: None, encoding: None, standalone: -1 };
    if let Some(at) = text.find(|c: char| c < ' ' && !is_space(c)) {
        return Err((Code::INVALID_TOKEN, at));
    }
    let mut at = 0;
    let mut stage = 0;
    loop {
        let spaced = scan::skip_space(text, at);
        if spaced == text.len() {
            break;
        }
        if spaced == at {
            return Err((bad, at));
        }
        let end = text[spaced..].find(|c: char| is_space(c) || c == '=').map_or(text.len(), |i| spaced + i);
        let key = &text[spaced..end];
        let equals = scan::skip_space(text, end);
        if !text[equals..].starts_with('=') {
            return Err((bad, spaced));
        }
        let open = scan::skip_space(text, equals + 1);
        let quote = text[open..].chars().next().filter(|q| matches!(q, '"' | '\''));
        let close = quote.and_then(|q| text[open + 1..].find(q)).map(|i| open + 1 + i);
        let Some(close) = close else { return Err((bad, spaced)) };
        let value = &text[open + 1..close];
        if let Some(wrong) = value.find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))) {
            return Err((bad, open + 1 + wrong));
        }
        let mut blamed = open + 1;
        let good = match key {
            "version" if stage == 0 => {
                found.version = Some(value.to_owned());
                stage = 1;
                let minor = value.strip_prefix("1.").unwrap_or_default();
                !minor.is_empty() && minor.bytes().all(|b| b.is_ascii_digit())
            }
            "encoding" if stage == 1 || (stage == 0 && is_entity) => {
                found.encoding = Some(value.to_owned());
                stage = 2;
                value.starts_with(|c: char| c.is_ascii_alphabetic())
            }
            "standalone" if (stage == 1 || stage == 2) && !is_entity => {
                found.standalone = i32::from(value == "yes");
                stage = 3;
                matches!(value, "yes" | "no")
            }
            _ => {
                blamed = spaced;
                false
            }
        };
        if !good {
            return Err((bad, blamed));
        }
        at = close + 1;
    }
    let complete = if is_entity { found.encoding.is_some() } else { found.version.is_some() };
    if complete { Ok(found) } else { Err((bad, text.len())) }
}
