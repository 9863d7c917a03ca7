//! Which call can have brought a fault about, and what the event history is asked.
#![expect(clippy::unwrap_used, reason = "test code")]

use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_core::facts::Trail;
use trailkeeper_core::fast_path::OwnRoles;
use trailkeeper_core::incident::{Incident, Search, from_history};
use trailkeeper_core::remediation::{Delivery, Entry, RepairResult};
use trailkeeper_core::{Code, Finding};

const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1234abcd";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    time("2026-03-02T10:00:00Z")
}

/// The record of a call on the trail half an hour ago, with these parameters as well.
fn record(call: &str, request: &Value) -> Value {
    let mut parameters = json!({"name": TRAIL});
    let members = parameters.as_object_mut().unwrap();
    members.extend(request.as_object().unwrap().clone());
    json!({
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory"},
        "eventTime": "2026-03-02T09:30:00Z", "eventSource": "cloudtrail.amazonaws.com",
        "eventName": call, "awsRegion": "us-east-1", "eventID": call,
        "requestParameters": parameters,
    })
}

fn of_code(code: Code) -> Search {
    let trail = TRAIL.parse().unwrap();
    Search::of_findings(trail, &[Finding::new(code, "x")], now()).unwrap()
}

fn found(search: &Search, records: &[Value]) -> Option<Incident> {
    let records: Vec<String> = records.iter().map(Value::to_string).collect();
    let account = "111122223333".parse().unwrap();
    let own = OwnRoles {
        account: &account,
        roles: &[],
    };
    from_history(&records, search, own)
}

fn check(call: &str, cases: &[(Code, Value, bool)]) {
    for (code, request, expected) in cases {
        let one = found(&of_code(*code), &[record(call, request)]).unwrap();
        assert_eq!(one.is_cause, *expected, "{call} {code} {request}");
    }
}

/// What a change of the trail turns off it can have done; what it turns on, or leaves, not.
#[test]
fn a_change_of_the_trail_does_what_it_turns_off() {
    let switches = [
        (Code::NotMultiRegion, "isMultiRegionTrail"),
        (Code::GlobalEventsMissing, "includeGlobalServiceEvents"),
        (Code::GlobalEventsMissing, "isMultiRegionTrail"),
        (Code::LogValidationOff, "enableLogFileValidation"),
        (Code::OrganizationTrailRequired, "isOrganizationTrail"),
    ];
    for (code, name) in switches {
        for (value, expected) in [
            (json!(false), true),
            (json!(true), false),
            (json!(null), false),
        ] {
            check("UpdateTrail", &[(code, json!({ name: value }), expected)]);
        }
        check("UpdateTrail", &[(code, json!({"kmsKeyId": "x"}), false)]);
    }
    let cases = [
        (Code::NotEncrypted, json!({"kmsKeyId": ""}), true),
        (Code::NotEncrypted, json!({"kmsKeyId": "x"}), false),
        (Code::NotEncrypted, json!({"kmsKeyId": null}), false),
        (Code::NotEncrypted, json!({}), false),
    ];
    check("UpdateTrail", &cases);
}

/// What it names it can have changed, and nothing else.
#[test]
fn a_change_of_the_trail_does_what_it_names() {
    let named: [(Code, &[&str]); 6] = [
        (Code::WrongKey, &["kmsKeyId"]),
        (Code::WrongTopic, &["snsTopicName"]),
        (
            Code::WrongLogGroup,
            &["cloudWatchLogsLogGroupArn", "cloudWatchLogsRoleArn"],
        ),
        (Code::WrongBucket, &["s3BucketName"]),
        (Code::BucketNotOurs, &["s3BucketName"]),
        (Code::WrongPrefix, &["s3KeyPrefix"]),
    ];
    let all = named.iter().flat_map(|(_, names)| names.iter());
    for name in all {
        for (code, names) in named {
            let expected = names.contains(name);
            check("UpdateTrail", &[(code, json!({ *name: "x" }), expected)]);
            check("UpdateTrail", &[(code, json!({ *name: null }), false)]);
        }
    }
}

