//! `Document`: what `ensure` is told to make so, as JSON or YAML.

use std::marker::PhantomData;
use std::path::PathBuf;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, Deserialize, Deserializer, IntoDeserializer};

use crate::error::Error;
use crate::pg::identifier::Identifier;

/// What is wanted. A name alone stands for what has nothing but a name.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(default, expecting = "a mapping")]
pub struct Document {
    /// The instance.
    pub instance: Option<String>,
    /// Its template.
    pub template: Option<String>,
    /// Its port.
    #[serde(deserialize_with = "port")]
    pub port: Option<u16>,
    /// The database that extensions, schemas and files are for, and the connection leads to.
    pub database: Option<Identifier>,
    /// Extensions in it.
    #[serde(default, deserialize_with = "list")]
    pub extensions: Vec<Identifier>,
    /// Schemas in it.
    #[serde(default, deserialize_with = "list")]
    pub schemas: Vec<Identifier>,
    /// Files that are applied to it, in order.
    #[serde(default, deserialize_with = "list")]
    pub files: Vec<PathBuf>,
    /// Further databases.
    #[serde(default, deserialize_with = "list")]
    pub databases: Vec<Entry<DatabaseEntry>>,
    /// Users.
    #[serde(default, deserialize_with = "list")]
    pub users: Vec<Entry<UserEntry>>,
}

/// What else is usual in a scenario's declaration of this resource. It speaks to the orchestrator.
const OF_ORCHESTRATOR: &[&str] =
    &["type", "enabled", "required", "startup_policy", "description", "purpose", "version", "initialization"];

/// A database.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct DatabaseEntry {
    /// Its name.
    pub name: Identifier,
    /// Its owner.
    pub owner: Option<Identifier>,
    /// The database that it is a copy of.
    pub template: Option<Identifier>,
    /// Its encoding.
    pub encoding: Option<String>,
    /// Extensions in it.
    #[serde(default, deserialize_with = "list")]
    pub extensions: Vec<Identifier>,
    /// Schemas in it.
    #[serde(default, deserialize_with = "list")]
    pub schemas: Vec<Identifier>,
    /// Files that are applied to it, in order.
    #[serde(default, deserialize_with = "list")]
    pub files: Vec<PathBuf>,
}

/// A user.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct UserEntry {
    /// Its name.
    pub name: Identifier,
    /// The databases that it may work in.
    #[serde(default, deserialize_with = "list")]
    pub databases: Vec<Identifier>,
    /// File with its password.
    pub password_file: Option<PathBuf>,
}

/// A name, or a mapping with a name in it.
#[derive(Clone, Debug)]
pub struct Entry<T>(pub T);

impl From<Identifier> for DatabaseEntry {
    fn from(name: Identifier) -> Self {
        let (extensions, schemas, files) = (Vec::new(), Vec::new(), Vec::new());
        Self { name, owner: None, template: None, encoding: None, extensions, schemas, files }
    }
}

impl From<Identifier> for UserEntry {
    fn from(name: Identifier) -> Self {
        Self { name, databases: Vec::new(), password_file: None }
    }
}

impl<'de, T: Deserialize<'de> + From<Identifier>> Deserialize<'de> for Entry<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(EntryVisitor(PhantomData))
    }
}

struct EntryVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + From<Identifier>> de::Visitor<'de> for EntryVisitor<T> {
    type Value = Entry<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a name, or a mapping with a name")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse::<Identifier>().map(|name| Entry(name.into())).map_err(E::custom)
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Entry)
    }
}

/// Reads a list. Nothing stands for an empty one, and anything else for a list of one.
fn list<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    deserializer.deserialize_any(ListVisitor(PhantomData))
}

struct ListVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> de::Visitor<'de> for ListVisitor<T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(Vec::new())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        T::deserialize(text.into_deserializer()).map(|it| vec![it])
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(|it| vec![it])
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, sequence: A) -> Result<Self::Value, A::Error> {
        Vec::deserialize(SeqAccessDeserializer::new(sequence))
    }
}

/// Reads a port, which may be written as a text.
fn port<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    deserializer.deserialize_any(PortVisitor)
}

struct PortVisitor;

impl de::Visitor<'_> for PortVisitor {
    type Value = Option<u16>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a port")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Self::Value, E> {
        u16::try_from(number).map(Some).map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        text.parse().map(Some).map_err(|_| E::invalid_value(de::Unexpected::Str(text), &self))
    }
}

/// Whether a document is a single value, such as the `null` of a declaration that is not there.
fn is_scalar(text: &str) -> bool {
    let may_be = !text.contains([':', '{', '[']) && !text.trim_start().starts_with('-');
    may_be
        && serde_yaml::from_str(text).is_ok_and(|it: serde_yaml::Value| !it.is_sequence() && !it.is_mapping())
}

