//! Reading the parts, as many at a time as can be.

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;

use futures::future::{join_all, join3, join4, join5};
use jiff::Timestamp;
use trailkeeper_core::facts::{AttachedPolicy, EvaluatedResource, InlinePolicy, TrailStatus};
use trailkeeper_core::guard::{
    GuardRecord, GuardView, ManagedRecord, Part, PartKind, REPAIR_WINDOW, Requirements, RoleRecord,
};
use trailkeeper_core::{Arn, CallError, Caller, ErrorClass, Fact};

use super::GuardPorts;
use crate::ports::{Inventory, RoleReader, TrailReader};

/// The most pages of a rule's verdicts that are looked through for a resource with an exception.
/// The trail's rule has one verdict; ten pages hold a thousand instances, and an exception on a
/// later one is announced and not cleared.
const MOST_PAGES: usize = 10;

/// Looks at everything that is required or recorded.
pub async fn view(
    ports: &GuardPorts,
    requirements: &Requirements,
    record: Option<&GuardRecord>,
    caller: &Caller,
    now: Timestamp,
) -> GuardView {
    let parts = GuardView::parts(requirements, record);
    let trails: Vec<String> = requirements.trails.iter().cloned().collect();
    let (own, repair, around, trails) = join4(
        parts_of(ports, &parts),
        repair(ports, &names(&parts, PartKind::Remediation), now),
        around(ports, requirements, &parts, caller),
        each(&trails, |name| trail(ports.trails.as_ref(), name, caller)),
    )
    .await;
    GuardView {
        remediations: repair.remediations,
        exceptions: repair.exceptions,
        verdicts: repair.verdicts,
        executions: repair.executions,
        recorders: around.recorders,
        channels: around.channels,
        trails,
        key: around.key,
        detectors: around.detectors,
        ..own
    }
}

/// The rules, functions, documents and roles.
async fn parts_of(ports: &GuardPorts, parts: &BTreeSet<Part>) -> GuardView {
    let [rules, events, functions, runbooks, roles] = [
        PartKind::ConfigRule,
        PartKind::EventRule,
        PartKind::Function,
        PartKind::Runbook,
        PartKind::Role,
    ]
    .map(|kind| names(parts, kind));
    let (config_rules, event_rules, functions, runbooks, roles) = join5(
        each(&rules, |name| ports.inventory.config_rule(name)),
        each(&events, |name| ports.event_rules.event_rule(name)),
        each(&functions, |name| ports.functions.function(name)),
        each(&runbooks, |name| ports.automation.document(name)),
        each(&roles, |name| role(ports.roles.as_ref(), name)),
    )
    .await;
    GuardView {
        config_rules,
        event_rules,
        functions,
        runbooks,
        roles,
        ..GuardView::default()
    }
}

/// The remediations of these rules, what blocks them, and how often their documents ran.
async fn repair(ports: &GuardPorts, rules: &[String], now: Timestamp) -> GuardView {
    let (remediations, exceptions) = futures::future::join(
        each(rules, |rule| ports.remediation.remediation(rule)),
        each(rules, |rule| ports.remediation.exceptions(rule)),
    )
    .await;
    let known = remediations.values().filter_map(Fact::known).flatten();
    let documents: BTreeSet<String> = known.map(|one| one.document.clone()).collect();
    let documents: Vec<String> = documents.into_iter().collect();
    let blocked = exceptions.iter();
    let blocked = blocked.filter(|(_, all)| all.known().is_some_and(|all| !all.is_empty()));
    let blocked: Vec<String> = blocked.map(|(rule, _)| rule.clone()).collect();
    let since = now.checked_sub(REPAIR_WINDOW).unwrap_or(Timestamp::MIN);
    let (executions, verdicts) = futures::future::join(
        each(&documents, |name| ports.automation.executions(name, since)),
        each(&blocked, |rule| verdicts(ports.inventory.as_ref(), rule)),
    )
    .await;
    GuardView {
        remediations,
        exceptions,
        executions,
        verdicts,
        ..GuardView::default()
    }
}

