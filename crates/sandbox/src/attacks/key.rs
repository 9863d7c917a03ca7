//! B33 to B36: the key.

use serde_json::{Value, json};

use super::{Step, Target, Way, way};

pub(super) fn ways(id: &str, target: &Target) -> Vec<Way> {
    let one = |name, operation, input| way(name, vec![on(target, operation, input)]);
    match id {
        "B33" => vec![one("disable", "DisableKey", json!({}))],
        "B34" => vec![one(
            "in seven days",
            "ScheduleKeyDeletion",
            json!({"PendingWindowInDays": 7}),
        )],
        "B35" => vec![one("the owner only", "PutKeyPolicy", owner_only(target))],
        _ => vec![
            one("imported material", "DeleteImportedKeyMaterial", json!({})),
            way(
                "the key store",
                vec![Step::new(
                    "kms",
                    "DisconnectCustomKeyStore",
                    json!({"CustomKeyStoreId": KEY_STORE}),
                )],
            ),
        ],
    }
}

/// The store of the key, where it is in one.
const KEY_STORE: &str = "cks-1234567890abcdef0";

fn on(target: &Target, operation: &'static str, mut input: Value) -> Step {
    if let Some(members) = input.as_object_mut() {
        members.insert("KeyId".to_owned(), target.key_arn().into());
    }
    Step::new("kms", operation, input)
}

fn owner_only(target: &Target) -> Value {
    let policy = json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "Root",
        "Effect": "Allow",
        "Principal": {"AWS": format!("arn:aws:iam::{}:root", target.account)},
        "Action": "kms:*",
        "Resource": "*",
    }]});
    json!({"PolicyName": "default", "Policy": policy.to_string()})
}
