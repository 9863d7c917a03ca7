use serde_json::{Value, json};
use trailkeeper_sandbox::seed::DocumentSeed;

use crate::{Account, DOCUMENT, REGION, document, with};

const VALIDATION: &str = "ValidationException";
const CONTENT: &str = "InvalidDocumentContent";
const VERSION: &str = "InvalidDocumentVersion";

#[tokio::test]
async fn what_aws_refuses_is_refused() {
    let account = Account::with_document().await;
    let good = || document("Other", DOCUMENT);
    let content = |from: &str, to: &str| document("Other", &DOCUMENT.replace(from, to));
    let large = format!("{DOCUMENT}#{}", "x".repeat(65_536));
    let cases = [
        (document("Wait-Some", DOCUMENT), "DocumentAlreadyExists"),
        (document("ab", DOCUMENT), VALIDATION),
        (document("with space", DOCUMENT), VALIDATION),
        (document("AWS-Mine", DOCUMENT), VALIDATION),
        (document("amazonMine", DOCUMENT), VALIDATION),
        (document(&"n".repeat(129), DOCUMENT), VALIDATION),
        (with(good(), "Name", Value::Null), VALIDATION),
        (with(good(), "Content", Value::Null), VALIDATION),
        (with(good(), "Content", json!("")), VALIDATION),
        (with(good(), "DocumentType", json!("Runbook")), VALIDATION),
        (with(good(), "DocumentFormat", json!("TOML")), VALIDATION),
        (with(good(), "VersionName", json!("a b")), VALIDATION),
        (
            with(good(), "Content", json!(large)),
            "MaxDocumentSizeExceeded",
        ),
        // the format is JSON and the type Command where none is given
        (with(good(), "DocumentFormat", Value::Null), CONTENT),
        (
            with(good(), "DocumentType", Value::Null),
            "InvalidDocumentSchemaVersion",
        ),
        (
            content("\"0.3\"", "\"2.2\""),
            "InvalidDocumentSchemaVersion",
        ),
        (content("\"0.3\"", "0.3"), "InvalidDocumentSchemaVersion"),
        (content("mainSteps", "steps"), CONTENT),
        (content("aws:sleep", "aws:dream"), CONTENT),
        (content("isEnd: true", "nextStep: Nowhere"), CONTENT),
        (content("{{ Time }}", "{{ Tide }}"), CONTENT),
        (content("type: Integer", "type: Number"), CONTENT),
        (document("Other", "{"), CONTENT),
        (document("Other", "a: b: c"), CONTENT),
    ];
    for (input, code) in cases {
        account.refuses("CreateDocument", input, code).await;
    }
    account.good("CreateDocument", good()).await;
}

#[tokio::test]
async fn a_document_is_described_as_it_was_made() {
    let account = Account::new();
    let made = account
        .good("CreateDocument", document("Wait-Some", DOCUMENT))
        .await;
    assert_eq!(made["DocumentDescription"]["Status"], "Creating");
    let arn = "arn:aws:ssm:eu-west-1:111122223333:document/Wait-Some";
    let wanted = json!({"Document": {
        "Name": "Wait-Some",
        "Owner": "111122223333",
        "CreatedDate": 1_772_445_600,
        "Hash": "85defa0670ecd74664fbf62a95878cac6ba51aee9cf56459d5b549317725897a",
        "HashType": "Sha256",
        "Status": "Active",
        "DocumentVersion": "1",
        "Description": "Waits.",
        "Parameters": [
            {
                "Name": "Time", "Type": "String", "Description": "(Optional) How long.",
                "DefaultValue": "PT1M",
            },
            {"Name": "Count", "Type": "Integer", "Description": "", "DefaultValue": "1"},
        ],
        "PlatformTypes": ["Windows", "Linux", "MacOS"],
        "DocumentType": "Automation",
        "SchemaVersion": "0.3",
        "LatestVersion": "1",
        "DefaultVersion": "1",
        "DocumentFormat": "YAML",
        "Tags": [],
    }});
    for name in ["Wait-Some", arn] {
        let told = account
            .good("DescribeDocument", json!({"Name": name}))
            .await;
        assert_eq!(told, wanted, "{name}");
    }
    let text = account
        .good("GetDocument", json!({"Name": "Wait-Some"}))
        .await;
    assert_eq!(text["Content"], DOCUMENT);
    let json_form = json!({"Name": "Wait-Some", "DocumentFormat": "JSON"});
    let text = account.good("GetDocument", json_form).await;
    let parsed: Value = serde_json::from_str(text["Content"].as_str().unwrap()).unwrap();
    assert_eq!(parsed["mainSteps"][0]["name"], "Wait");
    assert_eq!(parsed["parameters"]["Count"]["default"], 1);
    // JSON is taken as it is
    let input = with(
        document("As-Json", &parsed.to_string()),
        "DocumentFormat",
        Value::Null,
    );
    account.good("CreateDocument", input).await;
    let text = account
        .good("GetDocument", json!({"Name": "As-Json"}))
        .await;
    assert_eq!(text["DocumentFormat"], "JSON");
}

