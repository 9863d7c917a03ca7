//! An account of many instances: what a scheduled run asks for must not take long.

use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{InstanceSeed, RuleSeed};

use crate::{Account, INSTANCE, REGION, body};

const COUNT: usize = 5_000;

/// Every instance is read, judged, told and listed again, page by page.
#[tokio::test]
async fn five_thousand_instances() {
    let account = Account::with(|world| {
        for number in 0..COUNT {
            world.seed_instance(InstanceSeed::new(REGION, &format!("i-{number:017x}")));
        }
        let mut rule = RuleSeed::new(REGION, "instances", "evaluator");
        rule.resource_types = vec![INSTANCE.to_owned()];
        world.seed_rule(rule);
    });
    account
        .good(
            "StartConfigRulesEvaluation",
            json!({"ConfigRuleNames": ["instances"]}),
        )
        .await;
    let events = account.events().await;
    assert_eq!(body(&events[0])["messageType"], "ScheduledNotification");
    let token = &events[0]["resultToken"];
    let mut input = json!({
        "Expression": "SELECT resourceId, configuration.state.name \
                       WHERE resourceType = 'AWS::EC2::Instance'",
        "Limit": 100,
    });
    let mut pages = 0;
    loop {
        let page = account.good("SelectResourceConfig", input.clone()).await;
        let ids: Vec<Value> = page["Results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| serde_json::from_str::<Value>(row.as_str().unwrap()).unwrap())
            .map(|row| row["resourceId"].clone())
            .collect();
        put(&account, token, ids).await;
        pages += 1;
        match page.get("NextToken") {
            Some(token) => input["NextToken"] = token.clone(),
            None => break,
        }
    }
    assert_eq!(pages, COUNT / 100);
    assert_eq!(listed(&account).await, COUNT);
}

async fn put(account: &Account, token: &Value, ids: Vec<Value>) {
    let evaluation = |id: Value| {
        json!({
            "ComplianceResourceType": INSTANCE,
            "ComplianceResourceId": id,
            "ComplianceType": "NON_COMPLIANT",
            "Annotation": "no-instance-profile",
            "OrderingTimestamp": 1_772_445_600,
        })
    };
    let evaluations: Vec<Value> = ids.into_iter().map(evaluation).collect();
    let input = json!({"ResultToken": token, "Evaluations": evaluations});
    account.good("PutEvaluations", input).await;
}

/// How many results and how many resources the two listings by pages hold: the same number.
async fn listed(account: &Account) -> usize {
    let cases = [
        (
            "GetComplianceDetailsByConfigRule",
            json!({"ConfigRuleName": "instances", "ComplianceTypes": ["NON_COMPLIANT"]}),
            "EvaluationResults",
        ),
        (
            "DescribeComplianceByResource",
            json!({"ResourceType": INSTANCE}),
            "ComplianceByResources",
        ),
    ];
    let mut counts = Vec::new();
    for (operation, mut input, items) in cases {
        input["Limit"] = json!(100);
        let mut count = 0;
        loop {
            let page = account.good(operation, input.clone()).await;
            count += page[items].as_array().unwrap().len();
            match page.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => break,
            }
        }
        counts.push(count);
    }
    assert_eq!(counts[0], counts[1]);
    counts[0]
}
