//! The real binaries, under Lambda's runtime API, against an account over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test code"
)]

mod support {
    pub(crate) mod account;
    pub(crate) mod instances;
    pub(crate) mod runtime_api;
}

use std::process::Stdio;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use support::account::{ACCOUNT, REGION, TOKEN, is_logging, payload, results, sandbox, scheduled};
use support::instances::{
    BARE, GOOD, INSTANCE_RULE, TOPIC, changed, instance_results, instances_world, launched,
    messages,
};
use support::runtime_api::{Answer, Ask, RuntimeApi};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::task::JoinHandle;
use trailkeeper_app::ports::Clock as _;
use trailkeeper_aws::SystemClock;
use trailkeeper_sandbox::http::serve;
use trailkeeper_sandbox::{Fault, FaultKind, Sandbox, When};

const EVALUATOR: &str = env!("CARGO_BIN_EXE_evaluator");
const REMEDIATOR: &str = env!("CARGO_BIN_EXE_remediator");
const FUNCTION_ARN: &str = "arn:aws:lambda:eu-west-1:111122223333:function:trailkeeper";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const SESSION_TOKEN: &str = "SESSION-TOKEN-FwoGZXIvYXdzE";

fn now() -> Timestamp {
    SystemClock.now()
}

/// A running binary.
struct Function {
    api: RuntimeApi,
    process: Child,
    // Read all along: a function that fills a pipe which nobody reads would stop there.
    written: [JoinHandle<String>; 2],
    invocations: usize,
}

