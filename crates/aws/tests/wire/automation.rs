use std::collections::BTreeMap;

use serde_json::{Value, json};
use trailkeeper_app::ports::{
    AutomationReader, AutomationStart, AutomationStarter, MOST_PAGES_OF_RUNS,
};
use trailkeeper_aws::Automation;
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::{DocumentFacts, ExecutionFacts, ExecutionRecord, Executions};

use crate::wire::{Reply, Wire, ok, refusal};

fn document(change: impl Fn(&mut serde_json::Map<String, Value>)) -> Reply {
    let mut document = json!({
        "Name": "Restore", "Hash": "ab", "HashType": "Sha256", "DocumentVersion": "2",
        "Status": "Active", "Novelty": {"a": 1}, "CreatedDate": 1.5,
    });
    change(document.as_object_mut().unwrap());
    ok(json!({"Document": document}))
}

#[tokio::test]
async fn the_default_version_of_a_document_is_described() {
    let wire = Wire::new([document(|_| {})]);
    let found = Automation::new(wire.session()).document("Restore").await;
    let expected = DocumentFacts {
        name: "Restore".to_owned(),
        hash: "ab".to_owned(),
        version: "2".to_owned(),
        status: "Active".to_owned(),
    };
    assert_eq!(found, Ok(Some(expected)));
    let request = wire.request();
    assert_eq!(request.line, "POST https://ssm.eu-west-1.amazonaws.com/");
    assert_eq!(
        request.header("x-amz-target"),
        Some("AmazonSSM.DescribeDocument")
    );
    assert_eq!(
        request.header("content-type"),
        Some("application/x-amz-json-1.1")
    );
    assert_eq!(request.scope, "eu-west-1/ssm");
    assert!(request.agent.contains("api/ssm"), "{}", request.agent);
    assert_eq!(
        request.json(),
        json!({"Name": "Restore", "DocumentVersion": "$DEFAULT"})
    );
}

#[tokio::test]
async fn no_document_is_none_and_one_without_its_hash_is_an_error() {
    let cases = [
        (refusal("InvalidDocument", "no"), None),
        (
            refusal("InvalidDocumentVersion", "no"),
            Some(ErrorClass::Refused),
        ),
        (
            refusal("AccessDeniedException", "no"),
            Some(ErrorClass::Denied),
        ),
        (ok(json!({})), Some(ErrorClass::Broken)),
        (
            document(|it| drop(it.remove("Hash"))),
            Some(ErrorClass::Broken),
        ),
        (
            document(|it| drop(it.insert("HashType".to_owned(), json!("Sha1")))),
            Some(ErrorClass::Broken),
        ),
    ];
    for (reply, class) in cases {
        let wire = Wire::new([reply]);
        let found = Automation::new(wire.session()).document("Restore").await;
        match class {
            None => assert_eq!(found, Ok(None)),
            Some(class) => assert_eq!(found.unwrap_err().class, class),
        }
    }
}

fn start(version: Option<&str>, values: &[&str]) -> AutomationStart {
    let values = values.iter().map(|value| (*value).to_owned()).collect();
    AutomationStart {
        document: "Restore".to_owned(),
        version: version.map(str::to_owned),
        parameters: BTreeMap::from([("Trail".to_owned(), values)]),
        client_token: "11111111-2222-4333-8444-555555555555".to_owned(),
    }
}

#[tokio::test]
async fn a_run_is_started_with_its_token_also_when_it_is_sent_again() {
    let answer = || ok(json!({"AutomationExecutionId": "e-1"}));
    let wire = Wire::new([Reply::Lost, answer()]);
    let automation = Automation::new(wire.session_with_attempts(2));
    let started = automation.start(&start(Some("2"), &["a"])).await;
    assert_eq!(started.as_deref(), Ok("e-1"));
    for request in wire.requests() {
        assert_eq!(request.target, "StartAutomationExecution");
        assert_eq!(
            request.json(),
            json!({
                "DocumentName": "Restore",
                "DocumentVersion": "2",
                "Parameters": {"Trail": ["a"]},
                "ClientToken": "11111111-2222-4333-8444-555555555555",
            })
        );
    }
    let wire = Wire::new([answer()]);
    let mut bare = start(None, &[]);
    bare.parameters.clear();
    let started = Automation::new(wire.session()).start(&bare).await;
    assert!(started.is_ok());
    let sent = wire.request().json();
    assert_eq!(sent.as_object().map(|it| it.len()), Some(2), "{sent}");
    let wire = Wire::new([ok(json!({}))]);
    let started = Automation::new(wire.session()).start(&bare).await;
    assert_eq!(started.unwrap_err().code, "InvalidResponse");
}

