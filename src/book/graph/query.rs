//! Which entries a `list` query finds.

use super::{Graph, NodeId};
use crate::book::entry::severity_rank;
use crate::book::page::{Item, Key};

impl Graph {
    /// The nodes that an item of a `list` block asks for, in order.
    pub fn listed(&self, query: &Item) -> Vec<NodeId> {
        (0..self.nodes.len()).filter(|node| self.matches(*node, query)).collect()
    }

    /// Whether a node has what every key of a query asks for; values of one key are
    /// alternatives.
    fn matches(&self, node: NodeId, query: &Item) -> bool {
        let page = &self.nodes[node];
        let meta = &self.article(node).meta;
        let status = meta.status.as_deref().unwrap_or("active");
        if !page.entry && query.get(Key::Kind).is_empty() {
            return false;
        }
        query.values.iter().all(|(key, words)| {
            words.iter().any(|word| {
                let word = word.text.as_str();
                match *key {
                    Key::Kind => page.kind.as_deref() == Some(word),
                    Key::Stride => meta.stride.iter().any(|s| s == word),
                    Key::Severity => {
                        severity_rank(word) > 0 && meta.severity.as_deref() == Some(word)
                    }
                    Key::Tag => meta.tags.iter().any(|tag| tag == word),
                    Key::AppliesTo => meta.applies_to.iter().any(|a| a == word),
                    Key::Status => status == word,
                    _ => true,
                }
            })
        })
    }
}
