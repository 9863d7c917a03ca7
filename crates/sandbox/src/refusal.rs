//! Refusals that every service makes, each in its own words: throttled and denied.

use crate::call::{ApiError, Call};
use crate::world::World;

/// The service asks for patience.
pub(crate) fn throttled(call: &Call) -> ApiError {
    let code = match call.service.as_str() {
        "s3" => "SlowDown",
        "iam" | "sns" => "Throttling",
        "ec2" => "RequestLimitExceeded",
        "cloudwatch" => "Throttling",
        "account" | "lambda" | "organizations" => "TooManyRequestsException",
        _ => "ThrottlingException",
    };
    let status = match call.service.as_str() {
        "s3" | "ec2" => 503,
        "account" | "lambda" => 429,
        _ => 400,
    };
    ApiError::new(code, "Rate exceeded").with_status(status)
}

/// IAM refuses the call, or a service control policy does.
pub(crate) fn denied(call: &Call, world: &World, scp: bool) -> ApiError {
    let (code, status) = match call.service.as_str() {
        "s3" | "sts" | "iam" => ("AccessDenied", 403),
        "ec2" => ("UnauthorizedOperation", 403),
        "sns" => ("AuthorizationError", 403),
        "cloudwatch" => ("AccessDenied", 403),
        "account" | "lambda" => ("AccessDeniedException", 403),
        _ => ("AccessDeniedException", 400),
    };
    let why = if scp {
        "with an explicit deny in a service control policy"
    } else {
        "because no identity-based policy allows the action"
    };
    let text = format!(
        "User: arn:{}:sts::{}:assumed-role/trailkeeper/sandbox is not authorized to perform: {}:{} {why}",
        world.partition, world.account_id, call.service, call.operation
    );
    ApiError::new(code, text).with_status(status)
}
