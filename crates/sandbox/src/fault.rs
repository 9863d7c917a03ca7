//! The fault script: which calls fail, how, and how often.

use crate::call::{ApiError, Call};

/// What happens to a call that a fault hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The service answers with this error and nothing happens.
    Error(ApiError),
    /// The service throttles the call.
    Throttle,
    /// IAM refuses the call; `scp` says whether by a service control policy.
    Denied {
        /// Whether the text names a service control policy.
        scp: bool,
    },
    /// The connection is lost before the service sees the call.
    TimeoutBefore,
    /// The call has its effect and the answer is lost.
    TimeoutAfter,
    /// A read answers from the state before the last write that was made while this fault was in
    /// the script.
    StaleRead,
    /// The call is answered as if it had its effect, and has none.
    Dropped,
}

/// Which of the matching calls a fault hits, counted from 1 since the fault was installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Only the nth matching call.
    Nth(u32),
    /// The first n matching calls.
    First(u32),
    /// Every matching call.
    Always,
}

/// A fault: the operation it waits for, when it strikes and what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The service, as in [`Call::service`].
    pub service: String,
    /// The operation, as in [`Call::operation`].
    pub operation: String,
    /// The Region of the call; none: every Region.
    pub region: Option<String>,
    /// What the call is about, the text of any member of its input such as a trail's ARN or a
    /// bucket's name; none: anything.
    pub about: Option<String>,
    /// More texts that must be members of its input.
    also: Vec<String>,
    /// Which of the matching calls are hit.
    pub when: When,
    /// What happens to them.
    pub kind: FaultKind,
    seen: u32,
}

impl Fault {
    /// A fault on `operation` of `service`.
    pub fn new(service: &str, operation: &str, when: When, kind: FaultKind) -> Self {
        Self {
            service: service.to_owned(),
            operation: operation.to_owned(),
            region: None,
            about: None,
            also: Vec::new(),
            when,
            kind,
            seen: 0,
        }
    }

    /// The same fault for calls in `region` only.
    #[must_use]
    pub fn in_region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }

    /// The same fault for calls only that have `text` as a member of their input; asked for
    /// repeatedly, all the texts.
    #[must_use]
    pub fn about(mut self, text: &str) -> Self {
        match self.about {
            None => self.about = Some(text.to_owned()),
            Some(_) => self.also.push(text.to_owned()),
        }
        self
    }

    fn waits_for(&self, call: &Call) -> bool {
        let here = |region: &String| *region == call.region;
        self.service == call.service
            && self.operation == call.operation
            && self.region.as_ref().is_none_or(here)
            && self
                .about
                .iter()
                .chain(&self.also)
                .all(|text| names(call, text))
    }

    /// Counts `call` if it matches and says whether the fault strikes it.
    pub(crate) fn strikes(&mut self, call: &Call) -> bool {
        if !self.waits_for(call) {
            return false;
        }
        self.seen += 1;
        match self.when {
            When::Nth(n) => self.seen == n,
            When::First(n) => self.seen <= n,
            When::Always => true,
        }
    }
}

fn names(call: &Call, text: &str) -> bool {
    let mut members = call.input.as_object().into_iter().flatten();
    members.any(|(_, value)| value.as_str() == Some(text))
}
