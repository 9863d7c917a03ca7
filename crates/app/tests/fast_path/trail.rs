//! Events about the trail: what is read, what is started, what is told.

use std::sync::Arc;

use serde_json::{Value, json};
use trailkeeper_app::fast_path::Mode;
use trailkeeper_core::facts::{ExecutionFacts, ReadWriteType, Trail};

use crate::behind::{BUCKET, Behind, GUARD_RULE, RUNBOOK, TRAIL, TRAIL_RULE};
use crate::world::{World, event};

pub(crate) fn world(change: impl FnOnce(&mut Behind)) -> World {
    let mut world = World::new();
    world.settings.mode = Mode::Enforce;
    world.settings.trail_rule = Some(TRAIL_RULE.to_owned());
    world.settings.guard_rule = Some(GUARD_RULE.to_owned());
    world.settings.own_roles = vec!["trailkeeper-remediator-role".to_owned()];
    change(&mut world.behind);
    world
}

pub(crate) fn on_trail(number: u32, name: &str) -> Value {
    let request = json!({"name": TRAIL, "trailName": TRAIL, "resourceId": TRAIL});
    event(number, "cloudtrail", name, request, Value::Null)
}

pub(crate) fn on_bucket(name: &str, bucket: &str) -> Value {
    event(1, "s3", name, json!({"bucketName": bucket}), Value::Null)
}

pub(crate) fn started(world: &World) -> usize {
    world.behind.started.lock().unwrap().len()
}

