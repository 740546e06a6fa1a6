//! One end of a connection, without its transport: what arrives goes in, what is to be sent comes out.

use crate::verify::Finding;
use crate::watch::Watch;
use rustls::server::Acceptor;
use rustls::{Connection, Error, ServerConfig};
use std::io::{ErrorKind, Read, Write};
use std::sync::Arc;

/// How far it is.
enum State {
    /// A server that waits for the client's first message.
    Accepting(Box<Acceptor>),
    Open(Box<Connection>),
    /// The handshake cannot go on.
    Failed,
}

/// One end of a connection.
pub struct Tls {
    state: State,
    /// What is to be sent.
    pub outgoing: Vec<u8>,
    /// The other side has said that it sends no more.
    pub peer_closed: bool,
    /// The transport has ended.
    pub transport_ended: bool,
    pub close_sent: bool,
    /// Whether a thread is sending, or waiting for something to arrive.
    pub sending: bool,
    pub receiving: bool,
    /// The end of the transport has been an exception.
    pub eof_told: bool,
    /// Where in a record the reading is.
    pub frame: Frame,
    pub finding: Finding,
    /// Whoever is told of messages.
    pub watch: Option<Box<Watch>>,
}

/// Where in a record the reading is: a header of five bytes, of which the last two are the length of what follows.
#[derive(Default)]
pub struct Frame {
    header: [u8; 5],
    have: usize,
    left: usize,
}

impl Frame {
    /// How many bytes are the rest of the header, or of the record.
    pub fn wanted(&self) -> usize {
        if self.left > 0 { self.left } else { self.header.len() - self.have }
    }

    /// Notes what has been read, which is no more than was wanted.
    pub fn advance(&mut self, bytes: &[u8]) {
        if self.left > 0 {
            self.left = self.left.saturating_sub(bytes.len());
            return;
        }
        for &b in bytes.iter().take(self.header.len() - self.have) {
            self.header[self.have] = b;
            self.have += 1;
        }
        if self.have == self.header.len() {
            self.have = 0;
            self.left = usize::from(u16::from_be_bytes([self.header[3], self.header[4]]));
        }
    }
}

/// What a client has said in its first message.
pub struct Hello {
    pub server_name: Option<String>,
    pub protocols: Vec<Vec<u8>>,
    pub suites: Vec<rustls::CipherSuite>,
}

/// What [`Tls::read`] found.
pub enum ReadOutcome {
    Data(usize),
    /// The other side has ended properly.
    Closed,
    /// The transport ended before that.
    Eof,
    /// More has to arrive.
    Wait,
}

impl Tls {
    pub fn client(connection: rustls::ClientConnection, finding: Finding) -> Tls {
        Tls::new(State::Open(Box::new(unlimited(connection.into()))), finding)
    }

    pub fn server(finding: Finding) -> Tls {
        Tls::new(State::Accepting(Box::default()), finding)
    }

    fn new(state: State, finding: Finding) -> Tls {
        Tls {
            state,
            outgoing: Vec::new(),
            peer_closed: false,
            transport_ended: false,
            close_sent: false,
            sending: false,
            receiving: false,
            eof_told: false,
            frame: Frame::default(),
            finding,
            watch: None,
        }
    }

    /// The connection, once there is one.
    pub fn connection(&self) -> Option<&Connection> {
        match &self.state {
            State::Open(connection) => Some(connection),
            _ => None,
        }
    }

    fn connection_mut(&mut self) -> Option<&mut Connection> {
        match &mut self.state {
            State::Open(connection) => Some(connection),
            _ => None,
        }
    }

    /// Whether the handshake is still going on.
    pub fn is_handshaking(&self) -> bool {
        self.connection().is_none_or(|c| c.is_handshaking())
    }

    /// Moves what is ready into `outgoing`.
    pub fn collect(&mut self) {
        let mut out = std::mem::take(&mut self.outgoing);
        let before = out.len();
        if let Some(connection) = self.connection_mut() {
            while connection.wants_write() {
                if connection.write_tls(&mut out).is_err() {
                    break;
                }
            }
        }
        if let Some(watch) = &mut self.watch {
            watch.note(true, &out[before..]);
        }
        self.outgoing = out;
    }

