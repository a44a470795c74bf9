//! `logs`: what the server wrote.

use std::fs::{File, Metadata};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::pin::pin;
use std::time::Duration;

use futures_util::StreamExt;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tokio::signal::unix::{SignalKind, signal};

use crate::commands::select::each;
use crate::context::Ctx;
use crate::engine::Site;
use crate::error::{Error, IoContext, absent_is_none};
use crate::exit::{Skip, Verdict};
use crate::instances::name::Name;
use crate::lifecycle::no_instance;
use crate::output::{BEYOND, Reply};
use crate::runtime::Kind;

/// Between two looks at a log that is followed.
const FOLLOW_PAUSE: Duration = Duration::from_millis(100);
/// How much of a log is read: more than any server writes in a day of trouble, less than would hurt.
const READ_LIMIT_BYTES: u64 = 64 * 1024 * 1024;

/// Show the server's log
#[derive(Clone, Debug, clap::Args)]
pub struct LogsArgs {
    /// Number of lines to show
    #[arg(long, value_name = "LINES", default_value_t = 50)]
    pub tail: usize,
    /// Go on showing what is written from here on
    #[arg(long)]
    pub follow: bool,
    /// Show what was written since then: `10m`, `2h`, `2026-11-23 10:00:00` (UTC), or RFC 3339
    #[arg(long, value_name = "TIME")]
    pub since: Option<Since>,
    /// Instance whose log to show [default: main]
    #[arg(value_name = "INSTANCE", help_heading = BEYOND)]
    pub name: Option<Name>,
    /// The same as INSTANCE
    #[arg(long, value_name = "NAME", conflicts_with = "name", help_heading = BEYOND)]
    pub instance: Option<Name>,
    /// Show the logs of all instances
    #[arg(long, conflicts_with_all = ["name", "instance", "follow"], help_heading = BEYOND)]
    pub all: bool,
    /// The same as `--tail`
    #[arg(long, value_name = "LINES", conflicts_with = "tail", help_heading = BEYOND)]
    pub lines: Option<usize>,
}

impl LogsArgs {
    fn lines(&self) -> usize {
        self.lines.unwrap_or(self.tail)
    }
}

/// A point in time, given as such or as a distance from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Since(Timestamp);

impl std::str::FromStr for Since {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let distance =
            || text.parse::<SignedDuration>().ok().map(SignedDuration::abs).map(|it| Timestamp::now() - it);
        let zoned = || text.parse::<Timestamp>().ok();
        let civil = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|it| it.timestamp());
        zoned().or_else(civil).or_else(distance).map(Self).ok_or_else(|| {
            "a time is a distance such as `10m` or `2h`, `2026-11-23 10:00:00` (UTC), or RFC 3339".to_owned()
        })
    }
}

/// Shows the log.
pub async fn run(ctx: &Ctx, args: &LogsArgs) -> Result<Reply, Error> {
    let names = match (args.instance.as_ref().or(args.name.as_ref()), args.all) {
        (_, true) => ctx.store.list()?.into_iter().map(|(name, _)| name).collect(),
        (Some(name), false) => vec![name.clone()],
        (None, false) => vec![Name::main()],
    };
    if names.is_empty() {
        return Ok(Reply::plain(Verdict::Skipped(Skip::NoLogs)));
    }
    each(ctx, &names, async |name| show(ctx, args, name).await).await.map(Reply::plain)
}

async fn show(ctx: &Ctx, args: &LogsArgs, name: &Name) -> Result<Verdict, Error> {
    let Some(site) = site(ctx, name).await? else { return Ok(Verdict::Skipped(Skip::NoLogs)) };
    let heading = if args.all { format!("==> {name} <==\n") } else { String::new() };
    let found = match site.kind {
        Some(Kind::Docker) => show_container(ctx, args, &site, &heading).await?,
        Some(Kind::Native) | None => show_file(ctx, args, &site.log_file(), &heading).await?,
    };
    Ok(if found { Verdict::Done } else { Verdict::Skipped(Skip::NoLogs) })
}

