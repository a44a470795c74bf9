//! Which shape of statement breaks which rule.

use super::Hazard;
use super::rule::{self, Rule, Target};
use super::shape::Seen;
use super::words::{Text, Word};

/// The size of a table that is there.
type Bytes<'a> = &'a dyn Fn(&str) -> Option<u64>;

/// A shape, when a statement of it does harm, and the rule that it breaks.
type Row = (&'static str, fn(&Seen<'_>) -> bool, &'static Rule);

/// What statements begin with.
const STATEMENTS: &[Row] = &[
    ("alter type PART add value", always, &rule::ALTER_ENUM_ADD_VALUE),
    ("cluster [()] [verbose] [TABLES]", |it| !it.has("on"), &rule::CLUSTER),
    ("cluster PART on TABLE", always, &rule::CLUSTER),
    ("create [unique] index [if not exists] [PART] on TABLE", always, &rule::INDEX_NOT_CONCURRENTLY),
    ("delete from TABLE", |it| !it.has("where"), &rule::DELETE_ALL),
    ("drop KIND [if exists] PARTS [on TABLE]", always, &rule::DROP_OBJECT),
    ("drop KIND [if exists] PARTS [on TABLE]", cascades, &rule::DROP_CASCADE),
    ("drop database [if exists] PART", always, &rule::DROP_DATABASE),
    ("drop index [if exists] PARTS", always, &rule::DROP_INDEX_NOT_CONCURRENTLY),
    ("drop index [if exists] PARTS", cascades, &rule::DROP_CASCADE),
    ("drop owned by PARTS", always, &rule::DROP_OWNED),
    ("drop owned by PARTS", cascades, &rule::DROP_CASCADE),
    ("drop schema [if exists] PARTS", always, &rule::DROP_SCHEMA),
    ("drop schema [if exists] PARTS", cascades, &rule::DROP_CASCADE),
    ("drop table [if exists] TABLES", always, &rule::DROP_TABLE),
    ("drop table [if exists] TABLES", cascades, &rule::DROP_CASCADE),
    ("lock [table] TABLES", blocks_writes, &rule::LOCK_TABLE),
    ("refresh materialized view TABLE", always, &rule::REFRESH_NOT_CONCURRENTLY),
    ("reindex [()] index|schema|database|system [PART]", waits, &rule::REINDEX_NOT_CONCURRENTLY),
    ("reindex [()] table TABLE", waits, &rule::REINDEX_NOT_CONCURRENTLY),
    ("truncate [table] TABLES", always, &rule::TRUNCATE),
    ("truncate [table] TABLES", cascades, &rule::TRUNCATE_CASCADE),
    ("update TABLE", |it| !it.has("where"), &rule::UPDATE_ALL),
    ("vacuum full [freeze] [verbose] [analyze|analyse] [TABLES]", always, &rule::VACUUM_FULL),
    ("vacuum () [TABLES]", |it| it.option("full"), &rule::VACUUM_FULL),
];

/// What `ALTER TABLE` is followed by, once or more.
const ACTIONS: &[Row] = &[
    ("add [column] [if not exists] PART", is_required, &rule::ADD_COLUMN_NOT_NULL),
    ("add [column] [if not exists] PART", is_computed, &rule::ADD_COLUMN_VOLATILE_DEFAULT),
    ("add [column] [if not exists] PART", |it| it.has("check") && is_checked(it), &rule::ADD_CHECK),
    ("add [column] [if not exists] PART", |it| it.has("primary key"), &rule::ADD_PRIMARY_KEY),
    ("add [column] [if not exists] PART", |it| it.has("unique"), &rule::ADD_UNIQUE),
    // Without a default there is nothing in the new column to look up in the other table.
    (
        "add [column] [if not exists] PART",
        |it| it.has("references") && it.default_value().is_some() && is_checked(it),
        &rule::ADD_FOREIGN_KEY,
    ),
    ("add [constraint PART] check", is_checked, &rule::ADD_CHECK),
    ("add [constraint PART] exclude using|(", always, &rule::ADD_EXCLUDE),
    ("add [constraint PART] foreign key", is_checked, &rule::ADD_FOREIGN_KEY),
    ("add [constraint PART] not null PART", is_checked, &rule::SET_NOT_NULL),
    ("add [constraint PART] primary key", |it| !it.goes_on_with(&["using"]), &rule::ADD_PRIMARY_KEY),
    ("add [constraint PART] unique", |it| !it.goes_on_with(&["using"]), &rule::ADD_UNIQUE),
    ("alter [column] PART set not null", always, &rule::SET_NOT_NULL),
    ("alter [column] PART [set data] type", |it| !is_text(it), &rule::ALTER_COLUMN_TYPE),
    ("alter [column] PART [set data] type", is_text, &rule::ALTER_COLUMN_TYPE_TO_TEXT),
    ("attach partition TABLE", always, &rule::ATTACH_PARTITION),
    ("disable trigger", always, &rule::DISABLE_TRIGGER),
    ("drop [column] [if exists] PART", always, &rule::DROP_COLUMN),
    ("drop [column|constraint] [if exists] PART", cascades, &rule::DROP_CASCADE),
    ("rename [column] PART to", always, &rule::RENAME_COLUMN),
    ("rename to", always, &rule::RENAME_TABLE),
    ("set access method", always, &rule::REWRITE_TABLE),
    ("set logged|unlogged|tablespace", always, &rule::REWRITE_TABLE),
    ("set schema", always, &rule::RENAME_TABLE),
];

