//! What is found, code by code.

use serde_json::{Value, json};
use trailkeeper_core::facts::{Executions, KeyState, RemediationExceptionFacts};
use trailkeeper_core::fast_path::{Handler, events};
use trailkeeper_core::guard::{GuardRecord, GuardView, examine};
use trailkeeper_core::{CallError, Fact, operation};

use crate::support::{
    EVALUATOR, EVENTS, REMEDIATOR, ROLE, RULE, RUNBOOK, TRAIL, caller, config_rule, event_rule,
    execution, found, hears, known, now, requirements, sources, target, trust, view,
};

type Change = fn(&mut GuardView);

#[test]
fn all_in_order_is_compliant_with_and_without_a_record() {
    assert!(found(&view(), None).is_empty());
    assert!(found(&view(), Some(&view().record())).is_empty());
}

/// Each part gone, stopped or changed, and the one finding that says so. The record was taken
/// before.
#[test]
fn each_move_against_the_guard_is_one_finding() {
    let cases: &[(&str, Change)] = &[
        ("recorder-off: the recorder default is stopped", |view| {
            recorder(view)
        }),
        ("recorder-off: AWS Config has no recorder", |view| {
            view.recorders = Some(Fact::Known(Vec::new()));
        }),
        ("delivery-channel-missing: ", |view| {
            view.channels = Some(Fact::Known(Vec::new()));
        }),
        (
            "config-rule-missing: the rule of AWS Config trailkeeper-cloudtrail-enabled is not",
            |v| {
                v.config_rules.insert(RULE.to_owned(), Fact::Known(None));
            },
        ),
        (
            "config-rule-missing: the rule trailkeeper-cloudtrail-enabled is deleting",
            |view| {
                known(&mut view.config_rules, RULE).state = Some("DELETING".to_owned());
            },
        ),
        (
            "config-rule-changed: rule of AWS Config trailkeeper-cloudtrail-enabled: source is arn:x",
            |v| {
                known(&mut v.config_rules, RULE).source = Some("arn:x".to_owned());
            },
        ),
        (
            "config-rule-changed: rule of AWS Config trailkeeper-cloudtrail-enabled: parameter:rule is gone",
            |v| {
                known(&mut v.config_rules, RULE).parameters =
                    [("trailName".to_owned(), "org-audit".to_owned())]
                        .into_iter()
                        .collect::<std::collections::BTreeMap<_, _>>()
                        .into();
            },
        ),
        ("remediation-missing: ", |view| {
            view.remediations.insert(RULE.to_owned(), Fact::Known(None));
        }),
        (
            "remediation-changed: remediation configuration trailkeeper-cloudtrail-enabled: parameter:CloudTrailName is other, was org-audit",
            |v| {
                let parameters = &mut known(&mut v.remediations, RULE).parameters;
                parameters.insert("CloudTrailName".to_owned(), vec!["other".to_owned()]);
            },
        ),
        ("event-rule-off: the rule of EventBridge", |view| {
            view.event_rules
                .insert(EVENTS.to_owned(), Fact::Known(None));
        }),
        (
            "event-rule-off: the rule trailkeeper-cloudtrail-events is disabled",
            |view| {
                known(&mut view.event_rules, EVENTS).state = "DISABLED".to_owned();
            },
        ),
        (
            "event-rule-changed: rule of EventBridge trailkeeper-cloudtrail-events: pattern is not what it was",
            |v| {
                known(&mut v.event_rules, EVENTS).pattern = Some("{}".to_owned());
            },
        ),
        ("function-missing: ", |view| {
            view.functions
                .insert(REMEDIATOR.to_owned(), Fact::Known(None));
        }),
        (
            "function-changed: Lambda function trailkeeper-remediator: codeSha256 is evil, was q1w2e3",
            |v| {
                known(&mut v.functions, REMEDIATOR).code_sha256 = "evil".to_owned();
            },
        ),
        (
            "function-changed: Lambda function trailkeeper-remediator: environment:SECRET is not what it was",
            |v| {
                let environment = &mut known(&mut v.functions, REMEDIATOR).environment;
                environment.insert("SECRET".to_owned(), "hunter3".to_owned());
            },
        ),
        (
            "kill-switch-used: Lambda function trailkeeper-evaluator: environment:TRAILKEEPER_MODE is off, was enforce",
            |v| {
                let environment = &mut known(&mut v.functions, EVALUATOR).environment;
                environment.insert("TRAILKEEPER_MODE".to_owned(), "off".to_owned());
            },
        ),
        ("runbook-missing: ", |view| {
            view.runbooks.insert(RUNBOOK.to_owned(), Fact::Known(None));
        }),
        (
            "runbook-missing: the document Trailkeeper-RestoreCloudTrail is Deleting",
            |view| {
                known(&mut view.runbooks, RUNBOOK).status = "Deleting".to_owned();
            },
        ),
        (
            "runbook-changed: SSM document Trailkeeper-RestoreCloudTrail: hash is 00, was abab",
            |v| {
                known(&mut v.runbooks, RUNBOOK).hash = "00".to_owned();
            },
        ),
        ("guard-role-missing: ", |view| {
            view.roles.insert(ROLE.to_owned(), Fact::Known(None));
        }),
        (
            "guard-role-changed: role trailkeeper-automation: trust is not what it was",
            |view| {
                known(&mut view.roles, ROLE).facts.trust = Some("{}".to_owned());
            },
        ),
        (
            "guard-role-changed: role trailkeeper-automation: inline:run is gone",
            |view| {
                known(&mut view.roles, ROLE).inline.clear();
            },
        ),
        (
            "guard-trail-off: the trail trailkeeper-guard is stopped",
            |view| {
                known(&mut view.trails, TRAIL).is_logging = Some(false);
            },
        ),
        (
            "guard-trail-off: the trail trailkeeper-guard is stopped",
            |view| {
                known(&mut view.trails, TRAIL).is_logging = None;
            },
        ),
        (
            "guard-trail-off: the trail trailkeeper-guard is not there",
            |view| {
                view.trails.insert(TRAIL.to_owned(), Fact::Known(None));
            },
        ),
        ("key-disabled: ", |view| key(view, KeyState::Disabled)),
        ("key-pending-deletion: ", |view| {
            key(view, KeyState::PendingDeletion)
        }),
        ("key-unusable: ", |view| {
            key(view, KeyState::Other("Unavailable".to_owned()))
        }),
        ("guardduty-off: GuardDuty has no detector", |view| {
            view.detectors = Some(Fact::Known(Vec::new()));
        }),
        (
            "guardduty-off: the detector 12abc34d567e8fa901bc2d34e56789f0 is suspended",
            |view| {
                if let Some(Fact::Known(all)) = &mut view.detectors {
                    all.iter_mut().for_each(|one| one.enabled = false);
                }
            },
        ),
        (
            "guardduty-suppressed: the filter quiet archives GuardDuty's finding",
            |view| {
                if let Some(Fact::Known(all)) = &mut view.detectors {
                    all.iter_mut()
                        .for_each(|one| one.archiving_filters.push("quiet".to_owned()));
                }
            },
        ),
        (
            "remediation-blocked: an exception of trailkeeper-cloudtrail-enabled on AWS::::Account 111122223333 blocks its repair: gave up",
            |v| {
                v.exceptions
                    .insert(RULE.to_owned(), Fact::Known(vec![exception()]));
            },
        ),
        (
            "repairs-exhausted: Trailkeeper-RestoreCloudTrail began 4 times within an hour",
            |view| {
                let runs = (0..7).map(|at| execution("x", &format!("2026-03-02T09:{at}5:00Z")));
                let old = execution("y", "2026-03-02T08:59:00Z");
                let runs = runs.take(4).chain([old]).collect();
                let is_cut = false;
                let runs = Fact::Known(Executions { runs, is_cut });
                view.executions.insert(RUNBOOK.to_owned(), runs);
            },
        ),
        (
            "repairs-exhausted: Trailkeeper-RestoreCloudTrail began more often within an hour than can be counted",
            |view| {
                let (runs, is_cut) = (Vec::new(), true);
                let runs = Fact::Known(Executions { runs, is_cut });
                view.executions.insert(RUNBOOK.to_owned(), runs);
            },
        ),
    ];
    let record = view().record();
    for (expected, change) in cases {
        let mut changed = view();
        change(&mut changed);
        let found = found(&changed, Some(&record));
        assert_eq!(found.len(), 1, "{expected}: {found:?}");
        assert!(found[0].starts_with(expected), "{expected}: {found:?}");
        assert!(!found[0].contains("hunter"), "{found:?}");
    }
}

