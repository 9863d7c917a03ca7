//! What the rule `guard` reads of the parts that only a record names.

use std::sync::Arc;

use serde_json::json;
use trailkeeper_app::guard::{GuardPorts, view};
use trailkeeper_core::Fact;
use trailkeeper_core::guard::{GuardRecord, ManagedRecord, Requirements};

use crate::account::{Account, Role, aws_policy, narrow, own_policy};
use crate::guarded::unwatched;
use crate::world::{caller, time};

const ROLE: &str = "automation-role";

fn account() -> Account {
    let role = Role {
        attached: vec![own_policy("run"), aws_policy("ReadOnlyAccess")],
        boundary: Some(own_policy("edge")),
        ..Role::default()
    };
    Account::default()
        .with_role("automation", role)
        .with_policy(&own_policy("run"), "v1", "old")
        .with_policy(&own_policy("run"), "v2", &narrow("a"))
        .with_policy(&own_policy("edge"), "v1", &narrow("b"))
        .with_policy(&aws_policy("ReadOnlyAccess"), "v7", "not read")
}

fn ports(account: Account) -> GuardPorts {
    GuardPorts {
        roles: Arc::new(account),
        ..unwatched()
    }
}

fn requirements() -> Requirements {
    Requirements {
        roles: [ROLE.to_owned()].into(),
        recorder: false,
        ..Requirements::default()
    }
}

/// p09d: who writes a new version of a policy changes the role.
#[tokio::test]
async fn p09_a_role_is_read_with_the_documents_in_force() {
    let now = time("2026-03-02T10:00:00Z");
    let ports = ports(account());
    let seen = view(&ports, &requirements(), None, &caller(), now).await;
    let role = seen.roles.get(ROLE).and_then(Fact::known);
    let managed = role.and_then(Option::as_ref).map(|role| &role.managed);
    let expected = [
        (own_policy("run"), ManagedRecord::Document(narrow("a"))),
        (own_policy("edge"), ManagedRecord::Document(narrow("b"))),
        (
            aws_policy("ReadOnlyAccess"),
            ManagedRecord::Version("v7".to_owned()),
        ),
    ];
    let expected = expected.map(|(arn, record)| (arn.to_string(), record));
    assert_eq!(managed, Some(&expected.into()));
}

#[tokio::test]
async fn p09_a_policy_that_cannot_be_read_leaves_the_role_unread() {
    let now = time("2026-03-02T10:00:00Z");
    for call in ["GetPolicy run", "GetPolicyVersion edge@v1"] {
        let ports = ports(account().failing(call, "AccessDenied"));
        let seen = view(&ports, &requirements(), None, &caller(), now).await;
        assert!(
            matches!(seen.roles.get(ROLE), Some(Fact::Denied(_))),
            "{call}"
        );
    }
}

/// p09c: a recorder that was recorded is looked at though no parameter asks for one.
#[tokio::test]
async fn p09_a_recorded_recorder_is_read() {
    let record = json!({ "recorder": { "default": {} }, "delivery-channel": { "default": {} } });
    let record = GuardRecord::from_json(&record).unwrap();
    let now = time("2026-03-02T10:00:00Z");
    let ports = ports(account());
    let bare = view(&ports, &requirements(), None, &caller(), now).await;
    assert_eq!((bare.recorders, bare.channels), (None, None));
    let seen = view(&ports, &requirements(), Some(&record), &caller(), now).await;
    assert!(seen.recorders.is_some() && seen.channels.is_some());
}
