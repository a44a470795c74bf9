//! Arguments of meta-commands: psql and the program both run a script that is generated from each row of the table.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use resource_postgres::pg::describe;
use resource_postgres::pg::script::{META_COMMANDS, MetaAction, MetaSyntax};

use super::{Comparison, differences};

/// Forms of arguments. `W` stands for a word that suits the command, and `^W` for the same in capitals.
const FORMS: &[&str] = &[
    "",
    "W",
    "W;",
    "W;;",
    "W ;",
    "W\t; ;",
    "'W;'",
    "\"W;\"",
    "'W';",
    "\"W\";",
    "W'b';",
    "W;'';",
    ";",
    "; W",
    ";W",
    "W; W;",
    "W;W",
    "W W W W W W",
    "^W;",
    "\"^W\";",
    "''",
    "\"\"",
    "'';",
    "-",
    "-;",
    "'-'",
    ":word;",
    ":'word';",
    ":\"word\";",
    ":none;",
    "W:{?word};",
    ":{?word};",
    "|W;",
    "W |W;",
    "(W;",
    "(null=W;) W;",
    "'W",
    "W; \"W",
    "W -- comment;",
    "W\\\\echo next",
    "W\\echo next",
    "W;\\\\ \\echo next;",
];

/// Forms for further commands of the same row, which must be read alike.
const FEW: &[&str] = &["W;", "W ;", "\"W;\";", "'W';", "; W", "W; W; W;", ":word;", "W;\\\\echo next"];

/// Further forms for `\connect`. `W` stands for a database, `USER` for the only user whose password both know.
const CONNECTIONS: &[&str] = &[
    "W USER;",
    "W USER;; ;",
    "W; \"USER\";",
    "W USER - -;",
    "W USER '' \"\";",
    "'' USER",
    "- USER;",
    "; USER;",
    "-; -; -; -;",
    "W nobody;",
    "W;SELECT 1;",
    "W \"USER;\"",
    "\"-\";",
    "-\"\"",
    "\"a \"\"b;\"\"\";",
    "a\"B c\"D",
    "'a\"B\"c'",
    ":dash",
    ":none",
    "-reuse-previous=on W;",
    "-reuse-previous=off W;",
    "-reuse-previous=off",
    "-reuse-previous=no - USER;",
    "\"-reuse-previous=on\" W;",
    "-reuse-previous=on; W",
    "-reuse-previous=maybe W",
    "-reuse-previous= W",
    "W -reuse-previous=on",
    "dbname=W;",
    "\"dbname=W\";",
    "\"dbname=W;\"",
    "\"dbname=W user=USER\" ; ;",
    "-reuse-previous=on \"user=USER\";",
    "-reuse-previous=off \"user=USER\";",
    "\"dbname=W\" USER;",
    "dbname=W; -",
    "postgresql:///W;",
    "postgres:///W?user=USER;",
    "x://W",
];

/// Forms with which `\connect` fails, which ends the script.
const REFUSED: &[&str] = &[
    "'W;'",
    "\"W;\"",
    "W'b';",
    "W;'';",
    "; W",
    ";W",
    "W; W;",
    "W;W",
    "^W;",
    "\"^W\";",
    "'-'",
    ":word;",
    ":'word';",
    ":\"word\";",
    ":none;",
    "W:{?word};",
    ":{?word};",
    "|W;",
    "W |W;",
    "(W;",
    "\"W;\";",
    "W nobody;",
    "W;SELECT 1;",
    "W \"USER;\"",
    "\"-\";",
    "-\"\"",
    "\"a \"\"b;\"\"\";",
    "a\"B c\"D",
    "'a\"B\"c'",
    ":dash",
    ":none",
    "W -reuse-previous=on",
    "\"dbname=W;\"",
    "x://W",
];

/// Files for `\i` and `\ir`.
const FILES: &[(&str, &str)] = &[
    ("a.sql", "\\echo a is included\n\\warn of a\n"),
    ("sub/b.sql", "\\ir ../a.sql;\n\\ir c.sql ;\n"),
    ("sub/c.sql", "\\echo c is included\n"),
];

