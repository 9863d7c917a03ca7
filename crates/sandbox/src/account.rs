//! The account's door: faults, the call log and the functions it invokes.

use std::collections::{BTreeMap, VecDeque};
use std::future::{pending, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use trailkeeper_runbook::Execution;

use crate::call::{ApiError, Call, CallRecord, Failure};
use crate::fault::{Fault, FaultKind, edit};
use crate::refusal::{denied, throttled};
use crate::seed::Actor;
use crate::services;
use crate::watch::Watch;
use crate::world::World;

/// A function's code: payload in, payload out. The code calls back into the same sandbox.
#[async_trait]
pub trait Function: Send + Sync {
    /// Runs the function once.
    ///
    /// # Errors
    /// The error payload of the runtime, `{"errorType", "errorMessage"}`: Lambda reports it as
    /// `FunctionError: Unhandled`.
    async fn invoke(&self, payload: Value) -> Result<Value, Value>;
}

/// A handle on the account; clones share the same state.
#[derive(Clone)]
pub struct Sandbox {
    inner: Arc<Inner>,
    /// Who makes the calls through this handle; none: whoever the account says.
    actor: Option<Arc<Actor>>,
    /// Who stands beside this handle's caller.
    watch: Option<Arc<dyn Watch>>,
}

struct Inner {
    account: Mutex<Account>,
    functions: Mutex<BTreeMap<String, Arc<dyn Function>>>,
    /// The runs that wait for approval, by id.
    waiting: Mutex<BTreeMap<String, Execution>>,
}

struct Account {
    world: World,
    before_last_write: Option<World>,
    unseen: Option<Unseen>,
    faults: Vec<Fault>,
    calls: Vec<CallRecord>,
    queue: VecDeque<Work>,
}

/// What services have asked for and [`Sandbox::settle`] does.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Work {
    /// An asynchronous invocation of a function.
    Invocation(Invocation),
    /// The run of an Automation document, by the id of the execution.
    Automation(String),
}

/// An asynchronous invocation that a service has asked for and that has not run yet.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Invocation {
    /// The function's name.
    pub(crate) function: String,
    /// The event.
    pub(crate) payload: Value,
}

/// A write that does not show yet: the service, the state before it, for how many reads.
struct Unseen {
    service: String,
    past: World,
    reads: u32,
}

fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Sandbox {
    /// An account that starts as `world`.
    pub fn new(mut world: World) -> Self {
        services::take_stock(&mut world);
        let account = Account {
            world,
            before_last_write: None,
            unseen: None,
            faults: Vec::new(),
            calls: Vec::new(),
            queue: VecDeque::new(),
        };
        let inner = Inner {
            account: Mutex::new(account),
            functions: Mutex::default(),
            waiting: Mutex::default(),
        };
        Self {
            inner: Arc::new(inner),
            actor: None,
            watch: None,
        }
    }

    /// A handle on the same account whose calls `watch` sees, holds up or lets pass.
    #[must_use]
    pub fn watched(&self, watch: Arc<dyn Watch>) -> Self {
        Self {
            watch: Some(watch),
            ..self.clone()
        }
    }

    /// A handle on the same account whose calls are made by `actor`, as CloudTrail's records, the
    /// event bus and GuardDuty tell. What services and functions do because of them is not.
    #[must_use]
    pub fn as_actor(&self, actor: Actor) -> Self {
        Self {
            actor: Some(Arc::new(actor)),
            ..self.clone()
        }
    }

    /// The handle without an actor of its own.
    fn as_itself(&self) -> Self {
        Self {
            actor: None,
            ..self.clone()
        }
    }

    /// Answers one call, after the fault script has had its say, and logs it.
    ///
    /// # Errors
    /// The service's error, or [`Failure::NoAnswer`] where a fault loses the answer.
    pub async fn call(&self, call: Call) -> Result<Value, Failure> {
        if let Some(watch) = &self.watch {
            poll_fn(|_| watch.may_pass(&call)).await;
            watch.before(&call, &hold(&self.inner.account).world);
        }
        let actor = self.actor.as_deref();
        let (mut answer, is_killed) = hold(&self.inner.account).answer_to(actor, &call);
        let invokes = call.service == "lambda" && call.operation == "Invoke";
        if invokes && answer == Ok(Value::Null) {
            answer = self.invoke_now(&call).await;
        }
        hold(&self.inner.account).log(call, &answer, self.watch.as_deref());
        if is_killed {
            // nobody waits any more
            pending::<()>().await;
        }
        answer
    }

    /// Runs what is due, and what that causes: asynchronous invocations and Automation runs.
    pub async fn settle(&self) {
        let account = self.as_itself();
        loop {
            let next = hold(&self.inner.account).next_work();
            match next {
                None => return,
                Some(Work::Invocation(invocation)) => account.invoke_later(invocation).await,
                Some(Work::Automation(id)) => account.run_automation(&id).await,
            }
        }
    }

    /// Whether anything waits for [`Sandbox::settle`].
    pub(crate) fn is_unsettled(&self) -> bool {
        let mut account = hold(&self.inner.account);
        account.collect_work();
        !account.queue.is_empty()
    }

    /// Registers the code of a function.
    pub fn register_function(&self, name: &str, code: Arc<dyn Function>) {
        hold(&self.inner.functions).insert(name.to_owned(), code);
        services::lambda_registered(&mut hold(&self.inner.account).world, name);
    }

    /// Adds a fault to the script.
    pub fn inject(&self, fault: Fault) {
        hold(&self.inner.account).faults.push(fault);
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        let mut account = hold(&self.inner.account);
        account.faults.clear();
        account.unseen = None;
    }

    /// The calls made so far, oldest first.
    pub fn calls(&self) -> Vec<CallRecord> {
        hold(&self.inner.account).calls.clone()
    }

    /// Forgets the calls made so far.
    pub fn clear_calls(&self) {
        hold(&self.inner.account).calls.clear();
    }

    /// Virtual time.
    pub fn now(&self) -> Timestamp {
        hold(&self.inner.account).world.now
    }

    /// Moves the virtual clock on; call [`Sandbox::settle`] to run what fell due.
    pub fn advance(&self, by: SignedDuration) {
        let mut account = hold(&self.inner.account);
        account.world.advance(by);
        account.collect_work();
    }

    /// Looks at the state, or sets it up, past all rules of the API.
    pub fn with_world<T>(&self, look: impl FnOnce(&mut World) -> T) -> T {
        let world = &mut hold(&self.inner.account).world;
        let seen = look(world);
        services::take_stock(world);
        seen
    }

    /// Keeps a run that waits for approval.
    pub(crate) fn park(&self, id: &str, execution: Execution) {
        hold(&self.inner.waiting).insert(id.to_owned(), execution);
    }

    /// The run that waits for approval, to go on.
    pub(crate) fn unpark(&self, id: &str) -> Option<Execution> {
        hold(&self.inner.waiting).remove(id)
    }

    fn function(&self, name: &str) -> Option<Arc<dyn Function>> {
        hold(&self.inner.functions).get(name).cloned()
    }

    /// An asynchronous invocation's answer goes nowhere; AWS retries an error twice.
    async fn invoke_later(&self, invocation: Invocation) {
        let Some(function) = self.function(&invocation.function) else {
            return;
        };
        // a throttled event waits in Lambda's queue until it is dropped; no time passes here
        let run = services::lambda_run(&hold(&self.inner.account).world, &invocation.function);
        if run != services::lambda::Run::Genuine {
            return;
        }
        let mut attempts = 0;
        while function.invoke(invocation.payload.clone()).await.is_err() && attempts < 2 {
            attempts += 1;
        }
    }

    async fn invoke_now(&self, call: &Call) -> Result<Value, Failure> {
        let (name, payload) = services::lambda_invocation(call);
        let Some(function) = self.function(&name) else {
            let text = format!("Function not found: {name}");
            return Err(ApiError::new("ResourceNotFoundException", text)
                .with_status(404)
                .into());
        };
        Ok(services::lambda_answer(function.invoke(payload).await))
    }
}

impl Account {
    /// The answer, and whether the caller is killed before it comes.
    fn answer_to(&mut self, actor: Option<&Actor>, call: &Call) -> (Result<Value, Failure>, bool) {
        let Some(actor) = actor else {
            return self.answer(call);
        };
        let before = services::act_as(&mut self.world, Some(actor.clone()));
        let answer = self.answer(call);
        services::act_as(&mut self.world, before);
        answer
    }

