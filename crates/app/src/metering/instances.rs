//! The ports of the instance rule, each call counted.

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_core::config_rule::ConfigurationItem;
use trailkeeper_core::facts::{
    AccountDetails, AccountSummary, AttachedPolicy, ConfigRuleFacts, EvaluatedResource,
    InstanceFacts, InstanceProfileFacts, ManagedPolicy, RecorderFacts, RoleFacts,
};
use trailkeeper_core::operation::{
    DESCRIBE_CONFIG_RULES, DESCRIBE_CONFIGURATION_RECORDERS, DESCRIBE_INSTANCES,
    GET_ACCOUNT_AUTHORIZATION_DETAILS, GET_ACCOUNT_SUMMARY, GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE,
    GET_INSTANCE_PROFILE, GET_POLICY, GET_POLICY_VERSION, GET_RESOURCE_CONFIG_HISTORY, GET_ROLE,
    GET_ROLE_POLICY, LIST_ATTACHED_ROLE_POLICIES, LIST_ENTITIES_FOR_POLICY,
    LIST_INSTANCE_PROFILES_FOR_ROLE, LIST_ROLE_POLICIES, PUBLISH, SELECT_RESOURCE_CONFIG,
    START_CONFIG_RULES_EVALUATION,
};
use trailkeeper_core::{Arn, CallError};

use super::Metered;
use crate::ports::{InstanceReader, Inventory, Notifier, Page, RoleReader};

#[async_trait]
impl Inventory for Metered<dyn Inventory> {
    async fn recorders(&self) -> Result<Vec<RecorderFacts>, CallError> {
        let call = self.port.recorders();
        self.meter
            .count(DESCRIBE_CONFIGURATION_RECORDERS, call)
            .await
    }

    async fn select(
        &self,
        expression: &str,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        let call = self.port.select(expression, token);
        self.meter.count(SELECT_RESOURCE_CONFIG, call).await
    }

    async fn item_at(
        &self,
        resource_type: &str,
        resource_id: &str,
        later_time: Timestamp,
    ) -> Result<Option<ConfigurationItem>, CallError> {
        let call = self.port.item_at(resource_type, resource_id, later_time);
        self.meter.count(GET_RESOURCE_CONFIG_HISTORY, call).await
    }

    async fn evaluated(
        &self,
        rule: &str,
        token: Option<&str>,
    ) -> Result<Page<EvaluatedResource>, CallError> {
        let call = self.port.evaluated(rule, token);
        self.meter
            .count(GET_COMPLIANCE_DETAILS_BY_CONFIG_RULE, call)
            .await
    }

    async fn config_rule(&self, rule: &str) -> Result<Option<ConfigRuleFacts>, CallError> {
        let call = self.port.config_rule(rule);
        self.meter.count(DESCRIBE_CONFIG_RULES, call).await
    }

    async fn start_evaluation(&self, rule: &str) -> Result<(), CallError> {
        let call = self.port.start_evaluation(rule);
        self.meter.count(START_CONFIG_RULES_EVALUATION, call).await
    }
}

#[async_trait]
impl RoleReader for Metered<dyn RoleReader> {
    async fn instance_profile(&self, name: &str) -> Result<InstanceProfileFacts, CallError> {
        let call = self.port.instance_profile(name);
        self.meter.count(GET_INSTANCE_PROFILE, call).await
    }

    async fn role(&self, name: &str) -> Result<RoleFacts, CallError> {
        let call = self.port.role(name);
        self.meter.count(GET_ROLE, call).await
    }

    async fn inline_policy_names(&self, role: &str) -> Result<Vec<String>, CallError> {
        let call = self.port.inline_policy_names(role);
        self.meter.count(LIST_ROLE_POLICIES, call).await
    }

    async fn inline_policy(&self, role: &str, policy: &str) -> Result<String, CallError> {
        let call = self.port.inline_policy(role, policy);
        self.meter.count(GET_ROLE_POLICY, call).await
    }

    async fn attached_policies(&self, role: &str) -> Result<Vec<AttachedPolicy>, CallError> {
        let call = self.port.attached_policies(role);
        self.meter.count(LIST_ATTACHED_ROLE_POLICIES, call).await
    }

    async fn managed_policy(&self, arn: &Arn) -> Result<ManagedPolicy, CallError> {
        let call = self.port.managed_policy(arn);
        self.meter.count(GET_POLICY, call).await
    }

    async fn policy_version(&self, arn: &Arn, version: &str) -> Result<String, CallError> {
        let call = self.port.policy_version(arn, version);
        self.meter.count(GET_POLICY_VERSION, call).await
    }

    async fn account_summary(&self) -> Result<AccountSummary, CallError> {
        let call = self.port.account_summary();
        self.meter.count(GET_ACCOUNT_SUMMARY, call).await
    }

    async fn account_details(&self, marker: Option<&str>) -> Result<AccountDetails, CallError> {
        let call = self.port.account_details(marker);
        self.meter
            .count(GET_ACCOUNT_AUTHORIZATION_DETAILS, call)
            .await
    }

    async fn profiles_of_role(&self, role: &str) -> Result<Vec<InstanceProfileFacts>, CallError> {
        let call = self.port.profiles_of_role(role);
        self.meter
            .count(LIST_INSTANCE_PROFILES_FOR_ROLE, call)
            .await
    }

    async fn roles_with_policy(&self, arn: &Arn) -> Result<Vec<String>, CallError> {
        let call = self.port.roles_with_policy(arn);
        self.meter.count(LIST_ENTITIES_FOR_POLICY, call).await
    }
}

#[async_trait]
impl InstanceReader for Metered<dyn InstanceReader> {
    async fn describe_instances(&self, ids: &[String]) -> Result<Vec<InstanceFacts>, CallError> {
        let call = self.port.describe_instances(ids);
        self.meter.count(DESCRIBE_INSTANCES, call).await
    }
}

#[async_trait]
impl Notifier for Metered<dyn Notifier> {
    async fn publish(&self, topic: &Arn, subject: &str, message: &str) -> Result<(), CallError> {
        let call = self.port.publish(topic, subject, message);
        self.meter.count(PUBLISH, call).await
    }
}
