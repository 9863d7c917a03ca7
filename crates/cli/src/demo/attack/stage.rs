//! The account of an attack, with the product installed and whole before anything happens.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use trailkeeper_app::baseline::{capture, store};
use trailkeeper_app::evaluate::judge_account;
use trailkeeper_app::fast_path::Mode;
use trailkeeper_app::guard::{self, judge_guard};
use trailkeeper_core::Finding;
use trailkeeper_core::config_rule::{
    RuleParameters, parse_guard_requirements, parse_requirements, render_requirements,
};
use trailkeeper_core::remediation::RepairRequest;
use trailkeeper_core::threats::{SeenBy, Threat};
use trailkeeper_sandbox::attacks::{Setting, Step, Target, setting, stage};
use trailkeeper_sandbox::seed::{
    FunctionSeed, PermissionSeed, PublishedMessage, RecorderSeed, RuleSeed,
};
use trailkeeper_sandbox::{CallRecord, Sandbox, World};

use super::super::stage::{Run, call, runs};
use crate::account::Account;
use crate::error::CommandError;
use crate::product::{Remediation, event_rule_names, install, listen};

/// Long enough for several log files and digests.
const LOG_FILES_MINUTES: i64 = 180;
/// The rule about the guard.
pub(super) const GUARD_RULE: &str = "trailkeeper-guard";

/// The account, and what rule and runbook know of it.
pub(super) struct Stage {
    pub(super) account: Account,
    pub(super) sandbox: Sandbox,
    pub(super) target: Target,
    pub(super) setting: Setting,
    /// Whether the attack is one that the rule about the guard finds.
    pub(super) is_guards: bool,
    /// The hash of the baseline; empty without one.
    pub(super) baseline: String,
    /// How many messages there were before the attack.
    told_before: usize,
    runbook: Map<String, Value>,
    trail_rule: Map<String, Value>,
    guard_rule: Map<String, Value>,
}

impl Stage {
    /// The account before the attack in this way. Events are answered in `mode`.
    ///
    /// # Errors
    /// The account cannot be set up, or is not healthy.
    pub(super) async fn open(
        threat: &'static Threat,
        way: &str,
        mode: Mode,
    ) -> Result<Self, CommandError> {
        let (target, setting) = (Target::example(), setting(threat.id));
        let mut world = (setting.world)(&target, way);
        surroundings(&target, &mut world);
        if has_log_files(threat) {
            world.keep_log_files();
        }
        let sandbox = Sandbox::new(world);
        let is_guards = threat
            .seen_by
            .iter()
            .any(|seen| matches!(seen, SeenBy::GuardRule(_)));
        let mut stage = Self {
            account: Account::of_sandbox(&sandbox)?,
            runbook: runbook(&target, setting),
            sandbox,
            target,
            setting,
            is_guards,
            baseline: String::new(),
            told_before: 0,
            trail_rule: Map::new(),
            guard_rule: Map::new(),
        };
        stage.make(stage::readers(&stage.target)).await?;
        stage.make(vec![stage::service_role()]).await?;
        if has_log_files(threat) {
            stage.pass(LOG_FILES_MINUTES).await;
        }
        stage.deploy(threat, mode).await?;
        stage.told_before = stage.messages().len();
        Ok(stage)
    }

    async fn deploy(&mut self, threat: &Threat, mode: Mode) -> Result<(), CommandError> {
        self.trail_rule = self.demands(threat)?;
        if self.setting.with_baseline {
            self.baseline = self.capture(Value::Null).await?;
            let sha256 = Value::from(self.baseline.clone());
            self.runbook.insert("BaselineSha256".to_owned(), sha256);
            self.trail_rule = self.demands(threat)?;
        }
        self.put_rule(&self.target.rule, &self.trail_rule);
        if self.is_guards {
            self.guard_rule = guard_demands(&self.target);
            self.put_rule(GUARD_RULE, &self.guard_rule);
        }
        install(&self.sandbox, Remediation::Manual).await?;
        self.put_remediation()?;
        listen(&self.sandbox, mode).await;
        self.sandbox
            .with_world(|world| functions(&self.target, world));
        if self.is_guards {
            self.make(stage::guardduty(&self.target)).await?;
            self.record_guard().await?;
        }
        self.sandbox.settle().await;
        self.sandbox.clear_calls();
        Ok(())
    }

    /// Calls of the account's owner.
    async fn make(&self, steps: Vec<Step>) -> Result<(), CommandError> {
        for step in steps {
            self.sandbox.advance(step.wait);
            let region = &self.target.region;
            call(
                &self.sandbox,
                region,
                step.service,
                step.operation,
                step.input,
            )
            .await?;
        }
        Ok(())
    }

