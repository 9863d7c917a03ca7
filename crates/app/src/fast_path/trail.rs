//! Events about the trail and what it needs. The state decides, not the event; a stop of the trail
//! is answered before anything else is read.

use futures::future::join;
use trailkeeper_core::cloudtrail::Verdict;
use trailkeeper_core::facts::{Trail, TrailStatus};
use trailkeeper_core::fast_path::{
    Action, Bearing, EventAnswer, EventNote, Permissions, Remarks, Reported, Tells, Watch,
    analyst_steps, meaning, noticed,
};
use trailkeeper_core::{Arn, CallError, Code, ErrorClass, Finding};

use super::asked::Asked;
use super::error::AnswerError;
use super::found::shown;
use super::start::{Started, is_repairable, start};
use super::wanted::Wanted;
use super::{answer_of, noted};
use crate::evaluate::judge_account;

/// What was seen of the trail.
struct Seen {
    trail: Option<Arn>,
    findings: Vec<Finding>,
}

/// The answer to an event about the trail.
pub(super) async fn answer(asked: Asked<'_>) -> Result<EventAnswer, AnswerError> {
    let name = &asked.call.event_name;
    if asked.settings.trail_rule.is_none() {
        return Ok(noted(EventNote::new("no-trail-rule", name)));
    }
    if asked.is_own() {
        return Ok(noted(EventNote::new("own-call", name)));
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

async fn respond(
    asked: Asked<'_>,
    wanted: Wanted,
    status: Option<(Arn, Result<TrailStatus, CallError>)>,
    bearing: Bearing,
) -> Result<EventAnswer, AnswerError> {
    if bearing == Bearing::Foreign {
        return Ok(asked.not_ours());
    }
    if let Some(failure) = &asked.call.failure {
        return asked.tell_attempt(failure, wanted.notes).await;
    }
    if asked.is_sample() {
        let nothing = Seen {
            trail: None,
            findings: Vec::new(),
        };
        return tell(asked, wanted, nothing, bearing, Started::default()).await;
    }
    let seen = match status.and_then(|(arn, status)| stopped(&wanted, arn, status)) {
        Some(seen) => seen,
        None => {
            let Verdict {
                trail, findings, ..
            } = judge(&asked, &wanted).await;
            Seen { trail, findings }
        }
    };
    let started = match is_repairable(&seen.findings) {
        true => start(&asked, &wanted).await,
        false => Started::default(),
    };
    tell(asked, wanted, seen, bearing, started).await
}

async fn judge(asked: &Asked<'_>, wanted: &Wanted) -> Verdict {
    let readers = asked.ports.trail.readers();
    let at = asked.call.time;
    judge_account(readers, &wanted.requirements, asked.caller, at).await
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
/// name another one might do.
fn stopped(wanted: &Wanted, arn: Arn, status: Result<TrailStatus, CallError>) -> Option<Seen> {
    let name = wanted.requirements.trail.as_deref()?;
    if name != arn.to_string() && name != arn.name() {
        return None;
    }
    let finding = match status {
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
        _ => return None,
    };
    Some(Seen {
        trail: Some(arn),
        findings: vec![finding],
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

async fn tell(
    asked: Asked<'_>,
    wanted: Wanted,
    seen: Seen,
    bearing: Bearing,
    started: Started,
) -> Result<EventAnswer, AnswerError> {
    let names = asked.names();
    let codes: Vec<Code> = seen.findings.iter().map(|finding| finding.code).collect();
    let mut reported: Vec<Reported> = seen.findings.iter().map(Reported::of_finding).collect();
    let is_told = match bearing {
        Bearing::Unsure => false,
        Bearing::Unnamed => true,
        _ => asked.row.tells == Tells::Always,
    };
    if reported.is_empty() && is_told {
        reported.push(noticed(asked.row, asked.call, &names, !asked.is_sample()));
    }
    reported.extend(started.finding);
    let id = match (names.as_slice(), &seen.trail) {
        ([], Some(trail)) => trail.to_string(),
        (names, _) => names.join(", "),
    };
    let concern = asked.concern(&id, reported);
    let mut remarks = remarks(&asked, &codes).await;
    remarks.lines.extend(started.line);
    let told = asked.tell(&concern, &remarks).await?;
    let mut notes = wanted.notes;
    notes.extend(started.note);
    if concern.findings.is_empty() {
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
        let permissions = match finding.is_sample {
            true => Permissions::Unknown("a sample".to_owned()),
            false => permissions(asked, finding.principal.role()).await,
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
