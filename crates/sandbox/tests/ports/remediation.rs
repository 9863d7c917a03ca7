use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_app::ports::{Inventory, RemediationReader, RemediationWriter};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::{DeliveryChannelFacts, RemediationExceptionFacts, RemediationFacts};
use trailkeeper_sandbox::seed::{EvaluationSeed, RecorderSeed};
use trailkeeper_sandbox::{Call, Sandbox};

use crate::support::{BUCKET, HOME, expected, failure, now, world};

const RULE: &str = "cloudtrail-enabled";
const ROLE: &str = "arn:aws:iam::111122223333:role/restore";
const ACCOUNT_TYPE: &str = "AWS::::Account";

fn sandbox() -> Sandbox {
    let mut world = world();
    let mut recorder = RecorderSeed::new(&world, HOME);
    recorder.recording = false;
    world.seed_recorder(recorder);
    let channel = json!({"name": "default", "s3BucketName": BUCKET, "s3KeyPrefix": "config"});
    world.seed_delivery_channel(HOME, channel);
    let configuration = json!({
        "ConfigRuleName": RULE,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "Restore",
        "TargetVersion": "3",
        "Parameters": {
            "TrailName": {"ResourceValue": {"Value": "RESOURCE_ID"}},
            "AutomationAssumeRole": {"StaticValue": {"Values": [ROLE]}},
            "Baseline": {"StaticValue": {"Values": ["s3://b/k"]}},
        },
        "Automatic": true,
        "MaximumAutomaticAttempts": 5,
        "RetryAttemptSeconds": 60,
    });
    world.seed_remediation(HOME, &configuration).unwrap();
    for number in 0..30 {
        world.seed_evaluation(EvaluationSeed {
            region: HOME.to_owned(),
            rule: RULE.to_owned(),
            resource_type: ACCOUNT_TYPE.to_owned(),
            resource_id: format!("r-{number:02}"),
            compliance: "NON_COMPLIANT".to_owned(),
            annotation: None,
            ordering: now(),
        });
    }
    Sandbox::new(world)
}

async fn except(sandbox: &Sandbox, id: &str, more: Value) {
    let mut input = json!({
        "ConfigRuleName": RULE,
        "ResourceKeys": [{"ResourceType": ACCOUNT_TYPE, "ResourceId": id}],
    });
    let members = input.as_object_mut().unwrap();
    members.extend(more.as_object().unwrap().clone());
    let call = Call::new("config", "PutRemediationExceptions", HOME, input);
    let answer = sandbox.call(call).await.unwrap();
    assert_eq!(answer, json!({"FailedBatches": []}));
}

#[tokio::test]
async fn the_parts_of_config_are_read_as_they_are() {
    let sandbox = sandbox();
    let channel = DeliveryChannelFacts {
        name: "default".to_owned(),
        bucket: BUCKET.to_owned(),
        settings: BTreeMap::from([("s3KeyPrefix".to_owned(), "config".to_owned())]),
    };
    assert_eq!(sandbox.delivery_channels().await, Ok(vec![channel]));
    let remediation = RemediationFacts {
        rule: RULE.to_owned(),
        document: "Restore".to_owned(),
        version: Some("3".to_owned()),
        automatic: true,
        parameters: BTreeMap::from([
            ("AutomationAssumeRole".to_owned(), vec![ROLE.to_owned()]),
            ("Baseline".to_owned(), vec!["s3://b/k".to_owned()]),
        ]),
        resource_parameter: Some("TrailName".to_owned()),
        settings: BTreeMap::from([
            ("MaximumAutomaticAttempts".to_owned(), "5".to_owned()),
            ("RetryAttemptSeconds".to_owned(), "60".to_owned()),
        ]),
    };
    assert_eq!(sandbox.remediation(RULE).await, Ok(Some(remediation)));
    assert_eq!(sandbox.remediation("other").await, Ok(None));
}

#[tokio::test]
async fn exceptions_are_read_over_all_pages_and_taken_away_singly() {
    let sandbox = sandbox();
    assert_eq!(sandbox.exceptions(RULE).await, Ok(Vec::new()));
    let end = now() + jiff::SignedDuration::from_hours(1);
    let more = json!({"Message": "quiet", "ExpirationTime": end.as_second()});
    except(&sandbox, "r-00", more).await;
    for number in 1..30 {
        except(&sandbox, &format!("r-{number:02}"), json!({})).await;
    }
    let found = sandbox.exceptions(RULE).await.unwrap();
    assert_eq!(found.len(), 30);
    let first = RemediationExceptionFacts {
        resource_type: ACCOUNT_TYPE.to_owned(),
        resource_id: "r-00".to_owned(),
        message: "quiet".to_owned(),
        expires: Some(end),
    };
    assert_eq!(found.first(), Some(&first));
    assert_eq!(found.last().and_then(|it| it.expires), None);
    let delete = || sandbox.delete_exception(RULE, ACCOUNT_TYPE, "r-00");
    assert_eq!(delete().await, Ok(()));
    assert_eq!(sandbox.exceptions(RULE).await.unwrap().len(), 29);
    assert_eq!(
        failure(delete().await),
        expected(
            "config:DeleteRemediationExceptions",
            "NoSuchRemediationExceptionException",
            ErrorClass::Absent
        )
    );
}

#[tokio::test]
async fn a_recorder_is_started_and_one_that_is_not_there_is_an_error() {
    let sandbox = sandbox();
    let recording = async || {
        let recorders = sandbox.recorders().await.unwrap();
        recorders.first().map(|recorder| recorder.recording)
    };
    assert_eq!(recording().await, Some(false));
    assert_eq!(sandbox.start_recorder("default").await, Ok(()));
    assert_eq!(recording().await, Some(true));
    assert_eq!(
        failure(sandbox.start_recorder("other").await),
        expected(
            "config:StartConfigurationRecorder",
            "NoSuchConfigurationRecorderException",
            ErrorClass::Absent
        )
    );
}
