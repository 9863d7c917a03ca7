//! The repair budget of the runs that AWS Config starts.

use std::collections::BTreeMap;
use std::future::pending;
use std::sync::Arc;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_app::incident::IncidentSettings;
use trailkeeper_app::ports::AutomationReader;
use trailkeeper_core::facts::{DocumentFacts, ExecutionFacts, ExecutionRecord, Executions};
use trailkeeper_core::guard::MOST_REPAIRS;
use trailkeeper_core::operation::{DESCRIBE_AUTOMATION_EXECUTIONS, GET_AUTOMATION_EXECUTION};
use trailkeeper_core::{CallError, Operation};
use trailkeeper_lambda::HandlerError;
use trailkeeper_lambda::remediator::{self, Remediator};
use trailkeeper_sandbox::Sandbox;

use crate::account::{ACCOUNT, REGION, is_logging, payload, sandbox};
use crate::{invocation, logged, now};

const RUNBOOK: &str = "Trailkeeper-RestoreCloudTrail";
const TRAIL: &str = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org-audit";
const CONFIG: &str = "AWSServiceRoleForConfigRemediation";

/// The runs of the last hour.
struct Runs {
    /// The role that started the run that asks.
    by: &'static str,
    /// How many there were before it.
    before: usize,
    /// What their step of the repair told.
    outcome: &'static str,
    /// What cannot be asked.
    fails: Option<Operation>,
    /// Whether no answer ever comes.
    hangs: bool,
}

const SPENT: Runs = Runs {
    by: CONFIG,
    before: MOST_REPAIRS,
    outcome: "repaired",
    fails: None,
    hangs: false,
};

impl Runs {
    async fn call(&self, operation: Operation) -> Result<(), CallError> {
        if self.hangs {
            pending::<()>().await;
        }
        match self.fails {
            Some(fails) if fails == operation => {
                let code = "ThrottlingException";
                Err(CallError::from_code(operation, "a run", code, "injected"))
            }
            _ => Ok(()),
        }
    }

    fn starter(&self) -> Option<String> {
        Some(format!("arn:aws:sts::{ACCOUNT}:assumed-role/{}/s", self.by))
    }
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
        let runs = (0..self.before).map(run).collect();
        Ok(Executions {
            runs,
            is_cut: false,
        })
    }

    async fn execution(&self, id: &str) -> Result<Option<ExecutionRecord>, CallError> {
        self.call(GET_AUTOMATION_EXECUTION).await?;
        let texts = |value: &str| vec![value.to_owned()];
        let outputs = BTreeMap::from([
            ("outcome".to_owned(), texts(self.outcome)),
            ("trailArn".to_owned(), texts(TRAIL)),
        ]);
        let outputs = if id.starts_with("run-") {
            vec![outputs]
        } else {
            Vec::new()
        };
        Ok(Some(ExecutionRecord {
            document: RUNBOOK.to_owned(),
            executed_by: self.starter(),
            outputs,
        }))
    }
}

/// The answer, the line of the log and the account after the run, with a topic that is told.
async fn planned(runs: Runs, mode: &str) -> (Result<Value, HandlerError>, Value, Sandbox) {
    let sandbox = sandbox(now(), false);
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
    let (answer, line, sandbox) = planned(SPENT, "Plan").await;
    let answer = answer.unwrap();
    assert_eq!(answer["outcome"], "repairs-exhausted");
    assert_eq!(answer["steps"], json!([]));
    assert_eq!(answer["gapStart"], "2026-03-02T09:00:00Z");
    let note = answer["notes"][0].as_str().unwrap();
    assert!(note.starts_with("repairs-exhausted: "), "{note}");
    assert_eq!(line["outcome"], "repairs-exhausted");
    let calls = line["calls"].as_str().unwrap();
    assert!(calls.contains("ssm:GetAutomationExecution 5"), "{calls}");
    assert!(!is_logging(&sandbox).await);
    assert_eq!(writes(&sandbox), ["Publish"], "it is told once");
    let told = sandbox.with_world(|world| world.published_messages().to_vec());
    let message: Value = serde_json::from_str(&told[0].message).unwrap();
    assert_eq!(message["event"], "repairs-exhausted");
    let text = message["text"].as_str().unwrap();
    for part in [
        "4 times within the last hour",
        RUNBOOK,
        "it is not over",
        "B01",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// A step of the runbook that asks for the repair itself is past the count.
#[tokio::test]
async fn every_other_run_goes_on() {
    let cases = [
        (
            Runs {
                before: MOST_REPAIRS - 1,
                ..SPENT
            },
            "Plan",
            "planned",
        ),
        (
            Runs {
                outcome: "planned",
                ..SPENT
            },
            "Plan",
            "planned",
        ),
        (
            Runs {
                by: "admin",
                ..SPENT
            },
            "Plan",
            "planned",
        ),
        (
            Runs {
                by: "evaluator",
                ..SPENT
            },
            "Plan",
            "planned",
        ),
        (SPENT, "Apply", "repaired"),
    ];
    for (runs, mode, expected) in cases {
        let (answer, _, sandbox) = planned(runs, mode).await;
        assert_eq!(answer.unwrap()["outcome"], expected);
        assert_eq!(writes(&sandbox).is_empty(), mode == "Plan");
    }
}

/// A repair too many does no harm; a trail that stays stopped loses events.
#[tokio::test(start_paused = true)]
async fn a_count_that_fails_keeps_no_repair_from_being_made() {
    for fails in [GET_AUTOMATION_EXECUTION, DESCRIBE_AUTOMATION_EXECUTIONS] {
        let runs = Runs {
            fails: Some(fails),
            ..SPENT
        };
        let (answer, line, _) = planned(runs, "Plan").await;
        let answer = answer.unwrap();
        assert_eq!(answer["outcome"], "planned");
        let note = format!("runs-not-read: {fails} ThrottlingException");
        assert_eq!(answer["notes"], json!([note]));
        let failed = line["failedCalls"].as_str().unwrap();
        assert!(failed.contains(fails.name), "{failed}");
    }
    let runs = Runs {
        hangs: true,
        ..SPENT
    };
    let (answer, _, _) = planned(runs, "Plan").await;
    let answer = answer.unwrap();
    assert_eq!(answer["outcome"], "planned");
    assert_eq!(answer["notes"], json!(["runs-not-read: no time was left"]));
}