/// Where the instance is, and on which engine; none where nothing is installed at all.
async fn site(ctx: &Ctx, name: &Name) -> Result<Option<Site>, Error> {
    match ctx.store.find(name)? {
        Some(record) => ctx.engine.settle(ctx.site(&record)).await.map(Some),
        None if name.as_str() == "main" && ctx.store.list()?.is_empty() => Ok(None),
        None => Err(no_instance(ctx, name)),
    }
}

/// Shows a log that the server writes itself. False if there is none.
async fn show_file(ctx: &Ctx, args: &LogsArgs, log: &Path, heading: &str) -> Result<bool, Error> {
    let (text, end) = read(log)?.unwrap_or_default();
    if !text.is_empty() {
        ctx.out.data(&format!("{heading}{}", select(&text, args.since, args.lines())))?;
    }
    if args.follow {
        follow(ctx, log, end).await?;
    }
    Ok(!text.is_empty())
}

/// Shows the log that Docker keeps of a container. False if there is none.
async fn show_container(ctx: &Ctx, args: &LogsArgs, site: &Site, heading: &str) -> Result<bool, Error> {
    let log = ctx.engine.docker.log(site).await?.unwrap_or_default();
    let last = log.last().map(|it| it.at);
    let since = args.since.map_or(Timestamp::MIN, |Since(since)| since);
    let text: String = log.into_iter().filter(|it| it.at >= since).map(|it| it.text).collect();
    if last.is_some() {
        ctx.out.data(&format!("{heading}{}", select(&text, None, args.lines())))?;
    }
    if args.follow {
        follow_container(ctx, site, last.unwrap_or(Timestamp::UNIX_EPOCH)).await?;
    }
    Ok(last.is_some())
}

/// Shows what is written behind `last`, until the reader goes away or the user interrupts. A container that ends, or is
/// made anew, is followed further, and so is one whose engine answers nothing for a while: a busy one does that.
async fn follow_container(ctx: &Ctx, site: &Site, mut last: Timestamp) -> Result<(), Error> {
    let mut interrupts = signal(SignalKind::interrupt()).map_err(Error::Output)?;
    loop {
        tokio::select! {
            passed = pass_on(ctx, site, &mut last) => match passed {
                Err(err) if !matches!(err, Error::EngineUnreachable { .. }) => return Err(err),
                Ok(()) | Err(_) => tokio::time::sleep(FOLLOW_PAUSE).await,
            },
            () = loses_reader(ctx) => return Ok(()),
            _ = interrupts.recv() => return Ok(()),
        }
    }
}

/// Shows what a container's server writes behind `last` until the container ends.
async fn pass_on(ctx: &Ctx, site: &Site, last: &mut Timestamp) -> Result<(), Error> {
    if let Some(pieces) = ctx.engine.docker.log_behind(site, *last).await? {
        let mut pieces = pin!(pieces);
        while let Some(piece) = pieces.next().await {
            let piece = piece?;
            ctx.out.data(&piece.text)?;
            *last = piece.at;
        }
    }
    Ok(())
}

/// Waits until nobody reads our output any more. A quiet log would never tell: only a write does.
async fn loses_reader(ctx: &Ctx) {
    while !ctx.out.reader_is_gone() {
        tokio::time::sleep(FOLLOW_PAUSE).await;
    }
}

/// The log's text, and where it ends: a follower goes on from there.
fn read(file: &Path) -> Result<Option<(String, u64)>, Error> {
    let Some(mut log) = absent_is_none(File::open(file)).doing("reading", file)? else { return Ok(None) };
    let size = log.metadata().doing("reading", file)?.len();
    let mut bytes = Vec::new();
    log.seek(SeekFrom::Start(size.saturating_sub(READ_LIMIT_BYTES)))
        .and_then(|_| log.take(READ_LIMIT_BYTES.min(size)).read_to_end(&mut bytes))
        .doing("reading", file)?;
    Ok(Some((String::from_utf8_lossy(&bytes).into_owned(), size)))
}

