//! `contract validate --fix`: what is safe to mend is shown, then mended.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::OwnedFd;
use std::path::{Component, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, RawMode, fchmod, mkdirat, openat, unlinkat};

use crate::commands::contract::validate::{TEXT, is_below};
use crate::context::Ctx;
use crate::contract::layers::syntax;
use crate::contract::load::Loaded;
use crate::contract::mend::{Mend, mends};
use crate::contract::report::Format;
use crate::contract::subject::Subject;
use crate::error::{Error, IoContext};

/// Mends resources, as far as clauses below the wanted one are concerned. What cannot be mended is said, and stays a finding.
pub fn run(
    ctx: &Ctx,
    loaded: &Loaded,
    dirs: &[PathBuf],
    wanted: Option<&str>,
    format: Format,
) -> Result<(), Error> {
    for dir in dirs {
        let subject = Subject::read(dir).doing("reading", dir)?;
        let mut judgment = syntax::judge(&loaded.contract, &subject);
        judgment.keep(|clause| wanted.is_none_or(|it| is_below(clause, it)));
        let mends = mends(&loaded.contract, &subject, &judgment.findings);
        let (mends, refused): (Vec<Mend>, Vec<Mend>) =
            mends.into_iter().partition(|it| is_inside(dir, it.path()));
        for it in refused {
            ctx.out.complain(&format!(
                "not mended: {}: its path may lead elsewhere",
                dir.join(it.path()).display()
            ));
        }
        show(ctx, &mends.iter().map(|it| it.diff(&judgment.path)).collect::<String>(), format)?;
        for it in &mends {
            if let Err(err) = apply(dir, it) {
                ctx.out.complain(&format!("not mended: {}: {err}", dir.join(it.path()).display()));
            }
        }
    }
    Ok(())
}

/// Says what will be done, before it is done: a report for programs has stdout to itself.
fn show(ctx: &Ctx, diff: &str, format: Format) -> Result<(), Error> {
    match (diff, format == TEXT) {
        ("", _) => Ok(()),
        (diff, true) => ctx.out.data(&format!("{diff}\n")),
        (diff, false) => {
            ctx.out.complain(diff.trim_end());
            Ok(())
        }
    }
}

/// Whether a path leads through no link, and so to nothing outside of the directory.
fn is_inside(dir: &Path, path: &str) -> bool {
    let mut at = dir.to_owned();
    Path::new(path).components().all(|it| {
        at.push(it);
        matches!(it, Component::Normal(_)) && !fs::symlink_metadata(&at).is_ok_and(|it| it.is_symlink())
    })
}

/// Goes from folder to folder, and through no link: what was none when it was looked at may be one by now.
fn apply(dir: &Path, mend: &Mend) -> io::Result<()> {
    let path = Path::new(mend.path());
    let mut folder = openat(CWD, dir, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    for name in path.parent().into_iter().flat_map(Path::components) {
        let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        folder = openat(&folder, name.as_os_str(), flags, Mode::empty())?;
    }
    act(&folder, path.file_name().unwrap_or_default(), mend)
}

fn act(folder: &OwnedFd, name: &OsStr, mend: &Mend) -> io::Result<()> {
    let open = |flags: OFlags, mode: Mode| {
        openat(folder, name, flags | OFlags::NOFOLLOW | OFlags::CLOEXEC, mode).map(File::from)
    };
    match mend {
        Mend::Folder { .. } => Ok(mkdirat(folder, name, permissions(0o755))?),
        // What waits for another end is not waited for.
        Mend::Mode { to, .. } => Ok(fchmod(open(OFlags::NONBLOCK, Mode::empty())?, permissions(*to))?),
        Mend::Stub { mode, text, .. } => {
            let mut file = open(OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL, permissions(*mode))?;
            let written = file.write_all(text.as_bytes());
            if written.is_err() {
                // A part of it would be taken for the file that was missing.
                let _ = unlinkat(folder, name, AtFlags::empty());
            }
            written
        }
    }
}

fn permissions(bits: u32) -> Mode {
    Mode::from_bits_truncate(bits as RawMode)
}
