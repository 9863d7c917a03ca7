//! The bucket and the key that the stack can make, judged by the code that judges every trail's.

use trailkeeper_policy::cloudtrail::{
    BucketTarget, KeyTarget, Merge, merge_bucket_policy, merge_key_policy,
};

use crate::render::Parameters;
use crate::template;

const ACCOUNT: &str = "111122223333";
const MANAGEMENT: &str = "999988887777";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555";

fn created(more: Parameters<'static>) -> Vec<(&'static str, &'static str)> {
    let base = [
        ("AWS::Partition", "aws"),
        ("AWS::AccountId", ACCOUNT),
        ("AWS::Region", "eu-west-1"),
        ("TrailName", "org-audit"),
        ("TrailBucketName", "audit-logs"),
        ("CreateTrailBucket", "true"),
        ("CreateTrailKey", "true"),
    ];
    base.iter().chain(more).copied().collect()
}

/// The parameters, the account of the trail's ARN, the prefix.
type Case = (Parameters<'static>, &'static str, Option<&'static str>);

const CASES: [Case; 3] = [
    (&[], ACCOUNT, None),
    (&[("TrailKeyPrefix", "org/logs")], ACCOUNT, Some("org/logs")),
    (&[("TrailAccountId", MANAGEMENT)], MANAGEMENT, None),
];

#[test]
fn the_created_bucket_lets_cloudtrail_in() {
    let template = template();
    for (parameters, account, prefix) in CASES {
        let stack = template.render(&created(parameters));
        let policy = stack.properties("TrailBucketPolicy").expect("is created");
        let target = BucketTarget {
            partition: "aws".to_owned(),
            bucket: "audit-logs".to_owned(),
            prefix: prefix.map(str::to_owned),
            log_accounts: vec![account.to_owned()],
            organization_id: None,
            trail_arn: format!("arn:aws:cloudtrail:eu-west-1:{account}:trail/org-audit"),
            kms_key_arn: Some(KEY.to_owned()),
        };
        let merge = merge_bucket_policy(Some(&policy["PolicyDocument"].to_string()), &target);
        assert_eq!(merge, Ok(Merge::NotNeeded), "{parameters:?}");
    }
}

#[test]
fn the_created_key_lets_cloudtrail_in() {
    let template = template();
    for (parameters, account, _) in CASES {
        let stack = template.render(&created(parameters));
        let key = stack.properties("TrailKey").expect("is created");
        let target = KeyTarget {
            partition: "aws".to_owned(),
            account: account.to_owned(),
            trail_arn: format!("arn:aws:cloudtrail:eu-west-1:{account}:trail/org-audit"),
            key_arn: KEY.to_owned(),
            bucket_keys: false,
        };
        let merge = merge_key_policy(&key["KeyPolicy"].to_string(), &target);
        assert_eq!(merge, Ok(Merge::NotNeeded), "{parameters:?}");
    }
}

/// A trail of another name must not be let in: the bucket is this trail's.
#[test]
fn the_created_bucket_keeps_other_trails_out() {
    let template = template();
    let stack = template.render(&created(&[]));
    let policy = stack.properties("TrailBucketPolicy").expect("is created");
    let target = BucketTarget {
        partition: "aws".to_owned(),
        bucket: "audit-logs".to_owned(),
        prefix: None,
        log_accounts: vec![ACCOUNT.to_owned()],
        organization_id: None,
        trail_arn: "arn:aws:cloudtrail:eu-west-1:444455556666:trail/org-audit".to_owned(),
        kms_key_arn: None,
    };
    let merge = merge_bucket_policy(Some(&policy["PolicyDocument"].to_string()), &target);
    assert!(matches!(merge, Ok(Merge::Updated { .. })), "{merge:?}");
}

/// What the trail's records need outlives the stack.
#[test]
fn bucket_and_key_stay_when_the_stack_goes() {
    let template = template();
    for name in [
        "TrailBucket",
        "TrailBucketPolicy",
        "TrailKey",
        "GuardTrailBucket",
        "GuardTrailBucketPolicy",
        "EvaluatorLogs",
        "RemediatorLogs",
    ] {
        let resource = &template.section("Resources")[name];
        assert_eq!(resource["DeletionPolicy"], "RetainExceptOnCreate", "{name}");
        assert_eq!(resource["UpdateReplacePolicy"], "Retain", "{name}");
    }
}
