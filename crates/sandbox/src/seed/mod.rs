//! Setting the account up past the rules of the API: what tests, scenarios and the demo start from.

pub mod trail;
