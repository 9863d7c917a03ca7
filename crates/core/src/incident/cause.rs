//! Whether a call, by its parameters, can have brought a fault about: who mended something else, or
//! this very thing, is not accused.

use serde_json::Value;

use super::search::Search;
use crate::cloudtrail::examine::{is_refused_by_bucket, is_refused_by_key};

/// Both kinds of Insights.
const INSIGHTS: usize = 2;

/// Whether the call can have brought one of the faults about.
pub(super) fn is_cause(call: &str, record: &Value, search: &Search) -> bool {
    let request = Request(record.get("requestParameters").unwrap_or(&Value::Null));
    let mut codes = search.codes.iter().map(String::as_str);
    match call {
        "StopLogging" => {
            codes.any(|code| ["trail-not-logging", "insights-missing"].contains(&code))
        }
        "UpdateTrail" => codes.any(|code| request.updates(code)),
        "CreateTrail" => codes.any(|code| request.creates(code)),
        "PutEventSelectors" => codes.any(|code| request.selects(code)),
        "PutInsightSelectors" => codes.any(|code| {
            code == "insights-missing" && request.list("insightSelectors").len() < INSIGHTS
        }),
        "PutBucketPolicy" => request.closes_bucket(search),
        "PutKeyPolicy" => request.closes_key(search),
        "PutBucketVersioning" => request.sets("/VersioningConfiguration/Status") != "Enabled",
        "PutBucketRequestPayment" => {
            request.sets("/RequestPaymentConfiguration/Payer") != "BucketOwner"
        }
        _ => true,
    }
}

/// The parameters of a call.
#[derive(Clone, Copy)]
struct Request<'a>(&'a Value);

impl<'a> Request<'a> {
    fn has(self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    fn says(self, name: &str, value: bool) -> bool {
        self.0.get(name).is_some_and(|given| *given == value)
    }

    fn text(self, name: &str) -> &'a str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn list(self, name: &str) -> &'a [Value] {
        let list = self.0.get(name).and_then(Value::as_array);
        list.map(Vec::as_slice).unwrap_or_default()
    }

    fn sets(self, pointer: &str) -> &'a str {
        let value = self.0.pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_default()
    }

    /// Whether the bucket's policy, as it was put, keeps CloudTrail out.
    fn closes_bucket(self, search: &Search) -> bool {
        let policy = self.document("bucketPolicy");
        let delivery = search.delivery.as_ref();
        delivery.is_some_and(|one| is_refused_by_bucket(&one.trail, &one.bucket_region, &policy))
    }

    /// The same of the key's.
    fn closes_key(self, search: &Search) -> bool {
        let policy = self.document("policy");
        let delivery = search.delivery.as_ref();
        delivery.is_some_and(|one| is_refused_by_key(&one.trail, &policy))
    }

    /// A policy, which a record holds as an object or as a text.
    fn document(self, name: &str) -> String {
        match self.0.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(object) => object.to_string(),
            None => String::new(),
        }
    }

    /// UpdateTrail changes only what it names, and turns off only what it says is off.
    fn updates(self, code: &str) -> bool {
        match code {
            "not-multi-region" => self.says("isMultiRegionTrail", false),
            "global-events-missing" => {
                self.says("includeGlobalServiceEvents", false)
                    || self.says("isMultiRegionTrail", false)
            }
            "log-validation-off" => self.says("enableLogFileValidation", false),
            "organization-trail-required" => self.says("isOrganizationTrail", false),
            "not-encrypted" => self.has("kmsKeyId") && self.text("kmsKeyId").is_empty(),
            _ => self.names(code),
        }
    }

    /// CreateTrail leaves off what it does not say is on; a new trail has the default selectors,
    /// no Insights and only the tags that come with it.
    fn creates(self, code: &str) -> bool {
        match code {
            "not-multi-region" => !self.says("isMultiRegionTrail", true),
            "global-events-missing" => self.says("includeGlobalServiceEvents", false),
            "log-validation-off" => !self.says("enableLogFileValidation", true),
            "organization-trail-required" => !self.says("isOrganizationTrail", true),
            "not-encrypted" => self.text("kmsKeyId").is_empty(),
            "wrong-log-group"
            | "wrong-topic"
            | "data-events-missing"
            | "insights-missing"
            | "trail-tags-changed"
            | "trail-not-logging" => true,
            _ => self.names(code),
        }
    }

    /// Whether it names another than the one that is wanted.
    fn names(self, code: &str) -> bool {
        match code {
            "wrong-key" => self.has("kmsKeyId"),
            "wrong-topic" => self.has("snsTopicName"),
            "wrong-log-group" => {
                self.has("cloudWatchLogsLogGroupArn") || self.has("cloudWatchLogsRoleArn")
            }
            "wrong-bucket" | "bucket-not-ours" => self.has("s3BucketName"),
            "wrong-prefix" => self.has("s3KeyPrefix"),
            _ => false,
        }
    }

    /// PutEventSelectors replaces all selectors: data events that are missing it has left out,
    /// management events only where it does not ask for all of them.
    fn selects(self, code: &str) -> bool {
        match code {
            "data-events-missing" => true,
            "management-events-missing" | "management-events-narrowed" => {
                let basic = self.list("eventSelectors").iter().any(is_all_basic);
                let advanced = self.list("advancedEventSelectors").iter();
                !basic && !advanced.into_iter().any(is_all_advanced)
            }
            _ => false,
        }
    }
}

/// Whether a basic selector records all management events, as it does if it says nothing of them.
fn is_all_basic(selector: &Value) -> bool {
    let selector = Request(selector);
    !selector.says("includeManagementEvents", false)
        && ["", "All"].contains(&selector.text("readWriteType"))
        && selector.list("excludeManagementEventSources").is_empty()
}

/// Whether an advanced selector has the management events without any other condition.
fn is_all_advanced(selector: &Value) -> bool {
    match Request(selector).list("fieldSelectors") {
        [only] => {
            Request(only).text("field") == "eventCategory"
                && Request(only)
                    .list("equals")
                    .iter()
                    .any(|one| one == "Management")
        }
        _ => false,
    }
}
