//! How much a message holds, and what it says instead of the rest.

use serde_json::{Value, json};
use trailkeeper_core::fast_path::{
    Concern, Failure, MOST_BYTES, Notice, Reported, Resource, attempt_notice, notice,
};

use crate::{call, concern, event, json_of, reported};

fn told(concerns: &[Concern]) -> (Notice, Value) {
    let launch = call(&event("ec2", "RunInstances", json!({}), Value::Null));
    let notice = notice(&launch, &launch.region, concerns).unwrap();
    let message = json_of(&notice.message);
    (notice, message)
}

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap()
}

fn many(count: usize, of: impl Fn(usize) -> Reported) -> Vec<Reported> {
    (0..count).map(of).collect()
}

fn short(number: usize) -> Reported {
    reported("wildcard-action", &format!("reason {number};"))
}

/// SNS takes 256 KiB with the subject.
#[test]
fn the_limit_is_that_of_sns() {
    assert_eq!(MOST_BYTES, 261_120);
}

/// Twenty of each kind are named; the rest is counted.
#[test]
fn what_is_not_named_is_counted() {
    for (count, rest) in [(20, None), (21, Some(1)), (45, Some(25))] {
        let (_, message) = told(&[concern("i-1", many(count, short))]);
        let text = text(&message);
        let named = text.matches("reason ").count();
        assert_eq!(named, count.min(20), "{count}");
        let line = rest.map(|rest| format!("(+{rest} more findings)\n"));
        assert_eq!(text.contains("more findings)"), rest.is_some(), "{text}");
        assert!(text.ends_with(&line.unwrap_or_default()), "{text}");

        let one = |number| concern(&format!("i-{number}"), vec![short(number)]);
        let (_, message) = told(&(0..count).map(one).collect::<Vec<_>>());
        let text = self::text(&message);
        assert_eq!(text.matches("Instance i-").count(), count.min(20));
        let line = rest.map(|rest| format!("(+{rest} more resources)\n"));
        assert_eq!(text.contains("more resources)"), rest.is_some(), "{text}");
        assert!(text.ends_with(&line.unwrap_or_default()), "{text}");
        let all = message["findings"].as_array().unwrap().len();
        assert_eq!(all, count, "the fields hold them all");
    }
}

/// The text is cut at 32 K characters, whatever these are, and not before.
#[test]
fn a_long_text_is_cut() {
    let lines = |number: usize| {
        let why = format!("reason {number}: {}", "é".repeat(1_400));
        vec![reported("wildcard-action", &why)]
    };
    let all = |count: usize| -> Vec<Concern> {
        (0..count)
            .map(|number| concern(&format!("i-{number}"), lines(number)))
            .collect()
    };
    let (_, whole) = told(&all(20));
    assert!(text(&whole).contains("reason 19:"), "nothing is cut yet");
    assert!(!text(&whole).contains('…'));
    let longer = |number: usize| Concern {
        findings: [lines(number), lines(number + 100)].concat(),
        ..concern(&format!("i-{number}"), Vec::new())
    };
    let (_, cut) = told(&(0..20).map(longer).collect::<Vec<_>>());
    assert_eq!(text(&cut).chars().count(), 32 * 1024 + 2);
    assert!(text(&cut).ends_with("…\n"));
}

/// Of findings that are too many for a message it holds the first, as many as halving leaves, and
/// says how many are missing.
#[test]
fn findings_give_way_to_size() {
    let large = |number: usize| Reported {
        suggestion: "x".repeat(8_000),
        ..short(number)
    };
    for (count, kept) in [(16, 16), (40, 20), (100, 25), (300, 18)] {
        let (notice, message) = told(&[concern("i-1", many(count, large))]);
        assert!(notice.message.len() <= MOST_BYTES);
        let findings = message["findings"].as_array().unwrap();
        assert_eq!(findings.len(), kept, "{count}");
        assert_eq!(findings[kept - 1]["why"], format!("reason {};", kept - 1));
        let line = format!(
            "Findings left out of this message for its size: {}.\n",
            count - kept
        );
        let text = text(&message);
        assert_eq!(text.ends_with(&line), count > kept, "{text}");
        assert_eq!(text.contains("left out"), count > kept, "{text}");
    }
}

