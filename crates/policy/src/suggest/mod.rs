//! What to write instead of a statement that allows more than it must.
//!
//! A placeholder such as `BUCKET_NAME` is for a person to fill in; until then it stands for
//! itself, so a suggestion that is pasted as it is grants too little, never too much.

mod advice;
mod arn;
mod fill;
mod plan;
mod render;

use crate::analysis::{AttachedDocument, DocumentKind, Subject};
use crate::document::{Effect, Policy, Selection, Statement};
use plan::{Obstacle, Plan};

/// What to write instead of a statement: statements as JSON (an object, or a list of them), or
/// advice in words where no text can be offered; empty where there is nothing to say.
#[must_use]
pub fn narrower(
    subject: &Subject<'_>,
    document: &AttachedDocument<'_>,
    policy: &Policy<'_>,
    statement: &Statement<'_>,
) -> String {
    let (Effect::Allow, Some(resource)) = (statement.effect, &statement.resource) else {
        return String::new();
    };
    let Selection::Only(actions) = &statement.action else {
        return advice::not_action(document);
    };
    if document.kind == DocumentKind::AwsManaged {
        return advice::replace_attachment(document, actions);
    }
    let fits = |plan: Plan| {
        let text = render::statements(policy, statement, &plan);
        match render::excess(subject, document, policy, statement, &text) {
            None => Ok(text),
            Some(excess) => Err(Obstacle::Size(excess)),
        }
    };
    // what is written stays or becomes longer, so that it need not be worked out
    render::too_long(document, actions)
        .map_or_else(
            || Plan::of(subject, policy, actions, resource),
            |it| Err(Obstacle::Size(it)),
        )
        .and_then(fits)
        .unwrap_or_else(|obstacle| advice::about(&obstacle))
}
