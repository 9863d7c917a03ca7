//! B43 to B51: what guards the trail.

use serde_json::{Value, json};

use super::{INTRUDER_ACCOUNT, Step, Target, Way, way};

pub(super) fn ways(id: &str, target: &Target) -> Vec<Way> {
    match id {
        "B43" => config(target),
        "B44" => rule(target),
        "B45" => event_rule(target),
        "B46" => functions(target),
        "B47" => [runbook(target), super::roles::ways(target)].concat(),
        "B48" => super::guardduty::ways(target),
        "B49" => exhaustion(target),
        "B50" => switches(target),
        _ => super::roles::oversized(target),
    }
}

pub(super) fn one(
    name: &'static str,
    service: &'static str,
    operation: &'static str,
    input: Value,
) -> Way {
    way(name, vec![Step::new(service, operation, input)])
}

fn config(target: &Target) -> Vec<Way> {
    let recorder = json!({"ConfigurationRecorderName": "default"});
    let little = json!({"ConfigurationRecorder": {
        "name": "default",
        "roleARN": format!("arn:aws:iam::{}:role/config", target.account),
        "recordingGroup": {"allSupported": false, "resourceTypes": ["AWS::SNS::Topic"]},
    }});
    let arn = format!(
        "arn:aws:config:{}:{}:configuration-recorder/default/0000000000000001",
        target.region, target.account
    );
    let some = json!({"ConfigurationRecorder": {
        "name": "default",
        "roleARN": format!("arn:aws:iam::{}:role/config", target.account),
        "recordingGroup": {
            "allSupported": false,
            "exclusionByResourceTypes": {"resourceTypes": ["AWS::SNS::Topic"]},
            "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
        },
    }});
    let without = json!({
        "ConfigurationRecorderArn": arn, "ResourceTypes": ["AWS::IAM::Role"],
    });
    let away = json!({"DeliveryChannel": {"name": "default", "s3BucketName": super::LOOT}});
    let stop = || Step::new("config", "StopConfigurationRecorder", recorder.clone());
    let channel = json!({"DeliveryChannelName": "default"});
    vec![
        way("stop", vec![stop()]),
        one(
            "no recorder",
            "config",
            "DeleteConfigurationRecorder",
            recorder.clone(),
        ),
        one(
            "record little",
            "config",
            "PutConfigurationRecorder",
            little,
        ),
        way(
            "types left out",
            vec![
                Step::new("config", "PutConfigurationRecorder", some),
                Step::new("config", "DisassociateResourceTypes", without),
            ],
        ),
        way(
            "no channel",
            vec![
                stop(),
                Step::new("config", "DeleteDeliveryChannel", channel),
            ],
        ),
        one(
            "the intruder's bucket",
            "config",
            "PutDeliveryChannel",
            away,
        ),
    ]
}

fn weaker_rule(target: &Target) -> Value {
    let parameters = json!({
        "rule": "cloudtrail-enabled",
        "requireMultiRegion": "false",
        "requireManagementEvents": "None",
    });
    json!({"ConfigRule": {
        "ConfigRuleName": target.rule,
        "InputParameters": parameters.to_string(),
        "Source": {
            "Owner": "CUSTOM_LAMBDA",
            "SourceIdentifier": function_arn(target, &target.evaluator),
            "SourceDetails": [{
                "EventSource": "aws.config",
                "MessageType": "ScheduledNotification",
                "MaximumExecutionFrequency": "TwentyFour_Hours",
            }],
        },
    }})
}

fn function_arn(target: &Target, name: &str) -> String {
    let Target {
        region, account, ..
    } = target;
    format!("arn:aws:lambda:{region}:{account}:function:{name}")
}

fn by_hand(target: &Target) -> Value {
    json!({"RemediationConfigurations": [{
        "ConfigRuleName": target.rule,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": target.runbook,
        "Parameters": {
            "CloudTrailName": {"StaticValue": {"Values": ["nothing"]}},
            "CloudTrailS3BucketName": {"StaticValue": {"Values": [target.bucket]}},
        },
        "Automatic": false,
    }]})
}

