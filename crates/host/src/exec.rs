//! Becoming another program, and starting one.

use crate::process::{Fork, fork};
use crate::{Errno, Result, fd};
use std::ffi::{CStr, CString};
use uapi::UstrPtr;

fn c_strings(items: &[&[u8]]) -> Result<Vec<CString>> {
    items.iter().map(|item| CString::new(*item).map_err(|_| Errno::EINVAL)).collect()
}

fn pointers(items: &[CString]) -> UstrPtr<'_> {
    items.iter().map(CString::as_c_str).collect()
}

/// The current environment as `NAME=value`.
fn environment() -> Result<Vec<CString>> {
    let join = |(name, value): (Vec<u8>, Vec<u8>)| CString::new([name, value].join(&b'=')).map_err(|_| Errno::EINVAL);
    crate::env::environ().into_iter().map(join).collect()
}

fn environment_or(given: Option<&[&[u8]]>) -> Result<Vec<CString>> {
    given.map_or_else(environment, c_strings)
}

/// Replaces this program. Returns only when that fails. No environment means the current one.
pub fn execve(path: &[u8], argv: &[&[u8]], env: Option<&[&[u8]]>) -> Errno {
    let run = || -> Result<()> {
        let (path, argv, env) =
            (CString::new(path).map_err(|_| Errno::EINVAL)?, c_strings(argv)?, environment_or(env)?);
        Ok(uapi::execve(path.as_c_str(), &pointers(&argv), &pointers(&env))?)
    };
    run().err().unwrap_or(Errno::EINVAL)
}

/// The same for an open file.
pub fn fexecve(fd: i32, argv: &[&[u8]], env: Option<&[&[u8]]>) -> Errno {
    let run = || -> Result<()> {
        let (argv, env) = (c_strings(argv)?, environment_or(env)?);
        Ok(uapi::fexecve(fd, &pointers(&argv), &pointers(&env))?)
    };
    run().err().unwrap_or(Errno::EINVAL)
}

/// What `_posixsubprocess.fork_exec` is told. Descriptors are -1 when there is none.
pub struct ForkExec<'a> {
    pub argv: &'a [&'a [u8]],
    /// Paths to try in order.
    pub candidates: &'a [&'a [u8]],
    /// `NAME=value`; none means the current environment.
    pub env: Option<&'a [&'a [u8]]>,
    pub cwd: Option<&'a [u8]>,
    pub p2cread: i32,
    pub p2cwrite: i32,
    pub c2pread: i32,
    pub c2pwrite: i32,
    pub errread: i32,
    pub errwrite: i32,
    pub errpipe_read: i32,
    /// Where the child reports why it could not start the program.
    pub errpipe_write: i32,
    pub close_fds: bool,
    /// Kept open and made inheritable; ascending.
    pub fds_to_keep: &'a [i32],
    pub restore_signals: bool,
    pub new_session: bool,
    /// -1 for none.
    pub process_group: i32,
    pub uid: Option<u32>,
    pub gid: Option<u32>,
    pub groups: Option<&'a [u32]>,
    /// -1 for none.
    pub umask: i32,
}

/// How the process is copied, and what runs in the copy.
pub trait Forker {
    /// Copies the process.
    fn fork(&mut self) -> Result<Fork> {
        fork()
    }

    /// Whether what runs there may change the environment, and is slow and free enough for it to be read again.
    fn runs_code(&self) -> bool {
        false
    }

    /// Runs in the child before the program; false is reported to the parent as a failure.
    fn before_program(&mut self) -> bool {
        true
    }
}

/// Only starts the program.
pub struct PlainForker;

impl Forker for PlainForker {}

/// Where a child failed, in the words `subprocess.Popen` knows.
struct Failure {
    errno: Errno,
    stage: &'static str,
}

impl Failure {
    fn early(errno: Errno) -> Self {
        Self { errno, stage: "noexec" }
    }
}

/// Starts a child and gives its number. The child reports failure through `errpipe_write` as `OSError:HEX:STAGE`.
pub fn fork_exec(plan: ForkExec<'_>, forker: &mut dyn Forker) -> Result<i32> {
    // Everything that allocates happens before the fork: another thread may hold the allocator's lock at that moment.
    let argv = c_strings(plan.argv)?;
    let env = environment_or(plan.env)?;
    let candidates = c_strings(plan.candidates)?;
    let cwd = plan.cwd.map(|cwd| CString::new(cwd).map_err(|_| Errno::EINVAL)).transpose()?;
    let (argv, env) = (pointers(&argv), pointers(&env));
    match forker.fork()? {
        Fork::Parent { child } => Ok(child),
        Fork::Child => {
            match run_child(&plan, forker, cwd.as_deref(), &candidates, &argv, &env) {
                Some(failure) => report(plan.errpipe_write, &failure),
                None => {
                    let text = b"SubprocessError:0:Exception occurred in preexec_fn.";
                    let _ = fd::write(plan.errpipe_write, text);
                }
            }
            crate::process::exit(255)
        }
    }
}

