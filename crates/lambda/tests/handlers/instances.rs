//! Events for the rule about instance profiles.

use jiff::SignedDuration;
use serde_json::json;
use trailkeeper_sandbox::seed::InstanceSeed;
use trailkeeper_sandbox::{Fault, FaultKind, Sandbox, When};

use crate::account::{ACCOUNT, REGION};
use crate::seeds::{
    BARE, GOOD, INSTANCE, WIDE, changed, event, instance_results, instances_world, item,
    profile_arn,
};
use crate::{ask, counted, evaluate, now, settings, started};

fn account() -> Sandbox {
    Sandbox::new(instances_world(now()))
}

fn scheduled() -> serde_json::Value {
    event(&json!({
        "awsAccountId": ACCOUNT,
        "notificationCreationTime": now(),
        "messageType": "ScheduledNotification",
    }))
}

#[tokio::test]
async fn a_changed_instance_is_judged_and_logged() {
    let cases = [
        (GOOD, Some("narrow"), "COMPLIANT", ""),
        (BARE, None, "NON_COMPLIANT", "no-instance-profile"),
        (WIDE, Some("wide"), "NON_COMPLIANT", "wildcard-action"),
    ];
    for (id, profile, compliance, code) in cases {
        let sandbox = account();
        let (answer, line) = evaluate(&sandbox, changed(now(), id, profile)).await;
        let answer = answer.unwrap();
        assert_eq!(answer["rule"], "instance-profile");
        assert_eq!(answer["evaluations"][0]["resourceType"], INSTANCE);
        assert_eq!(answer["evaluations"][0]["resourceId"], id);
        assert_eq!(answer["evaluations"][0]["compliance"], compliance);
        let stored = instance_results(&sandbox).await;
        assert_eq!(stored.len(), 1, "{stored:?}");
        assert_eq!(stored[0][..2], [id, compliance]);
        assert!(stored[0][2].starts_with(code), "{stored:?}");
        assert_eq!(line["level"], "INFO");
        assert_eq!(line["message"], "evaluated");
        assert_eq!(line["rule"], "instance-profile");
        assert_eq!(line["verdict"], compliance);
        let codes = line["findings"].as_str().unwrap();
        assert!(codes.starts_with(code), "{line}");
        assert_eq!(codes.is_empty(), code.is_empty(), "{line}");
    }
}

/// Each call once, and on a warm function none for a document of AWS, which never changes.
#[tokio::test]
async fn a_change_costs_few_calls_and_fewer_on_a_warm_function() {
    let sandbox = account();
    let evaluator = started(&sandbox, settings());
    let cold = [
        "GetInstanceProfile 1",
        "GetPolicy 1",
        "GetPolicyVersion 1",
        "GetRole 1",
        "GetRolePolicy 1",
        "ListAttachedRolePolicies 1",
        "ListRolePolicies 1",
        "PutEvaluations 1",
    ];
    let warm: Vec<&str> = cold
        .into_iter()
        .filter(|call| *call != "GetPolicyVersion 1")
        .collect();
    for (wanted, round_trips) in [(cold.to_vec(), 5), (warm, 4)] {
        sandbox.clear_calls();
        let (answer, line) = ask(&evaluator, changed(now(), GOOD, Some("narrow"))).await;
        answer.unwrap();
        assert_eq!(counted(&sandbox), wanted);
        assert_eq!(line["callCount"], wanted.len(), "{line}");
        assert_eq!(line["roundTrips"], round_trips, "{line}");
    }
    sandbox.clear_calls();
    let (answer, _) = ask(&evaluator, changed(now(), BARE, None)).await;
    answer.unwrap();
    assert_eq!(counted(&sandbox), ["PutEvaluations 1"]);
}

/// P9: the item of the notified time counts, not the newest.
#[tokio::test]
async fn p09_an_oversized_change_is_judged_by_the_item_of_its_time() {
    let sandbox = account();
    let then = now() - SignedDuration::from_mins(10);
    let profile = json!({"arn": profile_arn("narrow")});
    sandbox
        .with_world(|world| world.seed_configuration_item(REGION, &item(then, BARE, Some(profile))))
        .unwrap();
    let oversized = event(&json!({
        "configurationItemSummary": {
            "configurationItemCaptureTime": then,
            "configurationItemStatus": "OK",
            "resourceType": INSTANCE,
            "resourceId": BARE,
            "awsAccountId": ACCOUNT,
        },
        "notificationCreationTime": now(),
        "messageType": "OversizedConfigurationItemChangeNotification",
    }));
    let (answer, line) = evaluate(&sandbox, oversized).await;
    let answer = answer.unwrap();
    assert_eq!(
        answer["evaluations"][0]["compliance"], "COMPLIANT",
        "{answer}"
    );
    let calls = line["calls"].as_str().unwrap();
    assert!(
        calls.contains("config:GetResourceConfigHistory 1"),
        "{calls}"
    );
}

