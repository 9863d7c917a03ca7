//! The use cases on an account, with the inputs that AWS would send.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use trailkeeper_app::evaluate::{EvaluatePorts, Evaluated, evaluate_event};
use trailkeeper_app::repair::{drive, repair};
use trailkeeper_app::roles::PolicyCache;
use trailkeeper_core::Caller;
use trailkeeper_core::config_rule::render_requirements;
use trailkeeper_core::remediation::{RepairFailure, RepairRequest};
use trailkeeper_core::repair::{Ending, Goal, Limits, Next, View};
use trailkeeper_sandbox::seed::{RecorderSeed, ResultTokenSeed, RuleSeed};
use trailkeeper_sandbox::{Call, CallRecord, Failure, Sandbox, World};

use crate::account::{ACCOUNT, BUCKET, HOME, RULE, TRAIL, healthy_world, key_arn};

const TOKEN: &str = "result-token";

/// An account with the rule, and what its runbook sends to the remediator.
#[derive(Clone)]
pub struct Account {
    /// The account's state.
    pub sandbox: Sandbox,
    /// Who evaluates and repairs, and in which Region.
    pub caller: Caller,
    /// The remediator's payload.
    pub payload: Map<String, Value>,
}

impl Account {
    /// The account that `world` is, with the rule added.
    pub fn of(mut world: World) -> Self {
        let recorder = RecorderSeed::new(&world, HOME);
        world.seed_recorder(recorder);
        let mut rule = RuleSeed::new(HOME, RULE, "trailkeeper-evaluator");
        rule.result_tokens = vec![ResultTokenSeed {
            token: TOKEN.to_owned(),
            calls: None,
        }];
        world.seed_rule(rule);
        let payload = json!({
            "CloudTrailName": TRAIL,
            "CloudTrailS3BucketName": BUCKET,
            "CloudTrailKmsKeyId": key_arn(),
        });
        Self {
            sandbox: Sandbox::new(world),
            caller: caller_in(HOME),
            payload: payload.as_object().cloned().unwrap(),
        }
    }

    /// The healthy account.
    pub fn healthy() -> Self {
        Self::of(healthy_world())
    }

    /// The same with another value in the remediator's payload.
    #[must_use]
    pub fn with(mut self, parameter: &str, value: impl Into<Value>) -> Self {
        self.payload.insert(parameter.to_owned(), value.into());
        self
    }

    /// The same with the remediator running in `region`.
    #[must_use]
    pub fn run_in(mut self, region: &str) -> Self {
        self.caller = caller_in(region);
        self
    }

    /// A copy of the account as it is now, with its own clock and call log and without faults.
    pub fn copy(&self) -> Self {
        let world = self.sandbox.with_world(|world| world.clone());
        Self {
            sandbox: Sandbox::new(world),
            ..self.clone()
        }
    }

    /// Another actor's call in the home Region, which must succeed.
    pub async fn act(&self, service: &str, operation: &str, input: Value) -> Value {
        self.act_in(HOME, service, operation, input)
            .await
            .unwrap_or_else(|failure| panic!("{service}:{operation}: {failure}"))
    }

    /// Another actor's call, at CloudTrail's pace of one write a second.
    ///
    /// # Errors
    /// The service's.
    pub async fn act_in(
        &self,
        region: &str,
        service: &str,
        operation: &str,
        input: Value,
    ) -> Result<Value, Failure> {
        self.sandbox.advance(SignedDuration::from_secs(2));
        let call = Call::new(service, operation, region, input);
        self.sandbox.call(call).await
    }

    /// Lets the trail deliver what is due.
    pub fn pass(&self, minutes: i64) {
        self.sandbox.advance(SignedDuration::from_mins(minutes));
    }

    /// The parameters of the rule that demands what the remediator is asked for.
    pub fn rule_parameters(&self) -> Map<String, Value> {
        let request = RepairRequest::parse(&Value::Object(self.payload.clone())).unwrap();
        let mut texts = render_requirements(&request.requirements());
        texts.insert("rule".to_owned(), RULE.to_owned());
        let texts = texts
            .into_iter()
            .map(|(key, text)| (key, Value::from(text)));
        texts.collect()
    }

    /// The scheduled event that AWS Config sends now, with these rule parameters.
    pub fn event(&self, parameters: &Map<String, Value>) -> Value {
        let invoking = json!({
            "awsAccountId": ACCOUNT,
            "notificationCreationTime": self.sandbox.now().to_string(),
            "messageType": "ScheduledNotification",
            "recordVersion": "1.0",
        });
        json!({
            "version": "1.0",
            "invokingEvent": invoking.to_string(),
            "ruleParameters": Value::Object(parameters.clone()).to_string(),
            "resultToken": TOKEN,
            "eventLeftScope": false,
            "configRuleName": RULE,
            "accountId": ACCOUNT,
        })
    }

