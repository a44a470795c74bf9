//! Schedules: when a backup is due, and which may go.

use std::collections::BTreeSet;
use std::str::FromStr;

use croner::Cron;
use jiff::civil::DateTime;
use jiff::{SignedDuration, Timestamp};

/// How often something is done.
#[derive(Clone, Debug)]
pub enum Every {
    /// So long behind the last time.
    Span(SignedDuration),
    /// Whenever a cron expression says so, in UTC.
    Cron(Box<Cron>),
}

/// How many backups stay: the latest of each of so many days, weeks, months and years.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Days.
    pub days: usize,
    /// Weeks, which begin on Mondays.
    pub weeks: usize,
    /// Months.
    pub months: usize,
    /// Years.
    pub years: usize,
}

/// A backup as far as it is judged whether it stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// When it was made.
    pub at: Timestamp,
    /// What is known of its worth.
    pub worth: Worth,
}

/// What is known of a backup's worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// It is damaged, or failed its drill.
    Bad,
    /// Nobody has tried it.
    Untried,
    /// It was restored, and was as it should be.
    Proved,
}

impl FromStr for Keep {
    type Err = String;

    /// `7d,4w,12m,1y`, each at most once.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no list such as 7d,4w,12m: days, weeks, months, years");
        let mut keep = Self::default();
        for part in text.split(',') {
            let (number, unit) =
                part.trim().split_at_checked(part.trim().len().saturating_sub(1)).ok_or_else(wrong)?;
            let count =
                number.parse::<usize>().ok().filter(|it| (1..=1000).contains(it)).ok_or_else(wrong)?;
            let place = match unit {
                "d" => &mut keep.days,
                "w" => &mut keep.weeks,
                "m" => &mut keep.months,
                "y" => &mut keep.years,
                _ => return Err(wrong()),
            };
            if *place != 0 {
                return Err(wrong());
            }
            *place = count;
        }
        Ok(keep)
    }
}

/// A span such as `30m`, `6h` or `1d`.
pub fn span(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("`{text}` is no span such as 30m, 6h or 1d");
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let count: i64 = number.parse().ok().filter(|it| (1..=10_000).contains(it)).ok_or_else(wrong)?;
    match unit {
        "m" => Ok(SignedDuration::from_mins(count)),
        "h" => Ok(SignedDuration::from_hours(count)),
        "d" => Ok(SignedDuration::from_hours(24 * count)),
        _ => Err(wrong()),
    }
}

/// A cron expression of five fields.
pub fn cron(text: &str) -> Result<Cron, String> {
    let parsed = text.parse::<Cron>().map_err(|err| err.to_string())?;
    match text.split_whitespace().count() {
        5 => Ok(parsed),
        count => Err(format!("a cron expression has five fields, and this one has {count}")),
    }
}

impl Every {
    /// Whether it is time again. What was never done is due at once; what was missed is made up for once.
    pub fn is_due(&self, last: Option<Timestamp>, now: Timestamp) -> bool {
        let Some(last) = last else { return true };
        match self {
            Self::Span(span) => now.duration_since(last) >= *span,
            Self::Cron(cron) => {
                cron.find_next_occurrence(&civil(last), false).is_ok_and(|next| next <= civil(now))
            }
        }
    }
}

fn civil(at: Timestamp) -> DateTime {
    jiff::tz::Offset::UTC.to_datetime(at)
}

impl Keep {
    /// Those that may go, by their places in the list. The latest never goes, nor does the latest of the best that there
    /// are: what was proved counts more than what nobody has tried.
    pub fn doomed(&self, all: &[Candidate]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..all.len()).collect();
        let at = |it: &usize| all.get(*it).map(|it| it.at);
        order.sort_by_key(|it| std::cmp::Reverse(at(it)));
        let mut kept: BTreeSet<usize> = order.first().copied().into_iter().collect();
        let best = all.iter().map(|it| it.worth).max();
        kept.extend(order.iter().find(|it| all.get(**it).map(|it| it.worth) == best));
        type Period = fn(DateTime) -> (i16, i16);
        let day: Period = |it| (it.year(), it.day_of_year());
        let week: Period = |it| {
            let week = it.date().iso_week_date();
            (week.year(), i16::from(week.week()))
        };
        let month: Period = |it| (it.year(), i16::from(it.month()));
        let year: Period = |it| (it.year(), 0);
        for (count, period) in
            [(self.days, day), (self.weeks, week), (self.months, month), (self.years, year)]
        {
            let mut seen = BTreeSet::new();
            for it in &order {
                let Some(candidate) = all.get(*it).filter(|it| it.worth != Worth::Bad) else { continue };
                if seen.len() == count && !seen.contains(&period(civil(candidate.at))) {
                    break;
                }
                if seen.insert(period(civil(candidate.at))) {
                    kept.insert(*it);
                }
            }
        }
        (0..all.len()).filter(|it| !kept.contains(it)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("{text}Z").parse().unwrap()
    }

