//! `trailkeeper demo --attack ID`: the story of one attack, from the healthy account to what stays
//! lost.

mod find;
mod look;
mod perform;
mod stage;
mod tell;

use trailkeeper_app::fast_path::Mode;
use trailkeeper_core::Finding;
use trailkeeper_core::threats::{Class, Threat};
use trailkeeper_sandbox::attacks::{Target, Way};
use trailkeeper_sandbox::seed::PublishedMessage;

use super::show::Show;
use super::stage::Run;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;
use perform::{Performed, perform, way_of};
use stage::Stage;
use tell::{Scheduled, Starter};

/// Long enough for a delivery and a digest.
const UNTIL_DELIVERED: i64 = 70;

/// Tells the attack's story. The end is good if what is promised of it was seen.
///
/// # Errors
/// There is no such attack, or a call of the sandbox failed that must not.
pub(super) async fn run(asked: &str, output: &mut Output) -> Result<Exit, CommandError> {
    if asked.eq_ignore_ascii_case(find::LIST) {
        find::list(output)?;
        return Ok(Exit::Good);
    }
    let Some(threat) = find::find(asked) else {
        find::list(output)?;
        let nearest = find::nearest(asked).map_or("", |threat| threat.id);
        return Err(CommandError::NoSuchAttack {
            asked: asked.to_owned(),
            nearest,
        });
    };
    let mut show = Show::new(output);
    tell::opening(&mut show, threat)?;
    let is_good = match way_of(threat, &Target::example()) {
        Some((way, others)) => play(threat, way, &others, &mut show).await?,
        None => out_of_reach(threat, &mut show)?,
    };
    Ok(if is_good { Exit::Good } else { Exit::Bad })
}

fn out_of_reach(threat: &Threat, show: &mut Show<'_>) -> Result<bool, CommandError> {
    show.heading("Why it is out of reach")?;
    show.text(
        "There is no call to perform: what CloudTrail does not record raises no event, enters no \
         log file, and changes nothing that a rule compares. Only who watches the network, the \
         service itself or the account from outside can see it.",
    )?;
    show.text(&format!("Lost: {}.", threat.stays_lost))?;
    Ok(true)
}

async fn play(
    threat: &'static Threat,
    way: Way,
    others: &[&str],
    show: &mut Show<'_>,
) -> Result<bool, CommandError> {
    let stage = Stage::open(threat, way.name, Mode::Enforce).await?;
    tell::before(show, &stage)?;
    let performed = perform(&stage, threat, way.clone()).await;
    tell::attack(show, &stage.target, &performed, others)?;
    let quiet = Quiet::open(threat, way, &stage).await?;
    let messages = stage.messages();
    let message = told(&messages, threat);
    tell::seen(show, threat, &performed, message, &quiet.scheduled)?;
    let ended = repair(&stage, quiet, performed, threat).await?;
    match &ended.run {
        Some((run, starter)) => tell::runbook(show, run, starter, &ended.performed.writes)?,
        None => tell::no_runbook(show, threat)?,
    }
    let Performed { before, after, .. } = &ended.performed;
    tell::coverage(show, [before, after, &ended.look])?;
    tell::lost(show, threat, ended.run.as_ref().map(|(run, _)| run))?;
    let is_good = match threat.class {
        Class::Undone => ended.is_whole(),
        _ => message.is_some() || ended.is_found,
    };
    tell::left(show, &ended.left)?;
    show.end(is_good, closing(threat, is_good, ended.run.is_some()))?;
    Ok(is_good)
}

fn closing(threat: &Threat, is_good: bool, has_run: bool) -> &'static str {
    match (is_good, threat.class) {
        (true, Class::Noticed) if has_run && !threat.undone_by.is_empty() => {
            "It was seen, told and put right; the gap stays for a person to look into."
        }
        (true, Class::Undone) => "The account is whole again: the rules find nothing.",
        (true, _) => "It was seen and told; what to do is a person's decision.",
        (false, _) => "This did not end as it should; it is a fault, please report it.",
    }
}

/// The message about the attack, or else the first that there was.
fn told<'a>(messages: &'a [PublishedMessage], threat: &Threat) -> Option<&'a PublishedMessage> {
    if threat.id == "B49" {
        // the last one says that it is enough
        return messages.last();
    }
    let mut by_intruder = messages
        .iter()
        .filter(|one| one.message.contains("mallory"));
    let first = by_intruder.clone().next();
    by_intruder
        .find(|one| one.message.contains(threat.id))
        .or(first)
}

/// The same attack on an account that nobody hears of.
struct Quiet {
    stage: Stage,
    performed: Performed,
    scheduled: Scheduled,
}

impl Quiet {
    async fn open(threat: &'static Threat, way: Way, heard: &Stage) -> Result<Self, CommandError> {
        let stage = Stage::open(threat, way.name, Mode::Off).await?;
        let performed = perform(&stage, threat, way).await;
        let minutes = stage.setting.minutes;
        stage.pass(minutes).await;
        // without events nothing is repaired, so nothing can be worn out
        let looked_at = if threat.id == "B49" { heard } else { &stage };
        let findings = looked_at.findings().await?;
        let scheduled = Scheduled { findings, minutes };
        Ok(Self {
            stage,
            performed,
            scheduled,
        })
    }
}

/// How it ended.
struct Ended {
    performed: Performed,
    run: Option<(Run, Starter)>,
    look: look::Look,
    /// Whether the scheduled rules see it.
    is_found: bool,
    /// What the rules find in the end.
    left: Vec<Finding>,
}

impl Ended {
    fn is_whole(&self) -> bool {
        let succeeded = |(run, _): &(Run, Starter)| run.status() == "Success";
        self.left.is_empty() && self.run.as_ref().is_some_and(succeeded)
    }
}

/// The run that the event started, or else the one that follows the scheduled verdict.
async fn repair(
    stage: &Stage,
    quiet: Quiet,
    performed: Performed,
    threat: &Threat,
) -> Result<Ended, CommandError> {
    let is_found = !quiet.scheduled.findings.is_empty();
    if let Some(run) = stage.last_run().await? {
        let run = Some((run, Starter::Event));
        return end(stage, performed, run, is_found).await;
    }
    if threat.class != Class::Undone {
        return end(stage, performed, None, is_found).await;
    }
    let Quiet {
        stage,
        mut performed,
        ..
    } = quiet;
    stage.sandbox.clear_calls();
    stage.start_runbook().await?;
    performed.writes = stage.writes_but(&[]);
    let run = stage.last_run().await?.map(|run| (run, Starter::Rule));
    end(&stage, performed, run, is_found).await
}

async fn end(
    stage: &Stage,
    performed: Performed,
    run: Option<(Run, Starter)>,
    is_found: bool,
) -> Result<Ended, CommandError> {
    stage.pass(UNTIL_DELIVERED).await;
    let look = look::look(&stage.sandbox, &stage.account.caller, &stage.target).await;
    Ok(Ended {
        left: stage.findings().await?,
        performed,
        run,
        look,
        is_found,
    })
}