/// Returns a word that a command accepts. A new action needs an arm.
fn word(action: MetaAction) -> &'static str {
    match action {
        MetaAction::Connect => "postgres",
        MetaAction::Copy | MetaAction::Go => "out.txt",
        MetaAction::Elif | MetaAction::Expanded | MetaAction::If => "on",
        MetaAction::TuplesOnly | MetaAction::Timing => "on",
        MetaAction::Encoding => "utf8",
        MetaAction::Include => "a.sql",
        MetaAction::IncludeRelative => "sub/b.sql",
        MetaAction::Pset => "border",
        MetaAction::Restrict | MetaAction::Unrestrict => "key",
        MetaAction::Align | MetaAction::Conninfo | MetaAction::Describe | MetaAction::Echo => "a",
        MetaAction::Else | MetaAction::Endif | MetaAction::FieldSeparator | MetaAction::Gexec => "a",
        MetaAction::Gset | MetaAction::Print | MetaAction::Quit | MetaAction::Reset | MetaAction::Set => "a",
        MetaAction::Shell | MetaAction::Title | MetaAction::Unset => "a",
    }
}

/// Returns lines that give a command these arguments, and show their effect. A new action needs an arm.
fn lines(action: MetaAction, name: &str, form: &str) -> String {
    let given = suit(form, word(action));
    let plain = format!("\\{name} {given}\n");
    match action {
        MetaAction::Copy => format!("\\{name} (SELECT 1) to {given}\n"),
        MetaAction::Encoding => format!("{plain}\\encoding\n"),
        MetaAction::FieldSeparator => format!("{plain}\\pset fieldsep\n"),
        MetaAction::Pset => format!("{plain}\\pset null {given}\n\\pset null\n"),
        MetaAction::Go => format!("SELECT 1 AS one {plain}"),
        MetaAction::Gexec => format!("SELECT 'SELECT 2' {plain}"),
        MetaAction::Gset => format!("SELECT 1 AS one {plain}\\echo :aone :one\n"),
        MetaAction::If => format!("{plain}\\echo yes\n\\else\n\\echo no\n\\endif\n"),
        MetaAction::Elif => format!("\\if off\n{plain}\\echo yes\n\\else\n\\echo no\n\\endif\n"),
        MetaAction::Else => {
            let both = |value: &str| format!("\\if {value}\n\\echo 1\n{plain}\\echo 2\n\\endif\n");
            both("on") + &both("off")
        }
        MetaAction::Endif => format!("\\if on\n{plain}\\if off\n{plain}"),
        MetaAction::Print | MetaAction::Reset => format!("SELECT 1\n{plain}"),
        MetaAction::Set => format!("{plain}\\set a {given}\n\\echo :a\n"),
        MetaAction::Unset => format!("\\set a 1\n{plain}\\echo :a\n"),
        MetaAction::Shell => format!("\\{name} echo {given}\n"),
        MetaAction::Restrict | MetaAction::Unrestrict => format!(
            "\\restrict {given}\n\\echo free?\n\\unrestrict 'key;'\n\\unrestrict key\n\\unrestrict {given}\n"
        ),
        MetaAction::Align | MetaAction::Connect | MetaAction::Conninfo | MetaAction::Describe => plain,
        MetaAction::Echo | MetaAction::Expanded | MetaAction::Include | MetaAction::IncludeRelative => plain,
        MetaAction::Quit | MetaAction::Timing | MetaAction::Title | MetaAction::TuplesOnly => plain,
    }
}

/// Returns a form with its word.
fn suit(form: &str, word: &str) -> String {
    form.replace("^W", &word.to_uppercase()).replace('W', word)
}

