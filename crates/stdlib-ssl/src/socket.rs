//! `_ssl._SSLSocket`: a connection over a socket or over memory.

use crate::bio::MemoryBio;
use crate::config::{self, Sessions};
use crate::context::{Context, all_trusted, note_used};
use crate::session::{SESSION, Session};
use crate::tls::{ReadOutcome, Tls};
use crate::verify::{Finding, Verdict};
use crate::{certificate, ciphers, errors, shown_type};
use rustls::HandshakeKind;
use std::sync::Arc;
use taipan_host::{Errno, net};
use taipan_macros::{Payload, Trace, class};
use taipan_object::statics::{OBJECT, WEAKREF};
use taipan_object::trace::Opaque;
use taipan_object::weak::{Sharing, WeakRef};
use taipan_object::{Raised, Str, TypeCell};
use taipan_stdlib_net::Socket;
use taipan_stdlib_net::calls::{self, Failed};
use taipan_stdlib_system::common::Destination;
use taipan_vm::errors::{ATTRIBUTE_ERROR, TIMEOUT_ERROR};
use taipan_vm::native::Args;
use taipan_vm::{Ref, Result, Value, Vm};

/// `_ssl._SSLSocket`.
pub static SSL_SOCKET: TypeCell<SslSocket> = TypeCell::new("_ssl._SSLSocket");

/// How much is written at once.
const PIECE: usize = 16 * 1024;

/// Where a connection's bytes come from and go to.
#[derive(Trace)]
pub enum Transport {
    /// A weak reference to a socket, which owns the connection.
    Socket(Value),
    Memory {
        incoming: Ref<MemoryBio>,
        outgoing: Ref<MemoryBio>,
    },
}

impl Transport {
    /// That of a socket.
    pub fn socket(vm: &mut Vm, socket: &Ref<Socket>) -> Result<Transport> {
        weak(vm, socket.as_value()).map(Transport::Socket)
    }
}

fn weak(vm: &mut Vm, object: &Value) -> Result {
    match vm.new_weakref(WEAKREF.as_type(), object, None, Sharing::Own)? {
        Some(weak) => Ok(weak),
        None => {
            let text = format!("cannot create weak reference to '{}' object", object.ty().name());
            Err(vm.raise_type_error(&text))
        }
    }
}

fn upgrade(weak: &Value) -> Option<Value> {
    weak.downcast::<WeakRef>().and_then(|w| w.upgrade())
}

/// A connection.
#[derive(Trace, Payload)]
#[payload(class = SSL_SOCKET)]
#[repr(C)]
pub struct SslSocket {
    tls: Opaque<Box<Tls>>,
    transport: Transport,
    context: Ref<Context>,
    owner: Option<Value>,
    server_side: bool,
    server_hostname: Option<Value>,
    sessions: Opaque<Option<Sessions>>,
    shared: Opaque<Vec<rustls::CipherSuite>>,
    started: i64,
}

