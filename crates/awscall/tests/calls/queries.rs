//! The query and ec2 protocols. `vectors.json` is what botocore sends and reads.

use std::borrow::Cow;

use serde_json::{Value, json};
use trailkeeper_runbook::FailureKind;

use crate::scripted::{Reply, Sent, Stage, ok};

const VECTORS: &str = include_str!("vectors.json");

fn vectors(kind: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(VECTORS).expect("JSON");
    all[kind].as_array().expect("a list").clone()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().expect("a text")
}

fn sent(service: &str, api: &str, input: Value) -> Sent {
    let stage = Stage::new(vec![ok("<R/>")]);
    let called = stage.call(service, api, "eu-central-1", input);
    called.expect("an answer");
    stage.sent().remove(0)
}

/// The pairs of a form, in order of their names.
fn pairs(body: &str) -> Value {
    let decoded = |text: &str| {
        let text = text.replace('+', " ");
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, tail @ ..] = rest {
            if *first == b'%' {
                let digits = std::str::from_utf8(&tail[..2]).expect("digits");
                bytes.push(u8::from_str_radix(digits, 16).expect("a byte"));
                rest = &tail[2..];
            } else {
                bytes.push(*first);
                rest = tail;
            }
        }
        String::from_utf8(bytes).expect("text")
    };
    let mut pairs: Vec<(String, String)> = body
        .split('&')
        .map(|pair| pair.split_once('=').expect("a pair"))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect();
    pairs.sort();
    json!(pairs)
}

#[test]
fn forms_are_those_of_botocore() {
    for vector in vectors("requests") {
        let (service, api) = (text(&vector, "service"), text(&vector, "api"));
        let sent = sent(service, api, vector["input"].clone());
        assert_eq!(pairs(&sent.body), vector["pairs"], "{service} {api}");
        let content = "application/x-www-form-urlencoded; charset=utf-8";
        assert_eq!(sent.header("content-type"), content);
        assert_eq!(sent.method, "POST");
    }
}

#[test]
fn answers_are_read_as_botocore_reads_them() {
    for vector in vectors("answers") {
        let (service, api) = (text(&vector, "service"), text(&vector, "api"));
        let body: &'static str = text(&vector, "xml").to_owned().leak();
        let stage = Stage::new(vec![ok(body)]);
        let called = stage.call(service, api, "eu-central-1", json!({}));
        let mut answer = called.expect("an answer");
        let metadata = answer
            .as_object_mut()
            .expect("a map")
            .remove("ResponseMetadata");
        assert_eq!(metadata.expect("metadata")["HTTPStatusCode"], 200);
        assert_eq!(answer, vector["output"], "{service} {api}");
    }
}

#[test]
fn signatures_and_hosts_are_those_of_botocore() {
    let cases = [
        (
            ("iam", "get_instance_profile"),
            json!({ "InstanceProfileName": "web" }),
            "https://iam.amazonaws.com/",
            "Action=GetInstanceProfile&Version=2010-05-08&InstanceProfileName=web",
            "us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=ad8582004a7b396b7592c2131974092c0db9affd63c5f9923569276109327d44",
        ),
        (
            ("EC2", "disassociateIamInstanceProfile"),
            json!({ "AssociationId": "iip-assoc-1" }),
            "https://ec2.eu-central-1.amazonaws.com/",
            "Action=DisassociateIamInstanceProfile&Version=2016-11-15&AssociationId=iip-assoc-1",
            "eu-central-1/ec2/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=cfd32e9d533d01042200c0b12e23b927280d6c8d33187efc83f816a1fbbf90da",
        ),
    ];
    for ((service, api), input, url, body, authorization) in cases {
        let sent = sent(service, api, input);
        assert_eq!((sent.url.as_str(), sent.body.as_str()), (url, body));
        let scope = "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260302/";
        let wanted = format!("{scope}{authorization}");
        assert_eq!(sent.header("authorization"), wanted);
    }
}

#[test]
fn values_of_a_run_take_the_form_of_the_wire() {
    let cases = [
        (
            ("ec2", "DescribeInstances"),
            json!({ "MaxResults": "5", "DryRun": "False", "NextToken": null }),
            "Action=DescribeInstances&Version=2016-11-15&DryRun=false&MaxResults=5",
        ),
        (
            ("autoscaling", "CreateLaunchConfiguration"),
            json!({ "UserData": "#!/bin/sh\n" }),
            "Action=CreateLaunchConfiguration&Version=2011-01-01&UserData=IyEvYmluL3NoCg%3D%3D",
        ),
        (
            ("redshift", "DescribeClusters"),
            json!({ "MaxRecords": 20 }),
            "Action=DescribeClusters&Version=2012-12-01&MaxRecords=20",
        ),
        (
            ("cloudformation", "DeleteStack"),
            json!({ "StackName": "s", "ClientRequestToken": "own" }),
            "Action=DeleteStack&Version=2010-05-15&ClientRequestToken=own&StackName=s",
        ),
    ];
    for ((service, api), input, body) in cases {
        assert_eq!(sent(service, api, input).body, body);
    }
    // A time, with and without an offset, a day, and seconds.
    let times = [
        ("2026-03-02T09:57:12Z", "2026-03-02T09:57:12Z"),
        ("2026-03-02 10:57:12.5+01:00", "2026-03-02T09:57:12.500000Z"),
        ("2026-03-02", "2026-03-02T00:00:00Z"),
        ("1772445432", "2026-03-02T09:57:12Z"),
    ];
    for (given, wanted) in times {
        let body = sent("rds", "DescribeEvents", json!({ "StartTime": given })).body;
        let start = json!(["StartTime", wanted]);
        let pairs = pairs(&body);
        assert!(
            pairs.as_array().is_some_and(|pairs| pairs.contains(&start)),
            "{pairs}"
        );
    }
}

