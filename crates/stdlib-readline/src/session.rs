//! The thread that wants a line: it starts the editor and runs Python code for it.

use crate::complete::{self, DISPLAY, Found};
use crate::editor::{Link, Outcome, Prompt, Request, Terminal};
use crate::shared;
use std::sync::mpsc::{self, Receiver, Sender, TryRecvError};
use std::sync::{Condvar, Mutex, PoisonError};
use taipan_host::fd::{self, Owned};
use taipan_host::{Errno, env, fs, poll, process, stdio, thread};
use taipan_vm::{Ref, Result, Str, Value, Vm};

/// Keys of what was set.
pub const STARTUP: &str = "readline.startup";
pub const PRE_INPUT: &str = "readline.pre_input";

/// Native stack of the editor's thread.
const STACK: usize = 1 << 20;
/// How long a signal to the editor's thread may take to be noticed.
const PATIENCE_MS: i32 = 50;
const STDIN: i32 = 0;
/// Terminals on which the cursor cannot be moved.
const PLAIN: [&str; 3] = ["dumb", "cons25", "emacs"];

/// The thread that reads, and the editor while nobody does.
struct Desk {
    owner: Option<u64>,
    terminal: Option<Box<Terminal>>,
}

static DESK: Mutex<Desk> = Mutex::new(Desk { owner: None, terminal: None });
static FREE: Condvar = Condvar::new();

/// The right to read from the terminal.
struct Turn;

impl Turn {
    fn take(vm: &mut Vm) -> Result<Self> {
        let me = thread::ident();
        if DESK.lock().unwrap_or_else(PoisonError::into_inner).owner == Some(me) {
            return Err(vm.raise_runtime_error("can't re-enter readline"));
        }
        vm.detach(|| {
            let desk = DESK.lock().unwrap_or_else(PoisonError::into_inner);
            let mut desk = FREE.wait_while(desk, |d| d.owner.is_some()).unwrap_or_else(PoisonError::into_inner);
            desk.owner = Some(me);
        });
        Ok(Self)
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        DESK.lock().unwrap_or_else(PoisonError::into_inner).owner = None;
        FREE.notify_one();
    }
}

/// Reads a line; see [`taipan_vm::vm::LineEditor`].
pub fn read_line(vm: &mut Vm, prompt: &str) -> Result<Option<Ref<Str>>> {
    let turn = Turn::take(vm)?;
    let line = lines(vm, prompt);
    drop(turn);
    shared::lock().clear_line();
    let Some(line) = line? else { return Ok(None) };
    {
        let mut shared = shared::lock();
        if shared.auto_history && !line.is_empty() {
            shared.history.add_new(&line);
        }
    }
    vm.decode_path(&line).map(Some)
}

fn hook(vm: &mut Vm, key: &'static str) {
    if let Some(hook) = vm.state().registry.get(key).cloned() {
        complete::quietly(vm, &hook, &[]);
    }
}

/// Asks until there is a line or the end: a signal whose handler raises nothing ends nothing.
fn lines(vm: &mut Vm, prompt: &str) -> Result<Option<Vec<u8>>> {
    shared::lock().clear_line();
    let prompt = Prompt::new(prompt);
    if env::get(b"TERM").is_some_and(|t| PLAIN.iter().any(|p| t.eq_ignore_ascii_case(p.as_bytes()))) {
        return plain(vm, &prompt);
    }
    hook(vm, STARTUP);
    hook(vm, PRE_INPUT);
    loop {
        let outcome = edit(vm, &prompt)?;
        match outcome {
            Outcome::Line(line) => return Ok(Some(line.into_bytes())),
            Outcome::End | Outcome::Failed(libc::EIO) => return Ok(None),
            Outcome::Failed(number) => return Err(vm.raise_os_error(number, None)),
            Outcome::Interrupted => {
                // The terminal does not send the signal while the editor reads its keys.
                let _ = process::kill(process::getpid(), libc::SIGINT);
                vm.check_signals()?;
                shared::lock().clear_line();
            }
        }
    }
}

