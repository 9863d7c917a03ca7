//! An account in memory behind the ports, which keeps a log of the calls and of the messages.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_app::fast_path::{AnswerError, EventPorts, EventSettings, Mode, answer_event};
use trailkeeper_app::ports::{InstanceReader, Inventory, Notifier, Page, RoleReader};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::config_rule::{ConfigurationItem, RuleParameters};
use trailkeeper_core::facts::{
    AccountDetails, AccountSummary, AttachedPolicy, ConfigRuleFacts, EvaluatedResource,
    InstanceFacts, InstanceProfileFacts, InstanceState, ManagedPolicy, ProfileRole, RecorderFacts,
    RoleFacts,
};
use trailkeeper_core::fast_path::{EventAnswer, Memory};
use trailkeeper_core::operation::{self, Operation};
use trailkeeper_core::{Arn, CallError, Caller};

use crate::behind::{self, Behind};

pub(crate) const RULE: &str = "trailkeeper-instance-profile";
const ACCOUNT: &str = "111122223333";

pub(crate) fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn profile_arn(path: &str) -> Arn {
    let text = format!("arn:aws:iam::{ACCOUNT}:instance-profile/{path}");
    text.parse().unwrap()
}

pub(crate) fn policy_arn(name: &str) -> Arn {
    format!("arn:aws:iam::{ACCOUNT}:policy/{name}")
        .parse()
        .unwrap()
}

/// An account with a healthy instance `i-good` (profile `/team/app`, role `app-role`) and one
/// without a profile, `i-bare`.
pub(crate) struct World {
    pub(crate) caller: Caller,
    pub(crate) settings: EventSettings,
    /// The trail.
    pub(crate) behind: Behind,
    pub(crate) instances: BTreeMap<String, (InstanceState, Option<Arn>)>,
    /// Profiles by name: the ARN and the role's name.
    pub(crate) profiles: BTreeMap<String, (Arn, Option<String>)>,
    pub(crate) parameters: RuleParameters,
    /// The inline policy `app-policy` that every role has, if any.
    pub(crate) inline: Option<String>,
    /// The roles with a policy, whichever.
    pub(crate) with_policy: Vec<String>,
    /// What AWS Config knows: instance and profile.
    pub(crate) recorded: Vec<(String, Arn)>,
    /// So many empty pages come before the first with a row.
    pub(crate) empty_pages: usize,
    /// Calls that fail, by operation.
    pub(crate) failures: BTreeMap<&'static str, &'static str>,
    pub(crate) now: Timestamp,
    memory: Mutex<Memory>,
    calls: Mutex<Vec<String>>,
    messages: Mutex<Vec<(String, Value)>>,
}

impl World {
    pub(crate) fn new() -> Self {
        let app = profile_arn("team/app");
        let mut world = Self {
            caller: Caller {
                account: ACCOUNT.parse().unwrap(),
                region: "us-east-1".parse().unwrap(),
                partition: "aws".to_owned(),
            },
            settings: EventSettings {
                mode: Mode::Notify,
                topic: Some("arn:aws:sns:us-east-1:111122223333:told".parse().unwrap()),
                instance_rule: Some(RULE.to_owned()),
                ..EventSettings::default()
            },
            behind: Behind::default(),
            instances: BTreeMap::new(),
            profiles: BTreeMap::new(),
            parameters: RuleParameters::default(),
            inline: None,
            with_policy: Vec::new(),
            recorded: vec![("i-good".to_owned(), app.clone())],
            empty_pages: 0,
            failures: BTreeMap::new(),
            now: time("2026-03-02T10:00:05Z"),
            memory: Mutex::default(),
            calls: Mutex::default(),
            messages: Mutex::default(),
        };
        world.add_instance("i-good", Some(app.clone()));
        world.add_instance("i-bare", None);
        let role = Some("app-role".to_owned());
        world.profiles.insert("app".to_owned(), (app, role));
        world
    }

    pub(crate) fn add_instance(&mut self, id: &str, profile: Option<Arn>) {
        let facts = (InstanceState::Running, profile);
        self.instances.insert(id.to_owned(), facts);
    }

