use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_app::ports::{RemediationReader, RemediationWriter};
use trailkeeper_aws::ConfigInventory;
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::{DeliveryChannelFacts, RemediationExceptionFacts, RemediationFacts};

use crate::wire::{Wire, ok, refusal};

#[tokio::test]
async fn delivery_channels_have_a_name_and_a_bucket_or_are_an_error() {
    let channel = json!({"name": "default", "s3BucketName": "logs", "novelty": 1,
        "s3KeyPrefix": "config",
        "configSnapshotDeliveryProperties": {"deliveryFrequency": "Six_Hours"}});
    let wire = Wire::new([ok(json!({"DeliveryChannels": [channel]}))]);
    let config = ConfigInventory::new(wire.session());
    let expected = DeliveryChannelFacts {
        name: "default".to_owned(),
        bucket: "logs".to_owned(),
        settings: BTreeMap::from([
            (
                "configSnapshotDeliveryProperties.deliveryFrequency".to_owned(),
                "Six_Hours".to_owned(),
            ),
            ("s3KeyPrefix".to_owned(), "config".to_owned()),
        ]),
    };
    assert_eq!(config.delivery_channels().await, Ok(vec![expected]));
    assert_eq!(wire.request().target, "DescribeDeliveryChannels");
    let broken = Wire::new([ok(json!({"DeliveryChannels": [{"name": "default"}]}))]);
    let config = ConfigInventory::new(broken.session());
    let error = config.delivery_channels().await.unwrap_err();
    assert_eq!(error.code, "InvalidResponse");
}

fn configuration(parameters: Value) -> Value {
    json!({"RemediationConfigurations": [{
        "ConfigRuleName": "r",
        "TargetType": "SSM_DOCUMENT",
        "TargetId": "Restore",
        "TargetVersion": "3",
        "Automatic": true,
        "MaximumAutomaticAttempts": 5,
        "ExecutionControls": {"SsmControls": {"ErrorPercentage": 10}},
        "Parameters": parameters,
    }]})
}

#[tokio::test]
async fn a_remediation_is_read_with_its_parameters() {
    let wire = Wire::new([ok(configuration(json!({
        "Trail": {"ResourceValue": {"Value": "RESOURCE_ID"}},
        "Role": {"StaticValue": {"Values": ["arn"]}},
    })))]);
    let found = ConfigInventory::new(wire.session()).remediation("r").await;
    let expected = RemediationFacts {
        rule: "r".to_owned(),
        document: "Restore".to_owned(),
        version: Some("3".to_owned()),
        automatic: true,
        parameters: BTreeMap::from([("Role".to_owned(), vec!["arn".to_owned()])]),
        resource_parameter: Some("Trail".to_owned()),
        settings: [
            ("ExecutionControls.SsmControls.ErrorPercentage", "10"),
            ("MaximumAutomaticAttempts", "5"),
        ]
        .map(|(name, text)| (name.to_owned(), text.to_owned()))
        .into(),
    };
    assert_eq!(found, Ok(Some(expected)));
    let request = wire.request();
    assert_eq!(request.target, "DescribeRemediationConfigurations");
    assert_eq!(request.json(), json!({"ConfigRuleNames": ["r"]}));
}

#[tokio::test]
async fn no_remediation_is_none_and_one_that_cannot_be_read_is_an_error() {
    let nothing = json!({"RemediationConfigurations": []});
    let cases = [
        (ok(nothing), None),
        (
            refusal("NoSuchRemediationConfigurationException", "no"),
            None,
        ),
        (
            ok(configuration(json!({"Role": {}}))),
            Some(ErrorClass::Broken),
        ),
        (
            refusal("AccessDeniedException", "no"),
            Some(ErrorClass::Denied),
        ),
    ];
    for (reply, class) in cases {
        let wire = Wire::new([reply]);
        let found = ConfigInventory::new(wire.session()).remediation("r").await;
        match class {
            None => assert_eq!(found, Ok(None)),
            Some(class) => assert_eq!(found.unwrap_err().class, class),
        }
    }
}

#[tokio::test]
async fn exceptions_of_all_pages_are_read() {
    let exception = |id: &str, more: Value| {
        let mut members = json!({
            "ConfigRuleName": "r", "ResourceType": "AWS::CloudTrail::Trail", "ResourceId": id });
        let more = more.as_object().unwrap().clone();
        members.as_object_mut().unwrap().extend(more);
        members
    };
    let first = exception(
        "a",
        json!({"Message": "quiet", "ExpirationTime": 1_772_445_600}),
    );
    let wire = Wire::new([
        ok(json!({"RemediationExceptions": [first], "NextToken": "t"})),
        ok(json!({"RemediationExceptions": [exception("b", json!({}))]})),
    ]);
    let found = ConfigInventory::new(wire.session()).exceptions("r").await;
    let facts = |id: &str, message: &str, expires: Option<&str>| RemediationExceptionFacts {
        resource_type: "AWS::CloudTrail::Trail".to_owned(),
        resource_id: id.to_owned(),
        message: message.to_owned(),
        expires: expires.map(|at| at.parse().unwrap()),
    };
    let expected = vec![
        facts("a", "quiet", Some("2026-03-02T10:00:00Z")),
        facts("b", "", None),
    ];
    assert_eq!(found, Ok(expected));
    let requests = wire.requests();
    assert_eq!(requests[0].target, "DescribeRemediationExceptions");
    assert_eq!(requests[0].json(), json!({"ConfigRuleName": "r"}));
    assert_eq!(
        requests[1].json(),
        json!({"ConfigRuleName": "r", "NextToken": "t"})
    );
}

#[tokio::test]
async fn an_exception_that_stays_is_an_error() {
    let failed = json!({"FailedBatches": [{"FailureMessage": "busy", "FailedItems": []}]});
    let cases = [
        (ok(json!({"FailedBatches": []})), None),
        (ok(json!({})), None),
        (ok(failed), Some(("FailedBatch", ErrorClass::Refused))),
        (
            refusal("NoSuchRemediationExceptionException", "no"),
            Some(("NoSuchRemediationExceptionException", ErrorClass::Absent)),
        ),
    ];
    for (reply, expected) in cases {
        let wire = Wire::new([reply]);
        let config = ConfigInventory::new(wire.session());
        let deleted = config.delete_exception("r", "T", "i").await.err();
        let deleted = deleted.as_ref().map(|it| (it.code.as_str(), it.class));
        assert_eq!(deleted, expected);
        let request = wire.request();
        assert_eq!(request.target, "DeleteRemediationExceptions");
        assert_eq!(
            request.json(),
            json!({"ConfigRuleName": "r",
                "ResourceKeys": [{"ResourceType": "T", "ResourceId": "i"}]})
        );
    }
}

#[tokio::test]
async fn a_recorder_is_started_by_name() {
    let wire = Wire::new([ok(json!({}))]);
    let config = ConfigInventory::new(wire.session());
    assert_eq!(config.start_recorder("default").await, Ok(()));
    let request = wire.request();
    assert_eq!(request.target, "StartConfigurationRecorder");
    assert_eq!(
        request.json(),
        json!({"ConfigurationRecorderName": "default"})
    );
}
