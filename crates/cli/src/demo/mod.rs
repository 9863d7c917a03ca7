//! `trailkeeper demo`: both rules in a sandbox. A trail is attacked, judged and repaired; instances
//! are judged and get a profile.

mod annotation;
mod attack;
mod instances;
mod show;
mod stage;

use clap::Args;
use jiff::SignedDuration;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::functions::REMEDIATOR;
use crate::output::Output;
use crate::product::{ROLE, RUNBOOK};
use show::Show;
use stage::{Stage, Verdict};

/// Long enough for several deliveries.
const PAUSE: SignedDuration = SignedDuration::from_mins(15);

#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Tell the story of one attack on a trail instead: an id of docs/threats.md, such as
    /// B11, or `list`
    #[arg(long, value_name = "ID")]
    attack: Option<String>,
}

/// Plays the demo, or the attack that was asked for.
///
/// # Errors
/// There is no such attack; a call or a function of the sandbox failed that must not.
pub(crate) async fn run(
    arguments: &DemoArguments,
    output: &mut Output,
) -> Result<Exit, CommandError> {
    match &arguments.attack {
        Some(attack) => attack::run(attack, output).await,
        None => whole(output).await,
    }
}

/// Plays the whole demo. The end is good if AWS Config says COMPLIANT, the last run wrote nothing, the
/// bucket's policy kept what was others', and the instances are as they should be.
///
/// # Errors
/// A call or a function of the sandbox failed that must not.
async fn whole(output: &mut Output) -> Result<Exit, CommandError> {
    let stage = Stage::open().await?;
    let mut show = Show::new(output);
    show.opening(&stage)?;
    let mark = stage.mark();
    judge(&stage, &mut show, "1. AWS Config evaluates the rule").await?;
    remediate(&stage, &mut show, mark).await?;
    let before = stage.now();
    stage.pass(PAUSE).await;
    show.passed(&stage, before)?;
    let verdict = judge(&stage, &mut show, "4. AWS Config evaluates the rule again").await?;
    let writes = run_again(&stage, &mut show).await?;
    show.cost(&stage)?;
    let keeps_others = stage.keeps_foreign_statements().await?;
    show.closing(&verdict, keeps_others)?;
    let instances = instances::play(&stage, &mut show).await?;
    Ok(
        if verdict.is_compliant() && writes == 0 && keeps_others && instances {
            Exit::Good
        } else {
            Exit::Bad
        },
    )
}

async fn judge(stage: &Stage, show: &mut Show<'_>, heading: &str) -> Result<Verdict, CommandError> {
    show.heading(heading)?;
    show.text(&format!(
        "The rule {} invokes {}, which looks at the account and reports.",
        stage.names().rule,
        stage.names().function
    ))?;
    let verdict = stage.evaluate().await?;
    show.verdict(&verdict)?;
    Ok(verdict)
}

/// What the verdict has set off since `mark`.
async fn remediate(stage: &Stage, show: &mut Show<'_>, mark: usize) -> Result<(), CommandError> {
    let run = stage.last_run().await?;
    show.heading("2. AWS Config starts the runbook")?;
    show.text(&format!(
        "The rule's remediation is automatic: AWS Config has Systems Manager run {RUNBOOK} as \
         the role {ROLE}. Three of its steps invoke {REMEDIATOR}; Assess and Verify only look."
    ))?;
    show.steps(&run)?;
    show.list(["DRIFT", "SEEN -> WANTED"], &run.output("Assess.changes"))?;
    show.writes(&stage.writes_since(mark), &run.output("Repair.steps"))?;
    show.list(["NOTE", "TEXT"], &run.output("Repair.notes"))?;
    show.list(["REMAINING", "WHY"], &run.output("Repair.remaining"))?;
    show.text(&format!(
        "Everything was read back after the last write. The run's status is {}, and AWS Config \
         says {}.",
        run.status(),
        stage.remediation_state().await?
    ))?;
    show.text(&format!(
        "Nothing was recorded from {} to {}.",
        run.output("Repair.gapStart").join(" "),
        run.output("Repair.gapEnd").join(" ")
    ))?;
    match run.output("Repair.actor").as_slice() {
        [] => Ok(()),
        actor => show.text(&format!("Stopped by {}.", actor.join(" "))),
    }
}

/// Says how many writes were made.
async fn run_again(stage: &Stage, show: &mut Show<'_>) -> Result<usize, CommandError> {
    show.heading("5. Somebody runs the runbook by hand")?;
    let mark = stage.mark();
    stage.start_runbook().await?;
    let run = stage.last_run().await?;
    show.text(&format!(
        "This is what `aws ssm start-automation-execution` or the console's Execute button does, \
         with the same document and the same parameters. Started by {}.",
        run.executed_by()
    ))?;
    show.steps(&run)?;
    let writes = stage.writes_since(mark).len();
    show.text(&format!(
        "The run's status is {}, with {writes} writes.",
        run.status()
    ))?;
    Ok(writes)
}
