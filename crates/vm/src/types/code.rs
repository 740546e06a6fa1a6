//! `code`: compiled Python. The instructions are copied when the object is made, since they specialise in place;
//! `co_code` shows the canonical ones.

use crate::eval::monitor::sites::Sites;
use crate::{Ref, Result, Str, Tuple, Value, Vm};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use taipan_bytecode::code::local_kind;
use taipan_bytecode::linetable::{self, Location};
use taipan_bytecode::{CodeFlags, Const, Opcode, Text, dis};
use taipan_macros::{Payload, Trace, class};
use taipan_object::fixed::Run;
use taipan_object::late::{Late, Slot};
use taipan_object::statics::{ELLIPSIS, FROZENSET, OBJECT};
use taipan_object::str::StrData;
use taipan_object::trace::Opaque;
use taipan_object::{TypeCell, TypeFlags};

/// `code`.
pub static CODE: TypeCell<Code> = TypeCell::new("code");

/// A code object.
#[derive(Trace, Payload)]
#[payload(class = CODE, frozen)]
#[repr(C)]
pub struct Code {
    /// The instructions that run: code units of opcode and argument, with inline caches.
    pub units: Late<Opaque<Run<Cell<u16>>>>,
    /// Constants, names: what instructions index.
    pub consts: Late<Ref<Tuple>>,
    /// Names of globals and attributes, interned.
    pub names: Late<Ref<Tuple>>,
    /// Locals, cells and free variables.
    pub localsplus: u32,
    /// Words of a frame.
    pub frame_words: u32,
    /// Positional parameters.
    pub argcount: u32,
    /// Keyword-only parameters.
    pub kwonlyargcount: u32,
    /// Whether it takes a fixed number of positional parameters and nothing else, into fast locals.
    pub simple: bool,
    /// How many arguments a call has that only moves them; more than any call has if the code is not simple.
    pub exact_args: u32,
    /// `co_flags`.
    pub flags: Opaque<CodeFlags>,
    /// Version of the keys of the built-in namespace that `LOAD_GLOBAL_BUILTIN` relies on.
    pub builtins_version: Cell<u32>,
    /// The events that its instructions report are those of this version; see [`crate::eval::monitor`].
    pub instrumentation: Cell<u32>,
    /// Which instructions report what, once anything was monitored.
    pub sites: Opaque<RefCell<Option<Box<Sites>>>>,
    /// Positional-only parameters.
    pub posonlyargcount: u32,
    /// Depth of the value stack.
    pub stacksize: u32,
    /// Names of the fast locals.
    pub localsplusnames: Late<Ref<Tuple>>,
    /// Their kinds: bits of [`local_kind`].
    pub kinds: Late<Opaque<Run<u8>>>,
    /// `co_filename`; import says where a module was found when its `.pyc` was moved.
    pub(crate) filename: Slot<Str>,
    /// `co_name`.
    pub name: Ref<Str>,
    /// `co_qualname`.
    pub qualname: Ref<Str>,
    /// `co_firstlineno`.
    pub firstlineno: i32,
    /// The canonical instructions.
    pub canonical: Late<Opaque<Run<u8>>>,
    /// `co_linetable`.
    pub linetable: Late<Opaque<Run<u8>>>,
    /// `co_exceptiontable`.
    pub exceptiontable: Late<Opaque<Run<u8>>>,
    /// Where the rest is read from, while nobody has needed it; see [`crate::eval::deferred`].
    pub deferred: Cell<Option<&'static [u8]>>,
}

/// Constants that the code objects of one compilation share where they are equal.
#[derive(Default)]
struct Merged<'c> {
    values: HashMap<&'c Const, Value>,
    /// `co_consts` of functions without functions inside.
    tuples: HashMap<&'c [Const], Ref<Tuple>>,
}

/// What a code object is made from, with values for the things that instructions refer to.
pub struct Parts {
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub stacksize: u32,
    pub flags: CodeFlags,
    pub canonical: Run<u8>,
    pub consts: Ref<Tuple>,
    pub names: Ref<Tuple>,
    pub localsplusnames: Ref<Tuple>,
    pub kinds: Run<u8>,
    pub filename: Ref<Str>,
    pub name: Ref<Str>,
    pub qualname: Ref<Str>,
    pub firstlineno: i32,
    pub linetable: Run<u8>,
    pub exceptiontable: Run<u8>,
}

impl Code {
    /// Whether the code, which is complete, can return nothing but `None`, and runs at once when it is called.
    pub fn returns_only_none(&self) -> bool {
        let suspends = CodeFlags::GENERATOR.0 | CodeFlags::COROUTINE.0 | CodeFlags::ASYNC_GENERATOR.0;
        let mut before = None;
        self.flags.0.0 & suspends == 0
            && dis::instructions(&self.canonical).all(|i| {
                let of_none = before.replace(i.op == Opcode::LOAD_CONST && self.is_none_constant(i.arg)) == Some(true);
                i.op != Opcode::RETURN_VALUE || of_none
            })
    }

    fn is_none_constant(&self, index: u32) -> bool {
        self.consts.items().get(index as usize).is_some_and(Value::is_none)
    }

    /// The names that the code, which is complete, reads from the global or built-in namespace.
    pub fn global_names(&self) -> Vec<Ref<Str>> {
        let loads = dis::instructions(&self.canonical).filter(|i| i.op == Opcode::LOAD_GLOBAL);
        let names = loads.filter_map(|i| self.names.items().get(i.arg as usize >> 1));
        names.filter_map(|name| name.downcast::<Str>().cloned()).collect()
    }

