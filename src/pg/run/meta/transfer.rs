//! `\copy`: a `COPY` whose file is the client's.

use std::fs::File;
use std::io::{BufWriter, Read, Write};
use std::path::Path;

use crate::pg::query::{Event, Failure};
use crate::pg::run::answer::{Answer, Answered, Take};
use crate::pg::run::check::reason;
use crate::pg::run::fault::Fault;
use crate::pg::run::meta::copy_request::{CopyDirection, CopyEnd, CopyRequest};
use crate::pg::run::send::Parcel;
use crate::pg::run::{Frame, Runner, copy};
use crate::pg::script::MetaCall;

impl Runner {
    /// Copies between the server and a file here.
    pub(super) async fn copy_file(
        &mut self,
        frame: &mut Frame<'_>,
        call: &mut MetaCall,
    ) -> Result<(), Fault> {
        let Some(line) = self.word(frame, call)? else {
            return Err(Fault::own("\\copy: arguments required"));
        };
        let mut request = CopyRequest::parse(&line, self.strings()).map_err(Fault::own)?;
        if let CopyEnd::File(name) = request.end {
            request.end = CopyEnd::File(self.file_named(name));
        }
        let sql = request.sql.clone();
        let begun = self.begin(&sql).await?;
        let copied = match request.direction {
            CopyDirection::From => self.copy_in(frame, &request).await?,
            CopyDirection::To => self.copy_out(&request).await?,
        };
        self.end(begun, copied, &Parcel::of(&sql)).await.map(drop)
    }

    async fn copy_in(
        &mut self,
        frame: &mut Frame<'_>,
        request: &CopyRequest,
    ) -> Result<Result<Answered, Failure>, Fault> {
        match &request.end {
            CopyEnd::Script => Ok(self.copy_inline(&request.sql, &mut frame.scanner).await),
            CopyEnd::Program => Ok(self.copy_from(&request.sql, std::io::stdin()).await),
            CopyEnd::File(name) => {
                let file = opened(name).map_err(Fault::own)?;
                Ok(self.copy_from(&request.sql, file).await)
            }
        }
    }

    async fn copy_from(&mut self, sql: &str, data: impl Read) -> Result<Answered, Failure> {
        let session = &self.link.session;
        let work = async { copy::feed(session, copy::open(session, sql).await?, data).await };
        let tag = self.interrupts.watch(&self.link, work).await?;
        self.tagged(tag)
    }

    async fn copy_out(&mut self, request: &CopyRequest) -> Result<Result<Answered, Failure>, Fault> {
        let session = &self.link.session;
        Ok(match &request.end {
            // psql keeps the tag from among the data.
            CopyEnd::Script | CopyEnd::Program => {
                let work = copy::to(session, &request.sql, |bytes| self.screen.write(bytes));
                let copied = self.interrupts.watch(&self.link, work).await;
                self.screen.flush()?;
                copied.map(|_| Answered::default())
            }
            CopyEnd::File(name) => {
                let file = created(name).map_err(Fault::own)?;
                let mut file = BufWriter::new(file);
                let work = copy::to(session, &request.sql, |bytes| file.write_all(bytes));
                let copied = self.interrupts.watch(&self.link, work).await;
                let written = |failure| match failure {
                    Failure::Output(err) => Failure::Other(format!("{name}: {}", reason(&err))),
                    other => other,
                };
                let tag = copied.and_then(|tag| file.flush().map(|()| tag).map_err(Failure::Output));
                tag.map_err(written).and_then(|tag| self.tagged(tag))
            }
        })
    }

    /// Prints a tag.
    pub(in crate::pg::run) fn tagged(&mut self, tag: String) -> Result<Answered, Failure> {
        let mut answer = Answer::new(&mut self.screen, Take::Print);
        answer.event(Event::Done(tag)).map_err(Failure::Output)?;
        answer.end().map_err(Failure::Output)
    }
}

fn opened(name: &str) -> Result<File, String> {
    let file = File::open(name).map_err(|err| format!("{name}: {}", reason(&err)))?;
    match file.metadata().is_ok_and(|it| it.is_dir()) {
        true => Err(format!("{name}: cannot copy from/to a directory")),
        false => Ok(file),
    }
}

fn created(name: &str) -> Result<File, String> {
    if Path::new(name).is_dir() {
        return Err(format!("{name}: cannot copy from/to a directory"));
    }
    File::create(name).map_err(|err| format!("{name}: {}", reason(&err)))
}