impl Function {
    async fn start(binary: &str, endpoint: &str, settings: &[(&str, &str)]) -> Self {
        let api = RuntimeApi::start().await;
        let mut process = Command::new(binary)
            .env_clear()
            .env("AWS_LAMBDA_RUNTIME_API", &api.address)
            .env("AWS_LAMBDA_FUNCTION_NAME", "trailkeeper")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_LOG_LEVEL", "TRACE")
            .env("AWS_REGION", REGION)
            .env("AWS_ENDPOINT_URL", endpoint)
            .env("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_SESSION_TOKEN", SESSION_TOKEN)
            .envs(settings.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let written = [
            read(process.stdout.take().unwrap()),
            read(process.stderr.take().unwrap()),
        ];
        Self {
            api,
            process,
            written,
            invocations: 0,
        }
    }

    async fn over(binary: &str, sandbox: &Sandbox) -> Self {
        Self::with(binary, sandbox, &[]).await
    }

    async fn with(binary: &str, sandbox: &Sandbox, settings: &[(&str, &str)]) -> Self {
        let server = serve(sandbox.clone(), 0).await.unwrap();
        let endpoint = server.endpoint();
        tokio::spawn(server.run());
        Self::start(binary, &endpoint, settings).await
    }

    async fn invoke(&mut self, payload: Value) -> Answer {
        let deadline = now() + SignedDuration::from_secs(60);
        self.invoke_until(payload, deadline).await
    }

    async fn invoke_until(&mut self, payload: Value, deadline: Timestamp) -> Answer {
        self.invocations += 1;
        let ask = Ask {
            request_id: format!("00000000-0000-4000-8000-{:012}", self.invocations),
            function_arn: FUNCTION_ARN.to_owned(),
            deadline,
            payload,
        };
        tokio::select! {
            answer = self.api.invoke(ask) => answer,
            status = self.process.wait() => panic!("the function ended: {status:?}"),
        }
    }

    /// Ends the process; all that it wrote, and of that the lines of the product.
    async fn log(mut self) -> (String, Vec<Value>) {
        self.process.kill().await.unwrap();
        let [out, err] = self.written;
        let (out, err) = (out.await.unwrap(), err.await.unwrap());
        let lines = out.lines().map(|line| serde_json::from_str(line).unwrap());
        let lines = lines.collect();
        (out + &err, lines)
    }
}

fn read(mut pipe: impl AsyncRead + Send + Unpin + 'static) -> JoinHandle<String> {
    tokio::spawn(async move {
        let mut text = String::new();
        pipe.read_to_string(&mut text).await.unwrap();
        text
    })
}

fn response(answer: Answer) -> Value {
    match answer {
        Answer::Response(value) => value,
        Answer::Error(error) => panic!("{error}"),
    }
}

fn error(answer: Answer) -> (String, String) {
    let Answer::Error(error) = answer else {
        panic!("no error: {answer:?}")
    };
    let text = |name: &str| error[name].as_str().unwrap().to_owned();
    assert_eq!(error.as_object().unwrap().len(), 2, "{error}");
    (text("errorType"), text("errorMessage"))
}

#[tokio::test]
async fn the_evaluator_reports_what_it_sees() {
    let cases = [
        (true, "COMPLIANT", "arn:aws:cloudtrail:eu-west-1"),
        (false, "NON_COMPLIANT", "trail-not-logging: org-audit"),
    ];
    for (logs, compliance, annotation) in cases {
        let sandbox = sandbox(now(), logs);
        let mut function = Function::over(EVALUATOR, &sandbox).await;
        let answer = response(function.invoke(scheduled(now())).await);
        assert_eq!(answer["submitted"], "accepted", "{answer}");
        let stored = results(&sandbox).await;
        assert_eq!(stored.len(), 1, "{stored:?}");
        assert_eq!(stored[0].0, compliance, "{stored:?}");
        assert!(stored[0].1.starts_with(annotation), "{stored:?}");
    }
}

/// The second invocation of the process knows the policy of AWS already.
#[tokio::test]
async fn the_evaluator_judges_a_changed_instance() {
    let sandbox = Sandbox::new(instances_world(now()));
    let mut function = Function::over(EVALUATOR, &sandbox).await;
    for reads in [1, 0] {
        sandbox.clear_calls();
        let event = changed(now(), GOOD, Some("narrow"));
        let answer = response(function.invoke(event).await);
        assert_eq!(answer["evaluations"][0]["compliance"], "COMPLIANT");
        let calls = sandbox.calls();
        let of_version = calls
            .iter()
            .filter(|call| call.operation == "GetPolicyVersion");
        assert_eq!(of_version.count(), reads);
        assert_eq!(calls.len(), 7 + reads, "{calls:?}");
    }
    let answer = response(function.invoke(changed(now(), BARE, None)).await);
    assert_eq!(answer["submitted"], "accepted", "{answer}");
    let stored = instance_results(&sandbox).await;
    let told: Vec<&str> = stored.iter().map(|[_, told, _]| told.as_str()).collect();
    assert_eq!(told, ["COMPLIANT", "NON_COMPLIANT"], "{stored:?}");
    assert!(stored[1][2].starts_with("no-instance-profile"));
}

#[tokio::test]
async fn the_evaluator_tells_of_a_launch_once() {
    let sandbox = Sandbox::new(instances_world(now()));
    let settings = [
        ("TRAILKEEPER_TOPIC_ARN", TOPIC),
        ("TRAILKEEPER_INSTANCE_CONFIG_RULE", INSTANCE_RULE),
    ];
    let mut function = Function::with(EVALUATOR, &sandbox, &settings).await;
    let event = launched(now(), "event-1", &[BARE]);
    let first = response(function.invoke(event.clone()).await);
    let wanted = json!({"action": "notified", "executionId": "", "notes": []});
    assert_eq!(first, wanted);
    let operations: Vec<String> = sandbox
        .calls()
        .into_iter()
        .map(|call| call.operation)
        .collect();
    assert_eq!(
        operations,
        ["DescribeConfigRules", "DescribeInstances", "Publish"]
    );
    let second = response(function.invoke(event).await);
    assert_eq!(second["notes"], json!(["duplicate-event: event-1"]));
    let messages = messages(&sandbox);
    assert_eq!(messages.len(), 1, "{messages:?}");
    let (subject, message) = &messages[0];
    assert!(subject.contains(BARE), "{subject}");
    assert_eq!(message["findings"][0]["code"], "no-instance-profile");
    let (text, lines) = function.log().await;
    assert!(!text.contains("CLIENT-TOKEN"), "{text}");
    let actions: Vec<&Value> = lines.iter().map(|line| &line["action"]).collect();
    assert_eq!(actions, ["notified", "none"], "{lines:?}");
}

#[tokio::test]
async fn a_denied_call_is_named_with_its_code() {
    let denied = |service, operation| {
        let kind = FaultKind::Denied { scp: false };
        Fault::new(service, operation, When::Always, kind)
    };
    let account = sandbox(now(), true);
    account.inject(denied("cloudtrail", "GetTrailStatus"));
    let mut function = Function::over(EVALUATOR, &account).await;
    response(function.invoke(scheduled(now())).await);
    let annotation = "could-not-verify: cloudtrail:GetTrailStatus AccessDeniedException";
    let stored = results(&account).await;
    assert!(stored[0].1.starts_with(annotation), "{stored:?}");

    account.inject(denied("config", "PutEvaluations"));
    let (code, message) = error(function.invoke(scheduled(now())).await);
    assert_eq!(code, "put-evaluations-failed");
    assert!(message.contains("config:PutEvaluations"), "{message}");
    assert!(message.contains("AccessDeniedException"), "{message}");

    let account = sandbox(now(), false);
    account.inject(denied("cloudtrail", "StartLogging"));
    let mut function = Function::over(REMEDIATOR, &account).await;
    let (code, message) = error(function.invoke(payload()).await);
    assert_eq!(code, "denied");
    assert!(message.contains("cloudtrail:StartLogging"), "{message}");
    assert!(!message.contains("service error"), "{message}");
}

#[tokio::test]
async fn the_remediator_starts_a_stopped_trail_once() {
    let sandbox = sandbox(now(), false);
    let mut function = Function::over(REMEDIATOR, &sandbox).await;
    let first = response(function.invoke(payload()).await);
    assert_eq!(first["outcome"], "repaired", "{first}");
    assert!(is_logging(&sandbox).await);
    sandbox.clear_calls();
    let second = response(function.invoke(payload()).await);
    assert_eq!(second["outcome"], "already-healthy", "{second}");
    assert!(sandbox.calls().iter().all(|call| !call.write));
    let (_, lines) = function.log().await;
    let outcomes: Vec<&Value> = lines.iter().map(|line| &line["outcome"]).collect();
    assert_eq!(outcomes, ["repaired", "already-healthy"], "{lines:?}");
}

#[tokio::test]
async fn bad_input_is_an_error_with_a_stable_type() {
    let account = sandbox(now(), true);
    let mut function = Function::over(EVALUATOR, &account).await;
    let mut no_token = scheduled(now());
    no_token["resultToken"] = Value::Null;
    let cases = [
        (json!({}), "malformed-event"),
        (json!("text"), "malformed-event"),
        (no_token, "missing-token"),
    ];
    for (event, code) in cases {
        assert_eq!(
            error(function.invoke(event.clone()).await).0,
            code,
            "{event}"
        );
    }
    let mut function = Function::over(REMEDIATOR, &account).await;
    let (code, message) = error(function.invoke(json!({"CloudTrailNam": "x"})).await);
    assert_eq!(code, "bad-parameter");
    let (sentence, result) = message.split_once('\n').unwrap();
    assert!(
        sentence.contains("did you mean CloudTrailName?"),
        "{sentence}"
    );
    let result: Value = serde_json::from_str(result).unwrap();
    assert_eq!(result["outcome"], "");
    assert!(account.calls().is_empty());
}

#[tokio::test]
async fn a_function_that_hangs_says_so_before_lambda_kills_it() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", silent.local_addr().unwrap());
    let cases = [
        (
            EVALUATOR,
            scheduled(now()),
            "out-of-time",
            "cloudtrail:DescribeTrails 1",
        ),
        (REMEDIATOR, payload(), "deadline", ""),
    ];
    for (binary, payload, wanted, made) in cases {
        let mut function = Function::start(binary, &endpoint, &[]).await;
        let deadline = now() + SignedDuration::from_millis(1_500);
        let (code, _) = error(function.invoke_until(payload, deadline).await);
        assert_eq!(code, wanted, "{binary}");
        let (_, lines) = function.log().await;
        assert_eq!(lines.len(), 1, "{lines:?}");
        let calls = lines[0]["calls"].as_str().unwrap();
        assert!(calls.contains(made), "{binary}: {calls}");
    }
}

