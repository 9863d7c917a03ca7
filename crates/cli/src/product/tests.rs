//! The whole chain in a sandbox: AWS Config, the runbook and the real functions.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use trailkeeper_sandbox::scenario::{DemoNames, Scenario, demo};
use trailkeeper_sandbox::{ApiError, Call, Fault, FaultKind, Sandbox, When};

use super::{RUNBOOK, Remediation, configuration, install};

struct Account {
    sandbox: Sandbox,
    names: DemoNames,
}

impl Account {
    async fn open(remediation: Remediation) -> Self {
        let (sandbox, names) = demo();
        install(&sandbox, remediation).await.unwrap();
        Self { sandbox, names }
    }

    fn fails(&self, operation: &str, when: When, kind: FaultKind) {
        let fault = Fault::new("cloudtrail", operation, when, kind);
        self.sandbox.inject(fault);
    }

    async fn call(&self, service: &str, operation: &str, input: Value) -> Value {
        let call = Call::new(service, operation, &self.names.region, input);
        let answer = self.sandbox.call(call).await.unwrap();
        self.sandbox.settle().await;
        answer
    }

    /// Runs the runbook on a trail.
    async fn run(&self, trail: &str) -> Execution {
        let input = json!({"DocumentName": RUNBOOK, "Parameters": {
            "CloudTrailName": [trail],
            "CloudTrailS3BucketName": [self.names.bucket],
        }});
        let started = self.call("ssm", "StartAutomationExecution", input).await;
        let id = &started["AutomationExecutionId"];
        let ask = json!({"AutomationExecutionId": id});
        let mut answer = self.call("ssm", "GetAutomationExecution", ask).await;
        Execution(answer["AutomationExecution"].take())
    }

    async fn run_demo_trail(&self) -> Execution {
        self.run(&self.names.trail).await
    }

    async fn evaluate(&self) {
        let rule = json!({"ConfigRuleNames": [self.names.rule]});
        self.call("config", "StartConfigRulesEvaluation", rule)
            .await;
    }

    async fn remediation_state(&self) -> Value {
        let ask = json!({"ConfigRuleName": self.names.rule});
        let answer = self
            .call("config", "DescribeRemediationExecutionStatus", ask)
            .await;
        answer["RemediationExecutionStatuses"][0]["State"].clone()
    }

    async fn is_logging(&self) -> bool {
        let ask = json!({"Name": self.names.trail});
        let status = self.call("cloudtrail", "GetTrailStatus", ask).await;
        status["IsLogging"] == true
    }

    fn count(&self, operation: &str) -> usize {
        let calls = self.sandbox.calls();
        let of = calls.iter().filter(|call| call.operation == operation);
        of.count()
    }

    fn cloudtrail_writes(&self) -> usize {
        let calls = self.sandbox.calls();
        let writes = calls.iter().filter(|call| call.service == "cloudtrail");
        writes.filter(|call| call.write).count()
    }
}

struct Execution(Value);

impl Execution {
    fn status(&self) -> &str {
        self.0["AutomationExecutionStatus"].as_str().unwrap()
    }

    fn step(&self, name: &str) -> &Value {
        let steps = self.0["StepExecutions"].as_array().unwrap();
        let step = steps.iter().find(|step| step["StepName"] == name);
        step.unwrap_or(&Value::Null)
    }

    fn step_status(&self, name: &str) -> &str {
        self.step(name)["StepStatus"].as_str().unwrap()
    }

    fn output(&self, name: &str) -> &Value {
        &self.0["Outputs"][name]
    }
}

fn denied() -> FaultKind {
    FaultKind::Denied { scp: true }
}

fn no_such_trail() -> FaultKind {
    let error = ApiError::new("TrailNotFoundException", "Unknown trail: org-audit");
    FaultKind::Error(error)
}

fn runtime() -> tokio::runtime::Runtime {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    runtime.enable_all().build().unwrap()
}

#[test]
fn a_second_execution_of_the_runbook_writes_nothing() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Manual).await;
        let first = account.run_demo_trail().await;
        assert_eq!(first.status(), "Success");
        assert_eq!(first.output("Repair.outcome"), &json!(["repaired"]));
        assert_eq!(account.cloudtrail_writes(), 3);
        let second = account.run_demo_trail().await;
        assert_eq!(second.status(), "Success");
        assert_eq!(second.output("Assess.outcome"), &json!(["already-healthy"]));
        assert_eq!(account.cloudtrail_writes(), 3);
        assert_eq!(account.count("PutBucketPolicy"), 1);
    });
}

#[test]
fn manual_remediation_waits_to_be_started() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Manual).await;
        account.evaluate().await;
        assert!(!account.is_logging().await);
        let resource =
            json!({"resourceType": "AWS::::Account", "resourceId": account.names.account});
        let start = json!({"ConfigRuleName": account.names.rule, "ResourceKeys": [resource]});
        let answer = account
            .call("config", "StartRemediationExecution", start)
            .await;
        assert_eq!(answer, json!({"FailedItems": []}));
        assert_eq!(account.remediation_state().await, "SUCCEEDED");
        assert!(account.is_logging().await);
    });
}

