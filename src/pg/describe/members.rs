//! The commands of the family: what may follow them, what the names in them are made of, and who answers them.

use Answer::{Bare, Either, Found, List, Relation, Titled};
use Names::{InSchemas, Operators, Parts, Types};
use Next::{Any, OneOf};

use crate::pg::describe::details::{self, Details};
use crate::pg::describe::lists::{
    access, cluster, foreign, objects, relations, replication, routines, search, types,
};
use crate::pg::describe::question::Question;

/// SQL that answers a question.
type Ask = fn(&Question<'_>) -> String;

/// How a command is answered.
#[derive(Debug)]
pub(super) enum Answer {
    /// Relation by relation where any is named, or else by a list of them.
    Relation,
    /// By a list of this title.
    List(&'static str, Ask),
    /// By a list whose title depends on the question.
    Titled(fn(&Question<'_>) -> &'static str, Ask),
    /// By a list that is not printed where it is empty.
    Found(&'static str, Ask),
    /// By a list without the number of its rows.
    Bare(&'static str, Ask),
    /// By a list, or with `+` object by object.
    Either(&'static str, Ask, &'static Details),
}

/// What may follow a command's own letters.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// Anything, most of which psql passes over.
    Any,
    /// Nothing, or something that begins with one of these.
    OneOf(&'static str),
}

/// What a pattern is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Names {
    /// Objects in schemas.
    InSchemas,
    /// Operators, which are in schemas too.
    Operators,
    /// Types, which SQL has other words for.
    Types,
    /// Objects in no schema. A name has no more parts than this; of more than one, as many stand for another database.
    Parts(usize),
}

/// Names of objects that no schema holds.
const GLOBAL: Names = Parts(1);
/// Names that may have any number of dots.
const DOTTED: Names = Parts(usize::MAX);

/// A command of the family.
#[derive(Debug)]
pub(super) struct Member {
    /// The letters that it begins with.
    pub name: &'static str,
    next: Next,
    /// What the first argument names.
    pub names: Names,
    /// Who answers.
    pub answer: Answer,
}

const fn member(name: &'static str, next: Next, names: Names, answer: Answer) -> Member {
    Member { name, next, names, answer }
}

const EXACT: Next = OneOf("");
const PRIVILEGES: Answer = List("Access privileges", relations::privileges);
const DATABASES: Answer = List("List of databases", cluster::databases);
const LARGE_OBJECTS: Answer = List("Large objects", objects::large_objects);
const RELATIONS: Answer = Found("List of relations", relations::some);
const ROLES: Answer = Bare("List of roles", cluster::roles);

/// The family. Of two that fit, the first is meant.
pub(super) const MEMBERS: &[Member] = &[
    member("d", OneOf("S+"), InSchemas, Relation),
    member("dA", OneOf("+"), GLOBAL, List("List of access methods", access::methods)),
    member("dAc", Any, GLOBAL, List("List of operator classes", access::classes)),
    member("dAf", Any, GLOBAL, List("List of operator families", access::families)),
    member("dAo", Any, GLOBAL, List("List of operators of operator families", access::operators)),
    member("dAp", Any, GLOBAL, List("List of support functions of operator families", access::functions)),
    member("dC", Any, InSchemas, List("List of casts", types::casts)),
    member("dD", Any, InSchemas, List("List of domains", types::domains)),
    member("dE", Any, InSchemas, RELATIONS),
    member(
        "dF",
        OneOf("+"),
        InSchemas,
        Either("List of text search configurations", search::configurations, &details::CONFIGURATIONS),
    ),
    member("dFd", Any, InSchemas, List("List of text search dictionaries", search::dictionaries)),
    member("dFp", Any, InSchemas, Either("List of text search parsers", search::parsers, &details::PARSERS)),
    member("dFt", Any, InSchemas, List("List of text search templates", search::templates)),
    member("dL", Any, Parts(2), List("List of languages", routines::languages)),
    member("dO", Any, InSchemas, List("List of collations", types::collations)),
    member("dP", OneOf("+tin"), InSchemas, Titled(relations::partitioned_title, relations::partitioned)),
    member(
        "dRp",
        Any,
        GLOBAL,
        Either("List of publications", replication::publications, &details::PUBLICATIONS),
    ),
    member("dRs", Any, GLOBAL, List("List of subscriptions", replication::subscriptions)),
    member("dT", Any, Types, List("List of data types", types::types)),
    member("dX", Any, InSchemas, List("List of extended statistics", objects::statistics)),
    member("da", Any, InSchemas, List("List of aggregate functions", routines::aggregates)),
    member("db", Any, GLOBAL, List("List of tablespaces", cluster::tablespaces)),
    member("dconfig", Any, DOTTED, Titled(cluster::parameters_title, cluster::parameters)),
    member("dc", Any, InSchemas, List("List of conversions", types::conversions)),
    member("ddp", Any, Parts(3), List("Default access privileges", objects::default_privileges)),
    member("dd", Any, InSchemas, List("Object descriptions", objects::descriptions)),
    member("des", Any, GLOBAL, List("List of foreign servers", foreign::servers)),
    member("det", Any, InSchemas, List("List of foreign tables", foreign::tables)),
    member("deu", Any, GLOBAL, List("List of user mappings", foreign::users)),
    member("dew", Any, GLOBAL, List("List of foreign-data wrappers", foreign::wrappers)),
    member("df", OneOf("S+anptw"), InSchemas, List("List of functions", routines::functions)),
    member("dg", Any, GLOBAL, ROLES),
    member("di", Any, InSchemas, RELATIONS),
    member("dl", Any, DOTTED, LARGE_OBJECTS),
    member("dm", Any, InSchemas, RELATIONS),
    member("dn", Any, Parts(2), List("List of schemas", objects::schemas)),
    member("do", Any, Operators, List("List of operators", routines::operators)),
    member("dp", Any, InSchemas, PRIVILEGES),
    member("drds", Any, GLOBAL, Found("List of settings", cluster::settings)),
    member("ds", Any, InSchemas, RELATIONS),
    member("dt", Any, InSchemas, RELATIONS),
    member("du", Any, GLOBAL, ROLES),
    member("dv", Any, InSchemas, RELATIONS),
    member(
        "dx",
        Any,
        GLOBAL,
        Either("List of installed extensions", objects::extensions, &details::EXTENSIONS),
    ),
    member("dy", Any, GLOBAL, List("List of event triggers", objects::event_triggers)),
    member("l", EXACT, GLOBAL, DATABASES),
    member("l+", EXACT, GLOBAL, DATABASES),
    member("list", EXACT, GLOBAL, DATABASES),
    member("list+", EXACT, GLOBAL, DATABASES),
    member("lo_list", EXACT, DOTTED, LARGE_OBJECTS),
    member("lo_list+", EXACT, DOTTED, LARGE_OBJECTS),
    member("z", EXACT, InSchemas, PRIVILEGES),
];

/// Commands that take more than one argument, and what the further ones name.
const FURTHER: &[(&str, Names)] = &[
    ("dAc", InSchemas),
    ("dAf", InSchemas),
    ("dAo", InSchemas),
    ("dAp", InSchemas),
    ("df", Types),
    ("do", Types),
    ("drds", GLOBAL),
    ("lo_list", DOTTED),
    ("lo_list+", DOTTED),
];

impl Member {
    /// The one that a command is, as psql tells them apart.
    pub(super) fn of(command: &str) -> Option<&'static Member> {
        MEMBERS.iter().find(|it| match (command.strip_prefix(it.name), it.next) {
            (None, _) => false,
            (Some(_), Any) => true,
            (Some(tail), OneOf(letters)) => tail.chars().next().is_none_or(|it| letters.contains(it)),
        })
    }

    /// What the arguments after the first name.
    pub(super) fn further_names(&self) -> Names {
        FURTHER.iter().find(|(name, _)| *name == self.name).map_or(self.names, |(_, names)| *names)
    }

    /// Why it is not answered although psql has it. Only `\df` looks at all of its letters.
    pub(super) fn refusal(&self, command: &str) -> Option<String> {
        let is_odd = |it: char| !"anptwS+".contains(it);
        (self.name == "df" && command.chars().skip(2).any(is_odd))
            .then(|| "\\df only takes [anptwS+] as options".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pg::script::{MetaAction, MetaSyntax};

    #[test]
    fn every_command_is_in_the_table_of_meta_commands_with_as_many_arguments_as_are_named_here() {
        for member in MEMBERS {
            let syntax = MetaSyntax::of(member.name).unwrap();
            assert_eq!(syntax.action, Some(MetaAction::Describe), "{}", member.name);
            let has_more = FURTHER.iter().any(|(name, _)| *name == member.name);
            assert!(syntax.arguments.at(0).is_some());
            assert_eq!(syntax.arguments.at(1).is_some(), has_more, "{}", member.name);
        }
    }

    #[test]
    fn a_command_is_known_by_its_first_letters() {
        for (command, name) in [
            ("d", "d"),
            ("dS+", "d"),
            ("dtvS", "dt"),
            ("dconfig+", "dconfig"),
            ("dcS", "dc"),
            ("ddp", "ddp"),
            ("ddS", "dd"),
            ("dA+", "dA"),
            ("dAc+", "dAc"),
            ("dFd", "dFd"),
            ("dPtn+", "dP"),
            ("dfnS+", "df"),
            ("dfoo", ""),
            ("dAx", ""),
            ("dFx", ""),
            ("de", ""),
            ("dr", ""),
            ("dz", ""),
            ("list+", "list+"),
            ("lS", ""),
            ("z+", ""),
        ] {
            assert_eq!(Member::of(command).map_or("", |it| it.name), name, "{command}");
        }
    }

    #[test]
    fn functions_alone_are_particular_about_their_letters() {
        let refusal = |command: &str| Member::of(command).and_then(|it| it.refusal(command));
        assert!(refusal("dfanptwS+").is_none());
        assert!(refusal("dfax").is_some());
        assert!(refusal("dox").is_none());
    }
}
