//! The words in which the rule speaks: of what it was invoked for, of its verdicts and errors, and
//! of who did it.

use jiff::Timestamp;
use trailkeeper_core::config_rule::{
    Compliance, DispatchError, EventError, Notification, annotation,
};
use trailkeeper_core::fast_path::Actor;

#[test]
fn errors_and_verdicts_have_stable_names() {
    let name = || "x".to_owned();
    let dispatch = [
        DispatchError::UnknownParameter { name: name() },
        DispatchError::NoneInName { name: name() },
        DispatchError::SeveralInName { name: name() },
    ];
    for error in dispatch {
        assert_eq!(error.code(), "unknown-rule", "{error}");
        let text = error.to_string();
        let advice = "cloudtrail-enabled or instance-profile or guard";
        assert!(text.contains("`x`") && text.ends_with(advice), "{text}");
    }
    let malformed = EventError::Malformed {
        place: name(),
        why: name(),
    };
    assert_eq!(malformed.code(), "malformed-event");
    assert_eq!(EventError::MissingToken.code(), "missing-token");
    let verdicts = [
        (Compliance::Compliant, "COMPLIANT"),
        (Compliance::NonCompliant, "NON_COMPLIANT"),
        (Compliance::NotApplicable, "NOT_APPLICABLE"),
    ];
    for (verdict, name) in verdicts {
        assert_eq!(verdict.as_str(), name);
    }
}

#[test]
fn an_invocation_without_a_resource_says_why_it_came() {
    let time = Timestamp::UNIX_EPOCH;
    let message_type = "New".to_owned();
    let cases = [
        (Notification::Scheduled { time }, "schedule"),
        (Notification::SnapshotDelivery { time }, "schedule"),
        (Notification::Other { message_type }, "other"),
    ];
    for (notification, trigger) in cases {
        assert_eq!(notification.trigger(), trigger);
        assert_eq!(notification.resource(), None);
    }
}

/// The actor is told whole where that fits, else by name, else not at all.
#[test]
fn who_did_it_takes_no_place_from_what_is_wrong() {
    let actor = Actor {
        kind: "IAMUser".to_owned(),
        arn: "arn:aws:iam::111122223333:user/mallory".to_owned(),
        source_address: "198.51.100.7".to_owned(),
        ..Actor::default()
    };
    let (whole, short) = (format!("; by {actor}"), format!("; by {}", actor.short()));
    assert!(short.len() < whole.len());
    let most = annotation::MOST_CHARACTERS;
    let cases = [
        (most - whole.len(), Some(&whole)),
        (most - whole.len() + 1, Some(&short)),
        (most - short.len(), Some(&short)),
        (most - short.len() + 1, None),
        (most, None),
    ];
    for (length, told) in cases {
        let text = "x".repeat(length);
        let expected = format!("{text}{}", told.map_or("", String::as_str));
        assert_eq!(annotation::with_actor(text, &actor), expected, "{length}");
    }
}

/// The limit is exact: one character more is cut, and the sign of that is counted.
#[test]
fn a_text_is_cut_at_the_limit() {
    let most = annotation::MOST_CHARACTERS;
    let full = "a".repeat(most);
    assert_eq!(annotation::of_text(&full), full);
    let cut = format!("{}…", "a".repeat(most - 1));
    assert_eq!(annotation::of_text(&format!("{full}a")), cut);
    // a character of two units does not fit into one
    let crab = format!("{}🦀🦀", "a".repeat(most - 2));
    let cut = format!("{}…", "a".repeat(most - 2));
    assert_eq!(annotation::of_text(&crab), cut);
}
