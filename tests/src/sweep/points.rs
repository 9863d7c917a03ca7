//! The fault points: what each operation that runs are seen to call can do wrong.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trailkeeper_sandbox::{ApiError, Call, CallRecord, FaultKind, Sandbox, When};

use super::model::Model;
use super::poll::finish;
use super::script::FaultLine;
use super::start::Start;

/// An operation that runs call.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Operation {
    /// The service: `cloudtrail`.
    pub service: String,
    /// The operation: `UpdateTrail`.
    pub name: String,
    /// Whether it can change anything.
    pub write: bool,
}

/// The place of a member in the answers of an operation.
pub type Place = (Operation, String);

/// A fault point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// The operation.
    pub operation: Operation,
    /// What goes wrong.
    pub kind: FaultKind,
}

/// How often the fault of a point strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schedule {
    /// The first call.
    Once,
    /// The first two calls.
    Twice,
    /// Every call.
    Always,
    /// The nth call alone.
    Later(u32),
}

impl Schedule {
    /// Once, twice and always.
    pub const ALL: [Self; 3] = [Self::Once, Self::Twice, Self::Always];

    /// Which calls that are.
    pub fn when(self) -> When {
        match self {
            Self::Once => When::First(1),
            Self::Twice => When::First(2),
            Self::Always => When::Always,
            Self::Later(n) => When::Nth(n),
        }
    }
}

impl Point {
    /// The fault of this point.
    pub fn fault(&self, schedule: Schedule) -> FaultLine {
        FaultLine {
            service: self.operation.service.clone(),
            operation: self.operation.name.clone(),
            when: schedule.when(),
            kind: self.kind.clone(),
        }
    }
}

/// The operations that these runs called.
pub fn operations_of<'a>(
    calls: impl IntoIterator<Item = &'a CallRecord>,
) -> BTreeMap<Operation, usize> {
    let mut all = BTreeMap::new();
    for call in calls {
        let operation = Operation {
            service: call.service.clone(),
            name: call.operation.clone(),
            write: call.write,
        };
        *all.entry(operation).or_default() += 1;
    }
    all
}

/// The places of all members in what the reads of a start's clean run are answered, before and
/// after it.
pub fn places_in(start: &Start) -> BTreeSet<Place> {
    let after = Sandbox::new(start.clean.world.clone());
    let before = start.account.copy().sandbox;
    places_of(&start.clean.calls, &[before, after])
}

/// The places of all members in what these reads are answered by any of these accounts.
pub fn places_of(calls: &[CallRecord], accounts: &[Sandbox]) -> BTreeSet<Place> {
    let mut places = BTreeSet::new();
    for record in calls.iter().filter(|call| !call.write) {
        let operation = Operation {
            service: record.service.clone(),
            name: record.operation.clone(),
            write: false,
        };
        for sandbox in accounts {
            let call = Call::new(
                &record.service,
                &record.operation,
                &record.region,
                record.input.clone(),
            );
            if let Some(Ok(answer)) = finish(sandbox.call(call)) {
                let mut found = BTreeSet::new();
                members(&answer, "", &mut found);
                places.extend(found.into_iter().map(|place| (operation.clone(), place)));
            }
        }
    }
    places
}

fn members(value: &Value, above: &str, found: &mut BTreeSet<String>) {
    let Value::Object(object) = value else {
        return;
    };
    for (name, member) in object {
        let place = if above.is_empty() {
            name.clone()
        } else {
            format!("{above}.{name}")
        };
        match member {
            Value::Array(items) => {
                let below = format!("{place}[]");
                items.iter().for_each(|item| members(item, &below, found));
            }
            other => members(other, &place, found),
        }
        found.insert(place);
    }
}

/// Every fault point of these operations.
pub fn points(
    model: &Model,
    operations: &BTreeSet<Operation>,
    places: &BTreeSet<Place>,
) -> Vec<Point> {
    let mut all = Vec::new();
    for operation in operations {
        let mut kinds = wire();
        let (service, name) = (operation.service.as_str(), operation.name.as_str());
        for (code, status) in model.errors(service, name) {
            let error = ApiError::new(code, "injected").with_status(*status);
            kinds.push(FaultKind::Error(error));
        }
        if operation.write {
            kinds.extend(of_writes());
        } else {
            kinds.extend(of_reads(model, operation, places));
        }
        let operation = || operation.clone();
        all.extend(kinds.into_iter().map(|kind| Point {
            operation: operation(),
            kind,
        }));
    }
    all
}

/// What can happen to any call on its way.
fn wire() -> Vec<FaultKind> {
    let error =
        |code: &str, status| FaultKind::Error(ApiError::new(code, "injected").with_status(status));
    let after = |code: &str, status| {
        FaultKind::ErrorAfter(ApiError::new(code, "injected").with_status(status))
    };
    vec![
        FaultKind::TimeoutBefore,
        FaultKind::TimeoutAfter,
        error("InternalFailure", 500),
        after("InternalFailure", 500),
        error("ServiceUnavailable", 503),
        FaultKind::Throttle,
        FaultKind::Denied { scp: false },
        FaultKind::Denied { scp: true },
        error("ExpiredTokenException", 400),
        error("CodeOfTomorrowException", 400),
        // a body cut off in the middle, which nobody can read
        after("InvalidResponse", 200),
        FaultKind::Killed,
    ]
}

fn of_writes() -> Vec<FaultKind> {
    let invisible = |reads| FaultKind::Invisible { reads };
    vec![FaultKind::Dropped, invisible(1), invisible(4)]
}

fn of_reads(model: &Model, operation: &Operation, places: &BTreeSet<Place>) -> Vec<FaultKind> {
    let (service, name) = (operation.service.as_str(), operation.name.as_str());
    let mut kinds = vec![FaultKind::StaleRead, FaultKind::Emptied];
    let tokens = model.tokens(service, name).iter();
    kinds.extend(tokens.map(|token| FaultKind::LoopingToken(token.clone())));
    let own = places.iter().filter(|(of, _)| of == operation);
    for (_, place) in own {
        kinds.push(FaultKind::Without(place.clone()));
        if model.enums(service, name).contains(place) {
            kinds.push(FaultKind::Unknown(place.clone()));
        }
    }
    kinds
}
