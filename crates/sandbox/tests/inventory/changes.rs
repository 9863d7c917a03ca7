use jiff::SignedDuration;
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::RuleSeed;

use crate::{Account, INSTANCE, PROFILE, REGION, body, names, on_change, three_instances};

const ID: &str = "i-0000000c";

async fn attach(account: &Account) {
    let input = json!({"InstanceId": ID, "IamInstanceProfile": {"Name": "web"}});
    account.ec2("AssociateIamInstanceProfile", input).await;
}

#[tokio::test]
async fn a_change_sends_the_documented_event() {
    let account = Account::watched();
    assert!(
        account.events().await.is_empty(),
        "what was there is no change"
    );
    account.sandbox.advance(SignedDuration::from_mins(1));
    attach(&account).await;
    let events = account.events().await;
    assert_eq!(events.len(), 1);
    let fixture: Value =
        serde_json::from_str(include_str!("../fixtures/config_change.json")).unwrap();
    assert_eq!(names(&events[0]), names(&fixture));
    let (event, fixture) = (body(&events[0]), body(&fixture));
    assert_eq!(names(&event), names(&fixture));
    let item = &event["configurationItem"];
    assert_eq!(names(item), names(&fixture["configurationItem"]));
    let configuration = &fixture["configurationItem"]["configuration"];
    assert_eq!(names(&item["configuration"]), names(configuration));
    assert_eq!(event["messageType"], fixture["messageType"]);
    assert_eq!(event["recordVersion"], fixture["recordVersion"]);
    assert_eq!(events[0]["eventLeftScope"], json!(false));
    assert_eq!(item["configurationItemStatus"], json!("OK"));
    let time = "2026-03-02T10:01:00.000Z";
    assert_eq!(item["configurationItemCaptureTime"], json!(time));
    assert_eq!(item["configurationStateId"], json!(1_772_445_660_000_i64));
    let vpc = item["relationships"].as_array().unwrap().last().unwrap();
    let of_fixture = &fixture["configurationItem"]["relationships"][1];
    for member in ["resourceType", "name", "resourceName"] {
        assert_eq!(vpc[member], of_fixture[member], "{member}");
    }
    let changed = &event["configurationItemDiff"]["changedProperties"];
    assert_eq!(names(changed), ["Configuration.IamInstanceProfile"]);
    let changed = &changed["Configuration.IamInstanceProfile"];
    assert_eq!(changed["previousValue"], Value::Null);
    assert_eq!(changed["updatedValue"]["arn"], json!(PROFILE));
    assert_eq!(changed["changeType"], json!("CREATE"));
}

#[tokio::test]
async fn the_result_token_of_a_change_works() {
    let account = Account::watched();
    attach(&account).await;
    let token = account.events().await[0]["resultToken"].clone();
    let input = json!({"ResultToken": token, "Evaluations": [{
        "ComplianceResourceType": INSTANCE,
        "ComplianceResourceId": ID,
        "ComplianceType": "COMPLIANT",
        "OrderingTimestamp": 1_772_445_600,
    }]});
    account.good("PutEvaluations", input).await;
    let input = json!({"ResourceType": INSTANCE, "ResourceId": ID});
    let output = account.good("GetComplianceDetailsByResource", input).await;
    assert_eq!(
        output["EvaluationResults"][0]["ComplianceType"],
        "COMPLIANT"
    );
}

#[tokio::test]
async fn a_new_instance_is_discovered_and_a_terminated_one_deleted() {
    let account = Account::watched();
    let input = json!({"ImageId": "ami-0abcdef1234567890", "MinCount": 1, "MaxCount": 1});
    account.ec2("RunInstances", input).await;
    let input = json!({"InstanceIds": ["i-0000000b"]});
    account.ec2("TerminateInstances", input).await;
    account.sandbox.advance(SignedDuration::from_mins(5));
    let events: Vec<Value> = account.events().await.iter().map(body).collect();
    let of = |id: Option<&str>| -> Vec<&Value> {
        let items = events.iter().map(|event| &event["configurationItem"]);
        let fits = |item: &&Value| (item["resourceId"] == "i-0000000b") == id.is_some();
        items.filter(fits).collect()
    };
    let fresh = of(None);
    assert_eq!(fresh[0]["configurationItemStatus"], "ResourceDiscovered");
    assert_eq!(fresh[0]["configuration"]["state"]["name"], "pending");
    let last = fresh.last().unwrap();
    assert_eq!(last["configuration"]["state"]["name"], "running");
    let last = *of(Some("i-0000000b")).last().unwrap();
    assert_eq!(last["configurationItemStatus"], "ResourceDeleted");
    for empty in ["configuration", "availabilityZone", "resourceCreationTime"] {
        assert_eq!(last[empty], Value::Null, "{empty}");
    }
    let fixture: Value =
        serde_json::from_str(include_str!("../fixtures/config_change_deleted.json")).unwrap();
    assert_eq!(names(last), names(&body(&fixture)["configurationItem"]));
    let mut of_last = events
        .iter()
        .filter(|event| event["configurationItem"] == *last);
    assert_eq!(
        of_last.next().unwrap()["configurationItemDiff"],
        Value::Null
    );
}

