//! The ports of the fast path and of the incident record, each call counted.

use async_trait::async_trait;
use jiff::Timestamp;
use trailkeeper_core::operation::{LOOKUP_EVENTS, PUT_EVENTS, START_AUTOMATION_EXECUTION};
use trailkeeper_core::{CallError, Region};

use super::Metered;
use crate::ports::{
    AutomationStart, AutomationStarter, EventSink, HistoryAttribute, HistoryReader, Page,
};

#[async_trait]
impl HistoryReader for Metered<dyn HistoryReader> {
    async fn lookup(
        &self,
        region: &Region,
        attribute: &HistoryAttribute,
        from: Option<Timestamp>,
        until: Option<Timestamp>,
        token: Option<&str>,
    ) -> Result<Page<String>, CallError> {
        let call = self.port.lookup(region, attribute, from, until, token);
        self.meter.count(LOOKUP_EVENTS, call).await
    }
}

#[async_trait]
impl AutomationStarter for Metered<dyn AutomationStarter> {
    async fn start(&self, start: &AutomationStart) -> Result<String, CallError> {
        let call = self.port.start(start);
        self.meter.count(START_AUTOMATION_EXECUTION, call).await
    }
}

#[async_trait]
impl EventSink for Metered<dyn EventSink> {
    async fn put_event(&self, detail_type: &str, detail: &str) -> Result<(), CallError> {
        let call = self.port.put_event(detail_type, detail);
        self.meter.count(PUT_EVENTS, call).await
    }
}
