//! The inventory of AWS Config.

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_app::ports::{Inventory, Page};
use trailkeeper_core::config_rule::{Compliance, ConfigurationItem, RuleParameters};
use trailkeeper_core::facts::{
    ConfigRuleFacts, EvaluatedResource, RecorderFacts, ResourceTypeSelection,
};
use trailkeeper_core::operation::{
    DESCRIBE_CONFIG_RULES, DESCRIBE_CONFIGURATION_RECORDER_STATUS,
    DESCRIBE_CONFIGURATION_RECORDERS, GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE,
    GET_RESOURCE_CONFIG_HISTORY, SELECT_RESOURCE_CONFIG, START_CONFIG_RULES_EVALUATION,
};
use trailkeeper_core::{CallError, Operation};

use super::{flag, invalid_response, list, page, structure, text, texts};
use crate::account::Sandbox;
use crate::conversions::{from_epoch, to_epoch};

/// The most that a page of AWS Config holds.
const PAGE: u64 = 100;

#[async_trait]
impl Inventory for Sandbox {
    async fn recorders(&self) -> Result<Vec<RecorderFacts>, CallError> {
        const OPERATION: Operation = DESCRIBE_CONFIGURATION_RECORDERS;
        const STATUS: Operation = DESCRIBE_CONFIGURATION_RECORDER_STATUS;
        let region = self.own_region();
        let recorders = self.ask(OPERATION, &region, &region, json!({})).await?;
        let statuses = self.ask(STATUS, &region, &region, json!({})).await?;
        let statuses = list(&statuses, "ConfigurationRecordersStatus");
        list(&recorders, "ConfigurationRecorders")
            .iter()
            .map(|found| recorder(found, statuses))
            .collect::<Result<_, _>>()
            .map_err(|reason| invalid_response(OPERATION, &region, &reason))
    }

    async fn select(
        &self,
        expression: &str,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        let region = self.own_region();
        let input = structure([
            ("Expression", Some(json!(expression))),
            ("Limit", Some(json!(PAGE))),
            ("NextToken", token.map(Value::from)),
        ]);
        let answer = self
            .ask(SELECT_RESOURCE_CONFIG, &region, &region, input)
            .await?;
        let items = texts(&answer, "Results");
        page(SELECT_RESOURCE_CONFIG, &region, items, (token, &answer))
    }

    async fn item_at(
        &self,
        resource_type: &str,
        resource_id: &str,
        later_time: Timestamp,
    ) -> Result<Option<ConfigurationItem>, CallError> {
        const OPERATION: Operation = GET_RESOURCE_CONFIG_HISTORY;
        let resource = format!("{resource_type} {resource_id}");
        let input = json!({
            "resourceType": resource_type,
            "resourceId": resource_id,
            "laterTime": to_epoch(later_time),
            "limit": 1,
        });
        let region = self.own_region();
        let answer = match self.ask(OPERATION, &region, &resource, input).await {
            Ok(answer) => answer,
            Err(error) if error.code == "ResourceNotDiscoveredException" => return Ok(None),
            Err(error) => return Err(error),
        };
        let item = list(&answer, "configurationItems").first();
        let item = item.map(ConfigurationItem::parse).transpose();
        item.map_err(|error| invalid_response(OPERATION, &resource, &error.to_string()))
    }

    async fn evaluated(
        &self,
        rule: &str,
        token: Option<&str>,
    ) -> Result<Page<EvaluatedResource>, CallError> {
        const OPERATION: Operation = GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE;
        let input = structure([
            ("ConfigRuleName", Some(json!(rule))),
            (
                "ComplianceTypes",
                Some(json!(["COMPLIANT", "NON_COMPLIANT"])),
            ),
            ("Limit", Some(json!(PAGE))),
            ("NextToken", token.map(Value::from)),
        ]);
        let answer = self.ask(OPERATION, &self.own_region(), rule, input).await?;
        let items: Result<Vec<_>, _> = list(&answer, "EvaluationResults")
            .iter()
            .map(evaluated)
            .collect();
        let items = items.map_err(|reason| invalid_response(OPERATION, rule, &reason))?;
        page(OPERATION, rule, items, (token, &answer))
    }

