//! Code objects of the modules that a start imports, laid out as the virtual machine has them in memory, for the
//! assembler: `crates/prebuilt` makes them part of the executable, so that a start neither reads nor allocates them.
//!
//! Strings, tuples and code objects are immortal. Interned strings are laid out once, and found through a table that is
//! laid out, too (`taipan_object::names`). What the layout of a constant is not known for here (large integers, frozen
//! sets, slices, ...) is written as marshal data, with the place that it is put in when the module's code is first used.
//!
//! The offsets are those of the declarations, which `crates/prebuilt` compares at compile time.

use std::collections::{HashMap, HashSet};
use std::fmt::Write;
use std::sync::Arc;

use taipan_bytecode::{Code, Const, Opcode, Text, marshal};

#[path = "../../object/src/name_hash.rs"]
mod name_hash;

/// Bytes that the path of a module's file may have.
const FILE_ROOM: usize = 240;

/// Immediate integers.
const SMALL: std::ops::RangeInclusive<i64> = -(1 << 50)..=(1 << 50) - 1;

const HEAD: &str = "\
.set .Limmortal, {immortal}
.set .Lwarm_up, {warm_up}
.set .Lframe, {frame_words}
.set .Lint, {int_tag}
.set .Lfloat, {float_offset}
";

/// Parts of the data, in the order in which they are laid out.
#[derive(Default)]
struct Parts {
    /// Names that a start hashes, which is written to them.
    keys: String,
    /// What else a start writes to: instructions that run, their code objects, tuples that are completed.
    used: String,
    /// What functions are made from that a start does not call.
    codes: String,
    tuples: String,
    texts: String,
    /// Instructions of those functions.
    functions: String,
    /// Tables that are never written to.
    tables: String,
}

/// Lays code objects out.
#[derive(Default)]
pub struct Layout {
    parts: Parts,
    /// Labels of interned strings, and their texts in the order of the labels.
    names: HashMap<Vec<u8>, usize>,
    texts: Vec<Vec<u8>>,
    /// How many of them a start uses; they come first.
    start_names: usize,
    /// Labels of the present module's other strings.
    own: HashMap<Text, usize>,
    /// What is made when the present module is used: where, and its data.
    late: Vec<(String, Vec<u8>)>,
    modules: String,
    count: usize,
    labels: usize,
    /// Functions that a start calls: file, line, qualified name.
    called: HashSet<(String, i32, String)>,
    /// The path of the present module's file.
    path: String,
    /// The label of the present module's file name.
    file: usize,
}

/// A module whose code cannot be laid out.
#[derive(Debug)]
pub struct Unusual;

fn put(out: &mut String, line: std::fmt::Arguments<'_>) {
    out.write_fmt(line).and_then(|()| out.write_char('\n')).expect("strings are writable")
}

macro_rules! line {
    ($out:expr, $($rest:tt)*) => { put(&mut $out, format_args!($($rest)*)) };
}

fn bytes(out: &mut String, data: &[u8]) {
    for chunk in data.chunks(64) {
        let all: Vec<String> = chunk.iter().map(u8::to_string).collect();
        line!(*out, ".byte {}", all.join(","));
    }
}

/// The header of an immortal object.
fn header(out: &mut String, label: usize, flags: u16, class: &str) {
    let prefix = match flags {
        0 => 0,
        1 => 16,
        _ => 32,
    };
    line!(*out, ".p2align 3");
    if prefix > 0 {
        line!(*out, ".zero {prefix}");
    }
    line!(*out, ".L{label}:\n.long .Limmortal\n.short 0\n.short {flags}\n.quad {{{class}}}");
}

/// What CPython interns among the constants of a code object.
fn is_identifier_like(text: &Text) -> bool {
    text.as_bytes().iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
}

