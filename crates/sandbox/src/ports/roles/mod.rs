//! IAM.

mod answers;

use async_trait::async_trait;
use serde_json::{Map, Value, json};
use trailkeeper_app::ports::RoleReader;
use trailkeeper_core::facts::{
    AccountDetails, AccountSummary, AttachedPolicy, InstanceProfileFacts, ManagedPolicy, RoleFacts,
};
use trailkeeper_core::operation::{
    GET_ACCOUNT_AUTHORIZATION_DETAILS, GET_ACCOUNT_SUMMARY, GET_INSTANCE_PROFILE, GET_POLICY,
    GET_POLICY_VERSION, GET_ROLE, GET_ROLE_POLICY, LIST_ATTACHED_ROLE_POLICIES,
    LIST_ENTITIES_FOR_POLICY, LIST_INSTANCE_PROFILES_FOR_ROLE, LIST_ROLE_POLICIES,
};
use trailkeeper_core::{Arn, CallError, Operation};

use super::{Listing, invalid_response, text};
use crate::account::Sandbox;

/// The most that a page of IAM holds.
const PAGE: usize = 1000;
/// What the calls about the whole account are about, for the reader of an error.
const ACCOUNT: &str = "the account";

impl Sandbox {
    /// A call of IAM, which has one endpoint in a partition.
    async fn ask_iam(
        &self,
        operation: Operation,
        resource: &str,
        input: Value,
    ) -> Result<Value, CallError> {
        let own = self.own_region();
        self.ask(operation, endpoint_region(&own), resource, input)
            .await
    }

    /// All items of a listing about what `about` names.
    async fn list_iam(
        &self,
        operation: Operation,
        items: &'static str,
        about: (&str, &str),
        more: Option<(&str, &str)>,
    ) -> Result<Vec<Value>, CallError> {
        let own = self.own_region();
        let listing = Listing {
            operation,
            region: endpoint_region(&own),
            resource: about.1,
            items,
            token: "Marker",
        };
        let members = std::iter::once(about).chain(more);
        let mut input: Map<String, Value> = members
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        input.insert("MaxItems".to_owned(), json!(PAGE));
        self.ask_pages(listing, input).await
    }
}

/// Where a partition has its endpoint of IAM.
fn endpoint_region(own: &str) -> &'static str {
    match own {
        name if name.starts_with("cn-") => "cn-north-1",
        name if name.starts_with("us-gov-") => "us-gov-west-1",
        name if name.starts_with("us-iso-") => "us-iso-east-1",
        name if name.starts_with("us-isob-") => "us-isob-east-1",
        _ => "us-east-1",
    }
}

fn usable<T>(
    fact: Option<T>,
    operation: Operation,
    resource: &str,
    what: &str,
) -> Result<T, CallError> {
    fact.ok_or_else(|| {
        let reason = format!("the answer lacks a usable {what}");
        invalid_response(operation, resource, &reason)
    })
}

#[async_trait]
impl RoleReader for Sandbox {
    async fn instance_profile(&self, name: &str) -> Result<InstanceProfileFacts, CallError> {
        let input = json!({"InstanceProfileName": name});
        let answer = self.ask_iam(GET_INSTANCE_PROFILE, name, input).await?;
        let profile = answer.get("InstanceProfile").and_then(answers::profile);
        usable(profile, GET_INSTANCE_PROFILE, name, "InstanceProfile")
    }

    async fn role(&self, name: &str) -> Result<RoleFacts, CallError> {
        let input = json!({"RoleName": name});
        let answer = self.ask_iam(GET_ROLE, name, input).await?;
        let role = answer.get("Role").and_then(answers::role);
        usable(role, GET_ROLE, name, "Role")
    }

    async fn inline_policy_names(&self, role: &str) -> Result<Vec<String>, CallError> {
        let about = ("RoleName", role);
        let names = self.list_iam(LIST_ROLE_POLICIES, "PolicyNames", about, None);
        let names = names.await?;
        let names = names.iter().map(|name| name.as_str().map(str::to_owned));
        usable(names.collect(), LIST_ROLE_POLICIES, role, "PolicyNames")
    }

