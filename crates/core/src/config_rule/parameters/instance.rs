//! What the parameters of `instance-profile` require of the instances.

use std::collections::{BTreeMap, BTreeSet};

use super::{Parameter, RuleParameters, parse, render};
use crate::config_rule::RuleName;
use crate::finding::Severity;
use crate::identity::Arn;
use crate::instance_profile::{Exemption, ManagedPolicies, Requirements};
use crate::naming::{self, Expected};
use crate::parameter::{self, ParameterError};

pub(super) const PARAMETERS: &[Parameter<Requirements>] = &[
    parameter!(
        "allowedProfileArns",
        allowed_profiles,
        read_profiles,
        write_list
    ),
    parameter!("wildcardActions", wildcard_actions),
    parameter!("wildcardResources", wildcard_resources),
    parameter!(
        "awsManagedPolicies",
        aws_managed,
        read_managed,
        write_managed
    ),
    parameter!(
        "minimumSeverity",
        minimum_severity,
        read_severity,
        Severity::to_string
    ),
    parameter!("exemptRoles", exempt_roles, read_exemptions, write_list),
];

/// What the parameters of `instance-profile` require.
///
/// # Errors
/// The first parameter, in the order of the names, that is unknown or has a bad value.
pub fn parse_instance_requirements(
    parameters: &RuleParameters,
) -> Result<Requirements, ParameterError> {
    parse(RuleName::InstanceProfile, PARAMETERS, parameters)
}

/// The parameters that require the same; what is the default is left out.
pub fn render_instance_requirements(wanted: &Requirements) -> BTreeMap<String, String> {
    render(PARAMETERS, wanted)
}

fn read_profiles(text: &str) -> Result<BTreeSet<Arn>, Expected> {
    let profiles: Result<BTreeSet<Arn>, Expected> = parameter::items(text)
        .map(naming::instance_profile_arn)
        .collect();
    not_empty(profiles?, naming::PROFILES)
}

const EXEMPTIONS: Expected = "role ARNs, each with its last day behind `@` and a comma between: \
     arn:aws:iam::111122223333:role/app@2026-12-31";

fn read_exemptions(text: &str) -> Result<BTreeSet<Exemption>, Expected> {
    let read = |item: &str| {
        let (role, day) = item.rsplit_once('@').ok_or(EXEMPTIONS)?;
        let (role, day) = (role.trim_end(), day.trim_start());
        // The date's parser takes other ways to write it, and times behind it.
        let is_date = day.len() == "YYYY-MM-DD".len();
        Ok(Exemption {
            role: naming::role_arn(role).ok_or(EXEMPTIONS)?,
            last_day: day.parse().ok().filter(|_| is_date).ok_or(EXEMPTIONS)?,
        })
    };
    let exemptions: Result<BTreeSet<Exemption>, Expected> =
        parameter::items(text).map(read).collect();
    not_empty(exemptions?, EXEMPTIONS)
}

/// A text of commas alone is a mistake.
fn not_empty<T>(items: BTreeSet<T>, expected: Expected) -> Result<BTreeSet<T>, Expected> {
    if items.is_empty() {
        Err(expected)
    } else {
        Ok(items)
    }
}

fn write_list<T: ToString>(items: &BTreeSet<T>) -> String {
    let texts: Vec<String> = items.iter().map(ToString::to_string).collect();
    texts.join(",")
}

const MANAGED: [(&str, ManagedPolicies); 2] = [
    ("judge", ManagedPolicies::Judge),
    ("ignore", ManagedPolicies::Ignore),
];

fn read_managed(text: &str) -> Result<ManagedPolicies, Expected> {
    let named = MANAGED
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(text));
    named.map(|(_, what)| *what).ok_or("judge or ignore")
}

fn write_managed(what: &ManagedPolicies) -> String {
    let named = MANAGED.iter().find(|(_, known)| known == what);
    named.map_or_else(String::new, |(name, _)| (*name).to_owned())
}

fn read_severity(text: &str) -> Result<Severity, Expected> {
    Severity::from_name(&text.to_ascii_lowercase())
        .ok_or("info, advisory, low, medium, high or critical")
}
