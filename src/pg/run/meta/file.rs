//! `\i`, `\ir`: scripts that include others.

use std::path::{Path, PathBuf};

use crate::pg::run::check::{check_one, read};
use crate::pg::run::fault::Fault;
use crate::pg::run::meta::{Then, included_path};
use crate::pg::run::{Frame, Runner};
use crate::pg::script::Source;

/// How deep files may include each other; one that includes itself would never end.
const DEPTH: usize = 50;

impl Runner {
    /// The script that is to be included. With `\ir` its name is relative to the file it stands in.
    pub(super) fn included(&mut self, frame: &mut Frame<'_>, name: &str) -> Result<Then, Fault> {
        let word = self.required(frame, name)?;
        let word = self.file_named(word);
        let path = included_path(name, &word, frame.folder.as_deref());
        let told = path.display().to_string();
        let source = read(&path, &told, self.screen.encoding()).map_err(Fault::own)?;
        check_one(&source, &path, self.shell).map_err(|found| {
            Fault::own(format_args!("not supported, and nothing of {told} was run: {found}"))
        })?;
        Ok(Then::Include(Box::new(source), Some(path)))
    }

    /// Runs it, and goes on with the script that includes it.
    pub(super) async fn include(
        &mut self,
        frame: &Frame<'_>,
        source: &Source,
        file: Option<PathBuf>,
    ) -> Result<(), Fault> {
        if self.depth >= DEPTH {
            return Err(Fault::own(format_args!("{}: files include each other {DEPTH} deep", source.name())));
        }
        let line = frame.scanner.line();
        let folder = file.as_deref().and_then(Path::parent).map(Path::to_owned);
        self.depth += 1;
        let ran = Box::pin(self.script(source, folder)).await;
        self.depth -= 1;
        // Its errors have their own place.
        ran.map_err(Fault::Told)?;
        self.place.enter(frame.source);
        self.place.go(line);
        Ok(())
    }
}
