//! The guard as it is installed: the rules, the runbook, both functions, and the rules of
//! EventBridge.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::SignedDuration;
use serde_json::{Map, Value, json};
use trailkeeper_app::evaluate::evaluate_event;
use trailkeeper_app::fast_path::{EventSettings, answer_event};
use trailkeeper_app::repair::{Counter, repair, within_budget};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::Caller;
use trailkeeper_core::fast_path::{LOG_BUCKET, Memory, OwnRoles, patterns};
use trailkeeper_core::remediation::{Destinations, RepairFailure, RepairRequest, RepairResult};
use trailkeeper_core::repair::{Goal, Limits};
use trailkeeper_sandbox::seed::{DocumentSeed, FunctionSeed, PermissionSeed, RuleSeed};
use trailkeeper_sandbox::{Function, Sandbox, World};
use trailkeeper_tests::{ACCOUNT, Account, BUCKET, HOME};

use crate::stage::target;

/// The runbook's text, the very file that is deployed.
const RUNBOOK: &str = include_str!("../../runbooks/restore-cloudtrail.yaml");
/// The rule about the guard, as in [`target`].
pub(crate) const GUARD_RULE: &str = "trailkeeper-guard";
/// The topic that is told.
pub(crate) const TOPIC: &str = "trailkeeper-notifications";

/// The account that `world` is, with the rule about the trail and the runbook. Nobody hears of
/// events.
pub(crate) fn install(world: World) -> Account {
    let target = target();
    let account = Account::of(world)
        .with("SnsTopicName", target.topic_arn())
        .with("CloudWatchLogsLogGroupArn", target.log_group_arn())
        .with("CloudWatchLogsRoleArn", target.log_role_arn())
        .with("RepairKey", true);
    put_up(&account);
    account
}

/// The runbook and the function behind its step, in an account that is there.
pub(crate) fn put_up(account: &Account) {
    let target = target();
    let sandbox = &account.sandbox;
    sandbox.register_function(&target.remediator, Arc::new(remediator(account, None)));
    let document = DocumentSeed {
        region: HOME.to_owned(),
        name: target.runbook,
        content: RUNBOOK.to_owned(),
        owner: None,
    };
    let seeded = sandbox.with_world(|world| world.seed_document(document));
    seeded.expect("the runbook is one");
}

/// The code behind the runbook's step, with the list of what a trail may deliver to.
pub(crate) fn remediator(
    account: &Account,
    destinations: Option<Destinations>,
) -> impl Function + use<> {
    Remediator {
        destinations,
        sandbox: account.sandbox.clone(),
        caller: account.caller.clone(),
    }
}

/// What the runbook is told, as Automation takes it.
pub(crate) fn automation_parameters(account: &Account) -> Map<String, Value> {
    let parameters = account.payload.iter().map(|(name, value)| {
        let text = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        (name.clone(), json!([text]))
    });
    parameters.collect()
}

/// Installs the rest: the remediation, the rule about the guard, this evaluator and the rules of
/// EventBridge, which start the runbook by themselves.
pub(crate) async fn listen(
    account: &Account,
    parameters: &Map<String, Value>,
    evaluator: impl Function + 'static,
) {
    let target = target();
    account.sandbox.with_world(|world| {
        world.seed_sns_topic(HOME, TOPIC);
        rules(account, parameters, world);
    });
    account
        .sandbox
        .register_function(&target.evaluator, Arc::new(evaluator));
    account.sandbox.with_world(functions);
    let settings = json!({"FunctionName": target.evaluator, "MaximumRetryAttempts": 2});
    account
        .act("lambda", "PutFunctionEventInvokeConfig", settings)
        .await;
    event_rules(account).await;
    account.sandbox.settle().await;
}

/// The code behind the rules and behind EventBridge.
pub(crate) fn evaluator(account: &Account, settings: EventSettings) -> impl Function + use<> {
    Evaluator {
        sandbox: account.sandbox.clone(),
        caller: account.caller.clone(),
        settings,
        memory: Mutex::default(),
        policies: PolicyCache::default(),
    }
}

/// The rules of AWS Config with their parameters, from which the fast path reads what is wanted.
fn rules(account: &Account, parameters: &Map<String, Value>, world: &mut World) {
    let target = target();
    let text = Value::Object(parameters.clone()).to_string();
    let rule = |name: &str, parameters: String| RuleSeed {
        input_parameters: Some(parameters),
        ..RuleSeed::new(HOME, name, &target.evaluator)
    };
    world.seed_rule(rule(&target.rule, text));
    let parameters = Value::Object(guard_parameters());
    world.seed_rule(rule(GUARD_RULE, parameters.to_string()));
    let values = automation_parameters(account)
        .into_iter()
        .map(|(name, value)| (name, json!({"StaticValue": {"Values": value}})));
    let values: Map<String, Value> = values.collect();
    let remediation = json!({
        "ConfigRuleName": target.rule,
        "TargetType": "SSM_DOCUMENT",
        "TargetId": target.runbook,
        "Parameters": values,
        "Automatic": false,
    });
    let seeded = world.seed_remediation(HOME, &remediation);
    seeded.expect("AWS Config takes the remediation");
    let channel = json!({"name": "default", "s3BucketName": "amzn-s3-demo-copies"});
    world.seed_delivery_channel(HOME, channel);
}