/// Between the event and the start of the runbook lie four reads, in two round trips.
#[tokio::test]
async fn a_stop_is_answered_by_the_runbook() {
    for name in ["org-audit", TRAIL] {
        let world = Arc::new(world(Behind::stop));
        let stop = event(
            1,
            "cloudtrail",
            "StopLogging",
            json!({"name": name}),
            Value::Null,
        );
        let answer = world.answer(&stop).await;
        let expected = json!({
            "action": "repair-started", "executionId": "execution-1", "notes": [],
        });
        assert_eq!(answer, expected);
        let calls = [
            "DescribeConfigRules trail-rule",
            "DescribeRemediationConfigurations trail-rule",
            "GetTrailStatus org-audit",
            "DescribeAutomationExecutions Trailkeeper-RestoreCloudTrail",
            "StartAutomationExecution Trailkeeper-RestoreCloudTrail",
            "Publish told",
        ];
        assert_eq!(world.calls(), calls);
        let start = world.behind.started.lock().unwrap().remove(0);
        assert_eq!(start.document, RUNBOOK);
        assert_eq!(start.version.as_deref(), Some("3"));
        assert_eq!(start.parameters["CloudTrailName"], ["org-audit"]);
        let message = world.messages().remove(0);
        assert_eq!(message["findings"][0]["code"], "trail-not-logging");
        assert_eq!(message["resource"]["type"], "AWS::CloudTrail::Trail");
        let text = message["text"].as_str().unwrap();
        for part in [
            "By IAMUser arn:aws:iam::111122223333:user/mallory",
            "Known attack B01 (stop the trail): StopLogging means",
            "The runbook Trailkeeper-RestoreCloudTrail was started: execution execution-1.",
            "org-audit stopped 2026-03-02T09:57:12Z",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }
}

/// Two deliveries at once, to two functions, are one run: the token is the event's.
#[tokio::test]
async fn one_event_has_one_token() {
    let token = async |number| {
        let world = Arc::new(world(Behind::stop));
        world.answer(&on_trail(number, "StopLogging")).await;
        let started = world.behind.started.lock().unwrap();
        started[0].client_token.clone()
    };
    assert_eq!(token(1).await, token(1).await);
    assert_ne!(token(1).await, token(2).await);
}

/// The call, what it leaves behind, the code that is told, and whether the runbook starts.
type Case = (&'static str, fn(&mut Behind), &'static str, bool);

/// What each call leaves behind, what is told of it and whether it starts the runbook.
#[tokio::test]
async fn the_state_decides() {
    let cases: [Case; 9] = [
        ("DeleteTrail", |one| one.trail = None, "trail-missing", true),
        (
            "UpdateTrail",
            |one| one.update(|trail| trail.is_multi_region = Some(false)),
            "not-multi-region",
            true,
        ),
        (
            "PutEventSelectors",
            |one| one.selector = ReadWriteType::ReadOnly,
            "management-events-narrowed",
            true,
        ),
        // Healthy afterwards, told all the same: the blink, deleted and made again, no rule.
        ("StopLogging", |_| (), "tampering-noticed", false),
        ("DeleteTrail", |_| (), "tampering-noticed", false),
        ("PutEventConfiguration", |_| (), "tampering-noticed", false),
        ("RemoveTags", |_| (), "tampering-noticed", false),
        // to another key, without a topic: no requirement need name them
        ("UpdateTrail", |_| (), "tampering-noticed", false),
        ("PutInsightSelectors", |_| (), "", false),
    ];
    for (name, change, code, is_started) in cases {
        let world = Arc::new(world(change));
        let answer = world.answer(&on_trail(1, name)).await;
        assert_eq!(started(&world), usize::from(is_started), "{name} {answer}");
        let messages = world.messages();
        if code.is_empty() {
            assert!(messages.is_empty(), "{name}");
            assert_eq!(answer["action"], "none", "{name}");
            assert_eq!(answer["notes"], json!([format!("nothing-wrong: {TRAIL}")]));
        } else {
            assert_eq!(messages[0]["findings"][0]["code"], code, "{name}");
        }
    }
}

#[tokio::test]
async fn events_of_bucket_key_and_the_rest() {
    let broken: fn(&mut Behind) = |one| one.policy = None;
    let group = "arn:aws:logs:us-east-1:111122223333:log-group:audit:*";
    let cases = [
        (
            on_bucket("PutBucketPolicy", BUCKET),
            broken,
            "bucket-refuses-cloudtrail",
            true,
        ),
        // it may let others read, which CloudTrail's own rights say nothing about
        (
            on_bucket("PutBucketPolicy", BUCKET),
            |_| (),
            "tampering-noticed",
            false,
        ),
        (on_bucket("PutBucketPolicy", "other"), broken, "", false),
        (
            on_bucket("PutBucketLogging", BUCKET),
            |_| (),
            "tampering-noticed",
            false,
        ),
        (
            on_bucket("DeleteObject", BUCKET),
            |_| (),
            "tampering-noticed",
            false,
        ),
        (on_bucket("DeleteBucket", "other"), |_| (), "", false),
        (
            event(
                1,
                "kms",
                "DisableKey",
                json!({"keyId": "1234"}),
                Value::Null,
            ),
            |_| (),
            "",
            false,
        ),
        (
            event(
                1,
                "logs",
                "DeleteLogGroup",
                json!({"logGroupName": "audit"}),
                Value::Null,
            ),
            |one| {
                one.update(|trail| {
                    trail.log_group_arn =
                        Some("arn:aws:logs:us-east-1:111122223333:log-group:audit:*".to_owned())
                })
            },
            "tampering-noticed",
            false,
        ),
        (
            event(
                1,
                "iam",
                "DeleteRole",
                json!({"roleName": "to-logs"}),
                Value::Null,
            ),
            |_| (),
            "tampering-noticed",
            false,
        ),
        (
            event(
                1,
                "organizations",
                "LeaveOrganization",
                Value::Null,
                Value::Null,
            ),
            |_| (),
            "tampering-noticed",
            false,
        ),
        (
            event(
                1,
                "account",
                "EnableRegion",
                json!({"regionName": "ap-east-1"}),
                Value::Null,
            ),
            |one| one.update(|trail| trail.is_multi_region = Some(false)),
            "not-multi-region",
            true,
        ),
    ];
    assert!(group.ends_with(":audit:*"));
    for (event, change, code, is_started) in cases {
        let name = event["detail"]["eventName"].clone();
        let world = Arc::new(world(change));
        let answer = world.answer(&event).await;
        assert_eq!(started(&world), usize::from(is_started), "{name} {answer}");
        let told = world.messages();
        let told = told
            .first()
            .map_or("", |one| one["findings"][0]["code"].as_str().unwrap());
        assert_eq!(told, code, "{name} {answer}");
    }
}

/// A call on something else costs three reads and nothing more: what is wanted of the trail, its
/// remediation, and what guards it.
#[tokio::test]
async fn what_is_not_ours_is_left_alone() {
    let world = Arc::new(world(Behind::stop));
    let other = json!({"name": "somebody-elses"});
    let stop = event(1, "cloudtrail", "UpdateTrail", other, Value::Null);
    let answer = world.answer(&stop).await;
    assert_eq!(answer["notes"], json!(["not-ours: somebody-elses"]));
    assert_eq!(world.calls().len(), 3);
}

/// An event without its parameters can be made on purpose: it counts as ours.
#[tokio::test]
async fn an_event_that_names_nothing_is_told() {
    let world = Arc::new(world(|_| ()));
    let event = event(1, "s3", "PutBucketPolicy", Value::Null, Value::Null);
    assert_eq!(world.answer(&event).await["action"], "notified");
    let why = world.messages()[0]["findings"][0]["why"].to_string();
    assert!(
        why.contains("something that the event does not name"),
        "{why}"
    );
}

/// What the rule only notes is all that is left of a blink, and of a bucket that is open to
/// somebody who is named.
#[tokio::test]
async fn what_the_rule_notes_is_told() {
    type Change = fn(&mut Behind);
    let cases: [(Change, Value, &str); 2] = [
        (
            |one| one.has_blinked = true,
            on_trail(1, "StopLogging"),
            "Note: logging-gap: org-audit stopped 2026-03-02T09:50:00Z, started \
             2026-03-02T09:55:00Z.",
        ),
        (
            |one| one.open_to("444455556666"),
            on_bucket("PutBucketPolicy", BUCKET),
            "Note: bucket-open-to-others: ",
        ),
    ];
    for (change, event, line) in cases {
        let world = Arc::new(world(change));
        let answer = world.answer(&event).await;
        assert_eq!(answer["action"], "notified", "{answer}");
        let message = world.messages().remove(0);
        assert_eq!(message["findings"][0]["code"], "tampering-noticed");
        let text = message["text"].as_str().unwrap();
        assert!(text.contains(line), "{line} is not in {text}");
    }
    let open = Arc::new(world(|one| one.open_to("444455556666")));
    open.answer(&on_bucket("PutBucketPolicy", BUCKET)).await;
    let text = open.messages()[0]["text"].to_string();
    assert!(text.contains("444455556666"), "who may read it: {text}");
}

/// A war is told as one, by whatever call it is fought.
#[tokio::test]
async fn an_exhausted_budget_names_its_attack() {
    let mut world = world(Behind::stop);
    world.behind.ran(&[1, 20, 30, 56]);
    let world = Arc::new(world);
    world.answer(&on_trail(1, "StopLogging")).await;
    let text = world.messages()[0]["text"].to_string();
    let line =
        "One of the known attacks B01 (stop the trail), B49 (exhaust the repair): StopLogging";
    assert!(text.contains(line), "{text}");
}

/// Each reason why no run is started is a note, a line of the message, and no error.
#[tokio::test]
async fn why_no_run_is_started() {
    let running = ExecutionFacts {
        id: "run-7".to_owned(),
        status: "InProgress".to_owned(),
        started: None,
        executed_by: None,
    };
    type Change = Box<dyn FnOnce(&mut World)>;
    let cases: [(Change, &str, &str); 6] = [
        (
            Box::new(|one| one.settings.mode = Mode::Notify),
            "",
            "trail-not-logging",
        ),
        (
            Box::new(|one| one.behind.runs = vec![running]),
            "repair-running: run-7",
            "is at work already: execution run-7",
        ),
        (
            Box::new(|one| one.behind.ran(&[1, 20, 30, 56])),
            "repair-budget-exhausted: 4 runs of Trailkeeper-RestoreCloudTrail within the last hour",
            "repairs-exhausted (high): 4 runs of",
        ),
        (
            Box::new(|one| one.behind.runs_are_cut = true),
            "repair-budget-exhausted: more runs like Trailkeeper-RestoreCloudTrail within the last \
             hour than can be listed",
            "repairs-exhausted (high): more runs of",
        ),
        (
            Box::new(|one| one.behind.remediation = None),
            "no-remediation",
            "Nothing is repaired: the rule has no remediation",
        ),
        (
            Box::new(|one| {
                one.failures
                    .insert("StartAutomationExecution", "AccessDenied");
            }),
            "repair-not-started: ssm:StartAutomationExecution AccessDenied",
            "could not be started (ssm:StartAutomationExecution AccessDenied)",
        ),
    ];
    for (change, note, line) in cases {
        let mut world = world(Behind::stop);
        change(&mut world);
        let world = Arc::new(world);
        let answer = world.answer(&on_trail(1, "StopLogging")).await;
        assert_eq!(answer["action"], "notified", "{note}");
        let notes = if note.is_empty() {
            json!([])
        } else {
            json!([note])
        };
        assert_eq!(answer["notes"], notes);
        assert_eq!(started(&world), 0, "{note}");
        let text = world.messages()[0]["text"].as_str().unwrap().to_owned();
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

/// A list that cannot be read must not keep the trail stopped; runs before the hour do not count.
#[tokio::test]
async fn a_run_that_nothing_speaks_against() {
    let mut unread = world(Behind::stop);
    unread
        .failures
        .insert("DescribeAutomationExecutions", "ThrottlingException");
    let mut old = world(Behind::stop);
    old.behind.ran(&[1, 2, 3, 61, 62]);
    for world in [unread, old] {
        let world = Arc::new(world);
        let answer = world.answer(&on_trail(1, "StopLogging")).await;
        assert_eq!(answer["action"], "repair-started");
    }
}

/// Each attack is news, although the last one was the same: it was repaired in between.
#[tokio::test]
async fn an_attack_after_a_repair_is_news() {
    let world = Arc::new(world(|one| {
        one.update(|trail| trail.is_multi_region = Some(false))
    }));
    for number in 1..=3 {
        let answer = world.answer(&on_trail(number, "UpdateTrail")).await;
        assert_eq!(answer["action"], "repair-started");
    }
    assert_eq!(world.messages().len(), 3);
    let answer = world.answer(&on_trail(3, "UpdateTrail")).await;
    assert_eq!(
        answer["notes"][0]
            .as_str()
            .map(|note| note.starts_with("duplicate-event")),
        Some(true)
    );
    assert_eq!(started(&world), 3);
}

#[tokio::test]
async fn a_refused_call_is_told_and_starts_nothing() {
    for (bucket, action) in [(BUCKET, "notified"), ("other", "none")] {
        let world = Arc::new(world(|one| one.policy = None));
        let mut event = on_bucket("DeleteBucketPolicy", bucket);
        event["detail"]["errorCode"] = json!("AccessDenied");
        let answer = world.answer(&event).await;
        assert_eq!(answer["action"], action, "{answer}");
        assert_eq!(started(&world), 0);
        let text = world.messages().first().map(|one| one["text"].to_string());
        let is_attempt = text.is_some_and(|text| text.contains("attempt: DeleteBucketPolicy"));
        assert_eq!(is_attempt, action == "notified");
    }
}

/// A repair's own calls come back as events; they start nothing and tell nobody.
#[tokio::test]
async fn own_calls_are_no_news() {
    let world = Arc::new(world(Behind::stop));
    let mut event = on_trail(1, "PutEventSelectors");
    event["detail"]["userIdentity"] = json!({
        "type": "AssumedRole",
        "sessionContext": {"sessionIssuer": {
            "arn": "arn:aws:iam::111122223333:role/tk/trailkeeper-remediator-role",
        }},
    });
    let answer = world.answer(&event).await;
    assert_eq!(answer["notes"], json!(["own-call: PutEventSelectors"]));
    assert!(world.calls().is_empty());
}

/// Whoever has our own role redirect the trail, with a payload of his own, is told of; no run is
/// started for it, so that our own calls never go round.
#[tokio::test]
async fn an_own_call_that_redirects_the_trail_is_told_and_starts_nothing() {
    let topic = |name: &str| Some(format!("arn:aws:sns:us-east-1:999988887777:{name}"));
    type Change<'a> = &'a dyn Fn(&mut Trail);
    let cases: [(Change<'_>, &str); 5] = [
        (&|_| (), ""),
        (
            &|trail| trail.bucket = "their-logs".to_owned(),
            "wrong-bucket",
        ),
        (&|trail| trail.key_prefix = Some("theirs".to_owned()), ""),
        (
            &|trail| trail.sns_topic_arn = topic("theirs"),
            "wrong-topic",
        ),
        // CloudTrail refused the topic: a repair leaves it out
        (&|trail| trail.sns_topic_arn = None, ""),
    ];
    for (change, code) in cases {
        let world = Arc::new(world(|one| {
            let wanted = topic("ours").unwrap();
            one.demanded.insert("snsTopicArn".to_owned(), wanted);
            one.update(|trail| trail.sns_topic_arn = topic("ours"));
            one.update(|trail| change(trail));
        }));
        let mut event = on_trail(1, "UpdateTrail");
        event["detail"]["userIdentity"] = json!({
            "type": "AssumedRole",
            "sessionContext": {"sessionIssuer": {
                "arn": "arn:aws:iam::111122223333:role/tk/trailkeeper-remediator-role",
            }},
        });
        let answer = world.answer(&event).await;
        assert_eq!(answer["notes"], json!(["own-call: UpdateTrail"]));
        assert_eq!(started(&world), 0);
        let messages = world.messages();
        let text = messages.first().map(|one| one["text"].to_string());
        let text = text.unwrap_or_default();
        if code.is_empty() {
            assert_eq!(text, "");
            assert_eq!(answer["action"], "none");
            assert_eq!(world.calls().len(), 3, "{:?}", world.calls());
        } else {
            assert_eq!(answer["action"], "notified");
            assert!(text.contains(code), "{text}");
            assert!(
                text.contains("The product's own role made this call"),
                "{text}"
            );
        }
    }
}

/// The session of an own role hides nothing but repairs: not a stop, not a refused call, not a role
/// of that name in another account.
#[tokio::test]
async fn an_own_role_hides_no_attack() {
    let by = |number, name: &str, account: &str| {
        let mut event = on_trail(number, name);
        let issuer = format!("arn:aws:iam::{account}:role/tk/trailkeeper-remediator-role");
        event["detail"]["userIdentity"] = json!({
            "type": "AssumedRole",
            "arn": "arn:aws:sts::111122223333:assumed-role/x/y",
            "sessionContext": {"sessionIssuer": {"arn": issuer}},
        });
        event
    };
    let own = "111122223333";
    let mut refused = by(3, "UpdateTrail", own);
    refused["detail"]["errorCode"] = json!("AccessDenied");
    for (event, action) in [
        (by(1, "StopLogging", own), "repair-started"),
        (by(2, "DeleteTrail", own), "repair-started"),
        (refused, "notified"),
        (by(4, "PutEventSelectors", "444455556666"), "repair-started"),
    ] {
        let world = Arc::new(world(Behind::stop));
        let answer = world.answer(&event).await;
        assert_eq!(answer["action"], action, "{answer}");
        assert_eq!(world.messages().len(), 1);
    }
}

/// A run that began before the stop has read the state before it.
#[tokio::test]
async fn a_run_before_the_call_keeps_none_from_starting() {
    for (minutes, by, action) in [
        (1, None, "repair-started"),
        (-1, None, "notified"),
        (
            -1,
            Some("arn:aws:iam::111122223333:user/mallory"),
            "repair-started",
        ),
    ] {
        let world = Arc::new(world(|one| {
            one.stop();
            one.ran(&[minutes]);
            one.runs[0].status = "InProgress".to_owned();
            one.runs[0].executed_by = by.map(str::to_owned);
        }));
        let answer = world.answer(&on_trail(1, "StopLogging")).await;
        assert_eq!(answer["action"], action, "{minutes} {by:?}");
    }
}
