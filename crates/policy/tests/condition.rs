//! Conditions against what is known of a request.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

use trailkeeper_policy::condition::holds;
use trailkeeper_policy::{Context, ContextValue, Policy, Truth};

fn context() -> Context {
    let list = |values: &[&str]| {
        ContextValue::Values(values.iter().map(|value| (*value).to_owned()).collect())
    };
    Context::new()
        .with_value("k:text", "Value")
        .with_value("k:arn", "arn:aws:cloudtrail:us-east-1:1:trail/t")
        .with_value("k:true", "true")
        .with_value("k:number", "10")
        .with_value("k:date", "2026-11-21T10:00:00Z")
        .with_value("k:epoch", "1795255200")
        .with_value("k:ip", "10.1.2.3")
        .with_value("k:ip6", "2001:db8::1")
        .with_value("k:binary", "QUJD")
        .with("k:list", list(&["a", "b"]))
        .with("k:empty", list(&[]))
        .with("k:absent", ContextValue::Absent)
        .with(
            "k:tls",
            ContextValue::OneOf(vec!["1.2".to_owned(), "1.3".to_owned()]),
        )
        .with_family("k:tag/", ContextValue::Absent)
}

/// The truth of a condition written without its outer braces.
fn truth(condition: &str) -> Truth {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*",
            "Condition":{{{condition}}}}}}}"#
    );
    let policy = Policy::parse(&text).unwrap();
    holds(&policy.statements()[0], policy.has_variables(), &context())
}

