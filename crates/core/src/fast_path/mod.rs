//! The fast path: what an event of EventBridge is about, and what is told of it.
//!
//! An event says that something happened and who did it. What it means is decided by the state of
//! the account; the event's own content stands in only where that state cannot be read.

mod actor;
mod answer;
mod bearing;
mod envelope;
mod guardduty;
mod guarded;
mod memory;
mod message;
mod own;
mod pattern;
mod profile;
mod remarks;
mod reported;
mod rows;
mod start;
mod steps;
mod subject;
mod table;
mod tampering;

pub use actor::Actor;
pub use answer::{Action, EventAnswer, EventNote};
pub use bearing::{Bearing, Watch};
pub(crate) use envelope::API_CALL;
pub use envelope::{ApiCall, BusEvent, EnvelopeError, Failure};
pub use guardduty::{GuardDutyFinding, Principal};
pub use guarded::Guarded;
pub use memory::Memory;
pub use message::{
    Concern, MOST_BYTES, Notice, Resource, attempt_notice, notice, notice_with, outcome_notice,
};
pub use own::OwnRoles;
pub use pattern::{
    EventPattern, LOG_BUCKET, MOST_PATTERN_CHARACTERS, covers, hears, patterns, patterns_of,
};
pub use profile::EventProfile;
pub use remarks::{Remarks, meaning, meaning_unnamed, noticed, of_guard, rule_notes};
pub use reported::Reported;
pub use start::{Budget, Runs, budget, client_token};
pub use steps::{Permissions, analyst_steps, own_role_steps};
pub use subject::{EventInstance, Subject};
pub use table::{
    Concerns, EventRow, EventScope, Handler, Only, Tells, events, handler_of, plain_name, row_of,
};
pub(crate) use tampering::{CLOUDTRAIL, KMS, S3};
pub use tampering::{attacks, calls_of_codes, threats_of_codes};
