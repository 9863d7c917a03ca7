//! From a request to an answer: which protocol, which call, and what runs before the answer.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::SignedDuration;
use tokio::sync::Mutex;

use super::message::{Reply, Request};
use super::scope::Scope;
use super::{control, ec2, guardduty, json, lambda, query, s3};
use crate::account::Sandbox;
use crate::call::{ApiError, Failure};

/// The account behind the listener.
pub(super) struct Front {
    sandbox: Sandbox,
    /// How far the virtual clock moves on before each call.
    pub(super) call_time: SignedDuration,
    requests: AtomicU64,
    settling: Arc<Mutex<()>>,
}

impl std::fmt::Debug for Front {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Front").finish_non_exhaustive()
    }
}

/// How a service speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Protocol {
    Json,
    Query,
    Ec2,
    GuardDuty,
    Lambda,
    S3,
}

impl Protocol {
    fn of(service: &str, request: &Request) -> Self {
        match service {
            "s3" => Self::S3,
            "lambda" => Self::Lambda,
            "ec2" => Self::Ec2,
            "account" => Self::Json,
            "guardduty" => Self::GuardDuty,
            _ if request.header("x-amz-target").is_some() => Self::Json,
            _ => Self::Query,
        }
    }

    /// The protocol that a request without a scope looks like.
    fn guess(request: &Request) -> Self {
        let form = request
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if request.header("x-amz-target").is_some() {
            Self::Json
        } else if request.path.starts_with("/2015-03-31/") {
            Self::Lambda
        } else if form || request.parameter("Action").is_some() {
            Self::Query
        } else {
            Self::S3
        }
    }

    fn failure(self, service: &str, request: &Request, error: &ApiError, id: &str) -> Reply {
        match self {
            Self::Json => json::failure(error),
            Self::Query => query::failure(error, service, id),
            Self::Ec2 => ec2::failure(error, id),
            Self::GuardDuty => guardduty::failure(error),
            Self::Lambda => lambda::failure(error),
            Self::S3 => s3::failure(error, request.method == "HEAD", id),
        }
    }
}

impl Front {
    pub(super) fn new(sandbox: Sandbox) -> Self {
        Self {
            sandbox,
            call_time: SignedDuration::ZERO,
            requests: AtomicU64::new(0),
            settling: Arc::default(),
        }
    }

    /// The answer, or nothing where the connection is to be closed without one.
    pub(super) async fn answer(&self, request: Request) -> Option<Reply> {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) + 1;
        let id = format!("00000000-0000-4000-8000-{number:012}");
        let reply = if request.path.starts_with("/_sandbox/") {
            let reply = control::answer(&self.sandbox, &request);
            self.settle().await;
            reply
        } else {
            self.call(&request, &id).await?
        };
        let reply = reply.with("x-amzn-requestid", &id);
        Some(reply.with("x-amz-request-id", &id))
    }

    async fn call(&self, request: &Request, id: &str) -> Option<Reply> {
        let Some(scope) = Scope::of(request) else {
            let protocol = Protocol::guess(request);
            return Some(protocol.failure("", request, &unsigned(protocol), id));
        };
        let protocol = Protocol::of(&scope.service, request);
        let call = match protocol {
            Protocol::Json => json::call(request, &scope),
            Protocol::Query => query::call(request, &scope),
            Protocol::Ec2 => ec2::call(request, &scope),
            Protocol::GuardDuty => guardduty::call(request, &scope),
            Protocol::Lambda => lambda::call(request, &scope),
            Protocol::S3 => s3::call(request, &scope),
        };
        let call = match call {
            Ok(call) => call,
            Err(error) => return Some(protocol.failure(&scope.service, request, &error, id)),
        };
        let operation = call.operation.clone();
        if !self.call_time.is_zero() {
            self.sandbox.advance(self.call_time);
        }
        let answer = self.sandbox.call(call).await;
        self.settle().await;
        match answer {
            Err(Failure::NoAnswer) => None,
            Err(Failure::Api(error)) => Some(protocol.failure(&scope.service, request, &error, id)),
            Ok(output) => Some(match protocol {
                Protocol::Json => json::success(&output),
                Protocol::Query => query::success(&scope.service, &operation, &output, id),
                Protocol::Ec2 => ec2::success(&operation, &output, id),
                Protocol::GuardDuty => guardduty::success(&output),
                Protocol::Lambda => lambda::success(&operation, &output),
                Protocol::S3 => s3::success(&operation, &output),
            }),
        }
    }

    /// Runs what the account was asked to run asynchronously, before the answer goes out. Only
    /// one request at a time does so: the requests of a function that runs here find the place
    /// taken and go on, and what they ask for is run by the request that started it all. The runs
    /// go on if the client goes away.
    async fn settle(&self) {
        if !self.sandbox.is_unsettled() {
            return;
        }
        let sandbox = self.sandbox.clone();
        let settling = self.settling.clone();
        let runs = tokio::spawn(async move {
            while sandbox.is_unsettled() {
                let Ok(_place) = settling.try_lock() else {
                    return;
                };
                sandbox.settle().await;
            }
        });
        drop(runs.await); // a function that panicked has failed, as it would on Lambda
    }
}

fn unsigned(protocol: Protocol) -> ApiError {
    if protocol == Protocol::S3 {
        // S3 takes an unsigned request for an anonymous one
        return ApiError::new("AccessDenied", "Access Denied").with_status(403);
    }
    let text = "Request is missing Authentication Token";
    ApiError::new("MissingAuthenticationTokenException", text).with_status(403)
}
