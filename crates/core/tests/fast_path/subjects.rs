//! What each event is about.

use proptest::prelude::*;
use serde_json::{Value, json};
use trailkeeper_core::fast_path::{EventInstance, EventProfile, Subject, events};

use crate::{call, event};

const ARN: &str = "arn:aws:iam::111122223333:instance-profile/team/web/app";

fn subject(service: &str, name: &str, request: Value, response: Value) -> Subject {
    let call = call(&event(service, name, request, response));
    Subject::of(call.handler().unwrap(), &call)
}

fn arn() -> EventProfile {
    EventProfile::Arn(ARN.parse().unwrap())
}

fn named(name: &str) -> EventProfile {
    EventProfile::Name(name.to_owned())
}

fn instances(all: &[(&str, EventProfile)]) -> Subject {
    let of = |(id, profile): &(&str, EventProfile)| EventInstance {
        id: (*id).to_owned(),
        profile: profile.clone(),
    };
    Subject::Instances(all.iter().map(of).collect())
}

fn items(items: Value) -> Value {
    json!({"instancesSet": {"items": items}})
}

#[test]
fn launches() {
    let bare = || items(json!([{"instanceId": "i-1"}]));
    let cases = [
        (
            "no profile",
            json!({}),
            bare(),
            instances(&[("i-1", EventProfile::None)]),
        ),
        (
            "request by name",
            json!({"iamInstanceProfile": {"name": "app"}}),
            bare(),
            instances(&[("i-1", named("app"))]),
        ),
        (
            "answer with the profile of a launch template",
            json!({"launchTemplate": {"launchTemplateId": "lt-1"}}),
            items(json!([{"instanceId": "i-1", "iamInstanceProfile": {"arn": ARN, "id": "AIPA"}}])),
            instances(&[("i-1", arn())]),
        ),
        (
            "a launch template of which the answer says nothing",
            json!({"launchTemplate": {"launchTemplateId": "lt-1"}}),
            bare(),
            instances(&[("i-1", EventProfile::Unknown)]),
        ),
        (
            "parameters that CloudTrail left out",
            Value::Null,
            bare(),
            instances(&[("i-1", EventProfile::Unknown)]),
        ),
        (
            "an ARN that is none",
            json!({"iamInstanceProfile": {"arn": "app"}}),
            bare(),
            instances(&[("i-1", EventProfile::Unknown)]),
        ),
        ("no answer", json!({}), Value::Null, Subject::Unnamed),
        (
            "an odd answer",
            json!({}),
            json!({"instancesSet": [1]}),
            Subject::Unnamed,
        ),
        (
            "items without ids",
            json!({}),
            items(json!([{}, 5, null])),
            Subject::Unnamed,
        ),
    ];
    for (case, request, response, expected) in cases {
        let seen = subject("ec2", "RunInstances", request, response);
        assert_eq!(seen, expected, "{case}");
    }
}

#[test]
fn p19_the_arn_form_is_a_profile() {
    let request = json!({"iamInstanceProfile": {"arn": ARN}});
    let seen = subject(
        "ec2",
        "RunInstances",
        request,
        items(json!([{"instanceId": "i-1"}])),
    );
    assert_eq!(seen, instances(&[("i-1", arn())]));
}

#[test]
fn p19_every_item_of_a_launch() {
    let all = json!([
        {"instanceId": "i-1", "iamInstanceProfile": {"arn": ARN}},
        {"instanceId": "i-2"},
        {"instanceId": "i-3", "iamInstanceProfile": {"arn": ARN}},
    ]);
    let seen = subject("ec2", "RunInstances", json!({}), items(all));
    let expected = [("i-1", arn()), ("i-2", EventProfile::None), ("i-3", arn())];
    assert_eq!(seen, instances(&expected));
}

