//! `runbooks/attach-instance-profile.yaml`, against EC2's rules.

use std::sync::LazyLock;

use serde_json::json;
use trailkeeper_runbook::{AutomationExecution, Document, Status, check, load};

use crate::own_runbook::{assert_explained, assert_explicit};
use crate::support::{ScriptedAws, Seen, path, run_loaded, run_with};
use crate::world::{Fault, Hits, INSTANCE, World, writes};

const RUNBOOK: &str = include_str!("../../../../runbooks/attach-instance-profile.yaml");
const WANTED: &str = "arn:aws:iam::111122223333:instance-profile/team/app/web";
const OTHER: &str = "arn:aws:iam::111122223333:instance-profile/other";

fn world(states: &[&'static str]) -> World {
    let web = json!({ "Arn": WANTED, "Roles": [{ "RoleName": "web-role" }] });
    let bare = json!({ "Arn": OTHER, "Roles": [] });
    World {
        states: states.to_vec(),
        profiles: [("web".to_owned(), web), ("bare".to_owned(), bare)].into(),
        ..World::default()
    }
}

fn run(aws: &ScriptedAws, allow: bool) -> AutomationExecution {
    let allow = if allow { "true" } else { "false" };
    static LOADED: LazyLock<Document> = LazyLock::new(|| load(RUNBOOK).unwrap());
    run_loaded(
        &LOADED,
        &[
            ("InstanceId", &[INSTANCE]),
            ("InstanceProfileName", &["web"]),
            ("AllowReplacement", &[allow]),
        ],
        aws,
    )
}

fn outcome(report: &AutomationExecution) -> &str {
    &report.variables["Outcome"][0]
}

#[test]
fn it_is_clean_and_leaves_nothing_to_defaults() {
    assert_eq!(check(RUNBOOK), []);
    assert_explicit(RUNBOOK);
    assert_explained(RUNBOOK);
}

/// State of the instance, profile there, replacement allowed: outcome and writes.
#[test]
fn p14_every_state_has_its_way() {
    let replaced = [
        "ec2:CreateTags",
        "ec2:ReplaceIamInstanceProfileAssociation",
        "ec2:CreateTags",
    ];
    let swapped = [
        "ec2:CreateTags",
        "ec2:DisassociateIamInstanceProfile",
        "ec2:AssociateIamInstanceProfile",
        "ec2:CreateTags",
    ];
    let attached = ["ec2:AssociateIamInstanceProfile"];
    type Case<'a> = (
        &'a [&'static str],
        Option<&'a str>,
        bool,
        &'a str,
        &'a [&'a str],
    );
    let cases: [Case<'_>; 12] = [
        (&["running"], None, false, "attached", &attached),
        (&["stopped"], None, false, "attached", &attached),
        (
            &["pending", "pending", "running"],
            None,
            false,
            "attached",
            &attached,
        ),
        (&["stopping", "stopped"], None, false, "attached", &attached),
        (&["running"], Some(WANTED), true, "already-attached", &[]),
        (&["stopped"], Some(WANTED), true, "already-attached", &[]),
        (&["running"], Some(OTHER), true, "replaced", &replaced),
        (&["stopped"], Some(OTHER), true, "replaced", &swapped),
        (&["running"], Some(OTHER), false, "", &[]),
        (&["stopped"], Some(OTHER), false, "", &[]),
        (&["terminated"], None, true, "", &[]),
        (&["stopping", "shutting-down"], Some(OTHER), true, "", &[]),
    ];
    for (states, there, allow, wanted, calls) in cases {
        let case = format!("{states:?} {there:?} {allow}");
        let mut world = world(states);
        if let Some(arn) = there {
            world = world.with_profile(arn);
        }
        let (aws, world) = world.open();
        let report = run(&aws, allow);
        assert_eq!(writes(&aws), calls, "{case}: {:?}", path(&report));
        let profile = world.lock().unwrap().profile().map(str::to_owned);
        if wanted.is_empty() {
            assert_eq!(report.automation_execution_status, Status::Failed, "{case}");
            assert_eq!(profile.as_deref(), there, "{case}");
        } else {
            assert_eq!(
                report.automation_execution_status,
                Status::Success,
                "{case}: {report:#?}"
            );
            assert_eq!(outcome(&report), wanted, "{case}");
            assert_eq!(profile.as_deref(), Some(WANTED), "{case}");
            assert_eq!(report.outputs["ReadResult.ProfileArn"], [WANTED], "{case}");
            let second = writes(&aws).len();
            let again = run(&aws, allow);
            assert_eq!(outcome(&again), "already-attached", "{case}");
            assert_eq!(writes(&aws).len(), second, "{case}: a second run writes");
        }
        if wanted == "replaced" {
            assert_eq!(report.outputs["ReadPreviousProfile.ProfileArn"], [OTHER]);
            assert_eq!(report.variables["PreviousProfileArn"], [OTHER]);
        }
    }
}

