//! What a control policy says to a call. Who calls is in the condition keys alone: a service
//! control policy has no principal, and a resource control policy means everybody.

use trailkeeper_policy::action_table::{Action, ResourceClass};
use trailkeeper_policy::document::{Selection, Statement};
use trailkeeper_policy::matching::{Pattern, action_matches};
use trailkeeper_policy::{Context, Policy, Truth, condition};

/// The Sid of the first statement that denies it. A condition that the known keys do not decide is
/// a fault of the test.
pub(crate) fn denying(
    policy: &Policy<'_>,
    action: &str,
    resource: &str,
    context: &Context,
) -> Option<String> {
    let about = |statement: &&Statement<'_>| {
        listed(&statement.action, |text| action_matches(text, action))
            && statement.resource.as_ref().is_some_and(|resources| {
                listed(resources, |text| Pattern::plain(text).matches(resource))
            })
    };
    let mut statements = policy.statements().iter().filter(about);
    let denying = statements.find(|statement| {
        let holds = condition::holds(statement, policy.has_variables(), context);
        assert_ne!(
            holds,
            Truth::Unknown,
            "{action} on {resource}: {statement:?}"
        );
        holds == Truth::True
    });
    denying.and_then(|statement| statement.sid.as_deref().map(str::to_owned))
}

fn listed(selection: &Selection<'_>, is_meant: impl Fn(&str) -> bool) -> bool {
    match selection {
        Selection::Only(texts) => texts.iter().any(|text| is_meant(&text.value)),
        Selection::AllBut(_) => false,
    }
}

/// Whether a call of the action can be on a resource of this pattern.
pub(crate) fn knows(action: Action, pattern: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let service = pattern.split(':').nth(2).unwrap_or_default();
    let kind = kind(pattern.splitn(6, ':').nth(5).unwrap_or_default());
    action.class() != ResourceClass::Unscopeable
        && action.resource_types().any(|resource| {
            let mut templates = resource.resource_type().arn_templates();
            templates.any(|arn| {
                arn.service() == service && {
                    let known = self::kind(arn.resource());
                    known.is_empty() || kind.is_empty() || known == kind
                }
            })
        })
}

/// The word before the first slash or colon of a resource: `trail` of `trail/org-audit`; nothing
/// where it has none, as a bucket.
fn kind(resource: &str) -> &str {
    match resource.find(['/', ':']) {
        Some(end) => resource
            .get(..end)
            .filter(|word| !word.contains('$'))
            .unwrap_or_default(),
        None => "",
    }
}
