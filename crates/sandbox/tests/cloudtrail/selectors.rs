use serde_json::{Value, json};
use trailkeeper_sandbox::seed::EventSelectors;

use crate::support::*;

fn basic(selectors: Value) -> Value {
    json!({"TrailName": "org-audit", "EventSelectors": selectors})
}

fn advanced(fields: Value) -> Value {
    json!({"TrailName": "org-audit", "AdvancedEventSelectors": [{"FieldSelectors": fields}]})
}

fn field(name: &str, operator: &str, values: &[&str]) -> Value {
    json!({"Field": name, operator: values})
}

fn category(name: &str) -> Value {
    field("eventCategory", "Equals", &[name])
}

#[tokio::test]
async fn a_new_trail_records_all_management_events() {
    let sandbox = with(vec![trail("org-audit")]);
    let answer = good(
        &sandbox,
        "GetEventSelectors",
        json!({"TrailName": "org-audit"}),
    )
    .await;
    let wanted = json!({
        "TrailARN": arn("org-audit"),
        "EventSelectors": [{
            "ReadWriteType": "All", "IncludeManagementEvents": true, "DataResources": [],
            "ExcludeManagementEventSources": [],
        }],
    });
    assert_eq!(answer, wanted);
}

#[tokio::test]
async fn either_kind_replaces_the_other() {
    let sandbox = with(vec![trail("org-audit")]);
    let input = advanced(json!([category("Management")]));
    let answer = good(&sandbox, "PutEventSelectors", input.clone()).await;
    assert_eq!(answer.get("EventSelectors"), None);
    let read = good(
        &sandbox,
        "GetEventSelectors",
        json!({"TrailName": "org-audit"}),
    )
    .await;
    assert_eq!(read, answer);
    assert_eq!(
        read["AdvancedEventSelectors"],
        input["AdvancedEventSelectors"]
    );
    assert_eq!(
        described(&sandbox, "org-audit").await["HasCustomEventSelectors"],
        json!(true)
    );
    let answer = good(&sandbox, "PutEventSelectors", basic(json!([{}]))).await;
    assert_eq!(answer.get("AdvancedEventSelectors"), None);
    assert_eq!(answer["EventSelectors"][0]["ReadWriteType"], json!("All"));
    assert_eq!(
        described(&sandbox, "org-audit").await["HasCustomEventSelectors"],
        json!(false)
    );
}

#[tokio::test]
async fn the_moves_that_blind_a_trail_are_accepted() {
    let cases = [
        json!([{"IncludeManagementEvents": false, "DataResources": []}]),
        json!([{"IncludeManagementEvents": false, "DataResources": [
            {"Type": "AWS::S3::Object", "Values": []},
            {"Type": "AWS::Lambda::Function", "Values": []},
        ]}]),
        json!([{"ReadWriteType": "ReadOnly"}]),
        json!([{"ExcludeManagementEventSources": ["kms.amazonaws.com", "rdsdata.amazonaws.com"]}]),
    ];
    for selectors in cases {
        let sandbox = with(vec![trail("org-audit")]);
        good(&sandbox, "PutEventSelectors", basic(selectors)).await;
        let trail = described(&sandbox, "org-audit").await;
        assert_eq!(trail["HasCustomEventSelectors"], json!(true));
    }
    let cases = [
        json!([
            category("Data"),
            field("resources.type", "Equals", &["AWS::S3::Object"])
        ]),
        json!([
            category("Management"),
            field("readOnly", "Equals", &["true"])
        ]),
        json!([
            category("Management"),
            field("eventSource", "NotEquals", &["kms.amazonaws.com"])
        ]),
    ];
    for fields in cases {
        let sandbox = with(vec![trail("org-audit")]);
        good(&sandbox, "PutEventSelectors", advanced(fields)).await;
    }
}

#[tokio::test]
async fn basic_selectors_are_checked() {
    let values: Vec<_> = (0..251)
        .map(|n| format!("arn:aws:s3:::bucket-{n}/"))
        .collect();
    let resource = |values: &[String]| json!({"Type": "AWS::S3::Object", "Values": values});
    let cases = [
        json!([]),
        json!([{}, {}, {}, {}, {}, {}]),
        json!([{"ReadWriteType": "Everything"}]),
        json!([{"ExcludeManagementEventSources": ["iam.amazonaws.com"]}]),
        json!([{
            "IncludeManagementEvents": false,
            "ExcludeManagementEventSources": ["kms.amazonaws.com"],
        }]),
        json!([{"DataResources": [{"Type": "AWS::SNS::Topic", "Values": ["arn:aws:sns"]}]}]),
        json!([{"DataResources": [{"Type": "AWS::S3::Object", "Values": ["bucket/"]}]}]),
        json!([{"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:lambda"]}]}]),
        json!([{"DataResources": [resource(&values)]}]),
        json!([
            {"DataResources": [resource(&values[..126])]},
            {"DataResources": [resource(&values[126..])]},
        ]),
    ];
    for selectors in cases {
        let sandbox = with(vec![trail("org-audit")]);
        let got = code(&sandbox, "PutEventSelectors", basic(selectors.clone())).await;
        assert_eq!(got, "InvalidEventSelectorsException", "{selectors}");
    }
    let sandbox = with(vec![trail("org-audit")]);
    let five = json!([{}, {}, {}, {}, {"DataResources": [resource(&values[..250])]}]);
    good(&sandbox, "PutEventSelectors", basic(five)).await;
    let text = json!([{"IncludeManagementEvents": "false"}]);
    let got = code(&sandbox, "PutEventSelectors", basic(text)).await;
    assert_eq!(got, "SerializationException");
}

