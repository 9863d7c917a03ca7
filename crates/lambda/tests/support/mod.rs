//! What the tests of both functions share: an account, an event, a payload.

pub(crate) mod account;
pub(crate) mod runtime_api;
