//! The options of `\pset`: their values, and what psql says of them.

use crate::pg::render::settings::{Border, Expanded, Format, LineStyle, Settings};
use crate::pg::run::condition::boolean;

/// psql's formats; the last ones are not there.
const FORMATS: [(&str, Option<Format>); 9] = [
    ("aligned", Some(Format::Aligned)),
    ("asciidoc", None),
    ("csv", Some(Format::Csv)),
    ("html", None),
    ("latex", None),
    ("latex-longtable", None),
    ("troff-ms", None),
    ("unaligned", Some(Format::Unaligned)),
    // Without a width to wrap at, it is the same.
    ("wrapped", Some(Format::Aligned)),
];

/// How what psql has and we have not is refused.
const NOT_THERE: &str = "is not supported";

/// Options of psql that change nothing here, and the value that they have.
const FIXED: [(&str, &str); 6] = [
    ("numericlocale", "off"),
    ("pager", "1"),
    ("pager_min_lines", "0"),
    ("unicode_border_linestyle", "single"),
    ("unicode_column_linestyle", "single"),
    ("unicode_header_linestyle", "single"),
];

/// Sets an option. Without a value what is on or off is switched, and most others stay as they are.
///
/// # Errors
/// In psql's words.
pub(super) fn set(settings: &mut Settings, option: &str, value: Option<&str>) -> Result<(), String> {
    match (option, value) {
        ("format", Some(value)) => settings.format = format(value)?,
        ("linestyle", Some(value)) => settings.linestyle = linestyle(value)?,
        ("border", Some(value)) => {
            let [low, high, ..] = number(value).to_le_bytes();
            settings.border_number = u16::from_le_bytes([low, high]);
            settings.border = match settings.border_number {
                0 => Border::None,
                1 => Border::Inner,
                2.. => Border::Full,
            }
        }
        ("x" | "expanded" | "vertical", value) => settings.expanded = expanded(settings.expanded, value)?,
        ("columns", Some(value)) => settings.columns = usize::try_from(number(value)).unwrap_or(0),
        ("t" | "tuples_only", value) => settings.tuples_only = switched(settings.tuples_only, option, value)?,
        ("footer", value) => settings.footer = switched(settings.footer, option, value)?,
        ("null", Some(value)) => value.clone_into(&mut settings.null),
        ("C" | "title", value) => settings.title = value.map(str::to_owned),
        ("fieldsep", Some(value)) => value.clone_into(&mut settings.fieldsep),
        ("fieldsep_zero", _) => "\0".clone_into(&mut settings.fieldsep),
        ("recordsep", Some(value)) => value.clone_into(&mut settings.recordsep),
        ("recordsep_zero", _) => "\0".clone_into(&mut settings.recordsep),
        ("csv_fieldsep", Some(value)) => settings.csv_fieldsep = csv_fieldsep(value)?,
        ("format" | "linestyle" | "border" | "columns" | "null", None) => {}
        ("fieldsep" | "recordsep" | "csv_fieldsep", None) => {}
        ("pager" | "pager_min_lines", _) => {}
        ("tableattr" | "T", value) => settings.tableattr = value.map(str::to_owned),
        ("numericlocale", Some(value)) if switched(false, option, Some(value))? => {
            return Err(format!("\\pset: numericlocale {NOT_THERE}"));
        }
        ("numericlocale", Some(_)) => {}
        (unicode, Some("single") | None) if is_unicode(unicode) => {}
        ("numericlocale", None) => return Err(format!("\\pset: numericlocale {NOT_THERE}")),
        (unicode, Some("double")) if is_unicode(unicode) => {
            return Err(format!("\\pset: {option} double {NOT_THERE}"));
        }
        (unicode, Some(_)) if is_unicode(unicode) => {
            return Err(format!("\\pset: allowed Unicode {} line styles are single, double", part(unicode)));
        }
        _ => return Err(format!("\\pset: unknown option: {option}")),
    }
    Ok(())
}

/// Whether psql has this value of an option, and it is not there.
pub(in crate::pg::run) fn is_missing(option: &str, value: Option<&str>) -> bool {
    let mut settings = Settings::default();
    set(&mut settings, option, value).is_err_and(|why| why.ends_with(NOT_THERE))
}

/// Whether psql says anything: of some options it does only where they are switched.
pub(super) fn is_told(option: &str, value: Option<&str>) -> bool {
    value.is_none() || !matches!(option, "t" | "tuples_only" | "footer" | "numericlocale")
}

/// Which lines an option such as `unicode_border_linestyle` is about.
fn part(option: &str) -> &str {
    option.trim_start_matches("unicode_").trim_end_matches("_linestyle")
}

