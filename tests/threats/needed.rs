//! Whether a row names the parameters without which its promise does not hold, and what of it is
//! lost without each. That it names all of them is shown by its scenario, which is given no others.

use std::collections::BTreeSet;

use trailkeeper_core::threats::{Class, Only, Threat};
use trailkeeper_sandbox::attacks::{Way, ways};

use crate::given::Given;
use crate::run::run_runbook;
use crate::stage::target;
use crate::staged::{Staged, perform, seen_only};

/// What becomes of a way.
struct Outcome {
    /// The row's codes that are found.
    codes: BTreeSet<&'static str>,
    /// The calls of the runbook after which none is found any more; none where it does not help.
    undone: Option<BTreeSet<String>>,
}

impl Outcome {
    /// What of this is lost in `less`; the way itself, where all of it is.
    fn lost_in(&self, less: &Self, way: &Way) -> BTreeSet<String> {
        let is_unseen = !self.codes.is_empty() && less.codes.is_empty();
        if is_unseen || self.undone.is_some() && less.undone.is_none() {
            return [way.name.to_owned()].into();
        }
        let unmade = match (&self.undone, &less.undone) {
            (Some(all), Some(less)) => all.difference(less).cloned().collect(),
            _ => Vec::new(),
        };
        let codes = self.codes.difference(&less.codes);
        codes.map(|code| (*code).to_owned()).chain(unmade).collect()
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
            let mut lost = BTreeSet::new();
            for (way, whole) in ways.iter().zip(&whole) {
                let less = self.outcome(threat, way, Some(need.parameter)).await;
                lost.extend(whole.lost_in(&less, way));
            }
            let said: BTreeSet<String> = need.of.iter().map(|one| (*one).to_owned()).collect();
            let is_all = ways.iter().all(|way| lost.contains(way.name));
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
        perform(way, &account).await.expect("as it did before");
        account.pass(self.minutes);
        let mut outcome = Outcome {
            codes: found().await.into_iter().collect(),
            undone: None,
        };
        let can_start = Given::of(threat, self.values, without).can_start();
        if threat.class == Class::Undone && !self.is_refused(way) && can_start {
            let run = run_runbook(&account).await;
            account.pass(70);
            if run.status == "Success" && found().await.is_empty() {
                outcome.undone = Some(run.writes.into_iter().collect());
            }
        }
        outcome
    }
}
