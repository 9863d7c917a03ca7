//! All instances of the account and Region, page by page.

use std::collections::HashSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use trailkeeper_core::config_rule::Compliance;
use trailkeeper_core::facts::RecorderFacts;
use trailkeeper_core::instance_profile::{
    EXPRESSION, InstanceVerdict, RESOURCE_TYPE, Recorded, Requirements,
};
use trailkeeper_core::{Caller, Code, Finding};

use super::pace::Pace;
use crate::ports::{Inventory, RoleReader};
use crate::roles::{PolicyCache, RoleBook};

/// The ports that a judgement of the instances reads through.
#[derive(Clone, Copy)]
pub struct InstanceReaders<'a> {
    /// AWS Config.
    pub inventory: &'a dyn Inventory,
    /// IAM.
    pub roles: &'a dyn RoleReader,
    /// Documents that need not be read again.
    pub policies: &'a PolicyCache,
}

impl<'a> InstanceReaders<'a> {
    /// An empty book for a run at the time `now`.
    pub(super) fn book(
        self,
        requirements: &'a Requirements,
        caller: &'a Caller,
        now: Timestamp,
    ) -> RoleBook<'a> {
        let today = now.to_zoned(TimeZone::UTC).date();
        RoleBook::new(self.roles, self.policies, requirements, caller, today)
    }
}

/// The verdicts on all instances.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct JudgedInstances {
    /// One for each instance.
    pub verdicts: Vec<InstanceVerdict>,
    /// Why there may be more instances than these; nothing where all were seen. A recorder that
    /// fails is named where it shows no instance at all.
    pub findings: Vec<Finding>,
}

/// Judges all instances of the account and Region at the time `now`, without any event.
pub async fn judge_instances(
    readers: InstanceReaders<'_>,
    requirements: &Requirements,
    caller: &Caller,
    now: Timestamp,
) -> JudgedInstances {
    let mut sweep = Sweep::new(readers, requirements, caller, now);
    let mut verdicts = Vec::new();
    while let Some(page) = sweep.page(None).await {
        verdicts.extend(page);
    }
    let mut findings = std::mem::take(&mut sweep.failures);
    if !verdicts.iter().any(is_judged) {
        findings.extend(sweep.nothing_known());
    }
    JudgedInstances { verdicts, findings }
}

/// Whether the verdict is on an instance that is there.
pub(super) fn is_judged(verdict: &InstanceVerdict) -> bool {
    verdict.compliance != Compliance::NotApplicable
}

/// Where the listing stands.
enum Place {
    /// The recorders are to be looked at.
    Start,
    /// This page comes next.
    At(Option<String>),
    End,
}

/// A run over the inventory. What it holds grows with the roles and, by a short id each, with the
/// instances.
pub(super) struct Sweep<'a> {
    inventory: &'a dyn Inventory,
    book: RoleBook<'a>,
    place: Place,
    seen: HashSet<Box<str>>,
    tokens: HashSet<Box<str>>,
    /// The error of the recorder, where none that records instances works: the inventory may lack
    /// some and hold others that are gone.
    pub(super) recorder_error: Option<String>,
    /// Why not all instances were seen; nothing where they were.
    pub(super) failures: Vec<Finding>,
}

impl<'a> Sweep<'a> {
    pub(super) fn new(
        readers: InstanceReaders<'a>,
        requirements: &'a Requirements,
        caller: &'a Caller,
        now: Timestamp,
    ) -> Self {
        Self {
            inventory: readers.inventory,
            book: readers.book(requirements, caller, now),
            place: Place::Start,
            seen: HashSet::new(),
            tokens: HashSet::new(),
            recorder_error: None,
            failures: Vec::new(),
        }
    }

    /// The same run, for reports alone: without the findings about policies in full.
    pub(super) fn in_short(mut self) -> Self {
        self.book = self.book.in_short();
        self
    }

    /// Whether the inventory holds this instance.
    pub(super) fn has_seen(&self, id: &str) -> bool {
        self.seen.contains(id)
    }

    /// The verdicts on the next instances; none after the last or where the listing failed or the
    /// pace leaves no time.
    pub(super) async fn page(
        &mut self,
        pace: Option<&mut Pace<'_>>,
    ) -> Option<Vec<InstanceVerdict>> {
        if matches!(self.place, Place::Start) {
            self.begin().await;
        }
        let Place::At(token) = std::mem::replace(&mut self.place, Place::End) else {
            return None;
        };
        if pace.is_some_and(|pace| !pace.has_time()) {
            self.fail("no time was left to list all instances".to_owned());
            return None;
        }
        let page = match self.inventory.select(EXPRESSION, token.as_deref()).await {
            Ok(page) => page,
            Err(error) => {
                self.failures.push(Finding::unread(&error));
                return None;
            }
        };
        match page.next {
            None => {}
            Some(next) if self.tokens.insert(next.as_str().into()) => {
                self.place = Place::At(Some(next));
            }
            // A token that comes back, at once or later, would be asked for without end.
            Some(_) => self.fail("the inventory repeats a page".to_owned()),
        }
        let instances = self.read(&page.items);
        self.book.learn(&instances).await;
        Some(instances.iter().map(|one| self.book.judge(one)).collect())
    }

    /// An empty inventory proves nothing where its recorder fails.
    pub(super) fn nothing_known(&self) -> Option<Finding> {
        let error = self.recorder_error.as_deref()?;
        let evidence = format!("the recorder of AWS Config fails: {error}");
        Some(Finding::new(Code::CouldNotVerify, evidence))
    }

    /// An inventory that is not kept up to date says nothing of the present. Where its recorder
    /// fails the instances in it are judged still: most may be as they were.
    async fn begin(&mut self) {
        self.place = Place::End;
        let recorders = match self.inventory.recorders().await {
            Err(error) => return self.failures.push(Finding::unread(&error)),
            Ok(recorders) => recorders,
        };
        let recording = recorders.iter().filter(|one| records_instances(one));
        let errors: Vec<_> = recording.map(|one| one.last_error.clone()).collect();
        if errors.is_empty() {
            return self.fail(format!("AWS Config does not record {RESOURCE_TYPE}"));
        }
        self.place = Place::At(None);
        // One that works is enough: none then where any has no error.
        let errors: Option<Vec<String>> = errors.into_iter().collect();
        self.recorder_error = errors.and_then(|errors| errors.into_iter().next());
    }

    /// The page's instances, each once in the run.
    fn read(&mut self, rows: &[String]) -> Vec<Recorded> {
        let mut instances = Vec::new();
        for row in rows {
            match Recorded::of_row(row) {
                Ok(instance) if self.seen.insert(instance.id.as_str().into()) => {
                    instances.push(instance);
                }
                Ok(_) => {}
                Err(error) => self.fail(error.to_string()),
            }
        }
        instances
    }

    fn fail(&mut self, evidence: String) {
        let finding = Finding::new(Code::CouldNotVerify, evidence);
        if !self.failures.contains(&finding) {
            self.failures.push(finding);
        }
    }
}

fn records_instances(recorder: &RecorderFacts) -> bool {
    recorder.recording && recorder.types.holds(RESOURCE_TYPE)
}
