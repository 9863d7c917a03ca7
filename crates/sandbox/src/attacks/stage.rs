//! The account that is attacked: a trail with everything that a trail can have, in a bucket with
//! everything that a bucket can have.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Step, Target};
use crate::seed::{
    BucketSeed, EventSelectors, KeySeed, ManagedPolicySeed, OrganizationSeed, RoleSeed, TrailSeed,
    cloudtrail_bucket_policy,
};
use crate::world::{OrganizationRole, World};

/// 2026-03-02T10:00:00Z.
const NOW: i64 = 1_772_445_600;
/// The key store of a key that is in one.
const KEY_STORE: &str = "cks-1234567890abcdef0";
/// A bucket of the account that is not the trail's.
pub const COPIES: &str = "amzn-s3-demo-copies";
/// The prefix below which B09's log is wanted.
pub const PREFIX: &str = "audit";

/// The account before the attack. The way says which of two things that exclude each other there
/// is: S3 does not suspend the versioning of a bucket that is locked or replicated.
pub fn account(target: &Target, way: &str) -> World {
    let now = Timestamp::from_second(NOW).unwrap_or_default();
    let mut world = World::new(&target.account, &target.region, now);
    world.seed_bucket(bucket(target, way));
    world.seed_bucket(BucketSeed {
        name: COPIES.to_owned(),
        ..BucketSeed::default()
    });
    world.seed_key(KeySeed {
        id: target.key_id.clone(),
        aliases: vec!["alias/audit".to_owned()],
        external_origin: way == "imported material",
        custom_key_store: (way == "the key store").then(|| KEY_STORE.to_owned()),
        ..KeySeed::default()
    });
    destinations(target, &mut world);
    roles(target, &mut world);
    let trail = trail(target, &world);
    world.seed_trail(trail);
    target.seed_intruder(&mut world);
    world
}

/// The trail's bucket in [`account`].
pub fn bucket(target: &Target, way: &str) -> BucketSeed {
    let locked = [
        "object lock without retention",
        "no replication",
        "a replication rule disabled",
    ]
    .contains(&way);
    let retention = json!({
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}},
    });
    let replication = json!({
        "Role": format!("arn:aws:iam::{}:role/replicate", target.account),
        "Rules": [{
            "Status": "Enabled", "Priority": 1, "Filter": {},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": format!("arn:aws:s3:::{COPIES}")},
        }],
    });
    let (bucket, account) = (&target.bucket, &target.account);
    let policy = cloudtrail_bucket_policy("aws", bucket, None, account, &target.trail_arn());
    BucketSeed {
        name: target.bucket.clone(),
        policy: Some(policy),
        lifecycle: vec![json!({
            "ID": "keep", "Status": "Enabled", "Filter": {"Prefix": ""},
            "Expiration": {"Days": 365},
        })],
        kms_key: Some(target.key_arn()),
        object_lock: locked.then_some(retention),
        replication: locked.then_some(replication),
        ..BucketSeed::default()
    }
}

fn healthy(target: &Target, world: &World) -> TrailSeed {
    let mut trail = TrailSeed::healthy(&target.trail, &target.region, &target.bucket, world.now);
    trail.settings.kms_key_id = Some(target.key_arn());
    trail
}

/// The trail: data events, tags, topic and log group too.
fn trail(target: &Target, world: &World) -> TrailSeed {
    let mut trail = healthy(target, world);
    trail.settings.sns_topic_arn = Some(target.topic_arn());
    trail.settings.cloud_watch_logs_log_group_arn = Some(target.log_group_arn());
    trail.settings.cloud_watch_logs_role_arn = Some(target.log_role_arn());
    let tags = [("protected", "true"), ("team", "audit")];
    trail.tags = tags
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    trail.selectors = EventSelectors::Basic(vec![json!({
        "ReadWriteType": "All",
        "IncludeManagementEvents": true,
        "DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}],
        "ExcludeManagementEventSources": [],
    })]);
    trail
}

/// The topic of new log files, and the log group with its role.
fn destinations(target: &Target, world: &mut World) {
    world.seed_topic(&target.topic_arn(), None);
    world.seed_log_group(&target.log_group_arn());
    let write = allow(&["logs:CreateLogStream", "logs:PutLogEvents"]);
    world.seed_role(RoleSeed {
        trust: trust("cloudtrail.amazonaws.com"),
        ..RoleSeed::new(&target.log_role).with_inline("write-logs", &write)
    });
}

/// The roles of the functions and of Automation, and the managed policies that an intruder reaches for.
fn roles(target: &Target, world: &mut World) {
    let repair = allow(&["cloudtrail:StartLogging", "cloudtrail:UpdateTrail"]);
    for (name, service) in [
        (target.remediator.as_str(), "lambda.amazonaws.com"),
        (&target.evaluator, "lambda.amazonaws.com"),
        (target.automation_role(), "ssm.amazonaws.com"),
    ] {
        world.seed_role(RoleSeed {
            trust: trust(service),
            ..RoleSeed::new(name).with_inline("repair", &repair)
        });
    }
    for name in ["AdministratorAccess", "ReadOnlyAccess"] {
        world.seed_managed_policy(ManagedPolicySeed::of_aws(name, &allow(&["*"])));
    }
    world.seed_managed_policy(ManagedPolicySeed::new("team", &allow(&["s3:GetObject"])));
}

