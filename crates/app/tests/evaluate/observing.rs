//! Which calls an observation makes, and how many round trips they take.

use std::sync::Arc;

use trailkeeper_app::evaluate::judge_account;
use trailkeeper_core::cloudtrail::{Code, Requirements, Verdict};
use trailkeeper_core::config_rule::Compliance;
use trailkeeper_core::facts::{EventSelectors, ReadWriteType};
use trailkeeper_core::operation::{
    DESCRIBE_TRAILS, GET_BUCKET_POLICY, GET_EVENT_SELECTORS, GET_TRAIL_STATUS, LIST_TRAILS,
};
use trailkeeper_core::{Arn, Fact};

use crate::world::{OWN, World, caller, error, healthy, stopped, time};

const MANAGEMENT: &str = "999900001111";

async fn judge(world: World, wanted: &Requirements) -> (Verdict, Arc<World>) {
    let world = Arc::new(world);
    let now = time("2026-03-02T10:00:00Z");
    let verdict = judge_account(world.ports().readers(), wanted, &caller(), now).await;
    (verdict, world)
}

fn named(trail: &str) -> Requirements {
    Requirements {
        trail: Some(trail.to_owned()),
        ..Requirements::default()
    }
}

fn codes(verdict: &Verdict) -> Vec<Code> {
    verdict.findings.iter().map(|one| one.code).collect()
}

fn count(world: &World, operation: &str) -> usize {
    world
        .calls()
        .iter()
        .filter(|call| call.starts_with(operation))
        .count()
}

fn assert_no_call_twice(world: &World) {
    let mut calls = world.calls();
    calls.dedup();
    assert_eq!(calls, world.calls());
}

#[tokio::test]
async fn a_healthy_trail_takes_seven_reads_in_two_round_trips() {
    let world = World::of(vec![healthy(OWN, "eu-west-1", "audit")]);
    let (verdict, world) = judge(world, &Requirements::default()).await;
    assert_eq!(verdict.compliance(), Compliance::Compliant);
    assert_eq!(
        world.calls(),
        [
            format!("DescribeKey eu-west-1 arn:aws:kms:eu-west-1:{OWN}:key/of-audit"),
            "DescribeTrails us-east-1".to_owned(),
            format!("GetBucketPolicy amzn-s3-demo-audit {OWN}"),
            "GetEventSelectors audit".to_owned(),
            "GetInsightSelectors audit".to_owned(),
            "GetKeyPolicy of-audit".to_owned(),
            "GetTrailStatus audit".to_owned(),
        ]
    );
    assert_eq!(world.round_trips(), 2);
}

#[tokio::test]
async fn trails_that_do_not_look_satisfying_are_not_read_beside_a_healthy_one() {
    let mut narrow = healthy(OWN, "us-east-1", "narrow");
    narrow.trail.log_file_validation = Some(false);
    let world = World::of(vec![narrow, healthy(OWN, "us-east-1", "audit")]);
    let (verdict, world) = judge(world, &Requirements::default()).await;
    assert_eq!(verdict.compliance(), Compliance::Compliant);
    assert_eq!(world.calls().len(), 7);
    assert!(!world.calls().contains(&"GetTrailStatus narrow".to_owned()));
}

#[tokio::test]
async fn a_member_reads_the_status_of_its_organization_trail() {
    let world = World::of(vec![healthy(MANAGEMENT, "eu-west-1", "org-audit")]);
    let (verdict, world) = judge(world, &Requirements::default()).await;
    assert_eq!(verdict.compliance(), Compliance::Compliant);
    let calls = ["DescribeTrails us-east-1", "GetTrailStatus org-audit"];
    assert_eq!(world.calls(), calls);
}

#[tokio::test]
async fn a_stopped_multi_region_trail_needs_no_listing() {
    let world = World::of(vec![stopped(healthy(OWN, "eu-west-1", "audit"))]);
    let (verdict, world) = judge(world, &Requirements::default()).await;
    assert_eq!(codes(&verdict), [Code::TrailNotLogging]);
    assert_eq!(count(&world, "ListTrails"), 0);
    assert_eq!(world.calls().len(), 7);
    assert_no_call_twice(&world);
}

