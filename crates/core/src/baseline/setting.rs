//! Comparing a bucket's setting with what it was.

use super::xml::{Leaf, leaves};
use crate::facts::BucketSetting;

/// The versioning of a bucket that is made anew.
pub const VERSIONED: &str = "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status></VersioningConfiguration>";

/// The block of public access of a bucket that is made anew.
pub const ALL_BLOCKED: &str = "<PublicAccessBlockConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls><BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>";

/// What differs between what is there now and what was there before, in a few words; none where
/// both say the same. Versioning that was not on before may be on now: more cannot be lost by it,
/// and S3 has no way back to a bucket without.
pub fn change_of(
    setting: BucketSetting,
    now: Option<&str>,
    before: Option<&str>,
) -> Option<String> {
    let (now, before) = (told(now), told(before));
    if now == before {
        return None;
    }
    let name = setting.as_str();
    match setting {
        BucketSetting::Versioning if status(&before) != "Enabled" => None,
        BucketSetting::Versioning if status(&now) != "Enabled" => Some(format!(
            "{name} {}, was {}",
            or_none(status(&now)),
            or_none(status(&before))
        )),
        BucketSetting::Lifecycle => {
            let (days, were) = (expiry(&now), expiry(&before));
            if days == were {
                return Some(format!("{name}: {}", first_difference(&now, &before)));
            }
            Some(format!("{name} {days}, was {were}"))
        }
        _ => Some(format!("{name}: {}", first_difference(&now, &before))),
    }
}

/// Whether the document switches versioning on.
pub fn is_versioned(document: Option<&str>) -> bool {
    status(&told(document)) == "Enabled"
}

/// Whether an answer without anything in it can be S3's: a bucket without such a document is told
/// by an error, but for three settings, which are empty where they were never made. For the others
/// an empty answer tells nothing, least of all that there is no document.
pub fn is_answer(setting: BucketSetting, document: &str) -> bool {
    let may_be_empty = matches!(
        setting,
        BucketSetting::Versioning | BucketSetting::Notification | BucketSetting::Logging
    );
    let is_blank = document.trim().is_empty();
    !is_blank && (may_be_empty || !leaves(document).is_empty())
}

/// Whether the ownership controls allow no access control lists. S3 takes them only after the
/// bucket's list grants nothing to others, so that is put back first.
pub fn is_enforcing_ownership(document: Option<&str>) -> bool {
    let rules = told(document);
    rules.iter().any(|leaf| leaf.text == "BucketOwnerEnforced")
}

/// The leaves that tell something. S3 stopped to send the names of owners, which are no setting.
fn told(document: Option<&str>) -> Vec<Leaf> {
    let mut found = leaves(document.unwrap_or_default());
    found.retain(|leaf| leaf.name() != "DisplayName");
    found
}

fn status(leaves: &[Leaf]) -> &str {
    let status = leaves.iter().find(|leaf| leaf.name() == "Status");
    status.map_or("", |leaf| leaf.text.as_str())
}

/// After how many days the first object is deleted, by any rule.
fn expiry(leaves: &[Leaf]) -> String {
    let is_expiry = |leaf: &&Leaf| {
        let mut names = leaf.path.iter().map(String::as_str).rev();
        let last = names.next();
        let around = names.next().unwrap_or_default();
        matches!(last, Some("Days" | "NoncurrentDays")) && around.ends_with("Expiration")
    };
    let days = leaves.iter().filter(is_expiry);
    match days.filter_map(|leaf| leaf.text.parse::<u64>().ok()).min() {
        None => "none".to_owned(),
        Some(1) => "expires after 1 day".to_owned(),
        Some(days) => format!("expires after {days} days"),
    }
}

/// The first leaf that is not the same: `Grant/Permission WRITE, was none`.
fn first_difference(now: &[Leaf], before: &[Leaf]) -> String {
    let same = now.iter().zip(before).take_while(|(a, b)| a == b).count();
    let (new, old) = (now.get(same), before.get(same));
    let place = new.or(old).map(|leaf| leaf.path.join("/"));
    let place = place.unwrap_or_default();
    // the same element with another text, or an element that came or went
    let old_text = old
        .filter(|leaf| leaf.path.join("/") == place)
        .map_or("", |leaf| &leaf.text);
    let new_text = new.map_or("", |leaf| &leaf.text);
    format!("{place} {}, was {}", or_none(new_text), or_none(old_text))
}

fn or_none(text: &str) -> &str {
    if text.is_empty() { "none" } else { text }
}
