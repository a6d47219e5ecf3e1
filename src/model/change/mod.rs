//! What changed: from one revision of a model to the next, and in the catalogue since a
//! model was reviewed.
//!
//! ```text
//! Snapshot::of(model) x 2 -> diff -> Diff
//! log(models) -> everything that changed, by date
//! outdated(model) -> entries that changed after its last review
//! ```

mod diff;
mod log;
mod review;
mod snapshot;

pub use diff::{Changed, Detail, Diff, Identity, Move, Open, Part, Way, diff};
pub use log::{Came, Logged, What, log};
pub use review::{Outdated, check, outdated};
pub use snapshot::{Fact, Risk, Snapshot, Subject, Thing};
