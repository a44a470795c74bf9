//! What the lines of a table are made of.

use crate::pg::render::settings::{Border, LineStyle};

/// The characters of a style.
#[derive(Debug)]
pub struct Lines {
    /// A horizontal line.
    pub across: &'static str,
    /// A vertical line.
    pub down: &'static str,
    /// Marks a line of a cell that goes on below.
    pub more: &'static str,
    top: Joints,
    middle: Joints,
    bottom: Joints,
}

/// What a horizontal line has where vertical lines meet it: on the left, in between, on the right.
type Joints = [&'static str; 3];

/// Which of a table's horizontal lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The first.
    Top,
    /// One between others.
    Middle,
    /// The last.
    Bottom,
}

const ASCII: Lines = Lines {
    across: "-",
    down: "|",
    more: "+",
    top: ["+", "+", "+"],
    middle: ["+", "+", "+"],
    bottom: ["+", "+", "+"],
};

const UNICODE: Lines = Lines {
    across: "─",
    down: "│",
    more: "↵",
    top: ["┌", "┬", "┐"],
    middle: ["├", "┼", "┤"],
    bottom: ["└", "┴", "┘"],
};

impl Lines {
    /// The characters of a style.
    pub fn of(style: LineStyle) -> &'static Self {
        match style {
            LineStyle::Ascii => &ASCII,
            LineStyle::Unicode => &UNICODE,
        }
    }

    /// Where vertical lines meet a horizontal one.
    pub fn joints(&self, rule: Rule) -> Joints {
        match rule {
            Rule::Top => self.top,
            Rule::Middle => self.middle,
            Rule::Bottom => self.bottom,
        }
    }

    /// The line between rows of a table whose columns have these widths.
    pub fn rule(&self, rule: Rule, border: Border, widths: impl Iterator<Item = usize>) -> String {
        let [left, joint, right] = self.joints(rule);
        let across = self.across;
        let columns: Vec<String> = widths.map(|width| across.repeat(width)).collect();
        match border {
            Border::None => format!("{}\n", columns.join(" ")),
            Border::Inner => {
                format!("{across}{}{across}\n", columns.join(&format!("{across}{joint}{across}")))
            }
            Border::Full => {
                let columns = columns.join(&format!("{across}{joint}{across}"));
                format!("{left}{across}{columns}{across}{right}\n")
            }
        }
    }
}

/// Appends spaces.
pub fn spaces(text: &mut Vec<u8>, number: usize) {
    text.resize(text.len() + number, b' ');
}
