//! The AWS Config custom rule protocol: the event, the parameters, the evaluations.

pub mod annotation;
mod dispatch;
mod evaluation;
mod event;
mod item;
pub(crate) mod json;
mod parameters;

pub use crate::parameter::ParameterError;
pub use dispatch::{DispatchError, RuleName, dispatch};
pub use evaluation::{Compliance, Evaluation};
pub use event::{ConfigEvent, EventError, Notification, Scope};
pub use item::{ConfigurationItem, ItemStatus, ItemSummary};
pub use parameters::{
    RuleParameters, known_parameters, parse_guard_requirements, parse_instance_requirements,
    parse_requirements, render_guard_requirements, render_instance_requirements,
    render_requirements,
};
pub(crate) use parameters::{whole_name, whole_role};
