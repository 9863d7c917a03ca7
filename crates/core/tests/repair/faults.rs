//! How the account's services answer: the reads, the writes and what goes wrong with them.

use trailkeeper_core::facts::{EventSelectors, KeyState, ListedTrail, ReadWriteType, TrailStatus};
use trailkeeper_core::operation::{self, Operation};
use trailkeeper_core::repair::{Answer, Effect, Request, Step};
use trailkeeper_core::write_request::{CreateTrail, UpdateTrail};
use trailkeeper_core::{Arn, CallError, Region};

use crate::stage::{Held, Stage, arn_of, basic, held};

/// What goes wrong with an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wrong {
    /// It is refused with this code and text.
    Refused(&'static str, &'static str),
    /// It is answered as done and changes nothing.
    WithoutEffect,
    /// It is done and the answer is lost.
    Lost,
}

/// Something wrong with the next calls of an operation.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    operation: &'static str,
    wrong: Wrong,
    times: usize,
}

impl Stage {
    pub(crate) fn fault(&mut self, operation: &'static str, times: usize, wrong: Wrong) {
        self.faults.push(Fault {
            operation,
            wrong,
            times,
        });
    }

    /// The next calls of the operation are refused.
    pub(crate) fn refuse(&mut self, operation: &'static str, times: usize, code: &'static str) {
        self.fault(operation, times, Wrong::Refused(code, "injected"));
    }

    fn wrong(&mut self, operation: Operation) -> Option<Wrong> {
        let of_it = |fault: &&mut Fault| fault.operation == operation.name && fault.times > 0;
        let fault = self.faults.iter_mut().find(of_it)?;
        fault.times -= 1;
        Some(fault.wrong)
    }

    pub(crate) fn answer(&mut self, request: &Request) -> Result<Answer, CallError> {
        let operation = read_by(request);
        if let Some(Wrong::Refused(code, message)) = self.wrong(operation) {
            return Err(CallError::from_code(operation, "it", code, message));
        }
        let not_there = |code: &str| CallError::from_code(operation, "it", code, "not there");
        let here = |region: &Region, bucket: &str, stage: &Self| {
            let known = stage
                .bucket
                .as_ref()
                .filter(|_| bucket == stage.goal.bucket);
            known.is_some_and(|facts| facts.region == *region)
        };
        Ok(match request {
            Request::Trails(region, None) => Answer::Trails(self.visible_in(region)),
            Request::Trails(region, Some(arn)) => {
                let found = self.held(arn).filter(|one| one.is_described);
                let found = found.filter(|one| one.trail.home_region == *region);
                Answer::Trails(found.map(|one| one.trail.clone()).into_iter().collect())
            }
            Request::AllTrails(_) => Answer::AllTrails(self.listed()),
            Request::Organization => Answer::Organization(self.organization.clone()),
            Request::Status(arn) => Answer::Status(self.of(arn, operation)?.status.clone()),
            Request::Selectors(arn) => {
                Answer::Selectors(self.of(arn, operation)?.selectors.clone())
            }
            Request::Insights(arn) => Answer::Insights(self.of(arn, operation)?.insights.clone()),
            Request::Tags(arn) => Answer::Tags(self.of(arn, operation)?.tags.clone()),
            Request::Bucket(name, _, owner) => {
                let facts = self.bucket.clone().filter(|_| *name == self.goal.bucket);
                let facts = facts.ok_or_else(|| not_there("NoSuchBucket"))?;
                if *owner != self.caller.account || !self.owns_bucket {
                    return Err(CallError::from_code(operation, name, "AccessDenied", "no"));
                }
                Answer::Bucket(facts)
            }
            Request::OwnsBucket(..) => Answer::OwnsBucket(self.owns_bucket),
            Request::Key(id, region) => {
                let arn = self.aliases.get(id).map_or(id.clone(), Arn::to_string);
                let mut keys = self.keys.iter().map(|(facts, _)| facts);
                let found = keys.find(|one| {
                    let is_it = one.arn.to_string() == arn || one.arn.name() == arn;
                    is_it && one.arn.region == region.as_str()
                });
                Answer::Key(found.ok_or_else(|| not_there("NotFoundException"))?.clone())
            }
            Request::KeyPolicy(arn) => {
                let found = self.keys.iter().find(|(facts, _)| facts.arn == *arn);
                let (_, policy) = found.ok_or_else(|| not_there("NotFoundException"))?;
                Answer::KeyPolicy(policy.clone())
            }
            Request::Object(bucket, region, owner, key) => {
                let is_here = here(region, bucket, self) || *owner != self.caller.account;
                let object = self.objects.get(key).filter(|_| is_here);
                Answer::Object(object.ok_or_else(|| not_there("NoSuchKey"))?.clone())
            }
            Request::Setting(bucket, region, owner, setting) => {
                let is_here = here(region, bucket, self) && *owner == self.caller.account;
                is_here
                    .then_some(())
                    .ok_or_else(|| not_there("NoSuchBucket"))?;
                Answer::Setting(self.document(*setting))
            }
        })
    }

