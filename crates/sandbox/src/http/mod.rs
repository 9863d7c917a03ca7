//! The sandbox over HTTP: real SDKs and the AWS CLI talk to it as to AWS.
//!
//! [`serve`] binds a loopback port; [`Server::run`] answers until it is stopped. A request's
//! service and Region come from the credential scope of its SigV4 signature, which is not checked.
//! The wire protocols are translations onto [`Sandbox::call`](crate::Sandbox::call); they hold no state of their own.
//!
//! After an answer whose call asked for asynchronous invocations these run before the answer is
//! sent, so that the next read sees what they did. An invocation's own requests are answered while
//! it runs.
//!
//! The virtual clock stands still unless [`Server::with_call_time`] lets each call take its time.
//!
//! | request | answer |
//! |---|---|
//! | `GET /_sandbox/calls` | the calls so far, a JSON array of [`CallRecord`](crate::CallRecord) |
//! | `DELETE /_sandbox/calls` | forgets them |
//! | `GET /_sandbox/messages` | what was published to SNS topics, a JSON array of [`PublishedMessage`](crate::seed::PublishedMessage) |
//! | `POST /_sandbox/advance` `{"seconds": 60}` | moves the clock on, runs what fell due; `{"now": …}` |
//! | `POST /_sandbox/faults` `{"service", "operation", "when", "kind"}` | adds a fault |
//! | `DELETE /_sandbox/faults` | removes all faults |
//!
//! A fault may also name a `region` and, as `about`, the text of a member of the input: then it
//! waits for such calls only.
//!
//! `when` is `"always"` (also if it is absent), `{"nth": n}` or `{"first": n}`; `kind` is
//! `"throttle"`, `"denied"`, `"deniedByScp"`, `"timeoutBefore"`, `"timeoutAfter"`, `"staleRead"`,
//! `"dropped"` or `{"error": {"code", "message", "status"}}`.

mod control;
mod ec2;
mod front;
mod guardduty;
mod json;
mod lambda;
mod message;
mod query;
mod s3;
mod scope;
mod server;
mod xml;

pub(crate) use s3::{document, input_member};
pub use server::{ServeError, Server, Stopper, serve};