    /// The parameters of the rule that demands what the runbook is told.
    fn demands(&self, threat: &Threat) -> Result<Map<String, Value>, CommandError> {
        let request = RepairRequest::parse(&Value::Object(self.runbook.clone()))?;
        let mut texts = render_requirements(&request.requirements());
        texts.insert("rule".to_owned(), "cloudtrail-enabled".to_owned());
        // another trail may take its place, which the rule must not look for by its name
        if request.adopt_existing_trail {
            texts.remove("trailName");
        }
        if has_log_files(threat) {
            texts.insert("checkLogFiles".to_owned(), "true".to_owned());
        }
        let demanded = self.setting.demanded.iter();
        texts.extend(demanded.map(|(key, text)| ((*key).to_owned(), (*text).to_owned())));
        let texts = texts.into_iter();
        Ok(texts.map(|(key, text)| (key, text.into())).collect())
    }

    /// Keeps a baseline of the trail and of this guard.
    async fn capture(&self, guard: Value) -> Result<String, CommandError> {
        let rule = RuleParameters::new(self.trail_rule.clone());
        let requirements = parse_requirements(&rule)?;
        let (readers, caller) = (self.account.readers(), &self.account.caller);
        let captured = capture(readers, &requirements, caller, self.now()).await;
        let mut baseline = captured.map_err(not_whole)?;
        baseline.guard = guard;
        let stored = store(&self.sandbox, &baseline).await;
        stored.map_err(|error| CommandError::Product(error.to_string()))
    }

    async fn record_guard(&mut self) -> Result<(), CommandError> {
        let rule = RuleParameters::new(self.guard_rule.clone());
        let requirements = parse_guard_requirements(&rule)?;
        let (ports, caller) = (&self.account.guard, &self.account.caller);
        let seen = guard::view(ports, &requirements, None, caller, self.now()).await;
        let sha256 = self.capture(seen.record().to_json()).await?;
        let bucket = self.target.bucket.clone();
        self.guard_rule
            .insert("baselineSha256".to_owned(), sha256.into());
        self.guard_rule
            .insert("baselineBucket".to_owned(), bucket.into());
        Ok(())
    }

    fn put_rule(&self, name: &str, parameters: &Map<String, Value>) {
        let text = Value::Object(parameters.clone()).to_string();
        let target = &self.target;
        let rule = RuleSeed {
            input_parameters: Some(text),
            message_types: vec!["ScheduledNotification".to_owned()],
            ..RuleSeed::new(&target.region, name, &target.evaluator)
        };
        self.sandbox.with_world(|world| world.seed_rule(rule));
    }

    /// The rule's remediation, which says more than the rule does.
    fn put_remediation(&self) -> Result<(), CommandError> {
        let values = self.automation().into_iter();
        let values = values.map(|(name, value)| (name, json!({"StaticValue": {"Values": value}})));
        let values: Map<String, Value> = values.collect();
        let wanted = json!({
            "ConfigRuleName": self.target.rule,
            "TargetType": "SSM_DOCUMENT",
            "TargetId": self.target.runbook,
            "Parameters": values,
            "Automatic": false,
        });
        let region = &self.target.region;
        let seeded = self
            .sandbox
            .with_world(|world| world.seed_remediation(region, &wanted));
        seeded.map_err(|error| CommandError::Product(error.to_string()))
    }

    /// What the runbook is told, as Automation takes it.
    fn automation(&self) -> Map<String, Value> {
        let parameters = self.runbook.iter().map(|(name, value)| {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            (name.clone(), json!([text]))
        });
        parameters.collect()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.sandbox.now()
    }

    /// Lets time pass, with all that falls due.
    pub(super) async fn pass(&self, minutes: i64) {
        self.sandbox.advance(SignedDuration::from_mins(minutes));
        self.sandbox.settle().await;
    }

    /// What the rules find now: that about the trail, and where it is asked that about the guard.
    ///
    /// # Errors
    /// Parameters that cannot be used.
    pub(super) async fn findings(&self) -> Result<Vec<Finding>, CommandError> {
        let rule = RuleParameters::new(self.trail_rule.clone());
        let requirements = parse_requirements(&rule)?;
        let (readers, caller) = (self.account.readers(), &self.account.caller);
        let verdict = judge_account(readers, &requirements, caller, self.now()).await;
        let mut findings = verdict.findings;
        if self.is_guards {
            let rule = RuleParameters::new(self.guard_rule.clone());
            let requirements = parse_guard_requirements(&rule)?;
            let ports = &self.account.guard;
            let verdict = judge_guard(ports, &requirements, caller, self.now()).await;
            findings.extend(verdict.findings);
        }
        Ok(findings)
    }

