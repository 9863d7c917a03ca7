//! Events about the trail and what it needs. The state decides, not the event; a stop of the trail
//! is answered before anything else is read.

use futures::future::join;
use trailkeeper_core::cloudtrail::Verdict;
use trailkeeper_core::facts::{Trail, TrailStatus};
use trailkeeper_core::fast_path::{
    Action, Bearing, EventAnswer, EventNote, Only, Permissions, Remarks, Reported, Tells, Watch,
    analyst_steps, meaning, noticed, own_role_steps, rule_notes,
};
use trailkeeper_core::{Arn, CallError, Code, ErrorClass, Finding, Note};

use super::asked::Asked;
use super::error::AnswerError;
use super::found::shown;
use super::own;
use super::start::{Started, is_repairable, start};
use super::wanted::Wanted;
use super::{answer_of, noted};
use crate::evaluate::judge_account;

/// What was seen of the trail.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) trail: Option<Arn>,
    pub(super) findings: Vec<Finding>,
    /// Whether the runbook has to look, although none of the findings says that it can repair.
    pub(super) is_urgent: bool,
    /// What the rule notes besides.
    pub(super) notes: Vec<Note>,
    /// Whether the rule was applied, so that no finding means that it finds nothing wrong.
    pub(super) is_judged: bool,
}

/// The answer to an event about the trail.
pub(super) async fn answer(asked: Asked<'_>) -> Result<EventAnswer, AnswerError> {
    let name = &asked.call.event_name;
    if asked.settings.trail_rule.is_none() {
        return Ok(noted(EventNote::new("no-trail-rule", name)));
    }
    if asked.is_own() {
        return own::answer(asked).await;
    }
    if asked.row.only == Only::LogBucket {
        return deleted(asked).await;
    }
    let stopped = may_stop(&asked);
    let (mut wanted, status) = join(Wanted::read(&asked), status(&asked, stopped)).await;
    let bearing = match asked.is_sample() {
        true => Bearing::Ours,
        false => bearing(&asked, &mut wanted).await,
    };
    respond(asked, wanted, status, bearing).await
}

/// The answer to an event about a role, where it is CloudTrail's for CloudWatch Logs.
pub(super) async fn answer_role(asked: Asked<'_>) -> Result<Option<EventAnswer>, AnswerError> {
    if asked.settings.trail_rule.is_none() || asked.names().is_empty() {
        return Ok(None);
    }
    let mut wanted = Wanted::read(&asked).await;
    match bearing(&asked, &mut wanted).await {
        Bearing::Ours => respond(asked, wanted, None, Bearing::Ours).await.map(Some),
        _ => Ok(None),
    }
}

/// Objects of the log bucket were deleted, which no state shows: nothing is judged, and whoever
/// deletes many is told of once.
async fn deleted(asked: Asked<'_>) -> Result<EventAnswer, AnswerError> {
    let bucket = asked.names().join(", ");
    if asked.announcer.knows_deletions(asked.call, &bucket) {
        return Ok(noted(EventNote::new("repeat-suppressed", "")));
    }
    let mut wanted = Wanted::read(&asked).await;
    let bearing = bearing(&asked, &mut wanted).await;
    let is_told = bearing != Bearing::Foreign && asked.call.failure.is_none();
    let answer = if is_told {
        // The trails could not be read: the events' own rule matches the log bucket only.
        let bearing = match bearing {
            Bearing::Unsure => Bearing::Ours,
            other => other,
        };
        tell(asked, wanted, Seen::default(), bearing, Started::default()).await?
    } else {
        respond(asked, wanted, None, bearing).await?
    };
    if is_told && answer.action == Action::Notified {
        asked.announcer.keep_deletions(asked.call, &bucket);
    }
    Ok(answer)
}

async fn respond(
    asked: Asked<'_>,
    mut wanted: Wanted,
    status: Option<(Arn, Result<TrailStatus, CallError>)>,
    bearing: Bearing,
) -> Result<EventAnswer, AnswerError> {
    let unread = wanted.unread.take();
    let (answer, failed) = respond_once(asked, wanted, status, bearing).await?;
    // Told once it is not told again when the event comes again, and one event starts one run.
    match failed.or(unread) {
        Some(error) if answer.action != Action::RepairStarted => {
            Err(AnswerError::unfinished(asked.call, error))
        }
        _ => Ok(answer),
    }
}

