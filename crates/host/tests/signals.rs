//! Signals are process-wide, so this is one test.

use std::sync::atomic::Ordering;
use taipan_host::process::{self, Fork};
use taipan_host::signal::{self, Disposition, Interval};
use taipan_host::{Errno, clock, fd, wait};

const MS: i64 = 1_000_000;

fn take_all() -> Vec<i32> {
    std::iter::from_fn(signal::take).collect()
}

#[test]
fn signals() {
    notes_and_wakes();
    masks_and_waits();
    interrupts_and_timers();
    ends_by_signal();
}

fn notes_and_wakes() {
    signal::ignore_at_start().unwrap();
    assert_eq!(signal::disposition(libc::SIGUSR1).unwrap(), Disposition::Default);
    assert_eq!(signal::disposition(libc::SIGPIPE).unwrap(), Disposition::Ignore);
    assert_eq!(signal::set_disposition(libc::SIGUSR1, Disposition::Noted).unwrap(), Disposition::Default);
    signal::set_disposition(64, Disposition::Noted).unwrap();
    for bad in [0, 65, -1, 9, 19, 32, 33] {
        assert_eq!(signal::set_disposition(bad, Disposition::Noted), Err(Errno::EINVAL), "{bad}");
    }
    let (r, w) = fd::pipe2(libc::O_CLOEXEC | libc::O_NONBLOCK).unwrap();
    assert_eq!(signal::set_wakeup_fd(w, true), -1);
    assert_eq!(signal::take(), None);
    signal::raise(64).unwrap();
    signal::raise(libc::SIGUSR1).unwrap();
    assert!(signal::tripped().load(Ordering::Relaxed));
    assert_eq!(take_all(), [libc::SIGUSR1, 64]);
    assert!(!signal::tripped().load(Ordering::Relaxed));
    assert_eq!(fd::read_vec(r, 10).unwrap(), [64, libc::SIGUSR1 as u8]);
    fd::close(r).unwrap();
    signal::raise(libc::SIGUSR1).unwrap();
    assert_eq!(signal::take_wakeup_error(), Some(Errno(libc::EPIPE)));
    assert_eq!(signal::take_wakeup_error(), None);
    assert_eq!(signal::set_wakeup_fd(-1, true), w);
    fd::close(w).unwrap();
    take_all();
    assert_eq!(signal::set_disposition(libc::SIGUSR1, Disposition::Ignore).unwrap(), Disposition::Noted);
    signal::raise(libc::SIGUSR1).unwrap();
    assert_eq!(signal::take(), None);
    signal::set_disposition(libc::SIGUSR1, Disposition::Noted).unwrap();
    signal::simulate(libc::SIGUSR1).unwrap();
    assert_eq!(take_all(), [libc::SIGUSR1]);
    assert_eq!(signal::describe(libc::SIGINT).unwrap(), "Interrupt");
    assert_eq!(signal::describe(64).unwrap(), "Real-time signal 30");
    assert_eq!(signal::describe(65), None);
    assert_eq!(signal::valid().count(), 62);
}

fn masks_and_waits() {
    assert!(signal::mask(libc::SIG_BLOCK, &[libc::SIGUSR1]).unwrap().is_empty());
    signal::raise(libc::SIGUSR1).unwrap();
    assert_eq!(signal::take(), None);
    assert_eq!(signal::pending().unwrap(), [libc::SIGUSR1]);
    assert_eq!(signal::sigwait(&[libc::SIGUSR1]).unwrap(), libc::SIGUSR1);
    signal::raise(libc::SIGUSR1).unwrap();
    let info = signal::sigwaitinfo(&[libc::SIGUSR1]).unwrap();
    assert_eq!((info.signo, info.pid), (libc::SIGUSR1, process::getpid()));
    assert_eq!(signal::sigtimedwait(&[libc::SIGUSR1], 2 * MS), Err(Errno::EAGAIN));
    assert_eq!(signal::mask(libc::SIG_UNBLOCK, &[libc::SIGUSR1]).unwrap(), [libc::SIGUSR1]);
    assert_eq!(signal::mask(77, &[]), Err(Errno::EINVAL));
    assert_eq!(signal::mask(libc::SIG_BLOCK, &[1000]), Err(Errno::EINVAL));
    assert_eq!(signal::take(), None);
}

fn interrupts_and_timers() {
    signal::set_disposition(libc::SIGALRM, Disposition::Noted).unwrap();
    // Sent to this very thread, so that it is this thread whose call is interrupted.
    let (r, w) = fd::pipe2(libc::O_CLOEXEC).unwrap();
    let me = taipan_host::thread::ident();
    let alarm = std::thread::spawn(move || {
        clock::sleep_until(clock::monotonic_ns() + 20 * MS).unwrap();
        taipan_host::thread::kill(me, libc::SIGALRM).unwrap();
    });
    assert_eq!(fd::read(r, &mut [0]), Err(Errno::EINTR));
    assert_eq!(take_all(), [libc::SIGALRM]);
    alarm.join().unwrap();
    fd::close(r).unwrap();
    fd::close(w).unwrap();

    let start = clock::monotonic_ns();
    let new = Interval { value_ns: 15 * MS, interval_ns: 5 * MS };
    assert_eq!(signal::setitimer(libc::ITIMER_REAL, new).unwrap(), Interval::default());
    let left = signal::getitimer(libc::ITIMER_REAL).unwrap();
    assert!(left.value_ns > 0 && left.interval_ns == 5 * MS);
    let mut seen = 0;
    while seen < 3 {
        seen += usize::from(signal::take() == Some(libc::SIGALRM));
    }
    assert!(clock::monotonic_ns() - start >= 25 * MS);
    signal::setitimer(libc::ITIMER_REAL, Interval::default()).unwrap();
    take_all();
    assert_eq!(signal::alarm(100).unwrap(), 0);
    assert_eq!(signal::alarm(0).unwrap(), 100);
    assert_eq!(signal::setitimer(9, new), Err(Errno::EINVAL));
}

fn ends_by_signal() {
    signal::set_disposition(libc::SIGINT, Disposition::Noted).unwrap();
    let Fork::Parent { child } = process::fork().unwrap() else {
        let _ = signal::die_by(libc::SIGINT);
        process::exit(1)
    };
    let (_, status) = wait::waitpid(child, 0).unwrap();
    assert!(wait::signaled(status) && wait::ending_signal(status) == libc::SIGINT);
}
