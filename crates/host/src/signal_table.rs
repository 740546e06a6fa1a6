//! One handler instance per signal number. The handlers themselves, which run in signal context, do nothing but store to
//! atomics and write a byte: see [`crate::signal::receive`].

use crate::{Errno, Result};
use signals_receipts::{SemaphoreRef, SignalReceipt, install_handler, uninstall_handler};
use std::sync::atomic::AtomicU32;

/// The crate counts deliveries itself; we have no use for the count, but it must go somewhere.
static DELIVERIES: AtomicU32 = AtomicU32::new(0);

struct Receipt<const NUMBER: i32>;

impl<const NUMBER: i32> SignalReceipt<NUMBER> for Receipt<NUMBER> {
    type AtomicUInt = AtomicU32;

    /// Called once by the handler at each delivery; that is the hook.
    fn counter() -> &'static AtomicU32 {
        crate::signal::receive(NUMBER);
        &DELIVERIES
    }

    fn semaphore() -> Option<SemaphoreRef<'static>> {
        None
    }
}

macro_rules! table {
    ($($number:literal)*) => {
        /// Installs the handler of a signal. `restart` makes interrupted calls go on by themselves.
        pub(crate) fn install(signal: i32, restart: bool) -> Result<()> {
            match signal {
                $($number => install_handler::<$number, Receipt<$number>>(false, restart),)*
                _ => return Err(Errno::EINVAL),
            }
            Ok(())
        }

        /// Gives a signal its default action.
        pub(crate) fn reset(signal: i32) -> Result<()> {
            match signal {
                $($number => uninstall_handler::<$number>(),)*
                _ => return Err(Errno::EINVAL),
            }
            Ok(())
        }
    };
}

// All but SIGKILL and SIGSTOP, which cannot be handled, and 32 and 33, which belong to the C library.
table! {
    1 2 3 4 5 6 7 8 10 11 12 13 14 15 16 17 18 20 21 22 23 24 25 26 27 28 29 30 31
    34 35 36 37 38 39 40 41 42 43 44 45 46 47 48 49 50 51 52 53 54 55 56 57 58 59 60 61 62 63 64
}
