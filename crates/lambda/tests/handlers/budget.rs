//! The repair budget of the runs that AWS Config starts.

use std::collections::BTreeMap;
use std::future::pending;
use std::slice;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::time::Instant;
use trailkeeper_app::incident::IncidentSettings;
use trailkeeper_app::ports::AutomationReader;
use trailkeeper_core::facts::{DocumentFacts, ExecutionFacts, ExecutionRecord, Executions};
use trailkeeper_core::guard::MOST_REPAIRS;
use trailkeeper_core::operation::{DESCRIBE_AUTOMATION_EXECUTIONS, GET_AUTOMATION_EXECUTION};
use trailkeeper_core::{CallError, Operation};
use trailkeeper_lambda::HandlerError;
use trailkeeper_lambda::remediator::{self, Remediator};
use trailkeeper_sandbox::{Call, Sandbox};

use crate::account::{ACCOUNT, REGION, payload, sandbox};
use crate::{invocation, logged, now};

const RUNBOOK: &str = "Trailkeeper-RestoreCloudTrail";
const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org-audit";
const CONFIG: &str = "AWSServiceRoleForConfigRemediation";

/// The runs of the last hour.
struct Runs {
    /// The role that started them and the run that asks.
    by: &'static str,
    /// What the steps of the run that asks told before.
    told: &'static [&'static str],
    /// What the steps of the runs before it told, the newest first.
    before: Vec<&'static str>,
    /// Whether there are more than are listed.
    is_cut: bool,
    /// What is answered with this error code so often.
    fails: Mutex<Option<(Operation, &'static str, usize)>>,
    /// Whether no answer ever comes.
    hangs: bool,
}

/// AWS Config's run after four repairs.
fn spent() -> Runs {
    Runs {
        by: CONFIG,
        told: &[],
        before: vec!["repaired"; MOST_REPAIRS],
        is_cut: false,
        fails: Mutex::default(),
        hangs: false,
    }
}

impl Runs {
    async fn call(&self, operation: Operation) -> Result<(), CallError> {
        if self.hangs {
            pending::<()>().await;
        }
        let mut fails = self.fails.lock().unwrap();
        match fails.as_mut() {
            Some((fails, code, left)) if *fails == operation && *left > 0 => {
                *left -= 1;
                Err(CallError::from_code(operation, "a run", *code, "injected"))
            }
            _ => Ok(()),
        }
    }

    fn starter(&self) -> Option<String> {
        Some(format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/s", self.by))
    }
}

fn outputs(outcome: &str) -> BTreeMap<String, Vec<String>> {
    let outputs = [
        ("outcome", outcome),
        ("trailArn", TRAIL),
        ("remaining", "log-validation-off: as it is"),
    ];
    let texts = outputs.map(|(name, value)| (name.to_owned(), vec![value.to_owned()]));
    texts.into()
}

#[async_trait]
impl AutomationReader for Runs {
    async fn document(&self, _: &str) -> Result<Option<DocumentFacts>, CallError> {
        Ok(None)
    }

    async fn executions(&self, document: &str, since: Timestamp) -> Result<Executions, CallError> {
        self.call(DESCRIBE_AUTOMATION_EXECUTIONS).await?;
        let hour = SignedDuration::from_hours(1);
        assert_eq!((document, since), (RUNBOOK, now() - hour));
        let run = |number: usize| ExecutionFacts {
            id: format!("run-{number}"),
            status: "Success".to_owned(),
            started: Some(now() - SignedDuration::from_mins(number as i64 + 1)),
            executed_by: self.starter(),
        };
        Ok(Executions {
            runs: (0..self.before.len()).map(run).collect(),
            is_cut: self.is_cut,
        })
    }

