//! The configuration of a resource. Resources of one type have most of theirs in common, and an
//! account may have very many of them: what they have in common is kept once.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::Item;

type Members = Map<String, Value>;

/// A configuration: null of a resource that is gone.
#[derive(Debug, Clone)]
pub(in crate::services::config) struct Configuration {
    /// Another configuration with the same members.
    shared: Option<Arc<Members>>,
    /// The configuration, without what is as in the shared one.
    own: Value,
}

impl Configuration {
    pub(super) fn is_null(&self) -> bool {
        self.own.is_null()
    }

    /// A member, at the first level.
    pub(super) fn member(&self, name: &str) -> Option<&Value> {
        let shared = || self.shared.as_ref()?.get(name);
        self.own.get(name).or_else(shared)
    }

    /// The whole configuration.
    pub(in crate::services::config) fn value(&self) -> Value {
        match (&self.shared, &self.own) {
            (Some(shared), Value::Object(own)) => {
                let mut all = Members::clone(shared);
                all.extend(own.clone());
                Value::Object(all)
            }
            _ => self.own.clone(),
        }
    }

    /// The members, if nothing is shared yet.
    fn unshared(&mut self) -> Option<&mut Members> {
        self.own.as_object_mut().filter(|_| self.shared.is_none())
    }
}

impl From<Value> for Configuration {
    fn from(own: Value) -> Self {
        Self { shared: None, own }
    }
}

impl PartialEq for Configuration {
    fn eq(&self, other: &Self) -> bool {
        self.value() == other.value()
    }
}

/// What the last items of each type can share.
#[derive(Debug, Clone, Default)]
pub(super) struct Common(BTreeMap<String, (Arc<Members>, Arc<Vec<Value>>)>);

impl Common {
    /// Lets an item share what it has in common with those of its type.
    pub(super) fn share(&mut self, item: &mut Item) {
        let Some(members) = item.configuration.unshared() else {
            return;
        };
        let known = self.0.get(&item.resource.0);
        match known.filter(|(common, _)| members.keys().eq(common.keys())) {
            Some((common, relationships)) => {
                members.retain(|name, value| common.get(name) != Some(value));
                item.configuration.shared = Some(Arc::clone(common));
                if *relationships == item.relationships {
                    item.relationships = Arc::clone(relationships);
                }
            }
            None => {
                let common = Arc::new(std::mem::take(members));
                item.configuration.shared = Some(Arc::clone(&common));
                let common = (common, Arc::clone(&item.relationships));
                self.0.insert(item.resource.0.clone(), common);
            }
        }
    }
}