/// What `_wrap_socket` and `_wrap_bio` do.
pub fn wrap(
    vm: &mut Vm,
    context: &Ref<Context>,
    transport: Transport,
    server_side: bool,
    server_hostname: Option<&Value>,
    owner: Option<&Value>,
    session: Option<&Value>,
) -> Result {
    let protocol = context.get(vm).protocol;
    if protocol == 17 && !server_side {
        let words = "Cannot create a client socket with a PROTOCOL_TLS_SERVER context";
        return Err(errors::raise_plain_reason(vm, words));
    }
    if protocol == 16 && server_side {
        let words = "Cannot create a server socket with a PROTOCOL_TLS_CLIENT context";
        return Err(errors::raise_plain_reason(vm, words));
    }
    let hostname = match server_hostname.filter(|h| !h.is_none()) {
        Some(name) => match name.downcast::<Str>() {
            Some(text) => {
                let text = text.to_string_lossy();
                if text.contains('\0') {
                    return Err(vm.raise_type_error("argument must be encoded string without null bytes, not str"));
                }
                Some(text)
            }
            None if vm.is_bytes_like(name) => Some(String::from_utf8_lossy(&vm.bytes_of(name)?).into_owned()),
            None => {
                let text = format!("server_hostname must be str, not {}", shown_type(name));
                return Err(vm.raise_type_error(&text));
            }
        },
        None => None,
    };
    if let Some(name) = &hostname
        && (name.is_empty() || name.starts_with('.'))
    {
        let text = "server_hostname cannot be an empty string or start with a leading dot.";
        return Err(vm.raise_value_error(text));
    }
    let former = match session.filter(|s| !s.is_none()) {
        Some(session) => Some(session_of(vm, context, server_side, session)?),
        None => None,
    };
    let (mut tls, sessions) = if server_side {
        (Tls::server(Finding::default()), None)
    } else {
        let trusted = all_trusted(vm, context);
        match config::client(context.get(vm), trusted, hostname.as_deref(), former) {
            Ok((connection, sessions, finding)) => (Tls::client(connection, finding), Some(sessions)),
            Err(text) => return Err(raise_config(vm, &text)),
        }
    };
    if context.get(vm).msg_callback.is_some() {
        tls.watch = Some(Box::default());
    }
    let owner = match owner.filter(|o| !o.is_none()) {
        Some(owner) => Some(weak(vm, owner)?),
        None => None,
    };
    let server_hostname = match hostname {
        Some(name) => Some(vm.new_str(&name)?.into_value()),
        None => None,
    };
    let socket = SslSocket {
        tls: Opaque(Box::new(tls)),
        transport,
        context: context.clone(),
        owner,
        server_side,
        server_hostname,
        sessions: Opaque(sessions),
        shared: Opaque(Vec::new()),
        started: taipan_host::clock::time_ns() / 1_000_000_000,
    };
    Ref::new_in(vm, SSL_SOCKET.as_type(), socket).map(Ref::into_value)
}

fn raise_config(vm: &mut Vm, text: &str) -> Raised {
    if text == "no protocols available" {
        return errors::raise_reason(vm, "SSL", "NO_PROTOCOLS_AVAILABLE", text);
    }
    errors::raise_plain(vm, text)
}

fn session_of(vm: &mut Vm, context: &Ref<Context>, server_side: bool, session: &Value) -> Result<Sessions> {
    let Some(session) = session.downcast::<Session>() else {
        return Err(vm.raise_type_error("Value is not a SSLSession."));
    };
    if server_side {
        return Err(vm.raise_value_error("Cannot set session for server-side SSLSocket."));
    }
    if !session.get(vm).context.is(context.as_value()) {
        return Err(vm.raise_value_error("Session refers to a different SSLContext."));
    }
    Ok(session.get(vm).sessions.0.clone())
}

/// Something that is done with a connection. Other threads may do something else with it meanwhile: whoever waits for the
/// socket lets go of everything.
struct Work<'a> {
    this: &'a Ref<SslSocket>,
    until: Option<i64>,
    /// What is being done, for the words of a timeout.
    doing: &'static str,
}

