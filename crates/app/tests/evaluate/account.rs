//! Instances, roles and policies in memory behind the ports, with a log of the calls.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use trailkeeper_app::evaluate::EvaluatePorts;
use trailkeeper_app::ports::{Clock, ConfigService, Inventory, Page, RoleReader};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::config_rule::{Compliance, ConfigurationItem, Evaluation};
use trailkeeper_core::facts::{
    AccountDetails, AccountSummary, AttachedPolicy, ConfigRuleFacts, EvaluatedResource,
    InlinePolicy, InstanceProfileFacts, ManagedPolicy, PolicyDetail, ProfileRole, RecorderFacts,
    ResourceTypeSelection, RoleDetail, RoleFacts,
};
use trailkeeper_core::operation::{
    DESCRIBE_CONFIGURATION_RECORDERS, GET_ACCOUNT_AUTHORIZATION_DETAILS, GET_ACCOUNT_SUMMARY,
    GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE, GET_INSTANCE_PROFILE, GET_POLICY, GET_POLICY_VERSION,
    GET_RESOURCE_CONFIG_HISTORY, GET_ROLE, GET_ROLE_POLICY, LIST_ATTACHED_ROLE_POLICIES,
    LIST_ROLE_POLICIES, PUT_EVALUATIONS, SELECT_RESOURCE_CONFIG,
};
use trailkeeper_core::{Arn, CallError, Operation};

use crate::world::{OWN, World, time};

pub(crate) const INSTANCE: &str = "AWS::EC2::Instance";

/// What the role `NAME-role` of the profile `NAME` holds.
#[derive(Clone, Default)]
pub(crate) struct Role {
    pub(crate) inline: Vec<(String, String)>,
    pub(crate) attached: Vec<Arn>,
    pub(crate) boundary: Option<Arn>,
}

/// A managed policy: the version in force and all versions.
#[derive(Clone, Default)]
pub(crate) struct Policy {
    pub(crate) id: String,
    pub(crate) default: String,
    pub(crate) versions: BTreeMap<String, String>,
}

pub(crate) struct Account {
    pub(crate) recorders: Vec<RecorderFacts>,
    /// The rows of the inventory, in pages of this size.
    pub(crate) rows: Vec<String>,
    pub(crate) page_size: usize,
    pub(crate) history: Vec<ConfigurationItem>,
    /// The rule's results of earlier runs.
    pub(crate) results: Vec<EvaluatedResource>,
    /// Profiles by name; none holds no role.
    pub(crate) profiles: BTreeMap<String, (Arn, Option<String>)>,
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) policies: BTreeMap<Arn, Policy>,
    /// `Operation argument` and the code with which it fails.
    pub(crate) errors: BTreeMap<String, &'static str>,
    /// `Operation token` and the token of the page after it, instead of the next.
    pub(crate) turns: BTreeMap<String, &'static str>,
    /// `Operation argument` and how long it takes.
    pub(crate) slow: BTreeMap<String, SignedDuration>,
    /// How long each other call takes.
    pub(crate) call_time: SignedDuration,
    pub(crate) now: Mutex<Timestamp>,
    pub(crate) calls: Mutex<Vec<String>>,
    pub(crate) reports: Mutex<Vec<Vec<Evaluation>>>,
}

impl Default for Account {
    fn default() -> Self {
        Self {
            recorders: vec![recorder(ResourceTypeSelection::All, true)],
            rows: Vec::new(),
            page_size: 100,
            history: Vec::new(),
            results: Vec::new(),
            profiles: BTreeMap::new(),
            roles: BTreeMap::new(),
            policies: BTreeMap::new(),
            errors: BTreeMap::new(),
            turns: BTreeMap::new(),
            slow: BTreeMap::new(),
            call_time: SignedDuration::ZERO,
            now: Mutex::new(time("2026-03-02T10:00:05Z")),
            calls: Mutex::default(),
            reports: Mutex::default(),
        }
    }
}

pub(crate) fn recorder(types: ResourceTypeSelection, recording: bool) -> RecorderFacts {
    RecorderFacts {
        name: "default".to_owned(),
        types,
        recording,
        last_error: None,
        settings: BTreeMap::new(),
    }
}

pub(crate) fn arn(text: &str) -> Arn {
    text.parse().unwrap()
}

pub(crate) fn profile_arn(name: &str) -> Arn {
    arn(&format!("arn:aws:iam::{OWN}:instance-profile/app/{name}"))
}

pub(crate) fn own_policy(name: &str) -> Arn {
    arn(&format!("arn:aws:iam::{OWN}:policy/team/{name}"))
}

pub(crate) fn aws_policy(name: &str) -> Arn {
    arn(&format!("arn:aws:iam::aws:policy/{name}"))
}