    /// Runs the evaluator on `event`.
    ///
    /// # Errors
    /// The stable code of the evaluator's error.
    pub async fn evaluate_event(&self, event: &Value) -> Result<Evaluated, &'static str> {
        let caller = caller_in(HOME);
        let deadline = self.sandbox.now() + SignedDuration::from_secs(50);
        let ports = self.evaluate_ports();
        let answer = evaluate_event(&ports, &caller, event, deadline).await;
        answer.map_err(|error| error.code())
    }

    /// Runs the evaluator as AWS Config would now, with the rule that demands what the remediator
    /// is asked for, and returns the codes of the findings; none: COMPLIANT.
    pub async fn findings(&self) -> Vec<&'static str> {
        self.findings_with(&self.rule_parameters()).await
    }

    /// The same with other rule parameters.
    pub async fn findings_with(&self, parameters: &Map<String, Value>) -> Vec<&'static str> {
        let event = self.event(parameters);
        let answer = self.evaluate_event(&event).await.expect("an answer");
        let [evaluation] = answer.evaluations.as_slice() else {
            panic!("one evaluation is expected: {answer:?}");
        };
        let compliant = evaluation.compliance.as_str() == "COMPLIANT";
        assert_eq!(compliant, answer.findings.is_empty(), "{answer:?}");
        assert_eq!(evaluation.resource_id, ACCOUNT);
        let codes = answer.findings.iter().map(|finding| finding.code.as_str());
        codes.collect()
    }

    /// Runs the remediator on the payload.
    ///
    /// # Errors
    /// The failure that the runbook's step would show.
    pub async fn repair(&self) -> Ending {
        let deadline = self.sandbox.now() + SignedDuration::from_secs(280);
        self.repair_until(deadline).await
    }

    /// Runs the remediator with this end of its time.
    ///
    /// # Errors
    /// The failure that the runbook's step would show.
    pub async fn repair_until(&self, deadline: Timestamp) -> Ending {
        let request = RepairRequest::parse(&Value::Object(self.payload.clone()))
            .map_err(|error| RepairFailure::early(error.code(), error.to_string()))?;
        let goal = Goal::from(&request);
        let limits = limits(deadline);
        repair(&self.sandbox.repair_ports(), &self.caller, &goal, &limits).await
    }

    /// Runs the remediator's driver over another step function: given the goal, the caller, the
    /// view, the time and the bounds of the run, it tells the next action.
    ///
    /// # Errors
    /// The failure with which the step function ends.
    pub async fn repair_by(
        &self,
        mut step: impl FnMut(&Goal, &Caller, &View, Timestamp, &Limits) -> Next + Send,
    ) -> Ending {
        let request = RepairRequest::parse(&Value::Object(self.payload.clone())).unwrap();
        let goal = Goal::from(&request);
        let limits = limits(self.sandbox.now() + SignedDuration::from_secs(280));
        let caller = &self.caller;
        let step = |view: &View, now: Timestamp| step(&goal, caller, view, now, &limits);
        drive(&self.sandbox.repair_ports(), caller, step).await
    }

    /// The writes of the remediator's last run: those logged since [`Sandbox::clear_calls`].
    pub fn writes(&self) -> Vec<String> {
        writes(&self.sandbox.calls())
    }

    /// The ports of the evaluator, all of them this account.
    pub fn evaluate_ports(&self) -> EvaluatePorts {
        self.sandbox.evaluate_ports(&PolicyCache::default())
    }
}

fn limits(deadline: Timestamp) -> Limits {
    Limits {
        deadline,
        call_time: SignedDuration::from_secs(10),
        seed: 7,
    }
}

fn caller_in(region: &str) -> Caller {
    Caller {
        account: ACCOUNT.parse().unwrap(),
        region: region.parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

/// The names of the writes among `calls`, those to AWS Config left out.
pub fn writes(calls: &[CallRecord]) -> Vec<String> {
    calls
        .iter()
        .filter(|call| call.write && call.service != "config")
        .map(|call| call.operation.clone())
        .collect()
}

/// How a run ended: the outcome, or `failed:` with the code.
pub fn outcome_of(ending: &Ending) -> String {
    match ending {
        Ok(result) => result.outcome.unwrap().as_str().to_owned(),
        Err(failure) => format!("failed:{}", failure.code),
    }
}

/// The code with which a run failed; panics where it did not.
pub fn code_of(ending: &Ending) -> &str {
    match ending {
        Ok(result) => panic!("a failure is expected: {result:?}"),
        Err(failure) => &failure.code,
    }
}
