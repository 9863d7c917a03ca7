use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;
use trailkeeper_app::ports::{HistoryAttribute, HistoryReader, Page, TagReader, TagWriter};
use trailkeeper_aws::Trails;
use trailkeeper_core::ErrorClass;

use crate::trail_reads::{ARN, arn};
use crate::wire::{Wire, ok, refusal, region};

#[tokio::test]
async fn tags_of_all_pages_are_read_and_an_empty_value_is_one() {
    let page = |tags, token: Option<&str>| {
        ok(json!({
            "ResourceTagList": [{"ResourceId": ARN, "TagsList": tags, "Novelty": 1}],
            "NextToken": token,
        }))
    };
    let first = json!([{"Key": "owner", "Value": "audit"}, {"Key": "bare"}]);
    let second = json!([{"Key": "env", "Value": ""}]);
    let wire = Wire::new([page(first, Some("t")), page(second, None)]);
    let tags = Trails::new(wire.session())
        .tags(&region("eu-west-1"), &arn())
        .await;
    let expected = [("owner", "audit"), ("bare", ""), ("env", "")];
    let expected = expected.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(tags, Ok(BTreeMap::from(expected)));
    let requests = wire.requests();
    assert_eq!(requests[0].target, "ListTags");
    assert_eq!(requests[0].json(), json!({"ResourceIdList": [ARN]}));
    assert_eq!(
        requests[1].json(),
        json!({"ResourceIdList": [ARN], "NextToken": "t"})
    );
}

#[tokio::test]
async fn a_listing_of_tags_without_end_and_a_refusal_are_errors() {
    let endless = || ok(json!({"ResourceTagList": [], "NextToken": "t"}));
    let cases = [
        (vec![endless(), endless()], ErrorClass::Broken),
        (
            vec![refusal("AccessDeniedException", "no")],
            ErrorClass::Denied,
        ),
    ];
    for (script, class) in cases {
        let wire = Wire::new(script);
        let tags = Trails::new(wire.session());
        let tags = tags.tags(&region("eu-west-1"), &arn()).await;
        assert_eq!(tags.unwrap_err().class, class);
    }
}

#[tokio::test]
async fn tags_are_added_in_one_call() {
    let wire = Wire::new([ok(json!({}))]);
    let tags = [("a", "1"), ("b", "")].map(|(key, value)| (key.to_owned(), value.to_owned()));
    let added = Trails::new(wire.session())
        .add_tags(&region("eu-west-1"), &arn(), &BTreeMap::from(tags))
        .await;
    assert_eq!(added, Ok(()));
    let request = wire.request();
    assert_eq!(request.target, "AddTags");
    assert_eq!(
        request.json(),
        json!({"ResourceId": ARN, "TagsList": [
            {"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}]})
    );
}

#[tokio::test]
async fn the_history_is_asked_by_one_attribute_and_brings_the_records_as_they_are() {
    let record = r#"{"eventName":"StopLogging", "novelty":[1]}"#;
    let events = json!([{"EventId": "1", "CloudTrailEvent": record}]);
    let at: Timestamp = "2026-03-02T10:00:00.5Z".parse().unwrap();
    let cases = [
        (HistoryAttribute::EventName("x".to_owned()), "EventName"),
        (
            HistoryAttribute::ResourceName("x".to_owned()),
            "ResourceName",
        ),
        (HistoryAttribute::EventId("x".to_owned()), "EventId"),
    ];
    for (attribute, key) in cases {
        let wire = Wire::new([ok(json!({"Events": events, "NextToken": "u"}))]);
        let page = Trails::new(wire.session())
            .lookup(&region("us-east-1"), &attribute, Some(at), None, Some("t"))
            .await;
        let expected = Page {
            items: vec![record.to_owned()],
            next: Some("u".to_owned()),
        };
        assert_eq!(page, Ok(expected));
        let request = wire.request();
        assert_eq!(
            (request.target.as_str(), request.scope.as_str()),
            ("LookupEvents", "us-east-1/cloudtrail")
        );
        assert_eq!(
            request.json(),
            json!({
                "LookupAttributes": [{"AttributeKey": key, "AttributeValue": "x"}],
                "StartTime": 1_772_445_600.5,
                "MaxResults": 50,
                "NextToken": "t",
            })
        );
    }
}

#[tokio::test]
async fn an_event_without_its_record_and_a_token_again_are_errors() {
    let answers = [
        json!({"Events": [{"EventId": "1"}]}),
        json!({"Events": [], "NextToken": "t"}),
    ];
    for answer in answers {
        let wire = Wire::new([ok(answer)]);
        let by = HistoryAttribute::EventId("x".to_owned());
        let page = Trails::new(wire.session())
            .lookup(&region("us-east-1"), &by, None, None, Some("t"))
            .await;
        assert_eq!(page.unwrap_err().code, "InvalidResponse");
    }
}
