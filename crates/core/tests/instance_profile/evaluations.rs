//! What is reported of an instance, and for how long a role is exempt.

use std::sync::Arc;

use trailkeeper_core::Fact;
use trailkeeper_core::config_rule::Compliance::{Compliant, NonCompliant, NotApplicable};
use trailkeeper_core::facts::InstanceState;
use trailkeeper_core::instance_profile::{Requirements, RoleVerdict};

use crate::support::{PROFILE, arn, exempt, good_role, profile, role};
use crate::verdict::{ID, instance, judged};

/// One finding, several or none: the number is told where there is one.
#[test]
fn one_that_does_not_count_is_counted_as_one() {
    let wanted = Requirements::default();
    let known = Fact::Known(profile());
    let instance = instance("running", Some(PROFILE));
    for (left_out, expected) in [
        (0, None),
        (
            1,
            Some("1 finding about the role's policies does not count"),
        ),
        (2, Some("2 findings about the role's policies do not count")),
    ] {
        let role = Arc::new(RoleVerdict {
            left_out,
            ..(*good_role()).clone()
        });
        let verdict = judged(&wanted, &instance, Some(&known), Some(&role));
        let texts: Vec<&str> = verdict
            .notes
            .iter()
            .map(|note| note.text.as_str())
            .collect();
        assert_eq!(texts, Vec::from_iter(expected));
        assert_eq!(verdict.role_verdict, Some(role));
    }
}

/// What AWS Config gets, verdict by verdict.
#[test]
fn what_is_reported_to_aws_config() {
    let time = "2026-03-02T10:00:00Z".parse().unwrap();
    let wanted = Requirements::default();
    let known = Fact::Known(profile());
    let cases = [
        (
            "running",
            Some(PROFILE),
            Compliant,
            "profile web-tier, role app-role",
        ),
        (
            "running",
            None,
            NonCompliant,
            "no-instance-profile: i-0123456789abcdef0 has no instance profile",
        ),
        (
            "terminated",
            None,
            NotApplicable,
            "i-0123456789abcdef0 goes away or is gone; it needs no permissions",
        ),
    ];
    for (state, profile, compliance, annotation) in cases {
        let instance = instance(state, profile);
        let verdict = judged(&wanted, &instance, Some(&known), Some(&good_role()));
        let evaluation = verdict.evaluation(time);
        assert_eq!(evaluation.resource_type, "AWS::EC2::Instance");
        assert_eq!(evaluation.resource_id, ID);
        assert_eq!(evaluation.compliance, compliance);
        assert_eq!(evaluation.annotation.as_deref(), Some(annotation));
        assert_eq!(evaluation.ordering_timestamp, time);
        assert_eq!(verdict.state, Some(InstanceState::from_name(state)));
        assert_eq!(verdict.profile, profile.map(arn));
    }
}

/// Of a role that is named twice the later day holds, on that day too.
#[test]
fn an_exemption_by_day() {
    let arn = role().arn;
    let other = "arn:aws:iam::111122223333:role/other@2099-01-01";
    let wanted = exempt(&format!("{arn}@2026-03-02,{arn}@2026-02-01,{other}"));
    let day = |text: &str| text.parse().unwrap();
    let cases = [
        ("2026-03-01", Some("2026-03-02"), None),
        ("2026-03-02", Some("2026-03-02"), None),
        ("2026-03-03", None, Some("2026-03-02")),
    ];
    for (today, until, ended) in cases {
        assert_eq!(
            wanted.exempt_until(&arn, day(today)),
            until.map(day),
            "{today}"
        );
        assert_eq!(
            wanted.exemption_ended(&arn, day(today)),
            ended.map(day),
            "{today}"
        );
    }
    let texts: Vec<String> = wanted
        .exempt_roles
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(texts.contains(&format!("{arn}@2026-03-02")), "{texts:?}");
}