/// Runs something with the connection.
fn work<R>(
    vm: &mut Vm,
    this: &Ref<SslSocket>,
    doing: &'static str,
    f: impl FnOnce(&mut Vm, &mut Work<'_>) -> Result<R>,
) -> Result<R> {
    let timeout = match socket_of(vm, this)? {
        Some(socket) => socket.get(vm).timeout_ns,
        None => 0,
    };
    f(vm, &mut Work { this, until: calls::deadline(timeout), doing })
}

/// Lets other threads go on for a moment.
fn pause(vm: &mut Vm) -> Result<()> {
    let until = taipan_host::clock::monotonic_ns() + 200_000;
    vm.blocking_call(|| taipan_host::clock::sleep_until(until))
}

/// The socket below; nothing where there is memory.
fn socket_of(vm: &mut Vm, this: &Ref<SslSocket>) -> Result<Option<Ref<Socket>>> {
    let Transport::Socket(weak) = &this.get(vm).transport else { return Ok(None) };
    let found = upgrade(weak);
    match found.as_ref().and_then(|s| s.downcast::<Socket>()) {
        Some(socket) if socket.get(vm).fd >= 0 => Ok(Some(socket.clone())),
        _ => Err(errors::raise_plain(vm, "Underlying socket connection gone")),
    }
}

impl Work<'_> {
    fn tls<'v>(&'v self, vm: &'v mut Vm) -> &'v mut Tls {
        &mut self.this.get_mut(vm).tls
    }

    fn finding(&self, vm: &mut Vm) -> Option<Verdict> {
        self.tls(vm).finding.lock().ok().and_then(|found| found.clone())
    }

    fn fail(&mut self, vm: &mut Vm, error: &rustls::Error) -> Raised {
        // The other side is told why, if it still listens.
        if let Err(raised) = self.send(vm) {
            drop(vm.take_raised(raised));
        }
        let verdict = self.finding(vm);
        errors::raise_tls(vm, error, verdict.as_ref())
    }

    fn failed(&self, vm: &mut Vm, failed: Failed, writing: bool) -> Raised {
        match failed {
            Failed::Timeout => {
                let text = format!("The {} operation timed out", self.doing);
                vm.raise_class(TIMEOUT_ERROR.as_type(), &text)
            }
            Failed::System(Errno::EAGAIN) if writing => errors::raise_want_write(vm),
            Failed::System(Errno::EAGAIN) => errors::raise_want_read(vm),
            Failed::System(e) => vm.raise_os_error(e.0, None),
        }
    }

    /// Tells the context's callback of the messages since the last time.
    fn tell(&mut self, vm: &mut Vm) -> Result<()> {
        let Some(watch) = &mut self.tls(vm).watch else { return Ok(()) };
        let messages = std::mem::take(&mut watch.messages);
        for message in messages {
            let Some(callback) = self.this.get(vm).context.get(vm).msg_callback.clone() else { return Ok(()) };
            let connection = match &self.this.get(vm).owner {
                Some(owner) => upgrade(owner).unwrap_or_else(Value::none),
                None => self.this.to_value(),
            };
            let direction = vm.new_str(if message.written { "write" } else { "read" })?.into_value();
            let numbers = [message.version, message.content, message.kind].map(Value::from_i32);
            let [version, content, kind] = numbers;
            let data = vm.new_bytes(&message.data)?.into_value();
            vm.call(&callback, &[connection, direction, version, content, kind, data])?;
        }
        Ok(())
    }

    /// Sends what is to be sent.
    fn send(&mut self, vm: &mut Vm) -> Result<()> {
        self.send_all(vm)?;
        self.tell(vm)
    }

    fn send_all(&mut self, vm: &mut Vm) -> Result<()> {
        let Some(socket) = socket_of(vm, self.this)? else {
            self.tls(vm).collect();
            let bytes = std::mem::take(&mut self.tls(vm).outgoing);
            let Transport::Memory { outgoing, .. } = &self.this.get(vm).transport else { return Ok(()) };
            let outgoing = outgoing.clone();
            outgoing.get_mut(vm).bytes.extend_from_slice(&bytes);
            return Ok(());
        };
        loop {
            // Records go out in the order in which they were made.
            while self.tls(vm).sending {
                pause(vm)?;
            }
            let tls = self.tls(vm);
            tls.collect();
            if tls.outgoing.is_empty() {
                return Ok(());
            }
            tls.sending = true;
            let mut out = std::mem::take(&mut tls.outgoing);
            let sent = calls::call_until(vm, &socket, true, self.until, |fd| net::send(fd, &out, libc_nosignal()));
            if let Ok(Ok(n)) = &sent {
                out.drain(..n);
            }
            let tls = self.tls(vm);
            tls.sending = false;
            out.append(&mut tls.outgoing);
            tls.outgoing = out;
            if let Err(failed) = sent? {
                return Err(self.failed(vm, failed, true));
            }
        }
    }

    /// Takes what has arrived, waiting for it if the socket does.
    fn receive(&mut self, vm: &mut Vm) -> Result<()> {
        self.receive_some(vm)?;
        self.tell(vm)
    }

    fn receive_some(&mut self, vm: &mut Vm) -> Result<()> {
        if self.tls(vm).transport_ended {
            return Err(errors::raise_eof(vm));
        }
        let Some(socket) = socket_of(vm, self.this)? else {
            let Transport::Memory { incoming, .. } = &self.this.get(vm).transport else { return Ok(()) };
            let incoming = incoming.clone();
            let left = incoming.get(vm).left().to_vec();
            if left.is_empty() {
                if incoming.get(vm).ended {
                    self.tls(vm).transport_ended = true;
                    return Ok(());
                }
                return Err(errors::raise_want_read(vm));
            }
            let fed = self.tls(vm).feed(&left);
            match fed {
                Ok(n) => {
                    incoming.get_mut(vm).advance(n);
                    return Ok(());
                }
                Err(error) => {
                    incoming.get_mut(vm).advance(left.len());
                    return Err(self.fail(vm, &error));
                }
            }
        };
        // One record at a time: what follows the last one may be no business of the connection's.
        if self.tls(vm).receiving {
            // Another thread is at it.
            return if socket.get(vm).timeout_ns == 0 { Err(errors::raise_want_read(vm)) } else { pause(vm) };
        }
        let tls = self.tls(vm);
        tls.receiving = true;
        let mut buffer = vec![0; tls.frame.wanted()];
        let got = calls::call_until(vm, &socket, false, self.until, |fd| net::recv(fd, &mut buffer, 0));
        self.tls(vm).receiving = false;
        match got? {
            Ok(0) => {
                self.tls(vm).transport_ended = true;
                Ok(())
            }
            Ok(n) => {
                let mut rest = &buffer[..n];
                self.tls(vm).frame.advance(rest);
                while !rest.is_empty() {
                    match self.tls(vm).feed(rest) {
                        Ok(0) => break,
                        Ok(taken) => {
                            rest = &rest[taken..];
                            self.hello(vm)?;
                        }
                        Err(error) => return Err(self.fail(vm, &error)),
                    }
                }
                Ok(())
            }
            Err(failed) => Err(self.failed(vm, failed, false)),
        }
    }

    /// A server that has the client's first message chooses what it does.
    fn hello(&mut self, vm: &mut Vm) -> Result<()> {
        let found = self.tls(vm).hello();
        let (hello, accepted) = match found {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(()),
            Err(error) => return Err(self.fail(vm, &error)),
        };
        *self.this.get_mut(vm).shared = hello.suites.clone();
        let context = self.this.get(vm).context.clone();
        if let Some(callback) = context.get(vm).sni_callback.clone() {
            self.ask_sni(vm, &callback, &context, hello.server_name.as_deref())?;
        }
        // The callback may have put another in its place.
        let context = self.this.get(vm).context.clone();
        let trusted = all_trusted(vm, &context);
        let finding = self.tls(vm).finding.clone();
        let made = config::server(context.get(vm), &trusted, &hello.protocols, &finding);
        let config = match made {
            Ok(config) => config,
            Err(text) => {
                self.tls(vm).refuse(80);
                if let Err(raised) = self.send(vm) {
                    drop(vm.take_raised(raised));
                }
                return Err(raise_config(vm, &text));
            }
        };
        match self.tls(vm).accept(accepted, config) {
            Ok(()) => Ok(()),
            Err(error) => Err(self.fail(vm, &error)),
        }
    }

    fn ask_sni(&mut self, vm: &mut Vm, callback: &Value, context: &Ref<Context>, name: Option<&str>) -> Result<()> {
        let name = match name {
            Some(name) => vm.new_str(name)?.into_value(),
            None => Value::none(),
        };
        let socket = match &self.this.get(vm).owner {
            Some(owner) => upgrade(owner),
            None => Some(self.this.to_value()),
        };
        let called = socket.map(|socket| vm.call(callback, &[socket, name, context.to_value()]));
        let alert = match called {
            // Whom the answer is for is gone.
            None => 80,
            Some(Ok(answer)) if answer.is_none() => return Ok(()),
            Some(Ok(answer)) => match vm.to_index_i64(&answer, "int") {
                Ok(alert) => alert as u8,
                Err(raised) => {
                    vm.report_unraisable(raised, callback);
                    80
                }
            },
            Some(Err(raised)) => {
                vm.report_unraisable(raised, callback);
                40
            }
        };
        self.tls(vm).refuse(alert);
        if let Err(raised) = self.send(vm) {
            drop(vm.take_raised(raised));
        }
        Err(errors::raise_reason(vm, "SSL", "CALLBACK_FAILED", "callback failed"))
    }

    fn handshake(&mut self, vm: &mut Vm) -> Result<()> {
        if self.tls(vm).eof_told {
            return Err(errors::raise_eof(vm));
        }
        let begun = self.tls(vm).is_handshaking();
        while self.tls(vm).is_handshaking() {
            self.send(vm)?;
            if !self.tls(vm).is_handshaking() {
                break;
            }
            self.receive(vm)?;
            self.hello(vm)?;
            if self.tls(vm).transport_ended && self.tls(vm).is_handshaking() {
                return Err(errors::raise_eof(vm));
            }
        }
        if begun {
            let resumed = look(vm, self.this, |c| c.handshake_kind() == Some(HandshakeKind::Resumed)).unwrap_or(false);
            let (context, server_side) = (self.this.get(vm).context.clone(), self.this.get(vm).server_side);
            let peers = chain(vm, self.this);
            note_used(vm, &context, &peers);
            let counts = &mut context.get_mut(vm).handshakes;
            if server_side {
                counts.accepted += 1;
                counts.resumed += u64::from(resumed);
            } else {
                counts.connected += 1;
            }
        }
        self.send(vm)
    }
}

