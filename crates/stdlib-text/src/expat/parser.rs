//! `xmlparser`: hands events to handlers.

use super::dtd::Model;
use super::engine::{Declared, Engine, Event, External, Kind, Names, Place};
use super::error::Code;
use super::input::Encoding;
use super::raise;
use std::rc::Rc;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Bytes, Raised, Str, Trace, TypeCell, Visitor};
use taipan_vm::native::{ClassDef, GetSetDef};
use taipan_vm::{Dict, Ref, Result, Value, Vm, name};

/// `pyexpat.xmlparser`.
pub static PARSER: TypeCell<XmlParser> = TypeCell::new("pyexpat.xmlparser");

impl Trace for Engine {
    fn trace(&self, _: &mut Visitor<'_>) {}
}

/// A parser with its handlers.
#[derive(Trace, Payload)]
#[payload(class = PARSER)]
#[repr(C)]
pub struct XmlParser {
    engine: Box<Engine>,
    handlers: Vec<Option<Value>>,
    intern: Option<Ref<Dict>>,
    base: Option<Value>,
    /// The parser of the document that refers to this one's.
    parent: Option<Value>,
    /// An encoding given from outside that has to be looked up.
    asked: Option<String>,
    ordered_attributes: bool,
    specified_attributes: bool,
    buffer_text: bool,
    buffer_size: usize,
    buffer: String,
    reparse_deferral: bool,
    in_handler: bool,
    error: u8,
    /// A handler has raised, or there was an error.
    broken: bool,
}

macro_rules! handlers {
    ($($index:literal $constant:ident $name:literal)*) => {
        $(const $constant: usize = $index;)*
        const HANDLERS: usize = [$($name),*].len();
        static HANDLER_ATTRIBUTES: [GetSetDef; HANDLERS] = [$(GetSetDef {
            name: $name,
            doc: "",
            get: |vm, this| {
                let this = receiver(vm, this)?;
                Ok(this.get(vm).handlers[$index].clone().unwrap_or_else(Value::none))
            },
            set: Some(|vm, this, value| {
                let this = receiver(vm, this)?.clone();
                set_handler(vm, &this, $index, value)
            }),
            member: false,
        }),*];
    };
}

handlers! {
    0 START_ELEMENT "StartElementHandler"
    1 END_ELEMENT "EndElementHandler"
    2 INSTRUCTION "ProcessingInstructionHandler"
    3 TEXT "CharacterDataHandler"
    4 UNPARSED "UnparsedEntityDeclHandler"
    5 NOTATION "NotationDeclHandler"
    6 START_NAMESPACE "StartNamespaceDeclHandler"
    7 END_NAMESPACE "EndNamespaceDeclHandler"
    8 COMMENT "CommentHandler"
    9 START_CDATA "StartCdataSectionHandler"
    10 END_CDATA "EndCdataSectionHandler"
    11 DEFAULT "DefaultHandler"
    12 DEFAULT_EXPAND "DefaultHandlerExpand"
    13 NOT_STANDALONE "NotStandaloneHandler"
    14 EXTERNAL "ExternalEntityRefHandler"
    15 START_DOCTYPE "StartDoctypeDeclHandler"
    16 END_DOCTYPE "EndDoctypeDeclHandler"
    17 ENTITY "EntityDeclHandler"
    18 XML_DECL "XmlDeclHandler"
    19 ELEMENT "ElementDeclHandler"
    20 ATTLIST "AttlistDeclHandler"
    21 SKIPPED "SkippedEntityHandler"
}

const BUFFER_SIZE: usize = 8192;

fn receiver<'a>(vm: &mut Vm, this: &'a Value) -> Result<&'a Ref<XmlParser>> {
    match this.downcast::<XmlParser>() {
        Some(this) => Ok(this),
        None => Err(vm.raise_wrong_receiver("__get__", this)),
    }
}

