//! The `runtime_configuration` section: what an orchestrator must be told of a resource before it starts it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::contract::fault::json_object;
use crate::contract::finding::{Finding, Judgment};
use crate::contract::subject::Subject;

/// The section.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct RuntimeConfiguration {
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The file that holds it.
    #[serde(default)]
    pub file_path: String,
    /// Whether every resource must have it.
    #[serde(default)]
    pub required: bool,
    /// What must be in it.
    #[serde(default)]
    pub schema: BTreeMap<String, Field>,
}

/// A key of the file.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Field {
    /// Type of its value: `integer`, `string`, `array<string>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether it must be there.
    #[serde(default)]
    pub required: bool,
    /// The least and the greatest number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[i64; 2]>,
    /// What a number counts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The shape of a text, with `{min}` and `{max}` for numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    /// The texts that it may be.
    #[serde(default, rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// Advice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guidelines: Vec<String>,
    /// Advice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Values that are right.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub examples: Vec<String>,
}

impl RuntimeConfiguration {
    /// Judges the file of a resource.
    pub(crate) fn read(&self, subject: &Subject, judgment: &mut Judgment) {
        let clause = "runtime_configuration.file_path";
        if !subject.has(&self.file_path) {
            // That it must be there is a clause of the file structure.
            return self.skip_all(judgment, "there is no such file");
        }
        let text = subject.text(&self.file_path).unwrap_or_default();
        let value = match json_object(&text) {
            Ok(value) => value,
            Err(fault) => {
                judgment.fail(Finding::of(&fault, clause, &self.file_path).expected("a JSON object"));
                return self.skip_all(judgment, "the file holds no JSON object");
            }
        };
        judgment.pass(clause);
        for (key, field) in &self.schema {
            field.read(key, value.get(key), &self.file_path, judgment);
        }
    }
}

impl RuntimeConfiguration {
    fn skip_all(&self, judgment: &mut Judgment, why: &str) {
        judgment.skip("runtime_configuration.file_path", why);
        for (key, field) in &self.schema {
            for part in field.parts().chain(["required"]) {
                judgment.skip(&format!("runtime_configuration.schema.{key}.{part}"), why);
            }
        }
    }
}

impl Field {
    fn read(&self, key: &str, value: Option<&Value>, file: &str, judgment: &mut Judgment) {
        let clause = |part: &str| format!("runtime_configuration.schema.{key}.{part}");
        let Some(value) = value else {
            if self.required {
                let finding = Finding::in_file(&clause("required"), file, None);
                let finding = finding.expected(format!("the key `{key}`")).seen("it is missing");
                judgment.fail(finding.mend(format!("add `\"{key}\": ...`: {}", self.description)));
            }
            for part in self.parts() {
                judgment.skip(&clause(part), "the key is missing");
            }
            return;
        };
        judgment.pass(&clause("required"));
        let is_of_type = match self.kind.as_str() {
            "integer" => value.is_i64() || value.is_u64(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "array<string>" => value.as_array().is_some_and(|all| all.iter().all(Value::is_string)),
            _ => true,
        };
        if !judgment.hold(is_of_type, || {
            Finding::in_file(&clause("type"), file, None)
                .expected(format!("`{key}` of type {}", self.kind))
                .seen(value.to_string())
        }) {
            for part in self.parts().filter(|it| *it != "type") {
                judgment.skip(&clause(part), "the value is of another type");
            }
            return;
        }
        if let Some([least, greatest]) = self.range {
            let number = value.as_i64().unwrap_or(i64::MAX);
            judgment.hold((least..=greatest).contains(&number), || {
                Finding::in_file(&clause("range"), file, None)
                    .expected(format!("`{key}` from {least} to {greatest}"))
                    .seen(number.to_string())
            });
        }
        let text = value.as_str().unwrap_or_default();
        if let Some(format) = &self.format {
            judgment.hold(has_format(format, text), || {
                Finding::in_file(&clause("format"), file, None)
                    .expected(format!("`{key}` in the form {format}, the smaller number first"))
                    .seen(format!("`{text}`"))
            });
        }
        if !self.allowed.is_empty() {
            judgment.hold(self.allowed.iter().any(|it| it == text), || {
                Finding::in_file(&clause("enum"), file, None)
                    .expected(format!("`{key}` as one of {}", self.allowed.join(", ")))
                    .seen(format!("`{text}`"))
            });
        }
    }

    /// The clauses that a value can break.
    fn parts(&self) -> impl Iterator<Item = &'static str> {
        let has = [
            ("type", true),
            ("range", self.range.is_some()),
            ("format", self.format.is_some()),
            ("enum", !self.allowed.is_empty()),
        ];
        has.into_iter().filter(|(_, has)| *has).map(|(part, _)| part)
    }
}

/// Whether a text has the shape of a format, in which `{...}` stands for a number; a later number is not smaller.
fn has_format(format: &str, text: &str) -> bool {
    let mut rest = text;
    let mut last = 0u64;
    for (at, piece) in format.split('{').enumerate() {
        let literal = match (at, piece.split_once('}')) {
            (0, _) | (_, None) => piece,
            (_, Some((_, literal))) => {
                let digits = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
                let (number, after) = rest.split_at(digits);
                match number.parse() {
                    Ok(number) if number >= last => last = number,
                    Ok(_) | Err(_) => return false,
                }
                rest = after;
                literal
            }
        };
        match rest.strip_prefix(literal) {
            Some(after) => rest = after,
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_format_is_kept_by_numbers_in_their_order() {
        for (text, keeps) in [
            ("5-15s", true),
            ("5-5s", true),
            ("15-5s", false),
            ("5s", false),
            ("-5s", false),
            ("5-15", false),
            ("5-15s ", false),
            ("5 - 15s", false),
            ("", false),
        ] {
            assert_eq!(has_format("{min}-{max}s", text), keeps, "{text}");
        }
    }
}
