//! Rights that together are all rights.

mod routes;

use std::sync::LazyLock;

use super::actions::{Actions, Meaning};
use super::draft::{NAMED, blank, joined};
use super::finding::{Breadth, FindingCode, PolicyFinding, Severity};
use super::judge::{Case, Grant, Outcome};
use super::narrowing::{Conditions, Narrowing};
use super::reach::{Reach, Width};
use crate::action_table::{Action, ActionSet, ActionTable};
use crate::condition::Operator;
use crate::document::{Selection, Text};
use crate::matching::Pattern;
use routes::{Prize, ROUTES};

/// A route with its actions looked up; routes with actions that are gone are left out.
struct Known {
    first: Action,
    with: Vec<Action>,
    prize: Prize,
    service: &'static str,
}

struct Routes {
    known: Vec<Known>,
    /// All actions in them, in order.
    actions: Vec<Action>,
    set: ActionSet,
    pass_role: Option<Action>,
}

static TABLE: LazyLock<Routes> = LazyLock::new(|| {
    let table = ActionTable::get();
    let known: Vec<Known> = ROUTES
        .iter()
        .filter_map(|route| {
            let with: Option<_> = route.with.iter().map(|name| table.find(name)).collect();
            Some(Known {
                first: table.find(route.first)?,
                with: with?,
                prize: route.prize,
                service: route.service,
            })
        })
        .collect();
    let used = known
        .iter()
        .flat_map(|route| std::iter::once(&route.first).chain(&route.with));
    let set: ActionSet = used.copied().collect();
    Routes {
        known,
        actions: set.iter().collect(),
        set,
        pass_role: table.find("iam:PassRole"),
    }
});

const PASSED_TO: &str = "iam:PassedToService";

/// An action of a route that a statement allows.
struct Held {
    action: Action,
    /// On all resources that the account has of a type.
    broad: bool,
}

struct Holder<'p> {
    grant: Grant<'p>,
    held: Vec<Held>,
    admin: bool,
}

/// Collects what statements allow of the routes.
pub(super) struct Escalation<'c, 'p> {
    case: &'c Case<'p>,
    granted: Option<ActionSet>,
    holders: Vec<Holder<'p>>,
}

impl<'c, 'p> Escalation<'c, 'p> {
    pub(super) fn new(case: &'c Case<'p>) -> Self {
        Self {
            case,
            granted: None,
            holders: Vec::new(),
        }
    }

    /// `admin` says that the statement is reported as all rights already.
    pub(super) fn add(&mut self, grant: Grant<'p>, admin: bool) {
        let relevant = relevant(&grant.actions);
        if relevant.is_empty() {
            return;
        }
        let held = held(self.case, &grant, &relevant);
        if held.is_empty() {
            return;
        }
        let granted = self.granted.get_or_insert_default();
        granted.extend(held.iter().map(|one| one.action));
        self.holders.push(Holder { grant, held, admin });
    }

    pub(super) fn findings(&self) -> Vec<PolicyFinding> {
        let Some(granted) = &self.granted else {
            return Vec::new();
        };
        let others = self.holders.iter().filter(|holder| !holder.admin);
        others
            .filter_map(|holder| holder.finding(granted))
            .collect()
    }
}

