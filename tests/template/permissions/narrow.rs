//! That the rows are as narrow as IAM lets them be, by the action table.

use trailkeeper_policy::action_table::ActionTable;

use super::table::{Role, permissions};
use super::{deployments, granted, is_call, rows_of};
use crate::template;

/// By the action table: which of the evaluator's calls change anything.
#[test]
fn the_evaluator_writes_what_cannot_widen_anything_only() {
    let table = ActionTable::get();
    let calls = rows_of(Role::Evaluator, is_call).into_iter();
    let writes: Vec<&str> = calls
        .filter(|name| table.find(name).expect("is known").level().is_write_like())
        .collect();
    let expected = [
        "config:DeleteRemediationExceptions",
        "config:PutEvaluations",
        "config:StartConfigRulesEvaluation",
        "config:StartConfigurationRecorder",
        "events:EnableRule",
        "sns:Publish",
        "ssm:StartAutomationExecution",
    ];
    assert_eq!(writes, expected);
}

/// A star stands only where IAM knows nothing narrower, or where a call names no resource.
#[test]
fn a_star_stands_only_where_it_must() {
    let names_nothing = [
        "config:DescribeConfigurationRecorders",
        "config:DescribeConfigurationRecorderStatus",
        // CloudTrail asks its caller; which role it has in mind is not documented.
        "iam:GetRole",
    ];
    let table = ActionTable::get();
    for row in permissions().filter(|row| row.resource == "*") {
        let action = table.find(row.action).expect("is known");
        let must = !action.class().is_scopeable() || names_nothing.contains(&row.action);
        assert!(must, "{:?} {}", row.role, row.action);
    }
}

/// A condition on a key that a call does not carry would deny it, or let everything through.
#[test]
fn conditions_are_on_keys_that_the_calls_carry() {
    let table = ActionTable::get();
    let global = ["aws:ResourceAccount", "kms:ViaService"];
    for row in permissions().filter(|row| !row.condition.is_empty()) {
        let action = table.find(row.action).expect("is known");
        for condition in row.condition.split(", ") {
            let key = condition.split(" = ").next().unwrap();
            let key = key.split_once('/').map_or(key, |(start, _)| start);
            let mut carried = action.condition_keys();
            let is_carried = carried.any(|known| known.split('/').next() == Some(key));
            assert!(is_carried || global.contains(&key), "{} {key}", row.action);
        }
    }
}

/// No role may be passed that is not named, and to one service only.
#[test]
fn only_named_roles_can_be_passed() {
    let template = template();
    for parameters in deployments() {
        for ((role, action), resources) in granted(&template.render(&parameters)) {
            assert!(!action.contains('*'), "{role:?} {action}");
            if action == "iam:PassRole" {
                for resource in resources {
                    let named = [
                        "LOG_GROUP_ROLE ",
                        "PROFILE_ROLE ",
                        "REPLACEABLE_ROLES ",
                        "arn:PARTITION:iam::ACCOUNT:role/trailkeeper-automation-REGION ",
                    ];
                    assert!(
                        named.iter().any(|name| resource.starts_with(name)),
                        "{resource}"
                    );
                    assert!(resource.contains("iam:PassedToService = "), "{resource}");
                }
            }
        }
    }
}
