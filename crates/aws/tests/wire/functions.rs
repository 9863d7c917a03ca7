use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_app::ports::FunctionReader;
use trailkeeper_aws::Functions;
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::FunctionFacts;

use crate::wire::{Reply, Wire, ok};

const ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:f";

fn configuration(environment: Value) -> Reply {
    ok(json!({
        "FunctionArn": ARN, "CodeSha256": "c2hh", "Role": "arn:aws:iam::111122223333:role/f",
        "Environment": environment, "Novelty": [1], "Handler": "bootstrap", "KMSKeyArn": null,
        "Layers": [{"Arn": "arn:l:1", "CodeSize": 1}], "VpcConfig": {"VpcId": "", "SubnetIds": []},
    }))
}

// As Lambda writes it: the code in a header only.
fn refused(status: u16, code: &str) -> Reply {
    let headers = vec![("x-amzn-errortype", code.to_owned())];
    let body = json!({"Type": "User", "Message": "no"}).to_string();
    Reply::Answer(status, headers, body)
}

fn absent() -> Reply {
    refused(404, "ResourceNotFoundException")
}

#[tokio::test]
async fn a_function_is_its_configuration_its_concurrency_and_its_policy() {
    let full = [
        configuration(json!({"Variables": {"A": "1", "B": ""}})),
        ok(json!({"ReservedConcurrentExecutions": 0})),
        ok(json!({"Policy": "{}", "RevisionId": "1"})),
    ];
    let bare = [configuration(Value::Null), ok(json!({})), absent()];
    let facts = |environment: &[(&str, &str)], reserved, policy: Option<&str>| FunctionFacts {
        arn: ARN.parse().unwrap(),
        code_sha256: "c2hh".to_owned(),
        role: "arn:aws:iam::111122223333:role/f".to_owned(),
        environment: environment
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        reserved_concurrency: reserved,
        policy: policy.map(str::to_owned),
        settings: [("Handler", "bootstrap"), ("Layers", "arn:l:1")]
            .map(|(name, text)| (name.to_owned(), text.to_owned()))
            .into(),
    };
    let cases = [
        (full, facts(&[("A", "1"), ("B", "")], Some(0), Some("{}"))),
        (bare, facts(&[], None, None)),
    ];
    for (script, expected) in cases {
        let wire = Wire::new(script);
        let found = Functions::new(wire.session()).function("f").await;
        assert_eq!(found, Ok(Some(expected)));
        let paths = [
            "2015-03-31/functions/f/configuration",
            "2019-09-30/functions/f/concurrency",
            "2015-03-31/functions/f/policy",
        ];
        for (request, path) in wire.requests().iter().zip(paths) {
            let url = format!("GET https://lambda.eu-west-1.amazonaws.com/{path}");
            assert_eq!(request.line, url);
            assert_eq!(request.scope, "eu-west-1/lambda");
            assert_eq!(request.body, "");
        }
    }
}

#[tokio::test]
async fn a_name_cannot_leave_its_place_in_the_path() {
    let wire = Wire::new([absent()]);
    let found = Functions::new(wire.session()).function("a/../b?c:$d").await;
    assert_eq!(found, Ok(None));
    let line = wire.request().line;
    let path = "/2015-03-31/functions/a%2F..%2Fb%3Fc%3A%24d/configuration";
    assert!(line.ends_with(path), "{line}");
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_never_a_function_without() {
    let good = || configuration(json!({}));
    let locked = json!({"Error": {"ErrorCode": "AccessDeniedException", "Message": "kms"}});
    let cases = [
        (
            vec![refused(403, "AccessDeniedException")],
            ErrorClass::Denied,
        ),
        (
            vec![refused(429, "TooManyRequestsException")],
            ErrorClass::Throttled,
        ),
        (vec![configuration(locked)], ErrorClass::Denied),
        (
            vec![configuration(json!({"Variables": {"A": 1}}))],
            ErrorClass::Broken,
        ),
        (vec![ok(json!({"FunctionArn": ARN}))], ErrorClass::Broken),
        (vec![ok(json!([]))], ErrorClass::Broken),
        (
            vec![Reply::Answer(
                200,
                Vec::new(),
                "{\"FunctionArn\":".to_owned(),
            )],
            ErrorClass::Broken,
        ),
        (
            vec![good(), ok(json!({"ReservedConcurrentExecutions": "5"}))],
            ErrorClass::Broken,
        ),
        (
            vec![good(), ok(json!({})), refused(500, "ServiceException")],
            ErrorClass::Broken,
        ),
    ];
    for (script, class) in cases {
        let wire = Wire::new(script.clone());
        let found = Functions::new(wire.session()).function("f").await;
        assert_eq!(found.unwrap_err().class, class, "{script:?}");
        wire.requests();
    }
}
