//! Advice in words.

use super::plan::Obstacle;
use crate::action_table::Action;
use crate::analysis::{AttachedDocument, DocumentKind};
use crate::document::Text;

const LAST_ACCESSED: &str = "the role's last accessed data in IAM shows what it has used";

pub(super) fn not_action(document: &AttachedDocument<'_>) -> String {
    let name = document.name;
    if document.kind == DocumentKind::AwsManaged {
        return format!(
            "replace the attachment of {name} by a customer managed policy whose Action names \
             what the role uses: {LAST_ACCESSED}"
        );
    }
    format!(
        "replace NotAction by Action with what the role uses ({LAST_ACCESSED}): NotAction also \
         allows every action that AWS adds later"
    )
}

pub(super) fn replace_attachment(document: &AttachedDocument<'_>, actions: &[Text<'_>]) -> String {
    let name = document.name;
    let few: Vec<&str> = actions.iter().take(3).map(|text| &*text.value).collect();
    let more = if actions.len() > few.len() {
        ", ..."
    } else {
        ""
    };
    format!(
        "replace the attachment of {name} by a customer managed policy with only those of its \
         actions ({}{more}) that the role uses, on named resources: {LAST_ACCESSED}",
        few.join(", ")
    )
}

pub(super) fn about(obstacle: &Obstacle) -> String {
    match obstacle {
        Obstacle::Everything => {
            format!("name the actions that the role uses and their resources: {LAST_ACCESSED}")
        }
        Obstacle::TooMany { writes } => format!(
            "name the actions that the role uses and their resources ({LAST_ACCESSED}): the \
             {writes} actions here that change something are too many to list in a policy"
        ),
        Obstacle::Size(excess) => format!(
            "name the actions that the role uses and their resources ({LAST_ACCESSED}): with \
             all of them listed, the policy would have at least {} characters, and {} are allowed",
            excess.characters, excess.limit
        ),
        Obstacle::NoNarrower(action) => no_narrower(*action),
        Obstacle::Nothing => String::new(),
    }
}

/// Only a condition, or leaving the action out, can narrow it.
fn no_narrower(action: Action) -> String {
    let service = action.service();
    let own = |key: &&str| {
        let rest = key.strip_prefix(service);
        rest.is_some_and(|rest| rest.starts_with(':'))
    };
    let keys: Vec<&str> = action.condition_keys().filter(own).take(3).collect();
    let name = action.name();
    let leave_out = format!("leave {name} out if the role does not use it");
    if keys.is_empty() {
        format!("{leave_out}: IAM knows no narrower resource for it")
    } else {
        let keys = keys.join(", ");
        format!("{leave_out}, or add a Condition ({keys}): a resource does not narrow every call")
    }
}
