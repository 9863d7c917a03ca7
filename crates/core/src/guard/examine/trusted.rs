//! Who may take on a role of the product, where no record says how it was.

use trailkeeper_policy::document::{Principal, PrincipalElement, PrincipalKind};
use trailkeeper_policy::{Effect, Policy, Statement};

use super::parts::SHOWN;
use crate::escape;
use crate::facts::RoleFacts;
use crate::finding::{Code, Finding};

/// The services that work with the product's roles: those of its functions and of its runbooks.
const SERVICES: [&str; 2] = ["lambda.amazonaws.com", "ssm.amazonaws.com"];

/// That somebody else may take on the role, or that none of the services may.
pub(super) fn trust(name: &str, role: &RoleFacts) -> Option<Finding> {
    let text = role.trust.as_deref()?;
    let why = match Policy::parse(text) {
        Ok(policy) => misplaced(&policy)?,
        Err(_) => "has a trust policy that cannot be read".to_owned(),
    };
    let text = format!("the role {name} {why}");
    Some(Finding::new(Code::GuardRoleChanged, text))
}

fn misplaced(policy: &Policy<'_>) -> Option<String> {
    let statements = policy.statements().iter();
    let allows: Vec<_> = statements
        .filter(|one| one.effect == Effect::Allow)
        .collect();
    if allows.is_empty() {
        return Some("may be taken on by nobody".to_owned());
    }
    let other = allows.into_iter().find_map(stranger)?;
    let other = escape::cut(&other, SHOWN);
    Some(format!("may be taken on by {other}"))
}

/// The first principal of the statement that is none of the services.
fn stranger(statement: &Statement<'_>) -> Option<String> {
    match &statement.principal {
        Some(PrincipalElement::Only(Principal::Named(kinds))) => {
            let all = kinds
                .iter()
                .flat_map(|(kind, names)| names.iter().map(move |name| (*kind, &name.value)));
            let mut others = all.filter(|(kind, name)| {
                *kind != PrincipalKind::Service || !SERVICES.contains(&name.as_ref())
            });
            others.next().map(|(_, name)| name.to_string())
        }
        _ => Some("everyone".to_owned()),
    }
}