/// A message about no policy does not speak of policies, and one without a profile of none.
#[test]
fn a_message_says_only_what_there_is() {
    let bare = Reported {
        policy_name: String::new(),
        statement: String::new(),
        ..reported("no-instance-profile", "i-1 has none")
    };
    let bare = Concern {
        profile_name: String::new(),
        ..concern("i-1", vec![bare])
    };
    let (_, message) = told(&[bare]);
    let text = text(&message);
    let (_, about) = text.split_once("aws-cli/2.17.0.\n").unwrap();
    let expected =
        "AWS::EC2::Instance i-1:\n- no-instance-profile (high): i-1 has none\n".to_owned();
    assert_eq!(about, expected);

    let grant = Reported {
        grant: "s3:* on *".to_owned(),
        statement: String::new(),
        ..reported("wildcard-action", "too much")
    };
    let (_, message) = told(&[concern("i-1", vec![grant])]);
    let line = "- wildcard-action (high) policy app-policy allows s3:* on *: too much\n";
    assert!(self::text(&message).ends_with(line), "{message}");
}

#[test]
fn a_subject_is_plain_and_under_a_hundred_characters() {
    let (notice, _) = told(&[concern("é\u{7f}ü i", vec![short(1)])]);
    let start = "Trailkeeper: wildcard-action: RunInstances in 111122223333 us-east-1 ";
    assert!(notice.subject.starts_with(start), "{}", notice.subject);
    assert!(notice.subject.contains("? i"), "{}", notice.subject);
    let (notice, _) = told(&[concern(&"i".repeat(300), vec![short(1)])]);
    assert_eq!(notice.subject.len(), 99);
    let blank = format!("{} x", "i".repeat(98 - start.len()));
    let (notice, _) = told(&[concern(&blank, vec![short(1)])]);
    assert_eq!(notice.subject.len(), 98, "no blank at its end");
}

/// What was told already is known by resource and evidence, in whatever order it was found.
#[test]
fn a_resource_is_known_by_its_findings() {
    let one = concern("i-1", vec![short(1), short(2)]);
    let turned = concern("i-1", vec![short(2), short(1)]);
    assert_eq!(one.key(), "AWS::EC2::Instance i-1");
    assert_eq!(one.evidence(), turned.evidence());
    let expected = "- wildcard-action (high) policy app-policy statement #1: reason 1;\n\
        - wildcard-action (high) policy app-policy statement #1: reason 2;\napp";
    assert_eq!(one.evidence(), expected);
    let others = [
        concern("i-1", vec![short(1)]),
        concern("i-1", vec![short(1), short(3)]),
        Concern {
            profile_name: "web".to_owned(),
            ..one.clone()
        },
    ];
    for other in &others {
        assert_ne!(other.evidence(), one.evidence());
        assert_eq!(other.key(), one.key());
    }
}

/// The whole of a message about an attempt, also where the event names nothing.
#[test]
fn an_attempt_on_nothing_known() {
    let call = call(&event("iam", "PutRolePolicy", json!({}), Value::Null));
    let failure = Failure {
        code: "AccessDenied".to_owned(),
        message: String::new(),
    };
    let resource = Resource {
        kind: "AWS::IAM::Role".to_owned(),
        id: String::new(),
    };
    let notice = attempt_notice(&call, &failure, resource);
    let subject = "Trailkeeper: attempt refused: PutRolePolicy in 111122223333 us-east-1";
    assert_eq!(notice.subject, subject);
    let expected = "attempt: PutRolePolicy in account 111122223333, Region us-east-1, at \
        2026-03-02T09:57:12Z was refused with AccessDenied; nothing changed.\nBy IAMUser \
        arn:aws:iam::111122223333:user/mallory, key AKIAIOSFODNN7EXAMPLE (long-term), from \
        203.0.113.24, program aws-cli/2.17.0.\nAWS::IAM::Role: \n";
    assert_eq!(text(&json_of(&notice.message)), expected);
}
