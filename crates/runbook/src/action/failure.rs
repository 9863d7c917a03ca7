//! Why a step failed, in the service's own categories.

use std::collections::BTreeMap;

use crate::aws_api::{ApiFailure, FailureKind};
use crate::report::FailureDetails;

/// A failed attempt.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Failure {
    pub(crate) stage: FailureStage,
    pub(crate) kind: FailureType,
    pub(crate) message: String,
    pub(crate) details: BTreeMap<String, Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureStage {
    InputValidation,
    Invocation,
    PostVerification,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FailureType {
    Action,
    Permission,
    Throttling,
    Verification,
    Internal,
}

impl Failure {
    pub(crate) fn new(stage: FailureStage, kind: FailureType, message: impl Into<String>) -> Self {
        Self {
            stage,
            kind,
            message: message.into(),
            details: BTreeMap::new(),
        }
    }

    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::new(FailureStage::InputValidation, FailureType::Action, message)
    }

    pub(crate) fn of_call(service: &str, api: &str, failure: &ApiFailure) -> Self {
        let kind = match failure.kind {
            FailureKind::Denied => FailureType::Permission,
            FailureKind::Throttled => FailureType::Throttling,
            FailureKind::Other => FailureType::Action,
            FailureKind::NoAnswer => FailureType::Internal,
        };
        let message = format!("{service} {api} failed: {failure}");
        Self::new(FailureStage::Invocation, kind, message).with("ErrorCode", &failure.code)
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.details.insert(name.to_owned(), vec![value.to_owned()]);
        self
    }

    pub(crate) fn to_details(&self) -> FailureDetails {
        FailureDetails {
            failure_stage: self.stage.as_str().to_owned(),
            failure_type: self.kind.as_str().to_owned(),
            details: self.details.clone(),
        }
    }
}

impl FailureStage {
    fn as_str(self) -> &'static str {
        match self {
            Self::InputValidation => "InputValidation",
            Self::Invocation => "Invocation",
            Self::PostVerification => "PostVerification",
        }
    }
}

impl FailureType {
    fn as_str(self) -> &'static str {
        match self {
            Self::Action => "Action",
            Self::Permission => "Permission",
            Self::Throttling => "Throttling",
            Self::Verification => "Verification",
            Self::Internal => "Internal",
        }
    }
}
