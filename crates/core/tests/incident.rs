//! Who did it, by CloudTrail's event history, and what is told of a repair.
#![expect(clippy::unwrap_used, reason = "test code")]

use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_core::cloudtrail::examine::{bucket_target, key_target};
use trailkeeper_core::config_rule::annotation::with_actor;
use trailkeeper_core::escape::misleads;
use trailkeeper_core::facts::Trail;
use trailkeeper_core::fast_path::{Actor, OwnRoles, outcome_notice};
use trailkeeper_core::incident::{Incident, Outcome, Search, from_history};
use trailkeeper_core::remediation::{
    Delivery, Entry, Outcome as Ended, RepairFailure, RepairResult,
};
use trailkeeper_core::{Arn, Caller, Code, Finding};
use trailkeeper_policy::cloudtrail::{documented_bucket_policy, documented_key_policy};

const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn now() -> Timestamp {
    time("2026-03-02T10:00:00Z")
}

fn record(name: &str, at: &str, trail: &str) -> Value {
    json!({
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
        "eventTime": at, "eventSource": "cloudtrail.amazonaws.com", "eventName": name,
        "awsRegion": "us-east-1", "sourceIPAddress": "203.0.113.24", "eventID": at,
        "requestParameters": {"name": trail}, "responseElements": null,
    })
}

fn with(mut record: Value, pointer: &str, value: Value) -> Value {
    record
        .as_object_mut()
        .unwrap()
        .entry("errorCode")
        .or_insert(Value::Null);
    *record.pointer_mut(pointer).unwrap() = value;
    record
}

fn stopped() -> Search {
    let finding = Finding::new(
        Code::TrailNotLogging,
        "org-audit stopped 2026-03-02T09:57:12Z",
    );
    Search::of_findings(TRAIL.parse().unwrap(), &[finding], now()).unwrap()
}

fn incident(search: &Search, records: &[Value]) -> Option<Incident> {
    let records: Vec<String> = records.iter().map(Value::to_string).collect();
    let (account, roles) = (
        "111122223333".parse().unwrap(),
        ["tk-remediator".to_owned()],
    );
    let own = OwnRoles {
        account: &account,
        roles: &roles,
    };
    from_history(&records, search, own)
}

fn found(search: &Search, records: &[Value]) -> Option<String> {
    incident(search, records).map(|incident| incident.event_id)
}

/// The session of an own role.
fn own_session() -> Value {
    let issuer = "arn:aws:iam::111122223333:role/tk/tk-remediator";
    json!({"type": "AssumedRole", "sessionContext": {"sessionIssuer": {"arn": issuer}}})
}

/// Whoever changed something else of the trail is not accused of the fault.
#[test]
fn only_what_can_have_done_it_is_the_cause() {
    let update = |at: &str, members: Value| {
        let mut record = record("UpdateTrail", at, TRAIL);
        let request = record["requestParameters"].as_object_mut().unwrap();
        request.extend(members.as_object().unwrap().clone());
        record
    };
    let (early, late) = ("2026-03-02T09:10:00Z", "2026-03-02T09:20:00Z");
    let of = |code| {
        let finding = Finding::new(code, "x");
        Search::of_findings(TRAIL.parse().unwrap(), &[finding], now()).unwrap()
    };
    let cases = [
        (
            Code::NotMultiRegion,
            json!({"isMultiRegionTrail": false}),
            true,
        ),
        (
            Code::NotMultiRegion,
            json!({"isMultiRegionTrail": true}),
            false,
        ),
        (Code::NotMultiRegion, json!({"kmsKeyId": "x"}), false),
        (
            Code::LogValidationOff,
            json!({"enableLogFileValidation": false}),
            true,
        ),
        (
            Code::LogValidationOff,
            json!({"enableLogFileValidation": null}),
            false,
        ),
        (Code::WrongBucket, json!({"s3BucketName": "evil"}), true),
        (Code::WrongBucket, json!({}), false),
        (Code::NotEncrypted, json!({"kmsKeyId": ""}), true),
        (Code::NotEncrypted, json!({"kmsKeyId": "x"}), false),
        (Code::WrongKey, json!({"kmsKeyId": "x"}), true),
    ];
    for (code, members, is_cause) in cases {
        let search = of(code);
        let one = incident(&search, &[update(early, members.clone())]).unwrap();
        assert_eq!(one.is_cause, is_cause, "{code} {members}");
        // A later harmless change does not stand in for it.
        let harmless = update(late, json!({}));
        let newest = incident(&search, &[harmless, update(early, members.clone())]).unwrap();
        let expected = if is_cause { early } else { late };
        assert_eq!(newest.event_id, expected, "{code} {members}");
    }
    // A repair is nobody's fault.
    let repair = with(
        update(early, json!({"isMultiRegionTrail": false})),
        "/userIdentity",
        own_session(),
    );
    assert_eq!(incident(&of(Code::NotMultiRegion), &[repair]), None);
}