#[tokio::test]
async fn an_account_without_trails_is_searched_in_all_regions() {
    let (verdict, world) = judge(World::default(), &Requirements::default()).await;
    assert_eq!(codes(&verdict), [Code::TrailMissing]);
    assert_eq!(
        world.calls(),
        ["DescribeTrails us-east-1", "ListTrails us-east-1"]
    );
}

#[tokio::test]
async fn trails_of_other_regions_are_described_at_home_together() {
    let trails = ["eu-west-1", "eu-west-1", "ap-south-1"]
        .iter()
        .zip(["one", "two", "three"])
        .map(|(region, name)| {
            let mut view = healthy(OWN, region, name);
            view.trail.is_multi_region = Some(false);
            view
        });
    let world = World::of(trails.collect());
    let (verdict, world) = judge(world, &Requirements::default()).await;
    assert_eq!(codes(&verdict), [Code::NotMultiRegion]);
    assert_eq!(count(&world, "DescribeTrails"), 3);
    assert_eq!(count(&world, "GetTrailStatus"), 3);
    assert_eq!(world.round_trips(), 4);
    assert_no_call_twice(&world);
}

#[tokio::test]
async fn a_trail_of_one_other_region_satisfies_where_one_region_is_enough() {
    let mut elsewhere = healthy(OWN, "ap-south-1", "elsewhere");
    elsewhere.trail.is_multi_region = Some(false);
    let world = World::of(vec![stopped(healthy(OWN, "us-east-1", "audit")), elsewhere]);
    let wanted = Requirements {
        multi_region: false,
        ..Requirements::default()
    };
    let (verdict, world) = judge(world, &wanted).await;
    assert_eq!(verdict.compliance(), Compliance::Compliant);
    assert_eq!(verdict.trail.as_ref().map(Arn::name), Some("elsewhere"));
    assert_no_call_twice(&world);
}

#[tokio::test]
async fn a_trail_named_by_arn_is_looked_for_in_its_region() {
    let view = healthy(OWN, "eu-west-1", "audit");
    let wanted = named(&view.trail.arn.to_string());
    let (verdict, world) = judge(World::of(vec![view]), &wanted).await;
    assert_eq!(verdict.compliance(), Compliance::Compliant);
    assert!(
        world
            .calls()
            .contains(&"DescribeTrails eu-west-1".to_owned())
    );
    assert_eq!(world.calls().len(), 7);
}

#[tokio::test]
async fn a_named_trail_that_is_gone_is_missing_beside_a_healthy_one() {
    let world = World::of(vec![healthy(OWN, "us-east-1", "other")]);
    let (verdict, world) = judge(world, &named("audit")).await;
    assert_eq!(codes(&verdict), [Code::TrailMissing]);
    assert_eq!(count(&world, "ListTrails"), 1);
    assert_no_call_twice(&world);
}

#[tokio::test]
async fn a_listing_that_failed_is_could_not_verify() {
    for code in ["ThrottlingException", "AccessDeniedException"] {
        let mut world = World::default();
        world.list_error = Some(error(LIST_TRAILS, code));
        let (verdict, _) = judge(world, &Requirements::default()).await;
        assert_eq!(
            verdict.reason(),
            format!("could-not-verify: cloudtrail:ListTrails {code}")
        );
    }
}

#[tokio::test]
async fn a_complete_listing_makes_good_for_a_failed_description() {
    let mut single = healthy(OWN, "eu-west-1", "audit");
    single.trail.is_multi_region = Some(false);
    let wanted = Requirements {
        multi_region: false,
        ..Requirements::default()
    };
    let mut world = World::of(vec![single]);
    world
        .describe_errors
        .insert("us-east-1", error(DESCRIBE_TRAILS, "ThrottlingException"));
    let (verdict, world) = judge(world, &wanted).await;
    assert_eq!(verdict.compliance(), Compliance::Compliant);
    assert_no_call_twice(&world);
}

#[tokio::test]
async fn a_region_that_cannot_be_described_hides_no_finding() {
    let mut single = healthy(OWN, "eu-west-1", "audit");
    single.trail.is_multi_region = Some(false);
    let mut world = World::of(vec![single]);
    world
        .describe_errors
        .insert("eu-west-1", error(DESCRIBE_TRAILS, "AccessDeniedException"));
    let (verdict, _) = judge(world, &Requirements::default()).await;
    let expected = "could-not-verify: cloudtrail:DescribeTrails AccessDeniedException";
    assert_eq!(verdict.reason(), expected);
}

