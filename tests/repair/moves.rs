//! The moves of an intruder, each by its number in the list of ways to blind a trail.

use serde_json::{Value, json};
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::seed::{BucketSeed, KeySeed, cloudtrail_bucket_policy};
use trailkeeper_tests::{
    ACCOUNT, Account, BUCKET, HOME, KEY_ID, TRAIL, bucket_policy, healthy_trail, healthy_world,
    key_arn, trail_arn,
};

const ATTACKER: &str = "666666666666";
const LOOT: &str = "attackers-bucket";

/// A move: the calls, what the evaluator says of it, and the writes that undo it.
pub(crate) struct Move {
    pub(crate) id: &'static str,
    pub(crate) calls: Vec<(&'static str, &'static str, Value)>,
    /// How long nobody notices.
    pub(crate) minutes: i64,
    pub(crate) codes: &'static [&'static str],
    pub(crate) writes: &'static [&'static str],
}

fn topic() -> String {
    format!("arn:aws:sns:{HOME}:{ACCOUNT}:audit")
}

fn log_group() -> String {
    format!("arn:aws:logs:{HOME}:{ACCOUNT}:log-group:audit:*")
}

fn log_role() -> String {
    format!("arn:aws:iam::{ACCOUNT}:role/cloudtrail-to-logs")
}

fn attackers_key() -> String {
    format!("arn:aws:kms:{HOME}:{ATTACKER}:key/{KEY_ID}")
}

/// The healthy account with everything that a trail can have, and what an intruder can point it
/// to.
pub(crate) fn account() -> Account {
    let mut world = healthy_world();
    world.seed_topic(&topic(), None);
    world.seed_log_group(&log_group());
    world.seed_log_role(&log_role(), true);
    let mut trail = healthy_trail(HOME, TRAIL);
    trail.settings.sns_topic_arn = Some(topic());
    trail.settings.cloud_watch_logs_log_group_arn = Some(log_group());
    trail.settings.cloud_watch_logs_role_arn = Some(log_role());
    world.seed_trail(trail);
    seed_loot(&mut world);
    Account::of(world)
        .with("SnsTopicName", topic())
        .with("CloudWatchLogsLogGroupArn", log_group())
        .with("CloudWatchLogsRoleArn", log_role())
        .with("RepairKey", true)
}

fn seed_loot(world: &mut World) {
    world.seed_bucket(BucketSeed {
        name: LOOT.to_owned(),
        owner: Some(ATTACKER.to_owned()),
        policy: Some(cloudtrail_bucket_policy(
            "aws",
            LOOT,
            None,
            ACCOUNT,
            &trail_arn(),
        )),
        ..BucketSeed::default()
    });
    let key_policy = json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*",
    }]});
    world.seed_key(KeySeed {
        id: KEY_ID.to_owned(),
        account: Some(ATTACKER.to_owned()),
        policy: Some(key_policy.to_string()),
        ..KeySeed::default()
    });
}

fn trail(operation: &'static str, more: Value) -> (&'static str, &'static str, Value) {
    let member = match operation {
        "PutEventSelectors" | "PutInsightSelectors" => "TrailName",
        _ => "Name",
    };
    let mut input = more;
    input[member] = json!(trail_arn());
    ("cloudtrail", operation, input)
}

fn basic(selector: Value) -> (&'static str, &'static str, Value) {
    trail("PutEventSelectors", json!({"EventSelectors": [selector]}))
}

fn advanced(fields: Value) -> (&'static str, &'static str, Value) {
    let selectors = json!([{"Name": "new", "FieldSelectors": fields}]);
    trail(
        "PutEventSelectors",
        json!({"AdvancedEventSelectors": selectors}),
    )
}

fn is(field: &str, value: &str) -> Value {
    json!({"Field": field, "Equals": [value]})
}

/// B01 to B09, B19: the trail itself.
pub(crate) fn on_the_trail() -> Vec<Move> {
    let update = |more| vec![trail("UpdateTrail", more)];
    let made = |id, calls, codes, writes| Move {
        id,
        calls,
        minutes: 1,
        codes,
        writes,
    };
    let recreated =
        json!({"Name": TRAIL, "S3BucketName": BUCKET, "IncludeGlobalServiceEvents": false});
    vec![
        made(
            "B01",
            vec![trail("StopLogging", json!({}))],
            &["trail-not-logging", "insights-missing"],
            &["StartLogging", "PutInsightSelectors"],
        ),
        made(
            "B02",
            vec![trail("DeleteTrail", json!({}))],
            &["trail-missing"],
            &["CreateTrail", "PutInsightSelectors", "StartLogging"],
        ),
        made(
            "B03",
            update(json!({"IsMultiRegionTrail": false})),
            // CloudTrail switches the global events off with it
            &["not-multi-region", "global-events-missing"],
            &["UpdateTrail"],
        ),
        made(
            "B04",
            update(json!({"IsMultiRegionTrail": false, "IncludeGlobalServiceEvents": false})),
            &["not-multi-region", "global-events-missing"],
            &["UpdateTrail"],
        ),
        made(
            "B05",
            update(json!({"EnableLogFileValidation": false})),
            &["log-validation-off"],
            &["UpdateTrail"],
        ),
        made(
            "B06 none",
            update(json!({"KmsKeyId": ""})),
            &["not-encrypted"],
            &["UpdateTrail"],
        ),
        made(
            "B06 foreign",
            update(json!({"KmsKeyId": attackers_key()})),
            &["wrong-key"],
            &["UpdateTrail"],
        ),
        made(
            "B07",
            update(json!({"SnsTopicName": ""})),
            &["wrong-topic"],
            &["UpdateTrail"],
        ),
        made(
            "B08",
            update(json!({"CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": ""})),
            &["wrong-log-group"],
            &["UpdateTrail"],
        ),
        made(
            "B09",
            update(json!({"S3BucketName": LOOT})),
            &["bucket-not-ours", "wrong-bucket"],
            &["UpdateTrail"],
        ),
        made(
            "B19",
            vec![
                trail("DeleteTrail", json!({})),
                ("cloudtrail", "CreateTrail", recreated),
            ],
            &[
                "trail-not-logging",
                "not-multi-region",
                "global-events-missing",
                "log-validation-off",
                "not-encrypted",
                "insights-missing",
                "wrong-topic",
                "wrong-log-group",
            ],
            &["StartLogging", "UpdateTrail", "PutInsightSelectors"],
        ),
    ]
}

