//! The rules, with what they say.

use super::Level::{Danger, Notice, Warning};
use super::shape::Seen;
use super::{Hazard, Level};
use crate::units::size;

/// From this size on a table is big: on a slow disk, to read, write or index all of it takes long enough for those who
/// wait for its lock to notice.
const BIG: u64 = 32 << 20;

/// The tables that a statement is done to.
#[derive(Clone, Debug)]
pub(super) struct Target {
    names: Vec<String>,
    bytes: u64,
}

impl Target {
    /// Those that are there; nothing if none is. Without a name it is whatever there is.
    pub fn of(names: &[String], bytes: &dyn Fn(&str) -> Option<u64>) -> Option<Target> {
        let there = names.iter().filter_map(|it| Some((it.clone(), bytes(it)?)));
        let (there, sizes): (Vec<_>, Vec<_>) = there.unzip();
        let is_any = names.is_empty() || !there.is_empty();
        let bytes = sizes.iter().fold(0, |sum: u64, it| sum.saturating_add(*it));
        is_any.then_some(Target { names: there, bytes })
    }
}

/// A rule. Its texts have `{on}` for the tables, `{size}` for how big they are, `{part}` for what else is named (or
/// the tables if nothing is), and `{kind}` for what kind of object that is.
#[derive(Debug)]
pub(super) struct Rule {
    /// Its name, which others may have written down.
    pub name: &'static str,
    small: Level,
    big: Level,
    what: &'static str,
    safe: &'static str,
}

impl Rule {
    /// A rule that is the same whatever the size.
    const fn always(level: Level, name: &'static str, what: &'static str, safe: &'static str) -> Rule {
        Rule { name, small: level, big: level, what, safe }
    }

    /// A rule that is a danger for what is big.
    const fn by_size(small: Level, name: &'static str, what: &'static str, safe: &'static str) -> Rule {
        Rule { name, small, big: Danger, what, safe }
    }

    /// What a statement does that breaks it.
    pub fn hazard(&self, on: &Target, seen: &Seen<'_>) -> Hazard {
        let tables = if on.names.is_empty() { "every table".to_owned() } else { quoted(&on.names) };
        let part = if seen.parts.is_empty() { tables.clone() } else { quoted(&seen.parts) };
        let size = size(on.bytes);
        let texts = [("{size}", size.as_str()), ("{kind}", seen.kind), ("{on}", &tables), ("{part}", &part)];
        let fill = |text: &str| texts.iter().fold(text.to_owned(), |text, (key, it)| text.replace(key, it));
        let level = if on.bytes < BIG { self.small } else { self.big };
        Hazard { level, rule: self.name, what: fill(self.what), safe: fill(self.safe) }
    }
}

/// Names as a text of one line has them.
fn quoted(names: &[String]) -> String {
    let one = |it: &String| format!("`{}`", it.replace(char::is_control, " "));
    names.iter().map(one).collect::<Vec<_>>().join(", ")
}

pub(super) const ADD_COLUMN_NOT_NULL: Rule = Rule::always(
    Danger,
    "add-column-not-null",
    "adds column {part}, not null and without a default, to {on}: it fails where there is a row",
    "add it nullable or with a constant DEFAULT, fill it, ADD CONSTRAINT .. CHECK (.. IS NOT NULL) NOT \
     VALID, VALIDATE CONSTRAINT, then SET NOT NULL",
);

pub(super) const ADD_COLUMN_VOLATILE_DEFAULT: Rule = Rule::by_size(
    Warning,
    "add-column-volatile-default",
    "adds column {part} with a value computed for each row: {on} ({size}) is rewritten under ACCESS \
     EXCLUSIVE, and nobody reads or writes it meanwhile",
    "add it as a plain column without a default, SET DEFAULT for new rows, and fill the old ones in \
     batches (a generated column: VIRTUAL, from PostgreSQL 18 on)",
);

pub(super) const ALTER_COLUMN_TYPE: Rule = Rule::by_size(
    Warning,
    "alter-column-type",
    "changes the type of {part}: unless both types are stored alike, {on} ({size}) is rewritten under \
     ACCESS EXCLUSIVE, and nobody reads or writes it meanwhile",
    "add a column of the new type, keep both alike by a trigger, fill it in batches, then move the code to \
     it",
);

pub(super) const ALTER_COLUMN_TYPE_TO_TEXT: Rule = Rule::always(
    Notice,
    "alter-column-type",
    "changes the type of {part}: {on} ({size}) is rewritten unless it was `varchar` or `text` before",
    "if it was neither, add a column of the new type, fill it in batches, then move the code to it",
);