/// Edits one line.
fn edit(vm: &mut Vm, prompt: &Prompt) -> Result<Outcome> {
    let kept = DESK.lock().unwrap_or_else(PoisonError::into_inner).terminal.take();
    let terminal = match kept.map_or_else(|| Terminal::new().map(Box::new), Ok) {
        Ok(terminal) => terminal,
        Err(number) => return Ok(Outcome::Failed(number)),
    };
    let initial = {
        let shared = shared::lock();
        let (left, right) = shared.line.split_at(shared.line.floor_char_boundary(shared.cursor));
        (left.to_owned(), right.to_owned())
    };
    let pipe = fd::pipe2(fs::flag::CLOEXEC).and_then(|(ear, wake)| Ok((Owned::new(ear)?, Owned::new(wake)?)));
    let (ear, wake) = match pipe {
        Ok(pair) => pair,
        Err(e) => return Ok(Outcome::Failed(e.0)),
    };
    let (request_end, requests) = mpsc::channel();
    let (answers, answer_end) = mpsc::channel();
    let displays = vm.state().registry.contains_key(DISPLAY);
    let link = Link { requests: request_end, answers: answer_end, wake, displays };
    let prompt = Prompt::clone(prompt);
    let started = thread::spawn(STACK, move || terminal.run(link, &prompt, &initial));
    let (ident, spawned) = match started {
        Ok(started) => started,
        Err(e) => return Ok(Outcome::Failed(e.0)),
    };
    let mut talk = Talk { ear, requests, answers, ident, poke: None, raised: None };
    let outcome = talk.serve(vm);
    vm.detach(|| spawned.join());
    match talk.raised {
        Some(exception) => Err(vm.raise(exception)),
        None => Ok(outcome),
    }
}

/// A conversation with the editor's thread.
struct Talk {
    ear: Owned,
    requests: Receiver<Request>,
    answers: Sender<Found>,
    ident: u64,
    /// A signal that the editor's thread may have missed.
    poke: Option<i32>,
    /// What a handler of a signal raised.
    raised: Option<Value>,
}

impl Talk {
    /// Answers until the editor is done.
    fn serve(&mut self, vm: &mut Vm) -> Outcome {
        loop {
            let ear = self.ear.raw();
            let timeout = if self.poke.is_some() { PATIENCE_MS } else { -1 };
            match vm.detach(|| poll::poll(&mut [poll::slot(ear, libc::POLLIN)], timeout)) {
                Ok(0) => self.poke_again(),
                Err(Errno::EINTR) => self.interrupted(vm),
                _ => {
                    let _ = fd::read(ear, &mut [0; 1]);
                    match self.requests.try_recv() {
                        Ok(request) => {
                            if let Some(outcome) = self.answer(vm, request) {
                                return outcome;
                            }
                        }
                        Err(TryRecvError::Empty) => {}
                        Err(TryRecvError::Disconnected) => return Outcome::Failed(libc::EIO),
                    }
                }
            }
        }
    }

    fn answer(&mut self, vm: &mut Vm, request: Request) -> Option<Outcome> {
        let found = match request {
            Request::Done(terminal, outcome) => {
                DESK.lock().unwrap_or_else(PoisonError::into_inner).terminal = Some(terminal);
                return Some(outcome);
            }
            _ if self.raised.is_some() => Found::default(),
            Request::Complete { line, cursor } => complete::find(vm, line, cursor),
            Request::Show { word, candidates } => complete::show(vm, &word, &candidates),
        };
        // An editor that is gone needs none.
        let _ = self.answers.send(found);
        None
    }

    /// Runs the program's handlers. If they raise, the editor is interrupted; else it looks whether the signal was for it.
    fn interrupted(&mut self, vm: &mut Vm) {
        if self.raised.is_some() {
            return;
        }
        let signal = match vm.check_signals() {
            Ok(()) => libc::SIGWINCH,
            Err(raised) => {
                self.raised = Some(vm.take_raised(raised));
                libc::SIGINT
            }
        };
        self.poke = Some(signal);
        let _ = thread::kill(self.ident, signal);
    }

    fn poke_again(&mut self) {
        if let Some(signal) = self.poke {
            let _ = thread::kill(self.ident, signal);
            if signal == libc::SIGWINCH {
                self.poke = None;
            }
        }
    }
}

/// Reads a line as it comes.
fn plain(vm: &mut Vm, prompt: &Prompt) -> Result<Option<Vec<u8>>> {
    hook(vm, STARTUP);
    hook(vm, PRE_INPUT);
    vm.blocking_call(|| stdio::write_all(stdio::STDOUT, prompt.styled().as_bytes()))?;
    let mut line = Vec::new();
    loop {
        // Byte by byte: what follows the line is for others.
        let read = vm.blocking_call(|| {
            let mut byte = [0];
            fd::read(STDIN, &mut byte).map(|n| (n > 0).then_some(byte[0]))
        })?;
        match read {
            None if line.is_empty() => return Ok(None),
            None | Some(b'\n') => return Ok(Some(line)),
            Some(byte) => line.push(byte),
        }
    }
}
