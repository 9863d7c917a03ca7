//! A guarded account in which all is well.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;
use trailkeeper_core::config_rule::{RuleParameters, parse_guard_requirements};
use trailkeeper_core::facts::{
    ConfigRuleFacts, DeliveryChannelFacts, DetectorFacts, DocumentFacts, EventRuleFacts,
    EventTargetFacts, ExecutionFacts, Executions, FunctionFacts, InlinePolicy, KeyFacts, KeyState,
    RecorderFacts, RemediationFacts, ResourceTypeSelection, RoleFacts, TrailStatus,
};
use trailkeeper_core::fast_path::patterns;
use trailkeeper_core::guard::{
    GuardRecord, GuardView, ManagedRecord, Requirements, RoleRecord, examine, failure_pattern,
    silencing_pattern, verdict_pattern,
};
use trailkeeper_core::{Caller, Fact};

pub(crate) const RULE: &str = "trailkeeper-cloudtrail-enabled";
pub(crate) const EVENTS: &str = "trailkeeper-cloudtrail-events";
pub(crate) const VERDICTS: &str = "trailkeeper-verdict-changed";
pub(crate) const FAILURES: &str = "trailkeeper-runbook-failed";
pub(crate) const SILENCE: &str = "trailkeeper-evaluator-changed";
pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:111122223333:trailkeeper-notifications";
pub(crate) const EVALUATOR: &str = "trailkeeper-evaluator";
pub(crate) const REMEDIATOR: &str = "trailkeeper-remediator";
pub(crate) const RUNBOOK: &str = "Trailkeeper-RestoreCloudTrail";
pub(crate) const ROLE: &str = "trailkeeper-automation";
pub(crate) const TRAIL: &str = "trailkeeper-guard";
pub(crate) const POLICY: &str = "arn:aws:iam::111122223333:policy/run";
pub(crate) const KEY: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

pub(crate) fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

