//! The roles of the template against the table of what is needed, both ways.

mod baseline_rows;
mod event_rows;
mod guard_rows;
mod instance_rows;
mod narrow;
mod operations;
mod own_roles;
mod page;
mod size;
pub(crate) mod table;
mod trail_rows;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::render::{Parameters, Stack, Template, list, object, text};
use crate::{repository, template, writes_docs};
use table::{NEVER, Need, Permission, Role, permissions};

/// The wishes under which the template's ARNs read as the table writes them.
const SYMBOLIC: Parameters<'_> = &[
    ("TrailName", "TRAIL"),
    ("TrailBucketName", "BUCKET"),
    ("CodeS3Bucket", "CODE"),
];

/// Everything that is optional, and off by default.
const OPTIONS: [&[(&str, &str)]; 15] = [
    &[("TrailKmsKeyArn", "KEY"), ("RepairKey", "true")],
    &[("AdoptExistingTrail", "true")],
    &[("OrganizationTrail", "Always")],
    &[("TrailLogGroupRoleArn", "LOG_GROUP_ROLE")],
    &[("EncryptionKeyArn", "ENCRYPTION_KEY")],
    &[("EventMode", "enforce")],
    &[("OwnEvents", "on")],
    &[("GuardRepair", "true")],
    &[("WatchGuardDuty", "true")],
    &[("BaselineSha256", "HASH")],
    &[("CheckLogFiles", "true"), ("TrailKmsKeyArn", "KEY")],
    &[("RecreateBucket", "true")],
    &[
        ("InstanceProfileArn", "PROFILE"),
        ("InstanceProfileRoleArn", "PROFILE_ROLE"),
    ],
    &[
        ("InstanceProfileArn", "PROFILE"),
        ("InstanceProfileRoleArn", "PROFILE_ROLE"),
        ("AllowProfileReplacement", "true"),
        ("ReplaceableProfileArns", "REPLACEABLE_PROFILES"),
        ("ReplaceableRoleArns", "REPLACEABLE_ROLES"),
    ],
    &[
        ("DetachableRoleArns", "DETACHABLE_ROLES"),
        ("AllowPolicyRestore", "true"),
    ],
];

/// What is on by default, turned off.
const WITHOUT: [&[(&str, &str)]; 5] = [
    &[("DeployTrailRule", "false")],
    &[("DeployInstanceRule", "false")],
    &[("EventMode", "off")],
    &[("DeployGuardRule", "false")],
    &[("DetachableRoleArns", "DETACHABLE_ROLES")],
];

/// What one role may do: each action with the resources, and with its conditions.
type Grants = BTreeMap<(Role, String), BTreeSet<String>>;

fn everything() -> Vec<(&'static str, &'static str)> {
    OPTIONS.concat()
}

/// Each option by itself, all of them, and either with each thing turned off.
fn deployments() -> Vec<Vec<(&'static str, &'static str)>> {
    let alone = OPTIONS.iter().map(|option| option.to_vec());
    let starts: Vec<Vec<_>> = alone.chain([vec![], everything()]).collect();
    let ends: Vec<&[_]> = WITHOUT.iter().copied().chain([[].as_slice()]).collect();
    let pairs = starts
        .iter()
        .flat_map(|start| ends.iter().map(move |end| (start.as_slice(), *end)));
    pairs
        .map(|(start, end)| [SYMBOLIC, start, end].concat())
        .collect()
}

/// The conditions of a statement as one text: `aws:ResourceAccount = ACCOUNT`.
fn conditions(statement: &Value) -> String {
    let Some(operators) = statement.get("Condition") else {
        return String::new();
    };
    let keys = object(operators)
        .values()
        .flat_map(|keys| object(keys).iter());
    let mut texts: Vec<String> = keys
        .map(|(key, value)| format!("{key} = {}", one_or_many(value).join(" or ")))
        .collect();
    texts.sort();
    texts.join(", ")
}

fn one_or_many(node: &Value) -> Vec<String> {
    match node {
        Value::Array(items) => items.iter().map(text).collect(),
        one => vec![text(one)],
    }
}

fn statements(stack: &Stack<'_>, role: Role) -> Vec<Value> {
    let Some(properties) = stack.properties(role.resource()) else {
        return Vec::new();
    };
    let policies = list(&properties["Policies"]).iter();
    policies
        .flat_map(|policy| list(&policy["PolicyDocument"]["Statement"]).clone())
        .collect()
}

fn granted(stack: &Stack<'_>) -> Grants {
    let mut grants = Grants::new();
    for role in Role::ALL {
        let all = statements(stack, role);
        for statement in all
            .iter()
            .filter(|statement| statement["Effect"] == "Allow")
        {
            let condition = conditions(statement);
            for action in one_or_many(&statement["Action"]) {
                let entry = grants.entry((role, action)).or_default();
                let resources = one_or_many(&statement["Resource"]).into_iter();
                entry.extend(
                    resources.map(|resource| format!("{resource} {condition}").trim().to_owned()),
                );
            }
        }
    }
    grants
}