    /// The profile exists and holds no role.
    pub(crate) fn empty_profile(&mut self, name: &str) {
        if let Some((_, role)) = self.profiles.get_mut(name) {
            *role = None;
        }
    }

    pub(crate) fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    /// Parts of the account as they are now, behind ports.
    pub(crate) async fn try_answer(
        self: &Arc<Self>,
        event: &Value,
    ) -> Result<EventAnswer, AnswerError> {
        let ports = EventPorts {
            instances: Arc::clone(self) as Arc<dyn InstanceReader>,
            roles: Arc::clone(self) as Arc<dyn RoleReader>,
            inventory: Arc::clone(self) as Arc<dyn Inventory>,
            notifier: Arc::clone(self) as Arc<dyn Notifier>,
            trail: behind::ports(self),
            policies: PolicyCache::default(),
        };
        let Self {
            settings,
            caller,
            memory,
            now,
            ..
        } = self.as_ref();
        answer_event(&ports, settings, caller, event, memory, *now).await
    }

    /// The answer as JSON.
    pub(crate) async fn answer(self: &Arc<Self>, event: &Value) -> Value {
        let answer = self.try_answer(event).await.unwrap();
        serde_json::to_value(answer).unwrap()
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn called(&self, operation: Operation) -> usize {
        let calls = self.calls();
        let named = calls
            .iter()
            .filter(|call| call.split(' ').next() == Some(operation.name));
        named.count()
    }

    /// The messages that were taken.
    pub(crate) fn messages(&self) -> Vec<Value> {
        let messages = self.messages.lock().unwrap();
        messages
            .iter()
            .map(|(_, message)| message.clone())
            .collect()
    }

    pub(crate) fn subjects(&self) -> Vec<String> {
        let messages = self.messages.lock().unwrap();
        messages
            .iter()
            .map(|(subject, _)| subject.clone())
            .collect()
    }

    pub(crate) fn call(&self, operation: Operation, argument: &str) -> Result<(), CallError> {
        let text = format!("{} {argument}", operation.name);
        self.calls.lock().unwrap().push(text.trim_end().to_owned());
        match self.failures.get(operation.name) {
            Some(code) => Err(CallError::from_code(operation, argument, *code, "refused")),
            None => Ok(()),
        }
    }

    fn facts(&self, name: &str) -> Option<InstanceProfileFacts> {
        let (arn, role) = self.profiles.get(name)?;
        Some(InstanceProfileFacts {
            arn: arn.clone(),
            name: name.to_owned(),
            role: role.as_ref().map(|role| ProfileRole {
                arn: role_arn(role),
                name: role.clone(),
            }),
        })
    }

    fn has_role(&self, name: &str) -> bool {
        let mut roles = self
            .profiles
            .values()
            .filter_map(|(_, role)| role.as_deref());
        name == "loose-role" || roles.any(|role| role == name)
    }
}

fn role_arn(name: &str) -> Arn {
    format!("arn:aws:iam::{ACCOUNT}:role/{name}")
        .parse()
        .unwrap()
}

fn absent(operation: Operation, what: &str) -> CallError {
    CallError::from_code(operation, what, "NoSuchEntity", "not there")
}

#[async_trait]
impl InstanceReader for World {
    async fn describe_instances(&self, ids: &[String]) -> Result<Vec<InstanceFacts>, CallError> {
        let argument = match ids {
            [id] => id.clone(),
            ids => ids.len().to_string(),
        };
        self.call(operation::DESCRIBE_INSTANCES, &argument)?;
        let of = |id: &String| {
            let (state, profile) = self.instances.get(id)?.clone();
            Some(InstanceFacts {
                id: id.clone(),
                state,
                profile,
            })
        };
        Ok(ids.iter().filter_map(of).collect())
    }
}

#[async_trait]
impl RoleReader for World {
    async fn instance_profile(&self, name: &str) -> Result<InstanceProfileFacts, CallError> {
        self.call(operation::GET_INSTANCE_PROFILE, name)?;
        let facts = self.facts(name);
        facts.ok_or_else(|| absent(operation::GET_INSTANCE_PROFILE, name))
    }

