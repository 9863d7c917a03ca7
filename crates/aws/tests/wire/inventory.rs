use serde_json::{Value, json};
use trailkeeper_app::ports::{Inventory, Page};
use trailkeeper_aws::ConfigInventory;
use trailkeeper_core::config_rule::{Compliance, ItemStatus, RuleParameters};
use trailkeeper_core::facts::{
    ConfigRuleFacts, EvaluatedResource, RecorderFacts, ResourceTypeSelection,
};
use trailkeeper_core::{CallError, ErrorClass};

use crate::wire::{Reply, Wire, ok, refusal};

const INSTANCE: &str = "AWS::EC2::Instance";

fn inventory(wire: &Wire) -> ConfigInventory {
    ConfigInventory::new(wire.session())
}

fn recorder(group: Value) -> Reply {
    let mut recorder = settings();
    recorder["name"] = json!("default");
    recorder["recordingGroup"] = group;
    ok(json!({ "ConfigurationRecorders": [recorder] }))
}

fn settings() -> Value {
    json!({ "roleARN": "arn:aws:iam::111122223333:role/config",
        "recordingMode": { "recordingFrequency": "DAILY", "recordingModeOverrides": [
            { "resourceTypes": [INSTANCE], "recordingFrequency": "CONTINUOUS" }] } })
}

fn status(status: Value) -> Reply {
    ok(json!({ "ConfigurationRecordersStatus": [status] }))
}

#[tokio::test]
async fn a_recorder_is_joined_with_its_status() {
    let all = json!({ "allSupported": true, "includeGlobalResourceTypes": false });
    let failed = |text: Value| {
        json!({ "name": "default", "recording": true, "lastStatus": "Failure",
            "lastErrorCode": text, "lastErrorMessage": text })
    };
    let cases = [
        (json!({ "name": "default", "recording": true }), true, None),
        (
            json!({ "name": "default", "recording": false }),
            false,
            None,
        ),
        (json!({ "name": "other", "recording": true }), false, None),
        (
            json!({ "name": "default", "recording": true, "lastStatus": "Success",
                "lastErrorCode": "old" }),
            true,
            None,
        ),
        (failed(json!("Denied")), true, Some("Denied: Denied")),
        (failed(Value::Null), true, Some("Failure")),
    ];
    for (seen, recording, last_error) in cases {
        let wire = Wire::new([recorder(all.clone()), status(seen)]);
        let expected = RecorderFacts {
            name: "default".to_owned(),
            types: ResourceTypeSelection::All,
            recording,
            last_error: last_error.map(str::to_owned),
            settings: RecorderFacts::settings_of(&settings()),
        };
        assert_eq!(inventory(&wire).recorders().await, Ok(vec![expected]));
        let requests = wire.requests();
        let targets: Vec<_> = requests.iter().map(|sent| sent.target.as_str()).collect();
        let names = [
            "DescribeConfigurationRecorders",
            "DescribeConfigurationRecorderStatus",
        ];
        assert_eq!(targets, names);
        assert!(requests.iter().all(|sent| sent.json() == json!({})));
    }
}

#[tokio::test]
async fn what_a_recorder_records_follows_from_its_strategy_else_from_its_flags() {
    let types = || vec![INSTANCE.to_owned()];
    let named = json!([INSTANCE]);
    let strategy = |name: &str| json!({ "useOnly": name });
    let cases = [
        (Value::Null, Ok(ResourceTypeSelection::All)),
        (
            json!({ "allSupported": true }),
            Ok(ResourceTypeSelection::All),
        ),
        (
            json!({ "resourceTypes": named }),
            Ok(ResourceTypeSelection::Only(types())),
        ),
        (
            json!({ "recordingStrategy": strategy("ALL_SUPPORTED_RESOURCE_TYPES") }),
            Ok(ResourceTypeSelection::All),
        ),
        (
            json!({ "recordingStrategy": strategy("INCLUSION_BY_RESOURCE_TYPES"),
                "resourceTypes": named }),
            Ok(ResourceTypeSelection::Only(types())),
        ),
        (
            json!({ "recordingStrategy": strategy("EXCLUSION_BY_RESOURCE_TYPES"),
                "exclusionByResourceTypes": { "resourceTypes": named } }),
            Ok(ResourceTypeSelection::AllBut(types())),
        ),
        (
            json!({ "recordingStrategy": strategy("BY_MOOD"), "allSupported": true }),
            Err("InvalidResponse".to_owned()),
        ),
    ];
    for (group, expected) in cases {
        let wire = Wire::new([recorder(group), status(json!({ "name": "default" }))]);
        let answer = inventory(&wire).recorders().await;
        let seen = answer.map(|mut recorders| recorders.remove(0).types);
        assert_eq!(seen.map_err(|error| error.code), expected);
    }
}

