//! Running scripts as psql runs them: statement after statement, with psql's meta-commands and variables.
//!
//! - `mod`: the loop over a script's statements and meta-commands.
//! - `send`, `answer`, `copy`: sending a statement, and what becomes of its answer.
//! - `meta/`: the meta-commands, a file for each kind of them.
//! - `condition`, `variables`: `\if`, and psql's variables.
//! - `check`, `foreseen`: what is not covered, named before anything is run.
//! - `link`, `screen`, `place`, `count`, `fault`: the connection, the output, where the run is, what goes wrong.

mod answer;
mod autocommit;
mod check;
mod cluster;
mod condition;
mod copy;
mod count;
mod fault;
mod foreseen;
mod link;
mod meta;
mod place;
mod screen;
mod send;
mod variables;

use std::path::{Path, PathBuf};

use tokio::time::Instant;

use crate::error::Error;
use crate::pg::connect::Session;
use crate::pg::script::{Mark, Query, Scanner, Source, Stop, Strings, Values};
use crate::pg::tap::Transaction;
use condition::Conditions;
use fault::Fault;
use meta::Next;
use meta::result::Go;
use place::Line;
use send::Parcel;
use variables::Echo;

pub use autocommit::{first_words, runs_alone};
pub use check::{check, statements};
pub use cluster::ClusterWork;
pub use count::Count;
pub use link::{Interrupts, Link, Passwords};
pub use place::Place;
pub use screen::Screen;
pub use variables::Variables;

/// The server's parameter on which it depends whether backslashes escape in plain strings.
const STRINGS: &str = "standard_conforming_strings";

/// Whether scripts may run commands of the shell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shell {
    /// They may not.
    #[default]
    Refused,
    /// `\!` runs them.
    Allowed,
}

/// How the scripts of a run are held together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scope {
    /// Each statement by itself, unless they say otherwise.
    #[default]
    Statements,
    /// All of them are one transaction.
    Transaction,
}

/// Runs scripts, one after the other, on one connection.
#[derive(Debug)]
pub struct Runner {
    link: Link,
    screen: Screen,
    variables: Variables,
    shell: Shell,
    place: Place,
    interrupts: Interrupts,
    /// What `~` stands for in names of files.
    home: Option<PathBuf>,
    /// The query before the present one, which `\g` sends again.
    previous: String,
    /// Whether `\timing` is on.
    is_timed: bool,
    /// The key without which `\restrict` is not lifted.
    restricted: Option<String>,
    /// How deep files include each other.
    depth: usize,
    acknowledged: Acknowledged,
}

/// What the server has done, for those who have to go on after it was lost.
#[derive(Debug, Default)]
struct Acknowledged {
    /// Where the last statement stands that it has answered.
    last: Option<Line>,
    /// Where the transaction began that is open.
    transaction: Option<Line>,
}

/// A script that is being run.
#[derive(Debug)]
struct Frame<'s> {
    source: &'s Source,
    scanner: Scanner<'s>,
    query: Query,
    conditions: Conditions,
    /// The state of the query at each open `\if`.
    marks: Vec<Mark>,
    /// Where the file lies, for `\ir`.
    folder: Option<PathBuf>,
    /// The last line that `ECHO` has shown.
    echoed: usize,
}

impl Runner {
    /// A runner that has run nothing yet. What it is at when the deadline comes is canceled.
    pub fn new(
        link: Link,
        screen: Screen,
        variables: Variables,
        shell: Shell,
        place: &Place,
        deadline: Instant,
    ) -> std::io::Result<Self> {
        let interrupts = Interrupts::new(deadline)?;
        let mut runner = Self {
            link,
            screen,
            variables,
            shell,
            place: place.clone(),
            interrupts,
            home: None,
            previous: String::new(),
            is_timed: false,
            restricted: None,
            depth: 0,
            acknowledged: Acknowledged::default(),
        };
        runner.introduce();
        Ok(runner)
    }

    /// Lets psql's variables tell of what the run begins with, and takes notice of those that steer it.
    fn introduce(&mut self) {
        if self.screen.printer.settings().quiet {
            self.variables.record("QUIET", "on");
        }
        self.introduce_connection();
        self.heed();
    }

    /// The same, with the folder that `~` stands for in names of files.
    pub fn at_home(self, home: Option<PathBuf>) -> Self {
        Self { home, ..self }
    }