/// What is wrong whatever was recorded.
#[test]
fn without_a_record_state_and_presence_count() {
    let cases: &[(&str, Change)] = &[
        (
            "remediation-changed: the remediation of trailkeeper-cloudtrail-enabled is not automatic",
            |v| {
                known(&mut v.remediations, RULE).automatic = false;
            },
        ),
        (
            "event-rule-changed: the rule trailkeeper-cloudtrail-events has no target",
            |view| {
                known(&mut view.event_rules, EVENTS).targets.clear();
            },
        ),
        (
            "event-rule-changed: no target of the rule trailkeeper-cloudtrail-events is a function",
            |view| {
                let targets = &mut known(&mut view.event_rules, EVENTS).targets;
                targets[0].arn = "arn:aws:lambda:us-east-1:111122223333:function:sink".to_owned();
            },
        ),
        (
            "event-rule-changed: no target of the rule trailkeeper-cloudtrail-events is a function",
            |view| {
                let targets = &mut known(&mut view.event_rules, EVENTS).targets;
                targets[0].arn = targets[0].arn.replace("111122223333", "444455556666");
            },
        ),
        (
            "event-rule-changed: the rule trailkeeper-cloudtrail-events sends",
            |view| {
                known(&mut view.event_rules, EVENTS).targets =
                    vec![target(json!({ "Input": "{}" }))];
            },
        ),
        (
            "event-rule-changed: the rule trailkeeper-cloudtrail-events sends",
            |view| {
                let template = json!({ "InputTransformer": { "InputTemplate": "x" } });
                known(&mut view.event_rules, EVENTS).targets = vec![target(template)];
            },
        ),
        (
            "kill-switch-used: the function trailkeeper-evaluator answers to no event",
            |view| {
                let environment = &mut known(&mut view.functions, EVALUATOR).environment;
                environment.insert("TRAILKEEPER_MODE".to_owned(), "off".to_owned());
            },
        ),
        (
            "kill-switch-used: the function trailkeeper-evaluator cannot answer to an event: it has no TRAILKEEPER_TOPIC_ARN",
            |view| {
                let environment = &mut known(&mut view.functions, EVALUATOR).environment;
                environment.remove("TRAILKEEPER_TOPIC_ARN");
            },
        ),
        (
            "kill-switch-used: the function trailkeeper-evaluator cannot answer to an event: it has no TRAILKEEPER_CONFIG_RULE",
            |view| {
                let environment = &mut known(&mut view.functions, EVALUATOR).environment;
                environment.insert("TRAILKEEPER_CONFIG_RULE".to_owned(), String::new());
            },
        ),
        (
            "function-changed: the function trailkeeper-remediator does not call AWS itself: its AWS_ENDPOINT_URL_KMS is set",
            |view| {
                let environment = &mut known(&mut view.functions, REMEDIATOR).environment;
                environment.insert("AWS_ENDPOINT_URL_KMS".to_owned(), "https://x".to_owned());
            },
        ),
        (
            "recorder-off: the recorder default fails: NoSuchBucket",
            |view| {
                if let Some(Fact::Known(all)) = &mut view.recorders {
                    all[0].last_error = Some("NoSuchBucket".to_owned());
                }
            },
        ),
        (
            "function-throttled: the function trailkeeper-remediator",
            |view| {
                known(&mut view.functions, REMEDIATOR).reserved_concurrency = Some(0);
            },
        ),
        (
            "function-permission-missing: the function trailkeeper-evaluator does not let config.amazonaws.com in",
            |v| {
                known(&mut v.functions, EVALUATOR).policy = None;
            },
        ),
        (
            "function-permission-missing: the function trailkeeper-evaluator does not let events.amazonaws.com in",
            |v| {
                let policy = known(&mut v.functions, EVALUATOR).policy.take().unwrap();
                let policy = policy.replace("events.amazonaws.com", "s3.amazonaws.com");
                known(&mut v.functions, EVALUATOR).policy = Some(policy);
            },
        ),
    ];
    for (expected, change) in cases {
        let mut changed = view();
        change(&mut changed);
        let found = found(&changed, None);
        assert_eq!(found.len(), 1, "{expected}: {found:?}");
        assert!(found[0].starts_with(expected), "{expected}: {found:?}");
    }
    let mut throttled = view();
    known(&mut throttled.functions, EVALUATOR).policy = Some("{}".to_owned());
    known(&mut throttled.functions, REMEDIATOR).policy = None;
    assert_eq!(
        found(&throttled, None).len(),
        1,
        "nobody invokes the remediator by policy"
    );
}

