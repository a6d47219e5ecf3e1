//! The pages that tell what changed and what is due.

use super::{Plan, Route};
use crate::book::config::Config;
use crate::book::graph::Graph;

/// The page that tells what changed.
pub const CHANGES: &str = "changes/index.html";
/// The same for programs that follow it.
pub const FEED: &str = "feed.xml";
/// The page that tells what has to be looked at again.
pub const DUE: &str = "due.html";

impl Plan {
    /// Adds those for which there is something to tell.
    pub fn add_log(&mut self, config: &Config, graph: &Graph, changes: bool, due: bool) {
        let mut take = |url: &str, route| self.take(config, graph, url.into(), route);
        if changes {
            take(CHANGES, Route::Changes);
            take(FEED, Route::Feed);
        }
        if due {
            take(DUE, Route::Due);
        }
    }
}