    /// The first instruction.
    #[inline(always)]
    pub fn start(&self) -> *const u16 {
        self.units.as_ptr().cast()
    }

    /// The line of the instruction at a code unit, if it has one.
    pub fn line_at(&self, unit: usize) -> Option<i32> {
        let line = linetable::line_at(&self.linetable, self.firstlineno, unit as u32);
        (line >= 0).then_some(line)
    }

    /// Whether a frame at a code unit has done what comes before the body: has made its cells, or is a generator's.
    pub fn has_begun(&self, unit: usize) -> bool {
        self.canonical.chunks_exact(2).take(unit + 1).any(|bytes| bytes[0] == Opcode::RESUME as u8)
    }

    /// The source range of the instruction at a code unit.
    pub fn location_at(&self, unit: usize) -> Location {
        linetable::location_at(&self.linetable, self.firstlineno, unit as u32)
    }

    /// Whether a flag is set.
    #[inline(always)]
    pub fn has(&self, flag: CodeFlags) -> bool {
        self.flags.contains(flag)
    }

    /// Names of the fast locals of a kind.
    pub fn names_of_kind(&self, kind: u8) -> Vec<Value> {
        self.localsplusnames
            .items()
            .iter()
            .zip(self.kinds.iter())
            .filter(|(_, k)| **k & kind != 0)
            .map(|(n, _)| n.clone())
            .collect()
    }

    /// Number of fast locals of a kind.
    pub fn count_of_kind(&self, kind: u8) -> usize {
        self.kinds.iter().filter(|k| **k & kind != 0).count()
    }

    /// The name of a fast local.
    pub fn local_name(&self, index: usize) -> Option<&Ref<Str>> {
        self.localsplusnames.items().get(index).and_then(|n| n.downcast::<Str>())
    }

    /// Words of an instruction with its caches.
    pub fn instruction_units(&self, unit: usize) -> usize {
        let opcode = self.canonical.get(2 * unit).copied().unwrap_or(0);
        1 + Opcode::from_u8(opcode).map_or(0, |o| o.caches())
    }

    /// `co_filename`.
    pub fn filename(&self) -> Ref<Str> {
        self.filename.get()
    }

    /// Changes `co_filename` from what it is to `path`, here and in the code objects that have the same.
    pub fn rename_file(&self, path: &Ref<Str>) {
        let old = self.filename.replace(path.clone());
        if old.is(path) {
            return;
        }
        let mut todo: Vec<Ref<Tuple>> = vec![self.consts.clone()];
        while let Some(consts) = todo.pop() {
            for code in consts.items().iter().filter_map(|c| c.downcast::<Code>()) {
                let same = code.filename().data().code_points().eq(old.data().code_points());
                if same {
                    code.filename.replace(path.clone());
                    todo.push(code.consts.clone());
                }
            }
        }
    }

    fn parts(&self) -> Parts {
        Parts {
            argcount: self.argcount,
            posonlyargcount: self.posonlyargcount,
            kwonlyargcount: self.kwonlyargcount,
            stacksize: self.stacksize,
            flags: self.flags.0,
            canonical: self.canonical.0.clone(),
            consts: self.consts.clone(),
            names: self.names.clone(),
            localsplusnames: self.localsplusnames.clone(),
            kinds: self.kinds.0.clone(),
            filename: self.filename(),
            name: self.name.clone(),
            qualname: self.qualname.clone(),
            firstlineno: self.firstlineno,
            linetable: self.linetable.0.clone(),
            exceptiontable: self.exceptiontable.0.clone(),
        }
    }
}

/// Whether a string constant looks like a name: those are interned.
fn is_name_like(text: &Text) -> bool {
    text.as_bytes().iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
}

/// Words of a frame.
pub fn frame_words(localsplus: usize, stacksize: u32) -> std::result::Result<u32, std::num::TryFromIntError> {
    u32::try_from(crate::eval::frame::HEADER_WORDS + localsplus + stacksize as usize + 1)
}

/// Whether code takes a fixed number of positional parameters and nothing else, into fast locals.
pub fn is_simple(kwonlyargcount: u32, flags: CodeFlags) -> bool {
    kwonlyargcount == 0
        && !flags.intersects(CodeFlags::VARARGS | CodeFlags::VARKEYWORDS)
        && flags.contains(CodeFlags::OPTIMIZED | CodeFlags::NEWLOCALS)
}

impl Vm {
    /// A string of text that may hold surrogates.
    pub fn new_text(&mut self, text: &Text) -> Result<Ref<Str>> {
        match text.as_str() {
            Some(s) => self.new_str(s),
            None => {
                let points: Vec<u32> = text.code_points().collect();
                self.new_str_data(StrData::Ucs4(&points))
            }
        }
    }

    fn interned_text(&mut self, text: &Text) -> Result<Ref<Str>> {
        let s = self.new_text(text)?;
        Ok(self.intern(&s))
    }

    fn interned_texts(&mut self, texts: &[Text]) -> Result<Ref<Tuple>> {
        let mut items = Vec::with_capacity(texts.len());
        for t in texts {
            items.push(self.interned_text(t)?.into_value());
        }
        self.new_tuple(items)
    }

