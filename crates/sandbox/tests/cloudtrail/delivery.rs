use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{BucketSeed, KeySeed, KeyState, TrailSeed, TrailStatus};
use trailkeeper_sandbox::{Sandbox, World};

use crate::support::*;

fn minutes(sandbox: &Sandbox, minutes: i64) {
    sandbox.advance(SignedDuration::from_mins(minutes));
}

fn with_key() -> Sandbox {
    let mut seed = trail("org-audit");
    seed.settings.kms_key_id = Some(key_arn());
    with(vec![seed])
}

#[tokio::test]
async fn a_started_trail_delivers_after_five_minutes_and_digests_after_an_hour() {
    let sandbox = with(vec![TrailSeed {
        status: TrailStatus::default(),
        ..trail("org-audit")
    }]);
    minutes(&sandbox, 120);
    let idle = status(&sandbox, "org-audit").await;
    assert_eq!(
        idle.get("LatestDeliveryTime"),
        None,
        "a trail that does not log delivers nothing"
    );
    good(&sandbox, "StartLogging", json!({"Name": "org-audit"})).await;
    let cases = [
        (4, false, false),
        (1, true, false),
        (54, true, false),
        (1, true, true),
    ];
    for (step, logs, digests) in cases {
        minutes(&sandbox, step);
        let status = status(&sandbox, "org-audit").await;
        assert_eq!(status.get("LatestDeliveryTime").is_some(), logs, "{step}");
        assert_eq!(
            status.get("LatestDigestDeliveryTime").is_some(),
            digests,
            "{step}"
        );
    }
    good(&sandbox, "StopLogging", json!({"Name": "org-audit"})).await;
    let before = status(&sandbox, "org-audit").await["LatestDeliveryTime"].clone();
    minutes(&sandbox, 600);
    assert_eq!(
        status(&sandbox, "org-audit").await["LatestDeliveryTime"],
        before
    );
}

#[tokio::test]
async fn no_digests_without_validation() {
    let mut seed = TrailSeed {
        status: TrailStatus::default(),
        ..trail("org-audit")
    };
    seed.settings.log_file_validation_enabled = false;
    let sandbox = with(vec![seed]);
    good(&sandbox, "StartLogging", json!({"Name": "org-audit"})).await;
    minutes(&sandbox, 600);
    let status = status(&sandbox, "org-audit").await;
    assert!(status.get("LatestDeliveryTime").is_some());
    assert_eq!(status.get("LatestDigestDeliveryTime"), None);
}

type Change = fn(&mut World);

fn policy_gone(world: &mut World) {
    world.seed_bucket(bucket(BUCKET, None));
}

fn policy_denies(world: &mut World) {
    let deny = json!({
        "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
        "Resource": format!("arn:aws:s3:::{BUCKET}/*"),
    });
    let mut policy: Value = serde_json::from_str(&open_policy(BUCKET)).unwrap();
    policy["Statement"].as_array_mut().unwrap().push(deny);
    world.seed_bucket(bucket(BUCKET, Some(policy.to_string())));
}

fn policy_of_another_prefix(world: &mut World) {
    let policy = open_policy(BUCKET).replace(&format!("{BUCKET}/*"), &format!("{BUCKET}/other/*"));
    world.seed_bucket(bucket(BUCKET, Some(policy)));
}

fn requester_pays(world: &mut World) {
    world.seed_bucket(BucketSeed {
        requester_pays: true,
        ..bucket(BUCKET, Some(open_policy(BUCKET)))
    });
}

fn key_disabled(world: &mut World) {
    world.seed_key(KeySeed {
        state: KeyState::Disabled,
        ..key(None)
    });
}

fn key_pending_deletion(world: &mut World) {
    world.seed_key(KeySeed {
        state: KeyState::PendingDeletion,
        ..key(None)
    });
}

fn key_policy_closed(world: &mut World) {
    let closed = json!({"Version": "2012-10-17", "Statement": []}).to_string();
    world.seed_key(key(Some(closed)));
}

