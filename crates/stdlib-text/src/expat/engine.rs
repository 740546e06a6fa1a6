//! A push parser for XML: bytes go in, events come out, in the order and at the places that Expat gives.
//!
//! It works on the text that has arrived and stops in front of a token that is not complete. The text of an entity is
//! read in place of the reference to it; the places of what it holds are that of the reference.

use super::dtd::{Dtd, Entity, Model};
use super::error::Code;
use super::input::{Encoding, Flaw, Input};
use super::scan::{self, Reference, Stop, Stray};
use rustc_hash::FxHashSet;
use std::collections::VecDeque;
use std::rc::Rc;

/// What the parser has found. It is moved often, so what is large and rare is in boxes.
#[derive(Clone, Debug)]
pub enum Event {
    XmlDecl {
        version: Option<String>,
        encoding: Option<String>,
        standalone: i32,
    },
    /// The document is in an encoding that has to be looked up: answer with [`Engine::set_encoding`].
    Encoding(String),
    StartNamespace {
        prefix: Option<String>,
        uri: Option<String>,
    },
    EndNamespace {
        prefix: Option<String>,
    },
    /// `specified` of the attributes are the tag's own, the others defaults.
    Start {
        name: Rc<str>,
        attributes: Vec<(Rc<str>, String)>,
        specified: usize,
    },
    End {
        name: Rc<str>,
        empty: bool,
    },
    /// Text that is what [`Engine::raw`] gives.
    Run,
    /// Text that stands for something else.
    Char(char),
    Instruction {
        target: String,
        data: String,
    },
    Comment(String),
    StartCdata,
    EndCdata,
    Declared(Box<Declared>),
    EndDoctype,
    /// A reference to an entity that is not read.
    Skipped {
        name: String,
        parameter: bool,
    },
    /// A reference to another file.
    External(Box<External>),
    NotStandalone,
    /// Anything else.
    Other,
}

/// A declaration.
#[derive(Clone, Debug)]
pub enum Declared {
    StartDoctype {
        name: String,
        system: Option<String>,
        public: Option<String>,
        internal: bool,
    },
    Entity {
        name: String,
        parameter: bool,
        value: Option<String>,
        system: Option<String>,
        public: Option<String>,
        notation: Option<String>,
    },
    Notation {
        name: String,
        system: Option<String>,
        public: Option<String>,
    },
    Element {
        name: String,
        model: Model,
    },
    Attribute {
        element: String,
        name: String,
        kind: String,
        default: Option<String>,
        required: bool,
    },
}

impl From<Declared> for Event {
    fn from(declared: Declared) -> Event {
        Event::Declared(Box::new(declared))
    }
}

/// Another file that is referred to.
#[derive(Clone, Debug)]
pub struct External {
    pub context: Option<String>,
    pub system: Option<String>,
    pub public: Option<String>,
}

impl From<External> for Event {
    fn from(external: External) -> Event {
        Event::External(Box::new(external))
    }
}

/// A place in the document.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// Counted from 1.
    pub line: usize,
    /// Characters before it in its line.
    pub column: usize,
    /// Bytes before it.
    pub byte: usize,
}

/// Where an event was: most are never asked for their place.
#[derive(Clone, Copy)]
enum Spot {
    Known(Place),
    /// This offset of the text.
    At(usize),
}

/// What is being read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum State {
    Start,
    Prolog,
    Subset,
    Content,
    Cdata,
    Epilog,
    Done,
}

/// What a parser reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A document.
    Document,
    /// An external entity that stands in content.
    Content,
    /// External declarations.
    Declarations,
}

/// The text of an entity that is being read.
pub(super) struct Source {
    text: String,
    at: usize,
    name: String,
    /// Elements that were open where it began.
    depth: usize,
}

struct Open {
    raw: Rc<str>,
    name: Rc<str>,
    namespaces: usize,
}

/// Whether the names of elements and attributes are expanded, and how.
#[derive(Clone, Default)]
pub struct Names {
    /// Stands between URI and name; nothing leaves names as they are.
    pub separator: Option<String>,
    /// Names have their prefix at the end.
    pub prefixes: bool,
    pub(super) bindings: Vec<(Option<String>, Option<String>)>,
}

impl Names {
    /// Names are expanded, with this between URI and name.
    pub fn separated_by(separator: &str) -> Names {
        Names { separator: Some(separator.to_owned()), ..Names::default() }
    }
}

/// The parser.
pub struct Engine {
    /// Bytes that are not decoded yet.
    pub input: Input,
    base: String,
    at: usize,
    pub(super) sources: Vec<Source>,
    pub(super) state: State,
    kind: Kind,
    open: Vec<Open>,
    /// Expansion of names.
    pub names: Names,
    /// Declarations.
    pub dtd: Dtd,
    queue: VecDeque<(Event, Option<usize>)>,
    place: Place,
    place_at: usize,
    /// Where the last event was.
    event: Spot,
    /// Names of elements and attributes that have come.
    known: FxHashSet<Rc<str>>,
    /// Room for what the next tag's attributes are.
    found: Vec<scan::Attribute>,
    raw: std::ops::Range<usize>,
    raw_in_source: bool,
    /// Internal entities are read in place of references to them.
    pub expand: bool,
    /// Declarations in other files are asked for.
    pub read_declarations: bool,
    doctype: Option<(Option<String>, Option<String>)>,
    /// Whether a token that is not complete is looked at again only once much more has arrived.
    pub deferral: bool,
    /// How much had arrived when the last look made nothing of it, and where the present one began.
    partial: usize,
    look_from: usize,
    waiting: bool,
    /// Bytes of the document, and bytes that entities stood for.
    direct: u64,
    expanded: u64,
}

