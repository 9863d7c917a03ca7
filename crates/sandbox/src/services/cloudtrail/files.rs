//! The log and digest files of trails, as objects in their buckets. Only kept on request: a sweep
//! needs no more than the times in the status.

use std::io::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::events;
use super::trail::{DELIVERY, DIGEST, Trail};
use crate::services::s3::Object;
use crate::world::World;

/// A file that is on its way to a bucket.
#[derive(Debug)]
pub(super) struct File {
    bucket: String,
    key: String,
    body: String,
    at: Timestamp,
}

/// The chain of a trail's digests in one Region.
#[derive(Debug, Clone, Default)]
pub(super) struct Chain {
    /// Until when digests tell.
    told: Option<Timestamp>,
    /// The key and the hash of the last digest; none: the next one starts a chain.
    last: Option<(String, String)>,
    /// The log files since then, as a digest names them.
    logs: Vec<Value>,
}

/// What reaches the bucket of a trail in one Region.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken {
    pub(super) logs: bool,
    pub(super) digests: bool,
}

/// The files that the trail delivers in `region` until `to`, in their order.
pub(super) fn deliver(
    world: &World,
    trail: &mut Trail,
    region: &str,
    taken: Taken,
    to: Timestamp,
) -> Vec<File> {
    let (mut next_log, mut next_digest) = (trail.next_delivery, trail.next_digest);
    let mut chain = trail.chains.remove(region).unwrap_or_default();
    let mut files = Vec::new();
    while next_log.min(next_digest) <= to {
        // a digest names the log files up to its own time
        if next_log <= next_digest {
            if taken.logs {
                let file = log(world, trail, region, next_log, &mut chain);
                files.push(file);
            }
            next_log += DELIVERY;
        } else {
            if taken.digests {
                files.push(digest(trail, world, region, next_digest, &mut chain));
            }
            next_digest += DIGEST;
        }
    }
    trail.chains.insert(region.to_owned(), chain);
    files
}

/// Puts the files into their buckets.
pub(super) fn store(world: &mut World, files: Vec<File>) {
    for file in files {
        if let Some(bucket) = world.services.s3.buckets.get_mut(&file.bucket) {
            let object = Object {
                body: file.body,
                content_type: "application/json".to_owned(),
                modified: file.at,
                encryption: None,
            };
            bucket.keep(&file.key, object);
        }
    }
}

/// `[PREFIX/]AWSLogs/[ORGANIZATION/]ACCOUNT/KIND/REGION/Y/M/D/`.
fn folder(trail: &Trail, world: &World, kind: &str, region: &str, at: Timestamp) -> String {
    let settings = &trail.settings;
    let prefix = settings.s3_key_prefix.as_ref();
    let prefix = prefix.map_or_else(String::new, |prefix| format!("{prefix}/"));
    let organization = &world.services.organizations.organization_id;
    let whose = match settings.is_organization_trail && !organization.is_empty() {
        true => format!("{organization}/{}", trail.account),
        false => trail.account.clone(),
    };
    let day = at.strftime("%Y/%m/%d");
    format!("{prefix}AWSLogs/{whose}/{kind}/{region}/{day}/")
}

fn log(world: &World, trail: &Trail, region: &str, at: Timestamp, chain: &mut Chain) -> File {
    let since = at - DELIVERY;
    let records = events::records(world, region, since, at);
    let content = json!({"Records": records}).to_string();
    let minute = at.strftime("%Y%m%dT%H%MZ").to_string();
    let unique = hash(format!("{} {region} {minute}", trail.arn).as_bytes());
    let key = format!(
        "{}{}_CloudTrail_{region}_{minute}_{:.16}.json.gz",
        folder(trail, world, "CloudTrail", region, at),
        trail.account,
        unique
    );
    chain.logs.push(json!({
        "s3Bucket": trail.settings.s3_bucket_name,
        "s3Object": key,
        "hashValue": hash(content.as_bytes()),
        "hashAlgorithm": "SHA-256",
        "newestEventTime": written(at),
        "oldestEventTime": written(since),
    }));
    file(trail, key, &content, at)
}

/// A digest. It is not signed: `previousDigestSignature` and the signature in the object's
/// metadata need CloudTrail's private key.
fn digest(trail: &Trail, world: &World, region: &str, at: Timestamp, chain: &mut Chain) -> File {
    let second = at.strftime("%Y%m%dT%H%M%SZ");
    let key = format!(
        "{}{}_CloudTrail-Digest_{region}_{}_{}_{second}.json.gz",
        folder(trail, world, "CloudTrail-Digest", region, at),
        trail.account,
        trail.name,
        trail.home_region
    );
    let bucket = &trail.settings.s3_bucket_name;
    let start = chain.told.unwrap_or(at - DIGEST);
    let logs = std::mem::take(&mut chain.logs);
    let event_time =
        |log: Option<&Value>, member: &str| log.and_then(|log| log.get(member)).cloned();
    let content = json!({
        "awsAccountId": trail.account,
        "digestStartTime": written(start),
        "digestEndTime": written(at),
        "digestS3Bucket": bucket,
        "digestS3Object": key,
        "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": event_time(logs.last(), "newestEventTime"),
        "oldestEventTime": event_time(logs.first(), "oldestEventTime"),
        "previousDigestS3Bucket": chain.last.as_ref().map(|_| bucket),
        "previousDigestS3Object": chain.last.as_ref().map(|(key, _)| key),
        "previousDigestHashValue": chain.last.as_ref().map(|(_, hash)| hash),
        "previousDigestHashAlgorithm": chain.last.as_ref().map(|_| "SHA-256"),
        "logFiles": logs,
    });
    let content = content.to_string();
    chain.told = Some(at);
    chain.last = Some((key.clone(), hash(content.as_bytes())));
    file(trail, key, &content, at)
}

fn file(trail: &Trail, key: String, content: &str, at: Timestamp) -> File {
    File {
        bucket: trail.settings.s3_bucket_name.clone(),
        key,
        body: STANDARD.encode(zipped(content.as_bytes())),
        at,
    }
}

/// The content in gzip's form, the same for the same content.
fn zipped(content: &[u8]) -> Vec<u8> {
    let zip = GzBuilder::new().mtime(0);
    let mut zip = zip.write(Vec::new(), Compression::fast());
    // a vector takes everything
    let _all = zip.write_all(content);
    zip.finish().unwrap_or_default()
}

/// SHA-256 of the content before it is zipped, in hexadecimal digits, as digests name files.
fn hash(content: &[u8]) -> String {
    let digest = Sha256::digest(content);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
