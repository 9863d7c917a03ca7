//! The log: JSON lines, one of them for each invocation.

use std::collections::BTreeMap;
use std::fmt::{Display, Write as _};
use std::io;

use jiff::Timestamp;
use tracing::{Level, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use trailkeeper_app::metering::Meter;
use trailkeeper_app::ports::Clock;
use trailkeeper_core::escape::escaped_json;

/// A subscriber that writes lines to `writer`: time, level and the fields of the event.
///
/// `level` is for the product's own lines. Of the crates below it only warnings and errors are
/// taken, at any level: their finer lines hold requests, and so result tokens. The line with which
/// the Lambda runtime repeats an invocation's error is left out; the product has its own.
pub fn subscriber<W>(level: Level, writer: W) -> impl Subscriber + Send + Sync
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let level = LevelFilter::from_level(level);
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target("trailkeeper", level)
        .with_target("lambda_runtime::layers::panic", LevelFilter::OFF);
    let lines = fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_span_list(false)
        .with_writer(Shown(writer));
    tracing_subscriber::registry().with(filter).with(lines)
}

/// Writes lines of JSON fit to be shown: names and messages in them can be an intruder's choice, and
/// the log is read in terminals too.
struct Shown<W>(W);

impl<'a, W: MakeWriter<'a>> MakeWriter<'a> for Shown<W> {
    type Writer = Shown<W::Writer>;

    fn make_writer(&'a self) -> Self::Writer {
        Shown(self.0.make_writer())
    }
}

impl<W: io::Write> io::Write for Shown<W> {
    fn write(&mut self, lines: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(lines);
        let shown: String = text
            .split_inclusive('\n')
            .map(|line| match line.strip_suffix('\n') {
                Some(line) => escaped_json(line) + "\n",
                None => escaped_json(line),
            })
            .collect();
        self.0.write_all(shown.as_bytes())?;
        Ok(lines.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The one line of an invocation: what it was about, how it ended, what it cost.
macro_rules! summary {
    ($level:ident, $text:literal, $invocation:expr, $cost:expr, $($field:ident = $value:expr),* $(,)?) => {
        tracing::$level!(
            requestId = $invocation.request_id,
            account = $invocation.caller.account.as_str(),
            $($field = $value,)*
            calls = $cost.calls(),
            failedCalls = $cost.failures(),
            callCount = $cost.meter.total(),
            roundTrips = $cost.meter.round_trips(),
            durationMs = $cost.milliseconds(),
            $text
        )
    };
}

pub(crate) use summary;

/// What one invocation cost.
pub(crate) struct Cost<'a> {
    clock: &'a dyn Clock,
    /// When it began.
    pub(crate) start: Timestamp,
    /// Counts the calls.
    pub(crate) meter: Meter,
}

impl<'a> Cost<'a> {
    /// Begins to measure.
    pub(crate) fn begin(clock: &'a dyn Clock) -> Self {
        Self {
            clock,
            start: clock.now(),
            meter: Meter::default(),
        }
    }

    /// The milliseconds since the beginning.
    pub(crate) fn milliseconds(&self) -> i64 {
        let passed = self.clock.now().duration_since(self.start).as_millis();
        i64::try_from(passed).unwrap_or(i64::MAX)
    }

    /// The calls by operation: `cloudtrail:DescribeTrails 1, config:PutEvaluations 1`.
    pub(crate) fn calls(&self) -> String {
        counts(self.meter.calls())
    }

    /// The failed calls: `cloudtrail:GetTrailStatus AccessDeniedException 1`.
    pub(crate) fn failures(&self) -> String {
        let failures = self.meter.failures().into_iter();
        let named =
            failures.map(|((operation, code), count)| (format!("{operation} {code}"), count));
        counts(named.collect())
    }
}

/// The items with commas between.
pub(crate) fn joined<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let mut text = String::new();
    for item in items {
        let comma = if text.is_empty() { "" } else { ", " };
        // Writing to a String cannot fail.
        let _ = write!(text, "{comma}{item}");
    }
    text
}

fn counts<K: Display>(counts: BTreeMap<K, usize>) -> String {
    joined(counts.iter().map(|(key, count)| format!("{key} {count}")))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::Shown;

    #[test]
    fn a_line_keeps_its_values_and_its_end() {
        let mut written = Shown(Vec::new());
        let line = "{\"trail\":\"a\u{202e}\u{7f}\u{e0041}\"}\n";
        written.write_all(line.as_bytes()).unwrap();
        let shown = String::from_utf8(written.0).unwrap();
        assert_eq!(shown, "{\"trail\":\"a\\u202e\\u007f\\udb40\\udc41\"}\n");
        let read = |text| serde_json::from_str::<serde_json::Value>(text).unwrap();
        assert_eq!(read(&shown), read(line));
    }
}
