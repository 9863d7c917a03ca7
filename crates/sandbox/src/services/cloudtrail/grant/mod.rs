//! Whether the policy of a bucket or of a key lets CloudTrail in.
//!
//! Written for the sandbox alone and by IAM's documentation, without the policy engine of the
//! product: a grant that the one misreads the other does not misread in the same way. A request
//! here is one concrete call of which everything is known; a key that it does not have is absent.

mod condition;
mod glob;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use crate::services::s3::resource_policy;
use glob::{like_ignoring_case, resource_like};

/// Who delivers.
const SERVICE: &str = "cloudtrail.amazonaws.com";

/// One call of CloudTrail's.
#[derive(Debug, Clone)]
pub(super) struct Request {
    action: &'static str,
    resource: String,
    /// The condition keys in small letters.
    keys: BTreeMap<String, Vec<String>>,
}

impl Request {
    /// A call for the trail of this ARN.
    fn new(action: &'static str, resource: String, trail: &str) -> Self {
        let account = trail.split(':').nth(4).unwrap_or_default();
        let request = Self {
            action,
            resource,
            keys: BTreeMap::new(),
        };
        request
            .with("aws:SourceArn", trail)
            .with("aws:SourceAccount", account)
            .with("aws:PrincipalIsAWSService", "true")
            .with("aws:PrincipalServiceName", SERVICE)
            .with("aws:ViaAWSService", "false")
            .with("aws:SecureTransport", "true")
            .with("aws:UserAgent", SERVICE)
    }

    fn with(mut self, key: &str, value: &str) -> Self {
        let value = vec![value.to_owned()];
        self.keys.insert(key.to_ascii_lowercase(), value);
        self
    }

    fn key(&self, name: &str) -> Option<&[String]> {
        let found = self.keys.get(&name.to_ascii_lowercase());
        found.map(Vec::as_slice)
    }
}

/// A trail, and where its files go.
#[derive(Debug, Clone)]
pub(super) struct Delivery<'a> {
    pub(super) partition: &'a str,
    pub(super) trail_arn: &'a str,
    pub(super) bucket: &'a str,
    pub(super) prefix: Option<&'a str>,
    pub(super) account: &'a str,
    /// The organization of the trail's account, if it is in one.
    pub(super) organization: Option<&'a str>,
    /// Whether the trail records all of it.
    pub(super) is_of_organization: bool,
    /// The key of the trail, as its ARN.
    pub(super) key: Option<&'a str>,
}

/// Accounts and Regions by which the names of files are tried.
const MEMBER: &str = "222233334444";
const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "ap-southeast-2"];

impl Delivery<'_> {
    /// Whether the bucket's policy lets CloudTrail ask for the bucket's list and put files of these
    /// kinds: `CloudTrail`, `CloudTrail-Digest`.
    pub(super) fn is_taken(&self, policy: Option<&str>, kinds: &[&str]) -> bool {
        let Some(policy) = policy.and_then(parsed) else {
            return false;
        };
        let mut calls = vec![self.list_call()];
        calls.extend(kinds.iter().flat_map(|kind| self.put_calls(kind)));
        calls.iter().all(|call| allows(&policy, call))
    }

    fn call(&self, action: &'static str, resource: String) -> Request {
        let call = Request::new(action, resource, self.trail_arn);
        let call = call.with("s3:TlsVersion", "1.2");
        match self.organization {
            Some(organization) => call.with("aws:SourceOrgID", organization),
            None => call,
        }
    }

    fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.partition, self.bucket)
    }

    fn list_call(&self) -> Request {
        self.call("s3:GetBucketAcl", self.bucket_arn())
    }

    fn put_calls(&self, kind: &str) -> Vec<Request> {
        let bucket = self.bucket_arn();
        let names = self.names(kind);
        let of_name = |name: String| self.encrypted(kind, &format!("{bucket}/{name}"));
        names.into_iter().map(of_name).collect()
    }

    /// S3 encrypts digests itself, whatever key the trail has.
    fn encrypted(&self, kind: &str, object: &str) -> Request {
        let call = self.call("s3:PutObject", object.to_owned());
        let call = call.with("s3:x-amz-acl", "bucket-owner-full-control");
        let header = "s3:x-amz-server-side-encryption";
        match self.key.filter(|_| kind != "CloudTrail-Digest") {
            Some(key) => call
                .with(header, "aws:kms")
                .with(&format!("{header}-aws-kms-key-id"), key),
            None => call.with(header, "AES256"),
        }
    }

    /// Objects as CloudTrail names them: the folder's own mark, and a file in each of some Regions.
    fn names(&self, kind: &str) -> Vec<String> {
        let prefix = self
            .prefix
            .map_or("", |prefix| prefix.trim_end_matches('/'));
        let prefix = match prefix {
            "" => String::new(),
            prefix => format!("{prefix}/"),
        };
        let mut owners = vec![(self.account.to_owned(), self.account)];
        if let Some(organization) = self.organization.filter(|_| self.is_of_organization) {
            for account in [self.account, MEMBER] {
                owners.push((format!("{organization}/{account}"), account));
            }
        }
        let mut names = Vec::new();
        for (owner, account) in owners {
            let folder = format!("{prefix}AWSLogs/{owner}/{kind}/");
            names.push(folder.clone());
            names.extend(REGIONS.iter().map(|region| {
                let day = format!("{folder}{region}/2026/03/02/");
                format!("{day}{account}_{kind}_{region}_20260302T0955Z_AbCdEfGh12345678.json.gz")
            }));
        }
        names
    }
}

