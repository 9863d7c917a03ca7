//! Everything that a plan rests on: the trail as it is, as it should be, and the facts about the
//! bucket and the key that it should use.

use super::ask::Ask;
use super::beside::Besides;
use super::desired::{Resolved, desired};
use super::goal::Goal;
use super::journal::Journal;
use super::plan::was_created_here;
use super::reaction::Part;
use super::request::Request;
use crate::baseline::Baseline;
use crate::call_error::ErrorClass;
use crate::cloudtrail::examine::{is_alias, usable_baseline, usable_baseline_of};
use crate::cloudtrail::{Beside, Code, TrailView};
use crate::facts::{BucketFacts, Fact, KeyFacts, OrganizationFacts, Trail};
use crate::identity::{AccountId, Arn, Caller, Region};
use crate::remediation::Entry;

/// What is there, what is wanted, and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Survey {
    /// The trail as described; none where it has to be created.
    pub(crate) current: Option<Trail>,
    /// The wanted trail with the facts about it.
    pub(crate) wanted: TrailView,
    /// The account that repairs; none where only the trail is known.
    pub(crate) account: Option<AccountId>,
    /// Where the bucket probably is, or is to be made.
    pub(crate) bucket_hint: Region,
    /// The organization's id, where the trail records for an organization.
    pub(crate) organization_id: Option<String>,
    /// What the reader should know.
    pub(crate) notes: Vec<Entry>,
    /// What is wanted and cannot be had.
    pub(crate) remaining: Vec<Entry>,
}

impl Survey {
    /// A survey that knows only what `wanted` holds.
    pub(crate) fn of_view(wanted: TrailView) -> Self {
        Self {
            current: Some(wanted.trail.clone()),
            account: None,
            bucket_hint: wanted.trail.home_region.clone(),
            wanted,
            organization_id: None,
            notes: Vec::new(),
            remaining: Vec::new(),
        }
    }

    /// The baseline, where it was read and is one of the wanted trail.
    pub(crate) fn baseline(&self) -> Option<&Baseline> {
        usable_baseline(&self.wanted, self.account.as_ref()?)
    }
}

/// Gathers the facts, or nothing while reads are missing.
pub(crate) fn survey(
    goal: &Goal,
    caller: &Caller,
    current: Option<&Trail>,
    journal: &Journal,
    ask: &mut Ask<'_>,
) -> Option<Survey> {
    let mut surveyor = Surveyor {
        goal,
        caller,
        current,
        was_created_here: was_created_here(journal),
        key_before: None,
        dropped: journal
            .dropped()
            .into_iter()
            .map(|(part, _)| part)
            .collect(),
        notes: Vec::new(),
        remaining: Vec::new(),
    };
    // every read that needs no other is asked for before the first return
    let merged;
    let trail_facts = current.map(|trail| TrailFacts::ask(goal, trail, ask));
    let organization = surveyor.organization(ask);
    let bucket = surveyor.bucket(ask);
    let reads = Besides {
        goal,
        surveyor: &surveyor,
    };
    let beside = reads.ask(bucket.as_ref(), ask);
    if let Some(before) = beside.as_ref().and_then(|beside| surveyor.before(beside)) {
        surveyor.key_before.clone_from(&before.key);
        merged = goal.with(before);
        surveyor.goal = &merged;
    }
    let key = surveyor.key(bucket.as_ref(), ask);
    let (organization, bucket, key, beside) = (organization?, bucket?, key?, beside?);
    let resolved = surveyor.resolve(&organization, key.as_ref());
    let mut wanted = TrailView::described(desired(surveyor.goal, caller, current, &resolved));
    if let Some(facts) = trail_facts {
        facts?.fill(&mut wanted);
    }
    wanted.beside = beside;
    surveyor.fill_storage(&mut wanted, bucket, key, ask)?;
    let bucket_hint = surveyor.bucket_hint();
    let organization_id = organization.map(|found| found.id);
    let Surveyor {
        notes, remaining, ..
    } = surveyor;
    Some(Survey {
        current: current.cloned(),
        wanted,
        account: Some(caller.account.clone()),
        bucket_hint,
        organization_id,
        notes,
        remaining,
    })
}