    /// The same for names of attributes and globals, which inline caches know by their addresses: they never die.
    fn immortal_names(&mut self, texts: &[Text]) -> Result<Ref<Tuple>> {
        let names = self.interned_texts(texts)?;
        names.items().iter().filter_map(|n| n.header()).for_each(|h| h.make_immortal());
        Ok(names)
    }

    /// The value of a constant.
    pub fn constant(&mut self, c: &Const) -> Result {
        self.constant_in(c, &mut Merged::default())
    }

    fn constant_in<'c>(&mut self, c: &'c Const, merged: &mut Merged<'c>) -> Result {
        Ok(match c {
            Const::None => Value::none(),
            Const::True => Value::bool(true),
            Const::False => Value::bool(false),
            Const::Ellipsis => ELLIPSIS.value(),
            Const::Int(n) => self.new_int(*n)?,
            Const::Float(x) => self.new_float(*x)?,
            Const::Str(t) if is_name_like(t) => self.interned_text(t)?.into_value(),
            Const::Code(code) => self.new_code_in(code, merged)?.into_value(),
            _ => {
                if let Some(known) = merged.values.get(c) {
                    return Ok(known.clone());
                }
                let value = self.new_constant(c, merged)?;
                merged.values.insert(c, value.clone());
                value
            }
        })
    }

    /// A constant that is an object of its own.
    fn new_constant<'c>(&mut self, c: &'c Const, merged: &mut Merged<'c>) -> Result {
        Ok(match c {
            Const::BigInt(n) => self.new_int_digits(n.negative, &n.digits)?,
            Const::Complex { real, imag } => self.new_complex(*real, *imag)?,
            Const::Str(t) => self.new_text(t)?.into_value(),
            Const::Bytes(b) => self.new_bytes(b)?.into_value(),
            Const::Tuple(items) => self.constants(items, merged)?.into_value(),
            Const::FrozenSet(items) => {
                let items = self.constants(items, merged)?.into_value();
                self.call(&FROZENSET.as_type().to_value(), &[items])?
            }
            Const::Slice(parts) => {
                let [start, stop, step] = &**parts;
                let (start, stop) = (self.constant_in(start, merged)?, self.constant_in(stop, merged)?);
                let step = self.constant_in(step, merged)?;
                crate::types::slice::new_slice(self, start, stop, step)?
            }
            other => self.constant_in(other, merged)?,
        })
    }

    fn constants<'c>(&mut self, items: &'c [Const], merged: &mut Merged<'c>) -> Result<Ref<Tuple>> {
        let mut values = Vec::with_capacity(items.len());
        for item in items {
            values.push(self.constant_in(item, merged)?);
        }
        self.new_tuple(values)
    }

    /// The code object of compiled code.
    pub fn new_code(&mut self, code: &taipan_bytecode::Code) -> Result<Ref<Code>> {
        self.new_code_in(code, &mut Merged::default())
    }

    fn new_code_in<'c>(&mut self, code: &'c taipan_bytecode::Code, merged: &mut Merged<'c>) -> Result<Ref<Code>> {
        self.check_stack(" while making a code object")?;
        let mergeable = !code.consts.iter().any(|c| matches!(c, Const::Code(_)));
        let known = if mergeable { merged.tuples.get(code.consts.as_slice()).cloned() } else { None };
        let consts = match known {
            Some(known) => known,
            None => {
                let consts = self.constants(&code.consts, merged)?;
                if mergeable {
                    merged.tuples.insert(&code.consts, consts.clone());
                }
                consts
            }
        };
        let parts = Parts {
            argcount: code.argcount,
            posonlyargcount: code.posonlyargcount,
            kwonlyargcount: code.kwonlyargcount,
            stacksize: code.stacksize,
            flags: code.flags,
            canonical: code.code.clone().into(),
            consts,
            names: self.immortal_names(&code.names)?,
            localsplusnames: self.interned_texts(&code.localsplusnames)?,
            kinds: code.localspluskinds.clone().into(),
            filename: self.interned_text(&code.filename)?,
            name: self.interned_text(&code.name)?,
            qualname: self.interned_text(&code.qualname)?,
            firstlineno: code.firstlineno,
            linetable: code.linetable.clone().into(),
            exceptiontable: code.exceptiontable.clone().into(),
        };
        self.code_from_parts(parts)
    }

    /// The code object with these parts.
    pub fn code_from_parts(&mut self, mut p: Parts) -> Result<Ref<Code>> {
        if self.state().config.no_debug_ranges {
            p.linetable = linetable::without_columns(&p.linetable, p.firstlineno).into();
        }
        let localsplus = p.kinds.len();
        if p.canonical.len() < 2 || !p.canonical.len().is_multiple_of(2) || p.localsplusnames.len() != localsplus {
            return Err(self.raise_value_error("code: co_code is malformed"));
        }
        let args = p.argcount as usize
            + p.kwonlyargcount as usize
            + p.flags.contains(CodeFlags::VARARGS) as usize
            + p.flags.contains(CodeFlags::VARKEYWORDS) as usize;
        if args > localsplus {
            return Err(self.raise_value_error("code: co_varnames is too small"));
        }
        if p.posonlyargcount > p.argcount {
            return Err(self.raise_system_error("bad argument to internal function"));
        }
        let Ok(frame_words) = frame_words(localsplus, p.stacksize) else { return Err(self.raise_memory_error()) };
        let units = crate::eval::specialize::prepare(&p.canonical, self.state().stress.specialize);
        let simple = is_simple(p.kwonlyargcount, p.flags);
        // Constants that hold nothing that changes are no part of a cycle, nor is what refers to nothing else. So the
        // collector knows code objects only where a program has put something else into one.
        let constant = |c: &Value| {
            !self.is_tracked(c) && (c.downcast_exact::<Code>().is_some() || !c.ty().flags().has(TypeFlags::HAVE_GC))
        };
        let constant = p
            .consts
            .items()
            .iter()
            .all(|c| constant(c) || c.downcast_exact::<Tuple>().is_some_and(|t| !self.is_tracked(t.as_value())));
        if constant {
            let consts = p.consts.to_value();
            self.untrack(&consts);
        }
        let code = Ref::new(
            self,
            Code {
                units: Late::new(Opaque(units.into())),
                consts: Late::new(p.consts),
                names: Late::new(p.names),
                localsplus: localsplus as u32,
                frame_words,
                argcount: p.argcount,
                kwonlyargcount: p.kwonlyargcount,
                simple,
                exact_args: if simple { p.argcount } else { u32::MAX },
                flags: Opaque(p.flags),
                builtins_version: Cell::new(0),
                instrumentation: Cell::new(0),
                sites: Opaque(RefCell::new(None)),
                posonlyargcount: p.posonlyargcount,
                stacksize: p.stacksize,
                localsplusnames: Late::new(p.localsplusnames),
                kinds: Late::new(Opaque(p.kinds)),
                filename: Slot::new(p.filename),
                name: p.name,
                qualname: p.qualname,
                firstlineno: p.firstlineno,
                canonical: Late::new(Opaque(p.canonical)),
                linetable: Late::new(Opaque(p.linetable)),
                exceptiontable: Late::new(Opaque(p.exceptiontable)),
                deferred: Cell::new(None),
            },
        )?;
        if constant {
            self.untrack(code.as_value());
        }
        Ok(code)
    }

    fn code_names(&mut self, this: &Ref<Code>, kind: u8) -> Result {
        self.complete_code(this)?;
        let names = this.names_of_kind(kind);
        self.new_tuple(names).map(Ref::into_value)
    }
}

