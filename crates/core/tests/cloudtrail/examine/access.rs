use trailkeeper_core::Fact;
use trailkeeper_core::cloudtrail::Code::{
    BucketMissing, BucketNotOurs, BucketOpenToOthers, BucketRefusesCloudtrail, CouldNotVerify,
    KeyDisabled, KeyMissing, KeyPendingDeletion, KeyRefusesCloudtrail, KeyUnusable,
};
use trailkeeper_core::cloudtrail::examine::bucket_target;
use trailkeeper_core::cloudtrail::{Requirements, TrailView};
use trailkeeper_core::facts::{BucketFacts, KeyFacts, KeyState};
use trailkeeper_core::operation::{DESCRIBE_KEY, GET_BUCKET_POLICY, GET_KEY_POLICY, LIST_BUCKETS};
use trailkeeper_policy::cloudtrail::{BucketTarget, documented_bucket_policy};

use super::check;
use crate::healthy::{KEY, arn, codes, examined, failed, own};

fn key(view: &mut TrailView, state: KeyState) {
    view.key = Some(Fact::Known(KeyFacts {
        arn: arn(KEY),
        state,
        customer_managed: true,
    }));
}

fn bucket_policy(view: &mut TrailView, policy: Option<&str>) {
    view.bucket = Some(Fact::Known(BucketFacts {
        region: "eu-west-1".parse().unwrap(),
        policy: policy.map(str::to_owned),
    }));
}

/// The healthy bucket policy with one more statement.
fn add_to_bucket_policy(view: &mut TrailView, statement: &str) {
    let Some(Fact::Known(BucketFacts {
        policy: Some(policy),
        ..
    })) = &view.bucket
    else {
        return;
    };
    let policy = policy.replacen(
        "\"Statement\": [",
        &format!("\"Statement\": [{statement},"),
        1,
    );
    assert!(policy.contains(statement), "{policy}");
    bucket_policy(view, Some(&policy));
}

const DENY_ALL: &str = r#"{"Sid":"Hush","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::amzn-s3-demo-audit/*"}"#;
const DENY_MAYBE: &str = r#"{"Sid":"Maybe","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::amzn-s3-demo-audit/*","Condition":{"StringNotEquals":{"aws:SourceOrgID":"o-exampleorgid"}}}"#;
const FOREIGN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;

#[test]
fn key_states() {
    check(&[
        (
            "disabled",
            |v, _| key(v, KeyState::Disabled),
            &[KeyDisabled],
            "is Disabled",
        ),
        (
            "pending deletion",
            |v, _| key(v, KeyState::PendingDeletion),
            &[KeyPendingDeletion],
            KEY,
        ),
        (
            "no material",
            |v, _| key(v, KeyState::Other("PendingImport".to_owned())),
            &[KeyUnusable],
            "is PendingImport",
        ),
        (
            "gone, with its policy",
            |v, _| {
                v.key = failed(DESCRIBE_KEY, "NotFoundException");
                v.key_policy = failed(GET_KEY_POLICY, "NotFoundException");
            },
            &[KeyMissing],
            "does not exist",
        ),
        (
            "denied",
            |v, _| v.key = failed(DESCRIBE_KEY, "AccessDeniedException"),
            &[CouldNotVerify],
            "kms:DescribeKey AccessDeniedException",
        ),
        (
            "a trail that encrypts without having to needs its key as well",
            |v, w| {
                key(v, KeyState::Disabled);
                w.kms = false;
            },
            &[KeyDisabled],
            "",
        ),
    ]);
}

#[test]
fn key_policies() {
    check(&[
        (
            "CloudTrail is not in it",
            |v, _| v.key_policy = Some(Fact::Known(FOREIGN.to_owned())),
            &[KeyRefusesCloudtrail],
            "nothing allows kms:GenerateDataKey",
        ),
        (
            "no policy text",
            |v, _| v.key_policy = Some(Fact::Known("{".to_owned())),
            &[CouldNotVerify],
            "kms:GetKeyPolicy: the policy is not valid",
        ),
        (
            "denied",
            |v, _| v.key_policy = failed(GET_KEY_POLICY, "AccessDeniedException"),
            &[CouldNotVerify],
            "kms:GetKeyPolicy AccessDeniedException",
        ),
    ]);
}

