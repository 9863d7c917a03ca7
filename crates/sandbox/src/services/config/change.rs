//! Changes: which rules hear of one, and the notification that they get.

use serde_json::{Map, Value, json};

use super::inventory::{Item, Status};
use super::rule::Rule;
use super::run::ask;
use super::written;
use crate::world::World;

const CHANGE: &str = "ConfigurationItemChangeNotification";
const OVERSIZED: &str = "OversizedConfigurationItemChangeNotification";
/// The largest notification in bytes; of an item that needs more, only a summary is sent.
const LARGEST: usize = 262_144;

/// A rule: its Region and its name.
type Key = (String, String);

/// Tells the rules that hear of it that a resource has changed from `before` to `item`.
pub(super) fn notify(world: &mut World, region: &str, before: Option<&Item>, item: &Item) {
    let before = before.filter(|before| before.status.is_present());
    let (message_type, body) = notification(world, region, before, item);
    let (was, is) = (before.map(Item::event), item.event());
    for key in listeners(world, region, message_type) {
        let Some(rule) = world.services.config.rules.get(&key) else {
            continue;
        };
        // nothing is known of a resource that is gone: it is in scope if it was
        let covered = is_covered(rule, &is);
        let was_covered = was.as_ref().is_some_and(|was| is_covered(rule, was));
        if covered || was_covered && !item.status.is_present() {
            ask(world, &key, &body, false);
        } else if was_covered {
            ask(world, &key, &body, true);
        }
    }
}

/// Gives a rule, that hears of changes, all that the inventory holds for it.
pub(super) fn deliver_all(world: &mut World, key: &Key) {
    let config = &world.services.config;
    let Some(rule) = config.rules.get(key) else {
        return;
    };
    let everything = std::ops::Bound::Unbounded;
    let present = config.inventory.present(&key.0, everything);
    let covered = present.filter(|(_, item)| is_covered(rule, &item.event()));
    let mut bodies = Vec::new();
    for (_, item) in covered {
        let (message_type, body) = notification(world, &key.0, None, item);
        if listens(rule, message_type) {
            bodies.push(body);
        }
    }
    for body in bodies {
        ask(world, key, &body, false);
    }
}

/// Tells the rules of a change that the inventory knows nothing of: `item` is the
/// `configurationItem`, or the `configurationItemSummary` if it has no `configuration`.
pub(crate) fn notify_foreign(world: &mut World, region: &str, item: &Value) {
    let (message_type, body) = if item.get("configuration").is_none() {
        (OVERSIZED, oversized(world, item))
    } else {
        (CHANGE, ordinary(world, item, &Value::Null))
    };
    for key in listeners(world, region, message_type) {
        let rule = world.services.config.rules.get(&key);
        if rule.is_some_and(|rule| is_covered(rule, item)) {
            ask(world, &key, &body, false);
        }
    }
}

fn listeners(world: &World, region: &str, message_type: &str) -> Vec<Key> {
    let rules = world.services.config.rules.iter();
    let listening = rules.filter(|((home, _), rule)| home == region && listens(rule, message_type));
    listening.map(|(key, _)| key.clone()).collect()
}

fn listens(rule: &Rule, message_type: &str) -> bool {
    let mut details = rule.source.details.iter();
    details.any(|(wanted, _)| wanted == message_type)
}

/// Whether the rule hears of changes at all.
pub(super) fn hears(rule: &Rule) -> bool {
    listens(rule, CHANGE) || listens(rule, OVERSIZED)
}

