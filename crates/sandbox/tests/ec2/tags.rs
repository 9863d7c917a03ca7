//! Tags of instances.

use serde_json::{Value, json};
use trailkeeper_sandbox::Sandbox;

use crate::{RUNNING, STOPPED, account, ask, refused};

async fn tags(sandbox: &Sandbox, filters: Value) -> Vec<(String, String, String)> {
    let answer = ask(sandbox, "DescribeTags", json!({"Filters": filters})).await;
    let answer = answer.unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let one = |tag: &Value| {
        assert_eq!(tag["ResourceType"], "instance");
        (
            text(&tag["ResourceId"]),
            text(&tag["Key"]),
            text(&tag["Value"]),
        )
    };
    answer["Tags"].as_array().unwrap().iter().map(one).collect()
}

fn tag(id: &str, key: &str, value: &str) -> (String, String, String) {
    (id.to_owned(), key.to_owned(), value.to_owned())
}

#[tokio::test]
async fn tags_are_put_found_and_taken() {
    let sandbox = account();
    let both = json!({
        "Resources": [RUNNING, STOPPED],
        "Tags": [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}],
    });
    ask(&sandbox, "CreateTags", both).await.unwrap();
    let one = json!({"Resources": [RUNNING], "Tags": [{"Key": "a", "Value": "2"}]});
    ask(&sandbox, "CreateTags", one).await.unwrap();
    let by_id = json!([{"Name": "resource-id", "Values": [RUNNING]}]);
    let wanted = [tag(RUNNING, "a", "2"), tag(RUNNING, "b", "")];
    assert_eq!(tags(&sandbox, by_id.clone()).await, wanted);
    let by_key = json!([{"Name": "key", "Values": ["a"]}, {"Name": "value", "Values": ["1"]}]);
    assert_eq!(tags(&sandbox, by_key).await, [tag(STOPPED, "a", "1")]);
    // only the tag with that value goes
    let other = json!({"Resources": [RUNNING], "Tags": [{"Key": "a", "Value": "1"}]});
    ask(&sandbox, "DeleteTags", other).await.unwrap();
    assert_eq!(tags(&sandbox, by_id.clone()).await, wanted);
    let any = json!({"Resources": [RUNNING], "Tags": [{"Key": "a"}]});
    ask(&sandbox, "DeleteTags", any).await.unwrap();
    assert_eq!(tags(&sandbox, by_id).await, [tag(RUNNING, "b", "")]);
    ask(&sandbox, "DeleteTags", json!({"Resources": [STOPPED]}))
        .await
        .unwrap();
    assert_eq!(tags(&sandbox, json!([])).await, [tag(RUNNING, "b", "")]);
}

#[tokio::test]
async fn what_is_refused() {
    let sandbox = account();
    let put = |id: &str, key: &str, value: &str| json!({"Resources": [id], "Tags": [{"Key": key, "Value": value}]});
    let many: Vec<Value> = (0..51)
        .map(|number| json!({"Key": number.to_string(), "Value": ""}))
        .collect();
    let value = "InvalidParameterValue";
    let cases = [
        (json!({"Tags": [{"Key": "a"}]}), "MissingParameter"),
        (json!({"Resources": [RUNNING]}), "MissingParameter"),
        (put("vol-1", "a", ""), "InvalidID"),
        (put("i-12345678", "a", ""), "InvalidInstanceID.NotFound"),
        (put(RUNNING, "aws:a", ""), value),
        (put(RUNNING, &"k".repeat(129), ""), value),
        (put(RUNNING, "k", &"v".repeat(257)), value),
        (
            json!({"Resources": [RUNNING], "Tags": many}),
            "TagLimitExceeded",
        ),
    ];
    for (input, wanted) in cases {
        let (code, text) = refused(&sandbox, "CreateTags", input.clone()).await;
        assert_eq!(code, wanted, "{input}: {text}");
    }
}