fn none_or(n: i32) -> Value {
    if n < 0 { Value::none() } else { Value::from_i32(n) }
}

/// Runs of instructions with one line: start, end (in bytes), line.
fn line_runs(code: &Code) -> Vec<(i32, i32, Option<i32>)> {
    let mut runs: Vec<(i32, i32, Option<i32>)> = Vec::new();
    let mut at = 0;
    for (units, location) in linetable::Entries::new(&code.linetable, code.firstlineno) {
        let end = at + 2 * units as i32;
        let line = (location.line >= 0).then_some(location.line);
        match runs.last_mut() {
            Some(last) if last.2 == line => last.1 = end,
            _ => runs.push((at, end, line)),
        }
        at = end;
    }
    runs
}

struct Given<'a> {
    args: crate::native::Args<'a>,
}

impl<'a> Given<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.args.keyword(name)
    }

    fn number(&self, vm: &mut Vm, name: &str, or: u32) -> Result<u32> {
        match self.get(name) {
            None => Ok(or),
            Some(v) => {
                let n = c_int(vm, v)?;
                match u32::try_from(n) {
                    Ok(n) => Ok(n),
                    Err(_) => Err(vm.raise_value_error(&format!("{name} must be a positive integer"))),
                }
            }
        }
    }

    fn text(&self, vm: &mut Vm, name: &str, or: &Ref<Str>) -> Result<Ref<Str>> {
        match self.get(name) {
            None => Ok(or.clone()),
            Some(v) => match v.downcast::<Str>() {
                Some(s) => Ok(s.clone()),
                None => Err(self.wrong(vm, name, "str", v)),
            },
        }
    }

    fn bytes(&self, vm: &mut Vm, name: &str, or: &[u8]) -> Result<Run<u8>> {
        match self.get(name) {
            None => taipan_object::room::copied(or).map(Into::into),
            Some(v) => match v.downcast::<taipan_object::Bytes>() {
                Some(b) => {
                    // The bytes are rewritten, and taken apart.
                    taipan_object::room::probe(b.as_bytes().len().saturating_mul(16))?;
                    Ok(b.as_bytes().to_vec().into())
                }
                None => Err(self.wrong(vm, name, "bytes", v)),
            },
        }
    }

    fn tuple(&self, vm: &mut Vm, name: &str, or: &Ref<Tuple>) -> Result<Ref<Tuple>> {
        match self.get(name) {
            None => Ok(or.clone()),
            Some(v) => match v.downcast::<Tuple>() {
                Some(t) => Ok(t.clone()),
                None => Err(self.wrong(vm, name, "tuple", v)),
            },
        }
    }

    fn names(&self, vm: &mut Vm, name: &str, or: Vec<Value>) -> Result<Vec<Value>> {
        let Some(v) = self.get(name) else { return Ok(or) };
        let Some(t) = v.downcast::<Tuple>() else { return Err(self.wrong(vm, name, "tuple", v)) };
        if t.items().iter().any(|n| n.downcast::<Str>().is_none()) {
            return Err(vm.raise_system_error("non-string found in code slot"));
        }
        check_names(vm, t)
    }

    fn wrong(&self, vm: &mut Vm, name: &str, wanted: &str, v: &Value) -> taipan_object::Raised {
        let given = if v.is_none() { "None".to_owned() } else { v.ty().name() };
        vm.raise_type_error(&format!("replace() argument '{name}' must be {wanted}, not {given}"))
    }
}