/// From here on entities may not stand for more than [`MOST_AMPLIFIED`] times the document.
const AMPLIFICATION_FROM: u64 = 8 << 20;
const MOST_AMPLIFIED: u64 = 100;
/// Names are forgotten when so many have come.
const MOST_KNOWN: usize = 4096;
const XML_URI: &str = "http://www.w3.org/XML/1998/namespace";
const XMLNS_URI: &str = "http://www.w3.org/2000/xmlns/";

type Step<T> = Result<T, Code>;

impl Engine {
    /// A parser that has read nothing.
    pub fn new(kind: Kind, names: Names) -> Engine {
        let start = Place { line: 1, column: 0, byte: 0 };
        Engine {
            input: Input::default(),
            base: String::new(),
            at: 0,
            sources: Vec::new(),
            state: State::Start,
            kind,
            open: Vec::new(),
            names,
            dtd: Dtd::default(),
            queue: VecDeque::new(),
            place: start,
            place_at: 0,
            event: Spot::Known(start),
            known: FxHashSet::default(),
            found: Vec::new(),
            raw: 0..0,
            raw_in_source: false,
            expand: true,
            read_declarations: false,
            doctype: None,
            deferral: true,
            partial: 0,
            look_from: 0,
            waiting: false,
            direct: 0,
            expanded: 0,
        }
    }

    /// Adds bytes of the document.
    pub fn feed(&mut self, bytes: &[u8], last: bool) -> Step<()> {
        self.direct += bytes.len() as u64;
        if self.at > 0 && self.sources.is_empty() {
            self.event = Spot::Known(self.event());
            self.place = self.place_of(self.at);
            self.base.drain(..self.at);
            (self.at, self.place_at) = (0, 0);
            self.raw = 0..0;
        }
        self.input.push(bytes).map_err(|_| Code::NO_MEMORY)?;
        self.input.last = last;
        self.decode();
        self.look_from = self.at;
        self.waiting = self.deferral && !last && self.base.len() - self.at < 2 * self.partial;
        Ok(())
    }

    /// Whether anything has arrived.
    pub fn has_begun(&self) -> bool {
        self.direct > 0
    }

    /// Says which encoding the document is in.
    pub fn set_encoding(&mut self, encoding: Encoding) {
        self.input.encoding = Some(encoding);
        self.decode();
    }

    fn decode(&mut self) {
        let begun = self.state != State::Start;
        self.input.decode(&mut self.base, begun);
        if self.input.mark > 0 && self.place.byte == 0 && self.at == 0 {
            self.place = Place { line: 1, column: 1, byte: std::mem::take(&mut self.input.mark) };
            self.event = Spot::Known(self.place);
        }
    }

    /// Where the last event was.
    pub fn event(&mut self) -> Place {
        match self.event {
            Spot::Known(place) => place,
            Spot::At(offset) => {
                let place = self.place_of(offset);
                self.event = Spot::Known(place);
                place
            }
        }
    }

    /// Whether the document has been read to its end.
    pub fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// The next event; nothing where more has to arrive, or at the end.
    pub fn next_event(&mut self) -> Step<Option<Event>> {
        if self.waiting {
            return Ok(None);
        }
        loop {
            if let Some((event, place)) = self.queue.pop_front() {
                if let Some(offset) = place {
                    self.event = Spot::At(offset);
                }
                return Ok(Some(event));
            }
            if !self.step()? {
                self.partial = if self.at == self.look_from { self.base.len() - self.at } else { 0 };
                return Ok(None);
            }
        }
    }

    /// The text that the last event was made of.
    pub fn raw(&self) -> &str {
        let text = match self.sources.last() {
            Some(source) if self.raw_in_source => &source.text,
            _ => &self.base,
        };
        text.get(self.raw.clone()).unwrap_or("")
    }

    /// The text from the last event on that has arrived.
    pub fn rest(&self) -> &str {
        self.base.get(self.raw.start..).unwrap_or("")
    }

    /// A parser for a file that this document refers to.
    pub fn for_external(&self, context: Option<&str>) -> Engine {
        let kind = if context.is_some() { Kind::Content } else { Kind::Declarations };
        let mut engine = Engine::new(kind, self.names.clone());
        engine.dtd = self.dtd.clone();
        engine.expand = self.expand;
        engine.read_declarations = self.read_declarations;
        engine
    }

    pub(super) fn is_declarations(&self) -> bool {
        self.kind == Kind::Declarations
    }

    /// Takes over what a parser for external declarations has read.
    pub fn adopt(&mut self, declarations: Option<Dtd>) {
        if let Some(dtd) = declarations {
            self.dtd = dtd;
        }
    }

