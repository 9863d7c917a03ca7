use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::BucketSeed;

use crate::{Account, INSTANCE, REGION, body, on_change, three_instances};

const ROLE: &str = "arn:aws:iam::111122223333:role/config";

/// An account without recorder, with instances, a rule and a bucket.
fn account() -> Account {
    Account::with(|world| {
        world.remove_recorder(REGION);
        three_instances(world);
        world.seed_rule(on_change("instances"));
        world.seed_bucket(BucketSeed {
            name: "config-bucket".to_owned(),
            ..BucketSeed::default()
        });
    })
}

fn recorder(group: Value) -> Value {
    json!({"ConfigurationRecorder": {
        "name": "default", "roleARN": ROLE, "recordingGroup": group,
    }})
}

async fn put_channel(account: &Account) {
    let channel = json!({"DeliveryChannel": {"s3BucketName": "config-bucket"}});
    account.good("PutDeliveryChannel", channel).await;
}

async fn start(account: &Account) {
    let input = json!({"ConfigurationRecorderName": "default"});
    account.good("StartConfigurationRecorder", input).await;
}

#[tokio::test]
async fn recording_begins_with_what_is_there() {
    let account = account();
    let put = "PutConfigurationRecorder";
    account
        .good(put, recorder(json!({"allSupported": true})))
        .await;
    assert!(account.rows("SELECT resourceId").await.is_empty());
    let input = json!({"ConfigurationRecorderName": "default"});
    let code = "NoAvailableDeliveryChannelException";
    account
        .refuses("StartConfigurationRecorder", input, code)
        .await;
    put_channel(&account).await;
    start(&account).await;
    assert_eq!(account.rows("SELECT resourceId").await.len(), 3);
    let events = account.events().await;
    assert_eq!(events.len(), 3);
    for event in &events {
        let item = &body(event)["configurationItem"];
        assert_eq!(item["configurationItemStatus"], "ResourceDiscovered");
    }
    let status = async || {
        let output = account
            .good("DescribeConfigurationRecorderStatus", json!({}))
            .await;
        output["ConfigurationRecordersStatus"][0]["lastStatus"].clone()
    };
    assert_eq!(status().await, "Pending");
    account.sandbox.advance(SignedDuration::from_mins(1));
    assert_eq!(status().await, "Success");
}

#[tokio::test]
async fn what_happens_while_it_is_stopped_is_seen_at_its_start() {
    let account = Account::watched();
    let name = json!({"ConfigurationRecorderName": "default"});
    account
        .sandbox
        .with_world(|world| world.seed_delivery_channel(REGION, json!({"name": "default"})));
    account
        .good("StopConfigurationRecorder", name.clone())
        .await;
    let input = json!({"InstanceIds": ["i-0000000a"]});
    account.ec2("StopInstances", input).await;
    account.sandbox.advance(SignedDuration::from_mins(5));
    assert!(account.events().await.is_empty());
    assert_eq!(account.items("i-0000000a").await.len(), 1);
    start(&account).await;
    let events = account.events().await;
    assert_eq!(events.len(), 1);
    let item = &body(&events[0])["configurationItem"];
    assert_eq!(item["configuration"]["state"]["name"], "stopped");
}

#[tokio::test]
async fn groups_choose_the_types() {
    let bucket = "AWS::S3::Bucket";
    let exclusion = |kind: &str| {
        json!({
            "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
            "exclusionByResourceTypes": {"resourceTypes": [kind]},
        })
    };
    let cases = [
        (
            json!({"allSupported": true, "includeGlobalResourceTypes": true}),
            3,
        ),
        (json!({"resourceTypes": [INSTANCE]}), 3),
        (json!({"resourceTypes": [bucket]}), 0),
        (
            json!({
                "recordingStrategy": {"useOnly": "INCLUSION_BY_RESOURCE_TYPES"},
                "resourceTypes": [INSTANCE, bucket],
            }),
            3,
        ),
        (exclusion(bucket), 3),
        (exclusion(INSTANCE), 0),
    ];
    for (group, count) in cases {
        let account = account();
        let put = "PutConfigurationRecorder";
        account.good(put, recorder(group.clone())).await;
        put_channel(&account).await;
        start(&account).await;
        let found = account.rows("SELECT resourceId").await;
        assert_eq!(found.len(), count, "{group}");
        let output = account
            .good("DescribeConfigurationRecorders", json!({}))
            .await;
        let described = &output["ConfigurationRecorders"][0]["recordingGroup"];
        for (name, value) in group.as_object().unwrap() {
            assert_eq!(&described[name], value, "{group}");
        }
    }
}

