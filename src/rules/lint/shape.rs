//! Shapes: how statements begin, written down as in the manual.
//!
//! A shape is read from left to right. A small word stands for itself, `a|b` for one of several, and `[...]` may be
//! missing. `TABLE` is a table and `TABLES` a list of them, `PART` and `PARTS` are other names, `KIND` is a kind of
//! object, and `()` are options.

use super::words::Word;

/// Key words that are no name where a shape has one. PostgreSQL reserves all of them there.
const NO_NAMES: &[&str] = &[
    "all",
    "as",
    "check",
    "column",
    "concurrently",
    "constraint",
    "default",
    "for",
    "foreign",
    "from",
    "in",
    "not",
    "on",
    "only",
    "primary",
    "table",
    "to",
    "unique",
    "using",
    "verbose",
    "where",
    "with",
];

/// Kinds of objects whose drop breaks what uses them; one that another begins with comes after it.
const KINDS: &[&str] = &[
    "access method",
    "aggregate",
    "collation",
    "conversion",
    "domain",
    "event trigger",
    "extension",
    "foreign data wrapper",
    "foreign table",
    "function",
    "group",
    "language",
    "materialized view",
    "operator class",
    "operator family",
    "policy",
    "procedure",
    "publication",
    "role",
    "routine",
    "rule",
    "sequence",
    "server",
    "statistics",
    "subscription",
    "tablespace",
    "text search configuration",
    "text search dictionary",
    "text search parser",
    "text search template",
    "trigger",
    "type",
    "user mapping for",
    "user",
    "view",
];

/// Key words that end the default value of a column. Inside of it they would stand in brackets.
const AFTER_VALUES: &[&str] =
    &["check", "collate", "constraint", "generated", "not", "null", "primary", "references", "unique"];

/// What a statement has where its shape has names, and what comes after it.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen<'a> {
    /// The tables.
    pub tables: Vec<String>,
    /// The other names.
    pub parts: Vec<String>,
    /// The kind of object.
    pub kind: &'static str,
    /// The words of the options, which stand in brackets.
    options: &'a [Word],
    /// The words after all that.
    pub rest: &'a [Word],
}

impl<'a> Seen<'a> {
    /// What is seen in a statement of this shape; nothing in one of another.
    pub fn of(shape: &str, words: &'a [Word]) -> Option<Seen<'a>> {
        let mut pieces = shape.split('[');
        let mut seen = Seen { rest: words, ..Seen::default() }.all(pieces.next()?)?;
        for piece in pieces {
            let (optional, required) = piece.split_once(']')?;
            seen = seen.clone().all(optional).unwrap_or(seen).all(required)?;
        }
        Some(seen)
    }

    /// Whether these words follow, outside of brackets.
    pub fn has(&self, phrase: &str) -> bool {
        let wanted: Vec<_> = phrase.split(' ').collect();
        let outside: Vec<_> = self.rest.iter().filter(|it| it.depth == 0).collect();
        outside.windows(wanted.len()).any(|it| it.iter().zip(&wanted).all(|(word, wanted)| word.is(wanted)))
    }

    /// Whether nothing but these words follows.
    pub fn is_followed_only_by(&self, phrase: &str) -> bool {
        let mut seen = self.clone();
        phrase.split(' ').all(|it| seen.take(it)) && seen.rest.is_empty()
    }

    /// Whether one of these words is the next.
    pub fn goes_on_with(&self, any: &[&str]) -> bool {
        self.rest.first().is_some_and(|word| any.iter().any(|it| word.is(it)))
    }

    /// Whether the options turn this on.
    pub fn option(&self, name: &str) -> bool {
        let after = self.options.iter().skip_while(|it| !it.is(name)).skip(1);
        let is_named = self.options.iter().any(|it| it.is(name));
        is_named && !after.take(1).any(|it| it.is("off") || it.is("false"))
    }

    /// The default value of a new column, if it has one that is not null.
    pub fn default_value(&self) -> Option<&'a [Word]> {
        let before = |at: usize| at.checked_sub(1).and_then(|it| self.rest.get(it));
        // `BY DEFAULT AS IDENTITY` and `ON DELETE SET DEFAULT` are none.
        let is_value = |at: usize| before(at).is_none_or(|it| !it.is("by") && !it.is("set"));
        let mut places = self.rest.iter().enumerate().filter(|(_, it)| it.depth == 0 && it.is("default"));
        let (at, _) = places.find(|(at, _)| is_value(*at))?;
        let ends = |it: &Word| it.depth == 0 && AFTER_VALUES.iter().any(|end| it.is(end));
        // It is empty if it is null, with which the next constraint could begin as well.
        self.rest.get(at + 1..)?.split(ends).next().filter(|it| !it.is_empty())
    }

    fn all(self, steps: &str) -> Option<Self> {
        steps.split_whitespace().try_fold(self, Self::step)
    }

    fn step(mut self, step: &str) -> Option<Self> {
        match step {
            "TABLE" => self.tables = vec![self.table()?],
            "TABLES" => self.tables = self.list(Self::table)?,
            "PART" => self.parts = vec![self.name()?],
            "PARTS" => self.parts = self.list(Self::name)?,
            "KIND" => self.kind = self.kind()?,
            "()" => self.options = self.brackets()?,
            words => words.split('|').any(|it| self.take(it)).then_some(())?,
        }
        Some(self)
    }

    /// Takes a word off, if it is this one.
    fn take(&mut self, word: &str) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if first.is(word) => {
                self.rest = rest;
                true
            }
            Some(_) | None => false,
        }
    }

    /// A name with what it belongs to before it, such as a schema.
    fn name(&mut self) -> Option<String> {
        let (first, rest) = self.rest.split_first()?;
        if NO_NAMES.iter().any(|it| first.is(it)) {
            return None;
        }
        let mut name = first.name()?.to_owned();
        self.rest = rest;
        while self.take(".") {
            let (part, rest) = self.rest.split_first()?;
            name = format!("{name}.{}", part.name()?);
            self.rest = rest;
        }
        Some(name)
    }

    fn table(&mut self) -> Option<String> {
        self.take("only");
        let name = self.name();
        self.take("*");
        name
    }

    /// Names with commas between, each of which may have its columns or arguments with it.
    fn list(&mut self, one: impl Fn(&mut Self) -> Option<String>) -> Option<Vec<String>> {
        let mut names = vec![one(self)?];
        loop {
            let before = self.rest;
            self.brackets();
            if !self.take(",") {
                self.rest = before;
                return Some(names);
            }
            names.push(one(self)?);
        }
    }

    fn kind(&mut self) -> Option<&'static str> {
        let after = |kind: &&'static str| Some((*kind, Seen::of(kind, self.rest)?.rest));
        let (kind, rest) = KINDS.iter().find_map(after)?;
        self.rest = rest;
        Some(kind)
    }

    /// What stands in brackets, if something does.
    fn brackets(&mut self) -> Option<&'a [Word]> {
        let (first, inner) = self.rest.split_first().filter(|(first, _)| first.is("("))?;
        let end = inner.iter().position(|it| it.depth == first.depth)?;
        self.rest = inner.get(end + 1..)?;
        inner.get(..end)
    }
}
