//! Policy documents that need not be read again.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// The most that is held, in bytes of documents: all policies of AWS come to under four million.
const MOST_BYTES: usize = 8 << 20;

/// Documents of managed policies by the policy's id and version, bounded in bytes; the oldest go
/// first. Clones share what they hold.
///
/// A version's document never changes, but a policy can be deleted and made anew under its name,
/// whose `v1` is then another document: held by its ARN, it would hide what an intruder put in its
/// place. The id is the new policy's own.
#[derive(Debug, Clone)]
pub struct PolicyCache {
    held: Arc<Mutex<Held>>,
    most: usize,
}

#[derive(Debug, Default)]
struct Held {
    texts: HashMap<(String, String), Arc<str>>,
    order: VecDeque<(String, String)>,
    bytes: usize,
}

impl Default for PolicyCache {
    fn default() -> Self {
        Self::of_bytes(MOST_BYTES)
    }
}

impl PolicyCache {
    /// A cache that holds documents of at most `most` bytes together.
    pub fn of_bytes(most: usize) -> Self {
        Self {
            held: Arc::default(),
            most,
        }
    }

    /// How many bytes of documents are held.
    pub fn bytes(&self) -> usize {
        self.with(|held| held.bytes)
    }

    pub(super) fn get(&self, id: &str, version: &str) -> Option<Arc<str>> {
        let key = (id.to_owned(), version.to_owned());
        self.with(|held| held.texts.get(&key).cloned())
    }

    pub(super) fn put(&self, id: &str, version: &str, text: &Arc<str>) {
        let key = (id.to_owned(), version.to_owned());
        if text.len() > self.most {
            return;
        }
        self.with(|held| {
            if held.texts.contains_key(&key) {
                return;
            }
            while held.bytes + text.len() > self.most && held.drop_oldest() {}
            held.bytes += text.len();
            held.order.push_back(key.clone());
            held.texts.insert(key, Arc::clone(text));
        });
    }

    fn with<T>(&self, look: impl FnOnce(&mut Held) -> T) -> T {
        // A panic elsewhere can at worst leave a document too many.
        look(&mut self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Held {
    fn drop_oldest(&mut self) -> bool {
        let oldest = self.order.pop_front();
        let text = oldest.as_ref().and_then(|key| self.texts.remove(key));
        self.bytes -= text.map_or(0, |text| text.len());
        oldest.is_some()
    }
}
