//! Why something is a finding, in a sentence.

use super::finding::FindingCode;
use super::reach::Width;

/// What is to be said of a finding.
pub(super) struct Told<'t> {
    pub(super) code: FindingCode,
    /// Whether nothing in it can be narrowed for certain.
    pub(super) advisory: bool,
    /// Whether it is as good as all actions on everything.
    pub(super) admin: bool,
    pub(super) count: usize,
    pub(super) writes: usize,
    pub(super) width: Width,
    /// Whether other resources stand beside `*`.
    pub(super) redundant: bool,
    /// Whether an ARN is as good as `*`.
    pub(super) disguised: bool,
    pub(super) limited_by: Option<String>,
    pub(super) cancelled: usize,
    pub(super) cancelled_by: Option<String>,
    pub(super) narrowed_by: Option<&'t str>,
    pub(super) vacuous: Option<&'t str>,
    pub(super) aws_managed: bool,
}

pub(super) fn why(told: &Told<'_>) -> String {
    let mut text = main_clause(told);
    let mut add = |clause: String| {
        text.push_str(", ");
        text.push_str(&clause);
    };
    if told.redundant && told.width == Width::All {
        add("and the ARNs beside `*` are redundant".to_owned());
    }
    if let Some(key) = told.narrowed_by {
        add(format!("narrowed by the condition on {key}"));
    }
    if let Some(key) = told.vacuous {
        add(format!("and the condition on {key} narrows nothing"));
    }
    if let Some(deny) = &told.limited_by {
        add(format!("limited by {deny}"));
    }
    if let Some(deny) = &told.cancelled_by {
        add(format!("with {} more cancelled by {deny}", told.cancelled));
    }
    if told.aws_managed {
        add("in a policy of AWS, which can be replaced but not edited".to_owned());
    }
    text
}

fn main_clause(told: &Told<'_>) -> String {
    let where_to = match (told.width, told.disguised) {
        (Width::All, _) => "on every resource",
        (_, true) => "on an ARN that is every resource",
        (Width::Type, _) => "on every resource of a type",
        _ => "on what the statement names",
    };
    let actions = actions(told.count);
    match told.code {
        FindingCode::FullAdmin if told.cancelled > 0 => format!("it allows {actions} {where_to}"),
        FindingCode::FullAdmin => format!("it allows every action {where_to}"),
        FindingCode::NotAction if told.admin => {
            format!("NotAction allows all but what it names {where_to}, future services included")
        }
        FindingCode::NotAction => {
            format!(
                "NotAction allows {actions} {where_to}, {}",
                writes(told.writes)
            )
        }
        FindingCode::NotResource => {
            format!("NotResource allows {actions} on everything but what it names")
        }
        FindingCode::WildcardAction => {
            format!(
                "the pattern means {actions}, {}, {where_to}",
                writes(told.writes)
            )
        }
        FindingCode::UnscopeableWrite => {
            format!("no ARN narrows {actions}: see whether a condition can, or do without")
        }
        _ if told.advisory => format!("{actions} allowed {where_to} can hardly be narrowed"),
        _ => format!("{actions} allowed {where_to} can be limited to single ones"),
    }
}

fn actions(count: usize) -> String {
    match count {
        1 => "1 action".to_owned(),
        many => format!("{many} actions"),
    }
}

fn writes(count: usize) -> String {
    match count {
        0 => "none of which writes".to_owned(),
        1 => "1 of which writes".to_owned(),
        many => format!("{many} of which write"),
    }
}
