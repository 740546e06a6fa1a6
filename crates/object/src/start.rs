//! How the command's process starts: what Rust's runtime would do before `main`, as far as Python needs it, and the native
//! stack that Python runs on.
//!
//! The `taipan` command has its own `main`. Rust's would ask for the main thread's stack by reading `/proc/self/maps`, whose
//! entries the kernel has to throw away when the process ends, would handle faults, which are Python's affair, and would open
//! `/dev/null` in the place of standard descriptors that are closed, which Python shows as missing streams.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Has writing to a closed pipe be an error, not a death. To be called first of all.
pub fn ignore_broken_pipes() {
    // SAFETY: nothing else runs yet.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

/// A bit for each signal that is ignored: that of signal 1 is the lowest.
pub fn ignored_signals() -> u64 {
    let mut ignored = 0;
    for signal in 1..=64 {
        let mut found = std::mem::MaybeUninit::<libc::sigaction>::zeroed();
        // SAFETY: only asks; the structure is valid when it is zero.
        let action = unsafe {
            if libc::sigaction(signal, std::ptr::null(), found.as_mut_ptr()) != 0 {
                continue;
            }
            found.assume_init().sa_sigaction
        };
        if action == libc::SIG_IGN {
            ignored |= 1 << (signal - 1);
        }
    }
    ignored
}

/// Runs `f` on the calling thread, with `bytes` of native stack of its own. A thread started for it would do as well, but
/// takes its time to start, and its number is not the process's.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
pub fn on_stack<R>(bytes: usize, f: impl FnOnce() -> R) -> io::Result<R> {
    /// What `run` is to do, and what came of it.
    struct Job<F, R> {
        f: Option<F>,
        result: Option<std::thread::Result<R>>,
    }

    extern "C" fn run<F: FnOnce() -> R, R>(job: &mut Job<F, R>) {
        if let Some(f) = job.f.take() {
            job.result = Some(catch_unwind(AssertUnwindSafe(f)));
        }
    }

    fn job_of<F: FnOnce() -> R, R>(f: F) -> (Job<F, R>, extern "C" fn(&mut Job<F, R>)) {
        (Job { f: Some(f), result: None }, run::<F, R>)
    }

    const PAGE: usize = 4096;
    let size = bytes.next_multiple_of(PAGE) + PAGE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK | libc::MAP_NORESERVE;
    // SAFETY: a new mapping.
    let start = unsafe { libc::mmap(std::ptr::null_mut(), size, libc::PROT_NONE, flags, -1, 0) };
    if start == libc::MAP_FAILED {
        return Err(io::Error::last_os_error());
    }
    // The lowest page stays without access: what runs over ends there.
    // SAFETY: the rest of the mapping.
    if unsafe { libc::mprotect(start.byte_add(PAGE), size - PAGE, libc::PROT_READ | libc::PROT_WRITE) } != 0 {
        let error = io::Error::last_os_error();
        // SAFETY: the mapping is ours.
        unsafe { libc::munmap(start, size) };
        return Err(error);
    }
    let (mut job, run) = job_of(f);
    // Who walks the stack finds zeros above the last frame, and stops.
    let top = start.addr() + size - PAGE;
    // SAFETY: the stack pointer is put back before anything else uses it: the called function keeps r12, and no panic leaves
    // it. The new stack is aligned to 16, and as large as asked for.
    unsafe {
        std::arch::asm!(
            "xchg rsp, r12",
            "call {run}",
            "mov rsp, r12",
            run = in(reg) run,
            inout("r12") top => _,
            in("rdi") &raw mut job,
            clobber_abi("C"),
        );
        libc::munmap(start, size);
    }
    match job.result {
        Some(Ok(result)) => Ok(result),
        Some(Err(panic)) => resume_unwind(panic),
        None => Err(io::ErrorKind::Other.into()),
    }
}

/// Runs `f` on a thread with `bytes` of native stack.
#[cfg(not(all(target_os = "linux", target_arch = "x86_64")))]
pub fn on_stack<R: Send>(bytes: usize, f: impl FnOnce() -> R + Send) -> io::Result<R> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(bytes).spawn_scoped(scope, f)?;
        match thread.join() {
            Ok(result) => Ok(result),
            Err(panic) => resume_unwind(panic),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::on_stack;

    fn deep(n: usize) -> usize {
        let room = std::hint::black_box([n; 128]);
        if n == 0 { 0 } else { deep(n - 1) + room[n % 128] / n }
    }

    #[test]
    fn a_stack_of_its_own_is_deep_and_gives_results_and_panics() {
        // About 100 MB, more than the thread's.
        assert_eq!(on_stack(256 << 20, || deep(90_000)).expect("there is memory"), 90_000);
        let caught = std::panic::catch_unwind(|| on_stack(1 << 20, || panic!("inside")).map(|()| 0));
        assert_eq!(caught.expect_err("the panic comes through").downcast_ref(), Some(&"inside"));
    }
}
