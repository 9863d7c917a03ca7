use serde_json::{Value, json};
use trailkeeper_runbook::{load, supplied_from_text};

use crate::support::{ScriptedAws, run_with, sleep, try_run};

const ROLE: &str = "arn:aws:iam::111122223333:role/r";

/// A document with the parameter P, whose only call sends it.
fn document(parameter: Value) -> String {
    let inputs = json!({ "Service": "s", "Api": "Do", "P": "{{ P }}" });
    json!({
        "schemaVersion": "0.3",
        "parameters": { "P": parameter },
        "mainSteps": [{ "name": "Do", "action": "aws:executeAwsApi", "inputs": inputs }]
    })
    .to_string()
}

fn sent(parameter: Value, supplied: &[&str]) -> Result<Value, String> {
    let aws = ScriptedAws::answering(json!({}));
    let parameters: Vec<(&str, &[&str])> = if supplied.is_empty() {
        Vec::new()
    } else {
        vec![("P", supplied)]
    };
    try_run(&document(parameter), &parameters, &aws).map_err(|error| error.to_string())?;
    Ok(aws.seen()[0].input["P"].clone())
}

#[test]
fn values_get_the_parameters_type() {
    let cases: [(Value, &[&str], Value); 21] = [
        (json!({"type": "String"}), &["x"], json!("x")),
        (json!({"type": "String"}), &["5"], json!("5")),
        (json!({"type": "String"}), &["true"], json!("true")),
        (
            json!({"type": "StringList"}),
            &["a", "b"],
            json!(["a", "b"]),
        ),
        (json!({"type": "StringList"}), &["a"], json!(["a"])),
        (
            json!({"type": "StringList"}),
            &["[\"a\",\"b\"]"],
            json!(["a", "b"]),
        ),
        (json!({"type": "StringList"}), &["a,b"], json!(["a,b"])),
        (json!({"type": "Integer"}), &["12"], json!(12)),
        (json!({"type": "Boolean"}), &["true"], json!(true)),
        (json!({"type": "Boolean"}), &["False"], json!(false)),
        (
            json!({"type": "StringMap"}),
            &["{\"a\":\"b\"}"],
            json!({"a": "b"}),
        ),
        (
            json!({"type": "MapList"}),
            &["[{\"a\":\"b\"}]"],
            json!([{"a": "b"}]),
        ),
        (
            json!({"type": "MapList"}),
            &["{\"a\":\"b\"}", "{}"],
            json!([{"a": "b"}, {}]),
        ),
        (json!({"type": "AWS::IAM::Role::Arn"}), &[ROLE], json!(ROLE)),
        (
            json!({"type": "AWS::S3::Bucket::Name"}),
            &["logs"],
            json!("logs"),
        ),
        (
            json!({"type": "List<AWS::EC2::Instance::Id>"}),
            &["i-0123abcd"],
            json!(["i-0123abcd"]),
        ),
        (
            json!({"type": "Boolean", "default": true}),
            &[],
            json!(true),
        ),
        (json!({"type": "String", "default": ""}), &[], json!("")),
        (
            json!({"type": "AWS::IAM::Role::Arn", "default": ""}),
            &[],
            json!(""),
        ),
        (
            json!({"type": "String", "default": "{{ global:ACCOUNT_ID }}"}),
            &[],
            json!("111122223333"),
        ),
        (
            json!({"type": "StringList", "default": ["a"]}),
            &["b"],
            json!(["b"]),
        ),
    ];
    for (parameter, supplied, wanted) in cases {
        assert_eq!(
            sent(parameter.clone(), supplied).unwrap(),
            wanted,
            "{parameter} {supplied:?}"
        );
    }
}

#[test]
fn values_that_do_not_fit_are_refused_before_the_first_step() {
    let cases: [(Value, &[&str], &str); 22] = [
        (
            json!({"type": "String"}),
            &[],
            "parameter P is required: supply it",
        ),
        (
            json!({"type": "String"}),
            &["a", "b"],
            "parameter P has 2 values, and takes one",
        ),
        (
            json!({"type": "String"}),
            &[""],
            "parameter P has an empty value: leave the parameter out instead",
        ),
        (
            json!({"type": "Integer"}),
            &["x"],
            "parameter P is \"x\", not a whole number",
        ),
        (
            json!({"type": "Integer"}),
            &["1.5"],
            "parameter P is \"1.5\", not a whole number",
        ),
        (
            json!({"type": "Boolean"}),
            &["yes"],
            "parameter P is \"yes\", not true or false",
        ),
        (
            json!({"type": "StringMap"}),
            &["[]"],
            "parameter P is \"[]\", not a map, as JSON",
        ),
        (
            json!({"type": "MapList"}),
            &["x"],
            "parameter P is \"x\", not a map, as JSON",
        ),
        (
            json!({"type": "String", "allowedValues": ["a", "b"]}),
            &["c"],
            "parameter P is \"c\"; allowed are a, b",
        ),
        (
            json!({"type": "Boolean", "allowedValues": [true]}),
            &["false"],
            "parameter P is \"false\"; allowed are true",
        ),
        (
            json!({"type": "StringList", "allowedValues": ["a"]}),
            &["a", "c"],
            "parameter P is \"c\"; allowed are a",
        ),
        (
            json!({"type": "String", "allowedPattern": "[a-z]*"}),
            &["abc1"],
            "parameter P is \"abc1\", which does not match [a-z]*",
        ),
        (
            json!({"type": "String", "allowedPattern": "a|bc"}),
            &["abc"],
            "parameter P is \"abc\", which does not match a|bc",
        ),
        (
            json!({"type": "StringList", "allowedPattern": "^a$"}),
            &["a", "b"],
            "parameter P is \"b\", which does not match ^a$",
        ),
        (
            json!({"type": "String", "minChars": 3}),
            &["ab"],
            "parameter P has 2 characters; at least 3 are needed",
        ),
        (
            json!({"type": "String", "maxChars": 3}),
            &["abcd"],
            "parameter P has 4 characters; at most 3 go",
        ),
        (
            json!({"type": "StringList", "minItems": 2}),
            &["a"],
            "parameter P has 1 items; at least 2 are needed",
        ),
        (
            json!({"type": "StringList", "maxItems": 1}),
            &["a", "b"],
            "parameter P has 2 items; at most 1 go",
        ),
        (
            json!({"type": "AWS::IAM::Role::Arn"}),
            &["role/r"],
            "parameter P is \"role/r\", which is not AWS::IAM::Role::Arn",
        ),
        (
            json!({"type": "AWS::S3::Bucket::Name"}),
            &["Logs"],
            "parameter P is \"Logs\", which is not AWS::S3::Bucket::Name",
        ),
        (
            json!({"type": "AWS::EC2::Instance::Id"}),
            &["i-1"],
            "parameter P is \"i-1\", which is not AWS::EC2::Instance::Id",
        ),
        (
            json!({"type": "String", "default": "{{ssm:name}}"}),
            &[],
            "parameter P takes its default from Parameter Store: supply its value",
        ),
    ];
    for (parameter, supplied, wanted) in cases {
        assert_eq!(
            sent(parameter.clone(), supplied),
            Err(wanted.to_owned()),
            "{parameter}"
        );
    }
}

