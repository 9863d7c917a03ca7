//! Which instances have a profile, by AWS Config's inventory.

use serde_json::Value;
use trailkeeper_core::Arn;

use super::found::{Context, shown};

/// The instances in this Region with the profile, one page of them; an error says why that is not
/// known.
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
    match context.ports.inventory.select(&expression, None).await {
        Ok(page) => Ok(page.items.iter().filter_map(|row| id(row)).collect()),
        Err(error) => Err(shown(&error)),
    }
}

fn id(row: &str) -> Option<String> {
    let row: Value = serde_json::from_str(row).ok()?;
    Some(row.get("resourceId")?.as_str()?.to_owned())
}
