//! What Lambda says of an invocation.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use lambda_runtime::Context;
use trailkeeper_core::{Arn, Caller, Region};

use crate::error::HandlerError;

/// What the answer takes once the work is done: writing it, and one request to the runtime API on
/// the same machine. Milliseconds as a rule; a second leaves room for a function with little
/// memory, whose share of a processor is small.
const TIME_TO_ANSWER: SignedDuration = SignedDuration::from_secs(1);

/// How long before Lambda's deadline a handler gives its work up, so that its line still gets out.
const TIME_TO_LOG: SignedDuration = SignedDuration::from_millis(600);

/// How long before Lambda's deadline work that did not stop by itself is cut off, so that the
/// error still gets out. After the deadline Lambda kills the process and reports no code.
const TIME_TO_FAIL: SignedDuration = SignedDuration::from_millis(300);

/// One invocation of a function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invocation {
    /// The account and Region of the function, which its calls are about.
    pub caller: Caller,
    /// The invocation's id, which finds its log lines.
    pub request_id: String,
    /// When Lambda ends the process.
    pub deadline: Timestamp,
}

impl Invocation {
    /// Reads the invocation's context. The account, the partition and the Region are those of the
    /// invoked function's ARN; `region` stands in where the ARN names none.
    ///
    /// # Errors
    /// `bad-invocation`: the ARN or the deadline cannot be used.
    pub fn read(context: &Context, region: Option<&Region>) -> Result<Self, HandlerError> {
        let bad = |why: String| HandlerError::new("bad-invocation", why);
        let name = &context.invoked_function_arn;
        let arn: Arn = name.parse().map_err(|_| {
            bad(format!(
                "the invoked function's ARN `{name}` is none; invoke the function through Lambda"
            ))
        })?;
        let account = arn.account.parse().map_err(|_| {
            bad(format!(
                "the invoked function's ARN `{name}` names no account; invoke the function by its \
                 full ARN"
            ))
        })?;
        let region = arn.region().or_else(|| region.cloned()).ok_or_else(|| {
            bad(format!(
                "neither the invoked function's ARN `{name}` nor AWS_REGION names a Region; set \
                 AWS_REGION"
            ))
        })?;
        let deadline = i64::try_from(context.deadline).ok();
        let deadline = deadline.and_then(|at| Timestamp::from_millisecond(at).ok());
        Ok(Self {
            caller: Caller {
                account,
                region,
                partition: arn.partition,
            },
            request_id: context.request_id.clone(),
            deadline: deadline
                .ok_or_else(|| bad("the invocation's deadline is no time".to_owned()))?,
        })
    }

    /// When the work must have ended, so that its answer can be given in time.
    pub fn work_until(&self) -> Timestamp {
        self.before_deadline(TIME_TO_ANSWER)
    }

    /// How long from `now` the work may go on before it is cut off.
    pub(crate) fn time_left(&self, now: Timestamp) -> Duration {
        self.left_before(TIME_TO_FAIL, now)
    }

    /// How long from `now` a handler's work may go on before the handler gives it up.
    pub(crate) fn time_to_log(&self, now: Timestamp) -> Duration {
        self.left_before(TIME_TO_LOG, now)
    }

    fn left_before(&self, time: SignedDuration, now: Timestamp) -> Duration {
        let left = self.before_deadline(time).duration_since(now);
        Duration::try_from(left).unwrap_or_default()
    }

    fn before_deadline(&self, time: SignedDuration) -> Timestamp {
        self.deadline.checked_sub(time).unwrap_or(Timestamp::MIN)
    }
}
