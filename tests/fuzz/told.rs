//! What is told of an incident: who did it, by CloudTrail's event history, and the messages.

use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_core::facts::Trail;
use trailkeeper_core::fast_path::{
    Actor, BusEvent, Concern, MOST_BYTES, Notice, OwnRoles, Remarks, Reported, Resource,
    notice_with, outcome_notice,
};
use trailkeeper_core::incident::{Incident, Outcome, Search, from_history};
use trailkeeper_core::remediation::{
    Delivery, Entry, Outcome as Ended, RepairFailure, RepairResult,
};
use trailkeeper_core::{Caller, Code, Finding};

use crate::input::target;
use crate::shown::assert_one_line;

/// The most bytes that EventBridge takes.
const MOST_OF_AN_EVENT: usize = 256 * 1024;

// Whoever is named made a call that was searched for, on the trail, in the time, with an effect.
target!(cloudtrail_history, 1_000, |text| {
    let account = "111122223333".parse().expect("an account");
    let roles = ["tk-remediator".to_owned()];
    let own = OwnRoles {
        account: &account,
        roles: &roles,
    };
    let record: Value = serde_json::from_str(text).unwrap_or_default();
    for search in searches() {
        let Some(found) = from_history(&[text.to_owned()], &search, own) else {
            continue;
        };
        let mut sought = search.calls.iter();
        assert!(sought.any(|one| one.call == found.call), "{found:?}");
        assert!(
            (search.from..=search.until).contains(&found.time),
            "{found:?}"
        );
        assert!(found.event_id.chars().count() <= 64, "{found:?}");
        assert_one_line(&found.event_id);
        assert_one_line(&found.actor.to_string());
        let without = |name: &str, value: Value| {
            let mut record = record.clone();
            if let Value::Object(fields) = &mut record {
                fields.insert(name.to_owned(), value);
            }
            from_history(&[record.to_string()], &search, own)
        };
        assert_eq!(without("errorCode", json!("AccessDenied")), None);
        assert_eq!(without("eventSource", json!("ec2.amazonaws.com")), None);
        assert_eq!(
            without("requestParameters", json!({"name": "another"})),
            None
        );
        // Of two alike the first is the one, and what is no record changes nothing.
        let twice = ["{".to_owned(), text.to_owned(), text.to_owned()];
        assert_eq!(from_history(&twice, &search, own), Some(found));
    }
});

fn searches() -> Vec<Search> {
    let now: Timestamp = "2026-03-02T10:00:00Z".parse().expect("a time");
    let stopped = Finding::new(
        Code::TrailNotLogging,
        "org-audit stopped 2026-03-02T09:57:12Z",
    );
    let stopped = Search::of_findings(trail().arn, &[stopped], now);
    let of = |codes: &[Code]| {
        let entries = codes.iter().map(|code| Entry::new(code.as_str(), "x"));
        let result = RepairResult {
            trail_arn: Some(trail().arn),
            changes: entries.collect(),
            delivery: Some(Box::new(Delivery {
                trail: trail(),
                bucket_region: "us-east-1".parse().expect("a Region"),
            })),
            ..RepairResult::default()
        };
        Search::of_result(&result, now)
    };
    let found = [
        of(&[Code::NotMultiRegion, Code::WrongKey, Code::LogValidationOff]),
        of(&[
            Code::ManagementEventsMissing,
            Code::DataEventsMissing,
            Code::InsightsMissing,
        ]),
        of(Code::ALL),
    ];
    found.into_iter().chain([stopped]).flatten().collect()
}

fn trail() -> Trail {
    let key = "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    Trail {
        arn: "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit"
            .parse()
            .expect("an ARN"),
        name: "org-audit".to_owned(),
        home_region: "us-east-1".parse().expect("a Region"),
        bucket: "amzn-s3-demo-audit".to_owned(),
        key_prefix: None,
        sns_topic_arn: None,
        include_global_service_events: Some(true),
        is_multi_region: Some(true),
        log_file_validation: Some(true),
        is_organization_trail: Some(false),
        kms_key_id: Some(key.to_owned()),
        log_group_arn: None,
        log_group_role_arn: None,
    }
}

