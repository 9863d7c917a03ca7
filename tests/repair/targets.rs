//! Names that stand for something else: a foreign trail, a foreign alias, another spelling.

use jiff::SignedDuration;
use serde_json::json;
use trailkeeper_sandbox::seed::{
    BucketSeed, KeySeed, OrganizationSeed, TrailStatus, cloudtrail_key_policy,
};
use trailkeeper_sandbox::{Fault, FaultKind, OrganizationRole, When, World};
use trailkeeper_tests::{
    ACCOUNT, Account, BUCKET, FOREIGN_STATEMENTS, HOME, KEY_ID, TRAIL, arn_of, bucket_policy,
    code_of, healthy_trail, key_arn, now, outcome_of, plain_world, trail_arn,
};

const OTHER_ACCOUNT: &str = "444455556666";

fn member_of(mut world: World, role: OrganizationRole) -> World {
    world.seed_organization(OrganizationSeed {
        role,
        ..OrganizationSeed::default()
    });
    world
}

/// The ARN of a trail that nobody here can see is no order to make one of that name.
#[tokio::test]
async fn a_trail_of_another_account_is_not_made_in_this_one() {
    let arn = trail_arn().replace(ACCOUNT, OTHER_ACCOUNT);
    let account = Account::of(plain_world()).with("CloudTrailName", arn);
    let ending = account.repair().await;
    assert_eq!(code_of(&ending), "trail-not-found", "{ending:?}");
    assert_eq!(account.writes(), [""; 0]);
}

fn with_log_group() -> (World, String) {
    let group = format!("arn:aws:logs:{HOME}:{ACCOUNT}:log-group:audit");
    let mut world = plain_world();
    world.seed_log_group(&format!("{group}:*"));
    world.seed_log_role(&log_role(), true);
    (world, group)
}

fn log_role() -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/trail-to-logs")
}

/// CloudTrail takes and shows a log group's ARN with `:*` behind it; people write it without.
#[tokio::test]
async fn a_log_group_may_be_named_without_its_streams() {
    let (mut world, group) = with_log_group();
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.cloud_watch_logs_log_group_arn = Some(format!("{group}:*"));
    trail.settings.cloud_watch_logs_role_arn = Some(log_role());
    world.seed_trail(trail);
    let account = Account::of(world)
        .with("CloudWatchLogsLogGroupArn", group.as_str())
        .with("CloudWatchLogsRoleArn", log_role());
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "already-healthy", "{ending:?}");

    let (mut world, group) = with_log_group();
    world.seed_trail(healthy_trail(HOME, TRAIL));
    let account = Account::of(world)
        .with("CloudWatchLogsLogGroupArn", group)
        .with("CloudWatchLogsRoleArn", log_role());
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    assert_eq!(account.writes(), ["UpdateTrail"]);
}

/// An alias of another account names a key, which alone shows at the trail.
#[tokio::test]
async fn a_foreign_alias_is_the_key_that_it_stands_for() {
    let mut world = plain_world();
    world.seed_key(KeySeed {
        id: "5555abcd-12ab-34cd-56ef-1234567890ab".to_owned(),
        account: Some(OTHER_ACCOUNT.to_owned()),
        aliases: vec!["alias/central".to_owned()],
        policy: Some(cloudtrail_key_policy("aws", ACCOUNT)),
        ..KeySeed::default()
    });
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.kms_key_id = Some(
        key_arn()
            .replace(ACCOUNT, OTHER_ACCOUNT)
            .replace(KEY_ID, "5555abcd-12ab-34cd-56ef-1234567890ab"),
    );
    world.seed_trail(trail);
    let alias = format!("arn:aws:kms:{HOME}:{OTHER_ACCOUNT}:alias/central");
    let account = Account::of(world).with("CloudTrailKmsKeyId", alias);
    let ending = account.repair().await;
    assert_eq!(account.writes(), [""; 0], "{ending:?}");
}

/// CloudTrail encrypts in the name of the account in the trail's ARN, which for an organization
/// trail is the management account's, whoever made it.
#[tokio::test]
async fn a_delegated_administrator_opens_the_key_to_the_organization_trail() {
    let mut world = member_of(plain_world(), OrganizationRole::DelegatedAdministrator);
    let owner = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Sid":"Owner","Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"kms:*","Resource":"*"}}]}}"#
    );
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        policy: Some(owner),
        ..KeySeed::default()
    });
    let account = Account::of(world).with("RepairKey", true);
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    let writes = account.writes();
    assert!(writes.contains(&"PutKeyPolicy".to_owned()), "{writes:?}");
}