/// The answer by what could be read, and why the runbook was not started where that passes.
async fn respond_once(
    asked: Asked<'_>,
    wanted: Wanted,
    status: Option<(Arn, Result<TrailStatus, CallError>)>,
    bearing: Bearing,
) -> Result<(EventAnswer, Option<CallError>), AnswerError> {
    if bearing == Bearing::Foreign {
        return Ok((asked.not_ours(), None));
    }
    if let Some(failure) = &asked.call.failure {
        return Ok((asked.tell_attempt(failure, wanted.notes).await?, None));
    }
    if asked.is_sample() {
        let answer = tell(asked, wanted, Seen::default(), bearing, Started::default());
        return Ok((answer.await?, None));
    }
    let seen = match status.and_then(|(arn, status)| stopped(&asked, &wanted, arn, status)) {
        Some(seen) => seen,
        None => judge(&asked, &wanted).await,
    };
    let mut started = match seen.is_urgent || is_repairable(&seen.findings) {
        true => start(&asked, &wanted).await,
        false => Started::default(),
    };
    let failed = started.error.take();
    let answer = tell(asked, wanted, seen, bearing, started).await?;
    Ok((answer, failed))
}

async fn judge(asked: &Asked<'_>, wanted: &Wanted) -> Seen {
    let readers = asked.ports.trail.readers();
    let at = asked.call.time;
    let Verdict {
        trail,
        findings,
        notes,
    } = judge_account(readers, &wanted.requirements, asked.caller, at).await;
    Seen {
        trail,
        findings,
        notes,
        is_urgent: false,
        is_judged: wanted.is_known,
    }
}

/// The trail that the call stopped or deleted, by the ARN that the call gives it or its Region
/// does: both go to the trail's home Region.
fn may_stop(asked: &Asked<'_>) -> Option<Arn> {
    let is_stop = ["StopLogging", "DeleteTrail"].contains(&asked.call.event_name.as_str());
    if !is_stop || asked.call.failure.is_some() || asked.is_sample() {
        return None;
    }
    let name = asked.names().into_iter().next()?;
    if name.starts_with("arn:") {
        return name.parse().ok();
    }
    Some(Arn {
        partition: asked.caller.partition.clone(),
        service: "cloudtrail".to_owned(),
        region: asked.call.region.to_string(),
        account: asked.call.account.to_string(),
        resource: format!("trail/{name}"),
    })
}

async fn status(
    asked: &Asked<'_>,
    trail: Option<Arn>,
) -> Option<(Arn, Result<TrailStatus, CallError>)> {
    let arn = trail?;
    let region = arn.region()?;
    let status = asked.ports.trail.trails.trail_status(&region, &arn).await;
    Some((arn, status))
}

/// The fault of a trail that is stopped or gone, where it is the one that is demanded: without a
/// name another one might do. One that does not tell how it is counts as stopped: a run on a
/// healthy trail changes nothing.
fn stopped(
    asked: &Asked<'_>,
    wanted: &Wanted,
    arn: Arn,
    status: Result<TrailStatus, CallError>,
) -> Option<Seen> {
    let name = wanted.requirements.trail.as_deref()?;
    if name != arn.to_string() && name != arn.name() {
        return None;
    }
    let finding = match status {
        Ok(status) if status.is_logging == Some(true) => return None,
        Ok(status) if status.is_logging == Some(false) => {
            let since = status.stop_logging_time;
            let since = since.map_or_else(String::new, |time| format!(" {time}"));
            let evidence = format!("{} stopped{since}", arn.name());
            Finding::new(Code::TrailNotLogging, evidence)
        }
        Err(error) if error.class == ErrorClass::Absent => {
            let evidence = format!("account {} has no trail {name}", arn.account);
            Finding::new(Code::TrailMissing, evidence)
        }
        unread => {
            let why = unread.map_or_else(|error| shown(&error), |_| "no IsLogging".to_owned());
            let event = &asked.call.event_name;
            let evidence = format!("whether {} is logging after {event}: {why}", arn.name());
            Finding::new(Code::CouldNotVerify, evidence)
        }
    };
    Some(Seen {
        trail: Some(arn),
        is_urgent: true,
        findings: vec![finding],
        notes: Vec::new(),
        is_judged: true,
    })
}