/// Whether a resource is in the rule's scope; a rule without scope covers every resource.
fn is_covered(rule: &Rule, item: &Value) -> bool {
    let Some(scope) = &rule.scope else {
        return true;
    };
    let text = |name: &str| scope.get(name).and_then(Value::as_str);
    let types = scope.get("ComplianceResourceTypes");
    let types = types
        .and_then(Value::as_array)
        .filter(|types| !types.is_empty());
    let of = |name: &str| item.get(name);
    let typed = types.is_none_or(|types| of("resourceType").is_some_and(|of| types.contains(of)));
    let id = text("ComplianceResourceId");
    let named = id.is_none_or(|id| of("resourceId").and_then(Value::as_str) == Some(id));
    let tagged = text("TagKey").is_none_or(|key| {
        let given = item.get("tags").and_then(|tags| tags.get(key));
        let wanted = text("TagValue");
        given.is_some_and(|given| wanted.is_none_or(|wanted| given == wanted))
    });
    typed && named && tagged
}

fn notification(
    world: &World,
    region: &str,
    before: Option<&Item>,
    item: &Item,
) -> (&'static str, Value) {
    let full = ordinary(world, &item.event(), &difference(before, item));
    if full.to_string().len() <= LARGEST {
        return (CHANGE, full);
    }
    let mut summary = item.summary();
    if let Some(members) = summary.as_object_mut() {
        members.insert("changeType".to_owned(), json!(change_type(before, item)));
    }
    let mut body = oversized(world, &summary);
    let channel = world.services.config.channels.get(region);
    let bucket = channel.and_then(|channel| channel.get("s3BucketName"));
    if let (Some(bucket), Some(members)) = (bucket.and_then(Value::as_str), body.as_object_mut()) {
        let location = format!(
            "{bucket}/AWSLogs/{}/Config/{region}/OversizedChangeNotification/{}/{}",
            world.account_id, item.resource.0, item.resource.1
        );
        let delivery =
            json!({"s3BucketLocation": location, "errorCode": null, "errorMessage": null});
        members.insert("s3DeliverySummary".to_owned(), delivery);
    }
    (OVERSIZED, body)
}

fn ordinary(world: &World, item: &Value, difference: &Value) -> Value {
    json!({
        "configurationItemDiff": difference,
        "configurationItem": item,
        "notificationCreationTime": written(world.now),
        "messageType": CHANGE,
        "recordVersion": "1.3",
    })
}

fn oversized(world: &World, summary: &Value) -> Value {
    json!({
        "configurationItemSummary": summary,
        "notificationCreationTime": written(world.now),
        "messageType": OVERSIZED,
        "recordVersion": "1.0",
    })
}

fn change_type(before: Option<&Item>, item: &Item) -> &'static str {
    match (before, item.status) {
        (_, Status::Deleted | Status::DeletedNotRecorded) => "DELETE",
        (None, _) => "CREATE",
        _ => "UPDATE",
    }
}

/// What changed in the configuration; nothing is told of a new resource and of one that is gone.
fn difference(before: Option<&Item>, item: &Item) -> Value {
    let Some(before) = before.filter(|_| item.status.is_present()) else {
        return Value::Null;
    };
    let mut changed = Map::new();
    let (old, new) = (before.configuration.value(), item.configuration.value());
    compare("Configuration", &old, &new, &mut changed);
    json!({"changedProperties": changed, "changeType": "UPDATE"})
}

fn compare(path: &str, old: &Value, new: &Value, changed: &mut Map<String, Value>) {
    if old == new {
        return;
    }
    if let (Value::Object(old), Value::Object(new)) = (old, new) {
        let mut names: Vec<&String> = old.keys().chain(new.keys()).collect();
        names.sort();
        names.dedup();
        let value = |of: &Map<String, Value>, name: &str| of.get(name).cloned().unwrap_or_default();
        for name in names {
            let path = format!("{path}.{}", capital(name));
            compare(&path, &value(old, name), &value(new, name), changed);
        }
        return;
    }
    let kind = match (old, new) {
        (Value::Null, _) => "CREATE",
        (_, Value::Null) => "DELETE",
        _ => "UPDATE",
    };
    let told = json!({"previousValue": old, "updatedValue": new, "changeType": kind});
    changed.insert(path.to_owned(), told);
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