pub(crate) fn caller() -> Caller {
    Caller {
        account: "111122223333".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

pub(crate) fn requirements() -> Requirements {
    let parameters = json!({
        "rule": "guard",
        "configRules": RULE,
        "remediatedRules": format!("{RULE}=auto"),
        "eventRules": EVENTS,
        "notificationRules": format!("{VERDICTS},{FAILURES},{SILENCE}"),
        "functions": REMEDIATOR,
        "invokedFunctions": EVALUATOR,
        "runbooks": RUNBOOK,
        "roles": ROLE,
        "trails": TRAIL,
        "keyId": KEY,
        "guardDuty": "true",
    });
    let parameters = RuleParameters::new(parameters.as_object().unwrap().clone());
    parse_guard_requirements(&parameters).unwrap()
}

/// What GetFunctionConfiguration answers, as far as it is about what is run.
pub(crate) fn configuration() -> serde_json::Value {
    json!({
        "Architectures": ["arm64"], "Handler": "bootstrap", "MemorySize": 256, "Timeout": 60,
        "Runtime": "provided.al2023", "Layers": [{ "Arn": "arn:a:1", "CodeSize": 1 }],
        "VpcConfig": { "VpcId": "", "SubnetIds": [], "SecurityGroupIds": [] },
        "LastModified": "2026-03-01T00:00:00Z", "RevisionId": "1",
    })
}

pub(crate) fn target(more: serde_json::Value) -> EventTargetFacts {
    let mut target = json!({ "Id": "evaluator", "Arn": function(EVALUATOR).arn.to_string() });
    let members = target.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    EventTargetFacts::of_answer(&target).unwrap()
}

fn function(name: &str) -> FunctionFacts {
    let allow = |service: &str| {
        json!({ "Effect": "Allow", "Principal": { "Service": service },
            "Action": "lambda:InvokeFunction", "Resource": "*",
            "Condition": { "StringEquals": { "AWS:SourceAccount": "111122223333" } } })
    };
    let policy = json!({ "Version": "2012-10-17",
        "Statement": [allow("config.amazonaws.com"), allow("events.amazonaws.com")] });
    FunctionFacts {
        arn: format!("arn:aws:lambda:us-east-1:111122223333:function:{name}")
            .parse()
            .unwrap(),
        code_sha256: "q1w2e3".to_owned(),
        role: format!("arn:aws:iam::111122223333:role/{name}"),
        environment: BTreeMap::from([
            ("TRAILKEEPER_MODE".to_owned(), "enforce".to_owned()),
            ("TRAILKEEPER_TOPIC_ARN".to_owned(), TOPIC.to_owned()),
            ("TRAILKEEPER_CONFIG_RULE".to_owned(), RULE.to_owned()),
            ("SECRET".to_owned(), "hunter2".to_owned()),
        ]),
        reserved_concurrency: None,
        policy: Some(policy.to_string()),
        settings: FunctionFacts::settings_of(&configuration()),
    }
}

/// Of a trail that is logging or stopped.
pub(crate) fn status(is_logging: bool) -> TrailStatus {
    TrailStatus {
        is_logging: Some(is_logging),
        ..TrailStatus::default()
    }
}

fn one<T>(name: &str, part: T) -> BTreeMap<String, Fact<Option<T>>> {
    BTreeMap::from([(name.to_owned(), Fact::Known(Some(part)))])
}

pub(crate) fn execution(id: &str, started: &str) -> ExecutionFacts {
    ExecutionFacts {
        id: id.to_owned(),
        status: "Success".to_owned(),
        started: Some(started.parse().unwrap()),
        executed_by: None,
    }
}

/// What DescribeConfigRules says of when a rule is asked about what.
pub(crate) fn rule_settings(frequency: &str) -> serde_json::Value {
    json!({
        "MaximumExecutionFrequency": frequency,
        "Scope": { "ComplianceResourceTypes": ["AWS::S3::Bucket", "AWS::CloudTrail::Trail"] },
        "Source": { "Owner": "CUSTOM_LAMBDA", "SourceIdentifier": "arn:x", "SourceDetails": [
            { "EventSource": "aws.config", "MessageType": "ScheduledNotification" },
            { "EventSource": "aws.config", "MessageType": "ConfigurationItemChangeNotification" },
        ] },
    })
}

/// The sources of all events that are answered.
pub(crate) fn sources() -> Vec<&'static str> {
    patterns()
        .iter()
        .map(|pattern| pattern.bus_source)
        .collect()
}

/// The pattern of a rule that hears everything of these sources.
pub(crate) fn hears(sources: &[&str]) -> String {
    json!({ "source": sources }).to_string()
}

/// A rule that is on and sends what it hears to the one target.
pub(crate) fn event_rule(name: &str, pattern: String, target: EventTargetFacts) -> EventRuleFacts {
    EventRuleFacts {
        name: name.to_owned(),
        state: "ENABLED".to_owned(),
        pattern: Some(pattern),
        targets: vec![target],
    }
}

/// The topic as a target, which gets a text in the event's place.
pub(crate) fn topic() -> EventTargetFacts {
    let target = json!({ "Id": "notifications", "Arn": TOPIC,
        "InputTransformer": { "InputTemplate": "\"<verdict>\"" } });
    EventTargetFacts::of_answer(&target).unwrap()
}

/// What the rule about the silenced evaluator matches.
pub(crate) fn silencing() -> serde_json::Value {
    silencing_pattern(EVALUATOR, "trailkeeper-", EVALUATOR)
}

fn event_rules() -> BTreeMap<String, Fact<Option<EventRuleFacts>>> {
    let verdicts = verdict_pattern(&[RULE]).to_string();
    let failures = failure_pattern(&[RUNBOOK]).to_string();
    let rules = [
        event_rule(EVENTS, hears(&sources()), target(json!({}))),
        event_rule(VERDICTS, verdicts, topic()),
        event_rule(FAILURES, failures, topic()),
        event_rule(SILENCE, silencing().to_string(), topic()),
    ];
    let rules = rules.map(|rule| (rule.name.clone(), Fact::Known(Some(rule))));
    rules.into()
}

/// A rule of AWS Config that is at work and judges what `rule` says.
pub(crate) fn config_rule(name: &str, rule: &str) -> ConfigRuleFacts {
    let parameters = json!({ "rule": rule, "trailName": "org-audit" });
    ConfigRuleFacts {
        name: name.to_owned(),
        parameters: RuleParameters::new(parameters.as_object().unwrap().clone()),
        source: Some(function(EVALUATOR).arn.to_string()),
        state: Some("ACTIVE".to_owned()),
        settings: ConfigRuleFacts::settings_of(&rule_settings("One_Hour")),
    }
}

/// A remediation that AWS Config starts by itself.
pub(crate) fn remediation(rule: &str, document: &str) -> RemediationFacts {
    RemediationFacts {
        rule: rule.to_owned(),
        document: document.to_owned(),
        version: None,
        automatic: true,
        parameters: BTreeMap::from([("CloudTrailName".to_owned(), vec!["org-audit".to_owned()])]),
        resource_parameter: None,
        settings: RemediationFacts::settings_of(&json!({
            "MaximumAutomaticAttempts": 5, "RetryAttemptSeconds": 60,
        })),
    }
}

/// A trust policy that lets these in.
pub(crate) fn trust(principal: &serde_json::Value) -> String {
    json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" },
    ] })
    .to_string()
}

