//! `help`: examples, commands and defaults on one page.

use std::fmt::Write;

use clap::Command;

use crate::context::Ctx;
use crate::exit::Verdict;
use crate::output::Reply;
use crate::settings::DATABASE;

const EXAMPLES: &str = "\
Usage examples:
  resource-postgres up                                    a running database in one command
  resource-postgres content execute \"SELECT version()\"    run SQL on it
  resource-postgres content create-instance shop --template ecommerce
  resource-postgres content execute --instance shop --file schema.sql
  resource-postgres status --format json                  the truth, for programs
  resource-postgres credentials --show-secrets            how to connect
  resource-postgres manage stop --all

";

/// Prints the page.
pub fn run(ctx: &Ctx, command: &Command) -> Reply {
    // Whoever has set a variable wrongly may need help to see how it is meant.
    if let Some(err) = ctx.settings.fault() {
        ctx.out.note(&format!("a setting is wrong, and its default is shown: {}", err.line()));
    }
    Reply::data(Verdict::Done, page(ctx, command))
}

fn page(ctx: &Ctx, command: &Command) -> String {
    let mut page = "resource-postgres: isolated PostgreSQL instances for Vrooli\n\n".to_owned();
    page.push_str(EXAMPLES);
    page.push_str("Available commands:\n");
    for sub in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        list(&mut page, "", sub);
    }
    page.push_str("\n`resource-postgres COMMAND --help` shows the flags of each.\n\n");
    page.push_str(&defaults(ctx));
    page
}

fn list(page: &mut String, group: &str, command: &Command) {
    let name = format!("{group}{}", command.get_name());
    let subs: Vec<&Command> =
        command.get_subcommands().filter(|it| !it.is_hide_set() && it.get_name() != "help").collect();
    // A group that does nothing by itself is told by what is in it.
    if !command.is_subcommand_required_set() {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(page, "  {name:26} {about}");
    }
    for sub in subs {
        list(page, &format!("{name} "), sub);
    }
}

fn defaults(ctx: &Ctx) -> String {
    let settings = &ctx.settings;
    let range = settings.port_range.or_default();
    format!(
        "Default configuration:\n  \
         instance        main, on port {} if it is free\n  \
         ports           {}-{}, on 127.0.0.1 only\n  \
         instances       at most {}, in {}\n  \
         user, database  {}, {}\n  \
         templates       {}\n  \
         engine          docker where it answers, else native (POSTGRES_RUNTIME decides)\n  \
         environment     POSTGRES_* variables change these: see config/schema.json\n\n\
         Exit codes: 0 done, 1 failed, 2 skipped (already so, or nothing there).\n",
        settings.default_port.or_default(),
        range.start(),
        range.end(),
        settings.max_instances.or_default(),
        ctx.store.root().display(),
        settings.default_user.or_default(),
        settings.database.for_creation().unwrap_or(DATABASE),
        ctx.templates.names().join(" "),
    )
}
