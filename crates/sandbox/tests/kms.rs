//! KMS through the account's door.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use trailkeeper_sandbox::seed::{KeySeed, KeyState, cloudtrail_key_policy};
use trailkeeper_sandbox::{Call, Failure, Sandbox, World};

const OWN: &str = "111122223333";
const OTHER: &str = "444455556666";
const REGION: &str = "eu-west-1";
const ID: &str = "1a2b3c4d-1111-4222-8333-0123456789ab";
const ARN: &str = "arn:aws:kms:eu-west-1:111122223333:key/1a2b3c4d-1111-4222-8333-0123456789ab";
const OPEN_ID: &str = "aaaaaaaa-1111-4222-8333-0123456789ab";
const CLOSED_ID: &str = "bbbbbbbb-1111-4222-8333-0123456789ab";

fn foreign(id: &str) -> String {
    format!("arn:aws:kms:{REGION}:{OTHER}:key/{id}")
}

/// An own key with an alias, a foreign one that allows this account, and one that does not.
fn sandbox(state: KeyState) -> Sandbox {
    let mut world = World::new(OWN, REGION, Timestamp::UNIX_EPOCH);
    world.seed_key(KeySeed {
        state,
        aliases: vec!["alias/trail".to_owned()],
        ..KeySeed::default()
    });
    let shared = cloudtrail_key_policy("aws", OWN);
    for (id, policy) in [(OPEN_ID, Some(shared)), (CLOSED_ID, None)] {
        world.seed_key(KeySeed {
            id: id.to_owned(),
            account: Some(OTHER.to_owned()),
            policy,
            ..KeySeed::default()
        });
    }
    Sandbox::new(world)
}

async fn ask(
    sandbox: &Sandbox,
    operation: &str,
    region: &str,
    input: Value,
) -> Result<Value, (String, String)> {
    let answer = sandbox
        .call(Call::new("kms", operation, region, input))
        .await;
    answer.map_err(|failure| match failure {
        Failure::Api(error) => {
            assert_eq!(error.status, 400);
            (error.code, error.message)
        }
        Failure::NoAnswer => ("NoAnswer".to_owned(), String::new()),
    })
}

async fn code(sandbox: &Sandbox, operation: &str, input: Value) -> String {
    match ask(sandbox, operation, REGION, input).await {
        Ok(_) => "ok".to_owned(),
        Err((code, _)) => code,
    }
}

#[tokio::test]
async fn a_key_is_described_by_every_name() {
    let sandbox = sandbox(KeyState::Enabled);
    let alias_arn = format!("arn:aws:kms:{REGION}:{OWN}:alias/trail");
    for (name, arn) in [
        (ID, ARN.to_owned()),
        (ARN, ARN.to_owned()),
        ("alias/trail", ARN.to_owned()),
        (&alias_arn, ARN.to_owned()),
        (&foreign(OPEN_ID), foreign(OPEN_ID)),
    ] {
        let answer = ask(&sandbox, "DescribeKey", REGION, json!({"KeyId": name}))
            .await
            .unwrap();
        let metadata = &answer["KeyMetadata"];
        assert_eq!(metadata["Arn"], arn, "{name}");
        assert_eq!(metadata["KeyId"], arn.rsplit('/').next().unwrap());
        assert_eq!(metadata["KeyState"], "Enabled");
        assert_eq!(metadata["Enabled"], true);
        assert_eq!(metadata["KeyManager"], "CUSTOMER");
    }
}

