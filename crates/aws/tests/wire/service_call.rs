//! What holds for all services without a crate of the SDK.

use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};
use serde_json::json;
use trailkeeper_app::ports::{
    AutomationReader, DetectorReader, EventRuleReader, EventRuleWriter, FunctionReader,
};
use trailkeeper_aws::{Automation, Detectors, EventBus, Functions, Session};
use trailkeeper_core::{CallError, ErrorClass};

use crate::wire::{Reply, Wire, ok, refusal};

#[derive(Debug, Clone, Copy)]
enum Service {
    Ssm,
    Events,
    Lambda,
    GuardDuty,
}

use Service::{Events, GuardDuty, Lambda, Ssm};

async fn ask(service: Service, session: Session) -> Option<CallError> {
    match service {
        Ssm => Automation::new(session).document("x").await.err(),
        Events => EventBus::new(session).event_rule("x").await.err(),
        Lambda => Functions::new(session).function("x").await.err(),
        GuardDuty => Detectors::new(session).detectors().await.err(),
    }
}

// What AWS_ENDPOINT_URL_EVENTBRIDGE and its like come to.
#[derive(Debug)]
struct Own;

impl LoadServiceConfig for Own {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        let known = ["SSM", "EventBridge", "Lambda", "GuardDuty"];
        let wanted = known.contains(&key.service_id()) && key.env() == "AWS_ENDPOINT_URL";
        wanted.then(|| format!("http://own/{}", key.service_id()))
    }
}

#[tokio::test]
async fn endpoints_follow_the_partition_and_the_settings() {
    type Setting = fn(aws_types::sdk_config::Builder) -> aws_types::sdk_config::Builder;
    let fips: Setting = |it| it.use_fips(true);
    let both: Setting = |it| it.use_fips(true).use_dual_stack(true);
    let cases: [(Service, &str, Setting, &str); 14] = [
        (
            Ssm,
            "eu-west-1",
            |it| it,
            "https://ssm.eu-west-1.amazonaws.com/",
        ),
        (
            Events,
            "cn-north-1",
            |it| it,
            "https://events.cn-north-1.amazonaws.com.cn/",
        ),
        (
            Lambda,
            "eu-west-1",
            |it| it.use_dual_stack(true),
            "https://lambda.eu-west-1.api.aws/",
        ),
        (
            GuardDuty,
            "eusc-de-east-1",
            |it| it,
            "https://guardduty.eusc-de-east-1.amazonaws.eu/",
        ),
        (
            Ssm,
            "us-east-1",
            fips,
            "https://ssm-fips.us-east-1.amazonaws.com/",
        ),
        (
            Events,
            "us-east-1",
            both,
            "https://events-fips.us-east-1.api.aws/",
        ),
        (
            Ssm,
            "us-gov-west-1",
            fips,
            "https://ssm.us-gov-west-1.amazonaws.com/",
        ),
        (
            Events,
            "us-gov-west-1",
            fips,
            "https://events.us-gov-west-1.amazonaws.com/",
        ),
        (
            GuardDuty,
            "us-gov-west-1",
            fips,
            "https://guardduty.us-gov-west-1.amazonaws.com/",
        ),
        (
            Lambda,
            "us-gov-west-1",
            fips,
            "https://lambda-fips.us-gov-west-1.amazonaws.com/",
        ),
        (
            Ssm,
            "us-gov-west-1",
            both,
            "https://ssm-fips.us-gov-west-1.api.aws/",
        ),
        (
            Lambda,
            "eu-west-1",
            |it| it.endpoint_url("http://all:1"),
            "http://all:1/",
        ),
        (
            Events,
            "eu-west-1",
            |it| it.service_config(Own),
            "http://own/EventBridge/",
        ),
        (
            GuardDuty,
            "eu-west-1",
            |it| it.service_config(Own),
            "http://own/GuardDuty/",
        ),
    ];
    for (service, region, setting, url) in cases {
        let wire = Wire::new([refusal("AccessDeniedException", "no")]);
        let config = wire.config().region(aws_config::Region::new(region));
        let session = Session::from_config(setting(config).build()).unwrap();
        assert!(ask(service, session).await.is_some());
        let request = wire.request();
        let (_, address) = request.line.split_once(' ').unwrap();
        assert!(address.starts_with(url), "{service:?}: {address}");
        assert!(request.scope.starts_with(region), "{}", request.scope);
    }
}

#[tokio::test]
async fn errors_keep_code_text_and_request_id() {
    let id = || vec![("x-amzn-requestid", "id-1".to_owned())];
    let lambda = || {
        let mut headers = id();
        headers.push(("x-amzn-errortype", "ThrottlingException".to_owned()));
        headers
    };
    let cases = [
        (
            Ssm,
            refusal("com.amazonaws.ssm#InternalServerError", "oh"),
            ("InternalServerError", ErrorClass::Broken),
            "oh (request id id-1)",
        ),
        (
            Lambda,
            Reply::Answer(429, lambda(), "{\"Message\":\"slow\"}".to_owned()),
            ("ThrottlingException", ErrorClass::Throttled),
            "slow (request id id-1)",
        ),
        (
            Events,
            Reply::Answer(502, id(), "<html>Bad Gateway".to_owned()),
            ("502", ErrorClass::Broken),
            "HTTP status 502: <html>Bad Gateway (request id id-1)",
        ),
        (
            GuardDuty,
            Reply::Answer(403, id(), String::new()),
            ("403", ErrorClass::Denied),
            "HTTP status 403 without a text (request id id-1)",
        ),
    ];
    for (service, reply, expected, text) in cases {
        let wire = Wire::new([reply]);
        let error = ask(service, wire.session()).await.unwrap();
        assert_eq!((error.code.as_str(), error.class), expected);
        assert_eq!(error.message, text);
    }
    for (reply, code) in [(Reply::Lost, "ConnectionLost"), (Reply::Late, "Timeout")] {
        let wire = Wire::new([reply]);
        assert_eq!(ask(Ssm, wire.session()).await.unwrap().code, code);
    }
}

#[tokio::test]
async fn a_call_is_tried_as_often_as_set_and_no_more() {
    let busy = || refusal("ThrottlingException", "slow");
    let fault = || Reply::Answer(500, Vec::new(), String::new());
    let half = || Reply::Answer(200, Vec::new(), "{".to_owned());
    let done = || ok(json!({}));
    let cases = [
        (1, vec![busy()], false),
        (3, vec![busy(), Reply::Lost, done()], true),
        (3, vec![fault(), Reply::Late, done()], true),
        (3, vec![half(), busy(), done()], true),
        (3, vec![busy(), busy(), busy()], false),
        (3, vec![refusal("ManagedRuleException", "no")], false),
    ];
    for (attempts, script, good) in cases {
        let wire = Wire::new(script);
        let bus = EventBus::new(wire.session_with_attempts(attempts));
        let answer = bus.enable_event_rule("r").await;
        assert_eq!(answer.is_ok(), good, "{answer:?}");
        wire.requests();
    }
}
