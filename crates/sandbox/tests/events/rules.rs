//! Rules and targets as they are read back.

use serde_json::{Value, json};

use crate::support::*;

const PATTERN: &str = r#"{"source": ["aws.cloudtrail"]}"#;

fn put(name: &str) -> Value {
    json!({"Name": name, "EventPattern": PATTERN})
}

#[tokio::test]
async fn a_rule_is_read_back_replaced_and_deleted() {
    let bus = Bus::with(|_| {});
    let mut rule = put("r");
    rule["Description"] = json!("watches");
    rule["State"] = json!("DISABLED");
    let arn = format!("arn:aws:events:{HOME}:{ACCOUNT}:rule/r");
    assert_eq!(bus.good("PutRule", rule).await, json!({"RuleArn": arn}));
    let wanted = json!({
        "Name": "r", "Arn": arn, "EventPattern": PATTERN, "State": "DISABLED",
        "Description": "watches", "EventBusName": "default", "CreatedBy": ACCOUNT,
    });
    let read = async || bus.good("DescribeRule", json!({"Name": "r"})).await;
    assert_eq!(read().await, wanted);
    let target = json!({"Id": "1", "Arn": function(HOME)});
    bus.good("PutTargets", json!({"Rule": "r", "Targets": [target]}))
        .await;
    // what is left out is as in a new rule; the targets stay
    bus.good("PutRule", put("r")).await;
    assert_eq!(read().await["State"], json!("ENABLED"));
    assert_eq!(read().await.get("Description"), None);
    let targets = bus.good("ListTargetsByRule", json!({"Rule": "r"})).await;
    assert_eq!(targets, json!({"Targets": [target]}));
    let refused = bus.code("DeleteRule", json!({"Name": "r"})).await;
    assert_eq!(refused, "ValidationException");
    bus.good("RemoveTargets", json!({"Rule": "r", "Ids": ["1", "2"]}))
        .await;
    bus.good("DeleteRule", json!({"Name": "r"})).await;
    bus.good("DeleteRule", json!({"Name": "r"})).await;
    let gone = bus.code("DescribeRule", json!({"Name": "r"})).await;
    assert_eq!(gone, "ResourceNotFoundException");
}

#[tokio::test]
async fn listings_have_prefixes_and_pages() {
    let bus = Bus::with(|_| {});
    for n in 0..5 {
        bus.good("PutRule", put(&format!("a-{n}"))).await;
    }
    bus.good("PutRule", put("b")).await;
    let target = json!({"Id": "1", "Arn": function(HOME)});
    bus.good("PutTargets", json!({"Rule": "b", "Targets": [target]}))
        .await;
    let count = |answer: &Value| answer["Rules"].as_array().unwrap().len();
    let all = bus.good("ListRules", json!({})).await;
    assert_eq!((count(&all), all.get("NextToken")), (6, None));
    let mut input = json!({"NamePrefix": "a-", "Limit": 2});
    let mut pages = Vec::new();
    loop {
        let answer = bus.good("ListRules", input.clone()).await;
        pages.push(count(&answer));
        match answer.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(pages, [2, 2, 1]);
    let by = json!({"TargetArn": function(HOME)});
    let names = bus.good("ListRuleNamesByTarget", by).await;
    assert_eq!(names, json!({"RuleNames": ["b"]}));
    let away = bus.call(("events", "ListRules"), AWAY, json!({})).await;
    assert_eq!(away, Ok(json!({"Rules": []})));
}