#[tokio::test]
async fn delivery_follows_bucket_and_key_and_recovers_after_the_repair() {
    let cases: [(&str, Change, &str); 7] = [
        ("policy gone", policy_gone, "AccessDenied"),
        ("policy denies", policy_denies, "AccessDenied"),
        (
            "policy of another prefix",
            policy_of_another_prefix,
            "AccessDenied",
        ),
        ("requester pays", requester_pays, "AccessDenied"),
        ("key disabled", key_disabled, "KMS.DisabledException"),
        (
            "key pending deletion",
            key_pending_deletion,
            "KMS.KMSInvalidStateException",
        ),
        ("key policy closed", key_policy_closed, "AccessDenied"),
    ];
    for (name, break_it, wanted) in cases {
        let sandbox = with_key();
        minutes(&sandbox, 60);
        let good_time = status(&sandbox, "org-audit").await["LatestDeliveryTime"].clone();
        sandbox.with_world(break_it);
        let calm = status(&sandbox, "org-audit").await;
        assert_eq!(
            calm.get("LatestDeliveryError"),
            None,
            "{name}: not before the next delivery"
        );
        minutes(&sandbox, 60);
        let broken = status(&sandbox, "org-audit").await;
        assert_eq!(broken["IsLogging"], json!(true), "{name}");
        assert_eq!(broken["LatestDeliveryError"], json!(wanted), "{name}");
        assert_eq!(broken["LatestDigestDeliveryError"], json!(wanted), "{name}");
        assert_eq!(broken["LatestDeliveryTime"], good_time, "{name}");

        sandbox.with_world(|world| {
            world.seed_bucket(bucket(BUCKET, Some(open_policy(BUCKET))));
            world.seed_key(key(None));
        });
        let stale = status(&sandbox, "org-audit").await;
        assert_eq!(
            stale["LatestDeliveryError"],
            json!(wanted),
            "{name}: stays until delivery"
        );
        minutes(&sandbox, 5);
        let repaired = status(&sandbox, "org-audit").await;
        assert_eq!(repaired.get("LatestDeliveryError"), None, "{name}");
        assert_ne!(repaired["LatestDeliveryTime"], good_time, "{name}");
        assert_eq!(
            repaired["LatestDigestDeliveryError"],
            json!(wanted),
            "{name}: hourly"
        );
        minutes(&sandbox, 60);
        let repaired = status(&sandbox, "org-audit").await;
        assert_eq!(repaired.get("LatestDigestDeliveryError"), None, "{name}");
    }
}

#[tokio::test]
async fn a_missing_bucket_is_reported_as_s3_does() {
    let sandbox = with(vec![{
        let mut seed = trail("org-audit");
        seed.settings.s3_bucket_name = "gone-logs".to_owned();
        seed
    }]);
    minutes(&sandbox, 5);
    let status = status(&sandbox, "org-audit").await;
    assert_eq!(status["LatestDeliveryError"], json!("NoSuchBucket"));
}

#[tokio::test]
async fn topics_and_log_groups_fail_on_their_own() {
    let topic = format!("arn:aws:sns:{HOME}:{ACCOUNT}:trails");
    let group = format!("arn:aws:logs:{HOME}:{ACCOUNT}:log-group:trails:*");
    let role = format!("arn:aws:iam::{ACCOUNT}:role/logs");
    let mut seed = trail("org-audit");
    seed.settings.sns_topic_arn = Some(topic.clone());
    seed.settings.cloud_watch_logs_log_group_arn = Some(group.clone());
    seed.settings.cloud_watch_logs_role_arn = Some(role.clone());
    let sandbox = with(vec![seed]);
    let set = |world: &mut World| {
        world.seed_topic(&topic, None);
        world.seed_log_group(&group);
        world.seed_log_role(&role, true);
    };
    sandbox.with_world(set);
    minutes(&sandbox, 5);
    let fine = status(&sandbox, "org-audit").await;
    assert!(fine.get("LatestNotificationTime").is_some());
    assert!(fine.get("LatestCloudWatchLogsDeliveryTime").is_some());
    sandbox.with_world(|world| {
        world.seed_topic(&topic, Some("AuthorizationError"));
        world.remove_log_group(&group);
    });
    minutes(&sandbox, 5);
    let broken = status(&sandbox, "org-audit").await;
    assert_eq!(
        broken["LatestNotificationError"],
        json!("AuthorizationError")
    );
    assert_eq!(
        broken["LatestCloudWatchLogsDeliveryError"],
        json!("ResourceNotFoundException")
    );
    assert_eq!(broken.get("LatestDeliveryError"), None);
    sandbox.with_world(|world| {
        set(world);
        world.remove_topic(&topic);
        world.remove_log_role(&role);
    });
    minutes(&sandbox, 5);
    let broken = status(&sandbox, "org-audit").await;
    assert_eq!(broken["LatestNotificationError"], json!("NotFound"));
    assert_eq!(
        broken["LatestCloudWatchLogsDeliveryError"],
        json!("AccessDenied")
    );
    sandbox.with_world(set);
    minutes(&sandbox, 5);
    let fine = status(&sandbox, "org-audit").await;
    assert_eq!(fine.get("LatestNotificationError"), None);
    assert_eq!(fine.get("LatestCloudWatchLogsDeliveryError"), None);
}

#[tokio::test]
async fn time_passed_at_once_and_in_steps_comes_to_the_same() {
    let (once, steps) = (with_key(), with_key());
    minutes(&once, 240);
    for _ in 0..240 {
        minutes(&steps, 1);
    }
    assert_eq!(
        status(&once, "org-audit").await,
        status(&steps, "org-audit").await
    );
}