/// Who made the selectors or the trail as they should be is not accused either.
#[test]
fn who_selects_everything_or_creates_a_whole_trail_is_not_the_cause() {
    let all = json!({"eventSelectors": [{"readWriteType": "All", "includeManagementEvents": true,
        "excludeManagementEventSources": []}]});
    let writes = json!({"eventSelectors": [{"readWriteType": "WriteOnly"}]});
    let none = json!({"eventSelectors": [{"includeManagementEvents": false}]});
    let no_kms =
        json!({"eventSelectors": [{"excludeManagementEventSources": ["kms.amazonaws.com"]}]});
    let category = json!({"field": "eventCategory", "equals": ["Management"]});
    let reads = json!({"field": "readOnly", "equals": ["true"]});
    let advanced =
        |fields: &[&Value]| json!({"advancedEventSelectors": [{"fieldSelectors": fields}]});
    let both = json!({"insightSelectors": [{"insightType": "ApiCallRateInsight"},
        {"insightType": "ApiErrorRateInsight"}]});
    let one = json!({"insightSelectors": [{"insightType": "ApiCallRateInsight"}]});
    let whole =
        json!({"isMultiRegionTrail": true, "enableLogFileValidation": true, "kmsKeyId": "x"});
    let (missing, narrowed) = (
        Code::ManagementEventsMissing,
        Code::ManagementEventsNarrowed,
    );
    let cases = [
        ("PutEventSelectors", missing, json!({}), true),
        ("PutEventSelectors", missing, none, true),
        ("PutEventSelectors", narrowed, writes, true),
        ("PutEventSelectors", narrowed, no_kms, true),
        ("PutEventSelectors", missing, all.clone(), false),
        ("PutEventSelectors", narrowed, all.clone(), false),
        ("PutEventSelectors", Code::DataEventsMissing, all, true),
        ("PutEventSelectors", narrowed, advanced(&[&category]), false),
        (
            "PutEventSelectors",
            narrowed,
            advanced(&[&category, &reads]),
            true,
        ),
        ("PutEventSelectors", missing, advanced(&[&reads]), true),
        (
            "PutInsightSelectors",
            Code::InsightsMissing,
            json!({"insightSelectors": []}),
            true,
        ),
        ("PutInsightSelectors", Code::InsightsMissing, one, true),
        ("PutInsightSelectors", Code::InsightsMissing, both, false),
        ("CreateTrail", Code::NotMultiRegion, json!({}), true),
        ("CreateTrail", Code::NotMultiRegion, whole.clone(), false),
        ("CreateTrail", Code::LogValidationOff, whole.clone(), false),
        ("CreateTrail", Code::NotEncrypted, whole.clone(), false),
        ("CreateTrail", Code::NotEncrypted, json!({}), true),
        ("CreateTrail", Code::WrongKey, whole.clone(), true),
        (
            "CreateTrail",
            Code::GlobalEventsMissing,
            whole.clone(),
            false,
        ),
        ("CreateTrail", Code::InsightsMissing, whole, true),
    ];
    for (call, code, members, is_cause) in cases {
        let finding = Finding::new(code, "x");
        let search = Search::of_findings(TRAIL.parse().unwrap(), &[finding], now()).unwrap();
        let mut record = record(call, "2026-03-02T09:10:00Z", "org-audit");
        let request = record["requestParameters"].as_object_mut().unwrap();
        request.extend(members.as_object().unwrap().clone());
        let found = incident(&search, &[record]).unwrap();
        assert_eq!(found.is_cause, is_cause, "{call} {code} {members}");
    }
}

