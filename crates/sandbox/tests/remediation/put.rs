use serde_json::{Value, json};
use trailkeeper_sandbox::seed::DocumentSeed;

use crate::{Account, REGION, ROLE, automatic, manual, with};

const INVALID: &str = "InvalidParameterValueException";
const VALIDATION: &str = "ValidationException";

fn fixed(values: Value) -> Value {
    json!({"StaticValue": {"Values": values}})
}

#[tokio::test]
async fn what_aws_refuses_is_refused() {
    let account = Account::new();
    let level = |value: Value| with(manual(), "/Parameters/Level", value);
    let many: serde_json::Map<String, Value> = (0..26)
        .map(|n| (format!("P{n}"), fixed(json!(["v"]))))
        .collect();
    let cases = [
        (with(manual(), "/ConfigRuleName", Value::Null), VALIDATION),
        (with(manual(), "/ConfigRuleName", json!("nobody")), INVALID),
        (with(manual(), "/ConfigRuleName", json!(" ")), INVALID),
        (with(manual(), "/TargetType", Value::Null), VALIDATION),
        (with(manual(), "/TargetType", json!("LAMBDA")), VALIDATION),
        (with(manual(), "/TargetId", json!("")), VALIDATION),
        (
            with(manual(), "/TargetId", json!("t".repeat(257))),
            VALIDATION,
        ),
        (with(manual(), "/TargetId", json!("Nothing-Here")), INVALID),
        (with(manual(), "/TargetVersion", json!("2")), INVALID),
        (with(manual(), "/Parameters", json!(many)), VALIDATION),
        (level(fixed(json!([""]))), VALIDATION),
        (level(fixed(json!(["v".repeat(257)]))), VALIDATION),
        (level(fixed(json!(vec!["v"; 26]))), VALIDATION),
        (level(json!({"StaticValue": {}})), VALIDATION),
        (
            level(json!({"ResourceValue": {"Value": "RESOURCE_NAME"}})),
            VALIDATION,
        ),
        (level(json!({"ResourceValue": {}})), VALIDATION),
        (level(json!({})), INVALID),
        (
            level(json!({
                "StaticValue": {"Values": ["v"]}, "ResourceValue": {"Value": "RESOURCE_ID"},
            })),
            INVALID,
        ),
        (
            with(manual(), "/Parameters/Unknown", fixed(json!(["v"]))),
            INVALID,
        ),
        (with(manual(), "/Parameters", json!({})), INVALID), // Resource has no default
        (
            with(manual(), "/MaximumAutomaticAttempts", json!(0)),
            VALIDATION,
        ),
        (
            with(manual(), "/MaximumAutomaticAttempts", json!(26)),
            VALIDATION,
        ),
        (with(manual(), "/RetryAttemptSeconds", json!(0)), VALIDATION),
        (
            with(manual(), "/RetryAttemptSeconds", json!(2_678_001)),
            VALIDATION,
        ),
        (
            with(
                manual(),
                "/ExecutionControls",
                json!({"SsmControls": {"ErrorPercentage": 101}}),
            ),
            VALIDATION,
        ),
        (with(manual(), "/Automatic", json!(true)), INVALID), // both fields of attempts are needed
        (
            with(automatic(5, 60), "/RetryAttemptSeconds", Value::Null),
            INVALID,
        ),
    ];
    for (configuration, code) in cases {
        match account.configure(configuration.clone()).await {
            Ok(_) => panic!("{configuration} was accepted"),
            Err(error) => assert_eq!(error.code, code, "{configuration}: {error}"),
        }
    }
    let put = "PutRemediationConfigurations";
    account.refuses(put, json!({}), VALIDATION).await;
    let many = json!({"RemediationConfigurations": vec![manual(); 26]});
    account.refuses(put, many, VALIDATION).await;
    let twice = json!({"RemediationConfigurations": [manual(), manual()]});
    account.refuses(put, twice, INVALID).await;
    let names = json!({"ConfigRuleNames": ["trails"]});
    let none = account
        .good("DescribeRemediationConfigurations", names)
        .await;
    assert_eq!(none, json!({"RemediationConfigurations": []}));
}

