//! The rule about instance profiles and its remediation, and which rule is deployed where.

use regex_lite::Regex;
use serde_json::json;
use trailkeeper_core::instance_profile::Requirements;
use trailkeeper_runbook::{bind, load};

use crate::limits::{
    ACCOUNT, INSTANCES, NoScope, PROFILE, PROFILE_ROLE, remediation_parameters,
    required_of_instances, with,
};
use crate::render::{Parameters, list, text};
use crate::runbook::ATTACH;
use crate::{repository, template};

#[test]
fn instances_are_repaired_only_with_a_profile_and_by_a_person_first() {
    let template = template();
    assert_eq!(template.render(ACCOUNT).properties(INSTANCES), None);
    let profile = with(&[
        ("InstanceProfileArn", PROFILE),
        ("InstanceProfileRoleArn", PROFILE_ROLE),
    ]);
    let by_hand = template.render(&profile).properties(INSTANCES).unwrap();
    assert_eq!(by_hand["Automatic"], false);
    assert_eq!(by_hand["ResourceType"], "AWS::EC2::Instance");
    // an instance with another profile fails its run, and stops the repair of no other
    let controls = &by_hand["ExecutionControls"]["SsmControls"];
    assert_eq!(controls["ErrorPercentage"], 100);
    assert_eq!(
        by_hand["Parameters"]["InstanceId"],
        json!({ "ResourceValue": { "Value": "RESOURCE_ID" } })
    );
    let automatic = [profile, vec![("InstanceAutomaticRemediation", "true")]].concat();
    let by_itself = template.render(&automatic).properties(INSTANCES).unwrap();
    assert_eq!(by_itself["Automatic"], true);
}

/// A run that AWS Config starts again and again for an instance that stays as it is tells nobody.
#[test]
fn failed_runs_by_itself_do_not_flood_the_topic() {
    let template = template();
    let profile = with(&[
        ("InstanceProfileArn", PROFILE),
        ("InstanceProfileRoleArn", PROFILE_ROLE),
    ]);
    let automatic = ("InstanceAutomaticRemediation", "true");
    let (trail, attach, detach) = (
        "Trailkeeper-RestoreCloudTrail",
        "Trailkeeper-AttachInstanceProfile",
        "Trailkeeper-DetachPolicy",
    );
    for (given, told) in [
        (profile.clone(), vec![trail, attach, detach]),
        (with(&[automatic]), vec![trail, attach, detach]),
        ([profile, vec![automatic]].concat(), vec![trail, detach]),
    ] {
        let stack = template.render(&given);
        let events = stack.properties("FailedRunbookEvents").unwrap();
        let names = &events["EventPattern"]["detail"]["Definition"];
        assert_eq!(*names, json!(told), "{given:?}");
    }
}

/// The runbook takes what AWS Config hands over once it has filled in the instance.
#[test]
fn the_runbook_takes_the_remediations_parameters() {
    let template = template();
    let replacement = with(&[
        ("InstanceProfileArn", PROFILE),
        ("InstanceProfileRoleArn", PROFILE_ROLE),
        ("AllowProfileReplacement", "true"),
        ("ReplaceableProfileArns", PROFILE),
        ("ReplaceableRoleArns", PROFILE_ROLE),
    ]);
    let mut given = remediation_parameters(&template.render(&replacement), INSTANCES);
    let instance = given.get_mut("InstanceId").unwrap();
    assert_eq!(*instance, ["RESOURCE_ID"]);
    *instance = vec!["i-0123456789abcdef0".to_owned()];
    let text = std::fs::read_to_string(repository(ATTACH.file)).unwrap();
    let bound = bind(&load(&text).unwrap(), &given, &NoScope).unwrap();
    assert_eq!(bound["InstanceProfileName"], PROFILE);
    assert_eq!(bound["AllowReplacement"], true);
    let role = "arn:aws:iam::111122223333:role/trailkeeper-attach-profile-eu-west-1";
    assert_eq!(bound["AutomationAssumeRole"], role);
}

/// The profile that the repair attaches is one that the rule allows.
#[test]
fn rule_and_repair_agree_on_the_profile() {
    let template = template();
    let other = "arn:aws:iam::111122223333:instance-profile/other";
    let profile: Parameters<'_> = &[
        ("InstanceProfileArn", PROFILE),
        ("InstanceProfileRoleArn", PROFILE_ROLE),
    ];
    let any = required_of_instances(&template.render(&with(profile)));
    assert!(any.allowed_profiles.is_empty());
    let both = [with(profile), vec![("AllowedProfileArns", other)]].concat();
    let stack = template.render(&both);
    let allowed = required_of_instances(&stack).allowed_profiles;
    let attached = remediation_parameters(&stack, INSTANCES)["InstanceProfileName"].clone();
    assert_eq!(attached, [PROFILE]);
    let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
    assert_eq!(allowed, [PROFILE, other]);
}

/// What is deployed by default requires the defaults of the code.
#[test]
fn the_default_deployment_requires_the_rules_defaults() {
    let template = template();
    let required = required_of_instances(&template.render(ACCOUNT));
    assert_eq!(required, Requirements::default());
}

/// P9: a large item comes as another kind of notice, and one without that kind is silent about it.
#[test]
fn p09_the_instance_rule_is_told_of_changes_oversized_ones_and_the_schedule() {
    let template = template();
    let rule = template.render(ACCOUNT).properties("InstanceRule").unwrap();
    let details = list(&rule["Source"]["SourceDetails"]).iter();
    let kinds: Vec<String> = details.map(|one| text(&one["MessageType"])).collect();
    assert_eq!(
        kinds,
        [
            "ConfigurationItemChangeNotification",
            "OversizedConfigurationItemChangeNotification",
            "ScheduledNotification",
        ]
    );
    let scope = &rule["Scope"]["ComplianceResourceTypes"];
    assert_eq!(*scope, json!(["AWS::EC2::Instance"]));
}

