//! The declarations between the brackets of a document type, or in a file of their own.

use super::dtd::{self, AttributeDecl, Cursor, Decl, Entity, Fault};
use super::engine::{Declared, Engine, Event, External, State, predefined};
use super::error::Code;
use super::scan::{self, Reference, Stop};

type Step<T> = Result<T, Code>;

impl Engine {
    /// Reads one declaration, or what stands between them.
    pub(super) fn subset(&mut self) -> Step<bool> {
        let here = self.here();
        let c = match scan::peek(self.text(), here) {
            Ok(c) => c,
            Err(stop) => return self.stop(stop),
        };
        match c {
            c if scan::is_space(c) => {
                let end = scan::skip_space(self.text(), here);
                self.consume(end);
                self.emit(Event::Other);
                Ok(true)
            }
            ']' if self.sources.is_empty() => {
                let close = scan::skip_space(self.text(), here + 1);
                match scan::peek(self.text(), close) {
                    Ok('>') => {
                        let place = self.place_ahead(close);
                        self.consume(close + 1);
                        self.end_doctype(place);
                        Ok(true)
                    }
                    Ok(_) => Err(self.wrong(close, Code::SYNTAX)),
                    Err(stop) => self.stop(stop),
                }
            }
            '%' => self.parameter_reference(),
            '<' => self.declaration(),
            c if scan::goes_on_name(c) || "\"'()|,>#[]+*?".contains(c) => Err(self.wrong(here, Code::SYNTAX)),
            _ => Err(self.wrong(here, Code::INVALID_TOKEN)),
        }
    }

    fn parameter_reference(&mut self) -> Step<bool> {
        let here = self.here();
        let end = match scan::name(self.text(), here + 1, None) {
            Ok(end) => end,
            Err(stop) => return self.stop(stop),
        };
        match scan::peek(self.text(), end) {
            Ok(';') => {}
            Ok(_) => return Err(self.wrong(end, Code::INVALID_TOKEN)),
            Err(stop) => return self.stop(stop),
        }
        let name = self.text()[here + 1..end].to_owned();
        self.consume(end + 1);
        self.dtd.elsewhere = true;
        if !self.read_declarations {
            self.dtd.unsure = true;
            self.emit(Event::Other);
            return Ok(true);
        }
        match self.dtd.parameters.get(&name).cloned() {
            Some(Entity::Internal(text)) => self.enter(format!("%{name}"), text)?,
            Some(Entity::External { system, public }) => {
                self.emit(External { context: None, system: Some(system), public }.into());
            }
            _ => {
                self.dtd.unsure = true;
                self.emit(Event::Skipped { name, parameter: true });
            }
        }
        Ok(true)
    }

    fn declaration(&mut self) -> Step<bool> {
        let here = self.here();
        match scan::peek(self.text(), here + 1) {
            Ok('?') => return self.instruction(),
            Ok('!') => {}
            Ok(_) => return Err(self.wrong(here + 1, Code::INVALID_TOKEN)),
            Err(stop) => return self.stop(stop),
        }
        match scan::goes_on(self.text(), here, "<!--") {
            Ok(true) => return self.comment(),
            Ok(false) => {}
            Err(stop) => return self.stop(stop),
        }
        let Some(end) = dtd::decl_end(self.text(), here) else { return self.stop(Stop::More) };
        let text = self.text()[..end].to_owned();
        let mut cursor = Cursor::new(&text, here + 2);
        let parsed = if cursor.word("ENTITY") {
            self.entity(&mut cursor, &text)
        } else if cursor.word("ELEMENT") {
            cursor.element()
        } else if cursor.word("NOTATION") {
            cursor.notation()
        } else if cursor.word("ATTLIST") {
            return self.attribute_list(&mut cursor, &text, end);
        } else {
            Err((Code::SYNTAX, here))
        };
        match parsed {
            Err((code, offset)) => Err(self.wrong(offset, code)),
            Ok(decl) => {
                let place = self.place_ahead(cursor.mark);
                self.consume(end);
                self.declare(decl, place);
                Ok(true)
            }
        }
    }

    fn declare(&mut self, decl: Decl, place: Option<usize>) {
        let counts = !self.dtd.unsure || self.dtd.standalone;
        let event = match decl {
            Decl::Element { name, model } => Declared::Element { name, model },
            Decl::Notation { name, system, public } => Declared::Notation { name, system, public },
            Decl::Entity { name, parameter, value, system, public, notation } => {
                let table = if parameter { &mut self.dtd.parameters } else { &mut self.dtd.entities };
                if !counts || table.contains_key(&name) || (!parameter && predefined(&name).is_some()) {
                    return self.emit(Event::Other);
                }
                let entity = match (&value, &notation, &system) {
                    (Some(text), ..) => Entity::Internal(text.clone()),
                    (None, Some(_), _) => Entity::Unparsed,
                    (None, None, system) => {
                        Entity::External { system: system.clone().unwrap_or_default(), public: public.clone() }
                    }
                };
                table.insert(name.clone(), entity);
                Declared::Entity { name, parameter, value, system, public, notation }
            }
        };
        self.emit_at(event.into(), place);
    }

