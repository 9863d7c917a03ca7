//! EC2.

use std::collections::HashSet;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::InstanceReader;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{InstanceFacts, InstanceState};
use trailkeeper_core::operation::DESCRIBE_INSTANCES;

use super::{Listing, invalid_response, list, text};
use crate::account::Sandbox;

/// The most values that a filter takes.
const FILTER: usize = 200;
/// The most that a page holds.
const PAGE: usize = 1000;

impl Sandbox {
    // A filter leaves out what EC2 does not know; named outright, it would make EC2 refuse all.
    async fn filtered_instances(&self, ids: &[String]) -> Result<Vec<InstanceFacts>, CallError> {
        let resource = match ids {
            [one] => one.clone(),
            more => format!("{} instances", more.len()),
        };
        let listing = Listing {
            operation: DESCRIBE_INSTANCES,
            region: &self.own_region(),
            resource: &resource,
            items: "Reservations",
            token: "NextToken",
        };
        let input = Map::from_iter([
            ("MaxResults".to_owned(), json!(PAGE)),
            (
                "Filters".to_owned(),
                json!([{"Name": "instance-id", "Values": ids}]),
            ),
        ]);
        let reservations = self.ask_pages(listing, input).await?;
        let instances = reservations.iter().flat_map(|one| list(one, "Instances"));
        instances
            .map(|instance| {
                facts(instance).ok_or_else(|| {
                    let reason =
                        "the answer holds an instance without a usable id, state or profile";
                    invalid_response(DESCRIBE_INSTANCES, &resource, reason)
                })
            })
            .collect()
    }
}

#[async_trait]
impl InstanceReader for Sandbox {
    async fn describe_instances(&self, ids: &[String]) -> Result<Vec<InstanceFacts>, CallError> {
        let wanted: HashSet<&str> = ids.iter().map(String::as_str).collect();
        let mut found = Vec::new();
        for ids in ids.chunks(FILTER) {
            found.extend(self.filtered_instances(ids).await?);
        }
        // a filter takes `*` and `?` for patterns
        found.retain(|instance| wanted.contains(instance.id.as_str()));
        Ok(found)
    }
}

fn facts(instance: &Value) -> Option<InstanceFacts> {
    let state = text(instance.get("State")?, "Name")?;
    let profile = match instance.get("IamInstanceProfile") {
        None | Some(Value::Null) => None,
        Some(profile) => Some(text(profile, "Arn")?.parse().ok()?),
    };
    Some(InstanceFacts {
        id: text(instance, "InstanceId")?,
        state: InstanceState::from_name(&state),
        profile,
    })
}
