//! The rule `guard`: reading, putting right, reporting.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use jiff::Timestamp;
use serde_json::{Value, json};
use trailkeeper_app::evaluate::{EvaluatePorts, Evaluated, evaluate_event};
use trailkeeper_app::guard::GuardPorts;
use trailkeeper_app::metering::Meter;
use trailkeeper_app::ports::{
    AutomationReader, DetectorReader, EventRuleReader, EventRuleWriter, FunctionReader, Inventory,
    ObjectReader, Page, RemediationReader, RemediationWriter,
};
use trailkeeper_core::baseline::sha256_of;
use trailkeeper_core::config_rule::{Compliance, ConfigurationItem};
use trailkeeper_core::facts::{
    ConfigRuleFacts, DeliveryChannelFacts, DetectorFacts, DocumentFacts, EvaluatedResource,
    EventRuleFacts, EventSelectors, EventTargetFacts, ExecutionFacts, ExecutionRecord, Executions,
    FunctionFacts, RecorderFacts, RemediationExceptionFacts, RemediationFacts,
    ResourceTypeSelection,
};
use trailkeeper_core::guard::GuardRecord;
use trailkeeper_core::{AccountId, Arn, CallError, Operation, Region, operation};

use crate::account::{Account, Role, recorder};
use crate::world::{OWN, World, caller, error, time};

const RULE: &str = "trailkeeper-cloudtrail-enabled";
const EVENTS: &str = "trailkeeper-events";
const FUNCTION: &str = "trailkeeper-remediator";
const RUNBOOK: &str = "Trailkeeper-RestoreCloudTrail";

/// What can change in the course of a run.
struct State {
    recording: bool,
    enabled: bool,
    exceptions: Vec<RemediationExceptionFacts>,
}

/// The guarded parts behind the ports.
struct Watched {
    state: Mutex<State>,
    /// Who started the runbook's runs.
    started_by: Vec<String>,
    is_healthy: bool,
    code: &'static str,
    baseline: Vec<u8>,
    /// What the function is told of.
    key: Option<Arn>,
    errors: BTreeMap<&'static str, &'static str>,
    calls: Mutex<Vec<String>>,
}

impl Default for Watched {
    fn default() -> Self {
        Self {
            state: Mutex::new(State {
                recording: true,
                enabled: true,
                exceptions: Vec::new(),
            }),
            started_by: Vec::new(),
            is_healthy: true,
            code: "good",
            baseline: Vec::new(),
            key: None,
            errors: BTreeMap::new(),
            calls: Mutex::default(),
        }
    }
}

impl Watched {
    fn call(&self, operation: Operation) -> Result<(), CallError> {
        self.calls.lock().unwrap().push(operation.name.to_owned());
        match self.errors.get(operation.name) {
            Some(code) => Err(error(operation, code)),
            None => Ok(()),
        }
    }

    fn writes(&self) -> Vec<String> {
        let calls = self.calls.lock().unwrap();
        let is_write = |call: &&String| {
            ["Start", "Enable", "Delete"]
                .iter()
                .any(|verb| call.starts_with(verb))
        };
        calls.iter().filter(is_write).cloned().collect()
    }

    fn ports(self: &Arc<Self>) -> EvaluatePorts {
        EvaluatePorts {
            guard: self.guard(),
            ..Arc::new(World::default()).ports()
        }
    }

    fn guard(self: &Arc<Self>) -> GuardPorts {
        GuardPorts {
            inventory: self.clone(),
            remediation: self.clone(),
            remediation_writer: self.clone(),
            event_rules: self.clone(),
            event_rule_writer: self.clone(),
            automation: self.clone(),
            functions: self.clone(),
            detectors: self.clone(),
            trails: Arc::new(World::default()),
            keys: Arc::new(World::default()),
            roles: Arc::new(Account::default().with_role("automation", Role::default())),
            objects: self.clone(),
            own_roles: vec!["automation".to_owned()],
            key: self.key.clone(),
        }
    }
}

/// Ports of an account in which nobody looks at the guard.
pub(crate) fn unwatched() -> GuardPorts {
    Arc::new(Watched::default()).guard()
}

fn exception() -> RemediationExceptionFacts {
    RemediationExceptionFacts {
        resource_type: "AWS::::Account".to_owned(),
        resource_id: OWN.to_owned(),
        message: String::new(),
        expires: None,
    }
}