/// A trail that is made lacks what it is not given.
#[test]
fn a_new_trail_lacks_what_it_is_not_given() {
    let all_on = json!({"isMultiRegionTrail": true, "enableLogFileValidation": true,
        "isOrganizationTrail": true, "includeGlobalServiceEvents": true, "kmsKeyId": "x",
        "snsTopicName": "x", "cloudWatchLogsLogGroupArn": "x", "s3BucketName": "x",
        "s3KeyPrefix": "x"});
    let off = json!({"isMultiRegionTrail": false, "enableLogFileValidation": false,
        "isOrganizationTrail": false, "includeGlobalServiceEvents": false});
    // (code, with everything, with nothing, with everything off)
    let cases = [
        (Code::NotMultiRegion, [false, true, true]),
        (Code::GlobalEventsMissing, [false, false, true]),
        (Code::LogValidationOff, [false, true, true]),
        (Code::OrganizationTrailRequired, [false, true, true]),
        (Code::NotEncrypted, [false, true, true]),
        (Code::WrongKey, [true, false, false]),
        (Code::WrongTopic, [true, true, true]),
        (Code::WrongLogGroup, [true, true, true]),
        (Code::WrongBucket, [true, false, false]),
        (Code::BucketNotOurs, [true, false, false]),
        (Code::WrongPrefix, [true, false, false]),
        (Code::DataEventsMissing, [true, true, true]),
        (Code::InsightsMissing, [true, true, true]),
        (Code::TrailTagsChanged, [true, true, true]),
    ];
    for (code, expected) in cases {
        let requests = [all_on.clone(), json!({}), off.clone()];
        for (request, is_cause) in requests.into_iter().zip(expected) {
            check("CreateTrail", &[(code, request, is_cause)]);
        }
    }
}

#[test]
fn selectors_that_take_all_are_no_cause() {
    let basic = |selector: Value| json!({"eventSelectors": [selector]});
    let advanced = |field: &str, equals: &str| {
        let fields = json!([{"field": field, "equals": [equals, "x"]}]);
        json!({"advancedEventSelectors": [{"fieldSelectors": fields}]})
    };
    let narrowed = Code::ManagementEventsNarrowed;
    let sources = json!(["kms.amazonaws.com"]);
    let cases = [
        (narrowed, basic(json!({})), false),
        (narrowed, basic(json!({"readWriteType": "All"})), false),
        (narrowed, basic(json!({"readWriteType": "ReadOnly"})), true),
        (
            narrowed,
            basic(json!({"includeManagementEvents": false})),
            true,
        ),
        (
            narrowed,
            basic(json!({"includeManagementEvents": true})),
            false,
        ),
        (
            narrowed,
            basic(json!({"excludeManagementEventSources": sources, "readWriteType": "All"})),
            true,
        ),
        (
            narrowed,
            json!({"eventSelectors": [{"readWriteType": "ReadOnly"}, {"readWriteType": "All"}]}),
            false,
        ),
        (narrowed, advanced("eventCategory", "Management"), false),
        (narrowed, advanced("eventCategory", "Data"), true),
        (narrowed, advanced("readOnly", "Management"), true),
        (narrowed, json!({"advancedEventSelectors": []}), true),
        (Code::DataEventsMissing, basic(json!({})), true),
    ];
    check("PutEventSelectors", &cases);
}

/// StopLogging and DeleteTrail need no parameters to be the cause.
#[test]
fn a_stop_and_what_no_parameter_decides() {
    check("StopLogging", &[(Code::TrailNotLogging, json!({}), true)]);
    check("StopLogging", &[(Code::InsightsMissing, json!({}), true)]);
    check("DeleteTrail", &[(Code::TrailMissing, json!({}), true)]);
    check("RemoveTags", &[(Code::TrailTagsChanged, json!({}), true)]);
    let one = json!({"insightSelectors": [{}]});
    let two = json!({"insightSelectors": [{}, {}]});
    let cases = [
        (Code::InsightsMissing, json!({}), true),
        (Code::InsightsMissing, one, true),
        (Code::InsightsMissing, two, false),
    ];
    check("PutInsightSelectors", &cases);
}

