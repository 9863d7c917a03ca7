//! CloudTrail's digest files: which log files were delivered, and that each digest names the one
//! before it. By these it shows that somebody has deleted log files.
//!
//! Hashes are over the uncompressed contents (CloudTrail user guide, "Digest file structure").
//! The signature is not checked here: that takes the public keys, and `aws cloudtrail
//! validate-logs` does it.

mod check;
mod place;

use serde::Deserialize;

use crate::escape;

pub use check::{Checked, Found, LogFileCheck, MOST_CHECKED, evidence, to_check};
pub use place::{folders, is_digest, newest, time_of};

/// A file of some other trail, or of no trail, is refused above this.
const MOST_BYTES: usize = 32 << 20;

/// Longest part of what is wrong with a file that is told; the file can be anybody's.
const SHOWN: usize = 256;

/// A file that a digest names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct NamedFile {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// The SHA-256 of its uncompressed contents, in hexadecimal digits.
    pub sha256: String,
}

/// A digest file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DigestFile {
    /// The key under which it was delivered.
    pub key: String,
    /// The digest before it; none where a chain begins.
    pub previous: Option<NamedFile>,
    /// The log files delivered in its hour.
    pub log_files: Vec<NamedFile>,
}

/// Why a digest file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DigestError {
    /// It is no digest.
    #[error("it is no digest file: {0}")]
    BadContent(String),
    /// It is larger than any digest.
    #[error("it has {0} bytes, more than a digest file has")]
    TooLarge(usize),
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Written {
    digest_s3_object: String,
    #[serde(default)]
    previous_digest_s3_bucket: Option<String>,
    #[serde(default)]
    previous_digest_s3_object: Option<String>,
    #[serde(default)]
    previous_digest_hash_value: Option<String>,
    #[serde(default)]
    log_files: Vec<WrittenFile>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenFile {
    s3_bucket: String,
    s3_object: String,
    hash_value: String,
}

/// Reads an uncompressed digest file.
///
/// # Errors
/// It is no digest file.
pub fn parse(bytes: &[u8]) -> Result<DigestFile, DigestError> {
    if bytes.len() > MOST_BYTES {
        return Err(DigestError::TooLarge(bytes.len()));
    }
    let written: Written = serde_json::from_slice(bytes)
        .map_err(|error| DigestError::BadContent(escape::cut(&error.to_string(), SHOWN)))?;
    let previous = match (
        written.previous_digest_s3_bucket,
        written.previous_digest_s3_object,
        written.previous_digest_hash_value,
    ) {
        (Some(bucket), Some(key), Some(sha256)) => Some(NamedFile {
            bucket,
            key,
            sha256,
        }),
        _ => None,
    };
    let named = |file: WrittenFile| NamedFile {
        bucket: file.s3_bucket,
        key: file.s3_object,
        sha256: file.hash_value,
    };
    Ok(DigestFile {
        key: written.digest_s3_object,
        previous,
        log_files: written.log_files.into_iter().map(named).collect(),
    })
}