#[async_trait]
impl Inventory for Watched {
    async fn recorders(&self) -> Result<Vec<RecorderFacts>, CallError> {
        self.call(operation::DESCRIBE_CONFIGURATION_RECORDERS)?;
        let recording = self.state.lock().unwrap().recording;
        Ok(vec![recorder(ResourceTypeSelection::All, recording)])
    }

    async fn select(&self, _: &str, _: Option<&str>) -> Result<Page<String>, CallError> {
        unreachable!("the rule lists nothing")
    }

    async fn item_at(
        &self,
        _: &str,
        _: &str,
        _: Timestamp,
    ) -> Result<Option<ConfigurationItem>, CallError> {
        unreachable!("the rule reads no item")
    }

    async fn evaluated(
        &self,
        rule: &str,
        token: Option<&str>,
    ) -> Result<Page<EvaluatedResource>, CallError> {
        self.call(operation::GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE)?;
        assert_eq!(rule, RULE);
        // Two pages, the resource on the second.
        let compliance = if self.is_healthy {
            Compliance::Compliant
        } else {
            Compliance::NonCompliant
        };
        let on_account = EvaluatedResource {
            resource_type: "AWS::::Account".to_owned(),
            resource_id: OWN.to_owned(),
            compliance,
            annotation: None,
            ordering_timestamp: None,
        };
        Ok(match token {
            None => Page {
                items: Vec::new(),
                next: Some("2".to_owned()),
            },
            Some(_) => Page {
                items: vec![on_account],
                next: None,
            },
        })
    }

    async fn config_rule(&self, rule: &str) -> Result<Option<ConfigRuleFacts>, CallError> {
        self.call(operation::DESCRIBE_CONFIG_RULES)?;
        Ok(Some(ConfigRuleFacts {
            name: rule.to_owned(),
            parameters: Default::default(),
            source: None,
            state: Some("ACTIVE".to_owned()),
            settings: BTreeMap::new(),
        }))
    }

    async fn start_evaluation(&self, _: &str) -> Result<(), CallError> {
        unreachable!("the rule starts no evaluation")
    }
}

#[async_trait]
impl RemediationReader for Watched {
    async fn delivery_channels(&self) -> Result<Vec<DeliveryChannelFacts>, CallError> {
        self.call(operation::DESCRIBE_DELIVERY_CHANNELS)?;
        Ok(vec![DeliveryChannelFacts {
            name: "default".to_owned(),
            bucket: "amzn-s3-demo-config".to_owned(),
            settings: BTreeMap::new(),
        }])
    }

    async fn remediation(&self, rule: &str) -> Result<Option<RemediationFacts>, CallError> {
        self.call(operation::DESCRIBE_REMEDIATION_CONFIGURATIONS)?;
        Ok(Some(RemediationFacts {
            rule: rule.to_owned(),
            document: RUNBOOK.to_owned(),
            version: None,
            automatic: true,
            parameters: BTreeMap::new(),
            resource_parameter: None,
            settings: BTreeMap::new(),
        }))
    }

    async fn exceptions(&self, _: &str) -> Result<Vec<RemediationExceptionFacts>, CallError> {
        self.call(operation::DESCRIBE_REMEDIATION_EXCEPTIONS)?;
        Ok(self.state.lock().unwrap().exceptions.clone())
    }
}

#[async_trait]
impl RemediationWriter for Watched {
    async fn delete_exception(
        &self,
        rule: &str,
        resource_type: &str,
        resource_id: &str,
    ) -> Result<(), CallError> {
        self.call(operation::DELETE_REMEDIATION_EXCEPTIONS)?;
        assert_eq!(
            (rule, resource_type, resource_id),
            (RULE, "AWS::::Account", OWN)
        );
        self.state.lock().unwrap().exceptions.clear();
        Ok(())
    }

    async fn start_recorder(&self, name: &str) -> Result<(), CallError> {
        self.call(operation::START_CONFIGURATION_RECORDER)?;
        assert_eq!(name, "default");
        self.state.lock().unwrap().recording = true;
        Ok(())
    }
}

#[async_trait]
impl EventRuleReader for Watched {
    async fn event_rule(&self, name: &str) -> Result<Option<EventRuleFacts>, CallError> {
        self.call(operation::DESCRIBE_RULE)?;
        let enabled = self.state.lock().unwrap().enabled;
        Ok(Some(EventRuleFacts {
            name: name.to_owned(),
            state: if enabled { "ENABLED" } else { "DISABLED" }.to_owned(),
            pattern: Some("{}".to_owned()),
            targets: vec![EventTargetFacts {
                id: "remediator".to_owned(),
                arn: format!("arn:aws:lambda:us-east-1:{OWN}:function:{FUNCTION}"),
                settings: BTreeMap::new(),
            }],
        }))
    }
}