/// Whether the parameter is on in this deployment.
fn is_on(name: &str, parameters: Parameters<'_>, template: &Template) -> bool {
    let (name, wanted) = match name.split_once('=') {
        Some((name, wanted)) => (name, Some(wanted)),
        None => (name, None),
    };
    let given = parameters.iter().rev().find(|(known, _)| *known == name);
    let value = given.map(|(_, value)| (*value).to_owned());
    let value = value.or_else(|| template.default_of(name));
    value.is_some_and(|value| match wanted {
        Some(wanted) => value == wanted,
        None => !["", "false", "off", "Never"].contains(&value.as_str()),
    })
}

fn needed(parameters: Parameters<'_>, template: &Template) -> Grants {
    let is_needed = |permission: &&Permission| {
        let of_the_role = permission.role.only_with();
        let mut names = of_the_role.iter().chain(permission.only_with);
        names.all(|name| is_on(name, parameters, template))
    };
    let mut grants = Grants::new();
    for permission in permissions().filter(is_needed) {
        let resource = format!("{} {}", permission.resource, permission.condition);
        let entry = grants
            .entry((permission.role, permission.action.to_owned()))
            .or_default();
        entry.insert(resource.trim().to_owned());
    }
    grants
}

/// What the roles lack, and what they have without need.
fn differences(template: &Template, deployments: &[Vec<(&str, &str)>]) -> Vec<String> {
    let mut found = Vec::new();
    for parameters in deployments {
        let (granted, needed) = (
            granted(&template.render(parameters)),
            needed(parameters, template),
        );
        let pairs = |grants: &Grants| -> BTreeSet<String> {
            let pairs = grants.iter().flat_map(|((role, action), resources)| {
                resources
                    .iter()
                    .map(move |resource| format!("{role:?} {action} on {resource}"))
            });
            pairs.collect()
        };
        let (granted, needed) = (pairs(&granted), pairs(&needed));
        found.extend(
            needed
                .difference(&granted)
                .map(|one| format!("missing: {one}")),
        );
        found.extend(
            granted
                .difference(&needed)
                .map(|one| format!("unused: {one}")),
        );
    }
    found.sort();
    found.dedup();
    found
}

fn rows_of(role: Role, need: fn(&Need) -> bool) -> BTreeSet<&'static str> {
    let rows = permissions().filter(|row| row.role == role && need(&row.need));
    rows.map(|row| row.action).collect()
}

fn is_call(need: &Need) -> bool {
    matches!(need, Need::Call)
}

