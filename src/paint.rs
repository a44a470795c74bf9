//! `Paint`: colors, for people at terminals that show them.

/// Whether text gets colors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paint {
    /// None.
    #[default]
    Plain,
    /// Those that every terminal has, as its user has chosen them.
    Colors,
}

/// What a text means, and so how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Bad news, in red.
    Bad,
    /// Doubtful news, in yellow.
    Doubtful,
    /// Good news, in green.
    Good,
    /// What readers look for, in bold.
    Strong,
}

impl Paint {
    /// A text with its look.
    pub fn on(self, look: Look, text: &str) -> String {
        let code = match look {
            Look::Bad => 31,
            Look::Doubtful => 33,
            Look::Good => 32,
            Look::Strong => 1,
        };
        match self {
            Self::Plain => text.to_owned(),
            Self::Colors => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}
