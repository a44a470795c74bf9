//! Where the SQL comes from: the command line, files, stored content, or stdin.

use std::fs;
use std::io::{self, IsTerminal, Read};
use std::path::{Path, PathBuf};

use crate::commands::content::execute::ExecuteArgs;
use crate::error::{Error, IoContext};
use crate::instances::artifacts::{Artifact, Kind};
use crate::instances::record::Record;
use crate::pg::script::{Encoding, Source};

/// A script, and the file that it stands in.
pub type Script = (Source, Option<PathBuf>);

/// The scripts that the arguments name, in order; `None` where they name content that is no SQL.
pub fn sources(record: &Record, args: &ExecuteArgs) -> Result<Option<Vec<Script>>, Error> {
    if let Some(sql) = args.sql.as_ref().or(args.word.as_ref()) {
        return Ok(Some(vec![(Source::new("", sql.as_str()), None)]));
    }
    let encoding = args.options().encoding;
    if !args.file.is_empty() {
        if args.file.iter().filter(|it| is_stdin(it)).count() > 1 {
            return Err(Error::Usage("`--file -` reads stdin, which can be read once only".to_owned()));
        }
        let read = |file: &PathBuf| match is_stdin(file) {
            true => from_stdin(encoding),
            false => from_file(file, encoding),
        };
        return args.file.iter().map(read).collect::<Result<_, _>>().map(Some);
    }
    if let Some(name) = &args.name {
        return Ok(stored(record, name, args.kind, encoding)?.map(|it| vec![it]));
    }
    if io::stdin().is_terminal() {
        return Err(Error::Usage("`content execute` needs SQL, --file, --name, or SQL on stdin".to_owned()));
    }
    Ok(Some(vec![from_stdin(encoding)?]))
}

/// As psql's `-f` has it.
fn is_stdin(file: &Path) -> bool {
    file.as_os_str() == "-"
}

fn from_stdin(encoding: Option<Encoding>) -> Result<Script, Error> {
    let mut bytes = Vec::new();
    io::stdin().lock().read_to_end(&mut bytes).doing("reading", Path::new("stdin"))?;
    Ok((script("<stdin>", bytes, encoding)?, None))
}

/// A script from a file, which is told by its own name.
fn from_file(file: &Path, encoding: Option<Encoding>) -> Result<Script, Error> {
    let bytes = fs::read(file).doing("reading", file)?;
    Ok((script(&file.display().to_string(), bytes, encoding)?, Some(file.to_owned())))
}

/// A script from bytes, which must be text.
pub fn script(name: &str, bytes: Vec<u8>, encoding: Option<Encoding>) -> Result<Source, Error> {
    Source::read(name, bytes, encoding).map_err(|why| Error::NoText(why.to_string()))
}

/// `None` where the content is there and is no SQL.
fn stored(
    record: &Record,
    name: &str,
    kind: Option<Kind>,
    encoding: Option<Encoding>,
) -> Result<Option<Script>, Error> {
    let Some(artifact) = Artifact::find(&record.dir, name, kind)? else {
        return Err(Error::Usage(format!("instance `{}` stores no content `{name}`", record.name)));
    };
    if !artifact.kind.is_sql() {
        return Ok(None);
    }
    let bytes = artifact.read()?.unwrap_or_default();
    Ok(Some((script(name, bytes, encoding)?, Some(artifact.path))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_text_is_refused_with_its_line() {
        assert_eq!(script("f", "\u{feff}SELECT 1".as_bytes().to_vec(), None).unwrap().text(), "SELECT 1");
        let said = |bytes: &[u8]| script("f", bytes.to_vec(), None).unwrap_err().line();
        assert_eq!(said(&[b'\n', 0xff, 0xfe]), "no SQL text: f:2: not in UTF8");
        assert_eq!(said(b"a\n\n\0b"), "no SQL text: f:3: a NUL byte");
    }
}
