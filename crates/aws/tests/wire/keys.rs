use serde_json::json;
use trailkeeper_app::ports::{KeyReader, KeyWriter};
use trailkeeper_aws::Keys;
use trailkeeper_core::facts::{KeyFacts, KeyState};
use trailkeeper_core::{Arn, ErrorClass};

use crate::wire::{Wire, ok, refusal, region};

const KEY: &str = "arn:aws:kms:us-east-2:111122223333:key/1234abcd";

fn key() -> Arn {
    KEY.parse().unwrap()
}

#[tokio::test]
async fn describe_key_goes_to_the_region_of_the_arn_else_to_the_given_one() {
    let cases = [
        (KEY, "us-east-2"),
        (
            "arn:aws:kms:ap-south-1:111122223333:alias/audit",
            "ap-south-1",
        ),
        ("alias/audit", "eu-west-1"),
        ("1234abcd", "eu-west-1"),
    ];
    for (id, host) in cases {
        let metadata = json!({ "Arn": KEY, "KeyId": "1234abcd", "KeyState": "Enabled",
            "KeyManager": "CUSTOMER" });
        let wire = Wire::new([ok(json!({ "KeyMetadata": metadata }))]);
        let facts = Keys::new(wire.session())
            .describe_key(id, &region("eu-west-1"))
            .await;
        let state = KeyState::Enabled;
        assert_eq!(
            facts,
            Ok(KeyFacts {
                arn: key(),
                state,
                customer_managed: true
            })
        );
        let request = wire.request();
        assert_eq!(
            request.line,
            format!("POST https://kms.{host}.amazonaws.com/")
        );
        assert_eq!(request.json(), json!({ "KeyId": id }));
    }
}

#[tokio::test]
async fn key_states_and_managers_are_told_apart() {
    let cases = [
        ("Disabled", "CUSTOMER", Ok((KeyState::Disabled, true))),
        (
            "PendingDeletion",
            "AWS",
            Ok((KeyState::PendingDeletion, false)),
        ),
        (
            "Unavailable",
            "CUSTOMER",
            Ok((KeyState::Other("Unavailable".to_owned()), true)),
        ),
        (
            "NewState",
            "NEW",
            Ok((KeyState::Other("NewState".to_owned()), false)),
        ),
    ];
    for (state, manager, expected) in cases {
        let metadata =
            json!({ "Arn": KEY, "KeyId": "k", "KeyState": state, "KeyManager": manager });
        let wire = Wire::new([ok(json!({ "KeyMetadata": metadata }))]);
        let facts = Keys::new(wire.session())
            .describe_key(KEY, &region("eu-west-1"))
            .await;
        assert_eq!(
            facts.map(|facts| (facts.state, facts.customer_managed)),
            expected
        );
    }
}

#[tokio::test]
async fn an_answer_without_arn_state_or_metadata_is_broken_not_a_usable_key() {
    let cases = [
        json!({}),
        json!({ "KeyMetadata": { "KeyId": "k", "Arn": KEY } }),
        json!({ "KeyMetadata": { "KeyId": "k", "KeyState": "Enabled" } }),
    ];
    for answer in cases {
        let wire = Wire::new([ok(answer)]);
        let facts = Keys::new(wire.session())
            .describe_key(KEY, &region("eu-west-1"))
            .await;
        assert_eq!(facts.unwrap_err().code, "InvalidResponse");
    }
}

#[tokio::test]
async fn the_default_policy_is_read_and_written_with_the_lockout_check_on() {
    let wire = Wire::new([
        ok(json!({ "Policy": "{}", "PolicyName": "default" })),
        ok(json!({})),
    ]);
    let keys = Keys::new(wire.session());
    assert_eq!(keys.key_policy(&key()).await, Ok("{}".to_owned()));
    assert_eq!(keys.put_key_policy(&key(), "{ }").await, Ok(()));
    let sent: Vec<_> = wire
        .requests()
        .iter()
        .map(|sent| (sent.target.clone(), sent.json()))
        .collect();
    let read = json!({ "KeyId": KEY, "PolicyName": "default" });
    let write = json!({ "KeyId": KEY, "PolicyName": "default", "Policy": "{ }" });
    assert_eq!(
        sent,
        [
            ("GetKeyPolicy".to_owned(), read),
            ("PutKeyPolicy".to_owned(), write)
        ]
    );
}

#[tokio::test]
async fn a_key_is_brought_back_in_its_own_region() {
    let wire = Wire::new([ok(json!({ "KeyId": KEY })), ok(json!({}))]);
    let keys = Keys::new(wire.session());
    assert_eq!(keys.cancel_key_deletion(&key()).await, Ok(()));
    assert_eq!(keys.enable_key(&key()).await, Ok(()));
    let targets: Vec<String> = wire
        .requests()
        .iter()
        .map(|sent| sent.target.clone())
        .collect();
    assert_eq!(targets, ["CancelKeyDeletion", "EnableKey"]);
    assert!(
        wire.requests()
            .iter()
            .all(|sent| sent.line.contains("kms.us-east-2.amazonaws.com"))
    );
}

#[tokio::test]
async fn an_arn_without_a_region_is_refused_before_anything_is_sent() {
    let wire = Wire::new([]);
    let nowhere: Arn = "arn:aws:kms::111122223333:key/1".parse().unwrap();
    let error = Keys::new(wire.session())
        .enable_key(&nowhere)
        .await
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.class),
        ("InvalidRequest", ErrorClass::Refused)
    );
    assert_eq!(wire.requests().len(), 0);
}

#[tokio::test]
async fn errors_of_kms_have_their_class() {
    let cases = [
        ("NotFoundException", ErrorClass::Absent),
        ("AccessDeniedException", ErrorClass::Denied),
        ("KMSInvalidStateException", ErrorClass::Refused),
        ("MalformedPolicyDocumentException", ErrorClass::Refused),
        ("LimitExceededException", ErrorClass::Refused),
        ("DependencyTimeoutException", ErrorClass::Broken),
        ("KMSInternalException", ErrorClass::Broken),
        ("ThrottlingException", ErrorClass::Throttled),
    ];
    for (code, class) in cases {
        let wire = Wire::new([refusal(code, "text")]);
        let error = Keys::new(wire.session())
            .put_key_policy(&key(), "{}")
            .await
            .unwrap_err();
        assert_eq!((error.code.as_str(), error.class), (code, class));
    }
}
