use serde_json::{Value, json};
use trailkeeper_app::ports::DetectorReader;
use trailkeeper_aws::Detectors;
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::DetectorFacts;

use crate::wire::{Reply, Wire, ok};

fn refused(code: &str) -> Reply {
    let headers = vec![("x-amzn-errortype", code.to_owned())];
    let body = json!({"message": "no", "__type": "InvalidInputException"}).to_string();
    Reply::Answer(400, headers, body)
}

fn filter(action: &str) -> Reply {
    about(action, json!({}))
}

fn about(action: &str, criteria: Value) -> Reply {
    ok(json!({"name": "x", "action": action, "rank": 1, "findingCriteria": criteria}))
}

#[tokio::test]
async fn a_detector_has_the_filters_that_archive_what_is_about_trails() {
    let wire = Wire::new([
        ok(json!({"detectorIds": ["d1"]})),
        ok(json!({"status": "ENABLED", "novelty": 1})),
        ok(json!({"filterNames": ["a b"], "nextToken": "t/+"})),
        ok(json!({"filterNames": ["c", "d"]})),
        filter("ARCHIVE"),
        filter("NOOP"),
        about(
            "ARCHIVE",
            json!({"criterion": {"type": {"eq": ["Recon:EC2/Portscan"]}}}),
        ),
    ]);
    let found = Detectors::new(wire.session()).detectors().await;
    let expected = DetectorFacts {
        id: "d1".to_owned(),
        enabled: true,
        archiving_filters: vec!["a b".to_owned()],
    };
    assert_eq!(found, Ok(vec![expected]));
    let lines: Vec<_> = wire.requests().into_iter().map(|it| it.line).collect();
    let expected = [
        "detector",
        "detector/d1",
        "detector/d1/filter",
        "detector/d1/filter?nextToken=t%2F%2B",
        "detector/d1/filter/a%20b",
        "detector/d1/filter/c",
        "detector/d1/filter/d",
    ];
    let url = |path| format!("GET https://guardduty.eu-west-1.amazonaws.com/{path}");
    assert_eq!(lines, expected.map(url));
}

#[tokio::test]
async fn no_detector_is_none_and_a_disabled_one_is_disabled() {
    let disabled = [
        ok(json!({"detectorIds": ["d1"]})),
        ok(json!({"status": "DISABLED"})),
        ok(json!({"filterNames": []})),
    ];
    let cases = [
        (vec![ok(json!({"detectorIds": []}))], None),
        (disabled.to_vec(), Some(false)),
    ];
    for (script, expected) in cases {
        let wire = Wire::new(script);
        let found = Detectors::new(wire.session()).detectors().await.unwrap();
        assert_eq!(found.first().map(|it| it.enabled), expected);
    }
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error() {
    let list = || ok(json!({"detectorIds": ["d1"]}));
    let endless = || ok(json!({"detectorIds": [], "nextToken": "t"}));
    let status = || ok(json!({"status": "ENABLED"}));
    let filters = || ok(json!({"filterNames": ["a"]}));
    let cases = [
        (vec![refused("BadRequestException")], ErrorClass::Refused),
        (
            vec![refused("AccessDeniedException:http://internal/")],
            ErrorClass::Denied,
        ),
        (vec![ok(json!({"detectorIds": [1]}))], ErrorClass::Broken),
        (vec![endless(), endless()], ErrorClass::Broken),
        (
            vec![list(), ok(json!({"status": Value::Null}))],
            ErrorClass::Broken,
        ),
        (
            vec![list(), status(), filters(), ok(json!({}))],
            ErrorClass::Broken,
        ),
    ];
    for (script, class) in cases {
        let wire = Wire::new(script.clone());
        let found = Detectors::new(wire.session()).detectors().await;
        assert_eq!(found.unwrap_err().class, class, "{script:?}");
        wire.requests();
    }
}
