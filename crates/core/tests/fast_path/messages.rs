//! Messages: the promised shape, whatever the names in them.

use serde_json::{Value, json};
use trailkeeper_core::fast_path::{
    Concern, Failure, MOST_BYTES, Notice, Resource, attempt_notice, notice,
};

use crate::{call, concern, event, json_of, reported};

fn launch() -> Value {
    event("ec2", "RunInstances", json!({}), Value::Null)
}

fn told(concerns: &[Concern]) -> (Notice, Value) {
    let region = "eu-west-1".parse().unwrap();
    let notice = notice(&call(&launch()), &region, concerns).unwrap();
    let message = json_of(&notice.message);
    (notice, message)
}

#[test]
fn the_message_of_the_contract() {
    let (notice, message) = told(&[concern(
        "i-1",
        vec![reported("wildcard-action", "s3:* on all")],
    )]);
    let text = "RunInstances in account 111122223333, Region eu-west-1, at 2026-03-02T09:57:12Z.\n\
        By IAMUser arn:aws:iam::111122223333:user/mallory, key AKIAIOSFODNN7EXAMPLE (long-term), \
        from 203.0.113.24, program aws-cli/2.17.0.\n\
        Policies are judged by the actions of IAM as of DATE.\n\
        AWS::EC2::Instance i-1, profile app:\n\
        - wildcard-action (high) policy app-policy statement #1: s3:* on all\n";
    let expected = json!({
        "version": 1,
        "account": "111122223333",
        "region": "eu-west-1",
        "event": "RunInstances",
        "eventTime": "2026-03-02T09:57:12Z",
        "actor": "IAMUser arn:aws:iam::111122223333:user/mallory, \
            key AKIAIOSFODNN7EXAMPLE (long-term), from 203.0.113.24",
        "resource": {"type": "AWS::EC2::Instance", "id": "i-1"},
        "profileName": "app",
        "findings": [{
            "code": "wildcard-action",
            "severity": "high",
            "policyName": "app-policy",
            "statement": "#1",
            "why": "s3:* on all",
            "suggestion": "{}",
        }],
        "text": text.replace("DATE", trailkeeper_policy::analysis::table_date()),
    });
    assert_eq!(message, expected);
    assert_eq!(
        notice.subject,
        "Trailkeeper: wildcard-action: RunInstances in 111122223333 eu-west-1 i-1"
    );
}

#[test]
fn nothing_wrong_is_no_message() {
    let call = call(&launch());
    assert_eq!(notice(&call, &call.region, &[]), None);
    let healthy = [concern("i-1", Vec::new())];
    assert_eq!(notice(&call, &call.region, &healthy), None);
}