/// Whether an organization trail is ours to keep cannot be told without the organization.
#[tokio::test]
async fn not_ours_says_where_the_organization_could_not_be_read() {
    let mut world = member_of(plain_world(), OrganizationRole::DelegatedAdministrator);
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.account = Some("999999999999".to_owned());
    trail.settings.is_organization_trail = true;
    world.seed_trail(trail);
    let account = Account::of(world);
    let denied = FaultKind::Denied { scp: false };
    account.sandbox.inject(Fault::new(
        "organizations",
        "DescribeOrganization",
        When::Always,
        denied,
    ));
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "not-ours", "{ending:?}");
    let notes = ending.unwrap().notes;
    let told = notes
        .iter()
        .any(|note| note.code == "organization-not-available");
    assert!(told, "{notes:?}");
}

/// The gap is that of the trail that was repaired, not of another that was looked at.
#[tokio::test]
async fn the_gap_of_a_trail_that_was_not_chosen_is_not_told() {
    let mut world = plain_world();
    world.seed_trail(healthy_trail(HOME, "running"));
    world.seed_trail(healthy_trail(HOME, "stopped"));
    let account = Account::of(world).with("AdoptExistingTrail", true);
    account
        .act(
            "cloudtrail",
            "StopLogging",
            json!({"Name": arn_of(HOME, "stopped")}),
        )
        .await;
    let result = account.repair().await.unwrap();
    assert_eq!(result.trail_arn.unwrap().name(), "running");
    assert_eq!((result.gap_start, result.gap_end), (None, None));
}

/// CloudTrail takes no change of a trail whose bucket refuses it, and the fields that then stay as
/// they are remain wrong.
#[tokio::test]
async fn drift_that_waits_for_the_bucket_is_among_what_remains() {
    let mut world = plain_world();
    let deny = format!(
        r#"{{"Effect":"Deny","Principal":{{"Service":"cloudtrail.amazonaws.com"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::{BUCKET}/*"}}"#
    );
    let policy = bucket_policy(true).replace(
        FOREIGN_STATEMENTS[0],
        &format!("{},{deny}", FOREIGN_STATEMENTS[0]),
    );
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(policy),
        ..BucketSeed::default()
    });
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.log_file_validation_enabled = false;
    world.seed_trail(trail);
    let account = Account::of(world);
    let failure = account.repair().await.unwrap_err();
    let remaining = failure.result.remaining.iter();
    let codes: Vec<&str> = remaining.map(|line| line.code.as_str()).collect();
    let lines = failure.result.steps.iter().map(ToString::to_string);
    let update = lines.filter(|line| line.starts_with("update-trail"));
    assert_eq!(update.collect::<Vec<_>>(), ["update-trail: not-reached"]);
    assert_eq!(codes, ["foreign-deny", "log-validation-off"]);
}

/// The members of an organization deliver into a folder of the organization, which the bucket's
/// policy has to open as well.
#[tokio::test]
async fn an_organization_trail_whose_bucket_is_closed_to_the_organization_is_found() {
    let mut world = member_of(plain_world(), OrganizationRole::Management);
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.is_organization_trail = true;
    world.seed_trail(trail);
    let account = Account::of(world);
    let codes = account.findings().await;
    assert!(codes.contains(&"bucket-refuses-cloudtrail"), "{codes:?}");
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), "repaired", "{ending:?}");
    assert_eq!(account.writes(), ["PutBucketPolicy"]);
    account.pass(70);
    assert_eq!(account.findings().await, [""; 0]);
}

fn closed_bucket(account: &Account) {
    let denied = FaultKind::Denied { scp: false };
    let fault = Fault::new("s3", "GetBucketPolicy", When::Always, denied);
    account.sandbox.inject(fault);
}

/// Who hides the bucket's policy from the remediator must not thereby keep the trail narrow.
#[tokio::test]
async fn a_bucket_that_cannot_be_looked_at_keeps_no_trail_narrow() {
    let mut world = plain_world();
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.is_multi_region_trail = false;
    world.seed_trail(trail);
    let account = Account::of(world);
    closed_bucket(&account);
    let ending = account.repair().await;
    assert_eq!(code_of(&ending), "partly-repaired", "{ending:?}");
    assert_eq!(account.writes(), ["UpdateTrail"]);
    let remaining = ending.unwrap_err().result.remaining;
    let codes: Vec<&str> = remaining.iter().map(|line| line.code.as_str()).collect();
    assert_eq!(codes, ["could-not-verify"]);
    account.sandbox.clear_calls();
    assert_eq!(code_of(&account.repair().await), "could-not-verify");
    assert_eq!(account.writes(), [""; 0]);
}

/// Nor an account without a trail, where the bucket is the account's own.
#[tokio::test]
async fn a_trail_is_made_for_an_own_bucket_that_cannot_be_looked_at() {
    let account = Account::of(plain_world());
    closed_bucket(&account);
    let ending = account.repair().await;
    assert_eq!(code_of(&ending), "partly-repaired", "{ending:?}");
    let writes = ["CreateTrail", "PutInsightSelectors", "StartLogging"];
    assert_eq!(account.writes(), writes);
}

