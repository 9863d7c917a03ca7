//! The listing of the whole account, GetAccountAuthorizationDetails, where it is the cheaper way.
//!
//! Nobody knows before the end of the inventory how many roles a run will need. So single reads
//! are made until they would cost, with those made before, more calls than the listing; then the
//! account is listed once. A run so makes at most twice the calls of the better way, and a few.

use std::collections::HashSet;
use std::sync::Arc;

use trailkeeper_core::Fact;
use trailkeeper_core::facts::{
    AccountDetails, InstanceProfileFacts, ManagedPolicy, ProfileRole, RoleDetail,
};

use super::book::RoleBook;
use super::read::{Listed, Texts};

/// What a profile costs by single reads: GetInstanceProfile, GetRole, ListRolePolicies,
/// ListAttachedRolePolicies, and a GetRolePolicy or a GetPolicy with GetPolicyVersion or two.
const CALLS_A_PROFILE: usize = 6;

/// How many roles and policies come in one page at least. IAM may send fewer than it is asked for.
const ITEMS_A_PAGE: u64 = 100;

/// How many policies of AWS are attached besides those that GetAccountSummary counts.
const POLICIES_OF_AWS: u64 = 100;

/// So few calls are made without asking how large the account is.
const FEW_CALLS: usize = 24;

/// What is known of the listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Bulk {
    /// Nothing yet.
    #[default]
    Unasked,
    /// It takes about so many calls.
    Costs(usize),
    /// It was made, or cannot be.
    Over,
}

impl RoleBook<'_> {
    /// Whether the account should be listed now, with so many profiles to be read.
    pub(super) async fn choose_bulk(&mut self, profiles: usize) -> bool {
        if profiles == 0 {
            return false;
        }
        let singly = self.calls + profiles * CALLS_A_PROFILE;
        if self.bulk == Bulk::Unasked && singly > FEW_CALLS {
            self.calls += 1;
            self.bulk = match self.roles.account_summary().await {
                Ok(summary) => {
                    let items = summary.roles + summary.policies + POLICIES_OF_AWS;
                    Bulk::Costs(usize::try_from(items.div_ceil(ITEMS_A_PAGE)).unwrap_or(usize::MAX))
                }
                Err(_) => Bulk::Over,
            };
        }
        matches!(self.bulk, Bulk::Costs(calls) if calls < singly)
    }

    /// Lists the account and judges all roles that are in a profile. Where the listing fails
    /// or takes twice the calls that it seemed to cost, nothing of it is used: single reads follow.
    /// No clock is looked at meanwhile, so the listing must not be much longer than was thought.
    pub(super) async fn load_bulk(&mut self) {
        let Bulk::Costs(estimate) = std::mem::replace(&mut self.bulk, Bulk::Over) else {
            return;
        };
        let mut pages = Pages::default();
        let mut seen = HashSet::new();
        let mut marker: Option<String> = None;
        for _ in 0..estimate.saturating_mul(2) {
            self.calls += 1;
            let Ok(page) = self.roles.account_details(marker.as_deref()).await else {
                return;
            };
            let next = page.next.clone();
            pages.add(page);
            match next {
                None => return self.take(pages).await,
                Some(next) if seen.insert(next.clone()) => marker = Some(next),
                // A marker that comes back, at once or later, would be asked for without end.
                Some(_) => return,
            }
        }
    }

    async fn take(&mut self, pages: Pages) {
        let mut listed = Vec::new();
        for detail in pages.roles {
            let role = ProfileRole {
                arn: detail.role.arn.clone(),
                name: detail.role.name.clone(),
            };
            for profile in &detail.profiles {
                // It is the role's own entry that names the profile.
                let profile = InstanceProfileFacts {
                    role: Some(role.clone()),
                    ..profile.clone()
                };
                self.profiles
                    .entry(profile.arn.clone())
                    .or_insert(Fact::Known(profile));
            }
            if !self.unjudged(vec![role.clone()]).is_empty() {
                listed.push(of_detail(role, detail));
            }
        }
        for policy in pages.policies {
            let arn = policy.arn.clone();
            self.managed.entry(arn).or_insert(Fact::Known(policy));
        }
        self.judge_listed(listed, pages.texts).await;
    }
}

/// What the pages said, as far as it matters.
#[derive(Default)]
struct Pages {
    roles: Vec<RoleDetail>,
    policies: Vec<ManagedPolicy>,
    texts: Texts,
}

impl Pages {
    /// Roles that are in no profile are no instance's.
    fn add(&mut self, page: AccountDetails) {
        let roles = page.roles.into_iter();
        self.roles
            .extend(roles.filter(|role| !role.profiles.is_empty()));
        for detail in page.policies {
            let policy = detail.policy;
            let key = (policy.arn.clone(), policy.default_version.clone());
            self.texts.insert(key, Arc::from(detail.document));
            self.policies.push(policy);
        }
    }
}

fn of_detail(role: ProfileRole, detail: RoleDetail) -> Listed {
    let inline = detail.inline.into_iter();
    Listed {
        role,
        facts: Fact::Known(detail.role),
        inline: inline
            .map(|policy| (policy.name, Fact::Known(Arc::from(policy.document))))
            .collect(),
        attached: detail.attached,
        unlisted: Vec::new(),
    }
}
