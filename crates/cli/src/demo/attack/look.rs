//! What the account records, in a few words for each thing that an attack can take away.

use std::collections::BTreeMap;

use serde_json::Value;
use trailkeeper_app::ports::{
    BucketReader, BucketSettingsReader, KeyReader, TagReader, TrailReader,
};
use trailkeeper_core::cloudtrail::{ManagementCoverage, ManagementEvents};
use trailkeeper_core::facts::{BucketSetting, EventSelectors, Trail};
use trailkeeper_core::{CallError, Caller};
use trailkeeper_sandbox::Sandbox;
use trailkeeper_sandbox::attacks::Target;

/// What stands for a value that is not there.
const NONE: &str = "none";
/// The most characters of a value: three columns of them fit.
const SHOWN: usize = 60;
/// What is longer is the id of somebody or something.
const LONGEST_WORD: usize = 48;

/// What was seen: things and their values, in the order of the table.
pub(super) type Look = Vec<(String, String)>;

/// The things that are not the same in all three looks.
pub(super) fn differences(looks: [&Look; 3]) -> Vec<[String; 4]> {
    let [before, after, end] = looks;
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in before.iter().chain(after).chain(end) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let value = |look: &Look, name: &str| {
        let found = look.iter().find(|(of, _)| of == name);
        found.map_or(NONE, |(_, value)| value).to_owned()
    };
    let row = |name: &String| [before, after, end].map(|look| value(look, name));
    let rows = names.into_iter().map(|name| (name, row(name)));
    rows.filter(|(_, [before, after, end])| before != after || after != end)
        .map(|(name, [before, after, end])| [name.clone(), before, after, end])
        .collect()
}

/// Looks at the trail, its bucket and its key.
pub(super) async fn look(sandbox: &Sandbox, caller: &Caller, target: &Target) -> Look {
    let mut look = Look::new();
    let listed = sandbox.list_trails(&caller.region).await;
    let trails = listed.unwrap_or_default();
    let names: Vec<String> = trails.iter().map(|one| one.arn.to_string()).collect();
    look.push((
        "trails".to_owned(),
        words(trails.iter().map(|one| {
            if one.home_region == caller.region {
                one.arn.name().to_owned()
            } else {
                format!("{} in {}", one.arn.name(), one.home_region)
            }
        })),
    ));
    let arn = target.trail_arn();
    let named = names.iter().find(|name| **name == arn).or(names.first());
    let named: Vec<String> = named.cloned().into_iter().collect();
    if !named.is_empty() {
        let described = sandbox.describe_trails(&caller.region, &named).await;
        for trail in described.unwrap_or_default() {
            settings(&trail, &mut look);
            recording(sandbox, &trail, &mut look).await;
        }
    }
    bucket(sandbox, caller, target, &mut look).await;
    key(sandbox, caller, target, &mut look).await;
    look
}

fn settings(trail: &Trail, look: &mut Look) {
    let yes = |value: Option<bool>| if value == Some(true) { "yes" } else { "no" }.to_owned();
    let some = |value: &Option<String>| value.as_deref().map_or(NONE.to_owned(), short);
    let prefix = trail.key_prefix.as_deref();
    let prefix = prefix.map_or_else(String::new, |prefix| format!("/{prefix}"));
    let regions = if trail.is_multi_region == Some(true) {
        "all"
    } else {
        "one"
    };
    let rows = [
        ("Regions", regions.to_owned()),
        ("global services", yes(trail.include_global_service_events)),
        ("log file validation", yes(trail.log_file_validation)),
        ("encrypted with", some(&trail.kms_key_id)),
        ("delivers to", format!("{}{prefix}", trail.bucket)),
        ("topic", some(&trail.sns_topic_arn)),
        ("log group", some(&trail.log_group_arn)),
        ("organization trail", yes(trail.is_organization_trail)),
    ];
    let rows = rows.into_iter();
    look.extend(rows.map(|(name, value)| (name.to_owned(), value)));
}

async fn recording(sandbox: &Sandbox, trail: &Trail, look: &mut Look) {
    let (region, arn) = (&trail.home_region, &trail.arn);
    let status = sandbox.trail_status(region, arn).await;
    let status = status.unwrap_or_default();
    let recording = if status.is_logging == Some(true) {
        "yes"
    } else {
        "no"
    };
    let errors = [
        status.delivery_error,
        status.digest_error,
        status.notification_error,
        status.cloudwatch_error,
    ];
    let selectors = sandbox.event_selectors(region, arn).await;
    let selectors = selectors.unwrap_or(EventSelectors::Basic(Vec::new()));
    let insights = sandbox.insight_selectors(region, arn).await;
    let insights = insights.unwrap_or_default();
    let tags = sandbox.tags(region, arn).await.unwrap_or_default();
    let rows = [
        ("is recording", recording.to_owned()),
        ("management events", management(&selectors)),
        ("data events", data(&selectors)),
        (
            "Insights",
            words(insights.into_iter().map(|one| one.insight_type)),
        ),
        ("delivery errors", words(errors.into_iter().flatten())),
        (
            "tags",
            words(tags.iter().map(|(key, value)| format!("{key}={value}"))),
        ),
    ];
    let rows = rows.into_iter();
    look.extend(rows.map(|(name, value)| (name.to_owned(), value)));
}

