//! Functions of `posix` that run other programs.

use super::identity::priority_of;
use super::path::{Path, PathArg, Target};
use crate::common::is_sequence;
use taipan_host::exec::{self, ForkExec, Forker};
use taipan_host::signal::{self, Disposition};
use taipan_host::{Errno, fd, fs, process, sched, wait};
use taipan_macros::module;
use taipan_vm::{List, Result, Tuple, Value, Vm, name};

/// Functions that run other programs.
pub struct Spawning;

fn slices(all: &[Vec<u8>]) -> Vec<&[u8]> {
    all.iter().map(Vec::as_slice).collect()
}

/// `NAME=value` of a mapping.
pub fn environment(vm: &mut Vm, mapping: &Value) -> Result<Vec<Vec<u8>>> {
    let keys = vm.call_method(mapping, name!("keys"), &[])?;
    let keys = vm.collect(&keys)?;
    let values = vm.call_method(mapping, name!("values"), &[])?;
    let values = vm.collect(&values)?;
    let mut all = Vec::with_capacity(keys.len());
    for (key, value) in keys.iter().zip(&values) {
        let mut entry = vm.fs_bytes(key)?;
        let value = vm.fs_bytes(value)?;
        if entry.is_empty() || entry[1..].contains(&b'=') {
            return Err(vm.raise_value_error("illegal environment variable name"));
        }
        entry.push(b'=');
        entry.extend(value);
        all.push(entry);
    }
    Ok(all)
}

/// The arguments of a program; `what` they are called in complaints.
fn arguments(vm: &mut Vm, argv: &Value, what: &str) -> Result<Vec<Vec<u8>>> {
    let items = match (argv.downcast::<List>(), argv.downcast::<Tuple>()) {
        (Some(list), _) => taipan_object::room::copied(list.items(vm))?,
        (_, Some(tuple)) => taipan_object::room::copied(tuple.items())?,
        _ => return Err(vm.raise_type_error(&format!("{what} must be a tuple or list"))),
    };
    if items.is_empty() {
        return Err(vm.raise_value_error(&format!("{what} must not be empty")));
    }
    // Terminated copies, and pointers to them.
    taipan_object::room::probe(items.len().saturating_mul(96))?;
    let mut all = Vec::with_capacity(items.len());
    for v in &items {
        taipan_object::room::left()?;
        all.push(vm.fs_bytes(v)?);
    }
    if all[0].is_empty() {
        return Err(vm.raise_value_error(&format!("{what} first element cannot be empty")));
    }
    Ok(all)
}

/// Raises unless this interpreter may give the process to another program.
fn may_exec(vm: &mut Vm) -> Result<()> {
    if vm.state().made_with.allow_exec {
        return Ok(());
    }
    Err(vm.raise_runtime_error("exec not supported for isolated subinterpreters"))
}

fn is_mapping(v: &Value) -> bool {
    taipan_vm::slots::of(v.ty()).getitem.is_some()
}

/// Runs a command in a shell and gives its wait status, with SIGINT and SIGQUIT left to the command meanwhile.
pub fn shell(vm: &mut Vm, command: &[u8]) -> Result<i32> {
    let argv: [&[u8]; 3] = [b"sh", b"-c", command];
    let plan = plan(&argv, &[b"/bin/sh"], None);
    let old = [libc::SIGINT, libc::SIGQUIT].map(|signal| (signal, signal::disposition(signal)));
    let child = exec::fork_exec(plan, &mut exec::PlainForker);
    let child = vm.system(child)?;
    for (signal, _) in old {
        let _ = signal::set_disposition(signal, Disposition::Ignore);
    }
    let status = vm.detach(|| {
        loop {
            match wait::waitpid(child, 0) {
                Err(Errno::EINTR) => {}
                other => return other,
            }
        }
    });
    for (signal, old) in old {
        if let Ok(old) = old {
            let _ = signal::set_disposition(signal, old);
        }
    }
    Ok(vm.system(status)?.1)
}

