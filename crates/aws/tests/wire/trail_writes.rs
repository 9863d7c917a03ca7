use serde_json::{Value, json};
use trailkeeper_app::ports::TrailWriter;
use trailkeeper_aws::Trails;
use trailkeeper_core::facts::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, InsightSelector,
    ReadWriteType,
};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};

use crate::trail_reads::{ARN, arn};
use crate::wire::{Wire, ok, refusal, region};

fn new_trail() -> CreateTrail {
    CreateTrail {
        name: "audit".to_owned(),
        bucket: "logs".to_owned(),
        key_prefix: None,
        sns_topic_name: None,
        include_global_service_events: true,
        is_multi_region: true,
        log_file_validation: true,
        is_organization_trail: false,
        kms_key_id: Some("alias/audit".to_owned()),
        log_group_arn: None,
        log_group_role_arn: None,
    }
}

#[tokio::test]
async fn create_trail_sends_what_is_set_and_answers_with_the_arn() {
    let wire = Wire::new([ok(json!({ "TrailARN": ARN }))]);
    let trails = Trails::new(wire.session());
    assert_eq!(
        trails
            .create_trail(&region("eu-west-1"), &new_trail())
            .await,
        Ok(arn())
    );
    let request = wire.request();
    assert_eq!(request.target, "CreateTrail");
    let expected = json!({
        "Name": "audit", "S3BucketName": "logs", "IncludeGlobalServiceEvents": true,
        "IsMultiRegionTrail": true, "EnableLogFileValidation": true,
        "IsOrganizationTrail": false, "KmsKeyId": "alias/audit",
    });
    assert_eq!(request.json(), expected);
}

#[tokio::test]
async fn update_trail_sends_only_the_fields_that_change() {
    let base = UpdateTrail::of(arn());
    let flags = UpdateTrail {
        is_multi_region: Some(true),
        log_file_validation: Some(true),
        include_global_service_events: Some(true),
        is_organization_trail: Some(true),
        ..base.clone()
    };
    let text = |text: &str| Some(text.to_owned());
    let names = UpdateTrail {
        bucket: text("b"),
        key_prefix: text("p"),
        sns_topic_name: text("s"),
        kms_key_id: text("k"),
        log_group_arn: text("g"),
        log_group_role_arn: text("r"),
        ..base.clone()
    };
    let cases = [
        (base, json!({ "Name": ARN })),
        (
            flags,
            json!({ "Name": ARN, "IsMultiRegionTrail": true, "EnableLogFileValidation": true,
                "IncludeGlobalServiceEvents": true, "IsOrganizationTrail": true }),
        ),
        (
            names,
            json!({ "Name": ARN, "S3BucketName": "b", "S3KeyPrefix": "p", "SnsTopicName": "s",
                "KmsKeyId": "k", "CloudWatchLogsLogGroupArn": "g", "CloudWatchLogsRoleArn": "r" }),
        ),
    ];
    for (update, expected) in cases {
        let wire = Wire::new([ok(json!({}))]);
        let trails = Trails::new(wire.session());
        assert_eq!(
            trails.update_trail(&region("eu-west-1"), &update).await,
            Ok(())
        );
        assert_eq!(wire.request().json(), expected);
    }
}

#[tokio::test]
async fn start_logging_names_the_trail_by_arn_in_the_given_region() {
    let wire = Wire::new([ok(json!({}))]);
    let trails = Trails::new(wire.session());
    assert_eq!(
        trails.start_logging(&region("ap-south-1"), &arn()).await,
        Ok(())
    );
    let request = wire.request();
    assert_eq!(
        request.line,
        "POST https://cloudtrail.ap-south-1.amazonaws.com/"
    );
    assert_eq!(
        (request.target.as_str(), request.json()),
        ("StartLogging", json!({ "Name": ARN }))
    );
}

fn selector_cases() -> [(EventSelectors, Value); 2] {
    let data = DataResource {
        resource_type: "AWS::S3::Object".to_owned(),
        values: vec!["arn:aws:s3".to_owned()],
    };
    let basic = BasicSelector {
        read_write_type: ReadWriteType::ReadOnly,
        include_management_events: true,
        data_resources: vec![data],
        exclude_management_event_sources: Vec::new(),
    };
    let fields = FieldSelector {
        field: "resources.ARN".to_owned(),
        starts_with: vec!["a".to_owned()],
        not_ends_with: vec!["z".to_owned()],
        ..FieldSelector::default()
    };
    let advanced = AdvancedSelector {
        name: None,
        field_selectors: vec![fields],
    };
    [
        (
            EventSelectors::Basic(vec![basic]),
            json!({ "TrailName": ARN, "EventSelectors": [{
                "ReadWriteType": "ReadOnly", "IncludeManagementEvents": true,
                "DataResources": [{ "Type": "AWS::S3::Object", "Values": ["arn:aws:s3"] }],
                "ExcludeManagementEventSources": [],
            }] }),
        ),
        (
            EventSelectors::Advanced(vec![advanced]),
            json!({ "TrailName": ARN, "AdvancedEventSelectors": [{ "FieldSelectors": [
                { "Field": "resources.ARN", "StartsWith": ["a"], "NotEndsWith": ["z"] },
            ] }] }),
        ),
    ]
}

#[tokio::test]
async fn selectors_of_one_kind_are_sent_without_the_other() {
    for (selectors, expected) in selector_cases() {
        let wire = Wire::new([ok(json!({}))]);
        let trails = Trails::new(wire.session());
        let answer = trails
            .put_event_selectors(&region("eu-west-1"), &arn(), &selectors)
            .await;
        assert_eq!(answer, Ok(()));
        assert_eq!(wire.request().json(), expected);
    }
}

#[tokio::test]
async fn insight_selectors_are_sent_and_an_empty_list_switches_them_off() {
    let insight = |name: &str, categories: &[&str]| InsightSelector {
        insight_type: name.to_owned(),
        event_categories: categories.iter().map(ToString::to_string).collect(),
    };
    let two = vec![
        insight("ApiCallRateInsight", &[]),
        insight("ApiErrorRateInsight", &["Data"]),
    ];
    let sent = json!([
        { "InsightType": "ApiCallRateInsight" },
        { "InsightType": "ApiErrorRateInsight", "EventCategories": ["Data"] },
    ]);
    for (selectors, expected) in [(two, sent), (Vec::new(), json!([]))] {
        let wire = Wire::new([ok(json!({}))]);
        let trails = Trails::new(wire.session());
        let answer = trails
            .put_insight_selectors(&region("eu-west-1"), &arn(), &selectors)
            .await;
        assert_eq!(answer, Ok(()));
        let expected = json!({ "TrailName": ARN, "InsightSelectors": expected });
        assert_eq!(wire.request().json(), expected);
    }
}

#[tokio::test]
async fn a_refused_write_names_the_operation_and_the_trail() {
    let code = "InsufficientS3BucketPolicyException";
    let wire = Wire::new([
        refusal(code, "Incorrect S3 bucket policy"),
        refusal(code, "no"),
    ]);
    let trails = Trails::new(wire.session());
    let error = trails
        .create_trail(&region("eu-west-1"), &new_trail())
        .await
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.resource.as_str()),
        (code, "audit")
    );
    assert_eq!(error.operation.to_string(), "cloudtrail:CreateTrail");
    let update = UpdateTrail::of(arn());
    let error = trails
        .update_trail(&region("eu-west-1"), &update)
        .await
        .unwrap_err();
    assert_eq!(error.operation.to_string(), "cloudtrail:UpdateTrail");
    assert_eq!(error.resource, ARN);
}
