//! What calls send.

use serde_json::{Value, json};
use trailkeeper_runbook::FailureKind;

use crate::scripted::{Sent, Stage, credentials, keys, ok};

fn sent(service: &str, api: &str, input: Value) -> Sent {
    let stage = Stage::new(vec![ok("{}")]);
    stage
        .call(service, api, "eu-central-1", input)
        .expect("an answer");
    stage.sent().remove(0)
}

#[test]
fn the_target_follows_from_any_of_boto3s_spellings() {
    let cases = [
        (
            "cloudtrail",
            "GetTrailStatus",
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetTrailStatus",
            "1.1",
        ),
        (
            "cloudtrail",
            "get_trail_status",
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetTrailStatus",
            "1.1",
        ),
        (
            "cloudtrail",
            "getTrailStatus",
            "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.GetTrailStatus",
            "1.1",
        ),
        (
            "config",
            "PutEvaluations",
            "StarlingDoveService.PutEvaluations",
            "1.1",
        ),
        ("kms", "DescribeKey", "TrentService.DescribeKey", "1.1"),
        (
            "ssm",
            "StartAutomationExecution",
            "AmazonSSM.StartAutomationExecution",
            "1.1",
        ),
        (
            "organizations",
            "enable_aws_service_access",
            "AWSOrganizationsV20161128.EnableAWSServiceAccess",
            "1.1",
        ),
        ("events", "put_events", "AWSEvents.PutEvents", "1.1"),
        (
            "logs",
            "CreateLogGroup",
            "Logs_20140328.CreateLogGroup",
            "1.1",
        ),
        (
            "secretsmanager",
            "GetSecretValue",
            "secretsmanager.GetSecretValue",
            "1.1",
        ),
        (
            "dynamodb",
            "DescribeTable",
            "DynamoDB_20120810.DescribeTable",
            "1.0",
        ),
        (
            "SQS",
            "GetQueueAttributes",
            "AmazonSQS.GetQueueAttributes",
            "1.0",
        ),
        ("waf", "get_web_acl", "AWSWAF_20150824.GetWebACL", "1.1"),
        ("glue", "getMlTransform", "AWSGlue.GetMLTransform", "1.1"),
    ];
    for (service, api, target, version) in cases {
        let sent = sent(service, api, json!({}));
        assert_eq!(sent.header("x-amz-target"), target);
        let content = format!("application/x-amz-json-{version}");
        assert_eq!(sent.header("content-type"), content);
        assert_eq!((sent.method.as_str(), sent.body.as_str()), ("POST", "{}"));
        let asks = if service == "SQS" { "true" } else { "" };
        assert_eq!(sent.header("x-amzn-query-mode"), asks, "{service}");
    }
}

#[test]
fn signatures_are_those_of_botocore() {
    let cases = [
        (
            ("cloudtrail", "GetTrailStatus"),
            json!({ "Name": "org-audit" }),
            "cloudtrail/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=3a9085663504a386548fb13b887eeafbaa664bcc74fa7eb430287a3ca6d05bfa",
        ),
        (
            ("lambda", "Invoke"),
            json!({
                "FunctionName": "arn:aws:lambda:eu-central-1:111122223333:function:repair",
                "Qualifier": "live",
                "InvocationType": "RequestResponse",
                "Payload": "{\"Mode\":\"Plan\"}",
            }),
            "lambda/aws4_request, SignedHeaders=host;x-amz-date;x-amz-invocation-type;x-amz-security-token, Signature=90187fe2d2de7bfb3b755dc9ef464457f55900db55a8f691ccaf561c219d5fff",
        ),
        (
            ("s3", "GetBucketPolicy"),
            json!({ "Bucket": "audit-logs" }),
            "s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=2a6541b42e2eab6d2afff7f2cb07f4db2cf3def8d0370d3075cbd475407e26b6",
        ),
    ];
    for ((service, api), input, authorization) in cases {
        let sent = sent(service, api, input);
        let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260302/eu-central-1/";
        assert_eq!(
            sent.header("authorization"),
            format!("{scope}{authorization}")
        );
        assert_eq!(sent.header("x-amz-date"), "20260302T100000Z");
        assert_eq!(sent.header("x-amz-security-token"), "TOKEN");
    }
}

