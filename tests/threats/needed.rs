//! Whether a row names only parameters without which its promise does not hold.

use serde_json::{Map, Value, json};
use trailkeeper_core::threats::{Class, Threat};
use trailkeeper_sandbox::attacks::{Way, ways};
use trailkeeper_tests::Account;

use crate::run::run_runbook;
use crate::stage::target;
use crate::staged::{Staged, perform};

/// How a row names what `BaselineSha256` and `baselineSha256` name.
const BASELINE: &str = "the baseline";

/// Takes a parameter of the runbook (a capital letter) or of the rule from both.
fn without(parameter: &str, account: &mut Account, parameters: &mut Map<String, Value>) {
    match parameter {
        BASELINE => {
            account.payload.remove("BaselineSha256");
            parameters.remove("baselineSha256");
        }
        "requireManagementEvents" | "requireInsights" => {
            parameters.insert(parameter.to_owned(), json!("None"));
        }
        // what is left out means both
        "InsightTypes" => {
            let one = json!("ApiCallRateInsight");
            account.payload.insert(parameter.to_owned(), one);
        }
        // what the rule demands by itself
        _ if parameter.starts_with("require") => {
            parameters.insert(parameter.to_owned(), json!("false"));
        }
        _ if parameter.starts_with(|letter: char| letter.is_ascii_lowercase()) => {
            parameters.remove(parameter);
        }
        _ => {
            account.payload.remove(parameter);
        }
    }
}

impl Staged {
    /// The parameters of the row without which all of it holds.
    pub(crate) async fn needless(&self, threat: &Threat) -> Vec<String> {
        let mut needless = Vec::new();
        for parameter in threat.parameters {
            if self.holds_without(threat, parameter).await {
                needless.push(format!("all of it holds without {parameter}"));
            }
        }
        needless
    }

    /// Whether the row's promise holds in every way although the parameter is not given.
    async fn holds_without(&self, threat: &Threat, parameter: &str) -> bool {
        // a baseline knows what many a parameter says
        let plain = Self {
            with_baseline: threat.parameters.contains(&BASELINE),
            ..*self
        };
        for way in ways(self.id, &target()) {
            let by_rule = !self.by_event_only.contains(&way.name);
            if by_rule && !plain.holds_in(threat, &way, parameter).await {
                return false;
            }
        }
        true
    }

    async fn holds_in(&self, threat: &Threat, way: &Way, parameter: &str) -> bool {
        let (mut account, demanded) = self.account(threat, way).await;
        let mut parameters = demanded.clone();
        without(parameter, &mut account, &mut parameters);
        let told = |found: Vec<&'static str>| -> Vec<&'static str> {
            let mut found = found;
            found.retain(|code| threat.codes().any(|known| known == *code));
            found
        };
        let performed = perform(way, &account).await;
        performed.expect("as it did before");
        account.pass(self.minutes);
        let whole = told(account.findings_with(&demanded).await);
        if told(account.findings_with(&parameters).await) != whole {
            return false;
        }
        let is_refused = self.refused.iter().any(|(name, _)| *name == way.name);
        if threat.class != Class::Undone || is_refused {
            return true;
        }
        // Systems Manager does not start the runbook without these
        if ["CloudTrailName", "CloudTrailS3BucketName"].contains(&parameter) {
            return false;
        }
        run_runbook(&account).await;
        account.pass(70);
        told(account.findings_with(&demanded).await).is_empty()
    }
}
