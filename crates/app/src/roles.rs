//! Reading profiles, roles and policies as a judgement of instances needs them: each once a run,
//! by single reads or, where that costs fewer calls, by the listing of the whole account.

mod book;
mod bulk;
mod cache;
mod read;

pub use book::RoleBook;
pub use cache::PolicyCache;

use futures::stream::{self, StreamExt};

/// How many calls are under way at a time. IAM throttles an account that asks for more at once.
const CONCURRENT: usize = 16;

/// Makes the calls, some at a time, and returns their results in the same order.
pub(crate) async fn gather<F: Future>(calls: impl IntoIterator<Item = F>) -> Vec<F::Output> {
    let calls: Vec<F> = calls.into_iter().collect();
    stream::iter(calls).buffered(CONCURRENT).collect().await
}
