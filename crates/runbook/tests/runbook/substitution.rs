use serde_json::{Value, json};
use trailkeeper_runbook::{Part, Reference, Scope, Unresolved, parse, parts, substitute};

struct Values(Value);

impl Scope for Values {
    fn value(&self, reference: &Reference) -> Result<Value, Unresolved> {
        let found = self.0.get(reference.to_string());
        found.cloned().ok_or_else(|| Unresolved {
            reference: reference.clone(),
            reason: "not set".to_owned(),
        })
    }
}

fn values() -> Values {
    Values(json!({
        "Name": "main", "Count": 3, "Flag": true, "List": ["a", "b"], "One": ["a"],
        "Map": {"k": "v"}, "Maps": [{"k": "v"}], "Get.Out": "o", "global:REGION": "eu-central-1",
        "automation:EXECUTION_ID": "id", "variable:V": "v"
    }))
}

#[test]
fn a_reference_alone_keeps_its_type_and_within_a_text_becomes_text() {
    let cases = [
        (json!("{{ Name }}"), json!("main")),
        (json!("{{Name}}"), json!("main")),
        (json!("{{ Count }}"), json!(3)),
        (json!("{{ Flag }}"), json!(true)),
        (json!("{{ List }}"), json!(["a", "b"])),
        (json!("{{ Map }}"), json!({"k": "v"})),
        (json!(" {{ Count }}"), json!(" 3")),
        (json!("{{ Name }}-{{ Count }}"), json!("main-3")),
        (json!("{{ Flag }}!"), json!("true!")),
        (json!("x {{ One }}"), json!("x [\"a\"]")),
        (json!("{{ Get.Out }}"), json!("o")),
        (
            json!("{{global:REGION}}/{{ automation:EXECUTION_ID }}"),
            json!("eu-central-1/id"),
        ),
        (json!("{{ variable:V }}"), json!("v")),
        (json!(["{{ List }}"]), json!(["a", "b"])),
        (json!(["{{ Maps }}"]), json!([{"k": "v"}])),
        (json!(["{{ Name }}"]), json!(["main"])),
        (json!(["{{ Name }}", "x"]), json!(["main", "x"])),
        (
            json!({"a": {"b": "{{ Count }}"}, "c": 1}),
            json!({"a": {"b": 3}, "c": 1}),
        ),
        (json!({"{{ Name }}": "x"}), json!({"{{ Name }}": "x"})),
        (
            json!("docker ps --format '{{.Names}}'"),
            json!("docker ps --format '{{.Names}}'"),
        ),
        (json!("{{{}} {{ $x }}"), json!("{{{}} {{ $x }}")),
        (json!("{{ {{ Name }} }}"), json!("{{ main }}")),
    ];
    for (written, wanted) in cases {
        let node = parse(&written.to_string()).unwrap();
        assert_eq!(substitute(&node, &values()).unwrap(), wanted, "{written}");
    }
}

#[test]
fn a_reference_without_value_is_named() {
    let node = parse("a: 'x {{ Gone }}'").unwrap();
    let error = substitute(&node, &values()).unwrap_err();
    assert_eq!(error.to_string(), "{{ Gone }} has no value: not set");
}

#[test]
fn texts_are_split_at_their_references() {
    let found = parts("a{{ B }}{{c.d}}e");
    let wanted = [
        Part::Literal("a"),
        Part::Reference(Reference::Parameter("B".to_owned())),
        Part::Reference(Reference::StepOutput {
            step: "c".to_owned(),
            output: "d".to_owned(),
        }),
        Part::Literal("e"),
    ];
    assert_eq!(found, wanted);
}
