//! The world of a case: answers of operations by service, Region, operation and argument.

use super::ScenarioError;
use super::place::Place;
use crate::call::ApiError;

/// The operations whose answers can be loaded, and whether they are listed by argument.
const OPERATIONS: [(&str, &str, bool); 32] = [
    ("cloudtrail", "DescribeTrails", false),
    ("cloudtrail", "ListTrails", false),
    ("cloudtrail", "LookupEvents", false),
    ("cloudtrail", "GetTrailStatus", true),
    ("cloudtrail", "GetEventSelectors", true),
    ("cloudtrail", "GetInsightSelectors", true),
    ("s3", "GetBucketPolicy", true),
    ("s3", "HeadBucket", true),
    ("s3", "ListBuckets", false),
    ("kms", "DescribeKey", true),
    ("kms", "GetKeyPolicy", true),
    ("organizations", "DescribeOrganization", false),
    ("organizations", "ListDelegatedAdministrators", false),
    ("config", "DescribeConfigurationRecorders", false),
    ("config", "DescribeConfigurationRecorderStatus", false),
    ("config", "SelectResourceConfig", true),
    ("config", "GetResourceConfigHistory", true),
    ("config", "GetComplianceDetailsByConfigRule", true),
    ("config", "PutEvaluations", false),
    ("config", "StartConfigRulesEvaluation", false),
    ("ec2", "DescribeInstances", false),
    ("iam", "GetInstanceProfile", true),
    ("iam", "GetRole", true),
    ("iam", "ListRolePolicies", true),
    ("iam", "GetRolePolicy", true),
    ("iam", "ListAttachedRolePolicies", true),
    ("iam", "GetPolicy", true),
    ("iam", "GetPolicyVersion", true),
    ("iam", "ListInstanceProfilesForRole", true),
    ("iam", "GetAccountSummary", false),
    ("iam", "GetAccountAuthorizationDetails", false),
    ("sns", "Publish", true),
];

/// Members by which an answer is known that stands where the arguments could stand: it holds for
/// all of them.
const WHOLE: [&str; 4] = ["error", "pages", "Results", "configurationItems"];

/// What an operation answers.
#[derive(Debug, Clone)]
pub(super) enum Answer<'a> {
    /// The output structures, in the order of the pages; most have one.
    Pages(Vec<Place<'a>>),
    /// The service's error.
    Error(ApiError),
}

/// The resource's id in an argument, before which its type may stand.
pub(super) fn resource_id(argument: &str) -> &str {
    let typed = argument.starts_with("AWS::");
    let parts = argument.split_once('/').filter(|_| typed);
    parts.map_or(argument, |(_, id)| id)
}

/// One entry of the world.
#[derive(Debug, Clone)]
pub(super) struct Listed<'a> {
    pub(super) service: &'static str,
    pub(super) operation: &'static str,
    pub(super) region: &'a str,
    /// The trail, bucket or key that is asked for.
    pub(super) argument: Option<&'a str>,
    pub(super) answer: Answer<'a>,
    /// Where the entry stands.
    pub(super) place: Place<'a>,
}

