//! config/capabilities.yaml tells of the program what is so.

use std::collections::BTreeSet;
use std::fs;

use clap::{Command, CommandFactory};
use resource_postgres::cli::{COMMANDS_BEYOND, Cli};
use resource_postgres::instances::templates::{BUILT_IN, Templates};
use resource_postgres::settings::Settings;
use serde_json::Value;

use crate::{plain, resource};

type Names = BTreeSet<String>;

fn capabilities() -> Value {
    serde_yaml::from_str(&fs::read_to_string(resource("config/capabilities.yaml")).unwrap()).unwrap()
}

/// The names in a list; a list that is not there has none.
fn listed(list: &Value) -> Names {
    list.as_array().into_iter().flatten().map(plain).collect()
}

/// The commands that a command shows.
fn shown(command: &Command) -> Names {
    command.get_subcommands().filter(|it| !it.is_hide_set()).map(|it| it.get_name().to_owned()).collect()
}

/// The formats that a command can answer in, where it has a choice.
fn formats(command: &Command) -> Option<Names> {
    let format = command.get_arguments().find(|arg| arg.get_long() == Some("format"))?;
    Some(format.get_possible_values().iter().map(|it| it.get_name().to_owned()).collect())
}

#[test]
fn the_commands_are_those_that_there_are() {
    let capabilities = capabilities();
    let (commands, tree) = (capabilities["commands"].as_object().unwrap(), Cli::command());
    let (ours, contracts): (Names, Names) =
        shown(&tree).into_iter().partition(|name| COMMANDS_BEYOND.contains(&name.as_str()));
    assert_eq!(listed(&commands["flat"]), ours);
    let others = commands.iter().filter(|(name, _)| *name != "flat");
    assert_eq!(others.clone().map(|(name, _)| name.clone()).collect::<Names>(), contracts);
    for (name, about) in others {
        let command = tree.find_subcommand(name).unwrap();
        assert_eq!(listed(&about["subcommands"]), shown(command), "{name}");
        for command in command.get_subcommands().chain([command]) {
            if let Some(formats) = formats(command) {
                let kind = if command.get_name() == "execute" { "row_formats" } else { "formats" };
                assert_eq!(listed(&about[kind]), formats, "{name}");
            }
        }
    }
}

#[test]
fn the_templates_are_those_that_there_are() {
    let capabilities = capabilities();
    let said: BTreeSet<&str> =
        capabilities["templates"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(said, BUILT_IN.iter().map(|(name, _)| *name).collect());
    let beside = Templates { dir: Some(resource("config/templates")) };
    assert_eq!(
        beside.names(),
        Templates::default().names(),
        "a template is in the folder or the program only"
    );
}

#[test]
fn the_bounds_are_the_settings_defaults() {
    let (capabilities, settings) = (capabilities(), Settings::read(|_| None));
    let instances = &capabilities["instances"];
    let range = settings.port_range.get().unwrap();
    let ports = format!("{}-{}", range.start(), range.end());
    assert_eq!(plain(&instances["maximum"]), settings.max_instances.get().unwrap().to_string());
    assert_eq!(plain(&instances["ports"]), ports);
}
