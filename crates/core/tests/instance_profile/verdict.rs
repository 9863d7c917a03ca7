//! The verdict on one instance.

use std::sync::Arc;

use trailkeeper_core::config_rule::Compliance::{self, Compliant, NonCompliant, NotApplicable};
use trailkeeper_core::facts::{InstanceFacts, InstanceProfileFacts, InstanceState};
use trailkeeper_core::instance_profile::{
    InstanceVerdict, Permissions, Recorded, Requirements, RoleVerdict, judge_instance,
};
use trailkeeper_core::operation::{GET_INSTANCE_PROFILE, GET_ROLE};
use trailkeeper_core::{Code, Fact, Finding, Severity};

use crate::support::{PROFILE, arn, caller, error, exempt, good_role, profile, role, today};

pub(crate) const ID: &str = "i-0123456789abcdef0";

pub(crate) fn instance(state: &str, profile: Option<&str>) -> Recorded {
    Recorded {
        id: ID.to_owned(),
        capture_time: None,
        facts: Ok(InstanceFacts {
            id: ID.to_owned(),
            state: InstanceState::from_name(state),
            profile: profile.map(arn),
        }),
    }
}

pub(crate) type ProfileFact = Fact<InstanceProfileFacts>;

pub(crate) fn judged(
    wanted: &Requirements,
    instance: &Recorded,
    profile: Option<&ProfileFact>,
    role: Option<&Arc<RoleVerdict>>,
) -> InstanceVerdict {
    let permissions = Permissions { profile, role };
    judge_instance(wanted, &caller(), instance, permissions, today())
}

fn with_profile(profile: &ProfileFact) -> InstanceVerdict {
    let wanted = Requirements::default();
    let instance = instance("running", Some(PROFILE));
    judged(&wanted, &instance, Some(profile), Some(&good_role()))
}

fn bad_role(findings: Vec<Finding>) -> Arc<RoleVerdict> {
    Arc::new(RoleVerdict {
        findings,
        ..(*good_role()).clone()
    })
}

#[test]
fn a_good_instance_names_what_was_looked_at() {
    let verdict = with_profile(&Fact::Known(profile()));
    assert_eq!(verdict.compliance, Compliant);
    assert_eq!(verdict.annotation(), "profile web-tier, role app-role");
    assert_eq!(verdict.role, Some(role()));
}

/// P14: every state has its answer, whatever else is wrong with the instance.
#[test]
fn p14_states_decide_who_is_judged() {
    let states = [
        ("pending", true),
        ("running", true),
        ("stopping", true),
        ("stopped", true),
        ("shutting-down", false),
        ("terminated", false),
        ("", true),
        ("hibernating", true),
    ];
    let known = Fact::Known(profile());
    for (state, is_judged) in states {
        let expected = |judged: Compliance| if is_judged { judged } else { NotApplicable };
        let wanted = Requirements::default();
        let bare = judged(&wanted, &instance(state, None), None, None);
        assert_eq!(bare.compliance, expected(NonCompliant), "{state}");
        assert_eq!(bare.findings.is_empty(), !is_judged, "{state}");
        let instance = instance(state, Some(PROFILE));
        let good = judged(&wanted, &instance, Some(&known), Some(&good_role()));
        assert_eq!(good.compliance, expected(Compliant), "{state}");
    }
}

#[test]
fn an_instance_without_a_profile_is_told_so() {
    let wanted = Requirements::default();
    let verdict = judged(&wanted, &instance("running", None), None, None);
    assert_eq!(
        verdict.annotation(),
        "no-instance-profile: i-0123456789abcdef0 has no instance profile"
    );
    assert_eq!(verdict.findings[0].severity, Severity::High);
}

/// Of these minimumSeverity says nothing: it is for policies.
#[test]
fn p14_a_profile_can_be_gone_or_hold_no_role() {
    let fact = |code| Fact::from_call(Err(error(GET_INSTANCE_PROFILE, code)));
    let empty = InstanceProfileFacts {
        role: None,
        ..profile()
    };
    let cases = [
        (
            Fact::Known(empty),
            format!("profile-without-role: {PROFILE} holds no role"),
        ),
        (
            fact("NoSuchEntity"),
            format!("profile-missing: {PROFILE} does not exist"),
        ),
        (
            fact("AccessDenied"),
            "could-not-verify: iam:GetInstanceProfile AccessDenied on web-tier".to_owned(),
        ),
        (
            fact("Throttling"),
            "could-not-verify: iam:GetInstanceProfile Throttling on web-tier".to_owned(),
        ),
    ];
    let wanted = Requirements {
        minimum_severity: Severity::Critical,
        ..Requirements::default()
    };
    for (fact, expected) in cases {
        let instance = instance("running", Some(PROFILE));
        let verdict = judged(&wanted, &instance, Some(&fact), None);
        assert_eq!(verdict.compliance, NonCompliant);
        assert_eq!(verdict.annotation(), expected);
    }
}

