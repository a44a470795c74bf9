//! Objects one after the other: `\dRp+ \dFp+ \dF+ \dx+`.

use crate::pg::connect::Session;
use crate::pg::describe::question::Question;
use crate::pg::describe::{Found, Sheet, Unfound, rows, sheet, values};

/// How objects of a kind are told one by one.
#[derive(Debug)]
pub(super) struct Details {
    /// What one is called.
    word: &'static str,
    /// SQL for those that are meant: the OID, and a title for each part.
    find: fn(&Question<'_>) -> String,
    parts: &'static [Part],
}

/// A table about one object.
#[derive(Debug)]
struct Part {
    /// `{oid}` is the object.
    sql: &'static str,
    below: Below,
}

/// What stands below such a table.
#[derive(Debug)]
enum Below {
    /// The number of its rows.
    Count,
    /// Nothing.
    Nothing,
    /// Headings with lines, or the number of rows where there are none.
    Sections(fn(&Question<'_>) -> &'static [(&'static str, &'static str)]),
}

/// `\dx+`
pub(super) const EXTENSIONS: Details = Details {
    word: "extension",
    find: |question| {
        format!(
            "SELECT e.oid, 'Objects in extension \"' || e.extname || '\"' FROM pg_catalog.pg_extension e \
             WHERE true{} ORDER BY e.extname",
            question.named("e.extname")
        )
    },
    parts: &[Part {
        sql: "SELECT pg_catalog.pg_describe_object(classid, objid, 0) AS \"Object description\" \
              FROM pg_catalog.pg_depend WHERE refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass \
              AND refobjid = {oid} AND deptype = 'e' ORDER BY 1",
        below: Below::Count,
    }],
};

/// `\dFp+`
pub(super) const PARSERS: Details = Details {
    word: "text search parser",
    find: |question| {
        format!(
            "SELECT oid, 'Text search parser \"' || name || '\"', 'Token types for parser \"' || name || '\"' \
             FROM (SELECT p.oid, concat_ws('.', n.nspname, p.prsname) AS name FROM pg_catalog.pg_ts_parser p \
             LEFT JOIN pg_catalog.pg_namespace n ON n.oid = p.prsnamespace WHERE true{}) AS p ORDER BY oid",
            question.visible("p.prsname", "pg_catalog.pg_ts_parser_is_visible(p.oid)")
        )
    },
    parts: &[
        Part {
            sql: "SELECT m.method AS \"Method\", m.function AS \"Function\", \
                  pg_catalog.obj_description(m.function, 'pg_proc') AS \"Description\" \
                  FROM pg_catalog.pg_ts_parser p, LATERAL (VALUES (1, 'Start parse', p.prsstart), \
                  (2, 'Get next token', p.prstoken), (3, 'End parse', p.prsend), (4, 'Get headline', p.prsheadline), \
                  (5, 'Get token types', p.prslextype)) AS m (place, method, function) \
                  WHERE p.oid = {oid} ORDER BY m.place",
            below: Below::Nothing,
        },
        Part {
            sql: "SELECT alias AS \"Token name\", description AS \"Description\" \
                  FROM pg_catalog.ts_token_type({oid}::pg_catalog.oid) ORDER BY 1",
            below: Below::Count,
        },
    ],
};

/// `\dF+`
pub(super) const CONFIGURATIONS: Details = Details {
    word: "text search configuration",
    find: |question| {
        format!(
            "SELECT c.oid, 'Text search configuration \"' || concat_ws('.', n.nspname, c.cfgname) \
             || E'\"\\nParser: \"' || concat_ws('.', np.nspname, p.prsname) || '\"' FROM pg_catalog.pg_ts_config c \
             LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.cfgnamespace \
             JOIN pg_catalog.pg_ts_parser p ON p.oid = c.cfgparser \
             LEFT JOIN pg_catalog.pg_namespace np ON np.oid = p.prsnamespace WHERE true{} \
             ORDER BY n.nspname, c.cfgname",
            question.visible("c.cfgname", "pg_catalog.pg_ts_config_is_visible(c.oid)")
        )
    },
    parts: &[Part {
        sql: "SELECT (SELECT t.alias FROM pg_catalog.ts_token_type(c.cfgparser) AS t WHERE t.tokid = m.maptokentype) \
              AS \"Token\", pg_catalog.btrim(pg_catalog.array_agg(m.mapdict::pg_catalog.regdictionary \
              ORDER BY m.mapseqno)::pg_catalog.text, '{}') AS \"Dictionaries\" FROM pg_catalog.pg_ts_config c \
              JOIN pg_catalog.pg_ts_config_map m ON m.mapcfg = c.oid WHERE c.oid = {oid} \
              GROUP BY m.maptokentype, c.cfgparser ORDER BY 1",
        below: Below::Nothing,
    }],
};

/// `\dRp+`
pub(super) const PUBLICATIONS: Details = Details {
    word: "publication",
    find: |question| {
        format!(
            "SELECT oid, 'Publication ' || pubname FROM pg_catalog.pg_publication WHERE true{} ORDER BY pubname",
            question.named("pubname")
        )
    },
    parts: &[Part {
        sql: "SELECT pg_catalog.pg_get_userbyid(pubowner) AS \"Owner\", puballtables AS \"All tables\", \
              pubinsert AS \"Inserts\", pubupdate AS \"Updates\", pubdelete AS \"Deletes\", \
              pubtruncate AS \"Truncates\", pubviaroot AS \"Via root\" FROM pg_catalog.pg_publication WHERE oid = {oid}",
        below: Below::Sections(|question| match question.major {
            ..15 => &[("Tables:", WHOLE_TABLES)],
            15.. => &[("Tables:", TABLES), ("Tables from schemas:", SCHEMAS)],
        }),
    }],
};

/// What is published before 15, which chooses neither rows nor columns.
const WHOLE_TABLES: &str = "SELECT '    \"' || n.nspname || '.' || c.relname || '\"' \
     FROM pg_catalog.pg_publication_rel pr JOIN pg_catalog.pg_class c ON c.oid = pr.prrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE pr.prpubid = {oid} ORDER BY n.nspname, c.relname";
const TABLES: &str = "SELECT '    \"' || n.nspname || '.' || c.relname || '\"' \
     || coalesce(' (' || (SELECT string_agg(a.attname, ', ' ORDER BY place) \
     FROM pg_catalog.unnest(pr.prattrs::pg_catalog.int2[]) WITH ORDINALITY AS u (number, place) \
     JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = u.number) || ')', '') \
     || coalesce(' WHERE ' || pg_catalog.pg_get_expr(pr.prqual, c.oid), '') \
     FROM pg_catalog.pg_publication_rel pr JOIN pg_catalog.pg_class c ON c.oid = pr.prrelid \
     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE pr.prpubid = {oid} ORDER BY n.nspname, c.relname";
const SCHEMAS: &str = "SELECT '    \"' || n.nspname || '\"' FROM pg_catalog.pg_publication_namespace pn \
     JOIN pg_catalog.pg_namespace n ON n.oid = pn.pnnspid WHERE pn.pnpubid = {oid} ORDER BY n.nspname";

/// Tells all objects that are meant; none is a failure.
pub(super) async fn describe(
    session: &Session,
    question: &Question<'_>,
    details: &Details,
) -> Result<Found, Unfound> {
    let mut sheets = Vec::new();
    for row in rows(session, &(details.find)(question)).await? {
        let mut cells = row.into_iter().map(Option::unwrap_or_default);
        let oid = cells.next().unwrap_or_default();
        for (title, part) in cells.zip(details.parts) {
            sheets.push(part.sheet(session, question, &oid, &title).await?);
        }
    }
    let word = details.word;
    match (sheets.is_empty(), &question.pattern) {
        (false, _) => Ok(Found::Sheets(sheets)),
        (true, Some(it)) => Err(Unfound::Wrong(format!("Did not find any {word} named \"{}\".", it.written))),
        (true, None) => Err(Unfound::Wrong(format!("Did not find any {word}s."))),
    }
}

impl Part {
    async fn sheet(
        &self,
        session: &Session,
        question: &Question<'_>,
        oid: &str,
        title: &str,
    ) -> Result<Sheet, Unfound> {
        let mut sheet = sheet(session, title, &self.sql.replace("{oid}", oid)).await?;
        sheet.footers = match self.below {
            Below::Count => None,
            Below::Nothing => Some(Vec::new()),
            Below::Sections(of) => sections(session, of(question), oid).await?,
        };
        Ok(sheet)
    }
}

async fn sections(
    session: &Session,
    sections: &[(&str, &str)],
    oid: &str,
) -> Result<Option<Vec<String>>, Unfound> {
    let mut lines = Vec::new();
    for (heading, sql) in sections {
        let found = values(session, &sql.replace("{oid}", oid)).await?;
        lines.extend((!found.is_empty()).then(|| (*heading).to_owned()));
        lines.extend(found);
    }
    Ok(Some(lines).filter(|it| !it.is_empty()))
}