fn rule(target: &Target) -> Vec<Way> {
    let name = json!({"ConfigRuleName": target.rule});
    let no_remediation = || Step::new("config", "DeleteRemediationConfiguration", name.clone());
    let except = json!({
        "ConfigRuleName": target.rule,
        "ResourceKeys": [{"ResourceType": "AWS::::Account", "ResourceId": target.account}],
        "Message": "planned maintenance",
    });
    vec![
        way(
            "no rule",
            vec![
                no_remediation(),
                Step::new("config", "DeleteConfigRule", name.clone()),
            ],
        ),
        one(
            "a weaker rule",
            "config",
            "PutConfigRule",
            weaker_rule(target),
        ),
        way("no remediation", vec![no_remediation()]),
        one(
            "another remediation",
            "config",
            "PutRemediationConfigurations",
            by_hand(target),
        ),
        one("an exception", "config", "PutRemediationExceptions", except),
        one(
            "no verdicts",
            "config",
            "DeleteEvaluationResults",
            name.clone(),
        ),
    ]
}

fn event_rule(target: &Target) -> Vec<Way> {
    let key = json!({"Name": "default", "KmsKeyIdentifier": target.intruders_key()});
    let elsewhere = json!({"Rule": target.event_rule, "Targets": [{
        "Id": "evaluator",
        "Arn": function_arn(target, "nobody"),
    }]});
    let trails = ["disabled", "no target", "no rule", "another pattern"];
    let guards = [
        "the guard's events: disabled",
        "the guard's events: no target",
        "the guard's events: no rule",
        "the guard's events: another pattern",
    ];
    let mut ways = deaf(&target.event_rule, trails);
    ways.push(one("another target", "events", "PutTargets", elsewhere));
    ways.push(one("a foreign key", "events", "UpdateEventBus", key));
    ways.extend(deaf(target.guard_event_rule(), guards));
    ways
}