/// Whoever changes the pattern of a rule is not heard doing it.
#[test]
fn what_no_rule_hears_any_more_is_told_without_a_record() {
    let heard = |pattern: Value| {
        let mut changed = view();
        known(&mut changed.event_rules, EVENTS).pattern = Some(pattern.to_string());
        found(&changed, None)
    };
    let without = |gone: &str| -> Vec<&str> {
        let all = sources().into_iter();
        all.filter(|source| *source != gone).collect()
    };
    let some = json!({ "eventName": ["StopLogging"] });
    let by_others = json!({ "userIdentity": { "arn": [{ "anything-but": "mallory" }] } });
    let cases = [
        (json!({ "source": ["nothing.at.all"] }), "and "),
        (
            json!({ "source": without("aws.events") }),
            "of aws.events and ",
        ),
        (
            json!({ "source": without("aws.guardduty") }),
            "of aws.guardduty",
        ),
        (json!({ "source": sources(), "detail": some }), "and "),
        (json!({ "source": sources(), "detail": by_others }), "and "),
        (json!({ "source": sources(), "resources": ["x"] }), "and "),
        (json!({ "source": [{ "suffix": ".s3" }] }), "and "),
        // Roles, policies and profiles can be the product's own, whether or not it judges instances.
        (
            json!({ "source": without("aws.iam") }),
            "hears PutRolePolicy of aws.iam and ",
        ),
    ];
    for (pattern, told) in cases {
        let found = heard(pattern.clone());
        assert_eq!(found.len(), 1, "{pattern}: {found:?}");
        let start = "event-rule-changed: no rule of EventBridge hears ";
        assert!(found[0].starts_with(start), "{pattern}: {found:?}");
        assert!(found[0].contains(told), "{pattern}: {found:?}");
    }
    let mut scheduled = view();
    known(&mut scheduled.event_rules, EVENTS).pattern = None;
    assert_eq!(found(&scheduled, None).len(), 1);
    assert!(heard(json!({ "source": [{ "prefix": "aws." }] })).is_empty());
    // Several rules hear together what none hears alone.
    let mut split = view();
    let second = "trailkeeper-second";
    let mut requirements = requirements();
    requirements.event_rules.insert(second.to_owned());
    let first = known(&mut split.event_rules, EVENTS);
    first.pattern = Some(hears(&without("aws.kms")));
    let mut other = first.clone();
    (other.name, other.pattern) = (second.to_owned(), Some(hears(&["aws.kms"])));
    split
        .event_rules
        .insert(second.to_owned(), Fact::Known(Some(other)));
    let all = examine(&requirements, &caller(), &split, None, now());
    assert!(all.is_empty(), "{all:?}");
}

