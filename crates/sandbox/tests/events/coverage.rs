//! Which calls reach the bus: what the account's trails record.

use serde_json::json;
use trailkeeper_sandbox::seed::{EventRuleSeed, EventSelectors, TrailStatus};

use crate::support::*;

const STOP: (&str, &str) = ("cloudtrail", "StopLogging");
const DELETE: (&str, &str) = ("cloudtrail", "DeleteTrail");

#[tokio::test]
async fn after_the_last_trail_was_stopped_nothing_is_told_any_more() {
    let bus = Bus::listening();
    let trail = json!({"Name": "org-audit"});
    bus.call(STOP, HOME, trail.clone()).await.unwrap();
    bus.call(DELETE, HOME, trail).await.unwrap();
    assert_eq!(bus.names().await, ["StopLogging"]);
}

#[tokio::test]
async fn a_guard_trail_keeps_the_events_coming() {
    let bus = Bus::listening();
    bus.sandbox.with_world(|world| {
        let guard = trailkeeper_sandbox::seed::TrailSeed::healthy("guard", HOME, BUCKET, now());
        world.seed_trail(guard);
    });
    let trail = json!({"Name": "org-audit"});
    bus.call(STOP, HOME, trail.clone()).await.unwrap();
    bus.call(DELETE, HOME, trail).await.unwrap();
    assert_eq!(bus.names().await, ["StopLogging", "DeleteTrail"]);
}

fn basic(read_write: &str, management: bool, excluded: &[&str]) -> EventSelectors {
    EventSelectors::Basic(vec![json!({
        "ReadWriteType": read_write,
        "IncludeManagementEvents": management,
        "DataResources": [],
        "ExcludeManagementEventSources": excluded,
    })])
}

fn advanced(fields: serde_json::Value) -> EventSelectors {
    EventSelectors::Advanced(vec![json!({"FieldSelectors": fields})])
}

#[tokio::test]
async fn selectors_decide() {
    let management = json!({"Field": "eventCategory", "Equals": ["Management"]});
    let writes = json!({"Field": "readOnly", "Equals": ["false"]});
    let reads = json!({"Field": "readOnly", "Equals": ["true"]});
    let no_kms = json!({"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]});
    let data = json!({"Field": "eventCategory", "Equals": ["Data"]});
    let cases = [
        (basic("All", true, &[]), true, true),
        (basic("WriteOnly", true, &[]), true, true),
        (basic("ReadOnly", true, &[]), false, false),
        (basic("All", false, &[]), false, false),
        (basic("All", true, &["kms.amazonaws.com"]), true, false),
        (advanced(json!([management])), true, true),
        (advanced(json!([management, writes])), true, true),
        (advanced(json!([management, reads])), false, false),
        (advanced(json!([management, no_kms])), true, false),
        (advanced(json!([data])), false, false),
    ];
    for (selectors, config, kms) in cases {
        let bus = Bus::with(|trail| trail.selectors = selectors.clone());
        bus.listen(r#"{"detail": {"eventName": ["StopConfigurationRecorder", "DisableKey"]}}"#);
        let recorder = json!({"ConfigurationRecorderName": "none"});
        let stop = ("config", "StopConfigurationRecorder");
        let _refused = bus.call(stop, HOME, recorder).await;
        assert_eq!(bus.events().await.len() == 1, config, "{selectors:?}");
        let key = json!({"KeyId": "none"});
        let _refused = bus.call(("kms", "DisableKey"), HOME, key).await;
        assert_eq!(bus.events().await.len() == 1, kms, "{selectors:?}");
    }
}

#[tokio::test]
async fn a_trail_covers_its_regions_and_global_services_belong_to_one() {
    let role = ("iam", "DeleteRole");
    let recorder = ("config", "StopConfigurationRecorder");
    // whether the trail is multi-Region, its home, whether it takes global events
    let cases = [
        ((true, HOME, true), (recorder, AWAY), 1),
        ((false, HOME, true), (recorder, AWAY), 0),
        ((false, HOME, true), (role, AWAY), 1),
        ((false, HOME, false), (role, AWAY), 0),
        ((false, AWAY, true), (role, AWAY), 0),
        ((true, AWAY, true), (role, AWAY), 1),
    ];
    for ((multi_region, home, global), (call, region), wanted) in cases {
        let bus = Bus::with(|trail| {
            trail.home_region = home.to_owned();
            trail.settings.is_multi_region_trail = multi_region;
            trail.settings.include_global_service_events = global;
        });
        bus.listen(r#"{"source": ["aws.iam", "aws.config"]}"#);
        let input = json!({"RoleName": "none", "ConfigurationRecorderName": "none"});
        let _refused = bus.call(call, region, input).await;
        let events = bus.events().await;
        assert_eq!(events.len(), wanted, "{multi_region} {home} {call:?}");
        for event in events {
            let recorded = if call == role { HOME } else { region };
            assert_eq!(event["region"], json!(recorded));
            assert_eq!(event["detail"]["awsRegion"], json!(recorded));
        }
    }
}

#[tokio::test]
async fn a_stopped_trail_covers_nothing_and_reads_want_a_rule_for_them() {
    let read = ("cloudtrail", "GetTrailStatus");
    let all = "ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS";
    let cases = [
        (true, "ENABLED", 0),
        (true, all, 1),
        (true, "DISABLED", 0),
        (false, all, 0),
    ];
    for (logging, state, wanted) in cases {
        let bus = Bus::with(|trail| {
            if !logging {
                trail.status = TrailStatus::stopped(now());
            }
        });
        let pattern = r#"{"source": ["aws.cloudtrail"]}"#;
        let mut rule = EventRuleSeed::enabled("all", HOME, pattern, &function(HOME));
        rule.state = state.to_owned();
        bus.rule(rule);
        let name = json!({"Name": "org-audit"});
        bus.call(read, HOME, name).await.unwrap();
        let events = bus.events().await;
        assert_eq!(events.len(), wanted, "{logging} {state}");
        if let Some(event) = events.first() {
            assert_eq!(event["detail"]["readOnly"], json!(true));
        }
    }
}

#[tokio::test]
async fn b27_objects_are_told_where_a_trail_has_a_selector_for_them() {
    let of = |prefix: &str| {
        EventSelectors::Basic(vec![json!({
            "ReadWriteType": "WriteOnly",
            "IncludeManagementEvents": true,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": [prefix]}],
            "ExcludeManagementEventSources": [],
        })])
    };
    let objects = json!([
        {"Field": "eventCategory", "Equals": ["Data"]},
        {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        {"Field": "resources.ARN", "StartsWith": [format!("arn:aws:s3:::{BUCKET}/AWSLogs/")]},
    ]);
    let cases = [
        (EventSelectors::default(), 0),
        (of("arn:aws:s3"), 1),
        (of(&format!("arn:aws:s3:::{BUCKET}/")), 1),
        (of("arn:aws:s3:::another/"), 0),
        (advanced(objects), 1),
    ];
    for (selectors, wanted) in cases {
        let bus = Bus::with(|trail| trail.selectors = selectors.clone());
        bus.listen(r#"{"source": ["aws.s3"]}"#);
        let input = json!({"Bucket": BUCKET, "Key": "AWSLogs/1.json.gz"});
        let delete = ("s3", "DeleteObject");
        bus.call(delete, HOME, input).await.unwrap();
        let events = bus.events().await;
        assert_eq!(events.len(), wanted, "{selectors:?}");
        if let Some(event) = events.first() {
            assert_eq!(event["detail"]["eventCategory"], json!("Data"));
            assert_eq!(event["detail"]["managementEvent"], json!(false));
        }
    }
}
