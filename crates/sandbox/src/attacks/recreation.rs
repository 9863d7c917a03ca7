//! B18 to B23: what leaves a trail behind that looks right, or no room for one.

use serde_json::{Value, json};

use super::trail::{delete, named, stop};
use super::{INTRUDER_ACCOUNT, LOOT, Step, Target, Way, way};
use crate::seed::BucketSeed;

/// A Region of the account that is not the trail's home.
const AWAY: &str = "eu-west-1";

pub(super) fn ways(id: &str, target: &Target) -> Vec<Way> {
    match id {
        "B18" => vec![way(
            "for ten minutes",
            vec![
                stop(target).then_wait(10),
                named("StartLogging", target, json!({})),
            ],
        )],
        "B19" => vec![way(
            "the same name",
            vec![delete(target), create(&target.trail, &target.bucket)],
        )],
        "B20" => tags(target),
        "B21" => vec![way("four of the intruder's beside it", fill(target))],
        "B22" => squat(target),
        _ => vec![way("summaries", vec![aggregate(target)])],
    }
}

/// As weak as CloudTrail lets a trail be.
fn create(name: &str, bucket: &str) -> Step {
    let input = json!({
        "Name": name,
        "S3BucketName": bucket,
        "IncludeGlobalServiceEvents": false,
    });
    Step::new("cloudtrail", "CreateTrail", input)
}

fn tags(target: &Target) -> Vec<Way> {
    let tags = |operation, tag: Value| named(operation, target, json!({"TagsList": [tag]}));
    vec![
        way(
            "taken off",
            vec![tags("RemoveTags", json!({"Key": "protected"}))],
        ),
        way(
            "another value",
            vec![tags(
                "AddTags",
                json!({"Key": "protected", "Value": "false"}),
            )],
        ),
    ]
}

/// The quota is filled while the trail still stands, so that the events of it flow; the last one
/// takes the deleted trail's place. The names carry no meaning for anybody but the intruder.
fn fill(target: &Target) -> Vec<Step> {
    let names = ["logs-a", "logs-b", "logs-c", "logs-d"];
    let mut steps: Vec<Step> = names.iter().map(|name| create(name, LOOT)).collect();
    steps.extend([delete(target), create("logs-e", LOOT)]);
    steps
}

fn squat(target: &Target) -> Vec<Way> {
    let trail = vec![delete(target), create(&target.trail, LOOT).in_region(AWAY)];
    let bucket = json!({"Bucket": target.bucket});
    let gone = vec![Step::new("s3", "DeleteBucket", bucket)];
    let mut bucket = way("the bucket's name in another account", gone);
    bucket.elsewhere = Some(|world, target| {
        world.seed_bucket(BucketSeed {
            name: target.bucket.clone(),
            owner: Some(INTRUDER_ACCOUNT.to_owned()),
            region: Some(target.region.clone()),
            ..BucketSeed::default()
        });
    });
    vec![way("the trail's name in another Region", trail), bucket]
}

fn aggregate(target: &Target) -> Step {
    let summaries = json!({"AggregationConfigurations": [{
        "EventCategory": "Data",
        "Templates": ["API_ACTIVITY"],
    }]});
    named("PutEventConfiguration", target, summaries)
}