fn libc_nosignal() -> i32 {
    // MSG_NOSIGNAL: an end that is gone is an error, not a signal.
    0x4000
}

/// Text for Python, or nothing.
fn text_or_none(vm: &mut Vm, text: Option<&str>) -> Result {
    match text {
        Some(text) => vm.new_str(text).map(Ref::into_value),
        None => Ok(Value::none()),
    }
}

/// Looks at the connection, if it is there.
fn look<R>(vm: &Vm, this: &Ref<SslSocket>, f: impl FnOnce(&rustls::Connection) -> R) -> Option<R> {
    this.get(vm).tls.connection().map(f)
}

fn version_name(version: rustls::ProtocolVersion) -> &'static str {
    if version == rustls::ProtocolVersion::TLSv1_3 { "TLSv1.3" } else { "TLSv1.2" }
}

fn cipher_tuple(vm: &mut Vm, suite: rustls::CipherSuite) -> Result {
    let Some(shown) = ciphers::shown(suite) else { return Ok(Value::none()) };
    let (name, protocol) = (vm.new_str(shown.name)?.into_value(), vm.new_str(shown.protocol)?.into_value());
    vm.new_tuple(vec![name, protocol, Value::from_i32(shown.bits)]).map(Ref::into_value)
}

fn chain(vm: &mut Vm, this: &Ref<SslSocket>) -> Vec<Vec<u8>> {
    look(vm, this, |c| c.peer_certificates().map(|all| all.iter().map(|c| c.to_vec()).collect()))
        .flatten()
        .unwrap_or_default()
}

