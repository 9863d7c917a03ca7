//! Up to where a write may go: other keys and trails, cleared settings, the order of statements.

use super::*;

const KEY: &str = "arn:aws:kms:us-east-1:111122223333:key/1";

/// The survey of a trail with this key, where the one at `KEY` was read.
fn with_key(used: Option<&str>) -> Survey {
    let mut survey = survey();
    survey.wanted.trail.kms_key_id = used.map(str::to_owned);
    survey.wanted.key = Some(Fact::Known(crate::facts::KeyFacts {
        arn: KEY.parse().unwrap(),
        state: crate::facts::KeyState::Disabled,
        customer_managed: true,
    }));
    survey.wanted.key_policy = Some(Fact::Known(OLD.to_owned()));
    survey
}

#[test]
fn a_key_that_the_trail_does_not_use_is_left_alone() {
    let other = KEY.replace("key/1", "key/2");
    let steps = |key: &str| {
        let arn = || key.parse::<Arn>().unwrap();
        let put = Step::PutKeyPolicy {
            key: arn(),
            policy: OLD.to_owned(),
        };
        [Step::EnableKey(arn()), Step::CancelKeyDeletion(arn()), put]
    };
    let cases = [
        (KEY, Some(KEY), true),
        // what is no ARN cannot be compared
        (KEY, Some("1"), true),
        (KEY, Some(other.as_str()), false),
        (KEY, None, false),
        (&other, Some(KEY), false),
        (&other, Some(other.as_str()), false),
    ];
    for (key, used, expected) in cases {
        for step in steps(key) {
            let name = format!("{step:?} of a trail with {used:?}");
            let result = checked_in(step, &with_key(used));
            assert_eq!(result.is_ok(), expected, "{name}: {result:?}");
        }
    }
    let narrower = Step::PutKeyPolicy {
        key: KEY.parse().unwrap(),
        policy: r#"{"Version":"2012-10-17","Statement":[]}"#.to_owned(),
    };
    let result = checked_in(narrower, &with_key(Some(KEY)));
    assert!(matches!(result, Err(Refusal::AltersStatement(_))));
}

#[test]
fn a_trail_is_made_only_where_there_is_none() {
    let create = |name: &str, region: &str| {
        let mut trail = survey().wanted.trail;
        trail.name = name.to_owned();
        trail.home_region = region.parse().unwrap();
        crate::repair::trail_steps::create_step(&trail).step
    };
    let mut absent = survey();
    absent.current = None;
    let cases = [
        (&absent, "org-audit", "us-east-1", true),
        (&absent, "other", "us-east-1", false),
        (&absent, "org-audit", "us-west-2", false),
        (&survey(), "org-audit", "us-east-1", false),
    ];
    for (survey, name, region, expected) in cases {
        let result = checked_in(create(name, region), survey);
        assert_eq!(result.is_ok(), expected, "{name} {region}: {result:?}");
    }
}

#[test]
fn only_a_prefix_that_was_not_there_before_is_cleared() {
    let cleared = || Some(String::new());
    let update = |field: &str| {
        let mut update = UpdateTrail::of(arn("org-audit"));
        match field {
            "S3BucketName" => update.bucket = cleared(),
            "S3KeyPrefix" => update.key_prefix = cleared(),
            _ => update.log_group_role_arn = cleared(),
        }
        Step::UpdateTrail(update)
    };
    let before = |prefix: &str| {
        let mut survey = with_baseline();
        let read = survey.wanted.beside.baseline.take();
        let change = |mut baseline: Baseline| {
            baseline.key_prefix = Some(prefix.to_owned());
            baseline
        };
        survey.wanted.beside.baseline = read.map(|read| read.map(|one| one.map(change)));
        survey
    };
    let cases = [
        ("S3KeyPrefix", before(""), true),
        ("S3KeyPrefix", before("audit"), false),
        ("S3KeyPrefix", with_baseline(), false),
        ("S3KeyPrefix", survey(), false),
        ("S3BucketName", before(""), false),
        ("CloudWatchLogsRoleArn", before(""), false),
    ];
    for (field, survey, expected) in cases {
        let result = checked_in(update(field), &survey);
        assert_eq!(result.is_ok(), expected, "{field}: {result:?}");
        if let Err(refusal) = result {
            assert!(refusal.to_string().contains(field), "{refusal}");
        }
    }
}

#[test]
fn what_was_not_read_is_no_measure() {
    let put = || {
        let all = vec![basic(ReadWriteType::All, &[])];
        Step::PutEventSelectors(arn("org-audit"), EventSelectors::Basic(all))
    };
    let mut unread = survey();
    unread.wanted.selectors = None;
    let result = checked_in(put(), &unread);
    assert!(matches!(result, Err(Refusal::Narrows(_))));
    // a new trail has none, and of no data event is anything watched
    unread.wanted.insights = None;
    let none = Step::PutInsightSelectors(arn("org-audit"), Vec::new());
    assert_eq!(checked_in(none.clone(), &unread), Ok(()));
    let mut on_data = insight("ApiCallRateInsight");
    on_data.event_categories = vec!["Data".to_owned()];
    unread.wanted.insights = Some(Fact::Known(vec![on_data]));
    let result = checked_in(none.clone(), &unread);
    assert!(matches!(result, Err(Refusal::Narrows(_))));
    let management = vec![basic(ReadWriteType::All, &[])];
    unread.wanted.selectors = Some(Fact::Known(EventSelectors::Basic(management)));
    assert_eq!(checked_in(none, &unread), Ok(()));
}

#[test]
fn statements_keep_their_order_and_their_number() {
    let allow = r#"{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:GetBucketAcl","Resource":"arn:aws:s3:::logs"}"#;
    let deny = |sid: &str| {
        format!(
            r#"{{"Sid":"{sid}","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::logs"}}"#
        )
    };
    let policy = |all: &[&str]| {
        format!(
            r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
            all.join(",")
        )
    };
    let (a, b) = (deny("A"), deny("B"));
    let cases = [
        (Some(policy(&[&a, &b])), policy(&[&a, allow, &b]), true),
        (
            Some(policy(&[&a, &b])),
            policy(&[allow, &a, &b, allow]),
            true,
        ),
        (Some(policy(&[&a, &b])), policy(&[&b, &a]), false),
        (Some(policy(&[&a, &b])), policy(&[&a, allow]), false),
        (Some(policy(&[&a])), policy(&[&a, &a]), false),
        (Some(policy(&[allow])), policy(&[]), false),
        (Some("{".to_owned()), policy(&[allow]), false),
        (None, policy(&[allow]), true),
        (None, policy(&[&a]), false),
    ];
    for (old, new, expected) in cases {
        let mut survey = survey();
        survey.wanted.bucket = Some(Fact::Known(BucketFacts {
            region: "us-east-1".parse().unwrap(),
            policy: old.clone(),
        }));
        let result = checked_in(bucket_policy("logs", &new), &survey);
        assert_eq!(result.is_ok(), expected, "{old:?} -> {new}");
    }
}
