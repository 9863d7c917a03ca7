//! The parts that are guarded, and what is recorded of them.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::Value;

use crate::escape;
use crate::finding::Code;

/// The most characters of a name that an error repeats.
const SHOWN: usize = 128;

macro_rules! kinds {
    ($($name:ident = $text:literal $noun:literal $missing:ident $changed:ident;)*) => {
        /// What kind of thing a part is.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum PartKind {
            $(
                #[doc = concat!("A ", $noun, ".")]
                $name,
            )*
        }

        impl PartKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The kind's name in a baseline.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The kind in words.
            pub fn noun(self) -> &'static str {
                match self {
                    $(Self::$name => $noun,)*
                }
            }

            /// The finding where such a part is not there.
            pub fn missing(self) -> Code {
                match self {
                    $(Self::$name => Code::$missing,)*
                }
            }

            /// The finding where such a part is not as it was recorded.
            pub fn changed(self) -> Code {
                match self {
                    $(Self::$name => Code::$changed,)*
                }
            }
        }
    };
}

kinds! {
    Recorder = "recorder" "configuration recorder" RecorderOff RecorderChanged;
    DeliveryChannel = "delivery-channel" "delivery channel" DeliveryChannelMissing RecorderChanged;
    ConfigRule = "config-rule" "rule of AWS Config" ConfigRuleMissing ConfigRuleChanged;
    Remediation = "remediation" "remediation configuration" RemediationMissing RemediationChanged;
    EventRule = "event-rule" "rule of EventBridge" EventRuleOff EventRuleChanged;
    Function = "function" "Lambda function" FunctionMissing FunctionChanged;
    Runbook = "runbook" "SSM document" RunbookMissing RunbookChanged;
    Role = "role" "role" GuardRoleMissing GuardRoleChanged;
}

/// A guarded part: its kind and name. A remediation configuration goes by its rule's name.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Part {
    /// What it is.
    pub kind: PartKind,
    /// Its name.
    pub name: String,
}

impl Part {
    /// The part of this kind and name.
    pub fn new(kind: PartKind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind.as_str(), self.name)
    }
}

/// What must not change of a part: names and values. A value that is long or may be secret stands
/// as its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fingerprint(pub(super) BTreeMap<String, String>);

impl Fingerprint {
    /// A value.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The names whose values differ, with what `now` has and this had; none: it is not there.
    pub fn differences<'a>(
        &'a self,
        now: &'a Self,
    ) -> impl Iterator<Item = (&'a str, Option<&'a str>, Option<&'a str>)> {
        let added = now.0.keys().filter(|name| !self.0.contains_key(*name));
        self.0.keys().chain(added).filter_map(|name| {
            let (was, is) = (self.value(name), now.value(name));
            (was != is).then_some((name.as_str(), was, is))
        })
    }
}

/// The recorded fingerprints of all parts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GuardRecord(pub BTreeMap<Part, Fingerprint>);

impl GuardRecord {
    /// The record as a baseline keeps it: `{"function": {"NAME": {"codeSha256": "…"}}}`.
    pub fn to_json(&self) -> Value {
        let mut kinds = serde_json::Map::new();
        for (part, fingerprint) in &self.0 {
            let kind = kinds
                .entry(part.kind.as_str())
                .or_insert_with(|| Value::Object(serde_json::Map::new()));
            if let Some(parts) = kind.as_object_mut() {
                let values = fingerprint.0.iter();
                let values = values.map(|(name, text)| (name.clone(), Value::from(text.as_str())));
                parts.insert(part.name.clone(), Value::Object(values.collect()));
            }
        }
        Value::Object(kinds)
    }

    /// Reads a record; null is an empty one.
    ///
    /// # Errors
    /// The place that is not as [`GuardRecord::to_json`] writes it, fit to be shown.
    pub fn from_json(json: &Value) -> Result<Self, String> {
        let mut record = Self::default();
        if json.is_null() {
            return Ok(record);
        }
        for (kind_name, parts) in object(json, "guard")? {
            let mut kinds = PartKind::ALL.iter().copied();
            let kind = kinds
                .find(|kind| kind.as_str() == kind_name)
                .ok_or_else(|| format!("guard.{} is no kind of part", shown(kind_name)))?;
            for (name, values) in object(parts, kind_name)? {
                let mut fingerprint = Fingerprint::default();
                for (key, value) in object(values, name)? {
                    let text = value.as_str().ok_or_else(|| {
                        let (name, key) = (shown(name), shown(key));
                        format!("guard.{kind_name}.{name}.{key} is not a text")
                    })?;
                    fingerprint.0.insert(key.clone(), text.to_owned());
                }
                record.0.insert(Part::new(kind, name), fingerprint);
            }
        }
        Ok(record)
    }
}

fn object<'a>(value: &'a Value, name: &str) -> Result<&'a serde_json::Map<String, Value>, String> {
    value
        .as_object()
        .ok_or_else(|| format!("{} is not an object", shown(name)))
}

fn shown(name: &str) -> String {
    escape::cut(name, SHOWN)
}
