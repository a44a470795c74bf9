//! Running SQL text and handing on what the server answers, as it comes.

use std::pin::pin;

use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::types::Type;

use crate::pg::connect::{Session, with_cause};
use crate::pg::message::message;

/// What the server answers to SQL text, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// A result with rows begins.
    Columns(Vec<Column>),
    /// A row of it; `None` is NULL.
    Row(Vec<Option<String>>),
    /// A statement has ended, with its command tag.
    Done(String),
}

/// A column of a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// OID of its type, that of the type below where it is a domain; 0 if the server has not told.
    pub type_oid: u32,
}

/// Which side of a column its cells lean to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

impl Column {
    /// psql's `column_type_alignment`: numbers and what counts lean right.
    pub fn align(&self) -> Align {
        match Type::from_oid(self.type_oid) {
            Some(Type::INT2 | Type::INT4 | Type::INT8) => Align::Right,
            Some(Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC | Type::MONEY) => Align::Right,
            Some(Type::OID | Type::XID | Type::XID8 | Type::CID) => Align::Right,
            Some(_) | None => Align::Left,
        }
    }
}

/// Runs the text as `psql -c` does: one message, so that several statements are one transaction.
/// An error is psql's text of it.
pub async fn run(
    session: &Session,
    sql: &str,
    mut on: impl FnMut(Event) -> std::io::Result<()>,
) -> Result<std::io::Result<()>, String> {
    let failed = |err: tokio_postgres::Error| match err.as_db_error() {
        Some(said) => message(said, sql),
        None if err.is_closed() => format!("connection lost: {}", with_cause(&err)),
        None => with_cause(&err),
    };
    let mut stream = pin!(session.client.simple_query_raw(sql).await.map_err(failed)?);
    while let Some(item) = next(&mut stream).await {
        let event = match item.map_err(failed)? {
            SimpleQueryMessage::RowDescription(columns) => {
                let types = session.drain.types().into_iter().chain(std::iter::repeat(0));
                let column = |name: &str, type_oid| Column { name: name.to_owned(), type_oid };
                Event::Columns(columns.iter().zip(types).map(|(it, oid)| column(it.name(), oid)).collect())
            }
            SimpleQueryMessage::Row(row) => {
                // A database of encoding SQL_ASCII may hold bytes that are no text.
                let cell = |column| Ok(row.try_get(column)?.map(str::to_owned));
                Event::Row((0..row.len()).map(cell).collect::<Result<_, _>>().map_err(failed)?)
            }
            SimpleQueryMessage::CommandComplete(_) => Event::Done(session.drain.tag()),
            _ => continue,
        };
        if let Err(err) = on(event) {
            return Ok(Err(err));
        }
    }
    Ok(Ok(()))
}

async fn next<S>(stream: &mut std::pin::Pin<&mut S>) -> Option<S::Item>
where
    S: futures_core::Stream,
{
    std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await
}