    /// Starts the runbook as the rule's remediation does.
    ///
    /// # Errors
    /// Systems Manager does not take it.
    pub(super) async fn start_runbook(&self) -> Result<(), CommandError> {
        let (region, document) = (&self.target.region, &self.target.runbook);
        let start = json!({"DocumentName": document, "Parameters": self.automation()});
        call(
            &self.sandbox,
            region,
            "ssm",
            "StartAutomationExecution",
            start,
        )
        .await?;
        self.sandbox.settle().await;
        Ok(())
    }

    /// The last run of the runbook that did something, or else the last.
    ///
    /// # Errors
    /// A call of the sandbox failed that must not.
    pub(super) async fn last_run(&self) -> Result<Option<Run>, CommandError> {
        let (region, document) = (&self.target.region, &self.target.runbook);
        let mut all = runs(&self.sandbox, region, document).await?;
        let did = all
            .iter()
            .position(|run| !run.output("Repair.outcome").is_empty());
        Ok(match did {
            Some(place) => Some(all.swap_remove(place)),
            None => all.into_iter().next(),
        })
    }

    /// What the topic was told since the product was installed.
    pub(super) fn messages(&self) -> Vec<PublishedMessage> {
        let all = self
            .sandbox
            .with_world(|world| world.published_messages().to_vec());
        all.into_iter().skip(self.told_before).collect()
    }

    /// The writes of the runbook: all but the calls at these places of the log.
    pub(super) fn writes_but(&self, others: &[usize]) -> Vec<CallRecord> {
        const AROUND: [&str; 4] = ["StartAutomationExecution", "Invoke", "Publish", "PutEvents"];
        let calls = self.sandbox.calls().into_iter().enumerate();
        let is_own = |(place, call): &(usize, CallRecord)| {
            call.write
                && call.service != "config"
                && !others.contains(place)
                && !AROUND.contains(&call.operation.as_str())
        };
        calls.filter(is_own).map(|(_, call)| call).collect()
    }
}

/// Whether the rule is to look for log files that are missing.
fn has_log_files(threat: &Threat) -> bool {
    threat.id == "B27"
}

/// What is wrong before anything happened.
fn not_whole(findings: Vec<Finding>) -> CommandError {
    let texts: Vec<String> = findings.iter().map(ToString::to_string).collect();
    let found = texts.join("; ");
    CommandError::Product(format!(
        "the account is not healthy before the attack: {found}"
    ))
}

/// AWS Config's recorder and where it delivers.
fn surroundings(target: &Target, world: &mut World) {
    let recorder = RecorderSeed::new(world, &target.region);
    world.seed_recorder(recorder);
    let channel = json!({"name": "default", "s3BucketName": stage::COPIES});
    world.seed_delivery_channel(&target.region, channel);
}

/// What the runbook is told.
fn runbook(target: &Target, setting: Setting) -> Map<String, Value> {
    let own = [
        ("CloudTrailName", target.trail.clone()),
        ("CloudTrailS3BucketName", target.bucket.clone()),
        ("CloudTrailKmsKeyId", target.key_arn()),
        ("RepairKey", "true".to_owned()),
    ];
    let readers = [
        ("SnsTopicName", target.topic_arn()),
        ("CloudWatchLogsLogGroupArn", target.log_group_arn()),
        ("CloudWatchLogsRoleArn", target.log_role_arn()),
    ];
    let readers = readers.into_iter().filter(|_| setting.with_readers);
    let told = setting.told.iter();
    let told = told.map(|(name, value)| (*name, (*value).to_owned()));
    let all = own.into_iter().chain(readers).chain(told);
    all.map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

/// What the rule about the guard demands, without the baseline.
fn guard_demands(target: &Target) -> Map<String, Value> {
    let events = event_rule_names().join(",");
    let demands = [
        ("rule", "guard"),
        ("configRules", &target.rule),
        ("remediatedRules", &target.rule),
        ("eventRules", &events),
        ("functions", &target.remediator),
        ("invokedFunctions", &target.evaluator),
        ("runbooks", &target.runbook),
        ("roles", &target.remediator),
        ("guardDuty", "true"),
    ];
    let demands = demands.into_iter();
    demands
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect()
}

/// Roles, variables and permissions of the functions, as the template gives them.
fn functions(target: &Target, world: &mut World) {
    let account = &target.account;
    let role = |name: &str| Some(format!("arn:aws:iam::{account}:role/{name}"));
    let permission = |id: &str, service: &str| PermissionSeed {
        statement_id: id.to_owned(),
        principal: service.to_owned(),
        source_arn: None,
        source_account: Some(account.clone()),
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
