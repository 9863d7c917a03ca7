//! Who did it, in one line.

use serde_json::json;
use trailkeeper_core::fast_path::Actor;

use crate::{DELETE, STOP, json_of};

#[test]
fn one_line_for_each_kind_of_actor() {
    let of_fixture = |text| json_of(text)["detail"].clone();
    let cases = [
        (
            of_fixture(STOP),
            "IAMUser arn:aws:iam::111122223333:user/mallory, \
             key AKIAIOSFODNN7EXAMPLE (long-term), from 203.0.113.24",
        ),
        (
            of_fixture(DELETE),
            "AssumedRole arn:aws:sts::111122223333:assumed-role/ci-deploy/ci-session, \
             session of arn:aws:iam::111122223333:role/ci-deploy, \
             key ASIAIOSFODNN7EXAMPLE (temporary), from 203.0.113.24",
        ),
        (
            json!({"userIdentity": {"type": "Root", "arn": "arn:aws:iam::111122223333:root"}}),
            "Root arn:aws:iam::111122223333:root",
        ),
        (
            json!({
                "userIdentity": {"type": "AWSService", "invokedBy": "autoscaling.amazonaws.com"},
                "sourceIPAddress": "autoscaling.amazonaws.com",
            }),
            "AWSService autoscaling.amazonaws.com, from autoscaling.amazonaws.com",
        ),
        (
            json!({"userIdentity": {"type": "Unknown", "accessKeyId": ""}}),
            "Unknown",
        ),
        (json!({"userIdentity": null}), "unknown"),
        (
            json!({"userIdentity": {"type": 7, "arn": ["x"]}}),
            "unknown",
        ),
        (
            json!({"userIdentity": {"accessKeyId": "OTHER"}}),
            "key OTHER",
        ),
    ];
    for (detail, line) in cases {
        assert_eq!(Actor::read(&detail).to_string(), line);
    }
}

/// Whoever names another program each time is still the same actor.
#[test]
fn the_program_is_told_and_makes_no_other_actor() {
    let actor = |agent: &str| {
        let arn = "arn:aws:iam::111122223333:user/mallory";
        Actor::read(&json!({"userIdentity": {"type": "IAMUser", "arn": arn}, "userAgent": agent}))
    };
    let plain = "IAMUser arn:aws:iam::111122223333:user/mallory";
    assert_eq!(actor("x/1").to_string(), plain);
    assert_eq!(actor("x/1").whole(), format!("{plain}, program x/1"));
    assert_eq!(actor(" ").whole(), plain);
}

#[test]
fn hostile_names_stay_in_one_short_line() {
    let evil = format!(
        "x\n\r\u{202e}\u{2066}\u{200b}\u{1b}[2J{}",
        "é".repeat(10_000)
    );
    let detail = json!({
        "userIdentity": {
            "type": evil, "arn": evil, "accessKeyId": evil,
            "sessionContext": {"sessionIssuer": {"arn": evil}},
        },
        "sourceIPAddress": evil,
        "userAgent": evil,
    });
    let actor = Actor::read(&detail);
    for line in [actor.to_string(), actor.shown_user_agent(), actor.whole()] {
        let is_plain = |c: char| c == 'é' || c == '…' || c.is_ascii_graphic() || c == ' ';
        assert!(line.chars().all(is_plain), "{line}");
        assert!(
            line.contains("x\\n\\r\\u{202e}\\u{2066}\\u{200b}\\u{1b}[2J"),
            "{line}"
        );
        assert!(line.chars().count() < 6 * 256 + 64);
    }
}

/// In few words: the first of what is known, fit for a field.
#[test]
fn the_actor_in_few_words() {
    let actor = |arn: &str, key: &str, address: &str| Actor {
        arn: arn.to_owned(),
        access_key_id: key.to_owned(),
        source_address: address.to_owned(),
        ..Actor::default()
    };
    let cases = [
        (actor("arn:x", "AKIA1", "203.0.113.24"), "arn:x"),
        (actor(" ", "AKIA1", "203.0.113.24"), "AKIA1"),
        (actor("", "", " 203.0.113.24 "), "203.0.113.24"),
        (actor("", " ", ""), "unknown"),
        (actor("=cmd", "", ""), "'=cmd"),
    ];
    for (actor, expected) in cases {
        assert_eq!(actor.short(), expected, "{actor:?}");
    }
}
