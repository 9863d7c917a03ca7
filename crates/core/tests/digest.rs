//! Digest files: where they lie, what they say, and what is missing.
#![expect(clippy::unwrap_used, reason = "test code")]

use serde_json::{Value, json};
use trailkeeper_core::digest::{
    Checked, Found, LogFileCheck, MOST_CHECKED, evidence, folders, newest, parse, to_check,
};
use trailkeeper_core::facts::Trail;

const FOLDER: &str = "audit/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/03/02/";
const NAME: &str = "111122223333_CloudTrail-Digest_eu-west-1_org-audit_eu-west-1_";

fn trail() -> Trail {
    Trail {
        arn: "arn:aws:cloudtrail:eu-west-1:111122223333:trail/org-audit"
            .parse()
            .unwrap(),
        name: "org-audit".to_owned(),
        home_region: "eu-west-1".parse().unwrap(),
        bucket: "logs".to_owned(),
        key_prefix: Some("audit".to_owned()),
        sns_topic_arn: None,
        include_global_service_events: Some(true),
        is_multi_region: Some(true),
        log_file_validation: Some(true),
        is_organization_trail: Some(false),
        kms_key_id: None,
        log_group_arn: None,
        log_group_role_arn: None,
    }
}

fn key(time: &str) -> String {
    format!("{FOLDER}{NAME}20260302T{time}Z.json.gz")
}

#[test]
fn the_last_two_digests_of_the_trail_are_taken() {
    let now = "2026-03-02T00:10:00Z".parse().unwrap();
    let yesterday = FOLDER.replace("/02/", "/01/");
    assert_eq!(folders(&trail(), now), [FOLDER.to_owned(), yesterday]);
    let of_organization = Trail {
        is_organization_trail: Some(true),
        ..trail()
    };
    assert!(folders(&of_organization, now).is_empty());
    let keys = [
        key("070000"),
        key("090000"),
        key("080000"),
        key("100000").replace("org-audit", "other"),
        key("100000").replace(".json", "_backfill.json"),
        key("100000").replace("audit/AWSLogs", "elsewhere/AWSLogs"),
        FOLDER.to_owned(),
    ];
    assert_eq!(newest(&trail(), &keys), [key("090000"), key("080000")]);
}

fn digest(own: &str, previous: Option<(&str, &str)>, logs: usize) -> Value {
    let files: Vec<Value> = (0..logs)
        .map(|at| json!({"s3Bucket": "logs", "s3Object": format!("{own}-{at}"), "hashValue": "aa"}))
        .collect();
    json!({
        "digestS3Object": own,
        "previousDigestS3Bucket": previous.map(|_| "logs"),
        "previousDigestS3Object": previous.map(|(key, _)| key),
        "previousDigestHashValue": previous.map(|(_, hash)| hash),
        "logFiles": files,
    })
}

fn read(digest: Value, sha256: &str) -> Checked {
    Checked {
        digest: parse(&serde_json::to_vec(&digest).unwrap()).unwrap(),
        sha256: sha256.to_owned(),
    }
}

#[test]
fn what_is_missing_is_told() {
    let newer = || read(digest("d2", Some(("d1", "AB")), 2), "cd");
    let older = |hash| read(digest("d1", Some(("d0", "00")), 1), hash);
    let case = |digests: Vec<Checked>, gone: &[&str]| {
        let (files, named) = to_check("logs", &digests);
        let there = |file: &str| !gone.contains(&file);
        let files = files
            .into_iter()
            .map(|file| Found {
                there: there(&file.key),
                file,
            })
            .collect();
        evidence(&LogFileCheck {
            digests,
            files,
            named,
            ..LogFileCheck::default()
        })
    };
    assert_eq!(case(vec![newer(), older("ab")], &[]), None);
    assert_eq!(case(vec![newer()], &[]), None);
    assert_eq!(case(Vec::new(), &[]), None);
    // a chain begins anew after a stop
    assert_eq!(
        case(vec![read(digest("d2", None, 1), "x"), older("ab")], &[]),
        None
    );
    let gone = case(vec![newer(), older("ab")], &["d2-0", "d0"]);
    assert_eq!(
        gone.unwrap(),
        "2 of 4 named by digest d2 are gone, first d0"
    );
    let gone = case(vec![newer()], &["d1"]);
    assert_eq!(
        gone.unwrap(),
        "1 of 3 named by digest d2 are gone, first d1"
    );
    let changed = case(vec![newer(), older("ef")], &[]);
    assert_eq!(changed.unwrap(), "digest d1 is not the one that d2 names");
    let skipped = read(digest("d3", Some(("d2", "cd")), 0), "x");
    let skipped = case(vec![skipped, older("ab")], &[]);
    assert_eq!(skipped.unwrap(), "digest d2 named by d3 is not before it");
}

#[test]
fn no_more_files_than_the_limit_are_looked_for() {
    let digests = [read(digest("d", None, 80), "x")];
    let (files, named) = to_check("logs", &digests);
    assert_eq!((files.len(), named), (MOST_CHECKED, 80));
    assert_eq!(to_check("another", &digests), (Vec::new(), 0));
}

#[test]
fn what_is_no_digest_is_refused() {
    for text in ["", "{}", "[]", "{\"digestS3Object\": 1}"] {
        assert!(parse(text.as_bytes()).is_err(), "{text}");
    }
}
