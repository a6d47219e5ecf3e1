//! The pages that explain risk frameworks.

use super::{Plan, Route};
use crate::book::config::Config;
use crate::book::graph::Graph;
use crate::model::Models;

/// The address of a framework's page.
pub fn framework_url(name: &str) -> String {
    // Some systems keep names such as `aux` for themselves.
    let tail = if crate::book::source::is_reserved(name) { "-framework" } else { "" };
    format!("risk/{name}{tail}.html")
}

impl Plan {
    /// Adds a page for each framework to explain.
    pub fn add_frameworks(&mut self, config: &Config, graph: &Graph, models: &Models) {
        for name in models.frameworks(config).into_keys() {
            let route = Route::Framework(name.to_string());
            self.take(config, graph, framework_url(name), route);
        }
    }
}
