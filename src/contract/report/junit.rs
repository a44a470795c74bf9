//! JUnit's XML: a suite for each resource, a case for each clause.

use std::fmt::Write;

use crate::contract::finding::{Judgment, Outcome};
use crate::contract::report::text::finding_lines;
use crate::contract::report::{Report, is_hidden};
use crate::paint::Paint;

/// The report.
pub fn report(report: &Report<'_>) -> String {
    let all = report.judgments.iter().flat_map(|it| it.outcomes.values());
    let (tests, failures, _) = counted(all);
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        text,
        "<testsuites name=\"contract {}\" tests=\"{tests}\" failures=\"{failures}\">",
        escaped(&report.loaded.contract.version)
    );
    report.judgments.iter().for_each(|it| suite(it, &mut text));
    text + "</testsuites>\n"
}

fn counted<'a>(outcomes: impl Iterator<Item = &'a Outcome>) -> (usize, usize, usize) {
    outcomes.fold((0, 0, 0), |(all, failed, skipped), it| {
        (
            all + 1,
            failed + usize::from(*it == Outcome::Failed),
            skipped + usize::from(matches!(it, Outcome::Skipped(_))),
        )
    })
}

fn suite(judgment: &Judgment, text: &mut String) {
    let (tests, failures, skipped) = counted(judgment.outcomes.values());
    let name = escaped(&judgment.resource);
    let _ = writeln!(
        text,
        "  <testsuite name=\"{name}\" tests=\"{tests}\" failures=\"{failures}\" errors=\"0\" skipped=\"{skipped}\">"
    );
    for (clause, outcome) in &judgment.outcomes {
        let head = format!("    <testcase classname=\"{name}\" name=\"{}\"", escaped(clause));
        let _ = match outcome {
            Outcome::Passed => writeln!(text, "{head}/>"),
            Outcome::Advised => {
                let lines = lines_about(judgment, clause);
                writeln!(text, "{head}>\n      <system-out>{}</system-out>\n    </testcase>", escaped(&lines))
            }
            Outcome::Skipped(why) => {
                writeln!(text, "{head}>\n      <skipped message=\"{}\"/>\n    </testcase>", escaped(why))
            }
            Outcome::Failed => {
                let first = judgment.about(clause).next().map(|it| it.expected.as_str()).unwrap_or_default();
                let lines = lines_about(judgment, clause);
                writeln!(
                    text,
                    "{head}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>",
                    escaped(first),
                    escaped(&lines)
                )
            }
        };
    }
    text.push_str("  </testsuite>\n");
}

/// All findings about a clause.
fn lines_about(judgment: &Judgment, clause: &str) -> String {
    judgment.about(clause).map(|it| finding_lines(it, Paint::Plain)).collect()
}

/// Text as XML has it.
fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for it in text.chars() {
        match it {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\n' => escaped.push(it),
            // Of some, XML knows no way at all to hold them.
            it if is_hidden(it) => escaped.extend(it.escape_default()),
            it => escaped.push(it),
        }
    }
    escaped
}