/// A rule that hears nothing any more, in the four ways of these names.
fn deaf(rule: &str, names: [&'static str; 4]) -> Vec<Way> {
    let [disabled, no_target, no_rule, pattern] = names;
    let name = json!({"Name": rule});
    let ids = json!({"Rule": rule, "Ids": ["evaluator"]});
    let detached = || Step::new("events", "RemoveTargets", ids.clone());
    let nothing = json!({"Name": rule, "EventPattern": r#"{"source":["nobody"]}"#});
    vec![
        one(disabled, "events", "DisableRule", name.clone()),
        way(no_target, vec![detached()]),
        way(
            no_rule,
            vec![detached(), Step::new("events", "DeleteRule", name)],
        ),
        one(pattern, "events", "PutRule", nothing),
    ]
}

/// A zip file with nothing in it, in base64.
const NOTHING: &str = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==";

fn functions(target: &Target) -> Vec<Way> {
    let of = |function: &str, mut input: Value| {
        if let Some(members) = input.as_object_mut() {
            members.insert("FunctionName".to_owned(), function.into());
        }
        input
    };
    let remediator = |input| of(&target.remediator, input);
    let permission = json!({"StatementId": "config"});
    let elsewhere = json!({"DestinationConfig": {"OnFailure": {
        "Destination": format!("arn:aws:sqs:{}:{INTRUDER_ACCOUNT}:nowhere", target.region),
    }}});
    let evaluators = [
        "the evaluator: no concurrency",
        "the evaluator: other code",
        "the evaluator: no function",
    ];
    let mut ways = ended(
        &target.remediator,
        ["no concurrency", "other code", "no function"],
    );
    ways.extend(ended(&target.evaluator, evaluators));
    ways.extend([
        one(
            "another role",
            "lambda",
            "UpdateFunctionConfiguration",
            remediator(json!({"Role": target.log_role_arn()})),
        ),
        one(
            "no permission",
            "lambda",
            "RemovePermission",
            of(&target.evaluator, permission),
        ),
        one(
            "no second try",
            "lambda",
            "PutFunctionEventInvokeConfig",
            of(&target.evaluator, json!({"MaximumRetryAttempts": 0})),
        ),
        one(
            "failures told elsewhere",
            "lambda",
            "UpdateFunctionEventInvokeConfig",
            of(&target.evaluator, elsewhere),
        ),
        one(
            "failures told nowhere",
            "lambda",
            "DeleteFunctionEventInvokeConfig",
            of(&target.evaluator, json!({})),
        ),
    ]);
    ways
}

/// A function that does not run any more, or not as itself, in the three ways of these names.
fn ended(function: &str, names: [&'static str; 3]) -> Vec<Way> {
    let [throttled, code, gone] = names;
    let none = json!({"FunctionName": function, "ReservedConcurrentExecutions": 0});
    let other = json!({"FunctionName": function, "ZipFile": NOTHING});
    let name = json!({"FunctionName": function});
    vec![
        one(throttled, "lambda", "PutFunctionConcurrency", none),
        one(code, "lambda", "UpdateFunctionCode", other),
        one(gone, "lambda", "DeleteFunction", name),
    ]
}

fn runbook(target: &Target) -> Vec<Way> {
    let nothing = json!({
        "schemaVersion": "0.3",
        "mainSteps": [{"name": "Nothing", "action": "aws:sleep", "inputs": {"Duration": "PT1S"}}],
    });
    let update = json!({
        "Name": target.runbook,
        "Content": nothing.to_string(),
        "DocumentVersion": "$LATEST",
        "DocumentFormat": "JSON",
    });
    let default = json!({"Name": target.runbook, "DocumentVersion": "2"});
    vec![
        way(
            "another default version",
            vec![
                Step::new("ssm", "UpdateDocument", update),
                Step::new("ssm", "UpdateDocumentDefaultVersion", default),
            ],
        ),
        one(
            "no document",
            "ssm",
            "DeleteDocument",
            json!({"Name": target.runbook}),
        ),
    ]
}

/// The run that is stopped. Only the account can tell the id of one that is under way.
const RUN: &str = "12345678-0000-4000-8000-000000000000";

/// A cause that the repair may not remove, runs that are stopped, CloudTrail's one write a second
/// used up by another caller, or another automation that undoes each repair. The account has to
/// let time pass for any to wear it out.
fn exhaustion(target: &Target) -> Vec<Way> {
    let deny = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{}/*", target.bucket),
    }]});
    let policy = json!({"Bucket": target.bucket, "Policy": deny.to_string()});
    let back = || {
        let change = json!({"IsMultiRegionTrail": false});
        vec![super::trail::named("UpdateTrail", target, change)]
    };
    let run = json!({"AutomationExecutionId": RUN, "Type": "Cancel"});
    vec![
        one("a Deny that stays", "s3", "PutBucketPolicy", policy),
        one("a run stopped", "ssm", "StopAutomationExecution", run),
        way("every write of a second", back()),
        way("another automation", back()),
    ]
}

fn switches(target: &Target) -> Vec<Way> {
    // the whole environment takes the old one's place
    let with = |name: &str, value: &str| {
        let mut variables = target.evaluator_environment();
        variables.insert(name.to_owned(), value.to_owned());
        json!({
            "FunctionName": target.evaluator,
            "Environment": {"Variables": variables},
        })
    };
    let off = with("TRAILKEEPER_MODE", "off");
    let nobody = with("TRAILKEEPER_TOPIC_ARN", "");
    let configure = "UpdateFunctionConfiguration";
    vec![
        one("mode off", "lambda", configure, off),
        one("nobody to be told", "lambda", configure, nobody),
        one(
            "a rule that asks for less",
            "config",
            "PutConfigRule",
            weaker_rule(target),
        ),
        one(
            "remediation by hand",
            "config",
            "PutRemediationConfigurations",
            by_hand(target),
        ),
    ]
}
