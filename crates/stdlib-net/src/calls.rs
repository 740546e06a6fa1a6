//! Calls on a socket: they wait as long as the socket's timeout says, and Python's signal handlers run meanwhile.

use crate::socket::Socket;
use taipan_host::{Errno, Result as HostResult, clock, net, poll};
use taipan_vm::errors::TIMEOUT_ERROR;
use taipan_vm::{Raised, Ref, Result, Vm};

/// Why a call failed.
pub enum Failed {
    /// Time was up.
    Timeout,
    /// The system said no.
    System(Errno),
}

impl Failed {
    /// As an exception.
    pub fn raise(self, vm: &mut Vm) -> Raised {
        match self {
            Failed::Timeout => vm.raise_class(TIMEOUT_ERROR.as_type(), "timed out"),
            Failed::System(e) => vm.raise_os_error(e.0, None),
        }
    }

    /// As `connect_ex` returns it.
    pub fn number(self) -> i32 {
        match self {
            Failed::Timeout => libc::EWOULDBLOCK,
            Failed::System(e) => e.0,
        }
    }
}

/// When a wait that begins now ends; none for ever.
pub fn deadline(timeout_ns: i64) -> Option<i64> {
    (timeout_ns > 0).then(|| clock::monotonic_ns().saturating_add(timeout_ns))
}

/// Waits until the socket is ready; false when time is up. Runs signal handlers.
pub fn wait(vm: &mut Vm, fd: i32, writing: bool, until: Option<i64>) -> Result<HostResult<bool>> {
    let events = if writing { libc::POLLOUT } else { libc::POLLIN };
    vm.blocking(|| {
        let left = until.map(|until| until.saturating_sub(clock::monotonic_ns()));
        if left.is_some_and(|left| left < 0) {
            return Ok(false);
        }
        poll::wait_for(fd, events, left)
    })
}

/// Makes a call by the socket's timeout, or until the given moment.
pub fn call_until<T: Send>(
    vm: &mut Vm,
    this: &Ref<Socket>,
    writing: bool,
    until: Option<i64>,
    mut f: impl FnMut(i32) -> HostResult<T> + Send,
) -> Result<std::result::Result<T, Failed>> {
    let (fd, timed) = (this.get(vm).fd, this.get(vm).timeout_ns > 0);
    loop {
        if timed {
            match wait(vm, fd, writing, until)? {
                Ok(true) => {}
                Ok(false) => return Ok(Err(Failed::Timeout)),
                Err(e) => return Ok(Err(Failed::System(e))),
            }
        }
        match vm.blocking(|| f(fd))? {
            Ok(done) => return Ok(Ok(done)),
            // Somebody else was quicker, or the system changed its mind.
            Err(Errno::EAGAIN) if timed => {}
            Err(e) => return Ok(Err(Failed::System(e))),
        }
    }
}

/// Makes a call by the socket's timeout; failure is an exception.
pub fn call<T: Send>(
    vm: &mut Vm,
    this: &Ref<Socket>,
    writing: bool,
    f: impl FnMut(i32) -> HostResult<T> + Send,
) -> Result<T> {
    let until = deadline(this.get(vm).timeout_ns);
    match call_until(vm, this, writing, until, f)? {
        Ok(done) => Ok(done),
        Err(failed) => Err(failed.raise(vm)),
    }
}

/// Connects, waiting for the outcome as long as the socket's timeout says.
pub fn connect(vm: &mut Vm, this: &Ref<Socket>, address: &net::Address) -> Result<std::result::Result<(), Failed>> {
    let (fd, timeout) = (this.get(vm).fd, this.get(vm).timeout_ns);
    let until = deadline(timeout);
    match vm.detach(|| net::connect(fd, address)) {
        Ok(()) => return Ok(Ok(())),
        // Interrupted, it goes on by itself.
        Err(Errno::EINTR) => {
            vm.check_signals()?;
            if timeout == 0 {
                return Ok(Err(Failed::System(Errno::EINTR)));
            }
        }
        Err(Errno(libc::EINPROGRESS)) if timeout > 0 => {}
        Err(e) => return Ok(Err(Failed::System(e))),
    }
    match wait(vm, fd, true, until)? {
        Ok(true) => {}
        Ok(false) => return Ok(Err(Failed::Timeout)),
        Err(e) => return Ok(Err(Failed::System(e))),
    }
    Ok(match net::getsockopt_int(fd, libc::SOL_SOCKET, libc::SO_ERROR) {
        Ok(0 | libc::EISCONN) => Ok(()),
        Ok(e) => Err(Failed::System(Errno(e))),
        Err(e) => Err(Failed::System(e)),
    })
}
