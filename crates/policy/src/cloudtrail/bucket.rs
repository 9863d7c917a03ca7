//! The bucket policy.

use super::merge::{self, BUCKET_POLICY_LIMIT, Job, Merge, MergeError};
use super::splice;
use super::statement::{Draft, Operand};
use super::{GrantCheck, GrantKind, SERVICE, trail_context};
use crate::context::{Context, ContextValue};
use crate::decide::{Decision, Scope, ServiceRequest};
use crate::document::Policy;
use crate::error::PolicyError;
use crate::matching::Pattern;

const GET_ACL: &str = "s3:GetBucketAcl";
const PUT: &str = "s3:PutObject";

/// A trail and the bucket it delivers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BucketTarget {
    /// The partition, such as `aws`, `aws-cn` or `aws-us-gov`.
    pub partition: String,
    /// The name of the bucket.
    pub bucket: String,
    /// The key prefix of the trail, without a slash at its end.
    pub prefix: Option<String>,
    /// The accounts whose `AWSLogs/ACCOUNT/` the trail writes: its own, for an
    /// organization trail the management account.
    pub log_accounts: Vec<String>,
    /// For an organization trail the id of the organization.
    pub organization_id: Option<String>,
    /// The ARN of the trail.
    pub trail_arn: String,
    /// The key the trail encrypts its log files with.
    pub kms_key_arn: Option<String>,
}

/// One folder the trail writes below.
struct Folder<'t> {
    /// The bucket's ARN and the folder, with a slash at the end.
    root: String,
    organization: bool,
    target: &'t BucketTarget,
}

impl BucketTarget {
    fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.partition, self.bucket)
    }

    fn folders(&self) -> Vec<Folder<'_>> {
        let accounts = self.log_accounts.iter().map(|account| (account, false));
        let organization = self.organization_id.iter().map(|id| (id, true));
        let prefix = match self
            .prefix
            .as_deref()
            .map(|prefix| prefix.trim_end_matches('/'))
        {
            None | Some("") => String::new(),
            Some(prefix) => format!("{prefix}/"),
        };
        accounts
            .chain(organization)
            .map(|(owner, organization)| Folder {
                root: format!("{}/{prefix}AWSLogs/{owner}/", self.bucket_arn()),
                organization,
                target: self,
            })
            .collect()
    }
}

impl Folder<'_> {
    /// Everything in the folder.
    fn objects(&self) -> String {
        format!("{}*", self.root)
    }

    /// The folder's own name is literal: a prefix may hold wildcard characters.
    fn pattern(&self, below: &str) -> Pattern {
        Pattern::literal(&self.root).join(Pattern::plain(below))
    }

    /// What is written: an Allow must cover the folder, a Deny matters when it
    /// touches the objects or the markers CloudTrail makes for its own folders.
    fn scope(&self, kinds: &[&str]) -> Scope {
        // Below the organization every member has a folder; its name is twelve digits.
        let member = if self.organization {
            "????????????/"
        } else {
            ""
        };
        let objects = kinds.iter().flat_map(|kind| {
            ["", "*.json.gz"].map(|name| self.pattern(&format!("{member}{kind}/{name}")))
        });
        Scope {
            granted: self.pattern("*"),
            written: objects.collect(),
        }
    }

    fn context(&self, kind: GrantKind) -> Context {
        let context = trail_context(
            &self.target.trail_arn,
            self.target.organization_id.as_deref(),
        )
        .with_value("s3:x-amz-acl", "bucket-owner-full-control")
        .with_family("s3:x-amz-grant-", ContextValue::Absent)
        .with(
            "s3:x-amz-server-side-encryption-customer-algorithm",
            ContextValue::Absent,
        )
        .with("s3:TlsVersion", tls_versions());
        let (encryption, key) = self.encryption(kind);
        context
            .with("s3:x-amz-server-side-encryption", encryption)
            .with("s3:x-amz-server-side-encryption-aws-kms-key-id", key)
    }

    /// How the objects are encrypted, and with which key. Of digest files the CloudTrail user guide
    /// says that S3 encrypts them (AES256) and the API model that the trail's key does: a Deny that
    /// tells the two apart is left undetermined, and LatestDigestDeliveryError has the last word.
    fn encryption(&self, kind: GrantKind) -> (ContextValue, ContextValue) {
        let Some(key) = self.target.kms_key_arn.as_deref() else {
            return (ContextValue::value("AES256"), ContextValue::Absent);
        };
        if kind == GrantKind::LogFiles {
            return (ContextValue::value("aws:kms"), ContextValue::value(key));
        }
        let either = ["AES256", "aws:kms"].map(str::to_owned).to_vec();
        (ContextValue::OneOf(either), ContextValue::Unknown)
    }

    fn check(&self, policy: Option<&Policy<'_>>, kind: GrantKind) -> GrantCheck {
        let kinds: &[&str] = match kind {
            GrantKind::Digests => &["CloudTrail-Digest"],
            _ => &["CloudTrail", "CloudTrail-Insight"],
        };
        let resource = self.objects();
        let context = self.context(kind);
        let request = ServiceRequest {
            service: SERVICE,
            action: PUT,
            resource: &resource,
            context: &context,
        };
        let decision = policy.map_or(Decision::NotAllowed, |policy| {
            policy.decide_scope(&request, &self.scope(kinds))
        });
        GrantCheck {
            kind,
            action: PUT,
            resource,
            decision,
        }
    }
}