#[test]
fn the_services_own_limits_hold() {
    let long = "x".repeat(513);
    let error = sent(json!({"type": "String"}), &[&long]).unwrap_err();
    assert_eq!(
        error,
        "parameter P has a value of 513 characters; at most 512 go"
    );
    let many = vec!["x"; 51];
    let error = sent(json!({"type": "StringList"}), &many).unwrap_err();
    assert_eq!(error, "parameter P has 51 values; at most 50 go");
}

#[test]
fn look_around_in_a_pattern_works() {
    let pattern = json!({"type": "String", "allowedPattern": "(?!^-)[a-z-]+"});
    assert!(sent(pattern.clone(), &["a-b"]).is_ok());
    assert!(sent(pattern, &["-b"]).is_err());
}

#[test]
fn patterns_mean_what_they_mean_in_java() {
    let cases = [
        (r"\p{L}+", "é", true),
        (r"\p{L}+", "p{L}", false),
        (r"[\w.\-@]+", "a-b@c", true),
        (r"^\_x$", "_x", true),
        // What cannot be read here is not compared, and the check says so.
        (r"\Aab\z", "x", true),
        (r"[a-z&&[^b]]", "b", true),
    ];
    for (pattern, text, fits) in cases {
        let parameter = json!({"type": "String", "allowedPattern": pattern});
        assert_eq!(sent(parameter, &[text]).is_ok(), fits, "{pattern} {text}");
    }
    let maps = json!({"type": "MapList", "allowedPattern": "^\\{\"Z\": \"[a-z]\",\"A\":1\\}$"});
    assert!(sent(maps, &["{\"Z\": \"x\",\"A\":1}"]).is_ok());
}

#[test]
fn an_unknown_parameter_is_refused_with_the_nearest_name() {
    let text = document(json!({"type": "String", "default": "x"}));
    let aws = ScriptedAws::silent();
    let error = try_run(&text, &[("Q", &["x"])], &aws).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the document has no parameter Q: did you mean P?"
    );
}

#[test]
fn parameters_given_as_one_text_become_lists_where_lists_are_wanted() {
    let cases = [
        ("StringList", "[\"a\",\"b\"]", vec!["a", "b"]),
        ("StringList", "a", vec!["a"]),
        ("MapList", "[{\"a\":1}]", vec!["{\"a\":1}"]),
        ("String", "[1]", vec!["[1]"]),
        ("StringMap", "{\"a\":1}", vec!["{\"a\":1}"]),
    ];
    for (kind, text, wanted) in cases {
        let document = load(&document(json!({"type": kind}))).unwrap();
        assert_eq!(
            supplied_from_text(&document, "P", text).unwrap(),
            wanted,
            "{kind} {text}"
        );
    }
}

#[test]
fn the_role_is_known_and_an_empty_one_is_none() {
    let text = json!({
        "schemaVersion": "0.3",
        "assumeRole": "{{ Role }}",
        "parameters": { "Role": { "type": "AWS::IAM::Role::Arn", "default": "" } },
        "mainSteps": [sleep("Rest", json!({}))]
    })
    .to_string();
    let aws = ScriptedAws::silent();
    let role = |parameters: &[(&str, &[&str])]| {
        let now = "2026-03-02T09:57:12Z".parse().unwrap();
        let start = crate::support::start(parameters);
        let execution = trailkeeper_runbook::Execution::start(load(&text).unwrap(), start, now);
        execution.unwrap().assume_role().map(str::to_owned)
    };
    assert_eq!(role(&[]), None);
    assert_eq!(role(&[("Role", &[ROLE])]), Some(ROLE.to_owned()));
    let report = run_with(&text, &[("Role", &[ROLE])], &aws);
    assert_eq!(report.parameters["Role"], [ROLE]);
}
