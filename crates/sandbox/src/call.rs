//! One API call to the account, and the two ways in which it can fail.

use jiff::Timestamp;
use serde_json::Value;

/// One call: which operation, where, with what input, in the member names of the API model.
#[derive(Debug, Clone, PartialEq)]
pub struct Call {
    /// The service as IAM writes it in lower case: `cloudtrail`, `s3`, `kms`, `config`, `sts`,
    /// `organizations`, `lambda`, `ssm`, `sns`, `ec2`, `iam`, `events`, `guardduty`, `logs`,
    /// `cloudwatch`, `account`.
    pub service: String,
    /// The operation's name in the API model: `DescribeTrails`.
    pub operation: String,
    /// The Region that is asked.
    pub region: String,
    /// The input structure as JSON; blobs are base64 text, timestamps are epoch seconds.
    pub input: Value,
}

impl Call {
    /// A call of `operation` of `service` in `region`.
    pub fn new(service: &str, operation: &str, region: &str, input: Value) -> Self {
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            region: region.to_owned(),
            input,
        }
    }

    /// Whether the operation changes anything, told from its name.
    pub fn is_write(&self) -> bool {
        const READS: [&str; 7] = [
            "Get", "List", "Describe", "Lookup", "Head", "Select", "BatchGet",
        ];
        !READS.iter().any(|verb| self.operation.starts_with(verb))
    }
}

/// An error answer of the service.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// The error's code as the API model names it: `TrailNotFoundException`.
    pub code: String,
    /// The text that the service sends with it.
    pub message: String,
    /// The HTTP status.
    pub status: u16,
    /// The Region that a redirecting S3 answer names in `x-amz-bucket-region`.
    pub region_hint: Option<String>,
}

impl ApiError {
    /// An error with status 400, as the JSON protocols use for all modelled client errors.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            message: message.into(),
            status: 400,
            region_hint: None,
        }
    }

    /// The same error with another HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }
}

/// Why a call brought no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The service answered with an error.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// No answer came; whether the call had its effect is not known to the caller.
    #[error("no answer from the service")]
    NoAnswer,
}

/// A line of the account's call log.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CallRecord {
    /// Virtual time of the call.
    pub at: Timestamp,
    /// The service: `cloudtrail`.
    pub service: String,
    /// The operation: `StartLogging`.
    pub operation: String,
    /// The Region asked.
    pub region: String,
    /// Whether the operation can change anything.
    pub write: bool,
    /// `ok`, the error code, or `NoAnswer`.
    pub outcome: String,
    /// The input as it was sent.
    pub input: Value,
}
