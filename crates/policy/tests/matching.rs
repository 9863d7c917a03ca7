//! Wildcards in actions, resources and ARNs.

use proptest::prelude::*;
use trailkeeper_policy::Context;
use trailkeeper_policy::matching::{Pattern, Unresolved, action_matches, glob_ignore_case};

#[test]
fn actions_are_matched_as_iam_does() {
    let cases = [
        ("s3:PutObject", "s3:PutObject", true),
        ("S3:putobject", "s3:PutObject", true),
        ("s3:Put*", "s3:PutObject", true),
        ("s3:Put*", "s3:GetObject", false),
        ("s3:?utObject", "s3:PutObject", true),
        ("s3:?PutObject", "s3:PutObject", false),
        ("s3:*Obj*", "s3:PutObjectAcl", true),
        ("*", "s3:PutObject", true),
        ("**", "s3:PutObject", true),
        ("*:*", "s3:PutObject", true),
        ("*:PutObject", "s3:PutObject", true),
        ("s3*", "s3:PutObject", false),
        ("PutObject", "s3:PutObject", false),
        ("", "s3:PutObject", false),
        ("s3:PutObject", "s3:PutObjectAcl", false),
        ("s3:", "s3:PutObject", false),
        ("kms:GenerateDataKey*", "kms:GenerateDataKey", true),
    ];
    for (pattern, action, expected) in cases {
        assert_eq!(
            action_matches(pattern, action),
            expected,
            "{pattern} on {action}"
        );
    }
}

#[test]
fn a_star_in_a_resource_passes_a_colon_only_at_the_end_of_its_segment() {
    let table = "arn:aws:dynamodb:eu-west-1:111122223333:table/a/index/b";
    let cases = [
        ("*", true),
        ("arn:aws:dynamodb:*", true),
        ("arn:aws:dynamodb:*:table/*", true),
        ("arn:aws:dynamodb:eu-*-1:*:table/*", true),
        ("arn:aws:dynamodb:e*t-1:111122223333:table/*", true),
        ("arn:aws:dynamodb:e*3:table/*", false),
        ("arn:aws:dyn*db:eu-west-1:*", true),
        ("arn:aws:dynamodb:*:*:table/*/index/*", true),
        ("arn:aws:dynamodb:*:*:table/?/index/?", true),
        ("arn:aws:dynamodb:*:*:table/*/stream/*", false),
        ("arn:aws:dynamodb:*:*:t*a/*/b", true),
        ("arn:aws:dynamodb:*:*:${*}", false),
        ("arn:aws:dynamodb:*:*:table/${aws:username}", false),
    ];
    for (pattern, expected) in cases {
        let resource = Pattern::resource(pattern, true);
        assert_eq!(resource.matches(table), expected, "{pattern}");
        assert!(Pattern::resource("*", true).covers(&resource), "{pattern}");
    }
    let star = Pattern::resource("a${*}b${?}c${$}", true);
    assert!(star.matches("a*b?c$"));
    assert!(Pattern::resource("${a}*", false).matches("${a}b"));
    let variable = Pattern::resource("arn:${aws:username}:x", true);
    assert!(variable.touches(&Pattern::literal("arn:me:x")));
    assert!(Pattern::resource("arn:*:x", true).covers(&variable));
}

#[test]
fn resources_are_matched_case_sensitively_and_across_slashes() {
    let object = "arn:aws:s3:::audit/AWSLogs/1/CloudTrail/eu-west-1/a.json.gz";
    let cases = [
        ("*", true),
        ("arn:aws:s3:::*", true),
        ("arn:aws:s3:::audit/*", true),
        ("arn:aws:s3:::audit/AWSLogs/1/*", true),
        ("arn:aws:s3:::audit/awslogs/1/*", false),
        ("arn:aws:s3:::audit", false),
        ("arn:aws:s3:::audit/AWSLogs/?/*", true),
        ("arn:aws:s3:::audit/AWSLogs/??/*", false),
        ("arn:*", true),
        ("arn:aws:s3:::audit/*.json.gz", true),
        ("arn:aws:s3:::audit/*.json", false),
        ("arn:aws-cn:s3:::audit/*", false),
    ];
    for (pattern, expected) in cases {
        assert_eq!(
            Pattern::plain(pattern).matches(object),
            expected,
            "{pattern}"
        );
    }
}

