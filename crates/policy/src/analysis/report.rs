//! From a verdict on a statement to findings.

use super::deny::{Cut, Deny};
use super::draft::{NAMED, blank, joined};
use super::explain::{self, Told};
use super::finding::{Breadth, FindingCode, PolicyFinding, Severity};
use super::granted::{Bucket, Granted};
use super::grave::is_grave;
use super::judge::{Case, Grant, Verdict};
use super::narrowing::Narrowing;
use super::reach::Width;
use super::subject::DocumentKind;
use crate::action_table::Action;
use crate::document::Text;
use crate::suggest::narrower;

/// The findings on one Allow statement. True if it is as good as all rights there are.
pub(super) fn statement(case: &Case<'_>, grant: &Grant<'_>, out: &mut Vec<PolicyFinding>) -> bool {
    let (verdict, cut) = grant.judge(case);
    let admin = grant.is_admin(&verdict.granted);
    let report = Report {
        grant,
        verdict: &verdict,
        cut: &cut,
        admin,
    };
    let before = out.len();
    let findings = [Bucket::Pattern, Bucket::Resource].map(|bucket| report.bucket(bucket));
    let worst = findings
        .iter()
        .flatten()
        .map(|finding| finding.severity)
        .max();
    let wanted = case.suggest_from.is_some() && worst >= case.suggest_from;
    let suggestion = if wanted {
        suggestion(case, grant)
    } else {
        String::new()
    };
    out.extend(findings.into_iter().flatten().map(|finding| PolicyFinding {
        suggestion: suggestion.clone(),
        ..finding
    }));
    out.extend(report.bucket(Bucket::Unscopeable));
    // What a Deny takes away beside something that is left is told with what is left.
    if out.len() == before {
        out.extend(report.cancelled());
    }
    out.extend(report.latent());
    admin
}

struct Report<'r> {
    grant: &'r Grant<'r>,
    verdict: &'r Verdict,
    cut: &'r Cut<'r>,
    admin: bool,
}

