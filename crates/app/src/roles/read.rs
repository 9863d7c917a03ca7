//! Reading roles and their policies, and judging them.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use futures::future::{join, join3};
use trailkeeper_core::facts::{AttachedPolicy, ManagedPolicy, ProfileRole, RoleFacts};
use trailkeeper_core::instance_profile::{PolicyView, RoleView, judge_role};
use trailkeeper_core::operation::{GET_POLICY, GET_POLICY_VERSION};
use trailkeeper_core::{Arn, CallError, Fact};
use trailkeeper_policy::analysis::DocumentKind;

use super::book::RoleBook;
use super::gather;

/// Documents of managed policies by ARN and version.
pub(super) type Texts = HashMap<(Arn, String), Arc<str>>;

/// A role as far as it was read: all but its managed policies.
pub(super) struct Listed {
    pub(super) role: ProfileRole,
    pub(super) facts: Fact<RoleFacts>,
    pub(super) inline: Vec<(String, Fact<Arc<str>>)>,
    pub(super) attached: Vec<AttachedPolicy>,
    pub(super) unlisted: Vec<CallError>,
}

impl Listed {
    fn managed(&self) -> impl Iterator<Item = &Arn> {
        let attached = self.attached.iter().map(|policy| &policy.arn);
        attached.chain(self.boundary())
    }

    fn boundary(&self) -> Option<&Arn> {
        self.facts.known().and_then(|role| role.boundary.as_ref())
    }
}