pub(super) const SET_NOT_NULL: Rule = Rule::always(
    Warning,
    "set-not-null",
    "reads all of {on} ({size}) under ACCESS EXCLUSIVE for nulls in {part}, unless a valid CHECK says that \
     there are none",
    "ADD CONSTRAINT .. CHECK (.. IS NOT NULL) NOT VALID, VALIDATE CONSTRAINT in another migration, SET \
     NOT NULL, then drop the CHECK",
);

/// What is small is indexed before anybody notices.
pub(super) const INDEX_NOT_CONCURRENTLY: Rule = Rule::by_size(
    Notice,
    "index-not-concurrently",
    "builds an index on {on} ({size}): nobody writes to it meanwhile",
    "CREATE INDEX CONCURRENTLY in a migration of its own with `-- migrate:no-transaction`",
);

pub(super) const DROP_INDEX_NOT_CONCURRENTLY: Rule = Rule::always(
    Notice,
    "drop-index-not-concurrently",
    "drops index {part} under ACCESS EXCLUSIVE on its table: it waits for all who use the table, and \
     everyone else for it",
    "DROP INDEX CONCURRENTLY in a migration of its own with `-- migrate:no-transaction`",
);

pub(super) const REINDEX_NOT_CONCURRENTLY: Rule = Rule::always(
    Warning,
    "reindex-not-concurrently",
    "reindexes {part}: nobody writes to the table, or reads by the index, meanwhile",
    "REINDEX .. CONCURRENTLY in a migration of its own with `-- migrate:no-transaction`",
);

pub(super) const DROP_TABLE: Rule = Rule::always(
    Danger,
    "drop-table",
    "drops {on} ({size}) with all its rows: only a backup brings them back",
    "release code that does without it first, rename it, and drop it when nobody has missed it",
);

pub(super) const DROP_COLUMN: Rule = Rule::always(
    Danger,
    "drop-column",
    "drops column {part} of {on} with all its values, and breaks the code that runs with it",
    "release code that does without it first, and drop it in a later migration",
);

pub(super) const DROP_SCHEMA: Rule = Rule::always(
    Danger,
    "drop-schema",
    "drops schema {part}",
    "back it up, and drop what is in it by name first",
);

pub(super) const DROP_DATABASE: Rule = Rule::always(
    Danger,
    "drop-database",
    "drops database {part} with all that is in it: only a backup brings it back",
    "no migration should: drop it by hand, after a backup",
);

pub(super) const DROP_OWNED: Rule = Rule::always(
    Danger,
    "drop-owned",
    "drops all that {part} owns in this database",
    "REASSIGN OWNED, or drop by name what is meant",
);

pub(super) const DROP_OBJECT: Rule = Rule::always(
    Warning,
    "drop-object",
    "drops {kind} {part}, and breaks the code that runs with it",
    "release code that does without it first, and drop it in a later migration",
);

pub(super) const DROP_CASCADE: Rule = Rule::always(
    Danger,
    "drop-cascade",
    "CASCADE drops all that depends on {part} too, whatever it is",
    "leave CASCADE out: PostgreSQL then says what depends on it, and that can be dropped by name",
);

pub(super) const TRUNCATE_CASCADE: Rule = Rule::always(
    Danger,
    "drop-cascade",
    "CASCADE empties all tables with a foreign key to {on} too, and those with one to them",
    "leave CASCADE out, and name the tables that are meant",
);

pub(super) const TRUNCATE: Rule = Rule::always(
    Danger,
    "truncate",
    "deletes all rows of {on} ({size}): only a backup brings them back",
    "back it up first, or DELETE in batches what is meant, with a WHERE",
);

pub(super) const RENAME_TABLE: Rule = Rule::always(
    Warning,
    "rename-table",
    "gives {on} another name or schema, and breaks the code that runs with the old one",
    "make a view with the old name in the same migration, and drop it when no code needs it",
);

pub(super) const RENAME_COLUMN: Rule = Rule::always(
    Warning,
    "rename-column",
    "gives column {part} of {on} another name, and breaks the code that runs with the old one",
    "add a column with the new name, keep both alike by a trigger, fill it, move the code to it, then drop \
     the old one",
);

pub(super) const ADD_FOREIGN_KEY: Rule = Rule::by_size(
    Warning,
    "add-foreign-key",
    "adds a foreign key and checks all rows of {on} ({size}): nobody writes to it, or to the table that it \
     references, meanwhile",
    "add it NOT VALID in a statement of its own, then VALIDATE CONSTRAINT in another migration",
);

