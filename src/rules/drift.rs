//! Drift: what the files say, what the database says, and what that asks for.

use crate::pg::migrations::history::{Applied, History, Unfinished};
use crate::pg::migrations::{Migration, Version, number};

/// Where a version stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// It is applied, as the file has it.
    Applied,
    /// It is to be applied.
    Pending,
    /// It is to be applied, and a later one is already.
    OutOfOrder,
    /// It was begun and is not done.
    Unfinished,
    /// It is applied, and the file has another text now.
    Changed,
    /// It is applied, and its file is gone.
    Missing,
    /// It is applied, and no file here was ever so late, or it is no version at all.
    Unknown,
}

/// What is done with what comes too late.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum OutOfOrder {
    /// Nothing is applied
    #[default]
    Refuse,
    /// It is applied before the others
    Allow,
}

/// A version, in the files, in the database, or in both.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Where it stands.
    pub standing: Standing,
    /// As the files have it.
    pub file: Option<&'a Migration>,
    /// As it is recorded.
    pub row: Option<&'a Applied>,
    /// How far it is.
    pub unfinished: Option<&'a Unfinished>,
}

/// Why nothing is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What is wrong, with the versions.
    pub why: String,
    /// What a person may decide.
    pub advice: String,
}

impl Standing {
    /// The standing in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Pending => "pending",
            Self::OutOfOrder => "out of order",
            Self::Unfinished => "unfinished",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Unknown => "unknown",
        }
    }

    /// Whether something is left to be applied.
    pub fn is_pending(self) -> bool {
        match self {
            Self::Pending | Self::OutOfOrder | Self::Unfinished => true,
            Self::Applied | Self::Changed | Self::Missing | Self::Unknown => false,
        }
    }

    /// Whether a person has to look at it.
    pub fn is_drift(self) -> bool {
        match self {
            Self::Changed | Self::Missing | Self::OutOfOrder | Self::Unfinished => true,
            Self::Applied | Self::Pending | Self::Unknown => false,
        }
    }
}

impl Entry<'_> {
    /// Its version as the files have it, or else as it is recorded.
    pub fn version(&self) -> &str {
        self.file.map_or_else(|| self.recorded(), |it| it.version.as_str())
    }

    fn recorded(&self) -> &str {
        let begun = || self.unfinished.map_or("", |it| it.version.as_str());
        self.row.map_or_else(begun, |it| it.version.as_str())
    }

    /// Whether it can be taken back.
    pub fn has_way_back(&self) -> bool {
        self.file.is_some_and(|it| it.down.is_some()) || self.row.is_some_and(|it| it.rollback.is_some())
    }

    /// Its place in the order; what has none comes first.
    pub fn number(&self) -> u64 {
        let recorded = || number(self.recorded()).unwrap_or_default();
        self.file.map_or_else(recorded, |it| it.version.number())
    }

    /// What it is for.
    pub fn description(&self) -> &str {
        let recorded = self.row.and_then(|it| it.description.as_deref()).filter(|it| !it.is_empty());
        recorded.or(self.file.map(|it| it.description.as_str())).unwrap_or_default()
    }
}

/// Compares files and records, in order.
pub fn compare<'a>(files: &'a [Migration], history: &'a History) -> Vec<Entry<'a>> {
    let row_of = |file: &Migration| history.applied.iter().find(|it| is_of(it, file));
    let latest_file = files.last().map(|it| it.version.number());
    let latest_applied = files.iter().filter(|it| row_of(it).is_some()).map(|it| it.version.number()).max();
    let mut entries: Vec<Entry<'a>> = files
        .iter()
        .map(|file| {
            let row = row_of(file);
            let unfinished = history.unfinished.iter().find(|it| it.version == file.version.as_str());
            let is_late = latest_applied.is_some_and(|it| file.version.number() < it);
            let standing = match (unfinished, row) {
                (Some(_), _) => Standing::Unfinished,
                (None, Some(row)) if is_as_recorded(row, file) => Standing::Applied,
                (None, Some(_)) => Standing::Changed,
                (None, None) if is_late => Standing::OutOfOrder,
                (None, None) => Standing::Pending,
            };
            Entry { standing, file: Some(file), row, unfinished }
        })
        .collect();
    for row in history.applied.iter().filter(|row| !files.iter().any(|file| is_of(row, file))) {
        let was_known = number(&row.version).is_some_and(|it| latest_file.is_some_and(|latest| it <= latest));
        let standing = if was_known { Standing::Missing } else { Standing::Unknown };
        entries.push(Entry { standing, file: None, row: Some(row), unfinished: None });
    }
    let is_alone = |it: &&Unfinished| !files.iter().any(|file| it.version == file.version.as_str());
    entries.extend(history.unfinished.iter().filter(is_alone).map(|it| Entry {
        standing: Standing::Unfinished,
        file: None,
        row: None,
        unfinished: Some(it),
    }));
    entries.sort_by_key(Entry::number);
    entries
}