/// What psql says when an option is set.
pub(super) fn told(settings: &Settings, option: &str, value: Option<&str>) -> String {
    let on_off = |is_on| if is_on { "on" } else { "off" };
    match option {
        "format" if value.is_some_and(|it| "wrapped".starts_with(it)) => {
            "Output format is wrapped.".to_owned()
        }
        "format" => format!("Output format is {}.", format_word(settings.format)),
        "linestyle" => format!("Line style is {}.", linestyle_word(settings.linestyle)),
        "border" => format!("Border style is {}.", settings.border_number),
        "x" | "expanded" | "vertical" => match settings.expanded {
            Expanded::Auto => "Expanded display is used automatically.".to_owned(),
            Expanded::On => "Expanded display is on.".to_owned(),
            Expanded::Off => "Expanded display is off.".to_owned(),
        },
        "columns" => match settings.columns {
            0 => "Target width is unset.".to_owned(),
            columns => format!("Target width is {columns}."),
        },
        "t" | "tuples_only" => format!("Tuples only is {}.", on_off(settings.tuples_only)),
        "footer" => format!("Default footer is {}.", on_off(settings.footer)),
        "null" => format!("Null display is \"{}\".", settings.null),
        "C" | "title" => match &settings.title {
            Some(title) => format!("Title is \"{title}\"."),
            None => "Title is unset.".to_owned(),
        },
        "fieldsep" | "fieldsep_zero" => separator("Field", &settings.fieldsep),
        "recordsep" | "recordsep_zero" => separator("Record", &settings.recordsep),
        "csv_fieldsep" => format!("Field separator for CSV is \"{}\".", settings.csv_fieldsep),
        "numericlocale" => "Locale-adjusted numeric output is off.".to_owned(),
        "pager" => match value.and_then(boolean) {
            Some(true) => "Pager is used for long output.".to_owned(),
            Some(false) | None => "Pager usage is off.".to_owned(),
        },
        "pager_min_lines" => match value.map_or(0, number) {
            1 => "Pager won't be used for less than 1 line.".to_owned(),
            lines => format!("Pager won't be used for less than {lines} lines."),
        },
        "tableattr" | "T" => match &settings.tableattr {
            Some(value) => format!("Table attributes are \"{value}\"."),
            None => "Table attributes unset.".to_owned(),
        },
        other => format!("Unicode {} line style is \"single\".", part(other)),
    }
}

/// All options, as `\pset` alone lists them.
pub(super) fn all(settings: &Settings) -> String {
    let on_off = |is_on: bool| if is_on { "on" } else { "off" }.to_owned();
    let expanded = match settings.expanded {
        Expanded::Off => "off",
        Expanded::On => "on",
        Expanded::Auto => "auto",
    };
    let mut all = vec![
        ("border", settings.border_number.to_string()),
        ("columns", settings.columns.to_string()),
        ("csv_fieldsep", format!("'{}'", settings.csv_fieldsep)),
        ("expanded", expanded.to_owned()),
        ("fieldsep", quoted(&settings.fieldsep)),
        ("fieldsep_zero", on_off(settings.fieldsep == "\0")),
        ("footer", on_off(settings.footer)),
        ("format", format_word(settings.format).to_owned()),
        ("linestyle", linestyle_word(settings.linestyle).to_owned()),
        ("null", quoted(&settings.null)),
        ("recordsep", quoted(&settings.recordsep)),
        ("recordsep_zero", on_off(settings.recordsep == "\0")),
        ("tableattr", settings.tableattr.as_deref().map(quoted).unwrap_or_default()),
        ("title", settings.title.as_deref().map(quoted).unwrap_or_default()),
        ("tuples_only", on_off(settings.tuples_only)),
    ];
    all.extend(FIXED.map(|(option, value)| (option, value.to_owned())));
    all.sort();
    all.iter().map(|(option, value)| format!("{option:<24} {value}\n")).collect()
}

/// A value as psql lists it: in quotes, with escapes.
fn quoted(value: &str) -> String {
    let value = value.trim_end_matches('\0').replace('\'', "\\'").replace('\n', "\\n");
    format!("'{value}'")
}

fn separator(what: &str, value: &str) -> String {
    match value {
        "\0" => format!("{what} separator is zero byte."),
        "\n" if what == "Record" => "Record separator is <newline>.".to_owned(),
        value => format!("{what} separator is \"{value}\"."),
    }
}

