//! Every known way to blind a trail, one row each: the attack and its API calls, how it is seen,
//! what is done about it, and what stays lost.
//!
//! The one place from which docs/threats.md is made. The guard-rail policies are tested against
//! these calls, and each row has a scenario that performs the attack.

mod bucket;
mod call;
mod downstream;
mod evasion;
mod guard;
mod key;
mod need;
mod organization;
mod page;
mod recreation;
mod selectors;
mod trail;

pub use call::ThreatCall;
pub use need::{BASELINE_WORDS, Need, Only};
pub use page::page;

/// What is promised about an attack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// The runbook undoes it inside the account, as far as the row's condition holds.
    Undone,
    /// It is noticed and told; undoing it is a person's decision.
    Noticed,
    /// It is aimed at what guards the trail; the guard's checks of itself find it.
    Guarded,
    /// Nothing in an account can see it.
    OutOfReach,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 4] = [Self::Undone, Self::Noticed, Self::Guarded, Self::OutOfReach];

    /// The letter in tables.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Undone => "U",
            Self::Noticed => "N",
            Self::Guarded => "G",
            Self::OutOfReach => "-",
        }
    }

    /// The words for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Undone => "undone",
            Self::Noticed => "noticed",
            Self::Guarded => "guard checks itself",
            Self::OutOfReach => "out of reach",
        }
    }
}

/// By what an attack is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeenBy {
    /// The call's own event on EventBridge.
    Event,
    /// A finding of the rule about the trail: its code.
    TrailRule(&'static str),
    /// A finding of the rule about the guard: its code.
    GuardRule(&'static str),
    /// A field in which CloudTrail itself reports that it cannot deliver.
    DeliveryField(&'static str),
    /// GuardDuty's finding `Stealth:IAMUser/CloudTrailLoggingDisabled`.
    GuardDuty,
    /// The chain of digest files and what they say of the log files.
    Digest,
}

/// One known way to blind a trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Threat {
    /// `B01` to `B52`; never changed.
    pub id: &'static str,
    /// The attack in a few words.
    pub title: &'static str,
    /// What is promised.
    pub class: Class,
    /// What is done and why it works.
    pub attack: &'static str,
    /// The calls that do it; none where no call does.
    pub calls: &'static [ThreatCall],
    /// What must hold for the promise of the class; else it is only noticed, or only by the
    /// schedule. Empty: nothing.
    pub condition: &'static str,
    /// By what it is seen.
    pub seen_by: &'static [SeenBy],
    /// The runbook's calls that undo it, or of one that is only noticed what it leaves behind; empty
    /// where nothing does.
    pub undone_by: &'static str,
    /// What no repair brings back.
    pub stays_lost: &'static str,
    /// The ways to perform it that are seen by less than the row says, by their names.
    pub only: &'static [(Only, &'static [&'static str])],
    /// The parameters without which it is not seen, or not undone.
    pub parameters: &'static [Need],
    /// Where it is described or was seen.
    pub source: &'static str,
}

const TABLES: [&[Threat]; 9] = [
    trail::THREATS,
    selectors::THREATS,
    recreation::THREATS,
    bucket::THREATS,
    key::THREATS,
    downstream::THREATS,
    organization::THREATS,
    guard::THREATS,
    evasion::THREATS,
];

/// All of them, in the order of their ids.
pub fn threats() -> impl Iterator<Item = &'static Threat> {
    TABLES.into_iter().flatten()
}

/// The one with this id, in whatever case.
pub fn threat(id: &str) -> Option<&'static Threat> {
    threats().find(|threat| threat.id.eq_ignore_ascii_case(id))
}

/// Those that a call may be part of, by the event source and event name of its CloudTrail record.
pub fn threats_of_call<'c>(
    event_source: &'c str,
    event_name: &'c str,
) -> impl Iterator<Item = &'static Threat> + use<'c> {
    threats().filter(move |threat| {
        let mut calls = threat.calls.iter();
        calls.any(|call| call.event_source == event_source && call.is_recorded_as(event_name))
    })
}

impl Threat {
    /// Whether something sees it by itself, without waiting for the rules' schedule.
    pub fn is_seen_at_once(&self) -> bool {
        self.seen_by.contains(&SeenBy::Event)
    }

    /// The ways that are seen by this alone.
    pub fn ways_seen_by(&self, only: Only) -> impl Iterator<Item = &'static str> {
        let lists = self.only.iter().filter(move |(by, _)| *by == only);
        lists.flat_map(|(_, ways)| *ways).copied()
    }

    /// The codes of the findings that show it, of either rule.
    pub fn codes(&self) -> impl Iterator<Item = &'static str> {
        self.seen_by.iter().filter_map(|seen| match seen {
            SeenBy::TrailRule(code) | SeenBy::GuardRule(code) => Some(*code),
            _ => None,
        })
    }
}
