use aws_types::origin::Origin;
use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use trailkeeper_app::ports::InstanceReader;
use trailkeeper_aws::{Instances, Session};
use trailkeeper_core::facts::{InstanceFacts, InstanceState};
use trailkeeper_core::{CallError, ErrorClass};

use crate::wire::{Reply, Wire, xml};

fn item(id: &str, state: &str, profile: &str) -> String {
    format!(
        "<item><instanceId>{id}</instanceId><imageId>ami-1</imageId>\
         <instanceState><code>16</code><name>{state}</name></instanceState>\
         <networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId>\
         <attachment><instanceId>i-other</instanceId></attachment></item></networkInterfaceSet>\
         {profile}</item>"
    )
}

fn with_profile(name: &str) -> String {
    format!(
        "<iamInstanceProfile>\n  <arn>arn:aws:iam::111122223333:instance-profile/{name}</arn>\n  \
         <id>AIPA1</id></iamInstanceProfile>"
    )
}

fn page(reservations: &[&[String]], token: Option<&str>) -> Reply {
    let reservations = reservations.iter().map(|items| {
        format!(
            "<item><reservationId>r-1</reservationId><groupSet/>\
             <instancesSet>{}</instancesSet></item>",
            items.concat()
        )
    });
    let reservations: String = reservations.collect();
    let token = token.map(|token| format!("<nextToken>{token}</nextToken>"));
    xml(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeInstancesResponse \
         xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n<requestId>id-1</requestId>\
         <reservationSet>{reservations}</reservationSet>{}</DescribeInstancesResponse>\n",
        token.unwrap_or_default()
    ))
}

fn refusal(status: u16, code: &str) -> Reply {
    let id = vec![("x-amzn-requestid", "id-1".to_owned())];
    let body = format!(
        "<?xml version=\"1.0\"?>\n<Response><Errors><Error><Code>{code}</Code>\
         <Message>no &amp; never</Message></Error></Errors><RequestID>id-1</RequestID></Response>"
    );
    Reply::Answer(status, id, body)
}

