//! Colour, where someone looks.

use std::ffi::{OsStr, OsString};
use std::io::IsTerminal;

/// Whether and how text is coloured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    colour: bool,
}

impl Style {
    /// Colour on a terminal, unless `NO_COLOR` is set to anything or the terminal is dumb.
    pub(crate) fn for_stdout() -> Self {
        Self::new(
            std::io::stdout().is_terminal(),
            variable("NO_COLOR").as_deref(),
            variable("TERM").as_deref(),
        )
    }

    fn new(is_terminal: bool, no_color: Option<&OsStr>, term: Option<&OsStr>) -> Self {
        let refused = no_color.is_some_and(|value| !value.is_empty());
        let is_dumb = term.is_some_and(|term| term == "dumb");
        Self {
            colour: is_terminal && !refused && !is_dumb,
        }
    }

    /// A heading.
    pub(crate) fn heading(self, text: &str) -> String {
        self.wrapped("1", text)
    }

    /// A good word.
    pub(crate) fn good(self, text: &str) -> String {
        self.wrapped("1;32", text)
    }

    /// A bad word.
    pub(crate) fn bad(self, text: &str) -> String {
        self.wrapped("1;31", text)
    }

    fn wrapped(self, codes: &str, text: &str) -> String {
        if self.colour {
            format!("\u{1b}[{codes}m{text}\u{1b}[0m")
        } else {
            text.to_owned()
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a setting of the terminal, read at the command's edge"
)]
fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::Style;

    #[test]
    fn colour_needs_a_terminal_that_wants_it() {
        let cases = [
            (true, None, Some("xterm"), true),
            (true, None, None, true),
            (true, Some(""), Some("xterm"), true),
            (true, Some("1"), Some("xterm"), false),
            (true, None, Some("dumb"), false),
            (false, None, Some("xterm"), false),
        ];
        for (is_terminal, no_color, term, coloured) in cases {
            let style = Style::new(is_terminal, no_color.map(OsStr::new), term.map(OsStr::new));
            let text = style.good("x");
            assert_eq!(text.contains('\u{1b}'), coloured, "{no_color:?} {term:?}");
            assert_eq!(style.bad("x") == "x", !coloured);
            assert_eq!(style.heading("x") == "x", !coloured);
        }
    }
}
