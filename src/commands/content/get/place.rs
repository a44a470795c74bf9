//! `Place`: where `content get` writes to: standard output, a device, or a file that is whole or as it was.

use std::fs::{self, File};
use std::io::{self, BufWriter, Stdout, Write};
use std::os::fd::AsRawFd;
use std::path::{self, Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat, open};
use tempfile::{Builder, NamedTempFile};

use crate::context::Ctx;
use crate::error::{Error, IoContext};

/// Where it is written to.
#[derive(Debug)]
pub enum Place {
    /// Standard output.
    Stdout(BufWriter<Stdout>),
    /// A device or pipe, such as `/dev/stdout`: replaced, it would be gone.
    Device(File),
    /// A file, whose place another takes at the end.
    File(New, PathBuf),
}

/// A file that is being written beside the one whose place it is to take.
#[derive(Debug)]
pub enum New {
    /// It has no name yet: whatever ends us, nothing is left of it.
    Nameless(File),
    /// The file system has no such files.
    Named(NamedTempFile),
}

impl Place {
    /// Opens what was named, or standard output.
    pub fn open(ctx: &Ctx, output: Option<&Path>) -> Result<Self, Error> {
        let Some(output) = output else { return Ok(Self::Stdout(ctx.out.writer())) };
        let target = fs::canonicalize(output).or_else(|_| path::absolute(output)).doing("finding", output)?;
        let is_device = fs::metadata(output).is_ok_and(|it| !it.is_file() && !it.is_dir());
        if is_device {
            let opened = File::options().write(true).open(output).doing("writing", output)?;
            return Ok(Self::Device(opened));
        }
        if target.is_dir() {
            return Err(io::Error::from(rustix::io::Errno::ISDIR)).doing("writing", &target);
        }
        let dir = target.parent().unwrap_or(Path::new("/"));
        // Of the error only its kind: it would name the temporary file.
        let new = New::beside(dir).map_err(|err| io::Error::from(err.kind())).doing("writing", &target)?;
        Ok(Self::File(new, target))
    }

    /// Writes a piece.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.put(piece).map_err(|err| self.failed(err))
    }

    /// The same, for whoever says of errors where they happened.
    pub fn put(&mut self, piece: &[u8]) -> io::Result<()> {
        match self {
            Self::Stdout(it) => it.write_all(piece),
            Self::Device(it) => it.write_all(piece),
            Self::File(New::Nameless(it), _) => it.write_all(piece),
            Self::File(New::Named(it), _) => it.write_all(piece),
        }
    }

    /// Everything was written: a file takes its place now.
    pub fn finish(self) -> Result<(), Error> {
        match self {
            Self::Stdout(mut it) => it.flush().map_err(Error::Output),
            Self::Device(mut it) => it.flush().map_err(Error::Output),
            Self::File(new, target) => new.settle(&target).doing("writing", &target),
        }
    }

    /// What an error in writing means.
    pub fn failed(&self, err: io::Error) -> Error {
        match self {
            Self::Stdout(_) | Self::Device(_) => Error::Output(err),
            Self::File(_, target) => {
                Error::Io { doing: "writing".to_owned(), path: target.clone(), source: err }
            }
        }
    }
}

impl New {
    fn beside(dir: &Path) -> io::Result<Self> {
        match open(dir, OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC, Mode::RUSR | Mode::WUSR) {
            Ok(file) => Ok(Self::Nameless(file.into())),
            Err(_) => named().tempfile_in(dir).map(Self::Named),
        }
    }

    fn settle(self, target: &Path) -> io::Result<()> {
        let dir = target.parent().unwrap_or(Path::new("/"));
        match self {
            Self::Nameless(file) => {
                file.sync_all()?;
                // A link replaces nothing: the name that it gets is one to rename.
                let linked = named().make_in(dir, |path| link(&file, path))?;
                linked.persist(target).map_err(|err| err.error)?;
            }
            Self::Named(temp) => {
                temp.as_file().sync_all()?;
                temp.persist(target).map_err(|err| err.error)?;
            }
        }
        File::open(dir)?.sync_all()
    }
}

fn named() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.prefix(".new-");
    builder
}

fn link(file: &File, path: &Path) -> io::Result<()> {
    let from = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, from, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}
