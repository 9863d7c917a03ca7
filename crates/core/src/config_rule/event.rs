//! The event with which AWS Config invokes a custom rule.

use jiff::Timestamp;
use serde_json::Value;

use super::item::{ConfigurationItem, ItemSummary};
use super::json::{Place, decoded};
use super::parameters::RuleParameters;
use crate::identity::AccountId;

/// Why an event cannot be answered. Each is an error of the whole invocation, since without a
/// token or a readable notification there is nothing to report on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventError {
    /// Some part of the event is not what AWS Config sends.
    #[error("the Config event cannot be read: `{place}` {why}; send it as AWS Config writes it")]
    Malformed {
        /// The part: `invokingEvent.messageType`.
        place: String,
        /// What is wrong with it.
        why: String,
    },
    /// No result token, so nothing can be reported.
    #[error("the Config event has no `resultToken`; invoke the rule through AWS Config")]
    MissingToken,
}

impl EventError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "malformed-event",
            Self::MissingToken => "missing-token",
        }
    }

    pub(crate) fn malformed(place: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Malformed {
            place: place.into(),
            why: why.into(),
        }
    }
}

/// Why the rule was invoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notification {
    /// A resource changed.
    ConfigurationItemChange {
        /// The recorded change.
        item: Box<ConfigurationItem>,
        /// When the notification was made.
        creation_time: Option<Timestamp>,
    },
    /// A resource changed and its item is too large for the event.
    Oversized {
        /// What the notice says of the item, which must be fetched.
        summary: Box<ItemSummary>,
        /// When the notification was made; not every notice says it.
        creation_time: Option<Timestamp>,
    },
    /// It is time for a periodic evaluation.
    Scheduled {
        /// When the notification was made.
        time: Timestamp,
    },
    /// A snapshot of the whole inventory was delivered, which is as good as a schedule.
    SnapshotDelivery {
        /// When the notification was made.
        time: Timestamp,
    },
    /// Something that this version does not know, and that asks for no evaluation.
    Other {
        /// Its `messageType`.
        message_type: String,
    },
}

impl Notification {
    /// Why the rule was invoked, in a word for the log: `schedule`, `change` or `other`.
    pub fn trigger(&self) -> &'static str {
        match self {
            Self::Scheduled { .. } | Self::SnapshotDelivery { .. } => "schedule",
            Self::ConfigurationItemChange { .. } | Self::Oversized { .. } => "change",
            Self::Other { .. } => "other",
        }
    }

    /// The one resource that the notification is about; none for a periodic evaluation.
    pub fn resource(&self) -> Option<&ItemSummary> {
        match self {
            Self::ConfigurationItemChange { item, .. } => Some(&item.summary),
            Self::Oversized { summary, .. } => Some(summary),
            Self::Scheduled { .. } | Self::SnapshotDelivery { .. } | Self::Other { .. } => None,
        }
    }
}

/// What an event asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Judge the resource, or all resources.
    Judge,
    /// Report the resource as NOT_APPLICABLE, or its old verdict stands for ever.
    NotApplicable,
    /// Report nothing.
    Nothing,
}

/// An event of AWS Config.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigEvent {
    /// Why the rule was invoked.
    pub notification: Notification,
    /// The rule's parameters.
    pub rule_parameters: RuleParameters,
    /// The token with which the result is reported.
    pub result_token: String,
    /// Whether the resource left the rule's scope.
    pub event_left_scope: bool,
    /// The account that owns the rule, else the one in the notification.
    pub account_id: Option<AccountId>,
    /// The rule's name; empty where the event names none.
    pub config_rule_name: String,
    /// The rule's ARN.
    pub config_rule_arn: Option<String>,
    /// The rule's id.
    pub config_rule_id: Option<String>,
    /// The role that AWS Config records with.
    pub execution_role_arn: Option<String>,
}

