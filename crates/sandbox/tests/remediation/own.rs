//! The product's own runbook as AWS Config starts it, with a stand-in for the remediator.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{TrailSeed, TrailStatus};
use trailkeeper_sandbox::{Call, Function, Sandbox};

use crate::{Account, REGION, ROLE};

const RUNBOOK: &str = include_str!("../../../../runbooks/restore-cloudtrail.yaml");
const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org-audit";

/// Starts the trail if it is stopped, and says so as the remediator does.
struct Remediator {
    sandbox: Sandbox,
    modes: Mutex<Vec<String>>,
}

impl Remediator {
    async fn ask(&self, operation: &str) -> Value {
        let call = Call::new("cloudtrail", operation, REGION, json!({"Name": TRAIL}));
        self.sandbox.call(call).await.unwrap()
    }
}

#[async_trait]
impl Function for Remediator {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let mode = payload["Mode"].as_str().unwrap().to_owned();
        self.modes.lock().unwrap().push(mode.clone());
        let logging = self.ask("GetTrailStatus").await["IsLogging"] == json!(true);
        let outcome = match (logging, mode.as_str()) {
            (true, _) => "already-healthy",
            (false, "Plan") => "planned",
            (false, _) => {
                self.ask("StartLogging").await;
                "repaired"
            }
        };
        Ok(json!({
            "outcome": outcome, "trailArn": TRAIL, "trailRegion": REGION, "actor": "",
            "gapStart": "", "gapEnd": "", "changes": [], "steps": [], "notes": [], "remaining": [],
        }))
    }
}

async fn account() -> (Account, Arc<Remediator>) {
    let account = Account::new();
    account.sandbox.with_world(|world| {
        let stopped = world.now();
        world.seed_trail(TrailSeed {
            name: "org-audit".to_owned(),
            home_region: REGION.to_owned(),
            status: TrailStatus::stopped(stopped),
            ..TrailSeed::default()
        });
    });
    let remediator = Arc::new(Remediator {
        sandbox: account.sandbox.clone(),
        modes: Mutex::default(),
    });
    let functions = &account.sandbox;
    functions.register_function("trailkeeper-remediator", remediator.clone());
    let document = json!({
        "Name": "Trailkeeper-RestoreCloudTrail",
        "Content": RUNBOOK,
        "DocumentType": "Automation",
        "DocumentFormat": "YAML",
    });
    account
        .call("ssm", "CreateDocument", document)
        .await
        .unwrap();
    (account, remediator)
}

fn remediation() -> Value {
    let fixed = |value: &str| json!({"StaticValue": {"Values": [value]}});
    json!({
        "ConfigRuleName": "trails",
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "Trailkeeper-RestoreCloudTrail",
        "Parameters": {
            "AutomationAssumeRole": fixed(ROLE),
            "CloudTrailName": fixed("org-audit"),
            "CloudTrailS3BucketName": fixed("audit-logs"),
            "IsOrganizationTrail": fixed("false"),
        },
        "Automatic": true,
        "MaximumAutomaticAttempts": 25,
        "RetryAttemptSeconds": 60,
    })
}

#[tokio::test]
async fn the_own_runbook_repairs_once_and_then_only_looks() {
    let (account, remediator) = account().await;
    account.configure(remediation()).await.unwrap();
    account.evaluate("org-audit", "NON_COMPLIANT").await;
    let status = account.status().await;
    assert_eq!(status[0]["State"], "SUCCEEDED", "{:#}", status[0]);
    assert_eq!(*remediator.modes.lock().unwrap(), ["Plan", "Apply", "Plan"]);

    // a stale finding starts it again: nothing is written
    account.sandbox.clear_calls();
    account.sandbox.advance(jiff::SignedDuration::from_mins(1));
    account.evaluate("org-audit", "NON_COMPLIANT").await;
    assert_eq!(account.status().await[0]["State"], "SUCCEEDED");
    let calls = account.sandbox.calls();
    let mut cloudtrail = calls.iter().filter(|call| call.service == "cloudtrail");
    assert!(cloudtrail.all(|call| !call.write));
}