/// A child that keeps everything it has.
fn plan<'a>(argv: &'a [&'a [u8]], candidates: &'a [&'a [u8]], env: Option<&'a [&'a [u8]]>) -> ForkExec<'a> {
    ForkExec {
        argv,
        candidates,
        env,
        cwd: None,
        p2cread: -1,
        p2cwrite: -1,
        c2pread: -1,
        c2pwrite: -1,
        errread: -1,
        errwrite: -1,
        errpipe_read: -1,
        errpipe_write: -1,
        close_fds: false,
        fds_to_keep: &[],
        restore_signals: false,
        new_session: false,
        process_group: -1,
        uid: None,
        gid: None,
        groups: None,
        umask: -1,
    }
}

/// What a child does to its descriptors before the program starts.
enum FileAction {
    Open { fd: i32, path: Vec<u8>, flags: i32, mode: u32 },
    Close(i32),
    Dup2(i32, i32),
    CloseFrom(i32),
}

/// What `posix_spawn` is told besides the program.
struct Attributes {
    actions: Vec<FileAction>,
    group: Option<i32>,
    reset_ids: bool,
    new_session: bool,
    mask: Option<Vec<i32>>,
    defaults: Vec<i32>,
    scheduler: Option<(Option<i32>, i32)>,
}

fn c_int(vm: &mut Vm, v: &Value) -> Result<i32> {
    let n = vm.to_index_i64(v, "int")?;
    i32::try_from(n).map_err(|_| vm.raise_overflow_error("Python int too large to convert to C int"))
}

fn file_actions(vm: &mut Vm, v: Option<&Value>) -> Result<Vec<FileAction>> {
    let Some(v) = v.filter(|v| !v.is_none()) else { return Ok(Vec::new()) };
    if !is_sequence(v) {
        return Err(vm.raise_type_error("file_actions must be a sequence or None"));
    }
    let mut all = Vec::new();
    for action in vm.collect(v)? {
        let items = match action.downcast::<Tuple>() {
            Some(tuple) if tuple.len() > 0 => taipan_object::room::copied(tuple.items())?,
            _ => return Err(vm.raise_type_error("Each file_actions element must be a non-empty tuple")),
        };
        let (kind, rest) = (c_int(vm, &items[0])?, &items[1..]);
        let wrong = |vm: &mut Vm, what: &str, n: usize| {
            vm.raise_type_error(&format!("A {what} file_action tuple must have {n} elements"))
        };
        all.push(match (kind, rest) {
            (0, [fd, path, flags, mode]) => FileAction::Open {
                fd: c_int(vm, fd)?,
                path: vm.fs_bytes(path)?,
                flags: c_int(vm, flags)?,
                mode: c_int(vm, mode)? as u32,
            },
            (0, _) => return Err(wrong(vm, "open", 5)),
            (1, [fd]) => FileAction::Close(c_int(vm, fd)?),
            (1, _) => return Err(wrong(vm, "close", 2)),
            (2, [from, to]) => FileAction::Dup2(c_int(vm, from)?, c_int(vm, to)?),
            (2, _) => return Err(wrong(vm, "dup2", 3)),
            (3, [fd]) => FileAction::CloseFrom(c_int(vm, fd)?),
            (3, _) => return Err(wrong(vm, "closefrom", 2)),
            _ => return Err(vm.raise_type_error("Unknown file_actions identifier")),
        });
    }
    Ok(all)
}

/// The numbers of an iterable of signals.
pub fn signal_set(vm: &mut Vm, v: &Value) -> Result<Vec<i32>> {
    let mut all = Vec::new();
    let it = vm.iter(v)?;
    while let Some(v) = vm.next(&it)? {
        let number = vm.index(&v)?;
        let last = signal::COUNT as i64 - 1;
        let n = number.as_int().and_then(|n| n.to_i64()).unwrap_or(0);
        if !(1..=last).contains(&n) {
            let shown = vm.repr(&number)?.to_string_lossy();
            return Err(vm.raise_value_error(&format!("signal number {shown} out of range [1; {last}]")));
        }
        if signal::valid().any(|s| i64::from(s) == n) {
            all.push(n as i32);
        } else {
            let text = "invalid signal number ".to_owned() + &n.to_string() + ", please use valid_signals()";
            vm.warn(taipan_vm::errors::RUNTIME_WARNING.as_type(), &text, 1)?;
        }
    }
    Ok(all)
}

impl Attributes {
    /// In the child. Allocates nothing. Whatever is closed, `report` stays open.
    fn apply(&self, report: i32) -> taipan_host::Result<()> {
        for signal in &self.defaults {
            signal::set_disposition(*signal, Disposition::Default)?;
        }
        if self.new_session {
            process::setsid()?;
        }
        if let Some(group) = self.group {
            process::setpgid(0, group)?;
        }
        match self.scheduler {
            Some((Some(policy), priority)) => sched::setscheduler(0, policy, priority)?,
            Some((None, priority)) => sched::setparam(0, priority)?,
            None => {}
        }
        if self.reset_ids {
            taipan_host::ids::setegid(taipan_host::ids::getgid())?;
            taipan_host::ids::seteuid(taipan_host::ids::getuid())?;
        }
        for action in &self.actions {
            match action {
                FileAction::Open { fd, path, flags, mode } => {
                    let opened = fs::open(fs::CWD, path, *flags, *mode)?;
                    if opened != *fd {
                        fd::dup2(opened, *fd, flags & libc::O_CLOEXEC == 0)?;
                        fd::close(opened)?;
                    }
                }
                FileAction::Close(fd) => fd::close(*fd)?,
                FileAction::Dup2(from, to) if from == to => fd::set_inheritable(*from, true)?,
                FileAction::Dup2(from, to) => drop(fd::dup2(*from, *to, true)?),
                FileAction::CloseFrom(fd) => {
                    fd::close_range(*fd, report);
                    fd::close_range((*fd).max(report + 1), i32::MAX);
                }
            }
        }
        if let Some(mask) = &self.mask {
            signal::mask(libc::SIG_SETMASK, mask)?;
        }
        Ok(())
    }
}

/// A child that does what the attributes say first.
struct Prepared<'a> {
    how: &'a Attributes,
    /// Where a failure is reported, by its number.
    report: i32,
}

impl Forker for Prepared<'_> {
    fn before_program(&mut self) -> bool {
        if let Err(e) = self.how.apply(self.report) {
            let _ = fd::write(self.report, &(e.0).to_ne_bytes());
            process::exit(127)
        }
        true
    }
}

/// Starts a child and waits until its program runs.
fn start(argv: &[&[u8]], candidates: &[&[u8]], env: Option<&[&[u8]]>, how: &Attributes) -> taipan_host::Result<i32> {
    let (read, mut write) = fd::pipe2(libc::O_CLOEXEC)?;
    // The report must survive the file actions, which like small numbers.
    if let Ok(high) = taipan_host::fcntl::fcntl(write, libc::F_DUPFD_CLOEXEC, 200) {
        let _ = fd::close(write);
        write = high;
    }
    let mut plan = plan(argv, candidates, env);
    plan.errpipe_write = write;
    let child = exec::fork_exec(plan, &mut Prepared { how, report: write });
    let _ = fd::close(write);
    let report = loop {
        match fd::read_vec(read, 64) {
            Err(Errno::EINTR) => {}
            other => break other.unwrap_or_default(),
        }
    };
    let _ = fd::close(read);
    let child = child?;
    if report.is_empty() {
        return Ok(child);
    }
    while wait::waitpid(child, 0) == Err(Errno::EINTR) {}
    let number = match <[u8; 4]>::try_from(report.as_slice()) {
        Ok(number) => i32::from_ne_bytes(number),
        // `OSError:HEX:`, from `fork_exec`.
        Err(_) => {
            let text = String::from_utf8_lossy(&report).into_owned();
            let hex = text.split(':').nth(1).and_then(|hex| i32::from_str_radix(hex, 16).ok());
            hex.unwrap_or(libc::EINVAL)
        }
    };
    Err(Errno(number))
}

/// Where a program is looked for: the path itself, or along `PATH`.
fn places(path: &[u8], search: bool) -> Vec<Vec<u8>> {
    if !search || path.contains(&b'/') {
        return vec![path.to_vec()];
    }
    let folders = taipan_host::env::get(b"PATH").unwrap_or_else(|| b"/bin:/usr/bin".to_vec());
    let join = |folder: &[u8]| if folder.is_empty() { path.to_vec() } else { [folder, path].join(&b'/') };
    folders.split(|c| *c == b':').map(join).collect()
}

struct Spawn<'a> {
    path: &'a Path,
    argv: &'a Value,
    env: &'a Value,
    file_actions: Option<&'a Value>,
    setpgroup: Option<&'a Value>,
    resetids: Option<bool>,
    setsid: Option<bool>,
    setsigmask: Option<&'a Value>,
    setsigdef: Option<&'a Value>,
    scheduler: Option<&'a Value>,
    search: bool,
}