/// Returns the names of a row's commands; for prefixes, of all commands that have them.
fn names(row: &'static MetaSyntax) -> Vec<&'static str> {
    let all: Vec<&str> = describe::names().filter(|it| is_of(row, it)).collect();
    if all.is_empty() { row.names.to_vec() } else { all }
}

fn is_of(row: &MetaSyntax, name: &str) -> bool {
    MetaSyntax::of(name).is_some_and(|it| std::ptr::eq(it, row))
}

/// Returns whether psql and the program are to do the same.
fn is_comparable(action: MetaAction, name: &str, form: &str) -> bool {
    match action {
        // Output to shell commands is not covered. After an empty name psql closes its own stdout.
        MetaAction::Go => !form.contains('|') && form != "''",
        // An unknown encoding is not an error in psql, which then warns of further arguments; and it does not escape quotes in
        // the name.
        MetaAction::Encoding => !["; W", ":'word';", "(null=W;) W;"].contains(&form),
        // A dash means standard input, which is not covered.
        MetaAction::Include | MetaAction::IncludeRelative => !form.contains('-'),
        // `\set` alone lists the variables, of which psql has more.
        MetaAction::Set => !["", ";", "'W"].contains(&form),
        // Without a pattern these list folders, ports and sizes, which differ between the servers.
        MetaAction::Describe if matches!(name, "dconfig" | "l+" | "list+") => {
            form.starts_with(['W', '"', '\''])
        }
        _ => true,
    }
}

/// Returns a script with all forms of a row's commands, each followed by the rest of the query.
fn script(row: &'static MetaSyntax, action: MetaAction) -> String {
    let mut script = "\\set ON_ERROR_STOP off\n\\set ECHO all\nCREATE TABLE a (a int);\n".to_owned();
    writeln!(script, "\\set word '{};'", word(action)).unwrap();
    for (at, name) in names(row).into_iter().enumerate() {
        let forms = if at == 0 { FORMS } else { FEW };
        for form in forms.iter().filter(|form| is_comparable(action, name, form)) {
            writeln!(script, "{}\\p\n\\r", lines(action, name, form)).unwrap();
        }
    }
    script
}

/// Returns a script with all commands in branches that are not taken. An argument can end its branch.
fn skipped() -> String {
    let mut script = "\\set ON_ERROR_STOP off\n\\set ECHO all\n\\set word a\n".to_owned();
    let branches = ["if", "elif", "else", "endif"];
    // psql 15 does not have it.
    let later = "bind";
    let names = META_COMMANDS.iter().flat_map(names).filter(|it| !branches.contains(it) && *it != later);
    for name in names {
        let forms = if META_COMMANDS.iter().any(|it| it.names[0] == name) { FORMS } else { FEW };
        for form in forms.iter().chain(&["|W \\endif", "W |W \\endif", "(W |W) |W \\endif"]) {
            let form = suit(form, "a");
            writeln!(script, "\\if off\n\\{name} {form}\n\\echo in {name}\n\\endif").unwrap();
        }
    }
    for form in FORMS {
        let form = suit(form, "on");
        writeln!(script, "\\if off\n\\if {form}\n\\elif {form}\n\\else {form}\n\\endif {form}\n\\endif")
            .unwrap();
    }
    script
}

/// Makes a folder with [`FILES`].
fn files() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("sub")).unwrap();
    for (name, text) in FILES {
        fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

/// Compares the scripts of some rows.
fn same_as_psql(is_meant: impl Fn(MetaAction) -> bool) {
    let meant = |row: &'static MetaSyntax| Some((row, row.action.filter(|it| is_meant(*it))?));
    let rows: Vec<_> = META_COMMANDS.iter().filter_map(meant).collect();
    let database = |row: &MetaSyntax| format!("row {}", row.names[0].replace('!', "shell"));
    let databases: Vec<String> = rows.iter().map(|(row, _)| database(row)).collect();
    let Some(comparison) = Comparison::new(&databases).map(Comparison::without_dumps) else { return };
    let files = files();
    let compare = |(row, action): &(&'static MetaSyntax, MetaAction)| {
        comparison.differences(&database(row), script(row, *action).as_bytes(), files.path())
    };
    let differences: Vec<String> = rows.iter().filter_map(compare).collect();
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), rows.len(), differences.join("\n"));
}

#[test]
fn each_meta_command_reads_its_arguments_as_psql_does() {
    same_as_psql(|action| !matches!(action, MetaAction::Connect | MetaAction::Quit | MetaAction::Describe));
}