    fn entity(&mut self, cursor: &mut Cursor<'_>, text: &str) -> Result<Decl, Fault> {
        cursor.need_space()?;
        let parameter = cursor.take('%');
        if parameter {
            cursor.need_space()?;
        }
        let name = cursor.name()?.to_owned();
        cursor.need_space()?;
        if let Some((public, system)) = cursor.external_id(false)? {
            let spaced = cursor.space();
            let mut notation = None;
            if spaced && !parameter && cursor.word("NDATA") {
                cursor.need_space()?;
                notation = Some(cursor.name()?.to_owned());
                let mark = cursor.mark;
                cursor.space();
                cursor.need('>')?;
                cursor.mark = mark;
            } else {
                cursor.need('>')?;
            }
            return Ok(Decl::Entity { name, parameter, value: None, system, public, notation });
        }
        let literal = cursor.literal()?;
        let value = self.entity_value(&text[literal.clone()], literal.start)?;
        let mark = cursor.mark;
        cursor.space();
        cursor.need('>')?;
        cursor.mark = mark;
        Ok(Decl::Entity { name, parameter, value: Some(value), system: None, public: None, notation: None })
    }

    /// The text that an entity stands for: numbers of characters are resolved, references to general entities stay.
    fn entity_value(&mut self, raw: &str, offset: usize) -> Result<String, Fault> {
        let mut out = String::with_capacity(raw.len());
        let mut at = 0;
        while let Some(c) = raw[at..].chars().next() {
            let bad = |i: usize| (Code::INVALID_TOKEN, offset + i);
            match c {
                '\r' => {
                    at += if raw[at..].starts_with("\r\n") { 2 } else { 1 };
                    out.push('\n');
                }
                '&' => {
                    let (found, end) = scan::reference(raw, at, false).map_err(|_| bad(at))?;
                    match found {
                        Reference::Char(Some(c)) => out.push(c),
                        Reference::Char(None) => return Err((Code::BAD_CHAR_REF, offset + at)),
                        Reference::Entity(_) => out.push_str(&raw[at..end]),
                    }
                    at = end;
                }
                '%' => {
                    let end = scan::name(raw, at + 1, None).map_err(|_| bad(at))?;
                    if !raw[end..].starts_with(';') {
                        return Err(bad(end));
                    }
                    if !self.is_declarations() && self.sources.is_empty() {
                        return Err((Code::PARAM_ENTITY_REF, offset + at));
                    }
                    if let Some(Entity::Internal(text)) = self.dtd.parameters.get(&raw[at + 1..end]) {
                        out.push_str(text);
                    }
                    at = end + 1;
                }
                c => {
                    at += c.len_utf8();
                    out.push(c);
                }
            }
        }
        Ok(out)
    }

    fn attribute_list(&mut self, cursor: &mut Cursor<'_>, text: &str, end: usize) -> Step<bool> {
        let element = match cursor.attlist_element() {
            Ok(element) => element,
            Err((code, offset)) => return Err(self.wrong(offset, code)),
        };
        let mut events = Vec::new();
        loop {
            let (name, kind, default, required) = match cursor.attribute() {
                Ok(Some(found)) => found,
                Ok(None) => break,
                Err((code, offset)) => return Err(self.wrong(offset, code)),
            };
            let is_cdata = kind == "CDATA";
            let default = match default {
                None => None,
                Some(range) => match self.attribute_value(&text[range.clone()], is_cdata) {
                    Ok(value) => Some(value),
                    Err((code, offset)) => return Err(self.wrong(range.start + offset.unwrap_or(0), code)),
                },
            };
            let place = self.place_ahead(cursor.mark);
            if !self.dtd.unsure || self.dtd.standalone {
                let known = self.dtd.attributes.entry(element.clone()).or_default();
                if !known.iter().any(|d| d.name == name) {
                    known.push(AttributeDecl { name: name.to_owned(), is_cdata, default: default.clone() });
                }
            }
            let (element, name) = (element.clone(), name.to_owned());
            events.push((Declared::Attribute { element, name, kind, default, required }, place));
        }
        self.consume(end);
        if events.is_empty() {
            self.emit(Event::Other);
        }
        for (event, place) in events {
            self.emit_at(event.into(), place);
        }
        debug_assert!(self.state == State::Subset);
        Ok(true)
    }
}
