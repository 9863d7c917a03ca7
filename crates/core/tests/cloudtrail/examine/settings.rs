use trailkeeper_core::Fact;
use trailkeeper_core::cloudtrail::Code::{
    CouldNotVerify, GlobalEventsMissing, LogValidationOff, NotEncrypted, NotMultiRegion,
    OrganizationTrailRequired, WrongBucket, WrongKey, WrongLogGroup, WrongPrefix, WrongTopic,
};
use trailkeeper_core::facts::{KeyFacts, KeyState};
use trailkeeper_core::operation::DESCRIBE_KEY;

use super::check;
use crate::healthy::{KEY, arn, failed};

const OTHER_KEY: &str =
    "arn:aws:kms:eu-west-1:111122223333:key/99999999-12ab-34cd-56ef-1234567890ab";
const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:audit";
const GROUP: &str = "arn:aws:logs:eu-west-1:111122223333:log-group:audit/trail";

fn key(text: &str) -> KeyFacts {
    KeyFacts {
        arn: arn(text),
        state: KeyState::Enabled,
        customer_managed: true,
    }
}

#[test]
fn flags() {
    check(&[
        (
            "one Region",
            |v, _| v.trail.is_multi_region = Some(false),
            &[NotMultiRegion],
            "IsMultiRegionTrail false",
        ),
        (
            "one Region, not required",
            |v, w| {
                v.trail.is_multi_region = Some(false);
                w.multi_region = false;
            },
            &[],
            "",
        ),
        (
            "Region flag absent",
            |v, _| v.trail.is_multi_region = None,
            &[CouldNotVerify],
            "cloudtrail:DescribeTrails without IsMultiRegionTrail",
        ),
        (
            "no global events",
            |v, _| v.trail.include_global_service_events = Some(false),
            &[GlobalEventsMissing],
            "IncludeGlobalServiceEvents false",
        ),
        (
            "global flag absent",
            |v, _| v.trail.include_global_service_events = None,
            &[CouldNotVerify],
            "IncludeGlobalServiceEvents",
        ),
        (
            "no digests",
            |v, _| v.trail.log_file_validation = Some(false),
            &[LogValidationOff],
            "LogFileValidationEnabled false",
        ),
        (
            "digest flag absent",
            |v, _| v.trail.log_file_validation = None,
            &[CouldNotVerify],
            "LogFileValidationEnabled",
        ),
        (
            "account trail",
            |_, w| w.organization_trail = true,
            &[OrganizationTrailRequired],
            "IsOrganizationTrail false",
        ),
        (
            "organization flag absent",
            |v, w| {
                w.organization_trail = true;
                v.trail.is_organization_trail = None;
            },
            &[CouldNotVerify],
            "IsOrganizationTrail",
        ),
        (
            "all flags absent, none required",
            |v, w| {
                (
                    w.multi_region,
                    w.global_service_events,
                    w.log_file_validation,
                ) = (false, false, false);
                v.trail.is_multi_region = None;
                v.trail.include_global_service_events = None;
                v.trail.log_file_validation = None;
                v.trail.is_organization_trail = None;
            },
            &[],
            "",
        ),
    ]);
}

