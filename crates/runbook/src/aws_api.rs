//! AWS, as a run needs it.

use async_trait::async_trait;
use serde_json::Value;

/// Any AWS operation by service and name, JSON in and out.
#[async_trait]
pub trait AwsApi: Send + Sync {
    /// Calls an operation.
    ///
    /// `service` and `api` are as the document writes them: a boto3 client name, and an operation
    /// in any of boto3's spellings. A text stands for a member of type blob, both ways; the
    /// `Payload` of Lambda's Invoke is such a text. A time in the answer is text too.
    async fn call(
        &self,
        service: &str,
        api: &str,
        region: &str,
        input: Value,
    ) -> Result<Value, ApiFailure>;
}

/// A call that was not answered as wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiFailure {
    /// The service's error code, `AccessDeniedException`.
    pub code: String,
    /// The service's own sentence.
    pub message: String,
    /// What the failure means for the caller.
    pub kind: FailureKind,
}

/// What a failed call means for the caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailureKind {
    /// The caller may not do this.
    Denied,
    /// Too many calls: the same call may succeed later.
    Throttled,
    /// Refused for another reason.
    Other,
    /// No answer came: whether the call took effect is not known.
    NoAnswer,
}
