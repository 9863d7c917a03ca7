//! How CloudTrail records the calls.

use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;

use crate::{REGION, RUNNING, STOPPED, WEB, account, ask, ask_in, associate};

/// The last record about an instance.
async fn record(sandbox: &Sandbox, instance: &str) -> Value {
    let input = json!({"LookupAttributes": [
        {"AttributeKey": "ResourceName", "AttributeValue": instance},
    ]});
    let answer = ask_in(sandbox, "cloudtrail", "LookupEvents", REGION, input).await;
    let answer = answer.unwrap();
    let text = answer["Events"][0]["CloudTrailEvent"].as_str().unwrap();
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn the_calls_about_associations_are_wrapped() {
    let sandbox = account();
    let input = associate(RUNNING, WEB);
    let answer = ask(&sandbox, "AssociateIamInstanceProfile", input.clone()).await;
    let id = answer.unwrap()["IamInstanceProfileAssociation"]["AssociationId"].clone();
    let told = record(&sandbox, RUNNING).await;
    assert_eq!(told["eventSource"], "ec2.amazonaws.com");
    let wrapped = json!({"AssociateIamInstanceProfileRequest": input});
    assert_eq!(told["requestParameters"], wrapped);
    let association = &told["responseElements"]["AssociateIamInstanceProfileResponse"]["iamInstanceProfileAssociation"];
    assert_eq!(association["associationId"], id);
    assert_eq!(association["iamInstanceProfile"]["arn"], WEB);

    let input = json!({"AssociationId": id});
    ask(&sandbox, "DisassociateIamInstanceProfile", input.clone())
        .await
        .unwrap();
    let told = record(&sandbox, RUNNING).await;
    let wrapped = json!({"DisassociateIamInstanceProfileRequest": input});
    assert_eq!(told["requestParameters"], wrapped);
}

#[tokio::test]
async fn launches_hold_sets() {
    let sandbox = account();
    let input = json!({
        "ImageId": "ami-1", "MinCount": 1, "MaxCount": 2, "InstanceType": "t3.nano",
        "IamInstanceProfile": {"Name": "web"},
    });
    let answer = ask(&sandbox, "RunInstances", input).await.unwrap();
    let first = answer["Instances"][0]["InstanceId"].as_str().unwrap();
    let told = record(&sandbox, first).await;
    let wanted = json!({
        "instancesSet": {"items": [{"imageId": "ami-1", "minCount": 1, "maxCount": 2}]},
        "instanceType": "t3.nano",
        "iamInstanceProfile": {"name": "web"},
    });
    assert_eq!(told["requestParameters"], wanted);
    let items = told["responseElements"]["instancesSet"]["items"]
        .as_array()
        .unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0]["iamInstanceProfile"]["arn"], WEB);
    assert_eq!(items[0]["instanceState"]["name"], "pending");
    assert_eq!(items[0]["launchTime"], 1_772_445_600_000_i64);
}

#[tokio::test]
async fn power_and_tags() {
    let sandbox = account();
    let ids = json!({"InstanceIds": [RUNNING]});
    ask(&sandbox, "StopInstances", ids).await.unwrap();
    let told = record(&sandbox, RUNNING).await;
    let items = json!({"instancesSet": {"items": [{"instanceId": RUNNING}]}});
    assert_eq!(told["requestParameters"], items);
    let states = &told["responseElements"]["instancesSet"]["items"][0];
    assert_eq!(
        states["currentState"],
        json!({"code": 64, "name": "stopping"})
    );
    let tags = json!({"Resources": [STOPPED], "Tags": [{"Key": "a", "Value": "b"}]});
    ask(&sandbox, "CreateTags", tags).await.unwrap();
    let told = record(&sandbox, STOPPED).await;
    let wanted = json!({
        "resourcesSet": {"items": [{"resourceId": STOPPED}]},
        "tagSet": {"items": [{"key": "a", "value": "b"}]},
    });
    assert_eq!(told["requestParameters"], wanted);
}

#[tokio::test]
async fn a_refusal_is_recorded_with_whose_fault_it_was() {
    let sandbox = account();
    let input = json!({"InstanceIds": [RUNNING, "i-12345678"]});
    ask(&sandbox, "StopInstances", input).await.unwrap_err();
    let told = record(&sandbox, RUNNING).await;
    assert_eq!(told["errorCode"], "Client.InvalidInstanceID.NotFound");
    assert_eq!(told["responseElements"], Value::Null);
}