/// The recorder, the key and GuardDuty, each where it is asked for or was recorded.
async fn around(
    ports: &GuardPorts,
    requirements: &Requirements,
    parts: &BTreeSet<Part>,
    caller: &Caller,
) -> GuardView {
    let is_recorded = |kind: PartKind| parts.iter().any(|part| part.kind == kind);
    let recorder = requirements.recorder || is_recorded(PartKind::Recorder);
    let channel = requirements.recorder || is_recorded(PartKind::DeliveryChannel);
    let (recorders, channels, key, detectors) = join4(
        asked(recorder, ports.inventory.recorders()),
        asked(channel, ports.remediation.delivery_channels()),
        async {
            let id = requirements.key.as_deref()?;
            let key = ports.keys.describe_key(id, &caller.region);
            Some(Fact::from_call(key.await))
        },
        asked(requirements.guard_duty, ports.detectors.detectors()),
    )
    .await;
    GuardView {
        recorders,
        channels,
        key,
        detectors,
        ..GuardView::default()
    }
}

async fn asked<T>(
    is_asked: bool,
    call: impl Future<Output = Result<T, CallError>>,
) -> Option<Fact<T>> {
    if is_asked {
        Some(Fact::from_call(call.await))
    } else {
        None
    }
}

fn names(parts: &BTreeSet<Part>, kind: PartKind) -> Vec<String> {
    let of_kind = parts.iter().filter(|part| part.kind == kind);
    of_kind.map(|part| part.name.clone()).collect()
}

/// The same call for each name.
async fn each<'a, T, F>(
    names: &'a [String],
    call: impl Fn(&'a str) -> F,
) -> BTreeMap<String, Fact<T>>
where
    F: Future<Output = Result<T, CallError>>,
{
    let calls = names.iter().map(|name| {
        let call = call(name);
        async move { (name.clone(), Fact::from_call(call.await)) }
    });
    join_all(calls).await.into_iter().collect()
}

/// Whether the trail of the caller's account and Region is logging.
async fn trail(
    trails: &dyn TrailReader,
    name: &str,
    caller: &Caller,
) -> Result<Option<TrailStatus>, CallError> {
    let arn = Arn {
        partition: caller.partition.clone(),
        service: "cloudtrail".to_owned(),
        region: caller.region.to_string(),
        account: caller.account.to_string(),
        resource: format!("trail/{name}"),
    };
    match trails.trail_status(&caller.region, &arn).await {
        Err(error) if error.class == ErrorClass::Absent => Ok(None),
        status => status.map(Some),
    }
}

/// A role and all its policies; one that cannot be read spoils the record of the role.
async fn role(roles: &dyn RoleReader, name: &str) -> Result<Option<RoleRecord>, CallError> {
    let (facts, inline, attached) = join3(
        roles.role(name),
        roles.inline_policy_names(name),
        roles.attached_policies(name),
    )
    .await;
    let facts = match facts {
        Err(error) if error.class == ErrorClass::Absent => return Ok(None),
        facts => facts?,
    };
    let documents = inline?.into_iter().map(|policy| async move {
        let document = roles.inline_policy(name, &policy).await?;
        Ok(InlinePolicy {
            name: policy,
            document,
        })
    });
    let inline: Result<Vec<InlinePolicy>, CallError> =
        join_all(documents).await.into_iter().collect();
    let attached = attached?;
    let managed = managed(roles, &attached, facts.boundary.as_ref()).await?;
    Ok(Some(RoleRecord {
        facts,
        inline: inline?,
        attached,
        managed,
    }))
}

/// What the attached policies and the boundary say. Whoever may write a new version of one changes
/// the role without touching it.
async fn managed(
    roles: &dyn RoleReader,
    attached: &[AttachedPolicy],
    boundary: Option<&Arn>,
) -> Result<BTreeMap<String, ManagedRecord>, CallError> {
    let arns = attached.iter().map(|policy| &policy.arn).chain(boundary);
    let arns: BTreeMap<String, &Arn> = arns.map(|arn| (arn.to_string(), arn)).collect();
    let records = arns.into_iter().map(|(name, arn)| async move {
        let version = roles.managed_policy(arn).await?.default_version;
        let is_of_aws = arn.account == "aws";
        let record = if is_of_aws {
            ManagedRecord::Version(version)
        } else {
            ManagedRecord::Document(roles.policy_version(arn, &version).await?)
        };
        Ok((name, record))
    });
    join_all(records).await.into_iter().collect()
}

/// The verdicts of a rule.
async fn verdicts(
    inventory: &dyn Inventory,
    rule: &str,
) -> Result<Vec<EvaluatedResource>, CallError> {
    let mut all = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = inventory.evaluated(rule, token.as_deref()).await?;
        all.extend(page.items);
        if page.next.is_none() || page.next == token {
            break;
        }
        token = page.next;
    }
    Ok(all)
}