    /// What a parser for external declarations has read.
    pub fn declarations(&self) -> Option<Dtd> {
        self.is_declarations().then(|| self.dtd.clone())
    }

    pub(super) fn text(&self) -> &str {
        self.sources.last().map_or(&self.base, |s| &s.text)
    }

    pub(super) fn here(&self) -> usize {
        self.sources.last().map_or(self.at, |s| s.at)
    }

    fn namespaces(&self) -> bool {
        self.names.separator.is_some()
    }

    /// Goes on behind a token, whose place becomes that of the events.
    pub(super) fn consume(&mut self, end: usize) {
        let from = self.here();
        self.raw = from..end;
        self.raw_in_source = !self.sources.is_empty();
        if self.sources.is_empty() {
            self.event = Spot::At(from);
        }
        match self.sources.last_mut() {
            Some(source) => source.at = end,
            None => self.at = end,
        }
    }

    /// The place of an offset, and remembers it: offsets only grow.
    fn place_of(&mut self, offset: usize) -> Place {
        if offset < self.place_at {
            return self.place;
        }
        let mut p = self.place;
        let encoding = self.input.encoding.as_ref();
        // Most of a document is ASCII in an encoding that has a byte for each character.
        let narrow = encoding.is_none_or(Encoding::is_narrow);
        let plain = |b: &u8| *b < 0x80 && *b != b'\n' && *b != b'\r';
        let mut after_return = self.base[..self.place_at].ends_with('\r');
        let mut rest = &self.base[self.place_at..offset];
        loop {
            if narrow {
                let run = rest.bytes().take_while(|b| plain(b)).count();
                p.byte += run;
                p.column += run;
                after_return &= run == 0;
                rest = &rest[run..];
            }
            let mut chars = rest.chars();
            let Some(c) = chars.next() else { break };
            rest = chars.as_str();
            p.byte += encoding.map_or(1, |e| e.width(c));
            match c {
                '\n' if after_return => {}
                '\n' | '\r' => {
                    p.line += 1;
                    p.column = 0;
                }
                _ => p.column += 1,
            }
            after_return = c == '\r';
        }
        (self.place, self.place_at) = (p, offset);
        p
    }

    /// An offset ahead, for an event that has its place there.
    pub(super) fn place_ahead(&self, offset: usize) -> Option<usize> {
        self.sources.is_empty().then_some(offset)
    }

    pub(super) fn emit(&mut self, event: Event) {
        self.queue.push_back((event, None));
    }

    pub(super) fn emit_at(&mut self, event: Event, place: Option<usize>) {
        self.queue.push_back((event, place));
    }

    /// An error at an offset of the text.
    pub(super) fn wrong(&mut self, offset: usize, code: Code) -> Code {
        if self.sources.is_empty() {
            self.event = Spot::At(offset);
        }
        code
    }

    /// A scanner has stopped: an error, or `false` where more has to arrive.
    fn stopped(&mut self, stop: Stop) -> Step<bool> {
        let here = self.here();
        match stop {
            Stop::Bad(offset) => Err(self.wrong(offset, Code::INVALID_TOKEN)),
            Stop::More if !self.sources.is_empty() => Err(Code::UNCLOSED_TOKEN),
            Stop::More => match self.input.flaw {
                Some(Flaw::Invalid) => {
                    let end = self.base.len();
                    Err(self.wrong(end, Code::INVALID_TOKEN))
                }
                Some(Flaw::Partial) => Err(self.wrong(here, Code::PARTIAL_CHAR)),
                None if self.input.last => Err(self.wrong(here, Code::UNCLOSED_TOKEN)),
                None => Ok(false),
            },
        }
    }

    /// Reads one token; whether it could.
    fn step(&mut self) -> Step<bool> {
        if self.state == State::Done {
            return Ok(false);
        }
        if self.here() == self.text().len() {
            return self.at_end();
        }
        match self.state {
            State::Start => self.start(),
            State::Prolog | State::Epilog => self.around(),
            State::Subset => self.subset(),
            State::Content => self.content(),
            State::Cdata => self.cdata(),
            State::Done => Ok(false),
        }
    }

    fn at_end(&mut self) -> Step<bool> {
        if let Some(source) = self.sources.last() {
            if self.state == State::Content && source.depth != self.open.len() {
                return Err(Code::ASYNC_ENTITY);
            }
            if self.state == State::Cdata {
                return Err(Code::UNCLOSED_CDATA_SECTION);
            }
            self.sources.pop();
            return Ok(true);
        }
        if let Some(flaw) = self.input.flaw {
            let code = if flaw == Flaw::Partial { Code::PARTIAL_CHAR } else { Code::INVALID_TOKEN };
            return Err(self.wrong(self.at, code));
        }
        if !self.input.last {
            return Ok(false);
        }
        let here = self.at;
        match (self.state, self.kind) {
            (State::Cdata, _) => Err(self.wrong(here, Code::UNCLOSED_CDATA_SECTION)),
            (State::Epilog, _) | (State::Start | State::Subset, Kind::Declarations) => self.finish(),
            (State::Start | State::Content, Kind::Content) if self.open.is_empty() => self.finish(),
            (_, Kind::Content) => Err(self.wrong(here, Code::ASYNC_ENTITY)),
            _ => Err(self.wrong(here, Code::NO_ELEMENTS)),
        }
    }

