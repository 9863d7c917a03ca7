//! CloudTrail.

use async_trait::async_trait;
use trailkeeper_core::facts::{EventSelectors, InsightSelector, ListedTrail, Trail, TrailStatus};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};
use trailkeeper_core::{Arn, CallError, Region};

/// Reads of trails. The Region is the one that is asked; status and selectors of a trail are
/// asked for by ARN in its home Region.
#[async_trait]
pub trait TrailReader: Send + Sync {
    /// DescribeTrails with shadow trails: all trails visible in `region`, or the named ones
    /// (names or ARNs; a trail that does not exist is left out of the answer).
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn describe_trails(
        &self,
        region: &Region,
        names: &[String],
    ) -> Result<Vec<Trail>, CallError>;

    /// ListTrails, all pages: the trails of all Regions. A listing that was cut is an error.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn list_trails(&self, region: &Region) -> Result<Vec<ListedTrail>, CallError>;

    /// GetTrailStatus.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn trail_status(&self, region: &Region, arn: &Arn) -> Result<TrailStatus, CallError>;

    /// GetEventSelectors.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn event_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<EventSelectors, CallError>;

    /// GetInsightSelectors; InsightNotEnabledException is the empty list, not an error.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn insight_selectors(
        &self,
        region: &Region,
        arn: &Arn,
    ) -> Result<Vec<InsightSelector>, CallError>;
}

/// Writes to trails, all of which can only add. There is no stop and no delete.
#[async_trait]
pub trait TrailWriter: Send + Sync {
    /// CreateTrail in `region`, which becomes the home Region. Returns the new trail's ARN.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn create_trail(&self, region: &Region, trail: &CreateTrail) -> Result<Arn, CallError>;

    /// UpdateTrail in the Region of the trail's ARN, with only the fields that are set.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn update_trail(&self, region: &Region, update: &UpdateTrail) -> Result<(), CallError>;

    /// StartLogging.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn start_logging(&self, region: &Region, arn: &Arn) -> Result<(), CallError>;

    /// PutEventSelectors, which replaces all selectors of the trail.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn put_event_selectors(
        &self,
        region: &Region,
        arn: &Arn,
        selectors: &EventSelectors,
    ) -> Result<(), CallError>;

    /// PutInsightSelectors, which replaces all insight selectors of the trail.
    ///
    /// # Errors
    /// The service's error, or that no answer came.
    async fn put_insight_selectors(
        &self,
        region: &Region,
        arn: &Arn,
        selectors: &[InsightSelector],
    ) -> Result<(), CallError>;
}
