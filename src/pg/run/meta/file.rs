//! `\i`, `\ir`: scripts that include others.

use std::path::Path;

use crate::pg::run::check::{check_one, read};
use crate::pg::run::fault::Fault;
use crate::pg::run::meta::included_path;
use crate::pg::run::{Frame, Runner};
use crate::pg::script::{MetaAction, MetaCall, Source};

/// How deep files may include each other; one that includes itself would never end.
const DEPTH: usize = 50;

impl Runner {
    /// Runs another script, then continues with the one that includes it.
    pub(super) async fn include(
        &mut self,
        frame: &mut Frame<'_>,
        call: &mut MetaCall,
        action: MetaAction,
    ) -> Result<(), Fault> {
        let word = self.required(frame, call)?;
        let path = included_path(action, &self.file_named(word), frame.folder.as_deref());
        let source = self.included(&path)?;
        if self.depth >= DEPTH {
            return Err(Fault::own(format_args!("{}: files include each other {DEPTH} deep", source.name())));
        }
        let line = frame.scanner.line();
        self.depth += 1;
        let ran = Box::pin(self.script(&source, path.parent().map(Path::to_owned))).await;
        self.depth -= 1;
        // Its errors have their own place.
        ran.map_err(Fault::Told)?;
        self.place.enter(frame.source);
        self.place.go(line);
        Ok(())
    }

    /// Reads a script that is to be included, and checks it.
    fn included(&self, path: &Path) -> Result<Source, Fault> {
        let told = path.display().to_string();
        let source = read(path, &told, self.screen.encoding()).map_err(Fault::own)?;
        check_one(&source, path, self.shell).map_err(|found| {
            Fault::own(format_args!("not supported, and nothing of {told} was run: {found}"))
        })?;
        Ok(source)
    }
}
