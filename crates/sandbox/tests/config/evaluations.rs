use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{ResultTokenSeed, RuleSeed};
use trailkeeper_sandbox::{ApiError, Call};

use crate::{Account, REGION, evaluation, pair, rule, with};

#[tokio::test]
async fn one_bad_evaluation_refuses_the_whole_batch() {
    let account = Account::with_token();
    let good = evaluation("i-1", "COMPLIANT", 1.0);
    let bad = |member: &str, value: Value| with(evaluation("i-2", "COMPLIANT", 1.0), member, value);
    let invalid = "InvalidParameterValueException";
    let validation = "ValidationException";
    let cases = [
        (bad("Annotation", json!("")), validation),
        (bad("Annotation", json!("é".repeat(257))), validation),
        (
            bad("ComplianceResourceId", json!("i".repeat(769))),
            validation,
        ),
        (bad("ComplianceResourceId", json!("")), validation),
        (bad("ComplianceResourceId", Value::Null), validation),
        (
            bad("ComplianceResourceType", json!("t".repeat(257))),
            validation,
        ),
        (
            bad("ComplianceResourceType", json!("AWS::Account")),
            invalid,
        ),
        (bad("ComplianceResourceType", json!("instance")), invalid),
        (bad("ComplianceType", json!("INSUFFICIENT_DATA")), invalid),
        (bad("ComplianceType", json!("UNKNOWN")), validation),
        (bad("ComplianceType", Value::Null), validation),
        (bad("OrderingTimestamp", Value::Null), validation),
        (
            bad("OrderingTimestamp", json!("now")),
            "SerializationException",
        ),
    ];
    for (evaluation, code) in cases {
        let batch = json!([good, evaluation]);
        match account.put("token", batch).await {
            Ok(_) => panic!("{evaluation} was accepted"),
            Err(error) => assert_eq!(error.code, code, "{evaluation}: {error}"),
        }
        assert_eq!(account.verdicts().await, [], "{evaluation}");
    }
    let many: Vec<Value> = (0..101)
        .map(|n| evaluation(&format!("i-{n}"), "COMPLIANT", 1.0))
        .collect();
    let error = account.put("token", json!(many)).await.unwrap_err();
    assert_eq!(error.code, "ValidationException");
    // the longest annotation, by characters, is good, and so is an account
    let longest = with(good, "Annotation", json!("é".repeat(256)));
    let longest = with(longest, "ComplianceResourceType", json!("AWS::::Account"));
    account.put("token", json!([longest])).await.unwrap();
}

#[tokio::test]
async fn result_tokens_are_checked() {
    let account = Account::with_rule();
    let mut seed = RuleSeed::new(REGION, "trails", "evaluator");
    seed.result_tokens = vec![
        ResultTokenSeed {
            token: "twice".to_owned(),
            calls: Some(2),
        },
        ResultTokenSeed {
            token: "many".to_owned(),
            calls: None,
        },
    ];
    account.sandbox.with_world(|world| world.seed_rule(seed));
    let code = |answer: Result<Value, ApiError>| answer.map_or_else(|e| e.code, |_| "ok".into());
    let unknown = "InvalidResultTokenException";
    let steps = [
        ("twice", "ok"),
        ("twice", "ok"),
        ("twice", unknown),
        ("many", "ok"),
        ("many", "ok"),
        ("many", "ok"),
        ("TESTMODE", unknown),
        ("", unknown),
    ];
    for (token, wanted) in steps {
        assert_eq!(code(account.put(token, json!([])).await), wanted, "{token}");
    }
    account
        .refuses("PutEvaluations", json!({}), "ValidationException")
        .await;
    let elsewhere = Call::new(
        "config",
        "PutEvaluations",
        "us-east-1",
        json!({"ResultToken": "many"}),
    );
    assert!(account.sandbox.call(elsewhere).await.is_err());
    account.sandbox.advance(SignedDuration::from_hours(6));
    assert_eq!(code(account.put("many", json!([])).await), "ok");
    account.sandbox.advance(SignedDuration::from_secs(1));
    assert_eq!(code(account.put("many", json!([])).await), unknown);
}

