//! Whether a row names the parameters without which its promise does not hold, and what of it is
//! lost without each. That it names all of them is shown by its scenario, which is given no others.

use std::collections::BTreeSet;

use trailkeeper_core::threats::{Class, Only, Threat};
use trailkeeper_sandbox::attacks::{Way, ways};

use crate::run::run_runbook;
use crate::stage::target;
use crate::staged::{Before, Staged, perform, seen_only};

/// What becomes of a way.
struct Outcome {
    /// The row's codes that are found.
    codes: BTreeSet<&'static str>,
    /// The calls of the runbook after which none is found any more; none where it does not help.
    undone: Option<BTreeSet<String>>,
    /// What was recorded before the attack and is not after them.
    lost: BTreeSet<String>,
}

impl Outcome {
    /// Whether all of it is lost in `less`.
    fn is_all_lost_in(&self, less: &Self) -> bool {
        let is_unseen = !self.codes.is_empty() && less.codes.is_empty();
        is_unseen || self.is_left_in(less)
    }

    /// Whether it is undone here and not there.
    fn is_left_in(&self, less: &Self) -> bool {
        self.undone.is_some() && less.undone.is_none()
    }

    /// What of this is lost in `less`; the way itself, where it is not undone.
    fn lost_in(&self, less: &Self, way: &Way) -> BTreeSet<String> {
        let codes = self.codes.difference(&less.codes);
        let codes: BTreeSet<String> = codes.map(|code| (*code).to_owned()).collect();
        if !self.codes.is_empty() && less.codes.is_empty() {
            return codes;
        }
        if self.is_left_in(less) {
            return [way.name.to_owned()].into();
        }
        let unmade = match (&self.undone, &less.undone) {
            (Some(all), Some(less)) => all.difference(less).cloned().collect(),
            _ => Vec::new(),
        };
        let codes = codes.into_iter();
        codes.chain(unmade).chain(less.lost.clone()).collect()
    }
}

impl Staged {
    /// What the row says of its parameters and is not so.
    pub(crate) async fn needs(&self, threat: &Threat) -> Vec<String> {
        let seen = |way: &Way| {
            let mut others = [Only::Event, Only::Alarm].into_iter();
            !others.any(|only| seen_only(threat, way, only))
        };
        let ways: Vec<Way> = ways(self.id, &target()).into_iter().filter(seen).collect();
        let mut whole = Vec::new();
        if !threat.parameters.is_empty() {
            for way in &ways {
                whole.push(self.outcome(threat, way, None).await);
            }
        }
        let mut wrong = Vec::new();
        for need in threat.parameters {
            let (mut lost, mut is_all) = (BTreeSet::new(), true);
            for (way, whole) in ways.iter().zip(&whole) {
                let less = self.outcome(threat, way, Some(need.parameter)).await;
                lost.extend(whole.lost_in(&less, way));
                is_all &= whole.is_all_lost_in(&less);
            }
            let said: BTreeSet<String> = need.of.iter().map(|one| (*one).to_owned()).collect();
            if lost.is_empty() || (is_all != said.is_empty()) || (!is_all && lost != said) {
                let parameter = need.parameter;
                wrong.push(format!(
                    "without {parameter} is lost {lost:?}, not {said:?}"
                ));
            }
        }
        wrong
    }

    async fn outcome(&self, threat: &Threat, way: &Way, without: Option<&str>) -> Outcome {
        let (account, parameters) = self.account(threat, way, without).await;
        let found = || async {
            let mut found = account.findings_with(&parameters).await;
            found.retain(|code| threat.codes().any(|known| known == *code));
            found
        };
        let before = Before::of(&account).await;
        perform(way, &account).await.expect("as it did before");
        account.pass(self.minutes);
        let mut outcome = Outcome {
            codes: found().await.into_iter().collect(),
            undone: None,
            lost: BTreeSet::new(),
        };
        let can_start = self.given(threat, way, without).can_start();
        if threat.class == Class::Undone && !self.is_refused(way) && can_start {
            let run = run_runbook(&account).await;
            let lost = before.lost(&account, run.output("trailArn")).await;
            let lost = lost.iter().map(|what| in_a_word(what));
            let is_said = |what: &String| self.stays_lost.contains(&what.as_str());
            outcome.lost = lost.filter(|what| !is_said(what)).collect();
            account.pass(70);
            if run.status == "Success" && found().await.is_empty() {
                outcome.undone = Some(run.writes.into_iter().collect());
            }
        }
        outcome
    }
}

/// What is lost, as rows name it.
pub(crate) fn in_a_word(lost: &str) -> String {
    match lost.split_once(' ') {
        Some(("Data", _)) => "data events".to_owned(),
        Some(("Management", _)) => "management events".to_owned(),
        _ => lost.rsplit(": ").next().unwrap_or(lost).to_owned(),
    }
}
