//! The record of a healthy trail: what cannot be required by a parameter, and is undone or noticed
//! only by comparison with what was there before.
//!
//! It is an object in the log bucket whose name holds the SHA-256 of its bytes. A parameter of the
//! rule names that hash, so whoever can write to the bucket can take the record away but cannot
//! put another in its place.

mod capture;
mod error;
mod setting;
mod xml;

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub use capture::{Healthy, capture};
pub use error::BaselineError;
pub use setting::{
    ALL_BLOCKED, VERSIONED, change_of, is_answer, is_enforcing_ownership, is_versioned,
};

use crate::escape;
use crate::facts::{BucketSetting, EventSelectors, InsightSelector};
use crate::identity::{AccountId, Arn, Region};

/// The format that this version writes and reads.
const VERSION: u32 = 1;

/// A record of a hundred bucket settings and selectors is far below this.
const MOST_BYTES: usize = 256 << 10;

/// Longest part of what is wrong with it that is told.
const SHOWN: usize = 256;

/// A baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Baseline {
    version: u32,
    /// The account it was captured in.
    pub account: AccountId,
    /// The trail.
    pub trail: Arn,
    /// When it was captured.
    pub captured_at: Timestamp,
    /// The trail's event selectors.
    pub event_selectors: EventSelectors,
    /// The trail's insight selectors.
    pub insight_selectors: Vec<InsightSelector>,
    /// The trail's tags.
    pub tags: BTreeMap<String, String>,
    /// The bucket that takes the log files.
    pub bucket: BaselineBucket,
    /// The ARN of the trail's key.
    pub key: Option<String>,
    /// The prefix of its log files; empty where it had none. Older documents do not tell, and then
    /// it is not compared.
    #[serde(default)]
    pub key_prefix: Option<String>,
    /// The ARN of the topic it notified.
    #[serde(default)]
    pub sns_topic_arn: Option<String>,
    /// The ARN of the log group it copied to.
    #[serde(default)]
    pub log_group_arn: Option<String>,
    /// The role by which it did.
    #[serde(default)]
    pub log_group_role_arn: Option<String>,
    /// What guards the trail, in the form that the rule `guard` defines.
    #[serde(default)]
    pub guard: Value,
}

/// The bucket's part of a baseline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BaselineBucket {
    /// Its name.
    pub name: String,
    /// Its Region.
    pub region: Region,
    /// The account that owns it, where that is another one. Its settings are not ours to read.
    #[serde(default)]
    pub owner: Option<AccountId>,
    /// Its settings: S3's text, or none where the bucket had no such document. A setting that
    /// could not be read is left out, and is not compared.
    #[serde(with = "names")]
    pub settings: BTreeMap<BucketSetting, Option<String>>,
}

impl Baseline {
    /// The text that is stored: keys sorted, a line break at the end. The same baseline gives the
    /// same bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let value = serde_json::to_value(self).unwrap_or_default();
        let text = serde_json::to_string_pretty(&sorted(value)).unwrap_or_default();
        format!("{text}\n").into_bytes()
    }

    /// Reads what was stored under the hash `expected`.
    ///
    /// # Errors
    /// The bytes are others than those, or no baseline that this version reads.
    pub fn parse(bytes: &[u8], expected: &str) -> Result<Self, BaselineError> {
        if bytes.len() > MOST_BYTES {
            return Err(BaselineError::TooLarge {
                bytes: bytes.len(),
                most: MOST_BYTES,
            });
        }
        let seen = sha256_of(bytes);
        if !seen.eq_ignore_ascii_case(expected) {
            return Err(BaselineError::HashMismatch {
                seen,
                expected: expected.to_owned(),
            });
        }
        let bad = |error: serde_json::Error| {
            BaselineError::BadContent(escape::cut(&error.to_string(), SHOWN))
        };
        let value: Value = serde_json::from_slice(bytes).map_err(bad)?;
        let version = value.get("version").and_then(Value::as_u64);
        if version != Some(u64::from(VERSION)) {
            let version = version.map_or_else(|| "none".to_owned(), |version| version.to_string());
            return Err(BaselineError::UnknownVersion(version));
        }
        serde_json::from_value(value).map_err(bad)
    }

    /// Checks that it was captured of this trail in this account.
    ///
    /// # Errors
    /// It is of another one.
    pub fn check_subject(&self, account: &AccountId, trail: &Arn) -> Result<(), BaselineError> {
        if self.account != *account {
            return Err(BaselineError::OtherAccount(self.account.clone()));
        }
        if self.trail != *trail {
            return Err(BaselineError::OtherTrail(self.trail.clone()));
        }
        Ok(())
    }
}

/// The SHA-256 in lower-case hexadecimal digits.
pub fn sha256_of(bytes: &[u8]) -> String {
    let hash = Sha256::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key of the object that holds the baseline with this hash.
pub fn key_of(sha256: &str) -> String {
    format!("trailkeeper/baseline/{sha256}.json")
}

/// Keys in order, however the JSON library keeps its maps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let entries: BTreeMap<String, Value> = map.into_iter().collect();
            let entries = entries.into_iter().map(|(key, value)| (key, sorted(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Settings by the names of their sub-resources.
mod names {
    use std::collections::BTreeMap;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::facts::BucketSetting;

    type Settings = BTreeMap<BucketSetting, Option<String>>;

    pub(super) fn serialize<S: Serializer>(
        settings: &Settings,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let named: BTreeMap<&str, &Option<String>> = settings
            .iter()
            .map(|(setting, text)| (setting.as_str(), text))
            .collect();
        named.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Settings, D::Error> {
        let named: BTreeMap<String, Option<String>> = Deserialize::deserialize(deserializer)?;
        let known = named.into_iter().map(|(name, text)| {
            let setting = BucketSetting::from_name(&name);
            let unknown = || D::Error::custom(format!("`{name}` is no setting of a bucket"));
            setting.map(|setting| (setting, text)).ok_or_else(unknown)
        });
        known.collect()
    }
}