/// The rule of EC2's own events comes with the rule of AWS Config about instances, and with no
/// other: where the guard names that one they must be heard, else nobody waits for them.
#[test]
fn events_of_ec2_are_missed_only_where_instances_are_judged() {
    const SECOND: &str = "trailkeeper-second";
    let cases = [
        ("instance-profile", Some("aws.ec2"), true),
        ("instance-profile", None, false),
        ("cloudtrail-enabled", Some("aws.ec2"), false),
        ("guard", Some("aws.ec2"), false),
        ("instance-profile", Some("aws.iam"), true),
        ("cloudtrail-enabled", Some("aws.iam"), true),
        ("guard", Some("aws.iam"), true),
    ];
    let mut requirements = requirements();
    requirements.notification_rules.clear();
    requirements.config_rules.insert(SECOND.to_owned());
    for (rule, gone, is_told) in cases {
        let sources: Vec<&str> = sources()
            .into_iter()
            .filter(|one| Some(*one) != gone)
            .collect();
        let mut view = view();
        known(&mut view.event_rules, EVENTS).pattern = Some(hears(&sources));
        let second = Fact::Known(Some(config_rule(SECOND, rule)));
        view.config_rules.insert(SECOND.to_owned(), second);
        let found = examine(&requirements, &caller(), &view, None, now());
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert_eq!(
            found.len(),
            usize::from(is_told),
            "{rule} {gone:?}: {found:?}"
        );
        let names_it = |text: &String| gone.is_some_and(|gone| text.contains(gone));
        assert!(found.iter().all(names_it), "{rule} {gone:?}: {found:?}");
    }
}

