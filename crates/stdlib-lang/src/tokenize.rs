//! `_tokenize`: the compiler's tokens, for module `tokenize`.

use taipan_compiler::error::{ErrorKind, SyntaxError};
use taipan_compiler::tokenizer::{Config, Done, Tok, Token, Tokenizer};
use taipan_macros::{Payload, Trace, class, module};
use taipan_object::statics::OBJECT;
use taipan_object::{Bytes, TypeCell};
use taipan_vm::errors::STOP_ITERATION;
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::types::module::Module;
use taipan_vm::{Ref, Result, Str, Type, Value, Vm, name};

/// `_tokenize`.
pub struct TokenizeModule;

#[module(name = "_tokenize")]
impl TokenizeModule {
    #[exec]
    fn exec_module(vm: &mut Vm, module: &Ref<Module>) -> Result<()> {
        vm.add_class(module, &TokenizerIterClass::class_def())
    }
}

static TOKENIZER_ITER: TypeCell<TokenizerIter> = TypeCell::new("_tokenize.TokenizerIter");

/// Gives tokens. The text is read and taken apart when the first is asked for.
#[derive(Trace, Payload)]
#[payload(class = TOKENIZER_ITER)]
#[repr(C)]
struct TokenizerIter {
    readline: Value,
    encoding: Option<Value>,
    extra_tokens: bool,
    /// The tokens that are still to be given, the last first, and the error behind them.
    ready: Option<Vec<Value>>,
    failure: Option<Value>,
}

/// How a line ends.
#[derive(Clone, Copy, PartialEq)]
enum Ending {
    /// Not at all: the last one, which gets an end since it needs one.
    Missing,
    Lf,
    CrLf,
    Cr,
}

impl Ending {
    fn text(self) -> &'static str {
        match self {
            Ending::Missing => "",
            Ending::Lf => "\n",
            Ending::CrLf => "\r\n",
            Ending::Cr => "\r",
        }
    }
}

/// Text whose lines all end in a newline, and how they end in truth.
#[derive(Default)]
struct Source {
    text: String,
    endings: Vec<Ending>,
}

impl Source {
    /// Adds what one call of `readline` gave.
    fn push(&mut self, given: &str) {
        for line in given.split_inclusive('\n') {
            if self.endings.last() == Some(&Ending::Missing) {
                self.text.pop();
                self.endings.pop();
            }
            let (body, ending) = if let Some(body) = line.strip_suffix("\r\n") {
                (body, Ending::CrLf)
            } else if let Some(body) = line.strip_suffix('\n') {
                (body, Ending::Lf)
            } else if let Some(body) = line.strip_suffix('\r') {
                (body, Ending::Cr)
            } else {
                (line, Ending::Missing)
            };
            self.text.push_str(body);
            self.text.push('\n');
            self.endings.push(ending);
        }
    }
}

/// The text that `readline` gives, line by line.
fn read_all(vm: &mut Vm, readline: &Value, encoding: Option<&Value>) -> Result<Source> {
    let mut source = Source::default();
    loop {
        let line = match vm.call(readline, &[]) {
            Ok(line) => line,
            Err(raised) if vm.raised_is(STOP_ITERATION.as_type()) => {
                drop(vm.take_raised(raised));
                return Ok(source);
            }
            Err(raised) => return Err(raised),
        };
        let line = match encoding {
            Some(encoding) => {
                if line.downcast::<Bytes>().is_none() {
                    let text = "readline() returned a non-bytes object";
                    return Err(vm.raise_type_error(text));
                }
                let errors = vm.new_str("replace")?.into_value();
                vm.call_method(&line, name!("decode"), &[encoding.clone(), errors])?
            }
            None => line,
        };
        let Some(line) = line.downcast::<Str>() else {
            return Err(vm.raise_type_error("readline() returned a non-string object"));
        };
        if line.is_empty() {
            return Ok(source);
        }
        source.push(&line.to_string_lossy());
    }
}

/// Characters up to a byte of a line.
fn column(line: &[u8], bytes: i32) -> i32 {
    let Ok(bytes) = usize::try_from(bytes) else { return -1 };
    String::from_utf8_lossy(&line[..bytes.min(line.len())]).chars().count() as i32
}

/// Where the line of a byte begins.
fn line_start(text: &[u8], at: usize) -> usize {
    text[..at.min(text.len())].iter().rposition(|&c| c == b'\n').map_or(0, |n| n + 1)
}