/// EC2's parameters come with and without a wrapper, with small and capital letters.
#[test]
fn associations() {
    let associate = "AssociateIamInstanceProfile";
    let replace = "ReplaceIamInstanceProfileAssociation";
    let disassociate = "DisassociateIamInstanceProfile";
    let request = json!({"InstanceId": "i-1", "IamInstanceProfile": {"Name": "app"}});
    let by_id = json!({"AssociationId": "iip-assoc-1", "IamInstanceProfile": {"Arn": ARN}});
    let answer = json!({"iamInstanceProfileAssociation": {
        "instanceId": "i-1", "state": "associating", "iamInstanceProfile": {"arn": ARN},
    }});
    let wrapped = |name: &str, end: &str, value: &Value| json!({format!("{name}{end}"): value});
    let cases = [
        (
            associate,
            wrapped(associate, "Request", &request),
            wrapped(associate, "Response", &answer),
            instances(&[("i-1", arn())]),
        ),
        (
            associate,
            request.clone(),
            answer.clone(),
            instances(&[("i-1", arn())]),
        ),
        (
            associate,
            request,
            Value::Null,
            instances(&[("i-1", named("app"))]),
        ),
        (
            associate,
            json!({"instanceId": "i-1", "iamInstanceProfile": {"arn": ARN}}),
            Value::Null,
            instances(&[("i-1", arn())]),
        ),
        (
            associate,
            json!({"instanceId": "i-1"}),
            Value::Null,
            instances(&[("i-1", EventProfile::Unknown)]),
        ),
        (
            replace,
            wrapped(replace, "Request", &by_id),
            wrapped(replace, "Response", &answer),
            instances(&[("i-1", arn())]),
        ),
        (replace, by_id.clone(), Value::Null, Subject::Unnamed),
        (
            disassociate,
            wrapped(
                disassociate,
                "Request",
                &json!({"AssociationId": "iip-assoc-1"}),
            ),
            wrapped(disassociate, "Response", &answer),
            instances(&[("i-1", EventProfile::None)]),
        ),
        (disassociate, Value::Null, Value::Null, Subject::Unnamed),
    ];
    for (name, request, response, expected) in cases {
        let case = format!("{name} {request} {response}");
        assert_eq!(subject("ec2", name, request, response), expected, "{case}");
    }
}

#[test]
fn roles_policies_and_profiles() {
    let policy = "arn:aws:iam::111122223333:policy/team/app";
    let role = json!({"roleName": "app-role", "policyName": "x", "policyDocument": "{}"});
    let of_role = Subject::Role("app-role".to_owned());
    for name in [
        "PutRolePolicy",
        "DeleteRolePolicy",
        "AttachRolePolicy",
        "DetachRolePolicy",
        "PutRolePermissionsBoundary",
        "DeleteRolePermissionsBoundary",
        "DeleteRole",
    ] {
        assert_eq!(
            subject("iam", name, role.clone(), Value::Null),
            of_role,
            "{name}"
        );
        assert_eq!(
            subject("iam", name, Value::Null, Value::Null),
            Subject::Unnamed
        );
        let odd = json!({"roleName": ["app-role"]});
        assert_eq!(subject("iam", name, odd, Value::Null), Subject::Unnamed);
    }
    let of_policy = Subject::Policy(policy.parse().unwrap());
    let version = |default: Value| json!({"policyArn": policy, "setAsDefault": default});
    for (name, request, expected) in [
        (
            "CreatePolicyVersion",
            version(json!(true)),
            of_policy.clone(),
        ),
        (
            "CreatePolicyVersion",
            version(json!("true")),
            of_policy.clone(),
        ),
        (
            "CreatePolicyVersion",
            version(json!(false)),
            Subject::NoEffect,
        ),
        (
            "CreatePolicyVersion",
            json!({"policyArn": policy}),
            Subject::NoEffect,
        ),
        ("CreatePolicyVersion", Value::Null, Subject::Unnamed),
        (
            "CreatePolicyVersion",
            json!({"reason": "requestParameters too large", "omitted": true}),
            Subject::Unnamed,
        ),
        (
            "SetDefaultPolicyVersion",
            json!({"policyArn": policy}),
            of_policy,
        ),
        (
            "SetDefaultPolicyVersion",
            json!({"policyArn": "app"}),
            Subject::Unnamed,
        ),
    ] {
        let case = format!("{name} {request}");
        assert_eq!(
            subject("iam", name, request, Value::Null),
            expected,
            "{case}"
        );
    }
    let profile = json!({"instanceProfileName": "app", "roleName": "app-role"});
    for name in [
        "AddRoleToInstanceProfile",
        "RemoveRoleFromInstanceProfile",
        "DeleteInstanceProfile",
    ] {
        let expected = Subject::Profile("app".to_owned());
        assert_eq!(
            subject("iam", name, profile.clone(), Value::Null),
            expected,
            "{name}"
        );
    }
}