#[test]
fn an_idempotency_token_is_filled_in_here_too() {
    let body = sent("ec2", "CreateTrafficMirrorFilter", json!({})).body;
    let token = "&ClientToken=01234567-89ab-4def-8123-456789abcdef";
    assert!(body.ends_with(token), "{body}");
}

#[test]
fn an_error_is_read_in_both_forms() {
    let iam = "<ErrorResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\"><Error><Type>Sender</Type>\
               <Code>NoSuchEntity</Code><Message>no &lt;role&gt;</Message></Error><RequestId>r</RequestId></ErrorResponse>";
    let throttled = "<ErrorResponse><Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error></ErrorResponse>";
    let ec2 = "<?xml version=\"1.0\"?><Response><Errors><Error><Code>UnauthorizedOperation</Code>\
               <Message>not you</Message></Error></Errors><RequestID>r</RequestID></Response>";
    let limit = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slow</Message></Error></Errors></Response>";
    let html = "<html><body>Bad Gateway";
    let cases = [
        (
            "iam",
            "ListRoles",
            404,
            iam,
            "NoSuchEntity",
            "no <role>",
            FailureKind::Other,
        ),
        (
            "iam",
            "ListRoles",
            400,
            throttled,
            "Throttling",
            "Rate exceeded",
            FailureKind::Throttled,
        ),
        (
            "ec2",
            "DescribeVpcs",
            403,
            ec2,
            "UnauthorizedOperation",
            "not you",
            FailureKind::Denied,
        ),
        (
            "ec2",
            "DescribeVpcs",
            503,
            limit,
            "RequestLimitExceeded",
            "slow",
            FailureKind::Throttled,
        ),
        (
            "ec2",
            "DescribeVpcs",
            502,
            html,
            "502",
            "Bad Gateway",
            FailureKind::NoAnswer,
        ),
    ];
    for (service, api, status, body, code, message, kind) in cases {
        let replies = vec![Reply::Answer(status, Vec::new(), body); 5];
        let called = Stage::new(replies).call(service, api, "eu-central-1", json!({}));
        let failure = called.expect_err("a failure");
        assert_eq!((failure.code.as_str(), failure.kind), (code, kind));
        assert!(failure.message.contains(message), "{failure}");
    }
}

#[test]
fn an_answer_that_is_not_xml_is_no_answer() {
    let deep: Cow<'_, str> = "<a>".repeat(500).into();
    let deep: &'static str = deep.into_owned().leak();
    for body in ["", "not xml", "{\"a\":1}", "<a><b></a>", "<a>", deep] {
        let stage = Stage::new(vec![ok(body); 5]);
        let called = stage.call("iam", "ListRoles", "eu-central-1", json!({}));
        let failure = called.expect_err("a failure");
        assert_eq!(failure.kind, FailureKind::NoAnswer, "{body}");
        assert_eq!(failure.code, "InvalidResponse", "{body}");
    }
}

#[test]
fn what_cannot_be_sent_is_refused_with_the_reason() {
    let cases = [
        (
            "iam",
            "GetRoleX",
            json!({}),
            "UnknownOperation",
            "iam has no operation `GetRoleX`",
        ),
        (
            "ec2",
            "CreateVpc",
            json!({}),
            "NotImplemented",
            "DescribeInstances",
        ),
        (
            "iam",
            "GetRole",
            json!({ "Role": "x" }),
            "ParamValidation",
            "no member Role; there are RoleName",
        ),
        (
            "ec2",
            "DescribeInstances",
            json!({ "InstanceIds": "i" }),
            "ParamValidation",
            "InstanceId must be a list",
        ),
        (
            "iam",
            "PutRolePolicy",
            json!({ "PolicyDocument": {} }),
            "ParamValidation",
            "PolicyDocument must be one value",
        ),
        (
            "iam",
            "ListRoles",
            json!({ "MaxItems": "many" }),
            "ParamValidation",
            "MaxItems must be a whole number",
        ),
        (
            "ec2",
            "DescribeVpcs",
            json!({ "DryRun": "maybe" }),
            "ParamValidation",
            "DryRun must be true or false",
        ),
        (
            "ec2",
            "DescribeVpcs",
            json!({ "Filters": [{ "Nam": "x" }] }),
            "ParamValidation",
            "no member Filter.1.Nam; there are Name, Values",
        ),
    ];
    for (service, api, input, code, text) in cases {
        let stage = Stage::new(Vec::new());
        let called = stage.call(service, api, "eu-central-1", input);
        let failure = called.expect_err("a refusal");
        assert_eq!(failure.code, code, "{failure}");
        assert!(
            failure.message.starts_with("nothing was sent: "),
            "{failure}"
        );
        assert!(failure.message.contains(text), "{failure}");
    }
}
