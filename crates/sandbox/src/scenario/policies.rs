//! The managed policies that IAM answers, and policy documents.

use std::collections::BTreeMap;

use serde_json::Value;
use trailkeeper_core::Arn;

use super::ScenarioError;
use super::answers::Listed;
use super::draft::Draft;
use super::place::Place;
use super::roles::NOTHING;
use crate::conversions::percent_decoded;
use crate::seed::ManagedPolicySeed;

/// The managed policies by ARN.
#[derive(Default)]
pub(super) struct Policies(BTreeMap<String, Policy>);

/// What is known of a policy: the version in force and the documents.
#[derive(Default)]
struct Policy {
    default: Option<u32>,
    documents: BTreeMap<u32, String>,
}

impl Policies {
    /// Lets policies exist that are attached somewhere.
    pub(super) fn named<'a>(&mut self, arns: impl Iterator<Item = &'a String>) {
        for arn in arns {
            self.0.entry(arn.clone()).or_default();
        }
    }

    /// Puts them into the account.
    pub(super) fn place(self, draft: &mut Draft) {
        for (text, policy) in self.0 {
            let Ok(arn) = text.parse::<Arn>() else {
                continue; // an attachment that names no policy stays one that leads nowhere
            };
            let inner = arn.resource.strip_prefix("policy").unwrap_or_default();
            let end = inner.rfind('/').map_or(0, |at| at + 1);
            let path = inner.get(..end).unwrap_or("/");
            draft.world.seed_managed_policy(policy.seed(&arn, path));
        }
    }
}

impl Policy {
    fn seed(mut self, arn: &Arn, path: &str) -> ManagedPolicySeed {
        let last = self.documents.keys().next_back().copied();
        let version = self.default.or(last).unwrap_or(1);
        let document = self.documents.remove(&version);
        ManagedPolicySeed {
            path: path.to_owned(),
            aws_managed: arn.account == "aws",
            version,
            earlier: self.documents,
            ..ManagedPolicySeed::new(arn.name(), document.as_deref().unwrap_or(NOTHING))
        }
    }
}

/// Reads GetPolicy and GetPolicyVersion.
pub(super) fn read(
    policies: &mut Policies,
    entry: &Listed<'_>,
    page: &Place<'_>,
) -> Result<(), ScenarioError> {
    match entry.operation {
        "GetPolicy" => {
            let place = page.need("Policy")?;
            let arn = place.text("Arn")?.or(entry.argument).unwrap_or_default();
            let version = number(&place.need("DefaultVersionId")?)?;
            policies.0.entry(arn.to_owned()).or_default().default = Some(version);
        }
        "GetPolicyVersion" => {
            let named = entry.argument.and_then(|text| text.rsplit_once('@'));
            let wrong = || {
                entry
                    .place
                    .wrong("the argument is not a policy's ARN@version")
            };
            let (arn, _) = named.ok_or_else(wrong)?;
            let policy = policies.0.entry(arn.to_owned()).or_default();
            version(policy, &page.need("PolicyVersion")?, named)?;
        }
        _ => {}
    }
    Ok(())
}

/// Reads a policy of GetAccountAuthorizationDetails.
pub(super) fn detail(policies: &mut Policies, place: &Place<'_>) -> Result<(), ScenarioError> {
    let arn = place.need_text("Arn")?.to_owned();
    let policy = policies.0.entry(arn).or_default();
    if let Some(default) = place.get("DefaultVersionId") {
        policy.default = Some(number(&default)?);
    }
    for one in place.list("PolicyVersionList")? {
        version(policy, &one, None)?;
    }
    Ok(())
}

fn version(
    policy: &mut Policy,
    place: &Place<'_>,
    named: Option<(&str, &str)>,
) -> Result<(), ScenarioError> {
    let id = match (place.get("VersionId"), named) {
        (None, Some((_, id))) => parse(id).ok_or_else(|| place.wrong(VERSION))?,
        _ => number(&place.need("VersionId")?)?,
    };
    if place.flag("IsDefaultVersion")? {
        policy.default = Some(id);
    }
    let text = document(&place.need("Document")?)?;
    policy.documents.insert(id, text);
    Ok(())
}

const VERSION: &str = "the id of a version is expected here: v1, v2 and so on";

fn number(place: &Place<'_>) -> Result<u32, ScenarioError> {
    parse(place.as_text()?).ok_or_else(|| place.wrong(VERSION))
}

fn parse(id: &str) -> Option<u32> {
    id.strip_prefix('v')?.parse().ok()
}

/// A policy document: a text, percent-encoded as IAM answers it or plain, or an object.
pub(super) fn document(place: &Place<'_>) -> Result<String, ScenarioError> {
    match place.value() {
        Value::Object(_) => Ok(place.value().to_string()),
        Value::String(text) if text.trim_start().starts_with('%') => percent_decoded(text)
            .ok_or_else(|| place.wrong("the percent-encoding of the document is broken")),
        _ => place.as_text().map(str::to_owned),
    }
}
