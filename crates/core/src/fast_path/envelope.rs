//! EventBridge's envelope around a record of CloudTrail.

use jiff::Timestamp;
use serde_json::Value;

use super::actor::Actor;
use super::guardduty::GuardDutyFinding;
use super::table::{EventRow, Handler, row_of};
use crate::call_error::{ErrorClass, class_of};
use crate::config_rule::EventError;
use crate::config_rule::json::Place;
use crate::escape;
use crate::identity::{AccountId, Region};

/// The `detail-type` of an API call that CloudTrail recorded.
pub(crate) const API_CALL: &str = "AWS API Call via CloudTrail";

/// The `detail-type` of what GuardDuty found.
pub(super) const FINDING: &str = "GuardDuty Finding";

/// Longest part of a foreign text that is repeated in an error.
const SHOWN: usize = 64;

/// An event that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the EventBridge event cannot be read: `{place}` {why}; send it as EventBridge writes it")]
pub struct EnvelopeError {
    /// The part: `detail.eventName`.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

impl EnvelopeError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        "malformed-event"
    }
}

impl From<EventError> for EnvelopeError {
    fn from(error: EventError) -> Self {
        match error {
            EventError::Malformed { place, why } => Self { place, why },
            EventError::MissingToken => Self {
                place: "resultToken".to_owned(),
                why: "is missing".to_owned(),
            },
        }
    }
}

/// An event of EventBridge.
#[derive(Debug, Clone, PartialEq)]
pub enum BusEvent {
    /// An API call that CloudTrail recorded.
    ApiCall(Box<ApiCall>),
    /// What GuardDuty found.
    Finding(Box<GuardDutyFinding>),
    /// Something that this version does not know.
    Other {
        /// Its `detail-type`, cut and escaped.
        detail_type: String,
    },
}

impl BusEvent {
    /// Reads the event.
    ///
    /// # Errors
    /// The part that cannot be understood.
    pub fn parse(event: &Value) -> Result<Self, EnvelopeError> {
        let envelope = Place::root(event)?;
        let detail_type = envelope.required_text(&["detail-type"])?;
        Ok(match detail_type.as_str() {
            API_CALL => Self::ApiCall(Box::new(ApiCall::read(&envelope)?)),
            FINDING => Self::Finding(Box::new(GuardDutyFinding::read(&envelope)?)),
            other => Self::Other {
                detail_type: escape::cut(other, SHOWN),
            },
        })
    }
}

/// Why a call had no effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The service's error code: `Client.UnauthorizedOperation`.
    pub code: String,
    /// Its text.
    pub message: String,
}

impl Failure {
    /// Whether the caller was not allowed to do it, which makes the call an attempt. Of a call
    /// that failed for another reason (no capacity, a wrong name) there is nothing to tell.
    pub fn is_denial(&self) -> bool {
        // EC2's codes come with the side that is to blame in front.
        let code = self.code.strip_prefix("Client.").unwrap_or(&self.code);
        class_of(code) == ErrorClass::Denied
    }
}

/// An API call, as CloudTrail recorded it.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiCall {
    /// The record's id, by which repeated deliveries are known.
    pub id: String,
    /// The envelope's `source`.
    pub bus_source: String,
    /// The service that was called.
    pub event_source: String,
    /// The operation.
    pub event_name: String,
    /// When it was called.
    pub time: Timestamp,
    /// The Region in which it was recorded.
    pub region: Region,
    /// The account that it is about.
    pub account: AccountId,
    /// Who called.
    pub actor: Actor,
    /// The error of a call without effect.
    pub failure: Option<Failure>,
    /// `requestParameters`; null where CloudTrail left them out.
    pub request: Value,
    /// `responseElements`.
    pub response: Value,
}

impl ApiCall {
    /// What is known of such a call, if it is one that is handled.
    pub fn row(&self) -> Option<&'static EventRow> {
        row_of(&self.bus_source, &self.event_source, &self.event_name)
    }

    /// What is done about the call, if it is one that is handled.
    pub fn handler(&self) -> Option<Handler> {
        self.row().map(|row| row.handler)
    }

    fn read(envelope: &Place<'_>) -> Result<Self, EnvelopeError> {
        let value = envelope
            .value(&["detail"])
            .ok_or_else(|| envelope.wrong(&["detail"], "is missing"))?;
        let detail = Place::new(value, "detail")?;
        let part = |name| detail.value(&[name]).cloned().unwrap_or_default();
        Ok(Self {
            id: either(
                &detail,
                "eventID",
                |name| detail.text(&[name]),
                || envelope.text(&["id"]),
            )?,
            bus_source: envelope.required_text(&["source"])?,
            event_source: detail.required_text(&["eventSource"])?,
            event_name: detail.required_text(&["eventName"])?,
            time: either(
                &detail,
                "eventTime",
                |name| detail.time(&[name]),
                || envelope.time(&["time"]),
            )?,
            region: region(&detail, envelope)?,
            account: either(
                &detail,
                "recipientAccountId",
                |name| detail.account(&[name]),
                || envelope.account(&["account"]),
            )?,
            actor: Actor::read(value),
            failure: failure(value),
            request: part("requestParameters"),
            response: part("responseElements"),
        })
    }
}

/// What the record says, else what the envelope says.
pub(super) fn either<T>(
    detail: &Place<'_>,
    name: &'static str,
    own: impl Fn(&'static str) -> Result<Option<T>, EventError>,
    outer: impl Fn() -> Result<Option<T>, EventError>,
) -> Result<T, EnvelopeError> {
    let found = match own(name)? {
        Some(value) => Some(value),
        None => outer()?,
    };
    Ok(found.ok_or_else(|| detail.wrong(&[name], "is missing"))?)
}

pub(super) fn region(detail: &Place<'_>, envelope: &Place<'_>) -> Result<Region, EnvelopeError> {
    let name = "awsRegion";
    let text = either(
        detail,
        name,
        |name| detail.text(&[name]),
        || envelope.text(&["region"]),
    )?;
    let parsed = text.parse();
    Ok(parsed.map_err(|_| detail.wrong(&[name], "is not the name of a Region"))?)
}

/// The record's error. An odd one is still one: a call without effect must not pass for a change.
fn failure(detail: &Value) -> Option<Failure> {
    let text = |name| match detail.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let (code, message) = (text("errorCode"), text("errorMessage"));
    if code.is_empty() && message.is_empty() {
        return None;
    }
    Some(Failure { code, message })
}
