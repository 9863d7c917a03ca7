//! The SSM document in the template: the runbook's file, and fitting to what is around it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::limits::remediation_parameters;
use crate::permissions::calls_of_the_runbook;
use crate::render::{Parameters, list, object, text};
use crate::{repository, template, template_text, writes_docs, yaml};

pub(crate) const FILE: &str = "runbooks/restore-cloudtrail.yaml";
const BEGIN: &str = "        # runbook: begin\n";
const END: &str = "        # runbook: end\n";

const EVERYTHING: Parameters<'_> = &[
    ("TrailName", "org-audit"),
    ("TrailBucketName", "audit-logs"),
    ("TrailBucketOwner", "444455556666"),
    ("TrailKeyPrefix", "org"),
    ("TrailKmsKeyArn", "KEY"),
    ("TrailTopicArn", "TOPIC"),
    ("TrailLogGroupArn", "GROUP"),
    ("TrailLogGroupRoleArn", "ROLE"),
];

fn content() -> Value {
    template().section("Resources")["Runbook"]["Properties"]["Content"].clone()
}

/// The template's text with the runbook's file between the marks.
fn with_runbook(template: &str, runbook: &str) -> String {
    let (before, rest) = template.split_once(BEGIN).expect("the first mark");
    let (_, after) = rest.split_once(END).expect("the second mark");
    let lines = runbook.lines().map(|line| match line {
        "" => "\n".to_owned(),
        line => format!("        {line}\n"),
    });
    format!("{before}{BEGIN}{}{END}{after}", lines.collect::<String>())
}

/// After a change of the runbook copy it into the template with
/// `TRAILKEEPER_WRITE_DOCS=1 cargo test -p trailkeeper-tests --test template`.
#[test]
fn the_template_holds_the_runbook_of_the_repository() {
    let runbook = std::fs::read_to_string(repository(FILE)).expect("the runbook's file");
    if writes_docs() {
        let text = with_runbook(&template_text(), &runbook);
        std::fs::write(repository("cloudformation/trailkeeper.yaml"), text).unwrap();
    }
    let same = content() == yaml::read(&runbook);
    assert!(same, "the template's runbook is not {FILE}; copy it anew");
}

#[test]
fn a_new_runbook_is_a_new_version_of_the_document() {
    let template = template();
    let document = template.render(EVERYTHING).properties("Runbook").unwrap();
    assert_eq!(document["UpdateMethod"], "NewVersion");
    assert_eq!(document["DocumentType"], "Automation");
    // SSM refuses more than 64 KB.
    assert!(content().to_string().len() <= 64 * 1024);
}

/// AWS Config hands over what the runbook declares, and all that it requires.
#[test]
fn the_remediation_fits_the_runbooks_parameters() {
    let content = content();
    let declared = object(&content["parameters"]);
    let template = template();
    let given = remediation_parameters(&template.render(EVERYTHING));
    for (name, values) in &given {
        let parameter = declared
            .get(name)
            .unwrap_or_else(|| panic!("the runbook has no {name}"));
        if text(&parameter["type"]) != "StringList" {
            assert_eq!(values.len(), 1, "{name}");
        }
        if let Some(allowed) = parameter.get("allowedValues") {
            let allowed: Vec<String> = list(allowed).iter().map(text).collect();
            assert!(
                values.iter().all(|value| allowed.contains(value)),
                "{name}: {values:?}"
            );
        }
    }
    for (name, parameter) in declared {
        let is_required = parameter.get("default").is_none();
        assert!(
            !is_required || given.contains_key(name),
            "{name} is required"
        );
    }
}

/// The role's rows are the calls that the steps make.
#[test]
fn the_runbooks_role_may_do_what_its_steps_do() {
    let content = content();
    let calls: BTreeSet<String> = list(&content["mainSteps"])
        .iter()
        .filter_map(call_of)
        .collect();
    assert_eq!(calls, calls_of_the_runbook());
}

/// The IAM action that a step needs.
fn call_of(step: &Value) -> Option<String> {
    let inputs = &step["inputs"];
    match text(&step["action"]).as_str() {
        "aws:branch" | "aws:sleep" | "aws:pause" => None,
        "aws:invokeLambdaFunction" => Some("lambda:InvokeFunction".to_owned()),
        "aws:executeAwsApi"
        | "aws:assertAwsResourceProperty"
        | "aws:waitForAwsResourceProperty" => Some(format!(
            "{}:{}",
            text(&inputs["Service"]),
            text(&inputs["Api"])
        )),
        action => panic!("which permission does {action} need?"),
    }
}