    /// What DescribeTrails shows in a Region: the trails that record there.
    fn visible_in(&self, region: &Region) -> Vec<trailkeeper_core::facts::Trail> {
        let trails = self.trails.iter().filter(|one| one.is_described);
        let trails = trails.map(|one| one.trail.clone());
        trails
            .filter(|one| one.home_region == *region || one.is_multi_region == Some(true))
            .collect()
    }

    fn listed(&self) -> Vec<ListedTrail> {
        let line = |one: &Held| ListedTrail {
            arn: one.trail.arn.clone(),
            home_region: one.trail.home_region.clone(),
        };
        self.trails.iter().map(line).collect()
    }

    fn held(&self, arn: &Arn) -> Option<&Held> {
        self.trails.iter().find(|one| one.trail.arn == *arn)
    }

    fn of(&self, arn: &Arn, operation: Operation) -> Result<&Held, CallError> {
        let error = || CallError::from_code(operation, "it", "TrailNotFoundException", "gone");
        self.held(arn).ok_or_else(error)
    }

    pub(crate) fn perform(&mut self, step: &Step) -> Result<Effect, CallError> {
        let operation = step.kind().operation();
        if let Step::StartLogging(arn)
        | Step::PutEventSelectors(arn, _)
        | Step::PutInsightSelectors(arn, _)
        | Step::AddTags(arn, _) = step
        {
            self.of(arn, operation)?;
        }
        match self.wrong(operation) {
            Some(Wrong::Refused(code, message)) => {
                let resource = step.resource();
                return Err(CallError::from_code(operation, resource, code, message));
            }
            Some(Wrong::WithoutEffect) => return Ok(Effect::Updated),
            Some(Wrong::Lost) => {
                self.apply(step);
                return Err(CallError::no_answer(operation, step.resource(), "Timeout"));
            }
            None => self.apply(step),
        }
        Ok(match step {
            Step::CreateTrail(..) | Step::CreateBucket { .. } => Effect::Added,
            Step::PutBucketPolicy { existed: false, .. }
            | Step::PutBucketSetting { existed: false, .. } => Effect::Added,
            _ => Effect::Updated,
        })
    }

    fn apply(&mut self, step: &Step) {
        let now = self.now;
        match step {
            Step::StartLogging(arn) => {
                let status = &mut self.change(arn).status;
                status.is_logging = Some(true);
                status.start_logging_time = Some(now);
            }
            Step::PutBucketPolicy { policy, .. } => {
                self.bucket.as_mut().unwrap().policy = Some(policy.clone());
            }
            Step::CancelKeyDeletion(arn) => self.turn(arn, KeyState::Disabled),
            Step::EnableKey(arn) => self.turn(arn, KeyState::Enabled),
            Step::PutKeyPolicy { key, policy } => {
                let mut keys = self.keys.iter_mut();
                keys.find(|(facts, _)| facts.arn == *key).unwrap().1 = policy.clone();
            }
            Step::CreateTrail(region, request) => self.create(region, request),
            Step::UpdateTrail(update) => update_with(&mut self.change(&update.arn).trail, update),
            Step::PutEventSelectors(arn, new) => self.change(arn).selectors = new.clone(),
            Step::PutInsightSelectors(arn, new) => self.change(arn).insights = new.clone(),
            Step::CreateBucket { region, .. } => {
                self.bucket = Some(trailkeeper_core::facts::BucketFacts {
                    region: region.clone(),
                    policy: None,
                });
                self.objects.clear();
            }
            Step::PutBucketSetting {
                setting, document, ..
            } => {
                self.settings.insert(*setting, document.clone());
            }
            Step::AddTags(arn, tags) => self.change(arn).tags.extend(tags.clone()),
        }
    }