fn needed<'a>(vm: &mut Vm, value: Option<&'a Value>, name: &str) -> Result<&'a Value> {
    value.ok_or_else(|| {
        let text = format!("attribute '{name}' of '_ssl._SSLSocket' objects cannot be deleted");
        vm.raise_class(ATTRIBUTE_ERROR.as_type(), &text)
    })
}

/// Methods of `_SSLSocket`.
pub struct SslSocketClass;

#[class(cell = SSL_SOCKET, base = OBJECT, flags = HAVE_GC | DISALLOW_INSTANTIATION)]
impl SslSocketClass {
    #[method("($self, /)")]
    fn do_handshake(vm: &mut Vm, this: &Ref<SslSocket>) -> Result<()> {
        work(vm, this, "handshake", |vm, work| work.handshake(vm))
    }

    /// Writes the bytes-like object b into the SSL object.
    ///
    /// Returns the number of bytes written.
    #[method("($self, b, /)")]
    fn write(vm: &mut Vm, this: &Ref<SslSocket>, b: &Value) -> Result<usize> {
        vm.check_in_one_piece(b)?;
        let bytes = vm.bytes_of(b)?;
        work(vm, this, "write", |vm, work| {
            work.handshake(vm)?;
            if work.tls(vm).close_sent {
                return Err(errors::raise_reason(vm, "SSL", "PROTOCOL_IS_SHUTDOWN", "protocol is shutdown"));
            }
            let mut written = 0;
            loop {
                let piece = &bytes[written..bytes.len().min(written + PIECE)];
                if piece.is_empty() {
                    return Ok(written);
                }
                written += work.tls(vm).write(piece);
                if let Err(raised) = work.send(vm) {
                    // What has been taken goes out by and by: only the rest is still to be written.
                    let want = vm.state().registry.get(errors::WANT_WRITE).and_then(|c| c.as_type_ref()).cloned();
                    let pending = vm.peek_raised().is_some_and(|e| want.is_some_and(|w| e.ty().derives_from(&w)));
                    if pending && written > 0 {
                        drop(vm.take_raised(raised));
                        return Ok(written);
                    }
                    return Err(raised);
                }
            }
        })
    }

