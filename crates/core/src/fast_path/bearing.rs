//! Whether a call is about something of ours.

use super::actor::Actor;
use super::table::Handler;
use crate::cloudtrail::Requirements;
use crate::cloudtrail::verdict::is_named;
use crate::facts::Trail;
use crate::identity::Arn;

/// The services whose place in the organization matters to the trail.
const WATCHING: [&str; 3] = ["cloudtrail", "config", "guardduty"];

/// The service-linked roles that trail and guard need.
const SERVICE_ROLES: [&str; 5] = [
    "AWSServiceRoleForCloudTrail",
    "AWSServiceRoleForConfig",
    "AWSServiceRoleForConfigRemediation",
    "AWSServiceRoleForOrganizations",
    "AWSServiceRoleForAmazonGuardDuty",
];

/// Whether a call is about something of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bearing {
    /// It is.
    Ours,
    /// It is about something else.
    Foreign,
    /// The call does not say, although calls of its kind do: what was left out can have been left
    /// out on purpose, so that it counts as ours.
    Unnamed,
    /// Only the state can tell: the call matters where something is wrong.
    Unsure,
}

/// The types of an organization's policies that forbid calls.
const CONTROL_POLICIES: [&str; 2] = ["SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"];

/// What of ours there is.
#[derive(Debug, Clone, Copy)]
pub struct Watch<'a> {
    /// What the rule demands.
    pub requirements: &'a Requirements,
    /// The account's trails, where they were read.
    pub trails: Option<&'a [Trail]>,
    /// The topic of messages.
    pub topic: Option<&'a Arn>,
    /// The names of the alarms that matter, `*` at the end for all that begin so; none: all.
    pub alarms: &'a [String],
}

