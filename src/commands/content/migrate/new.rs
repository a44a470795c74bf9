//! `content migrate new`: the file of a new migration.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::PathBuf;

use crate::context::Ctx;
use crate::error::{Error, IoContext};
use crate::exit::Verdict;
use crate::output::{BEYOND, Reply};
use crate::pg::migrations::read;

/// What a new migration begins with.
const TEXT: &str = "-- migrate:up\n\n\n-- migrate:down\n\n";

/// Make the file of a new migration, with the next version; prints its name
#[derive(Clone, Debug, clap::Args)]
pub struct NewArgs {
    /// What it does, such as `add_email_to_users`
    #[arg(value_name = "NAME", help_heading = BEYOND)]
    pub name: String,
    /// Folder of the migrations; it is made where there is none
    #[arg(long, visible_alias = "migrations-dir", value_name = "PATH", default_value = "migrations", help_heading = BEYOND)]
    pub dir: PathBuf,
    /// Give it the present time as its version, and not the next number
    #[arg(long, help_heading = BEYOND)]
    pub timestamp: bool,
}

/// Makes it.
pub fn run(ctx: &Ctx, args: &NewArgs) -> Result<Reply, Error> {
    let title = title(&args.name)?;
    fs::create_dir_all(&args.dir).doing("making", &args.dir)?;
    let is_empty = !fs::read_dir(&args.dir)
        .doing("reading", &args.dir)?
        .filter_map(Result::ok)
        .any(|it| it.file_name().to_string_lossy().ends_with(".sql"));
    let known = if is_empty { Vec::new() } else { read(&args.dir)? };
    let last = known.last().map(|it| &it.version);
    let digits = last.map_or(3, |it| it.as_str().len());
    let version = match args.timestamp || last.is_some_and(|it| it.is_timestamp()) {
        true => now(),
        false => format!("{:0digits$}", last.map_or(0, |it| it.number()) + 1),
    };
    let pair = known.last().is_some_and(|it| it.file.to_string_lossy().ends_with(".up.sql"));
    let files = match pair {
        true => vec![(format!("{version}_{title}.up.sql"), ""), (format!("{version}_{title}.down.sql"), "")],
        false => vec![(format!("{version}_{title}.sql"), TEXT)],
    };
    let mut made = String::new();
    for (name, text) in files {
        let file = args.dir.join(name);
        let created = OpenOptions::new().write(true).create_new(true).open(&file);
        created.and_then(|mut it| it.write_all(text.as_bytes())).doing("making", &file)?;
        made += &format!("{}\n", file.display());
    }
    ctx.out.note("write into it what it does, and `content migrate plan` shows what that would do");
    Ok(Reply::data(Verdict::Done, made))
}

/// A name that can be part of a file's.
fn title(name: &str) -> Result<String, Error> {
    let title = name.trim().replace([' ', '-'], "_");
    let is_good = !title.is_empty() && title.len() <= 100;
    match is_good && title.chars().all(|it| it.is_alphanumeric() || it == '_') {
        true => Ok(title),
        false => Err(Error::Usage(format!("`{name}` is no name: it has 1 to 100 letters, digits and `_`"))),
    }
}

fn now() -> String {
    jiff::Timestamp::now().strftime("%Y%m%d%H%M%S").to_string()
}
