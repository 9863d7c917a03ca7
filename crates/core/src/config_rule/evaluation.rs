//! What a rule reports to AWS Config.

use jiff::Timestamp;

/// A verdict in AWS Config's words. There is no "unknown".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Compliance {
    /// The resource is as it should be.
    Compliant,
    /// It is not, or it could not be verified.
    NonCompliant,
    /// The rule does not judge this resource (any more).
    NotApplicable,
}

impl Compliance {
    /// The API's name for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compliant => "COMPLIANT",
            Self::NonCompliant => "NON_COMPLIANT",
            Self::NotApplicable => "NOT_APPLICABLE",
        }
    }
}

/// One evaluation as PutEvaluations takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The resource's type: `AWS::::Account`.
    pub resource_type: String,
    /// Its id, at most 768 characters.
    pub resource_id: String,
    /// The verdict.
    pub compliance: Compliance,
    /// The reason, 1 to 256 characters; none is left out of the request.
    pub annotation: Option<String>,
    /// The time the verdict is about: the notification's or the item's, never "now".
    pub ordering_timestamp: Timestamp,
}