pub(super) const ADD_CHECK: Rule = Rule::by_size(
    Warning,
    "add-check",
    "adds a check and reads all of {on} ({size}) for it under ACCESS EXCLUSIVE: nobody reads or writes it \
     meanwhile",
    "add it NOT VALID in a statement of its own, then VALIDATE CONSTRAINT in another migration",
);

pub(super) const ADD_UNIQUE: Rule = Rule::by_size(
    Warning,
    "add-unique",
    "builds a unique index on {on} ({size}) under ACCESS EXCLUSIVE: nobody reads or writes it meanwhile",
    "CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own with `-- migrate:no-transaction`, then ADD \
     CONSTRAINT .. UNIQUE USING INDEX",
);

pub(super) const ADD_PRIMARY_KEY: Rule = Rule::by_size(
    Warning,
    "add-primary-key",
    "builds the index of a primary key on {on} ({size}) under ACCESS EXCLUSIVE: nobody reads or writes it \
     meanwhile",
    "SET NOT NULL the safe way, CREATE UNIQUE INDEX CONCURRENTLY in a migration of its own with `-- \
     migrate:no-transaction`, then ADD CONSTRAINT .. PRIMARY KEY USING INDEX",
);

pub(super) const ADD_EXCLUDE: Rule = Rule::by_size(
    Warning,
    "add-exclude",
    "builds the index of an exclusion constraint on {on} ({size}) under ACCESS EXCLUSIVE: nobody reads or \
     writes it meanwhile",
    "there is no way without the lock: do it in a quiet hour, with a lock_timeout",
);

pub(super) const UPDATE_ALL: Rule = Rule::by_size(
    Warning,
    "update-all",
    "changes all rows of {on} ({size}), and keeps each locked until the transaction ends",
    "change them in batches, with a WHERE (WHERE true says that all are meant)",
);

pub(super) const DELETE_ALL: Rule = Rule::always(
    Danger,
    "delete-all",
    "deletes all rows of {on} ({size}): only a backup brings them back",
    "say which, with a WHERE (WHERE true says that all are meant)",
);

pub(super) const LOCK_TABLE: Rule = Rule::always(
    Warning,
    "lock-table",
    "locks {on} until the transaction ends",
    "leave it to the statements, which take the weakest lock that they need; else set a lock_timeout \
     before",
);

pub(super) const VACUUM_FULL: Rule = Rule::always(
    Danger,
    "vacuum-full",
    "rewrites {on} under ACCESS EXCLUSIVE: nobody reads or writes it meanwhile",
    "VACUUM without FULL; where the space has to be given back, pg_repack",
);

pub(super) const CLUSTER: Rule = Rule::always(
    Danger,
    "cluster",
    "rewrites {on} under ACCESS EXCLUSIVE: nobody reads or writes it meanwhile",
    "pg_repack, which orders the rows without the lock",
);

pub(super) const REFRESH_NOT_CONCURRENTLY: Rule = Rule::always(
    Notice,
    "refresh-not-concurrently",
    "fills {on} anew under ACCESS EXCLUSIVE: nobody reads it meanwhile",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY, for which it needs a unique index",
);

pub(super) const REWRITE_TABLE: Rule = Rule::by_size(
    Warning,
    "rewrite-table",
    "writes all of {on} ({size}) anew under ACCESS EXCLUSIVE: nobody reads or writes it meanwhile",
    "make a new table as it should be, fill it in batches, then swap the names; or do it in a quiet hour, \
     with a lock_timeout",
);

pub(super) const ATTACH_PARTITION: Rule = Rule::always(
    Notice,
    "attach-partition",
    "reads all of {on} ({size}) under ACCESS EXCLUSIVE, unless a valid CHECK says that its rows belong \
     there",
    "ADD CONSTRAINT .. CHECK with the bounds NOT VALID, VALIDATE CONSTRAINT, then attach it",
);

pub(super) const DISABLE_TRIGGER: Rule = Rule::always(
    Warning,
    "disable-trigger",
    "turns triggers of {on} off for everybody, with ALL those of foreign keys too",
    "`SET LOCAL session_replication_role = replica` does it for one transaction only; else ENABLE TRIGGER \
     in the same transaction",
);

pub(super) const ALTER_ENUM_ADD_VALUE: Rule = Rule::always(
    Notice,
    "alter-enum-add-value",
    "adds a value to {part} that cannot be used before the transaction has ended",
    "use it in a later migration",
);
