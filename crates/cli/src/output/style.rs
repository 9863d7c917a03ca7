//! Colour, where someone looks.

use std::io::IsTerminal;

/// Whether and how text is coloured.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    colour: bool,
}

impl Style {
    /// Colour on a terminal, unless `NO_COLOR` is set to anything or the terminal is dumb.
    pub(crate) fn for_stdout() -> Self {
        let refused = is_set("NO_COLOR") || is_dumb();
        Self {
            colour: !refused && std::io::stdout().is_terminal(),
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
fn is_set(name: &str) -> bool {
    std::env::var_os(name).is_some_and(|value| !value.is_empty())
}

#[expect(
    clippy::disallowed_methods,
    reason = "a setting of the terminal, read at the command's edge"
)]
fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|value| value == "dumb")
}
