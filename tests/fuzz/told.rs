//! What is told of an incident: who did it, by CloudTrail's event history, and the messages.

use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_core::fast_path::{
    BusEvent, Concern, MOST_BYTES, Notice, OwnRoles, Remarks, Reported, Resource, notice_with,
    outcome_notice,
};
use trailkeeper_core::incident::{Outcome, Search, from_history};
use trailkeeper_core::remediation::{Entry, Outcome as Ended, RepairFailure, RepairResult};
use trailkeeper_core::{Arn, Caller, Code, Finding};

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
        assert_eq!(without("eventSource", json!("s3.amazonaws.com")), None);
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
    let trail: Arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit"
        .parse()
        .expect("an ARN");
    let now: Timestamp = "2026-03-02T10:00:00Z".parse().expect("a time");
    let searches = [
        &[(
            Code::TrailNotLogging,
            "org-audit stopped 2026-03-02T09:57:12Z",
        )][..],
        &[
            (Code::NotMultiRegion, "one Region"),
            (Code::WrongKey, "another key"),
            (Code::LogValidationOff, "off"),
        ],
        &[
            (Code::ManagementEventsMissing, "reads"),
            (Code::DataEventsMissing, "objects"),
            (Code::InsightsMissing, "none"),
        ],
    ];
    let of = |found: &[(Code, &str)]| {
        let found: Vec<Finding> = found
            .iter()
            .map(|(code, text)| Finding::new(*code, *text))
            .collect();
        Search::of_findings(trail.clone(), &found, now)
    };
    searches.into_iter().filter_map(of).collect()
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
