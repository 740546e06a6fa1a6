//! The thread that edits: `rustyline`'s editor, and how it asks the thread that wants the line.

use crate::complete::Found;
use crate::history::View;
use crate::keys::Action;
use crate::shared;
use rustyline::completion::Completer;
use rustyline::config::{BellStyle, Configurer};
use rustyline::error::ReadlineError;
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::Validator;
use rustyline::{
    Cmd, CompletionType, ConditionalEventHandler, Config, Context, EditMode, Editor, Event, EventContext, EventHandler,
    Helper, KeyEvent, RepeatCount,
};
use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender};
use taipan_host::fd::Owned;
use taipan_host::stdio;

/// What the editor asks for, and its end.
pub enum Request {
    Complete { line: String, cursor: usize },
    Show { word: String, candidates: Vec<String> },
    Done(Box<Terminal>, Outcome),
}

/// How editing ended.
pub enum Outcome {
    Line(String),
    End,
    Interrupted,
    /// The number of the system's error.
    Failed(i32),
}

/// The editor's side of the conversation.
pub struct Link {
    pub requests: Sender<Request>,
    pub answers: Receiver<Found>,
    /// Wakes the other thread.
    pub wake: Owned,
    /// Whether the program shows candidates itself.
    pub displays: bool,
}

thread_local! {
    static LINK: RefCell<Option<Link>> = const { RefCell::new(None) };
    /// The line that could not be completed further.
    static STUCK: RefCell<Option<(String, usize)>> = const { RefCell::new(None) };
}

fn send(link: &Link, request: Request) -> bool {
    link.requests.send(request).is_ok() && stdio::write_all(link.wake.raw(), b"r").is_ok()
}

fn ask(request: Request) -> Option<Found> {
    LINK.with_borrow(|link| {
        let link = link.as_ref()?;
        if !send(link, request) {
            return None;
        }
        link.answers.recv().ok()
    })
}

/// Completes for the editor.
pub struct Aide;

impl Helper for Aide {}
impl Highlighter for Aide {}
impl Validator for Aide {}
impl Hinter for Aide {
    type Hint = String;
}

impl Completer for Aide {
    type Candidate = String;

    fn complete(&self, line: &str, cursor: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<String>)> {
        let Some(found) = ask(Request::Complete { line: line.to_owned(), cursor }) else {
            return Ok((cursor, Vec::new()));
        };
        if !found.inserted.is_empty() && found.candidates.iter().all(String::is_empty) {
            return Ok((cursor, vec![found.inserted]));
        }
        Ok((found.start, found.candidates))
    }
}

/// Completes where the program shows candidates itself; else the editor does.
struct CompletionKey;

fn bell() {
    if shared::lock().variables.get("bell-style").is_none_or(|v| v == "audible") {
        let _ = stdio::write_all(stdio::STDOUT, b"\x07");
    }
}

impl ConditionalEventHandler for CompletionKey {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, context: &EventContext<'_>) -> Option<Cmd> {
        if !LINK.with_borrow(|link| link.as_ref().is_some_and(|l| l.displays)) {
            return Some(Cmd::Complete);
        }
        let (line, cursor) = (context.line().to_owned(), context.pos());
        let found = ask(Request::Complete { line: line.clone(), cursor })?;
        if !found.inserted.is_empty() && found.candidates.iter().all(String::is_empty) {
            return Some(Cmd::Insert(1, found.inserted));
        }
        let word = &line[found.start..cursor];
        match found.common().strip_prefix(word) {
            // What does not go on from the word is the editor's affair: it replaces the word.
            None if found.candidates.len() == 1 => return Some(Cmd::Complete),
            Some(more) if !more.is_empty() => return Some(Cmd::Insert(1, more.to_owned())),
            _ => {}
        }
        if found.candidates.len() < 2 {
            if found.candidates.is_empty() {
                bell();
            }
            return Some(Cmd::Noop);
        }
        let here = Some((line.clone(), cursor));
        let again = STUCK.replace(here.clone()) == here || shared::lock().is_on("show-all-if-ambiguous", false);
        if !again {
            bell();
            return Some(Cmd::Noop);
        }
        let answer = ask(Request::Show { word: found.common().to_owned(), candidates: found.candidates })?;
        match answer.inserted.is_empty() {
            true => Some(Cmd::Repaint),
            false => Some(Cmd::Insert(1, answer.inserted)),
        }
    }
}

/// A prompt with and without what does not show.
#[derive(Clone)]
pub struct Prompt {
    raw: String,
    styled: String,
}

