//! What AWS Config remediates, and where it delivers to.

use std::collections::BTreeMap;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::{RemediationReader, RemediationWriter};
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{DeliveryChannelFacts, RemediationExceptionFacts, RemediationFacts};
use trailkeeper_core::operation::{
    DELETE_REMEDIATION_EXCEPTIONS, DESCRIBE_DELIVERY_CHANNELS, DESCRIBE_REMEDIATION_CONFIGURATIONS,
    DESCRIBE_REMEDIATION_EXCEPTIONS, START_CONFIGURATION_RECORDER,
};

use super::{Listing, flag, invalid_response, list, text, texts};
use crate::account::Sandbox;
use crate::conversions::from_epoch;

#[async_trait]
impl RemediationReader for Sandbox {
    async fn delivery_channels(&self) -> Result<Vec<DeliveryChannelFacts>, CallError> {
        let region = self.own_region();
        let answer = self
            .ask(DESCRIBE_DELIVERY_CHANNELS, &region, &region, json!({}))
            .await?;
        let channels = list(&answer, "DeliveryChannels").iter();
        let channels: Option<_> = channels.map(channel).collect();
        channels.ok_or_else(|| {
            let reason = "a delivery channel without name or s3BucketName";
            invalid_response(DESCRIBE_DELIVERY_CHANNELS, &region, reason)
        })
    }

    async fn remediation(&self, rule: &str) -> Result<Option<RemediationFacts>, CallError> {
        const OPERATION: trailkeeper_core::Operation = DESCRIBE_REMEDIATION_CONFIGURATIONS;
        let input = json!({"ConfigRuleNames": [rule]});
        let answer = match self.ask(OPERATION, &self.own_region(), rule, input).await {
            Ok(answer) => answer,
            Err(error) if error.code == "NoSuchRemediationConfigurationException" => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let mut found = list(&answer, "RemediationConfigurations").iter();
        let found = found.find(|found| text(found, "ConfigRuleName").as_deref() == Some(rule));
        found
            .map(|found| remediation(rule, found))
            .transpose()
            .map_err(|reason| invalid_response(OPERATION, rule, &reason))
    }

    async fn exceptions(&self, rule: &str) -> Result<Vec<RemediationExceptionFacts>, CallError> {
        let listing = Listing {
            operation: DESCRIBE_REMEDIATION_EXCEPTIONS,
            region: &self.own_region(),
            resource: rule,
            items: "RemediationExceptions",
            token: "NextToken",
        };
        let input = Map::from_iter([("ConfigRuleName".to_owned(), json!(rule))]);
        let found = self.ask_pages(listing, input).await?;
        let found: Option<_> = found.iter().map(exception).collect();
        found.ok_or_else(|| {
            let reason = "an exception without ResourceType and ResourceId";
            invalid_response(DESCRIBE_REMEDIATION_EXCEPTIONS, rule, reason)
        })
    }
}

fn channel(found: &Value) -> Option<DeliveryChannelFacts> {
    Some(DeliveryChannelFacts {
        name: text(found, "name")?,
        bucket: text(found, "s3BucketName")?,
        settings: DeliveryChannelFacts::settings_of(found),
    })
}

fn remediation(rule: &str, found: &Value) -> Result<RemediationFacts, String> {
    let mut facts = RemediationFacts {
        rule: rule.to_owned(),
        document: text(found, "TargetId").ok_or("a remediation without TargetId")?,
        version: text(found, "TargetVersion"),
        automatic: flag(found, "Automatic") == Some(true),
        parameters: BTreeMap::new(),
        resource_parameter: None,
        settings: RemediationFacts::settings_of(found),
    };
    let parameters = found.get("Parameters").and_then(Value::as_object);
    for (name, value) in parameters.into_iter().flatten() {
        match (value.get("StaticValue"), value.get("ResourceValue")) {
            (Some(fixed), None) => {
                let values = texts(fixed, "Values");
                facts.parameters.insert(name.clone(), values);
            }
            (None, Some(_)) => facts.resource_parameter = Some(name.clone()),
            _ => return Err(format!("the parameter {name} has no value, or two")),
        }
    }
    Ok(facts)
}

fn exception(found: &Value) -> Option<RemediationExceptionFacts> {
    Some(RemediationExceptionFacts {
        resource_type: text(found, "ResourceType")?,
        resource_id: text(found, "ResourceId")?,
        message: text(found, "Message").unwrap_or_default(),
        expires: found.get("ExpirationTime").and_then(from_epoch),
    })
}

#[async_trait]
impl RemediationWriter for Sandbox {
    async fn delete_exception(
        &self,
        rule: &str,
        resource_type: &str,
        resource_id: &str,
    ) -> Result<(), CallError> {
        const OPERATION: trailkeeper_core::Operation = DELETE_REMEDIATION_EXCEPTIONS;
        let resource = format!("{rule} {resource_type} {resource_id}");
        let input = json!({
            "ConfigRuleName": rule,
            "ResourceKeys": [{"ResourceType": resource_type, "ResourceId": resource_id}],
        });
        let region = self.own_region();
        let answer = self.ask(OPERATION, &region, &resource, input).await?;
        match list(&answer, "FailedBatches").first() {
            None => Ok(()),
            Some(batch) => {
                let why = text(batch, "FailureMessage").unwrap_or_default();
                Err(CallError::from_code(
                    OPERATION,
                    resource,
                    "FailedBatch",
                    why,
                ))
            }
        }
    }

    async fn start_recorder(&self, name: &str) -> Result<(), CallError> {
        let input = json!({"ConfigurationRecorderName": name});
        let region = self.own_region();
        let answer = self.ask(START_CONFIGURATION_RECORDER, &region, name, input);
        answer.await.map(drop)
    }
}
