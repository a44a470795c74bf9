//! Every format that psql has is printed byte for byte as psql prints it, under every setting.

use std::fmt::Write;
use std::io;
use std::time::Duration;

use resource_postgres::pg::connect::{At, Target, connect};
use resource_postgres::pg::query::{self, Event};
use resource_postgres::pg::render::Printer;
use resource_postgres::pg::render::settings::{Border, Expanded, Format, LineStyle, Settings};
use resource_postgres::secret::Secret;

use super::QUERIES;
use crate::support::Room;

/// Stands between the answers of psql; no query has it in its own.
const MARK: &str = "-- 8< --";

/// Takes back what an earlier setting has set.
const DEFAULTS: &str = r"
\pset border 1
\pset linestyle ascii
\pset expanded off
\pset columns 0
\pset tuples_only off
\pset footer on
\pset title
\pset null ''
\pset fieldsep '|'
\pset recordsep '\n'
\pset csv_fieldsep ','
";

/// Statements that build on each other, whose tags are printed too.
const TAGGED: &[&str] = &[
    "CREATE TABLE tagged (n int, t text)",
    "INSERT INTO tagged VALUES (1, 'one'), (2, NULL) RETURNING *",
    "UPDATE tagged SET t = 'x' WHERE n = 2 RETURNING t",
    "DELETE FROM tagged WHERE false RETURNING n",
    "DELETE FROM tagged",
    "DROP TABLE tagged",
];

/// A setting of ours, and what sets the same in psql.
type Case = (Settings, String);

fn aligned() -> Vec<Case> {
    let mut cases = Vec::new();
    for (border, number) in [(Border::None, 0), (Border::Inner, 1), (Border::Full, 2)] {
        for (linestyle, style) in [(LineStyle::Ascii, "ascii"), (LineStyle::Unicode, "unicode")] {
            let settings = Settings { border, linestyle, ..Settings::default() };
            cases.push((settings, format!("format=aligned border={number} linestyle={style}")));
        }
    }
    cases
}

fn others() -> Vec<Case> {
    let unaligned = || Settings { format: Format::Unaligned, ..Settings::default() };
    let csv = || Settings { format: Format::Csv, ..Settings::default() };
    vec![
        (unaligned(), "format=unaligned".to_owned()),
        (
            Settings { fieldsep: " <> ".to_owned(), recordsep: "\n--\n".to_owned(), ..unaligned() },
            "format=unaligned fieldsep=' <> ' recordsep=E'\\n--\\n'".to_owned(),
        ),
        (
            Settings { fieldsep: "\0".to_owned(), recordsep: "\0".to_owned(), ..unaligned() },
            "format=unaligned fieldsep_zero recordsep_zero".to_owned(),
        ),
        (csv(), "format=csv".to_owned()),
        (Settings { csv_fieldsep: ';', ..csv() }, "format=csv csv_fieldsep=';'".to_owned()),
        (Settings { csv_fieldsep: '.', ..csv() }, "format=csv csv_fieldsep='.'".to_owned()),
    ]
}

/// Every format with and without what any of them may be given.
fn cases() -> Vec<Case> {
    let mut cases = [aligned(), others()].concat();
    extend(&mut cases, "expanded=on", |it| it.expanded = Expanded::On);
    extend(&mut cases, "tuples_only=on", |it| it.tuples_only = true);
    let mut more = [aligned(), others()].concat();
    extend(&mut more, "expanded=on", |it| it.expanded = Expanded::On);
    more.iter_mut().for_each(|(settings, words)| {
        settings.title = Some("Tïtle".to_owned());
        settings.null = "∅∅".to_owned();
        words.push_str(" title='Tïtle' null='∅∅'");
    });
    extend(&mut more, "footer=off", |it| it.footer = false);
    for columns in [1, 20, 30] {
        cases.push((
            Settings { expanded: Expanded::Auto, columns, ..Settings::default() },
            format!("format=aligned expanded=auto columns={columns}"),
        ));
    }
    [cases, more].concat()
}

