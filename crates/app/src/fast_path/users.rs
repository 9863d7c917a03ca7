//! Which instances have a profile, by AWS Config's inventory.

use serde_json::Value;
use trailkeeper_core::Arn;
use trailkeeper_core::operation::SELECT_RESOURCE_CONFIG;

use super::found::{Context, shown};

/// The most pages that are asked for: a page of AWS Config may be empty and not the last.
const MOST_PAGES: usize = 50;

/// How many ids are named where there are more: with all of a page the message would have no room
/// to say so.
const NAMED_OF_MORE: usize = 80;

/// Stands after the ids where there are further ones.
const AND_MORE: &str = "and more";

/// The instances in this Region with the profile: the first page that has any, and whether there
/// are more. An error says why that is not known.
pub(super) async fn of_profile(
    context: &Context<'_>,
    profile: &Arn,
) -> Result<Vec<String>, String> {
    let arn = profile.to_string();
    // A path may hold any sign. One that could end the text is not sent.
    if arn.contains(['\'', '\\', '%']) {
        return Err(format!("the ARN {arn} cannot be searched for"));
    }
    let expression = format!(
        "SELECT resourceId WHERE resourceType = 'AWS::EC2::Instance' \
         AND configuration.iamInstanceProfile.arn = '{arn}'"
    );
    let mut token = None;
    for _ in 0..MOST_PAGES {
        let page = context
            .ports
            .inventory
            .select(&expression, token.as_deref());
        let page = page.await.map_err(|error| shown(&error))?;
        let mut ids: Vec<String> = page.items.iter().filter_map(|row| id(row)).collect();
        match page.next {
            None => return Ok(ids),
            Some(_) if !ids.is_empty() => {
                ids.truncate(NAMED_OF_MORE);
                ids.push(AND_MORE.to_owned());
                return Ok(ids);
            }
            next => token = next,
        }
    }
    Err(format!(
        "{SELECT_RESOURCE_CONFIG} sent {MOST_PAGES} empty pages"
    ))
}

fn id(row: &str) -> Option<String> {
    let row: Value = serde_json::from_str(row).ok()?;
    Some(row.get("resourceId")?.as_str()?.to_owned())
}
