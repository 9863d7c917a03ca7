//! B01 to B10: the trail's own settings.

use serde_json::{Value, json};

use super::target::KEY_ALIAS;
use super::{LOOT, Step, Target, Way, way};

pub(super) fn ways(id: &str, target: &Target) -> Vec<Way> {
    let update = |name, change: Value| way(name, vec![named("UpdateTrail", target, change)]);
    match id {
        "B01" => vec![way("stop", vec![stop(target)])],
        "B02" => vec![way("delete", vec![delete(target)])],
        "B03" => vec![update("one Region", json!({"IsMultiRegionTrail": false}))],
        "B04" => vec![update(
            "no global events",
            json!({"IsMultiRegionTrail": false, "IncludeGlobalServiceEvents": false}),
        )],
        "B05" => vec![update(
            "no digests",
            json!({"EnableLogFileValidation": false}),
        )],
        "B06" => vec![
            update("no key", json!({"KmsKeyId": ""})),
            update(
                "the intruder's key",
                json!({"KmsKeyId": target.intruders_key()}),
            ),
            way(
                "the alias moved",
                vec![Step::new(
                    "kms",
                    "UpdateAlias",
                    json!({"AliasName": KEY_ALIAS, "TargetKeyId": target.planted_key()}),
                )],
            ),
            way(
                "the alias deleted",
                vec![Step::new(
                    "kms",
                    "DeleteAlias",
                    json!({"AliasName": KEY_ALIAS}),
                )],
            ),
        ],
        "B07" => vec![update("no topic", json!({"SnsTopicName": ""}))],
        "B08" => vec![update(
            "no log group",
            json!({"CloudWatchLogsLogGroupArn": "", "CloudWatchLogsRoleArn": ""}),
        )],
        "B09" => vec![
            update("the intruder's bucket", json!({"S3BucketName": LOOT})),
            update("another prefix", json!({"S3KeyPrefix": "elsewhere"})),
        ],
        _ => vec![update(
            "an account's trail",
            json!({"IsOrganizationTrail": false}),
        )],
    }
}

/// A call of CloudTrail that names the trail by its ARN.
pub(super) fn named(operation: &'static str, target: &Target, mut input: Value) -> Step {
    let member = match operation {
        "PutEventSelectors" | "PutInsightSelectors" | "PutEventConfiguration" => "TrailName",
        "AddTags" | "RemoveTags" => "ResourceId",
        _ => "Name",
    };
    if let Some(members) = input.as_object_mut() {
        members.insert(member.to_owned(), target.trail_arn().into());
    }
    Step::new("cloudtrail", operation, input)
}

pub(super) fn stop(target: &Target) -> Step {
    named("StopLogging", target, json!({}))
}

pub(super) fn delete(target: &Target) -> Step {
    named("DeleteTrail", target, json!({}))
}