fn set_handler(vm: &mut Vm, this: &Ref<XmlParser>, index: usize, value: Option<&Value>) -> Result<()> {
    let Some(value) = value else { return Err(vm.raise_runtime_error("Cannot delete attribute")) };
    if index == TEXT {
        flush(vm, this)?;
    }
    let p = this.get_mut(vm);
    let old = p.handlers[index].replace(value.clone());
    if value.is_none() {
        p.handlers[index] = None;
    }
    match index {
        DEFAULT => p.engine.expand = value.is_none(),
        DEFAULT_EXPAND => p.engine.expand = true,
        _ => {}
    }
    drop(old);
    Ok(())
}

/// A new parser.
pub fn create(vm: &mut Vm, encoding: Option<String>, separator: Option<String>, intern: Option<&Value>) -> Result {
    let intern = match intern {
        None => Some(vm.new_dict()?),
        Some(v) if v.is_none() => None,
        Some(v) => match v.downcast::<Dict>() {
            Some(d) => Some(d.clone()),
            None => return Err(vm.raise_type_error("intern must be a dictionary")),
        },
    };
    let names = Names { separator, ..Names::default() };
    let mut engine = Engine::new(Kind::Document, names);
    let known = encoding.as_deref().map(Encoding::known);
    let asked = if let Some(Some(known)) = known {
        engine.input.encoding = Some(known);
        None
    } else {
        encoding
    };
    make(vm, engine, intern, asked)
}

fn make(vm: &mut Vm, engine: Engine, intern: Option<Ref<Dict>>, asked: Option<String>) -> Result {
    let parser = XmlParser {
        engine: Box::new(engine),
        handlers: vec![None; HANDLERS],
        intern,
        base: None,
        parent: None,
        asked,
        ordered_attributes: false,
        specified_attributes: false,
        buffer_text: false,
        buffer_size: BUFFER_SIZE,
        buffer: String::new(),
        reparse_deferral: true,
        in_handler: false,
        error: 0,
        broken: false,
    };
    Ref::new(vm, parser).map(Ref::into_value)
}

fn fail(vm: &mut Vm, this: &Ref<XmlParser>, code: Code) -> Raised {
    let p = this.get_mut(vm);
    p.error = code.0;
    p.broken = true;
    let place = p.engine.event();
    raise(vm, code, place)
}

/// Calls a handler, if it is set.
fn call(vm: &mut Vm, this: &Ref<XmlParser>, index: usize, args: &[Value]) -> Result<Option<Value>> {
    let Some(handler) = this.get(vm).handlers[index].clone() else { return Ok(None) };
    if index != TEXT {
        flush(vm, this)?;
    }
    this.get_mut(vm).in_handler = true;
    let result = vm.call(&handler, args);
    this.get_mut(vm).in_handler = false;
    if result.is_err() {
        this.get_mut(vm).broken = true;
    }
    result.map(Some)
}