    async fn config_rule(&self, rule: &str) -> Result<Option<ConfigRuleFacts>, CallError> {
        let input = json!({"ConfigRuleNames": [rule]});
        let region = self.own_region();
        let answer = match self.ask(DESCRIBE_CONFIG_RULES, &region, rule, input).await {
            Ok(answer) => answer,
            Err(error) if error.code == "NoSuchConfigRuleException" => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut rules = list(&answer, "ConfigRules").iter();
        let found = rules.find(|found| text(found, "ConfigRuleName").as_deref() == Some(rule));
        found
            .map(|found| config_rule(rule, found))
            .transpose()
            .map_err(|reason| invalid_response(DESCRIBE_CONFIG_RULES, rule, &reason))
    }

    async fn start_evaluation(&self, rule: &str) -> Result<(), CallError> {
        const OPERATION: Operation = START_CONFIG_RULES_EVALUATION;
        let input = json!({"ConfigRuleNames": [rule]});
        let answer = self.ask(OPERATION, &self.own_region(), rule, input).await;
        answer.map(drop)
    }
}

/// A recorder with its status; one without a status does not record.
fn recorder(found: &Value, statuses: &[Value]) -> Result<RecorderFacts, String> {
    let name = text(found, "name").ok_or("a recorder without a name")?;
    let named = |status: &&Value| text(status, "name").as_ref() == Some(&name);
    let status = statuses.iter().find(named);
    Ok(RecorderFacts {
        types: match found.get("recordingGroup") {
            None => ResourceTypeSelection::All,
            Some(group) => selection(group)?,
        },
        recording: status.and_then(|status| flag(status, "recording")) == Some(true),
        last_error: status.and_then(last_error),
        settings: RecorderFacts::settings_of(found),
        name,
    })
}

fn selection(group: &Value) -> Result<ResourceTypeSelection, String> {
    let only = || ResourceTypeSelection::Only(texts(group, "resourceTypes"));
    let strategy = group.get("recordingStrategy");
    match strategy
        .and_then(|strategy| text(strategy, "useOnly"))
        .as_deref()
    {
        None if flag(group, "allSupported") == Some(true) => Ok(ResourceTypeSelection::All),
        None | Some("INCLUSION_BY_RESOURCE_TYPES") => Ok(only()),
        Some("ALL_SUPPORTED_RESOURCE_TYPES") => Ok(ResourceTypeSelection::All),
        Some("EXCLUSION_BY_RESOURCE_TYPES") => {
            let excluded = group
                .get("exclusionByResourceTypes")
                .unwrap_or(&Value::Null);
            let excluded = texts(excluded, "resourceTypes");
            Ok(ResourceTypeSelection::AllBut(excluded))
        }
        Some(other) => Err(format!("unknown recordingStrategy `{other}`")),
    }
}

fn last_error(status: &Value) -> Option<String> {
    if text(status, "lastStatus").as_deref() != Some("Failure") {
        return None;
    }
    let parts = ["lastErrorCode", "lastErrorMessage"].map(|member| text(status, member));
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    match parts.join(": ").as_str() {
        "" => Some("Failure".to_owned()),
        said => Some(said.to_owned()),
    }
}

fn evaluated(result: &Value) -> Result<EvaluatedResource, String> {
    let identifier = result.get("EvaluationResultIdentifier");
    let identifier = identifier.unwrap_or(&Value::Null);
    let qualifier = identifier.get("EvaluationResultQualifier");
    let named = qualifier.and_then(|of| Some((text(of, "ResourceType")?, text(of, "ResourceId")?)));
    let (resource_type, resource_id) =
        named.ok_or("a result without ResourceType and ResourceId")?;
    let compliance = match text(result, "ComplianceType").as_deref() {
        Some("COMPLIANT") => Compliance::Compliant,
        Some("NON_COMPLIANT") => Compliance::NonCompliant,
        Some("NOT_APPLICABLE") => Compliance::NotApplicable,
        Some(other) => return Err(format!("unexpected ComplianceType `{other}`")),
        None => return Err("a result without ComplianceType".to_owned()),
    };
    Ok(EvaluatedResource {
        resource_type,
        resource_id,
        compliance,
        annotation: text(result, "Annotation"),
        ordering_timestamp: identifier.get("OrderingTimestamp").and_then(from_epoch),
    })
}

fn config_rule(name: &str, found: &Value) -> Result<ConfigRuleFacts, String> {
    let parameters = text(found, "InputParameters");
    Ok(ConfigRuleFacts {
        name: name.to_owned(),
        parameters: RuleParameters::from_input_parameters(parameters.as_deref())?,
        source: found
            .get("Source")
            .and_then(|source| text(source, "SourceIdentifier")),
        state: text(found, "ConfigRuleState"),
        settings: ConfigRuleFacts::settings_of(found),
    })
}
