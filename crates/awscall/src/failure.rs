//! What a failure means.

use trailkeeper_runbook::{ApiFailure, FailureKind};

use std::error::Error;

/// In the names services give to refusals.
const DENIED: &[&str] = &[
    "AccessDenied",
    "AccessDeniedException",
    "AuthFailure",
    "AuthorizationError",
    "ExpiredToken",
    "ExpiredTokenException",
    "IncompleteSignature",
    "IncompleteSignatureException",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "KMSAccessDeniedException",
    "MissingAuthenticationToken",
    "MissingAuthenticationTokenException",
    "NotAuthorized",
    "OptInRequired",
    "SignatureDoesNotMatch",
    "UnauthorizedOperation",
    "UnrecognizedClientException",
];

/// In the names services give to "too many calls". LimitExceededException is not one of them: in
/// the services spoken here it is a quota, which no waiting lifts.
const THROTTLED: &[&str] = &[
    "BandwidthLimitExceeded",
    "EC2ThrottledException",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
];

/// The service broke off; whether the call took effect is not known.
const BROKEN: &[&str] = &[
    "InternalError",
    "InternalFailure",
    "InternalServerError",
    "InternalServiceError",
    "KMSInternalException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceException",
    "ServiceUnavailable",
    "ServiceUnavailableException",
];

/// What an answered failure means; where the code says nothing, its HTTP status does.
pub(crate) fn kind_of(code: &str, status: u16) -> FailureKind {
    let listed = [
        (FailureKind::Denied, DENIED),
        (FailureKind::Throttled, THROTTLED),
        (FailureKind::NoAnswer, BROKEN),
    ];
    let found = listed.iter().find(|(_, codes)| codes.contains(&code));
    match (found, status) {
        (Some((kind, _)), _) => *kind,
        (None, 429) => FailureKind::Throttled,
        (None, 401 | 403) if code == status.to_string() => FailureKind::Denied,
        (None, 500..) => FailureKind::NoAnswer,
        (None, _) => FailureKind::Other,
    }
}

/// A call that was refused before anything was sent.
pub(crate) fn not_sent(code: &str, kind: FailureKind, reason: &str) -> ApiFailure {
    ApiFailure {
        code: code.to_owned(),
        message: format!("nothing was sent: {reason}"),
        kind,
    }
}

/// A call without an answer.
pub(crate) fn unanswered(code: &str, reason: &str) -> ApiFailure {
    ApiFailure {
        code: code.to_owned(),
        message: format!("no answer, so the effect of the call is unknown: {reason}"),
        kind: FailureKind::NoAnswer,
    }
}

/// An error and what lies beneath it.
pub(crate) fn causes<'e>(
    error: &'e (dyn Error + 'static),
) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |cause: &&'e (dyn Error + 'static)| {
        (*cause).source()
    })
}