#[tokio::test]
async fn names_of_keys_that_are_refused() {
    let sandbox = sandbox(KeyState::Enabled);
    let long = "x".repeat(2_049);
    let closed = foreign(CLOSED_ID);
    let missing = foreign("cccccccc-1111-4222-8333-0123456789ab");
    let absent_arn = ARN.replace("1a2b", "ffff");
    let not_found = "NotFoundException";
    let cases = [
        (
            json!({}),
            "us-west-2",
            "ValidationException",
            "Value null at 'keyId'",
        ),
        (
            json!({"KeyId": ""}),
            REGION,
            "ValidationException",
            "greater than or equal to 1",
        ),
        (
            json!({"KeyId": long}),
            REGION,
            "ValidationException",
            "less than or equal to 2048",
        ),
        (
            json!({"KeyId": "nonsense"}),
            REGION,
            not_found,
            "Invalid keyId nonsense",
        ),
        (
            json!({"KeyId": "alias/none"}),
            REGION,
            not_found,
            "alias/none is not found.",
        ),
        (
            json!({"KeyId": absent_arn}),
            REGION,
            not_found,
            "does not exist",
        ),
        (
            json!({"KeyId": ARN}),
            "us-west-2",
            not_found,
            "Invalid arn eu-west-1",
        ),
        (
            json!({"KeyId": ID}),
            "us-west-2",
            not_found,
            "does not exist",
        ),
        (
            json!({"KeyId": "arn:aws:s3:::bucket"}),
            REGION,
            "InvalidArnException",
            "Invalid arn",
        ),
        (
            json!({"KeyId": "arn:aws:kms:eu-west-1:1:key/x"}),
            REGION,
            "InvalidArnException",
            "Invalid arn",
        ),
        (
            json!({"KeyId": closed}),
            REGION,
            "AccessDeniedException",
            "kms:DescribeKey",
        ),
        (
            json!({"KeyId": missing}),
            REGION,
            "AccessDeniedException",
            "does not exist in this Region",
        ),
    ];
    for (input, region, code, text) in cases {
        let (found, message) = ask(&sandbox, "DescribeKey", region, input.clone())
            .await
            .unwrap_err();
        assert_eq!(found, code, "{input}");
        assert!(message.contains(text), "{input}: {message}");
    }
}

#[tokio::test]
async fn only_describe_takes_aliases_and_foreign_keys() {
    let sandbox = sandbox(KeyState::Enabled);
    let alias_arn = format!("arn:aws:kms:{REGION}:{OWN}:alias/trail");
    for operation in [
        "GetKeyPolicy",
        "EnableKey",
        "DisableKey",
        "ScheduleKeyDeletion",
    ] {
        for (name, expected) in [
            ("alias/trail", "NotFoundException"),
            (&alias_arn, "InvalidArnException"),
            (&foreign(OPEN_ID), "AccessDeniedException"),
        ] {
            let found = code(&sandbox, operation, json!({"KeyId": name})).await;
            assert_eq!(found, expected, "{operation} {name}");
        }
    }
}

#[tokio::test]
async fn every_state_answers_every_change() {
    use KeyState::{Disabled, Enabled, PendingDeletion, PendingImport, Unavailable};
    const INVALID: &str = "KMSInvalidStateException";
    let cases = [
        (Enabled, ["ok", "ok", "ok", INVALID, "ok"]),
        (Disabled, ["ok", "ok", "ok", INVALID, "ok"]),
        (Unavailable, ["ok", "ok", "ok", INVALID, "ok"]),
        (PendingDeletion, [INVALID, INVALID, INVALID, "ok", INVALID]),
        (PendingImport, [INVALID, INVALID, "ok", INVALID, "ok"]),
    ];
    for (state, answers) in cases {
        let by_id = json!({"KeyId": ID});
        let alias = json!({"AliasName": "alias/new", "TargetKeyId": ID});
        let calls = [
            ("EnableKey", &by_id),
            ("DisableKey", &by_id),
            ("ScheduleKeyDeletion", &by_id),
            ("CancelKeyDeletion", &by_id),
            ("CreateAlias", &alias),
        ];
        for ((operation, input), expected) in calls.into_iter().zip(answers) {
            let found = code(&sandbox(state), operation, input.clone()).await;
            assert_eq!(found, expected, "{state:?} {operation}");
        }
    }
}