impl RoleBook<'_> {
    /// Reads the roles one by one and judges them.
    pub(super) async fn judge_roles_by_name(&mut self, roles: Vec<ProfileRole>) {
        let (mut listed, inline) = self.list(roles).await;
        let reader = self.roles;
        self.calls += inline.len();
        let inline = gather(inline.into_iter().map(|(place, role, name)| async move {
            let text = reader.inline_policy(&role, &name).await;
            (place, name, Fact::from_call(text.map(Arc::from)))
        }));
        let (inline, ()) = join(inline, self.read_versions(&listed)).await;
        for (place, name, text) in inline {
            if let Some(role) = listed.get_mut(place) {
                role.inline.push((name, text));
            }
        }
        self.judge_listed(listed, Texts::new()).await;
    }

    /// What IAM says of the roles themselves, and which inline policies are still to be read: the
    /// role's place in the list, its name and the policy's.
    async fn list(
        &mut self,
        roles: Vec<ProfileRole>,
    ) -> (Vec<Listed>, Vec<(usize, String, String)>) {
        let reader = self.roles;
        self.calls += 3 * roles.len();
        let read = gather(roles.into_iter().map(|role| async move {
            let facts = reader.role(&role.name);
            let inline = reader.inline_policy_names(&role.name);
            let attached = reader.attached_policies(&role.name);
            let answers = join3(facts, inline, attached).await;
            (role, answers)
        }));
        let mut listed = Vec::new();
        let mut inline = Vec::new();
        for (place, (role, (facts, names, attached))) in read.await.into_iter().enumerate() {
            let mut unlisted = Vec::new();
            let names = all_or(names, &mut unlisted).into_iter();
            inline.extend(names.map(|name| (place, role.name.clone(), name)));
            listed.push(Listed {
                role,
                facts: Fact::from_call(facts),
                inline: Vec::new(),
                attached: all_or(attached, &mut unlisted),
                unlisted,
            });
        }
        (listed, inline)
    }

    /// Judges roles of which all is known but some managed policies. `texts` are documents that
    /// are known already; the others are held or read now.
    pub(super) async fn judge_listed(&mut self, listed: Vec<Listed>, mut texts: Texts) {
        self.read_versions(&listed).await;
        self.read_texts(&listed, &mut texts).await;
        for role in listed {
            let view = self.view(&role, &texts);
            let region = &self.caller.region;
            let verdict = judge_role(self.requirements, region, &role.role, &view, self.detail);
            self.verdicts.insert(role.role.arn, Arc::new(verdict));
        }
    }

    /// Which version of each managed policy is in force; that can change at any time.
    async fn read_versions(&mut self, listed: &[Listed]) {
        let managed = listed.iter().flat_map(Listed::managed);
        let open: BTreeSet<Arn> = managed
            .filter(|arn| !self.managed.contains_key(arn))
            .cloned()
            .collect();
        let reader = self.roles;
        self.calls += open.len();
        let read = gather(open.into_iter().map(|arn| async move {
            let policy = reader.managed_policy(&arn).await;
            (arn, Fact::from_call(policy))
        }));
        self.managed.extend(read.await);
    }

    async fn read_texts(&mut self, listed: &[Listed], texts: &mut Texts) {
        let mut open = BTreeSet::new();
        for arn in listed.iter().flat_map(Listed::managed) {
            let Some(Fact::Known(policy)) = self.managed.get(arn) else {
                continue;
            };
            let key = (arn.clone(), policy.default_version.clone());
            if texts.contains_key(&key) || self.unread.contains_key(&key) {
                continue;
            }
            match self.held(policy) {
                Some(text) => drop(texts.insert(key, text)),
                None => drop(open.insert(key)),
            }
        }
        let reader = self.roles;
        self.calls += open.len();
        let read = gather(open.into_iter().map(|(arn, version)| async move {
            let text = reader.policy_version(&arn, &version).await;
            ((arn, version), text)
        }));
        for (key, text) in read.await {
            match text {
                Ok(text) => {
                    let text: Arc<str> = Arc::from(text);
                    self.hold(&key, &text);
                    texts.insert(key, text);
                }
                Err(error) => drop(self.unread.insert(key, error)),
            }
        }
    }

    fn held(&self, policy: &ManagedPolicy) -> Option<Arc<str>> {
        self.shared
            .get(policy.id.as_deref()?, &policy.default_version)
    }

    fn hold(&self, (arn, version): &(Arn, String), text: &Arc<str>) {
        let policy = self.managed.get(arn).and_then(Fact::known);
        if let Some(id) = policy.and_then(|policy| policy.id.as_deref()) {
            self.shared.put(id, version, text);
        }
    }

    fn view(&self, listed: &Listed, texts: &Texts) -> RoleView {
        let inline = listed.inline.iter().map(|(name, text)| PolicyView {
            name: name.clone(),
            kind: DocumentKind::Inline,
            text: text.clone(),
        });
        let managed = |arn: &Arn, name: &str| PolicyView {
            name: name.to_owned(),
            kind: PolicyView::kind_of(arn),
            text: self.text(arn, texts),
        };
        let attached = listed
            .attached
            .iter()
            .map(|policy| managed(&policy.arn, &policy.name));
        RoleView {
            role: listed.facts.clone(),
            policies: inline.chain(attached).collect(),
            unlisted: listed.unlisted.clone(),
            boundary: listed.boundary().map(|arn| managed(arn, arn.name())),
        }
    }

    /// The document in force.
    fn text(&self, arn: &Arn, texts: &Texts) -> Fact<Arc<str>> {
        let not_asked = |operation| CallError::no_answer(operation, arn.to_string(), "NotAsked");
        let version = match self.managed.get(arn) {
            Some(Fact::Known(policy)) => policy.default_version.clone(),
            Some(Fact::Denied(error)) => return Fact::Denied(error.clone()),
            Some(Fact::Unavailable(error)) => return Fact::Unavailable(error.clone()),
            None => return Fact::Unavailable(not_asked(GET_POLICY)),
        };
        let key = (arn.clone(), version);
        Fact::from_call(match (texts.get(&key), self.unread.get(&key)) {
            (Some(text), _) => Ok(Arc::clone(text)),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err(not_asked(GET_POLICY_VERSION)),
        })
    }
}

fn all_or<T>(answer: Result<Vec<T>, CallError>, failures: &mut Vec<CallError>) -> Vec<T> {
    answer.unwrap_or_else(|error| {
        failures.push(error);
        Vec::new()
    })
}
