//! Class U: the rule names it, the runbook undoes it, the rule is content, and no less is recorded
//! than before.

use trailkeeper_core::finding::Code;
use trailkeeper_core::threats::{Threat, threat};
use trailkeeper_sandbox::World;
use trailkeeper_sandbox::attacks::{Way, ways};
use trailkeeper_tests::{Account, Coverage};

use crate::stage::{Run, coverage, run_runbook, stage, target, world};
use crate::told::Story;

/// How an attack is staged.
pub(crate) struct Staged {
    pub(crate) id: &'static str,
    /// What the account is like before.
    pub(crate) world: fn() -> World,
    /// What the runbook is told besides: parameter and value.
    pub(crate) told: &'static [(&'static str, bool)],
    /// How long nobody looks after the attack.
    pub(crate) minutes: i64,
    /// The ways that are only noticed, each with the code with which the runbook refuses.
    pub(crate) refused: &'static [(&'static str, &'static str)],
}

/// The account as it is, attacked for a minute.
pub(crate) fn staged(id: &'static str) -> Staged {
    Staged {
        id,
        world,
        told: &[],
        minutes: 1,
        refused: &[],
    }
}

impl Staged {
    /// Performs every way of the attack, each on an account of its own.
    pub(crate) async fn undone(self) -> Story {
        let threat = threat(self.id).expect("a row of the table");
        let mut story = Story::default();
        for way in ways(self.id, &target()) {
            if let Err(why) = self.play(threat, &way, &mut story).await {
                story.open.push(format!("{}: {why}", way.name));
            }
        }
        missing(threat, &mut story);
        story
    }

    fn account(&self) -> Account {
        let account = stage((self.world)());
        let told = self.told.iter();
        told.fold(account, |account, (name, value)| account.with(name, *value))
    }

    async fn play(&self, threat: &Threat, way: &Way, story: &mut Story) -> Result<(), String> {
        let account = self.account();
        let before = coverage(&account).await;
        nothing(&account.findings().await, "found before")?;
        let performed = way.perform(&account.sandbox, &target()).await;
        performed.map_err(|failure| failure.to_string())?;
        account.pass(self.minutes);
        let found = account.findings().await;
        let named: Vec<&str> = threat.codes().filter(|code| found.contains(code)).collect();
        if named.is_empty() {
            return Err(format!("the rule says {found:?}"));
        }
        story.seen.extend(named.into_iter().map(str::to_owned));
        let run = run_runbook(&account).await;
        match self.refused.iter().find(|(name, _)| *name == way.name) {
            Some((_, code)) => refuses(&run, code),
            None => restored(&account, &run, before, story).await,
        }
    }
}

fn nothing<T: std::fmt::Debug>(list: &[T], what: &str) -> Result<(), String> {
    if list.is_empty() {
        Ok(())
    } else {
        Err(format!("{what}: {list:?}"))
    }
}

fn is(seen: &str, wanted: &str, what: &str) -> Result<(), String> {
    if seen == wanted {
        Ok(())
    } else {
        Err(format!("{what} is {seen:?}, not {wanted:?}"))
    }
}

/// The rest of what the row says was not seen in any way, or more was done than it says.
fn missing(threat: &Threat, story: &mut Story) {
    for code in threat.codes().filter(|code| !story.seen.contains(*code)) {
        let known = Code::ALL.iter().any(|one| one.as_str() == code);
        let why = if known {
            "not seen"
        } else {
            "no such finding yet"
        };
        story.open.push(format!("{code}: {why}"));
    }
    let words: Vec<&str> = threat.undone_by.split([',', ' ']).collect();
    let unsaid = story
        .undone
        .iter()
        .filter(|made| !words.contains(&made.as_str()));
    let unsaid: Vec<String> = unsaid
        .map(|made| format!("the table lacks {made}"))
        .collect();
    story.open.extend(unsaid);
}

fn refuses(run: &Run, code: &str) -> Result<(), String> {
    is(&run.status, "Failed", "the run's status")?;
    if run.failure.contains(code) {
        Ok(())
    } else {
        Err(format!("the runbook says {}", run.failure))
    }
}

async fn restored(
    account: &Account,
    run: &Run,
    before: Coverage,
    story: &mut Story,
) -> Result<(), String> {
    if run.status != "Success" {
        return Err(run.failure.clone());
    }
    is(run.output("outcome"), "repaired", "the outcome")?;
    story.undone.extend(run.writes.iter().cloned());
    let gap = gap(run);
    if story.gap.len() < gap.len() {
        story.gap = gap;
    }
    let after = coverage(account).await;
    if let Some(lost) = but_for_words(before, &after).lost_in(&after) {
        return Err(format!("recorded before and not after: {lost}"));
    }
    account.pass(70);
    nothing(&account.findings().await, "found after deliveries")?;
    let again = run_runbook(account).await;
    is(again.output("outcome"), "already-healthy", "the second run")?;
    nothing(&again.writes, "a second run writes")
}

/// Selectors and statements may say the same in other words; of those the rule is the judge.
fn but_for_words(mut before: Coverage, after: &Coverage) -> Coverage {
    before.bucket_statements.clear();
    before.key_statements.clear();
    for (arn, one) in &mut before.trails {
        if let Some(now) = after.trails.get(arn) {
            one.selectors = now.selectors.clone();
        }
    }
    before
}

fn gap(run: &Run) -> String {
    let [from, to] = ["gapStart", "gapEnd"].map(|name| run.output(name));
    if from.is_empty() {
        String::new()
    } else {
        let to = if to.is_empty() { "the next delivery" } else { to };
        format!("{from} to {to}")
    }
}
