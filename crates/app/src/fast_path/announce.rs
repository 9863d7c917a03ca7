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
        let (key, evidence) = attempt_of(call, failure, &resource.id);
        if self.memory().is_repeat(&key, &evidence, self.now) {
            return Ok(Told::note("repeat-suppressed"));
        }
        let told = self.send(&attempt_notice(call, failure, resource)).await?;
        if told.is_sent {
            self.memory().keep_result(&key, &evidence, self.now);
        }
        Ok(told)
    }

    /// Whether the refused call was told lately.
    pub(super) fn knows_attempt(&self, call: &ApiCall, failure: &Failure, id: &str) -> bool {
        let (key, evidence) = attempt_of(call, failure, id);
        self.memory().is_repeat(&key, &evidence, self.now)
    }

    /// Whether it was told lately that this caller deletes objects of the bucket.
    pub(super) fn knows_deletions(&self, call: &ApiCall, bucket: &str) -> bool {
        let key = deletions_of(call, bucket);
        self.memory().is_repeat(&key, "", self.now)
    }

    pub(super) fn keep_deletions(&self, call: &ApiCall, bucket: &str) {
        let key = deletions_of(call, bucket);
        self.memory().keep_result(&key, "", self.now);
    }

    pub(super) fn keep_run(&self, id: &str) {
        self.memory().keep_run(id);
    }

    pub(super) fn runs(&self) -> Vec<String> {
        self.memory().runs()
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

/// The key and the evidence of a refused call.
fn attempt_of(call: &ApiCall, failure: &Failure, id: &str) -> (String, String) {
    let key = format!("attempt {} {id}", call.event_name);
    (key, format!("{} {}", failure.code, call.actor))
}

fn deletions_of(call: &ApiCall, bucket: &str) -> String {
    format!("{} {bucket} {}", call.event_name, call.actor)
}
