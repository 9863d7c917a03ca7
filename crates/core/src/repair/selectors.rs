//! Supersets of event and insight selectors.

use std::collections::BTreeSet;

use crate::cloudtrail::coverage::ManagementCoverage;
use crate::cloudtrail::data_events::{as_advanced, is_about_management, lacking, records_all};
use crate::cloudtrail::{InsightType, ManagementEvents};
use crate::facts::{
    AdvancedSelector, BasicSelector, EventSelectors, FieldSelector, InsightSelector, ReadWriteType,
};

/// CloudTrail takes at most five basic selectors for a trail (CloudTrail API reference,
/// PutEventSelectors).
const BASIC_SELECTORS: usize = 5;

/// At most so many data resources for all basic selectors of a trail, and so many values for all
/// conditions of its advanced ones (CloudTrail API reference, PutEventSelectors). Who fills them
/// up must not keep management events off by it.
const DATA_RESOURCES: usize = 250;
const VALUES: usize = 500;

/// Event categories by their names in the API.
const MANAGEMENT: &str = "Management";
const DATA: &str = "Data";

/// Selectors that record all that `seen` records, all management events, and what of `before`, a
/// baseline's, is missing; nothing where `seen` is enough already. They are of the same kind,
/// unless only `before` is advanced. What is missing of `before` is left out where CloudTrail would
/// not take so many selectors.
pub(crate) fn widened(
    seen: &EventSelectors,
    wanted: ManagementEvents,
    before: Option<&EventSelectors>,
) -> Option<EventSelectors> {
    let is_enough = ManagementCoverage::of(seen).satisfies(wanted);
    let lost = before.filter(|before| !records_all(seen, before));
    if is_enough && lost.is_none() {
        return None;
    }
    let result = match seen {
        _ if is_enough => seen.clone(),
        EventSelectors::Basic(selectors) => EventSelectors::Basic(widened_basic(selectors)),
        EventSelectors::Advanced(selectors) => {
            EventSelectors::Advanced(widened_advanced(selectors))
        }
    };
    let whole = lost.map(|before| with_data(result.clone(), lacking(seen, before)));
    match whole.filter(is_within_limits) {
        Some(whole) => Some(whole),
        None if is_enough => None,
        None => Some(within_limits(result)),
    }
}

/// Whether CloudTrail takes as many as these.
fn is_within_limits(selectors: &EventSelectors) -> bool {
    match selectors {
        EventSelectors::Basic(selectors) => {
            let resources = selectors.iter().flat_map(|one| &one.data_resources);
            let values: usize = resources.map(|one| one.values.len()).sum();
            selectors.len() <= BASIC_SELECTORS && values <= DATA_RESOURCES
        }
        EventSelectors::Advanced(selectors) => {
            let fields = selectors.iter().flat_map(|one| &one.field_selectors);
            fields.map(values_of).sum::<usize>() <= VALUES
        }
    }
}

fn values_of(field: &FieldSelector) -> usize {
    [
        &field.equals,
        &field.starts_with,
        &field.ends_with,
        &field.not_equals,
        &field.not_starts_with,
        &field.not_ends_with,
    ]
    .into_iter()
    .map(Vec::len)
    .sum()
}

/// Selectors that CloudTrail takes and that record all that these do. Basic ones are so already:
/// what is added of management events has no data resources. Of advanced ones the longest
/// condition is left out, which only lets more through, until they are few enough.
fn within_limits(selectors: EventSelectors) -> EventSelectors {
    let EventSelectors::Advanced(mut selectors) = selectors else {
        return selectors;
    };
    while !is_within_limits(&EventSelectors::Advanced(selectors.clone())) {
        let Some(wider) = without_longest(&selectors) else {
            break;
        };
        selectors = wider;
    }
    EventSelectors::Advanced(selectors)
}

/// The selectors without the longest condition that a selector can do without, and without those
/// that the selector then takes in. None where no such condition is left.
fn without_longest(selectors: &[AdvancedSelector]) -> Option<Vec<AdvancedSelector>> {
    let conditions = selectors.iter().enumerate().flat_map(|(place, selector)| {
        let fields = selector.field_selectors.iter();
        fields.map(move |field| (values_of(field), place, field))
    });
    let (_, place, longest) = conditions
        .filter(|(_, _, field)| !is_demanded(field))
        .max_by_key(|(values, ..)| *values)?;
    let mut wide = selectors.get(place)?.clone();
    wide.field_selectors.retain(|field| field != longest);
    let others = selectors.iter().enumerate();
    let others = others.filter(|(at, one)| *at != place && !takes_in(&wide, one));
    let mut result: Vec<_> = others.map(|(_, one)| one.clone()).collect();
    result.push(wide);
    Some(result)
}

