//! What a plan leaves wrong, and why.

use jiff::{SignedDuration, Timestamp};

use super::baseline_steps::code_of;
use super::goal::Goal;
use super::journal::Journal;
use super::plan::Plan;
use super::reaction::Part;
use super::step::StepKind;
use super::survey::Survey;
use crate::call_error::CallError;
use crate::cloudtrail::coverage::ManagementCoverage;
use crate::cloudtrail::examine::examine;
use crate::cloudtrail::{Code, Finding};
use crate::facts::{BucketSetting, Fact};
use crate::identity::Caller;
use crate::remediation::Entry;

/// A delivery that failed before is expected to succeed within this time of the repair: log
/// files come about every five minutes (CloudTrail user guide), three of which may be missed.
const DELIVERY_GRACE: SignedDuration = SignedDuration::from_mins(15);

/// A line for each step that was given up, with what the reader can do about it.
pub(crate) fn why_given_up(journal: &Journal) -> Vec<Entry> {
    journal
        .given_up()
        .into_iter()
        .map(|(_, code, error)| Entry::new(code, advice(error)))
        .collect()
}

/// The error with what to do about a denial.
pub(crate) fn advice(error: &CallError) -> String {
    let action = refused_action(error);
    match error.class {
        crate::ErrorClass::Denied if error.is_service_control_policy() => format!(
            "{error}; a service control policy denies {action}: exempt the remediator's role there"
        ),
        crate::ErrorClass::Denied => {
            format!("{error}; allow {action} to the role that runs the repair")
        }
        _ => error.to_string(),
    }
}

/// The action that was refused, as the service names it: CreateTrail can fail for `iam:PassRole`.
fn refused_action(error: &CallError) -> String {
    let named = error.message.split_once("not authorized to perform: ");
    let named = named.and_then(|(_, rest)| rest.split_whitespace().next());
    let named = named.map(|action| action.trim_end_matches(['.', ',']));
    named.map_or_else(|| error.operation.to_string(), str::to_owned)
}

/// Adds what is wrong with the wanted key, without which the trail has to do.
pub(crate) fn why_without_key(
    goal: &Goal,
    caller: &Caller,
    survey: &Survey,
    now: Timestamp,
    plan: &mut Plan,
) {
    let alone = ManagementCoverage::default();
    let examination = examine(&goal.requirements, caller, &survey.wanted, &alone, now);
    let about_key = |finding: &Finding| {
        matches!(
            finding.code,
            Code::KeyMissing
                | Code::KeyDisabled
                | Code::KeyPendingDeletion
                | Code::KeyUnusable
                | Code::KeyRefusesCloudtrail
        )
    };
    for finding in examination.findings.into_iter().filter(about_key) {
        if !is_solved(&finding, plan) && !explains(&plan.remaining, finding.code) {
            let line = Entry::new(finding.code.as_str(), finding.evidence);
            plan.remaining.push(line);
        }
    }
}

/// Adds what the examination of the wanted trail still finds, and sorts out what is only not
/// confirmed yet.
pub(crate) fn what_stays_wrong(
    goal: &Goal,
    caller: &Caller,
    survey: &Survey,
    journal: &Journal,
    now: Timestamp,
    plan: &mut Plan,
) {
    let dropped = journal.dropped();
    let mut requirements = goal.requirements.clone();
    requirements.bucket = Some(goal.bucket.clone());
    if dropped.iter().any(|(part, _)| *part == Part::Insights) {
        requirements.insights.clear();
    }
    let alone = ManagementCoverage::default();
    let examination = examine(&requirements, caller, &survey.wanted, &alone, now);
    for finding in examination.findings {
        sort_finding(survey, now, &dropped, finding, plan);
    }
    plan.notes.extend(
        examination
            .notes
            .iter()
            // a repair tells of the gap that it has ended
            .filter(|note| note.code != "logging-gap")
            .map(|note| Entry::new(note.code, &note.text)),
    );
    for (part, error) in dropped {
        if matches!(part, Part::Insights | Part::Organization) {
            plan.notes
                .push(Entry::new(note_code(part), error.to_string()));
        }
    }
}

fn note_code(part: Part) -> &'static str {
    match part {
        Part::Insights => "insights-not-offered",
        Part::Organization => "organization-not-available",
        Part::Key => "not-encrypted",
        Part::Topic => "wrong-topic",
        Part::LogGroup => "wrong-log-group",
    }
}

fn sort_finding(
    survey: &Survey,
    now: Timestamp,
    dropped: &[(Part, &CallError)],
    finding: Finding,
    plan: &mut Plan,
) {
    if is_solved(&finding, plan) || is_of_trail_to_be_created(survey, &finding) {
        return;
    }
    if is_unconfirmed_delivery(survey, now, finding.code) {
        plan.notes
            .push(Entry::new("delivery-not-confirmed", finding.to_string()));
        return;
    }
    let mut line = Entry::new(finding.code.as_str(), finding.evidence);
    let part = part_of(finding.code);
    if let Some((_, error)) = dropped.iter().find(|(dropped, _)| Some(*dropped) == part) {
        line.text = format!("{}: {error}", line.text);
    }
    // a given-up step or an unmergeable policy has told the same more exactly
    let told = plan.remaining.iter().any(|there| there.code == line.code);
    let explained = explains(&plan.remaining, finding.code);
    if !told && !explained {
        plan.remaining.push(line);
    }
}

