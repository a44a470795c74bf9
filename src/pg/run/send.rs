//! Sending a statement, and what becomes of the answer.

use std::io::{ErrorKind, Read};

use tokio::time::Instant;
use tokio_postgres::error::SqlState;

use crate::pg::connect::cancel;
use crate::pg::message::{Asked, worded};
use crate::pg::query::{self, Failure};
use crate::pg::run::answer::{Answer, Answered, Take};
use crate::pg::run::autocommit::{Point, controls_transaction};
use crate::pg::run::check::reason;
use crate::pg::run::fault::Fault;
use crate::pg::run::meta::result::{Go, To, buffered};
use crate::pg::run::variables::Echo;
use crate::pg::run::{Runner, copy};
use crate::pg::script::{Encoding, Query, Scanner};
use crate::pg::tap::Transaction;

/// A query, and what it needs to be sent.
#[derive(Debug)]
pub(super) struct Parcel<'a> {
    /// What is sent.
    pub text: &'a str,
    /// The text that errors point into and the characters before the query in it, where that is not the query.
    pub whole: Option<(&'a str, usize)>,
    /// How many of its statements read data.
    pub copies_in: usize,
    /// How many of its statements write data.
    pub copies_out: usize,
    /// How many statements it has.
    pub statements: usize,
}

impl<'a> Parcel<'a> {
    /// A statement that copies nothing.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, whole: None, copies_in: 0, copies_out: 0, statements: 1 }
    }
}

impl<'a> From<&'a Query> for Parcel<'a> {
    fn from(query: &'a Query) -> Self {
        Self {
            text: query.text(),
            whole: None,
            copies_in: query.copies(),
            copies_out: query.copies_out(),
            statements: query.statements(),
        }
    }
}

/// The script in which the data of a query is.
pub(super) type Inline<'a, 's> = Option<&'a mut Scanner<'s>>;

/// A query that has begun.
#[derive(Debug)]
pub(super) struct Begun {
    point: Point,
    at: Instant,
}

impl Runner {
    /// Sends a query and does with its answer what `go` asks. psql's variables tell afterwards how it went.
    pub(super) async fn send(
        &mut self,
        parcel: Parcel<'_>,
        inline: Inline<'_, '_>,
        go: &Go,
    ) -> Result<(), Fault> {
        let begun = self.begin(parcel.text).await?;
        let before = go.settings.clone().map(|it| self.screen.exchange(it));
        let data = match &go.to {
            To::File(file) => Some(self.screen.redirect(Box::new(buffered(file)?))),
            To::Print | To::Variables(_) | To::Statements => None,
        };
        let asked = match parcel.copies_in + parcel.copies_out {
            0 => self.ask(parcel.text, go.to.take()).await,
            1 if parcel.statements == 1 => self.copy(&parcel, inline).await,
            _ => self.in_parts(&parcel, inline).await,
        };
        let ended = self.end(begun, asked, &parcel).await;
        if let Some(data) = data {
            self.screen.flush()?;
            self.screen.redirect(data);
        }
        if let Some(before) = before {
            self.screen.exchange(before);
        }
        match (&go.to, ended?) {
            (To::Print | To::File(_), _) => Ok(()),
            (To::Variables(prefix), answered) => self.store(answered.held, prefix),
            (To::Statements, answered) => self.execute(answered.held).await,
        }
    }

    /// What comes before every query.
    pub(super) async fn begin(&mut self, sql: &str) -> Result<Begun, Fault> {
        self.screen.progress.step();
        if self.variables.echo() == Echo::Queries {
            self.screen.line(sql)?;
        }
        self.place.ask(sql);
        self.begin_if_wanted(sql).await?;
        let point = self.set_point().await?;
        Ok(Begun { point, at: Instant::now() })
    }

    /// What comes after it.
    pub(super) async fn end(
        &mut self,
        begun: Begun,
        asked: Result<Answered, Failure>,
        parcel: &Parcel<'_>,
    ) -> Result<Answered, Fault> {
        match asked {
            Ok(answered) => {
                self.succeeded(answered.rows);
                self.keep_encoding().await?;
                self.release(begun.point, &answered.tag).await?;
                self.tell_time(begun.at)?;
                self.tell_notifications()?;
                match self.interrupts.told() {
                    Some(why) => Err(Fault::Final(format!("error: {why}"))),
                    None => Ok(answered),
                }
            }
            Err(failure) => {
                let fault = self.failed(failure, parcel).await?;
                self.go_back(begun.point).await?;
                Err(fault)
            }
        }
    }