/// Which migrations are to be applied, in order.
///
/// # Errors
/// Where a person has to decide something first.
pub fn to_apply<'a>(
    entries: &[Entry<'a>],
    to: Option<&Version>,
    out_of_order: OutOfOrder,
) -> Result<Vec<Entry<'a>>, Refusal> {
    let of = |standing| entries.iter().filter(move |it: &&Entry<'a>| it.standing == standing);
    let versions =
        |standing| of(standing).map(|it| format!("`{}`", it.version())).collect::<Vec<_>>().join(", ");
    if of(Standing::Changed).next().is_some() {
        return Err(Refusal {
            why: format!("{} changed after being applied", versions(Standing::Changed)),
            advice: "put the old text back and write another migration, or `content migrate repair \
                     --accept-changed` takes the new text for what was applied"
                .to_owned(),
        });
    }
    if of(Standing::Missing).next().is_some() {
        return Err(Refusal {
            why: format!("the file of {} is missing, which is applied", versions(Standing::Missing)),
            advice: "put it back, or `content migrate repair --forget-missing` forgets that it is applied"
                .to_owned(),
        });
    }
    if let Some(it) = of(Standing::Unfinished).find(|it| it.file.is_none()) {
        return Err(Refusal {
            why: format!("the file of `{}` is missing, which is half done", it.version()),
            advice: format!(
                "put it back, or undo what is done and `content migrate repair --forget-unfinished {}`",
                it.version()
            ),
        });
    }
    if out_of_order == OutOfOrder::Refuse && of(Standing::OutOfOrder).next().is_some() {
        return Err(Refusal {
            why: format!("{} comes before one that is applied already", versions(Standing::OutOfOrder)),
            advice: "give it a later version, or `--out-of-order allow` applies it now".to_owned(),
        });
    }
    let is_wanted = |it: &&Entry<'a>| to.is_none_or(|to| it.number() <= to.number());
    Ok(entries.iter().filter(|it| it.standing.is_pending()).filter(is_wanted).copied().collect())
}

/// How far to go back.
#[derive(Clone, Copy, Debug)]
pub enum Back<'a> {
    /// So many migrations.
    Steps(usize),
    /// All behind this version.
    To(&'a Version),
    /// This one alone.
    Only(&'a Version),
}

/// Which migrations are to be taken back, the last first.
///
/// # Errors
/// Where there is nothing that could be taken back, or one of them has no way back.
pub fn to_revert<'a>(
    entries: &[Entry<'a>],
    back: Back<'_>,
    out_of_order: OutOfOrder,
) -> Result<Vec<Entry<'a>>, Refusal> {
    let refused = |why: String, advice: &str| Refusal { why, advice: advice.to_owned() };
    let is_there = |it: &&Entry<'a>| it.row.is_some() || it.unfinished.is_some();
    let applied: Vec<Entry<'a>> = entries.iter().rev().filter(is_there).copied().collect();
    let has = |wanted: &Version| applied.iter().any(|it| it.number() == wanted.number());
    let chosen: Vec<Entry<'a>> = match back {
        Back::Steps(steps) => applied.into_iter().take(steps).collect(),
        Back::To(version) if version.number() == 0 || has(version) => {
            applied.into_iter().filter(|it| it.number() > version.number()).collect()
        }
        Back::To(version) => {
            return Err(refused(
                format!("version {version} is not applied"),
                "`--to 0` takes all of them back",
            ));
        }
        Back::Only(version) => {
            let later = applied.iter().filter(|it| it.number() > version.number()).count();
            if !has(version) {
                return Err(refused(
                    format!("version {version} is not applied"),
                    "`content migrate status` shows which are",
                ));
            }
            if later > 0 && out_of_order == OutOfOrder::Refuse {
                return Err(refused(
                    format!("{later} later than {version} are applied, which may need it"),
                    "`content migrate down --to V` takes them back too; `--out-of-order allow` does it all the same",
                ));
            }
            applied.into_iter().filter(|it| it.number() == version.number()).collect()
        }
    };
    if let Some(it) = chosen.iter().find(|it| !it.has_way_back()) {
        return Err(refused(
            format!("version {} has no way back", it.version()),
            "write it into the file below `-- migrate:down`, or beside it as `rollback_` and its name",
        ));
    }
    Ok(chosen)
}

/// Whether a record is of this file: upstream records the file's name, we its version.
fn is_of(row: &Applied, file: &Migration) -> bool {
    let is_number = row.version.bytes().all(|it| it.is_ascii_digit());
    row.version == file.stem || (is_number && number(&row.version) == Some(file.version.number()))
}