/// Hands over the text that was kept back.
fn flush(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<()> {
    if this.get(vm).buffer.is_empty() {
        return Ok(());
    }
    let text = std::mem::take(&mut this.get_mut(vm).buffer);
    let text = vm.new_str(&text)?.into_value();
    call(vm, this, TEXT, &[text]).map(drop)
}

/// Text: the character, or what the last event was made of.
fn text(vm: &mut Vm, this: &Ref<XmlParser>, one: Option<char>) -> Result<()> {
    let p = this.get(vm);
    if p.handlers[TEXT].is_none() {
        return default(vm, this);
    }
    let mut room = [0; 4];
    let one = one.map(|c| &*c.encode_utf8(&mut room));
    if p.buffer_text {
        let (len, size) = (one.unwrap_or(p.engine.raw()).len(), p.buffer_size);
        if p.buffer.len() + len > size {
            flush(vm, this)?;
        }
        if len <= size {
            let p = this.get_mut(vm);
            p.buffer.push_str(one.unwrap_or(p.engine.raw()));
            return Ok(());
        }
    }
    let new = vm.new_str(one.unwrap_or(this.get(vm).engine.raw()))?.into_value();
    call(vm, this, TEXT, &[new]).map(drop)
}

/// Gives what no handler wants to the default handler.
fn default(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<()> {
    let raw = this.get(vm).engine.raw().to_owned();
    default_text(vm, this, &raw)
}

fn default_text(vm: &mut Vm, this: &Ref<XmlParser>, raw: &str) -> Result<()> {
    let handlers = &this.get(vm).handlers;
    let index = if handlers[DEFAULT_EXPAND].is_some() { DEFAULT_EXPAND } else { DEFAULT };
    if handlers[index].is_none() || raw.is_empty() {
        return Ok(());
    }
    let raw = vm.new_str(raw)?.into_value();
    call(vm, this, index, &[raw]).map(drop)
}

/// The same for a declaration, token by token.
fn default_tokens(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<()> {
    let handlers = &this.get(vm).handlers;
    if handlers[DEFAULT_EXPAND].is_none() && handlers[DEFAULT].is_none() {
        return Ok(());
    }
    let raw = this.get(vm).engine.raw().to_owned();
    let mut rest = raw.as_str();
    while let Some(c) = rest.chars().next() {
        let plain = |c: char| !super::scan::is_space(c) && !"<>[]()\"'|,*+?".contains(c);
        let run =
            |from: usize, f: &dyn Fn(char) -> bool| rest[from..].find(|c: char| !f(c)).map_or(rest.len(), |i| from + i);
        let n = match c {
            c if super::scan::is_space(c) => run(0, &super::scan::is_space),
            '"' | '\'' => rest[1..].find(c).map_or(rest.len(), |i| i + 2),
            '<' => run(1, &plain),
            c if plain(c) => run(0, &plain),
            c => c.len_utf8(),
        };
        default_text(vm, this, &rest[..n])?;
        rest = &rest[n..];
    }
    Ok(())
}

fn optional(vm: &mut Vm, text: Option<&str>) -> Result {
    match text {
        Some(t) => vm.new_str(t).map(Ref::into_value),
        None => Ok(Value::none()),
    }
}

/// A name, the same object each time.
fn interned(vm: &mut Vm, this: &Ref<XmlParser>, text: &str) -> Result {
    let made = vm.new_str(text)?.into_value();
    let Some(dict) = this.get(vm).intern.clone() else { return Ok(made) };
    if let Some(known) = vm.dict_get(&dict, &made)? {
        return Ok(known);
    }
    vm.dict_set(&dict, &made, made.clone())?;
    Ok(made)
}

fn interned_or_none(vm: &mut Vm, this: &Ref<XmlParser>, text: Option<&str>) -> Result {
    match text {
        Some(t) => interned(vm, this, t),
        None => Ok(Value::none()),
    }
}

fn model_value(vm: &mut Vm, this: &Ref<XmlParser>, model: &Model) -> Result {
    let mut children = Vec::with_capacity(model.children.len());
    for child in &model.children {
        children.push(model_value(vm, this, child)?);
    }
    let children = vm.new_tuple(children)?.into_value();
    let name = interned_or_none(vm, this, model.name.as_deref())?;
    let numbers = [model.kind, model.quantifier].map(|n| Value::from_i32(i32::from(n)));
    let [kind, quantifier] = numbers;
    vm.new_tuple(vec![kind, quantifier, name, children]).map(Ref::into_value)
}

fn start_element(
    vm: &mut Vm,
    this: &Ref<XmlParser>,
    name: &str,
    attributes: &[(Rc<str>, String)],
    specified: usize,
) -> Result<()> {
    let p = this.get(vm);
    if p.handlers[START_ELEMENT].is_none() {
        return default(vm, this);
    }
    let ordered = p.ordered_attributes;
    let shown = if p.specified_attributes { &attributes[..specified.min(attributes.len())] } else { attributes };
    let name = interned(vm, this, name)?;
    let container = if ordered {
        let mut all = Vec::with_capacity(2 * shown.len());
        for (key, value) in shown {
            all.push(interned(vm, this, key)?);
            all.push(vm.new_str(value)?.into_value());
        }
        vm.new_list(all)?.into_value()
    } else {
        let all = vm.new_dict()?;
        for (key, value) in shown {
            let key = interned(vm, this, key)?;
            let value = vm.new_str(value)?.into_value();
            vm.dict_set(&all, &key, value)?;
        }
        all.into_value()
    };
    call(vm, this, START_ELEMENT, &[name, container]).map(drop)
}

/// The table of an encoding of one byte a character that Python knows.
pub fn look_up_encoding(vm: &mut Vm, name: &str) -> Result<Encoding> {
    let all: Vec<u8> = (0..=255).collect();
    let bytes = vm.new_bytes(&all)?.into_value();
    let (name, errors) = (vm.new_str(name)?.into_value(), vm.new_str("replace")?.into_value());
    let decoded = vm.call_method(&bytes, name!("decode"), &[name, errors])?;
    let text = decoded.downcast::<Str>().map(|t| t.to_string_lossy()).unwrap_or_default();
    let mut table = Box::new([None; 256]);
    let mut n = 0;
    for c in text.chars() {
        if let Some(entry) = table.get_mut(n) {
            *entry = Some(c).filter(|c| *c != '\u{fffd}');
        }
        n += 1;
    }
    if n != 256 {
        return Err(vm.raise_value_error("multi-byte encodings are not supported"));
    }
    Ok(Encoding::Table(table))
}

/// A handler's answer: whether it is a number other than 0.
fn agreed(vm: &mut Vm, answer: Option<Value>) -> Result<bool> {
    match answer {
        None => Ok(true),
        Some(v) => Ok(vm.to_index_i64(&v, "long")? != 0),
    }
}

fn handle(vm: &mut Vm, this: &Ref<XmlParser>, event: Event) -> Result<()> {
    let has = |vm: &Vm, index: usize| this.get(vm).handlers[index].is_some();
    match event {
        Event::Run => text(vm, this, None),
        Event::Char(c) => text(vm, this, Some(c)),
        Event::Start { name, attributes, specified } => start_element(vm, this, &name, &attributes, specified),
        Event::End { name, empty } => {
            if !has(vm, END_ELEMENT) {
                // What a single tag is made of was shown where it began.
                return if empty { Ok(()) } else { default(vm, this) };
            }
            let name = interned(vm, this, &name)?;
            call(vm, this, END_ELEMENT, &[name]).map(drop)
        }
        Event::Encoding(name) => {
            let found = look_up_encoding(vm, &name);
            if found.is_err() {
                this.get_mut(vm).broken = true;
            }
            let encoding = found?;
            if !encoding.reads_markup() {
                return Err(fail(vm, this, Code::UNKNOWN_ENCODING));
            }
            this.get_mut(vm).engine.set_encoding(encoding);
            Ok(())
        }
        Event::External(external) => {
            if !has(vm, EXTERNAL) {
                return default(vm, this);
            }
            let External { context, system, public } = *external;
            let context = optional(vm, context.as_deref())?;
            let base = this.get(vm).base.clone().unwrap_or_else(Value::none);
            let system = interned_or_none(vm, this, system.as_deref())?;
            let public = interned_or_none(vm, this, public.as_deref())?;
            let answer = call(vm, this, EXTERNAL, &[context, base, system, public])?;
            if agreed(vm, answer)? { Ok(()) } else { Err(fail(vm, this, Code::EXTERNAL_ENTITY_HANDLING)) }
        }
        Event::NotStandalone => {
            let answer = call(vm, this, NOT_STANDALONE, &[])?;
            if agreed(vm, answer)? { Ok(()) } else { Err(fail(vm, this, Code::NOT_STANDALONE)) }
        }
        Event::Other => default(vm, this),
        Event::Declared(new) => declared(vm, this, Some(*new)),
        Event::EndDoctype => declared(vm, this, None),
        other => simple(vm, this, other),
    }
}

/// Events whose handler, if it is not set, leaves them to the default handler as they are.
fn simple(vm: &mut Vm, this: &Ref<XmlParser>, event: Event) -> Result<()> {
    let (index, args) = match event {
        Event::XmlDecl { version, encoding, standalone } => {
            let version = optional(vm, version.as_deref())?;
            let encoding = optional(vm, encoding.as_deref())?;
            (XML_DECL, vec![version, encoding, Value::from_i32(standalone)])
        }
        Event::StartNamespace { prefix, uri } => {
            let prefix = interned_or_none(vm, this, prefix.as_deref())?;
            (START_NAMESPACE, vec![prefix, interned_or_none(vm, this, uri.as_deref())?])
        }
        Event::EndNamespace { prefix } => (END_NAMESPACE, vec![interned_or_none(vm, this, prefix.as_deref())?]),
        Event::Instruction { target, data } => {
            let target = interned(vm, this, &target)?;
            (INSTRUCTION, vec![target, vm.new_str(&data)?.into_value()])
        }
        Event::Comment(text) => (COMMENT, vec![vm.new_str(&text)?.into_value()]),
        Event::StartCdata => (START_CDATA, Vec::new()),
        Event::EndCdata => (END_CDATA, Vec::new()),
        Event::Skipped { name, parameter } => {
            (SKIPPED, vec![interned(vm, this, &name)?, Value::from_i32(i32::from(parameter))])
        }
        _ => return Ok(()),
    };
    match call(vm, this, index, &args)? {
        None if !matches!(index, START_NAMESPACE | END_NAMESPACE) => default(vm, this),
        _ => Ok(()),
    }
}

/// Declarations, whose tokens the default handler gets one by one, and the end of a document type.
fn declared(vm: &mut Vm, this: &Ref<XmlParser>, new: Option<Declared>) -> Result<()> {
    let base = this.get(vm).base.clone().unwrap_or_else(Value::none);
    let (index, args) = match new {
        Some(Declared::StartDoctype { name, system, public, internal }) => {
            let name = interned(vm, this, &name)?;
            let system = interned_or_none(vm, this, system.as_deref())?;
            let public = interned_or_none(vm, this, public.as_deref())?;
            (START_DOCTYPE, vec![name, system, public, Value::from_i32(i32::from(internal))])
        }
        None => (END_DOCTYPE, Vec::new()),
        Some(Declared::Entity { name, parameter, value, system, public, notation }) => {
            let name = interned(vm, this, &name)?;
            let value = optional(vm, value.as_deref())?;
            let system = interned_or_none(vm, this, system.as_deref())?;
            let public = interned_or_none(vm, this, public.as_deref())?;
            let unparsed = notation.is_some() && this.get(vm).handlers[UNPARSED].is_some();
            let notation = interned_or_none(vm, this, notation.as_deref())?;
            if unparsed {
                (UNPARSED, vec![name, base, system, public, notation])
            } else {
                let parameter = Value::from_i32(i32::from(parameter));
                (ENTITY, vec![name, parameter, value, base, system, public, notation])
            }
        }
        Some(Declared::Notation { name, system, public }) => {
            let name = interned(vm, this, &name)?;
            let system = interned_or_none(vm, this, system.as_deref())?;
            (NOTATION, vec![name, base, system, interned_or_none(vm, this, public.as_deref())?])
        }
        Some(Declared::Element { name, model }) => {
            let name = interned(vm, this, &name)?;
            (ELEMENT, vec![name, model_value(vm, this, &model)?])
        }
        Some(Declared::Attribute { element, name, kind, default, required }) => {
            let element = interned(vm, this, &element)?;
            let name = interned(vm, this, &name)?;
            let kind = interned(vm, this, &kind)?;
            let default = optional(vm, default.as_deref())?;
            (ATTLIST, vec![element, name, kind, default, Value::from_i32(i32::from(required))])
        }
    };
    match call(vm, this, index, &args)? {
        // Without brackets the end is part of what the beginning has shown.
        None if index != END_DOCTYPE || this.get(vm).engine.raw().starts_with(']') => default_tokens(vm, this),
        _ => Ok(()),
    }
}

/// Reads what has arrived.
fn run(vm: &mut Vm, this: &Ref<XmlParser>, data: &[u8], last: bool) -> Result<()> {
    if let Some(asked) = this.get_mut(vm).asked.take() {
        let encoding = look_up_encoding(vm, &asked)?;
        this.get_mut(vm).engine.set_encoding(encoding);
    }
    // The engine cannot be refused memory for text, names and events.
    taipan_object::room::probe(data.len().saturating_mul(16))?;
    let p = this.get_mut(vm);
    if p.broken || p.engine.is_done() {
        return Err(fail(vm, this, Code::FINISHED));
    }
    if let Err(code) = p.engine.feed(data, last) {
        return Err(fail(vm, this, code));
    }
    loop {
        match this.get_mut(vm).engine.next_event() {
            Ok(Some(event)) => handle(vm, this, event)?,
            Ok(None) => break,
            Err(code) => {
                flush(vm, this)?;
                return Err(fail(vm, this, code));
            }
        }
    }
    flush(vm, this)?;
    if last
        && let Some(parent) = this.get(vm).parent.clone()
        && let Some(parent) = parent.downcast::<XmlParser>()
    {
        let dtd = this.get(vm).engine.declarations();
        parent.get_mut(vm).engine.adopt(dtd);
    }
    Ok(())
}

fn place(vm: &mut Vm, this: &Ref<XmlParser>) -> Place {
    this.get_mut(vm).engine.event()
}

/// Methods of `xmlparser`.
pub struct XmlParserClass;

/// XML parser
#[class(cell = PARSER, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl XmlParserClass {
    /// Parse XML data.
    ///
    /// 'isfinal' should be true at end of input.
    #[method("($self, data, isfinal=False, /)")]
    fn Parse(vm: &mut Vm, this: &Ref<XmlParser>, data: &Value, isfinal: Option<bool>) -> Result<i32> {
        if this.get(vm).in_handler {
            return Err(vm.raise_runtime_error("cannot call Parse() from within a handler"));
        }
        let bytes = match data.downcast::<Str>() {
            Some(text) => {
                let bytes = match text.to_utf8() {
                    Some(utf8) => utf8.as_bytes().to_vec(),
                    None => return Err(vm.raise_surrogates_not_allowed(text)),
                };
                let p = this.get_mut(vm);
                if !p.engine.has_begun() {
                    p.asked = None;
                    p.engine.input.encoding = Some(Encoding::Utf8);
                }
                bytes
            }
            None => vm.bytes_of(data)?,
        };
        run(vm, this, &bytes, isfinal.unwrap_or(false))?;
        Ok(1)
    }

    /// Parse XML data from file-like object.
    #[method("($self, file, /)")]
    fn ParseFile(vm: &mut Vm, this: &Ref<XmlParser>, file: &Value) -> Result<i32> {
        let Some(read) = vm.get_attr_opt(file, name!("read"))? else {
            return Err(vm.raise_type_error("argument must have 'read' attribute"));
        };
        loop {
            let piece = vm.call(&read, &[Value::from_i32(2048)])?;
            if piece.downcast::<Bytes>().is_none() && !vm.is_bytes_like(&piece) {
                let given = piece.ty().name();
                let text = format!("read() did not return a bytes object (type={given})");
                return Err(vm.raise_type_error(&text));
            }
            let bytes = vm.bytes_of(&piece)?;
            run(vm, this, &bytes, bytes.is_empty())?;
            if bytes.is_empty() {
                return Ok(1);
            }
        }
    }

    /// Set the base URL for the parser.
    #[method("($self, base, /)")]
    fn SetBase(vm: &mut Vm, this: &Ref<XmlParser>, base: &Ref<Str>) -> Result<()> {
        drop(this.get_mut(vm).base.replace(base.to_value()));
        Ok(())
    }

    /// Return base URL string for the parser.
    #[method("($self, /)")]
    fn GetBase(vm: &mut Vm, this: &Ref<XmlParser>) -> Result {
        Ok(this.get(vm).base.clone().unwrap_or_else(Value::none))
    }

    /// Return the untranslated text of the input that caused the current event.
    ///
    /// If the event was generated by a large amount of text (such as a start tag
    /// for an element with many attributes), not all of the text may be available.
    #[method("($self, /)")]
    fn GetInputContext(vm: &mut Vm, this: &Ref<XmlParser>) -> Result {
        if !this.get(vm).in_handler {
            return Ok(Value::none());
        }
        let rest = this.get(vm).engine.rest().as_bytes().to_vec();
        vm.new_bytes(&rest).map(Ref::into_value)
    }

    /// Create a parser for parsing an external entity based on the information passed to the ExternalEntityRefHandler.
    #[method("($self, context, encoding=<unrepresentable>, /)")]
    fn ExternalEntityParserCreate(
        vm: &mut Vm,
        this: &Ref<XmlParser>,
        context: &Value,
        encoding: Option<&Ref<Str>>,
    ) -> Result {
        let context = match context.downcast::<Str>() {
            Some(text) => Some(text.to_string_lossy()),
            None if context.is_none() => None,
            None => {
                let given = context.ty().name();
                let text = format!("ExternalEntityParserCreate() argument 1 must be str or None, not {given}");
                return Err(vm.raise_type_error(&text));
            }
        };
        let p = this.get(vm);
        let mut engine = p.engine.for_external(context.as_deref());
        let intern = p.intern.clone();
        let mut asked = encoding.map(|e| e.to_string_lossy());
        if let Some(known) = asked.as_deref().and_then(Encoding::known) {
            engine.input.encoding = Some(known);
            asked = None;
        }
        let made = make(vm, engine, intern, asked)?;
        if let Some(new) = made.downcast::<XmlParser>() {
            let p = this.get(vm);
            let (handlers, base) = (p.handlers.clone(), p.base.clone());
            let flags = (p.ordered_attributes, p.specified_attributes, p.buffer_text, p.buffer_size);
            let new = new.get_mut(vm);
            (new.handlers, new.base) = (handlers, base);
            (new.ordered_attributes, new.specified_attributes, new.buffer_text, new.buffer_size) = flags;
            new.parent = Some(this.to_value());
        }
        Ok(made)
    }

    /// Controls parsing of parameter entities (including the external DTD subset).
    ///
    /// Possible flag values are XML_PARAM_ENTITY_PARSING_NEVER,
    /// XML_PARAM_ENTITY_PARSING_UNLESS_STANDALONE and
    /// XML_PARAM_ENTITY_PARSING_ALWAYS. Returns true if setting the flag
    /// was successful.
    #[method("($self, flag, /)")]
    fn SetParamEntityParsing(vm: &mut Vm, this: &Ref<XmlParser>, flag: i64) -> Result<i32> {
        this.get_mut(vm).engine.read_declarations = flag != 0;
        Ok(1)
    }

    /// Allows the application to provide an artificial external subset if one is not specified as part of the document instance.
    ///
    /// This readily allows the use of a 'default' document type controlled by the
    /// application, while still getting the advantage of providing document type
    /// information to the parser. 'flag' defaults to True if not provided.
    #[method("($self, flag=True, /)")]
    fn UseForeignDTD(vm: &mut Vm, this: &Ref<XmlParser>, flag: Option<bool>) -> Result<()> {
        if this.get(vm).engine.has_begun() {
            return Err(fail(vm, this, Code::CANT_CHANGE_FEATURE_ONCE_PARSING));
        }
        if flag.unwrap_or(true) {
            this.get_mut(vm).engine.dtd.elsewhere = true;
        }
        Ok(())
    }

    /// Enable/Disable reparse deferral; enabled by default with Expat >=2.6.0.
    #[method("($self, enabled, /)")]
    fn SetReparseDeferralEnabled(vm: &mut Vm, this: &Ref<XmlParser>, enabled: bool) -> Result<()> {
        let me = this.get_mut(vm);
        me.reparse_deferral = enabled;
        me.engine.deferral = enabled;
        Ok(())
    }

    /// Retrieve reparse deferral enabled status; always returns false with Expat <2.6.0.
    #[method("($self, /)")]
    fn GetReparseDeferralEnabled(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<bool> {
        Ok(this.get(vm).reparse_deferral)
    }

    #[getter(member)]
    fn intern(vm: &mut Vm, this: &Ref<XmlParser>) -> Result {
        Ok(this.get(vm).intern.clone().map_or_else(Value::none, Ref::into_value))
    }

    #[getter]
    fn buffer_size(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<usize> {
        Ok(this.get(vm).buffer_size)
    }

    #[setter]
    fn set_buffer_size(vm: &mut Vm, this: &Ref<XmlParser>, value: Option<&Value>) -> Result<()> {
        let Some(value) = value else { return Err(vm.raise_runtime_error("Cannot delete attribute")) };
        if value.as_int().is_none() {
            return Err(vm.raise_type_error("buffer_size must be an integer"));
        }
        let size = vm.to_index_isize(value)?;
        if size <= 0 {
            return Err(vm.raise_value_error("buffer_size must be greater than zero"));
        }
        if size > i32::MAX as isize {
            return Err(vm.raise_value_error("buffer_size must not be greater than 2147483647"));
        }
        flush(vm, this)?;
        this.get_mut(vm).buffer_size = size as usize;
        Ok(())
    }

    #[getter]
    fn buffer_used(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<usize> {
        Ok(this.get(vm).buffer.len())
    }

    #[getter]
    fn buffer_text(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<bool> {
        Ok(this.get(vm).buffer_text)
    }

    #[setter]
    fn set_buffer_text(vm: &mut Vm, this: &Ref<XmlParser>, value: Option<&Value>) -> Result<()> {
        let on = flag(vm, value)?;
        flush(vm, this)?;
        this.get_mut(vm).buffer_text = on;
        Ok(())
    }

    #[getter]
    fn namespace_prefixes(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<bool> {
        Ok(this.get(vm).engine.names.prefixes)
    }

    #[setter]
    fn set_namespace_prefixes(vm: &mut Vm, this: &Ref<XmlParser>, value: Option<&Value>) -> Result<()> {
        let on = flag(vm, value)?;
        this.get_mut(vm).engine.names.prefixes = on;
        Ok(())
    }

    #[getter]
    fn ordered_attributes(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<bool> {
        Ok(this.get(vm).ordered_attributes)
    }

    #[setter]
    fn set_ordered_attributes(vm: &mut Vm, this: &Ref<XmlParser>, value: Option<&Value>) -> Result<()> {
        let on = flag(vm, value)?;
        this.get_mut(vm).ordered_attributes = on;
        Ok(())
    }

    #[getter]
    fn specified_attributes(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<bool> {
        Ok(this.get(vm).specified_attributes)
    }

    #[setter]
    fn set_specified_attributes(vm: &mut Vm, this: &Ref<XmlParser>, value: Option<&Value>) -> Result<()> {
        let on = flag(vm, value)?;
        this.get_mut(vm).specified_attributes = on;
        Ok(())
    }

    #[getter]
    fn ErrorCode(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<i32> {
        Ok(i32::from(this.get(vm).error))
    }

    #[getter]
    fn ErrorLineNumber(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<usize> {
        Ok(place(vm, this).line)
    }

    #[getter]
    fn ErrorColumnNumber(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<usize> {
        Ok(place(vm, this).column)
    }

    #[getter]
    fn ErrorByteIndex(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<i64> {
        XmlParserClass::CurrentByteIndex(vm, this)
    }

    #[getter]
    fn CurrentLineNumber(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<usize> {
        Ok(place(vm, this).line)
    }

    #[getter]
    fn CurrentColumnNumber(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<usize> {
        Ok(place(vm, this).column)
    }

    #[getter]
    fn CurrentByteIndex(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<i64> {
        Ok(if this.get(vm).engine.has_begun() { place(vm, this).byte as i64 } else { -1 })
    }
}

fn flag(vm: &mut Vm, value: Option<&Value>) -> Result<bool> {
    match value {
        Some(v) => vm.is_truthy(v),
        None => Err(vm.raise_runtime_error("Cannot delete attribute")),
    }
}

/// The table of the class, without the handlers.
pub fn class_def() -> ClassDef {
    XmlParserClass::class_def()
}

/// Adds the attributes for handlers to the class, which are alike.
pub fn add_handlers(vm: &mut Vm) -> Result<()> {
    for def in &HANDLER_ATTRIBUTES {
        vm.add_native_attribute(PARSER.as_type(), def)?;
    }
    Ok(())
}