/// One call that is no longer heard is told, whichever it is of those on roles.
#[test]
fn each_call_on_roles_is_missed() {
    let others: Vec<&str> = sources()
        .into_iter()
        .filter(|one| *one != "aws.iam")
        .collect();
    let of_iam = || events().filter(|row| row.bus_source == "aws.iam");
    assert!(of_iam().any(|row| row.handler == Handler::ManagedPolicy));
    assert!(of_iam().any(|row| row.handler == Handler::InstanceProfile));
    for gone in of_iam() {
        let names = of_iam().map(|row| row.event_name);
        let names: Vec<&str> = names.filter(|name| *name != gone.event_name).collect();
        let roles = json!({ "source": ["aws.iam"], "detail": { "eventName": names } });
        let mut wanted = requirements();
        wanted.event_rules.insert("trailkeeper-roles".to_owned());
        let mut view = view();
        known(&mut view.event_rules, EVENTS).pattern = Some(hears(&others));
        let roles = event_rule("trailkeeper-roles", roles.to_string(), target(json!({})));
        view.event_rules
            .insert("trailkeeper-roles".to_owned(), Fact::Known(Some(roles)));
        let found = examine(&wanted, &caller(), &view, None, now());
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        let expected = format!(
            "event-rule-changed: no rule of EventBridge hears {} of aws.iam",
            gone.event_name
        );
        assert_eq!(found, [expected]);
    }
}

/// I9: what could not be read is never in order.
#[test]
fn an_unread_part_is_could_not_verify() {
    let denied = || CallError::from_code(operation::DESCRIBE_RULE, "x", "AccessDenied", "no");
    let cases: &[Change] = &[
        |view| view.recorders = Some(Fact::Denied(refused())),
        |view| {
            drop(
                view.trails
                    .insert(TRAIL.to_owned(), Fact::Denied(refused())),
            )
        },
        |view| view.channels = Some(Fact::Denied(refused())),
        |view| {
            drop(
                view.config_rules
                    .insert(RULE.to_owned(), Fact::Denied(refused())),
            )
        },
        |view| {
            drop(
                view.remediations
                    .insert(RULE.to_owned(), Fact::Denied(refused())),
            )
        },
        |view| {
            drop(
                view.exceptions
                    .insert(RULE.to_owned(), Fact::Denied(refused())),
            )
        },
        |view| {
            drop(
                view.executions
                    .insert(RUNBOOK.to_owned(), Fact::Denied(refused())),
            )
        },
        |view| {
            drop(
                view.event_rules
                    .insert(EVENTS.to_owned(), Fact::Denied(refused())),
            )
        },
        |view| {
            drop(
                view.functions
                    .insert(EVALUATOR.to_owned(), Fact::Denied(refused())),
            )
        },
        |view| {
            drop(
                view.runbooks
                    .insert(RUNBOOK.to_owned(), Fact::Unavailable(refused())),
            )
        },
        |view| {
            drop(
                view.roles
                    .insert(ROLE.to_owned(), Fact::Unavailable(refused())),
            )
        },
        |view| view.key = Some(Fact::Unavailable(refused())),
        |view| view.detectors = Some(Fact::Unavailable(refused())),
    ];
    for (place, change) in cases.iter().enumerate() {
        let mut changed = view();
        change(&mut changed);
        let found = found(&changed, Some(&view().record()));
        let expected = format!("could-not-verify: {} {}", denied().operation, denied().code);
        assert_eq!(found, [expected], "case {place}");
    }
}

