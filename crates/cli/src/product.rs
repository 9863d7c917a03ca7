//! The product as it is installed in a sandbox: functions, runbooks and remediations.

mod listen;

use serde_json::{Map, Value, json};
use trailkeeper_app::fast_path::EventSettings;
use trailkeeper_core::config_rule::{RuleName, RuleParameters, dispatch};
use trailkeeper_core::instance_profile::RESOURCE_TYPE as INSTANCE_TYPE;
use trailkeeper_sandbox::seed::DocumentSeed;
use trailkeeper_sandbox::{Call, Sandbox};

use crate::error::CommandError;
use crate::functions;
pub(crate) use listen::{event_rule_names, listen};

/// The Systems Manager document that repairs a trail.
pub(crate) const RUNBOOK: &str = "Trailkeeper-RestoreCloudTrail";
/// Its text, the very file that is deployed.
pub(crate) const RUNBOOK_TEXT: &str = include_str!("../../../runbooks/restore-cloudtrail.yaml");
/// The document that gives an instance a profile.
pub(crate) const ATTACH: &str = "Trailkeeper-AttachInstanceProfile";
/// All documents by name, each with its text.
const RUNBOOKS: [(&str, &str); 3] = [
    (RUNBOOK, RUNBOOK_TEXT),
    (
        ATTACH,
        include_str!("../../../runbooks/attach-instance-profile.yaml"),
    ),
    (
        "Trailkeeper-DetachPolicy",
        include_str!("../../../runbooks/detach-policy.yaml"),
    ),
];
/// The profile for an instance that has none, where the account has it.
const PROFILE: &str = "ec2-baseline";
/// The role that a runbook works as where AWS Config starts it.
pub(crate) const ROLE: &str = "trailkeeper-automation";

/// As many as AWS Config allows, within so short a time that runs of seconds cannot use them up:
/// after the last one it would give the resource up.
const ATTEMPTS: u32 = 25;
const ATTEMPTS_WITHIN_SECONDS: u32 = 60;

/// What AWS Config does about a trail that is not as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remediation {
    /// It waits for somebody to start the runbook, as after a first deployment.
    Manual,
    /// It starts the runbook by itself.
    Automatic,
}

/// The parameters of the rule and of the runbook that say the same.
const SAME: [(&str, &str); 10] = [
    ("trailName", "CloudTrailName"),
    ("s3BucketName", "CloudTrailS3BucketName"),
    ("bucketOwner", "CloudTrailS3BucketOwner"),
    ("kmsKeyId", "CloudTrailKmsKeyId"),
    ("snsTopicArn", "SnsTopicName"),
    ("cloudWatchLogsLogGroupArn", "CloudWatchLogsLogGroupArn"),
    ("requireMultiRegion", "IsMultiRegionTrail"),
    ("requireGlobalServiceEvents", "IncludeGlobalServiceEvents"),
    ("requireLogFileValidation", "EnableLogFileValidation"),
    ("baselineSha256", "BaselineSha256"),
];

/// Installs functions and runbooks, the remediation of every trail rule that says which trail it
/// is about and which bucket that delivers to, and that of every instance rule if the account has
/// the profile to attach. The latter is manual always: a profile is a grant.
///
/// # Errors
/// The sandbox refuses a runbook or a remediation.
pub(crate) async fn install(
    sandbox: &Sandbox,
    remediation: Remediation,
) -> Result<(), CommandError> {
    functions::register(sandbox, EventSettings::default());
    let (region, role) = sandbox.with_world(|world| {
        let (partition, account) = (&world.partition, &world.account_id);
        let role = format!("arn:{partition}:iam::{account}:role/{ROLE}");
        (world.region.clone(), role)
    });
    for (name, content) in RUNBOOKS {
        let document = DocumentSeed {
            region: region.clone(),
            name: name.to_owned(),
            content: content.to_owned(),
            owner: None,
        };
        sandbox
            .with_world(|world| world.seed_document(document))
            .map_err(CommandError::Product)?;
    }
    let has_profile = has_profile(sandbox, &region).await;
    for (rule, parameters) in rules(sandbox, &region).await {
        let wanted = match rule_name(&rule, &parameters) {
            Some(RuleName::InstanceProfile) => has_profile.then(|| attachment(&rule, &role)),
            _ => configuration(&rule, &parameters, &role, remediation),
        };
        if let Some(wanted) = wanted {
            sandbox
                .with_world(|world| world.seed_remediation(&region, &wanted))
                .map_err(|error| CommandError::Product(error.to_string()))?;
        }
    }
    // what the installation itself asked for is nobody's business
    sandbox.clear_calls();
    Ok(())
}