    fn finish(&mut self) -> Step<bool> {
        self.event = Spot::At(self.at);
        self.state = State::Done;
        Ok(false)
    }

    /// The XML declaration, if there is one.
    fn start(&mut self) -> Step<bool> {
        let declared = match scan::goes_on(&self.base, 0, "<?xml") {
            Err(stop) if !self.input.last => return self.stopped(stop),
            Ok(true) if self.base.len() == 5 && !self.input.last => return Ok(false),
            Ok(true) => !self.base[5..].starts_with(scan::goes_on_name),
            _ => false,
        };
        let first = match self.kind {
            Kind::Document => State::Prolog,
            Kind::Content => State::Content,
            Kind::Declarations => State::Subset,
        };
        if !declared {
            if self.input.encoding.is_none() {
                self.input.encoding = Some(Encoding::Utf8);
            }
            self.state = first;
            self.decode();
            return Ok(true);
        }
        if self.base[5..].starts_with("?>") {
            return Err(self.wrong(5, Code::XML_DECL));
        }
        let Some(end) = self.base[5..].find("?>") else { return self.stopped(Stop::More) };
        let decl = match super::dtd::xml_decl(&self.base[5..5 + end], self.kind != Kind::Document) {
            Ok(decl) => decl,
            Err((code, offset)) => return Err(self.wrong(5 + offset, code)),
        };
        self.consume(5 + end + 2);
        self.state = first;
        self.dtd.standalone |= decl.standalone == 1;
        let named = decl.encoding.clone();
        self.emit(Event::XmlDecl { version: decl.version, encoding: decl.encoding, standalone: decl.standalone });
        if self.input.encoding.is_none() {
            match named.as_deref().map(|n| (n, Encoding::known(n))) {
                None => self.input.encoding = Some(Encoding::Utf8),
                // The declaration itself could be read as ASCII.
                Some((_, Some(Encoding::Utf16(_)))) => return Err(self.wrong(0, Code::INCORRECT_ENCODING)),
                Some((_, Some(known))) => self.input.encoding = Some(known),
                Some((name, None)) => {
                    self.emit(Event::Encoding(name.to_owned()));
                    return Ok(true);
                }
            }
            self.decode();
        }
        Ok(true)
    }

    /// Before and after the element that is the document.
    fn around(&mut self) -> Step<bool> {
        let here = self.here();
        let c = match scan::peek(self.text(), here) {
            Ok(c) => c,
            Err(stop) => return self.stopped(stop),
        };
        if scan::is_space(c) {
            let end = scan::skip_space(&self.base, here);
            self.consume(end);
            self.emit(Event::Other);
            return Ok(true);
        }
        let prolog = self.state == State::Prolog;
        if c != '<' {
            let code = if prolog { Code::SYNTAX } else { Code::JUNK_AFTER_DOC_ELEMENT };
            return match scan::stray(self.text(), here) {
                Ok(Stray::Ending) if prolog && !self.input.last => self.stopped(Stop::More),
                Ok(Stray::Parameter) if prolog => Err(self.wrong(here, Code::PARAM_ENTITY_REF)),
                Ok(_) => Err(self.wrong(here, code)),
                Err(stop) => self.stopped(stop),
            };
        }
        match scan::peek(self.text(), here + 1) {
            Err(stop) => self.stopped(stop),
            Ok('?') => self.instruction(),
            Ok('!') => {
                match scan::goes_on(self.text(), here, "<!--") {
                    Ok(true) => return self.comment(),
                    Err(stop) if !self.input.last => return self.stopped(stop),
                    _ => {}
                }
                match scan::goes_on(self.text(), here, "<!DOCTYPE") {
                    Ok(true) if prolog && self.doctype.is_none() => self.start_doctype(),
                    Ok(true) if prolog => Err(self.wrong(here, Code::SYNTAX)),
                    Ok(true) => Err(self.wrong(here, Code::JUNK_AFTER_DOC_ELEMENT)),
                    Ok(false) => Err(self.wrong(here + 2, Code::INVALID_TOKEN)),
                    Err(stop) => self.stopped(stop),
                }
            }
            Ok(c) if scan::begins_name(c) => {
                if !prolog {
                    return Err(self.wrong(here, Code::JUNK_AFTER_DOC_ELEMENT));
                }
                self.state = State::Content;
                Ok(true)
            }
            Ok(_) => Err(self.wrong(here + 1, Code::INVALID_TOKEN)),
        }
    }

