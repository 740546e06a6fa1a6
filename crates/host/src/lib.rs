#![forbid(unsafe_code)]
//! Every operating-system call of Taipan, for Linux.
//!
//! Nothing else in the workspace touches the operating system: native modules call this crate, so that a sandbox policy
//! has one place to stand. The shape is C's on purpose: file descriptors are plain integers, flags are plain integers,
//! paths are bytes, results are plain structures, because that is what Python programs hand in and expect back.
//!
//! Rules that hold throughout:
//! - A call that fails gives an [`Errno`]; nothing panics on what a program may pass (a negative descriptor is `EBADF`,
//!   a path with a zero byte in it is `EINVAL`).
//! - No call retries on `EINTR`. The virtual machine runs Python signal handlers first and then decides (PEP 475).
//! - Nothing here knows of Python objects, and nothing here blocks while holding a lock.
//!
//! Descriptors come in as integers, so the wrappers are built on `uapi`, which takes integers, and on `rustix` where that
//! has the better call ([`fd`] makes the bridge). Process-wide state lives here because it is the operating system's:
//! the environment ([`env`]), signal dispositions ([`signal`]), the local time zone ([`localtime`]), the files in the executable ([`embedded`]).

pub mod clock;
pub mod dir;
pub mod embedded;
pub mod env;
pub mod errno;
mod errno_table;
pub mod exec;
pub mod fcntl;
pub mod fd;
pub mod fs;
pub mod ids;
pub mod localtime;
pub mod mapping;
pub mod memory;
pub mod net;
mod path;
pub mod poll;
pub mod process;
pub mod random;
pub mod remote;
pub mod resource;
pub mod sched;
pub mod semaphore;
pub mod signal;
mod signal_table;
pub mod stat;
pub mod stdio;
pub mod strftime;
pub mod sync;
pub mod system;
pub mod terminal;
pub mod thread;
pub mod timezone;
pub mod users;
pub mod wait;
pub mod xattr;

pub use errno::{Errno, Result};