/// What a refused call was aimed at is known from its request alone.
#[test]
fn what_was_asked_for() {
    let wrapped = json!({"AssociateIamInstanceProfileRequest": {"InstanceId": "i-1"}});
    let by_id = json!({"AssociationId": "iip-assoc-1"});
    for (service, name, request, expected) in [
        ("ec2", "RunInstances", json!({}), ""),
        ("ec2", "AssociateIamInstanceProfile", wrapped, "i-1"),
        (
            "ec2",
            "ReplaceIamInstanceProfileAssociation",
            by_id,
            "iip-assoc-1",
        ),
        (
            "iam",
            "PutRolePolicy",
            json!({"roleName": "app-role"}),
            "app-role",
        ),
        (
            "iam",
            "SetDefaultPolicyVersion",
            json!({"policyArn": "odd"}),
            "odd",
        ),
        (
            "iam",
            "DeleteInstanceProfile",
            json!({"instanceProfileName": "app"}),
            "app",
        ),
        ("iam", "DeleteRole", Value::Null, ""),
    ] {
        let call = call(&event(service, name, request, Value::Null));
        let asked = Subject::asked_for(call.handler().unwrap(), &call);
        assert_eq!(asked, expected, "{name}");
    }
}

/// JSON of any shape, with the names that are looked for.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
        Just(json!(ARN)),
    ];
    let name = prop::sample::select(vec![
        "instancesSet",
        "items",
        "instanceId",
        "InstanceId",
        "iamInstanceProfile",
        "arn",
        "name",
        "roleName",
        "policyArn",
        "setAsDefault",
        "instanceProfileName",
        "associationId",
        "AssociateIamInstanceProfileRequest",
        "AssociateIamInstanceProfileResponse",
        "iamInstanceProfileAssociation",
        "launchTemplate",
    ]);
    leaf.prop_recursive(5, 32, 4, move |inner| {
        let object = prop::collection::btree_map(name.clone(), inner.clone(), 0..4);
        prop_oneof![
            prop::collection::vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|fields| json!(fields)),
        ]
    })
}

proptest! {
    /// Whatever the parameters are, there is a subject, and none is without a name.
    #[test]
    fn any_parameters_have_a_subject(request in any_json(), response in any_json()) {
        for row in events().filter(|row| !row.event_source.is_empty()) {
            let service = row.bus_source.trim_start_matches("aws.");
            let seen = subject(service, row.event_name, request.clone(), response.clone());
            match seen {
                Subject::Instances(all) => {
                    prop_assert!(!all.is_empty());
                    prop_assert!(all.iter().all(|one| !one.id.is_empty()));
                }
                Subject::Role(name) | Subject::Profile(name) => prop_assert!(!name.is_empty()),
                Subject::Named(names) => {
                    prop_assert!(!names.is_empty() && names.iter().all(|name| !name.is_empty()));
                }
                Subject::Policy(_) | Subject::NoEffect | Subject::Unnamed => {}
            }
        }
    }
}