#[test]
fn buckets() {
    check(&[
        (
            "gone",
            |v, _| v.bucket = failed(GET_BUCKET_POLICY, "NoSuchBucket"),
            &[BucketMissing],
            "amzn-s3-demo-audit does not exist",
        ),
        (
            "foreign",
            |v, _| {
                v.bucket = failed(GET_BUCKET_POLICY, "AccessDenied");
                v.owns_bucket = Some(Fact::Known(false));
            },
            &[BucketNotOurs],
            "does not belong to account 111122223333",
        ),
        (
            "ours, policy denied",
            |v, _| {
                v.bucket = failed(GET_BUCKET_POLICY, "AccessDenied");
                v.owns_bucket = Some(Fact::Known(true));
            },
            &[CouldNotVerify],
            "s3:GetBucketPolicy AccessDenied",
        ),
        (
            "denied, owner not told",
            |v, _| {
                v.bucket = failed(GET_BUCKET_POLICY, "AccessDenied");
                v.owns_bucket = failed(LIST_BUCKETS, "AccessDenied");
            },
            &[CouldNotVerify],
            "s3:GetBucketPolicy AccessDenied",
        ),
        (
            "throttled",
            |v, _| v.bucket = failed(GET_BUCKET_POLICY, "SlowDown"),
            &[CouldNotVerify],
            "s3:GetBucketPolicy SlowDown",
        ),
        (
            "not read",
            |v, _| v.bucket = None,
            &[CouldNotVerify],
            "s3:GetBucketPolicy was not called",
        ),
        (
            "no policy",
            |v, _| bucket_policy(v, None),
            &[BucketRefusesCloudtrail],
            "nothing allows s3:GetBucketAcl",
        ),
        (
            "no policy text",
            |v, _| bucket_policy(v, Some("[]")),
            &[CouldNotVerify],
            "s3:GetBucketPolicy: the policy is not valid",
        ),
        (
            "a Deny",
            |v, _| add_to_bucket_policy(v, DENY_ALL),
            &[BucketRefusesCloudtrail],
            "`Hush`",
        ),
        (
            "a Deny that cannot be decided",
            |v, _| add_to_bucket_policy(v, DENY_MAYBE),
            &[],
            "",
        ),
        (
            "a Deny that cannot be decided, strict",
            |v, w| {
                add_to_bucket_policy(v, DENY_MAYBE);
                w.strict_visibility = true;
            },
            &[CouldNotVerify],
            "`Maybe`",
        ),
    ]);
}

#[test]
fn a_deny_that_cannot_be_decided_is_noted() {
    let mut view = own("org-audit");
    add_to_bucket_policy(&mut view, DENY_MAYBE);
    let notes = examined(&Requirements::default(), &view).notes;
    let codes: Vec<&str> = notes.iter().map(|note| note.code).collect();
    assert_eq!(codes, ["policy-undetermined"], "{notes:?}");
}

fn opened_to(principal: &str, condition: &str) -> TrailView {
    let mut view = own("org-audit");
    let statement = format!(
        r#"{{"Sid":"Share","Effect":"Allow","Principal":{principal},"Action":"s3:GetObject","Resource":"arn:aws:s3:::amzn-s3-demo-audit/*"{condition}}}"#
    );
    add_to_bucket_policy(&mut view, &statement);
    view
}

const ORGANIZATION: &str =
    r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-exampleorgid"}}"#;

#[test]
fn a_bucket_that_everybody_may_read_is_wrong() {
    let examination = examined(&Requirements::default(), &opened_to(r#""*""#, ""));
    let [finding] = examination.findings.as_slice() else {
        panic!("{examination:?}");
    };
    assert_eq!(finding.code, BucketOpenToOthers);
    for part in ["`Share`", "s3:GetObject", "everybody", "amzn-s3-demo-audit"] {
        assert!(finding.evidence.contains(part), "{finding}");
    }
    assert_eq!(examination.notes, []);
}

#[test]
fn a_bucket_that_another_account_may_read_is_told_and_no_more() {
    let foreign = r#"{"AWS":"arn:aws:iam::999999999999:root"}"#;
    for strict_visibility in [false, true] {
        let wanted = Requirements {
            strict_visibility,
            ..Requirements::default()
        };
        let examination = examined(&wanted, &opened_to(foreign, ""));
        assert_eq!(examination.findings, []);
        let [note] = examination.notes.as_slice() else {
            panic!("{examination:?}");
        };
        assert_eq!(note.code, "bucket-open-to-others");
        assert!(note.text.contains("999999999999"), "{note}");
    }
}

#[test]
fn a_bucket_that_ours_or_an_organization_may_read_is_not_told_of() {
    let foreign = r#"{"AWS":"arn:aws:iam::999999999999:root"}"#;
    let service = r#"{"Service":"config.amazonaws.com"}"#;
    for (principal, condition) in [
        (r#""*""#, ORGANIZATION),
        (foreign, ORGANIZATION),
        (service, ""),
    ] {
        let examination = examined(&Requirements::default(), &opened_to(principal, condition));
        assert_eq!(examination.findings, [], "{principal}");
        assert_eq!(examination.notes, [], "{principal}");
    }
    let wanted = Requirements {
        bucket_owner: Some("999999999999".parse().unwrap()),
        ..Requirements::default()
    };
    let notes = examined(&wanted, &opened_to(foreign, "")).notes;
    assert!(
        notes
            .iter()
            .all(|note| note.code != "bucket-open-to-others"),
        "{notes:?}"
    );
}

/// The members of an organization deliver into a folder of the organization.
#[test]
fn an_organization_trail_needs_the_folder_of_the_organization() {
    let id = "o-exampleorgid";
    for (opened_to, is_open) in [(None, false), (Some(id), true)] {
        let mut view = own("org-audit");
        view.trail.is_organization_trail = Some(true);
        let target = BucketTarget {
            organization_id: opened_to.map(str::to_owned),
            ..bucket_target(&view.trail)
        };
        bucket_policy(&mut view, Some(&documented_bucket_policy(&target)));
        let found = codes(&examined(&Requirements::default(), &view));
        assert_eq!(found.is_empty(), is_open, "{opened_to:?}: {found:?}");
        assert!(is_open || found == [BucketRefusesCloudtrail], "{found:?}");
    }
}
