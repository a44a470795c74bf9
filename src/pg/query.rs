//! Running SQL text and handing on what the server answers, as it comes.

use std::io;
use std::pin::pin;

use tokio_postgres::SimpleQueryMessage;
use tokio_postgres::error::DbError;
use tokio_postgres::types::Type;

use crate::error::Error;
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

/// Why SQL text has not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// The server said no.
    Server(Box<DbError>),
    /// The connection is gone, for this reason.
    Lost(String),
    /// The driver does not understand the answer.
    Other(String),
    /// The data that it was to be given could not be read.
    Input(io::Error),
    /// The answer could not be handed on.
    Output(io::Error),
}

impl Failure {
    /// What to tell people, in psql's words; `sql` is the text that was run.
    pub fn text(&self, sql: &str) -> String {
        match self {
            Self::Server(said) => message(said, sql),
            Self::Lost(why) => format!("connection lost: {why}"),
            Self::Other(why) => why.clone(),
            Self::Input(err) | Self::Output(err) => err.to_string(),
        }
    }

    /// The error that a command ends with.
    pub fn into_error(self, sql: &str) -> Error {
        match self {
            Self::Output(err) => Error::Output(err),
            Self::Server(_) | Self::Lost(_) | Self::Other(_) | Self::Input(_) => Error::Sql(self.text(sql)),
        }
    }
}

impl From<tokio_postgres::Error> for Failure {
    fn from(err: tokio_postgres::Error) -> Self {
        match err.as_db_error() {
            Some(said) => Self::Server(Box::new(said.clone())),
            None if err.is_closed() => Self::Lost(with_cause(&err)),
            None => Self::Other(with_cause(&err)),
        }
    }
}

/// Runs the text as `psql -c` does: one message, so that several statements are one transaction.
pub async fn run(
    session: &Session,
    sql: &str,
    mut on: impl FnMut(Event) -> io::Result<()>,
) -> Result<(), Failure> {
    let mut stream = pin!(session.client.simple_query_raw(sql).await?);
    while let Some(item) = next(&mut stream).await {
        let event = match item? {
            SimpleQueryMessage::RowDescription(columns) => {
                let types = session.drain.types().into_iter().chain(std::iter::repeat(0));
                let column = |name: &str, type_oid| Column { name: name.to_owned(), type_oid };
                Event::Columns(columns.iter().zip(types).map(|(it, oid)| column(it.name(), oid)).collect())
            }
            SimpleQueryMessage::Row(row) => {
                // A database of encoding SQL_ASCII may hold bytes that are no text.
                let cell = |column| Ok(row.try_get(column)?.map(str::to_owned));
                Event::Row((0..row.len()).map(cell).collect::<Result<_, tokio_postgres::Error>>()?)
            }
            SimpleQueryMessage::CommandComplete(_) => Event::Done(session.drain.tag()),
            _ => continue,
        };
        on(event).map_err(Failure::Output)?;
    }
    Ok(())
}

/// Runs the text for its rows, which are kept in memory.
pub async fn rows(session: &Session, sql: &str) -> Result<Vec<Vec<Option<String>>>, Failure> {
    let mut rows = Vec::new();
    let keep = |event| {
        if let Event::Row(row) = event {
            rows.push(row);
        }
        Ok(())
    };
    run(session, sql, keep).await?;
    Ok(rows)
}

async fn next<S>(stream: &mut std::pin::Pin<&mut S>) -> Option<S::Item>
where
    S: futures_core::Stream,
{
    std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await
}