#[test]
fn each_role_may_do_what_the_table_says_and_nothing_else() {
    let found = differences(&template(), &deployments());
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// The comparison notices every single action that is dropped, and one that is added.
#[test]
fn a_dropped_or_added_action_is_noticed() {
    let template = template();
    // What two features need is granted to each, so that it is missed only without the other.
    let ends: [&[_]; 6] = [
        &[],
        &[("CheckLogFiles", "false")],
        &[("BaselineSha256", "")],
        &[
            ("DeployInstanceRule", "false"),
            ("DeployGuardRule", "false"),
        ],
        &[("DeployInstanceRule", "false"), ("EventMode", "off")],
        &[("DeployTrailRule", "false")],
    ];
    let all = ends.map(|end| [SYMBOLIC, &everything(), end].concat());
    for role in Role::ALL {
        for (index, position, action) in actions(&template, role) {
            let mut dropped = template.clone();
            remove(statement_of(&mut dropped, role, index), position);
            assert!(
                !differences(&dropped, &all).is_empty(),
                "{role:?} without {action}"
            );
        }
        let mut added = template.clone();
        let first = statement_of(&mut added, role, 0);
        let mut more: Vec<Value> = one_or_many(&first["Action"])
            .into_iter()
            .map(Value::String)
            .collect();
        more.push("cloudtrail:PutResourcePolicy".into());
        first["Action"] = Value::Array(more);
        let found = differences(&added, &all);
        assert!(
            found.iter().any(|one| one.starts_with("unused: ")),
            "{role:?}: {found:?}"
        );
    }
}

/// Every action of a role's Allow statements, with the statement's index and its own.
fn actions(template: &Template, role: Role) -> Vec<(usize, usize, String)> {
    let mut found = Vec::new();
    let mut copy = template.clone();
    for (index, statement) in written_statements(&mut copy, role).iter().enumerate() {
        if statement["Effect"] == "Allow" {
            let names = one_or_many(&statement["Action"]).into_iter().enumerate();
            found.extend(names.map(|(position, name)| (index, position, name)));
        }
    }
    found
}

/// A role's statements as they are written; of optional ones the branch that has them.
fn written_statements(template: &mut Template, role: Role) -> Vec<&mut Value> {
    let role = &mut template.document_mut()["Resources"][role.resource()];
    let policies = role["Properties"]["Policies"].as_array_mut().unwrap();
    let written = policies.iter_mut().flat_map(|policy| {
        let document = &mut wanted_branch(policy)["PolicyDocument"];
        document["Statement"].as_array_mut().unwrap()
    });
    written.map(wanted_branch).collect()
}

fn wanted_branch(node: &mut Value) -> &mut Value {
    if node.get("Fn::If").is_some() {
        return &mut node["Fn::If"][1];
    }
    node
}

fn statement_of(template: &mut Template, role: Role, index: usize) -> &mut Value {
    written_statements(template, role).swap_remove(index)
}

fn remove(statement: &mut Value, position: usize) {
    let mut names = one_or_many(&statement["Action"]);
    names.remove(position);
    statement["Action"] = names.into_iter().collect();
}

/// A key that the stack makes is repaired with the same actions as one that is named.
#[test]
fn a_created_key_is_repaired_like_a_named_one() {
    let template = template();
    let repaired = |key: (&'static str, &'static str)| -> BTreeMap<String, BTreeSet<String>> {
        let parameters = [SYMBOLIC, &[key, ("RepairKey", "true")]].concat();
        let granted = granted(&template.render(&parameters)).into_iter();
        let actions = ["kms:PutKeyPolicy", "kms:EnableKey", "kms:CancelKeyDeletion"];
        let of_key = granted.filter(|((_, action), _)| actions.contains(&action.as_str()));
        of_key
            .map(|((_, action), resources)| (action, resources))
            .collect()
    };
    let named = repaired(("TrailKmsKeyArn", "KEY"));
    let created = repaired(("CreateTrailKey", "true"));
    assert_eq!(
        named.keys().collect::<Vec<_>>(),
        created.keys().collect::<Vec<_>>()
    );
    assert_eq!(named.len(), 3);
    for resources in created.values() {
        let one = resources.iter().next().expect("a resource");
        assert!(
            resources.len() == 1 && one.starts_with("arn:PARTITION:kms:REGION:ACCOUNT:key/"),
            "{one}"
        );
    }
}

#[test]
fn what_must_never_happen_is_denied_to_every_role() {
    let template = template();
    for parameters in deployments() {
        let stack = template.render(&parameters);
        for role in Role::ALL {
            let all = statements(&stack, role);
            if all.is_empty() {
                continue;
            }
            let denied: Vec<&Value> = all.iter().filter(|one| one["Effect"] == "Deny").collect();
            let [denied] = denied.as_slice() else {
                panic!("{role:?}: one Deny")
            };
            assert_eq!(one_or_many(&denied["Action"]), NEVER, "{role:?}");
            assert_eq!(denied["Resource"], "*", "{role:?}");
            assert!(denied.get("Condition").is_none(), "{role:?}");
        }
    }
}

/// The explicit Deny catches nothing that the table grants.
#[test]
fn nothing_that_is_needed_is_denied() {
    for permission in permissions() {
        let caught = NEVER.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(start) => permission.action.starts_with(start),
            None => permission.action == *pattern,
        });
        assert!(!caught, "{}", permission.action);
        assert!(!permission.action.contains('*'), "{}", permission.action);
    }
}

#[test]
fn every_role_trusts_its_service_for_this_account_only() {
    let template = template();
    let parameters = [SYMBOLIC, &everything()].concat();
    let stack = template.render(&parameters);
    for role in Role::ALL {
        let properties = stack.properties(role.resource()).unwrap();
        let trust = list(&properties["AssumeRolePolicyDocument"]["Statement"]);
        let [statement] = trust.as_slice() else {
            panic!("{role:?}: one statement")
        };
        assert_eq!(
            statement["Principal"]["Service"],
            role.service(),
            "{role:?}"
        );
        let account = &statement["Condition"]["StringEquals"]["aws:SourceAccount"];
        assert_eq!(*account, "ACCOUNT", "{role:?}");
        let source = &statement["Condition"]["ArnLike"]["aws:SourceArn"];
        if role.service() == "ssm.amazonaws.com" {
            assert_eq!(
                *source,
                "arn:PARTITION:ssm:*:ACCOUNT:automation-execution/*"
            );
        }
    }
}

/// docs/permissions.md is made from the table. After a change of the table write it anew with
/// `TRAILKEEPER_WRITE_DOCS=1 cargo test -p trailkeeper-tests --test template`.
#[test]
fn the_page_in_the_repository_is_the_one_made_from_the_table() {
    let path = repository("docs/permissions.md");
    if writes_docs() {
        std::fs::write(&path, page::page()).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        written == page::page(),
        "docs/permissions.md is not what the table says; write it anew"
    );
}

/// What the table says of a runbook's steps.
pub(crate) fn calls_of_the_runbook(role: Role) -> BTreeSet<String> {
    rows_of(role, is_call)
        .into_iter()
        .map(str::to_owned)
        .collect()
}
