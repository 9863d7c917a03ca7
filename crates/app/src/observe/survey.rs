//! The order of the calls.

use std::collections::BTreeMap;

use futures::future::join_all;
use jiff::Timestamp;
use trailkeeper_core::cloudtrail::examine::looks_satisfying;
use trailkeeper_core::cloudtrail::reads::{baseline_reads, follow_up, needs};
use trailkeeper_core::cloudtrail::verdict::is_named;
use trailkeeper_core::cloudtrail::{Read, Requirements, TrailView, judge};
use trailkeeper_core::facts::{ListedTrail, Trail};
use trailkeeper_core::{Arn, CallError, Caller, Fact, Region};

use super::calls::Answers;
use super::{Observation, Readers, log_files};

pub(super) struct Survey<'a> {
    readers: Readers<'a>,
    requirements: &'a Requirements,
    caller: &'a Caller,
    now: Timestamp,
    answers: Answers,
    seen: Observation,
}

impl<'a> Survey<'a> {
    pub(super) fn new(
        readers: Readers<'a>,
        requirements: &'a Requirements,
        caller: &'a Caller,
        now: Timestamp,
    ) -> Self {
        Self {
            readers,
            requirements,
            caller,
            now,
            answers: Answers::default(),
            seen: Observation::default(),
        }
    }

    /// All trails visible in one Region: that of the required ARN, else our own.
    pub(super) async fn describe(&mut self) {
        let region = self.wanted_arn().and_then(|arn| arn.region());
        let region = region.unwrap_or_else(|| self.caller.region.clone());
        let described = self.readers.trails.describe_trails(&region, &[]).await;
        self.take(described);
    }

    /// Reads the trails whose description shows nothing wrong, and that are named if one is.
    pub(super) async fn read_candidates(&mut self) {
        let arns = self.candidates();
        self.read(|trail| arns.contains(&trail.arn)).await;
    }

    pub(super) async fn read_all(&mut self) {
        self.read(|_| true).await;
    }

    /// Whether what was read so far makes the account COMPLIANT.
    pub(super) fn is_satisfied(&self) -> bool {
        let Observation { views, failures } = &self.seen;
        let (wanted, caller) = (self.requirements, self.caller);
        let verdict = judge(wanted, caller, views, failures, self.now);
        verdict.findings.is_empty()
    }

    /// Whether a trail that was not shown could change the verdict. A multi-Region trail is shown
    /// in every Region, so where one is required and there, another Region has nothing better; an
    /// ARN names one trail only.
    pub(super) fn may_have_overlooked(&self) -> bool {
        if !self.seen.failures.is_empty() {
            return true;
        }
        if self.wanted_arn().is_some() {
            return !self
                .seen
                .views
                .iter()
                .any(|view| self.is_wanted(&view.trail));
        }
        self.candidates().is_empty() || !self.requirements.multi_region
    }

    /// Looks for trails in all Regions. A complete listing makes good for a failed first look.
    pub(super) async fn list(&mut self) {
        let region = &self.caller.region;
        match self.readers.trails.list_trails(region).await {
            Ok(listed) => {
                self.seen.failures.clear();
                self.describe_unseen(listed).await;
            }
            Err(error) => self.seen.failures.push(error),
        }
    }

    pub(super) fn finish(self) -> Observation {
        self.seen
    }

    async fn describe_unseen(&mut self, listed: Vec<ListedTrail>) {
        let mut by_region: BTreeMap<Region, Vec<String>> = BTreeMap::new();
        for trail in listed.into_iter().filter(|one| !self.has_seen(&one.arn)) {
            let names = by_region.entry(trail.home_region).or_default();
            names.push(trail.arn.to_string());
        }
        let trails = self.readers.trails;
        let described = by_region
            .iter()
            .map(|(region, names)| trails.describe_trails(region, names));
        for answer in join_all(described).await {
            self.take(answer);
        }
    }

    /// A multi-Region trail can come several times, as a shadow.
    fn take(&mut self, described: Result<Vec<Trail>, CallError>) {
        match described {
            Ok(trails) => {
                for trail in trails {
                    if !self.has_seen(&trail.arn) {
                        self.seen.views.push(TrailView::described(trail));
                    }
                }
            }
            Err(error) => self.seen.failures.push(error),
        }
    }

    /// Reads what is needed of the chosen trails, and what the answers then make necessary.
    async fn read(&mut self, is_chosen: impl Fn(&Trail) -> bool) {
        let (requirements, caller) = (self.requirements, self.caller);
        self.fill(&is_chosen, |view| needs(requirements, caller, &view.trail))
            .await;
        self.fill(&is_chosen, |view| {
            [follow_up(view), baseline_reads(requirements, caller, view)].concat()
        })
        .await;
        self.check_log_files(&is_chosen).await;
    }

    /// Looks for the log files of the chosen trails, where that is asked for.
    async fn check_log_files(&mut self, is_chosen: &impl Fn(&Trail) -> bool) {
        let (requirements, caller, now) = (self.requirements, self.caller, self.now);
        let objects = self.readers.objects;
        let checks = self
            .seen
            .views
            .iter_mut()
            .filter(|view| is_chosen(&view.trail) && view.beside.log_files.is_none())
            .filter_map(|view| {
                let reads = baseline_reads(requirements, caller, view);
                let place = reads.into_iter().find_map(|read| match read {
                    Read::LogFiles { place } => Some(place),
                    _ => None,
                })?;
                Some(async move {
                    let checked = log_files::check(objects, &place, &view.trail, now).await;
                    view.beside.log_files = Some(Fact::from_call(checked));
                })
            });
        join_all(checks).await;
    }

    async fn fill(
        &mut self,
        is_chosen: &impl Fn(&Trail) -> bool,
        reads: impl Fn(&TrailView) -> Vec<Read>,
    ) {
        let wanted = self
            .seen
            .views
            .iter_mut()
            .filter(|view| is_chosen(&view.trail))
            .map(|view| {
                let reads = reads(view);
                (view, reads)
            })
            .collect();
        self.answers.fill(self.readers, wanted).await;
    }

    fn candidates(&self) -> Vec<Arn> {
        let trails = self.seen.views.iter().map(|view| &view.trail);
        trails
            .filter(|trail| self.is_wanted(trail))
            .filter(|trail| looks_satisfying(self.requirements, self.caller, trail, self.now))
            .map(|trail| trail.arn.clone())
            .collect()
    }

    fn is_wanted(&self, trail: &Trail) -> bool {
        let name = self.requirements.trail.as_deref();
        name.is_none_or(|name| is_named(name, trail))
    }

    fn wanted_arn(&self) -> Option<Arn> {
        self.requirements.trail.as_deref()?.parse().ok()
    }

    fn has_seen(&self, arn: &Arn) -> bool {
        self.seen.views.iter().any(|view| view.trail.arn == *arn)
    }
}