fn string(out: &mut String, label: usize, text: &Text, interned: bool, room: usize) {
    header(out, label, 0, "str");
    let points: Vec<u32> = text.code_points().collect();
    let widest = points.iter().copied().max().unwrap_or(0);
    let (width, ascii) = match widest {
        0..0x80 => (1, true),
        0x80..0x100 => (1, false),
        0x100..0x10000 => (2, false),
        _ => (4, false),
    };
    let state = width << 2 | 1 << 5 | u32::from(ascii) << 6 | u32::from(interned);
    line!(*out, ".quad {}, -1\n.long {state}, 0", points.len());
    if !ascii {
        line!(*out, ".quad 0, 0");
    }
    let units: Vec<u8> =
        points.iter().chain([&0]).flat_map(|p| p.to_le_bytes().into_iter().take(width as usize)).collect();
    bytes(out, &units);
    if room > units.len() {
        line!(*out, ".zero {}", room - units.len());
    }
}

/// A table of `taipan_object::names` for some of the names, the first of which has this index; gives its mask.
fn name_table(out: &mut String, label: &str, texts: &[Vec<u8>], first: usize) -> usize {
    let mask = (texts.len() * 2 + 1).next_power_of_two() - 1;
    let mut places: Vec<Option<(u32, usize)>> = vec![None; mask + 1];
    for (index, text) in texts.iter().enumerate() {
        let hash = name_hash::name_hash(text);
        let mut at = hash as usize & mask;
        while places[at].is_some() {
            at = (at + 1) & mask;
        }
        places[at] = Some((name_hash::tag(hash), first + index));
    }
    line!(*out, ".p2align 6\n{label}:");
    for place in places {
        let (tag, index) = place.unwrap_or((0, 0));
        line!(*out, ".long {tag}, {index}");
    }
    mask
}

impl Layout {
    fn label(&mut self) -> usize {
        self.labels += 1;
        self.labels
    }

    /// The label of an interned string.
    fn name(&mut self, text: &Text) -> Result<usize, Unusual> {
        if !text.is_ascii() {
            return Err(Unusual);
        }
        if let Some(&label) = self.names.get(text.as_bytes()) {
            return Ok(label);
        }
        let label = self.new_name(text);
        string(&mut self.parts.texts, label, text, true, 0);
        Ok(label)
    }

    fn new_name(&mut self, text: &Text) -> usize {
        let label = self.label();
        self.names.insert(text.as_bytes().to_vec(), label);
        self.texts.push(text.as_bytes().to_vec());
        label
    }

    fn text(&mut self, text: &Text) -> Result<usize, Unusual> {
        // The shortest strings are made once, as interned ones.
        if is_identifier_like(text) || text.is_ascii() && text.len() == 1 {
            return self.name(text);
        }
        if let Some(&label) = self.own.get(text) {
            return Ok(label);
        }
        let label = self.label();
        self.own.insert(text.clone(), label);
        string(&mut self.parts.texts, label, text, false, 0);
        Ok(label)
    }

    /// The word of a constant; nothing if it is to be made later.
    fn word(&mut self, value: &Const, used: bool) -> Result<Option<String>, Unusual> {
        Ok(Some(match value {
            Const::None => "{none}".to_owned(),
            Const::True => "{true}".to_owned(),
            Const::False => "{false}".to_owned(),
            Const::Ellipsis => "{ellipsis}".to_owned(),
            Const::Int(n) if SMALL.contains(n) => format!(".Lint + {}", *n as u64 & ((1 << 51) - 1)),
            Const::Float(x) if !x.is_nan() => format!(".Lfloat + {:#x}", x.to_bits()),
            Const::Str(text) => format!(".L{}", self.text(text)?),
            Const::Bytes(data) if data.len() > 1 => {
                let label = self.label();
                let out = &mut self.parts.texts;
                header(out, label, 0, "bytes");
                line!(*out, ".quad {}, -1", data.len());
                bytes(out, data);
                line!(*out, ".byte 0");
                format!(".L{label}")
            }
            Const::Tuple(items) => format!(".L{}", self.tuple(items, used)?),
            Const::Code(code) => format!(".L{}", self.code(code)?),
            _ => return Ok(None),
        }))
    }