/// A run over a large account takes minutes; the rule about the trail has no such excuse.
#[test]
fn the_evaluator_has_time_for_all_instances() {
    let template = template();
    let timeout = |given: Parameters<'_>| {
        template
            .render(&with(given))
            .properties("Evaluator")
            .unwrap()["Timeout"]
            .clone()
    };
    assert_eq!(timeout(&[]), 900);
    assert_eq!(timeout(&[("DeployInstanceRule", "false")]), 60);
}

/// The right to pass a role is never given for a pattern.
#[test]
fn parameters_take_the_arns_that_they_should() {
    const GOV: &str = "arn:aws-us-gov:iam::111122223333:role/Web_1";
    let both = format!("{PROFILE_ROLE},{GOV}");
    let spaced = format!("{PROFILE_ROLE}, {GOV}");
    let starred = format!("{PROFILE_ROLE}*");
    let all = "arn:aws:iam::111122223333:role/*";
    let exempt = format!("{PROFILE_ROLE}@2026-12-31,{GOV}@2027-01-01");
    let cases: [(&str, &[&str], &[&str]); 7] = [
        ("InstanceProfileArn", &["", PROFILE], &[PROFILE_ROLE, "web"]),
        (
            "InstanceProfileRoleArn",
            &["", PROFILE_ROLE, GOV],
            &["*", all, &starred, &both],
        ),
        (
            "ReplaceableRoleArns",
            &["", PROFILE_ROLE, &both],
            &["*", all, &starred, &spaced],
        ),
        ("ReplaceableProfileArns", &["", PROFILE], &["*", "web"]),
        ("AllowedProfileArns", &["", PROFILE], &["*", PROFILE_ROLE]),
        (
            "DetachableRoleArns",
            &["", PROFILE_ROLE, &both, &starred],
            &["*", all, &spaced],
        ),
        ("ExemptRoles", &["", &exempt], &[PROFILE_ROLE, &both]),
    ];
    let template = template();
    for (name, taken, refused) in cases {
        let pattern = text(&template.section("Parameters")[name]["AllowedPattern"]);
        let pattern = Regex::new(&format!("^(?:{pattern})$")).unwrap();
        for value in taken {
            assert!(pattern.is_match(value), "{name}: {value}");
        }
        for value in refused {
            assert!(!pattern.is_match(value), "{name}: {value}");
        }
    }
}

const OF_THE_TRAIL_RULE: [&str; 29] = [
    "RemediatorRole",
    "Remediator",
    "AutomationRole",
    "Runbook",
    "RemediationFails",
    "TrailRule",
    "TrailRemediation",
    "VerdictEvents",
    "NonCompliantLines",
    "TrailEvaluations",
    "RemediationBlocked",
    "NoEvaluation",
    "TrailEvents",
    "TrailEventsPermission",
    "ObjectEvents",
    "ObjectEventsPermission",
    "AccountEvents",
    "AccountEventsPermission",
    "GuardEvents",
    "GuardEventsPermission",
    "SilencingEvents",
    "FindingEvents",
    "FindingEventsPermission",
    "GuardRule",
    "GuardEvaluations",
    "NoGuardEvaluation",
    "GuardTrailBucket",
    "GuardTrailBucketPolicy",
    "SecondTrail",
];
const OF_THE_INSTANCE_RULE: [&str; 12] = [
    "InstanceRule",
    "InstanceRemediation",
    "AttachRole",
    "AttachRunbook",
    "DetachRole",
    "DetachRunbook",
    "InstanceEvents",
    "InstanceEventsPermission",
    "InstanceEvaluations",
    "UnverifiedInstances",
    "NoInstanceEvaluation",
    "InstancesNotVerified",
];
const OF_EITHER_RULE: [&str; 4] = [
    "EvaluatorPermission",
    "RoleEvents",
    "RoleEventsPermission",
    "EventsNotDelivered",
];

/// The rule about the trail is for one Region of an account, that about instances for all.
#[test]
fn each_rule_is_deployed_where_it_is_wanted_only() {
    let everything = with(&[
        ("AutomaticRemediation", "true"),
        ("InstanceProfileArn", PROFILE),
        ("InstanceProfileRoleArn", PROFILE_ROLE),
        ("DetachableRoleArns", PROFILE_ROLE),
        ("GuardTrail", "minimal"),
    ]);
    let optional = [
        "TrailBucket",
        "TrailBucketPolicy",
        "TrailKey",
        "NotificationSubscription",
    ];
    let template = template();
    for (trail, instances) in [
        ("true", "true"),
        ("true", "false"),
        ("false", "true"),
        ("false", "false"),
    ] {
        let rules = [
            ("DeployTrailRule", trail),
            ("DeployInstanceRule", instances),
        ];
        let stack = template.render(&[everything.as_slice(), &rules].concat());
        for resource in template.section("Resources").keys().map(String::as_str) {
            let expected = match resource {
                _ if OF_EITHER_RULE.contains(&resource) => trail == "true" || instances == "true",
                _ if OF_THE_TRAIL_RULE.contains(&resource) => trail == "true",
                _ if OF_THE_INSTANCE_RULE.contains(&resource) => instances == "true",
                _ => !optional.contains(&resource),
            };
            let is_there = stack.properties(resource).is_some();
            assert_eq!(is_there, expected, "{resource}: {rules:?}");
        }
    }
}