/// A bucket of that name in another account takes no new trail, and no wider one.
#[tokio::test]
async fn a_bucket_of_another_account_gets_no_more_than_it_has() {
    for is_there in [false, true] {
        let mut world = plain_world();
        world.seed_bucket(BucketSeed {
            name: BUCKET.to_owned(),
            policy: Some(bucket_policy(true)),
            owner: Some(OTHER_ACCOUNT.to_owned()),
            ..BucketSeed::default()
        });
        if is_there {
            let mut trail = healthy_trail(HOME, TRAIL);
            trail.settings.is_multi_region_trail = false;
            world.seed_trail(trail);
        }
        let account = Account::of(world);
        let ending = account.repair().await;
        assert_eq!(code_of(&ending), "bucket-not-ours", "{ending:?}");
        assert_eq!(account.writes(), [""; 0]);
    }
}

/// A new trail starts when it is complete, but not only then: what CloudTrail throttles can wait,
/// the records cannot.
#[tokio::test]
async fn a_new_trail_does_not_wait_for_insights_that_are_throttled() {
    let account = Account::of(plain_world());
    let fault = Fault::new(
        "cloudtrail",
        "PutInsightSelectors",
        When::Always,
        FaultKind::Throttle,
    );
    account.sandbox.inject(fault);
    let begin = account.sandbox.now();
    let ending = account.repair().await;
    assert_eq!(code_of(&ending), "partly-repaired", "{ending:?}");
    let calls = account.sandbox.calls();
    let started = calls.iter().find(|call| call.operation == "StartLogging");
    let waited = started.unwrap().at.duration_since(begin);
    assert!(waited.as_secs() < 4, "{waited:?}");
}

/// A Deny that may not even matter to CloudTrail hides neither from the rule nor from the repair
/// that the statements CloudTrail needs are gone.
#[tokio::test]
async fn a_deny_by_address_hides_no_missing_allow() {
    let mut world = plain_world();
    let deny = format!(
        r#"{{"Sid":"Office","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::{BUCKET}/*","Condition":{{"NotIpAddress":{{"aws:SourceIp":"10.0.0.0/8"}}}}}}"#
    );
    let policy = bucket_policy(false).replace(
        FOREIGN_STATEMENTS[0],
        &format!("{},{deny}", FOREIGN_STATEMENTS[0]),
    );
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(policy),
        ..BucketSeed::default()
    });
    world.seed_trail(healthy_trail(HOME, TRAIL));
    let account = Account::of(world);
    let codes = account.findings().await;
    assert!(codes.contains(&"bucket-refuses-cloudtrail"), "{codes:?}");
    account.repair().await.unwrap();
    assert_eq!(account.writes(), ["PutBucketPolicy"]);
    account.sandbox.clear_calls();
    account.repair().await.unwrap();
    assert_eq!(account.writes(), [""; 0]);
}

/// A run whose time is up knows its trail, and not that the steps it did not come to are needless.
#[tokio::test]
async fn a_run_out_of_time_calls_no_step_needless() {
    let mut world = plain_world();
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.is_multi_region_trail = false;
    trail.settings.kms_key_id = None;
    world.seed_trail(trail);
    let account = Account::of(world);
    account.sandbox.inject(Fault::new(
        "cloudtrail",
        "UpdateTrail",
        When::First(3),
        FaultKind::Throttle,
    ));
    let deadline = account.sandbox.now() + SignedDuration::from_secs(12);
    let ending = account.repair_until(deadline).await;
    assert_eq!(code_of(&ending), "deadline", "{ending:?}");
    let result = ending.unwrap_err().result;
    assert_eq!(result.trail_arn.unwrap().to_string(), trail_arn());
    let needless = result.steps.iter().find(|line| line.text == "not-needed");
    assert_eq!(needless, None, "{:?}", result.steps);
}

#[tokio::test]
async fn a_stopped_trail_whose_status_is_hidden_is_started_once() {
    let mut world = plain_world();
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.status = TrailStatus::stopped(now());
    world.seed_trail(trail);
    let account = Account::of(world);
    account.sandbox.inject(Fault::new(
        "cloudtrail",
        "GetTrailStatus",
        When::Always,
        FaultKind::Denied { scp: false },
    ));
    let ending = account.repair().await;
    assert_eq!(code_of(&ending), "partly-repaired");
    let starts = account
        .writes()
        .into_iter()
        .filter(|write| write == "StartLogging");
    assert_eq!(starts.count(), 1);
    account.sandbox.clear_faults();
    account.pass(10);
    assert!(account.findings().await.is_empty());
}
