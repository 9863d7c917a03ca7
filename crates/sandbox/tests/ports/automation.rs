use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::json;
use trailkeeper_app::ports::{AutomationReader, AutomationStart, AutomationStarter};
use trailkeeper_core::ErrorClass;
use trailkeeper_core::facts::DocumentFacts;
use trailkeeper_sandbox::seed::DocumentSeed;
use trailkeeper_sandbox::{Call, Sandbox};

use crate::support::{HOME, expected, failure, now, world};

const TEXT: &str = "{\"schemaVersion\":\"0.3\",\"parameters\":{\"Time\":{\"type\":\"String\",\
     \"default\":\"PT1S\"}},\"mainSteps\":[{\"name\":\"Wait\",\"action\":\"aws:sleep\",\
     \"isEnd\":true,\"inputs\":{\"Duration\":\"{{ Time }}\"}}]}";
/// What `sha256sum` prints of [`TEXT`].
const HASH: &str = "84ebfe30d582947a9842ab6193e10367b69ba38be3aa2db03b95a396c2b4bea7";
const TOKEN: &str = "11111111-2222-4333-8444-555555555555";

fn sandbox() -> Sandbox {
    let mut world = world();
    for name in ["Wait", "Wait-Longer"] {
        world
            .seed_document(DocumentSeed {
                region: HOME.to_owned(),
                name: name.to_owned(),
                content: TEXT.to_owned(),
                owner: None,
            })
            .unwrap();
    }
    Sandbox::new(world)
}

fn start(document: &str, token: &str) -> AutomationStart {
    AutomationStart {
        document: document.to_owned(),
        version: Some("1".to_owned()),
        parameters: BTreeMap::from([("Time".to_owned(), vec!["PT2S".to_owned()])]),
        client_token: token.to_owned(),
    }
}

#[tokio::test]
async fn a_document_is_its_default_version() {
    let sandbox = sandbox();
    let facts = DocumentFacts {
        name: "Wait".to_owned(),
        hash: HASH.to_owned(),
        version: "1".to_owned(),
        status: "Active".to_owned(),
    };
    assert_eq!(sandbox.document("Wait").await, Ok(Some(facts.clone())));
    assert_eq!(sandbox.document("Absent").await, Ok(None));
    let changed = TEXT.replace("PT1S", "PT9S");
    let input = json!({"Name": "Wait", "Content": changed, "DocumentVersion": "$LATEST"});
    let update = Call::new("ssm", "UpdateDocument", HOME, input);
    sandbox.call(update).await.unwrap();
    assert_eq!(sandbox.document("Wait").await, Ok(Some(facts)));
    let input = json!({"Name": "Wait", "DocumentVersion": "2"});
    let update = Call::new("ssm", "UpdateDocumentDefaultVersion", HOME, input);
    sandbox.call(update).await.unwrap();
    let other = sandbox.document("Wait").await.unwrap().unwrap();
    assert_eq!(other.version, "2");
    assert_ne!(other.hash, HASH);
}

#[tokio::test]
async fn a_start_with_the_same_token_is_the_same_run_and_runs_are_told_by_their_exact_document() {
    let sandbox = sandbox();
    let first = sandbox.start(&start("Wait", TOKEN)).await.unwrap();
    assert_eq!(
        sandbox.start(&start("Wait", TOKEN)).await,
        Ok(first.clone())
    );
    let longer = TOKEN.replace('1', "a");
    sandbox.start(&start("Wait-Longer", &longer)).await.unwrap();
    sandbox.advance(SignedDuration::from_secs(60));
    let later = sandbox.now();
    let second = TOKEN.replace('1', "b");
    let second = sandbox.start(&start("Wait", &second)).await.unwrap();

    let ids = async |since| {
        let runs = sandbox.executions("Wait", since).await.unwrap();
        let ids: Vec<_> = runs.runs.into_iter().map(|run| run.id).collect();
        ids
    };
    assert_eq!(ids(now()).await, [second.clone(), first.clone()]);
    assert_eq!(ids(later).await, [second]);
    let runs = sandbox.executions("Wait", now()).await.unwrap().runs;
    assert!(runs.iter().all(|run| run.is_running()));
    assert_eq!(runs.last().and_then(|run| run.started), Some(now()));
    sandbox.settle().await;
    let runs = sandbox.executions("Wait", now()).await.unwrap().runs;
    assert!(runs.iter().all(|run| run.status == "Success"), "{runs:?}");
}

/// Whoever may start documents whose names begin like ours pushes ours off no list.
#[tokio::test]
async fn runs_behind_the_first_page_are_counted() {
    let sandbox = sandbox();
    let token = |number: usize| format!("11111111-2222-4333-8444-{number:012}");
    let first = sandbox.start(&start("Wait", &token(0))).await.unwrap();
    for number in 1..=120 {
        let start = start("Wait-Longer", &token(number));
        sandbox.start(&start).await.unwrap();
    }
    let found = sandbox.executions("Wait", now()).await.unwrap();
    let ids: Vec<&str> = found.runs.iter().map(|run| run.id.as_str()).collect();
    assert_eq!(ids, [first.as_str()]);
    assert!(!found.is_cut);
    for number in 121..=1000 {
        let start = start("Wait-Longer", &token(number));
        sandbox.start(&start).await.unwrap();
    }
    let found = sandbox.executions("Wait", now()).await.unwrap();
    assert!(found.is_cut, "{} runs were listed", found.runs.len());
}

#[tokio::test]
async fn no_document_is_no_run() {
    let absent = sandbox().start(&start("Absent", TOKEN)).await;
    assert_eq!(
        failure(absent),
        expected(
            "ssm:StartAutomationExecution",
            "AutomationDefinitionNotFoundException",
            ErrorClass::Absent
        )
    );
}
