//! What the command prints: text for people, JSON Lines for programs.

mod style;
pub(crate) mod table;

use std::io::{self, Write};

use serde::Serialize;
use trailkeeper_core::escape::escaped_json;

pub(crate) use style::Style;

/// Standard output. Every line is written at once, so that a slow command shows how far it is.
pub(crate) struct Output {
    out: io::Stdout,
    /// Colours.
    pub(crate) style: Style,
}

impl Output {
    /// The process's standard output.
    pub(crate) fn stdout() -> Self {
        Self {
            out: io::stdout(),
            style: Style::for_stdout(),
        }
    }

    /// Prints a line.
    ///
    /// # Errors
    /// Nobody reads any more, or the device is full.
    pub(crate) fn line(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        let mut out = self.out.lock();
        out.write_all(text.as_ref().as_bytes())?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// Prints lines.
    ///
    /// # Errors
    /// As [`Output::line`].
    pub(crate) fn lines(&mut self, lines: &[String]) -> io::Result<()> {
        lines.iter().try_for_each(|line| self.line(line))
    }

    /// Prints an object as one line of JSON.
    ///
    /// # Errors
    /// As [`Output::line`].
    pub(crate) fn json(&mut self, object: &impl Serialize) -> io::Result<()> {
        self.line(escaped_json(&serde_json::to_string(object)?))
    }
}