fn ids(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

async fn describe(session: Session, names: &[&str]) -> Result<Vec<InstanceFacts>, CallError> {
    Instances::new(session)
        .describe_instances(&ids(names))
        .await
}

#[tokio::test]
async fn instances_are_asked_for_by_a_filter_and_read_with_state_and_profile() {
    let bare = item("i-1", "stopped", "");
    let own = item("i-2", "running", &with_profile("team/a&amp;b"));
    let odd = item("i-3", "hibernating", "");
    let wire = Wire::new([page(&[&[bare, own], &[odd]], None)]);
    let found = describe(wire.session(), &["i-1", "i-2", "i-3", "i-4"]).await;
    let facts = |id: &str, state, profile: Option<&str>| InstanceFacts {
        id: id.to_owned(),
        state,
        profile: profile.map(|arn| arn.parse().unwrap()),
    };
    let arn = "arn:aws:iam::111122223333:instance-profile/team/a&b";
    let expected = vec![
        facts("i-1", InstanceState::Stopped, None),
        facts("i-2", InstanceState::Running, Some(arn)),
        facts("i-3", InstanceState::Other("hibernating".to_owned()), None),
    ];
    assert_eq!(found, Ok(expected));
    let request = wire.request();
    assert_eq!(request.line, "POST https://ec2.eu-west-1.amazonaws.com/");
    assert_eq!(request.scope, "eu-west-1/ec2");
    assert!(request.agent.contains("api/ec2"), "{}", request.agent);
    assert_eq!(
        request.body,
        "Action=DescribeInstances&Version=2016-11-15&MaxResults=1000\
         &Filter.1.Name=instance-id&Filter.1.Value.1=i-1&Filter.1.Value.2=i-2\
         &Filter.1.Value.3=i-3&Filter.1.Value.4=i-4"
    );
}

#[tokio::test]
async fn pages_follow_their_token_and_more_than_a_filter_holds_is_asked_in_parts() {
    let names: Vec<String> = (0..201).map(|number| format!("i-{number}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let one = |name: &str, token| page(&[&[item(name, "running", "")]], token);
    let wire = Wire::new([
        one("i-0", Some("a+b/=")),
        one("i-7", None),
        one("i-200", None),
    ]);
    let found = describe(wire.session(), &names).await.unwrap();
    let found: Vec<_> = found.into_iter().map(|instance| instance.id).collect();
    assert_eq!(found, ["i-0", "i-7", "i-200"]);
    let requests = wire.requests();
    let last = |index: usize| requests[index].form().pop().unwrap();
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(last(0), pair("Filter.1.Value.200", "i-199"));
    assert_eq!(last(1), pair("NextToken", "a+b/="));
    assert_eq!(last(2), pair("Filter.1.Value.1", "i-200"));
    assert!(requests[1].body.ends_with("&NextToken=a%2Bb%2F%3D"));
}

#[tokio::test]
async fn an_id_that_is_a_pattern_brings_no_strangers() {
    let stranger = item("i-1", "running", "");
    let wire = Wire::new([page(&[&[stranger]], None)]);
    assert_eq!(describe(wire.session(), &["i-*"]).await, Ok(Vec::new()));
    assert_eq!(wire.request().form()[3].1, "i-*");
}

#[tokio::test]
async fn no_ids_are_no_call() {
    let wire = Wire::new([]);
    assert_eq!(describe(wire.session(), &[]).await, Ok(Vec::new()));
    assert!(wire.requests().is_empty());
}

#[tokio::test]
async fn what_cannot_be_read_is_an_error_and_never_a_shorter_list() {
    let good = item("i-1", "running", "");
    let whole = |body: &str| {
        xml(format!(
            "<DescribeInstancesResponse>{body}</DescribeInstancesResponse>"
        ))
    };
    let Reply::Answer(_, _, body) = page(&[std::slice::from_ref(&good)], None) else {
        panic!("an answer");
    };
    let nameless = good.replace("<instanceId>i-1</instanceId><imageId>", "<imageId>");
    let stateless = good.replace("<name>running</name>", "");
    let profile = item(
        "i-1",
        "running",
        "<iamInstanceProfile><id>A</id></iamInstanceProfile>",
    );
    let cases = [
        vec![xml(body.chars().take(body.len() - 40).collect::<String>())],
        vec![xml(body.replace("<reservationId>", "<reservation Id<<"))],
        vec![xml(body.replace(
            "DescribeInstancesResponse",
            "DescribeImagesResponse",
        ))],
        vec![xml("")],
        vec![page(&[&[nameless]], None)],
        vec![page(&[&[stateless]], None)],
        vec![page(&[&[profile]], None)],
        vec![page(&[], Some("t")), page(&[], Some("t"))],
    ];
    for script in cases {
        let wire = Wire::new(script.clone());
        let answer = describe(wire.session(), &["i-1"]).await;
        let error = answer.expect_err(&format!("{script:?}"));
        assert_eq!(
            (error.code.as_str(), error.class),
            ("InvalidResponse", ErrorClass::Broken)
        );
        assert_eq!(error.resource, "i-1");
    }
    let empty = Wire::new([whole("<reservationSet/>")]);
    assert_eq!(describe(empty.session(), &["i-1"]).await, Ok(Vec::new()));
}

#[tokio::test]
async fn errors_of_ec2_keep_code_text_and_request_id_and_have_their_class() {
    let cases = [
        (403, "UnauthorizedOperation", ErrorClass::Denied),
        (401, "AuthFailure", ErrorClass::Denied),
        (503, "RequestLimitExceeded", ErrorClass::Throttled),
        (400, "InvalidParameterValue", ErrorClass::Refused),
        (500, "InternalError", ErrorClass::Broken),
        (503, "Unavailable", ErrorClass::Broken),
    ];
    for (status, code, class) in cases {
        let wire = Wire::new([refusal(status, code)]);
        let error = describe(wire.session(), &["i-1", "i-2"]).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.class), (code, class));
        assert_eq!(error.message, "no & never (request id id-1)");
        assert_eq!(error.to_string().split(':').next(), Some("ec2"));
        assert_eq!(error.resource, "2 instances");
    }
}

#[tokio::test]
async fn an_error_without_a_code_has_the_status_for_one() {
    let html = Reply::Answer(502, Vec::new(), "<html>Bad Gateway".to_owned());
    let cases = [
        (html, "502"),
        (Reply::Answer(403, Vec::new(), String::new()), "403"),
        (Reply::Lost, "ConnectionLost"),
        (Reply::Late, "Timeout"),
    ];
    for (reply, code) in cases {
        let wire = Wire::new([reply]);
        let error = describe(wire.session(), &["i-1"]).await.unwrap_err();
        assert_eq!(error.code, code, "{error}");
    }
}

#[tokio::test]
async fn a_call_to_ec2_is_tried_as_often_as_set_and_no_more() {
    let busy = || refusal(503, "RequestLimitExceeded");
    let fault = || Reply::Answer(500, Vec::new(), String::new());
    let done = || page(&[], None);
    let cases = [
        (1, vec![busy()], false),
        (3, vec![busy(), Reply::Lost, done()], true),
        (3, vec![fault(), Reply::Late, done()], true),
        (3, vec![busy(), busy(), busy()], false),
        (3, vec![refusal(403, "UnauthorizedOperation")], false),
    ];
    for (attempts, script, good) in cases {
        let wire = Wire::new(script);
        let answer = describe(wire.session_with_attempts(attempts), &["i-1"]).await;
        assert_eq!(answer.is_ok(), good, "{answer:?}");
        wire.requests();
    }
}

// What AWS_ENDPOINT_URL_EC2 comes to.
#[derive(Debug)]
struct OnlyEc2;

impl LoadServiceConfig for OnlyEc2 {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let wanted = (key.service_id(), key.env()) == ("EC2", "AWS_ENDPOINT_URL");
        wanted.then(|| "http://emulator:5000/ec2/".to_owned())
    }
}

