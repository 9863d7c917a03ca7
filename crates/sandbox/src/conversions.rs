//! Points in time between our types and the JSON protocols.

use jiff::Timestamp;
use serde_json::Value;

/// A point in time as the JSON protocols write it: seconds since 1970, to the millisecond.
pub(crate) fn to_epoch(at: Timestamp) -> Value {
    let milliseconds = at.as_millisecond();
    if milliseconds % 1000 == 0 {
        return Value::from(milliseconds / 1000);
    }
    Value::from(milliseconds as f64 / 1000.0)
}

/// A point in time from the number of seconds since 1970.
pub(crate) fn from_epoch(value: &Value) -> Option<Timestamp> {
    let seconds = value.as_f64()?;
    Timestamp::from_millisecond((seconds * 1000.0).round() as i64).ok()
}

/// Undoes percent-encoding; a broken escape, or what is no UTF-8 afterwards, is nothing.
pub(crate) fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        bytes.push(u8::try_from(high * 16 + low).ok()?);
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::percent_decoded;

    #[test]
    fn escapes_are_undone_once() {
        let cases = [
            ("%7B%22a%22%7D", Some("{\"a\"}")),
            ("a+b%2Bc", Some("a+b+c")),
            ("%2541", Some("%41")),
            ("%4", None),
            ("%zz", None),
            ("%ff", None),
        ];
        for (given, wanted) in cases {
            assert_eq!(percent_decoded(given).as_deref(), wanted, "{given}");
        }
    }
}