/// Gives the failure; none is a failed `preexec`.
fn run_child(
    plan: &ForkExec<'_>,
    forker: &mut dyn Forker,
    cwd: Option<&CStr>,
    candidates: &[CString],
    argv: &UstrPtr<'_>,
    env: &UstrPtr<'_>,
) -> Option<Failure> {
    if let Err(errno) = prepare_streams(plan) {
        return Some(Failure::early(errno));
    }
    if let Some(cwd) = cwd
        && let Err(error) = uapi::chdir(cwd)
    {
        return Some(Failure { errno: error.into(), stage: "noexec:chdir" });
    }
    if let Err(errno) = prepare_identity(plan) {
        return Some(Failure::early(errno));
    }
    if !forker.before_program() {
        return None;
    }
    let changed = (plan.env.is_none() && forker.runs_code()).then(environment).and_then(Result::ok);
    let changed = changed.as_deref().map(pointers);
    let env = changed.as_ref().unwrap_or(env);
    if plan.close_fds {
        close_all_but(plan.fds_to_keep);
    }
    let mut failure = Errno::ENOENT;
    for path in candidates {
        if let Err(error) = uapi::execve(path.as_c_str(), argv, env)
            && !matches!(error.0, libc::ENOENT | libc::ENOTDIR)
        {
            failure = error.into();
        }
    }
    Some(Failure { errno: failure, stage: "" })
}

fn prepare_streams(plan: &ForkExec<'_>) -> Result<()> {
    for fd in plan.fds_to_keep.iter().filter(|fd| **fd != plan.errpipe_write) {
        fd::set_inheritable(*fd, true)?;
    }
    for end in [plan.p2cwrite, plan.c2pread, plan.errread, plan.errpipe_read] {
        if end >= 0 {
            fd::close(end)?;
        }
    }
    // The pipe ends may sit where the standard streams go: move them out of the way first.
    let output = if plan.c2pwrite == 0 { fd::dup(0)? } else { plan.c2pwrite };
    let mut error = plan.errwrite;
    while error == 0 || error == 1 {
        error = fd::dup(error)?;
    }
    for (source, stream) in [(plan.p2cread, 0), (output, 1), (error, 2)] {
        if source == stream {
            fd::set_inheritable(source, true)?;
        } else if source >= 0 {
            fd::dup2(source, stream, true)?;
        }
    }
    Ok(())
}

fn prepare_identity(plan: &ForkExec<'_>) -> Result<()> {
    if plan.umask >= 0 {
        crate::fs::umask(plan.umask as u32);
    }
    if plan.restore_signals {
        crate::signal::restore_for_exec();
    }
    if plan.new_session {
        crate::process::setsid()?;
    }
    if plan.process_group >= 0 {
        crate::process::setpgid(0, plan.process_group)?;
    }
    if let Some(groups) = plan.groups {
        crate::ids::setgroups(groups)?;
    }
    if let Some(gid) = plan.gid {
        crate::ids::setregid(gid, gid)?;
    }
    if let Some(uid) = plan.uid {
        crate::ids::setreuid(uid, uid)?;
    }
    Ok(())
}

fn close_all_but(keep: &[i32]) {
    let mut low = 3;
    for fd in keep.iter().copied().filter(|fd| *fd >= 3) {
        fd::close_range(low, fd);
        low = fd + 1;
    }
    fd::close_range(low, i32::MAX);
}

/// Writes the failure without allocating.
fn report(fd: i32, failure: &Failure) {
    let mut text = [0u8; 64];
    let mut length = 0;
    let mut put = |bytes: &[u8]| {
        text[length..length + bytes.len()].copy_from_slice(bytes);
        length += bytes.len();
    };
    put(b"OSError:");
    let number = failure.errno.0 as u32;
    let digits = (u32::BITS - number.leading_zeros()).div_ceil(4).max(1);
    for place in (0..digits).rev() {
        put(&[b"0123456789ABCDEF"[(number >> (place * 4) & 15) as usize]]);
    }
    put(b":");
    put(failure.stage.as_bytes());
    let _ = fd::write(fd, &text[..length]);
}