    fn start_doctype(&mut self) -> Step<bool> {
        let here = self.here();
        let mut quote = None;
        let mut end = None;
        for (i, b) in self.base.as_bytes()[here..].iter().enumerate() {
            match (quote, b) {
                (Some(q), b) if q == *b => quote = None,
                (Some(_), _) => {}
                (None, b'"' | b'\'') => quote = Some(*b),
                (None, b'[' | b'>') => {
                    end = Some(here + i);
                    break;
                }
                _ => {}
            }
        }
        let Some(end) = end else { return self.stopped(Stop::More) };
        let parsed = {
            let mut cursor = super::dtd::Cursor::new(&self.base[..=end], here + "<!DOCTYPE".len());
            (|| {
                cursor.need_space()?;
                let name = cursor.name()?.to_owned();
                let spaced = cursor.space();
                let id = if spaced { cursor.external_id(false)? } else { None };
                cursor.space();
                if cursor.at() == end { Ok((name, id)) } else { Err((Code::SYNTAX, cursor.at())) }
            })()
        };
        let (name, id) = match parsed {
            Ok(found) => found,
            Err((code, offset)) => return Err(self.wrong(offset, code)),
        };
        let internal = self.base.as_bytes()[end] == b'[';
        let (public, system) = id.unwrap_or((None, None));
        self.consume(end + 1);
        let place = self.place_ahead(end);
        let event = Declared::StartDoctype { name, system: system.clone(), public: public.clone(), internal };
        self.emit_at(event.into(), place);
        self.dtd.elsewhere |= system.is_some();
        self.doctype = Some((system, public));
        if internal {
            self.state = State::Subset;
        } else {
            self.end_doctype(place);
        }
        Ok(true)
    }

    pub(super) fn end_doctype(&mut self, place: Option<usize>) {
        self.state = State::Prolog;
        let (system, public) = self.doctype.clone().unwrap_or_default();
        if system.is_some() && self.read_declarations {
            self.emit_at(External { context: None, system, public }.into(), place);
        }
        if self.dtd.elsewhere && !self.dtd.standalone {
            self.emit_at(Event::NotStandalone, place);
        }
        self.emit_at(Event::EndDoctype, place);
    }

    pub(super) fn instruction(&mut self) -> Step<bool> {
        let here = self.here();
        let found = match scan::instruction(self.text(), here, self.namespaces()) {
            Ok(found) => found,
            Err(stop) => return self.stopped(stop),
        };
        let target = self.text()[here + 2..found.target].to_owned();
        if target.eq_ignore_ascii_case("xml") {
            let code = if target == "xml" { Code::MISPLACED_XML_PI } else { Code::INVALID_TOKEN };
            return Err(self.wrong(here, code));
        }
        let data = scan::with_newlines(&self.text()[found.data]);
        self.consume(found.end);
        self.emit(Event::Instruction { target, data });
        Ok(true)
    }

    pub(super) fn comment(&mut self) -> Step<bool> {
        let here = self.here();
        match scan::comment(self.text(), here) {
            Ok(end) => {
                let text = scan::with_newlines(&self.text()[here + 4..end]);
                self.consume(end + 3);
                self.emit(Event::Comment(text));
                Ok(true)
            }
            Err(stop) => self.stopped(stop),
        }
    }

    pub(super) fn stop(&mut self, stop: Stop) -> Step<bool> {
        self.stopped(stop)
    }

    fn content(&mut self) -> Step<bool> {
        let here = self.here();
        match self.text().as_bytes()[here] {
            b'<' => self.markup(),
            b'&' => self.content_reference(),
            _ => self.characters(),
        }
    }

    /// Whether text may still go on behind what there is.
    fn is_open(&self) -> bool {
        self.sources.is_empty() && !self.input.last
    }

    /// A run of text of one line, or a line end.
    fn characters(&mut self) -> Step<bool> {
        let here = self.here();
        let text = &self.text()[here..];
        let bytes = text.as_bytes();
        match bytes[0] {
            b'\r' if bytes.len() == 1 && self.is_open() => return Ok(false),
            b'\n' | b'\r' => {
                let width = if text.starts_with("\r\n") { 2 } else { 1 };
                self.consume(here + width);
                self.emit(Event::Char('\n'));
                return Ok(true);
            }
            _ => {}
        }
        let mut end = 0;
        loop {
            end = scan::plain_text(bytes, end);
            match bytes.get(end) {
                None | Some(b'<' | b'&' | b'\n' | b'\r') => break,
                Some(b']') if text[end..].starts_with("]]>") => {
                    if end == 0 {
                        return Err(self.wrong(here + 2, Code::INVALID_TOKEN));
                    }
                    break;
                }
                Some(b']') if self.is_open() && "]]>".starts_with(&text[end..]) => break,
                Some(_) => match text[end..].chars().next().filter(|c| scan::is_char(*c)) {
                    Some(c) => end += c.len_utf8(),
                    None if end == 0 => return Err(self.wrong(here, Code::INVALID_TOKEN)),
                    None => break,
                },
            }
        }
        if end == 0 {
            return Ok(false);
        }
        self.consume(here + end);
        self.emit(Event::Run);
        Ok(true)
    }

