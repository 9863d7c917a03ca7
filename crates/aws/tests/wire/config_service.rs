use serde_json::json;
use trailkeeper_app::ports::ConfigService;
use trailkeeper_aws::ConfigRules;
use trailkeeper_core::ErrorClass;
use trailkeeper_core::config_rule::{Compliance, Evaluation};

use crate::wire::{Wire, ok, refusal};

fn evaluation(id: &str, annotation: Option<&str>) -> Evaluation {
    Evaluation {
        resource_type: "AWS::::Account".to_owned(),
        resource_id: id.to_owned(),
        compliance: Compliance::NonCompliant,
        annotation: annotation.map(str::to_owned),
        ordering_timestamp: "2026-11-21T10:00:00.25Z".parse().unwrap(),
    }
}

#[tokio::test]
async fn evaluations_are_sent_and_a_missing_annotation_is_left_out() {
    let wire = Wire::new([ok(json!({}))]);
    let both = [
        evaluation("111122223333", Some("why")),
        evaluation("2", None),
    ];
    let rules = ConfigRules::new(wire.session());
    assert_eq!(
        rules.put_evaluations("token", &both, true).await,
        Ok(Vec::new())
    );
    let request = wire.request();
    assert_eq!(request.line, "POST https://config.eu-west-1.amazonaws.com/");
    let time = 1_795_255_200.25;
    let item = json!({ "ComplianceResourceType": "AWS::::Account", "ComplianceResourceId": "2",
        "ComplianceType": "NON_COMPLIANT", "OrderingTimestamp": time });
    let mut annotated = item.clone();
    annotated["ComplianceResourceId"] = json!("111122223333");
    annotated["Annotation"] = json!("why");
    let expected =
        json!({ "ResultToken": "token", "TestMode": true, "Evaluations": [annotated, item] });
    assert_eq!(request.json(), expected);
}

#[tokio::test]
async fn an_empty_list_is_sent_too() {
    let wire = Wire::new([ok(json!({ "FailedEvaluations": [] }))]);
    let rules = ConfigRules::new(wire.session());
    assert_eq!(
        rules.put_evaluations("token", &[], false).await,
        Ok(Vec::new())
    );
    let expected = json!({ "ResultToken": "token", "TestMode": false, "Evaluations": [] });
    assert_eq!(wire.request().json(), expected);
}

#[tokio::test]
async fn failed_evaluations_come_back_as_they_were_sent() {
    let failed = |id: &str| {
        json!({ "FailedEvaluations": [{ "ComplianceResourceType": "AWS::::Account",
            "ComplianceResourceId": id, "ComplianceType": "NON_COMPLIANT",
            "OrderingTimestamp": 1.0 }] })
    };
    let both = [evaluation("1", Some("why")), evaluation("2", None)];
    let cases = [
        ("1", Ok(vec![evaluation("1", Some("why"))])),
        ("3", Err("InvalidResponse".to_owned())),
    ];
    for (id, expected) in cases {
        let wire = Wire::new([ok(failed(id))]);
        let answer = ConfigRules::new(wire.session())
            .put_evaluations("t", &both, false)
            .await;
        assert_eq!(answer.map_err(|error| error.code), expected);
    }
}

#[tokio::test]
async fn errors_of_config_have_their_class() {
    let cases = [
        ("NoSuchConfigRuleException", ErrorClass::Absent),
        ("InvalidResultTokenException", ErrorClass::Refused),
        ("ValidationException", ErrorClass::Refused),
        ("ThrottlingException", ErrorClass::Throttled),
        ("AccessDeniedException", ErrorClass::Denied),
        ("ServiceUnavailable", ErrorClass::Broken),
    ];
    for (code, class) in cases {
        let wire = Wire::new([refusal(code, "text")]);
        let rules = ConfigRules::new(wire.session());
        let error = rules
            .put_evaluations("t", &[evaluation("1", None)], false)
            .await
            .unwrap_err();
        assert_eq!((error.code.as_str(), error.class), (code, class));
        assert_eq!(error.resource, "AWS::::Account 1");
    }
}
