//! `_socket.socket`.

use crate::address::{c_int, from_python, to_python};
use crate::calls::{self, Failed, call_until, deadline};
use crate::message;
use taipan_host::{Errno, clock, fd as host_fd, net};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::OBJECT;
use taipan_object::{Type, TypeCell};
use taipan_stdlib_system::common::{Destination, Rounding, Source, ns_from_seconds, seconds_of_ns, zeros};
use taipan_vm::errors::{OS_ERROR, RESOURCE_WARNING};
use taipan_vm::native::{Args, Signature, bind};
use taipan_vm::{Ref, Result, Value, Vm};

/// `_socket.socket`.
pub static SOCKET: TypeCell<Socket> = TypeCell::new("_socket.socket");

/// Key of the timeout of new sockets.
pub const DEFAULT_TIMEOUT: &str = "socket.default_timeout";

/// An open socket, or a closed one.
#[derive(Trace, Payload)]
#[payload(class = SOCKET)]
#[repr(C)]
pub struct Socket {
    /// -1 once it is closed.
    pub fd: i32,
    /// `AF_*`.
    pub family: i32,
    /// `SOCK_*`, without flags.
    pub kind: i32,
    /// `IPPROTO_*`.
    pub protocol: i32,
    /// -1 waits for ever, 0 not at all.
    pub timeout_ns: i64,
}

/// Methods of `socket`.
pub struct SocketClass;

/// The timeout of new sockets.
pub fn default_timeout(vm: &Vm) -> i64 {
    vm.state().registry.get(DEFAULT_TIMEOUT).and_then(Value::small_int).unwrap_or(-1)
}

/// A timeout as programs give it, in nanoseconds; -1 is none.
pub fn timeout_from(vm: &mut Vm, v: &Value) -> Result<i64> {
    if v.is_none() {
        return Ok(-1);
    }
    let ns = ns_from_seconds(vm, v, Rounding::Up)?;
    if ns < 0 {
        return Err(vm.raise_value_error("Timeout value out of range"));
    }
    Ok(ns)
}

/// The same as programs see it.
pub fn timeout_value(vm: &mut Vm, ns: i64) -> Result {
    if ns < 0 { Ok(Value::none()) } else { vm.new_float(seconds_of_ns(ns.into())) }
}

/// What is received in so few bytes goes by way of the native stack.
const FEW: usize = 512;

const FLAGS: i32 = libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK;

impl Socket {
    /// The state of a socket that has just been opened; makes it non-blocking if there is a timeout.
    pub fn opened(vm: &mut Vm, fd: i32, family: i32, kind: i32, protocol: i32) -> Result<Socket> {
        let timeout_ns = if kind & libc::SOCK_NONBLOCK != 0 { 0 } else { default_timeout(vm) };
        if timeout_ns >= 0 && kind & libc::SOCK_NONBLOCK == 0 {
            let done = host_fd::set_blocking(fd, false);
            vm.system(done)?;
        }
        Ok(Socket { fd, family, kind: kind & !FLAGS, protocol, timeout_ns })
    }
}

fn set_timeout(vm: &mut Vm, this: &Ref<Socket>, ns: i64) -> Result<()> {
    this.get_mut(vm).timeout_ns = ns;
    let fd = this.get(vm).fd;
    let done = vm.detach(|| host_fd::set_blocking(fd, ns < 0));
    vm.system(done)
}

/// The size of something to receive.
fn size(vm: &mut Vm, v: &Value, function: &str) -> Result<usize> {
    let n = vm.to_index_i64(v, "ssize_t")?;
    usize::try_from(n).map_err(|_| vm.raise_value_error(&format!("negative buffersize in {function}")))
}

fn flags_of(vm: &mut Vm, v: Option<&Value>) -> Result<i32> {
    v.map_or(Ok(0), |v| c_int(vm, v))
}