/// P7 and P14: a profile is its whole ARN, path and partition included; neither a suffix nor the
/// text behind the first slash.
#[test]
fn p7_p14_a_profile_is_compared_by_its_whole_arn() {
    let iam = "iam::111122223333:instance-profile";
    let cases = [
        (format!("arn:aws:{iam}/app/web-tier"), true),
        (format!("arn:aws:{iam}/web-tier"), false),
        (format!("arn:aws:{iam}/x/app/web-tier"), false),
        (format!("arn:aws:{iam}/app/my-web-tier"), false),
        (format!("arn:aws-cn:{iam}/app/web-tier"), false),
        (format!("arn:aws-us-gov:{iam}/app/web-tier"), false),
    ];
    for (allowed, expected) in cases {
        let wanted = Requirements {
            allowed_profiles: [arn(&allowed)].into(),
            ..Requirements::default()
        };
        let instance = instance("running", Some(PROFILE));
        let known = Fact::Known(profile());
        let verdict = judged(&wanted, &instance, Some(&known), Some(&good_role()));
        let compliance = if expected { Compliant } else { NonCompliant };
        assert_eq!(verdict.compliance, compliance, "{allowed}");
        if !expected {
            let told = format!("profile-not-allowed: {PROFILE}");
            assert_eq!(verdict.annotation(), told);
        }
    }
}

#[test]
fn p7_other_partitions_are_judged_alike() {
    for partition in ["aws-cn", "aws-us-gov"] {
        let text = PROFILE.replace("arn:aws:", &format!("arn:{partition}:"));
        let known = Fact::Known(InstanceProfileFacts {
            arn: arn(&text),
            ..profile()
        });
        let wanted = Requirements::default();
        let instance = instance("running", Some(&text));
        let verdict = judged(&wanted, &instance, Some(&known), Some(&good_role()));
        assert_eq!(verdict.compliance, Compliant, "{partition}");
        assert_eq!(verdict.notes, []);
    }
}

/// By its name IAM would answer with a profile of this account.
#[test]
fn a_profile_of_another_account_is_not_verified() {
    let foreign = PROFILE.replace("111122223333", "444455556666");
    let wanted = Requirements::default();
    let instance = instance("running", Some(&foreign));
    let known = Fact::Known(profile());
    let verdict = judged(&wanted, &instance, Some(&known), Some(&good_role()));
    let told = verdict.annotation();
    assert!(
        told.starts_with("could-not-verify: arn:aws:iam::444455556666:"),
        "{told}"
    );
    assert_eq!(verdict.role, None);
}

#[test]
fn a_profile_made_anew_elsewhere_is_not_the_instances() {
    let known = Fact::Known(InstanceProfileFacts {
        arn: arn(&PROFILE.replace("/app/", "/")),
        ..profile()
    });
    let verdict = with_profile(&known);
    let told = verdict.annotation();
    assert!(told.starts_with("profile-missing: "), "{told}");
    assert_eq!(verdict.role, None);
}

/// I9: no COMPLIANT while a required fact is unread.
#[test]
fn i9_what_was_not_asked_is_not_good() {
    let wanted = Requirements::default();
    let running = instance("running", Some(PROFILE));
    let known = Fact::Known(profile());
    let unread = Recorded {
        facts: Err("AWS Config recorded no configuration of i-1".to_owned()),
        ..running.clone()
    };
    let cases = [
        (
            judged(&wanted, &running, None, None),
            "iam:GetInstanceProfile was not called",
        ),
        (
            judged(&wanted, &running, Some(&known), None),
            "iam:GetRole was not called on app-role",
        ),
        (
            judged(&wanted, &unread, None, None),
            "AWS Config recorded no configuration of i-1",
        ),
    ];
    for (verdict, expected) in cases {
        assert_eq!(verdict.compliance, NonCompliant);
        assert_eq!(
            verdict.annotation(),
            format!("could-not-verify: {expected}")
        );
    }
}

