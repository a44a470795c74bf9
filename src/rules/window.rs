//! From which backup a moment is reached, and whether what is archived leads there.

use jiff::Timestamp;

use crate::replay::Lsn;

/// A moment that is to be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aim {
    /// By the clock.
    Time(Timestamp),
    /// By its place in WAL.
    Lsn(Lsn),
    /// The last one that there is.
    Latest,
}

/// Where a physical backup is whole: no moment before that can be reached from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Whole {
    /// By the clock.
    pub at: Timestamp,
    /// By its place in WAL.
    pub lsn: Lsn,
}

/// The number of the latest backup from which the moment can be reached: the less there is to replay, the sooner it is.
pub fn base(backups: &[Whole], aim: Aim) -> Option<usize> {
    let leads = |it: &Whole| match aim {
        Aim::Time(at) => it.at <= at,
        Aim::Lsn(lsn) => it.lsn <= lsn,
        Aim::Latest => true,
    };
    let all = backups.iter().enumerate().filter(|(_, it)| leads(it));
    all.max_by_key(|(_, it)| it.at).map(|(number, _)| number)
}

/// Whether an archive leads to the moment that was written so far, the last of it at that time.
pub fn covers(aim: Aim, end: Whole) -> bool {
    match aim {
        Aim::Time(at) => at <= end.at,
        Aim::Lsn(lsn) => lsn < end.lsn,
        Aim::Latest => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(second: i64, lsn: u64) -> Whole {
        Whole { at: Timestamp::from_second(second).unwrap(), lsn: Lsn(lsn) }
    }

    fn time(second: i64) -> Aim {
        Aim::Time(Timestamp::from_second(second).unwrap())
    }

    #[test]
    fn a_moment_is_reached_from_the_latest_backup_before_it() {
        let backups = [whole(10, 100), whole(30, 300), whole(20, 200)];
        for (aim, number) in [
            (time(9), None),
            (time(10), Some(0)),
            (time(29), Some(2)),
            (time(99), Some(1)),
            (Aim::Lsn(Lsn(99)), None),
            (Aim::Lsn(Lsn(250)), Some(2)),
            (Aim::Latest, Some(1)),
        ] {
            assert_eq!(base(&backups, aim), number, "{aim:?}");
        }
        assert_eq!(base(&[], Aim::Latest), None);
    }

    #[test]
    fn what_is_not_archived_is_not_covered() {
        let end = whole(30, 300);
        assert!(covers(time(30), end) && !covers(time(31), end));
        assert!(covers(Aim::Lsn(Lsn(299)), end) && !covers(Aim::Lsn(Lsn(300)), end));
        assert!(covers(Aim::Latest, end));
    }
}
