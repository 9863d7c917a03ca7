//! Resources that are no trails: what stands in for RESOURCE_ID is the id of the resource.

use serde_json::{Value, json};

use crate::{Account, manual};

const INSTANCE: &str = "AWS::EC2::Instance";

async fn evaluate(account: &Account, ids: &[String]) {
    let evaluation = |id: &String| {
        json!({
            "ComplianceResourceType": INSTANCE,
            "ComplianceResourceId": id,
            "ComplianceType": "NON_COMPLIANT",
            "OrderingTimestamp": account.sandbox.now().as_second(),
        })
    };
    let evaluations: Vec<Value> = ids.iter().map(evaluation).collect();
    let input = json!({"ResultToken": "token", "Evaluations": evaluations});
    account.good("PutEvaluations", input).await;
    account.sandbox.settle().await;
}

fn repaired(account: &Account) -> Vec<String> {
    let got = account.repair.got.lock().unwrap();
    let of = |payload: &Value| payload["resource"].as_str().unwrap().to_owned();
    got.iter().map(of).collect()
}

#[tokio::test]
async fn an_instance_is_repaired_by_its_id() {
    let account = Account::automatic(5, 60).await;
    let ids: Vec<String> = (0..100).map(|number| format!("i-{number:08x}")).collect();
    evaluate(&account, &ids).await;
    assert_eq!(repaired(&account), ids);
    // each has a run of its own
    evaluate(&account, &ids[..1]).await;
    assert_eq!(account.runs(), 101);
}

#[tokio::test]
async fn an_instance_is_repaired_by_hand() {
    let account = Account::new();
    account.configure(manual()).await.unwrap();
    let ids = ["i-00000001".to_owned()];
    evaluate(&account, &ids).await;
    assert!(repaired(&account).is_empty());
    let key = json!({"resourceType": INSTANCE, "resourceId": "i-00000001"});
    let input = json!({"ConfigRuleName": "trails", "ResourceKeys": [key]});
    account.good("StartRemediationExecution", input).await;
    account.sandbox.settle().await;
    assert_eq!(repaired(&account), ids);
    let status = account.status().await;
    assert_eq!(status[0]["ResourceKey"], key);
    assert_eq!(status[0]["State"], "SUCCEEDED");
}