#[tokio::test]
async fn rows_come_page_by_page() {
    let page =
        |rows: &[&str], token: Option<&str>| ok(json!({ "Results": rows, "NextToken": token }));
    let wire = Wire::new([page(&["{\"a\":1}", "{}"], Some("t")), page(&[], Some(""))]);
    let inventory = inventory(&wire);
    let expected = Page {
        items: vec!["{\"a\":1}".to_owned(), "{}".to_owned()],
        next: Some("t".to_owned()),
    };
    assert_eq!(inventory.select("SELECT x", None).await, Ok(expected));
    let last = Page {
        items: Vec::new(),
        next: None,
    };
    assert_eq!(inventory.select("SELECT x", Some("t")).await, Ok(last));
    let sent: Vec<_> = wire.requests().iter().map(|sent| sent.json()).collect();
    let expected = [
        json!({ "Expression": "SELECT x", "Limit": 100 }),
        json!({ "Expression": "SELECT x", "Limit": 100, "NextToken": "t" }),
    ];
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn the_token_that_was_just_used_ends_a_listing_with_an_error() {
    let results = |field: &str| ok(json!({ field: [], "NextToken": "t" }));
    let wire = Wire::new([results("Results"), results("EvaluationResults")]);
    let inventory = inventory(&wire);
    let select = inventory.select("SELECT x", Some("t")).await.unwrap_err();
    let evaluated = inventory.evaluated("rule", Some("t")).await.unwrap_err();
    for error in [select, evaluated] {
        assert_eq!(error.code, "InvalidResponse");
        assert!(error.message.contains("token twice"), "{error}");
    }
}

fn history_item() -> Value {
    json!({ "version": "1.3", "accountId": "011122223333", "resourceType": INSTANCE,
        "resourceId": "i-1", "arn": "arn:aws:ec2:eu-west-1:011122223333:instance/i-1",
        "awsRegion": "eu-west-1", "configurationItemStatus": "OK",
        "configurationItemCaptureTime": 1_795_255_200.25,
        "configuration": "{\"instanceId\":\"i-1\"}",
        "supplementaryConfiguration": { "Policy": "{\"a\":1}", "Word": "true" },
        "relationships": [], "tags": { "a": "b" } })
}

#[tokio::test]
async fn the_item_of_a_time_is_asked_for_and_decoded() {
    let wire = Wire::new([ok(json!({ "configurationItems": [history_item()] }))]);
    let time = "2026-11-21T10:00:00.25Z".parse().unwrap();
    let answer = inventory(&wire).item_at(INSTANCE, "i-1", time).await;
    let item = answer.unwrap().unwrap();
    assert_eq!(item.summary.resource_id, "i-1");
    assert_eq!(item.summary.status, ItemStatus::Ok);
    assert_eq!(item.summary.capture_time, time);
    assert_eq!(item.summary.account, "011122223333".parse().ok());
    assert_eq!(item.configuration, json!({ "instanceId": "i-1" }));
    assert_eq!(
        item.supplementary_configuration["Policy"],
        json!({ "a": 1 })
    );
    assert_eq!(item.supplementary_configuration["Word"], json!("true"));
    let expected = json!({ "resourceType": INSTANCE, "resourceId": "i-1", "limit": 1,
        "laterTime": 1_795_255_200.25 });
    assert_eq!(wire.request().json(), expected);
}

#[tokio::test]
async fn no_item_is_an_answer_and_a_broken_one_an_error() {
    let with = |field: &str, value: Value| {
        let mut item = history_item();
        item[field] = value;
        ok(json!({ "configurationItems": [item] }))
    };
    let broken = Err("InvalidResponse".to_owned());
    let cases = [
        (ok(json!({ "configurationItems": [] })), Ok(false)),
        (ok(json!({})), Ok(false)),
        (refusal("ResourceNotDiscoveredException", "no"), Ok(false)),
        (with("configuration", json!("")), Ok(true)),
        (with("configuration", json!("{ no")), broken.clone()),
        (
            with("configurationItemCaptureTime", Value::Null),
            broken.clone(),
        ),
        (with("resourceId", Value::Null), broken),
        (
            refusal("NoAvailableConfigurationRecorderException", "no"),
            Err("NoAvailableConfigurationRecorderException".to_owned()),
        ),
    ];
    for (reply, expected) in cases {
        let wire = Wire::new([reply]);
        let time = "2026-11-21T10:00:00Z".parse().unwrap();
        let answer = inventory(&wire).item_at(INSTANCE, "i-1", time).await;
        let seen = answer.map(|item| item.is_some());
        assert_eq!(seen.map_err(|error| error.code), expected);
    }
}

fn result(compliance: &str, qualifier: Value) -> Value {
    let identifier =
        json!({ "EvaluationResultQualifier": qualifier, "OrderingTimestamp": 1_795_255_200.25 });
    json!({ "EvaluationResultIdentifier": identifier, "ComplianceType": compliance,
        "Annotation": "why", "ResultRecordedTime": 1.0 })
}

#[tokio::test]
async fn verdicts_come_page_by_page_with_their_resource() {
    let qualifier =
        |id: &str| json!({ "ConfigRuleName": "r", "ResourceType": INSTANCE, "ResourceId": id });
    let mut bare = result("COMPLIANT", qualifier("i-2"));
    bare["Annotation"] = Value::Null;
    let page = ok(json!({ "EvaluationResults":
        [result("NON_COMPLIANT", qualifier("i-1")), bare], "NextToken": "t" }));
    let wire = Wire::new([page]);
    let answer = inventory(&wire).evaluated("r", None).await;
    let evaluated = |id: &str, compliance, annotation: Option<&str>| EvaluatedResource {
        resource_type: INSTANCE.to_owned(),
        resource_id: id.to_owned(),
        compliance,
        annotation: annotation.map(str::to_owned),
        ordering_timestamp: "2026-11-21T10:00:00.25Z".parse().ok(),
    };
    let items = vec![
        evaluated("i-1", Compliance::NonCompliant, Some("why")),
        evaluated("i-2", Compliance::Compliant, None),
    ];
    let next = Some("t".to_owned());
    assert_eq!(answer, Ok(Page { items, next }));
    let expected = json!({ "ConfigRuleName": "r", "Limit": 100,
        "ComplianceTypes": ["COMPLIANT", "NON_COMPLIANT"] });
    assert_eq!(wire.request().json(), expected);
}

#[tokio::test]
async fn a_verdict_without_a_resource_or_in_unknown_words_is_an_error() {
    let whole = json!({ "ResourceType": INSTANCE, "ResourceId": "i-1" });
    let cases = [
        result("COMPLIANT", json!({ "ResourceType": INSTANCE })),
        result("INSUFFICIENT_DATA", whole.clone()),
        result("SOMETHING_NEW", whole),
        json!({ "ComplianceType": "COMPLIANT" }),
    ];
    for seen in cases {
        let wire = Wire::new([ok(json!({ "EvaluationResults": [seen] }))]);
        let error = inventory(&wire).evaluated("r", None).await.unwrap_err();
        assert_eq!(
            (error.code.as_str(), error.resource.as_str()),
            ("InvalidResponse", "r")
        );
    }
}

#[tokio::test]
async fn a_rule_has_the_parameters_in_its_text() {
    let rule = |parameters: Value| {
        ok(
            json!({ "ConfigRules": [{ "ConfigRuleName": "r", "InputParameters": parameters,
            "MaximumExecutionFrequency": "One_Hour",
            "Scope": { "ComplianceResourceTypes": [INSTANCE] },
            "Source": { "Owner": "CUSTOM_LAMBDA", "SourceDetails": [{
                "EventSource": "aws.config", "MessageType": "ScheduledNotification" }] } }] }),
        )
    };
    let described = json!({
        "MaximumExecutionFrequency": "One_Hour",
        "Scope": { "ComplianceResourceTypes": [INSTANCE] },
        "Source": { "Owner": "CUSTOM_LAMBDA", "SourceDetails": [{
            "EventSource": "aws.config", "MessageType": "ScheduledNotification" }] },
    });
    let known = json!({ "trailName": "t" });
    let facts = |parameters: Value| {
        let parameters = parameters.as_object().unwrap().clone();
        Ok(Some(ConfigRuleFacts {
            name: "r".to_owned(),
            parameters: RuleParameters::new(parameters),
            source: None,
            state: None,
            settings: ConfigRuleFacts::settings_of(&described),
        }))
    };
    let broken = || Err("InvalidResponse".to_owned());
    let cases = [
        (rule(json!(known.to_string())), facts(known)),
        (rule(Value::Null), facts(json!({}))),
        (rule(json!("")), facts(json!({}))),
        (rule(json!("[]")), broken()),
        (rule(json!("{")), broken()),
        (ok(json!({ "ConfigRules": [] })), Ok(None)),
        (refusal("NoSuchConfigRuleException", "no"), Ok(None)),
        (
            refusal("AccessDeniedException", "no"),
            Err("AccessDeniedException".to_owned()),
        ),
    ];
    for (reply, expected) in cases {
        let wire = Wire::new([reply]);
        let answer = inventory(&wire).config_rule("r").await;
        assert_eq!(answer.map_err(|error| error.code), expected);
        let request = wire.request();
        assert_eq!(request.json(), json!({ "ConfigRuleNames": ["r"] }));
    }
}

#[tokio::test]
async fn one_rule_is_started() {
    let wire = Wire::new([ok(json!({}))]);
    assert_eq!(inventory(&wire).start_evaluation("r").await, Ok(()));
    let request = wire.request();
    assert_eq!(request.target, "StartConfigRulesEvaluation");
    assert_eq!(request.json(), json!({ "ConfigRuleNames": ["r"] }));
    let wire = Wire::new([refusal("LimitExceededException", "runs still")]);
    let error = inventory(&wire).start_evaluation("r").await.unwrap_err();
    assert_eq!(error.code, "LimitExceededException");
}

// Every operation fails with the same answer, under its own name.
async fn failures(script: impl Fn() -> Vec<Reply>) -> Vec<(&'static str, CallError)> {
    let wire = || Wire::new(script());
    let time = "2026-11-21T10:00:00Z".parse().unwrap();
    let recorders = inventory(&wire()).recorders().await;
    let select = inventory(&wire()).select("SELECT x", None).await;
    let item = inventory(&wire()).item_at(INSTANCE, "i-1", time).await;
    let evaluated = inventory(&wire()).evaluated("r", None).await;
    let rule = inventory(&wire()).config_rule("r").await;
    let start = inventory(&wire()).start_evaluation("r").await;
    vec![
        ("DescribeConfigurationRecorders", recorders.unwrap_err()),
        ("SelectResourceConfig", select.unwrap_err()),
        ("GetResourceConfigHistory", item.unwrap_err()),
        ("GetComplianceDetailsByConfigRule", evaluated.unwrap_err()),
        ("DescribeConfigRules", rule.unwrap_err()),
        ("StartConfigRulesEvaluation", start.unwrap_err()),
    ]
}

#[tokio::test]
async fn errors_of_each_read_have_their_class_and_name() {
    let cases = [
        ("AccessDeniedException", ErrorClass::Denied),
        ("ThrottlingException", ErrorClass::Throttled),
        ("ValidationException", ErrorClass::Refused),
        ("InvalidNextTokenException", ErrorClass::Refused),
        ("InternalFailure", ErrorClass::Broken),
    ];
    for (code, class) in cases {
        for (operation, error) in failures(|| vec![refusal(code, "no")]).await {
            assert_eq!((error.code.as_str(), error.class), (code, class));
            assert_eq!(error.operation.name, operation);
        }
    }
    let wire = Wire::new([
        recorder(Value::Null),
        refusal("AccessDeniedException", "no"),
    ]);
    let error = inventory(&wire).recorders().await.unwrap_err();
    assert_eq!(error.operation.name, "DescribeConfigurationRecorderStatus");
}