/// Adds every case once more with something else set.
fn extend(cases: &mut Vec<Case>, words: &str, set: impl Fn(&mut Settings)) {
    let mut more = cases.clone();
    more.iter_mut().for_each(|(settings, all)| {
        set(settings);
        *all = format!("{all} {words}");
    });
    cases.extend(more);
}

/// The script that makes psql print every query under one setting, with marks between.
fn script(words: &str, queries: &[&str]) -> String {
    let mut script = String::new();
    script.push_str(DEFAULTS);
    for word in split_words(words) {
        let (name, value) = word.split_once('=').unwrap_or((word, ""));
        writeln!(script, "\\pset {name} {}", value.replace("E'", "'")).unwrap();
    }
    for query in queries {
        writeln!(script, "\\echo -n '{MARK}'\n{query};").unwrap();
    }
    writeln!(script, "\\echo -n '{MARK}'").unwrap();
    script
}

/// Splits at spaces that are not quoted.
fn split_words(words: &str) -> Vec<&str> {
    let mut quoted = false;
    let at = |c: char| {
        quoted ^= c == '\'';
        c == ' ' && !quoted
    };
    words.split(at).collect()
}

/// Runs queries on `main` and hands on what the program would be told, with the number of the query.
pub fn answer(room: &Room, queries: &[&str], mut on: impl FnMut(usize, Event) -> io::Result<()>) {
    let recorded = |key| room.recorded("main", key);
    let at = At::Tcp(recorded("port").parse().unwrap());
    let password = Some(Secret::new(recorded("password")));
    let target = Target::new(at, &recorded("user"), password, &recorded("database"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let session = connect(&target, Duration::from_secs(10), Box::new(|_| ())).await.unwrap();
        for (number, query) in queries.iter().enumerate() {
            query::run(&session, query, |event| on(number, event)).await.unwrap();
        }
    });
}

fn printed(settings: &Settings, events: &[Event]) -> String {
    let mut out = Vec::new();
    let mut printer = Printer::new(settings.clone());
    events.iter().for_each(|event| printer.print(event.clone(), &mut out).unwrap());
    String::from_utf8(out).unwrap()
}

#[test]
fn every_format_of_psql_is_printed_as_psql_prints_it() {
    let room = Room::up();
    room.run(["content", "execute", "CREATE VIEW one_row AS VALUES (1, 'x')"]).done();
    let queries = [QUERIES, TAGGED].concat();
    let cases = cases();
    let mut answers = vec![Vec::new(); queries.len()];
    answer(&room, &queries, |number, event| {
        answers[number].push(event);
        Ok(())
    });
    let scripts: String = cases.iter().map(|(_, words)| script(words, &queries)).collect();
    let text = format!("SET client_min_messages = warning;\n{scripts}");
    let Some(mut psql) = room.psql("main") else { return };
    let theirs = psql.args(["-f", &room.file("all.sql", &text)]).output().unwrap();
    let (stdout, stderr) =
        (String::from_utf8(theirs.stdout).unwrap(), String::from_utf8(theirs.stderr).unwrap());
    assert_eq!(stderr, "", "{stderr}");
    let parts: Vec<&str> = stdout.split(MARK).skip(1).collect();
    assert_eq!(parts.len(), cases.len() * (queries.len() + 1));
    let mut differences = Vec::new();
    for ((settings, words), parts) in cases.iter().zip(parts.chunks(queries.len() + 1)) {
        for ((query, events), theirs) in queries.iter().zip(&answers).zip(parts) {
            let ours = printed(settings, events);
            if ours != **theirs {
                differences.push(format!("{words}\n{query}\nours:\n{ours}\npsql:\n{theirs}\n"));
            }
        }
    }
    let first = differences.iter().take(5).map(String::as_str).collect::<String>();
    assert!(differences.is_empty(), "{} differences:\n{first}", differences.len());
}