/// Where the line of a byte ends, with its end.
fn line_end(text: &[u8], at: usize) -> usize {
    text[at.min(text.len())..].iter().position(|&c| c == b'\n').map_or(text.len(), |n| at + n + 1)
}

fn error_of(tokenizer: &mut Tokenizer<'_>) -> SyntaxError {
    if let Some(raised) = tokenizer.raised.take() {
        return *raised;
    }
    let (kind, text) = match tokenizer.done {
        Done::Eof => {
            return SyntaxError {
                lineno: Some(tokenizer.lineno),
                offset: Some(tokenizer.held as i32),
                late_place: true,
                ..SyntaxError::bare(ErrorKind::Syntax, "unexpected EOF in multi-line statement")
            };
        }
        Done::Dedent => (ErrorKind::Indentation, "unindent does not match any outer indentation level"),
        Done::TabSpace => (ErrorKind::Tab, "inconsistent use of tabs and spaces in indentation"),
        Done::TooDeep => (ErrorKind::Indentation, "too many levels of indentation"),
        Done::LineCont => (ErrorKind::Syntax, "unexpected character after line continuation character"),
        _ => (ErrorKind::Syntax, "unknown tokenization error"),
    };
    // Behind the line, whatever of it is wrong.
    let start = line_start(tokenizer.src, tokenizer.cur.saturating_sub(1));
    let line = String::from_utf8_lossy(&tokenizer.src[start..line_end(tokenizer.src, start)]);
    let line = line.trim_end_matches('\n');
    SyntaxError {
        lineno: Some(tokenizer.lineno),
        offset: Some(line.chars().count() as i32 + 1),
        text: Some(line.to_owned()),
        ..SyntaxError::bare(kind, text)
    }
}

struct Text<'a> {
    bytes: &'a [u8],
    endings: &'a [Ending],
    extra_tokens: bool,
}

impl Text<'_> {
    fn ending(&self, line: i32) -> Ending {
        usize::try_from(line - 1).ok().and_then(|at| self.endings.get(at)).copied().unwrap_or(Ending::Missing)
    }

    /// A piece of text that begins on a line, with the ends that its lines have in truth.
    fn restored(&self, piece: &[u8], first_line: i32) -> String {
        let piece = String::from_utf8_lossy(piece);
        let mut all = String::with_capacity(piece.len());
        for (line, part) in (first_line..).zip(piece.split_inclusive('\n')) {
            match part.strip_suffix('\n') {
                Some(body) => {
                    all.push_str(body);
                    all.push_str(self.ending(line).text());
                }
                None => all.push_str(part),
            }
        }
        all
    }

    /// The tuple of a token: type, text, start, end, line. `trailing`: it stands behind the text, whose last line is
    /// shown with it if that ended a statement.
    fn tuple(&self, vm: &mut Vm, token: &Token, trailing: bool, last_line: Option<i32>) -> Result {
        let bytes = self.bytes;
        let (start, end) = (token.start as usize, token.end as usize);
        let mut kind = token.kind;
        let (mut line, mut end_line) = (token.lineno, token.end_lineno);
        let first = line_start(bytes, start);
        let last = if end > start { line_start(bytes, end - 1) } else { first };
        let mut text = self.restored(bytes.get(start..end).unwrap_or_default(), line);
        let shown = match last_line {
            Some(line) if trailing && !self.extra_tokens => {
                self.restored(&bytes[line_start(bytes, bytes.len().saturating_sub(1))..], line)
            }
            _ if trailing => String::new(),
            _ => self.restored(&bytes[first..line_end(bytes, last.max(first))], line),
        };
        let mut col = column(&bytes[first..], token.col);
        let mut end_col = if kind.is_string_part() {
            let from = line_start(bytes, end);
            column(&bytes[from..], (end - from) as i32)
        } else {
            column(&bytes[last..], token.end_col)
        };
        if kind == Tok::Newline && !self.extra_tokens {
            // The end of the line is no part of it, but for the first half of two characters.
            let ending = self.ending(line);
            text.truncate(text.len() - ending.text().len());
            if matches!(ending, Ending::CrLf | Ending::Cr) {
                text.push('\r');
            }
            end_col = col + text.chars().count() as i32;
        } else if self.extra_tokens {
            if trailing {
                line += 1;
                end_line = line;
                (col, end_col) = (0, 0);
            }
            if kind.is_keyword() {
                kind = Tok::Name;
            } else if (kind as u8) > Tok::Dedent as u8 && (kind as u8) < Tok::Op as u8 {
                kind = Tok::Op;
            } else if matches!(kind, Tok::Newline | Tok::Nl) {
                let ending = self.ending(line);
                text = ending.text().to_owned();
                end_col = col + if matches!(ending, Ending::CrLf | Ending::Cr) { 2 } else { 1 };
            }
        }
        let number = if kind.is_keyword() { Tok::Name as u8 } else { kind as u8 };
        let place = |vm: &mut Vm, line: i32, col: i32| {
            vm.new_tuple(vec![Value::from_i32(line), Value::from_i32(col)]).map(Ref::into_value)
        };
        let (from, to) = (place(vm, line, col)?, place(vm, end_line, end_col)?);
        let text = vm.new_str(&text)?.into_value();
        let shown = vm.new_str(&shown)?.into_value();
        vm.new_tuple(vec![Value::from_i32(i32::from(number)), text, from, to, shown]).map(Ref::into_value)
    }
}