fn allow(actions: &[&str]) -> String {
    let statement = json!({"Effect": "Allow", "Action": actions, "Resource": "*"});
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

fn trust(service: &str) -> String {
    let statement = json!({
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    });
    json!({"Version": "2012-10-17", "Statement": [statement]}).to_string()
}

/// GuardDuty as it is set up: a detector, lists of what is trusted, an export, and who looks after
/// it.
pub fn guardduty(target: &Target) -> Vec<Step> {
    let detector = &target.detector;
    let list = json!({
        "DetectorId": detector, "Name": "offices", "Format": "TXT",
        "Location": "https://s3.amazonaws.com/amzn-s3-demo-lists/offices.txt", "Activate": true,
    });
    let export = json!({
        "DetectorId": detector, "DestinationType": "S3",
        "DestinationProperties": {
            "DestinationArn": format!("arn:aws:s3:::{COPIES}"),
            "KmsKeyArn": target.key_arn(),
        },
    });
    let administrator = json!({
        "DetectorId": detector, "AdministratorId": "999999999999",
        "InvitationId": "84b097800250d17d1872b34c4daadcf5",
    });
    vec![
        Step::new("guardduty", "CreateDetector", json!({"Enable": true})),
        Step::new("guardduty", "CreateIPSet", list.clone()),
        Step::new("guardduty", "CreatePublishingDestination", export),
        Step::new("guardduty", "CreateTrustedEntitySet", list),
        Step::new("guardduty", "AcceptAdministratorInvitation", administrator),
    ]
}

/// The service-linked role that CloudTrail has in an organization.
pub fn service_role() -> Step {
    let service = json!({"AWSServiceName": "cloudtrail.amazonaws.com"});
    Step::new("iam", "CreateServiceLinkedRole", service)
}

/// Who reads the log, as it is set up: a queue on the topic, and in CloudWatch a stream, a filter
/// and an alarm.
pub fn readers(target: &Target) -> Vec<Step> {
    let (group, account, region) = (&target.log_group, &target.account, &target.region);
    let stream = format!("{account}_CloudTrail_{region}");
    let filter = json!({
        "logGroupName": group, "filterName": "trail-changed", "filterPattern": "",
        "metricTransformations": [{
            "metricName": "changes", "metricNamespace": "trail", "metricValue": "1",
        }],
    });
    let alarm = json!({
        "AlarmName": "trail-changed", "MetricName": "changes", "Namespace": "trail",
        "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 1,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold", "ActionsEnabled": true,
    });
    let queue = json!({
        "TopicArn": target.topic_arn(), "Protocol": "sqs",
        "Endpoint": format!("arn:aws:sqs:{region}:{account}:new-log-files"),
    });
    let stream = json!({"logGroupName": group, "logStreamName": stream});
    vec![
        Step::new("sns", "Subscribe", queue),
        Step::new("logs", "CreateLogStream", stream),
        Step::new("logs", "PutMetricFilter", filter),
        Step::new("cloudwatch", "PutMetricAlarm", alarm),
    ]
}

/// A bucket policy that lets CloudTrail write anywhere in the bucket, for any trail.
fn wide_policy(target: &Target) -> Value {
    let bucket = format!("arn:aws:s3:::{}", target.bucket);
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:PutObject"],
        "Resource": [bucket, format!("{bucket}/*")],
    }]})
}

fn wide_bucket(target: &Target) -> BucketSeed {
    BucketSeed {
        policy: Some(wide_policy(target).to_string()),
        ..bucket(target, "")
    }
}

/// The log goes below a prefix, in a bucket that takes it below any.
pub fn with_prefix(target: &Target, way: &str) -> World {
    let mut world = account(target, way);
    world.seed_bucket(wide_bucket(target));
    let mut trail = trail(target, &world);
    trail.settings.s3_key_prefix = Some(PREFIX.to_owned());
    world.seed_trail(trail);
    world
}

/// The management account of an organization, whose trail records all of it.
pub fn management_account(target: &Target, way: &str) -> World {
    let mut world = account(target, way);
    let member = "222233334444".to_owned();
    let is_needed = way != "be removed";
    world.seed_organization(OrganizationSeed {
        role: OrganizationRole::Management,
        delegated_administrators: is_needed.then_some(member).into_iter().collect(),
        ..OrganizationSeed::default()
    });
    world.seed_bucket(wide_bucket(target));
    let mut trail = trail(target, &world);
    trail.settings.is_organization_trail = true;
    world.seed_trail(trail);
    world
}

/// A member account that only the organization's trail records; where others act on it, the
/// management account.
pub fn member_account(target: &Target, way: &str) -> World {
    if way != "leave" {
        return management_account(target, way);
    }
    let mut world = account(target, way);
    let management = "999999999999";
    world.seed_organization(OrganizationSeed {
        role: OrganizationRole::Member,
        management_account: Some(management.to_owned()),
        ..OrganizationSeed::default()
    });
    world.remove_trail(&target.trail_arn());
    let mut trail = healthy(target, &world);
    trail.account = Some(management.to_owned());
    trail.settings.is_organization_trail = true;
    world.seed_trail(trail);
    world
}