/// The exemption holds through its last day, and is seen in the annotation with it.
#[test]
fn exemptions_have_an_end() {
    let arn = role().arn;
    let bad = bad_role(vec![Finding::new(Code::FullAdmin, "role app-role: * on *")]);
    let cases = [
        (
            "2026-03-01",
            NonCompliant,
            "full-admin: role app-role: * on *",
        ),
        ("2026-03-02", Compliant, "until 2026-03-02"),
        ("2026-03-03", Compliant, "until 2026-03-03"),
    ];
    for (day, compliance, told) in cases {
        for list in [
            format!("{arn}@{day}"),
            format!("{arn}@{day},{arn}@2025-01-01"),
        ] {
            let wanted = exempt(&list);
            let known = Fact::Known(profile());
            let instance = instance("running", Some(PROFILE));
            let verdict = judged(&wanted, &instance, Some(&known), Some(&bad));
            assert_eq!(verdict.compliance, compliance, "{list}");
            assert!(
                verdict.annotation().ends_with(told),
                "{}",
                verdict.annotation()
            );
            let code = if compliance == Compliant {
                "exempt"
            } else {
                "exemption-ended"
            };
            assert_eq!(verdict.notes[0].code, code);
        }
    }
}

#[test]
fn an_exemption_is_for_that_role_and_its_policies_only() {
    let known = Fact::Known(profile());
    let bad = bad_role(vec![Finding::new(Code::FullAdmin, "x")]);
    let others = [
        "arn:aws:iam::111122223333:role/app-role@2099-01-01",
        "arn:aws:iam::444455556666:role/service/app-role@2099-01-01",
    ];
    let instance = instance("running", Some(PROFILE));
    for list in others {
        let verdict = judged(&exempt(list), &instance, Some(&known), Some(&bad));
        assert_eq!(verdict.compliance, NonCompliant, "{list}");
    }
    let wanted = Requirements {
        allowed_profiles: [arn("arn:aws:iam::111122223333:instance-profile/other")].into(),
        ..exempt("arn:aws:iam::111122223333:role/service/app-role@2099-01-01")
    };
    let verdict = judged(&wanted, &instance, Some(&known), None);
    assert_eq!(
        verdict.annotation(),
        format!("profile-not-allowed: {PROFILE}")
    );
}

#[test]
fn the_worst_comes_first() {
    let mut denied = Finding::unread(&error(GET_ROLE, "AccessDenied"));
    denied.severity = Severity::Medium;
    let high = |code| Finding {
        code,
        severity: Severity::High,
        evidence: "x".to_owned(),
    };
    let bad = bad_role(vec![
        denied,
        high(Code::WildcardResource),
        high(Code::WildcardAction),
        Finding::new(Code::FullAdmin, "x"),
    ]);
    let wanted = Requirements {
        allowed_profiles: [arn("arn:aws:iam::111122223333:instance-profile/other")].into(),
        ..Requirements::default()
    };
    let known = Fact::Known(profile());
    let instance = instance("running", Some(PROFILE));
    let verdict = judged(&wanted, &instance, Some(&known), Some(&bad));
    let codes: Vec<&str> = verdict
        .findings
        .iter()
        .map(|one| one.code.as_str())
        .collect();
    assert_eq!(
        codes,
        [
            "full-admin",
            "profile-not-allowed",
            "wildcard-action",
            "wildcard-resource",
            "could-not-verify"
        ]
    );
    assert!(
        verdict
            .annotation()
            .starts_with("full-admin: x; profile-not-allowed: ")
    );
}

#[test]
fn what_does_not_count_is_counted() {
    let quiet = Arc::new(RoleVerdict {
        left_out: 3,
        ..(*good_role()).clone()
    });
    let wanted = Requirements::default();
    let known = Fact::Known(profile());
    let instance = instance("running", Some(PROFILE));
    let verdict = judged(&wanted, &instance, Some(&known), Some(&quiet));
    assert_eq!(verdict.compliance, Compliant);
    let told = verdict.annotation();
    assert!(told.contains("below-minimum: 3 findings"), "{told}");
}

#[test]
fn annotations_are_within_the_limit_of_aws_config() {
    let long = "x".repeat(3000);
    let bad = bad_role(vec![Finding::new(Code::FullAdmin, long.as_str()); 5]);
    let known = Fact::Known(profile());
    let wanted = Requirements::default();
    for state in ["running", "terminated"] {
        let mut instance = instance(state, Some(PROFILE));
        instance.id = long.clone();
        for role in [&bad, &good_role()] {
            let verdict = judged(&wanted, &instance, Some(&known), Some(role));
            let length = verdict.annotation().chars().count();
            assert!((1..=256).contains(&length), "{length}");
        }
    }
}
