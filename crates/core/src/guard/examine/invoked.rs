//! Whether a function may be invoked.

use trailkeeper_policy::condition::line_holds;
use trailkeeper_policy::document::{Principal, PrincipalElement, PrincipalKind, Selection};
use trailkeeper_policy::matching::{Pattern, action_matches};
use trailkeeper_policy::{Context, Decision, Effect, Policy, ServiceRequest, Statement, Truth};

use crate::facts::FunctionFacts;
use crate::identity::Caller;

const INVOKE: &str = "lambda:InvokeFunction";

/// The rule on whose behalf a service calls. Each permission may name its own, and which rules
/// there are is not known here.
const RULE: &str = "aws:SourceArn";

/// Whether the function's policy allows the service to invoke it for this account.
pub(super) fn lets_in(function: &FunctionFacts, service: &str, caller: &Caller) -> bool {
    let policy = function.policy.as_deref();
    let Some(policy) = policy.and_then(|text| Policy::parse(text).ok()) else {
        return false;
    };
    let context =
        Context::of_service(service).with_value("aws:SourceAccount", caller.account.as_str());
    let resource = function.arn.to_string();
    let request = ServiceRequest {
        service,
        action: INVOKE,
        resource: &resource,
        context: &context,
    };
    let mut statements = policy.statements().iter();
    match policy.decide(&request) {
        Decision::Allowed | Decision::Undetermined { .. } => true,
        Decision::Denied { .. } => false,
        Decision::NotAllowed => statements.any(|one| {
            one.effect == Effect::Allow
                && names(one, service)
                && is_about(one, &resource)
                && holds_but_for_the_rule(one, policy.has_variables(), &context)
        }),
    }
}

fn names(statement: &Statement<'_>, service: &str) -> bool {
    match &statement.principal {
        Some(PrincipalElement::Only(Principal::Everyone)) => true,
        Some(PrincipalElement::Only(Principal::Named(kinds))) => {
            kinds.iter().any(|(kind, names)| {
                let mut names = names.iter();
                match kind {
                    PrincipalKind::Service => names.any(|name| name.value == service),
                    PrincipalKind::Aws => names.any(|name| name.value == "*"),
                    _ => false,
                }
            })
        }
        _ => false,
    }
}

fn is_about(statement: &Statement<'_>, resource: &str) -> bool {
    let actions = match &statement.action {
        Selection::Only(actions) => actions.iter().any(|one| action_matches(&one.value, INVOKE)),
        Selection::AllBut(actions) => !actions.iter().any(|one| action_matches(&one.value, INVOKE)),
    };
    let matches = |pattern: &str| Pattern::plain(pattern).matches(resource);
    let resources = match &statement.resource {
        Some(Selection::Only(all)) => all.iter().any(|one| matches(&one.value)),
        Some(Selection::AllBut(all)) => !all.iter().any(|one| matches(&one.value)),
        None => false,
    };
    actions && resources
}

/// A condition on something else that is not known here does not count against it either.
fn holds_but_for_the_rule(statement: &Statement<'_>, variables: bool, context: &Context) -> bool {
    let mut lines = statement.conditions.iter();
    lines.all(|line| {
        line.key.value.eq_ignore_ascii_case(RULE)
            || line_holds(line, variables, context) != Truth::False
    })
}