    #[test]
    fn what_was_never_done_is_due_and_what_was_done_is_not_until_its_time() {
        let six = Every::Span(span("6h").unwrap());
        let nightly = Every::Cron(Box::new(cron("30 3 * * *").unwrap()));
        for (every, last, now, is_due) in [
            (&six, "2026-11-24T00:00:00", "2026-11-24T05:59:59", false),
            (&six, "2026-11-24T00:00:00", "2026-11-24T06:00:00", true),
            (&nightly, "2026-11-24T03:30:10", "2026-11-25T03:29:00", false),
            (&nightly, "2026-11-24T03:30:10", "2026-11-25T03:30:00", true),
            (&nightly, "2026-11-20T03:30:10", "2026-11-24T12:00:00", true),
        ] {
            assert_eq!(every.is_due(Some(at(last)), at(now)), is_due, "{last} {now}");
        }
        assert!(six.is_due(None, at("2026-11-24T00:00:00")));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for text in ["", "6", "h", "0h", "-1h", "6x", "é"] {
            assert!(span(text).is_err(), "{text}");
        }
        for text in ["", "7", "7d,", "7d,7d", "0d", "7x", "d"] {
            assert!(text.parse::<Keep>().is_err(), "{text}");
        }
        for text in ["", "* * * *", "* * * * * *", "99 * * * *", "x"] {
            assert!(cron(text).is_err(), "{text}");
        }
        assert_eq!("12m, 7d".parse(), Ok(Keep { days: 7, months: 12, ..Keep::default() }));
    }

    fn kept(keep: &str, all: &[(&str, Worth)]) -> Vec<String> {
        let candidates: Vec<Candidate> =
            all.iter().map(|(it, worth)| Candidate { at: at(it), worth: *worth }).collect();
        let doomed = keep.parse::<Keep>().unwrap().doomed(&candidates);
        let stays = |at: &usize| !doomed.contains(at);
        (0..all.len()).filter(stays).map(|it| all[it].0.to_owned()).collect()
    }

    #[test]
    fn the_latest_of_each_day_week_and_month_stays() {
        let all: Vec<(&str, Worth)> = [
            "2026-09-30T12:00:00",
            "2026-10-31T12:00:00",
            "2026-11-15T12:00:00",
            "2026-11-22T12:00:00",
            "2026-11-23T01:00:00",
            "2026-11-23T12:00:00",
            "2026-11-24T01:00:00",
            "2026-11-24T12:00:00",
        ]
        .map(|it| (it, Worth::Untried))
        .to_vec();
        assert_eq!(kept("2d", &all), ["2026-11-23T12:00:00", "2026-11-24T12:00:00"]);
        assert_eq!(kept("2w", &all), ["2026-11-22T12:00:00", "2026-11-24T12:00:00"]);
        assert_eq!(
            kept("1d,3m", &all),
            ["2026-09-30T12:00:00", "2026-10-31T12:00:00", "2026-11-24T12:00:00"]
        );
    }

    #[test]
    fn neither_the_latest_nor_the_last_good_one_goes() {
        let all = [
            ("2026-01-01T00:00:00", Worth::Proved),
            ("2026-01-02T00:00:00", Worth::Proved),
            ("2026-11-23T00:00:00", Worth::Untried),
            ("2026-11-24T00:00:00", Worth::Bad),
        ];
        assert_eq!(
            kept("1d", &all),
            ["2026-01-02T00:00:00", "2026-11-23T00:00:00", "2026-11-24T00:00:00"],
            "a bad one is no day's"
        );
        assert_eq!(kept("1d", &all[..1]), ["2026-01-01T00:00:00"]);
        assert_eq!(kept("1d", &[]), Vec::<String>::new());
    }
}
