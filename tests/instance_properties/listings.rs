//! An account whose listings come in another order and in pages of another size.

use std::sync::Mutex;

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_app::ports::{Inventory, Page, RoleReader};
use trailkeeper_core::config_rule::ConfigurationItem;
use trailkeeper_core::facts::{
    AccountDetails, AccountSummary, AttachedPolicy, ConfigRuleFacts, EvaluatedResource,
    InstanceProfileFacts, ManagedPolicy, RecorderFacts, RoleFacts,
};
use trailkeeper_core::{Arn, CallError};
use trailkeeper_sandbox::Sandbox;

/// Deals lists: in what order, and how many to a page.
#[derive(Debug, Clone)]
pub(crate) struct Dealer {
    /// None: everything stays in its order.
    state: Option<u64>,
    page: usize,
}

impl Dealer {
    pub(crate) fn in_order() -> Self {
        Self {
            state: None,
            page: 100,
        }
    }

    pub(crate) fn new(seed: u64, page: usize) -> Self {
        Self {
            state: Some(seed),
            page,
        }
    }

    pub(crate) fn shuffle<T>(&mut self, list: &mut [T]) {
        let Some(state) = &mut self.state else {
            return;
        };
        for last in (1..list.len()).rev() {
            *state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let other = usize::try_from(*state >> 33).unwrap() % (last + 1);
            list.swap(last, other);
        }
    }
}

/// The account.
pub(crate) struct Listings {
    account: Sandbox,
    dealer: Mutex<Dealer>,
    rows: Mutex<Vec<String>>,
}

impl Listings {
    pub(crate) fn new(account: Sandbox, dealer: Dealer) -> Self {
        Self {
            account,
            dealer: Mutex::new(dealer),
            rows: Mutex::default(),
        }
    }

    fn dealt<T>(&self, mut list: Vec<T>) -> Vec<T> {
        self.dealer.lock().unwrap().shuffle(&mut list);
        list
    }

    fn page(&self) -> usize {
        self.dealer.lock().unwrap().page
    }

    /// The items of the page that begins at `from`, and where the next one begins.
    fn cut<T: Clone>(&self, all: &[T], from: usize) -> (Vec<T>, Option<String>) {
        let end = (from + self.page()).min(all.len());
        let next = (end < all.len()).then(|| end.to_string());
        (all[from..end].to_vec(), next)
    }

    async fn all_rows(&self, expression: &str) -> Result<Vec<String>, CallError> {
        let mut rows = Vec::new();
        let mut token = None;
        loop {
            let page = self.account.select(expression, token.as_deref()).await?;
            rows.extend(page.items);
            match page.next {
                None => return Ok(rows),
                next => token = next,
            }
        }
    }
}

fn begin(token: Option<&str>) -> usize {
    token.map_or(0, |text| text.parse().unwrap())
}

#[async_trait]
impl Inventory for Listings {
    async fn recorders(&self) -> Result<Vec<RecorderFacts>, CallError> {
        self.account.recorders().await
    }

    async fn select(
        &self,
        expression: &str,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        if token.is_none() {
            let rows = self.all_rows(expression).await?;
            *self.rows.lock().unwrap() = self.dealt(rows);
        }
        let rows = self.rows.lock().unwrap().clone();
        let (items, next) = self.cut(&rows, begin(token));
        Ok(Page { items, next })
    }

    async fn item_at(
        &self,
        resource_type: &str,
        resource_id: &str,
        later_time: Timestamp,
    ) -> Result<Option<ConfigurationItem>, CallError> {
        let account = &self.account;
        account
            .item_at(resource_type, resource_id, later_time)
            .await
    }

    async fn evaluated(
        &self,
        rule: &str,
        token: Option<&str>,
    ) -> Result<Page<EvaluatedResource>, CallError> {
        self.account.evaluated(rule, token).await
    }

    async fn config_rule(&self, rule: &str) -> Result<Option<ConfigRuleFacts>, CallError> {
        self.account.config_rule(rule).await
    }

    async fn start_evaluation(&self, rule: &str) -> Result<(), CallError> {
        self.account.start_evaluation(rule).await
    }
}

#[async_trait]
impl RoleReader for Listings {
    async fn instance_profile(&self, name: &str) -> Result<InstanceProfileFacts, CallError> {
        self.account.instance_profile(name).await
    }

    async fn role(&self, name: &str) -> Result<RoleFacts, CallError> {
        self.account.role(name).await
    }

    async fn inline_policy_names(&self, role: &str) -> Result<Vec<String>, CallError> {
        let names = self.account.inline_policy_names(role).await?;
        Ok(self.dealt(names))
    }

    async fn inline_policy(&self, role: &str, policy: &str) -> Result<String, CallError> {
        self.account.inline_policy(role, policy).await
    }

    async fn attached_policies(&self, role: &str) -> Result<Vec<AttachedPolicy>, CallError> {
        let policies = self.account.attached_policies(role).await?;
        Ok(self.dealt(policies))
    }

    async fn managed_policy(&self, arn: &Arn) -> Result<ManagedPolicy, CallError> {
        self.account.managed_policy(arn).await
    }

    async fn policy_version(&self, arn: &Arn, version: &str) -> Result<String, CallError> {
        self.account.policy_version(arn, version).await
    }

    async fn account_summary(&self) -> Result<AccountSummary, CallError> {
        self.account.account_summary().await
    }

    /// The roles and policies of the account's one page, roles and policies mixed: a page may hold
    /// a role and not yet its policies.
    async fn account_details(&self, marker: Option<&str>) -> Result<AccountDetails, CallError> {
        let whole = self.account.account_details(None).await?;
        assert_eq!(whole.next, None, "the accounts of these tests are small");
        let mut roles = whole.roles;
        let mut policies = whole.policies;
        for role in &mut roles {
            role.inline = self.dealt(std::mem::take(&mut role.inline));
            role.attached = self.dealt(std::mem::take(&mut role.attached));
        }
        // the pages must be those of one listing
        if self.dealer.lock().unwrap().state.is_some() {
            roles.reverse();
            policies.reverse();
        }
        let (from, size) = (begin(marker), self.page());
        let end = from + size;
        let is_last = end >= roles.len().max(policies.len());
        Ok(AccountDetails {
            roles: roles.into_iter().skip(from).take(size).collect(),
            policies: policies.into_iter().skip(from).take(size).collect(),
            next: (!is_last).then(|| end.to_string()),
        })
    }

    async fn profiles_of_role(&self, role: &str) -> Result<Vec<InstanceProfileFacts>, CallError> {
        let profiles = self.account.profiles_of_role(role).await?;
        Ok(self.dealt(profiles))
    }

    async fn roles_with_policy(&self, arn: &Arn) -> Result<Vec<String>, CallError> {
        let roles = self.account.roles_with_policy(arn).await?;
        Ok(self.dealt(roles))
    }
}