/// The arguments of `recv_into` and `recvfrom_into`: memory, how much of it, flags.
/// Has `call` fill memory of `n` bytes: those that it has filled, with what else it has found out.
fn received<T>(
    vm: &mut Vm,
    n: usize,
    call: impl FnOnce(&mut Vm, &mut [u8]) -> Result<(usize, T)>,
) -> Result<(Value, T)> {
    let mut few = [0; FEW];
    let mut many;
    let memory = match few.get_mut(..n) {
        Some(few) => few,
        None => {
            many = zeros(vm, n)?;
            &mut many[..]
        }
    };
    let (filled, found) = call(vm, memory)?;
    let data = vm.new_bytes(&memory[..filled.min(n)])?.into_value();
    Ok((data, found))
}

fn into_arguments(vm: &mut Vm, args: Args<'_>, signature: &'static Signature) -> Result<(Destination, usize, i32)> {
    let [buffer, count, flags] = bind::<3>(vm, signature, args)?;
    let none = Value::none();
    let flags = flags_of(vm, flags)?;
    let count = count.map_or(Ok(0), |v| vm.to_index_i64(v, "ssize_t"))?;
    let name = signature.name;
    let complaint = format!("{name}() argument 1 must be read-write bytes-like object");
    let to = Destination::open(vm, buffer.unwrap_or(&none), &complaint)?;
    let wanted = match usize::try_from(count) {
        Err(_) => Err(vm.raise_value_error(&format!("negative buffersize in {name}"))),
        Ok(0) => Ok(to.len),
        Ok(n) if n > to.len && name == "recv_into" => Err(vm.raise_value_error("buffer too small for requested bytes")),
        Ok(n) if n > to.len => Err(vm.raise_value_error("nbytes is greater than the length of the buffer")),
        Ok(n) => Ok(n),
    };
    match wanted {
        Ok(n) => Ok((to, n, flags)),
        Err(raised) => {
            to.close(vm);
            Err(raised)
        }
    }
}

/// The signature of a method that receives into an object.
const fn into_signature(name: &'static str) -> Signature {
    Signature {
        name,
        params: &["buffer", "nbytes", "flags"],
        required: &[true, false, false],
        required_count: 1,
        positional_only: 0,
        positional: 3,
    }
}

static RECV_INTO: Signature = into_signature("recv_into");
static RECVFROM_INTO: Signature = into_signature("recvfrom_into");

fn close(vm: &mut Vm, this: &Ref<Socket>) -> taipan_host::Result<()> {
    let fd = std::mem::replace(&mut this.get_mut(vm).fd, -1);
    if fd < 0 {
        return Ok(());
    }
    match vm.detach(|| host_fd::close(fd)) {
        // The other side is gone: so are we.
        Err(Errno(libc::ECONNRESET)) => Ok(()),
        other => other,
    }
}

fn send_all(vm: &mut Vm, this: &Ref<Socket>, data: &[u8], flags: i32) -> Result<()> {
    let until = deadline(this.get(vm).timeout_ns);
    let mut sent = 0;
    while sent < data.len() {
        if until.is_some_and(|until| clock::monotonic_ns() > until) {
            return Err(Failed::Timeout.raise(vm));
        }
        let rest = &data[sent..];
        match call_until(vm, this, true, until, |fd| net::send(fd, rest, flags))? {
            Ok(n) => sent += n,
            Err(failed) => return Err(failed.raise(vm)),
        }
        vm.check_signals()?;
    }
    Ok(())
}

fn address_or_none(vm: &mut Vm, address: &Option<net::Address>) -> Result {
    match address {
        Some(address) => to_python(vm, address),
        None => Ok(Value::none()),
    }
}

fn pair(vm: &mut Vm, a: Value, b: Value) -> Result {
    vm.new_tuple(vec![a, b]).map(Ref::into_value)
}

/// socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object
/// socket(family=-1, type=-1, proto=-1, fileno=None) -> socket object
///
/// An end of a connection, or something to make one with. With fileno, the open
/// socket behind that descriptor.
#[class(cell = SOCKET, base = OBJECT, flags = BASETYPE | HAVE_GC)]
impl SocketClass {
    #[slot]
    fn new(vm: &mut Vm, class: &Ref<Type>, _args: Args<'_>) -> Result {
        let timeout_ns = default_timeout(vm);
        Ref::new_in(vm, class, Socket { fd: -1, family: 0, kind: 0, protocol: 0, timeout_ns }).map(Ref::into_value)
    }

    #[slot]
    fn init(vm: &mut Vm, this: &Value, args: Args<'_>) -> Result<()> {
        static SIGNATURE: Signature = Signature {
            name: "socket",
            params: &["family", "type", "proto", "fileno"],
            required: &[false; 4],
            required_count: 0,
            positional_only: 0,
            positional: 4,
        };
        let Some(this) = this.downcast::<Socket>() else { return Err(vm.raise_wrong_receiver("__init__", this)) };
        let [family, kind, protocol, fileno] = bind::<4>(vm, &SIGNATURE, args)?;
        let number = |vm: &mut Vm, v: Option<&Value>| v.map_or(Ok(-1), |v| c_int(vm, v));
        let (mut family, mut kind, mut protocol) = (number(vm, family)?, number(vm, kind)?, number(vm, protocol)?);
        let mut event = vec![this.to_value()];
        for n in [family, kind, protocol] {
            event.push(vm.new_int(i64::from(n))?);
        }
        vm.audit("socket.__new__", &event)?;
        let fd = match fileno.filter(|v| !v.is_none()) {
            Some(v) => {
                let fd = c_int(vm, v)?;
                if fd < 0 {
                    return Err(vm.raise_value_error("negative file descriptor"));
                }
                let own = net::getsockname(fd);
                let own = match own {
                    Err(Errno(e @ (libc::EBADF | libc::ENOTSOCK))) => return Err(vm.raise_os_error(e, None)),
                    other => other.ok(),
                };
                if family == -1 {
                    family = match own {
                        Some(address) => address.family(),
                        None => return Err(vm.raise_os_error(libc::ENOTSOCK, None)),
                    };
                }
                let ask = |vm: &mut Vm, option| {
                    let found = net::getsockopt_int(fd, libc::SOL_SOCKET, option);
                    vm.system(found)
                };
                if kind == -1 {
                    kind = ask(vm, libc::SO_TYPE)?;
                }
                if protocol == -1 {
                    protocol = ask(vm, libc::SO_PROTOCOL)?;
                }
                fd
            }
            None => {
                family = if family == -1 { libc::AF_INET } else { family };
                kind = if kind == -1 { libc::SOCK_STREAM } else { kind };
                protocol = protocol.max(0);
                let fd = vm.detach(|| net::socket(family, kind | libc::SOCK_CLOEXEC, protocol));
                vm.system(fd)?
            }
        };
        let state = match Socket::opened(vm, fd, family, kind, protocol) {
            Ok(state) => state,
            Err(raised) => {
                let _ = host_fd::close(fd);
                return Err(raised);
            }
        };
        *this.get_mut(vm) = state;
        Ok(())
    }

    #[slot]
    fn repr(vm: &mut Vm, this: &Ref<Socket>) -> Result {
        let s = this.get(vm);
        let text = format!("<socket object, fd={}, family={}, type={}, proto={}>", s.fd, s.family, s.kind, s.protocol);
        vm.new_str(&text).map(Ref::into_value)
    }

    #[slot]
    fn finalize(vm: &mut Vm, this: &Value) {
        let Some(socket) = this.downcast::<Socket>() else { return };
        if socket.get(vm).fd < 0 {
            return;
        }
        let shown = vm.repr(this).map_or_else(|_| String::new(), |s| s.to_string_lossy());
        let warned = vm.warn_about(RESOURCE_WARNING.as_type(), &format!("unclosed {shown}"), 1, this);
        if let Err(raised) = warned {
            if vm.raised_is(taipan_vm::errors::WARNING.as_type()) {
                vm.report_unraisable(raised, this);
            } else {
                drop(vm.take_raised(raised));
            }
        }
        let _ = close(vm, socket);
    }