// All that a message repeats, in one document: the event, what it concerns, what is found.
target!(event_message, 400, |text| {
    let all: Value = serde_json::from_str(text).unwrap_or_default();
    let event = all.get("event").unwrap_or(&Value::Null);
    let Ok(BusEvent::ApiCall(call)) = BusEvent::parse(event) else {
        return;
    };
    let finding = |of: &Value| Reported {
        code: word(of, "code"),
        severity: word(of, "severity"),
        policy_name: word(of, "policyName"),
        statement: word(of, "statement"),
        grant: word(of, "grant"),
        why: word(of, "why"),
        suggestion: word(of, "suggestion"),
    };
    let concern = |of: &Value| Concern {
        resource: Resource {
            kind: word(of, "type"),
            id: word(of, "id"),
        },
        profile_name: word(of, "profileName"),
        findings: list(of, "findings").iter().map(finding).collect(),
        instances: words(of, "instances"),
    };
    let concerns: Vec<Concern> = list(&all, "concerns").iter().map(concern).collect();
    let remarks = Remarks {
        is_sample: all.get("sample") == Some(&Value::Bool(true)),
        event: all.get("name").and_then(Value::as_str).map(str::to_owned),
        lines: words(&all, "lines"),
    };
    let is_wrong = concerns.iter().any(|one| !one.findings.is_empty());
    let notice = notice_with(&call, &call.region, &concerns, &remarks);
    assert_eq!(notice.is_some(), is_wrong);
    notice.iter().for_each(assert_notice);
});

target!(repair_outcome, 400, |text| {
    let all: Value = serde_json::from_str(text).unwrap_or_default();
    let entries = |name: &str| -> Vec<Entry> {
        let entries = list(&all, name).iter();
        entries
            .map(|one| Entry::new(word(one, "code"), word(one, "text")))
            .collect()
    };
    let time = |name: &str| word(&all, name).parse().ok();
    let result = RepairResult {
        outcome: Some(Ended::Repaired),
        trail_arn: word(&all, "trailArn").parse().ok(),
        trail_region: word(&all, "trailRegion").parse().ok(),
        actor: Some(word(&all, "actor")),
        gap_start: time("gapStart"),
        gap_end: time("gapEnd"),
        changes: entries("changes"),
        steps: entries("steps"),
        notes: entries("notes"),
        remaining: entries("remaining"),
        delivery: None,
    };
    let incident = Incident {
        actor: Actor {
            arn: word(&all, "actor"),
            user_agent: word(&all, "userAgent"),
            ..Actor::default()
        },
        call: word(&all, "call"),
        is_cause: true,
        event_id: "1".to_owned(),
        time: Timestamp::UNIX_EPOCH,
        gap_start: None,
        gap_end: None,
        threats: Vec::new(),
    };
    let failure = RepairFailure {
        code: "partly-repaired".to_owned(),
        message: word(&all, "message"),
        result: Box::new(result.clone()),
    };
    let error = failure.error_message();
    let (sentence, json) = error.split_once('\n').expect("two lines");
    assert_one_line(sentence);
    assert_one_line(json);
    assert_eq!(
        serde_json::from_str::<Value>(json).ok(),
        Some(result.to_json())
    );
    let caller = Caller {
        account: "111122223333".parse().expect("an account"),
        region: "us-east-1".parse().expect("a Region"),
        partition: "aws".to_owned(),
    };
    for ending in [Ok(result), Err(failure)] {
        let outcome = Outcome::of(&ending, &caller, Timestamp::UNIX_EPOCH).expect("it is told");
        let outcome = outcome.by(Some(&incident));
        assert_notice(&outcome_notice(&outcome));
        let detail = outcome.detail();
        assert!(detail.len() < MOST_OF_AN_EVENT);
        assert_texts(&serde_json::from_str(&detail).expect("JSON"));
    }
});

/// What SNS takes, and nothing in the subject or in any line that would mislead the reader.
pub(crate) fn assert_notice(notice: &Notice) {
    assert_one_line(&notice.subject);
    let size = notice.subject.chars().count();
    assert!((1..100).contains(&size), "{:?}", notice.subject);
    assert!(notice.message.len() <= MOST_BYTES);
    let mut message: Value = serde_json::from_str(&notice.message).expect("JSON");
    let text = message.get_mut("text").map(Value::take);
    let text = text.as_ref().and_then(Value::as_str).expect("a text");
    text.lines().for_each(assert_one_line);
    assert_texts(&message);
}

/// Every text of a document is one line.
fn assert_texts(value: &Value) {
    match value {
        Value::String(text) => assert_one_line(text),
        Value::Array(items) => items.iter().for_each(assert_texts),
        Value::Object(members) => members.values().for_each(assert_texts),
        _ => {}
    }
}

fn word(of: &Value, name: &str) -> String {
    let text = of.get(name).and_then(Value::as_str);
    text.unwrap_or_default().to_owned()
}

fn list<'a>(of: &'a Value, name: &str) -> &'a [Value] {
    let list = of.get(name).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

fn words(of: &Value, name: &str) -> Vec<String> {
    let texts = list(of, name).iter().filter_map(Value::as_str);
    texts.map(str::to_owned).collect()
}
