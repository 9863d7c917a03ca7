//! Events of EventBridge about instances, roles, policies and profiles: what is asked, what told.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "test code")]

mod behind;
mod flood;
mod guarded;
mod instances;
mod refusals;
mod repeats;
mod roles;
mod settings;
mod trail;
mod unread;
mod world;
