//! Policies of others: read, judged, and added to without losing a byte of theirs.

use std::fmt::Write as _;

use trailkeeper_policy::analysis::{analyse_document, percent_decoded};
use trailkeeper_policy::cloudtrail::{
    BucketTarget, KeyTarget, Merge, MergeError, merge_bucket_policy, merge_key_policy,
};
use trailkeeper_policy::matching::{Pattern, action_matches, glob_ignore_case};
use trailkeeper_policy::{Context, Policy};

use crate::input::target;

target!(iam_policy, 400, |text| {
    if let Ok(policy) = Policy::parse(text) {
        // No reader of JSON that comes after may see something else.
        let value: serde_json::Value = serde_json::from_str(text).expect("JSON");
        assert!(value.is_object());
        for statement in policy.statements() {
            let source = policy.source(statement);
            serde_json::from_str::<serde_json::Value>(source).expect("JSON");
        }
    }
    for finding in analyse_document("p", text, "aws") {
        assert!(!finding.code.as_str().is_empty(), "{finding:?}");
    }
});

// IAM's API sends documents percent-encoded: the verdict is that of the plain text.
target!(encoded_policy, 200, |text| {
    drop(percent_decoded(text));
    if text.trim_start().starts_with('%') {
        return;
    }
    let encoded = encoded(text);
    assert_eq!(percent_decoded(&encoded), text);
    let verdict = |text: &str| {
        let findings = analyse_document("p", text, "aws");
        findings
            .iter()
            .map(|finding| finding.code)
            .collect::<Vec<_>>()
    };
    assert_eq!(verdict(&encoded), verdict(text));
});

target!(bucket_policy_merge, 800, |text| {
    let target = BucketTarget {
        partition: "aws".to_owned(),
        bucket: "audit".to_owned(),
        prefix: Some("a*b".to_owned()),
        log_accounts: vec!["111122223333".to_owned()],
        organization_id: Some("o-example".to_owned()),
        trail_arn: TRAIL.to_owned(),
        kms_key_arn: None,
    };
    keeps_what_is_there(text, &|text| merge_bucket_policy(Some(text), &target));
});

target!(key_policy_merge, 800, |text| {
    let target = KeyTarget {
        partition: "aws".to_owned(),
        account: "111122223333".to_owned(),
        trail_arn: TRAIL.to_owned(),
        key_arn: "arn:aws:kms:us-east-1:111122223333:key/1".to_owned(),
        bucket_keys: true,
    };
    keeps_what_is_there(text, &|text| merge_key_policy(text, &target));
});

// A pattern, a new line, a text; the other way to decide it is short and slow.
target!(action_pattern, 1_000, |text| {
    let (pattern, text) = text.split_once('\n').unwrap_or((text, "s3:GetObject"));
    let (pattern, text) = (first(pattern, 40), first(text, 40));
    let lower = (pattern.to_ascii_lowercase(), text.to_ascii_lowercase());
    let plain = is_match(&characters(&lower.0), &characters(&lower.1));
    assert_eq!(glob_ignore_case(pattern, text), plain);
    assert!(!action_matches(pattern, text) || plain);
    let (one, other) = (Pattern::plain(pattern), Pattern::plain(text));
    let same = is_match(&characters(pattern), &characters(text));
    assert_eq!(one.matches(text), same);
    assert!(!one.covers(&other) || (same && one.touches(&other)));
    assert_eq!(one.touches(&other), other.touches(&one));
    drop(Pattern::resolve(pattern, &Context::new()));
    let _ = Pattern::resource(pattern, true).matches_arn(text);
});

const TRAIL: &str = "arn:aws:cloudtrail:us-east-1:111122223333:trail/org-audit";

/// Every statement is in the new text, byte for byte and in order; a second merge adds nothing.
fn keeps_what_is_there(text: &str, merge: &dyn Fn(&str) -> Result<Merge, MergeError>) {
    let before = match (Policy::parse(text), merge(text)) {
        (Err(_), result) => return assert!(matches!(result, Err(MergeError::Invalid(_)))),
        (Ok(_), Err(_) | Ok(Merge::NotNeeded)) => return,
        (Ok(policy), Ok(Merge::Updated { text, added })) => (policy, text, added),
    };
    let (policy, text, added) = before;
    let after = Policy::parse(&text).expect("the new policy can be read");
    let sources = |policy: &Policy<'_>| -> Vec<String> {
        let statements = policy.statements().iter();
        let source = |statement| policy.source(statement).to_owned();
        statements.map(source).collect()
    };
    let (old, new) = (sources(&policy), sources(&after));
    assert!(new.starts_with(&old), "{text}");
    assert_eq!(new.len(), old.len() + added.len(), "{text}");
    assert_eq!(
        (after.version(), after.id()),
        (policy.version(), policy.id())
    );
    // A Deny that only may apply is reported once nothing is missing any more.
    let again = merge(&text);
    let done = matches!(
        again,
        Ok(Merge::NotNeeded) | Err(MergeError::Undetermined { .. })
    );
    assert!(done, "{again:?} {text}");
}

/// As IAM encodes: everything but unreserved characters.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        let _ = write!(encoded, "%{byte:02X}");
    }
    encoded
}

fn first(text: &str, most: usize) -> &str {
    let end = text
        .char_indices()
        .nth(most)
        .map_or(text.len(), |(at, _)| at);
    text.get(..end).unwrap_or_default()
}

fn characters(text: &str) -> Vec<char> {
    text.chars().collect()
}

/// Whether a text matches a pattern, by the definition of the wildcards: `reached` are the places
/// of the text up to which the pattern so far can have come.
fn is_match(pattern: &[char], text: &[char]) -> bool {
    let mut reached = vec![true];
    reached.resize(text.len() + 1, false);
    for token in pattern {
        let mut next = vec![false; reached.len()];
        for (at, _) in reached.iter().enumerate().filter(|(_, here)| **here) {
            match (token, text.get(at)) {
                ('*', _) => next.iter_mut().skip(at).for_each(|place| *place = true),
                ('?', Some(_)) => next
                    .iter_mut()
                    .skip(at + 1)
                    .take(1)
                    .for_each(|it| *it = true),
                (token, Some(c)) if token == c => {
                    next.iter_mut()
                        .skip(at + 1)
                        .take(1)
                        .for_each(|it| *it = true);
                }
                _ => {}
            }
        }
        reached = next;
    }
    reached.last().copied().unwrap_or_default()
}
