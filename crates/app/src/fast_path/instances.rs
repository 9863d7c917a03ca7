//! Events about instances: what EC2 says now decides, the event stands in where EC2 is silent.

use std::collections::BTreeMap;

use trailkeeper_core::Arn;
use trailkeeper_core::facts::InstanceFacts;
use trailkeeper_core::fast_path::{Concern, EventInstance, EventNote, EventProfile, Reported};

use super::found::{Context, Found, concern, could_not_verify};

const INSTANCE: &str = "AWS::EC2::Instance";

/// The most ids that DescribeInstances takes.
const MOST_IDS: usize = 1000;

/// The profile of an instance; an error says why it is not known.
type Profile = Result<Option<Arn>, String>;

pub(super) async fn look(context: &Context<'_>, named: &[EventInstance]) -> Found {
    let (seen, mut notes) = describe(context, named).await;
    let mut judged: BTreeMap<Option<Arn>, Vec<Reported>> = BTreeMap::new();
    let mut concerns = Vec::new();
    for instance in named {
        let state = seen.get(instance.id.as_str());
        if state.is_some_and(|facts| !facts.state.is_judged()) {
            notes.push(EventNote::new("instance-gone", &instance.id));
            continue;
        }
        let profile = match state {
            Some(facts) => Ok(facts.profile.clone()),
            None => of_event(context, &instance.profile).await,
        };
        // The instances of one launch share their profile: it is judged once.
        let findings = match &profile {
            Err(why) => vec![could_not_verify(why.clone())],
            Ok(profile) => match judged.get(profile) {
                Some(findings) => findings.clone(),
                None => {
                    let findings = context.judge(profile.as_ref()).await;
                    judged.insert(profile.clone(), findings.clone());
                    findings
                }
            },
        };
        concerns.push(of_instance(&instance.id, &profile, findings));
    }
    Found { concerns, notes }
}

fn of_instance(id: &str, profile: &Profile, findings: Vec<Reported>) -> Concern {
    let name = profile.as_ref().ok().and_then(Option::as_ref);
    Concern {
        profile_name: name.map(|arn| arn.name().to_owned()).unwrap_or_default(),
        ..concern(INSTANCE, id, findings)
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
                notes.extend(missing.map(|id| EventNote::new("instance-not-visible", id)));
            }
            Err(error) => {
                let text = format!("{} {}", error.operation, error.code);
                notes.push(EventNote::new("state-not-read", text));
            }
        }
    }
    (seen, notes)
}

/// The profile that the event tells. A name is looked up, since it lacks the path.
async fn of_event(context: &Context<'_>, profile: &EventProfile) -> Profile {
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