#[tokio::test]
async fn versions_follow_each_other() {
    let account = Account::with_document().await;
    let next = |from: &str| {
        let text = DOCUMENT.replace("Waits.", from);
        let input = document("Wait-Some", &text);
        with(input, "DocumentVersion", json!("$LATEST"))
    };
    let update = "UpdateDocument";
    let told = account
        .good(update, with(next("Two."), "VersionName", json!("two")))
        .await;
    assert_eq!(told["DocumentDescription"]["DocumentVersion"], "2");
    assert_eq!(told["DocumentDescription"]["DefaultVersion"], "1");
    let cases = [
        (
            with(next("Two."), "Name", json!("Nobody")),
            "InvalidDocument",
        ),
        (next("Two."), "DuplicateDocumentContent"),
        (with(next("Three."), "DocumentVersion", json!("1")), VERSION),
        (
            with(next("Three."), "DocumentVersion", Value::Null),
            VERSION,
        ),
        (with(next("Three."), "DocumentVersion", json!("9")), VERSION),
        (
            with(next("Three."), "VersionName", json!("two")),
            "DuplicateDocumentVersionName",
        ),
        (
            with(next("Three."), "Content", json!("schemaVersion: \"0.3\"")),
            CONTENT,
        ),
    ];
    for (input, code) in cases {
        account.refuses(update, input, code).await;
    }
    account.good(update, next("Three.")).await;

    let default = |name: &str, version: &str| json!({"Name": name, "DocumentVersion": version});
    let set = "UpdateDocumentDefaultVersion";
    account
        .refuses(set, default("Nobody", "1"), "InvalidDocument")
        .await;
    account
        .refuses(set, default("Wait-Some", "4"), VERSION)
        .await;
    account
        .refuses(set, default("Wait-Some", "$LATEST"), VERSION)
        .await;
    let told = account.good(set, default("Wait-Some", "2")).await;
    let wanted = json!({"Name": "Wait-Some", "DefaultVersion": "2", "DefaultVersionName": "two"});
    assert_eq!(told["Description"], wanted);
    let asked = [
        (json!({}), Ok("Two.")),
        (json!({"DocumentVersion": "1"}), Ok("Waits.")),
        (json!({"DocumentVersion": "$LATEST"}), Ok("Three.")),
        (json!({"DocumentVersion": "$DEFAULT"}), Ok("Two.")),
        (json!({"VersionName": "two"}), Ok("Two.")),
        (
            json!({"VersionName": "two", "DocumentVersion": "1"}),
            Err(VERSION),
        ),
        (json!({"VersionName": "three"}), Err(VERSION)),
        (json!({"DocumentVersion": "4"}), Err(VERSION)),
    ];
    for (input, wanted) in asked {
        let input = with(input, "Name", json!("Wait-Some"));
        match (account.ask("DescribeDocument", input.clone()).await, wanted) {
            (Ok(told), Ok(text)) => assert_eq!(told["Document"]["Description"], text, "{input}"),
            (Err(error), Err(code)) => assert_eq!(error.code, code, "{input}"),
            (seen, _) => panic!("{input}: {seen:?}"),
        }
    }
    let listed = account
        .good("ListDocumentVersions", json!({"Name": "Wait-Some"}))
        .await;
    let versions = listed["DocumentVersions"].as_array().unwrap();
    let seen: Vec<(&str, bool)> = versions
        .iter()
        .map(|version| {
            let number = version["DocumentVersion"].as_str().unwrap();
            (number, version["IsDefaultVersion"].as_bool().unwrap())
        })
        .collect();
    assert_eq!(seen, [("3", false), ("2", true), ("1", false)]);

    let delete = "DeleteDocument";
    account
        .refuses(
            delete,
            default("Wait-Some", "2"),
            "InvalidDocumentOperation",
        )
        .await;
    account
        .refuses(delete, default("Wait-Some", "7"), VERSION)
        .await;
    account.good(delete, default("Wait-Some", "3")).await;
    account.good(delete, json!({"Name": "Wait-Some"})).await;
    for operation in [
        delete,
        "DescribeDocument",
        "GetDocument",
        "ListDocumentVersions",
    ] {
        account
            .refuses(operation, json!({"Name": "Wait-Some"}), "InvalidDocument")
            .await;
    }
}

#[tokio::test]
async fn documents_are_listed_by_filter() {
    let account = Account::with_document().await;
    let seed = DocumentSeed {
        region: REGION.to_owned(),
        name: "AWS-Wait".to_owned(),
        content: DOCUMENT.to_owned(),
        owner: Some("Amazon".to_owned()),
    };
    account
        .sandbox
        .with_world(|world| world.seed_document(seed))
        .unwrap();
    let own = json!({"Name": "AWS-Wait"});
    account
        .refuses("DeleteDocument", own, "InvalidDocumentOperation")
        .await;
    let filter = |key: &str, value: &str| json!({"Filters": [{"Key": key, "Values": [value]}]});
    let cases = [
        (json!({}), &["AWS-Wait", "Wait-Some"][..]),
        (filter("Owner", "Self"), &["Wait-Some"]),
        (filter("Owner", "Amazon"), &["AWS-Wait"]),
        (filter("Name", "Wait"), &["Wait-Some"]),
        (
            filter("DocumentType", "Automation"),
            &["AWS-Wait", "Wait-Some"],
        ),
        (filter("DocumentType", "Command"), &[]),
        (
            json!({"DocumentFilterList": [{"key": "Name", "value": "AWS-"}]}),
            &["AWS-Wait"],
        ),
    ];
    for (input, wanted) in cases {
        let listed = account.good("ListDocuments", input.clone()).await;
        let documents = listed["DocumentIdentifiers"].as_array().unwrap();
        let names: Vec<&str> = documents
            .iter()
            .map(|one| one["Name"].as_str().unwrap())
            .collect();
        assert_eq!(names, wanted, "{input}");
    }
    account
        .refuses("ListDocuments", filter("Colour", "red"), "InvalidFilterKey")
        .await;
    account
        .refuses(
            "ListDocuments",
            json!({"NextToken": "x"}),
            "InvalidNextToken",
        )
        .await;
    let first = account
        .good("ListDocuments", json!({"MaxResults": 1}))
        .await;
    let rest = json!({"NextToken": first["NextToken"]});
    let rest = account.good("ListDocuments", rest).await;
    assert_eq!(rest["DocumentIdentifiers"][0]["Name"], "Wait-Some");
}
