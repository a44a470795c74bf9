//! What the text of an answer must hold.

use crate::contract::commands::{Command, clause};
use crate::contract::finding::Finding;
use crate::contract::trial::{Trial, shown};

/// Words of which none says what a text is about.
const EMPTY: [&str; 20] = [
    "whether",
    "the",
    "it",
    "is",
    "at",
    "to",
    "or",
    "and",
    "of",
    "a",
    "an",
    "service",
    "reach",
    "state",
    "status",
    "information",
    "available",
    "show",
    "what",
    "how",
];

/// Judges the text of a command's answer.
pub(super) fn behave(name: &str, command: &Command, trial: &mut Trial<'_>) {
    let Some(output) = &command.output else { return };
    let Some(ran) = trial.ask(name) else { return };
    let text = ran.stdout.to_lowercase();
    for (at, item) in output.must_include.iter().enumerate() {
        let part = if item.contains(' ') { (at + 1).to_string() } else { item.clone() };
        let words = words(item);
        trial.judgment.hold(words.iter().any(|it| holds(&text, stem(it))), || {
            Finding::in_command(&format!("{}.output.must_include.{part}", clause(name)), &shown(name))
                .expected(item.clone())
                .seen(format!("not a word of it: {}", words.join(", ")))
                .mend("say it in the text that is for people")
        });
    }
}

/// The words by which it is known that a text is about something.
fn words(item: &str) -> Vec<String> {
    let small = item.to_lowercase();
    let words = small.split(|it: char| !it.is_alphanumeric() && it != '_');
    words.filter(|it| !it.is_empty() && !EMPTY.contains(it)).map(str::to_owned).collect()
}

/// What a word and others of its kind begin with: health and healthy, example and examples.
fn stem(word: &str) -> &str {
    word.strip_suffix(['y', 's']).unwrap_or(word)
}

/// Whether a text has a word that begins so.
fn holds(text: &str, word: &str) -> bool {
    let begins =
        |at: usize| !text.get(..at).and_then(|it| it.chars().last()).is_some_and(char::is_alphanumeric);
    text.match_indices(word).any(|(at, _)| begins(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_say_nothing_do_not_count() {
        assert_eq!(words("Whether the service is running or stopped"), ["running", "stopped"]);
        assert_eq!(words("Port/endpoint information"), ["port", "endpoint"]);
        assert_eq!(words("startup_order"), ["startup_order"]);
        assert_eq!(words("Whether it is healthy").iter().map(|it| stem(it)).collect::<Vec<_>>(), ["health"]);
    }

    #[test]
    fn a_word_is_found_where_one_begins() {
        assert!(holds("the port: 5433", "port") && holds("ports", "port"));
        assert!(!holds("it is supported", "port"));
    }
}
