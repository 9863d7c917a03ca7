//! DescribeInstanceStatus.

use serde_json::{Value, json};

use super::filter::{self, Filters};
use super::instance::{Instance, state};
use super::{describe, input};
use crate::call::{ApiError, Call};
use crate::seed::InstanceStatus;
use crate::world::World;

/// Only running instances are told, unless all are asked for.
pub(super) fn describe(world: &World, call: &Call) -> Result<Value, ApiError> {
    let filters = Filters::read(call, &["instance-state-name", "instance-state-code"])?;
    let size = input::page_size(call, "InstanceIds", 5, 1000)?;
    let all = input::flag(call, "IncludeAllInstances")?;
    let fitting = describe::named(world, call)?
        .into_iter()
        .filter(|instance| all || instance.status == InstanceStatus::Running)
        .filter(|instance| filters.hold(|name| describe::values(instance, name)))
        .collect();
    let tell = |instance: &Instance| status(instance, &call.region);
    filter::page(call, "InstanceStatuses", fitting, size, tell)
}

fn status(instance: &Instance, region: &str) -> Value {
    let check = match instance.status {
        InstanceStatus::Running => "ok",
        InstanceStatus::Pending => "initializing",
        _ => "not-applicable",
    };
    json!({
        "AvailabilityZone": format!("{region}a"),
        "InstanceId": instance.id,
        "InstanceState": state(instance.status),
        "InstanceStatus": {"Status": check},
        "SystemStatus": {"Status": check},
    })
}
