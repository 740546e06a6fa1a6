//! The interpreters of a process: the main one, and those that were made by it or by others.
//!
//! They are known by numbers. Each runs one thing at a time in its `__main__`: whoever wants to run something there
//! claims it first. What they know of each other is here, behind a lock that is held for moments only.

use crate::{Result, State, Vm};
use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};
use taipan_object::shared;
use taipan_object::token::Interpreter;

/// The number of the main interpreter, which always runs.
pub const MAIN: i64 = 0;

/// Whose lock an interpreter runs under, as its config asks for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Lock {
    /// Whatever is usual: that of the one that makes it.
    Default,
    /// That of the one that makes it, whose heap it shares.
    Shared,
    /// One of its own, and a heap of its own.
    Own,
}

/// What an interpreter is made with (PEP 684).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Config {
    pub use_main_obmalloc: bool,
    pub allow_fork: bool,
    pub allow_exec: bool,
    pub allow_threads: bool,
    pub allow_daemon_threads: bool,
    pub check_multi_interp_extensions: bool,
    pub lock: Lock,
}

impl Config {
    /// One that is apart from the others in everything.
    pub const ISOLATED: Config = Config {
        use_main_obmalloc: false,
        allow_fork: false,
        allow_exec: false,
        allow_threads: true,
        allow_daemon_threads: false,
        check_multi_interp_extensions: true,
        lock: Lock::Own,
    };
    /// One that may do whatever the main one may.
    pub const LEGACY: Config = Config {
        use_main_obmalloc: true,
        allow_fork: true,
        allow_exec: true,
        allow_threads: true,
        allow_daemon_threads: true,
        check_multi_interp_extensions: false,
        lock: Lock::Shared,
    };
    /// The main one's.
    pub const MAIN: Config = Config { lock: Lock::Own, ..Config::LEGACY };
    /// One that may do nothing; there can be no interpreter of this kind.
    pub const EMPTY: Config = Config {
        use_main_obmalloc: false,
        allow_fork: false,
        allow_exec: false,
        allow_threads: false,
        allow_daemon_threads: false,
        check_multi_interp_extensions: false,
        lock: Lock::Default,
    };

    /// Why there can be no interpreter of this kind.
    fn fault(&self) -> Option<&'static str> {
        if !self.use_main_obmalloc && !self.check_multi_interp_extensions {
            return Some("per-interpreter obmalloc does not support single-phase init extension modules");
        }
        (self.use_main_obmalloc && self.lock == Lock::Own)
            .then_some("an interpreter with its own lock has its own heap, and needs its own obmalloc")
    }
}

impl Default for Config {
    fn default() -> Config {
        Config::MAIN
    }
}

/// How further interpreters are made, and those that there are.
pub struct Family {
    state: Box<dyn Fn() -> State + Send + Sync>,
    start: Box<dyn Fn(&mut Vm) -> Result<()> + Send + Sync>,
    finish: fn(&mut Vm),
    members: Mutex<Members>,
    /// The folder of the program, which all of them import from first.
    folder: Mutex<Option<Vec<u8>>>,
    /// What native modules share between interpreters, by its type.
    tables: Mutex<BTreeMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

#[derive(Default)]
struct Members {
    last: i64,
    all: BTreeMap<i64, Member>,
}

struct Member {
    interpreter: Arc<Interpreter<State>>,
    config: Config,
    running: bool,
    /// How many said that they use it.
    users: usize,
}

/// Why an interpreter cannot be had.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Refusal {
    /// There is none of this number.
    Unknown,
    /// It runs something, or is the main one.
    Running,
}

impl Family {
    /// A family of the main interpreter alone: further ones get a state, are started and are ended with these.
    pub fn new(
        state: impl Fn() -> State + Send + Sync + 'static,
        start: impl Fn(&mut Vm) -> Result<()> + Send + Sync + 'static,
        finish: fn(&mut Vm),
    ) -> Family {
        Family {
            state: Box::new(state),
            start: Box::new(start),
            finish,
            members: Mutex::default(),
            folder: Mutex::default(),
            tables: Mutex::default(),
        }
    }

    fn members(&self) -> MutexGuard<'_, Members> {
        self.members.lock().unwrap_or_else(|e| e.into_inner())
    }

    /// The table of a type, made when it is first asked for. It holds no objects: those belong to one interpreter.
    fn table<T: Any + Default + Send + Sync>(&self) -> Option<Arc<T>> {
        let mut tables = self.tables.lock().unwrap_or_else(|e| e.into_inner());
        let made = tables.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default()));
        made.clone().downcast().ok()
    }

    /// Runs `fork`, which says whether it has returned in the child. There are no other interpreters there: what their threads
    /// were doing has stopped in the middle.
    pub(crate) fn around_fork<R>(&self, fork: impl FnOnce() -> (R, bool)) -> (R, bool) {
        let mut members = self.members();
        let _tables = self.tables.lock();
        let (result, is_child) = fork();
        if is_child {
            // Their locks may be held for ever.
            std::mem::forget(std::mem::take(&mut members.all));
        }
        (result, is_child)
    }

    /// The folder of the program, if it stands in front of `sys.path`.
    pub fn program_folder(&self) -> Option<Vec<u8>> {
        self.folder.lock().unwrap_or_else(|e| e.into_inner()).clone()
    }

    /// Notes the folder of the program.
    pub fn set_program_folder(&self, folder: &[u8]) {
        *self.folder.lock().unwrap_or_else(|e| e.into_inner()) = Some(folder.to_vec());
    }

    /// The numbers of all interpreters.
    pub fn numbers(&self) -> Vec<i64> {
        std::iter::once(MAIN).chain(self.members().all.keys().copied()).collect()
    }

    /// Whether the interpreter of a number runs something.
    pub fn is_running(&self, number: i64) -> std::result::Result<bool, Refusal> {
        match self.members().all.get(&number) {
            Some(member) => Ok(member.running),
            None if number == MAIN => Ok(true),
            None => Err(Refusal::Unknown),
        }
    }

    /// Notes one more or one less who uses an interpreter; whether nobody does any more.
    pub fn count_user(&self, number: i64, more: bool) -> std::result::Result<bool, Refusal> {
        match self.members().all.get_mut(&number) {
            Some(member) if more => {
                member.users += 1;
                Ok(false)
            }
            Some(member) => {
                let counted = member.users > 0;
                member.users = member.users.saturating_sub(1);
                Ok(counted && member.users == 0)
            }
            None if number == MAIN => Ok(false),
            None => Err(Refusal::Unknown),
        }
    }

    /// What the interpreter of a number was made with.
    pub fn config(&self, number: i64) -> std::result::Result<Config, Refusal> {
        match self.members().all.get(&number) {
            Some(member) => Ok(member.config),
            None if number == MAIN => Ok(Config::MAIN),
            None => Err(Refusal::Unknown),
        }
    }

    fn claim(&self, number: i64) -> std::result::Result<Arc<Interpreter<State>>, Refusal> {
        match self.members().all.get_mut(&number) {
            Some(member) if !member.running => {
                member.running = true;
                Ok(member.interpreter.clone())
            }
            None if number != MAIN => Err(Refusal::Unknown),
            _ => Err(Refusal::Running),
        }
    }
}

