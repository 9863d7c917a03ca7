//! Events about instances: what EC2 says now decides, the event stands in where EC2 is silent.

use std::collections::BTreeMap;

use trailkeeper_core::Arn;
use trailkeeper_core::facts::InstanceFacts;
use trailkeeper_core::fast_path::{Concern, EventInstance, EventNote, EventProfile, Reported};
use trailkeeper_core::instance_profile::{RESOURCE_TYPE, Recorded};

use super::found::{Context, Found, concern, running, shown};
use crate::roles::RoleBook;

/// The most ids that DescribeInstances takes.
const MOST_IDS: usize = 1000;

pub(super) async fn look(context: &Context<'_>, named: &[EventInstance]) -> Found {
    let (mut seen, mut notes) = describe(context, named).await;
    let (mut instances, mut gone) = (Vec::new(), Vec::new());
    for instance in named {
        match seen.remove(&instance.id) {
            Some(facts) if !facts.state.is_judged() => gone.push(instance.id.as_str()),
            Some(facts) => instances.push(Recorded {
                id: instance.id.clone(),
                capture_time: None,
                facts: Ok(facts),
            }),
            None => {
                let profile = of_event(context, &instance.profile).await;
                instances.push(running(&instance.id, profile));
            }
        }
    }
    notes.extend(note_of("instances-gone", &gone));
    let mut book = context.book();
    book.learn(&instances).await;
    let judged = instances.iter().map(|instance| judge(&book, instance));
    Found {
        concerns: judged.collect(),
        notes,
        bears: false,
    }
}

fn judge(book: &RoleBook<'_>, instance: &Recorded) -> Concern {
    let verdict = book.judge(instance);
    let profile = verdict.profile.as_ref().map_or("", Arn::name);
    Concern {
        profile_name: profile.to_owned(),
        ..concern(RESOURCE_TYPE, &instance.id, Reported::of_verdict(&verdict))
    }
}

/// What EC2 says of the instances, as far as it does.
async fn describe(
    context: &Context<'_>,
    named: &[EventInstance],
) -> (BTreeMap<String, InstanceFacts>, Vec<EventNote>) {
    if context.is_forwarded() {
        let region = context.call.region.as_str();
        return (
            BTreeMap::new(),
            vec![EventNote::new("other-region", region)],
        );
    }
    let ids: Vec<String> = named.iter().map(|instance| instance.id.clone()).collect();
    let mut seen = BTreeMap::new();
    let mut notes = Vec::new();
    for ids in ids.chunks(MOST_IDS) {
        match context.ports.instances.describe_instances(ids).await {
            Ok(answer) => {
                seen.extend(answer.into_iter().map(|facts| (facts.id.clone(), facts)));
                let missing = ids.iter().filter(|id| !seen.contains_key(*id));
                let missing: Vec<&str> = missing.map(String::as_str).collect();
                notes.extend(note_of("instances-not-visible", &missing));
            }
            Err(error) => notes.push(EventNote::new("state-not-read", shown(&error))),
        }
    }
    (seen, notes)
}

/// One note for all of them; none for none.
fn note_of(code: &'static str, ids: &[&str]) -> Option<EventNote> {
    (!ids.is_empty()).then(|| EventNote::new(code, ids.join(", ")))
}

/// The profile that the event tells. A name is looked up, since it lacks the path.
async fn of_event(context: &Context<'_>, profile: &EventProfile) -> Result<Option<Arn>, String> {
    match profile {
        EventProfile::Arn(arn) => Ok(Some(arn.clone())),
        EventProfile::None => Ok(None),
        EventProfile::Unknown => {
            Err("neither EC2 nor the event says which profile the instance has".to_owned())
        }
        EventProfile::Name(name) => {
            let known = context.ports.roles.instance_profile(name).await;
            let arn = known.map_or_else(|_| context.profile_arn(name), |facts| facts.arn);
            Ok(Some(arn))
        }
    }
}