/// AWS services speak TLS 1.2 or newer.
fn tls_versions() -> ContextValue {
    ContextValue::OneOf(vec!["1.2".to_owned(), "1.3".to_owned()])
}

/// What a bucket policy says to everything CloudTrail must do for a trail.
///
/// No policy grants nothing.
///
/// # Errors
/// The text is not a policy.
pub fn bucket_grants(
    policy: Option<&str>,
    target: &BucketTarget,
) -> Result<Vec<GrantCheck>, PolicyError> {
    let policy = policy.map(Policy::parse).transpose()?;
    Ok(grants(policy.as_ref(), target))
}

fn grants(policy: Option<&Policy<'_>>, target: &BucketTarget) -> Vec<GrantCheck> {
    let mut checks = vec![acl_check(policy, target)];
    for folder in target.folders() {
        checks.push(folder.check(policy, GrantKind::LogFiles));
        checks.push(folder.check(policy, GrantKind::Digests));
    }
    checks
}

fn acl_check(policy: Option<&Policy<'_>>, target: &BucketTarget) -> GrantCheck {
    let resource = target.bucket_arn();
    let context = trail_context(&target.trail_arn, target.organization_id.as_deref())
        .with("s3:TlsVersion", tls_versions())
        .with_family("s3:x-amz-", ContextValue::Absent);
    let request = ServiceRequest {
        service: SERVICE,
        action: GET_ACL,
        resource: &resource,
        context: &context,
    };
    let decision = policy.map_or(Decision::NotAllowed, |policy| policy.decide(&request));
    GrantCheck {
        kind: GrantKind::BucketAcl,
        action: GET_ACL,
        resource,
        decision,
    }
}

/// Adds the statements CloudTrail lacks to a bucket policy.
///
/// Every byte of the statements that are there stays as it is.
///
/// # Errors
/// The policy is not valid, a statement of it forbids CloudTrail (or may), or
/// the result would be too large.
pub fn merge_bucket_policy(
    policy: Option<&str>,
    target: &BucketTarget,
) -> Result<Merge, MergeError> {
    let parsed = policy.map(Policy::parse).transpose()?;
    let checks = grants(parsed.as_ref(), target);
    merge::refuse_blocked(&checks)?;
    let variables = parsed.as_ref().is_none_or(Policy::has_variables);
    let job = Job {
        policy: parsed.as_ref(),
        drafts: drafts(target, &checks, variables),
        limit: BUCKET_POLICY_LIMIT,
        sid_separator: "Trail",
    };
    job.run(|policy| grants(Some(policy), target))
}

/// The policy AWS documents for the bucket of this trail.
#[must_use]
pub fn documented_bucket_policy(target: &BucketTarget) -> String {
    splice::fresh(&drafts(target, &grants(None, target), true))
}

/// The documented statements for the grants that are missing.
fn drafts(target: &BucketTarget, checks: &[GrantCheck], variables: bool) -> Vec<Draft> {
    let missing = |resource: &str| {
        checks
            .iter()
            .any(|check| check.resource == resource && check.lacks_allow())
    };
    let acl = missing(&target.bucket_arn()).then(|| Draft {
        sid: "AWSCloudTrailAclCheck20150319",
        action: GET_ACL,
        resources: vec![target.bucket_arn()],
        conditions: vec![source_arn(target)],
    });
    let mut drafts = Vec::from_iter(acl);
    for (organization, sid) in [
        (false, "AWSCloudTrailWrite20150319"),
        (true, "AWSCloudTrailOrganizationWrite20150319"),
    ] {
        let folders = target
            .folders()
            .into_iter()
            .filter(|it| it.organization == organization);
        let resources: Vec<String> = folders
            .filter(|folder| missing(&folder.objects()))
            .map(|folder| format!("{}*", spelled(&folder.root, variables)))
            .collect();
        if !resources.is_empty() {
            drafts.push(write_draft(target, sid, resources));
        }
    }
    drafts
}

fn write_draft(target: &BucketTarget, sid: &'static str, resources: Vec<String>) -> Draft {
    let acl = Operand::new("StringEquals", "s3:x-amz-acl", "bucket-owner-full-control");
    Draft {
        sid,
        action: PUT,
        resources,
        conditions: vec![acl, source_arn(target)],
    }
}

fn source_arn(target: &BucketTarget) -> Operand {
    Operand::new("StringEquals", "aws:SourceArn", &target.trail_arn)
}

/// How a literal text is written in a `Resource`. Without policy variables a
/// wildcard character cannot be escaped; it then at least matches itself.
fn spelled(text: &str, variables: bool) -> String {
    if !variables {
        return text.to_owned();
    }
    let mut spelled = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '*' | '?' | '$' => spelled.extend(["${", character.encode_utf8(&mut [0; 4]), "}"]),
            other => spelled.push(other),
        }
    }
    spelled
}