#[test]
fn times_and_bytes_are_sent_in_the_form_of_the_wire() {
    let cases = [
        (
            ("cloudtrail", "LookupEvents"),
            json!({ "StartTime": "2026-03-02T09:57:12Z", "EndTime": "2026-03-02", "MaxResults": 5, "NextToken": null }),
            json!({ "StartTime": 1_772_445_432, "EndTime": 1_772_409_600, "MaxResults": 5 }),
        ),
        (
            ("cloudtrail", "LookupEvents"),
            json!({ "StartTime": "2026-03-02 09:57:12.5+01:00", "EndTime": "1772409600" }),
            json!({ "StartTime": 1_772_441_832.5, "EndTime": 1_772_409_600 }),
        ),
        (
            ("kms", "encrypt"),
            json!({ "KeyId": "alias/trail", "Plaintext": "secret" }),
            json!({ "KeyId": "alias/trail", "Plaintext": "c2VjcmV0" }),
        ),
        (
            ("dynamodb", "PutItem"),
            json!({ "Item": { "B": { "S": "left alone" }, "raw": { "BS": ["x"] } } }),
            json!({ "Item": { "B": { "S": "left alone" }, "raw": { "BS": ["eA=="] } } }),
        ),
        // A time in one operation, a text in others.
        (
            ("ssm", "PutComplianceItems"),
            json!({ "ExecutionSummary": { "ExecutionTime": "2026-03-02T09:57:12Z" } }),
            json!({ "ExecutionSummary": { "ExecutionTime": 1_772_445_432 } }),
        ),
    ];
    for ((service, api), input, wire) in cases {
        assert_eq!(sent(service, api, input).json(), wire, "{service} {api}");
    }
}

#[test]
fn an_idempotency_token_is_filled_in_where_it_is_missing() {
    let made = "01234567-89ab-4def-8123-456789abcdef";
    let cases = [
        (json!({ "Name": "x" }), made),
        (json!({ "Name": "x", "ClientRequestToken": null }), made),
        (json!({ "Name": "x", "ClientRequestToken": "own" }), "own"),
    ];
    for (input, token) in cases {
        let sent = sent("secretsmanager", "CreateSecret", input);
        assert_eq!(sent.json()["ClientRequestToken"], token);
    }
    let other = sent("secretsmanager", "DescribeSecret", json!({}));
    assert_eq!(other.body, "{}");
}

#[test]
fn invoke_is_sent_as_rest() {
    let sent = sent(
        "lambda",
        "invoke",
        json!({
            "FunctionName": "repair", "LogType": "Tail", "InvocationType": "Event",
            "Payload": "{\"Mode\":\"Plan\"}",
        }),
    );
    assert_eq!(sent.method, "POST");
    let path = "/2015-03-31/functions/repair/invocations";
    assert!(sent.url.ends_with(path), "{}", sent.url);
    assert_eq!(sent.header("x-amz-invocation-type"), "Event");
    assert_eq!(sent.header("x-amz-log-type"), "Tail");
    assert_eq!(sent.body, "{\"Mode\":\"Plan\"}");
}

