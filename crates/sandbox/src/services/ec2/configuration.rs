//! An instance as AWS Config records it, and which instances changed.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::instance::Instance;
use crate::seed::InstanceStatus;
use crate::world::World;

/// The Regions and ids of the instances that changed since the last time.
pub(crate) fn take_changed(world: &mut World) -> Vec<(String, String)> {
    let changed = std::mem::take(&mut world.services.ec2.changed);
    Arc::unwrap_or_clone(changed).into_iter().collect()
}

/// The ids of a Region's instances.
pub(crate) fn ids(world: &World, region: &str) -> Vec<String> {
    let instances = world.services.ec2.in_region(region);
    instances.map(|instance| instance.id.clone()).collect()
}

/// The `configuration` of an instance's configuration item; none where the instance is gone:
/// terminated, or never there.
pub(crate) fn configuration(world: &World, region: &str, id: &str) -> Option<Value> {
    let instance = world.services.ec2.find(region, id)?;
    let there = instance.status != InstanceStatus::Terminated;
    there.then(|| written(instance, region))
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

fn written(instance: &Instance, region: &str) -> Value {
    let profile = instance.association();
    let profile = profile.map(|one| json!({"arn": one.arn, "id": one.profile_id}));
    let tag = |(key, value): (&String, &String)| json!({"key": key, "value": value});
    let tags: Vec<Value> = instance.tags.iter().map(tag).collect();
    json!({
        "amiLaunchIndex": instance.index,
        "architecture": "x86_64",
        "blockDeviceMappings": [],
        "clientToken": "",
        "ebsOptimized": false,
        "enaSupport": true,
        "hypervisor": "xen",
        "iamInstanceProfile": profile,
        "imageId": instance.image,
        "instanceId": instance.id,
        "instanceLifecycle": null,
        "instanceType": instance.kind,
        "kernelId": null,
        "keyName": null,
        "launchTime": time(instance.launched),
        "metadataOptions": {
            "httpEndpoint": "enabled", "httpPutResponseHopLimit": 2, "httpTokens": "required",
            "state": "applied",
        },
        "monitoring": {"state": "disabled"},
        "networkInterfaces": [],
        "placement": {
            "availabilityZone": format!("{region}a"), "groupName": "", "tenancy": "default",
        },
        "platform": null,
        "privateDnsName": instance.private_name(),
        "privateIpAddress": instance.private_address(),
        "productCodes": [],
        "publicDnsName": "",
        "rootDeviceName": "/dev/xvda",
        "rootDeviceType": "ebs",
        "securityGroups": [],
        "sourceDestCheck": true,
        "state": {"code": instance.status.code(), "name": instance.status.name()},
        "stateReason": null,
        "stateTransitionReason": instance.reason,
        "subnetId": "subnet-0a000000000000001",
        "tags": tags,
        "virtualizationType": "hvm",
        "vpcId": "vpc-0a000000000000001",
    })
}
