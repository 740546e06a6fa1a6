//! `compile`, `eval`, `exec`: from source values to code objects, over the compiler's facade.

use crate::errors;
use crate::types::exceptions::SyntaxError as SyntaxErrorObject;
use crate::{Dict, Ref, Result, Str, Tuple, Value, Vm, name, slots};
use taipan_bytecode::{CodeFlags, Text};
use taipan_compiler::error::{Around, ErrorKind, SyntaxError, Warning};
pub use taipan_compiler::parser::Mode;
use taipan_compiler::{Options, ast, parser, source};
use taipan_object::str::StrData;
use taipan_object::{Raised, Type};

/// Flags of `compile` besides the future features.
pub mod flags {
    /// Leave the end of a block open.
    pub const DONT_IMPLY_DEDENT: u32 = 0x200;
    /// Give the syntax tree.
    pub const ONLY_AST: u32 = 0x400;
    /// Read type comments.
    pub const TYPE_COMMENTS: u32 = 0x1000;
    /// Allow `await` at module level.
    pub const ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
    /// Tell unfinished input from wrong input.
    pub const ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
    /// Give the optimised syntax tree.
    pub const OPTIMIZED_AST: u32 = 0x8400;
    /// All future features.
    pub const FUTURE: u32 = 0x1fe_0000;
    /// `CO_NESTED`, which is accepted and ignored.
    pub const OBSOLETE: u32 = 0x10;
    /// Everything that `compile` takes.
    pub const ALL: u32 = DONT_IMPLY_DEDENT
        | ONLY_AST
        | TYPE_COMMENTS
        | ALLOW_TOP_LEVEL_AWAIT
        | ALLOW_INCOMPLETE_INPUT
        | OPTIMIZED_AST
        | FUTURE
        | OBSOLETE;
}

/// How trees of Python objects are told, made and read.
#[derive(Clone, Copy)]
pub struct AstHooks {
    /// Whether a value is a node.
    pub is_node: fn(&Value) -> bool,
    /// Python objects for a tree.
    pub export: fn(&mut Vm, &ast::Mod) -> Result,
    /// The tree that Python objects describe.
    pub import: fn(&mut Vm, &Value, Mode) -> Result<ast::Mod>,
}

/// What to compile as.
#[derive(Clone, Copy)]
pub struct Request {
    /// Module, expression or statement.
    pub mode: Mode,
    /// [`flags`] and future features.
    pub flags: u32,
    /// 0, 1, 2; -1 is the interpreter's own level.
    pub optimize: i32,
    /// Minor version of the language, -1 for the newest.
    pub feature_version: i32,
    /// Whether blanks before the text are skipped, as `eval` does.
    pub skip_blanks: bool,
    /// Whether the text can be read again from the file.
    pub from_file: bool,
}

impl Request {
    /// Plain source in a mode.
    pub fn new(mode: Mode) -> Request {
        Request { mode, flags: 0, optimize: -1, feature_version: -1, skip_blanks: false, from_file: false }
    }
}

fn text_of(s: &Str) -> Text {
    match s.to_utf8() {
        Some(text) => Text::from(text),
        None => Text::from_code_points(s.data().code_points()),
    }
}

/// The compiler cannot be refused memory, so it is asked for beforehand. Dense sources of many kinds took up to 424 bytes for
/// each of theirs (CPython: 724).
fn ask_for_room(length: usize) -> Result<()> {
    const BYTES_PER_BYTE: usize = 512;
    taipan_object::room::probe(length.saturating_mul(BYTES_PER_BYTE))
}

