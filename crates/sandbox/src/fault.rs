//! The fault script: which calls fail, how, and how often.

use serde_json::{Map, Value};

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
    /// The call has its effect, and the service answers with this error all the same.
    ErrorAfter(ApiError),
    /// A write has its effect and is answered, and so many of the following reads of the service
    /// still answer from the state before it.
    Invisible {
        /// How many reads.
        reads: u32,
    },
    /// The call has its effect and its answer never comes, for the caller is killed: its future
    /// is never ready, and whoever polls it drops it.
    Killed,
    /// A read is answered without any of its members.
    Emptied,
    /// A read is answered without the member at this place.
    Without(String),
    /// A read is answered with a text at this place that no model knows.
    Unknown(String),
    /// A page of a listing names itself as the next one: the member holds the same token each
    /// time.
    LoopingToken(String),
}

/// What a fault does to an answer. The place of a member is its names joined by dots, with `[]`
/// behind the name of a list for all its items: `trailList[].Name`.
pub(crate) fn edit(kind: &FaultKind, mut answer: Value) -> Value {
    match kind {
        FaultKind::Emptied => return Value::Object(Map::new()),
        FaultKind::Without(place) => at(&mut answer, place, &|object, name| {
            object.remove(name);
        }),
        FaultKind::Unknown(place) => at(&mut answer, place, &|object, name| {
            if let Some(member) = object.get_mut(name) {
                *member = Value::from("not-known-to-any-model");
            }
        }),
        FaultKind::LoopingToken(member) => {
            if let Some(object) = answer.as_object_mut() {
                object.insert(member.clone(), Value::from("again"));
            }
        }
        _ => {}
    }
    answer
}

/// Calls `change` with every object that holds the last name of `place`.
fn at(value: &mut Value, place: &str, change: &dyn Fn(&mut Map<String, Value>, &str)) {
    let Some((first, rest)) = place.split_once('.') else {
        if let Some(object) = value.as_object_mut() {
            change(object, place.trim_end_matches("[]"));
        }
        return;
    };
    let member = value.get_mut(first.trim_end_matches("[]"));
    match member {
        Some(Value::Array(items)) => items.iter_mut().for_each(|item| at(item, rest, change)),
        Some(member) => at(member, rest, change),
        None => {}
    }
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
