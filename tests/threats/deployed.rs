//! The evaluator as it is deployed: with the variables that it has now, and with the role that it has
//! now. An intruder who changes either changes what it does.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trailkeeper_app::fast_path::{EventSettings, Mode};
use trailkeeper_sandbox::{Call, Function};
use trailkeeper_tests::{Account, HOME};

use crate::product::{self, evaluator};
use crate::stage::target;

/// Installs the rest beside the runbook, with this evaluator.
pub(crate) async fn listen(account: &Account, parameters: &Map<String, Value>) {
    product::listen(account, parameters, Deployed::of(account)).await;
}

/// The evaluator that runs, and the settings with which it was started.
type Running = (EventSettings, Arc<dyn Function>);

/// The function in its surroundings.
struct Deployed {
    account: Account,
    /// A change of the variables starts it anew.
    running: Mutex<Option<Running>>,
}

impl Deployed {
    /// The evaluator of the account.
    fn of(account: &Account) -> Self {
        Self {
            account: account.clone(),
            running: Mutex::default(),
        }
    }

    async fn look(&self, service: &str, operation: &str, input: Value) -> Option<Value> {
        let call = Call::new(service, operation, HOME, input);
        self.account.sandbox.call(call).await.ok()
    }

    /// Whether its role lets it read and write: without policy or trust, and behind a boundary,
    /// every call is refused.
    async fn is_allowed(&self) -> bool {
        let name = target().evaluator;
        let role = json!({"RoleName": name});
        let policy = json!({"RoleName": name, "PolicyName": "repair"});
        let role = self.look("iam", "GetRole", role).await;
        let policy = self.look("iam", "GetRolePolicy", policy).await;
        let (Some(role), Some(_)) = (role, policy) else {
            return false;
        };
        let trust = role["Role"]["AssumeRolePolicyDocument"].to_string();
        role["Role"]["PermissionsBoundary"].is_null() && trust.contains("lambda.amazonaws.com")
    }

    /// What the variables say now.
    async fn settings(&self) -> EventSettings {
        let ask = json!({"FunctionName": target().evaluator});
        let told = self.look("lambda", "GetFunctionConfiguration", ask);
        let told = told.await.unwrap_or_default();
        let text = |name: &str| {
            let text = told["Environment"]["Variables"][name].as_str();
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let own_roles = text("TRAILKEEPER_OWN_ROLES").unwrap_or_default();
        // as which all callers of the sandbox act that are nobody in particular
        let own_roles = own_roles.split(',').chain(["trailkeeper"]);
        EventSettings {
            mode: Mode::from_name(&text("TRAILKEEPER_MODE").unwrap_or_default())
                .unwrap_or_default(),
            topic: text("TRAILKEEPER_TOPIC_ARN").and_then(|arn| arn.parse().ok()),
            trail_rule: text("TRAILKEEPER_CONFIG_RULE"),
            guard_rule: text("TRAILKEEPER_GUARD_CONFIG_RULE"),
            alarms: vec!["trail-changed".to_owned()],
            own_roles: own_roles.map(str::to_owned).collect(),
            ..EventSettings::default()
        }
    }

    fn started_with(&self, settings: EventSettings) -> Arc<dyn Function> {
        let mut running = self.running.lock().expect("nobody panicked");
        if let Some((with, function)) = &*running
            && *with == settings
        {
            return Arc::clone(function);
        }
        let started: Arc<dyn Function> = Arc::new(evaluator(&self.account, settings.clone()));
        *running = Some((settings, Arc::clone(&started)));
        started
    }
}

#[async_trait]
impl Function for Deployed {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        if !self.is_allowed().await {
            return Err(json!({"errorType": "AccessDenied", "errorMessage": "its role"}));
        }
        let settings = self.settings().await;
        self.started_with(settings).invoke(payload).await
    }
}