    fn answer(&mut self, call: &Call) -> (Result<Value, Failure>, bool) {
        let mut fault = None;
        for candidate in &mut self.faults {
            // every fault counts every matching call, whichever of them strikes
            if candidate.strikes(call) && fault.is_none() {
                fault = Some(candidate.kind.clone());
            }
        }
        let is_killed = fault == Some(FaultKind::Killed);
        let answer = match fault {
            None => self.apply(call),
            Some(fault) => self.answer_under(&fault, call),
        };
        self.collect_work();
        (answer, is_killed)
    }

    fn answer_under(&mut self, fault: &FaultKind, call: &Call) -> Result<Value, Failure> {
        match fault {
            FaultKind::Error(error) => self.refuse(call, error.clone()),
            FaultKind::ErrorAfter(error) => self.apply(call).and(Err(error.clone().into())),
            FaultKind::Throttle => self.refuse(call, throttled(call)),
            FaultKind::Denied { scp } => {
                let error = denied(call, &self.world, *scp);
                self.refuse(call, error)
            }
            FaultKind::TimeoutBefore => Err(Failure::NoAnswer),
            FaultKind::TimeoutAfter => {
                let _lost = self.apply(call);
                Err(Failure::NoAnswer)
            }
            FaultKind::StaleRead => self.apply_stale(call),
            FaultKind::Dropped => {
                let mut elsewhere = self.world.clone();
                let answer = services::dispatch(&mut elsewhere, call);
                services::note(&mut self.world, call, &answer);
                answer.map_err(Failure::from)
            }
            FaultKind::Invisible { reads } => self.apply_unseen(call, *reads),
            FaultKind::Killed => self.apply(call),
            FaultKind::Emptied
            | FaultKind::Without(_)
            | FaultKind::Unknown(_)
            | FaultKind::LoopingToken(_) => self.apply(call).map(|answer| edit(fault, answer)),
        }
    }

    /// A call that a fault refuses was made all the same: it is recorded.
    fn refuse(&mut self, call: &Call, error: ApiError) -> Result<Value, Failure> {
        let answer = Err(error);
        services::note(&mut self.world, call, &answer);
        answer.map_err(Failure::from)
    }

    fn apply(&mut self, call: &Call) -> Result<Value, Failure> {
        if call.is_write() {
            // a copy of a large account takes long, and only a stale read wants it
            let mut faults = self.faults.iter();
            let wanted = faults.any(|fault| fault.kind == FaultKind::StaleRead);
            self.before_last_write = wanted.then(|| self.world.clone());
        } else if let Some(unseen) = &mut self.unseen
            && unseen.service == call.service
        {
            let answer = services::dispatch(&mut unseen.past, call).map_err(Failure::from);
            unseen.reads = unseen.reads.saturating_sub(1);
            self.unseen.take_if(|unseen| unseen.reads == 0);
            return answer;
        }
        services::dispatch(&mut self.world, call).map_err(Failure::from)
    }

    fn apply_unseen(&mut self, call: &Call, reads: u32) -> Result<Value, Failure> {
        let past = (call.is_write() && reads > 0).then(|| self.world.clone());
        let answer = self.apply(call);
        if let Some(past) = past {
            let service = call.service.clone();
            self.unseen = Some(Unseen {
                service,
                past,
                reads,
            });
        }
        answer
    }

    fn apply_stale(&mut self, call: &Call) -> Result<Value, Failure> {
        match &self.before_last_write {
            Some(world) if !call.is_write() => {
                let mut past = world.clone();
                services::dispatch(&mut past, call).map_err(Failure::from)
            }
            _ => self.apply(call),
        }
    }

    fn collect_work(&mut self) {
        self.queue.extend(services::take_work(&mut self.world));
    }

    fn next_work(&mut self) -> Option<Work> {
        self.collect_work();
        self.queue.pop_front()
    }

    fn log(&mut self, call: Call, answer: &Result<Value, Failure>, watch: Option<&dyn Watch>) {
        let outcome = match answer {
            Ok(_) => "ok".to_owned(),
            Err(Failure::Api(error)) => error.code.clone(),
            Err(Failure::NoAnswer) => "NoAnswer".to_owned(),
        };
        let write = call.is_write();
        let Call {
            service,
            operation,
            region,
            input,
        } = call;
        let at = self.world.now;
        let record = CallRecord {
            at,
            service,
            operation,
            region,
            write,
            outcome,
            input,
        };
        if let Some(watch) = watch {
            watch.after(&record, answer, &self.world);
        }
        self.calls.push(record);
    }
}
