//! `contract snapshot`: the whole command line in one text, for people who review changes of it.

use std::fmt::Write;

use clap::Arg;

use crate::exit::{Verdict, skips_of};
use crate::output::{BEYOND, Reply};
use crate::rules::limits::{UNBOUNDED, limit};

/// Print the whole command line of this program in one text
#[derive(Clone, Copy, Debug, clap::Args)]
pub struct SnapshotArgs {}

/// Prints it.
pub fn run(tree: &clap::Command) -> Reply {
    let mut tree = tree.clone();
    tree.build();
    let mut text = String::new();
    commands(&tree, "", &mut text);
    Reply::data(Verdict::Done, text)
}

/// All commands below one, with their flags.
fn commands(above: &clap::Command, path: &str, text: &mut String) {
    // clap gives every group a `help` of its own, and the program has one that is the contract's.
    let is_shown = |it: &&clap::Command| !it.is_hide_set() && (path.is_empty() || it.get_name() != "help");
    for command in above.get_subcommands().filter(is_shown) {
        let name = format!("{path}{}", command.get_name());
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(text, "{name}\n    {about}");
        let below = |text: &mut String| {
            text.push('\n');
            commands(command, &format!("{name} "), text);
        };
        if command.is_subcommand_required_set() {
            below(text);
            continue;
        }
        let mut args: Vec<&Arg> = command.get_arguments().filter(|it| it.get_id() != "help").collect();
        args.sort_by_key(|it| (it.is_positional(), it.get_long().unwrap_or_default().to_owned()));
        args.iter().for_each(|it| flag(it, text));
        let skips = skips_of(&name).iter().map(|it| format!("; 2 {}", it.message())).collect::<String>();
        let within = match UNBOUNDED.contains(&name.as_str()) {
            true => "as long as there is data".to_owned(),
            false => format!("within {} s", limit(&name).as_secs()),
        };
        let _ = writeln!(text, "    exit: 0 done; 1 failed{skips}\n    {within}");
        below(text);
    }
}

fn flag(arg: &Arg, text: &mut String) {
    let value =
        arg.get_value_names().unwrap_or_default().iter().map(|it| format!(" <{it}>")).collect::<String>();
    let takes = arg.get_action().takes_values();
    let name = match arg.get_long() {
        Some(long) => format!("--{long}{}", if takes { value.as_str() } else { "" }),
        None => value.trim().to_owned(),
    };
    let mut notes = Vec::new();
    if arg.is_required_set() {
        notes.push("required".to_owned());
    }
    let values = arg.get_possible_values();
    if takes && !values.is_empty() {
        notes.push(values.iter().map(|it| it.get_name()).collect::<Vec<_>>().join("|"));
    }
    let defaults = arg.get_default_values();
    if takes && !defaults.is_empty() {
        notes.push(format!(
            "default {}",
            defaults.iter().map(|it| it.to_string_lossy()).collect::<Vec<_>>().join(",")
        ));
    }
    if arg.get_help_heading() == Some(BEYOND) {
        notes.push("beyond the contract".to_owned());
    }
    let notes = if notes.is_empty() { String::new() } else { format!("  [{}]", notes.join("; ")) };
    let _ = writeln!(text, "    {name}{notes}");
}
