use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{RecorderSeed, RuleSeed};

use crate::{Account, REGION, rule, source, text, with};

#[tokio::test]
async fn a_rule_is_stored_described_changed_and_deleted() {
    let account = Account::with_rule();
    account
        .good("PutConfigRule", json!({"ConfigRule": rule("new")}))
        .await;
    let named = json!({"ConfigRuleNames": ["new"]});
    let described = account.good("DescribeConfigRules", named.clone()).await;
    let new = &described["ConfigRules"][0];
    let id = text(&new["ConfigRuleId"]);
    let wanted = json!({
        "ConfigRuleName": "new",
        "ConfigRuleId": id,
        "ConfigRuleArn": format!("arn:aws:config:eu-west-1:111122223333:config-rule/{id}"),
        "Source": source(),
        "InputParameters": "{\"a\":\"b\"}",
        "ConfigRuleState": "ACTIVE",
        "EvaluationModes": [{"Mode": "DETECTIVE"}],
    });
    assert_eq!(new, &wanted);

    // an update by id keeps name, id and results
    let update = json!({"ConfigRuleId": id, "Description": "d", "Source": source()});
    account
        .good("PutConfigRule", json!({"ConfigRule": update}))
        .await;
    let described = account.good("DescribeConfigRules", named.clone()).await;
    let new = &described["ConfigRules"][0];
    assert_eq!(new["ConfigRuleId"], json!(id));
    assert_eq!(new["Description"], json!("d"));
    assert_eq!(new.get("InputParameters"), None);

    let delete = json!({"ConfigRuleName": "new"});
    account.good("DeleteConfigRule", delete.clone()).await;
    account
        .refuses("DeleteConfigRule", delete, "NoSuchConfigRuleException")
        .await;
    account
        .refuses("DescribeConfigRules", named, "NoSuchConfigRuleException")
        .await;
}

#[tokio::test]
async fn put_config_rule_refuses_what_aws_refuses() {
    let account = Account::with_rule();
    let invalid = "InvalidParameterValueException";
    let validation = "ValidationException";
    let parameters = |text: &str| with(rule("n"), "InputParameters", json!(text));
    let source_with =
        |member: &str, value: Value| with(rule("n"), "Source", with(source(), member, value));
    let change_with_frequency = json!([{
        "EventSource": "aws.config",
        "MessageType": "ConfigurationItemChangeNotification",
        "MaximumExecutionFrequency": "One_Hour",
    }]);
    let elsewhere = "arn:aws:lambda:eu-west-1:111122223333:function:nobody";
    let foreign = "arn:aws:lambda:us-east-1:111122223333:function:evaluator";
    let cases = [
        (with(rule("n"), "ConfigRuleName", json!("")), validation),
        (
            with(rule("n"), "ConfigRuleName", json!("n".repeat(129))),
            validation,
        ),
        (
            with(rule("n"), "ConfigRuleName", json!(7)),
            "SerializationException",
        ),
        (with(rule("n"), "ConfigRuleName", json!("  ")), invalid),
        (with(rule("n"), "ConfigRuleName", Value::Null), invalid),
        (
            with(rule("n"), "ConfigRuleId", json!("config-rule-none")),
            invalid,
        ),
        (
            with(rule("n"), "Description", json!("d".repeat(257))),
            validation,
        ),
        (
            with(rule("n"), "MaximumExecutionFrequency", json!("Hourly")),
            validation,
        ),
        (with(rule("n"), "Source", Value::Null), validation),
        (parameters(""), validation),
        (
            parameters(&format!("{{\"a\":\"{}\"}}", "b".repeat(1024))),
            validation,
        ),
        (parameters("{\"a\":true}"), invalid),
        (parameters("[]"), invalid),
        (parameters("no json"), invalid),
        (source_with("Owner", Value::Null), validation),
        (source_with("Owner", json!("ME")), validation),
        (
            source_with("Owner", json!("AWS")),
            "NotImplementedException",
        ),
        (source_with("SourceDetails", json!([])), invalid),
        (source_with("SourceDetails", json!([{}])), invalid),
        (
            source_with("SourceDetails", json!([{"MessageType": "Other"}])),
            validation,
        ),
        (source_with("SourceDetails", change_with_frequency), invalid),
        (source_with("SourceIdentifier", Value::Null), invalid),
        (
            source_with("SourceIdentifier", json!(elsewhere)),
            "InsufficientPermissionsException",
        ),
        (
            source_with("SourceIdentifier", json!(foreign)),
            "InsufficientPermissionsException",
        ),
        (with(rule("n"), "Scope", json!({"TagValue": "v"})), invalid),
        (
            with(rule("n"), "Scope", json!({"ComplianceResourceId": "i-1"})),
            invalid,
        ),
    ];
    for (rule, code) in cases {
        account
            .refuses("PutConfigRule", json!({"ConfigRule": rule}), code)
            .await;
    }
    account
        .refuses("PutConfigRule", json!({}), "ValidationException")
        .await;
    account
        .sandbox
        .with_world(|world| world.remove_recorder(REGION));
    account
        .refuses(
            "PutConfigRule",
            json!({"ConfigRule": rule("n")}),
            "NoAvailableConfigurationRecorderException",
        )
        .await;
}

