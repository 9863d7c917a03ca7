//! Wildcards and policy variables.

use super::Request;

/// A piece of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Letter(char),
    /// `?`
    One,
    /// `*`
    Any,
}

/// `*` stands for any letters, `?` for one.
fn like(pattern: &str, text: &str) -> bool {
    fits(&pieces(pattern), text)
}

pub(super) fn like_ignoring_case(pattern: &str, text: &str) -> bool {
    like(&pattern.to_ascii_lowercase(), &text.to_ascii_lowercase())
}

/// Whether the call's resource is meant; a variable that the call has no value for means none.
pub(super) fn resource_like(pattern: &str, call: &Request, variables: bool) -> bool {
    with_variables(pattern, call, variables).is_some_and(|pieces| fits(&pieces, &call.resource))
}

/// As [`like`], with the variables of the call filled in.
pub(super) fn like_with_variables(
    pattern: &str,
    text: &str,
    call: &Request,
    variables: bool,
) -> bool {
    with_variables(pattern, call, variables).is_some_and(|pieces| fits(&pieces, text))
}

/// Whether an ARN fits part by part: no wildcard goes past a colon but in the last part.
pub(super) fn arn_like(pattern: &str, arn: &str, call: &Request, variables: bool) -> bool {
    let parts = |text: &str| -> Vec<String> { text.splitn(6, ':').map(str::to_owned).collect() };
    // a colon inside a variable is none between parts
    let hidden = pattern.replace("${aws:", "${aws\u{0}");
    let wanted: Vec<String> = parts(&hidden)
        .iter()
        .map(|part| part.replace('\u{0}', ":"))
        .collect();
    let given = parts(arn);
    wanted.len() == 6
        && given.len() == 6
        && wanted
            .iter()
            .zip(&given)
            .all(|(wanted, given)| like_with_variables(wanted, given, call, variables))
}

/// The text with the variables of the call filled in, and no wildcards.
pub(super) fn filled(text: &str, call: &Request, variables: bool) -> Option<String> {
    let pieces = with_variables(text, call, variables)?;
    let letter = |piece: Piece| match piece {
        Piece::Letter(letter) => letter,
        Piece::One => '?',
        Piece::Any => '*',
    };
    Some(pieces.into_iter().map(letter).collect())
}

fn pieces(pattern: &str) -> Vec<Piece> {
    let piece = |letter| match letter {
        '*' => Piece::Any,
        '?' => Piece::One,
        letter => Piece::Letter(letter),
    };
    pattern.chars().map(piece).collect()
}

/// Variables stand for plain letters, so that `${*}` is a star.
fn with_variables(pattern: &str, call: &Request, variables: bool) -> Option<Vec<Piece>> {
    let mut found = Vec::new();
    let mut rest = pattern;
    while variables && let Some((before, behind)) = rest.split_once("${") {
        let (name, after) = behind.split_once('}')?;
        found.extend(pieces(before));
        let value = value_of(name, call)?;
        found.extend(value.chars().map(Piece::Letter));
        rest = after;
    }
    found.extend(pieces(rest));
    Some(found)
}

fn value_of(name: &str, call: &Request) -> Option<String> {
    if ["*", "?", "$"].contains(&name) {
        return Some(name.to_owned());
    }
    let (key, default) = match name.split_once(',') {
        Some((key, default)) => (key.trim(), Some(default.trim().trim_matches('\''))),
        None => (name.trim(), None),
    };
    match call.key(key) {
        Some([one]) => Some(one.clone()),
        _ => default.map(str::to_owned),
    }
}

/// From left to right; where a letter does not fit, the last star takes one more.
fn fits(pieces: &[Piece], text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let (mut piece, mut letter) = (0, 0);
    let mut star = None;
    while let Some(given) = letters.get(letter) {
        match pieces.get(piece) {
            Some(Piece::Any) => {
                star = Some((piece + 1, letter));
                piece += 1;
            }
            Some(Piece::One) => (piece, letter) = (piece + 1, letter + 1),
            Some(Piece::Letter(wanted)) if wanted == given => {
                (piece, letter) = (piece + 1, letter + 1);
            }
            _ => {
                let Some((behind, taken)) = star else {
                    return false;
                };
                star = Some((behind, taken + 1));
                (piece, letter) = (behind, taken + 1);
            }
        }
    }
    let mut rest = pieces.iter().skip(piece);
    rest.all(|piece| *piece == Piece::Any)
}
