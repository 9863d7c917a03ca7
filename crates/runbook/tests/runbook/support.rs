//! A scripted AWS, a virtual clock, and short ways to run a document.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::executor::block_on;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_runbook::{
    ApiFailure, AutomationExecution, AwsApi, Clock, Document, Execution, FailureKind, Start,
    StartError, StepExecution, load, run,
};

pub(crate) const EXECUTION_ID: &str = "11111111-2222-4333-8444-555555555555";

/// Time that passes only when someone waits.
pub(crate) struct VirtualClock(Mutex<Timestamp>);

impl VirtualClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new("2026-03-02T09:57:12Z".parse().unwrap())))
    }

    pub(crate) fn advance(&self, duration: SignedDuration) {
        *self.0.lock().unwrap() += duration;
    }
}

#[async_trait]
impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    async fn sleep(&self, duration: SignedDuration) {
        self.advance(duration);
    }

    async fn expire(&self, _: SignedDuration) {
        std::future::pending().await
    }
}

/// One call as it arrived.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) api: String,
    pub(crate) region: String,
    pub(crate) input: Value,
}

pub(crate) enum Reply {
    Answer(Value),
    Refuse(&'static str, FailureKind),
    /// An answer that takes so many seconds.
    Late(i64, Value),
}

type Script = Box<dyn Fn(usize, &Seen) -> Reply + Send + Sync>;

/// AWS by script: the number of the call and the call in, the reply out.
pub(crate) struct ScriptedAws {
    script: Script,
    seen: Mutex<Vec<Seen>>,
    pub(crate) clock: Arc<VirtualClock>,
}

impl ScriptedAws {
    pub(crate) fn new(script: impl Fn(usize, &Seen) -> Reply + Send + Sync + 'static) -> Self {
        Self {
            script: Box::new(script),
            seen: Mutex::default(),
            clock: VirtualClock::new(),
        }
    }

    pub(crate) fn silent() -> Self {
        Self::new(|_, seen| panic!("no call was expected: {seen:?}"))
    }

    pub(crate) fn answering(answer: Value) -> Self {
        Self::new(move |_, _| Reply::Answer(answer.clone()))
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

#[async_trait]
impl AwsApi for ScriptedAws {
    async fn call(
        &self,
        service: &str,
        api: &str,
        region: &str,
        input: Value,
    ) -> Result<Value, ApiFailure> {
        let seen = Seen {
            api: format!("{service}:{api}"),
            region: region.to_owned(),
            input,
        };
        let number = self.seen().len();
        self.seen.lock().unwrap().push(seen.clone());
        match (self.script)(number, &seen) {
            Reply::Answer(answer) => Ok(answer),
            Reply::Refuse(code, kind) => Err(ApiFailure {
                code: code.to_owned(),
                message: "no".to_owned(),
                kind,
            }),
            Reply::Late(seconds, answer) => {
                self.clock.advance(SignedDuration::from_secs(seconds));
                Ok(answer)
            }
        }
    }
}

pub(crate) fn start(parameters: &[(&str, &[&str])]) -> Start {
    let mut count = 0;
    Start {
        execution_id: EXECUTION_ID.to_owned(),
        account_id: "111122223333".to_owned(),
        region: "eu-central-1".to_owned(),
        document_name: "Test".to_owned(),
        document_version: "1".to_owned(),
        executed_by: "arn:aws:iam::111122223333:user/op".to_owned(),
        parameters: parameters
            .iter()
            .map(|(name, values)| {
                let values = values.iter().map(|value| (*value).to_owned());
                ((*name).to_owned(), values.collect())
            })
            .collect(),
        ids: Box::new(move || {
            count += 1;
            format!("00000000-0000-4000-8000-{count:012}")
        }),
    }
}

pub(crate) fn execution(text: &str, aws: &ScriptedAws) -> Execution {
    Execution::start(load(text).unwrap(), start(&[]), aws.clock.now()).unwrap()
}

pub(crate) fn try_run(
    text: &str,
    parameters: &[(&str, &[&str])],
    aws: &ScriptedAws,
) -> Result<AutomationExecution, StartError> {
    let document = load(text).unwrap_or_else(|refused| panic!("{refused:#?}"));
    block_on(run(document, start(parameters), aws, aws.clock.as_ref()))
}

/// For many runs of one document, which is read once.
pub(crate) fn run_loaded(
    document: &Document,
    parameters: &[(&str, &[&str])],
    aws: &ScriptedAws,
) -> AutomationExecution {
    let start = start(parameters);
    block_on(run(document.clone(), start, aws, aws.clock.as_ref())).unwrap()
}

pub(crate) fn run_with(
    text: &str,
    parameters: &[(&str, &[&str])],
    aws: &ScriptedAws,
) -> AutomationExecution {
    try_run(text, parameters, aws).unwrap()
}

pub(crate) fn run_text(text: &str, aws: &ScriptedAws) -> AutomationExecution {
    run_with(text, &[], aws)
}

/// A document of these steps.
pub(crate) fn steps(steps: Value) -> String {
    json!({ "schemaVersion": "0.3", "mainSteps": steps }).to_string()
}

/// A step that sleeps a second, with more keys.
pub(crate) fn sleep(name: &str, more: Value) -> Value {
    step(name, "aws:sleep", json!({ "Duration": "PT1S" }), more)
}

/// A step that calls `cloudtrail StopIt`, with more keys.
pub(crate) fn call(name: &str, more: Value) -> Value {
    let inputs = json!({ "Service": "cloudtrail", "Api": "GetTrail" });
    step(name, "aws:executeAwsApi", inputs, more)
}

pub(crate) fn step(name: &str, action: &str, inputs: Value, more: Value) -> Value {
    let mut step = json!({ "name": name, "action": action, "inputs": inputs });
    for (key, value) in more.as_object().unwrap() {
        step[key] = value.clone();
    }
    step
}

pub(crate) fn find<'a>(execution: &'a AutomationExecution, name: &str) -> &'a StepExecution {
    let mut records = execution.step_executions.iter();
    records.rfind(|record| record.step_name == name).unwrap()
}

/// The steps that were begun, in the order in which they ended, with their status.
pub(crate) fn path(execution: &AutomationExecution) -> Vec<String> {
    let mut begun: Vec<&StepExecution> = execution
        .step_executions
        .iter()
        .filter(|record| record.execution_start_time.is_some())
        .collect();
    begun.sort_by_key(|record| (record.execution_start_time, record.execution_end_time));
    let shown = begun
        .iter()
        .map(|record| format!("{} {}", record.step_name, record.step_status.as_str()));
    shown.collect()
}
