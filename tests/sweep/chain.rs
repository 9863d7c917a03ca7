//! The chain as it is deployed, with somebody who takes notes: an event of the bus, the evaluator
//! that starts the runbook, and the remediator that the runbook's steps invoke.

use std::sync::{Arc, Mutex};
use std::task::Poll;

use async_trait::async_trait;
use serde_json::{Value, json};
use trailkeeper_app::fast_path::{EventSettings, Mode};
use trailkeeper_sandbox::seed::Actor;
use trailkeeper_sandbox::{Call, CallRecord, Failure, Function, Sandbox, Watch, World};
use trailkeeper_tests::sweep::finish;
use trailkeeper_tests::{ACCOUNT, Account, HOME, RULE};

use crate::product;
use crate::stage::target;
use crate::states::Story;

/// The roles as the template makes and names them to the evaluator.
const OWN_ROLES: [&str; 3] = [
    "trailkeeper-remediator",
    "trailkeeper-automation",
    "trailkeeper-evaluator",
];

/// When an event arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arrives {
    /// When the run that has caused it is over.
    AfterTheRun,
    /// Before the remediator's next call.
    AtOnce,
}

/// How the chain is set up.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Way {
    pub(crate) name: &'static str,
    pub(crate) arrives: Arrives,
    /// Whether the evaluator is told which roles are the product's own.
    pub(crate) names_roles: bool,
    /// Whether the evaluator starts the runbook for every call of our own, whatever the state.
    pub(crate) starts_always: bool,
    /// Whether every invocation of the remediator writes.
    pub(crate) writes_always: bool,
}

/// What was heard and done, in the order in which it ended.
#[derive(Debug, Clone)]
pub(crate) enum Note {
    /// An event was answered: whose call it was, and the run that was started because of it.
    Heard {
        event: String,
        is_own: bool,
        started: Option<String>,
    },
    /// The remediator was invoked by a run: the writes that it tried, and the outcome or error.
    Invoked {
        run: String,
        writes: Vec<Write>,
        outcome: String,
    },
}

/// Service and operation.
pub(crate) type Write = (String, String);
type Notes = Arc<Mutex<Vec<Note>>>;

/// How the evaluator answers events, without any role that would be its own.
fn event_settings() -> EventSettings {
    let topic = format!("arn:aws:sns:{HOME}:{ACCOUNT}:{}", product::TOPIC);
    EventSettings {
        mode: Mode::Enforce,
        topic: topic.parse().ok(),
        trail_rule: Some(target().rule),
        guard_rule: Some(product::GUARD_RULE.to_owned()),
        alarms: vec!["trail-changed".to_owned()],
        ..EventSettings::default()
    }
}

/// The evaluator, which tells of every call, its own too.
pub(crate) fn plain(account: &Account) -> impl Function + use<> {
    product::evaluator(account, event_settings())
}

/// A start with everything installed, before anybody attacks.
pub(crate) struct Scene {
    pub(crate) story: Story,
    account: Account,
}

impl Scene {
    pub(crate) fn of(story: Story) -> Self {
        let account = story.account.copy();
        product::put_up(&account);
        let parameters = account.rule_parameters();
        finish(product::listen(&account, &parameters, plain(&account))).expect("nobody is killed");
        Self { story, account }
    }

    pub(crate) fn world(&self) -> World {
        self.account.sandbox.with_world(|world| world.clone())
    }
}

/// The account of a scene and what happens in it.
pub(crate) struct Chain<'a> {
    story: &'a Story,
    account: Account,
    notes: Notes,
}

impl<'a> Chain<'a> {
    pub(crate) fn of(scene: &'a Scene, way: Way) -> Self {
        let account = Account {
            sandbox: Sandbox::new(scene.world()),
            ..scene.account.clone()
        };
        let notes = Notes::default();
        let (target, sandbox) = (target(), &account.sandbox);
        let evaluator = Evaluator::of(&account, way, notes.clone());
        sandbox.register_function(&target.evaluator, Arc::new(evaluator));
        let remediator = Remediator {
            account: account.clone(),
            way,
            notes: notes.clone(),
        };
        sandbox.register_function(&target.remediator, Arc::new(remediator));
        let story = &scene.story;
        Self {
            story,
            account,
            notes,
        }
    }

    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.account.sandbox
    }

    pub(crate) fn notes(&self) -> Vec<Note> {
        self.notes.lock().unwrap().clone()
    }

    /// Somebody else brings the account into its state; the events wait.
    pub(crate) fn attack(&self) {
        let mallory = Actor::iam_user(ACCOUNT, "mallory", "AKIAIOSFODNN7EXAMPLE", "203.0.113.24");
        self.story
            .attack
            .act(&self.account.sandbox.as_actor(mallory));
    }

    /// Has everything done that is due and what comes of it; whether it comes to an end.
    #[must_use]
    pub(crate) fn settles(&self) -> bool {
        finish(self.account.sandbox.settle()).is_some()
    }

    /// Has AWS Config start the remediation when the time has come.
    pub(crate) fn by_schedule(&self) {
        self.account.pass(self.story.minutes);
        let resource = json!({"resourceType": "AWS::::Account", "resourceId": ACCOUNT});
        let start = json!({"ConfigRuleName": RULE, "ResourceKeys": [resource]});
        let start = self
            .account
            .act("config", "StartRemediationExecution", start);
        finish(start).expect("nobody is killed");
    }

    /// The runs of the runbook, oldest first, and how each ended.
    pub(crate) fn runs(&self) -> Vec<(String, String)> {
        let all = self
            .account
            .act("ssm", "DescribeAutomationExecutions", json!({}));
        let told = finish(all).expect("nobody is killed");
        let listed = told["AutomationExecutionMetadataList"].as_array();
        let text = |run: &Value, name: &str| run[name].as_str().unwrap_or_default().to_owned();
        let mut runs: Vec<(String, String)> = listed
            .into_iter()
            .flatten()
            .map(|run| {
                (
                    text(run, "AutomationExecutionId"),
                    text(run, "AutomationExecutionStatus"),
                )
            })
            .collect();
        // the ids are numbered
        runs.sort();
        runs
    }
}

