//! The contract that a command works with: the built-in one, or a file's.

use std::fs;
use std::path::{Path, PathBuf};

use crate::context::Ctx;
use crate::contract::fault::Fault;
use crate::contract::load::{Loaded, Repair};
use crate::error::{Error, IoContext};

/// Which contract is meant
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Source {
    /// Contract file [default: the one that is built in]
    #[arg(long, value_name = "FILE")]
    pub contract: Option<PathBuf>,
    /// Mend backslashes in double quotes that are no escapes of YAML's, and say so
    #[arg(long)]
    pub lenient: bool,
}

impl Source {
    /// Reads it, and says what of it is not known here.
    pub fn load(&self, ctx: &Ctx) -> Result<Loaded, Error> {
        match &self.contract {
            Some(file) => load(ctx, file, self.repair()),
            None => Loaded::built_in().map_err(|fault| broken(Path::new("contract/universal.yaml"), fault)),
        }
    }

    fn repair(&self) -> Repair {
        if self.lenient { Repair::Escapes } else { Repair::No }
    }
}

/// Reads a contract file, and says what was mended and what of it is not known here.
pub fn load(ctx: &Ctx, file: &Path, repair: Repair) -> Result<Loaded, Error> {
    let text = fs::read_to_string(file).doing("reading", file)?;
    let loaded = Loaded::parse(&text, repair).map_err(|fault| broken(file, fault))?;
    for it in &loaded.repaired {
        ctx.out.note(&format!("{}: {it}", file.display()));
    }
    for it in &loaded.unknown {
        ctx.out.note(&format!("{}: `{it}` is a key that nobody here knows", file.display()));
    }
    Ok(loaded)
}

fn broken(file: &Path, fault: Fault) -> Error {
    let at = fault.at.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
    Error::BrokenContract { place: format!("{}{at}", file.display()), why: fault.why }
}
