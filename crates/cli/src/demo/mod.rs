//! `trailkeeper demo`: an attack on a trail, its verdict and its repair, in a sandbox.

mod show;
mod stage;

use jiff::SignedDuration;
use serde_json::Value;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use show::Show;
use stage::{Stage, Verdict};

/// Long enough for several deliveries.
const PAUSE: SignedDuration = SignedDuration::from_mins(15);

/// Plays the demo. The end is good if AWS Config says COMPLIANT, the last repair wrote nothing and
/// the bucket's policy kept what was others'.
///
/// # Errors
/// A call or a function of the sandbox failed that must not.
pub(crate) async fn run(output: &mut Output) -> Result<Exit, CommandError> {
    let stage = Stage::open().await?;
    let mut show = Show::new(output);
    show.opening(&stage)?;
    judge(&stage, &mut show, "1. AWS Config evaluates the rule").await?;
    plan(&stage, &mut show).await?;
    repair(&stage, &mut show).await?;
    let before = stage.now();
    stage.pass(PAUSE).await;
    show.passed(&stage, before)?;
    let verdict = judge(&stage, &mut show, "5. AWS Config evaluates the rule again").await?;
    let writes = repair_again(&stage, &mut show).await?;
    show.cost(&stage)?;
    let keeps_others = stage.keeps_foreign_statements().await?;
    show.closing(&verdict, keeps_others)?;
    Ok(if verdict.is_compliant() && writes == 0 && keeps_others {
        Exit::Good
    } else {
        Exit::Bad
    })
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

async fn plan(stage: &Stage, show: &mut Show<'_>) -> Result<(), CommandError> {
    show.heading("2. What would a repair do?")?;
    show.text("The remediator is invoked with Mode=Plan. It reads, and writes nothing.")?;
    let mark = stage.mark();
    let result = stage.invoke_remediator(Some("Plan")).await?;
    show.list(["DRIFT", "SEEN -> WANTED"], &result, "changes")?;
    show.list(["REMAINING", "WHY"], &result, "remaining")?;
    show.planned(&result)?;
    let made = stage.writes_since(mark).len();
    show.text(&format!("Writes made so far: {made}."))
}

async fn repair(stage: &Stage, show: &mut Show<'_>) -> Result<(), CommandError> {
    show.heading("3. The remediator repairs")?;
    let mark = stage.mark();
    let result = stage.invoke_remediator(None).await?;
    show.writes(&stage.writes_since(mark), &result)?;
    show.list(["NOTE", "TEXT"], &result, "notes")?;
    show.text(&format!(
        "Everything was read back after the last write. Outcome: {}.",
        text(&result, "outcome")
    ))?;
    show.text(&format!(
        "Nothing was recorded from {} to {}.",
        text(&result, "gapStart"),
        text(&result, "gapEnd")
    ))?;
    match text(&result, "actor") {
        "" => Ok(()),
        actor => show.text(&format!("Stopped by {actor}.")),
    }
}

async fn repair_again(stage: &Stage, show: &mut Show<'_>) -> Result<usize, CommandError> {
    show.heading("6. The same repair once more")?;
    let mark = stage.mark();
    let result = stage.invoke_remediator(None).await?;
    let writes = stage.writes_since(mark).len();
    show.text(&format!(
        "Outcome: {}, with {writes} writes.",
        text(&result, "outcome")
    ))?;
    Ok(writes)
}

fn text<'a>(result: &'a Value, member: &str) -> &'a str {
    result.get(member).and_then(Value::as_str).unwrap_or("?")
}