/// A call names the trail by name or ARN, in one of three fields.
#[test]
fn a_call_on_the_trail_in_every_form_of_its_name() {
    let search = of_code(Code::TrailTagsChanged);
    let named = |field: &str, name: &str, region: &str| {
        let mut record = record("AddTags", &json!({}));
        record["requestParameters"] = json!({field: name});
        record["awsRegion"] = json!(region);
        found(&search, &[record]).is_some()
    };
    let other = TRAIL.replace("org-audit", "other");
    for field in ["name", "trailName", "resourceId"] {
        let cases = [
            (TRAIL, "us-east-1", true),
            (TRAIL, "eu-west-1", true),
            ("org-audit", "us-east-1", true),
            ("org-audit", "eu-west-1", false),
            ("other", "us-east-1", false),
            (&other, "us-east-1", false),
        ];
        for (name, region, expected) in cases {
            assert_eq!(
                named(field, name, region),
                expected,
                "{field} {name} {region}"
            );
        }
    }
    assert!(!named("resource", TRAIL, "us-east-1"));
    // Another field may name something else beside it.
    let mut both = record("AddTags", &json!({"name": "x", "resourceId": TRAIL}));
    assert!(found(&search, &[both.clone()]).is_some());
    both["eventSource"] = json!("s3.amazonaws.com");
    assert!(found(&search, &[both]).is_none());
}

/// A call without effect did nothing: by its code, or by its text alone.
#[test]
fn a_call_that_failed_did_nothing() {
    let search = of_code(Code::TrailMissing);
    for (member, value, is_found) in [
        ("errorCode", json!("AccessDenied"), false),
        ("errorMessage", json!("no"), false),
        ("errorCode", json!(7), false),
        ("errorCode", json!(""), true),
        ("errorMessage", Value::Null, true),
    ] {
        let mut record = record("DeleteTrail", &json!({}));
        record[member] = value.clone();
        assert_eq!(
            found(&search, &[record]).is_some(),
            is_found,
            "{member} {value}"
        );
    }
}

fn incident(event: &str, is_cause: bool, at: &str) -> Incident {
    let found = found(
        &of_code(Code::TrailMissing),
        &[record("DeleteTrail", &json!({}))],
    );
    Incident {
        is_cause,
        event_id: event.to_owned(),
        time: time(at),
        ..found.unwrap()
    }
}

/// What can have been the cause goes before what is newer, and of two alike the first.
#[test]
fn the_better_of_two() {
    let (early, late) = ("2026-03-02T09:00:00Z", "2026-03-02T09:01:00Z");
    let cases = [
        ((true, early), (true, late), "b"),
        ((true, late), (true, early), "a"),
        ((true, early), (false, late), "a"),
        ((false, late), (true, early), "b"),
        ((false, early), (false, late), "b"),
        ((true, early), (true, early), "a"),
    ];
    for ((cause_a, at_a), (cause_b, at_b), expected) in cases {
        let (a, b) = (incident("a", cause_a, at_a), incident("b", cause_b, at_b));
        let better = a.better(b).event_id;
        assert_eq!(better, expected, "{cause_a} {at_a} {cause_b} {at_b}");
    }
}

fn delivery() -> Delivery {
    Delivery {
        trail: Trail {
            arn: TRAIL.parse().unwrap(),
            name: "org-audit".to_owned(),
            home_region: "us-east-1".parse().unwrap(),
            bucket: "audit".to_owned(),
            key_prefix: None,
            sns_topic_arn: None,
            include_global_service_events: Some(true),
            is_multi_region: Some(true),
            log_file_validation: Some(true),
            is_organization_trail: Some(false),
            kms_key_id: Some(KEY.to_owned()),
            log_group_arn: None,
            log_group_role_arn: None,
        },
        bucket_region: "eu-west-1".parse().unwrap(),
    }
}