#[test]
fn a_bucket_policy_is_sent_with_its_checksum() {
    let policy = "{\"Version\":\"2012-10-17\"}";
    let put = sent(
        "s3",
        "PutBucketPolicy",
        json!({ "Bucket": "audit-logs", "Policy": policy, "ExpectedBucketOwner": "111122223333" }),
    );
    assert_eq!(put.method, "PUT");
    assert_eq!(
        put.url,
        "https://audit-logs.s3.eu-central-1.amazonaws.com/?policy"
    );
    assert_eq!(put.body, policy);
    assert_eq!(put.header("x-amz-expected-bucket-owner"), "111122223333");
    assert_eq!(put.header("x-amz-checksum-crc32"), "n439HA==");
    let dotted = sent("s3", "GetBucketPolicy", json!({ "Bucket": "audit.logs" }));
    assert_eq!(
        dotted.url,
        "https://s3.eu-central-1.amazonaws.com/audit.logs?policy"
    );
}

#[test]
fn what_cannot_be_called_is_refused_with_the_reason() {
    let cases = [
        (
            "cloudfront",
            "ListDistributions",
            json!({}),
            "NotImplemented",
            "speaks rest-xml",
        ),
        (
            "Elasticache",
            "DescribeCacheClusters",
            json!({}),
            "NotImplemented",
            "speaks query",
        ),
        (
            "s3",
            "GetBucketEncryption",
            json!({}),
            "NotImplemented",
            "of S3 only GetBucketPolicy",
        ),
        (
            "lambda",
            "GetFunction",
            json!({}),
            "NotImplemented",
            "of Lambda only Invoke",
        ),
        (
            "logs",
            "start_live_tail",
            json!({}),
            "NotImplemented",
            "a stream",
        ),
        (
            "clowdtrail",
            "GetTrail",
            json!({}),
            "UnknownService",
            "boto3 client",
        ),
        (
            "kms",
            "List Keys\r\nX: y",
            json!({}),
            "UnknownOperation",
            "correct Api",
        ),
        ("kms", "", json!({}), "UnknownOperation", "correct Api"),
        ("kms", "ListKeys", json!([]), "ParamValidation", "an object"),
        (
            "lambda",
            "Invoke",
            json!({}),
            "ParamValidation",
            "FunctionName is missing",
        ),
        (
            "lambda",
            "Invoke",
            json!({ "FunctionName": "f", "LogType": "a\r\nb" }),
            "ParamValidation",
            "control character",
        ),
        (
            "s3",
            "GetBucketPolicy",
            json!({ "Bucket": 7 }),
            "ParamValidation",
            "Bucket is missing",
        ),
    ];
    for (service, api, input, code, part) in cases {
        let stage = Stage::new(Vec::new());
        let failure = stage.call(service, api, "eu-central-1", input);
        let failure = failure.expect_err(service);
        assert_eq!(
            (failure.code.as_str(), failure.kind),
            (code, FailureKind::Other)
        );
        assert!(
            failure.message.starts_with("nothing was sent: "),
            "{failure}"
        );
        assert!(failure.message.contains(part), "{failure}");
    }
}

#[test]
fn credentials_are_kept_until_shortly_before_they_end() {
    let script = [
        Ok(credentials("AKIDFIRST", Some(59))),
        Ok(credentials("AKIDSECOND", Some(3600))),
    ];
    let stage = Stage::with(vec![ok("{}"); 3], Default::default(), keys(script));
    for key in ["AKIDFIRST", "AKIDSECOND", "AKIDSECOND"] {
        let answer = stage.call("kms", "ListKeys", "eu-central-1", json!({}));
        answer.expect("an answer");
        let sent = stage.sent();
        let authorization = sent.last().expect("a request").header("authorization");
        assert!(authorization.contains(key), "{authorization}");
    }
}

#[test]
fn without_credentials_nothing_is_sent() {
    let keys = keys([Err("no profile `audit`")]);
    let stage = Stage::with(Vec::new(), Default::default(), keys);
    let failure = stage.call("kms", "ListKeys", "eu-central-1", json!({}));
    let failure = failure.expect_err("no credentials");
    assert_eq!(
        (failure.code.as_str(), failure.kind),
        ("NoCredentials", FailureKind::Denied)
    );
    assert!(failure.message.contains("no profile `audit`"), "{failure}");
}