#[test]
fn automatic_remediation_follows_a_finding_and_leaves_a_healthy_trail_alone() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Automatic).await;
        account.evaluate().await;
        assert_eq!(account.remediation_state().await, "SUCCEEDED");
        assert!(account.is_logging().await);
        let invoked = account.count("Invoke");
        account.sandbox.advance(jiff::SignedDuration::from_mins(15));
        account.evaluate().await;
        assert_eq!(account.count("Invoke"), invoked);
    });
}

#[test]
fn p25_a_function_error_fails_the_step_and_the_remediation() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Manual).await;
        account.fails("StartLogging", When::Always, denied());
        let run = account.run_demo_trail().await;
        assert_eq!(run.status(), "Failed");
        assert_eq!(run.step_status("Assess"), "Success");
        assert_eq!(run.step_status("Repair"), "Failed");
        assert_eq!(run.step_status("Verify"), "Pending");
        let message = run.step("Repair")["FailureMessage"].as_str().unwrap();
        let start = "function trailkeeper-remediator failed (Unhandled): ";
        let told = message.strip_prefix(start).unwrap();
        assert!(told.contains("cloudtrail:StartLogging"), "{told}");
        let (_, result) = told.split_once('\n').unwrap();
        let result: Value = serde_json::from_str(result).unwrap();
        assert_eq!(result["trailRegion"], "us-east-1");

        account.evaluate().await;
        let resource =
            json!({"resourceType": "AWS::::Account", "resourceId": account.names.account});
        let start = json!({"ConfigRuleName": account.names.rule, "ResourceKeys": [resource]});
        account
            .call("config", "StartRemediationExecution", start)
            .await;
        assert_eq!(account.remediation_state().await, "FAILED");
    });
}

#[test]
fn p23_a_restart_is_verified_by_reading_again() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Manual).await;
        account.fails("StartLogging", When::Always, FaultKind::Dropped);
        let run = account.run_demo_trail().await;
        assert_eq!(run.status(), "Failed");
        assert_eq!(run.step_status("Repair"), "Failed");
        assert_ne!(run.output("Repair.outcome"), &json!(["repaired"]));
        assert!(!account.is_logging().await);

        account.sandbox.clear_faults();
        account.sandbox.clear_calls();
        let run = account.run_demo_trail().await;
        assert_eq!(run.status(), "Success");
        let calls = account.sandbox.calls();
        let of = |name: &str| calls.iter().rposition(|call| call.operation == name);
        assert!(of("StartLogging") < of("GetTrailStatus"));
    });
}

#[test]
fn p23_a_trail_that_is_not_found_is_not_a_stopped_trail() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Manual).await;
        let run = account.run("another-trail").await;
        let changes = run.output("Assess.changes").to_string();
        assert!(
            changes.contains("trail-missing: another-trail created"),
            "{changes}"
        );
        assert!(!changes.contains("stopped since"), "{changes}");
        assert!(!account.is_logging().await, "the other trail was touched");
    });
}

/// The trail is deleted after the last look of the remediator, before CloudTrail is asked.
#[test]
fn p23_not_found_at_the_end_is_told_as_not_found() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Manual).await;
        account.run_demo_trail().await;
        let last = u32::try_from(account.count("GetTrailStatus")).unwrap();

        let account = Account::open(Remediation::Manual).await;
        for attempt in last..last + 3 {
            account.fails("GetTrailStatus", When::Nth(attempt), no_such_trail());
        }
        let run = account.run_demo_trail().await;
        assert_eq!(run.status(), "Failed");
        assert_eq!(run.step_status("Verify"), "Success");
        let step = run.step("ConfirmLogging");
        let codes = &step["FailureDetails"]["Details"]["ErrorCode"];
        assert_eq!(codes, &json!(["TrailNotFoundException"]), "{step}");
    });
}

#[test]
fn the_remediation_is_one_that_aws_config_accepts() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Automatic).await;
        let names = json!({"ConfigRuleNames": [account.names.rule]});
        let answer = account
            .call("config", "DescribeRemediationConfigurations", names)
            .await;
        let mut installed = answer["RemediationConfigurations"].clone();
        let role = &installed[0]["Parameters"]["AutomationAssumeRole"];
        let arn = "arn:aws:iam::111122223333:role/trailkeeper-automation";
        assert_eq!(role, &json!({"StaticValue": {"Values": [arn]}}));
        installed[0].as_object_mut().unwrap().remove("Arn");
        let put = json!({"RemediationConfigurations": installed});
        let answer = account
            .call("config", "PutRemediationConfigurations", put)
            .await;
        assert_eq!(answer, json!({"FailedBatches": []}));
    });
}

