//! What is known of profiles and roles in one run.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::civil::Date;
use trailkeeper_core::facts::{InstanceProfileFacts, ManagedPolicy, ProfileRole};
use trailkeeper_core::instance_profile::{
    Detail, InstanceVerdict, Permissions, Recorded, Requirements, RoleVerdict, judge_instance,
};
use trailkeeper_core::{Arn, CallError, Caller, Fact};

use super::bulk::Bulk;
use super::cache::PolicyCache;
use super::gather;
use crate::ports::RoleReader;

/// What one run learns of profiles and roles. Of a role only the verdict is kept, not its
/// documents, so that a run over many roles stays small.
pub struct RoleBook<'a> {
    pub(super) roles: &'a dyn RoleReader,
    pub(super) requirements: &'a Requirements,
    pub(super) caller: &'a Caller,
    today: Date,
    /// Documents, for longer than this run.
    pub(super) shared: &'a PolicyCache,
    pub(super) profiles: HashMap<Arn, Fact<InstanceProfileFacts>>,
    pub(super) verdicts: HashMap<Arn, Arc<RoleVerdict>>,
    /// Each managed policy that was asked for, with its version in force.
    pub(super) managed: HashMap<Arn, Fact<ManagedPolicy>>,
    /// The documents that could not be read.
    pub(super) unread: HashMap<(Arn, String), CallError>,
    /// How much of the findings about policies is kept.
    pub(super) detail: Detail,
    /// How many calls were made so far.
    pub(super) calls: usize,
    pub(super) bulk: Bulk,
}

impl<'a> RoleBook<'a> {
    /// An empty book. `today` (UTC) decides about exemptions.
    pub fn new(
        roles: &'a dyn RoleReader,
        shared: &'a PolicyCache,
        requirements: &'a Requirements,
        caller: &'a Caller,
        today: Date,
    ) -> Self {
        Self {
            roles,
            requirements,
            caller,
            today,
            shared,
            profiles: HashMap::new(),
            verdicts: HashMap::new(),
            managed: HashMap::new(),
            unread: HashMap::new(),
            detail: Detail::Full,
            calls: 0,
            bulk: Bulk::default(),
        }
    }

    /// The same book, in which the findings about policies are kept only as they are reported:
    /// a policy that many roles have would else be there with all its suggestions for each.
    #[must_use]
    pub fn in_short(mut self) -> Self {
        self.detail = Detail::Short;
        self
    }

    /// Reads whatever a judgement of these instances needs and is not known yet.
    pub async fn learn(&mut self, instances: &[Recorded]) {
        let wanted = instances
            .iter()
            .filter_map(|instance| instance.facts.as_ref().ok())
            .filter(|facts| facts.state.is_judged())
            .filter_map(|facts| facts.profile.clone());
        self.learn_profiles(wanted.collect()).await;
    }

    /// Judges an instance by what is known. What was not learned before is not verified.
    pub fn judge(&self, instance: &Recorded) -> InstanceVerdict {
        let facts = instance.facts.as_ref().ok();
        let profile = facts
            .and_then(|facts| facts.profile.as_ref())
            .and_then(|arn| self.profiles.get(arn));
        let role = profile
            .and_then(Fact::known)
            .and_then(|profile| profile.role.as_ref())
            .and_then(|role| self.verdicts.get(&role.arn));
        let permissions = Permissions { profile, role };
        judge_instance(
            self.requirements,
            self.caller,
            instance,
            permissions,
            self.today,
        )
    }

    /// The profile as far as it was read.
    pub fn profile(&self, arn: &Arn) -> Option<&Fact<InstanceProfileFacts>> {
        self.profiles.get(arn)
    }

    /// Reads these profiles and judges their roles. A profile of another account is left out: by
    /// its name IAM would answer with one of ours.
    pub async fn learn_profiles(&mut self, wanted: BTreeSet<Arn>) {
        let mut wanted = wanted;
        wanted.retain(|arn| arn.is_owned_by(&self.caller.account));
        wanted.retain(|arn| !self.profiles.contains_key(arn));
        if self.choose_bulk(wanted.len()).await {
            self.load_bulk().await;
            wanted.retain(|arn| !self.profiles.contains_key(arn));
        }
        let reader = self.roles;
        self.calls += wanted.len();
        let read = gather(wanted.into_iter().map(|arn| async move {
            let fact = Fact::from_call(reader.instance_profile(arn.name()).await);
            (arn, fact)
        }))
        .await;
        let roles = read
            .iter()
            .filter_map(|(_, fact)| fact.known()?.role.clone());
        let roles = self.unjudged(roles.collect());
        self.profiles.extend(read);
        self.judge_roles_by_name(roles).await;
    }

    /// The roles that are to be judged and were not yet.
    pub(super) fn unjudged(&self, roles: Vec<ProfileRole>) -> Vec<ProfileRole> {
        let by_arn: HashMap<Arn, ProfileRole> = roles
            .into_iter()
            .filter(|role| !self.verdicts.contains_key(&role.arn))
            .filter(|role| !self.is_exempt(&role.arn))
            .map(|role| (role.arn.clone(), role))
            .collect();
        let mut roles: Vec<ProfileRole> = by_arn.into_values().collect();
        roles.sort_by(|one, other| one.arn.cmp(&other.arn));
        roles
    }

    pub(super) fn is_exempt(&self, role: &Arn) -> bool {
        let until = self.requirements.exempt_until(role, self.today);
        until.is_some()
    }
}
