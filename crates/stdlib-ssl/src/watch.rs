//! What `_msg_callback` is told: the headers of records, and what is in them as long as nothing is encrypted.

/// `SSL3_RT_HEADER`.
const HEADER: i32 = 0x100;
/// `SSL3_MT_CHANGE_CIPHER_SPEC`.
const CHANGE_CIPHER_SPEC: i32 = 0x101;
const CHANGES: u8 = 20;
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;

/// One message.
pub struct Message {
    pub written: bool,
    pub version: i32,
    pub content: i32,
    pub kind: i32,
    pub data: Vec<u8>,
}

/// The records of one direction.
#[derive(Default)]
struct Stream {
    record: Vec<u8>,
    /// Handshake messages may go on in the next record.
    handshake: Vec<u8>,
    encrypted: bool,
}

/// Both directions of a connection.
#[derive(Default)]
pub struct Watch {
    streams: [Stream; 2],
    pub messages: Vec<Message>,
}

impl Watch {
    /// Notes bytes of the transport.
    pub fn note(&mut self, written: bool, bytes: &[u8]) {
        let stream = &mut self.streams[usize::from(written)];
        stream.record.extend_from_slice(bytes);
        while let Some(&[content, high, low, a, b]) = stream.record.first_chunk::<5>() {
            let end = 5 + usize::from(u16::from_be_bytes([a, b]));
            if stream.record.len() < end {
                return;
            }
            let rest = stream.record.split_off(end);
            let record = std::mem::replace(&mut stream.record, rest);
            let version = i32::from(u16::from_be_bytes([high, low]));
            let (header, body) = record.split_at(5);
            let mut tell = |content: i32, kind: i32, data: &[u8]| {
                self.messages.push(Message { written, version, content, kind, data: data.to_vec() });
            };
            tell(HEADER, i32::from(content), header);
            if stream.encrypted {
                continue;
            }
            match content {
                CHANGES => {
                    // OpenSSL does not tell of those that it reads.
                    if written {
                        tell(i32::from(content), CHANGE_CIPHER_SPEC, body);
                    }
                    stream.encrypted = true;
                }
                ALERT => tell(i32::from(content), body.get(1).copied().map_or(-1, i32::from), body),
                HANDSHAKE => {
                    stream.handshake.extend_from_slice(body);
                    while let Some(&[kind, a, b, c]) = stream.handshake.first_chunk::<4>() {
                        let end = 4 + (usize::from(a) << 16 | usize::from(b) << 8 | usize::from(c));
                        if stream.handshake.len() < end {
                            break;
                        }
                        let rest = stream.handshake.split_off(end);
                        let message = std::mem::replace(&mut stream.handshake, rest);
                        tell(i32::from(content), i32::from(kind), &message);
                    }
                }
                _ => {}
            }
        }
    }
}