    async fn inline_policy(&self, role: &str, policy: &str) -> Result<String, CallError> {
        let resource = format!("{role} {policy}");
        let input = json!({"RoleName": role, "PolicyName": policy});
        let answer = self.ask_iam(GET_ROLE_POLICY, &resource, input).await?;
        let document = answers::document(&answer, "PolicyDocument");
        usable(document, GET_ROLE_POLICY, &resource, "PolicyDocument")
    }

    async fn attached_policies(&self, role: &str) -> Result<Vec<AttachedPolicy>, CallError> {
        const OPERATION: Operation = LIST_ATTACHED_ROLE_POLICIES;
        let about = ("RoleName", role);
        let listing = self.list_iam(OPERATION, "AttachedPolicies", about, None);
        let attached = listing.await?.iter().map(answers::attached).collect();
        usable(attached, OPERATION, role, "AttachedPolicies")
    }

    async fn managed_policy(&self, arn: &Arn) -> Result<ManagedPolicy, CallError> {
        let resource = arn.to_string();
        let input = json!({"PolicyArn": resource});
        let answer = self.ask_iam(GET_POLICY, &resource, input).await?;
        let policy = answer.get("Policy").and_then(answers::managed);
        usable(policy, GET_POLICY, &resource, "Policy")
    }

    async fn policy_version(&self, arn: &Arn, version: &str) -> Result<String, CallError> {
        let resource = format!("{arn} {version}");
        let input = json!({"PolicyArn": arn.to_string(), "VersionId": version});
        let answer = self.ask_iam(GET_POLICY_VERSION, &resource, input).await?;
        let version = answer.get("PolicyVersion");
        let document = version.and_then(|version| answers::document(version, "Document"));
        usable(document, GET_POLICY_VERSION, &resource, "Document")
    }

    async fn account_summary(&self) -> Result<AccountSummary, CallError> {
        let answer = self
            .ask_iam(GET_ACCOUNT_SUMMARY, ACCOUNT, json!({}))
            .await?;
        let summary = answer.get("SummaryMap").and_then(answers::summary);
        usable(summary, GET_ACCOUNT_SUMMARY, ACCOUNT, "SummaryMap")
    }

    async fn account_details(&self, marker: Option<&str>) -> Result<AccountDetails, CallError> {
        const OPERATION: Operation = GET_ACCOUNT_AUTHORIZATION_DETAILS;
        let input = super::structure([
            (
                "Filter",
                Some(json!(["Role", "LocalManagedPolicy", "AWSManagedPolicy"])),
            ),
            ("MaxItems", Some(json!(PAGE))),
            ("Marker", marker.map(Value::from)),
        ]);
        let answer = self.ask_iam(OPERATION, ACCOUNT, input).await?;
        let page = usable(answers::details(&answer), OPERATION, ACCOUNT, "page")?;
        if page.next.is_some() && page.next.as_deref() == marker {
            let reason = "the service sent the same page token twice, the listing has no end";
            return Err(invalid_response(OPERATION, ACCOUNT, reason));
        }
        Ok(page)
    }

    async fn profiles_of_role(&self, role: &str) -> Result<Vec<InstanceProfileFacts>, CallError> {
        const OPERATION: Operation = LIST_INSTANCE_PROFILES_FOR_ROLE;
        let about = ("RoleName", role);
        let listing = self.list_iam(OPERATION, "InstanceProfiles", about, None);
        let profiles = listing.await?.iter().map(answers::profile).collect();
        usable(profiles, OPERATION, role, "InstanceProfiles")
    }

    async fn roles_with_policy(&self, arn: &Arn) -> Result<Vec<String>, CallError> {
        const OPERATION: Operation = LIST_ENTITIES_FOR_POLICY;
        let resource = arn.to_string();
        let about = ("PolicyArn", resource.as_str());
        let only = Some(("EntityFilter", "Role"));
        let listing = self.list_iam(OPERATION, "PolicyRoles", about, only);
        let roles = listing.await?;
        let names = roles.iter().map(|role| text(role, "RoleName")).collect();
        usable(names, OPERATION, &resource, "PolicyRoles")
    }
}