fn management(selectors: &EventSelectors) -> String {
    let coverage = ManagementCoverage::of(selectors);
    match coverage.missing(ManagementEvents::All) {
        None => "all".to_owned(),
        Some(_) if coverage.is_empty() => NONE.to_owned(),
        Some(missing) => format!("without {missing}"),
    }
}

/// The types of the resources, of basic selectors with the ARNs.
fn data(selectors: &EventSelectors) -> String {
    match selectors {
        EventSelectors::Basic(all) => {
            let resources = all.iter().flat_map(|one| &one.data_resources);
            words(resources.map(|one| format!("{} {}", one.resource_type, one.values.join(" "))))
        }
        EventSelectors::Advanced(all) => {
            let fields = all.iter().flat_map(|one| &one.field_selectors);
            let types = fields.filter(|field| field.field == "resources.type");
            words(types.flat_map(|field| field.equals.iter().cloned()))
        }
    }
}

async fn bucket(sandbox: &Sandbox, caller: &Caller, target: &Target, look: &mut Look) {
    let (name, region, owner) = (&target.bucket, &caller.region, &caller.account);
    let facts = sandbox.bucket(name, region, owner).await;
    let policy = match &facts {
        Ok(facts) => facts.policy.as_deref().map_or(NONE.to_owned(), statements),
        Err(error) => error.code.clone(),
    };
    let there = if facts.is_ok() { "yes" } else { "no" };
    look.push((format!("bucket {name} is ours"), there.to_owned()));
    look.push(("bucket's policy".to_owned(), policy));
    for setting in BucketSetting::ALL {
        let document = sandbox.setting(name, region, owner, *setting).await;
        look.push((
            format!("bucket's {}", setting.as_str()),
            of_setting(document),
        ));
    }
}

async fn key(sandbox: &Sandbox, caller: &Caller, target: &Target, look: &mut Look) {
    let arn = target.key_arn();
    let facts = sandbox.describe_key(&arn, &caller.region).await;
    let state = facts.map_or_else(|error| error.code, |facts| format!("{:?}", facts.state));
    look.push(("key".to_owned(), state));
    if let Ok(arn) = arn.parse() {
        let policy = sandbox.key_policy(&arn).await;
        let policy = policy.map_or_else(|error| error.code, |text| statements(&text));
        look.push(("key's policy".to_owned(), policy));
    }
}

/// What a bucket's document says, without its markup.
fn of_setting(document: Result<Option<String>, CallError>) -> String {
    let text = match document {
        Ok(Some(text)) => text,
        Ok(None) => return NONE.to_owned(),
        Err(error) => return error.code,
    };
    let parts = text.split('<').filter_map(|part| part.split_once('>'));
    let texts = parts.map(|(_, text)| text.trim());
    let texts: Vec<&str> = texts
        .filter(|text| !text.is_empty() && (text.len() <= LONGEST_WORD || text.starts_with("arn:")))
        .collect();
    match texts.join(" ") {
        none if none.is_empty() => NONE.to_owned(),
        some => short(&some),
    }
}

/// The statements of a policy, by their ids or else by whom they are about.
fn statements(policy: &str) -> String {
    let document: Value = serde_json::from_str(policy).unwrap_or_default();
    let list = document.get("Statement").and_then(Value::as_array);
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for statement in list.into_iter().flatten() {
        let text = |member: &str| statement.get(member).and_then(Value::as_str);
        let name = text("Sid").filter(|sid| !sid.is_empty());
        let name = match (name, text("Effect")) {
            (Some(sid), _) => sid.to_owned(),
            (None, effect) => format!("{} without a name", effect.unwrap_or("statement")),
        };
        *counts.entry(name).or_default() += 1;
    }
    words(counts.into_keys())
}

fn words(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    if parts.is_empty() {
        NONE.to_owned()
    } else {
        short(&parts.join(", "))
    }
}

/// The start of a value; of an ARN its end, which is what differs.
fn short(text: &str) -> String {
    if text.starts_with("arn:") && !text.contains(' ') {
        return text.splitn(6, ':').last().unwrap_or(text).to_owned();
    }
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}
