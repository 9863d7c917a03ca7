//! Telling: each thing once.

use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use trailkeeper_core::fast_path::{
    ApiCall, Concern, EventNote, Failure, Memory, Notice, Remarks, Resource, attempt_notice,
    notice_with,
};
use trailkeeper_core::{Arn, CallError, Region};

use crate::ports::Notifier;

/// Sends messages and remembers them.
pub(super) struct Announcer<'a> {
    pub(super) notifier: &'a dyn Notifier,
    pub(super) topic: Option<&'a Arn>,
    pub(super) memory: &'a Mutex<Memory>,
    pub(super) now: Timestamp,
}

/// What became of a message.
#[derive(Default)]
pub(super) struct Told {
    pub(super) is_sent: bool,
    pub(super) note: Option<EventNote>,
}

impl Told {
    fn note(code: &'static str) -> Self {
        Self {
            is_sent: false,
            note: Some(EventNote::new(code, "")),
        }
    }
}

impl Announcer<'_> {
    pub(super) fn knows(&self, call: &ApiCall) -> bool {
        self.memory().knows_event(&call.id, self.now)
    }

    pub(super) fn keep(&self, call: &ApiCall) {
        self.memory().keep_event(&call.id, self.now);
    }

    /// Tells what is wrong with `concerns`, but for what was told already.
    pub(super) async fn concerns(
        &self,
        call: &ApiCall,
        region: &Region,
        concerns: &[Concern],
        remarks: &Remarks,
    ) -> Result<Told, CallError> {
        let (news, has_repeats) = self.news(concerns);
        let Some(notice) = notice_with(call, region, &news, remarks) else {
            return Ok(if has_repeats {
                Told::note("repeat-suppressed")
            } else {
                Told::default()
            });
        };
        let told = self.send(&notice).await?;
        if told.is_sent {
            for concern in &news {
                let (key, evidence) = (concern.key(), concern.evidence());
                self.memory().keep_result(&key, &evidence, self.now);
            }
        }
        Ok(told)
    }

    /// What was told of the resource is over: the same fault is news when it comes again.
    pub(super) fn forget(&self, concern: &Concern) {
        self.memory().forget_result(&concern.key());
    }

    /// Tells of a call that was refused, once for the same caller.
    pub(super) async fn attempt(
        &self,
        call: &ApiCall,
        failure: &Failure,
        resource: Resource,
    ) -> Result<Told, CallError> {
        let key = format!("attempt {} {}", call.event_name, resource.id);
        let evidence = format!("{} {}", failure.code, call.actor);
        if self.memory().is_repeat(&key, &evidence, self.now) {
            return Ok(Told::note("repeat-suppressed"));
        }
        let told = self.send(&attempt_notice(call, failure, resource)).await?;
        if told.is_sent {
            self.memory().keep_result(&key, &evidence, self.now);
        }
        Ok(told)
    }

    /// What was not told lately, and whether something was. What is in order is forgotten.
    fn news(&self, concerns: &[Concern]) -> (Vec<Concern>, bool) {
        let mut memory = self.memory();
        let (mut news, mut has_repeats) = (Vec::new(), false);
        for concern in concerns {
            let key = concern.key();
            if concern.findings.is_empty() {
                memory.forget_result(&key);
            } else if memory.is_repeat(&key, &concern.evidence(), self.now) {
                has_repeats = true;
            } else {
                news.push(concern.clone());
            }
        }
        (news, has_repeats)
    }

    async fn send(&self, notice: &Notice) -> Result<Told, CallError> {
        let Some(topic) = self.topic else {
            return Ok(Told::note("no-topic"));
        };
        let Notice { subject, message } = notice;
        self.notifier.publish(topic, subject, message).await?;
        Ok(Told {
            is_sent: true,
            note: None,
        })
    }

    /// A task that broke while it held the memory left it whole: each change is one step.
    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