    fn cdata(&mut self) -> Step<bool> {
        let here = self.here();
        let text = &self.text()[here..];
        if text.starts_with("]]>") {
            self.consume(here + 3);
            self.state = State::Content;
            self.emit(Event::EndCdata);
            return Ok(true);
        }
        if text.len() < 3 && "]]>".starts_with(text) {
            if self.is_open() {
                return Ok(false);
            }
            return Err(self.wrong(here, Code::UNCLOSED_CDATA_SECTION));
        }
        if text.starts_with(['\n', '\r']) {
            if text.len() == 1 && text.starts_with('\r') && self.is_open() {
                return Ok(false);
            }
            let width = if text.starts_with("\r\n") { 2 } else { 1 };
            self.consume(here + width);
            self.emit(Event::Char('\n'));
            return Ok(true);
        }
        let mut end = text.len();
        for (i, c) in text.char_indices() {
            let stops = match c {
                '\n' | '\r' => true,
                ']' if i > 0 => text[i..].starts_with("]]>") || "]]>".starts_with(&text[i..]),
                c => !scan::is_char(c),
            };
            if stops {
                end = i;
                break;
            }
        }
        if end == 0 {
            return Err(self.wrong(here, Code::INVALID_TOKEN));
        }
        self.consume(here + end);
        self.emit(Event::Run);
        Ok(true)
    }

    fn content_reference(&mut self) -> Step<bool> {
        let here = self.here();
        let (found, end) = match scan::reference(self.text(), here, self.namespaces()) {
            Ok(found) => found,
            Err(stop) => return self.stopped(stop),
        };
        let name = match found {
            Reference::Char(Some(c)) => {
                self.consume(end);
                self.emit(Event::Char(c));
                return Ok(true);
            }
            Reference::Char(None) => return Err(self.wrong(here, Code::BAD_CHAR_REF)),
            Reference::Entity(name_end) => {
                let name = &self.text()[here + 1..name_end];
                if let Some(c) = predefined(name) {
                    self.consume(end);
                    self.emit(Event::Char(c));
                    return Ok(true);
                }
                name.to_owned()
            }
        };
        self.consume(end);
        match self.dtd.entities.get(&name) {
            None if !self.dtd.elsewhere || self.dtd.standalone => return Err(Code::UNDEFINED_ENTITY),
            None => self.emit(Event::Skipped { name, parameter: false }),
            Some(Entity::Unparsed) => return Err(Code::BINARY_ENTITY_REF),
            Some(Entity::External { system, public }) => {
                let (system, public) = (Some(system.clone()), public.clone());
                let context = Some(self.context(&name));
                self.emit(External { context, system, public }.into());
            }
            Some(Entity::Internal(_)) if !self.expand => self.emit(Event::Skipped { name, parameter: false }),
            Some(Entity::Internal(text)) => {
                let text = text.clone();
                self.enter(name, text)?;
            }
        }
        Ok(true)
    }

    /// Reads the text of an entity next.
    pub(super) fn enter(&mut self, name: String, text: String) -> Step<()> {
        if self.sources.iter().any(|s| s.name == name) {
            return Err(Code::RECURSIVE_ENTITY_REF);
        }
        self.amplify(text.len())?;
        self.sources.push(Source { text, at: 0, name, depth: self.open.len() });
        Ok(())
    }

    fn amplify(&mut self, bytes: usize) -> Step<()> {
        self.expanded += bytes as u64;
        let total = self.direct + self.expanded;
        if total > AMPLIFICATION_FROM && total / self.direct.max(1) >= MOST_AMPLIFIED {
            return Err(Code::AMPLIFICATION_LIMIT_BREACH);
        }
        Ok(())
    }

    /// What a parser for an external entity is told of where the reference stands.
    fn context(&self, name: &str) -> String {
        let mut parts: Vec<String> = Vec::new();
        if self.namespaces() {
            parts.push(format!("xml={XML_URI}"));
            for (prefix, uri) in &self.names.bindings {
                parts.push(format!("{}={}", prefix.as_deref().unwrap_or(""), uri.as_deref().unwrap_or("")));
            }
        }
        parts.extend(self.sources.iter().map(|s| s.name.clone()));
        parts.push(name.to_owned());
        parts.join("\u{c}")
    }

    fn markup(&mut self) -> Step<bool> {
        let here = self.here();
        let next = match scan::peek(self.text(), here + 1) {
            Ok(c) => c,
            Err(stop) => return self.stopped(stop),
        };
        match next {
            '/' => self.end_tag(),
            '?' => self.instruction(),
            '!' => {
                match scan::goes_on(self.text(), here, "<!--") {
                    Ok(true) => return self.comment(),
                    Err(stop) if self.is_open() => return self.stopped(stop),
                    _ => {}
                }
                match scan::goes_on(self.text(), here, "<![CDATA[") {
                    Ok(true) => {
                        self.consume(here + 9);
                        self.state = State::Cdata;
                        self.emit(Event::StartCdata);
                        Ok(true)
                    }
                    Ok(false) => Err(self.wrong(here + 2, Code::INVALID_TOKEN)),
                    Err(stop) => self.stopped(stop),
                }
            }
            c if scan::begins_name(c) => self.start_tag(),
            _ => Err(self.wrong(here + 1, Code::INVALID_TOKEN)),
        }
    }

