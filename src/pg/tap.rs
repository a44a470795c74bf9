//! A tap on the connection: the driver drops command tags and column types, psql's output needs both.
//!
//! The tap reads along as bytes pass from the server to the driver and keeps, in order, what the driver will not
//! tell: the bodies of `RowDescription` and `CommandComplete`, the state of the transaction, and the parameters that the
//! server reports. Framing: "Message Formats" in PostgreSQL's manual.

use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// A type and a length that counts itself.
const HEAD_BYTES: usize = 5;
/// The code by which a server asks for the password as it is (`AuthenticationCleartextPassword`). Ours never do, and a
/// stranger who has the port of a stopped one must not get it.
const CLEARTEXT: [u8; 4] = [0, 0, 0, 3];

/// How the driver (0.7) ends a `COPY` that it has begun and that it drops: `CopyFail` without a reason, and `Sync`.
///
/// It does so too where the server has refused the statement and is not copying, and then does not understand the answer to
/// the second `Sync`: it takes the connection for broken.
const COPY_DROPPED: [u8; 11] = [b'f', 0, 0, 0, 5, 0, b'S', 0, 0, 0, 4];

/// What the tap has read and nobody has taken yet.
#[derive(Clone, Debug, Default)]
pub struct Drain(Arc<Mutex<Drained>>);

#[derive(Debug, Default)]
struct Drained {
    types: VecDeque<Vec<u32>>,
    tags: VecDeque<String>,
    transaction: Transaction,
    parameters: BTreeMap<String, String>,
}

/// Whether the session is in a transaction, as the server says each time it is ready for more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transaction {
    /// It is in none.
    #[default]
    Idle,
    /// It is.
    Open,
    /// It is, and nothing but its end is accepted.
    Failed,
}

impl Drain {
    /// Type OIDs of the columns of the next result.
    pub fn types(&self) -> Vec<u32> {
        self.lock().types.pop_front().unwrap_or_default()
    }

    /// The next command tag, such as `INSERT 0 1`; empty for an empty query.
    pub fn tag(&self) -> String {
        self.lock().tags.pop_front().unwrap_or_default()
    }

    /// Forgets what nobody has taken: it belongs to a question whose answer needs neither.
    pub fn clear(&self) {
        let mut drained = self.lock();
        drained.types.clear();
        drained.tags.clear();
    }

    /// The state of the transaction when the server was ready last.
    pub fn transaction(&self) -> Transaction {
        self.lock().transaction
    }

    /// Whether a parameter that the server reports, such as `client_encoding`, has this value.
    pub fn parameter_is(&self, name: &str, value: &str) -> bool {
        self.lock().parameters.get(name).is_some_and(|it| it == value)
    }

    /// Its value, if that is another.
    pub fn parameter_unless(&self, name: &str, value: &str) -> Option<String> {
        self.lock().parameters.get(name).filter(|it| *it != value).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Drained> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A stream that is read along.
#[derive(Debug)]
pub struct Tap<S> {
    stream: S,
    frames: Frames,
}

impl<S> Tap<S> {
    /// Taps a stream that is about to carry PostgreSQL's protocol.
    pub fn new(stream: S) -> (Self, Drain) {
        let drain = Drain::default();
        let frames = Frames {
            drain: drain.clone(),
            head: Vec::new(),
            body: None,
            asked: Asked::Safely,
            server: Server::Answering,
        };
        (Self { stream, frames }, drain)
    }
}

#[derive(Debug)]
struct Frames {
    drain: Drain,
    head: Vec<u8>,
    body: Option<Body>,
    asked: Asked,
    server: Server,
}

/// What the server does in the present exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Server {
    /// It answers.
    Answering,
    /// It has asked for data to copy, until it is ready for more.
    Copying,
}

/// How a server has asked for the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// So that it does not learn it, or not yet.
    Safely,
    /// In clear text.
    InClearText,
}

#[derive(Debug)]
struct Body {
    kind: u8,
    missing: usize,
    kept: Vec<u8>,
}

