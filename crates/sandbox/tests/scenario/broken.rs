//! Files that cannot be loaded.

use std::error::Error;

use serde_json::{Value, json};
use trailkeeper_sandbox::scenario::Scenario;

use crate::support::{ARN, changed, cloudtrail};

#[test]
fn broken_files_name_the_place() {
    type Change = fn(&mut Value);
    let trail = "world.cloudtrail.us-east-1.DescribeTrails.trailList[0]";
    let cases: [(Change, String, &str); 17] = [
        (
            |case| case["schema"] = json!("case/v2"),
            "schema".into(),
            "case/v1",
        ),
        (
            |case| case["lambda"] = json!("other"),
            "lambda".into(),
            "evaluator",
        ),
        (
            |case| case["rule"] = json!("other"),
            "rule".into(),
            "fast-path",
        ),
        (|case| case["now"] = json!("soon"), "now".into(), "time"),
        (
            |case| case["now"] = Value::Null,
            "the file".into(),
            "`now` is missing",
        ),
        (
            |case| case["self"]["accountId"] = json!("12"),
            "self.accountId".into(),
            "12 digits",
        ),
        (
            |case| case["self"]["organizationRole"] = json!("boss"),
            "self.organizationRole".into(),
            "member",
        ),
        (|case| case["world"] = json!([]), "world".into(), "object"),
        (
            |case| case["world"]["iam"] = json!({"aws-global": {"ListUsers": {}}}),
            "world.iam.aws-global.ListUsers".into(),
            "iam:ListUsers",
        ),
        (
            |case| cloudtrail(case)["DescribeTrails"]["trailList"][0]["Nmae"] = json!("x"),
            format!("{trail}.Nmae"),
            "unknown member",
        ),
        (
            |case| cloudtrail(case)["DescribeTrails"]["trailList"][0]["TrailARN"] = json!("x"),
            format!("{trail}.TrailARN"),
            "ARN",
        ),
        (
            |case| {
                cloudtrail(case)["DescribeTrails"]["trailList"][0]["KmsKeyId"] = json!("alias/x")
            },
            format!("{trail}.KmsKeyId"),
            "key",
        ),
        (
            |case| {
                cloudtrail(case)["DescribeTrails"]["trailList"][0]["IsMultiRegionTrail"] = json!(1)
            },
            format!("{trail}.IsMultiRegionTrail"),
            "true or false",
        ),
        (
            |case| cloudtrail(case)["GetTrailStatus"][ARN]["IsLogging"] = Value::Null,
            format!("world.cloudtrail.us-east-1.GetTrailStatus[\"{ARN}\"]"),
            "`IsLogging`",
        ),
        (
            |case| cloudtrail(case)["GetTrailStatus"]["absent"] = json!({"IsLogging": true}),
            "world.cloudtrail.us-east-1.GetTrailStatus.absent".into(),
            "no DescribeTrails",
        ),
        (
            |case| cloudtrail(case)["ListTrails"] = json!({"error": {"status": 400}}),
            "world.cloudtrail.us-east-1.ListTrails.error".into(),
            "`code`",
        ),
        (
            |case| case["event"]["configRuleName"] = Value::Null,
            "event".into(),
            "configRuleName",
        ),
    ];
    for (change, place, problem) in cases {
        let text = changed(change).unwrap_err().to_string();
        assert!(text.starts_with(&format!("{place}: ")), "{text}");
        assert!(text.contains(problem), "{text}");
    }
}

#[test]
fn a_text_that_is_no_json_names_line_and_column() {
    let error = Scenario::parse("{\n  \"schema\": oops}").unwrap_err();
    assert!(
        error
            .source()
            .unwrap()
            .to_string()
            .contains("line 2 column")
    );
}
