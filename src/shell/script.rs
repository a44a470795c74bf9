//! What a script defines, calls and says.

use std::ops::Range;

/// A script that bash can read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Script {
    /// Its functions, in order of their beginning.
    pub functions: Vec<Function>,
    /// Its simple commands, those in functions and substitutions included.
    pub calls: Vec<Call>,
    /// The arms of its `case` commands.
    pub arms: Vec<Arm>,
    /// The parts that are no code, in order of their beginning; they may be nested.
    pub spans: Vec<Span>,
}

/// A function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of its name, counted from 1.
    pub line: usize,
}

/// A simple command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Variables that are set by it or for it.
    pub assignments: Vec<Assignment>,
    /// Its name and arguments.
    pub words: Vec<Word>,
    /// The line it begins in, counted from 1.
    pub line: usize,
    /// The function that it stands in, by its place in the list.
    pub function: Option<usize>,
}

/// A word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it is, in bytes.
    pub range: Range<usize>,
    /// What it means, if that does not depend on anything: without its quotes.
    pub literal: Option<String>,
}

/// `NAME=VALUE`, `NAME[KEY]=VALUE`, `NAME=(...)`, or the same with `+=`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Its key, without quotes around it.
    pub key: Option<String>,
    /// Its value, if that does not depend on anything.
    pub value: Option<String>,
    /// The line, counted from 1.
    pub line: usize,
}

/// An arm of a `case`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// Which `case` of the script it belongs to.
    pub case: usize,
    /// The word that the `case` looks at, as it is written.
    pub subject: String,
    /// Its patterns, as far as they do not depend on anything.
    pub patterns: Vec<String>,
    /// The line, counted from 1.
    pub line: usize,
    /// The function that it stands in, by its place in the list.
    pub function: Option<usize>,
}

/// A part that is no code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// Where it is, in bytes.
    pub range: Range<usize>,
    /// What it is.
    pub kind: SpanKind,
}

/// What a part that is no code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpanKind {
    /// From a `#` to the end of its line.
    Comment,
    /// In quotes.
    Quoted,
    /// The lines that a command reads.
    HereDocument,
}