/// All tokens, and the error that ends them.
fn tokens(vm: &mut Vm, source: &Source, extra_tokens: bool) -> Result<(Vec<Value>, Option<Value>)> {
    let text = Text { bytes: source.text.as_bytes(), endings: &source.endings, extra_tokens };
    let mut tokenizer = Tokenizer::new(text.bytes, Config { extra_tokens, ..Config::default() });
    let filename = vm.intern_utf8("<string>")?;
    let mut all = Vec::new();
    if source.text.is_empty() && !extra_tokens {
        return Ok((all, None));
    }
    // The last line, if the last token before the end ended a statement.
    let mut last_line = None;
    loop {
        let token = tokenizer.next_token();
        for warning in std::mem::take(&mut tokenizer.warnings) {
            vm.issue_syntax_warning(warning, &filename)?;
        }
        match token {
            Ok(token) => {
                let trailing = token.kind == Tok::EndMarker || token.kind == Tok::Dedent && tokenizer.done == Done::Eof;
                all.push(text.tuple(vm, &token, trailing, last_line)?);
                match token.kind {
                    Tok::EndMarker => return Ok((all, None)),
                    Tok::Newline if token.end as usize == text.bytes.len() => last_line = Some(token.lineno),
                    _ => {}
                }
            }
            Err(_) => {
                let error = error_of(&mut tokenizer);
                let raised = vm.raise_syntax_error(error, &filename);
                return Ok((all, Some(vm.take_raised(raised))));
            }
        }
    }
}

struct TokenizerIterClass;

#[class(cell = TOKENIZER_ITER, base = OBJECT, flags = HAVE_GC)]
impl TokenizerIterClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, args: Args<'_>) -> Result {
        static SIGNATURE: Signature = Signature {
            name: "tokenizeriter",
            params: &["readline", "extra_tokens", "encoding"],
            required: &[true, true, false],
            required_count: 2,
            positional_only: 0,
            positional: 1,
        };
        let [readline, extra, encoding] = bind::<3>(vm, &SIGNATURE, args)?;
        let extra_tokens = match extra {
            Some(extra) => vm.is_truthy(extra)?,
            None => false,
        };
        let iterator = TokenizerIter {
            readline: readline.cloned().unwrap_or_else(Value::none),
            encoding: encoding.filter(|e| !e.is_none()).cloned(),
            extra_tokens,
            ready: None,
            failure: None,
        };
        Ref::new_in(vm, class, iterator).map(Ref::into_value)
    }

    #[slot]
    fn iter(_vm: &mut Vm, this: &Value) -> Result {
        Ok(this.clone())
    }

    #[slot]
    fn next(vm: &mut Vm, this: &Ref<TokenizerIter>) -> Result<Option<Value>> {
        if this.get(vm).ready.is_none() {
            let (readline, encoding) = (this.get(vm).readline.clone(), this.get(vm).encoding.clone());
            let source = read_all(vm, &readline, encoding.as_ref())?;
            let extra_tokens = this.get(vm).extra_tokens;
            let (mut all, failure) = tokens(vm, &source, extra_tokens)?;
            all.reverse();
            let iterator = this.get_mut(vm);
            iterator.ready = Some(all);
            iterator.failure = failure;
        }
        if let Some(token) = this.get_mut(vm).ready.as_mut().and_then(Vec::pop) {
            return Ok(Some(token));
        }
        match this.get_mut(vm).failure.take() {
            Some(failure) => Err(vm.raise_chained(failure)),
            None => Ok(None),
        }
    }
}