    fn tuple(&mut self, items: &[Const], used: bool) -> Result<String, Unusual> {
        if items.is_empty() {
            return Ok("empty".to_owned());
        }
        let mut words = Vec::with_capacity(items.len());
        for item in items {
            words.push((item, self.word(item, used)?));
        }
        let label = self.label();
        for (i, (item, word)) in words.iter().enumerate() {
            if word.is_none() {
                let object = marshal::Object::Const((*item).clone());
                let data = marshal::write_object(&object).map_err(|_| Unusual)?;
                self.late.push((format!(".L{label} + {}", 32 + 8 * i), data));
            }
        }
        let used = used || words.iter().any(|(_, word)| word.is_none());
        let out = if used { &mut self.parts.used } else { &mut self.parts.tuples };
        header(out, label, 1, "tuple");
        line!(*out, ".quad {}, -1", items.len());
        for (_, word) in words {
            line!(*out, ".quad {}", word.as_deref().unwrap_or("{none}"));
        }
        Ok(label.to_string())
    }

    fn names(&mut self, names: &[Text], used: bool) -> Result<String, Unusual> {
        if names.is_empty() {
            return Ok("empty".to_owned());
        }
        let mut labels = Vec::with_capacity(names.len());
        for name in names {
            labels.push(self.name(name)?);
        }
        let label = self.label();
        let out = if used { &mut self.parts.used } else { &mut self.parts.tuples };
        header(out, label, 1, "tuple");
        line!(*out, ".quad {}, -1", names.len());
        for name in labels {
            line!(*out, ".quad .L{name}");
        }
        Ok(label.to_string())
    }

    /// The three words of a run of bytes in the program.
    fn table(&mut self, data: &[u8]) -> String {
        let label = self.label();
        line!(self.parts.tables, ".L{label}:");
        bytes(&mut self.parts.tables, data);
        format!(".L{label}, {}, 0", data.len())
    }

    /// Instructions as they run before any has changed.
    fn units(&mut self, code: &[u8], used: bool) -> Result<String, Unusual> {
        let (pairs, rest) = code.as_chunks::<2>();
        if pairs.is_empty() || !rest.is_empty() {
            return Err(Unusual);
        }
        let label = self.label();
        let mut units: Vec<String> = pairs.iter().map(|pair| u16::from_le_bytes(*pair).to_string()).collect();
        let mut at = 0;
        while at < pairs.len() {
            let op = Opcode::from_u8(pairs[at][0]).ok_or(Unusual)?;
            if op.deopt() != op {
                return Err(Unusual);
            }
            if op.caches() > 0 && at + 1 < units.len() {
                units[at + 1] = ".Lwarm_up".to_owned();
            }
            at += 1 + op.caches();
        }
        let out = if used { &mut self.parts.used } else { &mut self.parts.functions };
        line!(*out, ".p2align 1\n.L{label}:");
        for chunk in units.chunks(32) {
            line!(*out, ".short {}", chunk.join(","));
        }
        Ok(format!(".L{label}, {}, 0", pairs.len()))
    }

    fn code(&mut self, code: &Arc<Code>) -> Result<String, Unusual> {
        use taipan_bytecode::CodeFlags as Flags;
        // Bodies of modules and classes always run.
        let place = (self.path.clone(), code.firstlineno, code.qualname.to_lossy());
        let used = !code.flags.contains(Flags::OPTIMIZED) || self.called.contains(&place);
        let locals = code.localspluskinds.len();
        if code.localsplusnames.len() != locals {
            return Err(Unusual);
        }
        let units = self.units(&code.code, used)?;
        let name = self.name(&code.name)?;
        let names = self.names(&code.names, used)?;
        let consts = self.tuple(&code.consts, used)?;
        let locals_names = self.names(&code.localsplusnames, false)?;
        let qualname = match code.qualname == code.name {
            true => name,
            false => self.name(&code.qualname)?,
        };
        let tables = [&code.localspluskinds, &code.code, &code.linetable, &code.exceptiontable];
        let [kinds, canonical, lines, exceptions] = tables.map(|data| self.table(data));
        let simple = code.kwonlyargcount == 0
            && !code.flags.intersects(Flags::VARARGS | Flags::VARKEYWORDS)
            && code.flags.contains(Flags::OPTIMIZED | Flags::NEWLOCALS);
        let exact = if simple { code.argcount } else { u32::MAX };
        let label = self.label();
        let file = self.file;
        let (argcount, kwonly, posonly) = (code.argcount, code.kwonlyargcount, code.posonlyargcount);
        let (stack, flags, first) = (code.stacksize, code.flags.0, code.firstlineno);
        let out = if used { &mut self.parts.used } else { &mut self.parts.codes };
        header(out, label, 3, "code");
        line!(*out, ".quad {units}, .L{consts}, .L{names}");
        line!(*out, ".long {locals}, .Lframe + {}, {argcount}, {kwonly}", locals + stack as usize + 1);
        line!(*out, ".long {}, {exact}, {flags}, 0, 0, 0", u32::from(simple));
        line!(*out, ".quad 0, 0\n.long {posonly}, {stack}\n.quad .L{locals_names}, {kinds}");
        line!(*out, ".quad .L{file}, .L{name}, .L{qualname}\n.long {first}, 0");
        line!(*out, ".quad {canonical}, {lines}, {exceptions}, 0, 0");
        Ok(label.to_string())
    }

