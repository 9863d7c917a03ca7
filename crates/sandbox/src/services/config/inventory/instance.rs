//! EC2 instances as configuration items.

use serde_json::{Map, Value, json};

use super::record::{Tell, observe};
use super::{Item, Resource};
use crate::services::ec2;
use crate::world::World;

pub(super) const INSTANCE: &str = "AWS::EC2::Instance";

/// Records the instances that have changed.
pub(super) fn follow(world: &mut World, tell: Tell) {
    for (region, id) in ec2::take_changed(world) {
        look(world, &region, &id, tell);
    }
}

/// The same for those of which nothing is recorded; the others are left as they are recorded.
pub(super) fn follow_unknown(world: &mut World, tell: Tell) {
    for (region, id) in ec2::take_changed(world) {
        let resource = (INSTANCE.to_owned(), id);
        let inventory = &world.services.config.inventory;
        if inventory.last(&region, &resource).is_none() {
            look(world, &region, &resource.1, tell);
        }
    }
}

/// Records the instances of a Region that are not recorded as they are.
pub(super) fn rediscover(world: &mut World, region: &str, tell: Tell) {
    for id in ec2::ids(world, region) {
        look(world, region, &id, tell);
    }
}

fn look(world: &mut World, region: &str, id: &str, tell: Tell) {
    let resource = (INSTANCE.to_owned(), id.to_owned());
    // AWS Config takes an instance for deleted as soon as it is terminated
    let configuration = ec2::configuration(world, region, id);
    let seen = configuration.map(|configuration| item(world, region, &resource, configuration));
    observe(world, region, &resource, seen, tell);
}

fn item(world: &World, region: &str, resource: &Resource, configuration: Value) -> Item {
    let arn = format!(
        "arn:{}:ec2:{region}:{}:instance/{}",
        world.partition, world.account_id, resource.1
    );
    let mut item = Item::blank(world, region, resource, arn);
    let text = |pointer: &str| {
        let value = configuration.pointer(pointer);
        value.and_then(Value::as_str).map(str::to_owned)
    };
    item.zone = text("/placement/availabilityZone");
    item.created = text("/launchTime").and_then(|time| time.parse().ok());
    item.tags = tags(&configuration);
    item.relationships = relationships(&configuration).into();
    item.configuration = configuration.into();
    item
}

fn tags(configuration: &Value) -> Map<String, Value> {
    let list = configuration.get("tags").and_then(Value::as_array);
    let pair = |tag: &Value| {
        let key = tag.get("key")?.as_str()?;
        Some((key.to_owned(), tag.get("value")?.clone()))
    };
    list.into_iter().flatten().filter_map(pair).collect()
}

/// Groups, subnet and VPC, with the word for them in the names of relationships.
fn relationships(configuration: &Value) -> Vec<Value> {
    let list = configuration
        .get("securityGroups")
        .and_then(Value::as_array);
    let groups = list.into_iter().flatten().map(|group| {
        let words = ("SecurityGroup", "Is associated with SecurityGroup");
        (words, group.get("groupId"))
    });
    let holders = [
        (("Subnet", "Is contained in Subnet"), "subnetId"),
        (("VPC", "Is contained in Vpc"), "vpcId"),
    ];
    let holders = holders.map(|(words, member)| (words, configuration.get(member)));
    let told = |((kind, name), id): ((&str, &str), Option<&Value>)| {
        Some(json!({
            "resourceId": id?.as_str()?,
            "resourceName": null,
            "resourceType": format!("AWS::EC2::{kind}"),
            "name": name,
        }))
    };
    groups.chain(holders).filter_map(told).collect()
}
