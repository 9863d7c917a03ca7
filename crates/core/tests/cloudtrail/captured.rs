//! What a baseline is made of.

use trailkeeper_core::baseline::{Healthy, capture};
use trailkeeper_core::cloudtrail::Requirements;
use trailkeeper_core::facts::BucketSetting;
use trailkeeper_core::operation::GET_BUCKET_LIFECYCLE;

use crate::baseline::{GROUP, TOPIC, captured, guarded};
use crate::healthy::{KEY, OWN, caller, failed, now};

/// A new baseline is made whatever became of the one before it, and where the owner that is named
/// is this account the bucket is read as any other.
#[test]
fn the_baseline_before_it_and_the_own_account_change_nothing() {
    let view = guarded();
    let expected = captured(&view);
    let cases = [
        Requirements {
            baseline_sha256: Some("0".repeat(64)),
            ..Requirements::default()
        },
        Requirements {
            bucket_owner: OWN.parse().ok(),
            ..Requirements::default()
        },
    ];
    for requirements in &cases {
        let made = capture(Healthy {
            requirements,
            caller: &caller(),
            view: &view,
            now: now(),
        });
        assert_eq!(made.as_ref(), Ok(&expected));
    }
    assert_eq!(expected.bucket.owner, None);
}

/// What a trail has as an empty text it does not have.
#[test]
fn an_empty_text_is_recorded_as_none() {
    let mut view = guarded();
    view.trail.sns_topic_arn = Some(String::new());
    view.trail.log_group_arn = Some(String::new());
    view.trail.log_group_role_arn = None;
    let baseline = captured(&view);
    assert_eq!(baseline.sns_topic_arn, None);
    assert_eq!(baseline.log_group_arn, None);
    assert_eq!(baseline.key.as_deref(), Some(KEY));
    let whole = captured(&guarded());
    assert_eq!(whole.sns_topic_arn.as_deref(), Some(TOPIC));
    assert_eq!(whole.log_group_arn.as_deref(), Some(GROUP));
}

/// What was not read is told once for each error, and a service without the setting is no error.
#[test]
fn what_was_not_read_is_told_once() {
    let mut view = guarded();
    for setting in [BucketSetting::Lifecycle, BucketSetting::Acl] {
        let unread = failed(GET_BUCKET_LIFECYCLE, "AccessDenied").unwrap();
        view.beside.settings.insert(setting, unread);
    }
    let unread = failed(GET_BUCKET_LIFECYCLE, "NotImplementedException").unwrap();
    view.beside.settings.insert(BucketSetting::Logging, unread);
    view.beside.settings.remove(&BucketSetting::Notification);
    let findings = capture(Healthy {
        requirements: &Requirements::default(),
        caller: &caller(),
        view: &view,
        now: now(),
    })
    .unwrap_err();
    let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let expected = [
        "could-not-verify: s3:GetBucketLifecycleConfiguration AccessDenied",
        "could-not-verify: the trail's bucket's setting notification were not read",
    ];
    assert_eq!(texts, expected);
}