#[test]
fn each_command_that_describes_reads_its_arguments_as_psql_does() {
    same_as_psql(|action| action == MetaAction::Describe);
}

#[test]
fn each_meta_command_that_is_not_run_is_skipped_as_psql_does() {
    let name = "skipped".to_owned();
    let Some(comparison) = Comparison::new(std::slice::from_ref(&name)) else { return };
    let difference = comparison.differences(&name, skipped().as_bytes(), Path::new(""));
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

/// Returns all forms for `\connect`.
fn connect_forms() -> impl Iterator<Item = &'static str> {
    // The third argument is a host. Scripts stay on their instance's server.
    let is_here = |form: &&str| !["W W W W W W", "W -- comment;", "W; W; W;"].contains(form);
    FORMS.iter().chain(FEW).chain(CONNECTIONS).copied().filter(is_here)
}

/// Returns a script that connects in each form, always from the same database, so that reused parts are seen.
fn connect_script(forms: &[&str], user: &str) -> String {
    let mut script =
        "\\set ON_ERROR_STOP off\n\\set ECHO all\n\\set word postgres;\n\\set dash -\n".to_owned();
    for form in forms {
        let form = suit(form, word(MetaAction::Connect)).replace("USER", user);
        write!(script, "\\c template1\n\\connect {form}\n\\p\n\\r\n\\echo :DBNAME :USER\n").unwrap();
        script += "SELECT current_database(), current_user;\n";
    }
    script + "\\echo the end\n"
}

#[test]
fn connect_reads_its_arguments_as_psql_does() {
    let name = "connect".to_owned();
    let comparison = Comparison::new(std::slice::from_ref(&name)).map(Comparison::without_dumps);
    let Some(comparison) = comparison else { return };
    let (refused, accepted): (Vec<&str>, Vec<&str>) = connect_forms().partition(|it| REFUSED.contains(it));
    let none = Path::new("");
    let compare = |forms: &[&str]| {
        let script = connect_script(forms, &comparison.user());
        let theirs = comparison.theirs(&name, script.as_bytes(), none);
        assert_eq!(theirs.stdout.contains("\nthe end\n"), forms.len() > 1, "{forms:?}");
        differences(forms[0], &comparison.ours(&name, script.as_bytes(), none), &theirs)
    };
    let together = std::iter::once(accepted.as_slice());
    let differences: Vec<String> = together.chain(refused.chunks(1)).filter_map(compare).collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn quit_reads_its_arguments_as_psql_does() {
    let name = "quit".to_owned();
    let comparison = Comparison::new(std::slice::from_ref(&name)).map(Comparison::without_dumps);
    let Some(comparison) = comparison else { return };
    let dir = files();
    let mut script = "\\set ON_ERROR_STOP off\n\\set word ';'\n".to_owned();
    for (at, form) in FORMS.iter().enumerate() {
        let file = format!("{at}.sql");
        for (name, extension) in [("q", ""), ("quit", "quit")] {
            let file = format!("{file}{extension}");
            let text = format!("{}\\echo not reached after {form}\n", lines(MetaAction::Quit, name, form));
            fs::write(dir.path().join(&file), text).unwrap();
            writeln!(script, "\\i {file};").unwrap();
        }
    }
    let difference = comparison.differences(&name, script.as_bytes(), dir.path());
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}

#[test]
fn semicolons_come_off_the_end_of_the_arguments_of_connect() {
    let name = "cdb".to_owned();
    let comparison = Comparison::new(std::slice::from_ref(&name)).map(Comparison::without_dumps);
    let Some(comparison) = comparison else { return };
    let script = "CREATE DATABASE \"a;\";\n\\c \"a;\";\n\\c case_cdb;\nSELECT current_database();\n\\c case_cdb ;\n\\c case_cdb;;\n\\c \"case_cdb\";\n\
                  \\connect case_cdb; \\\\ SELECT current_database();\n\\i a.sql;\n\\x on;\n\\t on;\n\\C title;\nSELECT 1;\n";
    let difference = comparison.differences(&name, script.as_bytes(), files().path());
    assert!(difference.is_none(), "{}", difference.unwrap_or_default());
}