/// The error of one trail stays with that trail, whichever call it is and whichever trail is
/// asked first.
#[tokio::test]
async fn p15_a_throttled_status_does_not_spoil_the_others() {
    for throttled in ["a-audit", "b-audit"] {
        let mut trails = vec![
            healthy(OWN, "us-east-1", "a-audit"),
            healthy(OWN, "us-east-1", "b-audit"),
        ];
        for view in trails
            .iter_mut()
            .filter(|view| view.trail.name == throttled)
        {
            let failure = error(GET_TRAIL_STATUS, "ThrottlingException");
            view.status = Some(Fact::from_call(Err(failure)));
        }
        let (verdict, world) = judge(World::of(trails), &Requirements::default()).await;
        assert_eq!(verdict.compliance(), Compliance::Compliant, "{throttled}");
        assert_eq!(count(&world, "GetTrailStatus"), 2);
        assert_eq!(world.round_trips(), 2);
        assert_no_call_twice(&world);
    }
}

/// An organization trail whose selectors are closed to the member does not end the run.
#[tokio::test]
async fn p12_a_denied_selector_read_is_that_trails_alone() {
    let mut denied = healthy(OWN, "us-east-1", "a-audit");
    let failure = error(GET_EVENT_SELECTORS, "AccessDeniedException");
    denied.selectors = Some(Fact::from_call(Err(failure)));
    let alone = judge(World::of(vec![denied.clone()]), &Requirements::default())
        .await
        .0;
    let expected = "could-not-verify: cloudtrail:GetEventSelectors AccessDeniedException";
    assert_eq!(alone.reason(), expected);
    let world = World::of(vec![denied, healthy(MANAGEMENT, "us-east-1", "b-org")]);
    let (both, _) = judge(world, &Requirements::default()).await;
    assert_eq!(both.compliance(), Compliance::Compliant);
}

#[tokio::test]
async fn a_denied_bucket_policy_takes_one_more_read() {
    for (owns, expected) in [(true, Code::CouldNotVerify), (false, Code::BucketNotOurs)] {
        let mut view = healthy(OWN, "us-east-1", "audit");
        let failure = error(GET_BUCKET_POLICY, "AccessDenied");
        view.bucket = Some(Fact::from_call(Err(failure)));
        view.owns_bucket = Some(Fact::Known(owns));
        let (verdict, world) = judge(World::of(vec![view]), &Requirements::default()).await;
        assert_eq!(codes(&verdict), [expected]);
        assert_eq!(count(&world, "ListBuckets"), 1);
        assert_eq!(world.round_trips(), 3);
        assert_no_call_twice(&world);
    }
}

#[tokio::test]
async fn trails_that_share_bucket_and_key_share_the_reads() {
    let one = healthy(OWN, "us-east-1", "one");
    let mut two = healthy(OWN, "us-east-1", "two");
    two.trail.bucket.clone_from(&one.trail.bucket);
    two.trail.kms_key_id.clone_from(&one.trail.kms_key_id);
    let world = World::of(vec![stopped(one), stopped(two)]);
    let wanted = Requirements {
        kms_key_id: Some("alias/one".to_owned()),
        ..Requirements::default()
    };
    let (_, world) = judge(world, &wanted).await;
    assert_no_call_twice(&world);
    assert_eq!(count(&world, "GetBucketPolicy"), 1);
    assert_eq!(count(&world, "DescribeKey"), 2);
    assert_eq!(count(&world, "GetKeyPolicy"), 1);
}

#[tokio::test]
async fn trails_complement_each_other() {
    let narrowed = |name: &str, read_write_type: ReadWriteType| {
        let mut view = healthy(OWN, "us-east-1", name);
        if let Some(Fact::Known(EventSelectors::Basic(selectors))) = &mut view.selectors {
            selectors[0].read_write_type = read_write_type;
        }
        view
    };
    let world = World::of(vec![
        narrowed("reads", ReadWriteType::ReadOnly),
        narrowed("writes", ReadWriteType::WriteOnly),
    ]);
    for wanted in [Requirements::default(), named("reads")] {
        let world = World::of(world.trails.clone());
        let (verdict, world) = judge(world, &wanted).await;
        assert_eq!(verdict.compliance(), Compliance::Compliant);
        assert_no_call_twice(&world);
    }
}