/// Everything that [`requirements`] names, in order.
pub(crate) fn view() -> GuardView {
    let role = RoleRecord {
        facts: RoleFacts {
            arn: format!("arn:aws:iam::111122223333:role/{ROLE}")
                .parse()
                .unwrap(),
            name: ROLE.to_owned(),
            boundary: None,
            created: None,
            trust: Some(trust(&json!({ "Service": "ssm.amazonaws.com" }))),
        },
        inline: vec![InlinePolicy {
            name: "run".to_owned(),
            document: json!({ "Statement": [] }).to_string(),
        }],
        attached: Vec::new(),
        managed: BTreeMap::from([(
            POLICY.to_owned(),
            ManagedRecord::Document(json!({ "Statement": [] }).to_string()),
        )]),
    };
    let mut functions = one(EVALUATOR, function(EVALUATOR));
    functions.extend(one(REMEDIATOR, function(REMEDIATOR)));
    GuardView {
        recorders: Some(Fact::Known(vec![RecorderFacts {
            name: "default".to_owned(),
            types: ResourceTypeSelection::All,
            recording: true,
            last_error: None,
            settings: RecorderFacts::settings_of(&json!({
                "roleARN": "arn:aws:iam::111122223333:role/config",
                "recordingMode": { "recordingFrequency": "CONTINUOUS" },
            })),
        }])),
        channels: Some(Fact::Known(vec![DeliveryChannelFacts {
            name: "default".to_owned(),
            bucket: "amzn-s3-demo-config".to_owned(),
            settings: BTreeMap::new(),
        }])),
        config_rules: one(RULE, config_rule(RULE, "cloudtrail-enabled")),
        remediations: one(RULE, remediation(RULE, RUNBOOK)),
        exceptions: BTreeMap::from([(RULE.to_owned(), Fact::Known(Vec::new()))]),
        verdicts: BTreeMap::new(),
        executions: BTreeMap::from([(RUNBOOK.to_owned(), Fact::Known(Executions::default()))]),
        event_rules: event_rules(),
        functions,
        runbooks: one(
            RUNBOOK,
            DocumentFacts {
                name: RUNBOOK.to_owned(),
                hash: "ab".repeat(32),
                version: "1".to_owned(),
                status: "Active".to_owned(),
            },
        ),
        roles: one(ROLE, role),
        trails: one(TRAIL, status(true)),
        key: Some(Fact::Known(KeyFacts {
            arn: format!("arn:aws:kms:us-east-1:111122223333:key/{KEY}")
                .parse()
                .unwrap(),
            state: KeyState::Enabled,
            customer_managed: true,
        })),
        detectors: Some(Fact::Known(vec![DetectorFacts {
            id: "12abc34d567e8fa901bc2d34e56789f0".to_owned(),
            enabled: true,
            archiving_filters: Vec::new(),
        }])),
    }
}

/// The findings as texts.
pub(crate) fn found(view: &GuardView, record: Option<&GuardRecord>) -> Vec<String> {
    let findings = examine(&requirements(), &caller(), view, record, now());
    findings.iter().map(ToString::to_string).collect()
}

/// The part behind a fact that is known.
pub(crate) fn known<'a, T>(
    parts: &'a mut BTreeMap<String, Fact<Option<T>>>,
    name: &str,
) -> &'a mut T {
    match parts.get_mut(name) {
        Some(Fact::Known(Some(part))) => part,
        _ => panic!("{name} is not there"),
    }
}
