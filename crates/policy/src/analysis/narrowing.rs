//! What a condition really takes away from a grant.

use crate::action_table::{Action, ActionTable};
use crate::condition::{Operator, Truth};
use crate::document::Condition;

/// How a condition narrows the grant of an action, from the least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Narrowing {
    /// Not at all.
    Nothing,
    /// To some circumstances: a network, a Region, a time.
    Circumstances,
    /// To some resources, or uses of them.
    Resources,
    /// To nothing: the action never carries the key.
    Dead,
}

/// The conditions of a statement, ready to be asked about actions.
#[derive(Debug)]
pub(super) struct Conditions<'p> {
    lines: Vec<Line<'p>>,
}

#[derive(Debug)]
struct Line<'p> {
    key: &'p str,
    /// For actions that carry the key.
    carried: Narrowing,
    /// For the others; nothing if all carry it.
    absent: Option<Narrowing>,
}

/// Keys of the resource that every request carries.
const RESOURCE_KEYS: [&str; 3] = [
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
];

/// Keys a request carries only if the action knows tags.
const TAG_KEYS: [&str; 3] = ["aws:ResourceTag/", "aws:RequestTag/", "aws:TagKeys"];

/// Keys that are the same in every request of a role, or that the caller chooses.
const CONSTANT_KEYS: [&str; 8] = [
    "aws:Principal",
    "aws:userid",
    "aws:username",
    "aws:SecureTransport",
    "aws:UserAgent",
    "aws:referer",
    "aws:TokenIssueTime",
    "aws:SourceIdentity",
];

/// Keys that every request carries which can carry them at all: what passes without the key opens
/// nothing.
const ALWAYS: [&str; 7] = [
    "aws:RequestedRegion",
    "aws:CurrentTime",
    "aws:EpochTime",
    "aws:ResourceAccount",
    "iam:PassedToService",
    "dynamodb:LeadingKeys",
    "cloudwatch:namespace",
];

/// Keys of the time, which goes past every date.
const CLOCK_KEYS: [&str; 2] = ["aws:CurrentTime", "aws:EpochTime"];

/// Keys with a service's prefix that say how, not on what, an action is done.
const SERVICE_CIRCUMSTANCES: [&str; 5] = [
    "s3:authType",
    "s3:signatureAge",
    "s3:signatureversion",
    "s3:TlsVersion",
    "s3:x-amz-content-sha256",
];

/// Keys with a service's prefix that requests to any service can carry.
const CREDENTIAL_KEYS: [&str; 8] = [
    "ec2:SourceInstanceARN",
    "ec2:RoleDelivery",
    "ec2:InstanceMetadataTags",
    "ssm:SourceInstanceARN",
    "lambda:SourceFunctionArn",
    "glue:CredentialIssuingService",
    "glue:RoleAssumedBy",
    "identitystore:UserId",
];

impl<'p> Conditions<'p> {
    /// `without` is a key that is not looked at.
    pub(super) fn of(lines: &'p [Condition<'p>], without: Option<&str>) -> Self {
        let wanted = |line: &&Condition<'_>| {
            without.is_none_or(|key| !line.key.value.eq_ignore_ascii_case(key))
        };
        Self {
            lines: lines.iter().filter(wanted).map(Line::of).collect(),
        }
    }

    /// Whether no line takes anything away from any action.
    pub(super) fn narrow_nothing(&self) -> bool {
        let nothing = |line: &Line<'_>| {
            line.carried == Narrowing::Nothing
                && line
                    .absent
                    .is_none_or(|absent| absent == Narrowing::Nothing)
        };
        self.lines.iter().all(nothing)
    }

    /// What all lines together take away from the grant of an action.
    pub(super) fn narrowing(&self, action: Action) -> Narrowing {
        let each = self.lines.iter().map(|line| match line.absent {
            Some(absent) if !carries(action, line.key) => absent,
            _ => line.carried,
        });
        each.max().unwrap_or(Narrowing::Nothing)
    }

    /// The first key that narrows nothing.
    pub(super) fn vacuous_key(&self) -> Option<&'p str> {
        let vacuous = |line: &&Line<'_>| line.carried == Narrowing::Nothing;
        self.lines.iter().find(vacuous).map(|line| line.key)
    }

    /// The first key that narrows the grant of an action.
    pub(super) fn narrowing_key(&self, action: Action) -> Option<&'p str> {
        let narrows = |line: &&Line<'_>| {
            line.carried > Narrowing::Nothing
                && (line.absent.is_none() || carries(action, line.key))
        };
        self.lines.iter().find(narrows).map(|line| line.key)
    }
}