/// What the rule about the guard demands as the template deploys it.
pub(crate) fn guard_parameters() -> Map<String, Value> {
    let target = target();
    let parameters = json!({
        "rule": "guard",
        "configRules": target.rule,
        "remediatedRules": target.rule,
        "eventRules": event_rule_names().join(","),
        "functions": target.remediator,
        "invokedFunctions": target.evaluator,
        "runbooks": target.runbook,
    });
    parameters.as_object().cloned().unwrap_or_default()
}

/// The names of the rules of EventBridge. The one of CloudTrail's own calls is the one that an
/// intruder knows of.
fn event_rule_names() -> Vec<String> {
    let patterns = patterns().into_iter().enumerate();
    let names = patterns.map(|(number, pattern)| match pattern.bus_source {
        "aws.cloudtrail" => target().event_rule,
        "aws.events" => target().guard_event_rule().to_owned(),
        _ => format!("trailkeeper-events-{number}"),
    });
    names.collect()
}

fn functions(world: &mut World) {
    let target = target();
    let role = |name: &str| Some(format!("arn:aws:iam::{ACCOUNT}:role/{name}"));
    let permission = |id: &str, service: &str| PermissionSeed {
        statement_id: id.to_owned(),
        principal: service.to_owned(),
        source_arn: None,
        source_account: Some(ACCOUNT.to_owned()),
        qualifier: None,
    };
    world.seed_function_settings(FunctionSeed {
        name: target.evaluator.clone(),
        role: role(&target.evaluator),
        environment: target.evaluator_environment(),
        permissions: Some(vec![
            permission("config", "config.amazonaws.com"),
            permission("events", "events.amazonaws.com"),
        ]),
        ..FunctionSeed::default()
    });
    world.seed_function_settings(FunctionSeed {
        name: target.remediator.clone(),
        role: role(&target.remediator),
        ..FunctionSeed::default()
    });
}

/// The rules of EventBridge, made from the table as the template's are.
async fn event_rules(account: &Account) {
    let target = target();
    let evaluator = format!(
        "arn:aws:lambda:{HOME}:{ACCOUNT}:function:{}",
        target.evaluator
    );
    for (name, pattern) in event_rule_names().iter().zip(patterns()) {
        let text = pattern.json.to_string().replace(LOG_BUCKET, BUCKET);
        let rule = json!({"Name": name, "EventPattern": text});
        account.act("events", "PutRule", rule).await;
        let targets = json!({"Rule": name, "Targets": [{"Id": "evaluator", "Arn": evaluator}]});
        account.act("events", "PutTargets", targets).await;
    }
}

/// The code behind the runbook's step, on the account's own ports.
struct Remediator {
    sandbox: Sandbox,
    caller: Caller,
    destinations: Option<Destinations>,
}

#[async_trait]
impl Function for Remediator {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let ended = match RepairRequest::parse(&payload) {
            Ok(request) => self.run(&request).await,
            Err(error) => Err(RepairFailure::early(error.code(), error.to_string())),
        };
        ended.map(|result| result.to_json()).map_err(|failure| {
            let text = format!("{}\n{}", failure.message, failure.result.to_json());
            json!({"errorType": failure.error_type(), "errorMessage": text})
        })
    }
}

impl Remediator {
    async fn run(&self, request: &RepairRequest) -> Result<RepairResult, RepairFailure> {
        if let Some(destinations) = &self.destinations {
            let checked = destinations.check(request, &self.caller);
            checked.map_err(|error| RepairFailure::early(error.code(), error.to_string()))?;
        }
        let limits = Limits {
            deadline: self.sandbox.now() + SignedDuration::from_secs(280),
            call_time: SignedDuration::from_secs(10),
            seed: 7,
        };
        let ports = self.sandbox.repair_ports();
        let ending = repair(&ports, &self.caller, &Goal::from(request), &limits).await;
        // the last: as which all callers of the sandbox act that are nobody in particular
        let target = target();
        let roles = target.own_roles().into_iter().chain(["trailkeeper"]);
        let roles: Vec<String> = roles.map(str::to_owned).collect();
        let counter = Counter {
            automation: &self.sandbox,
            clock: &self.sandbox,
            own: OwnRoles {
                account: &self.caller.account,
                roles: &roles,
            },
        };
        within_budget(counter, request, ending).await
    }
}

/// The code behind the rules and behind EventBridge.
struct Evaluator {
    sandbox: Sandbox,
    caller: Caller,
    settings: EventSettings,
    memory: Mutex<Memory>,
    policies: PolicyCache,
}

#[async_trait]
impl Function for Evaluator {
    async fn invoke(&self, payload: Value) -> Result<Value, Value> {
        let fault = |text: String| json!({"errorType": "fault", "errorMessage": text});
        let now = self.sandbox.now();
        if payload.get("detail-type").is_none() {
            let ports = self.sandbox.evaluate_ports(&self.policies);
            let deadline = now + SignedDuration::from_secs(50);
            let evaluated = evaluate_event(&ports, &self.caller, &payload, deadline).await;
            return evaluated
                .map(|_| Value::Null)
                .map_err(|error| fault(error.to_string()));
        }
        let ports = self.sandbox.event_ports(&self.policies);
        let (settings, caller) = (&self.settings, &self.caller);
        let answer = answer_event(&ports, settings, caller, &payload, &self.memory, now).await;
        answer
            .map(|_| Value::Null)
            .map_err(|error| fault(error.to_string()))
    }
}