#[tokio::test]
async fn advanced_selectors_are_checked() {
    let s3 = || field("resources.type", "Equals", &["AWS::S3::Object"]);
    let cases = [
        json!([]),
        json!([field("readOnly", "Equals", &["true"])]),
        json!([field("eventCategory", "StartsWith", &["Man"])]),
        json!([field("eventCategory", "Equals", &["Management", "Data"])]),
        json!([category("ConfigurationItem")]),
        json!([category("Management"), category("Management")]),
        json!([category("Management"), {"Field": "readOnly"}]),
        json!([category("Management"), {"Field": "readOnly", "Equals": []}]),
        json!([category("Management"), {"Field": "readOnly", "Like": ["true"]}]),
        json!([
            category("Management"),
            field("readOnly", "NotEquals", &["true"])
        ]),
        json!([
            category("Management"),
            field("readOnly", "Equals", &["yes"])
        ]),
        json!([
            category("Management"),
            field("readOnly", "Equals", &["true", "false"])
        ]),
        json!([
            category("Management"),
            field("eventSource", "Equals", &["kms.amazonaws.com"])
        ]),
        json!([
            category("Management"),
            field("eventSource", "NotEquals", &["iam.amazonaws.com"])
        ]),
        json!([
            category("Management"),
            field("eventName", "Equals", &["StopLogging"])
        ]),
        json!([category("Data")]),
        json!([
            category("Data"),
            field("resources.type", "StartsWith", &["AWS::S3"])
        ]),
        json!([category("Data"), s3(), field("errorCode", "Equals", &["x"])]),
        json!([
            category("Data"),
            s3(),
            field("readOnly", "StartsWith", &["t"])
        ]),
        json!([category("NetworkActivity")]),
        json!([
            category("NetworkActivity"),
            field("eventSource", "Equals", &["kms.amazonaws.com"]),
            field("errorCode", "Equals", &["AccessDenied"]),
        ]),
        json!([
            category("Data"),
            s3(),
            field("resources.ARN", "StartsWith", &[""])
        ]),
    ];
    for fields in cases {
        let sandbox = with(vec![trail("org-audit")]);
        let got = code(&sandbox, "PutEventSelectors", advanced(fields.clone())).await;
        assert_eq!(got, "InvalidEventSelectorsException", "{fields}");
    }
}

#[tokio::test]
async fn five_hundred_values_at_most() {
    let values = |count: usize| -> Value {
        let arns: Vec<_> = (0..count)
            .map(|n| format!("arn:aws:s3:::bucket-{n}/"))
            .collect();
        // the category and the type are two values more
        advanced(json!([
            category("Data"),
            field("resources.type", "Equals", &["AWS::S3::Object"]),
            {"Field": "resources.ARN", "StartsWith": arns},
        ]))
    };
    let sandbox = with(vec![trail("org-audit")]);
    good(&sandbox, "PutEventSelectors", values(498)).await;
    let got = code(&sandbox, "PutEventSelectors", values(499)).await;
    assert_eq!(got, "InvalidEventSelectorsException");
}

#[tokio::test]
async fn one_kind_at_a_time() {
    let sandbox = with(vec![trail("org-audit")]);
    let both = json!({
        "TrailName": "org-audit", "EventSelectors": [{}],
        "AdvancedEventSelectors": [{"FieldSelectors": [category("Management")]}],
    });
    for input in [both, json!({"TrailName": "org-audit"})] {
        let got = code(&sandbox, "PutEventSelectors", input).await;
        assert_eq!(got, "InvalidEventSelectorsException");
    }
    let long = json!({"TrailName": "org-audit", "AdvancedEventSelectors": [
        {"Name": "n".repeat(1001), "FieldSelectors": [category("Management")]},
    ]});
    let got = code(&sandbox, "PutEventSelectors", long).await;
    assert_eq!(got, "InvalidEventSelectorsException");
}

#[tokio::test]
async fn seeded_selectors_are_shown_as_they_are() {
    let selector = json!({"Name": "x", "FieldSelectors": [category("Management")]});
    let mut seed = trail("org-audit");
    seed.selectors = EventSelectors::Advanced(vec![selector.clone()]);
    let sandbox = with(vec![seed]);
    let input = json!({"TrailName": arn("org-audit")});
    let answer = at(&sandbox, AWAY, "GetEventSelectors", input)
        .await
        .unwrap();
    assert_eq!(answer["AdvancedEventSelectors"], json!([selector]));
    let got = code_at(
        &sandbox,
        AWAY,
        "GetEventSelectors",
        json!({"TrailName": "org-audit"}),
    )
    .await;
    assert_eq!(got, "TrailNotFoundException");
}