#[async_trait]
impl EventRuleWriter for Watched {
    async fn enable_event_rule(&self, name: &str) -> Result<(), CallError> {
        self.call(operation::ENABLE_RULE)?;
        assert_eq!(name, EVENTS);
        self.state.lock().unwrap().enabled = true;
        Ok(())
    }
}

#[async_trait]
impl AutomationReader for Watched {
    async fn document(&self, name: &str) -> Result<Option<DocumentFacts>, CallError> {
        self.call(operation::DESCRIBE_DOCUMENT)?;
        Ok(Some(DocumentFacts {
            name: name.to_owned(),
            hash: "ab".repeat(32),
            version: "1".to_owned(),
            status: "Active".to_owned(),
        }))
    }

    async fn executions(&self, document: &str, since: Timestamp) -> Result<Executions, CallError> {
        self.call(operation::DESCRIBE_AUTOMATION_EXECUTIONS)?;
        assert_eq!((document, since), (RUNBOOK, time("2026-03-02T09:00:00Z")));
        let run = |by: String| ExecutionFacts {
            id: "run".to_owned(),
            status: "Success".to_owned(),
            started: Some(time("2026-03-02T09:55:00Z")),
            executed_by: Some(by),
        };
        let runs = self.started_by.iter().cloned().map(run).collect();
        let is_cut = false;
        Ok(Executions { runs, is_cut })
    }

    async fn execution(&self, _: &str) -> Result<Option<ExecutionRecord>, CallError> {
        self.call(operation::GET_AUTOMATION_EXECUTION)?;
        Ok(None)
    }
}

#[async_trait]
impl FunctionReader for Watched {
    async fn function(&self, name: &str) -> Result<Option<FunctionFacts>, CallError> {
        self.call(operation::GET_FUNCTION_CONFIGURATION)?;
        Ok(Some(FunctionFacts {
            arn: format!("arn:aws:lambda:us-east-1:{OWN}:function:{name}")
                .parse()
                .unwrap(),
            code_sha256: self.code.to_owned(),
            role: "arn:aws:iam::111122223333:role/r".to_owned(),
            environment: BTreeMap::new(),
            reserved_concurrency: None,
            policy: None,
            settings: BTreeMap::new(),
        }))
    }
}

#[async_trait]
impl DetectorReader for Watched {
    async fn detectors(&self) -> Result<Vec<DetectorFacts>, CallError> {
        self.call(operation::LIST_DETECTORS)?;
        Ok(Vec::new())
    }
}

#[async_trait]
impl ObjectReader for Watched {
    async fn object(
        &self,
        bucket: &str,
        _: &Region,
        owner: &AccountId,
        key: &str,
    ) -> Result<Vec<u8>, CallError> {
        self.call(operation::GET_OBJECT)?;
        assert_eq!((bucket, owner.as_str()), ("amzn-s3-demo-audit", OWN));
        assert!(key.starts_with("trailkeeper/baseline/"), "{key}");
        Ok(self.baseline.clone())
    }

    async fn has_object(
        &self,
        _: &str,
        _: &Region,
        _: &AccountId,
        _: &str,
    ) -> Result<bool, CallError> {
        unreachable!("the rule only reads the baseline")
    }

    async fn keys(
        &self,
        _: &str,
        _: &Region,
        _: &AccountId,
        _: &str,
        _: &str,
    ) -> Result<Vec<String>, CallError> {
        unreachable!("the rule only reads the baseline")
    }
}

fn parameters() -> Value {
    json!({
        "rule": "guard", "configRules": RULE, "remediatedRules": RULE, "eventRules": EVENTS,
        "functions": FUNCTION, "runbooks": RUNBOOK, "roles": "automation-role",
    })
}

async fn judged(watched: Watched, parameters: &Value) -> (Evaluated, Arc<Watched>, Meter) {
    let watched = Arc::new(watched);
    let invoking = json!({
        "awsAccountId": OWN,
        "notificationCreationTime": "2026-03-02T10:00:00Z",
        "messageType": "ScheduledNotification",
    });
    let event = json!({
        "invokingEvent": invoking.to_string(),
        "ruleParameters": parameters.to_string(),
        "resultToken": "token",
        "configRuleName": "trailkeeper-guard",
        "accountId": OWN,
    });
    let meter = Meter::default();
    let ports = meter.on_evaluate(&watched.ports());
    let deadline = time("2026-03-02T10:01:00Z");
    let answer = evaluate_event(&ports, &caller(), &event, deadline).await;
    (answer.unwrap(), watched, meter)
}

