//! What conditions leave of whom a statement lets in.

use crate::condition::{Operator, Truth};
use crate::document::{Condition, Text};

/// To whom a condition limits a statement, from the narrowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Limit {
    /// Nobody but ours, an organization, or AWS services.
    Ours,
    /// Others who are named, or a place.
    Others,
    /// It limits nothing.
    None,
}

/// What a key tells of who calls.
enum Says {
    /// The organization of the caller, or of the resource for which a service calls.
    Organization,
    /// An account.
    Account,
    /// An ARN, which holds an account.
    Arn,
    /// A network, an endpoint, an id.
    Place,
    /// The id of a user, or of a role with the session's name.
    UserId,
    /// Addresses.
    Address,
    /// Whether an AWS service calls: `true`.
    IsService,
    /// The AWS service that calls.
    Service,
}

/// The keys that count as a limit if their values are fixed: those of Amazon S3's own meaning of
/// "public", and those of services.
const KEYS: [(&str, Says); 20] = [
    ("aws:PrincipalOrgID", Says::Organization),
    ("aws:PrincipalOrgPaths", Says::Organization),
    ("aws:SourceOrgID", Says::Organization),
    ("aws:SourceOrgPaths", Says::Organization),
    ("aws:PrincipalAccount", Says::Account),
    ("aws:SourceAccount", Says::Account),
    ("aws:SourceOwner", Says::Account),
    ("s3:DataAccessPointAccount", Says::Account),
    ("aws:PrincipalArn", Says::Arn),
    ("aws:SourceArn", Says::Arn),
    ("s3:DataAccessPointArn", Says::Arn),
    ("aws:SourceVpc", Says::Place),
    ("aws:SourceVpce", Says::Place),
    ("aws:SourceVpcArn", Says::Place),
    ("aws:userid", Says::UserId),
    (
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        Says::Place,
    ),
    ("aws:SourceIp", Says::Address),
    ("aws:PrincipalIsAWSService", Says::IsService),
    ("aws:PrincipalServiceName", Says::Service),
    ("aws:PrincipalServiceNamesList", Says::Service),
];

/// The conditions of an Allow: each of them holds.
pub(super) fn of_allow(lines: &[Condition<'_>], accounts: &[String]) -> Limit {
    let limits = lines
        .iter()
        .map(|line| match Operator::parse(&line.operator.value) {
            Some(operator) if !operator.is_negated() && operator.without_key() == Truth::False => {
                of_line(line, accounts)
            }
            _ => Limit::None,
        });
    limits.min().unwrap_or(Limit::None)
}

/// The conditions of a Deny of everybody: what it leaves are those whom its one negated line
/// names. A further line takes from the Deny, unless it only spares AWS services.
pub(super) fn of_deny(lines: &[Condition<'_>], accounts: &[String]) -> Limit {
    let mut limits = lines.iter().filter(|line| !spares_services(line));
    let Some(line) = limits.next() else {
        return Limit::Ours;
    };
    let operator = Operator::parse(&line.operator.value);
    let denies_the_rest = operator
        .is_some_and(|operator| operator.is_negated() && operator.without_key() == Truth::True);
    if denies_the_rest && limits.next().is_none() {
        of_line(line, accounts)
    } else {
        Limit::None
    }
}

/// `aws:PrincipalIsAWSService` false, and the like.
fn spares_services(line: &Condition<'_>) -> bool {
    let key = &line.key.value;
    let about_services = ["aws:PrincipalIsAWSService", "aws:ViaAWSService"]
        .iter()
        .any(|known| key.eq_ignore_ascii_case(known));
    let is_bool = line.operator.value.to_ascii_lowercase().starts_with("bool");
    about_services && is_bool && line.values.iter().all(|value| value.value == "false")
}

/// What the values of a line limit to, if being equal to one of them is what lets in.
fn of_line(line: &Condition<'_>, accounts: &[String]) -> Limit {
    let key = KEYS
        .iter()
        .find(|(key, _)| line.key.value.eq_ignore_ascii_case(key));
    let Some((_, says)) = key else {
        return Limit::None;
    };
    let of_value = |text: &Text<'_>| says.limit(&text.value, accounts);
    // one value that limits nothing is enough to let everybody in
    line.values
        .iter()
        .map(of_value)
        .max()
        .unwrap_or(Limit::None)
}

impl Says {
    fn limit(&self, value: &str, accounts: &[String]) -> Limit {
        let is_fixed = !value.contains(['*', '?', '$']);
        let account = |account: &str| {
            if !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_digit()) {
                let is_ours = accounts.iter().any(|ours| ours == account);
                if is_ours { Limit::Ours } else { Limit::Others }
            } else {
                Limit::None
            }
        };
        match self {
            // the organization, or the account, that owns the bucket
            Self::Organization if value == "${aws:ResourceOrgID}" => Limit::Ours,
            Self::Account if value == "${aws:ResourceAccount}" => Limit::Ours,
            Self::Organization if names_organization(value) => Limit::Ours,
            Self::Organization => Limit::None,
            Self::Account => account(value),
            Self::Arn => match value.split(':').nth(4) {
                // the ARN of a bucket has no account
                Some("") if is_fixed => Limit::Others,
                Some(part) => account(part),
                None => Limit::None,
            },
            Self::Place if is_fixed => Limit::Others,
            Self::Place => Limit::None,
            Self::UserId => match value.split(':').next() {
                Some(id) if !id.is_empty() && !id.contains(['*', '?', '$']) => Limit::Others,
                _ => Limit::None,
            },
            Self::Address if is_wide(value) => Limit::None,
            Self::Address => Limit::Others,
            Self::IsService if value == "true" => Limit::Ours,
            Self::IsService => Limit::None,
            Self::Service if is_fixed => Limit::Ours,
            Self::Service => Limit::None,
        }
    }
}

/// `o-` and an id, perhaps with a path: the id is not left open.
fn names_organization(value: &str) -> bool {
    let id = value.split('/').next().unwrap_or_default();
    id.strip_prefix("o-")
        .is_some_and(|id| id.len() >= 10 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Wider than Amazon S3 takes for a limit: less than 8 bits of IPv4, or 32 of IPv6.
fn is_wide(range: &str) -> bool {
    let Some((address, bits)) = range.trim().split_once('/') else {
        return range.contains(['*', '?', '$']);
    };
    let least = if address.contains(':') { 32 } else { 8 };
    bits.parse::<u8>().map_or(true, |bits| bits < least)
}
