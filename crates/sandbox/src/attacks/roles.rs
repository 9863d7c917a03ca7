//! The roles of the product: B47's part of them, and B51, which hides what was done to one.

use serde_json::{Value, json};

use super::guard::one;
use super::{INTRUDER_ACCOUNT, Step, Target, Way, way};
use crate::call::Call;
use crate::services;

/// The ways to spoil a role, in the order of [`spoiled`].
const REMEDIATORS: [&str; 7] = [
    "more policy",
    "no policy",
    "a managed policy",
    "a managed policy and off again",
    "a boundary",
    "another trust",
    "no role",
];
const EVALUATORS: [&str; 7] = [
    "the evaluator's role: more policy",
    "the evaluator's role: no policy",
    "the evaluator's role: a managed policy",
    "the evaluator's role: a managed policy and off again",
    "the evaluator's role: a boundary",
    "the evaluator's role: another trust",
    "the evaluator's role: no role",
];
const AUTOMATIONS: [&str; 7] = [
    "Automation's role: more policy",
    "Automation's role: no policy",
    "Automation's role: a managed policy",
    "Automation's role: a managed policy and off again",
    "Automation's role: a boundary",
    "Automation's role: another trust",
    "Automation's role: no role",
];

pub(super) fn ways(target: &Target) -> Vec<Way> {
    let remediators = spoiled(&target.remediator, REMEDIATORS);
    let evaluators = spoiled(&target.evaluator, EVALUATORS);
    let automations = spoiled(target.automation_role(), AUTOMATIONS);
    [remediators, evaluators, automations].concat()
}

/// A role that may do more or less than before, in the ways of these names.
fn spoiled(role: &str, names: [&'static str; 7]) -> Vec<Way> {
    let [more, none, managed, off_again, boundary, trust, gone] = names;
    let on = |operation, mut input: Value| {
        if let Some(members) = input.as_object_mut() {
            members.insert("RoleName".to_owned(), role.into());
        }
        Step::new("iam", operation, input)
    };
    let further = json!({"PolicyName": "more", "PolicyDocument": everything().to_string()});
    let attached = json!({"PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"});
    let bound = json!({"PermissionsBoundary": "arn:aws:iam::aws:policy/ReadOnlyAccess"});
    let stranger = json!({"PolicyDocument": intruders_trust().to_string()});
    let no_policy = || on("DeleteRolePolicy", json!({"PolicyName": "repair"}));
    let attach = || on("AttachRolePolicy", attached.clone());
    let detach = on("DetachRolePolicy", attached.clone());
    vec![
        way(more, vec![on("PutRolePolicy", further)]),
        way(none, vec![no_policy()]),
        way(managed, vec![attach()]),
        way(off_again, vec![attach(), detach, no_policy()]),
        way(boundary, vec![on("PutRolePermissionsBoundary", bound)]),
        way(trust, vec![on("UpdateAssumeRolePolicy", stranger)]),
        way(gone, vec![no_policy(), on("DeleteRole", json!({}))]),
    ]
}

fn everything() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Action": "*", "Resource": "*",
    }]})
}

fn intruders_trust() -> Value {
    json!({"Version": "2012-10-17", "Statement": [{
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{INTRUDER_ACCOUNT}:root")},
        "Action": "sts:AssumeRole",
    }]})
}

/// More than CloudTrail keeps of a request, less than IAM takes: white space does not count there.
const PADDING: usize = 110_000;

pub(super) fn oversized(target: &Target) -> Vec<Way> {
    let padded = |document: Value| {
        let mut text = document.to_string();
        text.push_str(&" ".repeat(PADDING));
        text
    };
    let role = &target.remediator;
    let mut unsent = way("an event too large to be sent", Vec::new());
    unsent.elsewhere = Some(|world, target| {
        let input = more_policy(&target.remediator, &everything().to_string());
        let call = Call::new("iam", "PutRolePolicy", &target.region, input);
        services::unheard(world, &call);
    });
    vec![
        one(
            "a role's policy",
            "iam",
            "PutRolePolicy",
            more_policy(role, &padded(everything())),
        ),
        one(
            "a role's trust",
            "iam",
            "UpdateAssumeRolePolicy",
            json!({"RoleName": role, "PolicyDocument": padded(intruders_trust())}),
        ),
        unsent,
    ]
}

fn more_policy(role: &str, document: &str) -> Value {
    json!({"RoleName": role, "PolicyName": "more", "PolicyDocument": document})
}