/// The last `tail` lines of what was written since then. A line without a time belongs to the one before it.
fn select(text: &str, since: Option<Since>, tail: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let from = since.map_or(0, |Since(since)| {
        lines.iter().position(|line| written(line).is_some_and(|it| it >= since)).unwrap_or(lines.len())
    });
    let from = from.max(lines.len().saturating_sub(tail));
    lines.iter().skip(from).flat_map(|line| [line, "\n"]).collect()
}

/// When a line was written: servers write `2026-11-23 10:00:00.123 UTC [pid] ...` for us.
fn written(line: &str) -> Option<Timestamp> {
    let civil: DateTime = line.get(..23)?.parse().ok()?;
    line.get(23..)?.starts_with(" UTC").then_some(())?;
    Some(civil.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

/// Shows what is appended behind `from`, until the reader goes away or the user interrupts. A log that was set
/// aside and begun anew is followed from its beginning.
async fn follow(ctx: &Ctx, path: &Path, mut from: u64) -> Result<(), Error> {
    let mut log: Option<(File, Metadata)> = None;
    // One listener for the whole time: an interrupt that comes between two of them would be lost.
    let mut interrupts = signal(SignalKind::interrupt()).map_err(Error::Output)?;
    loop {
        if let Some((mut file, opened)) = open_if_new(path, log.as_ref().map(|(_, opened)| opened))? {
            file.seek(SeekFrom::Start(std::mem::take(&mut from))).doing("reading", path)?;
            log = Some((file, opened));
        }
        if let Some((file, _)) = log.as_mut() {
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).doing("reading", path)?;
            if !bytes.is_empty() {
                ctx.out.data(&String::from_utf8_lossy(&bytes))?;
            }
        }
        // A quiet log would never tell: only a write does.
        if ctx.out.reader_is_gone() {
            return Ok(());
        }
        tokio::select! {
            () = tokio::time::sleep(FOLLOW_PAUSE) => {}
            _ = interrupts.recv() => return Ok(()),
        }
    }
}

fn open_if_new(path: &Path, known: Option<&Metadata>) -> Result<Option<(File, Metadata)>, Error> {
    let Some(file) = absent_is_none(File::open(path)).doing("reading", path)? else { return Ok(None) };
    let found = file.metadata().doing("reading", path)?;
    let same = known.is_some_and(|it| (it.dev(), it.ino()) == (found.dev(), found.ino()));
    Ok((!same).then_some((file, found)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "2026-11-23 10:00:00.000 UTC [1] LOG:  one\n\tmore of one\n2026-11-23 10:05:00.500 UTC [1] LOG:  two\n\tmore of two\n";

    #[test]
    fn lines_without_a_time_belong_to_the_entry_before_them() {
        let since = "2026-11-23T10:00:00.001Z".parse().unwrap();
        assert_eq!(
            select(LOG, Some(since), 50),
            "2026-11-23 10:05:00.500 UTC [1] LOG:  two\n\tmore of two\n"
        );
        assert_eq!(select(LOG, Some("2027-01-01".parse().unwrap()), 50), "");
        assert_eq!(select(LOG, None, 1), "\tmore of two\n");
        assert_eq!(select(LOG, None, 0), "");
    }

    #[test]
    fn times_and_distances_are_understood_alike() {
        assert_eq!("2026-11-23 10:00:00".parse::<Since>(), "2026-11-23T10:00:00Z".parse::<Since>());
        let Since(ago) = "10m".parse().unwrap();
        let distance = Timestamp::now().as_second() - ago.as_second();
        assert!((599..=601).contains(&distance), "{distance}");
        for text in ["2h", "1h30m", "2026-11-23", "2026-11-23T10:00:00+01:00"] {
            assert!(text.parse::<Since>().is_ok(), "{text}");
        }
        for text in ["", "soon", "10", "2026-13-01"] {
            assert!(text.parse::<Since>().is_err(), "{text}");
        }
    }
}