#[test]
fn encryption() {
    check(&[
        (
            "no key",
            |v, _| v.trail.kms_key_id = None,
            &[NotEncrypted],
            "no KmsKeyId",
        ),
        (
            "an empty key",
            |v, _| v.trail.kms_key_id = Some(String::new()),
            &[NotEncrypted],
            "no KmsKeyId",
        ),
        (
            "no key, none required",
            |v, w| {
                v.trail.kms_key_id = None;
                w.kms = false;
            },
            &[],
            "",
        ),
        (
            "no key, a certain one required",
            |v, w| {
                v.trail.kms_key_id = None;
                w.kms = false;
                w.kms_key_id = Some(KEY.to_owned());
            },
            &[NotEncrypted],
            "",
        ),
        (
            "the key by ARN",
            |_, w| w.kms_key_id = Some(KEY.to_owned()),
            &[],
            "",
        ),
        (
            "the key by id",
            |_, w| w.kms_key_id = Some("1234abcd-12ab-34cd-56ef-1234567890ab".to_owned()),
            &[],
            "",
        ),
        (
            "another key by ARN",
            |_, w| w.kms_key_id = Some(OTHER_KEY.to_owned()),
            &[WrongKey],
            OTHER_KEY,
        ),
        (
            "an alias of the key",
            |v, w| {
                w.kms_key_id = Some("alias/audit".to_owned());
                v.wanted_key = Some(Fact::Known(key(KEY)));
            },
            &[],
            "",
        ),
        (
            "an alias of another key",
            |v, w| {
                w.kms_key_id = Some("alias/audit".to_owned());
                v.wanted_key = Some(Fact::Known(key(OTHER_KEY)));
            },
            &[WrongKey],
            "not alias/audit",
        ),
        (
            "an alias of no key",
            |v, w| {
                w.kms_key_id = Some("alias/audit".to_owned());
                v.wanted_key = failed(DESCRIBE_KEY, "NotFoundException");
            },
            &[WrongKey],
            "not alias/audit",
        ),
        (
            "an alias that may not be read",
            |v, w| {
                w.kms_key_id = Some("alias/audit".to_owned());
                v.wanted_key = failed(DESCRIBE_KEY, "AccessDeniedException");
            },
            &[CouldNotVerify],
            "kms:DescribeKey AccessDeniedException",
        ),
        (
            "an alias that was not read",
            |_, w| w.kms_key_id = Some("alias/audit".to_owned()),
            &[CouldNotVerify],
            "kms:DescribeKey was not called",
        ),
    ]);
}

#[test]
fn destinations() {
    check(&[
        (
            "the bucket",
            |_, w| w.bucket = Some("amzn-s3-demo-audit".to_owned()),
            &[],
            "",
        ),
        (
            "another bucket",
            |_, w| w.bucket = Some("amzn-s3-demo-other".to_owned()),
            &[WrongBucket],
            "delivers to amzn-s3-demo-audit, not amzn-s3-demo-other",
        ),
        (
            "a prefix where none is",
            |_, w| w.key_prefix = Some("logs".to_owned()),
            &[WrongPrefix],
            "not `logs`",
        ),
        (
            "an empty prefix where none is",
            |_, w| w.key_prefix = Some(String::new()),
            &[],
            "",
        ),
        (
            "a topic where none is",
            |_, w| w.sns_topic = Some(TOPIC.to_owned()),
            &[WrongTopic],
            "notifies nothing",
        ),
        (
            "the topic by ARN",
            |v, w| {
                v.trail.sns_topic_arn = Some(TOPIC.to_owned());
                w.sns_topic = Some(TOPIC.to_owned());
            },
            &[],
            "",
        ),
        (
            "the topic by name",
            |v, w| {
                v.trail.sns_topic_arn = Some(TOPIC.to_owned());
                w.sns_topic = Some("audit".to_owned());
            },
            &[],
            "",
        ),
        (
            "a topic whose name only ends alike",
            |v, w| {
                v.trail.sns_topic_arn = Some(TOPIC.to_owned());
                w.sns_topic = Some("dit".to_owned());
            },
            &[WrongTopic],
            "not dit",
        ),
        (
            "the same name in another Region",
            |v, w| {
                v.trail.sns_topic_arn = Some(TOPIC.to_owned());
                w.sns_topic = Some(TOPIC.replace("eu-west-1", "us-east-1"));
            },
            &[WrongTopic],
            "us-east-1",
        ),
        (
            "a log group where none is",
            |_, w| w.log_group_arn = Some(GROUP.to_owned()),
            &[WrongLogGroup],
            "copies to nothing",
        ),
        (
            "the log group without its star",
            |v, w| {
                v.trail.log_group_arn = Some(format!("{GROUP}:*"));
                w.log_group_arn = Some(GROUP.to_owned());
            },
            &[],
            "",
        ),
        (
            "the log group with a star",
            |v, w| {
                v.trail.log_group_arn = Some(GROUP.to_owned());
                w.log_group_arn = Some(format!("{GROUP}:*"));
            },
            &[],
            "",
        ),
        (
            "another log group",
            |v, w| {
                v.trail.log_group_arn = Some(format!("{GROUP}-2:*"));
                w.log_group_arn = Some(GROUP.to_owned());
            },
            &[WrongLogGroup],
            "",
        ),
    ]);
}
