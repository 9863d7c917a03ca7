//! What was observed in the account, and what could not be.

mod bucket;
mod bucket_setting;
mod finding_filter;
mod guarded;
mod instance;
mod inventory;
mod key;
mod organization;
mod role;
mod settings;
mod trail;

pub use bucket::BucketFacts;
pub use bucket_setting::{BucketSetting, BucketSettings};
pub use finding_filter::takes_in_stopped_trails;
pub use guarded::{
    DeliveryChannelFacts, DetectorFacts, DocumentFacts, EventRuleFacts, EventTargetFacts,
    ExecutionFacts, ExecutionRecord, Executions, FunctionFacts, RemediationExceptionFacts,
    RemediationFacts,
};
pub use instance::{InstanceFacts, InstanceState};
pub use inventory::{ConfigRuleFacts, EvaluatedResource, RecorderFacts, ResourceTypeSelection};
pub use key::{KeyFacts, KeyState};
pub use organization::OrganizationFacts;
pub use role::{
    AccountDetails, AccountSummary, AttachedPolicy, InlinePolicy, InstanceProfileFacts,
    ManagedPolicy, PolicyDetail, ProfileRole, RoleDetail, RoleFacts,
};
pub use settings::{Settings, settings_in};
pub use trail::{
    AdvancedSelector, BasicSelector, DataResource, EventSelectors, FieldSelector, InsightSelector,
    ListedTrail, ReadWriteType, Trail, TrailStatus,
};

use crate::call_error::{CallError, ErrorClass};

/// One observed thing. Denied and unavailable are never taken for absent: a fact that is not
/// known cannot make a verdict good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fact<T> {
    /// What the service said.
    Known(T),
    /// The caller may not read it.
    Denied(CallError),
    /// It could not be read this time.
    Unavailable(CallError),
}

impl<T> Fact<T> {
    /// The fact that a call brought.
    pub fn from_call(result: Result<T, CallError>) -> Self {
        match result {
            Ok(value) => Self::Known(value),
            Err(error) if error.class == ErrorClass::Denied => Self::Denied(error),
            Err(error) => Self::Unavailable(error),
        }
    }

    /// The fact that follows from this one.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Fact<U> {
        match self {
            Self::Known(value) => Fact::Known(change(value)),
            Self::Denied(error) => Fact::Denied(error),
            Self::Unavailable(error) => Fact::Unavailable(error),
        }
    }

    /// What was observed, if it was.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Denied(_) | Self::Unavailable(_) => None,
        }
    }

    /// Whether the service said that the thing does not exist.
    pub fn is_absent(&self) -> bool {
        self.failure()
            .is_some_and(|error| error.class == ErrorClass::Absent)
    }

    /// Why it was not observed, if it was not.
    pub fn failure(&self) -> Option<&CallError> {
        match self {
            Self::Known(_) => None,
            Self::Denied(error) | Self::Unavailable(error) => Some(error),
        }
    }
}