#[tokio::test]
async fn a_cancelled_deletion_leaves_the_key_disabled() {
    let sandbox = sandbox(KeyState::Enabled);
    let by_id = json!({"KeyId": ID});
    let schedule = json!({"KeyId": ID, "PendingWindowInDays": 7});
    let answer = ask(&sandbox, "ScheduleKeyDeletion", REGION, schedule)
        .await
        .unwrap();
    assert_eq!(
        answer,
        json!({
            "KeyId": ARN,
            "DeletionDate": 7 * 86_400,
            "KeyState": "PendingDeletion",
            "PendingWindowInDays": 7,
        })
    );
    let cancelled = ask(&sandbox, "CancelKeyDeletion", REGION, by_id.clone()).await;
    assert_eq!(cancelled, Ok(json!({"KeyId": ARN})));
    let state = ask(&sandbox, "DescribeKey", REGION, by_id.clone())
        .await
        .unwrap();
    assert_eq!(state["KeyMetadata"]["KeyState"], "Disabled");
    assert_eq!(code(&sandbox, "EnableKey", by_id.clone()).await, "ok");
    let state = ask(&sandbox, "DescribeKey", REGION, by_id).await.unwrap();
    assert_eq!(state["KeyMetadata"]["KeyState"], "Enabled");
}

#[tokio::test]
async fn a_key_goes_when_its_waiting_time_is_over() {
    let sandbox = sandbox(KeyState::PendingDeletion);
    sandbox.advance(SignedDuration::from_hours(30 * 24 - 1));
    assert_eq!(
        code(&sandbox, "DescribeKey", json!({"KeyId": ID})).await,
        "ok"
    );
    sandbox.advance(SignedDuration::from_hours(1));
    for name in [ID, ARN, "alias/trail"] {
        let found = code(&sandbox, "DescribeKey", json!({"KeyId": name})).await;
        assert_eq!(found, "NotFoundException", "{name}");
    }
    let aliases = ask(&sandbox, "ListAliases", REGION, json!({}))
        .await
        .unwrap();
    assert_eq!(aliases["Aliases"], json!([]));
}

#[tokio::test]
async fn the_waiting_time_is_7_to_30_days() {
    for (days, expected) in [
        (6, "ValidationException"),
        (7, "ok"),
        (30, "ok"),
        (31, "ValidationException"),
    ] {
        let input = json!({"KeyId": ID, "PendingWindowInDays": days});
        let found = code(&sandbox(KeyState::Enabled), "ScheduleKeyDeletion", input).await;
        assert_eq!(found, expected, "{days}");
    }
}

#[tokio::test]
async fn a_key_policy_is_kept_byte_for_byte() {
    let sandbox = sandbox(KeyState::PendingDeletion);
    let odd = format!(
        "  {}\t\r\n",
        cloudtrail_key_policy("aws", OWN).replace('\n', "\r\n")
    );
    let put = json!({"KeyId": ARN, "PolicyName": "default", "Policy": odd});
    assert_eq!(code(&sandbox, "PutKeyPolicy", put).await, "ok");
    let read = ask(&sandbox, "GetKeyPolicy", REGION, json!({"KeyId": ID})).await;
    assert_eq!(read, Ok(json!({"Policy": odd, "PolicyName": "default"})));
}

fn statement(principal: &Value, action: &str, effect: &str) -> Value {
    json!({"Effect": effect, "Principal": principal, "Action": action, "Resource": "*"})
}

