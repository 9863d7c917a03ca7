//! The EC2 protocol on the wire.

use serde_json::json;
use trailkeeper_sandbox::seed::InstanceProfileSeed;
use trailkeeper_sandbox::seed::{InstanceSeed, RoleSeed};

use crate::{REGION, Wire};

const ID: &str = "i-0123456789abcdef0";
const PROFILE: &str = "arn:aws:iam::111122223333:instance-profile/web";

async fn wire() -> Wire {
    let wire = Wire::start().await;
    wire.sandbox.with_world(|world| {
        world.seed_role(RoleSeed::new("app"));
        world.seed_instance_profile(InstanceProfileSeed::new("web", Some("app")));
        world.seed_instance(InstanceSeed::new(REGION, ID));
    });
    wire
}

#[tokio::test]
async fn a_form_with_flat_lists_is_the_input() {
    let wire = wire().await;
    let cases = [
        (
            "Action=DescribeInstances&Version=2016-11-15&InstanceId.1=i-1&InstanceId.2=i-2",
            json!({"InstanceIds": ["i-1", "i-2"]}),
        ),
        (
            "Action=DescribeInstances&Filter.1.Name=instance-id&Filter.1.Value.1=i-1\
             &Filter.2.Name=tag%3Aa&Filter.2.Value.1=b&Filter.2.Value.2=c&MaxResults=5\
             &DryRun=false",
            json!({
                "Filters": [
                    {"Name": "instance-id", "Values": ["i-1"]},
                    {"Name": "tag:a", "Values": ["b", "c"]},
                ],
                "MaxResults": 5,
                "DryRun": false,
            }),
        ),
        (
            "Action=AssociateIamInstanceProfile&InstanceId=i-1&IamInstanceProfile.Name=web",
            json!({"InstanceId": "i-1", "IamInstanceProfile": {"Name": "web"}}),
        ),
        (
            "Action=CreateTags&ResourceId.1=i-1&Tag.1.Key=a&Tag.1.Value=",
            json!({"Resources": ["i-1"], "Tags": [{"Key": "a", "Value": ""}]}),
        ),
    ];
    for (form, wanted) in cases {
        wire.signed("ec2", "POST", "/").send(form).await.unwrap();
        let (_, region, input) = wire.last_call();
        assert_eq!((region.as_str(), input), (REGION, wanted), "{form}");
    }
}

#[tokio::test]
async fn answers_are_sets_of_items() {
    let wire = wire().await;
    let form =
        format!("Action=AssociateIamInstanceProfile&InstanceId={ID}&IamInstanceProfile.Name=web");
    let answer = wire.signed("ec2", "POST", "/").send(&form).await.unwrap();
    assert_eq!(answer.status, 200);
    let opening = "<AssociateIamInstanceProfileResponse \
                   xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>";
    assert!(answer.body.starts_with(opening), "{}", answer.body);
    let state = "<state>associating</state></iamInstanceProfileAssociation>";
    assert!(answer.body.contains(state), "{}", answer.body);

    let ask = wire.signed("ec2", "POST", "/");
    let answer = ask.send("Action=DescribeInstances").await.unwrap();
    for part in [
        "<reservationSet><item>",
        "<instancesSet><item>",
        &format!("<instanceId>{ID}</instanceId>"),
        &format!("<iamInstanceProfile><arn>{PROFILE}</arn><id>AIPA"),
        "<instanceState><code>16</code><name>running</name></instanceState>",
        "<launchTime>2026-03-02T09:00:00.000Z</launchTime>",
    ] {
        assert!(answer.body.contains(part), "{part}: {}", answer.body);
    }
}

#[tokio::test]
async fn errors_have_their_own_form() {
    let wire = wire().await;
    let form = "Action=StopInstances&InstanceId.1=i-12345678";
    let answer = wire.signed("ec2", "POST", "/").send(form).await.unwrap();
    assert_eq!(answer.status, 400);
    let id = answer.header("x-amzn-requestid").unwrap();
    let wanted = format!(
        "<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>The instance ID \
         'i-12345678' does not exist</Message></Error></Errors><RequestID>{id}</RequestID>\
         </Response>"
    );
    assert_eq!(answer.body, wanted);
}
