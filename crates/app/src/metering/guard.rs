//! The ports of the rule `guard`, each call counted.

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_core::CallError;
use trailkeeper_core::facts::{
    DeliveryChannelFacts, DetectorFacts, DocumentFacts, EventRuleFacts, ExecutionRecord,
    Executions, FunctionFacts, RemediationExceptionFacts, RemediationFacts,
};
use trailkeeper_core::operation::{
    DELETE_REMEDIATION_EXCEPTIONS, DESCRIBE_AUTOMATION_EXECUTIONS, DESCRIBE_DELIVERY_CHANNELS,
    DESCRIBE_DOCUMENT, DESCRIBE_REMEDIATION_CONFIGURATIONS, DESCRIBE_REMEDIATION_EXCEPTIONS,
    DESCRIBE_RULE, ENABLE_RULE, GET_AUTOMATION_EXECUTION, GET_FUNCTION_CONFIGURATION,
    LIST_DETECTORS, START_CONFIGURATION_RECORDER,
};

use super::{Meter, Metered};
use crate::guard::GuardPorts;
use crate::ports::{
    AutomationReader, DetectorReader, EventRuleReader, EventRuleWriter, FunctionReader,
    RemediationReader, RemediationWriter,
};

impl Meter {
    /// The same ports, with all calls counted.
    pub fn on_guard(&self, ports: &GuardPorts) -> GuardPorts {
        GuardPorts {
            inventory: self.on(&ports.inventory),
            remediation: self.on(&ports.remediation),
            remediation_writer: self.on(&ports.remediation_writer),
            event_rules: self.on(&ports.event_rules),
            event_rule_writer: self.on(&ports.event_rule_writer),
            automation: self.on(&ports.automation),
            functions: self.on(&ports.functions),
            detectors: self.on(&ports.detectors),
            trails: self.on(&ports.trails),
            keys: self.on(&ports.keys),
            roles: self.on(&ports.roles),
            objects: ports.objects.clone(),
            own_roles: ports.own_roles.clone(),
            key: ports.key.clone(),
        }
    }
}

#[async_trait]
impl RemediationReader for Metered<dyn RemediationReader> {
    async fn delivery_channels(&self) -> Result<Vec<DeliveryChannelFacts>, CallError> {
        let call = self.port.delivery_channels();
        self.meter.count(DESCRIBE_DELIVERY_CHANNELS, call).await
    }

    async fn remediation(&self, rule: &str) -> Result<Option<RemediationFacts>, CallError> {
        let call = self.port.remediation(rule);
        self.meter
            .count(DESCRIBE_REMEDIATION_CONFIGURATIONS, call)
            .await
    }

    async fn exceptions(&self, rule: &str) -> Result<Vec<RemediationExceptionFacts>, CallError> {
        let call = self.port.exceptions(rule);
        self.meter
            .count(DESCRIBE_REMEDIATION_EXCEPTIONS, call)
            .await
    }
}

#[async_trait]
impl RemediationWriter for Metered<dyn RemediationWriter> {
    async fn delete_exception(
        &self,
        rule: &str,
        resource_type: &str,
        resource_id: &str,
    ) -> Result<(), CallError> {
        let call = self.port.delete_exception(rule, resource_type, resource_id);
        self.meter.count(DELETE_REMEDIATION_EXCEPTIONS, call).await
    }

    async fn start_recorder(&self, name: &str) -> Result<(), CallError> {
        let call = self.port.start_recorder(name);
        self.meter.count(START_CONFIGURATION_RECORDER, call).await
    }
}

#[async_trait]
impl EventRuleReader for Metered<dyn EventRuleReader> {
    async fn event_rule(&self, name: &str) -> Result<Option<EventRuleFacts>, CallError> {
        let call = self.port.event_rule(name);
        self.meter.count(DESCRIBE_RULE, call).await
    }
}

#[async_trait]
impl EventRuleWriter for Metered<dyn EventRuleWriter> {
    async fn enable_event_rule(&self, name: &str) -> Result<(), CallError> {
        let call = self.port.enable_event_rule(name);
        self.meter.count(ENABLE_RULE, call).await
    }
}

#[async_trait]
impl AutomationReader for Metered<dyn AutomationReader> {
    async fn document(&self, name: &str) -> Result<Option<DocumentFacts>, CallError> {
        let call = self.port.document(name);
        self.meter.count(DESCRIBE_DOCUMENT, call).await
    }

    async fn executions(&self, document: &str, since: Timestamp) -> Result<Executions, CallError> {
        let call = self.port.executions(document, since);
        self.meter.count(DESCRIBE_AUTOMATION_EXECUTIONS, call).await
    }

    async fn execution(&self, id: &str) -> Result<Option<ExecutionRecord>, CallError> {
        let call = self.port.execution(id);
        self.meter.count(GET_AUTOMATION_EXECUTION, call).await
    }
}

#[async_trait]
impl FunctionReader for Metered<dyn FunctionReader> {
    async fn function(&self, name: &str) -> Result<Option<FunctionFacts>, CallError> {
        let call = self.port.function(name);
        self.meter.count(GET_FUNCTION_CONFIGURATION, call).await
    }
}

#[async_trait]
impl DetectorReader for Metered<dyn DetectorReader> {
    async fn detectors(&self) -> Result<Vec<DetectorFacts>, CallError> {
        let call = self.port.detectors();
        self.meter.count(LIST_DETECTORS, call).await
    }
}