#[tokio::test]
async fn the_endpoint_follows_the_region_and_the_settings() {
    type Setting = fn(aws_types::sdk_config::Builder) -> aws_types::sdk_config::Builder;
    let cases: [(&str, Setting, &str); 10] = [
        ("eu-west-1", |it| it, "https://ec2.eu-west-1.amazonaws.com/"),
        (
            "cn-north-1",
            |it| it,
            "https://ec2.cn-north-1.amazonaws.com.cn/",
        ),
        (
            "us-isob-east-1",
            |it| it,
            "https://ec2.us-isob-east-1.sc2s.sgov.gov/",
        ),
        (
            "us-east-1",
            |it| it.use_fips(true),
            "https://ec2-fips.us-east-1.amazonaws.com/",
        ),
        (
            "us-gov-west-1",
            |it| it.use_fips(true),
            "https://ec2.us-gov-west-1.amazonaws.com/",
        ),
        (
            "us-east-1",
            |it| it.use_dual_stack(true),
            "https://ec2.us-east-1.api.aws/",
        ),
        (
            "eu-west-1",
            |it| it.endpoint_url("http://all:1"),
            "http://all:1/",
        ),
        (
            "eu-west-1",
            |it| it.service_config(OnlyEc2),
            "http://emulator:5000/ec2/",
        ),
        (
            "eu-west-1",
            |it| it.service_config(OnlyEc2).endpoint_url("http://all:1"),
            "http://emulator:5000/ec2/",
        ),
        // as the command line sets it, which wins over the environment
        (
            "eu-west-1",
            |mut it| {
                it.insert_origin("endpoint_url", Origin::shared_config());
                it.service_config(OnlyEc2).endpoint_url("http://all:1")
            },
            "http://all:1/",
        ),
    ];
    for (region, setting, url) in cases {
        let wire = Wire::new([page(&[], None)]);
        let config = wire.config().region(aws_config::Region::new(region));
        let session = Session::from_config(setting(config).build()).unwrap();
        assert_eq!(describe(session, &["i-1"]).await, Ok(Vec::new()));
        let request = wire.request();
        assert_eq!(request.line, format!("POST {url}"));
        assert_eq!(request.scope, format!("{region}/ec2"));
    }
}
