use serde_json::json;
use trailkeeper_app::ports::{EventRuleReader, EventRuleWriter, EventSink};
use trailkeeper_aws::EventBus;
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::{EventRuleFacts, EventTargetFacts};

use crate::wire::{Reply, Wire, ok, refusal};

fn target(id: &str, arn: &str, settings: &[(&str, &str)]) -> EventTargetFacts {
    let settings = settings.iter();
    let settings = settings.map(|(name, text)| ((*name).to_owned(), (*text).to_owned()));
    EventTargetFacts {
        id: id.to_owned(),
        arn: arn.to_owned(),
        settings: settings.collect(),
    }
}

#[tokio::test]
async fn a_rule_is_read_with_its_targets_of_all_pages() {
    let rule = json!({"Name": "r", "State": "DISABLED", "EventPattern": "{}", "Novelty": 1});
    let wire = Wire::new([
        ok(rule),
        ok(json!({"Targets": [{"Id": "1", "Arn": "arn:a"}], "NextToken": "t"})),
        ok(json!({"Targets": [{"Id": "2", "Arn": "arn:b", "Input": "{}"}]})),
    ]);
    let found = EventBus::new(wire.session()).event_rule("r").await;
    let expected = EventRuleFacts {
        name: "r".to_owned(),
        state: "DISABLED".to_owned(),
        pattern: Some("{}".to_owned()),
        targets: vec![
            target("1", "arn:a", &[]),
            target("2", "arn:b", &[("Input", "{}")]),
        ],
    };
    assert_eq!(found, Ok(Some(expected)));
    let requests = wire.requests();
    let expected = [
        ("AWSEvents.DescribeRule", json!({"Name": "r"})),
        ("AWSEvents.ListTargetsByRule", json!({"Rule": "r"})),
        (
            "AWSEvents.ListTargetsByRule",
            json!({"Rule": "r", "NextToken": "t"}),
        ),
    ];
    assert_eq!(requests.len(), expected.len());
    for (request, (target, input)) in requests.iter().zip(expected) {
        assert_eq!(request.header("x-amz-target"), Some(target));
        assert_eq!(request.json(), input);
        assert_eq!(request.line, "POST https://events.eu-west-1.amazonaws.com/");
        assert_eq!(request.scope, "eu-west-1/events");
    }
}

#[tokio::test]
async fn no_rule_is_none_and_what_cannot_be_read_is_an_error() {
    let rule = || ok(json!({"Name": "r", "State": "ENABLED"}));
    let endless = || ok(json!({"Targets": [], "NextToken": "t"}));
    let cases = [
        (vec![refusal("ResourceNotFoundException", "no")], None),
        (vec![ok(json!({"Name": "r"}))], Some(ErrorClass::Broken)),
        (
            vec![rule(), ok(json!({"Targets": [{"Id": "1"}]}))],
            Some(ErrorClass::Broken),
        ),
        (vec![rule(), endless(), endless()], Some(ErrorClass::Broken)),
        (
            vec![rule(), refusal("AccessDeniedException", "no")],
            Some(ErrorClass::Denied),
        ),
    ];
    for (script, class) in cases {
        let wire = Wire::new(script);
        let found = EventBus::new(wire.session()).event_rule("r").await;
        match class {
            None => assert_eq!(found, Ok(None)),
            Some(class) => assert_eq!(found.unwrap_err().class, class),
        }
        wire.requests();
    }
}

#[tokio::test]
async fn a_rule_is_enabled_though_the_answer_has_no_body() {
    let wire = Wire::new([Reply::Answer(200, Vec::new(), String::new())]);
    let enabled = EventBus::new(wire.session()).enable_event_rule("r").await;
    assert_eq!(enabled, Ok(()));
    let request = wire.request();
    assert_eq!(request.target, "EnableRule");
    assert_eq!(request.json(), json!({"Name": "r"}));
}

#[tokio::test]
async fn an_event_is_sent_from_us_and_a_failed_entry_is_an_error() {
    let failed = |entry| ok(json!({"FailedEntryCount": 1, "Entries": [entry]}));
    let throttled = json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "slow"});
    let cases = [
        (
            ok(json!({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})),
            None,
        ),
        (failed(throttled), Some(ErrorClass::Throttled)),
        (failed(json!({})), Some(ErrorClass::Broken)),
        (refusal("InternalException", "no"), Some(ErrorClass::Broken)),
    ];
    for (reply, class) in cases {
        let wire = Wire::new([reply]);
        let sent = EventBus::new(wire.session())
            .put_event("Incident", "{\"a\":1}")
            .await;
        assert_eq!(sent.err().map(|error| error.class), class);
        let request = wire.request();
        assert_eq!(request.target, "PutEvents");
        assert_eq!(
            request.json(),
            json!({"Entries": [
                {"Source": "trailkeeper", "DetailType": "Incident", "Detail": "{\"a\":1}"}]})
        );
    }
}
