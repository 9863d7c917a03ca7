//! What the demo's repair costs, counted in the sandbox's call log.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::incident::IncidentSettings;
use trailkeeper_core::Caller;
use trailkeeper_lambda::{Invocation, remediator};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::scenario::{DemoNames, demo};

async fn repair(sandbox: &Sandbox, names: &DemoNames) -> Value {
    let ports = remediator::Remediator {
        ports: sandbox.repair_ports(),
        automation: Arc::new(sandbox.clone()),
        incident: sandbox.incident_ports(),
        settings: IncidentSettings::default(),
        destinations: None,
    };
    let invocation = Invocation {
        caller: Caller {
            account: names.account.parse().unwrap(),
            region: names.region.parse().unwrap(),
            partition: "aws".to_owned(),
        },
        request_id: "1".to_owned(),
        deadline: sandbox.now() + SignedDuration::from_mins(5),
    };
    let payload = json!({
        "CloudTrailName": names.trail,
        "CloudTrailS3BucketName": names.bucket,
        "CloudTrailKmsKeyId": names.key_arn,
    });
    remediator::handle(payload, &ports, &invocation, 1)
        .await
        .unwrap()
}

fn writes(sandbox: &Sandbox) -> Vec<String> {
    let writes = sandbox.calls().into_iter().filter(|call| call.write);
    writes.map(|call| call.operation).collect()
}

#[test]
fn the_demo_is_repaired_with_at_most_8_writes_and_the_second_run_makes_none() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let (sandbox, names) = demo();
    let result = runtime.block_on(repair(&sandbox, &names));
    assert_eq!(result["outcome"], "repaired", "{result}");
    let made = writes(&sandbox);
    assert!((1..=8).contains(&made.len()), "{made:?}");

    sandbox.advance(SignedDuration::from_mins(15));
    sandbox.clear_calls();
    let result = runtime.block_on(repair(&sandbox, &names));
    assert_eq!(result["outcome"], "already-healthy", "{result}");
    assert_eq!(writes(&sandbox), Vec::<String>::new());
}
