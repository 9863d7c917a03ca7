//! The second rule: instances without a profile get one, and a role that may too much is shown
//! what is enough.

use trailkeeper_app::evaluate::judge_instances;
use trailkeeper_core::instance_profile::{RESOURCE_TYPE, Requirements};
use trailkeeper_policy::analysis::PolicyFinding;

use super::show::Show;
use super::stage::{Stage, Verdict};
use crate::account::Account;
use crate::error::CommandError;
use crate::product::ATTACH;

/// Plays the part. The end is good if both instances have got their profile, and the one whose
/// role may too much is the only one that is NON_COMPLIANT.
///
/// # Errors
/// A call or a function of the sandbox failed that must not.
pub(super) async fn play(stage: &Stage, show: &mut Show<'_>) -> Result<bool, CommandError> {
    let names = &stage.names().instances;
    show.heading("6. AWS Config evaluates the second rule")?;
    show.text(&format!(
        "The rule {} invokes the same function. It judges every EC2 instance: whether it has a \
         profile, and what the profile's role may do.",
        names.rule
    ))?;
    let verdicts = stage.evaluate_rule(&names.rule).await?;
    list(stage, show, &verdicts)?;
    attach(stage, show).await?;
    suggest(stage, show).await?;
    let left = stage.verdicts(&names.rule).await?;
    let mut bad = left.iter().filter(|verdict| !verdict.is_compliant());
    let first = bad.next().map(|verdict| verdict.resource_id.as_str());
    let is_good = first == Some(names.broad.as_str()) && bad.next().is_none();
    show.end(
        is_good,
        if is_good {
            "Every instance has a profile; one role is left for its owner to narrow."
        } else {
            "The instances are not as they should be; this is a fault, please report it."
        },
    )?;
    Ok(is_good)
}

fn list(stage: &Stage, show: &mut Show<'_>, verdicts: &[Verdict]) -> Result<(), CommandError> {
    let row = |(id, what): &(String, String)| {
        let verdict = verdicts.iter().find(|one| one.resource_id == *id);
        let (compliance, annotation) = verdict.map_or(("", ""), |verdict| {
            (verdict.compliance.as_str(), verdict.annotation.as_str())
        });
        let code = annotation.split_once(':').map_or("", |(code, _)| code);
        let is_bad = verdict.is_some_and(|verdict| !verdict.is_compliant());
        let reason = if is_bad { code } else { "" };
        [id, what, compliance, reason].map(str::to_owned)
    };
    let all = &stage.names().instances.all;
    let rows: Vec<[String; 4]> = all.iter().map(row).collect();
    show.rows(["INSTANCE", "WHAT IT IS", "VERDICT", "REASON"], &rows)
}

/// The remediation of both instances without a profile.
async fn attach(stage: &Stage, show: &mut Show<'_>) -> Result<(), CommandError> {
    let names = &stage.names().instances;
    show.heading("7. Somebody starts the remediation")?;
    show.text(&format!(
        "It is manual, for a profile is a grant. `aws configservice \
         start-remediation-execution` names the two instances without a profile, and Systems \
         Manager runs {ATTACH} for each, with the profile {}.",
        names.profile
    ))?;
    let wanted = [&names.bare, &names.stopped];
    let resources = wanted.map(|id| (RESOURCE_TYPE, id.as_str()));
    stage.remedy(&names.rule, &resources).await?;
    let runs = stage.runs(ATTACH).await?;
    let verdicts = stage.verdicts(&names.rule).await?;
    let mut rows = Vec::new();
    for id in wanted {
        let run = runs.iter().find(|run| run.parameter("InstanceId") == id);
        let verdict = verdicts.iter().find(|one| one.resource_id == *id);
        rows.push([
            id.clone(),
            run.map_or("none", |run| run.status()).to_owned(),
            verdict.map_or("", |one| &one.compliance).to_owned(),
            verdict.map_or("", |one| &one.annotation).to_owned(),
        ]);
    }
    show.rows(["INSTANCE", "RUN", "VERDICT", "WHY"], &rows)?;
    show.text(
        "AWS Config has seen the instances change and had the rule evaluated again by itself.",
    )
}

/// What `trailkeeper evaluate` and `trailkeeper policy check` know of the role that may too much.
async fn suggest(stage: &Stage, show: &mut Show<'_>) -> Result<(), CommandError> {
    let names = &stage.names().instances;
    show.heading("8. What is to be done about the last one")?;
    let account = Account::of_sandbox(stage.sandbox())?;
    let readers = account.instance_readers();
    let requirements = Requirements::default();
    let judged = judge_instances(readers, &requirements, &account.caller, stage.now()).await;
    let mut verdicts = judged.verdicts.iter();
    let broad = verdicts.find(|verdict| verdict.id == names.broad);
    let role = broad.and_then(|verdict| verdict.role_verdict.as_ref());
    let findings = role.map_or(&[][..], |role| &role.policy_findings);
    for finding in findings {
        show.text(&sentence(finding))?;
        if !finding.suggestion.is_empty() {
            show.text(
                "What the finding suggests, of which as much is to be kept as is in use; \
                 `trailkeeper policy check` shows it in full:",
            )?;
            show.verbatim(&shortened(&finding.suggestion))?;
        }
    }
    Ok(())
}

/// JSON of which long lists show only their beginning.
fn shortened(json: &str) -> String {
    let is_element = |line: &str| line.trim().starts_with('"') && !line.contains("\": ");
    let mut shown: Vec<String> = Vec::new();
    let mut run: Vec<&str> = Vec::new();
    for line in json.lines() {
        if is_element(line) {
            run.push(line);
            continue;
        }
        show_run(&mut shown, &std::mem::take(&mut run));
        shown.push(line.to_owned());
    }
    show_run(&mut shown, &run);
    shown.join("\n")
}

/// The elements of a list, with the number of those left out.
fn show_run(shown: &mut Vec<String>, run: &[&str]) {
    const SHOWN: usize = 4;
    let left_out = run.len().saturating_sub(SHOWN);
    let few = if left_out > 1 { SHOWN } else { run.len() };
    shown.extend(run.iter().take(few).map(|line| (*line).to_owned()));
    if let (true, Some(first)) = (left_out > 1, run.first()) {
        let indent = first.len() - first.trim_start().len();
        shown.push(format!("{}… {left_out} more", " ".repeat(indent)));
    }
}

fn sentence(finding: &PolicyFinding) -> String {
    format!(
        "{}, {}: {} on {} in the statement {} of the policy {}; {}.",
        finding.code,
        finding.severity,
        finding.action_pattern,
        finding.resource,
        finding.statement,
        finding.policy,
        finding.why
    )
}
