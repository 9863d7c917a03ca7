use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::ports::ConfigService;
use trailkeeper_core::ErrorClass;
use trailkeeper_core::config_rule::{Compliance, Evaluation};
use trailkeeper_sandbox::{Call, Sandbox};

use crate::support::{ACCOUNT, HOME, TOKEN, expected, failure, now, sandbox};

fn evaluation(id: &str) -> Evaluation {
    Evaluation {
        resource_type: "AWS::EC2::Instance".to_owned(),
        resource_id: id.to_owned(),
        compliance: Compliance::NonCompliant,
        annotation: Some("no-instance-profile".to_owned()),
        ordering_timestamp: now() + SignedDuration::from_millis(373),
    }
}

async fn results(sandbox: &Sandbox) -> Vec<Value> {
    let input = json!({"ConfigRuleName": "cloudtrail-enabled"});
    let call = Call::new("config", "GetComplianceDetailsByConfigRule", HOME, input);
    let answer = sandbox.call(call).await.unwrap();
    let results = answer.get("EvaluationResults").and_then(Value::as_array);
    results.unwrap().clone()
}

#[tokio::test]
async fn put_evaluations_stores_unless_it_is_a_test() {
    let sandbox = sandbox();
    let account = Evaluation {
        resource_type: "AWS::::Account".to_owned(),
        annotation: None,
        ..evaluation(ACCOUNT)
    };
    let both = [account, evaluation("i-1")];
    let tried = sandbox.put_evaluations(TOKEN, &both, true).await;
    assert_eq!(tried, Ok(Vec::new()));
    assert!(results(&sandbox).await.is_empty());
    let put = sandbox.put_evaluations(TOKEN, &both, false).await;
    assert_eq!(put, Ok(Vec::new()));
    let stored = results(&sandbox).await;
    assert_eq!(stored.len(), 2);
    let instance = stored
        .iter()
        .find(|result| result["Annotation"] == "no-instance-profile")
        .unwrap();
    assert_eq!(instance["ComplianceType"], "NON_COMPLIANT");
}

#[tokio::test]
async fn failed_evaluations_come_back_as_they_were_sent() {
    let sandbox = sandbox();
    sandbox.with_world(|world| world.fail_evaluations(2, 1));
    let both = [evaluation("i-1"), evaluation("i-2")];
    let failed = sandbox.put_evaluations(TOKEN, &both, false).await;
    assert_eq!(failed, Ok(vec![evaluation("i-2")]));
}

#[tokio::test]
async fn a_bad_token_is_refused() {
    let sandbox = sandbox();
    let found = sandbox
        .put_evaluations("stale", &[evaluation("i-1")], false)
        .await;
    let wanted = expected(
        "config:PutEvaluations",
        "InvalidResultTokenException",
        ErrorClass::Refused,
    );
    assert_eq!(failure(found), wanted);
}