/// Functions that have another value for each row. `now()` has one for all.
const VOLATILE: &[&str] = &[
    "clock_timestamp",
    "gen_random_bytes",
    "gen_random_uuid",
    "nextval",
    "random",
    "random_normal",
    "timeofday",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "uuidv4",
    "uuidv7",
];

/// Types that stand for a column with a sequence.
const SERIAL: &[&str] = &["bigserial", "serial", "serial2", "serial4", "serial8", "smallserial"];

/// Types into which `varchar` and `text` go without a change.
const TEXT: &[&str] = &["text", "varchar", "character varying"];

/// Modes that no reader and no writer of rows waits for.
const WEAK: &[&str] = &["in access share", "in row share", "in row exclusive"];

/// Whether a statement that begins with this word may break a rule.
pub(super) fn may_harm(first: &Word) -> bool {
    let begins = |(shape, ..): &Row| shape.split(' ').next().is_some_and(|it| first.is(it));
    first.is("with") || STATEMENTS.iter().any(begins)
}

/// What a statement does that breaks a rule.
pub(super) fn judge(words: &[Word], bytes: Bytes<'_>) -> Vec<Hazard> {
    let mut hazards = broken(STATEMENTS, main_statement(words), &[], bytes);
    if let Some(head) = Seen::of("alter table [if exists] TABLE", words) {
        let actions = head.rest.split(|it| it.depth == 0 && it.is(","));
        hazards.extend(actions.flat_map(|it| broken(ACTIONS, it, &head.tables, bytes)));
    }
    hazards
}

/// What is done to these tables, unless others are named.
fn broken(rows: &[Row], words: &[Word], tables: &[String], bytes: Bytes<'_>) -> Vec<Hazard> {
    let hazard = |(shape, does_harm, rule): &Row| {
        let seen = Seen::of(shape, words).filter(|it| does_harm(it))?;
        let target = Target::of(if seen.tables.is_empty() { tables } else { &seen.tables }, bytes)?;
        Some(rule.hazard(&target, &seen))
    };
    rows.iter().filter_map(hazard).collect()
}

/// The statement after the queries that `WITH` gives names to.
fn main_statement(words: &[Word]) -> &[Word] {
    let begins = |it: &Word| {
        it.depth == 0 && ["delete", "insert", "merge", "select", "update"].iter().any(|main| it.is(main))
    };
    match words.first() {
        Some(first) if first.is("with") => {
            words.iter().position(begins).and_then(|at| words.get(at..)).unwrap_or_default()
        }
        Some(_) | None => words,
    }
}

fn always(_: &Seen<'_>) -> bool {
    true
}

fn cascades(it: &Seen<'_>) -> bool {
    it.has("cascade")
}

fn waits(it: &Seen<'_>) -> bool {
    !it.option("concurrently") && !it.goes_on_with(&["concurrently"])
}

fn blocks_writes(it: &Seen<'_>) -> bool {
    !WEAK.iter().any(|mode| it.has(mode))
}

/// Whether the rows that are there are checked at once.
fn is_checked(it: &Seen<'_>) -> bool {
    !it.has("not valid") && !it.has("not enforced")
}

fn is_text(it: &Seen<'_>) -> bool {
    TEXT.iter().any(|name| it.is_followed_only_by(name))
}

/// Whether a new column must not be null and nothing fills it.
fn is_required(it: &Seen<'_>) -> bool {
    let is_filled = it.default_value().is_some() || it.has("generated") || it.goes_on_with(SERIAL);
    !is_filled && (it.has("not null") || it.has("primary key"))
}

/// Whether a new column has a value of its own in each row, which is stored.
fn is_computed(it: &Seen<'_>) -> bool {
    let is_counted = it.goes_on_with(SERIAL) || it.has("as identity");
    is_counted || it.has("stored") || it.default_value().is_some_and(calls_volatile)
}

fn calls_volatile(words: &[Word]) -> bool {
    let is_name = |word: &Word| word.name().is_some_and(|it| VOLATILE.contains(&it));
    let mut pairs = words.iter().zip(words.iter().skip(1));
    pairs.any(|(name, after)| is_name(name) && after.text == Text::Mark('('))
}

/// The names of all rules.
#[cfg(test)]
pub(super) fn rules() -> impl Iterator<Item = &'static str> {
    STATEMENTS.iter().chain(ACTIONS).map(|(_, _, rule)| rule.name)
}
