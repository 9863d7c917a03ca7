use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_app::ports::{ConfigService, Inventory, Notifier};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::config_rule::{Compliance, Evaluation, ItemStatus};
use trailkeeper_core::facts::{RecorderFacts, ResourceTypeSelection};
use trailkeeper_sandbox::seed::{InstanceSeed, RecorderSeed};
use trailkeeper_sandbox::{Fault, FaultKind, Sandbox, When};

use crate::support::{AWAY, HOME, TOKEN, expected, failure, now, sandbox};

const INSTANCE: &str = "AWS::EC2::Instance";
const RULE: &str = "cloudtrail-enabled";

/// With a recorder and 250 instances.
fn recorded() -> Sandbox {
    let sandbox = sandbox();
    sandbox.with_world(|world| {
        world.seed_recorder(RecorderSeed::new(world, HOME));
        for number in 0..250 {
            world.seed_instance(InstanceSeed::new(HOME, &format!("i-{number:08x}")));
        }
    });
    sandbox
}

#[tokio::test]
async fn recorders_come_with_their_status() {
    let sandbox = sandbox();
    assert_eq!(sandbox.recorders().await, Ok(Vec::new()));
    let bucket = vec!["AWS::S3::Bucket".to_owned()];
    type Change = fn(&mut RecorderSeed, Vec<String>);
    let cases: [(Change, ResourceTypeSelection); 3] = [
        (|_, _| {}, ResourceTypeSelection::All),
        (
            |seed, types| (seed.all_supported, seed.resource_types) = (false, types),
            ResourceTypeSelection::Only(bucket.clone()),
        ),
        (
            |seed, types| (seed.all_supported, seed.excluded_types) = (false, types),
            ResourceTypeSelection::AllBut(bucket.clone()),
        ),
    ];
    for (change, types) in cases {
        sandbox.with_world(|world| {
            let mut seed = RecorderSeed::new(world, HOME);
            change(&mut seed, bucket.clone());
            world.seed_recorder(seed);
        });
        let wanted = RecorderFacts {
            name: "default".to_owned(),
            types,
            recording: true,
            last_error: None,
            settings: RecorderFacts::settings_of(&json!({
                "roleARN": sandbox.with_world(|world| RecorderSeed::new(world, HOME).role_arn),
                "recordingMode": {"recordingFrequency": "CONTINUOUS"},
            })),
        };
        assert_eq!(sandbox.recorders().await, Ok(vec![wanted]));
    }
    sandbox.with_world(|world| {
        let mut seed = RecorderSeed::new(world, HOME);
        seed.recording = false;
        seed.last_status = "Failure".to_owned();
        seed.last_error = Some(("NoSuchBucket".to_owned(), "gone".to_owned()));
        world.seed_recorder(seed);
    });
    let found = sandbox.recorders().await.unwrap();
    let found = found.first().unwrap();
    assert!(!found.recording);
    assert_eq!(found.last_error.as_deref(), Some("NoSuchBucket: gone"));
}

#[tokio::test]
async fn rows_come_page_by_page() {
    let sandbox = recorded();
    let expression = "SELECT resourceId WHERE resourceType = 'AWS::EC2::Instance'";
    let mut sizes = Vec::new();
    let mut token = None;
    loop {
        let page = sandbox.select(expression, token.as_deref()).await.unwrap();
        sizes.push(page.items.len());
        token = page.next;
        if token.is_none() {
            break;
        }
    }
    assert_eq!(sizes, [100, 100, 50]);
    let found = sandbox.select("SELECT", None).await;
    let wanted = expected(
        "config:SelectResourceConfig",
        "InvalidExpressionException",
        ErrorClass::Refused,
    );
    assert_eq!(failure(found), wanted);
}

#[tokio::test]
async fn the_item_of_a_time_is_not_the_newest() {
    let sandbox = recorded();
    let item = async |id: &str, at| sandbox.item_at(INSTANCE, id, at).await;
    sandbox.advance(SignedDuration::from_mins(1));
    sandbox.with_world(|world| world.remove_instance(HOME, "i-00000000"));
    let first = item("i-00000000", now()).await.unwrap().unwrap();
    assert_eq!(first.summary.status, ItemStatus::ResourceDiscovered);
    assert_eq!(first.summary.capture_time, now());
    let state = first.configuration.pointer("/state/name");
    assert_eq!(state, Some(&json!("running")));
    let last = item("i-00000000", sandbox.now()).await.unwrap().unwrap();
    assert_eq!(last.summary.status, ItemStatus::ResourceDeleted);
    assert_eq!(last.configuration, Value::Null);
    let before = now() - SignedDuration::from_secs(1);
    assert_eq!(item("i-00000000", before).await, Ok(None));
    assert_eq!(item("i-ffffffff", now()).await, Ok(None));
}

