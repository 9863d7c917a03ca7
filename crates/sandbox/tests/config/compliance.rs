use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{EvaluationSeed, RuleSeed};

use crate::{Account, REGION, START, with};

fn stale(id: &str, compliance: &str) -> EvaluationSeed {
    EvaluationSeed {
        region: REGION.to_owned(),
        rule: "trails".to_owned(),
        resource_type: "AWS::EC2::Instance".to_owned(),
        resource_id: id.to_owned(),
        compliance: compliance.to_owned(),
        annotation: None,
        ordering: START.parse().unwrap(),
    }
}

#[tokio::test]
async fn results_are_filtered_and_paged() {
    let account = Account::with_rule();
    account.sandbox.with_world(|world| {
        for number in 0..25 {
            let verdict = ["COMPLIANT", "NON_COMPLIANT", "NOT_APPLICABLE"][number % 3];
            world.seed_evaluation(stale(&format!("i-{number:02}"), verdict));
        }
    });
    let operation = "GetComplianceDetailsByConfigRule";
    let count = |output: &Value| output["EvaluationResults"].as_array().unwrap().len();
    let base = json!({"ConfigRuleName": "trails"});
    let cases = [
        (json!(null), json!(null), 10),
        (json!(0), json!(null), 10),
        (json!(100), json!(null), 25),
        (json!(100), json!(["COMPLIANT"]), 9),
        (json!(100), json!(["COMPLIANT", "NON_COMPLIANT"]), 17),
        (json!(7), json!(["NOT_APPLICABLE"]), 7),
    ];
    for (limit, types, wanted) in cases {
        let input = with(with(base.clone(), "Limit", limit), "ComplianceTypes", types);
        assert_eq!(
            count(&account.good(operation, input.clone()).await),
            wanted,
            "{input}"
        );
    }
    let mut seen = 0;
    let mut input = with(base.clone(), "Limit", json!(10));
    loop {
        let output = account.good(operation, input.clone()).await;
        seen += count(&output);
        let Some(token) = output.get("NextToken") else {
            break;
        };
        input["NextToken"] = token.clone();
    }
    assert_eq!(seen, 25);
    let refusals = [
        ("Limit", json!(101), "ValidationException"),
        ("Limit", json!(-1), "ValidationException"),
        (
            "NextToken",
            json!("DescribeConfigRules/10"),
            "InvalidNextTokenException",
        ),
        (
            "ComplianceTypes",
            json!(["INSUFFICIENT_DATA"]),
            "InvalidParameterValueException",
        ),
        ("ComplianceTypes", json!(["GOOD"]), "ValidationException"),
        (
            "ConfigRuleName",
            json!("n".repeat(65)),
            "ValidationException",
        ),
        ("ConfigRuleName", json!("none"), "NoSuchConfigRuleException"),
    ];
    for (member, value, code) in refusals {
        let input = with(base.clone(), member, value);
        account.refuses(operation, input, code).await;
    }
}

#[tokio::test]
async fn a_rule_is_as_compliant_as_its_worst_resource() {
    let cases: [(&[&str], &str, Option<u64>); 5] = [
        (&[], "INSUFFICIENT_DATA", None),
        (&["NOT_APPLICABLE"], "INSUFFICIENT_DATA", None),
        (&["COMPLIANT", "NOT_APPLICABLE"], "COMPLIANT", None),
        (&["COMPLIANT", "NON_COMPLIANT"], "NON_COMPLIANT", Some(1)),
        (&["NON_COMPLIANT"; 26], "NON_COMPLIANT", Some(25)),
    ];
    for (verdicts, wanted, count) in cases {
        let account = Account::with_rule();
        account.sandbox.with_world(|world| {
            for (number, verdict) in verdicts.iter().enumerate() {
                world.seed_evaluation(stale(&format!("i-{number}"), verdict));
            }
        });
        let output = account
            .good("DescribeComplianceByConfigRule", json!({}))
            .await;
        let compliance = &output["ComplianceByConfigRules"][0]["Compliance"];
        assert_eq!(compliance["ComplianceType"], json!(wanted));
        let contributors = &compliance["ComplianceContributorCount"];
        assert_eq!(contributors["CappedCount"].as_u64(), count);
        let filter = json!({"ComplianceTypes": [wanted]});
        let same = account.good("DescribeComplianceByConfigRule", filter).await;
        assert_eq!(output, same);
    }
}

#[tokio::test]
async fn compliance_by_resource_joins_the_rules() {
    let account = Account::with_rule();
    account.sandbox.with_world(|world| {
        world.seed_rule(RuleSeed::new(REGION, "other", "evaluator"));
        world.seed_evaluation(stale("i-1", "COMPLIANT"));
        world.seed_evaluation(stale("i-2", "COMPLIANT"));
        let mut bad = stale("i-1", "NON_COMPLIANT");
        bad.rule = "other".to_owned();
        world.seed_evaluation(bad);
    });
    let operation = "DescribeComplianceByResource";
    let output = account.good(operation, json!({})).await;
    let found = output["ComplianceByResources"].as_array().unwrap();
    let verdicts: Vec<&Value> = found
        .iter()
        .map(|resource| &resource["Compliance"]["ComplianceType"])
        .collect();
    assert_eq!(verdicts, [&json!("NON_COMPLIANT"), &json!("COMPLIANT")]);
    let one = json!({"ResourceType": "AWS::EC2::Instance", "ResourceId": "i-2"});
    let output = account.good(operation, one).await;
    assert_eq!(output["ComplianceByResources"].as_array().unwrap().len(), 1);
    let invalid = "InvalidParameterValueException";
    let id_alone = json!({"ResourceId": "i-2"});
    account.refuses(operation, id_alone.clone(), invalid).await;
    account
        .refuses("GetComplianceDetailsByResource", id_alone, invalid)
        .await;
}

#[tokio::test]
async fn deleted_results_are_gone() {
    let account = Account::with_rule();
    account
        .sandbox
        .with_world(|world| world.seed_evaluation(stale("i-1", "COMPLIANT")));
    let input = json!({"ConfigRuleName": "trails"});
    account.good("DeleteEvaluationResults", input).await;
    assert_eq!(account.verdicts().await, []);
    let cases = [
        (json!({}), "ValidationException"),
        (
            json!({"ConfigRuleName": "none"}),
            "NoSuchConfigRuleException",
        ),
    ];
    for (input, code) in cases {
        account
            .refuses("DeleteEvaluationResults", input, code)
            .await;
    }
}
