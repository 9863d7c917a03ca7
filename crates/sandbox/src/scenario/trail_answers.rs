//! What is listed about single trails: status, event selectors, insight selectors.

use serde_json::{Value, json};

use super::ScenarioError;
use super::answers::{Answer, Listed};
use super::draft::Draft;
use super::place::Place;
use super::trails::{self, Described, Trails};
use crate::call::ApiError;
use crate::fault::{Fault, FaultKind, When};
use crate::seed::{EventSelectors, LastDelivery, TrailStatus};

const STATUS: [&str; 17] = [
    "IsLogging",
    "LatestDeliveryError",
    "LatestNotificationError",
    "LatestDeliveryTime",
    "LatestNotificationTime",
    "StartLoggingTime",
    "StopLoggingTime",
    "LatestCloudWatchLogsDeliveryError",
    "LatestCloudWatchLogsDeliveryTime",
    "LatestDigestDeliveryTime",
    "LatestDigestDeliveryError",
    "LatestDeliveryAttemptTime",
    "LatestNotificationAttemptTime",
    "LatestNotificationAttemptSucceeded",
    "LatestDeliveryAttemptSucceeded",
    "TimeLoggingStarted",
    "TimeLoggingStopped",
];
const READS: [&str; 3] = ["GetTrailStatus", "GetEventSelectors", "GetInsightSelectors"];

/// Fills in what the entries say about the described trails.
pub(super) fn load(
    draft: &mut Draft,
    trails: &mut Trails<'_>,
    listed: &[Listed<'_>],
    evaluator: bool,
) -> Result<(), ScenarioError> {
    for trail in trails.by_arn.values_mut().filter(|t| t.has_insights) {
        trail.seed.insights = both_insights();
    }
    let cloudtrail = |entry: &&Listed<'_>| entry.service == "cloudtrail";
    for entry in listed.iter().filter(cloudtrail) {
        draft.enable(entry.region);
        if entry.operation == "ListTrails" {
            trails::list(draft, trails, entry)?;
        }
        match &entry.answer {
            Answer::Error(error) => refuse(draft, trails, entry, error),
            Answer::Pages(_) if READS.contains(&entry.operation) => fill(trails, entry)?,
            Answer::Pages(_) => {}
        }
    }
    if evaluator {
        hide_unlisted(draft, trails, listed);
    }
    Ok(())
}

fn both_insights() -> Vec<Value> {
    vec![
        json!({"InsightType": "ApiCallRateInsight"}),
        json!({"InsightType": "ApiErrorRateInsight"}),
    ]
}

fn refuse(draft: &mut Draft, trails: &mut Trails<'_>, entry: &Listed<'_>, error: &ApiError) {
    // this error is a state: a write can end it
    if error.code == "InsightNotEnabledException" {
        let trail = entry.argument.and_then(|id| trails.find(entry.region, id));
        if let Some(trail) = trail {
            trail.seed.insights.clear();
            return;
        }
    }
    draft.refuse(entry, error);
}

fn fill(trails: &mut Trails<'_>, entry: &Listed<'_>) -> Result<(), ScenarioError> {
    let (Some(output), Some(id)) = (entry.output()?, entry.argument) else {
        return Ok(());
    };
    let refused = trails.refused;
    let Some(trail) = trails.find(entry.region, id) else {
        let text = "no DescribeTrails describes this trail";
        return if refused {
            Ok(())
        } else {
            Err(entry.place.wrong(text))
        };
    };
    match entry.operation {
        "GetTrailStatus" => fill_status(trail, entry.region, output),
        "GetEventSelectors" => fill_selectors(trail, output),
        _ => fill_insights(trail, output),
    }
}

fn fill_status(
    trail: &mut Described<'_>,
    region: &str,
    output: &Place<'_>,
) -> Result<(), ScenarioError> {
    let status = status(output)?;
    if region == trail.seed.home_region {
        trail.seed.status = status;
    } else {
        trail.seed.status_in.insert(region.to_owned(), status);
    }
    Ok(())
}

fn status(place: &Place<'_>) -> Result<TrailStatus, ScenarioError> {
    place.only(&STATUS)?;
    place.need("IsLogging")?;
    let delivery = |time: &str, error: &str| -> Result<LastDelivery, ScenarioError> {
        let error = place.get(error).map(|error| error.as_text()).transpose()?;
        Ok(LastDelivery {
            time: place.time(time)?,
            error: error.map(str::to_owned),
        })
    };
    Ok(TrailStatus {
        is_logging: place.flag("IsLogging")?,
        start_logging_time: place.time("StartLoggingTime")?,
        stop_logging_time: place.time("StopLoggingTime")?,
        delivery: delivery("LatestDeliveryTime", "LatestDeliveryError")?,
        digest: delivery("LatestDigestDeliveryTime", "LatestDigestDeliveryError")?,
        notification: delivery("LatestNotificationTime", "LatestNotificationError")?,
        cloud_watch_logs: delivery(
            "LatestCloudWatchLogsDeliveryTime",
            "LatestCloudWatchLogsDeliveryError",
        )?,
        time_logging_started: place.string("TimeLoggingStarted")?.unwrap_or_default(),
        time_logging_stopped: place.string("TimeLoggingStopped")?.unwrap_or_default(),
    })
}

fn fill_selectors(trail: &mut Described<'_>, output: &Place<'_>) -> Result<(), ScenarioError> {
    output.only(&["TrailARN", "EventSelectors", "AdvancedEventSelectors"])?;
    let values = |places: Vec<Place<'_>>| -> Result<Vec<Value>, ScenarioError> {
        let object = |place: &Place<'_>| place.members().map(|_| place.value().clone());
        places.iter().map(object).collect()
    };
    let basic = values(output.list("EventSelectors")?)?;
    let advanced = values(output.list("AdvancedEventSelectors")?)?;
    trail.seed.selectors = match (basic.is_empty(), advanced.is_empty()) {
        (false, false) => {
            return Err(output.wrong("a trail has basic or advanced selectors, not both"));
        }
        (_, true) => EventSelectors::Basic(basic),
        (true, false) => EventSelectors::Advanced(advanced),
    };
    Ok(())
}

fn fill_insights(trail: &mut Described<'_>, output: &Place<'_>) -> Result<(), ScenarioError> {
    output.only(&["TrailARN", "InsightSelectors"])?;
    let mut insights = Vec::new();
    for selector in output.list("InsightSelectors")? {
        selector.need_text("InsightType")?;
        insights.push(selector.value().clone());
    }
    trail.seed.insights = insights;
    Ok(())
}

/// Lets the reads of trails fail that no Region lists.
fn hide_unlisted(draft: &mut Draft, trails: &Trails<'_>, listed: &[Listed<'_>]) {
    for trail in trails.by_arn.values() {
        for operation in READS {
            let about = |argument: &str| argument == trail.arn || argument == trail.seed.name;
            let lists = |entry: &Listed<'_>| {
                entry.operation == operation && entry.argument.is_none_or(about)
            };
            if listed.iter().any(lists) {
                continue;
            }
            let account = &draft.world.account_id;
            let text = format!("Unknown trail: {} for the user: {account}", trail.arn);
            let kind = FaultKind::Error(ApiError::new("TrailNotFoundException", text));
            let fault = Fault::new("cloudtrail", operation, When::Always, kind);
            draft.faults.push(fault.about(&trail.arn));
        }
    }
}
