//! The command as a process: exit codes, bytes of output, signals.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod baseline;

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;

const BUCKET: &str = "CloudTrailS3BucketName=amzn-s3-demo-audit-111122223333";
const TRAIL: &str = "CloudTrailName=org-audit";
const RUNBOOK: &str = "../../runbooks/restore-cloudtrail.yaml";

/// The command without anything of this machine's AWS settings.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailkeeper"));
    command
        .args(arguments)
        .env_clear()
        .env("AWS_CONFIG_FILE", "no-such-file")
        .env("AWS_SHARED_CREDENTIALS_FILE", "no-such-file")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    command(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn exit_codes() {
    let cases: [(&[&str], i32, &str); 15] = [
        (&["--version"], 0, ""),
        (&["demo"], 0, ""),
        (&["evaluate", "--sandbox"], 2, ""),
        (
            &["plan", "--sandbox", "--param", TRAIL, "--param", BUCKET],
            2,
            "",
        ),
        (
            &["repair", "--sandbox", "--param", TRAIL, "--param", BUCKET],
            0,
            "",
        ),
        (
            &["repair", "--sandbox", "--param", TRAIL],
            1,
            "CloudTrailS3BucketName",
        ),
        (
            &["evaluate", "--param", "requireKMS=true"],
            1,
            "requireKms?",
        ),
        (&["runbook", "check", RUNBOOK], 0, ""),
        (&["runbook", "check", "tests/cases/broken.yaml"], 2, ""),
        (
            &[
                "runbook", "run", RUNBOOK, "--param", TRAIL, "--param", BUCKET,
            ],
            0,
            "",
        ),
        (
            &["runbook", "run", RUNBOOK, "--region", "eu-west-1"],
            1,
            "no AWS credentials",
        ),
        (&["evaluate", "--frob"], 1, "--frob"),
        (&["evaluate"], 1, "no Region is set"),
        (
            &["evaluate", "--region", "eu-west-1"],
            1,
            "no AWS credentials",
        ),
        (
            &["evaluate", "--endpoint-url", "localhost:1"],
            1,
            "begins with http://",
        ),
    ];
    for (arguments, code, part) in cases {
        let output = run(arguments);
        let error = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {error}");
        assert!(error.contains(part), "{arguments:?}: {error}");
        assert_eq!(
            error.starts_with("error: "),
            code == 1,
            "{arguments:?}: {error}"
        );
    }
}

#[test]
fn demo_gives_the_same_bytes_every_time_within_80_columns() {
    let first = run(&["demo"]);
    assert_eq!(first.stdout, run(&["demo"]).stdout);
    let told = text(&first.stdout);
    assert!(!told.contains('\u{1b}'), "colour without a terminal");
    for line in told.lines() {
        assert!(line.chars().count() <= 80, "{line}");
        assert_eq!(line, line.trim_end());
    }
}

#[test]
fn a_reader_that_goes_away_is_a_good_end() {
    let mut child = command(&["demo"]).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn json_is_one_object_a_line() {
    let output = run(&["evaluate", "--sandbox", "--format", "json"]);
    let told = text(&output.stdout);
    assert_eq!(told.lines().count(), 1);
    let line: Value = serde_json::from_str(&told).unwrap();
    let members: Vec<&String> = line.as_object().unwrap().keys().collect();
    let expected = [
        "annotation",
        "compliance",
        "findings",
        "resourceId",
        "resourceType",
        "rule",
        "version",
    ];
    assert_eq!(members, expected);
    assert!(told.starts_with(r#"{"version":1,"rule":"cloudtrail-enabled","#));
}

/// A sandbox that is served until it is dropped.
struct Served {
    child: Child,
    endpoint: String,
}

impl Served {
    fn start(arguments: &[&str]) -> Self {
        let mut all = vec!["sandbox", "--port", "0"];
        all.extend(arguments);
        let mut child = command(&all).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let out = child.stdout.take().unwrap();
        BufReader::new(out).read_line(&mut line).unwrap();
        let ready: Value = serde_json::from_str(&line).expect("a ready line");
        assert_eq!(ready["accountId"], "111122223333");
        assert_eq!(ready["region"], "us-east-1");
        let endpoint = ready["endpoint"].as_str().unwrap().to_owned();
        Self { child, endpoint }
    }

    /// The command on this endpoint, with credentials that nobody checks.
    fn run(&self, arguments: &[&str]) -> Output {
        command(arguments)
            .args(["--endpoint-url", &self.endpoint, "--region", "us-east-1"])
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .output()
            .unwrap()
    }

    fn calls(&self) -> String {
        self.send("GET", "/_sandbox/calls", "", "")
    }

    fn config(&self, operation: &str, body: &str) -> String {
        let target = format!("x-amz-target: StarlingDoveService.{operation}\r\n");
        self.post("/", "config", &target, body)
    }

    fn ssm(&self, operation: &str, body: &str) -> Value {
        let target = format!("x-amz-target: AmazonSSM.{operation}\r\n");
        let answer = self.post("/", "ssm", &target, body);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    fn count_of(&self, operation: &str) -> usize {
        let name = format!(r#""operation":"{operation}""#);
        self.calls().matches(&name).count()
    }

    fn post(&self, path: &str, service: &str, headers: &str, body: &str) -> String {
        let scope = format!("test/20260302/us-east-1/{service}/aws4_request");
        let headers = format!(
            "authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, \
             Signature=0\r\ncontent-type: application/x-amz-json-1.1\r\n{headers}"
        );
        self.send("POST", path, &headers, body)
    }

    fn send(&self, method: &str, path: &str, headers: &str, body: &str) -> String {
        let address = self.endpoint.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        let length = body.len();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
             content-length: {length}\r\n{headers}\r\n{body}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _status = self.child.wait();
    }
}

#[test]
fn the_adapters_see_in_a_served_sandbox_what_the_ports_see() {
    let served = Served::start(&[]);
    let output = served.run(&[
        "plan", "--param", TRAIL, "--param", BUCKET, "--format", "json",
    ]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    let ports = run(&[
        "plan",
        "--sandbox",
        "--param",
        TRAIL,
        "--param",
        BUCKET,
        "--format",
        "json",
    ]);
    assert_eq!(text(&output.stdout), text(&ports.stdout));
}

#[test]
fn the_adapters_see_the_instances_that_the_ports_see() {
    let served = Served::start(&[]);
    let evaluate = ["evaluate", "--rule", "instance-profile", "--format", "json"];
    let output = served.run(&evaluate);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    let told = text(&output.stdout);
    assert_eq!(told.lines().count(), 6, "{told}");
    let ports = run(&[&evaluate[..], &["--sandbox"]].concat());
    assert_eq!(told, text(&ports.stdout));
}

#[test]
fn nothing_is_written_to_an_endpoint_without_a_yes() {
    let served = Served::start(&[]);
    let output = served.run(&["repair", "--param", TRAIL, "--param", BUCKET]);
    assert_eq!(output.status.code(), Some(1));
    let error = text(&output.stderr);
    assert!(error.contains("account 111122223333, us-east-1"), "{error}");
    assert!(error.contains("pass --yes"), "{error}");
    assert!(!served.calls().contains("StartLogging"));

    let output = served.run(&["repair", "--yes", "--param", TRAIL, "--param", BUCKET]);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    assert!(error.contains("account 111122223333, us-east-1"), "{error}");
    assert!(served.calls().contains("StartLogging"));
}

#[test]
fn the_functions_of_a_served_sandbox_are_the_products() {
    let served = Served::start(&[]);
    let rule = r#"{"ConfigRuleNames":["cloudtrail-enabled"]}"#;
    served.config("StartConfigRulesEvaluation", rule);
    let rule = r#"{"ConfigRuleName":"cloudtrail-enabled"}"#;
    let details = served.config("GetComplianceDetailsByConfigRule", rule);
    assert!(
        details.contains("trail-not-logging: org-audit"),
        "{details}"
    );

    let path = "/2015-03-31/functions/trailkeeper-remediator/invocations";
    let payload = format!(
        r#"{{"{}","{}","Mode":"Plan"}}"#,
        TRAIL.replace('=', r#"":""#),
        BUCKET.replace('=', r#"":""#)
    );
    let planned = served.post(path, "lambda", "", &payload);
    assert!(planned.contains(r#""outcome":"planned""#), "{planned}");
}

#[test]
fn the_runbook_of_a_served_sandbox_repairs_once_and_then_writes_nothing() {
    let served = Served::start(&[]);
    let run = || {
        let start = r#"{"DocumentName": "Trailkeeper-RestoreCloudTrail", "Parameters": {
            "CloudTrailName": ["org-audit"],
            "CloudTrailS3BucketName": ["amzn-s3-demo-audit-111122223333"]}}"#;
        let started = served.ssm("StartAutomationExecution", start);
        let id = started["AutomationExecutionId"].as_str().unwrap();
        let ask = format!(r#"{{"AutomationExecutionId":"{id}"}}"#);
        // every answer comes after what the question before has set off
        served.ssm("GetAutomationExecution", &ask)["AutomationExecution"].take()
    };
    let first = run();
    assert_eq!(first["AutomationExecutionStatus"], "Success", "{first}");
    assert_eq!(
        first["Outputs"]["Repair.outcome"],
        serde_json::json!(["repaired"])
    );
    let writes = [
        "StartLogging",
        "UpdateTrail",
        "PutInsightSelectors",
        "PutBucketPolicy",
    ];
    let counted = || writes.map(|operation| served.count_of(operation));
    assert_eq!(counted(), [1, 1, 1, 1]);
    let second = run();
    assert_eq!(second["AutomationExecutionStatus"], "Success", "{second}");
    assert_eq!(counted(), [1, 1, 1, 1]);
}

#[test]
fn a_served_sandbox_remediates_when_it_is_told_to() {
    let served = Served::start(&[]);
    let rule = r#"{"ConfigRuleNames":["cloudtrail-enabled"]}"#;
    served.config("StartConfigRulesEvaluation", rule);
    assert_eq!(served.count_of("StartLogging"), 0);
    let start = r#"{"ConfigRuleName": "cloudtrail-enabled", "ResourceKeys": [
        {"resourceType": "AWS::::Account", "resourceId": "111122223333"}]}"#;
    let answer = served.config("StartRemediationExecution", start);
    assert!(answer.contains(r#""FailedItems":[]"#), "{answer}");
    let rule = r#"{"ConfigRuleName":"cloudtrail-enabled"}"#;
    let answer = served.config("DescribeRemediationExecutionStatus", rule);
    assert!(answer.contains(r#""State":"SUCCEEDED""#), "{answer}");
    assert_eq!(served.count_of("StartLogging"), 1);
}

#[test]
fn a_document_runs_over_http_once_somebody_says_yes() {
    let served = Served::start(&[]);
    let ask = [
        "runbook", "run", RUNBOOK, "--param", TRAIL, "--param", BUCKET,
    ];
    let output = served.run(&ask);
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(
        error.contains("restore-cloudtrail in account 111122223333, us-east-1"),
        "{error}"
    );
    assert!(error.contains("pass --yes"), "{error}");
    assert_eq!(served.count_of("Invoke"), 0);

    let output = served.run(&[&ask[..], &["--yes", "--format", "json"]].concat());
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{error}");
    let printed: Value = serde_json::from_str(&text(&output.stdout)).unwrap();
    let members: Vec<&String> = printed.as_object().unwrap().keys().collect();
    assert_eq!(members, ["AutomationExecution"]);
    let run = &printed["AutomationExecution"];
    assert_eq!(
        run["Outputs"]["Repair.outcome"],
        serde_json::json!(["repaired"])
    );
    assert_eq!(served.count_of("StartLogging"), 1);

    let role = "AutomationAssumeRole=arn:aws:iam::111122223333:role/x";
    let output = served.run(&[&ask[..], &["--yes", "--param", role]].concat());
    let error = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{error}");
    assert!(error.contains("sign in as that role"), "{error}");
}

#[test]
fn the_version_names_the_commit() {
    let told = text(&run(&["--version"]).stdout);
    let version = concat!("trailkeeper ", env!("CARGO_PKG_VERSION"), " (");
    let commit = told.trim_end().strip_prefix(version);
    let commit = commit.and_then(|rest| rest.strip_suffix(')')).expect(&told);
    let hexadecimal = commit.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(
        commit == "unknown" || (hexadecimal && commit.len() >= 12),
        "{told}"
    );
}

#[cfg(unix)]
#[test]
fn a_served_sandbox_ends_well_when_it_is_told_to() {
    for signal in ["-TERM", "-INT"] {
        let mut served = Served::start(&["--scenario", "tests/cases/stopped-trail.json"]);
        let id = served.child.id().to_string();
        let told = Command::new("kill").args([signal, &id]).status().unwrap();
        assert!(told.success());
        assert_eq!(served.child.wait().unwrap().code(), Some(0), "{signal}");
    }
}

/// The folder of a test, empty.
fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _absent = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn every_attack_ends_as_it_is_promised() {
    for number in 1..=52 {
        let id = format!("B{number:02}");
        let told = run(&["demo", "--attack", &id]);
        let (story, errors) = (text(&told.stdout), text(&told.stderr));
        assert_eq!(told.status.code(), Some(0), "{id}: {story}{errors}");
    }
    let unknown = run(&["demo", "--attack", "B60"]);
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("did you mean B52?"));
}
