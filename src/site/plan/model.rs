//! The pages beside a model: STRIDE per element, and the sheet for a meeting.

use super::{Plan, Route};
use crate::book::config::Config;
use crate::book::graph::{Graph, NodeId};
use crate::model::{Models, Status, suggest};

/// The address of a page about a model, in a folder of such pages.
fn beside(folder: &str, graph: &Graph, node: NodeId) -> String {
    let page = &graph.nodes[node];
    match &page.id {
        Some(id) => format!("{folder}/{}.html", id.to_ascii_lowercase()),
        None => format!("{folder}/{}", page.url),
    }
}

/// The address of the page that tells what a revision changed.
pub fn change_url(graph: &Graph, node: NodeId) -> String {
    beside("changes", graph, node)
}

/// The address of a model's STRIDE per element.
pub fn stride_url(graph: &Graph, node: NodeId) -> String {
    beside("stride", graph, node)
}

/// The address of the sheet with a model's open threats.
pub fn meeting_url(graph: &Graph, node: NodeId) -> String {
    beside("meeting", graph, node)
}

impl Plan {
    /// Adds the pages beside models. A revision that is history has none.
    pub fn add_model_pages(&mut self, config: &Config, graph: &Graph, models: &Models) {
        for model in models.by_node.values().filter(|model| model.superseded_by.is_none()) {
            let node = model.node;
            if suggest::coverage(graph, model).is_some() {
                self.take(config, graph, stride_url(graph, node), Route::Stride(node));
            }
            if model.count(Status::Open) > 0 {
                self.take(config, graph, meeting_url(graph, node), Route::Meeting(node));
            }
        }
    }
}