/// Whether CloudTrail may demand the condition: of network activity the event source.
fn is_demanded(field: &FieldSelector) -> bool {
    let is_source = field.field == "eventSource" && !field.equals.is_empty();
    is_source || ["eventCategory", "resources.type"].contains(&field.field.as_str())
}

/// Whether `wide` lets through whatever `narrow` does: it has no condition that the other has not.
fn takes_in(wide: &AdvancedSelector, narrow: &AdvancedSelector) -> bool {
    let (wide, narrow) = (&wide.field_selectors, &narrow.field_selectors);
    let is_of_category = wide.iter().any(|field| field.field == "eventCategory");
    is_of_category && wide.iter().all(|field| narrow.contains(field))
}

/// The selectors with what is lost beside them.
fn with_data(seen: EventSelectors, lost: EventSelectors) -> EventSelectors {
    match (seen, lost) {
        (EventSelectors::Basic(mut seen), EventSelectors::Basic(lost)) => {
            lost.into_iter().for_each(|one| add_basic(&mut seen, one));
            EventSelectors::Basic(seen)
        }
        (EventSelectors::Advanced(mut seen), EventSelectors::Advanced(lost)) => {
            seen.extend(lost);
            EventSelectors::Advanced(seen)
        }
        // what is lost of an advanced side is advanced, and takes the basic ones with it
        (EventSelectors::Basic(seen), EventSelectors::Advanced(lost)) => {
            let mut result = vec![all_management_advanced()];
            result.extend(as_advanced(&seen));
            result.extend(lost);
            EventSelectors::Advanced(result)
        }
        (seen @ EventSelectors::Advanced(_), EventSelectors::Basic(_)) => seen,
    }
}

/// Adds the data resources to a selector of the same access, else beside the others, at the limit
/// to the first one, which then takes reads and writes.
fn add_basic(seen: &mut Vec<BasicSelector>, lost: BasicSelector) {
    let access = lost.read_write_type;
    let fits = |one: &BasicSelector| one.read_write_type == access;
    let is_full = seen.len() >= BASIC_SELECTORS;
    if let Some(same) = seen.iter_mut().find(|one| fits(one)) {
        same.data_resources.extend(lost.data_resources);
    } else if !is_full {
        seen.push(lost);
    } else if let Some(first) = seen.first_mut() {
        first.read_write_type = ReadWriteType::All;
        first.data_resources.extend(lost.data_resources);
    }
}

fn all_management() -> BasicSelector {
    BasicSelector {
        read_write_type: ReadWriteType::All,
        include_management_events: true,
        data_resources: Vec::new(),
        exclude_management_event_sources: Vec::new(),
    }
}

/// A selector without data resources is replaced, for it can only be about management events;
/// else one is added; at the limit the first is widened in place, data events and all.
fn widened_basic(selectors: &[BasicSelector]) -> Vec<BasicSelector> {
    let (data, management): (Vec<_>, Vec<_>) = selectors
        .iter()
        .cloned()
        .partition(|selector| !selector.data_resources.is_empty());
    let mut result = data;
    if result.len() < BASIC_SELECTORS || !management.is_empty() {
        result.insert(0, all_management());
    } else if let Some(first) = result.first_mut() {
        first.read_write_type = ReadWriteType::All;
        first.include_management_events = true;
        first.exclude_management_event_sources.clear();
    }
    result
}

/// Selectors about management events are replaced by one without conditions, which takes in
/// whatever they took; all others stay as they are.
fn widened_advanced(selectors: &[AdvancedSelector]) -> Vec<AdvancedSelector> {
    let all = all_management_advanced();
    let others = selectors
        .iter()
        .filter(|selector| !is_about_management(selector))
        .cloned();
    std::iter::once(all).chain(others).collect()
}

fn all_management_advanced() -> AdvancedSelector {
    AdvancedSelector {
        name: Some("Management events selector".to_owned()),
        field_selectors: vec![FieldSelector {
            field: "eventCategory".to_owned(),
            equals: vec![MANAGEMENT.to_owned()],
            ..FieldSelector::default()
        }],
    }
}

