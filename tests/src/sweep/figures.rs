//! What was done, counted; the closing figures.

use std::time::Instant;

/// How much was done, and the scripts of what went wrong.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// Scenarios that were run.
    pub runs: u64,
    /// Scenarios that could not differ from one without the fault and were left out.
    pub needless: u64,
    /// Scenarios that the seed has not chosen.
    pub unsampled: u64,
    /// API calls made.
    pub calls: u64,
    /// A script and its breaks for every scenario that broke an invariant.
    pub broken: Vec<String>,
}

impl Counted {
    /// Adds what another share of the work counted.
    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        self.needless += other.needless;
        self.unsampled += other.unsampled;
        self.calls += other.calls;
        self.broken.extend(other.broken);
    }
}

/// The figures of one part of the sweep while it runs.
#[derive(Debug)]
pub struct Figures {
    name: &'static str,
    seed: u64,
    began: Instant,
}

/// More breaks than these are only counted.
const SHOWN: usize = 5;

impl Figures {
    /// Starts the clock of a part.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long it took is told and never judged"
    )]
    pub fn begin(name: &'static str, seed: u64) -> Self {
        Self {
            name,
            seed,
            began: Instant::now(),
        }
    }

    /// Prints the closing line and ends the test where an invariant was broken.
    pub fn close(self, unit: &str, counted: &Counted) {
        let Counted {
            runs,
            needless,
            unsampled,
            calls,
            broken,
        } = counted;
        println!(
            "sweep {}: {runs} {unit}, {needless} left out as the same, {unsampled} by sampling, \
             {calls} calls, {} invariant breaks, {:.1} s, seed {}",
            self.name,
            broken.len(),
            self.began.elapsed().as_secs_f64(),
            self.seed,
        );
        let shown: Vec<&str> = broken.iter().take(SHOWN).map(String::as_str).collect();
        assert!(broken.is_empty(), "{}", shown.join("\n"));
    }
}