#[test]
fn operators_on_known_values() {
    use Truth::{False, True, Unknown};
    let cases = [
        (r#""StringEquals":{"K:TEXT":"Value"}"#, True),
        (r#""StringEquals":{"k:text":"value"}"#, False),
        (r#""StringEquals":{"k:text":["x","Value"]}"#, True),
        (r#""StringEquals":{"k:text":"Val*"}"#, False),
        (r#""StringEquals":{"k:text":"${k:text}"}"#, True),
        (r#""StringEquals":{"k:text":"${k:absent}"}"#, False),
        (r#""StringNotEquals":{"k:text":"${k:absent}"}"#, Unknown),
        (r#""StringEquals":{"k:text":"${k:none}"}"#, Unknown),
        (r#""StringNotEquals":{"k:text":["x","Value"]}"#, False),
        (r#""StringNotEquals":{"k:text":["x","y"]}"#, True),
        (r#""StringEqualsIgnoreCase":{"k:text":"vALUE"}"#, True),
        (r#""StringNotEqualsIgnoreCase":{"k:text":"vALUE"}"#, False),
        (r#""StringLike":{"k:text":"V?l*"}"#, True),
        (r#""StringLike":{"k:text":"V${*}"}"#, False),
        (r#""StringNotLike":{"k:text":"V*"}"#, False),
        (
            r#""ArnLike":{"k:arn":"arn:aws:cloudtrail:*:1:trail/*"}"#,
            True,
        ),
        (
            r#""ArnEquals":{"k:arn":"arn:aws:cloudtrail:*:1:trail/*"}"#,
            True,
        ),
        (
            r#""ArnNotLike":{"k:arn":"arn:aws:cloudtrail:*:2:trail/*"}"#,
            True,
        ),
        (
            r#""ArnNotEquals":{"k:arn":"arn:aws:cloudtrail:*:1:trail/*"}"#,
            False,
        ),
        (r#""ArnLike":{"k:arn":"*"}"#, Unknown),
        (r#""Bool":{"k:true":true}"#, True),
        (r#""Bool":{"k:true":"False"}"#, False),
        (r#""Bool":{"k:true":["false","true"]}"#, True),
        (r#""Bool":{"k:true":"yes"}"#, Unknown),
        (r#""NumericEquals":{"k:number":10.0}"#, True),
        (r#""NumericNotEquals":{"k:number":10}"#, False),
        (r#""NumericLessThan":{"k:number":10}"#, False),
        (r#""NumericLessThanEquals":{"k:number":10}"#, True),
        (r#""NumericGreaterThan":{"k:number":"9.5"}"#, True),
        (r#""NumericGreaterThanEquals":{"k:number":"11"}"#, False),
        (r#""NumericLessThan":{"k:number":"inf"}"#, Unknown),
        (r#""NumericLessThan":{"k:text":"1"}"#, Unknown),
        (r#""NumericLessThan":{"k:tls":"1.2"}"#, False),
        (r#""NumericLessThan":{"k:tls":"1.4"}"#, True),
        (r#""NumericLessThan":{"k:tls":"1.3"}"#, Unknown),
        (
            r#""DateGreaterThan":{"k:date":"2026-11-21T09:59:59Z"}"#,
            True,
        ),
        (
            r#""DateEquals":{"k:date":"2026-11-21T11:30:00+01:30"}"#,
            True,
        ),
        (r#""DateEquals":{"k:date":"1795255200"}"#, True),
        (r#""DateEquals":{"k:date":"2026-11-21T10:00:05Z"}"#, False),
        (
            r#""DateEquals":{"k:epoch":"2026-11-21T10:00:00.000Z"}"#,
            True,
        ),
        (r#""DateNotEquals":{"k:date":"2026-11-21"}"#, True),
        (r#""DateLessThan":{"k:date":"2026-12"}"#, True),
        (r#""DateLessThanEquals":{"k:date":"2026"}"#, False),
        (r#""DateLessThan":{"k:date":"tomorrow"}"#, Unknown),
        (r#""DateLessThan":{"k:date":"2026-13-01"}"#, Unknown),
        (r#""IpAddress":{"k:ip":"10.0.0.0/8"}"#, True),
        (r#""IpAddress":{"k:ip":["192.0.2.0/24","10.1.2.3"]}"#, True),
        (r#""IpAddress":{"k:ip":"0.0.0.0/0"}"#, True),
        (r#""IpAddress":{"k:ip":"10.1.2.4"}"#, False),
        (r#""NotIpAddress":{"k:ip":"10.0.0.0/8"}"#, False),
        (r#""NotIpAddress":{"k:ip":"2001:db8::/32"}"#, True),
        (r#""IpAddress":{"k:ip6":"2001:db8::/32"}"#, True),
        (r#""IpAddress":{"k:ip":"10.0.0.0/33"}"#, Unknown),
        (r#""BinaryEquals":{"k:binary":"QUJD"}"#, True),
        (r#""BinaryEquals":{"k:binary":"QUJE"}"#, False),
        (r#""Null":{"k:text":"true"}"#, False),
        (r#""Null":{"k:text":false}"#, True),
        (r#""Null":{"k:absent":"true"}"#, True),
        (r#""Null":{"k:empty":"true"}"#, True),
        (r#""Null":{"k:tls":"false"}"#, True),
        (r#""StringEquals":{"k:text":"${k:list}"}"#, Unknown),
        (r#""StringNotEquals":{"k:empty":"a"}"#, True),
        (
            r#""DateLessThan":{"k:date":"2026-11-21T10:60:00Z"}"#,
            Unknown,
        ),
        (r#""ForAnyValue:Null":{"k:text":"true"}"#, Unknown),
        (r#""StringSounds":{"k:text":"x"}"#, Unknown),
        (r#""NullIfExists":{"k:text":"true"}"#, Unknown),
    ];
    for (condition, expected) in cases {
        assert_eq!(truth(condition), expected, "{condition}");
    }
}

#[test]
fn absent_and_unknown_keys() {
    use Truth::{False, True, Unknown};
    let cases = [
        (r#""StringEquals":{"k:absent":"x"}"#, False),
        (r#""StringNotEquals":{"k:absent":"x"}"#, True),
        (r#""StringEqualsIfExists":{"k:absent":"x"}"#, True),
        (r#""StringNotEqualsIfExists":{"k:absent":"x"}"#, True),
        (r#""stringequalsifexists":{"k:text":"x"}"#, False),
        (r#""Bool":{"k:absent":"false"}"#, False),
        (r#""BoolIfExists":{"k:absent":"false"}"#, True),
        (r#""StringLike":{"k:tag/team":"*"}"#, False),
        (r#""StringNotLike":{"K:Tag/team":"x"}"#, True),
        (r#""NotIpAddress":{"k:absent":"10.0.0.0/8"}"#, True),
        (r#""StringEquals":{"k:none":"x"}"#, Unknown),
        (r#""StringNotEquals":{"k:none":"x"}"#, Unknown),
        (r#""StringEqualsIfExists":{"k:none":"x"}"#, Unknown),
        (r#""Null":{"k:none":"true"}"#, Unknown),
        (r#""StringLike":{"k:none":"*"}"#, Unknown),
    ];
    for (condition, expected) in cases {
        assert_eq!(truth(condition), expected, "{condition}");
    }
}

#[test]
fn set_operators() {
    use Truth::{False, True, Unknown};
    let cases = [
        (r#""ForAnyValue:StringEquals":{"k:list":["b","c"]}"#, True),
        (r#""ForAnyValue:StringEquals":{"k:list":"c"}"#, False),
        (
            r#""ForAllValues:StringEquals":{"k:list":["a","b","c"]}"#,
            True,
        ),
        (r#""ForAllValues:StringEquals":{"k:list":["a"]}"#, False),
        (r#""ForAnyValue:StringNotEquals":{"k:list":["a"]}"#, True),
        (r#""ForAllValues:StringNotLike":{"k:list":["c*"]}"#, True),
        (r#""ForAllValues:StringNotEquals":{"k:list":["a"]}"#, False),
        (r#""ForAllValues:StringEquals":{"k:absent":"a"}"#, True),
        (r#""ForAnyValue:StringEquals":{"k:absent":"a"}"#, False),
        (r#""ForAnyValue:StringNotEquals":{"k:empty":"a"}"#, False),
        (r#""ForAnyValue:StringLikeIfExists":{"k:list":"b*"}"#, True),
        (
            r#""ForAnyValue:StringLikeIfExists":{"k:absent":"b*"}"#,
            Unknown,
        ),
        (r#""ForAllValues:StringEquals":{"k:none":"a"}"#, Unknown),
        (r#""ForSomeValues:StringEquals":{"k:list":"a"}"#, Unknown),
        (r#""StringEquals":{"k:list":"a"}"#, Unknown),
        (r#""foranyvalue:stringequals":{"k:text":"Value"}"#, True),
    ];
    for (condition, expected) in cases {
        assert_eq!(truth(condition), expected, "{condition}");
    }
}

#[test]
fn all_lines_of_a_condition_must_hold() {
    use Truth::{False, True, Unknown};
    let yes = r#""StringEquals":{"k:text":"Value"}"#;
    let no = r#""Bool":{"k:true":"false"}"#;
    let open = r#""StringLike":{"k:none":"x"}"#;
    let cases = [
        (String::new(), True),
        (format!("{yes},{open}"), Unknown),
        (format!("{open},{no}"), False),
        (format!("{yes},{no}"), False),
        (
            r#""StringEquals":{"k:text":"Value","k:true":"no"}"#.to_owned(),
            False,
        ),
    ];
    for (condition, expected) in cases {
        assert_eq!(truth(&condition), expected, "{condition}");
    }
}

#[test]
fn the_old_version_has_no_variables() {
    let text = r#"{"Statement":{"Effect":"Allow","Action":"*",
        "Condition":{"StringEquals":{"k:text":"${k:text}"}}}}"#;
    let policy = Policy::parse(text).unwrap();
    assert!(!policy.has_variables());
    assert_eq!(
        holds(&policy.statements()[0], false, &context()),
        Truth::False
    );
}