#[test]
fn a_pattern_covers_only_what_it_matches_whole() {
    let scope = Pattern::plain("arn:aws:s3:::b/AWSLogs/1/*");
    let cases = [
        ("arn:aws:s3:::b/*", true, true),
        ("arn:aws:s3:::b/AWSLogs/1/*", true, true),
        ("arn:aws:s3:::b/AWSLogs/1/**", true, true),
        ("arn:aws:s3:::b/AWSLogs/?/*", true, true),
        ("arn:aws:s3:::b/AWSLogs/1/CloudTrail/*", false, true),
        ("arn:aws:s3:::b/AWSLogs/1/*.gz", false, true),
        ("arn:aws:s3:::b/AWSLogs/1/?*", false, true),
        ("arn:aws:s3:::b/AWSLogs/1/", false, true),
        ("arn:aws:s3:::b/AWSLogs/1/*?", false, true),
        ("arn:aws:s3:::b/AWSLogs/2/*", false, false),
        ("arn:aws:s3:::b/AWSLogs/1", false, false),
        ("arn:aws:s3:::b", false, false),
    ];
    for (text, covers, touches) in cases {
        let pattern = Pattern::plain(text);
        assert_eq!(pattern.covers(&scope), covers, "{text} covers");
        assert_eq!(pattern.touches(&scope), touches, "{text} touches");
        assert_eq!(scope.touches(&pattern), touches, "{text} is touched");
    }
    assert!(Pattern::plain("a*?").covers(&Pattern::plain("a?*")));
}

#[test]
fn arns_are_matched_part_by_part() {
    let trail = "arn:aws:cloudtrail:us-east-1:1:trail/org:x";
    let cases = [
        (trail, Some(true)),
        ("arn:aws:cloudtrail:*:1:trail/*", Some(true)),
        ("arn:*:cloudtrail:*:?:trail/org?x", Some(true)),
        ("arn:aws:cloudtrail:*:1:*", Some(true)),
        ("arn:aws:cloudtrail:*:2:trail/*", Some(false)),
        ("arn:aws:*:1:trail/*", None),
        ("*", None),
    ];
    for (pattern, expected) in cases {
        assert_eq!(
            Pattern::plain(pattern).matches_arn(trail),
            expected,
            "{pattern}"
        );
    }
    assert_eq!(
        Pattern::plain("arn:*:*:*:*:*").matches_arn("trail"),
        Some(false)
    );
}

#[test]
fn policy_variables_are_filled_in_as_plain_text() {
    let context = Context::new()
        .with_value("aws:SourceAccount", "1*")
        .with("aws:username", trailkeeper_policy::ContextValue::Absent);
    let cases = [
        ("b/${aws:sourceaccount}/x", Ok("b/1*/x")),
        ("b/${*}${?}${$}", Ok("b/*?$")),
        ("b/${aws:username, 'none'}", Ok("b/none")),
        ("b/${aws:username}", Err(Unresolved::Absent)),
        ("b/${aws:SourceIp}", Err(Unresolved::Unknown)),
        ("b/${open", Ok("b/${open")),
        ("b/$x", Ok("b/$x")),
    ];
    for (text, expected) in cases {
        let expected = expected.map(Pattern::literal);
        assert_eq!(Pattern::resolve(text, &context), expected, "{text}");
    }
    assert!(Pattern::plain("${*}").matches("${anything}"));
}

#[test]
fn a_hostile_pattern_is_answered_at_once() {
    let text = "a".repeat(4_000);
    let pattern = "a*".repeat(500) + "b";
    assert!(!glob_ignore_case(&pattern, &text));
    assert!(!Pattern::plain(&pattern).matches(&text));
    let many = Pattern::plain(&("*a?".repeat(300) + "c"));
    assert!(!many.touches(&Pattern::plain(&("a*".repeat(300) + "b"))));
}

/// The definition of a wildcard match.
fn slow(pattern: &[char], text: &[char]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), None) => slow(rest, text),
        (Some(('*', rest)), Some((_, tail))) => slow(rest, text) || slow(pattern, tail),
        (Some((p, rest)), Some((t, tail))) => (*p == '?' || p == t) && slow(rest, tail),
        _ => false,
    }
}

fn slow_match(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) =
        (pattern.chars().collect(), text.chars().collect());
    slow(&pattern, &text)
}

/// All texts of the letters a and b up to a length.
fn texts(longest: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..longest {
        let longer: Vec<String> = all
            .iter()
            .skip(from)
            .flat_map(|text| [format!("{text}a"), format!("{text}b")])
            .collect();
        from = all.len();
        all.extend(longer);
    }
    all
}

proptest! {
    #[test]
    fn matching_is_what_it_is_defined_to_be(pattern in "[abé*?]{0,7}", text in "[abé]{0,7}") {
        prop_assert_eq!(Pattern::plain(&pattern).matches(&text), slow_match(&pattern, &text));
        prop_assert_eq!(glob_ignore_case(&pattern, &text), slow_match(&pattern, &text));
    }

    #[test]
    fn covering_and_touching_agree_with_every_text(a in "[ab*?]{0,4}", b in "[ab*?]{0,4}") {
        let (first, second) = (Pattern::plain(&a), Pattern::plain(&b));
        let both: Vec<(bool, bool)> =
            texts(8).iter().map(|text| (first.matches(text), second.matches(text))).collect();
        prop_assert_eq!(first.touches(&second), both.contains(&(true, true)));
        if first.covers(&second) {
            prop_assert!(!both.contains(&(false, true)));
        }
    }
}
