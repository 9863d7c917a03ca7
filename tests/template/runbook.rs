//! The SSM documents in the template: the runbooks' files, and fitting to what is around them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::limits::remediation_parameters;
use crate::permissions::calls_of_the_runbook;
use crate::permissions::table::Role;
use crate::render::{Parameters, list, object, text};
use crate::{repository, template, template_text, writes_docs, yaml};

/// A runbook of the repository, and where the template has it.
pub(crate) struct Runbook {
    pub(crate) file: &'static str,
    /// The logical id of the document.
    document: &'static str,
    role: Role,
    /// The logical id of the remediation that starts it.
    pub(crate) remediation: Option<&'static str>,
}

pub(crate) const RESTORE: Runbook = Runbook {
    file: "runbooks/restore-cloudtrail.yaml",
    document: "Runbook",
    role: Role::Automation,
    remediation: Some("TrailRemediation"),
};

pub(crate) const ATTACH: Runbook = Runbook {
    file: "runbooks/attach-instance-profile.yaml",
    document: "AttachRunbook",
    role: Role::Attach,
    remediation: Some("InstanceRemediation"),
};

const DETACH: Runbook = Runbook {
    file: "runbooks/detach-policy.yaml",
    document: "DetachRunbook",
    role: Role::Detach,
    remediation: None,
};

const ALL: [Runbook; 3] = [RESTORE, ATTACH, DETACH];

const EVERYTHING: Parameters<'_> = &[
    ("TrailName", "org-audit"),
    ("TrailBucketName", "audit-logs"),
    ("TrailBucketOwner", "444455556666"),
    ("TrailKeyPrefix", "org"),
    ("TrailKmsKeyArn", "KEY"),
    ("TrailTopicArn", "TOPIC"),
    ("TrailLogGroupArn", "GROUP"),
    ("TrailLogGroupRoleArn", "ROLE"),
    ("InstanceProfileArn", "PROFILE"),
    ("InstanceProfileRoleArn", "PROFILE_ROLE"),
];

impl Runbook {
    fn content(&self) -> Value {
        template().section("Resources")[self.document]["Properties"]["Content"].clone()
    }

    fn text(&self) -> String {
        std::fs::read_to_string(repository(self.file)).expect("the runbook's file")
    }

    /// The template's text with the runbook's file between its marks.
    fn copied_into(&self, template: &str) -> String {
        let mark = |which| format!("        # {}: {which}\n", self.file);
        let (begin, end) = (mark("begin"), mark("end"));
        let (before, rest) = template.split_once(&begin).expect("the first mark");
        let (_, after) = rest.split_once(&end).expect("the second mark");
        let text = self.text();
        let lines = text.lines().map(|line| match line {
            "" => "\n".to_owned(),
            line => format!("        {line}\n"),
        });
        format!("{before}{begin}{}{end}{after}", lines.collect::<String>())
    }
}

/// After a change of a runbook copy it into the template with
/// `TRAILKEEPER_WRITE_DOCS=1 cargo test -p trailkeeper-tests --test template`.
#[test]
fn the_template_holds_the_runbooks_of_the_repository() {
    if writes_docs() {
        let text = ALL
            .iter()
            .fold(template_text(), |text, runbook| runbook.copied_into(&text));
        std::fs::write(repository("cloudformation/trailkeeper.yaml"), text).unwrap();
    }
    for runbook in ALL {
        let file = runbook.file;
        let same = runbook.content() == yaml::read(&runbook.text());
        assert!(same, "the template's runbook is not {file}; copy it anew");
    }
}

#[test]
fn a_new_runbook_is_a_new_version_of_the_document() {
    let template = template();
    for runbook in ALL {
        let stack = template.render(EVERYTHING);
        let document = stack.properties(runbook.document).unwrap();
        assert_eq!(document["UpdateMethod"], "NewVersion");
        assert_eq!(document["DocumentType"], "Automation");
        // SSM refuses more than 64 KB.
        assert!(runbook.content().to_string().len() <= 64 * 1024);
    }
}

/// AWS Config hands over what the runbook declares, and all that it requires.
#[test]
fn the_remediations_fit_the_runbooks_parameters() {
    let template = template();
    let stack = template.render(EVERYTHING);
    for runbook in ALL {
        let Some(remediation) = runbook.remediation else {
            continue;
        };
        let content = runbook.content();
        let declared = object(&content["parameters"]);
        let given = remediation_parameters(&stack, remediation);
        for (name, values) in &given {
            let parameter = declared.get(name);
            fits(
                parameter.unwrap_or_else(|| panic!("the runbook has no {name}")),
                values,
            );
        }
        for (name, parameter) in declared {
            let is_required = parameter.get("default").is_none();
            let is_given = given.contains_key(name);
            assert!(!is_required || is_given, "{name} is required");
        }
    }
}

fn fits(parameter: &Value, values: &[String]) {
    if text(&parameter["type"]) != "StringList" {
        assert_eq!(values.len(), 1, "{parameter}");
    }
    if let Some(allowed) = parameter.get("allowedValues") {
        let allowed: Vec<String> = list(allowed).iter().map(text).collect();
        let mut values = values.iter();
        assert!(values.all(|value| allowed.contains(value)), "{parameter}");
    }
}

/// The roles' rows are the calls that the steps make.
#[test]
fn the_runbooks_roles_may_do_what_their_steps_do() {
    for runbook in ALL {
        let calls: BTreeSet<String> = list(&runbook.content()["mainSteps"])
            .iter()
            .filter_map(call_of)
            .collect();
        assert_eq!(
            calls,
            calls_of_the_runbook(runbook.role),
            "{}",
            runbook.file
        );
    }
}

/// The IAM action that a step needs.
fn call_of(step: &Value) -> Option<String> {
    let inputs = &step["inputs"];
    match text(&step["action"]).as_str() {
        "aws:branch" | "aws:sleep" | "aws:pause" | "aws:approve" | "aws:updateVariable" => None,
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