#[tokio::test]
async fn key_policies_that_are_refused() {
    const MALFORMED: &str = "MalformedPolicyDocumentException";
    let root = json!({"AWS": format!("arn:aws:iam::{OWN}:root")});
    let service = json!({"Service": "cloudtrail.amazonaws.com"});
    let policy = |list: Value| json!({"Version": "2012-10-17", "Statement": list}).to_string();
    let own = statement(&root, "kms:*", "Allow");
    let padded = |length: usize| {
        let text = policy(json!([own]));
        format!("{text}{}", " ".repeat(length - text.len()))
    };
    let mut conditional = own.clone();
    conditional["Condition"] = json!({"Bool": {"aws:MultiFactorAuthPresent": "true"}});
    let mut ineffective = statement(&service, "kms:DescribeKey", "Allow");
    ineffective.as_object_mut().unwrap().remove("Resource");
    let cases = [
        (policy(json!([own])), "ok"),
        (policy(own.clone()), "ok"),
        (
            policy(json!([statement(&root, "KMS:putkey*", "Allow")])),
            "ok",
        ),
        (policy(json!([own, ineffective])), "ok"),
        (padded(32_768), "ok"),
        (padded(32_769), "LimitExceededException"),
        (padded(131_073), "ValidationException"),
        (String::new(), "ValidationException"),
        (
            format!("{}\u{20ac}", policy(json!([own]))),
            "ValidationException",
        ),
        ("{".to_owned(), MALFORMED),
        ("[]".to_owned(), MALFORMED),
        (policy(json!([])), MALFORMED),
        (
            json!({"Version": "2020-01-01", "Statement": [own]}).to_string(),
            MALFORMED,
        ),
        (
            policy(json!([statement(&root, "kms:*", "Perhaps")])),
            MALFORMED,
        ),
        (
            policy(json!([
                own,
                statement(&json!({"AWS": "bob"}), "kms:*", "Allow")
            ])),
            MALFORMED,
        ),
        (
            policy(json!([own, {"Effect": "Allow", "Action": "*", "Resource": "*"}])),
            MALFORMED,
        ),
        // lock-outs
        (
            policy(json!([statement(&service, "kms:*", "Allow")])),
            MALFORMED,
        ),
        (
            policy(json!([statement(&root, "kms:Describe*", "Allow")])),
            MALFORMED,
        ),
        (
            policy(json!([
                own,
                statement(&json!("*"), "kms:PutKeyPolicy", "Deny")
            ])),
            MALFORMED,
        ),
        (policy(json!([conditional])), MALFORMED),
    ];
    for (text, expected) in cases {
        for operation in ["PutKeyPolicy", "CreateKey"] {
            let input = json!({"KeyId": ID, "Policy": text});
            let found = code(&sandbox(KeyState::Enabled), operation, input).await;
            let shown = text.get(..200).unwrap_or(&text);
            assert_eq!(found, expected, "{operation} {shown}");
        }
    }
}

#[tokio::test]
async fn the_lockout_check_can_be_bypassed_and_then_locks_out() {
    let sandbox = sandbox(KeyState::Enabled);
    let service = json!({"Service": "cloudtrail.amazonaws.com"});
    let text = json!({"Statement": [statement(&service, "kms:*", "Allow")]}).to_string();
    let mut put = json!({"KeyId": ID, "Policy": text});
    let (_, message) = ask(&sandbox, "PutKeyPolicy", REGION, put.clone())
        .await
        .unwrap_err();
    assert!(message.contains("will not allow you to update the key policy"));
    put["BypassPolicyLockoutSafetyCheck"] = true.into();
    assert_eq!(code(&sandbox, "PutKeyPolicy", put.clone()).await, "ok");
    for operation in ["PutKeyPolicy", "GetKeyPolicy", "DescribeKey", "EnableKey"] {
        let found = code(&sandbox, operation, put.clone()).await;
        assert_eq!(found, "AccessDeniedException", "{operation}");
    }
}

#[tokio::test]
async fn a_policy_has_one_name() {
    let sandbox = sandbox(KeyState::Enabled);
    for (name, expected) in [
        ("default", "ok"),
        ("other", "NotFoundException"),
        ("", "ValidationException"),
    ] {
        let input = json!({"KeyId": ID, "PolicyName": name});
        assert_eq!(code(&sandbox, "GetKeyPolicy", input).await, expected);
    }
}

