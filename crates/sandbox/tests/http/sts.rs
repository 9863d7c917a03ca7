use serde_json::json;
use trailkeeper_sandbox::{ApiError, Fault, FaultKind, When};

use crate::{REGION, Wire};

#[tokio::test]
async fn the_form_is_the_input() {
    let wire = Wire::start().await;
    let form = "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fa+b";
    let ask = wire.signed("sts", "POST", "/");
    ask.send(form).await.unwrap();
    let input = json!({"RoleArn": "arn:aws:iam::1:role/a b"});
    let wanted = ("AssumeRole".to_owned(), REGION.to_owned(), input);
    assert_eq!(wire.last_call(), wanted);
    let ask = wire.signed(
        "sts",
        "GET",
        "/?Action=GetCallerIdentity&Version=2011-06-15",
    );
    ask.send("").await.unwrap();
    assert_eq!(wire.last_call().0, "GetCallerIdentity");
    let answer = wire.signed("sts", "POST", "/").send("").await.unwrap();
    assert!(answer.body.contains("<Code>MissingAction</Code>"));
}

#[tokio::test]
async fn errors_are_xml() {
    let wire = Wire::start().await;
    let error = ApiError::new("InvalidClientTokenId", "a < b").with_status(403);
    let kind = FaultKind::Error(error);
    let fault = Fault::new("sts", "GetCallerIdentity", When::Always, kind);
    wire.sandbox.inject(fault);
    let ask = wire.signed("sts", "POST", "/");
    let answer = ask.send("Action=GetCallerIdentity").await.unwrap();
    assert_eq!(answer.status, 403);
    assert_eq!(answer.header("content-type"), Some("text/xml"));
    let id = answer.header("x-amzn-requestid").unwrap();
    let wanted = format!(
        "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error>\
         <Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>a &lt; b</Message></Error>\
         <RequestId>{id}</RequestId></ErrorResponse>"
    );
    assert_eq!(answer.body, wanted);
}