impl Vm {
    /// The interpreters of the process.
    fn family(&self) -> Option<Arc<Family>> {
        self.state().family.clone()
    }

    /// What a native module shares with its namesakes in other interpreters. Nothing where there can be no others.
    pub fn shared_table<T: Any + Default + Send + Sync>(&self) -> Option<Arc<T>> {
        self.family()?.table()
    }

    /// The numbers of all interpreters.
    pub fn interpreter_numbers(&self) -> Vec<i64> {
        self.family().map_or_else(|| vec![MAIN], |f| f.numbers())
    }

    /// Whether the interpreter of a number runs something.
    pub fn is_interpreter_running(&self, number: i64) -> std::result::Result<bool, Refusal> {
        match self.family() {
            Some(family) => family.is_running(number),
            None if number == MAIN => Ok(true),
            None => Err(Refusal::Unknown),
        }
    }

    /// What the interpreter of a number was made with.
    pub fn interpreter_config(&self, number: i64) -> std::result::Result<Config, Refusal> {
        match self.family() {
            Some(family) => family.config(number),
            None if number == MAIN => Ok(Config::MAIN),
            None => Err(Refusal::Unknown),
        }
    }

    /// Notes one more or one less who uses an interpreter; whether nobody does any more.
    pub fn count_interpreter_user(&self, number: i64, more: bool) -> std::result::Result<bool, Refusal> {
        self.family().map_or(Ok(false), |family| family.count_user(number, more))
    }

    /// Starts another interpreter, and gives its number. `Err` carries the text of the exception that its start ended with.
    ///
    /// It shares this one's lock and heap, unless its config asks for its own. Where a program has changed a native class,
    /// which then refers to this heap, it shares them all the same.
    pub fn create_interpreter(&mut self, config: Config) -> std::result::Result<i64, String> {
        let Some(family) = self.family() else { return Err("there is no way to make one".to_owned()) };
        if let Some(fault) = config.fault() {
            return Err(format!("RuntimeError: {fault}"));
        }
        let number = {
            let mut members = family.members();
            members.last += 1;
            members.last
        };
        let state = State { is_sub: true, number, made_with: config, family: Some(family.clone()), ..(family.state)() };
        let apart = config.lock == Lock::Own && !shared::is_changed();
        let interpreter = if apart { Interpreter::new(state) } else { self.interpreter().beside(state) };
        interpreter.set_switch_interval(self.interpreter().switch_interval());
        let (start, finish) = (&family.start, family.finish);
        self.within(interpreter.clone(), |vm| {
            start(vm).map_err(|raised| {
                let exception = vm.take_raised(raised);
                let text = vm.str(&exception).map_or_else(|_| String::new(), |s| s.to_string_lossy());
                finish(vm);
                format!("{}: {text}", exception.ty().name())
            })
        })?;
        family.members().all.insert(number, Member { interpreter, config, running: false, users: 0 });
        Ok(number)
    }

    /// Runs `f` in another interpreter that runs nothing.
    pub fn run_in_interpreter<R: Send>(
        &mut self,
        number: i64,
        f: impl FnOnce(&mut Vm) -> R + Send,
    ) -> std::result::Result<R, Refusal> {
        let Some(family) = self.family() else {
            return Err(if number == MAIN { Refusal::Running } else { Refusal::Unknown });
        };
        let interpreter = family.claim(number)?;
        let result = self.within(interpreter, f);
        if let Some(member) = family.members().all.get_mut(&number) {
            member.running = false;
        }
        Ok(result)
    }

    /// Ends an interpreter that runs nothing.
    pub fn destroy_interpreter(&mut self, number: i64) -> std::result::Result<(), Refusal> {
        let Some(family) = self.family() else { return Err(Refusal::Unknown) };
        let finish = family.finish;
        self.run_in_interpreter(number, finish)?;
        let gone = family.members().all.remove(&number);
        drop(gone);
        Ok(())
    }

    /// Ends all interpreters beside the main one that run nothing: the process ends.
    pub fn destroy_other_interpreters(&mut self) {
        for number in self.interpreter_numbers() {
            // One that runs something is somebody else's, who ends with the process.
            let _ = self.destroy_interpreter(number);
        }
    }
}