    async fn role(&self, name: &str) -> Result<RoleFacts, CallError> {
        self.call(operation::GET_ROLE, name)?;
        if !self.has_role(name) {
            return Err(absent(operation::GET_ROLE, name));
        }
        Ok(RoleFacts {
            arn: role_arn(name),
            name: name.to_owned(),
            boundary: None,
            created: None,
            trust: None,
        })
    }

    async fn inline_policy_names(&self, role: &str) -> Result<Vec<String>, CallError> {
        self.call(operation::LIST_ROLE_POLICIES, role)?;
        Ok(self
            .inline
            .iter()
            .map(|_| "app-policy".to_owned())
            .collect())
    }

    async fn inline_policy(&self, role: &str, _policy: &str) -> Result<String, CallError> {
        self.call(operation::GET_ROLE_POLICY, role)?;
        let text = self.inline.clone();
        text.ok_or_else(|| absent(operation::GET_ROLE_POLICY, role))
    }

    async fn attached_policies(&self, role: &str) -> Result<Vec<AttachedPolicy>, CallError> {
        self.call(operation::LIST_ATTACHED_ROLE_POLICIES, role)?;
        Ok(Vec::new())
    }

    async fn managed_policy(&self, arn: &Arn) -> Result<ManagedPolicy, CallError> {
        Err(absent(operation::GET_POLICY, arn.name()))
    }

    async fn policy_version(&self, arn: &Arn, _version: &str) -> Result<String, CallError> {
        Err(absent(operation::GET_POLICY_VERSION, arn.name()))
    }

    async fn account_summary(&self) -> Result<AccountSummary, CallError> {
        self.call(operation::GET_ACCOUNT_SUMMARY, "")?;
        Ok(AccountSummary {
            roles: 100_000,
            policies: 100_000,
        })
    }

    async fn account_details(&self, _marker: Option<&str>) -> Result<AccountDetails, CallError> {
        Err(absent(operation::GET_ACCOUNT_AUTHORIZATION_DETAILS, ""))
    }

    async fn profiles_of_role(&self, role: &str) -> Result<Vec<InstanceProfileFacts>, CallError> {
        self.call(operation::LIST_INSTANCE_PROFILES_FOR_ROLE, role)?;
        if !self.has_role(role) {
            return Err(absent(operation::LIST_INSTANCE_PROFILES_FOR_ROLE, role));
        }
        let all = self.profiles.keys().filter_map(|name| self.facts(name));
        let holds = |facts: &InstanceProfileFacts| {
            facts.role.as_ref().is_some_and(|held| held.name == role)
        };
        Ok(all.filter(holds).collect())
    }

    async fn roles_with_policy(&self, arn: &Arn) -> Result<Vec<String>, CallError> {
        self.call(operation::LIST_ENTITIES_FOR_POLICY, arn.name())?;
        Ok(self.with_policy.clone())
    }
}

#[async_trait]
impl Inventory for World {
    async fn recorders(&self) -> Result<Vec<RecorderFacts>, CallError> {
        Ok(Vec::new())
    }

    /// The token is the number of the page; a page has a hundred rows.
    async fn select(
        &self,
        expression: &str,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        self.call(operation::SELECT_RESOURCE_CONFIG, expression)?;
        let has = |(_, arn): &&(String, Arn)| expression.contains(&format!("arn = '{arn}'"));
        let row = |(id, _): &(String, Arn)| json!({"resourceId": id}).to_string();
        let page: usize = token.map_or(0, |token| token.parse().unwrap());
        let mut rows: Vec<String> = self.recorded.iter().filter(has).map(row).collect();
        if page < self.empty_pages {
            rows.clear();
        } else {
            rows = rows.split_off(rows.len().min((page - self.empty_pages) * 100));
        }
        let has_more = page < self.empty_pages || rows.len() > 100;
        rows.truncate(100);
        Ok(Page {
            items: rows,
            next: has_more.then(|| (page + 1).to_string()),
        })
    }

