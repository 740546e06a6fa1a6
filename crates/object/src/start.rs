//! The process as it was before Rust's own start.
//!
//! Rust opens `/dev/null` in the place of standard descriptors that are closed, before `main` and without a trace. Python
//! programs may be started without them and then have no `sys.stdin` and so on, so that they are looked at earlier: by a
//! function among those that the system runs when it has loaded the program.

use std::os::fd::BorrowedFd;
use std::sync::atomic::{AtomicU8, Ordering};

/// A bit for each standard descriptor that was closed.
static CLOSED: AtomicU8 = AtomicU8::new(0);

#[used]
// SAFETY: the section holds pointers to functions of this type.
#[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
#[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
static LOOK: extern "C" fn() = look;

/// Asks nothing of Rust's library that needs its start.
extern "C" fn look() {
    for fd in 0..3 {
        // SAFETY: the descriptor is used by this call only, which says whether it is open.
        if unsafe { BorrowedFd::borrow_raw(fd) }.try_clone_to_owned().is_err() {
            CLOSED.fetch_or(1 << fd, Ordering::Relaxed);
        }
    }
}

/// The standard descriptors that were closed when the process began; asked again, none.
pub fn take_closed() -> impl Iterator<Item = i32> {
    let closed = CLOSED.swap(0, Ordering::Relaxed);
    (0..3).filter(move |fd| closed & 1 << fd != 0)
}