    /// the socket family
    #[getter]
    fn family(vm: &mut Vm, this: &Ref<Socket>) -> Result<i32> {
        Ok(this.get(vm).family)
    }

    /// the socket type
    #[getter(name = "type")]
    fn kind(vm: &mut Vm, this: &Ref<Socket>) -> Result<i32> {
        Ok(this.get(vm).kind)
    }

    /// the socket protocol
    #[getter]
    fn proto(vm: &mut Vm, this: &Ref<Socket>) -> Result<i32> {
        Ok(this.get(vm).protocol)
    }

    /// the socket timeout
    #[getter]
    fn timeout(vm: &mut Vm, this: &Ref<Socket>) -> Result {
        let ns = this.get(vm).timeout_ns;
        timeout_value(vm, ns)
    }

    /// Take a connection: its descriptor and the address of the other side.
    #[method("($self, /)")]
    fn _accept(vm: &mut Vm, this: &Ref<Socket>) -> Result {
        let (fd, address) = calls::call(vm, this, false, |fd| net::accept(fd, libc::SOCK_CLOEXEC))?;
        let made = to_python(vm, &address).and_then(|address| {
            let fd = vm.new_int(i64::from(fd))?;
            pair(vm, fd, address)
        });
        if made.is_err() {
            let _ = host_fd::close(fd);
        }
        made
    }

    /// Give the socket its own address.
    #[method("($self, object, /)")]
    fn bind(vm: &mut Vm, this: &Ref<Socket>, object: &Value) -> Result<()> {
        let family = this.get(vm).family;
        let address = from_python(vm, family, object, "bind")?;
        vm.audit("socket.bind", &[this.to_value(), object.clone()])?;
        let fd = this.get(vm).fd;
        let done = vm.detach(|| net::bind(fd, &address));
        vm.system(done)
    }

    /// Connect to an address.
    #[method("($self, object, /)")]
    fn connect(vm: &mut Vm, this: &Ref<Socket>, object: &Value) -> Result<()> {
        let family = this.get(vm).family;
        let address = from_python(vm, family, object, "connect")?;
        vm.audit("socket.connect", &[this.to_value(), object.clone()])?;
        match calls::connect(vm, this, &address)? {
            Ok(()) => Ok(()),
            Err(failed) => Err(failed.raise(vm)),
        }
    }

    /// Connect to an address; the number of the error, or 0.
    #[method("($self, object, /)")]
    fn connect_ex(vm: &mut Vm, this: &Ref<Socket>, object: &Value) -> Result<i32> {
        let family = this.get(vm).family;
        let address = from_python(vm, family, object, "connect_ex")?;
        vm.audit("socket.connect", &[this.to_value(), object.clone()])?;
        Ok(calls::connect(vm, this, &address)?.err().map_or(0, Failed::number))
    }

    /// Close the socket.
    #[method("($self, /)")]
    fn close(vm: &mut Vm, this: &Ref<Socket>) -> Result<()> {
        let done = close(vm, this);
        vm.system(done)
    }

    /// Give the descriptor away; the object is closed then.
    #[method("($self, /)")]
    fn detach(vm: &mut Vm, this: &Ref<Socket>) -> Result<i32> {
        Ok(std::mem::replace(&mut this.get_mut(vm).fd, -1))
    }

    /// The descriptor; -1 once it is closed.
    #[method("($self, /)")]
    fn fileno(vm: &mut Vm, this: &Ref<Socket>) -> Result<i32> {
        Ok(this.get(vm).fd)
    }

    /// The address of the other side.
    #[method("($self, /)")]
    fn getpeername(vm: &mut Vm, this: &Ref<Socket>) -> Result {
        let fd = this.get(vm).fd;
        let found = vm.detach(|| net::getpeername(fd));
        let found = vm.system(found)?;
        to_python(vm, &found)
    }

