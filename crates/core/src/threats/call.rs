//! The calls of an attack, under the names by which its API, CloudTrail and IAM know them.

/// A call of an AWS API that an attack makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ThreatCall {
    /// The prefix of the service's actions in policies: `cloudwatch`.
    pub service: &'static str,
    /// The `eventSource` of its CloudTrail record: `monitoring.amazonaws.com`.
    pub event_source: &'static str,
    /// The operation in the API model: `PutBucketLifecycleConfiguration`.
    pub operation: &'static str,
    /// Its `eventName` in the record: `PutBucketLifecycle`. Lambda adds the date of the API's
    /// version to it.
    pub event_name: &'static str,
    /// The actions in policies that allow it: `PutLifecycleConfiguration`.
    pub actions: &'static [&'static str],
}

impl ThreatCall {
    /// The actions in policies that allow it, with the service: `s3:PutLifecycleConfiguration`.
    pub fn iam_actions(&self) -> impl Iterator<Item = String> {
        let own = self.actions.is_empty().then_some(self.operation);
        let names = self.actions.iter().copied().chain(own);
        names.map(|name| format!("{}:{name}", self.service))
    }

    /// Whether a record with this event name is of this call.
    pub fn is_recorded_as(&self, event_name: &str) -> bool {
        if event_name == self.operation {
            return true;
        }
        match event_name.strip_prefix(self.event_name) {
            Some("") => true,
            Some(version) => {
                self.service == "lambda" && version.starts_with(|c: char| c.is_ascii_digit())
            }
            None => false,
        }
    }
}

macro_rules! services {
    ($($function:ident = $service:literal $event_source:literal;)*) => {
        $(
            pub(super) const fn $function(operation: &'static str) -> ThreatCall {
                ThreatCall {
                    service: $service,
                    event_source: $event_source,
                    operation,
                    event_name: operation,
                    actions: &[],
                }
            }
        )*
    };
}

services! {
    account = "account" "account.amazonaws.com";
    cloudtrail = "cloudtrail" "cloudtrail.amazonaws.com";
    cloudwatch = "cloudwatch" "monitoring.amazonaws.com";
    config = "config" "config.amazonaws.com";
    events = "events" "events.amazonaws.com";
    guardduty = "guardduty" "guardduty.amazonaws.com";
    iam = "iam" "iam.amazonaws.com";
    kms = "kms" "kms.amazonaws.com";
    lambda = "lambda" "lambda.amazonaws.com";
    logs = "logs" "logs.amazonaws.com";
    organizations = "organizations" "organizations.amazonaws.com";
    s3 = "s3" "s3.amazonaws.com";
    sns = "sns" "sns.amazonaws.com";
    ssm = "ssm" "ssm.amazonaws.com";
}

/// A call of S3, whose records and policies have names of their own.
pub(super) const fn s3_as(
    operation: &'static str,
    event_name: &'static str,
    actions: &'static [&'static str],
) -> ThreatCall {
    ThreatCall {
        event_name,
        actions,
        ..s3(operation)
    }
}
