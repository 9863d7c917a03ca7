//! The adapters against recorded answers: requests are looked at as bytes, and answers are parsed
//! from bytes.
#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "test code"
)]

mod automation;
mod bucket_settings;
mod buckets;
mod clock;
mod config_service;
mod detectors;
mod errors;
mod event_bus;
mod functions;
mod history;
mod instances;
mod inventory;
mod keys;
mod notifier;
mod organization;
mod remediation;
mod roles;
mod service_call;
mod session;
mod source;
mod trail_reads;
mod trail_writes;
mod wire;
