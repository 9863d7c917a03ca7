//! Buckets: those of the trails and of the rule, as healthy as nothing else is listed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::ScenarioError;
use super::answers::{Answer, Listed};
use super::draft::{Draft, Wanted};
use super::trails::Trails;
use crate::call::ApiError;
use crate::seed::{BucketSeed, cloudtrail_bucket_policy};

/// The owner of buckets that ListBuckets leaves out.
const STRANGER: &str = "999999999999";

/// Whose logs a bucket is to take: prefix, folder below `AWSLogs` and trail.
struct Writer {
    prefix: Option<String>,
    folder: String,
    trail_arn: String,
}

pub(super) fn load(
    draft: &mut Draft,
    trails: &Trails<'_>,
    wanted: &Wanted,
    listed: &[Listed<'_>],
) -> Result<(), ScenarioError> {
    let mut buckets = healthy(draft, trails, wanted);
    for entry in listed.iter().filter(|entry| entry.service == "s3") {
        match (&entry.answer, entry.argument) {
            (Answer::Error(error), Some(name)) => {
                refuse(draft, &mut buckets, entry, (name, error));
            }
            (Answer::Error(error), None) => draft.refuse(entry, error),
            (Answer::Pages(_), Some(name)) => fill(&mut buckets, entry, name)?,
            (Answer::Pages(_), None) => disown(&mut buckets, entry)?,
        }
    }
    for seed in buckets.into_values() {
        draft.world.seed_bucket(seed);
    }
    Ok(())
}

fn healthy(draft: &Draft, trails: &Trails<'_>, wanted: &Wanted) -> BTreeMap<String, BucketSeed> {
    let account = &draft.world.account_id;
    let mut names: BTreeMap<&str, &str> = BTreeMap::new();
    for trail in trails.own(account) {
        let settings = &trail.seed.settings;
        // a key must live in the bucket's Region, so it tells where the bucket is
        let key_region = settings.kms_key_id.as_deref().and_then(region_of);
        let region = key_region.unwrap_or(&trail.seed.home_region);
        names.entry(&settings.s3_bucket_name).or_insert(region);
    }
    if let Some(bucket) = &wanted.bucket {
        let key_region = wanted.key.as_deref().and_then(region_of);
        let region = key_region.unwrap_or(&draft.world.region);
        names.entry(bucket).or_insert(region);
    }
    let writers = writers(draft, trails, wanted);
    let seed = |(name, region): (&str, &str)| {
        let seed = BucketSeed {
            name: name.to_owned(),
            region: Some(region.to_owned()),
            policy: Some(policy(&draft.world.partition, name, &writers)),
            ..BucketSeed::default()
        };
        (name.to_owned(), seed)
    };
    names.into_iter().map(seed).collect()
}

fn region_of(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

/// Every own trail, and the wanted one if it does not exist yet.
fn writers(draft: &Draft, trails: &Trails<'_>, wanted: &Wanted) -> Vec<Writer> {
    let world = &draft.world;
    let mut writers = Vec::new();
    for trail in trails.own(&world.account_id) {
        let mut folders = vec![world.account_id.clone()];
        if trail.seed.settings.is_organization_trail {
            folders.push(world.services.organizations.organization_id.clone());
        }
        writers.extend(folders.into_iter().map(|folder| Writer {
            prefix: trail.seed.settings.s3_key_prefix.clone(),
            folder,
            trail_arn: trail.arn.clone(),
        }));
    }
    if let Some(name) = &wanted.trail {
        let trail_arn = if name.starts_with("arn:") {
            name.clone()
        } else {
            world.trail_arn(&world.region, &world.account_id, name)
        };
        let (prefix, folder) = (None, world.account_id.clone());
        if !trails.by_arn.contains_key(&trail_arn) {
            writers.push(Writer {
                prefix,
                folder,
                trail_arn,
            });
        }
    }
    writers
}

/// A policy that lets CloudTrail write for all of `writers`.
fn policy(partition: &str, bucket: &str, writers: &[Writer]) -> String {
    let texts = writers.iter().map(|writer| {
        let prefix = writer.prefix.as_deref();
        let (folder, trail) = (&writer.folder, &writer.trail_arn);
        cloudtrail_bucket_policy(partition, bucket, prefix, folder, trail)
    });
    let mut texts: Vec<String> = texts.collect();
    if texts.len() == 1 {
        return texts.remove(0);
    }
    let mut statements = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let document: Value = serde_json::from_str(text).unwrap_or_default();
        let own = document.get("Statement").and_then(Value::as_array);
        for (number, statement) in own.into_iter().flatten().enumerate() {
            let mut statement = statement.clone();
            if let Some(members) = statement.as_object_mut() {
                members.insert("Sid".to_owned(), json!(format!("Trail{index}No{number}")));
            }
            statements.push(statement);
        }
    }
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

fn refuse(
    draft: &mut Draft,
    buckets: &mut BTreeMap<String, BucketSeed>,
    entry: &Listed<'_>,
    (name, error): (&str, &ApiError),
) {
    // these errors are states: writes can end them
    match error.code.as_str() {
        "NoSuchBucketPolicy" => {
            let seed = bucket(buckets, entry.region, name);
            seed.policy = None;
        }
        "NoSuchBucket" | "NotFound" | "404" => {
            buckets.remove(name);
        }
        _ => draft.refuse(entry, error),
    }
}

fn bucket<'m>(
    buckets: &'m mut BTreeMap<String, BucketSeed>,
    region: &str,
    name: &str,
) -> &'m mut BucketSeed {
    let seed = buckets
        .entry(name.to_owned())
        .or_insert_with(|| BucketSeed {
            name: name.to_owned(),
            ..BucketSeed::default()
        });
    seed.region = Some(region.to_owned());
    seed
}

fn fill(
    buckets: &mut BTreeMap<String, BucketSeed>,
    entry: &Listed<'_>,
    name: &str,
) -> Result<(), ScenarioError> {
    let Some(output) = entry.output()? else {
        return Ok(());
    };
    let seed = bucket(buckets, entry.region, name);
    if entry.operation == "GetBucketPolicy" {
        output.only(&["Policy"])?;
        seed.policy = Some(output.need_text("Policy")?.to_owned());
    } else if let Some(region) = output.string("BucketRegion")? {
        seed.region = Some(region);
    }
    Ok(())
}

/// ListBuckets names all buckets of the account; the others belong to someone else.
fn disown(
    buckets: &mut BTreeMap<String, BucketSeed>,
    entry: &Listed<'_>,
) -> Result<(), ScenarioError> {
    let Answer::Pages(pages) = &entry.answer else {
        return Ok(());
    };
    let mut own = Vec::new();
    for page in pages {
        for listed in page.list("Buckets")? {
            let name = listed.need_text("Name")?;
            own.push(name);
            if let Some(region) = listed.text("BucketRegion")? {
                bucket(buckets, region, name);
            } else {
                buckets
                    .entry(name.to_owned())
                    .or_insert_with(|| BucketSeed {
                        name: name.to_owned(),
                        ..BucketSeed::default()
                    });
            }
        }
    }
    for seed in buckets.values_mut() {
        if !own.contains(&seed.name.as_str()) {
            seed.owner = Some(STRANGER.to_owned());
        }
    }
    Ok(())
}