fn c_int(vm: &mut Vm, v: &Value) -> Result<i32> {
    let n = vm.to_index_i64(v, "int")?;
    match i32::try_from(n) {
        Ok(n) => Ok(n),
        Err(_) => Err(vm.raise_overflow_error("Python int too large to convert to C int")),
    }
}

fn check_names(vm: &mut Vm, names: &Ref<Tuple>) -> Result<Vec<Value>> {
    let mut interned = Vec::with_capacity(names.len());
    for n in names.items() {
        match n.downcast::<Str>() {
            Some(s) => {
                let s = vm.intern(s);
                s.header().make_immortal();
                interned.push(s.into_value())
            }
            None => {
                let text = format!("name tuples must contain only strings, not '{}'", n.ty().name());
                return Err(vm.raise_type_error(&text));
            }
        }
    }
    Ok(interned)
}

/// Names and kinds of the fast locals from the three tuples that Python shows.
fn join_locals(
    p: &mut Parts,
    vm: &mut Vm,
    varnames: Vec<Value>,
    cellvars: Vec<Value>,
    freevars: Vec<Value>,
) -> Result<()> {
    let positional = p.argcount as usize;
    let total = positional + p.kwonlyargcount as usize;
    let varargs = p.flags.contains(CodeFlags::VARARGS) as usize;
    let varkw = p.flags.contains(CodeFlags::VARKEYWORDS) as usize;
    if varnames.len() < total + varargs + varkw {
        return Err(vm.raise_value_error("code: co_varnames is too small"));
    }
    let mut names = Vec::new();
    let mut kinds = Vec::new();
    for (i, n) in varnames.into_iter().enumerate() {
        let mut kind = local_kind::LOCAL;
        if i < p.posonlyargcount as usize {
            kind |= local_kind::ARG_POS;
        } else if i < positional {
            kind |= local_kind::ARG_POS | local_kind::ARG_KW;
        } else if i < total {
            kind |= local_kind::ARG_KW;
        } else if i < total + varargs {
            kind |= local_kind::ARG_POS | local_kind::ARG_VAR;
        } else if i < total + varargs + varkw {
            kind |= local_kind::ARG_KW | local_kind::ARG_VAR;
        }
        if cellvars.iter().any(|c| c.is(&n)) {
            kind |= local_kind::CELL;
        }
        names.push(n);
        kinds.push(kind);
    }
    for c in cellvars {
        if !names.iter().any(|n| n.is(&c)) {
            names.push(c);
            kinds.push(local_kind::CELL);
        }
    }
    for f in freevars {
        names.push(f);
        kinds.push(local_kind::FREE);
    }
    p.localsplusnames = vm.new_tuple(names)?;
    p.kinds = kinds.into();
    Ok(())
}

fn replace(vm: &mut Vm, this: &Ref<Code>, args: crate::native::Args<'_>) -> Result {
    vm.complete_code(this)?;
    if !args.positional().is_empty() {
        return Err(vm.raise_type_error("replace() takes no positional arguments"));
    }
    const KNOWN: [&str; 18] = [
        "co_argcount",
        "co_posonlyargcount",
        "co_kwonlyargcount",
        "co_nlocals",
        "co_stacksize",
        "co_flags",
        "co_firstlineno",
        "co_code",
        "co_consts",
        "co_names",
        "co_varnames",
        "co_freevars",
        "co_cellvars",
        "co_filename",
        "co_name",
        "co_qualname",
        "co_linetable",
        "co_exceptiontable",
    ];
    for key in args.names() {
        let text = key.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default();
        if !KNOWN.contains(&&*text) {
            let hint = crate::errors::suggest(&text, &KNOWN).map(|h| format!(". Did you mean '{h}'?"));
            let hint = hint.unwrap_or_default();
            let text = format!("replace() got an unexpected keyword argument '{text}'{hint}");
            return Err(vm.raise_type_error(&text));
        }
    }
    let given = Given { args };
    let mut p = this.parts();
    p.argcount = given.number(vm, "co_argcount", p.argcount)?;
    p.posonlyargcount = given.number(vm, "co_posonlyargcount", p.posonlyargcount)?;
    p.kwonlyargcount = given.number(vm, "co_kwonlyargcount", p.kwonlyargcount)?;
    p.stacksize = given.number(vm, "co_stacksize", p.stacksize)?;
    p.flags = CodeFlags(given.number(vm, "co_flags", p.flags.0)?);
    p.firstlineno = given.number(vm, "co_firstlineno", p.firstlineno as u32)? as i32;
    p.canonical = given.bytes(vm, "co_code", &p.canonical)?;
    p.linetable = given.bytes(vm, "co_linetable", &p.linetable)?;
    p.exceptiontable = given.bytes(vm, "co_exceptiontable", &p.exceptiontable)?;
    p.consts = given.tuple(vm, "co_consts", &p.consts)?;
    if given.get("co_names").is_some() {
        let names = given.names(vm, "co_names", Vec::new())?;
        p.names = vm.new_tuple(names)?;
    }
    p.filename = given.text(vm, "co_filename", &p.filename)?;
    p.name = given.text(vm, "co_name", &p.name)?;
    p.qualname = given.text(vm, "co_qualname", &p.qualname)?;
    let varnames = given.names(vm, "co_varnames", this.names_of_kind(local_kind::LOCAL))?;
    let cellvars = given.names(vm, "co_cellvars", this.names_of_kind(local_kind::CELL))?;
    let freevars = given.names(vm, "co_freevars", this.names_of_kind(local_kind::FREE))?;
    let before = this.names_of_kind(local_kind::LOCAL).len();
    let nlocals = given.number(vm, "co_nlocals", before as u32)?;
    let count = varnames.len();
    join_locals(&mut p, vm, varnames, cellvars, freevars)?;
    if nlocals as usize != count {
        return Err(vm.raise_value_error("code: co_nlocals != len(co_varnames)"));
    }
    vm.code_from_parts(p).map(Ref::into_value)
}

