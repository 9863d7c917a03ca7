//! Digest files: where they lie, what they say, and what is missing.
#![expect(clippy::unwrap_used, reason = "test code")]

use serde_json::{Value, json};
use trailkeeper_core::digest::{
    Checked, DigestError, Found, LogFileCheck, MOST_CHECKED, evidence, folders, is_digest, newest,
    parse, time_of, to_check,
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

/// Only the digests of the trail itself: its account, its Region, its name, its folders.
#[test]
fn the_key_of_a_digest_of_the_trail() {
    let good = key("070000");
    let cases = [
        (good.clone(), true),
        (good.replace("/2026/03/02/", "/1999/12/31/"), true),
        (good.replace("org-audit_", "org-audit2_"), false),
        (good.replace("_eu-west-1_2026", "_eu-west-2_2026"), false),
        (good.replace("/eu-west-1/", "/eu-west-2/"), false),
        (good.replace("111122223333_", "444455556666_"), false),
        (
            good.replace("AWSLogs/111122223333", "AWSLogs/444455556666"),
            false,
        ),
        (good.replace("audit/AWSLogs", "AWSLogs"), false),
        (good.replace(".json.gz", ".json"), false),
        (good.replace(".json.gz", "_backfill.json.gz"), false),
        (good.replace("audit/AWSLogs", "x/audit/AWSLogs"), false),
        (format!("{NAME}20260302T070000Z.json.gz"), false),
    ];
    for (key, expected) in cases {
        assert_eq!(is_digest(&trail(), &key), expected, "{key}");
    }
    for prefix in [None, Some(String::new())] {
        let bare = Trail {
            key_prefix: prefix,
            ..trail()
        };
        assert!(is_digest(&bare, &good.replace("audit/AWSLogs", "AWSLogs")));
        assert!(!is_digest(&bare, &good));
        let now = "2026-03-02T00:10:00Z".parse().unwrap();
        assert_eq!(folders(&bare, now)[0], FOLDER.replace("audit/", ""));
    }
}

#[test]
fn the_hour_of_a_digest_is_in_its_key() {
    let time = |text: &str| time_of(text).map(|time| time.to_string());
    assert_eq!(
        time(&key("070000")).as_deref(),
        Some("2026-03-02T07:00:00Z")
    );
    for odd in ["", "x.json.gz", "a_b.json.gz", "a_20260302T070000Z.json"] {
        assert_eq!(time(odd), None, "{odd}");
    }
}

/// A digest names the one before it by bucket, key and hash, or not at all.
#[test]
fn a_digest_as_it_is_written() {
    let whole = digest("d2", Some(("d1", "ab")), 1);
    let read = |digest: &Value| parse(&serde_json::to_vec(digest).unwrap()).unwrap();
    let named = read(&whole);
    let previous = named.previous.unwrap();
    assert_eq!(
        [&previous.bucket, &previous.key, &previous.sha256],
        ["logs", "d1", "ab"]
    );
    let file = named.log_files.first().unwrap();
    assert_eq!(
        [&file.bucket, &file.key, &file.sha256],
        ["logs", "d2-0", "aa"]
    );
    for name in ["Bucket", "Object", "HashValue"] {
        let name = match name {
            "HashValue" => "previousDigestHashValue".to_owned(),
            name => format!("previousDigestS3{name}"),
        };
        let mut part = whole.clone();
        part.as_object_mut().unwrap().remove(&name).unwrap();
        assert_eq!(read(&part).previous, None, "{name}");
    }
    let bare = read(&json!({"digestS3Object": "d"}));
    assert_eq!((bare.previous, bare.log_files.len()), (None, 0));
}

/// 32 MiB are looked at, a byte more is not.
#[test]
fn what_is_larger_than_any_digest_is_refused() {
    const MOST: usize = 32 * 1024 * 1024;
    let mut bytes = vec![b'x'; MOST];
    assert!(matches!(parse(&bytes), Err(DigestError::BadContent(_))));
    bytes.push(b'x');
    assert_eq!(parse(&bytes), Err(DigestError::TooLarge(MOST + 1)));
}

/// The newest log files come first, after the digest before the oldest; one that was read is not
/// asked for again.
#[test]
fn the_files_to_look_for_in_their_order() {
    let keys = |digests: &[Checked]| -> Vec<String> {
        let (files, named) = to_check("logs", digests);
        assert_eq!(files.len(), named);
        files.into_iter().map(|file| file.key).collect()
    };
    let newer = read(digest("d2", Some(("d1", "ab")), 2), "cd");
    let older = read(digest("d1", Some(("d0", "00")), 1), "ab");
    let expected = ["d0", "d2-1", "d2-0", "d1-0"];
    assert_eq!(keys(&[newer.clone(), older]), expected);
    assert_eq!(keys(&[newer]), ["d1", "d2-1", "d2-0"]);
    let own = read(digest("d2", Some(("d2", "cd")), 0), "cd");
    assert_eq!(keys(&[own]), [""; 0]);
    let mut elsewhere = digest("d2", None, 2);
    *elsewhere.pointer_mut("/logFiles/0/s3Bucket").unwrap() = json!("other");
    assert_eq!(keys(&[read(elsewhere, "x")]), ["d2-1"]);
}

/// What cannot be read is told before anything else.
#[test]
fn an_unreadable_digest_is_told_as_it_is() {
    let check = |unreadable: Option<&str>| LogFileCheck {
        unreadable: unreadable.map(str::to_owned),
        digests: vec![read(digest("d2", Some(("d1", "AB")), 0), "x")],
        ..LogFileCheck::default()
    };
    assert_eq!(
        evidence(&check(Some("it is no digest"))).as_deref(),
        Some("it is no digest")
    );
    assert_eq!(evidence(&check(None)), None);
}
