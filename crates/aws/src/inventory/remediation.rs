//! What AWS Config remediates, and where it delivers to.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aws_sdk_config::types::{
    DeliveryChannel, RemediationConfiguration, RemediationException,
    RemediationExceptionResourceKey,
};
use trailkeeper_app::ports::{RemediationReader, RemediationWriter};
use trailkeeper_core::facts::{DeliveryChannelFacts, RemediationExceptionFacts, RemediationFacts};
use trailkeeper_core::operation::{
    DELETE_REMEDIATION_EXCEPTIONS, DESCRIBE_DELIVERY_CHANNELS, DESCRIBE_REMEDIATION_CONFIGURATIONS,
    DESCRIBE_REMEDIATION_EXCEPTIONS, START_CONFIGURATION_RECORDER,
};
use trailkeeper_core::{CallError, Operation};

use super::{ConfigInventory, settings};
use crate::convert::{text, timestamp};
use crate::error::{call_error, invalid_response};
use crate::pages::all_pages;

#[async_trait]
impl RemediationReader for ConfigInventory {
    async fn delivery_channels(&self) -> Result<Vec<DeliveryChannelFacts>, CallError> {
        let region = self.session.region().as_str();
        let answer = self.client().describe_delivery_channels().send().await;
        let answer =
            answer.map_err(|error| call_error(DESCRIBE_DELIVERY_CHANNELS, region, &error))?;
        let channels = answer.delivery_channels.unwrap_or_default();
        let channels: Option<_> = channels.into_iter().map(channel).collect();
        channels.ok_or_else(|| {
            let reason = "a delivery channel without name or s3BucketName";
            invalid_response(DESCRIBE_DELIVERY_CHANNELS, region, reason)
        })
    }

    async fn remediation(&self, rule: &str) -> Result<Option<RemediationFacts>, CallError> {
        const OPERATION: Operation = DESCRIBE_REMEDIATION_CONFIGURATIONS;
        let request = self.client().describe_remediation_configurations();
        let answer = request.config_rule_names(rule).send().await;
        let found = match answer.map_err(|error| call_error(OPERATION, rule, &error)) {
            Ok(answer) => answer.remediation_configurations.unwrap_or_default(),
            Err(error) if error.code == "NoSuchRemediationConfigurationException" => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let mut found = found.into_iter();
        let found = found.find(|found| found.config_rule_name == rule);
        found
            .map(remediation)
            .transpose()
            .map_err(|reason| invalid_response(OPERATION, rule, &reason))
    }

    async fn exceptions(&self, rule: &str) -> Result<Vec<RemediationExceptionFacts>, CallError> {
        const OPERATION: Operation = DESCRIBE_REMEDIATION_EXCEPTIONS;
        let client = self.client();
        let found = all_pages(OPERATION, rule, |token| {
            let request = client.describe_remediation_exceptions();
            let page = request.config_rule_name(rule).set_next_token(token).send();
            async {
                let page = page
                    .await
                    .map_err(|error| call_error(OPERATION, rule, &error))?;
                Ok((
                    page.remediation_exceptions.unwrap_or_default(),
                    page.next_token,
                ))
            }
        });
        Ok(found.await?.into_iter().map(exception).collect())
    }
}

fn channel(found: DeliveryChannel) -> Option<DeliveryChannelFacts> {
    let settings = DeliveryChannelFacts::settings_of(&settings::channel(&found));
    Some(DeliveryChannelFacts {
        name: text(found.name)?,
        bucket: text(found.s3_bucket_name)?,
        settings,
    })
}

fn remediation(found: RemediationConfiguration) -> Result<RemediationFacts, String> {
    let settings = RemediationFacts::settings_of(&settings::remediation(&found));
    let mut facts = RemediationFacts {
        rule: found.config_rule_name,
        document: found.target_id,
        version: text(found.target_version),
        automatic: found.automatic,
        parameters: BTreeMap::new(),
        resource_parameter: None,
        settings,
    };
    for (name, value) in found.parameters.unwrap_or_default() {
        match (value.static_value, value.resource_value) {
            (Some(fixed), None) => drop(facts.parameters.insert(name, fixed.values)),
            (None, Some(_)) => facts.resource_parameter = Some(name),
            _ => return Err(format!("the parameter {name} has no value, or two")),
        }
    }
    Ok(facts)
}

fn exception(found: RemediationException) -> RemediationExceptionFacts {
    RemediationExceptionFacts {
        resource_type: found.resource_type,
        resource_id: found.resource_id,
        message: found.message.unwrap_or_default(),
        expires: timestamp(found.expiration_time),
    }
}

#[async_trait]
impl RemediationWriter for ConfigInventory {
    async fn delete_exception(
        &self,
        rule: &str,
        resource_type: &str,
        resource_id: &str,
    ) -> Result<(), CallError> {
        const OPERATION: Operation = DELETE_REMEDIATION_EXCEPTIONS;
        let resource = format!("{rule} {resource_type} {resource_id}");
        let key = RemediationExceptionResourceKey::builder()
            .resource_type(resource_type)
            .resource_id(resource_id)
            .build();
        let request = self.client().delete_remediation_exceptions();
        let request = request.config_rule_name(rule).resource_keys(key);
        let answer = request.send().await;
        let answer = answer.map_err(|error| call_error(OPERATION, &resource, &error))?;
        let mut failed = answer.failed_batches.unwrap_or_default().into_iter();
        match failed.next() {
            None => Ok(()),
            Some(batch) => {
                let why = batch.failure_message.unwrap_or_default();
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
        let request = self.client().start_configuration_recorder();
        let answer = request.configuration_recorder_name(name).send().await;
        answer
            .map(drop)
            .map_err(|error| call_error(START_CONFIGURATION_RECORDER, name, &error))
    }
}
