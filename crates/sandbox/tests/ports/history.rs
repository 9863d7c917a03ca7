use std::collections::BTreeMap;

use serde_json::Value;
use trailkeeper_app::ports::{HistoryAttribute, HistoryReader, TagReader, TagWriter, TrailWriter};
use trailkeeper_core::ErrorClass;

use crate::support::{away, expected, failure, home, pause, sandbox, trail_arn};

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[tokio::test]
async fn tags_are_added_and_overwritten_and_all_are_read() {
    let sandbox = sandbox();
    let arn = trail_arn("main");
    assert_eq!(sandbox.tags(&home(), &arn).await, Ok(tags(&[])));
    for (added, after) in [
        (
            tags(&[("owner", "audit"), ("empty", "")]),
            tags(&[("owner", "audit"), ("empty", "")]),
        ),
        (
            tags(&[("owner", "x")]),
            tags(&[("owner", "x"), ("empty", "")]),
        ),
    ] {
        assert_eq!(sandbox.add_tags(&home(), &arn, &added).await, Ok(()));
        assert_eq!(sandbox.tags(&home(), &arn).await, Ok(after));
        pause(&sandbox);
    }
    let absent = sandbox.tags(&home(), &trail_arn("absent")).await;
    let (operation, _, class) = failure(absent);
    assert_eq!(
        (operation.as_str(), class),
        ("cloudtrail:ListTags", ErrorClass::Absent)
    );
}

#[tokio::test]
async fn the_history_is_read_newest_first_by_one_attribute_and_page_by_page() {
    let sandbox = sandbox();
    let (home, arn) = (home(), trail_arn("main"));
    for _ in 0..60 {
        sandbox.start_logging(&home, &arn).await.unwrap();
        pause(&sandbox);
    }
    let by_name = HistoryAttribute::EventName("StartLogging".to_owned());
    let mut times = Vec::new();
    let mut ids = Vec::new();
    let mut token: Option<String> = None;
    loop {
        pause(&sandbox); // two lookups a second
        let page = sandbox.lookup(&home, &by_name, None, None, token.as_deref());
        let page = page.await.unwrap();
        for record in &page.items {
            let record: Value = serde_json::from_str(record).unwrap();
            let text = |name: &str| record.get(name).and_then(Value::as_str).unwrap().to_owned();
            assert_eq!(text("eventName"), "StartLogging");
            times.push(text("eventTime"));
            ids.push(text("eventID"));
        }
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(times.len(), 60);
    assert!(times.is_sorted_by(|a, b| a >= b));

    let lookup = async |attribute: HistoryAttribute, from, until| {
        pause(&sandbox);
        let page = sandbox.lookup(&home, &attribute, from, until, None).await;
        page.unwrap().items.len()
    };
    let id = ids.first().cloned().unwrap();
    assert_eq!(lookup(HistoryAttribute::EventId(id), None, None).await, 1);
    let other = HistoryAttribute::ResourceName("nothing".to_owned());
    assert_eq!(lookup(other, None, None).await, 0);
    let at = times.get(9).unwrap().parse().ok();
    assert_eq!(lookup(by_name.clone(), at, None).await, 10);
    assert_eq!(lookup(by_name.clone(), at, at).await, 1);
    let page = sandbox.lookup(&away(), &by_name, None, None, None).await;
    assert_eq!(page.unwrap().items.len(), 0);
    pause(&sandbox);
    let wrong = sandbox
        .lookup(&home, &by_name, None, None, Some("1:x"))
        .await;
    assert_eq!(
        failure(wrong),
        expected(
            "cloudtrail:LookupEvents",
            "InvalidNextTokenException",
            ErrorClass::Refused
        )
    );
}