impl Prompt {
    /// The characters 1 and 2 are around what does not show.
    pub fn new(text: &str) -> Self {
        let (mut raw, mut hidden) = (String::new(), false);
        for c in text.chars() {
            match c {
                '\x01' => hidden = true,
                '\x02' => hidden = false,
                c if !hidden => raw.push(c),
                _ => {}
            }
        }
        Self { raw, styled: text.replace(['\x01', '\x02'], "") }
    }

    pub fn styled(&self) -> &str {
        &self.styled
    }
}

impl rustyline::Prompt for Prompt {
    fn raw(&self) -> &str {
        &self.raw
    }

    fn styled(&self) -> &str {
        &self.styled
    }
}

/// The editor, which keeps what was typed ahead.
pub struct Terminal {
    editor: Editor<Aide, View>,
    bound: Vec<(Vec<KeyEvent>, Action)>,
}

fn number_of(error: &ReadlineError) -> i32 {
    match error {
        ReadlineError::Io(e) => e.raw_os_error().unwrap_or(libc::EIO),
        ReadlineError::Errno(e) => *e as i32,
        _ => libc::EIO,
    }
}

impl Terminal {
    pub fn new() -> Result<Self, i32> {
        let config = Config::builder().auto_add_history(false).bracketed_paste(false).build();
        let mut editor = Editor::with_history(config, View).map_err(|e| number_of(&e))?;
        editor.set_helper(Some(Aide));
        // Programs that drive others by their terminals expect few control sequences.
        editor.enable_synchronized_output(false);
        Ok(Self { editor, bound: Vec::new() })
    }

    /// Takes over what has been set and bound.
    fn configure(&mut self) {
        let shared = shared::lock();
        let editor = &mut self.editor;
        let value = |name| shared.variables.get(name).map(String::as_str);
        editor.set_edit_mode(match value("editing-mode") {
            Some("vi") => EditMode::Vi,
            _ => EditMode::Emacs,
        });
        editor.set_bell_style(match value("bell-style") {
            Some("none") => BellStyle::None,
            Some("visible") => BellStyle::Visible,
            _ => BellStyle::Audible,
        });
        editor.enable_bracketed_paste(shared.is_on("enable-bracketed-paste", false));
        editor.set_completion_show_all_if_ambiguous(shared.is_on("show-all-if-ambiguous", false));
        let limit = shared.number("completion-query-items").unwrap_or(100);
        editor.set_completion_prompt_limit(usize::try_from(limit).ok().filter(|n| *n > 0).unwrap_or(usize::MAX));
        editor.set_keyseq_timeout(shared.number("keyseq-timeout").and_then(|n| u16::try_from(n).ok()));
        let cycles = shared.bindings.iter().any(|(_, action)| *action == Action::Cycle);
        editor.set_completion_type(if cycles { CompletionType::Circular } else { CompletionType::List });
        if self.bound == shared.bindings {
            return;
        }
        for (keys, _) in self.bound.drain(..) {
            editor.unbind_sequence(Event::KeySeq(keys));
        }
        let completes = !shared.is_on("disable-completion", false);
        for (keys, action) in &shared.bindings {
            let handler = match action {
                Action::Command(command) => EventHandler::Simple(command.clone()),
                Action::Complete if completes => EventHandler::Conditional(Box::new(CompletionKey)),
                Action::Cycle if completes => EventHandler::Simple(Cmd::Complete),
                _ => EventHandler::Simple(Cmd::Insert(1, "\t".to_owned())),
            };
            editor.bind_sequence(Event::KeySeq(keys.clone()), handler);
        }
        self.bound = shared.bindings.clone();
    }

    fn read(&mut self, prompt: &Prompt, initial: &(String, String)) -> Outcome {
        self.configure();
        match self.editor.readline_with_initial(prompt, (&initial.0, &initial.1)) {
            Ok(line) => Outcome::Line(line),
            Err(ReadlineError::Eof) => Outcome::End,
            Err(ReadlineError::Interrupted | ReadlineError::Signal(_)) => Outcome::Interrupted,
            Err(error) => Outcome::Failed(number_of(&error)),
        }
    }

    /// What the thread does.
    pub fn run(mut self: Box<Self>, link: Link, prompt: &Prompt, initial: &(String, String)) {
        LINK.set(Some(link));
        let outcome = self.read(prompt, initial);
        if let Some(link) = LINK.take() {
            send(&link, Request::Done(self, outcome));
        }
    }
}
