//! Why an event was not answered.

use trailkeeper_core::fast_path::{ApiCall, EnvelopeError};
use trailkeeper_core::{CallError, ErrorClass};

/// An event that was not answered. The invocation has to fail, so that the event comes again.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    /// The event cannot be read.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// Something that its answer needs could not be read or done, for a reason that passes. What
    /// could be told was told.
    #[error(
        "the answer to {event} of {time} is not complete; it has to be given again when the \
         service answers"
    )]
    Unfinished {
        /// The event's name.
        event: String,
        /// Its time.
        time: jiff::Timestamp,
        /// Why.
        source: CallError,
    },
    /// Its message was not sent.
    #[error(
        "the message about {event} of {time} could not be sent; see that the function may publish \
         to the topic and that the topic exists"
    )]
    NotSent {
        /// The event's name.
        event: String,
        /// Its time.
        time: jiff::Timestamp,
        /// Why.
        source: CallError,
    },
}

impl AnswerError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Envelope(error) => error.code(),
            Self::Unfinished { .. } => "answer-unfinished",
            Self::NotSent { .. } => "message-not-sent",
        }
    }

    pub(super) fn unfinished(call: &ApiCall, source: CallError) -> Self {
        Self::Unfinished {
            event: call.event_name.clone(),
            time: call.time,
            source,
        }
    }

    pub(super) fn not_sent(call: &ApiCall, source: CallError) -> Self {
        Self::NotSent {
            event: call.event_name.clone(),
            time: call.time,
            source,
        }
    }
}

/// Whether the same call may be answered in a while.
pub(super) fn passes(error: &CallError) -> bool {
    matches!(error.class, ErrorClass::Throttled | ErrorClass::Broken)
}