#[tokio::test]
async fn a_deleted_rule_takes_no_results_even_if_made_anew() {
    let account = Account::with_token();
    let delete = json!({"ConfigRuleName": "trails"});
    account.good("DeleteConfigRule", delete).await;
    let gone = "NoSuchConfigRuleException";
    let error = account.put("token", json!([])).await.unwrap_err();
    assert_eq!(error.code, gone);
    account
        .good("PutConfigRule", json!({"ConfigRule": rule("trails")}))
        .await;
    let error = account.put("token", json!([])).await.unwrap_err();
    assert_eq!(error.code, gone);
}

#[tokio::test]
async fn test_mode_checks_and_stores_nothing() {
    let account = Account::with_token();
    let input = |evaluation: Value| json!({"ResultToken": "TESTMODE", "TestMode": true, "Evaluations": [evaluation]});
    let good = evaluation("i-1", "COMPLIANT", 1.0);
    let answer = account.good("PutEvaluations", input(good.clone())).await;
    assert_eq!(answer, json!({"FailedEvaluations": []}));
    assert_eq!(account.verdicts().await, []);
    let bad = with(good, "Annotation", json!(""));
    account
        .refuses("PutEvaluations", input(bad), "ValidationException")
        .await;
}

#[tokio::test]
async fn p9_failed_evaluations_come_back_and_are_not_stored() {
    let account = Account::with_token();
    account
        .sandbox
        .with_world(|world| world.fail_evaluations(2, 2));
    let second = evaluation("i-2", "NON_COMPLIANT", 1.0);
    let batch = json!([evaluation("i-1", "COMPLIANT", 1.0), second]);
    let failed = json!({"FailedEvaluations": [second]});
    for _ in 0..2 {
        assert_eq!(account.put("token", batch.clone()).await.unwrap(), failed);
        assert_eq!(account.verdicts().await, [pair("i-1", "COMPLIANT")]);
    }
    let answer = account.put("token", batch).await.unwrap();
    assert_eq!(answer, json!({"FailedEvaluations": []}));
    assert_eq!(account.verdicts().await.len(), 2);
}

#[tokio::test]
async fn an_older_ordering_time_never_overwrites_a_newer_one() {
    let account = Account::with_token();
    let steps = [
        ("COMPLIANT", 100.0, "COMPLIANT"),
        ("NON_COMPLIANT", 99.999, "COMPLIANT"),
        ("NON_COMPLIANT", 100.0, "NON_COMPLIANT"),
        ("NOT_APPLICABLE", 100.001, "NOT_APPLICABLE"),
        ("COMPLIANT", 100.0, "NOT_APPLICABLE"),
    ];
    for (verdict, at, wanted) in steps {
        let batch = json!([evaluation("i-1", verdict, at)]);
        account.put("token", batch).await.unwrap();
        assert_eq!(
            account.verdicts().await,
            [pair("i-1", wanted)],
            "{verdict} at {at}"
        );
    }
}

#[tokio::test]
async fn results_carry_the_members_of_the_model() {
    let account = Account::with_token();
    let given = with(
        evaluation("i-1", "NON_COMPLIANT", 1_772_445_000.373),
        "Annotation",
        json!("why"),
    );
    account.sandbox.advance(SignedDuration::from_secs(5));
    account.put("token", json!([given])).await.unwrap();
    let wanted = json!({
        "EvaluationResults": [{
            "EvaluationResultIdentifier": {
                "EvaluationResultQualifier": {
                    "ConfigRuleName": "trails",
                    "ResourceType": "AWS::EC2::Instance",
                    "ResourceId": "i-1",
                    "EvaluationMode": "DETECTIVE",
                },
                "OrderingTimestamp": 1_772_445_000.373,
            },
            "ComplianceType": "NON_COMPLIANT",
            "ResultRecordedTime": 1_772_445_605,
            "ConfigRuleInvokedTime": 1_772_445_600,
            "Annotation": "why",
        }],
    });
    let by_rule = json!({"ConfigRuleName": "trails"});
    let output = account
        .good("GetComplianceDetailsByConfigRule", by_rule)
        .await;
    assert_eq!(output, wanted);
    let by_resource = json!({"ResourceType": "AWS::EC2::Instance", "ResourceId": "i-1"});
    let output = account
        .good("GetComplianceDetailsByResource", by_resource)
        .await;
    assert_eq!(output, wanted);
}
