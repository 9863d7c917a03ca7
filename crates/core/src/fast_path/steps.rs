//! What an analyst does about a principal whom GuardDuty reports.

use super::guardduty::{GuardDutyFinding, Principal};
use crate::escape;

/// The most characters of a name in a sentence.
const SHOWN: usize = 128;

/// What is known of the principal's permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Permissions {
    /// The names of the role's policies.
    OfRole {
        /// Managed policies that are attached.
        attached: Vec<String>,
        /// Inline policies.
        inline: Vec<String>,
    },
    /// They were not read, for this reason.
    Unknown(String),
}

/// The steps, one a line: who is affected and by which kind of key, what to disable, what the
/// principal may do, what to check.
pub fn analyst_steps(finding: &GuardDutyFinding, permissions: &Permissions) -> Vec<String> {
    let principal = &finding.principal;
    let mut lines = vec![affected(principal)];
    lines.extend(last_error(finding));
    lines.extend(disable(principal));
    lines.push(allowed(principal, permissions));
    lines.push(check(finding));
    let first = "Look at everything that this key did before and after: other keys, users and \
                 roles that it made, instances that it started, policies that it changed.";
    lines.push(first.to_owned());
    let numbered = lines.iter().enumerate();
    numbered
        .map(|(at, line)| format!("{}. {line}", at + 1))
        .collect()
}

/// The steps where the principal is the role of the product's own repairs, whose sessions must not
/// be denied: the repairs would end with them.
pub fn own_role_steps(finding: &GuardDutyFinding) -> Vec<String> {
    let role = escape::cut(&finding.principal.user_name, SHOWN);
    vec![
        format!(
            "The role {role} is the remediator's: repairs make calls like these. Leave the role \
             as it is, unless a call is none of a repair."
        ),
        check(finding),
    ]
    .into_iter()
    .chain(last_error(finding))
    .collect()
}

/// What is to know of the calls that GuardDuty sums up, where the last one failed.
fn last_error(finding: &GuardDutyFinding) -> Option<String> {
    let code = escape::cut(&finding.error_code, SHOWN);
    (!code.is_empty()).then(|| {
        format!(
            "The last of the calls that GuardDuty sums up failed with {code}; an earlier one can \
             have had its effect."
        )
    })
}

fn affected(principal: &Principal) -> String {
    let shown = |text: &str| escape::cut(text, SHOWN);
    let key = match (
        principal.access_key_id.get(..4),
        principal.user_type.as_str(),
    ) {
        (Some("AKIA"), "Root") => "a long-term key of the root user, which should have none",
        (Some("AKIA"), _) => "a long-term key, which works until it is deactivated",
        (Some("ASIA"), _) => "a temporary key, which works for hours and cannot be deactivated",
        _ => "of which kind GuardDuty does not say",
    };
    format!(
        "Affected: {} {} ({}), key {}: {key}.",
        shown(&principal.user_type),
        shown(&principal.user_name),
        shown(&principal.principal_id),
        shown(&principal.access_key_id),
    )
}

/// How the principal is kept from going on.
fn disable(principal: &Principal) -> Vec<String> {
    let key = word(&principal.access_key_id, "KEY-ID");
    let name = &principal.user_name;
    if let Some(role) = principal.role() {
        let role = word(role, "ROLE");
        return vec![
            format!(
                "Disable: deny all sessions of the role that began before now; new ones work. \
                 `aws iam put-role-policy --role-name {role} --policy-name \
                 AWSRevokeOlderSessions --policy-document '{{\"Version\":\"2012-10-17\",\
                 \"Statement\":[{{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\",\
                 \"Condition\":{{\"DateLessThan\":{{\"aws:TokenIssueTime\":\"NOW\"}}}}}}]}}'`, \
                 with the time of now (2026-03-02T10:00:00Z) in place of NOW."
            ),
            "Then find out who took on the role: AssumeRole events with this key in \
             responseElements, and whom its trust policy lets in."
                .to_owned(),
        ];
    }
    match (
        principal.user_type.as_str(),
        principal.access_key_id.get(..4),
    ) {
        ("IAMUser", Some("AKIA")) => vec![format!(
            "Disable: `aws iam update-access-key --user-name {} --access-key-id {key} --status \
             Inactive`. Deny the sessions that it made with aws:TokenIssueTime; they outlive it.",
            word(name, "USER"),
        )],
        ("Root", _) => vec![
            "Disable: change the root user's password, end its sessions and delete its access \
             keys; only the root user can."
                .to_owned(),
        ],
        ("IAMUser", _) => vec![format!(
            "Disable: a session of the user. `aws iam list-access-keys --user-name {name}` names \
             the keys that it can come from; deactivate these, and deny older sessions with \
             aws:TokenIssueTime in a policy of the user.",
            name = word(name, "USER"),
        )],
        _ => vec![
            "Disable: find the issuer of the session by its key in the event history, and revoke \
             its sessions with a Deny on aws:TokenIssueTime."
                .to_owned(),
        ],
    }
}

fn allowed(principal: &Principal, permissions: &Permissions) -> String {
    let list = |names: &[String]| match names {
        [] => "none".to_owned(),
        names => escape::cut(&names.join(", "), 1024),
    };
    match permissions {
        Permissions::OfRole { attached, inline } => format!(
            "Permissions of the role: managed policies {}; inline policies {}.",
            list(attached),
            list(inline),
        ),
        Permissions::Unknown(why) if principal.user_type == "IAMUser" => format!(
            "Permissions ({}): `aws iam list-attached-user-policies`, `list-user-policies` and \
             `list-groups-for-user`, each with `--user-name {}`.",
            escape::cut(why, SHOWN),
            word(&principal.user_name, "USER"),
        ),
        Permissions::Unknown(why) => format!(
            "Permissions: not read ({}); look at the policies of whoever issued the session.",
            escape::cut(why, SHOWN),
        ),
    }
}

fn check(finding: &GuardDutyFinding) -> String {
    format!(
        "Check: `aws cloudtrail lookup-events --region {} --lookup-attributes \
         AttributeKey=AccessKeyId,AttributeValue={}`, in other Regions too.",
        finding.call.region,
        word(&finding.principal.access_key_id, "KEY-ID"),
    )
}

/// A name fit to stand in a command: one with other signs than IAM lets names have could be a
/// command of its own, and is left for a person to fill in.
fn word(name: &str, instead: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "+=,.@_-".contains(c);
    let shaped = (1..=SHOWN).contains(&name.len()) && name.chars().all(is_plain);
    if shaped && !name.starts_with('-') {
        name.to_owned()
    } else {
        instead.to_owned()
    }
}
