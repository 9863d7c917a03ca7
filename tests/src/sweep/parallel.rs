//! Work on all cores, and chance from a seed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::figures::Counted;

/// So many pieces of work are taken at once at most,
const CHUNK: usize = 16;
/// and so few that each core comes at least so often.
const SHARES: usize = 32;

/// Does `work` for every number below `count` on all cores and adds up what it counted. The sum
/// does not depend on who did what.
pub fn in_parallel(count: usize, work: impl Fn(usize) -> Counted + Sync) -> Counted {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let chunk = (count / (cores * SHARES)).clamp(1, CHUNK);
    let next = AtomicUsize::new(0);
    let share = || {
        let mut sum = Counted::default();
        loop {
            let first = next.fetch_add(chunk, Ordering::Relaxed);
            if first >= count {
                return sum;
            }
            for number in first..count.min(first + chunk) {
                sum.add(work(number));
            }
        }
    };
    thread::scope(|scope| {
        let shares: Vec<_> = (0..cores).map(|_| scope.spawn(share)).collect();
        let mut sum = Counted::default();
        for share in shares {
            sum.add(share.join().expect("a share of the work"));
        }
        sum.broken.sort();
        sum
    })
}

/// Numbers that look random and follow from a seed (SplitMix64).
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// The numbers of `seed`; other `streams` of one seed are independent.
    pub fn new(seed: u64, stream: u64) -> Self {
        Self(seed ^ stream.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// The next number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bound = u64::try_from(bound.max(1)).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % bound).unwrap()
    }
}
