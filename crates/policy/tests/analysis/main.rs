//! What policies grant too broadly.
#![expect(clippy::panic, reason = "test code")]

mod boundary;
mod breadth;
mod conditions;
mod deny;
mod documents;
mod escalation;
mod false_positives;
mod judged;
mod laws;
mod peers;
mod probes;
mod resources;
