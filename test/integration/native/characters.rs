//! What is known of characters is what PostgreSQL knows: their bytes in every encoding, and their columns.

use std::fmt::Write;
use std::io;
use std::process::Command;

use resource_postgres::pg::columns::columns;
use resource_postgres::pg::script::{Encoded, Encoding};

use crate::support::Room;

/// Conversions that answer nothing where the server would fail.
const FUNCTIONS: &str = "CREATE FUNCTION reads(bytes bytea, encoding name) RETURNS text LANGUAGE plpgsql AS \
     $$ BEGIN RETURN convert_from(bytes, encoding); EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$; \
     CREATE FUNCTION writes(letter text, encoding name) RETURNS bytea LANGUAGE plpgsql AS \
     $$ BEGIN RETURN convert_to(letter, encoding); EXCEPTION WHEN OTHERS THEN RETURN NULL; END $$;";

/// Sequences of bytes, by the longest that an encoding has.
const ONE: &str = "SELECT set_byte('\\x00', 0, a) FROM generate_series(128, 255) a";
const TWO: &str = "SELECT set_byte(set_byte('\\x0000', 0, a), 1, b) FROM generate_series(128, 255) a, \
     generate_series(1, 255) b";
const THREE: &str = "SELECT set_byte(set_byte('\\x8f0000', 1, a), 2, b) FROM generate_series(160, 255) a, \
     generate_series(160, 255) b";
const FOUR: &str = "SELECT set_byte(set_byte(set_byte(set_byte('\\x00000000', 0, a), 1, b), 2, c), 3, d) \
     FROM unnest(array[129, 130, 131, 132, 144, 227]) a, generate_series(48, 57) b, generate_series(129, 254) c, \
     generate_series(48, 57) d";

/// The lines that psql answers a question with.
fn asked(psql: &Command, sql: &str) -> Vec<String> {
    let mut psql_again = Command::new(psql.get_program());
    psql_again.env_clear().envs(psql.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = psql_again.args(["-X", "-q", "-A", "-t", "-F", " ", "-c", sql]).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u32> = hex.chars().map(|it| it.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|it| u8::try_from(it[0] * 16 + it[1]).unwrap()).collect()
}

/// The sequences that the server and we read otherwise.
fn read_otherwise(psql: &Command, encoding: Encoding) -> Vec<String> {
    let name = encoding.name();
    let sequences = match name {
        "EUC_JP" => [ONE, TWO, THREE].join(" UNION ALL "),
        "GB18030" => [ONE, TWO, FOUR].join(" UNION ALL "),
        "BIG5" | "EUC_CN" | "EUC_KR" | "GBK" | "SJIS" | "UHC" => [ONE, TWO].join(" UNION ALL "),
        _ => ONE.to_owned(),
    };
    let sql = format!(
        "SELECT encode(s, 'hex'), encode(convert_to(reads(s, '{name}'), 'UTF8'), 'hex') FROM ({sequences}) x (s)"
    );
    let answered = asked(psql, &sql);
    assert!(answered.len() >= 128);
    let differs = |line: &String| {
        let (sequence, text) = line.split_once(' ').unwrap();
        let theirs = Some(bytes(text)).filter(|it| !it.is_empty());
        let ours = encoding.decode(&bytes(sequence)).ok().map(String::into_bytes);
        (ours != theirs).then(|| format!("{name} {sequence}: {ours:x?}, server {theirs:x?}"))
    };
    answered.iter().filter_map(differs).collect()
}

/// The characters that the server and we write otherwise.
fn written_otherwise(psql: &Command, encoding: Encoding) -> Vec<String> {
    let name = encoding.name();
    let last =
        if encoding.decode(b"\xb0\xa1").is_ok_and(|it| it.chars().count() == 1) { 0x1_ffff } else { 0x2fff };
    let last = if name == "SJIS" { 0xffff } else { last };
    let sql = format!(
        "SELECT n, encode(writes(chr(n), '{name}'), 'hex') FROM generate_series(128, {last}) n \
         WHERE n NOT BETWEEN 55296 AND 57343"
    );
    let mut out = Encoded::new(io::sink());
    out.encode(encoding);
    let (mut text, mut theirs, mut differences) = (String::new(), Vec::new(), Vec::new());
    for line in asked(psql, &sql) {
        let (number, sequence) = line.split_once(' ').unwrap();
        let character = char::from_u32(number.parse().unwrap()).unwrap();
        if out.check(&character.to_string()).is_ok() == sequence.is_empty() {
            differences.push(format!("{name} {character:?}: server writes {sequence:?}"));
        } else if !sequence.is_empty() {
            text.push(character);
            theirs.push(bytes(sequence));
        }
    }
    assert!(text.chars().count() >= 64, "{name}");
    if encoding.encode(&text) != Ok(theirs.concat()) {
        let wrong = |(it, bytes): &(char, &Vec<u8>)| encoding.encode(&it.to_string()).as_ref() != Ok(bytes);
        let wrong = text.chars().zip(&theirs).filter(wrong).take(5);
        differences.extend(wrong.map(|(it, bytes)| format!("{name} {it:?}: server {bytes:x?}")));
    }
    differences
}

#[test]
fn every_character_of_every_encoding_has_the_bytes_that_the_server_gives_it() {
    let room = Room::up();
    let Some(psql) = room.psql("main") else { return };
    asked(&psql, FUNCTIONS);
    let others = || Encoding::all().filter(|it| *it != Encoding::default());
    assert!(others().count() > 30);
    let differences: Vec<String> = others()
        .flat_map(|it| [read_otherwise(&psql, it), written_otherwise(&psql, it)])
        .flat_map(|it| it.into_iter().take(10))
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn every_character_takes_as_many_columns_as_in_psql() {
    let room = Room::up();
    let Some(mut psql) = room.psql("main") else { return };
    let characters: Vec<char> = ('\u{a0}'..='\u{1fffd}')
        .chain('\u{20000}'..='\u{2000f}')
        .chain('\u{2fff0}'..='\u{2fffd}')
        .chain('\u{e0000}'..='\u{e01ff}')
        .collect();
    let mut script = String::new();
    for some in characters.chunks(1000) {
        let column = |it: &char| format!("repeat(chr({}), 10) AS a", u32::from(*it));
        writeln!(script, "SELECT {};", some.iter().map(column).collect::<Vec<_>>().join(", ")).unwrap();
    }
    let output = psql.args(["-q", "-f", &room.file("widths.sql", &script)]).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // Each result is its head, a rule, a row, the number of rows, and an empty line.
    let rules = text.split('\n').skip(1).step_by(5).flat_map(|it| it.split('+'));
    let theirs: Vec<usize> = rules.map(|it| (it.len() - 2) / 10).collect();
    assert_eq!(theirs.len(), characters.len());
    let differs = |(it, theirs): &(&char, &usize)| columns(**it) != Some(**theirs);
    let differences: Vec<_> = characters.iter().zip(&theirs).filter(differs).take(10).collect();
    assert!(differences.is_empty(), "{differences:?}");
}