impl Watch<'_> {
    /// Whether a call on `names` is about something of ours. None: the trails must be read to
    /// tell.
    pub fn bearing(&self, handler: Handler, names: &[String], actor: &Actor) -> Option<Bearing> {
        match handler {
            Handler::AccountRegion | Handler::AccountBuckets => return Some(Bearing::Ours),
            Handler::KeyStore => return Some(Bearing::Unsure),
            Handler::Organization => return Some(of_organization(names)),
            Handler::ControlPolicy => return self.of_control_policy(names),
            Handler::Alarm => return Some(self.of_alarms(names, actor)),
            Handler::AlarmSettings => return Some(self.of_alarm_settings(names)),
            _ if names.is_empty() => return Some(Bearing::Unnamed),
            Handler::ServiceRole => {
                let is_ours = |name: &String| SERVICE_ROLES.contains(&name.as_str());
                return Some(foreign_unless(names.iter().any(is_ours)));
            }
            _ => {}
        }
        let answers = names.iter().map(|name| self.of_one(handler, name));
        let answers: Vec<Option<bool>> = answers.collect();
        if answers.contains(&Some(true)) {
            return Some(Bearing::Ours);
        }
        (!answers.contains(&None)).then_some(Bearing::Foreign)
    }

    /// Whether one name is of ours; none: the trails would tell.
    fn of_one(&self, handler: Handler, name: &str) -> Option<bool> {
        let wanted = self.requirements;
        match handler {
            Handler::Trail | Handler::Finding => Some(self.is_wanted_trail(name)),
            Handler::Bucket => match &wanted.bucket {
                Some(bucket) => Some(bucket == name),
                None => self.any_trail(|trail| trail.bucket == name),
            },
            Handler::Key if name.contains("alias/") => Some(self.is_wanted_alias(name)),
            Handler::Key => {
                let by = |key: &str| !key.contains("alias/") && last(key) == last(name);
                if wanted.kms_key_id.as_deref().is_some_and(by) {
                    return Some(true);
                }
                self.any_trail(|trail| trail.kms_key_id.as_deref().is_some_and(by))
            }
            Handler::LogGroup => {
                let by = |arn: &str| log_group(arn) == Some(log_group(name).unwrap_or(name));
                match wanted.log_group_arn.as_deref() {
                    Some(arn) => Some(by(arn)),
                    None => self.any_trail(|trail| trail.log_group_arn.as_deref().is_some_and(by)),
                }
            }
            Handler::Topic => self.of_topic(name),
            Handler::Role | Handler::RoleTrust => {
                let by = |arn: &str| last(arn) == last(name);
                if wanted.log_group_role_arn.as_deref().is_some_and(by) {
                    return Some(true);
                }
                self.any_trail(|trail| trail.log_group_role_arn.as_deref().is_some_and(by))
            }
            _ => Some(false),
        }
    }

    /// Trails of every name count where none is demanded.
    fn is_wanted_trail(&self, name: &str) -> bool {
        match self.requirements.trail.as_deref() {
            None => !name.contains(":eventdatastore/"),
            Some(wanted) if wanted.contains(':') && name.contains(':') => wanted == name,
            Some(wanted) => last(wanted) == last(name),
        }
    }

    /// A trail keeps the ARN of its key, so an alias matters only where it names what is demanded.
    fn is_wanted_alias(&self, name: &str) -> bool {
        let plain = |alias: &str| alias.rsplit(':').next().map(str::to_owned);
        let wanted = self.requirements.kms_key_id.as_deref();
        wanted.is_some_and(|wanted| plain(wanted) == plain(name))
    }

    fn of_topic(&self, name: &str) -> Option<bool> {
        // A subscription's ARN is the topic's with one part more.
        let is_topic = |topic: &str| {
            let rest = name.strip_prefix(topic);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        };
        if self.topic.is_some_and(|topic| is_topic(&topic.to_string())) {
            return Some(true);
        }
        match self.requirements.sns_topic.as_deref() {
            Some(topic) if topic.starts_with("arn:") => Some(is_topic(topic)),
            Some(topic) => Some(name.split(':').nth(5) == Some(topic)),
            None => self.any_trail(|trail| trail.sns_topic_arn.as_deref().is_some_and(is_topic)),
        }
    }

    /// Whether one of the trails that count is so.
    fn any_trail(&self, is_so: impl Fn(&Trail) -> bool) -> Option<bool> {
        let wanted = self.requirements.trail.as_deref();
        let counts = |trail: &&Trail| wanted.is_none_or(|wanted| is_named(wanted, trail));
        let trails = self.trails?.iter().filter(counts);
        Some(trails.into_iter().any(is_so))
    }

    /// No API tells which alarms an alarm that is gone belonged to. The services that scale by
    /// alarms of their own delete these daily.
    fn of_alarms(&self, names: &[String], actor: &Actor) -> Bearing {
        if names.is_empty() {
            return Bearing::Unnamed;
        }
        if self.alarms.is_empty() {
            let is_scaling = actor.source_address.ends_with("autoscaling.amazonaws.com");
            return foreign_unless(!is_scaling);
        }
        foreign_unless(names.iter().any(|name| self.is_watched(name)))
    }

    /// Alarms are made all day long. Where nobody said which ones matter, those count that are named
    /// as the topic of messages is: the template gives both the same beginning.
    fn of_alarm_settings(&self, names: &[String]) -> Bearing {
        let topic = self.topic.map_or("", |topic| topic.resource.as_str());
        let own = topic.strip_suffix("notifications");
        let own = own.filter(|start| self.alarms.is_empty() && !start.is_empty());
        let is_own = |name: &String| own.is_some_and(|start| name.starts_with(start));
        let is_ours = |name: &String| is_own(name) || self.is_watched(name);
        match names {
            [] => Bearing::Unnamed,
            names => foreign_unless(names.iter().any(is_ours)),
        }
    }

    fn is_watched(&self, name: &str) -> bool {
        let mut alarms = self.alarms.iter();
        alarms.any(|alarm| match alarm.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => name == alarm,
        })
    }

    /// Policies bind the member accounts and what is in them, never the management account, in
    /// which these calls are made: they matter to whoever looks after the trail of all accounts.
    fn of_control_policy(&self, names: &[String]) -> Option<Bearing> {
        let is_type = |name: &String| name.ends_with("_POLICY");
        let binds = |name: &String| CONTROL_POLICIES.contains(&name.as_str());
        if names.iter().any(is_type) && !names.iter().any(binds) {
            return Some(Bearing::Foreign);
        }
        if self.requirements.organization_trail {
            return Some(Bearing::Ours);
        }
        let of_all = self.any_trail(|trail| trail.is_organization_trail == Some(true));
        of_all.map(foreign_unless)
    }
}

/// A call that names a service is about that one.
fn of_organization(names: &[String]) -> Bearing {
    let mut services = names.iter().filter(|name| name.contains('.')).peekable();
    if services.peek().is_none() {
        return Bearing::Ours;
    }
    let watches = |name: &String| {
        let mut watching = WATCHING.iter();
        watching.any(|service| name.split('.').any(|part| part == *service))
    };
    foreign_unless(services.any(watches))
}

fn foreign_unless(is_ours: bool) -> Bearing {
    if is_ours {
        Bearing::Ours
    } else {
        Bearing::Foreign
    }
}

/// The last part of an ARN, or the name itself.
fn last(text: &str) -> &str {
    text.rsplit(['/', ':']).next().unwrap_or(text)
}

/// The name in a log group's ARN, which may end in `:*`.
fn log_group(arn: &str) -> Option<&str> {
    let (_, name) = arn.split_once(":log-group:")?;
    name.split(':').next()
}