impl ConfigEvent {
    /// Reads an event.
    ///
    /// # Errors
    /// The part that cannot be understood, or that there is no result token.
    pub fn parse(event: &Value) -> Result<Self, EventError> {
        let place = Place::root(event)?;
        let invoking = invoking_event(&place)?;
        let invoking = Place::new(&invoking, "invokingEvent")?;
        let notification = notification(&invoking)?;
        let told = invoking.account(&["awsAccountId"])?;
        let of_resource = notification
            .resource()
            .and_then(|item| item.account.clone());
        Ok(Self {
            result_token: result_token(&place)?,
            account_id: place.account(&["accountId"])?.or(told).or(of_resource),
            rule_parameters: RuleParameters::read(&place)?,
            event_left_scope: place.flag(&["eventLeftScope"])?,
            config_rule_name: place.text(&["configRuleName"])?.unwrap_or_default(),
            config_rule_arn: place.text(&["configRuleArn"])?,
            config_rule_id: place.text(&["configRuleId"])?,
            execution_role_arn: place.text(&["executionRoleArn"])?,
            notification,
        })
    }

    /// What the event asks for.
    pub fn scope(&self) -> Scope {
        if matches!(self.notification, Notification::Other { .. }) {
            return Scope::Nothing;
        }
        match self.resource() {
            Some(item) if self.event_left_scope || !item.status.is_judged() => Scope::NotApplicable,
            _ => Scope::Judge,
        }
    }

    /// The one resource that the event is about; none for a periodic evaluation.
    pub fn resource(&self) -> Option<&ItemSummary> {
        self.notification.resource()
    }

    /// The time that evaluations are about: the item's, else the notification's. Never the
    /// present, or a late retry would overwrite a newer verdict.
    pub fn ordering_time(&self) -> Option<Timestamp> {
        match &self.notification {
            Notification::Scheduled { time } | Notification::SnapshotDelivery { time } => {
                Some(*time)
            }
            _ => self.resource().map(|item| item.capture_time),
        }
    }

    /// The time to measure ages at: the notification's own, else that of the item.
    pub fn event_time(&self) -> Option<Timestamp> {
        match &self.notification {
            Notification::ConfigurationItemChange { creation_time, .. }
            | Notification::Oversized { creation_time, .. } => {
                creation_time.or_else(|| self.ordering_time())
            }
            _ => self.ordering_time(),
        }
    }
}

fn result_token(place: &Place<'_>) -> Result<String, EventError> {
    match place.value(&["resultToken"]) {
        Some(Value::String(token)) if !token.is_empty() => Ok(token.clone()),
        _ => Err(EventError::MissingToken),
    }
}

fn invoking_event(place: &Place<'_>) -> Result<Value, EventError> {
    let name = ["invokingEvent"];
    let value = place
        .value(&name)
        .ok_or_else(|| place.wrong(&name, "is missing"))?;
    decoded(value).map_err(|_| place.wrong(&name, "is not JSON in a text"))
}

fn notification(place: &Place<'_>) -> Result<Notification, EventError> {
    let time = ["notificationCreationTime"];
    let message_type = place.required_text(&["messageType"])?;
    Ok(match message_type.as_str() {
        "ConfigurationItemChangeNotification" => Notification::ConfigurationItemChange {
            item: Box::new(ConfigurationItem::read(&inner(
                place,
                "configurationItem",
            )?)?),
            creation_time: place.time(&time)?,
        },
        "OversizedConfigurationItemChangeNotification" => Notification::Oversized {
            summary: Box::new(ItemSummary::read(&inner(
                place,
                "configurationItemSummary",
            )?)?),
            creation_time: place.time(&time)?,
        },
        "ScheduledNotification" => Notification::Scheduled {
            time: place.required_time(&time)?,
        },
        "ConfigurationSnapshotDeliveryCompleted" => Notification::SnapshotDelivery {
            time: place.required_time(&time)?,
        },
        _ => Notification::Other { message_type },
    })
}

fn inner<'a>(place: &Place<'a>, name: &str) -> Result<Place<'a>, EventError> {
    let value = place
        .value(&[name])
        .ok_or_else(|| place.wrong(&[name], "is missing"))?;
    Place::new(value, place.path(name))
}
