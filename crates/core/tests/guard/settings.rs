//! The settings of the parts, each of which a record keeps.

use serde_json::{Value, json};
use trailkeeper_core::Fact;
use trailkeeper_core::facts::{
    ConfigRuleFacts, EventTargetFacts, FunctionFacts, RecorderFacts, RemediationFacts,
    ResourceTypeSelection, takes_in_stopped_trails,
};
use trailkeeper_core::guard::{GuardView, ManagedRecord};

use crate::support::{
    EVALUATOR, EVENTS, POLICY, REMEDIATOR, ROLE, RULE, configuration, found, known, rule_settings,
    target, view,
};

fn with(mut base: Value, name: &str, value: Value) -> Value {
    base.as_object_mut().unwrap().insert(name.to_owned(), value);
    base
}

/// What is found of a change of the account against its record: nothing but that.
#[track_caller]
fn only(expected: &str, change: impl FnOnce(&mut GuardView)) {
    let record = view().record();
    let mut changed = view();
    change(&mut changed);
    let found = found(&changed, Some(&record));
    assert_eq!(found.len(), 1, "{expected}: {found:?}");
    assert!(found[0].starts_with(expected), "{expected}: {found:?}");
}

#[test]
fn p07_what_decides_what_a_function_runs_is_recorded() {
    let layers = json!([{ "Arn": "arn:a:1" }, { "Arn": "arn:evil:1" }]);
    let network = json!({ "VpcId": "vpc-1", "SubnetIds": ["s"], "SecurityGroupIds": ["g"] });
    let cases = [
        (
            "Layers",
            layers,
            "Layers is arn:a:1,arn:evil:1, was arn:a:1",
        ),
        ("Layers", Value::Null, "Layers is gone"),
        ("Handler", json!("evil"), "Handler is evil, was bootstrap"),
        ("Runtime", json!("python3.13"), "Runtime is python3.13, was"),
        ("VpcConfig", network, "VpcConfig was added"),
        ("Timeout", json!(1), "Timeout is 1, was 60"),
        ("MemorySize", json!(128), "MemorySize is 128, was 256"),
        ("KMSKeyArn", json!("arn:aws:kms:k"), "KMSKeyArn was added"),
    ];
    for (name, value, expected) in cases {
        let settings = FunctionFacts::settings_of(&with(configuration(), name, value));
        let expected =
            format!("function-changed: Lambda function trailkeeper-remediator: setting:{expected}");
        only(&expected, |view| {
            known(&mut view.functions, REMEDIATOR).settings = settings;
        });
    }
    let same = with(configuration(), "RevisionId", json!("2"));
    let same = with(same, "VpcConfig", json!({}));
    assert_eq!(
        FunctionFacts::settings_of(&same),
        FunctionFacts::settings_of(&configuration())
    );
}

#[test]
fn p08_what_a_target_gets_is_recorded() {
    let changed = "event-rule-changed: rule of EventBridge trailkeeper-cloudtrail-events: target:";
    let more = |more: Value| EventTargetFacts::of_answer(&more).unwrap();
    let second = json!({ "Id": "second", "Arn": "arn:aws:sqs:us-east-1:111122223333:q" });
    only(&format!("{changed}second was added"), |view| {
        let targets = &mut known(&mut view.event_rules, EVENTS).targets;
        targets.push(more(second));
    });
    let retries = json!({ "RetryPolicy": { "MaximumRetryAttempts": 0 } });
    only(
        &format!("{changed}evaluator:RetryPolicy was added"),
        |view| {
            known(&mut view.event_rules, EVENTS).targets = vec![target(retries)];
        },
    );
    // Of another rule, which is recorded and not required, only the record tells.
    let mut recorded = view();
    let other = "recorded".to_owned();
    let mut rule = known(&mut recorded.event_rules, EVENTS).clone();
    rule.name.clone_from(&other);
    recorded
        .event_rules
        .insert(other.clone(), Fact::Known(Some(rule)));
    let record = recorded.record();
    known(&mut recorded.event_rules, &other).targets = vec![target(json!({ "Input": "{}" }))];
    let seen = found(&recorded, Some(&record));
    let expected =
        "event-rule-changed: rule of EventBridge recorded: target:evaluator:Input was added";
    assert_eq!(seen, [expected]);
}

