//! `xml.etree.ElementTree.XMLParser`: the events of the parser of `pyexpat`, for a builder or any other target.

use crate::builder::{self, TREE_BUILDER, TreeBuilder};
use crate::shown_type;
use rustc_hash::FxHashMap;
use std::rc::Rc;
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::trace::Opaque;
use taipan_object::{Bytes, Dict, Raised, Str, TypeCell};
use taipan_stdlib_text::expat::engine::{Declared, Engine, Event, Kind, Names, Place};
use taipan_stdlib_text::expat::error::Code;
use taipan_stdlib_text::expat::input::Encoding;
use taipan_stdlib_text::expat::look_up_encoding;
use taipan_vm::errors::RUNTIME_WARNING;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::{Ref, Result, Type, Value, Vm, name};

/// `xml.etree.ElementTree.XMLParser`.
pub static XML_PARSER: TypeCell<XmlParser> = TypeCell::new("xml.etree.ElementTree.XMLParser");

/// Key of the exception.
pub const PARSE_ERROR: &str = "xml.etree.ElementTree.ParseError";

/// A parser; without an engine it has not been set up.
#[derive(Trace, Payload)]
#[payload(class = XML_PARSER)]
#[repr(C)]
pub struct XmlParser {
    engine: Opaque<Option<Box<Engine>>>,
    /// An encoding that has to be looked up.
    asked: Option<String>,
    target: Value,
    /// The target, if it is a plain builder.
    native: Option<Ref<TreeBuilder>>,
    entity: Option<Ref<Dict>>,
    /// Names as they are shown: strings, which no cycle leads through.
    names: Opaque<FxHashMap<Rc<str>, Value>>,
    /// Text that no more has come after.
    text: String,
    calls: Calls,
    /// Whether something has gone wrong, or is going on.
    broken: bool,
    busy: bool,
}

/// The methods of a target.
#[derive(Trace, Default)]
struct Calls {
    start_ns: Option<Value>,
    end_ns: Option<Value>,
    start: Option<Value>,
    data: Option<Value>,
    end: Option<Value>,
    comment: Option<Value>,
    pi: Option<Value>,
    close: Option<Value>,
    doctype: Option<Value>,
}

fn parse_error(vm: &mut Vm, code: u8, words: &str, place: Place) -> Raised {
    let Some(class) = vm.state().registry.get(PARSE_ERROR).and_then(|c| c.as_type_ref()).cloned() else {
        return vm.raise_runtime_error(words);
    };
    let made = (|| {
        let text = format!("{words}: line {}, column {}", place.line, place.column);
        let text = builder::text(vm, &text)?;
        let exception = vm.call(class.as_value(), &[text])?;
        vm.set_attr(&exception, name!("code"), Some(Value::from_i32(i32::from(code))))?;
        let (line, column) = (vm.new_uint(place.line as u64)?, vm.new_uint(place.column as u64)?);
        let position = vm.new_tuple(vec![line, column])?.into_value();
        vm.set_attr(&exception, name!("position"), Some(position))?;
        Ok(exception)
    })();
    match made {
        Ok(exception) => vm.raise(exception),
        Err(raised) => raised,
    }
}

/// Where the last event was.
fn place(parser: &mut XmlParser) -> Place {
    parser.engine.as_mut().map_or(Place { line: 1, column: 0, byte: 0 }, |e| e.event())
}

fn fail(vm: &mut Vm, this: &Ref<XmlParser>, code: Code) -> Raised {
    let me = this.get_mut(vm);
    me.broken = true;
    let place = place(me);
    parse_error(vm, code.0, code.words(), place)
}

/// A name as ElementTree shows it: `{uri}local`. The same object each time.
fn universal(vm: &mut Vm, this: &Ref<XmlParser>, raw: Rc<str>) -> Result {
    if let Some(known) = this.get(vm).names.get(&raw) {
        return Ok(known.clone());
    }
    let made = if raw.contains('}') { vm.new_str(&format!("{{{raw}"))? } else { vm.new_str(&raw)? };
    let made = made.into_value();
    this.get_mut(vm).names.insert(raw, made.clone());
    Ok(made)
}