/// 250 instances besides the three: half of them with a profile.
fn many() -> Sandbox {
    let mut world = instances_world(now());
    for number in 0..250 {
        let seed = InstanceSeed::new(REGION, &format!("i-1{number:016x}"));
        let narrow = profile_arn("narrow");
        world.seed_instance(if number % 2 == 0 {
            seed.with_profile(&narrow)
        } else {
            seed
        });
    }
    Sandbox::new(world)
}

#[tokio::test]
async fn a_scheduled_run_reports_all_instances_in_batches_of_a_hundred() {
    let sandbox = many();
    let (answer, line) = evaluate(&sandbox, scheduled()).await;
    let answer = answer.unwrap();
    let counts = json!({"compliant": 126, "nonCompliant": 127, "notApplicable": 0});
    assert_eq!(answer["counts"], counts);
    assert_eq!(answer["evaluations"].as_array().unwrap().len(), 20);
    assert_eq!(line["verdict"], "COMPLIANT 126, NON_COMPLIANT 127");
    assert_eq!(line["compliant"], 126);
    assert_eq!(line["nonCompliant"], 127);
    assert_eq!(line["notApplicable"], 0);
    let of = |operation: &str| {
        let calls = sandbox.calls();
        let calls = calls.into_iter().filter(|call| call.operation == operation);
        calls.collect::<Vec<_>>()
    };
    let batch = |call: &trailkeeper_sandbox::CallRecord| {
        call.input["Evaluations"].as_array().unwrap().len()
    };
    let batches: Vec<usize> = of("PutEvaluations").iter().map(batch).collect();
    assert_eq!(batches, [100, 100, 53]);
    assert_eq!(of("SelectResourceConfig").len(), 3);
    for once in ["GetInstanceProfile", "GetRole", "ListRolePolicies"] {
        assert_eq!(of(once).len(), 2, "{once}: once for each of two roles");
    }
    assert_eq!(
        instance_results(&sandbox).await.len(),
        100,
        "the first page"
    );
}

#[tokio::test]
async fn a_throttled_listing_withdraws_nothing_and_is_told() {
    let sandbox = account();
    evaluate(&sandbox, scheduled()).await.0.unwrap();
    let kind = FaultKind::Throttle;
    sandbox.inject(Fault::new(
        "config",
        "SelectResourceConfig",
        When::Always,
        kind,
    ));
    let (answer, line) = evaluate(&sandbox, scheduled()).await;
    assert!(answer.is_ok(), "{answer:?}");
    let stored = instance_results(&sandbox).await;
    let ids: Vec<&str> = stored.iter().map(|[id, ..]| id.as_str()).collect();
    assert_eq!(ids, [ACCOUNT, GOOD, BARE, WIDE]);
    assert!(stored[0][2].starts_with("could-not-verify"), "{stored:?}");
    let failed = line["failedCalls"].as_str().unwrap();
    assert!(failed.contains("config:SelectResourceConfig"), "{line}");
}

#[tokio::test]
async fn an_instance_that_is_gone_loses_its_result() {
    let sandbox = account();
    evaluate(&sandbox, scheduled()).await.0.unwrap();
    assert!(sandbox.with_world(|world| world.remove_instance(REGION, BARE)));
    let later = now() + SignedDuration::from_mins(60);
    let event = event(&json!({
        "awsAccountId": ACCOUNT,
        "notificationCreationTime": later,
        "messageType": "ScheduledNotification",
    }));
    let (answer, line) = evaluate(&sandbox, event).await;
    assert_eq!(answer.unwrap()["counts"]["notApplicable"], 1);
    assert_eq!(line["notApplicable"], 1);
    let stored = instance_results(&sandbox).await;
    let kept: Vec<[&str; 2]> = stored
        .iter()
        .map(|[id, compliance, _]| [id.as_str(), compliance.as_str()])
        .collect();
    let wanted = [
        [GOOD, "COMPLIANT"],
        [BARE, "NOT_APPLICABLE"],
        [WIDE, "NON_COMPLIANT"],
    ];
    assert_eq!(kept, wanted);
}
