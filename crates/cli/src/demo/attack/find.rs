//! Which attack is meant.

use trailkeeper_core::threats::{Threat, threat, threats};

use crate::output::Output;
use crate::output::table::table;

/// What asks for the list instead of an attack.
pub(super) const LIST: &str = "list";

/// The attack with this id, also without the letter or the zero: `B07`, `b7`, `7`.
pub(super) fn find(asked: &str) -> Option<&'static Threat> {
    let number = number(asked)?;
    threat(&format!("B{number:02}"))
}

fn number(asked: &str) -> Option<u32> {
    let digits = asked.trim().trim_start_matches(['B', 'b']);
    let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| digits.parse().ok()).flatten()
}

/// The attack that is probably meant: the one with the nearest number, or with most of the words in
/// its title.
pub(super) fn nearest(asked: &str) -> Option<&'static Threat> {
    let id = |threat: &Threat| number(threat.id).unwrap_or_default();
    if let Some(number) = number(asked) {
        return threats().min_by_key(|threat| id(threat).abs_diff(number));
    }
    let asked = asked.to_lowercase();
    let words = || asked.split(|c: char| !c.is_alphanumeric());
    let shared = |threat: &Threat| {
        let text = format!("{} {}", threat.title, calls(threat)).to_lowercase();
        let known = words().filter(|word| word.len() > 2 && text.contains(word));
        known.count()
    };
    // of equals the first
    threats().reduce(|best, next| {
        if shared(next) > shared(best) {
            next
        } else {
            best
        }
    })
}

fn calls(threat: &Threat) -> String {
    let names: Vec<&str> = threat.calls.iter().map(|call| call.operation).collect();
    names.join(" ")
}

/// All attacks, as a table.
pub(super) fn list(output: &mut Output) -> std::io::Result<()> {
    let rows: Vec<[String; 3]> = threats()
        .map(|threat| [threat.id, threat.title, threat.class.as_str()].map(str::to_owned))
        .collect();
    output.lines(&table(0, ["ID", "ATTACK", "WHAT BECOMES OF IT"], &rows))
}

#[cfg(test)]
mod tests {
    use super::{find, nearest};

    #[test]
    fn ids_in_many_spellings() {
        let cases = [
            ("B07", Some("B07")),
            ("b7", Some("B07")),
            ("7", Some("B07")),
            ("B52", Some("B52")),
            ("B53", None),
            ("B", None),
            ("", None),
            ("list", None),
            ("B1x", None),
            ("99999999999", None),
        ];
        for (asked, expected) in cases {
            assert_eq!(find(asked).map(|threat| threat.id), expected, "{asked}");
        }
    }

    #[test]
    fn the_nearest_by_number_or_by_words() {
        let cases = [
            ("B53", "B52"),
            ("B00", "B01"),
            ("DeleteBucket", "B24"),
            ("stop the trail", "B01"),
            ("??", "B01"),
        ];
        for (asked, expected) in cases {
            assert_eq!(
                nearest(asked).map(|threat| threat.id),
                Some(expected),
                "{asked}"
            );
        }
    }
}