    /// A file's name, in which `~` stands for the user's home as in psql. Another user's home is not looked up.
    fn file_named(&self, name: String) -> String {
        let below = name.strip_prefix('~').filter(|it| it.is_empty() || it.starts_with('/'));
        match (&self.home, below) {
            (Some(home), Some(below)) => format!("{}{below}", home.display()),
            (Some(_) | None, _) => name,
        }
    }

    /// Runs scripts in order. With [`Scope::Transaction`] nothing stays of them where one fails.
    ///
    /// # Errors
    /// The first failure if `ON_ERROR_STOP` is on; otherwise those are told, and only what ends the run is an error.
    pub async fn run(&mut self, sources: &[(Source, Option<PathBuf>)], scope: Scope) -> Result<(), Error> {
        if scope == Scope::Transaction {
            self.own("BEGIN").await?;
        }
        for (source, file) in sources {
            let folder = file.as_deref().and_then(Path::parent).map(Path::to_owned);
            if let Err(err) = self.script(source, folder).await {
                if scope == Scope::Transaction {
                    let _ = self.own("ROLLBACK").await;
                }
                return Err(err);
            }
        }
        match scope {
            Scope::Transaction => self.own("COMMIT").await,
            Scope::Statements => Ok(()),
        }
    }

    /// Runs one script, in the transaction that there is or in none.
    ///
    /// # Errors
    /// As [`Self::run`] has them.
    pub async fn run_one(&mut self, source: &Source, file: &Path) -> Result<(), Error> {
        self.script(source, file.parent().map(Path::to_owned)).await
    }

    /// Forgets what the scripts before have set here, as another psql would know nothing of it. What they have set on the
    /// server is not reset by that.
    pub fn start_over(&mut self, screen: Screen, variables: Variables) {
        (self.screen, self.variables) = (screen, variables);
        self.previous.clear();
        (self.is_timed, self.restricted) = (false, None);
        self.acknowledged = Acknowledged::default();
        self.introduce();
    }

    /// The run's session, for what belongs to no script.
    pub fn session(&self) -> &Session {
        &self.link.session
    }

    /// The SQLSTATE of the last statement that failed.
    pub fn last_error_code(&self) -> &str {
        self.variables.get("LAST_ERROR_SQLSTATE").unwrap_or_default()
    }

    async fn own(&mut self, sql: &str) -> Result<(), Error> {
        self.quietly(sql).await.map_err(|fault| fault.into_error(""))
    }

    /// Runs one script to its end, or to its `\q`.
    async fn script(&mut self, source: &Source, folder: Option<PathBuf>) -> Result<(), Error> {
        let mut frame = Frame {
            source,
            scanner: Scanner::new(source),
            query: Query::default(),
            conditions: Conditions::default(),
            marks: Vec::new(),
            folder,
            echoed: 0,
        };
        self.place.enter(source);
        loop {
            let stop = self.scan(&mut frame)?;
            let step = match stop {
                Stop::Semicolon if frame.conditions.is_active() => self.statement(&mut frame).await,
                // As in psql, the text stays: the branch's end takes it back.
                Stop::Semicolon => Ok(()),
                Stop::Backslash => match self.meta(&mut frame).await {
                    Ok(Next::On) => Ok(()),
                    Ok(Next::Quit) => return self.rest(&mut frame).await,
                    Err(fault) => Err(fault),
                },
                Stop::End => {
                    self.rest(&mut frame).await?;
                    return match frame.conditions.depth() {
                        0 => Ok(()),
                        _ => self.settle(Err(Fault::own("reached EOF without finding closing \\endif(s)"))),
                    };
                }
            };
            self.settle(step)?;
        }
    }

    /// Sends what no semicolon has ended.
    async fn rest(&mut self, frame: &mut Frame<'_>) -> Result<(), Error> {
        if !frame.conditions.is_active() || frame.query.is_empty() {
            return Ok(());
        }
        let step = self.statement(frame).await;
        self.settle(step)
    }

    /// Goes on to where something has to be done.
    fn scan(&mut self, frame: &mut Frame<'_>) -> Result<Stop, Error> {
        frame.scanner.set_strings(self.strings());
        let stop = {
            let value = |name: &str| self.variables.get(name).map(str::to_owned);
            let values = match frame.conditions.is_active() {
                true => Values::Of(&value),
                false => Values::Inactive,
            };
            frame.scanner.scan(&mut frame.query, &values)
        };
        self.place.go(frame.scanner.line());
        for name in frame.scanner.take_recursions() {
            self.screen.warn(&format!("skipping recursive expansion of variable \"{name}\""));
        }
        self.echo_lines(frame).map_err(Error::Output)?;
        Ok(stop)
    }