    /// Lays a module out; one that cannot be is left out. What has been laid out of it stays, and does no harm.
    pub fn module(&mut self, name: &str, path: &str, code: &Arc<Code>) {
        self.path = path.to_owned();
        self.own.clear();
        self.late.clear();
        self.file = self.label();
        string(&mut self.parts.used, self.file, &Text::from(""), false, FILE_ROOM + 1);
        let Ok(code) = self.code(code) else { return };
        let late = std::mem::take(&mut self.late);
        let list = self.label();
        let mut records = String::new();
        for (place, data) in &late {
            let at = self.table(data);
            line!(records, ".quad {place}, {at}");
        }
        let name_at = self.table(name.as_bytes());
        line!(self.parts.used, ".p2align 3\n.L{list}:\n{records}");
        line!(self.modules, ".quad {name_at}, .L{code}, .L{}, {FILE_ROOM}, .L{list}, {}, 0", self.file, late.len());
        self.count += 1;
    }

    /// Lays out first what a list of `cargo xtask startup-order` says that a start uses. It need not be up to date.
    pub fn start_with(&mut self, list: &str) {
        for line in list.lines() {
            if let Some(name) = line.strip_prefix("name ") {
                let text = Text::from(name);
                if text.is_ascii() && !self.names.contains_key(name.as_bytes()) {
                    let label = self.new_name(&text);
                    string(&mut self.parts.keys, label, &text, true, 0);
                    self.start_names = self.texts.len();
                }
            } else if let Some(code) = line.strip_prefix("code ") {
                let mut words = code.splitn(3, ' ');
                if let (Some(path), Some(Ok(line)), Some(name)) =
                    (words.next(), words.next().map(str::parse), words.next())
                {
                    self.called.insert((path.to_owned(), line, name.to_owned()));
                }
            }
        }
    }

    /// The text for the assembler.
    pub fn finish(self) -> String {
        let (start, others) = self.texts.split_at(self.start_names);
        let mut names = ".section .rodata.prebuilt,\"a\",@progbits\n".to_owned();
        let start_mask = name_table(&mut names, ".Lstart_places", start, 0);
        let others_mask = name_table(&mut names, ".Lother_places", others, start.len());
        let parts = self.parts;
        let mut out = HEAD.to_owned();
        line!(out, "{names}{}", parts.tables);
        line!(out, ".section .data.rel.ro.prebuilt,\"aw\",@progbits\n.p2align 6\n.Lnames:");
        for text in &self.texts {
            line!(out, ".quad .L{}", self.names[text]);
        }
        line!(out, ".section .data.prebuilt,\"aw\",@progbits\n.p2align 6");
        line!(out, ".Lused:\n{}{}.Lused_end:", parts.keys, parts.used);
        for part in [parts.codes, parts.tuples, parts.texts, parts.functions] {
            out.push_str(&part);
        }
        line!(out, ".p2align 3\n.Lmodules:\n{}", self.modules);
        line!(out, ".globl taipan_prebuilt\n.hidden taipan_prebuilt\ntaipan_prebuilt:");
        line!(out, ".quad {start_mask}, .Lstart_places, {others_mask}, .Lother_places, .Lnames, {}", self.texts.len());
        line!(out, ".quad .Lmodules, {}", self.count);
        line!(out, ".quad .Lused, .Lused_end - .Lused");
        // Wherever the assembler goes on.
        line!(out, ".text");
        // The empty tuple is the virtual machine's.
        out.replace(".Lempty", "{empty} + 16")
    }
}
