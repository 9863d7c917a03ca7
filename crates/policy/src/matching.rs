//! Actions, wildcards and ARNs.
//!
//! Every match here is iterative and at worst the product of both lengths:
//! a hostile pattern cannot make it exponential.

mod pattern;

pub use pattern::{Pattern, Unresolved};

/// Whether an action pattern of a policy (`s3:Get*`, `*`) covers an action.
///
/// Actions are case-insensitive. A pattern without a service prefix covers
/// nothing, unless it is only stars.
#[must_use]
pub fn action_matches(pattern: &str, action: &str) -> bool {
    let prefixed = pattern.contains(':') || pattern.bytes().all(|byte| byte == b'*');
    prefixed && !pattern.is_empty() && glob_ignore_case(pattern, action)
}

/// Whether a text matches a pattern with `*` and `?`, ASCII case ignored.
#[must_use]
pub fn glob_ignore_case(pattern: &str, text: &str) -> bool {
    let (mut rest_p, mut rest_t) = (pattern.chars(), text.chars());
    // Where to go on if the characters after the last star do not fit.
    let mut retry: Option<(std::str::Chars<'_>, std::str::Chars<'_>)> = None;
    loop {
        let here = rest_t.clone();
        match (rest_p.next(), rest_t.next()) {
            (None, None) => return true,
            (Some('*'), _) => {
                retry = Some((rest_p.clone(), here.clone()));
                rest_t = here;
            }
            (Some(p), Some(t)) if p == '?' || p.eq_ignore_ascii_case(&t) => {}
            (_, _) => {
                let Some((star_p, star_t)) = &mut retry else {
                    return false;
                };
                if star_t.next().is_none() {
                    return false;
                }
                rest_p = star_p.clone();
                rest_t = star_t.clone();
            }
        }
    }
}