impl Spawn<'_> {
    fn run(self, vm: &mut Vm) -> Result<i32> {
        let name = if self.search { "posix_spawnp" } else { "posix_spawn" };
        let argv = arguments(vm, self.argv, &format!("{name}: argv"))?;
        if !is_mapping(self.env) && !self.env.is_none() {
            let text = format!("{name}: environment must be a mapping object or None");
            return Err(vm.raise_type_error(&text));
        }
        let env = if self.env.is_none() { None } else { Some(environment(vm, self.env)?) };
        let given = |v: Option<&Value>| v.filter(|v| !v.is_none()).cloned();
        let actions = file_actions(vm, self.file_actions)?;
        let group = match given(self.setpgroup) {
            Some(v) => Some(c_int(vm, &v)?),
            None => None,
        };
        let mask = match self.setsigmask {
            Some(v) => Some(signal_set(vm, v)?),
            None => None,
        };
        let defaults = match self.setsigdef {
            Some(v) => signal_set(vm, v)?,
            None => Vec::new(),
        };
        let scheduler = match given(self.scheduler) {
            Some(v) => Some(scheduler(vm, &v, name)?),
            None => None,
        };
        let how = Attributes {
            actions,
            group,
            reset_ids: self.resetids == Some(true),
            new_session: self.setsid == Some(true),
            mask,
            defaults,
            scheduler,
        };
        vm.audit("os.posix_spawn", &[self.path.object.clone(), self.argv.clone(), self.env.clone()])?;
        let candidates = places(self.path.bytes(), self.search);
        let (argv, candidates, env) = (slices(&argv), slices(&candidates), env.as_deref().map(slices));
        let started = vm.detach(|| start(&argv, &candidates, env.as_deref(), &how));
        self.path.check(vm, started)
    }
}