    /// The socket's own address.
    #[method("($self, /)")]
    fn getsockname(vm: &mut Vm, this: &Ref<Socket>) -> Result {
        let fd = this.get(vm).fd;
        let found = vm.detach(|| net::getsockname(fd));
        let found = vm.system(found)?;
        to_python(vm, &found)
    }

    /// An option of the socket: a number, or with a size bytes.
    #[method]
    fn getsockopt(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "getsockopt", 2, 3)?;
        let (level, option) = (c_int(vm, &args[0])?, c_int(vm, &args[1])?);
        let size = flags_of(vm, args.get(2))?;
        let fd = this.get(vm).fd;
        if size == 0 {
            let found = net::getsockopt_int(fd, level, option);
            let found = vm.system(found)?;
            return vm.new_int(i64::from(found));
        }
        if !(1..=1024).contains(&size) {
            return Err(vm.raise_class(OS_ERROR.as_type(), "getsockopt buflen out of range"));
        }
        let found = net::getsockopt(fd, level, option, size as usize);
        let found = vm.system(found)?;
        vm.bytes_from_vec(found).map(Ref::into_value)
    }

    /// Set an option of the socket.
    #[method]
    fn setsockopt(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result<()> {
        let given = if args.all().len() == 4 { 4 } else { 3 };
        let args = args.parsed(vm, "setsockopt", given, given)?;
        let (level, option, value) = (c_int(vm, &args[0])?, c_int(vm, &args[1])?, &args[2]);
        let fd = this.get(vm).fd;
        let done = if let Some(length) = args.get(3) {
            let length = c_int(vm, length)?;
            if !value.is_none() {
                let given = value.ty().name();
                return Err(vm.raise_type_error(&format!("setsockopt() argument 3 must be None, not {given}")));
            }
            // A length without a value is for key-value sockets, which are not there.
            let _ = length;
            Err(Errno(libc::EFAULT))
        } else if value.as_int().is_some() {
            let n = c_int(vm, value)?;
            net::setsockopt_int(fd, level, option, n)
        } else {
            let bytes = vm.bytes_of(value)?;
            net::setsockopt(fd, level, option, &bytes)
        };
        vm.system(done)
    }

    /// Whether calls wait.
    #[method("($self, /)")]
    fn getblocking(vm: &mut Vm, this: &Ref<Socket>) -> Result<bool> {
        Ok(this.get(vm).timeout_ns != 0)
    }

    /// Set whether calls wait.
    #[method("($self, object, /)")]
    fn setblocking(vm: &mut Vm, this: &Ref<Socket>, object: &Value) -> Result<()> {
        let blocking = vm.is_truthy(object)?;
        set_timeout(vm, this, if blocking { -1 } else { 0 })
    }

    /// How long calls wait, in seconds; None is for ever.
    #[method("($self, /)")]
    fn gettimeout(vm: &mut Vm, this: &Ref<Socket>) -> Result {
        let ns = this.get(vm).timeout_ns;
        timeout_value(vm, ns)
    }

    /// Set how long calls wait, in seconds; None is for ever.
    #[method("($self, object, /)")]
    fn settimeout(vm: &mut Vm, this: &Ref<Socket>, object: &Value) -> Result<()> {
        let ns = timeout_from(vm, object)?;
        set_timeout(vm, this, ns)
    }

    /// Start taking connections.
    #[method]
    fn listen(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result<()> {
        let args = args.parsed(vm, "listen", 0, 1)?;
        let backlog = args.first().map_or(Ok(128), |v| c_int(vm, v))?.max(0);
        let fd = this.get(vm).fd;
        let done = vm.detach(|| net::listen(fd, backlog));
        vm.system(done)
    }

    /// Receive at most some bytes.
    #[method]
    fn recv(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "recv", 1, 2)?;
        let n = size(vm, &args[0], "recv")?;
        let flags = flags_of(vm, args.get(1))?;
        let (data, ()) =
            received(vm, n, |vm, memory| Ok((calls::call(vm, this, false, |fd| net::recv(fd, memory, flags))?, ())))?;
        Ok(data)
    }

    /// Receive into an object, and give the number of bytes.
    #[method]
    fn recv_into(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result<usize> {
        let (mut to, wanted, flags) = into_arguments(vm, args, &RECV_INTO)?;
        let result = to.fill_by(vm, wanted, |vm, memory| {
            Ok((calls::call(vm, this, false, |fd| net::recv(fd, memory, flags))?, ()))
        });
        to.close(vm);
        Ok(result?.0)
    }

    /// Receive at most some bytes, and the address of the sender.
    #[method]
    fn recvfrom(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result {
        let args = args.parsed(vm, "recvfrom", 1, 2)?;
        let n = size(vm, &args[0], "recvfrom")?;
        let flags = flags_of(vm, args.get(1))?;
        let (data, from) =
            received(vm, n, |vm, memory| calls::call(vm, this, false, |fd| net::recvfrom(fd, memory, flags)))?;
        let from = address_or_none(vm, &from)?;
        pair(vm, data, from)
    }

    /// Receive into an object: the number of bytes, and the address of the sender.
    #[method]
    fn recvfrom_into(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result {
        let (mut to, wanted, flags) = into_arguments(vm, args, &RECVFROM_INTO)?;
        let result =
            to.fill_by(vm, wanted, |vm, memory| calls::call(vm, this, false, |fd| net::recvfrom(fd, memory, flags)));
        to.close(vm);
        let (n, from) = result?;
        let n = vm.new_int(n as i64)?;
        let from = address_or_none(vm, &from)?;
        pair(vm, n, from)
    }

    /// Receive bytes and what comes beside them.
    #[method]
    fn recvmsg(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result {
        message::recvmsg(vm, this, args)
    }

    /// Receive into several objects, and what comes beside the bytes.
    #[method]
    fn recvmsg_into(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result {
        message::recvmsg_into(vm, this, args)
    }

    /// Send bytes, and give how many were taken.
    #[method]
    fn send(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result<usize> {
        let args = args.parsed(vm, "send", 1, 2)?;
        let data = Source::open(vm, &args[0])?;
        let bytes = data.as_slice();
        let sent =
            flags_of(vm, args.get(1)).and_then(|flags| calls::call(vm, this, true, |fd| net::send(fd, bytes, flags)));
        data.close(vm);
        sent
    }

    /// Send all of some bytes.
    #[method]
    fn sendall(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result<()> {
        let args = args.parsed(vm, "sendall", 1, 2)?;
        let data = Source::open(vm, &args[0])?;
        let done = flags_of(vm, args.get(1)).and_then(|flags| send_all(vm, this, data.as_slice(), flags));
        data.close(vm);
        done
    }

    /// Send several objects, and something beside their bytes.
    #[method]
    fn sendmsg(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result<usize> {
        message::sendmsg(vm, this, args)
    }

    /// Send bytes to an address.
    #[method]
    fn sendto(vm: &mut Vm, this: &Ref<Socket>, args: Args<'_>) -> Result<usize> {
        args.no_keywords(vm, "sendto")?;
        let (data, flags, to) = match args.positional() {
            [data, to] => (data, 0, to),
            [data, flags, to] => (data, c_int(vm, flags)?, to),
            others => {
                let n = others.len();
                return Err(vm.raise_type_error(&format!("sendto() takes 2 or 3 arguments ({n} given)")));
            }
        };
        let data = vm.bytes_of(data)?;
        let family = this.get(vm).family;
        let address = from_python(vm, family, to, "sendto")?;
        vm.audit("socket.sendto", &[this.to_value(), to.clone()])?;
        calls::call(vm, this, true, |fd| net::sendto(fd, &data, flags, &address))
    }

    /// End one or both directions.
    #[method("($self, object, /)")]
    fn shutdown(vm: &mut Vm, this: &Ref<Socket>, object: &Value) -> Result<()> {
        let how = c_int(vm, object)?;
        let fd = this.get(vm).fd;
        let done = vm.detach(|| net::shutdown(fd, how));
        vm.system(done)
    }
}
