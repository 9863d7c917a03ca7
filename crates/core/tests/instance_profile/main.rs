//! The judgement of instances: parameters, recorded instances, roles, verdicts.
#![expect(clippy::unwrap_used, clippy::unreachable, reason = "test code")]

mod evaluations;
mod parameters;
mod policies;
mod recorded;
mod role;
mod support;
mod verdict;