/// A trail and its key.
#[derive(Debug, Clone)]
pub(super) struct Encryption<'a> {
    pub(super) trail_arn: &'a str,
    pub(super) key_arn: &'a str,
    /// An object of the bucket.
    pub(super) object_arn: String,
    /// Whether the bucket uses S3 Bucket Keys, which are decrypted too.
    pub(super) bucket_keys: bool,
}

impl Encryption<'_> {
    /// Whether the key's policy lets CloudTrail encrypt.
    pub(super) fn is_allowed(&self, policy: &str) -> bool {
        let call = |action| Request::new(action, self.key_arn.to_owned(), self.trail_arn);
        let encrypt = call("kms:GenerateDataKey")
            .with("kms:EncryptionContext:aws:cloudtrail:arn", self.trail_arn)
            .with("kms:EncryptionContext:aws:s3:arn", &self.object_arn);
        let mut calls = vec![encrypt, call("kms:DescribeKey")];
        if self.bucket_keys {
            calls.push(call("kms:Decrypt"));
        }
        parsed(policy).is_some_and(|policy| calls.iter().all(|call| allows(&policy, call)))
    }
}

/// Whether a topic's policy lets CloudTrail tell of the trail's files.
pub(super) fn may_publish(policy: &str, topic: &str, trail: &str) -> bool {
    let call = Request::new("sns:Publish", topic.to_owned(), trail);
    parsed(policy).is_some_and(|policy| allows(&policy, &call))
}

/// The policy, if it is JSON with statements.
fn parsed(text: &str) -> Option<Rc<Value>> {
    let policy = resource_policy::read(text);
    policy.get("Statement")?;
    Some(policy)
}

/// Whether one statement allows the call and none denies it.
fn allows(policy: &Value, call: &Request) -> bool {
    let variables = policy.get("Version").and_then(Value::as_str) == Some("2012-10-17");
    let is = |statement: &&Value, effect: &str| {
        statement.get("Effect").and_then(Value::as_str) == Some(effect)
    };
    let statements = list(policy.get("Statement"));
    let mut denying = statements.iter().filter(|one| is(one, "Deny"));
    let mut allowing = statements.iter().filter(|one| is(one, "Allow"));
    !denying.any(|one| applies(one, call, variables))
        && allowing.any(|one| one.get("NotPrincipal").is_none() && applies(one, call, variables))
}

/// A member that is one thing or a list of them.
fn list(member: Option<&Value>) -> Vec<&Value> {
    match member {
        None => Vec::new(),
        Some(Value::Array(items)) => items.iter().collect(),
        Some(one) => vec![one],
    }
}

fn texts(member: Option<&Value>) -> Vec<String> {
    let text = |value: &&Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    list(member).iter().map(text).collect()
}

fn applies(statement: &Value, call: &Request, variables: bool) -> bool {
    is_about_service(statement)
        && is_meant(statement, "Action", "NotAction", |pattern| {
            like_ignoring_case(pattern, call.action)
        })
        && is_meant(statement, "Resource", "NotResource", |pattern| {
            resource_like(pattern, call, variables)
        })
        && condition::holds(statement.get("Condition"), call, variables)
}

/// Whether one of the texts of a member fits, or none of its opposite's.
fn is_meant(statement: &Value, only: &str, but: &str, fits: impl Fn(&str) -> bool) -> bool {
    match (statement.get(only), statement.get(but)) {
        (Some(some), None) => texts(Some(some)).iter().any(|text| fits(text)),
        (None, Some(some)) => !texts(Some(some)).iter().any(|text| fits(text)),
        _ => false,
    }
}

fn is_about_service(statement: &Value) -> bool {
    match (statement.get("Principal"), statement.get("NotPrincipal")) {
        (Some(principal), None) => names_service(principal),
        (None, Some(principal)) => !names_service(principal),
        _ => false,
    }
}

/// Everybody is CloudTrail too.
fn names_service(principal: &Value) -> bool {
    let has = |kind: &str, name: &str| texts(principal.get(kind)).iter().any(|one| one == name);
    principal.as_str() == Some("*") || has("AWS", "*") || has("Service", SERVICE)
}
