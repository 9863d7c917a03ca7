//! Counting the calls that a run makes, for its log line and for tests of its cost.

mod events;
mod guard;
mod instances;
mod ports;
mod settings;

use std::collections::BTreeMap;
use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use trailkeeper_core::{CallError, Operation};

pub use ports::Metered;

use crate::evaluate::EvaluatePorts;
use crate::fast_path::{EventPorts, TrailEventPorts};
use crate::incident::{Attribution, IncidentPorts};
use crate::ports::AutomationReader;
use crate::repair::RepairPorts;

/// Counts calls. Clones count together.
///
/// A call of a port counts once, under its first operation, also where the adapter needs several
/// requests for it (pages, a redirect, a retry).
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Mutex<Tally>>);

#[derive(Debug, Default)]
struct Tally {
    calls: BTreeMap<Operation, usize>,
    failures: BTreeMap<(Operation, String), usize>,
    /// The length of the longest chain of calls, each begun after another one had ended.
    round_trips: usize,
}

impl Meter {
    /// A port like `port` whose calls are counted.
    pub fn on<P: ?Sized>(&self, port: &Arc<P>) -> Arc<Metered<P>> {
        Arc::new(Metered {
            port: port.clone(),
            meter: self.clone(),
        })
    }

    /// The same ports, with all calls counted.
    pub fn on_evaluate(&self, ports: &EvaluatePorts) -> EvaluatePorts {
        EvaluatePorts {
            trails: self.on(&ports.trails),
            buckets: self.on(&ports.buckets),
            keys: self.on(&ports.keys),
            tags: self.on(&ports.tags),
            settings: self.on(&ports.settings),
            objects: self.on(&ports.objects),
            inventory: self.on(&ports.inventory),
            roles: self.on(&ports.roles),
            policies: ports.policies.clone(),
            guard: self.on_guard(&ports.guard),
            config: self.on(&ports.config),
            attribution: ports.attribution.as_ref().map(|by| Attribution {
                history: self.on(&by.history),
                own_roles: by.own_roles.clone(),
            }),
            clock: ports.clock.clone(),
        }
    }

    /// The same ports, with all calls counted.
    pub fn on_events(&self, ports: &EventPorts) -> EventPorts {
        EventPorts {
            instances: self.on(&ports.instances),
            roles: self.on(&ports.roles),
            inventory: self.on(&ports.inventory),
            notifier: self.on(&ports.notifier),
            trail: self.on_trail_events(&ports.trail),
            policies: ports.policies.clone(),
        }
    }

    /// The same ports, with all calls counted.
    pub fn on_trail_events(&self, ports: &TrailEventPorts) -> TrailEventPorts {
        TrailEventPorts {
            trails: self.on(&ports.trails),
            buckets: self.on(&ports.buckets),
            keys: self.on(&ports.keys),
            tags: self.on(&ports.tags),
            settings: self.on(&ports.settings),
            objects: self.on(&ports.objects),
            remediation: self.on(&ports.remediation),
            automation: self.on(&ports.automation),
            starter: self.on(&ports.starter),
        }
    }

    /// The same ports, with all calls counted.
    pub fn on_incident(&self, ports: &IncidentPorts) -> IncidentPorts {
        IncidentPorts {
            history: self.on(&ports.history),
            notifier: self.on(&ports.notifier),
            events: self.on(&ports.events),
            clock: ports.clock.clone(),
        }
    }

    /// The same port, with all calls counted.
    pub fn on_automation(&self, port: &Arc<dyn AutomationReader>) -> Arc<dyn AutomationReader> {
        self.on(port)
    }

    /// The same ports, with all calls counted.
    pub fn on_repair(&self, ports: &RepairPorts) -> RepairPorts {
        RepairPorts {
            trails: self.on(&ports.trails),
            trail_writer: self.on(&ports.trail_writer),
            buckets: self.on(&ports.buckets),
            bucket_writer: self.on(&ports.bucket_writer),
            keys: self.on(&ports.keys),
            key_writer: self.on(&ports.key_writer),
            settings: self.on(&ports.settings),
            settings_writer: self.on(&ports.settings_writer),
            objects: self.on(&ports.objects),
            tags: self.on(&ports.tags),
            tag_writer: self.on(&ports.tag_writer),
            organization: self.on(&ports.organization),
            clock: ports.clock.clone(),
        }
    }

    /// How many calls were made of each operation.
    pub fn calls(&self) -> BTreeMap<Operation, usize> {
        self.tally().calls.clone()
    }

    /// How many calls failed, by operation and error code.
    pub fn failures(&self) -> BTreeMap<(Operation, String), usize> {
        self.tally().failures.clone()
    }

    /// How many calls were made in all.
    pub fn total(&self) -> usize {
        self.tally().calls.values().sum()
    }

    /// How many times one had to wait for AWS: calls that are made together count once.
    pub fn round_trips(&self) -> usize {
        self.tally().round_trips
    }

    async fn count<T>(
        &self,
        operation: Operation,
        call: impl Future<Output = Result<T, CallError>>,
    ) -> Result<T, CallError> {
        let round = {
            let mut tally = self.tally();
            *tally.calls.entry(operation).or_default() += 1;
            tally.round_trips + 1
        };
        let_others_begin().await;
        let result = call.await;
        let mut tally = self.tally();
        tally.round_trips = tally.round_trips.max(round);
        if let Err(error) = &result {
            let key = (operation, error.code.clone());
            *tally.failures.entry(key).or_default() += 1;
        }
        result
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        // A panic elsewhere leaves the counts whole: none is made of several steps.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives way once. A port that answers at once would otherwise end a call before the next one of
/// the same batch has begun, and the batch would count as a chain.
async fn let_others_begin() {
    let mut gave_way = false;
    poll_fn(|context| {
        if gave_way {
            return Poll::Ready(());
        }
        gave_way = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