impl<'p> Line<'p> {
    fn of(line: &'p Condition<'p>) -> Self {
        let key: &str = &line.key.value;
        let operator = Operator::parse(&line.operator.value);
        Self {
            key,
            carried: operator.map_or(Narrowing::Nothing, |operator| carried(operator, line)),
            absent: depends_on_action(key)
                .then(|| operator.map_or(Narrowing::Nothing, |operator| absent(operator, line))),
        }
    }
}

fn begins(key: &str, start: &str) -> bool {
    key.get(..start.len())
        .is_some_and(|found| found.eq_ignore_ascii_case(start))
}

fn is_global(key: &str) -> bool {
    begins(key, "aws:")
}

fn is_one_of(key: &str, keys: &[&str]) -> bool {
    keys.iter().any(|known| key.eq_ignore_ascii_case(known))
}

fn begins_one_of(key: &str, starts: &[&str]) -> bool {
    starts.iter().any(|start| begins(key, start))
}

/// Whether only some actions carry the key.
fn depends_on_action(key: &str) -> bool {
    if is_global(key) {
        return TAG_KEYS.iter().any(|tag| begins(key, tag));
    }
    let service = key.split(':').next().unwrap_or_default();
    !is_one_of(key, &CREDENTIAL_KEYS) && ActionTable::get().knows_service(service)
}

fn carried(operator: Operator, line: &Condition<'_>) -> Narrowing {
    let key: &str = &line.key.value;
    if operator.is_null() {
        let present = line
            .values
            .iter()
            .all(|value| value.value.eq_ignore_ascii_case("false"));
        let known = begins_one_of(key, &CONSTANT_KEYS) || is_one_of(key, &ALWAYS);
        return if present && !known {
            Narrowing::Circumstances
        } else {
            Narrowing::Nothing
        };
    }
    if is_vacuous(operator, line) {
        return Narrowing::Nothing;
    }
    if !is_global(key) {
        let circumstance = begins_one_of(key, &SERVICE_CIRCUMSTANCES) || !depends_on_action(key);
        return if circumstance {
            Narrowing::Circumstances
        } else {
            Narrowing::Resources
        };
    }
    if begins_one_of(key, &RESOURCE_KEYS) || begins_one_of(key, &TAG_KEYS) {
        Narrowing::Resources
    } else if begins_one_of(key, &CONSTANT_KEYS) {
        Narrowing::Nothing
    } else {
        Narrowing::Circumstances
    }
}

/// Whether whoever calls gets past the line, or needs only wait.
fn is_vacuous(operator: Operator, line: &Condition<'_>) -> bool {
    let key: &str = &line.key.value;
    let any = line
        .values
        .iter()
        .any(|value| operator.takes_any(&value.value));
    // A key may be missing also where an action knows it, so what passes without it is no limit.
    let passes = operator.without_key() != Truth::False && !is_one_of(key, &ALWAYS);
    let waits = operator.is_after() && is_one_of(key, &CLOCK_KEYS);
    // A key that is only equal to a star is a mistake for `StringLike`.
    let star = line.values.iter().all(|value| value.value == "*");
    operator.is_negated() || any || passes || waits || star || line.values.is_empty()
}

fn absent(operator: Operator, line: &Condition<'_>) -> Narrowing {
    let holds = if operator.is_null() {
        let missing = line
            .values
            .iter()
            .any(|value| value.value.eq_ignore_ascii_case("true"));
        Truth::from(missing)
    } else {
        operator.without_key()
    };
    // Whether an action carries a global key is not always written down.
    match holds {
        Truth::False if !is_global(&line.key.value) => Narrowing::Dead,
        _ => Narrowing::Nothing,
    }
}

/// Whether the table gives the key for the action, its use of a type, or the type.
fn carries(action: Action, key: &str) -> bool {
    let family = key
        .split_inclusive('/')
        .next()
        .filter(|start| start.ends_with('/'));
    let is = |listed: &str| match (family, listed.split_once('/')) {
        (Some(family), Some((start, _))) => {
            family.len() == start.len() + 1 && begins(family, start)
        }
        (None, None) => listed.eq_ignore_ascii_case(key),
        _ => false,
    };
    action.condition_keys().any(is)
        || action
            .resource_types()
            .any(|used| used.resource_type().condition_keys().any(is))
}