#[tokio::test]
async fn an_item_too_large_for_an_event_becomes_a_notice() {
    let account = Account::with(|world| {
        let item = json!({
            "resourceType": "AWS::S3::Bucket",
            "resourceId": "logs",
            "configuration": {"policy": "x".repeat(270_000)},
        });
        world.seed_configuration_item(REGION, &item).unwrap();
        let channel = json!({"name": "default", "s3BucketName": "config-bucket"});
        world.seed_delivery_channel(REGION, channel);
        for (name, last) in [("both", 2), ("ordinary", 1)] {
            let mut rule = RuleSeed::new(REGION, name, "evaluator");
            rule.message_types.truncate(last);
            world.seed_rule(rule);
        }
    });
    let input = json!({"ConfigRuleNames": ["both", "ordinary"]});
    account.good("StartConfigRulesEvaluation", input).await;
    let events = account.events().await;
    // a rule that does not ask for these notices never hears of the resource
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["configRuleName"], "both");
    let fixture: Value =
        serde_json::from_str(include_str!("../fixtures/config_change_oversized.json")).unwrap();
    let (event, fixture) = (body(&events[0]), body(&fixture));
    assert_eq!(names(&event), names(&fixture));
    let summary = "configurationItemSummary";
    assert_eq!(names(&event[summary]), names(&fixture[summary]));
    assert_eq!(event["messageType"], fixture["messageType"]);
    let location = event["s3DeliverySummary"]["s3BucketLocation"].as_str();
    assert!(
        location
            .unwrap()
            .starts_with("config-bucket/AWSLogs/111122223333/")
    );
}

#[tokio::test]
async fn a_started_evaluation_delivers_what_the_inventory_holds() {
    let account = Account::watched();
    let input = json!({"ConfigRuleNames": ["instances"]});
    account
        .good("StartConfigRulesEvaluation", input.clone())
        .await;
    let events = account.events().await;
    let ids: Vec<Value> = events
        .iter()
        .map(|event| body(event)["configurationItem"]["resourceId"].clone())
        .collect();
    assert_eq!(ids, ["i-0000000a", "i-0000000b", "i-0000000c"]);
    let tokens: std::collections::BTreeSet<&str> = events
        .iter()
        .map(|event| event["resultToken"].as_str().unwrap())
        .collect();
    assert_eq!(tokens.len(), 3);
    let code = "LimitExceededException";
    account
        .refuses("StartConfigRulesEvaluation", input, code)
        .await;
}

/// What AWS sends to a rule with both triggers is not published.
#[tokio::test]
async fn a_rule_with_both_triggers_gets_the_scheduled_notification() {
    let account = Account::with(|world| {
        three_instances(world);
        world.seed_rule(RuleSeed::new(REGION, "both", "evaluator"));
    });
    let input = json!({"ConfigRuleNames": ["both"]});
    account.good("StartConfigRulesEvaluation", input).await;
    let events = account.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(body(&events[0])["messageType"], "ScheduledNotification");
    attach(&account).await;
    let events = account.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(body(&events[0])["configurationItem"]["resourceId"], ID);
}

#[tokio::test]
async fn a_new_rule_gets_what_is_there() {
    let account = Account::with(three_instances);
    let notice = |kind: &str| json!({"EventSource": "aws.config", "MessageType": kind});
    let rule = json!({"ConfigRule": {
        "ConfigRuleName": "new",
        "Scope": {"ComplianceResourceTypes": [INSTANCE]},
        "Source": {
            "Owner": "CUSTOM_LAMBDA",
            "SourceIdentifier": "arn:aws:lambda:eu-west-1:111122223333:function:evaluator",
            "SourceDetails": [
                notice("ConfigurationItemChangeNotification"),
                notice("OversizedConfigurationItemChangeNotification"),
            ],
        },
    }});
    account.good("PutConfigRule", rule).await;
    assert_eq!(account.events().await.len(), 3);
    attach(&account).await;
    assert_eq!(account.events().await.len(), 1);
}

/// A change that happens twice at one moment of the clock is two items all the same.
#[tokio::test]
async fn items_of_one_moment_can_be_told_apart() {
    let account = Account::with(|world| {
        three_instances(world);
        world.seed_rule(on_change("instances"));
    });
    attach(&account).await;
    let input = json!({"InstanceIds": [ID]});
    account.ec2("StopInstances", input).await;
    let items = account.items(ID).await;
    let mut times: Vec<f64> = items
        .iter()
        .map(|item| item["configurationItemCaptureTime"].as_f64().unwrap())
        .collect();
    times.dedup();
    assert_eq!(times.len(), 3);
    assert!(times.is_sorted_by(|one, other| one > other));
}
