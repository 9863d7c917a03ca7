//! Inputs and circumstances with which nothing can be done: each has a coded answer, and nothing in
//! the account changes.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{BucketSeed, KeySeed, KeyState, OrganizationSeed, TrailSeed};
use trailkeeper_sandbox::{Fault, FaultKind, OrganizationRole, When, World};
use trailkeeper_tests::{
    AWAY, Account, BUCKET, Coverage, HOME, KEY_ID, TRAIL, bucket_policy, code_of, healthy_trail,
    healthy_world, now, outcome_of, plain_world, trail_arn,
};

async fn coverage(account: &Account) -> Coverage {
    let world = account.sandbox.with_world(|world| world.clone());
    Coverage::of(&world).await
}

/// Repairs, and checks that it ends so and changes nothing.
async fn ends_without_effect(account: &Account, end: &str) -> String {
    let before = coverage(account).await;
    account.sandbox.clear_calls();
    let ending = account.repair().await;
    assert_eq!(outcome_of(&ending), end, "{ending:?}");
    let calls = account.sandbox.calls();
    let done = calls.iter().find(|call| call.write && call.outcome == "ok");
    assert_eq!(done, None);
    assert_eq!(coverage(account).await, before);
    match ending {
        Ok(result) => result.to_json().to_string(),
        Err(failure) => failure.error_message(),
    }
}

fn with_bucket(mut world: World, policy: String) -> World {
    world.seed_bucket(BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(policy),
        ..BucketSeed::default()
    });
    world
}

