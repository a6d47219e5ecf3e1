//! What changed: from one revision of a model to the next, and in the catalogue since a
//! model was reviewed.
//!
//! ```text
//! Snapshot::of(model) x 2 -> diff -> Diff
//! outdated(model) -> entries that changed after its last review
//! ```

mod diff;
mod review;
mod snapshot;

pub use diff::{Changed, Detail, Diff, Identity, Move, Open, Part, Way, diff};
pub use review::{Outdated, check, outdated};
pub use snapshot::{Fact, Risk, Snapshot, Subject, Thing};
