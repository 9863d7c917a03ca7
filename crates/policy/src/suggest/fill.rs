//! Names for a person to fill in.

use crate::action_table::ArnTemplate;
use crate::analysis::Subject;

pub(super) fn placeholder(
    subject: &Subject<'_>,
    template: ArnTemplate,
    written: Option<&str>,
) -> String {
    let mut text = head(subject, template, written);
    text.push_str(&resource(template.resource()));
    text
}

/// The first five parts, from what is written if it says them, else from the subject.
pub(super) fn head(subject: &Subject<'_>, template: ArnTemplate, written: Option<&str>) -> String {
    let mut said = written.unwrap_or_default().split(':');
    let mut text = String::new();
    for part in template.head().trim_end_matches(':').split(':') {
        let said = said
            .next()
            .filter(|said| !said.is_empty() && !said.contains(['*', '?', '$']));
        match (part, said) {
            ("${Partition}", _) => text.push_str(subject.partition),
            ("${Region}" | "${Account}", Some(said)) => text.push_str(said),
            ("${Region}", _) => text.push_str(subject.region.unwrap_or("REGION")),
            ("${Account}", _) => text.push_str(subject.account.unwrap_or("ACCOUNT_ID")),
            (other, _) => text.push_str(&filled(other, &Filling::Names)),
        }
        text.push(':');
    }
    let missing = 5_usize.saturating_sub(text.matches(':').count());
    text.extend(std::iter::repeat_n(':', missing));
    text
}

/// The last part: of several names, the last may stay open, for it is below a named one.
fn resource(template: &str) -> String {
    let places = template.matches(['$', '*']).count();
    if places > 1 {
        filled(template, &Filling::NamesButLast)
    } else {
        filled(template, &Filling::Names)
    }
}

/// What takes the place of variables (and stars, which are variables without a name).
pub(super) enum Filling {
    /// Placeholders.
    Names,
    /// Placeholders, and a star for a variable at the very end.
    NamesButLast,
    /// This text.
    Shape(&'static str),
}

pub(super) fn filled(template: &str, filling: &Filling) -> String {
    let mut text = String::new();
    let mut rest = template;
    while let Some(at) = rest.find(['$', '*']) {
        let (before, place) = rest.split_at_checked(at).unwrap_or_default();
        text.push_str(before);
        let variable = place.strip_prefix("${").and_then(|it| it.split_once('}'));
        let (name, behind) = variable.unwrap_or(("Name", place.get(1..).unwrap_or_default()));
        match filling {
            Filling::Shape(shape) => text.push_str(shape),
            Filling::NamesButLast if behind.is_empty() => text.push('*'),
            _ => text.push_str(&in_capitals(name)),
        }
        rest = behind;
    }
    text.push_str(rest);
    text
}

/// `BucketName` as `BUCKET_NAME`, `KMSKeyId` as `KMS_KEY_ID`.
fn in_capitals(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let begins = before.is_some_and(|before| !before.is_ascii_uppercase() || after);
        if letter.is_ascii_uppercase() && begins {
            text.push('_');
        }
        text.push(if letter.is_ascii_alphanumeric() {
            letter.to_ascii_uppercase()
        } else {
            '_'
        });
    }
    text
}