/// Whether the event is about something of ours; the trails are read only where nothing else
/// tells.
async fn bearing(asked: &Asked<'_>, wanted: &mut Wanted) -> Bearing {
    let names = asked.names();
    let told = |trails: Option<&[Trail]>| {
        let watch = Watch {
            requirements: &wanted.requirements,
            trails,
            topic: asked.settings.topic.as_ref(),
            alarms: &asked.settings.alarms,
        };
        watch.bearing(asked.row.handler, &names, &asked.call.actor)
    };
    if let Some(bearing) = told(None) {
        return bearing;
    }
    let trails = &asked.ports.trail.trails;
    match trails.describe_trails(&asked.caller.region, &[]).await {
        Ok(trails) => told(Some(&trails)).unwrap_or(Bearing::Foreign),
        Err(error) => {
            let note = EventNote::new("trails-not-read", shown(&error));
            wanted.notes.push(note);
            Bearing::Unsure
        }
    }
}

pub(super) async fn tell(
    asked: Asked<'_>,
    wanted: Wanted,
    seen: Seen,
    bearing: Bearing,
    started: Started,
) -> Result<EventAnswer, AnswerError> {
    let names = asked.names();
    let mut codes: Vec<Code> = seen.findings.iter().map(|finding| finding.code).collect();
    codes.extend(started.finding.as_ref().map(|_| Code::RepairsExhausted));
    let mut reported: Vec<Reported> = seen.findings.iter().map(|one| of(one, &asked)).collect();
    let is_told = match bearing {
        Bearing::Unsure => false,
        Bearing::Unnamed => true,
        _ => asked.row.tells == Tells::Always,
    };
    if reported.is_empty() && is_told {
        reported.push(noticed(asked.row, asked.call, &names, seen.is_judged));
    }
    reported.extend(started.finding);
    let id = match (names.as_slice(), &seen.trail) {
        ([], Some(trail)) => trail.to_string(),
        (names, _) => names.join(", "),
    };
    let concern = asked.concern(&id, reported);
    let mut remarks = remarks(&asked, &codes).await;
    remarks.lines.extend(rule_notes(&seen.notes));
    remarks.lines.extend(started.line);
    let told = asked.tell(&concern, &remarks).await?;
    let mut notes = wanted.notes;
    notes.extend(started.note);
    if concern.findings.is_empty() && seen.is_judged {
        notes.push(EventNote::new("nothing-wrong", id));
    }
    let mut answer = answer_of(told, notes);
    if let Some(execution) = started.execution {
        // The next one like it comes after a repair and is news.
        asked.announcer.forget(&concern);
        answer.action = Action::RepairStarted;
        answer.execution_id = execution;
    }
    Ok(answer)
}

/// The finding in the message's words. A trail that is gone looks the same each time that it is
/// deleted: the event tells one time from the other.
fn of(finding: &Finding, asked: &Asked<'_>) -> Reported {
    let reported = Reported::of_finding(finding);
    match finding.code {
        Code::TrailMissing => reported.of_event(asked.call),
        _ => reported,
    }
}

/// What the message says besides what is wrong.
async fn remarks(asked: &Asked<'_>, codes: &[Code]) -> Remarks {
    let mut remarks = Remarks {
        is_sample: asked.is_sample(),
        event: None,
        lines: vec![meaning(asked.row, codes)],
    };
    if let Some(finding) = asked.finding {
        let call = &finding.call.event_name;
        remarks.event = Some(format!("GuardDuty {} ({call})", finding.kind));
        let role = finding.principal.role();
        if role.is_some_and(|role| asked.own().has_name(role)) {
            remarks.lines.extend(own_role_steps(finding));
            return remarks;
        }
        let permissions = match finding.is_sample {
            true => Permissions::Unknown("a sample".to_owned()),
            false => permissions(asked, role).await,
        };
        remarks.lines.extend(analyst_steps(finding, &permissions));
    }
    remarks
}

/// The policies of the role whose session it was.
async fn permissions(asked: &Asked<'_>, role: Option<&str>) -> Permissions {
    let Some(role) = role else {
        return Permissions::Unknown("only those of roles are read here".to_owned());
    };
    let roles = &asked.ports.roles;
    let (attached, inline) = join(
        roles.attached_policies(role),
        roles.inline_policy_names(role),
    )
    .await;
    match (attached, inline) {
        (Ok(attached), Ok(inline)) => Permissions::OfRole {
            attached: attached.into_iter().map(|policy| policy.name).collect(),
            inline,
        },
        (Err(error), _) | (_, Err(error)) => Permissions::Unknown(shown(&error)),
    }
}