impl Vm {
    /// `os.fsdecode`: a path as a string.
    pub fn fs_decode(&mut self, path: &Value) -> Result<Ref<Str>> {
        let mut path = path.clone();
        if path.downcast::<Str>().is_none()
            && path.downcast::<taipan_object::Bytes>().is_none()
            && let Some(method) = self.lookup_special(&path, name!("__fspath__"))?
        {
            let given = path.ty().name();
            path = self.call(&method, &[])?;
            if path.downcast::<Str>().is_none() && path.downcast::<taipan_object::Bytes>().is_none() {
                let text = format!("expected {given}.__fspath__() to return str or bytes, not {}", path.ty().name());
                return Err(self.raise_type_error(&text));
            }
        }
        let decoded = if let Some(s) = path.downcast::<Str>() {
            s.clone()
        } else if path.downcast::<taipan_object::Bytes>().is_some() {
            let bytes = self.bytes_of(&path)?;
            self.decode_path(&bytes)?
        } else {
            let text = format!("expected str, bytes or os.PathLike object, not {}", path.ty().name());
            return Err(self.raise_type_error(&text));
        };
        if decoded.data().code_points().any(|c| c == 0) {
            return Err(self.raise_value_error("embedded null character"));
        }
        Ok(decoded)
    }

    /// UTF-8 in which a wrong byte becomes a lone surrogate.
    pub fn decode_path(&mut self, bytes: &[u8]) -> Result<Ref<Str>> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return self.new_str(text);
        }
        let mut units: Vec<u32> = Vec::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            units.extend(chunk.valid().chars().map(u32::from));
            units.extend(chunk.invalid().iter().map(|b| 0xdc00 + u32::from(*b)));
        }
        self.new_str_data(StrData::Ucs4(&units))
    }

    /// The program text of a `str` or bytes-like value. `function` is who asks, for messages.
    fn source_text(&mut self, source: &Value, function: &str, wanted: &str, filename: &Ref<Str>) -> Result<String> {
        if let Some(s) = source.downcast::<Str>() {
            return match s.to_utf8() {
                Some(text) => {
                    ask_for_room(text.len())?;
                    Ok(text.to_owned())
                }
                None => Err(self.raise_surrogates_not_allowed(s)),
            };
        }
        if slots::of(source.ty()).buffer.is_none() {
            return Err(self.raise_type_error(&format!("{function}() arg 1 must be a {wanted}")));
        }
        let bytes = self.bytes_of(source)?;
        ask_for_room(bytes.len())?;
        let decoded = {
            let mut decoder = |encoding: &str, bytes: &[u8]| self.decode_named(encoding, bytes);
            source::decode(&bytes, None, &mut decoder).map(std::borrow::Cow::into_owned)
        };
        decoded.map_err(|e| self.raise_syntax_error(e, filename))
    }

    /// The text of a program that was read from a file.
    pub fn decode_source(&mut self, bytes: &[u8], filename: &Ref<Str>) -> Result<String> {
        let file = filename.to_string_lossy();
        let decoded = {
            let mut decoder = |encoding: &str, bytes: &[u8]| self.decode_named(encoding, bytes);
            source::decode(bytes, Some(&file), &mut decoder).map(std::borrow::Cow::into_owned)
        };
        decoded.map_err(|e| self.raise_syntax_error(e, filename))
    }

    /// Decodes by the codec of that name; the error is the text of its exception.
    fn decode_named(&mut self, encoding: &str, bytes: &[u8]) -> std::result::Result<String, String> {
        let decoded = self.call_codec(encoding, bytes);
        match decoded {
            Ok(text) => Ok(text),
            Err(raised) => {
                let exception = self.take_raised(raised);
                match self.str(&exception) {
                    Ok(text) => Err(text.to_string_lossy()),
                    Err(raised) => {
                        drop(self.take_raised(raised));
                        Err(format!("unknown encoding: {encoding}"))
                    }
                }
            }
        }
    }

    fn call_codec(&mut self, encoding: &str, bytes: &[u8]) -> Result<String> {
        let bytes = self.new_bytes(bytes)?.into_value();
        let encoding = self.new_str(encoding)?.into_value();
        let text = self.call_method(&bytes, name!("decode"), &[encoding])?;
        Ok(text.downcast::<Str>().map(|s| s.to_string_lossy()).unwrap_or_default())
    }

    /// Compiles source text to a code object.
    pub fn compile_text(&mut self, text: &str, filename: &Ref<Str>, request: Request) -> Result {
        ask_for_room(text.len())?;
        let options = self.compiler_options(request)?;
        let mut warnings = Vec::new();
        let filename_text = text_of(filename);
        let compiled =
            taipan_compiler::compile_source_with(text, &filename_text, request.mode, &options, &mut warnings);
        let compiled = compiled.map_err(|mut e| {
            if let (true, Some(around)) = (request.from_file, &mut e.around) {
                around.source = None;
            }
            e
        });
        self.finish_compiling(compiled, warnings, filename)
    }

    fn finish_compiling(
        &mut self,
        compiled: std::result::Result<taipan_bytecode::Code, SyntaxError>,
        warnings: Vec<Warning>,
        filename: &Ref<Str>,
    ) -> Result {
        for warning in warnings {
            self.issue_syntax_warning(warning, filename)?;
        }
        match compiled {
            Ok(code) => self.new_code(&code).map(Ref::into_value),
            Err(e) => Err(self.raise_syntax_error(e, filename)),
        }
    }

    /// The tree of source text, as Python objects.
    fn parse_to_python(&mut self, text: &str, filename: &Ref<Str>, request: Request, hooks: AstHooks) -> Result {
        ask_for_room(text.len())?;
        let options = self.compiler_options(request)?;
        let mut warnings = Vec::new();
        let parsed = parser::parse(text, request.mode, &options.parser, &mut warnings);
        for warning in warnings {
            self.issue_syntax_warning(warning, filename)?;
        }
        let mut tree = match parsed {
            Ok(tree) => tree,
            Err(e) => return Err(self.raise_syntax_error(e, filename)),
        };
        if request.flags & flags::OPTIMIZED_AST == flags::OPTIMIZED_AST {
            self.optimize_tree(&mut tree, &options, filename)?;
        }
        (hooks.export)(self, &tree)
    }

    fn optimize_tree(&mut self, tree: &mut ast::Mod, options: &Options, filename: &Ref<Str>) -> Result<()> {
        let mut warnings = Vec::new();
        taipan_compiler::optimize(tree, options, &mut warnings).map_err(|e| self.raise_syntax_error(e, filename))
    }

    /// The symbol table of a `str` or bytes-like value, as module `symtable` shows it.
    pub fn symbol_table(
        &mut self,
        source: &Value,
        filename: &Ref<Str>,
        mode: Mode,
    ) -> Result<taipan_compiler::symtable::SymbolTable> {
        let text = self.source_text(source, "symtable", "string or bytes object", filename)?;
        ask_for_room(text.len())?;
        let options = self.compiler_options(Request::new(mode))?;
        let mut warnings = Vec::new();
        let table = parser::parse(&text, mode, &options.parser, &mut warnings)
            .and_then(|tree| taipan_compiler::symbol_table(&tree, &options));
        for warning in warnings {
            self.issue_syntax_warning(warning, filename)?;
        }
        table.map_err(|e| self.raise_syntax_error(e, filename))
    }

    fn compiler_options(&mut self, request: Request) -> Result<Options> {
        let optimize = match request.optimize {
            -1 => self.optimize_level()?,
            n => n as u8,
        };
        let has = |flag| request.flags & flag != 0;
        let mut options = Options {
            optimize,
            future: CodeFlags(request.flags & flags::FUTURE),
            allow_top_level_await: has(flags::ALLOW_TOP_LEVEL_AWAIT),
            ..Options::default()
        };
        options.stack = options.stack.min(self.native_stack_left() / 2);
        options.parser.type_comments = has(flags::TYPE_COMMENTS);
        options.parser.dont_imply_dedent = has(flags::DONT_IMPLY_DEDENT);
        options.parser.allow_incomplete_input = has(flags::ALLOW_INCOMPLETE_INPUT);
        options.parser.int_max_str_digits = self.state().int_max_str_digits;
        if let Ok(version) = u8::try_from(request.feature_version)
            && version < options.parser.feature_version
        {
            options.parser.feature_version = version;
        }
        Ok(options)
    }

    /// Compiles a `str` or bytes-like value. `function` and `wanted` make the message for anything else.
    pub fn compile(
        &mut self,
        source: &Value,
        filename: &Ref<Str>,
        request: Request,
        function: &str,
        wanted: &str,
    ) -> Result {
        taipan_object::room::probe(filename.len().saturating_mul(32))?;
        let hooks = self.state().ast;
        let only_ast = request.flags & flags::ONLY_AST != 0;
        if let Some(hooks) = hooks
            && (hooks.is_node)(source)
        {
            let mut tree = (hooks.import)(self, source, request.mode)?;
            let options = self.compiler_options(request)?;
            if let Err(e) = ast::validate(&tree, options.stack) {
                return Err(self.raise_syntax_error(e, filename));
            }
            if only_ast {
                if request.flags & flags::OPTIMIZED_AST == flags::OPTIMIZED_AST {
                    self.optimize_tree(&mut tree, &options, filename)?;
                }
                return (hooks.export)(self, &tree);
            }
            let mut warnings = Vec::new();
            let filename_text = text_of(filename);
            let finisher = &mut taipan_compiler::ir::finish;
            let compiled = taipan_compiler::compile_with(tree, &filename_text, &options, &mut warnings, finisher);
            return self.finish_compiling(compiled, warnings, filename);
        }
        let text = self.source_text(source, function, wanted, filename)?;
        let text = if request.skip_blanks { text.trim_start_matches([' ', '\t']) } else { &text };
        if only_ast {
            return match hooks {
                Some(hooks) => self.parse_to_python(text, filename, request, hooks),
                None => Err(self.raise_not_implemented_error("there are no classes of syntax trees")),
            };
        }
        self.compile_text(text, filename, request)
    }

    /// `sys.flags.optimize`.
    fn optimize_level(&mut self) -> Result<u8> {
        let Some(all) = self.sys_attr(name!("flags")) else { return Ok(0) };
        let Some(level) = self.get_attr_opt(&all, name!("optimize"))? else { return Ok(0) };
        Ok(level.small_int().unwrap_or(0).clamp(0, 2) as u8)
    }

    /// Raises what the compiler reports.
    pub fn raise_syntax_error(&mut self, e: SyntaxError, filename: &Ref<Str>) -> Raised {
        let class: &'static Type = match e.kind {
            ErrorKind::Syntax => errors::SYNTAX_ERROR.as_type(),
            ErrorKind::Indentation => errors::INDENTATION_ERROR.as_type(),
            ErrorKind::Tab => errors::TAB_ERROR.as_type(),
            ErrorKind::IncompleteInput => errors::INCOMPLETE_INPUT_ERROR.as_type(),
            ErrorKind::Memory if e.msg.is_empty() => return self.raise_memory_error(),
            ErrorKind::Memory => return self.raise_class(errors::MEMORY_ERROR.as_type(), &e.msg),
            ErrorKind::Recursion => return self.raise_recursion_error(&e.msg),
            ErrorKind::Type => return self.raise_type_error(&e.msg),
            ErrorKind::Value => return self.raise_value_error(&e.msg),
            ErrorKind::UnicodeDecode => {
                let at = |n: Option<i32>| n.unwrap_or(0).max(0) as usize;
                let bytes = self.new_bytes(e.text.as_deref().unwrap_or("").as_bytes());
                return match bytes.map(Ref::into_value) {
                    Ok(bytes) => {
                        self.raise_unicode_decode_error("unicodeescape", &bytes, at(e.offset), at(e.end_offset), &e.msg)
                    }
                    Err(raised) => raised,
                };
            }
            ErrorKind::Overflow => return self.raise_overflow_error(&e.msg),
            ErrorKind::System => return self.raise_system_error(&e.msg),
            ErrorKind::Runtime => return self.raise_runtime_error(&e.msg),
        };
        let made = self.new_syntax_error(class, &e, filename).and_then(|exception| {
            if let (Some(around), Some(e)) = (&e.around, exception.downcast::<SyntaxErrorObject>()) {
                let metadata = self.syntax_error_metadata(around)?;
                e.get_mut(self).metadata = Some(metadata);
            }
            Ok(exception)
        });
        self.raise_made(made)
    }

    fn syntax_error_metadata(&mut self, around: &Around) -> Result {
        let source = match &around.source {
            Some(source) => self.new_str(source)?.into_value(),
            None => Value::none(),
        };
        let (line, column) = around.statement;
        Ok(self.new_tuple(vec![Value::from_i32(line), Value::from_i32(column), source])?.into_value())
    }

    /// `(msg, (filename, lineno, offset, text, end_lineno, end_offset))`, or the message alone without a place.
    fn new_syntax_error(&mut self, class: &'static Type, e: &SyntaxError, filename: &Ref<Str>) -> Result {
        let msg = self.new_str(&e.msg)?.into_value();
        let Some(line) = e.lineno else { return self.new_exception(class, vec![msg]) };
        let text = match &e.text {
            Some(text) => self.new_str(text)?.into_value(),
            None => self.source_line(filename, line)?,
        };
        let number = |n: Option<i32>| n.map_or_else(Value::none, Value::from_i32);
        if e.late_place {
            let exception = self.new_exception(class, vec![msg])?;
            if let Some(made) = exception.downcast::<SyntaxErrorObject>() {
                let made = made.get_mut(self);
                made.filename = Some(filename.to_value());
                made.lineno = Some(number(e.lineno));
                made.offset = Some(number(e.offset));
                made.text = Some(text);
                made.end_lineno = Some(number(e.end_lineno));
                made.end_offset = Some(number(e.end_offset));
            }
            return Ok(exception);
        }
        let place = vec![
            filename.to_value(),
            number(e.lineno),
            number(e.offset),
            text,
            number(e.end_lineno),
            number(e.end_offset),
        ];
        let place = self.new_tuple(place)?.into_value();
        self.new_exception(class, vec![msg, place])
    }

    /// A line of a file, `None` where it cannot be read.
    fn source_line(&mut self, filename: &Ref<Str>, line: i32) -> Result {
        let (Some(path), Ok(line)) = (filename.to_utf8(), usize::try_from(line - 1)) else { return Ok(Value::none()) };
        if path.is_empty() || path.starts_with('<') {
            return Ok(Value::none());
        }
        let path = path.as_bytes().to_vec();
        let Ok(bytes) = self.detach(move || taipan_host::fs::read_file(&path)) else { return Ok(Value::none()) };
        let Ok(text) = source::decode(&bytes, None, &mut |_, _| Err(String::new())) else { return Ok(Value::none()) };
        match text.split_inclusive('\n').nth(line) {
            Some(found) => self.new_str(found).map(Ref::into_value),
            None => Ok(Value::none()),
        }
    }

    /// Issues a `SyntaxWarning`; where the filters make an error of it, a `SyntaxError` with its place.
    pub fn issue_syntax_warning(&mut self, warning: Warning, filename: &Ref<Str>) -> Result<()> {
        let known = self.state().native_modules.contains_key("_warnings");
        if !known {
            return Ok(());
        }
        let module = self.import("_warnings")?;
        let class = errors::SYNTAX_WARNING.as_type();
        let text = self.new_str(&warning.msg)?.into_value();
        let args = [text, class.to_value(), filename.to_value(), Value::from_i32(warning.lineno)];
        match self.call_method(&module, name!("warn_explicit"), &args) {
            Ok(_) => Ok(()),
            Err(raised) if self.raised_is(class) => {
                drop(self.take_raised(raised));
                Err(self.raise_syntax_error(*warning.as_error, filename))
            }
            Err(raised) => Err(raised),
        }
    }

    /// The code object of the first argument of `eval` or `exec`, compiled if it is source.
    fn code_of(&mut self, source: &Value, function: &str, mode: Mode) -> Result {
        let filename = self.new_str("<string>")?;
        let request = Request {
            flags: self.current_code_flags() & flags::FUTURE,
            skip_blanks: mode == Mode::Eval,
            from_file: false,
            ..Request::new(mode)
        };
        self.compile(source, &filename, request, function, "string, bytes or code object")
    }

    /// `eval(source, globals, locals)`.
    pub fn eval_builtin(&mut self, source: &Value, globals: Option<&Value>, locals: Option<&Value>) -> Result {
        let locals = locals.filter(|l| !l.is_none());
        let globals = globals.filter(|g| !g.is_none());
        if let Some(l) = locals
            && slots::of(l.ty()).getitem.is_none()
        {
            return Err(self.raise_type_error("locals must be a mapping"));
        }
        let given = match globals {
            Some(g) => match g.downcast::<Dict>() {
                Some(d) => Some(d.clone()),
                None if slots::of(g.ty()).getitem.is_some() => {
                    let text = "globals must be a real dict; try eval(code, {}, mapping)";
                    return Err(self.raise_type_error(text));
                }
                None => return Err(self.raise_type_error("globals must be a dict")),
            },
            None => None,
        };
        let (globals, locals) = self.scope(given, locals, "eval")?;
        let code = if self.is_code(source) {
            if self.count_free(source)? > 0 {
                let text = "code object passed to eval() may not contain free variables";
                return Err(self.raise_type_error(text));
            }
            source.clone()
        } else {
            self.code_of(source, "eval", Mode::Eval)?
        };
        self.exec_code(&code, &globals, Some(locals))
    }

    /// `exec(source, globals, locals, closure=closure)`.
    pub fn exec_builtin(
        &mut self,
        source: &Value,
        globals: Option<&Value>,
        locals: Option<&Value>,
        closure: Option<&Value>,
    ) -> Result<()> {
        let locals = locals.filter(|l| !l.is_none());
        let given = match globals.filter(|g| !g.is_none()) {
            Some(g) => match g.downcast::<Dict>() {
                Some(d) => Some(d.clone()),
                None => {
                    let text = format!("exec() globals must be a dict, not {}", g.ty().name());
                    return Err(self.raise_type_error(&text));
                }
            },
            None => None,
        };
        if let Some(l) = locals
            && slots::of(l.ty()).getitem.is_none()
        {
            let text = format!("locals must be a mapping or None, not {}", l.ty().name());
            return Err(self.raise_type_error(&text));
        }
        let (globals, locals) = self.scope(given, locals, "exec")?;
        let closure = closure.filter(|c| !c.is_none());
        if !self.is_code(source) {
            if closure.is_some() {
                return Err(self.raise_type_error("closure can only be used when source is a code object"));
            }
            let code = self.code_of(source, "exec", Mode::Exec)?;
            return self.exec_code(&code, &globals, Some(locals)).map(drop);
        }
        let free = self.count_free(source)?;
        if free == 0 {
            return match closure {
                None => self.exec_code(source, &globals, Some(locals)).map(drop),
                Some(_) => Err(self.raise_type_error("cannot use a closure with this code object")),
            };
        }
        let is_cell = |v: &Value| v.downcast::<crate::types::cell::Cell>().is_some();
        let cells = closure.and_then(|c| c.downcast_exact::<Tuple>()).filter(|t| t.len() == free);
        match cells.filter(|t| t.items().iter().all(is_cell)).cloned() {
            Some(cells) => self.exec_code_with_closure(source, &globals, Some(locals), cells).map(drop),
            None => {
                let text = format!("code object requires a closure of exactly length {free}");
                Err(self.raise_type_error(&text))
            }
        }
    }

    fn is_code(&self, v: &Value) -> bool {
        v.downcast::<crate::types::code::Code>().is_some()
    }

    fn count_free(&mut self, code: &Value) -> Result<usize> {
        let names = self.get_attr(code, name!("co_freevars"))?;
        self.len(&names)
    }

    /// The namespaces to run in: the caller's where none are given; globals get `__builtins__`.
    fn scope(
        &mut self,
        globals: Option<Ref<Dict>>,
        locals: Option<&Value>,
        function: &str,
    ) -> Result<(Ref<Dict>, Value)> {
        let (globals, locals) = match (globals, locals) {
            (Some(g), Some(l)) => (g, l.clone()),
            (Some(g), None) => {
                let l = g.to_value();
                (g, l)
            }
            (None, locals) => {
                let Some(g) = self.scope_globals() else {
                    let text = format!("{function} must be given globals and locals when called without a frame");
                    return Err(self.raise_type_error(&text));
                };
                let l = match locals {
                    Some(l) => l.clone(),
                    None => self.scope_locals()?.unwrap_or_else(|| g.to_value()),
                };
                (g, l)
            }
        };
        if self.dict_get_str(&globals, name!("__builtins__"))?.is_none() {
            let builtins = match self.state().builtins.clone() {
                Some(b) => b.into_value(),
                None => Value::none(),
            };
            self.dict_set(&globals, name!("__builtins__").as_value(), builtins)?;
        }
        Ok((globals, locals))
    }
}
