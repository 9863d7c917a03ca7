//! What is read of a trail.

use trailkeeper_core::Fact;
use trailkeeper_core::cloudtrail::reads::{follow_up, needs};
use trailkeeper_core::cloudtrail::{ManagementEvents, Read, Requirements};
use trailkeeper_core::facts::Trail;
use trailkeeper_core::operation::GET_BUCKET_POLICY;

use crate::healthy::{KEY, MANAGEMENT, OWN, arn, caller, failed, own, trail};

fn bucket(region: &str) -> Read {
    Read::Bucket {
        name: "amzn-s3-demo-audit".to_owned(),
        hint: region.parse().unwrap(),
        owner: OWN.parse().unwrap(),
    }
}

fn keys(key: &str) -> [Read; 2] {
    let arn = arn(key);
    [Read::Key { arn: arn.clone() }, Read::KeyPolicy { arn }]
}

fn wanted_key(id: &str) -> Read {
    Read::WantedKey {
        id: id.to_owned(),
        region: "eu-west-1".parse().unwrap(),
    }
}

/// The reads after one change to an own trail that is fully required.
fn after(change: impl Fn(&mut Trail, &mut Requirements)) -> Vec<Read> {
    let (mut trail, mut wanted) = (trail(OWN, "org-audit"), Requirements::default());
    change(&mut trail, &mut wanted);
    needs(&wanted, &caller(), &trail)
}

#[test]
fn an_own_trail_is_read_whole() {
    let [key, key_policy] = keys(KEY);
    let (status, selectors, insights) = (Read::Status, Read::Selectors, Read::Insights);
    let all = [
        status,
        selectors,
        insights,
        bucket("eu-west-1"),
        key,
        key_policy,
    ];
    assert_eq!(after(|_, _| {}), all);
}

#[test]
fn an_organization_trail_of_another_account_gives_its_status() {
    let foreign = trail(MANAGEMENT, "org-audit");
    let wanted = Requirements {
        kms_key_id: Some("alias/audit".to_owned()),
        ..Requirements::default()
    };
    assert_eq!(needs(&wanted, &caller(), &foreign), [Read::Status]);
}

#[test]
fn what_is_not_required_is_not_read() {
    let reads = after(|trail, wanted| {
        wanted.management_events = ManagementEvents::None;
        wanted.insights.clear();
        wanted.bucket_owner = "444455556666".parse().ok();
        trail.kms_key_id = None;
    });
    assert_eq!(reads, [Read::Status]);
}

#[test]
fn a_bucket_owner_that_is_our_own_account_changes_nothing() {
    let stated = after(|_, wanted| wanted.bucket_owner = OWN.parse().ok());
    assert_eq!(stated, after(|_, _| {}));
}

#[test]
fn the_bucket_is_looked_for_where_the_key_is() {
    let moved = KEY.replace("eu-west-1", "us-east-1");
    let reads = after(|trail, _| trail.kms_key_id = Some(moved.clone()));
    assert!(reads.contains(&bucket("us-east-1")), "{reads:?}");
    let reads = after(|trail, _| trail.kms_key_id = None);
    assert!(reads.contains(&bucket("eu-west-1")), "{reads:?}");
}

#[test]
fn a_foreign_key_is_not_read() {
    let foreign = KEY.replace(OWN, "444455556666");
    let reads = after(|trail, _| trail.kms_key_id = Some(foreign.clone()));
    assert!(
        !reads
            .iter()
            .any(|read| matches!(read, Read::Key { .. } | Read::KeyPolicy { .. }))
    );
}

#[test]
fn the_wanted_key_is_read_where_its_name_does_not_tell() {
    let id = "1234abcd-12ab-34cd-56ef-1234567890ab";
    let cases = [
        (KEY, false),
        (id, false),
        ("alias/audit", true),
        ("0000abcd", true),
    ];
    for (text, is_read) in cases {
        let reads = after(|_, wanted| wanted.kms_key_id = Some(text.to_owned()));
        assert_eq!(reads.contains(&wanted_key(text)), is_read, "{text}");
    }
}

#[test]
fn the_owner_is_asked_for_after_a_denial_only() {
    let mut view = own("org-audit");
    assert_eq!(follow_up(&view), []);
    view.bucket = failed(GET_BUCKET_POLICY, "SlowDown");
    assert_eq!(follow_up(&view), []);
    view.bucket = failed(GET_BUCKET_POLICY, "AccessDenied");
    let asked = Read::OwnsBucket {
        name: "amzn-s3-demo-audit".to_owned(),
        region: "eu-west-1".parse().unwrap(),
    };
    assert_eq!(follow_up(&view), [asked]);
    view.owns_bucket = Some(Fact::Known(true));
    assert_eq!(follow_up(&view), []);
}
