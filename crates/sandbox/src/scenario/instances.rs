//! The instances that DescribeInstances answers.

use super::ScenarioError;
use super::answers::Listed;
use super::draft::Draft;
use super::place::Place;
use crate::seed::{InstanceSeed, InstanceStatus};

pub(super) fn load(draft: &mut Draft, listed: &[Listed<'_>]) -> Result<(), ScenarioError> {
    for entry in listed.iter().filter(|entry| entry.service == "ec2") {
        draft.enable(entry.region);
        if let Some(error) = entry.failure()? {
            draft.refuse(entry, &error);
            continue;
        }
        for page in entry.outputs() {
            for reservation in page.list("Reservations")? {
                for instance in reservation.list("Instances")? {
                    let seed = read(entry.region, &instance)?;
                    draft.world.seed_instance(seed);
                }
            }
        }
    }
    Ok(())
}

fn read(region: &str, place: &Place<'_>) -> Result<InstanceSeed, ScenarioError> {
    let mut seed = InstanceSeed::new(region, place.need_text("InstanceId")?);
    if let Some(state) = place.get("State") {
        let name = state.need_text("Name")?;
        let status = InstanceStatus::from_name(name);
        let wrong = || state.wrong(format!("EC2 knows no state `{name}`"));
        seed.status = status.ok_or_else(wrong)?;
    }
    if let Some(profile) = place.get("IamInstanceProfile") {
        seed.profile = Some(profile.need_text("Arn")?.to_owned());
        seed.profile_id = profile.string("Id")?;
    }
    seed.launched = place.time("LaunchTime")?;
    if let Some(image) = place.string("ImageId")? {
        seed.image = image;
    }
    if let Some(kind) = place.string("InstanceType")? {
        seed.instance_type = kind;
    }
    for tag in place.list("Tags")? {
        let value = tag.string("Value")?.unwrap_or_default();
        seed.tags.insert(tag.need_text("Key")?.to_owned(), value);
    }
    Ok(seed)
}
