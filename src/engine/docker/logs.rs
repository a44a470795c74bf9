//! Logs: what a container's server wrote, as the engine keeps it.

use bollard::container::LogOutput;
use bollard::errors::Error as Refusal;
use bollard::query_parameters::{LogsOptions, LogsOptionsBuilder};
use futures_util::{Stream, TryStreamExt};
use jiff::Timestamp;

use crate::engine::Site;
use crate::engine::docker::Docker;
use crate::engine::docker::client::ACT_LIMIT;
use crate::error::Error;

/// Some text of a log, and when it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// When the engine got it.
    pub at: Timestamp,
    /// A line with its end, or a part of a long one.
    pub text: String,
}

impl Docker {
    /// The whole of the site's log; none if there is no container.
    pub async fn log(&self, site: &Site) -> Result<Option<Vec<Written>>, Error> {
        let Some(ours) = self.find(site).await?.ours else { return Ok(None) };
        let options = LogsOptionsBuilder::default().build();
        let read = self.pieces(&ours.id, options).await?.try_collect();
        self.client.within("reading a log", ACT_LIMIT, read).await.map(Some)
    }

    /// What is written behind a point in time, until the container ends; none if there is no container.
    pub async fn log_behind(
        &self,
        site: &Site,
        last: Timestamp,
    ) -> Result<Option<impl Stream<Item = Result<Written, Error>>>, Error> {
        let Some(ours) = self.find(site).await?.ours else { return Ok(None) };
        let options = LogsOptionsBuilder::default().follow(true).since(seconds(last)).build();
        let pieces = self.pieces(&ours.id, options).await?;
        let client = self.client.clone();
        let behind = pieces.try_filter(move |it| std::future::ready(it.at > last));
        Ok(Some(behind.map_err(move |err| client.failed("reading a log", &err))))
    }

    /// What a container's server wrote since then. Earlier lives of the same container are in the same log.
    pub(super) async fn said(&self, id: &str, since: Timestamp) -> Result<String, Error> {
        let options = LogsOptionsBuilder::default().since(seconds(since)).build();
        let pieces = self.pieces(id, options).await?;
        let new = pieces.try_filter(move |it| std::future::ready(it.at >= since));
        let said = new.map_ok(|it| it.text).try_collect();
        self.client.within("reading a log", ACT_LIMIT, said).await
    }

    async fn pieces(
        &self,
        id: &str,
        options: LogsOptions,
    ) -> Result<impl Stream<Item = Result<Written, Refusal>> + use<>, Error> {
        let options = LogsOptions { stdout: true, stderr: true, timestamps: true, ..options };
        let pieces = self.client.api().await?.logs(id, Some(options));
        Ok(pieces.map_ok(written))
    }
}

/// A piece begins with its time and a space.
fn written(piece: LogOutput) -> Written {
    let text = String::from_utf8_lossy(&piece.into_bytes()).into_owned();
    let timed = text.split_once(' ').and_then(|(at, text)| Some((at.parse().ok()?, text.to_owned())));
    let (at, text) = timed.unwrap_or((Timestamp::UNIX_EPOCH, text));
    Written { at, text }
}

/// The engine counts whole seconds, and no further than 2038 by its interface.
fn seconds(time: Timestamp) -> i32 {
    i32::try_from(time.as_second()).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_of_a_log_is_told_from_its_time() {
        let piece = |text: &'static str| written(LogOutput::StdErr { message: text.into() });
        let at = "2026-11-23T10:00:01.2Z".parse().unwrap();
        let expected = Written { at, text: "LOG:  two words\n".to_owned() };
        assert_eq!(piece("2026-11-23T10:00:01.200000000Z LOG:  two words\n"), expected);
        assert_eq!(piece("no time\n").text, "no time\n");
    }
}
