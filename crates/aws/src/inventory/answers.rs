//! From the answers of AWS Config to facts.

use aws_sdk_config::types::{
    self, ComplianceType, ConfigurationRecorderStatus, RecorderStatus, RecordingStrategyType,
    ResourceType,
};
use aws_smithy_types::DateTime;
use serde_json::{Map, Value};
use trailkeeper_core::config_rule::{Compliance, ConfigurationItem, RuleParameters};
use trailkeeper_core::facts::{
    ConfigRuleFacts, EvaluatedResource, RecorderFacts, ResourceTypeSelection,
};

use super::settings;
use crate::convert::{text, timestamp};

/// Each recorder with its status. A recorder without one does not record.
pub(super) fn recorders(
    recorders: Vec<types::ConfigurationRecorder>,
    statuses: &[ConfigurationRecorderStatus],
) -> Result<Vec<RecorderFacts>, String> {
    let facts = recorders.into_iter().map(|recorder| {
        let settings = RecorderFacts::settings_of(&settings::recorder(&recorder));
        let name = text(recorder.name).ok_or("a recorder without a name")?;
        let status = statuses
            .iter()
            .find(|status| status.name() == Some(name.as_str()));
        Ok(RecorderFacts {
            types: recorder.recording_group.map_or(
                Ok(ResourceTypeSelection::All), // the API's default
                selection,
            )?,
            recording: status.is_some_and(|status| status.recording),
            last_error: status.and_then(last_error),
            settings,
            name,
        })
    });
    facts.collect()
}

// Groups made before there were strategies have none. A strategy that nobody knows yet is an
// error: what it leaves out would pass for recorded.
fn selection(group: types::RecordingGroup) -> Result<ResourceTypeSelection, String> {
    let only = names(group.resource_types);
    let strategy = group.recording_strategy.and_then(|group| group.use_only);
    match strategy {
        None if group.all_supported => Ok(ResourceTypeSelection::All),
        None => Ok(ResourceTypeSelection::Only(only)),
        Some(RecordingStrategyType::AllSupportedResourceTypes) => Ok(ResourceTypeSelection::All),
        Some(RecordingStrategyType::InclusionByResourceTypes) => {
            Ok(ResourceTypeSelection::Only(only))
        }
        Some(RecordingStrategyType::ExclusionByResourceTypes) => {
            let excluded = group.exclusion_by_resource_types;
            let excluded = excluded.and_then(|group| group.resource_types);
            Ok(ResourceTypeSelection::AllBut(names(excluded)))
        }
        Some(other) => Err(format!("unknown recordingStrategy `{}`", other.as_str())),
    }
}

fn names(types: Option<Vec<ResourceType>>) -> Vec<String> {
    let types = types.unwrap_or_default();
    types.iter().map(|name| name.as_str().to_owned()).collect()
}

fn last_error(status: &ConfigurationRecorderStatus) -> Option<String> {
    if status.last_status != Some(RecorderStatus::Failure) {
        return None;
    }
    let parts = [&status.last_error_code, &status.last_error_message];
    let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
    let parts: Vec<&str> = parts.map(String::as_str).collect();
    match parts.join(": ").as_str() {
        "" => Some("Failure".to_owned()),
        said => Some(said.to_owned()),
    }
}

/// An item of GetResourceConfigHistory. The one reader of items decodes what is JSON in a text.
pub(super) fn item(item: types::ConfigurationItem) -> Result<ConfigurationItem, String> {
    let status = item.configuration_item_status;
    let kind = item.resource_type;
    let supplementary = item.supplementary_configuration.unwrap_or_default();
    let supplementary: Map<_, _> = supplementary
        .into_iter()
        .map(|(name, value)| (name, Value::String(value)))
        .collect();
    let fields = [
        ("accountId", text(item.account_id)),
        ("arn", text(item.arn)),
        ("awsRegion", text(item.aws_region)),
        ("resourceType", kind.map(|kind| kind.as_str().to_owned())),
        ("resourceId", item.resource_id),
        ("resourceName", text(item.resource_name)),
        ("configuration", item.configuration),
        (
            "configurationItemStatus",
            status.map(|status| status.as_str().to_owned()),
        ),
        (
            "configurationItemCaptureTime",
            time(item.configuration_item_capture_time),
        ),
    ];
    let texts = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_owned(), Value::String(value?))));
    let mut fields: Map<_, _> = texts.collect();
    fields.insert(
        "supplementaryConfiguration".to_owned(),
        Value::Object(supplementary),
    );
    ConfigurationItem::parse(&Value::Object(fields)).map_err(|error| error.to_string())
}

fn time(value: Option<DateTime>) -> Option<String> {
    timestamp(value).map(|time| time.to_string())
}

/// A verdict of GetComplianceDetailsByConfigRule.
pub(super) fn evaluated(result: types::EvaluationResult) -> Result<EvaluatedResource, String> {
    let identifier = result.evaluation_result_identifier;
    let (qualifier, time) = identifier
        .map(|it| (it.evaluation_result_qualifier, it.ordering_timestamp))
        .unwrap_or_default();
    let (kind, id) = qualifier
        .and_then(|it| Some((text(it.resource_type)?, text(it.resource_id)?)))
        .ok_or("a result without ResourceType and ResourceId")?;
    Ok(EvaluatedResource {
        resource_type: kind,
        resource_id: id,
        compliance: compliance(result.compliance_type)?,
        annotation: text(result.annotation),
        ordering_timestamp: timestamp(time),
    })
}

fn compliance(seen: Option<ComplianceType>) -> Result<Compliance, String> {
    match seen {
        Some(ComplianceType::Compliant) => Ok(Compliance::Compliant),
        Some(ComplianceType::NonCompliant) => Ok(Compliance::NonCompliant),
        Some(ComplianceType::NotApplicable) => Ok(Compliance::NotApplicable),
        Some(other) => Err(format!("unexpected ComplianceType `{}`", other.as_str())),
        None => Err("a result without ComplianceType".to_owned()),
    }
}

/// A rule of DescribeConfigRules.
pub(super) fn config_rule(name: &str, rule: types::ConfigRule) -> Result<ConfigRuleFacts, String> {
    let settings = ConfigRuleFacts::settings_of(&settings::rule(&rule));
    let parameters = rule.input_parameters;
    let source = rule.source.and_then(|source| source.source_identifier);
    Ok(ConfigRuleFacts {
        name: name.to_owned(),
        parameters: RuleParameters::from_input_parameters(parameters.as_deref())?,
        source: text(source),
        state: rule
            .config_rule_state
            .map(|state| state.as_str().to_owned()),
        settings,
    })
}
