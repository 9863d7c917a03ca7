//! The settings of AWS Config's parts in the shape in which its API has them, from which the one
//! reader of settings takes them.

use aws_sdk_config::types::{
    ConfigRule, ConfigurationRecorder, DeliveryChannel, RemediationConfiguration, Scope,
};
use serde_json::{Value, json};

pub(super) fn rule(rule: &ConfigRule) -> Value {
    let source = rule.source.as_ref().map(|source| {
        let details = source.source_details.as_deref().unwrap_or_default();
        let details = details.iter().map(|detail| {
            json!({
                "EventSource": detail.event_source.as_ref().map(|it| it.as_str()),
                "MessageType": detail.message_type.as_ref().map(|it| it.as_str()),
                "MaximumExecutionFrequency":
                    detail.maximum_execution_frequency.as_ref().map(|it| it.as_str()),
            })
        });
        json!({"Owner": source.owner.as_str(), "SourceDetails": details.collect::<Vec<_>>()})
    });
    json!({
        "MaximumExecutionFrequency":
            rule.maximum_execution_frequency.as_ref().map(|it| it.as_str()),
        "Scope": rule.scope.as_ref().map(scope),
        "Source": source,
    })
}

fn scope(scope: &Scope) -> Value {
    json!({
        "ComplianceResourceTypes": scope.compliance_resource_types,
        "ComplianceResourceId": scope.compliance_resource_id,
        "TagKey": scope.tag_key,
        "TagValue": scope.tag_value,
        "ServicePrincipals": scope.service_principals,
    })
}

pub(super) fn remediation(remediation: &RemediationConfiguration) -> Value {
    let controls = remediation.execution_controls.as_ref();
    let controls = controls.and_then(|controls| controls.ssm_controls.as_ref());
    let controls = controls.map(|controls| {
        json!({
            "ConcurrentExecutionRatePercentage": controls.concurrent_execution_rate_percentage,
            "ErrorPercentage": controls.error_percentage,
        })
    });
    json!({
        "MaximumAutomaticAttempts": remediation.maximum_automatic_attempts,
        "RetryAttemptSeconds": remediation.retry_attempt_seconds,
        "ExecutionControls": {"SsmControls": controls},
    })
}

pub(super) fn channel(channel: &DeliveryChannel) -> Value {
    let snapshots = channel.config_snapshot_delivery_properties.as_ref();
    let frequency = snapshots.and_then(|snapshots| snapshots.delivery_frequency.as_ref());
    json!({
        "s3KeyPrefix": channel.s3_key_prefix,
        "s3KmsKeyArn": channel.s3_kms_key_arn,
        "snsTopicARN": channel.sns_topic_arn,
        "configSnapshotDeliveryProperties": {
            "deliveryFrequency": frequency.map(|it| it.as_str()),
        },
    })
}

pub(super) fn recorder(recorder: &ConfigurationRecorder) -> Value {
    let mode = recorder.recording_mode.as_ref().map(|mode| {
        let overrides = mode.recording_mode_overrides.as_deref().unwrap_or_default();
        let overrides = overrides.iter().map(|one| {
            let types = one.resource_types.iter().map(|it| it.as_str());
            json!({
                "description": one.description,
                "resourceTypes": types.collect::<Vec<_>>(),
                "recordingFrequency": one.recording_frequency.as_str(),
            })
        });
        json!({
            "recordingFrequency": mode.recording_frequency.as_str(),
            "recordingModeOverrides": overrides.collect::<Vec<_>>(),
        })
    });
    json!({"roleARN": recorder.role_arn, "recordingMode": mode})
}