fn verdict(evaluated: &Evaluated) -> (Compliance, String) {
    let [only] = evaluated.evaluations.as_slice() else {
        unreachable!("one evaluation: {evaluated:?}")
    };
    assert_eq!(only.resource_type, "AWS::::Account");
    let text = only.annotation.clone().unwrap_or_default();
    assert!(text.chars().count() <= 256);
    (only.compliance, text)
}

fn with_repair() -> Value {
    let mut parameters = parameters();
    parameters["repair"] = json!("true");
    parameters
}

#[tokio::test]
async fn a_guarded_account_takes_one_call_a_part() {
    let (evaluated, watched, meter) = judged(Watched::default(), &with_repair()).await;
    let expected = "what guards the trail is at work".to_owned();
    assert_eq!(verdict(&evaluated), (Compliance::Compliant, expected));
    assert!(watched.writes().is_empty());
    // recorder, channel, rule, remediation, exceptions, executions, event rule, function,
    // document, three of the role, and the report
    assert_eq!(meter.total(), 13, "{:?}", meter.calls());
    assert_eq!(meter.round_trips(), 3);
}

/// The key of messages and logs is told to the function, for it has no room in the rule.
#[tokio::test]
async fn the_key_of_messages_and_logs_has_to_be_there() {
    let key = |account: &str| {
        let arn =
            format!("arn:aws:kms:us-east-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab");
        Watched {
            key: Some(arn.parse().unwrap()),
            ..Watched::default()
        }
    };
    let (evaluated, ..) = judged(key(OWN), &parameters()).await;
    let (compliance, text) = verdict(&evaluated);
    assert_eq!(compliance, Compliance::NonCompliant);
    assert!(
        text.starts_with("key-missing: there is no key arn:aws:kms"),
        "{text}"
    );
    // nobody here may look at the key of another account
    let (evaluated, ..) = judged(key("999999999999"), &parameters()).await;
    assert_eq!(verdict(&evaluated).0, Compliance::Compliant);
}

#[tokio::test]
async fn what_is_switched_off_is_reported_and_switched_on_only_where_asked_for() {
    let off = || Watched {
        state: Mutex::new(State {
            recording: false,
            enabled: false,
            exceptions: vec![exception()],
        }),
        ..Watched::default()
    };
    let (evaluated, watched, _) = judged(off(), &parameters()).await;
    let (compliance, text) = verdict(&evaluated);
    assert_eq!(compliance, Compliance::NonCompliant);
    assert!(
        text.starts_with("recorder-off: the recorder default is stopped"),
        "{text}"
    );
    assert_eq!(evaluated.findings.len(), 3);
    assert!(watched.writes().is_empty());

    let (evaluated, watched, _) = judged(off(), &with_repair()).await;
    let (compliance, text) = verdict(&evaluated);
    assert_eq!(compliance, Compliance::Compliant, "{text}");
    for note in [
        "recorder-started: default",
        "event-rule-enabled",
        "exception-cleared",
    ] {
        assert!(text.contains(note), "{text}");
    }
    let expected = [
        "StartConfigurationRecorder",
        "EnableRule",
        "DeleteRemediationExceptions",
    ];
    assert_eq!(watched.writes(), expected);
}

/// Runs count as on the fast path: whoever may read and starts plans turns nothing.
#[tokio::test]
async fn only_runs_of_ours_are_repairs() {
    let four = |by: &str| Watched {
        started_by: vec![format!("arn:aws:sts::{OWN}:assumed-role/{by}/session"); 4],
        ..Watched::default()
    };
    for (by, compliance) in [
        ("reader", Compliance::Compliant),
        ("automation", Compliance::NonCompliant),
        (
            "AWSServiceRoleForConfigRemediation",
            Compliance::NonCompliant,
        ),
    ] {
        let (evaluated, ..) = judged(four(by), &parameters()).await;
        let (found, text) = verdict(&evaluated);
        assert_eq!(found, compliance, "{by}");
        let is_told = text.starts_with("repairs-exhausted: ");
        assert_eq!(is_told, compliance == Compliance::NonCompliant, "{text}");
    }
}

