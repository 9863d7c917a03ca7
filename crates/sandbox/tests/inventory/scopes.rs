//! Which rules hear of which change.

use serde_json::{Value, json};
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::seed::InstanceSeed;

use crate::{Account, INSTANCE, REGION, body};

fn tagged(world: &mut World) {
    let mut seed = InstanceSeed::new(REGION, "i-0000000a");
    seed.tags.insert("stage".to_owned(), "prod".to_owned());
    world.seed_instance(seed);
}

async fn put_rule(account: &Account, scope: Value) {
    let rule = json!({"ConfigRule": {
        "ConfigRuleName": "rule",
        "Scope": scope,
        "Source": {
            "Owner": "CUSTOM_LAMBDA",
            "SourceIdentifier": "arn:aws:lambda:eu-west-1:111122223333:function:evaluator",
            "SourceDetails": [{
                "EventSource": "aws.config",
                "MessageType": "ConfigurationItemChangeNotification",
            }],
        },
    }});
    account.good("PutConfigRule", rule).await;
}

#[tokio::test]
async fn a_scope_chooses_by_type_id_and_tag() {
    let cases = [
        (json!({}), 1),
        (json!({"ComplianceResourceTypes": []}), 1),
        (
            json!({"ComplianceResourceTypes": [INSTANCE, "AWS::S3::Bucket"]}),
            1,
        ),
        (json!({"ComplianceResourceTypes": ["AWS::S3::Bucket"]}), 0),
        (
            json!({"ComplianceResourceTypes": [INSTANCE], "ComplianceResourceId": "i-0000000a"}),
            1,
        ),
        (
            json!({"ComplianceResourceTypes": [INSTANCE], "ComplianceResourceId": "i-0000000b"}),
            0,
        ),
        (json!({"TagKey": "stage"}), 1),
        (json!({"TagKey": "stage", "TagValue": "prod"}), 1),
        (json!({"TagKey": "stage", "TagValue": "test"}), 0),
        (json!({"TagKey": "team"}), 0),
    ];
    for (scope, wanted) in cases {
        let account = Account::with(tagged);
        put_rule(&account, scope.clone()).await;
        assert_eq!(account.events().await.len(), wanted, "{scope}");
        let input = json!({"InstanceIds": ["i-0000000a"]});
        account.ec2("StopInstances", input).await;
        assert_eq!(account.events().await.len(), wanted, "{scope}");
    }
}

/// The tag went: the rule hears of this change as the last one.
#[tokio::test]
async fn a_resource_can_leave_the_scope() {
    let account = Account::with(tagged);
    put_rule(&account, json!({"TagKey": "stage"})).await;
    account.events().await;
    account.sandbox.with_world(|world| {
        // the recorder sees it with the next call
        world.seed_instance(InstanceSeed::new(REGION, "i-0000000b"));
    });
    account.sandbox.with_world(|world| {
        let mut item = json!({"resourceType": INSTANCE, "resourceId": "i-0000000b"});
        item["tags"] = json!({"stage": "prod"});
        item["configuration"] = json!({"state": {"name": "running"}});
        item["configurationItemCaptureTime"] = json!("2026-03-02T10:00:00.001Z");
        world.seed_configuration_item(REGION, &item).unwrap();
    });
    let input = json!({"InstanceIds": ["i-0000000b"]});
    account.ec2("StopInstances", input.clone()).await;
    let events = account.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["eventLeftScope"], json!(true));
    assert_eq!(body(&events[0])["configurationItem"]["tags"], json!({}));
    account.sandbox.advance(jiff::SignedDuration::from_mins(5));
    assert!(account.events().await.is_empty());
}

/// A deleted resource has no tags left: it is in scope if it was.
#[tokio::test]
async fn the_end_of_a_resource_is_told_to_the_rules_that_knew_it() {
    let account = Account::with(tagged);
    put_rule(&account, json!({"TagKey": "stage"})).await;
    account.events().await;
    let input = json!({"InstanceIds": ["i-0000000a"]});
    account.ec2("TerminateInstances", input).await;
    account.sandbox.advance(jiff::SignedDuration::from_mins(5));
    let events = account.events().await;
    let last = events.last().unwrap();
    assert_eq!(last["eventLeftScope"], json!(false));
    let item = &body(last)["configurationItem"];
    assert_eq!(item["configurationItemStatus"], "ResourceDeleted");
}
