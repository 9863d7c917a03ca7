//! The record of how the parts were.

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
    let key = format!("trailkeeper/baseline/{}.json", place.sha256);
    let body = ports.objects.object(
        place.bucket,
        region.unwrap_or(&caller.region),
        owner.unwrap_or(&caller.account),
        &key,
    );
    let body = body.await.map_err(|error| {
        let text = format!("{} {} on {key}", error.operation, error.code);
        Finding::new(Code::CouldNotVerify, text)
    })?;
    GuardRecord::of_baseline(&body, place.sha256)
        .map(Some)
        .map_err(|why| Finding::new(Code::CouldNotVerify, format!("the baseline {key} {why}")))
}
