//! What others chose to write reaches nobody as it is: hostile texts through every output.
#![expect(clippy::unwrap_used, clippy::panic, reason = "test code")]

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::Value;
use trailkeeper_core::config_rule::annotation;
use trailkeeper_core::escape::{escaped, escaped_json, misleads, one_line};
use trailkeeper_core::fast_path::{
    Actor, ApiCall, BusEvent, Concern, Notice, Remarks, Reported, Resource, notice_with,
    outcome_notice,
};
use trailkeeper_core::incident::{Incident, Outcome};
use trailkeeper_core::remediation::{Entry, Outcome as Ended, RepairFailure, RepairResult};
use trailkeeper_core::{Caller, Code, Finding};

/// One of each kind: what it does to whom reads it, and the text.
const HOSTILE: &[(&str, &str)] = &[
    ("moves the cursor", "a\u{1b}[2J\u{9b}31mb"),
    ("forges a line", "a\r\n- full-admin: b"),
    ("rings and deletes", "a\u{7}\u{8}\u{7f}\0b"),
    ("ends a line in other ways", "a\u{85}\u{2028}\u{2029}b"),
    ("turns the direction", "a\u{202e}nimda\u{202c}b"),
    ("isolates a direction", "a\u{2066}b\u{2067}\u{2068}\u{2069}"),
    ("marks a direction", "a\u{200e}\u{200f}\u{61c}b"),
    ("old marks of direction", "a\u{206a}\u{206f}b"),
    ("has no width", "a\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}b"),
    ("breaks a word where it likes", "a\u{ad}b"),
    ("joins what is drawn", "a\u{34f}b"),
    (
        "separates vowels of Mongolian",
        "a\u{180b}\u{180e}\u{180f}b",
    ),
    ("vowels of Khmer that are not drawn", "a\u{17b4}\u{17b5}b"),
    ("fillers of Hangul", "a\u{115f}\u{1160}\u{3164}\u{ffa0}b"),
    ("selects variations", "a\u{fe00}\u{fe0f}\u{e0100}\u{e01ef}b"),
    ("tags", "a\u{e0001}\u{e0041}\u{e007f}b"),
    ("annotates between lines", "a\u{fff9}b\u{fffa}c\u{fffb}"),
    (
        "shorthand and music",
        "a\u{1bca0}\u{1bca3}\u{1d173}\u{1d17a}b",
    ),
    (
        "is reserved",
        "a\u{2065}\u{fff0}\u{fff8}\u{e0000}\u{e0fff}b",
    ),
];