impl<'a> Listed<'a> {
    /// The texts that the calls which it answers hold.
    pub(super) fn about(&self) -> Vec<&'a str> {
        let Some(argument) = self.argument else {
            return Vec::new();
        };
        let parts = match self.operation {
            "GetResourceConfigHistory" => return vec![resource_id(argument)],
            "GetRolePolicy" => argument.split_once('/'),
            "GetPolicyVersion" => argument.rsplit_once('@'),
            _ => None,
        };
        parts.map_or(vec![argument], |(one, other)| vec![one, other])
    }

    /// The output structures; none for an error.
    pub(super) fn outputs(&self) -> &[Place<'a>] {
        match &self.answer {
            Answer::Error(_) => &[],
            Answer::Pages(pages) => pages,
        }
    }

    /// The error that stands in the place of the answer or of one of its pages: a listing that
    /// breaks off is no listing.
    pub(super) fn failure(&self) -> Result<Option<ApiError>, ScenarioError> {
        if let Answer::Error(error) = &self.answer {
            return Ok(Some(error.clone()));
        }
        for page in self.outputs() {
            if let Some(error) = error(page)? {
                return Ok(Some(error));
            }
        }
        Ok(None)
    }

    /// The one output structure; none for an error.
    pub(super) fn output(&self) -> Result<Option<&Place<'a>>, ScenarioError> {
        match &self.answer {
            Answer::Error(_) => Ok(None),
            Answer::Pages(pages) => match pages.as_slice() {
                [one] => Ok(Some(one)),
                _ => Err(self.place.wrong("this operation answers in one page")),
            },
        }
    }
}

/// All entries of the world.
pub(super) fn listed<'a>(world: &Place<'a>) -> Result<Vec<Listed<'a>>, ScenarioError> {
    let mut all = Vec::new();
    for (service, regions) in world.members()? {
        for (region, operations) in regions.members()? {
            for (operation, place) in operations.members()? {
                add(&mut all, service, region, operation, &place)?;
            }
        }
    }
    Ok(all)
}

fn add<'a>(
    all: &mut Vec<Listed<'a>>,
    service: &str,
    region: &'a str,
    operation: &str,
    place: &Place<'a>,
) -> Result<(), ScenarioError> {
    let known = OPERATIONS.iter();
    let mut known = known.filter(|(of, name, _)| *of == service && *name == operation);
    let Some(&(service, operation, by_argument)) = known.next() else {
        let text = format!(
            "answers of {service}:{operation} cannot be loaded; take them out of the scenario"
        );
        return Err(place.wrong(text));
    };
    let entry = |argument, place: &Place<'a>| {
        Ok(Listed {
            service,
            operation,
            region,
            argument,
            answer: read(place)?,
            place: place.clone(),
        })
    };
    if !by_argument || WHOLE.iter().any(|member| place.get(member).is_some()) {
        all.push(entry(None, place)?);
        return Ok(());
    }
    for (argument, place) in place.members()? {
        all.push(entry(Some(argument), &place)?);
    }
    Ok(())
}

fn read<'a>(place: &Place<'a>) -> Result<Answer<'a>, ScenarioError> {
    if let Some(error) = error(place)? {
        return Ok(Answer::Error(error));
    }
    match place.get("pages") {
        Some(pages) => Ok(Answer::Pages(pages.items()?)),
        None => Ok(Answer::Pages(vec![place.clone()])),
    }
}

/// The error that stands in the place of an answer.
pub(super) fn error(place: &Place<'_>) -> Result<Option<ApiError>, ScenarioError> {
    let Some(error) = place.get("error") else {
        return Ok(None);
    };
    error.only(&["code", "message", "status"])?;
    let code = error.need_text("code")?;
    let message = error.text("message")?.unwrap_or(code);
    let status = match error.get("status") {
        None => status_of(code),
        Some(place) => {
            let status = place.value().as_u64().and_then(|s| u16::try_from(s).ok());
            let status = status.filter(|status| (300..600).contains(status));
            status.ok_or_else(|| place.wrong("an HTTP status of 300 to 599 is expected here"))?
        }
    };
    Ok(Some(ApiError::new(code, message).with_status(status)))
}

/// The status that goes with codes which services do not send with 400.
fn status_of(code: &str) -> u16 {
    match code {
        "AccessDenied" | "Forbidden" | "403" => 403,
        "NoSuchBucket" | "NoSuchBucketPolicy" | "NotFound" | "404" => 404,
        "MethodNotAllowed" => 405,
        "InternalError" | "InternalFailure" | "InternalServerError" => 500,
        "SlowDown" | "ServiceUnavailable" | "503" => 503,
        _ => 400,
    }
}