impl Frames {
    fn feed(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            bytes = match self.body.take() {
                None => self.feed_head(bytes),
                Some(body) => self.feed_body(body, bytes),
            };
        }
    }

    fn feed_head<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let (now, rest) = bytes.split_at(bytes.len().min(HEAD_BYTES - self.head.len()));
        self.head.extend_from_slice(now);
        if let [kind, a, b, c, d] = *self.head.as_slice() {
            let length = usize::try_from(u32::from_be_bytes([a, b, c, d])).unwrap_or(usize::MAX);
            self.head.clear();
            self.open(Body { kind, missing: length.saturating_sub(4), kept: Vec::new() });
        }
        rest
    }

    fn feed_body<'a>(&mut self, mut body: Body, bytes: &'a [u8]) -> &'a [u8] {
        let (now, rest) = bytes.split_at(bytes.len().min(body.missing));
        if matches!(body.kind, b'R' | b'T' | b'C' | b'S' | b'Z') {
            body.kept.extend_from_slice(now);
        }
        body.missing -= now.len();
        self.open(body);
        rest
    }

    /// Goes on with a body, or closes it where it is whole.
    fn open(&mut self, body: Body) {
        if body.missing > 0 {
            self.body = Some(body);
            return;
        }
        let mut drained = self.drain.lock();
        match body.kind {
            b'T' => drained.types.push_back(type_oids(&body.kept)),
            b'C' => {
                drained.tags.push_back(String::from_utf8_lossy(&body.kept).trim_end_matches('\0').to_owned())
            }
            b'R' if body.kept == CLEARTEXT => self.asked = Asked::InClearText,
            // EmptyQueryResponse takes the place of CommandComplete.
            b'I' => drained.tags.push_back(String::new()),
            b'S' => {
                let mut words = body.kept.split(|it| *it == 0).map(String::from_utf8_lossy);
                if let (Some(name), Some(value)) = (words.next(), words.next()) {
                    drained.parameters.insert(name.into_owned(), value.into_owned());
                }
            }
            b'G' => self.server = Server::Copying,
            b'Z' => {
                self.server = Server::Answering;
                drained.transaction = match body.kept.first() {
                    Some(b'T') => Transaction::Open,
                    Some(b'E') => Transaction::Failed,
                    Some(_) | None => Transaction::Idle,
                }
            }
            _ => {}
        }
    }
}

/// Behind the count, each column is: name, NUL, table OID (4), column (2), type OID (4), and 8 bytes more.
fn type_oids(body: &[u8]) -> Vec<u32> {
    let mut oids = Vec::new();
    let mut rest = body.get(2..).unwrap_or_default();
    while let Some(end) = rest.iter().position(|byte| *byte == 0) {
        let fixed = rest.get(end + 1..).unwrap_or_default();
        let Some(oid) = fixed.get(6..10).and_then(|it| it.first_chunk::<4>()) else { break };
        oids.push(u32::from_be_bytes(*oid));
        rest = fixed.get(18..).unwrap_or_default();
    }
    oids
}

impl<S: AsyncRead + Unpin> AsyncRead for Tap<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
        this.frames.feed(buf.filled().get(before..).unwrap_or_default());
        Poll::Ready(match this.frames.asked {
            Asked::Safely => Ok(()),
            Asked::InClearText => Err(io::Error::other("the server asks for the password in clear text")),
        })
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Tap<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.frames.server == Server::Answering && bytes.starts_with(&COPY_DROPPED) {
            return Poll::Ready(Ok(COPY_DROPPED.len()));
        }
        Pin::new(&mut this.stream).poll_write(cx, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_whole_however_the_bytes_are_cut() {
        let mut bytes = vec![b'T', 0, 0, 0, 28, 0, 1, b'n', b'o', 0, 0, 0, 0, 1, 0, 2, 0, 0, 0, 23];
        bytes.extend([0, 4, 255, 255, 255, 255, 0, 0, 0]);
        bytes.extend([b'D', 0, 0, 0, 11, 0, 1, 0, 0, 0, 1, b'7']);
        bytes.extend(*b"C\0\0\0\rSELECT 1\0I\0\0\0\x04");
        bytes.extend(*b"S\0\0\0\x11TimeZone\0UTC\0Z\0\0\0\x05E");
        for cut in 1..bytes.len() {
            let (mut tap, drain) = Tap::new(());
            for part in bytes.chunks(cut) {
                tap.frames.feed(part);
            }
            assert_eq!(drain.types(), [23], "cut every {cut}");
            assert_eq!((drain.tag(), drain.tag()), ("SELECT 1".to_owned(), String::new()));
            assert_eq!(drain.transaction(), Transaction::Failed);
            assert!(drain.parameter_is("TimeZone", "UTC"));
        }
    }
}
