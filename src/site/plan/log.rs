//! The pages that tell what changed and what is due.

use super::{Plan, Route};

/// The page that tells what changed.
pub const CHANGES: &str = "changes/index.html";
/// The same for programs that follow it.
pub const FEED: &str = "feed.xml";
/// The page that tells what has to be looked at again.
pub const DUE: &str = "due.html";

impl Plan {
    /// Adds those for which there is something to tell.
    pub fn add_log(&mut self, changes: bool, due: bool) {
        let mut free = |url: &str, route: Route| {
            self.routes.entry(url.into()).or_insert(route);
        };
        if changes {
            free(CHANGES, Route::Changes);
            free(FEED, Route::Feed);
        }
        if due {
            free(DUE, Route::Due);
        }
    }
}
