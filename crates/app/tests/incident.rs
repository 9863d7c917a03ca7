//! Who did it and who is told: what is asked of the event history, and how it fails softly.
#![expect(clippy::unwrap_used, reason = "test code")]

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_app::incident::{IncidentPorts, IncidentSettings, record};
use trailkeeper_app::ports::{Clock, EventSink, HistoryAttribute, HistoryReader, Notifier, Page};
use trailkeeper_core::facts::Trail;
use trailkeeper_core::operation::{LOOKUP_EVENTS, PUBLISH, PUT_EVENTS};
use trailkeeper_core::remediation::{Delivery, Entry, Outcome, RepairFailure, RepairResult};
use trailkeeper_core::repair::Ending;
use trailkeeper_core::{Arn, CallError, Caller, Region};

const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org-audit";
const STOPPED: &str = "2026-03-02T09:57:12Z";

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The event history, the topic, the bus and the clock.
struct World {
    /// Pages by the name of the event, in their order.
    pages: BTreeMap<&'static str, Vec<Vec<String>>>,
    failing: Vec<&'static str>,
    now: Mutex<Timestamp>,
    calls: Mutex<Vec<String>>,
    told: Mutex<Vec<Value>>,
}

impl World {
    fn of(pages: &[(&'static str, Vec<Vec<String>>)]) -> Self {
        Self {
            pages: pages.iter().cloned().collect(),
            failing: Vec::new(),
            now: Mutex::new(time("2026-03-02T10:00:00Z")),
            calls: Mutex::default(),
            told: Mutex::default(),
        }
    }

    fn call(&self, operation: trailkeeper_core::Operation, text: &str) -> Result<(), CallError> {
        let call = format!("{} {text}", operation.name);
        self.calls.lock().unwrap().push(call);
        if self.failing.contains(&operation.name) {
            return Err(CallError::from_code(operation, text, "AccessDenied", "no"));
        }
        Ok(())
    }

    async fn record(self: &Arc<Self>, ending: Ending) -> Ending {
        let ports = IncidentPorts {
            history: self.clone(),
            notifier: self.clone(),
            events: self.clone(),
            clock: self.clone(),
        };
        let settings = IncidentSettings {
            topic: Some("arn:aws:sns:eu-west-1:111122223333:told".parse().unwrap()),
            events: true,
            own_roles: Vec::new(),
        };
        let caller = Caller {
            account: "111122223333".parse().unwrap(),
            region: "us-east-1".parse().unwrap(),
            partition: "aws".to_owned(),
        };
        let deadline = time("2026-03-02T10:04:00Z");
        record(&ports, &settings, &caller, ending, deadline).await
    }

    fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

#[async_trait]
impl HistoryReader for World {
    async fn lookup(
        &self,
        region: &Region,
        attribute: &HistoryAttribute,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        let HistoryAttribute::EventName(name) = attribute else {
            return Err(CallError::from_code(
                LOOKUP_EVENTS,
                "x",
                "InvalidLookupAttributes",
                "x",
            ));
        };
        assert!(from.unwrap() <= until.unwrap());
        self.call(
            LOOKUP_EVENTS,
            &format!("{region} {name} {}", token.unwrap_or("-")),
        )?;
        let page: usize = token.map_or(0, |token| token.parse().unwrap());
        let pages = self.pages.get(name.as_str()).cloned().unwrap_or_default();
        Ok(Page {
            items: pages.get(page).cloned().unwrap_or_default(),
            next: (page + 1 < pages.len()).then(|| (page + 1).to_string()),
        })
    }
}

#[async_trait]
impl Notifier for World {
    async fn publish(&self, topic: &Arn, _: &str, message: &str) -> Result<(), CallError> {
        self.call(PUBLISH, topic.name())?;
        self.told
            .lock()
            .unwrap()
            .push(serde_json::from_str(message).unwrap());
        Ok(())
    }
}

#[async_trait]
impl EventSink for World {
    async fn put_event(&self, detail_type: &str, detail: &str) -> Result<(), CallError> {
        self.call(PUT_EVENTS, detail_type)?;
        self.told
            .lock()
            .unwrap()
            .push(serde_json::from_str(detail).unwrap());
        Ok(())
    }
}

#[async_trait]
impl Clock for World {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, duration: SignedDuration) {
        self.calls
            .lock()
            .unwrap()
            .push(format!("sleep {}ms", duration.as_millis()));
        *self.now.lock().unwrap() += duration;
    }
}

fn event(name: &str, at: &str, trail: &str) -> String {
    json!({
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/mallory",
            "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
        "eventTime": at, "eventSource": "cloudtrail.amazonaws.com", "eventName": name,
        "awsRegion": "eu-west-1", "eventID": "id-1", "requestParameters": {"name": trail},
    })
    .to_string()
}

fn result(code: &str) -> RepairResult {
    RepairResult {
        outcome: Some(Outcome::Repaired),
        trail_arn: Some(TRAIL.parse().unwrap()),
        trail_region: Some("eu-west-1".parse().unwrap()),
        gap_start: (code == "trail-not-logging").then(|| time(STOPPED)),
        changes: vec![Entry::new(code, "x")],
        ..RepairResult::default()
    }
}

fn notes(ending: &Ending) -> Vec<String> {
    let result = match ending {
        Ok(result) => result,
        Err(failure) => &failure.result,
    };
    result.notes.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn the_actor_is_in_result_message_and_event() {
    let page = vec![event("StopLogging", STOPPED, "org-audit")];
    let world = Arc::new(World::of(&[("StopLogging", vec![page])]));
    let ending = world.record(Ok(result("trail-not-logging"))).await;
    let actor = "IAMUser arn:aws:iam::111122223333:user/mallory, key AKIAIOSFODNN7EXAMPLE \
                 (long-term)";
    assert_eq!(ending.as_ref().unwrap().actor.as_deref(), Some(actor));
    assert_eq!(
        notes(&ending),
        [format!("done-by: StopLogging at {STOPPED}, event id-1")]
    );
    let calls = [
        "LookupEvents eu-west-1 StopLogging -",
        "Publish told",
        "PutEvents Trailkeeper Incident",
    ];
    assert_eq!(world.calls(), calls);
    let told = world.told.lock().unwrap().clone();
    assert_eq!(told[0]["actor"], actor);
    assert_eq!(told[1]["actor"], actor);
    assert_eq!(told[1]["threats"], json!(["B01"]));
}

/// The call that did it to the bucket, searched for where the bucket is.
#[tokio::test]
async fn who_did_it_to_the_bucket() {
    let mut record: Value =
        serde_json::from_str(&event("DeleteBucketPolicy", "2026-03-02T09:30:00Z", TRAIL)).unwrap();
    record["eventSource"] = json!("s3.amazonaws.com");
    record["awsRegion"] = json!("eu-central-1");
    record["userAgent"] = json!("aws-cli/2.17.0");
    record["requestParameters"] = json!({"bucketName": "amzn-s3-demo-audit"});
    let page = vec![record.to_string()];
    let world = Arc::new(World::of(&[("DeleteBucketPolicy", vec![page])]));
    let mut result = result("bucket-refuses-cloudtrail");
    result.delivery = Some(Box::new(delivery()));
    let ending = world.record(Ok(result)).await;
    let actor = "IAMUser arn:aws:iam::111122223333:user/mallory, key AKIAIOSFODNN7EXAMPLE \
                 (long-term), program aws-cli/2.17.0";
    assert_eq!(ending.as_ref().unwrap().actor.as_deref(), Some(actor));
    let calls = [
        "LookupEvents eu-central-1 PutBucketPolicy -",
        "sleep 500ms",
        "LookupEvents eu-central-1 DeleteBucketPolicy -",
        "Publish told",
        "PutEvents Trailkeeper Incident",
    ];
    assert_eq!(world.calls(), calls);
    let told = world.told.lock().unwrap().clone();
    assert_eq!(told[0]["actor"], actor);
    let text = told[0]["text"].as_str().unwrap();
    assert!(text.contains(&format!("By {actor}.\n")), "{text}");
    let of_call = ["call", "callTime", "eventId", "userAgent"].map(|name| told[1][name].clone());
    let expected = [
        "DeleteBucketPolicy",
        "2026-03-02T09:30:00Z",
        "id-1",
        "aws-cli/2.17.0",
    ];
    assert_eq!(of_call, expected);
}

/// Where the history has nothing, or refuses, the outcome says so and stays what it was.
#[tokio::test]
async fn nobody_is_found_on_the_key() {
    for failing in [vec![], vec!["LookupEvents"]] {
        let mut world = World::of(&[]);
        world.failing = failing;
        let mut result = result("key-disabled");
        result.delivery = Some(Box::new(delivery()));
        let ending = Arc::new(world).record(Ok(result)).await;
        let notes = notes(&ending);
        assert!(notes[0].starts_with("actor-unknown: "), "{notes:?}");
        assert_eq!(ending.unwrap().outcome, Some(Outcome::Repaired));
    }
}

fn delivery() -> Delivery {
    Delivery {
        trail: Trail {
            arn: TRAIL.parse().unwrap(),
            name: "org-audit".to_owned(),
            home_region: "eu-west-1".parse().unwrap(),
            bucket: "amzn-s3-demo-audit".to_owned(),
            key_prefix: None,
            sns_topic_arn: None,
            include_global_service_events: Some(true),
            is_multi_region: Some(true),
            log_file_validation: Some(true),
            is_organization_trail: Some(false),
            kms_key_id: Some("arn:aws:kms:eu-central-1:111122223333:key/1234abcd".to_owned()),
            log_group_arn: None,
            log_group_role_arn: None,
        },
        bucket_region: "eu-central-1".parse().unwrap(),
    }
}

/// Two calls a second and five in all, whatever is not found.
#[tokio::test]
async fn lookups_are_few_and_slow() {
    let other = || vec![event("UpdateTrail", "2026-03-02T09:30:00Z", "other")];
    let many = Arc::new(World::of(&[(
        "UpdateTrail",
        vec![other(), other(), other(), other(), other(), other()],
    )]));
    let ending = many.record(Ok(result("not-multi-region"))).await;
    let calls = [
        "LookupEvents eu-west-1 UpdateTrail -",
        "sleep 500ms",
        "LookupEvents eu-west-1 UpdateTrail 1",
        "sleep 500ms",
        "LookupEvents eu-west-1 UpdateTrail 2",
    ];
    assert_eq!(many.calls()[..5], calls);
    let lookups = many
        .calls()
        .iter()
        .filter(|call| call.starts_with("Lookup"))
        .count();
    assert_eq!(lookups, 5);
    let unknown = "actor-unknown: the event history shows no UpdateTrail or CreateTrail on the \
                   trail; it lags behind by minutes";
    assert_eq!(notes(&ending), [unknown]);
    assert_eq!(ending.unwrap().actor, None);
}

/// The newest of the calls that can have done it.
#[tokio::test]
async fn of_several_calls_the_newest() {
    let at = |name, time| (name, vec![vec![event(name, time, TRAIL)]]);
    let world = Arc::new(World::of(&[
        at("PutInsightSelectors", "2026-03-02T09:10:00Z"),
        at("StopLogging", "2026-03-02T09:20:00Z"),
    ]));
    let ending = world.record(Ok(result("insights-missing"))).await;
    assert!(
        notes(&ending)[0].contains("StopLogging at 2026-03-02T09:20:00Z"),
        "{ending:?}"
    );
}

/// Who changed something else of the trail is named as that, and not as the culprit.
#[tokio::test]
async fn the_last_change_is_not_the_cause() {
    let at = "2026-03-02T09:20:00Z";
    let page = vec![event("UpdateTrail", at, TRAIL)];
    let world = Arc::new(World::of(&[("UpdateTrail", vec![page])]));
    let ending = world.record(Ok(result("not-multi-region"))).await;
    let notes = notes(&ending);
    assert_eq!(ending.unwrap().actor, None);
    let expected = format!(
        "last-changed-by: IAMUser arn:aws:iam::111122223333:user/mallory, key \
         AKIAIOSFODNN7EXAMPLE (long-term), UpdateTrail at {at}, event id-1; it is not the cause"
    );
    assert_eq!(notes, [expected]);
    assert_eq!(world.told.lock().unwrap()[0]["actor"], "unknown");
}

/// No lookup begins that could cost the message its time.
#[tokio::test]
async fn telling_comes_before_looking_up() {
    for (now, looks) in [
        ("2026-03-02T10:03:36Z", true),
        ("2026-03-02T10:03:37Z", false),
    ] {
        let world = World::of(&[]);
        *world.now.lock().unwrap() = time(now);
        let world = Arc::new(world);
        world.record(Ok(result("trail-not-logging"))).await.unwrap();
        let calls = world.calls();
        let has = |name: &str| calls.iter().any(|call| call.starts_with(name));
        assert_eq!(has("LookupEvents"), looks, "{now}");
        assert!(has("Publish") && has("PutEvents"), "{now}");
    }
}

#[tokio::test]
async fn what_fails_is_a_note_and_no_failure() {
    let mut world = World::of(&[]);
    world.failing = vec!["LookupEvents", "Publish", "PutEvents"];
    let ending = Arc::new(world)
        .record(Ok(result("trail-not-logging")))
        .await;
    assert_eq!(ending.as_ref().unwrap().outcome, Some(Outcome::Repaired));
    assert_eq!(
        notes(&ending),
        [
            "actor-unknown: cloudtrail:LookupEvents AccessDenied",
            "message-not-sent: sns:Publish AccessDenied",
            "event-not-sent: events:PutEvents AccessDenied",
        ]
    );
    let late = World::of(&[]);
    *late.now.lock().unwrap() = time("2026-03-02T10:03:58Z");
    let ending = Arc::new(late).record(Ok(result("trail-not-logging"))).await;
    assert_eq!(
        notes(&ending),
        ["actor-unknown: no time was left to look it up"]
    );
}

/// A failure that leaves something missing is told, and stays the failure that it is.
#[tokio::test]
async fn failures_are_told_and_stay() {
    let failed = |code: &str, result: RepairResult| {
        Err(RepairFailure {
            code: code.to_owned(),
            message: "what remains".to_owned(),
            result: Box::new(result),
        })
    };
    let page = vec![event("StopLogging", STOPPED, TRAIL)];
    let world = Arc::new(World::of(&[("StopLogging", vec![page])]));
    let failure = failed("partly-repaired", result("trail-not-logging"));
    let failure = world.record(failure).await.unwrap_err();
    assert_eq!(failure.code, "partly-repaired");
    assert!(failure.result.actor.is_some());
    assert_eq!(world.told.lock().unwrap()[0]["event"], "partly-repaired");

    for quiet in [
        failed("bad-parameter", RepairResult::default()),
        Ok(RepairResult {
            outcome: Some(Outcome::AlreadyHealthy),
            ..RepairResult::default()
        }),
    ] {
        let world = Arc::new(World::of(&[]));
        assert_eq!(world.record(quiet.clone()).await, quiet);
        assert!(world.calls().is_empty());
    }
}
