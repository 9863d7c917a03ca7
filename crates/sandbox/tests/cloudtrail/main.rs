//! CloudTrail as the sandbox models it.

#![expect(clippy::unwrap_used, reason = "test code")]

mod create;
mod delivery;
mod history;
mod insights;
mod logging;
mod organization;
mod reads;
mod selectors;
mod support;
mod tags;
mod update;
