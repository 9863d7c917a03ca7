//! Which calls and runs are the product's own.

use trailkeeper_core::AccountId;
use trailkeeper_core::fast_path::{Actor, OwnRoles};

const ROLE: &str = "arn:aws:iam::111122223333:role/tk/remediator";
const TRAIL: &str = "cloudtrail.amazonaws.com";

fn actor(issuer: &str) -> Actor {
    Actor {
        session_issuer: issuer.to_owned(),
        ..Actor::default()
    }
}

/// Whoever holds the session of an own role must not be invisible with it.
#[test]
fn own_are_the_calls_of_a_repair_and_no_others() {
    let account: AccountId = "111122223333".parse().unwrap();
    let made = |own: &str, issuer: &str, source: &str, name: &str, has_failed: bool| {
        let roles = [own.to_owned()];
        let own = OwnRoles {
            account: &account,
            roles: &roles,
        };
        own.made(source, name, has_failed, &actor(issuer))
    };
    let cases = [
        ("remediator", ROLE, TRAIL, "UpdateTrail", false, true),
        (ROLE, ROLE, TRAIL, "CreateTrail", false, true),
        (
            "remediator",
            ROLE,
            "s3.amazonaws.com",
            "PutBucketPolicy",
            false,
            true,
        ),
        (
            "remediator",
            ROLE,
            "kms.amazonaws.com",
            "PutKeyPolicy",
            false,
            true,
        ),
        // What no repair calls.
        ("remediator", ROLE, TRAIL, "StopLogging", false, false),
        ("remediator", ROLE, TRAIL, "DeleteTrail", false, false),
        (
            "remediator",
            ROLE,
            "s3.amazonaws.com",
            "DeleteObject",
            false,
            false,
        ),
        (
            "remediator",
            ROLE,
            "s3.amazonaws.com",
            "DeleteBucket",
            false,
            false,
        ),
        (
            "remediator",
            ROLE,
            "kms.amazonaws.com",
            "ScheduleKeyDeletion",
            false,
            false,
        ),
        (
            "remediator",
            ROLE,
            "kms.amazonaws.com",
            "UpdateTrail",
            false,
            false,
        ),
        // Refused.
        ("remediator", ROLE, TRAIL, "UpdateTrail", true, false),
        // Another role of that name.
        (
            "remediator",
            "arn:aws:iam::444455556666:role/tk/remediator",
            TRAIL,
            "UpdateTrail",
            false,
            false,
        ),
        (
            ROLE,
            "arn:aws:iam::111122223333:role/remediator",
            TRAIL,
            "UpdateTrail",
            false,
            false,
        ),
        (
            "remediator",
            "arn:aws:iam::111122223333:user/remediator",
            TRAIL,
            "UpdateTrail",
            false,
            false,
        ),
        (
            "remediator",
            "remediator",
            TRAIL,
            "UpdateTrail",
            false,
            false,
        ),
        ("", "", TRAIL, "UpdateTrail", false, false),
    ];
    for case in cases {
        let (own, issuer, source, name, has_failed, expected) = case;
        assert_eq!(
            made(own, issuer, source, name, has_failed),
            expected,
            "{case:?}"
        );
    }
}

#[test]
fn own_runs_are_those_of_aws_config_and_of_the_roles() {
    let account: AccountId = "111122223333".parse().unwrap();
    let roles = [ROLE.to_owned(), "evaluator".to_owned()];
    let own = OwnRoles {
        account: &account,
        roles: &roles,
    };
    let session = |account: &str, role: &str| {
        format!("arn:aws:sts::{account}:assumed-role/{role}/AwsConfigRemediation")
    };
    let cases = [
        (
            session("111122223333", "AWSServiceRoleForConfigRemediation"),
            true,
        ),
        (
            session("444455556666", "AWSServiceRoleForConfigRemediation"),
            false,
        ),
        (session("111122223333", "evaluator"), true),
        (session("111122223333", "remediator"), true),
        (session("111122223333", "admin"), false),
        (
            "arn:aws:iam::111122223333:role/x/evaluator".to_owned(),
            true,
        ),
        ("arn:aws:iam::111122223333:user/evaluator".to_owned(), false),
        ("somebody".to_owned(), false),
        (String::new(), true),
    ];
    for (by, expected) in cases {
        assert_eq!(own.started(Some(&by)), expected, "{by}");
    }
    assert!(own.started(None));
    let nobody = OwnRoles {
        account: &account,
        roles: &[],
    };
    assert!(nobody.started(Some("arn:aws:iam::111122223333:user/op")));
    assert!(own.has_name("remediator") && !own.has_name("") && !own.has_name("tk"));
}