/// Hands over the text that has come.
fn flush(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<()> {
    if this.get(vm).text.is_empty() {
        return Ok(());
    }
    let new = vm.new_str(&this.get(vm).text)?.into_value();
    this.get_mut(vm).text.clear();
    data(vm, this, new)
}

fn data(vm: &mut Vm, this: &Ref<XmlParser>, text: Value) -> Result<()> {
    if let Some(builder) = this.get(vm).native.clone() {
        return builder::data(vm, &builder, text);
    }
    call(vm, this, |c| &c.data, &[text]).map(drop)
}

fn call(vm: &mut Vm, this: &Ref<XmlParser>, which: fn(&Calls) -> &Option<Value>, args: &[Value]) -> Result {
    match which(&this.get(vm).calls).clone() {
        Some(method) => vm.call(&method, args),
        None => Ok(Value::none()),
    }
}

fn start(vm: &mut Vm, this: &Ref<XmlParser>, raw: Rc<str>, attributes: Vec<(Rc<str>, String)>) -> Result<()> {
    let tag = universal(vm, this, raw)?;
    let native = this.get(vm).native.clone();
    let attrib = if attributes.is_empty() && native.is_some() {
        None
    } else {
        let dict = vm.new_dict()?;
        for (key, value) in attributes {
            let key = universal(vm, this, key)?;
            let value = builder::text(vm, &value)?;
            vm.dict_set(&dict, &key, value)?;
        }
        Some(dict)
    };
    match (native, attrib) {
        (Some(builder), attrib) => builder::start(vm, &builder, &tag, attrib).map(drop),
        (None, Some(attrib)) => call(vm, this, |c| &c.start, &[tag, attrib.into_value()]).map(drop),
        (None, None) => Ok(()),
    }
}

fn optional(vm: &mut Vm, text: Option<String>) -> Result {
    match text {
        Some(text) => builder::text(vm, &text),
        None => Ok(Value::none()),
    }
}

/// A reference to an entity that the document does not declare.
fn entity(vm: &mut Vm, this: &Ref<XmlParser>, name: &str) -> Result<()> {
    let key = vm.new_str(name)?;
    let found = match this.get(vm).entity.clone() {
        Some(dict) => vm.dict_get(&dict, key.as_value())?,
        None => None,
    };
    match found {
        Some(value) => data(vm, this, value),
        None => {
            let me = this.get_mut(vm);
            me.broken = true;
            let place = place(me);
            let code = Code::UNDEFINED_ENTITY.0;
            Err(parse_error(vm, code, &format!("undefined entity &{name};"), place))
        }
    }
}

fn handle(vm: &mut Vm, this: &Ref<XmlParser>, event: Event) -> Result<()> {
    if matches!(event, Event::Run | Event::Char(_)) {
        let mut room = [0; 4];
        let me = this.get_mut(vm);
        let text = match &event {
            Event::Char(c) => c.encode_utf8(&mut room),
            _ => me.engine.as_ref().map_or("", |e| e.raw()),
        };
        if me.native.is_some() {
            if me.text.try_reserve(text.len()).is_err() {
                return Err(vm.raise_memory_error());
            }
            me.text.push_str(text);
            return Ok(());
        }
        let text = text.to_owned();
        let text = builder::text(vm, &text)?;
        return data(vm, this, text);
    }
    flush(vm, this)?;
    let native = this.get(vm).native.clone();
    match event {
        Event::Start { name, attributes, .. } => start(vm, this, name, attributes),
        Event::End { name, .. } => match native {
            Some(builder) => builder::end(vm, &builder).map(drop),
            None => {
                let tag = universal(vm, this, name)?;
                call(vm, this, |c| &c.end, &[tag]).map(drop)
            }
        },
        Event::Skipped { name, parameter: false } => entity(vm, this, &name),
        // Other files are not read: their entities are looked up like those that are not declared.
        Event::External(external) if external.context.is_some() => {
            let raw = this.get(vm).engine.as_ref().map(|e| e.raw().to_owned()).unwrap_or_default();
            match raw.strip_prefix('&').and_then(|r| r.strip_suffix(';')) {
                Some(name) => entity(vm, this, name),
                None => Ok(()),
            }
        }
        Event::Encoding(name) => {
            let found = look_up_encoding(vm, &name)?;
            if !found.reads_markup() {
                return Err(fail(vm, this, Code::UNKNOWN_ENCODING));
            }
            if let Some(engine) = this.get_mut(vm).engine.as_mut() {
                engine.set_encoding(found);
            }
            Ok(())
        }
        Event::Comment(text) => {
            if let Some(builder) = &native
                && !builder::wants(vm, builder).0
            {
                return Ok(());
            }
            let text = builder::text(vm, &text)?;
            match native {
                Some(builder) => builder::comment(vm, &builder, &text).map(drop),
                None => call(vm, this, |c| &c.comment, &[text]).map(drop),
            }
        }
        Event::Instruction { target, data } => {
            if let Some(builder) = &native
                && !builder::wants(vm, builder).1
            {
                return Ok(());
            }
            let (target, data) = (builder::text(vm, &target)?, builder::text(vm, &data)?);
            match native {
                Some(builder) => builder::instruction(vm, &builder, &target, &data).map(drop),
                None => call(vm, this, |c| &c.pi, &[target, data]).map(drop),
            }
        }
        Event::StartNamespace { prefix, uri } => {
            let prefix = builder::text(vm, prefix.as_deref().unwrap_or(""))?;
            let uri = builder::text(vm, uri.as_deref().unwrap_or(""))?;
            match native {
                Some(builder) => {
                    let node = vm.new_tuple(vec![prefix, uri])?.into_value();
                    builder::tell(vm, &builder, |e| &e.start_ns, node)
                }
                None => call(vm, this, |c| &c.start_ns, &[prefix, uri]).map(drop),
            }
        }
        Event::EndNamespace { prefix } => match native {
            Some(builder) => builder::tell(vm, &builder, |e| &e.end_ns, Value::none()),
            None => {
                let prefix = builder::text(vm, prefix.as_deref().unwrap_or(""))?;
                call(vm, this, |c| &c.end_ns, &[prefix]).map(drop)
            }
        },
        Event::Declared(new) if matches!(*new, Declared::StartDoctype { .. }) => {
            if this.get(vm).calls.doctype.is_some()
                && let Declared::StartDoctype { name, system, public, .. } = *new
            {
                let name = universal(vm, this, name.into())?;
                let (public, system) = (optional(vm, public)?, optional(vm, system)?);
                return call(vm, this, |c| &c.doctype, &[name, public, system]).map(drop);
            }
            if vm.get_attr_opt(this.as_value(), name!("doctype"))?.is_some() {
                let text = "The doctype() method of XMLParser is deprecated.  Define doctype() method on the \
                            TreeBuilder target.";
                vm.warn(RUNTIME_WARNING.as_type(), text, 1)?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Reads what has arrived.
fn run(vm: &mut Vm, this: &Ref<XmlParser>, bytes: &[u8], last: bool) -> Result<()> {
    if this.get(vm).busy {
        return Err(vm.raise_runtime_error("cannot call feed() or close() from within a handler"));
    }
    this.get_mut(vm).busy = true;
    let result = read(vm, this, bytes, last);
    let me = this.get_mut(vm);
    me.busy = false;
    if result.is_err() {
        me.broken = true;
    }
    result
}

fn read(vm: &mut Vm, this: &Ref<XmlParser>, bytes: &[u8], last: bool) -> Result<()> {
    if let Some(asked) = this.get_mut(vm).asked.take() {
        let encoding = look_up_encoding(vm, &asked)?;
        if let Some(engine) = this.get_mut(vm).engine.as_mut() {
            engine.set_encoding(encoding);
        }
    }
    // The engine cannot be refused memory for text, names and events.
    taipan_object::room::probe(bytes.len().saturating_mul(16))?;
    let me = this.get_mut(vm);
    let broken = me.broken;
    let fed = match me.engine.as_mut() {
        Some(engine) if !broken && !engine.is_done() => engine.feed(bytes, last),
        _ => Err(Code::FINISHED),
    };
    if let Err(code) = fed {
        return Err(fail(vm, this, code));
    }
    loop {
        let next = match this.get_mut(vm).engine.as_mut() {
            Some(engine) => engine.next_event(),
            None => Ok(None),
        };
        match next {
            Ok(Some(event)) => handle(vm, this, event)?,
            Ok(None) => break,
            Err(code) => {
                flush(vm, this)?;
                return Err(fail(vm, this, code));
            }
        }
    }
    Ok(())
}

/// Bytes of a string; the document is UTF-8 then, whatever it says itself.
fn utf8_of(vm: &mut Vm, this: &Ref<XmlParser>, text: &Ref<Str>) -> Result<Vec<u8>> {
    let Some(utf8) = text.to_utf8() else { return Err(vm.raise_surrogates_not_allowed(text)) };
    let bytes = taipan_object::room::copied(utf8.as_bytes())?;
    let me = this.get_mut(vm);
    if let Some(engine) = me.engine.as_mut()
        && !engine.has_begun()
    {
        me.asked = None;
        engine.input.encoding = Some(Encoding::Utf8);
    }
    Ok(bytes)
}

fn check(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<()> {
    if this.get(vm).engine.is_some() {
        return Ok(());
    }
    Err(vm.raise_value_error("XMLParser.__init__() wasn't called"))
}

/// The end of the document: what the target makes of it.
fn finish(vm: &mut Vm, this: &Ref<XmlParser>) -> Result {
    run(vm, this, b"", true)?;
    if let Some(builder) = this.get(vm).native.clone() {
        return Ok(builder::close(vm, &builder));
    }
    call(vm, this, |c| &c.close, &[])
}

fn empty() -> XmlParser {
    XmlParser {
        engine: Opaque(None),
        asked: None,
        target: Value::none(),
        native: None,
        entity: None,
        names: Opaque(FxHashMap::default()),
        text: String::new(),
        calls: Calls::default(),
        broken: false,
        busy: false,
    }
}

/// Methods of `XMLParser`.
pub struct XmlParserClass;

#[class(cell = XML_PARSER, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl XmlParserClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        Ref::new_in(vm, class, empty()).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "XMLParser",
            params: &["target", "encoding"],
            required: &[false; 2],
            required_count: 0,
            positional_only: 0,
            positional: 0,
        };
        let Some(this) = this.downcast::<XmlParser>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let [target, encoding] = bind::<2>(vm, &SIGNATURE, args)?;
        let mut parser = empty();
        let mut engine = Engine::new(Kind::Document, Names::separated_by("}"));
        if let Some(encoding) = encoding.filter(|e| !e.is_none()) {
            let Some(encoding) = encoding.downcast::<Str>() else {
                let given = shown_type(encoding);
                let text = format!("XMLParser() argument 'encoding' must be str or None, not {given}");
                return Err(vm.raise_type_error(&text));
            };
            let encoding = encoding.to_string_lossy();
            match Encoding::known(&encoding) {
                Some(known) => engine.input.encoding = Some(known),
                None => parser.asked = Some(encoding),
            }
        }
        *parser.engine = Some(Box::new(engine));
        parser.entity = Some(vm.new_dict()?);
        parser.target = match target.filter(|t| !t.is_none()) {
            Some(target) => target.clone(),
            None => builder::new_builder(vm)?.into_value(),
        };
        let exact = TREE_BUILDER.is_exact(&parser.target);
        parser.native = parser.target.downcast::<TreeBuilder>().filter(|_| exact).cloned();
        if parser.native.is_none() {
            let target = parser.target.clone();
            let calls = &mut parser.calls;
            for (to, method) in [
                (&mut calls.start_ns, name!("start_ns")),
                (&mut calls.end_ns, name!("end_ns")),
                (&mut calls.start, name!("start")),
                (&mut calls.data, name!("data")),
                (&mut calls.end, name!("end")),
                (&mut calls.comment, name!("comment")),
                (&mut calls.pi, name!("pi")),
                (&mut calls.close, name!("close")),
                (&mut calls.doctype, name!("doctype")),
            ] {
                *to = vm.get_attr_opt(&target, method)?;
            }
        }
        let former = std::mem::replace(this.get_mut(vm), parser);
        drop(former);
        Ok(())
    }

    #[method("($self, data, /)")]
    fn feed(vm: &mut Vm, this: &Ref<XmlParser>, data: &Value) -> Result<()> {
        check(vm, this)?;
        let bytes = match data.downcast::<Str>() {
            Some(text) => utf8_of(vm, this, text)?,
            None => vm.bytes_of(data)?,
        };
        run(vm, this, &bytes, false)?;
        Ok(())
    }

    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<XmlParser>) -> Result {
        check(vm, this)?;
        finish(vm, this)
    }

    #[method("($self, /)")]
    fn flush(vm: &mut Vm, this: &Ref<XmlParser>) -> Result<()> {
        check(vm, this)?;
        let defer = |vm: &mut Vm, yes| {
            if let Some(engine) = this.get_mut(vm).engine.as_mut() {
                engine.deferral = yes;
            }
        };
        defer(vm, false);
        let flushed = run(vm, this, b"", false);
        defer(vm, true);
        flushed
    }

    #[method("($self, file, /)")]
    fn _parse_whole(vm: &mut Vm, this: &Ref<XmlParser>, file: &Value) -> Result {
        check(vm, this)?;
        let read = vm.get_attr(file, name!("read"))?;
        loop {
            let piece = vm.call(&read, &[Value::from_i32(64 * 1024)])?;
            let bytes = match piece.downcast::<Str>() {
                Some(text) => utf8_of(vm, this, text)?,
                None => match piece.downcast::<Bytes>() {
                    Some(bytes) => bytes.as_bytes().to_vec(),
                    None => break,
                },
            };
            if bytes.is_empty() {
                break;
            }
            run(vm, this, &bytes, false)?;
        }
        run(vm, this, b"", true)?;
        match this.get(vm).native.clone() {
            Some(builder) => Ok(builder::close(vm, &builder)),
            None => Ok(Value::none()),
        }
    }

    #[method("($self, events_queue, events_to_report=None, /)")]
    fn _setevents(vm: &mut Vm, this: &Ref<XmlParser>, queue: &Value, wanted: Option<&Value>) -> Result<()> {
        check(vm, this)?;
        let Some(builder) = this.get(vm).native.clone() else {
            return Err(vm.raise_type_error("event handling only supported for ElementTree.TreeBuilder targets"));
        };
        let mut events = builder::Events { append: Some(vm.get_attr(queue, name!("append"))?), ..Default::default() };
        let wanted = match wanted.filter(|w| !w.is_none()) {
            None => {
                events.end = Some(builder::text(vm, "end")?);
                builder.get_mut(vm).events = events;
                return Ok(());
            }
            Some(wanted) => wanted,
        };
        if taipan_vm::slots::of(wanted.ty()).iter.is_none() {
            return Err(vm.raise_type_error("events must be a sequence"));
        }
        for event in vm.collect(wanted)? {
            let text = match event.downcast::<Str>() {
                Some(text) => text.to_string_lossy(),
                None => match event.downcast::<Bytes>() {
                    Some(bytes) => String::from_utf8_lossy(bytes.as_bytes()).into_owned(),
                    None => return Err(vm.raise_value_error("invalid events sequence")),
                },
            };
            let place = match text.as_str() {
                "start" => &mut events.start,
                "end" => &mut events.end,
                "start-ns" => &mut events.start_ns,
                "end-ns" => &mut events.end_ns,
                "comment" => &mut events.comment,
                "pi" => &mut events.pi,
                _ => return Err(vm.raise_value_error(&format!("unknown event '{text}'"))),
            };
            *place = Some(event);
        }
        let former = std::mem::replace(&mut builder.get_mut(vm).events, events);
        drop(former);
        Ok(())
    }

    #[getter(member)]
    fn entity(vm: &mut Vm, this: &Ref<XmlParser>) -> Result {
        Ok(this.get(vm).entity.clone().map_or_else(Value::none, Ref::into_value))
    }

    #[getter(member)]
    fn target(vm: &mut Vm, this: &Ref<XmlParser>) -> Result {
        Ok(this.get(vm).target.clone())
    }

    #[getter]
    fn version(_vm: &mut Vm, _this: &Ref<XmlParser>) -> Result<String> {
        let [major, minor, micro] = taipan_stdlib_text::expat::VERSION;
        Ok(format!("Expat {major}.{minor}.{micro}"))
    }
}
