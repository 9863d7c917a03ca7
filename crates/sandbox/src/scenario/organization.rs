//! The account's organization.

use super::ScenarioError;
use super::answers::{Answer, Listed};
use super::draft::Draft;
use super::place::Place;
use crate::seed::OrganizationSeed;
use crate::world::OrganizationRole;

pub(super) fn load(
    draft: &mut Draft,
    own: &Place<'_>,
    listed: &[Listed<'_>],
) -> Result<(), ScenarioError> {
    let mut seed = OrganizationSeed {
        role: role(own)?,
        ..OrganizationSeed::default()
    };
    for entry in listed
        .iter()
        .filter(|entry| entry.service == "organizations")
    {
        if let Answer::Error(error) = &entry.answer {
            draft.refuse(entry, error);
        } else if seed.role == OrganizationRole::Standalone {
            let text = "the account belongs to no organization; set self.organizationRole";
            return Err(entry.place.wrong(text));
        } else if entry.operation == "DescribeOrganization" {
            describe(&mut seed, entry)?;
        } else {
            delegated(&mut seed, entry, &draft.world.account_id)?;
        }
    }
    if seed.management_account.is_none() {
        seed.management_account = management_by_trails(listed, &draft.world.account_id)?;
    }
    if seed.role != OrganizationRole::Standalone {
        draft.world.seed_organization(seed);
    }
    Ok(())
}

fn role(own: &Place<'_>) -> Result<OrganizationRole, ScenarioError> {
    let Some(place) = own.get("organizationRole") else {
        return Ok(OrganizationRole::Standalone);
    };
    match place.as_text()? {
        "standalone" => Ok(OrganizationRole::Standalone),
        "member" => Ok(OrganizationRole::Member),
        "management" => Ok(OrganizationRole::Management),
        "delegated-administrator" | "delegatedAdministrator" => {
            Ok(OrganizationRole::DelegatedAdministrator)
        }
        _ => Err(place.wrong(
            "one of standalone, member, management, delegated-administrator is expected here",
        )),
    }
}

fn describe(seed: &mut OrganizationSeed, entry: &Listed<'_>) -> Result<(), ScenarioError> {
    let Some(output) = entry.output()? else {
        return Ok(());
    };
    let organization = output.need("Organization")?;
    organization
        .need_text("Id")?
        .clone_into(&mut seed.organization_id);
    seed.management_account = organization.string("MasterAccountId")?;
    seed.all_features = organization
        .text("FeatureSet")?
        .is_none_or(|set| set == "ALL");
    Ok(())
}

fn delegated(
    seed: &mut OrganizationSeed,
    entry: &Listed<'_>,
    own: &str,
) -> Result<(), ScenarioError> {
    let Answer::Pages(pages) = &entry.answer else {
        return Ok(());
    };
    for page in pages {
        for administrator in page.list("DelegatedAdministrators")? {
            let id = administrator.need_text("Id")?;
            if id != own {
                seed.delegated_administrators.push(id.to_owned());
            }
        }
    }
    Ok(())
}

/// The account that owns the organization trails which the account sees: management.
fn management_by_trails(listed: &[Listed<'_>], own: &str) -> Result<Option<String>, ScenarioError> {
    for entry in listed {
        let Answer::Pages(pages) = &entry.answer else {
            continue;
        };
        let pages = pages.iter().filter(|_| entry.operation == "DescribeTrails");
        for page in pages {
            for trail in page.list("trailList")? {
                let arn = trail.text("TrailARN")?.unwrap_or_default();
                let account = arn.split(':').nth(4).unwrap_or_default();
                if trail.flag("IsOrganizationTrail")? && account != own && !account.is_empty() {
                    return Ok(Some(account.to_owned()));
                }
            }
        }
    }
    Ok(None)
}
