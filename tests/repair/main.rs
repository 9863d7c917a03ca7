//! Repairs of every state into which an intruder can bring the trail, its bucket and its key.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod absent;
mod moves;
mod organization;
mod table;
mod targets;
