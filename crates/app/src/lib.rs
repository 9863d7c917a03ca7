//! Ports to AWS in our own types, and the use cases over them.
//!
//! Architecture invariant: the trail port can neither stop nor delete a trail; no code that goes
//! through the ports can shrink the audit trail that way.

pub mod baseline;
pub mod evaluate;
pub mod fast_path;
pub mod guard;
pub mod incident;
pub mod metering;
pub mod observe;
pub mod ports;
pub mod repair;
pub mod roles;
pub mod submit;