fn session(role: &str) -> Actor {
    Actor::role_session(ACCOUNT, role, "function", "192.0.2.10")
}

/// Sees the calls of one function, and has events arrive before them.
struct Beside {
    arrives: Option<Sandbox>,
    calls: Mutex<Vec<CallRecord>>,
    started: Mutex<Option<String>>,
}

impl Beside {
    fn new(arrives: Option<Sandbox>) -> Arc<Self> {
        Arc::new(Self {
            arrives,
            calls: Mutex::default(),
            started: Mutex::default(),
        })
    }

    fn writes(&self) -> Vec<Write> {
        let calls = self.calls.lock().unwrap();
        let writes = calls.iter().filter(|call| call.write);
        writes
            .map(|call| (call.service.clone(), call.operation.clone()))
            .collect()
    }
}

impl Watch for Beside {
    fn may_pass(&self, _call: &Call) -> Poll<()> {
        if let Some(account) = &self.arrives {
            finish(account.settle()).expect("what arrives is answered");
        }
        Poll::Ready(())
    }

    fn after(&self, record: &CallRecord, answer: &Result<Value, Failure>, _world: &World) {
        if let (Ok(answer), "StartAutomationExecution") = (answer, record.operation.as_str()) {
            let id = answer["AutomationExecutionId"].as_str();
            *self.started.lock().unwrap() = id.map(str::to_owned);
        }
        self.calls.lock().unwrap().push(record.clone());
    }
}

/// The evaluator under its role.
struct Evaluator {
    account: Account,
    watch: Arc<Beside>,
    code: Box<dyn Function>,
    starts_always: bool,
    notes: Notes,
}

impl Evaluator {
    fn of(account: &Account, way: Way, notes: Notes) -> Self {
        let watch = Beside::new(None);
        let sandbox = account.sandbox.as_actor(session("trailkeeper-evaluator"));
        let account = Account {
            sandbox: sandbox.watched(watch.clone()),
            ..account.clone()
        };
        let named: &[&str] = if way.names_roles { &OWN_ROLES } else { &[] };
        let settings = EventSettings {
            own_roles: named.iter().copied().map(str::to_owned).collect(),
            ..event_settings()
        };
        Self {
            code: Box::new(product::evaluator(&account, settings)),
            account,
            watch,
            starts_always: way.starts_always,
            notes,
        }
    }

    /// What a handler would do that takes every call for an attacker's.
    async fn start(&self) {
        let input = json!({
            "DocumentName": target().runbook,
            "Parameters": product::automation_parameters(&self.account),
        });
        let call = Call::new("ssm", "StartAutomationExecution", HOME, input);
        let _answer = self.account.sandbox.call(call).await;
    }
}

/// A handler that starts the runbook always is stopped after so many runs.
const MOST_RUNS: usize = 6;

#[async_trait]
impl Function for Evaluator {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let detail = &payload["detail"];
        let event = detail["eventName"].as_str().unwrap_or_default().to_owned();
        let issuer = &detail["userIdentity"]["sessionContext"]["sessionIssuer"]["userName"];
        let is_own = issuer
            .as_str()
            .is_some_and(|role| OWN_ROLES.contains(&role));
        let answer = self.code.invoke(payload).await;
        if self.starts_always && is_own && started(&self.notes.lock().unwrap()) < MOST_RUNS {
            self.start().await;
        }
        let started = self.watch.started.lock().unwrap().take();
        let note = Note::Heard {
            event,
            is_own,
            started,
        };
        self.notes.lock().unwrap().push(note);
        answer
    }
}

fn started(notes: &[Note]) -> usize {
    let is_start = |note: &&Note| {
        matches!(
            note,
            Note::Heard {
                started: Some(_),
                ..
            }
        )
    };
    notes.iter().filter(is_start).count()
}

/// The remediator under its role. Where it is killed Lambda says so to the runbook's step.
struct Remediator {
    account: Account,
    way: Way,
    notes: Notes,
}

impl Remediator {
    fn account_with(&self, watch: Arc<Beside>) -> Account {
        let sandbox = self
            .account
            .sandbox
            .as_actor(session("trailkeeper-remediator"));
        Account {
            sandbox: sandbox.watched(watch),
            ..self.account.clone()
        }
    }
}

#[async_trait]
impl Function for Remediator {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let run = payload["executionId"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let arrives = (self.way.arrives == Arrives::AtOnce).then(|| self.account.sandbox.clone());
        let watch = Beside::new(arrives);
        let account = self.account_with(watch.clone());
        let ended = finish(product::remediator(&account, None).invoke(payload));
        if self.way.writes_always {
            let trail = json!({"Name": target().trail_arn()});
            let call = Call::new("cloudtrail", "UpdateTrail", HOME, trail);
            let _answer = account.sandbox.call(call).await;
        }
        let killed = || json!({"errorType": "Runtime.ExitError", "errorMessage": "killed"});
        let ended = ended.unwrap_or_else(|| Err(killed()));
        let text = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
        let outcome = match &ended {
            Ok(result) => text(result, "outcome"),
            Err(error) => text(error, "errorType"),
        };
        let note = Note::Invoked {
            run,
            writes: watch.writes(),
            outcome,
        };
        self.notes.lock().unwrap().push(note);
        ended
    }
}
