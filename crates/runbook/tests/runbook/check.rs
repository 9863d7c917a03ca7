use serde_json::{Value, json};
use trailkeeper_runbook::{Severity, check, load};

use crate::support::{call, sleep, step, steps};

/// `code line` of every finding.
fn found(text: &str) -> Vec<String> {
    let findings = check(text);
    findings
        .iter()
        .map(|finding| format!("{} {}", finding.code, finding.at.line))
        .collect()
}

fn codes(text: &str) -> Vec<&'static str> {
    check(text).iter().map(|finding| finding.code).collect()
}

const HEAD: &str = "schemaVersion: \"0.3\"\n";

#[test]
fn findings_stand_at_their_line() {
    let rest = "mainSteps:\n- name: A\n  action: aws:sleep\n  inputs:\n    Duration: PT1S\n";
    let cases = [
        (format!("{HEAD}{rest}"), vec![]),
        (
            format!("schemaVersion: 0.3\n{rest}"),
            vec!["schema-version 1"],
        ),
        (
            format!("schemaVersion: \"2.2\"\n{rest}"),
            vec!["schema-version 1"],
        ),
        (rest.to_owned(), vec!["missing-key 1"]),
        (
            format!("{HEAD}descripton: x\n{rest}"),
            vec!["unknown-key 2"],
        ),
        (
            format!("{HEAD}{rest}  onFailur: Abort\n"),
            vec!["unknown-key 7"],
        ),
        (
            format!("{HEAD}{rest}  nextStep: B\n"),
            vec!["unknown-step 7"],
        ),
        (
            format!("{HEAD}{rest}  onFailure: step:B\n"),
            vec!["unknown-step 7"],
        ),
        (
            format!("{HEAD}{rest}  onFailure: Stop\n"),
            vec!["on-failure 7"],
        ),
        (
            format!("{HEAD}{rest}  onCancel: Stop\n"),
            vec!["on-cancel 7"],
        ),
        (
            format!("{HEAD}{rest}  maxAttempts: 0\n"),
            vec!["out-of-range 7"],
        ),
        (
            format!("{HEAD}{rest}  isEnd: perhaps\n"),
            vec!["wrong-type 7"],
        ),
        (
            format!("{HEAD}{rest}  isEnd: true\n  nextStep: A\n"),
            vec!["end-with-next-step 8"],
        ),
        (
            format!("{HEAD}{rest}  isEnd: true\n  onFailure: step:A\n"),
            vec!["end-with-failure-step 8"],
        ),
        (
            format!("{HEAD}{rest}- name: A\n  action: aws:sleep\n  inputs: {{Duration: PT1S}}\n"),
            vec!["duplicate-step 7"],
        ),
        (
            format!("{HEAD}{rest}- name: a-b\n  action: aws:sleep\n  inputs: {{Duration: PT1S}}\n"),
            vec!["step-name 7"],
        ),
        (
            format!("{HEAD}{rest}- name: B\n  action: aws:slep\n  inputs: {{}}\n"),
            vec!["unknown-action 7"],
        ),
        (
            format!("{HEAD}{rest}- name: B\n  action: aws:pause\n  inputs: {{}}\n"),
            vec!["action-not-run 7"],
        ),
        (
            format!("{HEAD}{rest}outputs: [A.X, B.X, C]\n"),
            vec![
                "undeclared-output 7",
                "undeclared-reference 7",
                "document-output 7",
            ],
        ),
        (format!("{HEAD}mainSteps: []\n"), vec!["no-steps 1"]),
        ("- a\n".to_owned(), vec!["not-a-document 1"]),
        (format!("{HEAD}a: b\na: c\n"), vec!["syntax 3"]),
        (
            format!("{HEAD}assumeRole: {{{{ Role }}}}\n"),
            vec!["syntax 2"],
        ),
    ];
    for (text, wanted) in cases {
        assert_eq!(found(&text), wanted, "{text}");
    }
}

#[test]
fn the_nearest_name_is_offered() {
    let text =
        format!("{HEAD}descripton: x\nmainSteps:\n- {{name: A, action: aws:slep, inputs: {{}}}}\n");
    let helps: Vec<String> = check(&text)
        .into_iter()
        .map(|finding| finding.help)
        .collect();
    assert_eq!(
        helps,
        ["did you mean description?", "did you mean aws:sleep?"]
    );
    let unquoted = format!("{HEAD}assumeRole: {{{{ Role }}}}\n");
    assert_eq!(
        check(&unquoted)[0].help,
        "put a reference in quotes: \"{{ Name }}\""
    );
}

fn with_parameter(parameter: Value) -> String {
    json!({
        "schemaVersion": "0.3",
        "parameters": { "P": parameter },
        "mainSteps": [sleep("A", json!({}))]
    })
    .to_string()
}