    /// read(size, [buffer])
    ///
    /// Read up to size bytes from the SSL socket.
    #[method]
    fn read(vm: &mut Vm, this: &Ref<SslSocket>, args: Args<'_>) -> Result {
        let args = args.expect(vm, "read", 1, 2)?;
        let size = vm.to_index_i64(&args[0], "int")?;
        let into = match args.get(1) {
            Some(buffer) => {
                let complaint = "read() argument 2 must be read-write bytes-like object";
                Some(Destination::open(vm, buffer, complaint)?)
            }
            None => None,
        };
        let wanted = match (&into, usize::try_from(size)) {
            (Some(to), Ok(n)) if n > 0 => n.min(to.len),
            (Some(to), _) => to.len,
            (None, Ok(n)) => n,
            (None, Err(_)) => return Err(vm.raise_value_error("size should not be negative")),
        };
        let got = if wanted == 0 { Ok(Vec::new()) } else { read(vm, this, wanted) };
        match (into, got) {
            (Some(to), Ok(bytes)) => {
                to.fill(vm, &bytes);
                to.close(vm);
                vm.new_uint(bytes.len() as u64)
            }
            (Some(to), Err(raised)) => {
                to.close(vm);
                Err(raised)
            }
            (None, got) => {
                let bytes = got?;
                vm.bytes_from_vec(bytes).map(Ref::into_value)
            }
        }
    }

    /// Returns the number of already decrypted bytes available for read, pending on the connection.
    #[method("($self, /)")]
    fn pending(vm: &mut Vm, this: &Ref<SslSocket>) -> Result<usize> {
        Ok(this.get_mut(vm).tls.pending())
    }

    /// Returns the certificate for the peer.
    #[method("($self, der=False, /)")]
    fn getpeercert(vm: &mut Vm, this: &Ref<SslSocket>, der: Option<bool>) -> Result {
        if this.get(vm).tls.is_handshaking() {
            return Err(vm.raise_value_error("handshake not done yet"));
        }
        let Some(first) = chain(vm, this).into_iter().next() else { return Ok(Value::none()) };
        if der.unwrap_or(false) {
            return vm.new_bytes(&first).map(Ref::into_value);
        }
        let context = this.get(vm).context.clone();
        if context.get(vm).verify_mode == 0 {
            return vm.new_dict().map(Ref::into_value);
        }
        match certificate::decoded(vm, &first)? {
            Some(dict) => Ok(dict.into_value()),
            None => Err(errors::raise_plain(vm, "the certificate cannot be decoded")),
        }
    }

    #[method("($self, /, cb_type='tls-unique')")]
    fn get_channel_binding(vm: &mut Vm, _this: &Ref<SslSocket>, cb_type: Option<&Ref<Str>>) -> Result {
        let kind = cb_type.map_or_else(|| "tls-unique".to_owned(), |t| t.to_string_lossy());
        if kind == "tls-unique" {
            let text = "The channel binding 'tls-unique' is not supported";
            return Err(vm.raise_class(taipan_vm::errors::NOT_IMPLEMENTED_ERROR.as_type(), text));
        }
        Err(vm.raise_value_error(&format!("'{kind}' channel binding type not implemented")))
    }

    #[method("($self, /)")]
    fn cipher(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        match look(vm, this, |c| c.negotiated_cipher_suite().map(|s| s.suite())).flatten() {
            Some(suite) => cipher_tuple(vm, suite),
            None => Ok(Value::none()),
        }
    }

