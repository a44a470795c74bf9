//! Scripts as psql reads them: where a statement ends, what a meta-command is given, which lines are data.
//!
//! Nothing here runs anything. A runner makes a [`Scanner`] of a [`Source`] and asks it again and again:
//! [`Scanner::scan`] gathers a [`Query`] until it has to stop, and at a [`Stop::Backslash`] the words of the
//! meta-command are taken by [`Scanner::meta_name`] and [`Scanner::argument`]. As in psql, what is open belongs
//! to the scanner and the text gathered so far to the query, so that a meta-command may stand inside a statement.
//!
//! - `encoding`: scripts that are not in UTF-8.
//! - `source`, `input`: the text, and where in it the scanner reads.
//! - `lex`, `quote`: the tokens of SQL, of which only those count that may end a statement or hide its end.
//! - `variable`: references to variables, and quoting of their values.
//! - `scan`, `stop`, `query`, `routine`, `copy`: the scanner, and what it knows of the statement it is in.
//! - `syntax`, `call`, `meta`, `argument`: the table of meta-commands, and their arguments, which are read by it.
//! - `split`: a whole script in pieces, for counting and checking before it is run.

mod argument;
mod call;
mod copy;
mod encoding;
mod input;
mod lex;
mod meta;
mod query;
mod quote;
mod routine;
mod scan;
mod source;
mod split;
mod stop;
mod syntax;
mod variable;

pub use argument::{Argument, ArgumentError, Quoting};
pub use call::MetaCall;
pub use encoding::{Encoded, Encoding};
pub use input::CopyData;
pub use lex::Strings;
pub(crate) use lex::{Token, next as next_token};
pub use query::Query;
pub(crate) use quote::Inside;
pub use scan::Scanner;
pub use source::{Source, Unreadable};
pub use split::{MetaCommand, Piece, PieceKind, meta_commands, split};
pub use stop::{Mark, Open, Stop, Unfinished};
pub use syntax::{
    ArgumentKind, ArgumentSyntax, Arguments, META_COMMANDS, MetaAction, MetaOptions, MetaSyntax,
    REUSE_PREVIOUS, Semicolons, Spelling,
};
pub use variable::Values;
