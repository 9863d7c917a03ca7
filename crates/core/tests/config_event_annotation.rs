//! Annotations: never empty, never longer than AWS Config takes, safe to show.

use proptest::prelude::*;
use trailkeeper_core::cloudtrail::{Code, Finding};
use trailkeeper_core::config_rule::annotation;

fn of(findings: &[(Code, &str)]) -> String {
    let findings: Vec<Finding> = findings
        .iter()
        .map(|(code, text)| Finding::new(*code, *text))
        .collect();
    annotation::of_findings(&findings)
}

#[test]
fn code_first_then_the_fact() {
    let stopped = (
        Code::TrailNotLogging,
        "org-audit stopped 2026-03-02T09:57:12Z",
    );
    let region = (Code::NotMultiRegion, "org-audit records us-east-1 only");
    assert_eq!(
        of(&[stopped]),
        "trail-not-logging: org-audit stopped 2026-03-02T09:57:12Z"
    );
    assert_eq!(
        of(&[stopped, region]),
        "trail-not-logging: org-audit stopped 2026-03-02T09:57:12Z; \
         not-multi-region: org-audit records us-east-1 only"
    );
}

#[test]
fn what_does_not_fit_is_counted() {
    let long = "x".repeat(120);
    let three = [
        (Code::TrailNotLogging, long.as_str()),
        (Code::NotMultiRegion, "a"),
        (Code::LogValidationOff, long.as_str()),
    ];
    assert_eq!(
        of(&three),
        format!("trail-not-logging: {long}; not-multi-region: a (+1 more)")
    );
    let five = [three[0], three[1], three[2], three[2], three[1]];
    assert_eq!(
        of(&five),
        format!("trail-not-logging: {long}; not-multi-region: a (+3 more)")
    );
    let huge = "y".repeat(300);
    let seen = of(&[(Code::DeliveryError, &huge), (Code::DigestError, &huge)]);
    assert!(seen.starts_with("delivery-error: yyy"), "{seen}");
    assert!(seen.ends_with("y… (+1 more)"), "{seen}");
    assert_eq!(seen.chars().count(), 256);
    let alone = of(&[(Code::DeliveryError, &huge)]);
    assert!(alone.ends_with("y…"), "{alone}");
    assert_eq!(alone.chars().count(), 256);
}

#[test]
fn the_limit_itself_fits() {
    let code = "bad-parameter: ".len();
    let full = "z".repeat(256 - code);
    assert_eq!(
        of(&[(Code::BadParameter, &full)]),
        format!("bad-parameter: {full}")
    );
}

#[test]
fn nothing_can_break_the_line_or_turn_it() {
    assert_eq!(
        of(&[(
            Code::BucketMissing,
            "a\nb\r\tc\u{1b}[31m\u{202e}d\u{2028}e\u{85}f"
        )]),
        r"bucket-missing: a\nb\r\tc\u{1b}[31m\u{202e}d\u{2028}e\u{85}f"
    );
}

#[test]
fn an_annotation_is_never_empty() {
    assert_eq!(annotation::of_text(""), "no details");
    assert_eq!(annotation::of_text("  \n "), "no details");
    assert_eq!(annotation::of_findings(&[]), "no details");
    assert_eq!(
        annotation::of_text("left the rule's scope"),
        "left the rule's scope"
    );
}

#[test]
fn a_wide_character_at_the_limit_is_left_out_whole() {
    for text in [
        "é".repeat(400),
        "漢".repeat(400),
        "🦀".repeat(400),
        "a\u{301}".repeat(300),
    ] {
        let seen = annotation::of_text(&text);
        assert!(seen.encode_utf16().count() <= 256, "{seen}");
        assert!(text.starts_with(seen.trim_end_matches('…')), "{seen}");
    }
}

proptest! {
    #[test]
    fn any_text_fits(texts in prop::collection::vec(any::<String>(), 0..12), which in 0..28_usize) {
        let code = Code::ALL[which % Code::ALL.len()];
        let findings: Vec<Finding> = texts.iter().map(|text| Finding::new(code, text)).collect();
        let seen = annotation::of_findings(&findings);
        prop_assert!(!seen.is_empty());
        prop_assert!(seen.encode_utf16().count() <= annotation::MOST_CHARACTERS);
        prop_assert!(!seen.chars().any(char::is_control));
        if !findings.is_empty() {
            prop_assert!(seen.starts_with(code.as_str()));
        }
    }

    #[test]
    fn long_texts_fit_too(text in "\\PC{200,400}", count in 1..5_usize) {
        let findings = vec![Finding::new(Code::CouldNotVerify, text); count];
        let seen = annotation::of_findings(&findings);
        prop_assert!((1..=256).contains(&seen.encode_utf16().count()));
        prop_assert!(seen.starts_with("could-not-verify: "));
        prop_assert!(count == 1 || seen.contains(" more)"));
    }
}