    #[method("($self, /)")]
    fn shared_ciphers(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        let me = this.get(vm);
        if !me.server_side || me.shared.is_empty() {
            return Ok(Value::none());
        }
        let (offered, context) = (me.shared.clone(), me.context.clone());
        let mine: Vec<_> = context.get(vm).suites.iter().map(|s| s.suite()).collect();
        let mut all = Vec::new();
        for suite in mine.into_iter().filter(|s| offered.contains(s)) {
            all.push(cipher_tuple(vm, suite)?);
        }
        vm.new_list(all).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn version(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        let found = look(vm, this, |c| c.protocol_version().filter(|_| !c.is_handshaking())).flatten();
        text_or_none(vm, found.map(version_name))
    }

    #[method("($self, /)")]
    fn selected_alpn_protocol(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        let found = look(vm, this, |c| c.alpn_protocol().map(|p| String::from_utf8_lossy(p).into_owned())).flatten();
        text_or_none(vm, found.as_deref())
    }

    #[method("($self, /)")]
    fn compression(_vm: &mut Vm, _this: &Ref<SslSocket>) -> Result<()> {
        Ok(())
    }

    /// Does the SSL shutdown handshake with the remote end.
    #[method("($self, /)")]
    fn shutdown(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        work(vm, this, "shutdown", |vm, work| {
            if work.tls(vm).is_handshaking() {
                return Err(errors::raise_reason(vm, "SSL", "SHUTDOWN_WHILE_IN_INIT", "shutdown while in init"));
            }
            work.tls(vm).close();
            work.send(vm)?;
            let mut rest = [0; 4096];
            while !work.tls(vm).peer_closed {
                match work.tls(vm).read(&mut rest) {
                    ReadOutcome::Data(_) => {
                        let words = "application data after close notify";
                        return Err(errors::raise_reason(vm, "SSL", "APPLICATION_DATA_AFTER_CLOSE_NOTIFY", words));
                    }
                    ReadOutcome::Closed => break,
                    ReadOutcome::Eof => return Err(errors::raise_eof(vm)),
                    ReadOutcome::Wait => work.receive(vm)?,
                }
            }
            Ok(())
        })?;
        match socket_of(vm, this)? {
            Some(socket) => Ok(socket.into_value()),
            None => Ok(Value::none()),
        }
    }

    #[method("($self, /)")]
    fn verify_client_post_handshake(vm: &mut Vm, _this: &Ref<SslSocket>) -> Result<()> {
        let text = "Post-handshake auth is not supported";
        Err(vm.raise_class(taipan_vm::errors::NOT_IMPLEMENTED_ERROR.as_type(), text))
    }

    #[method("($self, /)")]
    fn get_unverified_chain(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        let chain = chain(vm, this);
        if chain.is_empty() {
            return Ok(Value::none());
        }
        let all = chain.iter().map(|der| certificate::new(vm, der)).collect::<Result<Vec<_>>>()?;
        vm.new_list(all).map(Ref::into_value)
    }

    #[method("($self, /)")]
    fn get_verified_chain(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        let mut chain = chain(vm, this);
        if chain.is_empty() {
            return Ok(Value::none());
        }
        // The certificate that the last one of the chain is vouched for by.
        let context = this.get(vm).context.clone();
        let trusted = context.get(vm).trusted.clone();
        if let Some(last) = chain.last().cloned()
            && let Some(read) = crate::x509::Certificate::read(&last)
            && !read.is_self_issued()
        {
            let anchor = trusted
                .certificates
                .iter()
                .find(|c| crate::x509::Certificate::read(c).is_some_and(|c| read.names_issuer(&c)));
            chain.extend(anchor.map(|c| c.to_vec()));
        }
        let all = chain.iter().map(|der| certificate::new(vm, der)).collect::<Result<Vec<_>>>()?;
        vm.new_list(all).map(Ref::into_value)
    }

    #[getter]
    fn context(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        Ok(this.get(vm).context.to_value())
    }

    #[setter]
    fn set_context(vm: &mut Vm, this: &Ref<SslSocket>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "context")?;
        let Some(context) = value.downcast::<Context>() else {
            return Err(vm.raise_type_error("The value must be a SSLContext"));
        };
        let former = std::mem::replace(&mut this.get_mut(vm).context, context.clone());
        drop(former);
        Ok(())
    }

