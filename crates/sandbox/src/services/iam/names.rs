//! ARNs, unique ids, and documents as the API sends them.

use crate::world::World;

/// The ARN of something of the account: `role`, `instance-profile` or `policy`.
pub(super) fn arn(world: &World, kind: &str, path: &str, name: &str) -> String {
    format!(
        "arn:{}:iam::{}:{kind}{path}{name}",
        world.partition, world.account_id
    )
}

/// The ARN of a policy that AWS manages.
pub(super) fn aws_managed_arn(world: &World, path: &str, name: &str) -> String {
    format!("arn:{}:iam::aws:policy{path}{name}", world.partition)
}

/// The unique id that belongs to an ARN: a prefix and 17 letters and digits.
pub(super) fn unique_id(prefix: &str, arn: &str) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    // FNV-1a, twice from different starts: an id, not a secret
    let hash = |start: u64| {
        let step = |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        arn.bytes().fold(start, step)
    };
    let bits = (u128::from(hash(0xcbf2_9ce4_8422_2325)) << 64) | u128::from(hash(0x9e37_79b9));
    let letter = |place: u32| {
        let index = usize::try_from((bits >> (place * 5)) & 31).unwrap_or_default();
        LETTERS.get(index).map_or('A', |letter| char::from(*letter))
    };
    prefix.chars().chain((0..17).map(letter)).collect()
}

/// Percent-encoded by RFC 3986, as IAM sends policy documents.
pub(super) fn encoded(document: &str) -> String {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    let digit = |value: u8| {
        let digit = DIGITS.get(usize::from(value & 15));
        digit.map_or('0', |digit| char::from(*digit))
    };
    let mut text = String::with_capacity(document.len() * 2);
    for byte in document.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.extend(['%', digit(byte >> 4), digit(byte)]);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{encoded, unique_id};

    #[test]
    fn only_unreserved_letters_stay() {
        let cases = [
            ("{\"a\": \"*\"}", "%7B%22a%22%3A%20%22%2A%22%7D"),
            ("A-z_0.9~", "A-z_0.9~"),
            ("é+\n", "%C3%A9%2B%0A"),
        ];
        for (given, wanted) in cases {
            assert_eq!(encoded(given), wanted);
        }
    }

    #[test]
    fn ids_differ_and_have_their_form() {
        let id = unique_id("AIPA", "arn:aws:iam::1:instance-profile/a");
        assert_eq!(id.len(), 21);
        assert_ne!(id, unique_id("AIPA", "arn:aws:iam::1:instance-profile/b"));
    }
}