/// Methods of `code`.
pub struct CodeClass;

/// Create a code object.  Not for mere mortals.
#[class(cell = CODE, base = OBJECT, flags = HAVE_GC | MANAGED_WEAKREF, signature = "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize, flags, codestring, constants, names, varnames, filename, name, qualname, firstlineno, linetable, exceptiontable, freevars=(), cellvars=(), /)")]
impl CodeClass {
    #[slot]
    fn new(vm: &mut Vm, _class: &Ref<crate::Type>, args: crate::native::Args<'_>) -> Result {
        let a = args.expect(vm, "code", 16, 18)?;
        let wrong = |vm: &mut Vm, i: usize, wanted: &str| {
            vm.raise_type_error(&format!("code() argument {} must be {wanted}, not {}", i + 1, a[i].ty().name()))
        };
        let mut numbers = [0u32; 6];
        for (i, n) in numbers.iter_mut().enumerate() {
            const NAMES: [&str; 4] = ["argcount", "posonlyargcount", "kwonlyargcount", "nlocals"];
            let given = c_int(vm, &a[i])?;
            *n = match (u32::try_from(given), NAMES.get(i)) {
                (Ok(n), _) => n,
                (Err(_), Some(name)) => {
                    return Err(vm.raise_value_error(&format!("code: {name} must not be negative")));
                }
                (Err(_), None) => return Err(vm.raise_system_error("bad argument to internal function")),
            };
        }
        let bytes = |vm: &mut Vm, i: usize| match a[i].downcast::<taipan_object::Bytes>() {
            Some(b) => Ok(Run::from(b.as_bytes().to_vec())),
            None => Err(wrong(vm, i, "bytes")),
        };
        let text = |vm: &mut Vm, i: usize| match a[i].downcast::<Str>() {
            Some(s) => Ok(s.clone()),
            None => Err(wrong(vm, i, "str")),
        };
        let tuple = |vm: &mut Vm, i: usize| match a.get(i) {
            None => vm.new_tuple(Vec::new()),
            Some(v) => match v.downcast::<Tuple>() {
                Some(t) => Ok(t.clone()),
                None => Err(wrong(vm, i, "tuple")),
            },
        };
        let names = tuple(vm, 8)?;
        let names = check_names(vm, &names)?;
        let varnames = tuple(vm, 9)?;
        let varnames = check_names(vm, &varnames)?;
        let freevars = tuple(vm, 16)?;
        let freevars = check_names(vm, &freevars)?;
        let cellvars = tuple(vm, 17)?;
        let cellvars = check_names(vm, &cellvars)?;
        if numbers[3] as usize != varnames.len() {
            return Err(vm.raise_value_error("code: co_nlocals != len(co_varnames)"));
        }
        let mut p = Parts {
            argcount: numbers[0],
            posonlyargcount: numbers[1],
            kwonlyargcount: numbers[2],
            stacksize: numbers[4],
            flags: CodeFlags(numbers[5]),
            canonical: bytes(vm, 6)?,
            consts: tuple(vm, 7)?,
            names: vm.new_tuple(names)?,
            localsplusnames: vm.new_tuple(Vec::new())?,
            kinds: Run::empty(),
            filename: text(vm, 10)?,
            name: text(vm, 11)?,
            qualname: text(vm, 12)?,
            firstlineno: c_int(vm, &a[13])?,
            linetable: bytes(vm, 14)?,
            exceptiontable: bytes(vm, 15)?,
        };
        join_locals(&mut p, vm, varnames, cellvars, freevars)?;
        vm.code_from_parts(p).map(Ref::into_value)
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Code>) -> Result {
        let line = if this.firstlineno != 0 { this.firstlineno } else { -1 };
        let text = format!(
            "<code object {} at {:#x}, file \"{}\", line {line}>",
            this.name.to_string_lossy(),
            this.as_value().bits(),
            this.filename().to_string_lossy()
        );
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn compare(vm: &mut Vm, a: &Value, b: &Value, op: crate::slots::CompareOp) -> Result {
        use crate::slots::CompareOp::{Eq, Ne};
        let (Some(x), Some(y), true) = (a.downcast::<Code>(), b.downcast::<Code>(), matches!(op, Eq | Ne)) else {
            return Ok(Value::not_implemented());
        };
        if x.is(y) {
            return Ok(Value::bool(op == Eq));
        }
        vm.complete_code(x)?;
        vm.complete_code(y)?;
        let mut same = *x.name == *y.name
            && x.argcount == y.argcount
            && x.posonlyargcount == y.posonlyargcount
            && x.kwonlyargcount == y.kwonlyargcount
            && *x.flags == *y.flags
            && x.firstlineno == y.firstlineno
            && **x.canonical == **y.canonical
            && **x.kinds == **y.kinds
            && **x.linetable == **y.linetable
            && **x.exceptiontable == **y.exceptiontable;
        same = same && constants_equal(vm, x.consts.as_value(), y.consts.as_value())?;
        same = same && vm.equal(x.names.as_value(), y.names.as_value())?;
        same = same && vm.equal(x.localsplusnames.as_value(), y.localsplusnames.as_value())?;
        Ok(Value::bool(same == (op == Eq)))
    }

    #[slot]
    fn hash(vm: &mut Vm, this: &Ref<Code>) -> Result<i64> {
        vm.complete_code(this)?;
        let mut h = this.name.hash() as u64;
        for part in [this.names.as_value(), this.localsplusnames.as_value()] {
            h = h.wrapping_mul(0x0010_0000_01B3) ^ vm.hash(part)? as u64;
        }
        let counts = [this.argcount, this.posonlyargcount, this.kwonlyargcount].map(u64::from);
        for n in [this.firstlineno as u64, this.flags.0.0 as u64].into_iter().chain(counts) {
            h = h.wrapping_mul(0x0010_0000_01B3) ^ n;
        }
        h ^= taipan_object::str::hash_bytes(&this.canonical) as u64;
        Ok(if h as i64 == -1 { -2 } else { h as i64 })
    }

    #[getter(member)]
    fn co_argcount(_vm: &mut Vm, this: &Ref<Code>) -> Result<i64> {
        Ok(this.argcount as i64)
    }

    #[getter(member)]
    fn co_posonlyargcount(_vm: &mut Vm, this: &Ref<Code>) -> Result<i64> {
        Ok(this.posonlyargcount as i64)
    }

    #[getter(member)]
    fn co_kwonlyargcount(_vm: &mut Vm, this: &Ref<Code>) -> Result<i64> {
        Ok(this.kwonlyargcount as i64)
    }

    #[getter(member)]
    fn co_nlocals(vm: &mut Vm, this: &Ref<Code>) -> Result<i64> {
        vm.complete_code(this)?;
        Ok(this.count_of_kind(local_kind::LOCAL) as i64)
    }

    #[getter(member)]
    fn co_stacksize(_vm: &mut Vm, this: &Ref<Code>) -> Result<i64> {
        Ok(this.stacksize as i64)
    }

    #[getter(member)]
    fn co_flags(_vm: &mut Vm, this: &Ref<Code>) -> Result<i64> {
        Ok(this.flags.0.0 as i64)
    }

    #[getter(member)]
    fn co_firstlineno(_vm: &mut Vm, this: &Ref<Code>) -> Result<i64> {
        Ok(this.firstlineno as i64)
    }

    #[getter]
    fn co_code(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        vm.new_bytes(&this.canonical).map(Ref::into_value)
    }

    #[getter]
    fn _co_code_adaptive(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        let bytes: Vec<u8> = this.units.iter().flat_map(|u| u.get().to_le_bytes()).collect();
        vm.new_bytes(&bytes).map(Ref::into_value)
    }

    #[getter(member)]
    fn co_consts(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        Ok(this.consts.to_value())
    }

    #[getter(member)]
    fn co_names(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        Ok(this.names.to_value())
    }

    #[getter]
    fn co_varnames(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.code_names(this, local_kind::LOCAL)
    }

    #[getter]
    fn co_cellvars(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.code_names(this, local_kind::CELL)
    }

    #[getter]
    fn co_freevars(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.code_names(this, local_kind::FREE)
    }

    #[getter(member)]
    fn co_filename(_vm: &mut Vm, this: &Ref<Code>) -> Result {
        Ok(this.filename().into_value())
    }

    #[getter(member)]
    fn co_name(_vm: &mut Vm, this: &Ref<Code>) -> Result {
        Ok(this.name.to_value())
    }

    #[getter(member)]
    fn co_qualname(_vm: &mut Vm, this: &Ref<Code>) -> Result {
        Ok(this.qualname.to_value())
    }

    #[getter(member)]
    fn co_linetable(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        vm.new_bytes(&this.linetable).map(Ref::into_value)
    }

    #[getter(member)]
    fn co_exceptiontable(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        vm.new_bytes(&this.exceptiontable).map(Ref::into_value)
    }

    #[getter]
    fn co_lnotab(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        let category = crate::errors::DEPRECATION_WARNING.as_type();
        vm.warn(category, "co_lnotab is deprecated, use co_lines instead.", 1)?;
        let mut table = Vec::new();
        let mut line = this.firstlineno;
        let mut at = 0;
        for (start, _, next) in line_runs(this) {
            let Some(next) = next else { continue };
            let (mut bytes, mut lines) = (start - at, next - line);
            if lines == 0 {
                continue;
            }
            while bytes > 255 {
                table.extend([255, 0]);
                bytes -= 255;
            }
            while !(-128..=127).contains(&lines) {
                let step = lines.clamp(-128, 127);
                table.extend([bytes as u8, step as i8 as u8]);
                bytes = 0;
                lines -= step;
            }
            table.extend([bytes as u8, lines as i8 as u8]);
            (at, line) = (start, next);
        }
        vm.new_bytes(&table).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn co_lines(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        let mut items = Vec::new();
        for (start, end, line) in line_runs(this) {
            let row =
                vec![Value::from_i32(start), Value::from_i32(end), line.map_or_else(Value::none, Value::from_i32)];
            items.push(vm.new_tuple(row)?.into_value());
        }
        let list = vm.new_list(items)?.into_value();
        vm.iter(&list)
    }

    #[method("($self, /)")]
    fn co_positions(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        let mut items = Vec::new();
        for (units, l) in linetable::Entries::new(&this.linetable, this.firstlineno) {
            let row = vec![none_or(l.line), none_or(l.end_line), none_or(l.col), none_or(l.end_col)];
            let row = vm.new_tuple(row)?.into_value();
            items.extend((0..units).map(|_| row.clone()));
        }
        let list = vm.new_list(items)?.into_value();
        vm.iter(&list)
    }

    #[method("($self, /)")]
    fn co_branches(vm: &mut Vm, this: &Ref<Code>) -> Result {
        vm.complete_code(this)?;
        let mut items = Vec::new();
        let units = this.canonical.len() / 2;
        let (mut at, mut extended) = (0, 0usize);
        while at < units {
            let (op, arg) = (this.canonical[2 * at], this.canonical[2 * at + 1] as usize | extended);
            let Some(op) = Opcode::from_u8(op) else { break };
            extended = if op == Opcode::EXTENDED_ARG { arg << 8 } else { 0 };
            let size = 1 + op.caches();
            let (left, right) = match op {
                // The jump goes on behind END_FOR and POP_ITER.
                Opcode::FOR_ITER => (at + size, at + size + arg + 2),
                Opcode::POP_JUMP_IF_FALSE
                | Opcode::POP_JUMP_IF_TRUE
                | Opcode::POP_JUMP_IF_NONE
                | Opcode::POP_JUMP_IF_NOT_NONE => (at + size + 1, at + size + arg),
                Opcode::END_ASYNC_FOR => {
                    let source = (at + 1).saturating_sub(arg);
                    // Behind END_SEND and NOT_TAKEN.
                    let row = [source, source + 2, at + size].map(|n| Value::from_i32(2 * n as i32));
                    items.push(vm.new_tuple(row.into())?.into_value());
                    at += size;
                    continue;
                }
                _ => {
                    at += size;
                    continue;
                }
            };
            let row = [at, left, right].map(|n| Value::from_i32(2 * n as i32));
            items.push(vm.new_tuple(row.into())?.into_value());
            at += size;
        }
        let list = vm.new_list(items)?.into_value();
        vm.iter(&list)
    }

    #[method("($self, /, **changes)")]
    fn replace(vm: &mut Vm, this: &Ref<Code>, args: crate::native::Args<'_>) -> Result {
        replace(vm, this, args)
    }

    #[method("($self, /, **changes)")]
    fn __replace__(vm: &mut Vm, this: &Ref<Code>, args: crate::native::Args<'_>) -> Result {
        replace(vm, this, args)
    }

    #[method("($self, /, oparg)")]
    fn _varname_from_oparg(vm: &mut Vm, this: &Ref<Code>, oparg: i64) -> Result {
        vm.complete_code(this)?;
        match usize::try_from(oparg).ok().and_then(|i| this.local_name(i)) {
            Some(name) => Ok(name.to_value()),
            None => Err(vm.raise_index_error("tuple index out of range")),
        }
    }
}

/// Constants compare with their types: `1` is not `1.0` here.
fn constants_equal(vm: &mut Vm, a: &Value, b: &Value) -> Result<bool> {
    if a.is(b) {
        return Ok(true);
    }
    if !a.ty().is(b.ty()) {
        return Ok(false);
    }
    if let (Some(x), Some(y)) = (a.downcast::<Tuple>(), b.downcast::<Tuple>()) {
        if x.len() != y.len() {
            return Ok(false);
        }
        for (p, q) in x.items().iter().zip(y.items()) {
            if !constants_equal(vm, p, q)? {
                return Ok(false);
            }
        }
        return Ok(true);
    }
    if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
        return Ok(x.to_bits() == y.to_bits());
    }
    vm.equal(a, b)
}

/// What `crates/pylib/build/prebuilt.rs` lays out.
const _: () = {
    use std::mem::offset_of;
    assert!(size_of::<Code>() == 256);
    assert!(offset_of!(Code, units) == 0 && offset_of!(Code, consts) == 24 && offset_of!(Code, names) == 32);
    assert!(offset_of!(Code, localsplus) == 40 && offset_of!(Code, frame_words) == 44);
    assert!(offset_of!(Code, argcount) == 48 && offset_of!(Code, kwonlyargcount) == 52);
    assert!(offset_of!(Code, simple) == 56 && offset_of!(Code, exact_args) == 60 && offset_of!(Code, flags) == 64);
    assert!(offset_of!(Code, builtins_version) == 68 && offset_of!(Code, instrumentation) == 72);
    assert!(
        offset_of!(Code, sites) == 80 && offset_of!(Code, posonlyargcount) == 96 && offset_of!(Code, stacksize) == 100
    );
    assert!(offset_of!(Code, localsplusnames) == 104 && offset_of!(Code, kinds) == 112);
    assert!(offset_of!(Code, filename) == 136 && offset_of!(Code, name) == 144 && offset_of!(Code, qualname) == 152);
    assert!(offset_of!(Code, firstlineno) == 160 && offset_of!(Code, canonical) == 168);
    assert!(offset_of!(Code, linetable) == 192 && offset_of!(Code, exceptiontable) == 216);
    assert!(offset_of!(Code, deferred) == 240);
};