#[test]
fn parameters_are_declared_soundly() {
    let cases = [
        (json!({"type": "String"}), vec![]),
        (json!({}), vec!["missing-key"]),
        (json!({"type": "Text"}), vec!["parameter-type"]),
        (
            json!({"type": "String", "default": 1}),
            vec!["parameter-default"],
        ),
        (json!({"type": "Boolean", "default": "true"}), vec![]),
        (
            json!({"type": "Boolean", "default": "x"}),
            vec!["parameter-default"],
        ),
        (
            json!({"type": "Integer", "default": 1.5}),
            vec!["parameter-default"],
        ),
        (json!({"type": "StringList", "default": ["a"]}), vec![]),
        (
            json!({"type": "StringList", "default": [1]}),
            vec!["parameter-default"],
        ),
        (json!({"type": "MapList", "default": [{}]}), vec![]),
        (
            json!({"type": "String", "default": "{{ Other }}"}),
            vec!["parameter-default"],
        ),
        (json!({"type": "String", "default": "{{ssm:x}}"}), vec![]),
        (
            json!({"type": "String", "default": "{{ global:REGION }}"}),
            vec![],
        ),
        (
            json!({"type": "String", "default": "c", "allowedValues": ["a"]}),
            vec!["default-not-allowed"],
        ),
        (
            json!({"type": "Integer", "allowedValues": ["x"]}),
            vec!["allowed-values"],
        ),
        (
            json!({"type": "String", "allowedPattern": "("}),
            vec!["pattern-not-checked"],
        ),
        (
            json!({"type": "String", "minChars": 3, "maxChars": 2}),
            vec!["bounds"],
        ),
        (
            json!({"type": "String", "defualt": "x"}),
            vec!["unknown-key"],
        ),
    ];
    for (parameter, wanted) in cases {
        assert_eq!(
            codes(&with_parameter(parameter.clone())),
            wanted,
            "{parameter}"
        );
    }
    let name = json!({ "schemaVersion": "0.3", "parameters": { "a_b": { "type": "String" } },
        "mainSteps": [sleep("A", json!({}))] });
    assert_eq!(codes(&name.to_string()), ["parameter-name"]);
}

#[test]
fn references_name_what_exists() {
    let cases = [
        ("{{ P }}", vec![]),
        ("{{ Q }}", vec!["undeclared-reference"]),
        ("{{ A.Out }}", vec![]),
        ("{{ A.Other }}", vec!["undeclared-output"]),
        ("{{ B.Payload }}", vec![]),
        ("{{ C.Anything }}", vec![]),
        ("{{ Z.Out }}", vec!["undeclared-reference"]),
        ("{{ variable:V }}", vec![]),
        ("{{ variable:W }}", vec!["undeclared-reference"]),
        ("{{ global:REGION }} {{ automation:EXECUTION_ID }}", vec![]),
        ("{{ global:PLANET }}", vec!["undeclared-reference"]),
        ("{{ ssm:name }}", vec!["undeclared-reference"]),
        ("{{ .Names }} {{}} {{ a b }}", vec![]),
    ];
    for (text, wanted) in cases {
        let document = json!({
            "schemaVersion": "0.3",
            "parameters": { "P": { "type": "String" } },
            "variables": { "V": { "type": "String", "default": "v" } },
            "mainSteps": [
                call("A", json!({ "outputs": [{ "Name": "Out", "Selector": "$.x" }] })),
                step("B", "aws:invokeLambdaFunction", json!({ "FunctionName": "f" }), json!({})),
                step("C", "aws:executeScript", json!({ "Script": "f'{{ Nothing }}'" }), json!({})),
                step("D", "aws:executeAwsApi", json!({ "Service": "s", "Api": "Do", "X": [text] }), json!({}))
            ]
        });
        let mut found = codes(&document.to_string());
        found.retain(|code| *code != "action-not-run");
        assert_eq!(found, wanted, "{text}");
    }
}

#[test]
fn inputs_fit_their_action() {
    let property = json!({ "Service": "s", "Api": "Get", "PropertySelector": "$.x", "DesiredValues": ["True"] });
    let mut lower = property.clone();
    lower["DesiredValues"] = json!(["true"]);
    let mut broken = property.clone();
    broken["PropertySelector"] = json!("$.x[");
    let cases = [
        (
            "aws:executeAwsApi",
            json!({}),
            json!({}),
            vec!["missing-key", "missing-key"],
        ),
        (
            "aws:assertAwsResourceProperty",
            property.clone(),
            json!({}),
            vec![],
        ),
        (
            "aws:assertAwsResourceProperty",
            lower,
            json!({}),
            vec!["boolean-text"],
        ),
        (
            "aws:assertAwsResourceProperty",
            broken,
            json!({}),
            vec!["selector"],
        ),
        (
            "aws:waitForAwsResourceProperty",
            property.clone(),
            json!({}),
            vec!["wait-without-timeout"],
        ),
        (
            "aws:waitForAwsResourceProperty",
            property,
            json!({"timeoutSeconds": 5}),
            vec![],
        ),
        (
            "aws:invokeLambdaFunction",
            json!({}),
            json!({}),
            vec!["missing-key"],
        ),
        (
            "aws:invokeLambdaFunction",
            json!({"FunctionName": "f", "Paylod": ""}),
            json!({}),
            vec!["unknown-key"],
        ),
        (
            "aws:invokeLambdaFunction",
            json!({"FunctionName": "f", "Payload": "{}", "InputPayload": {}}),
            json!({}),
            vec!["payload-ignored"],
        ),
        (
            "aws:invokeLambdaFunction",
            json!({"FunctionName": "f", "Payload": "{\"a\": \"{{ global:REGION }}\"}"}),
            json!({}),
            vec!["payload-from-text"],
        ),
        ("aws:sleep", json!({}), json!({}), vec!["sleep"]),
        (
            "aws:sleep",
            json!({"Duration": "10m"}),
            json!({}),
            vec!["sleep"],
        ),
        (
            "aws:sleep",
            json!({"Duration": "P8D"}),
            json!({}),
            vec!["sleep"],
        ),
        (
            "aws:sleep",
            json!({"Duration": "PT1S", "Timestamp": "x"}),
            json!({}),
            vec!["sleep"],
        ),
        (
            "aws:sleep",
            json!({"Duration": "PT1S"}),
            json!({"outputs": [{"Name": "A", "Selector": "$.a", "Type": "Text"}]}),
            vec!["output-type"],
        ),
        (
            "aws:sleep",
            json!({"Duration": "PT1S"}),
            json!({"outputs": [{"Name": "A", "Selector": "$.a["}]}),
            vec!["selector"],
        ),
    ];
    for (action, inputs, more, wanted) in cases {
        let text = steps(json!([step("A", action, inputs.clone(), more)]));
        assert_eq!(codes(&text), wanted, "{action} {inputs}");
    }
}

