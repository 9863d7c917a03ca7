//! Starting, stopping and terminating instances.

use serde_json::{Value, json};

use super::input::{self, error};
use super::instance::state;
use super::run;
use super::time::{STOPPING, TERMINATING};
use crate::call::{ApiError, Call};
use crate::seed::InstanceStatus;
use crate::world::World;

pub(super) fn start(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let ids = admitted(world, call, "started", |status| {
        use InstanceStatus::{Pending, Running, Stopped};
        [Pending, Running, Stopped].contains(&status)
    })?;
    let told = ids.into_iter().map(|id| {
        changing(world, call, id, |world, before| {
            if before != InstanceStatus::Stopped {
                return;
            }
            let now = world.now;
            if let Some(instance) = world.services.ec2.change(&call.region, id) {
                instance.launched = now;
                instance.reason = String::new();
            }
            run::start(world, &call.region, id);
        })
    });
    let told: Vec<Value> = told.collect();
    Ok(json!({"StartingInstances": told}))
}

pub(super) fn stop(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let ids = admitted(world, call, "stopped", |status| {
        use InstanceStatus::{Running, Stopped, Stopping};
        [Running, Stopping, Stopped].contains(&status)
    })?;
    let told = ids.into_iter().map(|id| {
        changing(world, call, id, |world, before| {
            if before == InstanceStatus::Running {
                give_reason(world, call, id);
                let way = (InstanceStatus::Stopping, InstanceStatus::Stopped);
                world.instance_passes((&call.region, id), way, STOPPING);
            }
        })
    });
    let told: Vec<Value> = told.collect();
    Ok(json!({"StoppingInstances": told}))
}

pub(super) fn terminate(world: &mut World, call: &Call) -> Result<Value, ApiError> {
    let ids = admitted(world, call, "terminated", |_| true)?;
    let told = ids.into_iter().map(|id| {
        changing(world, call, id, |world, before| {
            use InstanceStatus::{ShuttingDown, Terminated};
            if ![ShuttingDown, Terminated].contains(&before) {
                give_reason(world, call, id);
                let way = (ShuttingDown, Terminated);
                world.instance_passes((&call.region, id), way, TERMINATING);
            }
        })
    });
    let told: Vec<Value> = told.collect();
    Ok(json!({"TerminatingInstances": told}))
}

/// The ids of the request, if all are there and in a state from which this can be done.
fn admitted<'a>(
    world: &World,
    call: &'a Call,
    what: &str,
    can: impl Fn(InstanceStatus) -> bool,
) -> Result<Vec<&'a str>, ApiError> {
    let ids = input::texts(call, "InstanceIds")?;
    if ids.is_empty() {
        return Err(input::missing("InstanceId"));
    }
    ids.iter().try_for_each(|id| input::check_instance_id(id))?;
    let find = |id: &str| world.services.ec2.find(&call.region, id);
    let unknown: Vec<&str> = ids
        .iter()
        .copied()
        .filter(|id| find(id).is_none())
        .collect();
    if !unknown.is_empty() {
        return Err(input::no_instances(&unknown));
    }
    let cannot = |id: &&str| find(id).is_some_and(|instance| !can(instance.status));
    if let Some(id) = ids.iter().copied().find(cannot) {
        let text = format!("The instance '{id}' is not in a state from which it can be {what}.");
        return Err(error("IncorrectInstanceState", text));
    }
    Ok(ids)
}

/// Does it, and tells the state before and after.
fn changing(
    world: &mut World,
    call: &Call,
    id: &str,
    change: impl FnOnce(&mut World, InstanceStatus),
) -> Value {
    let status = |world: &World| {
        let instance = world.services.ec2.find(&call.region, id);
        instance.map_or(InstanceStatus::Terminated, |instance| instance.status)
    };
    let before = status(world);
    change(world, before);
    json!({
        "InstanceId": id,
        "PreviousState": state(before),
        "CurrentState": state(status(world)),
    })
}

fn give_reason(world: &mut World, call: &Call, id: &str) {
    let at = world.now.strftime("%Y-%m-%d %H:%M:%S GMT");
    let reason = format!("User initiated ({at})");
    if let Some(instance) = world.services.ec2.change(&call.region, id) {
        instance.reason = reason;
    }
}
