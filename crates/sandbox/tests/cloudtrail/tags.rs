use serde_json::{Value, json};

use crate::support::*;

async fn tags(sandbox: &trailkeeper_sandbox::Sandbox) -> Value {
    let answer = good(
        sandbox,
        "ListTags",
        json!({"ResourceIdList": [arn("org-audit")]}),
    )
    .await;
    assert_eq!(
        answer["ResourceTagList"][0]["ResourceId"],
        json!(arn("org-audit"))
    );
    answer["ResourceTagList"][0]["TagsList"].clone()
}

#[tokio::test]
async fn tags_are_added_replaced_and_removed() {
    let sandbox = with(vec![trail("org-audit")]);
    let add = |list: Value| json!({"ResourceId": arn("org-audit"), "TagsList": list});
    good(
        &sandbox,
        "AddTags",
        add(json!([{"Key": "a", "Value": "1"}, {"Key": "b"}])),
    )
    .await;
    good(
        &sandbox,
        "AddTags",
        add(json!([{"Key": "a", "Value": "2"}])),
    )
    .await;
    let wanted = json!([{"Key": "a", "Value": "2"}, {"Key": "b", "Value": ""}]);
    assert_eq!(tags(&sandbox).await, wanted);
    let gone = json!([{"Key": "a"}, {"Key": "none"}]);
    good(&sandbox, "RemoveTags", add(gone)).await;
    assert_eq!(tags(&sandbox).await, json!([{"Key": "b", "Value": ""}]));
}

#[tokio::test]
async fn tags_of_a_new_trail_are_kept() {
    let sandbox = with(vec![]);
    let input = json!({
        "Name": "org-audit", "S3BucketName": BUCKET, "TagsList": [{"Key": "owner", "Value": "x"}],
    });
    good(&sandbox, "CreateTrail", input).await;
    assert_eq!(
        tags(&sandbox).await,
        json!([{"Key": "owner", "Value": "x"}])
    );
}

#[tokio::test]
async fn malformed_tags_and_unknown_trails_are_refused() {
    let fifty_one: Vec<_> = (0..51).map(|n| json!({"Key": format!("k{n}")})).collect();
    let own = arn("org-audit");
    let cases = [
        (
            "org-audit".to_owned(),
            json!([]),
            "CloudTrailARNInvalidException",
        ),
        (arn("none"), json!([]), "ResourceNotFoundException"),
        (own.clone(), json!(fifty_one), "TagsLimitExceededException"),
        (
            own.clone(),
            json!([{"Key": ""}]),
            "InvalidTagParameterException",
        ),
        (
            own.clone(),
            json!([{"Key": "k".repeat(129)}]),
            "InvalidTagParameterException",
        ),
        (
            own.clone(),
            json!([{"Key": "k", "Value": "v".repeat(257)}]),
            "InvalidTagParameterException",
        ),
        (
            own.clone(),
            json!([{"Key": "aws:x"}]),
            "InvalidTagParameterException",
        ),
        (
            own,
            json!([{"Key": "k"}, {"Key": "k"}]),
            "InvalidTagParameterException",
        ),
    ];
    for (id, list, wanted) in cases {
        let sandbox = with(vec![trail("org-audit")]);
        let input = json!({"ResourceId": id, "TagsList": list});
        assert_eq!(
            code(&sandbox, "AddTags", input).await,
            wanted,
            "{id} {list}"
        );
        assert_eq!(tags(&sandbox).await, json!([]));
    }
    let sandbox = with(vec![trail("org-audit")]);
    let input = json!({"ResourceId": arn("org-audit"), "TagsList": []});
    for operation in ["AddTags", "RemoveTags"] {
        let got = code_at(&sandbox, AWAY, operation, input.clone()).await;
        assert_eq!(got, "CloudTrailARNInvalidException", "{operation}");
    }
    let many: Vec<_> = (0..21).map(|_| arn("org-audit")).collect();
    let cases = [
        (json!([]), "ValidationException"),
        (json!(many), "ValidationException"),
        (json!([arn("none")]), "ResourceNotFoundException"),
        (json!(["org-audit"]), "CloudTrailARNInvalidException"),
    ];
    for (ids, wanted) in cases {
        let got = code(&sandbox, "ListTags", json!({"ResourceIdList": ids})).await;
        assert_eq!(got, wanted);
    }
}