    /// psql's own words for what other sessions, or this one, have notified of.
    fn tell_notifications(&mut self) -> Result<(), Fault> {
        while let Some(it) = self.link.session.notifications.take() {
            let payload = match it.payload() {
                "" => String::new(),
                payload => format!(" with payload \"{payload}\""),
            };
            let (channel, pid) = (it.channel(), it.process_id());
            let line = format!(
                "Asynchronous notification \"{channel}\"{payload} received from server process with PID {pid}."
            );
            self.screen.aside(&line)?;
        }
        Ok(())
    }

    /// Runs what is not a `COPY`.
    async fn ask(&mut self, sql: &str, take: Take) -> Result<Answered, Failure> {
        let mut answer = Answer::new(&mut self.screen, take);
        let work = query::run(&self.link.session, sql, |event| answer.event(event));
        self.interrupts.watch(&self.link, work).await?;
        answer.end().map_err(Failure::Output)
    }

    async fn copy(&mut self, parcel: &Parcel<'_>, inline: Inline<'_, '_>) -> Result<Answered, Failure> {
        match (parcel.copies_in, inline) {
            (0, _) => {
                let work = copy::to(&self.link.session, parcel.text, |bytes| self.screen.write(bytes));
                self.interrupts.watch(&self.link, work).await?;
                self.screen.flush().map_err(Failure::Output)?;
                // psql keeps the tag from among the data.
                Ok(Answered::default())
            }
            (_, Some(inline)) => self.copy_inline(parcel.text, inline).await,
            (_, None) => {
                Err(Failure::Other("there is no data for a COPY that is no part of the script".to_owned()))
            }
        }
    }

    /// Copies the lines of the script that follow. Those of a statement that is refused are passed over.
    pub(super) async fn copy_inline(
        &mut self,
        sql: &str,
        inline: &mut Scanner<'_>,
    ) -> Result<Answered, Failure> {
        let session = &self.link.session;
        let sink = match self.interrupts.watch(&self.link, copy::open(session, sql)).await {
            Ok(sink) => sink,
            Err(failure) => {
                inline.pass_copy_data();
                return Err(failure);
            }
        };
        let data = inline.copy_data();
        self.place.go(data.last_line);
        // As psql does while it is harmless: since 18 the mark means nothing in CSV.
        let mark = if session.major() < 18 { data.mark } else { "" };
        let bytes = data.text.as_bytes().chain(mark.as_bytes());
        let tag = self.interrupts.watch(&self.link, copy::feed(session, sink, bytes)).await?;
        self.tagged(tag)
    }

    /// Runs statements that `\;` holds together, of which some are a `COPY`: the driver sends those one at a time, so that
    /// the transaction that the server would make of them has to be made, unless they do so themselves.
    async fn in_parts(&mut self, parcel: &Parcel<'_>, inline: Inline<'_, '_>) -> Result<Answered, Failure> {
        let parts = copy::parts(parcel.text);
        let is_wrapped = self.link.session.drain.transaction() == Transaction::Idle
            && !parts.iter().any(|it| controls_transaction(it.text()));
        if is_wrapped {
            query::run(&self.link.session, "BEGIN", |_| Ok(())).await?;
        }
        let ran = self.each_part(&parts, inline).await;
        if is_wrapped {
            let end = if ran.is_ok() { "COMMIT" } else { "ROLLBACK" };
            query::run(&self.link.session, end, |_| Ok(())).await?;
        }
        ran
    }

    async fn each_part(&mut self, parts: &[Query], mut inline: Inline<'_, '_>) -> Result<Answered, Failure> {
        let mut answered = Answered::default();
        for part in parts.iter().map(Parcel::from) {
            answered = match part.copies_in + part.copies_out {
                0 => self.ask(part.text, Take::Print).await?,
                _ => self.copy(&part, inline.as_deref_mut()).await?,
            };
        }
        Ok(answered)
    }

