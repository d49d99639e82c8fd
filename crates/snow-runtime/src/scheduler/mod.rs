//! Who runs when and where: workers, their queues, time slices, falling asleep and waking.

pub mod delivery;
mod fairness;
pub mod inbox;
pub mod run_queue;
pub mod sleepers;
pub mod slice;
pub mod ticker;
pub mod worker;