fn of_result(changes: &[&str], remaining: &[&str], gap: Option<&str>) -> Option<Search> {
    let entries = |codes: &[&str]| codes.iter().map(|code| Entry::new(*code, "x")).collect();
    let result = RepairResult {
        trail_arn: TRAIL.parse().ok(),
        gap_start: gap.map(time),
        gap_end: gap.map(|_| now()),
        changes: entries(changes),
        remaining: entries(remaining),
        delivery: Some(Box::new(delivery())),
        ..RepairResult::default()
    };
    Search::of_result(&result, now())
}

/// After a stop only the calls around it count; a gap for another reason narrows nothing.
#[test]
fn what_a_repair_makes_search_for() {
    let stop = "2026-03-02T09:57:12Z";
    let search = of_result(&["trail-not-logging", "wrong-key"], &[], Some(stop)).unwrap();
    assert_eq!(search.told(), "StopLogging on the trail");
    assert_eq!(search.from, time("2026-03-02T09:55:12Z"));
    assert_eq!(search.until, time("2026-03-02T09:59:12Z"));
    assert_eq!(
        (search.gap_start, search.gap_end),
        (Some(time(stop)), Some(now()))
    );
    assert_eq!(search.codes, ["trail-not-logging", "wrong-key"]);

    let day = time("2026-03-01T10:00:00Z");
    let search = of_result(&["wrong-key"], &["key-disabled"], Some(stop)).unwrap();
    assert_eq!((search.from, search.until), (day, now()));
    let told = "UpdateTrail or DisableKey or CreateTrail on the trail, its bucket or its key";
    assert_eq!(search.told(), told);
    let search = of_result(&["trail-not-logging"], &[], None).unwrap();
    assert_eq!((search.from, search.gap_start), (day, None));
    assert_eq!(of_result(&["delivery-error"], &[], Some(stop)), None);

    // Whoever deletes the bucket has done all that it lacks; the trail's faults are another's.
    let codes = ["bucket-missing", "bucket-acl-changed", "wrong-key"];
    let told = "DeleteBucket or UpdateTrail or CreateTrail on the trail, its bucket or its key";
    assert_eq!(of_result(&codes, &[], None).unwrap().told(), told);
}

/// Only what is told of a stop holds its time.
#[test]
fn the_time_of_a_stop_is_read_from_its_evidence() {
    let search = |code, evidence: &str| {
        let finding = Finding::new(code, evidence);
        Search::of_findings(TRAIL.parse().unwrap(), &[finding], now()).unwrap()
    };
    let at = "org-audit stopped 2026-03-02T09:57:12Z";
    assert_eq!(
        search(Code::TrailNotLogging, at).from,
        time("2026-03-02T09:55:12Z")
    );
    let day = time("2026-03-01T10:00:00Z");
    assert_eq!(search(Code::WrongKey, at).from, day);
    assert_eq!(
        search(Code::TrailNotLogging, "org-audit is stopped").from,
        day
    );
}

/// A key is meant by its ARN anywhere, by its id in its Region.
#[test]
fn calls_on_the_key() {
    let search = of_result(&["key-disabled"], &[], None).unwrap();
    let cases = [
        (json!(KEY), "us-east-1", true),
        (json!(KEY), "eu-west-1", true),
        (json!("1234abcd"), "us-east-1", true),
        (json!("1234abcd"), "eu-west-1", false),
        (json!("5678"), "us-east-1", false),
        (json!(7), "us-east-1", false),
        (Value::Null, "us-east-1", false),
    ];
    for (key, region, expected) in cases {
        let mut record = record("DisableKey", &json!({"keyId": key}));
        record["eventSource"] = json!("kms.amazonaws.com");
        record["awsRegion"] = json!(region);
        let seen = found(&search, &[record]).map(|one| one.is_cause);
        assert_eq!(seen, expected.then_some(true), "{key} {region}");
    }
}