    fn succeeded(&mut self, rows: u64) {
        self.variables.record("ERROR", "false");
        self.variables.record("SQLSTATE", "00000");
        self.variables.record("ROW_COUNT", &rows.to_string());
        self.acknowledged.note(&self.place, self.link.session.drain.transaction());
    }

    /// A script may set the connection's encoding, as dumps do: it has been decoded by that, and the driver knows UTF-8 only.
    async fn keep_encoding(&mut self) -> Result<(), Fault> {
        let Some(name) = self.link.session.drain.parameter_unless("client_encoding", "UTF8") else {
            return Ok(());
        };
        self.quietly("SET client_encoding TO 'UTF8'").await?;
        let encoding = match name.as_str() {
            // The server converts nothing for it, and has text in UTF-8.
            "SQL_ASCII" => Some(Encoding::default()),
            name => Encoding::named(name),
        };
        let unknown = || Fault::Final(format!("error: results cannot be written in {name} here"));
        self.write_in(encoding.ok_or_else(unknown)?);
        Ok(())
    }

    /// Takes notice of a failure and puts it into words.
    async fn failed(&mut self, failure: Failure, parcel: &Parcel<'_>) -> Result<Fault, Fault> {
        let said = match failure {
            Failure::Server(said) => said,
            Failure::Lost(why) => return Err(Fault::Lost(why)),
            Failure::Output(err) if err.kind() == ErrorKind::InvalidData => {
                self.screen.abandon()?;
                self.catch_up().await?;
                self.note(&SqlState::UNTRANSLATABLE_CHARACTER, &err.to_string());
                return Ok(self.stopped(format!("ERROR:  22P05: {err}")));
            }
            Failure::Output(err) => {
                // Nobody reads what the server still has to say.
                cancel(&self.link.session.client.cancel_token(), &self.link.target.at).await;
                return Err(Fault::Output(err));
            }
            Failure::Other(why) => {
                self.screen.abandon()?;
                return Ok(self.stopped(format!("error: {why}")));
            }
            Failure::Input(err) => {
                self.screen.abandon()?;
                return Ok(self.stopped(format!("error: could not read the data: {}", reason(&err))));
            }
        };
        if matches!(said.severity(), "FATAL" | "PANIC") {
            return Err(Fault::Lost(format!("{}: {}", said.code().code(), said.message())));
        }
        self.screen.abandon()?;
        self.catch_up().await?;
        self.note(said.code(), said.message());
        let (text, before) = parcel.whole.unwrap_or((parcel.text, 0));
        let (verbosity, context) = self.place.speech();
        let mut text = worded(&said, Asked { text, before }, verbosity, context);
        if *said.code() == SqlState::QUERY_CANCELED && said.message().contains("statement timeout") {
            text += "\nhint: `--options timeout=SECONDS` gives statements more time";
        }
        if self.variables.echo() == Echo::Errors {
            text = format!("{text}\n{}STATEMENT:  {}", self.place, parcel.text);
        }
        Ok(self.stopped(text))
    }

    /// Waits for the word that the server is ready, which follows an error and tells the state of the transaction.
    async fn catch_up(&mut self) -> Result<(), Fault> {
        match query::run(&self.link.session, "", |_| Ok(())).await {
            Err(Failure::Lost(why)) => Err(Fault::Lost(why)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Lets psql's variables tell of an error.
    fn note(&mut self, code: &SqlState, message: &str) {
        self.variables.record("ERROR", "true");
        self.variables.record("SQLSTATE", code.code());
        self.variables.record("ROW_COUNT", "0");
        self.variables.record("LAST_ERROR_SQLSTATE", code.code());
        self.variables.record("LAST_ERROR_MESSAGE", message);
    }

    fn stopped(&self, text: String) -> Fault {
        match self.interrupts.told() {
            Some(why) => Fault::Final(format!("{text}\nerror: {why}")),
            None => Fault::Step(text),
        }
    }

    /// Runs SQL of the runner's own, whose answer is not shown.
    pub(super) async fn quietly(&mut self, sql: &str) -> Result<(), Fault> {
        let ran = query::run(&self.link.session, sql, |_| Ok(())).await;
        ran.map_err(|failure| Fault::of(failure, sql))
    }
}
