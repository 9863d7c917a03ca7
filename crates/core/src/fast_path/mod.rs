//! The fast path: what an event of EventBridge is about, and what is told of it.
//!
//! An event says that something happened and who did it. What it means is decided by the state of
//! the account; the event's own content stands in only where that state cannot be read.

mod actor;
mod answer;
mod envelope;
mod memory;
mod message;
mod pattern;
mod profile;
mod reported;
mod subject;
mod table;

pub use actor::Actor;
pub use answer::{Action, EventAnswer, EventNote};
pub use envelope::{ApiCall, BusEvent, EnvelopeError, Failure};
pub use memory::Memory;
pub use message::{Concern, MOST_BYTES, Notice, Resource, attempt_notice, notice};
pub use pattern::{EventPattern, MOST_PATTERN_CHARACTERS, patterns, patterns_of};
pub use profile::EventProfile;
pub use reported::Reported;
pub use subject::{EventInstance, Subject};
pub use table::{EVENTS, EventRow, EventScope, Handler, handler_of};
