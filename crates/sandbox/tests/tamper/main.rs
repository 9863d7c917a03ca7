//! What an intruder calls to blind a trail, and how its effect is seen: the answers, the refusals
//! and the state that is left behind.
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test code"
)]

mod attacks;
mod buckets;
mod files;
mod functions;
mod keys;
mod logs;
mod organization;
mod regions;
mod topics;
mod users;
mod variants;
mod versions;

use jiff::Timestamp;
use serde_json::Value;
use trailkeeper_sandbox::{ApiError, Call, Failure, Sandbox, World};

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const REGION: &str = "eu-west-1";

fn world() -> World {
    let now: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
    World::new(OWN, REGION, now)
}

async fn ask(
    sandbox: &Sandbox,
    service: &str,
    operation: &str,
    input: Value,
) -> Result<Value, ApiError> {
    match sandbox
        .call(Call::new(service, operation, REGION, input))
        .await
    {
        Ok(output) => Ok(output),
        Err(Failure::Api(error)) => Err(error),
        Err(Failure::NoAnswer) => panic!("no answer"),
    }
}

/// Calls that must succeed, in their order.
async fn all_well(sandbox: &Sandbox, service: &str, calls: &[(&str, Value)]) {
    for (operation, input) in calls {
        let answer = ask(sandbox, service, operation, input.clone()).await;
        assert!(answer.is_ok(), "{operation} {input}: {answer:?}");
    }
}

/// Calls that must be refused with these codes, whatever their order.
async fn all_refused(sandbox: &Sandbox, service: &str, calls: &[(&str, Value, &str)]) {
    for (operation, input, code) in calls {
        let answer = ask(sandbox, service, operation, input.clone()).await;
        let found = answer.as_ref().err().map(|error| error.code.as_str());
        assert_eq!(found, Some(*code), "{operation} {input}: {answer:?}");
    }
}

/// One member of an answer.
async fn told(sandbox: &Sandbox, service: &str, operation: &str, input: Value, at: &str) -> Value {
    let answer = ask(sandbox, service, operation, input).await.unwrap();
    answer.pointer(at).cloned().unwrap_or_default()
}