#[tokio::test]
async fn verdicts_come_page_by_page() {
    let sandbox = recorded();
    let evaluation = |number: usize| Evaluation {
        resource_type: INSTANCE.to_owned(),
        resource_id: format!("i-{number:08x}"),
        compliance: match number % 3 {
            0 => Compliance::Compliant,
            1 => Compliance::NonCompliant,
            _ => Compliance::NotApplicable,
        },
        annotation: (number == 1).then(|| "no-instance-profile".to_owned()),
        ordering_timestamp: now(),
    };
    for start in [0, 100, 200] {
        let batch: Vec<Evaluation> = (start..start + 100).map(evaluation).collect();
        let put = sandbox.put_evaluations(TOKEN, &batch, false).await;
        assert_eq!(put, Ok(Vec::new()));
    }
    let first = sandbox.evaluated(RULE, None).await.unwrap();
    let second = sandbox
        .evaluated(RULE, first.next.as_deref())
        .await
        .unwrap();
    // the last page is full, and nothing follows it
    assert_eq!(second.next, None);
    let pages = [first, second].into_iter();
    let all: Vec<_> = pages.flat_map(|page| page.items).collect();
    assert_eq!(all.len(), 200);
    let one = all.get(1).unwrap();
    assert_eq!(one.resource_id, "i-00000001");
    assert_eq!(one.compliance, Compliance::NonCompliant);
    assert_eq!(one.annotation.as_deref(), Some("no-instance-profile"));
    assert_eq!(one.ordering_timestamp, Some(now()));
    let wanted = expected(
        "config:GetComplianceDetailsByConfigRule",
        "NoSuchConfigRuleException",
        ErrorClass::Absent,
    );
    assert_eq!(failure(sandbox.evaluated("none", None).await), wanted);
}

#[tokio::test]
async fn a_rule_has_parameters_and_can_be_started_once_a_minute() {
    let sandbox = recorded();
    assert_eq!(sandbox.config_rule("none").await, Ok(None));
    let rule = sandbox.config_rule(RULE).await.unwrap().unwrap();
    assert_eq!(rule.name, RULE);
    sandbox.with_world(|world| {
        let mut seed = trailkeeper_sandbox::seed::RuleSeed::new(HOME, "other", "f");
        seed.input_parameters = Some("{\"rule\":\"instance-profile\"}".to_owned());
        world.seed_rule(seed);
    });
    let rule = sandbox.config_rule("other").await.unwrap().unwrap();
    assert_eq!(
        rule.parameters.value("rule"),
        Some(&json!("instance-profile"))
    );
    assert_eq!(sandbox.start_evaluation("other").await, Ok(()));
    let error = sandbox.start_evaluation("other").await.unwrap_err();
    assert_eq!(error.code, "LimitExceededException");
}

#[tokio::test]
async fn refusals_of_the_service_come_through() {
    let sandbox = recorded();
    let operations = [
        "DescribeConfigurationRecorderStatus",
        "SelectResourceConfig",
        "GetResourceConfigHistory",
        "GetComplianceDetailsByConfigRule",
        "DescribeConfigRules",
        "StartConfigRulesEvaluation",
    ];
    for operation in operations {
        sandbox.inject(Fault::new(
            "config",
            operation,
            When::Always,
            FaultKind::Throttle,
        ));
    }
    let found = [
        sandbox.recorders().await.map(drop),
        sandbox.select("SELECT resourceId", None).await.map(drop),
        sandbox
            .item_at(INSTANCE, "i-00000000", now())
            .await
            .map(drop),
        sandbox.evaluated(RULE, None).await.map(drop),
        sandbox.config_rule(RULE).await.map(drop),
        sandbox.start_evaluation(RULE).await,
    ];
    for (operation, found) in operations.iter().zip(found) {
        let operation = format!("config:{operation}");
        let wanted = expected(&operation, "ThrottlingException", ErrorClass::Throttled);
        assert_eq!(failure(found), wanted);
    }
}

#[tokio::test]
async fn messages_go_to_the_region_of_the_topic() {
    let sandbox = sandbox();
    let arn = sandbox.with_world(|world| world.seed_sns_topic(AWAY, "alarms"));
    let topic = arn.parse().unwrap();
    assert_eq!(sandbox.publish(&topic, "subject", "{}").await, Ok(()));
    let sent = sandbox.with_world(|world| world.published_messages().to_vec());
    let sent = sent.first().unwrap();
    assert_eq!(sent.region, AWAY);
    assert_eq!(
        (sent.subject.as_deref(), sent.message.as_str()),
        (Some("subject"), "{}")
    );
    let none = arn.replace("alarms", "none").parse().unwrap();
    let wanted = expected("sns:Publish", "NotFound", ErrorClass::Absent);
    assert_eq!(
        failure(sandbox.publish(&none, "subject", "{}").await),
        wanted
    );
    let nowhere = arn.replace(AWAY, "").parse().unwrap();
    let error = sandbox
        .publish(&nowhere, "subject", "{}")
        .await
        .unwrap_err();
    assert_eq!(error.code, "InvalidRequest");
}
