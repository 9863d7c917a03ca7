//! Whom a statement names.

use crate::document::{Principal, PrincipalElement, PrincipalKind, Selection, Statement};

/// Those of the named who are not ours.
pub(super) struct LetIn {
    pub(super) is_everybody: bool,
    /// The first of them, as written.
    pub(super) name: String,
}

const EVERYBODY: &str = "everybody";

/// Whether the statement is about everybody.
pub(super) fn is_everybody(statement: &Statement<'_>) -> bool {
    match &statement.principal {
        Some(PrincipalElement::Only(Principal::Everyone)) => true,
        Some(PrincipalElement::Only(Principal::Named(kinds))) => {
            kinds.iter().any(|(kind, texts)| {
                *kind == PrincipalKind::Aws && texts.iter().any(|text| text.value == "*")
            })
        }
        _ => false,
    }
}

/// Nothing where the statement names only ours and AWS services.
pub(super) fn let_in(statement: &Statement<'_>, accounts: &[String]) -> Option<LetIn> {
    // everybody but somebody is as good as everybody
    let but_some = matches!(statement.principal, Some(PrincipalElement::AllBut(_)));
    if but_some || is_everybody(statement) {
        return Some(LetIn {
            is_everybody: true,
            name: EVERYBODY.to_owned(),
        });
    }
    let Some(PrincipalElement::Only(Principal::Named(kinds))) = &statement.principal else {
        return None;
    };
    let mut names = kinds
        .iter()
        .flat_map(|(kind, texts)| texts.iter().map(|text| (*kind, text.value.as_ref())));
    let other = names.find(|(kind, name)| is_other(*kind, name, statement, accounts));
    other.map(|(_, name)| LetIn {
        is_everybody: false,
        name: name.to_owned(),
    })
}

fn is_other(
    kind: PrincipalKind,
    name: &str,
    statement: &Statement<'_>,
    accounts: &[String],
) -> bool {
    match kind {
        PrincipalKind::Service => false,
        PrincipalKind::CanonicalUser => true,
        PrincipalKind::Aws | PrincipalKind::Federated => match account_of(name) {
            Some(account) => {
                !accounts.iter().any(|ours| ours == account)
                    && !is_own_folder_only(statement, account)
            }
            // the id of a principal that was deleted is nobody's any more
            None => kind == PrincipalKind::Federated,
        },
    }
}

/// The account of an ARN, or the account itself.
fn account_of(name: &str) -> Option<&str> {
    let account = match name.split(':').nth(4) {
        Some(account) => account,
        None => name,
    };
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    is_account.then_some(account)
}

/// Whether the statement is only about the account's own folder of a shared bucket.
fn is_own_folder_only(statement: &Statement<'_>, account: &str) -> bool {
    let folder = format!("/{account}/");
    match &statement.resource {
        Some(Selection::Only(texts)) => texts.iter().all(|text| text.value.contains(&folder)),
        _ => false,
    }
}
