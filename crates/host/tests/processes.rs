//! Starting programs, waiting for them, and what this process is.

use taipan_host::exec::{ForkExec, Forker, PlainForker, execve, fork_exec};
use taipan_host::process::{self, Fork};
use taipan_host::{Errno, exec, fd, ids, resource, sched, system, users, wait};

fn plan<'a>(argv: &'a [&'a [u8]], candidates: &'a [&'a [u8]]) -> ForkExec<'a> {
    ForkExec {
        argv,
        candidates,
        env: None,
        cwd: None,
        p2cread: -1,
        p2cwrite: -1,
        c2pread: -1,
        c2pwrite: -1,
        errread: -1,
        errwrite: -1,
        errpipe_read: -1,
        errpipe_write: -1,
        close_fds: true,
        fds_to_keep: &[],
        restore_signals: true,
        new_session: false,
        process_group: -1,
        uid: None,
        gid: None,
        groups: None,
        umask: -1,
    }
}

fn read_all(end: i32) -> Vec<u8> {
    let mut all = Vec::new();
    loop {
        let part = fd::read_vec(end, 4096).unwrap();
        if part.is_empty() {
            fd::close(end).unwrap();
            return all;
        }
        all.extend(part);
    }
}

/// Runs a program and gives its output, what it reported on failing to start, and its status.
fn run(change: impl FnOnce(&mut ForkExec<'_>), argv: &[&[u8]]) -> (Vec<u8>, Vec<u8>, i32) {
    run_by(&mut PlainForker, change, argv)
}

fn run_by(forker: &mut dyn Forker, change: impl FnOnce(&mut ForkExec<'_>), argv: &[&[u8]]) -> (Vec<u8>, Vec<u8>, i32) {
    let (out_read, out_write) = fd::pipe2(libc::O_CLOEXEC).unwrap();
    let (err_read, err_write) = fd::pipe2(libc::O_CLOEXEC).unwrap();
    let candidates = [argv[0]];
    let keep = [err_write];
    let mut plan = plan(argv, &candidates);
    (plan.c2pread, plan.c2pwrite) = (out_read, out_write);
    (plan.errpipe_read, plan.errpipe_write) = (err_read, err_write);
    plan.fds_to_keep = &keep;
    change(&mut plan);
    let child = fork_exec(plan, forker).unwrap();
    fd::close(out_write).unwrap();
    fd::close(err_write).unwrap();
    let report = read_all(err_read);
    let output = read_all(out_read);
    let (pid, status) = wait::waitpid(child, 0).unwrap();
    assert_eq!(pid, child);
    (output, report, status)
}

#[test]
fn output_and_exit_code() {
    let (output, report, status) = run(|_| {}, &[b"/bin/sh", b"-c", b"echo hello; exit 7"]);
    assert_eq!((&output[..], &report[..]), (&b"hello\n"[..], &b""[..]));
    assert!(wait::exited(status) && wait::exit_code(status) == 7);
    let (output, ..) = run(|plan| plan.cwd = Some(b"/"), &[b"/bin/sh", b"-c", b"pwd"]);
    assert_eq!(output, b"/\n");
    let env: &[&[u8]] = &[b"A=1", b"B=2"];
    let (output, ..) = run(|plan| plan.env = Some(env), &[b"/usr/bin/env"]);
    assert_eq!(output, b"A=1\nB=2\n");
    let (.., status) = run(|_| {}, &[b"/bin/sh", b"-c", b"kill -9 $$"]);
    assert!(wait::signaled(status) && wait::ending_signal(status) == 9);
}

#[test]
fn changed_environment_reaches_children() {
    taipan_host::env::set(b"TAIPAN_CHILD", b"seen").unwrap();
    let (output, ..) = run(|_| {}, &[b"/bin/sh", b"-c", b"echo $TAIPAN_CHILD"]);
    assert_eq!(output, b"seen\n");
}

#[test]
fn failures_are_reported() {
    assert_eq!(run(|_| {}, &[b"/nowhere"]).1, b"OSError:2:");
    assert_eq!(run(|_| {}, &[b"/etc/passwd"]).1, b"OSError:D:");
    assert_eq!(run(|plan| plan.cwd = Some(b"/nowhere"), &[b"/bin/sh"]).1, b"OSError:2:noexec:chdir");
    struct Refuses;
    impl Forker for Refuses {
        fn before_program(&mut self) -> bool {
            false
        }
    }
    let report = run_by(&mut Refuses, |_| {}, &[b"/bin/sh"]).1;
    assert_eq!(report, b"SubprocessError:0:Exception occurred in preexec_fn.");
    assert_eq!(execve(b"/nowhere", &[b"x"], None), Errno::ENOENT);
    assert_eq!(execve(b"/no\0where", &[b"x"], None), Errno::EINVAL);
    assert_eq!(exec::fexecve(-1, &[b"x"], None), Errno::EINVAL);
}

#[test]
fn children_get_only_the_chosen_descriptors() {
    // High numbers, which the programs of the script do not come to use themselves.
    let high = |fd| taipan_host::fcntl::fcntl(fd, libc::F_DUPFD, 200).unwrap();
    let (r, w) = fd::pipe2(libc::O_CLOEXEC).unwrap();
    let (r, w) = (high(r), high(w));
    let script = format!("ls /proc/self/fd | sort -n | tr '\\n' ' '; echo k >/proc/self/fd/{w}");
    let argv: [&[u8]; 3] = [b"/bin/sh", b"-c", script.as_bytes()];
    let (output, ..) = run(
        |plan| {
            let keep: &'static [i32] = Box::leak(Box::new([w.min(plan.errpipe_write), w.max(plan.errpipe_write)]));
            plan.fds_to_keep = keep;
        },
        &argv,
    );
    let listed = String::from_utf8(output).unwrap();
    assert!(listed.split(' ').any(|n| n == w.to_string()), "{listed}");
    assert!(!listed.split(' ').any(|n| n == r.to_string()), "{listed}");
    assert_eq!(fd::read_vec(r, 5).unwrap(), b"k\n");
}

#[test]
fn fork_and_waitid() {
    let Fork::Parent { child } = process::fork().unwrap() else { process::exit(3) };
    let info = wait::waitid(libc::P_PID, child, libc::WEXITED).unwrap().unwrap();
    assert_eq!((info.pid, info.status, info.code), (child, 3, libc::CLD_EXITED));
    assert_eq!(wait::waitpid(child, 0), Err(Errno(libc::ECHILD)));
    let Fork::Parent { child } = process::fork().unwrap() else { process::exit(0) };
    let (pid, status, usage) = wait::wait4(child, 0).unwrap();
    assert!(pid == child && status == 0 && usage.maxrss > 0);
    assert_eq!(process::kill(child, 0), Err(Errno::ESRCH));
}

#[test]
fn about_this_process() {
    assert_eq!(process::getpid() as u32, std::process::id());
    assert!(process::getppid() >= 0 && process::getpgid(0).unwrap() == process::getpgrp());
    process::getsid(0).unwrap();
    process::kill(process::getpid(), 0).unwrap();
    assert_eq!(process::kill(process::getpid(), 999), Err(Errno::EINVAL));
    assert_eq!(ids::getresuid().unwrap().0, ids::getuid());
    ids::getgroups().unwrap();
    assert!(!sched::getaffinity(0).unwrap().is_empty());
    assert_eq!(sched::setaffinity(0, &[9000]), Err(Errno::EINVAL));
    sched::nice(0).unwrap();
    sched::getpriority(libc::PRIO_PROCESS as i32, 0).unwrap();
    assert!(system::cpu_count().unwrap() > 0);
    assert!(system::getloadavg().unwrap()[0] >= 0.0);
    assert_eq!(system::uname().unwrap().system, b"Linux");
    assert_eq!(system::sysconf(libc::_SC_PAGESIZE).unwrap(), Some(system::page_size() as i64));
    assert_eq!(system::sysconf(99999), Err(Errno::EINVAL));
    assert!(resource::getrusage(libc::RUSAGE_SELF).unwrap().maxrss > 0);
    let limit = resource::getrlimit(libc::RLIMIT_NOFILE as i32).unwrap();
    assert_eq!(resource::prlimit(0, libc::RLIMIT_NOFILE as i32, None).unwrap(), limit);
    assert!(resource::times().unwrap().elapsed > 0.0);
    let root = users::user_by_id(0).unwrap().unwrap();
    assert_eq!((&root.name[..], root.uid), (&b"root"[..], 0));
    assert!(users::users().unwrap().iter().any(|user| user.name == root.name && user.home == root.home));
    assert_eq!(users::user_by_name("no-such-user").unwrap(), None);
    assert_eq!(users::group_by_id(0).unwrap().unwrap().gid, 0);
    assert!(!users::groups().unwrap().is_empty());
    assert!(taipan_host::memory::process().unwrap().resident > 0);
    assert!(taipan_host::env::executable().unwrap().starts_with(b"/"));
    let mut random = [0; 64];
    taipan_host::random::fill(&mut random).unwrap();
    assert_ne!(random, [0; 64]);
    assert!(taipan_host::thread::native_id() > 0 && taipan_host::thread::ident() != 0);
}
