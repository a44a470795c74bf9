//! Every clause that can be read has a mutant: a resource that breaks this clause, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use resource_postgres::contract::clause::Judged;
use resource_postgres::contract::load::Loaded;

use crate::contract::resource::{CLI, clean, judge, write};

/// What is done to a clean resource.
enum Mutation {
    /// A file is removed, or a folder with all that is in it.
    Remove(&'static str),
    /// A file is written.
    Write(&'static str, &'static str),
    /// Lines are added to a script.
    Append(&'static str, &'static str),
    /// A part of a file is replaced.
    Replace(&'static str, &'static str, &'static str),
    /// A file gets other permissions.
    Mode(&'static str, u32),
}

use Mutation::{Append, Mode, Remove, Replace, Write};

const RUNTIME: &str = "config/runtime.json";

/// A function that is defined nowhere handles it.
fn unhandled(command: &'static str) -> Mutation {
    match command.split_once('.') {
        Some((group, sub)) => {
            let key = format!("\nCLI_COMMAND_HANDLERS[\"{group}::{sub}\"]=\"thing::nowhere\"\n");
            Append("cli.sh", key.leak())
        }
        None => Append(
            "cli.sh",
            format!("\ncli::register_command \"{command}\" \"x\" \"thing::nowhere\"\n").leak(),
        ),
    }
}

/// A function that runs no suite handles it.
fn idle(suite: &'static str) -> Mutation {
    let lines =
        format!("\nthing::idle() {{ echo run; }}\nCLI_COMMAND_HANDLERS[\"test::{suite}\"]=\"thing::idle\"\n");
    Append("cli.sh", lines.leak())
}

const COMMANDS: [&str; 22] = [
    "help",
    "info",
    "manage",
    "manage.install",
    "manage.uninstall",
    "manage.start",
    "manage.stop",
    "manage.restart",
    "test",
    "test.all",
    "test.integration",
    "test.unit",
    "test.smoke",
    "content",
    "content.add",
    "content.list",
    "content.get",
    "content.remove",
    "content.execute",
    "status",
    "logs",
    "credentials",
];

fn mutants() -> Vec<(String, Mutation)> {
    let mut all: Vec<(String, Mutation)> =
        COMMANDS.iter().map(|it| (format!("commands.{it}"), unhandled(it))).collect();
    for suite in ["all", "integration", "unit", "smoke"] {
        all.push((format!("commands.test.{suite}.implementation_requirement"), idle(suite)));
    }
    for (key, value, other) in [
        ("startup_order", "500", "\"500\""),
        ("startup_timeout", "60", "\"60\""),
        ("startup_time_estimate", "\"5-15s\"", "15"),
        ("dependencies", "[]", "[1]"),
        ("recovery_attempts", "3", "3.5"),
        ("priority", "\"medium\"", "1"),
    ] {
        let clause = |part: &str| format!("runtime_configuration.schema.{key}.{part}");
        let written = |value: &str| -> &'static str { format!("\"{key}\": {value}").leak() };
        all.push((clause("type"), Replace(RUNTIME, written(value), written(other))));
        let renamed: &'static str = format!("\"other_{key}\": {value}").leak();
        all.push((clause("required"), Replace(RUNTIME, written(value), renamed)));
    }
    all.extend(others().into_iter().map(|(clause, mutation)| (clause.to_owned(), mutation)));
    all
}

fn others() -> Vec<(&'static str, Mutation)> {
    vec![
        ("runtime_configuration.file_path", Write(RUNTIME, "{")),
        ("runtime_configuration.schema.startup_order.range", Replace(RUNTIME, "500", "1001")),
        ("runtime_configuration.schema.recovery_attempts.range", Replace(RUNTIME, ": 3", ": 0")),
        ("runtime_configuration.schema.startup_time_estimate.format", Replace(RUNTIME, "5-15s", "5 to 15 s")),
        ("runtime_configuration.schema.priority.enum", Replace(RUNTIME, "medium", "urgent")),
        ("file_structure.required.cli.sh", Remove("cli.sh")),
        ("file_structure.required.lib/", Remove("lib")),
        ("file_structure.required.lib/.core.sh", Remove("lib/core.sh")),
        ("file_structure.required.lib/.test.sh", Remove("lib/test.sh")),
        ("file_structure.required.config/", Remove("config")),
        ("file_structure.required.config/.defaults.sh", Remove("config/defaults.sh")),
        ("file_structure.required.config/.schema.json", Remove("config/schema.json")),
        ("file_structure.required.config/.runtime.json", Remove(RUNTIME)),
        ("file_structure.required.config/.schema.json", Write("config/schema.json", "[{}]")),
        ("file_structure.optional.config/.capabilities.yaml", Write("config/capabilities.yaml", "a: [\n")),
        ("file_structure.optional.test/.run-tests.sh", Remove("test/run-tests.sh")),
        ("file_structure.optional.test/.run-tests.sh.executable", Mode("test/run-tests.sh", 0o644)),
        ("file_structure.optional.test/.phases/", Remove("test/phases")),
        ("file_structure.optional.test/.phases/.test-smoke.sh", Remove("test/phases/test-smoke.sh")),
        (
            "file_structure.optional.test/.phases/.test-integration.sh",
            Remove("test/phases/test-integration.sh"),
        ),
        ("file_structure.optional.test/.phases/.test-unit.sh", Remove("test/phases/test-unit.sh")),
        ("file_structure.deprecated.manage.sh", Write("manage.sh", ":\n")),
        ("file_structure.deprecated.manage.bats", Write("manage.bats", "\n")),
        ("file_structure.deprecated.inject.sh", Write("inject.sh", ":\n")),
        (
            "deprecated_patterns.commands.inject",
            Append("cli.sh", "\ncli::register_command \"inject\" \"x\" \"thing::install\"\n"),
        ),
        (
            "deprecated_patterns.commands.test-api",
            Append("cli.sh", "\ncli::register_command \"test-api\" \"x\" \"thing::install\"\n"),
        ),
        ("deprecated_patterns.flags.--action", Append("lib/core.sh", "thing::install --action install\n")),
        ("deprecated_patterns.functions.main()", Append("lib/core.sh", "main() { :; }\n")),
        (
            "deprecated_patterns.functions.::info::startup_order",
            Append("lib/core.sh", "thing::info::startup_order() { echo 1; }\n"),
        ),
        (
            "deprecated_patterns.functions.::info::dependencies",
            Append("lib/core.sh", "thing::info::dependencies() { echo 1; }\n"),
        ),
        (
            "deprecated_patterns.functions.::info::startup_time",
            Append("lib/core.sh", "thing::info::startup_time() { echo 1; }\n"),
        ),
        (
            "deprecated_patterns.environment_variables.VROOLI_RESOURCE_*",
            Append("lib/core.sh", "echo \"it is ${VROOLI_RESOURCE_PORT:-}\"\n"),
        ),
        ("validation.layer1_syntax.checks.2", Append("lib/core.sh", "if true; then\n")),
        ("security.sensitive_data_handling.3", Write("config/thing.conf", "password = hunter2hunter2\n")),
        ("security.file_permissions.cli.sh", Mode("cli.sh", 0o644)),
        ("security.file_permissions.lib/*.sh", Mode("lib/core.sh", 0o666)),
        ("security.file_permissions.config/*.sh", Mode("config/defaults.sh", 0o755)),
        ("compatibility.bash_version_min", Append("lib/core.sh", "f() { local -n x=y; }\n")),
        (
            "compatibility.framework_integration.cli_command_framework",
            Write(
                "cli.sh",
                "#!/usr/bin/env bash\nsource \"${var_RESOURCES_COMMON_FILE}\"\ncase \"${1:-help}\" in\nhelp) ;; info) ;; status) ;; logs) ;; \
                 credentials) ;; manage) ;; test) ;; content) ;;\nesac\ncase \"${2:-}\" in\ninstall|uninstall|start|stop|restart) ;;\n\
                 all|integration|unit|smoke) ;;\nadd|list|get|remove|execute) ;;\nesac\n",
            ),
        ),
        (
            "compatibility.framework_integration.resource_common",
            Replace("cli.sh", "source \"${var_RESOURCES_COMMON_FILE}\"\n", ""),
        ),
    ]
}

impl Mutation {
    fn apply(&self, dir: &Path) {
        match self {
            Remove(path) if dir.join(path).is_dir() => fs::remove_dir_all(dir.join(path)).unwrap(),
            Remove(path) => fs::remove_file(dir.join(path)).unwrap(),
            Write(path, text) => write(dir, path, text, if path.ends_with("cli.sh") { 0o755 } else { 0o644 }),
            Append(path, lines) => {
                let text = fs::read_to_string(dir.join(path)).unwrap();
                fs::write(dir.join(path), format!("{text}{lines}")).unwrap();
            }
            Replace(path, from, to) => {
                let text = fs::read_to_string(dir.join(path)).unwrap();
                assert!(text.contains(from), "{path} has no {from}");
                fs::write(dir.join(path), text.replacen(from, to, 1)).unwrap();
            }
            Mode(path, mode) => {
                fs::set_permissions(dir.join(path), fs::Permissions::from_mode(*mode)).unwrap();
            }
        }
    }
}

#[test]
fn a_clean_resource_has_no_finding() {
    let judgment = judge(clean().path());
    assert!(judgment.findings.is_empty(), "{:#?}", judgment.findings);
}

#[test]
fn a_resource_that_breaks_one_clause_is_found_to_break_that_clause_alone() {
    for (clause, mutation) in mutants() {
        let dir = clean();
        mutation.apply(dir.path());
        let found = judge(dir.path()).findings;
        let clauses: BTreeSet<&str> = found.iter().map(|it| it.clause.as_str()).collect();
        assert_eq!(clauses, BTreeSet::from([clause.as_str()]), "{found:#?}");
    }
}

#[test]
fn every_clause_that_can_be_read_has_a_mutant() {
    let judged: BTreeSet<String> = Loaded::built_in()
        .unwrap()
        .clauses
        .into_iter()
        .filter(|it| it.judged == Judged::Syntax)
        .map(|it| it.id)
        .collect();
    let mutated: BTreeSet<String> = mutants().into_iter().map(|(clause, _)| clause).collect();
    assert_eq!(judged, mutated);
}

#[test]
fn what_a_comment_or_a_text_merely_mentions_breaks_nothing() {
    let dir = clean();
    let lines = "# main() { --action install\necho 'use --action install, or main() {'\ncat <<E\n--action install\nmain() {\nE\n\
                 # VROOLI_RESOURCE_X\necho 'VROOLI_RESOURCE_X is gone'\n# password=hunter2hunter2\n";
    Append("lib/core.sh", lines).apply(dir.path());
    let found = judge(dir.path()).findings;
    assert!(found.is_empty(), "{found:#?}");
    assert!(!CLI.contains("--action"));
}