fn is_about(selector: &AdvancedSelector, category: &str) -> bool {
    selector.field_selectors.iter().any(|field| {
        field.field == "eventCategory" && field.equals.iter().any(|value| value == category)
    })
}

/// Whether `new` records at least what `old` records: all its management events, and every data
/// selector either word for word or, among basic ones, with a wider read-write type and, among
/// advanced ones, with fewer conditions.
pub fn covers(new: &EventSelectors, old: &EventSelectors) -> bool {
    let management = ManagementCoverage::of(new);
    if management.union(&ManagementCoverage::of(old)) != management {
        return false;
    }
    match (new, old) {
        (EventSelectors::Basic(new), EventSelectors::Basic(old)) => {
            old.iter().all(|old| has_data_of(new, old))
        }
        (EventSelectors::Advanced(new), EventSelectors::Advanced(old)) => old
            .iter()
            .filter(|selector| !is_about_management(selector))
            .all(|old| new.iter().any(|new| takes_in(new, old))),
        // the two kinds exclude each other: writing one erases what the other recorded
        (EventSelectors::Advanced(new), EventSelectors::Basic(old)) => as_advanced(old)
            .iter()
            .all(|old| new.iter().any(|new| takes_in(new, old))),
        (EventSelectors::Basic(_), EventSelectors::Advanced(_)) => false,
    }
}

fn has_data_of(new: &[BasicSelector], old: &BasicSelector) -> bool {
    let wide_enough = |selector: &BasicSelector| {
        selector.read_write_type == ReadWriteType::All
            || selector.read_write_type == old.read_write_type
    };
    old.data_resources.iter().all(|resource| {
        new.iter()
            .any(|selector| wide_enough(selector) && selector.data_resources.contains(resource))
    })
}

/// Whether the trail records events about data, as far as is known.
pub(crate) fn may_record_data(selectors: Option<&EventSelectors>) -> bool {
    match selectors {
        None => true,
        Some(EventSelectors::Basic(selectors)) => selectors
            .iter()
            .any(|selector| !selector.data_resources.is_empty()),
        Some(EventSelectors::Advanced(selectors)) => {
            selectors.iter().any(|selector| is_about(selector, DATA))
        }
    }
}

/// Insight selectors that keep what is there and switch on what is wanted, about management
/// events; nothing where that is so already. With no data events recorded, CloudTrail refuses
/// Insights on them, and there is nothing to keep.
pub(crate) fn widened_insights(
    seen: &[InsightSelector],
    wanted: &BTreeSet<InsightType>,
    may_record_data: bool,
) -> Option<Vec<InsightSelector>> {
    let mut result = seen.to_vec();
    for kind in wanted {
        switch_on(&mut result, kind.as_str());
    }
    if result == seen {
        return None;
    }
    if !may_record_data {
        result.retain_mut(|selector| {
            let had_some = !selector.event_categories.is_empty();
            selector.event_categories.retain(|name| name != DATA);
            // an empty list would mean Management
            !(had_some && selector.event_categories.is_empty())
        });
    }
    Some(result)
}

fn switch_on(selectors: &mut Vec<InsightSelector>, name: &str) {
    let Some(there) = selectors
        .iter_mut()
        .find(|selector| selector.insight_type == name)
    else {
        let insight_type = name.to_owned();
        selectors.push(InsightSelector {
            insight_type,
            event_categories: Vec::new(),
        });
        return;
    };
    // an empty list stands for Management; a list that leaves it out switches it off
    let management = MANAGEMENT.to_owned();
    if !there.event_categories.is_empty() && !there.event_categories.contains(&management) {
        there.event_categories.push(management);
    }
}

/// Whether `new` watches at least what `old` can watch; Insights on data events that are not
/// recorded watch nothing.
pub(crate) fn insights_cover(
    new: &[InsightSelector],
    old: &[InsightSelector],
    may_record_data: bool,
) -> bool {
    old.iter().all(|old| {
        let is_idle = |category: &str| !may_record_data && category == DATA;
        let covers = |new: &InsightSelector| {
            new.insight_type == old.insight_type
                && old.event_categories.iter().all(|category| {
                    new.event_categories.contains(category)
                        || (new.event_categories.is_empty() && category == MANAGEMENT)
                        || is_idle(category)
                })
        };
        let all_idle =
            !old.event_categories.is_empty() && old.event_categories.iter().all(|one| is_idle(one));
        all_idle || new.iter().any(covers)
    })
}
