//! The judgement of instances: parameters, recorded instances, roles, verdicts.
#![expect(clippy::unwrap_used, clippy::unreachable, reason = "test code")]

mod parameters;
mod recorded;
mod role;
mod support;
mod verdict;
