//! An event and all that its answer needs.

use trailkeeper_core::Caller;
use trailkeeper_core::fast_path::{
    ApiCall, Concern, EventAnswer, EventNote, EventRow, Failure, GuardDutyFinding, OwnRoles,
    Remarks, Reported, Resource, Subject,
};

use super::announce::{Announcer, Told};
use super::error::AnswerError;
use super::found::concern;
use super::{EventPorts, EventSettings, answer_of, noted};

/// The note of an event about something of somebody else.
pub(super) const NOT_OURS: &str = "not-ours";

/// An event and all that its answer needs.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) ports: &'a EventPorts,
    pub(super) settings: &'a EventSettings,
    pub(super) caller: &'a Caller,
    pub(super) call: &'a ApiCall,
    pub(super) row: &'static EventRow,
    /// GuardDuty's report, where it is one.
    pub(super) finding: Option<&'a GuardDutyFinding>,
    pub(super) announcer: &'a Announcer<'a>,
}

impl Asked<'_> {
    pub(super) fn names(&self) -> Vec<String> {
        self.row.names(self.call)
    }

    pub(super) fn is_sample(&self) -> bool {
        self.finding.is_some_and(|finding| finding.is_sample)
    }

    pub(super) fn own(&self) -> OwnRoles<'_> {
        OwnRoles {
            account: &self.caller.account,
            roles: &self.settings.own_roles,
        }
    }

    /// Whether the call does not say what it is about and counts as one on a part of ours.
    /// Parameters that CloudTrail left out can be made too long on purpose.
    pub(super) fn is_unnamed(&self) -> bool {
        let handler = self.row.handler;
        handler.counts_unnamed()
            && self.names().is_empty()
            && Subject::of(handler, self.call) == Subject::Unnamed
    }

    /// Whether a repair of ours made the call.
    pub(super) fn is_own(&self) -> bool {
        let call = self.call;
        let (source, name) = (call.event_source.as_str(), call.event_name.as_str());
        let has_failed = call.failure.is_some();
        self.own().made(source, name, has_failed, &call.actor)
    }

    /// Whether the refused call was told already, by whatever name its answer gives its subject.
    pub(super) fn is_known_attempt(&self, failure: &Failure) -> bool {
        let asked_for = Subject::asked_for(self.row.handler, self.call);
        let ids = [self.names().join(", "), asked_for];
        let mut ids = ids.iter();
        ids.any(|id| self.announcer.knows_attempt(self.call, failure, id))
    }

    pub(super) fn not_ours(&self) -> EventAnswer {
        noted(EventNote::new(NOT_OURS, self.names().join(", ")))
    }

    /// What the event is about and what is wrong with it.
    pub(super) fn concern(&self, id: &str, findings: Vec<Reported>) -> Concern {
        concern(self.row.resource_type, id, findings)
    }

    /// Tells of the call that was refused.
    pub(super) async fn tell_attempt(
        &self,
        failure: &Failure,
        notes: Vec<EventNote>,
    ) -> Result<EventAnswer, AnswerError> {
        let resource = Resource {
            kind: self.row.resource_type.to_owned(),
            id: self.names().join(", "),
        };
        let told = self.announcer.attempt(self.call, failure, resource).await;
        let told = told.map_err(|source| AnswerError::not_sent(self.call, source))?;
        Ok(answer_of(told, notes))
    }

    /// Tells of the resource; nothing where nothing is wrong with it.
    pub(super) async fn tell(
        &self,
        concern: &Concern,
        remarks: &Remarks,
    ) -> Result<Told, AnswerError> {
        let concerns = std::slice::from_ref(concern);
        let told = self
            .announcer
            .concerns(self.call, &self.call.region, concerns, remarks);
        told.await
            .map_err(|source| AnswerError::not_sent(self.call, source))
    }
}