fn format(value: &str) -> Result<Format, String> {
    let lower = value.to_ascii_lowercase();
    let named: Vec<_> = FORMATS.iter().filter(|(name, _)| name.starts_with(&lower)).collect();
    match named.as_slice() {
        [(name, None), ..] if named.len() == 1 || *name == lower => {
            Err(format!("\\pset: format {name} {NOT_THERE}"))
        }
        [(name, Some(format)), ..] if named.len() == 1 || *name == lower => Ok(*format),
        [(first, _), (second, _), ..] => Err(format!(
            "\\pset: ambiguous abbreviation \"{value}\" matches both \"{first}\" and \"{second}\""
        )),
        _ => Err(format!("\\pset: allowed formats are {}", FORMATS.map(|(name, _)| name).join(", "))),
    }
}

fn format_word(format: Format) -> &'static str {
    match format {
        Format::Aligned => "aligned",
        Format::Unaligned => "unaligned",
        Format::Csv => "csv",
        Format::Tsv => "tsv",
        Format::Json => "json",
        Format::Yaml => "yaml",
    }
}

fn linestyle(value: &str) -> Result<LineStyle, String> {
    let value = value.to_ascii_lowercase();
    match value.as_str() {
        it if "ascii".starts_with(it) => Ok(LineStyle::Ascii),
        it if "old-ascii".starts_with(it) => Err(format!("\\pset: line style old-ascii {NOT_THERE}")),
        it if "unicode".starts_with(it) => Ok(LineStyle::Unicode),
        _ => Err("\\pset: allowed line styles are ascii, old-ascii, unicode".to_owned()),
    }
}

fn linestyle_word(style: LineStyle) -> &'static str {
    match style {
        LineStyle::Ascii => "ascii",
        LineStyle::Unicode => "unicode",
    }
}

fn expanded(now: Expanded, value: Option<&str>) -> Result<Expanded, String> {
    match value {
        Some(value) if value.eq_ignore_ascii_case("auto") => Ok(Expanded::Auto),
        Some(value) => match boolean(value) {
            Some(true) => Ok(Expanded::On),
            Some(false) => Ok(Expanded::Off),
            None => Err(format!(
                "unrecognized value \"{value}\" for \"expanded\"\nAvailable values are: on, off, auto."
            )),
        },
        None if now == Expanded::Off => Ok(Expanded::On),
        None => Ok(Expanded::Off),
    }
}

fn switched(now: bool, option: &str, value: Option<&str>) -> Result<bool, String> {
    match value {
        None => Ok(!now),
        Some(value) => boolean(value)
            .ok_or_else(|| format!("unrecognized value \"{value}\" for \"{option}\": Boolean expected")),
    }
}

fn csv_fieldsep(value: &str) -> Result<char, String> {
    let mut chars = value.chars();
    match (chars.next(), chars.next()) {
        (Some('"' | '\n' | '\r'), None) => {
            Err("\\pset: csv_fieldsep cannot be a double quote, a newline, or a carriage return".to_owned())
        }
        (Some(it), None) if it.is_ascii() => Ok(it),
        _ => Err("\\pset: csv_fieldsep must be a single one-byte character".to_owned()),
    }
}

fn is_unicode(option: &str) -> bool {
    FIXED.iter().any(|(name, _)| *name == option && name.starts_with("unicode_"))
}

/// The number that a text begins with, 0 if it does with none: C's `atoi`.
fn number(text: &str) -> i64 {
    let text = text.trim_start();
    let digits = text.trim_start_matches(['-', '+']);
    let end = digits.find(|it: char| !it.is_ascii_digit()).unwrap_or(digits.len());
    let value = digits.get(..end).and_then(|it| it.parse().ok()).unwrap_or(0);
    if text.starts_with('-') { -value } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_abbreviation_is_a_format_where_it_is_no_other() {
        assert_eq!(format("u"), Ok(Format::Unaligned));
        assert_eq!(format("c"), Ok(Format::Csv));
        insta::assert_snapshot!(format("a").unwrap_err(), @r#"\pset: ambiguous abbreviation "a" matches both "aligned" and "asciidoc""#);
        insta::assert_snapshot!(format("latex").unwrap_err(), @r"\pset: format latex is not supported");
        insta::assert_snapshot!(format("x").unwrap_err(), @r"\pset: allowed formats are aligned, asciidoc, csv, html, latex, latex-longtable, troff-ms, unaligned, wrapped");
    }

    #[test]
    fn numbers_are_read_as_c_does() {
        for (text, value) in [("2", 2), (" 12x", 12), ("-3", -3), ("x", 0), ("", 0)] {
            assert_eq!(number(text), value);
        }
    }
}