/// The facts that only an existing trail has.
struct TrailFacts {
    status: Option<Fact<crate::facts::TrailStatus>>,
    selectors: Option<Fact<crate::facts::EventSelectors>>,
    insights: Option<Fact<Vec<crate::facts::InsightSelector>>>,
}

impl TrailFacts {
    fn ask(goal: &Goal, trail: &Trail, ask: &mut Ask<'_>) -> Option<Self> {
        let status = ask.status(Request::Status(trail.arn.clone()));
        let selectors = ask.selectors(Request::Selectors(trail.arn.clone()));
        let insights = if goal.requirements.insights.is_empty() {
            None
        } else {
            Some(ask.insights(Request::Insights(trail.arn.clone())))
        };
        let insights = match insights {
            Some(asked) => Some(asked?),
            None => None,
        };
        Some(Self {
            status: Some(status?),
            selectors: Some(selectors?),
            insights,
        })
    }

    fn fill(self, view: &mut TrailView) {
        view.status = self.status;
        view.selectors = self.selectors;
        view.insights = self.insights;
    }
}

pub(super) struct Surveyor<'a> {
    goal: &'a Goal,
    pub(super) caller: &'a Caller,
    pub(super) current: Option<&'a Trail>,
    /// Whether this run made the trail.
    was_created_here: bool,
    /// The key that a baseline names.
    key_before: Option<String>,
    dropped: Vec<Part>,
    notes: Vec<Entry>,
    remaining: Vec<Entry>,
}

