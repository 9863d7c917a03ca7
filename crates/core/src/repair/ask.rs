//! Typed look-ups in the view that remember what still has to be read.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::goal::Limits;
use super::journal::backoff;
use super::request::{Answer, Request};
use super::view::View;
use crate::call_error::{CallError, ErrorClass};
use crate::facts::{
    BucketFacts, EventSelectors, Fact, InsightSelector, KeyFacts, ListedTrail, OrganizationFacts,
    Trail, TrailStatus,
};
use crate::identity::Arn;

/// Reads are tried this often before their failure stands: with the waits between them (about
/// 1, 2 and 4 seconds) that outlasts the usual throttle, and a fault that lasts longer is better
/// reported than waited for inside one invocation.
const READ_ATTEMPTS: u32 = 4;

/// The view as one decision sees it, and the reads that the decision found missing.
pub(crate) struct Ask<'a> {
    view: &'a View,
    limits: &'a Limits,
    pub(crate) missing: Vec<Request>,
    /// The earliest time at which a failed read may be tried again.
    pub(crate) not_before: Option<Timestamp>,
}

macro_rules! look_ups {
    ($($name:ident: $variant:ident -> $type:ty;)*) => {
        $(
            /// The fact, or nothing while it is still to be read.
            pub(crate) fn $name(&mut self, request: Request) -> Option<Fact<$type>> {
                match self.look_up(&request)? {
                    Ok(Answer::$variant(value)) => Some(Fact::Known(value.clone())),
                    // an answer of another kind cannot be recorded for this request
                    Ok(_) => None,
                    Err(error) => Some(Fact::from_call(Err(error.clone()))),
                }
            }
        )*
    };
}

impl<'a> Ask<'a> {
    pub(crate) fn new(view: &'a View, limits: &'a Limits) -> Self {
        Self {
            view,
            limits,
            missing: Vec::new(),
            not_before: None,
        }
    }

    look_ups! {
        trails: Trails -> Vec<Trail>;
        all_trails: AllTrails -> Vec<ListedTrail>;
        organization: Organization -> Option<OrganizationFacts>;
        status: Status -> TrailStatus;
        selectors: Selectors -> EventSelectors;
        insights: Insights -> Vec<InsightSelector>;
        bucket: Bucket -> BucketFacts;
        owns_bucket: OwnsBucket -> bool;
        key: Key -> KeyFacts;
        key_policy: KeyPolicy -> String;
        tags: Tags -> BTreeMap<String, String>;
        object: Object -> Vec<u8>;
        setting: Setting -> Option<String>;
    }

    /// The trail that the run has settled on.
    pub(crate) fn chosen(&self) -> Option<&'a Arn> {
        self.view.journal.chosen()
    }

    fn look_up(&mut self, request: &Request) -> Option<Result<&'a Answer, &'a CallError>> {
        let Some(seen) = self.view.seen.get(request) else {
            self.missing.push(request.clone());
            return None;
        };
        match &seen.result {
            Err(error) if seen.failures < READ_ATTEMPTS && is_worth_another_try(error) => {
                let wait = backoff(SignedDuration::from_secs(1), seen.failures, self.limits);
                let ready = seen.at.checked_add(wait).unwrap_or(seen.at);
                self.not_before = self.not_before.max(Some(ready));
                self.missing.push(request.clone());
                None
            }
            result => Some(result.as_ref()),
        }
    }
}

fn is_worth_another_try(error: &CallError) -> bool {
    matches!(
        error.class,
        ErrorClass::Throttled | ErrorClass::Broken | ErrorClass::Conflict
    )
}
