//! CloudTrail's event history, which needs no trail and cannot be switched off.

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_core::{CallError, Region};

use super::Page;

/// What the history is asked by: LookupEvents takes one attribute a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryAttribute {
    /// The operation's name.
    EventName(String),
    /// A resource that the call was about, as the call named it: a name or an ARN.
    ResourceName(String),
    /// The event's id.
    EventId(String),
}

/// Reads of the event history.
#[async_trait]
pub trait HistoryReader: Send + Sync {
    /// LookupEvents, one page of at most 50, newest first: CloudTrail's records, each a JSON
    /// object in a text. The service takes two calls a second in an account and Region.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn lookup(
        &self,
        region: &Region,
        attribute: &HistoryAttribute,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError>;
}