impl Report<'_> {
    fn bucket(&self, bucket: Bucket) -> Option<PolicyFinding> {
        let mut members: Vec<Granted> = self.members(bucket).copied().collect();
        let worst = members.iter().filter_map(|one| one.severity).max()?;
        // Beside what can be narrowed, what cannot be is not worth a word.
        if bucket == Bucket::Resource && worst > Severity::Advisory {
            members.retain(|one| one.severity > Some(Severity::Advisory));
        }
        let count = members.len();
        let worst_few = take_worst(&mut members);
        let first = *worst_few.first()?;
        let code = self.code(bucket);
        let told = self.told(code, bucket, &first, count);
        let critical = bucket == Bucket::Pattern && self.admin;
        let severity = self.capped(
            if critical { Severity::Critical } else { worst },
            code,
            &first,
        );
        let resource = self.resource(&first);
        let patterns = self.patterns(bucket);
        let at = match (bucket, resource) {
            (Bucket::Resource, Some(text)) => Some(text.offset),
            _ => patterns.first().map(|text| text.offset),
        };
        Some(PolicyFinding {
            severity,
            breadth: self.breadth(bucket, &first),
            action_pattern: joined(&patterns),
            actions: worst_few
                .iter()
                .map(|one| one.action.name().to_owned())
                .collect(),
            action_count: count,
            resource: self.resource_text(resource),
            why: explain::why(&told),
            ..blank(self.grant.document, self.grant.statement, code, at)
        })
    }

    fn members(&self, bucket: Bucket) -> impl Iterator<Item = &Granted> {
        let granted = self.verdict.granted.iter();
        granted.filter(move |one| one.bucket == bucket)
    }

    fn code(&self, bucket: Bucket) -> FindingCode {
        match bucket {
            Bucket::Unscopeable => FindingCode::UnscopeableWrite,
            Bucket::Pattern if self.grant.actions.except => FindingCode::NotAction,
            _ if self.grant.reach.is_except() => FindingCode::NotResource,
            Bucket::Pattern if self.admin => FindingCode::FullAdmin,
            Bucket::Pattern => FindingCode::WildcardAction,
            _ if self.grant.reach.is_all() => FindingCode::WildcardResource,
            _ => FindingCode::TypeWideResource,
        }
    }

    /// A policy of AWS cannot be edited, so only what is grave about it counts.
    fn capped(&self, severity: Severity, code: FindingCode, worst: &Granted) -> Severity {
        let by_pattern = match code {
            FindingCode::WildcardResource | FindingCode::TypeWideResource => false,
            FindingCode::WildcardAction => self.grant.actions.has_whole_services(),
            _ => true,
        };
        let stays = severity >= Severity::High && (by_pattern || is_grave(worst.action));
        match self.grant.document.kind() {
            DocumentKind::AwsManaged if !stays => severity.min(Severity::Advisory),
            _ => severity,
        }
    }

    fn told(&self, code: FindingCode, bucket: Bucket, worst: &Granted, count: usize) -> Told<'_> {
        let grant = self.grant;
        let limiting = self.cut.limiting(worst.action);
        let cancelled = self.verdict.cancelled.first();
        let writes = self.members(bucket).filter(|one| one.level.is_write_like());
        Told {
            code,
            advisory: worst.severity <= Some(Severity::Advisory),
            admin: self.admin,
            count,
            writes: writes.count(),
            width: worst.width,
            redundant: grant.reach.is_all() && grant.reach.texts().len() > 1,
            disguised: grant.reach.every_arn().is_some(),
            limited_by: limiting.map(Deny::name),
            cancelled: self.verdict.cancelled.len(),
            cancelled_by: cancelled.and_then(|action| Some(self.cut.cancelling(*action)?.name())),
            narrowed_by: grant.conditions.narrowing_key(worst.action),
            vacuous: (worst.narrowing == Narrowing::Nothing)
                .then(|| grant.conditions.vacuous_key())
                .flatten(),
            aws_managed: grant.document.kind() == DocumentKind::AwsManaged,
        }
    }

    fn breadth(&self, bucket: Bucket, worst: &Granted) -> Breadth {
        let grant = self.grant;
        let pattern = bucket == Bucket::Pattern;
        Breadth {
            actions: pattern && grant.actions.has_wildcards(),
            resources: worst.width >= Width::Type,
        }
    }

    /// The resource that makes the worst action broad.
    fn resource(&self, worst: &Granted) -> Option<&Text<'_>> {
        let reach = &self.grant.reach;
        let first = || reach.texts().first();
        if reach.is_except() {
            return first();
        }
        let every = reach.everything().or(reach.every_arn());
        every
            .or_else(|| reach.text_for(worst.action))
            .or_else(first)
    }

    fn resource_text(&self, text: Option<&Text<'_>>) -> String {
        if self.grant.reach.is_except() {
            return joined(&self.grant.reach.texts().iter().collect::<Vec<_>>());
        }
        text.map(|text| text.value.to_string()).unwrap_or_default()
    }

    /// The action patterns as written that stand for what the finding is about.
    fn patterns(&self, bucket: Bucket) -> Vec<&Text<'_>> {
        let actions = &self.grant.actions;
        let granted = &self.verdict.granted;
        let means = |action: Action| {
            let found = granted.binary_search_by_key(&action, |one| one.action);
            let found = found.ok().and_then(|at| granted.get(at));
            found.is_some_and(|one| one.bucket == bucket)
        };
        let by_wildcard = bucket == Bucket::Pattern && !self.grant.reach.is_except();
        let chosen = actions.entries.iter().filter(|entry| {
            actions.except || (!by_wildcard || entry.is_wildcard()) && entry.means_any(means)
        });
        chosen.map(|entry| entry.text).collect()
    }

    fn cancelled(&self) -> Option<PolicyFinding> {
        let worst = *self.verdict.cancelled.first()?;
        let by = self.cut.cancelling(worst)?.name();
        let why = format!("it is cancelled by {by}: without that statement it would be granted");
        Some(self.held_back(&self.verdict.cancelled, why))
    }

    fn latent(&self) -> Option<PolicyFinding> {
        self.verdict.latent.first()?;
        let why = "only the permissions boundary holds it back: without the boundary it would be \
                   granted";
        Some(self.held_back(&self.verdict.latent, why.to_owned()))
    }

    fn held_back(&self, actions: &[Action], why: String) -> PolicyFinding {
        let grant = self.grant;
        let texts: Vec<&Text<'_>> = grant
            .actions
            .entries
            .iter()
            .map(|entry| entry.text)
            .collect();
        let mut members: Vec<Granted> = actions
            .iter()
            .map(|action| Granted::new(*action, Width::All, Narrowing::Nothing))
            .collect();
        let worst_few = take_worst(&mut members);
        let resource = worst_few.first().and_then(|worst| self.resource(worst));
        let at = texts.first().map(|text| text.offset);
        PolicyFinding {
            breadth: Breadth {
                actions: grant.actions.has_wildcards(),
                resources: true,
            },
            action_pattern: joined(&texts),
            actions: worst_few
                .iter()
                .map(|one| one.action.name().to_owned())
                .collect(),
            action_count: actions.len(),
            resource: self.resource_text(resource),
            why,
            ..blank(
                grant.document,
                grant.statement,
                FindingCode::LatentGrant,
                at,
            )
        }
    }
}

/// The worst few, worst first.
fn take_worst(members: &mut Vec<Granted>) -> Vec<Granted> {
    if members.len() > NAMED {
        members.select_nth_unstable_by_key(NAMED, Granted::rank);
        members.truncate(NAMED);
    }
    members.sort_unstable_by_key(Granted::rank);
    members.clone()
}

/// What to write instead of a statement that grants too much.
fn suggestion(case: &Case<'_>, grant: &Grant<'_>) -> String {
    grant.document.policy().map_or_else(
        |_| String::new(),
        |policy| {
            narrower(
                &case.setting,
                &grant.document.attached(),
                policy,
                grant.statement,
            )
        },
    )
}
