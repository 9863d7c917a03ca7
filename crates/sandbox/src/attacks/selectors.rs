//! B11 to B17: what the trail records.

use serde_json::{Value, json};

use super::trail::named;
use super::{Step, Target, Way, way};

pub(super) fn ways(id: &str, target: &Target) -> Vec<Way> {
    let basic = |name, selector| way(name, vec![put_basic(target, &selector)]);
    let advanced = |name, fields| way(name, vec![put_advanced(target, &fields)]);
    let management = || equals("eventCategory", "Management");
    let excluding = |source: &str| {
        json!({
            "ReadWriteType": "All",
            "IncludeManagementEvents": true,
            "ExcludeManagementEventSources": [source],
        })
    };
    let of_kind = |kind: &str| json!({"ReadWriteType": kind, "IncludeManagementEvents": true});
    let but_kms = json!({"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]});
    match id {
        "B11" => vec![basic(
            "no management events",
            json!({"ReadWriteType": "All", "IncludeManagementEvents": false, "DataResources": []}),
        )],
        "B12" => vec![
            basic("reads only", of_kind("ReadOnly")),
            basic("writes only", of_kind("WriteOnly")),
        ],
        "B13" => vec![
            basic("without KMS", excluding("kms.amazonaws.com")),
            basic(
                "without the RDS Data API",
                excluding("rdsdata.amazonaws.com"),
            ),
        ],
        "B14" => {
            let objects = || {
                vec![
                    equals("eventCategory", "Data"),
                    equals("resources.type", "AWS::S3::Object"),
                ]
            };
            // with the two others 500 values, which is all that CloudTrail takes
            let arns: Vec<String> = (0..498)
                .map(|number| format!("arn:aws:s3:::amzn-s3-demo-{number}/"))
                .collect();
            let mut padded = objects();
            padded.push(json!({"Field": "resources.ARN", "StartsWith": arns}));
            vec![
                advanced("data events only", json!(objects())),
                advanced("no room for more", json!(padded)),
            ]
        }
        "B15" => vec![
            advanced(
                "reads only",
                json!([management(), equals("readOnly", "true")]),
            ),
            advanced("without KMS", json!([management(), but_kms])),
        ],
        "B16" => data(target),
        _ => insights(target),
    }
}

fn equals(field: &str, value: &str) -> Value {
    json!({"Field": field, "Equals": [value]})
}

fn put_basic(target: &Target, selector: &Value) -> Step {
    let selectors = json!({"EventSelectors": [selector]});
    named("PutEventSelectors", target, selectors)
}

fn put_advanced(target: &Target, fields: &Value) -> Step {
    let selectors = json!([{"Name": "All management events", "FieldSelectors": fields}]);
    let input = json!({"AdvancedEventSelectors": selectors});
    named("PutEventSelectors", target, input)
}

/// The account records object-level events of all buckets.
fn data(target: &Target) -> Vec<Way> {
    let all = |resources: Value| {
        json!({
            "ReadWriteType": "All",
            "IncludeManagementEvents": true,
            "DataResources": resources,
        })
    };
    let one_bucket = json!([{
        "Type": "AWS::S3::Object",
        "Values": ["arn:aws:s3:::amzn-s3-demo-bucket/"],
    }]);
    vec![
        way("no data events", vec![put_basic(target, &all(json!([])))]),
        way(
            "of one bucket only",
            vec![put_basic(target, &all(one_bucket))],
        ),
    ]
}

fn insights(target: &Target) -> Vec<Way> {
    let put = |selectors: Value| {
        let input = json!({"InsightSelectors": selectors});
        named("PutInsightSelectors", target, input)
    };
    let data = json!([
        equals("eventCategory", "Data"),
        equals("resources.type", "AWS::S3::Object")
    ]);
    let with_data = json!({"AdvancedEventSelectors": [
        {"Name": "all", "FieldSelectors": [equals("eventCategory", "Management")]},
        {"Name": "objects", "FieldSelectors": data},
    ]});
    let of_data = json!({"InsightType": "ApiCallRateInsight", "EventCategories": ["Data"]});
    vec![
        way("off", vec![put(json!([]))]),
        way(
            "of data events only",
            vec![
                named("PutEventSelectors", target, with_data),
                put(json!([of_data])),
            ],
        ),
    ]
}