#[tokio::test]
async fn an_event_that_cannot_be_read_is_an_error_without_any_call() {
    let account = Account::healthy();
    let good = account.event(&account.rule_parameters());
    let changed = |member: &str, value: Value| {
        let mut event = good.clone();
        event[member] = value;
        event
    };
    let events = [
        (json!(null), "malformed-event"),
        (json!([]), "malformed-event"),
        (changed("invokingEvent", json!("{")), "malformed-event"),
        (changed("invokingEvent", json!("{}")), "malformed-event"),
        (changed("resultToken", json!("")), "missing-token"),
        (changed("ruleParameters", json!("[]")), "malformed-event"),
        (
            changed("ruleParameters", json!(r#"{"rule":"other"}"#)),
            "unknown-rule",
        ),
        (
            changed("ruleParameters", json!(r#"{"rule":"CloudTrail-Enabled"}"#)),
            "unknown-rule",
        ),
    ];
    for (event, code) in events {
        let answer = account.evaluate_event(&event).await;
        assert_eq!(answer.err(), Some(code), "{event}");
        assert_eq!(account.sandbox.calls(), [], "{event}");
    }
}

/// A bad parameter must replace the old verdict, which an error of the function would leave.
#[tokio::test]
async fn a_bad_rule_parameter_is_reported_as_the_verdict() {
    let bad = [
        ("requireMultiregion", "true", "requireMultiRegion"),
        ("requireKms", "yes", "true or false"),
        ("requireManagementEvents", "Some", "WriteOnly"),
        ("maxDeliveryAgeMinutes", "-1", "maxDeliveryAgeMinutes"),
        ("bucketOwner", "1234", "bucketOwner"),
    ];
    for (key, value, told) in bad {
        let account = Account::healthy();
        let mut parameters = account.rule_parameters();
        parameters.insert(key.to_owned(), json!(value));
        let event = account.event(&parameters);
        let answer = account.evaluate_event(&event).await.unwrap();
        let annotation = answer.evaluations[0].annotation.clone().unwrap();
        assert!(
            annotation.starts_with(&format!("bad-parameter: {key}")),
            "{annotation}"
        );
        assert!(annotation.contains(told), "{annotation}");
        assert_eq!(answer.evaluations[0].compliance.as_str(), "NON_COMPLIANT");
        let calls = account.sandbox.calls();
        let names: Vec<&str> = calls.iter().map(|call| call.operation.as_str()).collect();
        assert_eq!(names, ["PutEvaluations"]);
    }
}

#[tokio::test]
async fn a_bad_payload_is_refused_before_any_call() {
    let bad = [
        ("IsMultiRegion", json!(true)),
        ("IsMultiRegionTrail", json!("yes")),
        ("CloudTrailName", json!("")),
        ("CloudTrailS3BucketName", json!("Not A Bucket")),
        ("CloudTrailKmsKeyId", json!("arn:aws:s3:::no-key")),
        ("InsightTypes", json!(["Everything"])),
        ("Mode", json!("apply")),
        (
            "CloudWatchLogsLogGroupArn",
            json!("arn:aws:logs:us-east-1:111122223333:log-group:a:*"),
        ),
    ];
    for (key, value) in bad {
        let account = Account::healthy().with(key, value.clone());
        let ending = account.repair().await;
        assert_eq!(code_of(&ending), "bad-parameter", "{key}={value}");
        assert_eq!(account.sandbox.calls(), [], "{key}={value}");
    }
}

#[tokio::test]
async fn a_key_in_another_region_than_the_bucket_is_refused_in_planning() {
    let mut world = healthy_world();
    let key = world.seed_key(KeySeed {
        id: "00000000-1111-4222-8333-444444444444".to_owned(),
        region: Some(AWAY.to_owned()),
        ..KeySeed::default()
    });
    let account = Account::of(world).with("CloudTrailKmsKeyId", key.as_str());
    let text = ends_without_effect(&account, "failed:key-not-in-bucket-region").await;
    assert!(text.contains(&key), "{text}");
}

#[tokio::test]
async fn a_key_that_does_not_exist_is_named() {
    let missing = "arn:aws:kms:us-east-1:111122223333:key/00000000-1111-4222-8333-444444444444";
    let account = Account::healthy().with("CloudTrailKmsKeyId", missing);
    let text = ends_without_effect(&account, "failed:key-not-found").await;
    assert!(text.contains(missing), "{text}");
}

/// The trail does without the key, for logging matters more; the reader learns what is wrong with
/// it, from a plan too.
#[tokio::test]
async fn a_key_that_cannot_be_used_is_explained() {
    for exists in [true, false] {
        let mut world = plain_world();
        if exists {
            let mut trail = healthy_trail(HOME, TRAIL);
            trail.settings.kms_key_id = None;
            world.seed_trail(trail);
        }
        world.seed_key(KeySeed {
            id: KEY_ID.to_owned(),
            state: KeyState::Disabled,
            ..KeySeed::default()
        });
        let account = Account::of(world);
        let plan = account.clone().with("Mode", "Plan").repair().await.unwrap();
        let codes: Vec<&str> = plan
            .remaining
            .iter()
            .map(|line| line.code.as_str())
            .collect();
        assert_eq!(codes.first(), Some(&"key-disabled"), "exists: {exists}");
        let failure = account.repair().await.unwrap_err();
        assert!(
            failure.message.contains("key-disabled"),
            "{}",
            failure.message
        );
        let after = coverage(&account).await;
        assert!(after.trails[&trail_arn()].is_logging);
    }
}

#[tokio::test]
async fn a_trail_of_the_management_account_is_not_ours_to_change() {
    let mut world = plain_world();
    world.seed_organization(OrganizationSeed {
        role: OrganizationRole::Member,
        management_account: Some("999900001111".to_owned()),
        ..OrganizationSeed::default()
    });
    let mut trail = TrailSeed::healthy(TRAIL, HOME, "management-archive", now());
    trail.account = Some("999900001111".to_owned());
    trail.settings.is_organization_trail = true;
    trail.status.is_logging = false;
    world.seed_trail(trail);
    let account = Account::of(world);
    let text = ends_without_effect(&account, "not-ours").await;
    assert!(
        text.contains("not-ours: arn:aws:cloudtrail:us-east-1:999900001111"),
        "{text}"
    );
}

#[tokio::test]
async fn a_bucket_policy_that_would_grow_too_large_is_refused_in_planning() {
    let filler = format!(
        r#",{{"Sid":"Filler","Effect":"Deny","Principal":"*","Action":"s3:PutObjectAcl","Resource":"arn:aws:s3:::{BUCKET}/{}"}}]}}"#,
        "x".repeat(19_400)
    );
    let policy = bucket_policy(false);
    let policy = format!("{}{filler}", policy.strip_suffix("]}").unwrap());
    let account = Account::of(with_bucket(healthy_world(), policy));
    ends_without_effect(&account, "failed:policy-too-large").await;
}

#[tokio::test]
async fn a_foreign_deny_is_left_where_it_is() {
    let deny = format!(
        r#",{{"Sid":"NoService","Effect":"Deny","Principal":{{"Service":"cloudtrail.amazonaws.com"}},"Action":"s3:PutObject","Resource":"arn:aws:s3:::{BUCKET}/*"}}]}}"#
    );
    for grants in [true, false] {
        let policy = bucket_policy(grants);
        let policy = policy.trim_end().trim_end_matches('}').trim_end();
        let policy = format!("{}{deny}", policy.strip_suffix(']').unwrap());
        let account = Account::of(with_bucket(healthy_world(), policy));
        assert_eq!(account.findings().await, ["bucket-refuses-cloudtrail"]);
        let text = ends_without_effect(&account, "failed:foreign-deny").await;
        assert!(text.contains("NoService"), "{text}");
    }
}

/// Five trails, none of them the one that is asked for. CreateTrail is refused by the service.
#[tokio::test]
async fn a_full_quota_is_named() {
    let mut world = plain_world();
    for number in 1..=5 {
        world.seed_trail(healthy_trail(HOME, &format!("other-{number}")));
    }
    let account = Account::of(world);
    ends_without_effect(&account, "failed:trail-quota-full").await;
}

#[tokio::test]
async fn a_service_control_policy_is_named_with_what_to_do() {
    let account = Account::healthy();
    let input = json!({"Name": trail_arn()});
    account.act("cloudtrail", "StopLogging", input).await;
    for operation in ["StartLogging", "PutInsightSelectors"] {
        let denied = FaultKind::Denied { scp: true };
        let fault = Fault::new("cloudtrail", operation, When::Always, denied);
        account.sandbox.inject(fault);
    }
    let text = ends_without_effect(&account, "failed:denied").await;
    assert!(text.contains("exempt the remediator's role"), "{text}");
}

/// Whether the trail exists cannot be told, so none is created and none is called missing.
#[tokio::test]
async fn a_throttled_listing_creates_no_trail() {
    let kinds = [
        (FaultKind::Throttle, "failed:throttled"),
        (FaultKind::Denied { scp: false }, "failed:denied"),
        (FaultKind::TimeoutBefore, "failed:unavailable"),
    ];
    for (kind, end) in kinds {
        let account = Account::of(plain_world());
        let fault = Fault::new("cloudtrail", "ListTrails", When::Always, kind.clone());
        account.sandbox.inject(fault);
        ends_without_effect(&account, end).await;
        let codes = account.findings().await;
        assert!(
            codes.iter().all(|code| *code == "could-not-verify"),
            "{codes:?}"
        );
        assert!(!codes.is_empty());
    }
}

#[tokio::test]
async fn another_accounts_event_is_refused_before_any_call() {
    let account = Account::healthy();
    let mut event = account.event(&account.rule_parameters());
    event["accountId"] = json!("999988887777");
    let answer = account.evaluate_event(&event).await;
    assert_eq!(answer.err(), Some("cross-account-rule"));
    assert_eq!(account.sandbox.calls(), []);
}
