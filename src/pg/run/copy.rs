//! Data that `COPY` reads from the client or writes to it.

use std::io::{self, Read};
use std::pin::{Pin, pin};

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use tokio_postgres::CopyInSink;

use crate::pg::connect::Session;
use crate::pg::query::Failure;
use crate::pg::script::{Query, Scanner, Source, Stop, Values};

/// Bytes that are sent at once.
const CHUNK_BYTES: usize = 64 << 10;

/// Where the data of a `COPY ... FROM stdin` goes.
pub(super) type Sink = Pin<Box<CopyInSink<Bytes>>>;

/// Begins a `COPY ... FROM stdin`.
pub(super) async fn open(session: &Session, sql: &str) -> Result<Sink, Failure> {
    session.drain.clear();
    Ok(Box::pin(session.client.copy_in(sql).await?))
}

/// Sends its data; answers its tag.
pub(super) async fn feed(session: &Session, mut sink: Sink, mut data: impl Read) -> Result<String, Failure> {
    loop {
        let mut chunk = Vec::with_capacity(CHUNK_BYTES);
        let read = data.by_ref().take(CHUNK_BYTES as u64).read_to_end(&mut chunk);
        // Dropped, the sink tells the server that the data has failed.
        if read.map_err(Failure::Input)? == 0 {
            break;
        }
        // What the server has against the data comes with the end.
        if sink.send(Bytes::from(chunk)).await.is_err() {
            break;
        }
    }
    sink.as_mut().finish().await?;
    Ok(session.drain.tag())
}

/// Hands on what a `COPY ... TO stdout` writes; answers its tag.
pub(super) async fn to(
    session: &Session,
    sql: &str,
    mut on: impl FnMut(&[u8]) -> io::Result<()>,
) -> Result<String, Failure> {
    session.drain.clear();
    let mut stream = pin!(session.client.copy_out(sql).await?);
    while let Some(bytes) = stream.next().await {
        on(&bytes?).map_err(Failure::Output)?;
    }
    Ok(session.drain.tag())
}

/// The statements of a query that `\;` holds together.
pub(super) fn parts(text: &str) -> Vec<Query> {
    let source = Source::new("", text);
    let mut scanner = Scanner::new(&source);
    let mut parts = Vec::new();
    loop {
        let mut query = Query::default();
        let stop = scanner.scan(&mut query, &Values::Inactive);
        if !query.is_empty() {
            parts.push(query);
        }
        if stop == Stop::End {
            return parts;
        }
    }
}