/// No repair stops a trail: with the session of our own role it is an attack all the same.
#[test]
fn a_stop_by_an_own_role_is_no_repair() {
    let at = "2026-03-02T09:57:12Z";
    let stop = with(
        record("StopLogging", at, TRAIL),
        "/userIdentity",
        own_session(),
    );
    assert_eq!(found(&stopped(), &[stop]).as_deref(), Some(at));
}

#[test]
fn the_newest_call_that_did_it() {
    let stop = |at| record("StopLogging", at, TRAIL);
    let (first, last) = ("2026-03-02T09:56:00Z", "2026-03-02T09:57:12Z");
    assert_eq!(
        found(&stopped(), &[stop(first), stop(last)]).as_deref(),
        Some(last)
    );
    assert_eq!(
        found(&stopped(), &[stop(last), stop(first)]).as_deref(),
        Some(last)
    );
    assert_eq!(
        found(&stopped(), &[record("StopLogging", last, "org-audit")]).as_deref(),
        Some(last),
        "by name"
    );
    let others = [
        stop("2026-03-01T09:57:12Z"),
        record("StopLogging", last, "other"),
        record("DeleteTrail", last, TRAIL),
        with(
            record("StopLogging", last, "org-audit"),
            "/awsRegion",
            json!("eu-west-1"),
        ),
        with(stop(last), "/errorCode", json!("AccessDenied")),
        with(stop(last), "/eventSource", json!("x.amazonaws.com")),
        with(stop(last), "/requestParameters", Value::Null),
        with(stop(last), "/eventTime", json!("yesterday")),
        json!("no record"),
    ];
    for other in &others {
        assert_eq!(
            found(&stopped(), std::slice::from_ref(other)),
            None,
            "{other}"
        );
    }
    assert_eq!(found(&stopped(), &[json!("{")]), None);
}

fn calls(search: &Search) -> Vec<String> {
    let calls = search.calls.iter();
    calls
        .map(|one| format!("{} {}", one.call, one.region))
        .collect()
}

const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";

