//! The files that `content add` was given, read and checked before anything is done with them.

use std::fs;
use std::path::{Path, PathBuf};

use crate::commands::content::add::asked::Asked;
use crate::error::{Error, IoContext};
use crate::instances::artifacts::{ArtifactName, Kind};

/// One file that is to be stored.
#[derive(Debug)]
pub(super) struct Item {
    /// Where it was read from.
    pub file: PathBuf,
    /// What it is for.
    pub kind: Kind,
    /// The name to store it under.
    pub name: ArtifactName,
    /// What was in it.
    pub bytes: Vec<u8>,
}

/// Reads them, in the order in which they are to be applied.
pub(super) fn read(asked: &Asked) -> Result<Vec<Item>, Error> {
    match &asked.source {
        None => Ok(Vec::new()),
        Some(dir) if dir.is_dir() => in_dir(dir, asked),
        Some(file) => Ok(vec![item(file, asked)?]),
    }
}

fn in_dir(dir: &Path, asked: &Asked) -> Result<Vec<Item>, Error> {
    if asked.name.is_some() {
        let advice = "its files keep their own names: leave --name out".to_owned();
        return Err(unfit(dir, "it is a folder, and --name names one file", advice));
    }
    let entries = fs::read_dir(dir).and_then(Iterator::collect::<Result<Vec<_>, _>>).doing("listing", dir)?;
    // As a shell understands `*.sql`: what is hidden does not count.
    let is_meant = |name: &str| !name.starts_with('.') && is_sql(Path::new(name));
    let mut files: Vec<PathBuf> = entries
        .into_iter()
        .filter(|it| is_meant(&it.file_name().to_string_lossy()))
        .map(|it| it.path())
        .filter(|it| !it.is_dir())
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(unfit(dir, "there is no *.sql file in it", "name the file that is meant".to_owned()));
    }
    files.iter().map(|file| item(file, asked)).collect()
}

fn item(file: &Path, asked: &Asked) -> Result<Item, Error> {
    let kind = asked.kind.unwrap_or(if is_sql(file) { Kind::Schema } else { Kind::Data });
    let name = asked.name.clone().map_or_else(|| own_name(file), Ok)?;
    let bytes = fs::read(file).doing("reading", file)?;
    if kind.is_sql() {
        text(file, kind, &bytes)?;
    }
    Ok(Item { file: file.to_owned(), kind, name, bytes })
}

fn own_name(file: &Path) -> Result<ArtifactName, Error> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let advice = "`--name NAME` stores it under another name".to_owned();
    name.parse()
        .map_err(|why: String| unfit(file, &format!("its name is not fit for content: {why}"), advice))
}

/// SQL is text, and some: what else was given was not meant.
fn text(file: &Path, kind: Kind, bytes: &[u8]) -> Result<(), Error> {
    let advice = || "`--type data` stores it as it is".to_owned();
    let no_text = || unfit(file, &format!("a {} is SQL, and it is not UTF-8 text", kind.word()), advice());
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.contains('\0')).ok_or_else(no_text)?;
    match text.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}') {
        "" => Err(unfit(file, &format!("a {} is SQL, and it is empty", kind.word()), advice())),
        _ => Ok(()),
    }
}

fn is_sql(file: &Path) -> bool {
    file.extension().is_some_and(|it| it.eq_ignore_ascii_case("sql"))
}

fn unfit(path: &Path, why: &str, advice: String) -> Error {
    Error::Unfit { path: path.to_owned(), why: why.to_owned(), advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in(dir: &Path, source: &str) -> Result<Vec<(Kind, String)>, String> {
        let asked = Asked { source: Some(dir.join(source)), kind: None, name: None };
        let items = read(&asked).map_err(|err| err.line().replace(&dir.display().to_string(), ""))?;
        Ok(items.into_iter().map(|it| (it.kind, it.name.as_str().to_owned())).collect())
    }

    #[test]
    fn a_folders_sql_files_are_read_in_order_of_their_names_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("d/03.sql")).unwrap();
        for name in ["10.sql", "2.SQL", "02.sql", ".hidden.sql", "readme.md"] {
            fs::write(dir.path().join("d").join(name), "SELECT 1").unwrap();
        }
        let read = read_in(dir.path(), "d").unwrap();
        assert_eq!(read, ["02.sql", "10.sql", "2.SQL"].map(|it| (Kind::Schema, it.to_owned())));
        assert_eq!(read_in(dir.path(), "d/readme.md").unwrap(), [(Kind::Data, "readme.md".to_owned())]);
    }

    #[test]
    fn what_is_no_sql_is_refused_where_sql_is_meant() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("empty")).unwrap();
        fs::write(dir.path().join("blank.sql"), "\u{feff} \n").unwrap();
        fs::write(dir.path().join("zero.sql"), "SELECT\0").unwrap();
        fs::write(dir.path().join("latin.sql"), b"SELECT '\xe9'").unwrap();
        fs::write(dir.path().join("a b.sql"), "SELECT 1").unwrap();
        fs::write(dir.path().join("blank.txt"), "").unwrap();
        let told = ["empty", "blank.sql", "zero.sql", "latin.sql", "a b.sql"]
            .map(|it| read_in(dir.path(), it).unwrap_err());
        insta::assert_snapshot!(told.join("\n"), @"
        /empty cannot be added: there is no *.sql file in it
        /blank.sql cannot be added: a schema is SQL, and it is empty
        /zero.sql cannot be added: a schema is SQL, and it is not UTF-8 text
        /latin.sql cannot be added: a schema is SQL, and it is not UTF-8 text
        /a b.sql cannot be added: its name is not fit for content: a content's name has 1 to 100 of the characters a-z A-Z 0-9 _ - .
        ");
        assert_eq!(read_in(dir.path(), "blank.txt").unwrap(), [(Kind::Data, "blank.txt".to_owned())]);
    }
}
