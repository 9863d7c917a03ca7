//! Who made the trail NON_COMPLIANT, in the annotation.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_app::evaluate::{EvaluatePorts, evaluate_event};
use trailkeeper_app::incident::Attribution;
use trailkeeper_app::ports::{HistoryAttribute, HistoryReader, Page};
use trailkeeper_core::{CallError, Region};

use crate::world::{OWN, World, caller, healthy, stopped, time};

/// The event history: one page for whatever is asked, and what was asked.
struct History {
    records: Vec<Value>,
    asked: Mutex<Vec<HistoryAttribute>>,
}

#[async_trait]
impl HistoryReader for History {
    async fn lookup(
        &self,
        _region: &Region,
        attribute: &HistoryAttribute,
        _from: Option<Timestamp>,
        _until: Option<Timestamp>,
        _token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        self.asked.lock().unwrap().push(attribute.clone());
        Ok(Page {
            items: self.records.iter().map(Value::to_string).collect(),
            next: Some("more".to_owned()),
        })
    }
}

fn stop(arn: &str) -> Value {
    json!({
        "userIdentity": {"type": "IAMUser", "arn": arn},
        "eventTime": "2026-03-02T09:57:12Z", "eventSource": "cloudtrail.amazonaws.com",
        "eventName": "StopLogging", "awsRegion": "us-east-1", "eventID": "id-1",
        "requestParameters": {"name": "audit"},
    })
}

/// The annotation, and how often the history was asked.
async fn annotated(world: World, records: Vec<Value>, deadline: &str) -> (String, usize) {
    let history = Arc::new(History {
        records,
        asked: Mutex::default(),
    });
    let ports = EvaluatePorts {
        attribution: Some(Attribution {
            history: history.clone(),
            own_roles: Vec::new(),
        }),
        ..Arc::new(world).ports()
    };
    let invoking = json!({
        "awsAccountId": OWN,
        "notificationCreationTime": "2026-03-02T10:00:00.373Z",
        "messageType": "ScheduledNotification",
    });
    let event = json!({
        "invokingEvent": invoking.to_string(),
        "resultToken": "token",
        "configRuleName": "cloudtrail-enabled",
        "accountId": OWN,
    });
    let evaluated = evaluate_event(&ports, &caller(), &event, time(deadline)).await;
    let annotation = evaluated.unwrap().evaluations[0].annotation.clone();
    let asked = history.asked.lock().unwrap().len();
    (annotation.unwrap(), asked)
}

const LATE: &str = "2026-03-02T10:01:00Z";

#[tokio::test]
async fn whoever_stopped_the_trail_is_named_after_one_lookup() {
    let trail = || World::of(vec![stopped(healthy(OWN, "us-east-1", "audit"))]);
    let user = "arn:aws:iam::111122223333:user/mallory";
    let (annotation, asked) = annotated(trail(), vec![stop(user)], LATE).await;
    assert!(
        annotation.starts_with("trail-not-logging: audit stopped 2026-"),
        "{annotation}"
    );
    assert!(
        annotation.ends_with(&format!("; by IAMUser {user}")),
        "{annotation}"
    );
    assert_eq!(asked, 1);
    // Not found on the one page, or no time: the annotation stands as it is.
    let (unknown, asked) = annotated(trail(), Vec::new(), LATE).await;
    assert!(!unknown.contains("; by "), "{unknown}");
    assert_eq!(asked, 1);
    let (hurried, asked) = annotated(trail(), vec![stop(user)], "2026-03-02T10:00:12Z").await;
    assert_eq!(hurried, unknown);
    assert_eq!(asked, 0);
    // A name without end does not push out what is wrong.
    let (long, _) = annotated(trail(), vec![stop(&"=x".repeat(5_000))], LATE).await;
    assert_eq!(long, unknown);
}

#[tokio::test]
async fn a_healthy_trail_asks_nobody() {
    let world = World::of(vec![healthy(OWN, "us-east-1", "audit")]);
    let (_, asked) = annotated(world, vec![stop("x")], LATE).await;
    assert_eq!(asked, 0);
}
