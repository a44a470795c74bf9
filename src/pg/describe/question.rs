//! What a command of the family asks: its flags, its patterns, and the server's version.

use crate::pg::connect::Session;
use crate::pg::describe::members::Member;
use crate::pg::describe::pattern::Pattern;

/// What a list without a pattern leaves out.
const OWN_ONLY: &str = " AND n.nspname <> 'pg_catalog' AND n.nspname <> 'information_schema'";

/// A command with its arguments, on a server.
#[derive(Debug)]
pub(super) struct Question<'a> {
    /// The command without its backslash: its letters may say which kinds are meant.
    pub command: &'a str,
    /// The server's major version.
    pub major: u32,
    /// Whether more is to be told.
    pub more: bool,
    /// Whether system objects are meant, too.
    pub system: bool,
    /// What names have to match.
    pub pattern: Option<Pattern>,
    /// What the further arguments ask for.
    pub further: Vec<Pattern>,
}

impl<'a> Question<'a> {
    /// Reads a command; an argument that is no pattern is told.
    pub(super) fn of(
        session: &Session,
        member: &Member,
        command: &'a str,
        words: &[String],
    ) -> Result<Self, String> {
        let mut words = words.iter();
        let read = |names| move |it: &String| Pattern::of(it, names, &session.database);
        let pattern = words.next().map(read(member.names)).transpose()?;
        let further = words.map(read(member.further_names())).collect::<Result<_, _>>()?;
        let (more, system) = (command.contains('+'), command.contains('S'));
        Ok(Self { command, major: session.major(), more, system, pattern, further })
    }

    /// Columns of those who want more.
    pub(super) fn more<'b>(&self, columns: &'b str) -> &'b str {
        if self.more { columns } else { "" }
    }

    /// Whether the question goes beyond what users have made.
    pub(super) fn is_wide(&self) -> bool {
        self.system || self.pattern.is_some()
    }

    /// The conditions of a list of objects in the schemas `n`, of which only the user's own are meant.
    pub(super) fn chosen(&self, name: &str, is_visible: &str) -> String {
        let own = if self.is_wide() { "" } else { OWN_ONLY };
        format!("{own}{}", self.visible(name, is_visible))
    }

    /// The same with the system's.
    pub(super) fn visible(&self, name: &str, is_visible: &str) -> String {
        self.visible_in("n.nspname", name, is_visible)
    }

    /// The same where the schema is told in other words.
    pub(super) fn visible_in(&self, schema: &str, name: &str, is_visible: &str) -> String {
        match &self.pattern {
            Some(it) => it.in_schemas(schema, name, is_visible),
            None => format!(" AND {is_visible}"),
        }
    }

    /// The condition of a list of objects in no schema.
    pub(super) fn named(&self, column: &str) -> String {
        self.pattern.as_ref().map_or(String::new(), |it| it.on(column))
    }

    /// What is said where nothing is found.
    pub(super) fn none(&self) -> String {
        let [first, second] =
            [self.pattern.as_ref(), self.further.first()].map(|it| it.map(|it| &it.written));
        match (self.command.starts_with("drds"), first, second) {
            (true, None, _) => "Did not find any settings.".to_owned(),
            (true, Some(role), None) => format!("Did not find any settings for role \"{role}\"."),
            (true, Some(role), Some(database)) => {
                format!("Did not find any settings for role \"{role}\" and database \"{database}\".")
            }
            (false, None, _) => "Did not find any relations.".to_owned(),
            (false, Some(name), _) => format!("Did not find any relation named \"{name}\"."),
        }
    }
}