    /// Whether this is a server-side socket.
    #[getter]
    fn server_side(vm: &mut Vm, this: &Ref<SslSocket>) -> Result<bool> {
        Ok(this.get(vm).server_side)
    }

    /// The currently set server hostname (for SNI).
    #[getter]
    fn server_hostname(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        Ok(this.get(vm).server_hostname.clone().unwrap_or_else(Value::none))
    }

    /// The Python-level owner of this object.
    #[getter]
    fn owner(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        Ok(this.get(vm).owner.as_ref().and_then(upgrade).unwrap_or_else(Value::none))
    }

    #[setter]
    fn set_owner(vm: &mut Vm, this: &Ref<SslSocket>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "owner")?;
        let owner = weak(vm, value)?;
        this.get_mut(vm).owner = Some(owner);
        Ok(())
    }

    /// The underlying SSLSession object.
    #[getter]
    fn session(vm: &mut Vm, this: &Ref<SslSocket>) -> Result {
        let me = this.get(vm);
        let Some(sessions) = me.sessions.0.clone().filter(|_| !me.tls.is_handshaking()) else {
            return Ok(Value::none());
        };
        let (context, time) = (me.context.to_value(), me.started);
        // Sessions are told apart by where their tickets rest.
        let mut id = vec![0; 32];
        let address = Arc::as_ptr(&sessions) as usize as u64;
        for (to, from) in id.iter_mut().zip(address.to_be_bytes().into_iter().cycle()) {
            *to = from;
        }
        let session = Session { sessions: Opaque(sessions), context, id, time, has_ticket: true };
        Ref::new_in(vm, SESSION.as_type(), session).map(Ref::into_value)
    }

    #[setter]
    fn set_session(vm: &mut Vm, this: &Ref<SslSocket>, value: Option<&Value>) -> Result<()> {
        let value = needed(vm, value, "session")?;
        let (context, server_side) = (this.get(vm).context.clone(), this.get(vm).server_side);
        let sessions = session_of(vm, &context, server_side, value)?;
        let begun = !this.get(vm).tls.is_handshaking();
        if begun {
            return Err(vm.raise_value_error("Cannot set session after handshake."));
        }
        let name = this.get(vm).server_hostname.as_ref().and_then(|n| n.downcast::<Str>()).map(|n| n.to_string_lossy());
        let trusted = all_trusted(vm, &context);
        match config::client(context.get(vm), trusted, name.as_deref(), Some(sessions)) {
            Ok((connection, sessions, finding)) => {
                let me = this.get_mut(vm);
                let watch = me.tls.watch.take();
                **me.tls = Tls::client(connection, finding);
                me.tls.watch = watch;
                *me.sessions = Some(sessions);
                Ok(())
            }
            Err(text) => Err(raise_config(vm, &text)),
        }
    }

    /// Was the client session reused during handshake?
    #[getter]
    fn session_reused(vm: &mut Vm, this: &Ref<SslSocket>) -> Result<bool> {
        let resumed = look(vm, this, |c| c.handshake_kind() == Some(HandshakeKind::Resumed));
        Ok(resumed.unwrap_or(false))
    }
}

fn read(vm: &mut Vm, this: &Ref<SslSocket>, wanted: usize) -> Result<Vec<u8>> {
    work(vm, this, "read", |vm, work| {
        work.handshake(vm)?;
        let mut bytes = Vec::new();
        if bytes.try_reserve_exact(wanted.min(1 << 20)).is_err() {
            return Err(vm.raise_memory_error());
        }
        bytes.resize(wanted.min(1 << 20), 0);
        loop {
            match work.tls(vm).read(&mut bytes) {
                ReadOutcome::Data(n) => {
                    bytes.truncate(n);
                    return Ok(bytes);
                }
                // With both sides closed there is nothing to go on with.
                ReadOutcome::Closed if work.tls(vm).close_sent => return Err(errors::raise_zero_return(vm)),
                ReadOutcome::Closed => return Ok(Vec::new()),
                ReadOutcome::Eof => {
                    work.tls(vm).eof_told = true;
                    return Err(errors::raise_eof(vm));
                }
                ReadOutcome::Wait => {
                    // A key update may have to be answered.
                    work.send(vm)?;
                    work.receive(vm)?;
                }
            }
        }
    })
}
