//! The trail itself: create it, or change the fields that differ.

use super::plan::PlannedStep;
use super::step::Step;
use crate::cloudtrail::Code;
use crate::facts::Trail;
use crate::remediation::Entry;
use crate::write_request::{CreateTrail, UpdateTrail};

/// CreateTrail for a trail that is not there.
pub(crate) fn create_step(wanted: &Trail) -> PlannedStep {
    let is = |flag: Option<bool>| flag == Some(true);
    let request = CreateTrail {
        name: wanted.name.clone(),
        bucket: wanted.bucket.clone(),
        key_prefix: wanted.key_prefix.clone(),
        sns_topic_name: wanted.sns_topic_arn.clone(),
        include_global_service_events: is(wanted.include_global_service_events),
        is_multi_region: is(wanted.is_multi_region),
        log_file_validation: is(wanted.log_file_validation),
        is_organization_trail: is(wanted.is_organization_trail),
        kms_key_id: wanted.kms_key_id.clone(),
        log_group_arn: wanted.log_group_arn.clone(),
        log_group_role_arn: wanted.log_group_role_arn.clone(),
    };
    let change = format!("{} created in {}", wanted.name, wanted.home_region);
    let step = Step::CreateTrail(wanted.home_region.clone(), request);
    PlannedStep::new(step, Code::TrailMissing.as_str(), change)
}

/// UpdateTrail with the fields in which `seen` differs from `wanted`; nothing where none does.
pub(crate) fn update_step(seen: &Trail, wanted: &Trail) -> Option<PlannedStep> {
    let mut drift = Drift {
        changes: Vec::new(),
    };
    let mut update = UpdateTrail::of(seen.arn.clone());
    update.is_multi_region = drift.flag(
        Code::NotMultiRegion,
        "IsMultiRegionTrail",
        seen.is_multi_region,
        wanted.is_multi_region,
    );
    update.include_global_service_events = drift.flag(
        Code::GlobalEventsMissing,
        "IncludeGlobalServiceEvents",
        seen.include_global_service_events,
        wanted.include_global_service_events,
    );
    update.log_file_validation = drift.flag(
        Code::LogValidationOff,
        "EnableLogFileValidation",
        seen.log_file_validation,
        wanted.log_file_validation,
    );
    update.is_organization_trail = drift.flag(
        Code::OrganizationTrailRequired,
        "IsOrganizationTrail",
        seen.is_organization_trail,
        wanted.is_organization_trail,
    );
    let key_code = if seen.kms_key_id.is_none() {
        Code::NotEncrypted
    } else {
        Code::WrongKey
    };
    update.kms_key_id = drift.text(key_code, "KmsKeyId", &seen.kms_key_id, &wanted.kms_key_id);
    storage_drift(&mut drift, &mut update, seen, wanted);
    let changes = drift.changes;
    (!changes.is_empty()).then_some(PlannedStep {
        step: Step::UpdateTrail(update),
        changes,
        trail: None,
    })
}

/// Where log files, copies and notifications go.
fn storage_drift(drift: &mut Drift, update: &mut UpdateTrail, seen: &Trail, wanted: &Trail) {
    let (here, there) = (Some(seen.bucket.clone()), Some(wanted.bucket.clone()));
    update.bucket = drift.text(Code::WrongBucket, "S3BucketName", &here, &there);
    update.key_prefix = drift.text(
        Code::WrongPrefix,
        "S3KeyPrefix",
        &seen.key_prefix,
        &wanted.key_prefix,
    );
    update.sns_topic_name = drift.text(
        Code::WrongTopic,
        "SnsTopicName",
        &seen.sns_topic_arn,
        &wanted.sns_topic_arn,
    );
    let group = drift.text(
        Code::WrongLogGroup,
        "CloudWatchLogsLogGroupArn",
        &seen.log_group_arn,
        &wanted.log_group_arn,
    );
    let role = drift.text(
        Code::WrongLogGroup,
        "CloudWatchLogsRoleArn",
        &seen.log_group_role_arn,
        &wanted.log_group_role_arn,
    );
    if group.is_some() || role.is_some() {
        // the API takes group and role only together
        update.log_group_arn.clone_from(&wanted.log_group_arn);
        update
            .log_group_role_arn
            .clone_from(&wanted.log_group_role_arn);
    }
}

/// The differences found so far.
struct Drift {
    changes: Vec<Entry>,
}

impl Drift {
    fn flag(
        &mut self,
        code: Code,
        field: &str,
        seen: Option<bool>,
        wanted: Option<bool>,
    ) -> Option<bool> {
        // only ever to true: a flag that is not wanted stays as it is
        if wanted != Some(true) || seen == Some(true) {
            return None;
        }
        let was = seen.map_or("unknown", |_| "false");
        self.changes
            .push(Entry::new(code.as_str(), format!("{field} {was} -> true")));
        Some(true)
    }

    fn text(
        &mut self,
        code: Code,
        field: &str,
        seen: &Option<String>,
        wanted: &Option<String>,
    ) -> Option<String> {
        let wanted = wanted
            .as_ref()
            .filter(|wanted| seen.as_ref() != Some(wanted))?;
        let was = seen.as_deref().unwrap_or("none");
        self.changes.push(Entry::new(
            code.as_str(),
            format!("{field} {was} -> {wanted}"),
        ));
        Some(wanted.clone())
    }
}
