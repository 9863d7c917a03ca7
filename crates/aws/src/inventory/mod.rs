//! The inventory of AWS Config.

mod answers;
mod remediation;
mod settings;

use async_trait::async_trait;
use aws_sdk_config::types::ComplianceType;
use jiff::Timestamp;
use trailkeeper_app::ports::{Inventory, Page};
use trailkeeper_core::config_rule::ConfigurationItem;
use trailkeeper_core::facts::{ConfigRuleFacts, EvaluatedResource, RecorderFacts};
use trailkeeper_core::operation::{
    DESCRIBE_CONFIG_RULES, DESCRIBE_CONFIGURATION_RECORDER_STATUS,
    DESCRIBE_CONFIGURATION_RECORDERS, GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE,
    GET_RESOURCE_CONFIG_HISTORY, SELECT_RESOURCE_CONFIG, START_CONFIG_RULES_EVALUATION,
};
use trailkeeper_core::{CallError, Operation};

use crate::convert::date_time;
use crate::error::{call_error, invalid_response};
use crate::pages::next_page;
use crate::session::Session;

/// The most that a page of AWS Config holds.
const PAGE: i32 = 100;

/// What AWS Config recorded and found in the session's Region.
#[derive(Debug, Clone)]
pub struct ConfigInventory {
    session: Session,
}

impl ConfigInventory {
    /// AWS Config as `session` sees it.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    fn client(&self) -> aws_sdk_config::Client {
        self.session.config_service(self.session.region())
    }
}

#[async_trait]
impl Inventory for ConfigInventory {
    async fn recorders(&self) -> Result<Vec<RecorderFacts>, CallError> {
        let region = self.session.region().as_str();
        let client = self.client();
        let request = client.describe_configuration_recorders().send();
        let recorders = request
            .await
            .map_err(|error| call_error(DESCRIBE_CONFIGURATION_RECORDERS, region, &error))?;
        let request = client.describe_configuration_recorder_status().send();
        let statuses = request
            .await
            .map_err(|error| call_error(DESCRIBE_CONFIGURATION_RECORDER_STATUS, region, &error))?;
        answers::recorders(
            recorders.configuration_recorders.unwrap_or_default(),
            &statuses.configuration_recorders_status.unwrap_or_default(),
        )
        .map_err(|reason| invalid_response(DESCRIBE_CONFIGURATION_RECORDERS, region, &reason))
    }

    async fn select(
        &self,
        expression: &str,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        let region = self.session.region().as_str();
        let answer = self
            .client()
            .select_resource_config()
            .expression(expression)
            .limit(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| call_error(SELECT_RESOURCE_CONFIG, region, &error))?;
        let items = answer.results.unwrap_or_default();
        page(
            SELECT_RESOURCE_CONFIG,
            region,
            items,
            token,
            answer.next_token,
        )
    }

    async fn item_at(
        &self,
        resource_type: &str,
        resource_id: &str,
        later_time: Timestamp,
    ) -> Result<Option<ConfigurationItem>, CallError> {
        let resource = format!("{resource_type} {resource_id}");
        let answer = self
            .client()
            .get_resource_config_history()
            .resource_type(resource_type.into())
            .resource_id(resource_id)
            .later_time(date_time(later_time))
            .limit(1)
            .send()
            .await
            .map_err(|error| call_error(GET_RESOURCE_CONFIG_HISTORY, &resource, &error));
        let items = match answer {
            Ok(answer) => answer.configuration_items.unwrap_or_default(),
            Err(error) if error.code == "ResourceNotDiscoveredException" => return Ok(None),
            Err(error) => return Err(error),
        };
        let item = items.into_iter().next().map(answers::item).transpose();
        item.map_err(|reason| invalid_response(GET_RESOURCE_CONFIG_HISTORY, &resource, &reason))
    }

    async fn evaluated(
        &self,
        rule: &str,
        token: Option<&str>,
    ) -> Result<Page<EvaluatedResource>, CallError> {
        const OPERATION: Operation = GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE;
        let answer = self
            .client()
            .get_compliance_details_by_config_rule()
            .config_rule_name(rule)
            .compliance_types(ComplianceType::Compliant)
            .compliance_types(ComplianceType::NonCompliant)
            .limit(PAGE)
            .set_next_token(token.map(str::to_owned))
            .send()
            .await
            .map_err(|error| call_error(OPERATION, rule, &error))?;
        let results = answer.evaluation_results.unwrap_or_default();
        let items: Result<Vec<_>, _> = results.into_iter().map(answers::evaluated).collect();
        let items = items.map_err(|reason| invalid_response(OPERATION, rule, &reason))?;
        page(OPERATION, rule, items, token, answer.next_token)
    }

    async fn config_rule(&self, rule: &str) -> Result<Option<ConfigRuleFacts>, CallError> {
        let request = self
            .client()
            .describe_config_rules()
            .config_rule_names(rule);
        let answer = request.send().await;
        let rules = match answer.map_err(|error| call_error(DESCRIBE_CONFIG_RULES, rule, &error)) {
            Ok(answer) => answer.config_rules.unwrap_or_default(),
            Err(error) if error.code == "NoSuchConfigRuleException" => return Ok(None),
            Err(error) => return Err(error),
        };
        let found = rules
            .into_iter()
            .find(|found| found.config_rule_name() == Some(rule));
        found
            .map(|found| answers::config_rule(rule, found))
            .transpose()
            .map_err(|reason| invalid_response(DESCRIBE_CONFIG_RULES, rule, &reason))
    }

    async fn start_evaluation(&self, rule: &str) -> Result<(), CallError> {
        let request = self
            .client()
            .start_config_rules_evaluation()
            .config_rule_names(rule);
        request
            .send()
            .await
            .map(drop)
            .map_err(|error| call_error(START_CONFIG_RULES_EVALUATION, rule, &error))
    }
}

fn page<T>(
    operation: Operation,
    resource: &str,
    items: Vec<T>,
    token: Option<&str>,
    next: Option<String>,
) -> Result<Page<T>, CallError> {
    let next = next_page(operation, resource, token, next)?;
    Ok(Page { items, next })
}
