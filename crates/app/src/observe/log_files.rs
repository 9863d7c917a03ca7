//! Reading the newest digests and looking for the files that they name.

use std::io::Read as _;

use flate2::read::GzDecoder;
use futures::future::try_join_all;
use jiff::Timestamp;
use trailkeeper_core::CallError;
use trailkeeper_core::baseline::sha256_of;
use trailkeeper_core::cloudtrail::reads::Place;
use trailkeeper_core::digest::{self, Checked, Found, LogFileCheck, NamedFile};
use trailkeeper_core::facts::Trail;

use crate::ports::ObjectReader;

/// S3 lists this many keys at a time.
const A_PAGE: usize = 1_000;

/// A day has 24 digests of a trail; more pages than these hold something else.
const MOST_PAGES: usize = 3;

/// What a digest may have uncompressed. It names the log files of an hour.
const MOST_BYTES: u64 = 16 << 20;

/// Checks that what was delivered of late is there.
///
/// # Errors
/// The first call that failed: of what was not looked at nothing is said.
pub(super) async fn check(
    objects: &dyn ObjectReader,
    place: &Place,
    trail: &Trail,
    now: Timestamp,
) -> Result<LogFileCheck, CallError> {
    let mut keys = Vec::new();
    for folder in digest::folders(trail, now) {
        keys.extend(list(objects, place, &folder).await?);
        if digest::newest(trail, &keys).len() > 1 {
            break;
        }
    }
    let newest = digest::newest(trail, &keys);
    let mut result = LogFileCheck {
        no_digest: newest.is_empty(),
        ..LogFileCheck::default()
    };
    let read = newest.iter().map(|key| read(objects, place, key));
    for (key, bytes) in newest.iter().zip(try_join_all(read).await?) {
        match understood(key, &bytes) {
            Ok(digest) => result.digests.push(digest),
            Err(why) => result.unreadable = Some(format!("digest {key}: {why}")),
        }
    }
    let (files, named) = digest::to_check(&place.bucket, &result.digests);
    let looked = files.into_iter().map(|file| look(objects, place, file));
    result.files = try_join_all(looked).await?;
    result.named = named;
    Ok(result)
}

async fn list(
    objects: &dyn ObjectReader,
    place: &Place,
    folder: &str,
) -> Result<Vec<String>, CallError> {
    let mut keys: Vec<String> = Vec::new();
    for _ in 0..MOST_PAGES {
        let after = keys.last().cloned().unwrap_or_default();
        let page = objects
            .keys(&place.bucket, &place.region, &place.owner, folder, &after)
            .await?;
        let is_last = page.len() < A_PAGE;
        keys.extend(page);
        if is_last {
            break;
        }
    }
    Ok(keys)
}

async fn read(objects: &dyn ObjectReader, place: &Place, key: &str) -> Result<Vec<u8>, CallError> {
    objects
        .object(&place.bucket, &place.region, &place.owner, key)
        .await
}

async fn look(
    objects: &dyn ObjectReader,
    place: &Place,
    file: NamedFile,
) -> Result<Found, CallError> {
    let there = objects
        .has_object(&place.bucket, &place.region, &place.owner, &file.key)
        .await?;
    Ok(Found { file, there })
}

fn understood(key: &str, bytes: &[u8]) -> Result<Checked, String> {
    let mut text = Vec::new();
    GzDecoder::new(bytes)
        .take(MOST_BYTES)
        .read_to_end(&mut text)
        .map_err(|error| format!("it cannot be decompressed: {error}"))?;
    let digest = digest::parse(&text).map_err(|error| error.to_string())?;
    if digest.key != key {
        return Err(format!("it says that it is {}", digest.key));
    }
    Ok(Checked {
        sha256: sha256_of(&text),
        digest,
    })
}