/// An exception on a resource that is still at fault is announced; clearing it would set AWS
/// Config on a repair that failed as often as it may.
#[tokio::test]
async fn an_exception_on_a_resource_at_fault_stays() {
    let watched = Watched {
        is_healthy: false,
        state: Mutex::new(State {
            recording: true,
            enabled: true,
            exceptions: vec![exception()],
        }),
        ..Watched::default()
    };
    let (evaluated, watched, _) = judged(watched, &with_repair()).await;
    let (compliance, text) = verdict(&evaluated);
    assert_eq!(compliance, Compliance::NonCompliant);
    assert!(text.contains("blocks its repair"), "{text}");
    assert!(watched.writes().is_empty());
}

#[tokio::test]
async fn a_refused_switch_leaves_the_finding_and_a_note() {
    let watched = Watched {
        state: Mutex::new(State {
            recording: false,
            enabled: true,
            exceptions: Vec::new(),
        }),
        errors: BTreeMap::from([("StartConfigurationRecorder", "AccessDeniedException")]),
        ..Watched::default()
    };
    let (evaluated, ..) = judged(watched, &with_repair()).await;
    let (compliance, text) = verdict(&evaluated);
    assert_eq!(compliance, Compliance::NonCompliant);
    assert!(text.starts_with("recorder-off"), "{text}");
    assert_eq!(
        evaluated.notes[0].to_string(),
        "not-put-right: config:StartConfigurationRecorder AccessDeniedException: default"
    );
}

/// I9, over every read.
#[tokio::test]
async fn no_read_may_fail_unseen() {
    let (_, watched, _) = judged(Watched::default(), &parameters()).await;
    let calls = watched.calls.lock().unwrap().clone();
    assert_eq!(calls.len(), 9);
    for call in calls {
        for code in ["AccessDeniedException", "ThrottlingException"] {
            let call: &'static str = call.clone().leak();
            let watched = Watched {
                errors: BTreeMap::from([(call, code)]),
                ..Watched::default()
            };
            let (evaluated, ..) = judged(watched, &parameters()).await;
            let (compliance, text) = verdict(&evaluated);
            assert_eq!(compliance, Compliance::NonCompliant, "{call} {code}");
            assert!(text.starts_with("could-not-verify: "), "{call}: {text}");
            assert!(text.contains(call) && text.contains(code), "{call}: {text}");
        }
    }
}

#[tokio::test]
async fn what_changed_since_the_baseline_is_found() {
    let record = json!({ "function": { FUNCTION: {
        "codeSha256": "good", "role": "arn:aws:iam::111122223333:role/r" } } });
    assert!(GuardRecord::from_json(&record).is_ok());
    let selectors = serde_json::to_value(EventSelectors::Basic(Vec::new())).unwrap();
    let document = json!({
        "version": 1, "account": OWN, "capturedAt": "2026-03-01T10:00:00Z",
        "trail": format!("arn:aws:cloudtrail:us-east-1:{OWN}:trail/org-audit"),
        "eventSelectors": selectors, "insightSelectors": [], "tags": {}, "key": null,
        "bucket": { "name": "amzn-s3-demo-audit", "region": "us-east-1", "settings": {} },
        "guard": record,
    });
    let document = document.to_string().into_bytes();
    let hash = sha256_of(&document);
    let cases = [
        ("good", hash.clone(), ""),
        (
            "evil",
            hash,
            "function-changed: Lambda function trailkeeper-remediator: codeSha256 is evil, was good",
        ),
        ("good", "ab".repeat(32), "baseline-unusable: "),
    ];
    for (code, hash, expected) in cases {
        let watched = Watched {
            code,
            baseline: document.clone(),
            ..Watched::default()
        };
        let parameters = json!({ "rule": "guard", "baselineSha256": hash,
            "baselineBucket": "amzn-s3-demo-audit" });
        let (evaluated, ..) = judged(watched, &parameters).await;
        let (compliance, text) = verdict(&evaluated);
        if expected.is_empty() {
            assert_eq!(compliance, Compliance::Compliant, "{text}");
        } else {
            assert_eq!(compliance, Compliance::NonCompliant);
            assert!(text.starts_with(expected), "{text}");
        }
    }
}

#[tokio::test]
async fn a_bad_parameter_is_reported() {
    let (evaluated, watched, _) = judged(Watched::default(), &json!({ "roles": "a b" })).await;
    let (compliance, text) = verdict(&evaluated);
    assert_eq!(compliance, Compliance::NonCompliant);
    assert!(
        text.starts_with("bad-parameter: roles takes names"),
        "{text}"
    );
    assert!(watched.calls.lock().unwrap().is_empty());
}