fn part_of(code: Code) -> Option<Part> {
    match code {
        Code::NotEncrypted | Code::WrongKey => Some(Part::Key),
        Code::WrongTopic => Some(Part::Topic),
        Code::WrongLogGroup => Some(Part::LogGroup),
        _ => None,
    }
}

/// Whether the reason why a policy could not be merged stands there already.
fn explains(remaining: &[Entry], code: Code) -> bool {
    const MERGE_CODES: [&str; 4] = [
        "foreign-deny",
        "undetermined-deny",
        "policy-too-large",
        "invalid-policy",
    ];
    matches!(
        code,
        Code::BucketRefusesCloudtrail | Code::KeyRefusesCloudtrail
    ) && remaining
        .iter()
        .any(|line| MERGE_CODES.contains(&line.code.as_str()))
}

fn is_solved(finding: &Finding, plan: &Plan) -> bool {
    // what CloudTrail would not take beside the selectors that are there is left out
    if finding.code == Code::DataEventsMissing {
        let changes = plan.steps.iter().flat_map(|planned| &planned.changes);
        return changes
            .into_iter()
            .any(|change| change.code == finding.code.as_str());
    }
    repaired_by(finding.code)
        .is_some_and(|kind| plan.steps.iter().any(|planned| planned.step.kind() == kind))
}

/// The step that repairs a finding of the wanted trail.
fn repaired_by(code: Code) -> Option<StepKind> {
    match code {
        Code::TrailNotLogging => Some(StepKind::StartLogging),
        Code::BucketRefusesCloudtrail => Some(StepKind::PutBucketPolicy),
        Code::KeyDisabled => Some(StepKind::EnableKey),
        Code::KeyPendingDeletion => Some(StepKind::CancelKeyDeletion),
        Code::KeyRefusesCloudtrail => Some(StepKind::PutKeyPolicy),
        Code::ManagementEventsMissing | Code::ManagementEventsNarrowed => {
            Some(StepKind::PutEventSelectors)
        }
        Code::InsightsMissing => Some(StepKind::PutInsightSelectors),
        Code::DataEventsMissing => Some(StepKind::PutEventSelectors),
        Code::TrailTagsChanged => Some(StepKind::AddTags),
        Code::BucketMissing => Some(StepKind::CreateBucket),
        code => {
            let setting = BucketSetting::ALL
                .iter()
                .find(|setting| code_of(**setting) == Some(code))?;
            Some(StepKind::PutBucketSetting(*setting))
        }
    }
}

/// A trail that does not exist has no status and no selectors to read; its stores do.
fn is_of_trail_to_be_created(survey: &Survey, finding: &Finding) -> bool {
    let about_setting = BucketSetting::ALL
        .iter()
        .any(|setting| code_of(*setting) == Some(finding.code));
    let about_stores = about_setting
        || matches!(
            finding.code,
            Code::BucketMissing
                | Code::BaselineUnusable
                | Code::BucketExposed
                | Code::BucketOpenToOthers
                | Code::BucketProtectionChanged
                | Code::BucketNotOurs
                | Code::BucketRefusesCloudtrail
                | Code::KeyDisabled
                | Code::KeyPendingDeletion
                | Code::KeyRefusesCloudtrail
        );
    let about_trail = finding.evidence.starts_with("cloudtrail:");
    survey.current.is_none()
        && !about_stores
        && (finding.code != Code::CouldNotVerify || about_trail)
}

/// Whether an old delivery failure may simply not have been followed by a delivery yet.
fn is_unconfirmed_delivery(survey: &Survey, now: Timestamp, code: Code) -> bool {
    if !matches!(
        code,
        Code::DeliveryError | Code::DigestError | Code::DeliveryStale
    ) {
        return false;
    }
    let seen = matches!(survey.wanted.bucket, Some(Fact::Known(_)));
    let started = survey
        .wanted
        .status
        .as_ref()
        .and_then(Fact::known)
        .and_then(|status| status.start_logging_time)
        .is_some_and(|at| now.duration_since(at) < DELIVERY_GRACE);
    seen || started
}

#[cfg(test)]
mod tests {
    use super::advice;
    use crate::call_error::CallError;
    use crate::operation::UPDATE_TRAIL;

    #[test]
    fn the_action_that_was_refused_is_advised() {
        let cases = [
            (
                "User: arn:aws:sts::111122223333:assumed-role/r/s is not authorized to perform: \
                 iam:PassRole on resource: arn:aws:iam::111122223333:role/logs",
                "allow iam:PassRole to",
            ),
            ("Access denied.", "allow cloudtrail:UpdateTrail to"),
        ];
        for (message, expected) in cases {
            let error =
                CallError::from_code(UPDATE_TRAIL, "trail", "AccessDeniedException", message);
            let text = advice(&error);
            assert!(text.contains(expected), "{text}");
        }
    }
}