    fn change(&mut self, arn: &Arn) -> &mut Held {
        let mut trails = self.trails.iter_mut();
        trails.find(|one| one.trail.arn == *arn).unwrap()
    }

    fn turn(&mut self, arn: &Arn, state: KeyState) {
        let mut keys = self.keys.iter_mut();
        keys.find(|(facts, _)| facts.arn == *arn).unwrap().0.state = state;
    }

    fn create(&mut self, region: &Region, request: &CreateTrail) {
        let owner = match &self.organization {
            Some(found) if request.is_organization_trail => found.management_account.to_string(),
            _ => self.caller.account.to_string(),
        };
        let mut made = held(&owner, region.as_str(), &request.name);
        let trail = &mut made.trail;
        trail.arn = arn_of(&owner, region.as_str(), &request.name);
        trail.bucket = request.bucket.clone();
        trail.key_prefix = request.key_prefix.clone();
        trail.sns_topic_arn = request.sns_topic_name.clone();
        trail.include_global_service_events = Some(request.include_global_service_events);
        trail.is_multi_region = Some(request.is_multi_region);
        trail.log_file_validation = Some(request.log_file_validation);
        trail.is_organization_trail = Some(request.is_organization_trail);
        trail.kms_key_id = request.kms_key_id.clone();
        trail.log_group_arn = request.log_group_arn.clone();
        trail.log_group_role_arn = request.log_group_role_arn.clone();
        made.status = TrailStatus {
            is_logging: Some(false),
            ..TrailStatus::default()
        };
        made.selectors = EventSelectors::Basic(vec![basic(ReadWriteType::All)]);
        made.insights = Vec::new();
        made.tags.clear();
        self.trails.push(made);
    }
}

fn update_with(trail: &mut trailkeeper_core::facts::Trail, update: &UpdateTrail) {
    let set = |field: &mut Option<String>, new: &Option<String>| {
        if new.is_some() {
            *field = new.clone().filter(|text| !text.is_empty());
        }
    };
    trail.bucket = update.bucket.clone().unwrap_or(trail.bucket.clone());
    set(&mut trail.key_prefix, &update.key_prefix);
    set(&mut trail.sns_topic_arn, &update.sns_topic_name);
    set(&mut trail.kms_key_id, &update.kms_key_id);
    set(&mut trail.log_group_arn, &update.log_group_arn);
    set(&mut trail.log_group_role_arn, &update.log_group_role_arn);
    let switch = |flag: &mut Option<bool>, new: Option<bool>| *flag = new.or(*flag);
    switch(&mut trail.is_multi_region, update.is_multi_region);
    switch(&mut trail.log_file_validation, update.log_file_validation);
    switch(
        &mut trail.include_global_service_events,
        update.include_global_service_events,
    );
    switch(
        &mut trail.is_organization_trail,
        update.is_organization_trail,
    );
}

fn read_by(request: &Request) -> Operation {
    match request {
        Request::Trails(..) => operation::DESCRIBE_TRAILS,
        Request::AllTrails(_) => operation::LIST_TRAILS,
        Request::Organization => operation::DESCRIBE_ORGANIZATION,
        Request::Status(_) => operation::GET_TRAIL_STATUS,
        Request::Selectors(_) => operation::GET_EVENT_SELECTORS,
        Request::Insights(_) => operation::GET_INSIGHT_SELECTORS,
        Request::Bucket(..) => operation::GET_BUCKET_POLICY,
        Request::OwnsBucket(..) => operation::LIST_BUCKETS,
        Request::Key(..) => operation::DESCRIBE_KEY,
        Request::KeyPolicy(_) => operation::GET_KEY_POLICY,
        Request::Tags(_) => operation::LIST_TAGS,
        Request::Object(..) => operation::GET_OBJECT,
        Request::Setting(.., setting) => setting.read_by(),
    }
}
