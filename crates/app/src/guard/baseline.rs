//! The record of how the parts were.

use trailkeeper_core::baseline::{Baseline, key_of};
use trailkeeper_core::guard::{GuardRecord, Requirements};
use trailkeeper_core::{Caller, Code, Finding};

use super::GuardPorts;

/// The baseline's record. None: no baseline is named.
///
/// # Errors
/// Why the baseline that is named cannot be used, as a finding: without it a change would go
/// unseen.
pub(super) async fn record(
    ports: &GuardPorts,
    requirements: &Requirements,
    caller: &Caller,
) -> Result<Option<GuardRecord>, Finding> {
    let Some(place) = requirements.baseline() else {
        return Ok(None);
    };
    let region = requirements.baseline_region.as_ref();
    let owner = requirements.baseline_owner.as_ref();
    let key = key_of(place.sha256);
    let body = ports.objects.object(
        place.bucket,
        region.unwrap_or(&caller.region),
        owner.unwrap_or(&caller.account),
        &key,
    );
    let body = body.await.map_err(|error| Finding::unread(&error))?;
    let unusable = |why: String| Finding::new(Code::BaselineUnusable, why);
    let baseline =
        Baseline::parse(&body, place.sha256).map_err(|error| unusable(error.to_string()))?;
    if baseline.account != caller.account {
        let text = format!("{key} was captured in account {}", baseline.account);
        return Err(unusable(text));
    }
    let record = GuardRecord::from_json(&baseline.guard);
    record
        .map(Some)
        .map_err(|why| unusable(format!("{key}: {why}")))
}
