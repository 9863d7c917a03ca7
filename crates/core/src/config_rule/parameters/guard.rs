//! What the parameters of `guard` require.

use std::collections::{BTreeMap, BTreeSet};

use super::{Parameter, RuleParameters, parse, render};
use crate::config_rule::RuleName;
use crate::guard::Requirements;
use crate::naming::{self, Expected};
use crate::parameter::{self, ParameterError};

pub(super) const PARAMETERS: &[Parameter<Requirements>] = &[
    parameter!("namePrefix", name_prefix, text prefix),
    parameter!("configRules", config_rules, read_names, write_names),
    parameter!(
        "remediatedRules",
        remediated_rules,
        read_remediated,
        write_remediated
    ),
    parameter!("eventRules", event_rules, read_names, write_names),
    parameter!(
        "notificationRules",
        notification_rules,
        read_names,
        write_names
    ),
    parameter!("functions", functions, read_names, write_names),
    parameter!(
        "invokedFunctions",
        invoked_functions,
        read_names,
        write_names
    ),
    parameter!("runbooks", runbooks, read_names, write_names),
    parameter!("roles", roles, read_names, write_names),
    parameter!("roleSuffix", role_suffix, text suffix),
    parameter!("trails", trails, read_names, write_names),
    parameter!("keyId", key, text naming::key),
    parameter!("recorder", recorder),
    parameter!("guardDuty", guard_duty),
    parameter!("repair", repair),
    parameter!("baselineSha256", baseline_sha256, text sha256),
    parameter!("baselineBucket", baseline_bucket, text naming::bucket),
    parameter!("baselineRegion", baseline_region, text region),
    parameter!("baselineBucketOwner", baseline_owner, text naming::account),
];

/// What the parameters of `guard` require.
///
/// # Errors
/// The first parameter, in the order of the names, that is unknown or has a bad value; or that a
/// baseline is named without its bucket.
pub fn parse_guard_requirements(
    parameters: &RuleParameters,
) -> Result<Requirements, ParameterError> {
    let wanted = parse(RuleName::Guard, PARAMETERS, parameters)?;
    let wanted = with_whole_names(wanted);
    if wanted.baseline_sha256.is_some() != wanted.baseline_bucket.is_some() {
        let why = "is given together with the other: the hash and the bucket of the baseline";
        let key = if wanted.baseline_sha256.is_some() {
            "baselineBucket"
        } else {
            "baselineSha256"
        };
        return Err(ParameterError::new(key, why));
    }
    Ok(wanted)
}

/// The name with what stands before it: there are too many for AWS Config's limit to write each of
/// them out.
pub(crate) fn whole_name(prefix: Option<&str>, name: &str) -> String {
    let prefix = prefix.filter(|_| name.starts_with('-'));
    format!("{}{name}", prefix.unwrap_or_default())
}

/// The role's name with what stands before and behind it: a role is the whole account's, and the
/// template's end with the Region.
pub(crate) fn whole_role(prefix: Option<&str>, suffix: Option<&str>, name: &str) -> String {
    let whole = whole_name(prefix, name);
    let suffix = suffix.filter(|_| name.ends_with('-'));
    whole + suffix.unwrap_or_default()
}

fn with_whole_names(mut wanted: Requirements) -> Requirements {
    let prefix = wanted.name_prefix.as_deref();
    let sets = [
        &mut wanted.config_rules,
        &mut wanted.event_rules,
        &mut wanted.notification_rules,
        &mut wanted.functions,
        &mut wanted.invoked_functions,
        &mut wanted.runbooks,
        &mut wanted.trails,
    ];
    for names in sets {
        *names = names.iter().map(|name| whole_name(prefix, name)).collect();
    }
    let remediated = wanted.remediated_rules.iter();
    let remediated = remediated.map(|(name, auto)| (whole_name(prefix, name), *auto));
    wanted.remediated_rules = remediated.collect();
    let suffix = wanted.role_suffix.as_deref();
    let roles = wanted.roles.iter();
    wanted.roles = roles.map(|name| whole_role(prefix, suffix, name)).collect();
    // A remediation is its rule's: that has to be there too.
    wanted
        .config_rules
        .extend(wanted.remediated_rules.keys().cloned());
    wanted
}

/// The parameters that require the same; what is the default is left out.
pub fn render_guard_requirements(wanted: &Requirements) -> BTreeMap<String, String> {
    render(PARAMETERS, wanted)
}

const NAMES: Expected = "names with a comma between";
const REMEDIATED: Expected =
    "names of rules with a comma between, `NAME=auto` where AWS Config starts the remediation";

/// The longest name of any of them: a rule of AWS Config or an SSM document.
const MOST_CHARACTERS: usize = 128;

fn name(text: &str) -> Option<String> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-/+@".contains(c);
    let shaped = (1..=MOST_CHARACTERS).contains(&text.len()) && text.chars().all(is_plain);
    shaped.then(|| text.to_owned())
}

fn prefix(text: &str) -> Result<String, Expected> {
    name(text).ok_or("how names begin")
}

fn suffix(text: &str) -> Result<String, Expected> {
    name(text).ok_or("how names of roles end")
}

fn read_names(text: &str) -> Result<BTreeSet<String>, Expected> {
    let names: Option<BTreeSet<String>> = parameter::items(text).map(name).collect();
    names.filter(|names| !names.is_empty()).ok_or(NAMES)
}

fn write_names(names: &BTreeSet<String>) -> String {
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    names.join(",")
}

fn read_remediated(text: &str) -> Result<BTreeMap<String, bool>, Expected> {
    let read = |item: &str| match item.split_once('=') {
        None => Some((name(item)?, false)),
        Some((rule, "auto")) => Some((name(rule.trim())?, true)),
        Some(_) => None,
    };
    let rules: Option<BTreeMap<String, bool>> = parameter::items(text).map(read).collect();
    rules.filter(|rules| !rules.is_empty()).ok_or(REMEDIATED)
}

fn write_remediated(rules: &BTreeMap<String, bool>) -> String {
    let text = |(name, auto): (&String, &bool)| {
        if *auto {
            format!("{name}=auto")
        } else {
            name.clone()
        }
    };
    rules.iter().map(text).collect::<Vec<_>>().join(",")
}

fn sha256(text: &str) -> Result<String, Expected> {
    let shaped = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let expected = "a SHA-256 of 64 hexadecimal digits";
    shaped.then(|| text.to_ascii_lowercase()).ok_or(expected)
}

fn region(text: &str) -> Result<crate::identity::Region, Expected> {
    text.parse().map_err(|_| "the name of a Region")
}
