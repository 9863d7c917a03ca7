//! Where the archives go.

use std::str::FromStr;

/// A folder of a bucket: `s3://bucket/prefix`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    bucket: String,
    prefix: String,
}

/// A text that is no folder of a bucket.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum DestinationError {
    /// It does not begin with `s3://`.
    #[error("a destination looks like s3://bucket/prefix")]
    Form,
    /// No bucket can have the name.
    #[error(
        "a bucket's name has 3 to 63 lower-case letters, digits, dots and hyphens, and begins and \
         ends with a letter or a digit"
    )]
    Bucket,
    /// The prefix would not be taken everywhere.
    #[error(
        "a prefix consists of letters, digits and . _ - = between single slashes, 900 characters \
         at most"
    )]
    Prefix,
}

/// S3 allows 1,024 bytes of key; the archive's own name needs some.
const LONGEST_PREFIX: usize = 900;

impl Destination {
    /// The bucket.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The key of a file in the folder.
    pub fn key(&self, file: &str) -> String {
        match self.prefix.is_empty() {
            true => file.to_owned(),
            false => format!("{}/{file}", self.prefix),
        }
    }
}

impl FromStr for Destination {
    type Err = DestinationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let path = text.strip_prefix("s3://").ok_or(DestinationError::Form)?;
        let (bucket, prefix) = path.split_once('/').unwrap_or((path, ""));
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        if !is_bucket(bucket) {
            return Err(DestinationError::Bucket);
        }
        if !prefix.is_empty() && !is_prefix(prefix) {
            return Err(DestinationError::Prefix);
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        })
    }
}

fn is_bucket(name: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let mut bytes = name.bytes();
    let ends = [bytes.clone().next(), bytes.next_back()];
    (3..=63).contains(&name.len())
        && ends.into_iter().flatten().all(plain)
        && name
            .bytes()
            .all(|byte| plain(byte) || b".-".contains(&byte))
}

fn is_prefix(prefix: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-=".contains(&byte);
    prefix.len() <= LONGEST_PREFIX
        && prefix
            .split('/')
            .all(|part| !part.is_empty() && part.bytes().all(known))
}
