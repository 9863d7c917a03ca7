//! The text: lines of four columns, tab between them, lists with commas.

/// One of the two files.
pub(crate) struct Table<'t> {
    /// Its name, for messages.
    pub(crate) path: &'static str,
    /// The day of the data.
    pub(crate) date: &'t str,
    /// Its lines.
    pub(crate) rows: Vec<Row<'t>>,
}

/// A line.
pub(crate) struct Row<'t> {
    /// Its number, from one.
    pub(crate) line: usize,
    /// Its columns.
    pub(crate) columns: [&'t str; 4],
}

impl<'t> Table<'t> {
    pub(crate) fn parse(path: &'static str, text: &'t str) -> Result<Self, String> {
        let date = text
            .lines()
            .next()
            .and_then(|line| line.split_once("updated "))
            .and_then(|(_, rest)| rest.split_once(';'))
            .map(|(date, _)| date)
            .filter(|date| date.len() == "2026-10-27".len())
            .ok_or_else(|| format!("{path}: the first line does not say `updated YYYY-MM-DD;`"))?;
        let mut rows = Vec::new();
        for (index, line) in text.lines().enumerate() {
            if !line.starts_with('#') {
                rows.push(Row::parse(path, index + 1, line)?);
            }
        }
        Ok(Self { path, date, rows })
    }

    /// An error message about one line.
    pub(crate) fn fault(&self, row: &Row<'_>, what: &str) -> String {
        format!("{} line {}: {what}", self.path, row.line)
    }
}

impl<'t> Row<'t> {
    fn parse(path: &str, line: usize, text: &'t str) -> Result<Self, String> {
        let columns: Vec<&str> = text.split('\t').collect();
        let columns = columns
            .try_into()
            .map_err(|_| format!("{path} line {line}: there must be four columns"))?;
        if !text.is_ascii() {
            return Err(format!("{path} line {line}: only ASCII is expected"));
        }
        Ok(Self { line, columns })
    }
}

/// The items of a column.
pub(crate) fn items(column: &str, separator: char) -> impl Iterator<Item = &str> {
    column.split(separator).filter(|item| !item.is_empty())
}
