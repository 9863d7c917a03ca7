//! Results of earlier runs that this one does not renew.

use trailkeeper_core::facts::EvaluatedResource;

use super::Asked;
use super::pace::Pace;

/// Type and id of the rule's results for which `stands` does not hold.
///
/// They are withdrawn only after all were listed: NOT_APPLICABLE takes a result off the list, and
/// the pages that follow would shift.
///
/// # Errors
/// Why the results could not be listed to the end.
pub(super) async fn stale(
    asked: Asked<'_>,
    stands: impl Fn(&EvaluatedResource) -> bool,
) -> Result<Vec<(String, String)>, String> {
    let rule = &asked.event.config_rule_name;
    if rule.is_empty() {
        return Err("the event names no rule".to_owned());
    }
    let mut pace = Pace::new(asked.ports.clock.as_ref(), asked.deadline);
    let mut gone = Vec::new();
    let mut token: Option<String> = None;
    loop {
        if !pace.has_time() {
            return Err("no time was left to list the results of earlier runs".to_owned());
        }
        let page = asked.ports.inventory.evaluated(rule, token.as_deref());
        let page = page.await.map_err(|error| error.to_string())?;
        let stale = page.items.into_iter().filter(|result| !stands(result));
        gone.extend(stale.map(|result| (result.resource_type, result.resource_id)));
        match page.next {
            None => return Ok(gone),
            next if next == token => {
                return Err("the list of results repeats a page".to_owned());
            }
            next => token = next,
        }
    }
}
