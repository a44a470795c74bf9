//! Logs: what a container's server wrote, as the engine keeps it.

use std::time::SystemTime;

use bollard::container::LogOutput;
use bollard::query_parameters::LogsOptions;
use futures_util::{Stream, StreamExt};
use jiff::Timestamp;

use crate::engine::Site;
use crate::engine::docker::Docker;
use crate::engine::docker::client::ACT_LIMIT;
use crate::error::Error;

/// How many lines of a server that failed are looked through for the reason.
const LAST_LINES: usize = 200;

/// What is wanted of a log.
#[derive(Clone, Copy, Debug)]
pub struct LogWish {
    /// No more than this many lines; all of them if none is given.
    pub tail: Option<usize>,
    /// Nothing that was written before.
    pub since: Option<SystemTime>,
    /// Go on with what is written from here on.
    pub follow: bool,
}

impl Docker {
    /// The site's log, piece by piece; none if there is no container.
    pub async fn logs(
        &self,
        site: &Site,
        wish: LogWish,
    ) -> Result<Option<impl Stream<Item = Result<Vec<u8>, Error>>>, Error> {
        let Some(ours) = self.find(site).await?.ours else { return Ok(None) };
        let api = self.client.api().await?;
        let client = self.client.clone();
        let pieces = api.logs(&ours.id, Some(options(wish)));
        Ok(Some(pieces.map(move |piece| match piece {
            Ok(piece) => Ok(LogOutput::into_bytes(piece).to_vec()),
            Err(err) => Err(client.failed("reading a log", &err)),
        })))
    }

    /// What a container's server wrote since it was started last.
    pub(super) async fn said(&self, id: &str) -> Result<String, Error> {
        let api = self.client.api().await?;
        let wish = LogWish { tail: Some(LAST_LINES), since: None, follow: false };
        let timed = LogsOptions { timestamps: true, ..options(wish) };
        let read = async {
            let state = api.inspect_container(id, None).await?.state;
            let started = state.and_then(|it| it.started_at?.parse::<Timestamp>().ok());
            let (mut pieces, mut said) = (Box::pin(api.logs(id, Some(timed))), Vec::new());
            while let Some(piece) = pieces.next().await {
                said.extend_from_slice(&LogOutput::into_bytes(piece?));
            }
            Ok(written_since(started, &String::from_utf8_lossy(&said)))
        };
        self.client.within("reading a log", ACT_LIMIT, read).await
    }
}

/// The lines of a log that were written since then, without their times. Earlier lives of the same container are in
/// the same log.
fn written_since(started: Option<Timestamp>, log: &str) -> String {
    let line = |line: &str| {
        let (time, text) = line.split_once(' ')?;
        let time: Timestamp = time.parse().ok()?;
        started.is_none_or(|started| started <= time).then(|| format!("{text}\n"))
    };
    log.lines().filter_map(line).collect()
}

fn options(wish: LogWish) -> LogsOptions {
    let since = wish.since.and_then(|it| it.duration_since(SystemTime::UNIX_EPOCH).ok());
    LogsOptions {
        follow: wish.follow,
        stdout: true,
        stderr: true,
        since: since.and_then(|it| i32::try_from(it.as_secs()).ok()).unwrap_or_default(),
        tail: wish.tail.map_or("all".to_owned(), |it| it.to_string()),
        ..LogsOptions::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_container_that_was_started_again_is_not_judged_by_what_it_said_before() {
        let log = "2026-11-23T10:00:00.100000000Z LOG:  old\n2026-11-23T10:00:01.200000000Z LOG:  new\n";
        let started = "2026-11-23T10:00:01.1Z".parse().ok();
        assert_eq!(written_since(started, log), "LOG:  new\n");
        assert_eq!(written_since(None, log), "LOG:  old\nLOG:  new\n");
    }
}
