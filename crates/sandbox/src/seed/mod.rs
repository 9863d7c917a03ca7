//! State set up past the rules of the API: for tests, scenarios and the demo.

mod trail;

pub use trail::{
    Actor, EventSeed, EventSelectors, LastDelivery, TrailSeed, TrailSettings, TrailStatus,
};
