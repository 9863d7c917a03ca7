//! The sandbox as the ports of the product.
#![expect(
    clippy::unwrap_used,
    reason = "test code: a helper that fails is a failing test"
)]

mod automation;
mod bucket_settings;
mod buckets;
mod calls;
mod config_service;
mod faults;
mod history;
mod instances;
mod inventory;
mod keys;
mod organization;
mod remediation;
mod roles;
mod support;
mod trail_reads;
mod trail_writes;
