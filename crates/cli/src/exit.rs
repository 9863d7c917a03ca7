//! How the command ends.

use std::process::ExitCode;

/// The three ends of a command. A reader that goes away early, as `head` does, is a good end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, and what was looked at is as it should be.
    Good,
    /// Could not be done.
    Failed,
    /// Done, and what was looked at is not as it should be.
    Bad,
}

impl Exit {
    /// The code for the shell.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Good => 0,
            Self::Failed => 1,
            Self::Bad => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