#[test]
fn what_is_foreign_is_escaped_and_cut() {
    let mut changed = view();
    let mut nasty = exception();
    nasty.message = format!("\u{1b}[31m{}\n", "x".repeat(10_000));
    changed
        .exceptions
        .insert(RULE.to_owned(), Fact::Known(vec![nasty]));
    let found = found(&changed, None);
    assert!(found[0].chars().count() < 400, "{found:?}");
    assert!(!found[0].chars().any(char::is_control), "{found:?}");
}

#[test]
fn a_recorded_part_is_looked_at_though_no_parameter_names_it() {
    let record: GuardRecord = view().record();
    let wanted = trailkeeper_core::guard::Requirements::default();
    let parts = GuardView::parts(&wanted, Some(&record));
    assert_eq!(parts.len(), record.0.len());
    assert_eq!(parts.len(), 12);
    assert!(GuardView::parts(&wanted, None).is_empty());
}

fn refused() -> CallError {
    CallError::from_code(operation::DESCRIBE_RULE, "x", "AccessDenied", "no")
}

fn recorder(view: &mut GuardView) {
    if let Some(Fact::Known(all)) = &mut view.recorders {
        all.iter_mut().for_each(|one| one.recording = false);
    }
}

fn key(view: &mut GuardView, state: KeyState) {
    if let Some(Fact::Known(key)) = &mut view.key {
        key.state = state;
    }
}

pub(crate) fn exception() -> RemediationExceptionFacts {
    RemediationExceptionFacts {
        resource_type: "AWS::::Account".to_owned(),
        resource_id: "111122223333".to_owned(),
        message: "gave up".to_owned(),
        expires: None,
    }
}

/// Without a record: nobody but the services that run functions and runbooks.
#[test]
fn a_role_is_the_services_alone() {
    let services = json!({ "Service": ["lambda.amazonaws.com", "ssm.amazonaws.com"] });
    let allowed = trust(&services);
    let denied = allowed.replace("Allow", "Deny");
    let root =
        json!({ "Service": "lambda.amazonaws.com", "AWS": "arn:aws:iam::444455556666:root" });
    let cases = [
        (Some(allowed), None),
        (None, None),
        (Some(denied), Some("may be taken on by nobody")),
        (
            Some(trust(&root)),
            Some("may be taken on by arn:aws:iam::444455556666:root"),
        ),
        (
            Some(trust(&json!({ "Service": "ec2.amazonaws.com" }))),
            Some("may be taken on by ec2.amazonaws.com"),
        ),
        (
            Some(trust(
                &json!({ "Federated": "cognito-identity.amazonaws.com" }),
            )),
            Some("may be taken on by cognito-identity.amazonaws.com"),
        ),
        (
            Some(trust(&json!("*"))),
            Some("may be taken on by everyone"),
        ),
        (
            Some("{".to_owned()),
            Some("has a trust policy that cannot be read"),
        ),
    ];
    for (trust, why) in cases {
        let mut view = view();
        known(&mut view.roles, ROLE).facts.trust = trust;
        let expected = why.map(|why| format!("guard-role-changed: the role {ROLE} {why}"));
        assert_eq!(found(&view, None), Vec::from_iter(expected));
        // What was recorded is compared, and nothing else.
        assert_eq!(found(&view, Some(&view.record())), [""; 0]);
    }
}