impl Surveyor<'_> {
    fn home(&self) -> Region {
        let given = self.goal.trail_arn().as_ref().and_then(Arn::region);
        self.current
            .map(|trail| trail.home_region.clone())
            .or(given)
            .unwrap_or_else(|| self.caller.region.clone())
    }

    pub(super) fn bucket_owner(&self) -> AccountId {
        let named = self.goal.requirements.bucket_owner.clone();
        named.unwrap_or_else(|| self.caller.account.clone())
    }

    /// The baseline, where it is one of this trail and its bucket.
    fn before<'b>(&self, beside: &'b Beside) -> Option<&'b Baseline> {
        let arn = match self.current {
            Some(trail) => trail.arn.clone(),
            None => desired(self.goal, self.caller, None, &Resolved::default()).arn,
        };
        usable_baseline_of(beside, &self.caller.account, &arn)
            .filter(|before| before.bucket.name == self.goal.bucket)
    }

    fn is_organization_trail(&self) -> bool {
        self.current
            .is_some_and(|trail| trail.is_organization_trail == Some(true))
    }

    /// The organization, where it matters. The outer option is "still to be read".
    fn organization(&mut self, ask: &mut Ask<'_>) -> Option<Option<OrganizationFacts>> {
        let wanted = if self.current.is_some() {
            self.goal.convert_to_organization_trail
        } else {
            self.goal.create_as_organization_trail
        };
        if !wanted && !self.is_organization_trail() {
            return Some(None);
        }
        match ask.organization(Request::Organization)? {
            Fact::Known(found) => Some(found),
            Fact::Denied(error) | Fact::Unavailable(error) => {
                self.notes
                    .push(Entry::new("organization-not-available", error.to_string()));
                Some(None)
            }
        }
    }

    /// The wanted bucket, read only where it is this account's.
    fn bucket(&self, ask: &mut Ask<'_>) -> Option<Option<Fact<BucketFacts>>> {
        if self.bucket_owner() != self.caller.account {
            return Some(None);
        }
        let hint = self.bucket_hint();
        let request = Request::Bucket(self.goal.bucket.clone(), hint, self.bucket_owner());
        ask.bucket(request).map(Some)
    }

    /// Where the bucket is, as far as the key's ARN tells: the two are in one Region.
    pub(super) fn bucket_hint(&self) -> Region {
        let key_region = self
            .key_id()
            .and_then(|id| id.parse::<Arn>().ok()?.region());
        key_region.unwrap_or_else(|| self.home())
    }

    /// The key to look at: the wanted one, else the one in use.
    fn key_id(&self) -> Option<String> {
        let wanted = self.goal.requirements.kms_key_id.clone();
        wanted.or_else(|| self.current.and_then(|trail| trail.kms_key_id.clone()))
    }

    /// The key. An id or alias means one in the bucket's Region, so the bucket comes first.
    fn key(
        &self,
        bucket: Option<&Option<Fact<BucketFacts>>>,
        ask: &mut Ask<'_>,
    ) -> Option<Option<Fact<KeyFacts>>> {
        let Some(id) = self.key_id() else {
            return Some(None);
        };
        let named = id.parse::<Arn>().ok();
        // the ARN of a key says all that matters here; an alias has to be asked for
        let foreign = named.as_ref().is_some_and(|arn| {
            !arn.is_owned_by(&self.caller.account) && arn.resource.starts_with("key/")
        });
        if foreign {
            return Some(None);
        }
        let region = match (named.as_ref().and_then(Arn::region), bucket) {
            (Some(region), _) => region,
            (None, Some(bucket)) => {
                let facts = bucket.as_ref().and_then(Fact::known);
                facts.map_or_else(|| self.home(), |facts| facts.region.clone())
            }
            (None, None) => return None,
        };
        ask.key(Request::Key(id, region)).map(Some)
    }

    fn resolve(
        &mut self,
        organization: &Option<OrganizationFacts>,
        key: Option<&Fact<KeyFacts>>,
    ) -> Resolved {
        Resolved {
            key: self.resolve_key(key),
            organization_owner: self.resolve_organization(organization.as_ref()),
            without_topic: self.dropped.contains(&Part::Topic),
            without_log_group: self.dropped.contains(&Part::LogGroup),
        }
    }

    /// The ARN that the trail is to have as its key. None keeps what is there.
    fn resolve_key(&mut self, key: Option<&Fact<KeyFacts>>) -> Option<String> {
        let wanted = self.goal.requirements.kms_key_id.clone()?;
        if self.dropped.contains(&Part::Key) {
            return None;
        }
        match key {
            // another account's key, given by ARN: it cannot be looked at
            None => Some(wanted),
            Some(Fact::Known(facts)) if self.may_be_moved(&wanted, &facts.arn) => {
                let used = self.current.and_then(|trail| trail.kms_key_id.as_deref());
                let text = format!(
                    "{wanted} stands for {} now, and the trail uses {}; an alias can be moved, so \
                     no trail gets another key by it: name the key by its ARN",
                    facts.arn,
                    used.unwrap_or("none")
                );
                let code = Code::WrongKey.as_str();
                self.remaining.push(Entry::new(code, text));
                None
            }
            Some(Fact::Known(facts)) => Some(facts.arn.to_string()),
            Some(Fact::Denied(error) | Fact::Unavailable(error)) => {
                let code = if error.class == ErrorClass::Absent {
                    "key-not-found"
                } else {
                    "could-not-verify"
                };
                self.remaining.push(Entry::new(code, error.to_string()));
                None
            }
        }
    }

    /// Whether only an alias says that an existing trail is to have this key instead of its own:
    /// whoever moves the alias would have us give the trail a key of theirs.
    fn may_be_moved(&self, wanted: &str, key: &Arn) -> bool {
        let key = Some(key.to_string());
        let (Some(trail), true) = (self.current, is_alias(wanted)) else {
            return false;
        };
        if self.key_before.is_some() {
            return trail.kms_key_id != key && self.key_before != key;
        }
        trail.kms_key_id.is_some() && trail.kms_key_id != key
    }

    /// The management account, where the trail is to be an organization trail and may become one.
    fn resolve_organization(&mut self, found: Option<&OrganizationFacts>) -> Option<String> {
        let convert = self.goal.convert_to_organization_trail;
        let is_new = self.current.is_none() || self.was_created_here;
        let wanted = convert || is_new && self.goal.create_as_organization_trail;
        // what CloudTrail refused is told by its own error
        if !wanted || self.is_organization_trail() || self.dropped.contains(&Part::Organization) {
            return None;
        }
        // a trail of another account would not be the one that is named
        let is_named_as_own = |found: &OrganizationFacts| {
            let named = self.goal.trail_arn();
            let is_own = named.is_some_and(|arn| arn.is_owned_by(&self.caller.account));
            is_own && found.management_account != self.caller.account
        };
        if !convert && found.is_some_and(is_named_as_own) {
            let text = "the trail is named by an ARN of this account, and an organization trail \
                        would bear the management account's; the account's own trail is restored";
            let note = Entry::new("organization-not-available", text);
            self.notes.push(note);
            return None;
        }
        let may = found.is_some_and(|found| {
            found.management_account == self.caller.account || found.is_delegated_administrator
        });
        if !may {
            if !self.notes.is_empty() {
                // it could not be read, and that is told
                return None;
            }
            let text = if is_new && self.current.is_some() {
                // why is not asked again once the trail is made
                "an organization trail could not be made; the account's own trail is restored"
            } else {
                "only a management or delegated administrator account can make an organization \
                 trail; the account's own trail is restored"
            };
            self.notes
                .push(Entry::new("organization-not-available", text));
            return None;
        }
        // a trail that was made as the account's own is not converted by the way
        found
            .filter(|_| convert || self.current.is_none())
            .map(|found| found.management_account.to_string())
    }

    /// The second-stage facts, and the storage facts into the view.
    fn fill_storage(
        &self,
        view: &mut TrailView,
        bucket: Option<Fact<BucketFacts>>,
        key: Option<Fact<KeyFacts>>,
        ask: &mut Ask<'_>,
    ) -> Option<()> {
        let denied = matches!(bucket, Some(Fact::Denied(_)));
        let owns = denied
            .then(|| ask.owns_bucket(Request::OwnsBucket(self.goal.bucket.clone(), self.home())));
        let used = self.used_key(view, key.as_ref(), ask);
        let policy = self
            .readable_key(used.as_ref().and_then(Option::as_ref))
            .map(|arn| ask.key_policy(Request::KeyPolicy(arn)));
        if let Some(owns) = owns {
            view.owns_bucket = Some(owns?);
        }
        if let Some(policy) = policy {
            view.key_policy = Some(policy?);
        }
        view.bucket = bucket;
        if self.goal.requirements.kms_key_id.is_some() {
            // an alias tells only by these whether the trail uses the key
            view.wanted_key = key;
        }
        view.key = used?;
        Some(())
    }

    /// The key that the trail is to use, where it is this account's. Facts of another key, which
    /// was wanted and is not given to the trail, say nothing about the trail and are no reason to
    /// write to that key.
    fn used_key(
        &self,
        view: &TrailView,
        key: Option<&Fact<KeyFacts>>,
        ask: &mut Ask<'_>,
    ) -> Option<Option<Fact<KeyFacts>>> {
        let Some(used) = &view.trail.kms_key_id else {
            return Some(None);
        };
        let is_ours = |arn: &Arn| arn.is_owned_by(&self.caller.account);
        let Ok(arn) = used.parse::<Arn>() else {
            // what is no ARN can only be the key that was asked for by that name
            let named = key.filter(|_| self.key_id().as_deref() == Some(used));
            let ours = named.filter(|key| key.known().is_none_or(|facts| is_ours(&facts.arn)));
            return Some(ours.cloned());
        };
        match key {
            _ if !is_ours(&arn) => Some(None),
            Some(Fact::Known(facts)) if facts.arn == arn => Some(key.cloned()),
            _ => {
                let region = arn.region().unwrap_or_else(|| self.home());
                ask.key(Request::Key(used.clone(), region)).map(Some)
            }
        }
    }

    fn readable_key(&self, key: Option<&Fact<KeyFacts>>) -> Option<Arn> {
        let facts = key?.known()?;
        facts
            .arn
            .is_owned_by(&self.caller.account)
            .then(|| facts.arn.clone())
    }
}
