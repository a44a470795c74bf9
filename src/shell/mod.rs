//! Reading shell scripts as bash does: are they well-formed, and what do they define, call and say?
//!
//! - `reader`, `lines`: bytes, lines, and where code ends and text begins.
//! - `word`: words with all their quotes and expansions.
//! - `grammar`, `compound`: lists, pipelines, simple commands; and the commands that hold others.
//! - `condition`: `[[ ... ]]`.
//! - `script`: what has been found.

mod compound;
mod condition;
mod grammar;
mod lines;
mod reader;
mod script;
mod word;

use reader::Reader;

pub use lines::Lines;
pub use script::{Arm, Assignment, Call, Function, Script, Span, SpanKind, Word};

/// Why bash would not run a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// The line at which it gives up, counted from 1.
    pub line: usize,
    /// What is wrong there.
    pub message: String,
}

/// How deep commands may stand in each other. Real scripts stay below 20; bash gives up at some thousands.
const DEPTH: usize = 200;
/// bash looks for a NUL in so many bytes of the first line.
const BINARY_BYTES: usize = 80;

/// Reads a whole script.
///
/// # Errors
/// Where `bash -n` has one.
pub fn parse(text: &[u8]) -> Result<Script, SyntaxError> {
    let first = text.get(..BINARY_BYTES.min(text.len())).unwrap_or_default();
    let line = first.split(|it| *it == b'\n').next().unwrap_or_default();
    if line.contains(&0) {
        return Err(SyntaxError { line: 1, message: "this is no text but a binary file".to_owned() });
    }
    let mut parser = Parser::new(text);
    match parser.program() {
        Ok(()) => {
            let Parser { mut script, reader, .. } = parser;
            script.spans = reader.spans;
            // What holds others has ended after them.
            script.spans.sort_by_key(|it| (it.range.start, std::cmp::Reverse(it.range.end)));
            Ok(script)
        }
        Err(Broken) => Err(parser.error.unwrap_or(SyntaxError { line: 1, message: String::new() })),
    }
}

/// The mark of an error, whose text the parser keeps.
#[derive(Clone, Copy, Debug)]
struct Broken;

type Parsed<T> = Result<T, Broken>;

/// A script that is being read.
#[derive(Debug)]
struct Parser<'a> {
    reader: Reader<'a>,
    script: Script,
    error: Option<SyntaxError>,
    depth: usize,
    /// The function that is being read, by its place in the script's list.
    function: Option<usize>,
    /// The `case` that is being read, by its number.
    case: Option<usize>,
    cases: usize,
}

impl<'a> Parser<'a> {
    fn new(text: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(text),
            script: Script::default(),
            error: None,
            depth: 0,
            function: None,
            case: None,
            cases: 0,
        }
    }

    fn program(&mut self) -> Parsed<()> {
        self.newlines();
        while self.reader.peek().is_some() {
            self.list()?;
            // Whatever ends a list without having been opened.
            if self.reader.peek().is_some() {
                return self.unexpected();
            }
        }
        Ok(())
    }

    /// Keeps the first error, which is the one that counts.
    fn fail<T>(&mut self, message: impl Into<String>) -> Parsed<T> {
        let line = self.reader.line();
        self.error.get_or_insert_with(|| SyntaxError { line, message: message.into() });
        Err(Broken)
    }

    fn unexpected<T>(&mut self) -> Parsed<T> {
        let token = self.reader.token();
        match token.is_empty() {
            true => self.fail("the script ends in the middle of a command"),
            false => self.fail(format!("unexpected `{token}`")),
        }
    }

    /// Reads what stands one level deeper.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEPTH {
            return self.fail(format!("commands stand in each other {DEPTH} deep"));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }
}