/// The actions of routes that a statement names, whatever becomes of them.
fn relevant(actions: &Actions<'_>) -> Vec<Action> {
    let routes = &*TABLE;
    let mut found = Vec::new();
    for entry in &actions.entries {
        match &entry.meaning {
            Meaning::Named(action) if routes.set.contains(*action) => found.push(*action),
            Meaning::Named(_) | Meaning::Unknown => {}
            Meaning::Everything => found.extend(&routes.actions),
            Meaning::Run(run) => {
                let inside = routes.actions.iter().filter(|one| run.contains(&one.id()));
                found.extend(inside);
            }
            Meaning::Scattered(actions) => {
                found.extend(actions.iter().filter(|one| routes.set.contains(**one)));
            }
        }
    }
    if actions.except {
        let others = routes.actions.iter().filter(|one| !found.contains(one));
        return others.copied().collect();
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn held(case: &Case<'_>, grant: &Grant<'_>, relevant: &[Action]) -> Vec<Held> {
    let set: ActionSet = relevant.iter().copied().collect();
    let variables = grant.document.has_variables();
    let cut = case.cut(&set, &grant.reach, variables);
    let apart_from_service = Conditions::of(&grant.statement.conditions, Some(PASSED_TO));
    let opened = grant.reach.in_account(case.setting.account);
    let opened = opened.map(Selection::Only);
    let opened = opened
        .as_ref()
        .map(|texts| Reach::of(texts, variables, case.setting.partition));
    let effective = relevant.iter().filter_map(|action| {
        let dead = grant.conditions.narrowing(*action) == Narrowing::Dead;
        let narrowing = apart_from_service.narrowing(*action);
        let width = grant.reach.width(*action, true);
        let whole = width >= Width::Type
            || opened
                .as_ref()
                .is_some_and(|opened| opened.width(*action, true) >= Width::Type);
        let width = if whole {
            Width::All
        } else {
            width.min(Width::Narrow)
        };
        match case.bounded(&cut, *action, width, narrowing) {
            Outcome::Granted(width, narrowing) if !dead => Some(Held {
                action: *action,
                broad: whole && width >= Width::Type && narrowing < Narrowing::Resources,
            }),
            _ => None,
        }
    });
    effective.collect()
}

impl Holder<'_> {
    fn finding(&self, granted: &ActionSet) -> Option<PolicyFinding> {
        let routes = TABLE
            .known
            .iter()
            .filter(|route| self.holds(route, granted));
        let routes: Vec<&Known> = routes.collect();
        let first = routes.first()?;
        let mut actions: Vec<Action> = Vec::new();
        for action in routes
            .iter()
            .flat_map(|route| std::iter::once(&route.first).chain(&route.with))
        {
            if !actions.contains(action) {
                actions.push(*action);
            }
        }
        let grant = &self.grant;
        let entries = grant.actions.entries.iter().filter(|entry| {
            grant.actions.except
                || entry.means_any(|action| routes.iter().any(|route| route.first == action))
        });
        let texts: Vec<&Text<'_>> = entries.map(|entry| entry.text).collect();
        let at = texts.first().map(|text| text.offset);
        let code = FindingCode::PrivilegeEscalation;
        Some(PolicyFinding {
            severity: Severity::High,
            breadth: Breadth {
                actions: grant.actions.has_wildcards(),
                resources: true,
            },
            action_pattern: joined(&texts),
            actions: actions
                .iter()
                .take(NAMED)
                .map(|action| action.name().to_owned())
                .collect(),
            action_count: actions.len(),
            resource: joined(&grant.reach.texts().iter().collect::<Vec<_>>()),
            why: why(first, routes.len() - 1),
            ..blank(grant.document, grant.statement, code, at)
        })
    }

    fn holds(&self, route: &Known, granted: &ActionSet) -> bool {
        let broad = self
            .held
            .iter()
            .any(|one| one.broad && one.action == route.first);
        broad
            && route.with.iter().all(|action| granted.contains(*action))
            && (Some(route.first) != TABLE.pass_role || self.passes_to(route.service))
    }

    /// Whether the condition lets a role be passed to the service.
    fn passes_to(&self, service: &str) -> bool {
        let lines = self.grant.statement.conditions.iter();
        let mut lines = lines.filter(|line| line.key.value.eq_ignore_ascii_case(PASSED_TO));
        lines.all(|line| {
            let operator = Operator::parse(&line.operator.value);
            let matched = |operator: Operator| {
                let mut values = line.values.iter();
                values.any(|value| is_service(&value.value, service, operator))
            };
            operator.is_none_or(|operator| {
                operator.is_null() || matched(operator) != operator.is_negated()
            })
        })
    }
}

/// Whether a value names the service, be it as in China.
fn is_service(value: &str, service: &str, operator: Operator) -> bool {
    let pattern = match operator.ignores_case() {
        true => Pattern::plain(&value.to_ascii_lowercase()),
        false => Pattern::plain(value),
    };
    pattern.matches(service) || pattern.matches(&format!("{service}.cn"))
}

fn why(first: &Known, more: usize) -> String {
    let names: Vec<String> = first
        .with
        .iter()
        .map(|action| action.name().to_owned())
        .collect();
    let with = match names.is_empty() {
        true => String::new(),
        false => format!(" with {}", names.join(" and ")),
    };
    let others = match more {
        0 => String::new(),
        1 => ", or in 1 other way".to_owned(),
        many => format!(", or in {many} other ways"),
    };
    let prize = match first.prize {
        Prize::Rights => "give itself any other right",
        Prize::Others => "act with the rights of others",
    };
    format!("by {}{with} it can {prize}{others}", first.first.name())
}
