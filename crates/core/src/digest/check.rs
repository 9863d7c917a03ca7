//! What the digests and the bucket say together.

use std::collections::BTreeSet;

use super::{DigestFile, NamedFile};

/// The most files that one run asks S3 for.
pub const MOST_CHECKED: usize = 50;

/// A digest that was read: what it says, and the SHA-256 of its uncompressed contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// What it says.
    pub digest: DigestFile,
    /// Its own hash.
    pub sha256: String,
}

/// The log files and digests that were looked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogFileCheck {
    /// The digests that were read, newest first.
    pub digests: Vec<Checked>,
    /// The files they name that were looked for, each with whether it is there.
    pub files: Vec<Found>,
    /// How many they name in all.
    pub named: usize,
    /// A digest that is there and cannot be read, and why.
    pub unreadable: Option<String>,
    /// The folders hold no digest of the trail.
    pub no_digest: bool,
}

/// A file that was looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub file: NamedFile,
    /// Whether it is there.
    pub there: bool,
}

/// The files to look for: those of `bucket` that the digests name, newest first, at most
/// [`MOST_CHECKED`]; and how many they name. The digest before the oldest one read is among them.
pub fn to_check(bucket: &str, digests: &[Checked]) -> (Vec<NamedFile>, usize) {
    let read: BTreeSet<&str> = digests.iter().map(|one| one.digest.key.as_str()).collect();
    let before = digests
        .last()
        .and_then(|oldest| oldest.digest.previous.as_ref());
    let before = before.filter(|file| !read.contains(file.key.as_str()));
    let logs = digests
        .iter()
        .flat_map(|one| one.digest.log_files.iter().rev());
    let files: Vec<NamedFile> = before
        .into_iter()
        .chain(logs)
        .filter(|file| file.bucket == bucket)
        .cloned()
        .collect();
    let named = files.len();
    let checked = files.into_iter().take(MOST_CHECKED).collect();
    (checked, named)
}

/// What is missing, in words; none where all that was looked for is there.
pub fn evidence(check: &LogFileCheck) -> Option<String> {
    if let Some(why) = &check.unreadable {
        return Some(why.clone());
    }
    let missing: Vec<&NamedFile> = check
        .files
        .iter()
        .filter(|found| !found.there)
        .map(|found| &found.file)
        .collect();
    if let (Some(first), Some(newest)) = (missing.first(), check.digests.first()) {
        return Some(format!(
            "{} of {} named by digest {} are gone, first {}",
            missing.len(),
            check.files.len(),
            newest.digest.key,
            first.key
        ));
    }
    broken_chain(&check.digests)
}

/// The newest digest must name the one before it, by its hash. Where it names another one, a
/// digest between the two was deleted.
fn broken_chain(digests: &[Checked]) -> Option<String> {
    let [newest, older, ..] = digests else {
        return None;
    };
    let key = &newest.digest.key;
    // a trail that was stopped begins a new chain, which names no digest before it
    let previous = newest.digest.previous.as_ref()?;
    if previous.key != older.digest.key {
        return Some(format!(
            "digest {} named by {key} is not before it",
            previous.key
        ));
    }
    (!previous.sha256.eq_ignore_ascii_case(&older.sha256)).then(|| {
        format!(
            "digest {} is not the one that {key} names",
            older.digest.key
        )
    })
}