    async fn execution(&self, id: &str) -> Result<Option<ExecutionRecord>, CallError> {
        self.call(GET_AUTOMATION_EXECUTION).await?;
        let before = id.strip_prefix("run-").and_then(|id| id.parse().ok());
        let told: &[&str] = match before {
            Some(number) => slice::from_ref(self.before.get::<usize>(number).unwrap()),
            None => self.told,
        };
        Ok(Some(ExecutionRecord {
            document: RUNBOOK.to_owned(),
            executed_by: self.starter(),
            outputs: told.iter().map(|told| outputs(told)).collect(),
            ..ExecutionRecord::default()
        }))
    }
}

/// The answer, the line of the log and the account after the run, with a topic that is told. The
/// trail records no digests, or nothing at all.
async fn planned(
    runs: Runs,
    mode: &str,
    is_recording: bool,
) -> (Result<Value, HandlerError>, Value, Sandbox) {
    let sandbox = sandbox(now(), is_recording);
    if is_recording {
        let less = json!({"Name": TRAIL, "EnableLogFileValidation": false});
        let call = Call::new("cloudtrail", "UpdateTrail", REGION, less);
        sandbox.call(call).await.unwrap();
        sandbox.clear_calls();
    }
    sandbox.with_world(|world| world.seed_sns_topic(REGION, "alerts"));
    let topic = format!("arn:aws:sns:{REGION}:{ACCOUNT}:alerts");
    let remediator = Remediator {
        ports: sandbox.repair_ports(),
        automation: Arc::new(runs),
        incident: sandbox.incident_ports(),
        settings: IncidentSettings {
            topic: topic.parse().ok(),
            own_roles: vec!["evaluator".to_owned()],
            events: false,
        },
        destinations: None,
    };
    let mut payload = payload();
    payload["Mode"] = json!(mode);
    let invocation = invocation(120);
    let work = remediator::handle(payload, &remediator, &invocation, 7);
    let (answer, line) = logged(work).await;
    (answer, line, sandbox)
}

fn writes(sandbox: &Sandbox) -> Vec<String> {
    let calls = sandbox.calls().into_iter().filter(|call| call.write);
    calls.map(|call| call.operation).collect()
}

#[tokio::test]
async fn the_fifth_repair_of_aws_config_within_the_hour_is_told_and_not_made() {
    let (answer, line, sandbox) = planned(spent(), "Plan", true).await;
    let answer = answer.unwrap();
    assert_eq!(answer["outcome"], "repairs-exhausted");
    assert_eq!(answer["steps"], json!([]));
    let remaining = answer["remaining"][0].as_str().unwrap();
    assert!(remaining.starts_with("log-validation-off: "), "{remaining}");
    let note = answer["notes"][0].as_str().unwrap();
    assert!(note.starts_with("repairs-exhausted: "), "{note}");
    assert_eq!(line["outcome"], "repairs-exhausted");
    let calls = line["calls"].as_str().unwrap();
    assert!(calls.contains("ssm:GetAutomationExecution 5"), "{calls}");
    assert_eq!(writes(&sandbox), ["Publish"], "it is told once");
    let told = sandbox.with_world(|world| world.published_messages().to_vec());
    let message: Value = serde_json::from_str(&told[0].message).unwrap();
    assert_eq!(message["event"], "repairs-exhausted");
    let text = message["text"].as_str().unwrap();
    for part in [
        "repairs-exhausted of trail arn:aws:cloudtrail:",
        "4 times within the last hour",
        RUNBOOK,
        "Known attacks: B05, B49.",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

#[tokio::test]
async fn what_a_run_before_told_is_not_told_again() {
    let mut runs = spent();
    runs.before.insert(0, "repairs-exhausted");
    let (answer, _, sandbox) = planned(runs, "Plan", true).await;
    assert_eq!(answer.unwrap()["outcome"], "repairs-exhausted");
    assert!(writes(&sandbox).is_empty());
}

/// A step of the runbook that asks for the repair itself is past the count, and the look after it
/// too. Nothing is asked for a trail that records nothing.
#[tokio::test]
async fn every_other_run_goes_on() {
    let by = |by| Runs { by, ..spent() };
    let before = |before| Runs { before, ..spent() };
    let after = Runs {
        told: &["planned", "repaired"],
        ..spent()
    };
    let cases = [
        (before(vec!["repaired"; MOST_REPAIRS - 1]), "Plan", true, 2),
        (before(vec!["planned"; MOST_REPAIRS]), "Plan", true, 6),
        (by("admin"), "Plan", true, 1),
        (by("evaluator"), "Plan", true, 1),
        (after, "Plan", true, 1),
        (spent(), "Plan", false, 0),
        (spent(), "Apply", true, 0),
        (spent(), "Apply", false, 0),
    ];
    for (number, (runs, mode, is_recording, reads)) in cases.into_iter().enumerate() {
        let (answer, line, sandbox) = planned(runs, mode, is_recording).await;
        let is_plan = mode == "Plan";
        let expected = if is_plan { "planned" } else { "repaired" };
        let answer = answer.unwrap();
        assert_eq!(answer["outcome"], expected, "{number}");
        assert!(!answer.to_string().contains("runs-not-read"), "{number}");
        assert_eq!(writes(&sandbox).is_empty(), is_plan, "{number}");
        let calls = line["calls"].as_str().unwrap().split(", ");
        let made = calls.filter_map(|call| call.strip_prefix("ssm:"));
        let made = made.filter_map(|call| call.split_once(' ')?.1.parse::<usize>().ok());
        assert_eq!(made.sum::<usize>(), reads, "{number}: {line}");
    }
}

/// What is throttled is asked again for some seconds.
#[tokio::test]
async fn a_throttled_count_goes_on() {
    for operation in [GET_AUTOMATION_EXECUTION, DESCRIBE_AUTOMATION_EXECUTIONS] {
        let runs = spent();
        *runs.fails.lock().unwrap() = Some((operation, "ThrottlingException", 3));
        let (answer, _, _) = planned(runs, "Plan", true).await;
        assert_eq!(
            answer.unwrap()["outcome"],
            "repairs-exhausted",
            "{operation}"
        );
    }
}

/// A repair too many does less harm than one too few.
#[tokio::test(start_paused = true)]
async fn a_count_that_fails_is_a_note_and_keeps_no_repair_from_being_made() {
    let fails = |operation, code| {
        let runs = spent();
        *runs.fails.lock().unwrap() = Some((operation, code, 1000));
        runs
    };
    let (get, list) = (GET_AUTOMATION_EXECUTION, DESCRIBE_AUTOMATION_EXECUTIONS);
    let many = Runs {
        before: vec!["planned"; 40],
        ..spent()
    };
    let cut = Runs {
        before: vec!["planned"; 4],
        is_cut: true,
        ..spent()
    };
    let hangs = Runs {
        hangs: true,
        ..spent()
    };
    let cases = [
        (
            fails(get, "ThrottlingException"),
            "ssm:GetAutomationExecution ThrottlingException",
        ),
        (
            fails(list, "AccessDeniedException"),
            "ssm:DescribeAutomationExecutions AccessDeniedException",
        ),
        (many, "there are more than can be read"),
        (cut, "there are more than can be read"),
        (hangs, "no time was left"),
    ];
    for (runs, why) in cases {
        let begun = Instant::now();
        let (answer, _, sandbox) = planned(runs, "Plan", true).await;
        let answer = answer.unwrap();
        assert_eq!(answer["outcome"], "planned", "{why}");
        assert_eq!(answer["notes"], json!([format!("runs-not-read: {why}")]));
        let longest = Duration::from_secs(25);
        let waited = sandbox.now().duration_since(now());
        assert!(
            waited.unsigned_abs() < longest && begun.elapsed() < longest,
            "{why}"
        );
    }
}