impl Document {
    /// Reads a document, and names the keys in it that are not known here; `source` is what errors call it.
    pub fn parse(bytes: &[u8], source: &str) -> Result<(Self, Vec<String>), Error> {
        let not = |why: String| Error::Usage(format!("{source} cannot be used: {why}"));
        let text = std::str::from_utf8(bytes).map_err(|_| not("it is not UTF-8 text".to_owned()))?;
        let mut unknown = Vec::new();
        if is_scalar(text) {
            let word = text.trim();
            unknown.extend(Some(word.to_owned()).filter(|it| !["", "null", "~"].contains(&it.as_str())));
            return Ok((Self::default(), unknown));
        }
        let note = |path: serde_ignored::Path<'_>| match path.to_string() {
            path if OF_ORCHESTRATOR.contains(&path.as_str()) => {}
            path => unknown.push(path),
        };
        // Of YAML, JSON is a part, but for the tabs that it may be indented with.
        let document = match text.trim_start().starts_with('{') && text.contains('\t') {
            true => {
                let mut json = serde_json::Deserializer::from_str(text);
                let document = serde_ignored::deserialize(&mut json, note);
                document.and_then(|it| json.end().map(|()| it)).map_err(|err| not(err.to_string()))?
            }
            false => serde_ignored::deserialize(serde_yaml::Deserializer::from_str(text), note)
                .map_err(|err| not(err.to_string()))?,
        };
        Ok((document, unknown))
    }

    /// All databases with what is in them, the one that the connection leads to first.
    pub fn all_databases(&self, main: &Identifier) -> Vec<DatabaseEntry> {
        let first = DatabaseEntry {
            extensions: self.extensions.clone(),
            schemas: self.schemas.clone(),
            files: self.files.clone(),
            ..main.clone().into()
        };
        std::iter::once(first).chain(self.databases.iter().map(|it| it.0.clone())).collect()
    }
}

/// The bytes behind base64 of either alphabet, with or without padding.
pub fn decoded(text: &str) -> Result<Vec<u8>, Error> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0u32, 0);
    for letter in text.trim().trim_end_matches('=').bytes().filter(|it| !it.is_ascii_whitespace()) {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => {
                return Err(Error::Usage(format!(
                    "--config-base64 holds `{}`, which is no base64",
                    char::from(letter)
                )));
            }
        };
        (bits, count) = (bits << 6 | u32::from(value), count + 6);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Result<Document, Error> {
        Document::parse(text.as_bytes(), "it").map(|(document, _)| document)
    }

    #[test]
    fn a_key_that_is_not_known_here_is_named_by_its_path() {
        for (text, unknown) in [
            ("databse: shop", &["databse"][..]),
            ("databases: [{name: a, ownr: b}]", &["databases.0.ownr"]),
            ("users: [a, {name: b, pasword: c}]", &["users.1.pasword"]),
            ("{\n\t\"schema\": \"shop\", \"config\": {\"schema\": \"public\"}}", &["schema", "config"]),
            ("{type: postgres, initialization: [{file: a.sql, type: schema}], version: '>=15'}", &[]),
        ] {
            assert_eq!(Document::parse(text.as_bytes(), "it").unwrap().1, unknown, "{text}");
        }
    }

    #[test]
    fn a_scenarios_own_declaration_is_understood() {
        let text = r#"{"type": "postgres", "enabled": true, "required": true, "startup_policy": "must_start", "database": "shop"}"#;
        assert_eq!(of(text).unwrap().database.unwrap().as_str(), "shop");
        assert!(of("{}").unwrap().database.is_none());
    }

    #[test]
    fn what_is_not_there_is_empty_and_a_value_stands_for_a_list_of_one() {
        for text in
            ["", "null", "true", "postgres", "{\"extensions\": null, \"schemas\": null, \"port\": null}"]
        {
            let document = of(text).unwrap();
            assert!(document.database.is_none() && document.extensions.is_empty(), "{text}");
        }
        let document =
            of("extensions: pgcrypto\ndatabases: {name: a, owner: b}\nport: '5440'\nusers: app").unwrap();
        assert_eq!(document.extensions.iter().map(Identifier::as_str).collect::<Vec<_>>(), ["pgcrypto"]);
        assert_eq!((document.databases.len(), document.users.len(), document.port), (1, 1, Some(5440)));
        assert_eq!(Document::parse(b"postgres", "it").unwrap().1, ["postgres"]);
        for text in ["port: many", "port: 70000", "port: -1", "databases: 1", "extensions: [[a]]"] {
            assert!(of(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_name_stands_for_what_has_nothing_else() {
        let document =
            of("databases: [a, {name: b, owner: app}]\nusers:\n- app\n- name: web\n  databases: [a]\n")
                .unwrap();
        assert_eq!(document.databases[0].0.name.as_str(), "a");
        assert_eq!(document.databases[1].0.owner.as_ref().unwrap().as_str(), "app");
        assert_eq!(document.users[1].0.databases[0].as_str(), "a");
        of("{\n\t\"databases\": [\"a\"]\n}").unwrap();
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_its_name() {
        for (text, word) in [
            ("users: [{nam: a}]", "`name`"),
            ("database: ''", "empty"),
            ("databases: [1]", "a name, or a mapping"),
            ("port: many", "port"),
            ("[]", "a mapping"),
            ("database: [", "line"),
        ] {
            let said = of(text).unwrap_err().to_string();
            assert!(said.contains(word), "{text}: {said}");
        }
    }

    #[test]
    fn base64_of_any_kind_is_decoded() {
        for (text, expected) in [
            ("", ""),
            ("Zg==", "f"),
            ("Zm8", "fo"),
            (" Zm9v\nYg==\n", "foob"),
            ("Pz8/", "???"),
            ("Pz8_", "???"),
        ] {
            assert_eq!(decoded(text).unwrap(), expected.as_bytes(), "{text}");
        }
        assert!(decoded("a{b").is_err());
    }
}