#[tokio::test]
async fn a_created_key_is_enabled_and_the_accounts() {
    let sandbox = sandbox(KeyState::Enabled);
    let input = json!({"Description": "trail"});
    let made = ask(&sandbox, "CreateKey", "us-west-2", input)
        .await
        .unwrap();
    let id = made["KeyMetadata"]["KeyId"].as_str().unwrap();
    let by_id = json!({"KeyId": id});
    let read = ask(&sandbox, "DescribeKey", "us-west-2", by_id.clone()).await;
    assert_eq!(read.unwrap(), made);
    assert_eq!(made["KeyMetadata"]["Description"], "trail");
    let policy = ask(&sandbox, "GetKeyPolicy", "us-west-2", by_id)
        .await
        .unwrap();
    assert!(policy["Policy"].as_str().unwrap().contains(":root"));
    let external = ask(&sandbox, "CreateKey", REGION, json!({"Origin": "EXTERNAL"}))
        .await
        .unwrap();
    assert_eq!(external["KeyMetadata"]["KeyState"], "PendingImport");
    assert_ne!(external["KeyMetadata"]["KeyId"], id);
    for other in [
        json!({"MultiRegion": true}),
        json!({"KeyUsage": "SIGN_VERIFY"}),
        json!({"KeySpec": "RSA_2048"}),
    ] {
        let found = code(&sandbox, "CreateKey", other).await;
        assert_eq!(found, "NotImplementedException");
    }
    let long = json!({"Description": "x".repeat(8_193)});
    assert_eq!(
        code(&sandbox, "CreateKey", long).await,
        "ValidationException"
    );
}

#[tokio::test]
async fn aliases_that_are_refused() {
    let sandbox = sandbox(KeyState::Enabled);
    let cases = [
        ("alias/new", ID, "ok"),
        ("alias/trail", ID, "AlreadyExistsException"),
        ("alias/aws/s3", ID, "NotAuthorizedException"),
        ("new", ID, "ValidationException"),
        ("alias/", ID, "ValidationException"),
        ("alias/a b", ID, "ValidationException"),
        ("alias/a:b", ID, "InvalidAliasNameException"),
        ("alias/other", "alias/trail", "NotFoundException"),
        ("alias/other", &foreign(OPEN_ID), "AccessDeniedException"),
    ];
    for (name, target, expected) in cases {
        let input = json!({"AliasName": name, "TargetKeyId": target});
        assert_eq!(
            code(&sandbox, "CreateAlias", input).await,
            expected,
            "{name}"
        );
    }
    for expected in ["ok", "NotFoundException"] {
        let input = json!({"AliasName": "alias/new"});
        assert_eq!(code(&sandbox, "DeleteAlias", input).await, expected);
    }
}

#[tokio::test]
async fn aliases_are_listed_in_pages() {
    let sandbox = sandbox(KeyState::Enabled);
    for name in ["alias/a", "alias/b"] {
        let input = json!({"AliasName": name, "TargetKeyId": ID});
        assert_eq!(code(&sandbox, "CreateAlias", input).await, "ok");
    }
    let mut seen = Vec::new();
    let mut input = json!({"Limit": 2, "KeyId": ARN});
    loop {
        let page = ask(&sandbox, "ListAliases", REGION, input.clone())
            .await
            .unwrap();
        for alias in page["Aliases"].as_array().unwrap() {
            assert_eq!(alias["TargetKeyId"], ID);
            seen.push(alias["AliasName"].as_str().unwrap().to_owned());
        }
        if page["Truncated"] == false {
            break;
        }
        input["Marker"] = page["NextMarker"].clone();
    }
    assert_eq!(seen, ["alias/a", "alias/b", "alias/trail"]);
    let wrong = json!({"Marker": "nonsense"});
    assert_eq!(
        code(&sandbox, "ListAliases", wrong).await,
        "InvalidMarkerException"
    );
    let zero = json!({"Limit": 0});
    assert_eq!(
        code(&sandbox, "ListAliases", zero).await,
        "ValidationException"
    );
    let elsewhere = ask(&sandbox, "ListAliases", "us-west-2", json!({}))
        .await
        .unwrap();
    assert_eq!(elsewhere["Aliases"], json!([]));
}