#[test]
fn p09_when_a_rule_is_asked_and_how_often_it_is_repaired_is_recorded() {
    let rule = "config-rule-changed: rule of AWS Config trailkeeper-cloudtrail-enabled: setting:";
    let daily = rule_settings("TwentyFour_Hours");
    let frequency = "MaximumExecutionFrequency is TwentyFour_Hours, was One_Hour";
    only(&format!("{rule}{frequency}"), |view| {
        known(&mut view.config_rules, RULE).settings = ConfigRuleFacts::settings_of(&daily);
    });
    let narrow = json!({ "ComplianceResourceTypes": ["AWS::EC2::Instance"] });
    let narrow = with(rule_settings("One_Hour"), "Scope", narrow);
    only(&format!("{rule}Scope is "), |view| {
        known(&mut view.config_rules, RULE).settings = ConfigRuleFacts::settings_of(&narrow);
    });
    let mut quiet = rule_settings("One_Hour");
    quiet["Source"]["SourceDetails"]
        .as_array_mut()
        .unwrap()
        .pop();
    only(&format!("{rule}Source.SourceDetails is "), |view| {
        known(&mut view.config_rules, RULE).settings = ConfigRuleFacts::settings_of(&quiet);
    });
    let remediation =
        "remediation-changed: remediation configuration trailkeeper-cloudtrail-enabled: setting:";
    let cases = [
        (
            json!({ "MaximumAutomaticAttempts": 1, "RetryAttemptSeconds": 60 }),
            "MaximumAutomaticAttempts is 1, was 5",
        ),
        (
            json!({ "MaximumAutomaticAttempts": 5, "RetryAttemptSeconds": 2_678_000 }),
            "RetryAttemptSeconds is 2678000, was 60",
        ),
        (
            json!({ "MaximumAutomaticAttempts": 5, "RetryAttemptSeconds": 60,
                "ExecutionControls": { "SsmControls": { "ErrorPercentage": 0 } } }),
            "ExecutionControls.SsmControls.ErrorPercentage was added",
        ),
    ];
    for (settings, expected) in cases {
        let settings = RemediationFacts::settings_of(&settings);
        only(&format!("{remediation}{expected}"), |view| {
            known(&mut view.remediations, RULE).settings = settings;
        });
    }
}

#[test]
fn p09_recorder_and_channel_are_recorded() {
    let recorder = "recorder-changed: configuration recorder default: ";
    only(
        &format!("{recorder}types is only AWS::EC2::Instance, was all"),
        |view| {
            if let Some(Fact::Known(all)) = &mut view.recorders {
                all[0].types = ResourceTypeSelection::Only(vec!["AWS::EC2::Instance".to_owned()]);
            }
        },
    );
    let other = json!({ "roleARN": "arn:aws:iam::111122223333:role/none",
        "recordingMode": { "recordingFrequency": "CONTINUOUS" } });
    only(&format!("{recorder}setting:roleARN is "), |view| {
        if let Some(Fact::Known(all)) = &mut view.recorders {
            all[0].settings = RecorderFacts::settings_of(&other);
        }
    });
    only(
        "recorder-changed: delivery channel default: bucket is amzn-s3-demo-sink, was",
        |view| {
            if let Some(Fact::Known(all)) = &mut view.channels {
                all[0].bucket = "amzn-s3-demo-sink".to_owned();
            }
        },
    );
    // One that stands in for the recorded one.
    only(
        "recorder-off: the configuration recorder default is not there",
        |view| {
            if let Some(Fact::Known(all)) = &mut view.recorders {
                all[0].name = "other".to_owned();
            }
        },
    );
}

#[test]
fn p09_the_content_of_a_managed_policy_is_recorded() {
    let changed = format!("guard-role-changed: role {ROLE}: content:{POLICY} is ");
    let set = |record: ManagedRecord| {
        move |view: &mut GuardView| {
            let managed = &mut known(&mut view.roles, ROLE).managed;
            managed.insert(POLICY.to_owned(), record);
        }
    };
    let wide = json!({ "Statement": [{ "Effect": "Allow", "Action": "*", "Resource": "*" }] });
    only(
        &format!("{changed}not what it was"),
        set(ManagedRecord::Document(wide.to_string())),
    );
    let layout = ManagedRecord::Document("{ \"Statement\" : [ ] }".to_owned());
    let mut same = view();
    set(layout)(&mut same);
    assert!(found(&same, Some(&view().record())).is_empty());
}

/// p14b: a filter about something else hides nothing of the trail.
#[test]
fn p14_only_a_filter_that_takes_in_the_finding_about_trails_counts() {
    let ours = "Stealth:IAMUser/CloudTrailLoggingDisabled";
    let of = |condition: Value| json!({ "criterion": { "type": condition } });
    let cases = [
        (json!({}), true),
        (Value::Null, true),
        (json!({ "criterion": { "severity": { "gte": 4 } } }), true),
        (of(json!({ "eq": ["Recon:EC2/Portscan"] })), false),
        (of(json!({ "eq": ["Recon:EC2/Portscan", ours] })), true),
        (of(json!({ "equals": [ours] })), true),
        (of(json!({ "equals": [] })), false),
        (of(json!({ "neq": [ours] })), false),
        (of(json!({ "notEquals": [ours] })), false),
        (of(json!({ "neq": ["Recon:EC2/Portscan"] })), true),
        (of(json!({ "matches": ["Stealth:*"] })), true),
        (of(json!({ "matches": ["Recon:*"] })), false),
        (
            json!({ "Criterion": { "type": { "Equals": ["Recon:EC2/Portscan"] } } }),
            false,
        ),
        (
            json!({ "Criterion": { "type": { "NotEquals": [ours] } } }),
            false,
        ),
    ];
    for (criteria, expected) in cases {
        assert_eq!(takes_in_stopped_trails(&criteria), expected, "{criteria}");
    }
}

/// The mode that was recorded as off is its owner's choice.
#[test]
fn a_mode_that_is_recorded_as_off_is_in_order() {
    let mut off = view();
    let environment = &mut known(&mut off.functions, EVALUATOR).environment;
    environment.insert("TRAILKEEPER_MODE".to_owned(), "off".to_owned());
    assert!(found(&off, Some(&off.record())).is_empty());
}
