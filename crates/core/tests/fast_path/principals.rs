//! Whose key it was, by what GuardDuty tells, and what is to do about each kind of it.

use serde_json::{Value, json};
use trailkeeper_core::fast_path::{
    BusEvent, GuardDutyFinding, Permissions, Principal, analyst_steps, own_role_steps,
};

use crate::{GUARDDUTY, json_of};

fn read(event: &Value) -> GuardDutyFinding {
    let finding = match BusEvent::parse(event).unwrap() {
        BusEvent::Finding(finding) => Some(*finding),
        _ => None,
    };
    finding.unwrap()
}

/// The finding without these parts, and with those.
fn changed(gone: &[&str], new: &[(&str, Value)]) -> GuardDutyFinding {
    let mut event = json_of(GUARDDUTY);
    for pointer in gone {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        let parent = event.pointer_mut(parent).unwrap();
        parent.as_object_mut().unwrap().remove(name);
    }
    for (pointer, value) in new {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        event.pointer_mut(parent).unwrap()[name] = value.clone();
    }
    read(&event)
}

const SEEN: &str = "/detail/service/eventLastSeen";
const UPDATED: &str = "/detail/updatedAt";

/// The time of the call, else of the finding, else of the event.
#[test]
fn when_and_where_as_far_as_it_is_told() {
    let updated = (UPDATED, json!("2026-03-02T11:00:00Z"));
    let sent = ("/time", json!("2026-03-02T12:00:00Z"));
    let time = |gone: &[&str], new: &[(&str, Value)]| changed(gone, new).call.time.to_string();
    let all = [updated.clone(), sent.clone()];
    assert_eq!(time(&[], &all), "2026-03-02T09:57:12Z");
    assert_eq!(time(&[SEEN], &all), "2026-03-02T11:00:00Z");
    assert_eq!(time(&[SEEN, UPDATED], &[sent]), "2026-03-02T12:00:00Z");
    let odd = [(SEEN, json!("noon")), updated];
    assert_eq!(time(&[], &odd), "2026-03-02T11:00:00Z");

    let region = |gone: &[&str], new: &[(&str, Value)]| changed(gone, new).call.region.to_string();
    let elsewhere = ("/region", json!("eu-west-1"));
    let own = ("/detail/region", json!("eu-north-1"));
    assert_eq!(region(&[], &[elsewhere.clone(), own]), "eu-north-1");
    assert_eq!(
        region(&["/detail/region"], std::slice::from_ref(&elsewhere)),
        "eu-west-1"
    );
    let odd = ("/detail/region", json!("evil.example/"));
    assert_eq!(region(&[], &[elsewhere, odd]), "eu-west-1");
    let account = changed(
        &["/detail/accountId"],
        &[("/account", json!("444455556666"))],
    );
    assert_eq!(account.call.account.as_str(), "444455556666");
}

#[test]
fn from_which_address() {
    let details = "/detail/service/action/awsApiCallAction/remoteIpDetails";
    let cases = [
        (json!({"ipAddressV4": "203.0.113.24"}), "203.0.113.24"),
        (
            json!({"ipAddressV4": "", "ipAddressV6": "2001:db8::1"}),
            "2001:db8::1",
        ),
        (json!({"ipAddressV6": "2001:db8::1"}), "2001:db8::1"),
        (
            json!({"ipAddressV4": "203.0.113.24", "ipAddressV6": "2001:db8::1"}),
            "203.0.113.24",
        ),
        (json!({}), ""),
        (json!({"ipAddressV4": 7}), ""),
    ];
    for (value, expected) in cases {
        let actor = changed(&[], &[(details, value.clone())]).call.actor;
        assert_eq!(actor.source_address, expected, "{value}");
    }
    let samples = [
        (json!({"sample": "true"}), true),
        (json!({"sample": "True"}), true),
        (json!({"sample": "false"}), false),
        (
            json!({"sample": false, "value": "{\"sample\":\"true\"}"}),
            true,
        ),
        (json!({"sample": 1}), false),
    ];
    for (info, expected) in samples {
        let finding = changed(&[], &[("/detail/service/additionalInfo", info.clone())]);
        assert_eq!(finding.is_sample, expected, "{info}");
    }
}

fn of(kind: &str, name: &str, key: &str) -> GuardDutyFinding {
    let mut finding = read(&json_of(GUARDDUTY));
    finding.principal = Principal {
        user_type: kind.to_owned(),
        user_name: name.to_owned(),
        principal_id: "AIDA1".to_owned(),
        access_key_id: key.to_owned(),
    };
    finding
}

#[test]
fn only_the_session_of_a_role_has_one() {
    let role = |kind, name| of(kind, name, "ASIA1").principal.role().map(str::to_owned);
    assert_eq!(role("AssumedRole", "ci").as_deref(), Some("ci"));
    assert_eq!(role("AssumedRole", ""), None);
    assert_eq!(role("IAMUser", "ci"), None);
    assert_eq!(role("", ""), None);
}

