//! Runs one program with a time limit, in its own process group, with its output in memory.

use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};

use crate::common::{Error, Scratch};

/// What a program left behind.
pub struct Finished {
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub status: Status,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Status {
    Exit(i32),
    Signal(i32),
    TimedOut,
}

impl std::fmt::Display for Status {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Status::Exit(code) => write!(f, "{code}"),
            Status::Signal(number) => write!(f, "signal {number}"),
            Status::TimedOut => write!(f, "timed out"),
        }
    }
}

impl From<ExitStatus> for Status {
    fn from(status: ExitStatus) -> Status {
        match status.code() {
            Some(code) => Status::Exit(code),
            None => Status::Signal(status.signal().unwrap_or(0)),
        }
    }
}

/// Runs `command` to its end or to the limit. Output goes through files, so that a grandchild that outlives the
/// program cannot keep this from returning.
pub fn run(command: &mut Command, stdin: &[u8], scratch: &Scratch, limit: Duration) -> Result<Finished, Error> {
    // Beside the scratch folder, which the program sees empty.
    let [out, err, input] = ["stdout", "stderr", "stdin"].map(|name| scratch.path().with_extension(name));
    File::create(&input)?.write_all(stdin)?;
    let mut child = command
        .stdin(File::open(&input)?)
        .stdout(Stdio::from(File::create(&out)?))
        .stderr(Stdio::from(File::create(&err)?))
        .process_group(0)
        .spawn()
        .map_err(|e| format!("{}: {e}", command.get_program().to_string_lossy()))?;
    let started = Instant::now();
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status.into();
        }
        if started.elapsed() > limit {
            kill_group(child.id());
            child.wait()?;
            break Status::TimedOut;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    };
    kill_group(child.id());
    let read = |path: &Path| -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        File::open(path)?.take(4 << 20).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let finished = Finished { stdout: read(&out)?, stderr: read(&err)?, status };
    for path in [out, err, input] {
        std::fs::remove_file(path)?;
    }
    Ok(finished)
}

/// Ends the group a child leads: the child, and what it started and left.
pub fn kill_group(leader: u32) {
    if let Some(pid) = i32::try_from(leader).ok().and_then(Pid::from_raw) {
        // The group is usually gone already.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}
