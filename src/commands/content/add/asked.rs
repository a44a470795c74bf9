//! What the arguments of `content add` come to.

use std::path::PathBuf;

use clap::ValueEnum;

use crate::commands::content::add::AddArgs;
use crate::error::Error;
use crate::instances::artifacts::{ArtifactName, Kind};

/// What is to be added.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// A file, or a folder of them; none where only the database is wanted.
    pub source: Option<PathBuf>,
    /// What it is for, where that is said.
    pub kind: Option<Kind>,
    /// What it is to be called, where that is said.
    pub name: Option<ArtifactName>,
}

/// Makes sense of the words.
pub(super) fn asked(args: &AddArgs) -> Result<Asked, Error> {
    let mut words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let mut kind = args.kind;
    let mut source = source(args)?;
    // `add schema --file F`: the first word is a type where the file is named otherwise.
    if (words.len() == 2 || source.is_some()) && kind.is_none() && !words.is_empty() {
        kind = Some(self::kind(words.remove(0)).map_err(Error::Usage)?);
    }
    if let (None, [word]) = (&source, words.as_slice()) {
        source = Some(PathBuf::from(word));
        words.clear();
    }
    if source.is_none() && args.init.is_none() {
        return Err(Error::Usage("`content add` needs --file FILE".to_owned()));
    }
    if let Some(word) = words.first() {
        return Err(Error::Usage(format!("`content add` does not know what to do with `{word}`")));
    }
    Ok(Asked { source, kind, name: args.name.clone() })
}

fn source(args: &AddArgs) -> Result<Option<PathBuf>, Error> {
    match (&args.file, args.init.clone().flatten()) {
        (Some(_), Some(_)) => {
            Err(Error::Usage("`content add` was given both --file and --init FILE".to_owned()))
        }
        (Some(file), None) => Ok(Some(file.clone())),
        (None, init) => Ok(init),
    }
}

/// The kind that a word names.
pub(super) fn kind(word: &str) -> Result<Kind, String> {
    Kind::from_str(word, true)
        .map_err(|_| format!("`{word}` is not one of schema, seed, migration, query, function, data"))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: AddArgs,
    }

    fn of(words: &[&str]) -> Result<Asked, Error> {
        asked(&Line::parse_from(std::iter::once(&"add").chain(words)).args)
    }

    #[test]
    fn every_form_that_callers_use_means_the_same() {
        for words in [
            &["--file", "d/a.sql", "--type", "schema"][..],
            &["schema", "--file", "d/a.sql"],
            &["schema", "d/a.sql"],
            &["d/a.sql", "--type", "schema"],
            &["schema", "--init", "d/a.sql"],
            &["schema", "d/a.sql", "--init"],
            &["schema", "--init", "--file", "d/a.sql"],
        ] {
            let asked = of(words).unwrap();
            assert_eq!(asked.source.as_deref(), Some(Path::new("d/a.sql")), "{words:?}");
            assert_eq!(asked.kind, Some(Kind::Schema), "{words:?}");
        }
        assert_eq!(of(&["d/a.sql"]).unwrap().kind, None);
        assert_eq!(of(&["--init"]).unwrap().source, None);
    }

    #[test]
    fn words_that_make_no_sense_are_refused() {
        for words in [
            &[][..],
            &["schema", "a.sql", "--file", "b.sql"],
            &["tables", "--file", "b.sql"],
            &["--init", "a.sql", "--file", "b.sql"],
            &["seed", "--init", "a.sql", "b.sql"],
        ] {
            assert!(matches!(of(words), Err(Error::Usage(_))), "{words:?}");
        }
    }
}
