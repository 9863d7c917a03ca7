//! Where digest files lie.

use jiff::{SignedDuration, Timestamp};

use crate::facts::Trail;

/// The folders of the day of `now` and of the day before, newest first, for the digests of the
/// trail's home Region. None for an organization trail, whose folders bear the organization's id.
pub fn folders(trail: &Trail, now: Timestamp) -> Vec<String> {
    if trail.is_organization_trail == Some(true) {
        return Vec::new();
    }
    let yesterday = now.checked_sub(SignedDuration::from_hours(24));
    let days = [Some(now), yesterday.ok()].into_iter().flatten();
    days.map(|day| {
        let day = day.strftime("%Y/%m/%d");
        format!("{}{day}/", root(trail))
    })
    .collect()
}

/// Whether the key is that of a digest of this trail. A backfill digest, which comes late and
/// stands beside the chain, is none.
pub fn is_digest(trail: &Trail, key: &str) -> bool {
    let (account, name, region) = (&trail.arn.account, &trail.name, &trail.home_region);
    let start = format!("{account}_CloudTrail-Digest_{region}_{name}_{region}_");
    let file = key.rsplit_once('/').map_or(key, |(_, file)| file);
    let time = file
        .strip_prefix(&start)
        .and_then(|rest| rest.strip_suffix(".json.gz"));
    key.starts_with(&root(trail)) && time.is_some_and(|time| !time.contains('_'))
}

/// The keys of the last two digests, newest first.
pub fn newest(trail: &Trail, keys: &[String]) -> Vec<String> {
    let mut digests: Vec<&String> = keys.iter().filter(|key| is_digest(trail, key)).collect();
    digests.sort();
    digests.into_iter().rev().take(2).cloned().collect()
}

/// The end of the hour that the digest with this key tells of, which the key bears.
pub fn time_of(key: &str) -> Option<Timestamp> {
    let (_, time) = key.strip_suffix(".json.gz")?.rsplit_once('_')?;
    time.parse().ok()
}

fn root(trail: &Trail) -> String {
    let prefix = trail.key_prefix.as_deref().filter(|one| !one.is_empty());
    let prefix = prefix.map_or_else(String::new, |prefix| format!("{prefix}/"));
    let (account, region) = (&trail.arn.account, &trail.home_region);
    format!("{prefix}AWSLogs/{account}/CloudTrail-Digest/{region}/")
}
