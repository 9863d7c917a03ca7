//! The account that is attacked: a trail with everything that a trail can have, in a bucket with
//! everything that a bucket can have.

use serde_json::{Value, json};
use trailkeeper_sandbox::attacks::Target;
use trailkeeper_sandbox::seed::{
    BucketSeed, EventSelectors, KeySeed, ManagedPolicySeed, OrganizationSeed, RoleSeed, TrailSeed,
};
use trailkeeper_sandbox::{OrganizationRole, World};
use trailkeeper_tests::{
    ACCOUNT, BUCKET, HOME, KEY_ID, RULE, TRAIL, bucket_policy, healthy_trail, key_arn, now,
};

/// GuardDuty's detector: the sandbox's first id.
const DETECTOR: &str = "12abc34d567e8fa901bc2d34e0000001";
/// The key store of a key that is in one.
const KEY_STORE: &str = "cks-1234567890abcdef0";

/// What is attacked.
pub(crate) fn target() -> Target {
    let text = str::to_owned;
    Target {
        account: text(ACCOUNT),
        region: text(HOME),
        trail: text(TRAIL),
        bucket: text(BUCKET),
        key_id: text(KEY_ID),
        topic: text("audit"),
        log_group: text("audit"),
        log_role: text("cloudtrail-to-logs"),
        rule: text(RULE),
        evaluator: text("trailkeeper-evaluator"),
        remediator: text("trailkeeper-remediator"),
        runbook: text("Trailkeeper-RestoreCloudTrail"),
        event_rule: text("trailkeeper-trail-events"),
        detector: text(DETECTOR),
    }
}

/// The account before the attack. The way says which of two things that exclude each other there
/// is: S3 does not suspend the versioning of a bucket that is locked or replicated.
pub(crate) fn world(way: &str) -> World {
    let locked = [
        "object lock without retention",
        "no replication",
        "a replication rule disabled",
    ]
    .contains(&way);
    let mut world = World::new(ACCOUNT, HOME, now());
    world.seed_bucket(bucket(locked));
    world.seed_bucket(BucketSeed {
        name: "amzn-s3-demo-copies".to_owned(),
        ..BucketSeed::default()
    });
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        aliases: vec!["alias/audit".to_owned()],
        external_origin: way == "imported material",
        custom_key_store: (way == "the key store").then(|| KEY_STORE.to_owned()),
        ..KeySeed::default()
    });
    destinations(&mut world);
    roles(&mut world);
    world.seed_trail(trail());
    target().seed_intruder(&mut world);
    world
}

fn bucket(locked: bool) -> BucketSeed {
    let retention = json!({
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 30}},
    });
    let replication = json!({
        "Role": format!("arn:aws:iam::{ACCOUNT}:role/replicate"),
        "Rules": [{
            "Status": "Enabled", "Priority": 1, "Filter": {},
            "DeleteMarkerReplication": {"Status": "Disabled"},
            "Destination": {"Bucket": "arn:aws:s3:::amzn-s3-demo-copies"},
        }],
    });
    BucketSeed {
        name: BUCKET.to_owned(),
        policy: Some(bucket_policy(true)),
        lifecycle: vec![json!({
            "ID": "keep", "Status": "Enabled", "Filter": {"Prefix": ""},
            "Expiration": {"Days": 365},
        })],
        kms_key: Some(key_arn()),
        object_lock: locked.then_some(retention),
        replication: locked.then_some(replication),
        ..BucketSeed::default()
    }
}