#[test]
fn the_remediation_of_instances_is_manual_and_one_that_aws_config_accepts() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Automatic).await;
        let names = json!({"ConfigRuleNames": [account.names.instances.rule]});
        let answer = account
            .call("config", "DescribeRemediationConfigurations", names)
            .await;
        let mut installed = answer["RemediationConfigurations"].clone();
        assert_eq!(installed[0]["Automatic"], false);
        let profile = &installed[0]["Parameters"]["InstanceProfileName"];
        let wanted = json!({"StaticValue": {"Values": [account.names.instances.profile]}});
        assert_eq!(profile, &wanted);
        installed[0].as_object_mut().unwrap().remove("Arn");
        let put = json!({"RemediationConfigurations": installed});
        let answer = account
            .call("config", "PutRemediationConfigurations", put)
            .await;
        assert_eq!(answer, json!({"FailedBatches": []}));
    });
}

#[test]
fn the_rule_judges_every_instance_of_the_demo() {
    runtime().block_on(async {
        let account = Account::open(Remediation::Automatic).await;
        let instances = &account.names.instances;
        let rule = json!({"ConfigRuleNames": [instances.rule]});
        account
            .call("config", "StartConfigRulesEvaluation", rule)
            .await;
        let ask = json!({"ConfigRuleName": instances.rule});
        let answer = account
            .call("config", "GetComplianceDetailsByConfigRule", ask)
            .await;
        let results = answer["EvaluationResults"].as_array().unwrap();
        let id = |result: &Value| {
            let qualifier = "/EvaluationResultIdentifier/EvaluationResultQualifier/ResourceId";
            result.pointer(qualifier).unwrap().clone()
        };
        let judged: BTreeSet<String> = results.iter().map(|one| id(one).to_string()).collect();
        let all = instances.all.iter().map(|(id, _)| format!("\"{id}\""));
        assert_eq!(judged, all.collect());
        let mut bad: Vec<Value> = results
            .iter()
            .filter(|result| result["ComplianceType"] == "NON_COMPLIANT")
            .map(id)
            .collect();
        bad.sort_by_key(Value::to_string);
        let wanted = json!([instances.bare, instances.stopped, instances.broad]);
        assert_eq!(Value::from(bad), wanted);
    });
}

#[test]
fn the_account_of_a_case_has_the_product_too() {
    let case = include_str!("../../tests/cases/stopped-trail.json");
    let (_, names) = demo();
    let sandbox = Scenario::parse(case).unwrap().build();
    runtime().block_on(async {
        install(&sandbox, Remediation::Manual).await.unwrap();
        assert!(sandbox.calls().is_empty(), "the installation is not seen");
        let account = Account { sandbox, names };
        let run = account.run_demo_trail().await;
        assert_eq!(run.status(), "Success");
        assert_eq!(run.output("Repair.outcome"), &json!(["repaired"]));
        assert_eq!(account.cloudtrail_writes(), 1);
    });
}

fn values(demands: &Value) -> Option<Map<String, Value>> {
    let demands = demands.as_object().unwrap();
    let configuration = configuration("rule", demands, "ROLE", Remediation::Manual)?;
    let parameters = configuration["Parameters"].as_object().unwrap().iter();
    let values = |value: &Value| value["StaticValue"]["Values"].clone();
    let mut plain: Map<String, Value> = parameters
        .map(|(name, value)| (name.clone(), values(value)))
        .collect();
    assert_eq!(plain.remove("AutomationAssumeRole"), Some(json!(["ROLE"])));
    Some(plain)
}

#[test]
fn the_remediation_wants_what_the_rule_demands() {
    let cases = [
        (json!({}), None),
        (json!({"trailName": "a"}), None),
        (json!({"trailName": "a", "s3BucketName": ""}), None),
        (
            json!({"trailName": "a", "s3BucketName": "b", "kmsKeyId": "", "rule": "x"}),
            Some(json!({"CloudTrailName": ["a"], "CloudTrailS3BucketName": ["b"]})),
        ),
        (
            json!({"trailName": "a", "s3BucketName": "b", "requireInsights": "None"}),
            Some(json!({
                "CloudTrailName": ["a"], "CloudTrailS3BucketName": ["b"], "InsightTypes": [],
            })),
        ),
        (
            json!({
                "trailName": "a", "s3BucketName": "b", "kmsKeyId": "k", "bucketOwner": "o",
                "requireMultiRegion": "false",
                "requireInsights": "ApiCallRateInsight, ApiErrorRateInsight",
            }),
            Some(json!({
                "CloudTrailName": ["a"], "CloudTrailS3BucketName": ["b"],
                "CloudTrailKmsKeyId": ["k"], "CloudTrailS3BucketOwner": ["o"],
                "IsMultiRegionTrail": ["false"],
                "InsightTypes": ["ApiCallRateInsight", "ApiErrorRateInsight"],
            })),
        ),
    ];
    for (demands, wanted) in cases {
        assert_eq!(values(&demands).map(Value::Object), wanted, "{demands}");
    }
}