#[tokio::test]
async fn runs_are_those_of_the_very_document() {
    let run = |document: &str, id: &str| {
        json!({"DocumentName": document, "AutomationExecutionId": id,
            "AutomationExecutionStatus": "InProgress", "ExecutionStartTime": 1_772_445_600.25,
            "ExecutedBy": "arn:aws:iam::111122223333:user/op"})
    };
    let runs = json!([run("Restore", "e-2"), run("Restore-Other", "e-1")]);
    let wire = Wire::new([ok(json!({"AutomationExecutionMetadataList": runs}))]);
    let since = "2026-03-02T09:00:00.9Z".parse().unwrap();
    let found = Automation::new(wire.session());
    let found = found.executions("Restore", since).await;
    let expected = ExecutionFacts {
        id: "e-2".to_owned(),
        status: "InProgress".to_owned(),
        started: "2026-03-02T10:00:00.25Z".parse().ok(),
        executed_by: Some("arn:aws:iam::111122223333:user/op".to_owned()),
    };
    let whole = Executions {
        runs: vec![expected],
        is_cut: false,
    };
    assert_eq!(found, Ok(whole));
    let request = wire.request();
    assert_eq!(request.target, "DescribeAutomationExecutions");
    assert_eq!(
        request.json(),
        json!({
            "Filters": [
                {"Key": "DocumentNamePrefix", "Values": ["Restore"]},
                {"Key": "StartTimeAfter", "Values": ["2026-03-02T09:00:00Z"]},
            ],
            "MaxResults": 50,
        })
    );
    let nameless = json!([{"DocumentName": "Restore"}]);
    let wire = Wire::new([ok(json!({"AutomationExecutionMetadataList": nameless}))]);
    let found = Automation::new(wire.session());
    let found = found.executions("Restore", since).await;
    assert_eq!(found.unwrap_err().code, "InvalidResponse");
}

#[tokio::test]
async fn a_run_is_told_with_the_outputs_of_its_steps() {
    let steps = json!([
        {"StepName": "Assess", "Outputs": {"outcome": ["planned"], "steps": ["a", "b"], "odd": 1}},
        {"StepName": "Repair"},
    ]);
    let run = json!({"AutomationExecutionId": "e-1", "DocumentName": "Restore",
        "DocumentVersion": "3", "Parameters": {"Mode": ["Apply"]},
        "ExecutedBy": "arn:aws:iam::111122223333:user/op", "StepExecutions": steps});
    let wire = Wire::new([ok(json!({"AutomationExecution": run}))]);
    let found = Automation::new(wire.session()).execution("e-1").await;
    let texts = |values: &[&str]| values.iter().map(|one| (*one).to_owned()).collect();
    let outputs = BTreeMap::from([
        ("outcome".to_owned(), texts(&["planned"])),
        ("steps".to_owned(), texts(&["a", "b"])),
        ("odd".to_owned(), Vec::new()),
    ]);
    let expected = ExecutionRecord {
        document: "Restore".to_owned(),
        version: Some("3".to_owned()),
        parameters: BTreeMap::from([("Mode".to_owned(), texts(&["Apply"]))]),
        executed_by: Some("arn:aws:iam::111122223333:user/op".to_owned()),
        outputs: vec![outputs, BTreeMap::new()],
    };
    assert_eq!(found, Ok(Some(expected)));
    let request = wire.request();
    assert_eq!(request.target, "GetAutomationExecution");
    assert_eq!(request.json(), json!({"AutomationExecutionId": "e-1"}));

    let cases = [
        (refusal("AutomationExecutionNotFoundException", "no"), None),
        (
            refusal("AccessDeniedException", "no"),
            Some(ErrorClass::Denied),
        ),
        (ok(json!({})), Some(ErrorClass::Broken)),
    ];
    for (reply, class) in cases {
        let wire = Wire::new([reply]);
        let found = Automation::new(wire.session()).execution("e-1").await;
        match class {
            None => assert_eq!(found, Ok(None)),
            Some(class) => assert_eq!(found.unwrap_err().class, class),
        }
    }
}

/// Anybody's runs can stand before ours: all pages are read, up to a bound that is told.
#[tokio::test]
async fn runs_are_read_page_by_page_up_to_a_bound() {
    let page = |document: &str, next: Option<String>| {
        let run = json!({"DocumentName": document, "AutomationExecutionId": "e",
            "AutomationExecutionStatus": "Success"});
        ok(json!({"AutomationExecutionMetadataList": [run], "NextToken": next}))
    };
    let since = "2026-03-02T09:00:00Z".parse().unwrap();
    let next = |number: usize| Some(format!("t{number}"));

    let wire = Wire::new([page("Restore-Other", next(1)), page("Restore", None)]);
    let found = Automation::new(wire.session());
    let found = found.executions("Restore", since).await.unwrap();
    assert_eq!((found.runs.len(), found.is_cut), (1, false));
    let sent = wire.requests();
    let tokens: Vec<_> = sent
        .iter()
        .map(|one| one.json()["NextToken"].clone())
        .collect();
    assert_eq!(tokens, [Value::Null, json!("t1")]);

    let all = (1..=MOST_PAGES_OF_RUNS).map(|number| page("Restore", next(number)));
    let wire = Wire::new(all);
    let found = Automation::new(wire.session());
    let found = found.executions("Restore", since).await.unwrap();
    assert_eq!((found.runs.len(), found.is_cut), (MOST_PAGES_OF_RUNS, true));

    let wire = Wire::new([page("Restore", next(1)), page("Restore", next(1))]);
    let found = Automation::new(wire.session());
    let found = found.executions("Restore", since).await;
    assert_eq!(
        found.unwrap_err().code,
        "InvalidResponse",
        "it would never end"
    );
}
