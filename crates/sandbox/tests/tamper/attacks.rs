//! The known attacks on what this account holds: every call of theirs is one that it understands.

use serde_json::json;
use trailkeeper_sandbox::attacks::{self, LOOT, Target};
use trailkeeper_sandbox::seed::{
    BucketSeed, DocumentSeed, FunctionSeed, KeySeed, OrganizationSeed, PermissionSeed, RoleSeed,
    TrailSeed, cloudtrail_bucket_policy,
};
use trailkeeper_sandbox::{OrganizationRole, Sandbox, World};

use crate::{OWN, REGION, all_well, world};

const KEY: &str = "1a2b3c4d-1111-4222-8333-0123456789ab";

fn target() -> Target {
    Target {
        account: OWN.to_owned(),
        region: REGION.to_owned(),
        trail: "main".to_owned(),
        bucket: "logs".to_owned(),
        key_id: KEY.to_owned(),
        topic: "audit".to_owned(),
        log_group: "audit".to_owned(),
        log_role: "to-logs".to_owned(),
        rule: "trails".to_owned(),
        evaluator: "evaluator".to_owned(),
        remediator: "remediator".to_owned(),
        runbook: "Restore".to_owned(),
        event_rule: "events".to_owned(),
        detector: "12abc34d567e8fa901bc2d34e56789f0".to_owned(),
    }
}

fn permission() -> PermissionSeed {
    PermissionSeed {
        statement_id: "config".to_owned(),
        principal: "config.amazonaws.com".to_owned(),
        source_arn: None,
        source_account: Some(OWN.to_owned()),
        qualifier: None,
    }
}

fn functions(world: &mut World, target: &Target) {
    for name in [&target.evaluator, &target.remediator] {
        world.seed_function_settings(FunctionSeed {
            name: name.clone(),
            permissions: Some(vec![permission()]),
            ..FunctionSeed::default()
        });
    }
    let content = json!({"schemaVersion": "0.3", "mainSteps": [
        {"name": "wait", "action": "aws:sleep", "inputs": {"Duration": "PT2S"}}]});
    let document = DocumentSeed {
        region: REGION.to_owned(),
        name: target.runbook.clone(),
        content: content.to_string(),
        owner: None,
    };
    world.seed_document(document).unwrap();
}

/// Everything that the attacks go for, once.
fn prepared(role: OrganizationRole, administrator: Option<&str>, target: &Target) -> World {
    let mut world = world();
    target.seed_intruder(&mut world);
    assert!(world.seed_object(LOOT, "nothing.zip", b"PK"));
    world.seed_organization(OrganizationSeed {
        role,
        delegated_administrators: administrator.iter().map(ToString::to_string).collect(),
        ..OrganizationSeed::default()
    });
    world.seed_topic(&target.topic_arn(), None);
    let subscription = "00000001-0000-4000-8000-000000000000";
    assert!(world.seed_subscription(&target.topic_arn(), subscription, "email", "a@example.com"));
    world.seed_log_group(&target.log_group_arn());
    let write = json!({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "logs:*", "Resource": "*"}]});
    world.seed_role(RoleSeed::new("to-logs").with_inline("write-logs", &write.to_string()));
    world.seed_role(RoleSeed {
        path: "/aws-service-role/cloudtrail.amazonaws.com/".to_owned(),
        ..RoleSeed::new("AWSServiceRoleForCloudTrail")
    });
    functions(&mut world, target);
    world.seed_key(KeySeed {
        id: KEY.to_owned(),
        external_origin: true,
        custom_key_store: Some("cks-1234567890abcdef0".to_owned()),
        ..KeySeed::default()
    });
    let policy = cloudtrail_bucket_policy("aws", "logs", None, OWN, &target.trail_arn());
    world.seed_bucket(BucketSeed {
        name: "logs".to_owned(),
        policy: Some(policy),
        ..BucketSeed::default()
    });
    world.seed_trail(TrailSeed::healthy("main", REGION, "logs", world.now()));
    world
}

async fn set_up(sandbox: &Sandbox, target: &Target) {
    let group = || target.log_group.clone();
    let filter = json!({"logGroupName": group(), "filterName": "trail-changed",
        "filterPattern": "", "metricTransformations": [
            {"metricName": "m", "metricNamespace": "n", "metricValue": "1"}]});
    let stream = format!("{}_CloudTrail_{}", target.account, target.region);
    let stream = json!({"logGroupName": group(), "logStreamName": stream});
    let calls = [("PutMetricFilter", filter), ("CreateLogStream", stream)];
    all_well(sandbox, "logs", &calls).await;
    let settings = json!({"FunctionName": target.evaluator, "MaximumRetryAttempts": 2});
    let settings = [("PutFunctionEventInvokeConfig", settings)];
    all_well(sandbox, "lambda", &settings).await;
    let alarm = json!({"AlarmName": "trail-changed", "MetricName": "m", "Namespace": "n",
        "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1, "Threshold": 1,
        "ComparisonOperator": "GreaterThanThreshold"});
    all_well(sandbox, "cloudwatch", &[("PutMetricAlarm", alarm)]).await;
}

#[tokio::test]
async fn every_call_of_the_known_attacks_succeeds_on_an_account_that_has_what_they_want() {
    let target = target();
    let ids = (24..=42).chain([46]).map(|number| format!("B{number}"));
    let mut performed = 0;
    for id in ids {
        for way in attacks::ways(&id, &target) {
            // a member leaves, the management account removes members
            let role = match way.name {
                "leave" => OrganizationRole::Member,
                _ => OrganizationRole::Management,
            };
            // a delegated administrator cannot be removed
            let administrator = Some("222233334444").filter(|_| id == "B41");
            let sandbox = Sandbox::new(prepared(role, administrator, &target));
            set_up(&sandbox, &target).await;
            let done = way.perform(&sandbox, &target).await;
            assert_eq!(done, Ok(()), "{id} {}", way.name);
            performed += 1;
        }
    }
    assert!(performed > 40, "{performed}");
}