#[tokio::test]
async fn a_bad_setting_is_the_answer_to_every_event_that_needs_it() {
    let cases = [
        ("TRAILKEEPER_MODE", "loud"),
        ("TRAILKEEPER_TOPIC_ARN", "alerts"),
    ];
    for (name, value) in cases {
        let settings = [(name, value)];
        let account = sandbox(now(), false);
        let mut function = Function::with(EVALUATOR, &account, &settings).await;
        let event = launched(now(), "event-1", &[BARE]);
        let (code, message) = error(function.invoke(event).await);
        assert_eq!(code, "bad-setting");
        assert!(message.starts_with(name), "{message}");
        response(function.invoke(scheduled(now())).await);
        assert_eq!(results(&account).await.len(), 1, "AWS Config is answered");
    }
}

#[tokio::test]
async fn the_log_holds_one_json_line_an_invocation_and_no_secret() {
    let account = sandbox(now(), false);
    let mut logs = Vec::new();
    let events = [(EVALUATOR, scheduled(now())), (REMEDIATOR, payload())];
    for (binary, event) in events {
        let mut function = Function::over(binary, &account).await;
        response(function.invoke(event).await);
        error(
            function
                .invoke(json!({"resultToken": TOKEN, "x": SECRET}))
                .await,
        );
        logs.push(function.log().await);
    }
    for (text, lines) in logs {
        let of_the_event = ["notificationCreationTime", "CloudTrailS3BucketName"];
        for hidden in [TOKEN, SECRET, SESSION_TOKEN].iter().chain(&of_the_event) {
            assert!(!text.contains(hidden), "{hidden} in {text}");
        }
        assert_eq!(lines.len(), 2, "{text}");
        for (line, level) in lines.iter().zip(["INFO", "ERROR"]) {
            assert_eq!(line["level"], level);
            assert_eq!(line["account"], ACCOUNT);
            assert!(
                line["timestamp"]
                    .as_str()
                    .unwrap()
                    .parse::<Timestamp>()
                    .is_ok()
            );
            assert!(line["requestId"].as_str().unwrap().starts_with("00000000-"));
            assert!(
                line["durationMs"].is_i64() || line["durationMs"].is_u64(),
                "{line}"
            );
        }
        let calls = lines[0]["calls"].as_str().unwrap();
        assert!(calls.starts_with("cloudtrail:DescribeTrails "), "{calls}");
    }
}
