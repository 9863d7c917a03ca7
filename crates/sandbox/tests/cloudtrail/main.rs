//! CloudTrail as the sandbox models it.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

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
