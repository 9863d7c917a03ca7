use serde_json::{Value, json};

use crate::{Account, PROFILE, REGION, three_instances};

fn account() -> Account {
    Account::with(|world| {
        three_instances(world);
        let item = json!({
            "resourceType": "AWS::S3::Bucket",
            "resourceId": "logs",
            "resourceName": "logs",
            "arn": "arn:aws:s3:::logs",
            "tags": {"team": "audit", "stage": "prod"},
            "relationships": [
                {"resourceType": "AWS::KMS::Key", "resourceId": "k-1", "name": "Is used by Key"},
                {"resourceType": "AWS::S3::Bucket", "resourceId": "copy", "name": "Has copy"},
            ],
            "configuration": {"size": 17, "encrypted": true, "rules": [
                {"id": "a", "days": 1}, {"id": "b"},
            ]},
        });
        world.seed_configuration_item(REGION, &item).unwrap();
        let gone = json!({
            "resourceType": "AWS::S3::Bucket",
            "resourceId": "gone",
            "configurationItemStatus": "ResourceDeleted",
        });
        world.seed_configuration_item(REGION, &gone).unwrap();
    })
}

#[tokio::test]
async fn rows_hold_what_was_selected_within_its_structures() {
    let account = account();
    let cases = [
        (
            "SELECT resourceId, configuration.state.name, configuration.iamInstanceProfile.arn \
             WHERE resourceType = 'AWS::EC2::Instance'",
            vec![
                json!({"resourceId": "i-0000000a", "configuration": {
                    "state": {"name": "running"}, "iamInstanceProfile": {"arn": PROFILE},
                }}),
                json!({"resourceId": "i-0000000b", "configuration": {"state": {"name": "stopped"}}}),
                json!({"resourceId": "i-0000000c", "configuration": {"state": {"name": "running"}}}),
            ],
        ),
        (
            "select accountId, awsRegion, arn where resourceId = 'i-0000000c'",
            vec![json!({
                "accountId": "111122223333",
                "awsRegion": REGION,
                "arn": "arn:aws:ec2:eu-west-1:111122223333:instance/i-0000000c",
            })],
        ),
        (
            "SELECT configuration.rules.days, configuration.rules.id WHERE resourceId = 'logs'",
            vec![json!({"configuration": {"rules": [{"id": "a", "days": 1}, {"id": "b"}]}})],
        ),
        (
            "SELECT tags, configurationItemCaptureTime WHERE tags.tag = 'team=audit'",
            vec![json!({
                "configurationItemCaptureTime": "2026-03-02T10:00:00.000Z",
                "tags": [
                    {"key": "stage", "value": "prod", "tag": "stage=prod"},
                    {"key": "team", "value": "audit", "tag": "team=audit"},
                ],
            })],
        ),
        (
            "SELECT * WHERE resourceType = 'AWS::S3::Bucket'",
            vec![json!({
                "accountId": "111122223333",
                "arn": "arn:aws:s3:::logs",
                "awsRegion": REGION,
                "configurationItemCaptureTime": "2026-03-02T10:00:00.000Z",
                "resourceId": "logs",
                "resourceName": "logs",
                "resourceType": "AWS::S3::Bucket",
                "version": "1.3",
            })],
        ),
    ];
    for (expression, rows) in cases {
        assert_eq!(account.rows(expression).await, rows, "{expression}");
    }
}

#[tokio::test]
async fn conditions() {
    let account = account();
    let cases: [(&str, &[&str]); 22] = [
        ("resourceId = 'logs'", &["logs"]),
        ("resourceId = 'LOGS'", &[]),
        (
            "resourceId IN ('logs', 'i-0000000b', 'x')",
            &["i-0000000b", "logs"],
        ),
        (
            "resourceId NOT IN ('logs', 'i-0000000b')",
            &["i-0000000a", "i-0000000c"],
        ),
        (
            "resourceId LIKE 'i-0000%'",
            &["i-0000000a", "i-0000000b", "i-0000000c"],
        ),
        (
            "resourceId LIKE 'i-0000000_'",
            &["i-0000000a", "i-0000000b", "i-0000000c"],
        ),
        ("resourceId LIKE 'i-000000_'", &[]),
        ("resourceId NOT LIKE 'i-0000%'", &["logs"]),
        ("configuration.size BETWEEN 9 AND 100", &["logs"]),
        ("configuration.size BETWEEN 18 AND 100", &[]),
        ("configuration.size = 17.0", &["logs"]),
        ("configuration.encrypted = true", &["logs"]),
        ("configuration.encrypted = 'true'", &["logs"]),
        ("NOT resourceType = 'AWS::EC2::Instance'", &["logs"]),
        (
            "configuration.state.name = 'running' AND configuration.instanceType = 't3.micro'",
            &["i-0000000a", "i-0000000c"],
        ),
        // AND binds more strongly than OR
        (
            "resourceId = 'logs' OR configuration.state.name = 'running' \
             AND resourceId = 'i-0000000c'",
            &["i-0000000c", "logs"],
        ),
        (
            "(resourceId = 'logs' OR configuration.state.name = 'running') \
             AND resourceId = 'i-0000000c'",
            &["i-0000000c"],
        ),
        (
            "NOT (resourceId = 'logs' OR configuration.state.code = 16)",
            &["i-0000000b"],
        ),
        // each comparison looks at the whole list by itself
        (
            "relationships.resourceType = 'AWS::KMS::Key' AND relationships.resourceId = 'copy'",
            &["logs"],
        ),
        ("configuration.iamInstanceProfile.arn = 'x'", &[]),
        ("configuration.absent = 'x'", &[]),
        ("resourceId = 'it''s'", &[]),
    ];
    for (condition, ids) in cases {
        let rows = account
            .rows(&format!("SELECT resourceId WHERE {condition}"))
            .await;
        let found: Vec<&Value> = rows.iter().map(|row| &row["resourceId"]).collect();
        assert_eq!(found, ids, "{condition}");
    }
}

