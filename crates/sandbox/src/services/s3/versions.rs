//! What is kept under the keys of a bucket: the versions, and the marks of deletion.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::Object;

/// The id of the one version that a bucket without versioning keeps.
const NULL: &str = "null";

/// One version of a key.
#[derive(Debug, Clone)]
pub(crate) struct Version {
    /// Its id; `null` while versioning is not enabled.
    pub(crate) id: String,
    /// The object; none: a delete marker.
    pub(crate) object: Option<Object>,
    /// When it was made.
    pub(crate) at: Timestamp,
    /// Object Lock: the mode, and until when the version is kept.
    pub(crate) retention: Option<(String, Timestamp)>,
}

/// The versions of all keys, the newest last.
#[derive(Debug, Clone, Default)]
pub(crate) struct Objects {
    keys: BTreeMap<String, Vec<Version>>,
    made: u64,
}

impl Objects {
    /// Whether there is nothing, not even an old version or a delete marker.
    pub(crate) fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// The newest version of a key.
    pub(crate) fn newest(&self, key: &str) -> Option<&Version> {
        self.keys.get(key)?.last()
    }

    /// One version of a key.
    pub(crate) fn version(&self, key: &str, id: &str) -> Option<&Version> {
        let mut versions = self.keys.get(key)?.iter();
        versions.find(|version| version.id == id)
    }

    /// The object that a key has now.
    pub(crate) fn current(&self, key: &str) -> Option<&Object> {
        self.newest(key)?.object.as_ref()
    }

    /// The objects that the keys have now.
    pub(crate) fn all_current(&self) -> impl Iterator<Item = (&String, &Object)> {
        self.keys.iter().filter_map(|(key, versions)| {
            let object = versions.last()?.object.as_ref()?;
            Some((key, object))
        })
    }

    /// The keys with all their versions, the newest last.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&String, &[Version])> {
        let keys = self.keys.iter();
        keys.map(|(key, versions)| (key, versions.as_slice()))
    }

    /// Adds a version; with versioning enabled it gets an id, else it takes the place of the one
    /// whose id is `null`. The id is the answer.
    pub(crate) fn add(&mut self, key: &str, versioning: Option<&str>, mut new: Version) -> String {
        new.id = if versioning == Some("Enabled") {
            self.made += 1;
            format!("sandbox{:025}", self.made)
        } else {
            NULL.to_owned()
        };
        let id = new.id.clone();
        let versions = self.keys.entry(key.to_owned()).or_default();
        versions.retain(|version| version.id != id);
        versions.push(new);
        id
    }

    /// Takes one version out for good.
    pub(crate) fn remove(&mut self, key: &str, id: &str) -> Option<Version> {
        let versions = self.keys.get_mut(key)?;
        let at = versions.iter().position(|version| version.id == id)?;
        let gone = versions.remove(at);
        if versions.is_empty() {
            self.keys.remove(key);
        }
        Some(gone)
    }

    /// Takes out the only version of a bucket that never had versioning.
    pub(crate) fn forget(&mut self, key: &str) {
        self.keys.remove(key);
    }
}
