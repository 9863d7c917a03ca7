//! IAM.

mod answers;

use async_trait::async_trait;
use aws_sdk_iam::operation::list_attached_role_policies::ListAttachedRolePoliciesOutput;
use aws_sdk_iam::operation::list_entities_for_policy::ListEntitiesForPolicyOutput;
use aws_sdk_iam::operation::list_instance_profiles_for_role::ListInstanceProfilesForRoleOutput;
use aws_sdk_iam::operation::list_role_policies::ListRolePoliciesOutput;
use aws_sdk_iam::types::EntityType;
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

use crate::error::{call_error, invalid_response};
use crate::pages::{all_pages, next_page};
use crate::session::Session;

/// The most that a page of IAM holds.
const PAGE: i32 = 1000;

/// What the calls about the whole account are about, for the reader of an error.
const ACCOUNT: &str = "the account";

/// Reads of roles and their policies. IAM has one endpoint in a partition, which the SDK knows.
#[derive(Debug, Clone)]
pub struct Roles {
    session: Session,
}

impl Roles {
    /// Roles as `session` sees them.
    pub fn new(session: Session) -> Self {
        Self { session }
    }

    fn client(&self) -> aws_sdk_iam::Client {
        self.session.iam(self.session.region())
    }
}

// All pages of a listing, each item turned into a fact.
macro_rules! listing {
    ($operation:ident, $resource:expr, $request:expr, $items:expr, $fact:expr) => {{
        let resource: &str = $resource;
        let request = $request.max_items(PAGE);
        let items = all_pages($operation, resource, |marker| {
            let request = request.clone().set_marker(marker);
            async move {
                let answer = request
                    .send()
                    .await
                    .map_err(|error| call_error($operation, resource, &error))?;
                let next = answers::next(answer.is_truncated, answer.marker.clone());
                Ok((
                    $items(answer),
                    next.map_err(unusable($operation, resource))?,
                ))
            }
        });
        let facts = items.await?.into_iter().map($fact);
        facts
            .collect::<Result<Vec<_>, String>>()
            .map_err(unusable($operation, resource))
    }};
}

#[async_trait]
impl RoleReader for Roles {
    async fn instance_profile(&self, name: &str) -> Result<InstanceProfileFacts, CallError> {
        let request = self.client().get_instance_profile();
        let answer = request
            .instance_profile_name(name)
            .send()
            .await
            .map_err(|error| call_error(GET_INSTANCE_PROFILE, name, &error))?;
        answers::required(answer.instance_profile, "InstanceProfile")
            .and_then(answers::profile)
            .map_err(unusable(GET_INSTANCE_PROFILE, name))
    }

    async fn role(&self, name: &str) -> Result<RoleFacts, CallError> {
        let request = self.client().get_role().role_name(name);
        let answer = request
            .send()
            .await
            .map_err(|error| call_error(GET_ROLE, name, &error))?;
        answers::required(answer.role, "Role")
            .and_then(answers::role)
            .map_err(unusable(GET_ROLE, name))
    }

    async fn inline_policy_names(&self, role: &str) -> Result<Vec<String>, CallError> {
        let request = self.client().list_role_policies().role_name(role);
        listing!(
            LIST_ROLE_POLICIES,
            role,
            request,
            |page: ListRolePoliciesOutput| page.policy_names,
            Ok
        )
    }

    async fn inline_policy(&self, role: &str, policy: &str) -> Result<String, CallError> {
        let resource = format!("{role} {policy}");
        let request = self.client().get_role_policy();
        let answer = request
            .role_name(role)
            .policy_name(policy)
            .send()
            .await
            .map_err(|error| call_error(GET_ROLE_POLICY, &resource, &error))?;
        answers::document(Some(answer.policy_document))
            .map_err(unusable(GET_ROLE_POLICY, &resource))
    }

    async fn attached_policies(&self, role: &str) -> Result<Vec<AttachedPolicy>, CallError> {
        let request = self.client().list_attached_role_policies().role_name(role);
        listing!(
            LIST_ATTACHED_ROLE_POLICIES,
            role,
            request,
            |page: ListAttachedRolePoliciesOutput| page.attached_policies.unwrap_or_default(),
            answers::attached
        )
    }

    async fn managed_policy(&self, arn: &Arn) -> Result<ManagedPolicy, CallError> {
        let resource = arn.to_string();
        let request = self.client().get_policy().policy_arn(&resource);
        let answer = request
            .send()
            .await
            .map_err(|error| call_error(GET_POLICY, &resource, &error))?;
        answers::required(answer.policy, "Policy")
            .and_then(|it| {
                answers::managed(it.arn, it.policy_name, it.default_version_id, it.policy_id)
            })
            .map_err(unusable(GET_POLICY, &resource))
    }

    async fn policy_version(&self, arn: &Arn, version: &str) -> Result<String, CallError> {
        let resource = format!("{arn} {version}");
        let request = self.client().get_policy_version();
        let answer = request
            .policy_arn(arn.to_string())
            .version_id(version)
            .send()
            .await
            .map_err(|error| call_error(GET_POLICY_VERSION, &resource, &error))?;
        answers::required(answer.policy_version, "PolicyVersion")
            .and_then(|version| answers::document(version.document))
            .map_err(unusable(GET_POLICY_VERSION, &resource))
    }

    async fn account_summary(&self) -> Result<AccountSummary, CallError> {
        let request = self.client().get_account_summary().send();
        let answer = request
            .await
            .map_err(|error| call_error(GET_ACCOUNT_SUMMARY, ACCOUNT, &error))?;
        answers::summary(&answer.summary_map.unwrap_or_default())
            .map_err(unusable(GET_ACCOUNT_SUMMARY, ACCOUNT))
    }

    async fn account_details(&self, marker: Option<&str>) -> Result<AccountDetails, CallError> {
        const OPERATION: Operation = GET_ACCOUNT_AUTHORIZATION_DETAILS;
        let request = self.client().get_account_authorization_details();
        let answer = request
            .filter(EntityType::Role)
            .filter(EntityType::LocalManagedPolicy)
            .filter(EntityType::AwsManagedPolicy)
            .max_items(PAGE)
            .set_marker(marker.map(str::to_owned))
            .send()
            .await
            .map_err(|error| call_error(OPERATION, ACCOUNT, &error))?;
        let page = answers::details(answer).map_err(unusable(OPERATION, ACCOUNT))?;
        let next = next_page(OPERATION, ACCOUNT, marker, page.next)?;
        Ok(AccountDetails { next, ..page })
    }

    async fn profiles_of_role(&self, role: &str) -> Result<Vec<InstanceProfileFacts>, CallError> {
        let request = self.client().list_instance_profiles_for_role();
        listing!(
            LIST_INSTANCE_PROFILES_FOR_ROLE,
            role,
            request.role_name(role),
            |page: ListInstanceProfilesForRoleOutput| page.instance_profiles,
            answers::profile
        )
    }

    async fn roles_with_policy(&self, arn: &Arn) -> Result<Vec<String>, CallError> {
        let resource = arn.to_string();
        let request = self.client().list_entities_for_policy();
        let request = request.policy_arn(&resource);
        listing!(
            LIST_ENTITIES_FOR_POLICY,
            &resource,
            request.entity_filter(EntityType::Role),
            |page: ListEntitiesForPolicyOutput| page.policy_roles.unwrap_or_default(),
            |role| answers::required(role.role_name, "RoleName")
        )
    }
}

fn unusable(operation: Operation, resource: &str) -> impl Fn(String) -> CallError {
    move |reason| invalid_response(operation, resource, &reason)
}