#[test]
fn several_instances_are_one_message() {
    let bare = Concern {
        profile_name: String::new(),
        ..concern("i-3", vec![reported("no-instance-profile", "i-3 has none")])
    };
    let wide = reported("wildcard-action", "s3:* on all");
    let (_, message) = told(&[
        concern("i-0", Vec::new()),
        concern("i-1", vec![wide.clone()]),
        concern("i-2", vec![wide]),
        bare,
    ]);
    assert_eq!(message["resource"]["id"], "i-1");
    let codes: Vec<&Value> = message["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["code"])
        .collect();
    assert_eq!(
        codes,
        ["wildcard-action", "no-instance-profile"],
        "each once"
    );
    let text = message["text"].as_str().unwrap();
    for part in [
        "Instance i-1, profile app:",
        "Instance i-2, profile app:",
        "Instance i-3:",
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
    assert!(!text.contains("i-0"), "{text}");
}

#[test]
fn the_instances_of_a_role_are_named() {
    let role = Concern {
        instances: vec!["i-1".to_owned(), "i-2".to_owned()],
        ..concern("app-role", vec![reported("full-admin", "*")])
    };
    let (_, message) = told(&[role]);
    let text = message["text"].as_str().unwrap();
    assert!(text.ends_with("Instances with it: i-1, i-2\n"), "{text}");
}

#[test]
fn hostile_names_forge_no_line_and_no_field() {
    let evil = format!(
        "a\"}}\n- full-admin (critical)\r\u{2028}\u{202e}\u{1b}[2J{}",
        "x".repeat(10_000)
    );
    let finding = trailkeeper_core::fast_path::Reported {
        policy_name: evil.clone(),
        statement: evil.clone(),
        why: evil.clone(),
        suggestion: evil.clone(),
        ..reported("wildcard-action", "")
    };
    let wrong = Concern {
        profile_name: evil.clone(),
        instances: vec![evil.clone()],
        ..concern(&evil, vec![finding])
    };
    let (notice, message) = told(&[wrong]);
    assert!(notice.subject.len() < 100);
    assert!(
        notice
            .subject
            .bytes()
            .all(|byte| (b' '..=b'~').contains(&byte)),
        "{}",
        notice.subject
    );
    assert_eq!(message.as_object().unwrap().len(), 10);
    let text = message["text"].as_str().unwrap();
    assert_eq!(text.lines().count(), 6, "{text}");
    let is_hidden = |c: char| (c.is_control() && c != '\n') || "\u{2028}\u{202e}".contains(c);
    for part in [
        text,
        message["profileName"].as_str().unwrap(),
        message["resource"]["id"].as_str().unwrap(),
    ] {
        assert!(!part.contains(is_hidden), "{part}");
    }
    let field = message["findings"][0]["policyName"].as_str().unwrap();
    assert!(!field.contains('\n') && field.chars().count() <= 512);
}

#[test]
fn a_message_is_never_larger_than_sns_takes() {
    for sign in ["x", "\"", "\\", "é", "\u{1f600}", "\n"] {
        let long = sign.repeat(20_000);
        let findings = (0..60).map(|number| trailkeeper_core::fast_path::Reported {
            why: format!("{number}{long}"),
            suggestion: long.clone(),
            ..reported("wildcard-action", "")
        });
        let findings: Vec<_> = findings.collect();
        let wrong: Vec<Concern> = (0..5)
            .map(|number| concern(&format!("i-{number}{long}"), findings.clone()))
            .collect();
        let (notice, message) = told(&wrong);
        assert!(
            notice.message.len() <= MOST_BYTES,
            "{sign:?}: {}",
            notice.message.len()
        );
        assert!(
            !message["findings"].as_array().unwrap().is_empty(),
            "{sign:?}"
        );
        let text = message["text"].as_str().unwrap();
        assert!(
            text.contains("Findings left out of this message for its size: "),
            "{sign:?}"
        );
    }
}

#[test]
fn a_refused_call_says_attempt() {
    let mut event = event(
        "iam",
        "PutRolePolicy",
        json!({"roleName": "app-role"}),
        Value::Null,
    );
    event["detail"]["errorCode"] = json!("AccessDenied");
    let failure = Failure {
        code: "AccessDenied".to_owned(),
        message: "not authorized\nFrom: root".to_owned(),
    };
    let resource = Resource {
        kind: "AWS::IAM::Role".to_owned(),
        id: "app-role".to_owned(),
    };
    let notice = attempt_notice(&call(&event), &failure, resource);
    assert_eq!(
        notice.subject,
        "Trailkeeper: attempt refused: PutRolePolicy in 111122223333 us-east-1 app-role"
    );
    let message = json_of(&notice.message);
    assert_eq!(message["findings"], json!([]));
    assert_eq!(
        message["resource"],
        json!({"type": "AWS::IAM::Role", "id": "app-role"})
    );
    let text = message["text"].as_str().unwrap();
    assert!(
        text.starts_with("attempt: PutRolePolicy in account 111122223333"),
        "{text}"
    );
    assert!(
        text.contains("refused with AccessDenied; nothing changed.\n"),
        "{text}"
    );
    assert!(
        text.ends_with("AWS::IAM::Role app-role: not authorized\\nFrom: root\n"),
        "{text}"
    );
}
