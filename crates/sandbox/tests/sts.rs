//! STS through the account's door.

use serde_json::json;
use trailkeeper_sandbox::{Call, Sandbox, World};

#[tokio::test]
async fn the_caller_is_a_session_of_the_account() {
    let world = World::new("111122223333", "eu-west-1", jiff::Timestamp::UNIX_EPOCH);
    let sandbox = Sandbox::new(world);
    let answer = sandbox
        .call(Call::new(
            "sts",
            "GetCallerIdentity",
            "eu-west-1",
            json!({}),
        ))
        .await
        .unwrap();
    assert_eq!(
        answer,
        json!({
            "UserId": "AROA2SANDBOX3ROLE4ID5:sandbox",
            "Account": "111122223333",
            "Arn": "arn:aws:sts::111122223333:assumed-role/trailkeeper/sandbox",
        })
    );
    let other = Call::new("sts", "AssumeRole", "eu-west-1", json!({}));
    assert!(sandbox.call(other).await.is_err());
}
