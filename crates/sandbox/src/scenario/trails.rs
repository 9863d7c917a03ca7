//! The trails that DescribeTrails and ListTrails answer.

use std::collections::BTreeMap;

use trailkeeper_core::Arn;

use super::ScenarioError;
use super::answers::{Answer, Listed, error};
use super::draft::Draft;
use super::place::Place;
use crate::seed::{TrailSeed, TrailSettings, TrailStatus};
use crate::world::OrganizationRole;

const TRAIL: [&str; 16] = [
    "Name",
    "S3BucketName",
    "S3KeyPrefix",
    "SnsTopicName",
    "SnsTopicARN",
    "IncludeGlobalServiceEvents",
    "IsMultiRegionTrail",
    "HomeRegion",
    "TrailARN",
    "LogFileValidationEnabled",
    "CloudWatchLogsLogGroupArn",
    "CloudWatchLogsRoleArn",
    "KmsKeyId",
    "HasCustomEventSelectors",
    "HasInsightSelectors",
    "IsOrganizationTrail",
];

/// A trail of the file.
pub(super) struct Described<'a> {
    pub(super) arn: String,
    pub(super) account: String,
    pub(super) seed: TrailSeed,
    pub(super) has_insights: bool,
    pub(super) place: Place<'a>,
}

/// The trails by ARN, and whether DescribeTrails is refused anywhere.
#[derive(Default)]
pub(super) struct Trails<'a> {
    pub(super) by_arn: BTreeMap<String, Described<'a>>,
    pub(super) refused: bool,
}

impl<'a> Trails<'a> {
    /// The trail of an ARN, or of a name in its home Region.
    pub(super) fn find(&mut self, region: &str, id: &str) -> Option<&mut Described<'a>> {
        self.by_arn.values_mut().find(|trail| {
            trail.arn == id || trail.seed.name == id && trail.seed.home_region == region
        })
    }

    /// The account's own trails.
    pub(super) fn own(&self, account: &str) -> impl Iterator<Item = &Described<'a>> {
        let account = account.to_owned();
        let trails = self.by_arn.values();
        trails.filter(move |trail| trail.account == account)
    }
}

/// Reads the trails that are described.
pub(super) fn read<'a>(draft: &Draft, listed: &[Listed<'a>]) -> Result<Trails<'a>, ScenarioError> {
    let mut trails = Trails::default();
    for entry in listed
        .iter()
        .filter(|entry| entry.operation == "DescribeTrails")
    {
        let Some(output) = entry.output()? else {
            trails.refused = true;
            continue;
        };
        output.only(&["trailList"])?;
        for place in output.need("trailList")?.items()? {
            let trail = describe(draft, entry.region, place)?;
            add(&mut trails, trail)?;
        }
    }
    Ok(trails)
}

fn add<'a>(trails: &mut Trails<'a>, trail: Described<'a>) -> Result<(), ScenarioError> {
    match trails.by_arn.get(&trail.arn) {
        Some(other) if other.seed.settings != trail.seed.settings => Err(trail
            .place
            .wrong("another Region describes the same trail with other settings")),
        Some(_) => Ok(()),
        None => {
            trails.by_arn.insert(trail.arn.clone(), trail);
            Ok(())
        }
    }
}

