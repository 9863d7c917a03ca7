//! The account that is attacked: a trail with everything a trail can have, the rule, the runbook in
//! Systems Manager and the function behind it.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use trailkeeper_app::repair::{RepairPorts, repair};
use trailkeeper_core::Caller;
use trailkeeper_core::remediation::{RepairFailure, RepairRequest, RepairResult};
use trailkeeper_core::repair::{Goal, Limits};
use trailkeeper_sandbox::attacks::Target;
use trailkeeper_sandbox::seed::DocumentSeed;
use trailkeeper_sandbox::{Function, Sandbox, World};
use trailkeeper_tests::{
    ACCOUNT, Account, BUCKET, Coverage, HOME, KEY_ID, RULE, TRAIL, healthy_trail, healthy_world,
};

/// The runbook's text, the very file that is deployed.
const RUNBOOK: &str = include_str!("../../runbooks/restore-cloudtrail.yaml");

/// What is attacked.
pub(crate) fn target() -> Target {
    Target {
        account: ACCOUNT.to_owned(),
        region: HOME.to_owned(),
        trail: TRAIL.to_owned(),
        bucket: BUCKET.to_owned(),
        key_id: KEY_ID.to_owned(),
        topic: "audit".to_owned(),
        log_group: "audit".to_owned(),
        log_role: "cloudtrail-to-logs".to_owned(),
        rule: RULE.to_owned(),
        evaluator: "trailkeeper-evaluator".to_owned(),
        remediator: "trailkeeper-remediator".to_owned(),
        runbook: "Trailkeeper-RestoreCloudTrail".to_owned(),
        event_rule: "trailkeeper-trail-events".to_owned(),
        detector: "12abc34d567e8fa901bc2d34e56789f0".to_owned(),
    }
}

/// The world with its healthy trail, topic and log group, and the intruder's bucket and key.
pub(crate) fn world() -> World {
    let target = target();
    let mut world = healthy_world();
    world.seed_topic(&target.topic_arn(), None);
    world.seed_log_group(&target.log_group_arn());
    world.seed_log_role(&target.log_role_arn(), true);
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.sns_topic_arn = Some(target.topic_arn());
    trail.settings.cloud_watch_logs_log_group_arn = Some(target.log_group_arn());
    trail.settings.cloud_watch_logs_role_arn = Some(target.log_role_arn());
    world.seed_trail(trail);
    target.seed_intruder(&mut world);
    world
}

/// The account that `world` is, with the guard installed.
pub(crate) fn stage(world: World) -> Account {
    let target = target();
    let account = Account::of(world)
        .with("SnsTopicName", target.topic_arn())
        .with("CloudWatchLogsLogGroupArn", target.log_group_arn())
        .with("CloudWatchLogsRoleArn", target.log_role_arn())
        .with("RepairKey", true);
    let remediator = Remediator {
        sandbox: account.sandbox.clone(),
        caller: account.caller.clone(),
    };
    let name = &target.remediator;
    account
        .sandbox
        .register_function(name, Arc::new(remediator));
    let document = DocumentSeed {
        region: HOME.to_owned(),
        name: target.runbook,
        content: RUNBOOK.to_owned(),
        owner: None,
    };
    let seeded = account
        .sandbox
        .with_world(|world| world.seed_document(document));
    seeded.expect("the runbook is one");
    account
}

/// What the account records now.
pub(crate) async fn coverage(account: &Account) -> Coverage {
    let world = account.sandbox.with_world(|world| world.clone());
    Coverage::of(&world).await
}

/// The code behind the runbook's step, on the account's own ports.
struct Remediator {
    sandbox: Sandbox,
    caller: Caller,
}

#[async_trait]
impl Function for Remediator {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let ended = match RepairRequest::parse(&payload) {
            Ok(request) => self.run(&request).await,
            Err(error) => Err(RepairFailure::early(error.code(), error.to_string())),
        };
        match ended {
            Ok(result) => Ok(result.to_json()),
            Err(failure) => Err(json!({
                "errorType": failure.error_type(),
                "errorMessage": format!("{}\n{}", failure.message, failure.result.to_json()),
            })),
        }
    }
}

impl Remediator {
    async fn run(&self, request: &RepairRequest) -> Result<RepairResult, RepairFailure> {
        let account = Arc::new(self.sandbox.clone());
        let ports = RepairPorts {
            trails: account.clone(),
            trail_writer: account.clone(),
            buckets: account.clone(),
            bucket_writer: account.clone(),
            keys: account.clone(),
            key_writer: account.clone(),
            organization: account.clone(),
            clock: account,
        };
        let limits = Limits {
            deadline: self.sandbox.now() + SignedDuration::from_secs(280),
            call_time: SignedDuration::from_secs(10),
            seed: 7,
        };
        repair(&ports, &self.caller, &Goal::from(request), &limits).await
    }
}

/// How a run of the runbook ended.
pub(crate) struct Run {
    /// `Success`, `Failed`.
    pub(crate) status: String,
    /// What the step that did it said of its failure.
    pub(crate) failure: String,
    /// The repair's answer.
    outputs: Map<String, Value>,
    /// The writes that it made.
    pub(crate) writes: Vec<String>,
}

impl Run {
    /// An output of the repair's step.
    pub(crate) fn output(&self, name: &str) -> &str {
        let of = |step: &str| {
            let values = self.outputs.get(&format!("{step}.{name}"))?;
            let text = values.get(0)?.as_str()?;
            // what Systems Manager says of a step that did not run
            (!text.is_empty() && !text.starts_with("No output available")).then_some(text)
        };
        of("Repair").or_else(|| of("Assess")).unwrap_or_default()
    }
}

/// Has Systems Manager run the runbook with what the account's payload says.
pub(crate) async fn run_runbook(account: &Account) -> Run {
    let parameters = account.payload.iter().map(|(name, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (name.clone(), json!([text]))
    });
    let parameters: Map<String, Value> = parameters.collect();
    let start = json!({"DocumentName": target().runbook, "Parameters": parameters});
    account.sandbox.clear_calls();
    let started = account.act("ssm", "StartAutomationExecution", start).await;
    account.sandbox.settle().await;
    let ask = json!({"AutomationExecutionId": started["AutomationExecutionId"]});
    let answer = account.act("ssm", "GetAutomationExecution", ask).await;
    let execution = &answer["AutomationExecution"];
    let text = |name: &str| execution[name].as_str().unwrap_or_default().to_owned();
    let made = account.writes();
    let own = ["StartAutomationExecution", "Invoke"];
    Run {
        status: text("AutomationExecutionStatus"),
        failure: text("FailureMessage"),
        outputs: execution["Outputs"]
            .as_object()
            .cloned()
            .unwrap_or_default(),
        writes: made
            .into_iter()
            .filter(|name| !own.contains(&name.as_str()))
            .collect(),
    }
}
