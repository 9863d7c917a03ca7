//! Everything that reads what others wrote, fed with what nobody should write: nothing panics, and
//! each reader keeps a law of its own.
//!
//! A target starts from its corpus: the files of `corpus/TARGET/`, first as they are, then with
//! random edits. `docs/extend.md` says how to add a target and how to run longer.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "test code"
)]

mod answers;
mod bus;
mod calls;
mod canned;
// The command is a program and no library.
#[path = "../../crates/cli/src/parameters.rs"]
#[expect(dead_code, reason = "the command uses all of it")]
mod command_line;
mod config;
mod documents;
mod edit;
mod guard;
mod http;
mod input;
mod json;
mod names;
mod policies;
mod shown;
mod stored;
mod told;
