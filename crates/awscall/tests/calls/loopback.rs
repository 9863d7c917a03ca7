//! Over a real connection.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_awscall::{AwsCaller, CallerSettings, Endpoints, https_connector};
use trailkeeper_runbook::{ApiFailure, AwsApi, FailureKind};

use crate::scripted::{TestClock, credentials, keys};
use crate::server::{Act, Arrived, Server};

async fn call(
    acts: Vec<Act>,
    service: &str,
    api: &str,
) -> (Result<Value, ApiFailure>, Vec<Arrived>) {
    let hangs = acts.iter().any(|act| matches!(act, Act::Hang));
    let server = Server::start(acts).await;
    let settings = CallerSettings {
        endpoints: Endpoints {
            every: Some(format!("http://{}", server.address)),
            ..Endpoints::default()
        },
        attempts: 3,
        ..CallerSettings::default()
    };
    let caller = AwsCaller::new(
        settings,
        keys([Ok(credentials("AKIDEXAMPLE", None))]),
        https_connector(),
        Arc::new(TestClock::new(hangs)),
        Arc::new(|| 7),
    );
    let input = json!({ "Name": "org-audit", "FunctionName": "repair" });
    let called = caller.call(service, api, "eu-central-1", input).await;
    (called, server.arrived())
}

#[tokio::test]
async fn a_signed_request_arrives_whole() {
    let acts = vec![Act::Answer(200, r#"{"IsLogging":true}"#)];
    let (called, arrived) = call(acts, "cloudtrail", "GetTrailStatus").await;
    assert_eq!(called.expect("an answer")["IsLogging"], true);
    let (headers, body) = &arrived[0];
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let target = "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetTrailStatus";
    assert_eq!(header("x-amz-target"), Some(target));
    assert_eq!(header("content-type"), Some("application/x-amz-json-1.1"));
    assert_eq!(header("x-amz-date"), Some("20260302T100000Z"));
    let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260302/eu-central-1/cloudtrail/aws4_request, \
                 SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=";
    let authorization = header("authorization").expect("a signature");
    let signature = authorization.strip_prefix(scope).expect(authorization);
    assert_eq!(signature.len(), 64);
    assert!(header("host").is_some_and(|host| host.starts_with("127.0.0.1:")));
    let length = body.len().to_string();
    assert_eq!(header("content-length"), Some(length.as_str()));
}

#[tokio::test]
async fn a_form_arrives_whole_and_its_xml_comes_back() {
    let xml = "<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceState>\
               <code>80</code><name>stopped</name></instanceState></item></instancesSet></item>\
               </reservationSet></DescribeInstancesResponse>";
    let server = Server::start([Act::Answer(200, xml)]).await;
    let caller = AwsCaller::new(
        CallerSettings {
            endpoints: Endpoints {
                every: Some(format!("http://{}", server.address)),
                ..Endpoints::default()
            },
            ..CallerSettings::default()
        },
        keys([Ok(credentials("AKIDEXAMPLE", None))]),
        https_connector(),
        Arc::new(TestClock::new(false)),
        Arc::new(|| 7),
    );
    let input = json!({ "InstanceIds": ["i-1"] });
    let called = caller.call("ec2", "DescribeInstances", "eu-central-1", input);
    let answer = called.await.expect("an answer");
    let state = &answer["Reservations"][0]["Instances"][0]["State"];
    assert_eq!(*state, json!({ "Code": 80, "Name": "stopped" }));
    let (headers, body) = server.arrived().remove(0);
    assert_eq!(
        &*body,
        b"Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1"
    );
    let authorization = headers.get("authorization").expect("a signature");
    let scope = authorization.to_str().expect("text");
    assert!(scope.contains("/eu-central-1/ec2/aws4_request"), "{scope}");
}

#[tokio::test]
async fn faults_of_the_connection_are_no_answer() {
    let html = Act::Answer(500, "<html>oops</html>");
    let throttled = Act::Answer(400, r#"{"__type":"ThrottlingException","message":"slow"}"#);
    let cases = [
        (
            "kms",
            "ListKeys",
            vec![html, throttled, Act::Answer(200, "{}")],
            3,
            None,
        ),
        (
            "kms",
            "ListKeys",
            vec![html; 3],
            3,
            Some(("500", FailureKind::NoAnswer)),
        ),
        (
            "kms",
            "ListKeys",
            vec![throttled; 3],
            3,
            Some(("ThrottlingException", FailureKind::Throttled)),
        ),
        (
            "kms",
            "ListKeys",
            vec![Act::Close, Act::Answer(200, "{}")],
            2,
            None,
        ),
        (
            "lambda",
            "Invoke",
            vec![Act::Close],
            1,
            Some(("ConnectionLost", FailureKind::NoAnswer)),
        ),
    ];
    for (service, api, acts, attempts, expected) in cases {
        let (called, arrived) = call(acts, service, api).await;
        let failure = called.err();
        let told = failure
            .as_ref()
            .map(|failure| (failure.code.as_str(), failure.kind));
        assert_eq!(told, expected, "{failure:?}");
        assert_eq!(arrived.len(), attempts, "{failure:?}");
    }
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up() {
    let (called, _) = call(vec![Act::Hang; 3], "kms", "ListKeys").await;
    let failure = called.expect_err("a timeout");
    assert_eq!(
        (failure.code.as_str(), failure.kind),
        ("Timeout", FailureKind::NoAnswer)
    );
}

#[tokio::test]
async fn a_server_without_tls_is_no_answer() {
    let server = Server::start([]).await;
    let settings = CallerSettings {
        endpoints: Endpoints {
            every: Some(format!("https://{}", server.address)),
            ..Endpoints::default()
        },
        attempts: 1,
        ..CallerSettings::default()
    };
    let caller = AwsCaller::new(
        settings,
        keys([Ok(credentials("AKIDEXAMPLE", None))]),
        https_connector(),
        Arc::new(TestClock::new(false)),
        Arc::new(|| 7),
    );
    let called = caller
        .call("kms", "ListKeys", "eu-central-1", json!({}))
        .await;
    let failure = called.expect_err("no TLS");
    assert_eq!(failure.kind, FailureKind::NoAnswer, "{failure}");
    assert!(
        failure.message.starts_with("no answer, so the effect"),
        "{failure}"
    );
}
