//! The values that are not compared as text.

use std::net::IpAddr;

/// `true` or `false` in any case.
pub(super) fn boolean(text: &str) -> Option<bool> {
    if text.eq_ignore_ascii_case("true") {
        Some(true)
    } else if text.eq_ignore_ascii_case("false") {
        Some(false)
    } else {
        None
    }
}

/// A decimal number; names such as `inf` are none.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let plain = text
        .bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b'-' | b'+' | b'e' | b'E'));
    if plain { text.parse().ok() } else { None }
}

/// Milliseconds since 1970 of a date in ISO 8601 form or in epoch seconds.
pub(super) fn date(text: &str) -> Option<i64> {
    let text = text.trim();
    if text.len() > 4 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse::<i64>().ok()?.checked_mul(1000);
    }
    let (day, time) = match text.split_once(['T', 't']) {
        Some((day, time)) => (day, Some(time)),
        None => (text, None),
    };
    let mut parts = day.split('-');
    let year = digits(parts.next()?, 4)?;
    let month = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let day = parts.next().map_or(Some(1), |part| digits(part, 2))?;
    let known = (1..=12).contains(&month) && (1..=31).contains(&day) && parts.next().is_none();
    let start = known.then(|| days(year, month, day) * 86_400_000)?;
    Some(start + time.map_or(Some(0), clock)?)
}

/// Exactly so many digits.
fn digits(text: &str, count: usize) -> Option<i64> {
    let whole = text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    if whole { text.parse().ok() } else { None }
}

/// Milliseconds of `hh:mm[:ss[.fff]]` with `Z` or an offset, in UTC.
fn clock(text: &str) -> Option<i64> {
    let zone_at = text.find(['Z', 'z', '+', '-'])?;
    let (time, zone) = text.split_at_checked(zone_at)?;
    let mut parts = time.split(':');
    let hours = digits(parts.next()?, 2).filter(|hours| *hours <= 24)?;
    let minutes = digits(parts.next()?, 2).filter(|minutes| *minutes < 60)?;
    let millis = parts.next().map_or(Some(0), seconds)?;
    let local = (hours * 60 + minutes) * 60_000 + millis;
    if parts.next().is_some() {
        None
    } else {
        Some(local - offset(zone)?)
    }
}

/// Milliseconds of `ss[.fff]`.
fn seconds(text: &str) -> Option<i64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let whole = digits(whole, 2).filter(|seconds| *seconds <= 60)?;
    let padded: String = fraction.chars().chain("000".chars()).take(3).collect();
    let digital = fraction.bytes().all(|byte| byte.is_ascii_digit());
    if digital {
        Some(whole * 1000 + digits(&padded, 3)?)
    } else {
        None
    }
}

/// Milliseconds of `Z`, `+hh:mm` or `-hhmm`.
fn offset(zone: &str) -> Option<i64> {
    if zone.eq_ignore_ascii_case("Z") {
        return Some(0);
    }
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let plain: String = zone
        .chars()
        .skip(1)
        .filter(|character| *character != ':')
        .collect();
    let value = digits(&plain, 4)?;
    Some(sign * ((value / 100) * 60 + value % 100) * 60_000)
}

/// Days from 1970-01-01 in the Gregorian calendar.
fn days(year: i64, month: i64, day: i64) -> i64 {
    // Years begin in March here, so that the leap day is the last of its year.
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let of_year = (153 * month + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// A block of addresses in CIDR form, or one address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Range {
    base: IpAddr,
    length: u32,
}

impl Range {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (base, length) = match text.trim().split_once('/') {
            Some((base, length)) => (base, Some(length)),
            None => (text.trim(), None),
        };
        let base: IpAddr = base.parse().ok()?;
        let full = if base.is_ipv4() { 32 } else { 128 };
        let length = length.map_or(Some(full), |length| length.parse().ok())?;
        (length <= full).then_some(Self { base, length })
    }

    pub(super) fn holds(self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let differing = u32::from(base) ^ u32::from(address);
                differing.checked_shr(32 - self.length).unwrap_or(0) == 0
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let differing = u128::from(base) ^ u128::from(address);
                differing.checked_shr(128 - self.length).unwrap_or(0) == 0
            }
            _ => false,
        }
    }
}
