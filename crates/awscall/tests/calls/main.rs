//! Calls through the public interface: over a scripted connector, and over loopback.
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unreachable,
    reason = "helpers of tests, which should stop where something is wrong"
)]

mod answers;
mod endpoints;
mod loopback;
mod queries;
mod requests;
mod retries;
mod scripted;
mod server;