#[tokio::test]
async fn rules_are_described_in_pages() {
    let account = Account::with_rule();
    account.sandbox.with_world(|world| {
        for number in 0..30 {
            world.seed_rule(RuleSeed::new(
                REGION,
                &format!("rule-{number:02}"),
                "evaluator",
            ));
        }
        world.seed_rule(RuleSeed::new("us-east-1", "elsewhere", "evaluator"));
    });
    let first = account.good("DescribeConfigRules", json!({})).await;
    assert_eq!(first["ConfigRules"].as_array().unwrap().len(), 25);
    let token = &first["NextToken"];
    let second = account
        .good("DescribeConfigRules", json!({"NextToken": token}))
        .await;
    assert_eq!(second["ConfigRules"].as_array().unwrap().len(), 6);
    assert_eq!(second.get("NextToken"), None);
    for operation in ["DescribeConfigRules", "DescribeComplianceByConfigRule"] {
        let input = json!({"NextToken": "mine"});
        account
            .refuses(operation, input, "InvalidNextTokenException")
            .await;
    }
    let many: Vec<String> = (0..26).map(|number| format!("rule-{number:02}")).collect();
    account
        .refuses(
            "DescribeConfigRules",
            json!({"ConfigRuleNames": many}),
            "ValidationException",
        )
        .await;
}

#[tokio::test]
async fn recorder_and_channel_are_described() {
    let account = Account::with_rule();
    account.sandbox.with_world(|world| {
        let mut recorder = RecorderSeed::new(world, REGION);
        recorder.recording = false;
        recorder.all_supported = false;
        recorder.resource_types = vec!["AWS::EC2::Instance".to_owned()];
        world.seed_recorder(recorder);
        world.seed_delivery_channel(REGION, json!({"name": "default", "s3BucketName": "b"}));
    });
    let output = account
        .good("DescribeConfigurationRecorders", json!({}))
        .await;
    let group = &output["ConfigurationRecorders"][0]["recordingGroup"];
    assert_eq!(group["resourceTypes"], json!(["AWS::EC2::Instance"]));
    let strategy = &group["recordingStrategy"]["useOnly"];
    assert_eq!(strategy, &json!("INCLUSION_BY_RESOURCE_TYPES"));
    let output = account
        .good("DescribeConfigurationRecorderStatus", json!({}))
        .await;
    let status = &output["ConfigurationRecordersStatus"][0];
    assert_eq!(status["recording"], json!(false));
    assert_eq!(status["lastStopTime"], json!(1_772_445_600));
    let output = account.good("DescribeDeliveryChannels", json!({})).await;
    assert_eq!(output["DeliveryChannels"][0]["s3BucketName"], json!("b"));

    let recorder = "NoSuchConfigurationRecorderException";
    let named = json!({"ConfigurationRecorderNames": ["none"]});
    for operation in [
        "DescribeConfigurationRecorders",
        "DescribeConfigurationRecorderStatus",
    ] {
        account.refuses(operation, named.clone(), recorder).await;
    }
    let named = json!({"DeliveryChannelNames": ["none"]});
    account
        .refuses(
            "DescribeDeliveryChannels",
            named,
            "NoSuchDeliveryChannelException",
        )
        .await;
    let empty = Account::empty();
    for (operation, member) in [
        ("DescribeConfigurationRecorders", "ConfigurationRecorders"),
        (
            "DescribeConfigurationRecorderStatus",
            "ConfigurationRecordersStatus",
        ),
        ("DescribeDeliveryChannels", "DeliveryChannels"),
    ] {
        assert_eq!(empty.good(operation, json!({})).await, json!({member: []}));
    }
}

#[tokio::test]
async fn an_operation_that_is_not_modelled_says_so() {
    let account = Account::with_rule();
    account
        .refuses("PutConformancePack", json!({}), "NotImplementedException")
        .await;
}