/// Nothing is known any more of a type that is left out from now on.
#[tokio::test]
async fn a_type_that_is_no_longer_recorded_leaves_the_inventory() {
    let account = Account::watched();
    let group = json!({"resourceTypes": ["AWS::S3::Bucket"]});
    account
        .good("PutConfigurationRecorder", recorder(group))
        .await;
    assert!(account.rows("SELECT resourceId").await.is_empty());
    let events = account.events().await;
    assert_eq!(events.len(), 3);
    let item = &body(&events[0])["configurationItem"];
    assert_eq!(item["configurationItemStatus"], "ResourceNotRecorded");
    let input = json!({"InstanceIds": ["i-0000000a"]});
    account.ec2("StopInstances", input).await;
    assert!(account.events().await.is_empty());
    let group = json!({"allSupported": true});
    account
        .good("PutConfigurationRecorder", recorder(group))
        .await;
    assert_eq!(account.events().await.len(), 3);
}

#[tokio::test]
async fn refusals() {
    let account = account();
    let put = "PutConfigurationRecorder";
    let named =
        |name: &str, role: &str| json!({"ConfigurationRecorder": {"name": name, "roleARN": role}});
    let group = "InvalidRecordingGroupException";
    let all = "ALL_SUPPORTED_RESOURCE_TYPES";
    let cases = [
        (json!({}), "ValidationException"),
        (named("", ROLE), "ValidationException"),
        (
            named("AWSConfigurationRecorderForX", ROLE),
            "InvalidConfigurationRecorderNameException",
        ),
        (named("default", ""), "InvalidRoleException"),
        (
            named("default", "arn:aws:iam::111122223333:user/x"),
            "InvalidRoleException",
        ),
        (recorder(json!({})), group),
        (
            recorder(json!({"allSupported": true, "resourceTypes": [INSTANCE]})),
            group,
        ),
        (recorder(json!({"resourceTypes": ["Instance"]})), group),
        (
            recorder(json!({
                "includeGlobalResourceTypes": true, "resourceTypes": [INSTANCE],
            })),
            group,
        ),
        (
            recorder(json!({
                "allSupported": true,
                "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
            })),
            group,
        ),
        (
            recorder(json!({
                "recordingStrategy": {"useOnly": all}, "resourceTypes": [INSTANCE],
            })),
            group,
        ),
        (
            recorder(json!({"recordingStrategy": {"useOnly": "SOME"}})),
            "ValidationException",
        ),
    ];
    for (input, code) in cases {
        account.refuses(put, input, code).await;
    }
    let code = "NoAvailableConfigurationRecorderException";
    let channel = |bucket: &str, more: Value| {
        let mut channel = json!({"DeliveryChannel": {"s3BucketName": bucket}});
        for (name, value) in more.as_object().unwrap() {
            channel["DeliveryChannel"][name] = value.clone();
        }
        channel
    };
    let good = channel("config-bucket", json!({}));
    account
        .refuses("PutDeliveryChannel", good.clone(), code)
        .await;
    account
        .good(put, recorder(json!({"allSupported": true})))
        .await;
    account.good("PutDeliveryChannel", good).await;
    let most = "MaxNumberOfConfigurationRecordersExceededException";
    account.refuses(put, named("other", ROLE), most).await;
    let cases = [
        (channel("none", json!({})), "NoSuchBucketException"),
        (
            channel("config-bucket", json!({"name": "other"})),
            "MaxNumberOfDeliveryChannelsExceededException",
        ),
        (
            channel("config-bucket", json!({"snsTopicARN": "topic"})),
            "InvalidSNSTopicARNException",
        ),
    ];
    for (input, code) in cases {
        account.refuses("PutDeliveryChannel", input, code).await;
    }
}

#[tokio::test]
async fn only_what_is_there_is_started_stopped_and_deleted() {
    let account = account();
    let other = json!({"ConfigurationRecorderName": "other"});
    let missing = "NoSuchConfigurationRecorderException";
    for verb in ["Start", "Stop", "Delete"] {
        let operation = format!("{verb}ConfigurationRecorder");
        account.refuses(&operation, other.clone(), missing).await;
    }
    account
        .good(
            "PutConfigurationRecorder",
            recorder(json!({"allSupported": true})),
        )
        .await;
    put_channel(&account).await;
    start(&account).await;
    let delete = "DeleteDeliveryChannel";
    let name = json!({"DeliveryChannelName": "default"});
    let last = "LastDeliveryChannelDeleteFailedException";
    account.refuses(delete, name.clone(), last).await;
    let own = json!({"ConfigurationRecorderName": "default"});
    account.good("StopConfigurationRecorder", own.clone()).await;
    account.good(delete, name.clone()).await;
    account
        .refuses(delete, name, "NoSuchDeliveryChannelException")
        .await;
    account.good("DeleteConfigurationRecorder", own).await;
    let output = account
        .good("DescribeConfigurationRecorders", json!({}))
        .await;
    assert_eq!(output, json!({"ConfigurationRecorders": []}));
}
