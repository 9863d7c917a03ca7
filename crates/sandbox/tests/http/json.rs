use serde_json::{Value, json};
use trailkeeper_sandbox::{ApiError, Fault, FaultKind, When};

use crate::{REGION, Wire};

#[tokio::test]
async fn the_target_names_the_operation_and_the_scope_service_and_region() {
    let wire = Wire::start().await;
    let cases = [
        (
            "config",
            "StarlingDoveService.DescribeConfigRules",
            "DescribeConfigRules",
        ),
        (
            "cloudtrail",
            "CloudTrail_20131101.DescribeTrails",
            "DescribeTrails",
        ),
        (
            "cloudtrail",
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetTrailStatus",
            "GetTrailStatus",
        ),
        ("kms", "TrentService.DescribeKey", "DescribeKey"),
        (
            "organizations",
            "AWSOrganizationsV20161128.DescribeOrganization",
            "DescribeOrganization",
        ),
        (
            "logs",
            "Logs_20140328.DescribeLogGroups",
            "DescribeLogGroups",
        ),
    ];
    for (service, target, operation) in cases {
        let input = json!({"Name": "x"});
        let answer = wire.json(service, target, &input).await;
        let seen = (operation.to_owned(), REGION.to_owned(), input);
        assert_eq!(wire.last_call(), seen, "{target}: {answer:?}");
        assert_eq!(wire.sandbox.calls().pop().unwrap().service, service);
        assert!(answer.header("x-amzn-requestid").is_some());
    }
}

#[tokio::test]
async fn cloudwatch_signs_as_monitoring() {
    let wire = Wire::start().await;
    let target = "GraniteServiceVersion20100801.DescribeAlarms";
    let answer = wire.json("monitoring", target, &json!({})).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(wire.sandbox.calls().pop().unwrap().service, "cloudwatch");
}

#[tokio::test]
async fn an_output_is_json_and_no_output_an_empty_structure() {
    let wire = Wire::start().await;
    let target = "StarlingDoveService.DescribeConfigRules";
    let answer = wire.json("config", target, &json!({})).await;
    assert_eq!(answer.status, 200);
    let kind = answer.header("content-type");
    assert_eq!(kind, Some("application/x-amz-json-1.1"));
    assert_eq!(
        answer.json()["ConfigRules"][0]["ConfigRuleName"],
        json!("trails")
    );
    // no body at all is an empty input
    let ask = wire.signed("config", "POST", "/");
    let answer = ask.header("x-amz-target", target).send("").await.unwrap();
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn errors_carry_code_and_message_in_body_and_header() {
    let wire = Wire::start().await;
    let service = "StarlingDoveService";
    let named = json!({"ConfigRuleNames": ["none"]});
    let cases = [
        ("DescribeConfigRules", named, "NoSuchConfigRuleException"),
        ("NoSuchOperation", json!({}), "NotImplementedException"),
    ];
    for (operation, input, code) in cases {
        let target = format!("{service}.{operation}");
        let answer = wire.json("config", &target, &input).await;
        assert_eq!(answer.status, 400);
        assert_eq!(answer.json()["__type"], json!(code));
        assert!(answer.json()["message"].is_string());
        assert_eq!(answer.header("x-amzn-errortype"), Some(code));
    }
}

#[tokio::test]
async fn requests_that_are_no_calls_are_refused() {
    let wire = Wire::start().await;
    let cases = [
        (
            "StarlingDoveService.DescribeConfigRules",
            "{",
            "SerializationException",
        ),
        (
            "TrentService.DescribeConfigRules",
            "{}",
            "UnknownOperationException",
        ),
        ("DescribeConfigRules", "{}", "UnknownOperationException"),
        ("StarlingDoveService.", "{}", "UnknownOperationException"),
    ];
    for (target, body, code) in cases {
        let ask = wire.signed("config", "POST", "/");
        let answer = ask.header("x-amz-target", target).send(body).await.unwrap();
        assert_eq!(answer.status, 400, "{target}");
        assert_eq!(answer.json()["__type"], json!(code), "{target}");
    }
    assert_eq!(wire.sandbox.calls(), []);
}

#[tokio::test]
async fn an_unsigned_request_is_refused_in_the_shape_of_its_protocol() {
    let wire = Wire::start().await;
    let missing = "MissingAuthenticationToken";
    let cases = [
        (
            "POST",
            "/",
            "x-amz-target",
            "StarlingDoveService.DescribeConfigRules",
            missing,
        ),
        ("GET", "/2015-03-31/functions/", "x-other", "", missing),
        (
            "POST",
            "/",
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
            missing,
        ),
        (
            "GET",
            "/bucket?policy",
            "x-other",
            "",
            "<Code>AccessDenied</Code>",
        ),
        (
            "GET",
            "/",
            "authorization",
            "Basic abc",
            "<Code>AccessDenied</Code>",
        ),
    ];
    for (method, path, header, value, wanted) in cases {
        let ask = wire.bare(method, path).header(header, value);
        let answer = ask.send("").await.unwrap();
        assert_eq!(answer.status, 403, "{path}");
        let kind = answer.header("x-amzn-errortype").unwrap_or_default();
        let told = format!("{kind}{}", answer.body);
        assert!(told.contains(wanted), "{path}: {told}");
    }
    assert_eq!(wire.sandbox.calls(), []);
}

#[tokio::test]
async fn faults_travel_over_the_wire() {
    let wire = Wire::start().await;
    let error = ApiError::new("ServiceUnavailable", "not now").with_status(503);
    let fault = |nth: u32, kind: FaultKind| {
        Fault::new("config", "DescribeConfigRules", When::Nth(nth), kind)
    };
    wire.sandbox.inject(fault(1, FaultKind::Error(error)));
    wire.sandbox.inject(fault(2, FaultKind::Throttle));
    wire.sandbox.inject(fault(3, FaultKind::TimeoutBefore));
    let target = "StarlingDoveService.DescribeConfigRules";
    for (status, code) in [(503, "ServiceUnavailable"), (400, "ThrottlingException")] {
        let answer = wire.json("config", target, &json!({})).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.json()["__type"], json!(code));
    }
    let ask = wire.signed("config", "POST", "/");
    let answer = ask.header("x-amz-target", target).send("{}").await;
    assert!(answer.is_none(), "an answer came: {answer:?}");
    let answer = wire.json("config", target, &Value::Null).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn alarms_have_the_name_of_their_endpoint_and_regions_a_path() {
    let wire = Wire::start().await;
    let target = "GraniteServiceVersion20100801.DescribeAlarms";
    let answer = wire.json("monitoring", target, &json!({})).await;
    assert_eq!(answer.json()["MetricAlarms"], json!([]));
    let cases = [
        ("/listRegions", "{}", 200),
        ("/enableRegion", r#"{"RegionName":"eu-south-1"}"#, 200),
        ("/enableRegion", r#"{"RegionName":"eu-west-1"}"#, 400),
        ("/closeAccount", "{}", 400),
    ];
    for (path, body, status) in cases {
        let ask = wire.signed("account", "POST", path);
        assert_eq!(
            ask.send(body).await.unwrap().status,
            status,
            "{path} {body}"
        );
    }
}