#[tokio::test]
async fn what_aws_config_does_not_understand_is_refused() {
    let account = account();
    let deep = format!("SELECT resourceId WHERE {}", "NOT ".repeat(60));
    let cases = [
        "SELECT",
        "resourceId",
        "SELECT resourceId FROM resources",
        "SELECT resourceId, WHERE resourceId = 'x'",
        "SELECT DISTINCT resourceId",
        "SELECT nonsense",
        "SELECT resourceId.more",
        "SELECT configuration..state",
        "SELECT resourceId WHERE",
        "SELECT resourceId WHERE resourceId",
        "SELECT resourceId WHERE resourceId = ",
        "SELECT resourceId WHERE resourceId = logs",
        "SELECT resourceId WHERE resourceId = \"logs\"",
        "SELECT resourceId WHERE resourceId = 'logs",
        "SELECT resourceId WHERE resourceId != 'logs'",
        "SELECT resourceId WHERE resourceName IS NULL",
        "SELECT resourceId WHERE resourceId LIKE '%gs'",
        "SELECT resourceId WHERE resourceId LIKE 'lo%'",
        "SELECT resourceId WHERE resourceId IN ()",
        "SELECT resourceId WHERE (resourceId = 'x'",
        "SELECT resourceId WHERE resourceId = 'x' LIMIT 5",
        "SELECT resourceId ORDER resourceId",
        &deep,
    ];
    for expression in cases {
        let input = json!({"Expression": expression});
        let code = "InvalidExpressionException";
        account.refuses("SelectResourceConfig", input, code).await;
    }
    let cases = [
        (json!({}), "ValidationException"),
        (json!({"Expression": ""}), "ValidationException"),
        (
            json!({"Expression": "x".repeat(4097)}),
            "ValidationException",
        ),
        (
            json!({"Expression": "SELECT resourceId", "Limit": 101}),
            "ValidationException",
        ),
        (
            json!({"Expression": "SELECT resourceId", "NextToken": "mine"}),
            "InvalidNextTokenException",
        ),
        (
            json!({"Expression": "SELECT COUNT(*) GROUP BY resourceType"}),
            "NotImplementedException",
        ),
    ];
    for (input, code) in cases {
        account.refuses("SelectResourceConfig", input, code).await;
    }
}

#[tokio::test]
async fn rows_come_in_pages_and_in_the_order_asked_for() {
    let account = account();
    let cases = [
        (
            "SELECT resourceId",
            ["i-0000000a", "i-0000000b", "i-0000000c", "logs"],
        ),
        (
            "SELECT resourceId ORDER BY resourceType DESC, resourceId ASC",
            ["logs", "i-0000000a", "i-0000000b", "i-0000000c"],
        ),
        (
            "SELECT resourceId ORDER BY configuration.state.name, resourceId DESC",
            ["logs", "i-0000000c", "i-0000000a", "i-0000000b"],
        ),
    ];
    for (expression, wanted) in cases {
        let mut found = Vec::new();
        let mut input = json!({"Expression": expression, "Limit": 3});
        loop {
            let output = account.good("SelectResourceConfig", input.clone()).await;
            assert_eq!(
                output["QueryInfo"]["SelectFields"],
                json!([{"Name": "resourceId"}])
            );
            for row in output["Results"].as_array().unwrap() {
                let row: Value = serde_json::from_str(row.as_str().unwrap()).unwrap();
                found.push(row["resourceId"].as_str().unwrap().to_owned());
            }
            match output.get("NextToken") {
                Some(token) => input["NextToken"] = token.clone(),
                None => break,
            }
        }
        assert_eq!(found, wanted, "{expression}");
    }
}

/// Another Region's resources are not this one's.
#[tokio::test]
async fn regions_are_apart() {
    let account = Account::with(|world| {
        let item = json!({"resourceType": "AWS::S3::Bucket", "resourceId": "away"});
        world.seed_configuration_item("us-east-1", &item).unwrap();
    });
    assert!(account.rows("SELECT resourceId").await.is_empty());
}
