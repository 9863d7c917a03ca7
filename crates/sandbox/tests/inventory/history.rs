use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::{Account, INSTANCE, PROFILE, REGION, names, three_instances};

const HISTORY: &str = "GetResourceConfigHistory";
const TEN: i64 = 1_772_445_600;

/// An instance that got a profile a minute later, was stopped another minute later and is gone.
async fn account() -> Account {
    let account = Account::with(three_instances);
    let minute = || account.sandbox.advance(SignedDuration::from_mins(1));
    minute();
    let id = "i-0000000c";
    let profile = json!({"InstanceId": id, "IamInstanceProfile": {"Name": "web"}});
    account.ec2("AssociateIamInstanceProfile", profile).await;
    minute();
    let ids = json!({"InstanceIds": [id]});
    account.ec2("TerminateInstances", ids).await;
    minute();
    account
}

#[tokio::test]
async fn every_change_is_an_item() {
    let account = account().await;
    let items = account.items("i-0000000c").await;
    let told: Vec<Value> = items
        .iter()
        .map(|item| {
            let text = item.get("configuration").and_then(Value::as_str);
            let configuration: Value = serde_json::from_str(text.unwrap_or("null")).unwrap();
            json!([
                item["configurationItemCaptureTime"],
                item["configurationItemStatus"],
                configuration["state"]["name"],
                configuration["iamInstanceProfile"]["arn"],
            ])
        })
        .collect();
    let wanted = [
        json!([TEN + 180, "ResourceDeleted", null, null]),
        json!([TEN + 120, "OK", "shutting-down", PROFILE]),
        json!([TEN + 60, "OK", "running", PROFILE]),
        json!([TEN, "ResourceDiscovered", "running", null]),
    ];
    assert_eq!(told, wanted);
}

#[tokio::test]
async fn the_range_the_order_and_the_limit_choose() {
    let account = account().await;
    let cases: [(Value, &[i64]); 9] = [
        (json!({}), &[180, 120, 60, 0]),
        (json!({"chronologicalOrder": "Forward"}), &[0, 60, 120, 180]),
        (json!({"limit": 1}), &[180]),
        (json!({"limit": 0}), &[180, 120, 60, 0]),
        (json!({"laterTime": TEN + 60, "limit": 1}), &[60]),
        (json!({"laterTime": TEN + 119}), &[60, 0]),
        (json!({"earlierTime": TEN + 60}), &[180, 120, 60]),
        (
            json!({"earlierTime": TEN + 1, "laterTime": TEN + 120, "chronologicalOrder": "Forward"}),
            &[60, 120],
        ),
        (json!({"laterTime": TEN - 1}), &[]),
    ];
    for (mut input, wanted) in cases {
        input["resourceType"] = json!(INSTANCE);
        input["resourceId"] = json!("i-0000000c");
        let output = account.good(HISTORY, input.clone()).await;
        let items = output["configurationItems"].as_array().unwrap();
        let time = |item: &Value| item["configurationItemCaptureTime"].as_i64().unwrap() - TEN;
        let found: Vec<i64> = items.iter().map(time).collect();
        assert_eq!(found, wanted, "{input}");
    }
}

#[tokio::test]
async fn pages_go_on_where_they_stopped() {
    let account = account().await;
    let mut input = json!({"resourceType": INSTANCE, "resourceId": "i-0000000c", "limit": 3});
    let first = account.good(HISTORY, input.clone()).await;
    input["nextToken"] = first["nextToken"].clone();
    let second = account.good(HISTORY, input).await;
    let count = |output: &Value| output["configurationItems"].as_array().unwrap().len();
    assert_eq!((count(&first), count(&second)), (3, 1));
    assert_eq!(second.get("nextToken"), None);
}

