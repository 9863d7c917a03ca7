//! Capturing a baseline of the healthy trail, and keeping it in the log bucket.

use std::collections::BTreeMap;

use futures::future::{join, join_all};
use jiff::Timestamp;
use trailkeeper_core::baseline::{Baseline, Healthy, capture as captured, key_of, sha256_of};
use trailkeeper_core::cloudtrail::reads::Place;
use trailkeeper_core::cloudtrail::{Requirements, TrailView, judge};
use trailkeeper_core::facts::{BucketFacts, BucketSetting};
use trailkeeper_core::{CallError, Caller, Fact, Finding};

use crate::observe::{Readers, observe, setting_of};
use crate::ports::ObjectWriter;

/// Captures a baseline of the account's healthy trail at the time `now`.
///
/// # Errors
/// What is wrong with the trail, or could not be read of it: a baseline is made of a healthy trail
/// only.
pub async fn capture(
    readers: Readers<'_>,
    requirements: &Requirements,
    caller: &Caller,
    now: Timestamp,
) -> Result<Baseline, Vec<Finding>> {
    let requirements = Requirements {
        baseline_sha256: None,
        ..requirements.clone()
    };
    let seen = observe(readers, &requirements, caller, now).await;
    let verdict = judge(&requirements, caller, &seen.views, &seen.failures, now);
    let mut views = seen.views.into_iter();
    let healthy = views.find(|view| Some(&view.trail.arn) == verdict.trail.as_ref());
    let Some(mut view) = healthy.filter(|_| verdict.findings.is_empty()) else {
        return Err(verdict.findings);
    };
    complete(readers, caller, &mut view).await;
    captured(Healthy {
        requirements: &requirements,
        caller,
        view: &view,
        now,
    })
}

/// Reads what no rule needs without a baseline.
async fn complete(readers: Readers<'_>, caller: &Caller, view: &mut TrailView) {
    let trail = &view.trail;
    let tags = readers.tags.tags(&trail.home_region, &trail.arn);
    let own = view.bucket.as_ref().and_then(Fact::known);
    let settings = settings(readers, caller, &trail.bucket, own);
    let (tags, settings) = join(tags, settings).await;
    view.beside.tags = Some(Fact::from_call(tags));
    view.beside.settings = settings;
}

async fn settings(
    readers: Readers<'_>,
    caller: &Caller,
    bucket: &str,
    facts: Option<&BucketFacts>,
) -> BTreeMap<BucketSetting, Fact<Option<String>>> {
    let Some(facts) = facts else {
        return BTreeMap::new();
    };
    let place = Place {
        bucket: bucket.to_owned(),
        region: facts.region.clone(),
        owner: caller.account.clone(),
    };
    let place = &place;
    let read = BucketSetting::ALL.iter().map(|setting| async move {
        let fact = setting_of(readers, place, *setting).await;
        (*setting, fact)
    });
    join_all(read).await.into_iter().collect()
}

/// Puts the baseline into its bucket and answers its SHA-256, which is the rule's parameter.
///
/// # Errors
/// The service's error, or that no answer came.
pub async fn store(objects: &dyn ObjectWriter, baseline: &Baseline) -> Result<String, CallError> {
    let bytes = baseline.to_bytes();
    let sha256 = sha256_of(&bytes);
    let bucket = &baseline.bucket;
    objects
        .put_object(
            &bucket.name,
            &bucket.region,
            bucket.owner.as_ref().unwrap_or(&baseline.account),
            &key_of(&sha256),
            &bytes,
        )
        .await?;
    Ok(sha256)
}