#[test]
fn p20_a_running_instance_is_never_without_a_profile() {
    let (aws, world) = world(&["running"]).with_profile(OTHER).open();
    run(&aws, true);
    assert_eq!(world.lock().unwrap().gaps, 0);
}

#[test]
fn p7_a_profile_is_found_with_its_path_and_partition_and_taken_by_arn() {
    for arn in [
        "arn:aws-us-gov:iam::111122223333:instance-profile/a/b/web",
        "arn:aws-cn:iam::111122223333:instance-profile/web",
    ] {
        let (aws, world) = world(&["running"]).open();
        let parameters: [(&str, &[&str]); 2] =
            [("InstanceId", &[INSTANCE]), ("InstanceProfileName", &[arn])];
        let report = run_with(RUNBOOK, &parameters, &aws);
        assert_eq!(outcome(&report), "attached");
        assert_eq!(world.lock().unwrap().profile(), Some(arn));
        assert!(
            aws.seen()
                .iter()
                .all(|seen| seen.api != "iam:GetInstanceProfile")
        );
    }
}

#[test]
fn p7_a_profile_that_is_just_being_associated_is_not_associated_again() {
    let mut world = world(&["running"]).with_profile(WANTED);
    world.association.as_mut().unwrap().settles_in = 6;
    let (aws, _) = world.open();
    assert_eq!(outcome(&run(&aws, true)), "already-attached");
    assert_eq!(writes(&aws), [""; 0]);
}

#[test]
fn a_profile_that_ec2_does_not_know_yet_is_waited_for() {
    for (there, states) in [
        (None, "running"),
        (Some(OTHER), "running"),
        (Some(OTHER), "stopped"),
    ] {
        for tries in [1, 3, 4] {
            let mut world = world(&[states]);
            if let Some(arn) = there {
                world = world.with_profile(arn);
            }
            world.propagates_in.insert(WANTED.to_owned(), tries);
            let (aws, world) = world.open();
            let report = run(&aws, true);
            let status = report.automation_execution_status;
            assert_eq!(
                status,
                Status::Success,
                "{there:?} {tries}: {:?}",
                path(&report)
            );
            assert_eq!(world.lock().unwrap().profile(), Some(WANTED));
        }
    }
}

#[test]
fn p20_a_profile_that_ec2_never_takes_leaves_the_old_one() {
    for states in ["running", "stopped"] {
        let mut world = world(&[states]).with_profile(OTHER);
        world.propagates_in.insert(WANTED.to_owned(), 1000);
        let (aws, world) = world.open();
        let report = run(&aws, true);
        assert_eq!(report.automation_execution_status, Status::Failed);
        assert_eq!(world.lock().unwrap().profile(), Some(OTHER), "{states}");
        if states == "stopped" {
            assert_eq!(outcome(&report), "put-back");
            let message = report.failure_message.unwrap();
            assert!(
                message.contains("the old profile was put back"),
                "{message}"
            );
        }
    }
}

/// Each call of a run fails, once and always, before and after its effect.
#[test]
fn p20_no_fault_leaves_an_instance_without_the_profile_it_had() {
    for states in ["running", "stopped"] {
        for there in [None, Some(OTHER), Some(WANTED)] {
            let fresh = || match there {
                Some(arn) => world(&[states]).with_profile(arn),
                None => world(&[states]),
            };
            let (aws, _) = fresh().open();
            run(&aws, true);
            for (number, seen) in aws.seen().into_iter().enumerate() {
                for fault in [Fault::Refused, Fault::Lost, Fault::Throttled] {
                    for hits in [Hits::Number(number), Hits::Same(seen.clone())] {
                        let mut world = fresh();
                        world.fault = Some((hits.clone(), fault));
                        one_fault(world, there, (&hits, fault));
                    }
                }
            }
        }
    }
}

fn one_fault(world: World, there: Option<&str>, case: (&Hits, Fault)) {
    let (aws, world) = world.open();
    let report = run(&aws, true);
    let shown = format!("{there:?} {case:?}: {:#?}", path(&report));
    let status = report.automation_execution_status;
    let profile = world.lock().unwrap().profile().map(str::to_owned);
    assert!(there.is_none() || profile.is_some(), "{shown}");
    if status == Status::Success {
        assert_eq!(profile.as_deref(), Some(WANTED), "{shown}");
    }
    if matches!(case.0, Hits::Number(_)) {
        assert_eq!(status, Status::Success, "{shown}");
    }
    // The fault is over: the next run gets there, and the one after it writes nothing.
    world.lock().unwrap().fault = None;
    assert_eq!(
        run(&aws, true).automation_execution_status,
        Status::Success,
        "{shown}"
    );
    let before = writes(&aws).len();
    assert_eq!(outcome(&run(&aws, true)), "already-attached", "{shown}");
    assert_eq!(writes(&aws).len(), before, "{shown}");
}

