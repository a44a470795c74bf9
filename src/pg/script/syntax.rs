//! The table of psql's meta-commands: their names, and how psql 15 reads their arguments.

use ArgumentKind::{FilePipe, Normal, SqlId, SqlIdHack, WholeLine};
use Arguments::{Each, Series};
use MetaAction as Do;
use Semicolons::{Keep, Strip};
use Spelling::{AnyCase, Exact, Prefix};

/// How psql reads an argument; the names are those of its `OT_NORMAL` and so on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArgumentKind {
    /// Up to white space or a backslash; double quotes are kept.
    Normal,
    /// The same, then as an identifier in SQL: double quotes come off, and letters outside of them become lower case.
    SqlId,
    /// The same, but all letters keep their case.
    SqlIdHack,
    /// As [`ArgumentKind::Normal`], but the rest of the line if it begins with `|`.
    FilePipe,
    /// The rest of the line as it is written, backslashes and all, without the blanks before it.
    WholeLine,
}

/// Whether unquoted semicolons at the end of an argument belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Semicolons {
    /// They do.
    Keep,
    /// They come off. An argument of nothing but semicolons counts as missing.
    Strip,
}

/// How an argument is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArgumentSyntax {
    /// Where the argument ends, and what becomes of its quotes.
    pub kind: ArgumentKind,
    /// What becomes of semicolons at its end.
    pub semicolons: Semicolons,
}

/// The arguments that a meta-command takes. psql warns of any more, and ignores them.
#[derive(Clone, Copy, Debug)]
pub enum Arguments {
    /// One of each. After a missing one psql still reads the others, as in `\c ; user`.
    Each(&'static [ArgumentSyntax]),
    /// At most this number, up to the first missing one.
    Series(ArgumentSyntax, usize),
}

/// The options that a meta-command takes before its arguments.
#[derive(Clone, Copy, Debug)]
pub enum MetaOptions {
    /// None.
    None,
    /// One word with this prefix.
    Word(&'static str),
    /// Words in parentheses. The first is read as the first argument, the others as this says.
    Parenthesized(ArgumentSyntax),
}

/// How a command's name is compared with those of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Spelling {
    /// All letters have to be equal.
    Exact,
    /// Case does not matter.
    AnyCase,
    /// Only the first letters have to be equal.
    Prefix,
}

/// What a covered meta-command does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is named after its command")]
pub enum MetaAction {
    Align,
    Connect,
    Conninfo,
    Copy,
    Describe,
    Echo,
    Elif,
    Else,
    Encoding,
    Endif,
    Expanded,
    FieldSeparator,
    Go,
    Gexec,
    Gset,
    If,
    Include,
    IncludeRelative,
    Print,
    Pset,
    Quit,
    Reset,
    Restrict,
    Set,
    Shell,
    Timing,
    Title,
    TuplesOnly,
    Unrestrict,
    Unset,
}

/// A row of the table: one meta-command, or several that read their arguments alike.
#[derive(Debug)]
pub struct MetaSyntax {
    /// The names, without the backslash.
    pub names: &'static [&'static str],
    /// How a command's name is compared with these.
    pub spelling: Spelling,
    /// The options before the arguments.
    pub options: MetaOptions,
    /// The arguments.
    pub arguments: Arguments,
    /// What the commands do; `None` if they are not covered.
    pub action: Option<MetaAction>,
}

/// The prefix of the option of `\connect`.
pub const REUSE_PREVIOUS: &str = "-reuse-previous=";

const NORMAL: ArgumentSyntax = ArgumentSyntax { kind: Normal, semicolons: Keep };
const PATTERN: ArgumentSyntax = ArgumentSyntax { kind: Normal, semicolons: Strip };
const FILE: ArgumentSyntax = PATTERN;
const SWITCH: ArgumentSyntax = PATTERN;
const ROLE: ArgumentSyntax = ArgumentSyntax { kind: SqlId, semicolons: Strip };
const CONNECTION: ArgumentSyntax = ArgumentSyntax { kind: SqlIdHack, semicolons: Strip };
const PIPE: ArgumentSyntax = ArgumentSyntax { kind: FilePipe, semicolons: Keep };
const OUTPUT: ArgumentSyntax = ArgumentSyntax { kind: FilePipe, semicolons: Strip };
const LINE: ArgumentSyntax = ArgumentSyntax { kind: WholeLine, semicolons: Keep };

