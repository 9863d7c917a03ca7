//! Facts for the tables.

use std::sync::Arc;

use jiff::civil::{Date, date};
use trailkeeper_core::facts::{InstanceProfileFacts, ProfileRole, RoleFacts};
use trailkeeper_core::instance_profile::{Requirements, RoleVerdict, RoleView};
use trailkeeper_core::{Arn, CallError, Caller, Fact, Operation};

pub(crate) const OWN: &str = "111122223333";
pub(crate) const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/app/web-tier";

pub(crate) fn arn(text: &str) -> Arn {
    text.parse().unwrap()
}

pub(crate) fn caller() -> Caller {
    Caller {
        account: OWN.parse().unwrap(),
        region: "eu-west-1".parse().unwrap(),
        partition: "aws".to_owned(),
    }
}

pub(crate) fn today() -> Date {
    date(2026, 3, 2)
}

/// The role's name is not the profile's: nothing may take one for the other.
pub(crate) fn role() -> ProfileRole {
    ProfileRole {
        arn: arn("arn:aws:iam::111122223333:role/service/app-role"),
        name: "app-role".to_owned(),
    }
}

pub(crate) fn profile() -> InstanceProfileFacts {
    InstanceProfileFacts {
        arn: arn(PROFILE),
        name: "web-tier".to_owned(),
        role: Some(role()),
    }
}

pub(crate) fn role_view() -> RoleView {
    RoleView {
        role: Fact::Known(RoleFacts {
            arn: role().arn,
            name: role().name,
            boundary: None,
            created: None,
            trust: None,
        }),
        policies: Vec::new(),
        unlisted: Vec::new(),
        boundary: None,
    }
}

pub(crate) fn good_role() -> Arc<RoleVerdict> {
    Arc::new(RoleVerdict {
        role: role(),
        findings: Vec::new(),
        policy_findings: Vec::new(),
        left_out: 0,
    })
}

pub(crate) fn error(operation: Operation, code: &str) -> CallError {
    CallError::from_code(operation, "web-tier", code, "refused")
}

pub(crate) fn exempt(list: &str) -> Requirements {
    use trailkeeper_core::config_rule::{RuleParameters, parse_instance_requirements};
    let parameters = serde_json::json!({ "exemptRoles": list });
    let parameters = RuleParameters::new(parameters.as_object().unwrap().clone());
    parse_instance_requirements(&parameters).unwrap()
}