async fn has_profile(sandbox: &Sandbox, region: &str) -> bool {
    let ask = json!({"InstanceProfileName": PROFILE});
    let call = Call::new("iam", "GetInstanceProfile", region, ask);
    sandbox.call(call).await.is_ok()
}

/// The rule of ours that stands behind a Config rule.
fn rule_name(config_rule: &str, parameters: &Map<String, Value>) -> Option<RuleName> {
    dispatch(&RuleParameters::new(parameters.clone()), config_rule).ok()
}

/// The remediation of an instance without a profile.
fn attachment(rule: &str, role: &str) -> Value {
    let one = |text: &str| json!({"StaticValue": {"Values": [text]}});
    json!({
        "ConfigRuleName": rule,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": ATTACH,
        "ResourceType": INSTANCE_TYPE,
        "Parameters": {
            "AutomationAssumeRole": one(role),
            "InstanceId": {"ResourceValue": {"Value": "RESOURCE_ID"}},
            "InstanceProfileName": one(PROFILE),
        },
        "Automatic": false,
    })
}

/// The rules of the Region, each with its parameters.
async fn rules(sandbox: &Sandbox, region: &str) -> Vec<(String, Map<String, Value>)> {
    let call = Call::new("config", "DescribeConfigRules", region, json!({}));
    let answer = sandbox.call(call).await.unwrap_or_default();
    let rules = answer.get("ConfigRules").and_then(Value::as_array);
    let rule = |rule: &Value| {
        let text = |member: &str| rule.get(member).and_then(Value::as_str);
        let parameters = serde_json::from_str(text("InputParameters").unwrap_or("{}"));
        Some((text("ConfigRuleName")?.to_owned(), parameters.ok()?))
    };
    rules.into_iter().flatten().filter_map(rule).collect()
}

/// The remediation of a rule, with what the rule demands; nothing for a rule that does not say
/// enough to repair by.
fn configuration(
    rule: &str,
    demands: &Map<String, Value>,
    role: &str,
    remediation: Remediation,
) -> Option<Value> {
    let demanded = |name: &str| demands.get(name).and_then(Value::as_str);
    let demanded = |name: &str| demanded(name).filter(|text| !text.is_empty());
    demanded("trailName").and(demanded("s3BucketName"))?;
    let mut parameters = Map::new();
    let mut put = |name: &str, values: Vec<&str>| {
        parameters.insert(name.to_owned(), json!({"StaticValue": {"Values": values}}));
    };
    put("AutomationAssumeRole", vec![role]);
    for (of_rule, of_runbook) in SAME {
        if let Some(text) = demanded(of_rule) {
            put(of_runbook, vec![text]);
        }
    }
    match demanded("requireInsights") {
        Some("None") => put("InsightTypes", Vec::new()),
        Some(kinds) => put("InsightTypes", kinds.split(',').map(str::trim).collect()),
        None => {}
    }
    Some(json!({
        "ConfigRuleName": rule,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": RUNBOOK,
        "Parameters": parameters,
        "Automatic": remediation == Remediation::Automatic,
        "MaximumAutomaticAttempts": ATTEMPTS,
        "RetryAttemptSeconds": ATTEMPTS_WITHIN_SECONDS,
    }))
}

#[cfg(test)]
mod tests;