    fn end_tag(&mut self) -> Step<bool> {
        let here = self.here();
        let (name_end, end) = match scan::end_tag(self.text(), here, self.namespaces()) {
            Ok(found) => found,
            Err(stop) => return self.stopped(stop),
        };
        if self.open.len() == self.sources.last().map_or(0, |s| s.depth) {
            return Err(self.wrong(here, Code::ASYNC_ENTITY));
        }
        if self.open.last().is_none_or(|o| *o.raw != self.text()[here + 2..name_end]) {
            return Err(self.wrong(here + 2, Code::TAG_MISMATCH));
        }
        self.consume(end);
        self.close(None, false);
        Ok(true)
    }

    /// Closes the innermost element.
    fn close(&mut self, place: Option<usize>, empty: bool) {
        let Some(open) = self.open.pop() else { return };
        self.emit_at(Event::End { name: open.name, empty }, place);
        for _ in 0..open.namespaces {
            if let Some((prefix, _)) = self.names.bindings.pop() {
                self.emit_at(Event::EndNamespace { prefix }, place);
            }
        }
        if self.open.is_empty() && self.sources.is_empty() && self.kind == Kind::Document {
            self.state = State::Epilog;
        }
    }

    fn start_tag(&mut self) -> Step<bool> {
        let mut found = std::mem::take(&mut self.found);
        let read = self.read_start_tag(&mut found);
        self.found = found;
        read
    }

    /// The name that is a part of the text.
    fn name_at(&mut self, at: std::ops::Range<usize>) -> Rc<str> {
        let name = &self.sources.last().map_or(&self.base, |s| &s.text)[at];
        if let Some(known) = self.known.get(name) {
            return known.clone();
        }
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        let name: Rc<str> = name.into();
        self.known.insert(name.clone());
        name
    }

    fn read_start_tag(&mut self, found: &mut Vec<scan::Attribute>) -> Step<bool> {
        let here = self.here();
        let tag = match scan::start_tag(self.text(), here, self.namespaces(), found) {
            Ok(tag) => tag,
            Err(stop) => return self.stopped(stop),
        };
        let raw = self.name_at(tag.name);
        let mut attributes: Vec<(Rc<str>, String)> = Vec::with_capacity(found.len());
        let (mut binds, mut prefixed) = (false, false);
        for a in found.iter() {
            let name = self.name_at(a.name.clone());
            if attributes.iter().any(|(n, _)| *n == name) {
                return Err(self.wrong(a.name.start, Code::DUPLICATE_ATTRIBUTE));
            }
            let value = &self.text()[a.value.clone()];
            let value = if scan::is_plain_value(value) {
                value.to_owned()
            } else {
                let value = value.to_owned();
                match self.attribute_value(&value, true) {
                    Ok(value) => value,
                    Err((code, None)) => return Err(self.wrong(here, code)),
                    Err((code, Some(offset))) => return Err(self.wrong(a.value.start + offset, code)),
                }
            };
            binds |= name.starts_with("xmlns");
            prefixed |= name.contains(':');
            attributes.push((name, value));
        }
        let mut specified = attributes.len();
        if !self.dtd.attributes.is_empty()
            && let Some(declared) = self.dtd.attributes.get(&*raw)
        {
            for d in declared {
                match (attributes.iter_mut().find(|(n, _)| **n == *d.name), &d.default) {
                    (Some((_, value)), _) if !d.is_cdata => *value = single_spaced(value),
                    (None, Some(default)) => {
                        binds |= d.name.starts_with("xmlns");
                        prefixed |= d.name.contains(':');
                        attributes.push((d.name.as_str().into(), default.clone()));
                    }
                    _ => {}
                }
            }
        }
        self.consume(tag.end);
        let mut name = raw.clone();
        let mut bound = 0;
        if self.namespaces() {
            if binds {
                bound = self.bind_namespaces(&mut attributes, &mut specified)?;
            }
            if !self.names.bindings.is_empty() || raw.contains(':') {
                name = self.expanded(&raw, true)?.into();
            }
            for i in 0..if prefixed { attributes.len() } else { 0 } {
                let full = self.expanded(&attributes[i].0, false)?;
                if attributes[..i].iter().any(|(n, _)| **n == *full) {
                    return Err(Code::DUPLICATE_ATTRIBUTE);
                }
                if full != *attributes[i].0 {
                    attributes[i].0 = full.into();
                }
            }
        }
        self.open.try_reserve(1).map_err(|_| Code::NO_MEMORY)?;
        self.open.push(Open { raw, name: name.clone(), namespaces: bound });
        self.emit(Event::Start { name, attributes, specified });
        if tag.empty {
            let place = self.place_ahead(tag.end);
            self.close(place, true);
        }
        Ok(true)
    }

