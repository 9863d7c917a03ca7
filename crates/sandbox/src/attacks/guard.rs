//! B43 to B51: what guards the trail.

use serde_json::{Value, json};

use super::{INTRUDER_ACCOUNT, Step, Target, Way, way};

pub(super) fn ways(id: &str, target: &Target) -> Vec<Way> {
    match id {
        "B43" => config(target),
        "B44" => rule(target),
        "B45" => event_rule(target),
        "B46" => functions(target),
        "B47" => [runbook(target), role(target)].concat(),
        "B48" => super::guardduty::ways(target),
        "B49" => exhaustion(target),
        "B50" => switches(target),
        _ => oversized(target),
    }
}

fn one(name: &'static str, service: &'static str, operation: &'static str, input: Value) -> Way {
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
    let name = json!({"Name": target.event_rule});
    let ids = json!({"Rule": target.event_rule, "Ids": ["evaluator"]});
    let key = json!({"Name": "default", "KmsKeyIdentifier": target.intruders_key()});
    let no_target = || Step::new("events", "RemoveTargets", ids.clone());
    let nothing = json!({"Name": target.event_rule, "EventPattern": r#"{"source":["nobody"]}"#});
    let elsewhere = json!({"Rule": target.event_rule, "Targets": [{
        "Id": "evaluator",
        "Arn": function_arn(target, "nobody"),
    }]});
    vec![
        one("disabled", "events", "DisableRule", name.clone()),
        way("no target", vec![no_target()]),
        way(
            "no rule",
            vec![no_target(), Step::new("events", "DeleteRule", name.clone())],
        ),
        one("another pattern", "events", "PutRule", nothing),
        one("another target", "events", "PutTargets", elsewhere),
        one("a foreign key", "events", "UpdateEventBus", key),
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
    vec![
        one(
            "no concurrency",
            "lambda",
            "PutFunctionConcurrency",
            remediator(json!({"ReservedConcurrentExecutions": 0})),
        ),
        one(
            "other code",
            "lambda",
            "UpdateFunctionCode",
            remediator(json!({"ZipFile": NOTHING})),
        ),
        one(
            "another role",
            "lambda",
            "UpdateFunctionConfiguration",
            remediator(json!({"Role": target.log_role_arn()})),
        ),
        one(
            "no function",
            "lambda",
            "DeleteFunction",
            remediator(json!({})),
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

fn role(target: &Target) -> Vec<Way> {
    let on = |operation, mut input: Value| {
        if let Some(members) = input.as_object_mut() {
            members.insert("RoleName".to_owned(), target.remediator.clone().into());
        }
        Step::new("iam", operation, input)
    };
    let admin = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "*", "Resource": "*",
    }]});
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{INTRUDER_ACCOUNT}:root")},
        "Action": "sts:AssumeRole",
    }]});
    let policy = json!({"PolicyName": "repair"});
    let managed = json!({"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"});
    let boundary = json!({"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"});
    let more = json!({"PolicyName": "more", "PolicyDocument": admin.to_string()});
    let no_policy = || on("DeleteRolePolicy", policy.clone());
    vec![
        way("more policy", vec![on("PutRolePolicy", more)]),
        way("no policy", vec![no_policy()]),
        way(
            "a managed policy",
            vec![on("AttachRolePolicy", managed.clone())],
        ),
        way(
            "a managed policy and off again",
            vec![
                on("AttachRolePolicy", managed.clone()),
                on("DetachRolePolicy", managed),
                no_policy(),
            ],
        ),
        way(
            "a boundary",
            vec![on("PutRolePermissionsBoundary", boundary)],
        ),
        way(
            "another trust",
            vec![on(
                "UpdateAssumeRolePolicy",
                json!({"PolicyDocument": trust.to_string()}),
            )],
        ),
        way("no role", vec![no_policy(), on("DeleteRole", json!({}))]),
    ]
}

/// A cause that the repair may not remove, or another automation that undoes each repair. The
/// account has to let time pass for either to wear it out.
/// The run that is stopped. Only the account can tell the id of one that is under way.
const RUN: &str = "12345678-0000-4000-8000-000000000000";

fn exhaustion(target: &Target) -> Vec<Way> {
    let deny = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Deny",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{}/*", target.bucket),
    }]});
    let policy = json!({"Bucket": target.bucket, "Policy": deny.to_string()});
    let back = json!({"IsMultiRegionTrail": false});
    let run = json!({"AutomationExecutionId": RUN, "Type": "Cancel"});
    vec![
        one("a Deny that stays", "s3", "PutBucketPolicy", policy),
        one("a run stopped", "ssm", "StopAutomationExecution", run),
        way(
            "another automation",
            vec![super::trail::named("UpdateTrail", target, back)],
        ),
    ]
}

fn switches(target: &Target) -> Vec<Way> {
    let off = json!({
        "FunctionName": target.evaluator,
        "Environment": {"Variables": {"TRAILKEEPER_MODE": "off"}},
    });
    vec![
        one("mode off", "lambda", "UpdateFunctionConfiguration", off),
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

/// More than CloudTrail keeps of a request, less than IAM takes: white space does not count there.
const PADDING: usize = 110_000;

fn oversized(target: &Target) -> Vec<Way> {
    let padded = |document: Value| {
        let mut text = document.to_string();
        text.push_str(&" ".repeat(PADDING));
        text
    };
    let admin = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "*", "Resource": "*",
    }]});
    let trust = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{INTRUDER_ACCOUNT}:root")},
        "Action": "sts:AssumeRole",
    }]});
    let role = &target.remediator;
    vec![
        one(
            "a role's policy",
            "iam",
            "PutRolePolicy",
            json!({"RoleName": role, "PolicyName": "more", "PolicyDocument": padded(admin)}),
        ),
        one(
            "a role's trust",
            "iam",
            "UpdateAssumeRolePolicy",
            json!({"RoleName": role, "PolicyDocument": padded(trust)}),
        ),
    ]
}
