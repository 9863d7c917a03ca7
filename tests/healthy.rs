//! Accounts with nothing wrong are COMPLIANT, for few calls.

use trailkeeper_sandbox::seed::{BucketSeed, OrganizationSeed, TrailSeed};
use trailkeeper_sandbox::{OrganizationRole, World};
use trailkeeper_tests::{ACCOUNT, Account, HOME, TRAIL, healthy_world, now};

/// The calls of one evaluation: reads, and PutEvaluations.
async fn calls(account: &Account) -> (usize, usize) {
    account.sandbox.clear_calls();
    assert_eq!(account.findings().await, [""; 0]);
    let calls = account.sandbox.calls();
    let reports = calls
        .iter()
        .filter(|call| call.operation == "PutEvaluations");
    assert_eq!(calls.iter().filter(|call| call.write).count(), 1);
    (calls.len() - 1, reports.count())
}

#[tokio::test]
async fn a_healthy_trail_is_judged_in_seven_reads() {
    assert_eq!(calls(&Account::healthy()).await, (7, 1));
}

#[tokio::test]
async fn the_verdict_is_stored_by_aws_config() {
    let account = Account::healthy();
    account.findings().await;
    let input = serde_json::json!({"ConfigRuleName": "cloudtrail-enabled"});
    let answer = account
        .act("config", "GetComplianceDetailsByConfigRule", input)
        .await;
    let result = &answer["EvaluationResults"][0];
    assert_eq!(result["ComplianceType"], "COMPLIANT", "{answer}");
    let place = &result["EvaluationResultIdentifier"]["EvaluationResultQualifier"];
    assert_eq!(place["ResourceId"], ACCOUNT);
}

/// The log archive belongs to another account, which lets nobody else read the bucket's policy.
#[tokio::test]
async fn a_trail_that_delivers_to_a_central_bucket_is_compliant() {
    let mut world = healthy_world();
    let mut trail = TrailSeed::healthy(TRAIL, HOME, "central-archive", now());
    trail.settings.kms_key_id =
        Some("arn:aws:kms:us-east-1:999988887777:key/00000000-1111-4222-8333-444444444444".into());
    world.seed_trail(trail);
    world.seed_bucket(BucketSeed {
        name: "central-archive".to_owned(),
        owner: Some("999988887777".to_owned()),
        ..BucketSeed::default()
    });
    let account = Account::of(world)
        .with("CloudTrailS3BucketName", "central-archive")
        .with("CloudTrailS3BucketOwner", "999988887777")
        .with("CloudTrailKmsKeyId", "");
    let (reads, _) = calls(&account).await;
    assert_eq!(reads, 4, "bucket and key are not asked for");
}

/// The member sees the management account's trail, may read little of it, and owns none.
#[tokio::test]
async fn a_member_is_covered_by_the_organizations_trail() {
    let mut world = World::new(ACCOUNT, HOME, now());
    world.seed_organization(OrganizationSeed {
        role: OrganizationRole::Member,
        management_account: Some("999900001111".to_owned()),
        ..OrganizationSeed::default()
    });
    let mut trail = TrailSeed::healthy(TRAIL, HOME, "management-archive", now());
    trail.account = Some("999900001111".to_owned());
    trail.settings.is_organization_trail = true;
    trail.settings.kms_key_id =
        Some("arn:aws:kms:us-east-1:999900001111:key/00000000-1111-4222-8333-444444444444".into());
    world.seed_trail(trail);
    let account = Account::of(world)
        .with("CloudTrailS3BucketName", "management-archive")
        .with("CloudTrailKmsKeyId", "");
    let (reads, _) = calls(&account).await;
    assert_eq!(reads, 2);
}

#[tokio::test]
async fn a_healthy_account_is_left_alone_by_the_remediator() {
    for account in [Account::healthy(), Account::healthy().with("Mode", "Plan")] {
        let result = account.repair().await.unwrap();
        assert_eq!(result.outcome.unwrap().as_str(), "already-healthy");
        assert_eq!(account.writes(), [""; 0]);
        assert_eq!(result.changes, []);
    }
}