    /// Takes `xmlns` attributes out of a tag's; how many there were.
    fn bind_namespaces(&mut self, attributes: &mut Vec<(Rc<str>, String)>, specified: &mut usize) -> Step<usize> {
        let mut kept = Vec::with_capacity(attributes.len());
        let (mut bound, mut own) = (0, 0);
        for (i, (name, value)) in std::mem::take(attributes).into_iter().enumerate() {
            let prefix = match name.strip_prefix("xmlns") {
                Some("") => None,
                Some(rest) if rest.starts_with(':') => Some(rest[1..].to_owned()),
                _ => {
                    own += usize::from(i < *specified);
                    kept.push((name, value));
                    continue;
                }
            };
            let uri = (!value.is_empty()).then_some(value);
            match prefix.as_deref() {
                Some("xmlns") => return Err(Code::RESERVED_PREFIX_XMLNS),
                Some("xml") if uri.as_deref() != Some(XML_URI) => return Err(Code::RESERVED_PREFIX_XML),
                Some("xml") => {}
                Some(_) if uri.is_none() => return Err(Code::UNDECLARING_PREFIX),
                _ if matches!(uri.as_deref(), Some(XML_URI | XMLNS_URI)) => return Err(Code::RESERVED_NAMESPACE_URI),
                _ => {}
            }
            bound += 1;
            self.names.bindings.push((prefix.clone(), uri.clone()));
            self.emit(Event::StartNamespace { prefix, uri });
        }
        (*attributes, *specified) = (kept, own);
        Ok(bound)
    }

    /// A name with the URI that its prefix stands for.
    fn expanded(&self, raw: &str, is_element: bool) -> Step<String> {
        let (prefix, local) = match raw.split_once(':') {
            Some((prefix, local)) => (Some(prefix), local),
            None if is_element => (None, raw),
            None => return Ok(raw.to_owned()),
        };
        let separator = self.names.separator.as_deref().unwrap_or("");
        let found = self.names.bindings.iter().rev().find(|(p, _)| p.as_deref() == prefix);
        let uri = match (found, prefix) {
            (Some((_, uri)), _) => uri.as_deref(),
            (None, Some("xml")) => Some(XML_URI),
            (None, Some(_)) => return Err(Code::UNBOUND_PREFIX),
            (None, None) => None,
        };
        Ok(match (uri, prefix) {
            (None, _) => local.to_owned(),
            (Some(uri), Some(prefix)) if self.names.prefixes => format!("{uri}{separator}{local}{separator}{prefix}"),
            (Some(uri), _) => format!("{uri}{separator}{local}"),
        })
    }

    /// The value of an attribute: references resolved, white space normalised. An error has the offset of the reference
    /// that is wrong, or belongs to the tag.
    pub(super) fn attribute_value(&mut self, raw: &str, is_cdata: bool) -> Result<String, (Code, Option<usize>)> {
        let mut out = String::with_capacity(raw.len());
        let mut open = Vec::new();
        self.append_value(raw, &mut out, &mut open)?;
        Ok(if is_cdata { out } else { single_spaced(&out) })
    }

    fn append_value(
        &mut self,
        raw: &str,
        out: &mut String,
        open: &mut Vec<String>,
    ) -> Result<(), (Code, Option<usize>)> {
        let top = open.is_empty();
        let mut at = 0;
        while let Some(c) = raw[at..].chars().next() {
            match c {
                '\r' => {
                    at += if raw[at..].starts_with("\r\n") { 2 } else { 1 };
                    out.push(' ');
                }
                ' ' | '\n' | '\t' => {
                    at += 1;
                    out.push(' ');
                }
                '<' => return Err((Code::INVALID_TOKEN, top.then_some(at))),
                '&' => {
                    let (found, end) =
                        scan::reference(raw, at, false).map_err(|_| (Code::INVALID_TOKEN, top.then_some(at)))?;
                    match found {
                        Reference::Char(Some(c)) => out.push(c),
                        Reference::Char(None) => return Err((Code::BAD_CHAR_REF, top.then_some(at))),
                        Reference::Entity(name_end) => {
                            let name = &raw[at + 1..name_end];
                            match predefined(name) {
                                Some(c) => out.push(c),
                                None => self.append_entity(name, out, open)?,
                            }
                        }
                    }
                    at = end;
                }
                c => {
                    at += c.len_utf8();
                    out.push(c);
                }
            }
        }
        Ok(())
    }

    fn append_entity(
        &mut self,
        name: &str,
        out: &mut String,
        open: &mut Vec<String>,
    ) -> Result<(), (Code, Option<usize>)> {
        if open.iter().any(|o| o == name) {
            return Err((Code::RECURSIVE_ENTITY_REF, None));
        }
        match self.dtd.entities.get(name).cloned() {
            None if !self.dtd.elsewhere || self.dtd.standalone => Err((Code::UNDEFINED_ENTITY, None)),
            None => Ok(()),
            Some(Entity::Unparsed) => Err((Code::BINARY_ENTITY_REF, None)),
            Some(Entity::External { .. }) => Err((Code::ATTRIBUTE_EXTERNAL_ENTITY_REF, None)),
            Some(Entity::Internal(text)) => {
                // Entities in entities nest as deep as there are declarations.
                if open.len() > 200 {
                    return Err((Code::AMPLIFICATION_LIMIT_BREACH, None));
                }
                self.amplify(text.len()).map_err(|code| (code, None))?;
                open.push(name.to_owned());
                self.append_value(&text, out, open)?;
                open.pop();
                Ok(())
            }
        }
    }
}

/// The words of an attribute that is a list of them.
fn single_spaced(value: &str) -> String {
    value.split(' ').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The entities that are always there.
pub(super) fn predefined(name: &str) -> Option<char> {
    Some(match name {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}