const NONE: Arguments = Each(&[]);
const WORDS: Arguments = Series(NORMAL, usize::MAX);
/// A function's name and the types of its arguments, at most as many as a function can have.
const SIGNATURE: Arguments = Series(PATTERN, 101);

/// psql's meta-commands. If a name fits two rows, the first one counts.
pub static META_COMMANDS: &[MetaSyntax] = &[
    row(&["!"], Each(&[LINE]), Do::Shell),
    row(&["a"], NONE, Do::Align),
    row(&["C"], Each(&[PATTERN]), Do::Title),
    MetaSyntax {
        options: MetaOptions::Word(REUSE_PREVIOUS),
        ..row(&["c", "connect"], Each(&[CONNECTION; 4]), Do::Connect)
    },
    row(&["conninfo"], NONE, Do::Conninfo),
    MetaSyntax { spelling: AnyCase, ..row(&["copy"], Each(&[LINE]), Do::Copy) },
    other(&["drg"], Each(&[PATTERN])),
    family(&["dAc", "dAf", "dAo", "dAp", "drds"], Series(PATTERN, 2)),
    family(&["df", "do"], SIGNATURE),
    // psql looks no further than this letter at a command that it does not run.
    family(&["d"], Each(&[PATTERN])),
    row(&["echo", "qecho", "warn"], WORDS, Do::Echo),
    row(&["elif"], WORDS, Do::Elif),
    row(&["else"], NONE, Do::Else),
    row(&["encoding"], Each(&[NORMAL]), Do::Encoding),
    row(&["endif"], NONE, Do::Endif),
    row(&["f"], Each(&[NORMAL]), Do::FieldSeparator),
    MetaSyntax { options: MetaOptions::Parenthesized(NORMAL), ..row(&["g", "gx"], Each(&[PIPE]), Do::Go) },
    row(&["gexec"], NONE, Do::Gexec),
    row(&["gset"], Each(&[NORMAL]), Do::Gset),
    row(&["i", "include"], Each(&[FILE]), Do::Include),
    row(&["if"], WORDS, Do::If),
    row(&["ir", "include_relative"], Each(&[FILE]), Do::IncludeRelative),
    row(&["l", "l+", "list", "list+"], Each(&[PATTERN]), Do::Describe),
    other(&["lo_export", "lo_import", "lo_unlink"], Each(&[FILE; 2])),
    family(&["lo_"], Each(&[PATTERN; 2])),
    row(&["p", "print"], NONE, Do::Print),
    row(&["pset"], Each(&[NORMAL; 2]), Do::Pset),
    row(&["q", "quit"], NONE, Do::Quit),
    row(&["r", "reset"], NONE, Do::Reset),
    row(&["restrict"], Each(&[SWITCH]), Do::Restrict),
    row(&["set"], WORDS, Do::Set),
    row(&["t"], Each(&[SWITCH]), Do::TuplesOnly),
    row(&["timing"], Each(&[NORMAL]), Do::Timing),
    row(&["unrestrict"], Each(&[SWITCH]), Do::Unrestrict),
    row(&["unset"], Each(&[NORMAL]), Do::Unset),
    row(&["x"], Each(&[SWITCH]), Do::Expanded),
    row(&["z"], Each(&[PATTERN]), Do::Describe),
    // Not covered; some are of later versions than psql 15.
    other(&["?", "T"], Each(&[NORMAL])),
    other(&["H", "html", "copyright", "errverbose", "gdesc"], NONE),
    other(&["bind"], WORDS),
    other(&["cd", "s", "watch"], Each(&[FILE])),
    other(&["crosstabview"], Each(&[PATTERN; 4])),
    other(&["e", "edit"], Series(FILE, 2)),
    other(&["ef", "ev", "h", "help", "sf", "sf+", "sv", "sv+"], Each(&[LINE])),
    other(&["getenv", "prompt", "setenv"], Each(&[NORMAL; 2])),
    other(&["o", "out", "w", "write"], Each(&[OUTPUT])),
    other(&["password"], Each(&[ROLE])),
];