const LONG: &str = "a long-term key, which works until it is deactivated.";
const TEMPORARY: &str = "a temporary key, which works for hours and cannot be deactivated.";
const UNKNOWN: &str = "of which kind GuardDuty does not say.";
const OF_ROOT: &str = "a long-term key of the root user, which should have none.";
const USER: &str = "Permissions (not read): `aws iam list-attached-user-policies`";
const OTHER: &str = "Permissions: not read (not read); look at";
const REVOKE: &str = "Disable: deny all sessions of the role that began before now";
const ISSUER: &str = "Disable: find the issuer of the session";
const INACTIVE: &str = "--user-name eve --access-key-id AKIA1";
const OF_USER: &str = "list-access-keys --user-name eve`";
const PASSWORD: &str = "change the root user's password";

/// Type and name, key; then what is told of the key, what to disable, and what they may do.
type Kind = ([&'static str; 3], [&'static str; 3]);

const KINDS: [Kind; 9] = [
    (["IAMUser", "eve", "AKIA1"], [LONG, INACTIVE, USER]),
    (["IAMUser", "eve", "ASIA1"], [TEMPORARY, OF_USER, USER]),
    (["IAMUser", "eve", ""], [UNKNOWN, OF_USER, USER]),
    (["AssumedRole", "ci", "ASIA1"], [TEMPORARY, REVOKE, OTHER]),
    (["AssumedRole", "", "ASIA1"], [TEMPORARY, ISSUER, OTHER]),
    (["Root", "", "AKIA1"], [OF_ROOT, PASSWORD, OTHER]),
    (["Root", "Root", "ASIA1"], [TEMPORARY, PASSWORD, OTHER]),
    (["FederatedUser", "x", "ASIA1"], [TEMPORARY, ISSUER, OTHER]),
    (["FederatedUser", "x", "AKIA1"], [LONG, ISSUER, OTHER]),
];

/// Each kind of principal and key: what it is, how it is kept from going on, what it may do.
#[test]
fn each_kind_has_its_steps() {
    for ([kind, name, key], [affected, disable, allowed]) in KINDS {
        let unread = Permissions::Unknown("not read".to_owned());
        let steps = analyst_steps(&of(kind, name, key), &unread);
        let case = format!("{kind} {name} {key}: {steps:#?}");
        assert!(steps[0].starts_with("1. Affected: "), "{case}");
        assert!(steps[0].ends_with(affected), "{case}");
        assert!(steps[1].starts_with("2. Disable: "), "{case}");
        assert!(steps[1].contains(disable), "{case}");
        let further = usize::from(disable == REVOKE);
        assert_eq!(steps.len(), 5 + further, "{case}");
        assert!(steps[2 + further].contains(allowed), "{case}");
        assert!(steps[3 + further].contains("Check: "), "{case}");
        assert!(steps[4 + further].contains("before and after"), "{case}");
        for (at, line) in steps.iter().enumerate() {
            assert!(line.starts_with(&format!("{}. ", at + 1)), "{case}");
        }
    }
}

/// Names that IAM lets there be stand in commands; others are left for a person to fill in.
#[test]
fn a_name_in_a_command_is_one_that_iam_takes() {
    let most = "x".repeat(128);
    let more = "x".repeat(129);
    let cases = [
        ("a+=,.@_-Z9", true),
        (most.as_str(), true),
        (more.as_str(), false),
        ("-x", false),
        ("x y", false),
        ("é", false),
        ("", false),
    ];
    for (name, is_shown) in cases {
        let unread = Permissions::Unknown("not read".to_owned());
        let text = analyst_steps(&of("IAMUser", name, "AKIA1"), &unread).join("\n");
        let expected = if is_shown { name } else { "USER" };
        let command = format!("--user-name {expected} --access-key-id AKIA1");
        assert!(text.contains(&command), "{name}: {text}");
    }
}

#[test]
fn what_a_role_may_do_is_listed() {
    let names = |list: &[&str]| list.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    let cases = [
        (
            names(&["A", "B"]),
            names(&["c"]),
            "managed policies A, B; inline policies c.",
        ),
        (
            names(&[]),
            names(&[]),
            "managed policies none; inline policies none.",
        ),
    ];
    for (attached, inline, expected) in cases {
        let permissions = Permissions::OfRole { attached, inline };
        let text = analyst_steps(&of("AssumedRole", "ci", "ASIA1"), &permissions).join("\n");
        assert!(text.contains(expected), "{text}");
    }
}

/// That the last call failed is told where it did, and only there.
#[test]
fn an_error_of_the_last_call_is_told() {
    for (code, is_told) in [("AccessDenied", true), ("", false)] {
        let mut finding = of("AssumedRole", "tk-remediator", "ASIA1");
        finding.error_code = code.to_owned();
        let unread = Permissions::Unknown("not read".to_owned());
        let line = format!("sums up failed with {code};");
        let steps = analyst_steps(&finding, &unread);
        assert_eq!(steps[1].contains(&line), is_told, "{steps:?}");
        assert_eq!(steps.join("").contains("sums up"), is_told);
        let own = own_role_steps(&finding);
        assert_eq!(own.len(), 2 + usize::from(is_told), "{own:?}");
        assert_eq!(own.join("").contains(&line), is_told, "{own:?}");
    }
}