#[tokio::test]
async fn refusals() {
    let account = account().await;
    let with = |more: Value| {
        let mut input = json!({"resourceType": INSTANCE, "resourceId": "i-0000000c"});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        input
    };
    let cases = [
        (json!({}), "ValidationException"),
        (
            with(json!({"resourceType": "Instance"})),
            "ValidationException",
        ),
        (with(json!({"resourceId": ""})), "ValidationException"),
        (with(json!({"limit": 101})), "ValidationException"),
        (
            with(json!({"chronologicalOrder": "Up"})),
            "ValidationException",
        ),
        (with(json!({"laterTime": "now"})), "SerializationException"),
        (
            with(json!({"laterTime": TEN, "earlierTime": TEN + 1})),
            "InvalidTimeRangeException",
        ),
        (with(json!({"nextToken": "x"})), "InvalidNextTokenException"),
        (
            with(json!({"resourceId": "i-0000000f"})),
            "ResourceNotDiscoveredException",
        ),
    ];
    for (input, code) in cases {
        account.refuses(HISTORY, input, code).await;
    }
    account
        .sandbox
        .with_world(|world| world.remove_recorder(REGION));
    let code = "NoAvailableConfigurationRecorderException";
    account.refuses(HISTORY, with(json!({})), code).await;
}

/// The history has other names and types than the event.
#[tokio::test]
async fn the_item_of_an_event_comes_back_in_the_form_of_the_history() {
    let event: Value =
        serde_json::from_str(include_str!("../fixtures/config_change.json")).unwrap();
    let given = crate::body(&event)["configurationItem"].clone();
    let account = Account::with(|world| {
        world.seed_configuration_item(REGION, &given).unwrap();
    });
    let items = account.items("i-0123456789abcdef0").await;
    assert_eq!(items.len(), 1);
    let item = &items[0];
    let wanted = [
        "accountId",
        "arn",
        "availabilityZone",
        "awsRegion",
        "configuration",
        "configurationItemCaptureTime",
        "configurationItemMD5Hash",
        "configurationItemStatus",
        "configurationStateId",
        "recordingFrequency",
        "relatedEvents",
        "relationships",
        "resourceCreationTime",
        "resourceId",
        "resourceType",
        "supplementaryConfiguration",
        "tags",
        "version",
    ];
    assert_eq!(names(item), wanted);
    assert_eq!(
        item["configurationItemCaptureTime"],
        json!(1_772_445_511.112)
    );
    assert_eq!(item["configurationStateId"], json!("1772445511112"));
    let text = item["configuration"].as_str().unwrap();
    let configuration: Value = serde_json::from_str(text).unwrap();
    assert_eq!(configuration, given["configuration"]);
    assert_eq!(
        item["relationships"][1],
        json!({
            "resourceType": "AWS::EC2::VPC",
            "resourceId": "vpc-0e9801d129EXAMPLE",
            "relationshipName": "Is contained in Vpc",
        })
    );
    // and it can be put back in that form
    let again = Account::with(|world| {
        world.seed_configuration_item(REGION, item).unwrap();
    });
    assert_eq!(again.items("i-0123456789abcdef0").await, items);
}

#[tokio::test]
async fn an_item_that_cannot_be_understood_names_the_member() {
    let account = Account::with(|_| {});
    let cases = [
        (json!({"resourceId": "x"}), "resourceType"),
        (json!({"resourceType": "x"}), "resourceId"),
        (
            json!({"resourceType": "x", "resourceId": "x", "configurationItemStatus": "Fine"}),
            "configurationItemStatus",
        ),
        (
            json!({"resourceType": "x", "resourceId": "x", "configuration": "{"}),
            "configuration",
        ),
        (
            json!({"resourceType": "x", "resourceId": "x", "configurationItemCaptureTime": "now"}),
            "configurationItemCaptureTime",
        ),
    ];
    for (item, member) in cases {
        let found = account
            .sandbox
            .with_world(|world| world.seed_configuration_item(REGION, &item));
        assert_eq!(found, Err(member), "{item}");
    }
}
