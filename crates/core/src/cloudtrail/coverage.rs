//! Which management events a set of event selectors records.
//!
//! Six cells, {read, write} x {KMS, RDS Data API, every other source}, are enough: those two
//! sources are the only ones that CloudTrail lets a trail leave out. A cell counts as recorded
//! only where the selectors leave no doubt.

use std::collections::BTreeSet;

use super::requirements::ManagementEvents;
use crate::facts::{AdvancedSelector, BasicSelector, EventSelectors, FieldSelector, ReadWriteType};

const KMS: &str = "kms.amazonaws.com";
const RDS_DATA: &str = "rdsdata.amazonaws.com";

/// Whether a call only reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Access {
    Read,
    Write,
}

impl Access {
    const ALL: [Self; 2] = [Self::Read, Self::Write];

    /// The value of the record's `readOnly` field.
    fn read_only(self) -> &'static str {
        match self {
            Self::Read => "true",
            Self::Write => "false",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Read => "read events",
            Self::Write => "write events",
        }
    }

    fn is_wanted(self, wanted: ManagementEvents) -> bool {
        match wanted {
            ManagementEvents::All => true,
            ManagementEvents::ReadOnly => self == Self::Read,
            ManagementEvents::WriteOnly => self == Self::Write,
            ManagementEvents::None => false,
        }
    }

    fn is_taken_by(self, read_write: ReadWriteType) -> bool {
        match read_write {
            ReadWriteType::All => true,
            ReadWriteType::ReadOnly => self == Self::Read,
            ReadWriteType::WriteOnly => self == Self::Write,
        }
    }
}

/// Where an event comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Source {
    Kms,
    RdsData,
    /// All sources but the two above.
    Other,
}

impl Source {
    const ALL: [Self; 3] = [Self::Kms, Self::RdsData, Self::Other];

    fn named(self) -> Option<&'static str> {
        match self {
            Self::Kms => Some(KMS),
            Self::RdsData => Some(RDS_DATA),
            Self::Other => None,
        }
    }
}

/// The management events that are recorded, by one trail or by several together.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ManagementCoverage(BTreeSet<(Access, Source)>);

impl ManagementCoverage {
    /// What a trail with these selectors records.
    pub fn of(selectors: &EventSelectors) -> Self {
        let takes = |cell: (Access, Source)| match selectors {
            EventSelectors::Basic(all) => all.iter().any(|one| basic_takes(one, cell)),
            EventSelectors::Advanced(all) => all.iter().any(|one| advanced_takes(one, cell)),
        };
        Self(cells().filter(|cell| takes(*cell)).collect())
    }

    /// What two trails record together.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).copied().collect())
    }

    /// Whether no management event is recorded for certain.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether everything wanted is recorded.
    pub fn satisfies(&self, wanted: ManagementEvents) -> bool {
        self.lacking(wanted).is_empty()
    }

    /// What is wanted and not recorded, in words: `write events`, `kms.amazonaws.com`. None where
    /// nothing is missing.
    pub fn missing(&self, wanted: ManagementEvents) -> Option<String> {
        let lacking = self.lacking(wanted);
        let mut words: Vec<String> = Vec::new();
        let wanted: Vec<Access> = Access::ALL
            .into_iter()
            .filter(|access| access.is_wanted(wanted))
            .collect();
        for access in &wanted {
            if Source::ALL
                .iter()
                .all(|source| lacking.contains(&(*access, *source)))
            {
                words.push(access.words().to_owned());
            }
        }
        // A source is named where it is not already told by "write events".
        for source in Source::ALL {
            let accesses: Vec<Access> = wanted
                .iter()
                .copied()
                .filter(|access| lacking.contains(&(*access, source)))
                .filter(|access| !words.iter().any(|word| word == access.words()))
                .collect();
            words.extend(source_words(source, &accesses, wanted.len()));
        }
        (!words.is_empty()).then(|| words.join(", "))
    }

    fn lacking(&self, wanted: ManagementEvents) -> BTreeSet<(Access, Source)> {
        cells()
            .filter(|(access, _)| access.is_wanted(wanted))
            .filter(|cell| !self.0.contains(cell))
            .collect()
    }
}

fn cells() -> impl Iterator<Item = (Access, Source)> {
    Access::ALL
        .into_iter()
        .flat_map(|access| Source::ALL.into_iter().map(move |source| (access, source)))
}

fn source_words(source: Source, accesses: &[Access], wanted: usize) -> Option<String> {
    let name = source.named().unwrap_or("other sources");
    match accesses {
        [] => None,
        all if all.len() == wanted => Some(name.to_owned()),
        [one, ..] => Some(format!("{} of {name}", one.words())),
    }
}

fn basic_takes(selector: &BasicSelector, (access, source): (Access, Source)) -> bool {
    let excluded = &selector.exclude_management_event_sources;
    let left_out = match source.named() {
        Some(name) => excluded.iter().any(|one| one == name),
        // An exclusion that we do not know takes something from the other sources.
        None => excluded.iter().any(|one| one != KMS && one != RDS_DATA),
    };
    selector.include_management_events && access.is_taken_by(selector.read_write_type) && !left_out
}

/// All conditions hold together. A selector without a category, or with a condition on any other
/// field, takes for certain nothing. The selector's name means nothing to CloudTrail.
fn advanced_takes(selector: &AdvancedSelector, (access, source): (Access, Source)) -> bool {
    let fields = &selector.field_selectors;
    fields.iter().any(|one| one.field == "eventCategory")
        && fields.iter().all(|one| match one.field.as_str() {
            "eventCategory" => takes_value(one, "Management"),
            "readOnly" => takes_value(one, access.read_only()),
            "eventSource" => match source.named() {
                Some(name) => takes_value(one, name),
                None => takes_other_sources(one),
            },
            _ => false,
        })
}

/// The operators must all hold; the values of a positive operator are alternatives, and none of
/// a negative one's may hold.
pub(super) fn takes_value(condition: &FieldSelector, value: &str) -> bool {
    let positive = |values: &[String], holds: &dyn Fn(&str) -> bool| {
        values.is_empty() || values.iter().any(|one| holds(one))
    };
    let negative =
        |values: &[String], holds: &dyn Fn(&str) -> bool| !values.iter().any(|one| holds(one));
    states_something(condition)
        && positive(&condition.equals, &|one| value == one)
        && positive(&condition.starts_with, &|one| value.starts_with(one))
        && positive(&condition.ends_with, &|one| value.ends_with(one))
        && negative(&condition.not_equals, &|one| value == one)
        && negative(&condition.not_starts_with, &|one| value.starts_with(one))
        && negative(&condition.not_ends_with, &|one| value.ends_with(one))
}

/// Every source but KMS and the RDS Data API passes only where nothing but those two is left out.
fn takes_other_sources(condition: &FieldSelector) -> bool {
    states_something(condition)
        && condition.equals.is_empty()
        && condition.starts_with.is_empty()
        && condition.ends_with.is_empty()
        && condition.not_starts_with.is_empty()
        && condition.not_ends_with.is_empty()
        && condition
            .not_equals
            .iter()
            .all(|one| one == KMS || one == RDS_DATA)
}

/// A condition without any operator that we know may be one that narrows.
pub(super) fn states_something(condition: &FieldSelector) -> bool {
    let FieldSelector {
        field: _,
        equals,
        not_equals,
        starts_with,
        not_starts_with,
        ends_with,
        not_ends_with,
    } = condition;
    [
        equals,
        not_equals,
        starts_with,
        not_starts_with,
        ends_with,
        not_ends_with,
    ]
    .iter()
    .any(|values| !values.is_empty())
}