#[test]
fn branches_are_sound() {
    let one = json!({ "Variable": "a", "StringEquals": "b" });
    let cases = [
        (
            json!({ "Variable": "a", "StringEquals": "b", "NextStep": "A" }),
            vec![],
        ),
        (
            json!({ "Variable": "a", "NextStep": "A" }),
            vec!["condition"],
        ),
        (
            json!({ "StringEquals": "b", "NextStep": "A" }),
            vec!["missing-key"],
        ),
        (
            json!({ "Variable": "a", "StringEqual": "b", "NextStep": "A" }),
            vec!["condition", "operator"],
        ),
        (
            json!({ "Variable": "a", "StringEquals": "b", "Contains": "c", "NextStep": "A" }),
            vec!["condition"],
        ),
        (
            json!({ "Variable": "a", "StringEquals": "b", "NextStep": "Z" }),
            vec!["unknown-step"],
        ),
        (
            json!({ "Variable": "a", "StringEquals": "b" }),
            vec!["missing-key"],
        ),
        (json!({ "And": [one, one], "NextStep": "A" }), vec![]),
        (json!({ "Or": [one], "NextStep": "A" }), vec!["condition"]),
        (json!({ "Not": one, "NextStep": "A" }), vec![]),
        (
            json!({ "Not": one, "And": [one, one], "NextStep": "A" }),
            vec!["unknown-key"],
        ),
    ];
    for (choice, wanted) in cases {
        let inputs = json!({ "Choices": [choice.clone()] });
        let text = steps(json!([
            step("Choose", "aws:branch", inputs, json!({})),
            sleep("A", json!({}))
        ]));
        let mut found = codes(&text);
        found.sort_unstable();
        assert_eq!(found, wanted, "{choice}");
    }
}

#[test]
fn a_step_no_way_leads_to_is_named() {
    let text = steps(json!([
        sleep("A", json!({ "nextStep": "C", "onFailure": "step:D" })),
        sleep("B", json!({})),
        sleep("C", json!({ "isEnd": true })),
        sleep("D", json!({}))
    ]));
    let findings = check(&text);
    assert_eq!(findings.len(), 1);
    assert_eq!(findings[0].message, "no way leads to step B");
    assert_eq!(findings[0].severity, Severity::Warning);
}

#[test]
fn a_cancelled_run_cannot_go_to_a_sleep() {
    let text = steps(json!([
        call("A", json!({ "onCancel": "step:B" })),
        sleep("B", json!({}))
    ]));
    assert_eq!(codes(&text), ["on-cancel"]);
}

#[test]
fn too_large_a_document_is_refused() {
    let text = format!("{HEAD}description: {}\n", "x".repeat(65_536));
    assert!(codes(&text).contains(&"document-too-large"));
}

#[test]
fn only_errors_keep_a_document_from_running() {
    let warned = steps(json!([
        sleep("A", json!({ "isEnd": true })),
        sleep("B", json!({}))
    ]));
    assert!(load(&warned).is_ok());
    let refused = load(&steps(json!([sleep("A", json!({ "nextStep": "B" }))]))).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the document has 1 error(s), the first at line 1: nextStep of step A names B, which is no step"
    );
}

#[test]
fn a_finding_is_one_json_object() {
    let text = format!(
        "{HEAD}descripton: x\nmainSteps:\n- {{name: A, action: aws:sleep, inputs: {{Duration: PT1S}}}}\n"
    );
    let printed = serde_json::to_string(&check(&text)[0]).unwrap();
    assert_eq!(
        printed,
        r#"{"code":"unknown-key","severity":"error","line":2,"column":1,"message":"the document has no key descripton","help":"did you mean description?"}"#
    );
}
