//! The patterns of the rules: no event without a rule, none without a handler.

use std::collections::BTreeSet;

use serde_json::json;
use trailkeeper_core::fast_path::{
    Concerns, EventRow, EventScope, Handler, LOG_BUCKET, MOST_PATTERN_CHARACTERS, events,
    handler_of, patterns, patterns_of, plain_name, row_of,
};
use trailkeeper_core::threats::{SeenBy, threats};

fn all() -> Vec<EventRow> {
    events().copied().collect()
}

#[test]
fn the_patterns_of_the_product() {
    let all = patterns();
    let seen: Vec<(&str, EventScope)> = all
        .iter()
        .map(|pattern| (pattern.bus_source, pattern.scope))
        .collect();
    let regional = |source| (source, EventScope::Regional);
    let global = |source| (source, EventScope::Global);
    let expected = [
        regional("aws.ec2"),
        global("aws.iam"),
        regional("aws.cloudtrail"),
        regional("aws.s3"),
        regional("aws.s3"),
        regional("aws.kms"),
        regional("aws.logs"),
        regional("aws.monitoring"),
        regional("aws.sns"),
        global("aws.organizations"),
        global("aws.account"),
        regional("aws.config"),
        regional("aws.events"),
        regional("aws.lambda"),
        regional("aws.ssm"),
        regional("aws.guardduty"),
        regional("aws.guardduty"),
    ];
    assert_eq!(seen, expected);
    let call = |service: &str, names: &[&str]| {
        json!({
            "source": [format!("aws.{service}")],
            "detail-type": ["AWS API Call via CloudTrail"],
            "detail": {"eventSource": [format!("{service}.amazonaws.com")], "eventName": names},
        })
    };
    let ec2 = [
        "RunInstances",
        "AssociateIamInstanceProfile",
        "ReplaceIamInstanceProfileAssociation",
        "DisassociateIamInstanceProfile",
    ];
    assert_eq!(all[0].json, call("ec2", &ec2));
    // Data events are many: only those of the log bucket.
    let mut objects = call("s3", &["DeleteObject", "DeleteObjects"]);
    objects["detail"]["requestParameters"] = json!({"bucketName": [LOG_BUCKET]});
    assert_eq!(all[4].json, objects);
    let finding = json!({
        "source": ["aws.guardduty"],
        "detail-type": ["GuardDuty Finding"],
        "detail": {"type": ["Stealth:IAMUser/CloudTrailLoggingDisabled"]},
    });
    assert_eq!(all[16].json, finding);
    for pattern in &all {
        let length = pattern.json.to_string().chars().count();
        assert!(length <= MOST_PATTERN_CHARACTERS, "{length}");
    }
}

/// Lambda's events bear the version of the API, whichever it is.
#[test]
fn lambda_events_are_known_by_the_name_of_the_operation() {
    let handled = |name| handler_of("aws.lambda", "lambda.amazonaws.com", name);
    for name in [
        "UpdateFunctionCode20150331v2",
        "UpdateFunctionCode20270101",
        "UpdateFunctionCode",
    ] {
        assert_eq!(handled(name), Some(Handler::Function), "{name}");
        assert_eq!(
            plain_name("lambda.amazonaws.com", name),
            "UpdateFunctionCode"
        );
    }
    assert_eq!(handled("DeleteFunctionConcurrency20171031"), None);
    assert_eq!(plain_name("s3.amazonaws.com", "Put2"), "Put2");
}

/// What is handled and belongs to no attack of the list.
const BESIDES: [&str; 3] = [
    "DeleteRolePermissionsBoundary",
    "DisableRegion",
    "AddPermission",
];

