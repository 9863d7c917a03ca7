use serde_json::{Value, json};

use crate::{Account, INSTANCE, REGION, three_instances};

#[tokio::test]
async fn discovered_resources_are_listed() {
    let account = Account::with(|world| {
        three_instances(world);
        let mut item = json!({"resourceType": INSTANCE, "resourceId": "i-0000000d"});
        item["resourceName"] = json!("named");
        world.seed_configuration_item(REGION, &item).unwrap();
        world.remove_instance(REGION, "i-0000000b");
    });
    account.sandbox.with_world(|world| {
        world.remove_instance(REGION, "i-0000000a");
    });
    let cases: [(Value, &[&str]); 7] = [
        (json!({}), &["i-0000000c", "i-0000000d"]),
        (
            json!({"includeDeletedResources": true}),
            &["i-0000000a", "i-0000000c", "i-0000000d"],
        ),
        (
            json!({"resourceIds": ["i-0000000c", "i-x"]}),
            &["i-0000000c"],
        ),
        (json!({"resourceName": "named"}), &["i-0000000d"]),
        (json!({"resourceName": "x"}), &[]),
        (json!({"limit": 1}), &["i-0000000c"]),
        (json!({"resourceType": "AWS::S3::Bucket"}), &[]),
    ];
    for (more, wanted) in cases {
        let mut input = json!({"resourceType": INSTANCE});
        for (name, value) in more.as_object().unwrap() {
            input[name] = value.clone();
        }
        let output = account.good("ListDiscoveredResources", input.clone()).await;
        let found = output["resourceIdentifiers"].as_array().unwrap();
        let ids: Vec<&Value> = found.iter().map(|one| &one["resourceId"]).collect();
        assert_eq!(ids, wanted, "{input}");
        for one in found {
            let gone = one.get("resourceDeletionTime").is_some();
            assert_eq!(gone, one["resourceId"] == "i-0000000a", "{input}");
        }
    }
    let counts = account.good("GetDiscoveredResourceCounts", json!({})).await;
    let wanted = json!({
        "totalDiscoveredResources": 2,
        "resourceCounts": [{"resourceType": INSTANCE, "count": 2}],
    });
    assert_eq!(counts, wanted);
}

#[tokio::test]
async fn current_items_come_in_a_batch() {
    let account = Account::with(three_instances);
    let key = |id: &str| json!({"resourceType": INSTANCE, "resourceId": id});
    let input = json!({"resourceKeys": [key("i-0000000c"), key("i-0000000f")]});
    let output = account.good("BatchGetResourceConfig", input).await;
    let items = output["baseConfigurationItems"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["resourceId"], "i-0000000c");
    assert!(items[0]["configuration"].is_string());
    assert_eq!(items[0].get("relationships"), None);
}

#[tokio::test]
async fn refusals() {
    let account = Account::with(three_instances);
    let list = "ListDiscoveredResources";
    let of = |more: (&str, Value)| json!({"resourceType": INSTANCE, more.0: more.1});
    let validation = "ValidationException";
    let cases = [
        (list, json!({}), validation),
        (list, of(("limit", json!(101))), validation),
        (list, of(("resourceIds", json!(vec!["x"; 21]))), validation),
        (
            list,
            json!({"resourceType": INSTANCE, "resourceIds": ["x"], "resourceName": "y"}),
            validation,
        ),
        (
            list,
            of(("nextToken", json!("x"))),
            "InvalidNextTokenException",
        ),
        ("BatchGetResourceConfig", json!({}), validation),
        (
            "BatchGetResourceConfig",
            json!({"resourceKeys": []}),
            validation,
        ),
        (
            "GetDiscoveredResourceCounts",
            json!({"resourceTypes": vec!["x"; 21]}),
            validation,
        ),
    ];
    for (operation, input, code) in cases {
        account.refuses(operation, input, code).await;
    }
    account
        .sandbox
        .with_world(|world| world.remove_recorder(REGION));
    let code = "NoAvailableConfigurationRecorderException";
    account.refuses(list, of(("limit", json!(1))), code).await;
    let keys = json!({"resourceKeys": [{"resourceType": INSTANCE, "resourceId": "x"}]});
    account.refuses("BatchGetResourceConfig", keys, code).await;
}