/// Nothing can be put back by someone who may associate nothing: the run says so, and names what
/// was there.
#[test]
fn p20_a_role_that_may_only_take_off_is_told() {
    let mut world = world(&["stopped"]).with_profile(OTHER);
    world.fault = Some((
        Hits::Operation("ec2:AssociateIamInstanceProfile"),
        Fault::Refused,
    ));
    let (aws, _) = world.open();
    let report = run(&aws, true);
    assert_eq!(report.automation_execution_status, Status::Failed);
    let message = report.failure_message.unwrap();
    assert!(message.starts_with("step ConfirmPutBack: "), "{message}");
    assert!(message.contains(OTHER), "{message}");
    assert_eq!(report.variables["PreviousProfileArn"], [OTHER]);
}

#[test]
fn p27_a_second_owner_is_noticed_and_left_alone() {
    for states in ["running", "stopped"] {
        let (aws, world) = world(&[states]).with_profile(OTHER).open();
        assert_eq!(outcome(&run(&aws, true)), "replaced");
        // Somebody else sets theirs again, an hour later.
        let fought = world.lock().unwrap().clone().with_profile(OTHER);
        let (aws, world) = fought.open();
        let report = run(&aws, true);
        assert_eq!(report.automation_execution_status, Status::Failed);
        assert_eq!(path(&report).last().unwrap(), "FailTwoOwners Failed");
        assert_eq!(writes(&aws), [""; 0]);
        assert_eq!(world.lock().unwrap().profile(), Some(OTHER));
        // The next day it is tried once more.
        let tag = "done 2026-03-01".to_owned();
        let key = "trailkeeper:profile-replacement".to_owned();
        world.lock().unwrap().tags.insert(key, tag);
        assert_eq!(outcome(&run(&aws, true)), "replaced");
    }
}

#[test]
fn what_cannot_be_is_said() {
    let cases: [(&[&str], Option<&str>, &str, &str); 4] = [
        (&["terminated"], None, "web", "nothing was written"),
        (
            &["running"],
            Some(OTHER),
            "web",
            "AllowReplacement is false",
        ),
        (&["running"], None, "gone", "NoSuchEntity"),
        (&["running"], None, "bare", "output RoleName"),
    ];
    for (states, there, name, text) in cases {
        let mut world = world(states);
        if let Some(arn) = there {
            world = world.with_profile(arn);
        }
        let (aws, _) = world.open();
        let parameters: [(&str, &[&str]); 2] = [
            ("InstanceId", &[INSTANCE]),
            ("InstanceProfileName", &[name]),
        ];
        let report = run_with(RUNBOOK, &parameters, &aws);
        assert_eq!(report.automation_execution_status, Status::Failed);
        let message = report.failure_message.unwrap();
        assert!(message.contains(text), "{message}");
        assert_eq!(writes(&aws), [""; 0]);
    }
}

#[test]
fn odd_names_are_refused_before_the_first_step() {
    for (name, value) in [
        ("InstanceId", "i-1"),
        ("InstanceProfileName", "a b"),
        ("InstanceProfileName", "path/web"),
        ("InstanceProfileName", "arn:aws:iam::111122223333:role/web"),
        ("AllowReplacement", "yes"),
    ] {
        let mut parameters: Vec<(&str, &[&str])> = vec![
            ("InstanceId", &[INSTANCE]),
            ("InstanceProfileName", &["web"]),
        ];
        parameters.retain(|(known, _)| *known != name);
        let value = [value];
        parameters.push((name, &value));
        let refused = crate::support::try_run(RUNBOOK, &parameters, &ScriptedAws::silent());
        assert!(refused.is_err(), "{name} {value:?}");
    }
}

#[test]
fn its_calls_name_the_one_instance() {
    let (aws, _) = world(&["running"]).with_profile(OTHER).open();
    run(&aws, true);
    let names = |seen: &Seen| seen.input.to_string().contains(INSTANCE);
    let own = |seen: &Seen| {
        names(seen) || seen.api.contains("Replace") || seen.api == "iam:GetInstanceProfile"
    };
    assert!(aws.seen().iter().all(own));
}