/// The trail, with a bucket and a key in another Region.
fn delivery() -> Delivery {
    Delivery {
        trail: Trail {
            arn: TRAIL.parse().unwrap(),
            name: "org-audit".to_owned(),
            home_region: "us-east-1".parse().unwrap(),
            bucket: "amzn-s3-demo-audit".to_owned(),
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

fn search_of(codes: &[&str]) -> Option<Search> {
    let result = RepairResult {
        gap_start: None,
        changes: codes.iter().map(|code| Entry::new(*code, "x")).collect(),
        delivery: Some(Box::new(delivery())),
        ..result()
    };
    Search::of_result(&result, now())
}

/// Bucket and key are searched in their own Region; without what they are, not at all.
#[test]
fn what_is_searched_for_on_bucket_and_key() {
    let cases: [(&[&str], &[&str]); 9] = [
        (
            &["bucket-missing", "bucket-versioning-off"],
            &["DeleteBucket eu-west-1"],
        ),
        (
            &["bucket-refuses-cloudtrail"],
            &["PutBucketPolicy eu-west-1", "DeleteBucketPolicy eu-west-1"],
        ),
        (
            &["bucket-lifecycle-changed"],
            &["PutBucketLifecycle eu-west-1"],
        ),
        (
            &["bucket-versioning-off"],
            &["PutBucketVersioning eu-west-1"],
        ),
        (
            &["bucket-encryption-changed"],
            &[
                "PutBucketEncryption eu-west-1",
                "DeleteBucketEncryption eu-west-1",
            ],
        ),
        (
            &[
                "bucket-requester-pays",
                "bucket-ownership-changed",
                "bucket-acl-changed",
            ],
            &[
                "PutBucketRequestPayment eu-west-1",
                "PutBucketOwnershipControls eu-west-1",
                "PutBucketAcl eu-west-1",
            ],
        ),
        (&["key-disabled"], &["DisableKey eu-west-1"]),
        (
            &["key-pending-deletion"],
            &["ScheduleKeyDeletion eu-west-1"],
        ),
        (&["key-refuses-cloudtrail"], &["PutKeyPolicy eu-west-1"]),
    ];
    for (codes, expected) in cases {
        assert_eq!(calls(&search_of(codes).unwrap()), expected, "{codes:?}");
        let without = RepairResult {
            gap_start: None,
            changes: codes.iter().map(|code| Entry::new(*code, "x")).collect(),
            ..result()
        };
        assert_eq!(Search::of_result(&without, now()), None, "{codes:?}");
    }
    let both = search_of(&["not-multi-region", "key-disabled"]).unwrap();
    let expected = [
        "UpdateTrail us-east-1",
        "DisableKey eu-west-1",
        "CreateTrail us-east-1",
    ];
    assert_eq!(calls(&both), expected);
    let told = "UpdateTrail or DisableKey or CreateTrail on the trail, its bucket or its key";
    assert_eq!(both.told(), told);
}

fn of_service(source: &str, call: &str, request: Value) -> Value {
    let record = record(call, "2026-03-02T09:10:00Z", TRAIL);
    let source = json!(format!("{source}.amazonaws.com"));
    let record = with(record, "/eventSource", source);
    let record = with(record, "/awsRegion", json!("eu-west-1"));
    with(record, "/requestParameters", request)
}

/// Who did it to the bucket or the key, by what the call put there.
#[test]
fn who_did_it_to_bucket_and_key() {
    let delivery = delivery();
    let key: Arn = KEY.parse().unwrap();
    let open: Value =
        serde_json::from_str(&documented_bucket_policy(&bucket_target(&delivery.trail))).unwrap();
    let key_policy = documented_key_policy(&key_target(&delivery.trail, &key));
    let closed = json!({"Version": "2012-10-17", "Statement": []});
    let bucket = |more: Value| {
        let mut request = json!({"bucketName": "amzn-s3-demo-audit"});
        request
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        request
    };
    let versioning = |status: &str| bucket(json!({"VersioningConfiguration": {"Status": status}}));
    let payer = |payer: &str| bucket(json!({"RequestPaymentConfiguration": {"Payer": payer}}));
    let refuses = "bucket-refuses-cloudtrail";
    let key_refuses = "key-refuses-cloudtrail";
    let (put, by_policy) = ("PutBucketPolicy", "PutKeyPolicy");
    let cases = [
        (
            "bucket-missing",
            "s3",
            "DeleteBucket",
            bucket(json!({})),
            Some(true),
        ),
        (
            "bucket-missing",
            "s3",
            "DeleteBucket",
            json!({"bucketName": "other"}),
            None,
        ),
        ("bucket-missing", "s3", "DeleteBucket", Value::Null, None),
        (
            refuses,
            "s3",
            "DeleteBucketPolicy",
            bucket(json!({})),
            Some(true),
        ),
        (
            refuses,
            "s3",
            put,
            bucket(json!({"bucketPolicy": closed})),
            Some(true),
        ),
        (
            refuses,
            "s3",
            put,
            bucket(json!({"bucketPolicy": closed.to_string()})),
            Some(true),
        ),
        (
            refuses,
            "s3",
            put,
            bucket(json!({"bucketPolicy": open})),
            Some(false),
        ),
        (
            refuses,
            "kms",
            put,
            bucket(json!({"bucketPolicy": closed})),
            None,
        ),
        (
            "bucket-versioning-off",
            "s3",
            "PutBucketVersioning",
            versioning("Suspended"),
            Some(true),
        ),
        (
            "bucket-versioning-off",
            "s3",
            "PutBucketVersioning",
            versioning("Enabled"),
            Some(false),
        ),
        (
            "bucket-requester-pays",
            "s3",
            "PutBucketRequestPayment",
            payer("Requester"),
            Some(true),
        ),
        (
            "bucket-requester-pays",
            "s3",
            "PutBucketRequestPayment",
            payer("BucketOwner"),
            Some(false),
        ),
        (
            "key-disabled",
            "kms",
            "DisableKey",
            json!({"keyId": KEY}),
            Some(true),
        ),
        (
            "key-disabled",
            "kms",
            "DisableKey",
            json!({"keyId": "1234abcd"}),
            Some(true),
        ),
        (
            "key-disabled",
            "kms",
            "DisableKey",
            json!({"keyId": "other"}),
            None,
        ),
        (
            key_refuses,
            "kms",
            by_policy,
            json!({"keyId": KEY, "policy": closed.to_string()}),
            Some(true),
        ),
        (
            key_refuses,
            "kms",
            by_policy,
            json!({"keyId": KEY, "policy": key_policy}),
            Some(false),
        ),
        (
            key_refuses,
            "kms",
            by_policy,
            json!({"keyId": KEY, "policy": "{"}),
            Some(true),
        ),
    ];
    for (code, source, call, request, is_cause) in cases {
        let search = search_of(&[code]).unwrap();
        let record = of_service(source, call, request.clone());
        let found = incident(&search, std::slice::from_ref(&record)).map(|one| one.is_cause);
        assert_eq!(found, is_cause, "{code} {call} {request}");
        // A repair of ours is nobody's damage.
        let ours = with(record, "/userIdentity", own_session());
        let is_repair = ["PutBucketPolicy", "PutKeyPolicy", "PutBucketVersioning"].contains(&call);
        assert!(!is_repair || incident(&search, &[ours]).is_none(), "{call}");
    }
    // In another Region another key has the id.
    let elsewhere = with(
        of_service("kms", "DisableKey", json!({"keyId": "1234abcd"})),
        "/awsRegion",
        json!("us-east-1"),
    );
    assert_eq!(
        incident(&search_of(&["key-disabled"]).unwrap(), &[elsewhere]),
        None
    );
}

#[test]
fn what_is_searched_for() {
    let codes = |codes: &[Code]| {
        let findings: Vec<Finding> = codes.iter().map(|code| Finding::new(*code, "x")).collect();
        Search::of_findings(TRAIL.parse().unwrap(), &findings, now())
    };
    let both = codes(&[Code::NotMultiRegion, Code::ManagementEventsMissing]).unwrap();
    assert_eq!(
        calls(&both),
        [
            "UpdateTrail us-east-1",
            "PutEventSelectors us-east-1",
            "CreateTrail us-east-1"
        ]
    );
    assert!(
        both.threats.contains(&"B03") && both.threats.contains(&"B11"),
        "{both:?}"
    );
    assert_eq!(both.from, time("2026-03-01T10:00:00Z"));
    assert_eq!(
        codes(&[Code::DeliveryError, Code::BucketRefusesCloudtrail]),
        None
    );
    let stop = stopped();
    assert_eq!(calls(&stop), ["StopLogging us-east-1"]);
    assert_eq!(stop.threats, ["B01"]);
    assert_eq!(stop.from, time("2026-03-02T09:55:12Z"));
    assert_eq!(stop.until, time("2026-03-02T09:59:12Z"));
}

fn result() -> RepairResult {
    RepairResult {
        outcome: Some(Ended::Repaired),
        trail_arn: Some(TRAIL.parse().unwrap()),
        trail_region: Some("us-east-1".parse().unwrap()),
        actor: Some("IAMUser mallory".to_owned()),
        gap_start: Some(time("2026-03-02T09:57:12Z")),
        gap_end: Some(time("2026-03-02T09:58:00Z")),
        changes: vec![Entry::new("trail-not-logging", "logging: false -> true")],
        ..RepairResult::default()
    }
}

fn caller() -> Caller {
    Caller {
        account: "111122223333".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

#[test]
fn a_repair_is_told_and_a_run_without_one_is_not() {
    let caller = caller();
    let ended = |outcome| {
        Ok(RepairResult {
            outcome: Some(outcome),
            ..result()
        })
    };
    let failed = |code: &str, gap_start| {
        Err(RepairFailure {
            code: code.to_owned(),
            message: "x".to_owned(),
            result: Box::new(RepairResult {
                outcome: None,
                gap_start,
                ..result()
            }),
        })
    };
    let cases = [
        (ended(Ended::Repaired), Some("repaired")),
        (ended(Ended::AlreadyHealthy), None),
        (ended(Ended::Planned), None),
        (ended(Ended::NotOurs), None),
        (ended(Ended::RepairsExhausted), Some("repairs-exhausted")),
        (failed("partly-repaired", None), Some("partly-repaired")),
        (failed("access-denied", Some(now())), Some("access-denied")),
        (failed("bad-parameter", None), None),
    ];
    for (ending, expected) in cases {
        let outcome = Outcome::of(&ending, &caller, now());
        assert_eq!(outcome.map(|outcome| outcome.code), expected, "{ending:?}");
    }
}

#[test]
fn the_message_and_the_event_of_an_incident() {
    let (caller, ending) = (caller(), Ok(result()));
    let outcome = Outcome::of(&ending, &caller, now()).unwrap();
    let notice = outcome_notice(&outcome);
    let message: Value = serde_json::from_str(&notice.message).unwrap();
    assert_eq!(
        notice.subject,
        "Trailkeeper: repaired: arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit in \
         111122223333 us-east-1"
            .chars()
            .take(99)
            .collect::<String>()
    );
    let expected = json!({
        "version": 1,
        "account": "111122223333",
        "region": "us-east-1",
        "event": "repaired",
        "eventTime": "2026-03-02T10:00:00Z",
        "actor": "IAMUser mallory",
        "resource": {"type": "AWS::CloudTrail::Trail", "id": TRAIL},
        "profileName": "",
        "findings": [{
            "code": "trail-not-logging", "severity": "critical", "policyName": "",
            "statement": "", "why": "logging: false -> true", "suggestion": "",
        }],
        "text": format!(
            "repaired of trail {TRAIL} in account 111122223333, Region us-east-1, at \
             2026-03-02T10:00:00Z.\nBy IAMUser mallory.\nEvents are missing from \
             2026-03-02T09:57:12Z to 2026-03-02T09:58:00Z.\nKnown attacks: B01.\nFound:\n\
             - trail-not-logging: logging: false -> true\n"
        ),
    });
    assert_eq!(message, expected);

    let detail: Value = serde_json::from_str(&outcome.detail()).unwrap();
    assert_eq!(detail["outcome"], "repaired");
    assert_eq!(detail["threats"], json!(["B01"]));
    assert_eq!(detail["trailArn"], TRAIL);
    assert_eq!(detail["actor"], "IAMUser mallory");
    assert_eq!(detail["gapStart"], "2026-03-02T09:57:12Z");
    for member in ["call", "callTime", "eventId", "userAgent"] {
        assert_eq!(detail[member], "", "{member} is not known");
    }

    let mut stop = record("StopLogging", "2026-03-02T09:57:12Z", TRAIL);
    stop["userAgent"] = json!("=evil\n\u{202e}1");
    let incident = incident(&stopped(), &[stop]).unwrap();
    let known = outcome.by(Some(&incident)).detail();
    let known: Value = serde_json::from_str(&known).unwrap();
    assert_eq!(known["call"], "StopLogging");
    assert_eq!(known["callTime"], "2026-03-02T09:57:12Z");
    assert_eq!(known["eventId"], "2026-03-02T09:57:12Z");
    assert_eq!(known["userAgent"], "'=evil\\n\\u{202e}1");
    let innocent = Incident {
        is_cause: false,
        ..incident
    };
    let innocent = outcome.by(Some(&innocent)).detail();
    assert_eq!(serde_json::from_str::<Value>(&innocent).unwrap(), detail);
}

/// Lists give way to size, never the call.
#[test]
fn the_call_stays_in_an_event_that_is_too_long() {
    let mut stop = record("StopLogging", "2026-03-02T09:57:12Z", TRAIL);
    stop["userAgent"] = json!("é".repeat(300_000));
    let incident = incident(&stopped(), &[stop]).unwrap();
    let note = Entry::new("done-by", "x".repeat(300_000));
    let ending = Ok(RepairResult {
        notes: vec![note],
        ..result()
    });
    let caller = caller();
    let outcome = Outcome::of(&ending, &caller, now()).unwrap();
    let detail = outcome.by(Some(&incident)).detail();
    assert!(detail.len() < 256 * 1024);
    let detail: Value = serde_json::from_str(&detail).unwrap();
    assert_eq!(detail["notes"], json!(["left-out: for its size"]));
    assert_eq!(detail["call"], "StopLogging");
    assert_eq!(detail["userAgent"].as_str().unwrap().chars().count(), 256);
}

/// Whatever others put into names and errors, message and event stay what they are.
#[test]
fn hostile_and_long_texts() {
    let evil = format!(
        "=cmd|x\n- forged\u{1b}[2J\u{202e}<script>{}",
        "é".repeat(200_000)
    );
    let ending = Err(RepairFailure {
        code: "partly-repaired".to_owned(),
        message: evil.clone(),
        result: Box::new(RepairResult {
            notes: vec![Entry::new("note", evil.clone()); 3],
            changes: vec![Entry::new("trail-not-logging", evil); 3],
            ..result()
        }),
    });
    let caller = caller();
    let outcome = Outcome::of(&ending, &caller, now()).unwrap();
    let detail = outcome.detail();
    assert!(detail.len() < 256 * 1024);
    assert!(
        !detail.contains(misleads) && !detail.contains("\\u001b"),
        "{detail:.400}"
    );
    let message: Value = serde_json::from_str(&outcome_notice(&outcome).message).unwrap();
    let text = message["text"].as_str().unwrap();
    assert!(text.chars().count() < 40_000);
    assert!(text.lines().all(|line| !line.contains(misleads)), "{text}");
    assert!(!text.contains("\n- forged"), "{text}");
    assert!(
        message["findings"][0]["why"]
            .as_str()
            .unwrap()
            .starts_with("'=")
    );
}

#[test]
fn the_annotation_names_who_did_it_where_that_fits() {
    let actor = Actor {
        kind: "AssumedRole".to_owned(),
        arn: "arn:aws:sts::111122223333:assumed-role/ci/session".to_owned(),
        session_issuer: "arn:aws:iam::111122223333:role/ci".to_owned(),
        access_key_id: "ASIAIOSFODNN7EXAMPLE".to_owned(),
        source_address: "203.0.113.24".to_owned(),
        user_agent: "x".to_owned(),
    };
    let annotated = |length: usize| with_actor("x".repeat(length), &actor);
    assert_eq!(annotated(10), format!("xxxxxxxxxx; by {actor}, program x"));
    let room = 256 - annotated(10).len() + 10;
    let just = format!("{}; by {actor}", "x".repeat(room + 1));
    assert_eq!(annotated(room + 1), just, "the program goes first");
    assert_eq!(
        annotated(180),
        format!("{}; by {}", "x".repeat(180), actor.arn)
    );
    assert_eq!(annotated(230), "x".repeat(230));
    for length in 0..=256 {
        assert!(annotated(length).encode_utf16().count() <= 256, "{length}");
    }
}
