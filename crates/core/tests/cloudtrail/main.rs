//! The judgement of trails: coverage, what is read, findings, the catalogue, the verdict.
#![expect(clippy::unwrap_used, reason = "test code")]

mod baseline;
mod captured;
mod catalogue;
mod coverage;
mod data_events;
mod examine;
mod healthy;
mod log_files;
mod reads;
mod verdict;
