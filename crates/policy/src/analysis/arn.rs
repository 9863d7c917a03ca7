//! What the text of an ARN pattern says beside a template, without following its wildcards.

use crate::action_table::ArnTemplate;

/// `*`, in whatever number of stars.
pub(super) fn is_everything(pattern: &str) -> bool {
    pattern.contains('*') && pattern.bytes().all(|byte| matches!(byte, b'*' | b'?'))
}

/// Whether a part of an ARN is the number of an account.
pub(super) fn is_account(part: &str) -> bool {
    part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a pattern can be as wide as a type at all: seen from the text, for speed.
pub(super) fn may_be_wide(text: &str) -> bool {
    let mut segments = text.splitn(6, ':').skip(4);
    let one_account = segments.next().is_some_and(is_account);
    text.contains('*') && !(one_account && segments.next().is_some())
}

/// The service an ARN pattern is written for; nothing if a wildcard stands for it, or may.
pub(super) fn service_of(text: &str) -> Option<&str> {
    let mut parts = text.splitn(6, ':').skip(1);
    let (partition, service) = (parts.next()?, parts.next()?);
    let whole = parts.count() == 3;
    let open = ['*', '?', '$'];
    (!service.contains(open) && (whole || !partition.contains(open))).then_some(service)
}

/// Variables of templates that stand for names without a slash.
const WITHOUT_SLASH: [&str; 2] = ["${BucketName}", "${TableName}"];

/// Whether an ARN pattern can mean a resource of this shape. It may say yes wrongly.
pub(super) fn touches(pattern: &str, template: ArnTemplate) -> bool {
    if is_everything(pattern) {
        return true;
    }
    let mut parts = [""; 6];
    let count = pattern
        .splitn(6, ':')
        .zip(&mut parts)
        .map(|(part, slot)| *slot = part)
        .count();
    let head = template.head().split(':').zip(&parts);
    // A star at the end of a segment can stand for the segments that are missing.
    let sure = match count {
        6 => 5,
        few => parts
            .iter()
            .position(|part| part.contains('*'))
            .unwrap_or(few),
    };
    let fits = head
        .take(sure)
        .skip(1)
        .all(|(shape, part)| may_meet(part, shape));
    let [.., part] = parts;
    let resource =
        count < 6 || may_meet(part, template.resource()) && slashes_fit(part, template.resource());
    fits && resource
}

fn slashes_fit(part: &str, shape: &str) -> bool {
    let slashes = |text: &str| text.bytes().filter(|byte| *byte == b'/').count();
    let flat = WITHOUT_SLASH
        .iter()
        .any(|variable| shape.ends_with(variable));
    let too_many = flat && slashes(part) > slashes(shape);
    let too_few = !part.contains('*') && slashes(part) < slashes(shape);
    !too_many && !too_few
}

/// Whether a part of a pattern and one of a template agree before and behind what is open.
fn may_meet(part: &str, shape: &str) -> bool {
    // What a template leaves open is never empty.
    if part.is_empty() && !shape.is_empty() {
        return false;
    }
    let (open_part, open_shape) = (part.contains(['*', '?', '$']), shape.contains("${"));
    let (before, behind) = match (open_part, open_shape) {
        (false, false) => return part == shape,
        _ => (
            ends(part, ['*', '?', '$'], ['*', '?', '}']),
            ends(shape, ['$'; 3], ['}'; 3]),
        ),
    };
    let long_enough = |open: bool, text: &str, needed: (&str, &str)| {
        open || text.len() >= needed.0.len() + needed.1.len()
    };
    let meet = |a: &str, b: &str| {
        let length = a.len().min(b.len());
        a.as_bytes().get(..length) == b.as_bytes().get(..length)
    };
    let meet_at_end = |a: &str, b: &str| {
        let (a, b) = (a.bytes().rev(), b.bytes().rev());
        a.zip(b).all(|(a, b)| a == b)
    };
    meet(before.0, behind.0)
        && meet_at_end(before.1, behind.1)
        && long_enough(open_part, part, behind)
        && long_enough(open_shape, shape, before)
}

/// Whether two texts agree up to where one is open.
pub(super) fn begin_alike(part: &str, shape: &str) -> bool {
    let mut pairs = part.bytes().zip(shape.bytes());
    let decided = pairs.find(|(part, shape)| part != shape || matches!(part, b'*' | b'?' | b'$'));
    decided.is_none_or(|(part, shape)| matches!(part, b'*' | b'?' | b'$') || shape == b'$')
}

/// What stands before the first and behind the last of these characters.
fn ends(text: &str, first: [char; 3], last: [char; 3]) -> (&str, &str) {
    let start = text.split(first).next().unwrap_or(text);
    let end = text.rsplit(last).next().unwrap_or(text);
    (start, end)
}