fn caller() -> Caller {
    Caller {
        account: "111122223333".parse().unwrap(),
        region: "us-east-1".parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

fn now() -> Timestamp {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

/// A result with the text wherever somebody else can choose one.
fn result(evil: &str) -> RepairResult {
    let entries = |code: &str| vec![Entry::new(code, evil), Entry::new(evil, code)];
    RepairResult {
        outcome: Some(Ended::Repaired),
        trail_arn: format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{evil}")
            .parse()
            .ok(),
        trail_region: "us-east-1".parse().ok(),
        actor: Some(evil.to_owned()),
        gap_start: Some(now()),
        gap_end: None,
        changes: entries("trail-not-logging"),
        steps: entries("start-logging"),
        notes: entries("actor-unknown"),
        remaining: entries("delivery-error"),
        delivery: None,
    }
}

fn failure(evil: &str) -> RepairFailure {
    RepairFailure {
        code: "partly-repaired".to_owned(),
        message: evil.to_owned(),
        result: Box::new(result(evil)),
    }
}

/// Who did it, by a record that says so.
fn incident(evil: &str) -> Incident {
    Incident {
        actor: Actor {
            arn: evil.to_owned(),
            user_agent: evil.to_owned(),
            ..Actor::default()
        },
        call: evil.to_owned(),
        is_cause: true,
        event_id: "1".to_owned(),
        time: now(),
        gap_start: None,
        gap_end: None,
        threats: Vec::new(),
    }
}

/// Every text in a value, keys too.
fn texts(value: &Value, all: &mut Vec<String>) {
    match value {
        Value::String(text) => all.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| texts(item, all)),
        Value::Object(members) => members.iter().for_each(|(name, value)| {
            all.push(name.clone());
            texts(value, all);
        }),
        _ => {}
    }
}

/// JSON as it is sent: neither itself nor what is read from it misleads; `lines` is the member that
/// may have several lines.
fn assert_shown(json: &str, lines: &str, why: &str) {
    assert!(!json.contains(misleads), "{why}: {json:?}");
    let mut value: Value = serde_json::from_str(json).unwrap();
    let mut all = Vec::new();
    if let Some(Value::String(text)) = value.get_mut(lines).map(Value::take) {
        all.extend(text.lines().map(str::to_owned));
    }
    texts(&value, &mut all);
    for text in all {
        assert!(!text.contains(misleads), "{why}: {text:?}");
        assert!(!text.starts_with("- full-admin"), "{why}: {text:?}");
    }
}

fn assert_notice(notice: &Notice, why: &str) {
    assert!(notice.subject.len() < 100, "{why}");
    let plain = |byte: u8| (b' '..=b'~').contains(&byte);
    assert!(notice.subject.bytes().all(plain), "{why}");
    assert_shown(&notice.message, "text", why);
}

fn call(evil: &str) -> ApiCall {
    let event = serde_json::json!({
        "detail-type": "AWS API Call via CloudTrail", "source": "aws.cloudtrail", "id": evil,
        "account": "111122223333", "region": "us-east-1", "time": "2026-03-02T10:00:00Z",
        "detail": {
            "eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
            "userIdentity": {"type": evil, "arn": evil, "accessKeyId": evil,
                "sessionContext": {"sessionIssuer": {"arn": evil}}},
            "sourceIPAddress": evil, "userAgent": evil, "eventID": evil,
            "requestParameters": {"name": evil},
        },
    });
    match BusEvent::parse(&event).unwrap() {
        BusEvent::ApiCall(call) => *call,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_message_of_the_fast_path() {
    for (why, evil) in HOSTILE {
        let text = || (*evil).to_owned();
        let finding = Reported {
            code: text(),
            severity: text(),
            policy_name: text(),
            statement: text(),
            grant: text(),
            why: text(),
            suggestion: text(),
        };
        let concern = Concern {
            resource: Resource {
                kind: text(),
                id: text(),
            },
            profile_name: text(),
            findings: vec![finding],
            instances: vec![text()],
        };
        let remarks = Remarks {
            is_sample: false,
            event: Some(text()),
            lines: vec![text()],
        };
        let call = call(evil);
        let notice = notice_with(&call, &caller().region, &[concern], &remarks);
        assert_notice(&notice.unwrap(), why);
    }
}

#[test]
fn the_message_of_a_repair_and_our_own_event() {
    for (why, evil) in HOSTILE {
        for ending in [Ok(result(evil)), Err(failure(evil))] {
            let caller = caller();
            let incident = incident(evil);
            let outcome = Outcome::of(&ending, &caller, now()).unwrap();
            let outcome = outcome.by(Some(&incident));
            assert_notice(&outcome_notice(&outcome), why);
            assert_shown(&outcome.detail(), "", why);
        }
    }
}

#[test]
fn the_outcome_of_the_runbook_and_the_error_of_the_function() {
    for (why, evil) in HOSTILE {
        assert_shown(&result(evil).to_json().to_string(), "", why);
        let failure = failure(evil);
        let message = failure.error_message();
        let lines: Vec<&str> = message.split('\n').collect();
        let [sentence, json] = lines.as_slice() else {
            panic!("{why}: {message:?}");
        };
        assert!(!sentence.contains(misleads), "{why}: {sentence:?}");
        assert_shown(json, "", why);
        assert!(!failure.to_string().contains(misleads), "{why}");
    }
}

#[test]
fn the_annotation_of_a_verdict() {
    for (why, evil) in HOSTILE {
        let actor = Actor {
            kind: (*evil).to_owned(),
            arn: (*evil).to_owned(),
            ..Actor::default()
        };
        let whole = annotation::of_findings(&[Finding::new(Code::DeliveryError, *evil)]);
        for shown in [
            annotation::with_actor(whole.clone(), &actor),
            annotation::of_text(evil),
            annotation::of_text(&evil.repeat(60)),
        ] {
            assert!(!shown.contains(misleads), "{why}: {shown:?}");
            assert!((1..=256).contains(&shown.encode_utf16().count()), "{why}");
        }
    }
}

#[test]
fn a_line_of_json_stays_the_same_value() {
    for (why, evil) in HOSTILE {
        let mut value = serde_json::json!({"x": [evil, {"y": format!("\\{evil}\"")}]});
        value[*evil] = 1.into();
        let safe = escaped_json(&value.to_string());
        assert!(!safe.contains(misleads), "{why}: {safe:?}");
        assert_eq!(
            serde_json::from_str::<Value>(&safe).unwrap(),
            value,
            "{why}"
        );
    }
    let tag = escaped_json("\"\u{e0041}\u{202e}\"");
    assert_eq!(tag, r#""\udb40\udc41\u202e""#);
}

#[test]
fn what_is_seen_stays_and_the_rest_is_written_out() {
    for (text, expected) in [
        ("org-audit", "org-audit"),
        (
            "Prüfspur … 監査 ✔ 🦀 a\u{301}",
            "Prüfspur … 監査 ✔ 🦀 a\u{301}",
        ),
        ("a\u{1b}[2Jb\u{9b}", "a\\u{1b}[2Jb\\u{9b}"),
        ("two\nlines\r\tend", "two\\nlines\\r\\tend"),
        ("\u{202e}txt.exe", "\\u{202e}txt.exe"),
        ("\u{e0041}", "\\u{e0041}"),
    ] {
        assert_eq!(escaped(text), expected);
    }
    assert_eq!(one_line(" a\r\n\t b\u{200b}\n"), "a b\\u{200b}");
}

proptest! {
    // The ranges in the code are typed in; those of the generator are Unicode's tables.
    #[test]
    fn unicode_calls_it_ignorable(c in r"[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}]") {
        prop_assert!(c.contains(misleads), "{c:?}");
    }

    #[test]
    fn unicode_does_not(
        c in r"[^\p{Default_Ignorable_Code_Point}\p{Cc}\p{Zl}\p{Zp}\x{fff9}-\x{fffb}]",
    ) {
        prop_assert!(!c.contains(misleads), "{c:?}");
    }

    #[test]
    fn once_is_enough(text in any::<String>()) {
        let once = escaped(&text);
        prop_assert!(!once.contains(misleads));
        prop_assert_eq!(&escaped(&once), &once);
        prop_assert_eq!(one_line(&one_line(&text)), one_line(&text));
    }
}