fn describe<'a>(
    draft: &Draft,
    region: &str,
    place: Place<'a>,
) -> Result<Described<'a>, ScenarioError> {
    place.only(&TRAIL)?;
    let arn = arn(draft, &place)?;
    let settings = TrailSettings {
        s3_bucket_name: place.need_text("S3BucketName")?.to_owned(),
        s3_key_prefix: place.string("S3KeyPrefix")?,
        sns_topic_arn: place.string("SnsTopicARN")?,
        include_global_service_events: place.flag("IncludeGlobalServiceEvents")?,
        is_multi_region_trail: place.flag("IsMultiRegionTrail")?,
        log_file_validation_enabled: place.flag("LogFileValidationEnabled")?,
        cloud_watch_logs_log_group_arn: place.string("CloudWatchLogsLogGroupArn")?,
        cloud_watch_logs_role_arn: place.string("CloudWatchLogsRoleArn")?,
        kms_key_id: place.string("KmsKeyId")?,
        is_organization_trail: place.flag("IsOrganizationTrail")?,
    };
    let home = place.text("HomeRegion")?.unwrap_or(&arn.region);
    if home != arn.region {
        return Err(place.wrong("HomeRegion and TrailARN name different Regions"));
    }
    if home != region && !settings.is_multi_region_trail {
        let text = format!("a trail of {home} in that Region only is not visible in {region}");
        return Err(place.wrong(text));
    }
    visible(draft, &arn, &settings, &place)?;
    let seed = TrailSeed {
        name: arn.name().to_owned(),
        home_region: home.to_owned(),
        account: Some(arn.account.clone()),
        settings,
        status: TrailStatus::healthy(draft.world.now()),
        ..TrailSeed::default()
    };
    Ok(Described {
        arn: arn.to_string(),
        account: arn.account,
        seed,
        has_insights: place.flag("HasInsightSelectors")?,
        place,
    })
}

fn arn(draft: &Draft, trail: &Place<'_>) -> Result<Arn, ScenarioError> {
    let text = trail.need_text("TrailARN")?;
    let place = trail.need("TrailARN")?;
    let arn: Arn = text
        .parse()
        .map_err(|_| place.wrong("this is not an ARN"))?;
    if arn.service != "cloudtrail" || !arn.resource.starts_with("trail/") {
        return Err(place.wrong("this is not the ARN of a trail"));
    }
    if arn.partition != draft.world.partition {
        return Err(place.wrong("the partition is not that of self.partition"));
    }
    if trail.text("Name")?.is_some_and(|name| name != arn.name()) {
        return Err(trail.wrong("Name and TrailARN name different trails"));
    }
    Ok(arn)
}

fn visible(
    draft: &Draft,
    arn: &Arn,
    settings: &TrailSettings,
    place: &Place<'_>,
) -> Result<(), ScenarioError> {
    if arn.account == draft.world.account_id {
        return Ok(());
    }
    let standalone = draft.world.services.organizations.role == OrganizationRole::Standalone;
    if settings.is_organization_trail && !standalone {
        return Ok(());
    }
    let text = "a trail of another account is visible only if IsOrganizationTrail is true and \
                self.organizationRole is not standalone";
    Err(place.wrong(text))
}

/// Checks ListTrails against the described trails and takes over its page size.
pub(super) fn list(
    draft: &mut Draft,
    trails: &mut Trails<'_>,
    entry: &Listed<'_>,
) -> Result<(), ScenarioError> {
    let Answer::Pages(pages) = &entry.answer else {
        return Ok(());
    };
    for page in pages {
        if let Some(error) = error(page)? {
            // a listing that breaks off is no listing: it fails from its first page
            draft.refuse(entry, &error);
            return Ok(());
        }
        for trail in page.need("Trails")?.items()? {
            let arn = trail.need_text("TrailARN")?;
            if !trails.by_arn.contains_key(arn) && !trails.refused {
                return Err(trail.wrong("no DescribeTrails describes this trail"));
            }
        }
    }
    if let [first, _, ..] = pages.as_slice() {
        let size = first.list("Trails")?.len();
        draft.world.set_list_trails_page(size);
    }
    Ok(())
}

/// Puts the trails and what they deliver to besides buckets and keys into the account.
pub(super) fn place(draft: &mut Draft, trails: Trails<'_>) {
    for trail in trails.by_arn.into_values() {
        let settings = &trail.seed.settings;
        if let Some(topic) = &settings.sns_topic_arn {
            draft.world.seed_topic(topic, None);
        }
        if let Some(group) = &settings.cloud_watch_logs_log_group_arn {
            draft.world.seed_log_group(group);
        }
        if let Some(role) = &settings.cloud_watch_logs_role_arn {
            draft.world.seed_log_role(role, true);
        }
        draft.enable(&trail.seed.home_region);
        draft.world.seed_trail(trail.seed);
    }
}
