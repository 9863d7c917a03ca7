//! Starting the runbook.

use trailkeeper_core::catalogue::{self, RepairedBy};
use trailkeeper_core::facts::{Executions, RemediationFacts};
use trailkeeper_core::fast_path::{Budget, EventNote, Reported, Runs, budget, client_token};
use trailkeeper_core::guard::REPAIR_WINDOW;
use trailkeeper_core::{CallError, Finding};

use super::asked::Asked;
use super::error::passes;
use super::found::shown;
use super::settings::Mode;
use super::wanted::Wanted;
use crate::ports::AutomationStart;

/// What became of a repair.
#[derive(Default)]
pub(super) struct Started {
    /// The run, if one was started.
    pub(super) execution: Option<String>,
    /// Why none was.
    pub(super) note: Option<EventNote>,
    /// The same for the message.
    pub(super) line: Option<String>,
    /// What is wrong with the repair itself.
    pub(super) finding: Option<Reported>,
    /// Why none was, where that passes.
    pub(super) error: Option<CallError>,
}

impl Started {
    fn not(code: &'static str, text: impl AsRef<str>, line: String) -> Self {
        Self {
            note: Some(EventNote::new(code, text)),
            line: Some(line),
            ..Self::default()
        }
    }
}

/// Whether a step of the runbook repairs one of the faults.
pub(super) fn is_repairable(findings: &[Finding]) -> bool {
    let steps = |finding: &Finding| catalogue::entry(finding.code).map(|entry| entry.repaired_by);
    findings
        .iter()
        .any(|finding| matches!(steps(finding), Some(RepairedBy::Steps(_))))
}

/// Starts the runbook as AWS Config would, unless a run is under way or there were too many.
pub(super) async fn start(asked: &Asked<'_>, wanted: &Wanted) -> Started {
    if asked.settings.mode != Mode::Enforce || asked.is_sample() {
        return Started::default();
    }
    let Some(remediation) = &wanted.remediation else {
        let line = "Nothing is repaired: the rule has no remediation, or it could not be read.";
        return Started::not("no-remediation", "", line.to_owned());
    };
    let document = &remediation.document;
    let since = asked.announcer.now - REPAIR_WINDOW;
    let automation = &asked.ports.trail.automation;
    match automation.executions(document, since).await {
        Ok(runs) => match left(asked, &runs) {
            Budget::Left => run(asked, remediation).await,
            Budget::Running(id) => {
                let line = format!("The runbook {document} is at work already: execution {id}.");
                Started::not("repair-running", id, line)
            }
            Budget::Exhausted(count) => Started {
                finding: Some(Reported::repairs_exhausted(document, count)),
                note: Some(EventNote::new(
                    "repair-budget-exhausted",
                    format!("{count} runs of {document} within the last hour"),
                )),
                ..Started::default()
            },
            Budget::Uncounted => Started {
                finding: Some(Reported::repairs_uncounted(document)),
                note: Some(EventNote::new(
                    "repair-budget-exhausted",
                    format!("more runs like {document} within the last hour than can be listed"),
                )),
                ..Started::default()
            },
        },
        // A run on a healthy trail writes nothing; a trail that stays stopped loses events.
        Err(error) => {
            let started = run(asked, remediation).await;
            let unread = EventNote::new("runs-not-read", shown(&error));
            Started {
                note: started.note.or(Some(unread)),
                ..started
            }
        }
    }
}

fn left(asked: &Asked<'_>, executions: &Executions) -> Budget {
    let known = asked.announcer.runs();
    let runs = Runs {
        own: asked.own(),
        known: &known,
    };
    budget(executions, runs, asked.call.time, asked.announcer.now)
}

async fn run(asked: &Asked<'_>, remediation: &RemediationFacts) -> Started {
    let document = &remediation.document;
    let mut parameters = remediation.parameters.clone();
    if let Some(parameter) = &remediation.resource_parameter {
        let account = asked.caller.account.to_string();
        parameters.insert(parameter.clone(), vec![account]);
    }
    let start = AutomationStart {
        document: document.clone(),
        version: remediation.version.clone(),
        parameters,
        client_token: client_token(document, &asked.call.id),
    };
    match asked.ports.trail.starter.start(&start).await {
        Ok(id) => {
            asked.announcer.keep_run(&id);
            Started {
                line: Some(format!(
                    "The runbook {document} was started: execution {id}."
                )),
                execution: Some(id),
                ..Started::default()
            }
        }
        Err(error) => {
            let why = shown(&error);
            let line = format!(
                "The runbook {document} could not be started ({why}); start it by hand, or wait \
                 for AWS Config's remediation."
            );
            Started {
                error: Some(error).filter(passes),
                ..Started::not("repair-not-started", why, line)
            }
        }
    }
}
