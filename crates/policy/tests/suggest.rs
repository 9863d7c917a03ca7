//! What is written instead of a statement that allows too much.

use proptest::prelude::*;
use trailkeeper_policy::action_table::{Action, ActionSet, ActionTable};
use trailkeeper_policy::analysis::{
    AttachedDocument, DocumentKind, FindingCode, PolicyFinding, Severity, Subject, analyse,
};
use trailkeeper_policy::document::Selection;
use trailkeeper_policy::suggest::narrower;
use trailkeeper_policy::{Policy, Statement};

#[expect(clippy::expect_used, reason = "test code")]
fn suggest(kind: DocumentKind, text: &str) -> String {
    let document = AttachedDocument {
        name: "TeamPolicy",
        kind,
        text,
    };
    let documents = [document];
    let subject = Subject {
        partition: "aws",
        account: Some("111122223333"),
        region: Some("eu-west-1"),
        policies: &documents,
        boundary: None,
    };
    let policy = Policy::parse(text).expect("a policy");
    let statement = policy.statements().first().expect("a statement");
    narrower(&subject, &document, &policy, statement)
}

fn document(statement: &str) -> String {
    format!(r#"{{"Version":"2012-10-17","Statement":{statement}}}"#)
}

fn inline(statement: &str) -> String {
    suggest(DocumentKind::Inline, &document(statement))
}

/// What is found in an inline policy.
fn findings(text: &str) -> Vec<PolicyFinding> {
    analyse(&Subject {
        partition: "aws",
        account: Some("111122223333"),
        region: Some("eu-west-1"),
        policies: &[AttachedDocument {
            name: "TeamPolicy",
            kind: DocumentKind::Inline,
            text,
        }],
        boundary: None,
    })
}

/// What is too broad and could be narrower. An action with one optional type keeps `*`, for
/// not every call names a resource; that is an advice, as it was before.
fn too_broad(text: &str) -> Vec<PolicyFinding> {
    let mut findings = findings(text);
    findings.retain(|finding| {
        finding.severity > Severity::Advisory && finding.code != FindingCode::PrivilegeEscalation
    });
    findings
}

/// Without white space, which the cases do not spell out.
fn compact(text: &str) -> String {
    text.split_whitespace().collect()
}

#[test]
fn a_statement_is_narrowed_to_the_types_of_its_actions() {
    let cases = [
        // the type in the action's name, not the other one it knows
        (
            r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET_NAME/*"}"#,
        ),
        // what stands beside the star is enough
        (
            r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":["*","arn:aws:s3:::b/*"]}"#,
            r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::b/*"}"#,
        ),
        (
            r#"{"Effect":"Allow","Action":"S3:putobject","Resource":"arn:aws:s3:::*"}"#,
            r#"{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::BUCKET_NAME/*"}"#,
        ),
        // the Region that is written is kept, the account is filled in
        (
            r#"{"Effect":"Allow","Action":"dynamodb:DeleteTable","Resource":"arn:aws:dynamodb:us-west-2:*:table/*"}"#,
            r#"{"Effect":"Allow","Action":"dynamodb:DeleteTable","Resource":"arn:aws:dynamodb:us-west-2:111122223333:table/TABLE_NAME"}"#,
        ),
        (
            r#"{"Effect":"Allow","Action":"dynamodb:DeleteTable","Resource":"arn:aws:dynamodb:*"}"#,
            r#"{"Effect":"Allow","Action":"dynamodb:DeleteTable","Resource":"arn:aws:dynamodb:eu-west-1:111122223333:table/TABLE_NAME"}"#,
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:DeleteBucket","NotResource":"arn:aws:s3:::keep"}"#,
            r#"{"Effect":"Allow","Action":"s3:DeleteBucket","Resource":"arn:aws:s3:::BUCKET_NAME"}"#,
        ),
        // more types than can be listed
        (
            r#"{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"*"}"#,
            r#"{"Effect":"Allow","Action":"ec2:CreateTags","Resource":"arn:aws:ec2:eu-west-1:111122223333:RESOURCE"}"#,
        ),
        // what cannot be narrowed stays; Sid and Condition are kept, the second Sid is new
        (
            r#"[{"Sid":"A","Effect":"Allow","Action":["ec2:DescribeInstances","ec2:TerminateInstances","evil:Unknown"],"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":true},"StringEquals":{"a:b":["c","d"],"e:f":"g"}}},{"Sid":"A2","Effect":"Deny","Action":"*","Resource":"*"}]"#,
            r#"[{"Sid":"A","Effect":"Allow","Action":"ec2:TerminateInstances","Resource":"arn:aws:ec2:eu-west-1:111122223333:instance/INSTANCE_ID","Condition":{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"a:b":["c","d"],"e:f":"g"}}},
             {"Sid":"A3","Effect":"Allow","Action":["ec2:DescribeInstances","evil:Unknown"],"Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"},"StringEquals":{"a:b":["c","d"],"e:f":"g"}}}]"#,
        ),
        // reading patterns stay, writing ones are spelled out, and so is what only a star allows
        (
            r#"{"Effect":"Allow","Action":["sqs:*"],"Resource":"*"}"#,
            r#"[{"Effect":"Allow","Action":["sqs:List*","sqs:AddPermission","sqs:CancelMessageMoveTask","sqs:ChangeMessageVisibility","sqs:CreateQueue","sqs:DeleteMessage","sqs:DeleteQueue","sqs:GetQueueAttributes","sqs:GetQueueUrl","sqs:PurgeQueue","sqs:ReceiveMessage","sqs:RemovePermission","sqs:SendMessage","sqs:SetQueueAttributes","sqs:StartMessageMoveTask","sqs:TagQueue","sqs:UntagQueue"],"Resource":"arn:aws:sqs:eu-west-1:111122223333:QUEUE_NAME"},
             {"Effect":"Allow","Action":"sqs:ListQueues","Resource":"*"}]"#,
        ),
        (
            r#"{"Effect":"Allow","Action":"kms:Get*","Resource":"arn:aws:kms:*:*:key/*"}"#,
            r#"{"Effect":"Allow","Action":"kms:Get*","Resource":"arn:aws:kms:eu-west-1:111122223333:key/KEY_ID"}"#,
        ),
        // actions without effect on what is written are left out
        (
            r#"{"Effect":"Allow","Action":"sns:Pu*","Resource":["arn:aws:s3:::b","arn:aws:sns:eu-west-1:111122223333:t"]}"#,
            r#"{"Effect":"Allow","Action":["sns:Publish","sns:PutDataProtectionPolicy"],"Resource":"arn:aws:sns:eu-west-1:111122223333:t"}"#,
        ),
    ];
    let (mut broad, all) = (0, cases.len());
    for (before, after) in cases {
        assert_eq!(compact(&inline(before)), compact(after), "{before}");
        broad += usize::from(!too_broad(&document(before)).is_empty());
        let left = too_broad(&document(&inline(before)));
        assert_eq!(left, [], "{before}");
    }
    assert!(
        broad + 3 >= all,
        "only {broad} of {all} were too broad before"
    );
}

#[test]
fn advice_is_given_in_words_where_no_text_can_be_offered() {
    let cases = [
        (
            r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#,
            "name the actions",
        ),
        (
            r#"{"Effect":"Allow","Action":"*:Get*","Resource":"*"}"#,
            "name the actions",
        ),
        (
            r#"{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}"#,
            "replace NotAction by Action",
        ),
        (
            r#"{"Effect":"Allow","Action":"ec2:*","Resource":"*"}"#,
            "542 actions here that change",
        ),
        (
            r#"{"Effect":"Allow","Action":["ssm:*","logs:*"],"Resource":"*"}"#,
            "and 10240 are allowed",
        ),
        (
            r#"{"Effect":"Allow","Action":"cloudwatch:PutMetricData","Resource":"*"}"#,
            "or add a Condition (cloudwatch:namespace)",
        ),
        (
            r#"{"Effect":"Allow","Action":"xray:PutTraceSegments","Resource":"*"}"#,
            "leave xray:PutTraceSegments out",
        ),
        (
            r#"{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}"#,
            "",
        ),
        (
            r#"{"Effect":"Allow","Action":"nosuch:Thing","Resource":"*"}"#,
            "",
        ),
        (r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#, ""),
    ];
    for (statement, words) in cases {
        let said = inline(statement);
        assert!(
            said.contains(words) && said.is_empty() == words.is_empty(),
            "{statement}: {said}"
        );
        assert!(!said.contains('{'), "{said}");
    }
    let text = document(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#);
    let said = suggest(DocumentKind::AwsManaged, &text);
    assert!(said.starts_with("replace the attachment of TeamPolicy by a customer managed policy"));
    let text = document(r#"{"Effect":"Allow","NotAction":"s3:*","Resource":"*"}"#);
    let said = suggest(DocumentKind::AwsManaged, &text);
    assert!(
        said.starts_with("replace the attachment of TeamPolicy"),
        "{said}"
    );
    // what fits into inline policies is too long for a managed one
    let text = document(r#"{"Effect":"Allow","Action":["s3:*","sns:*","sqs:*"],"Resource":"*"}"#);
    assert!(suggest(DocumentKind::Inline, &text).starts_with('['));
    let said = suggest(DocumentKind::CustomerManaged, &text);
    assert!(said.contains("and 6144 are allowed"), "{said}");
}

#[test]
fn without_account_and_region_they_are_placeholders_too() {
    let text = document(r#"{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}"#);
    let document = AttachedDocument {
        name: "p.json",
        kind: DocumentKind::CustomerManaged,
        text: &text,
    };
    let subject = Subject {
        partition: "aws-cn",
        account: None,
        region: None,
        policies: &[document],
        boundary: None,
    };
    let policy = Policy::parse(&text).unwrap();
    let said = narrower(&subject, &document, &policy, &policy.statements()[0]);
    assert!(
        said.contains("\"arn:aws-cn:sqs:REGION:ACCOUNT_ID:QUEUE_NAME\""),
        "{said}"
    );
}

#[test]
fn an_arn_with_a_star_for_several_parts_is_not_kept() {
    let text = document(r#"{"Effect":"Allow","Action":"rds:*","Resource":"arn:aws:rds:*:*:*/*"}"#);
    let said = suggest(DocumentKind::Inline, &text);
    assert!(!said.contains("arn:aws:rds:*:*:*/*"), "{said}");
}

#[test]
fn of_what_means_nothing_no_empty_policy_is_offered() {
    let text =
        document(r#"{"Effect":"Allow","Action":"lambda:*","Resource":"arn:aws:lambda:::*"}"#);
    let policy = Policy::parse(&text).unwrap();
    let document = AttachedDocument {
        name: "p.json",
        kind: DocumentKind::Inline,
        text: &text,
    };
    let subject = Subject {
        partition: "aws",
        account: None,
        region: None,
        policies: &[document],
        boundary: None,
    };
    let said = narrower(&subject, &document, &policy, &policy.statements()[0]);
    assert!(!said.starts_with('['), "{said}");
}

#[expect(clippy::panic, reason = "test code")]
fn only<'s>(selection: &'s Selection<'_>) -> Vec<&'s str> {
    match selection {
        Selection::Only(texts) => texts.iter().map(|text| &*text.value).collect(),
        Selection::AllBut(_) => panic!("a suggestion names what it allows"),
    }
}

fn allowed(statement: &Statement<'_>) -> ActionSet {
    let mut set = ActionSet::new();
    for pattern in only(&statement.action) {
        set.insert_pattern(pattern);
    }
    set
}

fn scopeable(set: &ActionSet) -> Vec<Action> {
    set.iter()
        .filter(|action| action.class().is_scopeable())
        .collect()
}

fn pattern() -> impl Strategy<Value = String> {
    let cut = (
        0..22_321_u32,
        0..40_usize,
        prop::sample::select(vec!["", "*", "?"]),
    );
    cut.prop_map(|(id, end, wild)| {
        let name = ActionTable::get()
            .action(id)
            .map(Action::name)
            .unwrap_or_default();
        let service = name.find(':').unwrap_or(0);
        if wild.is_empty() {
            return name.to_owned();
        }
        format!("{}{wild}", name.get(..(service + 1 + end)).unwrap_or(name))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_suggestion_is_a_policy_that_allows_no_more_and_nothing_scopeable_on_everything(
        actions in prop::collection::vec(pattern(), 1..6),
        resources in prop::collection::vec(prop::sample::select(vec![
            "*", "arn:aws:s3:::*", "arn:aws:s3:::b/*", "arn:aws:*", "arn:aws:ec2:*:*:instance/*",
            "arn:aws:iam::111122223333:role/x", "arn:aws:sqs:eu-west-1:*:q",
            "arn:aws:rds:*:*:*/*",
        ]), 1..3),
    ) {
        let text = document(&format!(
            r#"[{{"Sid":"A","Effect":"Allow","Action":{actions:?},"Resource":{resources:?}}},
                {{"Sid":"A2","Effect":"Allow","Action":"a:b","Resource":"*"}}]"#
        ));
        let said = suggest(DocumentKind::Inline, &text);
        if said.starts_with(['{', '[']) {
            let before = Policy::parse(&text).unwrap();
            let before = allowed(&before.statements()[0]);
            let replaced = document(&said);
            let after = Policy::parse(&replaced).unwrap();
            prop_assert_eq!(too_broad(&replaced), [], "{} instead of {}", said, text);
            let mut sids: Vec<&str> = vec!["A2"];
            for statement in after.statements() {
                let mut more = allowed(statement);
                let resources = only(statement.resource.as_ref().unwrap());
                prop_assert!(!resources.is_empty());
                if resources.contains(&"*") {
                    prop_assert_eq!(resources.len(), 1);
                    prop_assert_eq!(scopeable(&more), [], "{}", said);
                }
                more.subtract(&before);
                prop_assert!(more.is_empty(), "{said}");
                sids.extend(statement.sid.as_deref());
            }
            prop_assert_eq!(sids.len(), after.statements().len() + 1);
            sids.sort_unstable();
            sids.dedup();
            prop_assert_eq!(sids.len(), after.statements().len() + 1);
        }
    }
}