/// Whether the file is what was run. Upstream's checksum is that of the file; of its older records nothing is known.
fn is_as_recorded(row: &Applied, file: &Migration) -> bool {
    row.checksum.as_deref().is_none_or(|it| {
        it.is_empty() || it == file.checksum.to_string() || it == file.file_checksum.to_string()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checksum::Checksum;
    use crate::pg::migrations::{Mode, checksum};
    use crate::pg::script::Source;

    fn file(version: &str, text: &str) -> Migration {
        Migration {
            version: version.parse().unwrap(),
            stem: format!("{version}_a"),
            description: "a".to_owned(),
            file: format!("{version}_a.sql").into(),
            up: Source::new("a.sql", text),
            down: None,
            verify: None,
            mode: Mode::Transaction,
            checksum: checksum(text),
            file_checksum: Checksum::of(text.as_bytes()),
        }
    }

    fn row(version: &str, sum: Option<Checksum>) -> Applied {
        let rollback = Some("DROP".to_owned());
        Applied {
            version: version.to_owned(),
            checksum: sum.map(|it| it.to_string()),
            rollback,
            ..Applied::default()
        }
    }

    fn told(entries: &[Entry<'_>]) -> Vec<(String, Standing)> {
        entries.iter().map(|it| (it.version().to_owned(), it.standing)).collect()
    }

    #[test]
    fn every_meeting_of_files_and_records_has_its_standing() {
        let files = ["001", "002", "003", "004", "005", "006", "009"].map(|it| file(it, "a;\n"));
        let unfinished = Unfinished { version: "005".to_owned(), ..Unfinished::default() };
        let applied = vec![
            row("001", Some(checksum("a;\r\n"))),
            row("002_a", Some(Checksum::of(b"a;\n"))),
            row("3", Some(checksum("b;"))),
            row("006", None),
            row("007", None),
            row("010", None),
            row("rollback_001_a", None),
        ];
        let history = History { applied, unfinished: vec![unfinished] };
        let expected = [
            ("rollback_001_a", Standing::Unknown),
            ("001", Standing::Applied),
            ("002", Standing::Applied),
            ("003", Standing::Changed),
            ("004", Standing::OutOfOrder),
            ("005", Standing::Unfinished),
            ("006", Standing::Applied),
            ("007", Standing::Missing),
            ("009", Standing::Pending),
            ("010", Standing::Unknown),
        ];
        let expected: Vec<_> = expected.map(|(version, it)| (version.to_owned(), it)).into();
        assert_eq!(told(&compare(&files, &history)), expected);
    }

    #[test]
    fn what_is_pending_is_applied_in_order_up_to_the_version_that_is_wanted() {
        let files = ["1", "2", "10", "11"].map(|it| file(it, "a;"));
        let history = History { applied: vec![row("1", None)], ..History::default() };
        let entries = compare(&files, &history);
        let chosen = |to: Option<&str>| {
            let to = to.map(|it| it.parse().unwrap());
            told(&to_apply(&entries, to.as_ref(), OutOfOrder::Refuse).unwrap())
        };
        let pending = |versions: &[&str]| -> Vec<(String, Standing)> {
            versions.iter().map(|it| ((*it).to_owned(), Standing::Pending)).collect()
        };
        assert_eq!(chosen(None), pending(&["2", "10", "11"]));
        assert_eq!(chosen(Some("010")), pending(&["2", "10"]));
        assert_eq!(chosen(Some("1")), pending(&[]));
    }

    #[test]
    fn what_is_taken_back_is_the_last_first() {
        let files = ["1", "2", "3"].map(|it| file(it, "a;"));
        let applied = ["1", "2", "3"].map(|it| row(it, None)).into();
        let history = History { applied, ..History::default() };
        let entries = compare(&files, &history);
        let chosen = |back: Back<'_>, out_of_order| {
            let chosen = to_revert(&entries, back, out_of_order).map_err(|it| it.why)?;
            Ok::<_, String>(chosen.iter().map(|it| it.version().to_owned()).collect::<Vec<_>>().join(" "))
        };
        let version = |text: &str| text.parse::<Version>().unwrap();
        let refuse = OutOfOrder::Refuse;
        assert_eq!(chosen(Back::Steps(2), refuse).unwrap(), "3 2");
        assert_eq!(chosen(Back::To(&version("1")), refuse).unwrap(), "3 2");
        assert_eq!(chosen(Back::To(&version("0")), refuse).unwrap(), "3 2 1");
        assert_eq!(chosen(Back::To(&version("7")), refuse).unwrap_err(), "version 7 is not applied");
        assert_eq!(chosen(Back::Only(&version("3")), refuse).unwrap(), "3");
        assert_eq!(chosen(Back::Only(&version("2")), OutOfOrder::Allow).unwrap(), "2");
        let later = "1 later than 2 are applied, which may need it";
        assert_eq!(chosen(Back::Only(&version("2")), refuse).unwrap_err(), later);
    }
}
