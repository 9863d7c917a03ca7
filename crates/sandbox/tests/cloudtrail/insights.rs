use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{EventSelectors, KeySeed, KeyState};

use crate::support::*;

fn put(kinds: &[&str]) -> Value {
    let selectors: Vec<_> = kinds
        .iter()
        .map(|kind| json!({"InsightType": kind}))
        .collect();
    json!({"TrailName": "org-audit", "InsightSelectors": selectors})
}

async fn insights(sandbox: &trailkeeper_sandbox::Sandbox) -> Result<Value, String> {
    let input = json!({"TrailName": "org-audit"});
    let answer = at(sandbox, HOME, "GetInsightSelectors", input).await;
    answer
        .map(|answer| answer["InsightSelectors"].clone())
        .map_err(|error| error.to_string())
}

const RATE: &str = "ApiCallRateInsight";
const ERRORS: &str = "ApiErrorRateInsight";

#[tokio::test]
async fn insights_are_set_and_an_empty_list_turns_them_off() {
    let sandbox = with(vec![trail("org-audit")]);
    assert_eq!(
        insights(&sandbox).await.unwrap(),
        put(&[RATE, ERRORS])["InsightSelectors"]
    );
    good(&sandbox, "PutInsightSelectors", put(&[])).await;
    let wanted = "InsightNotEnabledException: Trail org-audit does not have Insights enabled.";
    assert_eq!(insights(&sandbox).await, Err(wanted.to_owned()));
    assert_eq!(
        described(&sandbox, "org-audit").await["HasInsightSelectors"],
        json!(false)
    );
    let answer = good(&sandbox, "PutInsightSelectors", put(&[RATE])).await;
    assert_eq!(
        answer,
        json!({"TrailARN": arn("org-audit"), "InsightSelectors": [{"InsightType": RATE}]})
    );
    assert_eq!(
        described(&sandbox, "org-audit").await["HasInsightSelectors"],
        json!(true)
    );
}

#[tokio::test]
async fn stopping_turns_insights_off_and_starting_leaves_them_off() {
    let sandbox = with(vec![trail("org-audit")]);
    good(&sandbox, "StopLogging", json!({"Name": "org-audit"})).await;
    assert!(insights(&sandbox).await.is_err());
    good(&sandbox, "StartLogging", json!({"Name": "org-audit"})).await;
    assert!(insights(&sandbox).await.is_err());
    assert_eq!(
        described(&sandbox, "org-audit").await["HasInsightSelectors"],
        json!(false)
    );
}

#[tokio::test]
async fn insights_need_the_events_they_look_at() {
    let basic = |kind: &str| EventSelectors::Basic(vec![json!({"ReadWriteType": kind})]);
    let none = || EventSelectors::Basic(vec![json!({"IncludeManagementEvents": false})]);
    let reads = || {
        EventSelectors::Advanced(vec![json!({"FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Management"]},
            {"Field": "readOnly", "Equals": ["true"]},
        ]})])
    };
    let data = || {
        EventSelectors::Advanced(vec![json!({"FieldSelectors": [
            {"Field": "eventCategory", "Equals": ["Data"]},
            {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
        ]})])
    };
    let on_data = json!({"InsightType": RATE, "EventCategories": ["Data"]});
    let on_both = json!({"InsightType": RATE, "EventCategories": ["Management", "Data"]});
    let plain = |kind: &str| json!({"InsightType": kind});
    let cases = [
        (basic("All"), plain(RATE), true),
        (basic("WriteOnly"), plain(RATE), true),
        (basic("ReadOnly"), plain(RATE), false),
        (basic("ReadOnly"), plain(ERRORS), true),
        (basic("WriteOnly"), plain(ERRORS), true),
        (none(), plain(RATE), false),
        (none(), plain(ERRORS), false),
        (reads(), plain(RATE), false),
        (reads(), plain(ERRORS), true),
        (data(), plain(RATE), false),
        (data(), on_data.clone(), true),
        (data(), on_both, false),
        (basic("All"), on_data, false),
    ];
    for (selectors, insight, accepted) in cases {
        let mut seed = trail("org-audit");
        seed.selectors = selectors.clone();
        seed.insights.clear();
        let sandbox = with(vec![seed]);
        let input = json!({"TrailName": "org-audit", "InsightSelectors": [insight]});
        if accepted {
            good(&sandbox, "PutInsightSelectors", input).await;
        } else {
            let got = code(&sandbox, "PutInsightSelectors", input).await;
            assert_eq!(
                got, "InvalidInsightSelectorsException",
                "{selectors:?} {insight}"
            );
        }
    }
}

#[tokio::test]
async fn given_categories_replace_the_old_ones() {
    let mut seed = trail("org-audit");
    seed.selectors = EventSelectors::Basic(vec![json!({"DataResources": [
        {"Type": "AWS::S3::Object", "Values": ["arn:aws:s3:::"]},
    ]})]);
    let sandbox = with(vec![seed]);
    let only_data = json!([{"InsightType": RATE, "EventCategories": ["Data"]}]);
    let input = json!({"TrailName": "org-audit", "InsightSelectors": only_data});
    good(&sandbox, "PutInsightSelectors", input).await;
    assert_eq!(insights(&sandbox).await.unwrap(), only_data);
}

#[tokio::test]
async fn malformed_requests_are_refused() {
    let store = "arn:aws:cloudtrail:us-east-1:111122223333:eventdatastore/x";
    let cases = [
        (put(&["ApiCostInsight"]), "InvalidInsightSelectorsException"),
        (put(&[RATE, RATE]), "InvalidInsightSelectorsException"),
        (
            json!({"TrailName": "org-audit", "InsightSelectors": [
                {"InsightType": RATE, "EventCategories": ["Network"]},
            ]}),
            "InvalidInsightSelectorsException",
        ),
        (
            json!({"TrailName": "org-audit"}),
            "InvalidParameterException",
        ),
        (
            json!({"InsightSelectors": []}),
            "InvalidParameterCombinationException",
        ),
        (
            json!({"TrailName": "org-audit", "EventDataStore": store, "InsightSelectors": []}),
            "InvalidParameterCombinationException",
        ),
        (
            json!({"EventDataStore": store, "InsightSelectors": []}),
            "NotImplementedException",
        ),
    ];
    for (input, wanted) in cases {
        let sandbox = with(vec![trail("org-audit")]);
        assert_eq!(
            code(&sandbox, "PutInsightSelectors", input.clone()).await,
            wanted,
            "{input}"
        );
    }
}

#[tokio::test]
async fn insights_need_a_bucket_and_a_key_that_work() {
    let mut seed = trail("org-audit");
    seed.settings.kms_key_id = Some(key_arn());
    let sandbox = with(vec![seed]);
    let disabled = KeySeed {
        state: KeyState::Disabled,
        ..key(None)
    };
    let closed = key(Some(
        json!({"Version": "2012-10-17", "Statement": []}).to_string(),
    ));
    for (key, wanted) in [
        (disabled, "KmsException"),
        (closed, "InsufficientEncryptionPolicyException"),
    ] {
        sandbox.with_world(|world| world.seed_key(key));
        assert_eq!(
            code(&sandbox, "PutInsightSelectors", put(&[RATE])).await,
            wanted
        );
    }
    sandbox.with_world(|world| world.seed_bucket(bucket(BUCKET, None)));
    let got = code(&sandbox, "PutInsightSelectors", put(&[RATE])).await;
    assert_eq!(got, "InsufficientS3BucketPolicyException");
}