/// B11 to B17: what the trail selects.
pub(crate) fn on_the_selectors() -> Vec<Move> {
    const MISSING: &[&str] = &["management-events-missing"];
    const NARROWED: &[&str] = &["management-events-narrowed"];
    let made = |id, call, codes| Move {
        id,
        calls: vec![call],
        minutes: 1,
        codes,
        writes: &["PutEventSelectors"],
    };
    let excluding = |source: &str| {
        basic(json!({
            "ReadWriteType": "All",
            "IncludeManagementEvents": true,
            "ExcludeManagementEventSources": [source],
        }))
    };
    let insights = |id, calls| Move {
        id,
        calls,
        minutes: 1,
        codes: &["insights-missing"],
        writes: &["PutInsightSelectors"],
    };
    let management = || is("eventCategory", "Management");
    let data = json!([
        is("eventCategory", "Data"),
        is("resources.type", "AWS::S3::Object")
    ]);
    let kms = json!({"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]});
    let with_data = trail(
        "PutEventSelectors",
        json!({"AdvancedEventSelectors": [
            {"Name": "all", "FieldSelectors": [management()]},
            {"Name": "objects", "FieldSelectors": data.clone()},
        ]}),
    );
    let all = basic(json!({"ReadWriteType": "All", "IncludeManagementEvents": true}));
    let data_insight = json!({"InsightType": "ApiCallRateInsight", "EventCategories": ["Data"]});
    let data_only = trail(
        "PutInsightSelectors",
        json!({"InsightSelectors": [data_insight]}),
    );
    vec![
        made(
            "B11",
            basic(
                json!({"ReadWriteType": "All", "IncludeManagementEvents": false, "DataResources": []}),
            ),
            MISSING,
        ),
        made(
            "B12 reads",
            basic(json!({"ReadWriteType": "ReadOnly", "IncludeManagementEvents": true})),
            NARROWED,
        ),
        made(
            "B12 writes",
            basic(json!({"ReadWriteType": "WriteOnly", "IncludeManagementEvents": true})),
            NARROWED,
        ),
        made("B13 KMS", excluding("kms.amazonaws.com"), NARROWED),
        made("B13 RDS", excluding("rdsdata.amazonaws.com"), NARROWED),
        made("B14", advanced(data), MISSING),
        made(
            "B15 reads",
            advanced(json!([management(), is("readOnly", "true")])),
            NARROWED,
        ),
        made("B15 source", advanced(json!([management(), kms])), NARROWED),
        insights(
            "B17 off",
            vec![trail(
                "PutInsightSelectors",
                json!({"InsightSelectors": []}),
            )],
        ),
        insights("B17 data", vec![with_data.clone(), data_only.clone()]),
        // the Insights selector that is left can no longer be put as it is
        insights("B17 no data", vec![with_data, data_only, all]),
    ]
}

/// B25, B33 to B35: the bucket and the key. Nobody notices before deliveries have failed.
pub(crate) fn on_the_stores() -> Vec<Move> {
    let made = |id, calls, codes, writes| Move {
        id,
        calls,
        minutes: 70,
        codes,
        writes,
    };
    let policy = |text: String| json!({"Bucket": BUCKET, "Policy": text});
    let key = |more: Value| {
        let mut input = more;
        input["KeyId"] = json!(key_arn());
        input
    };
    let root_only = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Root", "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{ACCOUNT}:root")},
        "Action": "kms:*", "Resource": "*",
    }]});
    let key_policy = key(json!({"PolicyName": "default", "Policy": root_only.to_string()}));
    const REFUSES: &[&str] = &[
        "delivery-error",
        "digest-error",
        "bucket-refuses-cloudtrail",
    ];
    vec![
        made(
            "B25 deleted",
            vec![("s3", "DeleteBucketPolicy", json!({"Bucket": BUCKET}))],
            REFUSES,
            &["PutBucketPolicy"],
        ),
        made(
            "B25 replaced",
            vec![("s3", "PutBucketPolicy", policy(bucket_policy(false)))],
            REFUSES,
            &["PutBucketPolicy"],
        ),
        made(
            "B33",
            vec![("kms", "DisableKey", key(json!({})))],
            &["key-disabled", "delivery-error", "digest-error"],
            &["EnableKey"],
        ),
        made(
            "B34",
            vec![(
                "kms",
                "ScheduleKeyDeletion",
                key(json!({"PendingWindowInDays": 7})),
            )],
            &["key-pending-deletion", "delivery-error", "digest-error"],
            &["CancelKeyDeletion", "EnableKey"],
        ),
        made(
            "B35",
            vec![("kms", "PutKeyPolicy", key_policy)],
            &["key-refuses-cloudtrail", "delivery-error", "digest-error"],
            &["PutKeyPolicy"],
        ),
    ]
}
