//! The count of what the runbook repaired, before a run of AWS Config's repairs once more.

use std::future::Future;

use jiff::{SignedDuration, Timestamp};
use trailkeeper_core::facts::ExecutionRecord;
use trailkeeper_core::fast_path::OwnRoles;
use trailkeeper_core::guard::REPAIR_WINDOW;
use trailkeeper_core::remediation::{
    Budget, Entry, MOST_RUNS_READ, Mode, RepairRequest, RepairResult, Repairs,
};
use trailkeeper_core::repair::Ending;
use trailkeeper_core::{CallError, ErrorClass};

use crate::incident::unread;
use crate::ports::{AutomationReader, Clock};

/// Between reads: three a second are answered to the whole account (AWS General Reference, quotas of
/// Systems Manager).
const PACE: SignedDuration = SignedDuration::from_millis(350);

/// The longest that the count may keep the repair waiting. It begins nothing after that time; whoever
/// calls it breaks it off.
pub const MOST_TIME: SignedDuration = SignedDuration::from_secs(20);

/// What the runs are counted with.
#[derive(Clone, Copy)]
pub struct Counter<'a> {
    /// The runs.
    pub automation: &'a dyn AutomationReader,
    /// Time.
    pub clock: &'a dyn Clock,
    /// Our own roles.
    pub own: OwnRoles<'a>,
}

/// How the run that asked ends, with the repair budget counted where that matters: a plan that AWS
/// Config's run would carry out, for something that can wait, ends as `repairs-exhausted` where the
/// trail was repaired too often within the hour. What cannot be read is a note, and the repair goes on.
///
/// # Errors
/// The failure that the plan ended in, never one of its own.
pub async fn within_budget(
    counter: Counter<'_>,
    request: &RepairRequest,
    ending: Ending,
) -> Ending {
    let (Some(execution), Mode::Plan) = (&request.execution_id, request.mode) else {
        return ending;
    };
    let mut plan = ending?;
    if Budget::can_wait(&plan).is_none() {
        return Ok(plan);
    }
    let now = counter.clock.now();
    let budget = Budget {
        own: counter.own,
        execution,
        now,
    };
    let until = now.checked_add(MOST_TIME).unwrap_or(Timestamp::MAX);
    let count = Count { counter, until };
    match count.turned_down(&budget, &plan).await {
        Ok(None) => Ok(plan),
        Ok(Some(result)) => Ok(result),
        Err(why) => {
            plan.notes.push(Entry::new("runs-not-read", why));
            Ok(plan)
        }
    }
}

struct Count<'a> {
    counter: Counter<'a>,
    until: Timestamp,
}

impl Count<'_> {
    /// What the plan ends as where it is turned down.
    ///
    /// # Errors
    /// Why that is not known, in words.
    async fn turned_down(
        &self,
        budget: &Budget<'_>,
        plan: &RepairResult,
    ) -> Result<Option<RepairResult>, String> {
        let automation = self.counter.automation;
        let asks = self.record(budget.execution).await?;
        let asks = asks.ok_or_else(|| format!("no execution {}", budget.execution))?;
        if !budget.limits(&asks) {
            return Ok(None);
        }
        let since = budget.now - REPAIR_WINDOW;
        let listed = self.patiently(|| automation.executions(&asks.document, since));
        let listed = listed.await?;
        let runs = budget.runs_to_read(&listed);
        let mut repairs = Repairs::before(&asks, plan);
        for run in runs.iter().take(MOST_RUNS_READ) {
            self.counter.clock.sleep(PACE).await;
            if let Some(did) = self.record(&run.id).await? {
                repairs.count(run, &did);
            }
            if repairs.use_up_the_budget() {
                return Ok(Some(repairs.turn_down()));
            }
        }
        if listed.is_cut || runs.len() > MOST_RUNS_READ {
            return Err("there are more than can be read".to_owned());
        }
        Ok(None)
    }

    async fn record(&self, id: &str) -> Result<Option<ExecutionRecord>, String> {
        let automation = self.counter.automation;
        self.patiently(|| automation.execution(id)).await
    }

    /// Asks again what was throttled, as long as there is time.
    async fn patiently<T, F>(&self, ask: impl Fn() -> F) -> Result<T, String>
    where
        F: Future<Output = Result<T, CallError>>,
    {
        let clock = self.counter.clock;
        loop {
            if clock.now() > self.until {
                return Err("no time was left".to_owned());
            }
            match ask().await {
                Err(error) if error.class == ErrorClass::Throttled => {
                    if clock.now() + PACE > self.until {
                        return Err(unread(&error));
                    }
                    clock.sleep(PACE).await;
                }
                answer => return answer.map_err(|error| unread(&error)),
            }
        }
    }
}