/// Policy and priority.
fn scheduler(vm: &mut Vm, v: &Value, name: &str) -> Result<(Option<i32>, i32)> {
    let Some(tuple) = v.downcast::<Tuple>() else {
        return Err(vm.raise_type_error(&format!("{name}: scheduler must be a tuple or None")));
    };
    let [policy, param] = tuple.items() else {
        return Err(vm.raise_type_error("A scheduler tuple must have two elements"));
    };
    let policy = if policy.is_none() { None } else { Some(c_int(vm, policy)?) };
    Ok((policy, priority_of(vm, param)?))
}

#[module(name = "posix")]
impl Spawning {
    /// Become another program.
    #[function("($module, path, argv, /)")]
    fn execv(vm: &mut Vm, path: Path, argv: &Value) -> Result<()> {
        may_exec(vm)?;
        let all = arguments(vm, argv, "execv() arg 2")?;
        vm.audit("os.exec", &[path.object.clone(), argv.clone(), Value::none()])?;
        let e = exec::execve(path.bytes(), &slices(&all), None);
        Err(vm.raise_os_error(e.0, None))
    }

    /// Become another program with an environment.
    #[function("($module, /, path, argv, env)")]
    fn execve(vm: &mut Vm, path: PathArg<false, true>, argv: &Value, env: &Value) -> Result<()> {
        may_exec(vm)?;
        let all = match (argv.downcast::<List>(), argv.downcast::<Tuple>()) {
            (None, None) => return Err(vm.raise_type_error("execve: argv must be a tuple or list")),
            _ => argv,
        };
        if vm.len(all)? == 0 {
            return Err(vm.raise_value_error("execve: argv must not be empty"));
        }
        if !is_mapping(env) {
            return Err(vm.raise_type_error("execve: environment must be a mapping object"));
        }
        let all = arguments(vm, argv, "execve: argv")?;
        let entries = environment(vm, env)?;
        vm.audit("os.exec", &[path.object.clone(), argv.clone(), env.clone()])?;
        let (all, entries) = (slices(&all), slices(&entries));
        let e = match &path.target {
            Target::Fd(fd) => exec::fexecve(*fd, &all, Some(&entries)),
            _ => exec::execve(path.bytes(), &all, Some(&entries)),
        };
        Err(path.fail(vm, e))
    }

    /// Start a program.
    #[function(
        "($module, path, argv, env, /, *, file_actions=(),\n            setpgroup=None, resetids=False, setsid=False,\n            setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    fn posix_spawn(
        vm: &mut Vm,
        path: Path,
        argv: &Value,
        env: &Value,
        file_actions: Option<&Value>,
        setpgroup: Option<&Value>,
        resetids: Option<bool>,
        setsid: Option<bool>,
        setsigmask: Option<&Value>,
        setsigdef: Option<&Value>,
        scheduler: Option<&Value>,
    ) -> Result<i32> {
        let path = &path;
        let search = false;
        Spawn { path, argv, env, file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler, search }
            .run(vm)
    }

    /// Start a program that is looked for along PATH.
    #[function(
        "($module, path, argv, env, /, *, file_actions=(),\n             setpgroup=None, resetids=False, setsid=False,\n             setsigmask=(), setsigdef=(), scheduler=None)"
    )]
    fn posix_spawnp(
        vm: &mut Vm,
        path: Path,
        argv: &Value,
        env: &Value,
        file_actions: Option<&Value>,
        setpgroup: Option<&Value>,
        resetids: Option<bool>,
        setsid: Option<bool>,
        setsigmask: Option<&Value>,
        setsigdef: Option<&Value>,
        scheduler: Option<&Value>,
    ) -> Result<i32> {
        let path = &path;
        let search = true;
        Spawn { path, argv, env, file_actions, setpgroup, resetids, setsid, setsigmask, setsigdef, scheduler, search }
            .run(vm)
    }
}