#[tokio::test]
async fn the_only_role_parameter_of_an_automatic_remediation_is_automation_assume_role() {
    let account = Account::new();
    let other = crate::DOCUMENT.replace("AutomationAssumeRole", "OtherRole");
    let none = crate::DOCUMENT.replace("assumeRole: \"{{ AutomationAssumeRole }}\"", "");
    for (name, content) in [("Other-Role", other), ("No-Role", none)] {
        let seed = DocumentSeed {
            region: REGION.to_owned(),
            name: name.to_owned(),
            content,
            owner: None,
        };
        account
            .sandbox
            .with_world(|world| world.seed_document(seed))
            .unwrap();
    }
    let role = |configuration: Value, value: Value| {
        with(configuration, "/Parameters/AutomationAssumeRole", value)
    };
    let other = with(
        with(manual(), "/TargetId", json!("Other-Role")),
        "/Parameters",
        json!({"OtherRole": fixed(json!([ROLE])), "Resource": fixed(json!(["r"]))}),
    );
    let as_automatic = |mut configuration: Value| {
        for member in [
            "Automatic",
            "MaximumAutomaticAttempts",
            "RetryAttemptSeconds",
        ] {
            configuration[member] = automatic(5, 60)[member].clone();
        }
        configuration
    };
    let resource = json!({"ResourceValue": {"Value": "RESOURCE_ID"}});
    let cases = [
        (manual(), true),
        (role(manual(), Value::Null), true),
        (other.clone(), true),
        (as_automatic(other), false),
        (automatic(5, 60), true),
        (role(automatic(5, 60), Value::Null), false),
        (role(automatic(5, 60), fixed(json!([]))), false),
        (role(automatic(5, 60), fixed(json!([ROLE, ROLE]))), false),
        (role(automatic(5, 60), fixed(json!(["repair"]))), false),
        (role(automatic(5, 60), resource), false),
        (with(automatic(5, 60), "/TargetId", json!("No-Role")), false),
    ];
    for (configuration, good) in cases {
        let answer = account.configure(configuration.clone()).await;
        match answer {
            Ok(_) => assert!(good, "{configuration} was accepted"),
            Err(error) => {
                assert!(!good, "{configuration}: {error}");
                assert_eq!(error.code, INVALID, "{configuration}");
            }
        }
    }
}

#[tokio::test]
async fn configurations_are_told_as_they_were_put_and_keep_their_arn() {
    let account = Account::new();
    let describe = json!({"ConfigRuleNames": ["trails", "nobody"]});
    let put = account.configure(manual()).await.unwrap();
    assert_eq!(put, json!({"FailedBatches": []}));
    let told = account
        .good("DescribeRemediationConfigurations", describe.clone())
        .await;
    let first = &told["RemediationConfigurations"][0];
    let arn = first["Arn"].as_str().unwrap();
    let prefix = "arn:aws:config:eu-west-1:111122223333:remediation-configuration/trails/";
    assert!(arn.starts_with(prefix), "{arn}");
    let mut wanted = with(manual(), "/Arn", json!(arn));
    wanted["Automatic"] = json!(false);
    assert_eq!(*first, wanted);
    account.configure(automatic(25, 60)).await.unwrap();
    let told = account
        .good("DescribeRemediationConfigurations", describe)
        .await;
    let wanted = with(automatic(25, 60), "/Arn", json!(arn));
    assert_eq!(told, json!({"RemediationConfigurations": [wanted]}));
}

#[tokio::test]
async fn a_rule_with_a_remediation_cannot_be_deleted() {
    let account = Account::new();
    let rule = json!({"ConfigRuleName": "trails"});
    let missing = "NoSuchRemediationConfigurationException";
    let delete = "DeleteRemediationConfiguration";
    account.refuses(delete, rule.clone(), missing).await;
    account.configure(manual()).await.unwrap();
    account
        .refuses("DeleteConfigRule", rule.clone(), "ResourceInUseException")
        .await;
    account.good(delete, rule.clone()).await;
    account.good("DeleteConfigRule", rule).await;
}

#[tokio::test]
async fn a_configuration_stays_while_a_run_is_under_way() {
    let account = Account::automatic(5, 60).await;
    let evaluation = json!({
        "ComplianceResourceType": "AWS::CloudTrail::Trail",
        "ComplianceResourceId": "t",
        "ComplianceType": "NON_COMPLIANT",
        "OrderingTimestamp": 1,
    });
    let input = json!({"ResultToken": "token", "Evaluations": [evaluation]});
    account.good("PutEvaluations", input).await;
    let rule = json!({"ConfigRuleName": "trails"});
    let delete = "DeleteRemediationConfiguration";
    account
        .refuses(delete, rule.clone(), "RemediationInProgressException")
        .await;
    account.sandbox.settle().await;
    account.good(delete, rule.clone()).await;
    let missing = "NoSuchRemediationConfigurationException";
    account
        .refuses("DescribeRemediationExecutionStatus", rule, missing)
        .await;
}
