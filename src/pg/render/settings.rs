//! What `\pset` and the flags of psql can say about how results are printed.

/// How results are printed. The defaults are those of `psql -X`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What a result looks like.
    pub format: Format,
    /// Lines around and between the columns of [`Format::Aligned`].
    pub border: Border,
    /// The number that the script has given them, which may be any.
    pub border_number: u16,
    /// What those lines are made of.
    pub linestyle: LineStyle,
    /// Whether each column of a row gets a line of its own. [`Format::is_data`] formats know no such thing.
    pub expanded: Expanded,
    /// Columns of the terminal, beyond which [`Expanded::Auto`] expands; 0 if there is no such limit.
    pub columns: usize,
    /// Whether titles, column names and footers are left out.
    pub tuples_only: bool,
    /// Whether the number of rows is said at the end.
    pub footer: bool,
    /// Whether command tags such as `CREATE TABLE` are left out, as `psql -q` does.
    pub quiet: bool,
    /// What stands for NULL in psql's formats.
    pub null: String,
    /// What stands above each result.
    pub title: Option<String>,
    /// What stands below each result instead of the number of rows.
    pub footers: Option<Vec<String>>,
    /// What stands between the fields of [`Format::Unaligned`]. A NUL byte is psql's `fieldsep_zero`.
    pub fieldsep: String,
    /// What stands between its records. With a NUL byte (`recordsep_zero`), the last one ends with it too.
    pub recordsep: String,
    /// What stands between the fields of [`Format::Csv`].
    pub csv_fieldsep: char,
    /// Attributes of psql's HTML tables, which are not printed here; kept to be listed.
    pub tableattr: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: Format::Aligned,
            border: Border::Inner,
            border_number: 1,
            linestyle: LineStyle::Ascii,
            expanded: Expanded::Off,
            columns: 0,
            tuples_only: false,
            footer: true,
            quiet: false,
            null: String::new(),
            title: None,
            footers: None,
            fieldsep: "|".to_owned(),
            recordsep: "\n".to_owned(),
            csv_fieldsep: ',',
            tableattr: None,
        }
    }
}

/// What a result looks like.
///
/// psql's `wrapped` is not among them: without a width to wrap at, it is `aligned`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// psql's table.
    Aligned,
    /// psql's fields with a separator between them.
    Unaligned,
    /// psql's comma-separated values.
    Csv,
    /// Tab-separated values with `\t`, `\n`, `\r` and `\\` escaped, and NULL as `\N`.
    Tsv,
    /// An array of objects for each result, on a line of its own.
    Json,
    /// A list of mappings for each result, as a document of its own.
    Yaml,
}

impl Format {
    /// Whether programs read it: it holds rows, and never a command tag.
    pub fn is_data(self) -> bool {
        match self {
            Self::Tsv | Self::Json | Self::Yaml => true,
            Self::Aligned | Self::Unaligned | Self::Csv => false,
        }
    }
}

/// Lines around and between columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Border {
    /// psql's 0: spaces between columns.
    None,
    /// psql's 1: lines between columns.
    Inner,
    /// psql's 2: a frame too.
    Full,
}

/// What lines are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineStyle {
    /// `-`, `|` and `+`.
    Ascii,
    /// Box drawing characters, single.
    Unicode,
}

/// Whether each column of a row gets a line of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expanded {
    /// No.
    Off,
    /// Yes.
    On,
    /// In [`Format::Aligned`], if the table is wider than [`Settings::columns`].
    Auto,
}