/// The trail: data events, tags, topic and log group too.
pub(crate) fn trail() -> TrailSeed {
    let target = target();
    let mut trail = healthy_trail(HOME, TRAIL);
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
fn destinations(world: &mut World) {
    let target = target();
    world.seed_topic(&target.topic_arn(), None);
    world.seed_log_group(&target.log_group_arn());
    let write = allow(&["logs:CreateLogStream", "logs:PutLogEvents"]);
    world.seed_role(RoleSeed {
        trust: trust("cloudtrail.amazonaws.com"),
        ..RoleSeed::new(&target.log_role).with_inline("write-logs", &write)
    });
}

/// The product's own roles, and the managed policies that an intruder reaches for.
fn roles(world: &mut World) {
    let target = target();
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
pub(crate) fn guardduty(way: &str) -> Vec<(&'static str, &'static str, Value)> {
    let detector = target().detector;
    let list = json!({
        "DetectorId": detector, "Name": "offices", "Format": "TXT",
        "Location": "https://s3.amazonaws.com/amzn-s3-demo-lists/offices.txt", "Activate": true,
    });
    let export = json!({
        "DetectorId": detector, "DestinationType": "S3",
        "DestinationProperties": {
            "DestinationArn": "arn:aws:s3:::amzn-s3-demo-copies",
            "KmsKeyArn": target().key_arn(),
        },
    });
    let administrator = json!({
        "DetectorId": detector, "AdministratorId": "999999999999",
        "InvitationId": "84b097800250d17d1872b34c4daadcf5",
    });
    let mut calls = vec![
        ("guardduty", "CreateDetector", json!({"Enable": true})),
        ("guardduty", "CreateIPSet", list.clone()),
        ("guardduty", "CreatePublishingDestination", export),
        ("guardduty", "CreateTrustedEntitySet", list),
        ("guardduty", "AcceptAdministratorInvitation", administrator),
    ];
    // there is one such list at most
    calls.retain(|call| way != "a trusted list" || call.1 != "CreateIPSet");
    calls.retain(|call| way != "a trusted entity list" || call.1 != "CreateTrustedEntitySet");
    calls
}

/// The service-linked role that CloudTrail has in an organization.
pub(crate) fn service_role() -> (&'static str, &'static str, Value) {
    let service = json!({"AWSServiceName": "cloudtrail.amazonaws.com"});
    ("iam", "CreateServiceLinkedRole", service)
}

/// Who reads the log, as it is set up: a queue on the topic, in CloudWatch a stream, a filter and an
/// alarm, and of the bucket its events and access logs.
pub(crate) fn readers() -> Vec<(&'static str, &'static str, Value)> {
    let target = target();
    let group = &target.log_group;
    let stream = format!("{ACCOUNT}_CloudTrail_{HOME}");
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
        "Endpoint": format!("arn:aws:sqs:{HOME}:{ACCOUNT}:new-log-files"),
    });
    let events = json!({
        "Bucket": BUCKET, "NotificationConfiguration": {"EventBridgeConfiguration": {}},
    });
    let access = json!({"Bucket": BUCKET, "BucketLoggingStatus": {"LoggingEnabled": {
        "TargetBucket": "amzn-s3-demo-copies", "TargetPrefix": "access/",
    }}});
    vec![
        ("sns", "Subscribe", queue),
        ("s3", "PutBucketNotificationConfiguration", events),
        ("s3", "PutBucketLogging", access),
        (
            "logs",
            "CreateLogStream",
            json!({"logGroupName": group, "logStreamName": stream}),
        ),
        ("logs", "PutMetricFilter", filter),
        ("cloudwatch", "PutMetricAlarm", alarm),
    ]
}

/// A bucket policy that lets CloudTrail write anywhere in the bucket, for any trail.
fn wide_policy() -> Value {
    let bucket = format!("arn:aws:s3:::{BUCKET}");
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": ["s3:GetBucketAcl", "s3:PutObject"],
        "Resource": [bucket, format!("{bucket}/*")],
    }]})
}

/// The prefix below which the log is wanted.
pub(crate) const PREFIX: &str = "audit";

/// The log goes below a prefix, in a bucket that takes it below any.
pub(crate) fn with_prefix(way: &str) -> World {
    let mut world = world(way);
    world.seed_bucket(BucketSeed {
        policy: Some(wide_policy().to_string()),
        ..bucket(false)
    });
    let mut trail = trail();
    trail.settings.s3_key_prefix = Some(PREFIX.to_owned());
    world.seed_trail(trail);
    world
}

/// A trail that neither notifies nor copies its events.
pub(crate) fn without_readers(way: &str) -> World {
    let mut world = world(way);
    world.seed_trail(healthy_trail(HOME, TRAIL));
    world
}

/// The management account of an organization, whose trail records all of it.
pub(crate) fn management_account(way: &str) -> World {
    let mut world = world(way);
    let member = "222233334444".to_owned();
    let is_needed = way != "be removed";
    world.seed_organization(OrganizationSeed {
        role: OrganizationRole::Management,
        delegated_administrators: is_needed.then_some(member).into_iter().collect(),
        ..OrganizationSeed::default()
    });
    world.seed_bucket(BucketSeed {
        policy: Some(wide_policy().to_string()),
        ..bucket(false)
    });
    let mut trail = trail();
    trail.settings.is_organization_trail = true;
    world.seed_trail(trail);
    world
}

/// A member account that only the organization's trail records; where others act on it, the
/// management account.
pub(crate) fn member_account(way: &str) -> World {
    if way != "leave" {
        return management_account(way);
    }
    let mut world = world(way);
    let management = "999999999999";
    world.seed_organization(OrganizationSeed {
        role: OrganizationRole::Member,
        management_account: Some(management.to_owned()),
        ..OrganizationSeed::default()
    });
    world.remove_trail(&target().trail_arn());
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.account = Some(management.to_owned());
    trail.settings.is_organization_trail = true;
    world.seed_trail(trail);
    world
}