fn role_arn(name: &str) -> Arn {
    arn(&format!("arn:aws:iam::{OWN}:role/service/{name}"))
}

/// A document that grants no more than it must.
pub(crate) fn narrow(bucket: &str) -> String {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": format!("arn:aws:s3:::{bucket}/config/*"),
        }],
    })
    .to_string()
}

pub(crate) fn row(id: &str, state: &str, profile: Option<&Arn>) -> String {
    json!({
        "resourceId": id,
        "resourceType": INSTANCE,
        "accountId": OWN,
        "awsRegion": "us-east-1",
        "configuration": {
            "state": { "name": state },
            "iamInstanceProfile": profile.map(|arn| json!({ "arn": arn.to_string() })),
        },
        "configurationItemCaptureTime": "2026-03-02T09:00:00.000Z",
    })
    .to_string()
}

pub(crate) fn result(resource_type: &str, id: &str, at: &str) -> EvaluatedResource {
    EvaluatedResource {
        resource_type: resource_type.to_owned(),
        resource_id: id.to_owned(),
        compliance: Compliance::NonCompliant,
        annotation: None,
        ordering_timestamp: Some(time(at)),
    }
}

impl Account {
    /// Adds the profile `name` with the role `name-role` in it.
    pub(crate) fn with_role(mut self, name: &str, role: Role) -> Self {
        let role_name = format!("{name}-role");
        let profile = (profile_arn(name), Some(role_name.clone()));
        self.profiles.insert(name.to_owned(), profile);
        self.roles.insert(role_name, role);
        self
    }

    pub(crate) fn with_policy(mut self, arn: &Arn, version: &str, text: &str) -> Self {
        let policy = self.policies.entry(arn.clone()).or_default();
        if policy.id.is_empty() {
            policy.id = format!("ANPA{}", arn.name());
        }
        policy.default = version.to_owned();
        policy.versions.insert(version.to_owned(), text.to_owned());
        self
    }

    /// Deletes a policy and makes it anew with this document.
    pub(crate) fn with_policy_made_anew(mut self, arn: &Arn, version: &str, text: &str) -> Self {
        self.policies.remove(arn);
        let mut made = self.with_policy(arn, version, text);
        if let Some(policy) = made.policies.get_mut(arn) {
            policy.id.push('2');
        }
        made
    }

    /// Adds a running instance.
    pub(crate) fn with_instance(mut self, id: &str, profile: Option<&str>) -> Self {
        let profile = profile.map(profile_arn);
        self.rows.push(row(id, "running", profile.as_ref()));
        self
    }

    pub(crate) fn failing(mut self, call: &str, code: &'static str) -> Self {
        self.errors.insert(call.to_owned(), code);
        self
    }

    /// After the page `call` the one of this token comes again.
    pub(crate) fn turning(mut self, call: &str, token: &'static str) -> Self {
        self.turns.insert(call.to_owned(), token);
        self
    }

    pub(crate) fn slow(mut self, call: &str, seconds: i64) -> Self {
        let time = SignedDuration::from_secs(seconds);
        self.slow.insert(call.to_owned(), time);
        self
    }

    pub(crate) fn ports(self: &Arc<Self>, policies: &PolicyCache) -> EvaluatePorts {
        EvaluatePorts {
            inventory: Arc::clone(self) as Arc<dyn Inventory>,
            roles: Arc::clone(self) as Arc<dyn RoleReader>,
            policies: policies.clone(),
            config: Arc::clone(self) as Arc<dyn ConfigService>,
            clock: Arc::clone(self) as Arc<dyn Clock>,
            ..Arc::new(World::default()).ports()
        }
    }

    pub(crate) fn reports(&self) -> Vec<Vec<Evaluation>> {
        self.reports.lock().unwrap().clone()
    }

    /// All calls as `Operation argument`, in order.
    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn calls_of(&self, operation: Operation) -> Vec<String> {
        let start = format!("{} ", operation.name);
        let calls = self.calls();
        let of = calls.iter().filter_map(|call| call.strip_prefix(&start));
        of.map(str::to_owned).collect()
    }

    async fn call(&self, operation: Operation, argument: &str) -> Result<(), CallError> {
        let call = format!("{} {argument}", operation.name);
        let count = {
            let mut calls = self.calls.lock().unwrap();
            calls.push(call.clone());
            calls.len()
        };
        assert!(count < 5_000, "the calls have no end: {call}");
        self.pass(self.slow.get(&call).copied().unwrap_or(self.call_time));
        tokio::task::yield_now().await;
        match self.errors.get(&call) {
            Some(code) => Err(CallError::from_code(operation, argument, *code, "refused")),
            None => Ok(()),
        }
    }

    fn pass(&self, time: SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(time).unwrap();
    }

    fn page<T: Clone>(&self, operation: Operation, all: &[T], token: Option<&str>) -> Page<T> {
        let call = format!("{} {}", operation.name, token.unwrap_or("0"));
        let turn = self.turns.get(&call).map(|token| (*token).to_owned());
        let from: usize = token.map_or(0, |token| token.parse().unwrap());
        let to = all.len().min(from + self.page_size);
        Page {
            items: all[from..to].to_vec(),
            next: turn.or_else(|| (to < all.len()).then(|| to.to_string())),
        }
    }

    fn profile(&self, name: &str) -> Option<InstanceProfileFacts> {
        let (arn, role) = self.profiles.get(name)?;
        Some(InstanceProfileFacts {
            arn: arn.clone(),
            name: name.to_owned(),
            role: role.as_ref().map(|name| ProfileRole {
                arn: role_arn(name),
                name: name.clone(),
            }),
        })
    }

    fn role_facts(&self, name: &str) -> Option<RoleFacts> {
        self.roles.get(name).map(|role| RoleFacts {
            arn: role_arn(name),
            name: name.to_owned(),
            boundary: role.boundary.clone(),
            created: None,
            trust: None,
        })
    }
}

fn absent(operation: Operation, name: impl ToString) -> CallError {
    CallError::from_code(operation, name.to_string(), "NoSuchEntity", "there is none")
}

fn attached(role: &Role) -> Vec<AttachedPolicy> {
    let policies = role.attached.iter().map(|arn| AttachedPolicy {
        name: arn.name().to_owned(),
        arn: arn.clone(),
    });
    policies.collect()
}

#[async_trait]
impl Inventory for Account {
    async fn recorders(&self) -> Result<Vec<RecorderFacts>, CallError> {
        self.call(DESCRIBE_CONFIGURATION_RECORDERS, "").await?;
        Ok(self.recorders.clone())
    }

    async fn select(
        &self,
        expression: &str,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        assert!(expression.starts_with("SELECT "), "{expression}");
        let argument = token.unwrap_or("0");
        self.call(SELECT_RESOURCE_CONFIG, argument).await?;
        Ok(self.page(SELECT_RESOURCE_CONFIG, &self.rows, token))
    }

    /// As the service does: the newest item that is not younger than the time.
    async fn item_at(
        &self,
        resource_type: &str,
        resource_id: &str,
        later_time: Timestamp,
    ) -> Result<Option<ConfigurationItem>, CallError> {
        let argument = format!("{resource_type} {resource_id} {later_time}");
        self.call(GET_RESOURCE_CONFIG_HISTORY, &argument).await?;
        let items = self.history.iter().filter(|item| {
            item.summary.resource_id == resource_id && item.summary.capture_time <= later_time
        });
        Ok(items.max_by_key(|item| item.summary.capture_time).cloned())
    }

    async fn evaluated(
        &self,
        rule: &str,
        token: Option<&str>,
    ) -> Result<Page<EvaluatedResource>, CallError> {
        assert_eq!(rule, "instance-profile");
        let argument = token.unwrap_or("0");
        self.call(GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE, argument)
            .await?;
        Ok(self.page(GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE, &self.results, token))
    }

    async fn config_rule(&self, _: &str) -> Result<Option<ConfigRuleFacts>, CallError> {
        Ok(None)
    }

    async fn start_evaluation(&self, _: &str) -> Result<(), CallError> {
        Ok(())
    }
}

#[async_trait]
impl RoleReader for Account {
    async fn instance_profile(&self, name: &str) -> Result<InstanceProfileFacts, CallError> {
        self.call(GET_INSTANCE_PROFILE, name).await?;
        let profile = self.profile(name);
        profile.ok_or_else(|| absent(GET_INSTANCE_PROFILE, name))
    }

    async fn role(&self, name: &str) -> Result<RoleFacts, CallError> {
        self.call(GET_ROLE, name).await?;
        self.role_facts(name).ok_or_else(|| absent(GET_ROLE, name))
    }

    async fn inline_policy_names(&self, role: &str) -> Result<Vec<String>, CallError> {
        self.call(LIST_ROLE_POLICIES, role).await?;
        let role = self.roles.get(role);
        let role = role.ok_or_else(|| absent(LIST_ROLE_POLICIES, "role"))?;
        Ok(role.inline.iter().map(|(name, _)| name.clone()).collect())
    }

    async fn inline_policy(&self, role: &str, policy: &str) -> Result<String, CallError> {
        self.call(GET_ROLE_POLICY, &format!("{role}/{policy}"))
            .await?;
        let inline = self.roles.get(role).and_then(|role| {
            let mut inline = role.inline.iter();
            inline.find(|(name, _)| name == policy)
        });
        let text = inline.map(|(_, text)| text.clone());
        text.ok_or_else(|| absent(GET_ROLE_POLICY, policy))
    }

    async fn attached_policies(&self, role: &str) -> Result<Vec<AttachedPolicy>, CallError> {
        self.call(LIST_ATTACHED_ROLE_POLICIES, role).await?;
        let role = self.roles.get(role);
        role.map(attached)
            .ok_or_else(|| absent(LIST_ATTACHED_ROLE_POLICIES, "role"))
    }

    async fn managed_policy(&self, arn: &Arn) -> Result<ManagedPolicy, CallError> {
        self.call(GET_POLICY, arn.name()).await?;
        let policy = self.policies.get(arn);
        let policy = policy.ok_or_else(|| absent(GET_POLICY, arn))?;
        Ok(ManagedPolicy {
            arn: arn.clone(),
            name: arn.name().to_owned(),
            default_version: policy.default.clone(),
            id: Some(policy.id.clone()),
        })
    }

    async fn policy_version(&self, arn: &Arn, version: &str) -> Result<String, CallError> {
        self.call(GET_POLICY_VERSION, &format!("{}@{version}", arn.name()))
            .await?;
        let policy = self.policies.get(arn);
        let text = policy.and_then(|policy| policy.versions.get(version).cloned());
        text.ok_or_else(|| absent(GET_POLICY_VERSION, arn))
    }

    async fn account_summary(&self) -> Result<AccountSummary, CallError> {
        self.call(GET_ACCOUNT_SUMMARY, "").await?;
        Ok(AccountSummary {
            roles: self.roles.len() as u64,
            policies: self.policies.len() as u64,
        })
    }

    /// Roles a hundred a page, and all policies on a last page of their own.
    async fn account_details(&self, marker: Option<&str>) -> Result<AccountDetails, CallError> {
        let argument = marker.unwrap_or("0");
        self.call(GET_ACCOUNT_AUTHORIZATION_DETAILS, argument)
            .await?;
        if marker == Some("policies") {
            let policies = self.policies.iter().map(|(arn, policy)| PolicyDetail {
                policy: ManagedPolicy {
                    arn: arn.clone(),
                    name: arn.name().to_owned(),
                    default_version: policy.default.clone(),
                    id: Some(policy.id.clone()),
                },
                document: policy.versions[&policy.default].clone(),
            });
            return Ok(AccountDetails {
                policies: policies.collect(),
                ..AccountDetails::default()
            });
        }
        let names: Vec<String> = self.roles.keys().cloned().collect();
        let page = self.page(GET_ACCOUNT_AUTHORIZATION_DETAILS, &names, marker);
        let mut profiles: BTreeMap<String, Vec<InstanceProfileFacts>> = BTreeMap::new();
        for profile in self.profiles.keys().filter_map(|name| self.profile(name)) {
            let role = profile.role.clone().map(|role| role.name);
            profiles
                .entry(role.unwrap_or_default())
                .or_default()
                .push(profile);
        }
        let detail = |name: &String| {
            let role = &self.roles[name];
            let inline = role.inline.iter().map(|(name, text)| InlinePolicy {
                name: name.clone(),
                document: text.clone(),
            });
            RoleDetail {
                role: self.role_facts(name).unwrap(),
                profiles: profiles.get(name).cloned().unwrap_or_default(),
                inline: inline.collect(),
                attached: attached(role),
            }
        };
        Ok(AccountDetails {
            roles: page.items.iter().map(detail).collect(),
            policies: Vec::new(),
            next: page.next.or_else(|| Some("policies".to_owned())),
        })
    }

    async fn profiles_of_role(&self, _: &str) -> Result<Vec<InstanceProfileFacts>, CallError> {
        Ok(Vec::new())
    }

    async fn roles_with_policy(&self, _: &Arn) -> Result<Vec<String>, CallError> {
        Ok(Vec::new())
    }
}

#[async_trait]
impl ConfigService for Account {
    /// With an error for an instance its evaluation fails whenever it is sent.
    async fn put_evaluations(
        &self,
        result_token: &str,
        evaluations: &[Evaluation],
        _: bool,
    ) -> Result<Vec<Evaluation>, CallError> {
        assert!(evaluations.len() <= 100, "more than the service takes");
        assert!(result_token.contains("token"), "{result_token}");
        let number = self.reports.lock().unwrap().len();
        self.reports.lock().unwrap().push(evaluations.to_vec());
        self.call(PUT_EVALUATIONS, &number.to_string()).await?;
        let fails = |one: &&Evaluation| {
            let key = format!("{} {}", PUT_EVALUATIONS.name, one.resource_id);
            self.errors.contains_key(&key)
        };
        Ok(evaluations.iter().filter(fails).cloned().collect())
    }
}

#[async_trait]
impl Clock for Account {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    async fn sleep(&self, duration: SignedDuration) {
        self.pass(duration);
    }
}
