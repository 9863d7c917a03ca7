//! What rule and runbook are given: what the template gives by itself, and what the row names
//! besides.

use serde_json::{Map, Value, json};
use trailkeeper_core::threats::{BASELINE_WORDS, Threat};
use trailkeeper_tests::{BUCKET, TRAIL, key_arn};

use crate::product::guard_parameters;
use crate::stage::{PREFIX, target};

/// The parameters of the runbook, of the rule about the trail and of that about the guard.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) runbook: Map<String, Value>,
    pub(crate) rule: Map<String, Value>,
    pub(crate) guard: Map<String, Value>,
    /// Whether there is a baseline.
    pub(crate) with_baseline: bool,
}

impl Given {
    /// What the row names, with these values in place of the usual ones, and without one
    /// parameter.
    pub(crate) fn of(threat: &Threat, values: &[(&str, &str)], without: Option<&str>) -> Self {
        let mut given = Self::by_template();
        for need in threat.parameters {
            given.put(need.parameter, &usual(need.parameter));
        }
        for (parameter, value) in values {
            given.put(parameter, value);
        }
        if let Some(parameter) = without {
            given.take(parameter);
        }
        given
    }

    /// The defaults of `cloudformation/trailkeeper.yaml`. What it gives the runbook besides are the
    /// runbook's own defaults.
    fn by_template() -> Self {
        let map = |value: Value| value.as_object().cloned().unwrap_or_default();
        Self {
            runbook: map(json!({"CloudTrailName": TRAIL, "CloudTrailS3BucketName": BUCKET})),
            rule: map(json!({
                "rule": "cloudtrail-enabled",
                "trailName": TRAIL,
                "s3BucketName": BUCKET,
                "requireMultiRegion": "true",
                "requireGlobalServiceEvents": "true",
                "requireLogFileValidation": "true",
                "requireKms": "false",
                "maxDeliveryAgeMinutes": "180",
                "strictVisibility": "false",
            })),
            guard: guard_parameters(),
            with_baseline: false,
        }
    }

    fn put(&mut self, parameter: &str, value: &str) {
        if parameter == BASELINE_WORDS {
            self.with_baseline = true;
            return;
        }
        // both are what the runbook does without it
        if parameter == "InsightTypes" {
            return;
        }
        // as the template does it: a key that is named has to be used
        if parameter == "kmsKeyId" {
            self.rule.remove("requireKms");
        }
        self.list_of(parameter)
            .insert(parameter.to_owned(), value.into());
    }

    /// Takes one away again, or has the rule not demand what it does by itself.
    fn take(&mut self, parameter: &str) {
        match parameter {
            BASELINE_WORDS => self.with_baseline = false,
            "kmsKeyId" => {
                self.rule.remove(parameter);
                self.rule.insert("requireKms".to_owned(), json!("false"));
            }
            "requireManagementEvents" | "requireInsights" => {
                self.rule.insert(parameter.to_owned(), json!("None"));
            }
            // one is given exactly where the other is
            "CloudWatchLogsLogGroupArn" | "CloudWatchLogsRoleArn" => {
                self.runbook.remove("CloudWatchLogsLogGroupArn");
                self.runbook.remove("CloudWatchLogsRoleArn");
            }
            // what is left out means both
            "InsightTypes" => {
                let one = json!("ApiCallRateInsight");
                self.runbook.insert(parameter.to_owned(), one);
            }
            _ if parameter.starts_with("require") => {
                self.rule.insert(parameter.to_owned(), json!("false"));
            }
            _ => {
                self.list_of(parameter).remove(parameter);
            }
        }
    }

    fn list_of(&mut self, parameter: &str) -> &mut Map<String, Value> {
        match parameter {
            "guardDuty" => &mut self.guard,
            _ if parameter.starts_with(|letter: char| letter.is_ascii_uppercase()) => {
                &mut self.runbook
            }
            _ => &mut self.rule,
        }
    }

    /// Whether Systems Manager takes the runbook's parameters.
    pub(crate) fn can_start(&self) -> bool {
        let mut needed = ["CloudTrailName", "CloudTrailS3BucketName"].into_iter();
        needed.all(|name| self.runbook.contains_key(name))
    }
}

/// What the account that is attacked has.
fn usual(parameter: &str) -> String {
    let target = target();
    match parameter {
        "CloudTrailName" | "trailName" => TRAIL.to_owned(),
        "CloudTrailS3BucketName" | "s3BucketName" => BUCKET.to_owned(),
        "CloudTrailKmsKeyId" | "kmsKeyId" => key_arn(),
        "SnsTopicName" | "snsTopicArn" => target.topic_arn(),
        "CloudWatchLogsLogGroupArn" | "cloudWatchLogsLogGroupArn" => target.log_group_arn(),
        "CloudWatchLogsRoleArn" => target.log_role_arn(),
        "S3KeyPrefix" | "s3KeyPrefix" => PREFIX.to_owned(),
        "InsightTypes" | "requireInsights" => "ApiCallRateInsight,ApiErrorRateInsight".to_owned(),
        "requireManagementEvents" => "All".to_owned(),
        _ => "true".to_owned(),
    }
}
