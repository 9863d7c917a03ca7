//! The calls of our own repairs, which are no news. Only what makes a trail deliver is looked at: a
//! repair obeys its payload, and whoever had it work with a payload of his own has it told here.

use trailkeeper_core::cloudtrail::examine::redirected;
use trailkeeper_core::cloudtrail::verdict::is_named;
use trailkeeper_core::facts::Trail;
use trailkeeper_core::fast_path::{Bearing, EventAnswer, EventNote};

use super::asked::Asked;
use super::error::AnswerError;
use super::found::shown;
use super::noted;
use super::start::Started;
use super::trail::{Seen, tell};
use super::wanted::Wanted;

/// The calls that say where a trail delivers. A repair makes at most one or two of them, and each
/// costs three reads here.
const DELIVER: [&str; 2] = ["CreateTrail", "UpdateTrail"];

const LINE: &str = "The product's own role made this call, and no repair that the rule asks for \
    leaves the trail so: see who started the runbook or the function with parameters of his own. \
    Nothing is repaired from here; the rule's next run does.";

/// The answer to a call of our own. It never starts a run: our own calls must not go round.
pub(super) async fn answer(asked: Asked<'_>) -> Result<EventAnswer, AnswerError> {
    let name = &asked.call.event_name;
    let own = EventNote::new("own-call", name);
    if !DELIVER.contains(&name.as_str()) {
        return Ok(noted(own));
    }
    let mut wanted = Wanted::read(&asked).await;
    wanted.notes.insert(0, own);
    let seen = look(&asked, &mut wanted).await;
    if seen.findings.is_empty() {
        let notes = wanted.notes;
        return Ok(EventAnswer {
            notes,
            ..EventAnswer::default()
        });
    }
    let started = Started {
        line: Some(LINE.to_owned()),
        ..Started::default()
    };
    tell(asked, wanted, seen, Bearing::Ours, started).await
}

/// Where the trail of the call delivers now, against what the rule demands. What cannot be read is
/// left to the rule.
async fn look(asked: &Asked<'_>, wanted: &mut Wanted) -> Seen {
    if !wanted.is_known {
        return Seen::default();
    }
    // A shadow elsewhere may not know yet.
    let region = &asked.call.region;
    let trails = asked.ports.trail.trails.describe_trails(region, &[]).await;
    let trails = match trails {
        Ok(trails) => trails,
        Err(error) => {
            let note = EventNote::new("trails-not-read", shown(&error));
            wanted.notes.push(note);
            return Seen::default();
        }
    };
    let names = asked.names();
    let is_meant = |trail: &&Trail| names.iter().any(|name| is_named(name, trail));
    let Some(trail) = trails.iter().find(is_meant) else {
        return Seen::default();
    };
    let (requirements, caller) = (&wanted.requirements, asked.caller);
    Seen {
        trail: Some(trail.arn.clone()),
        findings: redirected(requirements, caller, trail, asked.call.time),
        is_judged: true,
        ..Seen::default()
    }
}
