//! Futures driven by hand: the sandbox answers at once, so that a run that is not ready was killed
//! or is kept waiting.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Polls this often before a future counts as one that waits: a large group of futures gives way
/// now and then.
const POLLS: usize = 3;

/// Runs a future to its end; none where it was killed.
pub fn finish<T>(future: impl Future<Output = T>) -> Option<T> {
    go_on(pin!(future))
}

/// Runs a future on, as far as it goes.
pub fn go_on<T, F: Future<Output = T> + ?Sized>(mut future: Pin<&mut F>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..POLLS {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return Some(value);
        }
    }
    None
}