    /// Takes what has arrived; gives back how much of it.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<usize, Error> {
        let fed = self.feed_some(bytes);
        if let Some(watch) = &mut self.watch {
            watch.note(false, &bytes[..*fed.as_ref().unwrap_or(&bytes.len())]);
        }
        fed
    }

    fn feed_some(&mut self, mut bytes: &[u8]) -> Result<usize, Error> {
        let before = bytes.len();
        while !bytes.is_empty() {
            match &mut self.state {
                State::Accepting(acceptor) => {
                    if acceptor.read_tls(&mut bytes).is_err() {
                        break;
                    }
                    // Who the client wants has to be known before it goes on.
                    break;
                }
                State::Open(connection) => {
                    match connection.read_tls(&mut bytes) {
                        Ok(_) => {}
                        // Its buffer is full: what is in it has to be read first.
                        Err(e) if e.kind() == ErrorKind::Other => break,
                        Err(_) => break,
                    }
                    let state = connection.process_new_packets();
                    match state {
                        Ok(state) => self.peer_closed |= state.peer_has_closed(),
                        Err(error) => {
                            self.collect();
                            return Err(error);
                        }
                    }
                }
                State::Failed => break,
            }
        }
        Ok(before - bytes.len())
    }

    /// The client's first message, once a server has it.
    pub fn hello(&mut self) -> Result<Option<(Hello, rustls::server::Accepted)>, Error> {
        let State::Accepting(acceptor) = &mut self.state else { return Ok(None) };
        match acceptor.accept() {
            Ok(None) => Ok(None),
            Ok(Some(accepted)) => {
                let hello = accepted.client_hello();
                let hello = Hello {
                    server_name: hello.server_name().map(str::to_owned),
                    protocols: hello.alpn().map(|all| all.map(<[u8]>::to_vec).collect()).unwrap_or_default(),
                    suites: hello.cipher_suites().to_vec(),
                };
                Ok(Some((hello, accepted)))
            }
            Err((error, mut alert)) => {
                let _ = alert.write_all(&mut self.outgoing);
                self.state = State::Failed;
                Err(error)
            }
        }
    }

    /// Goes on as the server that the client has asked for.
    pub fn accept(&mut self, accepted: rustls::server::Accepted, config: Arc<ServerConfig>) -> Result<(), Error> {
        match accepted.into_connection(config) {
            Ok(connection) => {
                self.state = State::Open(Box::new(unlimited(connection.into())));
                Ok(())
            }
            Err((error, mut alert)) => {
                let _ = alert.write_all(&mut self.outgoing);
                self.state = State::Failed;
                Err(error)
            }
        }
    }

    /// Refuses to go on.
    pub fn refuse(&mut self, alert: u8) {
        // A fatal alert, in the clear, as before any key is agreed.
        self.outgoing.extend_from_slice(&[21, 3, 3, 0, 2, 2, alert]);
        self.state = State::Failed;
    }

    /// Reads what the other side has said.
    pub fn read(&mut self, to: &mut [u8]) -> ReadOutcome {
        let (peer_closed, ended) = (self.peer_closed, self.transport_ended);
        let Some(connection) = self.connection_mut() else {
            return if ended { ReadOutcome::Eof } else { ReadOutcome::Wait };
        };
        match connection.reader().read(to) {
            Ok(0) if !to.is_empty() => ReadOutcome::Closed,
            Ok(n) => ReadOutcome::Data(n),
            Err(e) if e.kind() == ErrorKind::UnexpectedEof => ReadOutcome::Eof,
            Err(_) if peer_closed => ReadOutcome::Closed,
            Err(_) if ended => ReadOutcome::Eof,
            Err(_) => ReadOutcome::Wait,
        }
    }

    /// How much has arrived that has not been read.
    pub fn pending(&mut self) -> usize {
        match self.connection_mut() {
            Some(connection) => connection.process_new_packets().map_or(0, |s| s.plaintext_bytes_to_read()),
            None => 0,
        }
    }

    /// Says something.
    pub fn write(&mut self, bytes: &[u8]) -> usize {
        let written = match self.connection_mut() {
            Some(connection) => connection.writer().write(bytes).unwrap_or(0),
            None => 0,
        };
        self.collect();
        written
    }

    /// Says that no more comes.
    pub fn close(&mut self) {
        if !self.close_sent {
            self.close_sent = true;
            if let Some(connection) = self.connection_mut() {
                connection.send_close_notify();
            }
            self.collect();
        }
    }
}

/// What is written is bounded by whoever writes.
fn unlimited(mut connection: Connection) -> Connection {
    connection.set_buffer_limit(None);
    connection
}
