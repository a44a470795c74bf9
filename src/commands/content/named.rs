//! `Named`: a database or user on the command line, and the instance that it belongs to.

use crate::error::Error;
use crate::instances::name::Name;
use crate::pg::identifier::Identifier;

/// What is meant, and where
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Named {
    /// NAME on `main`, or INSTANCE and NAME
    #[arg(value_name = "[INSTANCE] NAME", num_args = 0..=2)]
    pub words: Vec<String>,
    /// The name, where it is not given as a word
    #[arg(long)]
    pub name: Option<Identifier>,
    /// Instance that it belongs to [default: main]
    #[arg(long, value_name = "NAME")]
    pub instance: Option<Name>,
}

impl Named {
    /// The instance and the name. `flag` is the name as another flag has it.
    pub fn place(&self, command: &str, flag: Option<&Identifier>) -> Result<(Name, Identifier), Error> {
        let usage = |why: String| Error::Usage(format!("`{command}` {why}"));
        let (instance, word) = match self.words.as_slice() {
            [] => (None, None),
            [word] => (None, Some(word)),
            [instance, word, ..] => (Some(instance.parse::<Name>().map_err(Error::Usage)?), Some(word)),
        };
        let word = word.map(|it| it.parse::<Identifier>().map_err(Error::Usage)).transpose()?;
        let instance = match (instance, &self.instance) {
            (Some(_), Some(_)) => return Err(usage("was given two instances".to_owned())),
            (Some(instance), None) => instance,
            (None, instance) => instance.clone().unwrap_or_else(Name::main),
        };
        let mut names = word.iter().chain(&self.name).chain(flag);
        match (names.next(), names.next()) {
            (Some(name), None) => Ok((instance, name.clone())),
            (Some(first), Some(second)) => {
                Err(usage(format!("was given two names, `{first}` and `{second}`")))
            }
            (None, _) => Err(usage("needs a name".to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str], name: Option<&str>, instance: Option<&str>) -> Result<(String, String), Error> {
        let named = Named {
            words: words.iter().map(|it| (*it).to_owned()).collect(),
            name: name.map(|it| it.parse().unwrap()),
            instance: instance.map(|it| it.parse().unwrap()),
        };
        named.place("c", None).map(|(instance, name)| (instance.to_string(), name.to_string()))
    }

    #[test]
    fn one_word_is_a_name_on_main_and_two_are_the_instance_and_the_name() {
        for (words, name, instance, expected) in [
            (&["db"][..], None, None, ("main", "db")),
            (&["shop", "a b"], None, None, ("shop", "a b")),
            (&["db"], None, Some("shop"), ("shop", "db")),
            (&[], Some("db"), None, ("main", "db")),
            (&[], Some("db"), Some("shop"), ("shop", "db")),
        ] {
            let expected = (expected.0.to_owned(), expected.1.to_owned());
            assert_eq!(of(words, name, instance).unwrap(), expected, "{words:?}");
        }
    }

    #[test]
    fn no_name_two_names_two_instances_and_impossible_ones_are_refused() {
        for (words, name, instance) in [
            (&[][..], None, None),
            (&["a"], Some("b"), None),
            (&["shop", "a"], None, Some("lab")),
            (&["a b", "a"], None, None),
            (&[""], None, None),
            (&["x".repeat(64).as_str()], None, None),
        ] {
            assert!(matches!(of(words, name, instance), Err(Error::Usage(_))), "{words:?}");
        }
    }
}
