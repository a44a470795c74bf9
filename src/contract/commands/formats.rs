//! The formats of a command's answer: each is what it is called, and the default is what it is said to be.

use std::rc::Rc;

use crate::contract::commands::{clause, incomparable};
use crate::contract::finding::Finding;
use crate::contract::trial::{Trial, ending, said, shown};
use crate::room::run::Ran;

/// Judges the formats of a command that only reads.
pub(super) fn behave(name: &str, trial: &mut Trial<'_>) {
    let Some(flag) = trial.flag(name, "--format") else { return };
    let own = format!("{}.flags.--format", clause(name));
    let Some(plain) = trial.ask(name) else { return };
    let code = plain.code().unwrap_or_default();
    if let Some(why) = incomparable(name, code, trial) {
        return trial.skip_below(&own, why);
    }
    if plain.stdout.trim().is_empty() && plain.code() != Some(0) {
        let why = format!("`{name}` ended with {code} and had nothing to print");
        trial.judgment.skip(&own, &why);
        return trial.skip_below(&own, &why);
    }
    let line = |value: &str| format!("{name} --format {value}");
    let answers: Vec<(&str, Option<Rc<Ran>>)> =
        flag.values.iter().map(|it| (it.as_str(), trial.provoke(&line(it)))).collect();
    let is_accepted = |it: &Option<Rc<Ran>>| it.as_ref().is_none_or(|it| it.code() == plain.code());
    let is_known = answers.iter().any(|(_, it)| is_accepted(it));
    trial.judgment.hold(is_known, || {
        let first = answers.iter().find_map(|(value, ran)| Some((value, ran.as_ref()?)));
        let (value, seen) = first.map_or(("", String::new()), |(value, ran)| (value, said(ran)));
        Finding::in_command(&own, &shown(&line(value)))
            .expected("the flag is known")
            .seen(format!("each of its values is refused{seen}"))
    });
    if !is_known {
        return trial.skip_below(&own, "the flag is not known");
    }
    for (value, ran) in answers.iter().filter_map(|(value, ran)| Some((value, ran.as_ref()?))) {
        let seen = match is_accepted(&Some(ran.clone())) {
            // A list of nothing may be nothing, in words.
            true if value == &"text" && plain.stdout.trim().is_empty() => None,
            true => misfit(value, &ran.stdout),
            false => Some(format!("{}, and without the flag code {code}", ending(ran))),
        };
        let finding = || Finding::in_command(&format!("{own}.values.{value}"), &shown(&line(value)));
        match seen {
            Some(seen) => trial.judgment.fail(finding().expected(format!("an answer in {value}")).seen(seen)),
            None if is_for_programs(value) && !ran.stderr.trim().is_empty() => trial.judgment.fail(
                finding()
                    .expected("nothing on standard error, since programs often merge both streams")
                    .seen(format!("{} lines there{}", ran.stderr.lines().count(), said(ran)))
                    .advice(),
            ),
            None => trial.judgment.pass(&finding().clause),
        }
    }
    let default = flag.default.as_ref().and_then(|it| it.as_str()).unwrap_or_default();
    by_default(name, default, &plain, &answers, trial);
}

/// Whether an answer without the flag is like that with the value which is said to be the default.
fn by_default(
    name: &str,
    default: &str,
    plain: &Ran,
    answers: &[(&str, Option<Rc<Ran>>)],
    trial: &mut Trial<'_>,
) {
    if default.is_empty() {
        return;
    }
    let is_like = |ran: &Ran| shape(&ran.stdout) == shape(&plain.stdout);
    let is_default = |ran: &Option<Rc<Ran>>| ran.as_ref().is_some_and(|it| is_like(it));
    let other = answers.iter().find(|(value, ran)| *value != default && is_default(ran));
    let as_said = answers.iter().any(|(value, ran)| *value == default && is_default(ran));
    // An answer that changes from moment to moment is like none of them.
    trial.judgment.hold(as_said || other.is_none(), || {
        Finding::in_command(&format!("{}.flags.--format.default", clause(name)), &shown(name))
            .expected(format!("what `--format {default}` answers"))
            .seen(format!("what `--format {}` answers", other.map(|it| it.0).unwrap_or_default()))
    });
}

/// A text without its numbers, which may differ from moment to moment.
fn shape(text: &str) -> String {
    let mut shape = String::new();
    for it in text.trim().chars() {
        match it.is_ascii_digit() {
            true if shape.ends_with('0') => {}
            true => shape.push('0'),
            false => shape.push(it),
        }
    }
    shape
}

fn is_for_programs(format: &str) -> bool {
    ["json", "yaml", "env"].contains(&format)
}

/// Why a text is not in a format.
fn misfit(format: &str, text: &str) -> Option<String> {
    if text.trim().is_empty() {
        return Some("nothing".to_owned());
    }
    match format {
        "json" => match serde_json::from_str::<serde_json::Value>(text) {
            Ok(value) if value.is_object() || value.is_array() => None,
            Ok(_) => Some("a single value".to_owned()),
            Err(err) => Some(format!("no JSON: {err}")),
        },
        "yaml" => match serde_yaml::from_str::<serde_yaml::Value>(text) {
            Ok(value) if value.is_mapping() || value.is_sequence() => None,
            Ok(_) => Some("a single value".to_owned()),
            Err(err) => Some(format!("no YAML: {err}")),
        },
        // What the line says may be secret.
        "env" => {
            let line = text.lines().position(|it| !is_assignment(it)).map(|it| it + 1);
            line.map(|it| format!("line {it} is no assignment"))
        }
        _ => None,
    }
}

fn is_assignment(line: &str) -> bool {
    let line = line.trim();
    let name = line.strip_prefix("export ").unwrap_or(line).split_once('=').map(|(name, _)| name);
    let is_name = |it: &str| {
        !it.is_empty()
            && !it.starts_with(|it: char| it.is_ascii_digit())
            && it.bytes().all(|it| it.is_ascii_alphanumeric() || it == b'_')
    };
    line.is_empty() || line.starts_with('#') || name.is_some_and(is_name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_in_a_format_or_it_is_told_why_not() {
        for (format, text, is_fit) in [
            ("json", "{\"running\": true}\n", true),
            ("json", "[]", true),
            ("json", "[INFO] looking\n{}", false),
            ("json", "12", false),
            ("json", " ", false),
            ("yaml", "running: true\n", true),
            ("yaml", "it runs", false),
            ("env", "# of the thing\nexport A=1\nB_2='x y'\n\n", true),
            ("env", "A: 1", false),
            ("env", "1A=2", false),
            ("text", "it runs", true),
        ] {
            assert_eq!(misfit(format, text).is_none(), is_fit, "{format}: {text}");
        }
    }

    #[test]
    fn numbers_do_not_count_for_the_shape() {
        assert_eq!(shape("up 12 s\n"), shape("up 3 s"));
        assert_ne!(shape("{\"up\": 12}"), shape("up 12"));
    }
}
