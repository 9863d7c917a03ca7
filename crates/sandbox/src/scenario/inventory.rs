//! What AWS Config answers of itself: recorder, inventory, history, results.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::ScenarioError;
use super::answers::{Listed, resource_id};
use super::draft::Draft;
use super::place::Place;
use crate::seed::{EvaluationSeed, InstanceSeed, InstanceStatus, RecorderSeed};
use crate::services::{config, ec2};

const INSTANCE: &str = "AWS::EC2::Instance";

pub(super) fn load(
    draft: &mut Draft,
    root: &Place<'_>,
    listed: &[Listed<'_>],
) -> Result<(), ScenarioError> {
    let own: Vec<&Listed<'_>> = listed.iter().filter(|e| e.service == "config").collect();
    event(draft, root)?;
    for entry in &own {
        draft.enable(entry.region);
        if let Some(error) = entry.failure()? {
            draft.refuse(entry, &error);
            continue;
        }
        for page in entry.outputs() {
            match entry.operation {
                "DescribeConfigurationRecorders" => recorders(draft, entry, page, &own)?,
                "SelectResourceConfig" => rows(draft, entry, page)?,
                "GetResourceConfigHistory" => history(draft, entry, page)?,
                "GetComplianceDetailsByConfigRule" => results(draft, entry, page)?,
                "PutEvaluations" => page.only(&["FailedEvaluations"])?,
                _ => {}
            }
        }
    }
    instances(draft);
    config::take_stock_of_unknown(&mut draft.world);
    Ok(())
}

/// The item that the event brings. An event that cannot be understood is the evaluator's to
/// judge; it brings none.
fn event(draft: &mut Draft, root: &Place<'_>) -> Result<(), ScenarioError> {
    let event = root.need("event")?;
    let text = event.value().get("invokingEvent").and_then(Value::as_str);
    let body: Option<Value> = text.and_then(|text| serde_json::from_str(text).ok());
    let item = body.as_ref().and_then(|body| body.get("configurationItem"));
    if let Some(item) = item.filter(|item| item.is_object()) {
        let region = draft.world.region.clone();
        let _not_understood = draft.world.seed_configuration_item(&region, item);
    }
    Ok(())
}

fn recorders(
    draft: &mut Draft,
    entry: &Listed<'_>,
    page: &Place<'_>,
    own: &[&Listed<'_>],
) -> Result<(), ScenarioError> {
    let recorders = page.list("ConfigurationRecorders")?;
    match recorders.as_slice() {
        [] => draft.world.remove_recorder(entry.region),
        [one] => {
            let mut seed = recorder(draft, entry.region, one)?;
            status(&mut seed, own)?;
            draft.world.seed_recorder(seed);
        }
        [_, more, ..] => return Err(more.wrong("a Region has one recorder")),
    }
    Ok(())
}

fn recorder(draft: &Draft, region: &str, place: &Place<'_>) -> Result<RecorderSeed, ScenarioError> {
    let mut seed = RecorderSeed::new(&draft.world, region);
    if let Some(name) = place.string("name")? {
        seed.name = name;
    }
    if let Some(role) = place.string("roleARN")? {
        seed.role_arn = role;
    }
    let Some(group) = place.get("recordingGroup") else {
        return Ok(seed);
    };
    seed.include_global = group.flag("includeGlobalResourceTypes")?;
    seed.resource_types = texts(&group, "resourceTypes")?;
    if let Some(excluded) = group.get("exclusionByResourceTypes") {
        seed.excluded_types = texts(&excluded, "resourceTypes")?;
    }
    let strategy = match group.get("recordingStrategy") {
        Some(strategy) => strategy.string("useOnly")?,
        None => None,
    };
    let all = strategy.as_deref() == Some("ALL_SUPPORTED_RESOURCE_TYPES");
    seed.all_supported = all || strategy.is_none() && group.flag("allSupported")?;
    Ok(seed)
}

fn texts(place: &Place<'_>, name: &str) -> Result<Vec<String>, ScenarioError> {
    let items = place.list(name)?;
    let text = |item: &Place<'_>| item.as_text().map(str::to_owned);
    items.iter().map(text).collect()
}

/// What DescribeConfigurationRecorderStatus says of the recorder; it records if that says nothing.
fn status(seed: &mut RecorderSeed, own: &[&Listed<'_>]) -> Result<(), ScenarioError> {
    let listing = own.iter().filter(|entry| {
        entry.operation == "DescribeConfigurationRecorderStatus" && entry.region == seed.region
    });
    for page in listing.flat_map(|entry| entry.outputs()) {
        for status in page.list("ConfigurationRecordersStatus")? {
            if status.string("name")?.is_some_and(|name| name != seed.name) {
                continue;
            }
            seed.recording = status.flag("recording")?;
            if let Some(last) = status.string("lastStatus")? {
                seed.last_status = last;
            }
            let code = status.string("lastErrorCode")?;
            let text = status.string("lastErrorMessage")?.unwrap_or_default();
            seed.last_error = code.map(|code| (code, text));
        }
    }
    Ok(())
}

fn rows(draft: &mut Draft, entry: &Listed<'_>, page: &Place<'_>) -> Result<(), ScenarioError> {
    for row in page.list("Results")? {
        let parsed = serde_json::from_str(row.as_text()?);
        let mut item: Value =
            parsed.map_err(|error| row.wrong(format!("a row is no JSON text: {error}")))?;
        if let Some(members) = item.as_object_mut() {
            // the rule asks for instances only, and may leave out what it knows
            members.entry("resourceType").or_insert(json!(INSTANCE));
        }
        seed(draft, entry.region, &item, &row)?;
    }
    Ok(())
}

fn history(draft: &mut Draft, entry: &Listed<'_>, page: &Place<'_>) -> Result<(), ScenarioError> {
    for place in page.list("configurationItems")? {
        let mut item = place.value().clone();
        if let (Some(argument), Some(members)) = (entry.argument, item.as_object_mut()) {
            let id = json!(resource_id(argument));
            members.entry("resourceId").or_insert(id);
            members.entry("resourceType").or_insert(json!(INSTANCE));
        }
        seed(draft, entry.region, &item, &place)?;
    }
    Ok(())
}

fn seed(
    draft: &mut Draft,
    region: &str,
    item: &Value,
    place: &Place<'_>,
) -> Result<(), ScenarioError> {
    let seeded = draft.world.seed_configuration_item(region, item);
    seeded.map_err(|member| place.wrong(format!("the item's {member} is missing or wrong")))
}

fn results(draft: &mut Draft, entry: &Listed<'_>, page: &Place<'_>) -> Result<(), ScenarioError> {
    for result in page.list("EvaluationResults")? {
        let identifier = result.need("EvaluationResultIdentifier")?;
        let qualifier = identifier.need("EvaluationResultQualifier")?;
        let rule = match qualifier.text("ConfigRuleName")?.or(entry.argument) {
            Some(rule) => rule.to_owned(),
            None => return Err(qualifier.wrong("the member `ConfigRuleName` is missing")),
        };
        let ordering = identifier.time("OrderingTimestamp")?;
        draft.world.seed_evaluation(EvaluationSeed {
            region: entry.region.to_owned(),
            rule,
            resource_type: qualifier.need_text("ResourceType")?.to_owned(),
            resource_id: qualifier.need_text("ResourceId")?.to_owned(),
            compliance: result.need_text("ComplianceType")?.to_owned(),
            annotation: result.string("Annotation")?,
            ordering: ordering.unwrap_or(draft.world.now()),
        });
    }
    Ok(())
}

/// The instances of the inventory that nothing else describes exist as the inventory shows them.
fn instances(draft: &mut Draft) {
    let regions = draft.world.enabled_regions.iter();
    let known = regions.flat_map(|region| {
        let ids = ec2::ids(&draft.world, region).into_iter();
        ids.map(|id| (region.clone(), id))
    });
    let known: BTreeSet<(String, String)> = known.collect();
    for (region, id, configuration) in config::recorded_instances(&draft.world) {
        if known.contains(&(region.clone(), id.clone())) {
            continue;
        }
        let text = |pointer: &str| {
            let value = configuration.pointer(pointer);
            value.and_then(Value::as_str).map(str::to_owned)
        };
        let mut instance = InstanceSeed::new(&region, &id);
        let state = text("/state/name");
        let status = state.and_then(|name| InstanceStatus::from_name(&name));
        instance.status = status.unwrap_or_default();
        instance.profile = text("/iamInstanceProfile/arn");
        instance.profile_id = text("/iamInstanceProfile/id");
        draft.world.seed_instance(instance);
    }
}