/// Every call of an attack that is seen by its event has a row, but for the one that heals; every
/// row about the trail or its guard belongs to an attack, and says what the call means.
#[test]
fn the_events_are_those_of_the_known_attacks() {
    for threat in threats().filter(|threat| threat.seen_by.contains(&SeenBy::Event)) {
        for call in threat.calls {
            let service = call.event_source.split('.').next().unwrap();
            let source = format!("aws.{service}");
            let row = row_of(&source, call.event_source, call.event_name);
            let heals = call.event_name == "StartLogging";
            assert_eq!(row.is_none(), heals, "{} {}", threat.id, call.event_name);
            let known = row.is_none_or(|row| row.threats().any(|one| one.id == threat.id));
            assert!(known, "{} {}", threat.id, call.event_name);
        }
    }
    let guards = |row: &&EventRow| {
        let is_of_role = matches!(row.handler, Handler::Role);
        row.handler.concerns() != Concerns::Instances || is_of_role
    };
    for row in events()
        .filter(guards)
        .filter(|row| row.handler != Handler::Finding)
    {
        let name = plain_name(row.event_source, row.event_name);
        let is_known = row.threats().next().is_some();
        assert_eq!(is_known, !BESIDES.contains(&name), "{name}");
        assert!(!row.means.is_empty(), "{name}");
        assert!(!row.means.ends_with('.'), "{name}");
    }
}

/// The events that a set of rules matches, as (source, event source, name).
fn matched(rows: &[EventRow]) -> Vec<(String, String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let mut all = Vec::new();
    for pattern in patterns_of(rows) {
        let (source, detail) = (&pattern.json["source"][0], &pattern.json["detail"]);
        let (service, names) = match detail.get("type") {
            Some(kinds) => (String::new(), kinds),
            None => (text(&detail["eventSource"][0]), &detail["eventName"]),
        };
        for name in names.as_array().unwrap() {
            // a prefix stands for the name and for the name with a version
            let name = name.get("prefix").unwrap_or(name);
            all.push((text(source), service.clone(), text(name)));
        }
    }
    all
}

#[test]
fn patterns_and_handlers_are_the_same_events() {
    let rows = all();
    let matched = matched(&rows);
    let unique: BTreeSet<_> = matched.iter().collect();
    assert_eq!(matched.len(), rows.len());
    assert_eq!(
        unique.len(),
        rows.len(),
        "an event stands twice in the table"
    );
    for (source, service, name) in &matched {
        assert!(handler_of(source, service, name).is_some(), "{name}");
    }
    assert_eq!(
        handler_of("aws.iam", "iam.amazonaws.com", "CreateRole"),
        None
    );
}

#[test]
fn a_long_list_is_split_at_the_quota() {
    let names: Vec<String> = (0..200)
        .map(|number| format!("PutSomethingLonger{number:03}"))
        .collect();
    let rows: Vec<EventRow> = names
        .iter()
        .map(|name| EventRow {
            event_name: Box::leak(name.clone().into_boxed_str()),
            ..all()[4]
        })
        .collect();
    let patterns = patterns_of(&rows);
    assert!(patterns.len() > 1);
    for pattern in &patterns {
        let length = pattern.json.to_string().chars().count();
        assert!(length <= MOST_PATTERN_CHARACTERS, "{length}");
    }
    let seen: Vec<String> = matched(&rows)
        .into_iter()
        .map(|(_, _, name)| name)
        .collect();
    assert_eq!(seen, names);
}

/// Nothing tells whether CloudTrail puts the API's version behind these names.
#[test]
fn calls_of_lambda_match_with_and_without_a_version() {
    let all = patterns();
    let lambda = all.iter().find(|one| one.bus_source == "aws.lambda");
    let names = &lambda.unwrap().json["detail"]["eventName"];
    let names = names.as_array().unwrap();
    let prefix = json!({"prefix": "PutFunctionEventInvokeConfig"});
    assert!(names.contains(&prefix), "{names:?}");
    assert!(names.contains(&json!("UpdateFunctionCode20150331v2")));
    for version in ["", "20190925"] {
        let name = format!("PutFunctionEventInvokeConfig{version}");
        let handler = handler_of("aws.lambda", "lambda.amazonaws.com", &name);
        assert_eq!(handler, Some(Handler::Function), "{name}");
    }
}