    /// Returns whether backslashes escape in plain strings.
    fn strings(&self) -> Strings {
        match self.link.session.drain.parameter_is(STRINGS, "off") {
            true => Strings::Escaping,
            false => Strings::Standard,
        }
    }

    /// Sends what a semicolon has ended.
    async fn statement(&mut self, frame: &mut Frame<'_>) -> Result<(), Fault> {
        let sent = self.send_query(frame, &Go::default()).await;
        self.finish_query(frame);
        sent
    }

    /// Sends the query and reads the data that it asks for.
    async fn send_query(&mut self, frame: &mut Frame<'_>, go: &Go) -> Result<(), Fault> {
        let whole = Self::whole(frame.source, &frame.query);
        let parcel = Parcel { whole, ..Parcel::from(&frame.query) };
        let sent = self.send(parcel, Some(&mut frame.scanner), go).await;
        // Data is not shown as lines of the script are.
        frame.echoed = frame.echoed.max(self.place.line());
        sent
    }

    /// The text that errors in the query point into: an argument of the command line is one line to the user, however many
    /// statements it has.
    fn whole<'s>(source: &'s Source, query: &Query) -> Option<(&'s str, usize)> {
        let before = source.text().get(..query.start())?;
        let stands_there = source.text().get(query.start()..)?.starts_with(query.text());
        (source.name().is_empty() && stands_there).then(|| (source.text(), before.chars().count()))
    }

    fn finish_query(&mut self, frame: &mut Frame<'_>) {
        frame.query.text().clone_into(&mut self.previous);
        frame.query.clear();
    }

    /// Goes on after a failure, or ends the run with it.
    fn settle(&mut self, step: Result<(), Fault>) -> Result<(), Error> {
        let Err(fault) = step else { return Ok(()) };
        let is_last = self.variables.is_on("ON_ERROR_STOP");
        match fault {
            Fault::Step(text) if !is_last => {
                self.screen.complain(&text);
                Ok(())
            }
            Fault::Step(_) | Fault::Final(_) | Fault::Output(_) => {
                Err(fault.into_error(&self.place.to_string()))
            }
            Fault::Lost(why) => {
                let why = format!("{why}{}", self.acknowledged.told());
                Err(Fault::Lost(why).into_error(&self.place.to_string()))
            }
            Fault::Told(err) => Err(err),
        }
    }

    /// Shows the lines up to the present one, where that is wanted.
    fn echo_lines(&mut self, frame: &mut Frame<'_>) -> std::io::Result<()> {
        let from = frame.echoed;
        frame.echoed = from.max(frame.scanner.line());
        let kept = frame.scanner.take_empty_lines();
        if self.variables.echo() != Echo::All {
            return Ok(());
        }
        let lines = (1..).zip(frame.source.text().split('\n')).skip(from).take(frame.echoed - from);
        let shown = lines.filter(|(number, line)| !line.is_empty() || kept.contains(number));
        shown.map(|(_, line)| line).try_for_each(|line| self.screen.line(line))
    }

    /// psql's own view of how long something took.
    fn tell_time(&mut self, began: Instant) -> Result<(), Fault> {
        if self.is_timed {
            let line = meta::timing::told(began.elapsed());
            self.screen.aside(&line)?;
        }
        Ok(())
    }
}

impl Acknowledged {
    /// Takes notice of an answer to the statement at this place.
    fn note(&mut self, place: &Place, transaction: Transaction) {
        let line = place.now();
        match transaction {
            Transaction::Idle => self.transaction = None,
            Transaction::Open | Transaction::Failed => {
                self.transaction.get_or_insert_with(|| line.clone());
            }
        }
        self.last = Some(line);
    }

    fn told(&self) -> String {
        let last = match &self.last {
            Some(last) => format!("; acknowledged last was the statement at {last}"),
            None => "; no statement had been acknowledged".to_owned(),
        };
        match &self.transaction {
            Some(began) => format!("{last}, and the transaction begun at {began} is rolled back"),
            None => last,
        }
    }
}
