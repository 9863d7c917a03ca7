//! The adapters against recorded answers: requests are looked at as bytes, and answers are parsed
//! from bytes.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "test code")]

mod buckets;
mod clock;
mod config_service;
mod errors;
mod instances;
mod inventory;
mod keys;
mod notifier;
mod organization;
mod roles;
mod session;
mod source;
mod trail_reads;
mod trail_writes;
mod wire;