/// Returns a row of commands that are covered.
const fn row(names: &'static [&'static str], arguments: Arguments, action: MetaAction) -> MetaSyntax {
    MetaSyntax { names, spelling: Exact, options: MetaOptions::None, arguments, action: Some(action) }
}

/// Returns a row of commands that describe a database and are known by their first letters.
const fn family(names: &'static [&'static str], arguments: Arguments) -> MetaSyntax {
    MetaSyntax { spelling: Prefix, ..row(names, arguments, Do::Describe) }
}

/// Returns a row of commands that are not covered.
const fn other(names: &'static [&'static str], arguments: Arguments) -> MetaSyntax {
    MetaSyntax { names, spelling: Exact, options: MetaOptions::None, arguments, action: None }
}

impl MetaSyntax {
    /// Returns the row of a command; `None` if psql has no such command.
    pub fn of(command: &str) -> Option<&'static MetaSyntax> {
        META_COMMANDS.iter().find(|row| row.names.iter().any(|name| row.spelling.fits(name, command)))
    }
}

impl Spelling {
    fn fits(self, name: &str, command: &str) -> bool {
        match self {
            Exact => command == name,
            AnyCase => command.eq_ignore_ascii_case(name),
            Prefix => command.starts_with(name),
        }
    }
}

impl Arguments {
    /// Returns how the argument at this index is read; `None` after the last.
    pub fn at(&self, index: usize) -> Option<ArgumentSyntax> {
        match self {
            Each(all) => all.get(index).copied(),
            Series(each, most) => (index < *most).then_some(*each),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_covered(command: &str) -> Option<bool> {
        MetaSyntax::of(command).map(|it| it.action.is_some())
    }

    #[test]
    fn a_command_is_known_by_its_name_and_some_by_its_first_letters() {
        for (command, covered) in [
            ("c", Some(true)),
            ("COPY", Some(true)),
            ("C", Some(true)),
            ("Connect", None),
            ("dt+", Some(true)),
            ("dz", Some(true)),
            ("drg", Some(false)),
            ("drgx", Some(true)),
            ("l", Some(true)),
            ("l+", Some(true)),
            ("lx", None),
            ("lo_list+", Some(true)),
            ("lo_export", Some(false)),
            ("lo_exports", Some(true)),
            ("p;", None),
            ("watch", Some(false)),
            ("", None),
        ] {
            assert_eq!(is_covered(command), covered, "{command}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<&str> = META_COMMANDS.iter().flat_map(|it| it.names).copied().collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|it| it[0] != it[1]), "{names:?}");
        for row in META_COMMANDS {
            for name in row.names {
                assert!(std::ptr::eq(MetaSyntax::of(name).unwrap(), row), "{name} is hidden by another row");
            }
        }
    }

    #[test]
    fn arguments_are_read_as_in_psql() {
        let read = |command: &str, index: usize| {
            let syntax = MetaSyntax::of(command).unwrap().arguments.at(index)?;
            Some((syntax.kind, syntax.semicolons))
        };
        for command in ["C", "d", "dt", "dAc", "df", "i", "ir", "l", "lo_list", "restrict", "t", "x", "z"] {
            assert_eq!(read(command, 0), Some((Normal, Strip)), "{command}");
        }
        for command in ["echo", "encoding", "f", "gset", "if", "elif", "pset", "set", "timing", "unset"] {
            assert_eq!(read(command, 0), Some((Normal, Keep)), "{command}");
        }
        assert_eq!((read("c", 3), read("c", 4)), (Some((SqlIdHack, Strip)), None));
        assert_eq!((read("g", 0), read("o", 0)), (Some((FilePipe, Keep)), Some((FilePipe, Strip))));
        assert_eq!((read("copy", 0), read("copy", 1)), (Some((WholeLine, Keep)), None));
        assert_eq!((read("d", 1), read("dAc", 1), read("dAc", 2)), (None, read("d", 0), None));
        assert_eq!((read("df", 100), read("df", 101)), (read("d", 0), None));
        assert_eq!((read("q", 0), read("endif", 0)), (None, None));
    }
}