    async fn item_at(
        &self,
        _resource_type: &str,
        _resource_id: &str,
        _later_time: Timestamp,
    ) -> Result<Option<ConfigurationItem>, CallError> {
        Ok(None)
    }

    async fn evaluated(
        &self,
        _rule: &str,
        _token: Option<&str>,
    ) -> Result<Page<EvaluatedResource>, CallError> {
        Ok(Page {
            items: Vec::new(),
            next: None,
        })
    }

    async fn config_rule(&self, rule: &str) -> Result<Option<ConfigRuleFacts>, CallError> {
        self.call(operation::DESCRIBE_CONFIG_RULES, rule)?;
        let parameters = match rule {
            RULE => Some(self.parameters.clone()),
            other => self.behind.parameters(other),
        };
        Ok(parameters.map(|parameters| ConfigRuleFacts {
            name: rule.to_owned(),
            parameters,
            source: None,
            state: None,
            settings: Default::default(),
        }))
    }

    async fn start_evaluation(&self, rule: &str) -> Result<(), CallError> {
        self.call(operation::START_CONFIG_RULES_EVALUATION, rule)
    }
}

#[async_trait]
impl Notifier for World {
    async fn publish(&self, topic: &Arn, subject: &str, message: &str) -> Result<(), CallError> {
        self.call(operation::PUBLISH, topic.name())?;
        let message = serde_json::from_str(message).unwrap();
        self.messages
            .lock()
            .unwrap()
            .push((subject.to_owned(), message));
        Ok(())
    }
}

/// An event by the user `mallory`. Its id is that of the event's number.
pub(crate) fn event(
    number: u32,
    service: &str,
    name: &str,
    request: Value,
    response: Value,
) -> Value {
    json!({
        "version": "0",
        "id": "9f0d2a6e-7c1b-4f57-9b0e-EXAMPLE33331",
        "detail-type": "AWS API Call via CloudTrail",
        "source": format!("aws.{service}"),
        "account": ACCOUNT,
        "time": "2026-03-02T09:57:12Z",
        "region": "us-east-1",
        "resources": [],
        "detail": {
            "eventVersion": "1.10",
            "userIdentity": {
                "type": "IAMUser",
                "arn": "arn:aws:iam::111122223333:user/mallory",
                "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
            },
            "eventTime": "2026-03-02T09:57:12Z",
            "eventSource": format!("{service}.amazonaws.com"),
            "eventName": name,
            "awsRegion": "us-east-1",
            "sourceIPAddress": "203.0.113.24",
            "userAgent": "aws-cli/2.17.0",
            "requestParameters": request,
            "responseElements": response,
            "eventID": format!("a1b2c3d4-5678-90ab-cdef-EXAMPLE{number:05}"),
            "recipientAccountId": ACCOUNT,
        },
    })
}

/// RunInstances that launched these instances, of whose profile the event says nothing.
pub(crate) fn launch(number: u32, ids: &[&str]) -> Value {
    let items: Vec<Value> = ids.iter().map(|id| json!({"instanceId": id})).collect();
    let response = json!({"instancesSet": {"items": items}});
    event(number, "ec2", "RunInstances", json!({}), response)
}

/// An event about the association of the instance.
pub(crate) fn association(number: u32, name: &str, id: &str, profile: &Arn) -> Value {
    let answer = json!({"iamInstanceProfileAssociation": {
        "instanceId": id,
        "iamInstanceProfile": {"arn": profile.to_string()},
    }});
    let response = json!({format!("{name}Response"): answer});
    event(number, "ec2", name, json!({}), response)
}

pub(crate) fn of_role(number: u32, name: &str, role: &str) -> Value {
    let request = json!({"roleName": role, "policyName": "x"});
    event(number, "iam", name, request, Value::Null)
}

pub(crate) fn of_profile(number: u32, name: &str, profile: &str) -> Value {
    let request = json!({"instanceProfileName": profile, "roleName": "app-role"});
    event(number, "iam", name, request, Value::Null)
}
